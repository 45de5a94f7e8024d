"""The relational schema of nouns: a table for each kind, and the columns of each field.

The object-relational mapping is derived from the declarations of fields. A field has one column of
its own name, with two exceptions. A value of several parts (Slot, Period, Money, Seats, Waitlist)
has one column for each part, named `field_part`. Lists, pairs, requirements and recurrences are
JSON text in one column.

The parts of an optional Period or Seats may all be unknown. So that this differs from no value at
all, such a field has one more column, the flag `field_given`.
"""

from functools import cache
from itertools import chain
from typing import Any, Literal, overload

import attrs

from mic_core.chrono import Recurrence, Slot, WeeklyHours
from mic_core.codec.explain import text_form_of
from mic_core.codec.fast import ALWAYS_EXPLAINED
from mic_core.codec.text import DATE, INSTANT, LENGTH, NUMBER, TIME, TextForm
from mic_core.codec.write import Write, json_of, writer
from mic_core.errors import InvariantError
from mic_core.fields import (
    Choice,
    Coded,
    Field,
    Flag,
    Found,
    Id,
    Instant,
    Maybe,
    OpenChoice,
    Ref,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    classes_within,
    fields_of,
    settle_safely,
)
from mic_core.fields.declared import shapes_within
from mic_core.model import KINDS, NOUNS, Noun
from mic_core.portfolio.slices import CITING, OF_REFERENTS, PARTS_OF

ColumnType = Literal[
    "text", "integer", "boolean", "decimal", "date", "time", "instant", "duration", "json"
]
"""The types of columns. All but integers and booleans are written as text."""

Plain = str | int | bool | None
"""The value of one column: a JSON scalar, None where nothing is given."""

_FORMS: dict[TextForm, ColumnType] = {
    DATE: "date",
    INSTANT: "instant",
    LENGTH: "duration",
    NUMBER: "decimal",
    TIME: "time",
}
_SLOT: tuple[tuple[str, Shape], ...] = (("start", Instant()), ("end", Instant()), ("zone", Zone()))
"""The parts of a slot as columns: two instants, so that databases can compare them, and a zone."""

_SEARCHED = {
    ("program", "modules"),
    *chain.from_iterable((*PARTS_OF.values(), *OF_REFERENTS.values())),
    *CITING,
}
"""The columns, besides ids, by which `load_scope` asks for rows."""


@attrs.frozen(kw_only=True)
class Column:
    """One column of a table.

    `type` is what it holds: `text`; `integer` of up to 64 bits; `boolean`; `decimal`, a number as
    text, so that it stays exact; `date`, `time`, `instant` (in UTC) and `duration` as ISO 8601
    writes them; `json`, a list or an object as text. `default` is what a missing or empty cell
    stands for; None where it stands for nothing, or has to be given.

    `references` are the kinds of entities that ids in it may belong to; `citations` tells that
    they stand as `kind:id`. `searched` tells that `load_scope` looks rows up by it, so that an
    index serves.
    """

    name: str
    type: ColumnType
    nullable: bool = False
    default: Plain = None
    personal: bool = False
    references: tuple[str, ...] = ()
    citations: bool = False
    searched: bool = False


RECORDED_AT, RECORDED_BY = "recorded_at", "recorded_by"

HISTORY = (
    Column(name=RECORDED_AT, type="instant"),
    Column(name=RECORDED_BY, type="text", nullable=True),
)
"""The columns of every table besides those of the noun: when a row was recorded, and by whom."""


@attrs.frozen(kw_only=True)
class TableSchema:
    """The table of one kind: a row for each value ever recorded under an id.

    `columns` are those of the noun in the order of its fields, then the two of its history.
    Together, the columns in `primary_key` are different in any two rows.
    """

    kind: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ("id", RECORDED_AT)

    def rows(self) -> tuple[dict[str, object], ...]:
        """One row for each column, for a table or a dataframe."""
        return tuple(
            {
                "table": self.kind,
                **attrs.asdict(column),
                "references": ", ".join(column.references),
                "primary_key": column.name in self.primary_key,
            }
            for column in self.columns
        )


@attrs.frozen(kw_only=True)
class FieldCell:
    """The column of a field, or of one part of it: its name, shape and default.

    `required` tells that it must be given where the field is; `default` stands for a missing one.
    """

    column: str
    part: str
    shape: Shape
    required: bool
    default: object


@attrs.frozen(kw_only=True)
class Storage:
    """The mapping of a field: one cell, or, where `parts_of` is a class, one for each part.

    `optional` tells that the field may be None; `flag` is the column that tells whether it is
    given, empty where the cells themselves tell it.
    """

    field: Field
    cells: tuple[FieldCell, ...]
    parts_of: type[Any] | None = None
    optional: bool = False
    flag: str = ""


@overload
def table_schema(kind: None = None) -> tuple[TableSchema, ...]: ...
@overload
def table_schema(kind: str | type[Noun]) -> TableSchema: ...
def table_schema(
    kind: str | type[Any] | None = None,
) -> TableSchema | tuple[TableSchema, ...]:
    """The table of a kind, or the tables of all kinds, from which a database can be made.

    Names of columns are stable, of small letters and underscores. Some are words of SQL, such as
    `into`, `on`, `table` and `column`, and so are names of kinds: write them between double quotes
    everywhere, which no name contains. Booleans may be kept as 0 and 1; keep decimals in columns
    of text where the database has only binary floats.

    A table of history holds several rows for one id, so references cannot be foreign keys.

    `kind` is the name or the class of a noun. Raises InvariantError for any other.

    >>> room = table_schema("room")
    >>> [(column.name, column.type) for column in room.columns[:4]]
    [('id', 'text'), ('center_id', 'text'), ('name', 'text'), ('seats', 'integer')]
    >>> [column.name for column in table_schema("cost").columns if column.name.startswith("amount")]
    ['amount_amount', 'amount_currency']
    """
    if kind is None:
        return tuple(_table(each) for each in NOUNS)
    return _table(KINDS[noun_class("table_schema", kind)])


def noun_class(verb: str, kind: object) -> type[Noun]:
    """The class of a kind, which is given by name or as the class itself.

    Raises InvariantError of the verb for what is no kind.
    """
    for name, cls in NOUNS.items():
        if kind is cls or (kind.__class__ is str and kind == name):
            return cls
    found: Found = []
    settle_safely(Choice(tuple(NOUNS)), kind, "kind", found)
    raise InvariantError(verb, found)


@cache
def _table(kind: str) -> TableSchema:
    columns: list[Column] = []
    for storage in storages_of(NOUNS[kind]):
        if storage.flag:
            personal = storage.field.personal
            columns.append(
                Column(name=storage.flag, type="boolean", nullable=True, personal=personal)
            )
        columns += [_column(kind, storage, cell) for cell in storage.cells]
    return TableSchema(kind=kind, columns=(*columns, *HISTORY))


def _column(kind: str, storage: Storage, cell: FieldCell) -> Column:
    nullable = storage.optional or (not cell.required and cell.default is None)
    write = cell_writer(cell.shape)
    held: Any = cell.default
    return Column(
        name=cell.column,
        type=cell_type(cell.shape),
        nullable=nullable,
        default=held if nullable or cell.required or write is None else write(held),
        personal=storage.field.personal,
        references=_kinds(cell.shape),
        citations=isinstance(cell.shape, Subject),
        searched=(kind, cell.column) in _SEARCHED,
    )


def _kinds(shape: Shape) -> tuple[str, ...]:
    """The kinds that references within a shape may lead to."""
    shapes = shapes_within(shape)
    classes = classes_within(*(each.type for each in shapes if isinstance(each, Value)))
    parts = (
        part for cls in classes for field in fields_of(cls) for part in shapes_within(field.shape)
    )
    references = (each for each in (*shapes, *parts) if isinstance(each, Ref | Subject))
    return tuple(dict.fromkeys(kind for each in references for kind in each.kinds))


def storages_of(cls: Any) -> tuple[Storage, ...]:
    """The mapping of each field of a class, in the order of the fields."""
    return _storages_of(cls)


@cache
def _storages_of(cls: Any) -> tuple[Storage, ...]:
    return tuple(map(_storage, fields_of(cls)))


def _storage(field: Field) -> Storage:
    optional = isinstance(field.shape, Maybe)
    shape = field.shape.item if isinstance(field.shape, Maybe) else field.shape
    if not isinstance(shape, Value) or shape.type in ALWAYS_EXPLAINED:
        cell = FieldCell(
            column=field.name,
            part="",
            shape=shape,
            required=field.required and not optional,
            default=None if field.required else field.default,
        )
        return Storage(field=field, cells=(cell,), optional=optional)
    cells = _slot_cells(field) if shape.type is Slot else _part_cells(field, shape.type)
    ambiguous = optional and not any(cell.required or cell.default is not None for cell in cells)
    flag = f"{field.name}_given" if ambiguous else ""
    return Storage(field=field, cells=cells, parts_of=shape.type, optional=optional, flag=flag)


def _slot_cells(field: Field) -> tuple[FieldCell, ...]:
    return tuple(
        FieldCell(
            column=f"{field.name}_{part}", part=part, shape=shape, required=True, default=None
        )
        for part, shape in _SLOT
    )


def _part_cells(field: Field, cls: type[Any]) -> tuple[FieldCell, ...]:
    """A cell for each part of a value; a default of the field is one of its parts."""
    defaults = None if field.required else field.default
    return tuple(
        FieldCell(
            column=f"{field.name}_{part.name}",
            part=part.name,
            shape=part.shape.item if isinstance(part.shape, Maybe) else part.shape,
            required=part.required,
            default=getattr(defaults, part.name, None if part.required else part.default),
        )
        for part in fields_of(cls)
    )


def cell_type(shape: Shape) -> ColumnType:
    """The type of the column that holds values of a shape."""
    form = text_form_of(shape)
    if form is not None:
        return _FORMS[form]
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | OpenChoice() | Zone():
            return "text"
        case Whole():
            return "integer"
        case Flag():
            return "boolean"
        case Value(cls) if cls is WeeklyHours:
            return "text"
        case _:
            return "json"


def cell_writer(shape: Shape) -> Write | None:
    """The function from a value of a shape to its cell; None where the cell is the value."""
    form = text_form_of(shape)
    if form is not None:
        return form.write
    match shape:
        case Value(cls) if cls is WeeklyHours:
            return str
        case Value(cls) if cls is Recurrence:
            return _recurrence
        case _:
            return json_of(shape) if cell_type(shape) == "json" else None


def _recurrence(value: Recurrence) -> str:
    """An object always, also where documents write the bare rule: drivers parse JSON columns."""
    text = writer(Recurrence)(value)
    return text if text.startswith("{") else f'{{"rule":{text}}}'
