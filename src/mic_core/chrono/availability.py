"""Interval algebra (union, intersection, difference, complement), and availability built on it.

An interval is half-open, a pair of integers: instants in microseconds since the epoch, or any
other unit. A set of instants is a tuple of intervals in canonical form: sorted, disjoint, adjacent
ones merged, none empty; so equal sets are equal tuples. Every function accepts intervals in any
order, overlapping or empty, and returns the canonical form. Each is a sweep over sorted intervals:
O(n log n), and linear on canonical input, since Timsort is linear on sorted runs.
"""

from collections.abc import Iterable
from datetime import tzinfo
from itertools import chain
from typing import Literal, NamedTuple

from mic_core.chrono.local import local
from mic_core.chrono.slot import Slot
from mic_core.errors import InvariantError, Problem

Interval = tuple[int, int]
"""A half-open interval `[start, end)`."""

Intervals = tuple[Interval, ...]
"""A set of instants in canonical form: sorted, disjoint, not adjacent, not empty."""

Preference = Literal["preferred", "available", "avoided", "unavailable"]
"""Availability stated for an interval; preferred and available are positive."""


class Statement(NamedTuple):
    """A stated availability: a preference for intervals, within a period of validity.

    `period` bounds the statement; None on one of its sides leaves that side open. Intervals are
    clipped to it. A positive statement closes the rest of its period. A `period` of None closes
    nothing, as for a statement about a single slot.
    """

    intervals: Iterable[Interval]
    preference: Preference
    period: tuple[int | None, int | None] | None = None


class Standing(NamedTuple):
    """Availability that results from all statements: three sets of instants.

    `preferred` and `avoided` are disjoint subsets of `available`.
    """

    available: Intervals
    preferred: Intervals
    avoided: Intervals


def union(*sets: Iterable[Interval]) -> Intervals:
    """Union of sets of instants; of a single set, its canonical form.

    O(n log k) for k canonical sets (Timsort merges sorted runs), O(n log n) otherwise.

    >>> union([(9, 11), (14, 15)], [(11, 12), (3, 3)])
    ((9, 12), (14, 15))
    """
    joined: list[Interval] = []
    low, high = 0, 0  # the interval being merged; empty at first, and empty ones are not kept
    for start, end in sorted(chain.from_iterable(sets)):
        if start >= end:
            continue
        if low < high and start <= high:
            high = max(high, end)
            continue
        if low < high:
            joined.append((low, high))
        low, high = start, end
    if low < high:
        joined.append((low, high))
    return tuple(joined)


def intersection(one: Iterable[Interval], other: Iterable[Interval]) -> Intervals:
    """Intersection of two sets of instants, by a merge of both. Linear on canonical sets.

    >>> intersection([(9, 12), (14, 18)], [(11, 15)])
    ((11, 12), (14, 15))
    """
    left, right = union(one), union(other)
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(shared)


def difference(one: Iterable[Interval], other: Iterable[Interval]) -> Intervals:
    """Set difference: the instants of the first set outside the second. Linear on canonical sets.

    >>> difference([(9, 18)], [(12, 13), (17, 20)])
    ((9, 12), (13, 17))
    """
    left, removed = union(one), union(other)
    if not left:
        return ()
    # The gaps between removed intervals; gaps that come out reversed are dropped as empty.
    starts = [left[0][0], *(end for _, end in removed)]
    ends = [*(start for start, _ in removed), left[-1][1]]
    return intersection(left, zip(starts, ends, strict=True))


def complement(intervals: Iterable[Interval], within: Interval) -> Intervals:
    """Complement of a set of instants within an interval. Linear on a canonical set.

    >>> complement([(9, 12), (14, 18)], within=(8, 16))
    ((8, 9), (12, 14))
    """
    return difference([within], intervals)


def available(statements: Iterable[Statement], within: Interval) -> Standing:
    """Fold statements into the availability within an interval.

    Without any statement, everything is available. A positive statement (preferred, available)
    closes the rest of its period, except where another one is positive. Precedence: unavailable
    over all, avoided over preferred; avoided alone opens and closes nothing. The order of the
    statements has no effect. Raises InvariantError for values of other types. O(n log n) over all
    intervals.

    >>> free = available([Statement([(9, 12)], "preferred", (8, 18))], within=(6, 20))
    >>> free.available, free.preferred
    (((6, 8), (9, 12), (18, 20)), ((9, 12),))
    """
    try:
        return _fold(statements, within)
    except Exception as error:
        rule = "must be statements, their intervals and `within` pairs of whole numbers"
        raise InvariantError("available", [Problem(path="statements", rule=rule)]) from error


def _fold(statements: Iterable[Statement], within: Interval) -> Standing:
    """The precedence of `available` as interval algebra."""
    stated: dict[Preference, list[Interval]] = {
        "preferred": [], "available": [], "avoided": [], "unavailable": [],
    }  # fmt: skip
    periods: list[Interval] = []  # of positive statements
    for each in statements:
        period = within if each.period is None else _clip(within, *each.period)
        stated[each.preference] += intersection(each.intervals, [period])
        if each.period is not None and each.preference in ("preferred", "available"):
            periods.append(period)
    positive = union(stated["preferred"], stated["available"])
    closed = union(difference(periods, positive), stated["unavailable"])
    free = complement(closed, within)
    return Standing(
        available=free,
        preferred=intersection(difference(stated["preferred"], stated["avoided"]), free),
        avoided=intersection(stated["avoided"], free),
    )


def _clip(within: Interval, low: int | None, high: int | None) -> Interval:
    """An interval clipped to two bounds, None for an open side; the result may be empty."""
    return (
        within[0] if low is None else max(within[0], low),
        within[1] if high is None else min(within[1], high),
    )


def intervals_of(slots: Iterable[Slot]) -> Intervals:
    """The set of instants that slots cover, in any zones."""
    return union((slot.start_utc, slot.end_utc) for slot in slots)


def slots_of(intervals: Iterable[Interval], place: tzinfo) -> tuple[Slot, ...]:
    """Convert a set of instants to slots in a time zone, disjoint and in order.

    Raises InvariantError outside the years 1 to 9999, and for a fixed UTC offset.

    >>> from datetime import timedelta
    >>> morning = Slot.at("2014-09-10", "09:00", timedelta(hours=3), "Europe/Brussels")
    >>> late = Slot.at("2014-09-10", "11:00", timedelta(hours=2), "Europe/Brussels")
    >>> [str(slot) for slot in slots_of(intervals_of([late, morning]), late.start.tzinfo)]
    ['Wed 10 Sep 2014 09:00-13:00 Europe/Brussels']
    """
    return tuple(Slot(local(start, place), local(end, place)) for start, end in union(intervals))
