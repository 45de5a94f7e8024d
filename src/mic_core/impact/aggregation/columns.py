"""Columns: the dictionary-encoded columns of fact tables, and three-valued conditions on them.

A fact table is a star in the sense of data warehouses: each row holds small codes of a few bases
(session, person, status), and each column maps the codes of its base to labels. A condition, a
calendar bucket or a cell is worked out once for each label and then looked up for each row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Literal, get_args

import attrs

from mic_core.model.expressions.measures import Where
from mic_core.model.vocabulary import Grade

ColumnKind = Literal["id", "word", "day", "flag", "whole", "number"]
Label = str | int | bool | date | None
"""A value of a column; None is unknown. Numbers are whole millionths of their unit."""

FALSE, UNKNOWN, TRUE = 0, 1, 3
"""Truth values of three-valued logic (Kleene), packed so that bitwise `and` is their conjunction:
bit 0 means that the condition may hold, bit 1 that it certainly does."""

MILLION = 1_000_000
"""Numbers with a fraction are kept as whole millionths, so that sums are exact in any engine."""

GRADES: tuple[str, ...] = get_args(Grade)
"""The ladder of evidence, the weakest grade first."""


@attrs.frozen(kw_only=True)
class ColumnShape:
    """The declaration of a column: its kind, its unit, and how it may be used.

    `kind` is id, word, day, flag, whole or number (whole millionths of `unit`). `personal` columns
    are shown only where a caller names them. `many` means that a row may have several values, so
    that its groups overlap. `least` is the smallest number that it can hold; None: any.
    """

    name: str
    kind: ColumnKind = "word"
    about: str
    unit: str | None = None
    personal: bool = False
    many: bool = False
    least: int | None = None


@attrs.frozen(eq=False, repr=False)
class FactColumn:
    """A column of a fact table: a code for each row, and a label for each code.

    Columns of one `base` share their codes. The labels of a column of many values are tuples.
    """

    shape: ColumnShape
    base: str
    codes: Sequence[int]
    labels: Sequence[Any]

    def values(self) -> Iterator[Any]:
        """The value of each row."""
        return map(self.labels.__getitem__, self.codes)

    def at(self, row: int) -> Any:
        """The value of a row."""
        return self.labels[self.codes[row]]

    def several(self, label: Any) -> tuple[Label, ...]:
        """The values of a label: one, or several; None, for unknown, where there is none."""
        return (label or (None,)) if self.shape.many else (label,)

    def with_labels(self, shape: ColumnShape, labels: Sequence[Any]) -> "FactColumn":
        """Another column of the same base."""
        return FactColumn(shape, self.base, self.codes, labels)


def encoded(shape: ColumnShape, values: Iterable[Any]) -> FactColumn:
    """Dictionary-encode the values of a column, which then is a base of its own. O(n)."""
    places: dict[Any, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values]
    return FactColumn(shape, shape.name, codes, tuple(places))


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip


def truths(column: FactColumn, condition: Where) -> list[int]:
    """The truth value of a condition for each label of a column. O(labels).

    A row of many values meets it if one of them does; without values it does not.
    """
    wanted = tuple(operand(column.shape, value) for value in condition.value)
    if not column.shape.many:
        return [_truth(condition.op, label, wanted, column.shape) for label in column.labels]
    return [
        max((_truth(condition.op, each, wanted, column.shape) for each in labels), default=FALSE)
        if condition.op not in {"known", "unknown"}
        else TRUE * (bool(labels) == (condition.op == "known"))
        for labels in column.labels
    ]


def _truth(op: str, label: Label, wanted: tuple[Any, ...], shape: ColumnShape) -> int:
    if op == "known":
        return TRUE * (label is not None)
    if op == "unknown":
        return TRUE * (label is None)
    if label is None:
        return UNKNOWN
    if op == "in":
        return TRUE * (label in wanted)
    if shape.name == "evidence":
        return TRUE * _TESTS[op](GRADES.index(str(label)), GRADES.index(wanted[0]))
    return TRUE * _TESTS[op](label, wanted[0])


def operand(shape: ColumnShape, value: object) -> Any:
    """The value of a condition in the form of the labels of a column.

    Raises ValueError where the column cannot hold such a value.

    >>> operand(ColumnShape(name="amount", kind="number", about="", unit="euro"), "0.5")
    500000
    """
    match shape.kind:
        case "day":
            return date.fromisoformat(str(value))
        case "number":
            return millionths(Decimal(str(value)))
        case "whole" | "flag":
            wanted: type = bool if shape.kind == "flag" else int
            if type(value) is not wanted:
                raise ValueError
            return value
        case _:
            if not isinstance(value, str) or (shape.name == "evidence" and value not in GRADES):
                raise ValueError
            return value


def millionths(value: Decimal) -> int:
    """A number as whole millionths; raises ValueError for one with more than six decimals.

    >>> millionths(Decimal("9.5"))
    9500000
    """
    scaled = value.scaleb(6)
    if scaled != scaled.to_integral_value():
        msg = "has more than six decimals"
        raise ValueError(msg)
    return int(scaled)


@attrs.frozen(eq=False, repr=False)
class CellGrid:
    """A partition of the codes of one base into cells, by the dimensions that stand on it.

    `digits` holds the only cell of each code; None where a dimension has several values. Then
    `parts` holds all cells of each code, and is empty else. `labels` holds the labels of each cell,
    in the order of its dimensions.
    """

    labels: Sequence[tuple[Label, ...]]
    digits: Sequence[int] | None
    parts: Sequence[tuple[int, ...]] = ()
    _members: list[frozenset[int]] = attrs.field(factory=list[frozenset[int]], init=False)

    def of(self, code: int) -> tuple[int, ...]:
        """The cells of a code."""
        return self.parts[code] if self.digits is None else (self.digits[code],)

    def members(self) -> Sequence[frozenset[int]]:
        """The codes of each cell, of a grid in which each code lies in one. O(codes), once."""
        if not self._members:
            found: list[set[int]] = [set() for _ in self.labels]
            for code, digit in enumerate(self.digits or ()):
                found[digit].add(code)
            self._members.extend(map(frozenset, found))
        return self._members


def cell_grid(columns: Sequence[FactColumn]) -> CellGrid:
    """The cells of columns of one base. O(codes x cells of a code)."""
    places: dict[tuple[Label, ...], int] = {}
    single = [_single(column) for column in columns]
    if all(each is not None for each in single):
        rows = zip(*(each for each in single if each is not None), strict=True)
        digits = [places.setdefault(labels, len(places)) for labels in rows]
        return CellGrid(tuple(places), digits)
    parts: list[tuple[int, ...]] = []
    for labels in zip(*(column.labels for column in columns), strict=True):
        choices = map(FactColumn.several, columns, labels)
        parts.append(tuple(places.setdefault(each, len(places)) for each in product(*choices)))
    return CellGrid(tuple(places), None, parts)


def _single(column: FactColumn) -> Sequence[Label] | None:
    """The labels of a column of which each row has at most one; None if a row has several."""
    if not column.shape.many:
        return column.labels
    if any(len(each) > 1 for each in column.labels):
        return None
    return [column.several(each)[0] for each in column.labels]
