"""The report of a load: every row that was not kept, and every assumption that was made.

A ledger collects both while tables are read.

The law of the report: the rows of a table are the kept ones and the reported ones, each once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import attrs

from mic_core.codec.loading.cells import Unreadable
from mic_core.codec.loading.source import BoundTable
from mic_core.errors import Problem
from mic_core.markup import MOST_ROWS, Html, badge, html_table, joined, note, notebook, printable
from mic_core.markup.tables import truncation_note
from mic_core.portfolio import Portfolio
from mic_core.wording import clause, count_text

MOST_SHOWN = 20
"""Rows listed by `str`, as many as an error lists problems; `problems` holds all."""


@attrs.frozen(kw_only=True, weakref_slot=False)
class RowProblem:
    """The reason why a row of a table was not kept.

    `row` is its position in the table, from 0; a CSV file has it two lines further down. `column`
    is the header as the table writes it, several joined by `+`, "" for the row itself. `what`
    describes the type and size of the cell, never its content; "" where that says nothing.
    `expected` is the rule that it breaks.

    >>> print(RowProblem(table="attendance", row=3, column="minutes", what="text of 3 characters",
    ...     expected="must be a whole number"))
    attendance[3].minutes: must be a whole number; had text of 3 characters
    """

    table: str
    row: int
    column: str
    what: str
    expected: str

    @property
    def problem(self) -> Problem:
        """The same as a problem of an error."""
        column = f".{printable(self.column)}" if self.column else ""
        path = f"{printable(self.table)}[{self.row}]{column}"
        return Problem(path=path, rule=self.expected, had=self.what)

    def __str__(self) -> str:
        return str(self.problem)


@attrs.frozen(kw_only=True, weakref_slot=False)
class RowCount:
    """The numbers of rows of one table: all, kept, and reported; `kind` is what they hold."""

    table: str
    kind: str
    rows: int
    kept: int

    @property
    def reported(self) -> int:
        """The number of rows that were not kept; each has a problem."""
        return self.rows - self.kept


@attrs.frozen(kw_only=True, weakref_slot=False)
class LoadAssumption:
    """One decision that the tables left open, and the number of times that it was made.

    `table` is the name of a table, `text` one sentence. Ids that were made of other texts, nouns
    that no table has, and columns that nothing reads are among them.
    """

    table: str
    text: str
    times: int

    def __str__(self) -> str:
        return f"{printable(self.table)}: {clause(self.text)} ({self.times:,})"


@attrs.frozen(kw_only=True, repr=False, weakref_slot=False)
class LoadReport:
    """The report of a load on every row: counts by table, problems by row, and assumptions.

    In each table, the rows are the kept ones and the reported ones. Problems are in the order of
    the tables and of their rows.
    """

    counts: tuple[RowCount, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    assumptions: tuple[LoadAssumption, ...] = ()

    @property
    def ok(self) -> bool:
        """True if all rows were kept."""
        return not self.problems

    def __bool__(self) -> bool:
        """Refuse to be a truth value: an empty report and a good one are easily confused."""
        msg = "the truth of a LoadReport is ambiguous; ask .ok, or look at .problems"
        raise TypeError(msg)

    def rows(self) -> tuple[dict[str, str | int], ...]:
        """The problems as flat rows, for a table or a dataframe."""
        return tuple(
            {
                "table": each.table, "row": each.row, "column": each.column,
                "what": each.what, "expected": each.expected,
            }
            for each in self.problems
        )  # fmt: skip

    def __repr__(self) -> str:
        rows, kept = (sum(counts) for counts in zip(*self._totals(), strict=True))
        return f"LoadReport(rows: {rows:,}, kept: {kept:,}, reported: {rows - kept:,})"

    def _totals(self) -> list[tuple[int, int]]:
        """All rows and kept rows of each table, after those of none."""
        return [(0, 0), *((each.rows, each.kept) for each in self.counts)]

    def __str__(self) -> str:
        """The counts of each table, then the first problems, then all assumptions."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for each in self.counts:
            reported = f", {each.reported:,} reported" if each.reported else ""
            yield f"{each.table}: {count_text(each.rows, 'row')}, {each.kept:,} kept{reported}"
        yield from (f"  {each}" for each in self.problems[:MOST_SHOWN])
        if len(self.problems) > MOST_SHOWN:
            yield f"  and {len(self.problems) - MOST_SHOWN:,} more, in `problems`"
        yield from (f"assumed, {each}" for each in self.assumptions)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The counts, the first problems and the assumptions as tables. O(problems shown)."""
        counts = [
            (each.table, each.kind, each.rows, each.kept, each.reported) for each in self.counts
        ]
        problems = [
            (each.table, each.row, each.column, each.what, each.expected)
            for each in self.problems[:most]
        ]
        assumed = [(each.table, each.text, each.times) for each in self.assumptions]
        many = len(self.problems)
        return joined(
            [
                badge(count_text(many, "problem"), "error" if many else "good"),
                html_table(
                    counts, ("table", "kind", "rows", "kept", "reported"), caption="Rows read"
                ),
                html_table(
                    problems, ("table", "row", "column", "what", "expected"),
                    caption="Rows that were not kept",
                ) if problems else note("All rows were kept."),
                truncation_note(len(problems), many, "problems"),
                html_table(assumed, ("table", "assumption", "times"), caption="Assumed")
                if assumed else None,
            ]
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


@attrs.frozen(kw_only=True, weakref_slot=False)
class LoadedTables:
    """The portfolio that tables hold, and the report on every row of them."""

    portfolio: Portfolio
    report: LoadReport

    def __str__(self) -> str:
        return f"{self.portfolio!r}\n{self.report}"

    def _repr_html_(self) -> str:
        return notebook(self.report.html())


@attrs.frozen(eq=False)
class Ledger:
    """Problems of each table by row so far, and assumptions with their number."""

    problems: dict[str, dict[int, dict[RowProblem, None]]] = attrs.field(
        factory=dict[str, dict[int, "dict[RowProblem, None]"]]
    )
    assumed: Counter[tuple[str, str]] = attrs.field(factory=Counter[tuple[str, str]])

    def refuse(self, table: str, row: int, column: str, wrong: Unreadable) -> None:
        """Report a row; the same problem counts once."""
        problem = RowProblem(
            table=table, row=row, column=column, what=wrong.had, expected=wrong.rule
        )
        self.problems.setdefault(table, {}).setdefault(row, {})[problem] = None

    def is_refused(self, table: str, row: int) -> bool:
        """True if a row has a problem, so that nothing of it may be kept."""
        return row in self.problems.get(table, ())

    def refused(self, table: str) -> Iterable[int]:
        """The rows of a table that have problems."""
        return self.problems.get(table, {}).keys()

    def assume(self, table: str, text: str, times: int = 1) -> None:
        """Count an assumption; none for a number of 0."""
        if times:
            self.assumed[table, text] += times

    def report(self, tables: Iterable[BoundTable]) -> LoadReport:
        """The report, its problems in the order of the tables and of their rows."""
        listed = [*tables]
        problems = [
            problem
            for each in listed
            for _, row in sorted(self.problems.get(each.name, {}).items())
            for problem in row
        ]
        counts = [
            RowCount(
                table=each.name, kind=each.kind, rows=each.grid.rows,
                kept=each.grid.rows - len(self.problems.get(each.name, ())),
            )
            for each in listed
        ]  # fmt: skip
        order = {each.name: place for place, each in enumerate(listed)}
        assumed = sorted(
            self.assumed.items(), key=lambda each: (order.get(each[0][0], len(order)), each[0])
        )
        return LoadReport(
            counts=tuple(counts),
            problems=tuple(problems),
            assumptions=tuple(
                LoadAssumption(table=table, text=text, times=times)
                for (table, text), times in assumed
            ),
        )
