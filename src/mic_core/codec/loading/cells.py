"""Parsing of single cells: texts, and values of databases and dataframes, as values of one type.

A cell that cannot be read becomes `Unreadable`, which describes it by type and size and never
quotes it. Numbers that a dataframe holds as binary floats are read by their shortest decimal form.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Literal, NamedTuple, cast

import attrs

from mic_core.fields import describe, is_a
from mic_core.fields.times import plain_datetime
from mic_core.ids import slug

DateOrder = Literal["iso", "day_first", "month_first"]
Separator = Literal[".", ","]


class Unreadable(NamedTuple):
    """A cell that cannot be read: its type and size, and the rule that it breaks."""

    had: str
    rule: str


@attrs.frozen
class CellForm:
    """The forms of texts in cells: the order of a written date, the separator of decimals.

    `missing` are the texts that stand for nothing, besides a blank one.
    """

    dates: DateOrder = "iso"
    decimal: Separator = "."
    missing: frozenset[str] = frozenset()


Parse = Callable[[Any, CellForm], object]
"""A parser of the cells of one type; it returns `Unreadable` for a cell of another form."""

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ](.+))?")
_WRITTEN = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?:[T ,]+(.+))?")
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(?: ?(Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
_NUMBER = re.compile(r"([+-]?)0*([0-9]{1,28})(?:[.,]([0-9]{1,28}))?")
_FLAGS = {
    "1": True, "true": True, "t": True, "yes": True, "y": True,
    "0": False, "false": False, "f": False, "no": False, "n": False,
}  # fmt: skip
_ORDERS: Mapping[str, str] = {
    "iso": "YYYY-MM-DD",
    "day_first": "DD/MM/YYYY or YYYY-MM-DD",
    "month_first": "MM/DD/YYYY or YYYY-MM-DD",
}
_MICROSECOND_DIGITS = 6


def _bad(cell: object, rule: str) -> Unreadable:
    return Unreadable(describe(cell), rule)


def is_missing(cell: Any) -> bool:
    """True for None, a blank text, NaN, and the NaT and NA of pandas."""
    if cell is None:
        return True
    if is_a(cell, str):
        return not str.strip(cell)
    try:
        return bool(cell != cell)  # noqa: PLR0124  # only NaN and NaT differ from themselves
    except Exception:  # noqa: BLE001  # pandas.NA has no truth value; others may raise anything
        return type(cell).__name__ == "NAType"


def parse_text(cell: Any, form: CellForm) -> object:
    """A cell as text: ids are often whole numbers, which a gap in a column makes floats."""
    del form
    if is_a(cell, str):
        return cell
    if is_a(cell, bool):
        return _bad(cell, "must be text")
    if is_a(cell, int) or is_a(cell, Decimal):
        return str(cell)
    if is_a(cell, float) and isfinite(cell):
        return str(int(cell)) if float.is_integer(cell) else repr(float(cell))
    if is_a(cell, datetime) or is_a(cell, date):
        return cell.isoformat()
    return _bad(cell, "must be text")


def parse_id(cell: Any, form: CellForm) -> object:
    """A cell as an id: a text that is none is slugged."""
    text = parse_text(cell, form)
    return slug(text) if isinstance(text, str) else text


def parse_citation(cell: Any, form: CellForm) -> object:
    """A cell as a citation `kind:id`, its id slugged."""
    text = parse_text(cell, form)
    if not isinstance(text, str) or ":" not in text:
        return _bad(cell, "must be kind:id, such as center:mic-brussels")
    kind, _, id = text.partition(":")
    return f"{kind.strip()}:{slug(id.strip())}"


def parse_word(cell: Any, form: CellForm) -> object:
    """A cell as a word of a vocabulary: small letters, with underscores between the words."""
    text = parse_text(cell, form)
    return re.sub(r"[\s-]+", "_", text.lower()) if isinstance(text, str) else text


def parse_decimal(cell: Any, form: CellForm) -> object:
    """A cell as a decimal number."""
    comma = " with a decimal comma" if form.decimal == "," else ""
    rule = f"must be a number{comma}, without separators of thousands"
    if is_a(cell, str):
        found = _NUMBER.fullmatch(cell)
        other = "," if form.decimal == "." else "."
        if found is None or other in cell:
            return _bad(cell, rule)
        sign, whole, part = found.groups()
        return Decimal(f"{sign}{whole}.{part or '0'}")
    if is_a(cell, bool):
        return _bad(cell, rule)
    if is_a(cell, int) or (is_a(cell, Decimal) and cell.is_finite()):
        return Decimal(cell)
    if is_a(cell, float) and isfinite(cell):
        return Decimal(repr(float(cell)))
    return _bad(cell, rule)


def parse_whole(cell: Any, form: CellForm) -> object:
    """A cell as a whole number; 90.0 is one, as dataframes hold it beside missing cells."""
    number = parse_decimal(cell, form)
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return int(number)
    return _bad(cell, "must be a whole number, without separators of thousands")


def parse_flag(cell: Any, form: CellForm) -> object:
    """A cell as true or false."""
    del form
    if is_a(cell, bool):
        return cell
    known = _FLAGS.get(str(cell).lower()) if is_a(cell, str) or is_a(cell, int) else None
    return _bad(cell, "must be yes or no, true or false, 1 or 0") if known is None else known


def parse_free(cell: Any, form: CellForm) -> object:
    """A cell as a free value of a profile: text, a whole number or a flag."""
    return cell if is_a(cell, bool) or is_a(cell, int) else parse_text(cell, form)


def parse_clock(cell: Any, form: CellForm) -> object:
    """A cell as a time of day."""
    del form
    if is_a(cell, time) and cell.tzinfo is None:
        return cell
    found = _CLOCK.fullmatch(cell) if is_a(cell, str) else None
    clock = None if found is None or found[5] else _time(found)
    return _bad(cell, "must be a time of day, such as 18:00") if clock is None else clock


def parse_moment(cell: Any, form: CellForm) -> object:
    """A cell as a date, a local date and time, or an instant with its offset from UTC."""
    if is_a(cell, datetime):
        return plain_datetime(cell)
    if is_a(cell, date):
        return cell
    moment = _written(cell, form) if is_a(cell, str) else None
    if moment is None:
        order = _ORDERS[form.dates]
        return _bad(cell, f"must be a date that exists, {order}, perhaps with a time, HH:MM")
    return moment


def parse_date(cell: Any, form: CellForm) -> object:
    """A cell as a date; a local midnight, as dataframes hold dates, is one."""
    moment = parse_moment(cell, form)
    if is_a(moment, datetime):
        at_midnight = moment.tzinfo is None and moment.time() == time.min
        moment = moment.date() if at_midnight else None
    if not is_a(moment, date):
        return _bad(cell, f"must be a date that exists, {_ORDERS[form.dates]}")
    return moment


def parse_length(cell: Any, form: CellForm) -> object:
    """A cell as a duration: a number of minutes, or a timedelta."""
    if is_a(cell, timedelta):
        return cell
    minutes = parse_decimal(cell, form)
    if isinstance(minutes, Decimal) and 0 < minutes <= _MOST_MINUTES:
        return timedelta(microseconds=int(minutes * _MINUTE))
    return _bad(cell, "must be a number of minutes, more than 0")


def parse_hours(cell: Any, form: CellForm) -> object:
    """A cell as a duration in hours, with decimals for parts of one."""
    hours = parse_decimal(cell, form)
    if isinstance(hours, Decimal) and 0 < hours <= _MOST_MINUTES // 60:
        return timedelta(microseconds=int(hours * 60 * _MINUTE))
    return _bad(cell, "must be a number of hours, more than 0")


_MINUTE = 60_000_000  # microseconds
_MOST_MINUTES = 1_000_000  # minutes, about two years: bounds the arithmetic of durations


def parse_list(cell: Any, form: CellForm) -> object:
    """A cell as a list of texts: JSON as it is, otherwise texts between semicolons."""
    if is_a(cell, list) or is_a(cell, tuple):
        return [*cast("Iterable[object]", cell)]
    text = parse_text(cell, form)
    if not isinstance(text, str) or text.startswith("["):
        return text
    return [each for part in text.split(";") if (each := part.strip())]


def parse_ids(cell: Any, form: CellForm) -> object:
    """A cell as a list of ids, each slugged."""
    listed = parse_list(cell, form)
    if not isinstance(listed, list):
        return listed
    ids = [parse_id(each, form) for each in cast("list[object]", listed)]
    return next((each for each in ids if isinstance(each, Unreadable)), ids)


def parse_any(cell: Any, form: CellForm) -> object:
    """A cell as it is, such as JSON: the constructor of the noun judges it."""
    del form
    return cell


def _written(text: str, form: CellForm) -> date | datetime | None:
    """A written date, perhaps with a time of day and an offset; None for any other text."""
    found = _ISO.fullmatch(text)
    if found is not None:
        year, month, day, rest = found.groups()
    else:
        found = None if form.dates == "iso" else _WRITTEN.fullmatch(text)
        if found is None:
            return None
        day, month, year, rest = found.groups()
        if form.dates == "month_first":
            day, month = month, day
    try:
        on = date(int(year), int(month), int(day))
        return on if rest is None else _at_clock(on, rest)
    except ValueError:
        return None


def _at_clock(on: date, rest: str) -> datetime | None:
    found = _CLOCK.fullmatch(rest)
    clock = None if found is None else _time(found)
    if found is None or clock is None:
        return None
    moment = datetime.combine(on, clock)
    offset = found[5]
    return moment if offset is None else datetime.fromisoformat(f"{moment.isoformat()}{offset}")


def _time(found: re.Match[str]) -> time | None:
    hour, minute, second, part = found.groups()[:4]
    micro = (part or "").ljust(_MICROSECOND_DIGITS, "0")
    try:
        return time(int(hour), int(minute), int(second or 0), int(micro))
    except ValueError:
        return None
