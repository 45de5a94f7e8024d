"""Availability calendars: rules on the stated times of rooms, persons, modules and sessions.

Both rules are Within terms with one span for each subject and time zone. The intervals of a span
follow from all records of its subject, by `chrono.available`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from itertools import chain, islice
from typing import Any

import attrs

from mic_core.checked import checked
from mic_core.chrono import (
    Interval,
    Intervals,
    Period,
    Preference,
    Slot,
    Standing,
    Statement,
    WeeklyHours,
    available,
    complement,
    difference,
    intersection,
    union,
)
from mic_core.chrono.local import DAY_MICROSECONDS, zone
from mic_core.findings import Level
from mic_core.ids import cite, split
from mic_core.model import Availability
from mic_core.rules import Axis, Entry, Facts, IntervalQuery, Span, Term, Within
from mic_core.scheduling.rules.groups import select_sessions
from mic_core.scheduling.rules.hours import HoursByEpoch, open_hours
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable

_ALWAYS = Period()

_MAX_CITED = 5
"""The most records that a finding names: a budget that keeps the message short."""

_MOST_TRIED = 32
"""The most records that are tried one by one for a finding: a budget, since a subject may have
thousands of records, and each session may break one."""

_LONGEST_PIECE = 64 * DAY_MICROSECONDS
"""The longest piece of time, in microseconds, for which hours are expanded at once: a budget of
memory; any value gives a right answer."""

_EVER = 2**63
"""Microseconds beyond any instant of the calendar, in both directions."""

_Records = tuple[Availability, ...]

_POSITIVE: tuple[Preference, ...] = ("preferred", "available")


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
        yield from _terms(timetable, self.where, records, AvailabilityCalendar.available)


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
        yield from _terms(timetable, self.where, records, AvailabilityCalendar.preferred)


_Hours = tuple[Interval, WeeklyHours, Preference]
"""Weekly hours with the interval of their period."""


@attrs.frozen(eq=False)
class _Epoch:
    """A stretch of time in which the same weekly hours apply: those of each preference, united."""

    hours: Mapping[Preference, tuple[WeeklyHours, ...]]

    @property
    def is_uniform(self) -> bool:
        """True if all time is alike, so that a piece may be of any length."""
        return all(each == _ALL_WEEK for each in self.hours.values())


_ALL_WEEK = (WeeklyHours.parse("24/7"),)


@attrs.frozen(eq=False, slots=False)
class AvailabilityCalendar:
    """The availability of a subject on the clocks of one zone, by the laws of `chrono.available`.

    Its records are prepared once: slots and days as sets of instants, weekly hours by the epochs
    between the ends of their periods. Then intervals are made piece by piece, as a caller asks for
    them, so that one start costs the same whatever the periods and the lengths of sessions.
    """

    records: _Records
    place: tzinfo
    epochs: dict[int, _Epoch] = attrs.field(factory=dict[int, _Epoch], init=False)
    single: dict[str, "AvailabilityCalendar"] = attrs.field(factory=dict[str, Any], init=False)
    # The longest interval that each query is known to find, so that no stretch is walked twice.
    known: dict[object, Interval] = attrs.field(factory=dict[object, Interval], init=False)

    def alone(self, record: Availability) -> "AvailabilityCalendar":
        """The calendar of one record, as if there were no others."""
        if record.id not in self.single:
            self.single[record.id] = AvailabilityCalendar((record,), self.place)
        return self.single[record.id]

    @cached_property
    def bounds(self) -> Sequence[Interval]:
        """The interval of each record: its slot, or its period."""
        found: list[Interval] = []
        for each in self.records:
            if each.slot is not None:
                found.append((each.slot.start_utc, each.slot.end_utc))
            else:
                first, last = (each.period or _ALWAYS).within(self.place)
                found.append((-_EVER if first is None else first, _EVER if last is None else last))
        return found

    @cached_property
    def days(self) -> Mapping[Preference, Intervals]:
        """The slots and the days without hours, by preference."""
        found: dict[Preference, list[Interval]] = {}
        for each, bounds in zip(self.records, self.bounds, strict=True):
            if each.hours is None:
                found.setdefault(each.preference, []).append(bounds)
        return {preference: union(listed) for preference, listed in found.items()}

    @cached_property
    def weekly(self) -> Sequence[_Hours]:
        """The weekly hours of the records that have any."""
        pairs = zip(self.records, self.bounds, strict=True)
        return [(own, each.hours, each.preference) for each, own in pairs if each.hours is not None]

    @cached_property
    def ends(self) -> Sequence[int]:
        """The instants between the epochs."""
        return sorted({end for bounds, _, _ in self.weekly for end in bounds})

    @cached_property
    def trees(self) -> Mapping[Preference, HoursByEpoch]:
        """The weekly hours of each preference by epoch."""
        found: dict[Preference, list[tuple[int, int, WeeklyHours]]] = {}
        for (first, last), hours, preference in self.weekly:
            place, end = bisect_right(self.ends, first), bisect_right(self.ends, last)
            found.setdefault(preference, []).append((place, end, hours))
        size = len(self.ends) + 1
        return {preference: HoursByEpoch.of(size, each) for preference, each in found.items()}

    @cached_property
    def is_closed_between(self) -> bool:
        """True if available slots and days are the only open time, since no hours are positive."""
        return not self.has_positive_hours and "available" in self.days

    @cached_property
    def opening(self) -> _Records:
        """The records that open time and close other time."""
        return tuple(
            each
            for each in self.records
            if each.preference in _POSITIVE
            and (
                each.preference == "preferred"
                or each.hours is not None
                or not self.has_positive_hours
            )
        )

    @cached_property
    def has_positive_hours(self) -> bool:
        """True if some weekly hours are available or preferred, which close other time."""
        return any(preference in _POSITIVE for _, _, preference in self.weekly)

    def available(self, low: int, high: int) -> Iterator[Interval]:
        """The available intervals between two instants, merged, in order. Lazy."""
        return self._merged(low, high, self._available)

    def preferred(self, low: int, high: int) -> Iterator[Interval]:
        """All time without avoided time, and without other time where there is preferred time."""
        return self._merged(low, high, self._preferred)

    def _merged(
        self, low: int, high: int, of_piece: Callable[[_Epoch, int, int], Intervals]
    ) -> Iterator[Interval]:
        start, end = self.known.get(of_piece.__name__, (low, low))
        if not start <= low < end:
            start = end = low
        now = (low, min(end, high))
        for epoch, first, last in self._pieces(now[1], high):
            for start, end in of_piece(epoch, first, last):
                if start > now[1]:
                    yield from self._kept(now, of_piece)
                    now = (start, end)
                else:
                    now = (now[0], end)
            if now[1] < last:
                yield from self._kept(now, of_piece)
                now = (last, last)
        yield from self._kept(now, of_piece)

    def _kept(self, found: Interval, of_piece: Callable[..., object]) -> Iterator[Interval]:
        """An interval that is complete, unless it is empty; a long one is remembered."""
        start, end = found
        first, last = self.known.get(of_piece.__name__, found)
        if start <= last and first <= end:
            self.known[of_piece.__name__] = min(first, start), max(last, end)
        elif end - start > _LONGEST_PIECE:
            self.known[of_piece.__name__] = found
        if start < end:
            yield found  # last, since a caller may stop here

    def _pieces(self, low: int, high: int) -> Iterator[tuple[_Epoch, int, int]]:
        """Pieces of the time between two instants, each within one epoch, ever longer ones."""
        length = DAY_MICROSECONDS
        place = bisect_right(self.ends, low)
        while low < high:
            epoch = self._epoch(place)
            last = self.ends[place] if place < len(self.ends) else high
            most = length if epoch.is_uniform else min(length, _LONGEST_PIECE)
            end = min(low + most, last, high)
            yield epoch, low, end
            place += end == last
            low, length = end, 2 * length

    def _epoch(self, place: int) -> _Epoch:
        """The epoch before the end at a place; made on first use."""
        if place not in self.epochs:
            stated: dict[Preference, tuple[WeeklyHours, ...]] = {}
            for preference, tree in self.trees.items():
                united = tree.union(place)
                if united is not None:
                    stated[preference] = united
            self.epochs[place] = _Epoch(stated)
        return self.epochs[place]

    def _stated(self, epoch: _Epoch, preference: Preference, low: int, high: int) -> Intervals:
        """The time of a preference within a piece: weekly hours, slots and days."""
        hours = epoch.hours.get(preference, ())
        days = _between(self.days.get(preference, ()), low, high)
        return union(*(open_hours(each, self.place, low, high) for each in hours), days)

    def _available(self, epoch: _Epoch, low: int, high: int) -> Intervals:
        closed = self._stated(epoch, "unavailable", low, high)
        if self.is_closed_between or not epoch.hours.keys().isdisjoint(_POSITIVE):
            hours = chain.from_iterable(epoch.hours.get(each, ()) for each in _POSITIVE)
            opened = chain.from_iterable(open_hours(own, self.place, low, high) for own in hours)
            days = _between(self.days.get("available", ()), low, high)
            closed = union(closed, complement(union(opened, days), (low, high)))
        return complement(closed, (low, high))

    def _preferred(self, epoch: _Epoch, low: int, high: int) -> Intervals:
        free = self._available(epoch, low, high)
        avoided = self._stated(epoch, "avoided", low, high)
        against = intersection(avoided, free)
        if "preferred" in self.days or "preferred" in epoch.hours:
            wanted = difference(self._stated(epoch, "preferred", low, high), avoided)
            against = union(against, complement(intersection(wanted, free), (low, high)))
        return complement(against, (low, high))


def _between(intervals: Intervals, low: int, high: int) -> Intervals:
    """The part of a set of instants between two instants. O(log n) and the size of the part."""
    found: list[Interval] = []
    for place in range(bisect_right(intervals, low, key=_end), len(intervals)):
        start, end = intervals[place]
        if start >= high:
            break
        found.append((max(start, low), min(end, high)))
    return tuple(found)


def _end(interval: Interval) -> int:
    return interval[1]


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


_Query = Callable[[AvailabilityCalendar, int, int], Iterator[Interval]]
"""A method of a calendar that finds its intervals between two instants."""


def _terms(
    timetable: Timetable,
    where: SessionFilter,
    by_subject: Mapping[str, _Records],
    when: _Query,
) -> Iterator[Term]:
    """Within terms with a span for each subject; one term for each zone where there are several."""
    if not by_subject:
        return

    made: dict[tuple[str, tzinfo], AvailabilityCalendar] = {}

    def calendar(label: str, place: tzinfo) -> AvailabilityCalendar:
        key = label, place
        return made.get(key) or made.setdefault(key, AvailabilityCalendar(by_subject[label], place))

    def within(axis: Axis, among: frozenset[int] | None, members: _Subjects) -> Iterator[Term]:
        members = tuple(members)
        calendars = {label: calendar(label, place) for label, place, _ in members}

        def facts(n: int, slot: Slot, label: str) -> Facts:
            against = _violated_records(calendars[label], slot, when)
            cited = tuple(cite("availability", each.id) for each in against)
            name = timetable.names[n]
            return {"session": name, "had": str(slot), "subject": label, "needed": cited}

        spans = tuple(
            Span(
                label=label,
                sessions=tuple(n for n in numbers if among is None or n in among),
                intervals=_query(calendars[label], when),
            )
            for label, _, numbers in members
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


def _query(calendar: AvailabilityCalendar, when: _Query) -> IntervalQuery:
    return lambda low, high: when(calendar, low, high)


def _violated_records(calendar: AvailabilityCalendar, slot: Slot, when: _Query) -> _Records:
    """The first few records that exclude a slot, or else the first few that open other time only.

    Of a subject with positive hours, available slots and periods close nothing, so that they
    exclude nothing. Lazy and cut short: a subject may have thousands of records and every session
    may break one; of those whose time is near the slot, the first `_MOST_TRIED` are tried.
    """
    low, high = slot.start_utc, slot.end_utc
    records = calendar.records

    def bars(each: Availability) -> bool:
        return next(when(calendar.alone(each), low, high), None) != (low, high)

    excluding = (
        each
        for each, (first, last) in zip(records, calendar.bounds, strict=True)
        if first < high and low < last and each.preference in ("unavailable", "avoided")
    )
    for some in (excluding, calendar.opening):
        found = tuple(islice(filter(bars, islice(some, _MOST_TRIED)), _MAX_CITED))
        if found:
            return found
    return records[:_MAX_CITED]


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
