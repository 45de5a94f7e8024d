"""Strategies for the values of one field, from its declared shape, extremes included."""

from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mic_core.fields import (
    Called,
    Choice,
    Clock,
    Coded,
    Day,
    Either,
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
)
from mic_core.fields.numbers import MOST_WHOLE
from mic_core.fields.texts import has_visible
from mic_core.ids import ID_PATTERN, cite
from mic_core.portfolio.log import Key
from mic_core.scheduling.rules.selection import OneOrEach, Only, Predicate, Several
from mic_core.testing.times import CHANGES, zones

Strategy = SearchStrategy[Any]

Refer = Callable[[tuple[str, ...]], SearchStrategy[Key]]
"""From the kinds that a reference allows to a strategy of pairs of kind and id."""

Make = Callable[[type[Any]], Strategy]
"""From a class to the strategy of its values, where a field holds one."""

_MANY = 3  # items of a list besides the least; a budget: keeps examples small
_MINUTE = timedelta(minutes=1)


_LETTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029")
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LETTERS_OF_A_LINE = st.characters(
    exclude_categories=["Cc", "Cs"], exclude_characters=f"\u2028\u2029{_TURNING}"
)


def texts(most: int = 200, *, least: int = 1, lines: bool = False) -> SearchStrategy[str]:
    """Visible texts of any script: mostly short, sometimes of the greatest length.

    `most` and `least` bound the characters; with `least=0` blank texts are drawn too. `lines` adds
    line breaks and tabs.

    >>> from hypothesis import find
    >>> find(texts(), lambda text: len(text) > 1)
    '00'
    """
    alphabet = _LETTERS | st.sampled_from("\n\t") if lines else _LETTERS_OF_A_LINE
    short = st.text(alphabet, min_size=least, max_size=min(most, 12))
    awkward = ('"', "\\", "[{,:]}", "\u00e9", "\U0001f680", "a" * most, "\u00e9" * most)
    fitting = tuple(each for each in awkward if least <= len(each) <= most)
    if least:
        short = short.map(_showing)
    return short | st.sampled_from(fitting) if fitting else short


def _showing(text: str) -> str:
    """The text itself, or one of the same length with a visible last character."""
    return text if has_visible(text) else f"{text[:-1]}0"


def ids() -> SearchStrategy[str]:
    """Ids, often from a few, so that some repeat.

    >>> from hypothesis import find
    >>> find(ids(), lambda id: len(id) == 64)
    '0000000000000000000000000000000000000000000000000000000000000000'
    """
    few = st.sampled_from(("a", "b", "c", "a.b:c_d-9", "0" * 64))
    return few | st.from_regex(ID_PATTERN, fullmatch=True)


def anything(kinds: tuple[str, ...]) -> SearchStrategy[Key]:
    """References that may dangle: any id, of any of the kinds."""
    return st.tuples(st.sampled_from(kinds), ids())


def values_of(shape: Shape, make: Make, refer: Refer = anything) -> Strategy:
    """The strategy of a field of a declared shape.

    `make` has the strategy of a class, `refer` that of references; if that is empty, so is the
    result. Raises TypeError for a shape that is not one of `mic_core.fields`.
    """
    match shape:
        case Text(most, least, lines):
            return texts(most, least=least, lines=lines)
        case Id():
            return ids()
        case Ref(kinds):
            return refer(kinds).map(lambda key: key[1])
        case Subject(kinds):
            return refer(kinds).map(lambda key: cite(*key))
        case Coded(pattern):
            return st.from_regex(pattern, fullmatch=True)
        case Choice(words):
            return st.sampled_from(words)
        case OpenChoice(words):
            # Mostly listed words; of the others one is nearly listed and one of the most letters.
            return st.sampled_from((*words, "hackathon", f"{words[-1]}s", "z" * 64))
        case Flag():
            return st.booleans()
        case Whole(least, most):
            return st.integers(least, most) | st.sampled_from((least, most))
        case Number(least, most):
            return _numbers(least, most)
        case Instant():
            moments = st.datetimes(timezones=st.just(UTC))
            return st.sampled_from([each for few in CHANGES.values() for each in few]) | moments
        case Day():
            return st.dates()
        case Clock():
            return st.times()
        case Length(least, most):
            return _lengths(least, most)
        case Zone():
            return zones()
        case Scalar():
            whole = st.integers(-MOST_WHOLE, MOST_WHOLE)
            return texts(2_000, least=0, lines=True) | st.booleans() | whole
        case Value(cls):
            return make(cls)
        case Called():
            return st.just(_return_none)
        case _:
            return _composed(shape, make, refer)


def _composed(shape: Shape, make: Make, refer: Refer) -> Strategy:
    """The strategy of a field whose shape is composed of others."""
    match shape:
        case Maybe(item):
            return st.none() | values_of(item, make, refer)
        case Either(types):
            return st.one_of(*(make(cls) for cls in types()))
        case Many(item, least):
            return _lists(values_of(item, make, refer), least)
        case Labels(item, least):
            return _lists(values_of(item, make, refer), least)
        case Pairs(key, value):
            names, items = (values_of(each, make, refer) for each in (key, value))
            return st.dictionaries(names, items, max_size=_MANY)
        case Several(labels):
            return values_of(labels, make, refer)
        case Predicate():
            return st.none() | make(Only)
        case OneOrEach(number, name):
            one, names = (values_of(each, make, refer) for each in (number, name))
            return one | st.dictionaries(names, one, max_size=_MANY)
        case _:
            message = f"{shape!r} has no strategy"
            raise TypeError(message)


def _return_none(*_arguments: object) -> None:
    """The value of every field that holds a function."""


def _lists(items: Strategy, least: int) -> Strategy:
    if items.is_empty:
        return st.nothing() if least else st.just(())
    return st.lists(items, min_size=least, max_size=least + _MANY).map(tuple)


def _lengths(least: timedelta, most: timedelta) -> SearchStrategy[timedelta]:
    """Lengths within bounds: some of whole minutes, up to two days more than the least."""
    low, high = -(-least // _MINUTE), min(most, least + timedelta(days=2)) // _MINUTE
    exact = st.timedeltas(least, most)
    return st.integers(low, high).map(lambda n: n * _MINUTE) | exact if low <= high else exact


def _numbers(least: Decimal | None, most: Decimal | None) -> SearchStrategy[Decimal]:
    """Exact numbers within bounds, the bounds included, of up to 20 digits after the point."""
    if least is not None and most is not None:
        low, span = least, most - least
        parts = st.integers(0, 10**9).map(lambda n: low + span * n / 10**9)
        return st.sampled_from((least, most)) | parts
    digits = st.integers(0, 9) | st.integers(0, 10**27)
    upward = st.tuples(digits, st.integers(0, 20)).map(
        lambda pair: Decimal(pair[0]).scaleb(-pair[1])
    )
    if least is not None:
        return upward.map(lambda number: least + number)
    downward = upward.map(lambda number: (most or 0) - number)
    return downward if most is not None else upward | downward
