"""What every field shape offers, and how a value is described without quoting it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from typing import Any, Protocol, TypeGuard, TypeVar

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

T = TypeVar("T")


def is_a(value: object, cls: type[T]) -> TypeGuard[T]:
    """Whether a value really is of a class, whatever it says of itself.

    `isinstance` believes the `__class__` that a stand-in for tests claims to have.

    >>> from unittest.mock import Mock
    >>> isinstance(Mock(spec=str), str), is_a(Mock(spec=str), str), is_a(True, int)
    (True, False, True)
    """
    return issubclass(type(value), cls)


_SHORT = 64  # looking for a word like a long text would take long


def describe(value: object) -> str:
    """Tell the shape of a value, never its content.

    >>> describe("Ada Lovelace"), describe([1, 2]), describe(None), describe(datetime(2014, 9, 10))
    ('text of 12 characters', 'a list of 2', 'nothing', 'a date and time without a zone')
    >>> describe(True), describe(9), describe(9.0), describe(Decimal("NaN")), describe(b"")
    ('a flag (True or False)', 'a whole number', 'a number (float)', \
'a number that is not finite', 'bytes')
    """
    if value is None:
        return "nothing"
    if is_a(value, bool):
        return "a flag (True or False)"
    if is_a(value, str):
        return f"text of {str.__len__(value)} characters"
    if is_a(value, datetime):
        naive = datetime.timetz(value).tzinfo is None
        return "a date and time" + (" without a zone" if naive else "")
    if is_a(value, date):
        return "a date"
    if is_a(value, int):
        return "a whole number"
    if is_a(value, float):
        return _number(value, finite=isfinite(value))
    if is_a(value, Decimal):  # a signaling NaN refuses to be made a float
        return _number(value, finite=Decimal.is_finite(value))
    return _collection(value) or _kind(value)


def _number(value: object, *, finite: bool) -> str:
    return f"a number ({_kind(value)})" if finite else "a number that is not finite"


def _collection(value: object) -> str:
    """How many items a collection holds; empty for anything else."""
    for kind, name in _COLLECTIONS:
        if is_a(value, kind):
            return f"a {name} of {kind.__len__(value)}"
    return ""


_COLLECTIONS: tuple[tuple[Any, str], ...] = (
    (tuple, "tuple"),
    (list, "list"),
    (set, "set"),
    (frozenset, "set"),
    (dict, "mapping"),
)


def _kind(value: object) -> str:
    """The name of the class of a value, unless it is no name that a program would have."""
    name = type(value).__name__
    return name if name.isidentifier() and len(name) < 41 else "something else"


def nearest_word(given: object, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word that a short text resembles, as a question; empty if there is none.

    >>> nearest_word("in-person", ["hybrid", "in_person", "online"]), nearest_word(9, ["hybrid"])
    ('did you mean in_person?', '')
    """
    if not is_a(given, str) or str.__len__(given) > _SHORT:
        return ""
    near = get_close_matches(str.__str__(given), sorted(known), 1, likeness)
    return f"did you mean {near[0]}?" if near else ""


WRONG: object = None
"""What `settle` returns in place of a value that it refuses."""


def refuse(found: Found, path: str, rule: str, value: object, mend: str = "") -> object:
    """Add to `found` that the value at `path` breaks the rule; returns WRONG."""
    found.append(Problem(path=path, rule=rule, had=describe(value), mend=mend))
    return WRONG


def settle_safely(shape: Shape, value: object, path: str, found: Found) -> object:
    """What `settle` gives, of a value that may be anything: what it raises is a problem too.

    A class of somebody else may raise whatever it likes when it is looked at.
    """
    try:
        return shape.settle(value, path, found)
    except Exception as error:  # noqa: BLE001  # see above
        mend = f"it raises {_kind(error)} when it is looked at: give a plain value"
        return refuse(found, path, shape.rule, value, mend)
