"""Effort: the budget of a search in words."""

from typing import Any

import instances
import pytest

from mic_core.errors import InvariantError
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.spread import MinDays

SESSIONS = 60
# More days than there are: no plan reaches the bound, so that no search ends before its budget.
RULES: tuple[ScheduleRule, ...] = (*SCHEDULE_RULES, MinDays(of="module", least=200, level="soft"))


def planned(**budget: Any) -> tuple[int, int]:
    """The iterations and the cost of a plan of a Boostcamp."""
    made = plan(instances.boostcamp(), "mic", rules=RULES, seed=3, **budget)
    assert made.unplaced == ()
    return made.solution.iterations, made.solution.cost


def test_effort_is_a_number_of_moves_for_each_session() -> None:
    """A quick plan makes 60 moves for each session, a normal one 1,000; normal is the default."""
    quick, dear = planned(effort="quick")
    normal, cheap = planned()
    assert (quick, normal) == (60 * SESSIONS, 1_000 * SESSIONS)
    assert cheap <= dear
    assert planned(effort="normal") == (normal, cheap)


def test_iterations_take_the_place_of_effort() -> None:
    """A number of iterations is the budget, whatever the effort."""
    assert planned(effort="thorough", iterations=70)[0] == 70


def test_an_unknown_effort_is_refused_by_name() -> None:
    """The words that there are stand in the error."""
    with pytest.raises(InvariantError, match="effort: must be one of quick, normal, thorough"):
        plan(Portfolio.of(), (), effort="more")  # type: ignore[arg-type]
