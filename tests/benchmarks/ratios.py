"""The shared harness of the benchmarks: ratios within one run, with their spread.

Seconds say little on a shared machine, so every case is measured against a base case of the same
process: one repetition runs every case once, in turn, and gives one ratio per case. Reported are
the median of these ratios and the smallest and largest of them. The garbage collector runs once
before each case and is off while a case is timed, unless `collect=True` leaves it on; the table
says which. Nothing here asserts a time: a machine may be busy, a goal is judged by a reader.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One case: its median seconds, and its ratios to the base case of the same repetition."""

    case: str
    seconds: float
    ratio: float
    least: float
    most: float
    goal: float | None = None


def smoke(argv: list[str] | None = None) -> bool:
    """True for a tiny run (`--smoke`), which proves that the benchmark still runs."""
    return "--smoke" in (sys.argv[1:] if argv is None else argv)


def compare(
    title: str,
    cases: Mapping[str, Callable[[], object]],
    *,
    repetitions: int = 7,
    collect: bool = False,
    goals: Mapping[str, float] | None = None,
) -> list[Row]:
    """Time the cases against the first of them, print a table and return its rows.

    The first case is the base. `goals` names, for some cases, the ratio they should not exceed.
    """
    spent: dict[str, list[float]] = {case: [] for case in cases}
    for _ in range(repetitions):
        for case, run in cases.items():
            spent[case].append(_timed(run, collect=collect))
    base = next(iter(spent.values()))
    rows = [_row(case, seconds, base, (goals or {}).get(case)) for case, seconds in spent.items()]
    print(render(f"{title} ({repetitions} repetitions, gc {'on' if collect else 'off'})", rows))
    return rows


def render(title: str, rows: list[Row]) -> str:
    """The rows as a text table.

    >>> rows = [Row("loop", 0.002, 1.0, 1.0, 1.0), Row("sum", 0.001, 0.5, 0.4, 0.6, goal=1)]
    >>> print(render("sums", rows))
    sums
      case  median ms  ratio  spread       goal
      loop      2.000   1.00  1.00-1.00
      sum       1.000   0.50  0.40-0.60  <= 1.00
    """
    width = max(4, *(len(row.case) for row in rows))
    lines = [title, f"  {'case':{width}}  median ms  ratio  spread       goal"]
    for row in rows:
        goal = "" if row.goal is None else f"<= {row.goal:.2f}"
        spread = f"{row.least:.2f}-{row.most:.2f}"
        line = (
            f"  {row.case:{width}}  {row.seconds * 1000:9.3f}  {row.ratio:5.2f}  {spread:9}  {goal}"
        )
        lines.append(line.rstrip())
    return "\n".join(lines)


def _timed(run: Callable[[], object], *, collect: bool) -> float:
    gc.collect()
    if not collect:
        gc.disable()
    try:
        before = time.perf_counter()
        result = run()
        after = time.perf_counter()
    finally:
        gc.enable()
    del result  # freeing what a case made is not part of its time
    return after - before


def _row(case: str, seconds: list[float], base: list[float], goal: float | None) -> Row:
    ratios = [own / other for own, other in zip(seconds, base, strict=True)]
    middle = statistics.median
    return Row(case, middle(seconds), middle(ratios), min(ratios), max(ratios), goal)
