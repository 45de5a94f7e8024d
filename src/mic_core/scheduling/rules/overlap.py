"""No-overlap rules: rooms, persons, audiences and participants as disjunctive resources.

Each rule is an Exclusive term: one group for each resource, with its capacity as the limit.
Duplicates of one session are spared, since `duplicate-session` reports them.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cache, partial

import attrs

from mic_core.checked import checked
from mic_core.findings import Level
from mic_core.ids import cite, split
from mic_core.model import Assignment
from mic_core.rules import Entry, Exclusive, Facts, Group, Joining, Term
from mic_core.scheduling.rules.groups import group_sessions, select_sessions
from mic_core.scheduling.rules.participants import Participants
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import SharedMarks, Timetable

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
        """One group for each room: disjunctive rooms in one term, cumulative ones in another."""
        sizes = {id: room.concurrency for id, room in timetable.rooms.items()}
        grouping = group_sessions(timetable, "room", where=self.where, limit=sizes)
        for single in (True, False):
            groups = tuple(each for each in grouping.groups if (each.limit == 1) is single)
            if groups:
                # A term with `spares` may only have limits of 1.
                spares = timetable.are_duplicates if single else None
                yield Exclusive(groups=groups, axis="room", among=grouping.among, spares=spares)


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
    """No person is assigned to two sessions at once."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PERSON_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each person who is assigned to sessions."""
        grouping = group_sessions(timetable, "person", where=self.where)
        yield Exclusive(
            groups=grouping.groups,
            axis="person",
            among=grouping.among,
            spares=timetable.are_duplicates,
            facts=partial(_sole_roles, timetable),
        )


def _sole_roles(timetable: Timetable, label: str, members: tuple[int, ...]) -> Facts:
    """The roles, each of which is all that a person has in one of two overlapping sessions.

    Without assignments of such a role there is no overlap, so a waiver may name it. A trainer who
    is only proposed would be the lead.
    """
    person = split(label)[1]
    roles = [
        {
            part.role
            for part in timetable.portfolio.where(
                Assignment, session_id=timetable.sessions[n].id, person_id=person
            )
        }
        or {"lead"}
        for n in members
    ]
    return {"roles": tuple(sorted({role for mine in roles if len(mine) == 1 for role in mine}))}


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
    """No edition or invited participant is expected at two sessions at once."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _AUDIENCE_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each edition or participant in an audience, without elective sessions."""
        grouping = group_sessions(
            timetable, "audience", where=_only_mandatory(timetable, self.where)
        )
        yield Exclusive(groups=grouping.groups, spares=timetable.are_duplicates)


_PARTICIPANT_OVERLAP = Entry(
    code="participant-overlap",
    level="medium",
    law="Nobody is expected at two sessions at once through different enrollments or "
    "invitations, as these are when each begins, unless one of them is elective.",
    why="One of the two will miss somebody who has a seat.",
    source="common practice; silent where audience-overlap already speaks",
    sentence="{shared} is expected at {sessions} at once; " + _TIMES,
    mend="move one of them, or mark it as elective",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class ParticipantOverlap:
    """No person is expected at two sessions at once through different enrollments."""

    level: Level = "medium"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PARTICIPANT_OVERLAP.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each person who is expected at two or more sessions."""
        audiences, duplicates = timetable.audiences, timetable.are_duplicates

        def marks(n: int) -> tuple[Hashable, ...]:
            # AudienceOverlap covers a pair with a common audience.
            return audiences[n] if duplicates is None else (*audiences[n], *duplicates.marks(n))

        where = _only_mandatory(timetable, self.where)
        participants = Participants(timetable, select_sessions(timetable, where))
        yield Exclusive(
            groups=tuple(participants.groups()), spares=SharedMarks(marks), joins=participants.joins
        )


def _only_mandatory(timetable: Timetable, where: SessionFilter) -> SessionFilter:
    """The filter `where`, restricted to sessions that are not elective."""
    if not any(session.elective for session in timetable.sessions):
        return where
    return lambda session: not session.elective and (where is None or where(session))


_DUPLICATE_SESSION = Entry(
    code="duplicate-session",
    level="hard",
    law="No two placed sessions agree in all but id, revision and status: in slot, room, audience, "
    "every other field, and in the people who give them, by id or by name.",
    why="A session entered twice is a slip of the pen; it counts twice and hides other clashes.",
    source="observed in published conference schedules",
    sentence="{sessions} are one session entered {had} times",
    mend="take back all but one of them",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class DuplicateSession:
    """No session is entered twice; sessions that the count of a module calls for never are.

    Duplicates of one class clash under this rule alone: the overlap rules spare these.
    """

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _DUPLICATE_SESSION.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each class of duplicates, and for each class that a solver could make."""
        where = self.where

        def selected(members: Iterable[int]) -> tuple[int, ...]:
            return tuple(n for n in members if where is None or where(timetable.sessions[n]))

        @cache
        def twins_of(n: int) -> tuple[tuple[int, ...], ...]:
            # A session is tried in many places, and its twins are the same in each.
            return (*map(selected, timetable.twins((n,))),)

        def joins(n: int, room_id: str | None) -> Iterator[Joining]:
            for members in twins_of(n):
                there = [m for m in members if timetable.sessions[m].room_id == room_id]
                if n in members:
                    yield Group(label=timetable.names[members[0]], sessions=there), None

        classes = map(selected, timetable.duplicates)
        groups = tuple(_class(timetable, members) for members in classes if len(members) > 1)
        yield Exclusive(groups=groups, same_start=True, joins=joins)
        for members in map(selected, timetable.twins(timetable.windows)):
            if len(members) > 1:
                yield from _twin_terms(timetable, members)


DUPLICATE_SESSION = DuplicateSession()
"""The rule that no session is entered twice."""


def _class(timetable: Timetable, members: Sequence[int]) -> Group:
    return Group(label=timetable.names[members[0]], sessions=members)


def _twin_terms(timetable: Timetable, members: Sequence[int]) -> Iterator[Term]:
    """The terms that keep a solver from making duplicates of sessions of one class.

    Where rooms are chosen, they exclude each other in each room; online no room is chosen.
    """
    first = timetable.sessions[members[0]]
    if first.mode == "online":
        for room_id in sorted({timetable.sessions[n].room_id or "" for n in members}):
            there = [n for n in members if (timetable.sessions[n].room_id or "") == room_id]
            yield Exclusive(groups=(_class(timetable, there),), same_start=True)
    else:
        among = frozenset(members)
        groups = tuple(
            Group(label=cite("room", id), sessions=[n for n in there if n in among])
            for id, there in timetable.sessions_by_room.items()
            if timetable.rooms[id].center_id == first.center_id
        )
        yield Exclusive(groups=groups, axis="room", among=among, same_start=True)
