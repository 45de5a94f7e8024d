"""Fixed slots for which no room is free: their sessions become obstacles."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.hours import OpeningHours, PreferredTimes
from mic_core.scheduling.rules.overlap import PersonOverlap, RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.search.kernel import Kernel
from mic_core.timetable import timetable_of
from tests.scheduling.insertion.days import HOUR, needs_ortools, open_at, planned, stands
from tests.scheduling.nouns import (
    DAY,
    MIC,
    edition,
    gives,
    people,
    program,
    room,
    session,
    worlds,
)


@attrs.define
class Heard:
    """The solver of the library, that remembers what it was asked."""

    asked: list[tuple[int, int | None, int]] = attrs.field(
        factory=list[tuple[int, int | None, int]]
    )

    def solve(
        self, problem: PlanningProblem, *, start: Sequence[Placement | None], seed: int,
        iterations: int | None, on_progress: Any, should_stop: Callable[[], bool] | None,
    ) -> Solution:  # fmt: skip
        """Remember how many there are to place, the budget, and how many of the start fit."""
        fits = sum(at is not None for at in start)
        self.asked.append((len(problem.activities), iterations, fits))
        found = Kernel().solve(
            problem, start=start, seed=seed, iterations=iterations, on_progress=on_progress,
            should_stop=should_stop,
        )  # fmt: skip
        return attrs.evolve(found, bound=found.cost, proved=True)


def with_solvers(test: Any) -> Any:
    """The test with each of the solvers."""

    def cp_sat() -> Any:
        return pytest.importorskip("mic_core.solvers").CpSat(work=1)

    return pytest.mark.parametrize(
        "solver",
        [lambda: None, Heard, pytest.param(cp_sat, marks=needs_ortools)],
        ids=["kernel", "another", "cp-sat"],
    )(test)


@with_solvers
def test_a_slot_that_finds_no_room_stands_in_the_way(solver: Callable[[], Any]) -> None:
    """No session is placed beside one without a room that expects the same people."""
    crowd = session("a", "10:00", edition_id="e", expected=50)
    more = session("b", None, edition_id="e")
    known = (room("r", seats=5), program(), edition(), crowd, more)
    made = planned(open_at("Mo-Su 10:00-11:00"), *known, scope="e", solver=solver())
    assert made.report.ok
    assert made.changes == ()
    assert [str(each) for each in made.unplaced] == [
        "session:a: of 1 placements, room-seats blocks 1",
        "session:b: of 24 placements, opening-hours blocks 23, audience-overlap blocks 1",
    ]
    later = planned(open_at("Mo-Su 10:00-12:00"), *known, scope="e", solver=solver())
    assert stands(later, "b") == ("10 11:00", "r")
    assert [each.session_id for each in later.unplaced] == ["a"]
    assert later.report.ok


@with_solvers
def test_a_slot_that_finds_a_room_takes_it(solver: Callable[[], Any]) -> None:
    """If the room is large enough, the session stays and the other comes after it."""
    crowd = session("a", "10:00", edition_id="e", expected=5)
    more = session("b", None, edition_id="e")
    made = planned(
        open_at("Mo-Su 10:00-12:00"), room("r", seats=5), program(), edition(), crowd, more,
        solver=solver(),
    )  # fmt: skip
    assert (stands(made, "a"), stands(made, "b")) == (("10 10:00", "r"), ("10 11:00", "r"))
    assert made.unplaced == ()


LATE = WeeklyHours.parse("Mo-Su 11:00-12:00")


def rivals() -> tuple[Noun, ...]:
    """Two sessions with a slot and one room between them, each with another of its people."""
    return (
        room("r"), *people("ann", "bob"),
        session("a", "10:00"), gives("ann", "a"), session("b", "10:00"), gives("bob", "b"),
        session("c", None), gives("ann", "c"), gives("bob", "c"), session("d", None),
    )  # fmt: skip


RULES: tuple[ScheduleRule, ...] = (
    RoomOverlap(), PersonOverlap(), OpeningHours(), PreferredTimes(hours=LATE)
)  # fmt: skip


@with_solvers
def test_who_loses_a_room_to_another_stands_in_the_way_too(solver: Callable[[], Any]) -> None:
    """One of two gets the room; the other stays in its slot, and the cost told is the true one."""
    center = open_at("Mo-Su 09:00-12:00")
    made = planned(center, *rivals(), rules=RULES, solver=solver())
    assert len(made.unplaced) == 1
    (left,) = (each.session_id for each in made.unplaced)
    assert left in {"a", "b"}
    assert stands(made, left) == ("10 10:00", None)
    assert {stands(made, "c"), stands(made, "d")} == {("10 09:00", "r"), ("10 11:00", "r")}
    assert made.report.ok
    before = score(Portfolio.of(center, *rivals()), RULES)
    # The one that got a room counts in the problem: as placed, it costs what it cost before.
    in_slot = before.soft // 2
    assert made.solution.cost == made.score.soft - in_slot
    assert (made.solution.bound, made.solution.proved) == (None, False)


def test_rounds_share_the_iterations_and_start_from_the_one_before() -> None:
    """The rest of the budget goes to the next round, which starts from all that still fits."""
    heard = Heard()
    made = planned(open_at("Mo-Su 09:00-12:00"), *rivals(), rules=RULES, solver=heard, iterations=3)
    (first, budget, started), (then, rest, carried) = heard.asked
    assert (first, budget, started) == (4, 3, 0)
    assert (then, rest, carried) == (3, 0, 3)
    assert made.solution.iterations == 3


@pytest.mark.parametrize(("closes", "begins"), [("13", None), ("14", "10 13:00")])
def test_who_was_put_where_somebody_stays_goes_elsewhere(closes: str, begins: str | None) -> None:
    """A session that clashes with a slot without a room is placed elsewhere, or not at all."""
    made = planned(
        open_at(f"Mo-Su 10:00-{closes}:00"), room("r"), *people("ann", "bob"),
        session("a", "10:00", 120), gives("ann", "a"),
        session("b", "11:00", 120), gives("bob", "b"),
        session("c", None, mode="online"), gives("ann", "c"), gives("bob", "c"),
        session("long", None, 24 * 60),
        rules=RULES[:3],
    )  # fmt: skip
    left = {each.session_id for each in made.unplaced}
    assert len(left & {"a", "b"}) == 1
    assert left - {"a", "b"} == ({"c", "long"} if begins is None else {"long"})
    assert stands(made, "c") == (begins, None)
    assert made.report.ok


def test_rounds_without_a_budget_leave_it_to_the_solver() -> None:
    """Each round is asked with no budget where none is given."""
    heard = Heard()
    planned(open_at("Mo-Su 09:00-12:00"), *rivals(), rules=RULES, solver=heard)
    assert [budget for _, budget, _ in heard.asked] == [None, None]


def test_what_has_no_room_at_all_costs_no_round_and_no_proof() -> None:
    """A slot in which no room is open stands in the way from the first."""
    heard = Heard()
    crowd = (session("a", "10:00", expected=50), session("b", None))
    made = planned(MIC, room("r", seats=5), *crowd, rules=(RoomSeats(),), solver=heard)
    assert [count for count, _, _ in heard.asked] == [1]
    assert made.solution.proved
    assert [each.session_id for each in made.unplaced] == ["a"]


def test_who_may_leave_a_slot_does_not_stand_in_it() -> None:
    """A session that is free and finds no room is taken out, as it always was."""
    crowd = session("a", "10:00", edition_id="e", expected=50)
    more = session("b", None, edition_id="e")
    made = planned(
        open_at("Mo-Su 10:00-11:00"), room("r", seats=5), program(), edition(), crowd, more,
        scope="e", free="a",
    )  # fmt: skip
    assert stands(made, "a") == (None, None)
    assert stands(made, "b") == ("10 10:00", "r")
    assert [each.session_id for each in made.unplaced] == ["a"]
    assert made.report.ok


@given(worlds(), st.sampled_from([(), "e1"]))
def test_nothing_that_a_plan_changes_breaks_a_hard_rule(nouns: list[Noun], free: str) -> None:
    """Whatever has a slot, a room, both or none: what a plan changes is in no hard breach."""
    window = Period.days(DAY, DAY + timedelta(days=3))
    made = plan(Portfolio.of(*nouns), "mic", window=window, step=HOUR, free=free, iterations=50)
    table = timetable_of(made.portfolio)
    changed = {
        table.numbers[each.id]
        for each in made.changes
        if isinstance(each, Session) and each.slot is not None
    }
    for each in SCHEDULE_RULES:
        if each.entry.level == "hard":
            for breach in conflicts(each, table):
                assert changed.isdisjoint(breach.sessions)
