"""Shapes to try, values to try them with, and what it means that two values are the same."""

import enum
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mic_core.chrono import Slot
from mic_core.fields import (
    Choice,
    Clock,
    Coded,
    Day,
    Either,
    Flag,
    Found,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    OpenChoice,
    Pairs,
    Ref,
    Scalar,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    classes_within,
    fields_of,
)
from mic_core.model import NOUNS, Leaf, Money, Requirement, Seats


class Word(str):
    """A text of a class of its own."""

    __slots__ = ()


class Color(enum.StrEnum):
    """A text that is a member of an enumeration."""

    RED = "red"


class Level(enum.IntEnum):
    """A whole number that is a member of an enumeration."""

    HIGH = 3


class Moment(datetime):
    """A moment of a class of its own, as dataframes have."""


class DayOfMine(date):
    """A day of a class of its own."""


class Span(timedelta):
    """A length of a class of its own."""


class Price(Decimal):
    """A decimal number of a class of its own."""


class Row(tuple[Any, ...]):
    """A tuple of a class of its own."""

    __slots__ = ()


NAIVE = datetime(2014, 9, 10, 18)  # noqa: DTZ001  # refused for having no zone
BRUSSELS = ZoneInfo("Europe/Brussels")

HOSTILE: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 16, 2**53 - 1, 2**53, -(2**53) + 1, -(2**53), 10**40, 0.0, 1.5,
    float("nan"), float("inf"), 1j, Fraction(1, 3), Level.HIGH, Color.RED, b"bytes",
    bytearray(b"b"), "", " ", "\t", "a", "red", "in_person", "in-person", "BE", "EUR",
    "Europe/Brussels", "localtime", "a" * 64, "a" * 65, "a" * 200, "a" * 201, "a" * 2000,
    "a" * 2001, "\u00e9" * 60, "\u00e9" * 61, "two\nlines", "tab\tstop", "bell\x07", "nul\x00",
    "del\x7f", "next\x85line", "\ud800", "\udfff a", "line\u2028separator", "\u202eright to left",
    "\U0001f680", "\u00a0", "e\u0301", "b ", " b", "-a", "a.b:c_d-9", "edition:a", "edition:", ":a",
    "edition", "session:a:b", "person: a", "room:r", "\u0661", Word("red"), Word(""),
    Word("two\nlines"), Word("edition:a"), Word("BE"), Word("Europe/Brussels"), Decimal(0),
    Decimal("-0"), Decimal("0.0"), Decimal("-0.00"), Decimal("1.50"), Decimal("1.5"),
    Decimal("1E+2"), Decimal("1E+27"), Decimal("1E+28"), Decimal("1E-28"), Decimal("1E-29"),
    Decimal("9" * 28), Decimal("9" * 29), Decimal("0." + "9" * 28), Decimal("1E+999999"),
    Decimal("1E-7"), Decimal("0E+9"), Decimal("-1.25"), Decimal("NaN"), Decimal("-sNaN12"),
    Decimal("Infinity"), Price("2.50"), Price(2), NAIVE, datetime(2014, 9, 10, 18, tzinfo=UTC),
    datetime(2014, 9, 10, 18, tzinfo=UTC, fold=1), datetime(2014, 9, 10, 18, tzinfo=BRUSSELS),
    datetime(2014, 3, 30, 2, 30, tzinfo=BRUSSELS), datetime(2014, 10, 26, 2, 30, tzinfo=BRUSSELS),
    datetime(2014, 10, 26, 2, 30, tzinfo=BRUSSELS, fold=1),
    datetime(2014, 9, 10, tzinfo=timezone(timedelta(hours=2))),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=2))),
    Moment(2014, 9, 10, 18, tzinfo=UTC), Moment(2014, 9, 10), date(2014, 9, 10), date.min, date.max,
    DayOfMine(2014, 9, 10), time(18), time(18, fold=1), time(18, tzinfo=UTC), timedelta(),
    timedelta(microseconds=1), timedelta(hours=1), timedelta(days=-1), timedelta(days=36_525),
    timedelta(days=36_526), timedelta.max, Span(hours=1), (), list[str](), set[str](),
    frozenset[str](), dict[str, int](), ("a",), ["a"], ("b", "a"), ("a", "b"), ("a", "a"),
    ["b", "a", "b"], {"b", "a"}, frozenset({"a", ""}), {"", "\x00", 7}, ("a", Word("b")),
    Row(("a", "b")), ("a", 1), (("a", 1),), (("b", 1), ("a", True)), (("a", 1), ("a", 2)),
    [["a", "b"]], (("a",),), (("a", 1, 2),), ("ab",), {"a": 1}, {"b": "x", "a": False},
    {"a": dict[str, int]()}, {1: 1}, {"": 1}, MappingProxyType({"a": 1}), (("a", "two\nlines"),),
    (["a", 1],), (("a", 2**53),), (("a", None),), iter("ab"), range(2), tuple("abcdefgh"), Seats(),
    Seats(in_person=1), Money(amount=Decimal(5), currency="EUR"), Seats, Leaf(fact="a", op="known"),
    (Leaf(fact="a", op="known"),), (Seats(),), object(), Ellipsis, len, attrs.NOTHING,
)  # fmt: skip
"""Values of every kind, at the bounds of what is taken and beyond them."""

_ALONE: tuple[Shape, ...] = (
    Text(), Text(3), Text(5, 0), Text(2000, 0, lines=True), Text(60, lines=True), Id(),
    Ref("edition"), Ref("person", "organization"), Subject("edition"), Subject("room", "session"),
    Coded("[A-Z]{2}", "a country code of two capitals (ISO 3166-1)"), Choice(("red",)),
    Choice(("in_person", "online", "hybrid")), OpenChoice(("red", "blue")), Flag(),
    Whole(), Whole(1), Whole(1, 16, "places"),
    Whole(-(2**53) + 1), Number(), Number(Decimal(0)), Number(Decimal(0), Decimal(1)),
    Number(most=Decimal(0), unit="euros"), Instant(), Day(), Clock(), Length(), Length(timedelta()),
    Length(timedelta(hours=1), timedelta(days=1)), Zone(), Maybe(Text()), Maybe(Whole(1)),
    Many(Text()), Many(Whole(), 1, 2), Many(Labels(Id())), Labels(Text()), Labels(Id(), 1),
    Labels(Ref("person"), 2, 3), Labels(Day()), Labels(Whole(), 0, 2), Pairs(Text(60), Scalar()),
    Pairs(Id(), Whole(1, 9)), Pairs(Text(), Text(), 1), Scalar(), Value(Seats), Value(Slot),
    Many(Value(Seats), 1), Either(lambda: (Leaf, Requirement)),
    Many(Either(lambda: (Leaf, Requirement)), 1, 1000), Maybe(Labels(Text())),
)  # fmt: skip

_CLASSES: tuple[Any, ...] = classes_within(*NOUNS.values())
SHAPES: dict[str, Shape] = {
    f"{type(shape).__name__}-{place}": shape for place, shape in enumerate(_ALONE)
} | {
    f"{cls.__name__}.{field.name}": field.shape
    for cls in _CLASSES
    for field in fields_of(cls)
    if cls is not Slot  # its two ends are judged together
}
"""Shapes of every kind, and those of all fields of all nouns and of the values in them."""


def hostile() -> SearchStrategy[Any]:
    """Values of every kind, alone or in lists, tuples, sets and mappings."""
    alone = st.sampled_from(HOSTILE)
    texts = st.text(max_size=5) | st.text("abc-:. \n\ud800", max_size=5)
    numbers = st.integers() | st.decimals() | st.floats()
    times = st.datetimes() | st.datetimes(timezones=st.timezones()) | st.timedeltas() | st.times()
    single = alone | texts | numbers | times
    few = st.lists(single, max_size=3)
    named = st.dictionaries(texts, single, max_size=2)
    return (
        single
        | few
        | few.map(tuple)
        | st.frozensets(texts)
        | named
        | named.map(lambda d: (*d.items(),))
    )


def compiled(shape: Shape) -> Callable[[Any], bool]:
    """The test of a shape, compiled."""
    world: dict[str, Any] = {}

    def bind(constant: object) -> str:
        name = f"_{len(world)}"
        world[name] = constant
        return name

    source = f"def test(value): return bool({shape.test('value', bind)})"
    exec(source, world)
    test: Callable[[Any], bool] = world["test"]
    return test


def settled(shape: Shape, value: object) -> tuple[object, Found]:
    """The canonical form of a value, and what is wrong with it."""
    found: Found = []
    return shape.settle(value, "field", found), found


def told(shape: Shape, value: object) -> list[str]:
    """The problems of a value, as texts."""
    return [str(problem) for problem in settled(shape, value)[1]]


def same(one: Any, other: Any) -> bool:
    """True if two values are identical: equality is too weak, as True == 1 == Decimal(1)."""
    if one.__class__ is not other.__class__:
        return False
    if one.__class__ is tuple:
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Decimal):
        return bool(one.as_tuple() == other.as_tuple())
    if isinstance(one, datetime | time):
        return (one, one.fold, one.tzinfo) == (other, other.fold, other.tzinfo)
    return bool(one == other)
