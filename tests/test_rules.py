"""The form of a rule: entries, breaches and what they become."""

from typing import Any, get_args

import attrs
import pytest

from mic_core.errors import InvariantError
from mic_core.findings import Level
from mic_core.rules import Arcs, Breach, Entry, Group

ENTRY = Entry(
    code="max-noise",
    level="medium",
    law="It is quiet.",
    why="People sleep.",
    source="a neighbor",
    sentence="{subjects} at {path}: {had} of {needed}, {heard}",
    mend="play {needed} or less",
)


def test_an_entry_has_the_severity_of_its_level() -> None:
    """A medium rule warns; the same at another level is otherwise the same."""
    assert ENTRY.severity == "warning"
    assert ENTRY.at("medium") is ENTRY
    severities = [ENTRY.at(level).severity for level in get_args(Level)]
    assert severities == ["error", "warning", "info"]
    assert ENTRY.at("hard").at("medium") == ENTRY


def test_a_breach_becomes_a_finding() -> None:
    """Subjects are sorted, each once; facts fill the sentence, several as a list."""
    breach = Breach(
        subjects=("room:r", "person:p", "room:r"),
        path="slot",
        facts={"needed": 3, "had": 5, "heard": ("by day", ("at", "night"), None)},
        cost=2,
    )
    found = breach.finding(ENTRY, "error")
    assert found.subjects == ("person:p", "room:r")
    assert found.message == "person:p and room:r at slot: 5 of 3, by day, at, night, None"
    assert found.mend == "play 3 or less"
    assert found.facts == (("had", 5), ("heard", ("by day", ("at", "night"), None)), ("needed", 3))
    assert (found.severity, found.code, found.path) == ("error", "max-noise", "slot")


def test_a_sentence_without_its_facts_is_an_error() -> None:
    """A rule that does not say what its sentence asks for is at fault, and is told so."""
    with pytest.raises(KeyError, match="had"):
        Breach(subjects=()).finding(ENTRY, "error")


def test_values_of_rules_are_independent() -> None:
    """Facts that were not given are not shared."""
    one, other = Breach(subjects=()), Breach(subjects=())
    assert one == other
    assert one.facts is not other.facts
    assert (one.cost, one.sessions, one.path) == (1, (), "")
    assert Arcs(firsts=(), seconds=()).facts == {}
    assert Group(label="x", sessions=()).limit == 1


@pytest.mark.parametrize("path", ["sentence", "mend"])
def test_a_text_that_cannot_be_filled_is_told(path: str) -> None:
    """Braces hold the names of facts; doubled ones stand for themselves."""
    wrong: dict[str, Any] = {path: "more of {that"}
    right: dict[str, Any] = {path: "{{that}}"}
    with pytest.raises(InvariantError) as raised:
        attrs.evolve(ENTRY, **wrong)
    assert [str(each) for each in raised.value.problems] == [
        f"{path}: must have names between {{ and }}, and these two doubled elsewhere"
    ]
    assert getattr(attrs.evolve(ENTRY, **right), path) == "{{that}}"


def test_an_entry_says_something() -> None:
    """A blank text, a code that is no id and a level that there is not are told at once."""
    wrong: dict[str, Any] = {"code": "max noise", "level": "loud", "law": " ", "why": ""}
    with pytest.raises(InvariantError) as raised:
        attrs.evolve(ENTRY, **wrong)
    assert [each.path for each in raised.value.problems] == ["code", "level", "law", "why"]
    assert not attrs.evolve(ENTRY).timed
