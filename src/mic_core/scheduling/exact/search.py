"""An exact search: it places all of some activities, or proves that this cannot be done.

Strict terms are propagated: what an activity takes is closed to the others, order pushes starts,
and bounds tell when what is left cannot fit. Hard terms that are judged as a whole are looked at
group by group, as soon as all of a group stand. The search goes on where the fewest starts are
left, takes the earliest or the latest of them first, and counts its nodes.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

import attrs

from mic_core.scheduling.exact.bounds import FeasibilityBounds
from mic_core.scheduling.exact.checker import Kinds, costs_more, roomed
from mic_core.scheduling.exact.left_shift import left_shifted_starts
from mic_core.scheduling.exact.propagation import Node, Steps
from mic_core.scheduling.exact.subproblem import Stage, part_of, stage_of, ties_in, watched
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in


@attrs.frozen(kw_only=True)
class Settled:
    """What a search came to.

    "placed" comes with the placements, "impossible" is proved, "open" means that the nodes ran
    out. `members` are activities that cannot all be placed, as far as that was seen at once.
    """

    outcome: Literal["placed", "impossible", "open"]
    nodes: int
    placements: Mapping[int, Placement] = attrs.field(factory=dict[int, Placement])
    members: tuple[int, ...] = ()


def settle(
    problem: PlanningProblem, asked: Iterable[int], *, nodes: int, late: bool = False
) -> Settled:
    """Whether some activities of a problem can all be placed, the others standing nowhere.

    Nothing that forbids is broken: strict terms, and hard terms judged as a whole where all of a
    group are asked about, which must not cost more than without them. At most so many `nodes` are
    looked at, those with early starts first, or with late ones; the same problem gives the same
    answer. A term judged as a whole is asked about once
    all of its group stand, so it prunes less than a strict one. Exponential in the worst case.
    """
    mine = tuple(sorted(set(asked)))
    whole = stage_of(problem, mine)
    closed = [mine[place] for place, options in enumerate(whole.options) if not options]
    if closed:
        return Settled(outcome="impossible", nodes=0, members=tuple(closed[:1]))
    kinds: dict[tuple[int, ...], list[tuple[int, Placement]]] = {}
    spent, is_open = 0, False
    for part in _parts(whole):
        search = _Search(part_of(whole, part), late=late)
        found = search.run(nodes - spent)
        spent += found.nodes
        if found.outcome == "impossible":
            return attrs.evolve(found, nodes=spent, members=found.members or tuple(part))
        is_open |= found.outcome == "open"
        for rooms, held in search.kinds.items():
            kinds.setdefault(rooms, []).extend(held)
    if is_open:
        return Settled(outcome="open", nodes=spent)
    placements = dict(sorted(roomed(problem, kinds).items()))
    return Settled(outcome="placed", nodes=spent, placements=placements)


def _parts(stage: Stage) -> list[list[int]]:
    """The activities that nothing ties to each other, apart; small parts first."""
    above = {activity: activity for activity in stage.asked}

    def root(each: int) -> int:
        while above[each] != each:
            above[each] = above[above[each]]
            each = above[each]
        return each

    def join(members: Iterable[int]) -> None:
        first, *others = members
        for other in others:
            above[root(other)] = root(first)

    ties: dict[Hashable, list[int]] = {}
    for activity, options in zip(stage.asked, stage.options, strict=True):
        for option in options:
            for store in option.needs:
                ties.setdefault(("store", store), []).append(activity)
            for number, tie in enumerate(ties_in(stage)):
                for group in tie.groups(activity, option.rooms[0], option.trainer):
                    ties.setdefault((number, group), []).append(activity)
    for members in ties.values():
        join(members)
    for order in stage.orders:
        join(each for each in (*order.firsts, *order.seconds) if each in above)
    for _, _, together in watched(stage.problem, stage.asked):
        join(sorted(together))
    parts: dict[int, list[int]] = {}
    for activity in stage.asked:
        parts.setdefault(root(activity), []).append(activity)
    return sorted(parts.values(), key=lambda part: (len(part), part))


class _Search:
    """The search over one part."""

    def __init__(self, stage: Stage, *, late: bool) -> None:
        self.stage, self.late = stage, late
        self.steps = Steps(stage)
        self.bounds = FeasibilityBounds(self.steps)
        self.kinds: Kinds = {}
        self.watched = [
            (term, group, frozenset(self.steps.where[each] for each in members))
            for term, group, members in watched(stage.problem, stage.asked)
        ]

    def run(self, budget: int) -> Settled:
        """Depth first, until all stand, nothing is left to try, or the nodes run out."""
        root = self.steps.root()
        self._anchor(root)
        lacking = self._lacking(root)
        if lacking is not None:
            members = tuple(self.stage.asked[place] for place in lacking)
            return Settled(outcome="impossible", nodes=1, members=members)
        spent = 1
        stack = [self._children(root)]
        while stack:
            if spent >= budget:
                return Settled(outcome="open", nodes=spent)
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                continue
            spent += 1
            if self._lacking(child) is not None:
                continue
            if not child.free:
                self.kinds = self._kinds(child)
                return Settled(outcome="placed", nodes=spent)
            stack.append(self._children(child))
        return Settled(outcome="impossible", nodes=spent)

    def _anchor(self, root: Node) -> None:
        """Leave the starts that suffice."""
        unions = [root.union(place) for place in root.free]
        told = frozenset(place for _, _, members in self.watched for place in members)
        for apart in self.stage.pairwise_gaps:
            told |= {
                place
                for place, each in enumerate(self.stage.asked)
                if apart.membership.fixed[each]
                or (apart.membership.by and apart.membership.counted[each])
            }
        for place, mask in enumerate(left_shifted_starts(self.stage, unions, told)):
            root.starts[place] = [each & mask for each in root.starts[place]]

    def _lacking(self, node: Node) -> tuple[int, ...] | None:
        """Places that show that a node leads nowhere; follows what order implies on the way."""
        while True:
            for place in node.free:
                if not any(node.starts[place]):
                    return (place,)
            if not self.bounds.ordered(node):
                break
        return self.bounds.lacking(node)

    @cached_property
    def twins(self) -> list[int]:
        """For each place the first one that nothing tells from it."""
        known: dict[Hashable, int] = {}
        return [
            known.setdefault(self._sign(place), place) for place in range(len(self.stage.asked))
        ]

    def _sign(self, place: int) -> Hashable:
        stage, activity = self.stage, self.stage.asked[place]
        each = stage.problem.activities[activity]
        apart = any(
            term.membership.fixed[activity]
            or (term.membership.by and term.membership.counted[activity])
            for term in stage.pairwise_gaps
        )
        if apart or any(place in members for _, _, members in self.watched):
            return place
        options = tuple((o.rooms, o.trainer, o.starts, o.needs) for o in stage.options[place])
        counts = tuple(
            (
                count.amounts[activity],
                tuple(self.steps.groups[number][place]),
                id(self.steps.parts[number][place]) if count.buckets is not None else 0,
            )
            for number, count in enumerate(stage.counts)
        )
        orders = tuple(
            (activity in order.firsts, activity in order.seconds) for order in stage.orders
        )
        return "like", each.cells, each.length, each.offset, options, counts, orders

    def _children(self, node: Node) -> Iterator[Node]:
        """All that can become of the place with the fewest starts."""
        firsts: dict[int, int] = {}
        for place in node.free:
            firsts.setdefault(self.twins[place], place)
        place = min(
            firsts.values(),
            key=lambda each: (sum(mask.bit_count() for mask in node.starts[each]), each),
        )
        options = self.stage.options[place]
        starts = cells_in(node.union(place))
        for start in reversed(starts) if self.late else starts:
            for option in range(len(options)):
                if node.starts[place][option] >> start & 1:
                    child = self.steps.decide(node, place, option, start)
                    # Twins stand in order of time, as they could change places.
                    rest = (2 << start) - 1 if self.late else -1 << start
                    for other in child.free:
                        if self.twins[other] == self.twins[place]:
                            child.starts[other] = [each & rest for each in child.starts[other]]
                    if not self._breaks(child, place):
                        yield child

    def _breaks(self, node: Node, place: int) -> bool:
        """Whether a group that is complete now costs more than without it."""
        done = [
            (term, group)
            for term, group, members in self.watched
            if place in members and members <= node.placed.keys()
        ]
        if not done:
            return False
        placed = roomed(self.stage.problem, self._kinds(node))
        return any(costs_more(self.stage.problem, term, group, placed) for term, group in done)

    def _kinds(self, node: Node) -> Kinds:
        """Where the activities of a node stand, by the rooms that they may be in."""
        kinds: dict[tuple[int, ...], list[tuple[int, Placement]]] = {}
        for place, (option, start) in node.placed.items():
            chosen = self.stage.options[place][option]
            kinds.setdefault(chosen.rooms, []).append((self.stage.asked[place], chosen.at(start)))
        return kinds
