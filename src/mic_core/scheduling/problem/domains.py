"""Where activities can start: what terms of intervals and sessions that stay leave of the time."""

from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from mic_core.chrono import Interval, Slot, complement, union
from mic_core.rules import Exclusive, IntervalQuery, Span, Within
from mic_core.scheduling.problem.candidates import Candidates, WeightedTerm
from mic_core.scheduling.problem.time_axis import Grid


@attrs.frozen
class ActivityClass:
    """What activities share that fit alike: length, pinned slot, terms that count them."""

    length: int
    pinned: tuple[int, int] | None
    signature: tuple[bool, ...]

    def cells(self, grid: Grid) -> int:
        """How many cells it covers; a part of a cell counts as a whole one."""
        if self.pinned is None:
            return -(-self.length // grid.unit)
        start, end = (each - grid.low for each in self.pinned)
        return -(-end // grid.unit) - start // grid.unit

    def fits(self, grid: Grid, intervals: Iterable[Interval]) -> int:
        """The units at which something of this form can start within one of the intervals."""
        if self.pinned is None:
            return grid.fitting(intervals, self.length)
        start, end = self.pinned
        place = (start - grid.low) // grid.unit
        inside = place >= 0 and end <= grid.low + grid.size * grid.unit
        return 1 << place if inside and any(a <= start and end <= b for a, b in intervals) else 0


@attrs.frozen(eq=False)
class Bound:
    """Intervals that something must lie within, whom they are cited for, and what else costs.

    `weight` is 0 where nothing else will do.
    """

    code: str
    label: str
    weight: int
    intervals: IntervalQuery


def activity_classes(cast: Candidates) -> tuple[list[ActivityClass], list[int]]:
    """The different forms, and the form of each activity."""
    among = [
        members
        for each in cast.asked
        if isinstance(each.term, Within | Exclusive) and (members := each.term.among) is not None
    ]
    known: dict[ActivityClass, int] = {}
    form_of: list[int] = []
    for place, n in enumerate(cast.numbers):
        form = ActivityClass(
            _length(cast, n), _instants(cast.pinned[place]), tuple(n in each for each in among)
        )
        form_of.append(known.setdefault(form, len(known)))
    return list(known), form_of


def _length(cast: Candidates, n: int) -> int:
    length = cast.timetable.sessions[n].length
    return length.days * 86_400_000_000 + length.seconds * 1_000_000 + length.microseconds


def _instants(slot: Slot | None) -> tuple[int, int] | None:
    return None if slot is None else (slot.start_utc, slot.end_utc)


def bounds_of_sessions(cast: Candidates) -> list[list[Bound]]:
    """The spans that hold for each activity whatever its room and its persons."""
    found: list[list[Bound]] = [[] for _ in cast.numbers]
    for each in cast.asked:
        if isinstance(each.term, Within) and each.term.axis == "session":
            for span in each.term.spans:
                bound = _bound(each, span)
                for n in span.sessions:
                    if n in cast.activity:
                        found[cast.activity[n]].append(bound)
    return found


def _bound(asked: WeightedTerm, span: Span) -> Bound:
    return Bound(asked.code, span.label, 0 if asked.hard else asked.weight, span.intervals)


def bounds_of_choices(
    cast: Candidates, form: ActivityClass, axis: Literal["room", "person"]
) -> dict[int, list[Bound]]:
    """The spans of each room, or of each person, that hold for activities of a form.

    Where one session at a time is the limit, the sessions that are not to move leave gaps.
    """
    found: dict[int, list[Bound]] = {}
    index = cast.room if axis == "room" else cast.person
    signature = iter(form.signature)
    for each in cast.asked:
        term = each.term
        if not isinstance(term, Within | Exclusive):
            continue
        if term.among is not None and not next(signature):
            continue
        if term.axis != axis:
            continue
        if isinstance(term, Within):
            for span in term.spans:
                if span.label in index:
                    found.setdefault(index[span.label], []).append(_bound(each, span))
        elif each.hard:
            for group in term.groups:
                fixed_sessions = cast.fixed_sessions(group.label, term.among)
                if group.label in index and group.limit == 1 and fixed_sessions:
                    bound = Bound(each.code, group.label, 0, free_time(cast, fixed_sessions))
                    found.setdefault(index[group.label], []).append(bound)
    return found


def free_time(cast: Candidates, members: Sequence[int]) -> IntervalQuery:
    """The time in which none of these sessions takes place."""
    busy = union((cast.timetable.starts[n], cast.timetable.ends[n]) for n in members)
    return lambda low, high: complement(busy, (low, high))
