"""Simulated annealing: the incumbent that it leaves behind, and the progress that it reports."""

import pytest

from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.search.annealing import Annealing, Heat
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from tests.scheduling.planning.test_plan import WEEK
from tests.scheduling.search.boards import anew, books, hourly
from tests.scheduling.search.test_moves import cohorts


def full() -> State:
    """Four cohorts, on days with more than one session each, which costs."""
    made = hourly(cohorts(), WEEK, MaxPerDay(most=1, of="edition", level="soft"))
    state = State(made)
    eject(state, range(len(state.at)), Chance(0), steps=400)
    return state


@pytest.mark.parametrize("seed", range(3))
def test_a_search_that_ends_worse_than_its_best_goes_back_to_it(seed: int) -> None:
    """A run that ends hot leaves the state at its incumbent."""
    state = full()
    before = state.total
    levels: list[tuple[int, int]] = []

    def on_level(done: int, least: int) -> bool:
        levels.append((done, least))
        return False

    hot = Heat(hot=100_000, cold=10_000)
    search = Annealing(Board(state), Chance(seed), hot)
    assert search.run(1_000, on_level) == 1_000
    assert state.total == search.best_cost == levels[-1][1] <= before
    assert anew(state).total == state.total
    assert books(anew(state)) == books(state)
    assert levels == sorted(levels, key=lambda each: (each[0], -each[1]))
