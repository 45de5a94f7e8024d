"""The shapes of values made of other values: lists, labels, pairs, nested values, either-or."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from mic_core.fields.shape import Bind, Found, Shape, refuse

MOST_ITEMS = 100_000
"""How many items one field may hold unless its declaration says otherwise."""


def tester(shape: Shape) -> Callable[[Iterable[object]], bool]:
    """Compile the test that every item of a tuple is already canonical."""
    world: dict[str, Any] = {}

    def bind(constant: object) -> str:
        name = f"_c{len(world)}"
        world[name] = constant
        return name

    condition = shape.test("item", bind)
    source = (
        "def every(items):\n for item in items:\n"
        f"  if not {condition}: return False\n return True\n"
    )
    exec(source, world)  # noqa: S102  # the source is made of declarations only, never of data
    every: Callable[[Iterable[object]], bool] = world["every"]
    return every


def _listed(value: object) -> list[object] | None:
    """The items of a list-like value; None for anything else, text above all."""
    return list(value) if isinstance(value, tuple | list | set | frozenset) else None


@attrs.frozen
class Many:
    """Several items in a meaningful order."""

    item: Shape
    least: int = 0
    most: int = MOST_ITEMS

    @property
    def rule(self) -> str:
        return f"must be a tuple of {self.least} to {self.most} items"

    def test(self, name: str, bind: Bind) -> str:
        empty = "" if self.least else f"not {name} or "
        length = f"{self.least} <= len({name}) <= {self.most}"
        every = bind(tester(self.item))
        return f"({name}.__class__ is tuple and ({empty}{length} and {every}({name})))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, tuple | list) or not self.least <= len(value) <= self.most:
            return refuse(found, path, self.rule, value)
        return tuple(
            self.item.settle(item, f"{path}[{place}]", found) for place, item in enumerate(value)
        )


def _rising(items: tuple[Any, ...]) -> bool:
    return all(a < b for a, b in zip(items, items[1:], strict=False))


@attrs.frozen
class Labels:
    """Several different texts or ids whose order means nothing: kept sorted, each once."""

    item: Shape
    least: int = 0
    most: int = MOST_ITEMS

    @property
    def rule(self) -> str:
        return f"must be a tuple of {self.least} to {self.most} different items"

    def test(self, name: str, bind: Bind) -> str:
        every = Many(self.item, self.least, self.most).test(name, bind)
        return f"({every} and (len({name}) < 2 or {bind(_rising)}({name})))"

    def settle(self, value: object, path: str, found: Found) -> object:
        items = _listed(value)
        if items is None or not self.least <= len(items) <= self.most:
            return refuse(found, path, self.rule, value)
        before = len(found)
        settled: list[Any] = [
            self.item.settle(item, f"{path}[{place}]", found) for place, item in enumerate(items)
        ]
        return tuple(sorted(set(settled))) if len(found) == before else None


@attrs.frozen
class Pairs:
    """Values under names: kept as (name, value) pairs sorted by name; a mapping is accepted."""

    key: Shape
    value: Shape
    most: int = 1000

    @property
    def rule(self) -> str:
        return f"must be a mapping, or pairs with different names, of at most {self.most} entries"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is tuple and not {name})"

    def settle(self, value: object, path: str, found: Found) -> object:
        pairs = _paired(value)
        if pairs is None or len(pairs) > self.most:
            return refuse(found, path, self.rule, value)
        before = len(found)
        settled: dict[Any, object] = {}
        for place, (name, item) in enumerate(pairs):
            key = self.key.settle(name, f"{path}[{place}].name", found)
            settled[key] = self.value.settle(item, f"{path}[{place}].value", found)
        if len(found) > before:
            return None
        if len(settled) < len(pairs):
            return refuse(found, path, self.rule, value, "name each entry once")
        return tuple(sorted(settled.items()))


def _paired(value: object) -> list[tuple[object, object]] | None:
    if isinstance(value, Mapping):
        return list(value.items())
    items = _listed(value)
    if items is None:
        return None
    pairs = [(item[0], item[1]) for item in items if isinstance(item, tuple | list) and len(item) == 2]
    return pairs if len(pairs) == len(items) else None


@attrs.frozen
class Maybe:
    """A value or None; what None means stands in the documentation of the field."""

    item: Shape

    @property
    def rule(self) -> str:
        return f"{self.item.rule}, or None"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name} is None or {self.item.test(name, bind)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        return None if value is None else self.item.settle(value, path, found)


@attrs.frozen
class Value:
    """A value of one of this library's own classes."""

    type: type

    @property
    def rule(self) -> str:
        return f"must be a {self.type.__name__}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is {bind(self.type)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if type(value) is self.type else refuse(found, path, self.rule, value)


@attrs.frozen
class Either:
    """A value of one of several classes; a function, so that a class can contain itself."""

    types: Callable[[], tuple[type, ...]]

    @property
    def rule(self) -> str:
        return f"must be one of {', '.join(each.__name__ for each in self.types())}"

    def test(self, name: str, bind: Bind) -> str:
        return f"{name}.__class__ in {bind(self.types)}()"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if type(value) in self.types() else refuse(found, path, self.rule, value)
