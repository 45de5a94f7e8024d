"""A plain check of placements, and what a proof names of those it is about."""

from collections.abc import Sequence
from operator import methodcaller
from typing import Any

import pytest

from mic_core.model import Noun
from mic_core.rules import ScheduleRule
from mic_core.scheduling.exact.checker import holds
from mic_core.scheduling.exact.search import Settled, settle
from mic_core.scheduling.infeasibility.conflict_sets import Cores, Nodes
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


def test_what_stands_too_near_does_not_hold() -> None:
    """Two sessions that need an hour between them have it, or they do not hold."""
    asked = two(MinGap(minutes=60, of="edition", level="hard"))
    near = {0: Placement(9, 0), 1: Placement(10, 0)}
    assert not holds(asked, near)
    assert holds(asked, {**near, 1: Placement(11, 0)})


@pytest.mark.parametrize("mode", ["online", "in_person"])
def test_who_needs_no_room_is_in_nobodys_room(mode: str) -> None:
    """That all are in the same room binds those that are in a room."""
    asked = two(SameRoom(of="edition", level="hard"), fields=({}, {"mode": mode}))
    found = settle(asked, range(2), nodes=50)
    assert found.outcome == "placed"
    used = {at.room for at in found.placements.values()}
    assert len(used) == (2 if mode == "online" else 1)
    assert holds(asked, found.placements)


def test_a_proof_that_names_fewer_is_about_these() -> None:
    """Three that share an hour of a room are named, whoever else is asked about."""
    nouns: list[Noun] = [room("r"), hours("room:r", "Mo 09:00-11:00")]
    nouns += [session(f"s{n}") for n in range(3)]
    nouns += [session(f"t{n}", mode="online") for n in range(2)]
    asked = problem(nouns)
    cores = Cores(asked, lambda _: asked, Nodes(left=100, most=50))
    named = Settled(outcome="impossible", nodes=1, members=(2, 0, 1))
    assert methodcaller("_hinted", range(5), named)(cores) == [0, 1, 2]
    wrong = Settled(outcome="impossible", nodes=1, members=(0, 3))
    assert methodcaller("_hinted", range(5), wrong)(cores) == range(5)
