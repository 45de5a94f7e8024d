"""Dominance: left-shifted (semi-active) starts suffice, so the search can drop all others.

Take any feasible placement and shift one activity after the other to an earlier start, within a run
of starts and one bucket of every count that it is in, until none can move. Each activity then
starts at the head of a run, or where a pool is freed: at the end of another activity, of a fixed
session, or of a predecessor. The starts to keep are therefore a fixed point: heads, and the ends of
whatever starts at a kept start. The same idea gives semi-active schedules in job shop scheduling.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import attrs

from mic_core.scheduling.exact.subproblem import Subproblem
from mic_core.scheduling.problem.problem import Precedence
from mic_core.scheduling.problem.time_axis import cells_in

SHIFT_ROUNDS = 200
"""Rounds of adding ends; a budget: after that all starts are kept, which is right as well."""


def left_shifted_starts(
    sub: Subproblem,
    domains: Sequence[int],
    unshifted: frozenset[int],
    *,
    rounds: int = SHIFT_ROUNDS,
) -> list[int]:
    """The dominant starts of each variable within its domain.

    Variables in `unshifted` keep all their starts: an earlier start could break what binds them
    (pairwise gaps, group terms). O(rounds times uses of pools) sets of cells.
    """
    heads = _RunHeads(sub)
    found = [
        mask if var in unshifted else mask & (~(mask << 1) | heads.of(var))
        for var, mask in enumerate(domains)
    ]
    shared = _shared_pools(sub)
    variables = {activity: var for var, activity in enumerate(sub.activities)}
    orders = [_StartsAfterOrder(sub, order) for order in sub.orders]
    for _ in range(rounds):
        before = list(found)
        for users, releases in shared:
            # Masks of starts by duration: one shift by the duration turns all of them into ends.
            by_cells: dict[int, int] = {}
            for var in users:
                cells = sub.cells(var)
                by_cells[cells] = by_cells.get(cells, 0) | found[var]
            ends = releases
            for cells, mask in by_cells.items():
                ends |= mask << cells
            for var in users:
                found[var] |= ends & domains[var]
        for order in orders:
            order.extend(variables, domains, found)
        if found == before:
            return found
    return list(domains)


@attrs.frozen(eq=False)
class _RunHeads:
    """The cells at which a run begins: heads of the axis, or changes of a count's bucket."""

    sub: Subproblem
    _known: dict[int, int] = attrs.field(factory=dict[int, int])

    def of(self, var: int) -> int:
        """The heads that bound the shifts of a variable's activity."""
        activity = self.sub.activities[var]
        heads = self.sub.problem.axis.heads
        for count in self.sub.counts:
            if count.buckets is None:
                continue
            if count.membership.fixed[activity] or (
                count.membership.by and count.membership.counted[activity]
            ):
                buckets = count.buckets[activity]
                if id(buckets) not in self._known:
                    self._known[id(buckets)] = bucket_heads(buckets)
                heads |= self._known[id(buckets)]
        return heads


def bucket_heads(buckets: Sequence[int]) -> int:
    """The cells whose bucket is not that of the cell before.

    >>> bin(bucket_heads([4, 4, 4, 5, 5, 4]))
    '0b101000'
    """
    mask = 0
    for cell in range(1, len(buckets)):
        if buckets[cell] != buckets[cell - 1]:
            mask |= 1 << cell
    return mask


def _shared_pools(sub: Subproblem) -> list[tuple[list[int], int]]:
    """The users of each pool and the cells at which fixed sessions free it, if either matters."""
    users: list[set[int]] = [set() for _ in sub.pools]
    for var, options in enumerate(sub.options):
        for option in options:
            for pool in option.pools:
                users[pool].add(var)
    return [
        (sorted(members), pool.releases)
        for members, pool in zip(users, sub.pools, strict=True)
        if len(members) > 1 or pool.releases
    ]


@attrs.frozen(eq=False)
class _StartsAfterOrder:
    """The first starts after the ends of an order's predecessors, extended from round to round.

    `_seen` holds the starts of predecessors already turned into ends, by (length, offset), and
    `_points` the resulting starts of successors, by offset. Lengths and offsets are microseconds.
    """

    sub: Subproblem
    order: Precedence
    _seen: dict[tuple[int, int], int] = attrs.field(factory=dict[tuple[int, int], int])
    _points: dict[int, int] = attrs.field(factory=dict[int, int])

    def extend(
        self, variables: Mapping[int, int], domains: Sequence[int], found: list[int]
    ) -> None:
        """Add the starts that follow from what is `found` to the successors in it."""
        activities, instants = self.sub.problem.activities, self.sub.problem.axis.instants
        seconds = [each for each in self.order.seconds if each in variables]
        offsets = {activities[each].offset for each in seconds}
        masks: dict[tuple[int, int], int] = {}
        for first in self.order.firsts:
            if first in variables:
                key = activities[first].length, activities[first].offset
                masks[key] = masks.get(key, 0) | found[variables[first]]
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
            found[variables[each]] |= points & domains[variables[each]]
