"""The objective of a program: a linear expression, with functions of sums and table constraints.

Costs count from what the state costs without the activities that the program may place. A term
that would need too large a model is relaxed: it counts as 0, so that every bound stays valid.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import gcd

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS
from mic_core.solvers.program import TRUE, IntegerProgram, LinearTerms

MAX_SUM_VALUES = 20_000
"""Values that a sum may take before its function is relaxed. A budget: bounds the model's size."""

_WEIGHTS = tuple(LEVEL_WEIGHTS.values())


@attrs.define(eq=False)
class Costs:
    """An objective under construction: linear terms, a constant, and whether it is exact.

    A relaxed term counts as 0, the least that any term can cost. So the objective is a lower bound
    of the real cost, and equals it while `exact` is true.
    """

    program: IntegerProgram
    terms: list[tuple[int, int]] = attrs.field(factory=list[tuple[int, int]])
    constant: int = 0
    exact: bool = True

    def add(self, cost: int, variable: int) -> None:
        """Add a cost for each unit of a variable."""
        if cost and variable != -TRUE:
            self.terms.append((cost, variable))

    def relax(self, now: int) -> None:
        """Leave out a term that costs `now` in the state: it may fall to 0."""
        self.constant -= now
        self.exact = False

    def add_function(self, amounts: Sequence[tuple[int, int]], cost: Callable[[int], int]) -> None:
        """Add a function of a sum of literals with amounts, less its value for the sum 0."""
        step = gcd(*(amount for amount, _ in amounts))
        low = sum(min(amount, 0) for amount, _ in amounts)
        high = sum(max(amount, 0) for amount, _ in amounts)
        if not step:
            return
        if (high - low) // step > MAX_SUM_VALUES:
            self.relax(cost(0))
            return
        sums = range(low, high + 1, step)
        values = [cost(each) for each in sums]
        if len(amounts) == 1:
            self.add(cost(amounts[0][0]) - cost(0), amounts[0][1])
            return
        slopes = [after - before for before, after in pairwise(values)]
        if slopes == sorted(slopes):
            self._add_convex(amounts, sums, values)
        else:
            self._add_steps(amounts, sums, slopes)
            self.constant += values[0]
        self.constant -= cost(0)

    def _add_convex(self, amounts: LinearTerms, sums: range, values: Sequence[int]) -> None:
        """Add a convex function: a variable that is at least each tangent, with no Booleans."""
        slopes = [after - before for before, after in pairwise(values)]
        least, unit = min(values), gcd(*slopes)
        self.constant += least
        if not unit:
            return
        number = self.program.new_int([(0, (max(values) - least) // unit)])
        self.add(unit, number)
        tangents = {slope: place for place, slope in enumerate(slopes)}
        for slope, place in tangents.items():
            # The variable lies above the line through one point, both sides times the step.
            terms = [(sums.step, number)]
            terms += [(-slope // unit * amount, literal) for amount, literal in amounts]
            first = (values[place] - least) // unit * sums.step - slope // unit * sums[place]
            self.program.add_at_least(terms, first)

    def _add_steps(self, amounts: LinearTerms, sums: range, slopes: Sequence[int]) -> None:
        """Add any other function: one literal for each rise or fall that the sum has reached.

        A literal is constrained in one direction only: the minimization sets it the other way.
        """
        for at, slope in zip(sums[1:], slopes, strict=True):
            if slope:
                reached = self.program.new_bool()
                self.add(slope, reached)
                if slope > 0:
                    self.program.add_at_most(amounts, at - sums.step, [-reached])
                else:
                    self.program.add_at_least(amounts, at, [reached])

    def add_table(self, columns: Sequence[int], costs: Mapping[tuple[int, ...], int]) -> None:
        """Add the cost of the row whose values some variables take, as a table constraint."""
        values = sorted({*costs.values()})
        unit = gcd(*(each - values[0] for each in values))
        self.constant += values[0]
        if not unit:
            return
        number = self.program.new_int([(0, (values[-1] - values[0]) // unit)])
        self.add(unit, number)
        rows = [(*row, (cost - values[0]) // unit) for row, cost in costs.items()]
        self.program.add_table([*columns, number], rows)

    def levels(self) -> list[list[tuple[int, int]]]:
        """Return the stages of a lexicographic objective: hard, medium, soft, the highest first.

        Levels are one stage if the lower ones together may outweigh one unit of the higher one.
        """
        stages: list[list[tuple[int, int]]] = []
        under, rest = 0, self.terms
        by_level: list[list[tuple[int, int]]] = []
        for weight in _WEIGHTS:
            by_level.append([(weight * part, each) for part, each in _units_of(rest, weight)])
            rest = [(cost - weight * _units(cost, weight), each) for cost, each in rest]
        for weight, terms in zip(reversed(_WEIGHTS), reversed(by_level), strict=True):
            if terms and stages and under >= weight:
                stages[-1] += terms
            elif terms:
                stages.append(terms)
            under += self.range_of(terms)
        return stages[::-1]

    def range_of(self, terms: LinearTerms) -> int:
        """Return the difference between the greatest and the least value of an expression."""
        bounds = self.program.bounds
        return sum(
            abs(times) * (bounds[abs(each)][1] - bounds[abs(each)][0]) for times, each in terms
        )


def _units(cost: int, weight: int) -> int:
    """The units of a level in a cost, rounded toward 0, since a cost may be negative."""
    return cost // weight if cost >= 0 else -(-cost // weight)


def _units_of(terms: LinearTerms, weight: int) -> list[tuple[int, int]]:
    """The units of a level in each term of an expression; terms without any are left out."""
    return [(part, each) for cost, each in terms if (part := _units(cost, weight))]


def hard_part(terms: LinearTerms) -> list[tuple[int, int]]:
    """Return the part of an expression that violations of hard rules make up, in their units."""
    return _units_of(terms, _WEIGHTS[0])
