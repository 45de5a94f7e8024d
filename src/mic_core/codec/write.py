"""Canonical JSON output: code generation of one writer per class.

The text is concatenated directly: keys sorted, defaults omitted, no whitespace, no unnecessary
escapes. So the bytes do not depend on the JSON library that is installed.
"""

from collections.abc import Callable, Iterable
from json import JSONEncoder
from typing import Any

from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.codec.explain import RULE_KEYS, reject_shape, text_form_of
from mic_core.fields import (
    Bind,
    Choice,
    Coded,
    Day,
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
from mic_core.model import Leaf, Requirement

Write = Callable[[Any], str]
"""Serialises a value as canonical JSON."""

quoted: Write = JSONEncoder(ensure_ascii=False).encode
"""Serialises a text as a JSON string with the fewest escapes."""


def writer(cls: type[Any]) -> Write:
    """The generated writer of a class; memoised.

    >>> from mic_core.model import Seats
    >>> writer(Seats)(Seats(in_person=16))
    '{"in_person":16}'
    """
    if cls not in _WRITERS:
        _WRITERS[cls] = _generate_writer(cls)
    return _WRITERS[cls]


def _generate_writer(cls: type[Any]) -> Write:
    """Generate and compile one f-string of all members; optional ones are computed before it."""
    world: dict[str, Any] = {}
    bind = binder(world)
    lines = ["def _write(_value):"]
    always: dict[str, str] = {}
    sometimes: dict[str, str] = {}
    for field in fields_of(cls):
        if field.required:
            always[field.name] = _member(field, f"_value.{field.name}", bind)
        else:
            lines += _optional_lines(field, bind)
            sometimes[field.name] = f"{{{field.name}}}"
    if (tag := tag_of(cls)) is not None:
        always[tag[0]] = f',"{tag[0]}":"{tag[1]}"'
    names = sorted({**always, **sometimes})
    members = "".join(({**always, **sometimes})[name] for name in names)
    # Each member begins with a comma; the first comma is cut off.
    if names[0] in always:
        lines.append(f" return f'{{{{{members[1:]}}}}}'")
    else:
        lines.append(f" return '{{' + f'{members}'[1:] + '}}'")
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    write: Write = world["_write"]
    return write


def _member(field: Field, name: str, bind: Bind) -> str:
    """The part of an f-string that writes a field from the variable `name`."""
    shape = field.shape
    if isinstance(shape, Maybe) and not field.required and field.default is None:
        shape = shape.item  # None is the default, which is omitted
    match shape:
        # ASCII that needs no escapes.
        case Id() | Ref() | Subject() | Zone() | Choice() | OpenChoice():
            return f',"{field.name}":"{{{name}}}"'
        case Whole():
            return f',"{field.name}":{{{name}}}'
        case _:
            return f',"{field.name}":{{{bind(json_of(shape))}({name})}}'


def _optional_lines(field: Field, bind: Bind) -> list[str]:
    """Source that assigns the member of a field to a variable of its name; "" for the default."""
    name, default = field.name, field.default
    if default is None or isinstance(default, bool):
        is_default = f"{name} is {default}"
    else:
        is_default = f"{name} == {bind(default)}"
    member = _member(field, name, bind)
    return [f" {name} = _value.{name}", f" {name} = '' if {is_default} else f'{member}'"]


def json_of(shape: Shape) -> Write:
    """The function that serialises values of a shape."""
    form = text_form_of(shape)
    if form is not None:
        write = form.write
        return lambda value: f'"{write(value)}"'
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | OpenChoice() | Zone():
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
        case Either() if tagged_union(shape)[0]:
            return _tagged
        case _:
            return reject_shape(shape)


def _tagged(value: object) -> str:
    """A value of a tagged union, by the writer of its class."""
    return writer(type(value))(value)


def _scalar(value: str | int) -> str:
    """A text, integer or boolean as JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else str(value)


def _object(members: Iterable[tuple[str, str]]) -> str:
    """A JSON object from names and serialised values."""
    return f"{{{','.join(f'{quoted(name)}:{text}' for name, text in members)}}}"


def _hours(value: WeeklyHours) -> str:
    """Weekly hours in their notation."""
    return quoted(str(value))


def _recurrence(value: Recurrence) -> str:
    """A recurrence: the text of its rule, or an object if it has excluded or extra dates."""
    rule = quoted(str(value))
    dates = json_of(Many(Day()))
    members = [("excluded", value.excluded), ("extra", value.extra)]
    given = [(name, dates(days)) for name, days in members if days]
    return _object([*given, ("rule", rule)]) if given else rule


def _requirement(value: Requirement | Leaf) -> str:
    """A node of a requirement tree: an object whose key is the operator."""
    if isinstance(value, Leaf):
        return writer(Leaf)(value)
    parts = [_requirement(part) for part in value.parts]
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
"""Memo of generated writers, with the writers of classes that have a JSON form of their own."""
