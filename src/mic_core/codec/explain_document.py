"""Slow path of document reading, with error recovery: reports all problems with their JSON paths.

Rows that the fast readers accept are taken from them; only the others are explained. Beyond
`MOST_PROBLEMS` problems, further ones are counted but not explained, which bounds the cost.
"""

from typing import Any, TypeVar

import attrs

from mic_core.codec.conversion import FIRST_SCHEMA, convert_first_schema, convert_indicators
from mic_core.codec.explain import (
    BAD,
    MOST_PROBLEMS,
    check_keys,
    is_list,
    is_object,
    read,
    read_class,
)
from mic_core.codec.fast import DOUBTS, rows_reader
from mic_core.codec.limits import Limits
from mic_core.codec.parse import document_error
from mic_core.errors import ParseError, Problem
from mic_core.fields import Found, Id, Instant, Maybe, describe, refuse
from mic_core.model import NOUNS, Noun
from mic_core.portfolio import Batch

T = TypeVar("T")

FORMAT = "mic_core.portfolio"
SCHEMA = 2
"""The schema that documents are written in; those of schema 1 are converted as they are read."""

_TOP = ["batches", "format", "schema"]
_BATCH = ["actor", "recorded_at", *NOUNS]
_EMPTY = Batch(values=())


def count_nouns(batches: list[object], limits: Limits) -> None:
    """Raise ParseError for more nouns than the limit; a batch of none counts as one."""
    count = sum(map(_size, batches))
    if count > limits.items:
        raise document_error(f"must hold at most {limits.items} nouns", f"{count}")


def _size(batch: object) -> int:
    """Number of nouns in a batch, and 1 for a batch of none, which costs time as well."""
    rows = batch.values() if is_object(batch) else ()
    return sum(len(each) for each in rows if is_list(each)) or 1


def explain_document(tree: object, limits: Limits) -> list[Batch]:
    """The batches of a parsed document; raises ParseError with every problem."""
    if not is_object(tree):
        raise document_error("must be an object", describe(tree))
    reader = _RecoveringReader()
    batches = reader.document(tree, limits)
    if reader.found:
        raise ParseError("document", reader.problems())
    return batches


@attrs.define
class _RecoveringReader:
    """Reader with error recovery: accumulates problems, up to a limit, and goes on.

    `found` holds the problems, `dropped` is the number of those beyond the limit.
    """

    found: Found = attrs.field(factory=list[Problem])
    dropped: int = 0

    def problems(self) -> list[Problem]:
        """The problems up to the limit, then one that counts the others."""
        if len(self.found) < MOST_PROBLEMS:
            return self.found
        more = len(self.found) - MOST_PROBLEMS + self.dropped
        had = f"at least {more} more problems" if more else "perhaps more problems"
        rest = Problem(path="$", rule="must be mended as well", had=had)
        return [*self.found[:MOST_PROBLEMS], rest]

    def document(self, members: dict[str, object], limits: Limits) -> list[Batch]:
        """The batches of a document, without the parts that are invalid."""
        check_keys(members, _TOP, "$", self.found)
        if members.get("format") != FORMAT:
            refuse(self.found, "$.format", f'must be "{FORMAT}"', members.get("format"))
        self.schema(members.get("schema"))
        batches = members.get("batches")
        if not is_list(batches):
            refuse(self.found, "$.batches", "must be a list", batches)
            return []
        count_nouns(batches, limits)
        first = members.get("schema") == FIRST_SCHEMA
        # Early documents of schema 2 have the indicators of schema 1.
        self.add(convert_first_schema(batches) if first else convert_indicators(batches), None)
        return [self.batch(each, f"$.batches[{n}]") for n, each in enumerate(batches)]

    def schema(self, version: object) -> None:
        """Check the version of the schema; a newer one gets a hint."""
        if type(version) is int and version > SCHEMA:
            mend = "it was written by a newer version of mic_core"
            refuse(self.found, "$.schema", f"must be {SCHEMA}", version, mend)
        elif type(version) is not int or version not in (FIRST_SCHEMA, SCHEMA):
            refuse(self.found, "$.schema", f"must be {SCHEMA}", version)

    def batch(self, members: object, path: str) -> Batch:
        """One batch, without the parts that are invalid."""
        mine: Found = []
        if not members and is_object(members):
            return _EMPTY
        if not is_object(members):
            if len(self.found) >= MOST_PROBLEMS:
                self.dropped += 1
            else:
                refuse(self.found, path, "must be an object", members)
            return _EMPTY
        moment: Any = None  # Any: invalid values end in an error and are never used
        actor: Any = None
        if len(self.found) < MOST_PROBLEMS:
            check_keys(members, _BATCH, path, mine)
            given = members.get("recorded_at")
            moment = read(Maybe(Instant()), given, f"{path}.recorded_at", mine)
            actor = Maybe(Id()).settle(members.get("actor"), f"{path}.actor", mine)
            moment = self.add(mine, None if moment is BAD else moment)
        values: list[Noun] = []
        for kind, rows in members.items():
            if kind in NOUNS:
                values += self.rows(NOUNS[kind], rows, f"{path}.{kind}")
        return Batch(recorded_at=moment, actor=actor, values=tuple(values))

    def add(self, problems: Found, result: T) -> T:
        """Add problems up to the limit and count the others; returns `result`."""
        room = max(0, MOST_PROBLEMS - len(self.found))
        self.found += problems[:room]
        self.dropped += len(problems[room:])
        return result

    def rows(self, noun: type[Noun], rows: object, path: str) -> list[Any]:
        """The valid values of one kind; only rows that the fast reader refuses are explained."""
        values: list[Any] = []
        if not is_list(rows):
            mine: Found = []
            refuse(mine, path, "must be a list", rows)
            return self.add(mine, values)
        read_rows = rows_reader(noun)
        for n, row in enumerate(rows):
            try:
                values += read_rows([row])
            except DOUBTS:
                values += self.row(noun, row, f"{path}[{n}]")
        return values

    def row(self, noun: type[Noun], row: object, path: str) -> list[Any]:
        """One value read by the slow path; beyond the limit of problems it is only counted."""
        if len(self.found) >= MOST_PROBLEMS:
            self.dropped += 1
            return []
        value = read_class(noun, row, path, self.found)
        return [] if value is BAD else [value]
