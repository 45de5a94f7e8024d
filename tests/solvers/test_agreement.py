"""Both solvers against exhaustive search, on problems small enough for it."""

from datetime import date, timedelta

import attrs
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from mic_core.chrono import Period
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.state.state import State
from mic_core.solvers import CpSat
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.solvers import exhaustive, family

pytest.importorskip("ortools", reason="the extra solver is not installed")

MOST = 600
SCOPE = ("mic", "lab")
DAYS = [(24, 24), (25, 26), (26, 26), (26, 27)]
WINDOWS = st.sampled_from(
    [Period.days(date(2014, 10, a), date(2014, 10, b)) for a, b in DAYS]
)  # clocks change on the 26th
STEPS = st.sampled_from([timedelta(hours=1), timedelta(hours=2)])


def with_distinct_titles(portfolio: Portfolio) -> Portfolio:
    """The same with different titles: sessions alike in everything count as one and may overlap."""
    return Portfolio.of(
        *(
            attrs.evolve(each, title=each.id) if isinstance(each, Session) else each
            for each in portfolio.values()
        )
    )


def has_graded_hard_terms(problem: PlanningProblem) -> bool:
    """True if a hard rule is graded: judged on whole groups, so it cannot be kept step by step."""
    weights = [
        *(each.weight for each in problem.counts),
        *(each.weight for each in problem.patterns),
        *(each.weight for each in problem.group_terms),
    ]
    return max(weights, default=0) >= LEVEL_WEIGHTS["hard"]


def agree(problem: PlanningProblem, wanted: tuple[int, int]) -> Solution:
    """The kernel's solution, once CP-SAT has proved its own optimal and feasible."""
    found = CpSat(moves=60).solve(problem)
    assert (len(found.unplaced), found.cost) == wanted
    assert found.proved
    assert found.bound == found.cost
    state = State(problem)
    for activity, at in enumerate(found.placements):
        if at is not None:
            assert state.problem.fits(activity, at)
            state.place(activity, at)
    for activity, at in enumerate(found.placements):
        if at is not None:
            state.remove(activity)
            assert state.allows(activity, at)
            state.place(activity, at)
    assert state.total == found.cost
    return Kernel().solve(problem, iterations=20_000)


@one_in(12)
@given(worlds.portfolios(), worlds.rules(), WINDOWS, STEPS)
def test_a_drawn_problem_is_solved_to_optimality(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], window: Period, step: timedelta
) -> None:
    """CP-SAT finds and proves the optimum; the kernel finds nothing better."""
    portfolio = with_distinct_titles(portfolio)
    assume(not score(portfolio, rules).hard)
    timetable = timetable_of(portfolio)
    problem = problem_of(timetable, SCOPE, rules=rules, window=window, step=step)
    try:
        wanted = exhaustive.best(portfolio, rules, window, step, most=MOST // 2, problem=problem)
    except exhaustive.TooManyError:
        reject()
    kernel = agree(problem, wanted)
    assert (len(kernel.unplaced), kernel.cost) >= wanted


@pytest.mark.parametrize("seed", range(30))
def test_a_small_problem_is_solved_to_optimality(seed: int) -> None:
    """CP-SAT finds and proves the optimum; the kernel leaves out as few sessions.

    The kernel does not weigh which sessions to leave out, and unplaces sessions that violate graded
    hard rules. If it places all, it finds the optimum too.
    """
    portfolio, rules, window = family.small(seed)
    try:
        wanted = exhaustive.best(portfolio, rules, window, family.HOUR, most=MOST)
    except exhaustive.TooManyError:
        pytest.skip("there are too many schedules")
    timetable = timetable_of(portfolio)
    problem = problem_of(timetable, "mic", rules=rules, window=window, step=family.HOUR)
    kernel = agree(problem, wanted)
    if kernel.unplaced:
        assert (len(kernel.unplaced), kernel.cost) >= wanted
        assert len(kernel.unplaced) == wanted[0] or has_graded_hard_terms(problem)
    else:
        assert (0, kernel.cost) == wanted
