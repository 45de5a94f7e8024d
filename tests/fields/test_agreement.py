"""Differential test of all shapes: the fast test and `settle` never disagree."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.fields import Found, Number, Shape
from mic_core.fields.declared import shapes_within
from mic_core.model import NOUNS
from mic_core.testing import values
from mic_core.testing.declared import values_of
from tests.fields.shapes import HOSTILE, SHAPES, compiled, hostile, same, settled

TESTS = {name: compiled(shape) for name, shape in SHAPES.items()}
NAMES = st.sampled_from(sorted(SHAPES))
NAMES_OF_NOUNS = tuple(f"{noun.__name__}." for noun in NOUNS.values())
OF_NOUNS = st.sampled_from(sorted(name for name in SHAPES if name.startswith(NAMES_OF_NOUNS)))


def _disagreement(name: str, value: object) -> str:
    """The contract that a shape breaks on a value; "" if it keeps all."""
    shape = SHAPES[name]
    quick = TESTS[name](value)
    result, found = settled(shape, value)
    if quick and (found or not same(result, value)):
        return "the test is true of a value that is not canonical"
    if found:
        lacking = [each for each in found if not (each.path.startswith("field") and each.rule)]
        return "a problem lacks its place or its rule" if lacking or result is not None else ""
    if not same(settled(shape, result)[0], result) or settled(shape, result)[1]:
        return "what was settled does not settle to itself"
    exact = any(isinstance(each, Number) for each in shapes_within(shape))
    if not exact and not TESTS[name](result):
        return "what was settled is not canonical"
    return ""


@pytest.mark.parametrize("name", SHAPES)
def test_known_values_are_judged_alike(name: str) -> None:
    """For values of every kind, the test is true only where settling changes nothing."""
    assert {
        (repr(value), told) for value in HOSTILE if (told := _disagreement(name, value))
    } == set()


@given(NAMES, hostile())
def test_any_value_is_judged_alike(name: str, value: object) -> None:
    """For drawn values, the test is true only where settling changes nothing."""
    assert _disagreement(name, value) == ""


@given(st.data(), OF_NOUNS)
def test_what_a_field_draws_is_sound(data: st.DataObject, name: str) -> None:
    """A value drawn by the strategies for a field settles without a problem, and stays the same."""
    shape = SHAPES[name]
    value: Any = data.draw(values_of(shape, values))
    assert settled(shape, value)[1] == []
    assert _disagreement(name, value) == ""


@given(NAMES, hostile())
def test_problems_are_only_added(name: str, value: object) -> None:
    """Settling adds to what was found before, and takes nothing away."""
    found: Found = []
    shape: Shape = SHAPES[name]
    shape.settle(value, "one", found)
    before = list(found)
    shape.settle(value, "two", found)
    assert found[: len(before)] == before
    assert [each.path.replace("one", "two", 1) for each in before] == [
        each.path for each in found[len(before) :]
    ]


@pytest.mark.parametrize("name", SHAPES)
def test_rules_are_predicates(name: str) -> None:
    """A rule continues the sentence that the name of a field begins."""
    assert SHAPES[name].rule.startswith("must be ")
