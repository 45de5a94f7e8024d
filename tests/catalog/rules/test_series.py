"""Series: which starts are occurrences, and which occurrences lack a session."""

from datetime import UTC, date, datetime, time, timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.catalog.fixes.fix import fixes
from mic_core.catalog.rules.series import (
    MISSING_OCCURRENCE,
    SERIES_RULES,
    is_occurrence,
    starts_between,
)
from mic_core.chrono import Recurrence, occurrences
from mic_core.chrono.local import instant, local, resolve, zone
from mic_core.model import Center, Headcount, Series, Session
from mic_core.portfolio import Portfolio

ZONES = ("Africa/Casablanca", "Europe/Brussels", "Australia/Lord_Howe", "Pacific/Apia")
FIRST = date(2011, 12, 20)


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
def test_starts_are_the_days_of_the_rule_at_its_time(case: tuple[Series, str], ahead: int) -> None:
    """Each day of the recurrence starts at the time of the series on the local clocks."""
    series, name = case
    low = FIRST + timedelta(days=ahead)
    high = low + timedelta(days=40)
    expected = [
        (
            day,
            instant(
                resolve(day, series.starts_at, zone(name), nonexistent="later", ambiguous="first")
            ),
        )
        for day in occurrences(series.recurrence, FIRST, (low, high))
    ]
    assert list(starts_between(series, zone(name), low, high)) == expected


def test_starts_over_many_years_leave_no_day_out() -> None:
    """However long a daily series goes on, each day has its start, and has it once."""
    daily = Series(
        id="w", center_id="c", title="Evening", recurrence=Recurrence(frequency="daily"),
        first_on=FIRST, starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    found = [day for day, _ in starts_between(daily, UTC, FIRST, FIRST + timedelta(days=6_500))]
    assert found == [FIRST + timedelta(days=n) for n in range(6_501)]


@given(series_in_places(), st.integers(0, 1100), st.integers(-1, 1))
def test_an_occurrence_is_one_of_the_starts(
    case: tuple[Series, str], ahead: int, minutes: int
) -> None:
    """Exactly the starts are occurrences, also where clocks skip a start or show it twice."""
    series, name = case
    place = zone(name)
    around = FIRST + timedelta(days=ahead)
    every = dict(starts_between(series, place, around - timedelta(3), around + timedelta(3)))
    for start in every.values():
        moved = start + minutes * 60_000_000
        moment = local(moved, UTC)
        assert is_occurrence(series, place, moment) == (moved in every.values())


def test_a_far_window_is_covered_in_pieces() -> None:
    """More than ten years between two occurrences are no problem."""
    yearly = Series(
        id="w", center_id="c", title="Party", recurrence=Recurrence(frequency="yearly"),
        first_on=date(1990, 5, 1), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    found = list(starts_between(yearly, UTC, date(1990, 1, 1), date(2030, 12, 31)))
    assert [day.year for day, _ in found] == list(range(1990, 2031))


@given(st.sets(st.integers(0, 9)))
def test_what_is_missing_lies_between_what_was_made(made: set[int]) -> None:
    """Missing are the occurrences between the first and the last session that have none."""
    series = Series(
        id="w", center_id="c", title="Evening", recurrence=Recurrence(frequency="daily"),
        first_on=date(2014, 10, 20), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    starts = [
        local(start, UTC)
        for _, start in starts_between(
            series, zone("Europe/Brussels"), date(2014, 10, 20), date(2014, 10, 29)
        )
    ]
    sessions = [
        Session(
            id=f"s-{n}", center_id="c", title="Evening", length=series.length, series_id="w",
            original_start=starts[n],
        )
        for n in made
    ]  # fmt: skip
    portfolio = Portfolio.of(center, series, *sessions)
    found = [dict(each.facts)["day"] for each in MISSING_OCCURRENCE.find(portfolio, None)]
    between = range(min(made, default=0), max(made, default=0))
    assert found == [str(date(2014, 10, 20 + n)) for n in between if n not in made]


def test_each_missing_occurrence_is_made_by_itself() -> None:
    """Of two evenings that lack a session, the fix of one leaves the other one to be mended."""
    weekly = Series(
        id="w", center_id="c", title="Evening",
        recurrence=Recurrence(frequency="weekly", weekdays=("SU",)),
        first_on=date(2014, 10, 12), starts_at=time(2, 30), length=timedelta(hours=2),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    made = tuple(
        Session(
            id=f"s-{n}", center_id="c", title="Evening", length=weekly.length, series_id="w",
            original_start=datetime(2014, *when, tzinfo=UTC),
        )
        for n, when in enumerate([(10, 12, 0, 30), (11, 2, 1, 30)])
    )  # fmt: skip
    portfolio = Portfolio.of(center, weekly, *made)
    first, second = check(portfolio).of("missing-occurrence")
    (fix,) = fixes(portfolio, second)
    assert fix.report.of("missing-occurrence") == (first,)
    (session,) = fix.changes
    assert isinstance(session, Session)
    assert session.slot is not None
    assert str(session.slot) == "Sun 26 Oct 2014 02:30 (first)-03:30 Europe/Brussels"
    assert session.slot.length == weekly.length


def test_an_occurrence_of_no_series_is_left_to_references() -> None:
    """Nothing more is said of a session whose series is not there."""
    lost = Session(
        id="s", center_id="c", title="Evening", length=timedelta(hours=1), series_id="w",
        original_start=datetime(2014, 9, 9, 16, tzinfo=UTC),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    report = check(Portfolio.of(center, lost))
    assert [each.path for each in report.of("dangling-reference")] == ["series_id"]
    assert {each.code for each in report.findings} == {"dangling-reference", "unplaced"}


def test_a_changed_rule_leaves_history_alone() -> None:
    """After a change of rule, what was attended is kept as it is, what is planned is a stray."""
    tuesday = datetime(2014, 9, 9, 16, tzinfo=UTC)
    sessions = tuple(
        Session(
            id=f"s-{n}", center_id="c", title="Evening", length=timedelta(hours=1),
            series_id="w", original_start=tuesday + timedelta(days=7 * n),
        )
        for n in range(2)
    )  # fmt: skip
    weekly = Series(
        id="w", center_id="c", title="Evening",
        recurrence=Recurrence(frequency="weekly", weekdays=("TU",)),
        first_on=date(2014, 9, 9), starts_at=time(18), length=timedelta(hours=1),
    )  # fmt: skip
    center = Center(id="c", name="Center", country="BE", time_zone="Europe/Brussels")
    counted = Headcount(id="h", session_id="s-0", n=9, basis="counted")
    before = Portfolio.of(center, weekly, counted, *sessions)
    assert check(before, rules=SERIES_RULES).findings == ()
    thursdays = attrs.evolve(weekly.recurrence, weekdays=("TH",))
    changed = attrs.evolve(weekly, recurrence=thursdays)
    after = before.record(changed, recorded_at=tuesday + timedelta(days=2))
    found = [(each.code, each.subjects) for each in check(after, rules=SERIES_RULES).findings]
    assert found == [
        ("missing-occurrence", ("series:w",)),
        ("stray-occurrence", ("session:s-1",)),
        ("kept-occurrence", ("session:s-0",)),
    ]
    assert after.get(Session, "s-0") == sessions[0]
