"""Global terms: precedences, day patterns, soft minimum gaps, and black-box functions of a group.

These terms look at a day or a group as a whole. A precedence becomes two thresholds, and bounds
where fixed sessions take part. A day pattern becomes a bitset of ticks per group and day, as long
as no two sessions of a group can overlap: then adding and removing are one exclusive or. All others
stay functions of the sessions of a group, judged anew when a part of the group changes.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import combinations
from math import gcd

import attrs

from mic_core.chrono import Slot, union
from mic_core.chrono.local import MINUTE, local
from mic_core.model import Session
from mic_core.rules import Apart, Arcs, Busy, Function, Pattern, part_of
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
"""An instant beyond all others, in microseconds: about 146,000 years."""


def precedence_of(
    candidates: Candidates, weighted: WeightedTerm, term: Arcs
) -> tuple[Precedence | None, dict[int, Bound]]:
    """A precedence, and the bounds that its fixed sessions set if it is strict.

    A strict precedence that has activities on one side only is nothing but its bounds.
    """
    timetable = candidates.timetable
    moving, placed_session = candidates.activity, frozenset(candidates.fixed)
    firsts = tuple(moving[n] for n in term.firsts if n in moving)
    seconds = tuple(moving[n] for n in term.seconds if n in moving)
    ended = max((timetable.ends[n] for n in term.firsts if n in placed_session), default=None)
    begins = tuple(sorted(timetable.starts[n] for n in term.seconds if n in placed_session))
    bounds: dict[int, Bound] = {}
    label = next((timetable.names[n] for n in term.firsts), "")
    if weighted.hard and ended is not None:
        after = Bound(weighted.code, label, 0, _between(ended + term.gap, _EVER))
        bounds.update(dict.fromkeys(seconds, after))
    if weighted.hard and begins:
        before = Bound(weighted.code, label, 0, _between(-_EVER, begins[0] - term.gap))
        bounds.update((each, before) for each in firsts if each not in bounds)
    if not (firsts or seconds) or (weighted.hard and not (firsts and seconds)):
        return None, bounds
    order = Precedence(
        code=weighted.code,
        label=label,
        weight=0 if weighted.hard else weighted.weight,
        firsts=firsts,
        seconds=seconds,
        gap=term.gap,
        ended=ended,
        begins=begins,
    )
    return order, bounds


def _between(first: int, last: int) -> Callable[[int, int], Iterable[tuple[int, int]]]:
    """A query of intervals that always returns this one."""
    return lambda _low, _high: ((first, last),)


def pattern_of(
    candidates: Candidates,
    weighted: WeightedTerm,
    term: Pattern,
    clocks: Clocks,
    disjunctive: Callable[[GroupMembership], bool],
    days: Buckets,
) -> DayPattern | GroupTerm | None:
    """A term of a day's pattern: bitsets of ticks if no two sessions of a group can overlap.

    Otherwise ticks that two sessions share could not be toggled, and the term becomes a group term
    split by day. None if no activity can join a group. `disjunctive` says that groups never
    overlap.
    """
    membership = membership_of(candidates, term.groups, term.axis, term.among)
    if membership is None:
        return None
    timetable = candidates.timetable
    fixed_sessions = sorted({n for members in membership.fixed_sessions for n in members})
    if not (clocks.has_uniform_days(fixed_sessions) and disjunctive(membership)):

        def cost_of_day(placed: tuple[PlacedSession, ...], limit: int) -> int:
            return term.cost(_busy_minutes(candidates, placed), limit) if placed else 0

        return GroupTerm(
            code=weighted.code,
            weight=weighted.weight,
            membership=membership,
            keys=lambda session: (_day(candidates, session),),
            cost=cost_of_day,
        )
    lengths = [_minutes(timetable.sessions[n].length) for n in candidates.numbers]
    minutes = {n: timetable.minutes[n] for n in fixed_sessions}
    lasts = {n: _minutes(timetable.sessions[n].length) for n in fixed_sessions}
    tick = gcd(
        *lengths, *minutes.values(), *lasts.values(),
        *(minute for a in range(len(candidates.numbers)) for minute in set(clocks.minutes(a))),
    ) or 1  # fmt: skip
    # Activities of one zone, length and pinned slot share one list.
    made: dict[tuple[object, ...], list[int]] = {}

    def bits(activity: int) -> list[int]:
        key = clocks.zones[activity], lengths[activity], candidates.pinned[activity]
        if key not in made:
            full = (1 << lengths[activity] // tick) - 1
            made[key] = [full << minute // tick for minute in clocks.minutes(activity)]
        return made[key]

    base: dict[tuple[int, int], int] = {}
    for group, members in enumerate(membership.fixed_sessions):
        for n in members:
            key = group, days.of_fixed[n]
            span = ((1 << lasts[n] // tick) - 1) << minutes[n] // tick
            base[key] = base.get(key, 0) | span
    return DayPattern(
        code=weighted.code,
        weight=weighted.weight,
        membership=membership,
        days=days.of,
        bits=tuple(bits(activity) for activity in range(len(candidates.numbers))),
        size=days.size,
        base=base,
        tick=tick,
        cost=term.cost,
    )


def _minutes(length: timedelta) -> int:
    """The whole minutes of a length, rounded up."""
    return -(-length // timedelta(minutes=1))


def _day(candidates: Candidates, session: PlacedSession) -> int:
    """The local day on which a session starts."""
    return clock(session.start, candidates.timetable.places[session.number])[0]


def _busy_minutes(candidates: Candidates, placed: Iterable[PlacedSession]) -> Busy:
    """The busy minutes of a local day, as intervals; intervals that touch are joined.

    Across time zones the order of local minutes is not that of instants.
    """
    return union(_minutes_covered(candidates, each) for each in placed)


def _minutes_covered(candidates: Candidates, session: PlacedSession) -> tuple[int, int]:
    """The local minutes of a session: from its local start on, its length rounded outwards."""
    _, first = clock(session.start, candidates.timetable.places[session.number])
    return first, first + -(-(session.end - session.start + session.start % MINUTE) // MINUTE)


def function_term_of(
    candidates: Candidates, weighted: WeightedTerm, term: Function
) -> GroupTerm | None:
    """A black-box term: a user's function of single sessions, pairs, days or whole groups."""
    membership = membership_of(candidates, term.groups, term.axis, term.among)
    known: dict[PlacedSession, Session] = {}

    def noun(session: PlacedSession) -> Session:
        if session not in known:
            known[session] = placed_session(candidates, session)
        return known[session]

    def cost(placed: tuple[PlacedSession, ...], _: int) -> int:
        sessions = tuple(noun(each) for each in sorted(placed, key=_in_time))
        if term.scope == "session":
            return sum(term.cost((each,)) for each in sessions)
        if term.scope == "pair":
            return sum(term.cost(pair) for pair in combinations(sessions, 2))
        return term.cost(sessions) if sessions else 0

    def keys(session: PlacedSession) -> Iterable[int]:
        if term.scope == "session":
            return (session.number,)
        return (part_of(term.scope, _day(candidates, session)),)

    if membership is None:
        return None
    return GroupTerm(
        code=weighted.code, weight=weighted.weight, membership=membership, keys=keys, cost=cost
    )


def _in_time(session: PlacedSession) -> tuple[int, int]:
    """The key of chronological order; equal starts are ordered by number, for determinism."""
    return session.start, session.number


def placed_session(candidates: Candidates, session: PlacedSession) -> Session:
    """A session with the slot and room of a placement; a fixed session unchanged.

    A fixed session may have a room that is no candidate, so its own record is the answer.
    """
    noun = candidates.timetable.sessions[session.number]
    if session.number not in candidates.activity:
        return noun
    zone = candidates.timetable.places[session.number]
    slot = Slot(local(session.start, zone), local(session.end, zone))
    room_id = candidates.rooms[session.room] if session.room >= 0 else None
    return attrs.evolve(noun, slot=slot, room_id=room_id)


def soft_gap_of(candidates: Candidates, weighted: WeightedTerm, term: Apart) -> GroupTerm | None:
    """A soft minimum gap: a group term that counts the pairs that lie too close."""
    membership = membership_of(candidates, term.groups, term.axis, term.among)

    def cost(placed: tuple[PlacedSession, ...], _: int) -> int:
        found = 0
        for rank, one in enumerate(placed):
            for other in placed[rank + 1 :]:
                between = other.start - one.end
                if between >= term.most:
                    break
                found += 0 <= between < term.gap(one.number, other.number)
        return found

    if membership is None:
        return None
    return GroupTerm(
        code=weighted.code,
        weight=weighted.weight,
        membership=membership,
        keys=lambda _: (0,),
        cost=cost,
    )
