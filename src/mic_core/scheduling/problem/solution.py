"""The interface of solvers: solutions, progress, and the protocol of a solver."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import attrs

from mic_core.scheduling.problem.problem import Placement, PlanningProblem

PlanEffort = Literal["quick", "normal", "thorough"]
"""The budget of a search in words: a sketch at once, a plan to wait for, a plan for the night."""

RepairGoal = Literal["distance", "cost"]
"""The goal among repairs with the fewest changes that comes first; the other one comes second."""

Placements = tuple[Placement | None, ...]
"""The placement of each activity of a problem; None if it is not placed."""


@attrs.frozen(kw_only=True)
class Progress:
    """The progress of a solver: its phase, its iterations so far, and how good its schedule is.

    `unplaced` is the least number of unplaced activities so far, `cost` what the graded terms cost,
    weighted by level.
    """

    phase: Literal["placing", "improving"]
    iteration: int
    unplaced: int
    cost: int


@attrs.frozen(kw_only=True)
class Solution:
    """A schedule with its cost, and with what is proved about the optimum.

    `cost` is the cost of graded terms less that of the empty schedule, weighted by level. `bound`
    is a lower bound on the cost of every schedule with as few unplaced activities; None if nothing
    is proved. `proved` is True if no schedule is better, or if no more activities can be placed.
    """

    placements: Placements
    cost: int
    iterations: int = 0
    bound: int | None = None
    proved: bool = False

    @property
    def unplaced(self) -> tuple[int, ...]:
        """The activities without a placement."""
        return tuple(each for each, at in enumerate(self.placements) if at is None)


class Solver(Protocol):
    """A solver places the activities of a problem and never breaks a strict term."""

    def solve(
        self,
        problem: PlanningProblem,
        *,
        start: Sequence[Placement | None],
        seed: int,
        iterations: int | None,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> Solution:
        """The best schedule found from an initial one; the same for the same arguments.

        Placements of `start` that are not allowed count as None. `iterations` is the budget, in a
        unit of the solver; None leaves it to the solver. `should_stop` returning True ends early.
        """
        ...
