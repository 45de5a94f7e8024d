"""Quantities: the numbers that a result prints, each identified by its measure, scope and period.

Two results that print the same quantity are aliases of it: a share with its denominator prints the
numerator, a ratio both of its sides, a mean its sum.
"""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.columns import GRADES, MILLION, Label
from mic_core.impact.aggregation.stated import ordinals
from mic_core.impact.scorecard import Result, Scorecard
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    LatestMeasure,
    Measure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
    SurvivalMeasure,
    TotalMeasure,
    Where,
)

Family = tuple[Any, ...]
"""The way in which a number is aggregated: numbers of one family can be parts of each other."""


@attrs.frozen(kw_only=True)
class PrintedNumber:
    """A number that may be printed: what is aggregated, under which conditions, where and when.

    `days` are ordinals, half-open. `scope` of None is everywhere. `grade` is the rank of the
    weakest evidence, 0 being any.
    """

    family: Family
    where: frozenset[Where]
    days: tuple[int, int]
    scope: frozenset[str] | None
    grade: int
    as_of: datetime
    labels: frozenset[tuple[str, Label]]

    @property
    def table(self) -> str | None:
        """The fact table of the number; None for stated ones."""
        return str(self.family[1]) if self.family[0] != "stated" else None

    @property
    def is_count(self) -> bool:
        """True for numbers of units, False for amounts in millionths."""
        return self.family[0] in {"rows", "keys", "n", "stated"}

    @property
    def is_signed(self) -> bool:
        """True if the number may be below zero."""
        return self.family[0] in {"amount of stated", "median"} or self.family[-1] == "net"

    @property
    def is_additive(self) -> bool:
        """True if the numbers of periods that follow each other add up."""
        return self.family[0] in {"rows", "total"}

    def is_part_of(self, other: "PrintedNumber") -> bool:
        """True if all that this number counts is counted by another one as well."""
        return (
            self != other
            and self.family == other.family
            and self.labels == other.labels
            and self.where >= other.where
            and other.days[0] <= self.days[0]
            and self.days[1] <= other.days[1]
            and (other.scope is None or (self.scope is not None and self.scope <= other.scope))
            and self.grade >= other.grade
            and self.as_of <= other.as_of
        )


Printed = tuple[PrintedNumber, int]
"""A quantity and its value."""


def printed_by(card: Scorecard, result: Result) -> list[Printed]:
    """The quantities that a result prints; none where it has no value."""
    figure, indicator = result.figure, result.indicator
    if figure.value is None and figure.numerator is None and figure.denominator is None:
        return []
    period = Period() if result.period is None else result.period
    grade = indicator.minimum_evidence
    common: dict[str, Any] = {
        "days": ordinals(period),
        "scope": None if card.scope is None else frozenset(card.scope),
        "grade": 0 if grade is None else GRADES.index(grade),
        "as_of": card.as_of, "labels": frozenset(result.cell),
    }  # fmt: skip
    money = (result.currency, result.rates is not None)
    return [
        (
            PrintedNumber(family=family, where=frozenset(conditions), **common),
            round(value * (1 if family[0] in _WHOLE else MILLION)),
        )
        for family, conditions, value in _numbers(result, indicator.measure, money)
        if value is not None
    ]


_WHOLE = frozenset({"rows", "keys", "n", "stated"})
"""Families of whole numbers; others are amounts in millionths."""

_Number = tuple[Family, tuple[Where, ...], Fraction | None]


def _numbers(result: Result, measure: Measure, money: tuple[Any, ...]) -> Iterator[_Number]:
    figure = result.figure
    n = Fraction(figure.n)
    match measure:
        case ShareMeasure():
            family = ("keys", measure.table, *measure.key) if measure.key else _rows(measure.table)
            yield family, measure.where, figure.denominator
            yield family, (*measure.where, *measure.having), figure.numerator
        case ChangeMeasure(summary="improved"):
            family, conditions = _count(measure)
            # The part that rose is a subset of the pairs: its condition compares two columns.
            rose = Where(column=measure.after, op=">", value=(measure.before,))
            yield family, conditions, figure.denominator
            yield family, (*conditions, rose), figure.numerator
        case RatioMeasure():
            yield _main(result, measure.top, money, figure.numerator)
            yield _main(result, measure.bottom, money, figure.denominator)
            if not isinstance(measure.bottom, CountMeasure | DistinctMeasure):
                yield *_count(measure.bottom, result.indicator.id), n
        case CountMeasure() | DistinctMeasure():
            yield _main(result, measure, money, figure.value)
        case MedianMeasure():
            yield *_count(measure), n
        case SurvivalMeasure(months=months, where=conditions):
            # Who survives for long is part of those who survive for less.
            alive = [
                Where(column=measure.ended, op=">", value=(each,)) for each in range(1, months + 1)
            ]
            yield *_count(measure), n
            left = None if figure.value is None else Fraction(round(figure.value * n))
            yield _count(measure)[0], (*conditions, *alive), left
        case TotalMeasure() | LatestMeasure() | ChangeMeasure():
            yield _main(result, measure, money, figure.value)
            yield *_count(measure), n
        case _:
            yield _main(result, measure, money, figure.value)


def _rows(table: str) -> Family:
    return ("rows", table)


def _main(result: Result, measure: Any, money: tuple[Any, ...], value: Fraction | None) -> _Number:
    """The number that a measure, or the side of a ratio, evaluates to."""
    match measure:
        case CountMeasure():
            return _rows(measure.table), measure.where, value
        case DistinctMeasure():
            return ("keys", measure.table, *measure.key), measure.where, value
        case TotalMeasure():
            return ("total", measure.table, measure.column, *money), measure.where, value
        case LatestMeasure():
            family = ("latest", measure.table, measure.column, measure.key, *money)
            return family, measure.where, value
        case ChangeMeasure():
            family = ("change", measure.table, measure.before, measure.after, *money)
            return (*family, measure.summary), measure.where, value
        case MedianMeasure():
            return ("median", measure.table, measure.column, *money), measure.where, value
        case _:
            kind = "stated" if value is None or value.denominator == 1 else "amount of stated"
            return (kind, result.indicator.id), measure.where, value


def _count(measure: Any, indicator: str = "") -> tuple[Family, tuple[Where, ...]]:
    """The number of units behind an amount."""
    match measure:
        case ChangeMeasure():
            return ("n", measure.table, "change", measure.before, measure.after), measure.where
        case LatestMeasure():
            return ("n", measure.table, "latest", measure.column, measure.key), measure.where
        case SurvivalMeasure():
            return ("n", measure.table, "survival", measure.entered, measure.left), measure.where
        case TotalMeasure() | MedianMeasure():
            return ("n", measure.table, "values", measure.column), measure.where
        case _:
            return ("stated", indicator, "n"), measure.where
