"""Days some months later: short months, and the ends of the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.months import months_later


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2014, 8, 31), 6, date(2015, 2, 28)),
        (date(2015, 8, 31), 6, date(2016, 2, 29)),
        (date(2014, 12, 31), 36, date(2017, 12, 31)),
        (date(2014, 3, 31), -1, date(2014, 2, 28)),
        (date(9999, 6, 1), 12, date.max),
        (date(1, 6, 1), -12, date.min),
    ],
)
def test_a_month_that_is_too_short_ends_earlier(day: date, months: int, wanted: date) -> None:
    """The last day stands for one that a month does not have; the calendar has ends."""
    assert months_later(day, months) == wanted


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_go_by_one_at_a_time(day: date, months: int) -> None:
    """The month is as many later as was asked for, and the day is the same or the last one."""
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
