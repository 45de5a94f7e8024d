"""References: everything that a noun points to is found, with its place and its kinds."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from mic_core.chrono import Period
from mic_core.fields import Labels, Many, Maybe, Pairs, Ref, Shape, Subject, Value, fields_of
from mic_core.fields.declared import shapes_within
from mic_core.model import (
    KINDS,
    NOUNS,
    TABLES,
    Attendance,
    Deal,
    Module,
    Money,
    Noun,
    Program,
    Session,
    Support,
    Target,
)
from mic_core.model.references import Reference, pointers, references
from mic_core.testing import nouns
from tests.model.outcomes import CLASSES, named

HOUR = timedelta(hours=1)


def naive(shape: Shape, value: Any, path: str) -> Iterator[Reference]:
    """The references in a value of a shape, by a search through all of it."""
    if value is None:
        return
    match shape:
        case Ref(kinds):
            yield Reference(path, kinds, value)
        case Subject():
            kind, id = value.split(":", 1)
            yield Reference(path, (kind,), id)
        case Maybe(item):
            yield from naive(item, value, path)
        case Many(item) | Labels(item):
            for place, each in enumerate(value):
                yield from naive(item, each, f"{path}[{place}]")
        case Value(cls):
            for field in fields_of(cls):
                inner = getattr(value, field.name)
                yield from naive(field.shape, inner, f"{path}.{field.name}")
        case _:
            pass


@given(nouns())
def test_every_reference_is_found(noun: Noun) -> None:
    """The quick way finds what looking into every field finds, in the same order."""
    found = [
        each
        for field in fields_of(type(noun))
        for each in naive(field.shape, getattr(noun, field.name), field.name)
    ]
    assert list(references(noun)) == found


@pytest.mark.parametrize("cls", CLASSES, ids=named)
def test_references_lead_to_kinds(cls: Any) -> None:
    """The kinds that a field declares are kinds of nouns, or of the modules of programs."""
    kinds: set[str] = set()
    for field in fields_of(cls):
        for shape in shapes_within(field.shape):
            kinds |= set(shape.kinds) if isinstance(shape, Ref | Subject) else set()
    assert kinds <= {*NOUNS, "module"}


def test_what_has_a_table_can_change_its_status() -> None:
    """The subject of a transition is of a kind that has a status table, and each of these is."""
    field = next(each for each in fields_of(NOUNS["transition"]) if each.name == "subject")
    assert isinstance(field.shape, Subject)
    assert set(field.shape.kinds) == set(TABLES)


@pytest.mark.parametrize("cls", CLASSES, ids=named)
def test_no_reference_hides_in_pairs(cls: Any) -> None:
    """Neither names nor values of pairs refer to anything: nobody looks for it there."""
    for field in fields_of(cls):
        for shape in shapes_within(field.shape):
            if isinstance(shape, Pairs):
                assert not any(isinstance(each, Ref | Subject) for each in shapes_within(shape)[1:])


@pytest.mark.parametrize(
    ("noun", "found"),
    [
        (
            Attendance(id="a", session_id="s", person_id="p", status="present"),
            [("session_id", ("session",), "s"), ("person_id", ("person",), "p")],
        ),
        (
            Session(
                id="s", center_id="c", title="Pitch", length=HOUR, audience=("e-1", "p-1"),
                series_id="x",
            ),
            [
                ("center_id", ("center",), "c"),
                ("series_id", ("series",), "x"),
                ("audience[0]", ("edition", "person", "organization"), "e-1"),
                ("audience[1]", ("edition", "person", "organization"), "p-1"),
            ],
        ),
        (
            Program(
                id="p", title="Boostcamp", kind="bootcamp", organizer_id="o",
                modules=(
                    Module(id="m-1", title="One", length=HOUR),
                    Module(id="m-2", title="Two", length=HOUR, requires=("m-1",), trainers=("t",)),
                ),
            ),
            [
                ("organizer_id", ("center", "organization"), "o"),
                ("modules[1].requires[0]", ("module",), "m-1"),
                ("modules[1].trainers[0]", ("person",), "t"),
            ],
        ),
        (
            Target(
                id="t", indicator_id="J1", scope=("c",), period=Period.year(2014), value=Decimal(50)
            ),
            [
                ("indicator_id", ("indicator",), "J1"),
                ("scope[0]", ("center", "program", "edition", "series", "session"), "c"),
            ],
        ),
        (
            Support(
                id="u", enterprise_id="o", kind="coaching", provider_id="c", on=date(2014, 9, 10)
            ),
            [
                ("enterprise_id", ("organization",), "o"),
                ("provider_id", ("center", "organization", "person"), "c"),
            ],
        ),
        (
            Deal(
                id="d", organization_id="o", on=date(2014, 9, 10), kind="loan",
                amount=Money(amount=Decimal(1), currency="EUR"), investors=(),
            ),
            [("organization_id", ("organization",), "o")],
        ),
    ],
)  # fmt: skip
def test_references_of_some_nouns(
    noun: Noun, found: list[tuple[str, tuple[str, ...], str]]
) -> None:
    """Paths lead into lists and into values within values; what is None leads nowhere."""
    assert [(each.path, each.kinds, each.id) for each in references(noun)] == found


def test_values_without_references_cost_nothing() -> None:
    """Classes that point nowhere are not looked into."""
    assert pointers(Money) == ()
    assert [name for name, _ in pointers(Program)] == ["organizer_id", "modules"]
    assert {KINDS[cls] for cls in CLASSES if cls in KINDS and not pointers(cls)} == {
        "center", "indicator", "person",
    }  # fmt: skip
