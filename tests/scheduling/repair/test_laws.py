"""Invariants of every repair, of any timetable by any rules."""

from collections.abc import Sequence
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Slot
from mic_core.findings import Policy
from mic_core.model import Attendance, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.scope import extent
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.repair.conflict_masks import ConflictMasks
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.repair.violations import find_violations, may_move
from mic_core.scheduling.search.ejection import by_domain_size
from mic_core.scheduling.state.state import State
from mic_core.timetable import is_placed, timetable_of
from tests.budget import one_in
from tests.scheduling import worlds

SCOPES: list[Any] = ["mic", "lab", ("mic", "lab"), "e-0", "s-0"]
HOURS = ["09:00", "10:00", "10:15", "11:30"]


@st.composite
def crowded(draw: st.DrawFn) -> Portfolio:
    """A small portfolio in which most sessions are placed, wherever that is."""
    start = draw(worlds.portfolios())
    rows: dict[object, Noun] = {(type(each), each.id): each for each in start.values()}
    for each in start.all(Session):
        if each.slot is None and draw(st.integers(0, 4)):
            day = draw(st.dates(worlds.FIRST, worlds.LAST))
            when = Slot.at(
                day, draw(st.sampled_from(HOURS)), each.length, worlds.ZONES[each.center_id]
            )
            room = None if each.mode == "online" else f"{each.center_id}-0"
            rows[Session, each.id] = attrs.evolve(each, slot=when, room_id=room)
            if draw(st.integers(0, 6)) == 0:
                seen = Attendance(
                    id=f"seen-{each.id}", session_id=each.id, person_id="eve", status="present"
                )
                rows[Attendance, seen.id] = seen
    return Portfolio.of(*rows.values())


def hard(portfolio: Portfolio, rules: Sequence[ScheduleRule]) -> int:
    """The cost of all hard rules."""
    timetable = timetable_of(portfolio)
    return sum(
        rule.weight * breach.cost
        for rule in rules
        if rule.entry.level == "hard"
        for breach in conflicts(rule, timetable)
    )


@one_in(2)
@given(crowded(), worlds.rules(), st.sampled_from(SCOPES), st.integers(0, 3))
def test_what_is_left_broken_could_not_be_helped(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], scope: Any, seed: int
) -> None:
    """A breach that is left concerns none that may move, or none whose leaving would end it."""
    made = repair(portfolio, scope, rules=rules, seed=seed)
    timetable = timetable_of(made.portfolio)
    mine = [timetable.numbers[each.id] for each in extent(made.portfolio, scope, None).sessions]
    left = find_violations(timetable, mine, rules, Policy())
    cost = hard(made.portfolio, rules)
    for n in may_move(timetable, mine).intersection(left.shares):
        out = attrs.evolve(timetable.sessions[n], slot=None, room_id=None)
        assert hard(recorded(made.portfolio, [out]), rules) >= cost
    assert repair(made.portfolio, scope, rules=rules, seed=seed).changes == ()


@one_in(3)
@given(crowded(), worlds.rules(), st.sampled_from(SCOPES), st.integers(0, 3))
def test_a_repair_keeps_to_what_it_may_change(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], scope: Any, seed: int
) -> None:
    """Only placed sessions of the scope move that did not take place; the same each time."""
    made = repair(portfolio, scope, rules=rules, seed=seed)
    inside = {each.id for each in extent(portfolio, scope, None).sessions}
    seen = {each.session_id for each in portfolio.all(Attendance)}
    assert inside.issuperset(made.sessions)
    assert seen.isdisjoint(made.sessions)
    assert made.broken or not made.changes
    for each in made.unplaced:
        assert portfolio.get(Session, each.session_id).slot is not None
        assert not is_placed(made.portfolio.get(Session, each.session_id))
    assert repair(portfolio, scope, rules=rules, seed=seed).changes == made.changes
    assert made.portfolio == recorded(portfolio, made.changes)


@one_in(2)
@given(worlds.portfolios(), worlds.rules(), st.integers(0, 3))
def test_who_closes_starts_would_have_to_leave(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], most: int
) -> None:
    """Conflict masks agree with the blockers that the state finds placement by placement."""
    problem = problem_of(timetable_of(portfolio), ("mic", "lab"), window=worlds.PERIOD, rules=rules)
    state, away = State(problem), set[int]()
    for activity in by_domain_size(problem):
        each = problem.activities[activity]
        for start in cells_in(each.starts)[activity::17][:4]:
            at = Placement(start, each.rooms[0], each.trainers[0]) if each.rooms else None
            if at is not None and problem.fits(activity, at) and state.allows(activity, at):
                state.place(activity, at)
                break
        if activity < most:
            away.add(activity)
    masks = ConflictMasks(state)
    for activity, each in enumerate(problem.activities):
        before = state.remove(activity)
        for trainer in each.trainers:
            layers = masks.layers(activity, trainer, away)
            for start in cells_in(each.starts)[::7]:
                closing = {
                    other
                    for other in range(len(state.at))
                    if other != activity and masks.closed_by(activity, trainer, other) >> start & 1
                }
                told = (
                    next(k for k, mask in enumerate(layers.original) if mask >> start & 1),
                    next(k for k, mask in enumerate(layers.displaced) if mask >> start & 1),
                )
                assert told[0] >= min(len(closing - away), 3)
                assert told[1] >= min(len(closing & away), 2)
                places = [Placement(start, room, trainer) for room in each.rooms]
                found = [
                    state.blockers(activity, at, [1] * len(state.at))
                    for at in places
                    if problem.fits(activity, at)
                ]
                assert all(each is None or each >= closing for each in found)
                if any(each is not None and not each for each in found):
                    assert told == (0, 0)
        if before is not None:
            state.place(activity, before)
