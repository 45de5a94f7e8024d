"""Change of a series from a day on: the old series ends, and a new one takes over.

An occurrence is a series and a local date, so that a series whose weekday or interval changes in
place would call for all of its past dates anew. Ending it and beginning another one leaves the past
alone. A plain change of hour, length, room or title needs no new series: it keeps all dates.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, count
from typing import Any

import attrs

from mic_core.chrono import Period, Recurrence
from mic_core.chrono.local import local
from mic_core.chrono.months import with_days_in_words
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Id, Instant, Maybe, Value, sound
from mic_core.findings import Fact, Finding
from mic_core.ids import cite, numbered_ids
from mic_core.markup import table
from mic_core.model import Series, Session, Transition
from mic_core.portfolio import Portfolio, transitions_of
from mic_core.portfolio.center_clock import period_bounds, zone_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.scheduling.ground.ground import Ground, ground_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.scope import status_now
from mic_core.scheduling.series import aligned, dates_between, disagreements, is_occurrence
from mic_core.scheduling.views.items import iso

_DAY = timedelta(days=1)
_MOMENT = Maybe(Instant())


@attrs.frozen(kw_only=True)
class SeriesChange:
    """A proposal that ends one series and begins another, to be recorded or not.

    `changes` are both series, the planned sessions that go over to the new one, and a transition
    for each that is cancelled. `replaces` are the series and the sessions as they were.
    """

    changes: tuple[Series | Session | Transition, ...]
    replaces: tuple[Series | Session, ...]
    ground: Ground = attrs.field(repr=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each series and session, with what becomes of it."""
        return tuple(map(self._row, self.changes))

    def _row(self, each: Series | Session | Transition) -> dict[str, Fact]:
        recurrence, start = None, None
        if isinstance(each, Transition):
            subject, change = each.subject, each.after
        elif isinstance(each, Session):
            subject, change = cite("session", each.id), "goes over"
            start = iso(None if each.slot is None else each.slot.start)
        else:
            known = {old.id for old in self.replaces if isinstance(old, Series)}
            subject, change = cite("series", each.id), "ends" if each.id in known else "begins"
            recurrence, start = str(each.recurrence), f"{each.first_on}T{each.starts_at:%H:%M}"
        return {"subject": subject, "change": change, "recurrence": recurrence, "start": start}

    def __str__(self) -> str:
        """A table of both series and of the sessions."""
        names = ("subject", "change", "recurrence", "start")
        cells = ([str(row[name] or "") for name in names] for row in self.rows())
        return table([list(map(with_days_in_words, each)) for each in cells], names)


def change_series(
    portfolio: Portfolio,
    id: str,
    *,
    from_day: date,
    recurrence: Recurrence | None = None,
    starts_at: time | None = None,
    length: timedelta | None = None,
    title: str | None = None,
    room_id: str | None = None,
    center_id: str | None = None,
    as_of: datetime | None = None,
) -> SeriesChange:
    """The end of a series on the day before `from_day`, and a new series from that day on.

    The new series is named after the old one and the day. A `recurrence` counts from `from_day`;
    None continues the old one in step, with what is left of its count, its extra and its excluded
    dates. `starts_at`, `length`, `title` and `room_id` of None stay as they were. `center_id` moves
    the series to another center and time zone, where it has no room unless one is given.

    Sessions whose dates lie before `from_day` stay, and so does each that took place or was
    cancelled. A planned one of a date that the new series has as well goes over to it, with its id
    and its date: it takes the new hour, length, room and title unless it was changed on purpose.
    All other planned ones, at another center all of them, are cancelled, effective `as_of`; None
    means when `from_day` begins. Record the proposal, and `outline` makes the sessions that are
    new.

    Raises NotFound for an unknown series, InvariantError for arguments that cannot be, and for a
    day after the last date of a series whose recurrence is not changed. O(dates before the day,
    plus sessions of the series).

    >>> from mic_core.samples import brussels_2014
    >>> thursdays = Recurrence.parse("FREQ=MONTHLY;BYDAY=2TH")
    >>> made = change_series(
    ...     brussels_2014(), "it-camp-evenings", from_day=date(2014, 12, 1), recurrence=thursdays
    ... )
    >>> [(row["subject"], row["change"]) for row in made.rows()]
    [('series:it-camp-evenings', 'ends'), ('series:it-camp-evenings-2014-12-01', 'begins')]
    """
    sound(
        "change_series", portfolio=(portfolio, PORTFOLIO), id=(id, Id()),
        from_day=(from_day, Day()), recurrence=(recurrence, Maybe(Value(Recurrence))),
        as_of=(as_of, _MOMENT),
    )  # fmt: skip
    old = portfolio.get(Series, id)
    given = {
        "starts_at": starts_at, "length": length, "title": title, "room_id": room_id,
        "center_id": center_id,
    }  # fmt: skip
    fields: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if center_id not in (None, old.center_id):
        fields.setdefault("room_id", None)
    ended = attrs.evolve(old, recurrence=_before(old, from_day))
    first_on, rule = (from_day, recurrence) if recurrence else _after(old, from_day)
    new = attrs.evolve(
        old, id=_free_id(portfolio, old, from_day), first_on=first_on, recurrence=rule, **fields
    )
    begin = period_bounds(portfolio, Period(from_day), old.center_id)[0] or 0
    moment = as_of or local(begin, UTC)
    known = portfolio.where(Session, series_id=id)
    sessions = sorted(
        (each for each in known if _is_open(portfolio, each, from_day)), key=lambda each: each.id
    )
    moved = [_moved(portfolio, each, old, new, moment) for each in sessions]
    changes = (*(() if ended == old else (ended,)), new, *moved)
    return SeriesChange(
        changes=changes,
        replaces=(old, *sessions),
        ground=ground_of("change_series", portfolio, changes, SCHEDULE_RULES),
    )


def _is_open(portfolio: Portfolio, session: Session, from_day: date) -> bool:
    """True if a session is planned for a date from a day on."""
    day = session.original_on
    return day is not None and day >= from_day and status_now(portfolio, session) == "planned"


def _free_id(portfolio: Portfolio, series: Series, day: date) -> str:
    """An unused id of a series: that of the old one, cut to length, and the day."""
    ids = numbered_ids(series.id, str(day))
    return next(each for each in ids if portfolio.find(Series, each) is None)


def _dates_by_rule(series: Series, first: date, last: date) -> Iterator[date]:
    """The dates of a recurrence alone, without extra and excluded ones and on any clocks. Lazy."""
    rule = attrs.evolve(series.recurrence, extra=(), excluded=())
    return dates_between(attrs.evolve(series, recurrence=rule), UTC, first, last)


def _next_by_rule(series: Series, day: date) -> date | None:
    """The first date of a recurrence alone on or after a day; None after its end."""
    return next(_dates_by_rule(series, day, series.recurrence.until or date.max), None)


def _before(series: Series, day: date) -> Recurrence:
    """The recurrence of a series without its dates from a day on."""
    rule = series.recurrence
    if day == date.min:
        wrong = "must not be the first day of the calendar: no date lies before it"
        raise InvariantError("change_series", [Problem(path="from_day", rule=wrong)])
    if _next_by_rule(series, day) is not None:
        rule = attrs.evolve(rule, count=None, until=day - _DAY)
    return attrs.evolve(
        rule,
        extra=tuple(each for each in rule.extra if each < day),
        excluded=tuple(each for each in rule.excluded if each < day),
    )


def _after(series: Series, day: date) -> tuple[date, Recurrence]:
    """The start and the recurrence of what is left of a series from a day on, in step with it.

    The start is a date of the rule, so that weeks, months and years are counted as before.
    """
    rule = attrs.evolve(
        series.recurrence,
        extra=tuple(each for each in series.recurrence.extra if each >= day),
        excluded=tuple(each for each in series.recurrence.excluded if each >= day),
    )
    start = _next_by_rule(series, day)
    if start is None:
        if not rule.extra:
            wrong = "must not be after the last date of the series"
            mend = "name an earlier day, or give a recurrence"
            raise InvariantError("change_series", [Problem(path="from_day", rule=wrong, mend=mend)])
        return day, attrs.evolve(rule, count=None, until=day - _DAY)
    if rule.count is not None:
        past = sum(1 for _ in _dates_by_rule(series, series.first_on, day - _DAY))
        rule = attrs.evolve(rule, count=rule.count - past)
    return start, rule


def _moved(
    portfolio: Portfolio, session: Session, old: Series, new: Series, moment: datetime
) -> Session | Transition:
    """A planned session as one of the new series; or its cancellation, if that lacks the date."""
    place, day = zone_of(portfolio, new.center_id), session.original_on
    if day is None or new.center_id != old.center_id or not is_occurrence(new, place, day):
        return _cancellation(portfolio, session, moment)
    moved = attrs.evolve(session, series_id=new.id, revision=session.revision + 1)
    own = set(disagreements(old, place, session))
    return aligned(new, place, moved, set(disagreements(new, place, session)) - own)


def _cancellation(portfolio: Portfolio, session: Session, moment: datetime) -> Transition:
    """The transition that cancels a planned session, not before its other transitions."""
    subject = cite("session", session.id)
    stem = f"{session.id[:48]}-cancelled"
    marks = chain(("",), (f"-{n}" for n in count(2)))
    known = transitions_of(portfolio, subject)
    return Transition(
        id=next(stem + mark for mark in marks if portfolio.find(Transition, stem + mark) is None),
        subject=subject,
        before="planned",
        after="cancelled",
        effective_at=max([moment, *(each.effective_at for each in known)]),
    )
