"""Linked cells: the numbers that figures print, and the linear relations that hold between them.

The model of statistical disclosure control: margins, shared totals and differences are relations; a
difference that nobody prints is a cell as well.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs


@attrs.frozen(kw_only=True, eq=False, slots=False)
class LinkedCells:
    """Cells with their values, their relations, and the figures that print them.

    `needs` maps each sensitive cell to the value that must be possible for it. `floors` are the
    smallest values that anybody may take for possible; None: any. Each relation maps cells to 1 or
    -1, and the sum of coefficient and value is 0. `figures` holds the cells that each figure
    prints: a figure is printed or suppressed as one. `pinned` cells were published before.
    `weights` says which of two equal choices of figures is the dearer one.
    """

    values: Sequence[int]
    needs: Mapping[int, int]
    floors: Sequence[int | None]
    relations: Sequence[Mapping[int, int]]
    figures: Sequence[Sequence[int]]
    pinned: frozenset[int] = frozenset()
    weights: Sequence[int] = ()

    @cached_property
    def printers(self) -> tuple[tuple[int, ...], ...]:
        """The figures that print each cell; none prints a difference."""
        found: list[list[int]] = [[] for _ in self.values]
        for figure, cells in enumerate(self.figures):
            for cell in cells:
                found[cell].append(figure)
        return tuple(map(tuple, found))

    @cached_property
    def relations_of(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The relations of each cell, with its coefficient in them."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.values]
        for number, relation in enumerate(self.relations):
            for cell, coefficient in relation.items():
                found[cell].append((number, coefficient))
        return tuple(map(tuple, found))

    @cached_property
    def is_fixed(self) -> tuple[bool, ...]:
        """True for cells that suppression cannot hide: published before, or a zero in print.

        Zeros are printed always, so that a suppressed count is known to be at least 1.
        """
        return tuple(
            cell in self.pinned
            or (not value and bool(self.printers[cell]) and cell not in self.needs)
            for cell, value in enumerate(self.values)
        )

    @cached_property
    def sensitive(self) -> tuple[int, ...]:
        """The sensitive cells that are not public yet."""
        return tuple(sorted(each for each in self.needs if each not in self.pinned))

    def component(self, cell: int) -> set[int]:
        """The cells that relations connect with a cell, itself included."""
        found, ahead = {cell}, [cell]
        while ahead:
            for number, _ in self.relations_of[ahead.pop()]:
                new = self.relations[number].keys() - found
                found |= new
                ahead += new
        return found
