"""Persistence of an append-only log in tables: rows to write after a record, rows to load a scope.

A table holds one row for each value ever recorded: the noun, when it was recorded, and by whom. A
row is identified by its kind, id and instant, because of what is recorded twice at one instant only
the last counts. So an app writes the rows of `to_rows` with an upsert, and deletes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from inspect import signature
from typing import Any

import attrs

from mic_core.codec.explain import MOST_PROBLEMS
from mic_core.codec.tables.columns import RECORDED_AT, RECORDED_BY, FieldCell, noun_class
from mic_core.codec.tables.rows import Cells, Row, cell_value, cells_of, read_row, to_row
from mic_core.codec.text import write_instant
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import (
    Called,
    Found,
    Id,
    Instant,
    Maybe,
    Subject,
    fields_of,
    is_a,
    refuse,
    sound,
)
from mic_core.ids import cite, is_id, split
from mic_core.model import KINDS, NOUNS, Noun, Program
from mic_core.model.references import references
from mic_core.model.vocabulary import SCOPE_KINDS
from mic_core.portfolio import Batch, Portfolio, Scope, members
from mic_core.portfolio.log import Key, key_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.scope import scope_ids
from mic_core.portfolio.slices import CITING, IDENTIFIED, OF_REFERENTS, PARTS_OF, PartsOf
from mic_core.portfolio.table import field_values

Fetch = Callable[[str, str, tuple[str, ...]], Iterable[Cells]]
"""Rows of a table in which a column holds one of some ids: `fetch(kind, column, ids)`.

Both columns of the history are among the cells. A JSON column holds an id if the id is one of the
texts anywhere within it. Rows too many are ignored.
"""

_ALWAYS = datetime.min.replace(tzinfo=UTC)
"""The first instant of the year 1, as which a primary key can hold "always known"."""

_AT = FieldCell(column=RECORDED_AT, part="", shape=Instant(), required=False, default=None)
_HISTORY = frozenset({RECORDED_AT, RECORDED_BY})

StoredNoun = tuple[datetime | None, str | None, Noun]
"""A noun with when it was recorded, None for always, and by whom."""

ReadEntry = Callable[[type[Noun], Cells], StoredNoun]
"""A function that reads one row of a class of nouns; it raises ParseError."""


def to_rows(portfolio: Portfolio, *, since: Portfolio | None = None) -> dict[str, list[Row]]:
    """The rows to write, by kind, so that tables that held `since` hold `portfolio`.

    A row is that of `to_row` with `recorded_at`, the first instant of the year 1 for what has
    always been known, and `recorded_by`. Without `since`, these are the rows of the whole history.
    With the portfolio as it was loaded, they are those of the batches recorded after. Write each
    with an upsert by `id` and `recorded_at`: a value that supersedes another of the same instant
    has the key of that one. The rows that `erase` changes are among them.

    Raises InvariantError where `since` holds an id and instant that `portfolio` does not, which no
    recording explains, and for two values under one id at one instant, which have one place in a
    table. O(n) over both logs.

    >>> from mic_core.model import Room
    >>> room = Room(id="r-1", center_id="mic-brussels", name="Montoyer", seats=40)
    >>> portfolio = Portfolio.of(room)
    >>> at = datetime(2014, 9, 10, 8, tzinfo=UTC)
    >>> later = portfolio.record(attrs.evolve(room, seats=60), recorded_at=at, actor="desk")
    >>> [(row["seats"], row["recorded_at"]) for row in to_rows(later)["room"]]
    [(40, '0001-01-01T00:00:00Z'), (60, '2014-09-10T08:00:00Z')]
    >>> [(row["seats"], row["recorded_by"]) for row in to_rows(later, since=portfolio)["room"]]
    [(60, 'desk')]
    """
    sound("to_rows", portfolio=(portfolio, PORTFOLIO), since=(since, Maybe(PORTFOLIO)))
    found: Found = []
    old = {} if since is None else _by_key(since, found)
    new = _by_key(portfolio, found)
    rule, mend = "must still hold all that was loaded", "give what `record` returned"
    lost = sorted({(kind, id) for kind, id, _ in old.keys() - new.keys()})
    found += [Problem(path=cite(*key), rule=rule, mend=mend) for key in lost]
    if found:
        raise InvariantError("to_rows", found)
    rows: dict[str, list[Row]] = {}
    for key, (actor, noun) in new.items():
        if old.get(key) != (actor, noun):
            kind, _, moment = key
            history: Row = {RECORDED_AT: write_instant(moment or _ALWAYS), RECORDED_BY: actor}
            rows.setdefault(kind, []).append({**to_row(noun), **history})
    return rows


def _by_key(
    portfolio: Portfolio, found: Found
) -> dict[tuple[str, str, datetime | None], tuple[str | None, Noun]]:
    """All that was ever recorded, by what identifies a row; twins are added to `found`."""
    entries: dict[tuple[str, str, datetime | None], tuple[str | None, Noun]] = {}
    for batch in portfolio.log:
        for noun in batch.values:
            key = (*key_of(noun), batch.recorded_at)
            if key in entries:
                rule, mend = "must have one value at each instant", "leave one of them out"
                found.append(Problem(path=cite(*key[:2]), rule=rule, mend=mend))
            entries[key] = batch.actor, noun
    return entries


def from_rows(rows: Mapping[str, Iterable[Cells]]) -> Portfolio:
    """The portfolio that stored rows hold, in any order: `from_rows(to_rows(p)) == p`.

    `rows` are by kind. Each has its `recorded_at`, where None means always known too, and perhaps
    `recorded_by`; all else is as `from_row` has it. An illegal history is kept, for `check` to
    report. Raises ParseError with the problems of all rows, as `room[3].seats`, 1,000 of them
    at most, and InvariantError for what are no rows by kind. O(n log n).

    >>> from_rows({"room": [], "person": []})
    Portfolio()
    """
    found: Found = []
    by_kind: dict[str, Iterable[Cells]] | None = None
    with suppress(Exception):  # of the app, and perhaps with a text of the rows
        by_kind = {**rows}
    if by_kind is None:
        refuse(found, "rows", "must be a mapping of kinds to rows", rows)
        raise InvariantError("from_rows", found)
    entries = [
        entry
        for kind, listed in by_kind.items()
        for entry in _read_entries("from_rows", kind, listed, found)
    ]
    if found:
        raise ParseError("rows", found)
    return _portfolio(entries)


def _read_entry(cls: type[Noun], row: Cells) -> StoredNoun:
    """A noun and its history; raises ParseError with what is wrong with either."""
    cells = cells_of(cls.__name__, row)
    found: Found = []
    if RECORDED_AT not in cells:
        found.append(Problem(path=RECORDED_AT, rule="must be given"))
    moment: Any = cell_value(_AT, cells, found)
    actor: Any = Maybe(Id()).settle(cells.get(RECORDED_BY), RECORDED_BY, found)
    noun: Any = None
    try:
        noun = read_row(cls, {name: cells[name] for name in cells if name not in _HISTORY})
    except ParseError as error:
        found += error.problems
    if found:
        raise ParseError(cls.__name__, found)
    return None if moment == _ALWAYS else moment, actor, noun


def _read_entries(
    verb: str, kind: str, rows: Iterable[Cells], found: Found, read: ReadEntry = _read_entry
) -> list[StoredNoun]:
    """The nouns in rows of a kind; problems are added to `found`, 1,000 at most."""
    cls = noun_class(verb, kind)
    if not hasattr(type(rows), "__iter__"):
        wrong: Found = []
        refuse(wrong, KINDS[cls], "must be rows, in a list or the like", rows)
        raise InvariantError(verb, wrong)
    entries: list[StoredNoun] = []
    for place, row in enumerate(rows):
        try:
            entries.append(read(cls, row))
        except ParseError as error:
            room = MOST_PROBLEMS - len(found)
            found += [each.under(f"{KINDS[cls]}[{place}]") for each in error.problems[:room]]
    return entries


def _portfolio(entries: Iterable[StoredNoun]) -> Portfolio:
    batches: dict[tuple[datetime | None, str | None], list[Noun]] = {}
    for recorded_at, actor, noun in entries:
        batches.setdefault((recorded_at, actor), []).append(noun)
    return Portfolio.replay(
        Batch(recorded_at=recorded_at, actor=actor, values=tuple(values))
        for (recorded_at, actor), values in batches.items()
    )


def load_scope(scope: Scope, fetch: Fetch) -> Portfolio:
    """The part of a stored portfolio that questions about a scope need, without reading the rest.

    The result is `slice` of the whole with that scope: its parts, their participants, all they
    refer to, each with its history. `fetch(kind, column, ids)` is a function of the app that
    returns the rows of a table in which the column holds one of the ids, both columns of the
    history included. In a JSON column it looks for the ids among all texts within; in a column of
    citations ids are `kind:id`. Rows too many are ignored. Let all calls see one state of the
    database, as in one transaction.

    A breadth-first closure over the references: each round queries each column once, and no id
    twice, so the number of calls does not grow with the number of rows. Errors of `fetch` are not
    caught. Raises NotFound for an unknown scope, ParseError for rows that cannot be read, and
    InvariantError for what is no scope or no function.

    >>> from mic_core.model import Center
    >>> center = Center(id="mic-mons", name="Mons", country="BE", time_zone="Europe/Brussels")
    >>> tables = to_rows(Portfolio.of(center))
    >>> def fetch(kind, column, ids):
    ...     return [row for row in tables.get(kind, []) if row[column] in ids]
    >>> load_scope("mic-mons", fetch)
    Portfolio(center: 1)
    """
    _check_fetch(fetch)
    loading = _Loading(fetch)
    loading.load(_scope_keys(scope))
    kept = loading.close_over_parts(set(members(_portfolio(loading.entries()), scope)), PARTS_OF)
    kept |= loading.find_referents(kept)
    kept |= loading.find_records_of_one(kept)
    kept = loading.close_over_parts(kept, OF_REFERENTS)
    kept |= loading.find_referents(kept)
    kept |= loading.find_holders("retraction", "subject", {cite(*key) for key in kept})
    return _portfolio(entry for key in sorted(kept) for entry in loading.histories[key])


def _check_fetch(fetch: Fetch) -> None:
    """Raise InvariantError for what cannot be called with a kind, a column and ids."""
    sound("load_scope", fetch=(fetch, Called()))
    if not _takes_ids(fetch):
        rule = "must take a kind, a column and a tuple of ids"
        raise InvariantError("load_scope", [Problem(path="fetch", rule=rule)])


def _takes_ids(fetch: Fetch) -> bool:
    """True if a function can be called with a kind, a column and ids, if it shows its signature."""
    try:
        signature(fetch).bind("room", "id", ())
    except TypeError:
        return False
    except ValueError:  # a function that is not written in Python may hide its signature
        return True
    return True


def _scope_keys(scope: object) -> set[Key]:
    """The keys that a scope may name: an id of any of its kinds, or a citation."""
    ids = scope_ids(scope, "scope", [])
    keys = {(kind, id) for id in ids for kind in SCOPE_KINDS}
    cited = {split(id) for id in ids}
    keys |= {(kind, id) for kind, id in cited if kind in SCOPE_KINDS}
    return {(kind, id) for kind, id in keys if is_id(id)}


_CITABLE: dict[str, tuple[str, ...]] = {
    kind: field.shape.kinds
    for kind, column in CITING
    for field in fields_of(NOUNS[kind])
    if field.name == column and isinstance(field.shape, Subject)
}
"""The kinds of which the subject of each citing kind may be; no others are queried."""


@attrs.frozen(eq=False)
class _Loading:
    """The state of a closure: histories by key, and the ids queried so far by column."""

    fetch: Fetch
    histories: dict[Key, list[StoredNoun]] = attrs.field(factory=dict[Key, list[StoredNoun]])
    queried: dict[tuple[str, str], set[str]] = attrs.field(factory=dict[tuple[str, str], set[str]])
    found: dict[tuple[str, str, str], set[Key]] = attrs.field(
        factory=dict[tuple[str, str, str], set[Key]]
    )
    versions: dict[Key, list[tuple[dict[str, Any], StoredNoun]]] = attrs.field(
        factory=dict[Key, list[tuple[dict[str, Any], StoredNoun]]]
    )

    def entries(self) -> Iterable[StoredNoun]:
        """All that has been loaded."""
        return (entry for history in self.histories.values() for entry in history)

    def load(self, keys: Iterable[Key]) -> None:
        """Load the histories of these ids, where there are such."""
        by_kind: dict[str, set[str]] = {}
        for kind, id in keys:
            by_kind.setdefault(kind, set()).add(id)
        for kind in sorted(by_kind):
            for entry in self.query(kind, "id", by_kind[kind]):
                self.histories.setdefault((kind, entry[2].id), []).append(entry)

    def query(self, kind: str, column: str, ids: set[str]) -> list[StoredNoun]:
        """The rows in which a column holds one of the ids, of ids that were not queried before."""
        queried = self.queried.setdefault((kind, column), set())
        new = ids - queried
        if not new:
            return []
        queried |= new
        problems: Found = []
        rows = self.fetch(kind, column, tuple(sorted(new)))
        entries = _read_entries("load_scope", kind, rows, problems, self.read)
        if problems:
            raise ParseError("rows", problems)
        return [entry for entry in entries if not new.isdisjoint(_ids_in(entry[2], column))]

    def read(self, cls: type[Noun], row: Cells) -> StoredNoun:
        """The noun of a row with its history; rows fetched by several columns are read once."""
        cells = cells_of(cls.__name__, row)
        id = cells.get("id")
        key = KINDS[cls], id if is_a(id, str) else ""
        for known, entry in self.versions.get(key, ()):
            if known == cells:
                return entry
        entry = _read_entry(cls, cells)
        self.versions.setdefault(key, []).append((cells, entry))
        return entry

    def find_holders(self, kind: str, column: str, ids: set[str]) -> set[Key]:
        """The entities that once had one of the ids in a column, their histories loaded."""
        for _, _, noun in self.query(kind, column, ids):
            for id in _ids_in(noun, column):
                self.found.setdefault((kind, column, id), set()).add((kind, noun.id))
        keys = {key for id in ids for key in self.found.get((kind, column, id), ())}
        self.load(keys)
        return keys

    def close_over_parts(self, keys: set[Key], parts: PartsOf) -> set[Key]:
        """These entities and all their parts."""
        kept: set[Key] = set()
        while keys:
            kept |= keys
            keys = self.find_parts(keys, parts) - kept
        return kept

    def find_parts(self, keys: set[Key], parts: PartsOf) -> set[Key]:
        """The entities that name one of these in a column of its parts, or cite it."""
        asks: dict[tuple[str, str], set[str]] = {}
        for key in keys:
            for pair in parts.get(key[0], ()):
                asks.setdefault(pair, set()).add(key[1])
            for pair in CITING:
                if key[0] in _CITABLE[pair[0]]:
                    asks.setdefault(pair, set()).add(cite(*key))
        return {key for pair in sorted(asks) for key in self.find_holders(*pair, asks[pair])}

    def find_records_of_one(self, keys: set[Key]) -> set[Key]:
        """The identities of these participants, and all other records of them."""
        reached: set[Key] = set()
        waiting = {key for key in keys if key[0] in IDENTIFIED}
        while waiting:
            ids = {cite(*key) for key in waiting}
            new = self.find_holders("identity", "kept", ids)
            new |= self.find_holders("identity", "merged", ids)
            new = (new | self.find_referents(new)) - reached
            reached |= new
            waiting = {key for key in new if key[0] in IDENTIFIED}
        return reached

    def find_referents(self, keys: set[Key]) -> set[Key]:
        """The entities that these refer to, directly or not: a transitive closure."""
        reached: set[Key] = set()
        while keys:
            targets = {
                (kind, reference.id)
                for key in keys
                for _, _, noun in self.histories[key]
                for reference in references(noun)
                for kind in reference.kinds
            }
            modules = {id for kind, id in targets if kind == "module"}
            self.load(key for key in targets if key[0] != "module")
            homes = self.find_holders("program", "modules", modules)
            keys = (targets & self.histories.keys() | homes) - reached
            reached |= keys
        return reached


def _ids_in(noun: Noun, column: str) -> tuple[Any, ...]:
    """The ids, or citations, that a column holds; of a program its modules."""
    if isinstance(noun, Program) and column == "modules":
        return tuple(module.id for module in noun.modules)
    return field_values(noun, column)
