"""Bounds: how many of some activities, or how much of them, find room in a set of starts."""

from collections.abc import Callable, Iterable, Mapping, Sequence


def stretches(cells: int, heads: int = 0) -> list[tuple[int, int]]:
    """The runs of a set of cells, as first cell and number, in order; a new one begins at heads.

    >>> stretches(0b1100111), stretches(0b1100111, 0b100)
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


def packed(starts: int, cells: int, most: int, caps: Sequence[tuple[int, int]] = ()) -> list[int]:
    """The starts of as many activities as find room one after the other, the earliest first.

    All are so many cells long; `caps` bounds how many of them lie in a set of starts. No other
    choice ends its first, second, ... one earlier. Not more than `most` are sought.

    >>> packed(0b111100111111, 3, 5)
    [0, 3, 8, 11]
    >>> packed(0b111100111111, 3, 5, [(0b111111, 1), (0b111 << 9, 0)])
    [0, 8]
    """
    found: list[int] = []
    left = [cap for _, cap in caps]
    for place, cap in enumerate(left):
        if cap <= 0:
            starts &= ~caps[place][0]
    while starts and len(found) < most:
        start = (starts & -starts).bit_length() - 1
        found.append(start)
        starts = starts >> (start + cells) << (start + cells)
        for place, (mask, _) in enumerate(caps):
            if mask >> start & 1:
                left[place] -= 1
                if left[place] == 0:
                    starts &= ~mask
    return found


def fill(lengths: Iterable[int], limit: int) -> Callable[[int], int]:
    """How much of a stretch some activities can fill at most, by its size up to a limit.

    >>> most = fill([2, 2, 3], 9)
    >>> [most(size) for size in range(10)]
    [0, 0, 2, 3, 4, 5, 5, 7, 7, 7]
    """
    sums = 1
    for length in lengths:
        sums |= sums << length
    sums &= (1 << limit + 1) - 1
    return lambda size: (sums & ((1 << size + 1) - 1)).bit_length() - 1


def assigned(
    choices: Mapping[int, Sequence[int]], caps: Mapping[int, int]
) -> frozenset[int] | None:
    """Activities too many for what they can choose, if not all fit; None where all do.

    Each takes one place in one of its choices, which have so many. The activities that are given
    are those of a set whose choices have fewer places than it has members. O(members times edges).

    >>> sorted(assigned({1: [7], 2: [7], 3: [7, 8]}, {7: 1, 8: 5}) or ())
    [1, 2]
    """
    held: dict[int, list[int]] = {choice: [] for choice in caps}

    def place(member: int, seen: set[int]) -> bool:
        for choice in choices[member]:
            if choice in seen:
                continue
            seen.add(choice)
            inside = held[choice]
            if len(inside) < caps[choice]:
                inside.append(member)
                return True
            for other in inside:
                if place(other, seen):
                    inside.remove(other)
                    inside.append(member)
                    return True
        return False

    for member in sorted(choices, key=lambda each: (len(choices[each]), each)):
        seen: set[int] = set()
        if not place(member, seen):
            return frozenset((member, *(other for choice in seen for other in held[choice])))
    return None
