"""Strategies of values: all that a class takes, nothing that it refuses, the least of it first."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import DataObject

from mic_core.fields import (
    Field,
    Found,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    Ref,
    Shape,
    Subject,
    Text,
    Whole,
    classes_within,
    fields_of,
)
from mic_core.findings import Policy
from mic_core.model import (
    NOUNS,
    Attendance,
    Leaf,
    Module,
    Noun,
    Program,
    Requirement,
    Room,
    Transition,
)
from mic_core.portfolio import Batch
from mic_core.testing import classes, ids, nouns, requirements, texts, values
from mic_core.testing.declared import anything, values_of
from tests.testing.examples import examples, least

CLASSES = classes_within(*NOUNS.values(), Policy)


def _named(cls: Any) -> str:
    name: str = cls.__name__
    return name


def _refused() -> None:
    raise AssertionError


@pytest.mark.parametrize("cls", CLASSES, ids=_named)
def test_a_class_draws_itself(cls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are of the class, none is dropped, and each field is both left alone and filled."""
    monkeypatch.setattr(classes, "reject", _refused)
    found = examples(values(cls), 60)
    if _one_sided(cls, found):  # a field that is seldom filled takes more
        found = examples(values(cls), 300)
    assert {type(each) for each in found} == {cls}
    assert _one_sided(cls, found) == []


def _one_sided(cls: Any, found: list[Any]) -> list[str]:
    """The fields with a default that are always left at it, or never."""
    return [
        field.name
        for field in fields_of(cls)
        if not field.required
        and len({getattr(each, field.name) == field.default for each in found}) == 1
    ]


def _forced(field: Field) -> bool:
    """True if a law requires a field that has a default."""
    return field.name in {"hours", "period", "slot", "claim"}


@pytest.mark.parametrize("noun", NOUNS.values(), ids=_named)
def test_a_noun_shrinks_to_what_must_be_given(noun: Any) -> None:
    """The least example of a noun leaves every field at its default that may be left at it."""
    plainest = least(values(noun))
    assert plainest.id == "a"
    for field in fields_of(noun):
        if not field.required and not _forced(field):
            assert getattr(plainest, field.name) == field.default, field.name


@cache
def _kinds() -> set[type[Noun]]:
    """The kinds of the nouns that are drawn until there are all, or very many."""
    kinds: set[type[Noun]] = set()

    def completes(drawn: Noun) -> bool:
        kinds.add(type(drawn))
        return kinds == set(NOUNS.values())

    long = settings(phases=[Phase.generate], max_examples=10_000, database=None)
    with suppress(NoSuchExample):
        find(nouns(), completes, settings=long)
    return kinds


@pytest.mark.parametrize("noun", NOUNS.values(), ids=_named)
def test_all_kinds_are_drawn(noun: Any) -> None:
    """Nouns are of every kind there is."""
    assert noun in _kinds()


@given(values(Room, seats=st.integers(20, 40), features=st.just(("projector",))))
def test_a_field_can_be_given(room: Room) -> None:
    """A strategy that is given takes the place of the declared one."""
    assert room.seats in range(20, 41)
    assert room.features == ("projector",)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(values(Attendance, minutes=st.just(30)))
def test_what_contradicts_is_dropped(attendance: Attendance) -> None:
    """If a given strategy contradicts the other fields, another example is tried."""
    assert attendance.minutes == 30
    assert attendance.status in {"present", "partial"}


@given(values(Transition, subject=st.just("session:s"), after=st.just("held")))
def test_laws_mend_only_what_was_not_given(transition: Transition) -> None:
    """Given fields keep their values; the others are changed until the law holds."""
    assert (transition.subject, transition.after) == ("session:s", "held")
    assert transition.before in {None, "planned", "held", "cancelled"}


def test_a_field_that_is_not_there() -> None:
    """A misspelt field is an error, not ignored."""
    with pytest.raises(TypeError, match="Room has no field seat, window"):
        values(Room, window=st.none(), seat=st.just(20))


def test_a_class_without_shapes() -> None:
    """A class that holds what no declaration describes has no strategy."""
    with pytest.raises(TypeError, match="has no strategy"):
        values(Batch)


@given(requirements())
def test_requirements_are_trees(requirement: Requirement) -> None:
    """Each part of a requirement is a leaf or a requirement, and one at least there is."""
    assert requirement.parts
    assert {type(part) for part in requirement.parts} <= {Leaf, Requirement}


def test_requirements_are_of_every_rule() -> None:
    """All four rules are drawn, at the top and below it."""
    found = examples(values(Requirement))
    below = [part for each in found for part in each.parts if type(part) is Requirement]
    for several in (found, below):
        assert {each.rule for each in several} == {"all_of", "any_of", "n_of", "not_"}


def test_the_parts_of_a_requirement_can_be_drawn_anew() -> None:
    """Parts are drawn from their declaration where another field is given."""
    plainest = least(values(Requirement, rule=st.just("any_of"), n=st.none()))
    assert plainest.rule == "any_of"
    assert [type(part) for part in plainest.parts] == [Leaf]


@given(ids())
def test_ids_are_ids(id: str) -> None:
    """Every id is one that nouns take, and some are drawn again and again."""
    assert Room(id=id, center_id=id, name="Lab", seats=0).id == id


@pytest.mark.parametrize("most", [1, 12, 200])
@pytest.mark.parametrize("least", [0, 1])
@pytest.mark.parametrize("lines", [True, False])
@given(data=st.data())
def test_texts_fit(most: int, least: int, lines: bool, data: DataObject) -> None:
    """Texts are as long as they may be, and hold what their declaration allows."""
    text = data.draw(texts(most, least=least, lines=lines))
    found: Found = []
    assert Text(most, least, lines).settle(text, "", found) == text
    assert found == []


SHAPES: dict[str, Shape] = {
    "any number": Number(),
    "from a number": Number(least=Decimal("1.5")),
    "to a number": Number(most=Decimal("-1.5")),
    "between numbers": Number(least=Decimal(-2), most=Decimal(2)),
    "whole": Whole(-3, 3),
    "length": Length(timedelta(minutes=5), timedelta(days=1)),
    "short length": Length(timedelta(seconds=1), timedelta(seconds=5)),
    "odd length": Length(timedelta(seconds=61), timedelta(days=9_999)),
    "some": Many(Whole(), 2),
    "labels": Labels(Ref("room"), 1),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@given(data=st.data())
def test_a_shape_takes_what_is_drawn_for_it(shape: Shape, data: DataObject) -> None:
    """A value drawn for a shape is valid."""
    found: Found = []
    shape.settle(data.draw(values_of(shape, values)), "", found)
    assert found == []


REACHED: dict[str, tuple[Shape, Callable[[Any], bool]]] = {
    "many": (Number(least=Decimal(0)), lambda number: number > 10**9),
    "few": (Number(most=Decimal(0)), lambda number: number < -(10**9)),
    "all of it": (Number(least=Decimal(0), most=Decimal(1)), lambda number: number == 1),
    "a part": (Number(), lambda number: number < 0 and number != int(number)),
    "the most": (Whole(least=-3, most=10**9), lambda number: number == 10**9),
    "a long text": (Text(most=200), lambda text: len(text) == 200),
}


@pytest.mark.parametrize(("shape", "reached"), REACHED.values(), ids=REACHED)
def test_extremes_are_drawn(shape: Shape, reached: Callable[[Any], bool]) -> None:
    """The ends of what a field can hold are among the examples."""
    assert any(map(reached, examples(values_of(shape, values))))


def _nowhere(_: tuple[str, ...]) -> st.SearchStrategy[tuple[str, str]]:
    return st.nothing()


@pytest.mark.parametrize(
    ("shape", "empty"),
    [
        (Ref("room"), True),
        (Subject("room"), True),
        (Labels(Ref("room"), 1), True),
        (Labels(Ref("room")), False),
        (Maybe(Ref("room")), False),
    ],
    ids=repr,
)
def test_references_may_lead_to_nothing(shape: Shape, empty: bool) -> None:
    """With nothing to refer to, only fields that may be empty can be drawn."""
    strategy = values_of(shape, values, _nowhere)
    assert strategy.is_empty == empty
    if not empty:
        assert least(strategy) in ((), None)


def test_a_noun_without_anything_to_refer_to() -> None:
    """Nothing is drawn of a noun that must refer to something, where nothing is."""
    assert classes.class_values(Room, refer=_nowhere).is_empty
    module = least(classes.class_values(Module, refer=_nowhere))
    assert module == attrs.evolve(module, requires=(), trainers=())


def test_values_inside_refer_to_the_same() -> None:
    """Values inside a noun refer to the same entities as the noun."""
    programs = examples(classes.class_values(Program, refer=_nowhere))
    modules = [module for program in programs for module in program.modules]
    assert modules
    assert {module.trainers for module in modules} == {()}
    assert {program.organizer_id for program in programs} == {None}


def test_references_lead_anywhere() -> None:
    """A reference is of one of the kinds that it may be of."""
    assert {kind for kind, _ in examples(anything(("room", "person")))} == {"room", "person"}
