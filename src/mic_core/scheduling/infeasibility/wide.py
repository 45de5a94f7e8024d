"""Problems in which causes can be left out: every start is there, also outside of the window."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

import attrs

from mic_core.chrono import Interval
from mic_core.findings import Policy
from mic_core.rules import Rule
from mic_core.scheduling.problem.compile import STEP, compiled
from mic_core.scheduling.problem.problem import Activity, Barrier, Problem
from mic_core.scheduling.problem.time_windows import EARLIEST, LATEST
from mic_core.timetable import Timetable

MARGIN = timedelta(days=7)
"""How far at least a window that is left out reaches further, to either side."""


def wide_problem(
    timetable: Timetable,
    rules: Iterable[Rule],
    windows: Mapping[int, Interval],
    *,
    free: Collection[int] = (),
    step: timedelta = STEP,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
) -> Problem:
    """The problem of placing sessions in their windows, with every start that there is.

    To either side it reaches as far again as all windows do together, at least a week: whatever
    leaves out the windows can start there. O(memberships + masks).
    """
    low = min((first for first, _ in windows.values()), default=0)
    high = max((last for _, last in windows.values()), default=0)
    margin = max(high - low, MARGIN // timedelta(microseconds=1))
    reach = max(low - margin, min(low, EARLIEST)), min(high + margin, max(high, LATEST))
    problem = compiled(
        timetable, rules, dict.fromkeys(windows, reach), free=free, step=step, policy=policy,
        wide=True,
    )  # fmt: skip
    return attrs.evolve(
        problem,
        activities=tuple(
            _within(problem, each, windows[each.number]) for each in problem.activities
        ),
    )


def _within(problem: Problem, each: Activity, window: Interval) -> Activity:
    """An activity with its own window in place of the one that the problem was made for."""
    instants = problem.axis.instants
    first = bisect_left(instants, window[0] - each.offset)
    after = bisect_right(instants, window[1] - each.offset - each.length)
    own = Barrier("window", "", ((1 << after) - 1) >> first << first)
    return each.behind(tuple(own if one.code == "window" else one for one in each.barriers))
