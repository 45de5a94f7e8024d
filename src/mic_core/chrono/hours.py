"""Weekly opening hours, in the notation of schema.org: `Mo-Fr 09:00-18:00; Sa 10:00-16:00`."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, tzinfo
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.chrono.local import DAY_MICROSECONDS, MINUTE, local, midnight
from mic_core.chrono.period import reached
from mic_core.chrono.slot import Slot
from mic_core.errors import ParseError, Problem
from mic_core.fields import Bind, Found, Value, Whole, is_a, refuse, sound

DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""The names of the days of the week in the notation, Monday first."""

DAY_MINUTES = 24 * 60
"""Minutes in a day."""

WEEK_MINUTES = 7 * DAY_MINUTES
"""Minutes in a week."""

_LONGEST = 2_000  # characters; ample for a week
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SLOT, _INSTANT = Value(Slot), Whole(-(10**18), 10**18)
_TIMES = re.compile(rf"({_TIME})-({_TIME}|24:00)")
_SPAN = re.compile(rf"({'|'.join(DAY_NAMES)})(?:-({'|'.join(DAY_NAMES)}))?")

Range = tuple[int, int]
"""Minutes from Monday 00:00: first minute, and first minute after."""


def _joined(ranges: list[Range]) -> list[Range]:
    """Sorted ranges, where those that touch or overlap are one."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _in_one_week(ranges: list[Range]) -> tuple[Range, ...]:
    """Joined ranges of one week; what runs past Sunday midnight goes on on Monday."""
    late = [(0, end - WEEK_MINUTES) for _, end in ranges if end > WEEK_MINUTES]
    return tuple(_joined([(start, min(end, WEEK_MINUTES)) for start, end in ranges] + late))


@attrs.frozen
class _Ranges:
    """The shape of the ranges of a week."""

    @property
    def rule(self) -> str:
        return "must be pairs of minutes in a week, the first before the second, up to 10080"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is tuple and {bind(_is_canonical)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        pairs = _pairs(value)
        if pairs is None:
            refuse(found, path, self.rule, value, "WeeklyHours.parse reads a text")
            return None
        return _in_one_week(pairs)


def _pairs(value: object) -> list[Range] | None:
    """The ranges in a list of pairs, in their order; None where anything in it is none."""
    if not isinstance(value, tuple | list):
        return None
    pairs: list[Range] = []
    listed: list[object] = [*value]
    for each in listed:
        match each:
            case (int() as start, int() as end) if type(start) is type(end) is int:
                pairs.append((start, end))
            case _:
                return None
    return pairs if all(0 <= start < end <= WEEK_MINUTES for start, end in pairs) else None


def _is_canonical(ranges: tuple[object, ...]) -> bool:
    pairs = _pairs(ranges)
    return pairs is not None and ranges == _in_one_week(pairs)


def _chained(ranges: tuple[Range, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Starts and ends over two weeks in a row: a night from Sunday to Monday is one range."""
    twice = [(start + week, end + week) for week in (0, WEEK_MINUTES) for start, end in ranges]
    chain = _joined(twice)
    return tuple(start for start, _ in chain), tuple(end for _, end in chain)


@checked(derive=_chained)
@attrs.frozen(weakref_slot=False)
class WeeklyHours:
    """The hours of a week on local clocks in which something is open or available.

    `ranges` are minutes from Monday 00:00, each with the first minute after it, sorted, those that
    touch or overlap as one; none of them means closed all week.

    >>> from datetime import timedelta
    >>> hours = WeeklyHours.parse("Mo-Fr 09:00-18:00; We 18:00-21:00")
    >>> print(hours)
    Mo-Tu,Th-Fr 09:00-18:00; We 09:00-21:00
    >>> hours.covers(Slot.at("2014-09-10", "18:00", timedelta(hours=3), "Europe/Brussels"))
    True
    """

    ranges: Annotated[tuple[Range, ...], _Ranges()] = ()
    starts: tuple[int, ...] = attrs.field(init=False, repr=False, eq=False)
    ends: tuple[int, ...] = attrs.field(init=False, repr=False, eq=False)

    @classmethod
    def parse(cls, text: str) -> "WeeklyHours":
        """Read the notation of schema.org (`openingHours`); raises ParseError with all problems.

        Parts are separated by semicolons: days, then times, each list with commas. Days alone
        mean all day; days may wrap (`Sa-Mo`); an end at or before its start lies on the next day;
        `24:00` is midnight at the end. `24/7` is always, `closed` is closed all week.

        >>> print(WeeklyHours.parse("Fr-Sa 20:00-02:00; Su"))
        Fr 20:00-02:00; Sa 20:00-24:00; Su
        """
        return cls(_in_one_week(_read(text)))

    def covers(self, slot: Slot) -> bool:
        """Whether these hours are open from the start to the end of a slot, on its own clocks.

        O(log r) over r ranges for a slot within one day, or one night, without a change of
        clocks; otherwise as `spans`, which both agree with.
        """
        if type(slot) is not Slot:
            sound("WeeklyHours", slot=(slot, _SLOT))
        first, last = slot.start_utc, slot.end_utc
        place = slot.start.tzinfo or UTC
        ordinal = slot.start.toordinal()
        opening = midnight(place, ordinal)
        if opening is None or (
            last > opening + DAY_MICROSECONDS
            and (midnight(place, ordinal + 1) is None or last > opening + 2 * DAY_MICROSECONDS)
        ):
            return next(self.spans(first, last, place), None) == (first, last)
        monday = (ordinal - 1) % 7 * DAY_MINUTES
        index = bisect_right(self.starts, monday + (first - opening) // MINUTE) - 1
        return index >= 0 and monday - (opening - last) // MINUTE <= self.ends[index]

    def spans(self, first: int, last: int, place: tzinfo) -> Iterator[tuple[int, int]]:
        """The open intervals between two instants on the clocks of a place, in order, apart.

        Instants are microseconds since 1970 in UTC. A time that the clocks skip is the moment
        they jump; what they show twice opens at the first and closes at the second showing. Lazy;
        a day costs the same wherever the window lies. Raises InvariantError for a fixed offset,
        and outside the years 1 to 9999.

        >>> from datetime import timedelta
        >>> from mic_core.chrono.local import zone
        >>> day = Slot.at("2014-10-26", "00:00", timedelta(hours=25), "Europe/Brussels")
        >>> hours = WeeklyHours.parse("Su 01:00-03:00")
        >>> [(end - start) // 3_600_000_000 for start, end in
        ...     hours.spans(day.start_utc, day.end_utc, zone(day.zone))]
        [3]
        """
        if not type(first) is type(last) is int:
            sound("WeeklyHours", first=(first, _INSTANT), last=(last, _INSTANT))
        if first >= last:
            return
        current: tuple[int, int] | None = None
        days = local(first, place).date(), local(last, place).date()
        for opening, closing in self._pieces(*days, place):
            start, end = max(opening, first), min(closing, last)
            if start >= end:
                continue
            if current is not None and start <= current[1]:
                current = (current[0], max(current[1], end))
                continue
            if current is not None:
                yield current
            current = (start, end)
        if current is not None:
            yield current

    def _pieces(self, first: date, last: date, place: tzinfo) -> Iterator[tuple[int, int]]:
        """What is open on each day, starts in order; a day more on both sides for late changes."""
        days = [_of_day(self.ranges, weekday) for weekday in range(7)]
        low = max(first.toordinal() - 1, date.min.toordinal())
        high = min(last.toordinal() + 1, date.max.toordinal())
        for ordinal in range(low, high + 1):
            day = date.fromordinal(ordinal)
            for start, end in days[day.weekday()]:
                yield reached(day, start, place, "first"), reached(day, end, place, "second")

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days that the notation names, 0 for Monday; a night belongs to the day it starts.

        >>> WeeklyHours.parse("Fr-Sa 20:00-02:00").weekdays
        (4, 5)
        """
        return tuple(sorted({start // DAY_MINUTES for start, _ in _listed(self.ranges)}))

    def __str__(self) -> str:
        times: dict[int, list[str]] = {}
        for start, end in sorted(_listed(self.ranges)):
            times.setdefault(start // DAY_MINUTES, []).append(
                _times(start % DAY_MINUTES, end - start)
            )
        days: dict[str, list[int]] = {}
        for day, each in times.items():
            days.setdefault(",".join(each), []).append(day)
        parts = [f"{_day_list(listed)} {shown}".rstrip() for shown, listed in days.items()]
        return "; ".join(parts) or "closed"


def _of_day(ranges: tuple[Range, ...], weekday: int) -> list[Range]:
    """What is open on one day, in minutes of that day."""
    low = weekday * DAY_MINUTES
    within = [(max(start - low, 0), min(end - low, DAY_MINUTES)) for start, end in ranges]
    return [(start, end) for start, end in within if start < end]


def _listed(ranges: tuple[Range, ...]) -> Iterator[Range]:
    """The ranges as the notation can say them: whole days, parts of a day, and nights.

    What lasts up to 24 hours stays whole; what lasts longer is cut at each midnight.
    """
    whole = list(ranges)
    if len(whole) > 1 and whole[0][0] == 0 and whole[-1][1] == WEEK_MINUTES:
        start, end = whole.pop()[0], whole.pop(0)[1] + WEEK_MINUTES
        whole.append((start, end))
    for start, end in whole:
        low = start
        while end - low > DAY_MINUTES:
            cut = (low // DAY_MINUTES + 1) * DAY_MINUTES
            yield low % WEEK_MINUTES, low % WEEK_MINUTES + cut - low
            low = cut
        yield low % WEEK_MINUTES, low % WEEK_MINUTES + end - low


def _times(start: int, length: int) -> str:
    if length == DAY_MINUTES and start == 0:
        return ""
    end = start + length
    return f"{_clock(start)}-{_clock(end if end <= DAY_MINUTES else end - DAY_MINUTES)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day_list(days: list[int]) -> str:
    """Days in the notation, neighbors as a run."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        DAY_NAMES[run[0]] if len(run) == 1 else f"{DAY_NAMES[run[0]]}-{DAY_NAMES[run[-1]]}"
        for run in runs
    )


def _read(given: object) -> list[Range]:
    """The ranges that a text names; raises ParseError."""
    problems: list[Problem] = []
    if not is_a(given, str) or str.__len__(given) > _LONGEST:
        refuse(problems, "", f"must be a text of at most {_LONGEST} characters", given)
        raise ParseError("WeeklyHours", problems)
    text = str.__str__(given).strip()
    if text in _WHOLE:
        return _WHOLE[text]
    ranges = [
        each
        for place, part in enumerate(text.split(";"))
        for each in _part(part, f"[{place}]", problems)
    ]
    if problems:
        raise ParseError("WeeklyHours", problems)
    return ranges


_WHOLE: dict[str, list[Range]] = {"24/7": [(0, WEEK_MINUTES)], "closed": []}


def _part(part: str, path: str, problems: list[Problem]) -> list[Range]:
    """The ranges of one part, such as `Mo,We 18:00-21:00`."""
    named, _, timed = part.strip().partition(" ")
    days = _days(named)
    times = _clocks(timed.strip())
    if days is None:
        rule = "must begin with days of the week, such as Mo-Fr or Mo,We"
        refuse(problems, path, rule, part, "the days are Mo, Tu, We, Th, Fr, Sa, Su")
    if times is None:
        rule = "must have times such as 09:00-18:00 after its days, or none for all day"
        refuse(problems, path, rule, part, "write hours and minutes with two digits each")
    return [
        (day * DAY_MINUTES + start, day * DAY_MINUTES + end)
        for day in days or ()
        for start, end in times or ()
    ]


def _days(text: str) -> list[int] | None:
    days: list[int] = []
    for each in text.split(","):
        named = _SPAN.fullmatch(each)
        if named is None:
            return None
        first = DAY_NAMES.index(named[1])
        last = DAY_NAMES.index(named[2] or named[1])
        days += [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]
    return days


def _clocks(text: str) -> list[Range] | None:
    """Minutes of a day, the end up to a day later; all day where there is no text."""
    if not text:
        return [(0, DAY_MINUTES)]
    times: list[Range] = []
    for each in text.split(","):
        timed = _TIMES.fullmatch(each.strip())
        if timed is None:
            return None
        start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in timed.groups())
        times.append((start, end if end > start else end + DAY_MINUTES))
    return times
