"""Erasure: removal of the personal data of a person from every value ever recorded.

The set of nouns about the person is a transitive closure: each noun that ever named only the
person, or a noun already in the set. Their personal fields are emptied in every batch of the log.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Choice, Field, Maybe, Ref, Subject, Text, fields_of, settle_safely
from mic_core.ids import cite, split
from mic_core.model import Identity, Noun, Person
from mic_core.portfolio.log import Batch, Key, key_of
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio
from mic_core.portfolio.record import missing
from mic_core.portfolio.scope import scope_ids

ERASED = "erased"
"""The text that replaces a required personal text."""

UNKNOWN = "unknown"
"""The word that replaces a required personal choice."""


def erase(portfolio: Portfolio, person: str | tuple[str, ...]) -> Portfolio:
    """A portfolio without personal data of a person, at any time of its history.

    The one exception to history that only grows, for the right to erasure (Regulation (EU)
    2016/679, article 17). `person` is an id, or several. Every field declared as personal is
    emptied, in every value ever recorded, of the person and of each noun about that person alone:
    enrollments, applications, and the decisions and transitions on these. A name becomes `erased`,
    a position on the labor market `unknown`, every other field its default.

    Ids, dates, statuses and attendance stay, and with them all head counts; a breakdown by an
    erased characteristic changes. Not erased are: ids and actors, so give persons ids
    that mean nothing; titles, sources and evidence, which are texts about something else; what an
    organization stated when the person was its delegate; and data written elsewhere before.

    Records that identities say to be of one person are erased together. Idempotent. Raises NotFound
    for a person who is not in the portfolio, and InvariantError for a `person` that is no id.
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
    persons = _records_of(portfolio, {_person_key(portfolio, id) for id in ids})
    about = _about(portfolio, persons)
    return Portfolio.replay(_redacted(batch, about) for batch in portfolio.log)


def _person_key(portfolio: Portfolio, id: str) -> Key:
    if portfolio.find(Person, id) is None:
        raise missing("person", id, "correct the id")
    return "person", id


def _records_of(portfolio: Portfolio, persons: set[Key]) -> set[Key]:
    """The closure of the persons under the identities that hold: all records of them."""
    others: dict[Key, list[Key]] = {}
    for each in portfolio.all(Identity):
        kept, merged = split(each.kept), split(each.merged)
        others.setdefault(kept, []).append(merged)
        others.setdefault(merged, []).append(kept)
    waiting, found = [*persons], set[Key]()
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += others.get(key, ())
    return found


def _about(portfolio: Portfolio, persons: Iterable[Key]) -> set[int]:
    """The values to redact, by identity: of the persons, and of nouns about one of them.

    The closure of the persons under being named, in rounds: each finds the values that name a noun
    found in the round before. A value is judged by what it names itself: an earlier value of an
    enrollment may name somebody else, while its transitions may be about both. Few rounds, each
    one pass over the fields that name anything.
    """
    rows: dict[Any, list[Noun]] = {}
    for batch in portfolio.log:
        for cls, together in groupby(batch.values, type):
            rows.setdefault(cls, []).extend(together)
    waiting: set[Key] = set(persons)
    known: set[Key] = set()
    found = {id(each) for each in rows.get(Person, ()) if key_of(each) in waiting}
    while waiting:
        known |= waiting
        cited = {cite(*key) for key in waiting}
        named = {kind: {key[1] for key in waiting if key[0] == kind} for kind, _ in waiting}
        waiting = set[Key]()
        for cls, values in rows.items():
            for value_of, kinds in _naming_fields(cls):
                wanted = cited if kinds is None else _united(named, kinds)
                for each in values if wanted else ():
                    if value_of(each) in wanted:
                        found.add(id(each))
                        waiting.add(key_of(each))
        waiting -= known
    return found


def _united(named: Mapping[str, set[str]], kinds: tuple[str, ...]) -> set[str]:
    return set[str]().union(*(named.get(kind, ()) for kind in kinds))


@cache
def _naming_fields(
    cls: Any,
) -> tuple[tuple[Callable[[Noun], object], tuple[str, ...] | None], ...]:
    """The fields in which a noun names what it is about: alone, not as an item of a tuple.

    Each with the kinds of its ids; None: it holds a citation.
    """
    found: list[tuple[Callable[[Noun], object], tuple[str, ...] | None]] = []
    for field in fields_of(cls):
        shape = field.shape.item if isinstance(field.shape, Maybe) else field.shape
        if isinstance(shape, Ref | Subject):
            kinds = shape.kinds if isinstance(shape, Ref) else None
            found.append((attrgetter(field.name), kinds))
    return tuple(found)


def _redacted(batch: Batch, about: set[int]) -> Batch:
    """A batch in which some values, given by identity, have no personal data."""
    if about.isdisjoint(map(id, batch.values)):
        return batch
    return attrs.evolve(
        batch, values=tuple(_emptied(each) if id(each) in about else each for each in batch.values)
    )


def _emptied(noun: Noun) -> Noun:
    written: Any = noun
    return cast("Noun", attrs.evolve(written, **_empty_fields(written.__class__)))


@cache
def _empty_fields(cls: Any) -> Mapping[str, object]:
    """The empty value of each personal field of a class."""
    return {field.name: _empty(field) for field in fields_of(cls) if field.personal}


def _empty(field: Field) -> object:
    if not field.required:
        return field.default
    if isinstance(field.shape, Text):
        return ERASED
    if isinstance(field.shape, Choice) and UNKNOWN in field.shape.words:
        return UNKNOWN
    msg = f"{field.name} is personal and cannot be left out, so it must be a text or can be unknown"
    raise TypeError(msg)
