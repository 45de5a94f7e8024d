"""Sets of units on the raw grid and of cells on the axis agree with one bit at a time."""

from hypothesis import given
from hypothesis import strategies as st

from mic_core.scheduling.problem.time_axis import Grid, axis_of

INTERVALS = st.lists(st.tuples(st.integers(-50, 900), st.integers(-50, 900)), max_size=6)


@given(INTERVALS, st.integers(1, 40), st.integers(1, 12), st.integers(0, 70), st.integers(-9, 9))
def test_starts_within_tries_each_unit(
    intervals: list[tuple[int, int]], length: int, unit: int, size: int, low: int
) -> None:
    """A unit is a start if an activity that begins there lies within one of the intervals."""
    grid = Grid(low, unit, size)
    naive = sum(
        1 << n
        for n in range(size)
        if any(a <= low + n * unit and low + n * unit + length <= b for a, b in intervals)
    )
    assert grid.starts_within(intervals, length) == naive


@given(st.integers(0, 2**40), st.integers(-1, 2**40), st.integers(1, 41))
def test_to_cells_keeps_the_used_units(used: int, raw: int, size: int) -> None:
    """The cell of the k-th used unit is in the set if the unit is; -1 is the set of all units."""
    used &= (1 << size) - 1
    units = [n for n in range(size) if used >> n & 1]
    naive = sum(1 << cell for cell, n in enumerate(units) if raw >> n & 1)
    assert axis_of(Grid(0, 1, size), used).to_cells(raw) == naive
