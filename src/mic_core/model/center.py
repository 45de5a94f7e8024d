"""Where things happen and who carries them: centers, rooms, partnerships."""

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

    Dates and wall times of everything in the center are local to `time_zone`. `opening_hours` of
    None means always open; `closures` are days on which it is closed all the same. `region`,
    `address` and `opened_on` of None: not stated. `focus` are its topics.

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
    """A room of a center; `concurrency` is how many sessions it can host at once.

    >>> Room(id="hall", center_id="mic-brussels", name="Hall", seats=40, features=("beamer",))
    Room(id='hall', center_id='mic-brussels', name='Hall', seats=40, features=('beamer',))
    """

    id: Identifier
    center_id: CenterId
    name: Title
    seats: Count
    features: Words = ()
    concurrency: Positive = 1


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Partnership:
    """What an organization contributes to a center, a program or an edition, and for how long.

    `share` is its part of the whole, from 0 to 1; `amount` is money. None means not stated.
    """

    id: Identifier
    organization_id: OrganizationId
    supports: ScopeIds
    role: PartnerRole
    share: Share | None = None
    amount: Money | None = None
    period: Period
