"""Who takes part in a coherent portfolio: people, ventures, their enrollments and attendance."""

from hypothesis import strategies as st

from mic_core.ids import cite
from mic_core.model import (
    Attendance,
    Enrollment,
    Membership,
    Organization,
    Person,
    Session,
)
from mic_core.testing.growing import Growing, Sizes, subsets
from mic_core.testing.offers import EditionOffer

Staff = dict[str, tuple[str, ...]]
"""The persons that belong to each organization."""

_SEATED = frozenset({"enrolled", "completed", "incomplete"})
"""Statuses of those who may well have been there."""


def people(growing: Growing, sizes: Sizes) -> Staff:
    """Draw persons and organizations, and who belongs to which."""
    growing.several(lambda: growing.add(Person), sizes.persons)
    staff: Staff = {}

    def found() -> None:
        organization = growing.add(Organization)
        members = growing.draw(growing.some("person"))
        for member in members:
            growing.add(
                Membership,
                person_id=member,
                organization_id=organization.id,
            )
        staff[organization.id] = members

    growing.several(found, sizes.organizations)
    return staff


def enrollments(growing: Growing, run: EditionOffer, staff: Staff, sizes: Sizes) -> None:
    """Draw who is enrolled in an edition, how that went, and who was at its sessions."""
    there: dict[str, str] = {}
    participants = growing.draw(growing.some("person", "organization", most=sizes.persons))
    for participant in participants:
        made = growing.add(
            Enrollment,
            participant_id=participant,
            into=run.edition.id,
            delegates=subsets(staff.get(participant, ()), 2),
            places=st.integers(2, 3),
            requested_at=st.sampled_from((None, run.place.moment(-60))),
        )
        if _status(growing, made, run) in _SEATED:
            named = made.delegates or (() if participant in staff else (participant,))
            there |= dict.fromkeys(named, made.mode)
    held = [each for each in run.sessions if each.slot is not None]
    pairs = [(person, session) for session in held for person in there]
    for person, session in growing.draw(subsets(pairs, 6)):
        _attendance(growing, person, session, there[person])


def _status(growing: Growing, made: Enrollment, run: EditionOffer) -> str:
    """What becomes of an enrollment that was requested, or of a walk-in."""
    subject = cite("enrollment", made.id)
    path = growing.draw(st.sampled_from(_PATHS))
    if path is not None:
        return growing.walk(subject, "requested", run.place, path)
    growing.step(subject, None, "enrolled", run.place.moment(-60))
    return growing.walk(subject, "enrolled", run.place)


_PATHS = (None, ("enrolled",), (), ("offered", "enrolled"), ("waitlisted", "offered", "enrolled"))
"""Ways into an edition; None is that of walk-ins, and some get nowhere."""


def _attendance(growing: Growing, person: str, session: Session, mode: str) -> None:
    status = growing.draw(st.sampled_from(("present", "partial", "excused", "absent")))
    longest = 0 if session.slot is None else session.slot.minutes
    growing.add(
        Attendance,
        session_id=session.id,
        person_id=person,
        status=status,
        mode=mode,
        minutes=st.none() | st.integers(1, longest) if status in _PRESENT else None,
    )


_PRESENT = frozenset({"present", "partial"})
