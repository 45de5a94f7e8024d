"""Availability calendars: rules on the stated times of rooms, persons, modules and sessions.

Both rules are Within terms with one span for each subject and time zone. The intervals of a span
follow from all records of its subject, by `chrono.available`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from itertools import islice

import attrs

from mic_core.checked import checked
from mic_core.chrono import (
    Interval,
    Intervals,
    Period,
    Slot,
    Standing,
    Statement,
    available,
    difference,
    union,
)
from mic_core.chrono.local import zone
from mic_core.findings import Level
from mic_core.ids import cite, split
from mic_core.model import Availability
from mic_core.rules import Axis, Entry, Facts, Span, Term, Within
from mic_core.scheduling.rules.groups import select_sessions
from mic_core.scheduling.rules.hours import open_hours
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable

_ALWAYS = Period()

_MAX_CITED = 5
"""The most records that a finding names: a budget that keeps the message short."""

_Records = tuple[Availability, ...]


def statement(record: Availability, place: tzinfo, low: int, high: int) -> Statement:
    """A record as intervals between two instants, in a time zone; with a period if it has hours."""
    if record.slot is not None:
        return Statement([(record.slot.start_utc, record.slot.end_utc)], record.preference)
    first, last = (record.period or _ALWAYS).within(place)
    if record.hours is not None:
        hours = open_hours(record.hours, place, low, high)
        return Statement(hours, record.preference, (first, last))
    days = (low if first is None else first, high if last is None else last)
    return Statement([days], record.preference)


def standing(records: Iterable[Availability], place: tzinfo, low: int, high: int) -> Standing:
    """The availability that all records of a subject add up to between two instants, in a zone."""
    return available([statement(each, place, low, high) for each in records], (low, high))


_UNAVAILABILITY = Entry(
    code="unavailability",
    level="hard",
    law="A session lies within the times at which its room, its persons, its module and it itself "
    "are available.",
    why="Who is away cannot teach, and a room under repair holds nobody.",
    source="what was said of their time",
    sentence="{session} is on {had}, when {subject} is not available as {needed} says",
    mend="move it, or choose another room or person",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Unavailability:
    """Rooms, persons, modules and sessions are scheduled only when they are available."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _UNAVAILABILITY.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Terms on the axis of rooms, then of persons, then of sessions, by time zone."""
        records = _records_by_subject(timetable, {"preferred", "available", "unavailable"})
        yield from _terms(timetable, self.where, records, _available_intervals)


def _available_intervals(records: _Records, place: tzinfo, low: int, high: int) -> Intervals:
    return standing(records, place, low, high).available


_PREFERENCES = Entry(
    code="preferences",
    level="soft",
    law="A session lies at a time that its room, its persons, its module and it itself prefer, and "
    "at none that they would rather avoid.",
    why="Who is asked and then ignored will not be asked twice.",
    source="what was said of their time",
    sentence="{session} is on {had}, against the wishes of {subject} as {needed} says",
    mend="move it to a time they prefer",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Preferences:
    """Rooms, persons, modules and sessions are scheduled at times they prefer.

    Avoided time costs. Where a period has preferred hours, all other time of that period costs as
    well. Where a slot or a period without hours is preferred, all time outside of it costs, unless
    other records prefer it.
    """

    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PREFERENCES.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Terms on the axis of rooms, then of persons, then of sessions, by time zone."""
        records = _records_by_subject(timetable, {"preferred", "avoided"})
        yield from _terms(timetable, self.where, records, _preferred_intervals)


def _preferred_intervals(records: _Records, place: tzinfo, low: int, high: int) -> Intervals:
    """All time without avoided time, and without other time in periods that have preferred time."""
    wishes = standing(records, place, low, high)
    periods: list[Interval] = []
    for each in records:
        if each.preference == "preferred":
            first, last = statement(each, place, low, high).period or (None, None)
            periods.append((low if first is None else first, high if last is None else last))
    return difference([(low, high)], union(wishes.avoided, difference(periods, wishes.preferred)))


def _records_by_subject(timetable: Timetable, preferences: set[str]) -> Mapping[str, _Records]:
    """All records by subject, for each subject with a record of one of these preferences."""
    found: dict[str, list[Availability]] = {}
    for each in timetable.portfolio.all(Availability):
        found.setdefault(each.subject, []).append(each)
    return {
        subject: tuple(records)
        for subject, records in sorted(found.items())
        if not preferences.isdisjoint(each.preference for each in records)
    }


_IntervalsOf = Callable[[_Records, tzinfo, int, int], Intervals]


def _terms(
    timetable: Timetable,
    where: SessionFilter,
    by_subject: Mapping[str, _Records],
    when: _IntervalsOf,
) -> Iterator[Term]:
    """Within terms with a span for each subject; one term for each zone where there are several."""
    if not by_subject:
        return

    def within(axis: Axis, among: frozenset[int] | None, members: _Subjects) -> Iterator[Term]:
        members = tuple(members)
        clocks = {label: place for label, place, _ in members}

        def facts(n: int, slot: Slot, label: str) -> Facts:
            against = _violated_records(by_subject[label], clocks[label], slot, when)
            cited = tuple(cite("availability", each.id) for each in against)
            name = timetable.names[n]
            return {"session": name, "had": str(slot), "subject": label, "needed": cited}

        spans = tuple(
            Span(
                label=label,
                sessions=tuple(n for n in numbers if among is None or n in among),
                intervals=partial(when, by_subject[label], place),
            )
            for label, place, numbers in members
        )
        if spans:
            yield Within(spans=spans, axis=axis, among=among, facts=facts)

    chosen = frozenset(select_sessions(timetable, where))
    yield from within("room", None if where is None else chosen, _room_spans(timetable, by_subject))
    by_module: dict[str | None, list[int]] = {}
    for n, session in enumerate(timetable.sessions):
        by_module.setdefault(session.module_id, []).append(n)
    zones: dict[tzinfo, list[int]] = {}
    for n in sorted(chosen):
        zones.setdefault(timetable.places[n], []).append(n)
    for place, members in zones.items():
        among = frozenset(members) if where is not None or len(zones) > 1 else None
        yield from within("person", among, _person_spans(timetable, by_subject, place))
        yield from within("session", among, _session_spans(timetable, by_subject, place, by_module))


def _violated_records(records: _Records, place: tzinfo, slot: Slot, when: _IntervalsOf) -> _Records:
    """The first few records that exclude a slot, or else the first few that open other time only.

    Of a subject with positive hours, available slots and periods close nothing, so that they
    exclude nothing. Lazy and cut short: a subject may have thousands of records and every session
    may break one.
    """
    uncut = ((slot.start_utc, slot.end_utc),)
    has_hours = any(
        each.hours is not None and each.preference in ("preferred", "available") for each in records
    )
    excluding = (
        each
        for each in records
        if each.preference in ("unavailable", "avoided")
        and (each.slot is None or each.slot.overlaps(slot))
        and when((each,), place, *uncut[0]) != uncut
    )
    opening = (
        each
        for each in records
        if each.preference in ("preferred", "available")
        and (each.preference == "preferred" or each.hours is not None or not has_hours)
        and when((each,), place, *uncut[0]) != uncut
    )
    some = tuple(islice(excluding, _MAX_CITED)) or tuple(islice(opening, _MAX_CITED))
    return some or records[:_MAX_CITED]


_Subjects = Iterable[tuple[str, tzinfo, Sequence[int]]]
"""Each subject with its time zone and the numbers of its sessions."""


def _room_spans(timetable: Timetable, by_subject: Mapping[str, _Records]) -> _Subjects:
    for label in by_subject:
        kind, id = split(label)
        room = timetable.rooms.get(id) if kind == "room" else None
        center = timetable.centers.get(room.center_id) if room is not None else None
        if center is not None:
            yield label, zone(center.time_zone), timetable.sessions_by_room[id]


def _person_spans(
    timetable: Timetable, by_subject: Mapping[str, _Records], place: tzinfo
) -> _Subjects:
    for label in by_subject:
        kind, id = split(label)
        if kind == "person" and id in timetable.sessions_by_person:
            yield label, place, timetable.sessions_by_person[id]


def _session_spans(
    timetable: Timetable,
    by_subject: Mapping[str, _Records],
    place: tzinfo,
    by_module: Mapping[str | None, list[int]],
) -> _Subjects:
    for label in by_subject:
        kind, id = split(label)
        if kind == "module" and id in by_module:
            yield label, place, by_module[id]
        elif kind == "session" and id in timetable.numbers:
            yield label, place, (timetable.numbers[id],)
