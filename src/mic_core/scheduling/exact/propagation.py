"""A node of the search: what is decided, and the starts that this leaves to everything else."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import attrs

from mic_core.scheduling.exact.checker import clash
from mic_core.scheduling.exact.subproblem import Stage, spread, ties_in
from mic_core.scheduling.problem.problem import CountTerm, PairwiseGap, Precedence
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.costs import CostTable, count_tables


@attrs.define(eq=False)
class Node:
    """Starts left to each option of each place, what is held, and who stands where."""

    starts: list[list[int]]
    levels: list[tuple[int, ...]]
    sums: list[dict[tuple[int, int], int]]
    placed: dict[int, tuple[int, int]]
    free: tuple[int, ...]

    def copy(self) -> "Node":
        """The same, to be changed apart."""
        return Node(
            [list(each) for each in self.starts],
            list(self.levels),
            [dict(each) for each in self.sums],
            dict(self.placed),
            self.free,
        )

    def union(self, place: int) -> int:
        """The starts that any option leaves to a place."""
        mask = 0
        for each in self.starts[place]:
            mask |= each
        return mask


@attrs.frozen(eq=False, slots=False)
class Steps:
    """The consequences of a decision, for one stage."""

    stage: Stage

    @cached_property
    def where(self) -> dict[int, int]:
        """The place of each activity."""
        return {activity: place for place, activity in enumerate(self.stage.asked)}

    @cached_property
    def users(self) -> list[list[tuple[int, int]]]:
        """The places and options that use each store."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.stage.stores]
        for place, options in enumerate(self.stage.options):
            for number, option in enumerate(options):
                for store in option.needs:
                    found[store].append((place, number))
        return found

    @cached_property
    def groups(self) -> list[list[list[tuple[int, ...]]]]:
        """For each count, then each term of distance: the groups of all options of all places."""
        stage = self.stage
        return [
            [
                [ties.groups(activity, each.rooms[0], each.trainer) for each in options]
                for activity, options in zip(stage.asked, stage.options, strict=True)
            ]
            for ties in ties_in(stage)
        ]

    @cached_property
    def tables(self) -> list[list[CostTable]]:
        """What each group of each count costs."""
        found: list[list[CostTable]] = []
        for count in self.stage.counts:
            of: Callable[[int], CostTable] = count_tables(count)
            found.append([of(limit) for limit in count.membership.limits])
        return found

    @cached_property
    def parts(self) -> list[list[dict[int, int]]]:
        """For each count, the starts in each bucket, by place; those of rooms are not told."""
        known: dict[int, dict[int, int]] = {}
        found: list[list[dict[int, int]]] = []
        for count in self.stage.counts:
            held: list[dict[int, int]] = []
            for activity in self.stage.asked if count.buckets is not None else ():
                buckets = count.buckets[activity] if count.buckets is not None else ()
                if id(buckets) not in known:
                    known[id(buckets)] = _by_bucket(buckets)
                held.append(known[id(buckets)])
            found.append(held)
        return found

    def root(self) -> Node:
        """Nothing is decided; counts and distances to those that stay are kept already."""
        stage = self.stage
        node = Node(
            [[each.starts for each in options] for options in stage.options],
            [each.levels for each in stage.stores],
            [dict(each.base) for each in stage.counts],
            {},
            tuple(range(len(stage.asked))),
        )
        for number in range(len(stage.counts)):
            for place in node.free:
                self._count(node, number, place, None)
        for number, apart in enumerate(stage.pairwise_gaps, len(stage.counts)):
            for place in node.free:
                self._keep_off(node, number, apart, place)
        return node

    def decide(self, node: Node, place: int, option: int, start: int) -> Node:
        """The node in which an activity stands at a start, with what follows at once."""
        new = node.copy()
        new.placed[place] = option, start
        new.free = tuple(each for each in node.free if each != place)
        self._hold(new, place, option, start)
        for order in self.stage.orders:
            self._order(new, order, place, start)
        for number, count in enumerate(self.stage.counts):
            changed = self._add(new, number, count, place)
            for other in new.free if changed else ():
                self._count(new, number, other, changed)
        begin, end = self.slot(place, start)
        me = begin, end, self.number(place)
        for number, apart in enumerate(self.stage.pairwise_gaps, len(self.stage.counts)):
            mine = self.groups[number][place][option]
            for other in new.free if mine else ():
                self._distance(new, number, apart, other, mine, me)
        return new

    def slot(self, place: int, start: int) -> tuple[int, int]:
        """The instants between which the activity at a place lasts."""
        return self.stage.problem.slot(self.stage.asked[place], start)

    def number(self, place: int) -> int:
        """The number in the timetable of the activity at a place."""
        return self.stage.problem.activities[self.stage.asked[place]].number

    def _hold(self, node: Node, place: int, option: int, start: int) -> None:
        """Take what an option needs, and close the starts at which it is used up."""
        window = ((1 << self.stage.cells(place)) - 1) << start
        node.starts[place] = [0] * len(node.starts[place])
        for store in self.stage.options[place][option].needs:
            levels: list[int] = []
            more = window
            for mask in node.levels[store]:
                levels.append(mask | more)
                more &= mask
            full = levels[-1] & ~node.levels[store][-1]
            node.levels[store] = tuple(levels)
            left: dict[int, int] = {}
            for other, number in self.users[store] if full else ():
                if node.starts[other][number]:
                    cells = self.stage.cells(other)
                    if cells not in left:
                        left[cells] = ~spread(full, cells)
                    node.starts[other][number] &= left[cells]

    def _order(self, node: Node, order: Precedence, place: int, start: int) -> None:
        activity = self.stage.asked[place]
        begin, end = self.slot(place, start)
        if activity in order.firsts:
            for other in order.seconds:
                self.after(node, other, end + order.gap)
        if activity in order.seconds:
            for other in order.firsts:
                self.before(node, other, begin - order.gap)

    def after(self, node: Node, activity: int, instant: int) -> bool:
        """Let an activity start at an instant or later; tells whether that closed any start."""
        problem = self.stage.problem
        first = bisect_left(problem.axis.instants, instant - problem.activities[activity].offset)
        return self._cut(node, activity, -1 << first)

    def before(self, node: Node, activity: int, instant: int) -> bool:
        """Let an activity end at an instant or earlier; tells whether that closed any start."""
        each = self.stage.problem.activities[activity]
        latest = instant - each.length - each.offset
        after = bisect_right(self.stage.problem.axis.instants, latest)
        return self._cut(node, activity, (1 << after) - 1)

    def _cut(self, node: Node, activity: int, mask: int) -> bool:
        place = self.where.get(activity, -1)
        if place not in node.free:
            return False
        held = node.starts[place]
        cut = [each & mask for each in held]
        node.starts[place] = cut
        return cut != held

    def _add(self, node: Node, number: int, count: CountTerm, place: int) -> dict[int, set[int]]:
        """Count an activity that was placed; gives the groups and buckets that it touched."""
        option, start = node.placed[place]
        touched: dict[int, set[int]] = {}
        for group in self.groups[number][place][option]:
            bucket = self.bucket(count, place, option, start)
            if bucket >= 0:
                key = group, bucket
                amount = count.amounts[self.stage.asked[place]]
                node.sums[number][key] = node.sums[number].get(key, 0) + amount
                touched.setdefault(group, set()).add(bucket)
        return touched

    def bucket(self, count: CountTerm, place: int, option: int, start: int) -> int:
        """The bucket that an activity falls into."""
        if count.buckets is None:
            return self.stage.options[place][option].rooms[0]
        return count.buckets[self.stage.asked[place]][start]

    def _count(
        self, node: Node, number: int, place: int, changed: dict[int, set[int]] | None
    ) -> None:
        """Close the buckets that are full for an activity; None looks at all of them."""
        for option, groups in enumerate(self.groups[number][place]):
            for group in groups:
                if node.starts[place][option] and (changed is None or group in changed):
                    only = None if changed is None else changed[group]
                    left = self._open(node, number, place, option, group, only)
                    node.starts[place][option] &= left

    def _open(
        self, node: Node, number: int, place: int, option: int, group: int, only: set[int] | None
    ) -> int:
        """The starts that a group of a count leaves to an option."""
        count, table = self.stage.counts[number], self.tables[number][group]
        sums, amount = node.sums[number], count.amounts[self.stage.asked[place]]
        if count.buckets is None:
            parts = {self.stage.options[place][option].rooms[0]: -1}
            parts.pop(-1, None)  # a session online is in no room
        else:
            parts = self.parts[number][place]
        mask = -1
        if count.distinct and parts:
            used = [bucket for g, bucket in sums if g == group]
            if table[len(used)] > 0:
                return 0
            if table[len(used) + 1] > 0:
                mask = 0
                for bucket in used:
                    mask |= parts.get(bucket, 0)
            return mask
        for bucket in parts if only is None else only & parts.keys():
            if table[sums.get((group, bucket), 0) + amount] > 0:
                mask &= ~parts[bucket]
        return mask

    def _keep_off(self, node: Node, number: int, apart: PairwiseGap, place: int) -> None:
        """Close the starts too near to sessions that stay."""
        timetable = self.stage.problem.timetable
        for option, groups in enumerate(self.groups[number][place]):
            for group in groups:
                for n in apart.membership.fixed_sessions[group]:
                    stays = timetable.starts[n], timetable.ends[n], n
                    self._near(node, apart, place, option, stays)

    def _distance(
        self,
        node: Node,
        number: int,
        apart: PairwiseGap,
        place: int,
        among: Sequence[int],
        against: tuple[int, int, int],
    ) -> None:
        """Close the starts too near to another one, where both share a group."""
        for option, groups in enumerate(self.groups[number][place]):
            if not set(groups).isdisjoint(among):
                self._near(node, apart, place, option, against)

    def _near(
        self, node: Node, apart: PairwiseGap, place: int, option: int, against: tuple[int, int, int]
    ) -> None:
        problem = self.stage.problem
        each = problem.activities[self.stage.asked[place]]
        instants = problem.axis.instants
        reach = apart.reach + each.length + each.offset
        first = bisect_left(instants, against[0] - reach)
        after = bisect_right(instants, against[1] + apart.reach)
        inside = node.starts[place][option] & ((1 << after) - 1) >> first << first
        for start in cells_in(inside):
            if clash(apart, (*self.slot(place, start), each.number), against):
                node.starts[place][option] &= ~(1 << start)


def _by_bucket(buckets: Sequence[int]) -> dict[int, int]:
    """The cells in each bucket; runs of them are set at once."""
    found: dict[int, int] = {}
    for bucket, first, after in _runs(buckets):
        found[bucket] = found.get(bucket, 0) | ((1 << after - first) - 1) << first
    return found


def _runs(buckets: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    first = 0
    for cell in range(1, len(buckets) + 1):
        if cell == len(buckets) or buckets[cell] != buckets[first]:
            yield buckets[first], first, cell
            first = cell
