"""Nouns of the participants: persons, organizations, and the relations between them."""

from datetime import date
from typing import Annotated, Literal

import attrs

from mic_core.checked import checked
from mic_core.chrono import Period
from mic_core.errors import Problem
from mic_core.fields import PERSONAL, Text
from mic_core.model.vocabulary import (
    Amount,
    Count,
    Country,
    Evidence,
    Identifier,
    Moment,
    Money,
    OrganizationId,
    ParticipantId,
    ParticipantIds,
    PersonId,
    Profile,
    Share,
    Title,
    Word,
    Words,
)

OrganizationKind = Literal["venture", "sme", "large", "public", "university", "ngo"]
GovernmentLevel = Literal["local", "regional", "national", "international"]
MembershipRole = Literal["founder", "director", "employee", "member", "representative", "student"]
HolderKind = Literal[
    "enterprise",
    "person",
    "public_investment",
    "venture_capital",
    "business_angel",
    "university",
    "institutional",
    "regional_fund",
    "local_authority",
    "public_body",
]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Person:
    """A natural person: participant, trainer, coach, founder.

    All fields except the id are personal and never printed. None means not known.

    >>> Person(id="p-17", name="Ada Lovelace")
    Person(id='p-17', name=...)
    """

    id: Identifier
    name: Annotated[str, Text(most=200), PERSONAL]
    contact: Annotated[str, Text(most=320), PERSONAL] | None = None
    born: Annotated[date, PERSONAL] | None = None
    gender: Annotated[str, Text(most=200), PERSONAL] | None = None
    region: Annotated[str, Text(most=200), PERSONAL] | None = None
    attributes: Profile = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Organization:
    """A legal person: venture, company, public body, university, association.

    `country` is a code of ISO 3166-1. `founded` is the date of foundation. `level` is the level of
    government of a public body, `inhabitants` and `budget` (of a year) are those of a local
    authority; None for all others, or not known. `closed_on` is the first day on which it was not
    active any more; None: active, as far as is known. `successor_id` is the organization that took
    its activity over; None: none. `markets` are those it sells on; empty: not known. In all other
    fields, None means not known.

    >>> Organization(id="oh-chef", name="Oh-Chef", kind="venture", country="BE").founded is None
    True
    """

    id: Identifier
    name: Title
    kind: OrganizationKind
    country: Country
    region: Word | None = None
    founded: date | None = None
    sector: Word | None = None
    legal_form: Word | None = None
    level: GovernmentLevel | None = None
    closed_on: date | None = None
    successor_id: OrganizationId | None = None
    markets: Words = ()
    inhabitants: Count | None = None
    budget: Money | None = None


Participant = Person | Organization
"""A participant, the party to an enrollment: a person, or an organization through its delegates."""


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Membership:
    """A membership of a person in an organization, in a role, over a period.

    A `period` with an open end means that it lasts until now.
    """

    id: Identifier
    person_id: PersonId
    organization_id: OrganizationId
    role: MembershipRole
    period: Period


def _held_by_another(owner_id: str, organization_id: str) -> Problem | None:
    if owner_id == organization_id:
        return Problem(path="owner_id", rule="must be another than the organization held")
    return None


@checked(_held_by_another)
@attrs.frozen(kw_only=True, weakref_slot=False)
class Ownership:
    """An ownership stake: the share of an organization that a person or organization holds.

    `capital` is the share of the capital, from 0 to 1. `votes` is the share of the voting rights,
    from 0 to 1; None means the same share as of the capital. `holder` is the kind of holder, which
    matters for the size class of an enterprise (Recommendation 2003/361/EC, annex, article 3).
    `controls` means a dominant influence whatever the share, by contract, statutes or the right to
    appoint a majority of the board. `invested` is what the holder has put in; None: not known.
    `acting_with` are the persons and organizations with which the holder acts jointly.

    >>> from decimal import Decimal
    >>> Ownership(
    ...     id="w-1", owner_id="p-17", organization_id="oh-chef", capital=Decimal("1.5"),
    ...     holder="person", period=Period.year(2014),
    ... )
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Ownership: 1 problem
      capital: must be a decimal number, from 0 to 1; had a number (Decimal); it is too large
    """

    id: Identifier
    owner_id: ParticipantId
    organization_id: OrganizationId
    capital: Share
    votes: Share | None = None
    holder: HolderKind
    period: Period
    controls: bool = False
    invested: Money | None = None
    acting_with: ParticipantIds = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Figures:
    """The annual figures of an organization: headcount and financial data of one period.

    `staff` is in annual work units: one per person who worked full time all year, fractions for
    others (Recommendation 2003/361/EC, annex, article 5). `basis` says if it is the average of the
    period or the state on its last day, `founders_counted` if owners at work are part of it.
    `estimated` figures are those of a year that is not closed; `consolidated` ones are those of the
    group. None in any field means not known.
    """

    id: Identifier
    organization_id: OrganizationId
    period: Period
    staff: Amount | None = None
    turnover: Money | None = None
    balance_sheet: Money | None = None
    value_added: Money | None = None
    basis: Literal["average", "at_date"] | None = None
    founders_counted: bool | None = None
    estimated: bool = False
    consolidated: bool = False
    evidence: Evidence | None = None


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Consent:
    """The consent of a person to a purpose of data processing, granted or withdrawn.

    `text_version` identifies the wording that the person saw. `at` is the instant of the statement.

    >>> from datetime import UTC, datetime
    >>> Consent(
    ...     id="c-1", person_id="p-17", purpose="newsletter", text_version="2014-01",
    ...     status="granted", at=datetime(2014, 9, 1, 9),
    ... )
    Traceback (most recent call last):
    mic_core.errors.InvariantError: Consent: 1 problem
      at: must be a date and time with a zone; had a date and time without a zone; give it a \
tzinfo, such as datetime.UTC
    """

    id: Identifier
    person_id: PersonId
    purpose: Word
    text_version: Word
    status: Literal["granted", "withdrawn"]
    at: Moment
