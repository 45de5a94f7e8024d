"""Conflict masks: the starts of an activity that each other placed activity closes, as bit masks.

A placed activity closes one run of starts for another one that shares a disjunctive resource (a
person, a group) or a strict precedence with it. Laid over each other, the masks count for all
starts at once how many activities would have to leave. All that masks cannot tell (cumulative
resources, pairwise gaps, sums other than by day or week) is judged one placement at a time, by
`State.blockers`. Bit n of a mask is cell n of the time axis.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.costs import CountTerms
from mic_core.scheduling.state.occupancy import clear_starts
from mic_core.scheduling.state.state import State


class ConflictLayers(NamedTuple):
    """The starts of an activity by how many others would have to leave, as lower bounds.

    `original[k]` is the mask of starts for which k activities at their original placement would
    have to; its last entry stands for more. `displaced` counts the displaced ones likewise, and
    `by` is the mask that each of these closes.
    """

    original: tuple[int, ...]
    displaced: tuple[int, ...]
    by: tuple[tuple[int, int], ...]


class ConflictMasks:
    """The conflict masks of a state, which follow it wherever its activities are placed.

    Activities of one kind (same form, resources, starts, precedences and zone) share masks, which
    are kept by kind, and by the placement of the other activity.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.everything = (1 << state.problem.axis.size) - 1
        activities, places = state.problem.activities, state.problem.timetable.places
        orders = [
            tuple(
                (id(each), a in each.firsts, a in each.seconds) for each in state.strict_orders[a]
            )
            for a in range(len(activities))
        ]
        kinds: dict[object, int] = {}
        self.kind = [
            kinds.setdefault(
                (each.form, each.resources, each.starts, orders[a], places[each.number]), len(kinds)
            )
            for a, each in enumerate(activities)
        ]
        self._holders = self._possible_holders()
        self._neighbors: dict[tuple[int, int], tuple[int, ...]] = {}
        self._closed: dict[tuple[int, int, int, int, int], int] = {}
        self._buckets: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def _possible_holders(self) -> dict[int, list[int]]:
        """The activities that need each disjunctive resource, always or with some trainer."""
        problem = self.state.problem
        single = {q for q, each in enumerate(problem.resources) if each.limit == 1}
        found: dict[int, list[int]] = {}
        for a, each in enumerate(problem.activities):
            chosen = (problem.trainer_needs[each.form][trainer] for trainer in each.trainers)
            for q in single.intersection(each.resources).union(
                *(single.intersection(needs) for needs in chosen)
            ):
                found.setdefault(q, []).append(a)
        return found

    def needs(self, activity: int, trainer: int) -> tuple[int, ...]:
        """The resources of an activity with a trainer, without those of its room."""
        form = self.state.form[activity]
        return (*self.state.resources[activity], *self.state.problem.trainer_needs[form][trainer])

    def neighbors(self, activity: int, trainer: int) -> tuple[int, ...]:
        """The activities that can conflict with one with a trainer, and that one itself."""
        key = self.kind[activity], trainer
        if key not in self._neighbors:
            found = {a for q in self.needs(activity, trainer) for a in self._holders.get(q, ())}
            for order in self.state.strict_orders[activity]:
                found |= order.firsts if activity in order.seconds else frozenset()
                found |= order.seconds if activity in order.firsts else frozenset()
            self._neighbors[key] = tuple(sorted(found))
        return self._neighbors[key]

    def closed_by(self, activity: int, trainer: int, other: int) -> int:
        """The mask of starts that another activity closes from its placement; 0 without one."""
        at = self.state.at[other]
        if at is None:
            return 0
        key = self.kind[activity], trainer, other, at.start, at.trainer
        if key not in self._closed:
            self._closed[key] = self._close(activity, trainer, other)
        return self._closed[key]

    def _close(self, activity: int, trainer: int, other: int) -> int:
        state, problem = self.state, self.state.problem
        at, each = state.at[other], problem.activities[activity]
        assert at is not None  # noqa: S101  # called by `closed_by` alone
        mask = 0
        theirs = self.needs(other, at.trainer)
        if any(state.space.limits[q] == 1 and q in theirs for q in self.needs(activity, trainer)):
            first = max(0, at.start - each.cells + 1)
            mask = ((1 << at.start + state.cells[other] - first) - 1) << first
        start, end = problem.slot(other, at.start)
        instants = problem.axis.instants
        for order in state.strict_orders[activity]:
            gap = order.order.gap
            if activity in order.seconds and other in order.firsts:
                mask |= (1 << bisect_left(instants, end + gap - each.offset)) - 1
            if activity in order.firsts and other in order.seconds:
                last = bisect_left(instants, start - gap - each.length - each.offset + 1)
                mask |= self.everything & (-1 << last)
        return mask

    def layers(self, activity: int, trainer: int, displaced: Collection[int]) -> ConflictLayers:
        """The layers of all starts of an activity with a trainer, and with `displaced` ones apart.

        O(neighbors) masks. A start without a free room, or in a full bucket, counts as one conflict
        at least.
        """
        # one, two, more: closed by at least one, two, three activities at their original placement;
        # far, further: by at least one, two displaced ones.
        one = two = more = far = further = 0
        by: list[tuple[int, int]] = []
        for other in self.neighbors(activity, trainer):
            mask = self.closed_by(activity, trainer, other) if other != activity else 0
            if not mask:
                continue
            if other in displaced:
                further |= far & mask
                far |= mask
                by.append((other, mask))
            else:
                more |= two & mask
                two |= one & mask
                one |= mask
        full_originally, full = self._full_buckets(activity, trainer, displaced)
        taken_originally, taken = self._without_room(activity, displaced)
        one |= full_originally | taken_originally
        far |= (full & ~full_originally) | (taken & ~taken_originally)
        every = self.everything
        return ConflictLayers(
            original=(every & ~one, one & ~two, two & ~more, more),
            displaced=(every & ~far, far & ~further, further),
            by=tuple(by),
        )

    def _without_room(self, activity: int, displaced: Iterable[int]) -> tuple[int, int]:
        """The starts without a free room if `displaced` left, and as things are."""
        state, problem = self.state, self.state.problem
        each = problem.activities[activity]
        held = self._cells_held(displaced)
        left = free = 0
        for room in each.rooms:
            starts = problem.room_starts[each.form][room]
            needs = problem.room_needs[each.form][room]
            full = [state.space.full[q] for q in needs]
            free |= starts & clear_starts(full, each.cells)
            loose = [mask & ~held.get(q, 0) for q, mask in zip(needs, full, strict=True)]
            left |= starts & clear_starts(loose, each.cells)
        return self.everything & ~left, self.everything & ~free

    def _cells_held(self, displaced: Iterable[int]) -> dict[int, int]:
        """The cells of each resource that displaced activities hold."""
        state = self.state
        held: dict[int, int] = {}
        for other in displaced:
            at = state.at[other]
            if at is not None:
                window = state.space.windows[state.cells[other]][at.start]
                for q in state.needs(other, at):
                    held[q] = held.get(q, 0) | window
        return held

    def _full_buckets(
        self, activity: int, trainer: int, displaced: Collection[int]
    ) -> tuple[int, int]:
        """The starts in full buckets of strict counts if `displaced` left, and as things are."""
        originally = now = 0
        for counts in self.state.strict_counts[activity]:
            count = counts.count
            if count.buckets is None or count.distinct:
                continue
            amount, buckets = count.amounts[activity], self._by_bucket(activity, counts)
            for group in count.membership.groups(activity, -1, trainer):
                table, first = counts.tables[group], group * counts.size
                for bucket, mask in buckets:
                    value = counts.sums[first + bucket] + amount
                    if table[value]:
                        now |= mask
                        held = counts.members[first + bucket]
                        if table[value - sum(count.amounts[a] for a in held if a in displaced)]:
                            originally |= mask
        return originally, now

    def _by_bucket(self, activity: int, counts: CountTerms) -> Sequence[tuple[int, int]]:
        """The (bucket, mask of starts) pairs of an activity in one of its strict counts."""
        key = self.kind[activity], id(counts)
        if key not in self._buckets:
            masks: dict[int, int] = {}
            buckets = counts.count.buckets
            for start in cells_in(self.state.problem.activities[activity].starts):
                bucket = buckets[activity][start] if buckets is not None else -1
                masks[bucket] = masks.get(bucket, 0) | 1 << start
            self._buckets[key] = list(masks.items())
        return self._buckets[key]
