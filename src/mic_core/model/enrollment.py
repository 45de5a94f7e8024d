"""Nouns of participation: enrollment, transition, attendance, head count, support, credential."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal, get_args

import attrs

from mic_core.checked import Given, checked
from mic_core.chrono import Period
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Many, Ref, Subject, Text, Whole, describe, nearest_word
from mic_core.model.status import TABLES, Status
from mic_core.model.vocabulary import (
    Amount,
    Count,
    EmploymentStatus,
    Evidence,
    Identifier,
    Moment,
    Money,
    OrganizationId,
    ParticipantId,
    PersonId,
    PersonIds,
    Positive,
    Presence,
    Profile,
    ScopeId,
    SessionId,
    Title,
)

AttendanceStatus = Literal["present", "partial", "excused", "absent"]
PRESENT: frozenset[AttendanceStatus] = frozenset({"present", "partial"})
"""The statuses of somebody who was there, in full or in part."""

HeadcountBasis = Literal["counted", "estimated", "badge_scans"]
SupportKind = Literal[
    "advice",
    "coaching",
    "credits",
    "grant",
    "introduction",
    "referral",
    "space",
    "training",
    "other",
]
CredentialKind = Literal["certificate", "badge", "award"]

PROFILE_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gender": (),
        "status": get_args(EmploymentStatus),
        "education": ("0-2", "3-4", "5-8"),
        "origin": (),
        "disability": (),
    }
)
"""The reserved names of a profile at entry, each with its words; empty: any value.

`status` is the position on the labor market; `education` the highest level completed, by levels of
ISCED 2011. A characteristic that is not known is left out. Indicators and funders' reports rely on
these names; all others are free."""


def _places_for_delegates(delegates: tuple[str, ...], places: int) -> Problem | None:
    if len(delegates) > places:
        return Problem(
            path="places", rule="must be at least the number of delegates", had=str(places)
        )
    return None


@checked(Given("delegates", _places_for_delegates))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Enrollment:
    """An enrollment of a participant in an edition or a session, from the request on.

    `into` is the id of the edition or session. `delegates` are the persons through whom an
    organization takes part. `places` is the number of seats it takes. `profile` holds the
    characteristics at entry; it is personal, and some of its names are reserved: PROFILE_WORDS.
    `requested_at` of None: not recorded. The status is the fold of its transitions, `requested`
    before the first.

    >>> origin = ("origin", "BE")
    >>> Enrollment(id="e-1", participant_id="p-17", into="boostcamp-6", profile=(origin,))
    Enrollment(id='e-1', participant_id='p-17', into='boostcamp-6', profile=...)
    """

    id: Identifier
    participant_id: ParticipantId
    into: Annotated[str, Ref("edition", "session")]
    delegates: PersonIds = ()
    places: Positive = 1
    mode: Presence = "in_person"
    profile: Profile = ()
    requested_at: Moment | None = None


def _statuses_exist(subject: str, before: str | None, after: str) -> Problem | None:
    kind = subject.partition(":")[0]
    known = TABLES[kind].follows
    if after in known and (before is None or before in known):
        return None
    path, wrong = ("before", before) if after in known else ("after", after)
    rule = f"must be one of {', '.join(known)} for {kind}"
    return Problem(path=path, rule=rule, had=describe(wrong), mend=nearest_word(wrong, known))


def _is_an_offer(after: str) -> Problem | None:
    if after != "offered":
        return Problem(path="expires_at", rule="must be None unless a seat is offered")
    return None


@checked(_statuses_exist, Given("expires_at", _is_an_offer))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Transition:
    """A state transition: a change of the status of an entity at an instant, recorded as a fact.

    `subject` is cited as `kind:id`. `before` of None means that `after` is the initial status, as
    for a walk-in who starts enrolled. `effective_at` is the instant of the change in the world.
    `expires_at` is the deadline of an offer; None: it is open until answered. `actor` is an id of
    the party that made the change, None: not recorded. `reason` is personal, None: not
    stated.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2014, 9, 1, 9, tzinfo=UTC)
    >>> step = Transition(
    ...     id="t-1", subject="enrollment:e-1", before="requested", after="offered",
    ...     effective_at=now, reason="among the best sixteen",
    ... )
    >>> print(repr(step)[-11:])
    reason=...)
    >>> attrs.evolve(step, after="held")
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Transition: 1 problem
      after: must be one of requested, waitlisted, offered, enrolled, suspended, completed, \
incomplete, withdrawn, transferred, cancelled, declined, expired for enrollment; had text of 4 \
characters
    """

    id: Identifier
    subject: Annotated[str, Subject(*TABLES)]
    before: Status | None = None
    after: Status
    effective_at: Moment
    actor: Identifier | None = None
    reason: Annotated[str, Text(most=500), PERSONAL] | None = None
    expires_at: Moment | None = None


def _minutes_need_presence(status: str, minutes: int) -> Problem | None:
    if status in {"absent", "excused"}:
        rule = "must be 0 or None for somebody who was not there"
        return Problem(path="minutes", rule=rule, had=str(minutes))
    return None


@checked(Given("minutes", _minutes_need_presence))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Attendance:
    """An attendance record: presence, partial presence, excused or unexcused absence of a person.

    A missing record is not an absence. `minutes` is the time of presence; None means not measured.

    >>> Attendance(id="a-1", session_id="pitch-1", person_id="p-17", status="absent", minutes=90)
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Attendance: 1 problem
      minutes: must be 0 or None for somebody who was not there; had 90
    """

    id: Identifier
    session_id: SessionId
    person_id: PersonId
    status: AttendanceStatus
    mode: Presence = "in_person"
    minutes: Annotated[int, Whole(most=100_000, unit="minutes")] | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Assessment:
    """An assessment of a person in a session: one attempt at an exam, passed or failed.

    `attempt` counts the attempts of the person at this exam from 1. `score` is the number of points
    or percent, on the scale of the exam; None: passed or failed without a score.

    >>> Assessment(id="as-1", session_id="cert-exam", person_id="p-17", passed=True).attempt
    1
    """

    id: Identifier
    session_id: SessionId
    person_id: PersonId
    attempt: Positive = 1
    score: Amount | None = None
    passed: bool


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Delegation:
    """A delegation: a person who sits for an organization in its enrollment, over a period.

    `period` holds the local days, half-open. An enrollment with delegations is attended by those
    of the day, in the places that it takes; one without is attended by its `delegates`, always.

    >>> from datetime import date
    >>> autumn = Period(date(2014, 9, 10), date(2014, 11, 1))
    >>> Delegation(id="d-1", enrollment_id="e-1", person_id="p-17", period=autumn).person_id
    'p-17'
    """

    id: Identifier
    enrollment_id: Annotated[str, Ref("enrollment")]
    person_id: PersonId
    period: Period


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Headcount:
    """A head count of a session: the number of persons present, without their identities.

    `n` is that number. `basis` is the method: counted, estimated, or from badge scans.

    >>> Headcount(id="h-1", session_id="conference-1", n=220, basis="badge_scans").n
    220
    """

    id: Identifier
    session_id: SessionId
    n: Count
    basis: HeadcountBasis


def _ends_after(on: date, until: date) -> Problem | None:
    return None if until > on else Problem(path="until", rule="must be after on")


@checked(Given("until", _ends_after))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Support:
    """Support that an enterprise received: coaching, a grant, a referral, space.

    `provider_id` is the id of a center, an organization or a person. `on` is the date on which it
    was given. `hours` is the time spent on it, None: not measured. `amount` is its value in money,
    None: not measured. `granted_on` is the date on which the legal right to the aid arose, from
    which de minimis aid counts (Regulation (EU) 2023/2831, article 3); None means the date of `on`.
    `until` is the first date on which support over a time, such as a tenancy, has ended; None: it
    was given at once, or lasts. `evidence` is the grade of evidence; None: not stated.
    """

    id: Identifier
    enterprise_id: OrganizationId
    kind: SupportKind
    provider_id: Annotated[str, Ref("center", "organization", "person")]
    on: date
    hours: Amount | None = None
    amount: Money | None = None
    granted_on: date | None = None
    until: date | None = None
    evidence: Evidence | None = None


def _expires_after(issued_on: date, expires_on: date) -> Problem | None:
    if expires_on <= issued_on:
        return Problem(path="expires_on", rule="must be after issued_on")
    return None


@checked(Given("expires_on", _expires_after))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Credential:
    """A credential of a person or an organization: a certificate, badge or award.

    `expires_on` is the first date on which it is no longer valid; None means that it does not
    expire. `earned_in` is the id of the center, program, edition, series or session in which it was
    earned; None: outside of the portfolio. `evidence` holds texts or links that prove it, and
    `grade` says how well they do; None: not stated.
    """

    id: Identifier
    holder_id: ParticipantId
    kind: CredentialKind
    title: Title
    issued_on: date
    expires_on: date | None = None
    earned_in: ScopeId | None = None
    evidence: Annotated[tuple[str, ...], Many(Text(most=500), most=100)] = ()
    grade: Evidence | None = None
