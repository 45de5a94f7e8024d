"""How sessions at the wrong time could be mended: the nearest times beside what is in the way."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mic_core.catalog.fixes.drafts import Draft, evolved, name_of
from mic_core.catalog.fixes.statuses import cited_nouns
from mic_core.chrono import Slot
from mic_core.chrono.local import DAY_MICROSECONDS
from mic_core.errors import InvariantError
from mic_core.findings import Finding
from mic_core.model import Center, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import zone_of
from mic_core.scheduling.rules.hours import open_hours

PlacedPair = tuple[Session, Slot]


def _placed(portfolio: Portfolio, finding: Finding) -> list[PlacedPair]:
    """The sessions that a finding is about, with their slots."""
    sessions = cited_nouns(portfolio, finding, Session)
    return [(each, each.slot) for each in sessions if each.slot is not None]


def after_or_before(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Each session right after, or right before, each other one; the shortest moves first."""
    placed = _placed(portfolio, finding)
    moves = [
        (abs(start - slot.start_utc), session.id, start, (session, slot))
        for session, slot in placed
        for other, taken in placed
        if other is not session
        for start in (taken.end_utc, taken.start_utc - (slot.end_utc - slot.start_utc))
    ]
    for _by, _id, start, move in sorted(moves, key=lambda each: each[:3]):
        yield from _moved(*move, start)


def into_hours(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Each session to the nearest opening hours of its center, no more than a day away."""
    for session, slot in _placed(portfolio, finding):
        center = portfolio.find(Center, session.center_id)
        hours = center.opening_hours if center is not None else None
        low, high, length = (
            slot.start_utc - DAY_MICROSECONDS,
            slot.end_utc + DAY_MICROSECONDS,
            slot.end_utc - slot.start_utc,
        )
        place = zone_of(portfolio, session.center_id)
        open_then = open_hours(hours, place, low, high) if hours is not None else ()
        starts = [
            min(max(slot.start_utc, first), last - length)
            for first, last in open_then
            if last - first >= length
        ]
        for start in sorted(starts, key=lambda each: (abs(each - slot.start_utc), each)):
            yield from _moved(session, slot, start)


def _moved(session: Session, slot: Slot, start: int) -> Iterator[Draft]:
    """A session that starts at another instant, as long as the calendar goes."""
    try:
        moved = slot.moved(timedelta(microseconds=start - slot.start_utc))
    except InvariantError:
        return
    yield evolved(session, f"move {name_of(session)} to {moved}", slot=moved)
