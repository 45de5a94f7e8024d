"""Redundant constraints among availabilities: records that open, close and prefer nothing.

Only what is certain and cheap is found: hours that never occur in their period, slots and periods
that are open without the record, and all time where no other record closes any. O(n) for n records
of a subject that are all of one form, O(n^2) cheap comparisons of dates where forms are mixed.
"""

from collections.abc import Iterator, Sequence

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.chrono.hours import DAY_MINUTES, WEEK_MINUTES
from mic_core.chrono.local import zone
from mic_core.model import Availability, Center
from mic_core.portfolio import Portfolio
from mic_core.scheduling.rules.availability import standing

_ALWAYS, _ALL_WEEK = Period(), WeeklyHours(((0, WEEK_MINUTES),))

_MOST_NEAR = 50
"""The most records that are expanded for one slot, a budget: beyond it, nothing is found."""


def idle_records(portfolio: Portfolio) -> Iterator[Availability]:
    """The records that have no effect on the availability and the wishes of their subject."""
    zones = {each.time_zone for each in portfolio.all(Center)}
    by_subject: dict[str, list[Availability]] = {}
    for each in portfolio.all(Availability):
        by_subject.setdefault(each.subject, []).append(each)
    for records in by_subject.values():
        positive = [each for each in records if _is_positive(each)]
        hours = [each for each in positive if each.hours is not None]
        days = [each for each in positive if _is_available_days(each)]
        for each in records:
            if not _is_positive(each):
                is_idle = each.hours is not None and not _occurs(each.hours, _days(each))
            elif each.slot is not None:
                is_idle = each.preference == "available" and _is_open(each.slot, hours, days, zones)
            elif hours and _is_available_days(each):
                is_idle = not _meets(each, hours)
            else:
                is_idle = _is_all_time(each) and not _opens(each, positive, hours)
            if is_idle:
                yield each


def _is_positive(record: Availability) -> bool:
    return record.preference in ("preferred", "available")


def _is_available_days(record: Availability) -> bool:
    """True for an available period without hours."""
    return record.preference == "available" and record.hours is None and record.slot is None


def _days(record: Availability) -> Period:
    return record.period or _ALWAYS


def _occurs(hours: WeeklyHours, period: Period) -> bool:
    """True if weekly hours are open on some weekday of a period; O(r) for r ranges."""
    first = 0 if period.start is None else period.start.weekday()
    count = 7 if period.length is None else min(period.length, 7)
    midnights = [(first + n) % 7 * DAY_MINUTES for n in range(count)]
    return any(
        start < midnight + DAY_MINUTES and midnight < end
        for start, end in hours.ranges
        for midnight in midnights
    )


def _is_open(
    slot: Slot, hours: Sequence[Availability], days: Sequence[Availability], zones: set[str]
) -> bool:
    """True if hours and available periods leave a slot open, on every clock and on its own.

    False without any of them, since available slots are the only open time then. Other slots do
    not count: of two equal ones, neither is without effect. Only records whose period is near the
    slot are expanded.
    """
    near_hours, near_days = _near(slot, hours), _near(slot, days)
    near = [*near_hours, *near_days]
    if hours and not near_hours:
        return True
    low, high = slot.start_utc, slot.end_utc
    return 0 < len(near) <= _MOST_NEAR and all(
        standing(near, zone(each), low, high).available == ((low, high),)
        for each in sorted({*zones, slot.zone})
    )


def _near(slot: Slot, records: Sequence[Availability]) -> list[Availability]:
    """The records whose period may hold a part of a slot on some clock.

    Two days more on either side, since clocks differ by up to 26 hours.
    """
    first, last = slot.start.toordinal() - 2, slot.end.toordinal() + 2
    return [
        each
        for each in records
        if (start := _days(each).start) is None or start.toordinal() <= last
        if (end := _days(each).end) is None or first < end.toordinal()
    ]


def _meets(record: Availability, hours: Sequence[Availability]) -> bool:
    """True if other hours have a period that overlaps that of a record.

    Outside of the periods of all hours, everything is open anyway.
    """
    period = _days(record)
    return any(each is not record and _days(each).overlaps(period) for each in hours)


def _is_all_time(record: Availability) -> bool:
    """True for hours of all week, and for all days: they close nothing of their own period."""
    if record.hours is None:
        return _days(record) == _ALWAYS
    return record.hours == _ALL_WEEK


def _opens(
    record: Availability, positive: Sequence[Availability], hours: Sequence[Availability]
) -> bool:
    """True if a record of all time may open or prefer what another one closes or does not prefer.

    A preferred period opens nothing. Preferred time counts for a preferred record only.
    """
    if record.hours is None and record.preference == "preferred":
        return any(each is not record and each.preference == "preferred" for each in positive)
    count = ("preferred", "available") if record.preference == "preferred" else ("available",)
    return _meets(record, hours) or any(
        each.hours is None and each.preference in count for each in positive if each is not record
    )
