"""The solver that is always there: ejection places, local search improves."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Progress, Solution
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.search.annealing import Annealing, Heat
from mic_core.scheduling.search.board import Board
from mic_core.scheduling.search.ejection import eject, in_turn
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import State

_HARD = LEVEL_WEIGHTS["hard"]

PER_ACTIVITY = 60
"""How many moves are tried for each activity where a caller names no budget."""

MOST_OPTIONS = 20_000
"""How many placements are looked at, once others were taken out, before one stays left out."""


@attrs.frozen
class Kernel:
    """Places activities by ejection, then improves by local search among what is allowed."""

    heat: Heat = Heat()

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
        """See `Solver`; `iterations` counts the moves of the local search, by default 60 each."""
        state, chance = State(problem), Chance(seed)
        run = _Run(state, chance, self.heat, on_progress, should_stop)
        run.begin(start)
        run.place()
        budget = PER_ACTIVITY * len(state.at) if iterations is None else iterations
        done = run.improve(budget)
        run.place()
        if run.mend():
            run.fill()
        placements, floor = state.placed(), problem.floor
        best = None not in placements and state.total == floor
        return Solution(
            placements=placements, cost=state.total, iterations=done, bound=floor, proved=best
        )


@attrs.define(eq=False)
class _Run:
    """One run of the solver."""

    state: State
    chance: Chance
    heat: Heat
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None
    weights: list[int] = attrs.field(factory=list[int])
    stopped: bool = False

    def begin(self, start: Sequence[Placement | None]) -> None:
        """Take over what is allowed of a start, in order."""
        state = self.state
        self.weights = [1] * len(state.at)
        for activity, at in enumerate(start):
            if at is not None and state.problem.fits(activity, at) and state.allows(activity, at):
                state.place(activity, at)

    def place(self) -> None:
        """Place what has no placement, until all are placed or patience ends."""
        waiting = [each for each in in_turn(self.state.problem) if self.state.at[each] is None]
        if not waiting or self.stopped:
            return
        number = len(self.state.at)
        patience = _StallLimit(self, 2 * number + 200)
        eject(
            self.state, waiting, self.chance, steps=8 * number + 400, weights=self.weights,
            on_step=patience.ends,
        )  # fmt: skip

    def improve(self, budget: int) -> int:
        """Search around what is placed."""
        if self.stopped:
            return 0
        search = Annealing(Board(self.state), self.chance, self.heat)
        left = sum(at is None for at in self.state.at)

        def on_level(done: int, least: int) -> bool:
            told = Progress(phase="improving", iteration=done, unplaced=left, cost=least)
            return self.tell(told)

        return search.run(budget, on_level)

    def mend(self) -> bool:
        """Take out what still breaks hard rules not kept step by step; tells whether any was."""
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
                return taken  # what costs here are sessions that stay
            state.remove(activity, delta)
            taken = True

    def fill(self) -> None:
        """Place what is left out, where that breaks no hard rule now that others are gone."""
        state = self.state
        for activity in in_turn(state.problem):
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
        """Whether an activity shares in the breach of a hard rule."""
        at = self.state.at[activity]
        return at is not None and any(
            each.weight >= _HARD and each.costs(activity, at)
            for each in self.state.graded[activity]
            if not isinstance(each, Precedences)  # hard ones are strict
        )

    def tell(self, progress: Progress) -> bool:
        """Let the caller know, and hear whether to stop."""
        if self.on_progress is not None:
            self.on_progress(progress)
        self.stopped = self.stopped or (self.should_stop is not None and self.should_stop())
        return self.stopped


def _placements(problem: PlanningProblem, activity: int) -> Iterator[Placement]:
    """Where bounds allow an activity, one placement after the other."""
    each = problem.activities[activity]
    for trainer in each.trainers:
        for room in each.rooms:
            for start in cells_in(problem.domain(activity, room, trainer)):
                yield Placement(start, room, trainer)


@attrs.define(eq=False)
class _StallLimit:
    """Stops an ejection that no longer gets anywhere."""

    run: _Run
    most: int
    best: int = -1
    since: int = 0
    step: int = 0

    def ends(self, waiting: int) -> bool:
        """Whether it is time to stop, with so many waiting."""
        self.step += 1
        if self.best < 0 or waiting < self.best:
            self.best, self.since = waiting, 0
        self.since += 1
        if self.step % 64 == 1:
            state = self.run.state
            told = Progress(
                phase="placing", iteration=self.step, unplaced=self.best, cost=state.total
            )
            if self.run.tell(told):
                return True
        return self.since > self.most
