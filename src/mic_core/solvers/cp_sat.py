"""The CP-SAT solver: one program for a small problem, then large neighborhood search.

The kernel finds the first incumbent. Each neighborhood releases some activities, an integer program
places them anew, and the schedule is accepted unless it is worse than the incumbent.
"""

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
from mic_core.solvers.answer import PlacementProgram, SolverAnswer, hard_units
from mic_core.solvers.combinations import TableLimits
from mic_core.solvers.neighborhoods import Neighborhoods
from mic_core.solvers.program import Effort, TooLargeError, cp_model

WorkUnits = Annotated[int, Whole(least=1, most=1_000_000, unit="units of work")]
ChoiceCount = Annotated[int, Whole(least=0, most=1_000_000_000, unit="choices")]
Moves = Annotated[int, Whole(least=0, most=1_000_000, unit="moves")]

NEIGHBORHOOD_WORK = 0.1
"""The work of one neighborhood, in units of CP-SAT. A budget: bounds the time; any value works."""

OVERHEAD = 0.01
"""The share of NEIGHBORHOOD_WORK that each program counts besides, since building it takes time.

It also ends a run of programs that CP-SAT solves with no work at all.
"""

LEAST, FIRST, MOST = 6, 12, 60
"""The size of a neighborhood in activities: least, first and greatest. Any value works."""

DEFAULT_LIMITS = TableLimits()


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class CpSat:
    """CP-SAT of OR-Tools, from where the solver of this library ends: better plans, and proofs.

    The kernel goes first, with `moves` moves for each session. If the problem offers at most
    `whole` choices of start, room and trainer, CP-SAT gets all of it, and up to half of the work.
    Unless that proves the incumbent optimal, large neighborhood search follows until the `work` is
    done: CP-SAT places a few sessions at a time anew. Work is counted in deterministic units of
    CP-SAT, each some seconds of one core, never in time: with one release of OR-Tools the same
    arguments give the same plan. The result is never worse than the kernel's.

    Rules that judge days or groups together, your own functions among them, become tables of all
    combinations. If there are too many, CP-SAT does not see the rule: each schedule is still judged
    by it, and the bound is valid but weaker. If costs may exceed 2 to the 60th, the search ends
    with what was found so far.

    Raises InvariantError for numbers out of range; `solve` raises MissingExtra if OR-Tools is not
    installed, which comes with `pip install 'mic_core[solver]'`.

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
        return run_cp_sat(
            self,
            problem,
            start=start,
            seed=seed,
            iterations=iterations,
            on_progress=on_progress,
            should_stop=should_stop,
        )


def run_cp_sat(
    settings: CpSat,
    problem: PlanningProblem,
    *,
    start: Sequence[Placement | None] = (),
    seed: int = 0,
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    neighborhood_work: float = NEIGHBORHOOD_WORK,
    limits: TableLimits = DEFAULT_LIMITS,
) -> Solution:
    """Run `CpSat.solve` with budgets of one neighborhood and of tables besides."""
    cp_model()  # a missing extra is reported before the kernel runs
    first = Kernel().solve(
        problem,
        start=start,
        seed=seed,
        iterations=settings.moves * len(problem.activities),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    run = _Run(
        problem,
        seed,
        on_progress,
        should_stop or _never,
        bound=first.bound,
        neighborhood_work=neighborhood_work,
        limits=limits,
    )
    run.incumbent.restore(first.placements)
    try:
        choices = sum(each.choices for each in problem.activities)
        if choices <= settings.whole and run.may_continue(settings.work, iterations):
            run.solve_all(settings.work / 2)
        neighborhoods = Neighborhoods(run.incumbent, Chance(seed))
        while run.may_continue(settings.work, iterations):
            free = neighborhoods.draw(run.size)
            run.solve_neighborhood(free, neighborhoods.cells_for(free))
    except TooLargeError:
        pass  # the incumbent is the answer
    return run.solution()


def _never() -> bool:
    return False


@attrs.define(eq=False)
class _Run:
    """One run: the incumbent, as a state, and lower bounds on all other schedules.

    `bound` and `min_unplaced` are proved bounds of cost and of unplaced activities. `size` is that
    of the next neighborhood, in activities. `work` is done so far, `programs` are solved so far.
    """

    problem: PlanningProblem
    seed: int
    on_progress: Callable[[Progress], None] | None
    should_stop: Callable[[], bool]
    bound: int | None
    neighborhood_work: float
    limits: TableLimits
    incumbent: State = attrs.field(init=False)
    min_unplaced: int = 0
    size: int = FIRST
    programs: int = 0
    work: float = 0.0
    was_stopped: bool = False

    def __attrs_post_init__(self) -> None:
        self.incumbent = State(self.problem)

    # The incumbent and its bounds

    def unplaced(self) -> int:
        """Return how many activities of the incumbent have no placement."""
        return sum(at is None for at in self.incumbent.at)

    def rank(self) -> tuple[bool, int, int]:
        """Return the order of schedules: hard rules violated, unplaced activities, cost."""
        return hard_units(self.incumbent.total) > 0, self.unplaced(), self.incumbent.total

    def is_optimal(self) -> bool:
        """True if the incumbent meets both bounds."""
        return self.unplaced() == self.min_unplaced and self.incumbent.total == self.bound

    def solution(self) -> Solution:
        """Return the incumbent as a solution."""
        return Solution(
            placements=self.incumbent.placed(),
            cost=self.incumbent.total,
            iterations=self.programs,
            bound=self.bound,
            proved=self.is_optimal(),
        )

    def may_continue(self, work: float, iterations: int | None) -> bool:
        """True if the incumbent may be improved within the budget."""
        if not self.incumbent.at or self.is_optimal():
            return False
        return not (self.work >= work or self.programs == iterations or self.stop())

    def stop(self) -> bool:
        """Ask the caller whether to stop, and remember a yes."""
        self.was_stopped = self.was_stopped or self.should_stop()
        return self.was_stopped

    # Programs

    def solve_all(self, work: float) -> None:
        """Solve one program of all activities, which also gives the bounds."""
        everything = range(len(self.incumbent.at))
        program = PlacementProgram(State(self.problem), everything, limits=self.limits)
        effort = Effort(work=work, seed=self.seed, stop=self.stop)
        answer = program.solve(
            program.break_symmetry(self.incumbent.placed()), most=0, effort=effort
        )
        self.min_unplaced = answer.min_unplaced
        if answer.bound is not None:
            self.bound = answer.bound if self.bound is None else max(answer.bound, self.bound)
        self.accept(answer)

    def solve_neighborhood(self, free: Sequence[int], within: int) -> None:
        """Release some activities and place them anew within a set of cells.

        The next neighborhood is larger after a proof and smaller without one.
        """
        before, total = self.incumbent.placed(), self.incumbent.total
        for activity in free:
            self.incumbent.remove(activity)
        most = hard_units(total - self.incumbent.total)
        effort = Effort(
            work=self.neighborhood_work, seed=self.seed, stop=self.stop, light_presolve=True
        )
        try:
            program = PlacementProgram(self.incumbent, free, within, limits=self.limits)
            answer = program.solve(before, most=most, effort=effort)
        finally:
            self.incumbent.restore(before)
        self.size = min(self.size + 1, MOST) if answer.proved else max(self.size - 2, LEAST)
        self.accept(answer)

    def accept(self, answer: SolverAnswer) -> None:
        """Replace the incumbent unless the new schedule ranks worse, and report progress.

        An equal one is accepted, so that the search moves over plateaus.
        """
        before, rank = self.incumbent.placed(), self.rank()
        placements: Placements = answer.placements or before
        self.incumbent.restore(placements)
        if self.rank() > rank:  # the program relaxes terms, so its schedule may cost more
            self.incumbent.restore(before)
        self.work += answer.work + self.neighborhood_work * OVERHEAD
        self.programs += 1
        if self.on_progress is not None:
            progress = Progress(
                phase="improving",
                iteration=self.programs,
                unplaced=self.unplaced(),
                cost=self.incumbent.total,
            )
            self.on_progress(progress)
