"""Secondary suppression on random linked tables, attacked by a constraint solver."""

import os
from random import Random

import pytest

from mic_core.impact.disclosure.linked_cells import LinkedCells
from mic_core.impact.disclosure.suppression import suppressed_figures
from tests.impact.disclosure import random_tables
from tests.impact.disclosure.random_tables import KINDS, leaks, optimum, random_table, table

TABLES = int(os.environ.get("MIC_CORE_DISCLOSURE_TABLES", "20"))


def test_no_table_leaks() -> None:
    """No sensitive or suppressed cell has one value, or only small ones, for a solver."""
    pytest.importorskip("ortools")
    for seed in range(TABLES):
        cells = random_table(seed)
        hidden = suppressed_figures(cells)
        assert leaks(cells, hidden) == [], (seed, KINDS[seed % len(KINDS)])


def test_few_figures_are_suppressed() -> None:
    """Over 30 small tables at most 1.1 times as many figures are hidden as must be."""
    pytest.importorskip("ortools")
    hidden = fewest = 0
    for seed in range(30):
        random = Random(seed)
        cells = table(random, random.randint(2, 4), random.randint(2, 5))
        hidden += len(suppressed_figures(cells))
        fewest += optimum(cells)
    assert fewest <= hidden <= 1.1 * fewest


def dense(random: Random) -> int:
    """A count that is often small."""
    return random.randint(0, 10)


@pytest.mark.parametrize("sizes", [(12, 4, 3), (20, 10), (40, 5)])
def test_large_tables_are_protected(
    sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a table of 260 cells, a third sensitive, these and some others are hidden, never all."""
    monkeypatch.setattr(random_tables, "small", dense)
    cells = table(Random(3), *sizes)
    hidden = suppressed_figures(cells)
    assert len(cells.needs) <= len(hidden) < len(cells.values)


def test_the_order_of_a_run_does_not_matter() -> None:
    """The same cells are suppressed in every run."""
    for seed in range(5):
        assert suppressed_figures(random_table(seed)) == suppressed_figures(random_table(seed))


def test_a_total_published_before_can_give_a_cell_away() -> None:
    """Where no witness is left, all that relations connect with the cell is suppressed."""
    cells = LinkedCells(
        values=[7, 3, 4], needs={1: 5, 2: 5}, floors=[1, 1, 1], relations=[{0: -1, 1: 1, 2: 1}],
        figures=[(0,), (1,), (2,)], pinned=frozenset({0}),
    )  # fmt: skip
    assert suppressed_figures(cells) == {1, 2}
    alone = LinkedCells(
        values=[3, 3], needs={0: 5}, floors=[1, 1], relations=[{0: -1, 1: 1}],
        figures=[(0,), (1,)], pinned=frozenset({1}),
    )  # fmt: skip
    assert suppressed_figures(alone) == {0}


def test_nothing_sensitive_hides_nothing() -> None:
    """A table without small counts is published as it is, and so is an empty one."""
    cells = LinkedCells(values=[9], needs={}, floors=[1], relations=[], figures=[(0,)])
    assert suppressed_figures(cells) == frozenset()
    empty = LinkedCells(values=[], needs={}, floors=[], relations=[], figures=[])
    assert suppressed_figures(empty) == frozenset()
