"""Expansion of recurrence rules (RFC 5545) within a window, by arithmetic on ordinals of dates.

Nothing is enumerated from the start of the rule on. Daily and weekly rules are one arithmetic
progression per weekday; monthly and yearly rules are a progression of months, and there are only
28 different months, by first weekday and length. So the cost depends on the window, not on its
distance from the start, and a rule that matches nothing terminates like any other. A daily or
weekly rule that months or days filter is its progression, each day of which is looked at.

A `count` is converted to the date of the last occurrence by division, or by counting through at
most one cycle of the Gregorian calendar (400 years), memoised. dateutil is not used here; it is
the oracle of the tests.
"""

from bisect import bisect_left, bisect_right
from datetime import date
from functools import lru_cache
from math import lcm
from typing import NamedTuple

from mic_core.chrono.months import WEEKDAYS, days_of, numbers_of
from mic_core.chrono.recurrence import Recurrence
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Many, Maybe, Value, Whole, sound

BUDGET = 10_000
"""Default limit on the candidate days or months of one call; bounds its time."""

HORIZON = 3_660
"""Default limit on the days from first to last of one call: ten years."""

_DAY, _RULE, _MOST = Day(), Value(Recurrence), Whole()
_WINDOW = Maybe(Many(_DAY, 2, 2))
_LAST = date.max.toordinal()
_LAST_MONTH = 9999 * 12 + 11  # months are numbered year * 12 + month - 1, see `_month`
_CYCLE = 4_800  # months: the Gregorian calendar repeats, weekdays included, every 400 years


class _DayProgression(NamedTuple):
    """Daily or weekly rule: the days `origin + offset + k * step` for k >= 0, as date ordinals."""

    origin: int
    step: int
    offsets: tuple[int, ...]

    def last(self, start: int, count: int) -> int:
        """The ordinal of occurrence number `count` (from 1) on or after the start."""
        before = sum(self.origin + offset < start for offset in self.offsets)
        steps, place = divmod(before + count - 1, len(self.offsets))
        return self.origin + steps * self.step + self.offsets[place]

    def candidates(self, low: int, high: int) -> int:
        """Upper bound on the days that `within` enumerates."""
        return ((high - low) // self.step + 2) * len(self.offsets)

    def within(self, low: int, high: int) -> list[int]:
        """The days from `low` to `high`, both included, in order."""
        found = [
            day
            for offset in self.offsets
            for day in _progression(self.origin + offset, self.step, low, high)
        ]
        return sorted(found)


class _FilteredDays(NamedTuple):
    """Daily or weekly rule with a filter: the days of a progression that match months and days.

    The filter is not an arithmetic progression, so a `count` is counted from the start on, within
    the budget.
    """

    days: _DayProgression
    months: tuple[int, ...]
    weekdays: tuple[str, ...]
    month_days: tuple[int, ...]

    def last(self, start: int, count: int, high: int, budget: int) -> int:
        """The ordinal of occurrence number `count` on or after the start; `high` if it is later.

        Raises InvariantError if neither is within `budget` candidates.
        """
        end = min(high, start + budget * self.days.step // len(self.days.offsets))
        found = self.within(start, end)
        if len(found) >= count:
            return found[count - 1]
        if end == high or high < start:
            return high
        mend = "give an `until` in place of the count, narrow the window, or raise `budget`"
        raise _error(
            "budget", f"must not exceed {budget} candidates", mend, "a count with a filter"
        )

    def candidates(self, low: int, high: int) -> int:
        """Upper bound on the days that `within` enumerates."""
        return self.days.candidates(low, high)

    def within(self, low: int, high: int) -> list[int]:
        """The days from `low` to `high`, both included, in order."""
        found: list[int] = []
        current = 0  # the month of the day before
        picked: tuple[int, ...] = ()  # its matching days
        for day in self.days.within(low, high):
            moment = date.fromordinal(day)
            if (month := moment.year * 12 + moment.month - 1) != current:
                current, picked = month, self._numbers(month)
            if moment.day in picked:
                found.append(day)
        return found

    def _numbers(self, month: int) -> tuple[int, ...]:
        """The days of a month that match the filter, from 1."""
        if self.months and month % 12 + 1 not in self.months:
            return ()
        return numbers_of(month, self.weekdays, self.month_days)


class _MonthProgression(NamedTuple):
    """Monthly or yearly rule: some days of the months `origin + offset + k * step` for k >= 0.

    Months are numbered `year * 12 + month - 1`. `months` (1 to 12) limits them, empty for all;
    `weekdays` and `month_days` select the days, as in `Recurrence`.
    """

    origin: int
    step: int
    offsets: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[str, ...]
    month_days: tuple[int, ...]

    def last(self, start: int, count: int) -> int:
        """The ordinal of occurrence number `count` on or after the start; at most 9999-12-31."""
        return _last_in_months(self, start, count)

    def candidates(self, low: int, high: int) -> int:
        """Upper bound on the months that `within` enumerates."""
        return ((_month(high) - _month(low)) // self.step + 2) * len(self.offsets)

    def within(self, low: int, high: int) -> list[int]:
        """The days from `low` to `high`, both included, in order."""
        months = sorted(
            month
            for offset in self.offsets
            for month in _progression(self.origin + offset, self.step, _month(low), _month(high))
        )
        return [day for month in months for day in self.days(month) if low <= day <= high]

    def days(self, month: int) -> list[int]:
        """The selected days of one month, as date ordinals."""
        if self.months and month % 12 + 1 not in self.months:
            return []
        return days_of(month, self.weekdays, self.month_days)


_Progression = _DayProgression | _FilteredDays | _MonthProgression


def _progression(origin: int, step: int, low: int, high: int) -> range:
    """The members of an arithmetic progression between two bounds, both included."""
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
    """Expand a recurrence rule with a start date into its recurrence set: sorted, unique dates.

    `window` is the first and the last date of interest, both included; without it (None), the rule
    must end by itself. Excluded dates win over extra ones. The start is an occurrence only if it
    matches the rule; extra dates may lie before it.

    Raises InvariantError if the rule has no end and no window is given, if more than `horizon`
    days are to cover, if more than `budget` candidates (days or months) would be enumerated, and
    for arguments of other types. Linear in the candidates, at any distance from the start.

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
        raise _error("window", "must be given for a rule that never ends", mend)
    low, high = _window_bounds(window)
    progression = _progression_of(rule, start)
    first, last = _clip(rule, progression, start.toordinal(), low, high, budget)
    days = _expand(progression, first, last, budget, horizon)
    if rule.extra:
        extra = {day.toordinal() for day in _dates_within(rule.extra, low, high)}
        days = sorted(extra.union(days))
    if rule.excluded:
        excluded = {day.toordinal() for day in _dates_within(rule.excluded, low, high)}
        days = [day for day in days if day not in excluded]
    return tuple(map(date.fromordinal, days))


def _window_bounds(window: tuple[date, date] | None) -> tuple[int, int]:
    """The window as date ordinals; without one, the whole calendar."""
    if window is None:
        return 1, _LAST
    low, high = window[0].toordinal(), window[1].toordinal()
    if low > high:
        raise _error("window", "must not end before it begins", "swap its two dates")
    return low, high


def _dates_within(dates: tuple[date, ...], low: int, high: int) -> tuple[date, ...]:
    """The sorted dates that lie in the window, by binary search."""
    first = bisect_left(dates, date.fromordinal(low))
    return dates[first : bisect_right(dates, date.fromordinal(high))]


def _clip(
    rule: Recurrence,
    progression: _Progression,
    start: int,
    low: int,
    high: int,
    budget: int,
) -> tuple[int, int]:
    """The window clipped to the start and the end of the rule, as date ordinals."""
    if rule.until is not None:
        high = min(high, rule.until.toordinal())
    elif rule.count is not None:
        high = (
            progression.last(start, rule.count, high, budget)
            if isinstance(progression, _FilteredDays)
            else min(high, progression.last(start, rule.count))
        )
    return max(low, start), high


def _expand(progression: _Progression, low: int, high: int, budget: int, horizon: int) -> list[int]:
    """The days of the rule without extra and excluded dates; checks the budgets first."""
    if high < low:
        return []
    if high - low >= horizon:
        had = f"{high - low + 1} days to cover"
        mend = "narrow the window, or raise `horizon`"
        raise _error("horizon", f"must not exceed {horizon} days", mend, had)
    candidates = progression.candidates(low, high)
    if candidates <= budget:
        days = progression.within(low, high)
        if len(days) <= budget:
            return days
        candidates = len(days)
    mend = "narrow the window, or raise `budget`"
    raise _error("budget", f"must not exceed {budget} candidates", mend, f"up to {candidates}")


def _error(path: str, rule: str, mend: str, had: str = "") -> InvariantError:
    problem = Problem(path=path, rule=rule, had=had, mend=mend)
    return InvariantError("occurrences", [problem])


def _progression_of(rule: Recurrence, start: date) -> _Progression:
    """The arithmetic progression of a rule; the start supplies the parts that the rule omits."""
    if rule.frequency == "daily":
        every = _DayProgression(start.toordinal(), rule.interval, (0,))
        if rule.weekdays or rule.month_days or rule.months:
            return _FilteredDays(every, rule.months, rule.weekdays, rule.month_days)
        return every
    if rule.frequency == "weekly":
        week_start = WEEKDAYS.index(rule.week_start)
        into_week = (start.weekday() - week_start) % 7
        offsets = {(WEEKDAYS.index(each) - week_start) % 7 for each in rule.weekdays}
        first_day = start.toordinal() - into_week  # of the week of the start
        in_week = tuple(sorted(offsets)) or (into_week,)
        weekly = _DayProgression(first_day, 7 * rule.interval, in_week)
        if rule.month_days or rule.months:
            return _FilteredDays(weekly, rule.months, (), rule.month_days)
        return weekly
    picked = rule.weekdays or rule.month_days
    month_days = rule.month_days if picked else (start.day,)
    if rule.frequency == "monthly":
        month = start.year * 12 + start.month - 1
        return _MonthProgression(month, rule.interval, (0,), rule.months, rule.weekdays, month_days)
    months = rule.months or (start.month,)
    offsets_in_year = tuple(month - 1 for month in months)
    year = start.year * 12
    return _MonthProgression(
        year, 12 * rule.interval, offsets_in_year, (), rule.weekdays, month_days
    )


@lru_cache(maxsize=4096)
def _last_in_months(progression: _MonthProgression, start: int, count: int) -> int:
    """See `_MonthProgression.last`; 0 if nothing matches. O(months of one cycle), memoised.

    Counting begins at the origin, so the occurrences before the start in the first step are added
    to `count`. If one cycle does not hold enough, full cycles are skipped by division.
    """
    first_step = [progression.origin + offset for offset in progression.offsets]
    wanted = count + sum(day < start for month in first_step for day in progression.days(month))
    cycle = lcm(progression.step, _CYCLE)
    last, missing = _nth_day(progression, progression.origin, progression.origin + cycle, wanted)
    in_cycle = wanted - missing
    if last or not in_cycle:
        return last
    skipped = (missing - 1) // in_cycle
    base = progression.origin + (1 + skipped) * cycle
    return _nth_day(progression, base, base + cycle, missing - skipped * in_cycle)[0] or _LAST


def _nth_day(progression: _MonthProgression, base: int, end: int, left: int) -> tuple[int, int]:
    """The ordinal of day number `left` from month `base` on; or 0 and the number still missing.

    Month `end` and months after the year 9999 are not searched.
    """
    for step in range(base, min(end, _LAST_MONTH + 1), progression.step):
        for offset in progression.offsets:
            days = progression.days(step + offset) if step + offset <= _LAST_MONTH else []
            if left <= len(days):
                return days[left - 1], 0
            left -= len(days)
    return 0, left


def _month(day: int) -> int:
    """The number of the month of a date ordinal: `year * 12 + month - 1`."""
    moment = date.fromordinal(day)
    return moment.year * 12 + moment.month - 1
