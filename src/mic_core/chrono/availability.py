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
from mic_core.fields import EXHAUSTED

Interval = tuple[int, int]
"""A half-open interval `[start, end)`."""

Intervals = tuple[Interval, ...]
"""A set of instants in canonical form: sorted, disjoint, not adjacent, not empty."""

Preference = Literal["preferred", "available", "avoided", "unavailable"]
"""Availability stated for an interval; preferred and available are positive."""


class Statement(NamedTuple):
    """A stated availability: a preference for intervals.

    With a `period`, the intervals are hours within it: they are clipped to it, and if they are
    positive, they close the rest of it; None on one of its sides leaves that side open. With a
    `period` of None, the intervals are single slots or days, as `available` explains.
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

    A statement with a period states hours, one without a period states slots. An instant is
    available if it is in no unavailable interval, and

    - if preferred or available hours are stated: it is outside the periods of all of them, or in
      some of these hours, or in an available slot;
    - if not, and available slots are stated: it is in an available slot;
    - if neither is stated: always.

    So hours close the rest of their period, and available slots open more; without hours, available
    slots close all other time. Preferred slots and avoided time open and close nothing. Avoided
    takes precedence over preferred. The order of the statements has no effect. Raises
    InvariantError for values of other types. O(n log n) over all intervals.

    >>> hours, slot = Statement([(9, 12)], "preferred", (8, 18)), Statement([(14, 15)], "available")
    >>> free = available([hours, slot], within=(6, 20))
    >>> free.available, free.preferred
    (((6, 8), (9, 12), (14, 15), (18, 20)), ((9, 12),))
    >>> available([slot], within=(6, 20)).available
    ((14, 15),)
    """
    # What the values raised is neither cause nor context of what is raised below.
    try:
        return _fold(statements, within)
    except EXHAUSTED:
        raise
    except Exception:  # noqa: BLE001  # a foreign value may raise anything
        problem = Problem(path="statements", rule=_STATEMENTS)
    raise InvariantError("available", [problem])


_STATEMENTS = "must be statements, their intervals and `within` pairs of whole numbers"


def _fold(statements: Iterable[Statement], within: Interval) -> Standing:
    """The precedence of `available` as interval algebra."""
    stated: dict[Preference, list[Interval]] = {
        "preferred": [], "available": [], "avoided": [], "unavailable": [],
    }  # fmt: skip
    periods: list[Interval] = []  # of positive hours
    opened: list[Interval] = []  # positive hours and available slots
    has_hours = has_slots = False  # also of statements that lie outside `within`
    for each in statements:
        period = within if each.period is None else _clip(within, *each.period)
        intervals = intersection(each.intervals, [period])
        stated[each.preference] += intervals
        if each.period is not None and each.preference in ("preferred", "available"):
            has_hours = True
            periods.append(period)
            opened += intervals
        elif each.preference == "available":
            has_slots = True
            opened += intervals
    if has_slots and not has_hours:
        periods.append(within)
    closed = union(difference(periods, opened), stated["unavailable"])
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
