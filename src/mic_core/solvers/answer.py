"""The integer program of a problem or of one neighborhood, and its lexicographic minimization."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement
from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.state import State
from mic_core.scheduling.state.symmetry import twins_of
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.combinations import TableLimits, price_group_terms, price_patterns
from mic_core.solvers.costs import Costs, hard_part
from mic_core.solvers.graded import price_counts, price_each, price_precedences
from mic_core.solvers.program import Effort, IntegerProgram, SolveResult
from mic_core.solvers.strict import keep_strict

_HARD = LEVEL_WEIGHTS["hard"]


def hard_units(cost: int) -> int:
    """Return the violations of hard rules in a cost: the nearest number of hard units.

    Rounded, not cut, since softer costs may be negative next to the state's own.
    """
    return (2 * cost + _HARD) // (2 * _HARD)


@attrs.frozen(kw_only=True)
class SolverAnswer:
    """The schedule of a program, if any was found, and lower bounds on all others.

    `min_unplaced` bounds the number of unplaced activities of any schedule. `bound` bounds the cost
    of schedules that leave out no more than this one, None if unknown. `proved` is true if the
    program has no better solution. `work` is what was used, in deterministic units of CP-SAT.
    """

    placements: Placements | None
    min_unplaced: int
    bound: int | None
    proved: bool
    work: float


class PlacementProgram:
    """The integer program that places the free activities while the state fixes all others.

    `within` restricts the starts to a set of cells (an int mask; -1 is all).
    """

    def __init__(
        self, state: State, free: Iterable[int], within: int = -1, *, limits: TableLimits
    ) -> None:
        self.state = state
        self.free = sorted(free)
        self.choices = ChoiceVariables(IntegerProgram(), state, self.free, within)
        self.costs = Costs(self.choices.program)
        keep_strict(self.choices)
        price_each(self.choices, self.costs)
        price_counts(self.choices, self.costs)
        price_precedences(self.choices, self.costs)
        price_patterns(self.choices, self.costs, limits)
        price_group_terms(self.choices, self.costs, limits)

    def break_symmetry(self, before: Sequence[Placement | None]) -> Placements:
        """Order interchangeable activities by start, the unplaced last; returns `before` so."""
        arranged = list(before)
        program, choices = self.choices.program, self.choices
        done: set[int] = set()
        for activity, mask in enumerate(twins_of(self.state)):
            alike = [activity, *cells_in(mask)]
            if activity in done or activity not in choices.placed or not mask:
                continue
            done.update(alike)
            places = sorted((arranged[each] for each in alike), key=lambda at: (at is None, at))
            for each, at in zip(sorted(alike), places, strict=True):
                arranged[each] = at
            for first, second in pairwise(sorted(alike)):
                later = choices.placed[second]
                program.add_clause([-later, choices.placed[first]])
                program.add_at_least(
                    [(1, choices.start[second]), (-1, choices.start[first])], 0, [later]
                )
        return tuple(arranged)

    def solve(
        self, before: Sequence[Placement | None], *, most: int, effort: Effort
    ) -> SolverAnswer:
        """Minimize unplaced activities, then hard, medium and soft cost, starting from a schedule.

        `most` is how many units of graded hard terms the free activities may violate.
        """
        program, choices, costs = self.choices.program, self.choices, self.costs
        violations = hard_part(costs.terms)
        if violations:
            program.add_at_most(violations, most - hard_units(costs.constant))
        placed = [(-1, choices.placed[each]) for each in choices.placed]
        stages = [placed, *costs.levels()]
        results = self._minimize(stages, choices.hint(before), effort)
        values = results[-1].values if results else None
        lowest = results[0].bound if results else None
        return SolverAnswer(
            placements=None if values is None else choices.placements(values, before),
            min_unplaced=len(self.free) + (-len(placed) if lowest is None else lowest),
            bound=self._bound(stages[1:], results[1:]) if results else None,
            proved=len(results) == len(stages) and all(each.proved for each in results),
            work=sum(each.work for each in results),
        )

    def _minimize(
        self, stages: Sequence[Sequence[tuple[int, int]]], hint: dict[int, int], effort: Effort
    ) -> list[SolveResult]:
        """Minimize the stages in order, each with the values of those before as constraints.

        Returns one result per stage, fewer if a stage found no solution or the search was stopped.
        Each stage may use an equal share of the work that is left.
        """
        program, choices = self.choices.program, self.choices
        present = sum(hint[literal] for literal in choices.placed.values())
        results: list[SolveResult] = []
        for place, stage in enumerate(stages):
            if place == 0 and present == len(choices.placed):
                # The hint places all activities: the first stage is optimal without a search.
                outcome = SolveResult(values=None, value=-present, bound=-present, work=0.0)
            else:
                left = effort.work - sum(each.work for each in results)
                share = attrs.evolve(effort, work=left / (len(stages) - place))
                outcome = program.minimize(stage, hint=hint, effort=share)
                if outcome.values is None:
                    return results
                # A first stage that places no more than the hint keeps the improved hint.
                if place or outcome.value != -present:
                    hint = dict(enumerate(outcome.values[2:], 2))  # 1 is the constant TRUE
            results.append(outcome)
            program.add_at_most(stage, outcome.value)
            if effort.stop():
                return results
        return results

    def _bound(self, stages: list[list[tuple[int, int]]], results: list[SolveResult]) -> int | None:
        """Return a lower bound of the cost of schedules that leave out no more activities.

        The bound of a stage holds only if all stages before it are optimal; after the first that is
        not, each stage counts with the least value that the ranges of its variables allow.
        """
        bounds = self.choices.program.bounds
        total = self.costs.constant
        optimal = True
        for place, stage in enumerate(stages):
            if optimal and place < len(results) and (bound := results[place].bound) is not None:
                total += bound
                optimal = results[place].proved
            else:
                optimal = False
                total += sum(
                    min(times * bounds[abs(each)][0], times * bounds[abs(each)][1])
                    for times, each in stage
                )
        return total
