"""Descriptions of values that never quote them, and spelling suggestions."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given

from mic_core.errors import Problem
from mic_core.fields import Found, describe, nearest_word, refuse
from mic_core.fields.shape import WRONG
from tests.fields.shapes import NAIVE, Color, Level, Row, Word, hostile


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "a flag (True or False)"),
        ("", "text of 0 characters"),
        (Word("Ada"), "text of 3 characters"),
        (Color.RED, "text of 3 characters"),
        ((), "a tuple of 0"),
        (Row((1,)), "a tuple of 1"),
        ([1, 2], "a list of 2"),
        ({1}, "a set of 1"),
        (frozenset({1}), "a set of 1"),
        ({"name": "Ada"}, "a mapping of 1"),
        (NAIVE, "a date and time without a zone"),
        (datetime(2014, 9, 10, tzinfo=UTC), "a date and time"),
        (date(2014, 9, 10), "a date"),
        (time(18), "time"),
        (7, "a whole number"),
        (Level.HIGH, "a whole number"),
        (1.5, "a number (float)"),
        (Decimal("1.5"), "a number (Decimal)"),
        (float("inf"), "a number that is not finite"),
        (Decimal("sNaN"), "a number that is not finite"),
        (b"Ada", "bytes"),
        (object(), "object"),
        (int, "type"),
    ],
)
def test_values_are_described_by_their_kind(value: object, words: str) -> None:
    """A description tells the kind and the size of a value."""
    assert describe(value) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [("A" * 40, "A" * 40), ("A" * 41, "something else"), ("Ada Lovelace", "something else")],
)
def test_odd_names_of_classes_are_not_quoted(name: str, words: str) -> None:
    """The name of a class is told only if a program could have given it."""
    assert describe(type(name, (), {})()) == words


@given(hostile())
def test_descriptions_are_short(value: object) -> None:
    """Whatever it is, its description is one short line."""
    assert 0 < len(describe(value)) <= 60
    assert describe(value).isprintable()


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        ("onlin", "did you mean online?"),
        (Word("hybrd"), "did you mean hybrid?"),
        ("", ""),
        ("xyz", ""),
        (None, ""),
        (7, ""),
        ("online" + "e" * 58, ""),
        ("online" + "e" * 59, ""),
    ],
)
def test_near_words_are_asked_for(given: object, mend: str) -> None:
    """A short text that resembles a known word is asked back; nothing else is."""
    assert nearest_word(given, ["online", "hybrid"]) == mend


def test_only_short_texts_are_compared() -> None:
    """Texts of more than 64 characters are not compared, as that would take long."""
    assert nearest_word("a" * 64, ["a" * 64]) != ""
    assert nearest_word("a" * 65, ["a" * 65]) == ""


def test_likeness_can_be_asked_for() -> None:
    """A higher likeness finds fewer words, and the order of the known ones does not matter."""
    assert (
        nearest_word("abxx", ["abcd", "abce"], 0.5)
        == nearest_word("abxx", ["abce", "abcd"], 0.5)
        != ""
    )
    assert nearest_word("abxx", ["abcd"], 0.51) == ""


def test_refusing_adds_a_problem() -> None:
    """Refusing a value describes it in a problem, after those found before."""
    found: Found = [Problem(path="a", rule="must be given")]
    assert refuse(found, "b", "must be text", 7, "write it out") is WRONG
    assert found[1:] == [
        Problem(path="b", rule="must be text", had="a whole number", mend="write it out")
    ]
