"""Who holds which resource when: sets of cells for quick questions, owners for precise ones."""

from collections.abc import Iterable, Iterator, Sequence

from mic_core.scheduling.problem.problem import PlanningProblem


class Occupancy:
    """The resources of a problem: cells that are full, and the activities in them.

    `full` holds, for each resource, the set of cells in which it takes no more.
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
        self.windows = {
            cells: [((1 << cells) - 1) << cell for cell in range(size)] for cells in lengths
        }
        self.blank = {cells: [-1] * cells for cells in lengths}

    def take(self, resource: int, activity: int, start: int, cells: int) -> None:
        """Let an activity hold a resource from a cell on."""
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
        """Let an activity give back what it holds."""
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

    def holders(self, resource: int, start: int, cells: int, weigh: Sequence[int]) -> Iterator[int]:
        """The lightest activities that must leave a resource for one more from a cell on."""
        if not self.full[resource] & self.windows[cells][start]:
            return
        if self.limits[resource] == 1:
            yield from set(self.owner[resource][start : start + cells]) - {-1}
            return
        inside = sorted(
            (
                (weigh[activity], activity, span)
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
        """Whether sessions that stay fill a resource somewhere in these cells on their own."""
        held = self.members[resource].values()
        return self.limits[resource] > 1 and any(
            self.counts[resource][cell] - sum(first <= cell < after for first, after in held)
            >= self.limits[resource]
            for cell in range(start, start + cells)
        )

    def open_starts(self, resources: Iterable[int], cells: int) -> int:
        """The starts from which none of the resources is full, as a set to be intersected."""
        return clear_starts((self.full[resource] for resource in resources), cells)


def clear_starts(full: Iterable[int], cells: int) -> int:
    """The starts from which so many cells meet none of these sets, as a set to be intersected.

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
    """A byte for each cell, 1 for those in a set.

    >>> list(byte_flags(0b101, 4))
    [1, 0, 1, 0]
    """
    shown = f"{mask & ((1 << size) - 1):0{size}b}"[::-1] if size else ""
    return shown.encode("ascii").translate(_BITS)


_BITS = bytes.maketrans(b"01", b"\x00\x01")
