"""Seat rules: capacity over time, double and repeated enrollment, windows, expired offers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from mic_core.admission.persons import kept_id, persons_of
from mic_core.admission.seats import peak, seat_changes, taken_seats
from mic_core.chrono.local import instant, local
from mic_core.ids import cite
from mic_core.model import TABLES, Edition, Enrollment, Program, Seats, Session
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories
from mic_core.rules import Breach, Entry, Facts, PortfolioRule, require_instant

_OCCUPIES = TABLES["enrollment"].occupies_seat
_TOOK_PART = frozenset({"enrolled", "suspended", "completed", "incomplete"})
_MODES: tuple[Presence, ...] = ("in_person", "online")


def _capacities(portfolio: Portfolio) -> Iterator[tuple[str, str, Seats]]:
    """Editions, and sessions with seats of their own: id, citation, seats."""
    for edition in portfolio.all(Edition):
        yield edition.id, cite("edition", edition.id), edition.seats
    for session in portfolio.all(Session):
        if session.seats is not None:
            yield session.id, cite("session", session.id), session.seats


def _over_seats(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for id, subject, seats in _capacities(portfolio):
        held = taken_seats(portfolio, id)
        for mode in _MODES:
            needed = getattr(seats, mode)
            mine = (each for each in held if each.enrollment.mode == mode)
            had, moment = peak(seat_changes(mine))
            if needed is not None and had > needed:
                facts = {
                    "needed": needed, "had": had, "mode": mode.replace("_", " "),
                    "at": local(moment, UTC).isoformat(),
                }  # fmt: skip
                yield Breach(subjects=(subject,), path=f"seats.{mode}", facts=facts)


OVER_SEATS = PortfolioRule(
    entry=Entry(
        code="over-seats",
        level="hard",
        law="At no instant are more places of an edition or session taken than it has seats.",
        why="One seat is one person's place; offered seats are promised ones.",
        source="arithmetic, over all transitions in the order in which they took effect",
        sentence="{subjects} has {needed} seats {mode}; {had} places are taken at {at}",
        mend="add seats, or take back an offer or an enrollment",
    ),
    find=_over_seats,
)
"""Taken places never exceed the seats."""


def _double_seats(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Enrollment)
    by_key: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for each in portfolio.all(Enrollment):
        for span in status[each.id].spans():
            if span.status in _OCCUPIES and span.start is not None:
                end = _NEVER if span.end is None else instant(span.end)
                for person in persons_of(portfolio, each):
                    key = (each.into, person)
                    by_key.setdefault(key, []).append((instant(span.start), end, each.id))
    found: set[tuple[str, str]] = set()
    for spans in by_key.values():
        found.update(_overlapping_pairs(sorted(spans)))
    for pair in sorted(found):
        names = tuple(cite("enrollment", id) for id in pair)
        yield Breach(subjects=names, facts={"needed": 1, "had": 2})


_NEVER = 2**63
"""Microseconds later than any instant of the calendar."""


def _overlapping_pairs(spans: list[tuple[int, int, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of enrollments whose spans overlap, from spans sorted by start.

    A sweep: each span is compared with the earlier one of the latest end.
    """
    reach, last = 0, ""
    for start, end, id in spans:
        if last and id != last and start < reach:
            yield min(last, id), max(last, id)
        if not last or end > reach:
            reach, last = end, id


SEAT_TWICE = PortfolioRule(
    entry=Entry(
        code="seat-twice",
        level="medium",
        law="Nobody has two seats in one edition or session at the same time.",
        why="One of them stays empty and somebody else could have it.",
        source="one seat is one person's place",
        sentence="{subjects} give one participant {had} seats at once",
        mend="cancel one of them",
    ),
    find=_double_seats,
)
"""A person has at most one seat at a time in an edition or session."""


def _repeated_participation(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    once = {each.id for each in portfolio.all(Program) if not each.reenroll}
    editions = portfolio.all(Edition)
    homes = {each.id: each.program_id for each in editions if each.program_id in once}
    status = status_histories(portfolio, Enrollment)
    by_key: dict[tuple[str, str], dict[str, str]] = {}
    for each in portfolio.all(Enrollment):
        program = homes.get(each.into)
        if program is not None and status[each.id].last in _TOOK_PART:
            taken = by_key.setdefault((program, kept_id(portfolio, each.participant_id)), {})
            taken.setdefault(each.into, cite("enrollment", each.id))
    for (program, _id), taken in by_key.items():
        if len(taken) > 1:
            facts: Facts = {"program": cite("program", program), "had": len(taken), "needed": 1}
            yield Breach(subjects=tuple(taken.values()), facts=facts)


ENROLLED_AGAIN = PortfolioRule(
    entry=Entry(
        code="enrolled-again",
        level="medium",
        law="A participant takes part in one edition of a program, unless it admits them again.",
        why="The seat was meant for somebody new, and distinct participants are fewer than seats.",
        source="the program's own word on re-enrollment",
        sentence="{subjects}: one participant in {had} editions of {program}, which admits nobody "
        "again",
        mend="cancel one of them, or let the program admit participants again",
    ),
    find=_repeated_participation,
)
"""A participant takes part in a program once, unless it allows re-enrollment."""


def _requests_outside_window(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    windows = {
        each.id: each.application_window
        for each in portfolio.all(Edition)
        if each.admission != "by_call"
    }
    for each in portfolio.all(Enrollment):
        window = windows.get(each.into)
        if window is not None and each.requested_at is not None:
            moment = instant(each.requested_at)
            if not window.start_utc <= moment < window.end_utc:
                facts = {
                    "had": each.requested_at.isoformat(), "needed": str(window),
                    "edition": cite("edition", each.into),
                }  # fmt: skip
                name = cite("enrollment", each.id)
                yield Breach(subjects=(name,), path="requested_at", facts=facts)


OUTSIDE_WINDOW = PortfolioRule(
    entry=Entry(
        code="outside-window",
        level="medium",
        law="An enrollment without a call is asked for within the edition's application window.",
        why="Who kept to the dates would be passed by who did not.",
        source="the edition's own window; where a call admits, the call's window holds",
        sentence="{subjects} was asked for at {had}; one can apply for {edition} {needed}",
        mend="refuse it, or extend the window for everybody",
    ),
    find=_requests_outside_window,
)
"""An enrollment is requested within the application window."""


def _seats_in_cancelled(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    cancelled = {
        id: cite(kind, id)
        for kind, noun in (("edition", Edition), ("session", Session))
        for id, history in status_histories(portfolio, noun).items()
        if history.last == "cancelled"
    }
    for id, history in status_histories(portfolio, Enrollment).items() if cancelled else ():
        into = cancelled.get(_into(portfolio, id))
        if into is not None and history.last in _OCCUPIES:
            name = cite("enrollment", id)
            facts = {
                "had": history.last, "needed": "cancelled", "into": into, "enrollment": name
            }  # fmt: skip
            yield Breach(subjects=(name, into), facts=facts)


def _into(portfolio: Portfolio, id: str) -> str:
    return portfolio.get(Enrollment, id).into


SEAT_IN_CANCELLED = PortfolioRule(
    entry=Entry(
        code="seat-in-cancelled",
        level="medium",
        law="Nobody has a seat in an edition or session that is cancelled.",
        why="They come to a closed door, and are counted as participants.",
        source="common practice",
        sentence="{enrollment} is {had} in {into}, which is cancelled",
        mend="cancel or transfer the enrollment",
    ),
    find=_seats_in_cancelled,
)
"""A cancelled edition or session has no taken seat."""


def _overdue_offers(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for id, history in status_histories(portfolio, Enrollment).items():
        steps = history.until(as_of)
        ends = steps[-1].expires_at if steps else None
        if ends is not None and ends <= as_of:
            facts = {"had": "offered", "needed": "expired", "until": ends.isoformat()}
            names = (cite("enrollment", id), cite("transition", steps[-1].id))
            yield Breach(subjects=names, path="expires_at", facts=facts)


OFFER_OVERDUE = PortfolioRule(
    entry=Entry(
        code="offer-overdue",
        level="medium",
        law="An offered seat that was not taken in time has expired.",
        why="It keeps the seat from who waits for it.",
        source="the offer's own end",
        sentence="{subjects}: the offer ended at {until} and still holds a seat",
        mend="let it expire, or extend it",
        timed=True,
    ),
    find=require_instant(_overdue_offers),
)
"""An offer past its end has expired."""


def _late_answers(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for id, history in status_histories(portfolio, Enrollment).items():
        for offer, answer in pairwise(history.transitions):
            end = offer.expires_at
            if end is not None and answer.after == "enrolled" and answer.effective_at >= end:
                facts = {"had": answer.effective_at.isoformat(), "needed": end.isoformat()}
                names = (cite("enrollment", id), cite("transition", answer.id))
                yield Breach(subjects=names, path="effective_at", facts=facts)


ANSWERED_LATE = PortfolioRule(
    entry=Entry(
        code="answered-late",
        level="medium",
        law="An offered seat is taken before the offer ends.",
        why="From its end on, the seat belongs to who waits for it.",
        source="the offer's own end, half-open as all spans of time are",
        sentence="{subjects}: taken at {had}; the offer ended at {needed}",
        mend="take the answer back and let the offer expire, or record a later end of the offer",
    ),
    find=_late_answers,
)
"""An offer is accepted before its end."""

SEAT_RULES: tuple[PortfolioRule, ...] = (
    OVER_SEATS,
    SEAT_TWICE,
    ENROLLED_AGAIN,
    OUTSIDE_WINDOW,
    SEAT_IN_CANCELLED,
    OFFER_OVERDUE,
    ANSWERED_LATE,
)
"""The rules of this module."""
