"""The problem instance: activities, resources, precedences and cost terms, in whole numbers.

Activities are the sessions to place, numbered from 0; rooms and persons are numbered as well, and
-1 means none. Time is discrete: a set of cells of the axis is an int in which bit t means cell t. A
placement is a triple of start cell, room and chosen trainer. Hard terms that are monotone (more
sessions never mend them) are *strict*: a solver never breaks them, so every partial schedule is
feasible. All other terms are *graded*: they add to a weighted cost in which one unit of a higher
level outweighs every sum of lower ones that occurs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property, reduce
from typing import Literal, NamedTuple

import attrs

from mic_core.chrono import Interval
from mic_core.rules import Busy
from mic_core.scheduling.problem.time_axis import TimeAxis
from mic_core.timetable import Timetable

LEVEL_WEIGHTS: Mapping[str, int] = {"hard": 10**12, "medium": 10**6, "soft": 1}
"""The weight of one unit of cost, by level: the objective is lexicographic as long as the costs
of a level sum up to less than 10**6."""


class Placement(NamedTuple):
    """The placement of an activity: first cell, room and chosen trainer by index; -1 for none."""

    start: int
    room: int = -1
    trainer: int = -1


class Barrier(NamedTuple):
    """The start domain (a set of cells) that one rule, on one cited subject, leaves an activity."""

    code: str
    label: str
    starts: int


@attrs.frozen(eq=False, kw_only=True)
class Activity:
    """One session to place.

    `number` is the session's number in the timetable, `form` the index of its class: activities of
    one length to which bounds apply alike. It covers `cells` cells and lasts `length` microseconds.
    `starts` is the set of cells at which it can start before room and trainer are chosen, `steps`
    the set that its clock, the step of the plan and openings leave before any barrier, `missed` the
    lattice starts that are not in it. `rooms` and `trainers` are the alternatives; `persons` are
    assigned already. `resources` are the indices of the resources that it needs under every choice.
    `offset` is the microseconds from its cell to its real start, 0 unless its slot is pinned.
    `current` is its placement now, None if it has none.
    `barriers` and `unsuited` explain the domains: starts by rule and label, and rooms by rule.
    """

    number: int
    form: int
    cells: int
    length: int
    offset: int = 0
    starts: int
    steps: int
    missed: int = 0
    rooms: tuple[int, ...]
    trainers: tuple[int, ...]
    persons: tuple[int, ...]
    resources: tuple[int, ...]
    current: Placement | None = None
    barriers: tuple[Barrier, ...] = ()
    unsuited: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def choices(self) -> int:
        """The size of its domain: starts times rooms times trainers."""
        return self.starts.bit_count() * len(self.rooms) * len(self.trainers)

    def behind(self, barriers: tuple[Barrier, ...]) -> "Activity":
        """The same activity with other barriers, and with the start domain that they leave."""
        starts = reduce(lambda mask, barrier: mask & barrier.starts, barriers, self.steps)
        return attrs.evolve(self, barriers=barriers, starts=starts)


@attrs.frozen(kw_only=True)
class Resource:
    """A resource that holds at most `limit` activities at once: disjunctive if that is 1.

    `base` is the load of the fixed sessions by cell; None for a disjunctive resource, since start
    domains exclude its fixed sessions already.
    """

    code: str
    label: str
    limit: int = 1
    base: tuple[int, ...] | None = None


@attrs.frozen(eq=False, kw_only=True)
class GroupMembership:
    """The membership of activities in the groups of a term.

    `labels` and `limits` are indexed by group. `fixed` holds, by activity, the groups that no
    choice changes. `by` names the choice that adds a group: room or trainer; None if there is none.
    `index` is the group by room or trainer, -1 for none; its last entry is the choice -1. `counted`
    is True for the activities that the choice can add to a group.
    """

    labels: tuple[str, ...]
    limits: tuple[int, ...]
    fixed: tuple[tuple[int, ...], ...]
    by: Literal["room", "trainer"] | None = None
    index: tuple[int, ...] = ()
    counted: tuple[bool, ...] = ()
    fixed_sessions: tuple[tuple[int, ...], ...] = ()
    """The fixed sessions of each group, by their numbers in the timetable."""

    def groups(self, activity: int, room: int, trainer: int) -> tuple[int, ...]:
        """The groups of an activity in a room and with a chosen trainer, without repetition."""
        if self.by is None or not self.counted[activity]:
            return self.fixed[activity]
        chosen = self.index[room if self.by == "room" else trainer]
        known = self.fixed[activity]
        return known if chosen < 0 or chosen in known else (*known, chosen)


@attrs.frozen(eq=False, kw_only=True)
class CountTerm:
    """A counting term: costs of the load of each group per bucket, or of its used buckets.

    `buckets` is the bucket of each cell, by activity; None if buckets are rooms. There are `size`
    buckets. `amounts` is the packed load of each activity (see `COUNTED` in `counts`); `base` is
    that of the fixed sessions, by group and bucket. `cost` is a function of the load, or, if
    `distinct`, of the number of buckets in use, and of the limit of the group. `weight` is 0 if the
    term is strict.
    """

    code: str
    weight: int
    membership: GroupMembership
    distinct: bool
    buckets: tuple[Sequence[int], ...] | None
    size: int
    amounts: tuple[int, ...]
    base: Mapping[tuple[int, int], int]
    cost: Callable[[int, int], int]


@attrs.frozen(eq=False, kw_only=True)
class DayPattern:
    """A day pattern: costs of the minutes in which each group is busy on each day.

    The busy time of a group and day is an int in which bit k means the k-th tick of `tick` minutes
    since midnight. `days` is the day of each cell, by activity, `bits` the ticks that it covers if
    it starts there, `base` the ticks of fixed sessions by group and day. There are `size` days.
    """

    code: str
    weight: int
    membership: GroupMembership
    days: tuple[Sequence[int], ...]
    bits: tuple[Sequence[int], ...]
    size: int
    base: Mapping[tuple[int, int], int]
    tick: int
    cost: Callable[[Busy, int], int]


@attrs.frozen(eq=False, kw_only=True)
class Precedence:
    """A precedence with a time lag: `seconds` start `gap` microseconds after the end of `firsts`.

    It holds between each of the activities `seconds` and all activities `firsts`. `ended` is the
    last end of the fixed firsts, None if there are none; `begins` are the starts of the fixed
    seconds, sorted. `weight` is 0 if the term is strict. `label` cites one of the firsts, as the
    barriers of the same term do.
    """

    code: str
    label: str = ""
    weight: int
    firsts: tuple[int, ...]
    seconds: tuple[int, ...]
    gap: int = 0
    ended: int | None = None
    begins: tuple[int, ...] = ()


@attrs.frozen(eq=False, kw_only=True)
class PairwiseGap:
    """A strict minimum gap: no two sessions of a group may clash.

    `clash` gets two session numbers, the earlier first, and the time from the end of the first to
    the start of the second in microseconds, below 0 if they overlap; of two that start together,
    either may come first. Sessions `reach` or more apart never clash.
    """

    code: str
    membership: GroupMembership
    clash: Callable[[int, int, int], bool]
    reach: int


class PlacedSession(NamedTuple):
    """A placed session as a group term sees it: its instants, its number, and its room or -1."""

    start: int
    end: int
    number: int
    room: int


@attrs.frozen(eq=False, kw_only=True)
class GroupTerm:
    """A group term, a black box: the cost of a group is a function of all its placed sessions.

    `cost` gets the sessions in order of time, and the limit of the group. `keys` splits a group
    into parts that are judged independently: a session belongs to each part that `keys` returns.
    """

    code: str
    weight: int
    membership: GroupMembership
    keys: Callable[[PlacedSession], Iterable[int]]
    cost: Callable[[tuple[PlacedSession, ...], int], int]


Barriers = Mapping[int, tuple[Barrier, ...]]


@attrs.frozen(eq=False, slots=False, kw_only=True)
class PlanningProblem:
    """The problem instance that every solver reads: domains, resources, and terms.

    Sequences named by room or trainer are indexed by form, then by room or person; those of needs
    have a last entry for none. Costs carry their weights; None means that nothing costs. The total
    of a schedule is its cost less that of the empty schedule. `windows` are the intervals of
    instants within which each activity has to lie, `step` is the distance of its starts by the
    clock. `lattice` is the distance, in microseconds, of starts that suffice to place all
    activities that can be placed at any time, 0 if it is not known; if `is_exhaustive`, the domains
    hold them.
    """

    timetable: Timetable
    axis: TimeAxis
    activities: tuple[Activity, ...]
    rooms: tuple[str, ...]
    persons: tuple[str, ...]
    resources: tuple[Resource, ...]
    room_needs: tuple[tuple[tuple[int, ...], ...], ...]
    trainer_needs: tuple[tuple[tuple[int, ...], ...], ...]
    room_barriers: tuple[Barriers, ...]
    trainer_barriers: tuple[Barriers, ...]
    time_costs: tuple[tuple[int, ...] | None, ...]
    room_time_costs: tuple[Mapping[int, tuple[int, ...]], ...]
    trainer_time_costs: tuple[Mapping[int, tuple[int, ...]], ...]
    room_costs: tuple[tuple[int, ...] | None, ...]
    orders: tuple[Precedence, ...]
    pairwise_gaps: tuple[PairwiseGap, ...]
    counts: tuple[CountTerm, ...]
    patterns: tuple[DayPattern, ...]
    group_terms: tuple[GroupTerm, ...]
    windows: tuple[Interval, ...]
    step: timedelta
    lattice: int = 0
    is_exhaustive: bool = False

    @cached_property
    def room_starts(self) -> tuple[tuple[int, ...], ...]:
        """The starts that each room leaves, by form and room; the last entry is all cells."""
        return self._left(self.room_barriers, len(self.rooms))

    @cached_property
    def trainer_starts(self) -> tuple[tuple[int, ...], ...]:
        """The starts that each person leaves, by form and person; the last entry is all cells."""
        return self._left(self.trainer_barriers, len(self.persons))

    def _left(self, barriers: tuple[Barriers, ...], choices: int) -> tuple[tuple[int, ...], ...]:
        """The intersection of the barriers of each choice, by form."""
        everything = (1 << self.axis.size) - 1
        return tuple(
            tuple(
                reduce(lambda mask, barrier: mask & barrier.starts, by.get(each, ()), everything)
                for each in (*range(choices), -1)
            )
            for by in barriers
        )

    @cached_property
    def floor(self) -> int | None:
        """A trivial lower bound: 0, or None if fixed sessions take part in terms.

        Without fixed sessions the empty schedule costs nothing, so totals are costs and never
        negative; with them an activity may lower what the fixed sessions cost.
        """
        terms: Iterable[CountTerm | DayPattern | GroupTerm | PairwiseGap]
        terms = (*self.counts, *self.patterns, *self.group_terms, *self.pairwise_gaps)
        any_fixed = any(members for each in terms for members in each.membership.fixed_sessions)
        return None if any_fixed or any(each.begins or each.ended for each in self.orders) else 0

    def domain(self, activity: int, room: int, trainer: int) -> int:
        """The start domain of an activity in a room, with a chosen trainer."""
        each = self.activities[activity]
        return (
            each.starts
            & self.room_starts[each.form][room]
            & self.trainer_starts[each.form][trainer]
        )

    def starts(self, activity: int, rooms: Iterable[int] | None = None) -> int:
        """The start domain of an activity over some of its rooms (None: all) and all its trainers.

        O(rooms times trainers) intersections of sets.
        """
        each, mask = self.activities[activity], 0
        for room in each.rooms if rooms is None else rooms:
            for trainer in each.trainers:
                mask |= self.domain(activity, room, trainer)
        return mask

    def fits(self, activity: int, at: Placement) -> bool:
        """True if a placement lies in the domain of an activity; a start of -1 never does."""
        each = self.activities[activity]
        return (
            at.start >= 0
            and at.room in each.rooms
            and at.trainer in each.trainers
            and bool(self.domain(activity, at.room, at.trainer) >> at.start & 1)
        )

    def slot(self, activity: int, start: int) -> tuple[int, int]:
        """The start and end, as instants, of an activity that starts in a cell."""
        each = self.activities[activity]
        at = self.axis.instants[start] + each.offset
        return at, at + each.length


HARD = LEVEL_WEIGHTS["hard"]


def is_binding(weight: int) -> bool:
    """True if a term of this weight is a hard constraint: strict (0), or graded at level hard."""
    return not weight or weight >= HARD


def possible_groups(membership: GroupMembership, activity: Activity, number: int) -> Iterator[int]:
    """The groups of a term that an activity, by its index, can join under some choice."""
    yield from membership.fixed[number]
    if membership.by is not None and membership.counted[number]:
        for choice in activity.rooms if membership.by == "room" else activity.trainers:
            if (
                membership.index[choice] >= 0
                and membership.index[choice] not in membership.fixed[number]
            ):
                yield membership.index[choice]
