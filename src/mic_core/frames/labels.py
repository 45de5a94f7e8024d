"""Labels: the distinct values of a column of a frame as labels of a fact table, and back."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from mic_core.impact.aggregation.columns import GRADES, ColumnShape, millionths
from mic_core.impact.aggregation.facts import TableShape, TooFineError, UnusableColumnError

DELIMITER = ";"
"""Between the values of one field of many values; in a value it is written with a backslash."""

_MIDNIGHT = time()


def label_of(table: TableShape, column: ColumnShape, value: Any) -> Any:
    """A value of a frame as a label: the same whatever the engine.

    Numbers are in their unit and become whole millionths. Raises UnusableColumnError for a value of
    another kind, TooFineError for a number of more than six decimals.

    >>> from mic_core.impact.tables.shapes import VISITS_SHAPE as visits
    >>> label_of(visits, visits.column("day"), "2014-09-10")
    datetime.date(2014, 9, 10)
    >>> label_of(visits, visits.column("edition_id"), "camp-5;camp-6")
    ('camp-5', 'camp-6')
    """
    try:
        if column.many:
            return _several(value)
        found = _READERS["grade" if column.name == "evidence" else column.kind](value)
    except (TypeError, ValueError, OverflowError, InvalidOperation):
        wanted = "grades of evidence" if column.name == "evidence" else _WANTED[column.kind]
        rule = f"{table.name}.{column.name} must hold {wanted}"
        raise UnusableColumnError(rule) from None
    if column.kind != "number":
        return found
    try:
        return millionths(found)
    except ValueError as error:
        msg = f"{table.name}.{column.name} {error}; round it"
        raise TooFineError(msg) from None


def _several(value: Any) -> tuple[str, ...]:
    if value.__class__ is tuple:
        return tuple(map(_text, value))
    return split_values(_text(value))


def joined_values(values: tuple[str, ...]) -> str | None:
    r"""The values of one field as a text; None for no values.

    >>> print(joined_values(("a;b", "c")))
    a\;b;c
    """
    if not values:
        return None
    return DELIMITER.join(
        each.replace("\\", "\\\\").replace(DELIMITER, f"\\{DELIMITER}") for each in values
    )


def split_values(text: str) -> tuple[str, ...]:
    r"""The values of one field of a text, none for an empty one.

    >>> split_values(r"a\;b;c")
    ('a;b', 'c')
    """
    if not text:
        return ()
    found, is_escaped = [""], False
    for each in text:
        if each == DELIMITER and not is_escaped:
            found.append("")
        elif each == "\\" and not is_escaped:
            is_escaped = True
            continue
        else:
            found[-1] += each
        is_escaped = False
    return (*found,)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(_whole(value))  # ids that a reader of CSV took for numbers


def _grade(value: Any) -> str:
    if value not in GRADES:
        raise ValueError
    return str(value)


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime):
        # The local day of an instant depends on a zone that nobody stated.
        if value.tzinfo is not None or value.time() != _MIDNIGHT:
            raise TypeError
        return value.date()
    if not isinstance(value, date):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(value: Any) -> int:
    # A column with missing values may hold whole numbers as floats.
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError
    if value != int(value):
        raise ValueError
    return int(value)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError
    return found


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "id": _text, "word": _text, "day": _day, "flag": _flag, "whole": _whole, "number": _number,
        "grade": _grade,
    }
)  # fmt: skip
_WANTED: Mapping[str, str] = MappingProxyType(
    {
        "id": "ids", "word": "words", "flag": "True or False", "whole": "whole numbers",
        "number": "finite numbers",
        "day": "days: dates, or texts such as 2014-09-10; state the local day of an instant",
    }
)  # fmt: skip


def plain_value(column: ColumnShape, label: Any) -> Any:
    """A label as the value of a frame: numbers in their unit, several values as one text."""
    if column.many:
        return joined_values(label)
    if column.kind == "number" and label is not None:
        # Of digits and exponent, so that no context of decimals rounds it.
        sign, digits, _ = Decimal(label).as_tuple()
        return Decimal((sign, digits, -6))
    return label
