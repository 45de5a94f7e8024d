"""Openings of one session: the starts off the step at which it first fits, while others are fixed.

An opening is where an interval of a calendar begins, or a fixed session ends, and the session fits.
Each feasible start can be shifted to the left as far as one of them, so that a session finds no
place on steps and openings only if it finds none at all, as long as calendars, resources, minimum
gaps and precedences decide it.
"""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import TypeVar

import attrs

from mic_core.chrono import Interval
from mic_core.ids import cite
from mic_core.rules import Apart, Arcs, Axis, Exclusive, Group, Span, Within
from mic_core.scheduling.insertion.insertion_costs import RuleTerm
from mic_core.scheduling.insertion.placements import Options
from mic_core.timetable import is_placed


def with_openings(options: Options, terms: Iterable[RuleTerm], window: Interval) -> Options:
    """The same placements, and those at the openings within a window.

    Where a slot is kept, its one start stays the only one. O(intervals + memberships).
    """
    times, session = options.times, options.session
    if session.slot is not None and not is_placed(session):
        return options
    low, after = window[0], window[1] - times.length + 1
    found = {at for at in _openings(options, terms, window) if low <= at < after}
    more = found.difference(times.instants)
    instants = [*merge(times.instants, sorted(more))]
    return attrs.evolve(options, times=attrs.evolve(times, instants=instants)) if more else options


def _openings(options: Options, terms: Iterable[RuleTerm], window: Interval) -> Iterator[int]:
    """The beginnings of the intervals in which the session fits, for each term by itself."""
    length, n, timetable = options.times.length, options.number, options.timetable
    yield window[0]
    for each in terms:
        match each.term:
            case Within() as term:
                for span in _joined(term.spans, term.axis, options):
                    yield from _fitting(span.intervals(*window), length)
            case Exclusive() as term if each.level == "hard" and not term.same_start:
                for group in _groups_of(term, options):
                    others = _others(group, options)
                    if group.limit > 1:
                        yield from (timetable.ends[m] for m in others)
                    else:
                        spares = term.spares
                        rivals = [m for m in others if spares is None or not spares(n, m)]
                        busy = [(timetable.starts[m], timetable.ends[m]) for m in rivals]
                        yield from gap_starts(busy, length)
            case Apart() as term if each.level == "hard":
                for group in _joined(term.groups, term.axis, options):
                    for m in _others(group, options):
                        gap = min(term.gap(m, n), term.most)
                        if gap > 0:
                            yield timetable.ends[m] + gap
            case Arcs() as term if each.level == "hard" and n in term.seconds:
                placed = (m for m in term.firsts if m != n and timetable.slots[m] is not None)
                yield from (timetable.ends[m] + term.gap for m in placed)
            case _:
                pass


def _fitting(intervals: Iterable[Interval], length: int) -> Iterator[int]:
    """The beginnings of the intervals that are at least so long."""
    return (start for start, end in intervals if end - start >= length)


def gap_starts(busy: Iterable[Interval], length: int) -> Iterator[int]:
    """The ends of busy intervals that nothing busy follows for at least so long. O(n log n)."""
    latest: int | None = None
    for start, end in sorted(busy):
        if latest is not None and start - latest >= length:
            yield latest
        latest = end if latest is None else max(latest, end)
    if latest is not None:
        yield latest


_GroupOrSpan = TypeVar("_GroupOrSpan", Group, Span)


def _joined(groups: Iterable[_GroupOrSpan], axis: Axis, options: Options) -> Iterator[_GroupOrSpan]:
    """The groups, or spans, that the session can belong to in some room and with some trainer."""
    if axis == "session":
        yield from (each for each in groups if options.number in each.sessions)
        return
    ids = options.rooms if axis == "room" else (*options.trainers, *options.persons)
    labels = {cite(axis, id) for id in ids if id is not None}
    yield from (each for each in groups if each.label in labels)


def _groups_of(term: Exclusive, options: Options) -> Iterable[Group]:
    """The groups of a resource term that the session can belong to."""
    if term.joins is None:
        return _joined(term.groups, term.axis, options)
    joins, n = term.joins, options.number
    return (group for room in options.rooms for group, _ in joins(n, room))


def _others(group: Group, options: Options) -> list[int]:
    """The other sessions of a group that have a slot."""
    slots, n = options.timetable.slots, options.number
    return [m for m in group.sessions if m != n and slots[m] is not None]
