"""The start grid as a cause: proofs on the step and its openings, verified at all other starts.

An exact search proves that no starts of its grid suffice. Starts off the grid may, unless the grid
holds the lattice of all that bounds the sessions. Elsewhere each infeasible subset is searched anew
on the lattice: where that can be placed, the step is one cause more, mended by a finer one.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property, reduce
from typing import Literal

import attrs

from mic_core.portfolio.scope import extent
from mic_core.scheduling.arguments import Arguments
from mic_core.scheduling.exact.subproblem import aggregate_terms
from mic_core.scheduling.infeasibility.conflict_sets import Core, NodeBudget
from mic_core.scheduling.infeasibility.relaxation import causes_of, relax, wide_problem
from mic_core.scheduling.insertion.finer_step import FINER_STEPS
from mic_core.scheduling.problem.compile import Starts
from mic_core.scheduling.problem.openings import MOST_CELLS
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import HARD, PlanningProblem
from mic_core.timetable import Timetable

OffGrid = Literal["impossible", "possible", "open"]
"""The outcome off the grid: infeasible at any start; feasible at some; or undecided."""


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Question:
    """A question of infeasibility on one grid of starts, with the problems compiled for it.

    `certain` and `starts` are those of `compile_problem`.
    """

    timetable: Timetable
    given: Arguments
    certain: bool
    starts: Starts = "judged"

    @cached_property
    def problem(self) -> PlanningProblem:
        """The problem of all sessions, within their windows."""
        given = self.given
        return problem_of(
            self.timetable, given.scope, window=given.window, step=given.step, free=given.free,
            rules=given.rules, policy=given.policy, verb="explain_infeasible",
            certain=self.certain, starts=self.starts,
        )  # fmt: skip

    @cached_property
    def has_hard_groups(self) -> bool:
        """True if hard terms judge groups as a whole, so that a set needs all of their sessions."""
        return any(each.weight >= HARD for each in aggregate_terms(self.problem))

    def widened(self, some: Sequence[int]) -> PlanningProblem:
        """The problem of some sessions, by number, in which causes can be relaxed.

        Where a hard group term needs them, and where sessions have a slot that would be a fixed
        obstacle to others, it is that of all sessions.
        """
        return self._widened_all if self._needs_all else self._widened(some)

    @cached_property
    def _needs_all(self) -> bool:
        slots = self.timetable.slots
        has_slots = any(slots[each.number] is not None for each in self.problem.activities)
        return self.has_hard_groups or has_slots

    @cached_property
    def _widened_all(self) -> PlanningProblem:
        return self._widened([each.number for each in self.problem.activities])

    def _widened(self, some: Sequence[int]) -> PlanningProblem:
        given, problem = self.given, self.problem
        windows = {
            each.number: window
            for each, window in zip(problem.activities, problem.windows, strict=True)
        }
        sessions = self.timetable.sessions
        released = [n for n in some if sessions[n].id in self._loose]
        return wide_problem(
            self.timetable, given.rules, {n: windows[n] for n in some}, free=released,
            step=given.step, policy=given.policy, certain=self.certain,
            starts=self.starts,
        )  # fmt: skip

    @cached_property
    def _loose(self) -> frozenset[str]:
        """The ids of the sessions that may leave their slots."""
        free, portfolio = self.given.free, self.timetable.portfolio
        return frozenset(each.id for each in extent(portfolio, free, None).sessions if free)

    @cached_property
    def at_any_start(self) -> "Question":
        """The same question on the lattice."""
        return attrs.evolve(self, starts="lattice")

    def with_step(self, step: timedelta) -> "Question":
        """The same question with another step."""
        return attrs.evolve(self, given=attrs.evolve(self.given, step=step))


def fits_on_lattice(problem: PlanningProblem) -> bool:
    """True if the lattice of a problem is small enough to compile the problem on it."""
    grid = problem.axis.grid
    return grid.size * grid.unit // problem.lattice <= MOST_CELLS


def decide_off_grid(
    question: Question, core: Core, budget: NodeBudget
) -> tuple[OffGrid, timedelta | None]:
    """Decide whether an infeasible subset is infeasible at any start.

    If it is not, also the coarsest step below that of the question on which it can be placed; None
    if no step was found. O(steps tried) compilations and exact searches.
    """
    problem, mine = _relaxed_to(question, core)
    if _is_exhaustive(problem, mine):
        return "impossible", None
    if budget.left <= 0 or not fits_on_lattice(problem):
        return "open", None
    found = budget.place_or_decide(*_relaxed_to(question.at_any_start, core))
    if found.outcome != "placed":
        return found.outcome, None
    return "possible", _finer_step(question, core, budget)


def _relaxed_to(question: Question, core: Core) -> tuple[PlanningProblem, list[int]]:
    """The problem under the causes of a subset alone, and the activities of its sessions."""
    problem = question.widened(core.numbers)
    activities = {each.number: activity for activity, each in enumerate(problem.activities)}
    mine = [activities[number] for number in core.numbers]
    return relax(problem, {*causes_of(problem, mine)}.difference(core.causes)), mine


def _is_exhaustive(problem: PlanningProblem, mine: Sequence[int]) -> bool:
    """True if the activities may start at each point of the lattice that no barrier closes."""
    return not problem.lattice % problem.axis.grid.unit and not any(
        reduce(lambda mask, barrier: mask & barrier.starts, each.barriers, each.missed)
        for each in map(problem.activities.__getitem__, mine)
    )


def _finer_step(question: Question, core: Core, budget: NodeBudget) -> timedelta | None:
    """The coarsest step below that of the question on which the sessions of a subset are placed."""
    for step in FINER_STEPS:
        if step < question.given.step and budget.left > 0:
            problem, mine = _relaxed_to(question.with_step(step), core)
            if budget.place_or_decide(problem, mine).outcome == "placed":
                return step
    return None
