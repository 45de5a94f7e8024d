"""Slice, merge and diff: a portfolio cut by scope, several united, two compared.

A slice is the closure of a scope under two relations, over all values ever recorded: parts (a
noun of a kind of `PARTS_OF` naming the entity in the given field) and references. A merge takes,
for each id, the longest of the histories, of which all others must be prefixes.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Each, fields_of, sound
from mic_core.ids import cite, split
from mic_core.model import Noun, Program, Retraction
from mic_core.model.references import Reference, references
from mic_core.portfolio.log import Batch, Key, entries_of, key_of
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio
from mic_core.portfolio.scope import Scope, members
from mic_core.portfolio.table import field_values

# Pairs of a kind and its field that names, or cites, the entity that a noun is a part of.
_ABOUT = (
    ("partnership", "supports"),
    ("target", "scope"),
    ("cost", "scope"),
    ("credential", "earned_in"),
    ("follow_up", "about"),
)
PartsOf = Mapping[str, tuple[tuple[str, str], ...]]
"""By kind, the kinds of its parts, each with the field that names the whole."""

PARTS_OF: PartsOf = {
    "center": (
        ("room", "center_id"),
        ("edition", "center_id"),
        ("series", "center_id"),
        ("session", "center_id"),
        ("call", "center_id"),
        ("program", "organizer_id"),
        ("support", "provider_id"),
        *_ABOUT,
    ),
    "program": (("edition", "program_id"), ("series", "program_id"), *_ABOUT),
    "edition": (
        ("session", "edition_id"),
        ("session", "audience"),
        ("enrollment", "into"),
        ("call", "edition_id"),
        *_ABOUT,
    ),
    "series": (("session", "series_id"), *_ABOUT),
    "session": (
        ("assignment", "session_id"),
        ("enrollment", "into"),
        ("attendance", "session_id"),
        ("assessment", "session_id"),
        ("headcount", "session_id"),
        *_ABOUT,
    ),
    "enrollment": (("delegation", "enrollment_id"),),
    "call": (("application", "call_id"), ("project", "call_id")),
    "application": (("review", "application_id"), ("decision", "application_id")),
}
CITING = (
    ("attribution", "subject"),
    ("identity", "kept"),
    ("identity", "merged"),
    ("transition", "subject"),
    ("availability", "subject"),
    ("observation", "subject"),
    ("retraction", "subject"),
)
OF_REFERENTS: PartsOf = {
    "indicator": (("adjustment", "indicator_id"),),
    "observation": (("observation", "corrects"),),
    "person": (
        ("membership", "person_id"),
        ("consent", "person_id"),
        ("employment", "person_id"),
        ("follow_up", "participant_id"),
        ("credential", "holder_id"),
    ),
    "organization": (
        ("ownership", "organization_id"),
        ("figures", "organization_id"),
        ("support", "enterprise_id"),
        ("deal", "organization_id"),
        ("follow_up", "participant_id"),
        ("credential", "holder_id"),
    ),
}


def slice(portfolio: Portfolio, scope: Scope) -> Portfolio:
    """The part of a portfolio about a scope: its parts, their participants, all their references.

    Records that an identity says to be of one participant come along together, and so do the
    retractions of what is kept. Nouns that once were parts, or were once referred to, count too, so
    that `as_of` finds no dangling reference in a slice that it would not find in the full
    portfolio. Each kept noun keeps its history: `merge(slice(p, scope), p) == p`. Other sessions of
    the same rooms and persons are not parts of an edition; to plan around them, take the slice of
    the center. Raises NotFound for an unknown scope. O(n log n) over the log.

    >>> from mic_core.samples import brussels_2014
    >>> slice(brussels_2014(), "boostcamp-5")
    Portfolio(availability: 1, center: 1, edition: 1, observation: 3, person: 5, program: 1)
    """
    sound("slice", portfolio=(portfolio, PORTFOLIO))
    graph = _ReferenceGraph.of(portfolio)
    kept = graph.with_parts(members(portfolio, scope), PARTS_OF)
    kept |= graph.targets(kept)
    kept |= graph.records_of_one(kept)
    kept = graph.with_parts(kept, OF_REFERENTS)
    kept |= graph.targets(kept)
    kept |= graph.retractions(kept)
    return Portfolio.replay(
        attrs.evolve(batch, values=tuple(value for value in batch.values if key_of(value) in kept))
        for batch in portfolio.log
    )


IDENTIFIED = ("person", "organization")
"""The kinds of records that an identity can merge."""

_PAIRS = (*chain.from_iterable((*PARTS_OF.values(), *OF_REFERENTS.values())), *CITING)
_FIELDS = {kind: {field for each, field in _PAIRS if each == kind} for kind, _ in _PAIRS}


@attrs.frozen
class _ReferenceGraph:
    """The graph of parts and references among all values that were ever recorded.

    `values` has all values of a key. `naming` maps kind, field and content to the keys of that
    kind that ever had that content in that field. `homes` maps a module to its programs.
    """

    values: dict[Key, list[Noun]]
    naming: dict[tuple[str, str, object], list[Key]]
    homes: dict[str, list[Key]]

    @classmethod
    def of(cls, portfolio: Portfolio) -> "_ReferenceGraph":
        graph = cls({}, {}, {})
        for _, value in entries_of(portfolio.log):
            key = key_of(value)
            graph.values.setdefault(key, []).append(value)
            for field in _FIELDS.get(key[0], ()):
                for each in field_values(value, field):
                    graph.naming.setdefault((key[0], field, each), []).append(key)
            if isinstance(value, Program):
                for module in value.modules:
                    graph.homes.setdefault(module.id, []).append(key)
        return graph

    def with_parts(self, keys: Iterable[Key], parts_of: PartsOf) -> set[Key]:
        """The closure of these keys under having parts."""
        kept: set[Key] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in kept:
                kept.add(key)
                waiting.extend(self.parts(key, parts_of.get(key[0], ())))
        return kept

    def parts(self, key: Key, fields: tuple[tuple[str, str], ...]) -> Iterator[Key]:
        """The keys of nouns that name an entity in one of the fields, or cite it."""
        for kind, field in fields:
            yield from self.naming.get((kind, field, key[1]), ())
        for kind, field in CITING:
            yield from self.naming.get((kind, field, cite(*key)), ())

    def records_of_one(self, keys: Iterable[Key]) -> set[Key]:
        """The identities of these participants, and all other records of them."""
        reached: set[Key] = set()
        waiting = [key for key in keys if key[0] in IDENTIFIED]
        while waiting:
            known = {key for key in self.parts(waiting.pop(), ()) if key[0] == "identity"}
            new = (known | self.targets(known)) - reached
            reached |= new
            waiting.extend(key for key in new if key[0] in IDENTIFIED)
        return reached

    def retractions(self, keys: Iterable[Key]) -> set[Key]:
        """The retractions of these entities, without which they would be current again."""
        field = ("retraction", "subject")
        return {each for key in keys for each in self.naming.get((*field, cite(*key)), ())}

    def targets(self, keys: Iterable[Key]) -> set[Key]:
        """The keys that these entities refer to, directly or through others."""
        reached: set[Key] = set()
        waiting = list(keys)
        while waiting:
            for noun in self.values[waiting.pop()]:
                new = {key for each in references(noun) for key in self._resolved(each)} - reached
                reached |= new
                waiting.extend(new)
        return reached

    def _resolved(self, reference: Reference) -> Iterator[Key]:
        for kind in reference.kinds:
            if kind == "module":
                yield from self.homes.get(reference.id, ())
            elif (kind, reference.id) in self.values:
                yield kind, reference.id


def merge(*portfolios: Portfolio) -> Portfolio:
    """The union of portfolios that may overlap.

    Where several hold one id, the same values were recorded under it in the same order, at
    whatever times: the earliest counts. One of them may go on later than the others. Retractions
    are part of the history of their subject. Otherwise two different things may share the id.
    Raises InvariantError then, listing each such id. Commutative, associative and idempotent.
    O(n log n).

    >>> from mic_core.model import Room
    >>> room = Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40)
    >>> other = Room(id="r-1", center_id="mic-mons", name="Grand-Place", seats=12)
    >>> merge(Portfolio.of(room), Portfolio.of(other))
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Portfolio: 1 problem
      room:r-1: must have one history in all portfolios; give one of the two another id, or, if it \
is one thing, leave it out of all but one
    """
    sound("merge", portfolios=(portfolios, _PORTFOLIOS))
    united: dict[Key, _History] = {}
    clashes: set[Key] = set()
    for portfolio in portfolios:
        for key, history in _histories(portfolio).items():
            both = _united(united.get(key, history), history)
            if both is None:
                clashes.add(key)
            else:
                united[key] = both
    if clashes:
        rule, mend = "must have one history in all portfolios", _MEND
        problems = [Problem(path=cite(*key), rule=rule, mend=mend) for key in sorted(clashes)]
        raise InvariantError("Portfolio", problems)
    batches: dict[tuple[datetime | None, str | None], list[Noun]] = {}
    for recorded_at, actor, value in chain.from_iterable(united.values()):
        batches.setdefault((recorded_at, actor), []).append(value)
    return Portfolio.replay(
        Batch(recorded_at=recorded_at, actor=actor, values=tuple(values))
        for (recorded_at, actor), values in batches.items()
    )


_PORTFOLIOS = Each(PORTFOLIO, "portfolios")
_MEND = "give one of the two another id, or, if it is one thing, leave it out of all but one"
_History = list[tuple[datetime | None, str | None, Noun]]
"""The entries recorded under one id, in the order of the log: instant, actor, value."""


def _histories(portfolio: Portfolio) -> dict[Key, _History]:
    """The history of each id; a retraction is in that of its subject as well as in its own."""
    histories: dict[Key, _History] = {}
    for batch in portfolio.log:
        for value in batch.values:
            entry = (batch.recorded_at, batch.actor, value)
            histories.setdefault(key_of(value), []).append(entry)
            if isinstance(value, Retraction):
                histories.setdefault(split(value.subject), []).append(entry)
    return histories


def _united(one: _History, other: _History) -> _History | None:
    """The history that two are both the beginning of; None where they contradict each other."""
    shorter, longer = sorted((one, other), key=len)
    end = len(shorter)
    if [value for *_, value in shorter] != [value for *_, value in longer[:end]]:
        return None
    both = [min(entries, key=_when) for entries in zip(shorter, longer, strict=False)]
    rest = longer[end:]
    return None if rest and both and rest[0][0] == both[-1][0] else [*both, *rest]


def _when(entry: tuple[datetime | None, str | None, Noun]) -> tuple[bool, datetime | None, str]:
    """The sort key of equal values: always known first, then by instant and actor."""
    recorded_at, actor, _ = entry
    return recorded_at is not None, recorded_at, actor or ""


@attrs.frozen(kw_only=True)
class Diff:
    """The difference between the current values of two portfolios, sorted by kind and id."""

    added: tuple[Noun, ...] = ()
    removed: tuple[Noun, ...] = ()
    changed: tuple[tuple[Noun, Noun], ...] = ()

    def rows(self) -> tuple[dict[str, object], ...]:
        """A row for each field that differs, for a table; personal values are left out."""
        return tuple(
            {"change": change, "subject": cite(*key_of(noun)), "field": field}
            for change, noun, field in self._changes()
        )

    def _changes(self) -> Iterator[tuple[str, Noun, str]]:
        for noun in self.added:
            yield "added", noun, ""
        for before, after in self.changed:
            cls: Any = type(after)
            for field in fields_of(cls):
                if getattr(before, field.name) != getattr(after, field.name):
                    yield "changed", after, field.name
        for noun in self.removed:
            yield "removed", noun, ""


def diff(before: Portfolio, after: Portfolio) -> Diff:
    """The difference between the current values of two portfolios. O(n log n).

    >>> diff(Portfolio.of(), Portfolio.of())
    Diff(added=(), removed=(), changed=())
    """
    sound("diff", before=(before, PORTFOLIO), after=(after, PORTFOLIO))
    old = {key_of(value): value for value in before.values()}
    new = {key_of(value): value for value in after.values()}
    return Diff(
        added=tuple(value for key, value in new.items() if key not in old),
        removed=tuple(value for key, value in old.items() if key not in new),
        changed=tuple(
            (old[key], value) for key, value in new.items() if key in old and old[key] != value
        ),
    )
