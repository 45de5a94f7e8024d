"""Rules about sessions at the same time: room, person, audience, participant, exact duplicates."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import attrs

from mic_core.checked import checked
from mic_core.findings import Level
from mic_core.ids import cite
from mic_core.model import Enrollment, Person
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Exclusive, Group, PortfolioRule, Term
from mic_core.scheduling.rules.groups import grouped, selected
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable, timetable_of

_TIMES = "they overlap by {minutes} minutes"

_ROOM_OVERLAP = Entry(
    code="room-overlap",
    level="hard",
    law="No room holds more sessions at once than its concurrency.",
    why="Two groups would stand before one door.",
    source="common practice; ITC-2007 track 3, hard constraint RoomOccupancy",
    sentence="{sessions} are in {shared} at once, which takes {needed}; " + _TIMES,
    mend="move one of them, or give it another room",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomOverlap:
    """No room holds more sessions at once than its concurrency."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each room; rooms for one session apart from larger ones."""
        sizes = {id: room.concurrency for id, room in timetable.rooms.items()}
        held = grouped(timetable, "room", where=self.where, limit=sizes)
        for single in (True, False):
            groups = tuple(each for each in held.groups if (each.limit == 1) is single)
            if groups:
                spares = timetable.twins if single else None
                yield Exclusive(groups=groups, axis="room", among=held.among, spares=spares)


_PERSON_OVERLAP = Entry(
    code="person-overlap",
    level="hard",
    law="Nobody is assigned to two sessions that overlap.",
    why="A trainer, coach or speaker can be in one place only.",
    source="common practice; ITC-2007 track 3, hard constraint Conflicts",
    sentence="{shared} is assigned to {sessions} at once; " + _TIMES,
    mend="move one of them, or assign somebody else",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class PersonOverlap:
    """Nobody gives two sessions at once."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PERSON_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each person who gives sessions."""
        held = grouped(timetable, "person", where=self.where)
        yield Exclusive(groups=held.groups, axis="person", among=held.among, spares=timetable.twins)


_AUDIENCE_OVERLAP = Entry(
    code="audience-overlap",
    level="hard",
    law="The same edition or invited participant is not expected at two sessions at once, "
    "unless one of them is elective.",
    why="The same people are meant to be at both; no roster is needed to see it.",
    source="ITC-2007 track 3, hard constraint Conflicts (curricula)",
    sentence="{shared} is expected at {sessions} at once; " + _TIMES,
    mend="move one of them, or mark it as elective",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class AudienceOverlap:
    """An edition, or somebody invited, is not expected at two sessions at once."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _AUDIENCE_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each edition or participant in an audience, of what is not elective."""
        held = grouped(timetable, "audience", where=_bound(timetable, self.where))
        yield Exclusive(groups=held.groups, spares=timetable.twins)


_PARTICIPANT_OVERLAP = Entry(
    code="participant-overlap",
    level="medium",
    law="Nobody is expected at two sessions at once through different enrollments or "
    "invitations, unless one of them is elective.",
    why="One of the two will miss somebody who has a seat.",
    source="common practice; silent where audience-overlap already speaks",
    sentence="{shared} is expected at {sessions} at once; " + _TIMES,
    mend="move one of them, or mark it as elective",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class ParticipantOverlap:
    """Nobody is expected at two sessions at once through different enrollments."""

    level: Level = "medium"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PARTICIPANT_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each person who is expected through more than one enrollment."""
        twins = timetable.twins
        audiences = timetable.audiences

        def spares(a: int, b: int) -> bool:
            shared = not set(audiences[a]).isdisjoint(audiences[b])
            return shared or (twins is not None and twins(a, b))

        where = _bound(timetable, self.where)
        groups = _torn(timetable, selected(timetable, where))
        yield Exclusive(groups=tuple(groups), spares=spares)


def _bound(timetable: Timetable, where: SessionFilter) -> SessionFilter:
    """Selects those of the sessions that nobody is free to leave out."""
    if not any(session.elective for session in timetable.sessions):
        return where
    return lambda session: not session.elective and (where is None or where(session))


def _torn(timetable: Timetable, counts: Sequence[int]) -> Iterator[Group]:
    """Those of whom several cohorts expect something; people expected alike share their sessions.

    One expected by one cohort alone is left out: the cohort speaks for them all. So is a venture
    without delegates: who comes is not known.
    """
    torn = {
        id: tuple(sorted(cohorts))
        for id, cohorts in _expecting(timetable).items()
        if timetable.portfolio.find(Person, id) is not None
    }
    offered: dict[str, list[int]] = {into: [] for cohorts in torn.values() for into in cohorts}
    for n in counts if offered else ():
        for into in (*timetable.audiences[n], timetable.sessions[n].id):
            if into in offered:
                offered[into].append(n)
    alike = {
        cohorts: tuple(sorted({n for into in cohorts for n in offered[into]}))
        for cohorts in set(torn.values())
    }
    for id in sorted(torn):
        yield Group(label=cite("person", id), sessions=alike[torn[id]])


def _expecting(timetable: Timetable) -> dict[str, set[str]]:
    """What brings a person to sessions, where it is more than one enrollment or invitation."""
    # Most belong to one cohort, so only the second one makes a set.
    first: dict[str, str] = {}
    several: dict[str, set[str]] = {}

    def brings(into: str, id: str) -> None:
        other = first.setdefault(id, into)
        if other != into:
            several.setdefault(id, {other}).add(into)

    named = {id for audience in timetable.audiences for id in audience}
    for into, taken in timetable.seated.items():
        if into in named or into in timetable.numbers:
            for enrollment in taken:
                for id in _persons(enrollment):
                    brings(into, id)
    for into in named - timetable.editions.keys():
        brings(into, into)
    return several


def _persons(enrollment: Enrollment) -> tuple[str, ...]:
    return enrollment.delegates or (enrollment.participant_id,)


def _duplicates(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    timetable = timetable_of(portfolio)
    for members in timetable.repeated:
        names = tuple(timetable.names[n] for n in members)
        yield Breach(
            subjects=names, facts={"had": len(names), "needed": 1}, sessions=tuple(members)
        )


DUPLICATE_SESSION = PortfolioRule(
    entry=Entry(
        code="duplicate-session",
        level="medium",
        law="No two placed sessions have the same title, slot, room, kind and audience.",
        why="A session entered twice is a slip of the pen, not a clash of two sessions.",
        source="observed in published conference schedules",
        sentence="{subjects} are one session entered {had} times",
        mend="cancel all but one of them",
    ),
    find=_duplicates,
)
"""No two sessions are the same in all but their id."""
