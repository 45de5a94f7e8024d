"""All overlapping pairs among placed intervals against sorting as many combined keys.

    python tests/benchmarks/bench_overlap.py [--smoke]

The base is `sorted()` of n whole numbers that combine room and start, made ready before. Goal: at
most 3 times that, for 1,000,000 intervals in 1,000 rooms, where 0.1 % and where 5 % of them reach
into the next one; and time linear in n where each interval only meets its neighbors (a chain).
"""

import random
from functools import partial

import ratios

from mic_core.chrono.overlap import crowded, overlapping

QUARTER = 15 * 60 * 1_000_000
EPOCH_2014 = 1_388_534_400_000_000
Columns = tuple[list[int], list[int], list[int]]


def booked(n: int, share: float, rooms: int) -> Columns:
    """Starts, ends and rooms of n intervals, shuffled; a `share` of them run into the next one."""
    draw = random.Random(2014)
    rows: list[tuple[int, int, int]] = []
    for room in range(rooms):
        now = EPOCH_2014
        for _ in range(n // rooms):
            end = now + draw.randrange(1, 13) * QUARTER
            rows.append((now, end, room))
            now = end - QUARTER // 2 if draw.random() < share else end + draw.randrange(5) * QUARTER
    draw.shuffle(rows)
    starts, ends, groups = zip(*rows, strict=True)
    return list(starts), list(ends), list(groups)


def chained(n: int) -> Columns:
    """One room in which every interval reaches halfway into the next one, shuffled."""
    order = random.Random(2014).sample(range(n), n)
    starts = [EPOCH_2014 + place * QUARTER for place in order]
    return starts, [start + QUARTER * 3 // 2 for start in starts], [0] * n


def main() -> list[ratios.Row]:
    """Print all tables and return their rows."""
    small = ratios.smoke()
    rows: list[ratios.Row] = []
    for share in (0.001, 0.05):
        for collect in (False, True):
            rows += pairs(share, small=small, collect=collect)
    return rows + chains(small=small)


def pairs(share: float, *, small: bool, collect: bool) -> list[ratios.Row]:
    """All pairs of placed intervals against sorting their keys."""
    n, rooms, repetitions = (2_000, 10, 2) if small else (1_000_000, 1_000, 7)
    starts, ends, groups = booked(n, share, rooms)
    names = [f"room-{group:04}" for group in groups]
    keys = [(group << 52) + start for group, start in zip(groups, starts, strict=True)]
    return ratios.compare(
        f"{n:,} intervals, {share:.1%} reach into the next",
        {
            "sorted keys": lambda: sorted(keys),
            "overlapping": lambda: list(overlapping(starts, ends, groups)),
            "overlapping, text groups": lambda: list(overlapping(starts, ends, names)),
            "crowded": lambda: list(crowded(starts, ends, groups)),
        },
        repetitions=repetitions,
        collect=collect,
        goals={"overlapping": 3.0},
    )


def chains(*, small: bool) -> list[ratios.Row]:
    """Chains of n, 2n and 4n intervals against the shortest of them."""
    sizes = (20, 40, 80) if small else (2_000, 4_000, 8_000)

    def scan(columns: Columns) -> list[tuple[int, int]]:
        return list(overlapping(*columns))

    return ratios.compare(
        "chains: twice as long should cost twice as much",
        {f"chain of {size:,}": partial(scan, chained(size)) for size in sizes},
        repetitions=2 if small else 31,
        goals={f"chain of {sizes[1]:,}": 2.5, f"chain of {sizes[2]:,}": 5.0},
    )


if __name__ == "__main__":
    main()
