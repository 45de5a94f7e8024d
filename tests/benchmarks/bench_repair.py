"""Time of a repair after a trainer falls ill for a week, and the number of moves.

    python tests/benchmarks/bench_repair.py [--smoke] [--prove]

The trainer and the week are those with the most sessions; the timetable is one that was planned.
Goals: a Boostcamp in 0.05 s with as many changes as sessions broken; a term of 1,200 sessions in
2 s, the problem made included, with at most twice as many. Often no repair changes as few: with
`--prove` OR-Tools is asked for the fewest changes of each Boostcamp, whatever the rooms; it tells a
bound that no repair can go below, and whether one reaches it.
"""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import instances

from mic_core.chrono import Period
from mic_core.model import Assignment, Availability, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.repair.repair import repair
from mic_core.timetable import timetable_of

LIMIT = 30.0
"""Seconds that a proof may take."""


def fallen_ill(portfolio: Portfolio) -> Portfolio:
    """The same after the trainer with the most sessions in a week is away for that week."""
    weeks: Counter[tuple[str, date]] = Counter()
    for part in portfolio.all(Assignment):
        slot = portfolio.get(Session, part.session_id).slot
        if slot is not None:
            day = slot.start.date()
            weeks[part.person_id, day - timedelta(days=day.weekday())] += 1
    person, monday = min(weeks, key=lambda each: (-weeks[each], each))
    away = Availability(
        id="ill", subject=f"person:{person}", preference="unavailable",
        period=Period.days(monday, monday + timedelta(days=6)),
    )  # fmt: skip
    return recorded(portfolio, [away])


def fewest(problem: PlanningProblem) -> str:
    """The lower bound of moves that OR-Tools proves, with rooms relaxed."""
    from ortools.sat.python import cp_model  # an extra

    model: Any = cp_model.CpModel()
    axis, grid = problem.axis, problem.axis.grid
    day = 86_400_000_000 // grid.unit
    units = [(at - grid.low) // grid.unit for at in axis.instants]
    starts: list[Any] = []
    spans: list[Any] = []
    stays: list[Any] = []
    for activity, each in enumerate(problem.activities):
        mask = 0
        for room in each.rooms:
            mask |= problem.domain(activity, room, -1)
        domain = cp_model.Domain.FromValues([units[cell] for cell in cells_in(mask)])
        start = model.NewIntVarFromDomain(domain, "")
        starts.append(start)
        spans.append(model.NewIntervalVar(start, each.cells, start + each.cells, ""))
        if each.current is not None:
            stays.append(model.NewBoolVar(""))
            model.Add(start == units[each.current.start]).OnlyEnforceIf(stays[-1])
            model.AddHint(start, units[each.current.start])
    for resource in range(len(problem.resources)):
        held = [spans[a] for a, each in enumerate(problem.activities) if resource in each.resources]
        model.AddNoOverlap(held)
    for order in problem.orders:
        turn = model.NewIntVar(0, grid.size, "")
        for a in order.firsts:
            model.Add(starts[a] + problem.activities[a].cells <= turn)
        for a in order.seconds:
            model.Add(starts[a] >= turn)
    days: list[Any] = []
    for start in starts:
        which, minute = (
            model.NewIntVar(0, grid.size // day + 1, ""),
            model.NewIntVar(0, day - 1, ""),
        )
        model.Add(start == which * day + minute)
        days.append(model.NewIntervalVar(which, 1, which + 1, ""))
    for count in (each for each in problem.counts if not each.weight):
        for group in range(len(count.membership.labels)):
            held = [days[a] for a in range(len(days)) if group in count.membership.fixed[a]]
            model.AddCumulative(held, [1] * len(held), 2)
    model.Maximize(sum(stays))
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = LIMIT
    solver.parameters.num_workers = 2
    status = solver.StatusName(solver.Solve(model))
    number = len(starts)
    return (
        f"at least {round(number - solver.BestObjectiveBound())}, "
        f"found {round(number - solver.ObjectiveValue())} ({status.lower()})"
    )


def run(
    name: str, portfolio: Portfolio, rules: Sequence[ScheduleRule], moves: int | None, seed: int
) -> None:
    """One line: what broke, what changes, in how many seconds of the processor; what is proved."""
    planned = plan(portfolio, "mic", rules=rules, seed=seed, iterations=moves).portfolio
    broken = fallen_ill(planned)
    begun = time.process_time()
    made = repair(broken, "mic", rules=rules, seed=seed)
    times = [time.process_time() - begun]
    for _ in range(0 if "--smoke" in sys.argv else 2):
        begun = time.process_time()
        repair(broken, "mic", rules=rules, seed=seed)
        times.append(time.process_time() - begun)
    print(
        f"{name:10} seed {seed}  {len(made.broken):3} broken  {len(made.sessions):3} changes  "
        f"{len(made.unplaced)} unplaced  kept {made.report.ok}  {min(times):6.3f} s",
        flush=True,
    )
    if "--prove" in sys.argv and name == "boostcamp":
        problem = problem_of(timetable_of(broken), "mic", free="mic", rules=rules)
        print(f"{'':20}fewest changes: {fewest(problem)}", flush=True)


def main() -> None:
    """Boostcamps, then terms; a small one of each for a smoke test."""
    smoke = "--smoke" in sys.argv
    for seed in range(1 if smoke else 10):
        run("boostcamp", instances.boostcamp(seed), instances.BOOSTCAMP_RULES, None, seed)
    sizes = {"editions": 2, "sessions": 10, "trainers": 6, "rooms": 4} if smoke else {}
    for seed in range(1 if smoke else 5):
        term = instances.network(seed, **sizes)
        run("network", term, instances.NETWORK_RULES, 0, seed)


if __name__ == "__main__":
    main()
