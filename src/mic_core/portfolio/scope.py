"""Scope resolution: from ids to entities, and to the centers, editions and sessions they cover."""

from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError, NotFound
from mic_core.fields import Found, describe, is_a, refuse, settle_safely
from mic_core.ids import is_id, split
from mic_core.model import Center, Edition, Series, Session
from mic_core.model.vocabulary import SCOPE_KINDS
from mic_core.portfolio.center_clock import slot_at_center
from mic_core.portfolio.log import Key
from mic_core.portfolio.portfolio import PORTFOLIO, Portfolio

Scope = str | tuple[str, ...]
"""An id, or several, of centers, programs, editions, series or sessions; also as `kind:id`."""


def members(portfolio: Portfolio, scope: Scope) -> tuple[Key, ...]:
    """The entities that a scope names, as (kind, id); an id may name several.

    Raises NotFound, with the id, for one that names none, and InvariantError for a value that is no
    scope.

    >>> members(Portfolio.of(), "boostcamp-6")
    Traceback (most recent call last):
    mic_core.errors.NotFound: boostcamp-6 is not in the portfolio: no center, program, edition, \
series or session has that id
    """
    problems: Found = []
    ids = scope_ids(scope, "scope", problems)
    settle_safely(PORTFOLIO, portfolio, "portfolio", problems)
    if problems:
        raise InvariantError("scope", problems)
    found: list[Key] = []
    for id in ids:
        named = [(kind, id) for kind in SCOPE_KINDS if portfolio.find(kind, id) is not None]
        cited = split(id)
        if not named and cited[0] in SCOPE_KINDS and portfolio.find(*cited) is not None:
            named = [cited]
        if not named:
            told = id if is_id(id) or all(map(is_id, cited)) else describe(id)
            kinds = f"{', '.join(SCOPE_KINDS[:-1])} or {SCOPE_KINDS[-1]}"
            msg = f"{told} is not in the portfolio: no {kinds} has that id"
            raise NotFound(msg)
        found += named
    return tuple(dict.fromkeys(found))


def scope_ids(scope: object, path: str, found: Found) -> tuple[str, ...]:
    """The ids that a scope lists; a value that is no scope adds a problem to `found`.

    >>> scope_ids("boostcamp-6", "scope", [])
    ('boostcamp-6',)
    """
    if is_a(scope, str):
        return (str.__str__(scope),)
    for several in _COLLECTIONS:
        if is_a(scope, several):
            ids: list[object] = [*several.__iter__(scope)]
            texts = [str.__str__(each) for each in ids if is_a(each, str)]
            if len(texts) == len(ids):
                return tuple(texts)
    refuse(found, path, "must be an id, or a tuple of ids", scope)
    return ()


_COLLECTIONS: tuple[Any, ...] = (tuple, list, set, frozenset)


@attrs.frozen(kw_only=True)
class Extent:
    """The entities that a scope covers: ids of centers and editions; sessions, sorted by id."""

    centers: frozenset[str]
    editions: frozenset[str]
    sessions: tuple[Session, ...]


def extent(portfolio: Portfolio, scope: Scope | None, period: Period | None) -> Extent:
    """The entities that a scope covers; None means the full portfolio, and at any time.

    An edition covers its own sessions and those whose audience names it. A session lies in a
    period if it starts on one of its days, in the time zone of its center; a session without a
    slot lies in none. Raises NotFound for an unknown scope. O(k log k) over k covered entities.
    """
    if scope is None:
        found = Extent(
            centers=frozenset(center.id for center in portfolio.all(Center)),
            editions=frozenset(edition.id for edition in portfolio.all(Edition)),
            sessions=portfolio.all(Session),
        )
    else:
        found = _covered(portfolio, scope)
    if period is None:
        return found
    kept = tuple(
        session
        for session in found.sessions
        if session.slot is not None
        and period.contains(slot_at_center(portfolio, session, session.slot).day)
    )
    return attrs.evolve(found, sessions=kept)


def _covered(portfolio: Portfolio, scope: Scope) -> Extent:
    named: dict[str, set[str]] = {}
    for kind, id in members(portfolio, scope):
        named.setdefault(kind, set()).add(id)
    none: set[str] = set()
    centers, programs = named.get("center", none), named.get("program", none)
    editions = set(named.get("edition", none))
    editions |= {each.id for id in centers for each in portfolio.where(Edition, center_id=id)}
    editions |= {each.id for id in programs for each in portfolio.where(Edition, program_id=id)}
    series = set(named.get("series", none))
    series |= {each.id for id in programs for each in portfolio.where(Series, program_id=id)}
    sessions = {id: portfolio.get(Session, id) for id in named.get("session", none)}
    for field, ids in (
        ("center_id", centers),
        ("series_id", series),
        ("edition_id", editions),
        ("audience", editions),
    ):
        for id in ids:
            sessions.update({each.id: each for each in portfolio.where(Session, **{field: id})})
    return Extent(
        centers=frozenset(centers),
        editions=frozenset(editions),
        sessions=tuple(sessions[id] for id in sorted(sessions)),
    )
