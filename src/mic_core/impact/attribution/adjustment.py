"""Adjustment: the part of a figure that would not have happened anyway, factor by factor.

The chain of social return on investment: deadweight, displacement, what others brought about, and
drop-off over the years. A factor that nobody recorded is not adjusted for, which is not 0 %; one
that is recorded as unknown makes a range.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, cast, get_args

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Value, Whole, is_a, sound
from mic_core.impact.aggregation.estimate import Estimate, number
from mic_core.impact.aggregation.stated import contains
from mic_core.impact.scorecard import Result, shown
from mic_core.impact.tables.build import known_at
from mic_core.markup import Cell, Html, Quantity, html_table, joined, note, notebook, table
from mic_core.model import Adjustment
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
    SurvivalMeasure,
)
from mic_core.model.impact import AdjustmentKind
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO

CHAIN: tuple[AdjustmentKind, ...] = get_args(AdjustmentKind)
"""The kinds of adjustment in their usual order; the figure left does not depend on it."""

_HEADERS = ("step", "taken off", "evidence", "left")
_WORDS = {"attribution": "brought about by others", "drop_off": "drop-off"}


@attrs.frozen(kw_only=True)
class AdjustmentStep:
    """A step of the chain: the range of its factor, its evidence, and the figure left after it.

    `least` and `most` bound the factor; None: nobody recorded it, so that nothing is taken off.
    `evidence` holds the grades of the records; None is not stated.
    """

    kind: AdjustmentKind
    least: Fraction | None
    most: Fraction | None
    evidence: tuple[str | None, ...] = ()
    left: Estimate

    @property
    def is_adjusted(self) -> bool:
        """True if a factor is recorded, also if it is recorded as unknown."""
        return self.least is not None


@attrs.frozen(kw_only=True)
class AdjustedFigure:
    """A figure, what is taken off it step by step, and what is left `years` after.

    `reason` says why a figure is not adjusted; None: it is, as far as factors are recorded.
    """

    result: Result
    years: int
    steps: tuple[AdjustmentStep, ...] = ()
    reason: str | None = None

    @property
    def figure(self) -> Estimate:
        """The figure that is left after all steps."""
        return self.steps[-1].left if self.steps else self.result.figure

    @property
    def missing(self) -> tuple[AdjustmentKind, ...]:
        """The kinds of adjustment of which nobody recorded a factor."""
        return tuple(each.kind for each in self.steps if not each.is_adjusted)

    def __iter__(self) -> Iterator[AdjustmentStep]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each step, with the bounds of its factor and of the figure left."""
        return tuple(
            {
                "indicator": self.result.indicator.id, "step": each.kind,
                "is_adjusted": each.is_adjusted, "factor_least": number(each.least),
                "factor_most": number(each.most), "value": number(each.left.value),
                "least": number(each.left.least), "most": number(each.left.most),
            }
            for each in self.steps
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([self._title, table(self._cells(), _HEADERS), *self._notes])

    def html(self) -> Html:
        """The steps as a table, with what was not adjusted for below it."""
        look = html_table(self._cells(), _HEADERS, caption=self._title)
        return joined([look, *(note(each) for each in self._notes)])

    def _repr_html_(self) -> str:
        return notebook(self.html())

    @property
    def _title(self) -> str:
        indicator, unit = self.result.indicator, self.result.unit
        is_adjusted = len(self.missing) < len(self.steps)
        words = "impact after adjustment" if is_adjusted else "gross, not adjusted"
        after = f", {self.years} years later" if self.years else ""
        return f"{indicator.id} {indicator.title}, {words}{after}: {self.figure} {unit}"

    @property
    def _notes(self) -> list[str]:
        found = [] if self.reason is None else [f"Not adjusted: {self.reason}."]
        if self.missing:
            found.append(f"Not adjusted for: {', '.join(map(_word, self.missing))}.")
        return found

    def _cells(self) -> list[tuple[Cell, ...]]:
        unit = self.result.unit
        return [
            ("gross", None, None, Quantity(f"{self.result.figure} {unit}")),
            *(
                (
                    _word(each.kind), _factor(each),
                    ", ".join("not stated" if grade is None else grade for grade in each.evidence)
                    or None,
                    Quantity(f"{each.left} {unit}"),
                )
                for each in self.steps
            ),
        ]  # fmt: skip


def _word(kind: AdjustmentKind) -> str:
    return _WORDS.get(kind, kind)


def _factor(step: AdjustmentStep) -> Cell:
    if step.least is None:
        return "not adjusted"
    least, most = shown(step.least, "share"), shown(step.most, "share")
    return Quantity(least if least == most else f"{least} to {most}")


def adjust(
    result: Result,
    portfolio: Portfolio,
    *,
    years: int = 0,
    order: tuple[AdjustmentKind, ...] = CHAIN,
) -> AdjustedFigure:
    """Take off a figure what is no net effect: its recorded adjustments, one kind after the other.

    What is left is the figure times 1 - factor for each kind; for drop-off once for each of `years`
    that have passed, from 0 to 100. A factor recorded as unknown leaves a range, and so do records
    of one kind that differ; a kind without a record is listed as not adjusted. A record holds if
    its period holds all of the period measured. `order` is the order of the steps, of all kinds.
    Shares, medians and ratios are refused: factors are parts of a sum. Raises InvariantError for
    arguments that are none. O(adjustments).

    >>> from datetime import UTC, datetime
    >>> from mic_core.impact.measuring import measure
    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> (firms,) = measure(season, "E1", as_of=datetime(2014, 12, 31, tzinfo=UTC))
    >>> adjust(firms, season).missing
    ('deadweight', 'displacement', 'attribution', 'drop_off')
    """
    sound(
        "adjust", result=(result, Value(Result)), portfolio=(portfolio, PORTFOLIO),
        years=(years, Whole(least=0, most=100)),
    )  # fmt: skip
    loose: Any = order
    words = map(str, cast("tuple[object, ...]", loose)) if is_a(loose, tuple) else ()
    is_chain = sorted(words) == sorted(CHAIN)
    if not is_chain:
        rule = f"must hold each of {', '.join(CHAIN)} once"
        raise InvariantError("adjust", [Problem(path="order", rule=rule)])
    measure = result.indicator.measure
    if isinstance(measure, ShareMeasure | MedianMeasure | RatioMeasure | SurvivalMeasure) or (
        isinstance(measure, ChangeMeasure) and measure.summary in {"median", "improved"}
    ):
        reason = "a share, a median or a ratio has no part to take off"
        return AdjustedFigure(result=result, years=years, reason=reason)
    if result.as_of is None:
        return AdjustedFigure(result=result, years=years, reason=f"the figure is {result.status}")
    recorded = known_at(portfolio, result.as_of).where(Adjustment, indicator_id=result.indicator.id)
    measured = Period() if result.period is None else result.period
    held = [each for each in recorded if each.period is None or contains(each.period, measured)]
    steps: list[AdjustmentStep] = []
    left = result.figure
    for kind in order:
        found = [each for each in held if each.kind == kind]
        if not found:
            steps.append(AdjustmentStep(kind=kind, least=None, most=None, left=left))
            continue
        lows = [Fraction(0) if each.factor is None else Fraction(each.factor) for each in found]
        highs = [Fraction(1) if each.factor is None else Fraction(each.factor) for each in found]
        times = years if kind == "drop_off" else 1
        left = _left(left, (1 - max(highs)) ** times, (1 - min(lows)) ** times)
        evidence = (*sorted({each.evidence for each in found}, key=str),)
        steps.append(
            AdjustmentStep(
                kind=kind, least=min(lows), most=max(highs), evidence=evidence, left=left
            )
        )
    return AdjustedFigure(result=result, years=years, steps=(*steps,))


def _left(figure: Estimate, low: Fraction, high: Fraction) -> Estimate:
    """A figure times a factor between two numbers, both from 0 to 1; open bounds stay open."""
    value = figure.value * low if figure.value is not None and low == high else None
    least, most = figure.least, figure.most
    return Estimate(
        value=value,
        least=_zero(low, high) if least is None else min(least * low, least * high),
        most=_zero(low, high) if most is None else max(most * low, most * high),
        n=figure.n, unknown=figure.unknown,
    )  # fmt: skip


def _zero(low: Fraction, high: Fraction) -> Fraction | None:
    """The bound of an unbounded figure times 0."""
    return Fraction(0) if low == high == 0 else None
