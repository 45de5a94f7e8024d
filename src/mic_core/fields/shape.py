"""What every field shape offers, and how a value is described without quoting it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import attrs

from mic_core.errors import Problem

Bind = Callable[[object], str]
"""Give a constant a name that generated source can use; returns the name."""

Found = list[Problem]
"""Where `settle` leaves what it finds wrong."""


class Shape(Protocol):
    """What values a field takes."""

    @property
    def rule(self) -> str:
        """What a value must be, as the predicate of a sentence."""
        ...

    def test(self, name: str, bind: Bind) -> str:
        """Source of an expression, true only if the variable `name` is already canonical."""
        ...

    def settle(self, value: object, path: str, found: Found) -> object:
        """Return the canonical form of `value`, or add what is wrong to `found`."""
        ...


@attrs.frozen
class Personal:
    """Marks a field as personal: its value never appears in a repr, an error or a log."""


PERSONAL = Personal()


def describe(value: object) -> str:
    """Tell the shape of a value, never its content.

    >>> describe("Ada Lovelace"), describe([1, 2]), describe(None), describe(datetime(2014, 9, 10))
    ('text of 12 characters', 'a list of 2', 'nothing', 'a date and time without a zone')
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "a flag"
        case str():
            return f"text of {len(value)} characters"
        case tuple() | list() | set() | frozenset():
            return f"a list of {len(value)}"
        case dict():
            return f"a mapping of {len(value)}"
        case datetime():
            return "a date and time" + (" without a zone" if value.tzinfo is None else "")
        case date():
            return "a date"
        case int():
            return "a whole number"
        case float() | Decimal():
            return "a number"
        case _:
            name = type(value).__name__
            return name if name.isidentifier() and len(name) < 41 else "something else"


def refuse(found: Found, path: str, rule: str, value: object, mend: str = "") -> None:
    """Add to `found` that the value at `path` breaks the rule."""
    found.append(Problem(path=path, rule=rule, had=describe(value), mend=mend))
