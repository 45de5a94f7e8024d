"""Scorecards as text, HTML and rows: figures, bounds, targets, statuses, and what stays hidden."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Aim,
    Deal,
    FactTables,
    Indicator,
    Money,
    Observation,
    Period,
    Portfolio,
    Result,
    Scorecard,
    Support,
    Target,
    distinct,
    measure,
    stated,
)
from mic_core.impact.aggregation.estimate import NOTHING, Estimate, number, percentages
from mic_core.impact.scorecard import shown
from mic_core.impact.targets import progress
from mic_core.model.vocabulary import Evidence
from mic_core.samples import brussels_2014
from tests.markup.payloads import HOSTILE, harm, skeleton

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


def _aimed(value: int, least: int | None, most: int | None, **aim: Any) -> Result:
    """A figure of jobs beside a target of 50, or another one."""
    jobs = Indicator(
        id="jobs", title=aim.pop("title", "Jobs"), unit=aim.pop("unit", "jobs"), kind="outcome",
        measure=stated(), source="x",
    )  # fmt: skip
    goal, baseline = Fraction(aim.pop("goal", 50)), Fraction(aim.pop("baseline", 0))
    bounds = [None if each is None else Fraction(each) for each in (least, most)]
    figure = Estimate(value=Fraction(value), least=bounds[0], most=bounds[1], n=1)
    target = Target(
        id="t", indicator_id="jobs", scope=("mic-brussels",), period=YEAR, value=Decimal(int(goal))
    )
    to_date = aim.pop("to_date", None)
    return Result(
        indicator=jobs, period=YEAR, figure=figure, status="measured",
        aim=Aim(
            target=target, targets=(target,), value=goal, baseline=baseline,
            to_date=None if to_date is None else Fraction(to_date),
            progress=progress(figure.value, baseline, goal),
        ),
    )  # fmt: skip


def _html(*results: Result) -> str:
    return str(Scorecard(results=results, period=YEAR, as_of=AT).html())


def _rects(html: str) -> dict[str, tuple[int, int]]:
    """The start and the width of each part of the one bar."""
    found = re.findall(r'<rect class="(\w+)"(?: x="(\d+)")? width="(\d+)"', html)
    return {name: (int(start or 0), int(width)) for name, start, width in found}


def test_a_bar_runs_from_the_baseline_to_the_target() -> None:
    """The filled part is the progress, the mark is due to date; the title says both in words."""
    html = _html(_aimed(30, 30, 30, to_date=40))
    bar = _rects(html)
    assert bar["reached"] == (0, 120)
    assert bar["due"] == (160, 2)
    assert bar["possible"] == (0, 0)
    assert "<title>30 jobs, 60 % of the way, from 0 to 50, 40 due to date</title>" in html
    assert 'role="img"' in html
    assert "A bar runs from the baseline" in html
    assert _rects(_html(_aimed(30, 30, 30, baseline=40, goal=20)))["reached"] == (0, 100)


@pytest.mark.parametrize(
    ("value", "reached", "text"),
    [(-10, 0, "-20 %"), (0, 0, "0 %"), (60, 200, "120 %"), (50, 200, "100 %")],
)
def test_a_bar_is_clipped_and_its_text_is_not(value: int, reached: int, text: str) -> None:
    """Progress below 0 is an empty bar, above 1 a full one; the number is the true one."""
    html = _html(_aimed(value, value, value))
    assert _rects(html)["reached"] == (0, reached)
    assert f'<td class="number" data-label="progress">{text}</td>' in html
    assert f"{text} of the way" in html


def test_a_proper_part_is_neither_empty_nor_full() -> None:
    """A little progress is seen, and so is a little that is missing."""
    assert _rects(_html(_aimed(1, 1, 1, goal=900)))["reached"] == (0, 3)
    assert _rects(_html(_aimed(899, 899, 899, goal=900)))["reached"] == (0, 197)
    assert _rects(_html(_aimed(50, 50, 50, to_date=50)))["due"] == (198, 2)


@pytest.mark.parametrize(
    ("least", "most", "baseline", "goal", "possible"),
    [
        (10, 40, 0, 50, (40, 120)),  # from 10 to 40
        (10, None, 0, 50, (40, 160)),  # open above: to the target
        (None, 40, 0, 50, (0, 160)),  # open below: from the baseline
        (10, 40, 50, 0, (40, 120)),  # a falling target: the least value is the most progress
        (None, 40, 50, 0, (40, 160)),
        (10, None, 50, 0, (0, 160)),
        (-100, 400, 0, 50, (0, 200)),
        (None, None, 0, 50, (0, 0)),
    ],
)
def test_what_is_possible_is_lighter(
    least: int | None, most: int | None, baseline: int, goal: int, possible: tuple[int, int]
) -> None:
    """The lighter part lies between the bounds; an open bound reaches to an end of the bar."""
    html = _html(_aimed(20, least, most, baseline=baseline, goal=goal))
    assert _rects(html)["possible"] == possible


def test_without_progress_there_is_no_bar() -> None:
    """An unknown figure, a target equal to its baseline, and no target at all draw no bar."""
    unknown = attrs.evolve(_aimed(1, 1, 1), figure=NOTHING, status="unknown")
    level = _aimed(50, 50, 50, baseline=50)
    html = _html(unknown, level, attrs.evolve(level, aim=None))
    assert "<svg" not in html
    assert "A bar runs" not in html
    assert "50 jobs" not in html
    assert _html(unknown, _aimed(25, 25, 25)).count("<svg") == 1


def test_shares_have_their_unit_once() -> None:
    """The title of a bar of a share is in percent, without the word of its unit."""
    html = _html(_aimed(1, 1, 1, unit="share", goal=2))
    assert "<title>100 %, 50 % of the way, from 0 % to 200 %</title>" in html
    assert "possibly 10 to 40" in _html(_aimed(20, 10, 40))


def test_numbers_are_set_to_the_right_and_empty_columns_are_left_out() -> None:
    """Columns of figures are numbers; a column without a single entry is not shown."""
    plain: Any = measure(brussels_2014(), ("V1", "P5"), period=YEAR, as_of=AT)
    header = str(plain).partition("\n")[0]
    assert [each.strip() for each in header.split("│")] == [
        "indicator", "unit", "value", "n", "status", "notes",
    ]  # fmt: skip
    html = str(plain.html())
    assert '<td class="number" data-label="value">802</td>' in html
    assert "towards" not in html
    lines = str(measure(brussels_2014(), ("V1", "V2"), by="quarter", as_of=AT)).splitlines()
    assert "bounds" in lines[0]
    assert "by" in lines[0]
    assert "│   802 │" in lines[2]


def test_html_shows_why_a_figure_is_refused() -> None:
    """The reason of a refusal stands below its status."""
    broken = Indicator(
        id="own", title="Own", unit="x", kind="output", measure=distinct("visits", "color"),
        source="x",
    )  # fmt: skip
    html = str(measure(Portfolio.of(), broken, as_of=AT).html())
    assert "visits has no column color</span>" in html


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_title_changes_no_structure(text: str) -> None:
    """Titles, units, labels and reasons are text and nothing else."""

    def html(word: str) -> str:
        aimed = _aimed(30, 10, 40, to_date=5)
        named = attrs.evolve(aimed.indicator)
        for name in ("title", "unit"):
            object.__setattr__(named, name, word)  # the constructor would refuse most of them
        reason = attrs.evolve(aimed, indicator=named, cell=(("topic", word),), reason=word)
        return _html(reason)

    assert harm(html(text)) == set()
    assert skeleton(html(text)) == skeleton(html("x"))


def test_a_result_is_found_by_its_cell_and_explained() -> None:
    """One finds the whole or a cell by its labels; figures name their facts, refusals none."""
    season = brussels_2014()
    card = measure(season, "V1", by="quarter", period=YEAR, as_of=AT)
    whole, autumn = card.get("V1"), card.get("V1", quarter="2014-Q3")
    assert whole is not None
    assert autumn is not None
    assert {whole.value, whole.least, whole.most} == {Fraction(802)}
    assert set(autumn.explain(season).facts) < set(whole.explain(season).facts)
    assert card.get("V1", quarter="1999-Q1") is None
    assert _aimed(1, 1, 1).explain(season).facts == ()
    money = Deal(
        id="d-1", organization_id="o-1", kind="loan", on=date(2014, 10, 2),
        amount=Money(amount=Decimal(5), currency="EUR"), evidence="documented",
    )  # fmt: skip
    help_ = Support(
        id="s-1", kind="coaching", enterprise_id="o-1", provider_id="mic-brussels",
        on=date(2014, 10, 1),
    )  # fmt: skip
    lent = season.record(money, help_, recorded_at=AT)
    (loan,) = measure(lent, "I2", period=YEAR, as_of=AT)
    assert loan.unit == "EUR"
    assert loan.explain(lent).facts == ("deal:d-1",)


def test_parts_of_a_whole_add_up_to_one_hundred_percent() -> None:
    """Cells that add up to their whole have percentages; cells that overlap, and shares, do not."""
    season = brussels_2014()
    card = measure(season, "V1", by="month", period=YEAR, as_of=AT)
    parts = [each for each in card.parts() if each is not None]
    assert sum(parts) == 100
    assert len(parts) == len(card) - 1
    assert f"{parts[0]} %" in str(card)
    assert f"{parts[0]} %</td>" in str(card.html())
    assert [row["percent"] for row in card.rows()] == [None, *parts]
    for id, by in (("V2", "month"), ("P5", "edition_id"), ("V1", ())):
        assert set(measure(season, id, by=by, period=YEAR, as_of=AT).parts()) == {None}
    losses = [
        Result(indicator=_aimed(1, 1, 1).indicator, period=YEAR, status="measured", cell=cell,
               figure=Estimate(value=Fraction(n), least=Fraction(n), most=Fraction(n), n=1))
        for n, cell in ((2, ()), (3, (("x", "a"),)), (-1, (("x", "b"),)))
    ]  # fmt: skip
    assert set(Scorecard(results=(*losses,), period=YEAR, as_of=AT).parts()) == {None}


@given(st.lists(st.fractions(min_value=0, max_value=99), max_size=8), st.integers(0, 2))
def test_percentages_are_rounded_together(parts: list[Fraction], places: int) -> None:
    """They add up to 100, each is next to its exact value, and a greater part is never smaller."""
    rounded = percentages(parts, places)
    whole = sum(parts)
    if not whole:
        assert rounded == ()
        return
    assert sum(rounded) == 100
    for part, shown_ in zip(parts, rounded, strict=True):
        assert abs(shown_ - part * 100 / whole) < Fraction(1, 10**places)
    pairs = sorted(zip(parts, rounded, strict=True))
    assert all(one[1] <= other[1] or one[0] == other[0] for one, other in pairwise(pairs))
    assert percentages([*parts, Fraction(-1)]) == ()


def test_what_a_figure_leaves_out_is_shown() -> None:
    """Exclusions, and the figure at each grade of evidence, stand beside it as text and HTML."""
    grades: tuple[Evidence, ...] = ("claimed", "administrative")
    deals = [
        Deal(id=f"d-{grade}", organization_id="o-1", kind="loan", on=date(2014, 10, 2),
             amount=Money(amount=Decimal(n), currency="EUR"), evidence=grade)
        for n, grade in zip((5, 7), grades, strict=True)
    ]  # fmt: skip
    help_ = Support(
        id="s-1", kind="coaching", enterprise_id="o-1", provider_id="mic-brussels",
        on=date(2014, 10, 1),
    )  # fmt: skip
    card: Any = measure(Portfolio.of(*deals, help_), "I2", period=YEAR, as_of=AT)
    text, html = " ".join(str(card).split()), str(card.html())
    assert "7 if administrative or better</span>" in html
    assert "if administrative or better" in text
    assert "claimed" not in html  # the whole is that of the weakest grade
    jobs: Any = measure(Portfolio.of(help_), "J1", as_of=AT)
    assert "1 not due yet" in str(jobs.html())
    assert "not due" in str(jobs)


def test_facts_without_a_day_lie_in_the_unknown_month() -> None:
    """A row without a day may lie in any period; by month its label is not known."""
    facts = FactTables.of({"visits": [{"fact": "attendance:a", "status": "present", "heads": 1}]})
    card: Any = measure(facts, "V1", by="month", as_of=AT)
    assert [(each.cell, each.value) for each in card] == [((), 1), ((("month", None),), 1)]
    may: Any = measure(facts, "V1", period=YEAR, as_of=AT).results[0]
    assert (may.value, may.most) == (None, 1)
