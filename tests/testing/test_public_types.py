"""Every public value is drawn by its type alone, those that are no nouns as well."""

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

import mic_core as mic
from mic_core.markup import Section
from mic_core.rules import Breach, Entry, PortfolioRule, ScheduleRule
from mic_core.scheduling import rules
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import FunctionRule
from mic_core.scheduling.rules.selection import Only
from mic_core.testing.results import breaches, reports, schedule_rules, sections
from tests.budget import one_in


def _named(cls: type[Any]) -> str:
    return cls.__name__


RULES: list[type[Any]] = sorted(
    {
        cls
        for name in rules.__all__
        if isinstance(cls := getattr(rules, name), type)
        and attrs.has(cls)
        and hasattr(cls, "entry")
    },
    key=_named,
)


@pytest.mark.parametrize("cls", [*RULES, Only, Entry, PortfolioRule], ids=_named)
@one_in(10)
@given(data=st.data())
def test_a_rule_is_drawn(cls: type[Any], data: DataObject) -> None:
    """A value drawn by a type is of that type, with any labels and limits."""
    assert isinstance(data.draw(st.from_type(cls)), cls)


@given(st.from_type(PortfolioRule))
def test_a_rule_that_is_drawn_finds_nothing(drawn: PortfolioRule) -> None:
    """A drawn rule of the portfolio can be evaluated."""
    assert tuple(drawn.find(mic.Portfolio.of(), None)) == ()


@given(st.from_type(FunctionRule))
def test_a_function_that_is_drawn_answers_nothing(drawn: FunctionRule) -> None:
    """A drawn function rule can be evaluated, for any scope."""
    assert drawn.function(()) is None


@given(reports(), breaches(), schedule_rules(), sections())
def test_results_are_drawn(
    report: mic.Report, breach: Breach, rule: ScheduleRule, section: Section
) -> None:
    """Reports are in order, breaches cost something, rules are standard, sections have parts."""
    assert report.cut == tuple(sorted(report.cut))
    assert breach.cost >= 1
    assert rule in SCHEDULE_RULES
    assert len(section.parts) <= 3
