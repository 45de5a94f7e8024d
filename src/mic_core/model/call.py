"""Nouns of the selection process: calls, applications, reviews, decisions, projects."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Literal

import attrs

from mic_core.checked import Given, checked
from mic_core.chrono import Period, Slot
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Labels, Many, Number, Pairs, Ref, Text, Whole
from mic_core.model.vocabulary import (
    CenterId,
    EditionId,
    Identifier,
    Moment,
    Money,
    ParticipantId,
    PersonId,
    Positive,
    Profile,
    Title,
    Words,
)

Outcome = Literal["accepted", "rejected", "waitlisted"]
CallId = Annotated[str, Ref("call")]
ApplicationId = Annotated[str, Ref("application")]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Call:
    """A call for applications to an edition, or for projects if `edition_id` is None.

    `window` is the interval in which applications are accepted. `grace` is the time after the
    window in which a late application still counts; None: none counts. `criteria` are the scored
    criteria by name, with integer weights from 1. `places` is the number of applicants that can be
    accepted; None means that no number was announced.

    >>> from mic_core.chrono import Slot
    >>> call = Call(
    ...     id="call-6", center_id="mic-brussels", edition_id="boostcamp-6", title="Boostcamp 6",
    ...     window=Slot.at("2014-06-02", "09:00", timedelta(days=60), "Europe/Brussels"),
    ...     criteria=(("team", 2), ("idea", 1)), places=16,
    ... )
    >>> call.criteria
    (('idea', 1), ('team', 2))
    """

    id: Identifier
    center_id: CenterId
    edition_id: EditionId | None = None
    title: Title
    window: Slot
    grace: timedelta | None = None
    criteria: Annotated[
        tuple[tuple[str, int], ...], Pairs(Text(most=200), Whole(least=1, most=1000))
    ] = ()
    places: Positive | None = None
    topics: Words = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Application:
    """An application of a person or organization to a call; a draft if `submitted_at` is None.

    `submitted_at` is the time of submission; with it, the initial status is submitted, unless a
    transition leads out of draft. `answers` are the named answers; they are personal.
    """

    id: Identifier
    call_id: CallId
    applicant_id: ParticipantId
    submitted_at: Moment | None = None
    answers: Profile = ()


def _no_scores_if_recused(scores: tuple[tuple[str, Decimal], ...]) -> Problem | None:
    if scores:
        rule = "must be empty where the reviewer is recused"
        return Problem(path="scores", rule=rule, mend="leave them out, or take the review as one")
    return None


@checked(Given("recused", _no_scores_if_recused))
@attrs.frozen(kw_only=True, weakref_slot=False)
class Review:
    """A review of an application by one reviewer: scores by criterion, or a recusal.

    `scores` are decimal numbers by the name of the criterion. `recused` is true for a reviewer who
    stood aside, for instance for a conflict of interest, and gives no scores.

    >>> scores = (("team", Decimal("7.50")), ("idea", Decimal(6)))
    >>> Review(id="r-1", application_id="a-1", reviewer_id="p-1", scores=scores).scores
    (('idea', Decimal('6')), ('team', Decimal('7.5')))
    """

    id: Identifier
    application_id: ApplicationId
    reviewer_id: PersonId
    scores: Annotated[tuple[tuple[str, Decimal], ...], Pairs(Text(most=200), Number())] = ()
    recused: bool = False


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Decision:
    """A decision about an application: accepted, rejected or waitlisted.

    `decided_at` is the instant of the decision. `reasons` are texts; they are personal.
    """

    id: Identifier
    application_id: ApplicationId
    outcome: Outcome
    decided_at: Moment
    reasons: Annotated[tuple[str, ...], Many(Text(most=500), most=100), PERSONAL] = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Project:
    """A project that a call without an edition leads to: work of organizations over a period.

    `organizations` are the ids of those who carry it out. `amount` is the money granted; None:
    none, or not stated.
    """

    id: Identifier
    call_id: CallId
    title: Title
    organizations: Annotated[tuple[str, ...], Labels(Ref("organization"), least=1)]
    period: Period
    amount: Money | None = None
