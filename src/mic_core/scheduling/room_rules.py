"""Rules about the room of a session: big enough, equipped, and in the right center."""

from collections.abc import Iterator

import attrs

from mic_core.chrono import Slot
from mic_core.ids import cite
from mic_core.rules import Entry, Facts, Term, Unary
from mic_core.scheduling.timetable import Timetable


def _room(_: int, room: str | None) -> tuple[str, ...]:
    return (cite("room", room),) if room is not None else ()


@attrs.frozen(kw_only=True)
class RoomSeats:
    """The room has a seat for everybody expected on site."""

    entry: Entry = Entry(
        code="room-seats",
        level="hard",
        law="The room of a session has a seat for everybody who is expected on site.",
        why="Nobody should stand, and a room has a legal limit.",
        source="common practice; ITC-2007 track 3, RoomCapacity",
        sentence="{subjects}: {needed} persons are expected and the room has {had} seats",
        mend="choose a room with at least {needed} seats",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Each session against the seats of a room."""
        needed = [on_site(timetable, n) for n in range(len(timetable.sessions))]

        def judge(n: int, _: Slot, room_id: str | None) -> Facts | None:
            room = timetable.rooms.get(room_id) if room_id is not None else None
            if room is None or needed[n] <= room.seats:
                return None
            return {"needed": needed[n], "had": room.seats}

        yield Unary(sessions=timetable.placed, judge=judge, reads="room", cites=_room)


def on_site(timetable: Timetable, n: int) -> int:
    """How many persons are expected on site at a session.

    The stated expectation, or else the seats taken in the session and the editions expected at
    it; none for a session that is online only.
    """
    session = timetable.sessions[n]
    if session.mode == "online":
        return 0
    if session.expected is not None:
        return session.expected
    return sum(
        enrollment.places
        for into in {*timetable.audiences[n], session.id}
        for enrollment in timetable.seated.get(into, ())
        if enrollment.mode == "in_person"
    )


@attrs.frozen(kw_only=True)
class RoomFeatures:
    """The room has every feature that the session and its module need."""

    entry: Entry = Entry(
        code="room-features",
        level="hard",
        law="The room of a session has every feature that the session or its module needs.",
        why="A lab without machines is not a lab.",
        source="common practice",
        sentence="{subjects}: the room lacks {needed}",
        mend="choose a room that has {needed}",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Each session with needs against the features of a room."""
        needs = {n: needed for n in timetable.placed if (needed := _needs(timetable, n))}

        def judge(n: int, _: Slot, room_id: str | None) -> Facts | None:
            room = timetable.rooms.get(room_id) if room_id is not None else None
            if room is None or needs[n] <= set(room.features):
                return None
            missing = needs[n] - set(room.features)
            return {"needed": tuple(sorted(missing)), "had": room.features}

        yield Unary(sessions=tuple(needs), judge=judge, reads="room", cites=_room)


def _needs(timetable: Timetable, n: int) -> frozenset[str]:
    session = timetable.sessions[n]
    module = timetable.modules.get(session.module_id) if session.module_id is not None else None
    return frozenset(session.needs) | frozenset(module.needs if module is not None else ())


@attrs.frozen(kw_only=True)
class RoomElsewhere:
    """The room belongs to the center of the session."""

    entry: Entry = Entry(
        code="room-elsewhere",
        level="hard",
        law="The room of a session belongs to the center of the session.",
        why="Opening hours, closures and local time are those of the center.",
        source="common practice",
        sentence="{subjects}: the room belongs to {had}, the session to {needed}",
        mend="choose a room of {needed}",
    )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """Each session against the center of a room."""

        def judge(n: int, _: Slot, room_id: str | None) -> Facts | None:
            room = timetable.rooms.get(room_id) if room_id is not None else None
            needed = timetable.sessions[n].center_id
            if room is None or room.center_id == needed:
                return None
            return {"needed": cite("center", needed), "had": cite("center", room.center_id)}

        yield Unary(sessions=timetable.placed, judge=judge, reads="room", cites=_room)
