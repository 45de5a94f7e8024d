"""Days of a month selected by a recurrence rule: BYMONTHDAY and BYDAY of RFC 5545; days in words.

All texts and pages for people write a day as `Wed 10 Sep 2014`. Rows, ids, JSON and arguments have
dates of ISO 8601.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
"""Codes of the days of the week in RFC 5545, Monday first."""

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Short names of the days of the week, Monday first, whatever the locale."""

MONTH_NAMES = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())
"""Short names of the months, whatever the locale."""

LONGEST_MONTHS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Days of each month in a leap year, indexed by its number from 1."""


# A date of ISO 8601 with or without a time, apart from the letters, digits and marks of an id.
_ISO = re.compile(
    r"(?<![\w:.-])([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}:[0-9]{2})(?::00)?(:[0-9]{2}(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
    r"(?![\w:-]|\.\w)"
)
_UTC = frozenset({"Z", "+00:00"})


def day_text(day: date) -> str:
    """A day in words, with its weekday and year.

    >>> day_text(date(2014, 9, 10))
    'Wed 10 Sep 2014'
    """
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def with_days_in_words(text: str) -> str:
    """A text with each date and time of ISO 8601 in words; ids that hold a date stay as they are.

    >>> with_days_in_words("asked at 2014-06-02T06:59:00+00:00, due on 2014-06-03")
    'asked at Mon 2 Jun 2014 06:59 UTC, due on Tue 3 Jun 2014'
    >>> with_days_in_words("session:evening-2014-09-09 and series:2014-09-09")
    'session:evening-2014-09-09 and series:2014-09-09'
    """
    return _ISO.sub(_moment_text, text)


def _moment_text(found: re.Match[str]) -> str:
    """The words for one date, with its time and offset if it has them."""
    try:
        shown = day_text(date.fromisoformat(found[1]))
    except ValueError:
        return found[0]
    if found[2] is None:
        return shown
    offset = "UTC" if found[4] in _UTC else found[4]
    return f"{shown} {found[2]}{found[3] or ''}" + (f" {offset}" if offset else "")


def split_weekday(weekday: str) -> tuple[int, int]:
    """Split a BYDAY value into its ordinal within the month and its day of the week.

    The ordinal is 0 if there is none, negative if counted from the end; the day is 0 for Monday.

    >>> split_weekday("-1FR"), split_weekday("MO")
    ((-1, 4), (0, 0))
    """
    return int(weekday[:-2] or 0), WEEKDAYS.index(weekday[-2:])


@lru_cache(maxsize=4096)
def matching_days(
    first: int, length: int, weekdays: tuple[str, ...], month_days: tuple[int, ...]
) -> tuple[int, ...]:
    """The days of a month, 1 to `length`, that match both the weekdays and the month days.

    `first` is the weekday of the first day (0 is Monday). An empty tuple matches all days.
    Memoised: there are 28 different months, by first weekday and length.

    >>> matching_days(0, 31, ("FR",), (13, -1))  # a month of 31 days that starts on a Monday
    ()
    >>> matching_days(5, 30, ("2TU", "-1FR"), ())
    (11, 28)
    """
    days = set(range(1, length + 1))
    if month_days:
        days &= {day if day > 0 else length + 1 + day for day in month_days}
    if weekdays:
        days &= {day for weekday in weekdays for day in _days_of_weekday(first, length, weekday)}
    return tuple(sorted(days))


def _days_of_weekday(first: int, length: int, weekday: str) -> range | list[int]:
    """The days of the month that a BYDAY value matches: all of a weekday, or its nth."""
    number, place = split_weekday(weekday)
    days = range(1 + (place - first) % 7, length + 1, 7)
    if number == 0:
        return days
    index = number - 1 if number > 0 else len(days) + number
    return [days[index]] if 0 <= index < len(days) else []


def days_of(month: int, weekdays: tuple[str, ...], month_days: tuple[int, ...]) -> list[int]:
    """The matching days of a month, as date ordinals; `month` is `year * 12 + month - 1`.

    >>> [date.fromordinal(day).isoformat() for day in days_of(2014 * 12 + 8, ("2TU",), ())]
    ['2014-09-09']
    """
    before = _before(month)
    return [before + day for day in numbers_of(month, weekdays, month_days)]


def numbers_of(
    month: int, weekdays: tuple[str, ...], month_days: tuple[int, ...]
) -> tuple[int, ...]:
    """The matching days of a month, from 1; `month` is `year * 12 + month - 1`.

    >>> numbers_of(2014 * 12 + 8, ("2TU",), ())
    (9,)
    """
    return matching_days(_before(month) % 7, _length(month), weekdays, month_days)


def month_bounds(month: int) -> tuple[int, int]:
    """The first and the last day of a month, as date ordinals; `month` as in `days_of`.

    >>> [date.fromordinal(day).isoformat() for day in month_bounds(2014 * 12 + 1)]
    ['2014-02-01', '2014-02-28']
    """
    before = _before(month)
    return before + 1, before + _length(month)


def _length(month: int) -> int:
    """The days of a month; `month` is `year * 12 + month - 1`."""
    year, place = divmod(month, 12)
    return 28 if place == 1 and not is_leap(year) else LONGEST_MONTHS[place + 1]


def is_leap(year: int) -> bool:
    """True for a leap year. That of `calendar` would load a module that nothing else needs.

    >>> is_leap(1900), is_leap(2000), is_leap(2012), is_leap(2014)
    (False, True, True, False)
    """
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _before(month: int) -> int:
    """The ordinal of the last day before a month: modulo 7, the weekday of its first day."""
    return date(month // 12, month % 12 + 1, 1).toordinal() - 1


def months_later(day: date, months: int) -> date:
    """The same day of the month some months later; the last day of a month that is too short.

    Clipped at the ends of the calendar, the years 1 and 9999.

    >>> str(months_later(date(2014, 8, 31), 6))
    '2015-02-28'
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    from calendar import monthrange  # noqa: PLC0415  # loads `locale`, seldom needed

    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, day: date) -> int:
    """The whole months from a day to a later one; 0 where it is not later.

    >>> months_between(date(2014, 1, 31), date(2014, 2, 28))
    1
    """
    months = (day.year - start.year) * 12 + day.month - start.month
    while months > 0 and months_later(start, months) > day:
        months -= 1
    return max(0, months)
