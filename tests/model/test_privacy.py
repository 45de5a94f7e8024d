"""No personal value, and no text that was given, shows in a representation, an error or a log."""

import pprint
import traceback
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import attrs
import pytest
from hypothesis import Phase, find, settings

from mic_core.errors import InvariantError
from mic_core.fields import Field, Scalar, fields_of
from mic_core.fields.declared import shapes_within
from mic_core.testing import values
from tests.fields.shapes import Word
from tests.model.outcomes import CLASSES, given_to, named
from tests.testing.examples import examples

CANARY = "Zqx Lovelace"
BORN = date(1815, 12, 10)
SHOWN = ("Zqx", "Lovelace", "1815")
WORD = "unemployed"  # one of a fixed list, which rules may name

PERSONAL = {
    (cls, field.name): field for cls in CLASSES for field in fields_of(cls) if field.personal
}


@cache
def simplest(cls: Any) -> Any:
    """The simplest value of a class."""
    quick = settings(phases=(Phase.generate, Phase.shrink), max_examples=20, database=None)
    return find(values(cls), lambda _: True, settings=quick)


class Secret:
    """A value that tells itself in every way it can."""

    def __repr__(self) -> str:
        return CANARY


class Loud(str):
    """A text that tells itself in every way it can."""

    __slots__ = ()


@cache
def least(cls: Any) -> dict[str, Any]:
    """The fields of some sound value of a class."""
    return given_to(examples(values(cls), 1)[0])


def hidden(field: Field) -> Any:
    """A sound value of a personal field, with the canary in it."""
    named_values = (("origin", CANARY), (CANARY, 1815))
    for value in (CANARY, BORN, (CANARY,), named_values, WORD, Decimal("0.1815")):
        found: list[Any] = []
        settled = field.shape.settle(value, field.name, found)
        if not found:
            return settled
    raise AssertionError(field)


def faulty() -> Iterator[Any]:
    """Values with the canary in them that hardly any field takes."""
    long = CANARY * 300
    yield from (CANARY + "\x00", long, Loud(long), Word(CANARY + "\n"), CANARY.encode(), Secret())
    yield from ([CANARY, 1815, "\x00"], (CANARY + "\x07", CANARY), {CANARY, "\x00"}, [[CANARY]])
    yield from ({CANARY: CANARY + "\x00"}, {CANARY + "\x00": 1815}, ((CANARY, None),), {1815: BORN})
    yield from (
        ((CANARY, 1), (CANARY, 2)),
        f"person:{CANARY}",
        {"name": CANARY},
        1815.5,
        1815 << 80,
    )
    yield from (BORN, iter(CANARY), Exception(CANARY), ["a", CANARY], [Secret()], lambda: CANARY)


def leaks(text: str) -> list[str]:
    """The parts of the canary that a text contains."""
    return [part for part in SHOWN if part in text]


def told(error: InvariantError) -> str:
    """All that an error can show, in a log, on a form or in a notebook."""
    parts = [str(error), repr(error), repr(error.args), repr(error.problems), error.subject]
    parts += [repr(attrs.asdict(each)) for each in error.problems]
    return "\n".join([*parts, *traceback.format_exception(error)])


def test_personal_fields_are_marked() -> None:
    """Names, contacts, births, characteristics, answers, positions and reasons are personal."""
    assert {f"{cls.__name__}.{name}" for cls, name in PERSONAL} == {
        "Person.name",
        "Person.contact",
        "Person.born",
        "Person.gender",
        "Person.region",
        "Person.attributes",
        "Application.answers",
        "Decision.reasons",
        "Employment.hours_share",
        "Employment.status",
        "Enrollment.profile",
        "Identity.reason",
        "Retraction.reason",
        "Transition.reason",
    }


@pytest.mark.parametrize("cls", sorted({cls for cls, _ in PERSONAL}, key=named), ids=named)
def test_sound_personal_values_are_not_shown(cls: Any) -> None:
    """A value with every personal field filled shows that each is there, and nothing of it."""
    mine = [field for field in fields_of(cls) if field.personal]
    fields = given_to(simplest(cls))
    value = cls(**fields | {field.name: hidden(field) for field in mine})
    for text in (repr(value), str(value), f"{value}", pprint.pformat(value), repr([value])):
        assert leaks(text) == []
        assert WORD not in text
        assert all(f"{field.name}=..." in text for field in mine)


@pytest.mark.parametrize("cls", CLASSES, ids=named)
def test_faulty_values_are_not_quoted(cls: Any) -> None:
    """Whatever is given to whichever field, the error quotes none of it; nor do others near it."""
    fields = given_to(simplest(cls))
    filled = {field.name: hidden(field) for field in fields_of(cls) if field.personal}
    refused = 0
    for field in fields_of(cls):
        for value in faulty():
            try:
                made = cls(**{**fields, **filled, field.name: value})
            except InvariantError as error:
                refused += 1
                assert leaks(told(error)) == []
            else:
                assert not filled or leaks(repr(made).replace("1815, 12, 10", "")) == []
    assert refused > len(fields) * 10


def test_every_fault_at_once_is_not_quoted() -> None:
    """All fields of all classes faulty together: one error each, without a word of it."""
    for cls in CLASSES:
        for value in faulty():
            try:
                cls(**dict.fromkeys(given_to(simplest(cls)), value))
            except InvariantError as error:
                assert leaks(told(error)) == []


def test_free_values_are_only_in_marked_fields() -> None:
    """A field that takes free values under free names is personal, or a condition."""
    free = {
        f"{cls.__name__}.{field.name}"
        for cls in CLASSES
        for field in fields_of(cls)
        if any(isinstance(each, Scalar) for each in shapes_within(field.shape))
        if not field.personal
    }
    assert free == {"Where.value", "Leaf.value"}


def test_the_canary_sings() -> None:
    """The test would notice: where a value is quoted, it is seen."""
    assert leaks(repr(CANARY)) == ["Zqx", "Lovelace"]
    assert leaks(repr(BORN)) == ["1815"]
    assert leaks(f"{Secret()}") == ["Zqx", "Lovelace"]
