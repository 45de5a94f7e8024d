"""Attacks on protected scorecards by a solver, and measures that print hidden numbers."""

from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import FactTables, Period, Scorecard, measure, protect
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
    return sign * round(solver.objective_value)


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
