"""CP-SAT as a solver: the whole problem where it is small, else neighborhood by neighborhood."""

from collections.abc import Callable, Sequence
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.fields import Whole
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Placements, Progress, Solution
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.solvers.answer import Question, SolverAnswer, units
from mic_core.solvers.neighborhoods import Neighborhoods
from mic_core.solvers.program import Effort, TooLargeError, cp_model

WorkUnits = Annotated[int, Whole(least=1, most=1_000_000, unit="units of work")]
ChoiceCount = Annotated[int, Whole(least=0, most=1_000_000_000, unit="choices")]
Moves = Annotated[int, Whole(least=0, most=1_000_000, unit="moves")]

BRIEF = 0.1
"""How much work one neighborhood may take."""

LEAST, FIRST, MOST = 6, 12, 60
"""How many activities a neighborhood holds: at least, at first, and at most."""


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class CpSat:
    """CP-SAT of OR-Tools, from where the solver of this library ends: better plans, and proofs.

    The kernel goes first, with so many `moves` for each session. Where a problem offers no more
    choices of start, room and trainer than `whole`, CP-SAT gets all of it, and up to half of the
    work; then, unless that proved the best, it places neighborhoods anew, a few sessions at a time,
    until the `work` is done. Work is counted in units of CP-SAT, each some seconds of one core, and
    never in time: with one release of OR-Tools the same arguments give the same plan. What it
    gives is never worse than what the kernel gave.

    Rules that look at whole days or groups, functions of one's own among them, are tables of all
    combinations where these are few. Where they are not, CP-SAT does not see the rule: what it
    proposes is judged by it all the same, and the bound holds, but is the weaker. Where costs add
    up to more than 2 to the 60th, it gives what was found so far.

    Raises InvariantError for numbers out of range; `solve` raises MissingExtra where OR-Tools is
    not installed, which comes with `pip install 'mic_core[solver]'`.

    >>> CpSat(work=5)
    CpSat(work=5)
    """

    work: WorkUnits = 10
    whole: ChoiceCount = 50_000
    moves: Moves = 600

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
        """See `Solver`; `iterations` counts programs solved, by default until the work is done."""
        cp_model()
        begun = Kernel().solve(
            problem,
            start=start,
            seed=seed,
            iterations=self.moves * len(problem.activities),
            on_progress=on_progress,
            should_stop=should_stop,
        )
        run = _Run(problem, seed, on_progress, should_stop or _never, bound=begun.bound)
        run.state.restore(begun.placements)
        try:
            choices = sum(each.choices for each in problem.activities)
            if choices <= self.whole and run.goes_on(self.work, iterations):
                run.solve_whole(self.work / 2)
            drawn = Neighborhoods(run.state, Chance(seed))
            while run.goes_on(self.work, iterations):
                free = drawn.draw(run.size)
                run.solve_part(free, drawn.times(free))
        except TooLargeError:
            pass  # what was found so far is the answer
        return run.solution()


def _never() -> bool:
    return False


@attrs.define(eq=False)
class _Run:
    """One run: the best schedule so far in a state, and what is known of all others."""

    problem: PlanningProblem
    seed: int
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool]
    bound: int | None
    state: State = attrs.field(init=False)
    fewest: int = 0
    size: int = FIRST
    done: int = 0
    spent: float = 0.0
    stopped: bool = False

    def __attrs_post_init__(self) -> None:
        self.state = State(self.problem)

    # What is known

    def left(self) -> int:
        """How many activities have no placement."""
        return sum(at is None for at in self.state.at)

    def worth(self) -> tuple[bool, int, int]:
        """Whether hard rules are broken, how many are left out, and the cost."""
        return units(self.state.total) > 0, self.left(), self.state.total

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

    def goes_on(self, work: float, iterations: int | None) -> bool:
        """Whether there is something left to find, and work left to find it."""
        nothing = not self.state.at or self.proved()
        return not (nothing or self.spent >= work or self.done == iterations or self.stops())

    def stops(self) -> bool:
        """Hear whether to stop, and remember it."""
        self.stopped = self.stopped or self.should_stop()
        return self.stopped

    # What is done

    def solve_whole(self, work: float) -> None:
        """Give all activities to CP-SAT at once."""
        question = Question(State(self.problem), range(len(self.state.at)))
        effort = Effort(work=work, seed=self.seed, stop=self.stops)
        answer = question.answer(question.in_line(self.state.placed()), most=0, effort=effort)
        self.fewest = answer.fewest
        if answer.bound is not None:
            self.bound = answer.bound if self.bound is None else max(answer.bound, self.bound)
        self.take(answer)

    def solve_part(self, free: Sequence[int], times: int) -> None:
        """Let CP-SAT place some activities anew; more next time if it was done with them."""
        before, total = self.state.placed(), self.state.total
        for activity in free:
            self.state.remove(activity)
        most = units(total - self.state.total)
        effort = Effort(work=BRIEF, seed=self.seed, stop=self.stops, brief=True)
        try:
            answer = Question(self.state, free, times).answer(before, most=most, effort=effort)
        finally:
            self.state.restore(before)
        self.size = min(self.size + 1, MOST) if answer.proved else max(self.size - 2, LEAST)
        self.take(answer)

    def take(self, answer: SolverAnswer) -> None:
        """Go over to a schedule unless it is worth less, and let the caller know how far it is."""
        before, worth = self.state.placed(), self.worth()
        placements: Placements = answer.placements or before
        self.state.restore(placements)
        if self.worth() > worth:
            self.state.restore(before)
        self.spent += answer.work + BRIEF / 100
        self.done += 1
        if self.on_progress is not None:
            told = Progress(
                phase="improving", iteration=self.done, unplaced=self.left(), cost=self.state.total
            )
            self.on_progress(told)
