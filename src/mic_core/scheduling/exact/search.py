"""Backtracking search with propagation: places all of some activities, or proves it impossible.

Depth first. Strict constraints are propagated at each decision; bounds prune nodes that cannot be
completed; dominated starts are dropped at the root node; hard aggregate terms are judged group by
group once all members are placed. The next variable is the one with the smallest domain (first
fail), its starts are tried from the early or from the late end, and symmetric variables are kept in
order of start. The problem splits into the components of its constraint graph, solved one by one.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

import attrs

from mic_core.scheduling.exact.bounds import MOST_MATCHED, FeasibilityBounds
from mic_core.scheduling.exact.checker import PooledPlacements, assign_rooms, costs_more
from mic_core.scheduling.exact.left_shift import SHIFT_ROUNDS, left_shifted_starts
from mic_core.scheduling.exact.propagation import Node, Propagation
from mic_core.scheduling.exact.subproblem import (
    Subproblem,
    component_of,
    enclosed_groups,
    memberships,
    subproblem_of,
)
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in


@attrs.frozen(kw_only=True)
class ExactResult:
    """The outcome of an exact search.

    "placed" comes with `placements`, "impossible" is proved, "open" means that the nodes ran out.
    `nodes` is the number visited. `members` are activities that cannot all be placed, where the
    root node already shows that; else all that the proof was about.
    """

    outcome: Literal["placed", "impossible", "open"]
    nodes: int
    placements: Mapping[int, Placement] = attrs.field(factory=dict[int, Placement])
    members: tuple[int, ...] = ()


def search_exactly(
    problem: PlanningProblem,
    activities: Iterable[int],
    *,
    nodes: int,
    late: bool = False,
    most_matched: int = MOST_MATCHED,
    shift_rounds: int = SHIFT_ROUNDS,
) -> ExactResult:
    """Backtracking search for placements of some activities, with all others unplaced.

    Strict constraints hold; hard aggregate terms count for groups whose members are all among the
    activities, and must not cost more than without them. At most `nodes` nodes are visited, early
    starts first, or late ones; the same problem gives the same answer. `most_matched` and
    `shift_rounds` bound single steps and never change what is proved. Exponential in the worst
    case.
    """
    mine = tuple(sorted(set(activities)))
    full = subproblem_of(problem, mine)
    closed = [mine[var] for var, options in enumerate(full.options) if not options]
    if closed:
        return ExactResult(outcome="impossible", nodes=0, members=tuple(closed[:1]))
    pooled: dict[tuple[int, ...], list[tuple[int, Placement]]] = {}
    spent, is_open = 0, False
    for component in _components(full):
        search = _TreeSearch(
            component_of(full, component),
            late=late,
            most_matched=most_matched,
            shift_rounds=shift_rounds,
        )
        found = search.run(nodes - spent)
        spent += found.nodes
        if found.outcome == "impossible":
            return attrs.evolve(found, nodes=spent, members=found.members or tuple(component))
        # Another component may still be proved impossible, so the search goes on.
        is_open |= found.outcome == "open"
        for rooms, held in search.placements.items():
            pooled.setdefault(rooms, []).extend(held)
    if is_open:
        return ExactResult(outcome="open", nodes=spent)
    placements = dict(sorted(assign_rooms(problem, pooled).items()))
    return ExactResult(outcome="placed", nodes=spent, placements=placements)


def _components(sub: Subproblem) -> list[list[int]]:
    """The connected components of the constraint graph, small ones first.

    Activities are connected by a pool, a group, a precedence or an enclosed group (union-find with
    path halving).
    """
    above = {activity: activity for activity in sub.activities}

    def root(each: int) -> int:
        while above[each] != each:
            above[each] = above[above[each]]
            each = above[each]
        return each

    def join(members: Iterable[int]) -> None:
        first, *others = members
        for other in others:
            above[root(other)] = root(first)

    links: dict[Hashable, list[int]] = {}
    for activity, options in zip(sub.activities, sub.options, strict=True):
        for option in options:
            for pool in option.pools:
                links.setdefault(("pool", pool), []).append(activity)
            for number, ties in enumerate(memberships(sub)):
                for group in ties.groups(activity, option.rooms[0], option.trainer):
                    links.setdefault((number, group), []).append(activity)
    for members in links.values():
        join(members)
    for order in sub.orders:
        join(each for each in (*order.firsts, *order.seconds) if each in above)
    for _, _, together in enclosed_groups(sub.problem, sub.activities):
        join(sorted(together))
    components: dict[int, list[int]] = {}
    for activity in sub.activities:
        components.setdefault(root(activity), []).append(activity)
    return sorted(components.values(), key=lambda each: (len(each), each))


class _TreeSearch:
    """The search tree of one component.

    `groups` are the enclosed groups of hard aggregate terms, with members as variables;
    `placements` are those of the solution, by interchangeable rooms.
    """

    def __init__(
        self, sub: Subproblem, *, late: bool, most_matched: int, shift_rounds: int
    ) -> None:
        self.sub, self.late, self.shift_rounds = sub, late, shift_rounds
        self.propagation = Propagation(sub)
        self.bounds = FeasibilityBounds(self.propagation, most_matched)
        self.placements: PooledPlacements = {}
        self.groups = [
            (index, group, frozenset(self.propagation.variables[each] for each in members))
            for index, group, members in enclosed_groups(sub.problem, sub.activities)
        ]

    def run(self, budget: int) -> ExactResult:
        """Search depth first until all are placed, the tree is exhausted, or the nodes run out."""
        root = self.propagation.root()
        self._drop_dominated_starts(root)
        violation = self._violation(root)
        if violation is not None:
            members = tuple(self.sub.activities[var] for var in violation)
            return ExactResult(outcome="impossible", nodes=1, members=members)
        spent = 1
        stack = [self._children(root)]
        while stack:
            if spent >= budget:
                return ExactResult(outcome="open", nodes=spent)
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                continue
            spent += 1
            if self._violation(child) is not None:
                continue
            if not child.free:
                self.placements = self._pooled_placements(child)
                return ExactResult(outcome="placed", nodes=spent)
            stack.append(self._children(child))
        return ExactResult(outcome="impossible", nodes=spent)

    def _drop_dominated_starts(self, root: Node) -> None:
        """Keep the left-shifted starts, and all starts of variables bound by more than those."""
        domains = [root.domain(var) for var in root.free]
        unshifted = frozenset(
            var for var in root.free if self._has_gap(var) or self._is_grouped(var)
        )
        dominant = left_shifted_starts(self.sub, domains, unshifted, rounds=self.shift_rounds)
        for var, mask in enumerate(dominant):
            root.starts[var] = [each & mask for each in root.starts[var]]

    def _has_gap(self, var: int) -> bool:
        """True if a pairwise gap can bind a variable."""
        activity = self.sub.activities[var]
        return any(
            gap.membership.fixed[activity]
            or (gap.membership.by and gap.membership.counted[activity])
            for gap in self.sub.pairwise_gaps
        )

    def _is_grouped(self, var: int) -> bool:
        """True if a variable is in an enclosed group of a hard aggregate term."""
        return any(var in members for _, _, members in self.groups)

    def _violation(self, node: Node) -> tuple[int, ...] | None:
        """Variables that make a node infeasible: an empty domain, or a bound that fails; else None.

        Precedences are propagated to their fixed point first.
        """
        while True:
            for var in node.free:
                if not any(node.starts[var]):
                    return (var,)
            if not self.bounds.propagate_orders(node):
                break
        return self.bounds.violation(node)

    @cached_property
    def symmetric(self) -> list[int]:
        """The first of the interchangeable variables of each variable (variable symmetry)."""
        known: dict[Hashable, int] = {}
        return [
            known.setdefault(self._signature(var), var) for var in range(len(self.sub.activities))
        ]

    def _signature(self, var: int) -> Hashable:
        """A key that interchangeable variables share: options, duration, groups and precedences."""
        if self._has_gap(var) or self._is_grouped(var):
            return var
        sub, activity = self.sub, self.sub.activities[var]
        each = sub.problem.activities[activity]
        options = tuple((o.rooms, o.trainer, o.starts, o.pools) for o in sub.options[var])
        counts = tuple(
            (
                count.amounts[activity],
                tuple(self.propagation.groups[number][var]),
                # Variables on one clock share this dict, so its identity stands for the clock.
                id(self.propagation.bucket_starts[number][var]) if count.buckets is not None else 0,
            )
            for number, count in enumerate(sub.counts)
        )
        orders = tuple(
            (activity in order.firsts, activity in order.seconds) for order in sub.orders
        )
        return "like", each.cells, each.length, each.offset, options, counts, orders

    def _children(self, node: Node) -> Iterator[Node]:
        """The children of a node: every start and option of the variable with the fewest starts."""
        firsts: dict[int, int] = {}
        for var in node.free:
            firsts.setdefault(self.symmetric[var], var)
        chosen = min(
            firsts.values(),
            key=lambda each: (sum(mask.bit_count() for mask in node.starts[each]), each),
        )
        options = self.sub.options[chosen]
        starts = cells_in(node.domain(chosen))
        for start in reversed(starts) if self.late else starts:
            for option in range(len(options)):
                if node.starts[chosen][option] >> start & 1:
                    child = self.propagation.decide(node, chosen, option, start)
                    # Symmetry breaking: interchangeable variables start in order of their number.
                    rest = (2 << start) - 1 if self.late else -1 << start
                    for other in child.free:
                        if self.symmetric[other] == self.symmetric[chosen]:
                            child.starts[other] = [each & rest for each in child.starts[other]]
                    if not self._breaks_group(child, chosen):
                        yield child

    def _breaks_group(self, node: Node, var: int) -> bool:
        """True if a decision completes a group that costs more with its activities than without."""
        done = [
            (index, group)
            for index, group, members in self.groups
            if var in members and members <= node.placed.keys()
        ]
        if not done:
            return False
        placed = assign_rooms(self.sub.problem, self._pooled_placements(node))
        return any(costs_more(self.sub.problem, index, group, placed) for index, group in done)

    def _pooled_placements(self, node: Node) -> PooledPlacements:
        """The placements decided at a node, by interchangeable rooms."""
        pooled: dict[tuple[int, ...], list[tuple[int, Placement]]] = {}
        for var, (option, start) in node.placed.items():
            chosen = self.sub.options[var][option]
            pooled.setdefault(chosen.rooms, []).append((self.sub.activities[var], chosen.at(start)))
        return pooled
