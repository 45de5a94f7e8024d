"""What one session adds to a term of each kind, held against reading the whole term twice."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import chain

import attrs
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
    Group,
    Pattern,
    Span,
    Suits,
    Term,
    Within,
)
from mic_core.scheduling import Timetable, broken, timetable_of
from mic_core.scheduling.added import Added, Line
from mic_core.scheduling.marginal import Levels, added
from mic_core.scheduling.options import Options, hours_of, members_of, options_of, set_of
from tests.scheduling.nouns import slot, worlds

ENTRY = Entry(
    code="terms", level="hard", law="They hold.", why="They are asked for.", source="a test",
    sentence="{subjects}", mend="move it",
)  # fmt: skip
OPENING = slot("00:00").start_utc
HOUR = 60 * MINUTE


def table_of(draw: st.DrawFn) -> Callable[[int], int]:
    """Any cost of any number, nothing for nothing."""
    costs = draw(st.lists(st.integers(0, 3), min_size=5, max_size=5))
    return lambda value: costs[value % 5] if value else 0


def nothing(*_: object) -> Facts:
    """No facts."""
    return {}


def between(pairs: list[Interval]) -> Callable[[int, int], list[Interval]]:
    """These intervals, whenever they are asked for."""
    return lambda _low, _high: pairs


def thirds(n: int) -> int:
    """An amount that may be nothing."""
    return n % 3


def lengths(busy: Busy) -> int:
    """Something that tells stretches of a day apart."""
    return sum((last - first) * (place + 1) + first for place, (first, last) in enumerate(busy))


@st.composite
def terms(draw: st.DrawFn, number: int) -> Term:
    """A term of any kind about some of so many sessions."""
    some = st.sets(st.integers(0, number - 1), min_size=1).map(lambda ns: tuple(sorted(ns)))
    limit = draw(st.sampled_from([1, 1, 2, 3]))
    groups = [
        Group(label=f"group:{place}", sessions=members, limit=limit)
        for place, members in enumerate(draw(st.lists(some, min_size=1, max_size=3)))
    ]
    cost = table_of(draw)
    minutes = draw(st.integers(0, 90))
    kinds: list[Callable[[], Term]] = [
        lambda: Within(spans=[*_spans(draw, groups)], facts=nothing),
        lambda: Suits(sessions=draw(some), cost=lambda n, id: cost(n + int(id[1:])),
                      facts=nothing),
        lambda: Exclusive(groups=groups),
        lambda: Exclusive(groups=[attrs.evolve(each, limit=1) for each in groups],
                          spares=lambda a, b: (a + b) % 3 == 0),
        lambda: Apart(groups=groups, gap=lambda a, b: (minutes + 15 * (a < b)) * MINUTE,
                      most=(minutes + 15) * MINUTE),
        lambda: Arcs(firsts=draw(some), seconds=draw(some), gap=minutes * MINUTE),
        lambda: Bucket(groups=groups, per=draw(st.sampled_from(["day", "week", "time", "room"])),
                       amount=draw(st.sampled_from([None, thirds])),
                       cost=lambda total, most: cost(total + most)),
        lambda: Distinct(groups=groups, per=draw(st.sampled_from(["day", "week", "time", "room"])),
                         cost=lambda used, most: cost(used + most)),
        lambda: Pattern(groups=groups, cost=lambda busy, most: cost(lengths(busy) // 15 + most),
                        facts=nothing),
        lambda: Function(groups=groups, scope=draw(st.sampled_from(
                             ["session", "pair", "group-day", "group"])),
                         cost=lambda asked: cost(_seen(asked)), facts=nothing),
    ]  # fmt: skip
    return draw(st.sampled_from(kinds))()


def _spans(draw: st.DrawFn, groups: Sequence[Group]) -> Iterator[Span]:
    for group in groups:
        cuts = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
        pairs = [
            (OPENING + a * HOUR, OPENING + b * HOUR)
            for a, b in zip(cuts[::2], cuts[1::2], strict=False)
        ]
        yield Span(label=group.label, sessions=group.sessions, intervals=between(pairs))


def _seen(asked: tuple[Session, ...]) -> int:
    """A number that depends on the order of sessions, on their slots and on their rooms."""
    return sum(
        (place + 1)
        * (each.slot.start_utc // MINUTE + int((each.room_id or "r0")[1:]) + int(each.id[1:]))
        for place, each in enumerate(asked)
        if each.slot is not None
    )


def options(draw: st.DrawFn, table: Timetable, n: int) -> Options:
    """Some starts of two days, on a step that may fall on those of others or not."""
    window = OPENING, OPENING + 2 * 24 * HOUR
    step = timedelta(minutes=draw(st.sampled_from([90, 105, 130])))
    made = options_of(table, n, window, step)
    return attrs.evolve(
        made, hours=hours_of(table.places[n], window, step, table.sessions[n].length),
        rooms=("r1", "r2", None),
    )  # fmt: skip


def cost(term: Term, table: Timetable) -> int:
    """What a term costs as a timetable stands."""
    return sum(breach.cost for breach in broken(term, table))


@given(worlds(), st.data())
def test_a_session_adds_what_the_term_costs_more(
    nouns: Sequence[Noun], data: st.DataObject
) -> None:
    """At every start, in a room or in none, it is the cost with the session less that without."""
    table = timetable_of(Portfolio.of(*nouns))
    if not table.sessions:
        return
    n = data.draw(st.integers(0, len(table.sessions) - 1))
    term = data.draw(terms(len(table.sessions)))
    asked = data.draw(st.composite(options)(table, n))
    line = Line(ENTRY, "hard", 1, term)
    costs = Added(asked, [line])
    nowhere = table.put(n, attrs.evolve(table.sessions[n], slot=None, room_id=None))
    without = cost(term, nowhere)
    for room in asked.rooms:
        for start in range(len(asked.hours.instants)):
            after = table.put(n, asked.standing(start, room))
            truth = cost(term, after) - without
            assert costs.at(start, room, None).get(line.key, 0) == truth


LEVELS = st.dictionaries(st.integers(-3, 3).filter(bool), st.sets(st.integers(0, 9), max_size=4))


def apart(sets: dict[int, set[int]]) -> dict[int, int]:
    """Levels of sets, each start in the first of them that has it."""
    seen: set[int] = set()
    found: dict[int, int] = {}
    for height, places in sets.items():
        if places - seen:
            found[height] = set_of(places - seen, 10)
        seen |= places
    return found


@given(LEVELS, LEVELS)
@example({1: {0}}, {-1: {0}})
def test_levels_add_up_start_by_start(one: dict[int, set[int]], other: dict[int, set[int]]) -> None:
    """The sum of two is at each start the sum of both; what comes to nothing is left out."""
    a, b = apart(one), apart(other)

    def at(levels: Levels, start: int) -> int:
        return sum(height for height, starts in levels.items() if starts >> start & 1)

    total = added(a, b)
    assert all(at(total, start) == at(a, start) + at(b, start) for start in range(10))
    assert 0 not in total
    assert all(total.values())
    places = [*chain.from_iterable(members_of(starts) for starts in total.values())]
    assert len(places) == len({*places})
