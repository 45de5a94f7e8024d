"""Sets of intervals, against sets of single moments."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.availability import (
    Interval,
    Intervals,
    Statement,
    available,
    complement,
    difference,
    intersection,
    intervals_of,
    slots_of,
    union,
)
from mic_core.chrono.local import zone
from mic_core.chrono.slot import Slot
from mic_core.errors import InvariantError

MOMENT = st.integers(-3, 20)
INTERVAL = st.tuples(MOMENT, MOMENT)
SETS = st.lists(INTERVAL, max_size=7)
STATEMENTS = st.lists(
    st.builds(
        Statement,
        SETS,
        st.sampled_from(["preferred", "available", "avoided", "unavailable"]),
        st.none() | st.tuples(st.none() | MOMENT, st.none() | MOMENT),
    ),
    max_size=5,
)


def _moments(intervals: Iterable[Interval]) -> set[int]:
    return {moment for start, end in intervals for moment in range(start, end)}


def _is_canonical(intervals: Intervals) -> bool:
    ends = [edge for interval in intervals for edge in interval]
    return all(a < b for a, b in pairwise(ends))


@given(st.lists(SETS, max_size=4))
def test_union_holds_what_any_set_holds(sets: list[list[Interval]]) -> None:
    """A union is canonical and holds exactly the moments of its sets."""
    united = union(*sets)
    assert _is_canonical(united)
    assert _moments(united) == set[int]().union(*map(_moments, sets))
    assert union(united, united) == united
    assert union(*reversed(sets)) == united


@given(SETS, SETS)
def test_intersection_and_difference_follow_sets(
    one: list[Interval], other: list[Interval]
) -> None:
    """Intersections and differences are canonical and hold exactly the right moments."""
    shared, rest = intersection(one, other), difference(one, other)
    assert _is_canonical(shared)
    assert _is_canonical(rest)
    assert _moments(shared) == _moments(one) & _moments(other)
    assert _moments(rest) == _moments(one) - _moments(other)
    assert union(shared, rest) == union(one)


@given(SETS, INTERVAL)
def test_complement_is_what_is_left_of_a_window(one: list[Interval], window: Interval) -> None:
    """A complement is canonical, and taken twice it is the set within the window."""
    rest = complement(one, window)
    assert _is_canonical(rest)
    assert _moments(rest) == _moments([window]) - _moments(one)
    assert complement(rest, window) == intersection(one, [window])


@given(SETS, SETS, SETS)
def test_the_algebra_of_sets_holds(a: list[Interval], b: list[Interval], c: list[Interval]) -> None:
    """De Morgan, distribution, absorption and idempotence hold as equal tuples."""
    window = (-5, 25)
    assert complement(union(a, b), window) == intersection(
        complement(a, window), complement(b, window)
    )
    assert complement(intersection(a, b), window) == union(
        complement(a, window), complement(b, window)
    )
    assert intersection(a, union(b, c)) == union(intersection(a, b), intersection(a, c))
    assert union(a, intersection(b, c)) == intersection(union(a, b), union(a, c))
    assert difference(a, union(b, c)) == difference(difference(a, b), c)
    assert union(a, intersection(a, b)) == union(a) == intersection(a, a)
    assert difference(a, a) == ()


def _naive(statements: list[Statement], within: Interval) -> tuple[set[int], set[int], set[int]]:
    """Availability by its sentence, moment by moment."""
    free: set[int] = set()
    liked: set[int] = set()
    disliked: set[int] = set()
    for moment in range(*within):
        said: set[str] = set()
        closed = False
        for intervals, preference, period in statements:
            low, high = period or (None, None)
            if (low is not None and moment < low) or (high is not None and moment >= high):
                continue
            if moment in _moments(intervals):
                said.add(preference)
            elif period is not None and preference in ("preferred", "available"):
                closed = True
        if "unavailable" in said or (closed and not said & {"preferred", "available"}):
            continue
        free.add(moment)
        if "avoided" in said:
            disliked.add(moment)
        elif "preferred" in said:
            liked.add(moment)
    return free, liked, disliked


@given(STATEMENTS, INTERVAL, st.data())
def test_statements_fold_into_availability(
    statements: list[Statement], within: Interval, data: st.DataObject
) -> None:
    """Availability is what its sentence says at each moment, in any order of statements."""
    standing = available(statements, within)
    assert all(map(_is_canonical, standing))
    assert tuple(map(_moments, standing)) == _naive(statements, within)
    assert available(data.draw(st.permutations(statements)), within) == standing
    assert available([*statements, *statements], within) == standing


def test_silence_is_availability() -> None:
    """Without any statement, everything is available."""
    assert available([], (0, 10)) == (((0, 10),), (), ())


def test_avoided_alone_closes_nothing() -> None:
    """A person who avoids the morning is available all day."""
    standing = available([Statement([(0, 4)], "avoided", (0, 10))], (0, 10))
    assert standing == (((0, 10),), (), ((0, 4),))


def test_a_positive_slot_closes_nothing() -> None:
    """A single slot that is welcome says nothing about the rest of the day."""
    standing = available([Statement([(2, 4)], "preferred")], (0, 10))
    assert standing == (((0, 10),), ((2, 4),), ())


def test_a_positive_period_without_hours_closes_it_all() -> None:
    """A period stated available without hours is not available."""
    standing = available([Statement([], "available", (2, None))], (0, 10))
    assert standing.available == ((0, 2),)


def test_unavailable_wins() -> None:
    """An instant both preferred and unavailable is unavailable."""
    said = [Statement([(0, 9)], "preferred", (0, 9)), Statement([(3, 5)], "unavailable")]
    assert available(said, (0, 10)) == (((0, 3), (5, 10)), ((0, 3), (5, 9)), ())


def test_avoided_wins_over_preferred() -> None:
    """An instant both preferred and avoided is available, and avoided."""
    said = [Statement([(0, 9)], "preferred", (0, 9)), Statement([(3, 5)], "avoided")]
    assert available(said, (0, 9)) == (((0, 9),), ((0, 3), (5, 9)), ((3, 5),))


def test_two_positive_statements_open_for_each_other() -> None:
    """An instant that one positive statement closes is opened by another one that names it."""
    said = [Statement([(0, 2)], "available", (0, 9)), Statement([(4, 6)], "preferred", (4, 9))]
    assert available(said, (0, 9)) == (((0, 2), (4, 6)), ((4, 6),), ())


def test_slots_become_moments_and_back() -> None:
    """Slots of several zones become one set of moments, shown on the clocks of any zone."""
    start = datetime(2014, 9, 10, 9, tzinfo=zone("Europe/Brussels"))
    here = Slot(start, start + timedelta(hours=2))
    there = Slot.at("2014-09-10", "09:00", timedelta(hours=2), "Europe/London")
    moments = intervals_of([there, here])
    assert moments == ((here.start_utc, there.end_utc),)
    shown = slots_of(moments, zone("Europe/London"))
    assert [str(slot) for slot in shown] == ["Wed 10 Sep 2014 08:00-11:00 Europe/London"]
    assert intervals_of(shown) == moments
    assert slots_of([], UTC) == ()
    assert intervals_of([]) == ()
    with pytest.raises(InvariantError):
        slots_of(moments, timezone(timedelta(hours=1)))
