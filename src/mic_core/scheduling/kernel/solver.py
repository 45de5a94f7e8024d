"""The solver that is always there: ejection places, local search improves."""

from collections.abc import Callable, Sequence

import attrs

from mic_core.scheduling.kernel.chance import Chance
from mic_core.scheduling.kernel.ejection import eject, in_turn
from mic_core.scheduling.kernel.state import State
from mic_core.scheduling.problem.solution import Progress, Solution
from mic_core.scheduling.problem.values import LEVEL_WEIGHTS, Placement, Problem

PER_ACTIVITY = 400
"""How many moves are tried for each activity where a caller names no budget."""


@attrs.frozen
class Kernel:
    """Places activities by ejection, then improves by local search among what is allowed."""

    def solve(
        self,
        problem: Problem,
        *,
        start: Sequence[Placement | None] = (),
        seed: int = 0,
        iterations: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Solution:
        """See `Solver`; `iterations` counts the moves of the local search, by default 400 each."""
        state, chance = State(problem), Chance(seed)
        run = _Run(state, chance, on_progress, should_stop)
        run.begin(start)
        run.place()
        budget = PER_ACTIVITY * len(state.at) if iterations is None else iterations
        done = run.improve(budget)
        run.place()
        run.mend()
        return Solution(placements=state.placed(), cost=state.total, iterations=done)


@attrs.define(eq=False)
class _Run:
    """One run of the solver."""

    state: State
    chance: Chance
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool] | None
    weigh: list[int] = attrs.field(factory=list)
    stopped: bool = False

    def begin(self, start: Sequence[Placement | None]) -> None:
        """Take over what is allowed of a start, in order."""
        self.weigh = [1] * len(self.state.at)
        for activity, at in enumerate(start):
            if at is not None and self.state.fits(activity, at) and self.state.allows(activity, at):
                self.state.place(activity, at)

    def place(self) -> None:
        """Place what has no placement, until all are placed or patience ends."""
        waiting = [each for each in in_turn(self.state.problem) if self.state.at[each] is None]
        if not waiting or self.stopped:
            return
        number = len(self.state.at)
        patience = _Patience(self, 2 * number + 200)
        eject(
            self.state, waiting, self.chance, steps=8 * number + 400, weigh=self.weigh,
            on_step=patience.ends,
        )  # fmt: skip

    def improve(self, budget: int) -> int:
        """Search around what is placed."""
        return 0

    def mend(self) -> None:
        """Take out what still breaks a hard rule that could not be kept step by step."""
        state = self.state
        while state.total >= LEVEL_WEIGHTS["hard"] // 2:
            gains = [
                (state.delta(each, None), self.weigh[each], each)
                for each, at in enumerate(state.at)
                if at is not None
            ]
            delta, _, activity = min(gains)
            if delta >= 0:
                return
            state.remove(activity, delta)

    def tell(self, progress: Progress) -> bool:
        """Let the caller know, and hear whether to stop."""
        if self.on_progress is not None:
            self.on_progress(progress)
        self.stopped = self.stopped or (self.should_stop is not None and self.should_stop())
        return self.stopped


@attrs.define(eq=False)
class _Patience:
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
