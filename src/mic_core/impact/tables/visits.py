"""Visits: a row for each record of attendance and for the nameless heads of each session.

The rows lie in the order of sessions, so that the rows of one session lie together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, overload

import attrs

from mic_core.ids import cite
from mic_core.impact.aggregation.columns import FactColumn, encoded
from mic_core.impact.aggregation.facts import Columns, FactTable, Runs, packed
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.places import FactPlace, Places
from mic_core.impact.tables.shapes import VISITS_SHAPE
from mic_core.model import KINDS, Attendance, Headcount, Membership, Organization, Person, Session
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio

_BASES = {"counted": "documented", "badge_scans": "administrative", "estimated": "claimed"}
"""The grade of evidence of a head count, by its basis."""

_PRESENCE = {"present": 0, "partial": 1, "excused": 2, "absent": 3}


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
    """The facts behind the rows in order, and the number of the session of each."""

    ids: list[str]
    sessions: list[Session | None]  # None where the portfolio does not have it
    records: list[Attendance]
    crowds: list[tuple[int, Headcount, int]]  # number of the session, head count, nameless heads
    codes: list[int]
    starts: list[int]  # the first row of each session, and the row after the last record


def visits(portfolio: Portfolio) -> FactTable:
    """The table of visits of a portfolio. O(n log n) over sessions and records of attendance."""
    rows = _rows(portfolio)
    named, nameless = len(rows.records), len(rows.crowds)
    size = named + nameless
    session = _Base("session", [*rows.codes, *(number for number, _, _ in rows.crowds)])
    where = Places(portfolio)
    sessions = rows.sessions
    places = [FactPlace() if each is None else where.session(each) for each in sessions]
    persons, person_codes = _persons(rows, kept_ids(portfolio, "person"))
    person = _Base("person", person_codes)
    people = [None if id is None else portfolio.find(Person, id) for id in persons]

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
        "gender": lambda: person.column("gender", [each and each.gender for each in people]),
        "region": lambda: person.column("region", [each and each.region for each in people]),
        "organization_kind": lambda: person.column(
            "organization_kind", _organization_kinds(portfolio, persons)
        ),
        "status": lambda: of_rows(
            "status", [each.status for each in rows.records], repeat("present", nameless)
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
    return FactTable(VISITS_SHAPE, size, Columns(builders), Runs("session", rows.starts))


_SHAPES = {each.name: each for each in VISITS_SHAPE.columns}


@attrs.frozen(eq=False)
class _Base:
    """A base of columns: a code for each row."""

    name: str
    codes: Sequence[int]

    def column(self, name: str, labels: Sequence[Any]) -> FactColumn:
        return FactColumn(_SHAPES[name], self.name, self.codes, labels)


def _rows(portfolio: Portfolio) -> _Rows:
    by_session: dict[str, list[Attendance]] = {}
    for each in portfolio.all(Attendance):
        known = by_session.get(each.session_id)
        if known is None:
            by_session[each.session_id] = [each]
        else:
            known.append(each)
    counted: dict[str, Headcount] = {}
    for count in portfolio.all(Headcount):
        known_count = counted.get(count.session_id)
        # Of two head counts the larger one holds, as in a union of crowds.
        if known_count is None or (count.n, count.id) > (known_count.n, known_count.id):
            counted[count.session_id] = count
    sessions: dict[str, Session | None] = {each.id: each for each in portfolio.all(Session)}
    sessions.update(dict.fromkeys(sorted({*by_session, *counted} - sessions.keys())))
    kept = kept_ids(portfolio, "person")
    records: list[Attendance] = []
    crowds: list[tuple[int, Headcount, int]] = []
    codes: list[int] = []
    starts = [0]
    for number, id in enumerate(sessions):
        here = _one_each(by_session.get(id, []), kept)
        records += here
        codes += repeat(number, len(here))
        starts.append(len(records))
        if id in counted:
            heads = counted[id]
            nameless = heads.n - sum(each.status in PRESENT for each in here)
            if nameless > 0:
                crowds.append((number, heads, nameless))
    return _Rows([*sessions], [*sessions.values()], records, crowds, codes, starts)


def _one_each(records: list[Attendance], kept: Mapping[str, str]) -> list[Attendance]:
    """One record for each person of a session: of several, the one of most presence."""
    if not kept and len({each.person_id for each in records}) == len(records):
        return records
    best: dict[str, Attendance] = {}
    for each in records:
        person = kept.get(each.person_id, each.person_id)
        known = best.get(person)
        if known is None or _PRESENCE[each.status] < _PRESENCE[known.status]:
            best[person] = each
    return [*best.values()]


def _persons(rows: _Rows, kept: Mapping[str, str]) -> tuple[list[str | None], list[int]]:
    """The persons of the records and their codes; nameless heads have the last code, unknown."""
    places: dict[str, int] = {}
    numbers: dict[str | None, int] = {}
    codes: list[int] = []
    for each in rows.records:
        code = places.get(each.person_id)
        if code is None:
            # A merged id has the code of the one that is kept.
            person = kept.get(each.person_id, each.person_id)
            code = places[each.person_id] = numbers.setdefault(person, len(numbers))
        codes.append(code)
    if rows.crowds:
        numbers[None] = len(numbers)
        codes += repeat(numbers[None], len(rows.crowds))
    return [*numbers], codes


def _organization_kinds(
    portfolio: Portfolio, persons: Sequence[str | None]
) -> list[tuple[str, ...]]:
    """The kinds of the organizations that each person belongs to or has belonged to, sorted."""
    kinds = {each.id: each.kind for each in portfolio.all(Organization)}
    found: dict[str, set[str]] = {}
    for each in portfolio.all(Membership):
        if each.organization_id in kinds:
            found.setdefault(each.person_id, set()).add(kinds[each.organization_id])
    return [(*sorted(found.get(each or "", ())),) for each in persons]
