"""Reading whole documents the explaining way: all problems, each with its path from the root."""

from typing import Any, TypeVar

import attrs

from mic_core.codec.conversion import FIRST_SCHEMA, convert_first_schema
from mic_core.codec.explain import (
    BAD,
    MOST_PROBLEMS,
    is_list,
    is_object,
    known_keys,
    read,
    read_class,
)
from mic_core.codec.fast import DOUBTS, rows_reader
from mic_core.codec.limits import Limits
from mic_core.codec.parse import refused
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
    """Raise ParseError if the batches hold more nouns than allowed."""
    count = sum(
        len(rows)
        for batch in batches
        if is_object(batch)
        for rows in batch.values()
        if is_list(rows)
    )
    if count > limits.items:
        raise refused(f"must hold at most {limits.items} nouns", f"{count}")


def explain_document(tree: object, limits: Limits) -> list[Batch]:
    """The batches of a document; raises ParseError with all that is wrong."""
    if not is_object(tree):
        raise refused("must be an object", describe(tree))
    telling = _Telling()
    batches = telling.document(tree, limits)
    if telling.found:
        raise ParseError("document", telling.problems())
    return batches


@attrs.define
class _Telling:
    """What has been found wrong so far."""

    found: Found = attrs.field(factory=list[Problem])
    untold: int = 0

    def problems(self) -> list[Problem]:
        """The first problems, and how many more there are."""
        if len(self.found) < MOST_PROBLEMS:
            return self.found
        more = len(self.found) - MOST_PROBLEMS + self.untold
        had = f"at least {more} more problems" if more else "perhaps more problems"
        rest = Problem(path="$", rule="must be mended as well", had=had)
        return [*self.found[:MOST_PROBLEMS], rest]

    def document(self, members: dict[str, object], limits: Limits) -> list[Batch]:
        """The batches of a document, as far as they can be read."""
        known_keys(members, _TOP, "$", self.found)
        if members.get("format") != FORMAT:
            refuse(self.found, "$.format", f'must be "{FORMAT}"', members.get("format"))
        self.schema(members.get("schema"))
        batches = members.get("batches")
        if not is_list(batches):
            refuse(self.found, "$.batches", "must be a list", batches)
            return []
        count_nouns(batches, limits)
        if members.get("schema") == FIRST_SCHEMA:
            self.tell(convert_first_schema(batches), None)
        return [self.batch(each, f"$.batches[{place}]") for place, each in enumerate(batches)]

    def schema(self, version: object) -> None:
        """Judge the version of the schema."""
        if type(version) is int and version > SCHEMA:
            mend = "it was written by a newer version of mic_core"
            refuse(self.found, "$.schema", f"must be {SCHEMA}", version, mend)
        elif type(version) is not int or version not in (FIRST_SCHEMA, SCHEMA):
            refuse(self.found, "$.schema", f"must be {SCHEMA}", version)

    def batch(self, members: object, path: str) -> Batch:
        """A batch, as far as it can be read."""
        mine: Found = []
        if not is_object(members):
            refuse(mine, path, "must be an object", members)
            return self.tell(mine, _EMPTY)
        moment: Any = None  # typed Any: what is not right is not used
        actor: Any = None
        if len(self.found) < MOST_PROBLEMS:
            known_keys(members, _BATCH, path, mine)
            given = members.get("recorded_at")
            moment = read(Maybe(Instant()), given, f"{path}.recorded_at", mine)
            actor = Maybe(Id()).settle(members.get("actor"), f"{path}.actor", mine)
            moment = self.tell(mine, None if moment is BAD else moment)
        values: list[Noun] = []
        for kind, rows in members.items():
            if kind in NOUNS:
                values += self.rows(NOUNS[kind], rows, f"{path}.{kind}")
        return Batch(recorded_at=moment, actor=actor, values=tuple(values))

    def tell(self, problems: Found, result: T) -> T:
        """Add problems while there is room, and count the others; gives the result back."""
        room = max(0, MOST_PROBLEMS - len(self.found))
        self.found += problems[:room]
        self.untold += len(problems[room:])
        return result

    def rows(self, noun: type[Noun], rows: object, path: str) -> list[Any]:
        """The values of one kind that are right; only rows that are not are looked at closely."""
        values: list[Any] = []
        if not is_list(rows):
            mine: Found = []
            refuse(mine, path, "must be a list", rows)
            return self.tell(mine, values)
        quick = rows_reader(noun)
        for place, row in enumerate(rows):
            try:
                values += quick([row])
            except DOUBTS:
                values += self.row(noun, row, f"{path}[{place}]")
        return values

    def row(self, noun: type[Noun], row: object, path: str) -> list[Any]:
        """One value read the explaining way, while there is room to tell what is wrong."""
        if len(self.found) >= MOST_PROBLEMS:
            self.untold += 1
            return []
        value = read_class(noun, row, path, self.found)
        return [] if value is BAD else [value]
