"""What a fix would change, before it has been checked; and the ids of what it adds."""

from datetime import datetime
from typing import Any

import attrs

from mic_core.ids import cite, split
from mic_core.model import KINDS, Noun, Session, Transition
from mic_core.portfolio import Portfolio

_LONGEST = 64


@attrs.frozen(kw_only=True)
class Draft:
    """What would be recorded, instead of what, in one sentence without its period."""

    sentence: str
    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...] = ()


def fresh_id(portfolio: Portfolio, noun: type[Noun], stem: str) -> str:
    """An id of a kind that the portfolio does not hold: the stem, numbered if it is taken.

    >>> fresh_id(Portfolio.of(), Transition, "e-1-expired")
    'e-1-expired'
    """
    number, id = 1, stem[:_LONGEST]
    while portfolio.find(noun, id) is not None:
        number += 1
        mark = f"-{number}"
        id = stem[: _LONGEST - len(mark)] + mark
    return id


def stepped(
    portfolio: Portfolio, subject: str, before: str, after: str, moment: datetime
) -> Transition:
    """That a thing becomes something at a moment, under an id of its own."""
    stem = f"{split(subject)[1][:48]}-{after}"
    return Transition(
        id=fresh_id(portfolio, Transition, stem),
        subject=subject,
        before=before,
        after=after,
        effective_at=moment,
    )


def evolved(noun: Noun, sentence: str, **fields: Any) -> Draft:
    """A noun with other values in some fields; a session counts one revision more."""
    if isinstance(noun, Session) and "status" not in fields:
        fields["revision"] = noun.revision + 1
    old: Any = noun
    changed: Noun = attrs.evolve(old, **fields)
    return Draft(sentence=sentence, changes=(changed,), replaces=(noun,))


def name_of(noun: Noun) -> str:
    """How findings cite a noun."""
    return cite(KINDS[type(noun)], noun.id)
