"""Constraint evaluation: the breaches of each term in a timetable, without incremental state.

This is the definition of cost that solvers and insertion are tested against. Sessions are sorted by
start once for each group; pairs and crowds are found by sweeps, so that time is that of sorting
plus the number of breaches.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from mic_core.chrono import Slot, crowded
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
    IntervalQuery,
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
from mic_core.timetable import SharedMarks, Timetable

_LONGEST_IDLE = 7 * 24 * 60 * MINUTE
"""A week in microseconds: intervals are queried anew for a start that is later than this after the
one before. A budget: bounds the time between sessions for which intervals are generated; any value
gives a right answer."""

_MOST_SKIPPED = 16
"""The most intervals that are passed over from one start to the next before they are queried anew:
a week of two a day, and a few. A budget: bounds the work for each session; any value gives a right
answer."""

_MOST_PAIRED = 4
"""The most sessions of one slot and one group whose overlaps are breaches for each pair; more are
one crowd. Four have six pairs, which people still read one by one."""

_MOST_NAMED = 5
"""The most sessions that a breach names: a budget that keeps findings of crowds short."""


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

    Sessions that start close together are merged with one stream of intervals. Intervals are
    queried around starts alone, and the rest of a long session piece by piece up to its first gap,
    so that time is bounded by the sessions, whatever their lengths.
    """
    starts, ends = timetable.starts, timetable.ends
    for run in _runs(sorted_by_start(timetable, span.sessions), starts):
        high = starts[run[-1]] + _LONGEST_IDLE
        intervals = iter(span.intervals(starts[run[0]], high))
        around = next(intervals, None)
        for n in run:
            start, end = starts[n], ends[n]
            skipped = 0
            while around is not None and around[1] <= start:
                skipped += 1
                if skipped > _MOST_SKIPPED:
                    intervals = iter(span.intervals(start, high))
                around = next(intervals, None)
            inside = around is not None and around[0] <= start and min(end, high) <= around[1]
            if inside and end > high:
                inside = _covers(span.intervals, max(high, start), end)
            slot = timetable.slots[n]
            if slot is not None and not inside:
                yield n, slot


def _covers(intervals: IntervalQuery, low: int, high: int) -> bool:
    """True if one interval reaches from `low` to `high`; stops at the first gap."""
    length = _LONGEST_IDLE
    while low < high:
        end = min(low + length, high)
        first = next(iter(intervals(low, end)), None)
        if first is None or first[0] > low or first[1] < end:
            return False
        low, length = end, 2 * length
    return True


def _runs(members: list[int], starts: Sequence[int]) -> Iterator[list[int]]:
    """Members in the order of time, split where starts are further apart than `_LONGEST_IDLE`."""
    run: list[int] = []
    for n in members:
        if run and starts[n] - starts[run[-1]] > _LONGEST_IDLE:
            yield run
            run = []
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
    # Groups often share one tuple of sessions: persons of the same cohorts are compared once.
    single: dict[int, list[Group]] = {}
    for group in term.groups:
        if len(group.sessions) > group.limit:
            if group.limit == 1:
                single.setdefault(id(group.sessions), []).append(group)
            else:
                members = [n for n in group.sessions if slots[n] is not None]
                yield from _crowds(term, timetable, group, members)
    yield from _overlaps(term, timetable, [*single.values()])


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


def _overlaps(term: Exclusive, timetable: Timetable, single: list[list[Group]]) -> Iterator[Breach]:
    """The overlaps in groups of limit 1 (disjunctive resources): pairs, and crowds of one slot.

    The groups of one list share their sessions.
    """
    slots = timetable.slots
    for alike in single:
        members = [n for n in alike[0].sessions if slots[n] is not None]
        for cluster in _clusters(members, timetable) if len(members) > 1 else ():
            for found, cost in _overlapping_sets(cluster, timetable, term.spares):
                for group in alike:
                    yield _overlap_breach(term, timetable, group, found, cost)


def _clusters(members: list[int], timetable: Timetable) -> Iterator[list[int]]:
    """The connected components of two or more sessions that overlap, in the order of time."""
    starts, ends = timetable.starts, timetable.ends
    members.sort(key=starts.__getitem__)
    cluster = members[:1]
    reach = ends[members[0]]
    for n in members[1:]:
        if starts[n] < reach:
            cluster.append(n)
            reach = max(reach, ends[n])
        else:
            if len(cluster) > 1:
                yield cluster
            cluster, reach = [n], ends[n]
    if len(cluster) > 1:
        yield cluster


def _overlapping_sets(
    cluster: list[int], timetable: Timetable, spares: Callable[[int, int], bool] | None
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Overlapping pairs, and crowds of one slot with their number of pairs, of connected sessions.

    Lazy. O(n log n + pairs found); where sessions share marks, and n bits more for each session.
    """
    starts, ends = timetable.starts, timetable.ends
    cluster.sort(key=lambda n: (starts[n], ends[n], n))
    ordered = [starts[n] for n in cluster]
    rivals = _Rivals(cluster, spares)
    place = 0
    while place < len(cluster):
        slot = starts[cluster[place]], ends[cluster[place]]
        after = place + 1  # sessions of one slot follow each other
        while after < len(cluster) and (starts[cluster[after]], ends[cluster[after]]) == slot:
            after += 1
        reach = bisect_left(ordered, slot[1], after)
        is_crowd = after - place > _MOST_PAIRED and rivals.are_known
        if is_crowd:
            yield from rivals.crowd(place, after)
        for one in range(place, after):
            for other in rivals.of(one, after if is_crowd else one + 1, reach):
                yield (cluster[one], cluster[other]), 1
        place = after


class _Rivals:
    """The conflict graph of a cluster: all pairs but those that `spares` excepts.

    Sessions that share a mark are a set of bits, by their places in the cluster; a session has a
    conflict with those in the sets of none of its marks, so that spared pairs are never walked. A
    predicate without marks is asked for each pair; then crowds are not known in advance.
    """

    def __init__(self, cluster: list[int], spares: Callable[[int, int], bool] | None) -> None:
        self.cluster = cluster
        self.spares = spares
        self.are_known = spares is None or isinstance(spares, SharedMarks)
        self.marks = [spares.marks(n) for n in cluster] if isinstance(spares, SharedMarks) else []
        self.sharing: dict[object, int] = {}
        for place, own in enumerate(self.marks):
            for mark in own:
                self.sharing[mark] = self.sharing.get(mark, 0) | 1 << place

    def of(self, one: int, low: int, high: int) -> Iterator[int]:
        """The places from `low` up to `high` in conflict with the place `one`."""
        if not self.are_known:
            spares, n = self.spares, self.cluster[one]
            yield from (m for m in range(low, high) if not (spares and spares(n, self.cluster[m])))
        elif not self.marks or not self.marks[one]:
            yield from range(low, high)
        else:
            bits = self._bits(one, low, high)
            while bits:
                lowest = bits & -bits
                yield lowest.bit_length() - 1
                bits ^= lowest

    def crowd(self, low: int, high: int) -> Iterator[tuple[tuple[int, ...], int]]:
        """The sessions of a range of places that conflict with others in it, and their pairs."""
        degrees = [self._bits(one, low, high).bit_count() for one in range(low, high)]
        members = tuple(n for n, some in zip(self.cluster[low:high], degrees, strict=True) if some)
        if members:
            yield members, sum(degrees) // 2

    def _bits(self, one: int, low: int, high: int) -> int:
        """The places from `low` up to `high` in conflict with another place, as bits."""
        shared = 1 << one
        for mark in self.marks[one] if self.marks else ():
            shared |= self.sharing[mark]
        every = (1 << high) - (1 << low)
        return every & ~shared


def _crowds(
    term: Exclusive, timetable: Timetable, group: Group, members: list[int]
) -> Iterator[Breach]:
    """The crowds above the limit of a group (a cumulative resource)."""
    starts = [timetable.starts[n] for n in members]
    ends = [timetable.ends[n] for n in members]
    for crowd in crowded(starts, ends, None, group.limit):
        found = tuple(members[place] for place in crowd)
        yield _overlap_breach(term, timetable, group, found, len(found) - group.limit)


def _overlap_breach(
    term: Exclusive, timetable: Timetable, group: Group, members: tuple[int, ...], cost: int
) -> Breach:
    starts = max(timetable.starts[n] for n in members)
    ends = min(timetable.ends[n] for n in members)
    names = tuple(sorted(timetable.names[n] for n in members))
    more = len(names) - _MOST_NAMED
    shown = names if more <= 0 else names[:_MOST_NAMED]
    return Breach(
        subjects=(*shown, group.label, *group.about),
        path="slot",
        facts={
            "sessions": shown if more <= 0 else (*shown, f"{more:,} more"),
            "shared": group.label,
            "needed": group.limit,
            "had": len(members),
            "minutes": (ends - starts) // MINUTE,
            **(term.facts(group.label, members) if term.facts else {}),
        },
        cost=cost,
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
