"""Reflection: reads the declared fields of a class, and their shapes, from its annotations."""

import types
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import attrs

from mic_core.fields.containers import Either, Labels, Many, Maybe, Pairs, Value
from mic_core.fields.numbers import Flag, Number, Whole
from mic_core.fields.shape import Personal, Shape
from mic_core.fields.texts import Choice, Text
from mic_core.fields.times import Clock, Day, Instant, Length

_PLAIN: dict[object, Shape] = {
    str: Text(),
    int: Whole(),
    bool: Flag(),
    Decimal: Number(),
    datetime: Instant(),
    date: Day(),
    time: Clock(),
    timedelta: Length(),
}


@attrs.frozen(kw_only=True)
class Field:
    """One declared field of a checked class, a row of its schema.

    `default` means nothing where `required`. `personal` fields are redacted. `positional` fields
    may be given by position.
    """

    name: str
    shape: Shape
    required: bool
    default: object
    personal: bool
    positional: bool


def shape_of(annotation: object) -> Shape:
    """The shape that an annotation declares: the one inside `Annotated`, or that of a plain type.

    >>> shape_of(tuple[int, ...] | None).rule
    'must be a tuple or list of at most 100000 items, or None'

    Raises TypeError if it declares none, which is an error in the class, not in data.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        declared = [each for each in arguments[1:] if hasattr(each, "settle")]
        return declared[0] if declared else shape_of(arguments[0])
    if origin is Literal and all(isinstance(each, str) for each in arguments):
        return Choice(arguments)
    if origin in (Union, types.UnionType) and len(arguments) == 2 and arguments[1] is type(None):
        return Maybe(shape_of(arguments[0]))
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return Many(shape_of(arguments[0]))
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and attrs.has(annotation):
        return Value(annotation)
    msg = f"{annotation!r} declares no field shape"
    raise TypeError(msg)


def _is_personal(annotation: object) -> bool:
    """True if an annotation, or a part of it, carries the marker `Personal`."""
    if get_origin(annotation) is Annotated:
        marks = get_args(annotation)
        return any(isinstance(mark, Personal) for mark in marks) or _is_personal(marks[0])
    return any(_is_personal(part) for part in get_args(annotation))


def fields_of(cls: type[Any]) -> tuple[Field, ...]:
    """The declared fields of a checked class, in their order, without derived ones (`init=False`).

    Memoised per class.
    """
    key: Any = cls  # mypy does not see that classes can be hashed
    return _fields_of(key)


@cache
def _fields_of(cls: Any) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=each.name,
            shape=shape_of(each.type),
            required=each.default is attrs.NOTHING,
            default=each.default,
            personal=_is_personal(each.type),
            positional=not each.kw_only,
        )
        for each in attrs.fields(cls)
        if each.init
    )


def tag_of(cls: type[Any]) -> tuple[str, str] | None:
    """The tag of a class in JSON: the key that tells the classes of a union apart, and its word.

    A class declares it as a class variable `TAG`. None for a class without one.

    >>> from mic_core.model import CountMeasure
    >>> tag_of(CountMeasure)
    ('measure', 'count')
    """
    tag: tuple[str, str] | None = getattr(cls, "TAG", None)
    return tag


def tagged_union(shape: Either) -> tuple[str, dict[str, type[Any]]]:
    """The key of a tagged union, and its classes by the word under that key.

    The key is "" where the classes do not all have one key.
    """
    tags = {tag_of(cls) or ("", ""): cls for cls in shape.types()}
    keys = {key for key, _ in tags}
    return (keys.pop() if len(keys) == 1 else ""), {word: cls for (_, word), cls in tags.items()}


def shapes_within(shape: Shape) -> tuple[Shape, ...]:
    """A shape and the shapes nested in it, in preorder."""
    match shape:
        case Many(item) | Labels(item) | Maybe(item):
            return (shape, *shapes_within(item))
        case Pairs(key, value):
            return (shape, *shapes_within(key), *shapes_within(value))
        case _:
            return (shape,)


def classes_within(*roots: type[Any]) -> tuple[type[Any], ...]:
    """The classes reachable from some classes through their fields, each once, breadth first.

    >>> from mic_core.model import Edition, Money
    >>> Money in classes_within(Edition)
    True
    """
    found: list[type[Any]] = []
    waiting = list(roots)
    while waiting:
        cls: Any = waiting.pop(0)
        if cls not in found:
            found.append(cls)
            for field in fields_of(cls):
                waiting += _classes_in(field.shape)
    return tuple(found)


def _classes_in(shape: Shape) -> list[type[Any]]:
    """The classes that values of a shape directly hold."""
    found: list[type[Any]] = []
    for each in shapes_within(shape):
        found += [each.type] if isinstance(each, Value) else []
        found += each.types() if isinstance(each, Either) else ()
    return found
