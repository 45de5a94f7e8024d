"""Drawing of a weekly series around a change of clocks, and of sessions of its occurrences."""

from datetime import date, datetime, time, timedelta

from mic_core.chrono import Recurrence, Slot, instant, occurrences
from mic_core.chrono.local import local, moments
from mic_core.model import Series, Session
from mic_core.testing.coherent.growing import Growing, Place
from mic_core.testing.coherent.offers import quarters
from mic_core.testing.coherent.sessions import draw_session, outcome

_MOVES = (
    None, None, None, "later", "next day", "gone", "unnamed", "stray", "twice", "room", "title"
)  # fmt: skip
"""In what a session is unlike its occurrence."""

_DAY = timedelta(days=1)


def draw_series(growing: Growing, home: Place) -> None:
    """Draw a series, and sessions of some of its first occurrences; some of them were moved."""
    rule = Recurrence(frequency="weekly", count=1 + growing.below(4))
    rooms = [each.id for each in home.rooms]
    made = growing.add(
        Series,
        center_id=home.center_id,
        title="Session",
        recurrence=rule,
        first_on=home.day - 7 * _DAY,
        starts_at=growing.pick((time(18), time(2, 30), time(23, 30))),
        length=quarters(growing),
        room_id=growing.pick((None, *rooms)),
    )
    days = occurrences(rule, made.first_on)
    starts = moments(days, made.starts_at, home.clocks, nonexistent="later", ambiguous="first")
    due = [*zip(days, starts, strict=True)]

    def add_occurrence() -> None:
        day, start = due.pop(0)
        for each in _occurrence(growing, home, made, day, start):
            outcome(growing, home, each)

    growing.several(add_occurrence, len(days), 1)


def _occurrence(
    growing: Growing, home: Place, of: Series, day: date, start: datetime
) -> list[Session]:
    """Draw the sessions of one occurrence: one, none if it was left out, or two."""
    end = local(instant(start) + of.length // timedelta(microseconds=1), home.clocks)
    slot, on, title, room = Slot(start, end), day, of.title, of.room_id
    move = growing.pick(_MOVES)
    match move:
        case "later":
            slot = slot.moved(timedelta(minutes=15))
        case "next day":
            slot = slot.moved(_DAY)
        case "gone":
            return []
        case "stray":
            on = day + _DAY
        case "room" if home.rooms:
            room = growing.pick(home.rooms).id
        case "title":
            title = "Another"
        case _:
            pass
    audience = growing.some(growing.known("person", "organization"))
    return [
        draw_session(
            growing,
            home,
            slot,
            length=of.length,
            title=title,
            room_id=room,
            edition_id=None,
            module_id=None,
            audience=audience,
            series_id=of.id,
            original_on=None if move == "unnamed" else on,
            status="planned",
        )
        for _ in range(2 if move == "twice" else 1)
    ]
