"""Edition rules: numbers, minimum participation, and dates against statuses."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from mic_core.chrono.local import instant
from mic_core.ids import cite
from mic_core.model import Edition, Enrollment, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, period_bounds, zone_of
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory
from mic_core.rules import Breach, Entry, Facts, PortfolioRule, require_instant

_TAKING_PART = frozenset({"enrolled", "suspended", "completed", "incomplete"})
_DAY = timedelta(days=1)


def _shared_numbers(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Edition)
    by_key: dict[tuple[str, str, int], list[str]] = {}
    for each in portfolio.all(Edition):
        if status[each.id].last != "cancelled":
            key = (each.program_id, each.center_id, each.number)
            by_key.setdefault(key, []).append(cite("edition", each.id))
    for (program, center, number), editions in by_key.items():
        if len(editions) > 1:
            facts: Facts = {
                "number": number, "had": len(editions), "needed": 1,
                "program": cite("program", program), "center": cite("center", center),
            }  # fmt: skip
            yield Breach(subjects=tuple(editions), path="number", facts=facts)


EDITION_NUMBER = PortfolioRule(
    entry=Entry(
        code="edition-number",
        level="medium",
        law="The editions of a program in one center, but for cancelled ones, have different "
        "numbers.",
        why="People speak of the sixth edition and mean one of them.",
        source="common practice",
        sentence="{subjects} are all number {number} of {program} in {center}",
        mend="renumber all but one of them",
    ),
    find=_shared_numbers,
)
"""The number of an edition is unique in its program and center."""


def _unreachable_minimums(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Edition):
        had = _seats(each)
        if each.min_seats is not None and had is not None and each.min_seats > had:
            facts = {"needed": each.min_seats, "had": had}
            yield Breach(subjects=(cite("edition", each.id),), path="min_seats", facts=facts)


def _seats(edition: Edition) -> int | None:
    """All seats of an edition; None where there is no limit.

    Without a number of online seats only the seats on site count.
    """
    on_site, online = edition.seats.in_person, edition.seats.online
    if on_site is None or (online is None and on_site == 0):
        return None
    return on_site + (online or 0)


MIN_SEATS = PortfolioRule(
    entry=Entry(
        code="min-seats",
        level="medium",
        law="An edition does not need more persons to run than it has seats.",
        why="It would never run.",
        source="arithmetic",
        sentence="{subjects} needs {needed} persons to run and has {had} seats",
        mend="offer at least {needed} seats, or ask for fewer persons",
    ),
    find=_unreachable_minimums,
)
"""An edition has the seats that it needs to run."""


def _late_windows(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Edition):
        end = period_bounds(portfolio, each.period, each.center_id)[1]
        window = each.application_window
        if window is not None and end is not None and window.end_utc > end:
            facts = {"had": window.end.isoformat(), "needed": str(each.period)}
            path = "application_window"
            yield Breach(subjects=(cite("edition", each.id),), path=path, facts=facts)


APPLICATION_WINDOW = PortfolioRule(
    entry=Entry(
        code="application-window",
        level="medium",
        law="One can apply for an edition no longer than it runs.",
        why="Nobody can enter what is over.",
        source="common practice",
        sentence="one can apply for {subjects} until {had}, but it runs {needed}",
        mend="close the application window earlier, or extend the edition",
    ),
    find=_late_windows,
)
"""The application window ends before the edition does."""


def _started_editions(
    portfolio: Portfolio, as_of: datetime
) -> Iterator[tuple[Edition, int, StatusHistory]]:
    """The editions that began by an instant, with their start and status history."""
    status = status_histories(portfolio, Edition)
    for each in portfolio.all(Edition):
        start = period_bounds(portfolio, each.period, each.center_id)[0]
        if start is not None and start <= instant(as_of):
            yield each, start, status[each.id]


def _participation(portfolio: Portfolio) -> Mapping[str, list[tuple[int, int, int | None]]]:
    """By edition: places of a participating enrollment, with the start and end of the span."""
    status = status_histories(portfolio, Enrollment)
    by_key: dict[str, list[tuple[int, int, int | None]]] = {}
    for each in portfolio.all(Enrollment):
        for part in status[each.id].spans():
            if part.status in _TAKING_PART and part.start is not None:
                end = None if part.end is None else instant(part.end)
                by_key.setdefault(each.into, []).append((each.places, instant(part.start), end))
    return by_key


def _underfilled(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    places = _participation(portfolio)
    for each, start, history in _started_editions(portfolio, as_of):
        if each.min_seats is None or history.at(as_of) in {"draft", "cancelled"}:
            continue
        had = sum(
            count
            for count, since, until in places.get(each.id, ())
            if since <= start and (until is None or start < until)
        )
        if had < each.min_seats:
            facts = {"needed": each.min_seats, "had": had}
            yield Breach(subjects=(cite("edition", each.id),), path="min_seats", facts=facts)


TOO_FEW_ENROLLED = PortfolioRule(
    entry=Entry(
        code="too-few-enrolled",
        level="medium",
        law="When an edition begins, at least as many persons are enrolled as it needs to run.",
        why="Below that number it was not meant to run.",
        source="the edition's own number",
        sentence="{subjects} began with {had} persons enrolled and needs {needed}",
        mend="cancel it, or lower the number that it needs",
        timed=True,
    ),
    find=require_instant(_underfilled),
)
"""An edition begins with at least its minimum of participants."""


def _overdue_drafts(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for each, _, history in _started_editions(portfolio, as_of):
        if history.at(as_of) == "draft":
            facts = {"had": "draft", "needed": "open", "since": str(each.period.start)}
            yield Breach(subjects=(cite("edition", each.id),), path="status", facts=facts)


EDITION_STILL_DRAFT = PortfolioRule(
    entry=Entry(
        code="edition-still-draft",
        level="medium",
        law="An edition is open, or cancelled, by the day it begins.",
        why="Nobody can be admitted to a draft.",
        source="the status table of editions",
        sentence="{subjects} began on {since} and is still a draft",
        mend="open it, move it, or cancel it",
        timed=True,
    ),
    find=require_instant(_overdue_drafts),
)
"""An edition that has begun is no draft."""


def _overdue_open(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for each, _, history in _started_editions(portfolio, as_of):
        end = period_bounds(portfolio, each.period, each.center_id)[1]
        if end is not None and end <= instant(as_of) and history.at(as_of) == "open":
            facts = {"had": "open", "needed": "completed", "until": str(each.period.end)}
            yield Breach(subjects=(cite("edition", each.id),), path="status", facts=facts)


EDITION_STILL_OPEN = PortfolioRule(
    entry=Entry(
        code="edition-still-open",
        level="soft",
        law="An edition whose period is over is completed or cancelled.",
        why="What stays open is counted as running and takes new people.",
        source="the status table of editions",
        sentence="{subjects} ended before {until} and is still open",
        mend="complete it, or extend its period",
        timed=True,
    ),
    find=require_instant(_overdue_open),
)
"""An edition that has ended is not open."""


def _early_completions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Edition)
    for each in portfolio.all(Edition):
        steps = status[each.id].transitions
        done = next((step for step in steps if step.after == "completed"), None)
        if done is None or each.period.end is None:
            continue
        had = day_at(done.effective_at, zone_of(portfolio, each.center_id))
        needed = each.period.end - _DAY
        if had < needed:
            facts = {"had": str(had), "needed": str(needed)}
            names = (cite("edition", each.id), cite("transition", done.id))
            yield Breach(subjects=names, path="effective_at", facts=facts)


COMPLETED_EARLY = PortfolioRule(
    entry=Entry(
        code="completed-early",
        level="medium",
        law="An edition is completed on its last day or later.",
        why="Before that, some of it is still to come.",
        source="the status table of editions",
        sentence="{subjects}: completed on {had}, before the last day, {needed}",
        mend="correct the date, or shorten the period of the edition",
    ),
    find=_early_completions,
)
"""An edition is not completed before its last day."""


def _orphaned_sessions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status, sessions = status_histories(portfolio, Edition), status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        home = status.get(each.edition_id) if each.edition_id is not None else None
        if home is not None and home.last == "cancelled" and sessions[each.id].last == "planned":
            edition = cite("edition", each.edition_id or "")
            facts = {
                "edition": edition, "session": cite("session", each.id),
                "had": "planned", "needed": "cancelled",
            }  # fmt: skip
            yield Breach(subjects=(edition, cite("session", each.id)), path="status", facts=facts)


CANCELLED_EDITION = PortfolioRule(
    entry=Entry(
        code="cancelled-edition",
        level="medium",
        law="No session of a cancelled edition is still planned.",
        why="It keeps a room and a trainer for nobody.",
        source="common practice",
        sentence="{edition} is cancelled, but {session} is still planned",
        mend="cancel {session}, or take it out of the edition",
    ),
    find=_orphaned_sessions,
)
"""A cancelled edition has no planned session."""


def _seats_beyond_rooms(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    largest: dict[str, int | None] = {}
    for room in portfolio.all(Room):
        largest[room.center_id] = _larger(largest.get(room.center_id, 0), room.seats)
    status = status_histories(portfolio, Edition)
    for each in portfolio.all(Edition):
        needed, had = each.seats.in_person, largest.get(each.center_id)
        cancelled = status[each.id].last == "cancelled"
        if needed is not None and had is not None and needed > had and not cancelled:
            name, center = cite("edition", each.id), cite("center", each.center_id)
            facts: Facts = {"needed": needed, "had": had, "center": center, "edition": name}
            yield Breach(subjects=(name,), path="seats.in_person", facts=facts)


def _larger(one: int | None, other: int | None) -> int | None:
    """The larger number of seats; None, which is not stated, fits anything.

    >>> _larger(20, 5), _larger(20, None), _larger(None, 5)
    (20, None, None)
    """
    return None if one is None or other is None else max(one, other)


SEATS_BEYOND_ROOMS = PortfolioRule(
    entry=Entry(
        code="seats-beyond-rooms",
        level="medium",
        law="The seats of an edition on site fit into at least one room of its center, if it has "
        "any.",
        why="A full edition would have no room to meet in, whatever its plan.",
        source="arithmetic",
        sentence="{edition} offers {needed} seats on site; the largest room of {center} has {had}",
        mend="offer {had} seats, or record a room with {needed}",
    ),
    find=_seats_beyond_rooms,
)
"""The seats of an edition fit into a room of its center."""

EDITION_RULES: tuple[PortfolioRule, ...] = (
    EDITION_NUMBER,
    MIN_SEATS,
    APPLICATION_WINDOW,
    TOO_FEW_ENROLLED,
    EDITION_STILL_DRAFT,
    EDITION_STILL_OPEN,
    COMPLETED_EARLY,
    CANCELLED_EDITION,
    SEATS_BEYOND_ROOMS,
)
"""The rules of this module."""
