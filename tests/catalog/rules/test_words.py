"""Words of open lists: each is judged, and only likely misspellings are found."""

from pathlib import Path

import pytest

from mic_core.catalog.check import check
from mic_core.catalog.rules.references import MISSPELT_WORD, meant_word, open_words
from mic_core.fields import OpenChoice, fields_of
from mic_core.model import NOUNS, Module
from mic_core.model.program import PROGRAM_KINDS, SESSION_KINDS
from mic_core.model.session import ASSIGNMENT_ROLES
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import examples_of
from mic_core.samples.rules.nouns import session

LISTS = (PROGRAM_KINDS, SESSION_KINDS, ASSIGNMENT_ROLES)
GLOSSARY = Path(__file__).parents[3] / "docs" / "glossary.md"


def test_every_open_word_is_judged() -> None:
    """Each field of each noun that holds an open word is among the words that the rule sees."""
    declared = {
        (cls.__name__, field.name, field.shape.words)
        for cls in (*NOUNS.values(), Module)
        for field in fields_of(cls)
        if isinstance(field.shape, OpenChoice)
    }
    seen = {
        ("Module" if path.startswith("modules") else type(noun).__name__, path[-4:], words)
        for noun, path, _, words in open_words(
            Portfolio.of(*examples_of("misspelt-word").firing.nouns)
        )
    }
    assert seen == declared
    assert len(declared) == 5


@pytest.mark.parametrize("words", LISTS)
def test_the_glossary_lists_the_usual_words(words: tuple[str, ...]) -> None:
    """The documentation shows each list in its order."""
    assert ", ".join(f"`{word}`" for word in words) in GLOSSARY.read_text("utf-8")


@pytest.mark.parametrize("words", LISTS)
def test_documented_words_are_not_like_each_other(words: tuple[str, ...]) -> None:
    """No documented word is a misspelling, and each with one more letter is."""
    assert len(set(words)) == len(words)
    for word in words:
        assert meant_word(word, words) is None
        assert meant_word(f"{word}s", words) == word


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("trainning", "training"), ("traning", "training"), ("trianing", "training"),
        ("confrence", "conference"), ("work_shop", "workshop"), ("exams", "exam"),
        ("webinar", None), ("unconference", None), ("greeting", None), ("hackathon", None),
        ("lecture", None), ("panel", None), ("walk", None), ("visitor", None), ("z" * 64, None),
    ],
)  # fmt: skip
def test_a_misspelling_is_told_from_another_word(word: str, meant: str | None) -> None:
    """A letter more, less or swapped is a misspelling; a word of its own is not."""
    assert meant_word(word, SESSION_KINDS) == meant


def test_a_finding_names_both_words() -> None:
    """It is an info about the field that holds the word, with what is likely meant."""
    report = check(Portfolio.of(session("s-1", kind="trainning")), rules=(MISSPELT_WORD,))
    (finding,) = report.findings
    assert (finding.severity, finding.path) == ("info", "kind")
    assert finding.message == "session:s-1: kind is trainning, nearly the usual word training"
    assert finding.mend == "write training, if that is meant"
