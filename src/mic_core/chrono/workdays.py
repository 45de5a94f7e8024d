"""Working-day calendar: weekdays minus closures, with counting and addition of working days.

A week is given as WeeklyHours, whose days are the working ones, or as weekdays, 0 for Monday to 6
for Sunday. Closures are periods without working days. The number of working days before a date is
computed by division and prefix sums over the closures, and addition inverts it by binary search,
so the cost does not depend on the number of days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from mic_core.chrono.availability import union
from mic_core.chrono.hours import WeeklyHours
from mic_core.chrono.period import Period
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Each, Value, Whole, is_a, sound

Week = WeeklyHours | Collection[int]
"""The working days of a week."""

_LAST = date.max.toordinal()
_DAY, _STEPS = Day(), Whole(-_LAST, _LAST)
_WEEKDAYS = Each(Whole(0, 6), "the numbers of weekdays")
_CLOSURES = Each(Value(Period), "periods")
_VERB = "working days"


class _Calendar(NamedTuple):
    """Precomputed calendar: prefix sums of working weekdays, within the week and over closures.

    `before[d]` is the number of working weekdays before weekday d, `before[7]` those of a week.
    `starts` and `ends` are the closures as half-open intervals of date ordinals, sorted and
    disjoint. `closed[i]` is the number of working weekdays in the first i closures.
    """

    before: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    closed: tuple[int, ...]

    def weekdays(self, ordinal: int) -> int:
        """Number of working weekdays before a date ordinal, from the year 1 on."""
        weeks, rest = divmod(ordinal - 1, 7)  # ordinal 1 was a Monday
        return weeks * self.before[7] + self.before[rest]

    def worked(self, ordinal: int) -> int:
        """Number of working days before a date ordinal: `weekdays` without closures."""
        index = bisect_right(self.starts, ordinal - 1)
        total = self.weekdays(ordinal) - self.closed[index]
        if index and self.ends[index - 1] > ordinal:  # within a closure: only its part before
            total += self.weekdays(self.ends[index - 1]) - self.weekdays(ordinal)
        return total


def is_working_day(day: date, week: Week, closures: Iterable[Period] = ()) -> bool:
    """True if a date is a working day.

    O(c) over c closures. Raises InvariantError for arguments of other types.

    >>> armistice = Period.days(date(2014, 11, 11), date(2014, 11, 11))
    >>> is_working_day(date(2014, 11, 11), range(5), [armistice])
    False
    """
    day, closures = sound(_VERB, day=(day, _DAY), closures=(closures, _CLOSURES))
    on = day.weekday() in _weekdays(week)
    return on and not any(closure.contains(day) for closure in closures)


def add_working_days(day: date, n: int, week: Week, closures: Iterable[Period] = ()) -> date:
    """Add n working days to a date, or subtract them if n is negative; for 0, the date itself.

    The date need not be a working day. O(c log c) over c closures, for any n. Raises
    InvariantError if the result is outside the years 1 to 9999.

    >>> add_working_days(date(2014, 9, 12), 1, WeeklyHours.parse("Mo-Fr 09:00-18:00"))
    datetime.date(2014, 9, 15)
    """
    day, n = sound(_VERB, day=(day, _DAY), n=(n, _STEPS))
    calendar = _calendar(week, closures)
    if n == 0:
        return day
    start = day.toordinal()
    wanted = calendar.worked(start + 1) + n if n > 0 else calendar.worked(start) + n + 1
    if not 1 <= wanted <= calendar.worked(_LAST + 1):
        rule = "must lead to a working day of the years 1 to 9999"
        raise InvariantError(_VERB, [Problem(path="n", rule=rule, had=str(n))])
    days = range(1, _LAST + 1)
    return date.fromordinal(
        1 + bisect_left(days, wanted, key=lambda each: calendar.worked(each + 1))
    )


def working_days_between(
    start: date, end: date, week: Week, closures: Iterable[Period] = ()
) -> int:
    """Number of working days from a date up to and excluding another.

    Negative if the end is before the start. O(c log c) over c closures, for any distance.

    >>> working_days_between(date(2014, 9, 1), date(2014, 10, 1), range(5))
    22
    """
    start, end = sound(_VERB, start=(start, _DAY), end=(end, _DAY))
    calendar = _calendar(week, closures)
    return calendar.worked(end.toordinal()) - calendar.worked(start.toordinal())


def _calendar(week: Week, closures: Iterable[Period]) -> _Calendar:
    """Build the prefix sums; overlapping closures are merged first."""
    working = _weekdays(week)
    (closures,) = sound(_VERB, closures=(closures, _CLOSURES))
    before = tuple(accumulate((day in working for day in range(7)), initial=0))
    closed = union(
        (
            1 if closure.start is None else closure.start.toordinal(),
            _LAST + 1 if closure.end is None else closure.end.toordinal(),
        )
        for closure in closures
    )
    starts, ends = tuple(low for low, _ in closed), tuple(high for _, high in closed)
    open_days = _Calendar(before, starts, ends, ())
    removed = (open_days.weekdays(high) - open_days.weekdays(low) for low, high in closed)
    return open_days._replace(closed=tuple(accumulate(removed, initial=0)))


def _weekdays(week: Week) -> frozenset[int]:
    """The working weekdays of a week, 0 for Monday."""
    if is_a(week, WeeklyHours):
        return frozenset(week.weekdays)
    (days,) = sound(_VERB, week=(week, _WEEKDAYS))
    return frozenset(days)
