"""Moments, days, times of day, lengths and zones: what is taken, and what is said of the rest."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.fields import Clock, Day, Instant, Length, Shape, Zone
from mic_core.fields.times import is_zone
from tests.fields.shapes import (
    BRUSSELS,
    NAIVE,
    DayOfMine,
    Moment,
    Span,
    Word,
    compiled,
    same,
    settled,
    told,
)

ZONED = "must be a date and time with a zone"
WITHIN = "must lie between the years 1 and 9999 in UTC"
HOUR = Length(timedelta(hours=1), timedelta(days=1))
ZONE = "must be the name of an IANA time zone"


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Instant(), datetime(2014, 9, 10, 18, tzinfo=UTC)),
        (Instant(), datetime.min.replace(tzinfo=UTC)),
        (Instant(), datetime.max.replace(tzinfo=UTC)),
        (Day(), date(2014, 9, 10)),
        (Day(), date.min),
        (Day(), date.max),
        (Clock(), time(18, 30)),
        (Clock(), time.max),
        (Length(), timedelta(microseconds=1)),
        (Length(), timedelta(days=36_525)),
        (HOUR, timedelta(hours=1)),
        (HOUR, timedelta(days=1)),
        (Zone(), "Europe/Brussels"),
        (Zone(), "UTC"),
    ],
)
def test_times_that_fit_are_kept(shape: Shape, value: object) -> None:
    """A canonical time, the bounds included, passes the quick test and stays as it is."""
    assert compiled(shape)(value)
    result, found = settled(shape, value)
    assert same(result, value)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "canonical"),
    [
        (
            Instant(),
            datetime(2014, 9, 10, 18, tzinfo=BRUSSELS),
            datetime(2014, 9, 10, 16, tzinfo=UTC),
        ),
        (
            Instant(),
            datetime(2014, 10, 26, 2, 30, tzinfo=BRUSSELS),
            datetime(2014, 10, 26, 0, 30, tzinfo=UTC),
        ),
        (
            Instant(),
            datetime(2014, 10, 26, 2, 30, tzinfo=BRUSSELS, fold=1),
            datetime(2014, 10, 26, 1, 30, tzinfo=UTC),
        ),
        (
            Instant(),
            datetime(2014, 9, 10, 18, 0, 1, 7, tzinfo=timezone(-timedelta(hours=2))),
            datetime(2014, 9, 10, 20, 0, 1, 7, tzinfo=UTC),
        ),
        (
            Instant(),
            datetime(2014, 9, 10, 18, tzinfo=UTC, fold=1),
            datetime(2014, 9, 10, 18, tzinfo=UTC),
        ),
        (
            Instant(),
            datetime(2014, 9, 10, 18, tzinfo=ZoneInfo("UTC")),
            datetime(2014, 9, 10, 18, tzinfo=UTC),
        ),
        (Instant(), Moment(2014, 9, 10, 18, tzinfo=UTC), datetime(2014, 9, 10, 18, tzinfo=UTC)),
        (Day(), DayOfMine(2014, 9, 10), date(2014, 9, 10)),
        (Clock(), time(2, 30, 1, 7, fold=1), time(2, 30, 1, 7)),
        (Length(), Span(days=1, seconds=2, microseconds=3), timedelta(1, 2, 3)),
        (Zone(), Word("Europe/Brussels"), "Europe/Brussels"),
    ],
)
def test_times_become_canonical(shape: Shape, value: object, canonical: object) -> None:
    """Moments are kept in UTC, and all times as values of the plain classes."""
    result, found = settled(shape, value)
    assert same(result, canonical)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "message"),
    [
        (
            Instant(),
            NAIVE,
            f"{ZONED}; had a date and time without a zone; give it a tzinfo, such as datetime.UTC",
        ),
        (Instant(), date(2014, 9, 10), f"{ZONED}; had a date"),
        (Instant(), "2014-09-10T18:00Z", f"{ZONED}; had text of 17 characters"),
        (Instant(), 1_410_364_800, f"{ZONED}; had a whole number"),
        (
            Instant(),
            datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
            f"{WITHIN}; had a date and time",
        ),
        (
            Instant(),
            datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=2))),
            f"{WITHIN}; had a date and time",
        ),
        (
            Instant(),
            datetime(2014, 3, 30, 2, 30, tzinfo=BRUSSELS),
            (
                "must exist in its zone, whose clocks skip it; had a date and time; "
                "give a time that they show"
            ),
        ),
        (
            Day(),
            datetime(2014, 9, 10, 18, tzinfo=UTC),
            "must be a date; had a date and time; give its day, local to the center",
        ),
        (Day(), "2014-09-10", "must be a date; had text of 10 characters"),
        (Day(), None, "must be a date; had nothing"),
        (
            Clock(),
            time(18, tzinfo=UTC),
            "must be a time of day without a zone; had time; leave its tzinfo out",
        ),
        (Clock(), "18:00", "must be a time of day without a zone; had text of 5 characters"),
        (
            Clock(),
            NAIVE,
            "must be a time of day without a zone; had a date and time without a zone",
        ),
        (
            Length(),
            timedelta(),
            "must be a timedelta above 0, at most 36525 days; had timedelta; it is too short",
        ),
        (
            Length(),
            timedelta(days=36_525, microseconds=1),
            "must be a timedelta above 0, at most 36525 days; had timedelta; it is too long",
        ),
        (Length(), 60, "must be a timedelta above 0, at most 36525 days; had a whole number"),
        (
            HOUR,
            timedelta(minutes=59),
            (
                "must be a timedelta of 1:00:00 or more, at most 1 days; had timedelta; "
                "it is too short"
            ),
        ),
        (
            Zone(),
            "Europe/Brussel",
            f"{ZONE}; had text of 14 characters; did you mean Europe/Brussels?",
        ),
        (Zone(), "Nowhere", f"{ZONE}; had text of 7 characters; write it like Europe/Brussels"),
        (Zone(), "localtime", f"{ZONE}; had text of 9 characters; write it like Europe/Brussels"),
        (
            Zone(),
            "../Europe/Brussels",
            f"{ZONE}; had text of 18 characters; write it like Europe/Brussels",
        ),
        (Zone(), UTC, f"{ZONE}; had timezone; write it like Europe/Brussels"),
    ],
)
def test_other_times_are_refused(shape: Shape, value: object, message: str) -> None:
    """An invalid time is reported with the rule, the type that was found, and a hint."""
    assert not compiled(shape)(value)
    assert told(shape, value) == [f"field: {message}"]


@given(st.datetimes(timezones=st.timezones()))
def test_moments_keep_their_instant(moment: datetime) -> None:
    """A moment of any zone is kept as the same instant in UTC, or refused with a reason."""
    result, found = settled(Instant(), moment)
    if found:
        assert found[0].rule.startswith(("must lie between", "must exist"))
    else:
        assert isinstance(result, datetime)
        assert result.tzinfo is UTC
        assert result.fold == 0
        offset = moment.utcoffset()
        assert offset is not None
        assert result.replace(tzinfo=None) == moment.replace(tzinfo=None, fold=0) - offset


def test_zones_are_those_of_the_database() -> None:
    """Every name that is taken is one that the standard library can load."""
    known = {name for name in available_timezones() if is_zone(name)}
    assert {"Europe/Brussels", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+1"} <= known
    assert all(ZoneInfo(name).key == name for name in known)
