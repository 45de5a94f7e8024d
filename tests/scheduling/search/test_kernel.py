"""The default solver: its cost agrees with the plain definition, and it is deterministic."""

from hypothesis import given
from hypothesis import strategies as st

from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.search.annealing import Heat
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.state.test_state import SCOPE, outcome, plain

HEATS = st.builds(
    Heat, hot=st.sampled_from([0, 256, 100_000]), chains=st.sampled_from([0, 80]),
    rooms=st.sampled_from([0, 80]),
)  # fmt: skip


def problem(portfolio: Portfolio, rules: tuple[ScheduleRule, ...]) -> PlanningProblem:
    """The problem of all sessions of a drawn portfolio."""
    return problem_of(timetable_of(portfolio), SCOPE, rules=rules, window=worlds.PERIOD)


@one_in(4)
@given(worlds.portfolios(), worlds.rules(), st.integers(0, 3), HEATS)
def test_a_solution_costs_what_the_plain_definition_says(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], seed: int, heat: Heat
) -> None:
    """The cost of a solution is that of its timetable less that of the empty one."""
    asked = problem(portfolio, rules)
    found = Kernel(heat).solve(asked, seed=seed, iterations=400)
    nothing = outcome(asked, State(asked).placed(), rules)
    after = outcome(asked, found.placements, rules)
    assert found.cost == plain(after, rules) - plain(nothing, rules)
    assert score(after, rules).hard <= score(nothing, rules).hard


@one_in(10)
@given(worlds.portfolios(), worlds.rules(), st.integers(0, 3))
def test_the_same_arguments_give_the_same_solution(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], seed: int
) -> None:
    """Two runs over two problems made of the same parts agree to the last placement."""
    first = Kernel().solve(problem(portfolio, rules), seed=seed, iterations=200)
    second = Kernel().solve(problem(portfolio, rules), seed=seed, iterations=200)
    assert first == second
