"""Completion: of the cohort, how many completed, with bounds while some are still open."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import attrs

from mic_core.cohorts.counting import QUERIES, YES, CountQuery
from mic_core.cohorts.explaining import (
    CohortExplanation,
    Definitions,
    LeftOut,
    PortfolioOrTables,
    facts_that,
    left_out,
)
from mic_core.cohorts.operations import Operation, titles_of_others
from mic_core.cohorts.rates import (
    MeanBounds,
    Rate,
    mean_bounds,
    mean_text,
    percent,
    rate_columns,
)
from mic_core.errors import NotFound
from mic_core.impact.aggregation.estimate import number
from mic_core.impact.tables.journeys import LEFT_EARLY
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.stacks import StackedBar, svg_stacks
from mic_core.model.expressions.measures import where

_HEADERS = ("edition", "cohort", "persons", "completed", "incomplete", "left", "open", "rate, %",
            "95 % interval")  # fmt: skip
_DEFINITIONS: Definitions = (
    ("completed", "participants of the cohort whose last entry was completed"),
    ("incomplete", "stayed to the end, and did not complete"),
    ("left", "withdrawn, cancelled, transferred, declined or expired"),
    ("open", "enrolled or suspended still: may complete, so that the rate has bounds"),
    ("rate", "completed of the cohort, everybody who was ever enrolled in it"),
    ("pooled", "the editions that are over, added up; those not due yet are left out by name"),
    ("all", "all editions added up, the running ones included, with bounds"),
    ("mean of cohorts", "the mean of the rates of the editions that are over: each weighs alike"),
    (
        "95 % interval",
        ("Wilson's interval: how far the rate may lie from the one observed, if the cohort is seen "
        "as a sample"),
    ),
)  # fmt: skip


@attrs.frozen(kw_only=True)
class CompletionCounts:
    """A cohort by status: the numbers add up to `cohort`, the number of its participants.

    `persons` are the distinct persons, delegates in place of their organization.
    """

    persons: int = 0
    completed: int = 0
    incomplete: int = 0
    left: int = 0
    open: int = 0

    @property
    def cohort(self) -> int:
        """The number of participants who were ever enrolled."""
        return self.completed + self.incomplete + self.left + self.open

    @property
    def rate(self) -> Rate:
        """The rate of completion, with bounds while some are open."""
        return Rate(self.completed, self.open, self.cohort)


def is_below(counts: CompletionCounts, minimum: int) -> bool:
    """True for a small cell: of few participants, or of few known persons; none is not few."""
    return 0 < counts.cohort < minimum or 0 < counts.persons < minimum


def completion_counts(statuses: Iterable[tuple[Any, int]], persons: int) -> CompletionCounts:
    """The counts of a cohort from its statuses and their numbers."""
    found = {"completed": 0, "incomplete": 0, "left": 0, "open": 0}
    for status, n in statuses:
        name = "left" if status in LEFT_EARLY else status if status in found else "open"
        found[name] += n
    return CompletionCounts(persons=persons, **found)


@attrs.frozen(kw_only=True)
class OperationCompletion:
    """The completion of one edition."""

    operation: Operation
    counts: CompletionCounts


@attrs.frozen(kw_only=True)
class Completion:
    """Completion of each edition; `pooled` those that are over, `all` with the running ones.

    `mean` are the means of the lower and of the upper bounds of those that are over, None without
    any. `left_out` are the
    editions that are not in the pool, with the reason; `hidden` those of a cohort below the
    minimum.
    """

    editions: tuple[OperationCompletion, ...]
    pooled: CompletionCounts
    all: CompletionCounts
    mean: MeanBounds | None
    left_out: LeftOut = ()
    hidden: tuple[str, ...] = ()
    as_of: datetime = attrs.field(repr=False)

    def __getitem__(self, id: str) -> CompletionCounts:
        """The counts of an edition by its id; raises NotFound for one that is not shown."""
        for each in self.editions:
            if each.operation.id == id:
                return each.counts
        msg = "no edition of that id is shown here"
        raise NotFound(msg)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each edition, then for the pool and for all, without an id."""
        return (*(
            {
                "edition_id": id, "title": title, "cohort": counts.cohort,
                "persons": counts.persons, "completed": counts.completed,
                "incomplete": counts.incomplete, "left": counts.left, "open": counts.open,
                **rate_columns("rate", counts.rate),
                "interval_low": None if counts.rate.interval is None else counts.rate.interval[0],
                "interval_high": None if counts.rate.interval is None else counts.rate.interval[1],
                "mean_least": number(self.mean[0]) if self.mean and title == "pooled" else None,
                "mean_most": number(self.mean[1]) if self.mean and title == "pooled" else None,
            }
            for id, title, counts in self._lines()
        ),)  # fmt: skip

    def _lines(self) -> Iterator[tuple[str | None, str, CompletionCounts]]:
        for each in self.editions:
            yield each.operation.id, each.operation.title, each.counts
        yield None, "pooled", self.pooled
        yield None, "all", self.all

    def explain(self, facts: PortfolioOrTables | None = None) -> CohortExplanation:
        """The definitions, and of a portfolio the completed journeys and the open ones."""
        found = CohortExplanation(definitions=_DEFINITIONS, left_out=self.left_out)
        if facts is None or self.hidden:
            return found
        here = [each.operation.id for each in self.editions]
        done = where("has_completed", "==", YES)
        still = where("has_completed", "unknown"), where("has_entered", "==", YES)
        return attrs.evolve(
            found, facts=facts_that(facts, "journeys", here, (done,), self.as_of),
            possible=facts_that(facts, "journeys", here, still, self.as_of),
        )  # fmt: skip

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._remarks()])

    def _cells(self) -> Iterator[tuple[str | int | Quantity, ...]]:
        for _, title, counts in self._lines():
            yield (
                title, counts.cohort, counts.persons, counts.completed, counts.incomplete,
                counts.left, counts.open, Quantity(percent(counts.rate).removesuffix(" %")),
                Quantity(interval_text(counts.rate)),
            )  # fmt: skip

    def _remarks(self) -> Iterator[str]:
        if self.mean is not None:
            yield f"Mean of cohorts: {mean_text(self.mean)} %."
        if self.left_out:
            names = "; ".join(f"{title} ({why})" for title, why in self.left_out)
            yield f"Not in the pool: {names}."
        if self.hidden:
            yield f"Hidden, as the cohort is too small: {', '.join(self.hidden)}."

    def svg(self) -> Html:
        """A bar for all, one for the pool, then one for each edition, by status."""
        *editions, pooled, everything = self._lines()
        bars = [
            StackedBar(
                title=title,
                parts=(counts.completed, counts.open, counts.incomplete, counts.left),
                text=str(counts.rate),
            )
            for _, title, counts in (everything, pooled, *editions) if counts.cohort
        ]  # fmt: skip
        legend = (("completed", "fill-1"), ("open", "open"), ("incomplete", "fill-3"),
                  ("left", "fill-none"))  # fmt: skip
        return svg_stacks(bars, legend, title="Completion", nothing="Nobody was enrolled yet.")

    def html(self) -> Html:
        """The bars, then the numbers as a table."""
        return joined([
            self.svg(), html_table(self._cells(), _HEADERS, caption="Completion"),
            *map(note, self._remarks()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def interval_text(rate: Rate) -> str:
    """The Wilson interval of a rate in percent; "" where it is not defined.

    >>> interval_text(Rate(4, 0, 7))
    '25 to 84'
    """
    if rate.interval is None:
        return ""
    low, high = (f"{100 * each:.0f}" for each in rate.interval)
    return f"{low} to {high}"


# Evaluation


def completion_of(
    count: CountQuery, operations: Sequence[Operation], shown: Sequence[Operation], as_of: datetime
) -> Completion:
    """The completion of some operations; those not `shown` are in the pool only. O(cells)."""
    statuses: dict[Any, dict[Any, int]] = {each.id: {} for each in operations}
    for (id, status, _, _, has_entered, *_), n in count(QUERIES["journeys"]).items():
        if id in statuses and has_entered:
            statuses[id][status] = statuses[id].get(status, 0) + n
    persons = persons_by_operation(count)

    def together(among: Sequence[Operation]) -> CompletionCounts:
        pairs = [pair for each in among for pair in statuses[each.id].items()]
        everybody = set[Any]().union(*(persons.get(each.id, ()) for each in among))
        return completion_counts(pairs, len(everybody))

    over = [each for each in operations if each.left_out is None]
    rates = [together([each]).rate for each in over]
    return Completion(
        editions=tuple(
            OperationCompletion(operation=each, counts=together([each])) for each in shown
        ),
        pooled=together(over), all=together(operations),
        mean=mean_bounds(rates),
        left_out=left_out(operations),
        hidden=titles_of_others(operations, shown), as_of=as_of,
    )  # fmt: skip


def persons_by_operation(count: CountQuery) -> dict[Any, set[Any]]:
    """The known persons who took part in each operation."""
    found: dict[Any, set[Any]] = {}
    for session_id, edition_id, _, person_id in count(QUERIES["persons"]):
        if person_id is not None:
            # A session booked directly is the operation, also where it belongs to an edition.
            found.setdefault(edition_id if session_id is None else session_id, set()).add(person_id)
    return found
