"""Explanations: the facts behind a figure, as a second query over the same tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import attrs

from mic_core.impact.aggregation.cells import rows_of
from mic_core.impact.aggregation.columns import TRUE, Label
from mic_core.impact.aggregation.facts import FactTable, Mask, conjunction, row_mask
from mic_core.impact.aggregation.group_by import Selection, Window
from mic_core.impact.currencies import ExchangeRates, with_one_currency
from mic_core.impact.observed import stated_states
from mic_core.impact.tables.build import FactTables, facts_of, known_at
from mic_core.model import Indicator
from mic_core.model.expressions.measures import Measure, RatioMeasure, StatedMeasure
from mic_core.portfolio import Portfolio

CellLabels = tuple[tuple[str, Label], ...]


@attrs.frozen(kw_only=True)
class Explanation:
    """The facts behind a figure, cited as kind:id and sorted: without them it would be zero.

    `facts` certainly count, `possible` ones may. `days` holds the day of each, None if it has none.
    """

    facts: tuple[str, ...]
    possible: tuple[str, ...]
    days: Mapping[str, date | None] = attrs.field(repr=False)


def facts_behind(
    source: Portfolio | FactTables,
    indicator: Indicator,
    cell: CellLabels,
    window: Window,
    as_of: datetime,
    rates: ExchangeRates | None = None,
) -> Explanation:
    """The facts that a figure rests on: of a ratio, those of both sides. O(rows)."""
    if isinstance(source, FactTables):
        known, facts = Portfolio.of(), source
    else:
        known, facts = known_at(source, as_of), facts_of(source, as_of)
    certain: dict[str, Any] = {}
    possible: dict[str, Any] = {}
    wanted = attrs.evolve(window, grade=indicator.minimum_evidence)
    for measure in _parts(indicator.measure):
        if isinstance(measure, StatedMeasure):
            _add_stated(known, indicator, measure, wanted, certain, possible)
            continue
        selection = Selection.of(facts.table(measure.table), wanted)
        amounts = with_one_currency(selection.table, rates)
        masks = (selection.meeting(measure.where), _in_cell(amounts, cell))
        for rows, found in zip(
            rows_of(conjunction(selection.table.size, masks)), (certain, possible), strict=True
        ):
            found.update(_cited(selection.table, rows))
    return Explanation(
        facts=(*sorted(certain),), possible=(*sorted(possible.keys() - certain.keys()),),
        days={**possible, **certain},
    )  # fmt: skip


def _parts(measure: Measure) -> tuple[Any, ...]:
    return (measure.top, measure.bottom) if isinstance(measure, RatioMeasure) else (measure,)


def _cited(table: FactTable, rows: list[int]) -> dict[str, Any]:
    facts = table.columns[table.shape.fact]
    days = None if table.shape.day is None else table.columns[table.shape.day]
    return {
        fact: None if days is None else days.at(row)
        for row in rows
        for fact in (facts.at(row), *table.also.get(row, ()))
    }


def _in_cell(table: FactTable, cell: CellLabels) -> Mask:
    """The rows of a cell: its labels, of which None is unknown. Dimensions it lacks do not cut."""
    masks: list[Mask] = []
    for name, label in cell:
        if table.shape.column(name) is None:
            continue
        column = table.column(name)
        truth = [TRUE * (label in column.several(each)) for each in column.labels]
        masks.append(row_mask(column, truth))
    return conjunction(table.size, masks)


def _add_stated(
    portfolio: Portfolio, indicator: Indicator, measure: StatedMeasure, window: Window,
    certain: dict[str, Any], possible: dict[str, Any],
) -> None:  # fmt: skip
    """Add the observations that make a stated figure, and those that only bound it."""
    (state,) = stated_states(portfolio, indicator, measure, window, (), None).values()
    ends = {each.fact: each.period.end for each in state.statements}
    made = {fact for each in state.inside() for fact in each.fact.split()}
    made |= {each.fact for each in state.statements if each.form == "stock"}
    for fact, end in ends.items():
        (certain if fact in made else possible)[fact] = end
