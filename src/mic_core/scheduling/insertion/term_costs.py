"""Insertion cost of one session in one term, for all of its starts at once.

All other sessions are fixed, so each kind of term splits the starts into a few intervals of equal
cost: a start set per cost, as a bit mask, instead of one evaluation per start. Only functions of
users are called for each start. The cost of a term itself is defined in `evaluation.conflicts`;
the result here equals its cost with the session less its cost without. It may be below 0, since
some rules want more sessions, not fewer.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product

from mic_core.chrono import Interval, crowded, union
from mic_core.chrono.local import MINUTE
from mic_core.ids import cite
from mic_core.model import Session
from mic_core.rules import (
    Apart,
    Arcs,
    Bucket,
    Busy,
    Distinct,
    Exclusive,
    Function,
    Group,
    Pattern,
    Span,
    Suits,
    part_of,
)
from mic_core.scheduling.evaluation.counting_terms import (
    bucket_of,
    busy_of,
    sorted_by_start,
)
from mic_core.scheduling.insertion.placements import Options, StartSet
from mic_core.scheduling.problem.time_axis import mask_of

StartCosts = Mapping[int, StartSet]
"""A cost for each start: disjoint sets of starts by their cost. Starts in no set cost 0."""

CitedCosts = tuple[str, StartCosts]
"""The label that a breach cites (a room, person, group or session), and the costs due to it."""

GroupedTerm = Exclusive | Apart | Bucket | Distinct | Pattern | Function
"""A term about groups of sessions."""


def group_costs(term: GroupedTerm, group: Group, options: Options, room: str | None) -> StartCosts:
    """The insertion costs of a session in one group of a term, when it is placed in a room."""
    slots, n = options.timetable.slots, options.number
    others = [m for m in group.sessions if m != n and slots[m] is not None]
    match term:
        case Exclusive():
            if term.same_start:
                return _starting_together(others, options)
            if group.limit == 1:
                kept = [m for m in others if term.spares is None or not term.spares(n, m)]
                return _overlaps(kept, options)
            return _excess_over_limit(others, group.limit, options)
        case Apart():
            return _short_gaps(term, others, options)
        case Bucket():
            return _bucket(term, others, group.limit, options, room)
        case Distinct():
            return _distinct(term, others, group.limit, options, room)
        case Pattern():
            return _pattern(term, others, group.limit, options)
        case _:
            return _function(term, others, options, room)


def add_costs(one: StartCosts, other: StartCosts) -> StartCosts:
    """The sum of two costs, start by start. O(sets of one times sets of the other).

    >>> add_costs({1: 0b0111}, {1: 0b0010, 5: 0b1100})
    {2: 2, 6: 4, 1: 1, 5: 8}
    """
    if not one or not other:
        return one or other
    sums: list[tuple[int, StartSet]] = []
    alone = dict(other)
    for cost, starts in one.items():
        rest = starts
        for more, theirs in other.items():
            both = rest & theirs
            # Starts in both have the sum; the others keep the cost that they have in one of them.
            if both:
                sums.append((cost + more, both))
                rest ^= both
                alone[more] ^= both
        sums.append((cost, rest))
    found: dict[int, StartSet] = {}
    for cost, starts in (*sums, *alone.items()):
        if cost and starts:
            found[cost] = found.get(cost, 0) | starts
    return found


def _constant(cost: int, options: Options) -> StartCosts:
    """The same cost at every start."""
    return {cost: options.times.all} if cost else {}


def _unit_cost(starts: StartSet) -> StartCosts:
    """A cost of 1 at some starts."""
    return {1: starts} if starts else {}


def _from_list(costs: Iterable[int], options: Options) -> StartCosts:
    """The costs of all starts, given one by one in order."""
    members: dict[int, list[int]] = {}
    for start, cost in enumerate(costs):
        if cost:
            members.setdefault(cost, []).append(start)
    size = len(options.times.instants)
    return {cost: mask_of(starts, size) for cost, starts in members.items()}


def _multiplicity(sets: Iterable[StartSet]) -> StartCosts:
    """The number of the sets that contain each start, as its cost.

    Layer k holds the starts that are in more than k of the sets so far.
    """
    layers: list[StartSet] = []
    for starts in sets:
        for height, layer in enumerate(layers):
            if not starts:
                break
            layers[height] = layer | starts
            starts &= layer  # noqa: PLW2901  # starts that were in this layer go one layer up
        if starts:
            layers.append(starts)
    return {
        height: layer & ~above
        for height, (layer, above) in enumerate(pairwise([*layers, 0]), 1)
        if layer & ~above
    }


def room_costs(term: Suits, options: Options, room: str | None) -> Iterator[CitedCosts]:
    """The cost of a room that does not suit the session, at each start."""
    times, n = options.times, options.number
    if room is not None and term.by_start is None:
        yield cite("room", room), _constant(term.cost(n, room), options)
    elif room is not None and term.by_start is not None:
        first, last = times.instants[0], times.instants[-1]
        pieces = [*term.by_start(n, first, last)]
        ends = [start for start, _ in pieces[1:]]
        found: dict[int, StartSet] = {}
        for (start, part), end in zip(pieces, [*ends, last + 1], strict=True):
            cost = part.cost(n, room)
            found[cost] = found.get(cost, 0) | times.between(start, end)
        yield cite("room", room), {cost: held for cost, held in found.items() if cost and held}


def within_costs(spans: Iterable[Span], options: Options) -> Iterator[CitedCosts]:
    """A cost of 1 for each span of which no interval contains the session."""
    times = options.times
    low, high = times.instants[0], times.instants[-1] + times.length
    for span in spans:
        inside = 0
        for first, last in span.intervals(low, high):
            inside |= times.inside(first, last)
        yield span.label, _unit_cost(times.all & ~inside)


def _starting_together(others: Iterable[int], options: Options) -> StartCosts:
    """A cost of 1 at each start of another session, however many start there."""
    found = 0
    for m in others:
        start = options.timetable.starts[m]
        found |= options.times.between(start, start + 1)
    return _unit_cost(found)


def restrict_costs(
    costs: StartCosts, intervals: Sequence[Interval] | None, options: Options
) -> StartCosts:
    """The costs at starts in some intervals, and 0 elsewhere; None: the costs at all starts."""
    if intervals is None:
        return costs
    inside = 0
    for first, after in intervals:
        inside |= options.times.between(first, after)
    return {cost: kept for cost, starts in costs.items() if (kept := starts & inside)}


def _overlaps(others: Iterable[int], options: Options) -> StartCosts:
    """The number of other sessions that overlap the session, on a disjunctive resource."""
    starts, ends = options.timetable.starts, options.timetable.ends
    return _multiplicity(options.times.meeting(starts[m], ends[m]) for m in others)


def _excess_over_limit(others: Sequence[int], limit: int, options: Options) -> StartCosts:
    """The sessions above the limit of a cumulative resource.

    The cost is constant between two breakpoints, so that one start stands for its interval.
    """
    times, near = options.times, _overlap_query(others, options)
    found: dict[int, StartSet] = {}
    for first, after in pairwise(_breakpoints(others, options)):
        own = times.instants[first], times.instants[first] + times.length
        met = near(*own)
        if len(met) < limit:
            continue
        # Crowds reach beyond the session's slot: all that overlap the sessions it meets may count.
        around = near(min(start for start, _ in met), max(end for _, end in met))
        more = _excess([*around, own], limit) - _excess(around, limit)
        if more:
            found[more] = found.get(more, 0) | (1 << after) - (1 << first)
    return found


def _overlap_query(others: Iterable[int], options: Options) -> Callable[[int, int], list[Interval]]:
    """A query for the slots of some sessions that overlap an interval."""
    timetable = options.timetable
    slots = sorted((timetable.starts[m], timetable.ends[m]) for m in others)
    longest = max((end - start for start, end in slots), default=0)

    def near(low: int, high: int) -> list[Interval]:
        # A slot that begins earlier than the longest one lasts has ended by then.
        first = bisect_left(slots, (low - longest, low))
        return [slot for slot in slots[first : bisect_left(slots, (high,))] if slot[1] > low]

    return near


def _breakpoints(others: Iterable[int], options: Options) -> list[int]:
    """The start indices at which the order of the session's ends to those of others may change."""
    instants, length = options.times.instants, options.times.length
    cuts = {0, len(instants)}
    for m in others:
        for event in (options.timetable.starts[m], options.timetable.ends[m]):
            for at in (event, event - length):
                cuts |= {bisect_left(instants, at), bisect_right(instants, at)}
    return sorted(cuts)


def _excess(spans: Sequence[Interval], limit: int) -> int:
    """The sessions above a limit, summed over all maximal sets of overlapping ones."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    return sum(len(crowd) - limit for crowd in crowded(starts, ends, None, limit))


def _short_gaps(term: Apart, others: Iterable[int], options: Options) -> StartCosts:
    """The number of other sessions at less than the minimum time lag, before or after."""
    timetable, times, n = options.timetable, options.times, options.number

    def too_near() -> Iterator[StartSet]:
        for m in others:
            last = timetable.starts[m] - times.length
            yield times.between(last - min(term.gap(n, m), term.most) + 1, last + 1)
            end = timetable.ends[m]
            yield times.between(end, end + min(term.gap(m, n), term.most))

    return _multiplicity(too_near())


def precedence_costs(term: Arcs, options: Options) -> Iterator[CitedCosts]:
    """The precedences that the session breaks: as a second one too early, as a first too late.

    Each second session is compared with the first one that ends last, so that a session breaks a
    precedence anew only where that was kept without it.
    """
    timetable, times, n = options.timetable, options.times, options.number
    names, slots = timetable.names, timetable.slots
    firsts = [m for m in term.firsts if m != n and slots[m] is not None]
    last = max(firsts, key=lambda m: (timetable.ends[m], m), default=None)
    ended = None if last is None else timetable.ends[last] + term.gap
    if n in term.seconds:
        if n in term.firsts:
            yield names[n], _constant(1, options)
        elif last is not None:
            ends = timetable.ends[last] + term.gap
            yield names[last], _unit_cost(times.between(times.instants[0], ends))
    if n in term.firsts:
        for m in term.seconds:
            begins = timetable.starts[m]
            if m != n and slots[m] is not None and (ended is None or begins >= ended):
                late = times.all & ~times.inside(times.instants[0], begins - term.gap)
                yield names[m], _unit_cost(late)


def _bucket(
    term: Bucket, others: Iterable[int], limit: int, options: Options, room: str | None
) -> StartCosts:
    """The marginal cost of the session's amount in the bucket of each start."""
    key = bucket_of(options.timetable, term.per)
    used: dict[object, int] = {}
    for m in others:
        mine = key(m)
        if mine is not None:
            used[mine] = used.get(mine, 0) + _amount(term, m)
    own = _amount(term, options.number)

    def more(bucket: object) -> int:
        if bucket not in used:
            return term.cost(own, limit)
        return term.cost(used[bucket] + own, limit) - term.cost(used[bucket], limit)

    if term.per == "room":
        return {} if room is None else _constant(more(room), options)
    found: dict[int, StartSet] = {}
    for bucket, starts in options.times.by(term.per).items():
        cost = more(bucket)
        if cost:
            found[cost] = found.get(cost, 0) | starts
    return found


def _amount(term: Bucket, n: int) -> int:
    return 1 if term.amount is None else term.amount(n)


def _distinct(
    term: Distinct, others: Iterable[int], limit: int, options: Options, room: str | None
) -> StartCosts:
    """The marginal cost of one more bucket, at starts in buckets that the group does not use."""
    key = bucket_of(options.timetable, term.per)
    used = {mine for m in others if (mine := key(m)) is not None}
    more = term.cost(len(used) + 1, limit) - (term.cost(len(used), limit) if used else 0)
    if term.per == "room":
        return {} if room is None or room in used else _constant(more, options)
    new = options.times.all
    for bucket, starts in options.times.by(term.per).items():
        if bucket in used:
            new ^= starts  # the starts of a bucket are all in `new`, since buckets are disjoint
    return {more: new} if more and new else {}


def _pattern(term: Pattern, others: Iterable[int], limit: int, options: Options) -> StartCosts:
    """The marginal cost of a day pattern: once for each minute of all days that are busy alike."""
    timetable, times = options.timetable, options.times
    by_day: dict[int, list[int]] = {}
    for m in others:
        by_day.setdefault(timetable.days[m], []).append(m)
    alike: dict[Busy, StartSet] = {}
    for day, starts in times.by_day.items():
        busy = busy_of(timetable, by_day.get(day, ()))
        alike[busy] = alike.get(busy, 0) | starts
    found: dict[int, StartSet] = {}
    for (busy, days), (second, seconds) in product(alike.items(), times.by_second.items()):
        without = term.cost(busy, limit) if busy else 0
        lasts = -(-(times.length + second) // MINUTE)  # parts of a minute are rounded outwards
        for minute, starts in times.by_minute.items():
            here = starts & days & seconds
            if here:
                more = term.cost(union([*busy, (minute, minute + lasts)]), limit) - without
                if more:
                    found[more] = found.get(more, 0) | here
    return found


def _function(term: Function, others: list[int], options: Options, room: str | None) -> StartCosts:
    """The marginal cost of a function of sessions, called for each start."""
    timetable, times = options.timetable, options.times
    parts: dict[int, list[int]] = {}
    for m in others:
        parts.setdefault(part_of(term.scope, timetable.days[m]), []).append(m)
    cost_in = {
        part: _function_cost(term, sorted_by_start(timetable, members), options)
        for part, members in parts.items()
    }
    alone = _function_cost(term, (), options)

    def cost(start: int, at: int, day: int) -> int:
        marginal = cost_in.get(part_of(term.scope, day), alone)
        return marginal(at, options.session_at(start, room))

    return _from_list(map(cost, range(len(times.instants)), times.instants, times.days), options)


def _function_cost(
    term: Function, others: Sequence[int], options: Options
) -> Callable[[int, Session], int]:
    """The marginal cost of a session that starts at an instant, for a function of others.

    A function gets sessions in the order of time and id, so the session is inserted among them.
    """
    timetable, n = options.timetable, options.number
    order = [(timetable.starts[m], m) for m in others]
    sessions = [timetable.sessions[m] for m in others]
    if term.scope == "session":
        return lambda _, session: term.cost((session,))
    if term.scope == "pair":

        def pairs(at: int, session: Session) -> int:
            index = bisect_left(order, (at, n))
            before = sum(term.cost((other, session)) for other in sessions[:index])
            return before + sum(term.cost((session, other)) for other in sessions[index:])

        return pairs
    without = term.cost(tuple(sessions)) if sessions else 0

    def group(at: int, session: Session) -> int:
        index = bisect_left(order, (at, n))
        return term.cost((*sessions[:index], session, *sessions[index:])) - without

    return group
