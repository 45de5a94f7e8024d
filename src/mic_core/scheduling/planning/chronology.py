"""Symmetry in a proposal: interchangeable sessions take their placements in the order of time.

Sessions without a slot that differ in their ids alone have the same domain, so that any permutation
of their placements is a schedule as well. The sorted one reads as people number sessions. It is
kept only if it is feasible and costs the same, which terms that know sessions by number may deny.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence

import attrs

from mic_core.ids import cite
from mic_core.model import (
    Assignment,
    Attendance,
    Availability,
    Enrollment,
    Headcount,
    Noun,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.scheduling.problem.problem import Activity, Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.state.state import State


def in_order_of_time(problem: PlanningProblem, solution: Solution) -> Solution:
    """The same solution, in which ids of interchangeable sessions ascend with their placements.

    Unplaced ones are last. Numbers in ids are compared by value. The cost, and the placements of
    all other sessions, stay as they are. O(activities log activities), and the moves of one state
    where an order changes.
    """
    sorted_groups = list(_unsorted(problem, solution))
    state = _state_of(problem, solution) if sorted_groups else None
    if state is None:
        return solution
    for group, wanted in sorted_groups:
        _permute(state, group, wanted)
    return attrs.evolve(solution, placements=state.placed())


Permutation = tuple[list[int], list[Placement | None]]
"""Interchangeable activities by ascending id, with their placements in the order of time."""


def _unsorted(problem: PlanningProblem, solution: Solution) -> Iterator[Permutation]:
    """The groups of interchangeable activities that are out of order, with the sorted order."""
    groups: dict[Hashable, list[int]] = {}
    for a, activity in enumerate(problem.activities):
        session = problem.timetable.sessions[activity.number]
        if session.slot is None:
            groups.setdefault(_signature(session, activity), []).append(a)
    for members in groups.values():
        if len(members) > 1:
            named = {a: problem.timetable.sessions[problem.activities[a].number] for a in members}
            group = [
                a
                for a in sorted(members, key=lambda each: natural_order(named[each].id))
                if not _has_records(problem.timetable.portfolio, named[a])
            ]
            given = [solution.placements[a] for a in group]
            wanted = sorted(given, key=lambda at: (at is None, at))
            if wanted != given:
                yield group, wanted


def _signature(session: Session, activity: Activity) -> Hashable:
    """All that makes an activity what it is, apart from its id and its place in the timetable."""
    return (
        attrs.evolve(session, id="any", revision=0),
        activity.form, activity.starts, activity.rooms, activity.trainers, activity.persons,
        activity.resources,
    )  # fmt: skip


def natural_order(id: str) -> tuple[tuple[int, str] | str, ...]:
    """A sort key of ids that compares the numbers in them by value, and then by their digits.

    >>> sorted(["b6-it-10", "b6-it-2", "b6-it-1"], key=natural_order)
    ['b6-it-1', 'b6-it-2', 'b6-it-10']
    """
    # Texts and numbers alternate, so that two keys never compare a text with a number.
    parts = re.split("([0-9]+)", id)
    return tuple((int(part), part) if n % 2 else part for n, part in enumerate(parts))


_RECORDS: tuple[tuple[type[Noun], str], ...] = (
    (Assignment, "session_id"), (Attendance, "session_id"), (Headcount, "session_id"),
    (Enrollment, "into"), (Availability, "subject"), (Transition, "subject"),
)  # fmt: skip
"""The kinds and fields by which a record belongs to one session and no other."""


def _has_records(portfolio: Portfolio, session: Session) -> bool:
    """True if somebody or something is recorded for just this session."""
    cited = cite("session", session.id)
    return any(
        portfolio.where(noun, **{field: cited if field == "subject" else session.id})
        for noun, field in _RECORDS
    )


def _state_of(problem: PlanningProblem, solution: Solution) -> State | None:
    """The state of a solution; None where the problem does not allow it, as a relaxation may."""
    state = State(problem)
    for a, at in enumerate(solution.placements):
        if at is not None:
            if not state.allows(a, at):
                return None
            state.place(a, at)
    return state


def _permute(state: State, group: Sequence[int], wanted: Iterable[Placement | None]) -> None:
    """Exchange the placements of a group; undone if it is infeasible or changes the cost."""
    total = state.total
    before = [(a, state.remove(a)) for a in group]
    for a, at in zip(group, wanted, strict=True):
        if at is not None:
            if not state.allows(a, at):
                break
            state.place(a, at)
    else:
        if state.total == total:
            return
    state.apply(before)
