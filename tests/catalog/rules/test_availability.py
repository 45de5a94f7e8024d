"""Records of availability that have no effect, and their neighbors that have one."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import CATALOG, check
from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Availability, Center
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import MIC, R1, availability, days, session, slot
from mic_core.scheduling.rules.availability import Preferences, Unavailability

RULES = tuple(rule for rule in CATALOG if rule.entry.code == "availability-without-effect")
CLOSED, ALWAYS = WeeklyHours(), WeeklyHours.parse("24/7")
MONDAYS, EVENINGS = WeeklyHours.parse("Mo"), WeeklyHours.parse("We 18:00-21:00")
AUTUMN, YEAR = days("2014-09-01", "2014-12-19"), Period.year(2015)
OPEN = {"preference": "available"}
LIKED = {"preference": "preferred"}


def idle(*records: Availability, center: Center = MIC) -> list[str]:
    """The ids of the records without effect."""
    found = check(Portfolio.of(center, *records), rules=RULES).findings
    return [str(dict(each.facts)["record"]).removeprefix("availability:") for each in found]


def record(id: str, **fields: Any) -> Availability:
    """A record of one room."""
    return availability(id, **fields)


@pytest.mark.parametrize("preference", ["unavailable", "avoided"])
@pytest.mark.parametrize(
    ("hours", "period", "found"),
    [
        (CLOSED, None, True),
        (CLOSED, AUTUMN, True),
        (MONDAYS, days("2014-09-09", "2014-09-14"), True),
        (MONDAYS, days("2014-09-09", "2014-09-15"), False),
        (MONDAYS, days("2014-09-08", "2014-09-08"), False),
        (MONDAYS, Period(date(2014, 9, 9), None), False),
        (WeeklyHours.parse("Su 22:00-02:00"), days("2014-09-08", "2014-09-08"), False),
        (WeeklyHours.parse("Su 22:00-24:00"), days("2014-09-08", "2014-09-08"), True),
        (None, AUTUMN, False),
        (None, Period(), False),
    ],
)
def test_hours_that_never_occur_close_nothing(
    preference: str, hours: WeeklyHours | None, period: Period | None, found: bool
) -> None:
    """Unavailable or avoided hours have no effect where their period has none of them."""
    each = record("a", preference=preference, hours=hours, period=period)
    assert idle(each) == (["a"] if found else [])


@pytest.mark.parametrize("preference", ["available", "preferred"])
def test_positive_hours_that_never_occur_close_their_period(preference: str) -> None:
    """No hours are the only ones: their period is closed."""
    assert idle(record("a", preference=preference, hours=CLOSED, period=AUTUMN)) == []


@pytest.mark.parametrize("form", [OPEN, LIKED])
@pytest.mark.parametrize(
    "when",
    [{"hours": ALWAYS}, {"period": Period()}, {"hours": ALWAYS, "period": Period()}],
)
def test_all_time_alone_closes_nothing(form: dict[str, Any], when: dict[str, Any]) -> None:
    """Who is always available, or always glad, needs no record, unless another one closes time."""
    always = record("a", **form, **when)
    assert idle(always) == ["a"]
    assert idle(always, record("b", subject="room:r-2", **OPEN, hours=EVENINGS)) == ["a"]
    evenings = record("b", **LIKED, hours=EVENINGS)
    assert idle(always, evenings) == []


def test_hours_of_all_week_close_nothing_of_their_period() -> None:
    """All hours of the autumn open what others close in the autumn, and nothing else."""
    autumn = record("a", **OPEN, hours=ALWAYS, period=AUTUMN)
    assert idle(autumn) == ["a"]
    assert idle(autumn, record("b", **OPEN, hours=EVENINGS)) == []
    assert idle(autumn, record("b", **OPEN, hours=EVENINGS, period=YEAR)) == ["a"]
    assert idle(record("a", **OPEN, hours=EVENINGS, period=AUTUMN)) == []
    assert idle(record("a", **OPEN, period=AUTUMN)) == []


def test_a_wish_counts_among_wishes_only() -> None:
    """Always available changes no wish, and always preferred takes back other wishes."""
    wish = record("w", **LIKED, slot=slot("2014-09-10 18:00"))
    assert idle(wish) == []
    assert idle(wish, record("a", **OPEN, period=Period())) == ["a"]
    assert idle(wish, record("a", **LIKED, period=Period())) == []
    assert idle(wish, record("a", **LIKED, hours=ALWAYS)) == []
    only = record("o", **OPEN, slot=slot("2014-09-10 18:00"))
    assert idle(only, record("a", **LIKED, period=Period())) == ["a"]
    assert idle(only, record("a", **OPEN, period=Period())) == ["o"]


def test_an_available_period_beside_hours_of_other_days_opens_nothing() -> None:
    """Outside the periods of all hours everything is open anyway."""
    evenings = record("b", **OPEN, hours=EVENINGS, period=AUTUMN)
    assert idle(evenings, record("a", **OPEN, period=YEAR)) == ["a"]
    assert idle(evenings, record("a", **OPEN, period=days("2014-12-19", "2014-12-31"))) == []
    assert idle(evenings, record("a", **OPEN, period=days("2014-12-20", "2014-12-31"))) == ["a"]
    assert idle(evenings, record("a", **LIKED, period=YEAR)) == []


def test_an_available_slot_that_is_open_without_it_opens_nothing() -> None:
    """After the period of hours, within them, or on an available day, a slot changes nothing."""
    evenings = record("b", **OPEN, hours=EVENINGS, period=AUTUMN)
    day = record("d", **OPEN, period=days("2014-09-10", "2014-09-10"))
    inside = record("a", **OPEN, slot=slot("2014-09-10 18:00"))
    assert idle(inside) == []
    assert idle(inside, record("c", **OPEN, slot=slot("2014-09-10 18:00"))) == []
    assert idle(inside, evenings) == ["a"]
    assert idle(inside, day) == ["a"]
    assert idle(record("a", **OPEN, slot=slot("2014-09-10 17:59")), evenings) == []
    assert idle(record("a", **OPEN, slot=slot("2014-12-20 00:00")), evenings) == ["a"]
    assert idle(record("a", **OPEN, slot=slot("2014-12-19 23:59")), evenings) == []
    assert idle(record("a", **LIKED, slot=slot("2014-09-10 18:00")), evenings) == []


def test_beside_many_hours_near_it_nothing_is_said_of_a_slot() -> None:
    """Expanding hours is bounded: far ones do not count, and of more than fifty near none is."""
    inside = record("a", **OPEN, slot=slot("2014-09-10 18:00"))
    years = [record(f"y{n}", **OPEN, hours=EVENINGS, period=YEAR) for n in range(50)]
    near = [record(f"n{n}", **OPEN, hours=EVENINGS, period=AUTUMN) for n in range(51)]
    assert idle(inside, *years, *near[:50]) == ["a"]
    assert idle(inside, *near) == []


def test_a_slot_just_outside_of_a_period_of_hours_opens_nothing() -> None:
    """On the evening before the period and on that of its end, all is open anyway."""
    hours = record("h", **OPEN, hours=EVENINGS, period=days("2015-01-01", "2015-12-30"))
    before = record("a", **OPEN, slot=slot("2014-12-31 18:00"))
    after = record("b", **OPEN, slot=slot("2015-12-31 18:00"))
    within = record("c", **OPEN, slot=slot("2015-01-01 18:00"))
    assert idle(hours, before, after, within) == ["a", "b"]


def test_a_slot_without_effect_has_none_on_any_clock() -> None:
    """Hours count on the clocks of each center, where they may begin earlier or later."""
    evenings = record("b", **OPEN, hours=EVENINGS)
    inside = record("a", **OPEN, slot=slot("2014-09-10 18:00"))
    lisbon = Center(id="lab", name="Lab", country="PT", time_zone="Europe/Lisbon")
    portfolio = Portfolio.of(MIC, lisbon, evenings, inside)
    assert check(portfolio, rules=RULES).findings == ()
    assert idle(inside, evenings, center=lisbon) == []
    assert idle(inside, evenings) == ["a"]


def test_the_finding_names_the_field_that_states_the_time() -> None:
    """A form can show the finding beside the slot, the hours or the period."""
    always = record("a", **OPEN, period=Period())
    never = record("b", subject="person:p", hours=CLOSED, period=AUTUMN)
    inside = record("c", subject="module:m", **OPEN, slot=slot("2014-09-10 18:00"))
    hours = record("d", subject="module:m", **OPEN, hours=EVENINGS)
    found = check(Portfolio.of(MIC, always, never, inside, hours), rules=RULES).findings
    assert [each.path for each in found] == ["period", "hours", "slot"]
    assert found[1].subjects == ("availability:b", "person:p")
    assert found[1].message == (
        "availability:b of person:p, unavailable closed, Mon 1 Sep 2014 to Fri 19 Dec 2014, opens, "
        "closes and prefers nothing"
    )


RECORDS = st.lists(
    st.builds(
        record,
        st.integers(0, 99).map(str),
        preference=st.sampled_from(["preferred", "available", "avoided", "unavailable"]),
        hours=st.sampled_from([None, CLOSED, ALWAYS, MONDAYS, EVENINGS]),
        period=st.sampled_from(
            [
                Period(), days("2014-09-08", "2014-09-08"), days("2014-09-09", "2014-09-11"),
                days("2014-09-11", "2014-09-12"),
            ]
        ),
    )
    | st.builds(
        record,
        st.integers(0, 99).map(str),
        preference=st.sampled_from(["preferred", "available", "avoided", "unavailable"]),
        slot=st.sampled_from(
            [slot("2014-09-10 18:00"), slot("2014-09-10 19:00"), slot("2014-09-12 18:00")]
        ),
    ),
    max_size=4,
    unique_by=lambda each: each.id,
)  # fmt: skip


@given(RECORDS, st.integers(0, 5 * 24))
def test_without_a_record_that_has_no_effect_all_sessions_are_judged_alike(
    records: list[Availability], hour: int
) -> None:
    """Taking one such record away changes neither what is unavailable nor what is a wish."""
    begins = slot("2014-09-08 00:00", 60).moved(timedelta(hours=hour))
    asked = session("s-1", minutes=60, slot=begins, room_id="r-1")
    for id in idle(*records):
        rest = [each for each in records if each.id != id]
        judged = [
            check(Portfolio.of(MIC, R1, asked, *said), rules=(Unavailability(), Preferences()))
            for said in (records, rest)
        ]
        codes = [[each.code for each in report.findings] for report in judged]
        assert ("unavailability" in codes[0]) is ("unavailability" in codes[1])
        # Where a room is unavailable, no wish of it can be fulfilled: that time is left out.
        assert "unavailability" in codes[0] or codes[0] == codes[1]
