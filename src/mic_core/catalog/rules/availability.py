"""Availability rules: records without effect, by the interval algebra of `chrono.availability`."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from mic_core.chrono import Period, WeeklyHours
from mic_core.chrono.hours import DAY_MINUTES, WEEK_MINUTES
from mic_core.chrono.local import zone
from mic_core.ids import cite
from mic_core.model import Availability, Center
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule
from mic_core.scheduling.rules.availability import standing

_ALWAYS, _ALL_WEEK = Period(), WeeklyHours(((0, WEEK_MINUTES),))


def _idle_records(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    zones = {each.time_zone for each in portfolio.all(Center)}
    by_subject: dict[str, list[Availability]] = {}
    for each in portfolio.all(Availability):
        by_subject.setdefault(each.subject, []).append(each)
    for subject, records in by_subject.items():
        positive = [each for each in records if _is_positive(each)]
        for each in records:
            if not _is_positive(each):
                is_idle = each.hours is not None and not _occurs(each.hours, _days(each))
            elif each.slot is not None:
                is_idle = _is_idle_slot(each, positive, zones)
            else:
                is_idle = _is_idle_period(each, positive)
            if is_idle:
                name = cite("availability", each.id)
                yield Breach(
                    subjects=(name, subject),
                    path=next(field for field, _ in _stated(each)),
                    facts={
                        "record": name,
                        "subject": subject,
                        "had": _text(each),
                        "needed": "time that it opens, closes or prefers",
                    },
                )


def _is_positive(record: Availability) -> bool:
    return record.preference in ("preferred", "available")


def _is_wish(record: Availability) -> bool:
    """True for a preferred slot or period without hours, which opens and closes nothing."""
    return record.preference == "preferred" and record.hours is None


def _days(record: Availability) -> Period:
    return record.period or _ALWAYS


def _stated(record: Availability) -> Iterator[tuple[str, object]]:
    """The fields that state the time of a record, with their values; at least one."""
    for field in ("slot", "hours", "period"):
        value = getattr(record, field)
        if value is not None:
            yield field, value


def _text(record: Availability) -> str:
    """The preference of a record and its time, for the message."""
    return f"{record.preference} {', '.join(str(value) for _, value in _stated(record))}"


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


def _is_idle_slot(record: Availability, positive: Sequence[Availability], zones: set[str]) -> bool:
    """True if hours and periods of its subject leave an available slot open without it.

    On the clocks of every center, and on its own. Other slots do not count: of two equal ones,
    neither is without effect.
    """
    slot = record.slot
    others = [each for each in positive if each.slot is None and not _is_wish(each)]
    if slot is None or record.preference == "preferred" or not others:
        return False
    low, high = slot.start_utc, slot.end_utc
    clocks: list[tzinfo] = [zone(each) for each in sorted({*zones, slot.zone})]
    return all(standing(others, each, low, high).available == ((low, high),) for each in clocks)


def _is_idle_period(record: Availability, positive: Sequence[Availability]) -> bool:
    """True if a record with hours or a period closes and opens nothing, by its days alone.

    Available days outside the periods of all hours are open anyway. Hours of all week, and all
    days, leave nothing of their own period to close, and open nothing unless another record closes
    a part of it.
    """
    others = [each for each in positive if each is not record]
    hours = [each for each in others if each.hours is not None]
    meets_hours = any(_days(each).overlaps(_days(record)) for each in hours)
    if record.preference == "available" and record.hours is None and hours:
        return not meets_hours
    if record.hours != _ALL_WEEK and (record.hours is not None or _days(record) != _ALWAYS):
        return False
    if _is_wish(record):
        return all(each.preference != "preferred" for each in others)
    wishes_count = record.preference == "preferred"
    return not meets_hours and not any(
        each.hours is None and (wishes_count or not _is_wish(each)) for each in others
    )


AVAILABILITY_WITHOUT_EFFECT = PortfolioRule(
    entry=Entry(
        code="availability-without-effect",
        level="medium",
        law="Each record of availability opens, closes or prefers some time.",
        why="It was meant to restrict something, and sessions are scheduled as if it were not "
        "there.",
        source="the law of availability: hours close the rest of their period, and slots and "
        "periods close all other time only where no hours are stated",
        sentence="{record} of {subject}, {had}, opens, closes and prefers nothing",
        mend="state as unavailable what is to be closed, correct its hours or its period, or "
        "retract it",
    ),
    find=_idle_records,
)
"""A record of availability has an effect."""

AVAILABILITY_RULES: tuple[PortfolioRule, ...] = (AVAILABILITY_WITHOUT_EFFECT,)
"""The rules of this module."""
