"""Drafters for sessions with the wrong room or person, or missing from a series."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta

from mic_core.catalog.fixes.drafts import Draft, cite_noun, evolve_noun, fresh_id
from mic_core.catalog.fixes.statuses import cited_nouns
from mic_core.chrono.months import day_text
from mic_core.errors import InvariantError
from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.model import Assignment, Room, Series, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import zone_of
from mic_core.portfolio.status import status_history_of
from mic_core.scheduling.series import aligned, occurrence_of


def move_to_room(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Move each session to each free room of its center, the smallest first.

    Rooms whose seats are not stated come last: nobody knows whether everybody fits.
    """
    for session in cited_nouns(portfolio, finding, Session):
        rooms = portfolio.where(Room, center_id=session.center_id)
        for room in sorted(rooms, key=lambda each: (each.seats is None, each.seats or 0, each.id)):
            if room.id != session.room_id and _is_free(portfolio, room, session):
                sentence = f"put {cite_noun(session)} into {cite_noun(room)}"
                yield evolve_noun(session, sentence, room_id=room.id)


def _is_free(portfolio: Portfolio, room: Room, session: Session) -> bool:
    """True if a room has capacity for one more session during the slot of `session`."""
    slot = session.slot
    if slot is None:
        return True
    meeting = [
        each
        for each in portfolio.where(Session, room_id=room.id)
        if each.slot is not None
        and each.slot.overlaps(slot)
        and status_history_of(portfolio, each).last != "cancelled"
    ]
    return len(meeting) < room.concurrency


def give_back_room(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Take the session out of its room."""
    for session in cited_nouns(portfolio, finding, Session):
        yield evolve_noun(session, f"take {cite_noun(session)} out of its room", room_id=None)


def reassign(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Assign another trainer of the module to the session."""
    modules, person = portfolio.modules(), str(finding.fact("shared"))
    for session in cited_nouns(portfolio, finding, Session):
        module = modules.get(session.module_id) if session.module_id is not None else None
        parts = portfolio.where(Assignment, session_id=session.id)
        taken = {part.person_id for part in parts}
        mine = [part for part in parts if cite("person", part.person_id) == person]
        for trainer in module.trainers if module is not None else ():
            sentence = f"let {cite('person', trainer)} give {cite_noun(session)}"
            for part in mine if trainer not in taken else ():
                yield evolve_noun(part, sentence, person_id=trainer)


def make_occurrence(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Create the session for an occurrence of a series that has none."""
    day = date.fromisoformat(str(finding.fact("day")))
    for series in cited_nouns(portfolio, finding, Series):
        id = fresh_id(portfolio, Session, f"{series.id[:50]}-{day}")
        session = occurrence_of(series, zone_of(portfolio, series.center_id), day, id)
        yield Draft(
            sentence=f"make a session of {cite_noun(series)} on {day_text(day)}", changes=(session,)
        )


def follow_series(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Give the session what its series has now; or a revision, if it was moved on purpose."""
    fields = finding.fact("fields")
    stale = tuple(map(str, fields)) if isinstance(fields, tuple) else ()
    for session in cited_nouns(portfolio, finding, Session):
        series = portfolio.get(Series, str(session.series_id))
        with suppress(InvariantError):  # its slot would lie beyond the calendar
            wanted = aligned(series, zone_of(portfolio, series.center_id), session, stale)
            changed = {field: getattr(wanted, field) for field in ("slot", "length", *stale)}
            yield evolve_noun(session, _alignment(session, wanted), **changed)
        name = cite_noun(session)
        yield evolve_noun(session, f"keep {name} as it is: it was moved on purpose")


def _alignment(session: Session, wanted: Session) -> str:
    """The sentence that tells what a session takes over from its series."""
    old, new, parts = session.slot, wanted.slot, list[str]()
    if old is not None and new is not None and old.start_utc != new.start_utc:
        day = f"{day_text(new.day)} " if old.day != new.day else ""
        parts.append(f"move {{}} to {day}{new.start:%H:%M}")
    if session.length != wanted.length:
        parts.append(f"let {{}} last {wanted.length // _MINUTE} minutes")
    if session.room_id != wanted.room_id:
        parts.append(f"put {{}} into {cite('room', str(wanted.room_id))}")
    if session.title != wanted.title:
        parts.append("give {} the title of its series")
    first, *others = parts
    return " and ".join((first.format(cite_noun(session)), *(each.format("it") for each in others)))


_MINUTE = timedelta(minutes=1)
