"""Overlapping intervals against the definition, pair by pair."""

from collections.abc import Iterable
from itertools import combinations, count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono.overlap import crowded, overlapping
from mic_core.errors import InvariantError

Interval = tuple[int, int, int]
INTERVALS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 2)))
SPREAD = st.lists(
    st.tuples(st.integers(-(2**60), 2**60), st.integers(0, 2**60), st.integers(-3, 3)).map(
        lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
    )
)


def columns(intervals: Iterable[Interval]) -> tuple[list[int], list[int], list[int]]:
    rows = list(intervals)
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def naive_pairs(intervals: list[Interval]) -> list[tuple[int, int]]:
    """All pairs by the definition, in the order that is promised."""

    def key(index: int) -> tuple[int, int, int, int]:
        start, end, group = intervals[index]
        return group, start, end, index

    order = [i for i in sorted(range(len(intervals)), key=key) if intervals[i][0] < intervals[i][1]]
    return [
        (a, b)
        for a, b in combinations(order, 2)
        if intervals[a][2] == intervals[b][2]
        and intervals[a][0] < intervals[b][1]
        and intervals[b][0] < intervals[a][1]
    ]


def naive_crowds(intervals: list[Interval], capacity: int) -> set[tuple[int, frozenset[int]]]:
    """All sets that run together at some moment, are too many, and lie in no larger such set."""
    found: set[tuple[int, frozenset[int]]] = set()
    for moment, _, group in intervals:
        running = frozenset(
            index
            for index, (start, end, other) in enumerate(intervals)
            if other == group and start <= moment < end
        )
        if len(running) > capacity:
            found.add((group, running))
    return {one for one in found if not any(one[1] < other[1] for other in found)}


@given(INTERVALS | SPREAD)
def test_pairs_equal_the_definition(intervals: list[Interval]) -> None:
    """The kernel yields exactly the overlapping pairs, in the promised order."""
    assert list(overlapping(*columns(intervals))) == naive_pairs(intervals)


@given(INTERVALS)
def test_text_groups_and_no_groups(intervals: list[Interval]) -> None:
    """Groups may be texts, and without groups all intervals share one."""
    starts, ends, groups = columns(intervals)
    texts = [f"room-{group}" for group in groups]
    assert list(overlapping(starts, ends, texts)) == naive_pairs(intervals)
    alone = [(start, end, 0) for start, end, _ in intervals]
    assert list(overlapping(starts, ends)) == naive_pairs(alone)


@given(INTERVALS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(range(len(rows))))))
def test_input_order_is_irrelevant(drawn: tuple[list[Interval], list[int]]) -> None:
    """Permuting the input permutes nothing in the sequence of pairs, seen as intervals."""
    intervals, order = drawn
    shuffled = [intervals[index] for index in order]
    before = [(intervals[a], intervals[b]) for a, b in overlapping(*columns(intervals))]
    after = [(shuffled[a], shuffled[b]) for a, b in overlapping(*columns(shuffled))]
    assert before == after


@given(INTERVALS, st.integers(1, 4))
def test_crowds_equal_the_definition(intervals: list[Interval], capacity: int) -> None:
    """Each largest set that runs together beyond the capacity comes exactly once, in order."""
    got = list(crowded(*columns(intervals), capacity=capacity))
    assert {(intervals[crowd[0]][2], frozenset(crowd)) for crowd in got} == naive_crowds(
        intervals, capacity
    )
    assert len(set(got)) == len(got)
    for crowd in got:
        keys = [(*intervals[index][:2], index) for index in crowd]
        assert keys == sorted(keys)
    assert [intervals[crowd[0]][2] for crowd in got] == sorted(
        intervals[crowd[0]][2] for crowd in got
    )


@given(INTERVALS)
def test_pairs_are_the_crowds_of_capacity_one(intervals: list[Interval]) -> None:
    """With capacity 1, crowds and pairs speak of the same clashes."""
    starts, ends, groups = columns(intervals)
    within = {frozenset(p) for c in crowded(starts, ends, groups) for p in combinations(c, 2)}
    assert within == {frozenset(pair) for pair in overlapping(starts, ends, groups)}


def test_touching_and_empty_intervals_do_not_meet() -> None:
    """Noon to noon is no overlap, and an interval without length meets nothing."""
    assert list(overlapping([9, 12], [12, 15])) == []
    assert list(overlapping([9, 10], [12, 10])) == []
    assert list(overlapping([9, 10, 9], [12, 9, 9])) == []
    assert list(crowded([9, 10, 11], [12, 10, 12], capacity=2)) == []


def test_a_crowd_comes_when_the_first_of_it_leaves() -> None:
    """Three run until ten; then one leaves and another comes, and these are another crowd."""
    assert list(crowded([8, 8, 9, 10], [10, 12, 12, 12], capacity=2)) == [(0, 1, 2), (1, 2, 3)]
    assert list(crowded([8, 8, 9, 10], [10, 10, 12, 12])) == [(0, 1, 2), (2, 3)]


def test_nothing_in_gives_nothing_out() -> None:
    """No intervals, no pairs."""
    assert list(overlapping([], [])) == []
    assert list(overlapping([], [], [])) == []
    assert list(crowded([], [], capacity=3)) == []


def test_pairs_come_lazily() -> None:
    """A caller that stops early does not pay for the 200 million pairs of 20,000 at once."""
    starts = [0] * 20_000
    ends = list(islice(count(1), 20_000))
    assert list(islice(overlapping(starts, ends), 3)) == [(0, 1), (0, 2), (0, 3)]
    assert [len(crowd) for crowd in crowded(starts, ends, capacity=2)] == [20_000]


def test_sequences_of_different_length_are_refused() -> None:
    """Columns that do not run in parallel have no meaning."""
    with pytest.raises(InvariantError, match="as many as the ends and the groups"):
        list(overlapping([1], [2, 3]))
    with pytest.raises(InvariantError, match="as many as the ends and the groups"):
        list(crowded([1, 2], [2, 3], [0]))


def test_a_capacity_below_one_is_refused() -> None:
    """A group that can hold nothing is not a question of overlap."""
    with pytest.raises(InvariantError, match="capacity: must be a whole number, 1 or more"):
        list(crowded([1], [2], capacity=0))
