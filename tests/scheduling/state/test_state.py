"""The incremental state against the plain definition: the score of the timetable, computed anew."""

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,  # pyright: ignore[reportUnknownVariableType]
)

from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.planning.proposal import propose
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Placements, Solution
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.budget import one_machine_in
from tests.scheduling import worlds

SCOPE = ("mic", "lab")


def plain(portfolio: Portfolio, rules: Iterable[ScheduleRule]) -> int:
    """The cost of a timetable by the plain definition, weighted by level."""
    costs = score(portfolio, rules)
    return (
        costs.hard * LEVEL_WEIGHTS["hard"]
        + costs.medium * LEVEL_WEIGHTS["medium"]
        + costs.soft * LEVEL_WEIGHTS["soft"]
    )


def outcome(
    problem: PlanningProblem, placements: Placements, rules: tuple[ScheduleRule, ...]
) -> Portfolio:
    """The portfolio in which activities stand where placements say."""
    return propose(problem, Solution(placements=placements, cost=0), "mic", rules).portfolio


class Kernel(RuleBasedStateMachine):
    """Random placements and removals, each step compared with the plain definition."""

    @initialize(portfolio=worlds.portfolios(), rules=worlds.rules(), step=st.sampled_from([15, 30]))
    def begin(self, portfolio: Portfolio, rules: tuple[ScheduleRule, ...], step: int) -> None:
        self.asked = rules
        self.problem = problem_of(
            timetable_of(portfolio), SCOPE, step=timedelta(minutes=step), rules=rules,
            window=worlds.PERIOD,
        )  # fmt: skip
        self.state = State(self.problem)
        self.nothing = plain(outcome(self.problem, self.state.placed(), rules), rules)
        self.seen: list[tuple[Placements, int]] = []

    def _draw(self, data: st.DataObject) -> tuple[int, Placement] | None:
        activity = data.draw(st.integers(0, len(self.state.at) - 1))
        each = self.problem.activities[activity]
        if not each.rooms or not each.starts:
            return None
        start = data.draw(st.sampled_from(cells_in(each.starts)))
        room = data.draw(st.sampled_from(each.rooms))
        return activity, Placement(start, room, data.draw(st.sampled_from(each.trainers)))

    @precondition(lambda self: self.state.at)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """An activity moves, and its blockers are ejected."""
        drawn = self._draw(data)
        if drawn is None or not self.state.problem.fits(*drawn):
            return
        activity, at = drawn
        self.state.remove(activity)
        leaving = self.state.blockers(activity, at, [1] * len(self.state.at))
        assert self.state.allows(activity, at) == (leaving == set())
        for other in leaving or ():
            self.state.remove(other)
        if leaving is not None:
            assert self.state.allows(activity, at)
            self.state.place(activity, at)

    @precondition(lambda self: self.state.at)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """An activity is taken out."""
        self.state.remove(data.draw(st.integers(0, len(self.state.at) - 1)))

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """An earlier schedule, restored, has its earlier cost."""
        placed, total = data.draw(st.sampled_from(self.seen))
        self.state.restore(placed)
        assert self.state.total == total

    @invariant()
    def agrees(self) -> None:
        """The total is that of the plain definition, and no strict rule is broken."""
        if hasattr(self, "state"):
            after = outcome(self.problem, self.state.placed(), self.asked)
            assert self.state.total == plain(after, self.asked) - self.nothing
            self.seen.append((self.state.placed(), self.state.total))


def test_every_step_agrees_with_the_plain_definition() -> None:
    """Moves, removals and restored schedules keep the total at the cost of the timetable."""
    run_state_machine_as_test(Kernel, settings=one_machine_in(4))
    assert issubclass(Kernel, RuleBasedStateMachine)
