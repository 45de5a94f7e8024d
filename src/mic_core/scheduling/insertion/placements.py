"""Where one session could stand while all others stay: its starts, its rooms and its trainers."""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import timedelta, tzinfo
from functools import cached_property
from itertools import chain, count
from typing import Literal

import attrs

from mic_core.chrono import Interval, Slot
from mic_core.chrono.local import DAY_MICROSECONDS, MINUTE, local, midnight
from mic_core.ids import is_id
from mic_core.model import Assignment, Session
from mic_core.scheduling.problem.candidates import eligible_trainers
from mic_core.scheduling.problem.time_axis import cells_in, minutes_of_changed_day
from mic_core.timetable import Timetable, clock, is_placed

StartSet = int
"""A set of possible starts: bit i stands for the i-th of them."""


@attrs.frozen(eq=False, slots=False)
class Hours:
    """The instants at which something of one length could start, in the order of time.

    `days` and `minutes` are what the clocks of its center show then: the day from 1 January 1 on,
    and the minute in it.
    """

    length: int
    instants: Sequence[int]
    days: Sequence[int]
    minutes: Sequence[int]

    @cached_property
    def all(self) -> StartSet:
        """All of them."""
        return (1 << len(self.instants)) - 1

    def between(self, first: int, after: int) -> StartSet:
        """Those from one instant on and before another. O(log n), and a shift."""
        low, high = bisect_left(self.instants, first), bisect_left(self.instants, after)
        return (1 << high) - (1 << low) if low < high else 0

    def inside(self, low: int, high: int) -> StartSet:
        """Those from which it lies between two instants."""
        return self.between(low, high - self.length + 1)

    def meeting(self, low: int, high: int) -> StartSet:
        """Those from which it shares a moment with an interval."""
        return self.between(low - self.length + 1, high)

    def by(self, per: Literal["day", "week", "time"]) -> Mapping[int, StartSet]:
        """The starts by local day, by the Monday of the week, or by minute of the day."""
        found: dict[int, StartSet] = {}
        if per == "week":
            for day, starts in self.by_day.items():
                monday = (day - 1) // 7 * 7 + 1
                found[monday] = found.get(monday, 0) | starts
            return found
        return self.by_day if per == "day" else self.by_minute

    @cached_property
    def by_day(self) -> Mapping[int, StartSet]:
        """The starts of each local day."""
        found: dict[int, StartSet] = {}
        first = 0
        while first < len(self.days):
            after = bisect_right(self.days, self.days[first])
            found[self.days[first]] = (1 << after) - (1 << first)
            first = after
        return found

    @cached_property
    def by_minute(self) -> Mapping[int, StartSet]:
        """The starts at each minute of the day."""
        return _by(self.minutes)

    @cached_property
    def by_second(self) -> Mapping[int, StartSet]:
        """The starts by how many microseconds after a whole minute they are, mostly none."""
        return _by([at % MINUTE for at in self.instants])

    def only(self, starts: StartSet) -> "Hours":
        """The same with some of the starts alone."""
        places = cells_in(starts)
        return Hours(
            self.length,
            [self.instants[place] for place in places],
            [self.days[place] for place in places],
            [self.minutes[place] for place in places],
        )


def _by(keys: Sequence[int]) -> dict[int, StartSet]:
    """The starts by a key of each."""
    members: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        members.setdefault(key, []).append(place)
    return {key: set_of(places, len(keys)) for key, places in members.items()}


def set_of(places: Iterable[int], size: int) -> StartSet:
    """The set of some starts among so many.

    >>> bin(set_of([0, 3], 5))
    '0b1001'
    """
    held = bytearray(size // 8 + 1)
    for place in places:
        held[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(held, "little")


def hours_of(place: tzinfo, window: Interval, step: timedelta, length: timedelta) -> Hours:
    """The starts within a window at which local clocks show whole steps since midnight.

    Of those that clocks show twice the first. O(starts).
    """
    low, high = window
    lasts, stride = length // timedelta(microseconds=1), step // timedelta(minutes=1)
    usual = range(0, DAY_MICROSECONDS // MINUTE, stride)
    instants: list[int] = []
    days: list[int] = []
    minutes: list[int] = []
    for ordinal in range(local(low, place).toordinal(), local(high, place).toordinal() + 1):
        opening = midnight(place, ordinal)
        if opening is not None:
            shown = {minute: opening + minute * MINUTE for minute in usual}
        else:
            shown = dict(minutes_of_changed_day(place, ordinal, stride))
        instants += shown.values()
        days += [ordinal] * len(shown)
        minutes += shown
    first, after = bisect_left(instants, low), bisect_left(instants, high - lasts + 1)
    return Hours(lasts, instants[first:after], days[first:after], minutes[first:after])


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Options:
    """The placements that one session could have: each start, with each room and each trainer.

    `rooms` and `trainers` hold None alone where there is nothing to choose: an online session
    without a room, a session that somebody leads already. `given` are the persons who are assigned
    to it.
    """

    timetable: Timetable
    number: int
    hours: Hours
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
    hours = hours_of(place, window, step, session.length) if kept is None else _alone(kept, place)
    rooms = (room_id,) if room_id is not None else _rooms(timetable, session, placed=placed)
    return Options(
        timetable=timetable,
        number=number,
        hours=hours,
        rooms=rooms,
        trainers=eligible_trainers(timetable, number, given, led=led) or (None,),
        given=given,
    )


def _alone(slot: Slot, place: tzinfo) -> Hours:
    """The hours of a slot that stays."""
    day, minute = clock(slot.start_utc, place)
    return Hours(slot.end_utc - slot.start_utc, (slot.start_utc,), (day,), (minute,))


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
