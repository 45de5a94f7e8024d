"""Validation of the arguments of verbs, by the same shapes as the fields of nouns."""

from collections.abc import Iterable
from typing import Any, TypeGuard

import attrs

from mic_core.errors import InvariantError
from mic_core.fields.shape import WRONG, Bind, Found, Shape, is_a, refuse, settle_safely


@attrs.frozen
class Each:
    """Shape of an iterable of any length, also a one-shot iterator; its canonical form is a tuple.

    `what` names the items in the message. Only for arguments: `test` is always false, since an
    iterator can be read only once.
    """

    item: Shape
    what: str

    @property
    def rule(self) -> str:
        return f"must be {self.what}, in a tuple, a list or the like"

    def test(self, name: str, bind: Bind) -> str:
        return "False"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, str) or not _is_iterable(value):
            return refuse(found, path, self.rule, value)
        before = len(found)
        items = enumerate(value)
        settled = tuple(self.item.settle(item, f"{path}[{n}]", found) for n, item in items)
        return settled if len(found) == before else WRONG


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return hasattr(type(value), "__iter__")


def sound(verb: str, **given: tuple[object, Shape]) -> tuple[Any, ...]:
    """Validate the arguments of a verb; returns their canonical forms in the order given.

    Each argument is a pair of value and shape. Raises InvariantError, with `verb` as its subject
    and every problem under the name of its argument.

    >>> from mic_core.fields.numbers import Whole
    >>> sound("check", limit=(9, Whole()))
    (9,)
    >>> sound("check", limit=("9", Whole()))
    Traceback (most recent call last):
    mic_core.errors.InvariantError: check: 1 problem
      limit: must be a whole number, 0 or more; had text of 1 characters
    """
    found: Found = []
    result = tuple(
        settle_safely(shape, value, name, found) for name, (value, shape) in given.items()
    )
    if found:
        raise InvariantError(verb, found)
    return result
