"""Witness search: another table that agrees with all published figures and hides a cell.

A sensitive cell is safe if some other table of whole numbers has the same printed figures and the
value that it needs. Such a table, the witness, is the true one plus balanced moves: changes of some
cells by one amount that keep all relations. The cheapest move is found best-first, the full amount
being tried before its halves. A certificate is monotone: to suppress more never spoils a witness.
"""

from collections.abc import Sequence
from heapq import heappop, heappush

import attrs

from mic_core.impact.disclosure.linked_cells import LinkedCells

HIDING = 1000
"""The cost of one more figure suppressed, against weights of figures below this number."""

FORBIDDEN = -1
"""The cost of a cell that must not change."""

_Move = tuple[tuple[int, int], ...]


@attrs.frozen(eq=False)
class _Partial:
    """A move that is not balanced yet: the signs of its cells, and the sums of its relations."""

    signs: dict[int, int]
    sums: dict[int, int]


@attrs.define(eq=False)
class SearchBudget:
    """The expansions that a search may still spend."""

    left: int


def find_witness(
    cells: LinkedCells, costs: Sequence[int], target: int, effort: SearchBudget, most: int
) -> frozenset[int] | None:
    """The cells that a witness for a sensitive cell changes; None if none is found.

    `costs` are what a change of each cell costs; 0: it is hidden anyway. Each balanced move takes
    at most `most` expansions, all together `effort`.
    """
    values, price = [*cells.values], [*costs]
    price[target] = 0
    missing = cells.needs[target] - values[target]
    amount = missing
    touched: set[int] = {target}
    while missing > 0:
        move = _balanced_move(cells, price, values, target, amount, effort, most)
        if move is None:
            if amount == 1:
                return None
            amount = (amount + 1) // 2
            continue
        for cell, sign in move:
            values[cell] += sign * amount
            price[cell] = 0
            touched.add(cell)
        missing -= amount
        amount = min(amount, missing)
    return frozenset(touched)


def _balanced_move(
    cells: LinkedCells, price: Sequence[int], values: Sequence[int], target: int, amount: int,
    effort: SearchBudget, most: int,
) -> _Move | None:  # fmt: skip
    """The cheapest change of cells by an amount that raises the target and keeps all relations.

    A* over partial moves: the first relation out of balance is balanced by each of its cells. The
    lower bound counts relations out of balance in which no hidden cell is left.
    """
    relations, relations_of, floors = cells.relations, cells.relations_of, cells.floors
    start = _Partial({target: 1}, dict(relations_of[target]))
    ahead: list[tuple[int, int, int, _Partial]] = [(0, len(start.sums), 0, start)]
    spent = {frozenset(start.signs.items())}
    number = 0
    budget = min(most, effort.left)
    while ahead and budget > 0:
        budget -= 1
        effort.left -= 1
        cost, _, _, state = heappop(ahead)
        if not state.sums:
            return (*state.signs.items(),)
        relation = min(state.sums)
        total = state.sums[relation]
        direction = -1 if total > 0 else 1
        for cell, coefficient in relations[relation].items():
            more = price[cell]
            if more == FORBIDDEN or cell in state.signs:
                continue
            sign = direction * coefficient
            floor = floors[cell]
            if sign < 0 and floor is not None and values[cell] - amount < floor:
                continue
            signs = {**state.signs, cell: sign}
            key = frozenset(signs.items())
            if key in spent:
                continue
            spent.add(key)
            sums = dict(state.sums)
            for other, coefficient_there in relations_of[cell]:
                there = sums.get(other, 0) + sign * coefficient_there
                if there:
                    sums[other] = there
                else:
                    del sums[other]
            number += 1
            heappush(ahead, (cost + more, len(sums), number, _Partial(signs, sums)))
    return None
