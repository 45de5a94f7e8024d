"""Weekly hours, against the readings of a clock."""

import copy
import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.hours import DAY_MINUTES, WEEK_MINUTES, WeeklyHours
from mic_core.chrono.local import instant, local, zone
from mic_core.chrono.slot import Slot
from mic_core.errors import InvariantError, ParseError
from tests.chrono.times import near_changes

BRUSSELS = "Europe/Brussels"
QUARTER = 15
QUARTER_US = QUARTER * 60_000_000

RANGES = st.tuples(st.integers(0, WEEK_MINUTES // QUARTER - 1), st.integers(1, 150)).map(
    lambda pair: (pair[0] * QUARTER, min(WEEK_MINUTES, (pair[0] + pair[1]) * QUARTER))
)
HOURS = st.lists(RANGES, max_size=8).map(lambda ranges: WeeklyHours(tuple(ranges)))
ANY_MINUTE = st.lists(
    st.tuples(st.integers(0, WEEK_MINUTES - 1), st.integers(1, WEEK_MINUTES)).map(
        lambda pair: (pair[0], min(WEEK_MINUTES, pair[0] + pair[1]))
    ),
    max_size=8,
)


def _minutes(ranges: Any) -> set[int]:
    return {minute for start, end in ranges for minute in range(start, end)}


@given(ANY_MINUTE)
def test_ranges_are_sets_of_minutes(ranges: list[tuple[int, int]]) -> None:
    """Ranges are kept sorted and apart, and hold the minutes they were given."""
    hours = WeeklyHours(ranges)  # type: ignore[arg-type]  # a list is taken, and becomes a tuple
    assert _minutes(hours.ranges) == _minutes(ranges)
    assert all(a[1] < b[0] for a, b in pairwise(hours.ranges))
    assert WeeklyHours(hours.ranges) == hours


@given(ANY_MINUTE)
def test_the_notation_round_trips(ranges: list[tuple[int, int]]) -> None:
    """Reading what was written gives equal hours, and the same text again."""
    hours = WeeklyHours(tuple(ranges))
    again = WeeklyHours.parse(str(hours))
    assert again == hours
    assert hash(again) == hash(hours)
    assert str(again) == str(hours)


@given(HOURS)
def test_copies_of_hours_are_equal(hours: WeeklyHours) -> None:
    """Pickles and copies of hours are equal and cover the same."""
    for twin in (pickle.loads(pickle.dumps(hours)), copy.deepcopy(hours)):
        assert twin == hours
        assert (twin.starts, twin.ends) == (hours.starts, hours.ends)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Mo-Fr 09:00-18:00", "Mo-Fr 09:00-18:00"),
        ("Sa 10:00-16:00; Mo,We 18:00-21:00", "Mo,We 18:00-21:00; Sa 10:00-16:00"),
        ("  Mo 09:00-12:00, 13:00-17:00 ", "Mo 09:00-12:00,13:00-17:00"),
        ("Mo 09:00-12:00;Mo 12:00-13:00", "Mo 09:00-13:00"),
        ("Mo 09:00-12:00; Mo 11:00-13:00", "Mo 09:00-13:00"),
        ("Mo-Su", "Mo-Su"),
        ("24/7", "Mo-Su"),
        ("Mo-Su 00:00-24:00", "Mo-Su"),
        ("Mo-Su 00:00-00:00", "Mo-Su"),
        ("closed", "closed"),
        ("Sa-Mo", "Mo,Sa-Su"),
        ("Sa-Mo 22:00-02:00", "Mo,Sa-Su 22:00-02:00"),
        ("Mo-Mo 08:00-09:00", "Mo 08:00-09:00"),
        ("Mo 10:00-10:00", "Mo 10:00-10:00"),
        ("Fr 20:00-24:00; Sa", "Fr 20:00-24:00; Sa"),
        ("Su 20:00-24:00; Mo 00:00-06:00", "Su 20:00-06:00"),
        ("Su 08:00-24:00; Mo 00:00-20:00", "Mo 00:00-20:00; Su 08:00-24:00"),
        ("Mo-We,Fr", "Mo-We,Fr"),
        ("Mo 9:00-18:00", "Mo 09:00-18:00"),
        ("Mo 9:30-12:00,22:00-2:00", "Mo 09:30-12:00,22:00-02:00"),
        ("Mo 0:00-9:05", "Mo 00:00-09:05"),
        ("Mo 09:00-18:00;", "Mo 09:00-18:00"),
        (" Mo 9:00-18:00; Tu ; ", "Mo 09:00-18:00; Tu"),
        ("24/7;", "Mo-Su"),
        ("closed ;", "closed"),
    ],
)
def test_texts_have_one_canonical_form(text: str, canonical: str) -> None:
    """Texts that mean the same hours are written in the same way."""
    assert str(WeeklyHours.parse(text)) == canonical


def test_hours_are_closed_unless_told() -> None:
    """Hours without ranges cover nothing."""
    slot = Slot.at("2014-09-10", "00:00", timedelta(minutes=1), BRUSSELS)
    assert WeeklyHours() == WeeklyHours.parse("closed")
    assert not WeeklyHours().covers(slot)
    assert WeeklyHours().weekdays == ()


def test_a_night_belongs_to_the_day_it_starts() -> None:
    """The weekdays of hours are those that their text names."""
    assert WeeklyHours.parse("Fr-Su 20:00-02:00").weekdays == (4, 5, 6)
    assert WeeklyHours.parse("24/7").weekdays == (0, 1, 2, 3, 4, 5, 6)
    assert WeeklyHours.parse("Mo 10:00-24:00; Tu 00:00-12:00").weekdays == (0, 1)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (None, [""]),
        (5, [""]),
        ("x" * 2001, [""]),
        ("", ["[0]"]),
        (";", ["[0]"]),
        ("Mo 09:00-10:00;;", ["[1]"]),
        (";Mo 09:00-10:00", ["[0]"]),
        ("24/7;;", ["[0]", "[1]"]),
        ("mo 09:00-10:00", ["[0]"]),
        ("PH off", ["[0]", "[0]"]),
        ("Mo 9:0-10:00", ["[0]"]),
        ("Mo 009:00-10:00", ["[0]"]),
        ("Mo 24:00-25:00", ["[0]"]),
        ("Mo 10:00-24:30", ["[0]"]),
        ("Mo 09:00-10:00,", ["[0]"]),
        ("Mo 09:00", ["[0]"]),
        ("Mo, 09:00-10:00", ["[0]"]),
        ("Mo-We-Fr 09:00-10:00", ["[0]"]),
        ("Mo 0\u0669:00-10:00", ["[0]"]),
        ("Mo 09:00-10:00\n; Xx; Tu 9-5", ["[1]", "[2]"]),
    ],
)
def test_other_texts_are_refused(text: Any, paths: list[str]) -> None:
    """Every part that cannot be read is told at once, by its place and without its text."""
    with pytest.raises(ParseError) as caught:
        WeeklyHours.parse(text)
    assert [problem.path for problem in caught.value.problems] == paths
    assert "Xx" not in str(caught.value)


@given(st.text(alphabet="MoTuWeFrSa,-;: 0129/", max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Any text gives hours that round trip, or an error of our own."""
    try:
        hours = WeeklyHours.parse(text)
    except ParseError as error:
        assert error.problems
    else:
        assert WeeklyHours.parse(str(hours)) == hours


@pytest.mark.parametrize(
    "ranges",
    [
        None, "Mo-Fr", 5, [5], [(1,)], [(1, 2, 3)], [(2, 1)], [(1, 1)], [(-1, 5)],
        [(0, WEEK_MINUTES + 1)],
        [(0.0, 1)], [(False, 5)], [(0, True)], [("0", "1")], {(1, 2)},
    ],
)  # fmt: skip
def test_other_ranges_are_refused(ranges: Any) -> None:
    """A value that is no list of pairs of minutes in a week is refused."""
    with pytest.raises(InvariantError, match="must be pairs of minutes in a week"):
        WeeklyHours(ranges)


def _open_quarters(hours: WeeklyHours, first: int, last: int, name: str) -> list[bool]:
    """By the definition: whether each quarter of an hour from `first` on is open.

    It is when, for some range of some day, the clocks have shown its start or later by then, and
    will still show something before its end.
    """
    place = zone(name)
    margin = 26 * 4  # more than any clock jumps
    steps = (last - first) // QUARTER_US
    shown = [
        local(first + step * QUARTER_US, place).replace(tzinfo=None, fold=0)
        for step in range(-margin, steps + margin)
    ]
    monday = shown[0].date() - timedelta(days=shown[0].weekday() + 7)
    occurrences = [
        tuple(
            datetime.combine(monday, time()) + timedelta(minutes=week * WEEK_MINUTES + each)
            for each in pair
        )
        for week in range(4)
        for pair in hours.ranges
    ]
    quarters: list[bool] = []
    for step in range(steps):
        so_far = max(shown[step : step + margin + 1])
        from_now = min(shown[step + margin : step + 2 * margin])
        quarters.append(any(start <= so_far and from_now < end for start, end in occurrences))
    return quarters


@given(HOURS, near_changes, st.integers(0, 95), st.integers(1, 400))
def test_spans_follow_the_clocks_on_the_wall(
    hours: WeeklyHours, change: tuple[str, date], start: int, quarters: int
) -> None:
    """Hours are open from when clocks reach their start until they are past their end for good."""
    name, day = change
    first = instant(datetime.combine(day, time(), UTC)) + start * QUARTER_US
    last = first + quarters * QUARTER_US
    spans = list(hours.spans(first, last, zone(name)))
    found = [
        any(low <= first + step * QUARTER_US < high for low, high in spans)
        for step in range(quarters)
    ]
    assert found == _open_quarters(hours, first, last, name)
    assert all(first <= low < high <= last for low, high in spans)
    assert all(a[1] < b[0] for a, b in pairwise(spans))
    assert all((edge - first) % QUARTER_US == 0 for span in spans for edge in span)


@given(HOURS, near_changes, st.integers(0, 95), st.integers(1, 200), st.integers(0, 2))
def test_covering_a_slot_is_being_open_throughout(
    hours: WeeklyHours, change: tuple[str, date], start: int, quarters: int, off: int
) -> None:
    """Hours cover a slot exactly where they are open from its start to its end."""
    name, day = change
    first = instant(datetime.combine(day, time(), UTC)) + start * QUARTER_US
    last = first + quarters * QUARTER_US
    place = zone(name)
    inside = Slot(local(first + off, place), local(last - off, place))
    assert hours.covers(inside) == all(_open_quarters(hours, first, last, name))
    beyond = Slot(local(first, place), local(last + off, place))
    more = (off > 0) * QUARTER_US
    assert hours.covers(beyond) == all(_open_quarters(hours, first, last + more, name))


@given(HOURS, near_changes, st.integers(0, 4000), st.integers(0, 4000))
def test_windows_that_meet_make_one_window(
    hours: WeeklyHours, change: tuple[str, date], one: int, other: int
) -> None:
    """The spans of two windows that meet hold as much as those of both together."""
    name, day = change
    first = instant(datetime.combine(day, time(), UTC))
    middle = first + one * 60_000_000
    last = middle + other * 60_000_000
    place = zone(name)

    def total(low: int, high: int) -> int:
        return sum(end - start for start, end in hours.spans(low, high, place))

    assert total(first, middle) + total(middle, last) == total(first, last)


def test_a_skipped_opening_waits_for_the_clocks() -> None:
    """Opening at 02:30 on the night without it is opening when the clocks jump to 03:00."""
    hours = WeeklyHours.parse("Su 02:30-05:00")
    assert hours.covers(Slot.at("2014-03-30", "03:00", timedelta(hours=2), BRUSSELS))
    assert not hours.covers(Slot.at("2014-03-30", "01:59", timedelta(hours=2), BRUSSELS))


def test_hours_that_are_skipped_do_not_take_place() -> None:
    """A range within a gap, or on a day that a zone left out, is not open at all."""
    window = Slot.at("2014-03-29", "12:00", timedelta(days=1), BRUSSELS)
    hours = WeeklyHours.parse("Su 02:15-02:45")
    assert list(hours.spans(window.start_utc, window.end_utc, zone(BRUSSELS))) == []
    friday = WeeklyHours.parse("Fr")
    apia = Slot.at("2011-12-29", "12:00", timedelta(days=1), "Pacific/Apia")
    assert list(friday.spans(apia.start_utc, apia.end_utc, zone("Pacific/Apia"))) == []


def test_a_repeated_closing_is_the_second_one() -> None:
    """Closing at 02:30 on the night that has two of it is closing at the second."""
    start = datetime(2014, 10, 26, 1, tzinfo=zone(BRUSSELS))
    last = datetime(2014, 10, 26, 2, 30, tzinfo=zone(BRUSSELS), fold=1)
    hours = WeeklyHours.parse("Su 01:00-02:30")
    assert hours.covers(Slot(start, last))
    assert not hours.covers(Slot(start, last.replace(minute=31)))


def test_always_open_is_one_span() -> None:
    """Hours without a break are one span over months, also through both changes of clocks."""
    window = (
        instant(datetime(2014, 1, 1, tzinfo=UTC)),
        instant(datetime(2014, 12, 31, tzinfo=UTC)),
    )
    assert list(WeeklyHours.parse("24/7").spans(*window, zone(BRUSSELS))) == [window]


def test_spans_are_lazy() -> None:
    """The first span of a window of nine thousand years comes at once."""
    hours = WeeklyHours.parse("Mo-Fr 09:00-18:00")
    first = instant(datetime(2, 1, 1, tzinfo=UTC))
    last = instant(datetime(9999, 1, 1, tzinfo=UTC))
    start, end = next(hours.spans(first, last, UTC))
    assert end - start == 9 * 3_600_000_000


def test_an_empty_window_has_no_spans() -> None:
    """Nothing is open in a window that ends where it starts, or before."""
    hours = WeeklyHours.parse("24/7")
    assert list(hours.spans(5, 5, UTC)) == []
    assert list(hours.spans(5, 4, UTC)) == []


def test_the_ends_of_the_calendar_are_open_too() -> None:
    """Spans reach from the first to the last moment that UTC has."""
    window = (
        instant(datetime.min.replace(tzinfo=UTC)),
        instant(datetime.max.replace(tzinfo=UTC)),
    )
    opening = WeeklyHours.parse("24/7").spans(window[0], window[0] + DAY_MINUTES * 60_000_000, UTC)
    assert list(opening) == [(window[0], window[0] + DAY_MINUTES * 60_000_000)]
    closing = WeeklyHours.parse("24/7").spans(window[1] - 60_000_000, window[1], UTC)
    assert list(closing) == [(window[1] - 60_000_000, window[1])]


def test_spans_without_a_zone_are_refused() -> None:
    """A fixed offset has no weeks of its own, and instants have bounds."""
    hours = WeeklyHours.parse("24/7")
    with pytest.raises(InvariantError):
        list(hours.spans(0, 1, timezone(timedelta(hours=1))))
    with pytest.raises(InvariantError):
        list(hours.spans(0, 2**62, UTC))


@pytest.mark.parametrize(
    ("text", "day", "clock", "hours"),
    [
        ("Sa 20:00-04:00", "2014-10-25", "20:00", 9),
        ("Sa 20:00-04:00", "2014-03-29", "20:00", 7),
        ("Th-Su", "2014-10-23", "00:00", 97),
        ("Th-Su", "2014-03-27", "00:00", 95),
        ("Su 20:00-04:00", "2014-09-14", "20:00", 8),
    ],
)
def test_a_change_after_the_first_day_counts(text: str, day: str, clock: str, hours: int) -> None:
    """A night or a run of days into a change lasts an hour more or less, to the minute."""
    opening = WeeklyHours.parse(text)
    length = timedelta(hours=hours)
    assert opening.covers(Slot.at(day, clock, length, BRUSSELS))
    assert not opening.covers(Slot.at(day, clock, length + timedelta(minutes=1), BRUSSELS))


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("Sa 23:00-24:00", (2, 30), (5, 0), [((2, 30), (3, 30))]),
        ("Su 00:00-00:30", (2, 0), (3, 0), [((2, 30), (3, 0))]),
    ],
)
def test_a_change_back_into_the_day_before_is_followed(
    text: str, first: tuple[int, int], last: tuple[int, int], expected: list[Any]
) -> None:
    """St. John's went from 00:01 back to 23:01: both days are looked at from either side."""

    def at(clock: tuple[int, int]) -> int:
        return instant(datetime(2006, 10, 29, *clock, tzinfo=UTC))

    spans = WeeklyHours.parse(text).spans(at(first), at(last), zone("America/St_Johns"))
    assert list(spans) == [(at(low), at(high)) for low, high in expected]


def test_texts_of_two_thousand_characters_are_read() -> None:
    """A text of as many characters as any week needs is read, and one more is too many."""
    text = "Mo 09:00-10:00"
    assert WeeklyHours.parse(text.ljust(2_000)) == WeeklyHours.parse(text)
    with pytest.raises(ParseError, match="at most 2000 characters; had text of 2001 characters"):
        WeeklyHours.parse(text.ljust(2_001))


@given(st.integers(0, 9), st.integers(0, 59), st.sampled_from(["", ";", " ; "]))
def test_an_hour_of_one_digit_is_that_hour(hour: int, minute: int, after: str) -> None:
    """`9:05` is `09:05`, at either end of a range, and a last semicolon says nothing."""
    short, full = f"{hour}:{minute:02}", f"0{hour}:{minute:02}"
    for text in ("Mo {}-12:00", "Tu 23:00-{}", "We 11:00-12:00,{}-10:30"):
        assert WeeklyHours.parse(text.format(short) + after) == WeeklyHours.parse(text.format(full))


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("Mo 24:00-02:00", "24:00 is an end only: a start at midnight is 00:00 of the next day"),
        ("Mo 09:00-10:00, 24:00-25:00", "24:00 is an end only"),
        ("Mo 20:00-24:30", "24:00 is the latest end; an end after midnight counts from 00:00"),
        ("Mo 20:00-26:00", "as in 22:00-02:00"),
        ("Mo 9-5", "write hours and minutes as on a clock, such as 9:30 or 09:30"),
        ("Mo 09:00", "with a dash between"),
        ("Mo 09.00-10.00", "such as 9:30 or 09:30"),
    ],
)
def test_a_refused_time_is_explained(text: str, mend: str) -> None:
    """A time that no clock shows is refused with the form that says what may be meant."""
    with pytest.raises(ParseError) as caught:
        WeeklyHours.parse(text)
    assert mend in str(caught.value)
