"""DATE and DATE-TIME values of RFC 5545 as local dates, by the time of day and zone of a start.

A recurrence has dates only. So a DATE-TIME is converted to the local date on which it has the same
effect, which takes the start of the series; where no date has the same effect, it is refused.
"""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import NamedTuple

from mic_core.chrono.local import instant, local, zone
from mic_core.chrono.slot import Local
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Day, Found, is_a, settle_safely
from mic_core.fields.times import plain_datetime

_DATE = re.compile("([0-9]{4})([0-9]{2})([0-9]{2})")
_DATE_TIME = re.compile(_DATE.pattern + "T([0-9]{2})([0-9]{2})([0-9]{2})(Z?)")
_LOCAL, _DAY = Local(), Day()


class StartClock(NamedTuple):
    """The time of day of a start and its zone; the zone is None for a floating start."""

    clock: time
    place: tzinfo | None

    def reaches(self, day: date, until: datetime) -> bool:
        """True if the occurrence of a date is not after an UNTIL that is of the kind of the start.

        Of an ambiguous time the first is meant, as RFC 5545 says.
        """
        moment = datetime.combine(day, self.clock, self.place)
        if self.place is None:
            return moment <= until
        return instant(moment) <= instant(until)


def start_clock(start: object) -> StartClock | None:
    """The clock of a start, None for a date or no start; raises InvariantError for other values."""
    if start is None:
        return None
    found: Found = []
    if not is_a(start, datetime):
        settle_safely(_DAY, start, "start", found)
        if not found:
            return None
    else:
        moment = plain_datetime(start)
        settled = moment if moment.tzinfo is None else settle_safely(_LOCAL, moment, "start", found)
        if isinstance(settled, datetime):
            return StartClock(settled.time().replace(fold=0), settled.tzinfo)
    raise InvariantError("recurrence", found)


def last_date(path: str, value: str, start: StartClock | None, found: list[Problem]) -> date | None:
    """Convert an UNTIL to the last date whose occurrence, at the time of the start, it allows."""
    stamp = _parsed(path, value, found)
    if not isinstance(stamp, datetime):
        return stamp
    if not _fits(path, stamp, start, found) or start is None:
        return None
    # A zone is at most a day away from UTC, and the time of day may come after that of the UNTIL.
    nearby = (stamp.toordinal() + days for days in (1, 0, -1, -2))
    days = (date.fromordinal(each) for each in nearby if 1 <= each <= date.max.toordinal())
    last = next((day for day in days if start.reaches(day, stamp)), None)
    if last is None:
        found.append(Problem(path=path, rule="must not lie before the year 1"))
    return last


def date_of(
    path: str, value: str, start: StartClock | None, zone_name: str, found: list[Problem]
) -> date | None:
    """Convert an RDATE or EXDATE to its local date; its time must be that of the start.

    `zone_name` is its TZID, empty if it has none. A value at another time of day would be another
    occurrence (RDATE) or exclude nothing (EXDATE), so it is refused.
    """
    stamp = _parsed(path, value, found)
    if not isinstance(stamp, datetime):
        return stamp
    try:
        here = None if start is None else start.place
        if zone_name and stamp.tzinfo is None:
            # In the zone of the start it is local already, even a time that the clocks skip.
            stamp = stamp.replace(tzinfo=here if zone_name == str(here) else zone(zone_name))
        if not _fits(path, stamp, start, found) or start is None:
            return None
        shown = stamp if stamp.tzinfo is start.place else local(instant(stamp), start.place or UTC)
    except InvariantError as error:
        found.extend(Problem(path=path, rule=each.rule, mend=each.mend) for each in error.problems)
        return None
    if shown.time() == start.clock:
        return shown.date()
    rule = "must be at the time of day of the start: a recurrence has dates only"
    found.append(Problem(path=path, rule=rule, mend="give other times of day their own series"))
    return None


def _parsed(path: str, value: str, found: list[Problem]) -> date | datetime | None:
    """The date, floating or UTC date and time of a text; None after appending a problem."""
    try:
        if match := _DATE.fullmatch(value):
            return date(*map(int, match.groups()))
        if match := _DATE_TIME.fullmatch(value):
            year, month, day, hour, minute, second = map(int, match.groups()[:6])
            place = UTC if match[7] else None
            return datetime(year, month, day, hour, minute, second, tzinfo=place)
    except ValueError:
        rule, had = "must be a date that exists", f"{len(value)} characters"
        mend = "write YYYYMMDD, or YYYYMMDDTHHMMSSZ with the hour up to 23"
        found.append(Problem(path=path, rule=rule, had=had, mend=mend))
        return None
    rule = "must be a date: a rule says on which dates, the time of day belongs to the series"
    had = f"text of {len(value)} characters"
    mend = "write the local date, such as UNTIL=20141231, or a time in UTC and give start"
    found.append(Problem(path=path, rule=rule, had=had, mend=mend))
    return None


def _fits(path: str, stamp: datetime, start: StartClock | None, found: list[Problem]) -> bool:
    """True if a start can place a date and time: both have a zone, or neither has one."""
    if start is None:
        rule = "must be a date where no time of day and zone of the start are given"
        mend = "give start with its time and zone, or write the local date, such as 20141231"
    elif stamp.tzinfo is not None and start.place is None:
        rule = "must be a local time or a date: its zone says nothing to a start without one"
        mend = 'give start a tzinfo, such as zone("Europe/Brussels")'
    elif stamp.tzinfo is None and start.place is not None:
        rule = "must be in UTC or a date, since the start has a zone"
        mend = "end it with Z if it is in UTC, or write the local date alone"
    else:
        return True
    found.append(Problem(path=path, rule=rule, mend=mend))
    return False
