"""Differential tests: figures on every engine are those of the facts as objects, to the last."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    INDICATORS,
    Center,
    Edition,
    Indicator,
    Period,
    Portfolio,
    Program,
    Session,
    measure,
)
from mic_core.testing import portfolios
from tests.budget import one_in
from tests.frames.installed import RANDOM_WAYS, SHARE, figures, rows_of, tables_in
from tests.frames.measures import indicators
from tests.impact.camp import AT

PERIODS = st.sampled_from((None, Period.year(2014), Period.year(2015)))


@pytest.mark.parametrize("way", RANDOM_WAYS)
@one_in(SHARE)
@given(portfolios(), PERIODS, st.sampled_from(((), ("month",), ("program_id",))))
def test_every_built_in_indicator_agrees(
    way: str, portfolio: Portfolio, period: Period | None, by: tuple[str, ...]
) -> None:
    """Each built-in indicator has the same results on an engine as over objects."""
    how: dict[str, Any] = {"period": period, "as_of": AT, "by": by}
    expected = figures(measure(portfolio, INDICATORS.values(), **how))
    assert figures(measure(tables_in(way, portfolio), INDICATORS.values(), **how)) == expected


@pytest.mark.parametrize("way", RANDOM_WAYS)
@one_in(SHARE)
@given(portfolios(), PERIODS, st.lists(indicators(), min_size=1, max_size=4))
def test_indicators_of_users_agree(
    way: str,
    portfolio: Portfolio,
    period: Period | None,
    wanted: list[tuple[Indicator, tuple[str, ...]]],
) -> None:
    """Any measure with any conditions, grades and dimensions has the same results."""
    tables = tables_in(way, portfolio)
    for indicator, by in wanted:
        how: dict[str, Any] = {"period": period, "as_of": AT, "by": by}
        expected = figures(measure(portfolio, indicator, **how))
        assert figures(measure(tables, indicator, **how)) == expected


@pytest.mark.parametrize("way", RANDOM_WAYS)
@one_in(SHARE)
@given(portfolios(), st.data())
def test_scopes_agree(way: str, portfolio: Portfolio, data: st.DataObject) -> None:
    """Figures of a scope, given by ids as tables know them, are those of the same rows."""
    rows, tables = rows_of(portfolio), tables_in(way, portfolio)
    ids = sorted(
        {each.id for kind in (Center, Program, Edition, Session) for each in portfolio.all(kind)}
    )
    scope = (*data.draw(st.lists(st.sampled_from(ids or ["a"]), min_size=1, max_size=2)),)
    for id in ("V1", "V2", "P1", "P5", "J1", "E1"):
        how: dict[str, Any] = {"as_of": AT, "scope": scope, "by": "year"}
        assert figures(measure(tables, id, **how)) == figures(measure(rows, id, **how))
