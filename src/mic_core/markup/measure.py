"""Text width of proportional fonts: an upper bound for drawings, which cannot measure or wrap text.

The widths are the larger ones of DejaVu Sans and Noto Sans, in thousandths of the font size, so a
line that fits by them also fits in the narrower fonts that browsers choose. Widths of characters
add up; kerning only makes lines shorter.
"""

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from mic_core.markup.text import head, wrap_to

WidthMeasure = Callable[[str], int]
"""The width of a text, additive over its characters."""


def _by_character(groups: Mapping[int, str]) -> dict[str, int]:
    return {each: width for width, characters in groups.items() for each in characters}


# Upper bounds of the two fonts, rounded up to 50 thousandths.
_REGULAR = _by_character(
    {
        300: "'Jijl", 350: " ,.:;I\u00b7", 400: "!()-/[\\]ft", 450: "r", 500: '"_`', 550: "?csz",
        600: "*FLkvxy|\u2013", 650: "$0123456789EPSTYabdeghnopqu{}", 700: "ABCKRVXZ", 750: "U",
        800: "&DGHNOQ", 850: "#+<=>^w~", 950: "%M", 1000: "@Wm\u2026",
    }
)  # fmt: skip
_BOLD = _by_character(
    {
        350: " 'ijl", 400: ",.:;IJ\u00b7", 450: "-/\\f", 500: "!()[]_`rt", 550: '"*',
        600: "?csz|\u2013", 650: "Lx", 700: "$0123456789EFTaekovy", 750: "CPSYZbdghnpqu{}",
        800: "ABKRVX", 850: "#+<=>DGHNOQU^~", 900: "&", 950: "w", 1000: "@M\u2026", 1050: "%m",
        1150: "W",
    }
)  # fmt: skip
_ACCENT = 150  # the most that an accent, such as the horn of U+01A0, adds to its letter
_IDEOGRAPH, _LETTER, _OTHER = 1000, 1000, 1300  # full-width; other small letters; anything else


def regular_width(text: str) -> int:
    """Upper bound of the width of a text in regular type, in thousandths of the font size.

    >>> regular_width("MIC"), regular_width("\u9769\u65b0")
    (2000, 2000)
    """
    return sum(_REGULAR.get(each) or _foreign(each, bold=False) for each in text)


def bold_width(text: str) -> int:
    """Upper bound of the width of a text in bold type, in thousandths of the font size.

    >>> bold_width("MIC"), bold_width("\u00c9t\u00e9")
    (2150, 2200)
    """
    return sum(_BOLD.get(each) or _foreign(each, bold=True) for each in text)


@lru_cache(maxsize=4096)
def _foreign(character: str, *, bold: bool) -> int:
    """Upper bound of the width of a character outside of ASCII."""
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in "WF" and category != "So":
        return _IDEOGRAPH
    base = unicodedata.normalize("NFD", character)[0]
    known = (_BOLD if bold else _REGULAR).get(base)
    if known is not None:
        return known + _ACCENT
    if category == "Ll":
        return _OTHER if bold else _LETTER
    # A ligature, such as U+FDFA, can be as wide as all of its letters.
    return _OTHER * min(20, len(unicodedata.normalize("NFKD", character)))


def shortened(text: str, room: int, measure: WidthMeasure) -> str:
    """The text, or its beginning with an ellipsis if it is wider than the room.

    A room below the width of an ellipsis still has one.

    >>> shortened("The art of pitching", 8000, regular_width)
    'The art of pit\u2026'
    """
    if measure(text) <= room:
        return text
    return with_ellipsis(text, room, measure)


def with_ellipsis(text: str, room: int, measure: WidthMeasure) -> str:
    """The longest beginning of a text that fits into the room together with an ellipsis."""
    end = "\u2026"
    return head(text, room - measure(end), measure).rstrip() + end


def wrapped(text: str, room: int, measure: WidthMeasure) -> tuple[str, ...]:
    """Word wrap by a measure: the lines of a text, each at most as wide as the room.

    A character that is wider than the room stands on a line of its own.
    """
    return tuple(wrap_to(text, room, measure))
