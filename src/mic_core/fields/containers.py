"""The shapes of values made of other values, and of values of several kinds."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeGuard

import attrs

from mic_core.fields.numbers import MOST_WHOLE, Flag, Whole
from mic_core.fields.shape import WRONG, Bind, Found, Shape, is_a, refuse
from mic_core.fields.texts import Text

MOST_ITEMS = 100_000
"""How many items one field may hold unless its declaration says otherwise."""

Every = Callable[[tuple[Any, ...]], bool]


def _compiled(body: Callable[[Bind], list[str]]) -> Every:
    """A function over the items of a tuple: the body runs for each and returns False on doubt."""
    world: dict[str, Any] = {}

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    lines = ["def every(items, last=None):", " for item in items:"]
    lines += [*(f"  {line}" for line in body(bind)), " return True"]
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    every: Every = world["every"]
    return every


def _counted(name: str, least: int, most: int, every: str) -> str:
    """Source that is true of a tuple of so many items that pass `every`."""
    empty = "" if least else f"not {name} or "
    length = f"{least} <= len({name}) <= {most}"
    return f"({name}.__class__ is tuple and ({empty}{length} and {every}({name})))"


def _number(least: int, most: int) -> str:
    return f"{least} to {most}" if least else f"at most {most}"


@attrs.frozen
class Many:
    """Several items in a meaningful order."""

    item: Shape
    least: int = 0
    most: int = MOST_ITEMS

    @property
    def rule(self) -> str:
        return f"must be a tuple or list of {_number(self.least, self.most)} items"

    def test(self, name: str, bind: Bind) -> str:
        def body(constant: Bind) -> list[str]:
            return [f"if not {self.item.test('item', constant)}: return False"]

        return _counted(name, self.least, self.most, bind(_compiled(body)))

    def settle(self, value: object, path: str, found: Found) -> object:
        items = _listed(value, self.most)
        if items is None or len(items) < self.least:
            return refuse(found, path, self.rule, value, _listing(value))
        before = len(found)
        settled = tuple(
            self.item.settle(item, f"{path}[{n}]", found) for n, item in enumerate(items)
        )
        return settled if len(found) == before else WRONG


@attrs.frozen
class Labels:
    """Several different texts or ids whose order means nothing: kept sorted, each once.

    Sets are taken too; a problem in a set is told without a place, since it has no order.
    """

    item: Shape
    least: int = 0
    most: int = MOST_ITEMS

    @property
    def rule(self) -> str:
        number = _number(self.least, self.most)
        return f"must be a tuple, list or set of {number} different items"

    def test(self, name: str, bind: Bind) -> str:
        def body(constant: Bind) -> list[str]:
            rising = "(last is None or last < item)"
            return [
                f"if not ({self.item.test('item', constant)} and {rising}): return False",
                "last = item",
            ]

        return _counted(name, self.least, self.most, bind(_compiled(body)))

    def settle(self, value: object, path: str, found: Found) -> object:
        items = _listed(value, self.most)
        placed = items is not None
        items = items if placed else _held(value, (set, frozenset), self.most)
        if items is None:
            return refuse(found, path, self.rule, value, _listing(value))
        mine: Found = []
        settled: set[Any] = {
            self.item.settle(item, f"{path}[{place}]" if placed else path, mine)
            for place, item in enumerate(items)
        }
        if mine:
            found += mine if placed else sorted(mine, key=str)
            return WRONG
        if len(settled) < self.least:
            return refuse(found, path, self.rule, value)
        return tuple(sorted(settled))


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
        def body(constant: Bind) -> list[str]:
            key, value = self.key.test("key", constant), self.value.test("value", constant)
            return [
                "if item.__class__ is not tuple or len(item) != 2: return False",
                "key, value = item",
                f"if not ({key} and {value} and (last is None or last < key)): return False",
                "last = key",
            ]

        return _counted(name, 0, self.most, bind(_compiled(body)))

    def settle(self, value: object, path: str, found: Found) -> object:
        pairs = _paired(value, self.most)
        if pairs is None or len(pairs) > self.most:
            return refuse(found, path, self.rule, value)
        before = len(found)
        settled: dict[Any, object] = {}
        for place, (name, item) in enumerate(pairs):
            key = self.key.settle(name, f"{path}[{place}].name", found)
            settled[key] = self.value.settle(item, f"{path}[{place}].value", found)
        if len(found) > before:
            return WRONG
        if len(settled) < len(pairs):
            return refuse(found, path, self.rule, value, "name each entry once")
        return tuple(sorted(settled.items()))


def _paired(value: object, most: int) -> list[tuple[object, object]] | None:
    """The entries of a mapping or of a list of pairs, up to one too many; None for others."""
    if _is_mapping(value):
        return list(islice(value.items(), most + 1))
    items = _listed(value, most)
    if items is None:
        return None
    pairs = [_listed(item, 2) for item in items]
    found = [(pair[0], pair[1]) for pair in pairs if pair is not None and len(pair) == 2]
    return found if len(found) == len(items) else None


def _listing(value: object) -> str:
    """What mends a text that stands where several belong."""
    return "put it into a tuple, even if it is one" if is_a(value, str) else ""


def _listed(value: object, most: int) -> tuple[object, ...] | None:
    """What is really in a tuple or list; None for anything else, and where there is too much."""
    return _held(value, (tuple, list), most)


def _held(value: object, kinds: tuple[Any, ...], most: int) -> tuple[object, ...] | None:
    """The items of a collection of one of these kinds, whatever its own class makes of them."""
    for kind in kinds:
        if is_a(value, kind):
            return (*kind.__iter__(value),) if kind.__len__(value) <= most else None
    return None


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


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
        if value is None:
            return None
        mine: Found = []
        settled = self.item.settle(value, path, mine)
        told = self.item.rule
        found += [attrs.evolve(p, rule=self.rule) if p.rule == told else p for p in mine]
        return settled


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
        if type(value) is self.type:
            return value
        readable = is_a(value, str) and hasattr(self.type, "parse")
        mend = f"read it with {self.type.__name__}.parse" if readable else ""
        return refuse(found, path, self.rule, value, mend)


@attrs.frozen
class Either:
    """A value of one of several classes; a function, so that a class can contain itself."""

    types: Callable[[], tuple[type, ...]]

    @property
    def rule(self) -> str:
        return f"must be one of {', '.join(each.__name__ for each in self.types())}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ in {bind(self.types)}())"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if type(value) in self.types() else refuse(found, path, self.rule, value)


@attrs.frozen
class Called:
    """A function, or anything else that can be called."""

    @property
    def rule(self) -> str:
        return "must be a function"

    def test(self, name: str, bind: Bind) -> str:
        return f"{bind(callable)}({name})"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if callable(value) else refuse(found, path, self.rule, value)


_FLAG, _TEXT, _WHOLE = Flag(), Text(2000, 0, lines=True), Whole(-MOST_WHOLE)


@attrs.frozen
class Scalar:
    """A free value of a profile or an answer: text, a whole number, or True or False."""

    @property
    def rule(self) -> str:
        return "must be text, a whole number, or True or False"

    def test(self, name: str, bind: Bind) -> str:
        return "(" + " or ".join(shape.test(name, bind) for shape in (_TEXT, _WHOLE, _FLAG)) + ")"

    def settle(self, value: object, path: str, found: Found) -> object:
        if is_a(value, bool):
            return value
        if is_a(value, str):
            return _TEXT.settle(value, path, found)
        if is_a(value, int):
            return _WHOLE.settle(value, path, found)
        return refuse(found, path, self.rule, value)
