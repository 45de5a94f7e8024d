"""Working days, against counting day by day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.hours import WeeklyHours
from mic_core.chrono.period import Period
from mic_core.chrono.workdays import add_working_days, is_working_day, working_days_between
from mic_core.errors import InvariantError

FIRST = date(2014, 9, 1)
DAYS = st.integers(0, 120).map(lambda ahead: FIRST + timedelta(days=ahead))
WEEKS = st.frozensets(st.integers(0, 6), min_size=1)


def _closure(start: date, length: int) -> Period:
    return Period(start, start + timedelta(days=length))


CLOSURES = st.lists(st.builds(_closure, DAYS, st.integers(1, 20)), max_size=5)
OFFICE = WeeklyHours.parse("Mo-Fr 09:00-18:00")


def _works(day: date, week: frozenset[int], closures: list[Period]) -> bool:
    return day.weekday() in week and not any(
        closure.start <= day < closure.end
        for closure in closures
        if closure.start is not None and closure.end is not None
    )


@given(DAYS, WEEKS, CLOSURES)
def test_a_day_works_on_open_weekdays(
    day: date, week: frozenset[int], closures: list[Period]
) -> None:
    """A working day is a working weekday outside of all closures."""
    assert is_working_day(day, week, closures) == _works(day, week, closures)
    assert working_days_between(day, day + timedelta(days=1), week, closures) == is_working_day(
        day, week, closures
    )


@given(DAYS, st.integers(-40, 40), WEEKS, CLOSURES)
def test_adding_is_stepping_day_by_day(
    day: date, n: int, week: frozenset[int], closures: list[Period]
) -> None:
    """The nth working day is the one that stepping finds, forward and back."""
    step = timedelta(days=1 if n > 0 else -1)
    found, left = day, abs(n)
    while left:
        found += step
        left -= _works(found, week, closures)
    assert add_working_days(day, n, week, closures) == found


@given(DAYS, DAYS, WEEKS, CLOSURES)
def test_between_is_counting_day_by_day(
    start: date, end: date, week: frozenset[int], closures: list[Period]
) -> None:
    """Working days between two days are those that counting finds, negative backwards."""
    low, high = min(start, end), max(start, end)
    days = (low + timedelta(days=ahead) for ahead in range((high - low).days))
    count = sum(_works(day, week, closures) for day in days)
    assert working_days_between(start, end, week, closures) == (count if start <= end else -count)


@given(DAYS, st.integers(1, 400_000), WEEKS, CLOSURES)
def test_adding_and_counting_are_inverse(
    day: date, n: int, week: frozenset[int], closures: list[Period]
) -> None:
    """There are n working days up to the nth one, however far it is."""
    after = day + timedelta(days=1)
    there = add_working_days(day, n, week, closures)
    assert is_working_day(there, week, closures)
    assert working_days_between(after, there + timedelta(days=1), week, closures) == n
    assert add_working_days(there + timedelta(days=1), -n, week, closures) > day


def test_hours_name_the_working_days() -> None:
    """A week of hours works on the days that its text names, so a night is one of them."""
    friday = date(2014, 9, 12)
    assert add_working_days(friday, 1, OFFICE) == date(2014, 9, 15)
    nights = WeeklyHours.parse("Fr 20:00-02:00")
    assert is_working_day(friday, nights)
    assert not is_working_day(friday + timedelta(days=1), nights)


def test_open_closures_never_end() -> None:
    """A closure without a start or an end goes on to the end of the calendar."""
    closures = [Period(end=date(2014, 1, 1)), Period(start=date(2015, 1, 1))]
    assert working_days_between(date.min, date.max, range(7), closures) == 365
    assert add_working_days(date(2020, 6, 1), -1, range(7), closures) == date(2014, 12, 31)
    assert add_working_days(date(2000, 6, 1), 1, range(7), closures) == date(2014, 1, 1)


def test_the_ends_of_the_calendar_count() -> None:
    """Counting reaches the first and the last day there are, and no further."""
    last = add_working_days(date.max - timedelta(days=1), 1, range(7))
    assert last == date.max
    assert add_working_days(date.min + timedelta(days=1), -1, range(7)) == date.min
    for day, n in ((date.max, 1), (date.min, -1), (FIRST, 3_652_059), (FIRST, -3_652_059)):
        with pytest.raises(InvariantError, match="must lead to a working day"):
            add_working_days(day, n, range(7))


def test_a_week_without_working_days_leads_nowhere() -> None:
    """Without working days there is none to count or to reach."""
    assert working_days_between(FIRST, date.max, ()) == 0
    assert add_working_days(FIRST, 0, ()) == FIRST
    with pytest.raises(InvariantError, match="had 1"):
        add_working_days(FIRST, 1, WeeklyHours())


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        (("2014-09-01", 1, range(7)), ["day"]),
        ((datetime(2014, 9, 1, tzinfo=UTC), 1.5, range(7)), ["day", "n"]),
        ((FIRST, True, range(7)), ["n"]),
        ((FIRST, 1, ("Mo", 7, True)), ["week[0]", "week[1]", "week[2]"]),
    ],
)
def test_what_cannot_be_counted_is_refused(values: tuple[Any, Any, Any], paths: list[str]) -> None:
    """Arguments that are no date, number of days or weekday are all reported at once."""
    with pytest.raises(InvariantError) as caught:
        add_working_days(*values)
    assert [problem.path for problem in caught.value.problems] == paths
