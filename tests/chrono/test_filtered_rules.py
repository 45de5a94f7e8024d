"""Rules with a filter: days of a year, weeks, positions in a set, and what they cost to count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.expansion import occurrences
from mic_core.chrono.recurrence import Recurrence
from mic_core.chrono.yeardays import cycle_sums
from mic_core.errors import InvariantError
from tests.chrono.test_expansion import STARTS


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        # The examples of RFC 5545, section 3.8.5.3, and rules of real calendars.
        (
            "FREQ=YEARLY;INTERVAL=3;COUNT=6;BYYEARDAY=1,100,200",
            "1997-01-01",
            "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18",
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3",
            "1997-05-12",
            "1997-05-12 1998-05-11 1999-05-17",
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            "1997-09-04",
            "1997-09-04 1997-10-07 1997-11-06",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=7",
            "1997-09-29",
            "1997-09-29 1997-10-30 1997-11-27 1997-12-30 1998-01-29 1998-02-26 1998-03-30",
        ),
        (
            "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2",
            "2014-01-01",
            "2014-12-31 2015-12-31",
        ),
        ("FREQ=YEARLY;BYMONTH=3,9;BYSETPOS=-1;COUNT=2", "2014-01-10", "2014-09-10 2015-09-10"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU;COUNT=2", "2014-01-01", "2016-01-03 2021-01-03"),
        ("FREQ=YEARLY;BYWEEKNO=52;BYDAY=SU;COUNT=2", "2011-01-01", "2011-01-02 2012-01-01"),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU;COUNT=2", "2014-01-01", "2014-12-28 2016-01-03"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=2", "2014-01-01", "2014-12-29 2016-01-04"),
        ("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1;COUNT=2", "2014-09-10", "2014-09-10 2014-09-15"),
        ("FREQ=DAILY;BYYEARDAY=-1,1;COUNT=2", "2014-12-31", "2014-12-31 2015-01-01"),
    ],
)
def test_days_and_weeks_of_a_year_and_positions(text: str, start: str, expected: str) -> None:
    """Days of the year, weeks and positions in a set fall on the dates that RFC 5545 lists."""
    found = occurrences(Recurrence.parse(text), date.fromisoformat(start), horizon=10_000)
    assert " ".join(map(str, found)) == expected


@given(st.integers(1, 53), st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
def test_weeks_are_those_of_iso_8601(week: int, frequency: str) -> None:
    """Every frequency selects the days whose ISO week has the number, in whichever year."""
    first, last = date(1999, 1, 1), date(2029, 1, 31)
    rule = Recurrence.parse(f"FREQ={frequency};BYWEEKNO={week};BYDAY=MO,TU,WE,TH,FR,SA,SU")
    found = occurrences(rule, first, (first, last), horizon=20_000, budget=20_000)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    assert found == tuple(day for day in days if day.isocalendar().week == week)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("FREQ=WEEKLY;BYMONTH=9;BYSETPOS=1", date(2014, 9, 17)),
        ("FREQ=DAILY;INTERVAL=7;BYMONTH=9", date(2014, 9, 17)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;BYSETPOS=-1;WKST=SU", date(2014, 9, 24)),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=9,10,11;BYSETPOS=1", date(2014, 11, 10)),
    ],
)
def test_the_start_supplies_what_a_filter_leaves_open(text: str, day: date) -> None:
    """A rule falls on the weekday or the day of the month of its start, and on no day between."""
    rule, start = Recurrence.parse(text), date(2014, 9, 10)
    first = start + timedelta(days=1)
    assert occurrences(rule, start, (first, day)) == (day,)
    assert occurrences(rule, start, (first, day - timedelta(days=1))) == ()


def test_a_count_of_periods_is_counted_within_the_budget() -> None:
    """Months with 23 working days are counted one by one; a large count need not be counted."""
    text, start = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=23", date(2014, 1, 1)
    found = occurrences(Recurrence.parse(f"{text};COUNT=3"), start)
    assert found == (date(2014, 1, 31), date(2014, 7, 31), date(2014, 10, 31))
    with pytest.raises(InvariantError, match=r"budget: .* give an `until` in place of the count"):
        occurrences(Recurrence.parse(f"{text};COUNT=3"), start, budget=9)
    near = (date(2014, 6, 1), date(2014, 7, 31))
    assert occurrences(Recurrence.parse(f"{text};COUNT=3"), start, near, budget=9) == found[1:2]
    far = (date(2900, 1, 1), date(2900, 3, 31))
    endless = occurrences(Recurrence.parse(text), start, far)
    assert occurrences(Recurrence.parse(f"{text};COUNT=100000"), start, far, budget=9) == endless


FILTERED = "FREQ=DAILY;BYMONTH=1,2;BYDAY=SA"
"""A daily rule that picks the Saturdays of two months."""


def test_a_count_with_a_filter_is_counted_within_the_budget() -> None:
    """Days that are filtered are counted one by one, to the end of the window at most."""
    start = date(2014, 1, 1)
    rule = Recurrence.parse(f"{FILTERED};COUNT=10")
    found = occurrences(rule, start)
    assert (len(found), found[-1]) == (10, date(2015, 1, 10))
    assert occurrences(rule, start, (start, date(2014, 1, 10))) == (date(2014, 1, 4),)
    assert occurrences(rule, start, (date(2013, 1, 1), date(2013, 12, 31))) == ()
    with pytest.raises(InvariantError, match=r"budget: .* give an `until` in place of the count"):
        occurrences(rule, start, budget=300)
    assert len(occurrences(rule, start, budget=400)) == 10


@given(
    st.sampled_from(["DAILY", "WEEKLY;BYDAY=SA", "WEEKLY"]),
    st.lists(st.integers(1, 12), min_size=1, unique=True),
    STARTS,
    st.integers(1, 60),
)
def test_a_filtered_count_equals_the_first_of_an_endless_rule(
    frequency: str, months: list[int], start: date, count: int
) -> None:
    """A count cuts the dates of the rule without end, wherever the filter leaves them."""
    text = f"FREQ={frequency};BYMONTH={','.join(map(str, months))}"
    last = start + timedelta(days=3_000)
    endless = occurrences(Recurrence.parse(text), start, (start, last))
    counted = occurrences(Recurrence.parse(f"{text};COUNT={count}"), start, (start, last))
    assert counted == endless[:count]


RULES = st.sampled_from(
    [
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        "FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=-1,13,29,31;BYSETPOS=2,-3",
        "FREQ=MONTHLY;BYDAY=5TU,-1FR",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,60,-1",
        "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=SU,MO",
        "FREQ=YEARLY;BYMONTH=2,9;BYMONTHDAY=-1",
        "FREQ=WEEKLY;BYDAY=MO,WE,SU;BYSETPOS=1,-1",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;BYMONTH=1,6;BYSETPOS=-1;WKST=SU",
    ]
)


@given(RULES, STARTS, st.integers(1, 3_000), st.integers(0, 30))
def test_a_count_far_from_the_start_is_that_of_the_endless_rule(
    text: str, start: date, count: int, years: int
) -> None:
    """The last occurrence of a count is the one with that number among all dates of the rule."""
    last = date(min(start.year + years, 9999), 12, 31)
    endless = occurrences(Recurrence.parse(text), start, (start, last), horizon=40_000)
    window = (date(last.year, 1, 1), last)
    counted = occurrences(
        Recurrence.parse(f"{text};COUNT={count}"), start, window, budget=40_000, horizon=40_000
    )
    assert counted == tuple(day for day in endless[:count] if day >= window[0])


def test_the_end_of_the_calendar_ends_a_count() -> None:
    """A count that the calendar does not reach is that of the dates that are left, be it none."""
    start = date(9999, 12, 1)
    for text, days in (
        ("FREQ=WEEKLY;BYDAY=MO,SU;BYSETPOS=-1", "12-05 12-12 12-19 12-26 12-27"),
        ("FREQ=YEARLY;BYYEARDAY=-1", "12-31"),
        ("FREQ=MONTHLY;BYDAY=5TU,1MO", "12-06"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29", ""),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", ""),
        ("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29;BYSETPOS=1", ""),
    ):
        for count in (8, 9_000):
            rule = Recurrence.parse(f"{text};COUNT={count}")
            found = occurrences(rule, start, (start, date.max))
            assert " ".join(str(day)[5:] for day in found) == days


def test_all_series_of_a_rule_share_the_work_of_their_counts() -> None:
    """However many starts and windows there are, one cycle of the calendar is summed up."""
    cycle_sums.cache_clear()
    rule = Recurrence.parse("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1;COUNT=9000")
    for n in range(50):
        day = date(2300, 1, 1) + timedelta(days=n)
        occurrences(rule, date(1900, 1, 1) + timedelta(days=31 * n), (day, day))
    assert cycle_sums.cache_info().misses == 1
