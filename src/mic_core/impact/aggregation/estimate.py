"""Estimates: figures with bounds, numerator and denominator, evaluated from merged states."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Literal

import attrs

from mic_core.impact.aggregation.columns import MILLION

Certainty = Literal["measured", "partial", "unknown", "undefined"]


def _certainty(estimate: "Estimate") -> Certainty:
    if estimate.value is None:
        return "unknown"
    return "measured" if estimate.least == estimate.most is not None else "partial"


@attrs.frozen(kw_only=True)
class Estimate:
    """A figure with its bounds: what certainly holds, and what may.

    `value` is None where nothing is certain or 0 is divided by 0. `least` and `most` bound the true
    figure; None: no bound on that side is known. `n` is the number of units behind it, `unknown`
    the number of units that may count as well. `numerator` and `denominator` are those of shares
    and ratios; None for all others.

    >>> print(exactly(12), Estimate(value=Fraction(3), least=Fraction(3), most=None, n=3))
    12 3 (at least 3)
    """

    value: Fraction | None
    least: Fraction | None
    most: Fraction | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    n: int
    unknown: int = 0
    certainty: Certainty = attrs.Factory(_certainty, takes_self=True)

    def __str__(self) -> str:
        shown = "unknown" if self.value is None else f"{float(self.value):g}"
        if self.least is not None and self.least == self.most:
            return shown
        if self.most is None:
            least = "" if self.least is None else f" (at least {float(self.least):g})"
            return f"{shown}{least}"
        least = "any" if self.least is None else f"{float(self.least):g}"
        return f"{shown} ({least} to {float(self.most):g})"


def exactly(value: Fraction | int, n: int | None = None) -> Estimate:
    """A figure without any doubt."""
    known = Fraction(value)
    return Estimate(value=known, least=known, most=known, n=int(known) if n is None else n)


NOTHING = Estimate(value=None, least=None, most=None, n=0)
"""The figure of no facts at all: unknown, not zero."""


def counted(certain: int, most: int, unknown: int) -> Estimate:
    """A count; unknown where no unit is certain and some are possible."""
    value = None if not certain and most else Fraction(certain)
    return Estimate(
        value=value, least=Fraction(certain), most=Fraction(most), n=certain, unknown=unknown
    )


def whole(amount: int) -> Fraction:
    """A number kept in whole millionths."""
    return Fraction(amount, MILLION)


def percentages(parts: Sequence[Fraction], places: int = 0) -> tuple[Fraction, ...]:
    """The percentages of parts of one whole, rounded together so that they add up to 100.

    Largest-remainder method: each is cut off at `places` decimals, and what is missing goes, a unit
    each, to the greatest remainders, of equal ones to the first. Empty for a whole of 0, and for
    parts below 0, which are no parts of a whole.

    >>> [str(each) for each in percentages([Fraction(1)] * 3)]
    ['34', '33', '33']
    """
    whole = sum(parts, Fraction(0))
    if not whole or any(each < 0 for each in parts):
        return ()
    scale = 10**places
    exact = [each * 100 * scale / whole for each in parts]
    cut = [floor(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda place: (cut[place] - exact[place], place))
    for place in order[: 100 * scale - sum(cut)]:
        cut[place] += 1
    return tuple(Fraction(each, scale) for each in cut)


def divided(top: Estimate, bottom: Estimate) -> Estimate:
    """The ratio of two figures that are not below zero.

    Undefined where 0 is divided by 0, and where the divisor is 0 at any rate.
    """
    found = Estimate(
        value=None, least=_quotient(top.least, bottom.most), most=_quotient(top.most, bottom.least),
        numerator=top.value, denominator=bottom.value, n=bottom.n,
        unknown=top.unknown + bottom.unknown,
    )  # fmt: skip
    if top.value is None or bottom.value is None:
        return found
    if bottom.value == 0:
        return found if bottom.most else attrs.evolve(found, certainty="undefined")
    known = attrs.evolve(found, value=top.value / bottom.value)
    return attrs.evolve(known, certainty=_certainty(known))


def _quotient(part: Fraction | None, whole: Fraction | None) -> Fraction | None:
    return part / whole if part is not None and whole else None


def number(value: Fraction | int | None) -> int | float | None:
    """A figure as a plain number: whole if it is, else rounded to 12 digits; None stays None.

    >>> number(Fraction(3)), number(Fraction(1, 3)), number(None)
    (3, 0.333333333333, None)
    """
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(f"{float(value):.12g}")
