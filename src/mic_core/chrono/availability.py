"""Sets of intervals: what is open, busy or free, and the fold of statements about it.

An interval is a pair of instants, half-open, in microseconds since the epoch; any whole numbers of
one unit will do. A set of them is a tuple in one canonical form: sorted, apart from each other
(those that touch are one), none empty. Equal sets of moments are therefore equal tuples. Every
function takes intervals in any order and form and gives the canonical form; on canonical input it
is linear, since sorting what is sorted is.
"""

from collections.abc import Iterable
from datetime import tzinfo
from itertools import chain
from typing import Literal, NamedTuple

from mic_core.chrono.local import local
from mic_core.chrono.slot import Slot
from mic_core.errors import InvariantError, Problem

Interval = tuple[int, int]
"""From the first up to, and without, the second instant."""

Intervals = tuple[Interval, ...]
"""A set of moments in canonical form."""

Preference = Literal["preferred", "available", "avoided", "unavailable"]
"""What a statement says of its intervals."""


class Statement(NamedTuple):
    """What somebody said about their time.

    `period` is the interval that the statement speaks about, None on an open side: a positive one
    (preferred, available) closes what is left of it. A `period` of None closes nothing, as where
    the statement names a single slot. Moments outside the period are not spoken of.
    """

    intervals: Iterable[Interval]
    preference: Preference
    period: tuple[int | None, int | None] | None = None


class Standing(NamedTuple):
    """What statements come to: when something is available and, of that, liked or disliked."""

    available: Intervals
    preferred: Intervals
    avoided: Intervals


def union(*sets: Iterable[Interval]) -> Intervals:
    """The moments in at least one of the sets; of one set, its canonical form.

    O(n log k) for k canonical sets, O(n log n) for any.

    >>> union([(9, 11), (14, 15)], [(11, 12), (3, 3)])
    ((9, 12), (14, 15))
    """
    joined: list[Interval] = []
    low, high = 0, 0  # an empty interval, never kept
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
    """The moments in both sets. Linear on canonical sets.

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
    """The moments in the first set that are not in the second. Linear on canonical sets.

    >>> difference([(9, 18)], [(12, 13), (17, 20)])
    ((9, 12), (13, 17))
    """
    left, taken = union(one), union(other)
    if not left:
        return ()
    # What lies between the taken ones; pairs that come out turned around are dropped as empty.
    starts = [left[0][0], *(end for _, end in taken)]
    ends = [*(start for start, _ in taken), left[-1][1]]
    return intersection(left, zip(starts, ends, strict=True))


def complement(intervals: Iterable[Interval], within: Interval) -> Intervals:
    """The moments of an interval that are not in the set. Linear on a canonical set.

    >>> complement([(9, 12), (14, 18)], within=(8, 16))
    ((8, 9), (12, 14))
    """
    return difference([within], intervals)


def available(statements: Iterable[Statement], within: Interval) -> Standing:
    """When something is available within an interval, after what was said about it.

    Where nobody said anything it is available. A positive statement (preferred, available) closes
    the rest of its period, except where another one is positive. Unavailable wins over all,
    avoided over preferred; avoided alone opens and closes nothing. The order of statements means
    nothing. Raises InvariantError for what is no statement or interval. O(n log n) over the
    intervals said.

    >>> free = available([Statement([(9, 12)], "preferred", (8, 18))], within=(6, 20))
    >>> free.available, free.preferred
    (((6, 8), (9, 12), (18, 20)), ((9, 12),))
    """
    try:
        return _folded(statements, within)
    except Exception as error:
        rule = "must be statements, their intervals and `within` pairs of whole numbers"
        raise InvariantError("available", [Problem(path="statements", rule=rule)]) from error


def _folded(statements: Iterable[Statement], within: Interval) -> Standing:
    said: dict[Preference, list[Interval]] = {
        "preferred": [], "available": [], "avoided": [], "unavailable": [],
    }  # fmt: skip
    spoken: list[Interval] = []
    for each in statements:
        about = within if each.period is None else _clipped(within, *each.period)
        said[each.preference] += intersection(each.intervals, [about])
        if each.period is not None and each.preference in ("preferred", "available"):
            spoken.append(about)
    positive = union(said["preferred"], said["available"])
    closed = union(difference(spoken, positive), said["unavailable"])
    free = complement(closed, within)
    return Standing(
        available=free,
        preferred=intersection(difference(said["preferred"], said["avoided"]), free),
        avoided=intersection(said["avoided"], free),
    )


def _clipped(within: Interval, low: int | None, high: int | None) -> Interval:
    """The part of an interval between two instants, None for an open side; may be empty."""
    return (
        within[0] if low is None else max(within[0], low),
        within[1] if high is None else min(within[1], high),
    )


def intervals_of(slots: Iterable[Slot]) -> Intervals:
    """The moments that slots cover, whatever their zones."""
    return union((slot.start_utc, slot.end_utc) for slot in slots)


def slots_of(intervals: Iterable[Interval], place: tzinfo) -> tuple[Slot, ...]:
    """The slots on the clocks of a place that cover a set of moments, apart and in order.

    Raises InvariantError outside the years 1 to 9999, and for a fixed offset.

    >>> from datetime import timedelta
    >>> morning = Slot.at("2014-09-10", "09:00", timedelta(hours=3), "Europe/Brussels")
    >>> late = Slot.at("2014-09-10", "11:00", timedelta(hours=2), "Europe/Brussels")
    >>> [str(slot) for slot in slots_of(intervals_of([late, morning]), late.start.tzinfo)]
    ['Wed 10 Sep 2014 09:00-13:00 Europe/Brussels']
    """
    return tuple(Slot(local(start, place), local(end, place)) for start, end in union(intervals))
