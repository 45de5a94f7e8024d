"""Feasibility bounds at a search node: necessary conditions by capacity, counts and precedence.

Each bound relaxes all other constraints: the joint duration of activities against the cells of the
resources that they share, their number against what counts leave to days or weeks, and heads and
tails along precedences. A bound that fails proves that the node has no solution, and names the
variables that it is about.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import attrs

from mic_core.scheduling.exact.packing import earliest_packing, hall_violator, runs_of, subset_sums
from mic_core.scheduling.exact.propagation import Node, Propagation
from mic_core.scheduling.problem.problem import Precedence
from mic_core.scheduling.problem.time_axis import covered_cells

MOST_MATCHED = 40
"""Activities, at most, that are matched one by one as well; a budget: more are only counted."""


@attrs.frozen(eq=False, slots=False)
class FeasibilityBounds:
    """The bounds of one subproblem; a variable counts only while it is free."""

    propagation: Propagation
    most_matched: int = MOST_MATCHED

    @cached_property
    def demands(self) -> list[tuple[frozenset[int], list[int]]]:
        """Sets of pools, each with the variables that may use any of them; single pools first.

        Each pool alone, and sets that a variable has to use one of, whatever its option.
        """
        sets: set[frozenset[int]] = set()
        for options in self.propagation.sub.options:
            needs = [frozenset(each.pools) for each in options]
            sets |= {frozenset((pool,)) for each in needs for pool in each}
            common = needs[0].intersection(*needs) if needs else frozenset[int]()
            rest = [each - common for each in needs]
            if all(rest):
                # Options differ in rooms, in trainers or in both: each of them is its own set.
                sets.update(self._alternatives(rest))
        return [
            (pools, [
                var for var, options in enumerate(self.propagation.sub.options)
                if any(not pools.isdisjoint(each.pools) for each in options)
            ])
            for pools in sorted(sets, key=lambda each: (len(each), sorted(each)))
        ]  # fmt: skip

    def _alternatives(self, needs: list[frozenset[int]]) -> Iterator[frozenset[int]]:
        """Sets of pools that every option meets: a pool with those never beside it, and all."""
        apart: set[frozenset[int]] = set()
        everything = frozenset[int]().union(*needs)
        for pool in everything:
            beside = frozenset[int]().union(*(each for each in needs if pool in each))
            apart.add(everything - beside | {pool})
        yield from (pools for pools in apart if all(pools & each for each in needs))
        yield everything

    def violation(self, node: Node) -> tuple[int, ...] | None:
        """Variables that a bound proves impossible together; None if no bound fails."""
        for pools, variables in self.demands:
            members = [var for var in variables if self._needs_any(node, pools, var)]
            if len(members) > 1 and self._exceeds_pools(node, pools, members):
                return tuple(members)
        for number, group, members in self._shared_counts(node):
            if self._exceeds_count(node, number, group, members):
                return tuple(members)
        return None

    def _needs_any(self, node: Node, pools: frozenset[int], var: int) -> bool:
        """True if every option left to a free variable uses one of the pools."""
        options = self.propagation.sub.options[var]
        live = [each.pools for each, mask in zip(options, node.starts[var], strict=True) if mask]
        return bool(live) and all(not pools.isdisjoint(used) for used in live)

    def _exceeds_pools(self, node: Node, pools: frozenset[int], members: list[int]) -> bool:
        """True if variables that each need one of the pools do not fit into what is left of them.

        Energy first (cells needed against cells left); then, for one pool of capacity 1, by runs
        of cells: how far lengths fill each run, how many fit in a row, and a matching to runs.
        """
        sub = self.propagation.sub
        lengths = [sub.cells(var) for var in members]
        demand, supply = sum(lengths), 0
        for pool in pools:
            cells = self._usable_cells(node, pool, members)
            supply += sum((cells & ~level).bit_count() for level in node.levels[pool])
        if demand > supply:
            return True
        if len(pools) > 1 or len(node.levels[next(iter(pools))]) > 1:
            return False
        (pool,) = pools
        runs = runs_of(self._usable_cells(node, pool, members), sub.problem.axis.heads)
        fill = subset_sums(lengths, max(count for _, count in runs))
        if sum(fill(count) for _, count in runs) < demand:
            return True
        joint, shortest = self._joint_domain(node, members), min(lengths)
        caps = [cap for caps in self._caps(node, members) for cap in caps]
        if len(earliest_packing(joint, shortest, len(members), caps)) < len(members):
            return True
        if len(members) > self.most_matched:
            return False
        domains = {var: node.domain(var) for var in members}
        masks = {first: ((1 << count) - 1) << first for first, count in runs}
        choices = {
            var: [first for first, mask in masks.items() if domain & mask]
            for var, domain in domains.items()
        }
        places = {
            first: len(earliest_packing(joint & mask, shortest, len(members)))
            for first, mask in masks.items()
        }
        return hall_violator(choices, places) is not None

    def _usable_cells(self, node: Node, pool: int, members: Sequence[int]) -> int:
        """The cells that variables can cover while they use a pool."""
        sub = self.propagation.sub
        starts: dict[int, int] = {}
        for var in members:
            cells = sub.cells(var)
            for option, mask in zip(sub.options[var], node.starts[var], strict=True):
                if mask and pool in option.pools:
                    starts[cells] = starts.get(cells, 0) | mask
        cover = 0
        for cells, mask in starts.items():
            cover |= covered_cells(mask, cells)
        return cover

    def _joint_domain(self, node: Node, members: Sequence[int]) -> int:
        mask = 0
        for var in members:
            mask |= node.domain(var)
        return mask

    def _shared_counts(self, node: Node) -> Iterator[tuple[int, int, list[int]]]:
        """The counts and groups that two or more free variables are in, whatever they choose."""
        sub = self.propagation.sub
        for number, count in enumerate(sub.counts):
            if count.distinct or count.buckets is None:
                continue
            by_group: dict[int, list[int]] = {}
            for var in node.free:
                for group in count.membership.fixed[sub.activities[var]]:
                    by_group.setdefault(group, []).append(var)
            for group, members in by_group.items():
                if len(members) > 1:
                    yield number, group, members

    def _room_left(
        self, node: Node, number: int, group: int, members: Sequence[int]
    ) -> dict[int, int]:
        """An upper bound on how many of the variables each bucket still takes, by bucket.

        Each is taken to add the least amount of any; buckets outside the joint domain are left out.
        """
        propagation, count = self.propagation, self.propagation.sub.counts[number]
        table, sums = propagation.tables[number][group], node.sums[number]
        least = min(count.amounts[propagation.sub.activities[var]] for var in members)
        joint = self._joint_domain(node, members)
        known: dict[int, int] = {}
        found: dict[int, int] = {}
        for bucket, mask in self._joint_buckets(number, members).items():
            if mask & joint:
                held = sums.get((group, bucket), 0)
                if held not in known:
                    more = 0
                    while more < len(members) and not table[held + (more + 1) * least] > 0:
                        more += 1
                    known[held] = more
                found[bucket] = known[held]
        return found

    def _joint_buckets(self, number: int, members: Sequence[int]) -> dict[int, int]:
        """The starts in each bucket of a count, for any of the variables."""
        by_var = self.propagation.bucket_starts[number]
        parts = by_var[members[0]]
        for var in members:
            other = by_var[var]
            if other is not parts:  # clocks of several zones
                parts = {b: parts.get(b, 0) | other.get(b, 0) for b in {*parts, *other}}
        return parts

    def _caps(self, node: Node, members: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """The caps (mask of starts, number) that each count with all of the variables implies."""
        activities = self.propagation.sub.activities
        for number, count in enumerate(self.propagation.sub.counts):
            if count.distinct or count.buckets is None:
                continue
            shared = set(count.membership.fixed[activities[members[0]]])
            for group in shared.intersection(
                *(count.membership.fixed[activities[v]] for v in members)
            ):
                left = self._room_left(node, number, group, members)
                parts = self.propagation.bucket_starts[number]
                # On one clock only: else a bucket is not one set of starts for all of them.
                if all(parts[var] is parts[members[0]] for var in members):
                    yield [(parts[members[0]][bucket], more) for bucket, more in left.items()]

    def _exceeds_count(self, node: Node, number: int, group: int, members: list[int]) -> bool:
        """True if the buckets of a count cannot take all variables, in sum or by matching."""
        left = self._room_left(node, number, group, members)
        if sum(left.values()) < len(members):
            return True
        if len(members) > self.most_matched:
            return False
        parts = self.propagation.bucket_starts[number]
        domains = {var: node.domain(var) for var in members}
        choices = {
            var: [bucket for bucket in left if domain & parts[var].get(bucket, 0)]
            for var, domain in domains.items()
        }
        return hall_violator(choices, left) is not None

    def propagate_orders(self, node: Node) -> bool:
        """Prune heads and tails of free variables by precedences. True if any domain shrank."""
        changed = False
        for order in self.propagation.sub.orders:
            firsts = self._free_variables(node, order.firsts)
            seconds = self._free_variables(node, order.seconds)
            if firsts and seconds:
                changed |= self._propagate_order(node, order, firsts, seconds)
        return changed

    def _free_variables(self, node: Node, activities: Sequence[int]) -> list[int]:
        variables = self.propagation.variables
        mine = [variables[each] for each in activities if each in variables]
        return [var for var in mine if var in node.free and any(node.starts[var])]

    def _propagate_order(
        self, node: Node, order: Precedence, firsts: list[int], seconds: list[int]
    ) -> bool:
        propagation, activities = self.propagation, self.propagation.sub.activities
        changed = False
        ended = self._earliest_completion(node, firsts)
        for var in seconds:
            changed |= propagation.start_after(node, activities[var], ended + order.gap)
        domains = [node.domain(var) for var in seconds]
        if not all(domains):
            return changed
        latest = [
            propagation.slot(var, domain.bit_length() - 1)[0]
            for var, domain in zip(seconds, domains, strict=True)
        ]
        for var in firsts:
            changed |= propagation.end_before(node, activities[var], min(latest) - order.gap)
        return changed

    def _earliest_completion(self, node: Node, members: list[int]) -> int:
        """A lower bound on the instant at which all of some free variables have ended.

        The latest of their earliest ends; if they share a disjunctive resource, also the end of
        the greedy packing, and the instant by which their total duration fits into its cells.
        """
        propagation, sub = self.propagation, self.propagation.sub
        domains = {var: node.domain(var) for var in members}
        best = max(
            propagation.slot(var, (domain & -domain).bit_length() - 1)[1]
            for var, domain in domains.items()
        )
        needs = [set(each.pools) for var in members for each in sub.options[var]]
        single = [each for each in needs[0].intersection(*needs) if len(node.levels[each]) == 1]
        if len(members) < 2 or not single:
            return best
        shortest = min(sub.problem.activities[sub.activities[var]].length for var in members)
        cells = min(sub.cells(var) for var in members)
        caps = [cap for caps in self._caps(node, members) for cap in caps]
        found = earliest_packing(self._joint_domain(node, members), cells, len(members), caps)
        instants = sub.problem.axis.instants
        best = max(best, instants[found[-1]] + shortest)
        cover = self._usable_cells(node, single[0], members)
        demand = sum(sub.cells(var) for var in members)
        for first, count in runs_of(cover):
            if demand <= count:
                return max(best, instants[first + demand - 1] + 1)
            demand -= count
        return best
