"""Series rules: sessions as occurrences of a recurrence, identified by their original start."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo

from mic_core.chrono import occurrences
from mic_core.chrono.local import instant, local, moments
from mic_core.ids import cite
from mic_core.model import Attendance, Headcount, Series, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory
from mic_core.rules import Breach, Entry, Facts, PortfolioRule

_WINDOW = 3_000
"""Days in one query of a recurrence, which refuses more than ten years."""


def starts_between(
    series: Series, place: tzinfo, first: date, last: date
) -> Iterator[tuple[date, int]]:
    """Each occurrence of a series from the first to the last day, with the instant of its start.

    A nonexistent local start is shifted by the gap, an ambiguous one is the first, as in RFC 5545.
    Instants are microseconds since 1970 in UTC. Lazy; O(days).
    """
    low = first.toordinal()
    while low <= last.toordinal():
        high = min(low + _WINDOW, last.toordinal())
        window = (date.fromordinal(low), date.fromordinal(high))
        for day in occurrences(series.recurrence, series.first_on, window):
            shown = moments([day], series.starts_at, place, nonexistent="later", ambiguous="first")
            yield day, instant(next(shown))
        low = high + 1


def is_occurrence(series: Series, place: tzinfo, start: datetime) -> bool:
    """True if a series has an occurrence that starts at an instant. O(1)."""
    day = day_at(start, place).toordinal()
    # Clocks that skip midnight move a start to the next day.
    near = (date.fromordinal(max(1, day - 1)), date.fromordinal(min(day + 1, _LAST_DAY)))
    return any(at == instant(start) for _, at in starts_between(series, place, *near))


_LAST_DAY = date.max.toordinal()


def _identified_occurrences(
    portfolio: Portfolio,
) -> Iterator[tuple[Session, datetime, Series, StatusHistory, tzinfo]]:
    """Sessions with an original start in a known series: session, start, series, history, zone."""
    series = {each.id: each for each in portfolio.all(Series)}
    zones = {id: zone_of(portfolio, each.center_id) for id, each in series.items()}
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        home = series.get(each.series_id) if each.series_id is not None else None
        if home is not None and each.original_start is not None:
            yield each, each.original_start, home, status[each.id], zones[home.id]


def _unnamed_occurrences(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        if each.series_id is None or each.original_start is not None:
            continue
        if status[each.id].last != "cancelled":
            series = cite("series", each.series_id)
            facts = {"series": series, "had": None, "needed": "original_start"}
            name = cite("session", each.id)
            yield Breach(subjects=(name,), path="original_start", facts=facts)


UNNAMED_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="unnamed-occurrence",
        level="medium",
        law="A session of a series says which of its occurrences it is.",
        why="Once it moves nobody can tell, and the occurrence is made a second time.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{subjects} belongs to {series} and does not say which occurrence it is",
        mend="give it the original start of that occurrence",
    ),
    find=_unnamed_occurrences,
)
"""A session of a series has an original start."""


def _attended_sessions(portfolio: Portfolio) -> set[str]:
    """The ids of sessions with attendance or a head count."""
    found = {each.session_id for each in portfolio.all(Attendance)}
    return found | {each.session_id for each in portfolio.all(Headcount)}


def _stray_occurrences(portfolio: Portfolio, *, kept: bool) -> Iterator[Breach]:
    recorded = _attended_sessions(portfolio)
    for each, start, series, history, place in _identified_occurrences(portfolio):
        took_place = history.last == "held" or each.id in recorded
        if history.last == "cancelled" or took_place != kept:
            continue
        if not is_occurrence(series, place, start):
            name = cite("session", each.id)
            facts = {
                "series": cite("series", series.id), "session": name,
                "had": start.isoformat(), "needed": str(series.recurrence),
            }  # fmt: skip
            yield Breach(subjects=(name,), path="original_start", facts=facts)


STRAY_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="stray-occurrence",
        level="medium",
        law="The original start of a planned session is an occurrence of its series.",
        why="The series was changed, and the session stayed behind.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{session} was made for {had}, when {series} has no occurrence now",
        mend="cancel it, name another occurrence, or add its day to the series",
    ),
    find=lambda portfolio, _: _stray_occurrences(portfolio, kept=False),
)
"""A planned session is an occurrence of its series."""

KEPT_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="kept-occurrence",
        level="soft",
        law="A change of a series leaves alone the sessions that were held or have attendance; "
        "they are kept as history.",
        why="What took place took place, whatever the rule says today.",
        source="observed in calendars that rewrite the past",
        sentence="{session} took place for {had}, when {series} has no occurrence any more; it is "
        "kept as history",
        mend="nothing need be done; add its day to the series to have it listed again",
    ),
    find=lambda portfolio, _: _stray_occurrences(portfolio, kept=True),
)
"""A session that took place is kept though its series no longer has the occurrence."""


def _repeated_occurrences(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_occurrence: dict[tuple[str, datetime], list[str]] = {}
    for each, start, series, history, _place in _identified_occurrences(portfolio):
        if history.last != "cancelled":
            by_occurrence.setdefault((series.id, start), []).append(cite("session", each.id))
    for (series_id, start), names in by_occurrence.items():
        if len(names) > 1:
            facts: Facts = {
                "series": cite("series", series_id), "start": start.isoformat(),
                "had": len(names), "needed": 1,
            }  # fmt: skip
            yield Breach(subjects=tuple(names), path="original_start", facts=facts)


OCCURRENCE_TWICE = PortfolioRule(
    entry=Entry(
        code="occurrence-twice",
        level="hard",
        law="An occurrence of a series is one session at most that is not cancelled.",
        why="The original start is what tells sessions of a series apart.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{subjects} are all the occurrence of {series} at {start}",
        mend="cancel all but one of them",
    ),
    find=_repeated_occurrences,
)
"""An occurrence has at most one session."""


def _missing_occurrences(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    made: dict[str, set[int]] = {}
    for _session, start, series, _history, _place in _identified_occurrences(portfolio):
        made.setdefault(series.id, set()).add(instant(start))
    for series in portfolio.all(Series):
        starts, place = made.get(series.id), zone_of(portfolio, series.center_id)
        if starts is None:
            continue
        early, late = min(starts), max(starts)
        first, last = (day_at(local(moment, UTC), place) for moment in (early, late))
        for day, due in starts_between(series, place, first, last):
            if due not in starts and early < due < late:
                facts: Facts = {"day": str(day), "had": 0, "needed": 1}
                yield Breach(subjects=(cite("series", series.id),), facts=facts)


MISSING_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="missing-occurrence",
        level="medium",
        law="Between the first and the last session of a series every occurrence has a session, "
        "be it a cancelled one.",
        why="What the series announces somebody will come to.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{subjects} has an occurrence on {day}, and no session for it",
        mend="outline the series again, or exclude that day from its recurrence",
    ),
    find=_missing_occurrences,
)
"""The sessions of a series have no gap."""

SERIES_RULES: tuple[PortfolioRule, ...] = (
    UNNAMED_OCCURRENCE,
    STRAY_OCCURRENCE,
    KEPT_OCCURRENCE,
    OCCURRENCE_TWICE,
    MISSING_OCCURRENCE,
)
"""The rules of this module."""
