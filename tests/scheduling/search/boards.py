"""Boards on which activities stand, and whether their books are right."""

from datetime import timedelta

import attrs

from mic_core.chrono import Period
from mic_core.model import Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import ScheduleRule
from mic_core.scheduling.planning.proposal import recorded
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.scheduling.state.test_state import outcome, plain

ANY = 1 << 80
"""A limit that every change keeps."""


def asked(*rules: ScheduleRule) -> tuple[ScheduleRule, ...]:
    """The usual rules with some in the place of those of the same code."""
    codes = {each.entry.code for each in rules}
    return (*(each for each in SCHEDULE_RULES if each.entry.code not in codes), *rules)


def hourly(
    portfolio: Portfolio, window: Period, *rules: ScheduleRule, scope: Scope = "mic"
) -> PlanningProblem:
    """A problem in hours, under some rules in the place of the usual ones of their code."""
    return problem_of(
        timetable_of(portfolio), scope, rules=asked(*rules), window=window, step=timedelta(hours=1)
    )


def standing(problem: PlanningProblem, *at: tuple[int, ...]) -> Board:
    """A board on which activities stand in turn, all as strict rules allow it."""
    state = State(problem)
    for activity, each in enumerate(at):
        placement = Placement(*each)
        assert state.problem.fits(activity, placement)
        assert state.allows(activity, placement)
        state.place(activity, placement)
    return Board(state)


def books(state: State) -> tuple[object, ...]:
    """All that a state keeps about where its activities stand."""
    return (
        state.at,
        state.space.full,
        state.space.owner,
        state.space.counts,
        state.space.members,
        [(each.sums, each.members) for each in state.counts],
        [each.used for each in state.counts if each.count.distinct],  # others do not ask
        [each.masks for each in state.patterns],
        [{key: held for key, held in each.parts.items() if held} for each in state.group_terms],
        [(each.ends, each.starts) for each in state.orders],
        [each.lines for each in state.pairwise_gaps],
    )


def anew(state: State) -> State:
    """Another state in which the same activities stand in the same places."""
    other = State(state.problem)
    other.restore(state.placed())
    return other


def stood(
    problem: PlanningProblem, placements: Placements, rules: tuple[ScheduleRule, ...]
) -> Portfolio:
    """The portfolio in which activities stand where placements say, and the others nowhere."""
    after = outcome(problem, placements, rules)
    gone = [
        after.get(Session, problem.timetable.sessions[each.number].id)
        for each, at in zip(problem.activities, placements, strict=True)
        if at is None
    ]
    return recorded(after, [attrs.evolve(each, slot=None, room_id=None) for each in gone])


def cost(problem: PlanningProblem, placements: Placements, rules: tuple[ScheduleRule, ...]) -> int:
    """What placements cost after the plain definition, more than nothing placed."""
    nothing = stood(problem, (None,) * len(placements), rules)
    return plain(stood(problem, placements, rules), rules) - plain(nothing, rules)
