"""Which days of a month a rule picks, by number and by weekday."""

from datetime import date
from functools import lru_cache
from typing import Literal, get_args

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
"""The days of the week as iCalendar writes them, Monday first."""

LONGEST_MONTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The most days a month can have, by its number."""


def numbered(weekday: str) -> tuple[int, int]:
    """The number of a weekday within its month (0 where it has none) and its place in the week.

    >>> numbered("-1FR"), numbered("MO")
    ((-1, 4), (0, 0))
    """
    return int(weekday[:-2] or 0), WEEKDAYS.index(weekday[-2:])


@lru_cache(maxsize=4096)
def matching_days(
    first: int, length: int, weekdays: tuple[str, ...], month_days: tuple[int, ...]
) -> tuple[int, ...]:
    """The days, 1 to `length`, that are among the weekdays and among the days of the month.

    `first` is the weekday of the first day (0 is Monday). An empty list of weekdays or of days
    picks all. Remembered: a month is one of 28 by its first weekday and its length.

    >>> matching_days(0, 31, ("FR",), (13, -1))  # a month of 31 days that starts on a Monday
    ()
    >>> matching_days(5, 30, ("2TU", "-1FR"), ())
    (11, 28)
    """
    days = set(range(1, length + 1))
    if month_days:
        days &= {day if day > 0 else length + 1 + day for day in month_days}
    if weekdays:
        days &= {day for weekday in weekdays for day in _each(first, length, weekday)}
    return tuple(sorted(days))


def _each(first: int, length: int, weekday: str) -> range | list[int]:
    """All days of the month that a weekday, numbered or not, stands for."""
    number, place = numbered(weekday)
    days = range(1 + (place - first) % 7, length + 1, 7)
    if number == 0:
        return days
    index = number - 1 if number > 0 else len(days) + number
    return [days[index]] if 0 <= index < len(days) else []


def days_of(month: int, weekdays: tuple[str, ...], month_days: tuple[int, ...]) -> list[int]:
    """The picked days of a month, as ordinals of dates; `month` counts months since year 0.

    >>> [date.fromordinal(day).isoformat() for day in days_of(2014 * 12 + 8, ("2TU",), ())]
    ['2014-09-09']
    """
    year, month = divmod(month, 12)
    before = date(year, month + 1, 1).toordinal() - 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = 28 if month == 1 and not leap else LONGEST_MONTHS[month + 1]
    return [before + day for day in matching_days(before % 7, length, weekdays, month_days)]
