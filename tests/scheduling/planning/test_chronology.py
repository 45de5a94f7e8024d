"""Interchangeable sessions of a plan come in the order of time; all others keep their placement."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period
from mic_core.findings import Level
from mic_core.model import Availability, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Arcs, Entry, ScheduleRule, Term
from mic_core.scheduling.outline import outline
from mic_core.scheduling.planning.chronology import in_order_of_time, natural_order
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling import worlds
from tests.scheduling.nouns import MIC, edition, module, people, program, room, slot

NOW = datetime(2014, 9, 1, tzinfo=UTC)
WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))


def outlined(count: int, *nouns: Noun) -> Portfolio:
    """An edition with sessions of one module, e-m-1 and so on, none of them placed."""
    made = module("m", count=count, trainers=("ann", "bob"))
    start = Portfolio.of(
        MIC, room("r"), edition("e", WEEK), program(made), *people("ann", "bob"), *nouns
    )
    return start.record(outline(start, "e"), recorded_at=NOW)


def starts(portfolio: Portfolio) -> list[int | None]:
    """The starts of all sessions, in the order of the numbers in their ids."""
    sessions = sorted(portfolio.all(Session), key=lambda each: natural_order(each.id))
    return [None if each.slot is None else each.slot.start_utc for each in sessions]


@attrs.frozen
class Backwards:
    """A rule that names sessions: the second one comes before the first one."""

    level: Level = "hard"
    weight: int = 1

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return Entry(
            code="backwards", level=self.level, law="Backwards.", why="-", source="-",
            sentence="{subjects}", mend="-",
        )  # fmt: skip

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """A precedence from the session numbered 2 to the one numbered 1."""
        number = {each.id: n for n, each in enumerate(timetable.sessions)}
        yield Arcs(firsts=[number["e-m-2"]], seconds=[number["e-m-1"]])


@pytest.mark.parametrize("seed", range(5))
def test_numbered_sessions_come_in_the_order_of_time(seed: int) -> None:
    """The tenth session of a module is after the second one, whatever the solver found first."""
    known = outlined(11)
    made = plan(known, "e", seed=seed)
    found = starts(known.record(made, recorded_at=NOW))
    assert None not in found
    assert found == sorted(each for each in found if each is not None)
    assert made.report.ok


@pytest.mark.parametrize("level", ["hard", "soft"])
def test_a_rule_that_names_sessions_is_kept(level: Level) -> None:
    """Sessions are not exchanged where that breaks a rule or raises the cost."""
    rules: tuple[ScheduleRule, ...] = (*SCHEDULE_RULES, Backwards(level=level))
    known = outlined(2)
    made = plan(known, "e", rules=rules)
    first, second = starts(known.record(made, recorded_at=NOW))
    assert first is not None
    assert second is not None
    assert second < first
    assert made.score.total == score_of_none(known, rules)


def score_of_none(known: Portfolio, rules: tuple[ScheduleRule, ...]) -> object:
    """The score of a plan in which no rule is broken."""
    return plan(known, (), rules=rules).score.total


def test_a_session_with_records_of_its_own_keeps_its_placement() -> None:
    """A session that is available on one day only is not exchanged, the others are sorted."""
    late = Availability(
        id="late", subject="session:e-m-1", preference="preferred",
        period=Period.days(date(2014, 9, 12), date(2014, 9, 12)),
    )  # fmt: skip
    known = outlined(4)
    problem = problem_of(timetable_of(known), "e")
    given_order = tuple(Placement(4 * n, 0, 0) for n in (9, 5, 3, 7))
    solution = Solution(placements=given_order, cost=0)
    assert in_order_of_time(problem, solution).placements == tuple(sorted(given_order))
    noted = problem_of(timetable_of(known.record(late, recorded_at=NOW)), "e", rules=())
    sorted_rest = (given_order[0], *sorted(given_order[1:]))
    assert in_order_of_time(noted, solution).placements == sorted_rest


def test_a_session_without_a_place_is_the_last_of_its_kind() -> None:
    """If four of five hours fit into a day, the fifth session is left out."""
    known = outlined(5)
    short = Availability(
        id="short", subject="room:r", preference="unavailable", slot=slot("04:00", 20 * 60)
    )
    day = Period.days(date(2014, 9, 10), date(2014, 9, 10))
    after = known.record(short, recorded_at=NOW)
    made = plan(after, "e", window=day)
    assert [each.session_id for each in made.unplaced] == ["e-m-5"]
    found = starts(after.record(made, recorded_at=NOW))
    assert found[-1] is None
    problem = problem_of(timetable_of(after), "e", window=day)
    at = Placement(8, 0, 0)
    lacking = Solution(placements=(None, at, None, None, None), cost=0)
    assert in_order_of_time(problem, lacking).placements == (at, None, None, None, None)


@pytest.mark.parametrize("room_id", ["r", None])
def test_placed_sessions_keep_their_slots(room_id: str | None) -> None:
    """A session that has its slot stays there, though others of its kind come before it."""
    known = outlined(3)
    first = attrs.evolve(
        known.get(Session, "e-m-1"), slot=slot("18:00", day="2014-09-12"), room_id=room_id
    )
    after = known.record(first, recorded_at=NOW)
    planned = after.record(plan(after, "e"), recorded_at=NOW)
    assert planned.get(Session, "e-m-1").slot == first.slot
    _, second, third = starts(planned)
    assert second is not None
    assert third is not None
    assert second < third


def test_a_solution_that_the_problem_forbids_is_left_alone() -> None:
    """Two sessions in one room at one time, as a solver without that rule places them, stay."""
    problem = problem_of(timetable_of(outlined(3)), "e")
    crowded = Solution(
        placements=(Placement(8, 0, 0), Placement(4, 0, 0), Placement(4, 0, 0)), cost=0
    )
    assert in_order_of_time(problem, crowded) is crowded


@given(worlds.portfolios(), worlds.rules(), st.integers(0, 9))
def test_the_order_of_time_changes_no_cost(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], seed: int
) -> None:
    """The schedule stays feasible, costs the same, fills the same places, and is sorted once."""
    problem = problem_of(
        timetable_of(portfolio), tuple(worlds.ZONES), rules=rules, window=worlds.PERIOD,
        step=timedelta(minutes=30),
    )  # fmt: skip
    found = Kernel().solve(problem, seed=seed, iterations=60)
    made = in_order_of_time(problem, found)
    state = State(problem)
    for activity, at in enumerate(made.placements):
        if at is not None:
            assert problem.fits(activity, at)
            assert state.allows(activity, at)
            state.place(activity, at)
    assert state.total == found.cost
    assert sorted(map(str, made.placements)) == sorted(map(str, found.placements))
    assert in_order_of_time(problem, made) == made


def test_another_solver_is_sorted_as_well() -> None:
    """The order is that of the proposal, not of the search."""

    class LatestFirst:
        """A solver that fills the week from its end."""

        def solve(self, problem: PlanningProblem, **_: object) -> Solution:
            """One session for each start, the first session last."""
            number = len(problem.activities)
            return Solution(
                placements=tuple(Placement(4 * (number - n), 0, 0) for n in range(number)), cost=0
            )

    known = outlined(4)
    made = plan(known, "e", solver=LatestFirst())
    found = starts(known.record(made, recorded_at=NOW))
    assert None not in found
    assert found == sorted(each for each in found if each is not None)
