"""What is history: sessions that were held, or at which somebody was present or counted."""

from collections.abc import Collection

from mic_core.ids import cite
from mic_core.model import Attendance, Headcount, Session, Transition
from mic_core.portfolio import Portfolio, status_of
from mic_core.timetable import Timetable


def status_now(portfolio: Portfolio, session: Session) -> str:
    """The status of a session; held as well where somebody was present, missed or counted.

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
    told = {cite("session", each.session_id) for each in portfolio.all(Attendance)}
    told |= {cite("session", each.session_id) for each in portfolio.all(Headcount)}
    told |= {each.subject for each in portfolio.all(Transition)}

    def planned(session: Session) -> bool:
        known = cite("session", session.id) in told
        return (status_now(portfolio, session) if known else session.status) == "planned"

    return frozenset(n for n in among if planned(timetable.sessions[n]))
