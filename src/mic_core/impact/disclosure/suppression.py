"""Secondary suppression: the figures to withhold so that no sensitive cell can be derived.

Greedy: a witness is found for one sensitive cell after the other, and what it changes is hidden.
Since hiding more never spoils a witness, the result is safe by construction. A last pass publishes
again what no witness needs.
"""

from collections.abc import Iterable, Sequence

import attrs

from mic_core.impact.disclosure.linked_cells import LinkedCells
from mic_core.impact.disclosure.witness import FORBIDDEN, HIDING, SearchBudget, find_witness

_MOVE = 1500
"""Expansions for one balanced move: above, three halves of an amount together take 0.1 s."""

_ALL = 40_000
"""Expansions for one order of all sensitive cells, about 1.5 s in CPython 3.11."""

_SMALL = 120
"""Cells up to which several orders are tried: beyond, one order takes most of the time allowed."""


@attrs.define(eq=False)
class _Attempt:
    """The figures suppressed up to now, and the cells that the witness of each cell changes."""

    cells: LinkedCells
    hidden: set[int]
    witnesses: dict[int, frozenset[int]]

    @classmethod
    def of(cls, cells: LinkedCells) -> "_Attempt":
        first = {figure for cell in cells.sensitive for figure in cells.printers[cell]}
        return cls(cells, first, {})

    def costs(self, *, is_closed: bool = False) -> list[int]:
        """The cost of a change of each cell; of a printed one forbidden where `is_closed`."""
        return [self._cost(cell, is_closed=is_closed) for cell in range(len(self.cells.values))]

    def _cost(self, cell: int, *, is_closed: bool) -> int:
        if self.cells.is_fixed[cell]:
            return FORBIDDEN
        shown = [each for each in self.cells.printers[cell] if each not in self.hidden]
        if shown and is_closed:
            return FORBIDDEN
        return sum(HIDING + _weight(self.cells, each) for each in shown)

    def figures_of(self, witness: Iterable[int]) -> set[int]:
        """The figures that print a cell which a witness changes."""
        return {figure for cell in witness for figure in self.cells.printers[cell]}


def _weight(cells: LinkedCells, figure: int) -> int:
    return cells.weights[figure] if cells.weights else 0


def suppressed_figures(cells: LinkedCells) -> frozenset[int]:
    """The figures to suppress: those with a sensitive cell, and the fewest others that are found.

    Deterministic. Bounded effort: where no witness is found within it, all figures that relations
    connect with a cell are suppressed.
    """
    by_need = sorted(cells.sensitive, key=lambda each: cells.values[each] - cells.needs[each])
    orders = [by_need]
    if len(cells.values) <= _SMALL:
        orders += [by_need[::-1], [*cells.sensitive], [*cells.sensitive[::-1]]]
    found = [_suppressed(cells, order) for order in orders]
    return frozenset(min(found, key=lambda each: (_total(cells, each), sorted(each))))


def _total(cells: LinkedCells, hidden: Iterable[int]) -> int:
    return sum(HIDING + _weight(cells, each) for each in hidden)


def _suppressed(cells: LinkedCells, order: Sequence[int]) -> set[int]:
    attempt = _Attempt.of(cells)
    effort = SearchBudget(_ALL)
    for cell in order:
        witness = find_witness(cells, attempt.costs(), cell, effort, _MOVE)
        if witness is None:
            witness = frozenset(each for each in cells.component(cell) if not cells.is_fixed[each])
        attempt.witnesses[cell] = witness
        attempt.hidden |= attempt.figures_of(witness)
    _publish_again(attempt, SearchBudget(_ALL))
    return attempt.hidden


def _publish_again(attempt: _Attempt, effort: SearchBudget) -> None:
    """Publish each suppressed figure that the witnesses can do without, the dearest first."""
    cells = attempt.cells
    needed = {figure for cell in cells.sensitive for figure in cells.printers[cell]}
    order = sorted(attempt.hidden - needed, key=lambda each: (-_weight(cells, each), each))
    for figure in order:
        printed = {*cells.figures[figure]}
        affected = [each for each, found in attempt.witnesses.items() if found & printed]
        attempt.hidden.remove(figure)
        costs = attempt.costs(is_closed=True)
        others: dict[int, frozenset[int]] = {}
        for cell in affected:
            witness = find_witness(cells, costs, cell, effort, _MOVE // 10)
            if witness is None:
                attempt.hidden.add(figure)
                break
            others[cell] = witness
        else:
            attempt.witnesses.update(others)
