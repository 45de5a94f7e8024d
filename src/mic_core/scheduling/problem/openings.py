"""Openings and events: the starts off the step grid that domains need, and the lattice of proofs.

An opening is the first instant of an interval in which a session fits: when a center, a person or a
room becomes available, or a fixed session ends. Left-shifted to it, one session finds a place
wherever there is any, so openings are starts whatever the step. Several sessions in a row may need
more: the lattice is the distance at which starts suffice for any schedule, since all instants and
durations that bound the sessions are multiples of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import gcd
from typing import Literal

import attrs

from mic_core.chrono import Interval
from mic_core.chrono.local import MINUTE
from mic_core.ids import cite
from mic_core.rules import (
    Apart,
    Arcs,
    Bucket,
    Distinct,
    Exclusive,
    Function,
    IntervalQuery,
    Pattern,
    Term,
)
from mic_core.scheduling.problem.candidates import Candidates
from mic_core.scheduling.problem.domains import (
    ActivityClass,
    Bound,
    Calendars,
    microseconds_of,
)
from mic_core.scheduling.problem.membership import membership_of
from mic_core.scheduling.problem.problem import GroupMembership
from mic_core.scheduling.problem.resources import ResourceDemands
from mic_core.scheduling.problem.time_axis import Grid

MOST_CELLS = 1_000_000
"""The most units of a grid that openings may refine: two years of minutes; bounds the memory."""

_GRAINS = (1, MINUTE, 5 * MINUTE, 0)
"""Units of which openings have to be multiples, in microseconds, tried until a grid is small."""

_MOST_PAIRS = 200_000
"""The most pairs of sessions whose minimum gaps are read: about a tenth of a second."""


@attrs.frozen(eq=False)
class OffStep:
    """The openings off the step: the intervals that begin where a local clock has no start.

    `clocks` are the units of a grid at which all activities may start by their clocks.
    """

    calendars: Calendars
    grid: Grid
    clocks: bytes
    _known: dict[int, tuple[Interval, ...]] = attrs.field(factory=dict[int, tuple[Interval, ...]])

    def intervals(self, query: IntervalQuery) -> tuple[Interval, ...]:
        """The intervals of a query that begin off the step."""
        if id(query) not in self._known:
            found = self.calendars.of(query)
            self._known[id(query)] = tuple(each for each in found if self.holds(each[0]))
        return self._known[id(query)]

    def starts(self, query: IntervalQuery, length: int) -> Iterator[int]:
        """The beginnings off the step of intervals that are at least so long."""
        return (start for start, end in self.intervals(query) if end - start >= length)

    def holds(self, at: int) -> bool:
        """True if an instant lies within the grid and is no start on the clock of each activity."""
        unit, rest = divmod(at - self.grid.low, self.grid.unit)
        if not 0 <= unit < self.grid.size:
            return False
        return bool(rest) or not self.clocks[unit >> 3] >> (unit & 7) & 1


def off_step(calendars: Calendars, grid: Grid, clocks: Iterable[int]) -> OffStep:
    """The openings off the step on a grid, from the starts by each clock."""
    common = (1 << grid.size) - 1
    for each in clocks:
        common &= each
    return OffStep(calendars, grid, common.to_bytes(grid.size // 8 + 1, "little"))


@attrs.frozen(eq=False, kw_only=True)
class OpeningSearch:
    """The search for the openings of activities off the step, in all calendars that bound them.

    `bounds` are those of each activity, `by_room` and `by_person` those of each choice by activity
    class, `inner` are the windows of sessions, by number, within a wider planning window.
    """

    candidates: Candidates
    off: OffStep
    forms: Sequence[ActivityClass]
    form_of: Sequence[int]
    bounds: Sequence[Sequence[Bound]]
    by_room: Sequence[Mapping[int, Sequence[Bound]]]
    by_person: Sequence[Mapping[int, Sequence[Bound]]]
    demands: ResourceDemands
    inner: Mapping[int, Interval]
    _shared: dict[tuple[object, ...], frozenset[int]] = attrs.field(
        factory=dict[tuple[object, ...], frozenset[int]]
    )

    def find(self) -> list[frozenset[int]]:
        """The openings of each activity off the step. O(intervals of all calendars)."""
        gaps = _gaps_after_fixed(self.candidates)
        freed = _freed_by_choice(self.candidates, self.demands)
        return [
            self._of(activity, gaps.get(activity, ()), freed)
            if self.candidates.pinned[activity] is None
            else frozenset()
            for activity in range(len(self.form_of))
        ]

    def _of(
        self, activity: int, gaps: Iterable[int], freed: Mapping[str, frozenset[int]]
    ) -> frozenset[int]:
        candidates, form = self.candidates, self.form_of[activity]
        length = self.forms[form].length
        found = {each for each in gaps if self.off.holds(each)}
        for bound in self.bounds[activity]:
            found.update(self.off.starts(bound.intervals, length))
        window = self.inner.get(candidates.numbers[activity])
        if window is not None and self.off.holds(window[0]):
            found.add(window[0])
        for resource in self.demands.needs[activity]:
            for n in self.demands.fixed_sessions[resource]:
                found.update(filter(self.off.holds, (candidates.timetable.ends[n],)))
        persons = (*candidates.trainer_choices[activity], *candidates.assigned_persons[activity])
        return frozenset(found).union(
            self._of_rooms(form, activity, freed), self._of_persons(form, persons, freed)
        )

    def _of_rooms(
        self, form: int, activity: int, freed: Mapping[str, frozenset[int]]
    ) -> frozenset[int]:
        """The openings of all rooms of an activity, also of those that are unsuitable."""
        choices = self.candidates.room_choices[activity]
        unsuited = self.candidates.unsuited[activity]
        # Activities share these tuples, which are long: they are known by their identity.
        key = "room", form, id(choices), id(unsuited)
        if key not in self._shared:
            rooms = {*choices}.union(*(bad for _, bad in unsuited)) - {-1}
            bounds = (bound for room in rooms for bound in self.by_room[form].get(room, ()))
            labels = [cite("room", self.candidates.rooms[room]) for room in rooms]
            self._shared[key] = self._of_choices(form, bounds, labels, freed)
        return self._shared[key]

    def _of_persons(
        self, form: int, persons: tuple[int, ...], freed: Mapping[str, frozenset[int]]
    ) -> frozenset[int]:
        """The openings of all persons that an activity may take or has."""
        key = "person", form, persons
        if key not in self._shared:
            bounds = (bound for one in persons for bound in self.by_person[form].get(one, ()))
            labels = [cite("person", self.candidates.persons[one]) for one in persons if one >= 0]
            self._shared[key] = self._of_choices(form, bounds, labels, freed)
        return self._shared[key]

    def _of_choices(
        self,
        form: int,
        bounds: Iterable[Bound],
        labels: Iterable[str],
        freed: Mapping[str, frozenset[int]],
    ) -> frozenset[int]:
        """The openings of rooms or persons for a class of activities."""
        length = self.forms[form].length
        found = {at for each in bounds for at in self.off.starts(each.intervals, length)}
        for label in labels:
            found.update(filter(self.off.holds, freed.get(label, ())))
        return frozenset(found)


def _freed_by_choice(candidates: Candidates, demands: ResourceDemands) -> dict[str, frozenset[int]]:
    """The ends of the fixed sessions on each cumulative room or person, by its citation."""
    found: dict[str, frozenset[int]] = {}
    for resource, members in zip(demands.resources, demands.fixed_sessions, strict=True):
        ends = frozenset(candidates.timetable.ends[n] for n in members)
        found[resource.label] = found.get(resource.label, frozenset()) | ends
    return found


def kept_openings(openings: Collection[int], grid: Grid) -> frozenset[int]:
    """The openings on a grid that stays small enough when it is refined to hold them.

    First those off whole minutes are dropped, then those off 5 minutes, then all.
    """
    whole = grid.size * grid.unit
    for grain in _GRAINS:
        kept = [each for each in openings if grain and not each % grain]
        unit = gcd(grid.unit, *(each - grid.low for each in kept))
        if whole // unit <= max(grid.size, MOST_CELLS):
            return frozenset(kept)
    raise AssertionError  # pragma: no cover  # without openings the grid is as it was


def _gaps_after_fixed(candidates: Candidates) -> Mapping[int, Sequence[int]]:
    """The instants a strict minimum gap after the end of a fixed session, by activity."""
    timetable = candidates.timetable
    found: dict[int, set[int]] = {}
    for each in candidates.terms:
        term = each.term
        if not isinstance(term, Apart) or not each.hard:
            continue
        for activity, m in _pairs_with_fixed(candidates, term):
            gap = min(term.gap(m, candidates.numbers[activity]), term.most)
            if gap > 0:
                found.setdefault(activity, set()).add(timetable.ends[m] + gap)
    return {activity: sorted(instants) for activity, instants in found.items()}


def _pairs_with_fixed(candidates: Candidates, term: Apart) -> Iterator[tuple[int, int]]:
    """The pairs of an activity and a fixed session, by number, that may share a group of a term."""
    placed = frozenset(candidates.fixed)
    joining: Mapping[str, Sequence[int]] = {}
    if term.axis != "session":
        joining = _activities_by_label(candidates, term.axis)
    for group in term.groups:
        members: Sequence[int]
        if term.axis == "session":
            fixed = tuple(n for n in group.sessions if n in placed)
            members = [candidates.activity[n] for n in group.sessions if n in candidates.activity]
        else:
            fixed = candidates.fixed_sessions(group.label, term.among)
            members = [
                activity
                for activity in joining.get(group.label, ())
                if term.among is None or candidates.numbers[activity] in term.among
            ]
        yield from product(members, fixed)


def _activities_by_label(
    candidates: Candidates, axis: Literal["room", "person"]
) -> Mapping[str, Sequence[int]]:
    """The activities that may take each room, or that each person has or may get a part in."""
    found: dict[str, list[int]] = {}
    index = candidates.room if axis == "room" else candidates.person
    labels = {number: label for label, number in index.items()}
    for activity in range(len(candidates.numbers)):
        choices: Iterable[int] = candidates.room_choices[activity]
        if axis == "person":
            choices = {
                *candidates.trainer_choices[activity],
                *candidates.assigned_persons[activity],
            }
        for choice in choices:
            if choice >= 0:
                found.setdefault(labels[choice], []).append(activity)
    return found


def lattice_unit(
    candidates: Candidates,
    calendars: Calendars,
    strict: Iterable[IntervalQuery],
    unit: int,
    disjunctive: Callable[[GroupMembership], bool],
) -> int:
    """The distance of the lattice, in microseconds: a divisor of all that bounds the activities.

    Round the starts of any feasible schedule down to the lattice: it stays feasible, as the ends of
    intervals, fixed sessions, durations and gaps are multiples of the distance. `strict` are the
    calendars that bind, `unit` divides the distance of all starts, `disjunctive` says that no two
    sessions of a group can overlap. Terms for which rounding proves nothing (patterns and functions
    of users, for instance) bring it down to whole minutes at most. O(intervals + pairs of groups
    with minimum gaps).
    """
    timetable, low = candidates.timetable, calendars.low
    events = {calendars.high}
    for query in strict:
        for interval in calendars.of(query):
            events.update(interval)
    durations = {microseconds_of(timetable.sessions[n].length) for n in candidates.numbers}
    for each in candidates.terms:
        if not each.hard:
            continue
        rounds = _survives_rounding(each.term)
        match each.term:
            case Arcs() as term:
                durations.add(term.gap)
            case Exclusive() as term:
                events.update(_fixed_instants(candidates, term))
            case Apart() as term:
                gaps = _gaps_of(candidates, term, disjunctive)
                durations.update(gaps or ())
                rounds = gaps is not None
            case _:
                pass
        unit = unit if rounds else gcd(unit, MINUTE)
    for slot in candidates.pinned:
        if slot is not None:
            events.update((slot.start_utc, slot.end_utc))
    inside = (each - low for each in events if low < each <= calendars.high)
    return gcd(unit, *durations, *inside)


def _gaps_of(
    candidates: Candidates, term: Apart, disjunctive: Callable[[GroupMembership], bool]
) -> set[int] | None:
    """The minimum gaps of a term; None where there are too many pairs, or some may overlap.

    Rounded down, two sessions that overlap may touch, which a minimum gap forbids.
    """
    membership = membership_of(candidates, term.groups, term.axis, term.among)
    if membership is None:
        return set()
    members = [
        (*(candidates.numbers[activity] for activity in moving), *fixed)
        for moving, fixed in zip(
            _activities_by_group(candidates, membership), membership.fixed_sessions, strict=True
        )
    ]
    if sum(len(each) ** 2 for each in members) > _MOST_PAIRS or not disjunctive(membership):
        return None
    return {
        min(term.gap(a, b), term.most) for each in members for a in each for b in each if a != b
    }


def _activities_by_group(
    candidates: Candidates, membership: GroupMembership
) -> Sequence[Sequence[int]]:
    """The activities that may join each group of a term, under some choice."""
    found: list[list[int]] = [[] for _ in membership.labels]
    for activity in range(len(candidates.numbers)):
        choices = (
            candidates.room_choices if membership.by == "room" else candidates.trainer_choices
        )[activity]
        groups = {*membership.fixed[activity]}
        if membership.by is not None and membership.counted[activity]:
            groups.update(membership.index[choice] for choice in choices)
        for group in groups - {-1}:
            found[group].append(activity)
    return found


def _fixed_instants(candidates: Candidates, term: Exclusive) -> Iterator[int]:
    """The starts and ends of fixed sessions on cumulative resources, which are no calendars."""
    timetable, placed = candidates.timetable, frozenset(candidates.fixed)
    for group in term.groups:
        if group.limit > 1:
            for n in group.sessions:
                if n in placed:
                    yield timetable.starts[n]
                    yield timetable.ends[n]


def _survives_rounding(term: Term) -> bool:
    """True if a term that all starts keep is kept when all are rounded down to one lattice."""
    match term:
        case Pattern() | Function():
            return False
        case Bucket() | Distinct():
            return term.per != "time"
        case Exclusive() if term.same_start:
            few = (
                [len(term.among or ())]
                if term.axis != "session"
                else [len(group.sessions) for group in term.groups]
            )
            return max(few, default=0) < 2
        case _:
            return True
