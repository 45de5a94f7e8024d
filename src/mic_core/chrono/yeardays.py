"""Days of a year selected by a recurrence rule: BYYEARDAY and BYWEEKNO of RFC 5545, and the rest.

The days of a year are bits of one integer, bit 0 for 1 January, so that the parts of a rule are
combined by `and`. They depend only on the kind of year: its first weekday, its length and the
length of the year before it; there are 21 kinds.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import accumulate
from math import lcm
from typing import NamedTuple

from mic_core.chrono.months import LONGEST_MONTHS, WEEKDAYS, is_leap, matching_days


class DaySelection(NamedTuple):
    """The parts of a recurrence rule that select days; an empty part selects all days."""

    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[str, ...] = ()
    week_start: str = "MO"


class YearKind(NamedTuple):
    """All that the selected days of a year depend on; `first` is its first weekday, 0 is Monday."""

    first: int
    is_leap: bool
    is_after_leap: bool

    @property
    def length(self) -> int:
        """The days of the year."""
        return 365 + self.is_leap

    @property
    def length_before(self) -> int:
        """The days of the year before."""
        return 365 + self.is_after_leap


YEAR_KINDS = tuple(
    YearKind(first, leap, after)
    for first in range(7)
    for leap, after in ((False, False), (True, False), (False, True))
)
"""Every kind of year; no leap year follows another."""


def days_between(first: int, last: int, selection: DaySelection) -> list[int]:
    """The selected days from a first to a last date, both included; all are date ordinals.

    Linear in the years and the days that are found.

    >>> selection = DaySelection(weeks=(20,), weekdays=("MO",))
    >>> days = days_between(date(2014, 1, 1).toordinal(), date(2015, 6, 1).toordinal(), selection)
    >>> [date.fromordinal(day).isoformat() for day in days]
    ['2014-05-12', '2015-05-11']
    """
    found: list[int] = []
    for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
        before = date(year, 1, 1).toordinal()
        places = _places(_kind_of(year), selection)
        low, high = bisect_left(places, first - before), bisect_right(places, last - before)
        found += [before + place for place in places[low:high]]
    return found


def most_days(selection: DaySelection, *, monthly: bool) -> int:
    """The most days that are selected in any year, or in any month."""
    most = 0
    for kind in YEAR_KINDS:
        bits = selected_bits(kind, selection)
        spans = _months_of(kind) if monthly else ((0, kind.length),)
        counts = ((bits >> start & _ones(length)).bit_count() for start, length in spans)
        most = max(most, *counts)
    return most


CYCLE_YEARS = 400
"""Years of a cycle of the Gregorian calendar: it repeats, weekdays included."""


def number_of_positions(days: int, positions: tuple[int, ...]) -> int:
    """The number of days that positions select from a set of some days; all of them without any.

    >>> number_of_positions(3, (1, -1, 5)), number_of_positions(3, ())
    (2, 3)
    """
    if not positions:
        return days
    places = {each - 1 if each > 0 else days + each for each in positions}
    return sum(0 <= place < days for place in places)


@lru_cache(maxsize=128)
def cycle_sums(
    selection: DaySelection,
    positions: tuple[int, ...],
    frequency: str,
    step: int,
    phase: int,
) -> "array[int]":
    """Prefix sums of the occurrences in each period of a cycle, for periods `phase + k * step`.

    Periods are years, months numbered `year * 12 + month - 1`, or weeks numbered by the ordinal of
    their first date. Item k is the sum over the periods before number k; the last item is the sum
    of the cycle, after which it repeats. Memoised, so that all series of one rule share it,
    whatever their starts and counts. O(periods of the cycle), at most 20,871.

    >>> sums = cycle_sums(DaySelection(weekdays=("2TU",)), (), "monthly", 6, 2)
    >>> len(sums), sums[:3].tolist(), sums[-1]
    (801, [0, 1, 2], 800)
    """
    if frequency == "weekly":
        counts = _counts_of_weeks(selection, step, phase)
    else:
        periods = _counts_of_periods(selection, monthly=frequency == "monthly")
        size = len(periods)
        places = range(phase, phase + lcm(step, size), step)
        counts = tuple(periods[each % size] for each in places)
    selected = {each: number_of_positions(each, positions) for each in {*counts}}
    # Four bytes a number, since the sums of many rules are kept.
    return array("i", accumulate(map(selected.__getitem__, counts), initial=0))


@lru_cache(maxsize=64)
def _counts_of_periods(selection: DaySelection, *, monthly: bool) -> tuple[int, ...]:
    """The selected days of each month or year of a cycle, from January of the year 2000 on.

    Memoised, since rules may differ in their positions alone.
    """
    kinds = _kinds_of_cycle()
    of_kind: dict[YearKind, list[int]] = {}
    for kind in {*kinds}:
        bits = selected_bits(kind, selection)
        spans = _months_of(kind) if monthly else ((0, kind.length),)
        of_kind[kind] = [(bits >> start & _ones(length)).bit_count() for start, length in spans]
    return tuple(count for kind in kinds for count in of_kind[kind])


@lru_cache(maxsize=64)
def _counts_of_weeks(selection: DaySelection, step: int, phase: int) -> tuple[int, ...]:
    """The selected days of each week of a cycle; of one week, if all weeks are alike."""
    if selection == DaySelection(weekdays=selection.weekdays, week_start=selection.week_start):
        return (len({*selection.weekdays}),)
    kinds = _kinds_of_cycle()
    # One character a day, with the first week anew at the end for the week that crosses it.
    of_kind = {kind: f"{selected_bits(kind, selection):0{kind.length}b}"[::-1] for kind in {*kinds}}
    days = "".join(of_kind[kind] for kind in kinds)
    size, first = len(days), phase - date(2_000, 1, 1).toordinal()
    days += days[:7]
    places = (each % size for each in range(first, first + lcm(step, size), step))
    return tuple(days.count("1", place, place + 7) for place in places)


@lru_cache(maxsize=1)
def _kinds_of_cycle() -> tuple[YearKind, ...]:
    """The kinds of the years whose numbers leave 0, 1 and so on when divided by 400."""
    return tuple(_kind_of(year) for year in range(2_000, 2_000 + CYCLE_YEARS))


def _kind_of(year: int) -> YearKind:
    """The kind of a year."""
    return YearKind(date(year, 1, 1).weekday(), is_leap(year), is_leap(year - 1))


@lru_cache(maxsize=4096)
def _places(kind: YearKind, selection: DaySelection) -> tuple[int, ...]:
    """The selected days of a kind of year, from 0."""
    bits = selected_bits(kind, selection)
    return tuple(place for place in range(kind.length) if bits >> place & 1)


def selected_bits(kind: YearKind, selection: DaySelection) -> int:
    """The selected days of a kind of year, as bits."""
    bits = 0
    for month, (start, length) in enumerate(_months_of(kind), 1):
        if not selection.months or month in selection.months:
            first = (kind.first + start) % 7
            bits |= _month_bits(first, length, selection.weekdays, selection.month_days) << start
    if selection.year_days:
        bits &= _year_days(kind, selection.year_days)
    if selection.weeks:
        bits &= _weeks(kind, selection.weeks, WEEKDAYS.index(selection.week_start))
    return bits


@lru_cache(maxsize=4096)
def _month_bits(
    first: int, length: int, weekdays: tuple[str, ...], month_days: tuple[int, ...]
) -> int:
    """The matching days of a month as bits, bit 0 for its first day."""
    return sum(1 << day - 1 for day in matching_days(first, length, weekdays, month_days))


def _year_days(kind: YearKind, year_days: tuple[int, ...]) -> int:
    """The numbered days of a year, from its start or its end, as bits."""
    places = (day - 1 if day > 0 else kind.length + day for day in year_days)
    return _bits(place for place in places if 0 <= place < kind.length)


def _weeks(kind: YearKind, weeks: tuple[int, ...], week_start: int) -> int:
    """The numbered weeks of a year, as bits; a week is of the year that has four of its days.

    The first days of a year may be of the last week of the year before, and its last days of the
    first week of the next one.
    """
    start = _first_week(kind.first, week_start)
    end = kind.length + _first_week(kind.first + kind.length, week_start)
    before = _first_week(kind.first - kind.length_before, week_start) - kind.length_before
    total, total_before = (end - start) // 7, (start - before) // 7
    firsts = [start + 7 * (week - 1 if week > 0 else total + week) for week in weeks]
    bits = _bits(
        place for first in firsts if start <= first < end for place in range(first, first + 7)
        if 0 <= place < kind.length
    )  # fmt: skip
    if total_before in weeks or -1 in weeks:
        bits |= _ones(max(start, 0))
    if 1 in weeks:
        bits |= _ones(kind.length) & ~_ones(min(end, kind.length))
    return bits


def _first_week(first: int, week_start: int) -> int:
    """The place of the first day of week 1, from -3 to 3, by the first weekday of the year."""
    into_week = (first - week_start) % 7
    return -into_week if into_week <= 3 else 7 - into_week


@lru_cache
def _months_of(kind: YearKind) -> tuple[tuple[int, int], ...]:
    """The place of the first day of each month, and its length."""
    lengths = (31, 28 + kind.is_leap, *LONGEST_MONTHS[3:])
    return tuple(zip(accumulate(lengths, initial=0), lengths, strict=False))


def _bits(places: Iterator[int]) -> int:
    """The integer that has these bits."""
    return sum(1 << place for place in {*places})


def _ones(number: int) -> int:
    """An integer whose lowest bits are set."""
    return (1 << number) - 1
