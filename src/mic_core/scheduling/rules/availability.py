"""Rules about what rooms, persons, modules and sessions said of their time."""

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
from mic_core.scheduling.rules.groups import selected
from mic_core.scheduling.rules.hours import open_hours
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable

_ALWAYS = Period()

_CITED = 5
"""How many records a finding names at most."""

_Said = tuple[Availability, ...]


def statement(said: Availability, place: tzinfo, low: int, high: int) -> Statement:
    """What was said, as intervals between two instants on the clocks of a place."""
    if said.slot is not None:
        return Statement([(said.slot.start_utc, said.slot.end_utc)], said.preference)
    about = (said.period or _ALWAYS).within(place)
    hours = [(low, high)] if said.hours is None else open_hours(said.hours, place, low, high)
    return Statement(hours, said.preference, about)


def standing(said: Iterable[Availability], place: tzinfo, low: int, high: int) -> Standing:
    """What all that was said comes to between two instants, on the clocks of a place."""
    return available([statement(each, place, low, high) for each in said], (low, high))


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
        """Rooms, then persons, modules and sessions on the clocks of each center."""
        said = _said(timetable, {"preferred", "available", "unavailable"})
        yield from _terms(timetable, self.where, said, _free)


def _free(said: _Said, place: tzinfo, low: int, high: int) -> Intervals:
    return standing(said, place, low, high).available


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

    Any time that is avoided costs. Where some time is preferred, so does all other time of the
    same period; what names a single slot speaks of all time.
    """

    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PREFERENCES.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Rooms, then persons, modules and sessions on the clocks of each center."""
        said = _said(timetable, {"preferred", "avoided"})
        yield from _terms(timetable, self.where, said, _liked)


def _liked(said: _Said, place: tzinfo, low: int, high: int) -> Intervals:
    """All time but what is avoided, and but what is not preferred where something is."""
    wishes = standing(said, place, low, high)
    spoken: list[Interval] = []
    for each in said:
        if each.preference == "preferred":
            first, last = statement(each, place, low, high).period or (None, None)
            spoken.append((low if first is None else first, high if last is None else last))
    return difference([(low, high)], union(wishes.avoided, difference(spoken, wishes.preferred)))


def _said(timetable: Timetable, preferences: set[str]) -> Mapping[str, _Said]:
    """What was said by subject, where any of it is one of these preferences."""
    found: dict[str, list[Availability]] = {}
    for each in timetable.portfolio.all(Availability):
        found.setdefault(each.subject, []).append(each)
    return {
        subject: tuple(said)
        for subject, said in sorted(found.items())
        if not preferences.isdisjoint(each.preference for each in said)
    }


_When = Callable[[_Said, tzinfo, int, int], Intervals]


def _terms(
    timetable: Timetable, where: SessionFilter, said: Mapping[str, _Said], when: _When
) -> Iterator[Term]:
    """A span for each subject; where centers have several zones, one for each of these."""
    if not said:
        return

    def within(axis: Axis, among: frozenset[int] | None, members: _Members) -> Iterator[Term]:
        members = tuple(members)
        clocks = {label: place for label, place, _ in members}

        def facts(n: int, slot: Slot, label: str) -> Facts:
            against = _against(said[label], clocks[label], slot, when)
            records = tuple(cite("availability", each.id) for each in against)
            name = timetable.names[n]
            return {"session": name, "had": str(slot), "subject": label, "needed": records}

        spans = tuple(
            Span(
                label=label,
                sessions=tuple(n for n in held if among is None or n in among),
                intervals=partial(when, said[label], place),
            )
            for label, place, held in members
        )
        if spans:
            yield Within(spans=spans, axis=axis, among=among, facts=facts)

    chosen = frozenset(selected(timetable, where))
    yield from within("room", None if where is None else chosen, _of_rooms(timetable, said))
    by_module: dict[str | None, list[int]] = {}
    for n, session in enumerate(timetable.sessions):
        by_module.setdefault(session.module_id, []).append(n)
    zones: dict[tzinfo, list[int]] = {}
    for n in sorted(chosen):
        zones.setdefault(timetable.places[n], []).append(n)
    for place, members in zones.items():
        among = frozenset(members) if where is not None or len(zones) > 1 else None
        yield from within("person", among, _of_persons(timetable, said, place))
        yield from within("session", among, _of_sessions(timetable, said, place, by_module))


def _against(said: _Said, place: tzinfo, slot: Slot, when: _When) -> _Said:
    """The first few that speak against a slot: those that exclude it, or else that open other time.

    A subject may have said thousands of things, and each session may be in the wrong.
    """
    whole = ((slot.start_utc, slot.end_utc),)
    excluding = (
        each
        for each in said
        if each.preference in ("unavailable", "avoided")
        and (each.slot is None or each.slot.overlaps(slot))
        and when((each,), place, *whole[0]) != whole
    )
    opening = (
        each
        for each in said
        if each.preference in ("preferred", "available")
        and when((each,), place, *whole[0]) != whole
    )
    some = tuple(islice(excluding, _CITED)) or tuple(islice(opening, _CITED))
    return some or said[:_CITED]


_Members = Iterable[tuple[str, tzinfo, Sequence[int]]]
"""Subjects with the clocks they go by and their sessions."""


def _of_rooms(timetable: Timetable, said: Mapping[str, _Said]) -> _Members:
    for label in said:
        kind, id = split(label)
        room = timetable.rooms.get(id) if kind == "room" else None
        center = timetable.centers.get(room.center_id) if room is not None else None
        if center is not None:
            yield label, zone(center.time_zone), timetable.hosted[id]


def _of_persons(timetable: Timetable, said: Mapping[str, _Said], place: tzinfo) -> _Members:
    for label in said:
        kind, id = split(label)
        if kind == "person" and id in timetable.assigned:
            yield label, place, timetable.assigned[id]


def _of_sessions(
    timetable: Timetable,
    said: Mapping[str, _Said],
    place: tzinfo,
    by_module: Mapping[str | None, list[int]],
) -> _Members:
    for label in said:
        kind, id = split(label)
        if kind == "module" and id in by_module:
            yield label, place, by_module[id]
        elif kind == "session" and id in timetable.numbers:
            yield label, place, (timetable.numbers[id],)
