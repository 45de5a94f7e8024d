"""Deliveries: sessions that were held, editions that have run, and organizations that met there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from mic_core.ids import cite
from mic_core.impact.aggregation.facts import FactTable, table_of
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.places import Places, last_day
from mic_core.impact.tables.shapes import EDITIONS_SHAPE, MEETINGS_SHAPE, SESSIONS_SHAPE
from mic_core.model import Attendance, Edition, Headcount, Membership, Program, Session
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories

SessionRows = Sequence[Mapping[str, Any]]
"""The rows of the table of sessions."""


def session_rows(portfolio: Portfolio, as_of: datetime) -> SessionRows:
    """The rows of the sessions with a slot, as of an instant. O(n log n)."""
    return (*_session_rows(portfolio, as_of),)


def sessions(rows: SessionRows) -> FactTable:
    """The table of sessions. O(n)."""
    return table_of(SESSIONS_SHAPE, rows)


def _session_rows(portfolio: Portfolio, as_of: datetime) -> Iterator[dict[str, Any]]:
    places, histories = Places(portfolio), status_histories(portfolio, Session)
    visited = _visited(portfolio)
    for each in portfolio.all(Session):
        if each.slot is None:
            continue
        status = histories[each.id].at(as_of)
        yield {
            "fact": cite("session", each.id),
            **places.session(each).of_many(),
            "kind": each.kind, "topic": each.topics, "mode": each.mode, "status": status,
            "delivered": status == "held" or (status != "cancelled" and each.id in visited),
            "day": places.day(each),
            "minutes": int(each.length / timedelta(minutes=1)),
            "evidence": "documented" if each.id in visited else None,
        }  # fmt: skip


def _visited(portfolio: Portfolio) -> set[str]:
    """The sessions with a known presence or a head count above zero."""
    found = {each.session_id for each in portfolio.all(Attendance) if each.status in PRESENT}
    return found | {each.session_id for each in portfolio.all(Headcount) if each.n}


def editions(portfolio: Portfolio, as_of: datetime, sessions: SessionRows) -> FactTable:
    """The table of editions, as of an instant, given the rows of sessions. O(n log n)."""
    return table_of(EDITIONS_SHAPE, _edition_rows(portfolio, as_of, sessions))


def _edition_rows(
    portfolio: Portfolio, as_of: datetime, sessions: SessionRows
) -> Iterator[dict[str, Any]]:
    places, histories = Places(portfolio), status_histories(portfolio, Edition)
    held = {
        edition
        for row in sessions if row["delivered"]
        for edition in row["edition_id"]
    }  # fmt: skip
    for each in portfolio.all(Edition):
        status, program = histories[each.id].at(as_of), portfolio.find(Program, each.program_id)
        period = each.period
        yield {
            "fact": cite("edition", each.id),
            **places.edition(each).of_one(),
            "program_kind": None if program is None else program.kind,
            "status": status,
            "delivered": status == "completed" or (status != "cancelled" and each.id in held),
            "day": last_day(period),
            "started_on": period.start,
            "seats": each.seats.in_person,
            "evidence": "documented" if each.id in held else None,
        }


def meetings(portfolio: Portfolio) -> FactTable:
    """The table of pairs of organizations whose people met. O(sessions x pairs there)."""
    return table_of(MEETINGS_SHAPE, _meeting_rows(portfolio))


def _meeting_rows(portfolio: Portfolio) -> Iterator[dict[str, Any]]:
    places = Places(portfolio)
    persons, kept = kept_ids(portfolio, "person"), kept_ids(portfolio, "organization")
    members: dict[str, list[Membership]] = {}
    for membership in portfolio.all(Membership):
        person = persons.get(membership.person_id, membership.person_id)
        members.setdefault(person, []).append(membership)
    present: dict[str, list[str]] = {}
    for each in portfolio.all(Attendance):
        if each.status in PRESENT:
            person = persons.get(each.person_id, each.person_id)
            present.setdefault(each.session_id, []).append(person)
    for session in portfolio.all(Session):
        day = places.day(session)
        if day is None:
            continue
        here = {
            kept.get(one.organization_id, one.organization_id)
            for person in present.get(session.id, ()) for one in members.get(person, ())
            if one.period.contains(day)
        }  # fmt: skip
        for pair in combinations(sorted(here), 2):
            yield {
                "fact": cite("session", session.id),
                "pair_id": "/".join(pair),
                **places.session(session).of_many(),
                "day": day,
                "evidence": "documented",
            }
