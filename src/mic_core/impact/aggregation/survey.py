"""Surveys: the facts of one table in a window by what they rest on, and those that are left out."""

from collections import Counter
from collections.abc import Sequence

import attrs

from mic_core.impact.aggregation.columns import FALSE, UNKNOWN
from mic_core.impact.aggregation.facts import FactTable, tally
from mic_core.impact.aggregation.group_by import Selection, Window
from mic_core.model.expressions.measures import Where

UNDECIDED = "not known if it counts"
"""The reason to leave out a fact of which a condition is unknown."""


@attrs.frozen(eq=False, kw_only=True)
class Survey:
    """The facts of one table in a window: how many there are, what they rest on, what is left out.

    `counts` are the decided and the eligible facts.
    """

    considered: int
    due: int
    counts: tuple[int, int]
    evidence: Counter[str | None]
    exclusions: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, table: FactTable, window: Window, conditions: Sequence[Where]) -> "Survey":
        """The survey of a table. O(rows x conditions), by bytes."""
        selection = Selection.of(table, window)
        considered, due, eligible = (
            table.size - mask.count(FALSE)
            for mask in (selection.considered, selection.due, selection.eligible)
        )
        mask = selection.meeting(conditions)
        evidence = tally(table.columns["evidence"], mask)
        return cls.counted(window, (considered, due, eligible), mask.count(UNKNOWN), evidence)

    @classmethod
    def counted(
        cls, window: Window, counts: tuple[int, int, int], possible: int,
        evidence: Counter[str | None],
    ) -> "Survey":  # fmt: skip
        """The survey of the numbers of considered, due and eligible facts."""
        considered, due, eligible = counts
        exclusions = (
            ("not due yet", considered - due),
            (f"evidence below {window.grade}, or not stated", due - eligible),
            (UNDECIDED, possible),
        )
        return cls(
            considered=considered, due=due, counts=(eligible - possible, eligible),
            evidence=evidence, exclusions=tuple(each for each in exclusions if each[1]),
        )  # fmt: skip
