"""The funnel: how many participants applied, were accepted, entered, attended, completed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from mic_core.cohorts.counting import QUERIES, STAGES, CountQuery
from mic_core.cohorts.explaining import (
    CohortExplanation,
    Definitions,
    PortfolioOrTables,
    facts_that,
)
from mic_core.cohorts.operations import Operation, titles_of_others
from mic_core.cohorts.rates import Rate, percent, rate_columns
from mic_core.errors import NotFound
from mic_core.markup import Html, Quantity, html_table, joined, note, notebook, table
from mic_core.markup.charts.funnel import FunnelStage, svg_funnel

_HEADERS = ("edition", "stage", "reached", "of those who applied, %", "of the stage before, %")
_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "has_applied": "applied", "is_accepted": "accepted", "has_entered": "enrolled",
        "has_attended": "attended", "has_completed": "completed", "has_credential": "credential",
        "has_outcome": "outcome",
    }
)  # fmt: skip
Stages = tuple[tuple[str, Rate], ...]
"""The rate of each stage, of those who applied, by its name and in order."""

_DEFINITIONS: Definitions = (
    ("applied", "submitted an application to a call of the edition, or asked for an enrollment"),
    ("accepted", "the last decision accepted the application, or a seat was offered or taken"),
    ("enrolled", "was ever enrolled: the cohort"),
    ("attended", "one person of the participant was at one session at least"),
    ("completed", "the last entry was completed"),
    (
        "credential",
        ("a credential was earned in the edition, or in its program before another edition of it "
        "was entered"),
    ),
    (
        "outcome",
        ("a job, a deal, or an observation of an outcome indicator above zero, from the entry on; "
        "not known unless somebody answered"),
    ),
    ("bounds", "the least certainly reached a stage; the most may have, or still can"),
)  # fmt: skip


@attrs.frozen(kw_only=True)
class OperationFunnel:
    """The stages of one edition."""

    operation: Operation
    stages: Stages


@attrs.frozen(kw_only=True)
class Funnel:
    """The funnel of each edition and of all together, by participant and edition.

    Stages need not lie within each other: somebody may complete without a recorded presence.
    `hidden` are the editions of a cohort below the minimum.
    """

    editions: tuple[OperationFunnel, ...]
    all: Stages
    hidden: tuple[str, ...] = ()
    as_of: datetime = attrs.field(repr=False)

    def __getitem__(self, id: str) -> Mapping[str, Rate]:
        """The stages of an edition by its id; raises NotFound for one that is not shown."""
        for each in self.editions:
            if each.operation.id == id:
                return dict(each.stages)
        msg = "no edition of that id is shown here"
        raise NotFound(msg)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each edition and stage; those of all come last, without an id."""
        return (*(
            {
                "edition_id": id, "title": title, "stage": stage, "least": rate.part,
                "most": rate.part + rate.unknown, "applied": rate.of,
                **rate_columns("share", rate), **rate_columns("of_before", before),
            }
            for id, title, stage, rate, before in self._lines()
        ),)  # fmt: skip

    def _lines(self) -> Iterator[tuple[str | None, str, str, Rate, Rate | None]]:
        several: list[tuple[str | None, str, Stages]] = [
            (each.operation.id, each.operation.title, each.stages) for each in self.editions
        ]
        for id, title, stages in (*several, (None, "all", self.all)):
            before: Rate | None = None
            for stage, rate in stages:
                yield id, title, stage, rate, _of_before(rate, before)
                before = rate

    def explain(self, facts: PortfolioOrTables | None = None) -> CohortExplanation:
        """The definitions, and of a portfolio the applications and enrollments behind it."""
        found = CohortExplanation(definitions=_DEFINITIONS)
        if facts is None or self.hidden:
            return found
        here = [each.operation.id for each in self.editions]
        return attrs.evolve(found, facts=facts_that(facts, "journeys", here, (), self.as_of))

    def __str__(self) -> str:
        return "\n".join([table(self._cells(), _HEADERS), *self._remarks()])

    def _cells(self) -> Iterator[tuple[str | Quantity, ...]]:
        for _, title, stage, rate, before in self._lines():
            yield (
                title, stage, Quantity(_reached(rate)),
                Quantity(percent(rate).removesuffix(" %")),
                Quantity("" if before is None else percent(before).removesuffix(" %")),
            )  # fmt: skip

    def _remarks(self) -> Iterator[str]:
        if self.hidden:
            yield f"Hidden, as the cohort is too small: {', '.join(self.hidden)}."

    def svg(self) -> Html:
        """The funnel of all editions together, a bar for each stage."""
        stages = [
            FunnelStage(
                title=stage, least=rate.part, most=rate.part + rate.unknown,
                text=f"{_reached(rate)} ({percent(rate)})" if rate.of else _reached(rate),
            )
            for stage, rate in self.all
        ]  # fmt: skip
        one = len(self.editions) == 1 and not self.hidden
        title = f"Funnel: {self.editions[0].operation.title}" if one else "Funnel"
        return svg_funnel(stages, title=title, nothing="Nobody applied or was enrolled yet.")

    def html(self) -> Html:
        """The drawing, then the numbers as a table."""
        return joined([
            self.svg(), html_table(self._cells(), _HEADERS, caption="Funnel"),
            *map(note, self._remarks()),
        ])  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _reached(rate: Rate) -> str:
    most = rate.part + rate.unknown
    return f"{rate.part:,}" if not rate.unknown else f"{rate.part:,} to {most:,}"


def _of_before(rate: Rate, before: Rate | None) -> Rate | None:
    """The rate of a stage among those of the stage before.

    None where the stage before is not certain, or is smaller: then it holds no one stage.
    """
    if before is None or before.unknown or before.part < rate.part + rate.unknown:
        return None
    return Rate(rate.part, rate.unknown, before.part)


# Evaluation


def funnel_of(
    count: CountQuery, operations: Sequence[Operation], shown: Sequence[Operation], as_of: datetime
) -> Funnel:
    """The funnel of some operations; those not `shown` are in the sum only. O(cells)."""
    found = {each.id: dict.fromkeys(_TITLES.values(), Rate(0, 0, 0)) for each in operations}
    for (id, _, *flags), n in count(QUERIES["journeys"]).items():
        if id in found:
            for stage, flag in zip(STAGES, flags, strict=True):
                found[str(id)][_TITLES[stage]] += Rate(n * (flag is True), n * (flag is None), n)
    everybody = {
        stage: sum((stages[stage] for stages in found.values()), Rate(0, 0, 0))
        for stage in _TITLES.values()
    }
    return Funnel(
        editions=tuple(
            OperationFunnel(operation=each, stages=(*found[each.id].items(),))
            for each in shown
        ),
        all=(*everybody.items(),),
        hidden=titles_of_others(operations, shown), as_of=as_of,
    )  # fmt: skip
