"""Taking part: enrollments, transitions, attendance, head counts, support, credentials."""

from datetime import date
from typing import Annotated, Literal

import attrs

from mic_core.checked import Given, checked
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Many, Ref, Subject, Text, Whole, describe, nearest_word
from mic_core.model.status import TABLES, Status
from mic_core.model.vocabulary import (
    Amount,
    Count,
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
HeadcountBasis = Literal["counted", "estimated", "badge_scans"]
SupportKind = Literal[
    "advice", "coaching", "credits", "grant", "introduction", "referral", "space", "training"
]
CredentialKind = Literal["certificate", "badge", "award"]


def _places_for_delegates(delegates: tuple[str, ...], places: int) -> Problem | None:
    if len(delegates) > places:
        return Problem(
            path="places", rule="must be at least the number of delegates", had=str(places)
        )
    return None


@checked(Given("delegates", _places_for_delegates))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Enrollment:
    """A participant's place in an edition or a session, or the request for one.

    A venture takes part through its `delegates`; `places` is how many seats it takes. `profile`
    keeps its characteristics as they were at entry. `requested_at` of None: not recorded. Its
    status is the fold of its transitions, `requested` before any.

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
    """That something changed its status, and when in the world: a fact of its own.

    `subject` is `kind:id`. `before` of None says that its life began with `after`, as for a walk-in
    who starts enrolled. `expires_at` ends an offer; None: it stands until answered. `actor` is an
    id of who did it, None: not recorded; `reason` is personal, None: not stated.

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
    """That a person was at a session, or was not. No record is not an absence.

    `minutes` is how long; None means not measured.

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
class Headcount:
    """How many persons were at a session, where nobody wrote down who; `n` counts them.

    >>> Headcount(id="h-1", session_id="conference-1", n=220, basis="badge_scans").n
    220
    """

    id: Identifier
    session_id: SessionId
    n: Count
    basis: HeadcountBasis


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Support:
    """Help that an enterprise was given: coaching, a grant, a referral, space.

    `provider_id` names a center, an organization or a person. `hours` of help and its `amount` in
    money are None where they were not measured. `granted_on` is the day on which the legal right
    to the aid arose; None means the day of `on`. De minimis aid counts from it: Regulation (EU)
    2023/2831, article 3.
    """

    id: Identifier
    enterprise_id: OrganizationId
    kind: SupportKind
    provider_id: Annotated[str, Ref("center", "organization", "person")]
    on: date
    hours: Amount | None = None
    amount: Money | None = None
    granted_on: date | None = None


def _expires_after(issued_on: date, expires_on: date) -> Problem | None:
    if expires_on <= issued_on:
        return Problem(path="expires_on", rule="must be after issued_on")
    return None


@checked(Given("expires_on", _expires_after))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Credential:
    """A certificate, badge or award that a person or a venture holds.

    `earned_in` is what it was earned in; None for something outside the portfolio. `expires_on`
    is the first day on which it no longer counts; None means never.
    """

    id: Identifier
    holder_id: ParticipantId
    kind: CredentialKind
    title: Title
    issued_on: date
    expires_on: date | None = None
    earned_in: ScopeId | None = None
    evidence: Annotated[tuple[str, ...], Many(Text(most=500), most=100)] = ()
