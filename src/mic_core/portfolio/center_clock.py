"""Local time at a center: the day that its clocks show at an instant, and where periods begin."""

from datetime import UTC, date, datetime, tzinfo

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import instant, local, zone
from mic_core.model import Center, Session
from mic_core.portfolio.portfolio import Portfolio

_FIRST, _LAST = (
    instant(datetime(year, month, day, tzinfo=UTC))
    for year, month, day in ((1, 1, 2), (9999, 12, 30))
)
"""Instants that every clock can show: a day inside the calendar, since zones differ by a day."""


def on_local_clocks(portfolio: Portfolio, session: Session, slot: Slot) -> Slot:
    """A slot of a session on the clocks of its center, or as it is if the center is not there."""
    center = portfolio.find(Center, session.center_id)
    if center is None or center.time_zone == slot.zone:
        return slot
    place: tzinfo = zone(center.time_zone)
    return Slot(local(instant(slot.start), place), local(instant(slot.end), place))


def place_of(portfolio: Portfolio, center_id: str | None) -> tzinfo:
    """The zone of a center; UTC where there is no such center."""
    center = portfolio.find(Center, center_id) if center_id is not None else None
    return UTC if center is None else zone(center.time_zone)


def day_at(moment: datetime, place: tzinfo) -> date:
    """The day that the clocks of a place show at an instant; but for the ends of the calendar.

    >>> str(day_at(datetime(2014, 9, 10, 23, tzinfo=UTC), zone("Europe/Brussels")))
    '2014-09-11'
    """
    return local(min(max(instant(moment), _FIRST), _LAST), place).date()


def edges(portfolio: Portfolio, period: Period, center_id: str) -> tuple[int | None, int | None]:
    """The instants at which a period begins and ends on the clocks of a center."""
    return period.within(place_of(portfolio, center_id))
