"""Rules about sessions at the same time: room, person, audience, participant, exact duplicates."""

from collections.abc import Iterator
from datetime import datetime

import attrs

from mic_core.ids import cite
from mic_core.model import Assignment, Enrollment, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Exclusive, Group, PortfolioRule, Term
from mic_core.scheduling.timetable import Timetable, timetable_of

_TIMES = "they overlap by {minutes} minutes"


def _content(session: Session) -> object:
    """What makes two sessions the same in all but their id."""
    return (
        session.title,
        session.center_id,
        session.slot,
        session.room_id,
        session.edition_id,
        session.audience,
        session.kind,
    )


def _same(timetable: Timetable, a: int, b: int) -> bool:
    one, other = timetable.sessions[a], timetable.sessions[b]
    return one.slot == other.slot and _content(one) == _content(other)


@attrs.frozen(kw_only=True)
class RoomOverlap:
    """No room holds more sessions at once than its concurrency."""

    entry: Entry = Entry(
        code="room-overlap",
        level="hard",
        law="No room holds more sessions at once than its concurrency.",
        why="Two groups would stand before one door.",
        source="common practice; ITC-2007 track 3, hard constraint RoomOccupancy",
        sentence="{sessions} are in {shared} at once, which takes {needed}; " + _TIMES,
        mend="move one of them, or give it another room",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each room."""
        held: dict[str, list[int]] = {room: [] for room in sorted(timetable.rooms)}
        for n in timetable.placed:
            room_id = timetable.sessions[n].room_id
            if room_id in held and room_id is not None:
                held[room_id].append(n)
        yield Exclusive(
            groups=[
                Group(label=cite("room", id), sessions=members, capacity=_concurrency(timetable, id))
                for id, members in held.items()
            ],
            by_room=True,
            spares=lambda a, b: _same(timetable, a, b),
        )


def _concurrency(timetable: Timetable, room_id: str) -> int:
    room: Room = timetable.rooms[room_id]
    return room.concurrency


@attrs.frozen(kw_only=True)
class PersonOverlap:
    """Nobody gives two sessions at once."""

    entry: Entry = Entry(
        code="person-overlap",
        level="hard",
        law="Nobody is assigned to two sessions that overlap.",
        why="A trainer, coach or speaker can be in one place only.",
        source="common practice; ITC-2007 track 3, hard constraint Conflicts",
        sentence="{shared} is assigned to {sessions} at once; " + _TIMES,
        mend="move one of them, or assign somebody else",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each person with an assignment."""
        held: dict[str, set[int]] = {}
        for part in timetable.portfolio.all(Assignment):
            n = timetable.numbers.get(part.session_id)
            if n is not None:
                held.setdefault(cite("person", part.person_id), set()).add(n)
        yield Exclusive(
            groups=_groups(held), spares=lambda a, b: _same(timetable, a, b)
        )


def _groups(held: dict[str, set[int]]) -> list[Group]:
    return [Group(label=label, sessions=sorted(held[label])) for label in sorted(held)]


@attrs.frozen(kw_only=True)
class AudienceOverlap:
    """An edition, or somebody invited, is not expected at two sessions at once."""

    entry: Entry = Entry(
        code="audience-overlap",
        level="hard",
        law="The same edition or invited participant is not expected at two sessions at once, "
        "unless one of them is elective.",
        why="The same people are meant to be at both; no roster is needed to see it.",
        source="ITC-2007 track 3, hard constraint Conflicts (curricula)",
        sentence="{shared} is expected at {sessions} at once; " + _TIMES,
        mend="move one of them, or mark it as elective",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each edition or participant in an audience."""
        held: dict[str, set[int]] = {}
        for n in timetable.placed:
            for id in timetable.audiences[n]:
                held.setdefault(_cited(timetable, id), set()).add(n)
        yield Exclusive(
            groups=_groups(held),
            spares=lambda a, b: _elective(timetable, a, b) or _same(timetable, a, b),
        )


def _cited(timetable: Timetable, id: str) -> str:
    kinds = ("edition", "person", "organization")
    known = (kind for kind in kinds if timetable.portfolio.find(kind, id) is not None)
    return cite(next(known, kinds[0]), id)


def _elective(timetable: Timetable, a: int, b: int) -> bool:
    return timetable.sessions[a].elective or timetable.sessions[b].elective


@attrs.frozen(kw_only=True)
class ParticipantOverlap:
    """Nobody is expected at two sessions at once through different enrollments."""

    entry: Entry = Entry(
        code="participant-overlap",
        level="medium",
        law="Nobody is expected at two sessions at once through different enrollments or "
        "invitations, unless one of them is elective.",
        why="One of the two will miss somebody who has a seat.",
        source="common practice; silent where audience-overlap already speaks",
        sentence="{shared} is expected at {sessions} at once; " + _TIMES,
        mend="move one of them, or mark it as elective",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group for each person who is expected anywhere."""

        def spares(a: int, b: int) -> bool:
            shared = set(timetable.audiences[a]) & set(timetable.audiences[b])
            return bool(shared) or _elective(timetable, a, b) or _same(timetable, a, b)

        yield Exclusive(groups=_groups(expected(timetable)), spares=spares)


def expected(timetable: Timetable) -> dict[str, set[int]]:
    """The numbers of the placed sessions at which each person is expected, by citation.

    Persons come from seats taken in the editions and sessions concerned: the participant, or the
    delegates of a venture. O(places) over all seats and sessions.
    """
    people = {into: _persons(taken) for into, taken in timetable.seated.items()}
    held: dict[str, set[int]] = {}
    for n in timetable.placed:
        for into in (*timetable.audiences[n], timetable.sessions[n].id):
            invited = (into,) if timetable.portfolio.find("person", into) is not None else ()
            for id in (*people.get(into, ()), *invited):
                held.setdefault(cite("person", id), set()).add(n)
    return held


def _persons(enrollments: tuple[Enrollment, ...]) -> set[str]:
    return {id for one in enrollments for id in (one.delegates or (one.participant_id,))}


def _duplicates(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    timetable = timetable_of(portfolio)
    by_content: dict[object, list[str]] = {}
    for n in timetable.placed:
        by_content.setdefault(_content(timetable.sessions[n]), []).append(timetable.names[n])
    for names in by_content.values():
        if len(names) > 1:
            yield Breach(subjects=tuple(names), facts={"had": len(names), "needed": 1})


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
