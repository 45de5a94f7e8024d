"""Rows for tables: one generated function per class and direction, between a noun and its cells.

`to_row` and `from_row` are inverse to each other. Cells hold the text forms and the JSON of
documents, in the columns that `mic_core.codec.tables.columns` derives. Reading ends in the checked
constructors: the generated reader takes rows that are right; any other is read once more, cell by
cell, so that all problems are reported under the names of their columns.
"""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol, TypeVar, cast, overload

import attrs

from mic_core.checked import maker
from mic_core.chrono import Slot, WeeklyHours, zone
from mic_core.codec.conversion import convert_indicator_cells
from mic_core.codec.explain import BAD, MOST_KEYS, read, text_form_of
from mic_core.codec.fast import DOUBTS, converter_of
from mic_core.codec.limits import Limits
from mic_core.codec.parse import (
    bracket_outline,
    check_outline,
    fastest_parser,
    parse_for_explanation,
    to_utf8,
)
from mic_core.codec.tables.columns import (
    FieldCell,
    Plain,
    Storage,
    cell_type,
    cell_writer,
    noun_class,
    storages_of,
)
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import Flag, Found, Instant, Shape, Value, is_a, nearest_word, refuse
from mic_core.model import KINDS, Indicator, Noun

N = TypeVar("N", bound=Noun)

Row = dict[str, Plain]
"""A stored noun: a JSON scalar, or None, under the name of each column."""

_LIMITS = Limits()
_LONGEST_NAME = 63
"""The most characters of an unknown column that is named: those of an identifier in PostgreSQL."""


class Cells(Protocol):
    """A row as databases return it: a mapping, or what `dict` makes one of, as `sqlite3.Row`."""

    def keys(self) -> Iterable[Any]: ...
    def __getitem__(self, name: str, /) -> Any: ...


def to_row(noun: "Noun") -> Row:
    """A noun as one flat row: every column of its kind with a JSON scalar or None.

    The columns are those of `table_schema` without the two of the history. Instants are in UTC;
    a slot is two instants and its zone. Raises InvariantError for what is no noun. O(n) over the
    cells.

    >>> from mic_core.model import Room
    >>> to_row(Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40))
    {'id': 'r-1', 'center_id': 'mic-brussels', 'name': 'Montoyer', 'seats': 40, 'features': '[]', \
'concurrency': 1}
    """
    cls = type(noun)
    if cls not in KINDS:
        found: Found = []
        refuse(found, "noun", "must be a noun", noun)
        raise InvariantError("to_row", found)
    return row_writer(cls)(noun)


@overload
def from_row(kind: type[N], row: Cells) -> N: ...
@overload
def from_row(kind: str, row: Cells) -> Noun: ...
def from_row(kind: str | type[Any], row: Cells) -> Any:
    """The noun that a row holds: `from_row(kind, to_row(noun)) == noun`.

    `kind` is the name or the class of the noun. Cells hold what `to_row` writes. They may also
    hold what drivers make of columns with a type of their own: 0 and 1 for booleans, aware
    datetimes, dates, times, timedeltas, Decimals, and lists and dicts for JSON; binary floats are
    refused. A column that is missing or None has its default where it has one, so that rows from
    before a column was added still read.

    Raises ParseError with all problems, their paths beginning with columns, and quotes no cell;
    columns that the kind does not have are among them. Raises InvariantError for an unknown kind.

    >>> from_row("room", {"id": "r-1", "center_id": "c", "name": "Lab", "seats": "40", "seat": 1})
    Traceback (most recent call last):
    mic_core.errors.ParseError: Room: 2 problems
      seat: must be a column of the kind; did you mean seats?
      seats: must be a whole number, 0 or more; had text of 2 characters
    """
    return read_row(noun_class("from_row", kind), row)


def read_row(cls: type[Noun], row: Cells) -> Noun:
    """The noun of a class that a row holds; raises ParseError."""
    given = cells_of(cls.__name__, row)
    noun = _read_quickly(_reader(cls), given)
    return explain_row(cls, given) if noun is None else noun


def _read_quickly(reader: "Reader", given: dict[str, Any]) -> Noun | None:
    """The noun of a row that is right; None for any doubt, whose error may hold a cell."""
    try:
        cells = given if len(given) == reader.columns else {**reader.missing, **given}
        return reader.read(cells)
    except DOUBTS:
        return None


def cells_of(subject: str, row: Cells) -> dict[str, Any]:
    """The cells of a row by column; raises ParseError for what is no row at all."""
    cells: dict[str, Any] | None = None
    with suppress(Exception):  # of the app, and perhaps with a text of the row
        cells = dict(row)
    if cells is None:
        rule = "must be a row: cells under the names of columns"
        raise ParseError(subject, [Problem(path="", rule=rule)])
    return cells


# Writing


def row_writer(cls: type[Any]) -> Callable[[Any], Row]:
    """The function that writes a noun of a class as a row; made on first use."""
    if cls not in _WRITERS:
        _WRITERS[cls] = _generated_writer(cls)
    return _WRITERS[cls]


_WRITERS: dict[type[Any], Callable[[Any], Row]] = {}


def _generated_writer(cls: type[Any]) -> Callable[[Any], Row]:
    world: dict[str, Any] = {"_UTC": UTC}
    lines = ["def _write(_value):"]
    members: list[str] = []
    for storage in storages_of(cls):
        name = storage.field.name
        lines.append(f" {name} = _value.{name}")
        if storage.flag:
            members.append(f"{storage.flag!r}: {name} is not None")
        for cell in storage.cells:
            held = _value_source(storage, cell)
            write = cell_writer(cell.shape)
            if write is not None:
                world[f"_write_{cell.column}"] = write
                held = f"_write_{cell.column}({held})"
            for each in _nullable_sources(storage, cell):
                held = f"None if {each} is None else {held}"
            members.append(f"{cell.column!r}: {held}")
    lines.append(f" return {{{', '.join(members)}}}")
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    function: Callable[[Any], Row] = world["_write"]
    return function


def _value_source(storage: Storage, cell: FieldCell) -> str:
    """Source of the value of a cell; the ends of a slot are converted to UTC."""
    if storage.parts_of is None:
        return storage.field.name
    held = f"{storage.field.name}.{cell.part}"
    is_moment = storage.parts_of is Slot and isinstance(cell.shape, Instant)
    return f"{held}.astimezone(_UTC)" if is_moment else held


def _nullable_sources(storage: Storage, cell: FieldCell) -> list[str]:
    """Sources of what may be None, inside out: the part of a value, and the value."""
    name = storage.field.name
    part_may = storage.parts_of is not None and not cell.required and cell.default is None
    return [*([f"{name}.{cell.part}"] if part_may else []), *([name] if storage.optional else [])]


# Reading rows that are right


@attrs.frozen
class Reader:
    """The generated reader of a class, the number of its columns, and those that may be missing."""

    read: Callable[[dict[str, Any]], Noun]
    columns: int
    missing: dict[str, None]


_READERS: dict[type[Any], Reader] = {}


def _reader(cls: type[Any]) -> Reader:
    if cls not in _READERS:
        _READERS[cls] = _generated_reader(cls)
    return _READERS[cls]


def _generated_reader(cls: type[Any]) -> Reader:
    """Compile one function of local variables: cells under their columns, then fields."""
    storages = storages_of(cls)
    world: dict[str, Any] = {"_make": maker(cls), "_flag": _flag}
    names = [*_columns(storages)]
    lines = ["def _read(_row):", f" if len(_row) != {len(names)}: raise LookupError"]
    for storage in storages:
        lines += [f" {line}" for line in _field_lines(storage, world)]
    lines.append(f" return _make({', '.join(each.field.name for each in storages)})")
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    optional = [name for name, required in _columns(storages).items() if not required]
    return Reader(world["_read"], len(names), dict.fromkeys(optional))


def _columns(storages: Iterable[Storage]) -> dict[str, bool]:
    """The columns of a class in order, each with whether it must be given."""
    columns: dict[str, bool] = {}
    for storage in storages:
        if storage.flag:
            columns[storage.flag] = False
        for cell in storage.cells:
            columns[cell.column] = cell.required and not storage.optional
    return columns


def _field_lines(storage: Storage, world: dict[str, Any]) -> list[str]:
    """Source that sets a variable of the name of the field."""
    name, cells = storage.field.name, storage.cells
    load = [f"{cell.column} = _row[{cell.column!r}]" for cell in cells]
    convert = [line for cell in cells for line in _cell_lines(cell, world)]
    if storage.parts_of is None:
        return [*load, *convert]
    world[f"_make_{name}"] = _slot if storage.parts_of is Slot else maker(storage.parts_of)
    made = f"{name} = _make_{name}({', '.join(cell.column for cell in cells)})"
    if not storage.optional:
        return [*load, *convert, made]
    absent = " and ".join(f"{cell.column} is None" for cell in cells)
    flag = storage.flag
    if flag:
        load += [f"{flag} = _row[{flag!r}]", f"if {flag} is not None: {flag} = _flag({flag})"]
        absent = f"not {flag} and {absent}"
        convert.append(f"if {flag} is False: raise LookupError")
    body = [f" {line}" for line in (*convert, made)]
    return [*load, f"if {absent}: {name} = None", "else:", *body]


def _cell_lines(cell: FieldCell, world: dict[str, Any]) -> list[str]:
    """Source that converts a cell, under the name of its column, to what the constructor takes."""
    name = cell.column
    convert = _quick_cell(cell.shape)
    if convert is None:
        converted = ""
    else:
        world[f"_read_{name}"] = convert
        converted = f"{name} = _read_{name}({name})"
    if cell.required:
        return [converted] if converted else []
    if cell.default is not None:
        world[f"_default_{name}"] = cell.default
        rest = [f"else: {converted}"] if converted else []
        return [f"if {name} is None: {name} = _default_{name}", *rest]
    return [f"if {name} is not None: {converted}"] if converted else []


def _quick_cell(shape: Shape) -> Callable[[Any], object] | None:
    """The function from a cell to what the constructor takes; None if that is the same."""
    form = text_form_of(shape)
    if form is not None:
        from_text = form.read
        return lambda cell: from_text(cell) if cell.__class__ is str else cell
    if isinstance(shape, Flag):
        return _flag
    if isinstance(shape, Value) and shape.type is WeeklyHours:
        return WeeklyHours.parse
    if cell_type(shape) != "json":
        return None
    convert = cast("Callable[[Any], object]", converter_of(shape))
    return lambda cell: convert(parse_cell(cell) if cell.__class__ is str else cell)


def _flag(cell: object) -> bool:
    """A boolean as databases without booleans keep it."""
    if cell is True or cell is False:
        return cell
    if cell.__class__ is int and cell in (0, 1):
        return cell == 1
    raise TypeError


def _slot(start: datetime, end: datetime, place: str) -> Slot:
    """The slot between two instants on the clocks of a zone."""
    if any(each.__class__ is not datetime or each.tzinfo is not UTC for each in (start, end)):
        raise TypeError
    clocks = UTC if place == "UTC" else zone(place)
    return Slot(start.astimezone(clocks), end.astimezone(clocks))


def parse_cell(text: str) -> Any:
    """The data in a JSON cell, as strictly parsed as a document; raises ParseError, ValueError.

    A list without lists and objects in it cannot repeat a key or nest: any parser will do.
    """
    if "{" not in text and "[" not in text[1:]:
        return fastest_parser().read(text.encode())
    return _parse_strictly(text)


def _parse_strictly(text: str) -> Any:
    raw = to_utf8(text, _LIMITS)
    check_outline(bracket_outline(raw), _LIMITS)
    return parse_for_explanation(raw)


# Explaining rows that are not


def explain_row(cls: type[Any], cells: dict[Any, Any]) -> Noun:
    """The noun of a row, read cell by cell; raises ParseError with all that is wrong with it."""
    found: Found = []
    made: object = BAD
    raised = ""
    try:
        if cls is Indicator:
            cells, found = convert_indicator_cells(cells, parse_cell)
        made = _read_closely(cls, cells, found)
    except Exception as error:  # noqa: BLE001  # raised below, without what the cell raised
        raised = type(error).__name__
    if raised:
        rule = "must hold plain values: texts, whole numbers, flags and None"
        had = f"what raises {raised} when it is read"
        raise ParseError(cls.__name__, [Problem(path="", rule=rule, had=had)])
    if found:
        raise ParseError(cls.__name__, found)
    return cast("Noun", made)


def _read_closely(cls: type[Any], cells: dict[Any, Any], found: Found) -> object:
    storages = storages_of(cls)
    known = _columns(storages)
    unknown = [name for name in cells if name not in known]
    found += [_unknown(name, known) for name in unknown[:MOST_KEYS]]
    values = {each.field.name: _field_value(each, cells, found) for each in storages}
    names = {
        f"{each.field.name}{f'.{cell.part}' if cell.part else ''}": cell.column
        for each in storages
        for cell in each.cells
    }
    # A law of the noun names the field; the first of its columns stands for it.
    first = {each.field.name: each.cells[0].column for each in storages}
    return _construct(cls, values, {**first, **names}, found)


def _unknown(name: object, known: Iterable[str]) -> Problem:
    """An unknown column, named if it could be one: anything else may be personal."""
    rule = "must be a column of the kind"
    if is_a(name, str) and str.isidentifier(name) and str.__len__(name) <= _LONGEST_NAME:
        return Problem(path=str.__str__(name), rule=rule, mend=nearest_word(name, known))
    return Problem(path="", rule="must hold known columns only", had="a name that no column has")


def _field_value(storage: Storage, cells: dict[Any, Any], found: Found) -> object:
    if storage.parts_of is None:
        return cell_value(storage.cells[0], cells, found)
    if storage.optional:
        given = any(cells.get(cell.column) is not None for cell in storage.cells)
        flag = _flag_value(storage.flag, cells, found)
        if flag is False and given:
            rule = "must be true where the columns of the same field hold anything"
            found.append(Problem(path=storage.flag, rule=rule))
        if not given and not flag:
            return None
    values = {cell.part: cell_value(cell, cells, found) for cell in storage.cells}
    names = {cell.part: cell.column for cell in storage.cells}
    if storage.parts_of is Slot:
        return _slot_value(values, names, found)
    return _construct(storage.parts_of, values, names, found)


def _flag_value(column: str, cells: dict[Any, Any], found: Found) -> bool | None:
    """The cell that tells if a value is given; None where it is missing or cannot be read."""
    given = cells.get(column)
    if given is None:
        return None
    value = _flag_or_bad(given, column, found)
    return None if value is BAD else value is True


def _flag_or_bad(cell: object, column: str, found: Found) -> object:
    try:
        return _flag(cell)
    except TypeError:
        refuse(found, column, "must be true or false, or 1 or 0", cell)
        return BAD


def cell_value(cell: FieldCell, cells: dict[Any, Any], found: Found) -> object:
    """The value of one cell, or BAD after adding to `found` why not."""
    given, column = cells.get(cell.column), cell.column
    if given is None:
        if cell.required:
            found.append(Problem(path=column, rule="must be given"))
            return BAD
        return cell.default
    if isinstance(cell.shape, Flag):
        return _flag_or_bad(given, column, found)
    if not is_a(given, str):
        return _native(cell.shape, given, column, found)
    if cell_type(cell.shape) == "json":
        try:
            given = _parse_strictly(given)
        except ParseError as error:
            found += [attrs.evolve(each, path=column) for each in error.problems]
            return BAD
    return read(cell.shape, given, column, found)


def _native(shape: Shape, given: object, column: str, found: Found) -> object:
    """A cell of a type of its own: the value itself, or JSON data that a driver has parsed."""
    if text_form_of(shape) is None:
        return read(shape, given, column, found)
    before = len(found)
    settled = shape.settle(given, column, found)
    return settled if len(found) == before else BAD


def _slot_value(values: dict[str, Any], names: dict[str, str], found: Found) -> object:
    before = len(found)
    clocks: tzinfo = UTC
    if values["zone"] not in (BAD, "UTC"):
        try:
            clocks = zone(values["zone"])
        except InvariantError as error:
            found += [attrs.evolve(each, path=names["zone"]) for each in error.problems]
    if len(found) > before or any(value is BAD for value in values.values()):
        return BAD
    try:
        moments = {part: values[part].astimezone(clocks) for part in ("start", "end")}
    except OverflowError:
        rule = "must lie between the years 1 and 9999 on the clocks of its zone"
        found.append(Problem(path=names["start"], rule=rule))
        return BAD
    return _construct(Slot, moments, names, found)


def _construct(
    cls: type[Any], values: dict[str, Any], names: dict[str, str], found: Found
) -> object:
    """The value of these fields, or BAD; problems are added under columns, once for each field."""
    try:
        return cls(**values)
    except InvariantError as error:
        bad = {name for name, value in values.items() if value is BAD}
        found += [
            attrs.evolve(each, path=_column_path(each.path, names))
            for each in error.problems
            if re.split(r"[.\[]", each.path)[0] not in bad
        ]
    return BAD


def _column_path(path: str, names: dict[str, str]) -> str:
    """A path that begins with a column, where it began with a field, perhaps with its part."""
    steps = re.split(r"(?=[.\[])", path)
    part = "".join(steps[:2])
    known = part if part in names else steps[0]
    return names.get(known, known) + path[len(known) :]
