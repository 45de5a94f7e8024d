"""Local time at a center: conversion of slots, instants and periods to its time zone."""

from datetime import UTC, date, datetime, tzinfo

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import instant, local, zone
from mic_core.model import Center, Session
from mic_core.portfolio.portfolio import Portfolio

_FIRST, _LAST = (
    instant(datetime(year, month, day, tzinfo=UTC))
    for year, month, day in ((1, 1, 2), (9999, 12, 30))
)
"""The first and last instant that has a local time in every zone: one day inside the calendar of
Python (years 1 to 9999), since zones differ from UTC by less than a day. In microseconds."""


def slot_at_center(portfolio: Portfolio, session: Session, slot: Slot) -> Slot:
    """A slot of a session in the time zone of its center; unchanged if the center is unknown."""
    center = portfolio.find(Center, session.center_id)
    if center is None or center.time_zone == slot.zone:
        return slot
    place: tzinfo = zone(center.time_zone)
    return Slot(local(instant(slot.start), place), local(instant(slot.end), place))


def zone_of(portfolio: Portfolio, center_id: str | None) -> tzinfo:
    """The time zone of a center; UTC where there is no such center."""
    center = portfolio.find(Center, center_id) if center_id is not None else None
    return UTC if center is None else zone(center.time_zone)


def day_at(moment: datetime, place: tzinfo) -> date:
    """The local day at an instant in a zone; instants at the ends of the calendar are clipped.

    >>> str(day_at(datetime(2014, 9, 10, 23, tzinfo=UTC), zone("Europe/Brussels")))
    '2014-09-11'
    """
    return local(min(max(instant(moment), _FIRST), _LAST), place).date()


def period_bounds(
    portfolio: Portfolio, period: Period, center_id: str
) -> tuple[int | None, int | None]:
    """The instants at which a period begins and ends in the time zone of a center.

    In microseconds since 1970 in UTC; None where the period is unbounded.
    """
    return period.within(zone_of(portfolio, center_id))
