"""Nouns of impact measurement: indicators, targets, observations, follow-ups, deals, costs."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import attrs

from mic_core.checked import checked
from mic_core.chrono import Period
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Labels, Ref, Scalar, Subject, Text
from mic_core.model.vocabulary import (
    Free,
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
Measure = Literal[
    "count", "distinct", "sum", "ratio", "median", "paired_change", "survival", "latest"
]
OverTime = Literal["sum", "union", "last", "average", "state", "refused"]
OverUnits = Literal["sum", "union", "state", "refused"]
Relation = Literal["exactly", "at_least", "at_most", "about"]
Evidence = Literal["claimed", "self_reported", "surveyed", "administrative", "verified"]
FollowUpStatus = Literal["due", "asked", "answered", "unreachable"]
EmploymentStatus = Literal[
    "employed", "self_employed", "unemployed", "student", "inactive", "unknown"
]
DealKind = Literal["equity", "convertible", "loan", "grant", "prize", "revenue", "other"]
CostKind = Literal["staff", "venue", "catering", "travel", "material", "marketing", "other"]
IndicatorId = Annotated[str, Ref("indicator")]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Where:
    """A filter on a column of a tidy table, which selects the rows that an indicator counts.

    >>> Where(column="status", op="==", value="present")
    Where(column='status', op='==', value='present')
    """

    column: Word
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    value: Annotated[Free, Scalar()]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Indicator:
    """An indicator (KPI): a declarative measure over a tidy table, with its aggregation rules.

    The id is its code. `measure` is the kind of aggregation. `table` is the source of the numbers.
    `column` is the column to aggregate; None: none, as for counts. `key` is the column whose values
    count once each; None: each row counts. `universe` are filters on the rows, combined by and.
    `dimensions` are columns to break it down by. `partition` means that the parts of a dimension
    are disjoint and add up; otherwise they may overlap. `timing` is when it is measured; None: at
    any time. `baseline` is what it is compared with; None: nothing. `direction` is the desired
    direction of change. `source` cites the standard that it follows.

    `over_time` and `over_units` are the rules for aggregating values of parts: sum, union of the
    counted keys, last value, average, state (numerators and denominators are merged and evaluated
    last, as for a ratio), or refused if aggregation would be wrong.

    >>> trained = Indicator(
    ...     id="P2", title="Unique persons trained", unit="person", kind="output",
    ...     measure="distinct", table="attendance", key="person_id", over_time="union",
    ...     over_units="union", universe=(Where(column="status", op="==", value="present"),),
    ...     source="IRIS+ 5.3, PI2998",
    ... )
    >>> trained.version, trained.direction
    ('1', 'up')
    """

    id: Identifier
    version: Word = "1"
    title: Title
    unit: Word
    kind: IndicatorKind
    measure: Measure
    table: Word
    key: Word | None = None
    column: Word | None = None
    over_time: OverTime = "sum"
    over_units: OverUnits = "sum"
    universe: tuple[Where, ...] = ()
    dimensions: Words = ()
    partition: bool = False
    timing: Word | None = None
    baseline: Word | None = None
    direction: Literal["up", "down"] = "up"
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
    if (indicator_id is None) == (claim is None):
        return Problem(path="indicator_id", rule="must be given, or else a claim", mend="give one")
    return None


@checked(_indicator_or_claim)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Observation:
    """An observation: a measured value of an indicator, or a value that a public claim states.

    `subject` is cited as `kind:id`. Either `indicator_id` or `claim`, the words of a claim, is
    given. `value` is in `unit`. `relation` is exactly, at_least (more than 6,000 visitors), at_most
    or about. `method` is the method of measurement; None: not stated. `evidence` is the grade of
    evidence, claimed is the lowest. `source` is a citation. `attribution` is the share of the
    value, from 0 to 1, that is attributed to the subject; None: not stated.

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


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class FollowUp:
    """A follow-up survey of a participant some time after participation, with its status.

    `about` is the id of what they took part in. `due_on` is the date on which it is due. `status`
    is due, asked, answered or unreachable. `on` is the date of that status; None: not recorded, or
    still due.
    """

    id: Identifier
    participant_id: ParticipantId
    about: ScopeId
    due_on: date
    status: FollowUpStatus
    on: date | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Employment:
    """The employment status of a person on a date, for outcome measurement.

    `status` is personal; unknown means that it was asked without an answer, or erased.
    `organization_id` is the employer; None: none, or not known. `hours_share` is the working time
    as a share of a full-time week, from 0 to 1; it is personal, None: not known.
    """

    id: Identifier
    person_id: PersonId
    on: date
    status: Annotated[EmploymentStatus, PERSONAL]
    organization_id: OrganizationId | None = None
    hours_share: Annotated[Share, PERSONAL] | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Deal:
    """A deal: capital, a loan, a grant, a prize or revenue that a venture raised on a date.

    `investors` are ids of persons and organizations; empty: not known.
    """

    id: Identifier
    organization_id: OrganizationId
    on: date
    kind: DealKind
    amount: Money
    investors: Annotated[tuple[str, ...], Labels(Ref("person", "organization"))] = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Cost:
    """A cost: money spent on a scope over a period.

    `scope` holds ids of centers, programs, editions, series or sessions. `value_in_kind` means that
    no money was paid: `amount` is then the value of goods or work given.
    """

    id: Identifier
    scope: ScopeIds
    period: Period
    kind: CostKind
    amount: Money
    value_in_kind: bool = False
