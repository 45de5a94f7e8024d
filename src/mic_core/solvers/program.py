"""An integer program, and CP-SAT that solves it: the one module that knows ortools.

Variables are whole numbers from 1 on. A truth is a variable that is 0 or 1, and `-truth` is its
contrary; `TRUE` is the one that always holds. Programs are built in the same order each time, and
solved by one worker with a budget that counts work and not time, so that results are the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import ceil
from typing import Any

import attrs

from mic_core.errors import MissingExtra

TRUE = 1
"""What always holds."""

Terms = Iterable[tuple[int, int]]
"""A sum: how many times which variable."""

IntegerRange = tuple[int, int]
"""The least and the greatest of some whole numbers."""

FAR = 1 << 60
"""Beyond anything that a program counts."""


class TooLargeError(ArithmeticError):
    """A program would have to count further than its numbers go."""


@cache
def cp_model() -> Any:
    """The library, loaded on first use. Raises MissingExtra where it is not installed."""
    try:
        from ortools.sat.python import cp_model as found  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtra("solver", "ortools") from None
    return found


@attrs.frozen(kw_only=True)
class Effort:
    """How hard to try: so much work in units of CP-SAT, and a seed.

    `stop` is asked at whatever is found on the way. `brief` is for programs that are solved in no
    time, where to look through them first would take longer.
    """

    work: float
    seed: int
    stop: Callable[[], bool]
    brief: bool = False


@attrs.frozen(kw_only=True)
class SolveResult:
    """What came of solving: values of all variables, None where none were found.

    `value` is what they cost and `bound` what none can fall below, None where nothing is known.
    `work` is what it took, in units of CP-SAT.
    """

    values: tuple[int, ...] | None
    value: int
    bound: int | None
    work: float

    @property
    def proved(self) -> bool:
        """Whether nothing is better."""
        return self.value == self.bound


class IntegerProgram:
    """Variables and what must hold among them."""

    def __init__(self) -> None:
        self.cp = cp_model()
        self.model: Any = self.cp.CpModel()
        self.variables: list[Any] = [None, self.model.new_constant(1)]
        self.bounds: list[IntegerRange] = [(0, 0), (1, 1)]
        self.joined: dict[tuple[int, ...], int] = {}
        self.spans: dict[tuple[int, int, int], Any] = {}

    # Variables

    def truth(self) -> int:
        """A new truth."""
        self.variables.append(self.model.new_bool_var(""))
        self.bounds.append((0, 1))
        return len(self.variables) - 1

    def number(self, ranges: Sequence[IntegerRange]) -> int:
        """A new number within some ranges, which are in order."""
        _counts(ranges[0][0], ranges[-1][1])
        domain = self.cp.Domain.from_intervals([list(each) for each in ranges])
        self.variables.append(self.model.new_int_var_from_domain(domain, ""))
        self.bounds.append((ranges[0][0], ranges[-1][1]))
        return len(self.variables) - 1

    def both(self, one: int, other: int) -> int:
        """The truth that two others hold."""
        if one == -other or -TRUE in {one, other}:
            return -TRUE
        if one in {TRUE, other}:
            return other
        if other == TRUE:
            return one
        key = (min(one, other), max(one, other))
        if key not in self.joined:
            made = self.joined[key] = self.truth()
            self.clause([made, -one, -other])
            self.clause([-made, one])
            self.clause([-made, other])
        return self.joined[key]

    def either(self, truths: Iterable[int]) -> int:
        """The truth that at least one of others holds."""
        different = sorted({*truths} - {-TRUE})
        if TRUE in different or len(different) < 2:
            return TRUE if TRUE in different else different[0] if different else -TRUE
        key = (0, *different)
        if key not in self.joined:
            made = self.joined[key] = self.truth()
            self.clause([-made, *different])
            for each in different:
                self.clause([made, -each])
        return self.joined[key]

    def _of(self, variable: int) -> Any:
        return self.variables[variable] if variable > 0 else self.variables[-variable].negated()

    def _sum(self, terms: Terms) -> Any:
        pairs = list(terms)
        _counts(sum(abs(times) * max(map(abs, self.bounds[abs(each)])) for times, each in pairs))
        return self.cp.LinearExpr.weighted_sum(
            [self._of(each) for _, each in pairs], [times for times, _ in pairs]
        )

    # What must hold

    def clause(self, truths: Iterable[int]) -> None:
        """At least one of them holds."""
        self.model.add_bool_or([self._of(each) for each in truths])

    def one_of(self, truths: Iterable[int]) -> None:
        """Exactly one of them holds."""
        self.model.add_exactly_one([self._of(each) for each in truths])

    def within(
        self, terms: Terms, ranges: Sequence[IntegerRange], given: Iterable[int] = ()
    ) -> None:
        """A sum lies within one of some ranges, wherever all that is given holds."""
        _counts(ranges[0][0], ranges[-1][1])
        domain = self.cp.Domain.from_intervals([list(each) for each in ranges])
        made = self.model.add_linear_expression_in_domain(self._sum(terms), domain)
        made.only_enforce_if([self._of(each) for each in given if each != TRUE])

    def at_most(self, terms: Terms, most: int, given: Iterable[int] = ()) -> None:
        """A sum is no more than a number."""
        self.within(terms, [(-FAR, most)], given)

    def at_least(self, terms: Terms, least: int, given: Iterable[int] = ()) -> None:
        """A sum is no less than a number."""
        self.within(terms, [(least, FAR)], given)

    def one_row_of(self, columns: Sequence[int], rows: Sequence[Sequence[int]]) -> None:
        """The variables take the values of one of the rows."""
        self.model.add_allowed_assignments([self._of(each) for each in columns], rows)

    def span(self, start: int, size: int, given: int) -> Any:
        """What lasts from a number on, wherever a truth holds."""
        key = start, size, given
        if key not in self.spans:
            self.spans[key] = self.model.new_optional_fixed_size_interval_var(
                self._of(start), size, self._of(given), ""
            )
        return self.spans[key]

    def never_together(self, spans: Sequence[Any]) -> None:
        """No two spans share a moment."""
        self.model.add_no_overlap(spans)

    def no_more_than(
        self, spans: Sequence[Any], taken: Iterable[tuple[int, int, int]], most: int
    ) -> None:
        """At no moment more spans than a number; `taken` tells start, size and how many besides."""
        held = [
            (self.model.new_fixed_size_interval_var(start, size, ""), many)
            for start, size, many in taken
        ]
        self.model.add_cumulative(
            [*spans, *(each for each, _ in held)],
            [1] * len(spans) + [many for _, many in held],
            most,
        )

    # The answer

    def least(
        self,
        costs: Terms,
        *,
        hint: Mapping[int, int],
        effort: "Effort",
    ) -> SolveResult:
        """Values for which a sum is as small as could be found; `hint` is where to look first."""
        terms = list(costs)
        self.model.clear_hints()
        for variable, value in hint.items():
            self.model.add_hint(self._of(variable), value)
        self.model.minimize(self._sum(terms))
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = effort.seed & 0x7FFFFFFF
        solver.parameters.max_deterministic_time = effort.work
        if effort.brief:
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
        raised = _watched(self.cp, solver, self.model, effort.stop)
        if raised is not None:
            raise raised
        found = solver.response_proto
        status = found.status
        work = found.deterministic_time
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return SolveResult(values=None, value=0, bound=None, work=work)
        values = (0, *found.solution)
        value = sum(times * values[each] for times, each in terms)
        bound = value if status == self.cp.OPTIMAL else _whole(found.best_objective_bound)
        return SolveResult(values=values, value=value, bound=bound, work=work)


def _counts(*numbers: int) -> None:
    """Refuse numbers of which CP-SAT would make others, or none at all."""
    if any(not -FAR <= each <= FAR for each in numbers):
        raise TooLargeError


def _watched(cp: Any, solver: Any, model: Any, stop: Callable[[], bool]) -> BaseException | None:
    """Solve, and ask at each solution and each bound whether to stop; gives what that raised."""
    raised: list[BaseException] = []

    def asks() -> bool:
        try:
            return bool(raised) or stop()
        except BaseException as error:  # noqa: BLE001  # must not pass through foreign code
            raised.append(error)
            return True

    class Watch(cp.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            if asks():
                self.stop_search()

    def on_bound(_: float) -> None:
        if asks():
            solver.stop_search()

    solver.best_bound_callback = on_bound
    solver.solve(model, Watch())
    return raised[0] if raised else None


def _whole(bound: float) -> int | None:
    """The least whole number that a bound in floating point surely allows; None for none."""
    if not -FAR < bound < FAR:
        return None
    return ceil(bound - 1e-6 - abs(bound) * 1e-15)
