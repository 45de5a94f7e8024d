"""Outline: generates the sessions that modules and series require and that do not exist yet."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, count

import attrs

from mic_core.chrono import Period, occurrences, zone
from mic_core.chrono.local import has_day
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Maybe, Value, sound
from mic_core.findings import Fact, Finding
from mic_core.ids import cite
from mic_core.markup import table
from mic_core.model import Center, Edition, Module, Noun, Program, Series, Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import extent, members
from mic_core.scheduling.ground.ground import Ground, ground_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.scope import status_now
from mic_core.scheduling.series import occurrence_of
from mic_core.scheduling.views.items import iso

_TEN_YEARS = 3_660
"""Days of dates of a series, at most, where only the window's start bounds them."""


@attrs.frozen(kw_only=True)
class Outline:
    """A proposal of sessions, to be recorded or not.

    Sessions of modules have no slot yet; those of series have the slot and room of the series.
    It replaces nothing.
    """

    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...] = ()
    ground: Ground = attrs.field(repr=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions, sorted by id."""
        return tuple(each for each in self.changes if isinstance(each, Session))

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each session."""
        return tuple(
            {
                "session": each.id, "title": each.title, "minutes": each.length // _MINUTE,
                "edition": each.edition_id, "module": each.module_id, "series": each.series_id,
                "start": iso(None if each.slot is None else each.slot.start),
            }
            for each in self.sessions
        )  # fmt: skip

    def __str__(self) -> str:
        """A table of the sessions."""
        if not self.changes:
            return "All sessions exist already."
        rows = [(each.id, each.title, str(each.slot or "no slot yet")) for each in self.sessions]
        return table(rows, ("session", "title", "slot"))


_MINUTE = timedelta(minutes=1)


def outline(portfolio: Portfolio, scope: Scope, *, window: Period | None = None) -> Outline:
    """Generate the sessions that the modules of editions and the series in a scope require.

    A module of an edition requires `count` sessions, `edition-module-1` and so on; existing ones of
    that edition and module count, whatever their ids. A series requires a session on each of its
    dates, named after the series and the date, with `original_on`; one of that series and date
    exists already, whenever it takes place. Long names are cut to the length of an id, and no id is
    given that a session has. `window` bounds the dates of series, extra ones included; None means
    their own end, so one without an end needs a window; it covers ten years at most. Dates before
    the last occurrence that took place are history: they are proposed only from the start of a
    window on. A date that the clocks of the center skip has no session.

    Raises NotFound for an unknown scope, InvariantError for a wrong portfolio, scope or window, for
    a series without an end where there is no window, and for one that leads beyond the calendar.
    O(n log n) over the sessions required.
    """
    sound("outline", portfolio=(portfolio, PORTFOLIO), window=(window, Maybe(Value(Period))))
    covered = extent(portfolio, scope, None)
    ids = _FreshIds(portfolio)
    found: list[Session] = []
    for id in sorted(covered.editions):
        found += _of_edition(portfolio, portfolio.get(Edition, id), ids)
    for series in _series(portfolio, scope):
        found += _of_series(portfolio, series, window, ids)
    found.sort(key=lambda each: each.id)
    ground = ground_of("outline", portfolio, found, SCHEDULE_RULES)
    return Outline(changes=tuple(found), ground=ground)


@attrs.frozen
class _FreshIds:
    """Fresh ids for sessions: none that a session has, and none twice."""

    portfolio: Portfolio
    given: set[str] = attrs.field(factory=set[str])

    def fresh(self, stem: str, marks: Iterable[str]) -> str:
        """The first free id of a stem with one of the marks; a long stem is cut."""
        names = (stem[: _LONGEST - len(mark)] + mark for mark in marks)
        id = next(each for each in names if self._is_free(each))
        self.given.add(id)
        return id

    def _is_free(self, id: str) -> bool:
        return id not in self.given and self.portfolio.find(Session, id) is None


_LONGEST = 64
"""Characters of an id, at most."""


def _of_edition(portfolio: Portfolio, edition: Edition, ids: _FreshIds) -> Iterator[Session]:
    program = portfolio.find(Program, edition.program_id)
    for module in program.modules if program is not None else ():
        existing = portfolio.where(Session, edition_id=edition.id, module_id=module.id)
        marks = (f"-{n}" for n in count(1))
        for _ in range(module.count - len(existing)):
            yield _module_session(edition, module, ids.fresh(f"{edition.id}-{module.id}", marks))


def _module_session(edition: Edition, module: Module, id: str) -> Session:
    return Session(
        id=id,
        center_id=edition.center_id,
        title=module.title,
        kind=module.kind,
        length=module.length,
        edition_id=edition.id,
        module_id=module.id,
        topics=(module.topic,) if module.topic is not None else (),
        needs=module.needs,
    )


def _series(portfolio: Portfolio, scope: Scope) -> list[Series]:
    """The series in a scope, sorted by id."""
    found: dict[str, Series] = {}
    for kind, id in members(portfolio, scope):
        if kind == "series":
            found[id] = portfolio.get(Series, id)
        elif kind in {"center", "program"}:
            found.update({each.id: each for each in portfolio.where(Series, **{f"{kind}_id": id})})
    return [found[id] for id in sorted(found)]


def _of_series(
    portfolio: Portfolio, series: Series, window: Period | None, ids: _FreshIds
) -> Iterator[Session]:
    place = zone(portfolio.get(Center, series.center_id).time_zone)
    made = portfolio.where(Session, series_id=series.id)
    known = {each.original_on for each in made}
    first = _first_day(window, [_held_on(portfolio, each) for each in made])
    for day in _dates(series, window):
        if day >= first and day not in known and has_day(day, place):
            mark = f"-{day.isoformat()}"
            marks = chain((mark,), (f"{mark}-{n}" for n in count(2)))
            yield occurrence_of(series, place, day, ids.fresh(series.id, marks))


def _held_on(portfolio: Portfolio, session: Session) -> date:
    """The date of the occurrence of a session that took place; else the first date there is."""
    day = session.original_on
    return day if day is not None and status_now(portfolio, session) == "held" else date.min


def _first_day(window: Period | None, held: Iterable[date]) -> date:
    """The first date to propose: a window names its dates from its start on, history is left."""
    named = date.max if window is None or window.start is None else window.start
    return min(named, max(held, default=date.min))


def _dates(series: Series, window: Period | None) -> Iterable[date]:
    """The dates of a series within a window, extra ones included, in order.

    Without a window, all of them, for a series that ends by itself.
    """
    rule = series.recurrence
    if window is None:
        if rule.until is None and rule.count is None:
            wrong = "must be given where a series has no end"
            raise InvariantError(
                "outline", [Problem(path="window", rule=wrong, had=cite("series", series.id))]
            )
        return occurrences(rule, series.first_on)
    low = window.start or date.min
    if window.end is not None:
        return (
            ()
            if window.end <= low
            else occurrences(rule, series.first_on, (low, window.end - _DAY))
        )
    # Ten years from where window and series have both begun; extra dates may lie beyond.
    begin = max(low, series.first_on).toordinal()
    high = date.fromordinal(min(begin + _TEN_YEARS - 1, date.max.toordinal()))
    beyond = {day for day in rule.extra if day > high}.difference(rule.excluded)
    return (*occurrences(rule, series.first_on, (low, high)), *sorted(beyond))


_DAY = timedelta(days=1)
