"""References between nouns: the edges of the entity graph, found by reflection on field shapes."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from operator import attrgetter
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
    """One reference (foreign key) of a noun: the path of its field, the allowed kinds, the id."""

    path: str
    kinds: tuple[str, ...]
    id: str


Finder = Callable[[Any, str], Iterator[Reference]]
"""Yields the references in a value of a field, given the value and its path."""


def references(noun: Any) -> Iterator[Reference]:
    """The references of a noun and of the values nested in it, in the order of fields.

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
    """The fields of a class that can hold references, each with its finder. Memoised per class."""
    found = [(field.name, _finder(field.shape)) for field in fields_of(cls)]
    return tuple((name, finder) for name, finder in found if finder is not None)


def named_ids(cls: Any, nouns: Iterable[Any]) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """The ids that nouns of one class name, as sets: for each field, its kinds and all ids in it.

    The sets answer whether any reference dangles at a fraction of the cost of walking them.

    >>> from mic_core.model import Assignment
    >>> part = Assignment(id="a-1", session_id="s-1", person_id="p-1")
    >>> list(named_ids(Assignment, [part, part]))
    [(('session',), {'s-1'}), (('person',), {'p-1'})]
    """
    for field in fields_of(cls):
        values: Iterable[Any] = map(attrgetter(field.name), nouns)
        shape = field.shape
        while isinstance(shape, Maybe | Many | Labels):
            if isinstance(shape, Maybe):
                values = (value for value in values if value is not None)
            else:
                values = chain.from_iterable(values)
            shape = shape.item
        match shape:
            case Ref(kinds):
                yield kinds, set(values)
            case Subject():
                cited: dict[str, set[str]] = {}
                for kind, id in map(split, set(values)):
                    cited.setdefault(kind, set()).add(id)
                yield from (((kind,), ids) for kind, ids in cited.items())
            case Value(inner) if pointers(inner):
                yield from named_ids(inner, list(values))
            case _:
                pass


def _finder(shape: Shape) -> Finder | None:
    """The finder for values of a shape; None if they hold no references."""
    match shape:
        case Ref(kinds):
            return lambda value, path: iter((Reference(path, kinds, value),))
        case Subject():
            return _find_citation
        case Maybe(item):
            return _finder(item)
        case Many(item) | Labels(item):
            return _find_in_items(_finder(item))
        case Value(cls) if pointers(cls):
            return _find_nested
        case _:
            return None


def _find_citation(value: str, path: str) -> Iterator[Reference]:
    kind, id = split(value)
    yield Reference(path, (kind,), id)


def _find_in_items(finder: Finder | None) -> Finder | None:
    if finder is None:
        return None

    def find(values: tuple[Any, ...], path: str) -> Iterator[Reference]:
        for n, value in enumerate(values):
            yield from finder(value, f"{path}[{n}]")

    return find


def _find_nested(value: object, path: str) -> Iterator[Reference]:
    for inner in references(value):
        yield attrs.evolve(inner, path=f"{path}.{inner.path}")
