"""Starts by the weight of those who have to leave for them, whatever the room and the trainer.

At first sight each start has a weight that leaves at least; only those that come first by that are
looked at more closely, so that most starts of a full timetable cost a few look-ups.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import accumulate

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.state.state import State


def lightest(
    state: State, activity: int, weigh: Sequence[int], starts: Sequence[int]
) -> Iterator[tuple[int, int, set[int]]]:
    """Each of some starts of an activity with who has to leave and their weight, lightest first.

    Those of equal weight come in the order they are given in; those on days that would be too full
    whoever left do not come at all. O(starts log starts), and what it takes to look closely at
    those that are asked for.
    """
    sight = Sight(state, activity, weigh, starts)
    starts = sight.possible(starts)
    known: dict[int, set[int]] = {}
    heap = [*zip(sight.least(starts), range(len(starts)), starts, strict=True)]
    heapify(heap)
    while heap:
        weight, place, start = heap[0]
        if place in known:
            yield weight, start, known[place]
            heappop(heap)
        else:
            leaving = known[place] = sight.leaving(start)
            heapreplace(heap, (sum(weigh[other] for other in leaving), place, start))


class Sight:
    """What order, counts and resources of its own mean for some starts of one activity."""

    def __init__(
        self, state: State, activity: int, weigh: Sequence[int], starts: Sequence[int]
    ) -> None:
        self.state, self.activity, self.weigh = state, activity, weigh
        each, space = state.problem.activities[activity], state.space
        self.cells = each.cells
        self.single = [q for q in each.resources if space.limits[q] == 1]
        self.orders = state.strict_orders[activity]
        self.crowds: list[tuple[Sequence[int], dict[int, set[int] | None]]] = []
        for counts in state.strict_counts[activity]:
            if counts.count.buckets is not None:
                buckets = counts.count.buckets[activity]
                one_of = {buckets[start]: start for start in starts}
                self.crowds.append((buckets, {
                    bucket: counts.rivals(activity, Placement(start), weigh)
                    for bucket, start in one_of.items()
                }))  # fmt: skip

    def possible(self, starts: Sequence[int]) -> Sequence[int]:
        """The starts in none of the buckets that stay too full whoever leaves."""
        for buckets, crowds in self.crowds:
            starts = [start for start in starts if crowds[buckets[start]] is not None]
        return starts

    def least(self, starts: Sequence[int]) -> list[int]:
        """The weight that has to leave at least for each start: that of any one term.

        O(starts times terms times log activities).
        """
        problem, weigh = self.state.problem, self.weigh
        each = problem.activities[self.activity]
        least = [0] * len(starts)
        begins = [problem.axis.instants[start] + each.offset for start in starts]
        for order in self.orders:
            if self.activity in order.seconds:
                late, sums = _summed(order.ends[::-1], weigh)
                late, sums = late[::-1], sums[::-1]
                least = [max(w, sums[bisect_right(late, begin)])
                         for w, begin in zip(least, begins, strict=True)]  # fmt: skip
            if self.activity in order.firsts:
                early, sums = _summed(order.starts, weigh)
                reach = each.length + order.order.gap
                least = [max(w, sums[bisect_left(early, begin + reach)])
                         for w, begin in zip(least, begins, strict=True)]  # fmt: skip
        for buckets, crowds in self.crowds:
            heavy = {b: sum(weigh[e] for e in crowd or ()) for b, crowd in crowds.items()}
            least = [max(w, heavy[buckets[s]]) for w, s in zip(least, starts, strict=True)]
        return least

    def leaving(self, start: int) -> set[int]:
        """Who has to leave for a start, whatever the room and the trainer."""
        space = self.state.space
        window = space.windows[self.cells][start]
        found: set[int] = set()
        for resource in self.single:
            if space.full[resource] & window:
                found.update(space.owner[resource][start : start + self.cells])
        found.discard(-1)
        begin, end = self.state.problem.slot(self.activity, start)
        for order in self.orders:
            found.update(order.rivals(self.activity, begin, end))
        return found.union(*(crowds[buckets[start]] or () for buckets, crowds in self.crowds))


def _summed(held: Sequence[tuple[int, int]], weigh: Sequence[int]) -> tuple[list[int], list[int]]:
    """The instants of some activities, and the weight of the first so many, from none to all."""
    sums = accumulate((weigh[other] for _, other in held), initial=0)
    return [instant for instant, _ in held], list(sums)
