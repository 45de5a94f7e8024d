"""Guided ejection search (Nagata and Bräysy, 2009): construction and repair by ejection chains.

An activity of the queue is placed where it is free, else where activities of the least weight have
to be ejected; these join the queue. An activity that finds no free placement gains weight, so that
hard ones are ejected less and less. Strict terms are never broken: activities are unplaced instead.
Started from a schedule with a few activities in the queue, the same routine is a repair.

Most starts of a full timetable are never evaluated: a lower bound on the weight to eject, from one
precedence or counting term at a time, orders them in a heap.
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
"""Free placements compared before the cheapest of them is taken: a budget of time."""

MOST_ANCHORS = 400
"""Starts considered for one ejection: a budget; beyond it they are a random sample."""


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
    """Place the activities of a queue, ejecting others, and return the activities left unplaced.

    It ends after `steps` steps, or when the queue is empty; the state is then the one on the way
    with the fewest unplaced activities. `weights` are the learned weights by activity, and are
    updated. Only `movable` activities are ejected, and starts beyond `most_anchors` are sampled.
    `on_step` is called with the length of the queue and ends the search by returning True.
    O(steps times placements of one activity).
    """
    learned = weights if weights is not None else [1] * len(state.at)
    waiting = deque(queue)
    best, kept = len(waiting), state.placed()
    search = _Ejection(state, chance, learned, movable, most_anchors)
    for _ in range(steps):
        if not waiting or (on_step is not None and on_step(len(waiting))):
            break
        activity = waiting.popleft()
        if not search.place(activity):
            waiting.append(activity)
            learned[activity] += 1
        waiting.extend(search.ejected)
        if len(waiting) < best:
            best, kept = len(waiting), state.placed()
    state.restore(kept)
    return tuple(activity for activity, at in enumerate(state.at) if at is None)


class _Ejection:
    """One step of the search: a placement for one activity, and the activities ejected by it.

    `lattice` is the set of cells a common divisor of all lengths apart: activities that start on it
    leave no gap that fits none. `known` holds the candidate starts of an activity.
    """

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
        self.ejected: tuple[int, ...] = ()
        self.lattice = lattice_of(state.problem)
        self.known: dict[int, list[int]] = {}

    def place(self, activity: int) -> bool:
        """Place an activity, ejecting as little weight as possible; True if it is placed."""
        self.ejected = ()
        at = self.free_placement(activity)
        if at is None:
            self.weights[activity] += 1
            at = self.cheapest_ejection(activity)
            if at is None:
                return False
            leaving = self.state.blockers(activity, at, self.weights) or set()
            self.ejected = tuple(sorted(leaving))
            for other in self.ejected:
                self.state.remove(other)
        self.state.place(activity, at)
        return True

    def free_placement(self, activity: int) -> Placement | None:
        """A placement without an ejection: the cheapest of the first few; None if there is none."""
        state, problem, space = self.state, self.problem, self.state.space
        each = problem.activities[activity]
        cells, form = each.cells, each.form
        base = each.starts & space.open_starts(each.resources, cells)
        base &= self.precedence_window(activity)
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
                for at in self._sample_left_shifted(free, room, trainer):
                    tried += 1
                    if state.allows(activity, at):
                        delta = state.delta(activity, at)
                        if best is None or delta < best[0]:
                            best = delta, at
                    if tried >= TRIES and best is not None:
                        return best[1]
        return best and best[1]

    def _sample_left_shifted(self, free: int, room: int, trainer: int) -> list[Placement]:
        """Up to 3 left-shifted placements, at the first free start after an occupied one.

        Packed like this the free time is not cut into pieces too short to use.
        """
        axis = self.problem.axis
        heads = free & ~((free << 1) & ~axis.heads)
        found: list[Placement] = []
        while heads and len(found) < 3:
            start = self.chance.bit(heads, axis.size)
            heads &= ~(1 << start)
            found.append(Placement(start, room, trainer))
        return found

    def precedence_window(self, activity: int) -> int:
        """The starts that strict precedences leave to an activity, as a set to be intersected."""
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
        """Candidate starts of an ejection: on the lattice, or first after a gap of the domain."""
        if activity not in self.known:
            each = self.problem.activities[activity]
            starts = each.starts
            heads = starts & ~((starts << 1) & ~self.problem.axis.heads)
            self.known[activity] = cells_in((starts & self.lattice) | heads)
        anchors = self.known[activity]
        if len(anchors) <= self.most_anchors:
            return self.chance.shuffled(anchors)
        return [self.chance.one_of(anchors) for _ in range(self.most_anchors)]

    def cheapest_ejection(self, activity: int) -> Placement | None:
        """The placement that ejects the least weight; None if no start is feasible.

        Best first over starts with branch and bound over trainers and rooms: bounds count what any
        room must eject, and a start whose weight reaches that of the best ends the search.
        """
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
                        total = self._ejection_weight(activity, at)
                        if total is not None and (best is None or total < best[0]):
                            best = total, at
                    # Rooms that eject no more than every room must are tried TRIES times.
                    free += bound <= least
                    if free >= TRIES or (best is not None and best[0] <= least):
                        break
        return best and best[1]

    def _holders(self, needs: Sequence[int], start: int, cells: int) -> set[int]:
        """The activities to eject from the resources of a choice, unchecked for fixed sessions."""
        space = self.state.space
        window = space.windows[cells][start]
        return {
            other
            for resource in needs
            if space.full[resource] & window
            for other in space.holders(resource, start, cells, self.weights)
        }

    def _ejection_weight(self, activity: int, at: Placement) -> int | None:
        """The weight to eject for a placement; None if fixed or immovable sessions forbid it."""
        leaving = self.state.blockers(activity, at, self.weights)
        if leaving is None or not all(map(self.movable, leaving)):
            return None
        return sum(self.weights[other] for other in leaving)


def starts_by_weight(
    state: State, activity: int, weights: Sequence[int], starts: Sequence[int]
) -> Iterator[tuple[int, int, set[int]]]:
    """Some starts of an activity, each with the weight to eject and the activities, lightest first.

    Only terms that no choice of room or trainer changes are considered. Starts of equal weight keep
    the given order; starts in a bucket that fixed sessions fill are left out. Lazy: a start is
    evaluated exactly when its lower bound comes first in the heap. O(starts log starts), plus the
    evaluation of the starts that the caller consumes.
    """
    bounds = EjectionBounds(state, activity, weights, starts)
    starts = bounds.feasible(starts)
    known: dict[int, set[int]] = {}
    heap = [*zip(bounds.lower_bounds(starts), range(len(starts)), starts, strict=True)]
    heapify(heap)
    while heap:
        weight, place, start = heap[0]
        if place in known:
            yield weight, start, known[place]
            heappop(heap)
        else:
            leaving = known[place] = bounds.required(start)
            heapreplace(heap, (sum(weights[other] for other in leaving), place, start))


class EjectionBounds:
    """Lower bounds on the weight to eject for some starts of one activity.

    `bucket_rivals` holds, for each strict counting term, the bucket of each start and the
    activities to eject by bucket, None if fixed sessions fill it.
    """

    def __init__(
        self, state: State, activity: int, weights: Sequence[int], starts: Sequence[int]
    ) -> None:
        self.state, self.activity, self.weights = state, activity, weights
        each, space = state.problem.activities[activity], state.space
        self.cells = each.cells
        self.single = [q for q in each.resources if space.limits[q] == 1]
        self.orders = state.strict_orders[activity]
        self.bucket_rivals: list[tuple[Sequence[int], dict[int, set[int] | None]]] = []
        for counts in state.strict_counts[activity]:
            if counts.count.buckets is not None:
                buckets = counts.count.buckets[activity]
                one_of = {buckets[start]: start for start in starts}
                self.bucket_rivals.append((buckets, {
                    bucket: counts.rivals(activity, Placement(start), weights)
                    for bucket, start in one_of.items()
                }))  # fmt: skip

    def feasible(self, starts: Sequence[int]) -> Sequence[int]:
        """The starts in no bucket that fixed sessions fill."""
        for buckets, rivals in self.bucket_rivals:
            starts = [start for start in starts if rivals[buckets[start]] is not None]
        return starts

    def lower_bounds(self, starts: Sequence[int]) -> list[int]:
        """The lower bound of each start: the greatest weight that one term alone has to eject.

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
        for buckets, rivals in self.bucket_rivals:
            totals = {b: sum(weights[e] for e in own or ()) for b, own in rivals.items()}
            least = [max(w, totals[buckets[s]]) for w, s in zip(least, starts, strict=True)]
        return least

    def required(self, start: int) -> set[int]:
        """The activities to eject for a start, under every choice of room and trainer."""
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
        return found.union(*(by[buckets[start]] or () for buckets, by in self.bucket_rivals))


def _prefix_weights(
    entries: Sequence[tuple[int, int]], weights: Sequence[int]
) -> tuple[list[int], list[int]]:
    """The instants of sorted entries, and the prefix sums of their weights, from 0 on."""
    sums = accumulate((weights[other] for _, other in entries), initial=0)
    return [instant for instant, _ in entries], list(sums)


def lattice_of(problem: PlanningProblem) -> int:
    """The cells a common divisor of all lengths apart, counted from the beginning of each run."""
    every = gcd(*(each.cells for each in problem.activities)) or 1
    return problem.axis.lattice(every)


def by_domain_size(problem: PlanningProblem) -> list[int]:
    """All activities, the smallest domain first (most constrained first)."""
    activities = problem.activities
    return sorted(range(len(activities)), key=lambda each: (activities[each].choices, each))
