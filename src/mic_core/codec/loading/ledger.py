"""The ledger of a load: problems by row and assumptions, while tables are read."""

from collections import Counter
from collections.abc import Iterable

import attrs

from mic_core.codec.loading.cells import Unreadable
from mic_core.codec.loading.report import LoadAssumption, LoadReport, RowCount, RowProblem
from mic_core.codec.loading.source import BoundTable


@attrs.frozen(eq=False)
class Ledger:
    """What is reported of each table so far: problems by row, and assumptions with their number."""

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
