"""Rates: shares with bounds and a stated denominator, and the Wilson interval of a proportion."""

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt
from typing import Any, NamedTuple

import attrs

from mic_core.impact.aggregation.estimate import number

_Z = 1.959963984540054
"""The quantile of the standard normal distribution for a confidence of 95 %."""


class KeptOf(NamedTuple):
    """A count of a count: of a cohort, those participants who kept their seats, or were active.

    >>> print(KeptOf(3, 4))
    3 of 4
    """

    kept: int
    of: int

    @property
    def share(self) -> Fraction | None:
        """The share that was kept; None of nobody."""
        return _share(self.kept, self.of)

    def __str__(self) -> str:
        return f"{self.kept:,} of {self.of:,}"


@attrs.frozen
class Rate:
    """A rate with bounds: `part` of `of` certainly count, `unknown` more may.

    The denominator is `of` for the bounds, and `of - unknown` for the rate among the known. Rates
    are None where the denominator is 0.

    >>> print(Rate(6, 1, 9), Rate(10, 0, 14), Rate(0, 0, 0), sep="; ")
    6 to 7 of 9 (67 to 78 %); 10 of 14 (71 %); 0 of 0
    """

    part: int
    unknown: int
    of: int

    @property
    def least(self) -> Fraction | None:
        """The rate if none of the unknown count."""
        return _share(self.part, self.of)

    @property
    def most(self) -> Fraction | None:
        """The rate if all of the unknown count."""
        return _share(self.part + self.unknown, self.of)

    @property
    def of_known(self) -> Fraction | None:
        """The rate among those of whom it is known."""
        return _share(self.part, self.of - self.unknown)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson interval of 95 %, of the lower bound downward and of the upper one upward.

        It says how far the rate of such cohorts may lie from the observed one; None without any.
        """
        low, high = wilson(self.part, self.of), wilson(self.part + self.unknown, self.of)
        return None if low is None or high is None else (low[0], high[1])

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.part + other.part, self.unknown + other.unknown, self.of + other.of)

    def __str__(self) -> str:
        most = self.part + self.unknown
        part = f"{self.part:,}" if not self.unknown else f"{self.part:,} to {most:,}"
        share = "" if self.least is None else f" ({percent(self)})"
        return f"{part} of {self.of:,}{share}"


def _share(part: int, of: int) -> Fraction | None:
    return Fraction(part, of) if of else None


MeanBounds = tuple[Fraction, Fraction]
"""The means of the lower and of the upper bounds of several rates."""


def mean_bounds(rates: Iterable[Rate]) -> MeanBounds | None:
    """The bounds of the mean of rates, in which each weighs the same; None without any.

    >>> mean_bounds([Rate(1, 1, 2), Rate(1, 0, 1), Rate(0, 0, 0)])
    (Fraction(3, 4), Fraction(1, 1))
    """
    known = [
        (each.least, each.most)
        for each in rates if each.least is not None and each.most is not None
    ]  # fmt: skip
    if not known:
        return None
    least, most = (sum(side, Fraction(0)) / len(known) for side in zip(*known, strict=True))
    return least, most


def mean_text(mean: MeanBounds | None) -> str:
    """The bounds of a mean in percent; "" for None.

    >>> mean_text((Fraction(1, 2), Fraction(3, 4))), mean_text((Fraction(1), Fraction(1)))
    ('50 to 75', '100')
    """
    if mean is None:
        return ""
    least, most = map(share_text, mean)
    return least if least == most else f"{least} to {most}"


def percent(rate: Rate) -> str:
    """The bounds of a rate in percent; "" where it is not defined.

    >>> percent(Rate(6, 1, 9)), percent(Rate(0, 0, 0))
    ('67 to 78 %', '')
    """
    if rate.least is None or rate.most is None:
        return ""
    least, most = share_text(rate.least), share_text(rate.most)
    return f"{least} %" if least == most else f"{least} to {most} %"


def share_text(share: Fraction | None) -> str:
    """A share in whole percent, halves rounded up; "" for None.

    >>> share_text(Fraction(7, 8)), share_text(Fraction(5, 8)), share_text(None)
    ('88', '63', '')
    """
    return "" if share is None else str((share * 200 + 1) // 2)


def wilson(part: int, of: int) -> tuple[float, float] | None:
    """The Wilson score interval of a proportion, for a confidence of 95 %; None of nothing.

    E. B. Wilson, JASA 22 (1927); it holds for small numbers, and at 0 and 100 %.

    >>> wilson(4, 7)
    (0.250458364528, 0.841780144749)
    """
    if not of:
        return None
    share, square = part / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    # At the ends the formula is exactly 0 or 1; rounding of binary numbers would leave a trace.
    return round(low if part else 0.0, 12), round(high if part < of else 1.0, 12)


def rate_columns(name: str, rate: Rate | None) -> dict[str, Any]:
    """The columns of a rate in a flat row: its numerator, denominator and bounds."""
    if rate is None:
        return dict.fromkeys((f"{name}_least", f"{name}_most"))
    return {f"{name}_least": number(rate.least), f"{name}_most": number(rate.most)}
