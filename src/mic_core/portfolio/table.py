"""A persistent table of the current rows of one kind: the logarithmic method, as in LSM trees.

A table is a tuple of runs, the oldest and largest first. Adding rows makes a new run and merges it
with the runs before it that are not at least twice as large, so each row is copied O(log n) times
in any sequence of additions. A look-up tries the newest run first. Indexes belong to runs and are
made on first use; a run never changes, so they stay valid.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar, cast

import attrs

N = TypeVar("N")
R = TypeVar("R")


def append_run(
    runs: tuple[R, ...], new: R, size: Callable[[R], int], join: Callable[[list[R]], R]
) -> tuple[R, ...]:
    """Add a run, merged with earlier ones so that sizes at least double from right to left.

    >>> append_run((8, 4, 2), 1, size=int, join=sum)
    (8, 4, 2, 1)
    >>> append_run((8, 4, 2, 1), 1, size=int, join=sum)
    (16,)
    """
    kept = list(runs)
    merged, total = [new], size(new)
    while kept and size(kept[-1]) < 2 * total:
        merged.insert(0, kept.pop())
        total += size(merged[0])
    return (*kept, join(merged) if len(merged) > 1 else new)


def field_values(row: object, field: str) -> tuple[object, ...]:
    """The values of a field of a row: its items if it is a tuple, else its one value."""
    value: object = getattr(row, field)
    return cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)


@attrs.frozen(eq=False)
class Run(Generic[N]):
    """Immutable rows by id; `indexes` maps field, then value, to ids, and is filled on demand."""

    rows: dict[str, N | None]
    indexes: dict[str, dict[object, list[str]]] = attrs.field(
        factory=dict[str, dict[object, list[str]]], init=False
    )

    def ids(self, field: str, value: object) -> Sequence[str]:
        """Ids of the rows whose field is, or contains, the value; O(1) after the first call."""
        index = self.indexes.get(field)
        if index is None:
            index = self.indexes[field] = _index(self.rows, field)
        return index.get(value, ())


def _index(rows: Mapping[str, object], field: str) -> dict[object, list[str]]:
    index: dict[object, list[str]] = {}
    for id, row in rows.items():
        if row is not None:
            for each in dict.fromkeys(field_values(row, field)):
                index.setdefault(each, []).append(id)
    return index


@attrs.frozen(eq=False)
class Table(Generic[N]):
    """The current rows of one kind, by id; `size` is their number.

    An id may be in several runs; the newest run has the current row.
    """

    runs: tuple[Run[N], ...] = ()
    size: int = 0
    _sorted: list[tuple[N, ...]] = attrs.field(factory=list[tuple[N, ...]], init=False)

    def get(self, id: str) -> N | None:
        """The current row with that id; None where there is none."""
        for run in reversed(self.runs):
            row = run.rows.get(id)
            if row is not None or id in run.rows:
                return row
        return None

    def where(self, field: str, value: object) -> list[N]:
        """The current rows whose field is, or contains, the value; in no particular order."""
        found: list[N] = []
        newer: list[dict[str, N | None]] = []
        for run in reversed(self.runs):
            ids = run.ids(field, value)
            for rows in newer:
                ids = [id for id in ids if id not in rows]
            # A tombstone is in no index, so that all of these are rows.
            found += cast("Iterable[N]", map(run.rows.__getitem__, ids))
            newer.append(run.rows)
        return found

    def all(self) -> tuple[N, ...]:
        """All current rows in the order of their ids. O(n log n) on the first call."""
        if not self._sorted:
            rows = self.runs[0].rows if len(self.runs) == 1 else _join([*self.runs]).rows
            ordered = map(rows.__getitem__, sorted(rows))
            # No row is false, so that this leaves out tombstones alone.
            self._sorted.append(tuple(filter(None, ordered)))
        return self._sorted[0]

    def with_rows(self, rows: dict[str, N]) -> "Table[N]":
        """A table in which these rows supersede those of the same id."""
        new = sum(self.get(id) is None for id in rows) if self.runs else len(rows)
        return Table(self._with(cast("dict[str, N | None]", rows)), self.size + new)

    def without(self, ids: Iterable[str]) -> "Table[N]":
        """A table without the rows of these ids: a tombstone for each that there is."""
        known = [id for id in dict.fromkeys(ids) if self.get(id) is not None]
        if not known:
            return self
        return Table(self._with(dict.fromkeys(known)), self.size - len(known))

    def _with(self, rows: dict[str, N | None]) -> tuple[Run[N], ...]:
        return append_run(self.runs, Run(rows), lambda run: len(run.rows), _join)


def _join(runs: list[Run[N]]) -> Run[N]:
    """Merge runs, given the oldest first, so that newer rows win."""
    return Run({id: row for run in runs for id, row in run.rows.items()})
