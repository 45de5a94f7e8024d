"""Plan: slots, rooms and trainers for what is not placed yet, with reasons for what is left."""

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta

from mic_core.chrono import Period
from mic_core.errors import InvariantError, Problem
from mic_core.fields import describe, is_a
from mic_core.findings import Policy
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.planning.proposal import Plan, proposed
from mic_core.scheduling.planning.rounds import WarmStart, in_rounds
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.pose import pinned_sessions, problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Progress, Solution, Solver
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.kernel import Kernel
from mic_core.timetable import timetable_of


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
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    solver: Solver | None = None,
) -> Plan:
    """Slots, rooms and trainers for the sessions of a scope that are not placed yet.

    Sessions start in their `window` (local days), by default the period of their edition, from
    which a side that the window leaves open is taken too, at whole numbers of `step` (1 minute to
    1 day) after midnight on the clocks of their center.
    Sessions that are placed never move unless `free` names them, or what they belong to; those
    outside the scope stand in the way. What was held, or where somebody was present or counted, is
    history: it neither moves nor gets a place. A session that has a slot and lacks a room keeps
    the slot, whatever the window; where it finds no room, it stands in the way all the same. An
    online session needs no room, but keeps the one that it has, and takes it up. Trainers are
    chosen among those of the module where nobody leads the session yet. Hard rules are not broken:
    what finds no place is left out and explained. Sessions that differ in their ids alone come in
    the order of time, as their ids are numbered. `policy` moves rules to other levels. The same
    arguments give the same plan, whatever the machine; `iterations` (None: 60 for each session)
    bounds the search, `should_stop` ends it early. `solver` of None is the one of this library.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be, all at
    once: a step out of range, no window where a session has none, a rule that raises when it is
    asked. O(iterations + sessions times starts).
    """
    given = checked_arguments(
        "plan", portfolio=portfolio, scope=scope, window=window, step=step, free=free,
        rules=rules, policy=policy, seed=seed, iterations=iterations, solver=solver,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    timetable = timetable_of(portfolio)

    def posed(standing: Collection[int]) -> PlanningProblem:
        return problem_of(
            timetable, given.scope, window=given.window, step=given.step, free=given.free,
            rules=given.rules, policy=given.policy, standing=standing,
        )  # fmt: skip

    def solved(problem: PlanningProblem, start: WarmStart, iterations: int | None) -> Solution:
        solution = (given.solver or Kernel()).solve(
            problem, start=start, seed=given.seed, iterations=iterations,
            on_progress=on_progress, should_stop=should_stop,
        )  # fmt: skip
        if not _answers(problem, solution):
            rule = "must give a Solution with a placement, or None, for each activity"
            raise InvariantError(
                "plan", [Problem(path="solver", rule=rule, had=describe(solution))]
            )
        return solution

    pinned = pinned_sessions(timetable, timetable.placed, given.free)
    found = in_rounds(posed, solved, pinned, given.iterations)
    return proposed(
        found.problem, found.solution, given.scope, given.rules, given.policy,
        standing=found.standing,
    )  # fmt: skip


def _answers(problem: PlanningProblem, solution: object) -> bool:
    return is_a(solution, Solution) and len(solution.placements) == len(problem.activities)
