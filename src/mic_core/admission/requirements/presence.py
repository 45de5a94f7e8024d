"""AttendedSessions of a participant in the delivered sessions of a scope, with bounds.

The records are those of the table of visits, so that one person of several records, and several
records of one session, count as they do in indicators.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs

from mic_core.impact.aggregation.columns import MILLION
from mic_core.impact.tables.deliveries import session_rows
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


_Record = tuple[str, int | None]
"""Status and minutes of a record of attendance."""


def records_of(portfolio: Portfolio) -> Mapping[str, Mapping[str, _Record]]:
    """The record of each person in each session, after the table of visits."""
    table = visits(portfolio)
    names = ("person_id", "session_id", "status", "minutes")
    found: dict[str, dict[str, _Record]] = {}
    for person, session, status, minutes in zip(
        *(table.columns[name].values() for name in names), strict=True
    ):
        if person is not None:
            found.setdefault(person, {})[session] = (status, minutes)
    return found


def delivered_sessions(portfolio: Portfolio, instant: datetime) -> frozenset[str]:
    """The sessions that were delivered, after the table of sessions."""
    rows = session_rows(portfolio, instant)
    return frozenset(each["session_id"] for each in rows if each["delivered"])


@attrs.frozen(eq=False, repr=False)
class AttendedSessions:
    """The delivered sessions of a scope, and the records of those who attend for a participant."""

    portfolio: Portfolio
    sessions: Sequence[Session]
    records: Sequence[Mapping[str, _Record]]

    def _bounds(self, sessions: Iterable[Session]) -> tuple[list[Session], list[Session]]:
        """The sessions that certainly were attended, and those that may have been."""
        sure: list[Session] = []
        maybe: list[Session] = []
        for each in sessions:
            known = [record[each.id] for record in self.records if each.id in record]
            if any(status in PRESENT for status, _ in known):
                sure.append(each)
                maybe.append(each)
            elif not known:
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
            known = [record[each.id] for record in self.records if each.id in record]
            stays = [minutes for status, minutes in known if status in PRESENT]
            measured = [minutes for minutes in stays if minutes is not None]
            most = each.length // _MINUTE
            low += max(measured, default=0)
            is_exact = bool(stays) and len(measured) == len(stays)
            high += max(measured) if is_exact else max(most, *measured, 0)
        return Known(low, high)

    def _share(self) -> Known:
        """The share of attended sessions, in millionths; unknown where none was delivered."""
        counted = [each for each in self.sessions if not each.elective]
        if not counted:
            return Known(None, None)
        sure, maybe = self._bounds(counted)
        low, high = (Fraction(len(each) * MILLION, len(counted)) for each in (sure, maybe))
        return Known(low, high)


def _ids(sessions: Iterable[Session]) -> tuple[str, ...]:
    return tuple(each.id for each in sessions)


def _modules(sessions: Iterable[Session]) -> tuple[str, ...]:
    return tuple(sorted({each.module_id for each in sessions if each.module_id is not None}))
