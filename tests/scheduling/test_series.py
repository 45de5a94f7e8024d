"""Occurrences of a series: its dates in places whose clocks change, and the start of each."""

from datetime import UTC, date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Recurrence, occurrences
from mic_core.chrono.local import has_day, zone
from mic_core.model import Series
from mic_core.scheduling.series import dates_between, is_occurrence, slot_on, start_on

ZONES = ("Africa/Casablanca", "Europe/Brussels", "Australia/Lord_Howe", "Pacific/Apia")
FIRST = date(2011, 12, 20)
DAILY = Series(
    id="w", center_id="c", title="Evening", recurrence=Recurrence(frequency="daily"),
    first_on=FIRST, starts_at=time(18), length=timedelta(hours=1),
)  # fmt: skip


@st.composite
def series_in_places(draw: st.DrawFn) -> tuple[Series, str]:
    """Series of some frequency, at any time of day, in zones whose clocks change."""
    rule = draw(
        st.sampled_from(
            [
                Recurrence(frequency="daily", interval=3, count=40),
                Recurrence(frequency="weekly", weekdays=("FR", "SU"), until=date(2014, 11, 30)),
                Recurrence(frequency="monthly", weekdays=("-1SU",)),
                Recurrence(frequency="daily", excluded=(date(2011, 12, 24),), count=12),
            ]
        )
    )
    made = Series(
        id="w", center_id="c", title="Evening", recurrence=rule, first_on=FIRST,
        starts_at=draw(st.sampled_from([time(0), time(2, 30), time(18), time(23, 59)])),
        length=timedelta(hours=1),
    )  # fmt: skip
    return made, draw(st.sampled_from(ZONES))


@given(series_in_places(), st.integers(0, 1100))
def test_dates_are_those_of_the_rule_that_the_clocks_show(
    case: tuple[Series, str], ahead: int
) -> None:
    """Exactly the dates of the recurrence are occurrences, but for a skipped day."""
    series, name = case
    place = zone(name)
    low = FIRST + timedelta(days=ahead)
    high = low + timedelta(days=40)
    expected = [
        day
        for day in occurrences(series.recurrence, FIRST, (low, high))
        if (name, day) != ("Pacific/Apia", date(2011, 12, 30))
    ]
    assert list(dates_between(series, place, low, high)) == expected
    for day in (low + timedelta(days=n) for n in range(41)):
        assert is_occurrence(series, place, day) == (day in expected)


@given(series_in_places(), st.integers(0, 1100))
def test_each_date_has_its_own_start_and_length(case: tuple[Series, str], ahead: int) -> None:
    """Starts ascend with the dates, lie on them, and sessions last as long as the series says."""
    series, name = case
    low = FIRST + timedelta(days=ahead)
    days = list(dates_between(series, zone(name), low, low + timedelta(days=60)))
    slots = [slot_on(series, zone(name), day) for day in days]
    assert [each.day for each in slots] == days
    assert all(each.length == series.length for each in slots)
    assert slots == sorted(slots, key=lambda each: each.start_utc)
    assert len({each.start_utc for each in slots}) == len(days)


@pytest.mark.parametrize(
    ("name", "skipped"),
    [
        ("Pacific/Apia", date(2011, 12, 30)),
        ("Pacific/Kiritimati", date(1994, 12, 31)),
        ("Pacific/Kwajalein", date(1993, 8, 21)),
    ],
)
def test_a_day_that_the_clocks_skip_has_no_occurrence(name: str, skipped: date) -> None:
    """Islands that changed the side of the date line left out a day, and only that one."""
    place, day = zone(name), timedelta(days=1)
    daily = Series(
        id="w", center_id="c", title="Evening", recurrence=Recurrence(frequency="daily"),
        first_on=date(1990, 1, 1), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    assert not has_day(skipped, place)
    assert list(dates_between(daily, place, skipped - day, skipped + day)) == [
        skipped - day, skipped + day,
    ]  # fmt: skip


@pytest.mark.parametrize("day", [date.min, date.max, date(2014, 3, 30), date(2014, 10, 26)])
def test_all_other_days_are_shown(day: date) -> None:
    """Days on which clocks change, and the ends of the calendar, are days."""
    assert has_day(day, zone("Europe/Brussels"))
    assert has_day(day, UTC)


def test_dates_over_many_years_leave_no_day_out() -> None:
    """However long a daily series goes on, each day is there, and is there once."""
    found = list(dates_between(DAILY, UTC, FIRST, FIRST + timedelta(days=6_500)))
    assert found == [FIRST + timedelta(days=n) for n in range(6_501)]


def test_a_far_window_is_covered_in_pieces() -> None:
    """More than ten years between two occurrences are no problem."""
    yearly = Series(
        id="w", center_id="c", title="Party", recurrence=Recurrence(frequency="yearly"),
        first_on=date(1990, 5, 1), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    found = list(dates_between(yearly, UTC, date(1990, 1, 1), date(2030, 12, 31)))
    assert [day.year for day in found] == list(range(1990, 2031))


def test_a_skipped_start_is_shifted_and_of_a_repeated_one_the_first_is_meant() -> None:
    """At half past two, a night in March begins an hour later, one in October the first time."""
    night = Series(
        id="w", center_id="c", title="Night", recurrence=Recurrence(frequency="daily"),
        first_on=FIRST, starts_at=time(2, 30), length=timedelta(hours=1),
    )  # fmt: skip
    place = zone("Europe/Brussels")
    starts = [start_on(night, place, date(2014, *day)) for day in ((3, 30), (10, 26))]
    assert [each.isoformat() for each in starts] == [
        "2014-03-30T03:30:00+02:00", "2014-10-26T02:30:00+02:00",
    ]  # fmt: skip
