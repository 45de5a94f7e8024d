"""Constraint evaluation: the breaches of each term in a timetable, without incremental state.

This is the definition of cost that solvers and insertion are tested against. Sessions are sorted by
start once for each group; pairs and crowds are found by sweeps, so that time is that of sorting
plus the number of breaches.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from mic_core.chrono import Slot, crowded, overlapping
from mic_core.chrono.local import MINUTE
from mic_core.ids import cite
from mic_core.rules import (
    Apart,
    Arcs,
    Breach,
    Bucket,
    Distinct,
    Exclusive,
    Group,
    Pattern,
    ScheduleRule,
    Span,
    Suits,
    Term,
    Within,
)
from mic_core.scheduling.evaluation.counting_terms import (
    bucket_breaches,
    distinct_breaches,
    function_breaches,
    pattern_breaches,
    sorted_by_start,
)
from mic_core.timetable import Timetable

_LONGEST_IDLE = 7 * 24 * 60 * MINUTE
"""A week in microseconds: after a longer idle time, intervals are queried anew. A budget: bounds
the intervals that are generated for years between sessions; any value gives a right answer."""


def conflicts(rule: ScheduleRule, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of one rule, in an order independent of the order of input.

    O(n log n + breaches) over n placed sessions; lazy, so that a caller can stop.
    """
    return chain.from_iterable(breaches_of(term, timetable) for term in rule.terms(timetable))


def breaches_of(term: Term, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of one term; its cost is the sum of their costs.

    Only sessions with a slot count and, where rooms matter, with a room.
    """
    match term:
        case Within():
            return _within(term, timetable)
        case Suits():
            return _suits(term, timetable)
        case Exclusive():
            return _exclusive(term, timetable)
        case Apart():
            return _apart(term, timetable)
        case Arcs():
            return _arcs(term, timetable)
        case Bucket():
            return bucket_breaches(term, timetable)
        case Distinct():
            return distinct_breaches(term, timetable)
        case Pattern():
            return pattern_breaches(term, timetable)
        case _:
            return function_breaches(term, timetable)


def _within(term: Within, timetable: Timetable) -> Iterator[Breach]:
    for span in term.spans:
        for n, slot in outside(span, timetable):
            yield Breach(
                subjects=(timetable.names[n], span.label),
                path="slot",
                facts=term.facts(n, slot, span.label),
                sessions=(n,),
            )


def outside(span: Span, timetable: Timetable) -> Iterator[tuple[int, Slot]]:
    """The placed sessions of a span that lie within none of its intervals, in the order of time.

    Sessions and intervals are merged in one pass. Intervals are only queried around sessions.
    """
    starts, ends = timetable.starts, timetable.ends
    for run in _runs(sorted_by_start(timetable, span.sessions), starts, ends):
        intervals = iter(span.intervals(starts[run[0]], max(ends[n] for n in run)))
        around = next(intervals, None)
        for n in run:
            while around is not None and around[1] <= starts[n]:
                around = next(intervals, None)
            inside = around is not None and around[0] <= starts[n] and ends[n] <= around[1]
            slot = timetable.slots[n]
            if slot is not None and not inside:
                yield n, slot


def _runs(members: list[int], starts: Sequence[int], ends: Sequence[int]) -> Iterator[list[int]]:
    """Members in the order of time, split at idle times longer than `_LONGEST_IDLE`."""
    run: list[int] = []
    reach = 0
    for n in members:
        if run and starts[n] - reach > _LONGEST_IDLE:
            yield run
            run = []
        if not run or ends[n] > reach:
            reach = ends[n]
        run.append(n)
    if run:
        yield run


def _suits(term: Suits, timetable: Timetable) -> Iterator[Breach]:
    sessions, slots, judge = timetable.sessions, timetable.slots, term.cost
    for n in term.sessions:
        room = sessions[n].room_id
        if room is not None and slots[n] is not None:
            cost = judge(n, room)
            if cost:
                yield Breach(
                    subjects=(timetable.names[n], cite("room", room)),
                    path="room_id",
                    facts=term.facts(n, room),
                    cost=cost,
                    sessions=(n,),
                )


def _exclusive(term: Exclusive, timetable: Timetable) -> Iterator[Breach]:
    if term.same_start:
        yield from _coinciding(term, timetable)
        return
    slots = timetable.slots
    single: list[tuple[Group, list[int]]] = []
    for group in term.groups:
        if len(group.sessions) > group.limit:
            members = [n for n in group.sessions if slots[n] is not None]
            if group.limit == 1:
                single.append((group, members))
            else:
                yield from _crowds(term, timetable, group, members)
    yield from _overlapping_pairs(term, timetable, single)


def _coinciding(term: Exclusive, timetable: Timetable) -> Iterator[Breach]:
    """Sessions of a group that start at one instant, all of them in one breach."""
    slots, starts = timetable.slots, timetable.starts
    for group in term.groups:
        by_start: dict[int, list[int]] = {}
        for n in group.sessions:
            if slots[n] is not None:
                by_start.setdefault(starts[n], []).append(n)
        for members in by_start.values():
            if len(members) > 1:
                names = tuple(timetable.names[n] for n in members)
                yield Breach(
                    subjects=names,
                    facts={"sessions": names, "needed": 1, "had": len(names)},
                    cost=len(names) - 1,
                    sessions=tuple(members),
                )


def _overlapping_pairs(
    term: Exclusive, timetable: Timetable, single: list[tuple[Group, list[int]]]
) -> Iterator[Breach]:
    """The overlaps in groups of limit 1 (disjunctive resources), of all groups in one sweep."""
    members = [n for _, own in single for n in own]
    marks = [mark for mark, (_, own) in enumerate(single) for _ in own]
    starts = [timetable.starts[n] for n in members]
    ends = [timetable.ends[n] for n in members]
    for a, b in overlapping(starts, ends, marks):
        pair = members[a], members[b]
        if not (term.spares and term.spares(*pair)):
            yield _overlap_breach(term, timetable, single[marks[a]][0], pair)


def _crowds(
    term: Exclusive, timetable: Timetable, group: Group, members: list[int]
) -> Iterator[Breach]:
    """The crowds above the limit of a group (a cumulative resource)."""
    starts = [timetable.starts[n] for n in members]
    ends = [timetable.ends[n] for n in members]
    for crowd in crowded(starts, ends, None, group.limit):
        yield _overlap_breach(term, timetable, group, tuple(members[place] for place in crowd))


def _overlap_breach(
    term: Exclusive, timetable: Timetable, group: Group, members: tuple[int, ...]
) -> Breach:
    starts = max(timetable.starts[n] for n in members)
    ends = min(timetable.ends[n] for n in members)
    names = tuple(timetable.names[n] for n in members)
    return Breach(
        subjects=(*names, group.label, *group.about),
        path="slot",
        facts={
            "sessions": tuple(sorted(names)),
            "shared": group.label,
            "needed": group.limit,
            "had": len(members),
            "minutes": (ends - starts) // MINUTE,
            **(term.facts(group.label, members) if term.facts else {}),
        },
        cost=len(members) - group.limit,
        sessions=members,
    )


def _apart(term: Apart, timetable: Timetable) -> Iterator[Breach]:
    starts, ends = timetable.starts, timetable.ends
    for group in term.groups:
        members = sorted_by_start(timetable, group.sessions)
        for place, first in enumerate(members, 1):
            free = ends[first]
            for later in range(place, len(members)):
                second = members[later]
                between = starts[second] - free
                if between >= term.most:
                    break
                if 0 <= between < term.gap(first, second):
                    yield _gap_breach(term, timetable, group, (first, second))


def _gap_breach(term: Apart, timetable: Timetable, group: Group, pair: tuple[int, int]) -> Breach:
    first, second = pair
    return Breach(
        subjects=(timetable.names[first], timetable.names[second], group.label, *group.about),
        path="slot",
        facts={
            "first": timetable.names[first],
            "second": timetable.names[second],
            "shared": group.label,
            "needed": -(-term.gap(first, second) // MINUTE),
            "had": (timetable.starts[second] - timetable.ends[first]) // MINUTE,
        },
        sessions=pair,
    )


def _arcs(term: Arcs, timetable: Timetable) -> Iterator[Breach]:
    """The precedences that are broken: each second session against the first one that ends last."""
    starts, ends, names = timetable.starts, timetable.ends, timetable.names
    firsts = [n for n in term.firsts if timetable.slots[n] is not None]
    if not firsts:
        return
    last = max(firsts, key=lambda n: (ends[n], n))
    for n in sorted_by_start(timetable, term.seconds):
        between = starts[n] - ends[last]
        if between < term.gap:
            yield Breach(
                subjects=(names[n], names[last]),
                path="slot",
                facts={
                    **term.facts,
                    "first": names[last],
                    "second": names[n],
                    "needed": -(-term.gap // MINUTE),
                    "had": between // MINUTE,
                    "early": -((between - term.gap) // MINUTE),
                },
                sessions=(n, last),
            )
