"""Starts by the weight to eject, against an exact evaluation of every start."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.order import ModuleOrder
from mic_core.scheduling.search.ejection import EjectionBounds, eject, starts_by_weight
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.nouns import edition, module, program, room, session, slot
from tests.scheduling.planning.test_plan import CENTER, WEEK
from tests.scheduling.search.boards import hourly

_DAY = 24 * 60 * 60 * 10**6
"""A day in the unit of instants, microseconds."""

Closely = tuple[int, int, set[int]]


def plainly(
    state: State, activity: int, weights: Sequence[int], starts: Sequence[int]
) -> list[Closely]:
    """All starts with the weight to eject and the activities, sorted by weight alone."""
    each, space = state.problem.activities[activity], state.space
    found: list[Closely] = []
    for start in starts:
        leaving: set[int] = set()
        for resource in each.resources:
            if space.limits[resource] == 1:
                leaving |= set(space.owner[resource][start : start + each.cells]) - {-1}
        begin, end = state.problem.slot(activity, start)
        for order in state.strict_orders[activity]:
            leaving |= set(order.rivals(activity, begin, end))
        crowds = [
            counts.rivals(activity, Placement(start), weights)
            for counts in state.strict_counts[activity]
            if counts.count.buckets is not None
        ]
        if None not in crowds:
            leaving = leaving.union(*(each or () for each in crowds))
            found.append((sum(weights[other] for other in leaving), start, leaving))
    return sorted(found, key=lambda item: item[0])


@one_in(2)
@given(
    worlds.portfolios(), worlds.rules(), st.integers(0, 9),
    st.lists(st.integers(1, 5), min_size=1, max_size=9),
)  # fmt: skip
def test_starts_come_in_the_order_of_a_close_look_at_all_of_them(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], seed: int, weights: list[int]
) -> None:
    """Starts come lightest first, equal ones in the given order, with the activities to eject."""
    problem = problem_of(
        timetable_of(portfolio), ("mic", "lab"), step=timedelta(minutes=30), rules=rules,
        window=worlds.PERIOD,
    )  # fmt: skip
    state = State(problem)
    number = len(problem.activities)
    eject(state, range(number), Chance(seed), steps=40)
    weights = (weights * number)[:number]
    for activity in range(number):
        state.remove(activity)
        cells = cells_in(problem.activities[activity].starts)
        starts = [*Chance(seed).shuffled(cells), *cells[:3]]
        expected = plainly(state, activity, weights, starts)
        assert [*starts_by_weight(state, activity, weights, starts)] == expected
        least = EjectionBounds(state, activity, weights, starts).lower_bounds(starts)
        heavy = {start: weight for weight, start, _ in expected}
        assert all(w <= heavy.get(s, w) for w, s in zip(least, starts, strict=True))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((MaxPerDay(most=1, of="edition"),), {0, 2, 3, 8, 16}),
        ((ModuleOrder(gap=60),), {0, 1, 3, 16}),
        ((ModuleOrder(gap=60 * 24), MaxPerDay(most=3, of="edition")), {0, 1, 3, 16}),
    ],
)
def test_lower_bounds_count_precedences_and_full_days(
    rules: tuple[ScheduleRule, ...], expected: set[int]
) -> None:
    """The lower bounds count the activities that a precedence or a full day has to eject."""
    modules = (module("a"), module("b", requires=("a",)), module("c", requires=("b",)))
    names = ("a0", "a1", "b0", "b1", "c0")
    sessions = [session(id, module_id=id[0], edition_id="e") for id in names]
    portfolio = Portfolio.of(CENTER, room("r"), program(*modules), edition("e", WEEK), *sessions)
    state = State(hourly(portfolio, WEEK, *rules))
    eject(state, range(5), Chance(0), steps=200)
    assert None not in state.at
    state.remove(2)
    starts = cells_in(state.problem.activities[2].starts)
    weights = [1, 2, 4, 8, 16]
    least = EjectionBounds(state, 2, weights, starts).lower_bounds(starts)
    assert least == [max(_apart(state, weights, start)) for start in starts]
    assert set(least) == expected


def _apart(state: State, weights: Sequence[int], start: int) -> list[int]:
    """The weight to eject by each term alone."""
    begin, end = state.problem.slot(2, start)
    found = [
        sum(weights[a] for a in order.rivals(2, begin, end)) for order in state.strict_orders[2]
    ]
    counts = [each.rivals(2, Placement(start), weights) or set() for each in state.strict_counts[2]]
    return [0, *found, *(sum(weights[a] for a in each) for each in counts)]


def test_days_that_fixed_sessions_fill_are_left_out() -> None:
    """A start on a day that a fixed session fills is left out; other starts eject nothing."""
    stays = session("stays", slot("09:00"), room_id="r", edition_id="e")
    portfolio = Portfolio.of(
        CENTER, room("r"), edition("e", WEEK), stays, session("new", edition_id="e")
    )
    state = State(hourly(portfolio, WEEK, MaxPerDay(most=1, of="edition")))
    starts = cells_in(state.problem.activities[0].starts)
    days = [state.problem.slot(0, start)[0] // _DAY for start in starts]
    taken = stays.slot.start_utc // _DAY if stays.slot else 0
    free = [start for start, day in zip(starts, days, strict=True) if day != taken]
    assert 0 < len(free) < len(starts)
    assert [*starts_by_weight(state, 0, [1], starts)] == [(0, start, set()) for start in free]
