"""Rules about hours and days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot, WeeklyHours, intersection
from mic_core.chrono.local import local, zone
from mic_core.model import Center, Noun
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule, Span, Within
from mic_core.scheduling.evaluation.conflicts import conflicts, outside
from mic_core.scheduling.rules.hours import Closures, EditionPeriod, OpeningHours, PreferredTimes
from mic_core.scheduling.rules.selection import Only
from mic_core.testing.times import slots, weekly_hours
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import DAY, MIC, edition, session, slot

OPEN = attrs.evolve(MIC, opening_hours=WeeklyHours.parse("Mo-Fr 09:00-18:00; Sa 10:00-16:00"))


def _told(rule: ScheduleRule, *nouns: Noun) -> list[str]:
    timetable = timetable_of(Portfolio.of(*nouns))
    return [each.finding(rule.entry, "error").message for each in conflicts(rule, timetable)]


def test_a_session_before_the_center_opens_is_found() -> None:
    """The finding says when it is, and when the center is open."""
    assert _told(OpeningHours(), OPEN, session("a", "08:30")) == [
        (
            "session:a is on Wed 10 Sep 2014 08:30-09:30 Europe/Brussels, and center:mic is open "
            "Mo-Fr 09:00-18:00; Sa 10:00-16:00"
        )
    ]


@pytest.mark.parametrize(
    ("start", "minutes", "day", "right"),
    [
        ("09:00", 540, "2014-09-10", True),
        ("09:00", 541, "2014-09-10", False),
        ("08:59", 60, "2014-09-10", False),
        ("15:00", 60, "2014-09-13", True),
        ("15:30", 60, "2014-09-13", False),
        ("12:00", 60, "2014-09-14", False),
        ("12:00", 1500, "2014-09-10", False),
    ],
)
def test_opening_hours_hold_their_bounds(start: str, minutes: int, day: str, right: bool) -> None:
    """From the first minute to the last one a session is right, one minute more is not."""
    one = session("a", slot(start, minutes, day=day))
    assert (_told(OpeningHours(), OPEN, one) == []) is right


def test_a_center_without_hours_is_always_open() -> None:
    """No stated hours, no center at all, or no slot: nothing to find."""
    night = session("a", "03:00")
    assert _told(OpeningHours(), MIC, night) == []
    assert _told(OpeningHours(), night) == []
    assert _told(OpeningHours(), OPEN, session("a", None)) == []


def test_opening_hours_are_those_of_the_clocks_of_the_center() -> None:
    """A slot on other clocks is judged by those of the center, in summer and in winter."""
    in_time = slot("07:00", day="2014-10-24", place="UTC")
    late = slot("07:00", day="2014-10-27", place="UTC")  # clocks went back on 26 October
    assert _told(OpeningHours(), OPEN, session("a", in_time)) == []
    assert len(_told(OpeningHours(), OPEN, session("a", late))) == 1


def test_a_night_that_is_open_holds_a_session_past_midnight() -> None:
    """Hours that touch at midnight are one stretch."""
    bar = attrs.evolve(MIC, opening_hours=WeeklyHours.parse("We 20:00-24:00; Th 00:00-02:00"))
    assert _told(OpeningHours(), bar, session("a", "22:00", 240)) == []
    assert len(_told(OpeningHours(), bar, session("a", "22:00", 241))) == 1


HOLIDAYS = attrs.evolve(
    MIC, closures=(Period.days(date(2014, 12, 24), date(2015, 1, 2)), Period(date(2016, 1, 1)))
)


def test_a_session_on_a_holiday_is_found() -> None:
    """The finding names the closure."""
    one = session("a", slot("09:00", day="2014-12-26"))
    assert _told(Closures(), HOLIDAYS, one) == [
        (
            "session:a is on Fri 26 Dec 2014 09:00-10:00 Europe/Brussels, and center:mic is closed "
            "Wed 24 Dec 2014 to Fri 2 Jan 2015"
        )
    ]


@pytest.mark.parametrize(
    ("start", "minutes", "day", "right"),
    [
        ("23:00", 60, "2014-12-23", True),
        ("23:00", 61, "2014-12-23", False),
        ("00:00", 60, "2015-01-03", True),
        ("23:59", 60, "2015-01-02", False),
        ("09:00", 60, "2030-01-01", False),
    ],
)
def test_closures_hold_their_bounds(start: str, minutes: int, day: str, right: bool) -> None:
    """A closure begins and ends at midnight on the clocks of the center; one may never end."""
    one = session("a", slot(start, minutes, day=day))
    assert (_told(Closures(), HOLIDAYS, one) == []) is right


def test_a_center_without_closures_never_closes() -> None:
    """Nothing is found where nothing is closed."""
    assert _told(Closures(), MIC, session("a", slot("09:00", day="2014-12-26"))) == []


def test_each_closure_that_a_session_meets_is_named() -> None:
    """Closures that only touch the session are not named."""
    days = (date(2014, 9, n) for n in (8, 9, 10, 11))
    center = attrs.evolve(MIC, closures=tuple(Period.days(each, each) for each in days))
    night = session("a", slot("00:00", 48 * 60, day="2014-09-09"))
    (told_once,) = _told(Closures(), center, night)
    both = "Tue 9 Sep 2014, Wed 10 Sep 2014"
    assert told_once.endswith(f"center:mic is closed {both}")


def test_of_many_closures_a_few_are_named() -> None:
    """A finding does not grow with the closures that share its day."""
    many = tuple(Period.days(date(2014, 9, 10), date(2014, 9, day)) for day in range(10, 30))
    (told_once,) = _told(Closures(), attrs.evolve(MIC, closures=many), session("a", slot("09:00")))
    assert told_once.count("Wed 10 Sep 2014") == 1 + 5  # its own day, and five closures


AUTUMN = edition(period=Period.days(date(2014, 9, 10), date(2014, 12, 17)))


@pytest.mark.parametrize(
    ("start", "day", "right"),
    [
        ("00:00", "2014-09-10", True),
        ("23:30", "2014-09-09", False),
        ("23:00", "2014-12-17", True),
        ("23:30", "2014-12-17", False),
        ("09:00", "2015-12-17", False),
    ],
)
def test_a_session_lies_in_the_period_of_its_edition(start: str, day: str, right: bool) -> None:
    """The first and the last day belong to the period, from midnight to midnight."""
    one = session("a", slot(start, day=day), edition_id="e")
    assert (_told(EditionPeriod(), MIC, AUTUMN, one) == []) is right


def test_an_edition_outside_its_period_is_told() -> None:
    """The finding names the edition and when it runs."""
    one = session("a", slot("09:00", day="2014-09-09"), edition_id="e")
    assert _told(EditionPeriod(), MIC, AUTUMN, one) == [
        (
            "session:a is on Tue 9 Sep 2014 09:00-10:00 Europe/Brussels, and edition:e runs "
            "Wed 10 Sep 2014 to Wed 17 Dec 2014"
        )
    ]


def test_an_edition_that_nobody_knows_has_no_period() -> None:
    """Without the edition or its center there is nothing to hold a session against."""
    one = session("a", slot("09:00", day="2030-09-09"), edition_id="e")
    assert _told(EditionPeriod(), MIC, one) == []
    assert _told(EditionPeriod(), edition(center_id="gone"), one) == []


def test_preferred_times_cost_softly() -> None:
    """A session outside the preferred hours is an info, and only there."""
    evenings = PreferredTimes(hours=WeeklyHours.parse("Mo-Fr 18:00-22:00"))
    assert evenings.entry.severity == "info"
    assert _told(evenings, MIC, session("a", "18:00", 240)) == []
    assert _told(evenings, MIC, session("a", "17:59")) == [
        (
            "session:a is on Wed 10 Sep 2014 17:59-18:59 Europe/Brussels; preferred are "
            "Mo-Fr 18:00-22:00"
        )
    ]
    assert _told(evenings, session("a", "17:59")) == []


RULES: list[Callable[..., ScheduleRule]] = [OpeningHours, Closures, EditionPeriod]


@pytest.mark.parametrize("rule", RULES)
def test_only_selected_sessions_count(rule: Callable[..., ScheduleRule]) -> None:
    """Each rule of hours leaves out what is not selected."""
    center = attrs.evolve(OPEN, closures=HOLIDAYS.closures)
    one = session("a", slot("04:00", day="2014-12-26"), edition_id="e")
    world = (center, AUTUMN, one)
    assert len(_told(rule(), *world)) == 1
    assert _told(rule(where=Only(kind="talk")), *world) == []


@pytest.mark.parametrize("rule", RULES)
def test_the_ends_of_the_calendar_are_asked_in_peace(rule: Callable[..., ScheduleRule]) -> None:
    """Sessions in the years 1 and 9999 are judged without an error, whatever is between them."""
    ends = [
        session(id, Slot(start, start + timedelta(minutes=30)), edition_id="e")
        for id, start in (
            ("first", datetime(1, 1, 1, 0, 10, tzinfo=UTC)),
            ("early", datetime(1, 1, 3, 10, tzinfo=UTC)),
            ("late", datetime(9999, 12, 29, 10, tzinfo=UTC)),
            ("last", datetime(9999, 12, 31, 23, tzinfo=UTC)),
        )
    ]
    for place in ("Pacific/Kiritimati", "America/New_York"):
        center = attrs.evolve(
            OPEN,
            time_zone=place,
            opening_hours=WeeklyHours.parse("24/7"),
            closures=HOLIDAYS.closures,
        )
        lines = _told(rule(), center, AUTUMN, *ends)
        named = {line.partition(" ")[0].partition(":")[2] for line in lines}
        assert named <= {each.id for each in ends}


def _naive(span: Span, timetable: Timetable) -> list[int]:
    """Each session by itself: whether what is open during it is all of it."""
    listed: list[int] = []
    for n in span.sessions:
        start, end = timetable.starts[n], timetable.ends[n]
        if timetable.slots[n] is not None:
            within = intersection(span.intervals(start, end), [(start, end)])
            if within != ((start, end),):
                listed.append(n)
    return listed


@given(
    hours=weekly_hours(),
    listed=st.lists(slots(), max_size=6),
    place=st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe"]),
)
def test_hours_are_read_in_one_sweep(hours: WeeklyHours, listed: list[Slot], place: str) -> None:
    """Asking for all sessions at once finds what asking for each by itself finds."""
    center = Center(id="mic", name="MIC", country="BE", time_zone=place, opening_hours=hours)
    timetable = timetable_of(
        Portfolio.of(center, *(session(f"s{n}", each) for n, each in enumerate(listed)))
    )
    (term,) = OpeningHours().terms(timetable)
    assert isinstance(term, Within)
    for span in term.spans:
        assert sorted(n for n, _ in outside(span, timetable)) == _naive(span, timetable)
        inside = [each for each in listed if 1 < each.start.year < 9999]
        for n, each in ((listed.index(each), each) for each in inside):
            there = Slot(*(local(at, zone(place)) for at in (each.start_utc, each.end_utc)))
            assert (n in _naive(span, timetable)) is not hours.covers(there)


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 3)), max_size=4),
    st.lists(
        st.tuples(st.integers(0, 24 * 90), st.sampled_from([1, 1, 30, 200, 900, 2400])), max_size=6
    ),
    st.sampled_from(["24/7", "Mo-Fr", "Mo-Su 06:00-24:00", "Sa-Su 00:00-06:00", "closed"]),
)
def test_sessions_of_any_length_lie_within_the_time_that_is_open(
    closures: list[tuple[int, int]], times: list[tuple[int, int]], notation: str
) -> None:
    """A session is outside if a closure overlaps it, or if no open interval holds it."""
    hours = WeeklyHours.parse(notation)
    days = tuple(
        Period.days(DAY + timedelta(days=first), DAY + timedelta(days=first + more))
        for first, more in closures
    )
    center = attrs.evolve(MIC, closures=days, opening_hours=hours)
    begin = slot("00:00").start_utc
    listed = [
        session(f"s{n}", Slot(local(begin + first * HOUR, BRUSSELS),
                              local(begin + (first + length) * HOUR, BRUSSELS)))
        for n, (first, length) in enumerate(times)
    ]  # fmt: skip
    timetable = timetable_of(Portfolio.of(center, *listed))
    closed, shut = set[int](), set[int]()
    for n, each in enumerate(timetable.slots):
        assert each is not None
        whole = (each.start_utc, each.end_utc)
        if any(day.start_utc < whole[1] and whole[0] < day.end_utc for day in map(_as_slot, days)):
            closed.add(n)
        if [*hours.spans(*whole, BRUSSELS)] != [whole]:
            shut.add(n)
    for rule, expected in ((Closures(), closed), (OpeningHours(), shut)):
        breaches = [*conflicts(rule, timetable)]
        assert {n for breach in breaches for n in breach.sessions} == expected
        assert len(breaches) == len(expected)


@pytest.mark.parametrize(("day", "count"), [(1, 1), (10, 1), (19, 1), (21, 0)])
def test_a_gap_anywhere_in_a_long_session_is_found(day: int, count: int) -> None:
    """A closure counts at the beginning, in the middle and at the end of twenty days, not after."""
    closed = Period.days(DAY + timedelta(days=day), DAY + timedelta(days=day))
    center = attrs.evolve(MIC, closures=(closed,))
    assert len(_told(Closures(), center, session("a", "09:00", 20 * 24 * 60))) == count


def test_hours_with_many_ranges_are_queried_anew_for_a_later_session() -> None:
    """Sessions days apart are judged by the ranges around them, of hundreds between them."""
    turns = ",".join(f"{hour:02}:00-{hour:02}:50" for hour in range(24))
    center = attrs.evolve(MIC, opening_hours=WeeklyHours.parse(f"Mo-Su {turns}"))
    listed = [
        session(f"s{n}", slot(start, 50, day=DAY + timedelta(days=6 * n)))
        for n, start in enumerate(["09:00", "09:00", "09:01", "10:00"])
    ]
    assert [each[:10] for each in _told(OpeningHours(), center, *listed)] == ["session:s2"]


def _as_slot(period: Period) -> Slot:
    """A period of days in Brussels."""
    low, high = period.within(BRUSSELS)
    assert low is not None
    assert high is not None
    return Slot(local(low, BRUSSELS), local(high, BRUSSELS))


BRUSSELS = zone("Europe/Brussels")
HOUR = 3_600_000_000
"""Microseconds in an hour."""
