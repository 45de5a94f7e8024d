"""From annotations to shapes, fields and the classes that values hold."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional, Union

import attrs
import pytest

from mic_core.fields import (
    PERSONAL,
    Choice,
    Clock,
    Day,
    Either,
    Field,
    Flag,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    Pairs,
    Scalar,
    Shape,
    Text,
    Value,
    Whole,
    classes_within,
    fields_of,
    shape_of,
)
from mic_core.fields.declared import shapes_within
from mic_core.model import Edition, Leaf, Module, Money, Program, Requirement, Seats, Waitlist

DECLARED: list[tuple[object, Shape]] = [
    (str, Text()),
    (int, Whole()),
    (bool, Flag()),
    (Decimal, Number()),
    (datetime, Instant()),
    (date, Day()),
    (time, Clock()),
    (timedelta, Length()),
    (Annotated[str, Id()], Id()),
    (Annotated[str, PERSONAL], Text()),
    (Annotated[str, Text(60), PERSONAL], Text(60)),
    (Annotated[str, PERSONAL, Text(60)], Text(60)),
    (Annotated[Annotated[str, Text(60)], PERSONAL], Text(60)),
    (Literal["a", "b"], Choice(("a", "b"))),
    (str | None, Maybe(Text())),
    (Optional[str], Maybe(Text())),  # noqa: UP045  # as older code writes it
    (Union[str, None], Maybe(Text())),  # noqa: UP007  # as older code writes it
    (Optional[Annotated[str, Id()]], Maybe(Id())),  # noqa: UP045  # as annotations are read
    (Literal["a"] | None, Maybe(Choice(("a",)))),
    (tuple[int, ...], Many(Whole())),
    (tuple[int, ...] | None, Maybe(Many(Whole()))),
    (Seats, Value(Seats)),
    (Seats | None, Maybe(Value(Seats))),
    (tuple[Seats, ...], Many(Value(Seats))),
]


@pytest.mark.parametrize(("annotation", "shape"), DECLARED)
def test_annotations_declare_shapes(annotation: object, shape: Shape) -> None:
    """Plain types, literals, options, tuples, classes and marks each declare a shape."""
    assert shape_of(annotation) == shape


@pytest.mark.parametrize(
    "annotation",
    [
        float,
        list[str],
        tuple[int, int],
        tuple[int],
        str | int,
        str | int | None,
        None,
        object,
        Any,
        Literal[1],
        Literal["a", 1],
        Annotated[float, PERSONAL],
        object(),
    ],
)
def test_other_annotations_are_mistakes(annotation: object) -> None:
    """An annotation that declares no shape is a mistake in a class."""
    with pytest.raises(TypeError) as mistake:
        shape_of(annotation)
    culprit = float if annotation == Annotated[float, PERSONAL] else annotation
    assert str(mistake.value) == f"{culprit!r} declares no field shape"


@attrs.frozen
class Visit:
    """A class with fields of every standing."""

    id: Annotated[str, Id()]
    n: int = attrs.field(default=3, kw_only=True)
    name: Annotated[str, PERSONAL] | None = None
    notes: tuple[Annotated[str, PERSONAL], ...] = ()
    day: int = attrs.field(init=False, default=0)


def test_fields_are_read_from_a_class() -> None:
    """Each field that the constructor takes is told with its standing; derived ones are not."""
    assert fields_of(Visit) == (
        Field(
            name="id", shape=Id(), required=True, default=attrs.NOTHING, personal=False,
            positional=True,
        ),
        Field(
            name="n", shape=Whole(), required=False, default=3, personal=False, positional=False
        ),
        Field(
            name="name", shape=Maybe(Text()), required=False, default=None, personal=True,
            positional=True,
        ),
        Field(
            name="notes", shape=Many(Text()), required=False, default=(), personal=True,
            positional=True,
        ),
    )  # fmt: skip
    assert fields_of(Visit) is fields_of(Visit)


def test_parts_of_a_shape() -> None:
    """A shape is told with the shapes of its parts, itself first."""
    pairs = Pairs(Text(), Scalar())
    shape = Maybe(Many(Labels(Id())))
    assert shapes_within(Flag()) == (Flag(),)
    assert shapes_within(pairs) == (pairs, Text(), Scalar())
    assert shapes_within(shape) == (shape, shape.item, Labels(Id()), Id())


def test_classes_that_values_hold() -> None:
    """The classes within others are found, through lists and alternatives, each once."""
    found = classes_within(Program, Edition)
    assert found[:2] == (Program, Edition)
    assert {Module, Requirement, Leaf, Seats, Waitlist, Money} <= set(found)
    assert len(set(found)) == len(found)
    assert classes_within(Seats) == (Seats,)
    assert classes_within() == ()


def test_a_class_may_hold_itself() -> None:
    """Alternatives are named by a function, so that they can name the class being made."""
    either = Either(lambda: (Seats, Money))
    assert either.types() == (Seats, Money)
    assert classes_within(Requirement) == (Requirement, Leaf)
