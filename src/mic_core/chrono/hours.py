"""Weekly opening hours: minutes of the week as intervals, and the notation of schema.org.

`Mo-Fr 09:00-18:00; Sa 10:00-16:00` becomes half-open intervals of minutes since Monday 00:00, in
canonical form. They are local times; `spans` converts them to instants day by day.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, tzinfo
from itertools import pairwise
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.chrono.local import DAY_MICROSECONDS, MINUTE, local, midnight
from mic_core.chrono.period import instant_of_minute
from mic_core.chrono.slot import Slot
from mic_core.errors import ParseError, Problem
from mic_core.fields import Bind, Found, Value, Whole, is_a, refuse, sound

DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""Codes of the days of the week in the notation, Monday first."""

DAY_MINUTES = 24 * 60
"""Minutes in a day."""

WEEK_MINUTES = 7 * DAY_MINUTES
"""Minutes in a week."""

LONGEST_HOURS = 2_000
"""Characters of the notation: bounds parsing; far above any real week."""

_SURELY_SHORT = 150
"""Ranges that are always written within the limit: 157 times of 12 characters at most, since days
cut up to 7 of them, and the names of 7 days."""

_TIME = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
_SLOT, _INSTANT = Value(Slot), Whole(-(10**18), 10**18)  # microseconds; wider than the years 1-9999
_TIMES = re.compile(rf"({_TIME})-({_TIME}|24:00)")
_TWO_DIGITS = re.compile("0(?=[0-9]:)")
_AFTER_MIDNIGHT = re.compile("2[4-9]:")
_SPAN = re.compile(rf"({'|'.join(DAY_NAMES)})(?:-({'|'.join(DAY_NAMES)}))?")

Range = tuple[int, int]
"""A half-open interval of minutes since Monday 00:00."""


def _merge(ranges: list[Range]) -> list[Range]:
    """Sort ranges and merge adjacent and overlapping ones."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _canonical(ranges: list[Range]) -> tuple[Range, ...]:
    """Canonical form: merged, and a range past Sunday midnight wraps around to Monday."""
    wrapped = [(0, end - WEEK_MINUTES) for _, end in ranges if end > WEEK_MINUTES]
    return tuple(_merge([(start, min(end, WEEK_MINUTES)) for start, end in ranges] + wrapped))


@attrs.frozen
class _Ranges:
    """Shape of the ranges of a week."""

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
        return _canonical(pairs)


def _pairs(value: object) -> list[Range] | None:
    """The ranges in a sequence of pairs, in its order; None if it is not one of valid ranges."""
    if not isinstance(value, tuple | list):
        return None
    pairs: list[Range] = []
    items: list[object] = [*value]
    for each in items:
        match each:
            case (int() as start, int() as end) if type(start) is type(end) is int:
                pairs.append((start, end))
            case _:
                return None
    return pairs if all(0 <= start < end <= WEEK_MINUTES for start, end in pairs) else None


def _is_canonical(ranges: tuple[object, ...]) -> bool:
    """True if a tuple is a canonical form of ranges."""
    pairs = _pairs(ranges)
    return pairs is not None and ranges == _canonical(pairs)


def _is_writable(ranges: tuple[Range, ...]) -> Problem | None:
    """Law: the notation of the hours is short enough to be read again."""
    length = len(_notation(ranges)) if len(ranges) > _SURELY_SHORT else 0
    if length > LONGEST_HOURS:
        rule = f"must have a notation of at most {LONGEST_HOURS} characters"
        return Problem(path="ranges", rule=rule, had=f"{len(ranges)} ranges")
    return None


def _unrolled(ranges: tuple[Range, ...]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Starts and ends over two consecutive weeks, so that a range over Sunday midnight is one."""
    if _is_writable(ranges):
        return None
    twice = [(start + week, end + week) for week in (0, WEEK_MINUTES) for start, end in ranges]
    merged = _merge(twice)
    return tuple(start for start, _ in merged), tuple(end for _, end in merged)


@checked(_is_writable, derive=_unrolled)
@attrs.frozen(weakref_slot=False)
class WeeklyHours:
    """Weekly hours in local time in which a center is open or a subject is available.

    `ranges` are half-open intervals of minutes since Monday 00:00, up to 10080, in canonical form
    (sorted, adjacent and overlapping ones merged); empty means closed all week. Their notation has
    at most 2,000 characters. `starts` and `ends` are derived: the same over two consecutive weeks,
    for binary search.

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
        """Parse the notation of schema.org (`openingHours`); raises ParseError with all problems.

        Parts are separated by semicolons; each is a list of days, then a list of times, both with
        commas. Days alone mean all day; days may wrap (`Sa-Mo`); an end at or before its start is
        on the next day; `24:00` is the end of the day, never a start. `24/7` is always, `closed`
        is never. An hour may have one digit, and a semicolon may end the text. The text, and the
        hours written anew, have at most 2,000 characters.

        >>> print(WeeklyHours.parse("Fr-Sa 20:00-02:00; Su"))
        Fr 20:00-02:00; Sa 20:00-24:00; Su
        """
        ranges = _canonical(_parse(text))
        problem = _is_writable(ranges)
        if problem is not None:
            raise ParseError("WeeklyHours", [attrs.evolve(problem, path="")])
        return cls(ranges)

    def covers(self, slot: Slot) -> bool:
        """True if a slot lies within one open interval, in the zone of the slot.

        O(log r) over r ranges for a slot of at most two local days without a change of offset,
        otherwise as `spans`; both give the same answer.
        """
        if type(slot) is not Slot:
            sound("WeeklyHours", slot=(slot, _SLOT))
        first, last = slot.start_utc, slot.end_utc
        place = slot.start.tzinfo or UTC
        ordinal = slot.start.toordinal()
        opening = midnight(place, ordinal)
        # Minutes of the week are exact only on days with a constant offset.
        if opening is None or (
            last > opening + DAY_MICROSECONDS
            and (midnight(place, ordinal + 1) is None or last > opening + 2 * DAY_MICROSECONDS)
        ):
            return next(self.spans(first, last, place), None) == (first, last)
        midnight_minute = (ordinal - 1) % 7 * DAY_MINUTES  # of the week; ordinal 1 is a Monday
        index = bisect_right(self.starts, midnight_minute + (first - opening) // MINUTE) - 1
        # Floor division of the negated difference rounds the end up to whole minutes.
        return index >= 0 and midnight_minute - (opening - last) // MINUTE <= self.ends[index]

    def spans(self, first: int, last: int, place: tzinfo) -> Iterator[tuple[int, int]]:
        """Expand into open intervals of instants within a window, in a time zone, disjoint, sorted.

        The window is half-open, in microseconds since the epoch. A nonexistent time is the instant
        of the gap; an ambiguous time opens at its first and closes at its second instant. Lazy;
        linear in the days of the window. Raises InvariantError for a fixed UTC offset, and outside
        the years 1 to 9999.

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
        """The open intervals of each local day, by start, with a day more on either side.

        Extra days, because a fold around midnight repeats a part of the day before.
        """
        low = max(first.toordinal() - 1, date.min.toordinal())
        high = min(last.toordinal() + 1, date.max.toordinal())
        for ordinal in range(low, high + 1):
            day = date.fromordinal(ordinal)
            opening = day.weekday() * DAY_MINUTES
            # Only the ranges of the day are looked at, since a week may have hundreds.
            for index in range(bisect_right(self.ends, opening), len(self.starts)):
                start = max(self.starts[index] - opening, 0)
                if start >= DAY_MINUTES:
                    break
                yield (
                    instant_of_minute(day, start, place, "first"),
                    instant_of_minute(
                        day, min(self.ends[index] - opening, DAY_MINUTES), place, "second"
                    ),
                )

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays on which a range starts, 0 for Monday; a night belongs to its first day.

        >>> WeeklyHours.parse("Fr-Sa 20:00-02:00").weekdays
        (4, 5)
        """
        return tuple(sorted({start // DAY_MINUTES for start, _ in _notation_ranges(self.ranges)}))

    def __str__(self) -> str:
        """The canonical notation, which `parse` reads: days with equal times in one part.

        Where that is longer than `parse` reads, since many times are common to days that differ in
        others, the shortest of: times with equal days in one part; the same with the days on which
        a time lies within a longer one; the same with all times cut where one begins or ends. Where
        even that is too long, hours of one digit are written as such.
        """
        return _notation(self.ranges)


def _notation(ranges: tuple[Range, ...]) -> str:
    """The notation of ranges: by days, or, if it is too long, the shortest of four."""
    times = _times_of_days(sorted(_notation_ranges(ranges)))
    usual = _parts_text((days, each) for each, days in _inverted(times).items())
    if len(usual) <= LONGEST_HOURS:
        return usual
    clipped = [
        (day * DAY_MINUTES + start, day * DAY_MINUTES + end)
        for day in range(7)
        for start, end in _ranges_of_day(ranges, day)
    ]
    cut = _cut(_times_of_days(clipped))
    shortest = min(usual, *map(_text_by_times, (times, _widened(times), cut)), key=len)
    is_short = len(shortest) <= LONGEST_HOURS
    return shortest if is_short else _TWO_DIGITS.sub("", shortest)


Times = tuple[Range, ...]
"""Ranges of one day, in minutes since its midnight, in order; an end may be on the next day."""


def _times_of_days(ranges: list[Range]) -> dict[int, Times]:
    """The ranges of each day on which any begins, in minutes since its midnight."""
    times: dict[int, list[Range]] = {}
    for start, end in ranges:
        day, minute = divmod(start, DAY_MINUTES)
        times.setdefault(day, []).append((minute, minute + end - start))
    return {day: (*each,) for day, each in times.items()}


def _inverted(of_days: dict[int, Times]) -> dict[Times, list[int]]:
    """The days that have equal values, in order."""
    days: dict[Times, list[int]] = {}
    for day, times in of_days.items():
        days.setdefault(times, []).append(day)
    return days


def _text_by_times(of_days: dict[int, Times]) -> str:
    """The notation with a part for the times of equal days: each time is written once."""
    days_of: dict[Range, list[int]] = {}
    for day, times in of_days.items():
        for each in times:
            days_of.setdefault(each, []).append(day)
    parts: dict[tuple[int, ...], list[Range]] = {}
    for each, days in days_of.items():
        parts.setdefault((*sorted(days),), []).append(each)
    return _parts_text((list(days), (*sorted(parts[days]),)) for days in sorted(parts))


def _widened(of_days: dict[int, Times]) -> dict[int, Times]:
    """The same hours, every time of any day also on days that are open for longer at that time."""
    every = sorted({each for times in of_days.values() for each in times})
    wide: dict[int, Times] = {}
    for day, times in of_days.items():
        starts = [start for start, _ in times]
        around = [bisect_right(starts, start) - 1 for start, _ in every]
        pairs = zip(every, around, strict=True)
        wide[day] = tuple(each for each, n in pairs if n >= 0 and each[1] <= times[n][1])
    return wide


def _cut(of_days: dict[int, Times]) -> dict[int, Times]:
    """The same hours, each time cut wherever a time of any day begins or ends."""
    points = sorted({point for times in of_days.values() for each in times for point in each})
    return {
        day: tuple(
            piece
            for start, end in times
            for piece in pairwise(points[bisect_left(points, start) : bisect_right(points, end)])
        )
        for day, times in of_days.items()
    }


def _parts_text(parts: Iterable[tuple[list[int], Times]]) -> str:
    """The notation of parts, each of days and of times."""
    texts = [f"{_days_text(days)} {_times_text(times)}".rstrip() for days, times in parts]
    return "; ".join(texts) or "closed"


def _ranges_of_day(ranges: tuple[Range, ...], weekday: int) -> list[Range]:
    """Ranges clipped to one weekday, in minutes since its midnight."""
    low = weekday * DAY_MINUTES
    within = [(max(start - low, 0), min(end - low, DAY_MINUTES)) for start, end in ranges]
    return [(start, end) for start, end in within if start < end]


def _notation_ranges(ranges: tuple[Range, ...]) -> Iterator[Range]:
    """Ranges split as the notation needs it: each starts within the week, at most 24 hours long.

    A range over Sunday midnight is joined first; a range above 24 hours is split at each midnight.
    """
    unsplit = list(ranges)
    if len(unsplit) > 1 and unsplit[0][0] == 0 and unsplit[-1][1] == WEEK_MINUTES:
        start, end = unsplit.pop()[0], unsplit.pop(0)[1] + WEEK_MINUTES
        unsplit.append((start, end))
    for start, end in unsplit:
        low = start
        while end - low > DAY_MINUTES:
            cut = (low // DAY_MINUTES + 1) * DAY_MINUTES
            yield low % WEEK_MINUTES, low % WEEK_MINUTES + cut - low
            low = cut
        yield low % WEEK_MINUTES, low % WEEK_MINUTES + end - low


def _times_text(times: Times) -> str:
    """Times of a day in the notation; "" for all day."""
    if times == ((0, DAY_MINUTES),):
        return ""
    return ",".join(
        f"{_clock_text(start)}-{_clock_text(end if end <= DAY_MINUTES else end - DAY_MINUTES)}"
        for start, end in times
    )


def _clock_text(minute: int) -> str:
    """A minute of the day as `HH:MM`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _days_text(days: list[int]) -> str:
    """Sorted weekdays in the notation, consecutive ones as a range."""
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


def _parse(given: object) -> list[Range]:
    """Parse the notation into ranges, in any order; raises ParseError."""
    problems: list[Problem] = []
    if not is_a(given, str) or str.__len__(given) > LONGEST_HOURS:
        refuse(problems, "", f"must be a text of at most {LONGEST_HOURS} characters", given)
        raise ParseError("WeeklyHours", problems)
    text = str.__str__(given).strip().removesuffix(";").rstrip()
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    ranges = [
        each
        for n, part in enumerate(text.split(";"))
        for each in _parse_part(part, f"[{n}]", problems)
    ]
    if problems:
        raise ParseError("WeeklyHours", problems)
    return ranges


_KEYWORDS: dict[str, list[Range]] = {"24/7": [(0, WEEK_MINUTES)], "closed": []}


def _parse_part(part: str, path: str, problems: list[Problem]) -> list[Range]:
    """Parse one part, such as `Mo,We 18:00-21:00`: the product of its days and times."""
    days_text, _, times_text = part.strip().partition(" ")
    days = _parse_days(days_text)
    times = _parse_times(times_text.strip())
    if days is None:
        rule = "must begin with days of the week, such as Mo-Fr or Mo,We"
        refuse(problems, path, rule, part, "the days are Mo, Tu, We, Th, Fr, Sa, Su")
    if times is None:
        rule = "must have times such as 09:00-18:00 after its days, or none for all day"
        refuse(problems, path, rule, part, _mend_of_times(times_text))
    return [
        (day * DAY_MINUTES + start, day * DAY_MINUTES + end)
        for day in days or ()
        for start, end in times or ()
    ]


def _mend_of_times(text: str) -> str:
    """The mend of times that are refused: about 24:00, or the form in general."""
    starts, ends = zip(*(each.strip().partition("-")[::2] for each in text.split(",")), strict=True)
    if any(each.startswith("24:") for each in starts):
        return "24:00 is an end only: a start at midnight is 00:00 of the next day"
    if any(_AFTER_MIDNIGHT.match(each) for each in ends):
        return "24:00 is the latest end; an end after midnight counts from 00:00, as in 22:00-02:00"
    return "write hours and minutes as on a clock, such as 9:30 or 09:30, with a dash between"


def _parse_days(text: str) -> list[int] | None:
    """Parse a list of days and ranges of days, which may wrap; None if it is malformed."""
    days: list[int] = []
    for each in text.split(","):
        match = _SPAN.fullmatch(each)
        if match is None:
            return None
        first = DAY_NAMES.index(match[1])
        last = DAY_NAMES.index(match[2] or match[1])
        days += [(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)]
    return sorted(set(days))  # once each, since the ranges are the product of days and times


def _parse_times(text: str) -> list[Range] | None:
    """Parse a list of times into minutes of the day; all day if empty, None if malformed.

    An end at or before its start is on the next day, so it is above 1440.
    """
    if not text:
        return [(0, DAY_MINUTES)]
    times: list[Range] = []
    for each in text.split(","):
        match = _TIMES.fullmatch(each.strip())
        if match is None:
            return None
        start, end = (int(clock[:-3]) * 60 + int(clock[-2:]) for clock in match.groups())
        times.append((start, end if end > start else end + DAY_MINUTES))
    return times
