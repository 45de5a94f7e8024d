"""Targets: by period, over the life of a program, falling, to date, and growth."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Attendance,
    Measure,
    Period,
    Person,
    Portfolio,
    Target,
    count,
    distinct,
    latest,
    ratio,
)
from mic_core.impact.targets import growth, progress
from tests.impact.camp import AT, CENTER, custom, one, session_on

ANY = st.fractions(min_value=-50, max_value=50)


def goal(id: str, period: Period, value: str, **more: Any) -> Target:
    """A target of the center for the own indicator."""
    return Target(
        id=id, indicator_id="own", scope=("mic",), period=period, value=Decimal(value), **more
    )


def quarter(first: int) -> Period:
    """A quarter of 2014 by its first month."""
    return Period(date(2014, first, 1), date(2014 + first // 10, (first + 2) % 12 + 1, 1))


def aim(measured: Measure, *targets: Target, period: Period | None) -> Any:
    """The target beside the figure of an own measure."""
    nouns = (CENTER, session_on("s", 9), Person(id="p", name="P"),
             Attendance(id="a", session_id="s", person_id="p", status="present"))  # fmt: skip
    portfolio = Portfolio.of(*nouns, *targets)
    return one(portfolio, custom(measured), period=period).aim


QUARTERS = [goal(f"q{first}", quarter(first), str(first)) for first in (1, 4, 7, 10)]
YEAR = Period.year(2014)


def test_targets_of_a_flow_add_up_to_that_of_their_whole_period() -> None:
    """Four quarters of 1, 4, 7 and 10 visits are a year of 22; the year's own target wins."""
    whole = aim(count("visits"), *QUARTERS, period=YEAR)
    assert (whole.value, whole.progress, whole.to_date) == (22, Fraction(1, 22), 22)
    assert [each.id for each in whole.targets] == ["q1", "q4", "q7", "q10"]
    own = aim(count("visits"), *QUARTERS, goal("y", YEAR, "30"), period=YEAR)
    assert (own.value, own.targets[0].id) == (30, "y")


def test_a_gap_or_an_overlap_makes_no_target() -> None:
    """Three quarters are no target of a year, and neither are four and a half of one."""
    assert aim(count("visits"), *QUARTERS[:3], period=YEAR) is None
    half = goal("h", Period(date(2014, 1, 1), date(2014, 2, 1)), "1")
    assert aim(count("visits"), half, *QUARTERS, period=YEAR) is None
    assert aim(count("visits"), *QUARTERS, period=None) is None


def test_a_stock_has_the_last_target_and_the_first_baseline() -> None:
    """A stock is where it is at the end; it grows from where it was at the beginning."""
    first, last = (
        goal(f"t{n}", Period(date(2014, *start), date(*end)), value, baseline=Decimal(2))
        for n, start, end, value in ((1, (1, 1), (2014, 7, 1), "5"), (2, (7, 1), (2015, 1, 1), "9"))
    )  # fmt: skip
    stock = latest("visits", "minutes", "person_id")
    found = aim(stock, first, last, period=YEAR)
    assert (found.value, found.baseline, found.to_date) == (9, 2, None)


def test_distinct_counts_and_ratios_of_several_periods_have_no_common_target() -> None:
    """Visitors of quarters may be the same persons: their targets are no target of the year."""
    for measured in (distinct("visits", "person_id"), ratio(count("visits"), count("sessions"))):
        assert aim(measured, *QUARTERS, period=YEAR) is None
        assert aim(measured, goal("y", YEAR, "30"), period=YEAR).value == 30
    assert aim(distinct("visits", "person_id"), goal("y", YEAR, "30"), period=YEAR).to_date == 30


def test_to_date_is_the_part_of_the_days_that_are_over() -> None:
    """At the end of June 2014 the first half of the targets of the year is due, day by day."""
    middle = datetime(2014, 5, 16, 12, tzinfo=UTC)
    portfolio = Portfolio.of(CENTER, *QUARTERS)
    found = one(portfolio, custom(count("visits")), period=YEAR, as_of=middle).aim
    assert found.to_date == 1 + Fraction(4 * 45, 91)


def test_a_falling_target_is_approached_from_above() -> None:
    """From 40 to 20: 30 is half of the way, 50 is a step back, and 10 is beyond."""
    values = [progress(Fraction(each), Fraction(40), Fraction(20)) for each in (40, 30, 50, 10)]
    assert values == [0, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 2)]


def test_growth_is_against_a_stated_baseline() -> None:
    """One visit after two is a fall by half; without a baseline, or from 0, there is no rate."""
    half = aim(count("visits"), goal("y", YEAR, "4", baseline=Decimal(2)), period=YEAR)
    assert (half.growth, half.progress) == (Fraction(-1, 2), Fraction(-1, 2))
    assert aim(count("visits"), goal("y", YEAR, "4"), period=YEAR).growth is None
    zero = aim(count("visits"), goal("y", YEAR, "4", baseline=Decimal(0)), period=YEAR)
    assert zero.growth is None


def test_a_target_equal_to_its_baseline_is_undefined() -> None:
    """Neither 0 nor 100 percent: the progress says that it is undefined."""
    level = goal("y", YEAR, "4", baseline=Decimal(4))
    found = aim(count("visits"), level, period=YEAR)
    assert found.progress is None
    portfolio = Portfolio.of(
        CENTER, session_on("s", 9), Person(id="p", name="P"), level,
        Attendance(id="a", session_id="s", person_id="p", status="present"),
    )  # fmt: skip
    from mic_core import measure

    card = measure(portfolio, custom(count("visits")), period=YEAR, as_of=AT)
    assert "undefined" in str(card)
    assert "undefined" in str(card.html())


@given(ANY, ANY, ANY, st.fractions(min_value=-9, max_value=9).filter(bool), ANY)
def test_progress_is_invariant_under_a_change_of_unit(
    value: Fraction, baseline: Fraction, target: Fraction, scale: Fraction, shift: Fraction
) -> None:
    """Another unit or zero point, also a falling one, changes no progress."""
    moved = [each * scale + shift for each in (value, baseline, target)]
    assert progress(*moved) == progress(value, baseline, target)


@given(ANY, ANY.filter(bool), st.fractions(min_value=1, max_value=9))
def test_growth_is_invariant_under_scale(
    value: Fraction, baseline: Fraction, scale: Fraction
) -> None:
    """Growth does not depend on the unit."""
    assert growth(value * scale, baseline * scale) == growth(value, baseline)


def test_a_target_without_an_end_has_no_part_to_date() -> None:
    """A target for all time is beside the figure of all time, and nothing of it is due by a day."""
    found = aim(count("visits"), goal("y", Period(), "4"), period=None)
    assert (found.value, found.progress, found.to_date) == (4, Fraction(1, 4), None)
