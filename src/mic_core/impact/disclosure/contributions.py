"""Contributions: how an amount is made up of those who stand behind it, for rules of dominance."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mic_core.impact.aggregation.cells import rows_of
from mic_core.impact.aggregation.columns import MILLION, TRUE
from mic_core.impact.aggregation.facts import FactTable, conjunction, row_mask
from mic_core.impact.aggregation.group_by import Selection, Window
from mic_core.impact.currencies import CURRENCY, with_one_currency
from mic_core.impact.scorecard import Result
from mic_core.impact.tables.build import FactTables
from mic_core.model.expressions.measures import ChangeMeasure, LatestMeasure, TotalMeasure

CONTRIBUTORS = ("enterprise_id", "person_id", "participant_id", "holder_id", "payer_id")
"""The columns that name those who stand behind a row, the first that a table has."""

AmountMeasure = TotalMeasure | LatestMeasure | ChangeMeasure


def contributions(
    facts: FactTables, result: Result, measure: AmountMeasure, window: Window
) -> tuple[int, ...] | None:
    """The amounts of each contributor to a figure in millionths, without sign, largest first.

    None where the table does not name them. Rows without a name are contributors of their own.
    O(rows).
    """
    table = facts.table(measure.table)
    names = [each for each in CONTRIBUTORS if table.shape.column(each) is not None]
    if not names:
        return None
    selection = Selection.of(table, window)
    amounts = with_one_currency(table, result.rates)
    cell = result.cell
    if result.currency is not None:
        cell = (*cell, (CURRENCY, result.currency))
    masks = [selection.meeting(measure.where)]
    for name, label in cell:
        column = amounts.column(name)
        truth = [TRUE * (label in column.several(each)) for each in column.labels]
        masks.append(row_mask(column, truth))
    rows, _ = rows_of(conjunction(table.size, masks))
    who = table.columns[names[0]]
    sums: defaultdict[Any, int] = defaultdict(int)
    for row, amount in _amounts(amounts, measure, rows):
        name = who.at(row)
        sums[row if name is None else (name,)] += amount
    return (*sorted((abs(each) for each in sums.values() if each), reverse=True),)


def _amounts(
    table: FactTable, measure: AmountMeasure, rows: Sequence[int]
) -> list[tuple[int, int]]:
    """The rows that add to a figure, each with its amount."""
    if isinstance(measure, ChangeMeasure):
        before, after = table.columns[measure.before], table.columns[measure.after]
        pairs = ((row, before.at(row), after.at(row)) for row in rows)
        known = [(row, b - a) for row, a, b in pairs if a is not None and b is not None]
        if measure.summary != "net":
            known = [(row, max(each, 0)) for row, each in known]
        column = after
    else:
        column = table.columns[measure.column]
        known = [(row, column.at(row)) for row in rows if column.at(row) is not None]
    if isinstance(measure, LatestMeasure):
        days = None if table.shape.day is None else table.columns[table.shape.day]
        last: dict[Any, tuple[int, int]] = {}
        for row, amount in sorted(known, key=lambda each: str(days.at(each[0])) if days else ""):
            last[tuple(table.columns[name].at(row) for name in measure.key)] = (row, amount)
        known = [*last.values()]
    scale = 1 if column.shape.kind == "number" else MILLION
    return [(row, amount * scale) for row, amount in known]
