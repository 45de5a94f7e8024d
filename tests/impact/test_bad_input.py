"""Bad input: a stated status or a clear error, never a silent 0, 100 percent or infinity."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    INDICATORS,
    FactTables,
    Indicator,
    Observation,
    Period,
    Portfolio,
    Result,
    count,
    distinct,
    latest,
    measure,
    median,
    ratio,
    share,
    stated,
    total,
    where,
)
from mic_core.impact.aggregation.columns import MILLION
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.aggregation.stated import StatedNumber, StatedState
from tests.impact.camp import AT, CENTER, YEAR, camp, custom, one

JOBS = Indicator(
    id="jobs", title="Jobs", unit="jobs", kind="outcome", measure=stated(), source="the center"
)


def seen(
    id: str, value: str, end: date, start: date = date(2014, 1, 1), **more: Any
) -> Observation:
    """A stated number of jobs."""
    given_: dict[str, Any] = {
        "subject": "center:mic", "indicator_id": "jobs", "unit": "jobs", "evidence": "documented",
        "source": "the center", **more,
    }  # fmt: skip
    return Observation(id=id, value=Decimal(value), period=Period(start, end), **given_)


def jobs(*seen_: Observation, **how: Any) -> Any:
    """The stated jobs."""
    return one(Portfolio.of(CENTER, JOBS, *seen_), "jobs", **{"period": YEAR, **how})


JULY, JANUARY = date(2014, 7, 1), date(2015, 1, 1)


def test_a_cumulative_series_is_not_summed() -> None:
    """Ten by July and 25 by the end of the year are 25 of the year and 15 of its second half."""
    series = [
        seen("a", "10", JULY, form="cumulative"), seen("b", "25", JANUARY, form="cumulative")
    ]  # fmt: skip
    whole = jobs(*series)
    assert (whole.value, whole.status) == (25, "measured")
    half = jobs(*series, period=Period(JULY, JANUARY))
    assert (half.value, half.status, half.exclusions) == (15, "measured", ())
    portfolio = Portfolio.of(CENTER, JOBS, *series)
    assert half.explain(portfolio).facts == ("observation:a", "observation:b")


def test_a_cumulative_series_that_falls_is_partial_and_says_so() -> None:
    """Thirty by July and 25 by the end cannot both be right: from 25 to 30, and a reason."""
    series = [
        seen("a", "30", JULY, form="cumulative"), seen("b", "25", JANUARY, form="cumulative")
    ]  # fmt: skip
    result = jobs(*series)
    assert (result.value, result.least, result.most) == (25, 25, 30)
    assert result.status == "partial"
    assert result.exclusions == (("is below an earlier number of its cumulative series", 1),)
    half = jobs(*series, period=Period(JULY, JANUARY))
    assert half.value is None
    assert ("is below an earlier number of its cumulative series", 1) in half.exclusions


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8), st.data())
def test_differences_of_a_cumulative_series_are_its_increments(
    months: list[int], data: st.DataObject
) -> None:
    """Sums, taken apart and added over any months, are the sum of these months."""
    days = [date(2014, n + 1, 1) for n in range(len(months) + 1)]
    numbers = frozenset(
        StatedNumber(
            fact=f"o:{n}", subject="center:mic", period=Period(days[0], days[n + 1]),
            value=sum(months[: n + 1]) * MILLION, attributed=sum(months[: n + 1]) * MILLION,
            form="cumulative",
        )
        for n in range(len(months))
    )  # fmt: skip
    first = data.draw(st.integers(0, len(months) - 1))
    last = data.draw(st.integers(first + 1, len(months)))
    found = StatedState(numbers, Period(days[first], days[last]), date(2020, 1, 1)).estimate()
    assert found.value == sum(months[first:last])
    assert found.least == found.most == found.value


def test_gross_and_net_numbers_do_not_add() -> None:
    """Ten gross and five net are refused; a condition takes one of them."""
    halves = [seen("a", "10", JULY, tally="gross"), seen("b", "5", JANUARY, JULY, tally="net")]
    result = jobs(*halves)
    assert result.status == "refused"
    assert "gross and net" in str(result.reason)
    portfolio = Portfolio.of(CENTER, *halves)
    gross = Indicator(
        id="jobs", title="Jobs", unit="jobs", kind="outcome", source="x",
        measure=stated(where("tally", "==", "gross")),
    )  # fmt: skip
    assert one(portfolio, gross, period=YEAR).value == 10


def test_other_units_and_definitions_are_left_out_and_told() -> None:
    """Persons are no jobs, and jobs of an old definition are none of the present one."""
    result = jobs(
        seen("a", "10", JANUARY), seen("b", "7", JANUARY, unit="persons"),
        seen("c", "9", JANUARY, version="0"),
    )  # fmt: skip
    assert (result.value, result.status) == (10, "measured")
    assert result.exclusions == (("in another unit", 1), ("of another definition", 1))
    assert result.evidence == (("documented", 1),)
    alone = jobs(seen("b", "7", JANUARY, unit="persons"))
    assert (alone.value, alone.status) == (None, "unknown")


def test_stated_numbers_have_a_grade() -> None:
    """The figure at each grade, and none at the grade that is asked for."""
    halves = [seen("a", "10", JULY, evidence="claimed"), seen("b", "5", JANUARY, JULY)]
    result = jobs(*halves)
    assert result.evidence == (("claimed", 1), ("documented", 1))
    assert [(grade, str(each.value)) for grade, each in result.at_grade] == [
        ("claimed", "15"), ("documented", "5")
    ]  # fmt: skip
    strict = Indicator(
        id="jobs", title="Jobs", unit="jobs", kind="outcome", source="x", measure=stated(),
        minimum_evidence="verified",
    )  # fmt: skip
    none = one(Portfolio.of(CENTER, *halves), strict, period=YEAR)
    assert (none.status, none.value) == ("none_at_grade", None)
    assert none.exclusions == (("evidence below verified", 2),)


def test_without_the_explained_observations_nothing_is_known() -> None:
    """Of another scope none is explained; the explained ones are all that make the figure."""
    other = seen("o", "99", JANUARY, subject="center:other")
    halves = [seen("a", "10", JULY), seen("b", "5", JANUARY, JULY)]
    wide = seen("w", "50", date(2016, 1, 1))
    portfolio = Portfolio.of(CENTER, JOBS, other, wide, *halves)
    result = one(portfolio, "jobs", period=YEAR, scope="mic")
    behind = result.explain(portfolio)
    assert behind.facts == ("observation:a", "observation:b")
    assert behind.possible == ("observation:w",)
    without = one(Portfolio.of(CENTER, JOBS, other, wide), "jobs", period=YEAR, scope="mic")
    assert (without.value, without.least) == (None, 0)


NOTHING = FactTables.of({})


@pytest.mark.parametrize("id", INDICATORS)
def test_nothing_is_never_zero(id: str) -> None:
    """Without a fact each built-in indicator is unknown, in a portfolio as in tables."""
    for source in (Portfolio.of(), Portfolio.of(CENTER), NOTHING):
        result = one(source, id, period=YEAR)
        assert (result.value, result.status) == (None, "unknown")
        assert (result.n, result.coverage) == (0, None)


@pytest.mark.parametrize("id", INDICATORS)
def test_an_empty_period_is_unknown(id: str) -> None:
    """A period before any fact has no figure."""
    result = one(camp(), id, period=Period.year(1980))
    assert (result.value, result.status) == (None, "unknown")


ROWS = st.fixed_dictionaries(
    {"fact": st.sampled_from(["a:1", "a:2", "a:3", "a:4"])},
    optional={
        "enterprise_id": st.sampled_from(["v", "w"]),
        "day": st.dates(date(2014, 1, 1), date(2014, 2, 1)),
        "amount": st.decimals(0, 9, places=2), "currency": st.sampled_from(["EUR", "USD"]),
        "support_kind": st.sampled_from(["grant", "coaching"]),
        "hours": st.decimals(0, 9, places=1),
        "evidence": st.sampled_from(["claimed", "verified"]),
    },
)  # fmt: skip
MEASURES = (
    count("supports"), count("supports", where("support_kind", "==", "grant")),
    distinct("supports", "enterprise_id"), total("supports", "amount"),
    median("supports", "hours"), latest("supports", "hours", "enterprise_id"),
    share("supports", having=where("support_kind", "==", "grant"), key="enterprise_id"),
    share("supports", where("hours", ">", "4"), having=where("support_kind", "==", "grant")),
    ratio(total("supports", "hours"), distinct("supports", "enterprise_id")),
    ratio(total("supports", "amount"), count("supports", where("support_kind", "==", "grant"))),
)  # fmt: skip


def _is_sound(result: Result) -> bool:
    numbers = [number(each) for each in (result.value, result.least, result.most)]
    return all(each is None or isfinite(each) for each in numbers)


@given(st.lists(ROWS, max_size=5), st.sampled_from(MEASURES))
def test_no_figure_is_infinite_and_no_share_above_one(rows: list[Any], measured: Any) -> None:
    """Zero denominators are undefined or open; shares lie from 0 to 1; bounds hold the value."""
    card = measure(FactTables.of({"supports": rows}), custom(measured), period=YEAR, as_of=AT)
    for result in card:
        assert _is_sound(result)
        if measured.TAG[1] == "share":
            shares = [
                each for each in (result.value, result.least, result.most) if each is not None
            ]
            assert all(0 <= each <= 1 for each in shares)
        if result.value is not None:
            assert result.least is None or result.least <= result.value
            assert result.most is None or result.value <= result.most
        if result.figure.denominator == 0:
            assert result.value is None
        assert str(card)


def test_zero_denominators_are_undefined_and_cost_without_a_job_is_open() -> None:
    """Nothing for nothing is undefined; ten for nothing is no number, and not infinity."""
    rows = [{"fact": "a:1", "hours": Decimal(10), "support_kind": "coaching", "enterprise_id": "v"}]
    facts = FactTables.of({"supports": rows})
    grants = count("supports", where("support_kind", "==", "grant"))
    for top in (total("supports", "hours"), grants):
        result = one(facts, custom(ratio(top, grants)))
        assert (result.value, result.status) == (None, "undefined")


def test_a_share_with_more_in_its_part_than_in_its_whole_is_no_share() -> None:
    """A part is looked for within the whole: units outside of it do not raise the share above 1."""
    rows = [
        {"fact": "a:1", "enterprise_id": "v", "support_kind": "grant", "hours": Decimal(1)},
        {"fact": "a:2", "enterprise_id": "w", "support_kind": "grant", "hours": Decimal(9)},
    ]
    measured = share(
        "supports", where("hours", ">", "4"), having=where("support_kind", "==", "grant"),
        key="enterprise_id",
    )  # fmt: skip
    result = one(FactTables.of({"supports": rows}), custom(measured))
    assert (result.value, result.figure.denominator) == (Fraction(1), 1)
