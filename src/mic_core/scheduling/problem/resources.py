"""Disjunctive and cumulative resources: the exclusive terms of sessions, rooms and persons.

A limit of 1 makes a disjunctive resource, a higher limit a cumulative one. Fixed sessions bound the
starts on a disjunctive resource, and load a cumulative one. A term may spare pairs, which may then
overlap: a group whose conflict graph is complete, but for sessions without any conflict, still is a
resource; of another group the edges of the conflict graph become strict pairs.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import timedelta

import attrs

from mic_core.chrono import Interval, crowded, union
from mic_core.rules import Apart, Exclusive, Group
from mic_core.scheduling.problem.candidates import Candidates, WeightedTerm
from mic_core.scheduling.problem.domains import Bound, free_time
from mic_core.scheduling.problem.membership import membership_of
from mic_core.scheduling.problem.problem import (
    GroupMembership,
    GroupTerm,
    PairwiseGap,
    PlacedSession,
    Resource,
)
from mic_core.scheduling.problem.time_axis import TimeAxis

MICROSECOND = timedelta(microseconds=1)

Spares = Callable[[int, int], bool]
"""True for two sessions, by number, that may overlap although they share a group."""

Chosen = tuple[dict[int, int], tuple[bool, ...]]
"""The resource by room or person, and by activity whether it needs that of its choice."""


@attrs.define(eq=False)
class ResourceDemands:
    """Resources as they are found, the demands of activities, and the bounds of fixed sessions.

    `resources`, `fixed_sessions` and `covers` are indexed by resource, `needs` and `bounds` by
    activity. `needs` are demands that no choice changes; `by_room` and `by_person` are demands that
    follow from a choice, one entry for each term. `fixed_sessions` are those that load a cumulative
    resource.
    """

    candidates: Candidates
    resources: list[Resource] = attrs.field(factory=list[Resource])
    fixed_sessions: list[tuple[int, ...]] = attrs.field(factory=list[tuple[int, ...]])
    needs: list[list[int]] = attrs.field(factory=list[list[int]])
    bounds: list[list[Bound]] = attrs.field(factory=list[list[Bound]])
    apart: list[PairwiseGap] = attrs.field(factory=list[PairwiseGap])
    by_room: list[Chosen] = attrs.field(factory=list[Chosen])
    by_person: list[Chosen] = attrs.field(factory=list[Chosen])

    covers: list[frozenset[int] | None] = attrs.field(factory=list[frozenset[int] | None])
    """The sessions that each resource serves; None for all sessions of its room or person."""

    def add_resource(
        self,
        code: str,
        group: Group,
        fixed_sessions: tuple[int, ...],
        covers: frozenset[int] | None,
    ) -> int:
        """Add a resource and return its index; fixed sessions load it only if it is cumulative."""
        self.covers.append(covers)
        self.resources.append(Resource(code=code, label=group.label, limit=group.limit))
        self.fixed_sessions.append(fixed_sessions if group.limit > 1 else ())
        return len(self.resources) - 1


def resource_demands(candidates: Candidates) -> ResourceDemands:
    """The resources of all hard exclusive terms. O(memberships), with spared pairs O(pairs)."""
    demands = ResourceDemands(candidates)
    demands.needs = [[] for _ in candidates.numbers]
    demands.bounds = [[] for _ in candidates.numbers]
    known: dict[frozenset[int], int] = {}
    for each in candidates.terms:
        if isinstance(each.term, Exclusive) and each.hard:
            if each.term.same_start:
                _separate_starts(demands, each, each.term)
            elif each.term.axis == "session":
                for group in each.term.groups:
                    _demand_by_group(demands, each, group, each.term.spares, known)
            else:
                _demand_by_choice(demands, each, each.term)
    return demands


def _demand_by_choice(demands: ResourceDemands, weighted: WeightedTerm, term: Exclusive) -> None:
    """Add a resource for each room or person; assigned persons are a demand without a choice."""
    candidates = demands.candidates
    index = candidates.room if term.axis == "room" else candidates.person
    made: dict[int, int] = {}
    covers = None if term.among is None else frozenset(term.among)
    for group in term.groups:
        if group.label in index:
            fixed_sessions = candidates.fixed_sessions(group.label, term.among)
            made[index[group.label]] = demands.add_resource(
                weighted.code, group, fixed_sessions, covers
            )
    counted = tuple(term.among is None or n in term.among for n in candidates.numbers)
    (demands.by_room if term.axis == "room" else demands.by_person).append((made, counted))
    if term.axis == "person":
        for activity, persons in enumerate(candidates.assigned_persons):
            demands.needs[activity] += [
                made[each] for each in persons if counted[activity] and each in made
            ]


def _demand_by_group(
    demands: ResourceDemands,
    weighted: WeightedTerm,
    group: Group,
    spares: Spares | None,
    known: dict[frozenset[int], int],
) -> None:
    """Add a group of sessions: a resource if its conflict graph is complete, else strict pairs.

    `known` holds the disjunctive resources by their activities, so that none is added twice.
    """
    candidates = demands.candidates
    members = [n for n in group.sessions if n in candidates.activity]
    if not members:
        return
    moving = set(members)
    fixed = [
        n for n in group.sessions if n not in moving and candidates.timetable.slots[n] is not None
    ]
    if spares is not None:
        rivals = conflict_graph(members, spares)
        members = [n for n in members if rivals[n]]
        _exclude_fixed_sessions(
            demands, weighted, group, [n for n in group.sessions if n in moving], fixed, spares
        )
        if any(len(rivals[n]) < len(members) - 1 for n in members):
            _separate_pairs(demands, weighted, group, rivals)
            return
    elif group.limit == 1 and fixed:
        bound = Bound(weighted.code, group.label, 0, free_time(candidates, fixed))
        for n in members:
            demands.bounds[candidates.activity[n]].append(bound)
    key = frozenset(members)
    if group.limit == 1 and (len(members) < 2 or key in known):
        return
    stuck = [n for n in fixed if spares is None or not any(spares(a, n) for a in members)]
    resource = demands.add_resource(
        weighted.code, group, tuple(fixed), frozenset((*members, *stuck))
    )
    if group.limit == 1:
        known[key] = resource
    for n in members:
        demands.needs[candidates.activity[n]].append(resource)


def conflict_graph(members: Sequence[int], spares: Spares) -> dict[int, set[int]]:
    """The conflict graph of some sessions: the neighbors of each must not overlap it. O(pairs)."""
    rivals: dict[int, set[int]] = {n: set() for n in members}
    for rank, a in enumerate(members):
        for b in members[rank + 1 :]:
            if not spares(a, b):
                rivals[a].add(b)
                rivals[b].add(a)
    return rivals


def _exclude_fixed_sessions(
    demands: ResourceDemands,
    weighted: WeightedTerm,
    group: Group,
    members: list[int],
    fixed: list[int],
    spares: Spares,
) -> None:
    """Add the bounds that fixed sessions set to each activity that they do not spare."""
    bounds: dict[tuple[int, ...], Bound] = {}
    for n in members:
        against = tuple(other for other in fixed if not spares(n, other))
        if against:
            if against not in bounds:
                bounds[against] = Bound(
                    weighted.code, group.label, 0, free_time(demands.candidates, against)
                )
            demands.bounds[demands.candidates.activity[n]].append(bounds[against])


def _separate_pairs(
    demands: ResourceDemands, weighted: WeightedTerm, group: Group, rivals: dict[int, set[int]]
) -> None:
    """Add the conflict graph of one group as strict pairs that must not overlap."""
    membership = GroupMembership(
        labels=(group.label,),
        limits=(1,),
        fixed=tuple((0,) if rivals.get(n) else () for n in demands.candidates.numbers),
        fixed_sessions=((),),
    )

    def clash(a: int, b: int, gap: int) -> bool:
        return gap < 0 and b in rivals[a]

    demands.apart.append(
        PairwiseGap(code=weighted.code, membership=membership, clash=clash, reach=0)
    )


def _separate_starts(demands: ResourceDemands, weighted: WeightedTerm, term: Exclusive) -> None:
    """Add a term of equal starts as strict pairs: of equal length, they start together or not."""
    candidates = demands.candidates
    membership = membership_of(candidates, term.groups, term.axis, term.among)
    if membership is not None:
        sessions = candidates.timetable.sessions

        def clash(a: int, _: int, gap: int) -> bool:
            return gap == -(sessions[a].length // MICROSECOND)

        demands.apart.append(
            PairwiseGap(code=weighted.code, membership=membership, clash=clash, reach=0)
        )


def fixed_load(axis: TimeAxis, candidates: Candidates, members: Sequence[int]) -> tuple[int, ...]:
    """The base load by cell: the number of these fixed sessions, part of a cell counts as whole."""
    counts = [0] * axis.size
    for n in members:
        first, after = cells_overlapping(
            axis, candidates.timetable.starts[n], candidates.timetable.ends[n]
        )
        for cell in range(first, after):
            counts[cell] += 1
    return tuple(counts)


def cells_overlapping(axis: TimeAxis, start: int, end: int) -> tuple[int, int]:
    """The first cell that overlaps an interval, and the cell after the last one."""
    instants = axis.instants
    return bisect_right(instants, start - axis.grid.unit), bisect_left(instants, end)


def gap_of(candidates: Candidates, weighted: WeightedTerm, term: Apart) -> PairwiseGap | None:
    """A hard minimum gap between the sessions of a group; overlaps are left to other terms."""
    membership = membership_of(candidates, term.groups, term.axis, term.among)
    gap = term.gap
    if membership is None:
        return None
    return PairwiseGap(
        code=weighted.code,
        membership=membership,
        clash=lambda a, b, between: 0 <= between < gap(a, b),
        reach=term.most,
    )


def soft_exclusive_of(
    candidates: Candidates, weighted: WeightedTerm, term: Exclusive, axis: TimeAxis
) -> GroupTerm | None:
    """A soft exclusive term: a group term, split by independent intervals of time."""
    groups = list(term.groups)
    spared = term.spares
    if term.axis == "session":
        groups = _contested_groups(candidates, groups, spared)
    membership = membership_of(candidates, groups, term.axis, term.among)

    def cost(placed: tuple[PlacedSession, ...], limit: int) -> int:
        if term.same_start:
            return len(placed) - len({each.start for each in placed})
        if spared is None and limit > 1:
            starts, ends = [each.start for each in placed], [each.end for each in placed]
            return sum(len(crowd) - limit for crowd in crowded(starts, ends, None, limit))
        found = 0
        for rank, one in enumerate(placed):
            for other in placed[rank + 1 :]:
                if other.start >= one.end:
                    break
                found += spared is None or not spared(one.number, other.number)
        return found

    if membership is None:
        return None
    intervals = _independent_intervals(candidates, axis, membership)
    begins, ends = [each[0] for each in intervals], [each[1] for each in intervals]
    return GroupTerm(
        code=weighted.code,
        weight=weighted.weight,
        membership=membership,
        keys=lambda session: range(
            bisect_right(ends, session.start), bisect_left(begins, session.end)
        ),
        cost=cost,
    )


def _independent_intervals(
    candidates: Candidates, axis: TimeAxis, membership: GroupMembership
) -> Sequence[Interval]:
    """The intervals of time, in order, that can be judged independently of each other.

    These are the runs of the axis: no activity crosses their ends. A fixed session of a cumulative
    group may, and its crowds depend on all sessions at once, so it joins the runs that it touches.
    O(n log n).
    """
    low, unit = axis.grid.low, axis.grid.unit
    runs = [(low + first * unit, low + (first + count) * unit) for first, count in axis.runs]
    crossing = [
        (candidates.timetable.starts[n], candidates.timetable.ends[n])
        for members, limit in zip(membership.fixed_sessions, membership.limits, strict=True)
        for n in members if limit > 1
    ]  # fmt: skip
    return union(runs, crossing)


def _contested_groups(
    candidates: Candidates, groups: list[Group], spares: Spares | None
) -> list[Group]:
    """The groups in which an activity conflicts with any session, without sessions that cannot."""
    kept: list[Group] = []
    for group in groups:
        members = tuple(group.sessions)
        if spares is not None:
            rivals = conflict_graph(members, spares)
            members = tuple(n for n in members if rivals[n])
        if len(members) > 1 and any(n in candidates.activity for n in members):
            kept.append(attrs.evolve(group, sessions=members))
    return kept


def has_disjunctive_groups(demands: ResourceDemands, membership: GroupMembership) -> bool:
    """True if the sessions of each group share a disjunctive resource, so none of them overlap."""
    single = {resource for resource, each in enumerate(demands.resources) if each.limit == 1}
    if membership.by is not None:
        made = demands.by_room if membership.by == "room" else demands.by_person
        labels = {
            demands.resources[each].label
            for by, _ in made
            for each in by.values()
            if each in single and demands.covers[each] is None
        }
        return labels.issuperset(membership.labels)
    members: dict[int, list[int]] = {}
    for activity, groups in enumerate(membership.fixed):
        for group in groups:
            members.setdefault(group, []).append(activity)
    return all(
        len(moving) + len(membership.fixed_sessions[group]) < 2
        or any(
            set(membership.fixed_sessions[group]) <= (demands.covers[each] or frozenset())
            for each in single.intersection(*(demands.needs[activity] for activity in moving))
        )
        for group, moving in members.items()
    )
