"""Time to a feasible plan, and its quality.

    python tests/benchmarks/bench_plan.py [--smoke] [folder of ITC-2007 instances]

Goals: a generated Boostcamp feasible in 0.2 s; a term of 1,200 sessions, also with few trainers,
few rooms, trainers to choose or rooms for two, in 5 s for 5 of 5 seeds; 5,000 sessions in 8 s, and
20,000 compiled in 8 s and placed in 90 s, in one center or many; ITC-2007 instances feasible in
1 s, and after 6,000,000 moves (a minute on an idle core) at most 1.3 times the best known.
"""

import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import cbctt
import instances

from mic_core.chrono import Period
from mic_core.model import Center
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import ScheduleRule
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.search.kernel import Kernel
from mic_core.timetable import timetable_of

WEEK = Period.days(cbctt.MONDAY, cbctt.MONDAY + timedelta(days=4))


def term(**sizes: int) -> Portfolio:
    """A term of a network; a small one for a smoke test."""
    small = {"editions": 2, "sessions": 10, "trainers": 6, "rooms": 4}
    return instances.network(0, **{**(small if "--smoke" in sys.argv else {}), **sizes})


def run(
    name: str,
    portfolio: Portfolio,
    rules: Sequence[ScheduleRule],
    *,
    scope: Scope = "mic",
    window: Period | None = None,
    step: timedelta = timedelta(minutes=15),
    moves: int = 0,
    seeds: int = 5,
) -> None:
    """One line for each seed: seconds to compile and to solve, what is left out, what it costs."""
    for seed in range(1 if "--smoke" in sys.argv else seeds):
        begun = time.perf_counter()
        timetable = timetable_of(portfolio)
        problem = problem_of(timetable, scope, rules=rules, window=window, step=step)
        ready = time.perf_counter()
        found = Kernel().solve(problem, seed=seed, iterations=moves)
        done = time.perf_counter()
        print(
            f"{name:34} seed {seed}  compile {ready - begun:6.3f} s  solve {done - ready:7.3f} s  "
            f"unplaced {len(found.unplaced)}  cost {found.cost}"
        )


def main() -> None:
    """Feasibility first, then what a minute gives."""
    run("boostcamp", instances.boostcamp(), instances.BOOSTCAMP_RULES)
    few: list[dict[str, int]] = [
        {}, {"trainers": 15}, {"rooms": 8}, {"trainers": 30, "choose": 3},
        {"rooms": 20, "concurrency": 2}, {"trainers": 15, "rooms": 8, "choose": 3},
    ]  # fmt: skip
    for sizes in few:
        run(f"network {sizes or ''}", term(**sizes), instances.NETWORK_RULES)
    for count in (2,) if "--smoke" in sys.argv else (4, 17):
        small = {"editions": 2, "sessions": 10, "trainers": 6, "rooms": 4}
        several = instances.centers(0, count=count, **(small if "--smoke" in sys.argv else {}))
        scope = tuple(each.id for each in several.all(Center))
        run(f"{count} centers", several, instances.NETWORK_RULES, scope=scope, seeds=1)
    for editions, trainers, rooms in ((83, 250, 160), (333, 1000, 600)):
        if "--smoke" not in sys.argv:
            large = instances.network(0, editions=editions, trainers=trainers, rooms=rooms)
            run(f"one center, {editions} editions", large, instances.NETWORK_RULES, seeds=1)
    folders = [Path(each) for each in sys.argv[1:] if not each.startswith("--")]
    for path in (path for folder in folders for path in sorted(folder.glob("comp*.ctt"))):
        portfolio, rules = cbctt.read(path)
        for moves in (0, 6_000_000):
            run(
                f"{path.stem}, {moves:,} moves", portfolio, rules, scope="udine", window=WEEK,
                step=cbctt.HOUR, moves=moves,
            )  # fmt: skip


if __name__ == "__main__":
    main()
