"""Overlap detection by sweep line: pairs and maximal cliques of intervals, on plain integers.

Intervals are half-open: one that ends at noon and one that starts at noon do not overlap. An empty
interval (end at or before start) overlaps nothing. The unit is the caller's; this library passes
microseconds since the epoch, because aware datetimes of one zone compare by wall time, which is
wrong around a change of clocks.

Both functions first split each group into clusters, the connected components of its interval graph
(O(n log n)), and then work within clusters only.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeVar

from mic_core.errors import InvariantError, Problem
from mic_core.fields import EXHAUSTED, Whole, sound

GroupKey = TypeVar("GroupKey", int, str)


def overlapping(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None = None
) -> Iterator[tuple[int, int]]:
    """Pairs of overlapping intervals of the same group, as indexes into the parallel sequences.

    Within a pair, the first is the smaller by (start, end, index). Pairs are sorted by group, then
    by their first, then by their second member, whatever the order of the input. Without `groups`
    all intervals are one group. Groups are either integers or texts.

    Lazy; O(n log n + pairs). Raises InvariantError at the first step if the sequences differ in
    length or hold other types.

    >>> list(overlapping([9, 10, 12], [11, 12, 13]))
    [(0, 1)]
    >>> list(overlapping([9, 10, 12], [11, 12, 13], ["lab", "hall", "lab"]))
    []
    """
    for cluster in _safe_clusters(starts, ends, groups):
        if len(cluster) == 2:  # two connected intervals overlap
            yield cluster[0], cluster[1]
            continue
        for position, first in enumerate(cluster, 1):
            end = ends[first]
            for later in range(position, len(cluster)):
                second = cluster[later]
                if starts[second] >= end:  # so do all later ones
                    break
                yield first, second


def crowded(
    starts: Sequence[int],
    ends: Sequence[int],
    groups: Sequence[GroupKey] | None = None,
    capacity: int = 1,
) -> Iterator[tuple[int, ...]]:
    """Overloads of a cumulative resource: maximal cliques of more than `capacity` intervals.

    A clique is the set of intervals that share one moment; it is maximal if no clique contains it.
    Yields tuples of indexes for each group in order, each clique once, by the moment at which it
    is complete, its members by (start, end, index). With capacity 1, `overlapping` returns the
    same conflicts as pairs.

    Lazy; O(n log n + the sizes of all cliques). Raises InvariantError at the first step if the
    sequences differ in length or hold other types, or if `capacity` is below 1.

    >>> list(crowded([9, 9, 10, 11], [12, 10, 12, 12], capacity=2))
    [(0, 2, 3)]
    """
    if capacity.__class__ is not int or capacity < 1:
        (capacity,) = sound("crowded", capacity=(capacity, Whole(least=1)))
    for cluster in _safe_clusters(starts, ends, groups):
        running: dict[int, None] = {}  # an ordered set; insertion order is (start, end, index)
        by_end: list[tuple[int, int]] = []  # heap of (end, index) of the running ones
        is_yielded = True  # the running set is maximal only if it grew since the last removal
        for index in cluster:
            while by_end and by_end[0][0] <= starts[index]:
                if not is_yielded and len(running) > capacity:
                    yield tuple(running)
                is_yielded = True
                del running[heappop(by_end)[1]]
            running[index] = None
            heappush(by_end, (ends[index], index))
            is_yielded = False
        if len(running) > capacity:
            yield tuple(running)


def _safe_clusters(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None
) -> Iterator[list[int]]:
    """The clusters; values that cannot be compared become an InvariantError."""
    try:
        yield from _clusters(starts, ends, groups)
    except (InvariantError, *EXHAUSTED):
        raise
    except Exception:  # noqa: BLE001, S110  # raised below, without what the values raised
        pass
    else:
        return
    rule = "must be whole numbers in lists or tuples, groups whole numbers or texts"
    raise InvariantError("intervals", [Problem(path="starts", rule=rule)])


def _clusters(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None
) -> Iterator[list[int]]:
    """Connected components of two or more intervals, each sorted by (start, end, index).

    A sweep by start compares each start with the latest end so far; a start before it joins the
    cluster. One stable sort per group by start is faster than one sort by (group, start, index),
    since no keys are built; ties of start are ordered within clusters only.
    """
    start_of, end_of = starts.__getitem__, ends.__getitem__  # bound once: the loop is hot
    for members in _groups(starts, ends, groups):
        members.sort(key=start_of)
        cluster: list[int] = []
        last = members[0]
        reach = start_of(last)
        for index in members:
            start = start_of(index)
            if start >= reach:
                if cluster:
                    yield _sorted_cluster(cluster, starts, ends)
                    cluster = []
                last = index
                reach = end_of(index)  # at or before `start` if it is empty: it overlaps nothing
                continue
            end = end_of(index)
            if end > start:  # empty intervals are skipped
                cluster = cluster or [last]
                cluster.append(index)
                reach = max(reach, end)
        if cluster:
            yield _sorted_cluster(cluster, starts, ends)


def _sorted_cluster(cluster: list[int], starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """The cluster sorted by (start, end, index); until here equal starts are sorted by index."""
    return sorted(cluster, key=lambda index: (starts[index], ends[index], index))


def _groups(
    starts: Sequence[int], ends: Sequence[int], groups: Sequence[GroupKey] | None
) -> Iterator[list[int]]:
    """The indexes of each non-empty group, groups in ascending order."""
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
