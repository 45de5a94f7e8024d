"""What any solver takes and gives."""

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import attrs

from mic_core.scheduling.problem.problem import Placement, PlanningProblem

Placements = tuple[Placement | None, ...]
"""Where each activity of a problem stands; None where it has no placement."""


@attrs.frozen(kw_only=True)
class Progress:
    """How far a solver is: what it does, how often it has tried, and the best it has so far.

    `cost` is what graded terms cost, weighted by level.
    """

    phase: Literal["placing", "improving"]
    iteration: int
    unplaced: int
    cost: int


@attrs.frozen(kw_only=True)
class Solution:
    """Where activities stand, what that costs, and what is known about how good it is.

    `cost` is what graded terms cost more than without any activity, weighted by level. `bound` is
    proved: no schedule with as few activities left out costs less; None where nothing is proved.
    `proved` tells that no schedule is better, or that no more can be placed at all.
    """

    placements: Placements
    cost: int
    iterations: int = 0
    bound: int | None = None
    proved: bool = False

    @property
    def unplaced(self) -> tuple[int, ...]:
        """The activities that have no placement."""
        return tuple(each for each, at in enumerate(self.placements) if at is None)


class Solver(Protocol):
    """Anything that places the activities of a problem. Strict terms are never broken."""

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
        """The best schedule found from a start; the same for the same arguments.

        Placements of the start that are not allowed count as none. `iterations` of None leaves the
        budget to the solver.
        """
        ...
