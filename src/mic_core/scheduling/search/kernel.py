"""The default solver: guided ejection search for feasibility, then simulated annealing for cost.

Hard rules that are not strict (judged on whole groups) cost 10**12 for each unit in the search.
After it, activities that still break one are taken out, the greatest gain first, and others that
then fit take their place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement, PlanningProblem
from mic_core.scheduling.problem.solution import PlanEffort, Progress, Solution
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.search.annealing import Annealing, Heat
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.components import components_of
from mic_core.scheduling.search.ejection import by_domain_size, eject
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import State

_HARD = LEVEL_WEIGHTS["hard"]

MOVES: Mapping[PlanEffort, int] = MappingProxyType(
    {"quick": 60, "normal": 1_000, "thorough": 20_000}
)
"""Moves of the annealing per activity, by effort, if the caller gives no budget.

On four instances of ITC-2007 track 3 with 150 to 280 sessions they end at 3.9, 1.7 and 1.3 times
the sum of the best known costs, after 0.2, 2.5 and 60 s each of one core.
"""

MOST_OPTIONS = 20_000
"""Placements tried for one activity after others were taken out: a budget that bounds the time."""


@attrs.frozen
class Kernel:
    """The default solver: ejection chains, then simulated annealing among feasible schedules."""

    heat: Heat = Heat()
    effort: PlanEffort = "normal"

    def solve(
        self,
        problem: PlanningProblem,
        *,
        start: Sequence[Placement | None] = (),
        seed: int = 0,
        iterations: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Solution:
        """See `Solver`; `iterations` counts moves of the annealing (None: those of `effort`).

        Components of the problem that share nothing are solved by themselves, from the same seed:
        all are placed first, then each is improved with its share of the iterations.
        """
        parts = components_of(problem)
        watch = _Watch(on_progress, should_stop, [(0, len(part.activities), 0) for part in parts])
        runs = [
            _Run(State(part.problem), Chance(seed), self.heat, watch, place)
            for place, part in enumerate(parts)
        ]
        for run, part in zip(runs, parts, strict=True):
            run.load([start[a] for a in part.activities] if start else ())
            run.place()
        watch.states = [(0, run.state.at.count(None), run.state.total) for run in runs]
        number = len(problem.activities)
        budget = MOVES[self.effort] * number if iterations is None else iterations
        done, upto, given = 0, 0, 0
        for run in runs:
            # Shares are in proportion to activities; rounded sums lose no move of the budget.
            upto += len(run.state.at)
            share, given = budget * upto // max(1, number) - given, budget * upto // max(1, number)
            done += run.improve(share)
            run.place()
            if run.remove_violations():
                run.place_removed()
        total, floor = sum(run.state.total for run in runs), problem.floor
        placed = {
            activity: at
            for run, part in zip(runs, parts, strict=True)
            for activity, at in zip(part.activities, run.state.at, strict=True)
        }
        placements = tuple(placed[activity] for activity in range(number))
        best = None not in placements and total == floor
        return Solution(
            placements=placements, cost=total, iterations=done, bound=floor, proved=best
        )


@attrs.define(eq=False)
class _Watch:
    """The caller of a solver, who sees one progress for all components and may stop them.

    `states` are the iterations, the unplaced activities and the cost of each component.
    """

    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None
    states: list[tuple[int, int, int]]
    stopped: bool = False

    def report(self, component: int, progress: Progress) -> bool:
        """Report the progress of one component to the caller; True if the run is to stop."""
        self.states[component] = progress.iteration, progress.unplaced, progress.cost
        if self.on_progress is not None:
            done, unplaced, cost = map(sum, zip(*self.states, strict=True))
            self.on_progress(
                Progress(phase=progress.phase, iteration=done, unplaced=unplaced, cost=cost)
            )
        self.stopped = self.stopped or (self.should_stop is not None and self.should_stop())
        return self.stopped


@attrs.define(eq=False)
class _Run:
    """A run of the solver on one component; `weights` are those that its ejections have learned."""

    state: State
    chance: Chance
    heat: Heat
    watch: _Watch
    component: int
    weights: list[int] = attrs.field(factory=list[int])

    def load(self, start: Sequence[Placement | None]) -> None:
        """Take over the placements of an initial schedule, in order, that are allowed."""
        state = self.state
        self.weights = [1] * len(state.at)
        for activity, at in enumerate(start):
            if at is not None and state.problem.fits(activity, at) and state.allows(activity, at):
                state.place(activity, at)

    def place(self) -> None:
        """Place unplaced activities by ejection, until none is left or the search stalls."""
        order, at = by_domain_size(self.state.problem), self.state.at
        waiting = [each for each in order if at[each] is None]
        if not waiting or self.watch.stopped:
            return
        number = len(self.state.at)
        stall = _StallLimit(self, 2 * number + 200)
        eject(
            self.state, waiting, self.chance, steps=8 * number + 400, weights=self.weights,
            on_step=stall.is_reached,
        )  # fmt: skip

    def improve(self, budget: int) -> int:
        """Improve the placed activities by annealing; return the number of tried moves."""
        if self.watch.stopped:
            return 0
        search = Annealing(Board(self.state), self.chance, self.heat)
        left = sum(at is None for at in self.state.at)

        def on_level(done: int, least: int) -> bool:
            progress = Progress(phase="improving", iteration=done, unplaced=left, cost=least)
            return self.report(progress)

        return search.run(budget, on_level)

    def remove_violations(self) -> bool:
        """Take out activities that break a hard rule of whole groups; True if any was taken out."""
        state, taken = self.state, False
        while True:
            gains = [
                (state.delta(a, None), self.weights[a], a)
                for a in range(len(state.at))
                if self._breaks(a)
            ]
            if not gains:
                return taken
            delta, _, activity = min(gains)
            if 2 * delta > -_HARD and 2 * state.total < _HARD:
                return taken  # only fixed sessions break a rule now
            state.remove(activity, delta)
            taken = True

    def place_removed(self) -> None:
        """Place unplaced activities where that breaks no hard rule, now that others are gone."""
        state = self.state
        for activity in by_domain_size(state.problem):
            if state.at[activity] is not None:
                continue
            options = (
                (state.delta(activity, at), at)
                for at in islice(_placements(state.problem, activity), MOST_OPTIONS)
                if state.allows(activity, at)
            )
            delta, best = min(options, default=(_HARD, None))
            if best is not None and 2 * (state.total + delta) < _HARD:
                state.place(activity, best, delta)

    def _breaks(self, activity: int) -> bool:
        """True if a hard rule that is not strict costs anything at the placement of an activity."""
        at = self.state.at[activity]
        return at is not None and any(
            each.weight >= _HARD and each.costs(activity, at)
            for each in self.state.graded[activity]
            if not isinstance(each, Precedences)  # hard precedences are strict
        )

    def report(self, progress: Progress) -> bool:
        """Report progress to the caller; True if the run is to stop."""
        return self.watch.report(self.component, progress)


def _placements(problem: PlanningProblem, activity: int) -> Iterator[Placement]:
    """The placements in the domain of an activity, in a fixed order."""
    each = problem.activities[activity]
    for trainer in each.trainers:
        for room in each.rooms:
            for start in cells_in(problem.domain(activity, room, trainer)):
                yield Placement(start, room, trainer)


@attrs.define(eq=False)
class _StallLimit:
    """A limit on steps of the ejection without progress: it ends the search and reports progress.

    `most` are the steps allowed since the queue was last shorter than ever, `best` its length then.
    """

    run: _Run
    most: int
    best: int = -1
    since: int = 0
    step: int = 0

    def is_reached(self, waiting: int) -> bool:
        """True if the search is to end, with a queue of this length."""
        self.step += 1
        if self.best < 0 or waiting < self.best:
            self.best, self.since = waiting, 0
        self.since += 1
        if self.step % 64 == 1:
            state = self.run.state
            progress = Progress(
                phase="placing", iteration=self.step, unplaced=self.best, cost=state.total
            )
            if self.run.report(progress):
                return True
        return self.since > self.most
