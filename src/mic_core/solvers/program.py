"""Builder of CP-SAT models: Boolean and integer variables, constraints, and one minimization.

The one module that imports ortools. A variable is an index from 1 on; index 0 is unused. A literal
is the index of a Boolean variable, or its negative for the negation; `TRUE` is the constant true.
Models are built in a fixed order and solved by one worker with a budget that counts deterministic
work, not seconds, so that one release of OR-Tools gives the same result every time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import ceil
from typing import Any

import attrs

from mic_core.errors import MissingExtra

TRUE = 1
"""The literal that is always true: each model begins with a constant of value 1."""

LinearTerms = Iterable[tuple[int, int]]
"""A linear expression: pairs of a coefficient and a variable or literal."""

IntegerRange = tuple[int, int]
"""A closed interval of integers: the least and the greatest."""

MAX_EXPRESSION = 1 << 60
"""The greatest absolute value of an expression. CP-SAT adds in 64 bits: this leaves room."""


class TooLargeError(ArithmeticError):
    """An expression of a model may exceed MAX_EXPRESSION."""


@cache
def cp_model() -> Any:
    """Return OR-Tools' `cp_model`, loaded on first use. Raises MissingExtra if not installed."""
    try:
        from ortools.sat.python import cp_model as found  # noqa: PLC0415  # an extra
    except ImportError:
        raise MissingExtra("solver", "ortools") from None
    return found


@attrs.frozen(kw_only=True)
class Effort:
    """The budget of one solve: `work` in deterministic units of CP-SAT, and a seed.

    `stop` is called at each solution and each bound and ends the search if it returns true.
    `light_presolve` skips probing and the search for symmetry: for models so small that these would
    take longer than the search.
    """

    work: float
    seed: int
    stop: Callable[[], bool]
    light_presolve: bool = False


@attrs.frozen(kw_only=True)
class SolveResult:
    """The outcome of one solve: the values of all variables, or None if no solution was found.

    `value` is the objective of the solution and `bound` a lower bound of every solution, None if
    none is known. `work` is what was used, in deterministic units of CP-SAT.
    """

    values: tuple[int, ...] | None
    value: int
    bound: int | None
    work: float

    @property
    def proved(self) -> bool:
        """True if the solution is proved optimal."""
        return self.value == self.bound


class IntegerProgram:
    """An integer program under construction: variables and constraints.

    `bounds` has the range of each variable. Conjunctions, disjunctions and intervals are made once
    for the same arguments.
    """

    def __init__(self) -> None:
        self.cp = cp_model()
        self.model: Any = self.cp.CpModel()
        self.variables: list[Any] = [None, self.model.new_constant(1)]
        self.bounds: list[IntegerRange] = [(0, 0), (1, 1)]
        self.derived: dict[tuple[int, ...], int] = {}
        self.intervals: dict[tuple[int, int, int], Any] = {}

    # Variables

    def new_bool(self) -> int:
        """Add a Boolean variable; returns its literal."""
        self.variables.append(self.model.new_bool_var(""))
        self.bounds.append((0, 1))
        return len(self.variables) - 1

    def new_int(self, ranges: Sequence[IntegerRange]) -> int:
        """Add an integer variable whose domain is a union of ranges in ascending order."""
        _require_in_limit(ranges[0][0], ranges[-1][1])
        domain = self.cp.Domain.from_intervals([list(each) for each in ranges])
        self.variables.append(self.model.new_int_var_from_domain(domain, ""))
        self.bounds.append((ranges[0][0], ranges[-1][1]))
        return len(self.variables) - 1

    def conjunction(self, one: int, other: int) -> int:
        """Return a literal that is true if and only if both literals are."""
        if one == -other or -TRUE in {one, other}:
            return -TRUE
        if one in {TRUE, other}:
            return other
        if other == TRUE:
            return one
        key = (min(one, other), max(one, other))
        if key not in self.derived:
            made = self.derived[key] = self.new_bool()
            self.add_clause([made, -one, -other])
            self.add_clause([-made, one])
            self.add_clause([-made, other])
        return self.derived[key]

    def disjunction(self, literals: Iterable[int]) -> int:
        """Return a literal that is true if and only if at least one of the literals is."""
        different = sorted({*literals} - {-TRUE})
        if TRUE in different or len(different) < 2:
            return TRUE if TRUE in different else different[0] if different else -TRUE
        key = (0, *different)  # 0 is no literal, so this is never the key of a conjunction
        if key not in self.derived:
            made = self.derived[key] = self.new_bool()
            self.add_clause([-made, *different])
            for each in different:
                self.add_clause([made, -each])
        return self.derived[key]

    def _of(self, variable: int) -> Any:
        return self.variables[variable] if variable > 0 else self.variables[-variable].negated()

    def _sum(self, terms: LinearTerms) -> Any:
        pairs = list(terms)
        _require_in_limit(
            sum(abs(times) * max(map(abs, self.bounds[abs(each)])) for times, each in pairs)
        )
        return self.cp.LinearExpr.weighted_sum(
            [self._of(each) for _, each in pairs], [times for times, _ in pairs]
        )

    # Constraints

    def add_clause(self, literals: Iterable[int]) -> None:
        """Require at least one of the literals."""
        self.model.add_bool_or([self._of(each) for each in literals])

    def add_exactly_one(self, literals: Iterable[int]) -> None:
        """Require exactly one of the literals."""
        self.model.add_exactly_one([self._of(each) for each in literals])

    def add_linear(
        self, terms: LinearTerms, ranges: Sequence[IntegerRange], given: Iterable[int] = ()
    ) -> None:
        """Require a linear expression to lie in a union of ranges, if all `given` literals hold."""
        _require_in_limit(ranges[0][0], ranges[-1][1])
        domain = self.cp.Domain.from_intervals([list(each) for each in ranges])
        made = self.model.add_linear_expression_in_domain(self._sum(terms), domain)
        made.only_enforce_if([self._of(each) for each in given if each != TRUE])

    def add_at_most(self, terms: LinearTerms, most: int, given: Iterable[int] = ()) -> None:
        """Bound a linear expression from above, if all `given` literals hold."""
        self.add_linear(terms, [(-MAX_EXPRESSION, most)], given)

    def add_at_least(self, terms: LinearTerms, least: int, given: Iterable[int] = ()) -> None:
        """Bound a linear expression from below, if all `given` literals hold."""
        self.add_linear(terms, [(least, MAX_EXPRESSION)], given)

    def add_table(self, columns: Sequence[int], rows: Sequence[Sequence[int]]) -> None:
        """Require that the variables take the values of one of the rows (a table constraint)."""
        self.model.add_allowed_assignments([self._of(each) for each in columns], rows)

    def interval(self, start: int, size: int, given: int) -> Any:
        """Return the optional interval of a fixed size from a variable start, if `given` holds."""
        key = start, size, given
        if key not in self.intervals:
            self.intervals[key] = self.model.new_optional_fixed_size_interval_var(
                self._of(start), size, self._of(given), ""
            )
        return self.intervals[key]

    def add_no_overlap(self, intervals: Sequence[Any]) -> None:
        """Forbid overlap among intervals: a disjunctive resource."""
        self.model.add_no_overlap(intervals)

    def add_cumulative(
        self, intervals: Sequence[Any], fixed: Iterable[tuple[int, int, int]], capacity: int
    ) -> None:
        """Bound the overlap of intervals by a capacity: a cumulative resource.

        `fixed` is the load of fixed sessions: start, size and demand.
        """
        loads = [
            (self.model.new_fixed_size_interval_var(start, size, ""), demand)
            for start, size, demand in fixed
        ]
        self.model.add_cumulative(
            [*intervals, *(each for each, _ in loads)],
            [1] * len(intervals) + [demand for _, demand in loads],
            capacity,
        )

    # Solving

    def minimize(
        self,
        costs: LinearTerms,
        *,
        hint: Mapping[int, int],
        effort: "Effort",
    ) -> SolveResult:
        """Minimize a linear expression; `hint` has values with which the search begins."""
        terms = list(costs)
        self.model.clear_hints()
        for variable, value in hint.items():
            self.model.add_hint(self._of(variable), value)
        self.model.minimize(self._sum(terms))
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1  # several workers would race, and results vary
        solver.parameters.random_seed = effort.seed & 0x7FFFFFFF  # CP-SAT takes 31 bits
        solver.parameters.max_deterministic_time = effort.work
        if effort.light_presolve:
            solver.parameters.cp_model_probing_level = 0
            solver.parameters.symmetry_level = 0
        raised = _solve(self.cp, solver, self.model, effort.stop)
        if raised is not None:
            raise raised
        found = solver.response_proto
        status = found.status
        work = found.deterministic_time
        if status not in {self.cp.OPTIMAL, self.cp.FEASIBLE}:
            return SolveResult(values=None, value=0, bound=None, work=work)
        values = (0, *found.solution)  # index 0 is unused
        # In exact integers: the objective that CP-SAT reports is a floating-point number.
        value = sum(times * values[each] for times, each in terms)
        bound = value if status == self.cp.OPTIMAL else _integer_bound(found.best_objective_bound)
        return SolveResult(values=values, value=value, bound=bound, work=work)


def _require_in_limit(*numbers: int) -> None:
    """Raise TooLargeError for numbers that CP-SAT would refuse or overflow with."""
    if any(not -MAX_EXPRESSION <= each <= MAX_EXPRESSION for each in numbers):
        raise TooLargeError


def _solve(cp: Any, solver: Any, model: Any, stop: Callable[[], bool]) -> BaseException | None:
    """Solve with callbacks that call `stop`; returns the exception that `stop` raised, if any.

    The exception is carried around the callbacks, since it must not unwind through C++.
    """
    raised: list[BaseException] = []

    def should_end() -> bool:
        try:
            return bool(raised) or stop()
        except BaseException as error:  # noqa: BLE001  # must not pass through foreign code
            raised.append(error)
            return True

    class SolutionCallback(cp.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            if should_end():
                self.stop_search()

    def on_bound(_: float) -> None:
        if should_end():
            solver.stop_search()

    solver.best_bound_callback = on_bound
    solver.solve(model, SolutionCallback())
    return raised[0] if raised else None


def _integer_bound(bound: float) -> int | None:
    """Round a floating-point lower bound up to an integer that is surely valid; None if infinite.

    The tolerance, absolute 1e-6 and relative 1e-15, covers the rounding of doubles.
    """
    if not -MAX_EXPRESSION < bound < MAX_EXPRESSION:
        return None
    return ceil(bound - 1e-6 - abs(bound) * 1e-15)
