"""Drafts: candidate changes of a fix before they are verified, and ids of new nouns."""

from datetime import datetime
from typing import Any

import attrs

from mic_core.ids import cite, split
from mic_core.model import KINDS, Noun, Retraction, Session, Transition
from mic_core.portfolio import Portfolio

_MAX_LENGTH = 64
"""The most characters of an id, as `fields.Id` has it."""


@attrs.frozen(kw_only=True)
class Draft:
    """A candidate change: a sentence without period, nouns to record, and those they replace."""

    sentence: str
    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...] = ()


def fresh_id(portfolio: Portfolio, noun: type[Noun], stem: str) -> str:
    """An unused id of a kind: the stem, cut to length, with a number if it is taken.

    >>> fresh_id(Portfolio.of(), Transition, "e-1-expired")
    'e-1-expired'
    """
    number, id = 1, stem[:_MAX_LENGTH]
    while portfolio.find(noun, id) is not None:
        number += 1
        mark = f"-{number}"
        id = stem[: _MAX_LENGTH - len(mark)] + mark
    return id


def transition_to(
    portfolio: Portfolio, subject: str, before: str, after: str, moment: datetime
) -> Transition:
    """A transition of a subject at a moment, under an unused id."""
    stem = f"{split(subject)[1][:48]}-{after}"
    return Transition(
        id=fresh_id(portfolio, Transition, stem),
        subject=subject,
        before=before,
        after=after,
        effective_at=moment,
    )


def retraction_of(portfolio: Portfolio, noun: Noun) -> Retraction:
    """A retraction of a noun that was entered twice, under an unused id."""
    kind, id = KINDS[type(noun)], noun.id
    return Retraction(
        id=fresh_id(portfolio, Retraction, f"{kind}-{id}"),
        subject=cite(kind, id),
        reason="entered twice",
    )


def evolve_noun(noun: Noun, sentence: str, **fields: Any) -> Draft:
    """A draft that changes fields of a noun; a session gets the next revision."""
    if isinstance(noun, Session) and "status" not in fields:
        fields["revision"] = noun.revision + 1
    old: Any = noun
    changed: Noun = attrs.evolve(old, **fields)
    return Draft(sentence=sentence, changes=(changed,), replaces=(noun,))


def cite_noun(noun: Noun) -> str:
    """The citation of a noun, `kind:id`."""
    return cite(KINDS[type(noun)], noun.id)
