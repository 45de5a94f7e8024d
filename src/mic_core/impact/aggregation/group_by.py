"""Aggregation: from fact tables and a measure to one state for each cell of its dimensions.

Group-by over dictionary-encoded columns. Conditions are evaluated for each label and joined by
bytes; cells are numbered for each code of a base, so that a row costs a few look-ups whatever the
number of dimensions and conditions.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from mic_core.chrono import Period
from mic_core.impact.aggregation.cells import CellKey, Rows, grouped, rows_of
from mic_core.impact.aggregation.columns import (
    FALSE,
    MILLION,
    TRUE,
    UNKNOWN,
    ColumnShape,
    FactColumn,
)
from mic_core.impact.aggregation.distinct import distinct_states
from mic_core.impact.aggregation.facts import (
    FactTable,
    Mask,
    at_grade,
    conjunction,
    in_period,
    in_scope,
    selected,
    until_due,
)
from mic_core.impact.aggregation.kaplan_meier import MONTH, Life, LivesState
from mic_core.impact.aggregation.states import (
    CountState,
    MeasureState,
    ShareState,
    StockEntry,
    StockState,
    SumState,
    UnitKey,
    ValuesState,
    sum_state,
)
from mic_core.model.expressions.measures import (
    ChangeMeasure,
    CountMeasure,
    DistinctMeasure,
    LatestMeasure,
    MedianMeasure,
    ShareMeasure,
    SurvivalMeasure,
    TotalMeasure,
    Where,
)


@attrs.frozen(kw_only=True)
class Window:
    """The part of the facts that a figure is about.

    `places` are the ids of a scope by the column that holds them; None: everywhere. `grade` is the
    weakest evidence that counts; None: any. `today` is the last day that is over.
    """

    period: Period | None
    places: Mapping[str, frozenset[str]] | None
    today: date
    grade: str | None = None


@attrs.frozen(eq=False, repr=False)
class Selection:
    """The rows of a table in a window: those in its scope and period, and those that are due.

    `considered` are rows in scope and period, `due` those of them that are due, `eligible` those of
    these of the grade asked for.
    """

    table: FactTable
    considered: Mask
    due: Mask
    eligible: Mask

    @classmethod
    def of(cls, table: FactTable, window: Window) -> "Selection":
        """Select the rows of a window. O(rows), by bytes."""
        size = table.size
        considered = conjunction(
            size, (in_period(table, window.period), in_scope(table, window.places))
        )
        due = conjunction(size, (considered, until_due(table, window.today)))
        return cls(table, considered, due, conjunction(size, (due, at_grade(table, window.grade))))

    def meeting(self, conditions: Iterable[Where]) -> Mask:
        """The eligible rows that meet all conditions."""
        return conjunction(self.table.size, (self.eligible, selected(self.table, conditions)))


TableMeasure = (
    CountMeasure | DistinctMeasure | TotalMeasure | ShareMeasure | MedianMeasure | ChangeMeasure
    | LatestMeasure | SurvivalMeasure
)  # fmt: skip
"""A measure that reads one table."""


def states(
    selection: Selection, measure: TableMeasure, dimensions: Sequence[str] = (),
    amounts: FactTable | None = None,
) -> dict[CellKey, MeasureState]:  # fmt: skip
    """The state of each cell, and that of the whole under the empty key. O(rows).

    A cell that no row reaches is left out. `measure` is one that reads a table. `amounts` is the
    table with converted amounts of money, of which the conditions are on the amounts as they were.
    """
    table = selection.table if amounts is None else amounts
    columns = [table.column(name) for name in dimensions]
    mask = selection.meeting(measure.where)
    match measure:
        case DistinctMeasure():
            return distinct_states(table, measure, mask, columns)
        case CountMeasure():
            return _cells(mask, columns, lambda rows: _count(table, *rows))
        case TotalMeasure():
            column = table.columns[measure.column]
            return _cells(mask, columns, lambda rows: _total(column, *rows))
        case ShareMeasure():
            having = selected(table, measure.having)
            return _cells(mask, columns, lambda rows: _share(table, measure, having, *rows))
        case MedianMeasure():
            values = _amounts(table.columns[measure.column])
            return _cells(mask, columns, lambda rows: _values(values, "median", *rows))
        case ChangeMeasure():
            changes = _changes(table, measure)
            summary = measure.summary
            return _cells(mask, columns, lambda rows: _values(changes, summary, *rows))
        case SurvivalMeasure():
            return _cells(mask, columns, lambda rows: lives_of(table, measure, *rows))
        case _:
            return _cells(mask, columns, lambda rows: _stock(table, measure, *rows))


def _cells(
    mask: Mask,
    columns: Sequence[FactColumn],
    build: Callable[[Rows], MeasureState],
) -> dict[CellKey, MeasureState]:
    certain, possible = rows_of(mask)
    found: dict[CellKey, MeasureState] = {(): build((certain, possible))}
    if columns:
        parts = grouped(columns, certain), grouped(columns, possible)
        for key in dict.fromkeys((*parts[0], *parts[1])):
            found[key] = build((parts[0].get(key, []), parts[1].get(key, [])))
    return found


def _count(table: FactTable, certain: list[int], possible: list[int]) -> CountState:
    if table.shape.heads is None:
        return CountState(len(certain), len(possible))
    heads = table.columns[table.shape.heads]
    return CountState(_weight(heads, certain), _weight(heads, possible))


def _weight(heads: FactColumn, rows: list[int]) -> int:
    codes = Counter(map(heads.codes.__getitem__, rows))
    return sum(_heads_of(heads.labels[code]) * n for code, n in codes.items())


def _heads_of(label: int | None) -> int:
    """The heads of a row; one, where their number is not known."""
    return 1 if label is None else label


def _total(column: FactColumn, certain: list[int], possible: list[int]) -> SumState:
    amounts, codes = _label_amounts(column), column.codes
    return sum_state(
        [amounts[codes[row]] for row in certain], [amounts[codes[row]] for row in possible],
        column.shape.least,
    )  # fmt: skip


def _label_amounts(column: FactColumn) -> Sequence[int | None]:
    """The labels of numbers in whole millionths; those of whole numbers are not."""
    if column.shape.kind == "whole":
        return [None if each is None else each * MILLION for each in column.labels]
    return column.labels


def _amounts(column: FactColumn) -> list[int | None]:
    """The number of each row in whole millionths."""
    amounts = _label_amounts(column)
    return [amounts[code] for code in column.codes]


def _share(
    table: FactTable, measure: ShareMeasure, having: Mask, certain: list[int], possible: list[int]
) -> ShareState:
    if not measure.key:
        heads = _heads(table)
        counts: dict[tuple[int, int], int] = {}
        for whole, rows_here in ((TRUE, certain), (UNKNOWN, possible)):
            for row in rows_here:
                truth = whole, having[row]
                counts[truth] = counts.get(truth, 0) + heads(row)
        return ShareState(rows=counts)
    units: dict[UnitKey, tuple[int, int]] = {}
    nameless: dict[tuple[int, int], int] = {}
    keys = _keys(table, measure.key)
    for whole, rows_here in ((TRUE, certain), (UNKNOWN, possible)):
        for row in rows_here:
            key = keys(row)
            if None in key:
                truth = whole, whole & having[row]
                nameless[truth] = nameless.get(truth, 0) + 1
                continue
            known = units.get(key, (FALSE, FALSE))
            units[key] = (max(known[0], whole), max(known[1], whole & having[row]))
    return ShareState(units=units, nameless=nameless)


def columns_of_life(measure: SurvivalMeasure) -> tuple[str | None, ...]:
    """The columns of entry, exit, death and loss to follow-up; None where all have 0."""
    return measure.entered, measure.left, measure.ended, measure.lost_to_follow_up


def life_of(
    entered: int | None, left: int | None, ended: int | None, lost: int | None
) -> Life | None:
    """A life; None where a time or the end is not known."""
    if entered is None or left is None or ended is None or lost is None:
        return None
    return Life(entered, left, bool(ended), bool(lost))


def lives_of(
    table: FactTable, measure: SurvivalMeasure, certain: list[int], possible: list[int]
) -> LivesState:
    """The lives of some rows; those of which a time or the end is not known are unknown."""
    columns = [None if each is None else table.columns[each] for each in columns_of_life(measure)]
    unknown = 0
    found: list[Counter[Life]] = []
    for rows in (certain, possible):
        lives: Counter[Life] = Counter()
        for row in rows:
            life = life_of(*(0 if each is None else each.at(row) for each in columns))
            if life is None:
                unknown += 1
            else:
                lives[life] += 1
        found.append(lives)
    return LivesState(MONTH * measure.months, found[0], found[1], unknown)


def _heads(table: FactTable) -> Callable[[int], int]:
    """The number of heads that a row stands for."""
    if table.shape.heads is None:
        return lambda _: 1
    column = table.columns[table.shape.heads]
    return lambda row: _heads_of(column.at(row))


def _keys(table: FactTable, names: Sequence[str]) -> Callable[[int], UnitKey]:
    columns = [table.column(name) for name in names]
    return lambda row: tuple(column.at(row) for column in columns)


def _changes(table: FactTable, measure: ChangeMeasure) -> list[int | None]:
    """The difference of each row in whole millionths; unknown where a side is."""
    before, after = table.columns[measure.before], table.columns[measure.after]
    pairs = zip(_amounts(before), _amounts(after), strict=True)
    return [change_between(a, b, before.shape, measure.summary) for a, b in pairs]


def change_between(
    before: int | None, after: int | None, shape: ColumnShape, summary: str
) -> int | None:
    """The difference of two numbers; None where a side is unknown.

    A number that is 0 afterwards, and cannot be below it before, has not gained, whatever it was
    before. `shape` is that of the column of the number before.
    """
    if before is None or after is None:
        return 0 if after == 0 and summary == "gains" and shape.least == 0 else None
    return after - before


def _values(values: Sequence[int | None], summary: Any, certain: list[int], possible: list[int]
            ) -> ValuesState:  # fmt: skip
    known = sorted(value for row in certain if (value := values[row]) is not None)
    perhaps = sorted(value for row in possible if (value := values[row]) is not None)
    return ValuesState(
        summary, (*known,), (*perhaps,), len(certain) - len(known), len(possible) - len(perhaps)
    )


def _stock(
    table: FactTable, measure: LatestMeasure, certain: list[int], possible: list[int]
) -> StockState:
    column, keys = table.columns[measure.column], _keys(table, measure.key)
    amounts, codes = _label_amounts(column), column.codes
    facts, days = table.columns[table.shape.fact], table.columns[str(table.shape.day)]
    entries: dict[UnitKey, set[StockEntry]] = {}
    for is_certain, rows in ((True, certain), (False, possible)):
        for row in rows:
            day = days.at(row)
            entry = StockEntry(
                day if day is not None else date.min, facts.at(row), amounts[codes[row]],
                is_certain and day is not None,
            )  # fmt: skip
            entries.setdefault(keys(row), set()).add(entry)
    nameless = frozenset(each for key, found in entries.items() if None in key for each in found)
    return StockState(
        {key: frozenset(each) for key, each in entries.items() if None not in key}, nameless
    )
