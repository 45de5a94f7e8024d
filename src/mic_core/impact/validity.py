"""Validity of measures: whether tables and columns are there, and hold what a measure needs."""

from collections.abc import Iterable, Sequence
from typing import Any

from mic_core.impact.aggregation.columns import operand
from mic_core.impact.aggregation.facts import TableShape
from mic_core.impact.currencies import CURRENCY
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    DistinctMeasure,
    LatestMeasure,
    Measure,
    MedianMeasure,
    RatioMeasure,
    ShareMeasure,
    StatedMeasure,
    SurvivalMeasure,
    TotalMeasure,
    Where,
)


def measure_problems(measure: Measure, by: Sequence[str] = ()) -> tuple[str, ...]:
    """The reasons why a measure cannot be computed; none where it can.

    A table or column that is not there, a column of another kind than is needed, a condition that
    its column cannot meet, a dimension that the table lacks.

    >>> from mic_core.model import distinct
    >>> measure_problems(distinct("visits", "person"))
    ('visits has no column person',)
    """
    if isinstance(measure, StatedMeasure):
        return ()
    if isinstance(measure, RatioMeasure):
        return (*measure_problems(measure.top, by), *measure_problems(measure.bottom, by))
    shape = TABLE_SHAPES.get(measure.table)
    if shape is None:
        return (f"there is no table {measure.table}; there are {', '.join(TABLE_SHAPES)}",)
    return (
        *_missing(shape, (*_keys_of(measure), *by)),
        *_not_numbers(shape, _numbers_of(measure)),
        *_unmet(shape, _conditions(measure)),
        *_not_flags(shape, _flags_of(measure)),
        *(() if not isinstance(measure, LatestMeasure) or shape.day is not None
          else (f"{shape.name} has no day, so that nothing in it is latest",)),
    )  # fmt: skip


def _missing(shape: TableShape, names: Iterable[str]) -> list[str]:
    return [f"{shape.name} has no column {each}" for each in names if shape.column(each) is None]


def _not_numbers(shape: TableShape, names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        column = shape.column(name)
        if column is None:
            found.append(f"{shape.name} has no column {name}")
        elif column.kind not in {"number", "whole"}:
            found.append(f"{shape.name}.{name} holds no numbers")
    return found


def _not_flags(shape: TableShape, names: Iterable[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        column = shape.column(name)
        if column is None:
            found.append(f"{shape.name} has no column {name}")
        elif column.kind != "flag":
            found.append(f"{shape.name}.{name} is no flag")
    return found


def _flags_of(measure: Any) -> tuple[str, ...]:
    if not isinstance(measure, SurvivalMeasure):
        return ()
    return tuple(each for each in (measure.ended, measure.lost_to_follow_up) if each is not None)


def _unmet(shape: TableShape, conditions: Iterable[Where]) -> list[str]:
    found: list[str] = []
    for each in conditions:
        column = shape.column(each.column)
        if column is None:
            found.append(f"{shape.name} has no column {each.column}")
            continue
        try:
            for value in each.value:
                operand(column, value)
        except (ValueError, ArithmeticError):
            kind = "a grade of evidence" if column.name == "evidence" else f"a {column.kind}"
            found.append(f"{shape.name}.{each.column} is {kind}, and is compared with another kind")
    return found


def _keys_of(measure: Any) -> tuple[str, ...]:
    return (
        measure.key if isinstance(measure, DistinctMeasure | ShareMeasure | LatestMeasure) else ()
    )


def _numbers_of(measure: Any) -> tuple[str, ...]:
    match measure:
        case (
            TotalMeasure(column=column)
            | MedianMeasure(column=column)
            | LatestMeasure(column=column)
        ):
            return (column,)
        case ChangeMeasure(before=before, after=after):
            return (before, after)
        case SurvivalMeasure(left=left, entered=entered):
            return (left,) if entered is None else (entered, left)
        case _:
            return ()


def _conditions(measure: Any) -> tuple[Where, ...]:
    having = measure.having if isinstance(measure, ShareMeasure) else ()
    return (*measure.where, *having)


def is_money(measure: Any) -> bool:
    """True if a measure, or a side of a ratio, adds amounts of money: currencies stay apart."""
    if isinstance(measure, RatioMeasure):
        return is_money(measure.top) or is_money(measure.bottom)
    if isinstance(measure, StatedMeasure):
        return False
    shape = TABLE_SHAPES[measure.table]
    units = [column.unit for name in _numbers_of(measure) for column in shape.columns
             if column.name == name]  # fmt: skip
    improved = isinstance(measure, ChangeMeasure) and measure.summary == "improved"
    return CURRENCY in units and not improved


def tables_of(measure: Measure) -> tuple[str, ...]:
    """The tables that a measure reads, that of the denominator last."""
    match measure:
        case StatedMeasure():
            return ()
        case RatioMeasure():
            return (*dict.fromkeys((*tables_of(measure.top), *tables_of(measure.bottom))),)
        case _:
            return (measure.table,)


def conditions_on(measure: Measure, table: str) -> tuple[Where, ...]:
    """The conditions of a measure on one table; of a ratio within one table those of its bottom."""
    match measure:
        case RatioMeasure():
            sides = (measure.bottom, measure.top)
            found = [each for each in sides if table in tables_of(each)]
            return found[0].where
        case _:
            return measure.where
