"""A cattrs converter for apps that exchange single nouns or hold them in classes of their own.

cattrs by itself converts what it can: "false" becomes True, 3.7 becomes 3, a text becomes a list of
letters, unknown keys are dropped. This converter does nothing of the kind. Nouns have the very form
that they have in documents.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, get_args, get_origin

import attrs
from cattrs import Converter

from mic_core.codec.explain import explained, is_list, is_object, read
from mic_core.codec.text import DATE, INSTANT, LENGTH, NUMBER, TIME, TextForm
from mic_core.codec.write import writer
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import (
    Choice,
    Clock,
    Day,
    Found,
    Instant,
    Length,
    Number,
    Shape,
    classes_within,
    describe,
)
from mic_core.model import KINDS, NOUNS, Noun

_PLAIN: dict[type, str] = {
    bool: "must be true or false",
    bytes: "must be bytes",
    float: "must be a number",
    int: "must be a whole number",
    str: "must be text",
}
_TEXTS: dict[type, tuple[Shape, TextForm]] = {
    date: (Day(), DATE),
    datetime: (Instant(), INSTANT),
    Decimal: (Number(), NUMBER),
    time: (Clock(), TIME),
    timedelta: (Length(least=timedelta()), LENGTH),
}
_MADE_OF: dict[Any, type] = {
    AbstractSet: frozenset,
    frozenset: frozenset,
    list: list,
    Sequence: tuple,
    set: set,
    tuple: tuple,
}


def converter() -> Converter:
    """A new cattrs converter that is as strict as `loads`, with the same forms.

    It structures and unstructures every noun and every value that nouns hold, `Noun` itself by the
    kind under the key `noun`, and classes of the app made of these, of plain values, and of lists,
    tuples, sets and dicts of them. Unknown keys are refused. An instant is written in UTC.

    What is wrong with a value of ours raises ParseError with all its problems; inside classes of
    the app, cattrs gathers these in its ClassValidationError, whose traceback shows the input.

    >>> from mic_core.model import Seats
    >>> converter().unstructure(Seats(in_person=16))
    {'in_person': 16}
    >>> converter().structure({"in_person": "16"}, Seats)
    Traceback (most recent call last):
    mic_core.errors.ParseError: Seats: 1 problem
      $.in_person: must be a whole number, 0 or more; had text of 2 characters
    """
    lists: dict[type, Callable[[Any], Any]] = {AbstractSet: sorted, Sequence: list, tuple: list}
    made = Converter(forbid_extra_keys=True, unstruct_collection_overrides=lists)
    for plain, rule in _PLAIN.items():
        made.register_structure_hook(plain, _plain(plain, rule))
    for kind, (shape, form) in _TEXTS.items():
        made.register_structure_hook(kind, _from_text(shape))
        made.register_unstructure_hook(kind, _to_text(shape, form))
    made.register_structure_hook_factory(_is_listed, _listed)
    made.register_structure_hook_factory(_is_mapping, _mapping)
    for cls in classes_within(*NOUNS.values()):
        made.register_structure_hook(cls, _explained)
        made.register_unstructure_hook(cls, _data)
    made.register_structure_hook(Noun, _noun)
    made.register_unstructure_hook(Noun, _noun_data)
    return made


def _refused(subject: str, rule: str, value: object) -> ParseError:
    return ParseError(subject, [Problem(path="$", rule=rule, had=describe(value))])


def _plain(plain: type[Any], rule: str) -> Callable[[Any, Any], Any]:
    taken = (int, float) if plain is float else (plain,)

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in taken or (plain is float and _is_beyond(value)):
            raise _refused(plain.__name__, rule, value)
        return plain(value)

    return structure


def _is_beyond(number: float) -> bool:
    """Whether a whole number is too large to be a float."""
    return isinstance(number, int) and number.bit_length() > _BITS


_BITS = 1023


def _from_text(shape: Shape) -> Callable[[Any, Any], Any]:
    def structure(value: Any, cls: Any) -> Any:
        found: Found = []
        result = read(shape, value, "$", found)
        if found:
            raise ParseError(cls.__name__, found)
        return result

    return structure


def _to_text(shape: Shape, form: TextForm) -> Callable[[Any], str]:
    def unstructure(value: Any) -> str:
        found: Found = []
        settled = shape.settle(value, "", found)
        if found:
            raise InvariantError(type(value).__name__, found)
        return form.write(settled)

    return unstructure


def _explained(value: Any, cls: Any) -> Any:
    return explained(cls, value)


def _data(value: object) -> Any:
    return json.loads(writer(type(value))(value))


def _noun(value: Any, _: Any) -> Any:
    """A noun of the kind that stands under the key `noun`."""
    if not is_object(value):
        raise _refused("Noun", "must be an object", value)
    found: Found = []
    kind = Choice(tuple(NOUNS)).settle(value.get("noun"), "$.noun", found)
    if found:
        raise ParseError("Noun", found)
    row = {key: each for key, each in value.items() if key != "noun"}
    return explained(NOUNS[str(kind)], row)


def _noun_data(value: Noun) -> Any:
    return {**_data(value), "noun": KINDS[type(value)]}


def _is_listed(cls: Any) -> bool:
    return (get_origin(cls) or cls) in _MADE_OF


def _listed(cls: Any, made: Converter) -> Callable[[Any, Any], Any]:
    """A hook for lists and the like; a tuple may declare its items one by one."""
    origin, arguments = get_origin(cls), get_args(cls)
    build = _MADE_OF[origin or cls]
    fixed = origin is tuple and arguments[-1:] != (Ellipsis,)

    def structure(value: Any, _: Any) -> Any:
        if not is_list(value):
            raise _refused(build.__name__, "must be a list", value)
        types = arguments if fixed else (arguments or (Any,))[:1] * len(value)
        if len(types) != len(value):
            raise _refused(build.__name__, f"must be a list of {len(types)} items", value)
        pairs = enumerate(zip(value, types, strict=True))
        return build([_part(made, each, f"[{place}]", kind) for place, (each, kind) in pairs])

    return structure


def _is_mapping(cls: Any) -> bool:
    return (get_origin(cls) or cls) in (dict, Mapping)


def _mapping(cls: Any, made: Converter) -> Callable[[Any, Any], Any]:
    key_type, value_type = get_args(cls) or (Any, Any)

    def structure(value: Any, _: Any) -> Any:
        if not is_object(value):
            raise _refused("dict", "must be an object", value)
        members: dict[Any, Any] = {}
        for place, (key, each) in enumerate(value.items()):
            name = _part(made, key, f"[{place}].name", key_type)
            members[name] = _part(made, each, f"[{place}].value", value_type)
        return members

    return structure


def _part(made: Converter, value: Any, place: str, kind: Any) -> Any:
    """A part of a collection, whose problems are told with its place."""
    try:
        return made.structure(value, kind)
    except ParseError as error:
        told = [attrs.evolve(each, path=f"${place}{each.path[1:]}") for each in error.problems]
        raise ParseError(error.subject, told) from None
