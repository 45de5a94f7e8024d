"""Parts of a portfolio: slice by scope, merge parts, tell two portfolios apart."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import attrs

from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import fields_of
from mic_core.ids import cite, split
from mic_core.model import NOUNS, Noun, Program
from mic_core.model.references import references
from mic_core.model.vocabulary import SCOPE_KINDS
from mic_core.portfolio.log import Batch, Key, key_of
from mic_core.portfolio.portfolio import Portfolio

Scope = str | tuple[str, ...]
"""An id, or several, of centers, programs, editions, series or sessions; also as `kind:id`."""

_ABOUT = (
    ("partnership", "supports"),
    ("target", "scope"),
    ("cost", "scope"),
    ("credential", "earned_in"),
    ("follow_up", "about"),
)
_PARTS: dict[str, tuple[tuple[str, str], ...]] = {
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
        ("headcount", "session_id"),
        *_ABOUT,
    ),
    "call": (("application", "call_id"), ("project", "call_id")),
    "application": (("review", "application_id"), ("decision", "application_id")),
}
_CITING = (("transition", "subject"), ("availability", "subject"), ("observation", "subject"))
_OF_PARTICIPANTS: dict[str, tuple[tuple[str, str], ...]] = {
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


def members(portfolio: Portfolio, scope: Scope) -> tuple[Key, ...]:
    """The entities that a scope names, as (kind, id); raises NotFound where there is none.

    >>> members(Portfolio.of(), "boostcamp-6")
    Traceback (most recent call last):
    mic_core.errors.NotFound: no center, program, edition, series or session has that id
    """
    found: list[Key] = []
    for id in (scope,) if isinstance(scope, str) else scope:
        named = [(kind, id) for kind in SCOPE_KINDS if portfolio.find(kind, id) is not None]
        cited = split(id)
        if not named and cited[0] in SCOPE_KINDS and portfolio.find(*cited) is not None:
            named = [cited]
        if not named:
            msg = f"no {', '.join(SCOPE_KINDS[:-1])} or {SCOPE_KINDS[-1]} has that id"
            raise NotFound(msg)
        found += named
    return tuple(dict.fromkeys(found))


def slice(portfolio: Portfolio, scope: Scope) -> Portfolio:
    """What questions about a scope need: its parts, their participants, all they refer to.

    The history of what is kept is kept. `merge(slice(p, scope), p) == p`. Raises NotFound for an
    unknown scope. O(n log n) over the log.
    """
    kept = _with_parts(portfolio, members(portfolio, scope))
    kept |= _referred(portfolio, kept)
    for key in tuple(kept):
        kept.update(_below(portfolio, key, _OF_PARTICIPANTS.get(key[0], ())))
    kept |= _referred(portfolio, kept)
    return Portfolio.replay(
        Batch(recorded_at=batch.recorded_at, actor=batch.actor, values=values)
        for batch in portfolio.log
        if (values := tuple(value for value in batch.values if key_of(value) in kept))
    )


def _with_parts(portfolio: Portfolio, keys: Iterable[Key]) -> set[Key]:
    kept: set[Key] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in kept:
            kept.add(key)
            waiting.extend(_below(portfolio, key, _PARTS.get(key[0], ())))
    return kept


def _below(portfolio: Portfolio, key: Key, parts: tuple[tuple[str, str], ...]) -> Iterator[Key]:
    """What belongs to an entity: rows that name it in one of the fields, or cite it."""
    queries = [(kind, field, key[1]) for kind, field in parts]
    queries += [(kind, field, cite(*key)) for kind, field in _CITING]
    for kind, field, value in queries:
        for row in portfolio.where(NOUNS[kind], **{field: value}):
            yield kind, row.id


def _referred(portfolio: Portfolio, keys: Iterable[Key]) -> set[Key]:
    """All that these entities refer to, directly or not."""
    reached: set[Key] = set()
    waiting = list(keys)
    homes = {module.id: one.id for one in portfolio.all(Program) for module in one.modules}
    while waiting:
        noun = portfolio.find(*waiting.pop())
        for reference in references(noun) if noun is not None else ():
            for kind in reference.kinds:
                home = homes.get(reference.id) if kind == "module" else None
                key = ("program", home) if home is not None else (kind, reference.id)
                if key not in reached and portfolio.find(*key) is not None:
                    reached.add(key)
                    waiting.append(key)
    return reached


def merge(*portfolios: Portfolio) -> Portfolio:
    """One portfolio out of several that may overlap.

    Raises InvariantError where they hold different values under one id at one instant, listing
    each; identical values unite. The order of the arguments does not matter. O(n log n).
    """
    held: dict[Place, frozenset[tuple[str | None, Noun]]] = {}
    clashes: set[str] = set()
    for portfolio in portfolios:
        for place, entries in _places(portfolio).items():
            if held.setdefault(place, frozenset(entries)) != frozenset(entries):
                clashes.add(cite(*place[1]))
    if clashes:
        rule = "must have one value at one instant in all portfolios"
        raise InvariantError("Portfolio", [Problem(path=each, rule=rule) for each in sorted(clashes)])
    batches: dict[tuple[datetime | None, str | None], list[Noun]] = {}
    for (instant, _), entries in held.items():
        for actor, value in entries:
            batches.setdefault((instant, actor), []).append(value)
    return Portfolio.replay(
        Batch(recorded_at=instant, actor=actor, values=tuple(values))
        for (instant, actor), values in batches.items()
    )


Place = tuple[datetime | None, Key]
"""Where in a log a value stands: its instant, and its kind and id."""


def _places(portfolio: Portfolio) -> dict[Place, list[tuple[str | None, Noun]]]:
    places: dict[Place, list[tuple[str | None, Noun]]] = {}
    for batch in portfolio.log:
        for value in batch.values:
            places.setdefault((batch.recorded_at, key_of(value)), []).append((batch.actor, value))
    return places


@attrs.frozen(kw_only=True)
class Diff:
    """What differs between two portfolios as they stand now, sorted by kind and id."""

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
            for field in fields_of(type(after)):
                if getattr(before, field.name) != getattr(after, field.name):
                    yield "changed", after, field.name
        for noun in self.removed:
            yield "removed", noun, ""


def diff(before: Portfolio, after: Portfolio) -> Diff:
    """What became of the values of one portfolio in another. O(n log n)."""
    old = {key_of(value): value for value in before.values()}
    new = {key_of(value): value for value in after.values()}
    return Diff(
        added=tuple(value for key, value in new.items() if key not in old),
        removed=tuple(value for key, value in old.items() if key not in new),
        changed=tuple(
            (old[key], value) for key, value in new.items() if key in old and old[key] != value
        ),
    )
