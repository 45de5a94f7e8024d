"""Whole documents: from bytes to a portfolio and back."""

import json
from collections.abc import Sized
from itertools import groupby
from typing import Any

from mic_core.codec.conversion import FIRST_SCHEMA, convert_first_schema
from mic_core.codec.explain_document import FORMAT, SCHEMA, count_nouns, explain_document
from mic_core.codec.fast import DOUBTS, rows_reader
from mic_core.codec.limits import Limits
from mic_core.codec.parse import (
    bracket_outline,
    check_outline,
    encoded,
    marks,
    parse_marked,
    quickest,
)
from mic_core.codec.text import read_instant, write_instant
from mic_core.codec.write import quoted, writer
from mic_core.fields import Maybe, Value, Whole, sound
from mic_core.model import KINDS, NOUNS, Noun
from mic_core.portfolio import Batch, Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO

_LIMITS, _OF_LIMITS, _INDENT = Limits(), Value(Limits), Maybe(Whole(most=100))
_DEPTH_OF_ROWS = 5


def loads(document: str | bytes, *, limits: Limits = _LIMITS) -> Portfolio:
    """Read a portfolio from its JSON document.

    Strict: nothing is guessed, no key is ignored, none may stand twice. A number is whole by its
    value, so 40.0 is 40, as JSON Schema has it. A document as `dumps`
    writes it comes back as the same portfolio; one made by hand may be in any order. Histories
    that are not legal are kept, for `check` to report. A document of schema 1 is converted: the
    `original_start` of a session becomes `original_on`, its local date at the center.

    Raises ParseError, and nothing else whatever the document, with all problems and their paths
    (of more than 1,000 the rest is counted), and InvariantError for limits that are none.
    O(n log n). Quicker where orjson is installed, with the same results.

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
    raw = encoded(document, limits)
    rough = marks(raw)
    if rough.count(b"[") > limits.containers:
        check_outline(bracket_outline(raw), limits)
    batches = _quick(raw, rough, limits)
    if batches is None:
        check_outline(bracket_outline(raw), limits)
        batches = explain_document(parse_marked(raw), limits)
    return Portfolio.replay(batches)


def _quick(raw: bytes, rough: bytes, limits: Limits) -> list[Batch] | None:
    """The batches of a document that is right; None where it must be looked at closely."""
    parser = quickest()
    try:
        tree = parser.read(raw)
        batches = _batches(tree, limits)
    except DOUBTS:
        return None
    if limits.depth >= _DEPTH_OF_ROWS and len(rough) == _flat_marks(tree):
        return batches
    shape = bracket_outline(raw)
    check_outline(shape, limits)
    # Parsers drop members whose key was repeated, so what is written back has fewer commas.
    return batches if bracket_outline(parser.write(tree)) == shape else None


def _batches(tree: Any, limits: Limits) -> list[Batch]:
    listed = tree["batches"]
    right = tree["format"] == FORMAT and tree["schema"].__class__ is int
    if not right or len(tree) != 3 or listed.__class__ is not list:
        raise LookupError
    count_nouns(listed, limits)
    if tree["schema"] != SCHEMA and (
        tree["schema"] != FIRST_SCHEMA or convert_first_schema(listed)
    ):
        raise LookupError
    return [_batch(each) for each in listed]


def _batch(members: dict[str, Any]) -> Batch:
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
    """How many brackets and commas the document has if rows hold neither lists nor objects.

    A document never has fewer. Where it has no more, counting those inside of texts, then no key
    is repeated, no text holds such a mark, and nothing is nested below the rows.
    """
    batches: list[dict[str, Any]] = tree["batches"]
    listed: list[list[Sized]] = [
        rows for batch in batches for kind, rows in batch.items() if kind in NOUNS
    ]
    above: list[Sized] = [tree, batches, *batches, *listed]
    in_rows = sum(sum(map(len, rows)) + len(rows) for rows in listed)
    return in_rows + sum(1 + max(1, len(each)) for each in above)


def dumps(portfolio: Portfolio, *, indent: int | None = None) -> str:
    """Write a portfolio as its JSON document, history included.

    Canonical: equal portfolios give the same text, with keys sorted, values sorted by kind and id,
    defaults left out and no needless escapes. `indent` spreads it over lines for people to read;
    None writes no spaces at all. O(n).

    Raises InvariantError for what is no portfolio, an indent below 0 or above 100, and for
    requirements nested too deeply to be read again.

    >>> from mic_core.model import Room
    >>> dumps(Portfolio.of(Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40)))
    '{"batches":[{"room":[{"center_id":"mic-brussels","id":"r-1","name":"Montoyer","seats":40}]}],\
"format":"mic_core.portfolio","schema":2}'
    """
    sound("dumps", portfolio=(portfolio, PORTFOLIO), indent=(indent, _INDENT))
    batches = ",".join(map(_written, portfolio.log))
    text = f'{{"batches":[{batches}],"format":"{FORMAT}","schema":{SCHEMA}}}'
    if indent is None:
        return text
    return json.dumps(json.loads(text), ensure_ascii=False, indent=indent)


def _written(batch: Batch) -> str:
    members = {
        KINDS[noun]: f"[{','.join(map(writer(noun), values))}]"
        for noun, values in groupby(batch.values, type)
    }
    if batch.actor is not None:
        members["actor"] = quoted(batch.actor)
    if batch.recorded_at is not None:
        members["recorded_at"] = quoted(write_instant(batch.recorded_at))
    return f"{{{','.join(f'{quoted(key)}:{members[key]}' for key in sorted(members))}}}"
