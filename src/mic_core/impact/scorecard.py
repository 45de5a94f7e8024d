"""Scorecards: measured indicators, each with its figure, bounds, evidence, target and progress."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Any, Literal

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.columns import Label
from mic_core.impact.aggregation.estimate import NOTHING, Estimate, number, percentages
from mic_core.impact.aggregation.group_by import Window
from mic_core.impact.currencies import ExchangeRates
from mic_core.impact.explanation import Explanation, facts_behind
from mic_core.impact.tables.build import FactTables
from mic_core.markup import (
    MOST_ROWS,
    Cell,
    Html,
    Inside,
    Quantity,
    Tone,
    badge,
    element,
    gauge,
    html_table,
    joined,
    note,
    notebook,
    table,
)
from mic_core.model import Indicator, Target
from mic_core.portfolio import Portfolio

ResultStatus = Literal[
    "measured", "partial", "not_due", "unknown", "undefined", "none_at_grade", "suppressed",
    "refused",
]  # fmt: skip

_TONES: Mapping[ResultStatus, Tone] = {
    "measured": "good", "partial": "info", "not_due": "plain", "unknown": "plain",
    "undefined": "plain", "none_at_grade": "plain", "suppressed": "plain",
    "refused": "error",
}  # fmt: skip
_HEADERS = ("indicator", "unit", "by", "value", "part", "bounds", "n", "target", "progress")
_DRAWN, _STATUS, _NOTES = "towards the target", "status", "notes"
_SPARSE = frozenset({"by", "part", "bounds", "target", "progress", _DRAWN, _NOTES})
"""Columns that are left out where all their cells are empty."""

_KEY = (
    "A bar runs from the baseline to the target and is cut off at both. Its lighter part may be "
    "reached as well; its mark is the part of the target that is due to date."
)
_WITHHELD = (
    "Suppressed figures are withheld so that nobody is given away; totals then need not follow "
    "from the parts shown."
)


@attrs.frozen(kw_only=True)
class Aim:
    """A target beside a figure: its value, its baseline, and how far the figure has come.

    `targets` are the targets of which it is made, one after the other; `target` is the last one.
    `to_date` is the part of the value for the days that are over, None for a target of a stock or a
    share. `progress` is (value - baseline) / (target - baseline), which may be negative or above 1;
    None where the figure is unknown or the target equals its baseline. `growth` is the change since
    a stated baseline, as a share of it; None without one, or from 0.
    """

    target: Target
    targets: tuple[Target, ...]
    value: Fraction
    baseline: Fraction
    to_date: Fraction | None
    progress: Fraction | None
    growth: Fraction | None = None


@attrs.frozen(kw_only=True)
class Result:
    """One figure of an indicator: of a scope and period, or of one cell of its dimensions.

    `cell` pairs dimensions with labels, None being unknown; empty: the whole. `coverage` is the
    share of the facts in scope that are decided, None without any. `evidence` counts the facts by
    their grade, None being not stated; `at_grade` holds the figure at each minimum grade.
    `exclusions` are reasons with the number of facts. `attributed` is the part of a stated figure
    that is attributed to the subjects. `currency` is that of a figure of money, and `rates` are
    those by which its amounts were converted. `reason` says why a figure is refused.
    """

    indicator: Indicator
    cell: tuple[tuple[str, Label], ...] = ()
    period: Period | None
    figure: Estimate
    status: ResultStatus
    reason: str | None = None
    coverage: Fraction | None = None
    evidence: tuple[tuple[str | None, int], ...] = ()
    at_grade: tuple[tuple[str, Estimate], ...] = ()
    exclusions: tuple[tuple[str, int], ...] = ()
    attributed: Estimate | None = None
    currency: str | None = None
    rates: ExchangeRates | None = None
    aim: Aim | None = None
    window: Window | None = attrs.field(default=None, repr=False, eq=False)
    as_of: datetime | None = attrs.field(default=None, repr=False)

    @property
    def value(self) -> Fraction | None:
        """The figure that certainly holds; None where nothing is certain."""
        return self.figure.value

    @property
    def least(self) -> Fraction | None:
        """The lower bound of the true figure; None: it is open."""
        return self.figure.least

    @property
    def most(self) -> Fraction | None:
        """The upper bound of the true figure; None: it is open."""
        return self.figure.most

    @property
    def n(self) -> int:
        """The number of units behind the figure."""
        return self.figure.n

    @property
    def unit(self) -> str:
        """The unit of the figure: of the indicator, or the currency of its amounts."""
        return self.currency if self.currency is not None else self.indicator.unit

    def explain(self, portfolio: Portfolio | FactTables) -> Explanation:
        """The facts behind the figure, in the portfolio or tables that were measured. O(rows).

        No facts for a refused figure.
        """
        if self.window is None or self.as_of is None:
            return Explanation(facts=(), possible=(), days={})
        cell = self.cell
        if self.currency is not None:
            cell = (*cell, ("currency", self.currency))
        return facts_behind(portfolio, self.indicator, cell, self.window, self.as_of, self.rates)

    def row(self) -> dict[str, Any]:
        """The result as one flat row of plain values; fractions as numbers of 12 digits."""
        return {
            "indicator": self.indicator.id, "title": self.indicator.title, "unit": self.unit,
            "version": self.indicator.version, "kind": _kind(self.indicator),
            **{name: _plain(label) for name, label in self.cell},
            "value": number(self.value), "least": number(self.least), "most": number(self.most),
            "numerator": number(self.figure.numerator),
            "denominator": number(self.figure.denominator),
            "n": None if self.status == "suppressed" else self.n,
            "coverage": number(self.coverage),
            "status": self.status,
            "reason": self.reason,
            "attributed": None if self.attributed is None else number(self.attributed.value),
            "target": None if self.aim is None else number(self.aim.value),
            "target_to_date": None if self.aim is None else number(self.aim.to_date),
            "baseline": None if self.aim is None else number(self.aim.baseline),
            "progress": None if self.aim is None else number(self.aim.progress),
            "growth": None if self.aim is None else number(self.aim.growth),
        }  # fmt: skip


def _kind(indicator: Indicator) -> str:
    """The kind of an indicator in a row: outcome in place of impact.

    A figure that is neither adjusted nor compared with another group shows no impact.
    """
    return "outcome" if indicator.kind == "impact" else indicator.kind


def _plain(label: Label) -> str | int | bool | None:
    return label.isoformat() if isinstance(label, date) else label


@attrs.frozen(kw_only=True)
class Scorecard:
    """Measured indicators in the order in which they were asked for, the whole before its cells."""

    results: tuple[Result, ...]
    period: Period | None
    as_of: datetime
    by: tuple[str, ...] = ()
    scope: tuple[str, ...] | None = None

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def get(self, indicator: str, **cell: Label) -> Result | None:
        """The result of an indicator, of the whole or of the cell with these labels.

        None where no fact reaches that cell.
        """
        wanted = cell.items()
        for each in self.results:
            if each.indicator.id == indicator and dict(each.cell).items() == wanted:
                return each
        return None

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each result; every dimension is a column, None also for the whole.

        `percent` is the part of a cell in its whole, see `parts`; None where it has none.
        """
        blank = dict.fromkeys(self.by)
        return tuple(
            {**row, **{name: row.get(name) for name in blank}, "percent": number(part)}
            for row, part in zip((each.row() for each in self.results), self.parts(), strict=True)
        )

    def parts(self) -> tuple[Fraction | None, ...]:
        """The percentage of each result in its whole, rounded to whole percents that add up to 100.

        Only where the cells are parts of one whole, that is, add up to it; so neither for cells
        that overlap nor for shares. None for all others.
        """
        found: list[Fraction | None] = []
        for _, group in groupby(self.results, key=lambda each: (each.indicator, each.currency)):
            results = [*group]
            found += _parts(results)
        return (*found,)

    def __str__(self) -> str:
        rows = [
            (*_cells(each, part), _status_words(each), "; ".join(_notes(each)) or None)
            for each, part in zip(self.results, self.parts(), strict=True)
        ]
        kept = _filled((*_HEADERS, _STATUS, _NOTES), rows)
        shown = [[row[n] for n in kept.values()] for row in rows]
        look = table(shown, (*kept,))
        return f"{look}\n{_WITHHELD}" if self._is_suppressed else look

    @property
    def _is_suppressed(self) -> bool:
        return any(each.status == "suppressed" for each in self.results)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The results as a table; of more than `most` the first.

        Each status is in words; a figure with progress has a bar from its baseline to its target.
        """
        rows = [
            (*_cells(each, part), _drawing(each), _badge(each))
            for each, part in zip(self.results, self.parts(), strict=True)
        ]
        kept = _filled((*_HEADERS, _DRAWN, _STATUS), rows)
        shown: list[tuple[Inside, ...]] = [tuple(row[n] for n in kept.values()) for row in rows]
        look = html_table(shown, (*kept,), caption="Scorecard", most=most)
        withheld = note(_WITHHELD) if self._is_suppressed else None
        return joined([look, note(_KEY) if _DRAWN in kept else None, withheld])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _filled(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> dict[str, int]:
    """The columns that a table shows, by header: sparse ones only where some cell is filled."""
    return {
        header: n for n, header in enumerate(headers)
        if header not in _SPARSE or any(row[n] is not None for row in rows)
    }  # fmt: skip


def _parts(results: Sequence[Result]) -> list[Fraction | None]:
    """The percentages of the cells of one figure; None for all where they are no parts of it."""
    none: list[Fraction | None] = [None] * len(results)
    values = [each.value for each in results if each.cell]
    (total, *others) = [each.value for each in results if not each.cell] or [None]
    known = [each for each in values if each is not None]
    is_partition = total is not None and not others and sum(known, Fraction(0)) == total
    if (
        not is_partition
        or len(known) < len(values)
        or any(each.figure.denominator is not None or each.unit == "share" for each in results)
    ):
        return none
    rounded = iter(percentages(known) or none)
    return [next(rounded) if each.cell else None for each in results]


def _cells(result: Result, part: Fraction | None) -> tuple[Cell, ...]:
    """The cells of a row up to its progress; numbers are quantities, so that they align."""
    indicator, figure, aim, unit = result.indicator, result.figure, result.aim, result.unit
    cell = ", ".join("unknown" if each is None else str(_plain(each)) for _, each in result.cell)
    return (
        f"{indicator.id} {indicator.title}", unit, cell or None,
        _quantity(shown(figure.value, unit)),
        None if part is None else Quantity(f"{part} %"), _quantity(_bounds(figure, unit)),
        None if result.status == "suppressed" else Quantity(f"{result.n:,}"),
        None if aim is None else _quantity(shown(aim.value, unit)),
        None if aim is None else _quantity(_progress(aim, figure)),
    )  # fmt: skip


def _progress(aim: Aim, figure: Estimate) -> str:
    """The progress in percent; undefined for a target that equals its baseline."""
    is_undefined = aim.value == aim.baseline and figure.value is not None
    return "undefined" if is_undefined else shown(aim.progress, "share")


def _notes(result: Result) -> list[str]:
    """The exclusions of a figure, and its value on better evidence, in words."""
    found = [f"{n:,} {reason}" for reason, n in result.exclusions]
    for grade, figure in result.at_grade:
        if figure != result.figure:
            amount = shown(figure.value, result.unit) or "unknown"
            found.append(f"{amount} if {grade.replace('_', ' ')} or better")
    return found


def _quantity(text: str) -> Quantity | None:
    return Quantity(text) if text else None


def _status_words(result: Result) -> str:
    status = result.status.replace("_", " ")
    return status if result.reason is None else f"{status}: {result.reason}"


def _badge(result: Result) -> Html:
    """The status on a badge, with the reason of a refusal below it."""
    word = badge(result.status.replace("_", " "), _TONES[result.status])
    why = [] if result.reason is None else [result.reason]
    lines = [element("span", text, class_="mend") for text in (*why, *_notes(result))]
    return joined([word, *lines])


def _drawing(result: Result) -> Html | None:
    """A bar from the baseline to the target; None where there is no progress to draw.

    An unknown figure has no bar, since an empty one would say that nothing was reached.
    """
    aim, figure, unit = result.aim, result.figure, result.unit
    if aim is None or figure.value is None or aim.progress is None:
        return None
    # An open bound reaches to an end of the bar; for a falling target, low values are far along.
    low, high = (0, 1000) if aim.value > aim.baseline else (1000, 0)
    ends = (
        low if figure.least is None else _place(figure.least, aim),
        high if figure.most is None else _place(figure.most, aim),
    )
    return gauge(
        _place(figure.value, aim),
        possible=(min(ends), max(ends)) if figure.least != figure.most else (0, 0),
        due=None if aim.to_date is None else _place(aim.to_date, aim),
        title=_in_words(aim, figure, unit),
    )


def _place(value: Fraction, aim: Aim) -> int:
    """A value on the bar, in thousandths of the way from the baseline to the target."""
    return floor((value - aim.baseline) * 1000 / (aim.value - aim.baseline))


def _in_words(aim: Aim, figure: Estimate, unit: str) -> str:
    """The title of a bar: it says all that the bar shows, without its clipping."""
    amount = "" if unit == "share" else f" {unit}"
    bounds = _bounds(figure, unit)
    parts = (
        f"{shown(figure.value, unit)}{amount}",
        bounds and f"possibly {bounds}",
        f"{shown(aim.progress, 'share')} of the way",
        f"from {shown(aim.baseline, unit)} to {shown(aim.value, unit)}",
        "" if aim.to_date is None else f"{shown(aim.to_date, unit)} due to date",
    )
    return ", ".join(each for each in parts if each)


def shown(value: Fraction | None, unit: str) -> str:
    """A figure as text: a share in percent, all others with at most two decimals.

    >>> shown(Fraction(71, 100), "share"), shown(Fraction(71, 2), "jobs"), shown(None, "jobs")
    ('71 %', '35.5', '')
    """
    if value is None:
        return ""
    amount = value * 100 if unit == "share" else value
    text = f"{float(round(amount, 2)):,.2f}".rstrip("0").rstrip(".")
    return f"{text} %" if unit == "share" else text


def _bounds(figure: Estimate, unit: str) -> str:
    if figure.least is not None and figure.least == figure.most:
        return ""
    least, most = shown(figure.least, unit), shown(figure.most, unit)
    if not least and not most:
        return ""
    if not most:
        return f"at least {least}"
    return f"{least} to {most}" if least else f"at most {most}"


def refused(indicator: Indicator, period: Period | None, reason: str) -> Result:
    """A result that is refused, with the reason."""
    return Result(
        indicator=indicator, period=period, figure=NOTHING, status="refused", reason=reason
    )
