"""Participants in admission: one record of each, live enrollments, and whom an enrollment brings.

An identity makes two records one participant, who has one live enrollment, one seat and one place
in a waitlist.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from mic_core.chrono.local import instant
from mic_core.impact.tables.identities import kept_ids
from mic_core.model import (
    TABLES,
    Delegation,
    Edition,
    Enrollment,
    Membership,
    Organization,
    Person,
    Program,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.portfolio import derived
from mic_core.portfolio.status import status_histories

_TERMINAL = TABLES["enrollment"].terminal


def kept_id(portfolio: Portfolio, id: str) -> str:
    """The id under which a participant is kept.

    >>> kept_id(Portfolio.of(), "p-1")
    'p-1'
    """
    merged = derived(portfolio, _merged)
    return merged.get(id, id)


def _merged(portfolio: Portfolio) -> Mapping[str, str]:
    known = {**kept_ids(portfolio, "person"), **kept_ids(portfolio, "organization")}
    # The two kinds share names of ids only by mistake; the record that exists decides.
    return {
        id: kept
        for id, kept in known.items()
        if portfolio.find(Person, id) is not None or portfolio.find(Organization, id) is not None
    }


def persons_of(
    portfolio: Portfolio, enrollment: Enrollment, on: date | None = None
) -> tuple[str, ...]:
    """The participants whom an enrollment brings: its delegates, or else its participant.

    With delegations, those of the day `on`; None: those of any day.
    """
    brought = enrollment.delegates or (enrollment.participant_id,)
    dated = derived(portfolio, _delegations).get(enrollment.id)
    if dated is not None:
        brought = tuple(each.person_id for each in dated if on is None or each.period.contains(on))
    return tuple(dict.fromkeys(kept_id(portfolio, each) for each in brought))


def _delegations(portfolio: Portfolio) -> Mapping[str, list[Delegation]]:
    found: dict[str, list[Delegation]] = {}
    for each in portfolio.all(Delegation):
        found.setdefault(each.enrollment_id, []).append(each)
    return found


def enrollments_of(portfolio: Portfolio, participant: str) -> tuple[Enrollment, ...]:
    """The enrollments of a participant under all records of it. O(n) once for each portfolio."""
    return derived(portfolio, _by_participant).get(kept_id(portfolio, participant), ())


def _by_participant(portfolio: Portfolio) -> Mapping[str, tuple[Enrollment, ...]]:
    found: dict[str, list[Enrollment]] = {}
    for each in portfolio.all(Enrollment):
        found.setdefault(kept_id(portfolio, each.participant_id), []).append(each)
    return {id: tuple(each) for id, each in found.items()}


def enrollments_bringing(portfolio: Portfolio, person: str) -> tuple[Enrollment, ...]:
    """The enrollments that bring a person. O(n) once for each portfolio."""
    return derived(portfolio, _by_person).get(person, ())


def _by_person(portfolio: Portfolio) -> Mapping[str, tuple[Enrollment, ...]]:
    found: dict[str, list[Enrollment]] = {}
    for each in portfolio.all(Enrollment):
        for person in persons_of(portfolio, each):
            found.setdefault(person, []).append(each)
    return {id: tuple(each) for id, each in found.items()}


def is_live(portfolio: Portfolio, enrollment: Enrollment, at: datetime) -> bool:
    """True if an enrollment has not ended at an instant, or begins after it.

    Half-open: what ends at the instant has ended.
    """
    history = status_histories(portfolio, Enrollment)[enrollment.id]
    moment = instant(at)
    return not any(
        span.status in _TERMINAL
        for span in history.spans()
        if span.end is None and (span.start is None or instant(span.start) <= moment)
    )


def live_rivals(portfolio: Portfolio, participant: str, into: str, at: datetime) -> Iterator[str]:
    """The live enrollments that leave no room for another one, by id.

    Those into the same edition or session; and into other editions of its program, unless the
    program lets participants enroll again.
    """
    edition = portfolio.find(Edition, into)
    program = None if edition is None else portfolio.find(Program, edition.program_id)
    rivals = {into}
    if program is not None and not program.reenroll:
        rivals.update(each.id for each in portfolio.where(Edition, program_id=program.id))
    for each in enrollments_of(portfolio, participant):
        if each.into in rivals and is_live(portfolio, each, at):
            yield each.id


def organizations_at(portfolio: Portfolio, participant: str, at: datetime) -> tuple[str, ...]:
    """The organizations that a seat of a participant counts for: itself, or those of the person."""
    id = kept_id(portfolio, participant)
    if portfolio.find(Organization, id) is not None:
        return (id,)
    day = day_at(at, zone_of(portfolio, None))
    return tuple(
        sorted(
            {
                kept_id(portfolio, each.organization_id)
                for each in derived(portfolio, _memberships).get(id, ())
                if each.period.contains(day)
            }
        )
    )


def _memberships(portfolio: Portfolio) -> Mapping[str, list[Membership]]:
    found: dict[str, list[Membership]] = {}
    for each in portfolio.all(Membership):
        found.setdefault(kept_id(portfolio, each.person_id), []).append(each)
    return found
