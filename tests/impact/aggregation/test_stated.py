"""Stated numbers on the axis of time: sums of disjoint increments, bounds, coverage, stocks."""

from datetime import date, timedelta
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mic_core import Period
from mic_core.impact.aggregation.columns import MILLION
from mic_core.impact.aggregation.stated import StatedNumber, StatedState, disjoint_sum, hull

YEAR = Period.year(2014)
TODAY = date(2020, 1, 1)


def _number(fact: str, period: Period, value: int, **more: Any) -> StatedNumber:
    given: dict[str, Any] = {"subject": "center:mic", "attributed": value * MILLION, **more}
    return StatedNumber(fact=fact, period=period, value=value * MILLION, **given)


def _state(*numbers: StatedNumber, period: Period = YEAR) -> StatedState:
    return StatedState(frozenset(numbers), period, TODAY)


def _figure(*numbers: StatedNumber) -> Any:
    found = _state(*numbers).estimate()
    return found.value, found.least, found.most


FIRST = Period(date(2014, 1, 1), date(2014, 7, 1))
SECOND = Period(date(2014, 7, 1), date(2015, 1, 1))


def test_increments_that_cover_the_period_are_its_value() -> None:
    """Two halves make a year, exactly; one half alone leaves the year open above."""
    halves = _number("a", FIRST, 3), _number("b", SECOND, 4)
    assert _figure(*halves) == (7, 7, 7)
    assert _figure(halves[0]) == (3, 3, None)
    assert _state(*halves).merge(_state()).estimate().value == 7


def test_overlapping_increments_count_each_day_once() -> None:
    """A year and its half: the year alone counts; it covers more days."""
    assert _figure(_number("a", YEAR, 10), _number("b", FIRST, 3)) == (10, 10, 10)
    wide = _number("c", Period(date(2013, 1, 1), date(2016, 1, 1)), 50)
    assert _figure(_number("a", FIRST, 3), wide) == (3, 3, 50)
    assert _figure(wide) == (None, 0, 50)


def test_increments_across_the_edge_are_left_out() -> None:
    """What lies only partly within a period belongs to neither side."""
    across = _number("x", Period(date(2013, 12, 1), date(2014, 2, 1)), 2)
    state = _state(across, _number("a", FIRST, 3))
    assert state.straddling() == (across,)
    assert state.estimate().value == 3
    assert state.estimate().unknown == 1


def test_relations_bound_and_do_not_add() -> None:
    """At least and more than raise the lower bound, at most sets the upper, about says nothing."""
    exact = _number("a", FIRST, 3)
    for relation, bounds in (
        ("at_least", (9, None)), ("more_than", (9, None)), ("at_most", (3, 9)), ("about", (3, None))
    ):  # fmt: skip
        other = _number("b", YEAR, 9, relation=relation)
        value, least, most = _figure(exact, other)
        assert (value, (least, most)) == (3, bounds)
    unsure = _number("b", SECOND, 9, is_certain=False)
    assert _figure(exact, unsure) == (3, 3, None)


def test_negative_increments_leave_both_sides_open() -> None:
    """Where numbers may fall, days without one leave the figure open on both sides."""
    assert _figure(_number("a", FIRST, -3)) == (-3, None, None)
    assert _figure(_number("a", FIRST, -3), _number("b", SECOND, 5)) == (2, 2, 2)


def test_subjects_add_and_parts_bound() -> None:
    """Numbers of parts add where the whole has none; beside one of the whole they bound it."""
    parts = [_number(id, YEAR, 5, subject=f"edition:{id}", level=3) for id in "ab"]
    assert _figure(*parts) == (10, 10, None)
    assert _figure(_number("w", FIRST, 4), *parts) == (4, 10, None)
    assert _figure(_number("w", YEAR, 4), *parts) == (4, 4, 10)  # they contradict each other
    assert _figure(_number("w", FIRST, 4), parts[0]) == (4, 5, None)


def test_a_stock_is_the_last_one() -> None:
    """The stock of a period is the one stated last within it; without one it is unknown."""
    stocks = [
        _number(f"s-{n}", Period(None, date(2014, n + 1, 1)), n, form="stock") for n in (3, 9)
    ]
    assert _figure(*stocks) == (9, 9, 9)
    state = _state(*stocks, period=Period.year(2013))
    assert (state.estimate().value, state.attributed().value) == (None, None)
    assert _state(*stocks).attributed().value == 9


def test_what_is_not_over_need_not_be_covered() -> None:
    """A figure of a running year is exact once every day that is over is covered."""
    state = StatedState(frozenset({_number("a", FIRST, 3)}), YEAR, date(2014, 6, 30))
    assert state.estimate().most == 3
    late = StatedState(frozenset({_number("b", SECOND, 3)}), YEAR, TODAY)
    assert late.estimate().most is None


def test_half_of_a_number_may_be_attributed() -> None:
    """The attributed part is summed as the whole is."""
    state = _state(_number("a", FIRST, 4, attributed=MILLION), _number("b", SECOND, 4))
    assert [state.estimate().value, state.attributed().value] == [8, 5]


_ITEMS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 4), st.integers(-5, 9)).map(
        lambda item: (item[0], item[0] + item[1], item[2])
    ),
    max_size=6,
)


@given(_ITEMS)
def test_disjoint_sums_cover_most_days(items: list[tuple[int, int, int]]) -> None:
    """Of all sets of disjoint intervals the sum is of one that covers most, then weighs most."""
    best = (0, 0)
    for size in range(len(items) + 1):
        for chosen in combinations(items, size):
            days = [day for start, end, _ in chosen for day in range(start, end)]
            if len(days) == len(set(days)):
                best = max(best, (len(days), sum(weight for _, _, weight in chosen)))
    assert disjoint_sum(items) == best[1]


_DAYS = st.integers(0, 30).map(lambda n: date(2014, 1, 1) + timedelta(days=n))


@given(_DAYS, _DAYS, _DAYS, _DAYS)
def test_a_hull_contains_both(a: date, b: date, c: date, d: date) -> None:
    """The hull of two periods is the smallest period around both; open sides stay open."""
    one = Period(min(a, b), max(a, b) + timedelta(days=1))
    other = Period(min(c, d), max(c, d) + timedelta(days=1))
    around = hull(one, other)
    assert around.start == min(a, b, c, d)
    assert around.end == max(a, b, c, d) + timedelta(days=1)
    assert hull(one, Period()) == Period()
