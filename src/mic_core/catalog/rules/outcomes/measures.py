"""Rules of measures: the tables and columns that indicators name are there."""

from collections.abc import Iterator
from datetime import datetime

from mic_core.ids import cite
from mic_core.impact.validity import measure_problems
from mic_core.model import Indicator
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, Facts, PortfolioRule


def _measures_of_nothing(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    for each in portfolio.all(Indicator):
        for problem in measure_problems(each.measure, each.by):
            facts: Facts = {"had": problem, "needed": "columns of the fact tables"}
            yield Breach(subjects=(cite("indicator", each.id),), path="measure", facts=facts)


MEASURE_OF_NOTHING = PortfolioRule(
    entry=Entry(
        code="measure-of-nothing",
        level="medium",
        law="An indicator measures tables and columns that are there, compares each column with "
        "values of its kind, and is broken down by columns of its tables.",
        why="It is refused wherever it is measured.",
        source="the shapes of the fact tables",
        sentence="{subjects} cannot be measured: {had}",
        mend="name a column of the table, with a value of its kind",
    ),
    find=_measures_of_nothing,
)
"""The measure of an indicator can be computed."""

MEASURE_RULES: tuple[PortfolioRule, ...] = (MEASURE_OF_NOTHING,)
"""The rules of this module."""
