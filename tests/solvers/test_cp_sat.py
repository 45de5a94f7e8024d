"""CP-SAT as a solver: what it takes and gives, however large the problem is."""

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
from mic_core.scheduling.state.state import State
from mic_core.solvers import CpSat, cp_sat
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
    """Fifteen sessions, of which two days cannot hold all."""
    timetable = timetable_of(some(("01", "02", "03")))
    return problem_of(timetable, "mic", rules=RULES, window=window, step=HOUR)


def small(seed: int) -> PlanningProblem:
    """One of the small problems."""
    portfolio, rules, window = family.small(seed)
    timetable = timetable_of(portfolio)
    return problem_of(timetable, "mic", rules=rules, window=window, step=HOUR)


def worth(problem: PlanningProblem, placements: tuple[object, ...], cost: int) -> tuple[int, int]:
    """How many are left out, and the cost."""
    assert len(placements) == len(problem.activities)
    return sum(at is None for at in placements), cost


def test_a_plan_may_be_made_with_it() -> None:
    """A plan takes it as its solver, and reports nothing broken."""
    portfolio, rules, window = family.small(3)
    made = plan(portfolio, "mic", rules=rules, window=window, step=HOUR, solver=CpSat())
    assert made.solution.proved
    assert made.score.hard == 0


def test_neighborhoods_make_it_better_and_never_worse() -> None:
    """From where the kernel ends, neighborhoods place more or cost less, and tell the true cost."""
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
    """Two runs agree to the last placement, by neighborhoods and as a whole."""
    first, second = (CpSat(whole=0, moves=0).solve(crowded(), iterations=4, seed=5) for _ in "ab")
    assert first == second
    assert CpSat().solve(small(1), seed=3) == CpSat().solve(small(1), seed=3)


def test_work_that_is_done_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a number of programs, it ends when the work is done."""
    monkeypatch.setattr(cp_sat, "BRIEF", 30.0)  # of which each neighborhood counts a hundredth
    found = CpSat(work=1, whole=0, moves=0).solve(crowded())
    assert 1 < found.iterations <= 4
    assert not found.proved


def test_no_programs_at_all_leave_what_the_kernel_found() -> None:
    """With a budget of none, the solution is that of the kernel."""
    problem = crowded()
    kernel = Kernel().solve(problem, iterations=60 * len(problem.activities), seed=2)
    found = CpSat(moves=60).solve(problem, iterations=0, seed=2)
    assert found.placements == kernel.placements
    assert found.cost == kernel.cost


def test_what_stands_is_where_it_starts() -> None:
    """A start that is the best stays as it is."""
    problem = small(5)
    best = CpSat().solve(problem)
    assert CpSat(moves=0).solve(problem, start=best.placements).cost == best.cost


def test_a_problem_without_sessions_is_solved_at_once() -> None:
    """Nothing to place costs nothing."""
    problem = problem_of(timetable_of(instances.boostcamp()), (), window=FORTNIGHT)
    found = CpSat().solve(problem)
    assert found.placements == ()
    assert found.cost == found.iterations == 0


def test_what_fits_nowhere_is_in_nobodys_way() -> None:
    """A session longer than any day stays out, whatever neighborhood is drawn around it."""
    portfolio = some(("01",))
    long = attrs.evolve(portfolio.get(Session, "edition-it-01"), id="long", length=13 * HOUR)
    timetable = timetable_of(Portfolio.of(*portfolio.values(), long))
    problem = problem_of(timetable, "mic", rules=RULES, window=DAYS, step=HOUR)
    found = CpSat(whole=0, moves=0).solve(problem, iterations=8)
    assert [problem.timetable.sessions[problem.activities[n].number].id for n in found.unplaced][
        -1
    ] == "long"


def test_progress_is_told() -> None:
    """Each program is told of, with what is left out and what it costs."""
    told: list[Progress] = []
    found = CpSat(whole=0, moves=0).solve(crowded(), iterations=3, on_progress=told.append)
    mine = [each for each in told if each.phase == "improving" and each.iteration]
    assert [each.iteration for each in mine] == [1, 2, 3]
    assert (mine[-1].unplaced, mine[-1].cost) == (len(found.unplaced), found.cost)


@pytest.mark.parametrize("whole", [0, 1_000_000])
def test_it_stops_when_asked(whole: int) -> None:
    """Once told to stop it begins no other program, and what it has is allowed."""
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


def test_what_should_stop_raises_comes_through() -> None:
    """An error of the caller's own passes unharmed through the solver."""
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


def test_a_rule_that_it_cannot_see_is_judged_all_the_same() -> None:
    """Where combinations are too many, the cost is still true, and nothing is proved in vain."""

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
    """Neither no work at all nor less than nothing can be asked for."""
    with pytest.raises(InvariantError, match=next(iter(fields))):
        CpSat(**fields)


def test_it_is_a_value() -> None:
    """Two of the same numbers are equal, and none changes."""
    assert CpSat(work=3) == CpSat(work=3)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        CpSat().work = 4  # type: ignore[misc]
