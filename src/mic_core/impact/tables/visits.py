"""Visits: a row for each record of attendance and for the nameless heads of each session.

The rows lie in the order of sessions, so that the rows of one session lie together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from itertools import count as counter
from typing import Any, overload

import attrs

from mic_core.ids import cite
from mic_core.impact.aggregation.columns import FactColumn, encoded
from mic_core.impact.aggregation.facts import Columns, FactTable, Runs, packed
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.places import FactPlace, Places
from mic_core.impact.tables.shapes import VISITS_SHAPE
from mic_core.model import KINDS, Attendance, Headcount, Membership, Organization, Person, Session
from mic_core.portfolio import Portfolio

_BASES = {"counted": "documented", "badge_scans": "administrative", "estimated": "claimed"}
"""The grade of evidence of a head count, by its basis."""

_PRESENCE = {"present": 0, "partial": 1, "excused": 2, "absent": 3}
"""The code of each status of attendance: the more presence, the smaller."""


class Citations(Sequence[str]):
    """The citations of facts, written only where somebody asks for one."""

    def __init__(self, nouns: Sequence[Any]) -> None:
        self._nouns = nouns

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> "Citations": ...
    def __getitem__(self, place: int | slice) -> "str | Citations":
        if isinstance(place, slice):
            return Citations(self._nouns[place])
        noun = self._nouns[place]
        return cite(KINDS[type(noun)], noun.id)

    def __len__(self) -> int:
        return len(self._nouns)


@attrs.frozen(eq=False)
class _Rows:
    """The facts behind the rows in order, and the codes of session, person and status of each.

    The codes of persons are those of `persons`; codes of statuses are those of `_PRESENCE`.
    """

    ids: list[str]
    sessions: list[Session | None]  # None where the portfolio does not have it
    records: list[Attendance]
    crowds: list[tuple[int, Headcount, int]]  # number of the session, head count, nameless heads
    codes: list[int]
    persons: list[str | None]
    person_codes: list[int]
    statuses: bytes
    starts: list[int]  # the first row of each session, and the row after the last record
    also: dict[int, tuple[str, ...]]  # other facts of a row: records and counts of the same heads


def visits(portfolio: Portfolio) -> FactTable:
    """The table of visits of a portfolio. O(n log n) over sessions and records of attendance."""
    rows = _rows(portfolio)
    named, nameless = len(rows.records), len(rows.crowds)
    size = named + nameless
    session = _Base("session", [*rows.codes, *(number for number, _, _ in rows.crowds)])
    where = Places(portfolio)
    sessions = rows.sessions
    places = [FactPlace() if each is None else where.session(each) for each in sessions]
    persons = rows.persons
    person = _Base("person", rows.person_codes)

    def of_persons(name: str) -> FactColumn:
        people = [None if id is None else portfolio.find(Person, id) for id in persons]
        return person.column(name, [each and getattr(each, name) for each in people])

    def of_rows(name: str, values: Iterable[Any], rest: Iterable[Any]) -> FactColumn:
        column = encoded(_SHAPES[name], chain(values, rest))
        return FactColumn(
            column.shape, name, packed(column.codes, len(column.labels)), column.labels
        )

    def of_crowds(name: str, value: Any, rest: Sequence[Any]) -> FactColumn:
        """A column with one value for every record: its codes cost nothing for each."""
        column = encoded(_SHAPES[name], (value, *rest))
        codes = packed(column.codes[1:], len(column.labels))
        ones: Any = bytes(named) if isinstance(codes, bytes) else [0] * named
        return FactColumn(column.shape, name, ones + codes, column.labels)

    builders: dict[str, Callable[[], FactColumn]] = {
        "fact": lambda: FactColumn(
            _SHAPES["fact"], "row", range(size),
            Citations([*rows.records, *(each for _, each, _ in rows.crowds)]),
        ),
        "session_id": lambda: session.column("session_id", rows.ids),
        "series_id": lambda: session.column("series_id", [each.series_id for each in places]),
        "edition_id": lambda: session.column("edition_id", [each.edition_ids for each in places]),
        "program_id": lambda: session.column("program_id", [each.program_ids for each in places]),
        "center_id": lambda: session.column("center_id", [each.center_id for each in places]),
        "session_kind": lambda: session.column(
            "session_kind", [None if each is None else each.kind for each in sessions]
        ),
        "topic": lambda: session.column(
            "topic", [() if each is None else each.topics for each in sessions]
        ),
        "day": lambda: session.column(
            "day", [None if each is None else where.day(each) for each in sessions]
        ),
        "person_id": lambda: person.column("person_id", persons),
        "gender": lambda: of_persons("gender"),
        "region": lambda: of_persons("region"),
        "organization_kind": lambda: person.column(
            "organization_kind", _organization_kinds(portfolio, persons)
        ),
        "status": lambda: FactColumn(
            _SHAPES["status"], "status", rows.statuses + bytes(nameless), (*_PRESENCE,)
        ),
        "mode": lambda: of_rows(
            "mode", [each.mode for each in rows.records], repeat(None, nameless)
        ),
        "minutes": lambda: of_rows(
            "minutes", [each.minutes for each in rows.records], repeat(None, nameless)
        ),
        "heads": lambda: of_crowds("heads", 1, [n for _, _, n in rows.crowds]),
        "crowd": lambda: of_crowds("crowd", None, [each.n for _, each, _ in rows.crowds]),
        "evidence": lambda: of_crowds(
            "evidence", "documented", [_BASES[each.basis] for _, each, _ in rows.crowds]
        ),
    }  # fmt: skip
    return FactTable(VISITS_SHAPE, size, Columns(builders), Runs("session", rows.starts), rows.also)


_SHAPES = {each.name: each for each in VISITS_SHAPE.columns}


@attrs.frozen(eq=False)
class _Base:
    """A base of columns: a code for each row."""

    name: str
    codes: Sequence[int]

    def column(self, name: str, labels: Sequence[Any]) -> FactColumn:
        return FactColumn(_SHAPES[name], self.name, self.codes, labels)


def _rows(portfolio: Portfolio) -> _Rows:
    by_session: defaultdict[str, list[Attendance]] = defaultdict(list)
    for each in portfolio.all(Attendance):
        by_session[each.session_id].append(each)
    counted: dict[str, Headcount] = {}
    counts: defaultdict[str, list[str]] = defaultdict(list)
    for count in portfolio.all(Headcount):
        counts[count.session_id].append(cite("headcount", count.id))
        known_count = counted.get(count.session_id)
        # Of two head counts the larger one holds, as in a union of crowds.
        if known_count is None or (count.n, count.id) > (known_count.n, known_count.id):
            counted[count.session_id] = count
    sessions: dict[str, Session | None] = {each.id: each for each in portfolio.all(Session)}
    sessions.update(dict.fromkeys(sorted({*by_session, *counted} - sessions.keys())))
    kept = kept_ids(portfolio, "person")
    # A person has the next number at the first look-up, in C.
    numbers: defaultdict[str | None, int] = defaultdict(counter().__next__)
    records: list[Attendance] = []
    crowds: list[tuple[int, Headcount, int]] = []
    codes: list[int] = []
    person_codes: list[int] = []
    statuses = bytearray()
    starts = [0]
    also: dict[int, tuple[str, ...]] = {}
    rests: list[tuple[str, ...]] = []
    for number, id in enumerate(sessions):
        here = by_session.get(id, [])
        # Session by session: the records of one are read again while they are in the cache.
        persons = (
            [numbers[kept.get(each.person_id, each.person_id)] for each in here]
            if kept
            else [*map(numbers.__getitem__, [each.person_id for each in here])]
        )
        if len({*persons}) < len(here):
            here, persons, twice = _one_each(here, persons)
            also.update((len(records) + place, facts) for place, facts in twice.items())
        records += here
        person_codes += persons
        present = bytes(map(_PRESENCE.__getitem__, [each.status for each in here]))
        statuses += present
        codes += repeat(number, len(here))
        starts.append(len(records))
        if id in counted:
            heads = counted[id]
            nameless = heads.n - sum(code <= _PRESENCE["partial"] for code in present)
            if nameless > 0:
                crowds.append((number, heads, nameless))
                chosen = cite("headcount", heads.id)
                rests.append(tuple(each for each in counts[id] if each != chosen))
            else:
                # Without the records of the known persons, the count would be of nameless ones.
                for row in range(starts[-2], starts[-1]):
                    also[row] = (*also.get(row, ()), *counts[id])
    if crowds:
        # Nameless heads have the last code, unknown.
        person_codes += repeat(numbers[None], len(crowds))
    also.update((len(records) + place, facts) for place, facts in enumerate(rests) if facts)
    return _Rows(
        [*sessions], [*sessions.values()], records, crowds, codes, [*numbers], person_codes,
        bytes(statuses), starts, also,
    )  # fmt: skip


def _one_each(
    records: list[Attendance], persons: list[int]
) -> tuple[list[Attendance], list[int], dict[int, tuple[str, ...]]]:
    """One record for each person of a session: of several, the first one of most presence.

    Also the citations of the others, by the place of the one that is taken.
    """
    several: dict[int, list[Attendance]] = {}
    for person, each in zip(persons, records, strict=True):
        several.setdefault(person, []).append(each)
    best = [min(found, key=lambda each: _PRESENCE[each.status]) for found in several.values()]
    others = {
        place: tuple(cite("attendance", each.id) for each in found if each is not best[place])
        for place, found in enumerate(several.values()) if len(found) > 1
    }  # fmt: skip
    return best, [*several], others


def _organization_kinds(
    portfolio: Portfolio, persons: Sequence[str | None]
) -> list[tuple[str, ...]]:
    """The kinds of the organizations that each person belongs to or has belonged to, sorted."""
    kept = kept_ids(portfolio, "person")
    organizations = kept_ids(portfolio, "organization")
    kinds = {each.id: each.kind for each in portfolio.all(Organization)}
    alone = {kind: (kind,) for kind in kinds.values()}
    found: dict[str | None, tuple[str, ...]] = {}
    for each in portfolio.all(Membership):
        kind = kinds.get(organizations.get(each.organization_id, each.organization_id))
        if kind is None:
            continue
        person = kept.get(each.person_id, each.person_id)
        known = found.get(person)
        if known is None:
            found[person] = alone[kind]
        elif kind not in known:
            found[person] = (*sorted((*known, kind)),)
    return [found.get(each, ()) for each in persons]
