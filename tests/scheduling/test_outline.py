"""Outlines at the edges: names, windows, the clocks, and the ends of the calendar."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from mic_core.chrono import Period, Recurrence
from mic_core.errors import InvariantError
from mic_core.model import Center, Headcount, Module, Noun, Program, Series, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.outline import Outline, outline
from tests.scheduling.nouns import MIC, edition, session

DAILY = Recurrence(frequency="daily")
ONCE = Recurrence(frequency="daily", count=1)
NOON = datetime(2014, 9, 1, 12, tzinfo=UTC)
TWO_DAYS = Period.days(date(2014, 9, 10), date(2014, 9, 11))


def series(id: str = "camp", **fields: Any) -> Series:
    """A series of the center that begins on the first of September."""
    values: dict[str, Any] = {
        "title": "IT camp", "recurrence": DAILY, "first_on": date(2014, 9, 1),
        "starts_at": time(18), "length": timedelta(hours=2), **fields,
    }  # fmt: skip
    return Series(id=id, center_id="mic", **values)


def made(*nouns: Noun, window: Period | None = TWO_DAYS) -> Outline:
    """The outline of the center."""
    return outline(Portfolio.of(MIC, *nouns), "mic", window=window)


def ids(proposal: Outline) -> list[str]:
    """The ids of the sessions, in order."""
    return [each.id for each in proposal.sessions]


def test_a_time_that_is_shown_twice_is_marked() -> None:
    """At night when clocks go back, the outline says which of two hours it means."""
    night = series(first_on=date(2014, 10, 26), starts_at=time(2, 30), recurrence=ONCE)
    (shown,) = made(night, window=None).sessions
    assert str(shown.slot) == "Sun 26 Oct 2014 02:30 (first)-03:30 Europe/Brussels"
    assert "02:30 (first)-03:30" in str(made(night, window=None))
    assert made(night, window=None).rows()[0]["start"] == "2014-10-26T02:30+02:00"


@pytest.mark.parametrize("end", [date.min, date(2014, 1, 1), date(2014, 9, 1)])
def test_a_window_before_a_series_begins_holds_nothing(end: date) -> None:
    """Up to the day on which a series begins there is nothing to hold, and nothing wrong."""
    assert made(series(), window=Period(None, end)).changes == ()
    assert len(made(series(), window=Period(None, date(2014, 9, 2))).changes) == 1


def test_a_window_may_be_open_where_the_calendar_ends() -> None:
    """The last years have no ten years after them."""
    noon = series(starts_at=time(12), recurrence=Recurrence(frequency="yearly"))
    found = ids(made(noon, window=Period(date(9995, 1, 1))))
    assert found == [f"camp-{year}-09-01" for year in range(9995, 10_000)]


@pytest.mark.parametrize(
    ("day", "clock"), [(date(9999, 12, 31), time(22, 30)), (date(1, 1, 1), time())]
)
def test_what_leads_beyond_the_calendar_is_told_by_its_series(day: date, clock: time) -> None:
    """A session that would end after the year 9999, or start before the year 1, is refused."""
    beyond = series(first_on=day, starts_at=clock, recurrence=ONCE)
    with pytest.raises(InvariantError, match=r"^outline: 1 problem\n  series:camp: must lie betw"):
        made(beyond, window=None)


def test_long_ids_are_cut_and_stay_apart() -> None:
    """The name of a session is an id, however long those are that it is made of."""
    one, two = series("s" * 63 + "1"), series("s" * 63 + "2")
    stem = "s" * 53
    assert set(ids(made(one, two))) == {
        f"{stem}-2014-09-10", f"{stem}-2014-09-11",
        f"{stem[:51]}-2014-09-10-2", f"{stem[:51]}-2014-09-11-2",
    }  # fmt: skip
    length = timedelta(hours=1)
    modules = tuple(
        Module(id="m" * 63 + each, title=each, count=6, length=length) for each in ("1", "2")
    )
    program = Program(id="program", title="Boostcamp", kind="bootcamp", modules=modules)
    found = ids(made(program, edition("e", program_id="program")))
    assert len(set(found)) == 12
    assert max(map(len, found)) == 64
    assert {f"e-{'m' * 60}-1", f"e-{'m' * 59}-12"} < set(found)


def test_no_session_is_named_as_one_that_there_is() -> None:
    """An id that another session bears is left to it."""
    taken = (session("camp-2014-09-10"), session("camp-2014-09-10-2"))
    assert ids(made(series(), *taken)) == ["camp-2014-09-10-3", "camp-2014-09-11"]
    proposal = made(series(), *taken)
    kept = Portfolio.of(MIC, series(), *taken).record(proposal, recorded_at=NOON)
    assert {each.series_id for each in kept.all(Session)} == {None, "camp"}
    assert outline(kept, "mic", window=TWO_DAYS).changes == ()


@pytest.mark.parametrize(
    ("wrong", "path"),
    [({"portfolio": 3}, "portfolio"), ({"scope": 3}, "scope"), ({"window": "2014"}, "window")],
)
def test_what_is_none_of_it_is_refused(wrong: dict[str, Any], path: str) -> None:
    """A wrong portfolio, scope or window is refused by its name."""
    given: dict[str, Any] = {"portfolio": Portfolio.of(MIC), "scope": "mic", **wrong}
    with pytest.raises(InvariantError) as caught:
        outline(**given)
    assert [each.path for each in caught.value.problems] == [path]


def test_a_window_keeps_extra_dates_that_lie_in_it() -> None:
    """Extra dates before the series begins, after its end, and far away are proposed as others."""
    extra = (date(2014, 8, 20), date(2014, 12, 24), date(2030, 1, 6))
    rule = Recurrence(frequency="daily", until=date(2014, 9, 2), extra=extra)
    ending = series(recurrence=rule)
    days = ["2014-08-20", "2014-09-01", "2014-09-02", "2014-12-24", "2030-01-06"]
    assert ids(made(ending, window=None)) == [f"camp-{day}" for day in days]
    for window, kept in (
        (Period(None, None), days),
        (Period(date(2014, 8, 1), date(2014, 9, 2)), days[:2]),
        (Period(date(2014, 9, 2)), days[2:]),
        (Period(date(2014, 12, 1), date(2015, 1, 1)), days[3:4]),
        (Period(None, date(2014, 8, 21)), days[:1]),
        (Period(None, date(2014, 8, 20)), []),
    ):
        assert ids(made(ending, window=window)) == [f"camp-{day}" for day in kept]


def test_extra_dates_lie_beyond_ten_years_and_excluded_ones_nowhere() -> None:
    """Of a series without end ten years are proposed, and extra dates unless they are excluded."""
    far = (date(2040, 1, 6), date(2041, 1, 6))
    rule = Recurrence(frequency="yearly", extra=far, excluded=far[1:])
    found = ids(made(series(recurrence=rule), window=Period(date(2014, 10, 1))))
    assert found == [*(f"camp-{year}-09-01" for year in range(2015, 2025)), "camp-2040-01-06"]


def held(day: int, **fields: Any) -> Session:
    """A session of the series on a day of September."""
    values: dict[str, Any] = {"status": "held", "original_on": date(2014, 9, day), **fields}
    return session(f"s-{day}", series_id="camp", **values)


def test_dates_before_the_last_one_held_are_proposed_if_a_window_names_them() -> None:
    """Without a window, or in one without a start, outlines begin after what took place."""
    daily = series(recurrence=Recurrence(frequency="daily", count=5))
    later = ["camp-2014-09-04", "camp-2014-09-05"]
    for window in (None, Period(), Period(None, date(2014, 10, 1))):
        assert ids(made(daily, held(3), window=window)) == later
    assert ids(made(daily, held(3), held(1), window=None)) == later
    named = Period(date(2014, 9, 2), date(2014, 10, 1))
    assert ids(made(daily, held(3), window=named)) == ["camp-2014-09-02", *later]
    planned = held(3, status="planned")
    assert len(made(daily, planned, window=None).changes) == 4
    counted = Headcount(id="h", session_id="s-3", n=9, basis="counted")
    assert ids(made(daily, planned, counted, window=None)) == later
    assert len(made(daily, held(3, original_on=None), window=None).changes) == 5


def test_an_occurrence_is_its_date_whatever_its_hour() -> None:
    """A session that was moved, or made for another hour, is still that of its date."""
    daily = series(recurrence=Recurrence(frequency="daily", count=2), starts_at=time(19))
    moved = held(1, status="planned", when="09:00")
    assert ids(made(daily, moved, window=None)) == ["camp-2014-09-02"]


def test_a_day_that_the_clocks_skip_has_no_session() -> None:
    """In Apia there was no 30 December 2011."""
    apia = Center(id="apia", name="Apia", country="WS", time_zone="Pacific/Apia")
    daily = Series(
        id="camp", center_id="apia", title="Camp", first_on=date(2011, 12, 29),
        recurrence=Recurrence(frequency="daily", count=3), starts_at=time(18),
        length=timedelta(hours=2),
    )  # fmt: skip
    found = outline(Portfolio.of(apia, daily), "camp").sessions
    assert [each.original_on for each in found] == [date(2011, 12, 29), date(2011, 12, 31)]
    assert [str(each.slot) for each in found] == [
        "Thu 29 Dec 2011 18:00-20:00 Pacific/Apia", "Sat 31 Dec 2011 18:00-20:00 Pacific/Apia",
    ]  # fmt: skip
