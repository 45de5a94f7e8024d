"""Packing bounds on sets of starts, and bipartite matching: plain functions of masks and numbers.

Each is a relaxation: if what it counts does not fit, the activities cannot all be placed; if it
fits, nothing is proved.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence


def runs_of(cells: int, heads: int = 0) -> list[tuple[int, int]]:
    """The maximal runs of a set of cells, as (first cell, length); a run also ends before a head.

    >>> runs_of(0b1100111), runs_of(0b1100111, 0b100)
    ([(0, 3), (5, 2)], [(0, 2), (2, 1), (5, 2)])
    """
    found: list[tuple[int, int]] = []
    starts = cells & (~(cells << 1) | heads)
    while starts:
        first = (starts & -starts).bit_length() - 1
        starts &= starts - 1
        rest = cells >> first
        count = (~rest & (rest + 1)).bit_length() - 1
        if starts:
            count = min(count, (starts & -starts).bit_length() - 1 - first)
        found.append((first, count))
    return found


def earliest_packing(
    starts: int, cells: int, most: int, caps: Sequence[tuple[int, int]] = ()
) -> list[int]:
    """The starts of up to `most` activities packed greedily one after the other, earliest first.

    All last `cells`; each cap (mask, number) limits how many start in a mask. Greedy is optimal
    for equal lengths: no other choice has more, or ends its k-th one earlier.

    >>> earliest_packing(0b111100111111, 3, 5)
    [0, 3, 8, 11]
    >>> earliest_packing(0b111100111111, 3, 5, [(0b111111, 1), (0b111 << 9, 0)])
    [0, 8]
    """
    found: list[int] = []
    left = [cap for _, cap in caps]
    for index, cap in enumerate(left):
        if cap <= 0:
            starts &= ~caps[index][0]
    while starts and len(found) < most:
        start = (starts & -starts).bit_length() - 1
        found.append(start)
        starts = starts >> (start + cells) << (start + cells)
        for index, (mask, _) in enumerate(caps):
            if mask >> start & 1:
                left[index] -= 1
                if left[index] == 0:
                    starts &= ~mask
    return found


def subset_sums(lengths: Iterable[int], limit: int) -> Callable[[int], int]:
    """The function that returns the largest sum of any of the lengths within a size up to `limit`.

    Bit s of the dynamic program is set if some of the lengths add up to s.

    >>> most = subset_sums([2, 2, 3], 9)
    >>> [most(size) for size in range(10)]
    [0, 0, 2, 3, 4, 5, 5, 7, 7, 7]
    """
    sums = 1
    for length in lengths:
        sums |= sums << length
    sums &= (1 << limit + 1) - 1
    return lambda size: (sums & ((1 << size + 1) - 1)).bit_length() - 1


def hall_violator(
    choices: Mapping[int, Sequence[int]], caps: Mapping[int, int]
) -> frozenset[int] | None:
    """A set of activities with fewer places than members; None if all can be matched to places.

    Bipartite matching by augmenting paths: each activity takes one place of one of its choices,
    `caps` has the places of each choice. If no path is left, the activities reached from the
    unmatched one violate Hall's condition. O(activities times edges).

    >>> sorted(hall_violator({1: [7], 2: [7], 3: [7, 8]}, {7: 1, 8: 5}) or ())
    [1, 2]
    """
    matched: dict[int, list[int]] = {choice: [] for choice in caps}

    def augment(member: int, seen: set[int]) -> bool:
        for choice in choices[member]:
            if choice in seen:
                continue
            seen.add(choice)
            inside = matched[choice]
            if len(inside) < caps[choice]:
                inside.append(member)
                return True
            for other in inside:
                if augment(other, seen):
                    inside.remove(other)
                    inside.append(member)
                    return True
        return False

    # Those with the fewest choices first: fewer paths have to be augmented.
    for member in sorted(choices, key=lambda each: (len(choices[each]), each)):
        seen: set[int] = set()
        if not augment(member, seen):
            return frozenset((member, *(other for choice in seen for other in matched[choice])))
    return None
