"""Best insertion: the feasible placements of least cost, all of them or a diverse few.

A few placements of one cost would mostly be one afternoon in quarters of an hour. So a few are
chosen greedily by diversity: after the cheapest, each next one lies on another day and in another
part of the day than those chosen, else apart from them in time, else in another room. Soft costs
may be paid for that, medium and hard ones are not.
"""

from collections.abc import Mapping
from functools import cached_property
from itertools import product
from typing import Any

import attrs

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
    by_cost, rank, taken = _by_cost(costs), _Rank(costs), _Taken(costs.options.times)
    chosen: list[tuple[int, CandidatePlacement]] = []
    tiers: dict[int, list[int]] = {}
    for cost in sorted(by_cost):
        tiers.setdefault(cost // LEVEL_WEIGHTS["medium"], []).append(cost)
    for tier in tiers.values():
        unions = {cost: union_of(by_cost[cost]) for cost in tier}
        while len(chosen) < most and (found := _cheapest_start(unions, taken)) is not None:
            cost, at = found
            free = [choice for choice, mask in by_cost[cost].items() if mask >> at & 1]
            choice = min(free, key=lambda each: (not taken.choices.isdisjoint(each), rank.of(each)))
            by_cost[cost][choice] ^= 1 << at
            unions[cost] ^= 1 << at if len(free) == 1 else 0
            chosen.append((cost, (at, *choice)))
            taken.add(at, choice)
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


def _cheapest_start(unions: Mapping[int, StartSet], taken: "_Taken") -> tuple[int, int] | None:
    """The cheapest start that differs most in time from those taken; None if none is left."""
    every = taken.times.all
    for allowed in (every & ~taken.days, every & ~taken.near, every):
        for cost, some in unions.items():
            mask = some & allowed
            if mask:
                mask = mask & ~taken.parts or mask
                return cost, (mask & -mask).bit_length() - 1
    return None


@attrs.define(eq=False, slots=False)
class _Taken:
    """The starts, rooms and trainers that are alike to those of the placements chosen so far.

    `days` are the starts on their local days, `near` those that overlap one of them, `parts` those
    in the same parts of the day; `choices` are their rooms and trainers.
    """

    times: StartTimes
    days: StartSet = 0
    near: StartSet = 0
    parts: StartSet = 0
    choices: set[str | None] = attrs.field(factory=set[str | None])

    def add(self, start: int, choice: RoomAndTrainer) -> None:
        """Take a start, a room and a trainer."""
        times, at = self.times, self.times.instants[start]
        self.near |= times.meeting(at, at + times.length)
        self.days |= next(mask for mask in times.by_day.values() if mask >> start & 1)
        by_part = self._parts_of_day
        self.parts |= next(mask for mask in by_part.values() if mask >> start & 1)
        self.choices |= {*choice} - {None}

    @cached_property
    def _parts_of_day(self) -> Mapping[int, StartSet]:
        """The starts by the part of the local day."""
        found: dict[int, StartSet] = {}
        for minute, mask in self.times.by_minute.items():
            found[minute // _PART] = found.get(minute // _PART, 0) | mask
        return found
