"""Events of the Brussels sample: calls, seats, attendance, projects, credentials.

All of it is invented, except the number of entrepreneurs in the sixth Boostcamp.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import resolve, zone
from mic_core.model import (
    Application,
    Attendance,
    Call,
    Credential,
    Decision,
    Enrollment,
    Headcount,
    Money,
    Noun,
    Project,
    Review,
    Session,
    Support,
    Transition,
)
from mic_core.model.call import Outcome
from mic_core.model.enrollment import AttendanceStatus
from mic_core.samples.brussels_people import (
    COMPANIES,
    DEVELOPERS,
    FOUNDERS,
    REVIEWER,
    company_of,
    venture_of,
)
from mic_core.samples.brussels_program import CENTER, ZONE

_DECLINED, _FROM_WAITLIST = FOUNDERS[15], FOUNDERS[16]
ENTREPRENEURS = (*FOUNDERS[:15], _FROM_WAITLIST)
"""The sixteen founders who took a seat."""

_WITHDRAWN, _INCOMPLETE = FOUNDERS[8], FOUNDERS[4]
_CERTIFIED = DEVELOPERS[:8]


def brussels_time(day: date | str, clock: str) -> datetime:
    """An instant on the clocks of Brussels."""
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return resolve(on, time.fromisoformat(clock), zone(ZONE))


def projects() -> tuple[Noun, ...]:
    """A call for projects with its applications, reviews, decisions, and the project it led to."""
    call = Call(
        id="call-mobility", center_id=CENTER, title="Call for projects: mobility in the city",
        window=Slot.at("2014-03-03", "09:00", timedelta(days=60), ZONE),
        criteria=(("business opportunity", 3), ("innovation", 2)), places=1,
        topics=("cloud", "mobility"),
    )  # fmt: skip
    applicants = tuple(COMPANIES)[:4]
    return (
        call,
        *(
            noun
            for n, company in enumerate(applicants)
            for noun in _application(call, company, brussels_time("2014-04-22", "10:00"), 9 - 2 * n)
        ),
        *(
            _decision(
                company,
                "accepted" if n == 0 else "rejected",
                brussels_time("2014-05-20", "16:00"),
            )
            for n, company in enumerate(applicants)
        ),
        Project(
            id="project-mobility", call_id=call.id, title="Live tram data for small shops",
            organizations=(applicants[0], "example-university"),
            period=Period.days(date(2014, 6, 1), date(2015, 5, 31)),
            amount=Money(amount=Decimal(40_000), currency="EUR"),
        ),
        Support(
            id="grant-mobility", enterprise_id=applicants[0], kind="grant", provider_id=CENTER,
            on=date(2014, 6, 1), amount=Money(amount=Decimal(25_000), currency="EUR"),
            granted_on=date(2014, 5, 20),
        ),
    )  # fmt: skip


def _application(call: Call, applicant: str, moment: datetime, score: int) -> Iterator[Noun]:
    yield Application(
        id=f"app-{applicant}", call_id=call.id, applicant_id=applicant, submitted_at=moment
    )
    yield Review(
        id=f"review-{applicant}",
        application_id=f"app-{applicant}",
        reviewer_id=REVIEWER,
        scores=tuple((criterion, Decimal(score)) for criterion, _ in call.criteria),
    )


def _decision(applicant: str, outcome: Outcome, moment: datetime) -> Decision:
    return Decision(
        id=f"decision-{applicant}", application_id=f"app-{applicant}", outcome=outcome,
        decided_at=moment,
    )  # fmt: skip


_CALL = Call(
    id="call-boostcamp-6", center_id=CENTER, edition_id="boostcamp-6",
    title="Call for applications: sixth Boostcamp",
    window=Slot.at("2014-06-02", "09:00", timedelta(days=81), ZONE),
    criteria=(("market", 3), ("team", 3)), places=16,
)  # fmt: skip


def call_for_boostcamp() -> tuple[Noun, ...]:
    """The edition opens, and with it the call."""
    return _CALL, _step(
        "edition:boostcamp-6", "draft", "open", brussels_time("2014-06-02", "09:00")
    )


def applications() -> tuple[Noun, ...]:
    """Twenty entrepreneurs apply over the summer, one every fourth day."""
    first = brussels_time("2014-06-04", "11:00")
    return tuple(
        noun
        for n, founder in enumerate(FOUNDERS)
        for noun in _application(_CALL, founder, first + timedelta(days=4 * n), 10 - n * 2 // 5)
    )


def selection() -> tuple[Noun, ...]:
    """Sixteen are accepted, two wait, two are rejected; each accepted one is offered a seat."""
    moment, offered = brussels_time("2014-08-28", "17:00"), brussels_time("2014-08-29", "09:00")
    nouns: list[Noun] = []
    for n, founder in enumerate(FOUNDERS):
        outcome: Outcome = "accepted" if n < 16 else "waitlisted" if n < 18 else "rejected"
        nouns.append(_decision(founder, outcome, moment))
        if outcome != "rejected":
            nouns.append(_enrollment(founder, "boostcamp-6", moment))
            after = "offered" if outcome == "accepted" else "waitlisted"
            nouns.append(_seat(founder, "boostcamp-6", "requested", after, offered))
    return tuple(nouns)


def answers() -> tuple[Noun, ...]:
    """Fifteen accept, one declines, and the first on the waitlist takes that seat."""
    moment = brussels_time("2014-09-03", "12:00")
    later = brussels_time("2014-09-04", "15:00")
    return (
        *(_seat(each, "boostcamp-6", "offered", "enrolled", moment) for each in FOUNDERS[:15]),
        _seat(_DECLINED, "boostcamp-6", "offered", "declined", moment),
        _seat(_FROM_WAITLIST, "boostcamp-6", "waitlisted", "offered", moment),
        _seat(_FROM_WAITLIST, "boostcamp-6", "offered", "enrolled", later),
    )


def open_seats() -> tuple[Noun, ...]:
    """Developers sign up for the Azure camp, where a seat needs no offer."""
    return tuple(_signed_up(DEVELOPERS, "azure-camp-2014", brussels_time("2014-09-19", "12:00")))


def certification_seats() -> tuple[Noun, ...]:
    """Eight developers sign up for the certification seminar."""
    return tuple(_signed_up(_CERTIFIED, "certification-2014", brussels_time("2014-10-20", "12:00")))


def _signed_up(persons: Iterable[str], into: str, moment: datetime) -> Iterator[Noun]:
    for person in persons:
        yield _enrollment(person, into, moment)
        yield _seat(person, into, "requested", "enrolled", moment)


def _enrollment(person: str, into: str, moment: datetime) -> Enrollment:
    return Enrollment(id=f"{into}-{person}", participant_id=person, into=into, requested_at=moment)


def _seat(person: str, into: str, before: str, after: str, moment: datetime) -> Transition:
    return _step(f"enrollment:{into}-{person}", before, after, moment)


def _step(subject: str, before: str, after: str, moment: datetime) -> Transition:
    expires = moment + timedelta(days=7) if after == "offered" else None
    return Transition(
        id=f"{subject.partition(':')[2]}-{after}", subject=subject, before=before, after=after,
        effective_at=moment, expires_at=expires,
    )  # fmt: skip


def session_records(session: Session, slot: Slot, place: int) -> Iterator[Noun]:
    """The end of a session with its attendance or head count; `place` is its number in time."""
    yield _step(f"session:{session.id}", "planned", "held", slot.end)
    if session.edition_id is not None:
        yield from _register(session, place, slot.end)
    elif session.kind == "coaching":
        yield from _coaching(session, slot.day)
    else:
        if session.series_id is not None:
            yield from _present(session, DEVELOPERS[place % 3 :: 2])
        yield Headcount(
            id=f"heads-{session.id}", session_id=session.id,
            n=(session.expected or 0) * (17 + place % 5) // 20,
            basis="badge_scans" if session.kind == "conference" else "counted",
        )  # fmt: skip


def _register(session: Session, place: int, moment: datetime) -> Iterator[Attendance]:
    match session.edition_id:
        case "boostcamp-6":
            persons = [each for each in ENTREPRENEURS if not _has_left(each, moment)]
        case "azure-camp-2014":
            persons = list(DEVELOPERS)
        case _:
            persons = list(_CERTIFIED)
    for n, person in enumerate(persons):
        yield _attendance(session, person, _status(n, place))


def _has_left(person: str, moment: datetime) -> bool:
    return person == _WITHDRAWN and moment > brussels_time("2014-11-10", "09:00")


def _status(n: int, place: int) -> AttendanceStatus:
    """The status of person n, a fixed pattern: most are present, a few late, ill or away."""
    match (7 * n + 5 * place) % 23:
        case 3:
            return "absent"
        case 8 | 14:
            return "excused"
        case 19:
            return "partial"
        case _:
            return "present"


def _present(session: Session, persons: Iterable[str]) -> Iterator[Attendance]:
    for person in persons:
        yield _attendance(session, person, "present")


def _attendance(session: Session, person: str, status: AttendanceStatus) -> Attendance:
    return Attendance(
        id=f"{session.id}-{person}", session_id=session.id, person_id=person, status=status
    )


def _coaching(session: Session, day: date) -> Iterator[Noun]:
    (venture,) = session.audience
    yield from _present(session, (each for each in ENTREPRENEURS if venture_of(each) == venture))
    yield Support(
        id=f"support-{session.id}", enterprise_id=venture, kind="coaching", provider_id=CENTER,
        on=day, hours=Decimal(1),
    )  # fmt: skip


def training_support() -> tuple[Noun, ...]:
    """The camp is over; the free training of developers supports the companies that sent them."""
    companies = sorted({company_of(each) for each in DEVELOPERS})
    return (
        _step("edition:azure-camp-2014", "open", "completed", brussels_time("2014-10-02", "12:00")),
        *(
            Support(
                id=f"training-{company}", enterprise_id=company, kind="training",
                provider_id=CENTER, on=date(2014, 10, 1), hours=Decimal(12),
            )
            for company in companies
        ),
    )  # fmt: skip


def withdrawal() -> tuple[Noun, ...]:
    """One entrepreneur leaves the Boostcamp."""
    moment = brussels_time("2014-11-10", "09:00")
    return (_seat(_WITHDRAWN, "boostcamp-6", "enrolled", "withdrawn", moment),)


def exam_results() -> tuple[Noun, ...]:
    """Six of eight pass the exam, which ends the certification."""
    into, moment = "certification-2014", brussels_time("2014-11-07", "16:00")
    return (
        *(_seat(each, into, "enrolled", "completed", moment) for each in _CERTIFIED[:6]),
        *(_seat(each, into, "enrolled", "incomplete", moment) for each in _CERTIFIED[6:]),
        _step(f"edition:{into}", "open", "completed", moment),
    )


def certificates() -> tuple[Noun, ...]:
    """The six who passed receive certificates."""
    return tuple(
        Credential(
            id=f"certificate-{person}", holder_id=person, kind="certificate",
            title="Developing for the cloud", issued_on=date(2014, 11, 7),
            expires_on=date(2016, 11, 7), earned_in="certification-2014",
            evidence=("cert-exam",),
        )
        for person in _CERTIFIED[:6]
    )  # fmt: skip


def graduation() -> tuple[Noun, ...]:
    """The end of the Boostcamp: enrollments completed, certificates, and the winning venture."""
    moment = brussels_time("2014-12-18", "10:00")
    stayed = [each for each in ENTREPRENEURS if each != _WITHDRAWN]
    done = [each for each in stayed if each != _INCOMPLETE]
    return (
        *(_seat(each, "boostcamp-6", "enrolled", "completed", moment) for each in done),
        _seat(_INCOMPLETE, "boostcamp-6", "enrolled", "incomplete", moment),
        *(
            Credential(
                id=f"boostcamp-6-{each}", holder_id=each, kind="certificate",
                title="Boostcamp completed", issued_on=date(2014, 12, 18), earned_in="boostcamp-6",
            )
            for each in done
        ),
        Credential(
            id="award-boostcamp-6", holder_id="venture-03", kind="award",
            title="Boostcamp winner", issued_on=date(2014, 12, 17), earned_in="boostcamp-6",
        ),
        _step("edition:boostcamp-6", "open", "completed", moment),
    )  # fmt: skip
