"""Grouped counts: the queries over fact tables that all figures of cohorts are evaluated from.

A query has keys, conditions, and columns to count distinct labels of; its answer is a whole number
for each combination of labels. Evaluation never sees a row, so another engine needs to answer the
queries only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress

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
    """The reference: a function that answers grouped counts from fact tables, each query once."""
    known: dict[GroupedCount, Counts] = {}

    def answer(query: GroupedCount) -> Counts:
        if query not in known:
            known[query] = grouped_count(facts.table(query.table), query)
        return known[query]

    return answer


def grouped_count(table: FactTable, query: GroupedCount) -> Counts:
    """The answer of a grouped count. O(rows), in C for the most part."""
    mask = selected(table, query.where).translate(CERTAIN) if query.where else None
    keys = _Labels.of([table.column(name) for name in query.keys])
    if not query.distinct:
        return keys.counts(Counter(zip(*_selected(keys.codes, mask), strict=True)))
    units = _Labels.of([table.column(name) for name in query.distinct])
    # Different codes may have the same labels, so that labels are numbered before pairs are.
    (labels, key_rows), (_, unit_rows) = keys.numbered(mask), units.numbered(mask)
    pairs = set(zip(key_rows, unit_rows, strict=True))
    return {labels[number]: n for number, n in Counter(number for number, _ in pairs).items()}


def _selected(codes: Sequence[Sequence[int]], mask: bytes | None) -> list[Iterable[int]]:
    return [each if mask is None else compress(each, mask) for each in codes]


@attrs.frozen(eq=False)
class _Labels:
    """The combinations of labels of several columns, by the codes of their bases.

    `codes` are those of each base, and `parts` its labels for each code; `order` are the places of
    the columns among the labels of all parts.
    """

    codes: Sequence[Sequence[int]]
    parts: Sequence[Sequence[tuple[Label, ...]]]
    order: Sequence[int]

    @classmethod
    def of(cls, columns: Sequence[FactColumn]) -> "_Labels":
        bases: dict[str, list[int]] = {}
        for place, column in enumerate(columns):
            bases.setdefault(column.base, []).append(place)
        parts = [
            [*zip(*(columns[place].labels for place in places), strict=True)]
            for places in bases.values()
        ]
        laid = [place for places in bases.values() for place in places]
        codes = [columns[places[0]].codes for places in bases.values()]
        return cls(codes, parts, [laid.index(place) for place in range(len(columns))])

    def counts(self, rows: Mapping[tuple[int, ...], int]) -> Counts:
        """Counts by codes as counts by labels, in the order of the columns."""
        is_laid_out = [*self.order] == [*range(len(self.order))]
        found: dict[tuple[Label, ...], int] = {}
        for codes, n in rows.items():
            labels = self.at(codes)
            key = labels if is_laid_out else tuple(labels[place] for place in self.order)
            found[key] = found.get(key, 0) + n
        return found

    def at(self, codes: tuple[int, ...]) -> tuple[Label, ...]:
        """The labels of all parts for the codes of their bases."""
        labels: tuple[Label, ...] = ()
        for part, code in zip(self.parts, codes, strict=True):
            labels += part[code]
        return labels

    def numbered(self, mask: bytes | None) -> tuple[Sequence[tuple[Label, ...]], Iterable[int]]:
        """The different combinations of labels, and the number of that of each selected row."""
        numbers: dict[tuple[Label, ...], int] = {}
        if len(self.codes) == 1:
            (part,) = self.parts
            by_code = [numbers.setdefault(labels, len(numbers)) for labels in part]
            return [*numbers], map(by_code.__getitem__, *_selected(self.codes, mask))
        rows = [
            numbers.setdefault(self.at(codes), len(numbers))
            for codes in zip(*_selected(self.codes, mask), strict=True)
        ]
        return [*numbers], rows
