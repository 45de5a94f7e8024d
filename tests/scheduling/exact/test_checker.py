"""The independent checker, and the activities that a proof names."""

from collections.abc import Sequence
from operator import methodcaller
from typing import Any

import pytest

from mic_core.model import Noun
from mic_core.rules import ScheduleRule
from mic_core.scheduling.exact.checker import is_feasible
from mic_core.scheduling.exact.search import ExactResult, search_exactly
from mic_core.scheduling.infeasibility.conflict_sets import CoreSearch, NodeBudget
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.rules.order import MinGap
from mic_core.scheduling.rules.spread import SameRoom
from tests.scheduling.exact.test_details import hours, problem
from tests.scheduling.nouns import room, session


def two(*rules: ScheduleRule, fields: Sequence[dict[str, Any]] = ({}, {})) -> PlanningProblem:
    """Two sessions of an edition, which rules bind."""
    nouns: list[Noun] = [room("q"), room("r")]
    nouns += [session(f"s{n}", edition_id="e", **more) for n, more in enumerate(fields)]
    return problem(nouns, rules=rules)


def test_sessions_nearer_than_their_gap_are_infeasible() -> None:
    """Two sessions of an edition with a minimum gap of an hour are infeasible without it."""
    asked = two(MinGap(minutes=60, of="edition", level="hard"))
    near = {0: Placement(9, 0), 1: Placement(10, 0)}
    assert not is_feasible(asked, near)
    assert is_feasible(asked, {**near, 1: Placement(11, 0)})


@pytest.mark.parametrize("mode", ["online", "in_person"])
def test_who_needs_no_room_is_in_nobodys_room(mode: str) -> None:
    """That all are in the same room binds those that are in a room."""
    asked = two(SameRoom(of="edition", level="hard"), fields=({}, {"mode": mode}))
    found = search_exactly(asked, range(2), nodes=50)
    assert found.outcome == "placed"
    used = {at.room for at in found.placements.values()}
    assert len(used) == (2 if mode == "online" else 1)
    assert is_feasible(asked, found.placements)


def test_a_proof_that_names_fewer_is_about_these() -> None:
    """A proof about three activities that share a room names them alone, and is checked first."""
    nouns: list[Noun] = [room("r"), hours("room:r", "Mo 09:00-11:00")]
    nouns += [session(f"s{n}") for n in range(3)]
    nouns += [session(f"t{n}", mode="online") for n in range(2)]
    asked = problem(nouns)
    cores = CoreSearch(asked, lambda _: asked, NodeBudget(left=100, most=50))
    named = ExactResult(outcome="impossible", nodes=1, members=(2, 0, 1))
    assert methodcaller("_named_members", range(5), named)(cores) == [0, 1, 2]
    wrong = ExactResult(outcome="impossible", nodes=1, members=(0, 3))
    assert methodcaller("_named_members", range(5), wrong)(cores) == range(5)
