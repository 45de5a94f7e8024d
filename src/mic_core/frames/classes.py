"""Classes of rows: the equivalence of rows that a question does not tell apart.

The labels of each base are partitioned by all that a question asks of them: the truth of its
conditions, the period, the scope, and the cells. An engine adds the numbers of the classes of a row
to one signature (mixed radix); only here anybody knows what a signature means. So conditions,
calendars and dimensions have one definition, that of fact tables, whatever the engine.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.cells import CellKey
from mic_core.impact.aggregation.columns import (
    FALSE,
    TRUE,
    ColumnShape,
    FactColumn,
    Label,
    cell_grid,
    truths,
)
from mic_core.impact.aggregation.facts import (
    PLACE_COLUMNS,
    FactTable,
    TableShape,
    UnusableColumnError,
    in_period,
    in_scope,
    selected,
    until_due,
)
from mic_core.model.expressions.measures import Where

_MOST = 2**57
"""Signatures below which fit a signed number of 64 bits, with the marks of up to 60 bases."""


@attrs.frozen(kw_only=True)
class RowQuestion:
    """All that a question asks of the rows of a table, but for the grade of their evidence."""

    period: Period | None
    places: tuple[tuple[str, frozenset[str]], ...] | None
    today: date
    where: tuple[Where, ...] = ()
    having: tuple[Where, ...] = ()
    dimensions: tuple[str, ...] = ()

    def columns(self, shape: TableShape) -> tuple[str, ...]:
        """The columns that decide about a row, calendar units as their day."""
        days = [each for each in (shape.day, shape.due) if each is not None]
        places = [] if self.places is None else [
            each.name for each in shape.columns if each.name in PLACE_COLUMNS
        ]  # fmt: skip
        named = [each.column for each in (*self.where, *self.having)]
        wanted = (*days, *places, *named, *self.dimensions, "evidence")
        return (*dict.fromkeys(column_behind(shape, each) for each in wanted),)


def column_behind(shape: TableShape, name: str) -> str:
    """The column of a name: of a calendar unit the day."""
    return name if any(each.name == name for each in shape.columns) else str(shape.day)


@attrs.frozen
class RowClass:
    """All that a question knows of the labels of one base: truth values, evidence, cells."""

    period: int
    due: int
    inside: int
    where: int
    having: int
    evidence: str | None
    cells: tuple[int, ...]

    @property
    def is_dead(self) -> bool:
        """True if a row of this class counts for nothing but a survey."""
        return FALSE in {self.period, self.due, self.where}


@attrs.frozen(eq=False)
class BaseClasses:
    """The classes of one base: `numbers` has that of each label, `dims` the places of its cells."""

    name: str
    numbers: Sequence[int]
    classes: Sequence[RowClass]
    dims: tuple[int, ...]
    cells: Sequence[tuple[Label, ...]]


def base_classes(
    question: RowQuestion, shape: TableShape, base: str, labels: Mapping[str, Sequence[Any]]
) -> BaseClasses:
    """Partition the labels of one base, given for each of its columns. O(labels x conditions)."""
    size = len(next(iter(labels.values())))
    columns = {
        name: FactColumn(column_shape(shape, name), base, range(size), values)
        for name, values in labels.items()
    }
    table = FactTable(shape, size, columns)
    every = bytes((TRUE,)) * size
    period = in_period(table, question.period) if shape.day in columns else every
    due = until_due(table, question.today) if shape.due in columns else every
    inside = in_scope(table, None if question.places is None else dict(question.places))
    where, having = (
        selected(
            table, [each for each in conditions if column_behind(shape, each.column) in columns]
        )
        for conditions in (question.where, question.having)
    )
    dims = [
        place for place, name in enumerate(question.dimensions)
        if column_behind(shape, name) in columns
    ]  # fmt: skip
    grid = cell_grid([table.column(question.dimensions[place]) for place in dims])
    evidence = columns["evidence"].labels if "evidence" in columns else [None] * size
    cells: Sequence[Any] = [0] * size
    if dims:
        cells = grid.parts if grid.digits is None else grid.digits
    # Tuples first, of which few differ: a value for each label would cost most of all.
    places: dict[tuple[Any, ...], int] = {}
    known = zip(period, due, inside, where, having, evidence, cells, strict=True)
    numbers = [places.setdefault(each, len(places)) for each in known]
    classes = [
        RowClass(one, due_by, into, holds, has, grade, _cells(here))
        for one, due_by, into, holds, has, grade, here in places
    ]
    return BaseClasses(base, numbers, classes, (*dims,), grid.labels if dims else ((),))


def _cells(cells: int | tuple[int, ...]) -> tuple[int, ...]:
    return cells if isinstance(cells, tuple) else (cells,)


def column_shape(shape: TableShape, name: str) -> ColumnShape:
    """The declaration of a column of a table that has it."""
    return next(each for each in shape.columns if each.name == name)


@attrs.frozen(eq=False)
class Signatures:
    """The signatures of rows: a digit for each base, the number of its class being the value."""

    question: RowQuestion
    shape: TableShape
    bases: Sequence[BaseClasses]

    @property
    def size(self) -> int:
        """The number of possible signatures. Raises UnusableColumnError if they need 64 bits."""
        size = 1
        for each in self.bases:
            size *= len(each.classes)
        if size >= _MOST:
            msg = f"{self.shape.name} has too many cells for an engine; ask for fewer dimensions"
            raise UnusableColumnError(msg)
        return size

    def digits(self) -> dict[str, list[int]]:
        """The part of the signature of each label, of bases that tell rows apart.

        Parts of dead classes are marked: they have the number of signatures added, so that a living
        row has a signature below that number.
        """
        size, weight = self.size, 1
        found: dict[str, list[int]] = {}
        for base in self.bases:
            parts = [
                number * weight + size * each.is_dead for number, each in enumerate(base.classes)
            ]
            if parts != [0]:
                found[base.name] = [parts[number] for number in base.numbers]
            weight *= len(base.classes)
        return found

    def meaning(self, signature: int) -> "Meaning":
        """The truth values, the evidence and the cells of the rows of a signature."""
        found: list[RowClass] = []
        for base in self.bases:
            signature, number = divmod(signature, len(base.classes))
            found.append(base.classes[number])
        considered = TRUE if any(each.inside == TRUE for each in found) else FALSE
        for each in found:
            considered &= each.period
        due, where, having, evidence = considered, TRUE, TRUE, None
        for each in found:
            due, where, having = due & each.due, where & each.where, having & each.having
            evidence = each.evidence if each.evidence is not None else evidence
        return Meaning(considered, due, where, having, evidence, self._cells(found))

    def _cells(self, classes: Sequence[RowClass]) -> tuple[CellKey, ...]:
        cells: list[CellKey] = []
        for digits in product(*(each.cells for each in classes)):
            labels: list[Label] = [None] * len(self.question.dimensions)
            for base, digit in zip(self.bases, digits, strict=True):
                for place, label in zip(base.dims, base.cells[digit], strict=True):
                    labels[place] = label
            cells.append((*labels,))
        return (*cells,)


@attrs.frozen
class Meaning:
    """The meaning of a signature: truth values, evidence, and cells."""

    considered: int
    due: int
    where: int
    having: int
    evidence: str | None
    cells: tuple[CellKey, ...]

    def eligible(self, shape: TableShape, grade: str | None) -> int:
        """If a row is due and of a grade of evidence, or of a stronger one."""
        if grade is None:
            return self.due
        column = FactColumn(column_shape(shape, "evidence"), "", (), (self.evidence,))
        return self.due & truths(column, Where(column="evidence", op=">=", value=(grade,)))[0]

    def mask(self, shape: TableShape, grade: str | None) -> int:
        """If a row counts at a grade."""
        return self.eligible(shape, grade) & self.where
