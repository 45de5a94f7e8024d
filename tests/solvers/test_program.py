"""Integer programs: truths made of others, functions of sums, and tables."""

import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.errors import MissingExtra
from mic_core.solvers import program as home
from mic_core.solvers.costs import Costs, hard
from mic_core.solvers.program import TRUE, Effort, IntegerProgram

pytest.importorskip("ortools", reason="the extra solver is not installed")

EFFORT = Effort(work=1.0, seed=0, stop=lambda: False)


def test_without_the_extra_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_what_is_known_needs_no_new_truth() -> None:
    """Both and either of what always or never holds are one of the two."""
    program = IntegerProgram()
    a, b = program.truth(), program.truth()
    assert program.both(a, TRUE) == program.both(TRUE, a) == program.both(a, a) == a
    assert program.both(a, -TRUE) == program.both(-TRUE, a) == program.both(a, -a) == -TRUE
    assert program.either([a]) == program.either([a, a, -TRUE]) == a
    assert program.either([]) == -TRUE
    assert program.either([a, TRUE]) == TRUE
    assert program.both(a, b) == program.both(b, a)
    assert program.either([a, b]) == program.either([b, a])


@pytest.mark.parametrize(("one", "other"), [*product((0, 1), repeat=2)])
def test_truths_made_of_others_follow_them(one: int, other: int) -> None:
    """Both holds where both hold, either where one of them does, whatever is wanted."""
    for sign in (1, -1):
        program = IntegerProgram()
        a, b = program.truth(), program.truth()
        both, either = program.both(a, b), program.either([a, b])
        for truth, holds in ((a, one), (b, other)):
            program.clause([truth if holds else -truth])
        found = program.least([(sign, both), (sign, either)], hint={}, effort=EFFORT)
        assert found.values is not None
        assert (found.values[both], found.values[either]) == (one & other, one | other)


def test_a_program_that_cannot_be_has_no_values() -> None:
    """What contradicts itself has no values, and proves nothing."""
    program = IntegerProgram()
    program.clause([-TRUE])
    found = program.least([(1, program.truth())], hint={}, effort=EFFORT)
    assert found.values is None
    assert not found.proved


def test_without_work_nothing_is_known() -> None:
    """A budget of nothing may end without values and without a bound."""
    program = IntegerProgram()
    truths = [program.truth() for _ in range(40)]
    for place, each in enumerate(truths):
        program.clause([each, *(-other for other in truths[place + 1 :: 3])])
    found = program.least([(1, each) for each in truths], hint={}, effort=EFFORT)
    assert found.proved
    assert home._whole(float("-inf")) is None  # pyright: ignore[reportPrivateUsage]


FUNCTIONS = st.lists(st.integers(-4, 4), min_size=30, max_size=30)
AMOUNTS = st.lists(st.integers(-2, 4), min_size=1, max_size=4)


@given(FUNCTIONS, AMOUNTS, st.booleans(), st.sampled_from([1, 10**6, 10**12]))
def test_a_function_of_a_sum_costs_what_it_gives(
    values: list[int], amounts: list[int], bowl: bool, weight: int
) -> None:
    """For each choice of truths, the least cost is what the function gives more than for 0."""
    if bowl:
        values = [abs(each - values[0]) * 3 for each in range(30)]

    def cost(total: int) -> int:
        return weight * values[total + 10]

    for chosen in product((0, 1), repeat=len(amounts)):
        program = IntegerProgram()
        costs = Costs(program)
        truths = [program.truth() for _ in amounts]
        costs.of_sum(list(zip(amounts, truths, strict=True)), cost)
        for truth, holds in zip(truths, chosen, strict=True):
            program.clause([truth if holds else -truth])
        found = program.least(costs.terms, hint={}, effort=EFFORT)
        total = sum(a * c for a, c in zip(amounts, chosen, strict=True))
        assert found.value + costs.constant == cost(total) - cost(0)
        assert costs.exact


def test_a_sum_of_too_many_values_is_left_out() -> None:
    """It counts as nothing, so that a bound stays one, and the costs are not exact."""
    program = IntegerProgram()
    costs = Costs(program)
    costs.of_sum([(10**6, program.truth()), (1, program.truth())], lambda total: total + 7)
    assert (costs.terms, costs.constant, costs.exact) == ([], -7, False)


def test_a_table_costs_what_its_row_says() -> None:
    """The cost is that of the row, in units of what costs differ by; of equal costs, a constant."""
    program = IntegerProgram()
    costs = Costs(program)
    number = program.number([(0, 2)])
    costs.of_row([number], {(0,): 9, (1,): 5, (2,): 13})
    found = program.least(costs.terms, hint={number: 2}, effort=EFFORT)
    assert found.value + costs.constant == 5
    costs.of_row([number], {(0,): 4, (1,): 4, (2,): 4})
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
    """Levels are sums of their own as long as all lower ones weigh less than one unit."""
    program = IntegerProgram()
    costs = Costs(program)
    for _ in range(3):
        program.truth()
    for cost, variable in terms:
        costs.add(cost, variable)
    assert costs.levels() == stages


def test_hard_costs_are_told_from_others() -> None:
    """Of each cost, the whole units of the highest level, also below 0."""
    assert hard([(10**12 + 3, 2), (-(10**12) - 3, 3), (10**6, 4)]) == [(1, 2), (-1, 3)]
