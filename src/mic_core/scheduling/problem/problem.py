"""What a scheduling problem consists of, in whole numbers and free of nouns.

Activities are the sessions to place, numbered from 0; rooms and persons are numbered as well, and
-1 stands for none. A placement is a triple of a cell, a room and a chosen trainer. Rules of level
hard that only grow worse with more sessions are *strict*: a solver never breaks them. Everything
else is *graded*: it adds to a score in which one unit of a higher level outweighs any sum of lower
ones that occurs.
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
"""What one unit of cost of each level counts in the one number that a solver minimizes."""


class Placement(NamedTuple):
    """Where an activity stands: its first cell, its room and its chosen trainer; -1 for none."""

    start: int
    room: int = -1
    trainer: int = -1


class Barrier(NamedTuple):
    """The starts that one rule, because of what it cites, leaves to an activity."""

    code: str
    label: str
    starts: int


@attrs.frozen(eq=False, kw_only=True)
class Activity:
    """One session to place.

    `number` is its number in the timetable, `form` groups those of one length to which rules apply
    alike; it covers `cells`. `starts` is the set of cells at which it can start whatever its room
    and chosen trainer. `rooms` are the rooms that suit it; `trainers` are those to choose among,
    `persons` are given. `offset` is how many microseconds after its cell it really starts, 0 unless
    its slot is pinned. `steps` are the cells that its clock and the step of the plan leave, before
    any barrier. `current` is where it stands now. `barriers` and `unsuited` tell why not:
    starts by rule and label, and rooms by rule.
    """

    number: int
    form: int
    cells: int
    length: int
    offset: int = 0
    starts: int
    steps: int
    rooms: tuple[int, ...]
    trainers: tuple[int, ...]
    persons: tuple[int, ...]
    resources: tuple[int, ...]
    current: Placement | None = None
    barriers: tuple[Barrier, ...] = ()
    unsuited: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def choices(self) -> int:
        """How many starts, rooms and trainers there are to choose among."""
        return self.starts.bit_count() * len(self.rooms) * len(self.trainers)

    def behind(self, barriers: tuple[Barrier, ...]) -> "Activity":
        """The same with other barriers, and the starts that these leave."""
        starts = reduce(lambda mask, barrier: mask & barrier.starts, barriers, self.steps)
        return attrs.evolve(self, barriers=barriers, starts=starts)


@attrs.frozen(kw_only=True)
class Resource:
    """Something that holds at most `limit` activities at once.

    `base` counts, cell by cell, the sessions that are not to move; None where the limit is 1,
    because then the starts of activities leave them out already.
    """

    code: str
    label: str
    limit: int = 1
    base: tuple[int, ...] | None = None


@attrs.frozen(eq=False, kw_only=True)
class GroupMembership:
    """Which groups of a term an activity belongs to.

    `fixed` holds those that do not depend on the plan. `by` tells what else decides: the room or
    the chosen trainer; `index` is the group of each of these, -1 for none, and ends with that of
    "none". `counted` tells which activities the plan may tie at all.
    """

    labels: tuple[str, ...]
    limits: tuple[int, ...]
    fixed: tuple[tuple[int, ...], ...]
    by: Literal["room", "trainer"] | None = None
    index: tuple[int, ...] = ()
    counted: tuple[bool, ...] = ()
    fixed_sessions: tuple[tuple[int, ...], ...] = ()
    """The numbers in the timetable of the sessions of each group that are not to move."""

    def groups(self, activity: int, room: int, trainer: int) -> tuple[int, ...]:
        """The groups of an activity in a room and with a chosen trainer."""
        if self.by is None or not self.counted[activity]:
            return self.fixed[activity]
        chosen = self.index[room if self.by == "room" else trainer]
        known = self.fixed[activity]
        return known if chosen < 0 or chosen in known else (*known, chosen)


@attrs.frozen(eq=False, kw_only=True)
class CountTerm:
    """A table of what each group holds in each bucket, or of how many buckets it uses.

    `buckets` gives the bucket of each cell for each activity, None where buckets are rooms.
    `amounts` is what each activity adds; `base` is what is there already, by group and bucket.
    `cost` judges the sum, or, where `distinct`, the number of buckets with anything in them, and
    the limit of the group. `weight` is 0 where the term is strict.
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
    """A function of the minutes in which each group is busy on each day, kept as sets of ticks.

    `days` gives the day of each cell for each activity, `bits` the ticks it covers when it starts
    there, `base` the ticks that are busy already by group and day. A tick lasts `tick` minutes.
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
    """Each second activity starts at least `gap` microseconds after all first ones have ended.

    `ended` is when the last first one that is not to move has ended, None where there is none;
    `begins` are the starts of the second ones that are not to move. Strict where `weight` is 0.
    `label` cites the first of the first ones, as barriers of the same term do.
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
    """No two of a group may clash: `clash` gets two numbers, and the gap between them.

    The gap is in microseconds, below 0 where they overlap. Strict.
    """

    code: str
    membership: GroupMembership
    clash: Callable[[int, int, int], bool]
    reach: int


class PlacedSession(NamedTuple):
    """A session as it stands, for a term that looks at whole groups: instants and room."""

    start: int
    end: int
    number: int
    room: int


@attrs.frozen(eq=False, kw_only=True)
class GroupTerm:
    """A term that is judged group by group as a whole: `cost` gets its sessions in order of time.

    `keys` splits a group further: a session counts in each part that is named for it.
    """

    code: str
    weight: int
    membership: GroupMembership
    keys: Callable[[PlacedSession], Iterable[int]]
    cost: Callable[[tuple[PlacedSession, ...], int], int]


Barriers = Mapping[int, tuple[Barrier, ...]]


@attrs.frozen(eq=False, slots=False, kw_only=True)
class PlanningProblem:
    """What is to be placed, where it can be, and what that costs; the same for every solver.

    Sequences named by room or trainer are indexed by form and then by room or person, those of
    needs end with what having none needs. Costs carry their weights; None means that nothing
    costs. A total is what a schedule costs more than the same without any activity placed.
    `windows` are the instants between which each activity is to be, `step` is that of their starts.
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

    @cached_property
    def room_starts(self) -> tuple[tuple[int, ...], ...]:
        """The starts that each room leaves, by form; the last entry is for none: all of them."""
        return self._left(self.room_barriers, len(self.rooms))

    @cached_property
    def trainer_starts(self) -> tuple[tuple[int, ...], ...]:
        """The starts that each person leaves, by form; the last entry is for none: all of them."""
        return self._left(self.trainer_barriers, len(self.persons))

    def _left(self, barriers: tuple[Barriers, ...], choices: int) -> tuple[tuple[int, ...], ...]:
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
        """What no schedule can cost less than; None where sessions that stay take part in terms.

        Without those, costs are counted from 0.
        """
        membership = [each.membership for each in self.counts] + [
            each.membership for each in self.patterns
        ]
        membership += [each.membership for each in self.group_terms] + [
            each.membership for each in self.pairwise_gaps
        ]
        stays = any(members for each in membership for members in each.fixed_sessions)
        return None if stays or any(each.begins or each.ended for each in self.orders) else 0

    def domain(self, activity: int, room: int, trainer: int) -> int:
        """The starts that bounds leave to an activity in a room, with a chosen trainer."""
        each = self.activities[activity]
        return (
            each.starts
            & self.room_starts[each.form][room]
            & self.trainer_starts[each.form][trainer]
        )

    def starts(self, activity: int, rooms: Iterable[int] | None = None) -> int:
        """The starts that bounds leave to an activity in any of some rooms, None for all its own.

        With any of its trainers. O(rooms times trainers) sets.
        """
        each, mask = self.activities[activity], 0
        for room in each.rooms if rooms is None else rooms:
            for trainer in each.trainers:
                mask |= self.domain(activity, room, trainer)
        return mask

    def fits(self, activity: int, at: Placement) -> bool:
        """Whether bounds allow a placement, which may start at -1, whatever else stands."""
        each = self.activities[activity]
        return (
            at.start >= 0
            and at.room in each.rooms
            and at.trainer in each.trainers
            and bool(self.domain(activity, at.room, at.trainer) >> at.start & 1)
        )

    def slot(self, activity: int, start: int) -> tuple[int, int]:
        """The instants between which an activity really takes place when it starts in a cell."""
        each = self.activities[activity]
        at = self.axis.instants[start] + each.offset
        return at, at + each.length


HARD = LEVEL_WEIGHTS["hard"]


def is_binding(weight: int) -> bool:
    """Whether a term of this weight forbids: it is strict, or hard and judged as a whole."""
    return not weight or weight >= HARD


def possible_groups(membership: GroupMembership, activity: Activity, number: int) -> Iterator[int]:
    """The groups of a term that an activity, by its number, can belong to at all."""
    yield from membership.fixed[number]
    if membership.by is not None and membership.counted[number]:
        for choice in activity.rooms if membership.by == "room" else activity.trainers:
            if (
                membership.index[choice] >= 0
                and membership.index[choice] not in membership.fixed[number]
            ):
                yield membership.index[choice]
