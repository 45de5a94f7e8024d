"""Sweep over periods: the highest sum on any day, and pairs of periods that overlap."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from mic_core.chrono import Period

T = TypeVar("T")


def highest(parts: Iterable[tuple[Period, Decimal]]) -> tuple[Fraction, date | None]:
    """The largest sum of the parts on any day, and the first day that has it.

    A sweep over the starts and ends of periods. The day is None where that is before the first of
    them. Exact; O(n log n).

    >>> half = Decimal("0.5")
    >>> highest([(Period.year(2013), half), (Period(date(2013, 7, 1)), half)])
    (Fraction(1, 1), datetime.date(2013, 7, 1))
    """
    changes: list[tuple[date, Fraction]] = []
    total = Fraction(0)
    for period, number in parts:
        part = Fraction(number)
        if period.start is None:
            total += part
        else:
            changes.append((period.start, part))
        if period.end is not None:
            changes.append((period.end, -part))
    most, first, day = total, None, None
    changes.sort(key=lambda change: change[0])
    for place, (day, part) in enumerate(changes):
        total += part
        # A sum holds only once all changes of the day are in.
        is_complete = place + 1 == len(changes) or changes[place + 1][0] != day
        if is_complete and total > most:
            most, first = total, day
    return most, first


def decimal_text(number: Fraction) -> str:
    """A number in decimal notation, to 28 digits: the default precision of decimal.

    >>> decimal_text(Fraction(5, 4))
    '1.25'
    """
    return f"{Decimal(number.numerator) / number.denominator:f}"


def overlapping_neighbors(periods: Iterable[tuple[Period, T]]) -> Iterator[tuple[T, T]]:
    """Pairs of items whose periods share a day, one for each period that overlaps an earlier one.

    A sweep by start: each period is compared with the earlier one of the latest end. O(n log n).

    >>> first, second = (Period.year(2014), "a"), (Period.year(2015), "c")
    >>> list(overlapping_neighbors([first, (Period(), "b"), second]))
    [('b', 'a'), ('b', 'c')]
    """
    longest: tuple[Period, T] | None = None
    for period, item in sorted(periods, key=lambda each: each[0].start or date.min):
        if longest is not None and longest[0].overlaps(period):
            yield longest[1], item
        if longest is None or _ends(period) > _ends(longest[0]):
            longest = period, item


def _ends(period: Period) -> tuple[bool, date]:
    return period.end is None, period.end or date.min
