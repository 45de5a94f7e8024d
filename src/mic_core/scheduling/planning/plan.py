"""Plan: the verb that places sessions, by compiling a problem, solving it, and proposing rows.

It is solved in rounds: a session whose slot is fixed and for which no room is free becomes an
obstacle for the rest, which is solved again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError, Problem
from mic_core.fields import describe, is_a
from mic_core.findings import Policy
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.planning.proposal import Plan, propose
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.pose import pinned_sessions, problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import PlanEffort, Progress, Solution, Solver
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.kernel import Kernel
from mic_core.timetable import timetable_of

WarmStart = Sequence[Placement | None]
"""The placements that a solver starts from, by activity."""


def plan(
    portfolio: Portfolio,
    scope: Scope,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    free: Scope = (),
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    seed: int = 0,
    effort: PlanEffort = "normal",
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    solver: Solver | None = None,
) -> Plan:
    """Slots, rooms and trainers for the sessions of a scope that are not placed yet.

    Sessions start in their `window` (local days), by default the period of their edition, from
    which a side that the window leaves open is taken too, at whole numbers of `step` (1 minute to
    1 day) after midnight on the clocks of their center.
    Placed sessions are fixed unless `free` names them, or what they belong to; fixed sessions and
    those outside the scope are obstacles. A session that was held, or at which somebody was present
    or counted, is history: it neither moves nor gets a place. A session that has a slot and lacks a
    room keeps the slot, whatever the window; if no room is free, it is an obstacle all the same. An
    online session needs no room, but keeps and occupies the one that it has. Trainers are chosen
    among those of the module where nobody leads the session yet. Hard rules are not broken: a
    session that finds no place is left out and explained. Sessions that differ in their ids alone
    come in the order of time, as their ids are numbered. `policy` moves rules to other levels. The
    same arguments give the same plan, whatever the machine. `effort` is how long the solver of this
    library goes on: "quick" makes a sketch (60 moves for each session), "normal" a plan to wait
    for (1,000; some 12 s for 1,200 sessions), "thorough" one for the night (20,000); it ends
    earlier where nothing can be better. `iterations` is a budget in place of that; `should_stop`
    ends it early, with the best so far. `solver` of None is the one of this library.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be, all at
    once: a step out of range, no window where a session has none, a rule that raises when it is
    asked. O(iterations + sessions times starts).
    """
    given = checked_arguments(
        "plan", portfolio=portfolio, scope=scope, window=window, step=step, free=free,
        rules=rules, policy=policy, seed=seed, effort=effort, iterations=iterations,
        solver=solver,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    timetable = timetable_of(portfolio)

    def pose(roomless: Collection[int]) -> PlanningProblem:
        return problem_of(
            timetable, given.scope, window=given.window, step=given.step, free=given.free,
            rules=given.rules, policy=given.policy, standing=roomless,
        )  # fmt: skip

    def solve(problem: PlanningProblem, start: WarmStart, iterations: int | None) -> Solution:
        solution = (given.solver or Kernel(effort=given.effort)).solve(
            problem, start=start, seed=given.seed, iterations=iterations,
            on_progress=on_progress, should_stop=should_stop,
        )  # fmt: skip
        if not _is_solution(problem, solution):
            rule = "must give a Solution with a placement, or None, for each activity"
            raise InvariantError(
                "plan", [Problem(path="solver", rule=rule, had=describe(solution))]
            )
        return solution

    pinned = pinned_sessions(timetable, timetable.placed, given.free)
    found = _solve_in_rounds(pose, solve, pinned, given.iterations)
    return propose(
        found.problem, found.solution, given.scope, given.rules, given.policy,
        roomless=found.roomless,
    )  # fmt: skip


def _is_solution(problem: PlanningProblem, solution: object) -> bool:
    return is_a(solution, Solution) and len(solution.placements) == len(problem.activities)


@attrs.frozen(kw_only=True)
class _Solved:
    """The problem and solution of the last round, and the sessions that are not in it.

    `roomless` are the numbers of sessions that keep their slots without a room.
    """

    problem: PlanningProblem
    solution: Solution
    roomless: frozenset[int]


def _solve_in_rounds(
    pose: Callable[[Collection[int]], PlanningProblem],
    solve: Callable[[PlanningProblem, WarmStart, int | None], Solution],
    pinned: Collection[int],
    iterations: int | None,
) -> _Solved:
    """Re-solve without sessions whose slot is fixed and for which no room is free.

    A session `pinned` to its slot stays there without a room as well, so it becomes an obstacle:
    `pose` compiles the problem with such sessions, by number, as fixed. Each round starts from the
    placements of the one before, and all share the `iterations`. A proof of optimality holds only
    if the sessions left out have no placement at all. O(pinned) rounds, mostly one.
    """
    problem, roomless = _pose_without_roomless(pose, pinned, frozenset())
    start: WarmStart = [each.current for each in problem.activities]
    solution = solve(problem, start, iterations)
    while out := [n for n in _numbers(problem, solution.unplaced) if n in pinned]:
        before, spent = (problem, solution.placements), solution.iterations
        problem, roomless = _pose_without_roomless(pose, pinned, roomless.union(out))
        rest = None if iterations is None else max(0, iterations - spent)
        solution = solve(problem, _warm_start(*before, problem), rest)
        # Another choice of the sessions left without a room might be better: nothing is proved.
        solution = attrs.evolve(
            solution, iterations=spent + solution.iterations, bound=None, proved=False
        )
    return _Solved(problem=problem, solution=solution, roomless=roomless)


def _pose_without_roomless(
    pose: Callable[[Collection[int]], PlanningProblem],
    pinned: Collection[int],
    roomless: frozenset[int],
) -> tuple[PlanningProblem, frozenset[int]]:
    """The problem without pinned sessions that have no free room, and all roomless sessions."""
    while True:
        problem = pose(roomless)
        out = [
            each.number
            for activity, each in enumerate(problem.activities)
            if each.number in pinned and not problem.starts(activity)
        ]
        if not out:
            return problem, roomless
        roomless = roomless.union(out)


def _numbers(problem: PlanningProblem, activities: Collection[int]) -> list[int]:
    return [problem.activities[activity].number for activity in activities]


def _warm_start(
    before: PlanningProblem, placements: WarmStart, now: PlanningProblem
) -> list[Placement | None]:
    """The placements of one problem in another, which has fewer activities."""
    at = dict(zip(_numbers(before, range(len(placements))), placements, strict=True))
    return [_as_in(before, at[each.number], now) for each in now.activities]


def _as_in(before: PlanningProblem, at: Placement | None, now: PlanningProblem) -> Placement | None:
    """The same placement in another problem; None if its axis has no such start any more."""
    cell = None if at is None else now.axis.cell(before.axis.instants[at.start])
    if at is None or cell is None:
        return None
    # There may be fewer rooms and persons now, with other indices, so they are found by their ids.
    return Placement(
        cell,
        _index(before.rooms, at.room, now.rooms),
        _index(before.persons, at.trainer, now.persons),
    )


def _index(before: Sequence[str], index: int, now: Sequence[str]) -> int:
    return -1 if index < 0 else now.index(before[index])
