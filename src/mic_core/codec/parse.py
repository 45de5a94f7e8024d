"""JSON parsing of hostile input: limits first, then orjson or the parser of the standard library.

Depth and number of containers are checked on an outline of the raw bytes (brackets and commas)
before any parser runs, since parsers recurse. This is the only module that imports orjson; the
same documents are accepted with and without it.
"""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import attrs

from mic_core.codec.explain import ObjectWithDuplicates
from mic_core.codec.limits import Limits
from mic_core.errors import ParseError, Problem
from mic_core.fields import describe, is_a

_SQUARE = bytes.maketrans(b"{}", b"[]")  # one kind of bracket is enough for depth and number
_NOT_STRUCTURAL = bytes(set(range(256)) - set(b"[]{},"))
_NOT_STRUCTURAL_OR_QUOTE = bytes(set(_NOT_STRUCTURAL) - set(b'"'))
_TEXT = re.compile(b'"[^"]*"')
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_LONGEST_INTEGER = 17  # characters, with its sign; 10**17 is beyond every bound of a field
_LONGEST_FLOAT = 100  # characters: bounds the conversion to Decimal; longer ones stay floats
_BEYOND = 10**17  # stands for every longer integer: fields refuse it all the same


@attrs.frozen
class Parser:
    """A JSON library: parse bytes, and serialise data without whitespace."""

    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


def standard_parser() -> Parser:
    """The JSON library of Python itself."""
    return Parser(
        read=lambda raw: json.loads(raw.decode()),
        write=lambda tree: json.dumps(tree, separators=(",", ":")).encode(),
    )


@cache
def fastest_parser() -> Parser:
    """orjson if it is installed, otherwise the JSON library of Python itself. Memoised."""
    try:
        import orjson  # noqa: PLC0415  # an optional dependency
    except ImportError:
        return standard_parser()
    return Parser(read=orjson.loads, write=orjson.dumps)


def document_error(rule: str, had: str = "", mend: str = "") -> ParseError:
    """The ParseError for a document as a whole, with the root as its path."""
    return ParseError("document", [Problem(path="$", rule=rule, had=had, mend=mend)])


def to_utf8(document: object, limits: Limits) -> bytes:
    """Encode a document in UTF-8 and check its size; raises ParseError."""
    if is_a(document, str):
        encoded = _encoded(document)
        if encoded is None:
            raise document_error("must hold no lone surrogates", describe(document))
        raw = encoded
    elif is_a(document, bytes):
        raw = bytes.__getitem__(document, slice(None))  # plain bytes, whatever its subclass
    else:
        raise document_error("must be text or bytes", describe(document))
    if len(raw) > limits.size:
        raise document_error(f"must have at most {limits.size} bytes", f"{len(raw)} bytes")
    if raw.startswith(b"\xef\xbb\xbf"):
        raise document_error("must not begin with a byte order mark", mend="leave it out")
    if b"\0" in raw[:4] or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise document_error("must be encoded in UTF-8", "what looks like UTF-16 or UTF-32")
    return raw


def _encoded(text: str) -> bytes | None:
    """A text in UTF-8; None for lone surrogates, whose error would carry the text along."""
    try:
        return str.encode(text)
    except UnicodeEncodeError:
        return None


def structural_marks(raw: bytes) -> bytes:
    """Structural characters (brackets, commas) of a document, also those within texts.

    All brackets become square. A superset of `bracket_outline`, at the cost of one `translate`.

    >>> structural_marks(b'{"a[": [1, {}], "b": "]"}')
    b'[[[,[]],]]'
    """
    return raw.translate(_SQUARE, _NOT_STRUCTURAL)


def bracket_outline(raw: bytes) -> bytes:
    r"""Structural characters (brackets, commas) of a document outside of texts; brackets square.

    >>> bracket_outline(rb'{"a[": [1, {}], "b": "\"]"}')
    b'[[,[]],]'
    """
    if b"\\" in raw:
        raw = _ESCAPE.sub(b"", raw)
    # Adjacent quotes are removed in pairs: the remaining ones still alternate, open and close.
    outline = raw.translate(_SQUARE, _NOT_STRUCTURAL_OR_QUOTE).replace(b'""', b"")
    return _TEXT.sub(b"", outline) if b'"' in outline else outline


def check_outline(outline: bytes, limits: Limits) -> None:
    """Raise ParseError if the outline of a document exceeds the limits of containers or depth."""
    if outline.count(b"[") > limits.containers:
        raise document_error(f"must hold at most {limits.containers} lists and objects")
    if is_deeper(outline, limits.depth):
        raise document_error(f"must nest lists and objects at most {limits.depth} levels deep")


def is_deeper(outline: bytes, levels: int) -> bool:
    """True if an outline nests more than a number of levels.

    Each pass removes the innermost lists; a list that remains after `levels` passes is too deep.
    The last test finds brackets that are never closed. O(brackets) per level.
    """
    brackets = outline.replace(b",", b"")
    for _ in range(levels):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return b"[]" in brackets or brackets.startswith(b"[" * (levels + 1))


def parse_for_explanation(raw: bytes) -> Any:
    """Parse with the details that an explanation needs; raises ParseError if it is not JSON.

    Objects with duplicate keys become `ObjectWithDuplicates`. Integers beyond all bounds become
    one just beyond, since converting digits is quadratic. A number that is an integer by value
    becomes an int, however it is written, as in JSON Schema: 40, 40.0 and 4e1 are equal.
    """
    tree, wrong = _parsed(raw)
    if wrong is not None:
        raise document_error(*wrong)
    return tree


def _parsed(raw: bytes) -> tuple[Any, tuple[str, str] | None]:
    """The parsed document, or rule and content of its error; that of json holds the document."""
    try:
        tree = json.loads(
            raw.decode(),
            object_pairs_hook=_object,
            parse_int=_parse_integer,
            parse_float=_parse_float,
        )
    except UnicodeDecodeError as error:
        return None, ("must be encoded in UTF-8", f"another byte at {error.start}")
    except json.JSONDecodeError as error:
        what = error.msg.partition(":")[0].partition("'")[0].strip()
        where = f"{what} at line {error.lineno}, column {error.colno}"
        return None, ("must be JSON", where)
    return tree, None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """A dict, or an `ObjectWithDuplicates` if a key occurs twice."""
    found = dict(members)
    return found if len(found) == len(members) else ObjectWithDuplicates(members)


def _parse_float(written: str) -> int | float:
    """A number with a point or an exponent: an int if its exact value is one and not too large.

    Decimal decides, since a float may be rounded to an integer.
    """
    found = float(written)
    if not found.is_integer() or abs(found) > _BEYOND or len(written) > _LONGEST_FLOAT:
        return found
    try:
        return int(found) if Decimal(written) == int(found) else found
    except ArithmeticError:  # an exponent beyond all bounds
        return found


def _parse_integer(digits: str) -> int:
    """An integer, clamped to one beyond all bounds if it is long."""
    if len(digits) <= _LONGEST_INTEGER:
        return int(digits)
    return -_BEYOND if digits.startswith("-") else _BEYOND
