"""An independent feasibility checker: judges placements constraint by constraint.

It shares no propagation, masks or tables with the search, so that a mistake of the search shows
here instead of in a plan.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from mic_core.scheduling.exact.subproblem import aggregate_terms, enclosed_groups
from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.problem.problem import (
    CountTerm,
    DayPattern,
    GroupMembership,
    GroupTerm,
    PairwiseGap,
    PlacedSession,
    Placement,
    PlanningProblem,
    Precedence,
)
from mic_core.scheduling.state.costs import busy_minutes

PartialSchedule = Mapping[int, Placement]
"""A partial schedule: placements by activity; the other activities are not placed."""


def is_feasible(problem: PlanningProblem, placed: PartialSchedule) -> bool:
    """True if placements satisfy every strict constraint and every hard term that applies.

    A hard aggregate term applies to groups all of whose activities are placed; such a group must
    not cost more than without them. O(placed squared).
    """
    return (
        all(problem.fits(activity, at) for activity, at in placed.items())
        and _keeps_capacity(problem, placed)
        and all(_keeps_order(problem, each, placed) for each in problem.orders if not each.weight)
        and all(_keeps_gaps(problem, each, placed) for each in problem.pairwise_gaps)
        and all(_keeps_count(each, placed) for each in problem.counts if not each.weight)
        and not any(
            costs_more(problem, index, group, placed)
            for index, group, _ in enclosed_groups(problem, placed)
        )
    )


def costs_more(problem: PlanningProblem, index: int, group: int, placed: PartialSchedule) -> bool:
    """True if a group of an aggregate term costs more with the placements than without any."""
    term = aggregate_terms(problem)[index]
    return _group_cost(problem, term, group, placed) > _group_cost(problem, term, group, {})


def _keeps_capacity(problem: PlanningProblem, placed: PartialSchedule) -> bool:
    """True if no resource is used beyond its limit in any cell."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for activity, at in placed.items():
        each = problem.activities[activity]
        needs = {
            *each.resources,
            *problem.room_needs[each.form][at.room],
            *problem.trainer_needs[each.form][at.trainer],
        }
        for resource in needs:
            spans.setdefault(resource, []).append((at.start, at.start + each.cells))
    for resource, held in spans.items():
        base, limit = problem.resources[resource].base, problem.resources[resource].limit
        counts = Counter(cell for first, after in held for cell in range(first, after))
        if any(n + (base[cell] if base is not None else 0) > limit for cell, n in counts.items()):
            return False
    return True


def _keeps_order(problem: PlanningProblem, order: Precedence, placed: PartialSchedule) -> bool:
    ends = [problem.slot(a, placed[a].start)[1] for a in order.firsts if a in placed]
    starts = [problem.slot(a, placed[a].start)[0] for a in order.seconds if a in placed]
    return not ends or not starts or max(ends) + order.gap <= min(starts)


def _memberships(
    ties: GroupMembership, placed: PartialSchedule
) -> Iterator[tuple[int, int, Placement]]:
    """Each (group, activity, placement) by which a placed activity belongs to a group."""
    for activity, at in sorted(placed.items()):
        for group in ties.groups(activity, at.room, at.trainer):
            yield group, activity, at


def is_too_near(gap: PairwiseGap, one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """True if two sessions, as (start, end, number), are nearer than a pairwise gap allows.

    The gap of sessions that overlap is below 0.
    """
    first, second = sorted((one, other))
    return gap.clash(first[2], second[2], second[0] - first[1])


def _keeps_gaps(problem: PlanningProblem, gap: PairwiseGap, placed: PartialSchedule) -> bool:
    timetable = problem.timetable
    by_group: dict[int, list[tuple[int, int, int]]] = {}
    for group, activity, at in _memberships(gap.membership, placed):
        number = problem.activities[activity].number
        new = (*problem.slot(activity, at.start), number)
        fixed = [
            (timetable.starts[n], timetable.ends[n], n)
            for n in gap.membership.fixed_sessions[group]
        ]  # fmt: skip
        if any(is_too_near(gap, new, other) for other in (*fixed, *by_group.get(group, ()))):
            return False
        by_group.setdefault(group, []).append(new)
    return True


def _sums(count: CountTerm, placed: PartialSchedule) -> dict[int, dict[int, int]]:
    """The packed sum in each bucket, by group with a placed activity, fixed sessions included."""
    sums: dict[int, dict[int, int]] = {}
    for group, activity, at in _memberships(count.membership, placed):
        bucket = at.room if count.buckets is None else count.buckets[activity][at.start]
        if bucket >= 0:
            base = {b: value for (g, b), value in count.base.items() if g == group}
            held = sums.setdefault(group, base)
            held[bucket] = held.get(bucket, 0) + count.amounts[activity]
    return sums


def _count_cost(count: CountTerm, group: int, sums: Mapping[int, int]) -> int:
    limit = count.membership.limits[group]
    if count.distinct:
        return count.cost(len(sums), limit) if sums else 0
    return sum(count.cost(value // COUNTED, limit) for value in sums.values())


def _used_buckets(
    count: CountTerm, placed: PartialSchedule
) -> Iterator[tuple[int, dict[int, int]]]:
    """The sums in buckets with a placed activity, by group; in all buckets of a distinct count."""
    for group, sums in _sums(count, placed).items():
        own = {
            at.room if count.buckets is None else count.buckets[activity][at.start]
            for g, activity, at in _memberships(count.membership, placed)
            if g == group
        }
        yield group, sums if count.distinct else {b: v for b, v in sums.items() if b in own}


def _keeps_count(count: CountTerm, placed: PartialSchedule) -> bool:
    return not any(
        _count_cost(count, group, sums) > 0 for group, sums in _used_buckets(count, placed)
    )


def _group_cost(
    problem: PlanningProblem,
    term: CountTerm | DayPattern | GroupTerm,
    group: int,
    placed: PartialSchedule,
) -> int:
    """The cost of a group with the placements and its fixed sessions, without the term's weight."""
    if isinstance(term, CountTerm):
        base = {b: value for (g, b), value in term.base.items() if g == group}
        return _count_cost(term, group, _sums(term, placed).get(group, base))
    if isinstance(term, DayPattern):
        ticks = {day: mask for (g, day), mask in term.base.items() if g == group}
        for g, activity, at in _memberships(term.membership, placed):
            if g == group:
                day = term.days[activity][at.start]
                ticks[day] = ticks.get(day, 0) | term.bits[activity][at.start]
        limit = term.membership.limits[group]
        return sum(
            term.cost(busy_minutes(mask, term.tick), limit) for mask in ticks.values() if mask
        )
    parts: dict[int, set[PlacedSession]] = {}
    for session in _group_sessions(problem, term, group, placed):
        for key in term.keys(session):
            parts.setdefault(key, set()).add(session)
    limit = term.membership.limits[group]
    return sum(term.cost(tuple(sorted(held)), limit) for held in parts.values())


def _group_sessions(
    problem: PlanningProblem, term: GroupTerm, group: int, placed: PartialSchedule
) -> Iterator[PlacedSession]:
    """The fixed sessions of a group, then its placed activities."""
    timetable = problem.timetable
    rooms = {id: index for index, id in enumerate(problem.rooms)}
    for n in term.membership.fixed_sessions[group]:
        room = rooms.get(timetable.sessions[n].room_id or "", -1)
        yield PlacedSession(timetable.starts[n], timetable.ends[n], n, room)
    for g, activity, at in _memberships(term.membership, placed):
        if g == group:
            start, end = problem.slot(activity, at.start)
            yield PlacedSession(start, end, problem.activities[activity].number, at.room)


PooledPlacements = Mapping[tuple[int, ...], list[tuple[int, Placement]]]
"""Activities with placements, by the interchangeable rooms of which one is yet to be chosen."""


def assign_rooms(problem: PlanningProblem, pooled: PooledPlacements) -> dict[int, Placement]:
    """The placements with a room each, chosen among interchangeable ones.

    Interval partitioning: in order of start, each takes the first room that is free. That never
    fails where no cell needs more rooms than there are.
    """
    found: dict[int, Placement] = {}
    for rooms, held in pooled.items():
        if len(rooms) == 1:
            found.update(held)
            continue
        until: list[list[int]] = [[] for _ in rooms]
        for activity, at in sorted(held, key=lambda item: (item[1].start, item[0])):
            each = problem.activities[activity]
            until = [[end for end in ends if end > at.start] for ends in until]
            needs = [problem.room_needs[each.form][room] for room in rooms]
            limits = [problem.resources[one[0]].limit if one else len(held) for one in needs]
            index = next(i for i, limit in enumerate(limits) if len(until[i]) < limit)
            until[index].append(at.start + each.cells)
            found[activity] = at._replace(room=rooms[index])
    return found
