"""Aggregation: from fact tables and a measure to one state for each cell of its dimensions.

Group-by over dictionary-encoded columns. Conditions are evaluated for each label and joined by
bytes; cells are numbered for each code of a base, so that a row costs a few look-ups whatever the
number of dimensions and conditions.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import compress, product, repeat
from operator import add, mul
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.columns import (
    FALSE,
    MILLION,
    TRUE,
    UNKNOWN,
    CellGrid,
    FactColumn,
    Label,
    cell_grid,
)
from mic_core.impact.aggregation.facts import (
    FactTable,
    Mask,
    at_grade,
    conjunction,
    in_period,
    in_scope,
    selected,
    until_due,
)
from mic_core.impact.aggregation.states import (
    CountState,
    Crowd,
    KeyState,
    MeasureState,
    ShareState,
    StockEntry,
    StockState,
    SumState,
    UnitKey,
    ValuesState,
    sum_state,
)
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    LatestMeasure,
    MedianMeasure,
    ShareMeasure,
    TotalMeasure,
    Where,
)

CellKey = tuple[Label, ...]
"""The labels of a cell, in the order of its dimensions; () is the whole."""

_CERTAIN = bytes(code == TRUE for code in range(256))
_POSSIBLE = bytes(code == UNKNOWN for code in range(256))


@attrs.frozen(kw_only=True)
class Window:
    """The part of the facts that a figure is about.

    `places` are the ids of a scope by the column that holds them; None: everywhere. `grade` is the
    weakest evidence that counts; None: any. `today` is the last day that is over.
    """

    period: Period | None
    places: Mapping[str, frozenset[str]] | None
    today: date
    grade: str | None = None


@attrs.frozen(eq=False, repr=False)
class Selection:
    """The rows of a table in a window: those in its scope and period, and those that are due.

    `considered` are rows in scope and period, `eligible` those of them that are due and of the
    grade asked for.
    """

    table: FactTable
    considered: Mask
    eligible: Mask

    @classmethod
    def of(cls, table: FactTable, window: Window) -> "Selection":
        """Select the rows of a window. O(rows), by bytes."""
        size = table.size
        considered = conjunction(
            size, (in_period(table, window.period), in_scope(table, window.places))
        )
        due = (until_due(table, window.today), at_grade(table, window.grade))
        return cls(table, considered, conjunction(size, (considered, *due)))

    def meeting(self, conditions: Iterable[Where]) -> Mask:
        """The eligible rows that meet all conditions."""
        return conjunction(self.table.size, (self.eligible, selected(self.table, conditions)))


TableMeasure = (
    CountMeasure | DistinctMeasure | TotalMeasure | ShareMeasure | MedianMeasure | ChangeMeasure
    | LatestMeasure
)  # fmt: skip
"""A measure that reads one table."""


def states(
    selection: Selection, measure: TableMeasure, dimensions: Sequence[str] = ()
) -> dict[CellKey, MeasureState]:
    """The state of each cell, and that of the whole under the empty key. O(rows).

    A cell that no row reaches is left out. `measure` is one that reads a table.
    """
    table = selection.table
    columns = [table.column(name) for name in dimensions]
    mask = selection.meeting(measure.where)
    match measure:
        case DistinctMeasure():
            return _distinct(table, measure, mask, columns)
        case CountMeasure():
            return _cells(mask, columns, lambda rows: _count(table, *rows))
        case TotalMeasure():
            column = table.columns[measure.column]
            return _cells(mask, columns, lambda rows: _total(column, *rows))
        case ShareMeasure():
            having = selected(table, measure.having)
            return _cells(mask, columns, lambda rows: _share(table, measure, having, *rows))
        case MedianMeasure():
            values = [*table.columns[measure.column].values()]
            return _cells(mask, columns, lambda rows: _values(values, "median", *rows))
        case ChangeMeasure():
            pairs = zip(
                table.columns[measure.before].values(), table.columns[measure.after].values(),
                strict=True,
            )  # fmt: skip
            changes = [None if a is None or b is None else b - a for a, b in pairs]
            summary = measure.summary
            return _cells(mask, columns, lambda rows: _values(changes, summary, *rows))
        case _:
            return _cells(mask, columns, lambda rows: _stock(table, measure, *rows))


Rows = tuple[list[int], list[int]]
"""The rows that certainly count, and those that may."""


def _cells(
    mask: Mask,
    columns: Sequence[FactColumn],
    build: Callable[[Rows], MeasureState],
) -> dict[CellKey, MeasureState]:
    certain, possible = rows_of(mask)
    found: dict[CellKey, MeasureState] = {(): build((certain, possible))}
    if columns:
        grouped = _grouped(columns, certain), _grouped(columns, possible)
        for key in dict.fromkeys((*grouped[0], *grouped[1])):
            found[key] = build((grouped[0].get(key, []), grouped[1].get(key, [])))
    return found


def rows_of(mask: Mask) -> Rows:
    """The numbers of the rows that certainly count, and of those that may."""
    every = range(len(mask))
    return (
        [*compress(every, mask.translate(_CERTAIN))], [*compress(every, mask.translate(_POSSIBLE))]
    )  # fmt: skip


def _grouped(columns: Sequence[FactColumn], rows: Sequence[int]) -> dict[CellKey, list[int]]:
    """The rows of each cell. O(rows), more where a dimension has many values."""
    groups: dict[CellKey, list[int]] = {}
    if not rows:
        return groups
    numbering = _Numbering.of(columns)
    by_number: dict[int, list[int]] = {}
    if numbering.is_single:
        for number, row in zip(numbering.of_rows(rows), rows, strict=True):
            known = by_number.get(number)
            if known is None:
                by_number[number] = [row]
            else:
                known.append(row)
    else:
        for row in rows:
            for number in numbering.several(row):
                by_number.setdefault(number, []).append(row)
    return {numbering.label(number): found for number, found in by_number.items()}


@attrs.frozen(eq=False)
class _Numbering:
    """Mixed-radix numbers of cells: a digit for each base, its cells being the values."""

    columns: Sequence[FactColumn]
    bases: Sequence[tuple[Sequence[int], CellGrid, tuple[int, ...]]]  # codes, cells, dimensions

    @classmethod
    def of(cls, columns: Sequence[FactColumn]) -> "_Numbering":
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
        return all(cells.are_single for _, cells, _ in self.bases)

    def of_rows(self, rows: Sequence[int]) -> Iterable[int]:
        """The number of the only cell of each row."""
        numbers: Iterable[int] = repeat(0, len(rows))
        for codes, cells, _ in self.bases:
            digits = [part[0] for part in cells.parts]
            here = map(digits.__getitem__, map(codes.__getitem__, rows))
            scaled = map(mul, numbers, repeat(len(cells.labels)))
            numbers = map(add, scaled, here)
        return numbers

    def several(self, row: int) -> Iterator[int]:
        """The numbers of the cells of a row."""
        for digits in product(*(cells.parts[codes[row]] for codes, cells, _ in self.bases)):
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


def _count(table: FactTable, certain: list[int], possible: list[int]) -> CountState:
    if table.shape.heads is None:
        return CountState(len(certain), len(possible))
    heads = table.columns[table.shape.heads]
    return CountState(_weight(heads, certain), _weight(heads, possible))


def _weight(heads: FactColumn, rows: list[int]) -> int:
    codes = Counter(map(heads.codes.__getitem__, rows))
    return sum(heads.labels[code] * n for code, n in codes.items())


def _total(column: FactColumn, certain: list[int], possible: list[int]) -> SumState:
    codes, labels = column.codes, column.labels
    if column.shape.kind == "whole":
        labels = [None if each is None else each * MILLION for each in labels]
    return sum_state(
        [labels[codes[row]] for row in certain], [labels[codes[row]] for row in possible],
        column.shape.least,
    )  # fmt: skip


def _share(
    table: FactTable, measure: ShareMeasure, having: Mask, certain: list[int], possible: list[int]
) -> ShareState:
    if not measure.key:
        heads = _heads(table)
        counts: dict[tuple[int, int], int] = {}
        for whole, rows_here in ((TRUE, certain), (UNKNOWN, possible)):
            for row in rows_here:
                truth = whole, having[row]
                counts[truth] = counts.get(truth, 0) + heads(row)
        return ShareState(rows=counts)
    units: dict[UnitKey, tuple[int, int]] = {}
    nameless: dict[tuple[int, int], int] = {}
    keys = _keys(table, measure.key)
    for whole, rows_here in ((TRUE, certain), (UNKNOWN, possible)):
        for row in rows_here:
            key = keys(row)
            if None in key:
                truth = whole, whole & having[row]
                nameless[truth] = nameless.get(truth, 0) + 1
                continue
            known = units.get(key, (FALSE, FALSE))
            units[key] = (max(known[0], whole), max(known[1], whole & having[row]))
    return ShareState(units=units, nameless=nameless)


def _heads(table: FactTable) -> Callable[[int], int]:
    """The number of heads that a row stands for."""
    if table.shape.heads is None:
        return lambda _: 1
    column = table.columns[table.shape.heads]
    return lambda row: column.labels[column.codes[row]]


def _keys(table: FactTable, names: Sequence[str]) -> Callable[[int], UnitKey]:
    columns = [table.columns[name] for name in names]
    return lambda row: tuple(column.labels[column.codes[row]] for column in columns)


def _values(values: Sequence[int | None], summary: Any, certain: list[int], possible: list[int]
            ) -> ValuesState:  # fmt: skip
    known = sorted(value for row in certain if (value := values[row]) is not None)
    perhaps = sorted(value for row in possible if (value := values[row]) is not None)
    return ValuesState(
        summary, (*known,), (*perhaps,), len(certain) - len(known), len(possible) - len(perhaps)
    )


def _stock(
    table: FactTable, measure: LatestMeasure, certain: list[int], possible: list[int]
) -> StockState:
    amounts, keys = table.columns[measure.column], _keys(table, measure.key)
    facts, days = table.columns[table.shape.fact], table.columns[str(table.shape.day)]
    entries: dict[UnitKey, set[StockEntry]] = {}
    for is_certain, rows in ((True, certain), (False, possible)):
        for row in rows:
            day = days.labels[days.codes[row]]
            entry = StockEntry(
                day if day is not None else date.min, facts.labels[facts.codes[row]],
                amounts.labels[amounts.codes[row]], is_certain and day is not None,
            )  # fmt: skip
            entries.setdefault(keys(row), set()).add(entry)
    return StockState({key: frozenset(each) for key, each in entries.items()})


# Distinct counts


def _distinct(
    table: FactTable, measure: DistinctMeasure, mask: Mask, columns: Sequence[FactColumn]
) -> dict[CellKey, MeasureState]:
    """Distinct counts: sets of key codes, one for each cell and one for the whole."""
    key = _key_column(table, measure.key)
    unknown = frozenset(code for code, label in enumerate(key.labels) if label is None)
    certain, possible = rows_of(mask)
    sure = _key_sets(key, columns, certain)
    maybe = _key_sets(key, columns, possible)
    crowds: dict[CellKey, dict[str, Crowd]] = {}
    if unknown:
        for is_certain, rows in ((True, certain), (False, possible)):
            nameless = [row for row in rows if key.codes[row] in unknown]
            for cell, members in {(): nameless, **_grouped(columns, nameless)}.items():
                found = crowds.setdefault(cell, {})
                found.update(_crowd(table, row, is_certain=is_certain) for row in members)
    return {
        cell: KeyState(
            frozenset(sure.get(cell, ())) - unknown, frozenset(maybe.get(cell, ())) - unknown,
            crowds.get(cell, {}), key.labels,
        )
        for cell in dict.fromkeys((*sure, *maybe))
    }  # fmt: skip


def _key_column(table: FactTable, names: Sequence[str]) -> FactColumn:
    """The column of a key; of several columns a joint one, unknown if one of them is."""
    if len(names) == 1:
        return table.columns[names[0]]
    columns = [table.columns[name] for name in names]
    places: dict[Any, int] = {}
    codes = [
        places.setdefault(None if None in labels else labels, len(places))
        for labels in zip(*(column.values() for column in columns), strict=True)
    ]
    return FactColumn(columns[0].shape, "+".join(names), codes, (*places,))


def _key_sets(
    key: FactColumn, columns: Sequence[FactColumn], rows: Sequence[int]
) -> dict[CellKey, set[int]]:
    codes = key.codes
    whole = set(map(codes.__getitem__, rows))
    found: dict[CellKey, set[int]] = {(): whole}
    if not columns or not rows:
        return found
    numbering = _Numbering.of(columns)
    if numbering.is_single:
        # One packed number for each pair of cell and key: a set of them is the group-by.
        width = len(key.labels)
        numbers = map(mul, numbering.of_rows(rows), repeat(width))
        by_number: dict[int, set[int]] = {}
        for pair in set(map(add, numbers, map(codes.__getitem__, rows))):
            number, code = divmod(pair, width)
            cell = by_number.get(number)
            if cell is None:
                by_number[number] = {code}
            else:
                cell.add(code)
        found.update((numbering.label(number), keys) for number, keys in by_number.items())
        return found
    return {
        cell: set(map(codes.__getitem__, members))
        for cell, members in {(): rows, **_grouped(columns, rows)}.items()
    }


def _crowd(table: FactTable, row: int, *, is_certain: bool) -> tuple[str, Crowd]:
    def number(name: str | None) -> int:
        column = table.columns[name] if name is not None else None
        return 1 if column is None else column.labels[column.codes[row]] or 1

    fact = table.columns[table.shape.fact]
    crowd = Crowd(number(table.shape.heads), number(table.shape.crowd), is_certain)
    return fact.labels[fact.codes[row]], crowd
