"""Scope resolution: the sessions that a scope covers, and those that are still to take place."""

from collections.abc import Collection

from mic_core.ids import cite
from mic_core.model import Attendance, Headcount, Session, Transition
from mic_core.portfolio import Portfolio, Scope, status_of
from mic_core.portfolio.scope import extent
from mic_core.timetable import Timetable


def numbers_in(timetable: Timetable, scope: Scope | None) -> frozenset[int]:
    """The numbers of the sessions that a scope covers, as `extent` does; None means all."""
    numbers = timetable.numbers
    sessions = extent(timetable.portfolio, scope, None).sessions
    return frozenset(numbers[each.id] for each in sessions if each.id in numbers)


def status_now(portfolio: Portfolio, session: Session) -> str:
    """The status of a session; "held" also if somebody was present, missed or counted.

    O(its attendances, headcounts and transitions).
    """
    present = portfolio.where(Attendance, session_id=session.id)
    counted = portfolio.where(Headcount, session_id=session.id)
    if present or counted:
        return "held"
    return status_of(portfolio, cite("session", session.id))


def to_come(timetable: Timetable, among: Collection[int]) -> frozenset[int]:
    """The sessions among some that are still to take place. O(rows about sessions)."""
    portfolio = timetable.portfolio
    # Most sessions have no such rows; their own status is right, without a look into tables.
    with_rows = {cite("session", each.session_id) for each in portfolio.all(Attendance)}
    with_rows |= {cite("session", each.session_id) for each in portfolio.all(Headcount)}
    with_rows |= {each.subject for each in portfolio.all(Transition)}

    def is_planned(session: Session) -> bool:
        changed = cite("session", session.id) in with_rows
        return (status_now(portfolio, session) if changed else session.status) == "planned"

    return frozenset(n for n in among if is_planned(timetable.sessions[n]))
