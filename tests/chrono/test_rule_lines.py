"""Recurrences as other calendars write them: content lines, and times that a start places."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Recurrence, occurrences, zone
from mic_core.errors import InvariantError, ParseError
from tests.chrono.test_expansion import STARTS, rules
from tests.chrono.times import PLACES

BRUSSELS = zone("Europe/Brussels")
START = datetime(2014, 9, 10, 18, tzinfo=BRUSSELS)
FLOATING = START.replace(tzinfo=None)
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))
UNTILS = st.integers(-3 * 86_400, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@given(rules())
def test_a_prefix_says_nothing(rule: Recurrence) -> None:
    """A rule reads the same after `RRULE:`, in a file with lines, and folded."""
    for text in (
        f"RRULE:{rule}",
        f"\r\nRRULE:{rule}\r\n",
        f"RRULE:\r\n {rule}",
        f"RRULE:{rule}\n\n",
    ):
        assert Recurrence.parse(text) == rule


@given(STARTS, CLOCKS, st.sampled_from(PLACES), UNTILS, st.sampled_from(["DAILY", "WEEKLY"]))
def test_an_until_in_utc_is_the_instant_that_it_is(
    day: date, clock: time, name: str, after: timedelta, frequency: str
) -> None:
    """The dates of a rule are those whose occurrence is not after UNTIL, on any clocks."""
    place = zone(name)
    until = datetime.combine(day, clock, place).astimezone(UTC) + after
    text = f"FREQ={frequency};UNTIL={until:%Y%m%dT%H%M%SZ}"
    rule = Recurrence.parse(text, start=datetime.combine(day, clock, place))
    endless = Recurrence.parse(f"FREQ={frequency}")
    window = (day, day + timedelta(days=410))
    assert occurrences(rule, day, window) == tuple(
        each
        for each in occurrences(endless, day, window)
        if datetime.combine(each, clock, place).astimezone(UTC) <= until
    )


@given(STARTS, CLOCKS, UNTILS)
def test_a_floating_until_equals_dateutil(day: date, clock: time, after: timedelta) -> None:
    """A start without zone takes an UNTIL without zone, and ends where dateutil ends."""
    start = datetime.combine(day, clock)
    text = f"FREQ=DAILY;UNTIL={start + after:%Y%m%dT%H%M%S}"
    expected = tuple(moment.date() for moment in rrulestr(text, dtstart=start))
    assert occurrences(Recurrence.parse(text, start=start), day) == expected


@pytest.mark.parametrize(
    ("until", "start", "last"),
    [
        ("20141231T225959Z", START, "20141231"),
        ("20141231T170000Z", START, "20141231"),
        ("20141231T165959Z", START, "20141230"),
        ("20141231T235959Z", START.replace(hour=0), "20150101"),
        ("20141231", START, "20141231"),
        ("20141231", date(2014, 9, 10), "20141231"),
        ("20141231", None, "20141231"),
        ("20141231T180000", FLOATING, "20141231"),
        ("20141231T175959", FLOATING, "20141230"),
        ("20141231T225959Z", START.astimezone(UTC), "20141231"),
        ("99991231T235959Z", START, "99991231"),
        ("99991231T235959Z", START.astimezone(zone("America/New_York")), "99991231"),
        ("00010102T000000Z", START.astimezone(UTC), "00010101"),
    ],
)
def test_an_until_becomes_the_last_date_that_it_allows(until: str, start: Any, last: str) -> None:
    """An UNTIL in UTC becomes a local date by the clocks of the start, and a date stays."""
    rule = Recurrence.parse(f"FREQ=WEEKLY;UNTIL={until}", start=start)
    assert str(rule) == f"FREQ=WEEKLY;UNTIL={last}"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("RDATE:20140917,20141001", None),
        ("RDATE;VALUE=DATE:20141001,20140917", START),
        ("RDATE:20140917T160000Z\nRDATE:20141001T160000Z", START),
        ("RDATE;TZID=Europe/Brussels:20140917T180000,20141001T180000", START),
        ("RDATE;TZID=Europe/London:20140917T170000,20141001T170000", START),
        ("RDATE;VALUE=DATE-TIME:20140917T180000,20141001T180000", FLOATING),
    ],
)
def test_dates_alone_add_to_the_start(text: str, start: Any) -> None:
    """RDATE without a rule is the start and the dates listed, however they are written."""
    rule = Recurrence.parse(text, start=start)
    days = [date(2014, 9, 10), date(2014, 9, 17), date(2014, 10, 1)]
    assert occurrences(rule, START.date()) == tuple(days)
    without = Recurrence.parse(f"{text}\nEXDATE:20140910", start=start)
    assert occurrences(without, START.date()) == tuple(days[1:])


@given(rules(), STARTS, st.lists(st.integers(0, 500)), st.lists(st.integers(0, 500), min_size=1))
def test_lines_equal_dateutil(
    rule: Recurrence, day: date, extra: list[int], excluded: list[int]
) -> None:
    """A rule with lists of dates has the dates that dateutil reads from the same lines."""
    lines = [f"RRULE:{rule}"]
    for name, offsets in (("RDATE", extra), ("EXDATE", excluded)):
        lines += [f"{name}:{day + timedelta(days=each):%Y%m%dT180000}" for each in offsets]
    start = datetime.combine(day, time(18))
    by_dateutil = rrulestr("\n".join(lines), dtstart=start, forceset=True)
    assert isinstance(by_dateutil, rruleset)
    window = (day, day + timedelta(days=400))
    first, last = (datetime.combine(each, time(18)) for each in window)
    assert occurrences(Recurrence.parse("\n".join(lines), start=start), day, window) == tuple(
        moment.date() for moment in by_dateutil.between(first, last, inc=True)
    )


def test_a_time_that_the_clocks_skip_keeps_its_date() -> None:
    """A date listed in the zone of the start is that date, also where its time is skipped."""
    night = START.replace(hour=2, minute=30)
    rule = Recurrence.parse("RDATE;TZID=Europe/Brussels:20140330T023000", start=night)
    assert rule.extra == (date(2014, 3, 30),)


@pytest.mark.parametrize(
    ("text", "start", "path", "says"),
    [
        ("FREQ=DAILY;UNTIL=20141231T225959Z", None, "UNTIL", "give start with its time and zone"),
        ("FREQ=DAILY;UNTIL=20141231T225959Z", START.date(), "UNTIL", "such as 20141231"),
        ("FREQ=DAILY;UNTIL=20141231T225959Z", FLOATING, "UNTIL", "give start a tzinfo"),
        ("FREQ=DAILY;UNTIL=20141231T225959", START, "UNTIL", "end it with Z if it is in UTC"),
        ("FREQ=DAILY;UNTIL=20141231T240000Z", START, "UNTIL", "with the hour up to 23"),
        ("FREQ=DAILY;UNTIL=20141231T2259Z", START, "UNTIL", "had text of 14 characters"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", START, "UNTIL", "must not lie before the year 1"),
        ("RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", None, "RRULE", "make two series"),
        ("RRULE:FREQ=HOURLY\nRRULE:FREQ=WEEKLY", None, "RRULE", "make two series"),
        ("RRULE:FREQ=HOURLY", None, "FREQ", "give each time of day its own series"),
        ("RRULE:RRULE:FREQ=DAILY", None, "part 1", "must be NAME=VALUE"),
        ("RRULE:", None, "part 1", "had nothing"),
        ("RRULE;X-A=1:FREQ=DAILY", None, "RRULE", "must have no parameters"),
        ("rrule:FREQ=DAILY", None, "line 1", "must be RRULE, RDATE or EXDATE in capitals"),
        ("DTSTART:20140910T180000\nRRULE:FREQ=DAILY", None, "DTSTART", "give it as start"),
        ("RRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY", None, "EXRULE", "list its dates as EXDATE"),
        ("RRULE:FREQ=DAILY\nSUMMARY:Ada", None, "line 2", "had text of 11 characters"),
        ("EXDATE:20140910", None, "RRULE", "give an RRULE, such as RRULE:FREQ=WEEKLY, or an RDATE"),
        ("RDATE:20140230", None, "RDATE[0]", "must be a date that exists"),
        ("RDATE:", None, "RDATE[0]", "must be a date"),
        ("RDATE:20140910,x", None, "RDATE[1]", "had text of 1 characters"),
        ("RDATE:20140910T180000Z", None, "RDATE[0]", "such as 20141231"),
        ("RDATE:20140917T180000Z", START, "RDATE[0]", "must be at the time of day of the start"),
        ("RDATE:20140917T180000", START, "RDATE[0]", "must be in UTC or a date"),
        ("RDATE;TZID=Nowhere:20140917T180000", START, "RDATE[0]", "IANA"),
        ("RDATE;TZID=Asia/Tokyo:00010101T000000", START, "RDATE[0]", "years 1"),
        ("RDATE;VALUE=PERIOD:20140917T160000Z/PT3H", START, "RDATE", "list the dates alone"),
        ("EXDATE;X-A=1:20140917", START, "EXDATE", "must have no parameters but TZID"),
        ("RDATE;TZID=UTC;TZID=Asia/Tokyo:20140917T160000", START, "RDATE", "each once"),
        ("RDATE;TZID==UTC:20140917T160000", START, "line 1", "a colon and its value"),
        ("RRULE:FREQ=YEARLY;BYDAY=20MO", None, "BYDAY[0]", "name the month with BYMONTH"),
        ("RRULE:FREQ=MONTHLY;BYSETPOS=1", None, "BYSETPOS", "name the weekdays"),
    ],
)
def test_lines_are_refused_by_name(text: str, start: Any, path: str, says: str) -> None:
    """What cannot be placed or has no meaning for dates is refused by its name, with a mend."""
    with pytest.raises(ParseError) as refusal:
        Recurrence.parse(text, start=start)
    assert "Ada" not in str(refusal.value)
    assert any(problem.path == path and says in str(problem) for problem in refusal.value.problems)


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("2014-09-10", "start: must be a date"),
        (3, "start: must be a date"),
        (START.replace(tzinfo=timezone(timedelta(hours=2))), "does not say when clocks change"),
        (datetime(2014, 3, 30, 2, 30, tzinfo=BRUSSELS), "start: must occur"),
    ],
)
def test_a_start_that_places_nothing_is_refused(start: Any, says: str) -> None:
    """A start is a date, or a date and time that exists, without a zone or in a named one."""
    with pytest.raises(InvariantError, match=says):
        Recurrence.parse("FREQ=DAILY", start=start)


def test_a_recurrence_has_at_most_so_much_text() -> None:
    """Ten thousand dates are read, one more is refused by its line, and a longer text unread."""
    days = [date(2014, 1, 1) + timedelta(days=each) for each in range(10_001)]
    texts = [f"{day:%Y%m%d}" for day in days]
    assert len(Recurrence.parse(f"RDATE:{','.join(texts[:-1])}").extra) == 10_000
    with pytest.raises(ParseError, match="RDATE: must "):
        Recurrence.parse(f"RDATE:{','.join(texts)}")
    with pytest.raises(ParseError, match="had text of 200007 characters"):
        Recurrence.parse(f"RDATE:{'2' * 200_001}")


@given(
    st.text(alphabet="RDATEXULFQIZ:;=,\r\n \t0129TZWKY\x00é", max_size=80),
    st.sampled_from([None, START, FLOATING, START.date()]),
)
def test_any_lines_are_read_or_refused(text: str, start: Any) -> None:
    """Any text gives a recurrence or an error of our own, whatever the start is."""
    for attempt in (
        text,
        f"RDATE:{text}",
        f"RRULE:FREQ=DAILY;UNTIL={text}",
        f"EXDATE;TZID={text}:20140917",
    ):
        try:
            rule = Recurrence.parse(attempt, start=start)
        except ParseError as error:
            assert error.problems
        else:
            assert Recurrence.parse(str(rule)).frequency == rule.frequency
