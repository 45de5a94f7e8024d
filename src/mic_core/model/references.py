"""Which entities a noun points to, read from its field declarations."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import attrs

from mic_core.fields import (
    Labels,
    Many,
    Maybe,
    Ref,
    Shape,
    Subject,
    Value,
    fields_of,
)
from mic_core.ids import split


@attrs.frozen(weakref_slot=False)
class Reference:
    """One pointer from a noun to another: the field, the kinds it may be of, and the id."""

    path: str
    kinds: tuple[str, ...]
    id: str


Finder = Callable[[Any, str], Iterator[Reference]]


def references(noun: Any) -> Iterator[Reference]:
    """Everything that a noun, with the values inside it, refers to by id.

    >>> from mic_core.model import Assignment
    >>> part = Assignment(id="a-1", session_id="s-1", person_id="p-1")
    >>> [(each.path, each.kinds, each.id) for each in references(part)]
    [('session_id', ('session',), 's-1'), ('person_id', ('person',), 'p-1')]
    """
    for name, finder in pointers(noun.__class__):
        value = getattr(noun, name)
        if value is not None:
            yield from finder(value, name)


@cache
def pointers(cls: Any) -> tuple[tuple[str, Finder], ...]:
    """The fields of a class that can hold references, each with the function that finds them."""
    found = [(field.name, _finder(field.shape)) for field in fields_of(cls)]
    return tuple((name, finder) for name, finder in found if finder is not None)


def _finder(shape: Shape) -> Finder | None:
    match shape:
        case Ref(kinds):
            return lambda value, path: iter((Reference(path, kinds, value),))
        case Subject():
            return _cited
        case Maybe(item):
            return _finder(item)
        case Many(item) | Labels(item):
            return _each(_finder(item))
        case Value(cls) if pointers(cls):
            return _inside
        case _:
            return None


def _cited(value: str, path: str) -> Iterator[Reference]:
    kind, id = split(value)
    yield Reference(path, (kind,), id)


def _each(finder: Finder | None) -> Finder | None:
    if finder is None:
        return None

    def find(values: tuple[Any, ...], path: str) -> Iterator[Reference]:
        for place, value in enumerate(values):
            yield from finder(value, f"{path}[{place}]")

    return find


def _inside(value: object, path: str) -> Iterator[Reference]:
    for inner in references(value):
        yield attrs.evolve(inner, path=f"{path}.{inner.path}")
