"""Exchange rates: stated and dated prices of currencies, by which amounts of money are converted.

Amounts of several currencies never add. With rates those of which a rate is known by their day are
converted exactly into one currency; all others stay in their own.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.fields import Coded, Many, Text, Value
from mic_core.impact.aggregation.columns import FactColumn, encoded
from mic_core.impact.aggregation.facts import Columns, FactTable

CURRENCY = "currency"
"""The unit of columns that hold amounts of money, and the column that names their currency."""

_Currency = Annotated[str, Coded("[A-Z]{3}", "a currency code of three capitals (ISO 4217)")]


def _is_price(base: str, quote: str, value: Decimal) -> Problem | None:
    if value <= 0:
        return Problem(path="value", rule="must be above 0", had=str(value))
    if base == quote:
        return Problem(path="quote", rule="must be another currency than base")
    return None


@checked(_is_price)
@attrs.frozen(kw_only=True, weakref_slot=False)
class ExchangeRate:
    """An exchange rate: one unit of the base currency is worth `value` units of the quote currency.

    It holds from the day `on` until the next rate of the same pair. `source` is a citation. Central
    banks publish rates in this form.

    >>> ExchangeRate(
    ...     base="EUR", quote="USD", on=date(2014, 12, 31), value=Decimal("1.2141"), source="ECB"
    ... ).value
    Decimal('1.2141')
    """

    base: _Currency
    quote: _Currency
    on: date
    value: Decimal
    source: Annotated[str, Text(most=500)]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class ExchangeRates:
    """The rates by which `measure` converts amounts of money into one currency.

    A rate is used in both directions; no chain of rates is. Of two rates of one pair and day the
    last one given holds.
    """

    into: _Currency
    rates: Annotated[tuple[ExchangeRate, ...], Many(Value(ExchangeRate), most=100_000)]

    def factor(self, currency: str, day: date | None) -> Fraction | None:
        """The exact factor from a currency on a day; None where no rate is known by that day.

        >>> usd = ExchangeRate(
        ...     base="EUR", quote="USD", on=date(2014, 1, 1), value=Decimal("1.25"), source="ECB"
        ... )
        >>> ExchangeRates(into="EUR", rates=(usd,)).factor("USD", date(2014, 6, 1))
        Fraction(4, 5)
        """
        if currency == self.into:
            return Fraction(1)
        found: tuple[date, Fraction] | None = None
        for each in self.rates:
            pair = {each.base, each.quote}
            if pair != {currency, self.into} or day is None or each.on > day:
                continue
            if found is None or each.on >= found[0]:
                value = Fraction(each.value)
                found = each.on, value if each.base == currency else 1 / value
        return None if found is None else found[1]


def with_one_currency(table: FactTable, rates: ExchangeRates | None) -> FactTable:
    """A table of which the amounts are in the currency of the rates, where one is known.

    An amount of which the currency is not known is not known itself, unless it is 0. O(rows).
    """
    currency = table.columns.get(CURRENCY)
    if currency is None or (rates is None and None not in currency.labels):
        return table
    factors = _factors(table, currency, rates)

    def converted(name: str) -> FactColumn:
        column = table.columns[name]
        values = (
            amount if not amount else None if factor is None else _exact(amount, factor)
            for amount, factor in zip(column.values(), factors, strict=True)
        )
        return encoded(column.shape, values)

    def currencies() -> FactColumn:
        into = None if rates is None else rates.into
        values = (
            into if factor is not None and factor is not _AS_IT_IS else label
            for label, factor in zip(currency.values(), factors, strict=True)
        )
        return encoded(currency.shape, values)

    builders: dict[str, Callable[[], FactColumn]] = {
        each.name: partial(
            converted if each.unit == CURRENCY else table.columns.__getitem__, each.name
        )
        for each in table.shape.columns
    }
    builders[CURRENCY] = currencies
    return FactTable(table.shape, table.size, Columns(builders), table.runs, table.also)


_AS_IT_IS = Fraction(1)
"""The factor of an amount that stays in its own currency; known by its identity."""


def _factors(
    table: FactTable, currency: FactColumn, rates: ExchangeRates | None
) -> Sequence[Fraction | None]:
    """The factor of each row; None where the currency of a row is not known."""
    days: Iterable[date | None]
    days = table.columns[str(table.shape.day)].values() if table.shape.day else ()
    known: dict[tuple[str, date | None], Fraction] = {}
    found: list[Fraction | None] = []
    for label, day in zip(currency.values(), days, strict=True):
        if label is None:
            found.append(None)
            continue
        factor = known.get((label, day))
        if factor is None:
            own = None if rates is None else rates.factor(label, day)
            factor = known[label, day] = _AS_IT_IS if own is None else own
        found.append(factor)
    return found


def _exact(amount: int, factor: Fraction) -> int | Fraction:
    """An amount in whole millionths, converted; whole where it can be."""
    exact = amount * factor
    return exact.numerator if exact.denominator == 1 else exact
