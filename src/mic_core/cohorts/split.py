"""Splits: the figures of a cohort by dimensions of its participants, unknown ones kept.

A dimension is a column of the table of participations, as at the first entry, a calendar unit of
that day, or a named characteristic. An organization of several delegates lies in the cell of each,
so that cells may overlap.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs

from mic_core.cohorts.attendance import AttendanceCounts, attendance_by
from mic_core.cohorts.completion import CompletionCounts, completion_counts, is_below
from mic_core.cohorts.counting import QUERIES, CountQuery
from mic_core.cohorts.explaining import CohortExplanation, Definitions
from mic_core.cohorts.operations import Operation
from mic_core.cohorts.rates import KeptOf, percent, rate_columns, share_text
from mic_core.cohorts.retention import Stay, added, kept_by_week, pooled_weeks, stay_of
from mic_core.errors import NotFound
from mic_core.impact.aggregation.columns import Label
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.stacks import StackedBar, svg_stacks

_DEFINITIONS: Definitions = (
    (
        "cell",
        ("the participants of one label of each dimension, as at their first entry; unknown is a "
        "cell of its own"),
    ),
    ("overlap", "an organization of several delegates lies in the cell of each"),
    (
        "hidden",
        ("a cell of fewer participants, or of fewer known persons, than the minimum; its figures "
        "may follow from those of the whole and of the other cells"),
    ),
)  # fmt: skip
_HEADERS = ("cohort", "persons", "completed", "left", "open", "completed, %", "attended, %",
            "kept, %")  # fmt: skip
_HIDDEN = "hidden"


@attrs.frozen(kw_only=True)
class SplitCell:
    """The figures of one cell; all are None where the cell is hidden.

    `cell` pairs dimensions with labels, None being unknown. `kept` is the retention by week, pooled
    over the editions whose week is over, and `kept_last` that by the last week of each edition.
    """

    cell: tuple[tuple[str, Label], ...]
    counts: CompletionCounts | None
    attendance: AttendanceCounts | None
    kept: tuple[KeptOf, ...] | None
    kept_last: KeptOf | None

    @property
    def is_hidden(self) -> bool:
        """True if the cell is below the minimum."""
        return self.counts is None


@attrs.frozen(kw_only=True)
class CohortSplit:
    """A cohort by dimensions: the whole, and a cell for each combination of labels that occurs."""

    by: tuple[str, ...]
    whole: SplitCell
    cells: tuple[SplitCell, ...]
    minimum: int = 0
    as_of: datetime = attrs.field(repr=False)

    def get(self, **labels: Label) -> SplitCell:
        """The cell of these labels, None for unknown; raises NotFound where there is none."""
        for each in self.cells:
            if dict(each.cell) == labels:
                return each
        msg = "no cell has these labels"
        raise NotFound(msg)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each cell, and last for the whole, of which all labels are None."""
        return (*(self._row(each) for each in (*self.cells, self.whole)),)

    def _row(self, each: SplitCell) -> dict[str, Any]:
        counts, present = each.counts, each.attendance
        last = each.kept_last
        return {
            **dict.fromkeys(self.by), **{name: _plain(label) for name, label in each.cell},
            "is_whole": not each.cell, "hidden": each.is_hidden,
            "cohort": None if counts is None else counts.cohort,
            "persons": None if counts is None else counts.persons,
            "completed": None if counts is None else counts.completed,
            "incomplete": None if counts is None else counts.incomplete,
            "left": None if counts is None else counts.left,
            "open": None if counts is None else counts.open,
            **rate_columns("completion", None if counts is None else counts.rate),
            "attended": None if present is None else present.attended,
            "expected": None if present is None else present.expected,
            **rate_columns("attendance", None if present is None else present.rate),
            "kept_last": None if last is None else last.kept,
            "of_last": None if last is None else last.of,
        }  # fmt: skip

    def explain(self, facts: object = None) -> CohortExplanation:
        """The definitions; the facts are those of the other results."""
        del facts
        return CohortExplanation(definitions=_DEFINITIONS)

    def __str__(self) -> str:
        return table(self._cells(), (", ".join(self.by) or "dimension", *_HEADERS))

    def _cells(self) -> Iterator[tuple[str | int | Quantity | None, ...]]:
        for each in (*self.cells, self.whole):
            yield _name(each), *_figures(each)

    def svg(self) -> Html:
        """A bar for the whole and for each cell, by status; a hidden one has none."""
        bars = [
            StackedBar(title=_name(each), parts=(0, 0, 0, 0), text=_HIDDEN)
            if each.counts is None
            else StackedBar(
                title=_name(each),
                parts=(
                    each.counts.completed, each.counts.open, each.counts.incomplete,
                    each.counts.left,
                ),
                text=str(each.counts.rate),
            )
            for each in (self.whole, *self.cells)
        ]  # fmt: skip
        legend = (("completed", "fill-1"), ("open", "open"), ("incomplete", "fill-3"),
                  ("left", "fill-none"))  # fmt: skip
        return svg_stacks(
            bars if self.cells else (), legend, title=f"Completion by {', '.join(self.by)}",
            nothing="Nobody was enrolled yet.",
        )  # fmt: skip

    def html(self) -> Html:
        """The bars, then the numbers as a table."""
        headers = (", ".join(self.by) or "dimension", *_HEADERS)
        return joined([
            self.svg(), html_table(self._cells(), headers, caption="By dimension"),
            note(f"Cells below {self.minimum} are hidden.") if self.minimum else None,
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _plain(label: Label) -> str | int | bool | None:
    return label.isoformat() if isinstance(label, date) else label


def _name(cell: SplitCell) -> str:
    labels = ("unknown" if label is None else str(_plain(label)) for _, label in cell.cell)
    return ", ".join(labels) or "all"


def _figures(each: SplitCell) -> tuple[int | Quantity | None, ...]:
    counts, present = each.counts, each.attendance
    if counts is None or present is None:
        return (Quantity(_HIDDEN), *[None] * (len(_HEADERS) - 1))
    return (
        counts.cohort, counts.persons, counts.completed, counts.left, counts.open,
        Quantity(percent(counts.rate).removesuffix(" %")),
        Quantity(percent(present.rate).removesuffix(" %")),
        Quantity("" if each.kept_last is None else share_text(each.kept_last.share)),
    )  # fmt: skip


# Evaluation


_Cell = tuple[Label, ...]
"""The labels of a cell, in the order of its dimensions; of no dimensions: the whole."""

_WHOLE = None
"""The key of the whole beside its cells."""


@attrs.frozen(eq=False)
class _Joined:
    """The cells of participations, and of the persons in them: the table of dimensions."""

    of_participation: Mapping[Label, Sequence[_Cell]]
    of_person: Mapping[tuple[Label, Label], _Cell]
    persons: Mapping[_Cell | None, set[Label]]

    @classmethod
    def of(
        cls, count: CountQuery, operations: Sequence[Operation], by: tuple[str, ...]
    ) -> "_Joined":
        """Join the dimensions to the participations of some operations."""
        ids = {each.id for each in operations}
        cells: dict[Label, dict[_Cell, None]] = {}
        of_person: dict[tuple[Label, Label], _Cell] = {}
        persons: dict[_Cell | None, set[Label]] = {_WHOLE: set()}
        query = attrs.evolve(QUERIES["persons"], keys=(*QUERIES["persons"].keys, *by))
        for session_id, edition_id, participation, person, *labels in count(query):
            if (edition_id if session_id is None else session_id) in ids:
                cell = (*labels,)
                cells.setdefault(participation, {})[cell] = None
                of_person[participation, person] = cell
                for each in (cell, _WHOLE):
                    known = persons.setdefault(each, set())
                    known.update(() if person is None else (person,))
        return cls({each: (*found,) for each, found in cells.items()}, of_person, persons)

    def cells_of(self, participation: Label) -> tuple[_Cell | None, ...]:
        """The cells of a participation and the whole; none if it is of no such operation."""
        found = self.of_participation.get(participation)
        return () if found is None else (*found, _WHOLE)

    def statuses(self, count: CountQuery) -> Mapping[_Cell | None, Mapping[Label, int]]:
        """The number of participations of each status, by cell."""
        found: dict[_Cell | None, dict[Label, int]] = {}
        for (participation, status), n in count(QUERIES["statuses of participations"]).items():
            for cell in self.cells_of(participation):
                here = found.setdefault(cell, {})
                here[status] = here.get(status, 0) + n
        return found

    def presence(self, count: CountQuery) -> Mapping[_Cell | None, AttendanceCounts]:
        """The expected presences, by the cell of the person."""
        answers = count(QUERIES["presence of persons"]).items()
        known = [
            (self.of_person[participation, person], status, n)
            for (_, participation, _, person, status), n in answers
            if (participation, person) in self.of_person
        ]
        whole = ((_WHOLE, status, n) for _, status, n in known)
        return {**attendance_by(known), **attendance_by(whole)}

    def stays(self, count: CountQuery) -> Mapping[tuple[_Cell | None, str], list[Stay]]:
        """The stays by cell and operation."""
        found: dict[tuple[_Cell | None, str], list[Stay]] = {}
        for key, n in count(QUERIES["stays of participations"]).items():
            operation, participation, since, until, is_first = key
            for cell in self.cells_of(participation):
                found.setdefault((cell, str(operation)), []).append(
                    stay_of(since, until, is_first, n)
                )
        return found


def split_by(
    count: CountQuery, operations: Sequence[Operation], by: tuple[str, ...], minimum: int,
    as_of: datetime,
) -> CohortSplit:  # fmt: skip
    """The cells of some dimensions, sorted by their labels, unknown ones last. O(n)."""
    joined_cells = _Joined.of(count, operations, by)
    statuses, presence = joined_cells.statuses(count), joined_cells.presence(count)
    stays = joined_cells.stays(count)
    pool = [each for each in operations if each.status != "cancelled"]

    def cell(labels: _Cell | None) -> SplitCell:
        persons = len(joined_cells.persons[labels])
        counts = completion_counts(statuses.get(labels, {}).items(), persons)
        named = () if labels is None else (*zip(by, labels, strict=True),)
        if is_below(counts, minimum):
            return SplitCell(cell=named, counts=None, attendance=None, kept=None, kept_last=None)
        weeks = [kept_by_week(stays.get((labels, each.id), ()), each.weeks_over) for each in pool]
        return SplitCell(
            cell=named, counts=counts, attendance=presence.get(labels, AttendanceCounts()),
            kept=pooled_weeks(weeks), kept_last=added(each[-1] for each in weeks if each),
        )  # fmt: skip

    cells = sorted((each for each in joined_cells.persons if each is not None), key=_order)
    return CohortSplit(
        by=by, whole=cell(_WHOLE), cells=tuple(cell(each) for each in cells) if by else (),
        minimum=minimum, as_of=as_of,
    )  # fmt: skip


def _order(labels: _Cell) -> tuple[tuple[bool, bool, int, str], ...]:
    """Numbers by value, then texts; unknown last."""
    return tuple(
        (each is None, not isinstance(each, int), each if isinstance(each, int) else 0, str(each))
        for each in labels
    )
