"""Robustness: on any portfolio the rules come to an answer, and always the same one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import CATALOG, check
from mic_core.catalog.rules import FURTHER_RULES
from mic_core.errors import InvariantError
from mic_core.portfolio import Portfolio
from mic_core.samples import brussels_2014, network
from mic_core.testing import portfolios
from tests.budget import one_in

INSTANTS = st.datetimes(timezones=st.just(UTC))
EDGES = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]


def test_the_further_rules_are_in_the_catalog() -> None:
    """`check` asks all rules of this package unless it is given others."""
    assert set(map(id, FURTHER_RULES)) <= set(map(id, CATALOG))


@one_in(2)
@given(portfolios(), st.none() | INSTANTS | st.sampled_from(EDGES))
def test_no_rule_breaks_down(portfolio: Portfolio, as_of: datetime | None) -> None:
    """No rule raises on any portfolio, at any instant, at the ends of the calendar neither."""
    report = check(portfolio, as_of=as_of, rules=FURTHER_RULES)
    assert report.of("rule-failed") == ()
    timed = {rule.entry.code for rule in FURTHER_RULES if rule.entry.timed}
    assert {code for code, _ in report.skipped} == (timed if as_of is None else set())


@one_in(3)
@given(portfolios(coherent=True), INSTANTS)
def test_no_rule_breaks_down_on_what_fits(portfolio: Portfolio, as_of: datetime) -> None:
    """No rule raises on portfolios in which everything leads somewhere."""
    assert check(portfolio, as_of=as_of, rules=FURTHER_RULES).of("rule-failed") == ()


@one_in(2)
@given(st.integers(-14, 14))
def test_an_instant_is_one_in_any_zone(hours: int) -> None:
    """The same instant, told with another offset from UTC, leads to the same report."""
    season = brussels_2014()
    moment = datetime(2014, 10, 5, 19, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    assert check(season, as_of=elsewhere) == check(season, as_of=moment)


def test_an_instant_without_a_zone_is_refused() -> None:
    """Nobody knows what a time without a zone means."""
    with pytest.raises(InvariantError, match="as_of: must be a date and time with a zone"):
        check(Portfolio.of(), as_of=datetime(2014, 10, 5, 19))  # noqa: DTZ001  # that is the test


def test_a_network_has_nothing_wrong() -> None:
    """A network is right at any time after its season, however it shares its rooms."""
    later = datetime(2016, 1, 1, tzinfo=UTC)
    for portfolio in (
        network(1, centers=3),
        network(2, centers=1, editions_per_center=3, rooms_per_center=1, sessions_per_edition=3),
        network(3, centers=1, sessions_per_edition=1),
    ):
        assert check(portfolio, as_of=later).findings == ()
