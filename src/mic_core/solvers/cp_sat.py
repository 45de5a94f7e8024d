"""CP-SAT as a solver: the whole problem where it is small, else neighborhood by neighborhood."""

from collections.abc import Callable, Sequence
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.fields import Whole
from mic_core.scheduling.kernel import Chance, Kernel, State
from mic_core.scheduling.problem import Placement, Placements, Problem, Progress, Solution
from mic_core.scheduling.problem.values import LEVEL_WEIGHTS
from mic_core.solvers.answer import Question, units
from mic_core.solvers.neighborhoods import Neighborhoods
from mic_core.solvers.program import cp_model

_HARD = LEVEL_WEIGHTS["hard"]

Work = Annotated[int, Whole(least=1, most=1_000_000, unit="units of work")]
Size = Annotated[int, Whole(least=0, most=1_000_000_000, unit="choices")]


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class CpSat:
    """CP-SAT of OR-Tools, which begins where the solver of this library ends and proves bounds."""

    work: Work = 20
    whole: Size = 100_000

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
        """See `Solver`; `iterations` counts neighborhoods, by default until the work is done."""
        cp_model()
        begun = Kernel().solve(
            problem, start=start, seed=seed, on_progress=on_progress, should_stop=should_stop
        )
        run = _Run(problem, seed, on_progress, should_stop or _never)
        run.state.restore(begun.placements)
        run.bound = begun.bound
        if begun.proved or not problem.activities:
            return run.solution()
        if choices_in(problem) <= self.whole:
            run.solve_whole(self.work)
        run.search(self.work, iterations)
        return run.solution()


def choices_in(problem: Problem) -> int:
    """How many starts and rooms there are to choose among, of all activities."""
    return sum(
        each.starts.bit_count() * len(each.rooms) * len(each.trainers)
        for each in problem.activities
    )


def _never() -> bool:
    return False


@attrs.define(eq=False)
class _Run:
    """One run: the best schedule so far in a state, and what is known of all others."""

    problem: Problem
    seed: int
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool]
    state: State = attrs.field(init=False)
    fewest: int = 0
    bound: int | None = None
    done: int = 0
    spent: float = 0.0
    stopped: bool = False

    def __attrs_post_init__(self) -> None:
        self.state = State(self.problem)

    # What is known

    def worth(self) -> tuple[bool, int, int]:
        """What the schedule is worth: hard rules broken, left out, cost; the less, the better."""
        return units(self.state.total) > 0, self.left(), self.state.total

    def left(self) -> int:
        """How many activities have no placement."""
        return sum(at is None for at in self.state.at)

    def proved(self) -> bool:
        """Whether nothing is better."""
        return self.left() == self.fewest and self.state.total == self.bound

    def solution(self) -> Solution:
        """What came of it."""
        return Solution(
            placements=self.state.placed(),
            cost=self.state.total,
            iterations=self.done,
            bound=self.bound,
            proved=self.proved(),
        )

    def stop(self) -> bool:
        """Hear whether to stop, and remember it."""
        self.stopped = self.stopped or self.should_stop()
        return self.stopped

    def tell(self) -> None:
        """Let the caller know how far it is."""
        if self.on_progress is not None:
            told = Progress(
                phase="improving", iteration=self.done, unplaced=self.left(), cost=self.state.total
            )
            self.on_progress(told)

    # What is done

    def accept(self, placements: Placements | None) -> bool:
        """Go over to a schedule that is worth no less; tells whether it is worth more."""
        before, worth = self.state.placed(), self.worth()
        if placements is None or self.stopped:
            pass
        self.state.restore(placements or before)
        if self.worth() > worth:
            self.state.restore(before)
        return self.worth() < worth

    def solve_whole(self, work: float) -> None:
        """Give all activities to CP-SAT at once."""
        question = Question(State(self.problem), range(len(self.state.at)))
        before = question.in_line(self.state.placed())
        answer = question.answer(before, most=0, work=work, seed=self.seed, stop=self.stop)
        self.spent += answer.work
        self.done += 1
        self.fewest = answer.fewest
        self.accept(answer.placements)
        if answer.bound is not None:
            self.bound = max(answer.bound, self.bound or answer.bound)
        self.tell()

    def search(self, work: float, iterations: int | None) -> None:
        """Place neighborhoods anew, one after the other."""
        drawn = Neighborhoods(self.state, Chance(self.seed))
        import os

        size = int(os.environ.get("SIZE", "12"))
        while self.spent < work and self.done != iterations and not self.proved():
            if self.stop():
                return
            free = drawn.draw(size)
            before, total = self.state.placed(), self.state.total
            for activity in free:
                self.state.remove(activity)
            most = units(total - self.state.total)
            answer = Question(self.state, free).answer(
                before, most=max(most, 0), work=work / 20, seed=self.seed, stop=self.stop
            )
            self.state.restore(before)
            self.spent += answer.work + 0.001
            self.done += 1
            self.accept(answer.placements)
            self.tell()
