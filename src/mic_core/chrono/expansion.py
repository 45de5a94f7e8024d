"""Expansion of recurrence rules (RFC 5545) within a window, by arithmetic on ordinals of dates.

Nothing is enumerated from the start of the rule on. Daily and weekly rules are one arithmetic
progression per weekday; monthly and yearly rules are a progression of months, and there are only
28 different months, by first weekday and length. So the cost depends on the window, not on its
distance from the start, and a rule that matches nothing terminates like any other. A rule with a
filter (months or days in a daily or weekly rule; days of the year, weeks and positions in any) is
the progression of its periods, each of which is looked at.

A `count` is converted to the date of the last occurrence by division, with the sums of one cycle of
the Gregorian calendar (400 years), which all series of a rule share. dateutil is not used here; it
is the oracle of the tests.
"""

from bisect import bisect_left, bisect_right
from datetime import date
from typing import NamedTuple

from mic_core.chrono.months import WEEKDAYS, days_of, month_bounds
from mic_core.chrono.recurrence import Frequency, Recurrence
from mic_core.chrono.yeardays import DaySelection, cycle_sums, days_between
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Many, Maybe, Value, Whole, sound

BUDGET = 10_000
"""Default limit on the candidate days or months of one call; bounds its time."""

HORIZON = 3_660
"""Default limit on the days from first to last of one call: ten years."""

_DAY, _RULE, _MOST = Day(), Value(Recurrence), Whole()
_WINDOW = Maybe(Many(_DAY, 2, 2))
_LAST = date.max.toordinal()
# Weeks are numbered by their first day, months year * 12 + month - 1, see `_FilteredPeriods`.
_LAST_PERIOD = {"weekly": _LAST, "monthly": 9999 * 12 + 11, "yearly": 9999}


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
    """Daily or weekly rule with a filter: the selected days of a progression.

    The filter is not an arithmetic progression, so a `count` is counted from the start on, within
    the budget.
    """

    days: _DayProgression
    selection: DaySelection

    def last(self, start: int, count: int, high: int, budget: int) -> int:
        """The ordinal of occurrence number `count` on or after the start; `high` if it is later.

        Raises InvariantError if neither is within `budget` candidates.
        """
        end = min(high, start + budget * self.days.step // len(self.days.offsets))
        found = self.within(start, end)
        if len(found) >= count:
            return found[count - 1]
        if end == high:
            return high
        raise _uncounted(budget)

    def candidates(self, low: int, high: int) -> int:
        """Upper bound on the days that `within` enumerates."""
        return self.days.candidates(low, high)

    def within(self, low: int, high: int) -> list[int]:
        """The days from `low` to `high`, both included, in order."""
        days = self.days.within(low, high)
        if not days:
            return []
        selected = frozenset(days_between(days[0], days[-1], self.selection))
        return [day for day in days if day in selected]


class _FilteredPeriods(NamedTuple):
    """Rule with a filter: the selected days of the periods `origin + k * step` for k >= 0.

    A period is a week, numbered by the ordinal of its first date, a month, numbered
    `year * 12 + month - 1`, or a year. `positions` select from the days of each period. A `count`
    is counted from the start on, within the budget.
    """

    frequency: Frequency
    start: int
    origin: int
    step: int
    selection: DaySelection
    positions: tuple[int, ...]

    def last(self, start: int, count: int, high: int, budget: int) -> int:
        """The ordinal of occurrence number `count` on or after the start; `high` if it is later.

        Raises InvariantError if neither is within `budget` candidates.
        """
        number, day = _nth_in_periods(self, start, count)
        # A count is followed no further than the period in which the budget of days is spent.
        most, spent = _nth_in_periods(self, start, budget)
        if number <= min(budget, most):
            return min(day, high)
        if len(self.periods(start, high)) >= budget or spent <= high:
            raise _uncounted(budget)
        return high

    def candidates(self, low: int, high: int) -> int:
        """Upper bound on the periods that `within` enumerates."""
        return len(self.periods(low, high))

    def within(self, low: int, high: int) -> list[int]:
        """The days from `low` to `high`, both included, in order."""
        return [
            day
            for period in self.periods(low, high)
            for day in self.days(period)
            if low <= day <= high
        ]

    def periods(self, low: int, high: int) -> range:
        """The numbers of the periods that have a day from `low` to `high`, both included."""
        first, last = self._number(low), self._number(high)
        return _progression(self.origin, self.step, first, last)

    def _number(self, day: int) -> int:
        """The number of the period of a date; of a week, of its last date at the earliest."""
        if self.frequency == "weekly":
            return day - (day - self.origin) % 7
        return _month(day) if self.frequency == "monthly" else date.fromordinal(day).year

    def days(self, period: int) -> list[int]:
        """The days of one period, as date ordinals."""
        days = days_between(*self._bounds(period), self.selection)
        if not self.positions:
            return days
        places = {each - 1 if each > 0 else len(days) + each for each in self.positions}
        return [days[place] for place in sorted(places) if 0 <= place < len(days)]

    def _bounds(self, period: int) -> tuple[int, int]:
        """The first and the last day of one period, as date ordinals."""
        if self.frequency == "weekly":
            # The first week begins at the start, as dateutil has it, whatever was before.
            return max(period, self.start), min(period + 6, _LAST)
        if self.frequency == "monthly":
            return month_bounds(period)
        return date(period, 1, 1).toordinal(), date(period, 12, 31).toordinal()


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
        """The ordinal of occurrence number `count` on or after the start; at most 9999-12-31.

        It is 0 if there are no occurrences at all.
        """
        day = _nth_in_periods(self._periods(), start, count)[1]
        if day == _NEVER and _nth_in_periods(self._periods(), start, 1)[1] == _NEVER:
            return 0
        return min(day, _LAST)

    def _periods(self) -> _FilteredPeriods:
        """The same rule as months or years of which it selects days."""
        parts = self.month_days, self.weekdays
        if len(self.offsets) == 1:
            origin, selection = (
                self.origin + self.offsets[0],
                DaySelection(self.months, (), (), *parts),
            )
            return _FilteredPeriods("monthly", 0, origin, self.step, selection, ())
        selection = DaySelection(tuple(offset + 1 for offset in self.offsets), (), (), *parts)
        return _FilteredPeriods("yearly", 0, self.origin // 12, self.step // 12, selection, ())

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


_Progression = _DayProgression | _FilteredDays | _FilteredPeriods | _MonthProgression


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
    elif rule.count is not None and rule.count < _most(rule, progression, start, high):
        high = (
            min(high, progression.last(start, rule.count))
            if isinstance(progression, _DayProgression | _MonthProgression)
            else progression.last(start, rule.count, high, budget)
        )
    return max(low, start), high


def _most(rule: Recurrence, progression: _Progression, low: int, high: int) -> int:
    """Upper bound on the occurrences between two days: a count that reaches it need not be counted.

    It is found without a look at the days.
    """
    if high < low:
        return 0
    by_period = {"daily": 1, "weekly": 7, "monthly": 31, "yearly": 366}
    longest = len(rule.positions) or by_period[rule.frequency]
    if isinstance(progression, _FilteredPeriods):
        return min(high - low + 1, progression.candidates(low, high) * longest)
    return high - low + 1


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


def _uncounted(budget: int) -> InvariantError:
    """The error of a count that is not reached within the budget."""
    mend = "give an `until` in place of the count, narrow the window, or raise `budget`"
    return _error("budget", f"must not exceed {budget} candidates", mend, "a count with a filter")


def _error(path: str, rule: str, mend: str, had: str = "") -> InvariantError:
    problem = Problem(path=path, rule=rule, had=had, mend=mend)
    return InvariantError("occurrences", [problem])


def _progression_of(rule: Recurrence, start: date) -> _Progression:
    """The arithmetic progression of a rule; the start supplies the parts that the rule omits."""
    selects = bool(rule.year_days or rule.weeks or rule.positions)
    if rule.frequency == "daily":
        days = _DayProgression(start.toordinal(), rule.interval, (0,))
        # A day is a set of one date, of which the positions of a sound rule select this one.
        is_filtered = selects or rule.weekdays or rule.month_days or rule.months
        return _FilteredDays(days, _selection(rule)) if is_filtered else days
    if rule.frequency == "weekly":
        if rule.positions:
            return _periods_of(rule, start)
        weekly = _DayProgression(
            _week_of(rule, start), 7 * rule.interval, _days_of_week(rule, start)
        )
        is_filtered = selects or rule.month_days or rule.months
        return _FilteredDays(weekly, _selection(rule)) if is_filtered else weekly
    if selects:
        return _periods_of(rule, start)
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


def _periods_of(rule: Recurrence, start: date) -> _FilteredPeriods:
    """The periods of a rule with a filter; the start supplies the days that the rule omits."""
    first = start.toordinal()
    selection, step = _selection(rule), rule.interval
    if rule.frequency == "weekly":
        origin, step = _week_of(rule, start), 7 * rule.interval
        if not rule.weekdays:
            selection = selection._replace(weekdays=(WEEKDAYS[start.weekday()],))
    else:
        origin = _month(first) if rule.frequency == "monthly" else start.year
        if not (rule.weekdays or rule.month_days or rule.year_days or rule.weeks):
            selection = selection._replace(month_days=(start.day,))
    return _FilteredPeriods(rule.frequency, first, origin, step, selection, rule.positions)


def _selection(rule: Recurrence) -> DaySelection:
    """The parts of a rule that select days."""
    return DaySelection(
        rule.months, rule.weeks, rule.year_days, rule.month_days, rule.weekdays, rule.week_start
    )


def _days_of_week(rule: Recurrence, start: date) -> tuple[int, ...]:
    """The days of a weekly rule, counted from the first day of the week."""
    week_start = WEEKDAYS.index(rule.week_start)
    offsets = {(WEEKDAYS.index(each) - week_start) % 7 for each in rule.weekdays}
    return tuple(sorted(offsets)) or ((start.weekday() - week_start) % 7,)


def _week_of(rule: Recurrence, start: date) -> int:
    """The first day of the week of the start, as a date ordinal; 0 and less before the calendar."""
    return start.toordinal() - (start.weekday() - WEEKDAYS.index(rule.week_start)) % 7


_NEVER = _LAST + 1
"""The ordinal of an occurrence that the calendar does not reach."""


def _nth_in_periods(progression: _FilteredPeriods, start: int, count: int) -> tuple[int, int]:
    """The number of the period, from 1, and the day of an occurrence from a start on.

    The start lies in the first period. The day is `_NEVER` beyond the calendar; both are if nothing
    ever matches. O(log n) in the periods of a cycle, whose sums are memoised.
    """
    # The first period is apart, since it is cut by the start.
    days = [day for day in progression.days(progression.origin) if day >= start]
    if count <= len(days):
        return 1, days[count - 1]
    frequency, step = progression.frequency, progression.step
    first, phase = divmod(progression.origin, step)
    sums = cycle_sums(progression.selection, progression.positions, frequency, step, phase)
    if not sums[-1]:
        return _NEVER, _NEVER
    # Counted from the phase on, as if there were occurrences before the start.
    cycles, place = divmod(first + 1, len(sums) - 1)
    wanted = cycles * sums[-1] + sums[place] + count - len(days)
    cycles, left = divmod(wanted - 1, sums[-1])
    place = bisect_right(sums, left) - 1
    number = cycles * (len(sums) - 1) + place
    period, left = phase + number * step, left - sums[place]
    within = period <= _LAST_PERIOD[frequency]
    found = progression.days(period)[left:] if within else []
    return number - first + 1, found[0] if found else _NEVER


def _month(day: int) -> int:
    """The number of the month of a date ordinal: `year * 12 + month - 1`."""
    moment = date.fromordinal(day)
    return moment.year * 12 + moment.month - 1
