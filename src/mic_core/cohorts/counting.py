"""Grouped counts: the queries over fact tables that all figures of cohorts are evaluated from.

A query has keys, conditions, and columns to count distinct labels of; its answer is a whole number
for each combination of labels. Evaluation never sees a row, so another engine needs to answer the
queries only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any

import attrs

from mic_core.impact.aggregation.cells import CERTAIN
from mic_core.impact.aggregation.columns import FactColumn, Label
from mic_core.impact.aggregation.facts import FactTable, selected
from mic_core.impact.tables.build import FactTables
from mic_core.model.expressions.measures import Where, where

Counts = Mapping[tuple[Label, ...], int]
"""The number of rows, or of distinct labels, for each combination of labels of the keys."""


@attrs.frozen(kw_only=True)
class GroupedCount:
    """A grouped count over one fact table: rows for each combination of the labels of its keys.

    Rows count that certainly meet all conditions of `where`. `distinct` names columns of which the
    different combinations of labels count in place of the rows; empty: rows.
    """

    table: str
    keys: tuple[str, ...]
    where: tuple[Where, ...] = ()
    distinct: tuple[str, ...] = ()


YES, NO = True, False
"""The labels of flags, in conditions."""

_EXPECTED = where("expected", "==", YES)
_PRESENT = where("status", "in", ("present", "partial"))
_PERSON = ("participation_id", "person_id")
STAGES = ("has_applied", "is_accepted", "has_entered", "has_attended", "has_completed",
          "has_credential", "has_outcome")  # fmt: skip
"""The flags of a journey, in the order of the funnel."""

QUERIES: Mapping[str, GroupedCount] = {
    "journeys": GroupedCount(table="journeys", keys=("operation_id", "status", *STAGES)),
    "persons": GroupedCount(
        table="participations", keys=("session_id", "edition_id", "participation_id", "person_id")
    ),
    "stays": GroupedCount(
        table="stays", keys=("operation_id", "since_week", "until_week", "is_first")
    ),
    "presence": GroupedCount(
        table="rosters",
        keys=("operation_id", "session_id", "day", "week", "expected", "status"),
    ),
    "expected persons": GroupedCount(
        table="rosters", keys=("operation_id", "week"), where=(_EXPECTED,), distinct=_PERSON
    ),
    "active persons": GroupedCount(
        table="rosters", keys=("operation_id", "week"), where=(_EXPECTED, _PRESENT),
        distinct=_PERSON,
    ),
    "presence of persons": GroupedCount(
        table="rosters",
        keys=("operation_id", "participation_id", "participant_id", "person_id", "status"),
        where=(_EXPECTED,),
    ),
    "walk-ins": GroupedCount(
        table="rosters", keys=("operation_id", "session_id", "person_id"),
        where=(where("expected", "==", NO),),
    ),
    "stays of participations": GroupedCount(
        table="stays",
        keys=("operation_id", "participation_id", "since_week", "until_week", "is_first"),
    ),
    "statuses of participations": GroupedCount(
        table="journeys", keys=("participation_id", "status"),
        where=(where("has_entered", "==", YES),),
    ),
}  # fmt: skip
"""The queries that the figures of cohorts need, by name."""

CountQuery = Callable[[GroupedCount], Counts]
"""A function that answers grouped counts: of an engine, or the reference below."""


def counts_of(facts: FactTables) -> CountQuery:
    """The reference: a function that answers grouped counts from fact tables."""
    return lambda query: grouped_count(facts.table(query.table), query)


def grouped_count(table: FactTable, query: GroupedCount) -> Counts:
    """The answer of a grouped count. O(rows), in C for the most part."""
    columns = [table.column(name) for name in query.keys]
    mask = selected(table, query.where).translate(CERTAIN) if query.where else None
    if not query.distinct:
        return _by_labels(columns, _rows(columns, mask))
    units = [table.columns[name] for name in query.distinct]
    numbers = [_numbers(each) for each in (columns, units)]
    pairs = set(zip(*(_selected(each, mask) for _, each in numbers), strict=True))
    labels = numbers[0][0]
    return {labels[key]: n for key, n in Counter(key for key, _ in pairs).items()}


def _bases(columns: Sequence[FactColumn]) -> dict[str, list[int]]:
    """The places of columns by their base: columns of one base share their codes."""
    found: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        found.setdefault(column.base, []).append(place)
    return found


def _selected(codes: Iterable[int], mask: bytes | None) -> Iterable[int]:
    return codes if mask is None else compress(codes, mask)


def _rows(columns: Sequence[FactColumn], mask: bytes | None) -> Counter[tuple[int, ...]]:
    """The number of rows for each combination of codes of the bases."""
    codes = [columns[places[0]].codes for places in _bases(columns).values()]
    return Counter(zip(*(_selected(each, mask) for each in codes), strict=True))


def _by_labels(columns: Sequence[FactColumn], rows: Counter[tuple[int, ...]]) -> Counts:
    """Counts by codes as counts by labels; several codes of a base may have the same label."""
    bases = [*enumerate(_bases(columns).values())]
    found: dict[tuple[Label, ...], int] = {}
    for codes, n in rows.items():
        key: list[Any] = [None] * len(columns)
        for number, places in bases:
            for place in places:
                key[place] = columns[place].labels[codes[number]]
        labels = (*key,)
        found[labels] = found.get(labels, 0) + n
    return found


def _numbers(columns: Sequence[FactColumn]) -> tuple[Sequence[tuple[Label, ...]], list[int]]:
    """The different combinations of labels of columns, and the number of that of each row."""
    codes = [columns[places[0]].codes for places in _bases(columns).values()]
    combinations: dict[tuple[int, ...], int] = {}
    rows = [combinations.setdefault(each, len(combinations)) for each in zip(*codes, strict=True)]
    bases = [*enumerate(_bases(columns).values())]
    numbers: dict[tuple[Label, ...], int] = {}
    renumbered: list[int] = []
    for combination in combinations:
        key: list[Any] = [None] * len(columns)
        for number, places in bases:
            for place in places:
                key[place] = columns[place].labels[combination[number]]
        renumbered.append(numbers.setdefault((*key,), len(numbers)))
    return [*numbers], [renumbered[each] for each in rows]
