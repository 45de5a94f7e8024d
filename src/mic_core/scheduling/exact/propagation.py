"""Search nodes and constraint propagation: each decision prunes the domains of free variables.

Checked forward from each decision: pools that are full (cumulative resources), precedences with
their minimum time lags, strict counts by group and bucket, and pairwise gaps. A decision copies the
node, so that backtracking means to drop the copy. O(variables times options) sets for each pool,
count or gap that a decision touches.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import attrs

from mic_core.scheduling.exact.checker import is_too_near
from mic_core.scheduling.exact.subproblem import Subproblem, memberships, starts_meeting
from mic_core.scheduling.problem.problem import CountTerm, PairwiseGap, Precedence
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.costs import CostTable, count_tables


@attrs.define(eq=False)
class Node:
    """A node of the search tree: domains, use of resources, sums of counts, and decisions.

    `starts[var][option]` is the bit mask of starts left; all are 0 for a decided variable.
    `levels[pool]` is as in `Pool`. `sums[count]` holds the sum by (group, bucket), packed as
    `COUNTED` says. `placed` maps decided variables to (option, start); `free` are the others
    in ascending order.
    """

    starts: list[list[int]]
    levels: list[tuple[int, ...]]
    sums: list[dict[tuple[int, int], int]]
    placed: dict[int, tuple[int, int]]
    free: tuple[int, ...]

    def copy(self) -> "Node":
        """An independent copy."""
        return Node(
            [list(each) for each in self.starts],
            list(self.levels),
            [dict(each) for each in self.sums],
            dict(self.placed),
            self.free,
        )

    def domain(self, var: int) -> int:
        """The domain of a variable: the starts that any of its options leaves."""
        mask = 0
        for each in self.starts[var]:
            mask |= each
        return mask


@attrs.frozen(eq=False, slots=False)
class Propagation:
    """The propagators of one subproblem, with the tables that they share."""

    sub: Subproblem

    @cached_property
    def variables(self) -> dict[int, int]:
        """The variable of each activity."""
        return {activity: var for var, activity in enumerate(self.sub.activities)}

    @cached_property
    def users(self) -> list[list[tuple[int, int]]]:
        """The (variable, option) pairs that use each pool."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.sub.pools]
        for var, options in enumerate(self.sub.options):
            for number, option in enumerate(options):
                for pool in option.pools:
                    found[pool].append((var, number))
        return found

    @cached_property
    def groups(self) -> list[list[list[tuple[int, ...]]]]:
        """The groups by constraint (counts, then pairwise gaps), variable and option."""
        sub = self.sub
        return [
            [
                [ties.groups(activity, each.rooms[0], each.trainer) for each in options]
                for activity, options in zip(sub.activities, sub.options, strict=True)
            ]
            for ties in memberships(sub)
        ]

    @cached_property
    def tables(self) -> list[list[CostTable]]:
        """The cost table of each group of each count."""
        found: list[list[CostTable]] = []
        for count in self.sub.counts:
            table_of: Callable[[int], CostTable] = count_tables(count)
            found.append([table_of(limit) for limit in count.membership.limits])
        return found

    @cached_property
    def bucket_starts(self) -> list[list[dict[int, int]]]:
        """The starts in each bucket, by count and variable; empty for counts by room.

        Activities on the same clock share one dict, so that `is` tells whether buckets agree.
        """
        known: dict[int, dict[int, int]] = {}
        found: list[list[dict[int, int]]] = []
        for count in self.sub.counts:
            masks: list[dict[int, int]] = []
            for activity in self.sub.activities if count.buckets is not None else ():
                buckets = count.buckets[activity] if count.buckets is not None else ()
                if id(buckets) not in known:
                    known[id(buckets)] = _by_bucket(buckets)
                masks.append(known[id(buckets)])
            found.append(masks)
        return found

    def root(self) -> Node:
        """The root node: no decisions; domains are already pruned by fixed sessions.

        Fixed sessions count in groups (`CountTerm.base`) and keep their minimum gaps.
        """
        sub = self.sub
        node = Node(
            [[each.starts for each in options] for options in sub.options],
            [each.levels for each in sub.pools],
            [dict(each.base) for each in sub.counts],
            {},
            tuple(range(len(sub.activities))),
        )
        for number in range(len(sub.counts)):
            for var in node.free:
                self._prune_full_buckets(node, number, var, None)
        for number, gap in enumerate(sub.pairwise_gaps, len(sub.counts)):
            for var in node.free:
                self._prune_near_fixed(node, number, gap, var)
        return node

    def decide(self, node: Node, var: int, option: int, start: int) -> Node:
        """The child node in which a variable takes an option and a start, after propagation."""
        new = node.copy()
        new.placed[var] = option, start
        new.free = tuple(each for each in node.free if each != var)
        self._occupy(new, var, option, start)
        for order in self.sub.orders:
            self._propagate_order(new, order, var, start)
        for number, count in enumerate(self.sub.counts):
            changed = self._add_to_count(new, number, count, var)
            for other in new.free if changed else ():
                self._prune_full_buckets(new, number, other, changed)
        begin, end = self.slot(var, start)
        placed = begin, end, self.number(var)
        for number, gap in enumerate(self.sub.pairwise_gaps, len(self.sub.counts)):
            mine = self.groups[number][var][option]
            for other in new.free if mine else ():
                self._prune_near_placed(new, number, gap, other, mine, placed)
        return new

    def slot(self, var: int, start: int) -> tuple[int, int]:
        """The instants at which a variable's activity begins and ends if it starts in a cell."""
        return self.sub.problem.slot(self.sub.activities[var], start)

    def number(self, var: int) -> int:
        """The number in the timetable of a variable's session."""
        return self.sub.problem.activities[self.sub.activities[var]].number

    def _occupy(self, node: Node, var: int, option: int, start: int) -> None:
        """Use a unit of each pool of an option, and prune the starts that meet a full pool."""
        window = ((1 << self.sub.cells(var)) - 1) << start
        node.starts[var] = [0] * len(node.starts[var])
        for pool in self.sub.options[var][option].pools:
            levels: list[int] = []
            # One more unit raises each level by the cells in which the level below was reached.
            more = window
            for mask in node.levels[pool]:
                levels.append(mask | more)
                more &= mask
            full = levels[-1] & ~node.levels[pool][-1]
            node.levels[pool] = tuple(levels)
            allowed: dict[int, int] = {}
            for other, number in self.users[pool] if full else ():
                if node.starts[other][number]:
                    cells = self.sub.cells(other)
                    if cells not in allowed:
                        allowed[cells] = ~starts_meeting(full, cells)
                    node.starts[other][number] &= allowed[cells]

    def _propagate_order(self, node: Node, order: Precedence, var: int, start: int) -> None:
        activity = self.sub.activities[var]
        begin, end = self.slot(var, start)
        if activity in order.firsts:
            for other in order.seconds:
                self.start_after(node, other, end + order.gap)
        if activity in order.seconds:
            for other in order.firsts:
                self.end_before(node, other, begin - order.gap)

    def start_after(self, node: Node, activity: int, instant: int) -> bool:
        """Raise the earliest start of a free activity. True if its domain shrank."""
        problem = self.sub.problem
        first = bisect_left(problem.axis.instants, instant - problem.activities[activity].offset)
        return self._restrict(node, activity, -1 << first)

    def end_before(self, node: Node, activity: int, instant: int) -> bool:
        """Lower the latest end of a free activity. True if its domain shrank."""
        each = self.sub.problem.activities[activity]
        latest = instant - each.length - each.offset
        after = bisect_right(self.sub.problem.axis.instants, latest)
        return self._restrict(node, activity, (1 << after) - 1)

    def _restrict(self, node: Node, activity: int, mask: int) -> bool:
        var = self.variables.get(activity, -1)
        if var not in node.free:
            return False
        before = node.starts[var]
        after = [each & mask for each in before]
        node.starts[var] = after
        return after != before

    def _add_to_count(
        self, node: Node, number: int, count: CountTerm, var: int
    ) -> dict[int, set[int]]:
        """Add a decided variable to a count. Returns the buckets that changed, by group."""
        option, start = node.placed[var]
        changed: dict[int, set[int]] = {}
        for group in self.groups[number][var][option]:
            bucket = self._bucket(count, var, option, start)
            if bucket >= 0:
                key = group, bucket
                amount = count.amounts[self.sub.activities[var]]
                node.sums[number][key] = node.sums[number].get(key, 0) + amount
                changed.setdefault(group, set()).add(bucket)
        return changed

    def _bucket(self, count: CountTerm, var: int, option: int, start: int) -> int:
        """The bucket of a decision: its room, or that of its start; -1 for no room."""
        if count.buckets is None:
            return self.sub.options[var][option].rooms[0]
        return count.buckets[self.sub.activities[var]][start]

    def _prune_full_buckets(
        self, node: Node, number: int, var: int, changed: dict[int, set[int]] | None
    ) -> None:
        """Prune the starts in buckets full for a variable; `changed` of None checks all buckets."""
        for option, groups in enumerate(self.groups[number][var]):
            for group in groups:
                if node.starts[var][option] and (changed is None or group in changed):
                    only = None if changed is None else changed[group]
                    left = self._open_starts(node, number, var, option, group, only)
                    node.starts[var][option] &= left

    def _open_starts(
        self, node: Node, number: int, var: int, option: int, group: int, only: set[int] | None
    ) -> int:
        """The starts that a group of a count leaves to an option; `only` limits the buckets."""
        count, table = self.sub.counts[number], self.tables[number][group]
        sums, amount = node.sums[number], count.amounts[self.sub.activities[var]]
        if count.buckets is None:
            parts = {self.sub.options[var][option].rooms[0]: -1}
            parts.pop(-1, None)  # a session online is in no room
        else:
            parts = self.bucket_starts[number][var]
        mask = -1
        if count.distinct and parts:
            used = [bucket for g, bucket in sums if g == group]
            if table[len(used)] > 0:
                return 0
            # No further bucket may be opened, so only those in use are left.
            if table[len(used) + 1] > 0:
                mask = 0
                for bucket in used:
                    mask |= parts.get(bucket, 0)
            return mask
        for bucket in parts if only is None else only & parts.keys():
            if table[sums.get((group, bucket), 0) + amount] > 0:
                mask &= ~parts[bucket]
        return mask

    def _prune_near_fixed(self, node: Node, number: int, gap: PairwiseGap, var: int) -> None:
        """Prune the starts too near to fixed sessions of the same group."""
        timetable = self.sub.problem.timetable
        for option, groups in enumerate(self.groups[number][var]):
            for group in groups:
                for n in gap.membership.fixed_sessions[group]:
                    fixed = timetable.starts[n], timetable.ends[n], n
                    self._prune_near(node, gap, var, option, fixed)

    def _prune_near_placed(
        self,
        node: Node,
        number: int,
        gap: PairwiseGap,
        var: int,
        among: Sequence[int],
        placed: tuple[int, int, int],
    ) -> None:
        """Prune the starts too near to a placed session of the groups `among`."""
        for option, groups in enumerate(self.groups[number][var]):
            if not set(groups).isdisjoint(among):
                self._prune_near(node, gap, var, option, placed)

    def _prune_near(
        self, node: Node, gap: PairwiseGap, var: int, option: int, placed: tuple[int, int, int]
    ) -> None:
        """Prune the starts too near to a session, given as (start, end, number)."""
        problem = self.sub.problem
        each = problem.activities[self.sub.activities[var]]
        instants = problem.axis.instants
        # Only starts within reach can be too near, so only those are checked one by one.
        reach = gap.reach + each.length + each.offset
        first = bisect_left(instants, placed[0] - reach)
        after = bisect_right(instants, placed[1] + gap.reach)
        inside = node.starts[var][option] & ((1 << after) - 1) >> first << first
        for start in cells_in(inside):
            if is_too_near(gap, (*self.slot(var, start), each.number), placed):
                node.starts[var][option] &= ~(1 << start)


def _by_bucket(buckets: Sequence[int]) -> dict[int, int]:
    """The bit mask of cells of each bucket; each run of equal cells is set at once."""
    found: dict[int, int] = {}
    for bucket, first, after in _runs(buckets):
        found[bucket] = found.get(bucket, 0) | ((1 << after - first) - 1) << first
    return found


def _runs(buckets: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """The maximal runs of equal buckets, as (bucket, first cell, cell after the last)."""
    first = 0
    for cell in range(1, len(buckets) + 1):
        if cell == len(buckets) or buckets[cell] != buckets[first]:
            yield buckets[first], first, cell
            first = cell
