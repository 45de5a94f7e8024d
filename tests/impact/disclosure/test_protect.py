"""Protecting scorecards: what is withheld, what is printed, and what nobody can derive."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from mic_core import (
    FactTables,
    Indicator,
    InvariantError,
    Observation,
    Period,
    Portfolio,
    Scorecard,
    Target,
    change,
    count,
    distinct,
    latest,
    measure,
    median,
    protect,
    ratio,
    share,
    stated,
    total,
    where,
)
from mic_core.impact.disclosure.linking import canonical
from mic_core.impact.disclosure.quantities import PrintedNumber
from mic_core.samples import brussels_2014

AT = datetime(2014, 12, 31, tzinfo=UTC)
JANUARY = date(2014, 1, 1)


def indicator(id: str, measure: Any, unit: str = "person", **more: Any) -> Indicator:
    """An indicator of these tests."""
    return Indicator(
        id=id, title=id, unit=unit, kind="output", measure=measure, source="a test", **more
    )


def visits(*groups: tuple[int, dict[str, Any]]) -> FactTables:
    """Visits of so many persons each, with the columns given."""
    rows: list[dict[str, Any]] = []
    for many, columns in groups:
        for _ in range(many):
            id = len(rows)
            rows.append({"fact": f"attendance:a-{id}", "person_id": f"p-{id}", "heads": 1,
                         "day": JANUARY, "status": "present", **columns})  # fmt: skip
    return FactTables.of({"visits": rows})


PERSONS = indicator("persons", distinct("visits", "person_id"))
ROWS = indicator("visits", count("visits"), unit="visit")


def statuses(card: Scorecard) -> list[str]:
    """The status of each result."""
    return [each.status for each in card]


def hidden_of(card: Scorecard) -> set[str]:
    """The suppressed results by their indicator and labels."""
    return {
        " ".join([each.indicator.id, *(str(label) for _, label in each.cell)])
        for each in card if each.status == "suppressed"
    }  # fmt: skip


def test_a_small_count_hides_itself_and_another_one() -> None:
    """A cell of three is withheld with a second cell, since the total would give it away."""
    facts = visits((20, {"gender": "female"}), (30, {"gender": "male"}), (3, {"gender": "x"}))
    card = protect(measure(facts, PERSONS, by="gender", as_of=AT))
    assert statuses(card).count("suppressed") == 2
    assert card.get("persons", gender="x").status == "suppressed"  # type: ignore[union-attr]
    assert card.get("persons").value == 53  # type: ignore[union-attr]


def test_a_suppressed_result_says_nothing_of_its_figure() -> None:
    """Text, HTML, rows, repr and explanation have neither figure, bounds, number nor rule."""
    facts = visits((3, {"gender": "female"}))
    raw = measure(facts, PERSONS, as_of=AT)
    card = protect(raw, facts, minimum=17, dominance=Decimal("0.23"))
    (result,) = card
    row = card.rows()[0]
    assert [row[each] for each in ("value", "least", "most", "n", "numerator", "coverage")] == (
        [None] * 6
    )
    explained = result.explain(facts)
    assert (explained.facts, explained.possible, dict(explained.days)) == ((), (), {})
    shown = f"{card} {card.html()} {card!r} {row} {explained!r}"
    assert "suppressed" in shown
    assert not any(each in shown for each in ("17", "0.23", "23 %"))
    assert "withheld" in str(card)
    assert "withheld" in str(card.html())
    assert "withheld" not in str(raw)
    assert result.evidence == result.exclusions == result.at_grade == ()


def test_a_target_stays_without_progress() -> None:
    """The target of a suppressed figure is public; how far it is reached is not."""
    season = Portfolio.of(
        Target(id="t", indicator_id="P2", scope=("c",), period=Period.year(2014), value=Decimal(9))
    )
    raw = measure(season, "P2", period=Period.year(2014), as_of=AT)
    aim = raw.results[0].aim
    card = attrs.evolve(
        raw,
        results=(attrs.evolve(measure(visits((3, {})), PERSONS, as_of=AT).results[0], aim=aim),),
    )
    assert aim is not None
    (result,) = protect(card)
    assert result.status == "suppressed"
    assert result.aim is not None
    assert (result.aim.progress, result.aim.growth, result.aim.value) == (None, None, 9)


def test_zeros_and_large_counts_are_printed() -> None:
    """A scorecard without small counts stays as it is."""
    facts = visits((20, {"gender": "female"}), (30, {"gender": "male"}))
    never = indicator("never", count("visits", where("status", "==", "absent")))
    card = measure(facts, (PERSONS, never), by="gender", as_of=AT)
    assert protect(card) == card


def test_a_share_prints_its_numerator() -> None:
    """A share of few units, or of all but few, is withheld, however many units there are."""
    facts = visits((3, {"gender": "female"}), (40, {"gender": "male"}))
    few = indicator("few", share("visits", having=where("gender", "==", "female")), "share")
    most = indicator("most", share("visits", having=where("gender", "==", "male")), "share")
    half = indicator("half", share("visits", having=where("status", "==", "present")), "share")
    assert hidden_of(protect(measure(facts, (few, most, half), as_of=AT))) == {"few", "most"}


def test_a_ratio_prints_both_of_its_sides() -> None:
    """A ratio is withheld where its divisor is, also if the divisor is printed nowhere else."""
    facts = visits((3, {"gender": "female"}), (40, {"gender": "male"}))
    women = distinct("visits", "person_id", where("gender", "==", "female"))
    each = indicator("each", ratio(count("sessions"), women), "session")
    rows = FactTables.of(
        {"visits": [*_rows(facts)], "sessions": [{"fact": "session:s", "day": JANUARY}]}
    )
    card = measure(rows, (each, indicator("sessions", count("sessions"))), as_of=AT)
    assert hidden_of(protect(card)) == {"each"}
    assert protect(card).get("sessions").value == 1  # type: ignore[union-attr]


def _rows(facts: FactTables) -> list[dict[str, Any]]:
    table = facts.table("visits")
    names = ("fact", "person_id", "heads", "day", "status", "gender")
    return [{name: table.columns[name].at(row) for name in names} for row in range(table.size)]


def test_a_part_by_conditions_is_a_difference() -> None:
    """A total, and the same with one more condition, tell how many do not meet it."""
    facts = visits((3, {"gender": "female"}), (40, {"gender": "male"}))
    men = indicator("men", distinct("visits", "person_id", where("gender", "==", "male")))
    card = protect(measure(facts, (PERSONS, men), as_of=AT))
    assert len(hidden_of(card)) == 1
    women = indicator("women", distinct("visits", "person_id", where("gender", "==", "female")))
    enough = visits((8, {"gender": "female"}), (40, {"gender": "male"}), (2, {"gender": "x"}))
    assert hidden_of(protect(measure(enough, (PERSONS, men, women), as_of=AT)))
    known = visits((8, {"gender": "female"}), (40, {"gender": "male"}))
    assert not hidden_of(protect(measure(known, (PERSONS, men, women), as_of=AT)))


@pytest.mark.parametrize("who", [PERSONS, ROWS])
def test_a_cumulative_figure_less_an_earlier_one_is_a_difference(who: Indicator) -> None:
    """After a figure up to June, one up to July is withheld where few came in between."""
    facts = visits((20, {}), (2, {"day": date(2014, 7, 2)}))
    first = protect(measure(facts, who, period=Period(JANUARY, date(2014, 7, 1)), as_of=AT))
    later = measure(facts, who, period=Period(JANUARY, date(2014, 8, 1)), as_of=AT)
    assert statuses(first) == ["measured"]
    assert statuses(protect(later)) == ["measured"]
    assert statuses(protect(later, published=[first])) == ["suppressed"]
    tail = measure(facts, who, period=Period(date(2014, 6, 1), date(2014, 8, 1)), as_of=AT)
    assert statuses(protect(tail, published=[first])) == ["suppressed"]
    again = attrs.evolve(first, results=(*first.results,))
    assert statuses(protect(again, published=[first])) == ["measured"]


def test_a_month_is_the_figure_of_that_month() -> None:
    """A month printed before by itself keeps the months beside it from being told."""
    facts = visits((20, {}), (3, {"day": date(2014, 2, 2)}), (9, {"day": date(2014, 3, 2)}))
    whole = measure(facts, ROWS, period=Period.year(2014), as_of=AT)
    march = measure(facts, ROWS, period=Period.month(2014, 3), as_of=AT)
    by_month = measure(facts, ROWS, by="month", period=Period.year(2014), as_of=AT)
    card = protect(by_month, published=[whole, march])
    assert hidden_of(card) == {"visits 2014-01", "visits 2014-02"}


@pytest.mark.parametrize(
    ("unit", "label", "first", "after"),
    [
        ("month", "2014-12", date(2014, 12, 1), date(2015, 1, 1)),
        ("quarter", "2014-Q2", date(2014, 4, 1), date(2014, 7, 1)),
        ("year", "2014", date(2014, 1, 1), date(2015, 1, 1)),
        ("week", "2015-W01", date(2014, 12, 29), date(2015, 1, 5)),
        ("day", date(2014, 2, 3), date(2014, 2, 3), date(2014, 2, 4)),
    ],
)
def test_labels_of_the_calendar_are_periods(
    unit: str, label: Any, first: date, after: date
) -> None:
    """A label of a calendar unit is the period of its days; an unknown one stays a label."""
    whole = PrintedNumber(
        family=("rows", "visits"), where=frozenset(), days=(1, 10**6), scope=None, grade=0,
        as_of=AT, labels=frozenset({(unit, label), ("gender", "x")}),
    )  # fmt: skip
    found = canonical(whole)
    assert found.days == (first.toordinal(), after.toordinal())
    assert found.labels == {("gender", "x")}
    unknown = attrs.evolve(whole, labels=frozenset({(unit, None)}))
    assert canonical(unknown) == unknown


def test_scopes_and_late_facts_are_differences() -> None:
    """A center within all centers, and a figure at a later instant, are told by subtraction."""
    facts = visits((20, {"center_id": "a"}), (2, {"center_id": "b"}))
    everywhere = protect(measure(facts, PERSONS, as_of=AT))
    here = measure(facts, PERSONS, as_of=AT, scope="a")
    assert statuses(protect(here)) == ["measured"]
    assert statuses(protect(here, published=[everywhere])) == ["suppressed"]
    more = measure(visits((23, {})), PERSONS, as_of=AT + timedelta(days=9))
    assert statuses(protect(more, published=[everywhere])) == ["suppressed"]
    same = measure(visits((22, {})), PERSONS, as_of=AT + timedelta(days=9))
    assert statuses(protect(same, published=[everywhere])) == ["measured"]
    fewer = measure(visits((9, {})), PERSONS, as_of=AT + timedelta(days=9))
    assert statuses(protect(fewer, published=[everywhere])) == ["measured"]


def test_persons_in_several_cells_overlap() -> None:
    """Where cells overlap, a cell of all but few of the total is withheld as well."""
    rows = [
        {"fact": f"attendance:{day}-{n}", "person_id": f"p-{n}", "heads": 1, "status": "present",
         "day": day}
        for day, many in ((JANUARY, 19), (date(2014, 2, 1), 20)) for n in range(many)
    ]  # fmt: skip
    card = measure(FactTables.of({"visits": rows}), PERSONS, by="month", as_of=AT)
    assert hidden_of(protect(card)) in ({"persons"}, {"persons 2014-01"}, {"persons 2014-02"})


def companies(*staff: tuple[int, int], **more: Any) -> FactTables:
    """Enterprises with staff before and after."""
    rows: list[dict[str, Any]] = [
        {"fact": f"organization:o-{n}", "enterprise_id": f"o-{n}", "day": JANUARY,
         "staff_before": Decimal(before), "staff_after": Decimal(after), **more}
        for n, (before, after) in enumerate(staff)
    ]  # fmt: skip
    return FactTables.of({"enterprises": rows})


GAINS = indicator(
    "gains", change("enterprises", "staff_before", "staff_after", summary="gains"), "job"
)


def test_an_amount_that_one_enterprise_dominates_is_withheld() -> None:
    """The p % rule: the others but the largest two must hide the largest contribution."""
    even = companies(*((1, 9),) * 8)
    one = companies((1, 900), *((1, 9),) * 3, *((1, 2),) * 4)
    card = measure(even, GAINS, as_of=AT)
    assert statuses(protect(card, even)) == ["measured"]
    assert statuses(protect(card)) == ["suppressed"]  # nobody knows the contributions
    assert statuses(protect(card, dominance=None)) == ["measured"]
    card = measure(one, GAINS, as_of=AT)
    assert statuses(protect(card, one)) == ["suppressed"]
    assert statuses(protect(card, one, dominance=None)) == ["measured"]
    assert statuses(protect(card, one, dominance=Decimal("0.001"))) == ["measured"]


def test_an_amount_needs_three_contributors() -> None:
    """Two contributors can work out each other; of none there is nothing to tell."""
    two = companies((1, 9), (1, 8), (3, 3))
    card = measure(two, GAINS, as_of=AT)
    assert statuses(protect(card, two, minimum=1)) == ["suppressed"]
    assert statuses(protect(card, two, minimum=1, dominance=None)) == ["suppressed"]
    assert statuses(protect(card, minimum=1, dominance=None)) == ["measured"]
    pair = companies((1, 9), (1, 8))
    card = measure(pair, GAINS, as_of=AT)
    assert statuses(protect(card, minimum=1, dominance=None)) == ["suppressed"]
    none = companies(*((3, 3),) * 6)
    card = measure(none, GAINS, as_of=AT)
    assert statuses(protect(card, none)) == ["measured"]


def test_every_measure_of_amounts_is_judged_by_its_contributions() -> None:
    """Net changes, stocks and sums of several rows of one contributor are judged alike."""
    net = indicator("net", change("enterprises", "staff_before", "staff_after"), "job")
    facts = companies((900, 1), *((9, 1),) * 7)
    assert statuses(protect(measure(facts, net, as_of=AT), facts)) == ["suppressed"]
    stock = indicator("stock", latest("figures", "staff", "enterprise_id"), "job")
    rows: list[dict[str, Any]] = [
        {"fact": f"figures:f-{n}-{year}", "enterprise_id": f"o-{n}", "day": date(year, 1, 1),
         "staff": Decimal(900 if n + year == 2012 else 9)}
        for n in range(8) for year in (2012, 2013)
    ]  # fmt: skip
    figures = FactTables.of({"figures": rows})
    assert statuses(protect(measure(figures, stock, as_of=AT), figures)) == ["measured"]
    grouped = measure(figures, stock, by="enterprise_id", as_of=AT)
    # Eight cells of at least one each would follow from a number of eight.
    assert set(statuses(protect(grouped, figures))) == {"suppressed"}
    minutes = indicator("minutes", total("visits", "minutes"), "minute")
    known = visits((9, {"minutes": 30}), (2, {"minutes": 9000, "person_id": None}))
    assert statuses(protect(measure(known, minutes, as_of=AT), known)) == ["suppressed"]
    even = visits((9, {"minutes": 30}))
    assert statuses(protect(measure(even, minutes, as_of=AT), even)) == ["measured"]
    middle = indicator("middle", median("visits", "minutes"), "minute")
    assert statuses(protect(measure(even, middle, as_of=AT))) == ["measured"]
    few = visits((3, {"minutes": 30}))
    assert statuses(protect(measure(few, middle, as_of=AT))) == ["suppressed"]
    better = indicator(
        "better", change("enterprises", "staff_before", "staff_after", summary="improved"), "share"
    )
    mixed = companies(*((1, 9),) * 3, *((9, 9),) * 20)
    assert statuses(protect(measure(mixed, better, as_of=AT))) == ["suppressed"]


def test_ratios_of_amounts_are_judged_by_both_sides() -> None:
    """A ratio of amounts is withheld where one of them would be, and printed else."""
    top = total("visits", "minutes")
    for bottom in (total("visits", "heads"), median("visits", "minutes"), count("visits")):
        each = indicator("each", ratio(top, bottom), "minute")
        even = visits((9, {"minutes": 30}))
        card = measure(even, each, as_of=AT)
        assert statuses(protect(card, even, dominance=None)) == ["measured"]
        few = visits((2, {"minutes": 30}))
        assert statuses(protect(measure(few, each, as_of=AT), few)) == ["suppressed"]


def test_stated_numbers_are_judged_by_their_value() -> None:
    """A stated count is a count; a stated amount has no contributions that are known."""
    said = indicator("said", stated(), "job")

    def card(value: str) -> Scorecard:
        seen = Observation(
            id="o", subject="center:c", indicator_id="said", period=Period.year(2014),
            value=Decimal(value), unit="job", evidence="documented", source="a test",
        )  # fmt: skip
        return measure(Portfolio.of(said, seen), "said", period=Period.year(2014), as_of=AT)

    assert statuses(protect(card("3"))) == ["suppressed"]
    assert statuses(protect(card("30"))) == statuses(card("30"))
    assert statuses(protect(card("30.5"))) == ["suppressed"]


def test_tables_of_the_center_itself_are_open() -> None:
    """Sessions, editions and costs are printed however few; so is what is not computed."""
    season = brussels_2014()
    card = measure(season, ("P3", "P3-editions", "P1-unemployed"), by="month", as_of=AT)
    assert protect(card, season) == card


def test_notes_on_few_facts_are_left_out() -> None:
    """Grades of evidence, and figures at them, are printed only where they are no small counts."""
    few = visits((20, {"evidence": "documented"}), (2, {"evidence": "verified"}))
    raw = measure(few, PERSONS, as_of=AT)
    (result,) = protect(raw)
    assert raw.results[0].at_grade
    assert (result.value, result.at_grade, result.evidence) == (Fraction(22), (), ())
    many = visits((20, {"evidence": "documented"}), (7, {"evidence": "verified"}))
    raw = measure(many, PERSONS, as_of=AT)
    assert protect(raw) == raw
    half = indicator("half", share("visits", having=where("gender", "==", "x")), "share")
    mixed = visits(
        (20, {"gender": "x", "evidence": "documented"}),
        (20, {"gender": "y", "evidence": "verified"}),
    )
    (result,) = protect(measure(mixed, half, as_of=AT))
    assert (result.value, result.at_grade) == (Fraction(1, 2), ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"scorecard": None}, {"facts": 3}, {"minimum": 0}, {"dominance": 2}, {"published": 3},
        {"published": [3]},
    ],
)  # fmt: skip
def test_arguments_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    """What is no scorecard, portfolio or number raises, before anything is computed."""
    given: dict[str, Any] = {"scorecard": measure(Portfolio.of(), PERSONS, as_of=AT), **wrong}
    with pytest.raises(InvariantError):
        protect(**given)


def test_numbers_without_contributions_are_judged_by_their_size() -> None:
    """Sides of ratios, tables without names, and amounts published before are covered as well."""
    hours = indicator("hours", total("sessions", "minutes"), "minute")
    facts = FactTables.of({"sessions": [{"fact": "session:s", "day": JANUARY, "minutes": 90}]})
    card = measure(facts, hours, as_of=AT)
    assert protect(card, facts) == card
    even = visits((9, {"minutes": 30}))
    minutes = measure(even, indicator("m", total("visits", "minutes"), "minute"), as_of=AT)
    assert protect(minutes, even, published=[minutes]) == minutes


def test_hand_made_scorecards_are_read_as_they_are() -> None:
    """A part that is missing is a rest; one number with two values is two numbers."""
    facts = visits((20, {"gender": "female"}), (30, {"gender": "male"}), (3, {"gender": "x"}))
    card = measure(facts, PERSONS, by="gender", as_of=AT)
    cut = attrs.evolve(card, results=card.results[:-1])  # what is left out can be worked out
    assert len(hidden_of(protect(cut))) == 1
    odd = attrs.evolve(
        card, results=(*card.results, attrs.evolve(card.results[0], figure=card.results[1].figure))
    )
    assert "suppressed" in statuses(protect(odd))
    amounts = companies((1, 9), (1, 9), (1, 9), (1, 9), (1, 9), (1, 9), sector="it")
    both = measure(amounts, GAINS, by="sector", as_of=AT)
    assert set(statuses(protect(both, amounts))) == {"measured"}


def test_both_halves_of_a_year_leave_nothing_to_tell() -> None:
    """A year less one half is the other half, whichever was printed before."""
    facts = visits((20, {}), (9, {"day": date(2014, 8, 2)}))
    summer = date(2014, 7, 1)
    halves = [
        measure(facts, ROWS, period=Period(first, after), as_of=AT)
        for first, after in ((JANUARY, summer), (summer, date(2015, 1, 1)))
    ]
    year = measure(facts, ROWS, period=Period.year(2014), as_of=AT)
    for published in (halves, halves[::-1], halves[:1], halves[1:]):
        assert statuses(protect(year, published=published)) == ["measured"]
    middle = measure(facts, ROWS, period=Period(date(2014, 3, 1), summer), as_of=AT)
    assert statuses(protect(year, published=[middle, *halves])) == ["measured"]


def test_parts_of_other_facts_are_no_difference() -> None:
    """Parts that are more than the whole together, as facts were taken back, tell nothing of it."""
    before, now = visits((20, {"gender": "x"}), (20, {"gender": "y"})), visits((30, {}))
    parts = [
        measure(before, indicator(each, count("visits", where("gender", "==", each))), as_of=AT)
        for each in ("x", "y")
    ]
    whole = measure(now, ROWS, as_of=AT)
    assert statuses(protect(whole, published=parts)) == ["measured"]


def test_a_ratio_to_stated_numbers_is_judged_by_its_sides() -> None:
    """The number of observations is no part of the ratio, and small counts are withheld."""
    rate = indicator("rate", ratio(count("visits"), stated()), "visit a job")
    said = Observation(
        id="o", subject="center:mic-brussels", indicator_id="rate", period=Period.year(2014),
        value=Decimal(40), unit="visit a job", evidence="documented", source="a test",
    )  # fmt: skip
    season = brussels_2014().record(rate, said, recorded_at=AT)
    card = measure(season, "rate", period=Period.year(2014), as_of=AT)
    assert statuses(card) == ["measured"]
    assert statuses(protect(card)) == ["suppressed"]  # of one observation


def test_cells_without_finer_cells_are_no_whole() -> None:
    """A cell that another split does not divide is left out of its relations."""
    facts = visits(
        (20, {"gender": "female", "mode": "online"}),
        (9, {"gender": "female", "mode": "in_person"}),
        (30, {"gender": "male", "mode": "online"}),
    )  # fmt: skip
    coarse = measure(facts, PERSONS, by="gender", as_of=AT)
    fine = measure(facts, PERSONS, by=("gender", "mode"), as_of=AT)
    some = [each for each in fine.results if dict(each.cell).get("gender") == "female"]
    card = attrs.evolve(coarse, results=(*coarse.results, *some))
    assert "suppressed" not in statuses(protect(card))
