"""Fact tables: tidy, declared columns of facts, with three-valued selection of their rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.columns import (
    TRUE,
    UNKNOWN,
    ColumnShape,
    FactColumn,
    encoded,
    millionths,
    truths,
)
from mic_core.model.expressions.measures import Where

Mask = bytes
"""The truth value of a condition for each row of a table."""

PERIOD_UNITS = ("day", "week", "month", "quarter", "year")
"""The calendar units by which any table with days can be broken down."""

PLACE_COLUMNS = ("center_id", "program_id", "edition_id", "series_id", "session_id")
"""The columns that place a fact in a scope."""

_BYTE = 256  # codes up to here are kept as bytes, which are looked up in C


@attrs.frozen(kw_only=True)
class TableShape:
    """The declaration of a fact table: its columns, and what identifies and dates a row.

    `fact` is the column that cites the recorded fact behind a row. `day` places a row in a period;
    None: rows are in every period. `heads` weighs a row that stands for several heads, and `crowd`
    holds all heads at one place and time, the known ones included; None: a row is one. `due` is
    the day before which a row counts for nothing; None: it counts at once.
    """

    name: str
    about: str
    columns: tuple[ColumnShape, ...]
    fact: str
    day: str | None = None
    due: str | None = None
    heads: str | None = None
    crowd: str | None = None

    def column(self, name: str) -> ColumnShape | None:
        """The declaration of a column or of a calendar unit; None if the table has none."""
        for each in self.columns:
            if each.name == name:
                return each
        if self.day is not None and name in PERIOD_UNITS:
            return ColumnShape(name=name, about=f"the {name} of {self.day}")
        return None


class Columns(Mapping[str, FactColumn]):
    """The columns of a table by name, in the order of its shape; each is built on first use."""

    def __init__(self, builders: Mapping[str, Callable[[], FactColumn]]) -> None:
        self._builders = builders
        self._built: dict[str, FactColumn] = {}

    def __getitem__(self, name: str) -> FactColumn:
        if name not in self._built:
            self._built[name] = self._builders[name]()
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._builders)

    def __len__(self) -> int:
        return len(self._builders)


@attrs.frozen(eq=False, repr=False)
class Runs:
    """Rows of one code of a base lie together: those of code c from starts[c] up to starts[c + 1].

    Sets of their keys are filled one after the other, which spares most cache misses. Rows from the
    last start on are in no order.
    """

    base: str
    starts: Sequence[int]


@attrs.frozen(eq=False, repr=False)
class FactTable:
    """A table of facts in columns; `runs` says which of its rows lie together, if any do.

    `also` cites the other facts that a row rests on beside its own, by the number of the row: it
    would be there, or be another one, without its own fact alone.
    """

    shape: TableShape
    size: int
    columns: Mapping[str, FactColumn]
    runs: Runs | None = None
    also: Mapping[int, tuple[str, ...]] = attrs.field(factory=dict[int, tuple[str, ...]])

    def __repr__(self) -> str:
        return f"FactTable({self.shape.name}: {self.size:,} rows)"

    def column(self, name: str) -> FactColumn:
        """A column, or a calendar unit of the day of a row. O(labels) for the latter."""
        if name in self.columns:
            return self.columns[name]
        days = self.columns[str(self.shape.day)]
        shape = ColumnShape(name=name, about=f"the {name} of {days.shape.name}")
        return days.with_labels(shape, [_bucket(day, name) for day in days.labels])

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as mappings of plain values, in order; personal columns included."""
        names = [*self.columns]
        for values in zip(*(self.columns[name].values() for name in names), strict=True):
            yield dict(zip(names, values, strict=True))


class TooFineError(ValueError):
    """The reason why facts cannot be added exactly: an amount of more than six decimals."""


class UnusableColumnError(ValueError):
    """The reason why an engine cannot evaluate a column: its values are of another kind."""


ALSO = "also"
"""The key of a row under which a builder cites its other facts; no column."""


def table_of(shape: TableShape, rows: Iterable[Mapping[str, Any]]) -> FactTable:
    """A fact table of rows, each a mapping of column names; a missing value is unknown. O(n).

    `ALSO` is the key of other facts that a row rests on. Numbers are given as Decimal, or as whole
    millionths. Raises TooFineError for a finer one.
    """
    known = [*rows]
    columns = {each.name: encoded(each, _values_of(shape, each, known)) for each in shape.columns}
    also = {place: row[ALSO] for place, row in enumerate(known) if row.get(ALSO)}
    return FactTable(shape, len(known), columns, also=also)


def _values_of(
    shape: TableShape, column: ColumnShape, rows: Sequence[Mapping[str, Any]]
) -> list[Any]:
    values = [row.get(column.name, () if column.many else None) for row in rows]
    if column.kind != "number":
        return values
    for place, value in enumerate(values):
        if isinstance(value, Decimal):
            try:
                values[place] = millionths(value)
            except ValueError as error:
                msg = f"{rows[place].get(shape.fact)}: {column.name} {error}; round it"
                raise TooFineError(msg) from None
    return values


def packed(codes: Sequence[int], labels: int) -> Sequence[int]:
    """Codes in the form that is fastest to look up: bytes where they fit."""
    return bytes(codes) if labels <= _BYTE else codes


_MONTHS_OF_QUARTER = 3


def _bucket(day: date | None, unit: str) -> str | None:
    """The label of the calendar unit of a day, as in ISO 8601; None if the day is unknown."""
    if day is None:
        return None
    match unit:
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case "month":
            return f"{day.year:04}-{day.month:02}"
        case "quarter":
            return f"{day.year:04}-Q{(day.month - 1) // _MONTHS_OF_QUARTER + 1}"
        case _:
            return f"{day.year:04}"


def selected(table: FactTable, conditions: Iterable[Where]) -> Mask:
    """The conjunction of conditions for each row. O(rows x conditions), by bytes."""
    masks = (
        row_mask(column, truths(column, each))
        for each in conditions
        for column in (table.column(each.column),)
    )
    return conjunction(table.size, masks)


def in_period(table: FactTable, period: Period | None) -> Mask:
    """The rows that lie in a period: unknown where the day of a row is."""
    if table.shape.day is None or period is None:
        return all_rows(table)
    days = table.columns[table.shape.day]
    return row_mask(days, [_within(day, period) for day in days.labels])


def _within(day: date | None, period: Period) -> int:
    return UNKNOWN if day is None else TRUE * period.contains(day)


def until_due(table: FactTable, today: date) -> Mask:
    """The rows that are due by a day; a row without a due day is due."""
    if table.shape.due is None:
        return all_rows(table)
    days = table.columns[table.shape.due]
    return row_mask(days, [TRUE * (day is None or day <= today) for day in days.labels])


def in_scope(table: FactTable, places: Mapping[str, frozenset[str]] | None) -> Mask:
    """The rows that lie in a scope: in one of the places at least; None is everywhere."""
    if places is None:
        return all_rows(table)
    masks: list[Mask] = []
    for name, ids in places.items():
        if name in table.columns:
            column = table.columns[name]
            found = [TRUE * (not ids.isdisjoint(column.several(each))) for each in column.labels]
            masks.append(row_mask(column, found))
    return reduce(_either, masks, bytes(table.size))


def at_grade(table: FactTable, grade: str | None) -> Mask:
    """The rows whose evidence is of a grade or a stronger one; all, for None."""
    column = table.columns.get("evidence")
    if grade is None or column is None:
        return all_rows(table)
    return row_mask(column, truths(column, Where(column="evidence", op=">=", value=(grade,))))


def all_rows(table: FactTable) -> Mask:
    """The mask in which each row certainly counts."""
    return bytes((TRUE,)) * table.size


def row_mask(column: FactColumn, by_label: Sequence[int]) -> Mask:
    """Truth values of labels as those of rows. O(rows), in C."""
    if isinstance(column.codes, bytes):
        return column.codes.translate(bytes(by_label).ljust(_BYTE, b"\0"))
    return bytes(map(by_label.__getitem__, column.codes))


def conjunction(size: int, masks: Iterable[Mask]) -> Mask:
    """The conjunction of masks; with none, each row counts."""
    return reduce(_both, masks, bytes((TRUE,)) * size)


def _both(one: Mask, other: Mask) -> Mask:
    # Whole numbers of a million bytes: bitwise `and` of all rows in one operation.
    both = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return both.to_bytes(len(one), "little")


def _either(one: Mask, other: Mask) -> Mask:
    either = int.from_bytes(one, "little") | int.from_bytes(other, "little")
    return either.to_bytes(len(one), "little")


def tally(column: FactColumn, mask: Mask) -> Counter[Any]:
    """The number of rows that certainly count, by the label of a column of few labels."""
    found: Counter[Any] = Counter()
    for code, label in enumerate(column.labels):
        here = row_mask(column, [TRUE * (each == code) for each in range(len(column.labels))])
        found[label] = _both(mask, here).count(TRUE)
    return +found
