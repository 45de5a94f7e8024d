"""Minimal perturbation search: places displaced activities so that few others leave their original.

Each activity has an original placement, and counts as displaced while it is not there. A displaced
activity is placed by ejection: at its original placement if that is free, else at the same hour
with another lead or in another room, else where no other has to leave, else where displaced ones
leave, else where the fewest leave their originals; whatever leaves is placed next. Weights that
grow with each ejection keep the search from cycling. In the end each displaced activity in turn is
put back to its original placement, which is kept if the others find places with fewer of them
displaced.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import TimeAxis
from mic_core.scheduling.repair.conflict_masks import ConflictMasks
from mic_core.scheduling.repair.perturbation import HARD_THRESHOLD, Perturbation
from mic_core.scheduling.search.ejection import by_domain_size, lattice_of
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.costs import CountTerms, DayPatterns, GroupTerms
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import State

# Steps are placements sought. These weights and budgets steer the search and bound its time; any
# value gives an allowed schedule, and tests/benchmarks/bench_repair.py shows how few changes.

ORIGINAL_WEIGHT = 2
"""Extra weight of ejecting an activity from its original placement.

Ejecting any activity weighs 1, plus 1 for each earlier placement for which it ejected others."""

CALM_STEPS, BOLD_ODDS = 24, 8
"""Steps without progress after which, with odds of 1 in `BOLD_ODDS`, a step goes without the extra
weight."""

STALL_LIMIT = 600
"""Steps without fewer waiting activities after which placing ends."""

PUT_BACK_STEPS = 12
"""Steps, at most, to put back one activity."""

SAMPLES = 6
"""Starts of one class that are sampled, of which the best is taken."""

Snapshot = tuple[tuple[Placement | None, ...], frozenset[int]]
"""The placements, and the displaced activities."""

EjectionOption = tuple[int, int, Placement, tuple[int, ...]]
"""The weight of the activities to eject, the cost, the placement, and the activities to eject."""

OnStep = Callable[[State, int, int], bool]
"""A callback with the state, the steps so far and the number waiting; True ends the search."""


@attrs.define(eq=False, kw_only=True)
class MinChangeSearch:
    """A minimal perturbation search: original placements, displaced activities, learned weights.

    Only `violating` activities are
    unplaced for a violation. `must_move` are those that cannot have their original placement.
    `steps` counts the placements sought, `locked` is an activity that may not be ejected (-1: none)
    and `weights` are those of ejecting each activity.
    """

    state: State
    perturbation: Perturbation
    violating: frozenset[int]
    chance: Chance
    on_step: OnStep
    steps: int = 0
    stopped: bool = False
    must_move: frozenset[int] = frozenset()
    displaced: set[int] = attrs.field(factory=set[int])
    weights: list[int] = attrs.field(factory=list[int])
    locked: int = -1
    original_weight: int = ORIGINAL_WEIGHT
    original: Sequence[Placement] = attrs.field(init=False)
    masks: ConflictMasks = attrs.field(init=False)
    lattice: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.original = self.perturbation.original
        self.masks = ConflictMasks(self.state)
        self.lattice = lattice_of(self.state.problem) | self.state.problem.axis.heads

    # The start: original placements

    def place_originals(self, order: Iterable[int]) -> None:
        """Start anew: place activities at their originals, in order, wherever that is allowed.

        Of those that clash, the first ones are placed.
        """
        state, number = self.state, len(self.original)
        state.restore([None] * number)
        self.weights, self.displaced = [1] * number, set(range(number))
        self.must_move = frozenset(
            a for a, at in enumerate(self.original) if not state.problem.fits(a, at)
        )
        for a in order:
            if a not in self.must_move and state.allows(a, self.original[a]):
                self.put(a, self.original[a])

    def unplace_violating(self) -> None:
        """Unplace activities, the costliest first, until no hard aggregate rule is violated."""
        state = self.state
        while state.total >= HARD_THRESHOLD:
            gains = [(state.delta(a, None), a) for a in sorted(self.violating) if self.violates(a)]
            if not gains:
                return
            delta, activity = min(gains)
            state.remove(activity, delta)
            self.displaced.add(activity)

    def violates(self, activity: int) -> bool:
        """True if an activity takes part in the violation of a hard aggregate rule."""
        at = self.state.at[activity]
        return at is not None and any(
            each.costs(activity, at) for each in self._hard_aggregates(activity)
        )

    def _hard_aggregates(self, activity: int) -> Iterator[CountTerms | DayPatterns | GroupTerms]:
        """The hard terms of an activity that are graded by group, not strict."""
        for each in self.state.graded[activity]:
            if not isinstance(each, Precedences) and each.weight >= HARD_THRESHOLD:
                yield each

    def snapshot(self) -> Snapshot:
        """The placements, and the displaced activities."""
        return self.state.placed(), frozenset(self.displaced)

    def restore(self, kept: Snapshot) -> None:
        """Return to a snapshot, with the weights forgotten."""
        self.state.restore(kept[0])
        self.displaced = set(kept[1])
        self.weights = [1] * len(self.weights)

    # Placing by ejection

    def place_waiting(self, end: int) -> None:
        """Place all activities without a placement, until step `end` or until it stalls.

        The state is then the one met on the way in which the fewest waited.
        """
        queue = deque(a for a in by_domain_size(self.state.problem) if self.state.at[a] is None)
        failed = since = 0
        best, kept = len(queue), self.snapshot()
        while queue and since < STALL_LIMIT and not self._is_spent(end, len(queue) + failed):
            # A few activities may eject each other for ever; once in a while others take part.
            calm = since < CALM_STEPS or self.chance.below(BOLD_ODDS)
            self.original_weight = ORIGINAL_WEIGHT if calm else 0
            ejected = self.place_one(queue.popleft(), len(self.original))
            if ejected is None:
                failed += 1
            queue.extend(ejected or ())
            since += 1
            if len(queue) + failed < best:
                best, kept, since = len(queue) + failed, self.snapshot(), 0
        self.original_weight = ORIGINAL_WEIGHT
        self.restore(kept)

    def place_within(self, waiting: Iterable[int], end: int, most: int) -> bool:
        """Place activities and whatever they eject, with at most `most` displaced at any time.

        True if all found a place before step `end`.
        """
        queue = deque(waiting)
        while queue:
            if self._is_spent(end, len(queue)):
                return False
            ejected = self.place_one(queue.popleft(), most - len(self.displaced))
            if ejected is None:
                return False
            queue.extend(ejected)
        return True

    def _is_spent(self, end: int, waiting: int) -> bool:
        """Count one step. True if the search has to end before it."""
        if self.steps >= end or self.stopped:
            return True
        self.steps += 1
        self.stopped = self.on_step(self.state, self.steps, waiting)
        return self.stopped

    def place_one(self, activity: int, more: int) -> tuple[int, ...] | None:
        """Place an activity. Returns those it ejects, None if there is no placement for it.

        At most `more` others leave their original placements.
        """
        state, original = self.state, self.original[activity]
        if activity not in self.must_move and self.is_free(activity, original):
            self.put(activity, original)
            return ()
        near = self.free_at_original_start(activity)
        if near and self.perturbation.prefer == "distance":
            self.put(activity, min(near, key=lambda at: self.perturbation.rank(activity, at)))
            return ()
        option = self._best_option(activity, more)
        if option is None:
            return None
        _, _, at, ejected = option
        for other in ejected:
            state.remove(other)
            self.displaced.add(other)
        if ejected:
            self.weights[activity] += 1
        self.put(activity, at)
        return ejected

    def put(self, activity: int, at: Placement) -> None:
        """Place an activity; at its original placement it is no longer displaced."""
        self.state.place(activity, at)
        if at == self.original[activity]:
            self.displaced.discard(activity)

    def is_free(self, activity: int, at: Placement) -> bool:
        """True if no other activity has to leave for a placement and it breaks no hard rule."""
        state = self.state
        return state.allows(activity, at) and state.delta(activity, at) < HARD_THRESHOLD

    def free_at_original_start(self, activity: int) -> list[Placement]:
        """The free placements of an activity at its original start, with any lead and room."""
        problem, start = self.state.problem, self.original[activity].start
        if start < 0:
            return []
        return [
            at
            for room in self.free_rooms(activity, start)
            for trainer in problem.activities[activity].trainers
            if problem.fits(activity, at := Placement(start, room, trainer))
            and self.is_free(activity, at)
        ]

    def _best_option(self, activity: int, more: int) -> EjectionOption | None:
        """The placement that ejects the least weight, and of those the cheapest sampled."""
        best: EjectionOption | None = None
        weights = [
            weight if other in self.displaced else weight + self.original_weight
            for other, weight in enumerate(self.weights)
        ]
        for bound, trainer, mask in self._start_classes(activity, more):
            # Classes come in order of their lower bounds, so no later one can be lighter.
            if best is not None and bound >= best[0]:
                break
            for start in self._sample_starts(mask):
                option = self._option(activity, Placement(start, -1, trainer), more, weights)
                if option is not None and (best is None or option[:2] < best[:2]):
                    best = option
        return best

    def _start_classes(self, activity: int, more: int) -> list[tuple[int, int, int]]:
        """Classes of starts by what they eject, as (lower bound of weight, trainer, mask), sorted.

        Split by the number that leave their originals; then by displaced ones: none, one that is
        known, one that masks cannot name (in a full room or bucket), or several.
        """
        problem, weights = self.state.problem, self.weights
        each = problem.activities[activity]
        found: list[tuple[int, int, int]] = []
        for trainer in each.trainers:
            base = each.starts & problem.trainer_starts[each.form][trainer]
            if self.locked >= 0:
                base &= ~self.masks.closed_by(activity, trainer, self.locked)
            layers = self.masks.layers(activity, trainer, self.displaced)
            least = sorted(weights[other] for other, _ in layers.by)
            several = sum(least[:2]) or 2
            for number, originals in enumerate(layers.original):
                if number > more or not base & originals:
                    continue
                mask, bound = base & originals, number * (self.original_weight + 1)
                found.append((bound, trainer, mask & layers.displaced[0]))
                one = mask & layers.displaced[1]
                for other, closed in layers.by if one else ():
                    found.append((bound + weights[other], trainer, one & closed))
                    one &= ~closed
                found.append((bound + 1, trainer, one))
                found.append((bound + several, trainer, mask & layers.displaced[2]))
        return sorted(each for each in found if each[2])

    def _sample_starts(self, mask: int) -> Iterator[int]:
        """A few random starts of a mask: on the lattice, or at the head of a run.

        These leave no odd gaps before them, which other activities could not use.
        """
        axis, found = self.state.problem.axis, 0
        rest = (mask & self.lattice) | (mask & ~((mask << 1) & ~axis.heads))
        while rest and found < SAMPLES:
            start = self.chance.bit(rest, axis.size)
            rest &= ~(1 << start)
            found += 1
            yield start

    def _option(
        self, activity: int, where: Placement, more: int, weights: Sequence[int]
    ) -> EjectionOption | None:
        """The lightest option at a start with a trainer, over rooms; None if none is allowed."""
        best: EjectionOption | None = None
        for room in self._candidate_rooms(activity, where.start):
            at = where._replace(room=room)
            ejected = self.state.blockers(activity, at, weights)
            if ejected is None or self.locked in ejected:
                continue
            if sum(other not in self.displaced for other in ejected) > more:
                continue
            cost = self._cost_after(activity, at, ejected)
            if cost >= HARD_THRESHOLD:
                continue
            weight = sum(weights[other] for other in ejected)
            if best is None or (weight, cost) < best[:2]:
                best = weight, cost, at, tuple(sorted(ejected))
        return best

    def _cost_after(self, activity: int, at: Placement, ejected: Iterable[int]) -> int:
        """The cost of a placement after ejections, where a hard aggregate rule could be broken.

        Else 0: the cost changes again when the ejected are placed.
        """
        state = self.state
        left = sorted(ejected)
        if not left:
            return state.delta(activity, at)
        if not any(True for _ in self._hard_aggregates(activity)):
            return 0
        back = [(other, state.remove(other)) for other in left]
        cost = state.delta(activity, at)
        state.apply(back)
        return max(cost, 0)

    def _candidate_rooms(self, activity: int, start: int) -> list[int]:
        """The rooms to judge at a start: one free room, the original one if free; else all rooms.

        All free ones where a hard aggregate rule depends on rooms.
        """
        free = self.free_rooms(activity, start)
        if not free:
            each = self.state.problem.activities[activity]
            starts = self.state.problem.room_starts[each.form]
            return [room for room in each.rooms if starts[room] >> start & 1]
        if any(depends_on_rooms(each) for each in self._hard_aggregates(activity)):
            return free
        return free[:1] if free[0] == self.original[activity].room else [self.chance.one_of(free)]

    def free_rooms(self, activity: int, start: int) -> list[int]:
        """The rooms without conflict at a start, the original one first."""
        problem, space = self.state.problem, self.state.space
        each = problem.activities[activity]
        window = space.windows[each.cells][start]
        starts, needs = problem.room_starts[each.form], problem.room_needs[each.form]
        free = [
            room
            for room in each.rooms
            if starts[room] >> start & 1 and not any(space.full[q] & window for q in needs[room])
        ]
        return sorted(free, key=lambda room: room != self.original[activity].room)

    # Putting back

    def put_displaced_back(self, end: int) -> None:
        """Put activities back to their originals, one by one, while that leaves fewer displaced.

        A local optimum: in the end no single one was found that could be put back, or the steps
        are spent.
        """
        best, better = self.snapshot(), True
        while better:
            better = False
            for activity in self.chance.shuffled(sorted(best[1] - self.must_move)):
                if self.steps < end and not self.stopped and activity in best[1]:
                    if self._put_one_back(activity, end):
                        best, better = self.snapshot(), True
                    else:
                        self.restore(best)

    def _put_one_back(self, activity: int, end: int) -> bool:
        """Put one back and place those it ejects elsewhere. True if fewer are displaced then."""
        state, at, most = self.state, self.original[activity], len(self.displaced) - 1
        state.remove(activity)
        # Ejecting an original counts 1 and a displaced one 0, so displaced ones are preferred.
        costs = [a not in self.displaced for a in range(len(state.at))]
        ejected = state.blockers(activity, at, costs)
        if ejected is None:
            return False
        for other in ejected:
            state.remove(other)
            self.displaced.add(other)
        if state.delta(activity, at) >= HARD_THRESHOLD:
            return False
        self.put(activity, at)
        self.locked = activity
        done = len(self.displaced) <= most and self.place_within(
            sorted(ejected), min(end, self.steps + PUT_BACK_STEPS), most
        )
        self.locked = -1
        return done


def nearest_cells(mask: int, axis: TimeAxis, instant: int, most: int) -> list[int]:
    """The cells of a mask nearest to an instant, the nearest first, and earlier before later."""
    instants = axis.instants
    middle = bisect_left(instants, instant)
    later, sooner = mask >> middle << middle, mask & ((1 << middle) - 1)
    cells = [*first_cells(later, most), *last_cells(sooner, most)]
    cells.sort(key=lambda cell: (abs(instants[cell] - instant), cell))
    return cells[:most]


def first_cells(mask: int, most: int) -> list[int]:
    """The first members of a bit mask, at most `most`, in order.

    >>> first_cells(0b10110, 2)
    [1, 2]
    """
    found: list[int] = []
    while mask and len(found) < most:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def last_cells(mask: int, most: int) -> list[int]:
    """The last members of a bit mask, at most `most`, the last one first.

    >>> last_cells(0b10110, 2)
    [4, 2]
    """
    found: list[int] = []
    while mask and len(found) < most:
        found.append(mask.bit_length() - 1)
        mask ^= 1 << found[-1]
    return found


def depends_on_rooms(term: CountTerms | DayPatterns | GroupTerms) -> bool:
    """True if the cost of an aggregate term may depend on the rooms."""
    if isinstance(term, GroupTerms) or term.membership.by == "room":
        return True
    return isinstance(term, CountTerms) and term.count.buckets is None
