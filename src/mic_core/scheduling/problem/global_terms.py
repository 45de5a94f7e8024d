"""Terms that look at days or groups as a whole: patterns of a day, order, gaps, user functions."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import combinations
from math import gcd

import attrs

from mic_core.chrono import Slot, union
from mic_core.chrono.local import MINUTE, local
from mic_core.model import Session
from mic_core.rules import Apart, Arcs, Busy, Function, Pattern
from mic_core.scheduling.problem.candidates import Candidates, WeightedTerm
from mic_core.scheduling.problem.counts import Buckets, Clocks
from mic_core.scheduling.problem.domains import Bound
from mic_core.scheduling.problem.membership import membership_of
from mic_core.scheduling.problem.problem import (
    DayPattern,
    GroupMembership,
    GroupTerm,
    PlacedSession,
    Precedence,
)
from mic_core.timetable import clock

_EVER = 1 << 62


def precedence_of(
    cast: Candidates, asked: WeightedTerm, term: Arcs
) -> tuple[Precedence | None, dict[int, Bound]]:
    """A term of order, and what sessions that stay leave to each activity where it is strict."""
    timetable = cast.timetable
    moving, placed_session = cast.activity, frozenset(cast.fixed)
    firsts = tuple(moving[n] for n in term.firsts if n in moving)
    seconds = tuple(moving[n] for n in term.seconds if n in moving)
    ended = max((timetable.ends[n] for n in term.firsts if n in placed_session), default=None)
    begins = tuple(sorted(timetable.starts[n] for n in term.seconds if n in placed_session))
    bounds: dict[int, Bound] = {}
    label = next((timetable.names[n] for n in term.firsts), "")
    if asked.hard and ended is not None:
        after = Bound(asked.code, label, 0, _between(ended + term.gap, _EVER))
        bounds.update(dict.fromkeys(seconds, after))
    if asked.hard and begins:
        before = Bound(asked.code, label, 0, _between(-_EVER, begins[0] - term.gap))
        bounds.update((each, before) for each in firsts if each not in bounds)
    if not (firsts or seconds) or (asked.hard and not (firsts and seconds)):
        return None, bounds
    order = Precedence(
        code=asked.code,
        label=label,
        weight=0 if asked.hard else asked.weight,
        firsts=firsts,
        seconds=seconds,
        gap=term.gap,
        ended=ended,
        begins=begins,
    )
    return order, bounds


def _between(first: int, last: int) -> Callable[[int, int], Iterable[tuple[int, int]]]:
    return lambda _low, _high: ((first, last),)


def pattern_of(
    cast: Candidates,
    asked: WeightedTerm,
    term: Pattern,
    clocks: Clocks,
    clear: Callable[[GroupMembership], bool],
    days: Buckets,
) -> DayPattern | GroupTerm | None:
    """A term of a day's pattern, as sets of ticks where no two sessions of a group can overlap."""
    membership = membership_of(cast, term.groups, term.axis, term.among)
    if membership is None:
        return None
    timetable = cast.timetable
    fixed_sessions = sorted({n for members in membership.fixed_sessions for n in members})
    if not (clocks.steady(fixed_sessions) and clear(membership)):

        def whole(stands: tuple[PlacedSession, ...], limit: int) -> int:
            return term.cost(_busy_minutes(cast, stands), limit) if stands else 0

        return GroupTerm(
            code=asked.code,
            weight=asked.weight,
            membership=membership,
            keys=lambda stand: (_day(cast, stand),),
            cost=whole,
        )
    lengths = [_minutes(timetable.sessions[n].length) for n in cast.numbers]
    minutes = {n: timetable.minutes[n] for n in fixed_sessions}
    lasts = {n: _minutes(timetable.sessions[n].length) for n in fixed_sessions}
    tick = gcd(
        *lengths, *minutes.values(), *lasts.values(),
        *(minute for place in range(len(cast.numbers)) for minute in set(clocks.minutes(place))),
    ) or 1  # fmt: skip
    made: dict[tuple[object, ...], list[int]] = {}

    def bits(place: int) -> list[int]:
        key = clocks.places[place], lengths[place], cast.pinned[place]
        if key not in made:
            full = (1 << lengths[place] // tick) - 1
            made[key] = [full << minute // tick for minute in clocks.minutes(place)]
        return made[key]

    base: dict[tuple[int, int], int] = {}
    for group, members in enumerate(membership.fixed_sessions):
        for n in members:
            key = group, days.of_fixed[n]
            span = ((1 << lasts[n] // tick) - 1) << minutes[n] // tick
            base[key] = base.get(key, 0) | span
    return DayPattern(
        code=asked.code,
        weight=asked.weight,
        membership=membership,
        days=days.of,
        bits=tuple(bits(place) for place in range(len(cast.numbers))),
        size=days.size,
        base=base,
        tick=tick,
        cost=term.cost,
    )


def _minutes(length: timedelta) -> int:
    return -(-length // timedelta(minutes=1))


def _day(cast: Candidates, stand: PlacedSession) -> int:
    return clock(stand.start, cast.timetable.places[stand.number])[0]


def _busy_minutes(cast: Candidates, stands: Iterable[PlacedSession]) -> Busy:
    """The minutes of a local day in which sessions take place, those that touch as one.

    Across zones the order of minutes is not that of instants.
    """
    return union(_minutes_covered(cast, each) for each in stands)


def _minutes_covered(cast: Candidates, stand: PlacedSession) -> tuple[int, int]:
    """From the minute that its clocks show on, for as long as it lasts, seconds outwards."""
    _, first = clock(stand.start, cast.timetable.places[stand.number])
    return first, first + -(-(stand.end - stand.start + stand.start % MINUTE) // MINUTE)


def function_term_of(cast: Candidates, asked: WeightedTerm, term: Function) -> GroupTerm | None:
    """A user's function, asked about what its scope says."""
    membership = membership_of(cast, term.groups, term.axis, term.among)
    known: dict[PlacedSession, Session] = {}

    def session(stand: PlacedSession) -> Session:
        if stand not in known:
            known[stand] = placed_session(cast, stand)
        return known[stand]

    def cost(stands: tuple[PlacedSession, ...], _: int) -> int:
        sessions = tuple(session(each) for each in sorted(stands, key=_in_time))
        if term.scope == "session":
            return sum(term.cost((each,)) for each in sessions)
        if term.scope == "pair":
            return sum(term.cost(pair) for pair in combinations(sessions, 2))
        return term.cost(sessions) if sessions else 0

    def keys(stand: PlacedSession) -> Iterable[int]:
        if term.scope == "session":
            return (stand.number,)
        return (_day(cast, stand),) if term.scope == "group-day" else (0,)

    if membership is None:
        return None
    return GroupTerm(
        code=asked.code, weight=asked.weight, membership=membership, keys=keys, cost=cost
    )


def _in_time(stand: PlacedSession) -> tuple[int, int]:
    return stand.start, stand.number


def placed_session(cast: Candidates, stand: PlacedSession) -> Session:
    """A session as it would stand; one that is not to move as it is, wherever its room lies."""
    session = cast.timetable.sessions[stand.number]
    if stand.number not in cast.activity:
        return session
    place = cast.timetable.places[stand.number]
    slot = Slot(local(stand.start, place), local(stand.end, place))
    return attrs.evolve(
        session, slot=slot, room_id=cast.rooms[stand.room] if stand.room >= 0 else None
    )


def soft_gap_of(cast: Candidates, asked: WeightedTerm, term: Apart) -> GroupTerm | None:
    """A term of sessions that lie apart, which may be broken at a cost."""
    membership = membership_of(cast, term.groups, term.axis, term.among)

    def cost(stands: tuple[PlacedSession, ...], _: int) -> int:
        found = 0
        for place, one in enumerate(stands):
            for other in stands[place + 1 :]:
                between = other.start - one.end
                if between >= term.most:
                    break
                found += 0 <= between < term.gap(one.number, other.number)
        return found

    if membership is None:
        return None
    return GroupTerm(
        code=asked.code, weight=asked.weight, membership=membership, keys=lambda _: (0,), cost=cost
    )
