"""Grouped counts: the queries over fact tables that all figures of cohorts are evaluated from.

A query has keys, conditions, and columns to count distinct labels of; its answer is a whole number
for each combination of labels. Evaluation never sees a row, so another engine needs to answer the
queries only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, repeat
from operator import add, itemgetter
from typing import Any

import attrs

from mic_core.impact.aggregation.cells import CERTAIN
from mic_core.impact.aggregation.columns import FactColumn, Label
from mic_core.impact.aggregation.facts import FactTable, selected
from mic_core.impact.tables.build import FactTables
from mic_core.model.expressions.measures import Where, where

Counts = Mapping[tuple[Any, ...], int]
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


def counts_of(facts: FactTables, *in_place: FactTable) -> CountQuery:
    """The reference: a function that answers grouped counts from fact tables, each query once.

    Tables of `in_place` take the place of those of their name.
    """
    tables = {each.shape.name: each for each in in_place}
    known: dict[GroupedCount, Counts] = {}

    def answer(query: GroupedCount) -> Counts:
        if query not in known:
            table = tables.get(query.table) or facts.table(query.table)
            known[query] = grouped_count(table, query)
        return known[query]

    return answer


def grouped_count(table: FactTable, query: GroupedCount) -> Counts:
    """The answer of a grouped count. O(rows), in C for the most part."""
    mask = selected(table, query.where).translate(CERTAIN) if query.where else None
    keys = _Labels.of([table.column(name) for name in query.keys], mask)
    if not query.distinct:
        return keys.labeled(Counter(zip(*keys.codes, strict=True)))
    units = _Labels.of([table.column(name) for name in query.distinct], mask)
    different = set(zip(*keys.codes, *units.codes, strict=True))
    by_base = [*zip(*different, strict=True)][: len(keys.codes)]
    return keys.labeled(Counter(zip(*by_base, strict=True)))


@attrs.frozen(eq=False)
class _Labels:
    """The combinations of labels of several columns, by numbers for each of their bases.

    `codes` are the numbers of the selected rows, for each base; `parts` the labels of each number,
    which differ; `order` are the places of the columns among the labels of all parts.
    """

    codes: Sequence[Iterable[int]]
    parts: Sequence[Sequence[tuple[Label, ...]]]
    order: Sequence[int]

    @classmethod
    def of(cls, columns: Sequence[FactColumn], mask: bytes | None) -> "_Labels":
        """Number the labels of columns; columns of one base share their codes."""
        bases: dict[str, list[int]] = {}
        for place, column in enumerate(columns):
            bases.setdefault(column.base, []).append(place)
        codes: list[Iterable[int]] = []
        parts: list[Sequence[tuple[Label, ...]]] = []
        for places in bases.values():
            rows: Iterable[int] = columns[places[0]].codes
            several = zip(*(columns[place].labels for place in places), strict=True)
            numbers: dict[tuple[Label, ...], int] = {}
            by_code = [numbers.setdefault(labels, len(numbers)) for labels in several]
            rows = rows if mask is None else compress(rows, mask)
            # Many codes with few labels make few combinations, which are counted faster.
            codes.append(rows if len(numbers) == len(by_code) else map(by_code.__getitem__, rows))
            parts.append([*numbers])
        laid = [place for places in bases.values() for place in places]
        return cls(codes, parts, [laid.index(place) for place in range(len(columns))])

    def labeled(self, counts: Mapping[tuple[int, ...], int]) -> Counts:
        """Counts by numbers as counts by labels, in the order of the columns."""
        if not counts:
            return {}
        labels: Iterable[tuple[Label, ...]] = repeat(())
        for part, numbers in zip(self.parts, zip(*counts, strict=True), strict=True):
            labels = map(add, labels, map(part.__getitem__, numbers))
        if [*self.order] != [*range(len(self.order))]:
            labels = map(itemgetter(*self.order), labels)
        return dict(zip(labels, counts.values(), strict=True))
