"""Ejection: place an activity where the least weight of others has to leave, and place those next.

Strict terms are never broken; activities may be without a placement instead. One that found no
free place becomes heavier, so that it is not thrown out as lightly again. Started from a schedule
with a few activities in the queue, the same routine is a repair.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import accumulate
from math import gcd

from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State

TRIES = 6
"""How many free placements are compared before the cheapest of them is taken."""

MOST_ANCHORS = 400
"""How many starts are looked at for one ejection."""


def eject(
    state: State,
    queue: Iterable[int],
    chance: Chance,
    *,
    steps: int,
    weights: list[int] | None = None,
    movable: Callable[[int], bool] = lambda _: True,
    on_step: Callable[[int], bool] | None = None,
    most_anchors: int = MOST_ANCHORS,
) -> tuple[int, ...]:
    """Place the activities in the queue, and those that have to leave for them.

    Gives those left without a placement after so many steps, in order; the state is then the one
    met on the way in which the fewest were. `weights` is what has been learned, and goes on to
    learn. Only `movable` ones are thrown out. `on_step` hears how many wait, and may stop by
    answering True. O(steps times placements of one activity).
    """
    heavy = weights if weights is not None else [1] * len(state.at)
    waiting = deque(queue)
    best, kept = len(waiting), state.placed()
    search = _Ejection(state, chance, heavy, movable, most_anchors)
    for _ in range(steps):
        if not waiting or (on_step is not None and on_step(len(waiting))):
            break
        activity = waiting.popleft()
        if not search.settle(activity):
            waiting.append(activity)
            heavy[activity] += 1
        waiting.extend(search.left)
        if len(waiting) < best:
            best, kept = len(waiting), state.placed()
    state.restore(kept)
    return tuple(activity for activity, at in enumerate(state.at) if at is None)


class _Ejection:
    """The search for one placement, with what is shared by all."""

    def __init__(
        self,
        state: State,
        chance: Chance,
        weights: list[int],
        movable: Callable[[int], bool],
        most_anchors: int,
    ) -> None:
        self.state, self.chance, self.weights, self.movable = state, chance, weights, movable
        self.problem: PlanningProblem = state.problem
        self.most_anchors = most_anchors
        self.left: tuple[int, ...] = ()
        self.lattice = lattice_of(state.problem)
        self.known: dict[int, list[int]] = {}

    def settle(self, activity: int) -> bool:
        """Place an activity, throwing out as little weight as possible; tell whether it stands."""
        self.left = ()
        at = self.free(activity)
        if at is None:
            self.weights[activity] += 1
            at = self.cheapest(activity)
            if at is None:
                return False
            leaving = self.state.blockers(activity, at, self.weights) or set()
            self.left = tuple(sorted(leaving))
            for other in self.left:
                self.state.remove(other)
        self.state.place(activity, at)
        return True

    def free(self, activity: int) -> Placement | None:
        """A placement for which nobody has to leave: the best of some, by what it costs."""
        state, problem, space = self.state, self.problem, self.state.space
        each = problem.activities[activity]
        cells, form = each.cells, each.form
        base = each.starts & space.open_starts(each.resources, cells) & self.between(activity)
        best: tuple[int, Placement] | None = None
        tried = 0
        if not base:
            return None
        for trainer in self.chance.shuffled(each.trainers):
            needs = problem.trainer_needs[form][trainer]
            left = base & problem.trainer_starts[form][trainer] & space.open_starts(needs, cells)
            for room in self.chance.shuffled(each.rooms) if left else ():
                needs = problem.room_needs[form][room]
                free = left & problem.room_starts[form][room] & space.open_starts(needs, cells)
                for at in self._heads(free, room, trainer):
                    tried += 1
                    if state.allows(activity, at):
                        delta = state.delta(activity, at)
                        if best is None or delta < best[0]:
                            best = delta, at
                    if tried >= TRIES and best is not None:
                        return best[1]
        return best and best[1]

    def _heads(self, free: int, room: int, trainer: int) -> list[Placement]:
        """A few of the free starts right behind something, so that what is left stays whole."""
        axis = self.problem.axis
        heads = free & ~((free << 1) & ~axis.heads)
        found: list[Placement] = []
        while heads and len(found) < 3:
            start = self.chance.bit(heads, axis.size)
            heads &= ~(1 << start)
            found.append(Placement(start, room, trainer))
        return found

    def between(self, activity: int) -> int:
        """The starts that strict order and full buckets leave to an activity."""
        state, axis = self.state, self.problem.axis
        each = self.problem.activities[activity]
        orders = state.strict_orders[activity]
        ends = [each.ends[-1][0] for each in orders if each.ends and activity in each.seconds]
        starts = [
            each.starts[0][0] - each.order.gap
            for each in orders
            if each.starts and activity in each.firsts
        ]
        after, before = max(ends, default=None), min(starts, default=None)
        mask = -1
        if after is not None:
            mask &= -1 << bisect_left(axis.instants, after - each.offset)
        if before is not None:
            last = bisect_left(axis.instants, before - each.length - each.offset + 1)
            mask &= (1 << last) - 1
        return mask

    def anchors(self, activity: int) -> list[int]:
        """The starts that are worth an ejection: on a lattice of common lengths, or at heads."""
        if activity not in self.known:
            each = self.problem.activities[activity]
            starts = each.starts
            heads = starts & ~((starts << 1) & ~self.problem.axis.heads)
            self.known[activity] = cells_in((starts & self.lattice) | heads)
        anchors = self.known[activity]
        if len(anchors) <= self.most_anchors:
            return self.chance.shuffled(anchors)
        return [self.chance.one_of(anchors) for _ in range(self.most_anchors)]

    def cheapest(self, activity: int) -> Placement | None:
        """The placement for which the least weight has to leave; None where there is none."""
        each, problem, weights = self.problem.activities[activity], self.problem, self.weights
        best: tuple[int, Placement] | None = None
        starts = self.anchors(activity)
        for cost, start, leaving in starts_by_weight(self.state, activity, weights, starts):
            if best is not None and cost >= best[0]:
                break
            for trainer in self.chance.shuffled(each.trainers):
                if not problem.trainer_starts[each.form][trainer] >> start & 1:
                    continue
                needs = problem.trainer_needs[each.form][trainer]
                with_trainer = leaving | self._holders(needs, start, each.cells)
                least = sum(weights[other] for other in with_trainer)
                if best is not None and least >= best[0]:
                    continue
                free = 0
                for room in self.chance.shuffled(each.rooms):
                    if not problem.room_starts[each.form][room] >> start & 1:
                        continue
                    more = self._holders(problem.room_needs[each.form][room], start, each.cells)
                    bound = least + sum(weights[other] for other in more - with_trainer)
                    if best is None or bound < best[0]:
                        at = Placement(start, room, trainer)
                        total = self._weight(activity, at)
                        if total is not None and (best is None or total < best[0]):
                            best = total, at
                    free += bound <= least
                    if free >= TRIES or (best is not None and best[0] <= least):
                        break
        return best and best[1]

    def _holders(self, needs: Sequence[int], start: int, cells: int) -> set[int]:
        """Who must leave resources, for a choice; sessions that stay are found out later."""
        space = self.state.space
        window = space.windows[cells][start]
        return {
            other
            for resource in needs
            if space.full[resource] & window
            for other in space.holders(resource, start, cells, self.weights)
        }

    def _weight(self, activity: int, at: Placement) -> int | None:
        """The weight that would have to leave; None where that would not do."""
        leaving = self.state.blockers(activity, at, self.weights)
        if leaving is None or not all(map(self.movable, leaving)):
            return None
        return sum(self.weights[other] for other in leaving)


def starts_by_weight(
    state: State, activity: int, weights: Sequence[int], starts: Sequence[int]
) -> Iterator[tuple[int, int, set[int]]]:
    """Each of some starts of an activity with who has to leave and their weight, lightest first.

    Those of equal weight come in the order they are given in; those on days that would be too full
    whoever left do not come at all. O(starts log starts), and what it takes to look closely at
    those that are asked for.
    """
    sight = EjectionBounds(state, activity, weights, starts)
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
            heapreplace(heap, (sum(weights[other] for other in leaving), place, start))


class EjectionBounds:
    """What order, counts and resources of its own mean for some starts of one activity."""

    def __init__(
        self, state: State, activity: int, weights: Sequence[int], starts: Sequence[int]
    ) -> None:
        self.state, self.activity, self.weights = state, activity, weights
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
                    bucket: counts.rivals(activity, Placement(start), weights)
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
        problem, weights = self.state.problem, self.weights
        each = problem.activities[self.activity]
        least = [0] * len(starts)
        begins = [problem.axis.instants[start] + each.offset for start in starts]
        for order in self.orders:
            if self.activity in order.seconds:
                late, sums = _prefix_weights(order.ends[::-1], weights)
                late, sums = late[::-1], sums[::-1]
                least = [max(w, sums[bisect_right(late, begin)])
                         for w, begin in zip(least, begins, strict=True)]  # fmt: skip
            if self.activity in order.firsts:
                early, sums = _prefix_weights(order.starts, weights)
                reach = each.length + order.order.gap
                least = [max(w, sums[bisect_left(early, begin + reach)])
                         for w, begin in zip(least, begins, strict=True)]  # fmt: skip
        for buckets, crowds in self.crowds:
            heavy = {b: sum(weights[e] for e in crowd or ()) for b, crowd in crowds.items()}
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


def _prefix_weights(
    held: Sequence[tuple[int, int]], weights: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The instants of some activities, and the weight of the first so many, from none to all."""
    sums = accumulate((weights[other] for _, other in held), initial=0)
    return [instant for instant, _ in held], list(sums)


def lattice_of(problem: PlanningProblem) -> int:
    """Cells as far apart as the common measure of all lengths, counted from the heads of runs."""
    every = gcd(*(each.cells for each in problem.activities)) or 1
    return problem.axis.lattice(every)


def in_turn(problem: PlanningProblem) -> list[int]:
    """All activities, those with the fewest starts, rooms and trainers first."""
    activities = problem.activities
    return sorted(range(len(activities)), key=lambda each: (activities[each].choices, each))
