"""Reading the text of a recurrence rule, the value of an RRULE of RFC 5545."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from mic_core.chrono.months import WEEKDAYS
from mic_core.errors import ParseError, Problem
from mic_core.fields import describe, is_a

MOST_CHARACTERS = 1_000
"""The longest rule that is read; one that names every day of a month has about 300."""

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
"""Which part of a rule says what, by the field of `Recurrence`."""

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
    """The fields of a `Recurrence` that a rule gives, each of the right type.

    Raises ParseError with every problem of the text; what the fields mean together is not
    looked at here.

    >>> read_rule("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10")
    {'frequency': 'weekly', 'weekdays': ('TU', 'TH'), 'count': 10}
    """
    if not is_a(given, str) or str.__len__(given) > MOST_CHARACTERS:
        rule = f"must be a text of at most {MOST_CHARACTERS} characters"
        raise ParseError("recurrence", [Problem(path="", rule=rule, had=describe(given))])
    text = str.__str__(given)
    fields: dict[str, Any] = {}
    found: list[Problem] = []
    for place, part in enumerate(text.split(";"), 1):
        name, separator, value = part.partition("=")
        refusal = _refusal(name, separator, place, fields)
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


def _refusal(name: str, separator: str, place: int, fields: dict[str, Any]) -> Problem | None:
    """Why a part is refused whatever its value, or None."""
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
    return Problem(path=f"part {place}", rule=rule, had=had, mend=mend)


def _frequency(part: str, value: str, found: list[Problem]) -> str | None:
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
    if re.fullmatch("[0-9]{1,9}", value):
        return int(value)
    rule = "must be a whole number of at most 9 digits"
    found.append(Problem(path=part, rule=rule, had=f"text of {len(value)} characters"))
    return None


def _week_start(part: str, value: str, found: list[Problem]) -> str | None:
    if value in WEEKDAYS:
        return value
    rule = f"must be one of {', '.join(WEEKDAYS)}"
    found.append(Problem(path=part, rule=rule, had=f"text of {len(value)} characters"))
    return None


def _until(part: str, value: str, found: list[Problem]) -> date | None:
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


def _listed(
    pattern: str, convert: Callable[[str], object], wanted: str
) -> Callable[[str, str, list[Problem]], tuple[object, ...]]:
    """A reader of values with commas between them, each different and of the pattern."""

    def read(part: str, value: str, found: list[Problem]) -> tuple[object, ...]:
        items: list[object] = []
        for place, text in enumerate(value.split(",")):
            where = f"{part}[{place}]"
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
    """A weekday in its one form: neither `+1MO` nor `01MO` but `1MO`."""
    return f"{int(text[:-2])}{text[-2:]}" if len(text) > 2 else text


_READERS: dict[str, Callable[[str, str, list[Problem]], object]] = {
    "frequency": _frequency,
    "interval": _whole,
    "weekdays": _listed(
        f"(?:[+-]?[0-9]{{1,2}})?(?:{'|'.join(WEEKDAYS)})",
        _weekday,
        "a weekday such as MO, or numbered such as 2TU or -1FR",
    ),
    "month_days": _listed("[+-]?[0-9]{1,2}", int, "a day of the month, such as 15 or -1"),
    "months": _listed("[0-9]{1,2}", int, "a month from 1 to 12"),
    "week_start": _week_start,
    "count": _whole,
    "until": _until,
}
