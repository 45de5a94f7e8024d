"""Best insertion: the feasible placements of least cost, all of them or a diverse few.

A few placements of one cost would mostly be one afternoon in quarters of an hour. So a few are
chosen greedily by diversity: after the cheapest, each next one lies on another day and in another
part of the day than those chosen, else apart from them in time, else in another room. Soft costs
may be paid for that, medium and hard ones are not.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

from mic_core.scheduling.insertion.insertion_costs import (
    InsertionCosts,
    forbidden_starts,
    total_costs,
)
from mic_core.scheduling.insertion.placements import StartSet, StartTimes
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS
from mic_core.scheduling.problem.time_axis import cells_in

RoomAndTrainer = tuple[str | None, str | None]
"""A room and a trainer."""

CandidatePlacement = tuple[int, str | None, str | None]
"""A placement: the index of a start, a room, and a trainer."""

_PART = 4 * 60
"""Minutes of a part of the day: 8 to 12, 12 to 16 and 16 to 20 o'clock differ for people."""

_ByCost = dict[int, dict[RoomAndTrainer, StartSet]]
"""The feasible starts by insertion cost, then by room and trainer."""


def free_starts(costs: InsertionCosts) -> dict[RoomAndTrainer, StartSet]:
    """The feasible starts by room and trainer."""
    choices = product(costs.options.rooms, costs.options.trainers)
    every = costs.options.times.all
    return {each: every & ~union_of(forbidden_starts(costs.by_rule(*each))) for each in choices}


def union_of(starts: Mapping[Any, StartSet]) -> StartSet:
    """The union of some sets of starts."""
    found = 0
    for each in starts.values():
        found |= each
    return found


def all_placements(costs: InsertionCosts) -> list[CandidatePlacement]:
    """All feasible placements in the order of cost, time, room and trainer. O(n log n)."""
    rank = _Rank(costs)
    return [
        (at, *choice)
        for _, by_choice in sorted(_by_cost(costs).items())
        for at, _, choice in sorted(
            (at, rank.of(choice), choice)
            for choice, starts in by_choice.items()
            for at in cells_in(starts)
        )
    ]


def diverse_placements(costs: InsertionCosts, most: int) -> list[CandidatePlacement]:
    """At most `most` feasible placements, diverse, in the order of cost, time, room and trainer.

    The first one is the cheapest of all. O(most times (costs + rooms times trainers)) sets.
    """
    by_cost, rank = _by_cost(costs), _Rank(costs)
    chosen: list[tuple[int, CandidatePlacement]] = []
    tiers: dict[int, list[int]] = {}
    for cost in sorted(by_cost):
        tiers.setdefault(cost // LEVEL_WEIGHTS["medium"], []).append(cost)
    for tier in tiers.values():
        left = {cost: dict(by_cost[cost]) for cost in tier}
        while len(chosen) < most:
            found = _next_placement(left, costs.options.times, [each for _, each in chosen], rank)
            if found is None:
                break
            cost, (at, *choice) = found
            left[cost][choice[0], choice[1]] ^= 1 << at
            chosen.append(found)
    chosen.sort(key=lambda each: (each[0], each[1][0], rank.of(each[1][1:])))
    return [each for _, each in chosen]


class _Rank:
    """The order of rooms and trainers at one start and cost."""

    def __init__(self, costs: InsertionCosts) -> None:
        # Nobody knows that everybody fits into a room without stated seats, so it comes last.
        rooms = costs.options.timetable.rooms
        self._unstated = {id for id, each in rooms.items() if each.seats is None}

    def of(self, choice: RoomAndTrainer) -> tuple[bool, str, str]:
        """The rank of a room and trainer, less is better."""
        room, trainer = choice
        return room in self._unstated, room or "", trainer or ""


def _by_cost(costs: InsertionCosts) -> _ByCost:
    """The feasible starts by cost, room and trainer; costs without a start are left out."""
    found: _ByCost = {}
    for choice, left in free_starts(costs).items():
        totals = total_costs(costs.by_rule(*choice))
        by_cost = {cost: starts & left for cost, starts in totals.items()}
        by_cost[0] = left & ~union_of(by_cost)
        for cost, starts in by_cost.items():
            if starts:
                found.setdefault(cost, {})[choice] = starts
    return found


def _next_placement(
    left: _ByCost, times: StartTimes, chosen: list[CandidatePlacement], rank: _Rank
) -> tuple[int, CandidatePlacement] | None:
    """The cheapest placement that differs most in time from those chosen; None if none is left."""
    unions = {cost: union_of(by_choice) for cost, by_choice in left.items()}
    starts = [at for at, *_ in chosen]
    parts = _parts_of_day(times, starts) if starts else 0
    for allowed in (times.all & ~_days_of(times, starts), times.all & ~_near(times, starts), -1):
        for cost, some in unions.items():
            mask = some & allowed
            if mask:
                mask = mask & ~parts or mask
                at = (mask & -mask).bit_length() - 1
                used = {each for _, *both in chosen for each in both} - {None}
                free = [choice for choice, mask in left[cost].items() if mask >> at & 1]
                choice = min(free, key=lambda each: (not used.isdisjoint(each), rank.of(each)))
                return cost, (at, *choice)
    return None


def _days_of(times: StartTimes, starts: Iterable[int]) -> StartSet:
    """The starts on the local days of some starts."""
    found = 0
    for mask in times.by_day.values():
        if any(mask >> each & 1 for each in starts):
            found |= mask
    return found


def _near(times: StartTimes, starts: Iterable[int]) -> StartSet:
    """The starts from which the session overlaps itself at one of some starts."""
    found = 0
    for each in starts:
        at = times.instants[each]
        found |= times.meeting(at, at + times.length)
    return found


def _parts_of_day(times: StartTimes, starts: Iterable[int]) -> StartSet:
    """The starts in the same parts of the local day as some starts."""
    parts: dict[int, StartSet] = {}
    for minute, mask in times.by_minute.items():
        parts[minute // _PART] = parts.get(minute // _PART, 0) | mask
    return union_of(
        {part: mask for part, mask in parts.items() if any(mask >> each & 1 for each in starts)}
    )
