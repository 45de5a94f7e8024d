"""What sessions have in common: the one place where rules learn who belongs together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from operator import attrgetter
from typing import Literal, TypeVar

import attrs

from mic_core.ids import cite
from mic_core.rules import Axis, Group
from mic_core.scheduling.rules.selection import Limit, SessionFilter, limits
from mic_core.timetable import Timetable

Of = Literal["edition", "audience", "module", "series", "person", "room", "center", "all"]
"""What the sessions of a group share: their edition; an edition or participant who is expected;
edition and module; series; a person assigned to them; room; center; or only that they are selected.
"""

_AXES: Mapping[Of, Axis] = {"person": "person", "room": "room"}


@attrs.frozen(kw_only=True)
class Grouping:
    """Groups with the axis they follow, and which sessions count where a plan decides anew."""

    groups: tuple[Group, ...]
    axis: Axis
    among: Collection[int] | None


def grouped(
    timetable: Timetable, of: Of, *, where: SessionFilter = None, limit: Limit = 1
) -> Grouping:
    """The groups of sessions that `where` selects, with the limit of each, in order of their ids.

    An id to which `limit` gives no number has no group. O(n log n) over n memberships.

    >>> from mic_core.portfolio import Portfolio
    >>> from mic_core.timetable import timetable_of
    >>> grouped(timetable_of(Portfolio.of()), "edition").groups
    ()
    """
    allowed = limits(limit)
    axis = _AXES.get(of, "session")
    chosen = None if where is None else frozenset(selected(timetable, where))
    groups: list[Group] = []
    for id, label, about, members in _shared(timetable, of):
        most = allowed(id)
        if most is not None:
            kept = members if chosen is None else [n for n in members if n in chosen]
            groups.append(Group(label=label, sessions=kept, limit=most, about=about))
    return Grouping(groups=tuple(groups), axis=axis, among=None if axis == "session" else chosen)


def selected(timetable: Timetable, where: SessionFilter) -> Sequence[int]:
    """The numbers of the sessions that `where` selects, ascending."""
    if where is None:
        return range(len(timetable.sessions))
    return [n for n, session in enumerate(timetable.sessions) if where(session)]


_Shared = tuple[str, str, tuple[str, ...], Sequence[int]]
"""Id, citation, further citations and members of what sessions share."""


def _shared(timetable: Timetable, of: Of) -> Iterator[_Shared]:
    match of:
        case "room" | "person":
            held = timetable.hosted if of == "room" else timetable.assigned
            yield from ((id, cite(of, id), (), members) for id, members in held.items())
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
                yield id, expected_as(timetable, id), (), members
        case "all":
            yield "all", "", (), range(len(timetable.sessions))
        case _:
            ids = map(attrgetter(f"{of}_id"), timetable.sessions)
            for id, members in _by_key(zip(ids, count())):
                yield id, cite(of, id), (), members


_Key = TypeVar("_Key", str, tuple[str, str])


def _by_key(pairs: Iterable[tuple[_Key | None, int]]) -> Iterator[tuple[_Key, list[int]]]:
    """Numbers by what they share, in order; what shares nothing is left out."""
    held: defaultdict[_Key | None, list[int]] = defaultdict(list)
    for key, n in pairs:
        held[key].append(n)
    for key in sorted(key for key in held if key is not None):
        yield key, held[key]


def _modules(timetable: Timetable) -> Iterator[tuple[tuple[str, str], int]]:
    for n, session in enumerate(timetable.sessions):
        if session.module_id is not None:
            yield (session.module_id, session.edition_id or ""), n


def _audiences(timetable: Timetable) -> Iterator[tuple[str, int]]:
    return ((id, n) for n, ids in enumerate(timetable.audiences) for id in ids)


def expected_as(timetable: Timetable, id: str) -> str:
    """How to cite somebody in an audience: an edition, a person or an organization."""
    kinds = ("edition", "person", "organization")
    known = (kind for kind in kinds if timetable.portfolio.find(kind, id) is not None)
    return cite(next(known, kinds[0]), id)
