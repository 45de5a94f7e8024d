"""What a schedule costs, as a sum over variables: functions of sums, and tables of combinations.

Costs count from what the state costs without the activities that a program may place.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import gcd

import attrs

from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS
from mic_core.solvers.program import TRUE, IntegerProgram, Terms

VALUES = 20_000
"""A function of a sum is left out where the sum can take more values."""

_WEIGHTS = tuple(LEVEL_WEIGHTS.values())


@attrs.define(eq=False)
class Costs:
    """A sum of costs as it grows: terms, a constant, and what was left out.

    What is left out counts as if it cost nothing in the end, which is the least it can: so the sum
    is never more than what a schedule really costs. `exact` tells that nothing was left out.
    """

    program: IntegerProgram
    terms: list[tuple[int, int]] = attrs.field(factory=list[tuple[int, int]])
    constant: int = 0
    exact: bool = True

    def add(self, cost: int, variable: int) -> None:
        """So much for each unit of a variable."""
        if cost and variable != -TRUE:
            self.terms.append((cost, variable))

    def leave_out(self, now: int) -> None:
        """Leave out a part that costs so much now."""
        self.constant -= now
        self.exact = False

    def of_sum(self, amounts: Sequence[tuple[int, int]], cost: Callable[[int], int]) -> None:
        """What a function of a sum of truths, each with its amount, gives more than for 0."""
        step = gcd(*(amount for amount, _ in amounts))
        low = sum(min(amount, 0) for amount, _ in amounts)
        high = sum(max(amount, 0) for amount, _ in amounts)
        if not step:
            return
        if (high - low) // step > VALUES:
            self.leave_out(cost(0))
            return
        held = range(low, high + 1, step)
        values = [cost(each) for each in held]
        if len(amounts) == 1:
            self.add(cost(amounts[0][0]) - cost(0), amounts[0][1])
            return
        slopes = [after - before for before, after in pairwise(values)]
        if slopes == sorted(slopes):
            self._bowl(amounts, held, values)
        else:
            self._steps(amounts, held, slopes)
            self.constant += values[0]
        self.constant -= cost(0)

    def _bowl(self, amounts: Terms, held: range, values: Sequence[int]) -> None:
        """A function that bends upwards: no less than each of its tangents."""
        slopes = [after - before for before, after in pairwise(values)]
        least, unit = min(values), gcd(*slopes)
        self.constant += least
        if not unit:
            return
        number = self.program.number([(0, (max(values) - least) // unit)])
        self.add(unit, number)
        tangents = {slope: place for place, slope in enumerate(slopes)}
        for slope, place in tangents.items():
            # The number lies above the line through one point, both sides times the step.
            terms = [(held.step, number)]
            terms += [(-slope // unit * amount, truth) for amount, truth in amounts]
            first = (values[place] - least) // unit * held.step - slope // unit * held[place]
            self.program.at_least(terms, first)

    def _steps(self, amounts: Terms, held: range, slopes: Sequence[int]) -> None:
        """Any other function: a truth for each step up or down that the sum has reached."""
        for at, slope in zip(held[1:], slopes, strict=True):
            if slope:
                reached = self.program.truth()
                self.add(slope, reached)
                if slope > 0:
                    self.program.at_most(amounts, at - held.step, [-reached])
                else:
                    self.program.at_least(amounts, at, [reached])

    def of_row(self, columns: Sequence[int], costs: Mapping[tuple[int, ...], int]) -> None:
        """What a table gives for the values that some variables take, which are in it."""
        values = sorted({*costs.values()})
        unit = gcd(*(each - values[0] for each in values))
        self.constant += values[0]
        if not unit:
            return
        number = self.program.number([(0, (values[-1] - values[0]) // unit)])
        self.add(unit, number)
        rows = [(*row, (cost - values[0]) // unit) for row, cost in costs.items()]
        self.program.one_row_of([*columns, number], rows)

    def levels(self) -> list[list[tuple[int, int]]]:
        """Sums that are to be as small as can be, one after the other, in place of the whole.

        Levels of which the lower ones may outweigh a unit of a higher one are one sum.
        """
        stages: list[list[tuple[int, int]]] = []
        under, rest = 0, self.terms
        of: list[list[tuple[int, int]]] = []
        for weight in _WEIGHTS:
            of.append([(weight * part, each) for part, each in _share(rest, weight)])
            rest = [(cost - weight * _parts(cost, weight), each) for cost, each in rest]
        for weight, terms in zip(reversed(_WEIGHTS), reversed(of), strict=True):
            if terms and stages and under >= weight:
                stages[-1] += terms
            elif terms:
                stages.append(terms)
            under += self.range_of(terms)
        return stages[::-1]

    def range_of(self, terms: Terms) -> int:
        """By how much a sum can vary."""
        bounds = self.program.bounds
        return sum(
            abs(times) * (bounds[abs(each)][1] - bounds[abs(each)][0]) for times, each in terms
        )


def _parts(cost: int, weight: int) -> int:
    """How many whole units of a level are in a cost, which may be below 0."""
    return cost // weight if cost >= 0 else -(-cost // weight)


def _share(terms: Terms, weight: int) -> list[tuple[int, int]]:
    """The whole units of a level in the costs of a sum."""
    return [(part, each) for cost, each in terms if (part := _parts(cost, weight))]


def hard(terms: Terms) -> list[tuple[int, int]]:
    """What hard rules make up of a sum, in their units."""
    return _share(terms, _WEIGHTS[0])
