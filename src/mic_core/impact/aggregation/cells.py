"""Cells: the numbers of the cells in which rows lie, and the rows of each cell."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, product, repeat
from operator import add, mul

import attrs

from mic_core.impact.aggregation.columns import (
    TRUE,
    UNKNOWN,
    CellGrid,
    FactColumn,
    Label,
    cell_grid,
)
from mic_core.impact.aggregation.facts import Mask

CellKey = tuple[Label, ...]
"""The labels of a cell, in the order of its dimensions; () is the whole."""

CERTAIN = bytes(code == TRUE for code in range(256))
POSSIBLE = bytes(code == UNKNOWN for code in range(256))
"""Translations of truth values to 1 for the rows that certainly count, and for those that may."""

Rows = tuple[list[int], list[int]]
"""The rows that certainly count, and those that may."""


def rows_of(mask: Mask) -> Rows:
    """The numbers of the rows that certainly count, and of those that may."""
    every = range(len(mask))
    return (
        [*compress(every, mask.translate(CERTAIN))], [*compress(every, mask.translate(POSSIBLE))]
    )  # fmt: skip


def grouped(columns: Sequence[FactColumn], rows: Sequence[int]) -> dict[CellKey, list[int]]:
    """The rows of each cell. O(rows), more where a dimension has many values."""
    if not rows:
        return {}
    numbering = Numbering.of(columns)
    by_number: defaultdict[int, list[int]] = defaultdict(list)
    if numbering.is_single:
        for number, row in zip(numbering.of_rows(rows), rows, strict=True):
            by_number[number].append(row)
    else:
        for row in rows:
            for number in numbering.several(row):
                by_number[number].append(row)
    return {numbering.label(number): found for number, found in by_number.items()}


@attrs.frozen(eq=False)
class Numbering:
    """Mixed-radix numbers of cells: a digit for each base, its cells being the values."""

    columns: Sequence[FactColumn]
    bases: Sequence[tuple[Sequence[int], CellGrid, tuple[int, ...]]]  # codes, cells, dimensions

    @classmethod
    def of(cls, columns: Sequence[FactColumn]) -> "Numbering":
        by_base: dict[str, list[int]] = {}
        for place, column in enumerate(columns):
            by_base.setdefault(column.base, []).append(place)
        bases = [
            (columns[places[0]].codes, cell_grid([columns[place] for place in places]), (*places,))
            for places in by_base.values()
        ]
        return cls(columns, bases)

    @property
    def is_single(self) -> bool:
        """True if each row lies in exactly one cell."""
        return all(cells.digits is not None for _, cells, _ in self.bases)

    def of_rows(self, rows: Sequence[int]) -> Iterable[int]:
        """The number of the only cell of each row."""
        numbers: Iterable[int] = repeat(0, len(rows))
        for codes, cells, _ in self.bases:
            digits = cells.digits or ()
            here = map(digits.__getitem__, map(codes.__getitem__, rows))
            scaled = map(mul, numbers, repeat(len(cells.labels)))
            numbers = map(add, scaled, here)
        return numbers

    def several(self, row: int) -> Iterator[int]:
        """The numbers of the cells of a row."""
        for digits in product(*(cells.of(codes[row]) for codes, cells, _ in self.bases)):
            number = 0
            for digit, (_, cells, _) in zip(digits, self.bases, strict=True):
                number = number * len(cells.labels) + digit
            yield number

    def label(self, number: int) -> CellKey:
        """The labels of a cell, in the order of the dimensions."""
        labels: list[Label] = [None] * len(self.columns)
        for _, cells, places in reversed(self.bases):
            number, digit = divmod(number, len(cells.labels))
            for place, label in zip(places, cells.labels[digit], strict=True):
                labels[place] = label
        return (*labels,)
