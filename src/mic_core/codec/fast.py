"""Reading that is quick: one generated function per class, for rows that are right.

A generated function looks up the keys of a row, converts only values that JSON writes as text, and
hands them to the checked constructor, which judges each field. It counts the keys it has used, so
that an unknown one is noticed. Whatever is odd raises one of `DOUBTS`, and
`mic_core.codec.explain` decides: nothing is explained here.
"""

from collections.abc import Callable
from typing import Any

from mic_core.checked import maker
from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.codec.explain import explained, form_of, undeclared
from mic_core.errors import MicError
from mic_core.fields import (
    Bind,
    Choice,
    Coded,
    Field,
    Flag,
    Id,
    Labels,
    Many,
    Maybe,
    Pairs,
    Ref,
    Scalar,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    fields_of,
)
from mic_core.model import Requirement

Rows = Callable[[Any], list[Any]]

DOUBTS = (MicError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)
"""What the quick readers raise for data that must be looked at closely."""

EXPLAINED = frozenset({Recurrence, Requirement, WeeklyHours})
"""Classes with a form of their own, rare enough to be always read the explaining way."""


_READERS: dict[type[Any], Rows] = {}


def rows_reader(cls: type[Any]) -> Rows:
    """The function that reads a list of JSON objects as values of a class; made on first use."""
    if cls not in _READERS:
        _READERS[cls] = _generated(cls)
    return _READERS[cls]


def _generated(cls: type[Any]) -> Rows:
    world: dict[str, Any] = {"_make": maker(cls)}

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    fields = fields_of(cls)
    required = [field for field in fields if field.required]
    lines = [
        "def _read(_rows):",
        " if _rows.__class__ is not list: raise TypeError",
        " _values = []",
        " for _row in _rows:",
        f"  _used = {len(required)}",
        "  if _row.__class__ is not dict: raise TypeError",
    ]
    for field in fields:
        lines += _field(field, bind)
    lines += [
        "  if len(_row) != _used: raise LookupError",
        f"  _values.append(_make({', '.join(field.name for field in fields)}))",
        " return _values",
    ]
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    read: Rows = world["_read"]
    return read


def _field(field: Field, bind: Bind) -> list[str]:
    """Source that sets a variable of the name of the field."""
    name = field.name
    look_up = f"{name} = _row[{name!r}]"
    convert = [f"{name} = {source}"] if (source := _converted(field.shape, name, bind)) else []
    if field.required:
        return [f"  {line}" for line in (look_up, *convert)]
    return [
        f"  if {name!r} in _row:",
        *(f"   {line}" for line in (look_up, "_used += 1", *convert)),
        f"  else: {name} = {bind(field.default)}",
    ]


def _converted(shape: Shape, name: str, bind: Bind) -> str:
    """Source of what the constructor takes instead of the JSON value; empty if that very value."""
    match shape:
        case Maybe(item):
            inner = _converted(item, name, bind)
            return f"None if {name} is None else {inner}" if inner else ""
        case _:
            converter = converter_of(shape)
            return f"{bind(converter)}({name})" if converter else ""


def converter_of(shape: Shape) -> Callable[[Any], object] | None:
    """The function from a JSON value to what the constructor takes; None if that is the same."""
    form = form_of(shape)
    if form is not None:
        return form.read
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | Zone():
            return None
        case Whole() | Flag() | Scalar():
            return None
        case Value(cls):
            return _one_explained(cls) if cls in EXPLAINED else _one(rows_reader(cls))
        case Maybe(item):
            inner = converter_of(item)
            return _optional(inner) if inner else None
        case Many(item) | Labels(item):
            inner = converter_of(item)
            return _each(inner) if inner else _items
        case Pairs(_, item):
            return _members(converter_of(item))
        case _:
            return undeclared(shape)


def _items(value: Any) -> tuple[Any, ...]:
    if value.__class__ is not list:
        raise TypeError
    return tuple(value)


def _optional(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: None if value is None else convert(value)


def _each(convert: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: tuple(map(convert, _items(value)))


def _one(read: Rows) -> Callable[[Any], object]:
    return lambda value: read([value])[0]


def _one_explained(cls: type[Any]) -> Callable[[Any], object]:
    return lambda value: explained(cls, value)


def _members(convert: Callable[[Any], object] | None) -> Callable[[Any], object]:
    def read(value: Any) -> object:
        if value.__class__ is not dict:
            raise TypeError
        if convert is None:
            return tuple(sorted(value.items()))
        return tuple(sorted((name, convert(each)) for name, each in value.items()))

    return read
