"""Periods of whole local days, against sets of days."""

import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.local import local, zone
from mic_core.chrono.period import Period, instant_of_minute
from mic_core.errors import InvariantError
from tests.chrono.times import near_changes

FIRST = date(2014, 9, 1)
TEXT: Any = "2014-09-01"
FLOAT: Any = 2014.0
DAYS = [FIRST + timedelta(days=ahead) for ahead in range(12)]


def _period(pair: tuple[int | None, int | None]) -> Period:
    start, end = pair
    return Period(None if start is None else DAYS[start], None if end is None else DAYS[end])


def _is_sound(pair: tuple[int | None, int | None]) -> bool:
    start, end = pair
    return start is None or end is None or start < end


SIDES = st.none() | st.integers(1, 10)
PERIODS = st.tuples(SIDES, SIDES).filter(_is_sound).map(_period)


def _held(period: Period) -> set[date]:
    """The days of a period among the twelve that are looked at."""
    return {
        day
        for day in DAYS
        if (period.start is None or day >= period.start)
        and (period.end is None or day < period.end)
    }


@given(PERIODS, PERIODS)
def test_periods_are_sets_of_days(one: Period, other: Period) -> None:
    """Holding, overlapping and intersecting agree with sets of days."""
    shared = _held(one) & _held(other)
    assert {day for day in DAYS if one.contains(day)} == _held(one)
    assert one.overlaps(other) == bool(shared) == other.overlaps(one)
    both = one.intersection(other)
    assert (_held(both) if both else set()) == shared
    assert both == other.intersection(one)
    if both and both.length is not None:
        assert both.length == len(shared)


def test_calendar_periods_have_their_length() -> None:
    """Years, months and runs of days end on the first day outside of them."""
    assert Period.year(2014) == Period(date(2014, 1, 1), date(2015, 1, 1))
    assert Period.year(2016).length == 366
    assert Period.month(2014, 12) == Period(date(2014, 12, 1), date(2015, 1, 1))
    assert Period.month(2016, 2).length == 29
    assert Period.days(FIRST, FIRST).length == 1
    assert Period.year(9998).end == date(9999, 1, 1)


def test_open_sides_have_no_length() -> None:
    """A period without a start or an end has no length."""
    assert Period().length is None
    assert Period(start=FIRST).length is None
    assert Period(end=FIRST).length is None


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (Period(), "always"),
        (Period(end=date(2014, 9, 1)), "until Sun 31 Aug 2014"),
        (Period(start=date(2014, 9, 1)), "from Mon 1 Sep 2014"),
        (Period.month(2014, 9), "Mon 1 Sep 2014 to Tue 30 Sep 2014"),
    ],
)
def test_periods_are_written_with_their_last_day(period: Period, text: str) -> None:
    """The text of a period names its first and last days."""
    assert str(period) == text


@pytest.mark.parametrize(
    ("make", "paths"),
    [
        (lambda: Period(FIRST, FIRST), ["end"]),
        (lambda: Period(DAYS[3], FIRST), ["end"]),
        (lambda: Period(TEXT, datetime(2014, 9, 1, tzinfo=UTC)), ["start", "end"]),
        (lambda: Period.year(0), ["year"]),
        (lambda: Period.year(9999), ["year"]),
        (lambda: Period.year(True), ["year"]),
        (lambda: Period.month(FLOAT, 13), ["year", "month"]),
        (lambda: Period.days(TEXT, datetime(2014, 9, 1, tzinfo=UTC)), ["first", "last"]),
        (lambda: Period.days(DAYS[1], FIRST), ["last"]),
        (lambda: Period.days(FIRST, date.max), ["last"]),
    ],
)
def test_what_is_no_period_is_refused(make: Any, paths: list[str]) -> None:
    """Every problem of a period is told at once, with its field."""
    with pytest.raises(InvariantError) as caught:
        make()
    assert [problem.path for problem in caught.value.problems] == paths


def test_the_last_day_of_the_calendar_is_shared() -> None:
    """Periods that meet only on 9999-12-31 do overlap."""
    last = Period(start=date.max)
    assert last.intersection(Period()) == last
    assert last.contains(date.max)


def test_a_subclass_of_date_becomes_a_date() -> None:
    """A period keeps plain dates only."""

    class Stamp(date):
        pass

    assert type(Period(Stamp(2014, 9, 1)).start) is date


@given(PERIODS)
def test_copies_of_periods_are_equal(period: Period) -> None:
    """Pickles and copies of a period are equal to it and hash alike."""
    for twin in (pickle.loads(pickle.dumps(period)), copy.deepcopy(period)):
        assert twin == period
        assert hash(twin) == hash(period)


def test_a_period_begins_when_its_clocks_do() -> None:
    """A day starts at its first instant: after a skipped midnight, at the first of two."""
    havana, apia = zone("America/Havana"), zone("Pacific/Apia")
    start, end = Period(date(2014, 3, 9), date(2014, 3, 10)).within(havana)
    assert start is not None
    assert end is not None
    assert str(local(start, havana)) == "2014-03-09 01:00:00-04:00"
    assert end - start == 23 * 3_600_000_000
    skipped = Period.days(date(2011, 12, 30), date(2011, 12, 30)).within(apia)
    assert skipped[0] == skipped[1]
    assert Period().within(havana) == (None, None)


def test_a_midnight_within_a_gap_is_where_the_clocks_jump() -> None:
    """Toronto went from 23:30 to 00:30 in 1919: that day begins at 00:30, not at 01:00."""
    toronto = zone("America/Toronto")
    start, _ = Period(start=date(1919, 3, 31)).within(toronto)
    assert start is not None
    assert str(local(start, toronto)) == "1919-03-31 00:30:00-04:00"
    assert str(local(start - 1, toronto)) == "1919-03-30 23:29:59.999999-05:00"


@given(near_changes, st.integers(0, 1440), st.booleans())
def test_minutes_are_reached_when_the_clocks_say_so(
    change: tuple[str, date], minute: int, second: bool
) -> None:
    """A minute is reached at the first instant that shows it or later, or at the last one."""
    name, day = change
    place = zone(name)
    at = instant_of_minute(day, minute, place, "second" if second else "first")
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)

    def shown(us: int) -> datetime:
        return local(us, place).replace(tzinfo=None, fold=0)

    assert shown(at) >= wall > shown(at - 1) or (second and shown(at) == wall)
    step = 900_000_000
    nearby = range(0, 100 * step, step)
    if second:
        assert all(shown(at + later) >= wall for later in nearby)
    else:
        assert all(shown(at - 1 - earlier) < wall for earlier in nearby)


def test_the_last_midnight_of_the_calendar_is_reached() -> None:
    """24:00 on 9999-12-31 is a minute after 23:59, though no clock shows it."""
    last = instant_of_minute(date.max, 1439, UTC)
    assert instant_of_minute(date.max, 1440, UTC) == last + 60_000_000


def test_24_00_is_the_midnight_that_follows() -> None:
    """24:00 of a day of change is 00:00 of the next."""
    brussels = zone("Europe/Brussels")
    day = date(2014, 10, 26)
    assert instant_of_minute(day, 1440, brussels) == instant_of_minute(
        day + timedelta(days=1), 0, brussels
    )
    assert (
        instant_of_minute(day, 1440, brussels) - instant_of_minute(day, 0, brussels)
        == 25 * 3_600_000_000
    )
