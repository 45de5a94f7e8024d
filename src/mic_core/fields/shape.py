"""Protocol of shapes (schemas of single values); description of values without their content."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from math import isfinite
from typing import Any, Protocol, TypeGuard, TypeVar

import attrs

from mic_core.errors import Problem

Bind = Callable[[object], str]
"""Makes a constant available to generated source; returns the name of the global that holds it."""

Found = list[Problem]
"""Accumulator of problems, to which `settle` appends."""


def binder(world: dict[str, Any]) -> Bind:
    """A `Bind` that adds constants to the globals of generated source, as `_0`, `_1` and so on.

    The size of the dict is the number, so names differ as long as nothing is removed.
    """

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    return bind


class Shape(Protocol):
    """Schema of one value: which values are valid, and the canonical form of each."""

    @property
    def rule(self) -> str:
        """The constraint as the predicate of a sentence, beginning with "must be"."""
        ...

    def test(self, name: str, bind: Bind) -> str:
        """Source of an expression that is true only if the variable `name` is canonical."""
        ...

    def settle(self, value: object, path: str, found: Found) -> object:
        """Return the canonical form of `value`; or append problems to `found`, return WRONG."""
        ...


@attrs.frozen
class Personal:
    """Marker of personal data: a field whose value never appears in a repr, an error or a log."""


PERSONAL = Personal()

T = TypeVar("T")


def is_a(value: object, cls: type[T]) -> TypeGuard[T]:
    """True if the type of a value is a subclass of `cls`; a faked `__class__` is ignored.

    `isinstance` trusts the `__class__` attribute, which test doubles such as Mock set.

    >>> from unittest.mock import Mock
    >>> isinstance(Mock(spec=str), str), is_a(Mock(spec=str), str), is_a(True, int)
    (True, False, True)
    """
    return issubclass(type(value), cls)


_LONGEST_TYPO = 64  # characters; difflib is quadratic in them, and a longer text is no typo


def describe(value: object) -> str:
    """Describe the type and size of a value, never its content (redaction).

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
    """Type and number of items of a collection; "" for anything else."""
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
    """Name of the class of a value, if it is an identifier of ordinary length.

    The name could be anything, personal data included, where a class is made from data.
    """
    name = type(value).__name__
    return name if name.isidentifier() and len(name) < 41 else "something else"


def nearest_word(given: object, known: Iterable[str], likeness: float = 0.6) -> str:
    """Spelling suggestion: the known word closest to a short text, as a question; "" if none.

    `likeness` is the least similarity ratio of difflib, from 0 to 1; 0.6 is its own default.

    >>> nearest_word("in-person", ["hybrid", "in_person", "online"]), nearest_word(9, ["hybrid"])
    ('did you mean in_person?', '')
    """
    if not is_a(given, str) or str.__len__(given) > _LONGEST_TYPO:
        return ""
    near = get_close_matches(str.__str__(given), sorted(known), 1, likeness)
    return f"did you mean {near[0]}?" if near else ""


WRONG: object = None
"""Result of `settle` for an invalid value; a problem was appended to tell it from a None."""


def refuse(found: Found, path: str, rule: str, value: object, mend: str = "") -> object:
    """Append to `found` the problem that the value at `path` violates the rule; returns WRONG."""
    found.append(Problem(path=path, rule=rule, had=describe(value), mend=mend))
    return WRONG


EXHAUSTED = (RecursionError, MemoryError)
"""Exceptions about the limits of the process, not about a value: they are raised unchanged."""


def settle_safely(shape: Shape, value: object, path: str, found: Found) -> object:
    """Call `settle`; an exception that the value raises when it is inspected becomes a problem.

    Classes of the app may raise anything, for instance a lazy proxy outside of a request. Exhausted
    stack or memory says nothing about the value, and is raised unchanged.
    """
    try:
        return shape.settle(value, path, found)
    except EXHAUSTED:
        raise
    except Exception as error:  # noqa: BLE001  # see above
        mend = f"it raises {_kind(error)} when it is looked at: give a plain value"
        return refuse(found, path, shape.rule, value, mend)
