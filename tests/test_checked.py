"""The generated constructor: what it asks, in which order, and what it leaves alone."""

import inspect
from datetime import date
from types import FunctionType
from typing import Annotated, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.checked import Given, checked, maker, watch
from mic_core.errors import InvariantError, Problem
from mic_core.fields import PERSONAL, Choice, Labels, Many, Text, Whole

asked: list[str] = []


def _least_first(least: int, most: int) -> Problem | None:
    asked.append("least_first")
    return Problem(path="most", rule="must not be below least") if most < least else None


def _few(tags: tuple[str, ...]) -> Problem | None:
    asked.append("few")
    return Problem(path="tags", rule="must be two at most") if len(tags) > 2 else None


def _noted(least: int) -> Problem | None:
    asked.append("noted")
    return Problem(path="note", rule="must be None above 5") if least > 5 else None


@checked(_least_first, Given("tags", _few), Given("note", _noted))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Range:
    """A class with a law that is always asked and two that seldom are."""

    least: Annotated[int, Whole(most=100)]
    most: Annotated[int, Whole(most=100)] = 9
    tags: Annotated[tuple[str, ...], Labels(Text(9))] = ()
    note: Annotated[str, Text(9, 0)] | None = None


@checked()
@attrs.frozen(weakref_slot=False)
class Point:
    """A class whose fields may be given by place."""

    x: int
    y: int = 0
    label: str = attrs.field(default="point", kw_only=True)


def _sum(left: int, right: int) -> tuple[int, str] | None:
    asked.append("sum")
    return (left + right, "even") if (left + right) % 2 == 0 else None


def _even(left: int, right: int) -> Problem | None:
    if (left + right) % 2:
        return Problem(path="right", rule="must make an even sum")
    return None


@checked(_even, derive=_sum)
@attrs.frozen(weakref_slot=False)
class Pair:
    """A class with two derived fields."""

    left: int
    right: int = attrs.field(default=0)
    total: int = attrs.field(init=False, repr=False)
    word: str = attrs.field(init=False, repr=False, eq=False)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Guest:
    """A class with personal fields of every kind."""

    id: str
    name: Annotated[str, Text(9), PERSONAL]
    born: Annotated[date, PERSONAL] | None = None
    mood: Annotated[str, Choice(("cheerful", "tired")), PERSONAL] = "cheerful"
    notes: Annotated[tuple[str, ...], Many(Text(9)), PERSONAL] = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Odd:
    """A class whose fields bear the names that a constructor could use itself."""

    settle: int = 1
    frozen: int = 2
    twin: int = 3
    become: int = 4
    new: int = 5
    derived: int = 6
    found: int = 7
    cls: int = 8


def told(make: Any) -> list[str]:
    """The problems of a value, as texts."""
    with pytest.raises(InvariantError) as refusal:
        make()
    return [str(each) for each in refusal.value.problems]


@pytest.fixture(autouse=True)
def _forget() -> None:
    asked.clear()


def test_laws_are_asked_once() -> None:
    """A sound value costs one question to each law that concerns it."""
    Range(least=1, tags=("a",), note="b")
    assert asked == ["least_first", "few", "noted"]


@pytest.mark.parametrize(
    "fields", [{}, {"tags": (), "note": None}, {"tags": [], "note": ""}, {"note": ""}]
)
def test_laws_of_what_is_not_given_are_not_asked(fields: dict[str, Any]) -> None:
    """A law that is tied to a field is not asked where that is None, empty or left out."""
    assert Range(least=6, **fields) == Range(least=6, note=fields.get("note"))
    assert set(asked) == {"least_first"}


def test_broken_laws_are_told_together() -> None:
    """All laws that are broken are told at once, in their order."""
    assert told(lambda: Range(least=7, most=3, tags=("a", "b", "c"), note="x")) == [
        "most: must not be below least",
        "tags: must be two at most",
        "note: must be None above 5",
    ]


def test_laws_see_canonical_values() -> None:
    """A law is asked about what is kept: two tags, although three were given."""
    assert Range(least=1, tags=("b", "a", "b")).tags == ("a", "b")


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        (
            {"least": 7, "most": True, "note": "x"},
            [
                "most: must be a whole number, from 0 to 100; had a flag (True or False)",
                "note: must be None above 5",
            ],
        ),
        (
            {"least": 7, "most": 3, "note": 1},
            [
                ("note: must be one line of text of at most 9 characters, or None; "
                "had a whole number"),
                "most: must not be below least",
            ],
        ),
        (
            {"least": None, "most": 3, "note": "x"},
            ["least: must be a whole number, from 0 to 100; had nothing"],
        ),
    ],
)  # fmt: skip
def test_laws_ask_sound_fields_only(fields: dict[str, Any], messages: list[str]) -> None:
    """A law is not asked where a field that it is about is wrong by itself."""
    assert told(lambda: Range(**fields)) == messages


def test_what_is_no_value_is_refused() -> None:
    """The mark by which attrs says that a field has no default is not taken for one."""
    nothing: Any = attrs.NOTHING
    assert len(told(lambda: Range(least=nothing))) == 1
    assert len(told(lambda: Range(least=1, most=nothing))) == 1
    assert len(told(lambda: Range(least=1, note=nothing))) == 1


def test_a_law_at_its_bound() -> None:
    """Least and most may be equal, and two tags are allowed."""
    value = Range(least=9, tags=("a", "b"))
    assert (value.least, value.most) == (9, 9)


def test_fields_by_place_and_by_name() -> None:
    """A field that attrs takes by position is taken by position by the checked constructor too."""
    assert Point(1, 2) == Point(x=1, y=2) == Point(1, y=2, label="point")
    assert Point(1).y == 0
    with pytest.raises(TypeError, match="positional"):
        Point(1, 2, "label")  # type: ignore[call-arg]  # what it refuses
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]  # what it refuses
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=2)  # type: ignore[call-arg]  # what it refuses


def test_derived_fields_follow() -> None:
    """Derived fields are computed from canonical values; what derives is asked before laws."""
    pair = Pair(1, 3)
    assert (pair.total, pair.word) == (4, "even")
    assert asked == ["sum"]
    assert told(lambda: Pair(1, 2)) == ["right: must make an even sum"]
    assert told(lambda: Pair(True, 1)) == [
        "left: must be a whole number, 0 or more; had a flag (True or False)"
    ]
    assert repr(pair) == "Pair(left=1, right=3)"


def test_derived_fields_follow_what_was_settled() -> None:
    """A derived field is computed from canonical values, also after the slow path."""

    class Number(int):
        __slots__ = ()

    pair = Pair(Number(1), 3)
    assert type(pair.left) is int
    assert (pair.total, pair.word) == (4, "even")


def test_makers_take_all_fields_by_place() -> None:
    """A maker makes what the constructor makes, and refuses what it refuses."""
    make = maker(Range)
    assert make(1, 2, ["b", "a"], None) == Range(least=1, most=2, tags=("a", "b"))
    assert told(lambda: make(3, 2, (), None)) == ["most: must not be below least"]
    assert maker(Pair)(1, 3) == Pair(1, 3)
    assert maker(Pair)(1, 3).word == "even"


def test_constructors_look_like_those_of_attrs() -> None:
    """Name, module, annotations and defaults are what tools look for."""
    assert Range.__init__.__qualname__ == "Range.__init__"
    assert Range.__init__.__module__ == __name__
    assert Range.__init__.__name__ == "__init__"
    assert list(Range.__init__.__annotations__) == ["return", "least", "most", "tags", "note"]
    assert "Annotated" not in str(inspect.signature(Range))
    parameters = inspect.signature(Range).parameters
    assert [each.default for each in parameters.values()] == [inspect.Parameter.empty, 9, (), None]
    assert {each.kind for each in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_fields_may_bear_any_name() -> None:
    """The names of fields never meet the names that the generated source uses."""
    assert attrs.astuple(Odd()) == (1, 2, 3, 4, 5, 6, 7, 8)
    assert attrs.astuple(Odd(settle=9, twin=9, cls=9)) == (9, 2, 9, 4, 5, 6, 7, 9)
    assert len(told(lambda: Odd(settle=-1, frozen=-1, new=-1))) == 3
    assert attrs.astuple(maker(Odd)(*range(8))) == tuple(range(8))


def test_personal_fields_are_not_shown() -> None:
    """A representation shows that a personal field is given, and not with what."""
    guest = Guest(id="g-1", name="Ada", born=date(1815, 12, 10), mood="tired", notes=("early",))
    assert repr(guest) == "Guest(id='g-1', name=..., born=..., mood=..., notes=...)"
    assert repr(Guest(id="g-1", name="Ada")) == "Guest(id='g-1', name=...)"


def test_problems_of_personal_fields_tell_the_shape_of_the_whole() -> None:
    """No part of a personal field is told about, nor a word that it resembles."""
    wrong: dict[str, Any] = {"name": "A" * 10, "born": "1815", "mood": "cheerfull"}
    assert told(lambda: Guest(id="", **wrong, notes=("early", "Ada Lovelace"))) == [
        "id: must be one line of text of 1 to 200 characters, not blank; had text of 0 characters",
        "name: must be one line of text of 1 to 9 characters, not blank; had text of 10 characters",
        "born: must be a date, or None; had text of 4 characters",
        "mood: must be one of cheerful, tired; had text of 9 characters",
        "notes[1]: must be one line of text of 1 to 9 characters, not blank; had a tuple of 2",
    ]


@given(st.integers(), st.integers())
def test_representations_lead_back(x: int, y: int) -> None:
    """Without personal fields, a representation is the source of an equal value."""
    if min(x, y) >= 0 and max(x, y) < 2**53:
        point = Point(x, y)
        assert eval(repr(point), {"Point": Point}) == point
    else:
        assert len(told(lambda: Point(x, y))) == (not 0 <= x < 2**53) + (not 0 <= y < 2**53)


def test_representations_leave_defaults_out() -> None:
    """A field at its default is not shown, a required field is."""
    assert repr(Point(0)) == "Point(x=0)"
    assert repr(Point(0, label="p")) == "Point(x=0, label='p')"


def test_a_refused_value_leaves_no_trace() -> None:
    """Constructing again on a value that exists changes nothing where it is refused."""
    point = Point(1, 2)
    with pytest.raises(InvariantError):
        Point.__init__(point, -1)
    assert point == Point(1, 2)
    assert type(point) is Point


def _ask(_: object) -> Any:
    raise LookupError


Proxy: Any = type("Proxy", (), {"__class__": property(_ask)})
"""A stand-in whose class can only be asked while a request runs."""


@pytest.mark.parametrize(
    ("make", "others"), [(maker(Range), (3, (), None)), (Pair, (3,)), (maker(Pair), (3,))]
)
def test_a_value_that_cannot_be_looked_at_is_told(make: Any, others: tuple[Any, ...]) -> None:
    """A value that raises when its class is asked is refused by its field, as all else is."""
    with pytest.raises(InvariantError) as caught:
        make(Proxy(), *others)
    (problem,) = caught.value.problems
    assert problem.path in {"least", "left"}
    assert problem.had == "Proxy"


def test_classes_are_told_as_they_are_made() -> None:
    """An observer is called once for each checked class, past and future."""
    told: list[type[Any]] = []

    def hear(cls: type[Any]) -> None:
        told.append(cls)

    watch(hear)
    watch(hear)
    assert {Range, Point, Pair} <= set(told)

    @checked()
    @attrs.frozen(kw_only=True, weakref_slot=False)
    class Fresh:
        name: str

    assert told.count(Fresh) == told.count(Range) == 1
    assert told[-1] is Fresh


def test_constructors_are_compiled_on_first_use() -> None:
    """A new class has no code yet; its signature, or its first value, compiles the constructor."""

    @checked()
    @attrs.frozen(kw_only=True, weakref_slot=False)
    class Late:
        size: Annotated[int, Whole(least=1)] = 1

    constructor = vars(Late)["__init__"]
    assert not isinstance(constructor, FunctionType)
    assert maker(Late)(2) == Late(size=2)
    compiled = vars(Late)["__init__"]
    assert isinstance(compiled, FunctionType)
    assert Late.__init__ is compiled
    assert list(inspect.signature(Late).parameters) == ["size"]


def test_a_constructor_compiled_twice_at_once_makes_equal_values() -> None:
    """Two threads may both find a class without code: each one's constructor is the right one."""

    @checked()
    @attrs.frozen(kw_only=True, weakref_slot=False)
    class Late:
        size: Annotated[int, Whole(least=1)] = 1

    lazy = vars(Late)["__init__"]
    first = lazy.__get__(None, Late)
    one = Late(size=3)
    assert lazy.__get__(None, Late) is not first
    assert one == Late(size=3)
    with pytest.raises(InvariantError, match="size"):
        Late(size=0)
