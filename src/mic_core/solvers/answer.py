"""A problem, or a part of it, as an integer program, and the schedule that solves it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement
from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.state import State
from mic_core.scheduling.state.symmetry import twins_of
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.combinations import price_patterns, price_wholes
from mic_core.solvers.costs import Costs, hard
from mic_core.solvers.graded import price_counts, price_each, price_orders
from mic_core.solvers.program import Effort, IntegerProgram, SolveResult
from mic_core.solvers.strict import keep_strict

_HARD = LEVEL_WEIGHTS["hard"]


def units(cost: int) -> int:
    """How many units of hard rules a cost comes to, the rest rounded."""
    return (2 * cost + _HARD) // (2 * _HARD)


@attrs.frozen(kw_only=True)
class SolverAnswer:
    """A schedule as far as it was found, and what is known of all others.

    No schedule leaves out less than `fewest`. None that leaves out no more than this one costs
    less than `bound`, None where that is not known. `proved` tells that the program has none that
    is better. `work` is what it took.
    """

    placements: Placements | None
    fewest: int
    bound: int | None
    proved: bool
    work: float


class Question:
    """An integer program: to place some activities among the others that stand in a state.

    They start in any cell, or in one `within` a set of cells.
    """

    def __init__(self, state: State, free: Iterable[int], within: int = -1) -> None:
        self.state = state
        self.free = sorted(free)
        self.choices = ChoiceVariables(IntegerProgram(), state, self.free, within)
        self.costs = Costs(self.choices.program)
        keep_strict(self.choices)
        price_each(self.choices, self.costs)
        price_counts(self.choices, self.costs)
        price_orders(self.choices, self.costs)
        price_patterns(self.choices, self.costs)
        price_wholes(self.choices, self.costs)

    def in_line(self, before: Sequence[Placement | None]) -> Placements:
        """Let activities that are alike stand in order of time; gives a schedule so arranged."""
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
                program.clause([-later, choices.placed[first]])
                program.at_least(
                    [(1, choices.start[second]), (-1, choices.start[first])], 0, [later]
                )
        return tuple(arranged)

    def answer(
        self, before: Sequence[Placement | None], *, most: int, effort: Effort
    ) -> SolverAnswer:
        """The best schedule found from one.

        Hard rules that could not be kept step by step may cost `most` units.
        """
        program, choices, costs = self.choices.program, self.choices, self.costs
        breaches = hard(costs.terms)
        if breaches:
            program.at_most(breaches, most - units(costs.constant))
        left = [(-1, choices.placed[each]) for each in choices.placed]
        stages = [left, *costs.levels()]
        found = self._solved(stages, choices.hint(before), effort)
        values = found[-1].values if found else None
        fewest = found[0].bound if found else None
        return SolverAnswer(
            placements=None if values is None else choices.placements(values, before),
            fewest=len(self.free) + (-len(left) if fewest is None else fewest),
            bound=self._bound(stages[1:], found[1:]) if found else None,
            proved=len(found) == len(stages) and all(each.proved for each in found),
            work=sum(each.work for each in found),
        )

    def _solved(
        self, stages: Sequence[Sequence[tuple[int, int]]], hint: dict[int, int], effort: Effort
    ) -> list[SolveResult]:
        """What came of each stage, those before it kept; fewer than stages where one failed."""
        program, choices = self.choices.program, self.choices
        standing = sum(hint[truth] for truth in choices.placed.values())
        found: list[SolveResult] = []
        for place, stage in enumerate(stages):
            if place == 0 and standing == len(choices.placed):
                outcome = SolveResult(values=None, value=-standing, bound=-standing, work=0.0)
            else:
                left = effort.work - sum(each.work for each in found)
                share = attrs.evolve(effort, work=left / (len(stages) - place))
                outcome = program.least(stage, hint=hint, effort=share)
                if outcome.values is None:
                    return found
                if place or outcome.value != -standing:
                    hint = dict(enumerate(outcome.values[2:], 2))
            found.append(outcome)
            program.at_most(stage, outcome.value)
            if effort.stop():
                return found
        return found

    def _bound(self, stages: list[list[tuple[int, int]]], found: list[SolveResult]) -> int | None:
        """What no schedule that leaves out as little costs less than."""
        bounds = self.choices.program.bounds
        total = self.costs.constant
        sure = True
        for place, stage in enumerate(stages):
            if sure and place < len(found) and (bound := found[place].bound) is not None:
                total += bound
                sure = found[place].proved
            else:
                sure = False
                total += sum(
                    min(times * bounds[abs(each)][0], times * bounds[abs(each)][1])
                    for times, each in stage
                )
        return total
