"""Counting terms (cardinality): the load of each group per bucket, or its number of used buckets.

A bucket is a local day, a week, a time of day, or a room. The compiled term holds, for each
activity, the bucket of every cell, so that a solver keeps the sums by addition alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from itertools import chain
from math import gcd

import attrs

from mic_core.chrono.local import MINUTE
from mic_core.rules import Bucket, Distinct, Per
from mic_core.scheduling.problem.candidates import Candidates, WeightedTerm
from mic_core.scheduling.problem.membership import membership_of
from mic_core.scheduling.problem.problem import CountTerm, GroupMembership
from mic_core.scheduling.problem.time_axis import TimeAxis, days_and_minutes

COUNTED = 1 << 20
"""Each session adds `amount * COUNTED + 1`, so a sum is 0 only if the bucket holds no session.

The low 20 bits count sessions, the bits above hold the amount: fewer than 2**20 sessions.
"""


MOST_VALUES = 100_000
"""Values tried at most for one limit of a term: a budget, beyond it the term is a soft cost."""


@attrs.frozen(eq=False, slots=False)
class Clocks:
    """The local day and minute of every cell, by time zone, and the buckets made of them."""

    candidates: Candidates
    axis: TimeAxis

    @cached_property
    def zones(self) -> tuple[tzinfo, ...]:
        """The time zone of each activity."""
        return tuple(self.candidates.timetable.places[n] for n in self.candidates.numbers)

    @cached_property
    def _read(self) -> Mapping[tzinfo, tuple[Sequence[int], Sequence[int]]]:
        """The local days and the minutes in them of all cells, by time zone."""
        instants = self.axis.instants
        return {zone: days_and_minutes(instants, zone) for zone in dict.fromkeys(self.zones)}

    @cached_property
    def _midnights(self) -> Mapping[int, int] | None:
        """The instant from which each local day counts its minutes; None if a day has several."""
        found: dict[int, int] = {}
        numbers, pinned = self.candidates.numbers, self.candidates.pinned
        own = [n for n, slot in zip(numbers, pinned, strict=True) if slot]
        cells = (
            (day, instant - minute * MINUTE)
            for days, minutes in self._read.values()
            for day, minute, instant in zip(days, minutes, self.axis.instants, strict=True)
        )
        return found if _agree(found, chain(cells, self._midnights_of(own))) else None

    def _midnights_of(self, members: Iterable[int]) -> Iterator[tuple[int, int]]:
        """The local day of each session, and the instant from which its clock counts that day."""
        timetable = self.candidates.timetable
        for n in members:
            yield timetable.days[n], timetable.starts[n] - timetable.minutes[n] * MINUTE

    def has_uniform_days(self, fixed_sessions: Iterable[int]) -> bool:
        """True if each local day counts its minutes from one instant, and that is a whole minute.

        Otherwise, across time zones or on a clock change, the minutes of two sessions may coincide
        although the sessions do not overlap.
        """
        known = self._midnights
        return known is not None and _agree(dict(known), self._midnights_of(fixed_sessions))

    def minutes(self, activity: int) -> Sequence[int]:
        """The local minute of each cell for an activity; that of its slot if it is pinned."""
        if self.candidates.pinned[activity] is not None:
            number = self.candidates.numbers[activity]
            return [self.candidates.timetable.minutes[number]] * self.axis.size
        return self._read[self.zones[activity]][1]

    def buckets(self, per: Per) -> "Buckets":
        """The buckets of cells and fixed sessions by day, week or time of day, numbered from 0."""
        numbers: dict[int, int] = {}

        def number(value: int) -> int:
            return numbers.setdefault(value, len(numbers))

        timetable = self.candidates.timetable
        divide = 7 if per == "week" else 1
        # Day 1 of the calendar is a Monday, so weeks begin at ordinal 1.
        shift = 1 if per == "week" else 0
        which = 1 if per == "time" else 0
        by_zone = {
            zone: [number((value - shift) // divide) for value in read[which]]
            for zone, read in self._read.items()
        }
        of: list[Sequence[int]] = [by_zone[zone] for zone in self.zones]
        known = timetable.minutes if per == "time" else timetable.days
        of_fixed = {n: number((known[n] - shift) // divide) for n in self.candidates.fixed}
        for activity, slot in enumerate(self.candidates.pinned):
            if slot is not None:
                own = number((known[self.candidates.numbers[activity]] - shift) // divide)
                of[activity] = [own] * self.axis.size
        return Buckets(tuple(of), of_fixed, len(numbers))


def _agree(midnights: dict[int, int], begins: Iterable[tuple[int, int]]) -> bool:
    """True if each day begins at one instant, on a whole minute; new days are added."""
    return all(midnights.setdefault(day, at) == at and not at % MINUTE for day, at in begins)


@attrs.frozen(eq=False)
class Buckets:
    """The bucket of each cell by activity, and of each fixed session; `size` buckets in all."""

    of: tuple[Sequence[int], ...]
    of_fixed: Mapping[int, int]
    size: int


def count_term_of(
    candidates: Candidates,
    weighted: WeightedTerm,
    term: Bucket | Distinct,
    buckets: Callable[[Per], Buckets],
) -> CountTerm | None:
    """A counting term; strict if it is hard and monotone. None if no activity can join a group."""
    membership = membership_of(candidates, term.groups, term.axis, term.among)
    if membership is None:
        return None
    distinct = isinstance(term, Distinct)
    made = None if term.per == "room" else buckets(term.per)
    of_fixed, size = _rooms_of_fixed(candidates) if made is None else (made.of_fixed, made.size)
    amount = None if isinstance(term, Distinct) else term.amount

    def packed(n: int) -> int:
        return COUNTED + 1 if amount is None else amount(n) * COUNTED + 1

    base: dict[tuple[int, int], int] = {}
    for group, members in enumerate(membership.fixed_sessions):
        for n in members:
            if n in of_fixed:
                key = group, of_fixed[n]
                base[key] = base.get(key, 0) + packed(n)
    amounts = tuple(packed(n) for n in candidates.numbers)
    strict = weighted.hard and _is_monotone(membership, amounts, base, term.cost, distinct=distinct)
    return CountTerm(
        code=weighted.code,
        weight=0 if strict else weighted.weight,
        membership=membership,
        distinct=distinct,
        buckets=None if made is None else made.of,
        size=size,
        amounts=amounts,
        base=base,
        cost=term.cost,
    )


def _rooms_of_fixed(candidates: Candidates) -> tuple[Mapping[int, int], int]:
    """The room of each fixed session, and the number of rooms.

    Rooms that no activity can use are numbered last: a group with a fixed session there uses them.
    """
    numbers = {id: index for index, id in enumerate(candidates.rooms)}
    found: dict[int, int] = {}
    for n in candidates.fixed:
        room = candidates.timetable.sessions[n].room_id
        if room is not None:
            found[n] = numbers.setdefault(room, len(numbers))
    return found, len(numbers)


def _is_monotone(
    membership: GroupMembership,
    amounts: Sequence[int],
    base: Mapping[tuple[int, int], int],
    cost: Callable[[int, int], int],
    *,
    distinct: bool,
) -> bool:
    """True if the cost is monotone: above a value that costs, every value costs, for each limit.

    Only such a term may be strict: a partial schedule that breaks it can never be repaired by
    placing more. All values that can occur are tried; a term with more than `MOST_VALUES`, or
    with a negative amount, counts as not monotone.
    """
    steps = [amount // COUNTED for amount in amounts]
    if distinct:
        highest, step = len(amounts) + len(base), 1
    else:
        highest = sum(steps) + sum(value // COUNTED for value in base.values())
        step = gcd(*steps, *(value // COUNTED for value in base.values())) or 1
    if highest // step > MOST_VALUES or min(steps) < 0:
        return False
    for limit in set(membership.limits):
        broken = False
        for value in range(step, highest + 1, step):
            costs = cost(value, limit) > 0
            if broken and not costs:
                return False
            broken = costs
    return True
