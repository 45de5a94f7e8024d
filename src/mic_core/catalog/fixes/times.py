"""Drafters for sessions at the wrong time: the nearest start beside a session, or in hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mic_core.catalog.fixes.drafts import Draft, cite_noun, evolve_noun
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


def _placed_sessions(portfolio: Portfolio, finding: Finding) -> list[PlacedPair]:
    """The placed sessions among the subjects of a finding, with their slots."""
    sessions = cited_nouns(portfolio, finding, Session)
    return [(each, each.slot) for each in sessions if each.slot is not None]


def move_beside(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Move each session right after, or right before, each other one; the shortest move first."""
    placed = _placed_sessions(portfolio, finding)
    moves = [
        (abs(start - slot.start_utc), session.id, start, (session, slot))
        for session, slot in placed
        for other, taken in placed
        if other is not session
        for start in (taken.end_utc, taken.start_utc - (slot.end_utc - slot.start_utc))
    ]
    for _by, _id, start, move in sorted(moves, key=lambda each: each[:3]):
        yield from _move_to(*move, start)


def move_into_hours(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Move each session into the nearest opening hours of its center, at most a day away."""
    for session, slot in _placed_sessions(portfolio, finding):
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
            yield from _move_to(session, slot, start)


def _move_to(session: Session, slot: Slot, start: int) -> Iterator[Draft]:
    """A draft that moves a session to another start; none outside the calendar."""
    try:
        moved = slot.moved(timedelta(microseconds=start - slot.start_utc))
    except InvariantError:
        return
    yield evolve_noun(session, f"move {cite_noun(session)} to {moved}", slot=moved)
