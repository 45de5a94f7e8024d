"""Drawing of persons, organizations, enrollments and attendance of a coherent portfolio."""

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
"""Statuses of an enrollment with which persons may attend sessions."""


def people(growing: Growing, sizes: Sizes) -> Staff:
    """Draw persons, organizations and memberships; returns the members by organization."""
    growing.several(lambda: growing.add(Person), sizes.persons)
    staff: Staff = {}

    def add_organization() -> None:
        organization = growing.add(Organization)
        members = growing.draw(growing.some("person"))
        for member in members:
            growing.add(
                Membership,
                person_id=member,
                organization_id=organization.id,
            )
        staff[organization.id] = members

    growing.several(add_organization, sizes.organizations)
    return staff


def enrollments(growing: Growing, run: EditionOffer, staff: Staff, sizes: Sizes) -> None:
    """Draw enrollments in an edition, their transitions, and attendance at its sessions."""
    modes: dict[str, str] = {}  # of each person who may attend
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
            modes |= dict.fromkeys(named, made.mode)
    placed = [each for each in run.sessions if each.slot is not None]
    pairs = [(person, session) for session in placed for person in modes]
    for person, session in growing.draw(subsets(pairs, 6)):
        _attendance(growing, person, session, modes[person])


def _status(growing: Growing, made: Enrollment, run: EditionOffer) -> str:
    """Draw the transitions of an enrollment, requested or a walk-in; returns its last status."""
    subject = cite("enrollment", made.id)
    path = growing.draw(st.sampled_from(_PATHS))
    if path is not None:
        return growing.add_transitions(subject, "requested", run.place, path)
    growing.add_transition(subject, None, "enrolled", run.place.moment(-60))
    return growing.add_transitions(subject, "enrolled", run.place)


_PATHS = (None, ("enrolled",), (), ("offered", "enrolled"), ("waitlisted", "offered", "enrolled"))
"""Paths of statuses into an edition after the request; None is a walk-in."""


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
