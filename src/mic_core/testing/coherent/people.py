"""Drawing of persons, organizations, enrollments and attendance of a coherent portfolio."""

from collections.abc import Sequence
from datetime import date, timedelta

from mic_core.chrono import Period
from mic_core.ids import cite
from mic_core.model import (
    Assessment,
    Attendance,
    Delegation,
    Enrollment,
    Membership,
    Organization,
    Person,
    Session,
)
from mic_core.model.enrollment import PRESENT
from mic_core.testing.classes import Fields
from mic_core.testing.coherent.growing import Growing, Place, Sizes
from mic_core.testing.coherent.offers import EditionOffer

Staff = dict[str, tuple[str, ...]]
"""The persons that belong to each organization."""

_NAMES = ("Ada", "Ben", "Eva")
"""Few names, so that two persons may have one."""


def people(growing: Growing, sizes: Sizes, least: int) -> Staff:
    """Draw persons, organizations and memberships; returns the members by organization."""

    def add_person() -> None:
        born = growing.pick((None, None, date(1990, 1, 1)))
        growing.add(Person, name=growing.pick(_NAMES), born=born, attributes=_attributes(growing))

    growing.several(add_person, sizes.persons, least)
    staff: Staff = {}

    def add_organization() -> None:
        made = growing.add(Organization, name=growing.pick(("Chef", "Solar", "Chef BVBA")))
        persons = growing.known("person")
        members = growing.several(lambda: growing.pick(persons), 3) if persons else []
        for member in members:
            _membership(growing, member, made.id)
        staff[made.id] = tuple(dict.fromkeys(members))

    growing.several(add_organization, sizes.organizations)
    return staff


def _attributes(growing: Growing) -> tuple[tuple[str, str], ...]:
    return growing.pick(((), (), (), (("newsletter", "weekly"),)))


def _membership(growing: Growing, person: str, organization: str) -> None:
    growing.add(
        Membership,
        person_id=person,
        organization_id=organization,
        role=growing.pick(("founder", "founder", "employee")),
        period=growing.pick((Period(), Period.year(2014), Period(date(2014, 6, 1)))),
    )


_PATHS: tuple[tuple[str, ...] | None, ...] = (
    ("enrolled",), ("enrolled",), None, (), ("offered",), ("waitlisted",),
    ("offered", "enrolled"), ("waitlisted", "offered", "enrolled"),
)  # fmt: skip
"""Statuses that follow the request; None is a walk-in, whose life begins as enrolled."""


def enrollments(growing: Growing, of: EditionOffer, staff: Staff, sizes: Sizes, least: int) -> None:
    """Draw enrollments in an edition and its sessions, each with a history, and attendance."""
    parties = growing.known("person", "organization")
    enrolled: list[Enrollment] = []

    def add_enrollment() -> None:
        into = of.edition.id
        if of.sessions and growing.one_in(5):
            into = growing.pick(of.sessions).id
        enrolled.append(_enrollment(growing, of.place, into, growing.pick(parties), staff))

    growing.several(
        add_enrollment, max(sizes.persons, sizes.organizations) if parties else 0, least
    )
    named = [one for each in enrolled for one in each.delegates or (each.participant_id,)]
    _presence(growing, of.sessions, [each for each in named if each not in staff])


def _enrollment(
    growing: Growing, home: Place, into: str, participant: str, staff: Staff
) -> Enrollment:
    """Draw an enrollment and its history; somebody who left may be enrolled again."""
    first_day = growing.pick((-40, -100, 1, 0))
    fields: Fields = {}
    if participant in staff:
        fields = {"places": growing.pick((2, 3)), "delegates": growing.some(staff[participant])}
    made = growing.add(
        Enrollment,
        participant_id=participant,
        into=into,
        mode=growing.pick(("in_person", "in_person", "online")),
        requested_at=growing.pick((None, home.moment(first_day))),
        **{"delegates": (), **fields},
    )
    if made.delegates and growing.one_in(3):
        growing.add(
            Delegation,
            enrollment_id=made.id,
            person_id=growing.pick(made.delegates),
            period=Period(None, home.moment(growing.pick((1, 31))).date()),
        )
    subject, status, day = cite("enrollment", made.id), "requested", first_day
    path = growing.pick(_PATHS)
    if path is None:
        status = "enrolled"
        growing.change(subject, None, status, home.moment(day))
    else:
        steps = [(each, home.moment(first_day + after)) for after, each in enumerate(path)]
        status, day = growing.follow(subject, status, steps), first_day + len(path)
    if growing.one_in(2):
        until = ("suspended", "completed", "transferred", "withdrawn")
        growing.wander(subject, status, home, max(day, growing.pick((0, -30, 2))), 3, until)
    if growing.one_in(6):
        again = growing.copy(made, delegates=made.delegates)
        moment = home.moment(growing.pick((0, 31)))
        growing.change(cite("enrollment", again.id), "requested", "enrolled", moment)
    return made


def _presence(growing: Growing, sessions: Sequence[Session], persons: Sequence[str]) -> None:
    """Draw attendance: mostly of those who are enrolled, and of walk-ins; some of it twice."""
    others = growing.known("person")
    if not sessions or not others:
        return

    def add_attendance() -> None:
        person = growing.pick(persons) if persons and growing.below(4) else growing.pick(others)
        session = growing.pick(sessions)
        status = growing.pick(("present", "present", "partial", "excused", "absent"))
        minutes = None
        if status in PRESENT:
            lasting = session.length // timedelta(minutes=1)
            minutes = growing.pick((None, lasting, 1, lasting + 1))
        growing.add(
            Attendance,
            session_id=session.id,
            person_id=person,
            status=status,
            mode=growing.pick(("in_person", "online")),
            minutes=minutes,
        )
        if status == "present" and growing.one_in(4):
            growing.add(
                Assessment, session_id=session.id, person_id=person, passed=growing.one_in(2)
            )

    growing.several(add_attendance, 6)
