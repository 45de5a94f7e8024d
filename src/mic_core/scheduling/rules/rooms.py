"""Room suitability: seats, features and center, as unary constraints on session and room.

Each rule is a Suits term. A room that is not in the portfolio costs nothing: another rule reports
the dangling reference.
"""

from collections.abc import Iterator, Sequence

import attrs

from mic_core.checked import checked
from mic_core.findings import Level
from mic_core.ids import cite
from mic_core.rules import Entry, Facts, Suits, Term
from mic_core.scheduling.rules.groups import select_sessions
from mic_core.scheduling.rules.selection import Selects, Weight
from mic_core.timetable import Timetable

_ROOM_SEATS = Entry(
    code="room-seats",
    level="hard",
    law="The room of a session has a seat for everybody who is expected on site.",
    why="Nobody should stand, and a room has a legal limit.",
    source="common practice; ITC-2007 track 3, RoomCapacity",
    sentence="{subjects}: {needed} persons are expected and the room has {had} seats",
    mend="choose a room with at least {needed} seats",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomSeats:
    """The room has a seat for each person expected on site; costs 1 for each person without one."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_SEATS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Suits term: the persons expected on site beyond the seats of the room."""
        needed = on_site(timetable)
        rooms = timetable.rooms

        def cost(n: int, room_id: str) -> int:
            room = rooms.get(room_id)
            # Seats that are not stated limit nothing.
            seats = room.seats if room is not None else None
            return max(0, needed[n] - seats) if seats is not None else 0

        def facts(n: int, room_id: str) -> Facts:
            return {"needed": needed[n], "had": rooms[room_id].seats}

        yield Suits(sessions=select_sessions(timetable, self.where), cost=cost, facts=facts)


def on_site(timetable: Timetable) -> list[int]:
    """The number of persons expected on site at each session.

    It is the stated expectation, or else the seats taken in the session and in the editions of its
    audience; 0 for a session that is online only. O(sessions + enrollments).
    """
    taken = {
        into: sum(each.places for each in enrollments if each.mode == "in_person")
        for into, enrollments in timetable.seat_holders.items()
    }
    needed: list[int] = []
    for session, audience in zip(timetable.sessions, timetable.audiences, strict=True):
        if session.mode == "online" or session.expected is not None:
            needed.append(0 if session.mode == "online" else session.expected or 0)
        else:
            seats = taken.get(session.id, 0)
            for into in audience:
                seats += taken.get(into, 0) if into != session.id else 0
            needed.append(seats)
    return needed


_ROOM_FEATURES = Entry(
    code="room-features",
    level="hard",
    law="The room of a session has every feature that the session or its module needs.",
    why="A lab without machines is not a lab.",
    source="common practice",
    sentence="{subjects}: the room lacks {needed}",
    mend="choose a room that has {needed}",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomFeatures:
    """The room has each feature that session and module need; costs 1 for each missing one."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_FEATURES.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Suits term over the sessions with needs: the features that the room lacks."""
        needs = _needs(timetable, select_sessions(timetable, self.where))
        features = {id: frozenset(room.features) for id, room in timetable.rooms.items()}

        def cost(n: int, room_id: str) -> int:
            # An unknown room lacks nothing.
            return len(needs[n] - features.get(room_id, needs[n]))

        def facts(n: int, room_id: str) -> Facts:
            missing = needs[n] - features[room_id]
            return {"needed": tuple(sorted(missing)), "had": tuple(sorted(features[room_id]))}

        yield Suits(sessions=tuple(needs), cost=cost, facts=facts)


def _needs(timetable: Timetable, members: Sequence[int]) -> dict[int, frozenset[str]]:
    """The features that a session or its module needs, for each session that needs any."""
    of_modules = {id: module.needs for id, module in timetable.modules.items()}
    found: dict[int, frozenset[str]] = {}
    # Equal needs share one set, so that thousands of sessions do not build it each.
    sets: dict[tuple[str, ...], frozenset[str]] = {}
    for n in members:
        session = timetable.sessions[n]
        listed = session.needs
        if session.module_id is not None:
            listed += of_modules.get(session.module_id, ())
        if listed:
            found[n] = sets.get(listed) or sets.setdefault(listed, frozenset(listed))
    return found


_ROOM_ELSEWHERE = Entry(
    code="room-elsewhere",
    level="hard",
    law="The room of a session belongs to the center of the session.",
    why="Opening hours, closures and local time are those of the center.",
    source="common practice",
    sentence="{subjects}: the room belongs to {had}, the session to {needed}",
    mend="choose a room of {needed}",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomElsewhere:
    """The room belongs to the center of the session."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_ELSEWHERE.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Suits term: 1 where the center of the room is not that of the session."""
        homes = {id: room.center_id for id, room in timetable.rooms.items()}
        sessions = timetable.sessions

        def cost(n: int, room_id: str) -> int:
            own = sessions[n].center_id
            return int(homes.get(room_id, own) != own)

        def facts(n: int, room_id: str) -> Facts:
            return {
                "needed": cite("center", sessions[n].center_id),
                "had": cite("center", homes[room_id]),
            }

        yield Suits(sessions=select_sessions(timetable, self.where), cost=cost, facts=facts)
