"""The starts that suffice: whatever can be placed at all can be placed on these.

Take a placement of all activities and move each one to an earlier start, within one stretch of its
starts and one bucket of every term that counts it, until none can move. What is in the way then is
the head of the stretch, or the end of another activity that shares a store or comes before it. So
it suffices to look at heads, and at ends of what starts at a start that suffices.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import attrs

from mic_core.scheduling.exact.subproblem import Stage
from mic_core.scheduling.problem.problem import Precedence
from mic_core.scheduling.problem.time_axis import cells_in

MOST_ROUNDS = 200
"""How often ends are added before all starts are kept instead."""


def left_shifted_starts(stage: Stage, starts: Sequence[int], fixed: frozenset[int]) -> list[int]:
    """The starts of each place that suffice, out of those it has in any of its options.

    `fixed` places are judged by more than order, stores and counts: they keep all their starts.
    O(rounds times uses) sets of cells.
    """
    breaks = _Breaks(stage)
    found = [
        mask if place in fixed else mask & (~(mask << 1) | breaks.of(place))
        for place, mask in enumerate(starts)
    ]
    shared = _shared(stage)
    where = {activity: place for place, activity in enumerate(stage.asked)}
    orders = [_Behind(stage, order) for order in stage.orders]
    for _ in range(MOST_ROUNDS):
        before = list(found)
        for places, drops in shared:
            ends: dict[int, int] = {}
            for place in places:
                cells = stage.cells(place)
                ends[cells] = ends.get(cells, 0) | found[place]
            points = drops
            for cells, mask in ends.items():
                points |= mask << cells
            for place in places:
                found[place] |= points & starts[place]
        for order in orders:
            order.add(where, starts, found)
        if found == before:
            return found
    return list(starts)


@attrs.frozen(eq=False)
class _Breaks:
    """The cells at which a new stretch begins: of the axis, or of the buckets of any count."""

    stage: Stage
    _known: dict[int, int] = attrs.field(factory=dict[int, int])

    def of(self, place: int) -> int:
        """The cells at which a stretch of the activity at a place ends."""
        activity = self.stage.asked[place]
        heads = self.stage.problem.axis.heads
        for count in self.stage.counts:
            if count.buckets is None:
                continue
            if count.membership.fixed[activity] or (
                count.membership.by and count.membership.counted[activity]
            ):
                buckets = count.buckets[activity]
                if id(buckets) not in self._known:
                    self._known[id(buckets)] = changes(buckets)
                heads |= self._known[id(buckets)]
        return heads


def changes(buckets: Sequence[int]) -> int:
    """The cells whose bucket is not that of the cell before.

    >>> bin(changes([4, 4, 4, 5, 5, 4]))
    '0b101000'
    """
    mask = 0
    for cell in range(1, len(buckets)):
        if buckets[cell] != buckets[cell - 1]:
            mask |= 1 << cell
    return mask


def _shared(stage: Stage) -> list[tuple[list[int], int]]:
    """The places that use each store, with the cells at which those that stay free it."""
    users: list[set[int]] = [set() for _ in stage.stores]
    for place, options in enumerate(stage.options):
        for option in options:
            for store in option.needs:
                users[store].add(place)
    return [
        (sorted(places), store.drops)
        for places, store in zip(users, stage.stores, strict=True)
        if len(places) > 1 or store.drops
    ]


@attrs.frozen(eq=False)
class _Behind:
    """The starts right behind the ends of first activities of an order; those seen before stay."""

    stage: Stage
    order: Precedence
    _seen: dict[tuple[int, int], int] = attrs.field(factory=dict[tuple[int, int], int])
    _points: dict[int, int] = attrs.field(factory=dict[int, int])

    def add(self, where: Mapping[int, int], starts: Sequence[int], found: list[int]) -> None:
        """Add them to what is found for each place, `where` activities stand."""
        activities, instants = self.stage.problem.activities, self.stage.problem.axis.instants
        seconds = [each for each in self.order.seconds if each in where]
        offsets = {activities[each].offset for each in seconds}
        masks: dict[tuple[int, int], int] = {}
        for first in self.order.firsts:
            if first in where:
                key = activities[first].length, activities[first].offset
                masks[key] = masks.get(key, 0) | found[where[first]]
        for (length, offset), mask in masks.items():
            seen = self._seen.get((length, offset), 0)
            self._seen[length, offset] = seen | mask
            after = [instants[start] + length + offset + self.order.gap
                     for start in cells_in(mask & ~seen)]  # fmt: skip
            for other in offsets:
                cells = {bisect_left(instants, instant - other) for instant in after}
                points = sum(1 << cell for cell in cells)
                self._points[other] = self._points.get(other, 0) | points
        for each in seconds:
            points = self._points.get(activities[each].offset, 0)
            found[where[each]] |= points & starts[where[each]]
