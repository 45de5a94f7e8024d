"""Drawing of slots and rooms of sessions: clashes, near misses, edges of opening hours and nights.

A near miss of two sessions is one that ends exactly when the other one starts, or a minute before
or after that.
"""

from datetime import date, datetime, time, timedelta

from mic_core.chrono import Slot, instant
from mic_core.chrono.local import DAY_MICROSECONDS, MINUTE, local
from mic_core.testing.coherent.growing import Growing, Place
from mic_core.testing.times import QUARTER

_FRESH = ("change", "day", "evening", "opening", "closing", "after closing")
_BESIDE = (
    "same", "same", "after", "before", "minute inside", "minute into", "minute after", "half",
    "next day", "next week",
)  # fmt: skip

_HOURS = {"day": time(10), "evening": time(18), "opening": time(9)}
_CLOSING = time(18)


def draw_slot(growing: Growing, home: Place, length: timedelta) -> tuple[Slot, str | None]:
    """Draw a slot, and the room of the session beside which it lies; None where it is of none.

    A slot lies near the instant of the center, by day, or beside that of an earlier session.
    """
    lasting = length // timedelta(microseconds=1)
    way = growing.pick((*_FRESH, *_BESIDE) if growing.placed else _FRESH)
    if way == "change":
        quarter = growing.below(4) if growing.one_in(2) else growing.below(49) - 24
        return _slot(home, home.near + quarter * QUARTER, lasting), None
    if way in _FRESH:
        day = home.day + timedelta(days=growing.below(8))
        if way in _HOURS:
            start = _instant(home, day, _HOURS[way])
        else:
            late = MINUTE if way == "after closing" else 0
            start = _instant(home, day, _CLOSING) + late - lasting
        return _slot(home, start, lasting), None
    other = growing.pick(growing.placed[::-1])
    return _slot(home, beside(way, other.slot, lasting), lasting), other.room_id


def beside(way: str, other: Slot, lasting: int) -> int:
    """The instant at which a slot of a length begins that lies in some way beside another one."""
    start, end = other.start_utc, other.end_utc
    return {
        "same": start,
        "after": end,
        "before": start - lasting,
        "minute inside": end - MINUTE,
        "minute into": start + MINUTE - lasting,
        "minute after": end + MINUTE,
        "half": (start + end) // 2,
        "next day": start + DAY_MICROSECONDS,
        "next week": start + 7 * DAY_MICROSECONDS,
    }[way]


def _instant(home: Place, day: date, clock: time) -> int:
    return instant(datetime.combine(day, clock, home.clocks))


def _slot(home: Place, start: int, lasting: int) -> Slot:
    return Slot(local(start, home.clocks), local(start + lasting, home.clocks))


def draw_room(growing: Growing, home: Place, beside_room: str | None) -> str | None:
    """Draw a room of the center or none; mostly the room of the session beside it."""
    rooms = [each.id for each in home.rooms]
    if beside_room in rooms and growing.below(3):
        return beside_room
    return growing.pick((None, *rooms, *rooms))
