"""Field types shared by several nouns: annotated aliases, each a type with its shape."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, get_args

import attrs

from mic_core.checked import checked
from mic_core.fields import (
    PERSONAL,
    Choice,
    Coded,
    Id,
    Instant,
    Labels,
    Number,
    Pairs,
    Ref,
    Scalar,
    Text,
    Whole,
    Zone,
)

Identifier = Annotated[str, Id()]
Title = Annotated[str, Text(most=200)]
Word = Annotated[str, Text(most=200)]
Words = Annotated[tuple[str, ...], Labels(Text(most=200), most=200)]
TimeZone = Annotated[str, Zone()]
Country = Annotated[str, Coded("[A-Z]{2}", "a country code of two capitals (ISO 3166-1)")]
Moment = Annotated[datetime, Instant()]
Count = Annotated[int, Whole()]
Positive = Annotated[int, Whole(least=1)]
Share = Annotated[Decimal, Number(least=Decimal(0), most=Decimal(1))]
Amount = Annotated[Decimal, Number(least=Decimal(0))]

CenterId = Annotated[str, Ref("center")]
RoomId = Annotated[str, Ref("room")]
ProgramId = Annotated[str, Ref("program")]
EditionId = Annotated[str, Ref("edition")]
ModuleIds = Annotated[tuple[str, ...], Labels(Ref("module"))]
SessionId = Annotated[str, Ref("session")]
PersonId = Annotated[str, Ref("person")]
PersonIds = Annotated[tuple[str, ...], Labels(Ref("person"))]
OrganizationId = Annotated[str, Ref("organization")]
ParticipantId = Annotated[str, Ref("person", "organization")]
ParticipantIds = Annotated[tuple[str, ...], Labels(Ref("person", "organization"))]
SCOPE_KINDS = ("center", "program", "edition", "series", "session")
ScopeId = Annotated[str, Ref(*SCOPE_KINDS)]
ScopeIds = Annotated[tuple[str, ...], Labels(Ref(*SCOPE_KINDS), least=1)]
"""A scope: one or more ids of centers, programs, editions, series or sessions."""

Free = str | int | bool
"""A free value: text, integer or boolean."""

Profile = Annotated[tuple[tuple[str, Free], ...], Pairs(Text(most=200), Scalar()), PERSONAL]
"""Named characteristics of a person or organization, personal; a mapping is accepted."""

Mode = Literal["in_person", "online", "hybrid"]
Presence = Literal["in_person", "online"]
Grade = Literal["claimed", "self_reported", "documented", "administrative", "verified"]
Evidence = Annotated[Grade, Choice(get_args(Grade), (("surveyed", "self_reported"),))]
"""Grades of evidence, the weakest first: a claim, an answer, a document, a register, an audit.

Documents of before say `surveyed`, which is read as self_reported."""

EmploymentStatus = Literal[
    "employed", "self_employed", "unemployed", "student", "inactive", "unknown"
]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Money:
    """A monetary amount: an exact decimal number in one currency.

    `amount` below zero is a loss or a repayment. `currency` is a code of ISO 4217; amounts of
    different currencies are never added.

    >>> Money(amount=Decimal("1500.00"), currency="EUR")
    Money(amount=Decimal('1500'), currency='EUR')
    """

    amount: Decimal
    currency: Annotated[str, Coded("[A-Z]{3}", "a currency code of three capitals (ISO 4217)")]
