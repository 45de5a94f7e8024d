"""Cells in each form that lists in use have, and what is said of those that cannot be read."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mic_core.codec.loading.cells import (
    CellForm,
    Unreadable,
    is_missing,
    parse_any,
    parse_citation,
    parse_clock,
    parse_date,
    parse_decimal,
    parse_flag,
    parse_free,
    parse_hours,
    parse_id,
    parse_ids,
    parse_length,
    parse_list,
    parse_moment,
    parse_text,
    parse_whole,
    parse_word,
)

ISO, DAYS, MONTHS, COMMA = (
    CellForm(),
    CellForm(dates="day_first"),
    CellForm(dates="month_first"),
    CellForm(decimal=","),
)
NAN = float("nan")


class NAType:
    """As pandas.NA is: without a truth value, also of a comparison with itself."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError

    __hash__ = None  # type: ignore[assignment]


class Odd(NAType):
    """Another value that has no truth value."""


READ = [
    (parse_text, ISO, 7, "7"),
    (parse_text, ISO, Decimal("1.5"), "1.5"),
    (parse_text, ISO, 7.0, "7"),
    (parse_text, ISO, 7.5, "7.5"),
    (parse_text, ISO, "a", "a"),
    (parse_text, ISO, date(2014, 9, 1), "2014-09-01"),
    (parse_text, ISO, datetime(2014, 9, 1, 8), "2014-09-01T08:00:00"),  # noqa: DTZ001
    (parse_id, ISO, 11391, "11391"),
    (parse_id, ISO, "s-1", "s-1"),
    (parse_citation, ISO, "center: mic", "center:mic"),
    (parse_word, ISO, "Self reported", "self_reported"),
    (parse_word, ISO, "self-reported", "self_reported"),
    (parse_decimal, ISO, "007.50", Decimal("7.50")),
    (parse_decimal, ISO, "-3", Decimal(-3)),
    (parse_decimal, COMMA, "1500,5", Decimal("1500.5")),
    (parse_decimal, ISO, 3, Decimal(3)),
    (parse_decimal, ISO, 9.5, Decimal("9.5")),
    (parse_decimal, ISO, Decimal(2), Decimal(2)),
    (parse_whole, ISO, "90.0", 90),
    (parse_whole, ISO, 90.0, 90),
    (parse_whole, COMMA, "90,0", 90),
    (parse_flag, ISO, "Yes", True),
    (parse_flag, ISO, 0, False),
    (parse_flag, ISO, True, True),
    (parse_free, ISO, True, True),
    (parse_free, ISO, 3, 3),
    (parse_free, ISO, "x", "x"),
    (parse_clock, ISO, "9:30", time(9, 30)),
    (parse_clock, ISO, time(8), time(8)),
    (parse_clock, ISO, "18:00:05.25", time(18, 0, 5, 250_000)),
    (parse_date, ISO, "2014-09-01", date(2014, 9, 1)),
    (parse_date, ISO, "2014-09-01 00:00:00", date(2014, 9, 1)),
    (parse_date, DAYS, "1/9/2014", date(2014, 9, 1)),
    (parse_date, DAYS, "2014-09-01", date(2014, 9, 1)),
    (parse_date, MONTHS, "9.1.2014", date(2014, 9, 1)),
    (parse_date, ISO, date(2014, 9, 1), date(2014, 9, 1)),
    (parse_moment, ISO, "2014-09-01T18:00", datetime(2014, 9, 1, 18)),  # noqa: DTZ001
    (parse_moment, ISO, "2014-09-01", date(2014, 9, 1)),
    (parse_moment, ISO, datetime(2014, 9, 1, 18), datetime(2014, 9, 1, 18)),  # noqa: DTZ001
    (parse_moment, ISO, "2014-09-01T18:00:00Z", datetime(2014, 9, 1, 18, tzinfo=UTC)),
    (parse_moment, DAYS, "01-09-2014 18:00", datetime(2014, 9, 1, 18)),  # noqa: DTZ001
    (parse_length, ISO, "90", timedelta(minutes=90)),
    (parse_length, ISO, timedelta(1), timedelta(1)),
    (parse_length, ISO, 22.5, timedelta(seconds=1350)),
    (parse_hours, ISO, "1.5", timedelta(minutes=90)),
    (parse_list, ISO, "a; b ;", ["a", "b"]),
    (parse_list, ISO, ("a",), ["a"]),
    (parse_list, ISO, '["a"]', '["a"]'),
    (parse_ids, ISO, "a;b", ["a", "b"]),
    (parse_ids, ISO, '["a"]', '["a"]'),
    (parse_any, ISO, NAN, NAN),
]


@pytest.mark.parametrize(("parse", "form", "cell", "meant"), READ)
def test_a_cell_is_read(parse: Any, form: CellForm, cell: object, meant: object) -> None:
    """Texts of files and values of dataframes have one meaning."""
    read = parse(cell, form)
    assert read is meant or read == meant
    assert type(read) is type(meant)


def test_an_instant_keeps_its_offset() -> None:
    """A time with an offset from UTC is an instant, wherever the center is."""
    read = parse_moment("2014-09-01T18:00+02:00", ISO)
    assert isinstance(read, datetime)
    assert read.astimezone(UTC) == datetime(2014, 9, 1, 16, tzinfo=UTC)


WRONG = [
    (parse_text, ISO, True),
    (parse_text, ISO, b"x"),
    (parse_text, ISO, float("inf")),
    (parse_id, ISO, True),
    (parse_citation, ISO, "mic"),
    (parse_citation, ISO, 5),
    (parse_word, ISO, True),
    (parse_decimal, ISO, "1,5"),
    (parse_decimal, COMMA, "1.5"),
    (parse_decimal, ISO, "1e3"),
    (parse_decimal, ISO, True),
    (parse_decimal, ISO, float("inf")),
    (parse_decimal, ISO, Decimal("Infinity")),
    (parse_decimal, ISO, "1.234.567"),
    (parse_whole, ISO, "1.5"),
    (parse_whole, ISO, "x"),
    (parse_flag, ISO, "maybe"),
    (parse_flag, ISO, 2),
    (parse_flag, ISO, 1.0),
    (parse_clock, ISO, "18"),
    (parse_clock, ISO, "25:00"),
    (parse_clock, ISO, "18:00Z"),
    (parse_clock, ISO, 5),
    (parse_clock, ISO, time(8, tzinfo=UTC)),
    (parse_date, ISO, "1/9/2014"),
    (parse_date, ISO, "2014-02-30"),
    (parse_date, ISO, 41_883),
    (parse_date, ISO, "2014-09-01T08:00"),
    (parse_moment, ISO, "2014-09-01T25:00"),
    (parse_moment, ISO, "2014-09-01T8"),
    (parse_moment, DAYS, "2014"),
    (parse_length, ISO, "0"),
    (parse_length, ISO, "-5"),
    (parse_length, ISO, "9999999"),
    (parse_hours, ISO, "0"),
    (parse_hours, ISO, "x"),
    (parse_ids, ISO, [True]),
    (parse_list, ISO, True),
    (parse_ids, ISO, True),
    (parse_free, ISO, b"x"),
]


@pytest.mark.parametrize(("parse", "form", "cell"), WRONG)
def test_a_cell_that_cannot_be_read_says_what_is_expected(
    parse: Any, form: CellForm, cell: object
) -> None:
    """Type and size are described, the text itself is not."""
    read = parse(cell, form)
    assert isinstance(read, Unreadable)
    assert read.rule.startswith("must be")
    assert not isinstance(cell, str) or cell not in read.had.split()


@pytest.mark.parametrize(
    ("cell", "missing"),
    [
        (None, True),
        ("  ", True),
        ("x", False),
        (NAN, True),
        (0, False),
        (NAType(), True),
        (Odd(), False),
    ],
)
def test_blanks_and_marks_of_dataframes_are_missing(cell: object, missing: object) -> None:
    """None, a blank text, NaN, NaT and NA stand for nothing; zero and other values do not."""
    assert is_missing(cell) is missing
