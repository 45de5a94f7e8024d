"""Unsettled conflict sets and open verdicts, where the nodes of the exact searches run out."""

from collections.abc import Sequence

import pytest

from mic_core.chrono import Period
from mic_core.model import Noun
from mic_core.scheduling.exact.search import ExactResult
from mic_core.scheduling.infeasibility.conflict_sets import Core, CoreSearch, NodeBudget
from mic_core.scheduling.infeasibility.corrections import ConflictSet
from mic_core.scheduling.infeasibility.explain import (
    ConflictSearch,
    Infeasibility,
    explain_infeasible,
)
from mic_core.scheduling.infeasibility.relaxation import Cause
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.order import MinGap
from tests.scheduling.infeasibility.impossible import (
    MONDAY,
    case,
    everything,
    explain,
    several,
    shown,
    wide,
)
from tests.scheduling.nouns import session as made


def test_nodes_that_do_not_suffice_leave_it_open() -> None:
    """Without nodes nothing is claimed, and sessions without a place are named."""
    hidden = [*several("s", 2, 60), *several("x", 2, 120)]
    rules = [*SCHEDULE_RULES, MinGap(minutes=60, level="hard")]
    found = explain(*hidden, window=Period.days(MONDAY, MONDAY), rules=rules, nodes=0)
    assert found.verdict == "open"
    assert found.conflict_sets == ()
    assert str(found).startswith("No plan was found for all sessions, and it is not proved")
    assert "without a place, and not explained: session:" in str(found)
    assert "not explained" in shown(found)
    assert found.plan is None


def test_a_set_that_is_not_settled_says_so() -> None:
    """A set of which some member may be one too many says so."""
    one = ConflictSet(sessions=("session:a", "session:b"), causes=(Cause("x"),), minimal=False)
    assert "some of this may be too much" in str(one)
    assert "what could mend it" in str(one)
    held = Infeasibility(verdict="impossible", conflict_sets=(one,))
    assert "not settled" in shown(held)


def test_a_set_that_takes_more_nodes_than_there_are_says_so() -> None:
    """The nodes suffice neither for the deletion filter nor for a proof off the step."""
    asked = case(9)
    found = explain_infeasible(asked.portfolio, "mic", rules=asked.rules, nodes=160)
    (only,) = found.conflict_sets
    assert found.verdict == "open"
    assert only.causes[-1] == Cause("step", "15 minutes")
    assert not only.minimal
    assert "some of this may be too much" in str(only)
    (settled,) = explain_infeasible(asked.portfolio, "mic", rules=asked.rules).conflict_sets
    assert set(settled.sessions) < set(only.sessions)
    assert set(settled.causes) < set(only.causes)


@pytest.mark.parametrize(("seed", "nodes"), [(0, 20), (14, 160)])
def test_what_one_way_does_not_settle_the_other_does(seed: int, nodes: int) -> None:
    """Few nodes suffice if the other order of the filter, sessions or causes first, is tried."""
    asked = case(seed)
    found = explain_infeasible(asked.portfolio, "mic", rules=asked.rules, nodes=nodes)
    full = explain_infeasible(asked.portfolio, "mic", rules=asked.rules)
    assert found.conflict_sets[0].minimal
    assert len(found.conflict_sets[0].sessions) == len(full.conflict_sets[0].sessions)


def searched(answer: Core | ExactResult, *nouns: Noun) -> Infeasibility:
    """The analysis of tiny sessions where each search for a set has the same answer."""

    class Fixed(CoreSearch):
        """A search that finds nothing of its own."""

        def find(self, activity: int, pool: Sequence[int], placed: object) -> Core | ExactResult:
            """The answer, whatever the question."""
            return answer

    problem, budget = wide(*nouns), NodeBudget(left=1_000, most=100)
    nothing = Solution(placements=(None,) * len(problem.activities), cost=0)
    search = ConflictSearch(problem, budget, nothing)
    search.run(Fixed(problem, lambda _: problem, budget))
    return search.result(())


def test_after_a_set_that_is_not_settled_no_other_is_sought() -> None:
    """Activities left after an unsettled set are unexplained, as the next would take as long."""
    unsettled = Core(numbers=(0,), causes=(), minimal=False)
    found = searched(unsettled, *(made(f"big{n}", edition_id="e", expected=90) for n in range(3)))
    (only,) = found.conflict_sets
    assert found.verdict == "impossible"
    assert not only.minimal
    assert len(found.unexplained) == 2


def test_a_search_that_stays_open_goes_on_to_the_next_session() -> None:
    """Nothing is claimed of sessions for which neither a placement nor a proof is found."""
    still = ExactResult(outcome="open", nodes=1)
    found = searched(still, *(made(f"big{n}", edition_id="e", expected=90) for n in range(2)))
    assert found.verdict == "open"
    assert found.unexplained == ("session:big0", "session:big1")


@pytest.mark.parametrize("seed", [1, 9])
def test_nodes_are_spent_once(seed: int) -> None:
    """The nodes that a search visits leave the budget and are counted, from whichever end."""
    problem = everything(case(seed))
    asked = range(len(problem.activities))
    for most in (5, 100, 400):
        nodes = NodeBudget(left=1_000, most=most)
        first = nodes.decide(problem, asked)
        assert 0 < first.nodes == nodes.spent
        second = nodes.decide(problem, asked)
        assert first.nodes + second.nodes == nodes.spent
        assert nodes.left + nodes.spent == 1_000
        assert second.outcome == first.outcome
