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
    Preference,
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
    positive = [each for each in statements if each.preference in ("preferred", "available")]
    hours = [each for each in positive if each.period is not None]
    slots = [each for each in positive if each.period is None and each.preference == "available"]
    free: set[int] = set()
    liked: set[int] = set()
    disliked: set[int] = set()
    for moment in range(*within):
        said = {each.preference for each in statements if _is_about(each, moment)}
        is_open = any(_is_about(each, moment) for each in [*hours, *slots])
        if hours:
            is_open = is_open or not any(_is_within(each.period, moment) for each in hours)
        if "unavailable" in said or ((hours or slots) and not is_open):
            continue
        free.add(moment)
        if "avoided" in said:
            disliked.add(moment)
        elif "preferred" in said:
            liked.add(moment)
    return free, liked, disliked


def _is_within(period: tuple[int | None, int | None] | None, moment: int) -> bool:
    """True if a moment is in a period; None is all time."""
    low, high = period or (None, None)
    return (low is None or moment >= low) and (high is None or moment < high)


def _is_about(statement: Statement, moment: int) -> bool:
    return moment in _moments(statement.intervals) and _is_within(statement.period, moment)


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


def test_a_preferred_slot_opens_and_closes_nothing() -> None:
    """A single slot that is welcome is a wish: it is preferred where it is available."""
    wish = Statement([(2, 4)], "preferred")
    assert available([wish], (0, 10)) == (((0, 10),), ((2, 4),), ())
    hours = Statement([(3, 9)], "available", (0, 10))
    assert available([wish, hours], (0, 10)) == (((3, 9),), ((3, 4),), ())
    slot = Statement([(3, 5)], "available")
    assert available([wish, slot], (0, 10)) == (((3, 5),), ((3, 4),), ())


def test_available_slots_alone_are_the_only_open_time() -> None:
    """Without hours, available slots are united, and close everything else, wherever they lie."""
    slots = [Statement([(2, 4)], "available"), Statement([(3, 5), (90, 95)], "available")]
    assert available(slots, (0, 10)).available == ((2, 5),)
    assert available(slots, (20, 40)).available == ()
    assert available([Statement([], "available")], (0, 10)).available == ()


@pytest.mark.parametrize("preference", ["preferred", "available"])
def test_available_slots_add_to_hours(preference: Preference) -> None:
    """Beside hours, an available slot opens more within their period, and closes nothing after."""
    hours = Statement([(0, 3)], preference, (0, 10))
    slot = Statement([(5, 6)], "available")
    assert available([hours, slot], (0, 20)).available == ((0, 3), (5, 6), (10, 20))
    far = Statement([(50, 60)], "available")
    assert available([hours, far], (0, 20)).available == ((0, 3), (10, 20))
    away = Statement([(1, 9)], "unavailable")
    assert available([hours, slot, away], (0, 20)).available == ((0, 1), (10, 20))


def test_no_hours_close_all_of_their_period() -> None:
    """A period of which no hour is available is closed."""
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
