"""Columns of cells as columns of values: each distinct cell of a column is parsed once."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import attrs

from mic_core.codec.loading.cells import (
    CellForm,
    Unreadable,
    is_missing,
    parse_citation,
    parse_id,
    parse_ids,
    parse_text,
    parse_whole,
)
from mic_core.codec.loading.fields import EMBEDDED
from mic_core.codec.loading.grid import ColumnCells
from mic_core.codec.loading.report import Ledger
from mic_core.codec.loading.source import BoundField, BoundTable
from mic_core.fields import EXHAUSTED, is_a
from mic_core.ids import slug

DIGEST = 16
"""Characters of the digest at the end of a slug."""

_IDS = (parse_id, parse_ids, parse_citation)


class DayOffset(NamedTuple):
    """A number of days since the first day of an edition, not yet a date."""

    days: int


@attrs.frozen(eq=False)
class Values:
    """The rows of one kind in a table: values by field, None where a cell is missing.

    `labels` are the headers of each field, for problems. `is_own` is true for the kind of the
    table itself, false for one whose fields its rows hold besides; `is_implied` where that is
    only a name, made of the column of the id.
    """

    table: str
    kind: str
    columns: Mapping[str, ColumnCells]
    labels: Mapping[str, str]
    count: int
    is_own: bool
    is_implied: bool = False

    def label(self, field: str) -> str:
        """The header of a field; the field itself where no column was given."""
        return self.labels.get(field) or field


def read_table(table: BoundTable, form: CellForm, ledger: Ledger) -> tuple[Values, ...]:
    """The values of a table: those of its own kind first, then those of embedded kinds."""
    for row in table.grid.ragged:
        rule = Unreadable("more cells than headers", "must have a cell for each header")
        ledger.refuse(table.name, row, "", rule)
    if table.unread:
        shown = ", ".join(header for header in table.unread if header.isprintable())
        ledger.assume(table.name, f"No field is read from {shown}.", len(table.unread))
    columns = {
        field: _read_column(table, field, bound, form, ledger)
        for field, bound in table.fields.items()
    }
    labels = {field: bound.label for field, bound in table.fields.items()}
    kinds = {"": table.kind, **{f"{kind}.": kind for kind in EMBEDDED.get(table.kind, ())}}
    return tuple(
        Values(
            table=table.name,
            kind=kind,
            columns=dict(_within(columns, prefix)),
            labels=dict(_within(labels, prefix)),
            count=table.grid.rows,
            is_own=prefix == "",
            is_implied=kind in table.implied,
        )
        for prefix, kind in kinds.items()
        if prefix == "" or any(field.startswith(prefix) for field in columns)
    )


def _within(fields: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """The fields of an embedded kind under their own names; of the kind itself all others."""
    for field, held in fields.items():
        begin, dot, _ = field.partition(".")
        embedded = bool(dot) and begin not in {"profile", "attributes"}
        if prefix and field.startswith(prefix):
            yield field.removeprefix(prefix), held
        elif not prefix and not embedded:
            yield field, held


@attrs.define(eq=False)
class _Parsing:
    """The parsing of the cells of one column, with the number of texts that became ids."""

    bound: BoundField
    form: CellForm
    slugged: int = 0

    def parsed(self, raw: Any) -> Any:
        """The value of a cell, or of the cells of several columns together; None: missing."""
        try:
            cell = self.joined(raw) if len(self.bound.headers) > 1 else self.plain(raw)
            return self.value(self.bound.source.default if cell is None else cell)
        except EXHAUSTED:
            raise
        except Exception:  # noqa: BLE001  # a cell of the app may raise anything, with its text
            return Unreadable("a value that cannot be looked at", "must be a plain value")

    def plain(self, raw: Any) -> Any:
        """A cell without blanks around it; None if it is missing."""
        if hasattr(raw, "item") and not is_a(raw, str):
            raw = raw.item()  # a scalar of numpy as one of Python
        if is_missing(raw):
            return None
        if not is_a(raw, str):
            return self.reworded(raw)
        text = str.strip(raw)
        is_mark = text in self.form.missing or text in self.bound.source.missing
        return None if is_mark else self.reworded(text)

    def reworded(self, cell: Any) -> Any:
        """The word that is meant by a cell."""
        words = dict(self.bound.source.words)
        if not words:
            return cell
        text = parse_text(cell, self.form)
        return words.get(text, cell) if isinstance(text, str) else cell

    def joined(self, raws: tuple[Any, ...]) -> str | None:
        """The texts of several cells as one, by dashes; None if one of them is missing.

        If a dash within a text could make two ids alike, a digest will keep them apart.
        """
        texts = [parse_text(each, self.form) for each in map(self.plain, raws) if each is not None]
        parts = [each for each in texts if isinstance(each, str)]
        if len(parts) < len(raws):
            return None
        dashed = "-".join(parts)
        text: str = self.reworded(dashed)
        is_unclear = self.bound.form.parse is parse_id and any("-" in each for each in parts[:-1])
        return "\x1f".join(parts) if is_unclear and text == dashed else text

    def value(self, cell: Any) -> Any:
        if cell is None:
            return None
        if self.bound.source.days_since_start:
            days = parse_whole(cell, self.form)
            return DayOffset(days) if isinstance(days, int) else days
        parse = self.bound.form.parse
        if self.bound.source.opaque and parse is parse_id:
            text = parse_text(cell, self.form)
            cell = opaque_id(text) if isinstance(text, str) else cell
            self.slugged += 1
        value = parse(cell, self.form)
        if parse in _IDS and not isinstance(value, Unreadable):
            self.slugged += value != cell and value != parse_text(cell, self.form)
        return value


class _Memo(dict[Any, Any]):
    """The value of each distinct cell of a column, parsed on first use."""

    def __init__(self, parsing: _Parsing) -> None:
        self.parsing = parsing

    def __missing__(self, raw: Any) -> Any:
        value = self[raw] = self.parsing.parsed(raw)
        return value


_NUMBERS = (bool, int, float)


def _read_column(
    table: BoundTable, field: str, bound: BoundField, form: CellForm, ledger: Ledger
) -> ColumnCells:
    """The values of a field in all rows; a row with a cell that cannot be read has None."""
    rows = table.grid.rows
    columns = [table.grid.columns[header] for header in bound.headers]
    cells = columns[0] if len(columns) == 1 else [*zip(*columns, strict=True)]
    parsing = _Parsing(bound, form)
    if not columns:
        values = [parsing.parsed(None)] * rows
    elif _is_memorable(columns):
        memo = _Memo(parsing)
        values = [memo[each] for each in cells]
        bad = any(isinstance(each, Unreadable) for each in memo.values())
        _note_slugs(table, field, parsing, ledger)
        return _without_bad(table, bound, values, ledger) if bad else values
    else:
        values = [parsing.parsed(each) for each in cells]
    _note_slugs(table, field, parsing, ledger)
    return _without_bad(table, bound, values, ledger)


def _is_memorable(columns: list[ColumnCells]) -> bool:
    """True if equal cells of a column are of one type: texts, or numbers of one kind, or none."""
    for cells in columns:
        types = set(map(type, cells)) - {str, type(None)}
        if len(types) > 1 or not types <= {*_NUMBERS}:
            return False
    return True


def _note_slugs(table: BoundTable, field: str, parsing: _Parsing, ledger: Ledger) -> None:
    if parsing.slugged:
        text = f"Texts that are no ids became ids, in {parsing.bound.label or field}."
        ledger.assume(table.name, text, parsing.slugged)


def _without_bad(
    table: BoundTable, bound: BoundField, values: ColumnCells, ledger: Ledger
) -> ColumnCells:
    """The values with None for those that cannot be read, whose rows are reported."""
    for row, value in enumerate(values):
        if isinstance(value, Unreadable):
            ledger.refuse(table.name, row, bound.label, value)
            values[row] = None
    return values


def opaque_id(text: str) -> str:
    """An id that shows nothing of a text: the digest at the end of its slug.

    >>> opaque_id("Ada Lovelace")
    'p-nezsgjaoysoax6km'
    """
    return f"p-{slug(chr(31) + text)[-DIGEST:]}"


def join_ids(first: str, *rest: str) -> str:
    """One id of several, by colons; where that could be the id of others too, with a digest.

    >>> join_ids("s-1", "ada"), join_ids("fosdem:1", "ada")
    ('s-1:ada', 'fosdem-1-ada-6j5xryon2dbijuof')
    """
    if ":" in first or any(":" in each for each in rest[:-1]):
        return slug("\x1f".join((first, *rest)))
    return slug(":".join((first, *rest)))
