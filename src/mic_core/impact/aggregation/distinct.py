"""Distinct counts: sets of keys for each cell, filled run by run where rows lie together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import compress, pairwise, repeat
from operator import add, mul
from typing import Any

from mic_core.impact.aggregation.cells import (
    CERTAIN,
    POSSIBLE,
    CellKey,
    Numbering,
    grouped,
    rows_of,
)
from mic_core.impact.aggregation.columns import CellGrid, FactColumn, cell_grid
from mic_core.impact.aggregation.facts import FactTable, Mask, Runs
from mic_core.impact.aggregation.states import Crowd, KeyState, MeasureState
from mic_core.model.expressions.measures import DistinctMeasure

_FEW = 16
"""Cells of a key up to which sets are intersected, in C, rather than split key by key: about where
both cost the same (tests/benchmarks/bench_measure.py)."""


def distinct_states(
    table: FactTable, measure: DistinctMeasure, mask: Mask, columns: Sequence[FactColumn]
) -> dict[CellKey, MeasureState]:
    """Distinct counts: sets of key codes, one for each cell and one for the whole."""
    key = _key_column(table, measure.key)
    unknown = frozenset(code for code, label in enumerate(key.labels) if label is None)
    sure = _key_sets(table, key, columns, mask, CERTAIN)
    maybe = _key_sets(table, key, columns, mask, POSSIBLE)
    crowds = _crowds(table, key, unknown, columns, mask) if unknown else {}
    return {
        cell: KeyState(
            _known(sure.get(cell), unknown), _known(maybe.get(cell), unknown),
            crowds.get(cell, {}), key.labels,
        )
        for cell in dict.fromkeys((*sure, *maybe))
    }  # fmt: skip


def _known(keys: set[int] | None, unknown: frozenset[int]) -> frozenset[int]:
    if not keys:
        return frozenset()
    return frozenset(keys - unknown) if unknown else frozenset(keys)


def _crowds(
    table: FactTable, key: FactColumn, unknown: frozenset[int], columns: Sequence[FactColumn],
    mask: Mask,
) -> dict[CellKey, dict[str, Crowd]]:  # fmt: skip
    """The crowds of each cell: rows of which the key is not known.

    They go by their fact; of several rows of one fact by their place among these as well.
    """
    facts, times = table.columns[table.shape.fact], Counter[str]()
    names: dict[int, str] = {}
    for row, code in enumerate(key.codes):
        if code in unknown:
            fact = facts.at(row)
            names[row] = f"{fact} {times[fact]}" if times[fact] else fact
            times[fact] += 1
    crowds: dict[CellKey, dict[str, Crowd]] = {}
    for is_certain, rows in zip((True, False), rows_of(mask), strict=True):
        nameless = [row for row in rows if key.codes[row] in unknown]
        for cell, members in {(): nameless, **grouped(columns, nameless)}.items():
            found = crowds.setdefault(cell, {})
            found.update((names[row], _crowd(table, row, is_certain=is_certain)) for row in members)
    return crowds


def _key_column(table: FactTable, names: Sequence[str]) -> FactColumn:
    """The column of a key; of several columns a joint one, unknown if one of them is."""
    if len(names) == 1:
        return table.column(names[0])
    columns = [table.column(name) for name in names]
    places: dict[Any, int] = {}
    codes = [
        places.setdefault(None if None in labels else labels, len(places))
        for labels in zip(*(column.values() for column in columns), strict=True)
    ]
    return FactColumn(columns[0].shape, "+".join(names), codes, (*places,))


def _key_sets(
    table: FactTable, key: FactColumn, columns: Sequence[FactColumn], mask: Mask, wanted: bytes
) -> dict[CellKey, set[int]]:
    """The key codes of each cell, and of the whole under the empty key.

    `wanted` translates truth values to 1 for the rows that are asked for. Empty without any.
    """
    chosen = mask.translate(wanted)
    if 1 not in chosen:
        return {(): set()}
    runs = table.runs
    bases = {column.base for column in columns}
    if runs is not None and bases <= {runs.base, key.base}:
        grids = [
            cell_grid([each for each in columns if each.base == base])
            for base in (runs.base, key.base)
        ]
        if all(grid.digits is not None for grid in grids):
            return _by_runs(runs, key, columns, chosen, grids)
    rows = [*compress(range(len(mask)), chosen)]
    return _by_pairs(key, columns, rows)


def _by_runs(
    runs: Runs, key: FactColumn, columns: Sequence[FactColumn], chosen: bytes,
    grids: Sequence[CellGrid],
) -> dict[CellKey, set[int]]:  # fmt: skip
    """Key sets filled run by run; dimensions of the key split the sets afterwards."""
    outer, inner = grids
    digits, codes = outer.digits or [0] * (len(runs.starts) - 1), key.codes
    sets: defaultdict[int, set[int]] = defaultdict(set)
    starts = runs.starts
    for digit, (start, end) in zip(digits, pairwise(starts), strict=True):
        sets[digit].update(compress(codes[start:end], chosen[start:end]))
    rest: dict[CellKey, set[int]] = {(): set(compress(codes[starts[-1] :], chosen[starts[-1] :]))}
    if rest[()]:
        rows = [*compress(range(starts[-1], len(codes)), chosen[starts[-1] :])]
        rest = _by_pairs(key, columns, rows)
    found: dict[CellKey, set[int]] = {(): set().union(*sets.values(), rest[()])}
    if columns:
        places = [(0 if each.base == runs.base else 1, place) for place, each in _numbered(columns)]
        for digit, keys in sets.items():
            for part, mine in _split(keys, inner):
                labels = (
                    outer.labels[digit] if outer.labels else (),
                    inner.labels[part] if inner.labels else (),
                )
                found[tuple(labels[side][place] for side, place in places)] = mine
        for cell, keys in rest.items():
            if cell:
                found.setdefault(cell, set()).update(keys)
    return found


def _numbered(columns: Sequence[FactColumn]) -> list[tuple[int, FactColumn]]:
    """Each column with its place among those of its base."""
    seen: dict[str, int] = {}
    found: list[tuple[int, FactColumn]] = []
    for column in columns:
        found.append((seen.get(column.base, 0), column))
        seen[column.base] = seen.get(column.base, 0) + 1
    return found


def _split(keys: set[int], grid: CellGrid) -> Iterable[tuple[int, set[int]]]:
    """The keys of each cell of their base that holds any."""
    digits = grid.digits or ()
    if len(grid.labels) <= 1:
        return [(0, keys)] if keys else []
    if len(grid.labels) <= _FEW:
        members = grid.members()
        return [(part, mine) for part, all_of in enumerate(members) if (mine := keys & all_of)]
    found: dict[int, set[int]] = {}
    for key in keys:
        found.setdefault(digits[key], set()).add(key)
    return found.items()


def _by_pairs(
    key: FactColumn, columns: Sequence[FactColumn], rows: Sequence[int]
) -> dict[CellKey, set[int]]:
    codes = key.codes
    whole = set(map(codes.__getitem__, rows))
    found: dict[CellKey, set[int]] = {(): whole}
    if not columns:
        return found
    numbering = Numbering.of(columns)
    if numbering.is_single:
        # One packed number for each pair of cell and key: a set of them is the group-by.
        width = len(key.labels)
        numbers = map(mul, numbering.of_rows(rows), repeat(width))
        by_number: defaultdict[int, set[int]] = defaultdict(set)
        for pair in set(map(add, numbers, map(codes.__getitem__, rows))):
            number, code = divmod(pair, width)
            by_number[number].add(code)
        found.update((numbering.label(number), keys) for number, keys in by_number.items())
        return found
    return {
        cell: set(map(codes.__getitem__, members))
        for cell, members in {(): rows, **grouped(columns, rows)}.items()
    }


def _crowd(table: FactTable, row: int, *, is_certain: bool) -> Crowd:
    def number(name: str | None) -> int:
        column = table.columns[name] if name is not None else None
        return 1 if column is None else column.at(row) or 1

    return Crowd(number(table.shape.heads), number(table.shape.crowd), is_certain)
