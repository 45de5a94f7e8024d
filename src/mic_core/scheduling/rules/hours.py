"""Calendar rules: opening hours, closures, edition periods and preferred times.

Each rule is a Within term: a session lies within one of the intervals of a calendar, in local time.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from itertools import islice
from operator import itemgetter

import attrs

from mic_core.checked import checked
from mic_core.chrono import Interval, Intervals, Period, Slot, WeeklyHours, instant, union
from mic_core.chrono.hours import WEEK_MINUTES
from mic_core.chrono.local import zone
from mic_core.findings import Level
from mic_core.ids import split
from mic_core.model import Center
from mic_core.rules import Entry, Facts, IntervalQuery, Span, Term, Within
from mic_core.scheduling.rules.groups import group_sessions
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable

# One day inside the ends of the calendar every instant has a local time in every zone.
_FIRST = instant(datetime(1, 1, 2, tzinfo=UTC))
_LAST = instant(datetime(9999, 12, 30, tzinfo=UTC))

_EVER = 2**63
"""Microseconds beyond any instant of the calendar, in both directions."""

_MAX_NAMED = 5
"""The most closures that a finding names: a budget that keeps the message short."""


def open_hours(hours: WeeklyHours, place: tzinfo, low: int, high: int) -> Iterable[tuple[int, int]]:
    """The open intervals of weekly hours between two instants, in a time zone.

    On the first day and the last two days of the calendar nothing is open.
    """
    low, high = max(low, _FIRST), min(high, _LAST)
    if hours.ranges == ((0, WEEK_MINUTES),):  # always open: one interval of any length
        return ((low, high),) if low < high else ()
    return hours.spans(low, high, place)


_MOST_RANGES = 150
"""The most ranges of weekly hours that are made at once: any so many have a short notation."""

_STATED = 1 << WEEK_MINUTES
"""A bit beyond the minutes of a week: some hours apply, be they empty."""


@attrs.frozen(eq=False)
class HoursByEpoch:
    """The union of weekly hours in each epoch, of hours that apply in some epochs each.

    A segment tree over the epochs, whose nodes are sets of minutes of the week, as bits of an
    integer: a union is found in O(log n), however many hours apply at once.
    """

    size: int
    nodes: list[int]

    @classmethod
    def of(cls, size: int, stated: Iterable[tuple[int, int, WeeklyHours]]) -> "HoursByEpoch":
        """The tree over `size` epochs of hours that apply from an epoch until before another."""
        nodes = [0] * (2 * size)
        for first, end, hours in stated:
            minutes = _STATED
            for start, stop in hours.ranges:
                minutes |= (1 << stop) - (1 << start)
            low, high = first + size, end + size
            while low < high:
                if low & 1:
                    nodes[low] |= minutes
                    low += 1
                if high & 1:
                    high -= 1
                    nodes[high] |= minutes
                low, high = low >> 1, high >> 1
        return cls(size, nodes)

    def union(self, epoch: int) -> tuple[WeeklyHours, ...] | None:
        """The hours of an epoch, in parts that are disjoint; None where no hours apply."""
        minutes, place = 0, epoch + self.size
        while place:
            minutes |= self.nodes[place]
            place >>= 1
        if not minutes:
            return None
        ranges = _runs(minutes ^ _STATED)
        parts = range(0, len(ranges), _MOST_RANGES)
        return tuple(WeeklyHours(ranges[place : place + _MOST_RANGES]) for place in parts)


def _runs(bits: int) -> tuple[tuple[int, int], ...]:
    """The runs of set bits, each from its first bit until before the first that is not set."""
    text = f"{bits:b}"[::-1] + "0"
    found: list[tuple[int, int]] = []
    start = text.find("1")
    while start >= 0:
        end = text.find("0", start)
        found.append((start, end))
        start = text.find("1", end)
    return tuple(found)


_OPENING_HOURS = Entry(
    code="opening-hours",
    level="hard",
    law="A session lies within the opening hours of its center.",
    why="Nobody is there to open the door or to lock up.",
    source="the hours the center states, in the notation of schema.org",
    sentence="{session} is on {had}, and {center} is open {needed}",
    mend="move it into the opening hours",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class OpeningHours:
    """A session lies within the opening hours of its center; one without hours is always open."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _OPENING_HOURS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One span for each center that states its hours."""

        def hours(center: Center) -> IntervalQuery | None:
            if center.opening_hours is None:
                return None
            return partial(open_hours, center.opening_hours, zone(center.time_zone))

        def facts(n: int, slot: Slot, label: str) -> Facts:
            center = timetable.centers[split(label)[1]]
            return _facts(timetable, n, slot, center=label, needed=str(center.opening_hours))

        yield Within(spans=_center_spans(timetable, self.where, hours), facts=facts)


def _center_spans(
    timetable: Timetable, where: SessionFilter, intervals: Callable[[Center], IntervalQuery | None]
) -> tuple[Span, ...]:
    """One span for each center for which `intervals` returns a query."""
    spans: list[Span] = []
    for group in group_sessions(timetable, "center", where=where).groups:
        center = timetable.centers.get(split(group.label)[1])
        when = intervals(center) if center is not None else None
        if when is not None:
            spans.append(Span(label=group.label, sessions=group.sessions, intervals=when))
    return tuple(spans)


def _facts(timetable: Timetable, n: int, slot: Slot, **more: str) -> Facts:
    return {"session": timetable.names[n], "had": str(slot), **more}


_CLOSURES = Entry(
    code="closures",
    level="hard",
    law="No session takes place while its center is closed.",
    why="On a holiday nobody comes.",
    source="the closures the center states",
    sentence="{session} is on {had}, and {center} is closed {needed}",
    mend="move it to another day",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Closures:
    """No session takes place on a day on which its center is closed."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _CLOSURES.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One span for each center that has closures."""
        calendars: dict[str, _ClosedDays] = {}

        def open_days(center: Center) -> IntervalQuery | None:
            if not center.closures:
                return None
            calendars[center.id] = _ClosedDays.of(center)
            return calendars[center.id].open_intervals

        def facts(n: int, slot: Slot, label: str) -> Facts:
            met = calendars[split(label)[1]].met(slot.start_utc, slot.end_utc)
            named = ", ".join(map(str, islice(met, _MAX_NAMED)))
            return _facts(timetable, n, slot, center=label, needed=named)

        yield Within(spans=_center_spans(timetable, self.where, open_days), facts=facts)


def _clipped(period: Period, place: tzinfo, low: int, high: int) -> Interval:
    """The intersection of a period with an interval; it may be empty."""
    first, last = period.within(place)
    return (
        low if first is None else max(first, low),
        high if last is None else min(last, high),
    )


@attrs.frozen(eq=False)
class _ClosedDays:
    """The closures of a center as instants: each with its period, and their union, `closed`."""

    periods: Sequence[tuple[Interval, Period]]
    closed: Intervals

    @classmethod
    def of(cls, center: Center) -> "_ClosedDays":
        """The closures of a center, in its time zone. O(n log n), once for all sessions."""
        place = zone(center.time_zone)
        bounds = [(_clipped(each, place, -_EVER, _EVER), each) for each in center.closures]
        return cls(bounds, union(interval for interval, _ in bounds))

    def open_intervals(self, low: int, high: int) -> Iterator[Interval]:
        """The time between two instants without the closures. Lazy; O(log n) for the first."""
        place = bisect_right(self.closed, low, key=itemgetter(1))
        while low < high:
            start, end = self.closed[place] if place < len(self.closed) else (high, high)
            if low < start:
                yield low, min(start, high)
            low, place = end, place + 1

    def met(self, low: int, high: int) -> Iterator[Period]:
        """The closures that overlap an interval, in the order stated. Lazy."""
        return (each for (start, end), each in self.periods if start < high and low < end)


_EDITION_PERIOD = Entry(
    code="edition-period",
    level="hard",
    law="A session lies within the period of its edition.",
    why="Who signed up for a season has not signed up for what comes before or after it.",
    source="the period the edition states",
    sentence="{session} is on {had}, and {edition} runs {needed}",
    mend="move the session, or change the period of the edition",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class EditionPeriod:
    """A session lies within the days of its edition, in the time zone of the edition's center."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _EDITION_PERIOD.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One span for each edition whose center is known."""
        editions = timetable.editions
        spans: list[Span] = []
        for group in group_sessions(timetable, "edition", where=self.where).groups:
            edition = editions.get(split(group.label)[1])
            center = timetable.centers.get(edition.center_id) if edition is not None else None
            if edition is not None and center is not None:
                when = partial(_period_intervals, edition.period, zone(center.time_zone))
                spans.append(Span(label=group.label, sessions=group.sessions, intervals=when))

        def facts(n: int, slot: Slot, label: str) -> Facts:
            period = editions[split(label)[1]].period
            return _facts(timetable, n, slot, edition=label, needed=str(period))

        yield Within(spans=tuple(spans), facts=facts)


def _period_intervals(period: Period, place: tzinfo, low: int, high: int) -> Iterable[Interval]:
    return [each for each in [_clipped(period, place, low, high)] if each[0] < each[1]]


_PREFERRED_TIMES = Entry(
    code="preferred-times",
    level="soft",
    law="A session lies within the hours that are preferred for it.",
    why="Founders work by day, so they come in the evening.",
    source="common practice",
    sentence="{session} is on {had}; preferred are {needed}",
    mend="move it into the preferred hours",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class PreferredTimes:
    """A session lies within the preferred weekly hours, in the time zone of its center."""

    hours: WeeklyHours
    level: Level = "soft"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _PREFERRED_TIMES.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One span for each center."""

        def preferred(center: Center) -> IntervalQuery:
            return partial(open_hours, self.hours, zone(center.time_zone))

        def facts(n: int, slot: Slot, label: str) -> Facts:
            return _facts(timetable, n, slot, center=label, needed=str(self.hours))

        yield Within(spans=_center_spans(timetable, self.where, preferred), facts=facts)
