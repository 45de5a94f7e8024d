"""Shapes of numbers and booleans: integers, exact decimals, flags."""

from decimal import Decimal

import attrs

from mic_core.fields.shape import Bind, Found, is_a, refuse

MOST_WHOLE = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly: readers use IEEE 754 doubles (RFC 8259)."""

MOST_DIGITS = 28
"""Significant digits of a decimal number; the default precision of Python's decimal context."""


@attrs.frozen
class Flag:
    """Shape of a boolean; 0 and 1 are refused."""

    @property
    def rule(self) -> str:
        return "must be True or False"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name} is True or {name} is False)"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if is_a(value, bool) else refuse(found, path, self.rule, value)


@attrs.frozen
class Whole:
    """Shape of an integer from `least` to `most`, both included; `unit` is named in the message."""

    least: int = 0
    most: int = MOST_WHOLE
    unit: str = ""

    @property
    def rule(self) -> str:
        least = self.least if self.least > -MOST_WHOLE else None
        most = self.most if self.most < MOST_WHOLE else None
        return f"must be a whole number{_bounds_text(self.unit, least, most)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is int and {self.least} <= {name} <= {self.most})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not is_a(value, int) or is_a(value, bool):
            return refuse(found, path, self.rule, value)
        number = int.__int__(value)
        if number < self.least:
            least = "" if self.least > -MOST_WHOLE else f": {self.least} is the least"
            return refuse(found, path, self.rule, value, f"it is too small{least}")
        if number > self.most:
            most = "" if self.most < MOST_WHOLE else f": {self.most} is the most"
            return refuse(found, path, self.rule, value, f"it is too large{most}")
        return number


@attrs.frozen
class Number:
    """Shape of an exact decimal number of at most 28 digits; binary floats are refused.

    `least` and `most` are included; None means no bound.
    """

    least: Decimal | None = None
    most: Decimal | None = None
    unit: str = ""

    @property
    def rule(self) -> str:
        return f"must be a decimal number{_bounds_text(self.unit, self.least, self.most)}"

    def test(self, name: str, bind: Bind) -> str:
        bounds = [
            *([f"{name} >= {bind(self.least)}"] if self.least is not None else []),
            *([f"{name} <= {bind(self.most)}"] if self.most is not None else []),
        ]
        terms = [f"{name}.__class__ is {bind(Decimal)}", f"{bind(is_plain)}({name})", *bounds]
        return f"({' and '.join(terms)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        mend = ""
        if is_a(value, float):
            mend = 'give a Decimal made from text, as in Decimal("0.1")'
        elif (is_a(value, int) and not is_a(value, bool)) or is_a(value, Decimal):
            number = canonical_number(value)
            mend = self._excess(number)
            if number is not None and not mend:
                return number
        return refuse(found, path, self.rule, value, mend)

    def _excess(self, number: Decimal | None) -> str:
        """The bound that a number exceeds, as a hint; "" if it is within all."""
        if number is None:
            return f"give a finite number of at most {MOST_DIGITS} digits"
        if self.least is not None and number < self.least:
            return "it is too small"
        return "it is too large" if self.most is not None and number > self.most else ""


def _bounds_text(unit: str, least: object, most: object) -> str:
    """Unit and bounds as the end of a rule; None is no bound.

    >>> _bounds_text("minutes", 0, 90), _bounds_text("", 1, None), _bounds_text("", None, 9)
    (' of minutes, from 0 to 90', ', 1 or more', ', 9 or less')
    """
    of = f" of {unit}" if unit else ""
    match (least, most):
        case (None, None):
            return of
        case (None, _):
            return f"{of}, {most} or less"
        case (_, None):
            return f"{of}, {least} or more"
        case _:
            return f"{of}, from {least} to {most}"


def is_plain(number: Decimal) -> bool:
    """True only if a number is canonical (see `canonical_number`); False may be a false negative.

    >>> is_plain(Decimal("-1.5")), is_plain(Decimal("1.50")), is_plain(Decimal("1E+2"))
    (True, False, False)
    """
    text = str(number)  # faster than `as_tuple`; no decimal context changes the digits
    if text.isdecimal():
        return len(text) <= MOST_DIGITS
    whole, point, places = text.removeprefix("-").partition(".")
    if not whole.isdecimal() or len(whole) + len(places) > MOST_DIGITS:
        return False
    return places.isdecimal() and places[-1] != "0" if point else whole != "0"


def canonical_number(value: Decimal | int) -> Decimal | None:
    """Canonical form of a number: no exponent, no trailing zeros after the point, no minus zero.

    None if it is not finite, or needs more than 28 digits or 28 decimal places.

    >>> [str(canonical_number(Decimal(text))) for text in ("1.50", "1E+2", "-0.0", "-7")]
    ['1.5', '100', '0', '-7']
    >>> canonical_number(Decimal("1E+28")), canonical_number(Decimal("NaN"))
    (None, None)
    """
    # 10**28 has 94 bits: larger integers are refused before a conversion that is quadratic.
    if isinstance(value, int) and int.bit_length(value) > 94:
        return None
    sign, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int):
        return None
    if digits == (0,):
        return Decimal(0)
    if len(digits) + max(exponent, 0) > MOST_DIGITS or exponent < -MOST_DIGITS:
        return None
    kept = digits + (0,) * exponent
    while exponent < 0 and kept[-1] == 0:
        kept, exponent = kept[:-1], exponent + 1
    return Decimal((sign, kept, min(exponent, 0)))
