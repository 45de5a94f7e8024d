"""Attendance rules: records of presence against enrollments, sessions, lengths and head counts."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import attrs

from mic_core.chrono.local import instant
from mic_core.ids import cite
from mic_core.model import (
    Assignment,
    Attendance,
    Edition,
    Enrollment,
    Headcount,
    Membership,
    Organization,
    Session,
)
from mic_core.model.enrollment import PRESENT
from mic_core.portfolio import Portfolio
from mic_core.portfolio.expected import has_been_expected
from mic_core.portfolio.portfolio import derived
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory
from mic_core.rules import Breach, Entry, Facts, PortfolioRule, require_instant

_LEFT = frozenset({"withdrawn", "transferred", "cancelled"})
_MINUTE = timedelta(minutes=1)


def _visits(portfolio: Portfolio) -> Iterator[tuple[Attendance, Session]]:
    """Each attendance in full or in part at a known session, with the session."""
    for each in portfolio.all(Attendance):
        session = portfolio.find(Session, each.session_id)
        if session is not None and each.status in PRESENT:
            yield each, session


@attrs.frozen
class _Enrolled:
    """An index of enrollments by person, of admission modes, and of assignments.

    `histories` maps an edition or session and a person to the histories of the enrollments,
    `admission` an edition to its mode; `assigned` has pairs of session and person.
    """

    histories: Mapping[tuple[str, str], list[StatusHistory]]
    admission: Mapping[str, str]
    assigned: frozenset[tuple[str, str]]

    def of(self, person: str, session: Session) -> list[StatusHistory]:
        """The histories of a person's enrollments in a session, its edition or its audience."""
        return [
            history
            for into in (*_audience(session), session.id)
            for history in self.histories.get((into, person), ())
        ]


def _audience(session: Session) -> tuple[str, ...]:
    own = (session.edition_id,) if session.edition_id is not None else ()
    return (*own, *(each for each in session.audience if each != session.edition_id))


def _enrolled(portfolio: Portfolio) -> _Enrolled:
    status = status_histories(portfolio, Enrollment)
    ventures = {each.id for each in portfolio.all(Organization)}
    staff: dict[str, set[str]] = {}
    for part in portfolio.all(Membership):
        staff.setdefault(part.organization_id, set()).add(part.person_id)
    histories: dict[tuple[str, str], list[StatusHistory]] = {}
    for each in portfolio.all(Enrollment):
        sent: set[str] | tuple[str, ...] = each.delegates or (each.participant_id,)
        if not each.delegates and each.participant_id in ventures:
            # A venture without delegates may send any of its members.
            sent = staff.get(each.participant_id, set())
        for person in sent:
            histories.setdefault((each.into, person), []).append(status[each.id])
    return _Enrolled(
        histories,
        {each.id: each.admission for each in portfolio.all(Edition)},
        frozenset((each.session_id, each.person_id) for each in portfolio.all(Assignment)),
    )


def _facts(attendance: Attendance) -> dict[str, str]:
    return {
        "attendance": cite("attendance", attendance.id),
        "person": cite("person", attendance.person_id),
        "session": cite("session", attendance.session_id),
    }


def _visits_without_seat(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    visits = [*_visits(portfolio)]
    if not visits:
        return
    seats = derived(portfolio, _enrolled)
    for each, session in visits:
        invited = _audience(session)
        editions = [id for id in invited if id in seats.admission]
        if not editions or any(seats.admission[id] == "open" for id in editions):
            continue
        if each.person_id in invited or (session.id, each.person_id) in seats.assigned:
            continue
        if not any(map(has_been_expected, seats.of(each.person_id, session))):
            names = tuple(cite("edition", id) for id in editions)
            facts: Facts = {**_facts(each), "editions": names, "had": None, "needed": "enrolled"}
            yield Breach(subjects=(str(facts["attendance"]),), path="person_id", facts=facts)


PRESENT_WITHOUT_SEAT = PortfolioRule(
    entry=Entry(
        code="present-without-seat",
        level="medium",
        law="Who is present at a session of an edition has been enrolled in it, unless its "
        "admission is open or they are invited or have a part in giving it.",
        why="They are counted at the session and missing among the participants.",
        source="common practice",
        sentence="{person} was present at {session} and was never enrolled in {editions}",
        mend="record the enrollment, or correct whom the attendance is about",
    ),
    find=_visits_without_seat,
)
"""A person present has been enrolled."""


def _visits_after_leaving(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    visits = [*_visits(portfolio)]
    if not visits:
        return
    seats = derived(portfolio, _enrolled)
    left = {
        person
        for (_, person), histories in seats.histories.items()
        if any(history.has_been(status) for history in histories for status in _LEFT)
    }
    for each, session in visits if left else ():
        if session.slot is None or each.person_id not in left:
            continue
        if (session.id, each.person_id) in seats.assigned:
            continue
        histories = [
            history for history in seats.of(each.person_id, session) if has_been_expected(history)
        ]
        start = session.slot.start
        if histories and all(history.at(start) in _LEFT for history in histories):
            facts = _facts(each)
            had = tuple(sorted({history.at(start) for history in histories}))
            yield Breach(
                subjects=(facts["attendance"],), facts={**facts, "had": had, "needed": "enrolled"}
            )


PRESENT_AFTER_LEAVING = PortfolioRule(
    entry=Entry(
        code="present-after-leaving",
        level="medium",
        law="Nobody is present at a session that begins after they have left.",
        why="Either the date on which they left is wrong, or they have not left.",
        source="the order of time",
        sentence="{person} was present at {session}, but {had} before it began",
        mend="correct the date of leaving, or the attendance",
    ),
    find=_visits_after_leaving,
)
"""A person who has left is not present."""


def _excess_minutes(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each, session in _visits(portfolio):
        most = -(-session.length // _MINUTE)
        if each.minutes is not None and each.minutes > most:
            facts: Facts = {**_facts(each), "had": each.minutes, "needed": most}
            yield Breach(subjects=(str(facts["attendance"]),), path="minutes", facts=facts)


MINUTES_BEYOND = PortfolioRule(
    entry=Entry(
        code="minutes-beyond",
        level="medium",
        law="Nobody is at a session for more minutes than it lasts.",
        why="Hours of training are reported to whoever paid for them.",
        source="arithmetic",
        sentence="{attendance} counts {had} minutes; {session} lasts {needed}",
        mend="correct the minutes, or the length of the session",
    ),
    find=_excess_minutes,
)
"""Minutes of attendance do not exceed the length of the session."""


def _visits_in_future(portfolio: Portfolio, as_of: datetime) -> Iterator[Breach]:
    for each, session in _visits(portfolio):
        if session.slot is not None and session.slot.start_utc > instant(as_of):
            facts = {**_facts(each), "had": as_of.isoformat(), "needed": str(session.slot)}
            yield Breach(subjects=(str(facts["attendance"]),), facts=facts)


PRESENT_TOO_EARLY = PortfolioRule(
    entry=Entry(
        code="present-too-early",
        level="hard",
        law="Nobody has been present at a session that has not begun.",
        why="Nobody can know yet who will come.",
        source="the order of time",
        sentence="{person} is said to have been present at {session}, which begins on {needed}",
        mend="correct the slot of the session, or take the attendance to be expected only",
        timed=True,
    ),
    find=require_instant(_visits_in_future),
)
"""Nobody is present at a session of the future."""


def _repeated_records(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    by_key: dict[tuple[str, str], list[str]] = {}
    for each in portfolio.all(Attendance):
        by_key.setdefault((each.session_id, each.person_id), []).append(cite("attendance", each.id))
    for (session, person), names in by_key.items():
        if len(names) > 1:
            facts: Facts = {
                "person": cite("person", person), "session": cite("session", session),
                "had": len(names), "needed": 1,
            }  # fmt: skip
            yield Breach(subjects=tuple(names), facts=facts)


ATTENDANCE_TWICE = PortfolioRule(
    entry=Entry(
        code="attendance-twice",
        level="hard",
        law="A person has one record of attendance at a session.",
        why="Two of them count twice, or say two things.",
        source="the definition of attendance",
        sentence="{person} has {had} records of attendance at {session}: {subjects}",
        mend="record the right one under one id, and correct the other's person or session",
    ),
    find=_repeated_records,
)
"""Attendance is unique by session and person."""


def _visits_to_cancelled(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Session)
    for each, session in _visits(portfolio):
        if status[session.id].last == "cancelled":
            facts = _facts(each)
            names = (facts["attendance"], facts["session"])
            yield Breach(subjects=names, facts={**facts, "had": "cancelled", "needed": "held"})


PRESENT_AT_CANCELLED = PortfolioRule(
    entry=Entry(
        code="present-at-cancelled",
        level="medium",
        law="Nobody is present at a session that is cancelled.",
        why="Either it took place, or they were somewhere else.",
        source="the status table of sessions",
        sentence="{person} was present at {session}, which is cancelled",
        mend="correct the status of the session, or the attendance",
    ),
    find=_visits_to_cancelled,
)
"""Nobody is present at a cancelled session."""


def _low_headcounts(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    known: dict[str, set[str]] = {}
    for each, session in _visits(portfolio):
        if each.mode == "in_person":
            known.setdefault(session.id, set()).add(each.person_id)
    for heads in portfolio.all(Headcount):
        had = len(known.get(heads.session_id, ()))
        if heads.basis == "counted" and heads.n < had:
            facts: Facts = {
                "needed": had,
                "had": heads.n,
                "session": cite("session", heads.session_id),
            }
            yield Breach(subjects=(cite("headcount", heads.id),), path="n", facts=facts)


HEADS_BELOW_KNOWN = PortfolioRule(
    entry=Entry(
        code="heads-below-known",
        level="medium",
        law="No fewer heads were counted at a session than persons are known to have been there.",
        why="One of the two numbers is wrong, and both are reported.",
        source="arithmetic",
        sentence="{subjects} counts {had} heads at {session}; {needed} persons were there",
        mend="correct the head count, or the attendance",
    ),
    find=_low_headcounts,
)
"""A head count is at least the number of known persons."""

ATTENDANCE_RULES: tuple[PortfolioRule, ...] = (
    PRESENT_WITHOUT_SEAT,
    PRESENT_AFTER_LEAVING,
    MINUTES_BEYOND,
    PRESENT_TOO_EARLY,
    ATTENDANCE_TWICE,
    PRESENT_AT_CANCELLED,
    HEADS_BELOW_KNOWN,
)
"""The rules of this module."""
