"""From bytes to JSON data: bounds first, then the quickest parser there is.

The only module that knows orjson. With or without it the same documents are taken.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import attrs

from mic_core.codec.explain import Repeating
from mic_core.codec.limits import Limits
from mic_core.errors import ParseError, Problem
from mic_core.fields import describe, is_a

_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_MARK = bytes(set(range(256)) - set(b"[]{},"))
_NO_MARK_OR_QUOTE = bytes(set(_NO_MARK) - set(b'"'))
_TEXT = re.compile(b'"[^"]*"')
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_LONGEST_WHOLE = 17
_LONGEST_POINTED = 100
_BEYOND = 10**17


@attrs.frozen
class Parser:
    """A JSON library: text to data, and data to text without needless spaces."""

    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


def standard() -> Parser:
    """The parser of the standard library."""
    return Parser(
        read=lambda raw: json.loads(raw.decode()),
        write=lambda tree: json.dumps(tree, separators=(",", ":")).encode(),
    )


@cache
def quickest() -> Parser:
    """orjson where it is installed, and else the parser of the standard library."""
    try:
        import orjson  # noqa: PLC0415  # an extra; asked for once
    except ImportError:
        return standard()
    return Parser(read=orjson.loads, write=orjson.dumps)


def refused(rule: str, had: str = "", mend: str = "") -> ParseError:
    """The error for a document as a whole."""
    return ParseError("document", [Problem(path="$", rule=rule, had=had, mend=mend)])


def encoded(document: object, limits: Limits) -> bytes:
    """The document as UTF-8, within its limit of size; raises ParseError."""
    if is_a(document, str):
        try:
            raw = str.encode(document)
        except UnicodeEncodeError:
            raise refused("must hold no lone surrogates", describe(document)) from None
    elif is_a(document, bytes):
        raw = bytes.__getitem__(document, slice(None))
    else:
        raise refused("must be text or bytes", describe(document))
    if len(raw) > limits.size:
        raise refused(f"must have at most {limits.size} bytes", f"{len(raw)} bytes")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise refused("must not begin with a byte order mark", mend="leave it out")
    if b"\0" in raw[:4] or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("must be encoded in UTF-8", "what looks like UTF-16 or UTF-32")
    return raw


def marks(raw: bytes) -> bytes:
    """The brackets and commas of a document, those inside of texts included; brackets square.

    >>> marks(b'{"a[": [1, {}], "b": "]"}')
    b'[[[,[]],]]'
    """
    return raw.translate(_SQUARE, _NO_MARK)


def bracket_outline(raw: bytes) -> bytes:
    r"""The brackets and commas of a document that stand outside of texts; all brackets square.

    >>> bracket_outline(rb'{"a[": [1, {}], "b": "\"]"}')
    b'[[,[]],]'
    """
    if b"\\" in raw:
        raw = _ESCAPE.sub(b"", raw)
    # Quotes side by side say nothing: those that are left still open and close texts in turn.
    left = raw.translate(_SQUARE, _NO_MARK_OR_QUOTE).replace(b'""', b"")
    return _TEXT.sub(b"", left) if b'"' in left else left


def check_outline(shape: bytes, limits: Limits) -> None:
    """Raise ParseError unless the outline of a document keeps to its limits."""
    if shape.count(b"[") > limits.containers:
        raise refused(f"must hold at most {limits.containers} lists and objects")
    if deeper(shape, limits.depth):
        raise refused(f"must nest lists and objects at most {limits.depth} levels deep")


def deeper(shape: bytes, levels: int) -> bool:
    """Whether an outline nests more levels than that.

    Each pass takes the innermost lists away, so that a list that is left after as many passes as
    levels is nested too deeply. O(brackets) for each level.
    """
    brackets = shape.replace(b",", b"")
    for _ in range(levels):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return b"[]" in brackets or brackets.startswith(b"[" * (levels + 1))


def parse_marked(raw: bytes) -> Any:
    """Parse slowly, keeping what an explanation needs; raises ParseError if it is not JSON.

    Objects that repeat a key come as `Repeating`, whole numbers beyond all bounds as one just
    beyond, so that no length of digits costs more than reading it. What is a whole number by value
    is one, however it is written: JSON Schema knows no difference between 40, 40.0 and 4e1.
    """
    try:
        return json.loads(
            raw.decode(), object_pairs_hook=_object, parse_int=_whole, parse_float=_pointed
        )
    except UnicodeDecodeError as error:
        raise refused("must be encoded in UTF-8", f"another byte at {error.start}") from None
    except json.JSONDecodeError as error:
        what = error.msg.partition(":")[0].partition("'")[0].strip()
        where = f"{what} at line {error.lineno}, column {error.colno}"
        raise refused("must be JSON", where) from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    return found if len(found) == len(members) else Repeating(members)


def _pointed(written: str) -> int | float:
    """A number written with a point or an exponent: whole where its value is, and not too large."""
    found = float(written)
    if not found.is_integer() or abs(found) > _BEYOND or len(written) > _LONGEST_POINTED:
        return found
    try:
        return int(found) if Decimal(written) == int(found) else found
    except ArithmeticError:  # an exponent beyond all bounds
        return found


def _whole(digits: str) -> int:
    if len(digits) <= _LONGEST_WHOLE:
        return int(digits)
    return -_BEYOND if digits.startswith("-") else _BEYOND
