"""No two at once: what terms of that kind become, on sessions, rooms and persons."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence

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

Spares = Callable[[int, int], bool]

Chosen = tuple[dict[int, int], tuple[bool, ...]]
"""The resource of each room or person, and which activities need it when they choose that."""


@attrs.define(eq=False)
class ResourceDemands:
    """Resources as they are found, who needs them, and what the sessions that stay forbid."""

    cast: Candidates
    resources: list[Resource] = attrs.field(factory=list[Resource])
    fixed_sessions: list[tuple[int, ...]] = attrs.field(factory=list[tuple[int, ...]])
    needs: list[list[int]] = attrs.field(factory=list[list[int]])
    bounds: list[list[Bound]] = attrs.field(factory=list[list[Bound]])
    apart: list[PairwiseGap] = attrs.field(factory=list[PairwiseGap])
    by_room: list[Chosen] = attrs.field(factory=list[Chosen])
    by_person: list[Chosen] = attrs.field(factory=list[Chosen])

    covers: list[frozenset[int] | None] = attrs.field(factory=list[frozenset[int] | None])
    """The sessions that hold each resource; None for all of its room or person."""

    def resource(
        self,
        code: str,
        group: Group,
        fixed_sessions: tuple[int, ...],
        covers: frozenset[int] | None,
    ) -> int:
        """A new resource; with a limit above 1 it also counts the sessions that stay."""
        self.covers.append(covers)
        self.resources.append(Resource(code=code, label=group.label, limit=group.limit))
        self.fixed_sessions.append(fixed_sessions if group.limit > 1 else ())
        return len(self.resources) - 1


def resource_demands(cast: Candidates) -> ResourceDemands:
    """The resources of all hard terms of this kind. O(memberships), or pairs if some are spared."""
    claims = ResourceDemands(cast)
    claims.needs = [[] for _ in cast.numbers]
    claims.bounds = [[] for _ in cast.numbers]
    group_terms: dict[frozenset[int], int] = {}
    for each in cast.asked:
        if isinstance(each.term, Exclusive) and each.hard:
            if each.term.axis == "session":
                for group in each.term.groups:
                    _demand_by_group(claims, each, group, each.term.spares, group_terms)
            else:
                _demand_by_choice(claims, each, each.term)
    return claims


def _demand_by_choice(claims: ResourceDemands, asked: WeightedTerm, term: Exclusive) -> None:
    """A resource for each room or person; persons who are given need it always."""
    cast = claims.cast
    index = cast.room if term.axis == "room" else cast.person
    made: dict[int, int] = {}
    covers = None if term.among is None else frozenset(term.among)
    for group in term.groups:
        if group.label in index:
            fixed_sessions = cast.fixed_sessions(group.label, term.among)
            made[index[group.label]] = claims.resource(asked.code, group, fixed_sessions, covers)
    counted = tuple(term.among is None or n in term.among for n in cast.numbers)
    (claims.by_room if term.axis == "room" else claims.by_person).append((made, counted))
    if term.axis == "person":
        for place, persons in enumerate(cast.given):
            claims.needs[place] += [
                made[each] for each in persons if counted[place] and each in made
            ]


def _demand_by_group(
    claims: ResourceDemands,
    asked: WeightedTerm,
    group: Group,
    spares: Spares | None,
    known: dict[frozenset[int], int],
) -> None:
    """One group of sessions: a resource where nobody is spared, else pairs that must not clash."""
    cast = claims.cast
    members = [n for n in group.sessions if n in cast.activity]
    if not members:
        return
    moving = set(members)
    fixed = [n for n in group.sessions if n not in moving and cast.timetable.slots[n] is not None]
    if spares is not None:
        rivals = conflict_graph(members, spares)
        members = [n for n in members if rivals[n]]
        _exclude_fixed_sessions(
            claims, asked, group, [n for n in group.sessions if n in moving], fixed, spares
        )
        if any(len(rivals[n]) < len(members) - 1 for n in members):
            _separate_pairs(claims, asked, group, rivals)
            return
    elif group.limit == 1 and fixed:
        bound = Bound(asked.code, group.label, 0, free_time(cast, fixed))
        for n in members:
            claims.bounds[cast.activity[n]].append(bound)
    key = frozenset(members)
    if group.limit == 1 and (len(members) < 2 or key in known):
        return
    held = [n for n in fixed if spares is None or not any(spares(a, n) for a in members)]
    resource = claims.resource(asked.code, group, tuple(fixed), frozenset((*members, *held)))
    if group.limit == 1:
        known[key] = resource
    for n in members:
        claims.needs[cast.activity[n]].append(resource)


def conflict_graph(members: Sequence[int], spares: Spares) -> dict[int, set[int]]:
    """Whom each must not overlap. O(pairs)."""
    rivals: dict[int, set[int]] = {n: set() for n in members}
    for place, a in enumerate(members):
        for b in members[place + 1 :]:
            if not spares(a, b):
                rivals[a].add(b)
                rivals[b].add(a)
    return rivals


def _exclude_fixed_sessions(
    claims: ResourceDemands,
    asked: WeightedTerm,
    group: Group,
    members: list[int],
    fixed: list[int],
    spares: Spares,
) -> None:
    """What sessions that stay forbid to each that moves, unless it is spared."""
    bounds: dict[tuple[int, ...], Bound] = {}
    for n in members:
        against = tuple(other for other in fixed if not spares(n, other))
        if against:
            if against not in bounds:
                bounds[against] = Bound(asked.code, group.label, 0, free_time(claims.cast, against))
            claims.bounds[claims.cast.activity[n]].append(bounds[against])


def _separate_pairs(
    claims: ResourceDemands, asked: WeightedTerm, group: Group, rivals: dict[int, set[int]]
) -> None:
    """Pairs of one group that must not overlap, where others may."""
    membership = GroupMembership(
        labels=(group.label,),
        limits=(1,),
        fixed=tuple((0,) if rivals.get(n) else () for n in claims.cast.numbers),
        fixed_sessions=((),),
    )

    def clash(a: int, b: int, gap: int) -> bool:
        return gap < 0 and b in rivals[a]

    claims.apart.append(PairwiseGap(code=asked.code, membership=membership, clash=clash, reach=0))


def fixed_load(axis: TimeAxis, cast: Candidates, members: Sequence[int]) -> tuple[int, ...]:
    """How many of these sessions take place in each cell, parts of cells counted as whole ones."""
    counts = [0] * axis.size
    for n in members:
        first, after = cells_overlapping(axis, cast.timetable.starts[n], cast.timetable.ends[n])
        for cell in range(first, after):
            counts[cell] += 1
    return tuple(counts)


def cells_overlapping(axis: TimeAxis, start: int, end: int) -> tuple[int, int]:
    """The first cell that shares a moment with an interval, and the one after the last."""
    instants = axis.instants
    return bisect_right(instants, start - axis.grid.unit), bisect_left(instants, end)


def gap_of(cast: Candidates, asked: WeightedTerm, term: Apart) -> PairwiseGap | None:
    """A hard term of sessions that lie apart."""
    membership = membership_of(cast, term.groups, term.axis, term.among)
    gap = term.gap
    if membership is None:
        return None
    return PairwiseGap(
        code=asked.code,
        membership=membership,
        clash=lambda a, b, between: 0 <= between < gap(a, b),
        reach=term.most,
    )


def soft_exclusive_of(
    cast: Candidates, asked: WeightedTerm, term: Exclusive, axis: TimeAxis
) -> GroupTerm | None:
    """A term of this kind that may be broken at a cost, judged run by run."""
    groups = list(term.groups)
    spared = term.spares
    if term.axis == "session":
        groups = _contested_groups(cast, groups, spared)
    membership = membership_of(cast, groups, term.axis, term.among)

    def cost(stands: tuple[PlacedSession, ...], limit: int) -> int:
        if spared is None and limit > 1:
            starts, ends = [each.start for each in stands], [each.end for each in stands]
            return sum(len(crowd) - limit for crowd in crowded(starts, ends, None, limit))
        found = 0
        for place, one in enumerate(stands):
            for other in stands[place + 1 :]:
                if other.start >= one.end:
                    break
                found += spared is None or not spared(one.number, other.number)
        return found

    if membership is None:
        return None
    stretches = _independent_intervals(cast, axis, membership)
    begins, ends = [each[0] for each in stretches], [each[1] for each in stretches]
    return GroupTerm(
        code=asked.code,
        weight=asked.weight,
        membership=membership,
        keys=lambda stand: range(bisect_right(ends, stand.start), bisect_left(begins, stand.end)),
        cost=cost,
    )


def _independent_intervals(
    cast: Candidates, axis: TimeAxis, membership: GroupMembership
) -> Sequence[Interval]:
    """The stretches of time, in order, that can each be judged without the others.

    These are the runs. Crowds are told apart by who else there is, so what stays from one run into
    another, and can be in a crowd, makes one of the two. O(n log n).
    """
    low, unit = axis.grid.low, axis.grid.unit
    runs = [(low + first * unit, low + (first + count) * unit) for first, count in axis.runs]
    stay = [
        (cast.timetable.starts[n], cast.timetable.ends[n])
        for members, limit in zip(membership.fixed_sessions, membership.limits, strict=True)
        for n in members if limit > 1
    ]  # fmt: skip
    return union(runs, stay)


def _contested_groups(cast: Candidates, groups: list[Group], spares: Spares | None) -> list[Group]:
    """The groups in which an activity may clash with anything, without those who cannot."""
    kept: list[Group] = []
    for group in groups:
        members = tuple(group.sessions)
        if spares is not None:
            rivals = conflict_graph(members, spares)
            members = tuple(n for n in members if rivals[n])
        if len(members) > 1 and any(n in cast.activity for n in members):
            kept.append(attrs.evolve(group, sessions=members))
    return kept
