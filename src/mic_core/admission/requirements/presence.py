"""AttendedSessions of a participant in the delivered sessions of a scope, with bounds.

The records are those of the tables of visits and rosters, so that several records of one person, or
of one session, count as they do in indicators, and expected sessions as in the rates of cohorts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs

from mic_core.impact.aggregation.columns import MILLION
from mic_core.impact.tables.deliveries import session_rows
from mic_core.impact.tables.rosters import rosters
from mic_core.impact.tables.visits import visits
from mic_core.model import Module, Session
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio

_MINUTE = timedelta(minutes=1)


@attrs.frozen(eq=False, repr=False)
class Known:
    """A fact with bounds: its value if no more comes to light, and if as much as may be does.

    Both are the same where it is known. Of a number, they are the least and the largest; of a fact
    with many values, those that certainly hold and those that may.
    """

    low: Any
    high: Any


Record = tuple[str | None, int | None]
"""Status and minutes of presence; None: nothing is recorded, or not measured."""


@attrs.define(eq=False, repr=False)
class Stays:
    """The attendance of one participant in one delivered session, as it is known.

    `records` are the statuses and minutes of those who attend for the participant; a status of None
    is nothing recorded about somebody who was expected, and never an absence.
    """

    records: list[Record] = attrs.field(factory=list[Record])
    is_expected: bool = False


AttendanceBook = Mapping[str, Mapping[str, Stays]]
"""The attendance of each person and organization, by session."""


def attendance_book(portfolio: Portfolio, instant: datetime) -> AttendanceBook:
    """Presence in the sessions delivered by an instant, after the tables of visits and rosters.

    Persons are there by their own records; organizations by those of their delegates, or of their
    people where they name none. O(n log n).
    """
    table, rows = visits(portfolio), session_rows(portfolio, instant)
    delivered = {each["session_id"] for each in rows if each["delivered"]}
    found: dict[str, dict[str, Stays]] = {}
    minutes_of: dict[tuple[str, str], int | None] = {}
    names = ("person_id", "session_id", "status", "minutes")
    columns = (table.columns[name].values() for name in names)
    for person, session, status, minutes in zip(*columns, strict=True):
        if person is not None and session in delivered:
            minutes_of[person, session] = minutes
            found.setdefault(person, {})[session] = Stays([(status, minutes)])
    roster = rosters(portfolio, table, rows, instant)
    keys = ("participant_id", "person_id", "session_id", "status", "expected")
    columns = (roster.columns[key].values() for key in keys)
    for participant, person, session, status, expected in zip(*columns, strict=True):
        if not expected:  # a walk-in is among the visits
            continue
        for id in {participant, person} - {None}:
            stays = found.setdefault(id, {}).setdefault(session, Stays())
            stays.is_expected = True
            if id != person or not stays.records:
                stays.records.append((status, minutes_of.get((person, session))))
    return found


@attrs.frozen(eq=False, repr=False)
class AttendedSessions:
    """The delivered sessions of a scope that concern a participant, and what is known of them."""

    portfolio: Portfolio
    sessions: Sequence[Session]
    stays: Mapping[str, Stays]

    def _bounds(self, sessions: Iterable[Session]) -> tuple[list[Session], list[Session]]:
        """The sessions that certainly were attended, and those that may have been."""
        sure: list[Session] = []
        maybe: list[Session] = []
        for each in sessions:
            statuses = {status for status, _ in self.stays[each.id].records}
            if not statuses.isdisjoint(PRESENT):
                sure.append(each)
                maybe.append(each)
            elif None in statuses:
                maybe.append(each)  # no record is not an absence
        return sure, maybe

    def fact(self, name: str) -> Known:
        """A fact of attendance."""
        sure, maybe = self._bounds(self.sessions)
        match name:
            case "attended_session":
                return Known(_ids(sure), _ids(maybe))
            case "attended_module":
                return Known(_modules(sure), _modules(maybe))
            case "completed_module":
                return Known(self._completed(sure), self._completed(maybe))
            case "sessions_attended":
                return Known(len(sure), len(maybe))
            case "minutes_attended":
                return self._minutes(maybe)
            case _:
                return self._share()

    def _completed(self, attended: Iterable[Session]) -> tuple[str, ...]:
        """The modules of which as many sessions were attended as the module counts."""
        had: dict[str, int] = {}
        for each in attended:
            if each.module_id is not None:
                had[each.module_id] = had.get(each.module_id, 0) + 1
        modules: Mapping[str, Module] = self.portfolio.modules()
        return tuple(
            sorted(id for id, many in had.items() if id in modules and many >= modules[id].count)
        )

    def _minutes(self, maybe: Iterable[Session]) -> Known:
        low = high = 0
        for each in maybe:
            stays = self.stays[each.id].records
            possible = [minutes for status, minutes in stays if status is None or status in PRESENT]
            measured = [minutes for minutes in possible if minutes is not None]
            low += max(measured, default=0)
            is_exact = len(measured) == len(possible)
            high += max(measured) if is_exact else max(each.length // _MINUTE, *measured, 0)
        return Known(low, high)

    def _share(self) -> Known:
        """The share of sessions attended, of those expected at, in millionths; unknown of none."""
        expected = [each for each in self.sessions if self.stays[each.id].is_expected]
        if not expected:
            return Known(None, None)
        sure, maybe = self._bounds(expected)
        low, high = (Fraction(len(each) * MILLION, len(expected)) for each in (sure, maybe))
        return Known(low, high)


def _ids(sessions: Iterable[Session]) -> tuple[str, ...]:
    return tuple(each.id for each in sessions)


def _modules(sessions: Iterable[Session]) -> tuple[str, ...]:
    return tuple(sorted({each.module_id for each in sessions if each.module_id is not None}))
