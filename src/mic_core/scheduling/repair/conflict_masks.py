"""Blocking: at which starts somebody stands in the way of an activity, as sets of starts.

Whoever stands somewhere closes, for another that needs the same person or the same audience, or
that has to come before or after, one run of starts. Laid over each other, these sets tell for all
starts at once how many would have to leave. What they cannot tell (concurrency, gaps between
sessions, sums other than by day or week) is judged one placement at a time.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.costs import CountTerms
from mic_core.scheduling.state.occupancy import clear_starts
from mic_core.scheduling.state.state import State


class Layers(NamedTuple):
    """Starts by how many would have to leave: of those at home, and of those that are away.

    `homes[k]` are the starts for which k at home would have to, the last entry those for which
    more would; `away` likewise, and `by` names the starts that each of those away closes.
    """

    homes: tuple[int, ...]
    away: tuple[int, ...]
    by: tuple[tuple[int, int], ...]


class Blocking:
    """Who stands in whose way in a state, whatever stands where."""

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
        self._holders = self._may_hold()
        self._near: dict[tuple[int, int], tuple[int, ...]] = {}
        self._closed: dict[tuple[int, int, int, int, int], int] = {}
        self._days: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def _may_hold(self) -> dict[int, list[int]]:
        """The activities that need each resource for one at a time, or would with a trainer."""
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
        """The resources that an activity holds with a trainer, whatever its room."""
        form = self.state.form[activity]
        return (*self.state.resources[activity], *self.state.problem.trainer_needs[form][trainer])

    def near(self, activity: int, trainer: int) -> tuple[int, ...]:
        """Who could stand in the way of an activity with a trainer, itself among them."""
        key = self.kind[activity], trainer
        if key not in self._near:
            found = {a for q in self.needs(activity, trainer) for a in self._holders.get(q, ())}
            for order in self.state.strict_orders[activity]:
                found |= order.firsts if activity in order.seconds else frozenset()
                found |= order.seconds if activity in order.firsts else frozenset()
            self._near[key] = tuple(sorted(found))
        return self._near[key]

    def closed(self, activity: int, trainer: int, other: int) -> int:
        """The starts of an activity that another closes where it stands, whatever the rooms."""
        at = self.state.at[other]
        if at is None:
            return 0
        key = self.kind[activity], trainer, other, at.start, at.trainer
        if key not in self._closed:
            self._closed[key] = self._closes(activity, trainer, other)
        return self._closed[key]

    def _closes(self, activity: int, trainer: int, other: int) -> int:
        state, problem = self.state, self.state.problem
        at, each = state.at[other], problem.activities[activity]
        assert at is not None  # noqa: S101  # asked by `closed` alone
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

    def layers(self, activity: int, trainer: int, away: Collection[int]) -> Layers:
        """How many of those at home, and of those `away`, would have to leave, for each start.

        O(those near) sets.
        """
        one = two = more = far = further = 0
        by: list[tuple[int, int]] = []
        for other in self.near(activity, trainer):
            mask = self.closed(activity, trainer, other) if other != activity else 0
            if not mask:
                continue
            if other in away:
                further |= far & mask
                far |= mask
                by.append((other, mask))
            else:
                more |= two & mask
                two |= one & mask
                one |= mask
        crowded, crowds = self._full(activity, trainer, away)
        taken, takes = self._rooms(activity, away)
        one |= crowded | taken
        far |= (crowds & ~crowded) | (takes & ~taken)
        every = self.everything
        return Layers(
            homes=(every & ~one, one & ~two, two & ~more, more),
            away=(every & ~far, far & ~further, further),
            by=tuple(by),
        )

    def _rooms(self, activity: int, away: Iterable[int]) -> tuple[int, int]:
        """The starts at which no room is left by those at home, and by anybody."""
        state, problem = self.state, self.state.problem
        each = problem.activities[activity]
        held = self._held(away)
        left = free = 0
        for room in each.rooms:
            starts = problem.room_starts[each.form][room]
            needs = problem.room_needs[each.form][room]
            full = [state.space.full[q] for q in needs]
            free |= starts & clear_starts(full, each.cells)
            loose = [mask & ~held.get(q, 0) for q, mask in zip(needs, full, strict=True)]
            left |= starts & clear_starts(loose, each.cells)
        return self.everything & ~left, self.everything & ~free

    def _held(self, away: Iterable[int]) -> dict[int, int]:
        """The cells of each resource that those away hold."""
        state = self.state
        held: dict[int, int] = {}
        for other in away:
            at = state.at[other]
            if at is not None:
                window = state.space.windows[state.cells[other]][at.start]
                for q in state.needs(other, at):
                    held[q] = held.get(q, 0) | window
        return held

    def _full(self, activity: int, trainer: int, away: Collection[int]) -> tuple[int, int]:
        """The starts on days, or weeks, that those at home fill, and that are full at all."""
        homes = anybody = 0
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
                        anybody |= mask
                        held = counts.members[first + bucket]
                        if table[value - sum(count.amounts[a] for a in held if a in away)]:
                            homes |= mask
        return homes, anybody

    def _by_bucket(self, activity: int, counts: CountTerms) -> Sequence[tuple[int, int]]:
        """The starts of an activity in each bucket of one of its strict counts."""
        key = self.kind[activity], id(counts)
        if key not in self._days:
            masks: dict[int, int] = {}
            buckets = counts.count.buckets
            for start in cells_in(self.state.problem.activities[activity].starts):
                bucket = buckets[activity][start] if buckets is not None else -1
                masks[bucket] = masks.get(bucket, 0) | 1 << start
            self._days[key] = list(masks.items())
        return self._days[key]
