"""Slow path of JSON reading: the definition of the format, reports every problem with its path.

Recursive descent over parsed JSON (dict, list, str, int, float, bool, None) by the shapes of
fields. The generated readers of `mic_core.codec.fast` accept a subset, with equal values. No
problem quotes a text of the document.
"""

import re
from collections import Counter
from difflib import get_close_matches
from operator import itemgetter
from typing import Any, NoReturn, TypeGuard

import attrs

from mic_core.chrono import Recurrence, WeeklyHours
from mic_core.chrono.slot import Local
from mic_core.codec.text import DATE, INSTANT, LENGTH, MOMENT, NUMBER, TIME, TextForm
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import (
    Choice,
    Clock,
    Coded,
    Day,
    Either,
    Flag,
    Found,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
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
    fields_of,
    is_a,
    refuse,
    tag_of,
    tagged_union,
)
from mic_core.model import Leaf, Requirement

MOST_KEYS = 100
"""Limit on the unknown keys reported for one object; bounds the length of errors."""

MOST_PROBLEMS = 1000
"""Limit on the problems explained for one document; bounds the time that invalid rows cost."""

BAD = object()
"""Sentinel for a value that could not be read; no field accepts it."""


class ObjectWithDuplicates(dict[str, Any]):
    """A JSON object with duplicate keys, listed in `repeated`; the last value of each is kept."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        counts = Counter(name for name, _ in members)
        self.repeated = [name for name in self if counts[name] > 1]


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """True if a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """True if a value is a JSON array."""
    return isinstance(value, list)


def text_form_of(shape: Shape) -> TextForm | None:
    """The text form of values without a JSON type (dates, decimals); None for all others."""
    match shape:
        case Number():
            return NUMBER
        case Day():
            return DATE
        case Instant():
            return INSTANT
        case Clock():
            return TIME
        case Length():
            return LENGTH
        case Local():
            return MOMENT
        case _:
            return None


class _NoForm(TypeError):
    """Error in a class: a field is declared with a shape that has no form in JSON."""


def reject_shape(shape: Shape) -> NoReturn:
    """Raise TypeError for a shape without a form in JSON: an error in a class, not in data."""
    msg = f"{shape!r} has no form in JSON"
    raise _NoForm(msg)


def read(shape: Shape, value: object, path: str, found: Found) -> object:
    """Read JSON as a value of a shape; returns BAD after appending problems to `found`.

    Checks only the JSON type and text form; the constructor of the class checks bounds.
    """
    if len(found) > MOST_PROBLEMS:
        return BAD
    form = text_form_of(shape)
    if form is not None:
        return _text(form, value, path, found)
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | OpenChoice() | Zone():
            fits = isinstance(value, str)
        case Whole():
            fits = isinstance(value, int) and not isinstance(value, bool)
        case Flag():
            fits = isinstance(value, bool)
        case Scalar():
            fits = isinstance(value, str | int)
        case Maybe(item):
            return None if value is None else read(item, value, path, found)
        case Many(item, most=most) | Labels(item, most=most):
            return _list(item, most, value, path, found)
        case Pairs():
            return _pairs(shape, value, path, found)
        case Value(cls):
            return read_class(cls, value, path, found)
        case Either():
            return _alternative(shape, value, path, found)
        case _:
            reject_shape(shape)
    return value if fits else _bad(found, path, _rule(shape), value)


def _rule(shape: Shape) -> str:
    """The rule of a shape in the terms of JSON."""
    return "must be true or false" if isinstance(shape, Flag) else shape.rule


def _bad(found: Found, path: str, rule: str, value: object, mend: str = "") -> object:
    """Append a problem to `found`; returns BAD."""
    refuse(found, path, rule, value, mend)
    return BAD


def _text(form: TextForm, value: object, path: str, found: Found) -> object:
    """Read a value from its text form."""
    if not is_a(value, str):
        return _bad(found, path, form.rule, value)
    try:
        return form.read(str.__str__(value))
    except ParseError as error:
        found += [problem.under(path) for problem in error.problems]
        return BAD


def _list(item: Shape, most: int, value: object, path: str, found: Found) -> object:
    """Read an array; its length is checked before its items, which may be costly."""
    if not is_list(value):
        return _bad(found, path, "must be a list", value)
    if len(value) > most:
        return _bad(found, path, f"must be a list of at most {most} items", value)
    result = tuple(read(item, each, f"{path}[{n}]", found) for n, each in enumerate(value))
    return BAD if any(each is BAD for each in result) else result


def _pairs(shape: Pairs, value: object, path: str, found: Found) -> object:
    """Read an object as sorted pairs; paths hold indexes, since names may be personal data."""
    if not is_object(value):
        return _bad(found, path, "must be an object", value)
    if len(value) > shape.most:
        return _bad(found, path, f"must be an object of at most {shape.most} entries", value)
    repeated = isinstance(value, ObjectWithDuplicates)
    if repeated:
        found.append(Problem(path=path, rule="must name each entry once"))
    pairs = [
        (name, read(shape.value, each, f"{path}[{n}].value", found))
        for n, (name, each) in enumerate(value.items())
    ]
    if repeated or any(each is BAD for _, each in pairs):
        return BAD
    return tuple(sorted(pairs, key=itemgetter(0)))


def read_class(cls: type[Any], value: object, path: str, found: Found) -> object:
    """Read JSON as a value of a checked class; returns BAD after appending problems to `found`."""
    if cls is WeeklyHours:
        return _parsed(WeeklyHours, value, path, found)
    if cls is Recurrence:
        return _recurrence(value, path, found)
    if cls is Requirement:
        return _requirement(value, path, found)
    return _object(cls, value, path, found)


def _alternative(shape: Either, value: object, path: str, found: Found) -> object:
    """Read a value of a tagged union: the word under its key tells the class of the object."""
    key, classes = tagged_union(shape)
    if not key:
        reject_shape(shape)
    if not is_object(value):
        return _bad(found, path, f"must be an object with the key {key}", value)
    word = _tag(key, tuple(classes), value, path, found)
    return BAD if word is BAD else read_class(classes[str(word)], value, path, found)


def _tag(
    key: str, words: tuple[str, ...], members: dict[str, object], path: str, found: Found
) -> object:
    """The word under the key of a tagged union, or BAD after appending a problem to `found`."""
    if key not in members:
        mend = f"give one of {', '.join(words)}"
        found.append(Problem(path=f"{path}.{key}", rule="must be given", mend=mend))
        return BAD
    before = len(found)
    word = Choice(words).settle(members[key], f"{path}.{key}", found)
    return word if len(found) == before else BAD


def _object(cls: type[Any], value: object, path: str, found: Found) -> object:
    """Read an object field by field, then construct the value."""
    if not is_object(value):
        return _bad(found, path, "must be an object", value)
    fields, tag = fields_of(cls), tag_of(cls)
    known = [field.name for field in fields]
    if tag is not None:
        key, word = tag
        if _tag(key, (word,), value, path, found) is BAD:
            return BAD
        known.append(key)
    check_keys(value, known, path, found)
    values: dict[str, object] = {}
    for field in fields:
        if field.name in value:
            where = f"{path}.{field.name}"
            values[field.name] = read(field.shape, value[field.name], where, found)
        elif field.required:
            found.append(Problem(path=f"{path}.{field.name}", rule="must be given"))
            values[field.name] = BAD
    return _construct(cls, values, path, found)


def _construct(cls: type[Any], values: dict[str, object], path: str, found: Found) -> object:
    """Construct a value from its fields, and append the problems that its class finds.

    Fields that are BAD are passed too, so that all others are checked; their own problems are
    dropped, since they have been reported.
    """
    try:
        return cls(**values)
    except InvariantError as error:
        reported = {name for name, value in values.items() if value is BAD}
        found += [
            problem.under(path)
            for problem in error.problems
            if re.split(r"[.\[]", problem.path)[0] not in reported
        ]
    return BAD


def check_keys(members: dict[str, object], known: list[str], path: str, found: Found) -> None:
    """Append problems for unknown keys, with a spelling suggestion, and for duplicate keys."""
    if isinstance(members, ObjectWithDuplicates):
        for name in members.repeated[:MOST_KEYS]:
            where = f"{path}.{name}" if name in known else path
            found.append(Problem(path=where, rule="must be given once"))
    unknown = [(n, name) for n, name in enumerate(members, start=1) if name not in known]
    for position, name in unknown[:MOST_KEYS]:
        # difflib is quadratic in characters; no field name is longer than 40.
        near = get_close_matches(name, known, 1) if len(name) <= 40 else []
        found.append(
            Problem(
                path=path,
                rule="must hold known keys only",
                had=f"a key of {len(name)} characters in place {position}",
                mend=f"did you mean {near[0]}?" if near else "",
            )
        )


def _parsed(cls: type[WeeklyHours | Recurrence], value: object, path: str, found: Found) -> object:
    """Read a value of a class with a text notation, by its `parse`."""
    if not isinstance(value, str):
        return _bad(found, path, "must be text", value)
    if cls is Recurrence and ":" in value:  # dates beside a rule have one place, the object
        rule = "must be a rule alone, such as FREQ=WEEKLY: dates are given as extra and excluded"
        return _bad(found, path, rule, value)
    try:
        return cls.parse(value)
    except ParseError as error:
        found += [
            attrs.evolve(each, path=path, rule=f"{each.path} {each.rule}".lstrip())
            for each in error.problems
        ]
    return BAD


def _recurrence(value: object, path: str, found: Found) -> object:
    """Read a recurrence: the text of its rule, or an object that adds excluded and extra dates."""
    if isinstance(value, str):
        return _parsed(Recurrence, value, path, found)
    if not is_object(value):
        return _bad(found, path, "must be text, or an object of rule, excluded and extra", value)
    before = len(found)
    check_keys(value, ["rule", "excluded", "extra"], path, found)
    rule = _parsed(Recurrence, value.get("rule"), f"{path}.rule", found)
    dates = Labels(Day(), most=10_000)
    excluded = read(dates, value.get("excluded", []), f"{path}.excluded", found)
    extra = read(dates, value.get("extra", []), f"{path}.extra", found)
    if len(found) > before or excluded is BAD or not isinstance(rule, Recurrence):
        return BAD
    values = {field.name: getattr(rule, field.name) for field in fields_of(Recurrence)}
    return _construct(Recurrence, {**values, "excluded": excluded, "extra": extra}, path, found)


_MOST_PARTS = 1000  # as in Requirement; checked before the parts are read
RULE_KEYS = {"all_of": "all_of", "any_of": "any_of", "n_of": "n_of", "not_": "not"}
"""JSON key of the operands of each operator of a requirement."""


def _requirement(value: object, path: str, found: Found) -> object:
    """Read a requirement: an object whose key is the operator, with `n` beside `n_of`."""
    members = value if is_object(value) else {}
    rules = [rule for rule, key in RULE_KEYS.items() if key in members]
    if len(rules) != 1:
        rule = f"must be an object with one of {', '.join(RULE_KEYS.values())}"
        return _bad(found, path, rule, value)
    (rule,) = rules
    key = RULE_KEYS[rule]
    check_keys(members, [key, "n"] if rule == "n_of" else [key], path, found)
    values: dict[str, object] = {"rule": rule, "parts": _parts(rule, members[key], path, found)}
    if rule == "n_of" and "n" in members:
        values["n"] = read(Whole(), members["n"], f"{path}.n", found)
    mine: Found = []
    result = _construct(Requirement, values, path, mine)
    found += [_renamed(problem, f"{path}.parts", f"{path}.{key}") for problem in mine]
    return result


def _parts(rule: str, value: object, path: str, found: Found) -> object:
    """Read the operands of a requirement."""
    if rule == "not_":
        part = _part(value, f"{path}.not", found)
        return BAD if part is BAD else (part,)
    where = f"{path}.{rule}"
    if not is_list(value):
        return _bad(found, where, "must be a list", value)
    if len(value) > _MOST_PARTS:
        return _bad(found, where, f"must be a list of at most {_MOST_PARTS} items", value)
    parts = tuple(_part(each, f"{where}[{n}]", found) for n, each in enumerate(value))
    return BAD if any(part is BAD for part in parts) else parts


def _part(value: object, path: str, found: Found) -> object:
    """Read one operand: a leaf if it has a key `fact`, otherwise a requirement."""
    if len(found) > MOST_PROBLEMS:
        return BAD
    is_leaf = is_object(value) and "fact" in value
    return _object(Leaf, value, path, found) if is_leaf else _requirement(value, path, found)


def _renamed(problem: Problem, parts: str, key: str) -> Problem:
    """The same problem, with the JSON key in its path instead of the field `parts`."""
    if not problem.path.startswith(parts):
        return problem
    return attrs.evolve(problem, path=key + problem.path.removeprefix(parts))


def read_or_raise(form: type[Any] | Either, value: object) -> Any:
    """Read JSON as a value of a class, or of a tagged union; raises ParseError with every problem.

    Apps may pass data that no JSON parser returns: keys that are no texts, objects that raise.
    """
    found: list[Problem] = []
    subject = "value" if isinstance(form, Either) else form.__name__
    result: object = BAD
    raised = ""
    try:
        result = read(form if isinstance(form, Either) else Value(form), value, "$", found)
    except _NoForm:
        raise
    except Exception as error:  # noqa: BLE001  # raised below, without what the data raised
        raised = type(error).__name__
    if raised:
        rule = "must be JSON data: objects with texts as keys, lists, texts, numbers, flags, null"
        had = f"what raises {raised} when it is read"
        raise ParseError(subject, [Problem(path="$", rule=rule, had=had)])
    if found:
        raise ParseError(subject, found)
    return result
