"""Hostile documents: seconds and MiB of `loads` and `check` together, each linear in its length.

    python tests/benchmarks/bench_hostile.py [--smoke]

Each kind of document was made to cost more than its length: sessions that last for centuries in
rooms that close at every turn, thousands of sessions at one place and time, thousands of records
about one subject. Each is tried at a quarter, half and all of a megabyte. Goal: the largest within
1 second of CPU and 256 MiB, and twice the length for no more than 3 times the seconds.
"""

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from typing import Any

import attrs
import ratios

from mic_core.catalog.check import check
from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours
from mic_core.codec import dumps, loads
from mic_core.model import (
    Assignment,
    Availability,
    Center,
    Edition,
    Enrollment,
    Noun,
    Person,
    Program,
    Room,
    Series,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio

HOUR = timedelta(hours=1)
FIRST = datetime(1900, 1, 1, tzinfo=UTC)
MEGABYTE = 1_000_000
# Every half hour but a minute: 46 ranges fill the longest text that is read.
TURNS = ",".join(f"{n // 2:02}:{n % 2 * 30:02}-{n // 2:02}:{n % 2 * 30 + 29:02}" for n in range(46))

PLACE: tuple[Noun, ...] = (
    Center(id="c", name="C", country="BE", time_zone="Europe/Brussels"),
    Room(id="r", center_id="c", name="R", seats=9),
    Program(id="p", title="P", kind="training"),
    Edition(id="e", program_id="p", center_id="c", number=1, period=Period()),
    Edition(id="f", program_id="p", center_id="c", number=2, period=Period()),
)


def session(n: int, start: datetime, length: timedelta = HOUR, **fields: Any) -> Session:
    """A session in the one room."""
    known: dict[str, Any] = {"title": "T", "room_id": "r", **fields}
    slot = Slot(start, start + length)
    return Session(id=f"s{n}", center_id="c", length=length, slot=slot, **known)


def said(n: int, preference: Any = "unavailable", subject: str = "room:r", **when: Any) -> Noun:
    """A record of availability."""
    return Availability(id=f"a{n}", subject=subject, preference=preference, **when)


def turns(days: str = "Mo-Su") -> WeeklyHours:
    """Hours that open and close at every turn."""
    return WeeklyHours.parse(f"{days} {TURNS}")


def equal_sessions(n: int) -> Iterator[Noun]:
    """Sessions of one title, room and hour."""
    yield session(n, FIRST)


def crowded_room(n: int) -> Iterator[Noun]:
    """Different sessions in one room at one hour."""
    yield session(n, FIRST, title=f"T {n}")


def staggered_room(n: int) -> Iterator[Noun]:
    """Different sessions in one room, each a minute after the one before, for days."""
    yield session(n, FIRST + timedelta(minutes=n), timedelta(days=30), title=f"T {n}")


def shared_audience(n: int) -> Iterator[Noun]:
    """Sessions for two editions at one hour, and people who are enrolled in both."""
    yield session(n, FIRST, title=f"T {n}", room_id=None, audience=("e", "f"), elective=n > 1)
    if n % 4 == 0:
        yield from enrolled(n, "e", "f")


def torn_cohorts(n: int) -> Iterator[Noun]:
    """Sessions of two editions by turns, and people who join both, each at another instant."""
    cohort = "ef"[n % 2]
    start = FIRST + timedelta(minutes=n)
    yield session(n, start, timedelta(days=30), title=f"T {n}", room_id=None, edition_id=cohort)
    if n % 4 == 0:
        yield from enrolled(n, "e", "f", since=start)


def enrolled(n: int, *into: str, since: datetime = FIRST - HOUR) -> Iterator[Noun]:
    """A person with seats in some editions."""
    yield Person(id=f"p{n}", name="N")
    for each in into:
        seat = Enrollment(id=f"n{n}{each}", participant_id=f"p{n}", into=each)
        yield seat
        yield Transition(
            id=f"t{n}{each}", subject=f"enrollment:{seat.id}", before="requested",
            after="enrolled", effective_at=since,
        )  # fmt: skip


def busy_trainer(n: int) -> Iterator[Noun]:
    """One person who gives sessions that overlap, all at one hour."""
    yield session(n, FIRST, title=f"T {n}", room_id=None)
    yield Assignment(id=f"a{n}", session_id=f"s{n}", person_id="x")


def centuries(n: int) -> Iterator[Noun]:
    """Sessions of a century in a room that is not available at every turn."""
    if n == 0:
        yield said(0, hours=turns())
    yield session(n, FIRST + timedelta(days=n), timedelta(days=36_500), title=f"T {n}")


def centuries_open(n: int) -> Iterator[Noun]:
    """Sessions of a century in a room that is always open, but for hours of its own."""
    if n == 0:
        yield said(0, "available", hours=WeeklyHours.parse("24/7"))
    yield session(n, FIRST + timedelta(days=9 * n), timedelta(days=36_500), title=f"T {n}")


def weekly_turns(n: int) -> Iterator[Noun]:
    """An hour each week, in a room that is available at every turn."""
    if n == 0:
        yield said(0, "available", hours=turns())
    yield session(n, FIRST + timedelta(days=7 * n), title=f"T {n}")


def many_records(n: int) -> Iterator[Noun]:
    """Hours of one room over ever other periods, and a session each week."""
    period = Period(date(1900, 1, 1) + timedelta(days=n), date(2100, 1, 1) + timedelta(days=n))
    yield said(n, hours=WeeklyHours.parse(f"Tu {n % 24:02}:00-{n % 24:02}:{1 + n % 59:02}"),
               period=period)  # fmt: skip
    yield session(n, FIRST + timedelta(days=8 * n), title=f"T {n}")


def many_hours(n: int) -> Iterator[Noun]:
    """A minute of the week in which a room is not available, ever another one, and a session."""
    minute = n * 7 % 10_080
    yield said(n, hours=WeeklyHours(((minute, minute + 1),)))
    yield session(n, FIRST + timedelta(days=8 * n), title=f"T {n}")


def many_slots(n: int) -> Iterator[Noun]:
    """Hours in which a room is free, one a week, and a session outside of each."""
    start = FIRST + timedelta(days=8 * n)
    yield said(n, "available", slot=Slot(start, start + HOUR))
    yield session(n, start + HOUR, title=f"T {n}")


def many_closures(n: int) -> Iterator[Noun]:
    """A day on which the center is closed each week, and a session on it."""
    yield session(n, FIRST + timedelta(days=8 * n), title=f"T {n}")


def lasting_closures(nouns: list[Noun], size: int) -> list[Noun]:
    """The nouns with a closure of their center for each."""
    starts = (FIRST.date() + timedelta(days=8 * n) for n in range(size))
    days = tuple(Period.days(each, each) for each in starts)
    center = Center(id="c", name="C", country="BE", time_zone="Europe/Brussels", closures=days)
    return [center, *(each for each in nouns if each.id != "c")]


def same_persons(n: int) -> Iterator[Noun]:
    """People of one name and contact."""
    yield Person(id=f"p{n}", name="Ada", contact="a@example.org", born=date(1990, 1, 1))


def long_history(n: int) -> Iterator[Noun]:
    """Transitions of one seat at one instant."""
    if n == 0:
        yield Enrollment(id="n", participant_id="x", into="e")
    before, after = ("enrolled", "suspended") if n % 2 else ("suspended", "enrolled")
    yield Transition(
        id=f"t{n}", subject="enrollment:n", before=before, after=after, effective_at=FIRST
    )


def loose_ends(n: int) -> Iterator[Noun]:
    """Sessions that name what is not there."""
    yield Session(
        id=f"s{n}", center_id="x", title="T", length=HOUR, room_id="y", audience=("u", "v")
    )


def far_series(n: int) -> Iterator[Noun]:
    """Series that count working days by their place in the month, and a session after centuries."""
    yield Series(id=f"q{n}", center_id="c", title="T", first_on=FIRST.date() + timedelta(days=n),
                 starts_at=day_time(9), length=HOUR, recurrence=_working_days(n % 7))  # fmt: skip
    yield occurrence(n, f"q{n}")


def far_sessions(n: int) -> Iterator[Noun]:
    """Sessions of one series that counts working days by their place in the month."""
    if n == 0:
        yield next(far_series(0))
    yield occurrence(n, "q0")


def own_rules(n: int) -> Iterator[Noun]:
    """Series as in `far_series`, each with positions of its own."""
    series: Any = next(far_series(n))
    rule = _working_days(n % 7, (1, 2 + n % 20, -1 - n // 20 % 20))
    yield attrs.evolve(series, recurrence=rule)
    yield occurrence(n, f"q{n}")


def occurrence(n: int, series: str) -> Session:
    """A session of a series, 600 years after its start."""
    start = datetime(2500, 1, 1, 9, tzinfo=UTC) + timedelta(days=n)
    return session(n, start, series_id=series, original_on=start.date())


def _working_days(more: int, positions: tuple[int, ...] = (1, -1)) -> Recurrence:
    days = ("MO", "TU", "WE", "TH", "FR")
    return Recurrence(frequency="monthly", count=9_000 + more, weekdays=days, positions=positions)


KINDS: tuple[Callable[[int], Iterator[Noun]], ...] = (
    equal_sessions, crowded_room, staggered_room, shared_audience, torn_cohorts, busy_trainer,
    centuries, centuries_open, weekly_turns, many_records, many_hours, many_slots, many_closures,
    same_persons, long_history, loose_ends, far_series, far_sessions, own_rules,
)  # fmt: skip


def document(kind: Callable[[int], Iterator[Noun]], most: int) -> str:
    """A document of one kind, of about as many bytes as `most`."""
    sample = len(dumps(Portfolio.of(*PLACE, *(each for n in range(64) for each in kind(n)))))
    fixed = len(dumps(Portfolio.of(*PLACE, *kind(0))))
    each = (sample - fixed) / 63 + (50 if kind is many_closures else 0)
    size = max(1, int((most - fixed) / (each + 8)))
    nouns = [*PLACE, *(noun for n in range(size) for noun in kind(n))]
    if kind is many_closures:
        nouns = lasting_closures(nouns, size)
    return dumps(Portfolio.of(*nouns))


@dataclass(frozen=True)
class Cost:
    """The cost of one document: its bytes, the seconds of CPU, the MiB at most, the findings."""

    size: int
    seconds: float
    mebibytes: float
    findings: int


def measured(text: str) -> Cost:
    """The cost of reading and checking a document."""
    gc.collect()
    before = time.process_time()
    report = check(loads(text))
    seconds = time.process_time() - before
    del report
    tracemalloc.start()
    report = check(loads(text))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Cost(len(text), seconds, peak / 2**20, len(report.findings))


def main() -> None:
    """Print the cost of each kind of document at three lengths."""
    sizes = (4_000, 8_000) if ratios.smoke() else (MEGABYTE // 4, MEGABYTE // 2, MEGABYTE)
    chosen = {each for each in sys.argv[1:] if not each.startswith("-")}
    print(f"{'document':16} {'kB':>6} {'CPU s':>7} {'MiB':>6} {'findings':>8}  growth")
    for kind in KINDS:
        if chosen and kind.__name__ not in chosen:
            continue
        last: Cost | None = None
        for size in sizes:
            cost = measured(document(kind, size))
            growth = f"{cost.seconds / last.seconds:5.1f}" if last is not None else ""
            print(
                f"{kind.__name__:16} {cost.size / 1000:6.0f} {cost.seconds:7.2f}"
                f" {cost.mebibytes:6.0f} {cost.findings:8}  {growth}",
                flush=True,
            )
            last = cost


if __name__ == "__main__":
    main()
