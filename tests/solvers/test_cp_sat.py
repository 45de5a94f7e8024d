"""The CP-SAT solver: arguments, budgets, neighborhoods and the solution."""

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import instances
import pytest

from mic_core.chrono import Period, WeeklyHours
from mic_core.errors import InvariantError
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Progress
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.overlap import AudienceOverlap
from mic_core.scheduling.rules.spread import RoomStability
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.solvers.cp_sat import OVERHEAD, CpSat, run_cp_sat
from mic_core.solvers.neighborhoods import Neighborhoods
from mic_core.timetable import timetable_of
from tests.solvers import family

pytest.importorskip("ortools", reason="the extra solver is not installed")

HOUR = timedelta(hours=1)
DAYS = Period.days(date(2014, 9, 15), date(2014, 9, 16))
FORTNIGHT = Period.days(date(2014, 9, 15), date(2014, 9, 28))
MORNINGS = WeeklyHours.parse("Mo-Fr 09:00-12:00")
RULES: tuple[ScheduleRule, ...] = (
    *instances.BOOSTCAMP_RULES, PreferredTimes(hours=MORNINGS, weight=2),
    CompactDays(block=180, of="edition"),
)  # fmt: skip


def some(endings: tuple[str, ...]) -> Portfolio:
    """A Boostcamp with only a few sessions of each module."""
    return Portfolio.of(
        *(
            each
            for each in instances.boostcamp(1).values()
            if not isinstance(each, Session) or each.id.endswith(endings)
        )
    )


def crowded(window: Period = DAYS) -> PlanningProblem:
    """Fifteen sessions, more than two days can hold."""
    timetable = timetable_of(some(("01", "02", "03")))
    return problem_of(timetable, "mic", rules=RULES, window=window, step=HOUR)


def test_a_neighborhood_holds_each_activity_once() -> None:
    """No neighborhood names an activity twice, which would count twice and clash with itself."""
    problem = crowded(FORTNIGHT)
    state = State(problem)
    for activity, at in enumerate(Kernel().solve(problem).placements):
        if at is not None:
            state.place(activity, at)
    neighborhoods = Neighborhoods(state, Chance(1))
    drawn = [neighborhoods.draw(9) for _ in range(60)]
    assert all(len(set(each)) == len(each) for each in drawn)
    assert {len(each) for each in drawn} == {9}


def small(seed: int) -> PlanningProblem:
    """One of the small problems."""
    portfolio, rules, window = family.small(seed)
    timetable = timetable_of(portfolio)
    return problem_of(timetable, "mic", rules=rules, window=window, step=HOUR)


def worth(problem: PlanningProblem, placements: tuple[object, ...], cost: int) -> tuple[int, int]:
    """The number of unplaced activities, and the cost."""
    assert len(placements) == len(problem.activities)
    return sum(at is None for at in placements), cost


def test_a_plan_may_use_cp_sat() -> None:
    """A plan takes it as its solver, and violates no hard rule."""
    portfolio, rules, window = family.small(3)
    made = plan(portfolio, "mic", rules=rules, window=window, step=HOUR, solver=CpSat())
    assert made.solution.proved
    assert made.score.hard == 0


def test_neighborhoods_improve_the_incumbent() -> None:
    """From the kernel's schedule, neighborhoods place more or cost less, and the cost is exact."""
    problem = crowded(FORTNIGHT)
    begun = Kernel().solve(problem, iterations=0)
    found = CpSat(whole=0, moves=0).solve(problem, iterations=6)
    assert found.iterations == 6
    assert worth(problem, found.placements, found.cost) < worth(
        problem, begun.placements, begun.cost
    )
    state = State(problem)
    state.restore(found.placements)
    assert state.total == found.cost
    for activity, at in enumerate(found.placements):
        if at is not None:
            state.remove(activity)
            assert state.problem.fits(activity, at)
            assert state.allows(activity, at)
            state.place(activity, at)


def test_the_same_arguments_give_the_same_solution() -> None:
    """Two runs agree to the last placement, with neighborhoods and with one program."""
    first, second = (CpSat(whole=0, moves=0).solve(crowded(), iterations=4, seed=5) for _ in "ab")
    assert first == second
    assert CpSat().solve(small(1), seed=3) == CpSat().solve(small(1), seed=3)


def test_the_work_budget_ends_it() -> None:
    """Without a number of iterations, it ends when the work is done."""
    settings = CpSat(work=1, whole=0, moves=0)
    found = run_cp_sat(
        settings, crowded(), neighborhood_work=0.3 / OVERHEAD
    )  # each counts 0.3 at least
    assert 1 < found.iterations <= 4
    assert not found.proved


def test_without_programs_it_returns_the_solution_of_the_kernel() -> None:
    """With no iterations, the solution is that of the kernel."""
    problem = crowded()
    kernel = Kernel().solve(problem, iterations=60 * len(problem.activities), seed=2)
    found = CpSat(moves=60).solve(problem, iterations=0, seed=2)
    assert found.placements == kernel.placements
    assert found.cost == kernel.cost


def test_an_optimal_start_is_kept() -> None:
    """From an optimal schedule, the cost does not change."""
    problem = small(5)
    best = CpSat().solve(problem)
    assert CpSat(moves=0).solve(problem, start=best.placements).cost == best.cost


def test_a_problem_without_sessions_is_solved_at_once() -> None:
    """Without activities the cost is 0 and no program is solved."""
    problem = problem_of(timetable_of(instances.boostcamp()), (), window=FORTNIGHT)
    found = CpSat().solve(problem)
    assert found.placements == ()
    assert found.cost == found.iterations == 0


def test_an_activity_with_an_empty_domain_is_left_out() -> None:
    """A session longer than any day is unplaced, also in neighborhoods around it."""
    portfolio = some(("01",))
    long = attrs.evolve(portfolio.get(Session, "edition-it-01"), id="long", length=13 * HOUR)
    timetable = timetable_of(Portfolio.of(*portfolio.values(), long))
    problem = problem_of(timetable, "mic", rules=RULES, window=DAYS, step=HOUR)
    found = CpSat(whole=0, moves=0).solve(problem, iterations=8)
    assert [problem.timetable.sessions[problem.activities[n].number].id for n in found.unplaced][
        -1
    ] == "long"


def test_progress_is_reported() -> None:
    """After each program, progress reports the unplaced activities and the cost."""
    told: list[Progress] = []
    found = CpSat(whole=0, moves=0).solve(crowded(), iterations=3, on_progress=told.append)
    mine = [each for each in told if each.phase == "improving" and each.iteration]
    assert [each.iteration for each in mine] == [1, 2, 3]
    assert (mine[-1].unplaced, mine[-1].cost) == (len(found.unplaced), found.cost)


@pytest.mark.parametrize("whole", [0, 1_000_000])
def test_should_stop_ends_it(whole: int) -> None:
    """Once should_stop is true, no other program begins, and the incumbent is returned."""
    problem = crowded()
    asked = 0

    def after(number: int) -> Callable[[], bool]:
        def stop() -> bool:
            nonlocal asked
            asked += 1
            return asked > number

        return stop

    kernel = Kernel().solve(problem, iterations=0, should_stop=after(100_000))
    begun, asked = asked, 0
    found = CpSat(whole=whole, moves=0).solve(problem, should_stop=after(begun + 3))
    assert found.iterations <= 2
    assert worth(problem, found.placements, found.cost) <= worth(
        problem, kernel.placements, kernel.cost
    )


def test_an_error_of_should_stop_is_raised() -> None:
    """An exception of should_stop reaches the caller unchanged."""
    problem = crowded()
    asks = 0

    def count() -> bool:
        nonlocal asks
        asks += 1
        return False

    Kernel().solve(problem, iterations=0, should_stop=count)
    left = [False] * (asks + 2)
    with pytest.raises(IndexError):
        CpSat(moves=0, whole=0).solve(problem, should_stop=left.pop)


def test_a_relaxed_term_is_still_judged() -> None:
    """With too many combinations for a table, the cost is exact and the bound valid."""

    def early(sessions: tuple[Session, ...]) -> int:
        starts = [each.slot.start.hour for each in sessions if each.slot is not None]
        return sum(hour < 12 for hour in starts) // 3

    whole = rule("early", "soft", law="Not too many mornings.", scope="group")(early)
    overlap = AudienceOverlap(level="soft")
    rules = (RoomStability(of="edition"), MaxPerDay(most=1, of="edition"), overlap, whole)
    timetable = timetable_of(some(("01",)))
    problem = problem_of(timetable, "mic", rules=rules, window=FORTNIGHT, step=2 * HOUR)
    assert len(problem.group_terms) == 2
    found = CpSat(moves=0, whole=1_000_000, work=1).solve(problem, iterations=3)
    state = State(problem)
    state.restore(found.placements)
    assert state.total == found.cost
    assert found.bound is not None
    assert found.bound <= found.cost


@pytest.mark.parametrize("fields", [{"work": 0}, {"whole": -1}, {"moves": 2_000_000}])
def test_numbers_out_of_range_are_refused(fields: dict[str, int]) -> None:
    """Work of 0 and negative or too large numbers raise InvariantError."""
    with pytest.raises(InvariantError, match=next(iter(fields))):
        CpSat(**fields)


def test_it_is_a_value() -> None:
    """Two with the same numbers are equal, and neither can be changed."""
    assert CpSat(work=3) == CpSat(work=3)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CpSat().work = 4  # type: ignore[misc]
