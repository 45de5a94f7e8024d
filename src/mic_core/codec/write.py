"""Writing: one generated function per class, from a value to its canonical JSON text.

Text is put together directly: keys in sorted order, defaults left out, nothing between tokens, and
no character escaped that need not be. So the bytes are the same whatever JSON library there is.
"""

from collections.abc import Callable, Iterable
from json import JSONEncoder
from typing import Any

from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.codec.explain import RULE_KEYS, form_of, undeclared
from mic_core.codec.limits import Limits
from mic_core.codec.parse import bracket_outline, deeper
from mic_core.errors import InvariantError, Problem
from mic_core.fields import (
    Bind,
    Choice,
    Coded,
    Day,
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
from mic_core.model import Leaf, Requirement

DEEPEST = Limits().depth - 5
"""How many levels a field may nest so that `loads` takes the document without being told to."""

Write = Callable[[Any], str]


quoted: Write = JSONEncoder(ensure_ascii=False).encode
"""A text as JSON writes it, with as few escapes as can be."""


def writer(cls: type[Any]) -> Write:
    """The function that writes a value of a class; made on first use.

    >>> from mic_core.model import Seats
    >>> writer(Seats)(Seats(in_person=16))
    '{"in_person":16}'
    """
    if cls not in _WRITERS:
        _WRITERS[cls] = _generated(cls)
    return _WRITERS[cls]


def _generated(cls: type[Any]) -> Write:
    """Compile one f-string of all members; those that may be left out are made before."""
    world: dict[str, Any] = {}

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    fields = sorted(fields_of(cls), key=lambda field: field.name)
    lines = ["def _write(_value):"]
    members = ""
    for field in fields:
        if field.required:
            members += _member(field, f"_value.{field.name}", bind)
        else:
            lines += _optional(field, bind)
            members += f"{{{field.name}}}"
    # Each member brings a comma in front; the first of all goes.
    if fields[0].required:
        lines.append(f" return f'{{{{{members[1:]}}}}}'")
    else:
        lines.append(f" return '{{' + f'{members}'[1:] + '}}'")
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    write: Write = world["_write"]
    return write


def _member(field: Field, name: str, bind: Bind) -> str:
    """The part of an f-string that writes a field, from the value called `name`."""
    shape = field.shape
    if isinstance(shape, Maybe) and not field.required and field.default is None:
        shape = shape.item  # None is left out before
    match shape:
        case Id() | Ref() | Subject() | Zone() | Choice():  # nothing in them needs an escape
            return f',"{field.name}":"{{{name}}}"'
        case Whole():
            return f',"{field.name}":{{{name}}}'
        case _:
            return f',"{field.name}":{{{bind(json_of(shape))}({name})}}'


def _optional(field: Field, bind: Bind) -> list[str]:
    """Source that sets a variable of the name of the field to its member, or to no text."""
    name, default = field.name, field.default
    if default is None or isinstance(default, bool):
        absent = f"{name} is {default}"
    else:
        absent = f"{name} == {bind(default)}"
    member = _member(field, name, bind)
    return [f" {name} = _value.{name}", f" {name} = '' if {absent} else f'{member}'"]


def json_of(shape: Shape) -> Write:
    """The function that writes a value of a shape."""
    form = form_of(shape)
    if form is not None:
        write = form.write
        return lambda value: f'"{write(value)}"'
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | Zone():
            return quoted
        case Whole():
            return str
        case Flag() | Scalar():
            return _scalar
        case Maybe(item):
            inner = json_of(item)
            return lambda value: "null" if value is None else inner(value)
        case Many(item) | Labels(item):
            inner = json_of(item)
            return lambda value: f"[{','.join(map(inner, value))}]"
        case Pairs(_, item):
            inner = json_of(item)
            return lambda value: _object((name, inner(each)) for name, each in value)
        case Value(cls):
            return writer(cls)
        case _:
            return undeclared(shape)


def _scalar(value: str | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else str(value)


def _object(members: Iterable[tuple[str, str]]) -> str:
    return f"{{{','.join(f'{quoted(name)}:{text}' for name, text in members)}}}"


def _hours(value: WeeklyHours) -> str:
    return quoted(str(value))


def _recurrence(value: Recurrence) -> str:
    rule = quoted(str(value))
    dates = json_of(Many(Day()))
    members = [("excluded", value.excluded), ("extra", value.extra)]
    listed = [(name, dates(days)) for name, days in members if days]
    return _object([*listed, ("rule", rule)]) if listed else rule


def _requirement(value: Requirement) -> str:
    text = _condition(value)
    if deeper(bracket_outline(text.encode()), DEEPEST):
        rule = f"must nest at most {DEEPEST // 2} levels deep to be written"
        raise InvariantError("Requirement", [Problem(path="parts", rule=rule)])
    return text


def _condition(value: Requirement | Leaf) -> str:
    if isinstance(value, Leaf):
        return writer(Leaf)(value)
    parts = [_condition(part) for part in value.parts]
    key = RULE_KEYS[value.rule]
    if value.rule == "not_":
        return _object([(key, parts[0])])
    count = [] if value.n is None else [("n", str(value.n))]
    return _object([*count, (key, f"[{','.join(parts)}]")])


_WRITERS: dict[type[Any], Write] = {
    Recurrence: _recurrence,
    Requirement: _requirement,
    WeeklyHours: _hours,
}
"""The writers made so far, and those of classes with a form of their own."""
