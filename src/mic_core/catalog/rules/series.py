"""Series rules: sessions as occurrences of a recurrence, identified by series and local date."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo

import attrs

from mic_core.ids import cite
from mic_core.model import Attendance, Center, Headcount, Series, Session
from mic_core.portfolio import Batch, Portfolio
from mic_core.portfolio.center_clock import zone_of
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory
from mic_core.rules import Breach, Entry, Facts, PortfolioRule
from mic_core.scheduling.series import dates_between, disagreements, is_occurrence, start_on

_MINUTE = timedelta(minutes=1)


@attrs.frozen
class _Occurrence:
    """A session with the date, the series, the status history and the zone of its occurrence."""

    session: Session
    day: date
    series: Series
    history: StatusHistory
    place: tzinfo


def _identified_occurrences(portfolio: Portfolio) -> Iterator[_Occurrence]:
    """The sessions with an original date in a known series."""
    series = {each.id: each for each in portfolio.all(Series)}
    zones = {id: zone_of(portfolio, each.center_id) for id, each in series.items()}
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        home = series.get(each.series_id) if each.series_id is not None else None
        if home is not None and each.original_on is not None:
            yield _Occurrence(each, each.original_on, home, status[each.id], zones[home.id])


def _unnamed_occurrences(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each in portfolio.all(Session):
        if each.series_id is None or each.original_on is not None:
            continue
        if status[each.id].last != "cancelled":
            series = cite("series", each.series_id)
            facts = {"series": series, "had": None, "needed": "original_on"}
            name = cite("session", each.id)
            yield Breach(subjects=(name,), path="original_on", facts=facts)


UNNAMED_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="unnamed-occurrence",
        level="medium",
        law="A session of a series says which of its occurrences it is.",
        why="Once it moves nobody can tell, and the occurrence is made a second time.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{subjects} belongs to {series} and does not say which occurrence it is",
        mend="give it the date of that occurrence",
    ),
    find=_unnamed_occurrences,
)
"""A session of a series has an original date."""


def _attended_sessions(portfolio: Portfolio) -> set[str]:
    """The ids of sessions with attendance or a head count."""
    found = {each.session_id for each in portfolio.all(Attendance)}
    return found | {each.session_id for each in portfolio.all(Headcount)}


def _took_place(each: _Occurrence, recorded: set[str]) -> bool:
    """True if a session was held, or if somebody was noted there."""
    return each.history.last == "held" or each.session.id in recorded


def _stray_occurrences(portfolio: Portfolio, *, kept: bool) -> Iterator[Breach]:
    recorded = _attended_sessions(portfolio)
    for each in _identified_occurrences(portfolio):
        if each.history.last == "cancelled" or _took_place(each, recorded) != kept:
            continue
        if not is_occurrence(each.series, each.place, each.day):
            name = cite("session", each.session.id)
            facts = {
                "series": cite("series", each.series.id), "session": name,
                "had": str(each.day), "needed": str(each.series.recurrence),
            }  # fmt: skip
            yield Breach(subjects=(name,), path="original_on", facts=facts)


STRAY_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="stray-occurrence",
        level="medium",
        law="The original date of a planned session is an occurrence of its series.",
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
    by_occurrence: dict[tuple[str, date], list[str]] = {}
    for each in _identified_occurrences(portfolio):
        if each.history.last != "cancelled":
            name = cite("session", each.session.id)
            by_occurrence.setdefault((each.series.id, each.day), []).append(name)
    for (series_id, day), names in by_occurrence.items():
        if len(names) > 1:
            facts: Facts = {
                "series": cite("series", series_id), "day": str(day),
                "had": len(names), "needed": 1,
            }  # fmt: skip
            yield Breach(subjects=tuple(names), path="original_on", facts=facts)


OCCURRENCE_TWICE = PortfolioRule(
    entry=Entry(
        code="occurrence-twice",
        level="hard",
        law="An occurrence of a series is one session at most that is not cancelled.",
        why="The original date is what tells sessions of a series apart.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{subjects} are all the occurrence of {series} on {day}",
        mend="cancel all but one of them",
    ),
    find=_repeated_occurrences,
)
"""An occurrence has at most one session."""


def _missing_occurrences(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    recorded = _attended_sessions(portfolio)
    made: dict[str, set[date]] = {}
    held: dict[str, date] = {}
    for each in _identified_occurrences(portfolio):
        made.setdefault(each.series.id, set()).add(each.day)
        if _took_place(each, recorded):
            held[each.series.id] = max(each.day, held.get(each.series.id, each.day))
    for series in portfolio.all(Series):
        days, place = made.get(series.id), zone_of(portfolio, series.center_id)
        if days is None:
            continue
        # What the series called for before its last session that took place is history.
        first, last = held.get(series.id, min(days)), max(days)
        for day in dates_between(series, place, first, last):
            if day not in days and first < day < last:
                facts: Facts = {"day": str(day), "had": 0, "needed": 1}
                yield Breach(subjects=(cite("series", series.id),), facts=facts)


MISSING_OCCURRENCE = PortfolioRule(
    entry=Entry(
        code="missing-occurrence",
        level="medium",
        law="Between the first and the last session of a series every occurrence has a session, "
        "be it a cancelled one; dates before the last one that took place are left alone.",
        why="What the series announces somebody will come to.",
        source="RFC 5545, RECURRENCE-ID",
        sentence="{subjects} has an occurrence on {day}, and no session for it",
        mend="outline the series again, or exclude that day from its recurrence",
    ),
    find=_missing_occurrences,
)
"""The sessions of a series have no gap."""


def _differing_sessions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    recorded = _attended_sessions(portfolio)
    differing = [
        (each, fields)
        for each in _identified_occurrences(portfolio)
        if each.history.last == "planned"
        and each.session.id not in recorded
        and (fields := disagreements(each.series, each.place, each.session))
        and is_occurrence(each.series, each.place, each.day)
    ]
    past = _Past.of(portfolio.log if differing else ())
    for each, fields in differing:
        stale = past.outdated(each, fields)
        if stale:
            name, series = cite("session", each.session.id), cite("series", each.series.id)
            facts: Facts = {
                "session": name, "series": series, "fields": stale,
                "had": tuple(_value_of_session(each, field) for field in stale),
                "needed": tuple(_value_of_series(each, field) for field in stale),
            }  # fmt: skip
            yield Breach(subjects=(name,), path=stale[0], facts=facts)


def _value_of_session(each: _Occurrence, field: str) -> str:
    """The text of a field of a session; its start on the clocks of its slot."""
    if field == "slot" and each.session.slot is not None:
        return _start_text(each.session.slot.start)
    return _text_of(getattr(each.session, field))


def _value_of_series(each: _Occurrence, field: str) -> str:
    """The text of what the series says for a field of its occurrence."""
    if field == "slot":
        return _start_text(start_on(each.series, each.place, each.day))
    return _text_of(getattr(each.series, field))


def _start_text(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(' ', 'minutes')} {moment.tzinfo}"


def _text_of(value: object) -> str:
    if isinstance(value, timedelta):
        return f"{value // _MINUTE} minutes"
    return "no room" if value is None else str(value)


@attrs.frozen
class _Past:
    """The log read for one question: was a session revised since its series last changed?

    `changed` is, by kind, id and field of a session, the place in the log at which a series or
    center last changed what it says of that field. `revisions` are the revisions of each session
    with their places. `titles` are the titles that a series ever had.
    """

    changed: Mapping[tuple[str, str, str], int]
    revisions: Mapping[str, list[tuple[int, int]]]
    titles: Mapping[str, set[str]]

    @classmethod
    def of(cls, log: tuple[Batch, ...]) -> "_Past":
        """The past of all sessions, series and centers. O(values)."""
        known: dict[tuple[str, str, str], object] = {}
        changed: dict[tuple[str, str, str], int] = {}
        revisions: dict[str, list[tuple[int, int]]] = {}
        titles: dict[str, set[str]] = {}
        for place, batch in enumerate(log):
            for value in batch.values:
                if isinstance(value, Session):
                    revisions.setdefault(value.id, []).append((place, value.revision))
                elif isinstance(value, Series | Center):
                    for key, terms in _terms_of(value):
                        if known.get(key) != terms:
                            known[key], changed[key] = terms, place
                if isinstance(value, Series):
                    titles.setdefault(value.id, set()).add(value.title)
        return cls(changed, revisions, titles)

    def outdated(self, each: _Occurrence, fields: tuple[str, ...]) -> tuple[str, ...]:
        """The fields in which a session stayed behind: not revised since the series changed them.

        Many sessions of a series have titles of their own, so only a former title is outdated.
        """
        session, series = each.session, each.series
        return tuple(
            field
            for field in fields
            if not self._is_revised(session, series, field)
            and (field != "title" or session.title in self.titles[series.id])
        )

    def _is_revised(self, session: Session, series: Series, field: str) -> bool:
        """True if the revision of a session rose since its series last changed a field."""
        sources = (("series", series.id, field), ("center", series.center_id, field))
        since = max(self.changed.get(source, 0) for source in sources)
        before = [revision for place, revision in self.revisions[session.id] if place < since]
        return session.revision > (before[-1] if before else 0)


def _terms_of(value: Series | Center) -> Iterator[tuple[tuple[str, str, str], object]]:
    """The values that a series or center sets for its sessions, by kind, id and field."""
    if isinstance(value, Center):
        yield ("center", value.id, "slot"), value.time_zone
        return
    yield ("series", value.id, "slot"), (value.starts_at, value.center_id)
    for field in ("length", "room_id", "title"):
        yield ("series", value.id, field), getattr(value, field)


DIFFERS_FROM_SERIES = PortfolioRule(
    entry=Entry(
        code="differs-from-series",
        level="soft",
        law="A planned session agrees with its series in hour, length, room and title, unless it "
        "was revised since the series last changed.",
        why="The series or the clocks of its center were changed, and the session stayed behind; "
        "a session that was moved on purpose has a later revision.",
        source="RFC 5545, SEQUENCE and RECURRENCE-ID",
        sentence="{session} has {had}, where {series} has {needed}",
        mend="change it to {needed}; or, if it was moved on purpose, give it the next revision",
    ),
    find=_differing_sessions,
)
"""A planned session has the hour, length, room and title of its series."""

SERIES_RULES: tuple[PortfolioRule, ...] = (
    UNNAMED_OCCURRENCE,
    STRAY_OCCURRENCE,
    KEPT_OCCURRENCE,
    OCCURRENCE_TWICE,
    MISSING_OCCURRENCE,
    DIFFERS_FROM_SERIES,
)
"""The rules of this module."""
