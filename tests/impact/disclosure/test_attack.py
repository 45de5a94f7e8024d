"""Attacks on protected scorecards by a solver, and measures that print hidden numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    FactTables,
    Observation,
    Period,
    Portfolio,
    Scorecard,
    count,
    measure,
    median,
    protect,
    ratio,
    share,
    stated,
    total,
    where,
)
from mic_core.impact.disclosure.contributions import contributions
from mic_core.model.expressions.measures import SurvivalMeasure
from mic_core.samples import brussels_2014
from tests.impact.disclosure.test_protect import PERSONS, indicator, statuses, visits

AT = datetime(2014, 12, 31, tzinfo=UTC)


def tables_together(facts: FactTables) -> Scorecard:
    """A scorecard of the whole, both margins and all cells."""
    cards = [
        measure(facts, PERSONS, by=by, as_of=AT)
        for by in ((), ("gender",), ("center_id",), ("gender", "center_id"))
    ]
    results = [cards[0].results[0], *(each for card in cards[1:] for each in card.results[1:])]
    return attrs.evolve(cards[0], results=(*results,), by=("gender", "center_id"))


@given(st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=3), min_size=2, max_size=3),
       st.integers(2, 6))  # fmt: skip
def test_a_solver_derives_nothing_from_a_scorecard(sizes: list[list[int]], minimum: int) -> None:
    """From whole, margins and cells together no suppressed count is derived."""
    cp_model = pytest.importorskip("ortools.sat.python.cp_model")
    groups = [
        (many, {"gender": f"g{a}", "center_id": f"c{b}"})
        for a, row in enumerate(sizes) for b, many in enumerate(row)
    ]  # fmt: skip
    card = tables_together(visits(*groups))
    safe = protect(card, minimum=minimum)
    places = [(f"g{a}", f"c{b}") for a, row in enumerate(sizes) for b in range(len(row))]
    for wanted, result in zip(card, safe, strict=True):
        if result.status != "suppressed":
            assert result.value == wanted.value
            assert not 0 < wanted.n < minimum
            continue
        ends = [_end(cp_model, safe, places, result.cell, sign) for sign in (1, -1)]
        assert ends[0] < ends[1]
        assert ends[1] >= minimum


def _end(
    cp_model: Any, card: Scorecard, places: list[tuple[str, str]], cell: tuple[Any, ...], sign: int
) -> int:
    """The least (1) or greatest (-1) value of a cell that the printed figures allow."""
    model = cp_model.CpModel()
    cells = {place: model.new_int_var(0, 1000, "") for place in places}

    def summed(labels: tuple[Any, ...]) -> Any:
        wanted = dict(labels)
        return sum(
            variable for (gender, center), variable in cells.items()
            if wanted.get("gender", gender) == gender and wanted.get("center_id", center) == center
        )  # fmt: skip

    seen = {tuple(label for _, label in each.cell)
            for each in card if len(each.cell) == 2}  # fmt: skip
    for place, variable in cells.items():
        if place not in seen:
            model.add(variable == 0)  # no row: zero
    for each in card:
        if each.status == "suppressed":
            model.add(summed(each.cell) >= 1)
        elif each.value is not None:
            model.add(summed(each.cell) == int(each.value))
    model.minimize(sign * summed(cell))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return int(sign * round(solver.objective_value))


def test_many_months_are_protected_quickly() -> None:
    """A scorecard of all indicators of the season by month is protected in well under 4 s."""
    season = brussels_2014()
    card = measure(season, by="month", period=Period.year(2014), as_of=AT)
    safe = protect(card, season)
    assert "suppressed" in statuses(safe)
    assert "measured" in statuses(safe)


def test_shares_of_survivors_print_their_number() -> None:
    """A share of survivors is withheld where those who survive, or those who do not, are few."""
    rows: list[dict[str, Any]] = [
        {"fact": f"organization:o-{n}", "enterprise_id": f"o-{n}", "day": date(2014, 1, 1),
         "entered": 0, "left": 1 if n < 2 else 60_000, "has_ended": n < 2, "is_lost": False}
        for n in range(20)
    ]  # fmt: skip
    facts = FactTables.of({"enterprise_lives": rows})
    measures = [
        indicator(f"m-{months}", SurvivalMeasure(table="enterprise_lives", months=months), "share")
        for months in (12, 24)
    ]
    card = measure(facts, measures, as_of=AT)
    assert None not in [each.value for each in card]
    assert set(statuses(protect(card))) == {"suppressed"}
    assert set(statuses(protect(card, minimum=2))) == set(statuses(card))


def test_amounts_of_which_nobody_is_named_are_withheld() -> None:
    """Without contributions an amount is withheld; amounts of one currency have their own."""
    even = visits((9, {"minutes": 30}))
    middle = median("visits", "minutes")
    each = measure(even, indicator("each", ratio(middle, middle), "share"), as_of=AT)
    assert statuses(protect(each, even)) == ["suppressed"]
    spent = indicator("spent", total("sessions", "minutes"), "minute")
    (result,) = measure(Portfolio.of(), spent, as_of=AT)
    assert result.window is not None
    facts = FactTables.of({"sessions": []})
    assert contributions(facts, result, total("sessions", "minutes"), result.window) is None
    deals: list[dict[str, Any]] = [
        {"fact": f"deal:d-{n}", "enterprise_id": f"o-{n}", "day": date(2014, 1, 1),
         "amount": Decimal(9), "currency": currency}
        for n, currency in enumerate(["EUR"] * 9 + ["USD"] * 2)
    ]  # fmt: skip
    raised = FactTables.of({"deals": deals})
    card = measure(raised, indicator("raised", total("deals", "amount"), "currency"), as_of=AT)
    assert [(one.currency, one.status) for one in protect(card, raised)] == [
        ("EUR", "measured"), ("USD", "suppressed"),
    ]  # fmt: skip


def test_figures_that_are_not_known_hide_nothing() -> None:
    """An undefined share, survival that nobody observed and a ratio to a stated number are read."""
    none = visits((9, {}))
    absent = where("status", "==", "absent")
    empty = indicator("empty", share("visits", absent, having=absent), "share")
    card = measure(none, empty, as_of=AT)
    assert statuses(protect(card)) == statuses(card)
    rows: list[dict[str, Any]] = [
        {"fact": f"organization:o-{n}", "enterprise_id": f"o-{n}", "day": date(2014, 1, 1),
         "entered": 0, "left": 9, "has_ended": False, "is_lost": False}
        for n in range(9)
    ]  # fmt: skip
    lives = FactTables.of({"enterprise_lives": rows})
    alive = indicator("alive", SurvivalMeasure(table="enterprise_lives", months=60), "share")
    card = measure(lives, alive, as_of=AT)
    assert card.results[0].value is None
    assert statuses(protect(card)) == statuses(card)
    each = indicator("each", ratio(count("sessions"), stated()), "session")
    seen = Observation(
        id="o", subject="center:c", indicator_id="each", period=Period.year(2014),
        value=Decimal(40), unit="session", evidence="documented", source="a test",
    )  # fmt: skip
    card = measure(Portfolio.of(each, seen), "each", period=Period.year(2014), as_of=AT)
    assert len(protect(card)) == 1
