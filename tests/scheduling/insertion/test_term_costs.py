"""Insertion costs in a term of each kind, against evaluating the term with and without it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import chain

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mic_core.chrono import Interval
from mic_core.chrono.local import MINUTE
from mic_core.model import Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import (
    Apart,
    Arcs,
    Bucket,
    Busy,
    Distinct,
    Entry,
    Exclusive,
    Facts,
    Function,
    FunctionScope,
    Group,
    Pattern,
    Per,
    Span,
    Suits,
    Term,
    Within,
)
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.insertion.insertion_costs import InsertionCosts, RuleTerm
from mic_core.scheduling.insertion.placements import Options, options_of, start_times
from mic_core.scheduling.insertion.term_costs import StartCosts, add_costs
from mic_core.scheduling.problem.time_axis import cells_in, mask_of
from mic_core.timetable import Timetable, timetable_of
from tests.budget import one_in
from tests.scheduling.nouns import MIC, ROOMS, session, slot

ENTRY = Entry(
    code="terms", level="hard", law="They hold.", why="They are asked for.", source="a test",
    sentence="{subjects}", mend="move it",
)  # fmt: skip
OPENING = slot("00:00").start_utc
HOUR = 60 * MINUTE


def nothing(*_: object) -> Facts:
    """No facts."""
    return {}


def between(pairs: list[Interval]) -> Callable[[int, int], list[Interval]]:
    """A query for the parts of these intervals within two instants."""

    def clipped(low: int, high: int) -> list[Interval]:
        met = [(max(first, low), min(last, high)) for first, last in pairs]
        return [(first, last) for first, last in met if first < last]

    return clipped


def thirds(n: int) -> int:
    """An amount that may be 0."""
    return n % 3


def lengths(busy: Busy) -> int:
    """A number that differs between patterns of a day."""
    return sum((last - first) * (place + 1) + first for place, (first, last) in enumerate(busy))


@attrs.frozen
class Parts:
    """The parts from which a term of any kind is made."""

    groups: tuple[Group, ...]
    firsts: tuple[int, ...]
    seconds: tuple[int, ...]
    cost: Callable[[int], int]
    minutes: int
    intervals: tuple[list[Interval], ...]

    @property
    def single(self) -> tuple[Group, ...]:
        """The groups as disjunctive resources."""
        return tuple(attrs.evolve(group, limit=1) for group in self.groups)


@st.composite
def parts(draw: st.DrawFn, number: int) -> Parts:
    """Groups of some of `number` sessions, a table of costs, intervals."""
    most = st.sets(st.integers(0, number - 1), max_size=2).map(
        lambda out: tuple(n for n in range(number) if n not in out)
    )
    some = st.sets(st.integers(0, number - 1), min_size=1).map(lambda ns: tuple(sorted(ns)))
    limit = draw(st.sampled_from([1, 2, 3]))
    members = draw(st.lists(most, min_size=1, max_size=2))
    costs = draw(st.lists(st.integers(0, 3), min_size=5, max_size=5))
    cuts = [sorted(draw(st.sets(st.integers(0, 40), max_size=6))) for _ in members]
    return Parts(
        groups=tuple(
            Group(label=f"group:{place}", sessions=each, limit=limit)
            for place, each in enumerate(members)
        ),
        firsts=draw(most),
        seconds=draw(some),
        cost=lambda value: costs[value % 5] if value else 0,
        minutes=draw(st.integers(0, 90)),
        intervals=tuple(
            [(OPENING + a * HOUR, OPENING + b * HOUR)
             for a, b in zip(each[::2], each[1::2], strict=False)]
            for each in cuts
        ),
    )  # fmt: skip


def bucket(per: Per) -> Callable[[Parts], Term]:
    """Sums of amounts."""
    return lambda of: Bucket(
        groups=of.groups, per=per, amount=None if of.minutes % 2 else thirds,
        cost=lambda total, most: of.cost(2 * total + most),
    )  # fmt: skip


def distinct(per: Per) -> Callable[[Parts], Term]:
    """Numbers of buckets."""
    return lambda of: Distinct(
        groups=of.groups, per=per, cost=lambda used, most: of.cost(2 * used + most)
    )


def function(scope: FunctionScope) -> Callable[[Parts], Term]:
    """Functions of sessions."""
    return lambda of: Function(
        groups=of.groups, scope=scope, cost=lambda asked: of.cost(seen(asked)), facts=nothing
    )


KINDS: dict[str, Callable[[Parts], Term]] = {
    "within": lambda of: Within(
        spans=[Span(label=group.label, sessions=group.sessions, intervals=between(pairs))
               for group, pairs in zip(of.groups, of.intervals, strict=True)],
        facts=nothing,
    ),
    "suits": lambda of: Suits(
        sessions=of.firsts, cost=lambda n, id: of.cost(n + int(id[1:])), facts=nothing
    ),
    "exclusive": lambda of: Exclusive(groups=of.single),
    "crowds": lambda of: Exclusive(
        groups=tuple(attrs.evolve(each, limit=2 + (of.minutes > 70)) for each in of.groups)
    ),
    "spared": lambda of: Exclusive(groups=of.single, spares=lambda a, b: (a + 2 * b) % 3 == 0),
    "apart": lambda of: Apart(
        groups=of.groups, gap=lambda a, b: (of.minutes + 15 * (a < b)) * MINUTE,
        most=(of.minutes + 15) * MINUTE,
    ),
    "many before some": lambda of: Arcs(
        firsts=of.firsts, seconds=of.seconds, gap=of.minutes * MINUTE
    ),
    "some before many": lambda of: Arcs(
        firsts=of.seconds, seconds=of.firsts, gap=of.minutes * MINUTE
    ),
    "two halves": lambda of: Arcs(firsts=(0, 2, 4), seconds=(1, 3), gap=of.minutes * MINUTE),
    "pattern": lambda of: Pattern(
        groups=of.groups, cost=lambda busy, most: of.cost(2 * (lengths(busy) // 15) + most),
        facts=nothing,
    ),
    "sum by day": bucket("day"),
    "sum by week": bucket("week"),
    "sum by time": bucket("time"),
    "sum by room": bucket("room"),
    "days": distinct("day"),
    "times": distinct("time"),
    "rooms": distinct("room"),
    "function of sessions": function("session"),
    "function of pairs": function("pair"),
    "function of days": function("group-day"),
    "function of months": function("group-month"),
    "function of groups": function("group"),
}  # fmt: skip


def seen(asked: tuple[Session, ...]) -> int:
    """A number that depends on the order of sessions, on their slots and on their rooms."""
    return sum(
        (place + 1)
        * (each.slot.start_utc // MINUTE + int((each.room_id or "r0")[1:]) + int(each.id[1:]))
        for place, each in enumerate(asked)
        if each.slot is not None
    )


@st.composite
def crowds(draw: st.DrawFn) -> Timetable:
    """Sessions of one day, of which most have a slot and many overlap."""
    number = draw(st.integers(5, 8))
    listed: list[Noun] = [MIC, *ROOMS]
    for n in range(number):
        minutes = draw(st.sampled_from([30, 60, 90, 180]))
        at = draw(st.integers(0, 12)) * 30 if draw(st.integers(0, 7)) else None
        when = None if at is None else slot(f"{8 + at // 60:02}:{at % 60:02}", minutes)
        id = draw(st.sampled_from(["r1", "r2", None]))
        listed.append(session(f"s{n}", when, minutes, room_id=id))
    return timetable_of(Portfolio.of(*listed))


def options(draw: st.DrawFn, table: Timetable, n: int) -> Options:
    """The candidate starts of 28 hours, on a step that may match the starts of others or not."""
    window = OPENING + 6 * HOUR, OPENING + 34 * HOUR
    step = timedelta(minutes=draw(st.sampled_from([30, 45, 70])))
    made = options_of(table, n, window, step)
    return attrs.evolve(
        made, times=start_times(table.places[n], window, step, table.sessions[n].length),
        rooms=("r1", "r2", None),
    )  # fmt: skip


def cost(term: Term, table: Timetable) -> int:
    """The cost of a term in a timetable."""
    return sum(breach.cost for breach in breaches_of(term, table))


@pytest.mark.parametrize("kind", KINDS)
@one_in(4)
@given(crowds(), st.data())
def test_a_session_adds_what_the_term_costs_more(
    kind: str, table: Timetable, data: st.DataObject
) -> None:
    """The insertion cost at every start and room is the cost with the session less that without."""
    n = data.draw(st.integers(0, len(table.sessions) - 1))
    term = KINDS[kind](data.draw(parts(len(table.sessions))))
    asked = data.draw(st.composite(options)(table, n))
    line = RuleTerm(ENTRY, "hard", 1, term)
    costs = InsertionCosts(asked, [line])
    nowhere = table.put(n, attrs.evolve(table.sessions[n], slot=None, room_id=None))
    without = cost(term, nowhere)
    for room in asked.rooms:
        for start in range(len(asked.times.instants)):
            after = table.put(n, asked.session_at(start, room))
            truth = cost(term, after) - without
            assert costs.at(start, room, None).get(line.key, 0) == truth


def test_seconds_are_rounded_outwards_where_a_slot_has_them() -> None:
    """An hour from half a minute past nine on is busy for 61 minutes of the day."""
    whole = slot("09:00", 60)
    late = whole.moved(timedelta(seconds=30))
    table = timetable_of(Portfolio.of(MIC, *ROOMS, session("s0", late)))
    group = Group(label="all", sessions=(0,))
    term = Pattern(groups=(group,), cost=lambda busy, _: sum(b - a for a, b in busy), facts=nothing)
    asked = options_of(table, 0, (0, 0), timedelta(hours=1))
    line = RuleTerm(ENTRY, "hard", 1, term)
    assert InsertionCosts(asked, [line]).at(0, "r1", None) == {line.key: 61}
    after = table.put(0, asked.session_at(0, "r1"))
    assert cost(term, after) == 61


LEVELS = st.dictionaries(st.integers(-3, 3).filter(bool), st.sets(st.integers(0, 9), max_size=4))


def apart(sets: dict[int, set[int]]) -> dict[int, int]:
    """Costs of sets of starts, each start in the first of them that has it."""
    seen: set[int] = set()
    found: dict[int, int] = {}
    for height, places in sets.items():
        if places - seen:
            found[height] = mask_of(places - seen, 10)
        seen |= places
    return found


@given(LEVELS, LEVELS)
@example({1: {0}}, {-1: {0}})
def test_levels_add_up_start_by_start(one: dict[int, set[int]], other: dict[int, set[int]]) -> None:
    """The sum of two costs is the sum at each start, in disjoint sets, without costs of 0."""
    a, b = apart(one), apart(other)

    def at(levels: StartCosts, start: int) -> int:
        return sum(height for height, starts in levels.items() if starts >> start & 1)

    total = add_costs(a, b)
    assert all(at(total, start) == at(a, start) + at(b, start) for start in range(10))
    assert 0 not in total
    assert all(total.values())
    places = [*chain.from_iterable(cells_in(starts) for starts in total.values())]
    assert len(places) == len({*places})
