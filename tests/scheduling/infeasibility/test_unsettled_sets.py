"""What is said of conflict sets and sessions where the nodes of the exact searches run out."""

import pytest

from mic_core.chrono import Period
from mic_core.scheduling.exact.search import Settled
from mic_core.scheduling.infeasibility import conflict_sets
from mic_core.scheduling.infeasibility import explain as infeasible
from mic_core.scheduling.infeasibility.conflict_sets import Nodes
from mic_core.scheduling.infeasibility.explain import ConflictSet, Infeasibility, explain_infeasible
from mic_core.scheduling.infeasibility.relaxation import Cause
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.order import MinGap
from tests.scheduling.infeasibility.impossible import (
    MONDAY,
    case,
    everything,
    explain,
    several,
    shown,
)
from tests.scheduling.nouns import session as made


def test_nodes_that_do_not_suffice_leave_it_open() -> None:
    """Without nodes nothing is claimed, and who has no place is named."""
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
    """A set of which some member may be one too many is told apart."""
    one = ConflictSet(sessions=("session:a", "session:b"), causes=(Cause("x"),), minimal=False)
    assert "some of this may be too much" in str(one)
    assert "what could mend it" in str(one)
    held = Infeasibility(verdict="impossible", conflict_sets=(one,))
    assert "not settled" in shown(held)


def test_a_set_that_takes_more_nodes_than_there_are_says_so() -> None:
    """The proof takes a search, and the nodes do not suffice to spare any of what it names."""
    asked = case(9)
    found = explain_infeasible(asked.portfolio, "mic", rules=asked.rules, nodes=160)
    (only,) = found.conflict_sets
    assert found.verdict == "impossible"
    assert not only.minimal
    assert "some of this may be too much" in str(only)
    (settled,) = explain_infeasible(asked.portfolio, "mic", rules=asked.rules).conflict_sets
    assert set(settled.sessions) < set(only.sessions)
    assert set(settled.causes) < set(only.causes)


@pytest.mark.parametrize(("seed", "nodes"), [(0, 20), (14, 160)])
def test_what_one_way_does_not_settle_the_other_does(seed: int, nodes: int) -> None:
    """Few nodes suffice where what is spared first, sessions or causes, is the other way round."""
    asked = case(seed)
    found = explain_infeasible(asked.portfolio, "mic", rules=asked.rules, nodes=nodes)
    full = explain_infeasible(asked.portfolio, "mic", rules=asked.rules)
    assert found.conflict_sets[0].minimal
    assert len(found.conflict_sets[0].sessions) == len(full.conflict_sets[0].sessions)


def test_after_a_set_that_is_not_settled_no_other_is_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left is named, as the next set would take as long."""
    unsettled = conflict_sets.Core(numbers=(0,), causes=(), minimal=False)

    def about(*_: object) -> conflict_sets.Core:
        return unsettled

    monkeypatch.setattr(conflict_sets.Cores, "about", about)
    found = explain(*(made(f"big{n}", edition_id="e", expected=90) for n in range(3)))
    (only,) = found.conflict_sets
    assert not only.minimal
    assert len(found.unexplained) == 2


def test_a_question_that_stays_open_goes_on_to_the_next_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is claimed of sessions of which neither a place nor a proof is found."""
    still = Settled(outcome="open", nodes=1)

    def about(*_: object) -> Settled:
        return still

    def nothing(*_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr(conflict_sets.Cores, "about", about)
    monkeypatch.setattr(infeasible, "shortages", nothing)
    found = explain(*(made(f"big{n}", edition_id="e", expected=90) for n in range(2)))
    assert found.verdict == "open"
    assert found.unexplained == ("session:big0", "session:big1")


@pytest.mark.parametrize("seed", [1, 9])
def test_nodes_are_spent_once(seed: int) -> None:
    """What a question took is gone, and said, from whichever end it was asked."""
    problem = everything(case(seed))
    asked = range(len(problem.activities))
    for most in (5, 100, 400):
        nodes = Nodes(left=1_000, most=most)
        first = nodes.ask(problem, asked)
        assert 0 < first.nodes == nodes.spent
        second = nodes.ask(problem, asked)
        assert first.nodes + second.nodes == nodes.spent
        assert nodes.left + nodes.spent == 1_000
        assert second.outcome == first.outcome
