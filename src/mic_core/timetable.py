"""The timetable: the sessions of a portfolio that can take place, in columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from functools import cached_property
from typing import TypeVar

import attrs

from mic_core.chrono import Slot
from mic_core.chrono.local import local, zone
from mic_core.errors import InvariantError
from mic_core.fields import Found, Value
from mic_core.ids import cite
from mic_core.model import (
    Assignment,
    Center,
    Edition,
    Enrollment,
    Module,
    Room,
    Session,
)
from mic_core.model.status import TABLES
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories


@attrs.frozen(eq=False, slots=False)
class Timetable:
    """All sessions of a portfolio that are not cancelled, numbered in the order of their ids.

    Rules and solvers speak of sessions by number; `placed` are the numbers of those with a slot.
    Times are microseconds since 1970 in UTC.
    """

    portfolio: Portfolio
    sessions: tuple[Session, ...]

    @cached_property
    def placed(self) -> tuple[int, ...]:
        """Numbers of the sessions that have a slot."""
        return tuple(n for n, session in enumerate(self.sessions) if session.slot is not None)

    @cached_property
    def slots(self) -> tuple[Slot | None, ...]:
        """The slot of each session; None where it has none yet."""
        return tuple(session.slot for session in self.sessions)

    @cached_property
    def starts(self) -> list[int]:
        """When each session starts; 0 for one without a slot."""
        return [slot.start_utc if slot is not None else 0 for slot in self.slots]

    @cached_property
    def ends(self) -> list[int]:
        """When each session ends; 0 for one without a slot, so that it never overlaps."""
        return [slot.end_utc if slot is not None else 0 for slot in self.slots]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """How findings cite each session."""
        return tuple(cite("session", session.id) for session in self.sessions)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each session by its id."""
        return {session.id: n for n, session in enumerate(self.sessions)}

    @cached_property
    def rooms(self) -> Mapping[str, Room]:
        """All rooms by id."""
        return {room.id: room for room in self.portfolio.all(Room)}

    @cached_property
    def centers(self) -> Mapping[str, Center]:
        """All centers by id."""
        return {center.id: center for center in self.portfolio.all(Center)}

    @cached_property
    def editions(self) -> Mapping[str, Edition]:
        """All editions by id."""
        return {edition.id: edition for edition in self.portfolio.all(Edition)}

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """The modules of all programs by id."""
        return self.portfolio.modules()

    @cached_property
    def audiences(self) -> tuple[tuple[str, ...], ...]:
        """Who is expected at each session: its audience, or else its edition."""
        return tuple(
            session.audience or ((session.edition_id,) if session.edition_id else ())
            for session in self.sessions
        )

    @cached_property
    def seated(self) -> Mapping[str, tuple[Enrollment, ...]]:
        """Enrollments that occupy a seat now, by the edition or session they are into."""
        return seated(self.portfolio)

    @cached_property
    def assigned(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the sessions each person is assigned to, ascending.

        Persons who qualify as trainers of a module are named as well, with none.
        """
        held: dict[str, set[int]] = {
            id: set() for module in self.modules.values() for id in module.trainers
        }
        for part in self.portfolio.all(Assignment):
            n = self.numbers.get(part.session_id)
            if n is not None:
                held.setdefault(part.person_id, set()).add(n)
        return {id: tuple(sorted(held[id])) for id in sorted(held)}

    @cached_property
    def hosted(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the sessions in each room, ascending."""
        held: dict[str, list[int]] = {id: [] for id in sorted(self.rooms)}
        for n, session in enumerate(self.sessions):
            if session.room_id in held:
                held[session.room_id].append(n)
        return {id: tuple(members) for id, members in held.items()}

    @cached_property
    def taught(self) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
        """Each edition with each module that is held for it, and the numbers of the sessions.

        A session is held for its edition and for those in its audience.
        """
        held: dict[tuple[str, str], list[int]] = {}
        for n, session in enumerate(self.sessions):
            module, edition = session.module_id, session.edition_id
            if module is not None:
                if edition is not None and edition in self.editions:
                    held.setdefault((edition, module), []).append(n)
                for id in session.audience:
                    if id != edition and id in self.editions:
                        held.setdefault((id, module), []).append(n)
        return tuple((*key, tuple(held[key])) for key in sorted(held))

    @cached_property
    def places(self) -> tuple[tzinfo, ...]:
        """Whose clocks each session goes by: those of its center, of its slot if there is none."""
        zones = {id: zone(center.time_zone) for id, center in self.centers.items()}
        return tuple(
            zones.get(session.center_id)
            or (session.slot is not None and session.slot.start.tzinfo)
            or UTC
            for session in self.sessions
        )

    @cached_property
    def days(self) -> list[int]:
        """The local day on which each session starts, from 1 January 1 on; 0 without a slot."""
        return [day for day, _ in self._clocks]

    @cached_property
    def minutes(self) -> list[int]:
        """The minute of that day at which it starts, from 0; 0 without a slot."""
        return [minute for _, minute in self._clocks]

    @cached_property
    def _clocks(self) -> list[tuple[int, int]]:
        return [
            clock(slot.start_utc, place) if slot is not None else (0, 0)
            for slot, place in zip(self.slots, self.places, strict=True)
        ]

    @cached_property
    def repeated(self) -> tuple[tuple[int, ...], ...]:
        """Placed sessions that are the same in all but their id, each time all of them."""
        # What differs most often comes first; only what agrees there is compared as a whole.
        near: dict[object, list[int]] = {}
        for n in self.placed:
            session = self.sessions[n]
            near.setdefault((self.starts[n], session.room_id, session.title), []).append(n)
        alike: dict[object, list[int]] = {}
        for members in near.values():
            for n in members if len(members) > 1 else ():
                alike.setdefault(_content(self.sessions[n]), []).append(n)
        return tuple(tuple(members) for members in alike.values() if len(members) > 1)

    @cached_property
    def twins(self) -> Callable[[int, int], bool] | None:
        """Tells of two sessions whether they are one that was entered twice; None if none is.

        A session without a slot has no twin: there may be several alike, still to be placed.
        """
        first = {n: members[0] for members in self.repeated for n in members}
        return (lambda a, b: first.get(a, a) == first.get(b, b)) if first else None

    def put(self, n: int, session: Session) -> "Timetable":
        """The same with a session in another slot or room, as if it had been recorded so.

        The portfolio stays as it is. O(sessions), but quicker than to make it all anew.
        """
        made = Timetable(self.portfolio, _with(self.sessions, n, session))
        known, own = vars(self), vars(made)
        own.update((name, known[name]) for name in _LASTING if name in known)
        if session.center_id in self.centers:
            own["places"] = self.places
        slot = session.slot
        starts, ends = (slot.start_utc, slot.end_utc) if slot is not None else (0, 0)
        day, minute = clock(starts, made.places[n]) if slot is not None else (0, 0)
        own["slots"] = _with(self.slots, n, slot)
        columns = {"starts": starts, "ends": ends, "days": day, "minutes": minute}
        for name, value in columns.items():
            own[name] = [*_with(getattr(self, name), n, value)]
        return made


_LASTING = (
    "names", "numbers", "rooms", "centers", "editions", "modules", "audiences", "seated", "assigned"
)  # fmt: skip
"""What does not depend on slots and rooms."""

_Value = TypeVar("_Value")


def _with(values: Sequence[_Value], n: int, value: _Value) -> tuple[_Value, ...]:
    """The same values with another one in a place."""
    return (*values[:n], value, *values[n + 1 :])


def _content(session: Session) -> object:
    """What makes two sessions the same in all but their id."""
    slot = session.slot
    return (
        session.title, slot and slot.start_utc, slot and slot.end_utc, slot and slot.zone,
        session.center_id, session.room_id, session.edition_id, session.audience, session.kind,
    )  # fmt: skip


def clock(us: int, place: tzinfo) -> tuple[int, int]:
    """The local day at an instant, counted from 1 January 1, and the minute of that day.

    An instant that the calendar of the place does not hold is read on the clocks of UTC.

    >>> clock(1_410_364_800_000_000, zone("Europe/Brussels"))
    (735486, 1080)
    """
    try:
        shown = local(us, place)
    except InvariantError:
        shown = local(us, UTC)
    return shown.toordinal(), shown.hour * 60 + shown.minute


def timetable_of(portfolio: Portfolio) -> Timetable:
    """The timetable of a portfolio. O(n log n) over its sessions.

    Raises InvariantError for what is no portfolio.

    >>> timetable_of(Portfolio.of()).sessions
    ()
    """
    found: Found = []
    Value(Portfolio).settle(portfolio, "portfolio", found)
    if found:
        raise InvariantError("timetable_of", found)
    known = status_histories(portfolio, Session)
    return Timetable(
        portfolio,
        tuple(each for each in portfolio.all(Session) if known[each.id].last != "cancelled"),
    )


def seated(portfolio: Portfolio) -> Mapping[str, tuple[Enrollment, ...]]:
    """Enrollments that occupy a seat after all that is known, by what they are into."""
    occupying = TABLES["enrollment"].occupies_seat
    known = status_histories(portfolio, Enrollment)
    found: dict[str, list[Enrollment]] = {}
    for enrollment in portfolio.all(Enrollment):
        if known[enrollment.id].last in occupying:
            found.setdefault(enrollment.into, []).append(enrollment)
    return {into: tuple(enrollments) for into, enrollments in found.items()}


def is_placed(session: Session) -> bool:
    """Whether a session has a slot and, unless it is online only, a room."""
    return session.slot is not None and (session.room_id is not None or session.mode == "online")
