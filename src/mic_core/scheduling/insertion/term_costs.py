"""What one session adds to the cost of a term, for all of its starts at once.

The other sessions stay where they are, so each kind of term comes down to a few stretches of time.
What a term costs is defined where it is read (`conflicts`); here is the difference that it makes
there to put a session that stands nowhere into a slot and a room. It may be below 0: some rules
want more sessions, not fewer.
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
)
from mic_core.scheduling.evaluation.counting_terms import bucket_of, busy_of, in_time
from mic_core.scheduling.insertion.placements import Options, StartSet, set_of

Levels = Mapping[int, StartSet]
"""What is added by the starts that add it, apart from each other; starts not named add nothing."""

Piece = tuple[str, Levels]
"""Whom a term cites, and what they account for."""

Shared = Exclusive | Apart | Bucket | Distinct | Pattern | Function
"""A term about groups of sessions."""


def of_group(term: Shared, group: Group, options: Options, room: str | None) -> Levels:
    """What a session adds to a group of a term, when it is put into a room."""
    slots, n = options.timetable.slots, options.number
    others = [m for m in group.sessions if m != n and slots[m] is not None]
    match term:
        case Exclusive():
            if term.same_start:
                return _starting_together(others, options)
            if group.limit == 1:
                kept = [m for m in others if term.spares is None or not term.spares(n, m)]
                return _overlaps(kept, options)
            return _crowds(others, group.limit, options)
        case Apart():
            return _apart(term, others, options)
        case Bucket():
            return _bucket(term, others, group.limit, options, room)
        case Distinct():
            return _distinct(term, others, group.limit, options, room)
        case Pattern():
            return _pattern(term, others, group.limit, options)
        case _:
            return _function(term, others, options, room)


def added(one: Levels, other: Levels) -> Levels:
    """The sum of two, start by start.

    >>> added({1: 0b0111}, {1: 0b0010, 5: 0b1100})
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


def _always(cost: int, options: Options) -> Levels:
    return {cost: options.hours.all} if cost else {}


def _once(starts: StartSet) -> Levels:
    return {1: starts} if starts else {}


def _listed(costs: Iterable[int], options: Options) -> Levels:
    """Levels from what each start adds, in order."""
    members: dict[int, list[int]] = {}
    for place, cost in enumerate(costs):
        if cost:
            members.setdefault(cost, []).append(place)
    size = len(options.hours.instants)
    return {cost: set_of(places, size) for cost, places in members.items()}


def _stacked(sets: Iterable[StartSet]) -> Levels:
    """In how many of the sets each start is."""
    layers: list[StartSet] = []
    for starts in sets:
        for place, layer in enumerate(layers):
            if not starts:
                break
            layers[place] = layer | starts
            starts &= layer  # noqa: PLW2901  # what is left over goes one layer up
        if starts:
            layers.append(starts)
    return {
        height: layer & ~above
        for height, (layer, above) in enumerate(pairwise([*layers, 0]), 1)
        if layer & ~above
    }


def suits(term: Suits, options: Options, room: str | None) -> Iterator[Piece]:
    """What the room costs, at each start."""
    hours, n = options.hours, options.number
    if room is not None and term.by_start is None:
        yield cite("room", room), _always(term.cost(n, room), options)
    elif room is not None and term.by_start is not None:
        first, last = hours.instants[0], hours.instants[-1]
        pieces = [*term.by_start(n, first, last)]
        ends = [start for start, _ in pieces[1:]]
        found: dict[int, StartSet] = {}
        for (start, part), end in zip(pieces, [*ends, last + 1], strict=True):
            cost = part.cost(n, room)
            found[cost] = found.get(cost, 0) | hours.between(start, end)
        yield cite("room", room), {cost: held for cost, held in found.items() if cost and held}


def within_costs(spans: Iterable[Span], options: Options) -> Iterator[Piece]:
    """What it costs to lie within none of the intervals of some spans."""
    hours = options.hours
    low, high = hours.instants[0], hours.instants[-1] + hours.length
    for span in spans:
        inside = 0
        for first, last in span.intervals(low, high):
            inside |= hours.inside(first, last)
        yield span.label, _once(hours.all & ~inside)


def _starting_together(others: Iterable[int], options: Options) -> Levels:
    """One more session at a start costs 1, however many there are already."""
    found = 0
    for m in others:
        start = options.timetable.starts[m]
        found |= options.hours.between(start, start + 1)
    return _once(found)


def within(levels: Levels, intervals: Sequence[Interval] | None, options: Options) -> Levels:
    """Levels at the starts in some intervals alone; None: at all starts."""
    if intervals is None:
        return levels
    inside = 0
    for first, after in intervals:
        inside |= options.hours.between(first, after)
    return {cost: kept for cost, starts in levels.items() if (kept := starts & inside)}


def _overlaps(others: Iterable[int], options: Options) -> Levels:
    starts, ends = options.timetable.starts, options.timetable.ends
    return _stacked(options.hours.meeting(starts[m], ends[m]) for m in others)


def _crowds(others: Sequence[int], limit: int, options: Options) -> Levels:
    """Sessions too many in crowds; between two events of the others nothing changes."""
    hours, near = options.hours, _near(others, options)
    found: dict[int, StartSet] = {}
    for first, after in pairwise(_cuts(others, options)):
        own = hours.instants[first], hours.instants[first] + hours.length
        met = near(*own)
        if len(met) < limit:
            continue
        around = near(min(start for start, _ in met), max(end for _, end in met))
        more = _crowding([*around, own], limit) - _crowding(around, limit)
        if more:
            found[more] = found.get(more, 0) | (1 << after) - (1 << first)
    return found


def _near(others: Iterable[int], options: Options) -> Callable[[int, int], list[Interval]]:
    """What finds the slots of some sessions that share a moment with an interval."""
    timetable = options.timetable
    slots = sorted((timetable.starts[m], timetable.ends[m]) for m in others)
    longest = max((end - start for start, end in slots), default=0)

    def near(low: int, high: int) -> list[Interval]:
        first = bisect_left(slots, (low - longest, low))
        return [slot for slot in slots[first : bisect_left(slots, (high,))] if slot[1] > low]

    return near


def _cuts(others: Iterable[int], options: Options) -> list[int]:
    """The places of starts at which it may change how a session lies to the others."""
    instants, length = options.hours.instants, options.hours.length
    cuts = {0, len(instants)}
    for m in others:
        for event in (options.timetable.starts[m], options.timetable.ends[m]):
            for at in (event, event - length):
                cuts |= {bisect_left(instants, at), bisect_right(instants, at)}
    return sorted(cuts)


def _crowding(spans: Sequence[Interval], limit: int) -> int:
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    return sum(len(crowd) - limit for crowd in crowded(starts, ends, None, limit))


def _apart(term: Apart, others: Iterable[int], options: Options) -> Levels:
    timetable, hours, n = options.timetable, options.hours, options.number

    def too_near() -> Iterator[StartSet]:
        for m in others:
            last = timetable.starts[m] - hours.length
            yield hours.between(last - min(term.gap(n, m), term.most) + 1, last + 1)
            end = timetable.ends[m]
            yield hours.between(end, end + min(term.gap(m, n), term.most))

    return _stacked(too_near())


def arcs(term: Arcs, options: Options) -> Iterator[Piece]:
    """As one of the second sessions it may come too early, as a first one too late for others."""
    timetable, hours, n = options.timetable, options.hours, options.number
    names, slots = timetable.names, timetable.slots
    firsts = [m for m in term.firsts if m != n and slots[m] is not None]
    last = max(firsts, key=lambda m: (timetable.ends[m], m), default=None)
    ended = None if last is None else timetable.ends[last] + term.gap
    if n in term.seconds:
        if n in term.firsts:
            yield names[n], _always(1, options)
        elif last is not None:
            ends = timetable.ends[last] + term.gap
            yield names[last], _once(hours.between(hours.instants[0], ends))
    if n in term.firsts:
        for m in term.seconds:
            begins = timetable.starts[m]
            if m != n and slots[m] is not None and (ended is None or begins >= ended):
                late = hours.all & ~hours.inside(hours.instants[0], begins - term.gap)
                yield names[m], _once(late)


def _bucket(
    term: Bucket, others: Iterable[int], limit: int, options: Options, room: str | None
) -> Levels:
    key = bucket_of(options.timetable, term.per)
    held: dict[object, int] = {}
    for m in others:
        mine = key(m)
        if mine is not None:
            held[mine] = held.get(mine, 0) + _amount(term, m)
    own = _amount(term, options.number)

    def more(bucket: object) -> int:
        if bucket not in held:
            return term.cost(own, limit)
        return term.cost(held[bucket] + own, limit) - term.cost(held[bucket], limit)

    if term.per == "room":
        return {} if room is None else _always(more(room), options)
    found: dict[int, StartSet] = {}
    for bucket, starts in options.hours.by(term.per).items():
        cost = more(bucket)
        if cost:
            found[cost] = found.get(cost, 0) | starts
    return found


def _amount(term: Bucket, n: int) -> int:
    return 1 if term.amount is None else term.amount(n)


def _distinct(
    term: Distinct, others: Iterable[int], limit: int, options: Options, room: str | None
) -> Levels:
    key = bucket_of(options.timetable, term.per)
    held = {mine for m in others if (mine := key(m)) is not None}
    more = term.cost(len(held) + 1, limit) - (term.cost(len(held), limit) if held else 0)
    if term.per == "room":
        return {} if room is None or room in held else _always(more, options)
    new = options.hours.all
    for bucket, starts in options.hours.by(term.per).items():
        if bucket in held:
            new ^= starts
    return {more: new} if more and new else {}


def _pattern(term: Pattern, others: Iterable[int], limit: int, options: Options) -> Levels:
    timetable, hours = options.timetable, options.hours
    by_day: dict[int, list[int]] = {}
    for m in others:
        by_day.setdefault(timetable.days[m], []).append(m)
    alike: dict[Busy, StartSet] = {}
    for day, starts in hours.by_day.items():
        busy = busy_of(timetable, by_day.get(day, ()))
        alike[busy] = alike.get(busy, 0) | starts
    found: dict[int, StartSet] = {}
    for (busy, days), (second, seconds) in product(alike.items(), hours.by_second.items()):
        without = term.cost(busy, limit) if busy else 0
        lasts = -(-(hours.length + second) // MINUTE)
        for minute, starts in hours.by_minute.items():
            here = starts & days & seconds
            if here:
                more = term.cost(union([*busy, (minute, minute + lasts)]), limit) - without
                if more:
                    found[more] = found.get(more, 0) | here
    return found


def _function(term: Function, others: list[int], options: Options, room: str | None) -> Levels:
    timetable, hours = options.timetable, options.hours
    by_day: dict[int | None, list[int]] = {}
    daily = term.scope == "group-day"
    for m in others:
        by_day.setdefault(timetable.days[m] if daily else None, []).append(m)
    judges = {
        day: _judge(term, in_time(timetable, members), options) for day, members in by_day.items()
    }
    alone = _judge(term, (), options)

    def cost(place: int, at: int, day: int) -> int:
        judge = judges.get(day if daily else None, alone)
        return judge(at, options.standing(place, room))

    return _listed(map(cost, range(len(hours.days)), hours.instants, hours.days), options)


def _judge(
    term: Function, others: Sequence[int], options: Options
) -> Callable[[int, Session], int]:
    """What a session at an instant adds to a function of some others, in the order of time."""
    timetable, n = options.timetable, options.number
    order = [(timetable.starts[m], m) for m in others]
    sessions = [timetable.sessions[m] for m in others]
    if term.scope == "session":
        return lambda _, session: term.cost((session,))
    if term.scope == "pair":

        def pairs(at: int, session: Session) -> int:
            place = bisect_left(order, (at, n))
            before = sum(term.cost((other, session)) for other in sessions[:place])
            return before + sum(term.cost((session, other)) for other in sessions[place:])

        return pairs
    without = term.cost(tuple(sessions)) if sessions else 0

    def whole(at: int, session: Session) -> int:
        place = bisect_left(order, (at, n))
        return term.cost((*sessions[:place], session, *sessions[place:])) - without

    return whole
