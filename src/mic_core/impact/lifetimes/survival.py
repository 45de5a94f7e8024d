"""Survival curves: the share of enterprises still active, or of seats still kept, by time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Instant, Many, Maybe, Value, sound
from mic_core.impact.aggregation.cells import grouped, rows_of
from mic_core.impact.aggregation.columns import Label
from mic_core.impact.aggregation.estimate import Estimate, number
from mic_core.impact.aggregation.facts import FactTable
from mic_core.impact.aggregation.group_by import Selection, Window, lives_of
from mic_core.impact.aggregation.kaplan_meier import (
    MONTH,
    Life,
    LivesState,
    SurvivalStep,
    at_risk,
    kaplan_meier,
    last_observed,
    step_at,
)
from mic_core.impact.measuring import places_in
from mic_core.impact.tables.build import FactTables, facts_of, known_at
from mic_core.impact.validity import measure_problems
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.curves import Curve, svg_curves
from mic_core.model.expressions.measures import SurvivalMeasure, Where
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO

Survivors = Literal["enterprises", "seats"]
Origin = Literal["entry", "foundation"]

HORIZONS = (12, 24, 36, 60)
"""The months of the horizon table: one, two, three and five years."""

_HEADERS = (
    "group", "months", "at risk", "ended", "surviving, %", "95 % interval", "bounds, %", "lost",
)  # fmt: skip
_MOST_STEPS = 24  # columns of numbers at risk that a page has room for


@attrs.frozen(kw_only=True)
class SurvivalHorizon:
    """The survival at one horizon: those at risk then, the share, its interval and its bounds.

    `figure` is the Kaplan-Meier estimate within the cases of all lost lives ended, and none; its
    value is None where nobody was observed for so long. `at_risk` are observed up to the horizon,
    `ended` the lives that had ended by then. `variance` is Greenwood's, `interval` that of 95 % on
    the log(-log) scale; None where they are not defined.
    """

    months: int
    figure: Estimate
    at_risk: int
    ended: int
    variance: Fraction | None
    interval: tuple[float, float] | None


@attrs.frozen(kw_only=True)
class SurvivalGroup:
    """The curve of all lives, or of a group of them: its steps, and its horizon table.

    `label` is the value of the dimension; None: not known, or the whole, which has no dimension.
    `lives` are those observed, `lost` those of them lost to follow-up, `unknown` the lives of which
    a time, or the group, is not known.
    """

    label: tuple[Label, ...]
    lives: int
    ended: int
    lost: int
    unknown: int
    steps: tuple[SurvivalStep, ...]
    horizons: tuple[SurvivalHorizon, ...]
    observed: Mapping[Life, int] = attrs.field(repr=False)

    @property
    def title(self) -> str:
        """The name of the group."""
        if not self.label:
            return "all"
        return "unknown" if self.label[0] is None else str(self.label[0])


@attrs.frozen(kw_only=True)
class SurvivalCurves:
    """The survival of enterprises or seats: the whole, and each group of a dimension.

    `origin` is the time from which lives are measured: entry, or foundation with late entry at the
    first support.
    """

    of: Survivors
    origin: Origin
    groups: tuple[SurvivalGroup, ...]
    as_of: datetime

    @property
    def whole(self) -> SurvivalGroup:
        """The curve of all lives."""
        return self.groups[0]

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each group and horizon."""
        return tuple(
            {
                "group": each.title, "months": one.months, "at_risk": one.at_risk,
                "ended": one.ended, "share": number(one.figure.value),
                "interval_low": None if one.interval is None else one.interval[0],
                "interval_high": None if one.interval is None else one.interval[1],
                "least": number(one.figure.least), "most": number(one.figure.most),
                "lives": each.lives, "lost": each.lost, "unknown": each.unknown,
            }
            for each in self.groups for one in each.horizons
        )  # fmt: skip

    def explain(self) -> tuple[str, ...]:
        """The definitions as sentences, and how many lives the curve rests on."""
        return (*self._steps(),)

    def _steps(self) -> Iterator[str]:
        if self.of == "enterprises":
            yield ("An enterprise survives while it, or the one that took its activity over, is "
                   "active.")  # fmt: skip
        else:
            yield ("A seat survives until the participant leaves early; the end of the edition and "
                   "completion cut it off.")  # fmt: skip
        yield (
            "Time runs from the first support or entry." if self.origin == "entry"
            else "Time runs from the foundation; an enterprise is at risk from its first support."
        )  # fmt: skip
        yield ("Shares are those of Kaplan and Meier, intervals of 95 % on the log(-log) scale by "
               "Greenwood; bounds take all lost lives for ended, and for going on.")  # fmt: skip
        whole = self.whole
        yield f"{whole.lives:,} lives: {whole.ended:,} ended, {whole.lost:,} lost."
        if whole.unknown:
            yield f"{whole.unknown:,} more of which a time is not known."
        yield "No comparison group: these are observations, not effects."

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._steps()])

    def _cells(self) -> list[tuple[str | int | Quantity | None, ...]]:
        return [
            (
                each.title, one.months, one.at_risk, one.ended,
                Quantity(_percent(one.figure.value)),
                Quantity("" if one.interval is None else _range(*one.interval)),
                Quantity(_range(one.figure.least, one.figure.most)), each.lost,
            )
            for each in self.groups for one in each.horizons
        ]  # fmt: skip

    def svg(self) -> Html:
        """The curves as steps, with the numbers at risk by time below."""
        last = max((last_observed(each.observed) for each in self.groups), default=0)
        # Whole months, or as many of them in a step as leave room for the numbers.
        months = max(1, -(-last // (MONTH * _MOST_STEPS)))
        curves = [_curve(each, months, main=not each.label) for each in self.groups]
        width = "month" if months == 1 else f"{months} months"
        what = "active" if self.of == "enterprises" else "seat kept"
        return svg_curves(
            curves, title=f"Survival of {self.of}", steps=width, share=what, at_risk="at risk",
            nothing="No life is observed yet.",
        )  # fmt: skip

    def html(self) -> Html:
        """The curves, the horizon table, then the definitions."""
        caption = f"Survival of {self.of}"
        return joined([
            self.svg(), html_table(self._cells(), _HEADERS, caption=caption),
            *map(note, self._steps()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _percent(share: Fraction | float | None) -> str:
    return "" if share is None else f"{float(100 * share):.1f}"


def _range(low: Fraction | float | None, high: Fraction | float | None) -> str:
    return "" if low is None or high is None else f"{_percent(low)} to {_percent(high)}"


def _curve(group: SurvivalGroup, months: int, *, main: bool) -> Curve:
    """The share at the end of each step, and the lives at risk as it begins."""
    last = last_observed(group.observed)
    shares: list[Fraction | None] = []
    risks: list[int | None] = []
    for place in range(-(-last // (MONTH * months))):
        step = step_at(group.steps, MONTH * months * (place + 1))
        shares.append(Fraction(1) if step is None else step.share)
        risks.append(at_risk(group.observed, MONTH * months * place + 1))
    return Curve(title=group.title, shares=(*shares,), at_risk=(*risks,), main=main)


def survival(
    portfolio: Portfolio | FactTables,
    of: Survivors = "enterprises",
    *,
    as_of: datetime,
    origin: Origin = "entry",
    horizons: Sequence[int] = HORIZONS,
    where: Where | Iterable[Where] = (),
    by: str | None = None,
    period: Period | None = None,
    scope: Scope | None = None,
) -> SurvivalCurves:
    """The survival curve of supported enterprises, or of seats, as known and valid at an instant.

    `origin` is entry (first support, or first entry), or foundation of enterprises: those are at
    risk from their first support on, so that ones that closed before are not missed in the share.
    `horizons` are months. `where` are conditions on the columns of the tables enterprise_lives and
    seat_lives, `by` is one of these columns, of which each value has a curve beside the whole.
    `period` is that of the first support or entry, `scope` as in `measure`.

    Raises InvariantError for values that are none, NotFound for an unknown scope. O(n log n) over
    the lives; a share has at most as many factors as there are times at which lives end.

    >>> from mic_core.samples import brussels_2014
    >>> at = datetime.fromisoformat("2014-12-31T12:00Z")
    >>> found = survival(brussels_2014(), as_of=at, horizons=(1,))
    >>> found.whole.lives, str(found.whole.horizons[0].figure)
    (21, '1')
    """
    conditions = _conditions(where)
    measure = _measure("survival", portfolio, of, as_of, origin, horizons, conditions, by, period)
    moment: Any = Instant().settle(as_of, "as_of", [])
    known = portfolio if isinstance(portfolio, FactTables) else known_at(portfolio, moment)
    facts = portfolio if isinstance(portfolio, FactTables) else facts_of(portfolio, moment)
    places = None if scope is None else places_in(known, scope)
    window = Window(period=period, places=places, today=_today(moment))
    selection = Selection.of(facts.table(measure.table), window)
    return SurvivalCurves(
        of=of, origin=origin, as_of=moment,
        groups=(*_curves_of(selection, measure, by, sorted({*horizons})),),
    )  # fmt: skip


def _conditions(where: object) -> tuple[Where, ...]:
    """The conditions given: one, or several; raises InvariantError for what is none."""
    if isinstance(where, Where):
        return (where,)
    problems: list[Problem] = []
    found: Any = Many(Value(Where), most=50).settle(where, "where", problems)
    if problems:
        raise InvariantError("survival", problems)
    return (*found,)


def _today(as_of: datetime) -> date:
    # Rows of lives have no day on which they are due, so that the zone does not matter.
    return as_of.date()


def _measure(
    called: str, portfolio: object, of: object, as_of: object, origin: object, horizons: Any,
    conditions: tuple[Where, ...], by: str | None, period: object,
) -> SurvivalMeasure:  # fmt: skip
    """The measure of the shortest horizon; raises InvariantError for arguments that are none."""
    problems: list[Problem] = []
    if not isinstance(portfolio, FactTables):
        sound(called, portfolio=(portfolio, PORTFOLIO))
    sound(called, as_of=(as_of, Instant()), period=(period, Maybe(Value(Period))))
    if of not in {"enterprises", "seats"}:
        problems.append(Problem(path="of", rule="must be enterprises or seats"))
    if origin not in {"entry", "foundation"} or (of == "seats" and origin != "entry"):
        rule = "must be entry, or foundation of enterprises"
        problems.append(Problem(path="origin", rule=rule))
    months: list[Any] = [*horizons] if isinstance(horizons, list | tuple | range) else []
    if not months or any(each.__class__ is not int or not 0 < each <= 1200 for each in months):
        rule = "must be whole months, from 1 to 1200"
        problems.append(Problem(path="horizons", rule=rule))
    if problems:
        raise InvariantError(called, problems)
    age = "age_" if origin == "foundation" else ""
    measure = SurvivalMeasure(
        table="enterprise_lives" if of == "enterprises" else "seat_lives", months=min(months),
        left=f"{age}left", entered=f"{age}entered", where=conditions,
    )  # fmt: skip
    found = measure_problems(measure, () if by is None else (by,))
    if found:
        raise InvariantError(called, [Problem(path="where", rule=each) for each in found])
    return measure


def _curves_of(
    selection: Selection, measure: SurvivalMeasure, by: str | None, horizons: Sequence[int]
) -> Iterator[SurvivalGroup]:
    facts: FactTable = selection.table
    certain, possible = rows_of(selection.meeting(measure.where))
    yield _group((), lives_of(facts, measure, certain, possible), horizons)
    if by is None:
        return
    columns = [facts.column(by)]
    parts = grouped(columns, certain), grouped(columns, possible)
    for label in sorted(dict.fromkeys((*parts[0], *parts[1])), key=_unknown_last):
        rows = parts[0].get(label, []), parts[1].get(label, [])
        yield _group(label, lives_of(facts, measure, *rows), horizons)


def _unknown_last(label: tuple[Label, ...]) -> tuple[bool, str]:
    return label[0] is None, str(label[0])


def _group(label: tuple[Label, ...], state: LivesState, horizons: Sequence[int]) -> SurvivalGroup:
    lives = state.certain
    steps = kaplan_meier(lives)
    return SurvivalGroup(
        label=label, lives=sum(lives.values()),
        ended=sum(n for each, n in lives.items() if each.has_died),
        lost=sum(n for each, n in lives.items() if each.is_lost),
        unknown=state.unknown + sum(state.possible.values()),
        steps=steps, observed=lives,
        horizons=tuple(_horizon(state, steps, months) for months in horizons),
    )  # fmt: skip


def _horizon(state: LivesState, steps: Sequence[SurvivalStep], months: int) -> SurvivalHorizon:
    time = MONTH * months
    step = step_at(steps, time)
    figure = attrs.evolve(state, time=time).estimate()
    is_known = figure.value is not None and step is not None
    return SurvivalHorizon(
        months=months, figure=figure, at_risk=at_risk(state.certain, time),
        ended=sum(each.deaths for each in steps if each.time <= time),
        variance=step.variance if is_known and step is not None else None,
        interval=step.interval if is_known and step is not None else None,
    )  # fmt: skip
