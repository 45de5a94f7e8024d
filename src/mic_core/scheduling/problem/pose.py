"""Problem statement: from a scope and its arguments to the planning problem that a solver reads."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from mic_core.chrono import Period
from mic_core.findings import Policy
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.scope import extent
from mic_core.rules import Rule
from mic_core.scheduling.problem.compile import STEP, Starts, compile_problem
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.scheduling.scope import numbers_in, to_come
from mic_core.timetable import Timetable, is_placed


def problem_of(
    timetable: Timetable,
    scope: Scope,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    free: Scope = (),
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    wide: bool = False,
    standing: Collection[int] = (),
    verb: str = "plan",
    certain: bool = False,
    starts: Starts = "clock",
) -> PlanningProblem:
    """The planning problem of a scope, to be solved or explained.

    Activities are the sessions of the scope that are still to come and have no complete placement,
    and those in `free`. `wide` keeps starts that are open to no session, so that each can be
    explained. Sessions `standing`, by number, stay fixed even without a room. `verb` is the calling
    verb, for messages of errors; `certain` and `starts` are those of `compile_problem`. The
    arguments are not checked here, see `checked_arguments`.
    """
    guarded = guard_rules(verb, rules)
    mine, released = numbers_in(timetable, scope), _released(timetable.portfolio, free)
    moving = [
        n for n in sorted(to_come(timetable, mine).difference(standing))
        if timetable.sessions[n].id in released or not is_placed(timetable.sessions[n])
    ]  # fmt: skip
    pinned = pinned_sessions(timetable, moving, free)
    free_numbers = [n for n in moving if timetable.sessions[n].id in released]
    windows = windows_of(timetable, moving, scope, window, step=step, pinned=pinned, verb=verb)
    return compile_problem(
        timetable, guarded, windows, free=free_numbers, step=step, policy=policy, wide=wide,
        certain=certain, starts=starts,
    )  # fmt: skip


def _released(portfolio: Portfolio, free: Scope) -> set[str]:
    """The ids of the sessions that may leave their slots."""
    return {each.id for each in extent(portfolio, free, None).sessions} if free else set()


def pinned_sessions(timetable: Timetable, among: Iterable[int], free: Scope) -> frozenset[int]:
    """The sessions that keep their slot and only seek a room."""
    released = _released(timetable.portfolio, free)
    return frozenset(
        n
        for n in among
        if (session := timetable.sessions[n]).slot is not None
        and not is_placed(session)
        and session.id not in released
    )
