"""Resource occupancy of a partial schedule: bitsets of full cells, and the activities in them.

A test "is the resource free for these cells" is one `and` of two ints. The owner of each cell (of
a disjunctive resource) and the load of each cell (of a cumulative one) tell which activities to
remove. Taking and leaving cost O(cells of the activity).
"""

from collections.abc import Iterable, Iterator, Sequence

from mic_core.scheduling.problem.problem import PlanningProblem


class Occupancy:
    """The occupancy of all resources; all lists are indexed by resource.

    `full` is the bitset of cells in which a resource takes no more activities. `owner` is the
    activity in each cell of a disjunctive resource, -1 for none. `counts` is the load of each cell
    of a cumulative resource, with fixed sessions, and `members` are its activities with their first
    cell and the cell after the last. `windows` is, by length in cells and start, the bitset that an
    activity covers.
    """

    def __init__(self, problem: PlanningProblem) -> None:
        size = problem.axis.size
        self.limits = [each.limit for each in problem.resources]
        self.full = [0] * len(self.limits)
        self.owner = [[-1] * size if limit == 1 else [] for limit in self.limits]
        self.counts = [list(each.base or ()) for each in problem.resources]
        self.members: list[dict[int, tuple[int, int]]] = [{} for _ in self.limits]
        for resource, counts in enumerate(self.counts):
            for cell, count in enumerate(counts):
                if count >= self.limits[resource]:
                    self.full[resource] |= 1 << cell
        lengths = {each.cells for each in problem.activities}
        self.windows = {cells: windows_of_cells(cells, size) for cells in lengths}
        self.blank = {cells: [-1] * cells for cells in lengths}

    def take(self, resource: int, activity: int, start: int, cells: int) -> None:
        """Let an activity occupy a resource from a cell on."""
        if self.limits[resource] == 1:
            self.full[resource] |= self.windows[cells][start]
            self.owner[resource][start : start + cells] = [activity] * cells
            return
        self.members[resource][activity] = (start, start + cells)
        counts, limit = self.counts[resource], self.limits[resource]
        for cell in range(start, start + cells):
            counts[cell] += 1
            if counts[cell] == limit:
                self.full[resource] |= 1 << cell

    def leave(self, resource: int, activity: int, start: int, cells: int) -> None:
        """Let an activity leave a resource that it occupies from a cell on."""
        if self.limits[resource] == 1:
            self.full[resource] ^= self.windows[cells][start]
            self.owner[resource][start : start + cells] = self.blank[cells]
            return
        del self.members[resource][activity]
        counts, limit = self.counts[resource], self.limits[resource]
        for cell in range(start, start + cells):
            if counts[cell] == limit:
                self.full[resource] ^= 1 << cell
            counts[cell] -= 1

    def holders(
        self, resource: int, start: int, cells: int, weights: Sequence[int]
    ) -> Iterator[int]:
        """The activities to remove from a resource so that one more fits, the lightest first.

        O(n log n) in the activities of a cumulative resource.
        """
        if not self.full[resource] & self.windows[cells][start]:
            return
        if self.limits[resource] == 1:
            yield from set(self.owner[resource][start : start + cells]) - {-1}
            return
        # Equal weights are ordered by activity, for determinism.
        inside = sorted(
            (
                (weights[activity], activity, span)
                for activity, span in self.members[resource].items()
                if span[0] < start + cells and start < span[1]
            ),
        )
        counts = self.counts[resource][start : start + cells]
        for _, activity, (first, after) in inside:
            own = range(max(first - start, 0), min(after - start, cells))
            if any(counts[cell] >= self.limits[resource] for cell in own):
                for cell in own:
                    counts[cell] -= 1
                yield activity

    def crowded(self, resource: int, start: int, cells: int) -> bool:
        """True if fixed sessions alone fill a cumulative resource in one of these cells."""
        spans = self.members[resource].values()
        return self.limits[resource] > 1 and any(
            self.counts[resource][cell] - sum(first <= cell < after for first, after in spans)
            >= self.limits[resource]
            for cell in range(start, start + cells)
        )

    def open_starts(self, resources: Iterable[int], cells: int) -> int:
        """The starts at which none of the resources is full; a negative int, to be intersected."""
        return clear_starts((self.full[resource] for resource in resources), cells)


_MOST_LISTED = 8_192
"""The most cells of an axis for which windows are made in advance: 4 MiB for each length, since
each has as many bits as there are cells."""


class ShiftedWindows:
    """The windows of a length on a long axis, each made when it is asked for."""

    def __init__(self, cells: int) -> None:
        self.first = (1 << cells) - 1

    def __getitem__(self, start: int) -> int:
        """The cells of the window from a start on."""
        return self.first << start


def windows_of_cells(cells: int, size: int) -> list[int] | ShiftedWindows:
    """The set of cells from each start on; a list, which is quicker, on a short axis."""
    if size > _MOST_LISTED:
        return ShiftedWindows(cells)
    return [((1 << cells) - 1) << start for start in range(size)]


def clear_starts(full: Iterable[int], cells: int) -> int:
    """The starts from which `cells` cells meet none of these sets.

    The result is the complement of a set, a negative int, to be intersected with a domain. Doubling
    the reach of each shift takes O(log cells) shifts.

    >>> bin(clear_starts([0b0100, 0b1000000], 2) & 0b11111111)
    '0b10011001'
    """
    busy = 0
    for each in full:
        busy |= each
    done = 1
    while done < cells:
        more = min(done, cells - done)
        busy |= busy >> more
        done += more
    return ~busy


def byte_flags(mask: int, size: int) -> bytes:
    """A set of cells as bytes, 1 for a member: reading a byte is faster than shifting a large int.

    >>> list(byte_flags(0b101, 4))
    [1, 0, 1, 0]
    """
    shown = f"{mask & ((1 << size) - 1):0{size}b}"[::-1] if size else ""
    return shown.encode("ascii").translate(_BITS)


_BITS = bytes.maketrans(b"01", b"\x00\x01")
