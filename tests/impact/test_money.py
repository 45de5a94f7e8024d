"""Money: amounts of several currencies, exchange rates, and what cannot be compared."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Cost,
    Deal,
    ExchangeRate,
    ExchangeRates,
    FactTables,
    InvariantError,
    Money,
    Period,
    Portfolio,
    change,
    measure,
    median,
    total,
    what_changed,
    where,
)
from tests.impact.camp import AT, CENTER, VENTURE, custom, figures_of, one, supported

USD = ExchangeRate(
    base="EUR", quote="USD", on=date(2015, 1, 1), value=Decimal("1.25"), source="the bank"
)
IN_EUR = ExchangeRates(into="EUR", rates=(USD,))


def raised(id: str, on: date, amount: str, currency: str) -> Deal:
    """A deal of the venture."""
    return Deal(
        id=id, organization_id="v", on=on, kind="equity",
        amount=Money(amount=Decimal(amount), currency=currency),
    )  # fmt: skip


def test_rates_convert_into_one_currency() -> None:
    """Ten dollars at 1.25 for a euro are eight euros, exactly; the facts behind both are cited."""
    deals = (raised("a", date(2015, 2, 1), "5", "EUR"), raised("b", date(2015, 2, 1), "10", "USD"))
    portfolio = supported(VENTURE, *deals)
    result = one(portfolio, "I1", rates=IN_EUR)
    assert (result.value, result.unit, result.status) == (13, "EUR", "measured")
    assert result.explain(portfolio).facts == ("deal:a", "deal:b")
    dollars = one(portfolio, "I1", rates=ExchangeRates(into="USD", rates=(USD,)))
    assert (dollars.value, dollars.unit) == (Fraction(65, 4), "USD")


def test_an_amount_before_the_first_rate_stays_in_its_own_currency() -> None:
    """A rate holds from its day on; an amount without a rate is a row of its own."""
    deals = (raised("a", date(2014, 2, 1), "10", "USD"), raised("b", date(2015, 2, 1), "10", "USD"),
             raised("c", date(2015, 2, 1), "3", "CHF"))  # fmt: skip
    card: Any = measure(supported(VENTURE, *deals), "I1", as_of=AT, rates=IN_EUR)
    assert [(each.value, each.unit) for each in card] == [(3, "CHF"), (8, "EUR"), (10, "USD")]


def test_the_rate_of_the_day_is_the_last_one_stated() -> None:
    """Of several rates that of the day holds, whatever their order; later ones do not."""
    later = ExchangeRate(
        base="USD", quote="EUR", on=date(2015, 6, 1), value=Decimal("0.3"), source="the bank"
    )
    for rates in ((USD, later), (later, USD)):
        known = ExchangeRates(into="EUR", rates=rates)
        assert known.factor("USD", date(2015, 5, 31)) == Fraction(4, 5)
        assert known.factor("USD", date(2015, 6, 1)) == Fraction(3, 10)
        assert known.factor("USD", None) is None
        assert known.factor("EUR", None) == 1


def test_a_rate_is_a_price() -> None:
    """A rate of nothing, or of a currency for itself, is refused."""
    given_: dict[str, Any] = {"base": "EUR", "on": date(2015, 1, 1), "source": "x"}
    with pytest.raises(InvariantError, match="must be above 0"):
        ExchangeRate(quote="USD", value=Decimal(0), **given_)
    with pytest.raises(InvariantError, match="must be another currency"):
        ExchangeRate(quote="EUR", value=Decimal(1), **given_)
    nothing: Any = "EUR"
    with pytest.raises(InvariantError, match="rates"):
        measure(Portfolio.of(CENTER), as_of=AT, rates=nothing)


def test_conditions_are_on_amounts_as_they_were() -> None:
    """At least ten means ten of the own currency, with and without rates."""
    portfolio = supported(VENTURE, raised("b", date(2015, 2, 1), "10", "USD"))
    big = custom(total("deals", "amount", where("amount", ">=", "10")))
    dollars = custom(total("deals", "amount", where("currency", "==", "USD")))
    assert one(portfolio, big, rates=IN_EUR).value == 8
    assert one(portfolio, dollars, rates=IN_EUR).value == 8


def test_amounts_of_unknown_currencies_do_not_add() -> None:
    """Five of one unknown currency and seven of another are no twelve of anything."""
    rows = [
        {"fact": f"deal:{amount}", "amount": Decimal(amount), "currency": None} for amount in (5, 7)
    ]
    facts = FactTables.of({"deals": rows})
    result = one(facts, custom(total("deals", "amount")))
    assert (result.value, result.least, result.most) == (None, None, None)
    assert result.status == "unknown"
    free = FactTables.of({"deals": [{"fact": "deal:0", "amount": Decimal(0)}]})
    assert one(free, custom(total("deals", "amount"))).value == 0


@given(st.lists(st.tuples(st.integers(-9, 9), st.sampled_from(["EUR", "USD"]),
                          st.integers(0, 3)), max_size=8))  # fmt: skip
def test_converted_sums_are_those_of_a_plain_loop(deals: list[tuple[int, str, int]]) -> None:
    """The sum by rates is that of exact fractions; without a rate an amount stays apart."""
    known = [
        raised(f"d{n}", date(2014 + year, 6, 1), str(amount), currency)
        for n, (amount, currency, year) in enumerate(deals)
    ]
    expected: dict[str, Fraction] = {}
    for amount, currency, year in deals:
        is_dated = currency == "EUR" or year >= 1
        value = Fraction(amount) if currency == "EUR" or not is_dated else Fraction(amount * 4, 5)
        unit = "EUR" if is_dated else "USD"
        expected[unit] = expected.get(unit, Fraction(0)) + value
    card: Any = measure(
        supported(VENTURE, *known), custom(total("deals", "amount")), as_of=AT.replace(year=2020),
        rates=IN_EUR,
    )  # fmt: skip
    assert {each.unit: each.value for each in card if each.currency} == expected


def test_other_summaries_are_converted_too() -> None:
    """Medians and changes of money are in the currency of the rates."""
    deals = (raised("a", date(2015, 2, 1), "5", "EUR"), raised("b", date(2015, 2, 1), "10", "USD"))
    result = one(supported(VENTURE, *deals), custom(median("deals", "amount")), rates=IN_EUR)
    assert result.value == Fraction(13, 2)
    before = figures_of(2013, "1", turnover=Money(amount=Decimal(10), currency="USD"))
    after = figures_of(2015, "1", turnover=Money(amount=Decimal(20), currency="USD"))
    grown = custom(change("enterprises", "turnover_before", "turnover_after"))
    assert one(supported(VENTURE, before, after), grown, rates=IN_EUR).value == 8


def test_turnover_in_two_currencies_does_not_compare() -> None:
    """More dollars than euros is no higher turnover; nor is that of a record of two currencies."""
    before = figures_of(2013, "1", turnover=Money(amount=Decimal(10), currency="EUR"))
    after = figures_of(2015, "1", turnover=Money(amount=Decimal(11), currency="USD"))
    portfolio = supported(VENTURE, before, after)
    assert one(portfolio, "G2").status == "unknown"
    mixed = figures_of(
        2014,
        "1",
        turnover=Money(amount=Decimal(5), currency="EUR"),
        value_added=Money(amount=Decimal(4), currency="USD"),
    )
    result = one(supported(VENTURE, mixed), custom(total("figures", "turnover")))
    assert result.value is None


def test_staff_with_and_without_founders_does_not_compare() -> None:
    """Two founders who are counted only afterwards are no two jobs."""
    before = figures_of(2013, "2", founders_counted=False)
    after = figures_of(2015, "4", founders_counted=True)
    assert one(supported(VENTURE, before, after), "J1").status == "unknown"
    same = figures_of(2015, "4", founders_counted=False)
    assert one(supported(VENTURE, before, same), "J1").value == 2


def test_changes_of_money_are_told_by_currency() -> None:
    """A late deal changes the amount in its currency, and no other."""
    portfolio = supported(VENTURE, raised("a", date(2015, 2, 1), "5", "EUR")).record(
        raised("b", date(2015, 3, 1), "7", "USD"), recorded_at=AT
    )
    earlier = AT.replace(year=2015, month=6)
    (found,) = what_changed(portfolio, earlier, AT, "I1")
    assert (found.currency, str(found.before), str(found.after)) == ("USD", "unknown", "7")
    assert found.late == ("deal:b",)
    (converted,) = what_changed(portfolio, earlier, AT, "I1", rates=IN_EUR)
    assert (converted.currency, str(converted.before), str(converted.after)) == (
        "EUR", "5", "10.6"
    )  # fmt: skip
    (gone,) = what_changed(portfolio, AT, earlier, "I1")
    assert (gone.currency, str(gone.before), str(gone.after)) == ("USD", "7", "unknown")


def test_costs_of_two_payers_and_currencies() -> None:
    """A cost without a payer may be public: the public cost is bounded."""
    costs = [
        Cost(
            id=f"c-{n}", scope=("mic",), period=Period.year(2014), kind="staff",
            amount=Money(amount=Decimal(n), currency="EUR"),
        )
        for n in (1, 2)
    ]  # fmt: skip
    public = custom(total("costs", "amount", where("is_public", "==", (True,))))
    result = one(Portfolio.of(CENTER, *costs), public)
    assert (result.value, result.most) == (None, 3)


def test_an_indicator_that_was_not_known_did_not_change() -> None:
    """An own indicator that is recorded between two instants is on one side only."""
    own = custom(total("deals", "amount"))
    portfolio = supported(VENTURE, raised("a", date(2015, 2, 1), "5", "EUR")).record(
        own, recorded_at=AT
    )
    assert len(what_changed(portfolio, AT.replace(year=2015, month=6), AT)) == 0
    assert len(what_changed(portfolio, AT, AT.replace(year=2015, month=6))) == 0
