"""Periods: half-open intervals of local calendar days."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

import attrs

from mic_core.checked import checked
from mic_core.chrono.local import MINUTE, exists, instant, local, midnight
from mic_core.chrono.months import day_text
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Found, Value, Whole, sound

_YEAR, _MONTH, _DAY = Whole(1, 9998), Whole(1, 12), Day()


def _starts_before_end(start: date | None, end: date | None) -> Problem | None:
    if start is not None and end is not None and start >= end:
        return Problem(path="end", rule="must be after start", mend="it is the first day outside")
    return None


@checked(_starts_before_end)
@attrs.frozen(weakref_slot=False)
class Period:
    """A half-open interval of local days: from `start` up to and excluding `end`.

    A `start` or `end` of None means unbounded on that side.

    >>> Period.year(2014)
    Period(start=datetime.date(2014, 1, 1), end=datetime.date(2015, 1, 1))
    >>> print(Period.days(date(2014, 9, 29), date(2014, 10, 5)))
    Mon 29 Sep 2014 to Sun 5 Oct 2014
    """

    start: date | None = None
    end: date | None = None

    @classmethod
    def year(cls, year: int) -> "Period":
        """A calendar year from 1 to 9998; raises InvariantError for any other."""
        return cls(cls.month(year, 1).start, cls.month(year, 12).end)

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        """A calendar month of the years 1 to 9998; raises InvariantError for any other.

        >>> print(Period.month(2014, 9))
        Mon 1 Sep 2014 to Tue 30 Sep 2014
        """
        found: Found = []
        _YEAR.settle(year, "year", found)
        _MONTH.settle(month, "month", found)
        _raise(found)
        return cls(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))

    @classmethod
    def days(cls, first: date, last: date) -> "Period":
        """The days from the first to the last, both included.

        Raises InvariantError if the last is before the first, or is 9999-12-31, after which no
        `end` exists: leave the end open instead.
        """
        found: Found = []
        _DAY.settle(first, "first", found)
        _DAY.settle(last, "last", found)
        if not found and last < first:
            found.append(Problem(path="last", rule="must not be before first"))
        elif not found and last == date.max:
            rule = "must be before the last day of the calendar"
            found.append(Problem(path="last", rule=rule, mend="leave the end open with None"))
        _raise(found)
        return cls(first, last + timedelta(days=1))

    @property
    def length(self) -> int | None:
        """Number of days; None if a side is unbounded."""
        if self.start is None or self.end is None:
            return None
        return (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """True if a day lies in the period; raises InvariantError if it is no date."""
        if type(day) is not date:
            (day,) = sound("Period", day=(day, _DAY))
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)

    def overlaps(self, other: "Period") -> bool:
        """True if two periods have a day in common."""
        if type(other) is not Period:
            sound("Period", other=(other, _PERIOD))
        return (self.start is None or other.end is None or self.start < other.end) and (
            other.start is None or self.end is None or other.start < self.end
        )

    def intersection(self, other: "Period") -> "Period | None":
        """The intersection of two periods; None if it is empty.

        >>> print(Period.year(2014).intersection(Period(date(2014, 9, 1))))
        Mon 1 Sep 2014 to Wed 31 Dec 2014
        """
        if not self.overlaps(other):
            return None
        starts = [each for each in (self.start, other.start) if each is not None]
        ends = [each for each in (self.end, other.end) if each is not None]
        return Period(max(starts, default=None), min(ends, default=None))

    def within(self, place: tzinfo) -> tuple[int | None, int | None]:
        """The period as a half-open interval of instants in a time zone.

        In microseconds since the epoch; None if a side is unbounded. A midnight in a gap is the
        instant of the gap; of an ambiguous midnight the first counts. So adjacent periods are
        adjacent intervals.
        """
        return (
            None if self.start is None else instant_of_minute(self.start, 0, place),
            None if self.end is None else instant_of_minute(self.end, 0, place),
        )

    def __str__(self) -> str:
        """The first and the last day in words; a period of one day is that day."""
        first = None if self.start is None else day_text(self.start)
        last = None if self.end is None else day_text(self.end - timedelta(days=1))
        match (first, last):
            case (None, None):
                return "always"
            case (None, _):
                return f"until {last}"
            case (_, None):
                return f"from {first}"
            case _:
                return f"{first} to {last}" if first != last else f"{first}"


_PERIOD = Value(Period)


def _raise(found: Found) -> None:
    if found:
        raise InvariantError("Period", found)


def instant_of_minute(
    day: date, minute: int, place: tzinfo, showing: Literal["first", "second"] = "first"
) -> int:
    """Convert a minute of a local day to an instant, monotonically.

    `minute` is 0 to 1440 (24:00). A nonexistent minute is mapped to the instant of the gap; of an
    ambiguous one, `showing` selects the first or the second. So for one `showing`, a later minute
    is never mapped to an earlier instant. In microseconds since the epoch. O(1).

    >>> from mic_core.chrono.local import zone
    >>> str(local(instant_of_minute(date(2014, 3, 30), 150, zone("Europe/Brussels")), zone("UTC")))
    '2014-03-30 01:00:00+00:00'
    """
    opening = midnight(place, day.toordinal())
    if opening is not None:
        return opening + minute * MINUTE
    if minute == 24 * 60:  # 00:00 of the next day, or a minute after 23:59 of the last date
        last = day == date.max
        return (
            instant_of_minute(day, minute - 1, place, showing) + MINUTE
            if last
            else instant_of_minute(day + timedelta(days=1), 0, place, showing)
        )
    wall = datetime.combine(day, time(*divmod(minute, 60)), place)
    if exists(wall):
        return instant(wall.replace(fold=showing == "second"))
    return _gap_instant(wall, place)


def _gap_instant(wall: datetime, place: tzinfo) -> int:
    """The instant of the gap that holds a wall time: the first whose wall time is later.

    A binary search in whole seconds, as offsets in the database are whole seconds.
    """
    shown = wall.replace(tzinfo=None)
    low, high = (instant(wall.replace(fold=fold)) // 1_000_000 for fold in (1, 0))

    def is_past(second: int) -> bool:
        return local(second * 1_000_000, place).replace(tzinfo=None) > shown

    # PEP 495: with fold=1 a nonexistent time resolves before the gap, with fold=0 after it.
    return (low + bisect_left(range(low, high), x=True, key=is_past)) * 1_000_000
