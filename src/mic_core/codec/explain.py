"""Reading that explains: every problem of a document with its path. The definition of the format.

What is read here has come out of a JSON parser: dict, list, str, int, float, bool and None. The
quick readers of `mic_core.codec.fast` accept nothing that is not accepted here, with equal values.
No problem quotes what the document holds.
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
    Flag,
    Found,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
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
)
from mic_core.model import Leaf, Requirement

MOST_KEYS = 100
"""How many unknown keys of one object are named; the rest is like them."""

MOST_PROBLEMS = 1000
"""How many problems are told one by one; after so many, nothing more is looked at closely."""

BAD = object()
"""Stands where a value could not be read; no field takes it."""


class Repeating(dict[str, Any]):
    """A JSON object in which some keys stood more than once; the last value of each is kept."""

    def __init__(self, members: list[tuple[str, Any]]) -> None:
        super().__init__(members)
        counts = Counter(name for name, _ in members)
        self.repeated = [name for name in self if counts[name] > 1]


def is_object(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether a value is a JSON list."""
    return isinstance(value, list)


def form_of(shape: Shape) -> TextForm | None:
    """The text form of values that JSON has no type for; None for all others."""
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
    """A class declares what JSON has no form for."""


def undeclared(shape: Shape) -> NoReturn:
    """Refuse a shape that has no form in JSON: a mistake in a class, not in data."""
    msg = f"{shape!r} has no form in JSON"
    raise _NoForm(msg)


def read(shape: Shape, value: object, path: str, found: Found) -> object:
    """The value of a shape that JSON data stand for, or BAD after adding to `found` why not.

    Only what the JSON form itself demands is judged here; the bounds of a field are left to the
    class that declares it.
    """
    if len(found) > MOST_PROBLEMS:
        return BAD
    form = form_of(shape)
    if form is not None:
        return _text(form, value, path, found)
    match shape:
        case Text() | Id() | Ref() | Subject() | Coded() | Choice() | Zone():
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
        case _:
            undeclared(shape)
    return value if fits else _bad(found, path, _rule(shape), value)


def _rule(shape: Shape) -> str:
    """The rule of a shape in the words of JSON."""
    return "must be true or false" if isinstance(shape, Flag) else shape.rule


def _bad(found: Found, path: str, rule: str, value: object, mend: str = "") -> object:
    refuse(found, path, rule, value, mend)
    return BAD


def _text(form: TextForm, value: object, path: str, found: Found) -> object:
    if not is_a(value, str):
        return _bad(found, path, form.rule, value)
    try:
        return form.read(str.__str__(value))
    except ParseError as error:
        found += [problem.under(path) for problem in error.problems]
        return BAD


def _list(item: Shape, most: int, value: object, path: str, found: Found) -> object:
    if not is_list(value):
        return _bad(found, path, "must be a list", value)
    if len(value) > most:
        return _bad(found, path, f"must be a list of at most {most} items", value)
    result = tuple(read(item, each, f"{path}[{n}]", found) for n, each in enumerate(value))
    return BAD if any(each is BAD for each in result) else result


def _pairs(shape: Pairs, value: object, path: str, found: Found) -> object:
    """Names and values; a path tells the place of an entry, since its name may be personal."""
    if not is_object(value):
        return _bad(found, path, "must be an object", value)
    if len(value) > shape.most:
        return _bad(found, path, f"must be an object of at most {shape.most} entries", value)
    repeated = isinstance(value, Repeating)
    if repeated:
        found.append(Problem(path=path, rule="must name each entry once"))
    pairs = [
        (name, read(shape.value, each, f"{path}[{place}].value", found))
        for place, (name, each) in enumerate(value.items())
    ]
    if repeated or any(each is BAD for _, each in pairs):
        return BAD
    return tuple(sorted(pairs, key=itemgetter(0)))


def read_class(cls: type[Any], value: object, path: str, found: Found) -> object:
    """A value of one of this library's classes, or BAD after adding to `found` why not."""
    if cls is WeeklyHours:
        return _parsed(WeeklyHours, value, path, found)
    if cls is Recurrence:
        return _recurrence(value, path, found)
    if cls is Requirement:
        return _requirement(value, path, found)
    return _object(cls, value, path, found)


def _object(cls: type[Any], value: object, path: str, found: Found) -> object:
    if not is_object(value):
        return _bad(found, path, "must be an object", value)
    fields = fields_of(cls)
    known_keys(value, [field.name for field in fields], path, found)
    values: dict[str, object] = {}
    for field in fields:
        if field.name in value:
            where = f"{path}.{field.name}"
            values[field.name] = read(field.shape, value[field.name], where, found)
        elif field.required:
            found.append(Problem(path=f"{path}.{field.name}", rule="must be given"))
            values[field.name] = BAD
    return _made(cls, values, path, found)


def _made(cls: type[Any], values: dict[str, object], path: str, found: Found) -> object:
    """The value of these fields; what its class finds wrong is added, but for what is known."""
    try:
        return cls(**values)
    except InvariantError as error:
        told = {name for name, value in values.items() if value is BAD}
        found += [
            problem.under(path)
            for problem in error.problems
            if re.split(r"[.\[]", problem.path)[0] not in told
        ]
    return BAD


def known_keys(members: dict[str, object], known: list[str], path: str, found: Found) -> None:
    """Add to `found` the keys that are unknown, with the known one they resemble, or repeated."""
    if isinstance(members, Repeating):
        for name in members.repeated[:MOST_KEYS]:
            where = f"{path}.{name}" if name in known else path
            found.append(Problem(path=where, rule="must be given once"))
    unknown = [(n, name) for n, name in enumerate(members, start=1) if name not in known]
    for place, name in unknown[:MOST_KEYS]:
        near = get_close_matches(name, known, 1) if len(name) <= 40 else []
        found.append(
            Problem(
                path=path,
                rule="must hold known keys only",
                had=f"a key of {len(name)} characters in place {place}",
                mend=f"did you mean {near[0]}?" if near else "",
            )
        )


def _parsed(cls: type[WeeklyHours | Recurrence], value: object, path: str, found: Found) -> object:
    """A value that has a text form of its own."""
    if not isinstance(value, str):
        return _bad(found, path, "must be text", value)
    try:
        return cls.parse(value)
    except ParseError as error:
        found += [
            attrs.evolve(each, path=path, rule=f"{each.path} {each.rule}".lstrip())
            for each in error.problems
        ]
    return BAD


def _recurrence(value: object, path: str, found: Found) -> object:
    """The text of its rule, or an object of the rule with excluded and extra dates."""
    if isinstance(value, str):
        return _parsed(Recurrence, value, path, found)
    if not is_object(value):
        return _bad(found, path, "must be text, or an object of rule, excluded and extra", value)
    before = len(found)
    known_keys(value, ["rule", "excluded", "extra"], path, found)
    rule = _parsed(Recurrence, value.get("rule"), f"{path}.rule", found)
    dates = Labels(Day(), most=10_000)
    excluded = read(dates, value.get("excluded", []), f"{path}.excluded", found)
    extra = read(dates, value.get("extra", []), f"{path}.extra", found)
    if len(found) > before or excluded is BAD or not isinstance(rule, Recurrence):
        return BAD
    values = {field.name: getattr(rule, field.name) for field in fields_of(Recurrence)}
    return _made(Recurrence, {**values, "excluded": excluded, "extra": extra}, path, found)


_MOST_PARTS = 1000  # as the class has it; told before so many are read
RULE_KEYS = {"all_of": "all_of", "any_of": "any_of", "n_of": "n_of", "not_": "not"}
"""The key under which a requirement of each rule holds its parts."""


def _requirement(value: object, path: str, found: Found) -> object:
    """An object with the parts under the name of the rule; beside `n_of` stands `n`."""
    members = value if is_object(value) else {}
    rules = [rule for rule, key in RULE_KEYS.items() if key in members]
    if len(rules) != 1:
        rule = f"must be an object with one of {', '.join(RULE_KEYS.values())}"
        return _bad(found, path, rule, value)
    (rule,) = rules
    key = RULE_KEYS[rule]
    known_keys(members, [key, "n"] if rule == "n_of" else [key], path, found)
    values: dict[str, object] = {"rule": rule, "parts": _parts(rule, members[key], path, found)}
    if rule == "n_of" and "n" in members:
        values["n"] = read(Whole(), members["n"], f"{path}.n", found)
    mine: Found = []
    made = _made(Requirement, values, path, mine)
    found += [_under_key(problem, f"{path}.parts", f"{path}.{key}") for problem in mine]
    return made


def _parts(rule: str, value: object, path: str, found: Found) -> object:
    if rule == "not_":
        part = _part(value, f"{path}.not", found)
        return BAD if part is BAD else (part,)
    where = f"{path}.{rule}"
    if not is_list(value):
        return _bad(found, where, "must be a list", value)
    if len(value) > _MOST_PARTS:
        return _bad(found, where, f"must be a list of at most {_MOST_PARTS} items", value)
    parts = tuple(_part(each, f"{where}[{place}]", found) for place, each in enumerate(value))
    return BAD if any(part is BAD for part in parts) else parts


def _part(value: object, path: str, found: Found) -> object:
    if len(found) > MOST_PROBLEMS:
        return BAD
    leaf = is_object(value) and "fact" in value
    return _object(Leaf, value, path, found) if leaf else _requirement(value, path, found)


def _under_key(problem: Problem, parts: str, key: str) -> Problem:
    """The same problem, where the document has what the class calls parts."""
    if not problem.path.startswith(parts):
        return problem
    return attrs.evolve(problem, path=key + problem.path.removeprefix(parts))


def explained(cls: type[Any], value: object) -> Any:
    """A value of a class from its JSON form; raises ParseError with all that is wrong.

    Apps may hand over what never was JSON: keys that are no texts, or things that raise.
    """
    found: list[Problem] = []
    try:
        made = read_class(cls, value, "$", found)
    except _NoForm:
        raise
    except Exception as error:
        rule = "must be JSON data: objects with texts as keys, lists, texts, numbers, flags, null"
        had = f"what raises {type(error).__name__} when it is read"
        raise ParseError(cls.__name__, [Problem(path="$", rule=rule, had=had)]) from error
    if found:
        raise ParseError(cls.__name__, found)
    return made
