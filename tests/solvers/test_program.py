"""Integer programs: derived literals, functions of sums, and tables."""

import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.errors import MissingExtra
from mic_core.solvers import program as home
from mic_core.solvers.costs import Costs, hard_part
from mic_core.solvers.program import TRUE, Effort, IntegerProgram

pytest.importorskip("ortools", reason="the extra solver is not installed")

EFFORT = Effort(work=1.0, seed=0, stop=lambda: False)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OR-Tools the first program names the extra that brings it."""
    for name in [each for each in sys.modules if each.split(".")[0] == "ortools"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "ortools", None)
    home.cp_model.cache_clear()
    try:
        with pytest.raises(MissingExtra, match=r"pip install 'mic_core\[solver\]'"):
            IntegerProgram()
    finally:
        home.cp_model.cache_clear()


def test_constants_make_no_new_literal() -> None:
    """Conjunctions and disjunctions with constants or equal literals are simplified."""
    program = IntegerProgram()
    a, b = program.new_bool(), program.new_bool()
    assert (
        program.conjunction(a, TRUE)
        == program.conjunction(TRUE, a)
        == program.conjunction(a, a)
        == a
    )
    assert (
        program.conjunction(a, -TRUE)
        == program.conjunction(-TRUE, a)
        == program.conjunction(a, -a)
        == -TRUE
    )
    assert program.disjunction([a]) == program.disjunction([a, a, -TRUE]) == a
    assert program.disjunction([]) == -TRUE
    assert program.disjunction([a, TRUE]) == TRUE
    assert program.conjunction(a, b) == program.conjunction(b, a)
    assert program.disjunction([a, b]) == program.disjunction([b, a])


@pytest.mark.parametrize(("one", "other"), [*product((0, 1), repeat=2)])
def test_derived_literals_are_equivalences(one: int, other: int) -> None:
    """A conjunction is true if both are, a disjunction if one is, whatever is minimized."""
    for sign in (1, -1):
        program = IntegerProgram()
        a, b = program.new_bool(), program.new_bool()
        both, either = program.conjunction(a, b), program.disjunction([a, b])
        for literal, holds in ((a, one), (b, other)):
            program.add_clause([literal if holds else -literal])
        found = program.minimize([(sign, both), (sign, either)], hint={}, effort=EFFORT)
        assert found.values is not None
        assert (found.values[both], found.values[either]) == (one & other, one | other)


def test_an_infeasible_program_has_no_values() -> None:
    """A contradiction has no values, and proves nothing."""
    program = IntegerProgram()
    program.add_clause([-TRUE])
    found = program.minimize([(1, program.new_bool())], hint={}, effort=EFFORT)
    assert found.values is None
    assert not found.proved


def test_an_infinite_bound_is_none() -> None:
    """A solved program has a bound; a bound of minus infinity becomes None."""
    program = IntegerProgram()
    literals = [program.new_bool() for _ in range(40)]
    for place, each in enumerate(literals):
        program.add_clause([each, *(-other for other in literals[place + 1 :: 3])])
    found = program.minimize([(1, each) for each in literals], hint={}, effort=EFFORT)
    assert found.proved
    assert home._integer_bound(float("-inf")) is None  # pyright: ignore[reportPrivateUsage]


FUNCTIONS = st.lists(st.integers(-4, 4), min_size=30, max_size=30)
AMOUNTS = st.lists(st.integers(-2, 4), min_size=1, max_size=4)


@given(FUNCTIONS, AMOUNTS, st.booleans(), st.sampled_from([1, 10**6, 10**12]))
def test_a_function_of_a_sum_is_exact(
    values: list[int], amounts: list[int], convex: bool, weight: int
) -> None:
    """For each choice of literals, the least cost is the function of the sum less that of 0."""
    if convex:
        values = [abs(each - values[0]) * 3 for each in range(30)]

    def cost(total: int) -> int:
        return weight * values[total + 10]

    for chosen in product((0, 1), repeat=len(amounts)):
        program = IntegerProgram()
        costs = Costs(program)
        literals = [program.new_bool() for _ in amounts]
        costs.add_function(list(zip(amounts, literals, strict=True)), cost)
        for literal, holds in zip(literals, chosen, strict=True):
            program.add_clause([literal if holds else -literal])
        found = program.minimize(costs.terms, hint={}, effort=EFFORT)
        total = sum(a * c for a, c in zip(amounts, chosen, strict=True))
        assert found.value + costs.constant == cost(total) - cost(0)
        assert costs.exact


def test_a_sum_of_too_many_values_is_relaxed() -> None:
    """It counts as 0, so that a bound stays valid, and the costs are not exact."""
    program = IntegerProgram()
    costs = Costs(program)
    costs.add_function(
        [(10**6, program.new_bool()), (1, program.new_bool())], lambda total: total + 7
    )
    assert (costs.terms, costs.constant, costs.exact) == ([], -7, False)


def test_a_table_costs_what_its_row_costs() -> None:
    """The cost is that of the row; equal costs become a constant."""
    program = IntegerProgram()
    costs = Costs(program)
    number = program.new_int([(0, 2)])
    costs.add_table([number], {(0,): 9, (1,): 5, (2,): 13})
    found = program.minimize(costs.terms, hint={number: 2}, effort=EFFORT)
    assert found.value + costs.constant == 5
    costs.add_table([number], {(0,): 4, (1,): 4, (2,): 4})
    assert costs.constant == 9


@pytest.mark.parametrize(
    ("terms", "stages"),
    [
        ([], []),
        ([(1, 2), (10**6, 3)], [[(10**6, 3)], [(1, 2)]]),
        ([(10**12 + 5, 2)], [[(10**12, 2)], [(5, 2)]]),
        ([(-3, 2), (10**12, 3)], [[(10**12, 3)], [(-3, 2)]]),
        ([(999_999, 2), (1, 4), (10**6, 3)], [[(999_999, 2), (1, 4), (10**6, 3)]]),
    ],
)
def test_levels_are_one_after_the_other_unless_one_outweighs_the_next(
    terms: list[tuple[int, int]], stages: list[list[tuple[int, int]]]
) -> None:
    """A level is a stage if all lower ones together weigh less than one unit of it."""
    program = IntegerProgram()
    costs = Costs(program)
    for _ in range(3):
        program.new_bool()
    for cost, variable in terms:
        costs.add(cost, variable)
    assert costs.levels() == stages


def test_the_hard_part_is_separated() -> None:
    """Each cost keeps its units of the highest level, also if negative."""
    assert hard_part([(10**12 + 3, 2), (-(10**12) - 3, 3), (10**6, 4)]) == [(1, 2), (-1, 3)]
