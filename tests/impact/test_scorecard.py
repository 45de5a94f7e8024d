"""Scorecards as text, HTML and rows: figures, bounds, targets, statuses, and what stays hidden."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from mic_core import (
    Indicator,
    Observation,
    Period,
    Portfolio,
    Scorecard,
    Target,
    distinct,
    measure,
    stated,
)
from mic_core.impact.scorecard import number, shown
from mic_core.samples import brussels_2014

AT = datetime(2014, 12, 31, tzinfo=UTC)
YEAR = Period.year(2014)


def _card() -> Scorecard:
    return measure(brussels_2014(), period=YEAR, as_of=AT)


def test_a_scorecard_is_a_table_of_figures() -> None:
    """Text has one row a result with its figure, bounds, target and status."""
    text = str(_card())
    assert "V1 Visits" in text
    assert "78 to 474" in text
    assert "unknown" in text
    html = str(_card().html(most=3))
    assert "Scorecard" in html
    assert html.count("<tr") == 4
    assert "<table" in _card()._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert str(Scorecard(results=(), period=None, as_of=AT)).startswith("indicator")


def test_rows_are_plain_values() -> None:
    """Rows can be written as JSON; every dimension is a column, also of the whole."""
    card: Any = measure(brussels_2014(), ("V1", "P5"), by=("month", "session_kind"), as_of=AT)
    rows = card.rows()
    assert len(rows) == len(card)
    assert all({"month", "session_kind"} <= row.keys() for row in rows)
    assert json.loads(json.dumps(rows))[0]["value"] == 802
    assert (rows[0]["month"], rows[0]["coverage"]) == (None, 1)
    days: Any = measure(brussels_2014(), "V1", by="day", as_of=AT).rows()
    assert date.fromisoformat(days[1]["day"]) < date.fromisoformat(days[2]["day"])


def test_progress_and_bounds_are_shown() -> None:
    """A target, its progress in percent and the open bound stand in the row of a stated figure."""
    jobs = Indicator(
        id="jobs", title="Jobs", unit="jobs", kind="outcome", measure=stated(), source="x"
    )
    half = Observation(
        id="o", subject="center:mic-brussels", indicator_id="jobs", unit="jobs", source="x",
        period=Period.month(2014, 5), value=Decimal("35.5"), evidence="documented",
    )  # fmt: skip
    target = Target(
        id="t", indicator_id="jobs", scope=("mic-brussels",), period=YEAR, value=Decimal(50)
    )
    season = brussels_2014().record(jobs, half, target, recorded_at=AT)
    card: Any = measure(season, "jobs", period=YEAR, as_of=AT)
    text = str(card)
    assert "71 %" in text
    assert "at least 35.5" in text
    (row,) = card.rows()
    assert (row["target"], row["progress"], row["baseline"]) == (50, 0.71, 0)
    assert row["attributed"] == 35.5
    bounded = Observation(
        id="p", subject="center:mic-brussels", indicator_id="jobs", unit="jobs", source="x",
        period=YEAR, value=Decimal(80), evidence="documented", relation="at_most",
    )  # fmt: skip
    open_below = Observation(
        id="q", subject="center:mic-brussels", indicator_id="jobs", unit="jobs", source="x",
        period=Period.month(2014, 6), value=Decimal(-1), evidence="documented",
    )  # fmt: skip
    both = season.record(bounded, recorded_at=AT)
    assert "35.5 to 80" in str(measure(both, "jobs", period=YEAR, as_of=AT))
    falling = season.record(open_below, recorded_at=AT)
    assert "34.5" in str(measure(falling, "jobs", period=YEAR, as_of=AT))


def test_a_refusal_shows_its_reason() -> None:
    """The text of a refused figure is its reason."""
    broken = Indicator(
        id="own", title="Own", unit="x", kind="output", measure=distinct("visits", "color"),
        source="x",
    )  # fmt: skip
    assert "visits has no column color" in " ".join(
        str(measure(Portfolio.of(), broken, as_of=AT)).replace("│", " ").split()
    )


def test_no_person_is_shown_unasked() -> None:
    """Without a personal dimension no id of a person is in text, rows, HTML or repr of results."""
    season = brussels_2014()
    card: Any = measure(season, period=YEAR, as_of=AT)
    everything = str(card) + str(card.html()) + json.dumps(card.rows()) + repr(card)
    assert "developer-01" not in everything


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(1, 3), "share", "33.33 %"), (Fraction(1), "share", "100 %"),
        (Fraction(-1, 4), "jobs", "-0.25"), (Fraction(1234567), "visit", "1,234,567"),
        (Fraction(1000), "visit", "1,000"), (None, "visit", ""),
    ],
)  # fmt: skip
def test_figures_are_rounded_only_when_shown(value: Fraction, unit: str, text: str) -> None:
    """Shares are percent, all others have at most two decimals and commas."""
    assert shown(value, unit) == text


def test_numbers_of_rows_have_twelve_digits() -> None:
    """Whole figures are whole numbers; fractions are cut to 12 digits, the same everywhere."""
    assert number(Fraction(2, 3)) == 0.666666666667
    assert number(Fraction(10**15, 3)) == 333333333333000.0
    assert isinstance(number(Fraction(7)), int)
