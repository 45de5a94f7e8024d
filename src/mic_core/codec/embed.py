"""Strict cattrs converter, for apps that exchange single nouns or nest them in their own classes.

By default, cattrs coerces: "false" becomes True, 3.7 becomes 3, a text becomes a list of letters,
unknown keys are dropped. This converter refuses all of that. Nouns have the same JSON form as in
documents.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter

from mic_core.codec.explain import is_list, is_object, read, read_or_raise
from mic_core.codec.text import DATE, INSTANT, LENGTH, NUMBER, TIME, TextForm
from mic_core.codec.write import writer
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import (
    Choice,
    Clock,
    Day,
    Either,
    Found,
    Instant,
    Length,
    Number,
    Shape,
    classes_within,
    describe,
    fields_of,
    tagged_union,
)
from mic_core.fields.declared import shapes_within
from mic_core.model import KINDS, NOUNS, Noun

_PLAIN: dict[type, str] = {  # plain types, with the rule for messages
    bool: "must be true or false",
    bytes: "must be bytes",
    float: "must be a number",
    int: "must be a whole number",
    str: "must be text",
}
_TEXTS: dict[type, tuple[Shape, TextForm]] = {  # types that JSON writes as text
    date: (Day(), DATE),
    datetime: (Instant(), INSTANT),
    Decimal: (Number(), NUMBER),
    time: (Clock(), TIME),
    timedelta: (Length(least=timedelta()), LENGTH),
}
_COLLECTIONS: dict[Any, type] = {  # declared type: the class that is built
    AbstractSet: frozenset,
    frozenset: frozenset,
    list: list,
    Sequence: tuple,
    set: set,
    tuple: tuple,
}


def converter() -> Converter:
    """Create a cattrs converter that is as strict as `loads`, with the same JSON forms.

    It structures and unstructures every noun, every class of values within nouns, the union `Noun`
    (discriminated by the key `noun`), and classes of the app made of these, of plain values, and of
    lists, tuples, sets and dicts. Unknown keys are refused. Instants are written in UTC.

    An invalid value of this library raises ParseError with all its problems; within classes of the
    app, cattrs collects these in its ClassValidationError, whose traceback shows the input.

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
        made.register_structure_hook(plain, _plain_hook(plain, rule))
    for kind, (shape, form) in _TEXTS.items():
        made.register_structure_hook(kind, _from_text(shape))
        made.register_unstructure_hook(kind, _to_text(shape, form))
    made.register_structure_hook_factory(_is_collection, _collection_hook)
    made.register_structure_hook_factory(_is_mapping, _mapping_hook)
    for cls in classes_within(*NOUNS.values()):
        made.register_structure_hook(cls, _structure_value)
        made.register_unstructure_hook(cls, _unstructure_value)
        for shape in _tagged_unions(cls):
            made.register_structure_hook(Union[shape.types()], _alternative_hook(shape))  # noqa: UP007
    made.register_structure_hook(Noun, _structure_noun)
    made.register_unstructure_hook(Noun, _unstructure_noun)
    return made


def _error(subject: str, rule: str, value: object) -> ParseError:
    """The ParseError for a value of a wrong type."""
    return ParseError(subject, [Problem(path="$", rule=rule, had=describe(value))])


def _plain_hook(plain: type[Any], rule: str) -> Callable[[Any, Any], Any]:
    """Structure hook of a plain type: the exact type, except that integers are floats too."""
    accepted = (int, float) if plain is float else (plain,)

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in accepted or (plain is float and _overflows(value)):
            raise _error(plain.__name__, rule, value)
        return plain(value)

    return structure


def _overflows(number: float) -> bool:
    """True if an integer may be too large for a float."""
    return isinstance(number, int) and number.bit_length() > _BITS


_BITS = 1023  # the largest exponent of an IEEE 754 double; such integers convert without overflow


def _from_text(shape: Shape) -> Callable[[Any, Any], Any]:
    """Structure hook of a type that JSON writes as text."""

    def structure(value: Any, cls: Any) -> Any:
        found: Found = []
        result = read(shape, value, "$", found)
        if found:
            raise ParseError(cls.__name__, found)
        return result

    return structure


def _to_text(shape: Shape, form: TextForm) -> Callable[[Any], str]:
    """Unstructure hook of a type that JSON writes as text; validates first."""

    def unstructure(value: Any) -> str:
        found: Found = []
        settled = shape.settle(value, "", found)
        if found:
            raise InvariantError(type(value).__name__, found)
        return form.write(settled)

    return unstructure


def _structure_value(value: Any, cls: Any) -> Any:
    """Structure hook of the classes of this library."""
    return read_or_raise(cls, value)


def _unstructure_value(value: object) -> Any:
    """Unstructure hook of the classes of this library, by way of canonical JSON."""
    return json.loads(writer(type(value))(value))


def _tagged_unions(cls: type[Any]) -> list[Either]:
    """The tagged unions among the shapes of the fields of a class."""
    shapes = [each for field in fields_of(cls) for each in shapes_within(field.shape)]
    return [each for each in shapes if isinstance(each, Either) and tagged_union(each)[0]]


def _alternative_hook(shape: Either) -> Callable[[Any, Any], Any]:
    """Structure hook of a tagged union, such as `Measure`: its key tells the class."""

    def structure(value: Any, _: Any) -> Any:
        return read_or_raise(shape, value)

    return structure


def _structure_noun(value: Any, _: Any) -> Any:
    """Structure hook of the discriminated union `Noun`; the key `noun` holds the kind."""
    if not is_object(value):
        raise _error("Noun", "must be an object", value)
    found: Found = []
    kind = Choice(tuple(NOUNS)).settle(value.get("noun"), "$.noun", found)
    if found:
        raise ParseError("Noun", found)
    row = {key: each for key, each in value.items() if key != "noun"}
    return read_or_raise(NOUNS[str(kind)], row)


def _unstructure_noun(value: Noun) -> Any:
    """Unstructure hook of the union `Noun`: adds the key `noun`."""
    return {**_unstructure_value(value), "noun": KINDS[type(value)]}


def _is_collection(cls: Any) -> bool:
    """True for types of sequences and sets."""
    return (get_origin(cls) or cls) in _COLLECTIONS


def _collection_hook(cls: Any, made: Converter) -> Callable[[Any, Any], Any]:
    """Structure hook of a sequence or set; a tuple may declare the type of each item."""
    origin, arguments = get_origin(cls), get_args(cls)
    build = _COLLECTIONS[origin or cls]
    is_fixed = origin is tuple and arguments[-1:] != (Ellipsis,)

    def structure(value: Any, _: Any) -> Any:
        if not is_list(value):
            raise _error(build.__name__, "must be a list", value)
        types = arguments if is_fixed else (arguments or (Any,))[:1] * len(value)
        if len(types) != len(value):
            raise _error(build.__name__, f"must be a list of {len(types)} items", value)
        pairs = enumerate(zip(value, types, strict=True))
        return build([_structure_part(made, each, f"[{n}]", kind) for n, (each, kind) in pairs])

    return structure


def _is_mapping(cls: Any) -> bool:
    """True for types of mappings."""
    return (get_origin(cls) or cls) in (dict, Mapping)


def _mapping_hook(cls: Any, made: Converter) -> Callable[[Any, Any], Any]:
    """Structure hook of a mapping; paths hold indexes, since keys may be personal data."""
    key_type, value_type = get_args(cls) or (Any, Any)

    def structure(value: Any, _: Any) -> Any:
        if not is_object(value):
            raise _error("dict", "must be an object", value)
        members: dict[Any, Any] = {}
        for n, (key, each) in enumerate(value.items()):
            name = _structure_part(made, key, f"[{n}].name", key_type)
            members[name] = _structure_part(made, each, f"[{n}].value", value_type)
        return members

    return structure


def _structure_part(made: Converter, value: Any, where: str, kind: Any) -> Any:
    """Structure a part of a collection; its problems get the path of the part."""
    wrong: ParseError | None = None
    try:
        return made.structure(value, kind)
    except ParseError as error:
        problems = [attrs.evolve(each, path=f"${where}{each.path[1:]}") for each in error.problems]
        wrong = ParseError(error.subject, problems)
    raise wrong
