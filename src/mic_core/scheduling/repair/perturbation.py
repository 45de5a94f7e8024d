"""Perturbation: the distance of a timetable from its original one, by which repairs are ranked.

Two repairs that move equally many sessions differ in how far: another lead at the same hour and in
the same room is nearest, another room at the same hour is next, and another hour counts by its
distance in time, whatever else differs.
"""

from collections.abc import Iterable, Sequence

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement
from mic_core.scheduling.problem.solution import RepairGoal
from mic_core.scheduling.state.state import State

Rank = tuple[int, ...]
"""The rank of a placement or a timetable, compared in order; less is better."""

LEAD_CHANGED, ROOM_CHANGED = 1, 2
"""Weights of changed parts: another lead before another room, and one of them before both."""

HARD_THRESHOLD = LEVEL_WEIGHTS["hard"] // 2
"""The cost from which a hard rule is broken: half a unit, more than any sum of lower levels."""


@attrs.frozen(eq=False)
class Perturbation:
    """The perturbation measure of one repair: original placements, and their instants.

    An original starts at -1 where nothing can start at that time; its instant is known all the
    same. Both are by activity; instants are microseconds.
    """

    state: State
    original: Sequence[Placement]
    instants: Sequence[int]
    prefer: RepairGoal = "distance"

    def rank(self, activity: int, at: Placement) -> Rank:
        """The rank of a placement of an unplaced activity: hard cost, distance, lower cost.

        Distance is the time moved, then the parts that differ.
        """
        return self.rank_at_cost(activity, at, self.state.delta(activity, at))

    def rank_at_cost(self, activity: int, at: Placement, cost: int) -> Rank:
        """The rank of a placement whose cost is known."""
        return self._rank(cost, *self._distance(activity, at))

    def total(self, displaced: Iterable[int]) -> Rank:
        """The rank of all placements: unplaced, hard cost, displaced, then as `rank` orders.

        Distances are sums over the displaced activities. O(displaced activities).
        """
        at_now, number, moved, parts = self.state.at, 0, 0, 0
        for activity in displaced:
            at, number = at_now[activity], number + 1
            if at is not None:
                time_moved, differing = self._distance(activity, at)
                moved, parts = moved + time_moved, parts + differing
        hard, *goals = self._rank(self.state.total, moved, parts)
        return at_now.count(None), hard, number, *goals

    def _distance(self, activity: int, at: Placement) -> tuple[int, int]:
        """The microseconds that a placement is moved, and the weight of the parts that differ."""
        original = self.original[activity]
        start, _ = self.state.problem.slot(activity, at.start)
        lead = LEAD_CHANGED if at.trainer != original.trainer else 0
        room = ROOM_CHANGED if at.room != original.room else 0
        return abs(start - self.instants[activity]), lead + room

    def _rank(self, cost: int, moved: int, parts: int) -> Rank:
        hard = (cost + HARD_THRESHOLD) // LEVEL_WEIGHTS["hard"]
        lower = cost - hard * LEVEL_WEIGHTS["hard"]
        return (hard, lower, moved, parts) if self.prefer == "cost" else (hard, moved, parts, lower)
