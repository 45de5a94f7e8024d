"""Reading and writing of whole documents: JSON to portfolio and back, in canonical form.

Reading has two paths. The fast path parses with the fastest library and constructs values with
generated readers; any doubt raises one of `DOUBTS`. The slow path (`explain_document`) defines the
format and reports every problem with its path.
"""

import json
from collections.abc import Sized
from itertools import groupby
from typing import Any

from mic_core.codec.conversion import FIRST_SCHEMA, convert_first_schema
from mic_core.codec.explain_document import FORMAT, SCHEMA, count_nouns, explain_document
from mic_core.codec.fast import DOUBTS, rows_reader
from mic_core.codec.limits import DEEPEST_LIMIT, Limits
from mic_core.codec.parse import (
    Parser,
    bracket_outline,
    check_outline,
    fastest_parser,
    is_deeper,
    parse_for_explanation,
    structural_marks,
    to_utf8,
)
from mic_core.codec.text import read_instant, write_instant
from mic_core.codec.write import quoted, writer
from mic_core.fields import Maybe, Value, Whole, sound
from mic_core.model import KINDS, NOUNS, Noun
from mic_core.portfolio import Batch, Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO

_LIMITS, _OF_LIMITS, _INDENT = Limits(), Value(Limits), Maybe(Whole(most=100))
_DEPTH_OF_ROWS = 5  # levels: document, batches, batch, list of rows, row


def loads(document: str | bytes, *, limits: Limits = _LIMITS) -> Portfolio:
    """Parse a portfolio from its JSON document.

    Strict: no type is coerced, unknown and duplicate keys are errors. A number is an integer by its
    value, so 40.0 is 40, as in JSON Schema. The output of `dumps` is read back as an equal
    portfolio; a document written by hand may have any order. Illegal histories are kept, for
    `check` to report. A document of schema 1 is converted: the `original_start` of a session
    becomes `original_on`, its local date at the center; the measure of an indicator becomes a tree,
    where the old fields say enough, also in early documents of schema 2.

    Raises ParseError, and nothing else for any document, with all problems and their paths (beyond
    1,000 they are only counted), and InvariantError if `limits` is no Limits. O(n log n). Faster
    if orjson is installed, with the same results.

    >>> room = '{"id": "r-1", "center_id": "mic-brussels", "name": "Montoyer", "seats": 40}'
    >>> top = '"format": "mic_core.portfolio", "schema": 2'
    >>> loads('{%s, "batches": [{"room": [%s]}]}' % (top, room))
    Portfolio(room: 1)
    >>> loads('{%s, "batches": [{"rooms": []}]}' % top)
    Traceback (most recent call last):
    mic_core.errors.ParseError: document: 1 problem
      $.batches[0]: must hold known keys only; had a key of 5 characters in place 1; \
did you mean room?
    """
    (limits,) = sound("loads", limits=(limits, _OF_LIMITS))
    return Portfolio.replay(read_batches(document, limits, fastest_parser()))


def read_batches(document: object, limits: Limits, parser: Parser) -> list[Batch]:
    """Parse the batches of a document with a JSON library; raises ParseError."""
    raw = to_utf8(document, limits)
    marks = structural_marks(raw)
    # Marks within texts are counted too, so only the exact outline may refuse the document.
    if marks.count(b"[") > limits.containers:
        check_outline(bracket_outline(raw), limits)
    batches = _read_fast(raw, marks, limits, parser)
    if batches is None:
        check_outline(bracket_outline(raw), limits)
        batches = explain_document(parse_for_explanation(raw), limits)
    return batches


def _read_fast(raw: bytes, marks: bytes, limits: Limits, parser: Parser) -> list[Batch] | None:
    """The batches of a valid document; None if there is any doubt, for the slow path to decide.

    Fast parsers keep the last of duplicate keys without notice, so duplicates and depth are checked
    afterwards, by counting structural characters.
    """
    try:
        tree = parser.read(raw)
        batches = _batches(tree, limits)
        return batches if _is_exact(tree, raw, marks, limits, parser) else None
    except DOUBTS:
        return None


def _is_exact(
    tree: dict[str, Any], raw: bytes, marks: bytes, limits: Limits, parser: Parser
) -> bool:
    """True if the parsed document has all keys of its text, and nests no deeper than allowed."""
    if limits.depth >= _DEPTH_OF_ROWS and len(marks) == _flat_marks(tree):
        return True
    # Parsers drop duplicate keys, so the document written again would have fewer commas.
    again = parser.write(tree)
    # What the readers accept is never deeper than the deepest limit. Without escapes of the form
    # \u002c, texts hold the same structural characters in both.
    if limits.depth == DEEPEST_LIMIT and b"\\u" not in raw:
        return len(marks) == len(structural_marks(again))
    outline = bracket_outline(raw)
    return not is_deeper(outline, limits.depth) and bracket_outline(again) == outline


def _batches(tree: Any, limits: Limits) -> list[Batch]:
    """Construct the batches from parsed JSON; raises one of `DOUBTS` if anything is unusual."""
    items = tree["batches"]
    fits = tree["format"] == FORMAT and tree["schema"].__class__ is int
    if not fits or len(tree) != 3 or items.__class__ is not list:
        raise LookupError
    count_nouns(items, limits)
    if tree["schema"] != SCHEMA and (tree["schema"] != FIRST_SCHEMA or convert_first_schema(items)):
        raise LookupError
    return [_batch(each) for each in items if each != {}]  # an empty one records nothing


def _batch(members: dict[str, Any]) -> Batch:
    """Construct one batch from parsed JSON; raises one of `DOUBTS` if anything is unusual."""
    if members.__class__ is not dict:
        raise TypeError
    recorded_at = members.get("recorded_at")
    values: list[Noun] = []
    for kind, rows in members.items():
        if kind not in {"recorded_at", "actor"}:
            values += rows_reader(NOUNS[kind])(rows)
    moment = None if recorded_at is None else read_instant(recorded_at)
    return Batch(recorded_at=moment, actor=members.get("actor"), values=tuple(values))


def _flat_marks(tree: dict[str, Any]) -> int:
    """Number of structural characters of the document, if its rows hold no lists or objects.

    A lower bound. If the document has exactly as many, those within texts included, then no key is
    duplicate, no text holds such a character, and nothing is nested below the rows.
    """
    batches: list[dict[str, Any]] = tree["batches"]
    tables: list[list[Sized]] = [
        rows for batch in batches for kind, rows in batch.items() if kind in NOUNS
    ]
    # A container of n > 0 members has two brackets and n - 1 commas, an empty one two brackets.
    above: list[Sized] = [tree, batches, *batches, *tables]
    in_rows = sum(sum(map(len, rows)) + len(rows) for rows in tables)
    return in_rows + sum(1 + max(1, len(each)) for each in above)


def dumps(portfolio: Portfolio, *, indent: int | None = None) -> str:
    """Serialise a portfolio, with its history, as canonical JSON.

    Canonical means that equal portfolios have the same text: keys sorted, values sorted by kind
    and id, defaults omitted, no unnecessary escapes. `indent` is the number of spaces per level;
    None writes one line without spaces. O(n).

    Every value is written within the limits of its own, so that it can be read again; `loads` needs
    raised `limits` for a portfolio beyond the default ones, of more than a million nouns.

    Raises InvariantError if `portfolio` is no Portfolio, and for an indent below 0 or above 100.

    >>> from mic_core.model import Room
    >>> dumps(Portfolio.of(Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40)))
    '{"batches":[{"room":[{"center_id":"mic-brussels","id":"r-1","name":"Montoyer","seats":40}]}],\
"format":"mic_core.portfolio","schema":2}'
    """
    sound("dumps", portfolio=(portfolio, PORTFOLIO), indent=(indent, _INDENT))
    batches = ",".join(map(_batch_text, portfolio.log))
    text = f'{{"batches":[{batches}],"format":"{FORMAT}","schema":{SCHEMA}}}'
    if indent is None:
        return text
    return json.dumps(json.loads(text), ensure_ascii=False, indent=indent)


def _batch_text(batch: Batch) -> str:
    """One batch as canonical JSON."""
    members = {
        KINDS[noun]: f"[{','.join(map(writer(noun), values))}]"
        for noun, values in groupby(batch.values, type)
    }
    if batch.actor is not None:
        members["actor"] = quoted(batch.actor)
    if batch.recorded_at is not None:
        members["recorded_at"] = quoted(write_instant(batch.recorded_at))
    return f"{{{','.join(f'{quoted(key)}:{members[key]}' for key in sorted(members))}}}"
