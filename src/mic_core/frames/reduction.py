"""Reductions: engines reduce fact tables to whole numbers and keys, which become states here.

Each measure is one query: the distinct signatures of rows, with the keys or values that the measure
is about and the number of rows. Cells, and the whole, come from these distinct rows once they are
collected, so that a fact in several cells is never added twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from mic_core.frames.classes import Meaning, RowQuestion, Signatures, column_shape
from mic_core.frames.engines import (
    collected,
    is_lazy,
    narwhals,
    numbered,
    rows_of_frame,
    with_digits,
)
from mic_core.frames.tables import ROWS, SIGNATURE, EngineTable
from mic_core.frames.values import RowsByValue, label_millionths, multiset_of, sum_of
from mic_core.impact.aggregation.cells import CellKey
from mic_core.impact.aggregation.columns import FALSE, TRUE, UNKNOWN
from mic_core.impact.aggregation.facts import FactTable, table_of
from mic_core.impact.aggregation.group_by import (
    Selection,
    TableMeasure,
    Window,
    change_between,
    columns_of_life,
    life_of,
    states,
)
from mic_core.impact.aggregation.kaplan_meier import MONTH, Life, LivesState
from mic_core.impact.aggregation.states import (
    CountState,
    KeyCountState,
    MeasureState,
    ShareState,
    StockEntry,
    StockState,
    UnitKey,
)
from mic_core.impact.aggregation.survey import Survey
from mic_core.impact.currencies import CURRENCY
from mic_core.impact.tables.shapes import TABLE_SHAPES
from mic_core.impact.validity import is_money
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

_MOST_KEPT = 16
"""Reductions that are kept, a budget: a scorecard asks again for each grade of evidence."""

_CELL, _TRUTH, _PART = "cell", "truth", "part"

ReducedRow = tuple[Any, ...]


@attrs.frozen(eq=False)
class Reduction:
    """The distinct rows of a query in memory, and what their signatures mean."""

    table: EngineTable
    signatures: Signatures
    names: tuple[str, ...]
    rows: Any  # a frame in memory
    nameless: Any = None  # the rows of which the key is not known, for measures with a key
    is_money: bool = False
    _meanings: dict[int, Meaning] = attrs.field(factory=dict[int, Meaning], init=False)

    def meaning(self, signature: int) -> Meaning:
        """The meaning of a signature, worked out once."""
        if signature not in self._meanings:
            self._meanings[signature] = self.signatures.meaning(signature)
        return self._meanings[signature]

    def lacks_currency(self, meaning: Meaning) -> bool:
        """True if an amount is not known, unless it is 0: its currency is not."""
        if not self.is_money:
            return False
        place = self.signatures.question.dimensions.index(CURRENCY)
        return meaning.cells[0][place] is None

    def meant(self, grade: str | None) -> Iterable[tuple[int, Meaning, int]]:
        """The signatures of rows that count at a grade, or may, with the truth of it."""
        unique = self.rows.select(SIGNATURE).unique()
        for (signature,) in rows_of_frame(unique, (SIGNATURE,)):
            meaning = self.meaning(int(signature))
            truth = meaning.mask(self.table.shape, grade)
            if truth != FALSE:
                yield int(signature), meaning, truth

    def by_cell(
        self, grade: str | None, rows: Any, names: Sequence[str]
    ) -> Mapping[CellKey, list[tuple[int, Meaning, ReducedRow]]]:
        """The rows of each cell, with the truth of counting and their meaning; () is the whole."""
        found: dict[CellKey, list[tuple[int, Meaning, ReducedRow]]] = {(): []}
        has_cells = bool(self.signatures.question.dimensions)
        for signature, *row in rows_of_frame(rows, (SIGNATURE, *names)):
            meaning = self.meaning(int(signature))
            truth = meaning.mask(self.table.shape, grade)
            if truth != FALSE:
                one = truth, meaning, tuple(row)
                for cell in ((), *(meaning.cells if has_cells else ())):
                    found.setdefault(cell, []).append(one)
        return found


def reduced(table: EngineTable, signatures: Signatures, signed: Any, measure: Any) -> Reduction:
    """Run the one query of a measure over signed rows: None asks for the rows of a survey."""
    library = narwhals()
    if measure is None:
        return Reduction(table, signatures, (), _grouped(signed, ()))
    alive = signed.filter(library.col(SIGNATURE) < signatures.size)
    weights = _weights(table)
    money = is_money(measure) and CURRENCY in signatures.question.dimensions
    match measure:
        case DistinctMeasure(key=key) | ShareMeasure(key=key) if key:
            frame, keys, is_known = table.keyed(alive, key)
            pairs = frame.filter(is_known).select(SIGNATURE, *keys).unique()
            values = [table.value(each) for each in weights]
            nameless = frame.filter(~is_known).select(SIGNATURE, *values)
            grouped = _grouped(nameless, weights)
            return Reduction(table, signatures, (*keys,), collected(pairs), grouped)
        case LatestMeasure(key=key):
            frame, keys, is_known = table.keyed(alive, key)
            named = table.shape.fact, str(table.shape.day), measure.column
            names = tuple(f"{_PART} {n}" for n in range(len(named)))
            values = [table.value(each).alias(name)
                      for each, name in zip(named, names, strict=True)]  # fmt: skip
            rows = frame.select(SIGNATURE, *keys, is_known.alias(_TRUTH), *values)
            found = collected(rows)
            return Reduction(table, signatures, (*keys, _TRUTH, *names), found, is_money=money)
        case TotalMeasure(column=column) | MedianMeasure(column=column):
            names = (column,)
        case ChangeMeasure(before=before, after=after):
            names = (*dict.fromkeys((before, after)),)
        case SurvivalMeasure():
            names = (*dict.fromkeys(each for each in columns_of_life(measure) if each),)
        case _:
            names = tuple(each for each in weights if each == table.shape.heads)
    values = alive.select(SIGNATURE, *(table.value(each) for each in names))
    return Reduction(table, signatures, names, _grouped(values, names), is_money=money)


def _weights(table: EngineTable) -> tuple[str, ...]:
    """The columns of heads and of crowds, of tables that have them."""
    return tuple(
        each for each in (table.shape.heads, table.shape.crowd)
        if each is not None and table.has(each)
    )  # fmt: skip


def _grouped(frame: Any, names: Sequence[str]) -> Any:
    """The distinct rows, and how many there are of each, in memory."""
    return collected(frame.group_by(SIGNATURE, *names).agg(narwhals().len().alias(ROWS)))


def _kept_window(window: Window) -> tuple[Any, ...]:
    places = None if window.places is None else (*sorted(window.places.items()),)
    return window.period, places, window.today


@attrs.frozen(eq=False, repr=False)
class FrameEngine:
    """Fact tables in frames, which their engine reduces."""

    tables: Callable[[str], EngineTable | None]
    _kept: dict[Any, Reduction] = attrs.field(factory=dict[Any, Reduction], init=False)
    _signed: list[Any] = attrs.field(factory=list[Any], init=False)

    def states(
        self, window: Window, measure: TableMeasure, dimensions: Sequence[str]
    ) -> dict[CellKey, MeasureState]:
        """The states of the cells of a measure, and of the whole."""
        found = self._reduction(measure.table, _question(window, measure, dimensions), measure)
        if found is None:
            return states(Selection.of(_no_rows(measure.table), window), measure, dimensions)
        grade = window.grade
        match measure:
            case DistinctMeasure():
                return _distinct(found, grade)
            case ShareMeasure() if measure.key:
                return _shares_of_units(found, grade)
            case ShareMeasure():
                return _by_rows(found, grade, _share)
            case CountMeasure():
                return _by_rows(found, grade, _count)
            case TotalMeasure():
                least = column_shape(found.table.shape, measure.column).least
                return _by_values(found, grade, lambda each: sum_of(each, least))
            case MedianMeasure():
                return _by_values(found, grade, lambda each: multiset_of(each, "median"))
            case ChangeMeasure():
                summary = measure.summary
                return _by_values(found, grade, lambda each: multiset_of(each, summary), measure)
            case SurvivalMeasure():
                return _by_rows(found, grade, lambda _, entries: _lives(found, measure, entries))
            case _:
                return _stocks(found, grade, measure)

    def survey(self, window: Window, name: str, conditions: Sequence[Where]) -> Survey:
        """The survey of a table in a window."""
        question = RowQuestion(
            period=window.period, places=_kept_window(window)[1], today=window.today,
            where=(*conditions,),
        )  # fmt: skip
        found = self._reduction(name, question, None)
        if found is None:
            return Survey.of(_no_rows(name), window, conditions)
        considered = due = eligible = possible = 0
        evidence: Counter[str | None] = Counter()
        for signature, rows in rows_of_frame(found.rows, (SIGNATURE, ROWS)):
            meaning, n = found.meaning(int(signature) % found.signatures.size), int(rows)
            here = meaning.eligible(found.table.shape, window.grade)
            truth = here & meaning.where
            considered += n * (meaning.considered != FALSE)
            due += n * (meaning.due != FALSE)
            eligible += n * (here != FALSE)
            possible += n * (truth == UNKNOWN)
            evidence[meaning.evidence] += n * (truth == TRUE)
        return Survey.counted(window, (considered, due, eligible), possible, +evidence)

    def _reduction(self, name: str, question: RowQuestion, measure: Any) -> Reduction | None:
        """The reduction of a table, None without the table; the last ones are kept."""
        key = name, question, measure
        if key not in self._kept:
            table = self.tables(name)
            if table is None:
                return None
            if len(self._kept) >= _MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            signatures, signed = self._signed_rows(name, table, question, measure)
            self._kept[key] = reduced(table, signatures, signed, measure)
        return self._kept[key]

    def _signed_rows(
        self, name: str, table: EngineTable, question: RowQuestion, measure: Any
    ) -> tuple[Signatures, Any]:
        """Signed rows: for a survey those of the measure before it, where they are in memory."""
        about = name, attrs.evolve(question, having=(), dimensions=())
        if measure is None and self._signed[:1] == [about]:
            return self._signed[1], self._signed[2]
        signatures = table.signatures(question)
        signed = table.signed(signatures)
        self._signed[:] = [] if is_lazy(signed) else [about, signatures, signed]
        return signatures, signed


def _no_rows(name: str) -> FactTable:
    return table_of(TABLE_SHAPES[name], ())


def _question(window: Window, measure: Any, dimensions: Sequence[str]) -> RowQuestion:
    period, places, today = _kept_window(window)
    having = measure.having if isinstance(measure, ShareMeasure) else ()
    return RowQuestion(
        period=period, places=places, today=today, where=measure.where, having=having,
        dimensions=(*dimensions,),
    )  # fmt: skip


Entries = list[tuple[int, Meaning, ReducedRow]]


def _heads(found: Reduction, row: ReducedRow) -> int:
    """The heads of a group of rows: those of a row, or one, times the rows."""
    heads = found.table.label(found.names[0], row[0]) if found.names else None
    return int(row[-1]) * (1 if heads is None else int(heads))


def _by_rows(
    found: Reduction, grade: str | None, build: Callable[[Reduction, Entries], MeasureState]
) -> dict[CellKey, MeasureState]:
    cells = found.by_cell(grade, found.rows, (*found.names, ROWS))
    return {cell: build(found, entries) for cell, entries in cells.items()}


def _count(found: Reduction, entries: Entries) -> CountState:
    counts: Counter[int] = Counter()
    for truth, _, row in entries:
        counts[truth] += _heads(found, row)
    return CountState(counts[TRUE], counts[UNKNOWN])


def _share(found: Reduction, entries: Entries) -> ShareState:
    counts: dict[tuple[int, int], int] = {}
    for truth, meaning, row in entries:
        key = truth, meaning.having
        counts[key] = counts.get(key, 0) + _heads(found, row)
    return ShareState(rows=counts)


def _lives(found: Reduction, measure: SurvivalMeasure, entries: Entries) -> LivesState:
    lives: dict[int, Counter[Life]] = {TRUE: Counter(), UNKNOWN: Counter()}
    unknown = 0
    for truth, _, row in entries:
        named = {
            name: found.table.label(name, value)
            for name, value in zip(found.names, row[:-1], strict=True)
        }
        life = life_of(*(0 if each is None else named[each] for each in columns_of_life(measure)))
        if life is None:
            unknown += int(row[-1])
        else:
            lives[truth][life] += int(row[-1])
    return LivesState(MONTH * measure.months, lives[TRUE], lives[UNKNOWN], unknown)


def _by_values(
    found: Reduction, grade: str | None, build: Callable[[RowsByValue], MeasureState],
    change: ChangeMeasure | None = None,
) -> dict[CellKey, MeasureState]:  # fmt: skip
    cells = found.by_cell(grade, found.rows, (*found.names, ROWS))
    by_cell: dict[CellKey, MeasureState] = {}
    labels: dict[tuple[bool, ReducedRow], int | None] = {}
    for cell, entries in cells.items():
        values: RowsByValue = {TRUE: {}, UNKNOWN: {}}
        for truth, meaning, row in entries:
            known = found.lacks_currency(meaning), row[:-1]
            if known not in labels:
                labels[known] = _amount(found, known, change)
            value = labels[known]
            here = values[truth]
            here[value] = here.get(value, 0) + int(row[-1])
        by_cell[cell] = build(values)
    return by_cell


def _amount(
    found: Reduction, known: tuple[bool, ReducedRow], change: ChangeMeasure | None
) -> int | None:
    """A value in whole millionths, or the difference of two."""
    lacks_currency, row = known
    table = found.table
    named = {
        name: label_millionths(
            column_shape(table.shape, name), table.label(name, value), lacks_currency=lacks_currency
        )
        for name, value in zip(found.names, row, strict=True)
    }
    if change is None:
        return named[found.names[0]]
    shape = column_shape(found.table.shape, change.before)
    return change_between(named[change.before], named[change.after], shape, change.summary)


def _stocks(
    found: Reduction, grade: str | None, measure: LatestMeasure
) -> dict[CellKey, MeasureState]:
    table, keys = found.table, len(measure.key)
    shape = table.shape
    names = shape.fact, str(shape.day), measure.column
    column = column_shape(shape, measure.column)
    by_cell: dict[CellKey, MeasureState] = {}
    for cell, rows in found.by_cell(grade, found.rows, found.names).items():
        entries: dict[UnitKey, set[StockEntry]] = {}
        nameless: set[StockEntry] = set()
        for truth, meaning, row in rows:
            values: tuple[Any, ...] = tuple(
                table.label(name, value) if table.has(name) else None
                for name, value in zip(names, row[keys + 1 :], strict=True)
            )
            fact, day, label = values
            amount = label_millionths(column, label, lacks_currency=found.lacks_currency(meaning))
            entry = StockEntry(
                date.min if day is None else day, fact, amount, truth == TRUE and day is not None
            )
            (entries.setdefault(row[:keys], set()) if row[keys] else nameless).add(entry)
        known = {key: frozenset(each) for key, each in entries.items()}
        by_cell[cell] = StockState(known, frozenset(nameless))
    return by_cell


def _cells_of(
    found: Reduction, grade: str | None
) -> tuple[list[CellKey], list[tuple[int, int, int, int]]]:
    """The cells, the whole first, and for each signature and cell the truth of counting and part.

    The signatures of all rows, those without a key included, say which cells there are.
    """
    cells: dict[CellKey, int] = {(): 0}
    places: list[tuple[int, int, int, int]] = []
    has_cells = bool(found.signatures.question.dimensions)
    for signature, meaning, truth in found.meant(grade):
        part = truth & meaning.having
        here = dict.fromkeys(((), *(meaning.cells if has_cells else ())))
        places += [(signature, cells.setdefault(each, len(cells)), truth, part) for each in here]
    return [*cells], places


def _unit_counts(
    found: Reduction, grade: str | None
) -> tuple[list[CellKey], Mapping[int, Counter[tuple[int, int]]]]:
    """The number of units of each cell by the truth of being in it and in the part of a share."""
    cells, places = _cells_of(found, grade)
    counts: dict[int, Counter[tuple[int, int]]] = {}
    if not places:
        return cells, counts
    wholes = [each for each in places if each[1] == 0]
    others = [each for each in places if each[1] != 0]
    for chosen in (wholes, others):
        for cell, truth, part, n in _united(found, chosen):
            counts.setdefault(int(cell), Counter())[int(truth), int(part)] += int(n)
    return cells, counts


def _united(found: Reduction, places: Sequence[tuple[int, int, int, int]]) -> Iterable[ReducedRow]:
    """The units of each cell, of which one of several rows decides, counted by their truth."""
    if not places:
        return
    library = narwhals()
    signatures, cells, truths, parts = ([*each] for each in zip(*places, strict=True))
    if len(set(cells)) == len(cells):
        # One signature in each cell: its distinct rows are the units.
        sizes = found.rows.group_by(SIGNATURE).agg(library.len().alias(ROWS))
        rows = {int(one): n for one, n in rows_of_frame(sizes, (SIGNATURE, ROWS))}
        for signature, cell, truth, part in places:
            yield cell, truth, part, rows.get(signature, 0)
        return
    small = numbered(found.rows, signatures, SIGNATURE)
    for name, values in ((_CELL, cells), (_TRUTH, truths), (_PART, parts)):
        small = with_digits(small, values, name)
    united = found.rows.join(small, on=SIGNATURE, how="inner")
    keys = (_CELL, *found.names)
    if len(set(zip(truths, parts, strict=True))) == 1:
        # All units are of one truth: it needs no greatest one.
        one = united.select(*keys).unique().group_by(_CELL).agg(library.len().alias(ROWS))
        for cell, n in rows_of_frame(one, (_CELL, ROWS)):
            yield cell, truths[0], parts[0], n
        return
    united = united.group_by(*keys).agg(library.col(_TRUTH).max(), library.col(_PART).max())
    counted = united.group_by(_CELL, _TRUTH, _PART).agg(library.len().alias(ROWS))
    yield from rows_of_frame(counted, (_CELL, _TRUTH, _PART, ROWS))


def _nameless(found: Reduction, grade: str | None) -> Mapping[CellKey, Entries]:
    names = (*_weights(found.table), ROWS)
    return found.by_cell(grade, found.nameless, names)


def _distinct(found: Reduction, grade: str | None) -> dict[CellKey, MeasureState]:
    cells, counts = _unit_counts(found, grade)
    units = {cell: counts.get(place, Counter()) for place, cell in enumerate(cells)}
    names = _weights(found.table)
    by_cell: dict[CellKey, MeasureState] = {}
    nameless = _nameless(found, grade)
    for cell in dict.fromkeys((*units, *nameless)):
        known = Counter[int]()
        for (truth, _), n in units.get(cell, Counter[tuple[int, int]]()).items():
            known[truth] += n
        anonymous = largest = 0
        for truth, _, row in nameless.get(cell, []):
            given = {
                name: found.table.label(name, value) or 1
                for name, value in zip(names, row[:-1], strict=True)
            }
            anonymous += given.get(str(found.table.shape.heads), 1) * int(row[-1])
            if truth == TRUE:
                largest = max(largest, given.get(str(found.table.shape.crowd), 1))
        by_cell[cell] = KeyCountState(known[TRUE], known[UNKNOWN], anonymous, largest)
    return by_cell


def _shares_of_units(found: Reduction, grade: str | None) -> dict[CellKey, MeasureState]:
    cells, counts = _unit_counts(found, grade)
    units = {cell: counts.get(place, Counter()) for place, cell in enumerate(cells)}
    none = Counter[tuple[int, int]]()
    nameless = _nameless(found, grade)
    by_cell: dict[CellKey, MeasureState] = {}
    for cell in dict.fromkeys((*units, *nameless)):
        rows = Counter[tuple[int, int]]()
        for truth, meaning, row in nameless.get(cell, []):
            rows[truth, truth & meaning.having] += int(row[-1])
        by_cell[cell] = ShareState(rows=units.get(cell, none), nameless=rows)
    return by_cell
