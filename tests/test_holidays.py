"""Holidays of countries as closures: known calendars, arguments, and the extra itself."""

import sys
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import check
from mic_core.chrono import Period, Slot
from mic_core.errors import InvariantError, MicError, MissingExtra
from mic_core.holidays import closures
from mic_core.model import Center, Session
from mic_core.portfolio import Portfolio
from tests.test_hostile_arguments import HOSTILE

pytest.importorskip("holidays", reason="the extra holidays is not installed")

BELGIUM_2014 = """
    2014-01-01 2014-04-20 2014-04-21 2014-05-01 2014-05-29 2014-06-08 2014-06-09 2014-07-21
    2014-08-15 2014-11-01 2014-11-11 2014-12-25
"""
"""Law of 4 January 1974 on holidays, article 1 of the royal decree of 18 April 1974, with the two
Sundays of Easter and Pentecost."""

BANKS_2014 = "2014-04-18 2014-05-30 2014-12-26"
"""Days on which only the banks of Belgium are closed, after the National Bank."""


def _days(periods: tuple[Period, ...]) -> list[date]:
    """All days of periods that are sorted and apart."""
    return [
        each.start + timedelta(days=n)
        for each in periods
        if each.start is not None and each.length is not None
        for n in range(each.length)
    ]


def _dates(text: str) -> list[date]:
    return [date.fromisoformat(each) for each in text.split()]


def _problems(*given: object, **named: object) -> dict[str, str]:
    """The rules that arguments break, by the paths of the arguments."""
    asked: Any = closures
    with pytest.raises(InvariantError, match="closures: ") as caught:
        asked(*given, **named)
    return {each.path: f"{each.rule}; {each.mend}" for each in caught.value.problems}


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the verb names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra, match=r"pip install 'mic_core\[holidays\]'"):
        closures("BE", [2014])


def test_holidays_of_belgium_in_2014() -> None:
    """The calendar of Brussels in 2014 is the one of the law."""
    assert _days(closures("BE", [2014])) == _dates(BELGIUM_2014)


def test_categories_add_up() -> None:
    """Each category has days of its own; several together are the days of any of them."""
    assert _days(closures("BE", [2014], categories=["bank"])) == _dates(BANKS_2014)
    both = closures("BE", [2014], categories=("bank", "public"))
    assert _days(both) == sorted(_dates(BELGIUM_2014) + _dates(BANKS_2014))
    assert closures("BE", [2014], categories=["public", "bank"]) == both


def test_neither_years_nor_categories_are_no_closures() -> None:
    """Nothing is assumed where a list is empty."""
    assert closures("BE", []) == ()
    assert closures("BE", [2014], categories=()) == ()


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("DE", "BY", "2014-01-06"),  # Epiphany, a holiday in three of the states
        ("DE", "Bayern", "2014-01-06"),
        ("GB", "SCT", "2014-01-02"),  # the second day of the year, in Scotland alone
        ("US", "TX", "2014-03-02"),  # the independence of Texas
    ],
)
def test_regions_have_days_of_their_own(country: str, region: str, day: str) -> None:
    """A region, by code or by name, adds the days that only it observes."""
    mine = _days(closures(country, [2014], region=region))
    assert date.fromisoformat(day) in mine
    assert date.fromisoformat(day) not in _days(closures(country, [2014]))


def test_observed_days_can_be_left_out() -> None:
    """Independence Day of 2021 was a Sunday and was made up for on the Monday."""
    sunday, monday = date(2021, 7, 4), date(2021, 7, 5)
    assert Period.days(sunday, monday) in closures("US", [2021])
    assert Period.days(sunday, sunday) in closures("US", [2021], observed=False)


def test_consecutive_days_are_one_period() -> None:
    """Neighboring holidays make one closure, over New Year too."""
    assert Period.days(date(2014, 4, 20), date(2014, 4, 21)) in closures("BE", [2014])
    new_year = Period.days(date(2021, 12, 31), date(2022, 1, 1))  # Friday observes Saturday
    assert new_year in closures("US", (2022, 2021))


@given(
    years=st.lists(st.integers(1950, 2050), max_size=4), country=st.sampled_from("BE US JP".split())
)
def test_closures_are_sorted_and_apart(years: list[int], country: str) -> None:
    """The closures of some years are those of each, each day once, whatever the order of years."""
    found = closures(country, iter(years))
    days = _days(found)
    assert all(a.end < b.start for a, b in pairwise(found) if a.end and b.start)
    assert days == sorted({day for year in years for day in _days(closures(country, [year]))})
    assert {day.year for day in days} == {*years}


@pytest.mark.parametrize("language", ["fr", "en_US", "xx"])
def test_the_locale_of_the_machine_plays_no_part(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment changes neither days nor periods."""
    usual = [closures(each, [2014]) for each in ("BE", "JP", "IL", "TR")]
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, language)
    assert [closures(each, [2014]) for each in ("BE", "JP", "IL", "TR")] == usual


def test_a_center_is_closed_on_them() -> None:
    """A session on Armistice Day is found once the holidays are closures of its center."""
    center = Center(id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels")
    closed = attrs.evolve(center, closures=closures("BE", [2014]))
    slot = Slot.at("2014-11-11", "18:00", timedelta(hours=2), "Europe/Brussels")
    pitch = Session(id="p", center_id="mic", title="Pitch", length=timedelta(hours=2), slot=slot)
    assert "closures" not in {each.code for each in check(Portfolio.of(center, pitch)).findings}
    assert "closures" in {each.code for each in check(Portfolio.of(closed, pitch)).findings}


def test_wrong_types_are_refused_together() -> None:
    """Arguments of a wrong type or form are all refused in one error."""
    found = _problems("belgium", 2014, region=1, categories="public", observed="yes")
    assert found.keys() == {"country", "years", "region", "categories", "observed"}
    assert found["country"].startswith("must be a country code of two capitals (ISO 3166-1)")


def test_an_unknown_country_is_refused() -> None:
    """A code that is no country's is a problem of the country."""
    assert _problems("ZZ", [2014]) == {
        "country": "must be a country whose holidays the library knows; "
        "write the closures of the center yourself"
    }


def test_values_unknown_in_a_country_are_refused_together() -> None:
    """Years, regions and categories that a country does not know are all refused in one error."""
    found = _problems("DE", [2014, 1700, 2500], region="BX", categories=["publik", "catholic"])
    assert found.keys() == {"years[1]", "years[2]", "region", "categories[0]"}
    assert "too small" in found["years[1]"]
    assert "too large" in found["years[2]"]
    assert found["region"].startswith("must be one of BB, BE, BW, BY")
    assert found["categories[0]"].endswith("did you mean public?")


def test_a_country_without_regions_takes_none() -> None:
    """A region is refused in a country of which no part has holidays of its own."""
    rule = "must be None, as no part of this country has holidays of its own; "
    assert _problems("MC", [2014], region="MC") == {"region": rule}
    assert closures("MC", [2014], region=None)


@pytest.mark.parametrize("argument", ["country", "years", "region", "categories", "observed"])
@pytest.mark.parametrize("told", HOSTILE)
def test_hostile_arguments(argument: str, told: str) -> None:
    """Any value as any argument yields an answer or an error of our own."""
    asked: Any = closures
    try:
        answer: object = asked(**{"country": "BE", "years": [2014], argument: HOSTILE[told]})
    except MicError as error:
        assert argument in str(error)
    else:
        assert isinstance(answer, tuple)
