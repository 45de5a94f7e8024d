"""Where one session could stand while all others stay: its starts, its rooms and its trainers."""

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from datetime import timedelta, tzinfo
from functools import cached_property
from itertools import chain, count
from typing import Literal

import attrs

from mic_core.chrono import Interval, Slot
from mic_core.chrono.local import MINUTE, local
from mic_core.ids import is_id
from mic_core.model import Assignment, Session
from mic_core.scheduling.evaluation.counting_terms import monday_of
from mic_core.scheduling.problem.candidates import may_lead
from mic_core.scheduling.problem.time_axis import (
    cells_in,
    day_runs,
    days_and_minutes,
    mask_of,
    start_instants,
)
from mic_core.timetable import Timetable, is_placed

StartSet = int
"""A set of possible starts: bit i stands for the i-th of them."""


@attrs.frozen(eq=False, slots=False)
class StartTimes:
    """The candidate starts of one session: instants in the order of time, numbered from 0.

    Unlike the cells of a `TimeAxis`, which all activities share and which a session covers by
    rounding up, these are the starts of one session of one `length` (microseconds): intervals are
    compared with it to the microsecond, and starts need not be evenly spaced. Both step along
    local clocks by the same code. `place` is the zone of its center.
    """

    length: int
    instants: Sequence[int]
    place: tzinfo

    @cached_property
    def all(self) -> StartSet:
        """The set of all starts."""
        return (1 << len(self.instants)) - 1

    def between(self, first: int, after: int) -> StartSet:
        """The starts from one instant on and before another. O(log n), and a shift."""
        low, high = bisect_left(self.instants, first), bisect_left(self.instants, after)
        return (1 << high) - (1 << low) if low < high else 0

    def inside(self, low: int, high: int) -> StartSet:
        """The starts from which the session lies between two instants."""
        return self.between(low, high - self.length + 1)

    def meeting(self, low: int, high: int) -> StartSet:
        """The starts from which the session overlaps an interval."""
        return self.between(low - self.length + 1, high)

    @property
    def days(self) -> Sequence[int]:
        """The local day of each start, counted from 1 January 1."""
        return days_and_minutes(self.instants, self.place)[0]

    def by(self, per: Literal["day", "week", "time"]) -> Mapping[int, StartSet]:
        """The starts by local day, by the Monday of the week, or by minute of the day."""
        found: dict[int, StartSet] = {}
        if per == "week":
            for day, starts in self.by_day.items():
                monday = monday_of(day)
                found[monday] = found.get(monday, 0) | starts
            return found
        return self.by_day if per == "day" else self.by_minute

    @cached_property
    def by_day(self) -> Mapping[int, StartSet]:
        """The starts of each local day."""
        found: dict[int, StartSet] = {}
        for day, first, after, _ in day_runs(self.instants, self.place):
            found[day] = found.get(day, 0) | (1 << after) - (1 << first)
        return found

    @cached_property
    def by_minute(self) -> Mapping[int, StartSet]:
        """The starts at each minute of the local day."""
        return _grouped(days_and_minutes(self.instants, self.place)[1])

    @cached_property
    def by_second(self) -> Mapping[int, StartSet]:
        """The starts by how many microseconds after a whole minute they are, mostly none."""
        return _grouped([at % MINUTE for at in self.instants])

    def only(self, starts: StartSet) -> "StartTimes":
        """The same with a subset of the starts, numbered anew."""
        return attrs.evolve(self, instants=[self.instants[each] for each in cells_in(starts)])


def _grouped(keys: Sequence[int]) -> dict[int, StartSet]:
    """The starts by a key of each."""
    members: dict[int, list[int]] = {}
    for start, key in enumerate(keys):
        members.setdefault(key, []).append(start)
    return {key: mask_of(starts, len(keys)) for key, starts in members.items()}


def start_times(place: tzinfo, window: Interval, step: timedelta, length: timedelta) -> StartTimes:
    """The starts at whole local steps from which a session lies within a window. O(starts)."""
    microsecond = timedelta(microseconds=1)
    (low, high), lasts = window, length // microsecond
    instants = start_instants(place, (low, high - lasts + 1), step // microsecond)
    return StartTimes(lasts, instants, place)


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Options:
    """The placements that one session could have: each start, with each room and each trainer.

    `rooms` and `trainers` hold None alone where there is nothing to choose: an online session
    without a room, a session that somebody leads already. `given` are the persons who are assigned
    to it.
    """

    timetable: Timetable
    number: int
    hours: StartTimes
    rooms: tuple[str | None, ...]
    trainers: tuple[str | None, ...]
    given: tuple[str, ...]
    known: dict[tuple[int, str | None], Session] = attrs.field(
        factory=dict[tuple[int, str | None], Session], init=False
    )
    slots: dict[int, Slot] = attrs.field(factory=dict[int, Slot], init=False)

    @property
    def session(self) -> Session:
        """The session as it is."""
        return self.timetable.sessions[self.number]

    @property
    def size(self) -> int:
        """How many placements there are."""
        return len(self.hours.instants) * len(self.rooms) * len(self.trainers)

    def slot(self, start: int) -> Slot:
        """The slot of the session from the so-manyth start on."""
        if start not in self.slots:
            at, place = self.hours.instants[start], self.timetable.places[self.number]
            before = self.session.slot
            self.slots[start] = (
                before
                if before is not None and before.start_utc == at
                else Slot(local(at, place), local(at + self.hours.length, place))
            )
        return self.slots[start]

    def standing(self, start: int, room: str | None) -> Session:
        """The session as it would be recorded from the so-manyth start on in a room."""
        key = start, room
        if key not in self.known:
            self.known[key] = placed_at(self.session, self.slot(start), room)
        return self.known[key]


def placed_at(session: Session, slot: Slot | None, room_id: str | None) -> Session:
    """A session in a slot and a room, with a new revision if it had another slot or room before."""
    if slot == session.slot and room_id == session.room_id:
        return session
    revision = session.revision + (session.slot is not None)
    return attrs.evolve(session, slot=slot, room_id=room_id, revision=revision)


def lead_of(session_id: str, person_id: str, taken: Container[str]) -> Assignment:
    """The assignment of who is chosen to lead a session, under an id that is not taken yet."""
    endings = chain(["-lead"], (f"-lead-{number}" for number in count(2)))
    tries = (f"{session_id[: 64 - len(end)]}{end}" for end in endings)
    id = next(each for each in tries if is_id(each) and each not in taken)
    return Assignment(id=id, session_id=session_id, person_id=person_id)


def options_of(
    timetable: Timetable,
    number: int,
    window: Interval,
    step: timedelta,
    *,
    slot: Slot | None = None,
    room_id: str | None = None,
) -> Options:
    """The placements of a session, of which a slot and a room may be settled.

    A session that has a slot and lacks a room keeps the slot; one that has a room and lacks a slot
    keeps the room. O(starts + rooms + its assignments).
    """
    session, place = timetable.sessions[number], timetable.places[number]
    parts = timetable.portfolio.where(Assignment, session_id=session.id)
    given = tuple(sorted({part.person_id for part in parts}))
    led = any(part.role == "lead" for part in parts)
    placed = is_placed(session)
    kept = slot or (None if placed else session.slot)
    hours = (
        start_times(place, window, step, session.length) if kept is None else _alone(kept, place)
    )
    rooms = (room_id,) if room_id is not None else _rooms(timetable, session, placed=placed)
    return Options(
        timetable=timetable,
        number=number,
        hours=hours,
        rooms=rooms,
        trainers=may_lead(timetable, number, given, led=led) or (None,),
        given=given,
    )


def _alone(slot: Slot, place: tzinfo) -> StartTimes:
    """The one start of a slot that is kept."""
    return StartTimes(slot.end_utc - slot.start_utc, (slot.start_utc,), place)


def standing_now(options: Options) -> Options | None:
    """The one placement in which the session is now; None where it has no slot."""
    session = options.session
    if session.slot is None:
        return None
    hours = _alone(session.slot, options.timetable.places[options.number])
    return attrs.evolve(options, hours=hours, rooms=(session.room_id,), trainers=(None,))


def _rooms(timetable: Timetable, session: Session, *, placed: bool) -> tuple[str | None, ...]:
    if session.mode == "online":
        return (session.room_id,)
    own = None if placed else session.room_id
    return tuple(
        id
        for id, room in timetable.rooms.items()
        if room.center_id == session.center_id and own in (None, id)
    )
