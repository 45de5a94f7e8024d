"""Boards with placed activities, and the check that their incremental state is right."""

from datetime import timedelta

import attrs

from mic_core.chrono import Period
from mic_core.model import Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import ScheduleRule
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.scheduling.state.test_state import outcome, plain

ANY = 1 << 80
"""A limit above every change of cost."""


def rules_with(*rules: ScheduleRule) -> tuple[ScheduleRule, ...]:
    """The usual rules, with some in place of those of the same code."""
    codes = {each.entry.code for each in rules}
    return (*(each for each in SCHEDULE_RULES if each.entry.code not in codes), *rules)


def hourly(
    portfolio: Portfolio, window: Period, *rules: ScheduleRule, scope: Scope = "mic"
) -> PlanningProblem:
    """A problem in steps of an hour, with some rules in place of the usual ones of their code."""
    return problem_of(
        timetable_of(portfolio),
        scope,
        rules=rules_with(*rules),
        window=window,
        step=timedelta(hours=1),
    )


def standing(problem: PlanningProblem, *at: tuple[int, ...]) -> Board:
    """A board on which activities 0, 1, 2... have these placements, which must be allowed."""
    state = State(problem)
    for activity, each in enumerate(at):
        placement = Placement(*each)
        assert state.problem.fits(activity, placement)
        assert state.allows(activity, placement)
        state.place(activity, placement)
    return Board(state)


def books(state: State) -> tuple[object, ...]:
    """All incremental data of a state: occupancy, sums, masks, parts and sorted lists."""
    return (
        state.at,
        state.space.full,
        state.space.owner,
        state.space.counts,
        state.space.members,
        [(each.sums, each.members) for each in state.counts],
        [each.used for each in state.counts if each.count.distinct],  # other terms do not read it
        [each.masks for each in state.patterns],
        [{key: held for key, held in each.parts.items() if held} for each in state.group_terms],
        [(each.ends, each.starts) for each in state.orders],
        [each.lines for each in state.pairwise_gaps],
    )


def anew(state: State) -> State:
    """Another state with the same placements, built from nothing."""
    other = State(state.problem)
    other.restore(state.placed())
    return other


def stood(
    problem: PlanningProblem, placements: Placements, rules: tuple[ScheduleRule, ...]
) -> Portfolio:
    """The portfolio in which activities have these placements, and other ones no slot."""
    after = outcome(problem, placements, rules)
    gone = [
        after.get(Session, problem.timetable.sessions[each.number].id)
        for each, at in zip(problem.activities, placements, strict=True)
        if at is None
    ]
    return recorded(after, [attrs.evolve(each, slot=None, room_id=None) for each in gone])


def cost(problem: PlanningProblem, placements: Placements, rules: tuple[ScheduleRule, ...]) -> int:
    """The cost of placements by the plain definition, less that of the empty schedule."""
    nothing = stood(problem, (None,) * len(placements), rules)
    return plain(stood(problem, placements, rules), rules) - plain(nothing, rules)
