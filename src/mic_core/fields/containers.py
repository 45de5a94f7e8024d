"""Shapes of composite values: sequences, sets, mappings, optionals, unions, nested values."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeGuard

import attrs

from mic_core.fields.numbers import MOST_WHOLE, Flag, Whole
from mic_core.fields.shape import WRONG, Bind, Found, Shape, binder, is_a, refuse
from mic_core.fields.texts import Text

MOST_ITEMS = 100_000
"""Default limit on the items of one field: bounds time and memory, far above any real field."""

ItemsTest = Callable[[tuple[Any, ...]], bool]


def _compile_loop(body: Callable[[Bind], list[str]]) -> ItemsTest:
    """Compile a test of all items of a tuple; the body runs once per item, as `item`.

    The body returns False for an item that is not canonical, and may keep `last`, the item before.
    """
    world: dict[str, Any] = {}
    lines = ["def every(items, last=None):", " for item in items:"]
    lines += [*(f"  {line}" for line in body(binder(world))), " return True"]
    exec("\n".join(lines), world)  # noqa: S102  # the source is made of declarations only
    every: ItemsTest = world["every"]
    return every


def _tuple_test(name: str, least: int, most: int, every: str) -> str:
    """Source that is true of a tuple of `least` to `most` items that passes the test `every`.

    The empty tuple, the usual default, comes first: it saves the call.
    """
    empty = "" if least else f"not {name} or "
    length = f"{least} <= len({name}) <= {most}"
    return f"({name}.__class__ is tuple and ({empty}{length} and {every}({name})))"


def _count_text(least: int, most: int) -> str:
    return f"{least} to {most}" if least else f"at most {most}"


@attrs.frozen
class Many:
    """Shape of a sequence of `least` to `most` items, whose order is kept."""

    item: Shape
    least: int = 0
    most: int = MOST_ITEMS

    @property
    def rule(self) -> str:
        return f"must be a tuple or list of {_count_text(self.least, self.most)} items"

    def test(self, name: str, bind: Bind) -> str:
        def body(constant: Bind) -> list[str]:
            return [f"if not {self.item.test('item', constant)}: return False"]

        return _tuple_test(name, self.least, self.most, bind(_compile_loop(body)))

    def settle(self, value: object, path: str, found: Found) -> object:
        items = _sequence_items(value, self.most)
        if items is None or len(items) < self.least:
            return refuse(found, path, self.rule, value, _tuple_hint(value))
        before = len(found)
        settled = tuple(
            self.item.settle(item, f"{path}[{n}]", found) for n, item in enumerate(items)
        )
        return settled if len(found) == before else WRONG


@attrs.frozen
class Labels:
    """Shape of a set of texts or ids; its canonical form is a sorted tuple without duplicates.

    Tuples, lists and sets are accepted. A problem within a set has no index, since a set has no
    order, and such problems are sorted, so that errors do not depend on hash seeds.
    """

    item: Shape
    least: int = 0
    most: int = MOST_ITEMS

    @property
    def rule(self) -> str:
        number = _count_text(self.least, self.most)
        return f"must be a tuple, list or set of {number} different items"

    def test(self, name: str, bind: Bind) -> str:
        def body(constant: Bind) -> list[str]:
            increasing = "(last is None or last < item)"
            return [
                f"if not ({self.item.test('item', constant)} and {increasing}): return False",
                "last = item",
            ]

        return _tuple_test(name, self.least, self.most, bind(_compile_loop(body)))

    def settle(self, value: object, path: str, found: Found) -> object:
        items = _sequence_items(value, self.most)
        ordered = items is not None
        items = items if ordered else _items_of(value, (set, frozenset), self.most)
        if items is None:
            return refuse(found, path, self.rule, value, _tuple_hint(value))
        mine: Found = []
        settled: set[Any] = {
            self.item.settle(item, f"{path}[{n}]" if ordered else path, mine)
            for n, item in enumerate(items)
        }
        if mine:
            found += mine if ordered else sorted(mine, key=str)
            return WRONG
        if len(settled) < self.least:
            return refuse(found, path, self.rule, value)
        return tuple(sorted(settled))


@attrs.frozen
class Pairs:
    """Shape of a mapping; its canonical form is a tuple of (name, value) pairs sorted by name.

    Mappings and sequences of pairs are accepted; names must differ. A path has the index of an
    entry instead of its name, since names may be personal.
    """

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

        return _tuple_test(name, 0, self.most, bind(_compile_loop(body)))

    def settle(self, value: object, path: str, found: Found) -> object:
        pairs = _entries(value, self.most)
        if pairs is None or len(pairs) > self.most:
            return refuse(found, path, self.rule, value)
        before = len(found)
        settled: dict[Any, object] = {}
        for n, (name, item) in enumerate(pairs):
            key = self.key.settle(name, f"{path}[{n}].name", found)
            settled[key] = self.value.settle(item, f"{path}[{n}].value", found)
        if len(found) > before:
            return WRONG
        if len(settled) < len(pairs):
            return refuse(found, path, self.rule, value, "name each entry once")
        return tuple(sorted(settled.items()))


def _entries(value: object, most: int) -> list[tuple[object, object]] | None:
    """The entries of a mapping or of a sequence of pairs; None for any other value.

    Reads at most one entry beyond the limit, which tells that there are too many.
    """
    if _is_mapping(value):
        return list(islice(value.items(), most + 1))
    items = _sequence_items(value, most)
    if items is None:
        return None
    pairs = [_sequence_items(item, 2) for item in items]
    found = [(pair[0], pair[1]) for pair in pairs if pair is not None and len(pair) == 2]
    return found if len(found) == len(items) else None


def _tuple_hint(value: object) -> str:
    """Hint for a text given in place of a sequence; "" for any other value."""
    return "put it into a tuple, even if it is one" if is_a(value, str) else ""


def _sequence_items(value: object, most: int) -> tuple[object, ...] | None:
    """The items of a tuple or list; None for any other value, and for more than `most` items."""
    return _items_of(value, (tuple, list), most)


def _items_of(value: object, kinds: tuple[Any, ...], most: int) -> tuple[object, ...] | None:
    """The items of an instance of one of the built-in collections; None as above.

    Calls the methods of the built-in class, since a subclass may override its own.
    """
    for kind in kinds:
        if is_a(value, kind):
            return (*kind.__iter__(value),) if kind.__len__(value) <= most else None
    return None


def _is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(value, Mapping)


@attrs.frozen
class Maybe:
    """Shape of an optional value; the class of the field documents what None means."""

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
        # The main rule of the item is replaced by that of the optional, which ends in "or None".
        main = self.item.rule
        found += [attrs.evolve(p, rule=self.rule) if p.rule == main else p for p in mine]
        return settled


@attrs.frozen
class Value:
    """Shape of a nested value: an instance of one checked class, already validated."""

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
    """Shape of a union of classes, told apart by their class.

    `types` is a function, so that a class can contain itself (late binding). In JSON the key that
    the classes declare as their `TAG` tells them apart.
    """

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
    """Shape of a callable."""

    @property
    def rule(self) -> str:
        return "must be a function"

    def test(self, name: str, bind: Bind) -> str:
        return f"{bind(callable)}({name})"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if callable(value) else refuse(found, path, self.rule, value)


_FLAG, _TEXT, _WHOLE = Flag(), Text(2000, 0, lines=True), Whole(-MOST_WHOLE)
# The texts of a `Scalar` may be answers to open questions: some 300 words, empty or of many lines.


@attrs.frozen
class Scalar:
    """Shape of a free value in a profile or an answer: text, integer or boolean."""

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
