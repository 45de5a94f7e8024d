"""Which intervals run at the same time: kernels on plain integers that know no nouns.

An interval is half-open: it holds its start and not its end, so a session that ends at noon and
one that starts at noon do not meet. An empty interval (its end at or before its start) runs at no
moment and meets nothing. The unit is the caller's; this library hands in microseconds since the
epoch, because aware datetimes of one zone compare by wall time and are wrong when clocks change.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeVar

from mic_core.errors import InvariantError, Problem
from mic_core.fields import Whole, sound

GroupKey = TypeVar("GroupKey", int, str)


def overlapping(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None = None
) -> Iterator[tuple[int, int]]:
    """Every pair of intervals of one group that share at least one moment.

    Yields pairs of indexes into the three parallel sequences. The first of a pair is the one that
    comes first by (start, end, index); pairs come sorted by group, then by their first, then by
    their second member, so the order does not depend on the order of the input. Without `groups`
    all intervals are one group. Groups are whole numbers or texts, not both.

    Lazy; O(n log n + pairs), hence linear after the sort where each interval meets only the next.
    Raises InvariantError at the first step when the sequences differ in length.

    >>> list(overlapping([9, 10, 12], [11, 12, 13]))
    [(0, 1)]
    >>> list(overlapping([9, 10, 12], [11, 12, 13], ["lab", "hall", "lab"]))
    []
    """
    for cluster in _compared(starts, ends, groups):
        if len(cluster) == 2:
            yield cluster[0], cluster[1]
            continue
        for position, first in enumerate(cluster, 1):
            end = ends[first]
            for later in range(position, len(cluster)):
                second = cluster[later]
                if starts[second] >= end:
                    break
                yield first, second


def crowded(
    starts: Sequence[int],
    ends: Sequence[int],
    groups: Sequence[GroupKey] | None = None,
    capacity: int = 1,
) -> Iterator[tuple[int, ...]]:
    """The largest sets of intervals that run together where a group holds more than it can.

    Yields, for each group in order, tuples of indexes: all intervals that run at one moment, when
    they are more than `capacity` (0 or more) and no other moment adds to exactly these. Each
    such set comes once, by the moment it is complete; within a set the order is by (start, end,
    index). With capacity 1 `overlapping` gives the same clashes as pairs.

    Lazy; O(n log n + the sizes of all sets). Raises InvariantError at the first step when the
    sequences differ in length or `capacity` is below 1.

    >>> list(crowded([9, 9, 10, 11], [12, 10, 12, 12], capacity=2))
    [(0, 2, 3)]
    """
    if capacity.__class__ is not int or capacity < 1:
        (capacity,) = sound("crowded", capacity=(capacity, Whole(least=1)))
    for cluster in _compared(starts, ends, groups):
        running: dict[int, None] = {}  # insertion order is (start, end, index)
        leaving: list[tuple[int, int]] = []
        complete = True
        for index in cluster:
            while leaving and leaving[0][0] <= starts[index]:
                if not complete and len(running) > capacity:
                    yield tuple(running)
                complete = True
                del running[heappop(leaving)[1]]
            running[index] = None
            heappush(leaving, (ends[index], index))
            complete = False
        if len(running) > capacity:
            yield tuple(running)


def _compared(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None
) -> Iterator[list[int]]:
    """The clusters; what cannot be compared is told as an error of the intervals."""
    try:
        yield from _clusters(starts, ends, groups)
    except InvariantError:
        raise
    except Exception as error:
        rule = "must be whole numbers in lists or tuples, groups whole numbers or texts"
        raise InvariantError("intervals", [Problem(path="starts", rule=rule)]) from error


def _clusters(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None
) -> Iterator[list[int]]:
    """Runs of two or more intervals tied together by overlaps, each sorted by (start, end, index).

    One stable sort of indexes per group by start costs less than one sort of keys that combine
    group, start and index: the buckets are small, nothing is packed and nothing is unpacked. The
    walk then only compares each start with the latest end so far; where it lies before that end
    a cluster begins or goes on, and only there are ties of start settled and pairs looked for.
    """
    start_of, end_of = starts.__getitem__, ends.__getitem__
    for members in _members(starts, ends, groups):
        members.sort(key=start_of)
        cluster: list[int] = []
        last = members[0]
        reach = start_of(last)
        for index in members:
            start = start_of(index)
            if start >= reach:
                if cluster:
                    yield _in_order(cluster, starts, ends)
                    cluster = []
                last = index
                reach = end_of(index)  # at or before `start` when empty: then it meets nothing
                continue
            end = end_of(index)
            if end > start:
                cluster = cluster or [last]
                cluster.append(index)
                reach = max(reach, end)
        if cluster:
            yield _in_order(cluster, starts, ends)


def _in_order(cluster: list[int], starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """The cluster by (start, end, index): the sort so far left equal starts in order of index."""
    return sorted(cluster, key=lambda index: (starts[index], ends[index], index))


def _members(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None
) -> Iterator[list[int]]:
    """The indexes of each group, groups in order; none is empty."""
    if len(starts) != len(ends) or (groups is not None and len(groups) != len(starts)):
        problem = Problem(path="starts", rule="must be as many as the ends and the groups")
        raise InvariantError("intervals", [problem])
    if groups is None:
        yield from [list(range(len(starts)))] if starts else []
        return
    buckets: defaultdict[GroupKey, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        buckets[group].append(index)
    for group in sorted(buckets):
        yield buckets[group]
