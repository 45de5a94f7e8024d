"""Candidate placements of one session while all others are fixed: starts, rooms and trainers.

Starts are numbered in the order of time, and a set of them is one integer with a bit for each,
so that a constraint closes thousands of starts with a few shifts. Starts are independent of rooms
and trainers: the placements are the product of the three.
"""

from bisect import bisect_left
from collections.abc import Container, Mapping, Sequence
from datetime import timedelta, tzinfo
from functools import cached_property
from typing import Literal

import attrs

from mic_core.chrono import Interval, Slot
from mic_core.chrono.local import MINUTE, local
from mic_core.ids import numbered_ids
from mic_core.model import Assignment, Session
from mic_core.scheduling.evaluation.counting_terms import monday_of
from mic_core.scheduling.problem.candidates import eligible_trainers
from mic_core.scheduling.problem.time_axis import (
    cells_in,
    day_runs,
    days_and_minutes,
    mask_of,
    start_instants,
)
from mic_core.timetable import Timetable, is_placed

StartSet = int
"""A set of candidate starts as a bit mask: bit i stands for start i of a `StartTimes`."""


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
        """The starts by their microseconds after a full minute: mostly one set, at 0."""
        return _grouped([at % MINUTE for at in self.instants])

    def only(self, starts: StartSet) -> "StartTimes":
        """The same with a subset of the starts, numbered anew."""
        return attrs.evolve(self, instants=[self.instants[each] for each in cells_in(starts)])


def _grouped(keys: Sequence[int]) -> dict[int, StartSet]:
    """The starts grouped by a key, given for each start in order."""
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
    """The candidate placements of one session: each start, with each room and each trainer.

    `number` is the session's index in the timetable. `rooms` and `trainers` hold None alone where
    there is nothing to choose: an online session without a room, a session that has a lead.
    `persons` are the ids of the persons who are assigned already.
    """

    timetable: Timetable
    number: int
    times: StartTimes
    rooms: tuple[str | None, ...]
    trainers: tuple[str | None, ...]
    persons: tuple[str, ...]
    # Memos by start (and room): functions of users and findings build the same sessions again.
    _sessions: dict[tuple[int, str | None], Session] = attrs.field(
        factory=dict[tuple[int, str | None], Session], init=False
    )
    _slots: dict[int, Slot] = attrs.field(factory=dict[int, Slot], init=False)

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self.timetable.sessions[self.number]

    @property
    def size(self) -> int:
        """The number of candidate placements."""
        return len(self.times.instants) * len(self.rooms) * len(self.trainers)

    def slot_at(self, start: int) -> Slot:
        """The slot of the session that begins at start index `start`."""
        if start not in self._slots:
            at, place = self.times.instants[start], self.timetable.places[self.number]
            before = self.session.slot
            self._slots[start] = (
                before
                if before is not None and before.start_utc == at
                else Slot(local(at, place), local(at + self.times.length, place))
            )
        return self._slots[start]

    def session_at(self, start: int, room: str | None) -> Session:
        """The session as it would be recorded at start index `start` in a room."""
        key = start, room
        if key not in self._sessions:
            self._sessions[key] = placed_at(self.session, self.slot_at(start), room)
        return self._sessions[key]


def placed_at(session: Session, slot: Slot | None, room_id: str | None) -> Session:
    """The session placed in a slot and a room, with a new revision if that moves it."""
    if slot == session.slot and room_id == session.room_id:
        return session
    revision = session.revision + (session.slot is not None)
    return attrs.evolve(session, slot=slot, room_id=room_id, revision=revision)


def lead_of(session_id: str, person_id: str, taken: Container[str]) -> Assignment:
    """The assignment of a person as lead of a session, under an id that is not in `taken`."""
    id = next(each for each in numbered_ids(session_id, "lead") if each not in taken)
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
    """The candidate placements of a session; a `slot` or a `room_id` restricts them to that one.

    A session that has a slot and lacks a room keeps the slot; one that has a room and lacks a slot
    keeps the room. O(starts + rooms + its assignments).
    """
    session, place = timetable.sessions[number], timetable.places[number]
    parts = timetable.portfolio.where(Assignment, session_id=session.id)
    persons = tuple(sorted({part.person_id for part in parts}))
    led = any(part.role == "lead" for part in parts)
    placed = is_placed(session)
    kept = slot or (None if placed else session.slot)
    times = (
        start_times(place, window, step, session.length)
        if kept is None
        else _single_start(kept, place)
    )
    rooms = (room_id,) if room_id is not None else _rooms(timetable, session, placed=placed)
    return Options(
        timetable=timetable,
        number=number,
        times=times,
        rooms=rooms,
        trainers=eligible_trainers(timetable, number, persons, led=led) or (None,),
        persons=persons,
    )


def _single_start(slot: Slot, place: tzinfo) -> StartTimes:
    """The one start of a slot that is kept."""
    return StartTimes(slot.end_utc - slot.start_utc, (slot.start_utc,), place)


def current_placement(options: Options) -> Options | None:
    """The placement in which the session is now as the only candidate; None without a slot."""
    session = options.session
    if session.slot is None:
        return None
    times = _single_start(session.slot, options.timetable.places[options.number])
    return attrs.evolve(options, times=times, rooms=(session.room_id,), trainers=(None,))


def _rooms(timetable: Timetable, session: Session, *, placed: bool) -> tuple[str | None, ...]:
    if session.mode == "online":
        return (session.room_id,)
    own = None if placed else session.room_id
    return tuple(
        id
        for id, room in timetable.rooms.items()
        if room.center_id == session.center_id and own in (None, id)
    )
