"""`cohort`: the verb, and its result, in which editions stand side by side."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, cast

import attrs

from mic_core.chrono.months import MONTH_NAMES
from mic_core.cohorts.attendance import CohortAttendance, attendance_of
from mic_core.cohorts.completion import (
    Completion,
    CompletionCounts,
    completion_of,
    interval_text,
    is_below,
)
from mic_core.cohorts.counting import counts_of
from mic_core.cohorts.dimensions import with_dimensions
from mic_core.cohorts.drop_out import DropOutRisk, drop_out_risk
from mic_core.cohorts.explaining import CohortExplanation, LeftOut, PortfolioOrTables
from mic_core.cohorts.funnel import Funnel, funnel_of
from mic_core.cohorts.operations import Operation, Today, operations_in, titles_of_others
from mic_core.cohorts.rates import (
    KeptOf,
    MeanBounds,
    Rate,
    mean_bounds,
    mean_text,
    percent,
    rate_columns,
    share_text,
)
from mic_core.cohorts.retention import Retention, added, mean_of, retention_of
from mic_core.cohorts.split import CohortSplit, split_by
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Found, Instant, Whole, is_a, settle_safely, sound
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.tables.build import FactTables, facts_of, known_at
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.gantt import GanttBar, svg_gantt
from mic_core.model import Edition, Program, Session
from mic_core.model.vocabulary import SCOPE_KINDS
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import members, scope_ids

_HEADERS = ("edition", "from", "to", "cohort", "attended, %", "kept", "completed, %",
            "95 %")  # fmt: skip
_MISSED = 2
"""Sessions missed in a row, from which on somebody may drop out."""


@attrs.frozen(kw_only=True)
class Cohort:
    """The cohorts of a scope: retention, attendance, funnel and completion of each edition, pooled.

    `operations` are the editions of the scope, and its sessions that were booked directly. Those
    with fewer participants than `minimum` are in the pools only, and named in `hidden`. `split` has
    the cells of the dimensions asked for; of none, the whole alone.
    """

    scope: tuple[str, ...] | None
    as_of: datetime
    operations: tuple[Operation, ...]
    funnel: Funnel
    attendance: CohortAttendance
    retention: Retention
    completion: Completion
    split: CohortSplit
    at_risk: DropOutRisk
    minimum: int = 0
    hidden: tuple[str, ...] = ()

    @property
    def left_out(self) -> LeftOut:
        """The editions that are not due yet or were cancelled, each with the reason."""
        return self.completion.left_out

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each edition, side by side; then for all, the pool and the mean.

        `kept` is the retention by the last week that is over. The rows below the editions have no
        id: all of them, those that are over pooled, and the mean of these, which has shares only.
        """
        return (*(each.row() for each in self._lines()),)

    def _lines(self) -> Iterator["_Line"]:
        shown = {each.operation.id: each for each in self.retention.editions}
        lines = [
            _Line(
                title=each.title, operation=each, counts=self.completion[each.id],
                attendance=self.attendance[each.id].rate,
                kept=next((one for one in reversed(shown[each.id].kept) if one), None),
            )
            for each in self.operations if each.id in shown
        ]  # fmt: skip
        yield from lines
        # Of hidden editions nothing may follow from the sums below those that are shown.
        among = [] if self.hidden else lines
        over = [each for each in among if each.operation and each.operation.left_out is None]
        for title, counts, several in (
            ("all", self.completion.all, among), ("pooled, over", self.completion.pooled, over),
        ):  # fmt: skip
            kept = [each.kept for each in several if each.kept is not None]
            present = sum((each.attendance for each in several if each.attendance), Rate(0, 0, 0))
            yield _Line(
                title=title, counts=counts, attendance=present if several else None,
                kept=added(kept) if kept else None,
            )  # fmt: skip
        yield _Line(title="mean, over", means=_means(over, self.completion.mean))

    def explain(self, facts: PortfolioOrTables | None = None) -> CohortExplanation:
        """The definitions of all parts, and of a portfolio the facts behind them."""
        parts = (
            ("funnel", self.funnel.explain(facts)), ("attendance", self.attendance.explain(facts)),
            ("retention", self.retention.explain(facts)),
            ("completion", self.completion.explain(facts)),
        )  # fmt: skip
        named = [*parts, ("drop-out", self.at_risk.explain())]
        certain = {fact for _, each in parts for fact in each.facts}
        possible = {fact for _, each in parts for fact in each.possible} - certain
        return CohortExplanation(
            definitions=tuple(
                (f"{name}: {term}", meaning)
                for name, each in named for term, meaning in each.definitions
            ),
            left_out=self.left_out, facts=(*sorted(certain),), possible=(*sorted(possible),),
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._remarks()])

    def _cells(self) -> Iterator[tuple[str | int | Quantity | None, ...]]:
        return (each.cells() for each in self._lines())

    def _remarks(self) -> Iterator[str]:
        if self.completion.mean is not None:
            yield "Pooled, large editions weigh more; in the mean, each weighs the same."
        if self.left_out:
            names = "; ".join(f"{title} ({why})" for title, why in self.left_out)
            yield f"Neither pooled nor in the mean: {names}."
        if self.hidden:
            yield f"Hidden, as the cohort is below {self.minimum}: {', '.join(self.hidden)}."
        if self.at_risk.persons:
            yield f"May drop out: {len(self.at_risk.persons):,}. {self.at_risk.rule}"

    def svg(self) -> Html:
        """The season: a bar for each edition from its first day to its last, and today."""
        shown = {each.operation.id for each in self.retention.editions}
        counts = {each.operation.id: each.counts for each in self.completion.editions}
        bars = [
            GanttBar(
                title=each.title, start=None if each.first is None else each.first.toordinal(),
                end=None if each.last is None else each.last.toordinal() + 1,
                note=_note(each, counts.get(each.id)),
                marks=tuple(sorted({
                    one.day.toordinal() for one in self.attendance.by_session
                    if one.edition_id == each.id and one.day is not None
                })),
            )
            for each in self.operations if each.id in shown
        ]  # fmt: skip
        return svg_gantt(
            bars, _months(self.operations, self.as_of.date()), now=self.as_of.toordinal(),
            title="Season", nothing="No edition has a first day.",
            legend="Bars run from the first day to the last, dashed after the day of the question "
            "(the red line); marks are delivered sessions.",
        )  # fmt: skip

    def html(self) -> Html:
        """The season, the editions side by side, and each part with its picture."""
        parts = (self.funnel, self.retention, self.attendance, self.completion)
        return joined([
            self.svg(), html_table(self._cells(), _HEADERS, caption="Editions side by side"),
            *map(note, self._remarks()), *(each.svg() for each in parts),
            self.split.html() if self.split.by else None,
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


@attrs.frozen(kw_only=True)
class _Means:
    """The means of shares of several editions, in which each weighs the same; None: not known."""

    attendance: MeanBounds | None = None
    kept: Fraction | None = None
    completion: MeanBounds | None = None


@attrs.frozen(kw_only=True)
class _Line:
    """A line of the comparison: of an edition, of several together, or of their means."""

    title: str
    operation: Operation | None = None
    counts: CompletionCounts | None = None
    attendance: Rate | None = None
    kept: KeptOf | None = None
    means: _Means = _Means()

    def row(self) -> dict[str, Any]:
        each, counts, kept = self.operation, self.counts, self.kept
        interval = (None if counts is None else counts.rate.interval) or (None, None)
        row: dict[str, Any] = {
            "edition_id": each and each.id, "title": self.title, "kind": each and each.kind,
            "first": each and _iso(each.first), "last": each and _iso(each.last),
            "status": each and each.status,
            "cohort": None if counts is None else counts.cohort,
            "persons": None if counts is None else counts.persons,
            **rate_columns("attendance", self.attendance),
            "kept": None if kept is None else kept.kept, "of": None if kept is None else kept.of,
            "kept_share": number(self.means.kept if kept is None else kept.share),
            **rate_columns("completion", None if counts is None else counts.rate),
            "interval_low": interval[0], "interval_high": interval[1],
        }  # fmt: skip
        for name, mean in (
            ("attendance", self.means.attendance), ("completion", self.means.completion)
        ):  # fmt: skip
            if mean is not None:
                row[f"{name}_least"], row[f"{name}_most"] = map(number, mean)
        return row

    def cells(self) -> tuple[str | int | Quantity | None, ...]:
        each, counts, kept, means = self.operation, self.counts, self.kept, self.means
        days = (None, None) if each is None else (_iso(each.first), _iso(each.last))
        held = "" if means.kept is None else f"{share_text(means.kept)} %"
        attended = self.attendance
        return (
            self.title, *(None if day is None else Quantity(day) for day in days),
            None if counts is None else counts.cohort,
            Quantity(mean_text(means.attendance) if attended is None else _bare(attended)),
            Quantity(held if kept is None else str(kept)),
            Quantity(mean_text(means.completion) if counts is None else _bare(counts.rate)),
            Quantity("" if counts is None else interval_text(counts.rate)),
        )  # fmt: skip


def _bare(rate: Rate) -> str:
    return percent(rate).removesuffix(" %")


def _means(lines: Sequence[_Line], completed: MeanBounds | None) -> _Means:
    return _Means(
        attendance=mean_bounds(each.attendance for each in lines if each.attendance is not None),
        kept=mean_of([None if each.kept is None else each.kept.share for each in lines]),
        completion=completed,
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _note(operation: Operation, counts: CompletionCounts | None) -> str:
    if operation.status == "cancelled":
        return "cancelled"
    if counts is None or not counts.cohort:
        return "nobody enrolled"
    return f"{counts.cohort:,} enrolled"


def _months(operations: tuple[Operation, ...], today: date) -> list[tuple[int, str]]:
    """The first days of the months in which operations lie, with the year in each January."""
    days = [day for each in operations for day in (each.first, each.last) if day is not None]
    if not days:
        return []
    found: list[tuple[int, str]] = []
    month = min(days).replace(day=1)
    while month <= max(*days, today):
        name = MONTH_NAMES[month.month - 1]
        is_named = not found or month.month == 1
        found.append((month.toordinal(), f"{name} {month.year}" if is_named else name))
        # The 31st day after the first of a month lies in the next one.
        month = (month + timedelta(days=31)).replace(day=1)
    return found


def cohort(
    portfolio: Portfolio | FactTables,
    scope: Scope | None = None,
    *,
    as_of: datetime,
    by: str | tuple[str, ...] = (),
    minimum: int = 0,
    missed: int = _MISSED,
) -> Cohort:
    """The cohorts of a scope, as known and valid at an instant: an edition is a cohort.

    A wider scope pools its editions, and the sessions in it that somebody booked directly, each as
    one; None: everywhere. The unit is a participant in an edition: re-entries are one, and persons
    stand beside. `by` are columns of the table of participations, calendar units of the day of
    entry, or names in the profiles of enrollments, that split the cohort. Cells and editions of
    fewer participants or persons than `minimum` are hidden; 0: none is. Somebody may drop out who
    missed the last `missed` sessions in a row. `portfolio` may be `FactTables`, tables that
    somebody hands in; then ids stand for titles.

    Raises NotFound for an unknown scope or dimension, InvariantError for values that are none. O(n)
    over the rows of the tables, which are built once for a portfolio and instant, in O(n log n).

    >>> from mic_core.samples import brussels_2014
    >>> at = datetime.fromisoformat("2014-12-31T12:00Z")
    >>> found = cohort(brussels_2014(), "boostcamp-6", as_of=at)
    >>> print(found.retention["boostcamp-6"].kept[-1])
    15 of 16
    """
    problems: Found = []
    moment = settle_safely(Instant(), as_of, "as_of", problems)
    settle_safely(Whole(), minimum, "minimum", problems)
    settle_safely(Whole(least=1), missed, "missed", problems)
    dimensions = _dimensions(by, problems)
    if problems or not isinstance(moment, datetime):
        raise InvariantError("cohort", problems)
    question = _Source.of(portfolio, moment)
    operations = operations_in(
        question.facts, question.places(scope), question.today, question.titles
    )
    return _evaluated(question, scope, operations, dimensions, minimum, missed)


def _dimensions(by: object, problems: Found) -> tuple[str, ...]:
    several = cast("tuple[object, ...]", by) if isinstance(by, tuple) else (by,)
    names = tuple(str.__str__(each) for each in several if is_a(each, str))
    if len(names) < len(several) or len({*names}) < len(names):
        rule = "must be a column, or a tuple of different columns"
        problems.append(Problem(path="by", rule=rule))
    return names


@attrs.frozen(eq=False)
class _Source:
    """The facts of a question, as known at its instant; a portfolio of tables is empty."""

    facts: FactTables
    known: Portfolio | None
    as_of: datetime
    titles: Mapping[str, str]

    @classmethod
    def of(cls, source: Portfolio | FactTables, as_of: datetime) -> "_Source":
        if isinstance(source, FactTables):
            return cls(source, None, as_of, {})
        sound("cohort", portfolio=(source, PORTFOLIO))
        known = known_at(source, as_of)
        return cls(facts_of(source, as_of), known, as_of, _titles(known))

    def places(self, scope: Scope | None) -> Mapping[str, frozenset[str]] | None:
        """The ids of a scope by the column that holds them; None: everywhere."""
        if scope is None:
            return None
        if self.known is None:
            problems: Found = []
            ids = frozenset(scope_ids(scope, "scope", problems))
            if problems:
                raise InvariantError("cohort", problems)
            return {f"{kind}_id": ids for kind in SCOPE_KINDS}
        named = members(self.known, scope)
        return {
            f"{kind}_id": frozenset(id for each, id in named if each == kind)
            for kind in SCOPE_KINDS
        }

    @property
    def today(self) -> Today:
        """The local day of the instant at a center; of tables, in UTC."""
        known, as_of = self.known, self.as_of
        if known is None:
            return lambda _: as_of.date()
        return lambda center_id: day_at(as_of, zone_of(known, center_id))


def _titles(portfolio: Portfolio) -> Mapping[str, str]:
    """Editions by the title of their program and their number, sessions by their title."""
    programs = {each.id: each.title for each in portfolio.all(Program)}
    return {
        **{each.id: each.title for each in portfolio.all(Session)},
        **{
            each.id: f"{programs[each.program_id]} {each.number}"
            for each in portfolio.all(Edition) if each.program_id in programs
        },
    }  # fmt: skip


def _evaluated(
    source: _Source, scope: Scope | None, operations: tuple[Operation, ...],
    by: tuple[str, ...], minimum: int, missed: int,
) -> Cohort:  # fmt: skip
    """All parts, from the answers of grouped counts; small cohorts are in the sums only."""
    participations = with_dimensions(source.facts.table("participations"), by, source.known)
    count, as_of = counts_of(source.facts, participations), source.as_of
    sizes = completion_of(count, operations, operations, as_of)
    shown = tuple(
        each.operation for each in sizes.editions
        if not is_below(each.counts, minimum)
    )  # fmt: skip
    return Cohort(
        scope=None if scope is None else scope_ids(scope, "scope", []), as_of=as_of,
        operations=operations, minimum=minimum,
        funnel=funnel_of(count, operations, shown, as_of),
        attendance=attendance_of(count, operations, shown, minimum, source.titles, as_of),
        retention=retention_of(count, operations, shown, minimum, as_of),
        completion=completion_of(count, operations, shown, as_of),
        split=split_by(count, operations, by, minimum, as_of),
        at_risk=drop_out_risk(
            source.facts, operations, missed, hidden=bool(minimum), as_of=as_of
        ),
        hidden=titles_of_others(operations, shown),
    )  # fmt: skip
