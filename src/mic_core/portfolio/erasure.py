"""Taking the personal data of a person out of a whole history."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, cast

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Choice, Field, Text, fields_of, settle_safely
from mic_core.model import Noun, Person
from mic_core.model.references import references
from mic_core.portfolio.log import Key, entries_of, key_of
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio, missing
from mic_core.portfolio.scope import scope_ids

ERASED = "erased"
"""What stands where a personal text was that cannot be left out."""

UNKNOWN = "unknown"
"""The word that stands where one of several personal words was that cannot be left out."""


def erase(portfolio: Portfolio, person: str | tuple[str, ...]) -> Portfolio:
    """A portfolio that no longer tells, at any time of its history, anything about a person.

    The one exception to history that only grows, for the right to erasure (Regulation (EU)
    2016/679, article 17). `person` is an id, or several. Every field declared as personal is
    emptied, in every value ever recorded, of the person and of what is about that person alone:
    enrollments, applications, and the decisions and transitions on these. A name becomes `erased`,
    a position on the labor market `unknown`, everything else what it is where nothing is known.

    Ids, dates, statuses and attendance stay, and with them all head counts; what is broken down by
    a characteristic that was erased changes. Not erased are: ids and actors, so give persons ids
    that tell nothing; titles, sources and evidence, which are texts about something else; what an
    organization told when the person was its delegate; and whatever was written elsewhere before.

    Erasing again changes nothing. Raises NotFound for a person who is not in the portfolio, and
    InvariantError for what is no id.
    O(n log n) over the log.

    >>> ada = Person(id="p-17", name="Ada Lovelace", attributes={"field": "analysis"})
    >>> erased = erase(Portfolio.of(ada), "p-17").get(Person, "p-17")
    >>> erased.name, erased.attributes
    ('erased', ())
    """
    problems: list[Problem] = []
    ids = scope_ids(person, "person", problems)
    settle_safely(PORTFOLIO, portfolio, "portfolio", problems)
    if problems:
        raise InvariantError("erase", problems)
    persons = {_known(portfolio, id) for id in ids}
    about = _about(portfolio, persons)
    return Portfolio.replay(
        attrs.evolve(batch, values=tuple(_without(each, persons, about) for each in batch.values))
        for batch in portfolio.log
    )


def _known(portfolio: Portfolio, id: str) -> Key:
    if portfolio.find(Person, id) is None:
        raise missing("person", id, "correct the id")
    return "person", id


def _about(portfolio: Portfolio, persons: Iterable[Key]) -> set[Key]:
    """The persons, and all that ever named one of them as whom or what it is about."""
    naming: dict[Key, list[Key]] = {}
    for _, value in entries_of(portfolio.log):
        for key in _named(value):
            naming.setdefault(key, []).append(key_of(value))
    waiting = list(persons)
    about: set[Key] = set()
    while waiting:
        key = waiting.pop()
        if key not in about:
            about.add(key)
            waiting += naming.get(key, ())
    return about


def _named(noun: Noun) -> Iterator[Key]:
    """What a noun is about: what it names alone, and not as one of several."""
    for each in references(noun):
        if "[" not in each.path:
            for kind in each.kinds:
                yield kind, each.id


def _without(noun: Noun, persons: set[Key], about: set[Key]) -> Noun:
    """A noun without its personal data, if they are about the persons.

    An enrollment that names somebody else by now is about them; its transitions may be about both.
    """
    if key_of(noun) in persons or not about.isdisjoint(_named(noun)):
        written: Any = noun
        return cast("Noun", attrs.evolve(written, **_nothing(written.__class__)))
    return noun


@cache
def _nothing(cls: Any) -> Mapping[str, object]:
    """What stands in each personal field of a class where nothing is known."""
    return {field.name: _unknown(field) for field in fields_of(cls) if field.personal}


def _unknown(field: Field) -> object:
    if not field.required:
        return field.default
    if isinstance(field.shape, Text):
        return ERASED
    if isinstance(field.shape, Choice) and UNKNOWN in field.shape.words:
        return UNKNOWN
    msg = f"{field.name} is personal and cannot be left out, so it must be a text or can be unknown"
    raise TypeError(msg)
