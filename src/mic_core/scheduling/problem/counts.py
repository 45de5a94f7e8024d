"""Terms that count: what each group holds in each bucket, and how many buckets it uses."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from itertools import chain
from math import gcd

import attrs

from mic_core.chrono.local import MINUTE
from mic_core.rules import Bucket, Distinct, Per
from mic_core.scheduling.problem.candidates import Cast, WeightedTerm
from mic_core.scheduling.problem.membership import ties_of
from mic_core.scheduling.problem.problem import CountTerm, GroupMembership
from mic_core.scheduling.problem.time_axis import TimeAxis, days_and_minutes

COUNTED = 1 << 20
"""Sums are kept as `amount * COUNTED + 1` for each session, so that an empty bucket shows."""


@attrs.frozen(eq=False, slots=False)
class Clocks:
    """Local days and minutes of all cells, zone by zone, and the buckets they make."""

    cast: Cast
    axis: TimeAxis

    @cached_property
    def places(self) -> tuple[tzinfo, ...]:
        """Whose clocks each activity goes by."""
        return tuple(self.cast.timetable.places[n] for n in self.cast.numbers)

    @cached_property
    def _read(self) -> Mapping[tzinfo, tuple[Sequence[int], Sequence[int]]]:
        return {
            place: days_and_minutes(self.axis.instants, place)
            for place in dict.fromkeys(self.places)
        }

    @cached_property
    def _midnights(self) -> Mapping[int, int] | None:
        """The one instant from which each day counts its minutes; None where there are several."""
        found: dict[int, int] = {}
        own = [n for n, slot in zip(self.cast.numbers, self.cast.pinned, strict=True) if slot]
        cells = (
            (day, instant - minute * MINUTE)
            for days, minutes in self._read.values()
            for day, minute, instant in zip(days, minutes, self.axis.instants, strict=True)
        )
        return found if _agree(found, chain(cells, self._begun(own))) else None

    def _begun(self, members: Iterable[int]) -> Iterator[tuple[int, int]]:
        """The days of sessions that have a slot, and when these began on their clocks."""
        timetable = self.cast.timetable
        for n in members:
            yield timetable.days[n], timetable.starts[n] - timetable.minutes[n] * MINUTE

    def steady(self, outside: Iterable[int]) -> bool:
        """Whether each local day counts its minutes from one instant, and all start with a minute.

        Else, across zones or where clocks change, the minutes of two sessions may coincide
        although the sessions do not overlap. `outside` are the sessions that stay.
        """
        known = self._midnights
        return known is not None and _agree(dict(known), self._begun(outside))

    def minutes(self, activity: int) -> Sequence[int]:
        """The minute of the local day of each cell for an activity; of a pinned slot, its own."""
        if self.cast.pinned[activity] is not None:
            return [self.cast.timetable.minutes[self.cast.numbers[activity]]] * self.axis.size
        return self._read[self.places[activity]][1]

    def buckets(self, per: Per) -> "Buckets":
        """Cells and sessions that stay, by day, week or time of day, numbered from 0."""
        numbers: dict[int, int] = {}

        def number(value: int) -> int:
            return numbers.setdefault(value, len(numbers))

        timetable = self.cast.timetable
        divide = 7 if per == "week" else 1
        shift = 1 if per == "week" else 0  # weeks begin on Monday, and so does the calendar
        which = 1 if per == "time" else 0
        by_place = {
            place: [number((value - shift) // divide) for value in read[which]]
            for place, read in self._read.items()
        }
        of: list[Sequence[int]] = [by_place[place] for place in self.places]
        known = timetable.minutes if per == "time" else timetable.days
        outside = {n: number((known[n] - shift) // divide) for n in self.cast.fixed}
        for place, slot in enumerate(self.cast.pinned):
            if slot is not None:
                own = number((known[self.cast.numbers[place]] - shift) // divide)
                of[place] = [own] * self.axis.size
        return Buckets(tuple(of), outside, len(numbers))


def _agree(midnights: dict[int, int], begins: Iterable[tuple[int, int]]) -> bool:
    """Whether each day begins at one instant, and on a whole minute; those found are added."""
    return all(midnights.setdefault(day, at) == at and not at % MINUTE for day, at in begins)


@attrs.frozen(eq=False)
class Buckets:
    """The bucket of each cell for each activity, and of each session that stays."""

    of: tuple[Sequence[int], ...]
    outside: Mapping[int, int]
    size: int


def count_of(
    cast: Cast, asked: WeightedTerm, term: Bucket | Distinct, buckets: Callable[[Per], Buckets]
) -> CountTerm | None:
    """A counting term; strict where it is hard and only grows worse with more sessions."""
    ties = ties_of(cast, term.groups, term.axis, term.among)
    if ties is None:
        return None
    distinct = isinstance(term, Distinct)
    made = None if term.per == "room" else buckets(term.per)
    outside, size = _rooms(cast) if made is None else (made.outside, made.size)
    amount = None if isinstance(term, Distinct) else term.amount

    def weigh(n: int) -> int:
        return COUNTED + 1 if amount is None else amount(n) * COUNTED + 1

    base: dict[tuple[int, int], int] = {}
    for group, members in enumerate(ties.outside):
        for n in members:
            if n in outside:
                key = group, outside[n]
                base[key] = base.get(key, 0) + weigh(n)
    amounts = tuple(weigh(n) for n in cast.numbers)
    strict = asked.hard and _closed(ties, amounts, base, term.cost, distinct=distinct)
    return CountTerm(
        code=asked.code,
        weight=0 if strict else asked.weight,
        ties=ties,
        distinct=distinct,
        buckets=None if made is None else made.of,
        size=size,
        amounts=amounts,
        base=base,
        cost=term.cost,
    )


def _rooms(cast: Cast) -> tuple[Mapping[int, int], int]:
    """The rooms of sessions that stay, and how many rooms there are in all.

    Those that no activity can use are numbered after the rest: a group uses them as well.
    """
    numbers = {id: place for place, id in enumerate(cast.rooms)}
    found: dict[int, int] = {}
    for n in cast.fixed:
        room = cast.timetable.sessions[n].room_id
        if room is not None:
            found[n] = numbers.setdefault(room, len(numbers))
    return found, len(numbers)


def _closed(
    ties: GroupMembership,
    amounts: Sequence[int],
    base: Mapping[tuple[int, int], int],
    cost: Callable[[int, int], int],
    *,
    distinct: bool,
) -> bool:
    """Whether what costs anything goes on to cost with more sessions, for every limit there is."""
    steps = [amount // COUNTED for amount in amounts]
    if distinct:
        highest, step = len(amounts) + len(base), 1
    else:
        highest = sum(steps) + sum(value // COUNTED for value in base.values())
        step = gcd(*steps, *(value // COUNTED for value in base.values())) or 1
    if highest // step > 100_000 or min(steps) < 0:
        return False
    for limit in set(ties.limits):
        broken = False
        for value in range(step, highest + 1, step):
            costs = cost(value, limit) > 0
            if broken and not costs:
                return False
            broken = costs
    return True
