"""Participant overlap: persons as disjunctive resources, by the statuses when sessions begin.

A person in two or more cohorts makes one group: the sessions at which one of the cohorts brings
them. A cohort is an edition or session that the person has a place in, or the person's own
invitation. A session that may move belongs to the group if any of its possible starts would.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import attrs

from mic_core.chrono import Interval, union
from mic_core.ids import cite
from mic_core.model import Person
from mic_core.portfolio.expected import SeatSpans, all_within, any_within, seat_spans
from mic_core.rules import Group, Joining
from mic_core.timetable import Timetable

_ALWAYS: tuple[Interval, ...] = ((-(2**63), 2**63),)
"""The interval of an invitation, in microseconds: beyond the calendar in both directions."""

_Run = tuple[str, int, int]
"""A cohort with a slice of its sessions that do not move, in the order of their starts."""


@attrs.frozen(eq=False)
class _Cohort:
    """The sessions of a cohort: fixed ones in the order of their starts, and those that may move.

    `starts` and `fixed` are parallel: start and number. `moving` holds the numbers by window.
    """

    starts: Sequence[int]
    fixed: Sequence[int]
    moving: Sequence[tuple[Interval, Sequence[int]]]


class Participants:
    """The persons in two or more cohorts, and the sessions at which they are expected.

    `members` are the sessions that count. O((sessions + places) log n) and the size of the groups,
    of which persons who are expected at the same sessions share one.
    """

    def __init__(self, timetable: Timetable, members: Iterable[int]) -> None:
        self.timetable = timetable
        self.members = frozenset(members)
        self.shared: dict[tuple[object, ...], tuple[int, ...]] = {}

    def groups(self) -> Iterator[Group]:
        """One group for each person who is expected at two sessions or more, in order of ids."""
        for id in sorted(self._spans):
            group = self.group(id)
            if len(group.sessions) > 1:
                yield group

    def group(self, id: str) -> Group:
        """The group of a person."""
        runs: list[_Run] = []
        moving: list[tuple[str, int]] = []
        inside = all_within if self.timetable.certain else any_within
        for into, spans in self._spans[id].items():
            cohort = self._cohorts[into]
            for start, end in spans:
                low, high = bisect_left(cohort.starts, start), bisect_left(cohort.starts, end)
                runs += [(into, low, high)] if low < high else []
            for place, (window, _) in enumerate(cohort.moving):
                moving += [(into, place)] if inside(spans, *window) else []
        key = (*runs, *moving)
        if key not in self.shared:
            found = {n for into, low, high in runs for n in self._cohorts[into].fixed[low:high]}
            for into, place in moving:
                found.update(self._cohorts[into].moving[place][1])
            self.shared[key] = tuple(sorted(found))
        return Group(label=cite("person", id), sessions=self.shared[key])

    def joins(self, n: int, _: str | None) -> Iterator[Joining]:
        """The groups that a session can be in, with the starts at which somebody is expected."""
        found: dict[str, list[Interval]] = {}
        for into in self._cohorts_of(n) if n in self.members else ():
            for id in self._by_cohort.get(into, ()):
                found.setdefault(id, []).extend(self._spans[id][into])
        for id in sorted(found):
            yield self.group(id), union(found[id])

    def _cohorts_of(self, n: int) -> tuple[str, ...]:
        audience, own = self.timetable.audiences[n], self.timetable.sessions[n].id
        return audience if own in audience else (*audience, own)

    @cached_property
    def _spans(self) -> dict[str, dict[str, Sequence[Interval]]]:
        """When each person in two or more cohorts is expected through which.

        A person in one cohort only is left to the rule of audiences; so is a venture without
        delegates, whose persons are not known.
        """
        timetable = self.timetable
        named = {id for audience in timetable.audiences for id in audience}
        cohorts: list[tuple[str, tuple[SeatSpans, ...]]] = [
            (into, taken)
            for into, taken in seat_spans(timetable.portfolio).items()
            if into in named or into in timetable.numbers
        ]
        invited = named - timetable.editions.keys()
        # Most persons are in one cohort: the first pass keeps a word for each, no collection.
        first: dict[str, str] = {}
        several: set[str] = set()
        for into, taken in cohorts:
            for place in taken:
                if place.expected:
                    seat = place.enrollment  # as `persons`, without a call for each
                    for id in seat.delegates or (seat.participant_id,):
                        if first.setdefault(id, into) != into:
                            several.add(id)
        several |= {id for id in invited if first.get(id, id) != id}
        several = {id for id in several if timetable.portfolio.find(Person, id) is not None}
        spans: dict[str, dict[str, list[Interval]]] = {id: {} for id in several}
        for into, taken in cohorts if several else ():
            for place in taken:
                for id in place.persons if place.expected else ():
                    if id in several:
                        spans[id].setdefault(into, []).extend(place.expected)
        for id in invited & several:
            spans[id].setdefault(id, []).extend(_ALWAYS)
        return {
            id: {into: union(mine[into]) for into in sorted(mine)} for id, mine in spans.items()
        }

    @cached_property
    def _by_cohort(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, cohorts in self._spans.items():
            for into in cohorts:
                found.setdefault(into, []).append(id)
        return found

    @cached_property
    def _cohorts(self) -> dict[str, _Cohort]:
        """The sessions of each cohort that brings a person in several."""
        timetable = self.timetable
        fixed: dict[str, list[tuple[int, int]]] = {into: [] for into in self._by_cohort}
        moving: dict[str, dict[Interval, list[int]]] = {into: {} for into in self._by_cohort}
        windows, slots, starts = timetable.windows, timetable.slots, timetable.starts
        for n in sorted(self.members) if fixed else ():
            if n in windows:
                for into in self._cohorts_of(n):
                    if into in moving:
                        moving[into].setdefault(windows[n], []).append(n)
            elif slots[n] is not None:
                for into in self._cohorts_of(n):
                    if into in fixed:
                        fixed[into].append((starts[n], n))
        for members in fixed.values():
            members.sort()
        return {
            into: _Cohort(
                [start for start, _ in members],
                [n for _, n in members],
                [*moving[into].items()],
            )
            for into, members in fixed.items()
        }
