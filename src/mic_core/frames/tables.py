"""Engine tables: a fact table in a frame, its columns as they are or as codes of labels."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from mic_core.frames.classes import (
    RowQuestion,
    Signatures,
    base_classes,
    column_behind,
    column_shape,
)
from mic_core.frames.engines import (
    collected,
    in_engine_of,
    narwhals,
    numbered,
    rows_of_frame,
    with_digits,
)
from mic_core.frames.labels import label_of
from mic_core.impact.aggregation.columns import ColumnShape, FactColumn, encoded
from mic_core.impact.aggregation.facts import FactTable, TableShape, UnusableColumnError

SIGNATURE, ROWS = "signature", "rows"
"""Columns of queries: the signature of rows, and the number of rows of a group."""

_DIGIT = "digit "  # before the name of a base; no column of a table has a space
_KEY = "key "
_UNHASHABLE = ("List", "Array", "Struct", "Binary", "Unknown")


@attrs.frozen(eq=False, repr=False)
class EngineTable:
    """A fact table in a frame.

    `coded` columns are kept as whole numbers: the frame has one column for each base, whose name it
    is, and the labels are here. All others are in the frame as they are; one that it lacks is
    unknown.
    """

    shape: TableShape
    frame: Any
    coded: Mapping[str, FactColumn] = attrs.field(factory=dict[str, FactColumn])
    _labels: dict[str, tuple[Any, tuple[Any, ...]]] = attrs.field(
        factory=dict[str, tuple[Any, tuple[Any, ...]]], init=False
    )
    _names: tuple[str, ...] = attrs.field(
        default=attrs.Factory(
            lambda self: (*self.frame.collect_schema().names(),), takes_self=True
        ),
        init=False,
    )

    def has(self, name: str) -> bool:
        """True if the table has a column of this name, coded or not."""
        return name in self.coded or name in self._names

    def base(self, name: str) -> str:
        """The column of the frame behind a column, in which it may have several."""
        return self.coded[name].base if name in self.coded else name

    def label(self, name: str, value: Any) -> Any:
        """A value of the frame as the label of a column."""
        column = column_shape(self.shape, name)
        if name in self.coded:
            return self.coded[name].labels[int(value)]
        if value is None:
            return nothing(column)
        return label_of(self.shape, column, value)

    def labels(self, name: str) -> tuple[Any, Sequence[Any]]:
        """The distinct values of a column in memory, and their labels; the last is of no value.

        Of a coded column the values are its codes, and each row has one.
        """
        if name in self.coded:
            labels = self.coded[name].labels
            return numbered(self.frame, range(len(labels)), self.base(name)), labels
        if name not in self._labels:
            empty = (nothing(column_shape(self.shape, name)),)
            if name not in self._names:
                return None, empty
            column = narwhals().col(name)
            found = collected(self.column_of(name).filter(~column.is_null()).unique())
            values = (value for (value,) in rows_of_frame(found, (name,)))
            self._labels[name] = found, (*(self.label(name, value) for value in values), *empty)
        return self._labels[name]

    def column_of(self, name: str) -> Any:
        """The frame of one column. Raises UnusableColumnError for one of lists or structures."""
        found = self.frame.select(self.readable(name).alias(name))
        dtype = str(found.collect_schema()[name])
        if dtype.startswith(_UNHASHABLE):
            msg = (
                f"{self.shape.name}.{name} holds {dtype}, which engines do not compare; write "
                "several values as one text, with ; between them"
            )
            raise UnusableColumnError(msg)
        return found

    def readable(self, name: str) -> Any:
        """A column of the frame as an expression, with one mark for a missing value."""
        column = narwhals().col(name)
        dtype = str(self.frame.collect_schema()[name])
        if dtype.startswith("Float"):
            return column.fill_nan(None)
        return column.cast(narwhals().String()) if dtype.startswith(("Cat", "Enum")) else column

    def signatures(self, question: RowQuestion) -> Signatures:
        """The signatures of the rows by a question."""
        by_base: dict[str, list[str]] = {}
        for name in question.columns(self.shape):
            by_base.setdefault(self.base(name), []).append(name)
        bases = [
            base_classes(question, self.shape, base, {name: self.labels(name)[1] for name in names})
            for base, names in by_base.items()
        ]
        return Signatures(question, self.shape, bases)

    def signed(self, signatures: Signatures) -> Any:
        """The frame with the signature of each row, that of a dead row with a mark."""
        library = narwhals()
        digits = signatures.digits()
        frame = self.frame
        for base, parts in digits.items():
            frame = self._joined(frame, base, parts, _DIGIT + base)
        whole = library.lit(0, library.Int64())
        for base in digits:
            whole = whole + library.col(_DIGIT + base)
        names = [each for each in frame.collect_schema().names() if not each.startswith(_DIGIT)]
        return frame.with_columns(whole.alias(SIGNATURE)).select(*names, SIGNATURE)

    def _joined(self, frame: Any, base: str, digits: Sequence[int], name: str) -> Any:
        """A frame with the digit of the label of each row."""
        library = narwhals()
        if base in self._names and base not in self.bases_of_codes():
            values, _ = self.labels(base)
            small = in_engine_of(with_digits(values, digits[:-1], name), frame)
            frame = frame.with_columns(self.readable(base).alias(base))
            joined = frame.join(small, on=base, how="left")
            digit = library.col(name).fill_null(digits[-1]).cast(library.Int64())
            return joined.with_columns(digit.alias(name))
        if base in self._names:
            small = with_digits(numbered(frame, range(len(digits)), base), digits, name)
            return frame.join(in_engine_of(small, frame), on=base, how="inner")
        missing = library.lit(digits[-1], library.Int64())
        return frame.with_columns(missing.alias(name))

    def bases_of_codes(self) -> frozenset[str]:
        """The columns of the frame that hold codes."""
        return frozenset(each.base for each in self.coded.values())

    def keyed(self, frame: Any, names: Sequence[str]) -> tuple[Any, list[str], Any]:
        """A frame with a column for each part of a key, and if all parts are known."""
        library = narwhals()
        keys, is_known = list[str](), library.col(SIGNATURE) >= 0  # true of each row
        for name in names:
            key = _KEY + name
            column = column_shape(self.shape, column_behind(self.shape, name))
            if column.name != name or column.many or not self.has(name):
                frame = self._joined(frame, self.base(column.name), self._key_digits(name), key)
                is_known = is_known & (library.col(key) >= 0)
            elif name not in self.coded:
                self.column_of(name)  # refused here where it cannot be a key
                frame = frame.with_columns(self.readable(name).alias(key))
                is_known = is_known & ~library.col(key).is_null()
            elif len(set(labels := self.coded[name].labels)) < len(labels):
                frame = self._joined(frame, self.base(name), self._key_digits(name), key)
                is_known = is_known & (library.col(key) >= 0)
            else:
                frame = frame.with_columns(library.col(self.base(name)).alias(key))
                unknown = [code for code, label in enumerate(labels) if label is None]
                for code in unknown:
                    is_known = is_known & (library.col(key) != code)
            keys.append(key)
        return frame, keys, is_known

    def _key_digits(self, name: str) -> list[int]:
        """A number for each label of a key, one for equal labels; -1 where it is unknown."""
        column = column_shape(self.shape, column_behind(self.shape, name))
        labels = self.labels(column.name)[1]
        if name != column.name:
            days = FactColumn(column, column.name, range(len(labels)), labels)
            table = FactTable(self.shape, len(labels), {column.name: days})
            labels = table.column(name).labels
        places: dict[Any, int] = {}
        return [-1 if each is None else places.setdefault(each, len(places)) for each in labels]

    def value(self, name: str) -> Any:
        """The values of a column as an expression, as they are in the frame."""
        library = narwhals()
        if name in self.coded:
            return library.col(self.base(name)).alias(name)
        if name not in self._names:
            return library.lit(None, library.String()).alias(name)
        self.column_of(name)
        return self.readable(name).alias(name)

    def read(self) -> FactTable:
        """The table in memory, with all its rows. O(n)."""
        columns: dict[str, FactColumn] = {}
        names = [each.name for each in self.shape.columns]
        rows = [*rows_of_frame(self.frame.select(*map(self.value, names)), names)]
        for place, name in enumerate(names):
            values = [
                self.label(name, row[place])
                if self.has(name)
                else nothing(column_shape(self.shape, name))
                for row in rows
            ]
            columns[name] = encoded(column_shape(self.shape, name), values)
        return FactTable(self.shape, len(rows), columns)


def nothing(column: ColumnShape) -> tuple[()] | None:
    """The label of a row without a value."""
    return () if column.many else None
