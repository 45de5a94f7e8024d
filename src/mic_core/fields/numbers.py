"""The shapes of numbers and flags."""

from decimal import Decimal

import attrs

from mic_core.fields.shape import Bind, Found, is_a, refuse

MOST_WHOLE = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_DIGITS = 28


@attrs.frozen
class Flag:
    """True or False."""

    @property
    def rule(self) -> str:
        return "must be True or False"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name} is True or {name} is False)"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if is_a(value, bool) else refuse(found, path, self.rule, value)


@attrs.frozen
class Whole:
    """A whole number within bounds; `unit` says of what."""

    least: int = 0
    most: int = MOST_WHOLE
    unit: str = ""

    @property
    def rule(self) -> str:
        least = self.least if self.least > -MOST_WHOLE else None
        most = self.most if self.most < MOST_WHOLE else None
        return f"must be a whole number{_told(self.unit, least, most)}"

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
    """An exact decimal number within bounds, at most 28 digits; binary floats are refused."""

    least: Decimal | None = None
    most: Decimal | None = None
    unit: str = ""

    @property
    def rule(self) -> str:
        return f"must be a decimal number{_told(self.unit, self.least, self.most)}"

    def test(self, name: str, bind: Bind) -> str:
        bounds = [
            *([f"{name} >= {bind(self.least)}"] if self.least is not None else []),
            *([f"{name} <= {bind(self.most)}"] if self.most is not None else []),
        ]
        sound = [f"{name}.__class__ is {bind(Decimal)}", f"{bind(is_plain)}({name})", *bounds]
        return f"({' and '.join(sound)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        mend = ""
        if is_a(value, float):
            mend = 'give a Decimal made from text, as in Decimal("0.1")'
        elif (is_a(value, int) and not is_a(value, bool)) or is_a(value, Decimal):
            number = canonical_number(value)
            mend = self._beyond(number)
            if number is not None and not mend:
                return number
        return refuse(found, path, self.rule, value, mend)

    def _beyond(self, number: Decimal | None) -> str:
        """Why a number does not fit; empty if it does."""
        if number is None:
            return f"give a finite number of at most {_DIGITS} digits"
        if self.least is not None and number < self.least:
            return "it is too small"
        return "it is too large" if self.most is not None and number > self.most else ""


def _told(unit: str, least: object, most: object) -> str:
    """A unit and bounds as the end of a rule; None is no bound.

    >>> _told("minutes", 0, 90), _told("", 1, None), _told("", None, 9), _told("", None, None)
    (' of minutes, from 0 to 90', ', 1 or more', ', 9 or less', '')
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
    """True if a number surely is as `canonical_number` writes it; False: it takes a closer look.

    >>> is_plain(Decimal("-1.5")), is_plain(Decimal("1.50")), is_plain(Decimal("1E+2"))
    (True, False, False)
    """
    text = str(number)  # far quicker than the digits of a Decimal; no context changes digits
    if text.isdecimal():
        return len(text) <= _DIGITS
    whole, point, places = text.removeprefix("-").partition(".")
    if not whole.isdecimal() or len(whole) + len(places) > _DIGITS:
        return False
    return places.isdecimal() and places[-1] != "0" if point else whole != "0"


def canonical_number(value: Decimal | int) -> Decimal | None:
    """The one way to write a number: no zeros at the end after the point, no exponent.

    None for what is not finite, and for what takes more than 28 digits or places.

    >>> [str(canonical_number(Decimal(text))) for text in ("1.50", "1E+2", "-0.0", "-7")]
    ['1.5', '100', '0', '-7']
    >>> canonical_number(Decimal("1E+28")), canonical_number(Decimal("NaN"))
    (None, None)
    """
    if isinstance(value, int) and int.bit_length(value) > 94:  # 10**28 has 94 bits
        return None
    sign, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int):
        return None
    if digits == (0,):
        return Decimal(0)
    if len(digits) + max(exponent, 0) > _DIGITS or exponent < -_DIGITS:
        return None
    kept = digits + (0,) * exponent
    while exponent < 0 and kept[-1] == 0:
        kept, exponent = kept[:-1], exponent + 1
    return Decimal((sign, kept, min(exponent, 0)))
