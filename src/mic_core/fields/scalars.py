"""The shapes of single values: ids, texts, numbers, times, choices."""

import re
import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

import attrs

from mic_core.fields.shape import Bind, Found, refuse
from mic_core.ids import ID_PATTERN, is_id

MOST_WHOLE = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@attrs.frozen
class Text:
    """Text that is not blank, free of control characters and lone surrogates.

    `lines` allows line breaks and tabs. `least=0` allows the empty text.
    """

    most: int = 200
    least: int = 1
    lines: bool = False

    @property
    def rule(self) -> str:
        kind = "text" if self.lines else "one line of text"
        return f"must be {kind} of {self.least} to {self.most} characters, not blank"

    def test(self, name: str, bind: Bind) -> str:
        filled = f"and not {name}.isspace()" if self.least else ""
        return (
            f"({name}.__class__ is str and {self.least} <= len({name}) <= {self.most} "
            f"{filled} and ({name}.isprintable() or not {bind(self._unsound())}({name})))"
        )

    def _unsound(self) -> Callable[[str], object]:
        return (_CONTROL_BUT_LINES if self.lines else _CONTROL).search

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, str):
            return refuse(found, path, self.rule, value)
        text = str.__str__(value)
        if not self.least <= len(text) <= self.most or (self.least and text.isspace()):
            return refuse(found, path, self.rule, text)
        if self._unsound()(text):
            return refuse(
                found,
                path,
                "must hold no control characters and no lone surrogates",
                text,
                "remove them" if self.lines else "remove them, line breaks included",
            )
        return text


_ID_RULE = "must be an id: 1 to 64 of A-Z a-z 0-9 . _ : - and a letter or digit first"


@attrs.frozen
class Id:
    """The id of an entity, unique among those of its kind."""

    @property
    def rule(self) -> str:
        return _ID_RULE

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(is_id)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, str) and is_id(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


@attrs.frozen(init=False)
class Ref:
    """The id of an entity of one of the named kinds."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        self.__attrs_init__(kinds)

    @property
    def rule(self) -> str:
        return _ID_RULE

    def test(self, name: str, bind: Bind) -> str:
        return Id().test(name, bind)

    def settle(self, value: object, path: str, found: Found) -> object:
        return Id().settle(value, path, found)


@attrs.frozen(init=False)
class Subject:
    """An entity of one of several kinds, cited as `kind:id`."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        self.__attrs_init__(kinds)

    @property
    def rule(self) -> str:
        return f"must be kind:id, with kind one of {', '.join(self.kinds)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(self._fits())}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, str) and self._fits()(value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value, f"write it like {self.kinds[0]}:some-id")

    def _fits(self) -> Callable[[str], object]:
        return _subject_pattern(self.kinds).fullmatch


@lru_cache
def _subject_pattern(kinds: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(kinds)}):{ID_PATTERN}")


@attrs.frozen
class Coded:
    """Text after a pattern that the world has fixed, such as a country code."""

    pattern: str
    means: str

    @property
    def rule(self) -> str:
        return f"must be {self.means}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(re.compile(self.pattern).fullmatch)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            return str.__str__(value)
        return refuse(found, path, self.rule, value)


@attrs.frozen
class Choice:
    """One of a fixed list of words."""

    words: tuple[str, ...]

    @property
    def rule(self) -> str:
        return f"must be one of {', '.join(self.words)}"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {name} in {bind(frozenset(self.words))})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, str) and str.__str__(value) in self.words:
            return str.__str__(value)
        near = get_close_matches(value, self.words, 1) if isinstance(value, str) else []
        return refuse(found, path, self.rule, value, f"did you mean {near[0]}?" if near else "")


@attrs.frozen
class Flag:
    """True or False."""

    @property
    def rule(self) -> str:
        return "must be True or False"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name} is True or {name} is False)"

    def settle(self, value: object, path: str, found: Found) -> object:
        return value if isinstance(value, bool) else refuse(found, path, self.rule, value)


@attrs.frozen
class Whole:
    """A whole number within bounds; `unit` says of what."""

    least: int = 0
    most: int = MOST_WHOLE
    unit: str = ""

    @property
    def rule(self) -> str:
        return f"must be a whole number from {self.least} to {self.most} {self.unit}".rstrip()

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is int and {self.least} <= {name} <= {self.most})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, int) or isinstance(value, bool):
            return refuse(found, path, self.rule, value)
        if not self.least <= value <= self.most:
            side = "too small" if value < self.least else "too large"
            return refuse(found, path, self.rule, value, f"it is {side}")
        return int(value)


@attrs.frozen
class Number:
    """An exact decimal number within bounds, at most 28 digits; binary floats are refused."""

    least: Decimal | None = None
    most: Decimal | None = None
    unit: str = ""

    @property
    def rule(self) -> str:
        bounds = [
            *([f"at least {self.least}"] if self.least is not None else []),
            *([f"at most {self.most}"] if self.most is not None else []),
        ]
        return " ".join(["must be a decimal number", self.unit, " and ".join(bounds)]).rstrip()

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is {bind(Decimal)} and {bind(self._canonical)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, float):
            return refuse(found, path, self.rule, value, "give a Decimal, made from text")
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return refuse(found, path, self.rule, value)
        if isinstance(value, int) and value.bit_length() > 93:  # 10**28 has 94 bits
            return refuse(found, path, self.rule, value, "give at most 28 digits")
        number = Decimal(value)
        if not self._within(number):
            return refuse(found, path, self.rule, value)
        return plain(number)

    def _within(self, number: Decimal) -> bool:
        if not number.is_finite():
            return False
        digits, exponent = len(number.as_tuple().digits), number.as_tuple().exponent
        if digits > 28 or not isinstance(exponent, int) or not -28 <= exponent <= 28:
            return False
        return (self.least is None or number >= self.least) and (
            self.most is None or number <= self.most
        )

    def _canonical(self, number: Decimal) -> bool:
        return self._within(number) and number.as_tuple() == plain(number).as_tuple()


def plain(number: Decimal) -> Decimal:
    """The one way to write a number: no trailing zeros after the point, no exponent.

    >>> plain(Decimal("1.50")), plain(Decimal("1E+2")), plain(Decimal("-0.0"))
    (Decimal('1.5'), Decimal('100'), Decimal('0'))
    """
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or not any(digits):
        return Decimal(0)
    kept = list(digits)
    while exponent < 0 and kept[-1] == 0:
        kept.pop()
        exponent += 1
    if exponent > 0:
        kept.extend([0] * exponent)
    first = next(place for place, digit in enumerate(kept) if digit)
    return Decimal((sign, tuple(kept[first:]), min(exponent, 0)))


@attrs.frozen
class Instant:
    """A moment with a zone, kept in UTC: when something was recorded or holds in the world."""

    @property
    def rule(self) -> str:
        return "must be a date and time with a zone"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is {bind(datetime)} and {name}.tzinfo is {bind(UTC)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, datetime):
            return refuse(found, path, self.rule, value)
        try:
            if value.utcoffset() is None:
                return refuse(found, path, self.rule, value, "give its tzinfo")
            moment = value.astimezone(UTC)
            back = moment.astimezone(value.tzinfo)
        except (OverflowError, ValueError):
            return refuse(found, path, "must lie between the years 1 and 9999 in UTC", value)
        if back.replace(tzinfo=None, fold=0) != value.replace(tzinfo=None, fold=0):
            return refuse(found, path, "must exist in its zone, whose clocks skip it", value)
        return datetime.combine(date(moment.year, moment.month, moment.day), moment.time(), UTC)


@attrs.frozen
class Day:
    """A calendar date, local to the center it concerns."""

    @property
    def rule(self) -> str:
        return "must be a date"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is {bind(date)})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, date) or isinstance(value, datetime):
            return refuse(found, path, self.rule, value)
        return date(value.year, value.month, value.day)


@attrs.frozen
class Clock:
    """A local time of day, without zone."""

    @property
    def rule(self) -> str:
        return "must be a time of day without a zone"

    def test(self, name: str, bind: Bind) -> str:
        return (
            f"({name}.__class__ is {bind(time)} and {name}.tzinfo is None and {name}.fold == 0)"
        )

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, time) or value.tzinfo is not None:
            return refuse(found, path, self.rule, value)
        return time(value.hour, value.minute, value.second, value.microsecond)


@attrs.frozen
class Length:
    """How long something lasts, in exact time."""

    least: timedelta = timedelta(microseconds=1)
    most: timedelta = timedelta(days=36_525)

    @property
    def rule(self) -> str:
        return f"must be a timedelta from {self.least} to {self.most}"

    def test(self, name: str, bind: Bind) -> str:
        low, high = bind(self.least), bind(self.most)
        return f"({name}.__class__ is {bind(timedelta)} and {low} <= {name} <= {high})"

    def settle(self, value: object, path: str, found: Found) -> object:
        if not isinstance(value, timedelta) or not self.least <= value <= self.most:
            return refuse(found, path, self.rule, value)
        return timedelta(value.days, value.seconds, value.microseconds)


@attrs.frozen
class Zone:
    """The name of an IANA time zone, such as Europe/Brussels."""

    @property
    def rule(self) -> str:
        return "must be the name of an IANA time zone"

    def test(self, name: str, bind: Bind) -> str:
        return f"({name}.__class__ is str and {bind(_is_zone)}({name}))"

    def settle(self, value: object, path: str, found: Found) -> object:
        if isinstance(value, str) and _is_zone(str.__str__(value)):
            return str.__str__(value)
        return refuse(found, path, self.rule, value, "write it like Europe/Brussels")


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}", name):
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


_SCALARS: tuple[Text | Whole | Flag, ...] = (Text(2000, 0, lines=True), Whole(-MOST_WHOLE), Flag())


@attrs.frozen
class Scalar:
    """A free value of a profile or an answer: text, a whole number, or True or False."""

    @property
    def rule(self) -> str:
        return "must be text, a whole number, or True or False"

    def test(self, name: str, bind: Bind) -> str:
        return "(" + " or ".join(shape.test(name, bind) for shape in _SCALARS) + ")"

    def settle(self, value: object, path: str, found: Found) -> object:
        for shape, kind in zip((_SCALARS[2], *_SCALARS[:2]), (bool, str, int), strict=True):
            if isinstance(value, kind):
                return shape.settle(value, path, found)
        return refuse(found, path, self.rule, value)

