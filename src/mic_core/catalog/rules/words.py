"""Vocabulary rule: an open word that is nearly one of its documented list is a likely misspelling.

The lists are open, since no rule depends on these words; but a word with a typing error counts as
a kind of its own in every breakdown.
"""

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache

from mic_core.ids import cite
from mic_core.model import KINDS, Assignment, Noun, Program, Series, Session
from mic_core.model.program import PROGRAM_KINDS, SESSION_KINDS
from mic_core.model.session import ASSIGNMENT_ROLES
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule

_LIKENESS = 0.85
"""The least similarity ratio of difflib of a misspelling: one letter in seven, added or lost.

Judged by words that are meant: webinar is 0.71 like seminar, greeting is 0.80 like meeting."""


@lru_cache(1 << 12)  # words: bounds memory; a portfolio has few different ones
def meant_word(word: str, words: tuple[str, ...]) -> str | None:
    """The listed word that a word is nearly; None if it is listed itself, or like none.

    A listed word behind a prefix is a word of its own, as unconference is.

    >>> meant_word("trainning", ("talk", "training")), meant_word("webinar", ("seminar",))
    ('training', None)
    """
    if word in words:
        return None
    (near, *_) = (*get_close_matches(word, words, 1, _LIKENESS), None)
    return None if near is None or word.endswith(near) else near


def open_words(portfolio: Portfolio) -> Iterator[tuple[Noun, str, str, tuple[str, ...]]]:
    """The open words of a portfolio: noun, path of the field, word, and its documented list."""
    for program in portfolio.all(Program):
        yield program, "kind", program.kind, PROGRAM_KINDS
        for n, module in enumerate(program.modules):
            yield program, f"modules[{n}].kind", module.kind, SESSION_KINDS
    for series in portfolio.all(Series):
        yield series, "kind", series.kind, SESSION_KINDS
    for session in portfolio.all(Session):
        yield session, "kind", session.kind, SESSION_KINDS
    for part in portfolio.all(Assignment):
        yield part, "role", part.role, ASSIGNMENT_ROLES


def _misspelt_words(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for noun, path, word, words in open_words(portfolio):
        meant = meant_word(word, words)
        if meant is not None:
            subject = cite(KINDS[type(noun)], noun.id)
            yield Breach(subjects=(subject,), path=path, facts={"had": word, "needed": meant})


MISSPELT_WORD = PortfolioRule(
    entry=Entry(
        code="misspelt-word",
        level="soft",
        law="A kind of session or program, or a role, is not nearly one of the documented words.",
        why="Any word is allowed there, but a misspelt one counts as a kind of its own.",
        source="common practice; similarity by Ratcliff and Obershelp, as in difflib",
        sentence="{subjects}: {path} is {had}, nearly the usual word {needed}",
        mend="write {needed}, if that is meant",
    ),
    find=_misspelt_words,
)
"""An open word is not a likely misspelling of a documented one."""

WORD_RULES: tuple[PortfolioRule, ...] = (MISSPELT_WORD,)
"""The rules of this module."""
