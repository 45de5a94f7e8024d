"""Size schemes: named and versioned definitions of the size classes of enterprises."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.fields import Coded, Many, Text, Value
from mic_core.model.vocabulary import Amount, Count, Identifier, Word

_Currency = Annotated[str, Coded("[A-Z]{3}", "a currency code of three capitals (ISO 4217)")]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class SizeCeiling:
    """The ceilings of one size class: staff below a number, and turnover or balance sheet up to it.

    `staff` is in annual work units and exclusive. `turnover` and `balance_sheet` are inclusive, and
    one of them is enough; None for both: staff alone decides.
    """

    name: Word
    staff: Count
    turnover: Amount | None = None
    balance_sheet: Amount | None = None


def _are_nested(ceilings: tuple[SizeCeiling, ...]) -> Problem | None:
    staff = [each.staff for each in ceilings]
    if staff != sorted(set(staff)):
        return Problem(path="ceilings", rule="must be sorted by staff, each larger than the last")
    return None


@checked(_are_nested)
@attrs.frozen(kw_only=True, weakref_slot=False)
class SizeScheme:
    """A definition of size classes: the ceilings of each, the smallest class first.

    `above` is the class beyond all ceilings. `currency` is that of the ceilings. `with_group`: the
    figures of linked and partner enterprises count, and enterprises under public control are in
    `above`; otherwise an enterprise is judged by its own figures. `periods` is the number of
    accounting periods in a row in which a ceiling is crossed before the class changes: 1 or 2.
    `angels` is the total in `currency` from which business angels are no exempt investors any more;
    a local authority is one below `budget` a year and below `inhabitants`.
    """

    id: Identifier
    version: Word
    ceilings: Annotated[tuple[SizeCeiling, ...], Many(Value(SizeCeiling), least=1, most=10)]
    above: Word = "large"
    currency: _Currency = "EUR"
    with_group: bool = True
    periods: Count = 2
    angels: Amount = Decimal(1_250_000)
    budget: Amount = Decimal(10_000_000)
    inhabitants: Count = 5_000
    source: Annotated[str, Text(most=500)]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, the smallest one first."""
        return (*(each.name for each in self.ceilings), self.above)


def _ceiling(name: str, staff: int, millions: tuple[int, int] | None = None) -> SizeCeiling:
    if millions is None:
        return SizeCeiling(name=name, staff=staff)
    turnover, balance_sheet = (Decimal(each * 1_000_000) for each in millions)
    return SizeCeiling(name=name, staff=staff, turnover=turnover, balance_sheet=balance_sheet)


SIZE_SCHEMES: Mapping[str, SizeScheme] = MappingProxyType({
    "2003/361/EC": SizeScheme(
        id="2003-361-EC", version="2003",
        ceilings=(
            _ceiling("micro", 10, (2, 2)), _ceiling("small", 50, (10, 10)),
            _ceiling("medium", 250, (50, 43)),
        ),
        source="Recommendation 2003/361/EC, annex",
    ),
    "Eurostat": SizeScheme(
        id="eurostat", version="2008", with_group=False, periods=1,
        ceilings=(_ceiling("micro", 10), _ceiling("small", 50), _ceiling("medium", 250)),
        source="Eurostat, structural business statistics: persons employed alone",
    ),
})  # fmt: skip
"""The size schemes that come with the library, by their name."""
