"""Start domains: the intervals that bound each activity, and each room and person.

A bound is a set of intervals within one of which the whole activity has to lie: opening hours,
availability, or the gaps that fixed sessions leave of a disjunctive resource. Activities of equal
length and pinned slot, counted by the same terms, form a class, so that each bound is turned into
a bitset of starts once for the class.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Literal

import attrs

from mic_core.chrono import Interval, Slot, complement, union
from mic_core.rules import Exclusive, IntervalQuery, Span, Within
from mic_core.scheduling.problem.candidates import Candidates, WeightedTerm
from mic_core.scheduling.problem.time_axis import Grid


@attrs.frozen
class ActivityClass:
    """A class of activities for which every bound allows the same starts.

    `length` is in microseconds, `pinned` are the instants of a pinned slot. `signature` holds, for
    each term with an `among`, whether it counts the activities of the class.
    """

    length: int
    pinned: tuple[int, int] | None
    signature: tuple[bool, ...]

    def cells(self, grid: Grid) -> int:
        """The number of cells that an activity covers; part of a cell counts as a whole cell."""
        if self.pinned is None:
            return -(-self.length // grid.unit)
        start, end = (each - grid.low for each in self.pinned)
        return -(-end // grid.unit) - start // grid.unit

    def starts_within(self, grid: Grid, intervals: Iterable[Interval]) -> int:
        """The units at which an activity of this class can start to lie within one interval."""
        if self.pinned is None:
            return grid.starts_within(intervals, self.length)
        start, end = self.pinned
        unit = (start - grid.low) // grid.unit
        inside = unit >= 0 and end <= grid.low + grid.size * grid.unit
        return 1 << unit if inside and any(a <= start and end <= b for a, b in intervals) else 0


@attrs.frozen(eq=False)
class Bound:
    """Intervals within one of which an activity has to lie, with the rule and what it cites.

    `weight` is the cost of a start outside; 0 means that the bound is hard.
    """

    code: str
    label: str
    weight: int
    intervals: IntervalQuery


def activity_classes(candidates: Candidates) -> tuple[list[ActivityClass], list[int]]:
    """The different classes of activities, and the index of the class of each activity."""
    among = [
        members
        for each in candidates.terms
        if isinstance(each.term, Within | Exclusive) and (members := each.term.among) is not None
    ]
    known: dict[ActivityClass, int] = {}
    form_of: list[int] = []
    for activity, n in enumerate(candidates.numbers):
        form = ActivityClass(
            microseconds_of(candidates.timetable.sessions[n].length),
            _instants(candidates.pinned[activity]),
            tuple(n in each for each in among),
        )
        form_of.append(known.setdefault(form, len(known)))
    return list(known), form_of


def microseconds_of(length: timedelta) -> int:
    """A length in microseconds, without the division of long numbers."""
    return length.days * 86_400_000_000 + length.seconds * 1_000_000 + length.microseconds


def _instants(slot: Slot | None) -> tuple[int, int] | None:
    return None if slot is None else (slot.start_utc, slot.end_utc)


def bounds_of_sessions(candidates: Candidates) -> list[list[Bound]]:
    """The bounds of each activity that hold for every room and person."""
    found: list[list[Bound]] = [[] for _ in candidates.numbers]
    for each in candidates.terms:
        if isinstance(each.term, Within) and each.term.axis == "session":
            for span in each.term.spans:
                bound = _bound(each, span)
                for n in span.sessions:
                    if n in candidates.activity:
                        found[candidates.activity[n]].append(bound)
    return found


def _bound(weighted: WeightedTerm, span: Span) -> Bound:
    return Bound(weighted.code, span.label, 0 if weighted.hard else weighted.weight, span.intervals)


def reach_of_classes(
    candidates: Candidates, form_of: Sequence[int], size: int
) -> tuple[list[set[int]], list[set[int]]]:
    """The rooms, also unsuitable ones, and the persons that each class of activities may take.

    Without -1. Tuples that many activities share are read once for each class.
    """
    rooms: list[set[int]] = [set() for _ in range(size)]
    persons: list[set[int]] = [set() for _ in range(size)]
    read: set[tuple[int, int, int]] = set()
    for activity, form in enumerate(form_of):
        choices, unsuited = candidates.room_choices[activity], candidates.unsuited[activity]
        key = form, id(choices), id(unsuited)
        if key not in read:
            read.add(key)
            rooms[form].update(choices, *(bad for _, bad in unsuited))
        persons[form].update(
            candidates.trainer_choices[activity], candidates.assigned_persons[activity]
        )
    for each in (*rooms, *persons):
        each.discard(-1)
    return rooms, persons


def bounds_of_choices(
    candidates: Candidates,
    form: ActivityClass,
    axis: Literal["room", "person"],
    reach: Collection[int],
) -> dict[int, list[Bound]]:
    """The bounds of each room, or of each person, in reach of a class of activities.

    Fixed sessions bound a disjunctive resource (limit 1) to the gaps that they leave.
    """
    found: dict[int, list[Bound]] = {}
    index = candidates.room if axis == "room" else candidates.person
    signature = iter(form.signature)
    for each in candidates.terms:
        term = each.term
        if not isinstance(term, Within | Exclusive):
            continue
        if term.among is not None and not next(signature):
            continue
        if term.axis != axis:
            continue
        if isinstance(term, Within):
            for span in term.spans:
                if index.get(span.label, -1) in reach:
                    found.setdefault(index[span.label], []).append(_bound(each, span))
        elif each.hard:
            for group in term.groups:
                if group.limit != 1 or index.get(group.label, -1) not in reach:
                    continue
                fixed_sessions = candidates.fixed_sessions(group.label, term.among)
                if fixed_sessions:
                    bound = Bound(each.code, group.label, 0, free_time(candidates, fixed_sessions))
                    found.setdefault(index[group.label], []).append(bound)
    return found


def free_time(candidates: Candidates, members: Sequence[int]) -> IntervalQuery:
    """The time in which none of these fixed sessions takes place, as a query of intervals."""
    busy = union((candidates.timetable.starts[n], candidates.timetable.ends[n]) for n in members)
    return lambda low, high: complement(busy, (low, high))


@attrs.frozen(eq=False)
class Calendars:
    """The intervals of calendars between two instants: each query is made once.

    Queries are known by their identity; the memo keeps them alive, so that no id is used again.
    """

    low: int
    high: int
    _known: dict[int, tuple[IntervalQuery, tuple[Interval, ...]]] = attrs.field(
        factory=dict[int, tuple[IntervalQuery, tuple[Interval, ...]]]
    )

    def of(self, query: IntervalQuery) -> tuple[Interval, ...]:
        """The intervals of a query, in order."""
        if id(query) not in self._known:
            self._known[id(query)] = query, tuple(query(self.low, self.high))
        return self._known[id(query)][1]


@attrs.define(eq=False)
class StartMasks:
    """Sets of start units by activity class and intervals, computed once for each pair.

    Intervals are known by the identity of their function: bounds share it where they are equal.
    """

    grid: Grid
    forms: Sequence[ActivityClass]
    calendars: Calendars
    _known: dict[tuple[int, int], int] = attrs.field(factory=dict[tuple[int, int], int])

    def of(self, form: int, bound: Bound) -> int:
        """The starts that a bound leaves to a class of activities."""
        key = form, id(bound.intervals)
        if key not in self._known:
            intervals = self.calendars.of(bound.intervals)
            self._known[key] = self.forms[form].starts_within(self.grid, intervals)
        return self._known[key]


@attrs.frozen
class OneInterval:
    """The interval query of a time window: its one interval, whatever is weighted."""

    interval: Interval

    def __call__(self, low: int, high: int) -> tuple[Interval, ...]:
        return (self.interval,)
