"""The outcome of a constructor: the fields of the value, or the problems."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import classes_within, fields_of
from mic_core.model import NOUNS

CLASSES: tuple[Any, ...] = classes_within(*NOUNS.values())
"""Every noun, and every class of values that nouns hold."""

Outcome = tuple[Any, ...] | list[Problem]


def named(cls: Any) -> str:
    """The name of a class, for the ids of tests."""
    name: str = cls.__name__
    return name


def given_to(value: Any) -> dict[str, Any]:
    """The fields of a value, as its constructor takes them."""
    return {field.name: getattr(value, field.name) for field in fields_of(value.__class__)}


def outcome(make: Callable[[], Any]) -> Outcome:
    """All fields of what is made, derived ones included; or the problems."""
    try:
        value = make()
    except InvariantError as error:
        return list(error.problems)
    return tuple(getattr(value, each.name) for each in attrs.fields(value.__class__))


def explained(cls: Any, fields: Mapping[str, Any]) -> Outcome:
    """The same by the explaining path alone, which the constructor takes only in doubt."""
    try:
        settled: tuple[object, ...] = cls.__init__.__globals__["_settle"](*fields.values())
    except InvariantError as error:
        return list(error.problems)
    return settled
