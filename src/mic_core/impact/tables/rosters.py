"""Rosters: who was expected at each delivered session, and what was recorded about the person.

Persons are expected who were enrolled or suspended when the session began. Nothing
recorded is unknown, and never taken for absent. A person who was there and is neither expected nor
invited nor a part of the team is a walk-in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from operator import itemgetter
from typing import Any

import attrs

from mic_core.chrono import Interval
from mic_core.chrono.local import instant
from mic_core.ids import cite, split
from mic_core.impact.aggregation.columns import FactColumn
from mic_core.impact.aggregation.facts import Columns, FactTable, packed
from mic_core.impact.tables.deliveries import SessionRows
from mic_core.impact.tables.journeys import first_day_of, week_number
from mic_core.impact.tables.places import FactPlace, Places
from mic_core.impact.tables.shapes import ROSTERS_SHAPE
from mic_core.model import Assignment, Edition, Membership, Organization, Session
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio
from mic_core.portfolio.expected import SeatSpans, any_within, seat_spans

_SHAPES = {each.name: each for each in ROSTERS_SHAPE.columns}
_NOTHING = -1
"""In place of a row of the table of visits: nothing is recorded about the person."""


def rosters(
    portfolio: Portfolio, visits: FactTable, sessions: SessionRows, as_of: datetime
) -> FactTable:
    """The table of rosters, given the table of visits and the rows of sessions. O(n log n)."""
    builder = _RosterBuilder.of(portfolio, visits)
    begun: list[tuple[int, str, Session, date]] = []
    for row in sessions:
        session = portfolio.get(Session, split(row["fact"])[1])
        if row["delivered"] and session.slot is not None and session.slot.start <= as_of:
            begun.append((instant(session.slot.start), session.id, session, row["day"]))
    # Rows lie in the order of time, by which absences in a row are found.
    for moment, _, session, day in sorted(begun, key=itemgetter(0, 1)):
        builder.add(session, day, moment)
    return _table(builder)


@attrs.frozen
class _RosterMember:
    """A person in an operation; without a person, an organization that names no delegates."""

    operation_id: str
    participant_id: str | None  # None: a walk-in
    person_id: str | None
    enrollment_id: str | None


@attrs.frozen(eq=False)
class _Meeting:
    """A session at which the participants of an operation are expected."""

    session: Session
    operation_id: str
    place: FactPlace
    day: date
    week: int | None


@attrs.frozen(eq=False)
class _Group:
    """Members of an operation who hold their seats at the same times.

    `persons` are their codes in the table of visits, -1 where a person is in no visit.
    """

    expected: tuple[Interval, ...]
    members: tuple[int, ...]
    persons: tuple[int, ...]


@attrs.frozen(eq=False)
class _RosterOperation:
    """An edition, or a session booked directly, with the members that were ever expected."""

    id: str
    place: FactPlace
    first: date | None
    groups: tuple[_Group, ...]
    overlaps: bool  # if a member is in several groups

    def expected_at(self, moment: int) -> tuple[list[int], list[int]]:
        """The members expected at an instant, each once, and their codes in visits."""
        members: list[int] = []
        persons: list[int] = []
        for group in self.groups:
            if any_within(group.expected, moment, moment):
                members += group.members
                persons += group.persons
        if self.overlaps:
            once = dict(zip(members, persons, strict=True))
            members, persons = [*once], [*once.values()]
        return members, persons


@attrs.frozen(eq=False)
class _RosterBuilder:
    """Rosters under construction: the codes of their rows, session by session."""

    places: Places
    visits: FactTable
    rows_of: Mapping[str, range]  # of the table of visits, by session
    codes: Mapping[str | None, int]  # of the persons of that table
    members: list[_RosterMember]
    operations: Mapping[str, _RosterOperation]
    staff: Mapping[int, Sequence[int]]  # persons of the members without a person
    assigned: Mapping[str, frozenset[str]]
    walk_ins: dict[tuple[str, str | None], int] = attrs.field(
        factory=dict[tuple[str, str | None], int], init=False
    )
    meetings: list[_Meeting] = attrs.field(factory=list[_Meeting], init=False)
    meeting_codes: list[int] = attrs.field(factory=list[int], init=False)
    member_codes: list[int] = attrs.field(factory=list[int], init=False)
    records: list[int] = attrs.field(factory=list[int], init=False)  # rows of visits, or _NOTHING
    expected: bytearray = attrs.field(factory=bytearray, init=False)

    @classmethod
    def of(cls, portfolio: Portfolio, visits: FactTable) -> "_RosterBuilder":
        """A builder without rows. O(n) over enrollments, memberships and assignments."""
        persons = {each: code for code, each in enumerate(visits.columns["person_id"].labels)}
        places, members = Places(portfolio), _Members(portfolio, persons)
        seats = seat_spans(portfolio)
        operations = {
            into: members.operation(into, seats.get(into, ()), places)
            for into in sorted({*seats, *(each.id for each in portfolio.all(Edition))})
        }
        assigned: dict[str, set[str]] = {}
        for each in portfolio.all(Assignment):
            assigned.setdefault(each.session_id, set()).add(places.participant(each.person_id))
        return cls(
            places, visits, _rows_by_session(visits), persons, members.found, operations,
            members.staff, {id: frozenset(each) for id, each in assigned.items()},
        )  # fmt: skip

    def add(self, session: Session, day: date, moment: int) -> None:
        """Add the rows of a session that began on a day, at an instant."""
        rows = self.rows_of.get(session.id, range(0))
        codes = self.visits.columns["person_id"].codes
        recorded = dict(zip(codes[rows.start : rows.stop], rows, strict=True))
        editions = self.places.session(session).edition_ids
        here = [self.operations[id] for id in (*editions, session.id) if id in self.operations]
        known: set[int] = set()
        for operation in here:
            members, persons = operation.expected_at(moment)
            records = [*map(recorded.get, persons, repeat(_NOTHING))]
            known.update(persons)
            if self.staff:
                for place, member in enumerate(members):
                    if member in self.staff:
                        known.update(self.staff[member])
                        records[place] = self._of_staff(self.staff[member], recorded)
            self._append(session, operation, day, members, records, expected=True)
        if recorded:
            rest = {code: row for code, row in recorded.items() if code not in known}
            self._add_walk_ins(session, here, day, rest)

    def _add_walk_ins(
        self, session: Session, here: Sequence[_RosterOperation], day: date, rest: Mapping[int, int]
    ) -> None:
        """Add those who were there though nobody expected them, to each edition if there is one."""
        labels, statuses = (self.visits.columns[name] for name in ("person_id", "status"))
        invited = {self.places.participant(each) for each in session.audience}
        team = self.assigned.get(session.id, frozenset()) | invited
        there = [
            (labels.labels[code], row) for code, row in rest.items()
            if statuses.at(row) in PRESENT and labels.labels[code] not in team
        ]  # fmt: skip
        editions = [each for each in here if each.id != session.id]
        for operation in editions or here if there else ():
            members: list[int] = []
            for person, _ in there:
                key = operation.id, person
                if key not in self.walk_ins:
                    self.walk_ins[key] = len(self.members)
                    self.members.append(_RosterMember(operation.id, None, person, None))
                members.append(self.walk_ins[key])
            self._append(
                session, operation, day, members, [row for _, row in there], expected=False
            )

    def _append(
        self, session: Session, operation: _RosterOperation, day: date, members: Sequence[int],
        records: Sequence[int], *, expected: bool,
    ) -> None:  # fmt: skip
        week = None if operation.first is None else week_number(day, operation.first)
        self.meeting_codes.extend(repeat(len(self.meetings), len(members)))
        self.meetings.append(_Meeting(session, operation.id, operation.place, day, week))
        self.member_codes.extend(members)
        self.records.extend(records)
        self.expected.extend(bytes((expected,)) * len(members))

    def _of_staff(self, persons: Sequence[int], recorded: Mapping[int, int]) -> int:
        """The record of an organization: of its people, the one of most presence."""
        statuses = self.visits.columns["status"]
        rows = [recorded[each] for each in persons if each in recorded]
        order = ("present", "partial", "excused", "absent")
        return min(rows, key=lambda row: (order.index(statuses.at(row)), row), default=_NOTHING)


@attrs.frozen(eq=False)
class _Members:
    """The members of operations, numbered in the order in which they are found."""

    portfolio: Portfolio
    persons: Mapping[str | None, int]
    found: list[_RosterMember] = attrs.field(factory=list[_RosterMember], init=False)
    staff: dict[int, Sequence[int]] = attrs.field(factory=dict[int, Sequence[int]], init=False)

    def operation(self, into: str, seats: Sequence[SeatSpans], places: Places) -> _RosterOperation:
        """The operation of an edition or session; of several entries of a person, the first."""
        numbers: dict[tuple[str, str], int] = {}
        groups: dict[tuple[Interval, ...], dict[int, None]] = {}
        for seat in seats:
            if not seat.expected:
                continue
            for key, person in self._who(seat, places):
                if key not in numbers:
                    numbers[key] = len(self.found)
                    participant = places.participant(seat.enrollment.participant_id)
                    self.found.append(_RosterMember(into, participant, person, seat.enrollment.id))
                    if person is None:
                        self.staff[numbers[key]] = self._staff_of(participant, places)
                groups.setdefault(seat.expected, {})[numbers[key]] = None
        made = tuple(
            _Group(times, (*members,), tuple(self._code(each) for each in members))
            for times, members in groups.items()
        )
        size = sum(len(each.members) for each in made)
        place = places.operation(into)
        first = first_day_of(self.portfolio, place, places)
        return _RosterOperation(into, place, first, made, size > len(numbers))

    def _who(self, seat: SeatSpans, places: Places) -> Iterator[tuple[tuple[str, str], str | None]]:
        enrollment = seat.enrollment
        participant = places.participant(enrollment.participant_id)
        is_organization = self.portfolio.find(Organization, participant) is not None
        if is_organization and not enrollment.delegates:
            yield ("organization", participant), None
            return
        for each in seat.persons:
            person = places.participant(each)
            yield ("person", person), person

    def _code(self, member: int) -> int:
        person = self.found[member].person_id
        return _NOTHING if person is None else self.persons.get(person, _NOTHING)

    def _staff_of(self, organization: str, places: Places) -> Sequence[int]:
        """The codes of the people who belong, or belonged, to an organization."""
        staff = {
            places.participant(each.person_id)
            for each in self.portfolio.where(Membership, organization_id=organization)
        }
        return [self.persons[each] for each in sorted(staff) if each in self.persons]


def _rows_by_session(visits: FactTable) -> Mapping[str, range]:
    """The rows of records of each session, which lie together."""
    starts = () if visits.runs is None else visits.runs.starts
    ids = visits.columns["session_id"].labels
    return {id: range(starts[n], starts[n + 1]) for n, id in enumerate(ids)}


def _table(built: _RosterBuilder) -> FactTable:
    """The table of the rows that a builder holds; each column is made on first use."""
    meetings, members = built.meetings, built.members
    statuses = built.visits.columns["status"]
    labels = (*statuses.labels, *(() if None in statuses.labels else (None,)))
    unknown = labels.index(None)
    records = packed(
        [unknown if row == _NOTHING else statuses.codes[row] for row in built.records], len(labels)
    )

    def meeting(name: str, value: Callable[[_Meeting], Any]) -> Callable[[], FactColumn]:
        return lambda: FactColumn(
            _SHAPES[name], "meeting", built.meeting_codes, [value(each) for each in meetings]
        )

    def member(name: str, value: Callable[[_RosterMember], Any]) -> Callable[[], FactColumn]:
        return lambda: FactColumn(
            _SHAPES[name], "member", built.member_codes, [value(each) for each in members]
        )

    def record(name: str, values: Sequence[Any]) -> Callable[[], FactColumn]:
        return lambda: FactColumn(_SHAPES[name], "record", records, values)

    builders: dict[str, Callable[[], FactColumn]] = {
        "fact": lambda: FactColumn(_SHAPES["fact"], "row", range(len(records)), _facts(built)),
        "participation_id": member("participation_id", _participation),
        "participant_id": member("participant_id", lambda each: each.participant_id),
        "person_id": member("person_id", lambda each: each.person_id),
        "operation_id": meeting("operation_id", lambda each: each.operation_id),
        "session_id": meeting("session_id", lambda each: each.session.id),
        "series_id": meeting("series_id", lambda each: each.session.series_id),
        "edition_id": meeting("edition_id", lambda each: each.place.of_one()["edition_id"]),
        "program_id": meeting("program_id", lambda each: each.place.of_one()["program_id"]),
        "center_id": meeting("center_id", lambda each: each.place.center_id),
        "session_kind": meeting("session_kind", lambda each: each.session.kind),
        "topic": meeting("topic", lambda each: each.session.topics),
        "elective": meeting("elective", lambda each: each.session.elective),
        "day": meeting("day", lambda each: each.day),
        "week": meeting("week", lambda each: each.week),
        "expected": lambda: FactColumn(
            _SHAPES["expected"], "expected", bytes(built.expected), (False, True)
        ),
        "status": record("status", labels),
        "evidence": record("evidence", [each and "documented" for each in labels]),
    }  # fmt: skip
    return FactTable(ROSTERS_SHAPE, len(records), Columns(builders))


def _participation(member: _RosterMember) -> str | None:
    into, participant = member.operation_id, member.participant_id
    return None if participant is None else f"{participant}/{into}"


def _facts(built: _RosterBuilder) -> list[str]:
    """The record of each row, or else the enrollment."""
    facts = built.visits.columns["fact"].labels
    entries = [
        each.enrollment_id and cite("enrollment", each.enrollment_id) for each in built.members
    ]
    pairs = zip(built.records, built.member_codes, strict=True)
    return [str(entries[member] if row == _NOTHING else facts[row]) for row, member in pairs]
