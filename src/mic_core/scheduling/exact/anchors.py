"""The starts that suffice: whatever can be placed at all can be placed on these.

Take a placement of all activities and move each one to an earlier start, within one stretch of its
starts and one bucket of every term that counts it, until none can move. What is in the way then is
the head of the stretch, or the end of another activity that shares a store or comes before it. So
it suffices to look at heads, and at ends of what starts at a start that suffices.
"""

from bisect import bisect_left
from collections.abc import Sequence

import attrs

from mic_core.scheduling.exact.stage import Stage
from mic_core.scheduling.problem.axis import cells_in
from mic_core.scheduling.problem.values import Order

MOST_ROUNDS = 200
"""How often ends are added before all starts are kept instead."""


def anchored(stage: Stage, starts: Sequence[int], fixed: frozenset[int]) -> list[int]:
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
        for order in stage.orders:
            _behind(stage, order, starts, found)
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
            if count.ties.fixed[activity] or (count.ties.by and count.ties.counted[activity]):
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


def _behind(stage: Stage, order: Order, starts: Sequence[int], found: list[int]) -> None:
    """Add the starts right behind the ends of first activities."""
    problem, instants = stage.problem, stage.problem.axis.instants
    where = {activity: place for place, activity in enumerate(stage.asked)}
    masks: dict[tuple[int, int], int] = {}
    for first in order.firsts:
        if first in where:
            each = problem.activities[first]
            key = each.length, each.offset
            masks[key] = masks.get(key, 0) | found[where[first]]
    after = {
        instants[start] + length + offset + order.gap
        for (length, offset), mask in masks.items()
        for start in cells_in(mask)
    }
    points: dict[int, int] = {}
    for second in order.seconds:
        if second in where:
            offset = problem.activities[second].offset
            if offset not in points:
                cells = {bisect_left(instants, instant - offset) for instant in after}
                points[offset] = sum(1 << cell for cell in cells)
            found[where[second]] |= points[offset] & starts[where[second]]
