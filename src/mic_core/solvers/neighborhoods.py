"""Neighborhoods of large neighborhood search: near in time, related by groups, or half of each."""

from collections.abc import Callable, Iterable

import attrs

from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import State

EXTRA_DAYS = 4
"""Random days that activities may move to besides their own. A budget: bounds the tables of days,
which are built for each day that a neighborhood may touch."""


@attrs.define(eq=False)
class Neighborhoods:
    """Draws neighborhoods in the incumbent: sets of activities that a program may place anew."""

    state: State
    chance: Chance
    groups: list[frozenset[tuple[int, int]]] = attrs.field(init=False)
    """By activity: its fixed resources as (-1, resource), its groups as (counting term, group)."""
    days: list[int] = attrs.field(init=False)
    """The mask of cells of each run of the axis, which is a day's opening as a rule."""

    def __attrs_post_init__(self) -> None:
        self.days, first = [], 0
        for _, count in self.state.problem.axis.runs:
            self.days.append(((1 << count) - 1) << first)
            first += count
        self.groups = [self._groups(each) for each in range(len(self.state.at))]

    def _groups(self, activity: int) -> frozenset[tuple[int, int]]:
        """The resources and groups of an activity that do not depend on its placement."""
        state = self.state
        found = {(-1, each) for each in state.resources[activity]}
        for place, counts in enumerate(state.counts):
            found |= {(place, group) for group in counts.membership.fixed[activity]}
        return frozenset(found)

    def draw(self, size: int) -> list[int]:
        """Return at most `size` activities around a pivot drawn at random, with the pivot."""
        orders: tuple[Callable[[int], list[int]], ...] = (self._near, self._related, self._mixed)
        pivot = self._pivot()
        chosen = self.chance.one_of(orders)(pivot)
        return sorted([pivot, *(each for each in chosen if each != pivot)][:size])

    def cells_for(self, free: Iterable[int]) -> int:
        """Return the cells of the days of some activities and of EXTRA_DAYS random days, as a mask.

        Over all days of a term the tables of day patterns and group terms would be too large.
        """
        run_of = self.state.problem.axis.run_of
        days = set(range(len(self.days)))
        if len(days) > EXTRA_DAYS:
            days = {self.chance.below(len(self.days)) for _ in range(EXTRA_DAYS)}
        days |= {run_of[at.start] for each in free if (at := self.state.at[each]) is not None}
        return sum(self.days[day] for day in days)

    def _pivot(self) -> int:
        """Draw an unplaced activity (three times in four), else one that costs, else any."""
        at = self.state.at
        unplaced = [each for each, where in enumerate(at) if where is None]
        draw = self.chance.below(4)
        if unplaced and draw:
            return self.chance.one_of(unplaced)
        costly = [each for each in range(len(at)) if self._costs(each)] if draw > 1 else []
        return self.chance.one_of(costly) if costly else self.chance.below(len(at))

    def _costs(self, activity: int) -> bool:
        """True if a graded term costs something at an activity's placement."""
        state, at = self.state, self.state.at[activity]
        return at is not None and (
            state.unary(activity, at) > 0
            or any(
                not isinstance(each, Precedences) and each.costs(activity, at)
                for each in state.graded[activity]
            )
        )

    def _start(self, activity: int) -> int | None:
        """The start cell of an activity; of an unplaced one a random cell of its domain, if any."""
        at = self.state.at[activity]
        if at is not None:
            return at.start
        starts = self.state.problem.activities[activity].starts
        return self.chance.bit(starts, self.state.problem.axis.size) if starts else None

    def _near(self, pivot: int) -> list[int]:
        """The placed activities, nearest in time first; equal ones in random order."""
        start = self._start(pivot)
        if start is None:
            return []
        shuffled = self.chance.shuffled(self._placed())
        return sorted(shuffled, key=lambda each: self._distance(start, each))

    def _related(self, pivot: int) -> list[int]:
        """All activities, those that share most groups first; equal ones in random order."""
        own = self.groups[pivot]
        shuffled = self.chance.shuffled(range(len(self.state.at)))
        return sorted(shuffled, key=lambda each: -len(own & self.groups[each]))

    def _mixed(self, pivot: int) -> list[int]:
        """Related and near activities in turn, each once."""
        pairs = zip(self._related(pivot), self._near(pivot), strict=False)
        return [*dict.fromkeys(each for pair in pairs for each in pair)]

    def _placed(self) -> list[int]:
        return [each for each, at in enumerate(self.state.at) if at is not None]

    def _distance(self, start: int, activity: int) -> int:
        at = self.state.at[activity]
        return abs(at.start - start) if at is not None else 0
