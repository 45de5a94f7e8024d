"""Which activities to place anew together: near in time, akin, or in the way of one left out."""

from collections.abc import Callable, Iterable

import attrs

from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import State

EXTRA_DAYS = 4
"""To how many days, drawn at random, activities may go beside those on which they stand."""


@attrs.define(eq=False)
class Neighborhoods:
    """Draws neighborhoods in a state: sets of activities that a program may place anew."""

    state: State
    chance: Chance
    kin: list[frozenset[tuple[int, int]]] = attrs.field(init=False)
    days: list[int] = attrs.field(init=False)
    """The cells of each run of the axis, which is a day's opening as a rule."""

    def __attrs_post_init__(self) -> None:
        self.days, first = [], 0
        for _, count in self.state.problem.axis.runs:
            self.days.append(((1 << count) - 1) << first)
            first += count
        self.kin = [self._groups(each) for each in range(len(self.state.at))]

    def _groups(self, activity: int) -> frozenset[tuple[int, int]]:
        """The resources that an activity holds anyway, and the groups of counts it belongs to."""
        state = self.state
        found = {(-1, each) for each in state.resources[activity]}
        for place, counts in enumerate(state.counts):
            found |= {(place, group) for group in counts.membership.fixed[activity]}
        return frozenset(found)

    def draw(self, size: int) -> list[int]:
        """At most so many activities around one drawn at random, that one included."""
        around: tuple[Callable[[int], list[int]], ...] = (self._near, self._akin, self._beside)
        pivot = self._pivot()
        chosen = self.chance.one_of(around)(pivot)
        return sorted([pivot, *(each for each in chosen if each != pivot)][:size])

    def times(self, free: Iterable[int]) -> int:
        """The cells of the days on which some activities stand, and of a few others.

        What they may come to on all days of a term would be too much for tables.
        """
        run_of = self.state.problem.axis.run_of
        days = set(range(len(self.days)))
        if len(days) > EXTRA_DAYS:
            days = {self.chance.below(len(self.days)) for _ in range(EXTRA_DAYS)}
        days |= {run_of[at.start] for each in free if (at := self.state.at[each]) is not None}
        return sum(self.days[day] for day in days)

    def _pivot(self) -> int:
        """One that is left out, or one that shares in what costs, or any."""
        at = self.state.at
        left = [each for each, where in enumerate(at) if where is None]
        what = self.chance.below(4)
        if left and what:
            return self.chance.one_of(left)
        costly = [each for each in range(len(at)) if self._costs(each)] if what > 1 else []
        return self.chance.one_of(costly) if costly else self.chance.below(len(at))

    def _costs(self, activity: int) -> bool:
        """Whether something costs because of where an activity stands."""
        state, at = self.state, self.state.at[activity]
        return at is not None and (
            state.unary(activity, at) > 0
            or any(
                not isinstance(each, Precedences) and each.costs(activity, at)
                for each in state.graded[activity]
            )
        )

    def _start(self, activity: int) -> int | None:
        """Where an activity starts, or could."""
        at = self.state.at[activity]
        if at is not None:
            return at.start
        starts = self.state.problem.activities[activity].starts
        return self.chance.bit(starts, self.state.problem.axis.size) if starts else None

    def _near(self, pivot: int) -> list[int]:
        """Those that stand nearest in time."""
        start = self._start(pivot)
        if start is None:
            return []
        shuffled = self.chance.shuffled(self._placed())
        return sorted(shuffled, key=lambda each: self._distance(start, each))

    def _akin(self, pivot: int) -> list[int]:
        """Those that share most groups."""
        own = self.kin[pivot]
        shuffled = self.chance.shuffled(range(len(self.state.at)))
        return sorted(shuffled, key=lambda each: -len(own & self.kin[each]))

    def _beside(self, pivot: int) -> list[int]:
        """Half of those that are akin, and half of those near them in time."""
        akin, near = self._akin(pivot), self._near(pivot)
        return [each for pair in zip(akin, near, strict=False) for each in dict.fromkeys(pair)]

    def _placed(self) -> list[int]:
        return [each for each, at in enumerate(self.state.at) if at is not None]

    def _distance(self, start: int, activity: int) -> int:
        at = self.state.at[activity]
        return abs(at.start - start) if at is not None else 0
