"""What came of it: indicators, targets, observations, follow-ups, jobs, deals, costs."""

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
DealKind = Literal["equity", "convertible", "loan", "grant", "prize", "revenue"]
CostKind = Literal["staff", "venue", "catering", "travel", "material", "marketing", "other"]
IndicatorId = Annotated[str, Ref("indicator")]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Where:
    """A condition on a column of a tidy table: which rows an indicator counts.

    >>> Where(column="status", op="==", value="present")
    Where(column='status', op='==', value='present')
    """

    column: Word
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    value: Annotated[Free, Scalar()]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Indicator:
    """What is measured, and how: one definition for objects and for dataframes.

    The id is its code. `table` and `column` say where the numbers come from, `key` what is counted
    once (None: each row), `universe` which rows count, all conditions together. `dimensions` break
    it down; a `partition` adds up to the whole, otherwise they may overlap. `timing` is when it is
    measured and `baseline` what it is compared with; None: at any time, with nothing. `source`
    names the standard it follows.

    `over_time` and `over_units` say how values of parts combine: added, as a union of what was
    counted, the last one, averaged, by their states (numerators and denominators are merged and
    evaluated last, as for a ratio), or not at all where that would be wrong.

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
    """The value that an indicator is meant to reach over a period, in a scope.

    `value` and `baseline`, where it started, are in the unit of the indicator; a baseline of None
    means from zero.

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
    """A stated value: a measurement of an indicator, or a public claim in words.

    `subject` is `kind:id`; either an indicator or the words of a claim is given. `value` is in
    `unit`; `relation` tells an exact value from `at_least` (more than 6,000 visitors), `at_most`
    and `about`. `method` is how it was found out; None: not stated. `evidence` grades it, `claimed`
    lowest. `attribution` is the part of it, from 0 to 1, that the subject answers for; None: not
    stated.

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
    """A question to a participant some time after, and what became of it.

    `about` is what they took part in. `on` is the day on which the status came to hold; None: not
    recorded, or still due.
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
    """A person's position on the labor market on one date.

    `status` is personal, and `unknown` where it was asked in vain or erased; so is `hours_share`,
    the part of a full-time week, from 0 to 1, None where not known. `organization_id` names the
    employer, None where unknown or none.
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
    """Capital or money that a venture raised on a day, and from whom; none: not known."""

    id: Identifier
    organization_id: OrganizationId
    on: date
    kind: DealKind
    amount: Money
    investors: Annotated[tuple[str, ...], Labels(Ref("person", "organization"))] = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Cost:
    """Money spent over a period on a scope; `value_in_kind` where no money moved."""

    id: Identifier
    scope: ScopeIds
    period: Period
    kind: CostKind
    amount: Money
    value_in_kind: bool = False
