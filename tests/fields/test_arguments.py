"""Argument validation of verbs: all problems at once, each under the name of its argument."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from mic_core.catalog.check import RuleShape
from mic_core.errors import InvariantError
from mic_core.fields import (
    Called,
    Each,
    Found,
    Shape,
    Text,
    Whole,
    describe,
    is_a,
    settle_safely,
    sound,
)
from mic_core.markup.document import _PartShape  # pyright: ignore[reportPrivateUsage]
from mic_core.portfolio.status import _Citation  # pyright: ignore[reportPrivateUsage]
from mic_core.scheduling.rules.overlap import RoomOverlap
from tests.fields.shapes import compiled, told

NUMBERS = Each(Whole(most=9), "digits")


class Raising:
    """A mapping of somebody else that breaks down."""

    def __iter__(self) -> Iterator[object]:
        raise ZeroDivisionError


def test_arguments_come_back_settled() -> None:
    """Each argument comes back in its canonical form, in the order in which it was given."""
    assert sound("try", b=(2, Whole()), a=(iter([1]), NUMBERS)) == (2, (1,))


def test_all_that_is_wrong_is_told_at_once() -> None:
    """The error is of the verb, and every problem stands under the name of its argument."""
    with pytest.raises(InvariantError) as caught:
        sound("try", one=("x", Whole()), two=(2, Whole()), three=([1, 10], NUMBERS))
    assert caught.value.subject == "try"
    assert [each.path for each in caught.value.problems] == ["one", "three[1]"]


@pytest.mark.parametrize(
    "value", [(1, 2), [1, 2], {1: "a", 2: "b"}, iter((1, 2)), {1, 2}, range(1, 3)]
)
def test_anything_that_yields_items_is_taken(value: Any) -> None:
    """Items may come from anything, were it only once, and are kept in a tuple."""
    assert sound("try", items=(value, NUMBERS)) == ((1, 2),)
    assert not compiled(NUMBERS)((1, 2))


@pytest.mark.parametrize(
    ("value", "had"), [("12", "text of 2 characters"), (3, "a whole number"), (None, "nothing")]
)
def test_what_yields_no_items_is_refused(value: object, had: str) -> None:
    """A text is one thing, not its letters, and a number is none at all."""
    assert told(NUMBERS, value) == [
        f"field: must be digits, in a tuple, a list or the like; had {had}"
    ]


def test_what_raises_is_a_problem() -> None:
    """A value that breaks down when it is looked at is told by what it raises."""
    found: Found = []
    settle_safely(NUMBERS, Raising(), "digits", found)
    (problem,) = found
    assert str(problem) == (
        "digits: must be digits, in a tuple, a list or the like; had Raising; "
        "it raises ZeroDivisionError when it is looked at: give a plain value"
    )


def test_functions_are_called() -> None:
    """Anything that can be called is a function, and nothing else."""
    assert compiled(Called())(len)
    assert told(Called(), len) == []
    assert told(Called(), "len") == ["field: must be a function; had text of 3 characters"]
    assert not compiled(Called())("len")


@pytest.mark.parametrize("kind", [str, int, list, dict])
def test_a_stand_in_is_not_what_it_claims_to_be(kind: type[Any]) -> None:
    """A mock that claims to be of a class is described, and refused, as the mock that it is."""
    mock = Mock(spec=kind)
    assert isinstance(mock, kind)
    assert not is_a(mock, kind)
    assert describe(mock) == "Mock"
    for shape in (Text(), Whole(), NUMBERS):
        assert len(told(shape, mock)) == 1


@pytest.mark.parametrize(
    ("shape", "right"),
    [(RuleShape(), RoomOverlap()), (_PartShape(), "Six."), (_Citation(), "session:s")],
)
def test_shapes_of_arguments_have_a_quick_test(shape: Shape, right: object) -> None:
    """A shape that only verbs use keeps the contract of shapes: its fast test is never wrong."""
    assert compiled(shape)(right)
    assert told(shape, right) == []
    assert not compiled(shape)(3)
    assert len(told(shape, 3)) == 1
