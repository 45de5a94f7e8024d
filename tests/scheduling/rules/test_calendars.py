"""Calendars of availability: lazy queries that answer as the interval algebra does."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import (
    Interval,
    Intervals,
    Period,
    Preference,
    Slot,
    WeeklyHours,
    difference,
    union,
)
from mic_core.chrono.local import instant, local, zone
from mic_core.model import Availability
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.rules import availability
from mic_core.scheduling.rules.availability import (
    AvailabilityCalendar,
    Unavailability,
    standing,
    statement,
)
from mic_core.scheduling.rules.hours import HoursByEpoch, open_hours
from mic_core.testing.times import weekly_hours
from tests.scheduling.nouns import room, session, table

PLACE = zone("Europe/Brussels")
BEGIN = instant(datetime(2014, 10, 20, tzinfo=UTC))
"""A Monday; the clocks change on the Sunday after it."""


@st.composite
def _records(draw: st.DrawFn) -> tuple[Availability, ...]:
    """Records of one subject, close to each other and to a change of clocks."""
    found: list[Availability] = []
    for n in range(draw(st.integers(1, 6))):
        first = date(2014, 10, 18) + timedelta(days=draw(st.integers(0, 12)))
        period = draw(
            st.sampled_from(
                [None, Period(first), Period(end=first), Period.days(first, first),
                 Period.days(first, first + timedelta(days=5))]
            )
        )  # fmt: skip
        hours = draw(
            st.sampled_from(
                ["24/7", "closed", "Mo-Su 00:00-02:30", "Su 02:00-03:00", "Sa-Su", "Fr 22:00-04:00",
                 "Mo-Fr 09:00-12:00", "Mo-Fr 12:00-18:00", None]
            )
        )  # fmt: skip
        start = BEGIN + draw(st.integers(-48, 240)) * 3_600_000_000
        slot = Slot(local(start, PLACE), local(start + 7_200_000_000, PLACE))
        is_slot = (hours is None and period is None) or draw(st.integers(0, 3)) == 0
        when: dict[str, Any] = (
            {"slot": slot}
            if is_slot
            else {"period": period, "hours": None if hours is None else WeeklyHours.parse(hours)}
        )
        preference: Preference = draw(st.sampled_from(get_args(Preference)))
        found.append(Availability(id=f"a{n}", subject="room:r", preference=preference, **when))
    return tuple(found)


def _wished(records: tuple[Availability, ...], low: int, high: int) -> Intervals:
    """The time that is not against a wish, by the definition."""
    wishes = standing(records, PLACE, low, high)
    periods: list[Interval] = []
    for each in records:
        if each.preference == "preferred":
            first, last = statement(each, PLACE, low, high).period or (None, None)
            periods.append((low if first is None else first, high if last is None else last))
    return difference([(low, high)], union(wishes.avoided, difference(periods, wishes.preferred)))


@given(_records(), st.lists(st.tuples(st.integers(-100, 400), st.integers(1, 3000)), min_size=1))
def test_a_calendar_is_asked_lazily_and_answers_as_the_algebra_does(
    records: tuple[Availability, ...], windows: list[tuple[int, int]]
) -> None:
    """Whatever was asked before, a window has the intervals of `chrono.available`."""
    calendar = AvailabilityCalendar(records, PLACE)
    for offset, hours in windows:
        low = BEGIN + offset * 3_600_000_000
        high = low + hours * 3_600_000_000
        expected = standing(records, PLACE, low, high).available
        assert tuple(calendar.available(low, high)) == expected
        assert next(calendar.available(low, high), None) == (expected[0] if expected else None)
        assert tuple(calendar.preferred(low, high)) == _wished(records, low, high)


def test_the_intervals_of_a_century_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that is stopped after its first interval expands few days, whatever its length."""
    days: list[int] = []

    def counted(hours: WeeklyHours, place: tzinfo, low: int, high: int) -> Iterable[Interval]:
        days.append((high - low) // 86_400_000_000 if hours != WeeklyHours.parse("24/7") else 0)
        return open_hours(hours, place, low, high)

    monkeypatch.setattr(availability, "open_hours", counted)
    turns, always = WeeklyHours.parse("Mo-Su 09:00-10:00"), WeeklyHours.parse("24/7")
    century = BEGIN + 36_525 * 86_400_000_000
    closed = _whole("unavailable", turns)
    opened = _whole("available", always)
    for records, end in (((closed,), BEGIN + 9 * 3_600_000_000), ((opened,), century)):
        calendar = AvailabilityCalendar(records, UTC)
        for _ in range(3):
            assert next(calendar.available(BEGIN, century)) == (BEGIN, end)
    assert sum(days) < 10


def _whole(preference: Preference, hours: WeeklyHours) -> Availability:
    """A record of hours over all time."""
    return Availability(id=preference, subject="room:r", preference=preference, hours=hours)


def test_only_the_first_records_of_a_moment_are_tried() -> None:
    """Of thousands of records that could exclude a session, a finding tries a few dozen."""
    records = tuple(
        Availability(
            id=f"a{n:04}", subject="room:r", preference="unavailable",
            hours=WeeklyHours.parse(f"We {n % 24:02}:{n % 59:02}-{n % 24:02}:59"),
        )
        for n in range(500)
    )  # fmt: skip
    timetable = table(room(), records, session("s", "09:30", 20, room_id="r"))
    terms = Unavailability().terms(timetable)
    (breach,) = [each for term in terms for each in breaches_of(term, timetable)]
    assert breach.facts["needed"] == ("availability:a0009",)


@given(st.integers(1, 9), st.data())
def test_hours_by_epoch_are_the_union_of_those_that_apply(size: int, data: st.DataObject) -> None:
    """In each epoch the hours that apply are united; hours without a range apply as well."""
    epochs = st.tuples(st.integers(0, size), st.integers(0, size))
    stated = data.draw(st.lists(st.tuples(epochs, weekly_hours()), max_size=6))
    tree = HoursByEpoch.of(size, [(first, end, hours) for (first, end), hours in stated])
    for epoch in range(size):
        applying = [hours.ranges for (first, end), hours in stated if first <= epoch < end]
        found = tree.union(epoch)
        assert (found is None) == (not applying)
        assert found is None or [each for part in found for each in part.ranges] == [
            *union(*applying)
        ]


def test_hours_of_more_ranges_than_one_text_holds_are_united() -> None:
    """Every other minute of a day, said record by record, has no short notation, and closes."""
    records = [
        Availability(
            id=f"a{n}", subject="room:r", preference="unavailable",
            hours=WeeklyHours(((2 * n, 2 * n + 1),)),
        )
        for n in range(400)
    ]  # fmt: skip
    calendar = AvailabilityCalendar(tuple(records), PLACE)
    minute = 60_000_000
    low = instant(datetime(2014, 10, 20, tzinfo=PLACE))
    found = [*calendar.available(low, low + 800 * minute)]
    assert found == [(low + n * minute, low + (n + 1) * minute) for n in range(1, 800, 2)]
