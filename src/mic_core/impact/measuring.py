"""Measuring: indicators evaluated over the facts of a portfolio, for a scope, a period, an instant.

Each measure is aggregated to mergeable states (see `aggregation`), and the states are evaluated
last. A figure that cannot be computed is a result with its reason, never an error and never a zero.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import partial
from typing import cast

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import Instant, Maybe, Value, is_a, sound
from mic_core.impact.aggregation.cells import CellKey
from mic_core.impact.aggregation.columns import GRADES, Label
from mic_core.impact.aggregation.estimate import NOTHING, Estimate
from mic_core.impact.aggregation.facts import TooFineError, UnusableColumnError
from mic_core.impact.aggregation.group_by import Window
from mic_core.impact.aggregation.stated import StatedState
from mic_core.impact.aggregation.states import MeasureState, RatioState
from mic_core.impact.aggregation.survey import UNDECIDED, Survey
from mic_core.impact.currencies import CURRENCY, ExchangeRates
from mic_core.impact.indicators import INDICATORS
from mic_core.impact.observed import stated_states, surveyed
from mic_core.impact.scorecard import Result, ResultStatus, Scorecard, refused
from mic_core.impact.tables.build import FactTables, facts_of, known_at
from mic_core.impact.targets import aim_of
from mic_core.impact.validity import (
    conditions_on,
    is_money,
    measure_problems,
    tables_of,
)
from mic_core.model import Center, Indicator
from mic_core.model.expressions.measures import (
    Measure,
    RatioMeasure,
    StatedMeasure,
)
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import members, scope_ids

Indicators = str | Indicator | Iterable[str | Indicator] | None


def measure(
    portfolio: Portfolio | FactTables,
    indicators: Indicators = None,
    *,
    period: Period | None = None,
    as_of: datetime,
    by: str | tuple[str, ...] = (),
    scope: Scope | None = None,
    rates: ExchangeRates | None = None,
) -> Scorecard:
    """Measure indicators of a scope over a period, as known and valid at an instant.

    `indicators` are ids or values, in the order of the results; None: the recorded ones, and the
    built-in ones under `INDICATORS`; a recorded indicator takes the place of a built-in one of its
    id. `period` and `scope` of None mean always and everywhere. `by` are columns of the tables, or
    day, week, month, quarter or year: each cell has a result of its own beside the whole, with None
    for facts of which the label is not known. `rates` convert amounts of money into one currency;
    without them, and for amounts without a rate, each currency is a result. `portfolio` may be
    `FactTables`, tables that somebody hands in; observations and targets then are not known.

    Raises NotFound for an unknown scope or indicator, InvariantError for values that are none.
    O(n) over the facts of the tables for each indicator, once more for each measure of a ratio;
    tables are built once for a portfolio and instant, in O(n log n).

    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> at = datetime.fromisoformat("2014-12-31T12:00Z")
    >>> card = measure(season, ("V1", "E1-smes"), period=Period.year(2014), as_of=at)
    >>> [(each.indicator.id, str(each.figure)) for each in card]
    [('V1', '802'), ('E1-smes', '20')]
    """
    problems: list[Problem] = []
    moment = Instant().settle(as_of, "as_of", problems)
    Maybe(Value(Period)).settle(period, "period", problems)
    Maybe(Value(ExchangeRates)).settle(rates, "rates", problems)
    dimensions = _dimensions(by, problems)
    if problems or not isinstance(moment, datetime):
        raise InvariantError("measure", problems)
    source = portfolio if isinstance(portfolio, FactTables) else _sound(portfolio)
    question = _Question.of(source, period, moment, dimensions, scope, rates)
    wanted = _wanted(source, indicators)
    results = [result for each in wanted for result in question.results(each)]
    return Scorecard(
        results=(*results,), period=period, as_of=moment, by=dimensions, scope=question.scope
    )


def _dimensions(by: object, problems: list[Problem]) -> tuple[str, ...]:
    """The columns that `by` names; what is neither a text nor a tuple of texts is a problem."""
    several = cast("tuple[object, ...]", by) if isinstance(by, tuple) else (by,)
    names = tuple(str.__str__(each) for each in several if is_a(each, str))
    if len(names) < len(several):
        problems.append(Problem(path="by", rule="must be a column, or a tuple of columns"))
    return names


def _sound(portfolio: Portfolio) -> Portfolio:
    sound("measure", portfolio=(portfolio, PORTFOLIO))
    return portfolio


def _wanted(source: Portfolio | FactTables, indicators: Indicators) -> list[Indicator]:
    recorded = (
        {} if isinstance(source, FactTables) else {each.id: each for each in source.all(Indicator)}
    )
    known = {**INDICATORS, **recorded}
    if indicators is None:
        return [
            *recorded.values(),
            *(each for id, each in INDICATORS.items() if id not in recorded),
        ]
    asked = [indicators] if isinstance(indicators, str | Indicator) else [*indicators]
    found: list[Indicator] = []
    for each in asked:
        if isinstance(each, Indicator):
            found.append(each)
        elif is_a(each, str) and each in known:
            found.append(known[each])
        else:
            msg = "no indicator has that id; record it, or take one of mic.INDICATORS"
            raise NotFound(msg)
    return found


class _Refusal(Exception):  # caught here; the figure is refused with this reason
    """The reason why a figure cannot be computed."""


@attrs.frozen(eq=False, kw_only=True)
class _Question:
    """The scope, period, instant and dimensions of a scorecard, and the facts that answer it."""

    source: Portfolio | FactTables
    facts: FactTables
    window: Window
    as_of: datetime
    dimensions: tuple[str, ...]
    scope: tuple[str, ...] | None
    rates: ExchangeRates | None

    @classmethod
    def of(
        cls, source: Portfolio | FactTables, period: Period | None, as_of: datetime,
        dimensions: tuple[str, ...], scope: Scope | None, rates: ExchangeRates | None,
    ) -> "_Question":  # fmt: skip
        known = source if isinstance(source, FactTables) else known_at(source, as_of)
        facts = source if isinstance(source, FactTables) else facts_of(source, as_of)
        places = None if scope is None else places_in(known, scope)
        window = Window(period=period, places=places, today=_today(known, as_of, places))
        ids = None if scope is None else scope_ids(scope, "scope", [])
        return cls(
            source=known, facts=facts, window=window, as_of=as_of, dimensions=dimensions,
            scope=ids, rates=rates,
        )  # fmt: skip

    def results(self, indicator: Indicator) -> Iterator[Result]:
        """The result of the whole, then that of each cell, sorted by its labels."""
        window = attrs.evolve(self.window, grade=indicator.minimum_evidence)
        for problem in measure_problems(indicator.measure, self.dimensions):
            yield refused(indicator, self.window.period, problem)
            return
        try:
            found = self._states(indicator, indicator.measure, window, self.dimensions)
        except (_Refusal, TooFineError, UnusableColumnError) as refusal:
            yield refused(indicator, self.window.period, str(refusal))
            return
        has_currency = is_money(indicator.measure)
        cells = [(key[-1], key[:-1], key) if has_currency else (None, key, key) for key in found]
        for currency, cell, key in sorted(cells, key=_cell_order):
            name = None if currency is None else str(currency)
            yield self._result(indicator, cell, found[key], name)

    def _states(
        self, indicator: Indicator, measure: Measure, window: Window, dimensions: Sequence[str]
    ) -> Mapping[CellKey, MeasureState]:
        """The states of all cells; amounts of money have their currency as the last label."""
        match measure:
            case StatedMeasure():
                return self._stated(indicator, measure, window, dimensions)
            case RatioMeasure():
                return self._ratio(indicator, measure, window, dimensions)
            case _:
                states = partial(self.facts.states, window, measure)
                if not is_money(measure):
                    return states(dimensions)
                found = states((*dimensions, CURRENCY), self.rates)
                cells = {key: state for key, state in found.items() if key}
                wholes = states((CURRENCY,), self.rates) if dimensions else {}
                cells.update({key: state for key, state in wholes.items() if key})
                return _with_known_currency(cells) or {(None,): found[()]}

    def _ratio(
        self, indicator: Indicator, measure: RatioMeasure, window: Window, dimensions: Sequence[str]
    ) -> Mapping[CellKey, MeasureState]:
        top = self._states(indicator, measure.top, window, dimensions)
        bottom = self._states(indicator, measure.bottom, window, dimensions)
        if is_money(measure.top) == is_money(measure.bottom):
            pairs = [(key, key) for key in top]
        elif is_money(measure.top):
            pairs = [(key, key[:-1]) for key in top]
        else:
            pairs = [(key[:-1], key) for key in bottom]
        # The longer key has the currency.
        return {
            max(one, other, key=len): RatioState(top[one], bottom[other])
            for one, other in pairs
            if one in top and other in bottom
        }

    def _stated(
        self,
        indicator: Indicator,
        measure: StatedMeasure,
        window: Window,
        dimensions: Sequence[str],
    ) -> Mapping[CellKey, MeasureState]:
        if isinstance(self.source, FactTables):
            reason = "stated numbers are observations, which tables do not hold"
            raise _Refusal(reason)
        try:
            return stated_states(self.source, indicator, measure, window, dimensions, self.scope)
        except ValueError as error:
            raise _Refusal(str(error)) from None

    def _result(
        self, indicator: Indicator, key: CellKey, state: MeasureState, currency: str | None
    ) -> Result:
        figure = state.estimate()
        cell = (*zip(self.dimensions, key, strict=True),) if key else ()
        status: ResultStatus = figure.certainty
        exclusions: tuple[tuple[str, int], ...] = ()
        coverage, evidence = None, Counter[str | None]()
        at_grade: tuple[tuple[str, Estimate], ...] = ()
        if not cell:
            survey = [self._survey(each, indicator) for each in tables_of(indicator.measure)]
            survey += self._stated_survey(indicator)
            exclusions = tuple(found for each in survey for found in each.exclusions)
            evidence = sum((each.evidence for each in survey), evidence)
            decided, eligible = (sum(each.counts[n] for each in survey) for n in (0, 1))
            coverage = Fraction(decided, eligible) if eligible else None
            status = _status(figure.certainty, survey)
            is_alike = not any(n for reason, n in exclusions if reason == UNDECIDED)
            if len(evidence) == 1 and is_alike:
                # All facts are of one grade: at that grade the figure is the same.
                at_grade = tuple((grade, figure) for grade in evidence if grade is not None)
            else:
                at_grade = self._at_grades(indicator, evidence, currency)
        if status in {"unknown", "not_due", "none_at_grade"} and not figure.unknown:
            figure = NOTHING
        result = Result(
            indicator=indicator, cell=cell, period=self.window.period, figure=figure,
            status=status, coverage=coverage, evidence=(*sorted(evidence.items(), key=_by_grade),),
            at_grade=at_grade, exclusions=(*exclusions, *_left_out(state)),
            attributed=state.attributed() if isinstance(state, StatedState) else None,
            currency=currency, rates=self.rates, window=self.window, as_of=self.as_of,
        )  # fmt: skip
        if cell or isinstance(self.source, FactTables):
            return result
        aim = aim_of(self.source, indicator, self.window, self.scope, figure)
        return attrs.evolve(result, aim=aim)

    def _survey(self, name: str, indicator: Indicator) -> Survey:
        window = attrs.evolve(self.window, grade=indicator.minimum_evidence)
        return self.facts.survey(window, name, conditions_on(indicator.measure, name))

    def _stated_survey(self, indicator: Indicator) -> list[Survey]:
        """The survey of observations, where a measure or a side of it states numbers."""
        measure = indicator.measure
        sides = (measure.top, measure.bottom) if isinstance(measure, RatioMeasure) else (measure,)
        is_stated = any(isinstance(each, StatedMeasure) for each in sides)
        if isinstance(self.source, FactTables) or not is_stated:
            return []
        window = attrs.evolve(self.window, grade=indicator.minimum_evidence)
        evidence, n, exclusions = surveyed(self.source, indicator, window)
        eligible = evidence.total()
        return [
            Survey(
                considered=n, due=n, counts=(eligible, eligible), evidence=evidence,
                exclusions=exclusions,
            )
        ]  # fmt: skip

    def _at_grades(
        self, indicator: Indicator, evidence: Counter[str | None], currency: str | None
    ) -> tuple[tuple[str, Estimate], ...]:
        """The figure at each minimum grade of evidence that some facts have."""
        key: CellKey = () if currency is None else (currency,)
        found: list[tuple[str, Estimate]] = []
        for grade in (each for each in GRADES if evidence[each]):
            window = attrs.evolve(self.window, grade=grade)
            states_here = self._states(indicator, indicator.measure, window, ())
            # An amount in this currency may be of a weaker grade alone.
            figure = states_here[key].estimate() if key in states_here else NOTHING
            found.append((grade, figure))
        return (*found,)


def _with_known_currency(cells: dict[CellKey, MeasureState]) -> dict[CellKey, MeasureState]:
    """The cells, without those of an unknown currency that hold no amount at all."""
    return {
        key: state for key, state in cells.items()
        if key[-1] is not None or state.estimate().n or state.estimate().unknown
    }  # fmt: skip


def _status(certainty: ResultStatus, survey: Sequence[Survey]) -> ResultStatus:
    """The status of a figure: of no facts unknown, of facts before their day not due."""
    if not all(each.considered for each in survey):
        return "unknown"  # of a ratio, one side has no facts at all
    if not any(each.due for each in survey):
        return "not_due"
    if not any(each.counts[1] for each in survey):
        return "none_at_grade"
    return certainty


def _left_out(state: MeasureState) -> tuple[tuple[str, int], ...]:
    if not isinstance(state, StatedState):
        return ()
    found = (
        ("lies only partly in the period", len(state.straddling())),
        ("is below an earlier number of its cumulative series", len(state.falling())),
    )
    return tuple(each for each in found if each[1])


def _by_grade(entry: tuple[str | None, int]) -> int:
    return -1 if entry[0] is None else GRADES.index(entry[0])


def _cell_order(cell: tuple[Label, CellKey, CellKey]) -> tuple[object, ...]:
    """By currency, then the whole before its cells, each label that is not known last."""
    currency, labels, _ = cell
    return str(currency), tuple((label is None, str(label)) for label in labels)


def _today(
    source: Portfolio | FactTables, as_of: datetime, places: Mapping[str, frozenset[str]] | None
) -> date:
    """The local day of an instant: at the center of the scope, or the only one; else in UTC."""
    if isinstance(source, FactTables):
        return as_of.date()
    ids = {each.id for each in source.all(Center)}
    if places is not None and places["center_id"]:
        ids &= places["center_id"]
    return day_at(as_of, zone_of(source, ids.pop() if len(ids) == 1 else None))


def places_in(source: Portfolio | FactTables, scope: Scope) -> Mapping[str, frozenset[str]]:
    """The ids of a scope by the column that holds them."""
    kinds = ("center", "program", "edition", "series", "session")
    if isinstance(source, FactTables):
        ids = frozenset(scope_ids(scope, "scope", []))
        return {f"{kind}_id": ids for kind in kinds}
    named = members(source, scope)
    return {f"{kind}_id": frozenset(id for each, id in named if each == kind) for kind in kinds}
