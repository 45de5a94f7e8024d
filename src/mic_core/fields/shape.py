"""What every field shape offers, and how a value is described without quoting it."""

from collections.abc import Callable, Iterable, Sized
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
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

_SHORT = 64  # looking for a word like a long text would take long


def describe(value: object) -> str:
    """Tell the shape of a value, never its content.

    >>> describe("Ada Lovelace"), describe([1, 2]), describe(None), describe(datetime(2014, 9, 10))
    ('text of 12 characters', 'a list of 2', 'nothing', 'a date and time without a zone')
    >>> describe(True), describe(9), describe(9.0), describe(Decimal("NaN")), describe(b"")
    ('a flag (True or False)', 'a whole number', 'a number (float)', \
'a number that is not finite', 'bytes')
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "a flag (True or False)"
        case str():
            return f"text of {str.__len__(value)} characters"
        case datetime():
            return "a date and time" + (" without a zone" if value.tzinfo is None else "")
        case date():
            return "a date"
        case int():
            return "a whole number"
        case float() | Decimal():
            # A signaling NaN refuses to be made a float.
            finite = value.is_finite() if isinstance(value, Decimal) else isfinite(value)
            return f"a number ({_kind(value)})" if finite else "a number that is not finite"
        case _:
            return _collection(value) or _kind(value)


def _collection(value: object) -> str:
    """How many items a collection holds; empty for anything else."""
    size = len(value) if isinstance(value, Sized) else 0
    names = {tuple: "tuple", list: "list", set: "set", frozenset: "set", dict: "mapping"}
    fitting = [name for kind, name in names.items() if isinstance(value, kind)]
    return f"a {fitting[0]} of {size}" if fitting else ""


def _kind(value: object) -> str:
    """The name of the class of a value, unless it is no name that a program would have."""
    name = type(value).__name__
    return name if name.isidentifier() and len(name) < 41 else "something else"


def nearest(given: object, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word that a short text resembles, as a question; empty if there is none.

    >>> nearest("in-person", ["hybrid", "in_person", "online"]), nearest(9, ["hybrid"])
    ('did you mean in_person?', '')
    """
    if not isinstance(given, str) or str.__len__(given) > _SHORT:
        return ""
    near = get_close_matches(str.__str__(given), sorted(known), 1, likeness)
    return f"did you mean {near[0]}?" if near else ""


WRONG: object = None
"""What `settle` returns in place of a value that it refuses."""


def refuse(found: Found, path: str, rule: str, value: object, mend: str = "") -> object:
    """Add to `found` that the value at `path` breaks the rule; returns WRONG."""
    found.append(Problem(path=path, rule=rule, had=describe(value), mend=mend))
    return WRONG
