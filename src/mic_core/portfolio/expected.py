"""Expected persons: who is to come to a session, judged by the statuses when it begins.

The one definition for every rule, count and solver. An enrollment is *expected* at an instant while
it is enrolled or suspended, and *holds* a seat while its status occupies one, so an offer holds a
seat and nobody is expected for it. A person who is present and not expected is a walk-in. Statuses
are folded once for each portfolio, into intervals; sums over enrollments are step functions.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

import attrs

from mic_core.chrono import Interval
from mic_core.chrono.local import instant
from mic_core.model import TABLES, Enrollment
from mic_core.portfolio.portfolio import Portfolio, derived
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory

EXPECTED = frozenset({"enrolled", "suspended"})
"""The statuses of an enrollment whose participant is expected."""

_HOLDS = TABLES["enrollment"].occupies_seat
_EVER = 2**63
"""Microseconds beyond any instant of the calendar, in both directions."""


@attrs.frozen(eq=False)
class SeatSpans:
    """The intervals of time at which an enrollment holds a seat and brings somebody.

    `expected` and `held` are the intervals of instants, in microseconds since 1970, at which its
    participant is expected and at which it holds a seat: half-open, sorted and disjoint.
    """

    enrollment: Enrollment
    expected: tuple[Interval, ...]
    held: tuple[Interval, ...]

    @property
    def persons(self) -> tuple[str, ...]:
        """The ids of those who come: the delegates, or else the participant."""
        return self.enrollment.delegates or (self.enrollment.participant_id,)


def seat_spans(portfolio: Portfolio) -> Mapping[str, tuple[SeatSpans, ...]]:
    """The enrollments that ever hold a seat, by their edition or session.

    O(n log n) over enrollments and transitions, once for each portfolio.

    >>> seat_spans(Portfolio.of())
    {}
    """
    return derived(portfolio, _seat_spans)


def _seat_spans(portfolio: Portfolio) -> Mapping[str, tuple[SeatSpans, ...]]:
    found: dict[str, list[SeatSpans]] = {}
    histories = status_histories(portfolio, Enrollment)
    # Many are enrolled at one instant, as the list of a class is: they share their intervals.
    shared: dict[object, tuple[tuple[Interval, ...], tuple[Interval, ...]]] = {}
    for enrollment in portfolio.all(Enrollment):
        history = histories[enrollment.id]
        steps = history.transitions
        key = history.first, *[(each.after, each.effective_at) for each in steps]
        both = shared.get(key)
        if both is None:
            spans = [*_spans(history)]
            both = shared[key] = _united(spans, EXPECTED), _united(spans, _HOLDS)
        if both[1]:
            found.setdefault(enrollment.into, []).append(SeatSpans(enrollment, *both))
    return {into: tuple(each) for into, each in found.items()}


def _spans(history: StatusHistory) -> Iterator[tuple[str, int, int]]:
    for span in history.spans():
        start = -_EVER if span.start is None else instant(span.start)
        yield span.status, start, _EVER if span.end is None else instant(span.end)


def _united(
    spans: Iterable[tuple[str, int, int]], statuses: frozenset[str]
) -> tuple[Interval, ...]:
    """The intervals of some statuses; spans that touch are one interval."""
    found: list[Interval] = []
    for status, start, end in spans:
        if status in statuses:
            if found and found[-1][1] == start:
                found[-1] = found[-1][0], end
            else:
                found.append((start, end))
    return tuple(found)


def has_been_expected(history: StatusHistory) -> bool:
    """True if the participant of an enrollment was expected once, for however short a time."""
    return any(history.has_been(status) for status in EXPECTED)


def any_within(intervals: Iterable[Interval], low: int, high: int) -> bool:
    """True if an instant from `low` to `high`, both included, lies in one of the intervals."""
    return any(start <= high and low < end for start, end in intervals)


def all_within(intervals: Iterable[Interval], low: int, high: int) -> bool:
    """True if all instants from `low` to `high`, both included, lie in one interval."""
    return any(start <= low and high < end for start, end in intervals)


@attrs.frozen(eq=False)
class Steps:
    """A step function of time: `counts[i]` from `instants[i]` on, and 0 before the first one."""

    instants: Sequence[int]
    counts: Sequence[int]

    @classmethod
    def of(cls, intervals: Iterable[tuple[Interval, int]]) -> "Steps":
        """The sum of counts, each over its interval. O(n log n).

        >>> Steps.of([((3, 9), 2), ((5, 9), 1)])
        Steps(instants=(3, 5, 9), counts=(2, 3, 0))
        """
        changes: dict[int, int] = {}
        for (start, end), count in intervals:
            changes[start] = changes.get(start, 0) + count
            changes[end] = changes.get(end, 0) - count
        moments = sorted(changes)
        return cls(tuple(moments), tuple(accumulate(changes[each] for each in moments)))

    def at(self, moment: int) -> int:
        """The count at an instant. O(log n)."""
        place = bisect_right(self.instants, moment)
        return self.counts[place - 1] if place else 0

    def pieces(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The constant pieces between two instants, both included: first instant and count."""
        yield low, self.at(low)
        for place in range(bisect_right(self.instants, low), bisect_right(self.instants, high)):
            yield self.instants[place], self.counts[place]


def expected_on_site(portfolio: Portfolio, into: Iterable[str]) -> Steps:
    """The persons expected on site over time, of the enrollments into some editions and sessions.

    O(n log n) over these enrollments.
    """
    return Steps.of(
        (interval, place.enrollment.places)
        for place in _on_site(portfolio, into)
        for interval in place.expected
    )


def held_on_site(portfolio: Portfolio, into: Iterable[str]) -> Steps:
    """The seats held on site over time, of the enrollments into some editions and sessions.

    O(n log n) over these enrollments.
    """
    return Steps.of(
        (interval, place.enrollment.places)
        for place in _on_site(portfolio, into)
        for interval in place.held
    )


def _on_site(portfolio: Portfolio, into: Iterable[str]) -> Iterator[SeatSpans]:
    known = seat_spans(portfolio)
    for id in into:
        yield from (each for each in known.get(id, ()) if each.enrollment.mode == "in_person")
