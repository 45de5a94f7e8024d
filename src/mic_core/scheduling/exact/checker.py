"""A plain check that placements keep everything that forbids; it shares nothing with the search."""

from collections import Counter
from collections.abc import Iterator, Mapping

from mic_core.scheduling.exact.subproblem import aggregate_terms, watched
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
"""Where some activities stand; the others stand nowhere."""


def holds(problem: PlanningProblem, placed: PartialSchedule) -> bool:
    """Whether placements break nothing that forbids.

    A hard term that is judged as a whole counts where all the activities of its group are placed;
    it must not cost more than without them. O(placed squared).
    """
    return (
        all(problem.fits(activity, at) for activity, at in placed.items())
        and _roomy(problem, placed)
        and all(_ordered(problem, order, placed) for order in problem.orders if not order.weight)
        and all(_spaced(problem, apart, placed) for apart in problem.pairwise_gaps)
        and all(_counted(count, placed) for count in problem.counts if not count.weight)
        and not any(
            costs_more(problem, place, group, placed)
            for place, group, _ in watched(problem, placed)
        )
    )


def costs_more(problem: PlanningProblem, place: int, group: int, placed: PartialSchedule) -> bool:
    """Whether a group costs more with the placed activities than without any."""
    term = aggregate_terms(problem)[place]
    return _cost(problem, term, group, placed) > _cost(problem, term, group, {})


def _roomy(problem: PlanningProblem, placed: PartialSchedule) -> bool:
    """Whether no resource holds more at once than its limit."""
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


def _ordered(problem: PlanningProblem, order: Precedence, placed: PartialSchedule) -> bool:
    ends = [problem.slot(a, placed[a].start)[1] for a in order.firsts if a in placed]
    starts = [problem.slot(a, placed[a].start)[0] for a in order.seconds if a in placed]
    return not ends or not starts or max(ends) + order.gap <= min(starts)


def _members(
    ties: GroupMembership, placed: PartialSchedule
) -> Iterator[tuple[int, int, Placement]]:
    """Each group with an activity that stands in it, and where."""
    for activity, at in sorted(placed.items()):
        for group in ties.groups(activity, at.room, at.trainer):
            yield group, activity, at


def clash(apart: PairwiseGap, one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    """Whether two sessions, by start, end and number, are nearer than a term allows."""
    first, second = sorted((one, other))
    return apart.clash(first[2], second[2], second[0] - first[1])


def _spaced(problem: PlanningProblem, apart: PairwiseGap, placed: PartialSchedule) -> bool:
    timetable = problem.timetable
    lines: dict[int, list[tuple[int, int, int]]] = {}
    for group, activity, at in _members(apart.membership, placed):
        number = problem.activities[activity].number
        new = (*problem.slot(activity, at.start), number)
        stay = [
            (timetable.starts[n], timetable.ends[n], n)
            for n in apart.membership.fixed_sessions[group]
        ]  # fmt: skip
        if any(clash(apart, new, other) for other in (*stay, *lines.get(group, ()))):
            return False
        lines.setdefault(group, []).append(new)
    return True


def _sums(count: CountTerm, placed: PartialSchedule) -> dict[int, dict[int, int]]:
    """What each group that is touched holds in each bucket, those that stay included."""
    sums: dict[int, dict[int, int]] = {}
    for group, activity, at in _members(count.membership, placed):
        bucket = at.room if count.buckets is None else count.buckets[activity][at.start]
        if bucket >= 0:
            base = {b: value for (g, b), value in count.base.items() if g == group}
            held = sums.setdefault(group, base)
            held[bucket] = held.get(bucket, 0) + count.amounts[activity]
    return sums


def _price(count: CountTerm, group: int, held: Mapping[int, int]) -> int:
    limit = count.membership.limits[group]
    if count.distinct:
        return count.cost(len(held), limit) if held else 0
    return sum(count.cost(value // COUNTED, limit) for value in held.values())


def _touched(count: CountTerm, placed: PartialSchedule) -> Iterator[tuple[int, dict[int, int]]]:
    """The buckets that placed activities lie in; all of them where the number of these counts."""
    for group, held in _sums(count, placed).items():
        own = {
            at.room if count.buckets is None else count.buckets[activity][at.start]
            for g, activity, at in _members(count.membership, placed)
            if g == group
        }
        yield group, held if count.distinct else {b: v for b, v in held.items() if b in own}


def _counted(count: CountTerm, placed: PartialSchedule) -> bool:
    return not any(_price(count, group, held) > 0 for group, held in _touched(count, placed))


def _cost(
    problem: PlanningProblem,
    term: CountTerm | DayPattern | GroupTerm,
    group: int,
    placed: PartialSchedule,
) -> int:
    """What a group costs with the placed activities and those that stay, without its weight."""
    if isinstance(term, CountTerm):
        base = {b: value for (g, b), value in term.base.items() if g == group}
        return _price(term, group, _sums(term, placed).get(group, base))
    if isinstance(term, DayPattern):
        ticks = {day: mask for (g, day), mask in term.base.items() if g == group}
        for g, activity, at in _members(term.membership, placed):
            if g == group:
                day = term.days[activity][at.start]
                ticks[day] = ticks.get(day, 0) | term.bits[activity][at.start]
        limit = term.membership.limits[group]
        return sum(
            term.cost(busy_minutes(mask, term.tick), limit) for mask in ticks.values() if mask
        )
    parts: dict[int, set[PlacedSession]] = {}
    for stand in _stands(problem, term, group, placed):
        for key in term.keys(stand):
            parts.setdefault(key, set()).add(stand)
    limit = term.membership.limits[group]
    return sum(term.cost(tuple(sorted(held)), limit) for held in parts.values())


def _stands(
    problem: PlanningProblem, term: GroupTerm, group: int, placed: PartialSchedule
) -> Iterator[PlacedSession]:
    timetable = problem.timetable
    rooms = {id: place for place, id in enumerate(problem.rooms)}
    for n in term.membership.fixed_sessions[group]:
        room = rooms.get(timetable.sessions[n].room_id or "", -1)
        yield PlacedSession(timetable.starts[n], timetable.ends[n], n, room)
    for g, activity, at in _members(term.membership, placed):
        if g == group:
            start, end = problem.slot(activity, at.start)
            yield PlacedSession(start, end, problem.activities[activity].number, at.room)


Kinds = Mapping[tuple[int, ...], list[tuple[int, Placement]]]
"""Activities and where they stand, by the rooms that they may be in, which are alike."""


def roomed(problem: PlanningProblem, kinds: Kinds) -> dict[int, Placement]:
    """Placements with a room of their own, of those among rooms that are alike.

    Sessions in order of time take the first room that is free, which is always found where no
    moment asks for more than there are.
    """
    found: dict[int, Placement] = {}
    for rooms, held in kinds.items():
        if len(rooms) == 1:
            found.update(held)
            continue
        until: list[list[int]] = [[] for _ in rooms]
        for activity, at in sorted(held, key=lambda item: (item[1].start, item[0])):
            each = problem.activities[activity]
            until = [[end for end in ends if end > at.start] for ends in until]
            needs = [problem.room_needs[each.form][room] for room in rooms]
            limits = [problem.resources[one[0]].limit if one else len(held) for one in needs]
            place = next(p for p, limit in enumerate(limits) if len(until[p]) < limit)
            until[place].append(at.start + each.cells)
            found[activity] = at._replace(room=rooms[place])
    return found
