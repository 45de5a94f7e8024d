"""Nouns of the location and its funding: centers, rooms, partnerships."""

from datetime import date
from typing import Annotated, Literal

import attrs

from mic_core.checked import checked
from mic_core.chrono import Period, WeeklyHours
from mic_core.fields import Text
from mic_core.model.vocabulary import (
    CenterId,
    Count,
    Country,
    Identifier,
    Money,
    OrganizationId,
    Positive,
    ScopeIds,
    Share,
    TimeZone,
    Title,
    Word,
    Words,
)

PartnerRole = Literal["funder", "host", "sponsor", "delivery", "academic"]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Center:
    """An innovation center, incubator or training site, one of a network.

    `country` is a code of ISO 3166-1. `time_zone` is the name of an IANA time zone; dates and times
    of day of everything in the center are local to it. `opening_hours` of None means always open.
    `closures` are periods in which it is closed even within these hours. `region`, `address` and
    `opened_on` of None: not stated. `focus` holds its topics.

    >>> Center(id="mic-brussels", name="MIC Brussels", country="BE", time_zone="Europe/Brussels")
    Center(id='mic-brussels', name='MIC Brussels', country='BE', time_zone='Europe/Brussels')
    """

    id: Identifier
    name: Title
    country: Country
    region: Word | None = None
    address: Annotated[str, Text(most=300, lines=True)] | None = None
    time_zone: TimeZone
    opening_hours: WeeklyHours | None = None
    closures: tuple[Period, ...] = ()
    opened_on: date | None = None
    focus: Words = ()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Room:
    """A room of a center: a resource that sessions take place in.

    `seats` is its capacity in persons; None: not stated, and then no rule limits it. `features` is
    its equipment, which the needs of sessions name. `concurrency` is the number of sessions that it
    can host at the same time.

    >>> Room(id="hall", center_id="mic-brussels", name="Hall", seats=40, features=("beamer",))
    Room(id='hall', center_id='mic-brussels', name='Hall', seats=40, features=('beamer',))
    """

    id: Identifier
    center_id: CenterId
    name: Title
    seats: Count | None = None
    features: Words = ()
    concurrency: Positive = 1


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Partnership:
    """A contribution of an organization to a center, program, edition, series or session.

    `supports` are the ids of these. `role` is that of a funder, host, sponsor, delivery partner or
    academic partner. `share` is its part of the total contribution, from 0 to 1; None: not stated.
    `amount` is money; None: not stated.
    """

    id: Identifier
    organization_id: OrganizationId
    supports: ScopeIds
    role: PartnerRole
    share: Share | None = None
    amount: Money | None = None
    period: Period
