"""Firms, stakes and figures in short, for the tests of undertakings."""

from datetime import date
from decimal import Decimal
from typing import Any

from mic_core.chrono import Period
from mic_core.model import Figures, Money, Organization, Ownership, Person
from mic_core.portfolio import Portfolio

ALWAYS = Period(date(2000, 1, 1), None)
ON = date(2015, 6, 1)
MILLION = 1_000_000


def firm(id: str, **more: Any) -> Organization:
    """An enterprise in Belgium."""
    given: dict[str, Any] = {"id": id, "name": id, "kind": "sme", "country": "BE", **more}
    return Organization(**given)


def person(id: str) -> Person:
    """A natural person."""
    return Person(id=id, name=id)


def stake(owner: str, held: str, capital: str, **more: Any) -> Ownership:
    """A stake over all time, by default of an enterprise."""
    given: dict[str, Any] = {
        "id": f"{owner}-{held}", "owner_id": owner, "organization_id": held,
        "capital": Decimal(capital), "holder": "enterprise", "period": ALWAYS, **more,
    }  # fmt: skip
    return Ownership(**given)


def euros(millions: float | str | None) -> Money | None:
    """An amount in millions of euros."""
    if millions is None:
        return None
    return Money(amount=Decimal(str(millions)) * MILLION, currency="EUR")


def year(
    id: str, staff: Any, turnover: Any = None, balance: Any = None, *, of: int = 2014, **more: Any
) -> Figures:
    """The figures of a year, money in millions of euros."""
    given: dict[str, Any] = {
        "id": f"{id}-{of}", "organization_id": id, "period": Period.year(of),
        "staff": None if staff is None else Decimal(str(staff)), "turnover": euros(turnover),
        "balance_sheet": euros(balance), **more,
    }  # fmt: skip
    return Figures(**given)


def known(*values: Any) -> Portfolio:
    """A portfolio of some values."""
    return Portfolio.of(*values)
