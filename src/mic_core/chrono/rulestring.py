"""Parser of recurrence rules in text form: the value of an RRULE of RFC 5545, section 3.3.10.

One reader per part; each appends problems instead of raising, so that all are reported at once.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from mic_core.chrono.months import WEEKDAYS
from mic_core.errors import ParseError, Problem
from mic_core.fields import describe, is_a

MOST_CHARACTERS = 1_000
"""Limit on the input; a rule that lists every day of a month has about 300 characters."""

PARTS = {
    "frequency": "FREQ",
    "interval": "INTERVAL",
    "weekdays": "BYDAY",
    "month_days": "BYMONTHDAY",
    "months": "BYMONTH",
    "week_start": "WKST",
    "count": "COUNT",
    "until": "UNTIL",
}
"""Name of the RRULE part of each field of `Recurrence`."""

_FIELDS = {part: field for field, part in PARTS.items()}
_TIMES = "a rule says on which dates; the time of day belongs to the series"
_REFUSED = {
    "BYSETPOS": ("calendars disagree on it", "number the weekdays, such as BYDAY=-1FR"),
    "BYWEEKNO": ("calendars disagree on it", "use BYMONTH, or FREQ=WEEKLY with INTERVAL"),
    "BYYEARDAY": ("no agenda counts the days of a year", "use BYMONTH with BYMONTHDAY"),
    "BYHOUR": (_TIMES, "give each time of day its own series"),
    "BYMINUTE": (_TIMES, "give each time of day its own series"),
    "BYSECOND": (_TIMES, "give each time of day its own series"),
    "RSCALE": ("dates are those of the Gregorian calendar", "leave it out"),
    "SKIP": ("a month without the day is skipped, as RFC 5545 says", "leave it out"),
}
_SUB_DAILY = ("SECONDLY", "MINUTELY", "HOURLY")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def read_rule(given: object) -> dict[str, Any]:
    """Parse a rule into arguments of `Recurrence`, each of the right type.

    Raises ParseError with every problem of the syntax; `Recurrence` checks the semantics.

    >>> read_rule("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10")
    {'frequency': 'weekly', 'weekdays': ('TU', 'TH'), 'count': 10}
    """
    if not is_a(given, str) or str.__len__(given) > MOST_CHARACTERS:
        rule = f"must be a text of at most {MOST_CHARACTERS} characters"
        raise ParseError("recurrence", [Problem(path="", rule=rule, had=describe(given))])
    text = str.__str__(given)
    fields: dict[str, Any] = {}
    found: list[Problem] = []
    for position, part in enumerate(text.split(";"), 1):
        name, separator, value = part.partition("=")
        refusal = _refusal(name, separator, position, fields)
        if refusal is None:
            field = _FIELDS[name]
            fields[field] = _READERS[field](name, value, found)
        else:
            found.append(refusal)
    if "frequency" not in fields:
        mend = "begin with one, such as FREQ=WEEKLY"
        found.append(Problem(path="FREQ", rule="must be given", mend=mend))
    if found:
        raise ParseError("recurrence", found)
    return fields


def _refusal(name: str, separator: str, position: int, fields: dict[str, Any]) -> Problem | None:
    """The problem of a part whose name is refused, unknown or repeated; None if it is fine."""
    if name in _REFUSED:
        why, mend = _REFUSED[name]
        return Problem(path=name, rule=f"must not be given: {why}", mend=mend)
    if name in _FIELDS and separator:
        if _FIELDS[name] not in fields:
            return None
        rule = "must be given once: readers differ on which one counts"
        return Problem(path=name, rule=rule, mend="keep one of them")
    rule = f"must be NAME=VALUE in capitals, with a name out of {', '.join(_FIELDS)}"
    had = f"a name of {len(name)} characters" if name else "nothing"
    mend = "" if name else "leave out the needless semicolon"
    return Problem(path=f"part {position}", rule=rule, had=had, mend=mend)


def _frequency(part: str, value: str, found: list[Problem]) -> str | None:
    """Read FREQ, whose sub-daily values get a hint."""
    if value in _FREQUENCIES:
        return value.lower()
    rule = f"must be one of {', '.join(_FREQUENCIES)}: a rule says on which dates"
    if value in _SUB_DAILY:
        mend = "give each time of day its own series"
        found.append(Problem(path=part, rule=rule, had=value, mend=mend))
    else:
        found.append(Problem(path=part, rule=rule, had=f"text of {len(value)} characters"))
    return None


def _whole(part: str, value: str, found: list[Problem]) -> int | None:
    """Read an unsigned integer."""
    if re.fullmatch("[0-9]{1,9}", value):
        return int(value)
    rule = "must be a whole number of at most 9 digits"
    found.append(Problem(path=part, rule=rule, had=f"text of {len(value)} characters"))
    return None


def _week_start(part: str, value: str, found: list[Problem]) -> str | None:
    """Read WKST."""
    if value in WEEKDAYS:
        return value
    rule = f"must be one of {', '.join(WEEKDAYS)}"
    found.append(Problem(path=part, rule=rule, had=f"text of {len(value)} characters"))
    return None


def _until(part: str, value: str, found: list[Problem]) -> date | None:
    """Read UNTIL, as a date only: a time in UTC would depend on the zone of the series."""
    if re.fullmatch("[0-9]{8}", value):
        try:
            return date(int(value[:4]), int(value[4:6]), int(value[6:]))
        except ValueError:
            rule = "must be a date that exists"
            found.append(Problem(path=part, rule=rule, had="8 digits", mend="write YYYYMMDD"))
            return None
    rule = "must be a date: a rule says on which dates, the time of day belongs to the series"
    had = f"text of {len(value)} characters"
    mend = "write the last local date, such as UNTIL=20141231"
    found.append(Problem(path=part, rule=rule, had=had, mend=mend))
    return None


def _list_reader(
    pattern: str, convert: Callable[[str], object], wanted: str
) -> Callable[[str, str, list[Problem]], tuple[object, ...]]:
    """A reader of comma-separated values, all different and matching a pattern."""

    def read(part: str, value: str, found: list[Problem]) -> tuple[object, ...]:
        items: list[object] = []
        for n, text in enumerate(value.split(",")):
            where = f"{part}[{n}]"
            if not re.fullmatch(pattern, text):
                had = f"text of {len(text)} characters"
                found.append(Problem(path=where, rule=f"must be {wanted}", had=had))
            elif (item := convert(text)) in items:
                rule = "must differ from those before it"
                found.append(Problem(path=where, rule=rule, mend="name each once"))
            else:
                items.append(item)
        return tuple(items)

    return read


def _weekday(text: str) -> str:
    """The canonical form of a BYDAY value: `+1MO` and `01MO` become `1MO`."""
    return f"{int(text[:-2])}{text[-2:]}" if len(text) > 2 else text


_READERS: dict[str, Callable[[str, str, list[Problem]], object]] = {
    "frequency": _frequency,
    "interval": _whole,
    "weekdays": _list_reader(
        f"(?:[+-]?[0-9]{{1,2}})?(?:{'|'.join(WEEKDAYS)})",
        _weekday,
        "a weekday such as MO, or numbered such as 2TU or -1FR",
    ),
    "month_days": _list_reader("[+-]?[0-9]{1,2}", int, "a day of the month, such as 15 or -1"),
    "months": _list_reader("[0-9]{1,2}", int, "a month from 1 to 12"),
    "week_start": _week_start,
    "count": _whole,
    "until": _until,
}
