"""Contrast: the difference of a figure from that of a comparison group, such as those rejected."""

from fractions import Fraction
from typing import Any

import attrs

from mic_core.fields import Value, sound
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.scorecard import Result, shown
from mic_core.markup import Cell, Html, Quantity, html_table, joined, note, notebook, table
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
    SurvivalMeasure,
)

_HEADERS = ("group", "figure", "n")
_CAUTION = (
    "The groups were not drawn by lot: part of the difference may have been there before. It is no "
    "measure of what the program caused."
)


@attrs.frozen(kw_only=True)
class Contrast:
    """A figure of a group, that of a comparison group, and the difference of both.

    `difference` is None where one of the figures is unknown; `least` and `most` bound it, None
    where they are open. `reason` says why the figures are not compared; None: they are.
    """

    result: Result
    comparison: Result
    difference: Fraction | None = None
    least: Fraction | None = None
    most: Fraction | None = None
    reason: str | None = None

    def row(self) -> dict[str, Any]:
        """The difference as one flat row, with both figures and the number of units of each."""
        return {
            "indicator": self.result.indicator.id, "value": number(self.result.value),
            "n": self.result.row()["n"], "comparison": number(self.comparison.value),
            "comparison_n": self.comparison.row()["n"], "difference": number(self.difference),
            "least": number(self.least), "most": number(self.most), "reason": self.reason,
        }  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([self._title, table(self._cells(), _HEADERS), self._note])

    def html(self) -> Html:
        """Both figures and their difference as a table, with a word of caution below it."""
        look = html_table(self._cells(), _HEADERS, caption=self._title)
        return joined([look, note(self._note)])

    def _repr_html_(self) -> str:
        return notebook(self.html())

    @property
    def _title(self) -> str:
        return f"{self.result.indicator.title}, beside a comparison group"

    @property
    def _note(self) -> str:
        return _CAUTION if self.reason is None else f"Not compared: {self.reason}."

    def _cells(self) -> list[tuple[Cell, ...]]:
        unit = self.result.unit
        groups: list[tuple[Cell, ...]] = [
            (name, _amount(each.value, unit), None if n is None else Quantity(f"{n:,}"))
            for name, each in (("group", self.result), ("comparison group", self.comparison))
            for n in (each.row()["n"],)
        ]
        return [*groups, ("difference", _amount(self.difference, unit), None)]


def _amount(value: Fraction | None, unit: str) -> Cell:
    if value is None:
        return "unknown"
    return Quantity(f"{shown(value, unit)}{'' if unit == 'share' else f' {unit}'}")


def contrast(result: Result, comparison: Result) -> Contrast:
    """Compare a figure with that of a comparison group: the difference, with the size of both.

    Only shares, medians and ratios of one unit and period are compared: the difference of two
    counts or sums is that of the sizes of the groups. Raises InvariantError for what is no result.

    >>> from datetime import UTC, datetime
    >>> from mic_core.impact.measuring import measure
    >>> from mic_core.samples import brussels_2014
    >>> (rate,) = measure(brussels_2014(), "P5", as_of=datetime(2014, 12, 31, tzinfo=UTC))
    >>> contrast(rate, rate).difference
    Fraction(0, 1)
    """
    sound("contrast", result=(result, Value(Result)), comparison=(comparison, Value(Result)))
    reason = _reason(result, comparison)
    if reason is not None:
        return Contrast(result=result, comparison=comparison, reason=reason)
    return Contrast(
        result=result, comparison=comparison,
        difference=_less(result.value, comparison.value),
        least=_less(result.least, comparison.most), most=_less(result.most, comparison.least),
    )  # fmt: skip


def _less(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one - other


def _reason(result: Result, comparison: Result) -> str | None:
    """The reason why two figures are not compared."""
    if "suppressed" in {result.status, comparison.status}:
        return "a figure is suppressed"
    if not (_is_rate(result) and _is_rate(comparison)):
        return "counts and sums differ with the sizes of the groups; compare shares or medians"
    if result.unit != comparison.unit:
        return f"the units differ: {result.unit} and {comparison.unit}"
    return None if result.period == comparison.period else "the periods differ"


def _is_rate(result: Result) -> bool:
    measure = result.indicator.measure
    if isinstance(measure, ChangeMeasure):
        return measure.summary in {"median", "improved"}
    return isinstance(measure, ShareMeasure | MedianMeasure | RatioMeasure | SurvivalMeasure)
