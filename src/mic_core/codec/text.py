"""Text forms of scalar values in JSON: decimals and ISO 8601 dates, times, durations, datetimes.

Each reader accepts exactly the documented form, in ASCII, and raises ParseError otherwise; each
writer returns the canonical form. Readers are memoised, since documents repeat dates and numbers;
the sizes of the memos bound memory only.
"""

import re
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

import attrs

from mic_core.chrono.local import midnight, zone
from mic_core.errors import InvariantError, ParseError, Problem

T = TypeVar("T")

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SECONDS = r":[0-5][0-9](?:\.[0-9]{1,6})?"
_OFFSET = "[+-](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,27})(?:\.[0-9]{1,28})?")
_DATE = re.compile(_DAY)
_TIME = re.compile(f"{_CLOCK}(?:{_SECONDS})?")
_INSTANT = re.compile(f"{_DAY}T{_CLOCK}{_SECONDS}Z")
_MOMENT = re.compile(rf"({_DAY}T{_CLOCK}{_SECONDS}{_OFFSET})\[([A-Za-z0-9_+/-]{{1,64}})\]")
_LENGTH = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,8})M)?(?:([0-9]{1,10})(?:\.([0-9]{1,6}))?S)?)?"
)


@attrs.frozen
class TextForm:
    """Text form of a type of value: the rule for messages, the reader, the writer, the syntax.

    `pattern` is a regular expression of the whole text, in the common subset of Python and ECMA
    262. It describes the syntax only: 30 February matches.
    """

    rule: str
    read: Callable[[str], object]
    write: Callable[..., str]
    pattern: str


def _error(rule: str, text: str, mend: str = "") -> ParseError:
    """The error for a text of another form; its content is not quoted."""
    had = f"text of {len(text)} characters"
    return ParseError("text", [Problem(path="", rule=rule, had=had, mend=mend)])


NUMBER_RULE = 'must be a decimal number written as text, such as "1500.5"'
DATE_RULE = 'must be a date that exists, written like "2014-09-10"'
TIME_RULE = 'must be a time of day, written like "18:00" or "18:00:30"'
INSTANT_RULE = 'must be an instant in UTC, written like "2014-09-10T16:00:00Z"'
LENGTH_RULE = 'must be a duration of days, hours, minutes and seconds, written like "PT1H30M"'
MOMENT_RULE = (
    "must be a date and time with its offset and zone,"
    ' written like "2014-09-10T18:00:00+02:00[Europe/Brussels]"'
)


@lru_cache(maxsize=4096)
def read_number(text: str) -> Decimal:
    """Read a decimal number in plain notation, without an exponent.

    >>> read_number("1500.50")
    Decimal('1500.50')
    """
    if not _NUMBER.fullmatch(text):
        raise _error(NUMBER_RULE, text)
    return Decimal(text)


def write_number(number: Decimal) -> str:
    """Write a number that is in canonical form.

    >>> write_number(Decimal("0.0000001"))
    '0.0000001'
    """
    return format(number, "f")


@lru_cache(maxsize=4096)
def read_date(text: str) -> date:
    """Read a date, `YYYY-MM-DD`.

    >>> read_date("2014-09-10")
    datetime.date(2014, 9, 10)
    """
    if not _DATE.fullmatch(text):
        raise _error(DATE_RULE, text)
    return _existing(date.fromisoformat, text, DATE_RULE, text)


def _existing(read: Callable[[str], T], text: str, rule: str, whole: str) -> T:
    """The result of a reader of the standard library; ParseError for a date that does not exist."""
    result = _or_none(read, text)
    if result is None:
        raise _error(rule, whole, "there is no such day")
    return result


def _or_none(read: Callable[[str], T], text: str) -> T | None:
    """The result of a reader; None where it raises, whose error would quote the text."""
    try:
        return read(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def read_time(text: str) -> time:
    """Read a time of day, `HH:MM`, `HH:MM:SS` or `HH:MM:SS.ffffff`.

    >>> read_time("18:30")
    datetime.time(18, 30)
    """
    if not _TIME.fullmatch(text):
        raise _error(TIME_RULE, text)
    return time.fromisoformat(text)


def write_time(clock: time) -> str:
    """Write a time of day, with seconds only if they are not zero.

    >>> write_time(time(18, 30)), write_time(time(18, 30, 5))
    ('18:30', '18:30:05')
    """
    text = clock.isoformat()
    return text[:5] if text[5:] == ":00" else text


@lru_cache(maxsize=4096)
def read_instant(text: str) -> datetime:
    """Read an instant in UTC, `YYYY-MM-DDTHH:MM:SSZ`, perhaps with a fraction.

    >>> read_instant("2014-09-10T16:00:00Z")
    datetime.datetime(2014, 9, 10, 16, 0, tzinfo=datetime.timezone.utc)
    """
    if not _INSTANT.fullmatch(text):
        raise _error(INSTANT_RULE, text)
    return _existing(datetime.fromisoformat, text, INSTANT_RULE, text)


def write_instant(moment: datetime) -> str:
    """Write an instant, given as a datetime in UTC.

    >>> write_instant(datetime(2014, 9, 10, 16, tzinfo=UTC))
    '2014-09-10T16:00:00Z'
    """
    return moment.isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=1024)
def read_length(text: str) -> timedelta:
    """Read an ISO 8601 duration in days, hours, minutes and seconds.

    >>> read_length("PT90M"), read_length("P14D")
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=14))
    """
    match = _LENGTH.fullmatch(text)
    if match is None:
        raise _error(LENGTH_RULE, text)
    days, hours, minutes, seconds = (int(digits or 0) for digits in match.groups()[:4])
    parts = (match[5] or "").ljust(6, "0")
    return timedelta(
        days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=int(parts)
    )


def write_length(length: timedelta) -> str:
    """Write a duration in canonical form: hours below 24, minutes and seconds below 60.

    >>> write_length(timedelta(minutes=90)), write_length(timedelta(days=1, milliseconds=500))
    ('PT1H30M', 'P1DT0.5S')
    """
    if length < timedelta():
        problem = Problem(path="", rule="must not be negative", had="a negative duration")
        raise InvariantError("duration", [problem])
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f"{length.microseconds:06}".rstrip("0")
    second = f"{seconds}.{fraction}" if fraction else f"{seconds}"
    clock = "".join(
        f"{number}{unit}"
        for number, unit in ((f"{hours}", "H"), (f"{minutes}", "M"), (second, "S"))
        if number != "0"
    )
    date = f"{length.days}D" if length.days else ""
    return f"P{date}{f'T{clock}' if clock else ''}" if length else "PT0S"


def read_moment(text: str) -> datetime:
    """Read a local time with its UTC offset and zone (RFC 9557).

    The offset selects the instant of an ambiguous time; an offset that the zone does not have at
    that instant is refused.

    >>> read_moment("2014-10-26T02:30:00+01:00[Europe/Brussels]").fold
    1
    """
    day = _constant_day(text[:10], text[19:]) if text[10:11] == "T" else None
    if day is None:
        return _read_exactly(text)
    return datetime.combine(day.date(), read_time(text[11:19]), day.tzinfo)


@lru_cache(maxsize=4096)
def _constant_day(day: str, offset_and_zone: str) -> datetime | None:
    """The midnight of a day, if its zone has the stated offset all day long; None for any doubt.

    Times of one day differ in their clock alone, so that most moments are put together from memos.
    """
    if not offset_and_zone.startswith(("+", "-")):
        return None
    try:
        start = _read_exactly(f"{day}T00:00:00{offset_and_zone}")
    except ParseError:
        return None
    # In UTC, the first and the last year have moments that their calendar does not hold.
    is_constant = midnight(start.tzinfo or UTC, start.toordinal()) is not None
    return start if is_constant and MINYEAR < start.year < MAXYEAR else None


@lru_cache(maxsize=4096)
def _read_exactly(text: str) -> datetime:
    """Read a local time whatever its day: with a fraction, in a fold, at the ends of time."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise _error(MOMENT_RULE, text)
    stated = _existing(datetime.fromisoformat, match[1], MOMENT_RULE, text)
    place, problems = _place(match[2])
    if place is None:
        raise ParseError("text", problems)
    shown = _shown(stated, place)
    if shown is None:
        raise _error("must lie between the years 1 and 9999 in UTC", text)
    if shown.replace(tzinfo=None) != stated.replace(tzinfo=None):
        rule = "must have the offset that its zone has at that time"
        offset = shown.isoformat().removeprefix(shown.replace(tzinfo=None).isoformat())
        raise _error(rule, text, f"at that instant clocks there have {offset}")
    return shown


def _place(name: str) -> tuple[tzinfo | None, tuple[Problem, ...]]:
    """The zone of a name, or None and why there is none."""
    try:
        return (UTC if name == "UTC" else zone(name)), ()
    except InvariantError as error:
        return None, error.problems


def _shown(moment: datetime, place: tzinfo) -> datetime | None:
    """A moment on the clocks of a place; None outside of the calendar."""
    try:
        return moment.astimezone(place)
    except (OverflowError, ValueError):
        return None


def write_moment(moment: datetime) -> str:
    """Write a local time with its UTC offset and zone (RFC 9557).

    >>> write_moment(datetime(2014, 10, 26, 2, 30, fold=1, tzinfo=zone("Europe/Brussels")))
    '2014-10-26T02:30:00+01:00[Europe/Brussels]'
    """
    return f"{moment.isoformat()}[{moment.tzinfo}]"


NUMBER = TextForm(NUMBER_RULE, read_number, write_number, _NUMBER.pattern)
DATE = TextForm(DATE_RULE, read_date, date.isoformat, _DATE.pattern)
TIME = TextForm(TIME_RULE, read_time, write_time, _TIME.pattern)
INSTANT = TextForm(INSTANT_RULE, read_instant, write_instant, _INSTANT.pattern)
LENGTH = TextForm(LENGTH_RULE, read_length, write_length, _LENGTH.pattern)
MOMENT = TextForm(MOMENT_RULE, read_moment, write_moment, _MOMENT.pattern)
