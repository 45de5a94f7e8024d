"""Parts of a portfolio: slice by scope, merge parts, tell two portfolios apart."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Each, fields_of, sound
from mic_core.ids import cite
from mic_core.model import Noun, Program
from mic_core.model.references import Reference, references
from mic_core.portfolio.log import Batch, Key, entries_of, key_of
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio
from mic_core.portfolio.scope import Scope, members
from mic_core.portfolio.table import contents

_ABOUT = (
    ("partnership", "supports"),
    ("target", "scope"),
    ("cost", "scope"),
    ("credential", "earned_in"),
    ("follow_up", "about"),
)
PARTS_OF: dict[str, tuple[tuple[str, str], ...]] = {
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
CITING = (("transition", "subject"), ("availability", "subject"), ("observation", "subject"))
OF_PARTICIPANTS: dict[str, tuple[tuple[str, str], ...]] = {
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
    """What questions about a scope need: its parts, their participants, all they refer to.

    What once was a part, or was once referred to, counts too, so that `as_of` finds no reference
    without its target in a slice that it would not find in the whole. The history of what is kept
    is kept: `merge(slice(p, scope), p) == p`. Other sessions of the same rooms and persons are not
    parts of an edition; to plan around them, take the slice of the center. Raises NotFound for an
    unknown scope. O(n log n) over the log.

    >>> from mic_core.samples import brussels_2014
    >>> slice(brussels_2014(), "boostcamp-5")
    Portfolio(availability: 1, center: 1, edition: 1, observation: 3, person: 5, program: 1)
    """
    sound("slice", portfolio=(portfolio, PORTFOLIO))
    web = _Web.of(portfolio)
    kept = web.with_parts(members(portfolio, scope))
    kept |= web.referred(kept)
    for key in tuple(kept):
        kept.update(web.below(key, OF_PARTICIPANTS.get(key[0], ())))
    kept |= web.referred(kept)
    return Portfolio.replay(
        attrs.evolve(batch, values=tuple(value for value in batch.values if key_of(value) in kept))
        for batch in portfolio.log
    )


_PAIRS = (*chain.from_iterable((*PARTS_OF.values(), *OF_PARTICIPANTS.values())), *CITING)
_FIELDS = {kind: {field for each, field in _PAIRS if each == kind} for kind, _ in _PAIRS}


@attrs.frozen
class _Web:
    """Who belongs to whom, in all values that were ever recorded."""

    values: dict[Key, list[Noun]]
    belonging: dict[tuple[str, str, object], list[Key]]
    homes: dict[str, list[Key]]

    @classmethod
    def of(cls, portfolio: Portfolio) -> "_Web":
        web = cls({}, {}, {})
        for _, value in entries_of(portfolio.log):
            key = key_of(value)
            web.values.setdefault(key, []).append(value)
            for field in _FIELDS.get(key[0], ()):
                for each in contents(value, field):
                    web.belonging.setdefault((key[0], field, each), []).append(key)
            if isinstance(value, Program):
                for module in value.modules:
                    web.homes.setdefault(module.id, []).append(key)
        return web

    def with_parts(self, keys: Iterable[Key]) -> set[Key]:
        """These entities and all their parts."""
        kept: set[Key] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in kept:
                kept.add(key)
                waiting.extend(self.below(key, PARTS_OF.get(key[0], ())))
        return kept

    def below(self, key: Key, parts: tuple[tuple[str, str], ...]) -> Iterator[Key]:
        """What belongs to an entity: values that name it in one of the fields, or cite it."""
        for kind, field in parts:
            yield from self.belonging.get((kind, field, key[1]), ())
        for kind, field in CITING:
            yield from self.belonging.get((kind, field, cite(*key)), ())

    def referred(self, keys: Iterable[Key]) -> set[Key]:
        """All that these entities refer to, directly or not."""
        reached: set[Key] = set()
        waiting = list(keys)
        while waiting:
            for noun in self.values[waiting.pop()]:
                new = {key for each in references(noun) for key in self._targets(each)} - reached
                reached |= new
                waiting.extend(new)
        return reached

    def _targets(self, reference: Reference) -> Iterator[Key]:
        for kind in reference.kinds:
            if kind == "module":
                yield from self.homes.get(reference.id, ())
            elif (kind, reference.id) in self.values:
                yield kind, reference.id


def merge(*portfolios: Portfolio) -> Portfolio:
    """One portfolio out of several that may overlap.

    Where several hold one id, one of them must hold all that the others recorded under it, and
    may have gone on after them; anything else is refused, since it may be two things of one name.
    Raises InvariantError then, listing each such id. The order of the arguments means nothing.
    O(n log n).

    >>> from mic_core.model import Room
    >>> room = Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40)
    >>> other = Room(id="r-1", center_id="mic-mons", name="Grand-Place", seats=12)
    >>> merge(Portfolio.of(room), Portfolio.of(other))
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Portfolio: 1 problem
      room:r-1: must have one history in all portfolios; give one of the two another id
    """
    sound("merge", portfolios=(portfolios, _PORTFOLIOS))
    longest: dict[Key, _History] = {}
    clashes: set[Key] = set()
    for portfolio in portfolios:
        for key, history in _histories(portfolio).items():
            shorter, longer = sorted((longest.get(key, history), history), key=len)
            if not _leads_to(shorter, longer):
                clashes.add(key)
            longest[key] = longer
    if clashes:
        rule, mend = "must have one history in all portfolios", "give one of the two another id"
        problems = [Problem(path=cite(*key), rule=rule, mend=mend) for key in sorted(clashes)]
        raise InvariantError("Portfolio", problems)
    batches: dict[tuple[datetime | None, str | None], list[Noun]] = {}
    for recorded_at, actor, value in chain.from_iterable(longest.values()):
        batches.setdefault((recorded_at, actor), []).append(value)
    return Portfolio.replay(
        Batch(recorded_at=recorded_at, actor=actor, values=tuple(values))
        for (recorded_at, actor), values in batches.items()
    )


_PORTFOLIOS = Each(PORTFOLIO, "portfolios")
_History = list[tuple[datetime | None, str | None, Noun]]
"""What was recorded under one id, in the order of the log."""


def _histories(portfolio: Portfolio) -> dict[Key, _History]:
    histories: dict[Key, _History] = {}
    for batch in portfolio.log:
        for value in batch.values:
            entry = (batch.recorded_at, batch.actor, value)
            histories.setdefault(key_of(value), []).append(entry)
    return histories


def _leads_to(shorter: _History, longer: _History) -> bool:
    """Whether the longer history begins with the whole shorter one and then goes on later."""
    end = len(shorter)
    same = longer[:end] == shorter
    return same and (len(longer) == end or longer[end][0] != longer[end - 1][0])


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
            cls: Any = type(after)
            for field in fields_of(cls):
                if getattr(before, field.name) != getattr(after, field.name):
                    yield "changed", after, field.name
        for noun in self.removed:
            yield "removed", noun, ""


def diff(before: Portfolio, after: Portfolio) -> Diff:
    """What became of the values of one portfolio in another, as both stand now. O(n log n).

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
