"""The kernel's plans compared with those of CP-SAT by large neighborhood search.

    python tests/benchmarks/bench_solvers.py [--smoke] [folder of ITC-2007 instances]

The folder may also be named by MIC_CORE_DATA. Goal: on a generated Boostcamp the kernel, with its
own budget, comes within 1.2 times the best that CP-SAT finds in 10 s. CP-SAT is stopped by the
clock here, so figures differ between machines. Needs the extra `solver`.
"""

import os
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import cbctt
import instances

from mic_core.chrono import Period, WeeklyHours
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Progress, Solution
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.search.kernel import Kernel
from mic_core.solvers import CpSat
from mic_core.timetable import timetable_of

SMOKE = "--smoke" in sys.argv
WEEK = Period.days(cbctt.MONDAY, cbctt.MONDAY + timedelta(days=4))
STRICTER: tuple[ScheduleRule, ...] = (
    *instances.BOOSTCAMP_RULES,
    PreferredTimes(hours=WeeklyHours.parse("Mo-Fr 09:00-13:00")),
    CompactDays(block=180, of="edition"),
)
HARDER: tuple[ScheduleRule, ...] = (
    *instances.NETWORK_RULES,
    PreferredTimes(hours=WeeklyHours.parse("Mo-Fr 09:00-16:00")),
    CompactDays(block=180, of="person"),
)


def compile_problem(
    portfolio: Portfolio,
    rules: Sequence[ScheduleRule],
    scope: str = "mic",
    window: Period | None = None,
    step: timedelta = timedelta(minutes=15),
) -> PlanningProblem:
    """The problem of all sessions."""
    return problem_of(timetable_of(portfolio), scope, rules=rules, window=window, step=step)


def until(problem: PlanningProblem, solver: CpSat, seconds: Sequence[float]) -> list[str]:
    """The incumbents of CP-SAT after some seconds, the last of which ends it."""
    began, said, left = time.perf_counter(), list[str](), list(seconds)

    def note(unplaced: int, cost: int) -> None:
        said.append(f"{left.pop(0):g} s: {unplaced} left out, cost {cost}")

    def tell(told: Progress) -> None:
        while left and told.phase == "improving" and time.perf_counter() - began > left[0]:
            note(told.unplaced, told.cost)

    found = solver.solve(
        problem, on_progress=tell, should_stop=lambda: time.perf_counter() - began > seconds[-1]
    )
    while left:
        note(len(found.unplaced), found.cost)
    said.append(f"bound {found.bound}{', proved' if found.proved else ''}")
    return said


def compared(
    name: str, problem: PlanningProblem, seconds: Sequence[float], *, moves: int = 0
) -> None:
    """One line: the kernel with its default budget or `moves`, and CP-SAT after some seconds."""
    began = time.perf_counter()
    kernel: Solution = Kernel().solve(problem, iterations=moves or None)
    took = time.perf_counter() - began
    found = until(problem, CpSat(work=1_000_000, whole=0), [0.5] if SMOKE else seconds)
    print(
        f"{name:24} kernel {took:6.2f} s: {len(kernel.unplaced)} left out, cost {kernel.cost}"
        f"   CP-SAT {'; '.join(found)}",
        flush=True,
    )


def main() -> None:
    """Boostcamps, a term of a network, and the instances of the competition."""
    if find_spec("ortools") is None:
        print("the extra solver is not installed")
        return
    for seed in range(1 if SMOKE else 5):
        portfolio = instances.boostcamp(seed)
        compared(f"boostcamp {seed}", compile_problem(portfolio, instances.BOOSTCAMP_RULES), [10])
        compared(f"boostcamp {seed}, stricter", compile_problem(portfolio, STRICTER), [10])
    small = {"editions": 2, "sessions": 10, "trainers": 6, "rooms": 4} if SMOKE else {}
    term = instances.network(0, **small)
    compared("network", compile_problem(term, instances.NETWORK_RULES), [10, 60])
    compared("network, stricter", compile_problem(term, HARDER), [10, 30, 60])
    named = [Path(each) for each in sys.argv[1:] if not each.startswith("--")]
    data = os.environ.get("MIC_CORE_DATA")
    for folder in named or ([Path(data) / "itc2007"] if data else []):
        for name in cbctt.BEST_KNOWN:
            portfolio, rules = cbctt.read(next(folder.rglob(f"{name}.ctt")))
            problem = compile_problem(portfolio, rules, "udine", WEEK, cbctt.HOUR)
            moves = 6_000 if SMOKE else 600_000
            compared(f"{name} ({cbctt.BEST_KNOWN[name]})", problem, [10, 60], moves=moves)


if __name__ == "__main__":
    main()
