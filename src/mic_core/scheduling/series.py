"""Occurrences of a series: its local dates, with the start, the slot and the session of each.

An occurrence is a series and a local date. The time of day is that of the series: a skipped local
start is shifted by the gap, of a repeated one the first is meant, as in RFC 5545. A date that the
clocks of the center skip has no occurrence.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import attrs

from mic_core.chrono import Slot, occurrences, resolve
from mic_core.chrono.local import has_day, instant, local
from mic_core.errors import InvariantError
from mic_core.ids import cite
from mic_core.model import Series, Session

_WINDOW = 3_000
"""Days in one query of a recurrence, which refuses more than ten years."""

_MICROSECOND = timedelta(microseconds=1)


def dates_between(series: Series, place: tzinfo, first: date, last: date) -> Iterator[date]:
    """The dates of a series from the first to the last day, in order. Lazy; O(days)."""
    low = first.toordinal()
    while low <= last.toordinal():
        high = min(low + _WINDOW, last.toordinal())
        window = (date.fromordinal(low), date.fromordinal(high))
        for day in occurrences(series.recurrence, series.first_on, window):
            if has_day(day, place):
                yield day
        low = high + 1


def is_occurrence(series: Series, place: tzinfo, day: date) -> bool:
    """True if a series has an occurrence on a date. O(1)."""
    return any(True for _ in dates_between(series, place, day, day))


def start_on(series: Series, place: tzinfo, day: date) -> datetime:
    """The start of the occurrence on a date, in the zone of the center. O(1)."""
    return resolve(day, series.starts_at, place, nonexistent="later", ambiguous="first")


def slot_on(series: Series, place: tzinfo, day: date) -> Slot:
    """The slot of the occurrence on a date; raises InvariantError beyond the calendar. O(1)."""
    return _slot_from(start_on(series, place, day), series.length)


def _slot_from(start: datetime, length: timedelta) -> Slot:
    return Slot(start, local(instant(start) + length // _MICROSECOND, start.tzinfo or UTC))


def occurrence_of(series: Series, place: tzinfo, day: date, id: str) -> Session:
    """The session of a series on a date, under an id.

    Raises InvariantError where it would lie beyond the calendar.
    """
    try:
        slot = slot_on(series, place, day)
    except InvariantError as error:
        about = cite("series", series.id)
        problems = [attrs.evolve(each, path=about) for each in error.problems]
        raise InvariantError("outline", problems) from None
    return Session(
        id=id,
        center_id=series.center_id,
        title=series.title,
        kind=series.kind,
        length=series.length,
        slot=slot,
        room_id=series.room_id,
        series_id=series.id,
        original_on=day,
        mode=series.mode,
        topics=series.topics,
    )


def disagreements(series: Series, place: tzinfo, session: Session) -> tuple[str, ...]:
    """The fields in which a session differs from its occurrence: slot, length, room_id, title.

    A session without a slot is not compared in slot and room, and a series without a room leaves
    the room open. `original_on` must be known. O(1).
    """
    found: list[str] = []
    slot, day = session.slot, session.original_on
    if slot is not None and day is not None:
        if slot.start_utc != instant(start_on(series, place, day)):
            found.append("slot")
        if series.room_id is not None and session.room_id != series.room_id:
            found.append("room_id")
    if session.length != series.length:
        found.append("length")
    if session.title != series.title:
        found.append("title")
    return tuple(found)


def aligned(series: Series, place: tzinfo, session: Session, fields: Collection[str]) -> Session:
    """A session with some of the `disagreements` settled as its series has them.

    It keeps its start where only the length changes. Raises InvariantError where its slot would lie
    beyond the calendar. O(1).
    """
    wanted: dict[str, Any] = {
        field: getattr(series, field) for field in ("length", "room_id", "title") if field in fields
    }
    slot, day = session.slot, session.original_on
    if slot is not None and day is not None:
        start = start_on(series, place, day) if "slot" in fields else slot.start
        wanted["slot"] = _slot_from(start, wanted.get("length", session.length))
    return attrs.evolve(session, **wanted)
