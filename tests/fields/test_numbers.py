"""Flags, whole numbers and exact numbers: what is taken, and what is said of the rest."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.fields import Flag, Number, Shape, Whole
from mic_core.fields.numbers import MOST_WHOLE, canonical_number, is_plain
from tests.fields.shapes import Level, Price, compiled, same, settled, told

SHARE = Number(Decimal(0), Decimal(1))
FINITE = "give a finite number of at most 28 digits"
DECIMAL = "must be a decimal number"
NOT_FINITE = "had a number that is not finite"
EXACT = 'give a Decimal made from text, as in Decimal("0.1")'


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Flag(), True),
        (Flag(), False),
        (Whole(), 0),
        (Whole(), MOST_WHOLE),
        (Whole(1, 16), 1),
        (Whole(1, 16), 16),
        (Whole(-MOST_WHOLE), -MOST_WHOLE),
        (Number(), Decimal(0)),
        (Number(), Decimal("-1.5")),
        (Number(), Decimal("9" * 28)),
        (Number(), Decimal(-1)),
        (SHARE, Decimal(0)),
        (SHARE, Decimal(1)),
        (SHARE, Decimal("0.25")),
    ],
)
def test_numbers_that_fit_are_kept(shape: Shape, value: object) -> None:
    """A number within bounds, the bounds included, passes the quick test and stays as it is."""
    assert compiled(shape)(value)
    result, found = settled(shape, value)
    assert same(result, value)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "canonical"),
    [
        (Whole(), Level.HIGH, 3),
        (Number(), 7, Decimal(7)),
        (Number(), -(10**28) + 1, Decimal("-" + "9" * 28)),
        (Number(), Level.HIGH, Decimal(3)),
        (Number(), Price("2.50"), Decimal("2.5")),
        (Number(), Decimal("1.50"), Decimal("1.5")),
        (Number(), Decimal("1E+2"), Decimal(100)),
        (Number(), Decimal("1E+27"), Decimal(10**27)),
        (Number(), Decimal("-0.00"), Decimal(0)),
        (Number(), Decimal("0E+99"), Decimal(0)),
        (Number(), Decimal("1E-28"), Decimal("1E-28")),
        (Number(), Decimal("10.0"), Decimal(10)),
        (SHARE, Decimal("1.00"), Decimal(1)),
    ],
)
def test_numbers_are_written_in_one_way(shape: Shape, value: object, canonical: object) -> None:
    """Equal numbers become the very same: no zeros at the end, no exponent, no negative zero."""
    result, found = settled(shape, value)
    assert same(result, canonical)
    assert found == []


@pytest.mark.parametrize(
    ("shape", "value", "message"),
    [
        (Flag(), 1, "must be True or False; had a whole number"),
        (Flag(), None, "must be True or False; had nothing"),
        (Flag(), "true", "must be True or False; had text of 4 characters"),
        (
            Whole(1 - 2**53),
            -(2**53),
            (
                "must be a whole number; had a whole number; it is too small: "
                "-9007199254740991 is the least"
            ),
        ),
        (Whole(), -1, "must be a whole number, 0 or more; had a whole number; it is too small"),
        (Whole(), True, "must be a whole number, 0 or more; had a flag (True or False)"),
        (Whole(), 1.0, "must be a whole number, 0 or more; had a number (float)"),
        (Whole(), Decimal(1), "must be a whole number, 0 or more; had a number (Decimal)"),
        (Whole(), "20", "must be a whole number, 0 or more; had text of 2 characters"),
        (
            Whole(),
            MOST_WHOLE + 1,
            (
                "must be a whole number, 0 or more; had a whole number; it is too large: "
                "9007199254740991 is the most"
            ),
        ),
        (
            Whole(1, 16, "places"),
            17,
            "must be a whole number of places, from 1 to 16; had a whole number; it is too large",
        ),
        (
            Whole(1, 16),
            0,
            "must be a whole number, from 1 to 16; had a whole number; it is too small",
        ),
        (Whole(-MOST_WHOLE), None, "must be a whole number; had nothing"),
        (Number(), 0.1, f"{DECIMAL}; had a number (float); {EXACT}"),
        (Number(), float("nan"), f"{DECIMAL}; {NOT_FINITE}; {EXACT}"),
        (Number(), Decimal("NaN"), f"{DECIMAL}; {NOT_FINITE}; {FINITE}"),
        (Number(), Decimal("sNaN"), f"{DECIMAL}; {NOT_FINITE}; {FINITE}"),
        (Number(), Decimal("-Infinity"), f"{DECIMAL}; {NOT_FINITE}; {FINITE}"),
        (Number(), Decimal("1E+28"), f"{DECIMAL}; had a number (Decimal); {FINITE}"),
        (Number(), Decimal("1E-29"), f"{DECIMAL}; had a number (Decimal); {FINITE}"),
        (Number(), Decimal("9" * 29), f"{DECIMAL}; had a number (Decimal); {FINITE}"),
        (Number(), 10**28, f"{DECIMAL}; had a whole number; {FINITE}"),
        (Number(), True, f"{DECIMAL}; had a flag (True or False)"),
        (Number(), "1.5", f"{DECIMAL}; had text of 3 characters"),
        (Number(), Fraction(1, 2), f"{DECIMAL}; had Fraction"),
        (
            SHARE,
            Decimal("1.01"),
            f"{DECIMAL}, from 0 to 1; had a number (Decimal); it is too large",
        ),
        (
            SHARE,
            Decimal("-0.01"),
            f"{DECIMAL}, from 0 to 1; had a number (Decimal); it is too small",
        ),
        (
            Number(most=Decimal(0), unit="euros"),
            1,
            "must be a decimal number of euros, 0 or less; had a whole number; it is too large",
        ),
        (
            Number(Decimal(0)),
            -1,
            "must be a decimal number, 0 or more; had a whole number; it is too small",
        ),
    ],
)
def test_other_numbers_are_refused(shape: Shape, value: object, message: str) -> None:
    """An invalid number is reported with the rule, the type that was found, and a hint."""
    assert not compiled(shape)(value)
    assert told(shape, value) == [f"field: {message}"]


@given(st.decimals() | st.decimals(places=3, allow_nan=False, allow_infinity=False))
def test_plain_numbers_are_equal_and_short(number: Decimal) -> None:
    """The plain form equals what was given, and is None only for what takes too many digits."""
    found = canonical_number(number)
    if found is None:
        exact = number.is_finite() and number != 0
        assert not exact or len(f"{number:f}".strip("-0.").replace(".", "")) > 28 or not (
            -28 <= int(number.as_tuple().exponent) <= 27
        )  # fmt: skip
    else:
        sign, digits, exponent = found.as_tuple()
        assert found == number
        assert isinstance(exponent, int)
        assert exponent == 0 or digits[-1] != 0
        assert -28 <= exponent <= 0
        assert not (sign and found == 0)


@given(st.decimals() | st.decimals(places=3, allow_nan=False, allow_infinity=False))
def test_what_is_surely_plain_is_plain(number: Decimal) -> None:
    """The quick look never takes a number that would be written otherwise."""
    if is_plain(number):
        assert canonical_number(number) is not None
        assert same(canonical_number(number), number)


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("0", True), ("7", True), ("-7", True), ("1.5", True), ("-1.5", True), ("0.001", True),
        ("-0", False), ("1.50", False), ("0.0", False), ("1E+2", False), ("1E-7", False),
        ("NaN", False), ("NaN12", False), ("Infinity", False), ("-Infinity", False),
        ("9" * 28, True), ("9" * 29, False), ("-" + "9" * 28, True), ("-" + "9" * 29, False),
        ("1." + "9" * 27, True), ("1." + "9" * 28, False), ("-1." + "9" * 27, True),
    ],
)  # fmt: skip
def test_the_quick_look(text: str, plainly: bool) -> None:
    """The quick look knows usual numbers and leaves what is written oddly to a closer one."""
    assert is_plain(Decimal(text)) is plainly


def test_the_decimal_context_changes_nothing() -> None:
    """Neither a low precision nor small letters of a caller's context change what is kept."""
    with localcontext() as context:
        context.prec, context.capitals = 3, 0
        assert same(canonical_number(Decimal("12345.670")), Decimal("12345.67"))
        assert not is_plain(Decimal("1.5E+7"))
        assert told(Number(), Decimal("1.5E+7")) == []


def test_huge_numbers_are_refused_at_once() -> None:
    """A whole number of very many digits is refused before anything is made of it."""
    assert told(Number(), 10**5000) == [
        f"field: must be a decimal number; had a whole number; {FINITE}"
    ]
