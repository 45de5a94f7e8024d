"""On which dates a recurrence falls within a window: arithmetic on ordinals of dates.

Nothing is enumerated from the start on. Daily and weekly rules are one arithmetic progression per
weekday; monthly and yearly ones are a progression of months, and a month is one of 28 by its first
weekday and its length. So a window far from the start costs what a near one costs, and a rule that
never matches ends as fast as any other. A `count` is turned into the date of the last occurrence
by division, or by counting through at most one cycle of the calendar (400 years), remembered.
No part of the subset is left to dateutil, which serves as the oracle of the tests.
"""

from bisect import bisect_left, bisect_right
from datetime import date
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from mic_core.chrono.months import WEEKDAYS, days_of
from mic_core.chrono.recurrence import Recurrence
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Many, Maybe, Value, Whole, sound

BUDGET = 10_000
"""How many candidates one call may look at."""

HORIZON = 3_660
"""How many days one call may cover: ten years."""

_DAY, _RULE, _MOST = Day(), Value(Recurrence), Whole()
_WINDOW = Maybe(Many(_DAY, 2, 2))
_LAST = date.max.toordinal()
_LAST_MONTH = 9999 * 12 + 11
_CYCLE = 4_800
"""After so many months, 400 years, dates fall on the same weekdays again."""


class _Days(NamedTuple):
    """Days at some offsets from an origin that moves on by a step."""

    origin: int
    step: int
    offsets: tuple[int, ...]

    def last(self, start: int, count: int) -> int:
        """The occurrence number `count` on or after the start."""
        before = sum(self.origin + offset < start for offset in self.offsets)
        steps, place = divmod(before + count - 1, len(self.offsets))
        return self.origin + steps * self.step + self.offsets[place]

    def candidates(self, low: int, high: int) -> int:
        """How many days `within` will look at, at most."""
        return ((high - low) // self.step + 2) * len(self.offsets)

    def within(self, low: int, high: int) -> list[int]:
        """All days from `low` to `high`, in order."""
        found = [
            day
            for offset in self.offsets
            for day in _progression(self.origin + offset, self.step, low, high)
        ]
        return sorted(found)


class _Months(NamedTuple):
    """Picked days of the months at some offsets from an origin that moves on by a step."""

    origin: int
    step: int
    offsets: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[str, ...]
    month_days: tuple[int, ...]

    def last(self, start: int, count: int) -> int:
        """The occurrence number `count` on or after the start, or the last date there is."""
        return _last_in_months(self, start, count)

    def candidates(self, low: int, high: int) -> int:
        """How many months `within` will look at, at most."""
        return ((_month(high) - _month(low)) // self.step + 2) * len(self.offsets)

    def within(self, low: int, high: int) -> list[int]:
        """All days from `low` to `high`, in order."""
        months = sorted(
            month
            for offset in self.offsets
            for month in _progression(self.origin + offset, self.step, _month(low), _month(high))
        )
        return [day for month in months for day in self.days(month) if low <= day <= high]

    def days(self, month: int) -> list[int]:
        """The picked days of one month; none where the rule leaves the month out."""
        if self.months and month % 12 + 1 not in self.months:
            return []
        return days_of(month, self.weekdays, self.month_days)


def _progression(origin: int, step: int, low: int, high: int) -> range:
    """The members of an arithmetic progression, from its origin on, between two bounds."""
    first = origin + max(0, -((origin - low) // step)) * step
    return range(first, high + 1, step)


def occurrences(
    rule: Recurrence,
    start: date,
    window: tuple[date, date] | None = None,
    *,
    budget: int = BUDGET,
    horizon: int = HORIZON,
) -> tuple[date, ...]:
    """The dates on which a rule that starts on a day falls, in order, each once.

    `window` holds the first and the last date that matter; without one, the rule must end by
    itself. Excluded dates are left out even if they are also extra. The start is an occurrence
    only if it matches the rule, as RFC 5545 and dateutil have it; extra dates may lie before it.

    Raises InvariantError when the rule has no end and no window is given, when the days to cover
    are more than `horizon`, when more than `budget` candidates, days or months, would be looked
    at, and for what is no rule, day, window or number. Costs
    what the window holds, however far it lies from the start.

    >>> rule = Recurrence.parse("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3")
    >>> [day.isoformat() for day in occurrences(rule, date(2014, 9, 1))]
    ['2014-09-26', '2014-10-31', '2014-11-28']
    """
    rule, start, window, budget, horizon = sound(
        "occurrences",
        rule=(rule, _RULE),
        start=(start, _DAY),
        window=(window, _WINDOW),
        budget=(budget, _MOST),
        horizon=(horizon, _MOST),
    )
    if window is None and rule.count is None and rule.until is None:
        mend = "give the rule a count or an `until`, or give a window"
        raise _refused("window", "must be given for a rule that never ends", mend)
    low, high = _bounds(window)
    pattern = _pattern(rule, start)
    first, last = _covered(rule, pattern, start.toordinal(), low, high)
    days = _within(pattern, first, last, budget, horizon)
    if rule.extra:
        added = {day.toordinal() for day in _between(rule.extra, low, high)}
        days = sorted(added.union(days))
    if rule.excluded:
        excluded = {day.toordinal() for day in _between(rule.excluded, low, high)}
        days = [day for day in days if day not in excluded]
    return tuple(map(date.fromordinal, days))


def _bounds(window: tuple[date, date] | None) -> tuple[int, int]:
    """The window as ordinals; all dates there are without one."""
    if window is None:
        return 1, _LAST
    low, high = window[0].toordinal(), window[1].toordinal()
    if low > high:
        raise _refused("window", "must not end before it begins", "swap its two dates")
    return low, high


def _between(dates: tuple[date, ...], low: int, high: int) -> tuple[date, ...]:
    """Those of the sorted dates that lie in the window."""
    first = bisect_left(dates, date.fromordinal(low))
    return dates[first : bisect_right(dates, date.fromordinal(high))]


def _covered(
    rule: Recurrence, pattern: _Days | _Months, start: int, low: int, high: int
) -> tuple[int, int]:
    """The part of the window in which the rule runs."""
    if rule.count is not None:
        high = min(high, pattern.last(start, rule.count))
    if rule.until is not None:
        high = min(high, rule.until.toordinal())
    return max(low, start), high


def _within(pattern: _Days | _Months, low: int, high: int, budget: int, horizon: int) -> list[int]:
    """What the rule alone gives there, after all budgets are found to be kept."""
    if high < low:
        return []
    if high - low >= horizon:
        had = f"{high - low + 1} days to cover"
        mend = "narrow the window, or raise `horizon`"
        raise _refused("horizon", f"must not exceed {horizon} days", mend, had)
    looked_at = pattern.candidates(low, high)
    if looked_at <= budget:
        days = pattern.within(low, high)
        if len(days) <= budget:
            return days
        looked_at = len(days)
    mend = "narrow the window, or raise `budget`"
    raise _refused("budget", f"must not exceed {budget} candidates", mend, f"up to {looked_at}")


def _refused(path: str, rule: str, mend: str, had: str = "") -> InvariantError:
    problem = Problem(path=path, rule=rule, had=had, mend=mend)
    return InvariantError("occurrences", [problem])


def _pattern(rule: Recurrence, start: date) -> _Days | _Months:
    """The progression a rule means; its start fills in what the rule leaves open."""
    if rule.frequency == "daily":
        return _Days(start.toordinal(), rule.interval, (0,))
    if rule.frequency == "weekly":
        week_start = WEEKDAYS.index(rule.week_start)
        into_week = (start.weekday() - week_start) % 7
        offsets = {(WEEKDAYS.index(each) - week_start) % 7 for each in rule.weekdays}
        monday = start.toordinal() - into_week
        return _Days(monday, 7 * rule.interval, tuple(sorted(offsets)) or (into_week,))
    picked = rule.weekdays or rule.month_days
    month_days = rule.month_days if picked else (start.day,)
    if rule.frequency == "monthly":
        month = start.year * 12 + start.month - 1
        return _Months(month, rule.interval, (0,), rule.months, rule.weekdays, month_days)
    months = rule.months or (start.month,)
    offsets_in_year = tuple(month - 1 for month in months)
    year = start.year * 12
    return _Months(year, 12 * rule.interval, offsets_in_year, (), rule.weekdays, month_days)


@lru_cache(maxsize=4096)
def _last_in_months(pattern: _Months, start: int, count: int) -> int:
    """See `_Months.last`; 0 when the rule never matches. O(months of one cycle), remembered."""
    first_step = [pattern.origin + offset for offset in pattern.offsets]
    left = count + sum(day < start for month in first_step for day in pattern.days(month))
    cycle = lcm(pattern.step, _CYCLE)
    last, rest = _counted(pattern, pattern.origin, pattern.origin + cycle, left)
    in_cycle = left - rest
    if last or not in_cycle:
        return last
    skipped = (rest - 1) // in_cycle
    base = pattern.origin + (1 + skipped) * cycle
    return _counted(pattern, base, base + cycle, rest - skipped * in_cycle)[0] or _LAST


def _counted(pattern: _Months, base: int, end: int, left: int) -> tuple[int, int]:
    """The day number `left` from a month on, or 0 and how many are left at the end."""
    for step in range(base, min(end, _LAST_MONTH + 1), pattern.step):
        for offset in pattern.offsets:
            days = pattern.days(step + offset) if step + offset <= _LAST_MONTH else []
            if left <= len(days):
                return days[left - 1], 0
            left -= len(days)
    return 0, left


def _month(day: int) -> int:
    """The month of an ordinal of a date, counted from year 0."""
    moment = date.fromordinal(day)
    return moment.year * 12 + moment.month - 1
