"""Nouns of impact measurement: indicators, targets, observations, attribution, outcomes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import attrs

from mic_core.checked import checked
from mic_core.chrono import Period
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Either, Labels, Pairs, Ref, Subject, Text
from mic_core.model.expressions.measures import MEASURES, Measure
from mic_core.model.vocabulary import (
    Count,
    EmploymentStatus,
    Evidence,
    Identifier,
    Money,
    OrganizationId,
    ParticipantId,
    PersonId,
    ScopeId,
    ScopeIds,
    Share,
    Title,
    Word,
    Words,
)

IndicatorKind = Literal["input", "output", "outcome", "impact"]
Relation = Literal["exactly", "at_least", "more_than", "at_most", "about"]
Form = Literal["increment", "cumulative", "stock"]
Tally = Literal["gross", "net"]
Direction = Literal["up", "down", "none"]
FollowUpStatus = Literal["due", "asked", "answered", "unreachable"]
AdjustmentKind = Literal["deadweight", "displacement", "attribution", "drop_off"]
DealKind = Literal["equity", "convertible", "loan", "grant", "prize", "revenue", "other"]
CostKind = Literal["staff", "venue", "catering", "travel", "material", "marketing", "other"]
IndicatorId = Annotated[str, Ref("indicator")]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Indicator:
    """An indicator (KPI): a unit, and the measure that computes it from fact tables.

    The id is its code, and `version` that of its definition: figures of two versions never add.
    `measure` is a value tree; `by` are the columns to break it down by, each with `unknown` where
    it is not known. `minimum_evidence` is the weakest grade of evidence that counts; None: any.
    `direction` is the desired direction of change, none where neither is better. `definition` is
    the fine print; None: the title says it all. `crosswalk` pairs frameworks with their codes.
    `source` cites the standard that it follows. The rows of an outcome count from the day on that
    they are due, as their table declares.

    >>> from mic_core.model.expressions.measures import distinct, where
    >>> trained = Indicator(
    ...     id="trained", title="Unique persons trained", unit="person", kind="output",
    ...     measure=distinct("visits", "person_id", where("status", "in", ("present", "partial"))),
    ...     crosswalk={"IRIS+ 5.3": "PI2998"}, source="IRIS+ 5.3",
    ... )
    >>> trained.version, trained.direction, trained.measure.table
    ('1', 'up', 'visits')
    """

    id: Identifier
    version: Word = "1"
    title: Title
    unit: Word
    kind: IndicatorKind
    measure: Annotated[Measure, Either(lambda: (*MEASURES.values(),))]
    by: Words = ()
    minimum_evidence: Evidence | None = None
    direction: Direction = "up"
    definition: Annotated[str, Text(most=2000, lines=True)] | None = None
    crosswalk: Annotated[tuple[tuple[str, str], ...], Pairs(Text(most=200), Text(most=200))] = ()
    source: Annotated[str, Text(most=500)]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Target:
    """A target: the value that an indicator should reach in a period and scope.

    `scope` holds ids of centers, programs, editions, series or sessions. `value` is in the unit of
    the indicator. `baseline` is the starting value, in the same unit; None means zero.

    >>> jobs = Target(
    ...     id="jobs-2014", indicator_id="J1", scope=("mic-brussels",), period=Period.year(2014),
    ...     value=Decimal(50),
    ... )
    >>> jobs.scope, jobs.baseline
    (('mic-brussels',), None)
    """

    id: Identifier
    indicator_id: IndicatorId
    scope: ScopeIds
    period: Period
    value: Decimal
    baseline: Decimal | None = None


def _indicator_or_claim(indicator_id: str | None, claim: str | None) -> Problem | None:
    if indicator_id is None and claim is None:
        return Problem(path="indicator_id", rule="must be given, or else a claim", mend="give one")
    return None


@checked(_indicator_or_claim)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Observation:
    """An observation: a measured value of an indicator, or a value that a public claim states.

    `subject` is cited as `kind:id`. `claim` holds the words of a public claim, which stands beside
    the data; None: the value is part of them. A claim may name its indicator; any other
    observation does. `value` is in `unit`. `relation` is exactly, at_least, more_than (more than
    6,000 visitors), at_most or about. `form` is increment (what happened in the period), cumulative
    (all since the period began) or stock (what there is on its last day). `tally` is gross or net;
    None: not stated. `version` is that of the indicator's definition; None: the present one. `n` is
    the number of units behind the value, of the `due` ones that could be; None: not stated.
    `corrects` is the observation that it replaces; None: none. `method` is the method of
    measurement; None: not stated. `evidence` is the grade of evidence, claimed is the lowest.
    `source` is a citation. `attribution` is the share of the value, from 0 to 1, that is attributed
    to the subject; None: all of it.

    >>> visitors = Observation(
    ...     id="visitors", subject="center:mic-brussels", claim="visitors welcomed since launch",
    ...     period=Period(None, date(2014, 10, 4)), value=Decimal(6000), relation="at_least",
    ...     unit="visitor", evidence="claimed", source="news.microsoft.com, 3 October 2014",
    ... )
    >>> print(visitors.relation, visitors.value, "until", visitors.period.end)
    at_least 6000 until 2014-10-04
    """

    id: Identifier
    subject: Annotated[
        str,
        Subject(
            "center", "program", "edition", "series", "session", "person", "organization", "project"
        ),
    ]
    indicator_id: IndicatorId | None = None
    claim: Title | None = None
    period: Period
    value: Decimal
    relation: Relation = "exactly"
    unit: Word
    method: Word | None = None
    evidence: Evidence
    source: Annotated[str, Text(most=500)]
    attribution: Share | None = None
    form: Form = "increment"
    tally: Tally | None = None
    version: Word | None = None
    n: Count | None = None
    due: Count | None = None
    corrects: Annotated[str, Ref("observation")] | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Attribution:
    """An attribution: the share of an outcome that a partner brought about, by contribution.

    `subject` is `kind:id`: an observation, all of an indicator, or the outcomes of an organization
    or a project. `partner_id` is the organization that contributed, `share` its part, from 0 to 1.
    `period` is when it holds; None: always. `evidence` is the grade of evidence; None: not stated.
    `source` is a citation.

    >>> Attribution(
    ...     id="b-1", subject="indicator:jobs-enabled", partner_id="cloud", share=Decimal("0.3"),
    ...     source="letter of 2 May 2014",
    ... ).share
    Decimal('0.3')
    """

    id: Identifier
    subject: Annotated[str, Subject("observation", "indicator", "organization", "project")]
    partner_id: OrganizationId
    share: Share
    period: Period | None = None
    evidence: Evidence | None = None
    source: Annotated[str, Text(most=500)]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Adjustment:
    """An adjustment: the part of an indicator that is no net effect, to be taken off its value.

    `kind` is deadweight (would have happened anyway), displacement (was lost elsewhere),
    attribution (others brought it about) or drop_off (fades with time). `factor` is that part, from
    0 to 1; None: not known, which is not 0. `period` is when it holds; None: always. `evidence` is
    the grade of evidence; None: not stated. `source` is a citation.

    >>> Adjustment(
    ...     id="d-1", indicator_id="jobs-enabled", kind="deadweight", source="not studied",
    ... ).factor is None
    True
    """

    id: Identifier
    indicator_id: IndicatorId
    kind: AdjustmentKind
    factor: Share | None = None
    period: Period | None = None
    evidence: Evidence | None = None
    source: Annotated[str, Text(most=500)]


def uncorrected(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """The observations that no other one of them corrects: all others count for nothing."""
    corrected = {each.corrects for each in observations}
    return tuple(each for each in observations if each.id not in corrected)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class FollowUp:
    """A follow-up survey of a participant some time after participation, with its status.

    `about` is the id of what they took part in. `due_on` is the date on which it is due. `status`
    is due, asked, answered or unreachable. `on` is the date of that status; None: not recorded, or
    still due. `evidence` is the grade of what was answered; None: not stated.
    """

    id: Identifier
    participant_id: ParticipantId
    about: ScopeId
    due_on: date
    status: FollowUpStatus
    on: date | None = None
    evidence: Evidence | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Employment:
    """The employment status of a person on a date, for outcome measurement.

    `status` is personal; unknown means that it was asked without an answer, or erased.
    `organization_id` is the employer; None: none, or not known. `hours_share` is the working time
    as a share of a full-time week, from 0 to 1; it is personal, None: not known. `evidence` is the
    grade of evidence; None: not stated.
    """

    id: Identifier
    person_id: PersonId
    on: date
    status: Annotated[EmploymentStatus, PERSONAL]
    organization_id: OrganizationId | None = None
    hours_share: Annotated[Share, PERSONAL] | None = None
    evidence: Evidence | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Deal:
    """A deal: capital, a loan, a grant, a prize or revenue that a venture raised on a date.

    `investors` are ids of persons and organizations; empty: not known. `evidence` is the grade of
    evidence; None: not stated.
    """

    id: Identifier
    organization_id: OrganizationId
    on: date
    kind: DealKind
    amount: Money
    investors: Annotated[tuple[str, ...], Labels(Ref("person", "organization"))] = ()
    evidence: Evidence | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Cost:
    """A cost: money spent on a scope over a period.

    `scope` holds ids of centers, programs, editions, series or sessions. `value_in_kind` means that
    no money was paid: `amount` is then the value of goods or work given. `payer_id` is the person
    or organization that bears it; None: not stated. `evidence` is the grade of evidence; None: not
    stated.
    """

    id: Identifier
    scope: ScopeIds
    period: Period
    kind: CostKind
    amount: Money
    value_in_kind: bool = False
    payer_id: ParticipantId | None = None
    evidence: Evidence | None = None
