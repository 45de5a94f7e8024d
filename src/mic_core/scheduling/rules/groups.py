"""Grouping of sessions: the groups over which schedule rules state their terms."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import Literal, TypeVar

import attrs

from mic_core.ids import cite
from mic_core.rules import Axis, Group
from mic_core.scheduling.rules.selection import Limit, SessionFilter, limit_by_id
from mic_core.timetable import Timetable

Of = Literal["edition", "audience", "module", "series", "person", "room", "center", "all"]
"""The key by which sessions are grouped: edition; edition or participant in the audience; edition
and module; series; assigned person; room; center; or none, so that all are one group."""

_AXES: Mapping[Of, Axis] = {"person": "person", "room": "room"}


@attrs.frozen(kw_only=True)
class Grouping:
    """Groups, the axis that decides membership, and the sessions that may join a group.

    `among` of None means all sessions; it matters on the axes `room` and `person` only.
    """

    groups: tuple[Group, ...]
    axis: Axis
    among: Collection[int] | None


def group_sessions(
    timetable: Timetable, of: Of, *, where: SessionFilter = None, limit: Limit = 1
) -> Grouping:
    """The groups of the sessions that `where` selects, each with its limit, in order of their ids.

    An id without a limit has no group. O(n log n) over n memberships.

    >>> from mic_core.portfolio import Portfolio
    >>> from mic_core.timetable import timetable_of
    >>> group_sessions(timetable_of(Portfolio.of()), "edition").groups
    ()
    """
    allowed = limit_by_id(limit)
    axis = _AXES.get(of, "session")
    chosen = None if where is None else frozenset(select_sessions(timetable, where))
    groups: list[Group] = []
    for id, label, about, members in _memberships(timetable, of):
        most = allowed(id)
        if most is not None:
            kept = members if chosen is None else [n for n in members if n in chosen]
            groups.append(Group(label=label, sessions=kept, limit=most, about=about))
    return Grouping(groups=tuple(groups), axis=axis, among=None if axis == "session" else chosen)


def select_sessions(timetable: Timetable, where: SessionFilter) -> Sequence[int]:
    """The numbers of the sessions that `where` selects, ascending."""
    if where is None:
        return range(len(timetable.sessions))
    return [n for n, session in enumerate(timetable.sessions) if where(session)]


_Membership = tuple[str, str, tuple[str, ...], Sequence[int]]
"""A group before its limit: id of the key, citation, further citations, members."""


def _memberships(timetable: Timetable, of: Of) -> Iterator[_Membership]:
    match of:
        case "room" | "person":
            members_of = (
                timetable.sessions_by_room if of == "room" else timetable.sessions_by_person
            )
            yield from ((id, cite(of, id), (), members) for id, members in members_of.items())
        case "module":
            for (id, edition), members in _by_key(_modules(timetable)):
                yield (
                    id,
                    cite("module", id),
                    (cite("edition", edition),) if edition else (),
                    members,
                )
        case "audience":
            for id, members in _by_key(_audiences(timetable)):
                yield id, _audience_citation(timetable, id), (), members
        case "all":
            yield "all", "", (), range(len(timetable.sessions))
        case _:
            ids = map(attrgetter(f"{of}_id"), timetable.sessions)
            for id, members in _by_key(zip(ids, count())):
                yield id, cite(of, id), (), members


_Key = TypeVar("_Key", str, tuple[str, str])


def _by_key(pairs: Iterable[tuple[_Key | None, int]]) -> Iterator[tuple[_Key, list[int]]]:
    """Group numbers by key, in order of the keys; numbers without a key are left out."""
    members_of: defaultdict[_Key | None, list[int]] = defaultdict(list)
    for key, n in pairs:
        members_of[key].append(n)
    for key in sorted(key for key in members_of if key is not None):
        yield key, members_of[key]


def _modules(timetable: Timetable) -> Iterator[tuple[tuple[str, str], int]]:
    for n, session in enumerate(timetable.sessions):
        if session.module_id is not None:
            yield (session.module_id, session.edition_id or ""), n


def _audiences(timetable: Timetable) -> Iterator[tuple[str, int]]:
    return ((id, n) for n, ids in enumerate(timetable.audiences) for id in ids)


def _audience_citation(timetable: Timetable, id: str) -> str:
    """The citation of an id in an audience: of an edition, a person or an organization."""
    kinds = ("edition", "person", "organization")
    known = (kind for kind in kinds if timetable.portfolio.find(kind, id) is not None)
    return cite(next(known, kinds[0]), id)
