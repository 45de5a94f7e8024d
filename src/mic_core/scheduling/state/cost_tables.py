"""What a count or a day's pattern costs, computed once for each value that occurs."""

from collections.abc import Callable
from functools import cache

from mic_core.rules import Busy
from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.problem.problem import CountTerm, DayPattern


class CostTable(dict[int, int]):
    """Costs by value, 0 for nothing; what is not known yet is computed and kept."""

    __slots__ = ("judge",)

    def __init__(self, judge: Callable[[int], int]) -> None:
        super().__init__({0: 0})
        self.judge = judge

    def __missing__(self, value: int) -> int:
        cost = self[value] = self.judge(value)
        return cost


def count_tables(count: CountTerm) -> Callable[[int], CostTable]:
    """The table of each limit: by the sum as it is kept, or by the number of buckets used."""
    weight, cost, distinct = count.weight or 1, count.cost, count.distinct

    @cache
    def of(limit: int) -> CostTable:
        if distinct:
            return CostTable(lambda used: weight * cost(used, limit))
        return CostTable(lambda held: weight * cost(held // COUNTED, limit))

    return of


def pattern_tables(pattern: DayPattern) -> Callable[[int], CostTable]:
    """The table of each limit, by the set of ticks that are busy."""
    weight, cost, tick = pattern.weight, pattern.cost, pattern.tick

    @cache
    def of(limit: int) -> CostTable:
        return CostTable(lambda ticks: weight * cost(busy(ticks, tick), limit))

    return of


def busy(ticks: int, tick: int) -> Busy:
    """The minutes of a day from the set of its ticks.

    >>> busy(0b11001110, 15)
    ((15, 60), (90, 120))
    """
    found: list[tuple[int, int]] = []
    at = 0
    while ticks:
        gap = (ticks & -ticks).bit_length() - 1
        ticks >>= gap
        at += gap
        length = (~ticks & (ticks + 1)).bit_length() - 1
        found.append((at * tick, (at + length) * tick))
        ticks >>= length
        at += length
    return tuple(found)
