"""Values at the limits of their fields: everything that constructs is written and read again."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours, zone
from mic_core.chrono.hours import LONGEST_HOURS, WEEK_MINUTES
from mic_core.chrono.slot import Local
from mic_core.codec import Limits, converter, dumps, from_row, loads, to_row
from mic_core.errors import InvariantError, ParseError
from mic_core.fields import (
    Choice,
    Clock,
    Coded,
    Day,
    Either,
    Field,
    Flag,
    Id,
    Instant,
    Labels,
    Length,
    Many,
    Maybe,
    Number,
    OpenChoice,
    Pairs,
    Ref,
    Scalar,
    Shape,
    Subject,
    Text,
    Value,
    Whole,
    Zone,
    fields_of,
)
from mic_core.model import (
    NOUNS,
    Availability,
    Identity,
    Leaf,
    Program,
    Requirement,
    all_of,
    any_of,
    not_,
)
from mic_core.portfolio import Portfolio
from tests.budget import one_in

MANY = 1000  # the most items of a long list here: enough to pass the limit of any other list

CODES = {"[A-Z]{2}": "BE", "[A-Z]{3}": "EUR"}


def _texts(shape: Text) -> Iterator[str]:
    """Texts of the least and the most characters: plain, beyond U+FFFF, and with escapes."""
    signs = ['"', "\\", "é", "\U0001f680", "]", *(["\n", "\t"] if shape.lines else [])]
    yield "x" * max(1, shape.least)
    yield from ("x" + sign * (shape.most - 1) for sign in signs)
    if not shape.least:
        yield ""


def _moments() -> Iterator[datetime]:
    """Local times at the ends of the calendar, in a fold, with all digits of a fraction."""
    for name in ("UTC", "Europe/Brussels", "Pacific/Apia", "America/Argentina/ComodRivadavia"):
        place = UTC if name == "UTC" else zone(name)
        yield datetime(1, 1, 2, 0, 0, 0, 1, place)
        yield datetime(9999, 12, 30, 23, 59, 59, 999_999, place)
        yield datetime(2014, 10, 26, 2, 30, fold=1, tzinfo=zone("Europe/Brussels"))


def _deepest() -> Requirement:
    leaf = Leaf(fact="a" * 64, op="in", value=tuple(range(50)))
    made = any_of(leaf, leaf)
    for _ in range(58):
        made = all_of(made)
    return not_(made)


def _largest() -> Requirement:
    leaves = tuple(Leaf(fact=f"f_{n}", op="in", value=("x" * 9, n, True)) for n in range(MANY))
    return any_of(*(all_of(*leaves) for _ in range(3)), all_of(*leaves[:331]))


def _densest() -> WeeklyHours:
    """Hours of which every day shares many times and has one of its own."""
    shared = ",".join(f"{n // 6 + 2:02}:{n % 6 * 10:02}-{n // 6 + 2:02}:{n % 6 * 10 + 5:02}"
                      for n in range(130))  # fmt: skip
    days = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    own = (f"{day} 00:{n * 2:02}-00:{n * 2 + 1:02}" for n, day in enumerate(days))
    return WeeklyHours.parse("; ".join([f"Mo-Su {shared}", *own]))


WHOLE: dict[type[Any], list[Any]] = {
    Requirement: [_deepest(), _largest()],
    WeeklyHours: [WeeklyHours(), WeeklyHours(((0, WEEK_MINUTES),)), _densest()],
    Recurrence: [
        Recurrence.parse(f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, range(1, 32)))}"),
        attrs.evolve(
            Recurrence.parse("FREQ=DAILY"),
            excluded=tuple(date.fromordinal(700_000 + n) for n in range(10_000)),
        ),
    ],
    Slot: [Slot(*pair) for pair in product(_moments(), _moments())
           if pair[0].tzinfo is pair[1].tzinfo and pair[0] < pair[1]],
    Period: [Period(start=date.min, end=date.max)],
}  # fmt: skip


def extremes(shape: Shape) -> list[Any]:
    """Values of a shape at its limits, in canonical form."""
    match shape:
        case Text():
            return [*_texts(shape)]
        case Id() | Ref():
            return ["a", "Z" + "." * 63]
        case Subject(kinds):
            return [f"{kind}:{'9' * 64}" for kind in kinds]
        case Coded(pattern):
            return [CODES[pattern]]
        case Choice(words):
            return [*words]
        case OpenChoice():
            return ["z" * 64]
        case Zone():
            return ["UTC", "America/Argentina/ComodRivadavia"]
        case Whole(least, most):
            return [least, most]
        case Flag():
            return [False, True]
        case Scalar():
            return [True, 2**53 - 1, 1 - 2**53, "\n" * 2000, ""]
        case _:
            return _composed(shape)


def _composed(shape: Shape) -> list[Any]:
    match shape:
        case Number(least, most):
            tiny = [Decimal(f"0.{'0' * 27}1"), Decimal(f"{'9' * 14}.{'9' * 14}"), Decimal("9" * 28)]
            fit = [each for each in tiny if most is None or each <= most]
            return [*fit, *(each for each in (least, most) if each is not None)]
        case Day():
            return [date.min, date.max]
        case Instant():
            return [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
        case Clock():
            return [time.min, time.max, time(23, 59, 59)]
        case Length(least, most):
            return [max(least, timedelta(microseconds=1)), most, most - timedelta(microseconds=1)]
        case Local():
            return [*_moments()]
        case Maybe(item):
            return [None, *extremes(item)]
        case Many(item, least, most):
            return [(each,) * max(1, least) for each in extremes(item)] if most else [()]
        case Labels(item, _, most):
            many = (f"x{n:06}" for n in range(min(most, MANY)))
            words = tuple(many) if isinstance(item, Text | Id | Ref | OpenChoice) else ()
            return [*((each,) for each in extremes(item)), *([words] if words else [])]
        case Pairs(key, item, most):
            names = [f"{n:04}" if isinstance(key, Text) else f"x{n:04}" for n in range(most)]
            last = extremes(item)[-1]
            return [
                tuple((name, last) for name in names),
                *(((names[0], each),) for each in extremes(item)),
            ]
        case Value(cls):
            return WHOLE[cls] if cls in WHOLE else [*_values(cls)]
        case Either(types):
            return [value for cls in types() for value in extremes(Value(cls))]
        case _:
            raise AssertionError(shape)


def _values(cls: type[Any]) -> Iterator[Any]:
    """Values of a class, with one field after the other at each of its limits; laws may refuse."""
    fields = fields_of(cls)
    usual = {field.name: extremes(field.shape)[0] for field in fields if field.required}
    if cls is Identity:  # two records of one kind
        usual |= {"kept": "person:a", "merged": "person:b"}
    for field in fields:
        yield from filter(None, (_made(cls, field, usual, each) for each in extremes(field.shape)))


def _made(cls: type[Any], field: Field, usual: dict[str, Any], value: object) -> Any:
    try:
        return cls(**{**usual, field.name: value})
    except InvariantError:
        return None


STRICT = converter()


@pytest.mark.parametrize("kind", NOUNS)
def test_every_field_at_its_limits_is_written_and_read(kind: str) -> None:
    """A value at the limit of a field is read back from its document, its row and its data."""
    nouns = [*_values(NOUNS[kind])]
    assert nouns
    for noun in nouns:
        portfolio = Portfolio.of(noun)
        assert loads(dumps(portfolio)) == portfolio
        assert from_row(kind, to_row(noun)) == noun
        assert STRICT.structure(STRICT.unstructure(noun), NOUNS[kind]) == noun


def test_the_deepest_value_is_within_the_default_limits() -> None:
    """A requirement of as many levels as any may have is read with default limits."""
    deepest = _deepest()
    assert deepest.levels == 60
    portfolio = Portfolio.of(Program(id="g", title="G", kind="training", completion=deepest))
    assert loads(dumps(portfolio)) == portfolio
    assert Limits().depth == 128


def _hours(text: str) -> WeeklyHours | None:
    """The hours of a text; None where it is refused by a ParseError, as it should be."""
    try:
        return WeeklyHours.parse(text)
    except ParseError as error:
        assert "of at most 2000 characters" in str(error)
        return None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def long_hours(draw: Callable[[Any], Any]) -> str:
    """Notations of up to 2,000 characters: many times that touch, overlap, are shared by days."""
    grid = draw(st.sampled_from([1, 5, 15, 30, 60]))
    chance = draw(st.randoms(use_true_random=False))
    length = draw(st.integers(0, LONGEST_HOURS))
    days = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    parts = ["Mo-Su"]
    while len("; ".join(parts)) <= length:
        on = [each for each in days if chance.random() < 0.7] or ["Su"]
        starts = [chance.randrange(0, 1440, grid) for _ in range(chance.randint(1, 60))]
        ends = [(start + chance.randint(1, 3) * grid) % 1440 for start in starts]
        times = ",".join(map("{}-{}".format, map(_clock, starts), map(_clock, ends)))
        parts.append(f"{'Mo-Su' if chance.random() < 0.5 else ','.join(on)} {times}")
    return "; ".join(parts[1:-1])


@given(long_hours())
def test_hours_that_are_read_are_written_within_the_limit(text: str) -> None:
    """The notation of hours is read as the same hours, also where times are shared by days."""
    hours = _hours(text) if text else WeeklyHours()
    if hours is not None:
        assert len(str(hours)) <= LONGEST_HOURS
        assert WeeklyHours.parse(str(hours)) == hours


@one_in(2)
@given(st.integers(1, WEEK_MINUTES // 2), st.integers(1, WEEK_MINUTES - 1))
def test_hours_of_any_number_of_ranges_are_written_or_refused(number: int, length: int) -> None:
    """Hours that are constructed have a notation that is read again; any others are refused."""
    step = WEEK_MINUTES // number
    ranges = tuple((n * step, n * step + min(length, step - 1)) for n in range(number))
    try:
        hours = WeeklyHours(ranges)
    except InvariantError as error:
        rule = f"ranges: must have a notation of at most 2000 characters; had {number} ranges"
        assert str(error.problems[0]) == rule
        assert number > 150
        return
    assert len(str(hours)) <= LONGEST_HOURS
    assert WeeklyHours.parse(str(hours)) == hours


def test_shared_times_are_written_once() -> None:
    """A list of times of all days with one more on each stays as short as it was given."""
    hours = _densest()
    assert len(str(hours)) < 1700
    always = Availability(id="a", subject="room:r", preference="available", hours=hours)
    assert loads(dumps(Portfolio.of(always))) == Portfolio.of(always)
    assert STRICT.structure(str(hours), WeeklyHours) == hours
    assert str(hours).startswith("Mo 00:00-00:01; Mo-Su 02:00-02:05,02:10-02:15,")
    assert str(hours).endswith("; Sa 00:10-00:11; Su 00:12-00:13")


def test_times_that_touch_differently_are_cut() -> None:
    """Where days join touching times differently, the notation has each time once again."""
    shared = ",".join(f"{_clock(n * 20)}-{_clock(n * 20 + 10)}" for n in range(70))
    between = ",".join(f"{_clock(n * 20 + 10)}-{_clock(n * 20 + 20)}" for n in range(70))
    for days in ("Mo", "Mo,We,Fr", "Tu-Su"):
        hours = WeeklyHours.parse(f"Mo-Su {shared}; {days} {between}")
        assert WeeklyHours.parse(str(hours)) == hours


def test_a_text_is_refused_if_its_hours_have_no_short_notation() -> None:
    """A text within the limit whose hours cannot be written within it is refused as it is read."""
    ones = ",".join(f"{_clock(n * 17)}-{_clock(n * 17 + 6)}" for n in range(80))
    others = ",".join(f"{_clock(n * 17 + 3)}-{_clock(n * 17 + 9)}" for n in range(80))
    text = f"Mo,We,Fr {ones}; Tu,We,Sa {others}"
    assert len(text) < LONGEST_HOURS
    with pytest.raises(ParseError) as caught:
        WeeklyHours.parse(text)
    assert str(caught.value.problems[0]) == (
        "must have a notation of at most 2000 characters; had 400 ranges"
    )


def test_hours_of_one_digit_are_written_where_two_would_be_too_many() -> None:
    """As many times as a text can hold are read, and written with hours of one digit."""
    text = "Mo " + ",".join(
        f"{n // 20}:{n % 20 * 3:02}-{n // 20}:{n % 20 * 3 + 2:02}" for n in range(198)
    )
    hours = WeeklyHours.parse(text)
    assert str(hours) == text
    assert 1980 < len(text) <= LONGEST_HOURS
