"""Strategies of times: clocks change in them, and every rule of repetition is possible."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from mic_core.chrono import Recurrence, Slot, WeeklyHours, occurrences, zone
from mic_core.chrono.hours import WEEK_MINUTES
from mic_core.testing import periods, recurrences, slots, weekly_hours, zones
from mic_core.testing.times import CHANGES
from tests.testing.examples import examples, least

CHANGING = [(name, each) for name in CHANGES for each in CHANGES[name]]
STEADY = {"UTC", "Asia/Kolkata"}


@pytest.mark.parametrize(("name", "moment"), CHANGING, ids=map(str, CHANGING))
def test_clocks_change_then(name: str, moment: datetime) -> None:
    """The instants that are drawn near are changes of clocks, but in zones that have none."""
    before = (moment - timedelta(microseconds=1)).astimezone(zone(name))
    after = moment.astimezone(zone(name))
    assert (before.utcoffset() == after.utcoffset()) == (name in STEADY)


def test_slots_are_in_all_zones() -> None:
    """Slots lie in every zone there is to draw, near changes and at the ends of the calendar."""
    found = examples(slots())
    assert {each.zone for each in found} == set(CHANGES)
    assert {each.start.year for each in found} >= {1, 2014, 9999}
    assert any(each.start.utcoffset() != each.end.utcoffset() for each in found)
    assert any(each.start.fold for each in found)
    assert any(each.start.date() != each.end.date() for each in found)


@pytest.mark.parametrize("name", ["Europe/Brussels", "Asia/Tokyo"])
def test_slots_of_a_place(name: str) -> None:
    """Slots are in the given zone, also in one that is never drawn otherwise."""
    assert {each.zone for each in examples(slots(name))} == {name}


def test_slots_shrink_to_the_plainest() -> None:
    """The least slot lasts a quarter of an hour, in UTC."""
    start = datetime(2014, 9, 10, 16, tzinfo=UTC)
    assert least(slots()) == Slot(start, start + timedelta(minutes=15))


def test_zones_are_named() -> None:
    """All zones are drawn."""
    assert set(examples(zones())) == set(CHANGES)


def test_periods_are_open_on_any_side() -> None:
    """Periods have both ends, one or none."""
    found = examples(periods())
    sides = {(each.start is None, each.end is None) for each in found}
    assert sides == {(True, True), (True, False), (False, True), (False, False)}


def test_hours_are_of_any_length() -> None:
    """Weeks that are closed, and hours from the first to the last minute, are among the hours."""
    found = examples(weekly_hours())
    assert WeeklyHours() in found
    assert any(each.ranges and each.ranges[0][0] == 0 for each in found)
    assert any(each.ranges and each.ranges[-1][1] == WEEK_MINUTES for each in found)


def test_recurrences_are_of_any_kind() -> None:
    """Every frequency is drawn, with each end, and weekdays with and without numbers."""
    found = examples(recurrences())
    assert {each.frequency for each in found} == {"daily", "weekly", "monthly", "yearly"}
    assert {(each.count is None, each.until is None) for each in found} == {
        (True, True), (True, False), (False, True),
    }  # fmt: skip
    days = {day for each in found for day in each.weekdays}
    assert {len(day) for day in days} == {2, 3, 4}
    assert any(each.month_days and each.weekdays for each in found)
    assert any(each.positions for each in found)
    assert any(each.weeks for each in found)
    assert any(each.year_days for each in found)
    assert any(each.excluded for each in found)
    assert any(each.extra for each in found)


@given(recurrences())
def test_recurrences_occur(rule: Recurrence) -> None:
    """Some date matches a rule that is drawn, once its ends and its own exceptions are gone."""
    free = Recurrence(
        frequency=rule.frequency, weekdays=rule.weekdays, month_days=rule.month_days,
        months=rule.months, week_start=rule.week_start, year_days=rule.year_days,
        weeks=rule.weeks, positions=rule.positions,
    )  # fmt: skip
    window = (datetime(2000, 1, 1, tzinfo=UTC).date(), datetime(2009, 12, 31, tzinfo=UTC).date())
    later = (datetime(2010, 1, 1, tzinfo=UTC).date(), datetime(2019, 12, 31, tzinfo=UTC).date())
    assert any(occurrences(free, window[0], each) for each in (window, later))
