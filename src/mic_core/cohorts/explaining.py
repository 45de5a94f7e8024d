"""Explanations of cohorts: the definitions behind their figures, and the facts beneath."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import attrs

from mic_core.cohorts.operations import Operation
from mic_core.impact.aggregation.cells import rows_of
from mic_core.impact.aggregation.columns import TRUE
from mic_core.impact.aggregation.facts import conjunction, row_mask, selected
from mic_core.impact.tables.build import FactTables, facts_of
from mic_core.markup import Html, html_table, notebook, table
from mic_core.model.expressions.measures import Where
from mic_core.portfolio import Portfolio

Definitions = tuple[tuple[str, str], ...]
PortfolioOrTables = Portfolio | FactTables
"""The facts behind figures: a portfolio, or tables that somebody hands in."""

LeftOut = tuple[tuple[str, str], ...]
"""Titles of operations that are not in a pool, each with the reason."""


@attrs.frozen(kw_only=True)
class CohortExplanation:
    """The definitions behind a result, what it leaves out, and the facts that it rests on.

    `facts` certainly count and `possible` ones may, cited as kind:id and sorted; they are empty
    unless a portfolio was given, and where small cells are hidden.
    """

    definitions: Definitions
    left_out: LeftOut = ()
    facts: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()

    def rows(self) -> tuple[dict[str, str], ...]:
        """One flat row for each definition and for each operation that is left out."""
        return tuple({"term": term, "meaning": meaning} for term, meaning in self._lines())

    def _lines(self) -> Iterable[tuple[str, str]]:
        yield from self.definitions
        yield from ((f"left out: {title}", reason) for title, reason in self.left_out)
        if self.facts or self.possible:
            yield "facts", f"{len(self.facts):,} count, {len(self.possible):,} more may"

    def __str__(self) -> str:
        return table(self._lines(), ("term", "meaning"))

    def html(self) -> Html:
        """The definitions as a table; the facts only as their number."""
        return html_table(self._lines(), ("term", "meaning"), caption="How it is counted")

    def _repr_html_(self) -> str:
        return notebook(self.html())


def left_out(operations: Iterable[Operation]) -> LeftOut:
    """The operations that are left out of a pool of finished ones, with the reason of each."""
    return tuple((each.title, each.left_out) for each in operations if each.left_out is not None)


def facts_that(
    source: PortfolioOrTables, name: str, operations: Sequence[str], conditions: Iterable[Where],
    as_of: datetime,
) -> tuple[str, ...]:  # fmt: skip
    """The facts of some operations that certainly meet the conditions, sorted. O(rows)."""
    tables = source if isinstance(source, FactTables) else facts_of(source, as_of)
    table = tables.table(name)
    ids = {*operations}
    column = table.columns["operation_id"]
    here = row_mask(column, [TRUE * (label in ids) for label in column.labels])
    mask = conjunction(table.size, (here, selected(table, conditions)))
    facts = table.columns[table.shape.fact]
    return (*sorted({facts.at(row) for row in rows_of(mask)[0]}),)
