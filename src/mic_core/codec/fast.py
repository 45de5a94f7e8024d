"""Fast path of JSON reading: code generation of one reader per class, for valid rows.

A generated reader looks up the keys of a row, converts only the values that JSON writes as text,
and calls the checked constructor, which validates each field. It counts the keys that it uses, so
an unknown key shows in the length of the row. Anything unusual raises one of `DOUBTS`, and
`mic_core.codec.explain` decides; no problem is reported here.
"""

from collections.abc import Callable
from typing import Any

from mic_core.checked import maker
from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.codec.explain import read_or_raise, reject_shape, text_form_of
from mic_core.errors import MicError
from mic_core.fields import (
    Bind,
    Choice,
    Coded,
    Either,
    Field,
    Flag,
    Id,
    Labels,
    Many,
    Maybe,
    OpenChoice,
    Pairs,
    Ref,
    Scalar,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    binder,
    fields_of,
    tag_of,
    tagged_union,
)
from mic_core.model import Requirement

RowsReader = Callable[[Any], list[Any]]
"""Reads a JSON array of objects as values of one class; raises one of `DOUBTS`."""

ObjectReader = Callable[[Any], Any]
"""Reads one JSON object as a value of a class; raises one of `DOUBTS`."""

DOUBTS = (MicError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)
"""Exceptions of the fast readers, which lead to the slow path."""

ALWAYS_EXPLAINED = frozenset({Recurrence, Requirement, WeeklyHours})
"""Classes with a JSON form of their own, rare enough to be always read by the slow path."""


_READERS: dict[type[Any], tuple[RowsReader, ObjectReader]] = {}


def rows_reader(cls: type[Any]) -> RowsReader:
    """The generated reader of JSON arrays of a class; memoised."""
    return _readers(cls)[0]


def _readers(cls: type[Any]) -> tuple[RowsReader, ObjectReader]:
    if cls not in _READERS:
        _READERS[cls] = _generate_readers(cls)
    return _READERS[cls]


def _generate_readers(cls: type[Any]) -> tuple[RowsReader, ObjectReader]:
    """Generate and compile the readers of an array and of an object, all fields inlined."""
    world: dict[str, Any] = {"_make": maker(cls)}
    bind = binder(world)
    fields = fields_of(cls)
    required = [field for field in fields if field.required]
    tag = tag_of(cls)
    body = [
        "if _row.__class__ is not dict: raise TypeError",
        f"_used = {len(required) + (tag is not None)}",
    ]
    if tag is not None:
        body.append(f"if _row[{tag[0]!r}] != {tag[1]!r}: raise LookupError")
    for field in fields:
        body += _field_lines(field, bind)
    body.append("if len(_row) != _used: raise LookupError")
    made = f"_make({', '.join(field.name for field in fields)})"
    lines = [
        "def _read(_rows):",
        " if _rows.__class__ is not list: raise TypeError",
        " _values = []",
        " for _row in _rows:",
        *(f"  {line}" for line in body),
        f"  _values.append({made})",
        " return _values",
        "def _read_one(_row):",
        *(f" {line}" for line in body),
        f" return {made}",
    ]
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    return world["_read"], world["_read_one"]


def _field_lines(field: Field, bind: Bind) -> list[str]:
    """Source that assigns a field to a variable of its name."""
    name = field.name
    look_up = f"{name} = _row[{name!r}]"
    convert = [f"{name} = {source}"] if (source := _conversion(field.shape, name, bind)) else []
    if field.required:
        return [look_up, *convert]
    return [
        f"if {name!r} in _row:",
        *(f" {line}" for line in (look_up, "_used += 1", *convert)),
        f"else: {name} = {bind(field.default)}",
    ]


def _conversion(shape: Shape, name: str, bind: Bind) -> str:
    """Source of the expression that converts a JSON value; "" if no conversion is needed."""
    match shape:
        case Maybe(item):
            inner = _conversion(item, name, bind)
            return f"None if {name} is None else {inner}" if inner else ""
        case _:
            converter = converter_of(shape)
            return f"{bind(converter)}({name})" if converter else ""


def converter_of(shape: Shape) -> Callable[[Any], object] | None:
    """The function that converts a JSON value for the constructor; None if none is needed."""
    form = text_form_of(shape)
    if form is not None:
        return form.read
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | OpenChoice() | Zone():
            return None
        case Whole() | Flag() | Scalar():
            return None
        case Value(cls):
            return _slow_value(cls) if cls in ALWAYS_EXPLAINED else _readers(cls)[1]
        case Either():
            return _alternatives(shape)
        case Maybe(item):
            inner = converter_of(item)
            return _optional(inner) if inner else None
        case Many(item) | Labels(item):
            inner = converter_of(item)
            return _array(inner) if inner else _items
        case Pairs(_, item):
            return _pairs(converter_of(item))
        case _:
            return reject_shape(shape)


def _items(value: Any) -> tuple[Any, ...]:
    """The items of a JSON array."""
    if value.__class__ is not list:
        raise TypeError
    return tuple(value)


def _optional(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    """Converter of a value or null."""
    return lambda value: None if value is None else convert(value)


def _array(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    """Converter of an array, item by item."""
    return lambda value: tuple(map(convert, _items(value)))


def _alternatives(shape: Either) -> Callable[[Any], object]:
    """Converter of a tagged union; the reader of each class is made when first needed."""
    key, classes = tagged_union(shape)
    if not key:
        reject_shape(shape)
    return lambda value: _readers(classes[value[key]])[1](value)


def _slow_value(cls: type[Any]) -> Callable[[Any], object]:
    """Converter of a class that only the slow path reads."""
    return lambda value: read_or_raise(cls, value)


def _pairs(convert: Callable[[Any], object] | None) -> Callable[[Any], object]:
    """Converter of an object into sorted pairs."""

    def read(value: Any) -> object:
        if value.__class__ is not dict:
            raise TypeError
        if convert is None:
            return tuple(sorted(value.items()))
        return tuple(sorted((name, convert(each)) for name, each in value.items()))

    return read
