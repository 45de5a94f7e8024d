"""Parser of recurrence rules in text form: RRULE, RDATE and EXDATE of RFC 5545.

The value of an RRULE (section 3.3.10) alone, or content lines (section 3.8.5).

One reader per part; each appends problems instead of raising, so that all are reported at once.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from mic_core.chrono.months import WEEKDAYS
from mic_core.chrono.stamps import StartClock, date_of, last_date, start_clock
from mic_core.errors import ParseError, Problem
from mic_core.fields import describe, is_a

MOST_CHARACTERS = 5_000
"""Limit on the input; the longest rule lists 366 days and 366 positions of a year."""

_MOST_OF_LINES = 200_000
"""Limit on the input with content lines: room for the 10,000 dates that a recurrence has."""

PARTS = {
    "frequency": "FREQ",
    "interval": "INTERVAL",
    "weekdays": "BYDAY",
    "month_days": "BYMONTHDAY",
    "months": "BYMONTH",
    "year_days": "BYYEARDAY",
    "weeks": "BYWEEKNO",
    "positions": "BYSETPOS",
    "week_start": "WKST",
    "count": "COUNT",
    "until": "UNTIL",
}
"""Name of the RRULE part of each field of `Recurrence`."""

LINES = {"extra": "RDATE", "excluded": "EXDATE"}
"""Name of the content line of each field of `Recurrence` that is no part of its RRULE."""

_FIELDS_OF_LINES = {line: field for field, line in LINES.items()}
_REFUSED_LINES = {
    "DTSTART": ("the start is an argument", "give it as start"),
    "EXRULE": ("RFC 5545 deprecates it", "list its dates as EXDATE"),
}
_LINE = re.compile("([A-Z-]+)((?:;[A-Z-]+=[^=;:]*)*):(.*)", re.DOTALL)

_FIELDS = {part: field for field, part in PARTS.items()}
_TIMES = "a rule says on which dates; the time of day belongs to the series"
_REFUSED = {
    "BYHOUR": (_TIMES, "give each time of day its own series"),
    "BYMINUTE": (_TIMES, "give each time of day its own series"),
    "BYSECOND": (_TIMES, "give each time of day its own series"),
    "RSCALE": ("dates are those of the Gregorian calendar", "leave it out"),
    "SKIP": ("a month without the day is skipped, as RFC 5545 says", "leave it out"),
}
_SUB_DAILY = ("SECONDLY", "MINUTELY", "HOURLY")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def read_lines(given: object, start: object) -> dict[str, Any]:
    """Parse a rule, or content lines with RRULE, RDATE and EXDATE, into fields of `Recurrence`.

    RDATE without an RRULE adds to the start, which RFC 5545 counts as the first date. Raises
    ParseError with every problem of the syntax, InvariantError for a start of another type.

    >>> sorted(read_lines("RDATE:20140917,20141001", None))
    ['count', 'extra', 'frequency']
    """
    clock = start_clock(start)
    if not is_a(given, str) or not str.__len__(given) <= _MOST_OF_LINES:
        return read_rule(given, clock)
    text = str.__str__(given)
    if ":" not in text:
        return read_rule(text, clock)
    fields: dict[str, Any] = {}
    found: list[Problem] = []
    unfolded = re.sub("\r?\n[ \t]", "", text)  # RFC 5545 folds lines above 75 bytes
    for position, line in enumerate(unfolded.splitlines(), 1):
        _read_line(line, f"line {position}", clock, fields, found)
    if not found and "frequency" not in fields and "extra" in fields:
        fields |= {"frequency": "daily", "count": 1}
    if not found and "frequency" not in fields:
        mend = "give an RRULE, such as RRULE:FREQ=WEEKLY, or an RDATE"
        found.append(Problem(path="RRULE", rule="must be given", mend=mend))
    if found:
        raise ParseError("recurrence", found)
    return fields


def _read_line(
    line: str, path: str, start: StartClock | None, fields: dict[str, Any], found: list[Problem]
) -> None:
    """Read one content line into fields; blank lines say nothing."""
    match = _LINE.fullmatch(line)
    name = match[1] if match else ""
    if not line.strip():
        return
    if match is None or name not in {"RRULE", *_FIELDS_OF_LINES, *_REFUSED_LINES}:
        rule = "must be RRULE, RDATE or EXDATE in capitals, a colon and its value"
        found.append(Problem(path=path, rule=rule, had=f"text of {len(line)} characters"))
    elif name in _REFUSED_LINES:
        why, mend = _REFUSED_LINES[name]
        found.append(Problem(path=name, rule=f"must not be given: {why}", mend=mend))
    elif name in _FIELDS_OF_LINES:
        field = _FIELDS_OF_LINES[name]
        fields.setdefault(field, []).extend(_dates(name, match[2], match[3], start, found))
    elif "frequency" in fields or any(each.path == "FREQ" for each in found):
        rule = "must be given once: calendars disagree on several"
        found.append(Problem(path=name, rule=rule, mend="make two series"))
    elif match[2]:
        found.append(Problem(path=name, rule="must have no parameters", mend="leave them out"))
    else:
        try:
            fields |= read_rule(match[3].strip(), start)
        except ParseError as error:
            found += error.problems


def _dates(
    name: str, parameters: str, value: str, start: StartClock | None, found: list[Problem]
) -> list[date]:
    """Read the dates of an RDATE or EXDATE line."""
    pairs = [each.split("=") for each in parameters.split(";")[1:]]
    given = dict(pairs)
    is_repeated = len(given) < len(pairs)
    zone_name = given.pop("TZID", "")
    if is_repeated or given.pop("VALUE", "DATE") not in {"DATE", "DATE-TIME"} or given:
        rule = "must have no parameters but TZID, VALUE=DATE and VALUE=DATE-TIME, each once"
        found.append(Problem(path=name, rule=rule, mend="list the dates alone"))
        return []
    days = (
        date_of(f"{name}[{n}]", each, start, zone_name, found)
        for n, each in enumerate(value.strip().split(","))
    )
    return [day for day in days if day is not None]


def read_rule(given: object, start: StartClock | None = None) -> dict[str, Any]:
    """Parse a rule into arguments of `Recurrence`, each of the right type.

    `start` places an UNTIL with a time. Raises ParseError with every problem of the syntax;
    `Recurrence` checks the semantics.

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
        if refusal is not None:
            found.append(refusal)
        elif name == "UNTIL":
            fields["until"] = last_date(name, value, start, found)
        else:
            field = _FIELDS[name]
            fields[field] = _READERS[field](name, value, found)
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


def _list_reader(
    pattern: str, convert: Callable[[str], object], wanted: str, mend: str = ""
) -> Callable[[str, str, list[Problem]], tuple[object, ...]]:
    """A reader of comma-separated values, all different and matching a pattern."""

    def read(part: str, value: str, found: list[Problem]) -> tuple[object, ...]:
        items: list[object] = []
        for n, text in enumerate(value.split(",")):
            where = f"{part}[{n}]"
            if not re.fullmatch(pattern, text):
                had = f"text of {len(text)} characters"
                found.append(Problem(path=where, rule=f"must be {wanted}", had=had, mend=mend))
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
        f"(?:[+-]?0?[1-5])?(?:{'|'.join(WEEKDAYS)})",
        _weekday,
        "a weekday such as MO, or numbered such as 2TU or -1FR",
        "a number counts within its month, up to 5: name the month with BYMONTH",
    ),
    "month_days": _list_reader("[+-]?[0-9]{1,2}", int, "a day of the month, such as 15 or -1"),
    "months": _list_reader("[0-9]{1,2}", int, "a month from 1 to 12"),
    "year_days": _list_reader("[+-]?[0-9]{1,3}", int, "a day of the year, such as 100 or -1"),
    "weeks": _list_reader("[+-]?[0-9]{1,2}", int, "a week of the year, such as 20 or -1"),
    "positions": _list_reader("[+-]?[0-9]{1,3}", int, "a position, such as 1 or -1"),
    "week_start": _week_start,
    "count": _whole,
}
