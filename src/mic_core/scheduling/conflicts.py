"""Where a timetable breaks a rule: terms read without any state."""

from collections.abc import Iterator

from mic_core.chrono import crowded, overlapping
from mic_core.rules import Arcs, Breach, Exclusive, ScheduleRule, Unary
from mic_core.scheduling.timetable import Timetable


def conflicts(rule: ScheduleRule, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of one rule, in an order that the order of input does not change.

    O(n log n + breaches) over n placed sessions; lazy, so that a caller can stop.
    """
    for term in rule.terms(timetable):
        match term:
            case Unary():
                yield from _unary(term, timetable)
            case Exclusive():
                yield from _exclusive(term, timetable)
            case Arcs():
                yield from _arcs(term, timetable)


def _unary(term: Unary, timetable: Timetable) -> Iterator[Breach]:
    sessions, slots, judge = timetable.sessions, timetable.slots, term.judge
    for n in term.sessions:
        slot = slots[n]
        if slot is None:
            continue
        room = sessions[n].room_id
        facts = judge(n, slot, room)
        if facts is not None:
            cited = term.cites(n, room) if term.cites else ()
            path = "room_id" if term.reads == "room" else "slot"
            yield Breach(subjects=(timetable.names[n], *cited), path=path, facts=facts)


def _exclusive(term: Exclusive, timetable: Timetable) -> Iterator[Breach]:
    groups = [group for group in term.groups if len(group.sessions) > group.capacity]
    single = [group for group in groups if group.capacity == 1]
    members = [n for group in single for n in group.sessions]
    marks = [mark for mark, group in enumerate(single) for _ in group.sessions]
    starts = [timetable.starts[n] for n in members]
    ends = [timetable.ends[n] for n in members]
    for a, b in overlapping(starts, ends, marks):
        if not (term.spares and term.spares(members[a], members[b])):
            yield _together(timetable, single[marks[a]].label, 1, (members[a], members[b]))
    for group in groups:
        if group.capacity > 1:
            yield from _crowd(timetable, group.label, group.capacity, tuple(group.sessions))


def _crowd(
    timetable: Timetable, label: str, capacity: int, members: tuple[int, ...]
) -> Iterator[Breach]:
    starts = [timetable.starts[n] for n in members]
    ends = [timetable.ends[n] for n in members]
    for clash in crowded(starts, ends, None, capacity):
        yield _together(timetable, label, capacity, tuple(members[place] for place in clash))


def _together(
    timetable: Timetable, label: str, capacity: int, members: tuple[int, ...]
) -> Breach:
    starts = max(timetable.starts[n] for n in members)
    ends = min(timetable.ends[n] for n in members)
    names = tuple(timetable.names[n] for n in members)
    return Breach(
        subjects=(*names, label),
        path="slot",
        facts={
            "sessions": tuple(sorted(names)),
            "shared": label,
            "needed": capacity,
            "had": len(members),
            "minutes": (ends - starts) // 60_000_000,
        },
    )


def _arcs(term: Arcs, timetable: Timetable) -> Iterator[Breach]:
    """Each second session is held against the first one that ends last."""
    firsts = [n for n in term.firsts if timetable.slots[n] is not None]
    if not firsts:
        return
    last = max(firsts, key=lambda n: (timetable.ends[n], n))
    for n in sorted(term.seconds, key=lambda n: (timetable.starts[n], n)):
        if timetable.slots[n] is not None and timetable.starts[n] < timetable.ends[last]:
            yield Breach(
                subjects=(timetable.names[n], timetable.names[last]),
                path="slot",
                facts={**term.facts, "first": timetable.names[last], "second": timetable.names[n]},
            )
