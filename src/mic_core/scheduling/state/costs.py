"""Delta evaluation of counting terms, day patterns and group terms.

Each class keeps the sums, bitsets or session sets of one term, so that the change of cost of one
move is found from the few groups that the activity leaves or joins: O(groups of the activity), for
group terms O(sessions of the parts). Costs of sums and bitsets are looked up in memoized tables.
Invariant of all: `change` for a placement with sign 1 and then -1 restores the state.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain

from mic_core.rules import Busy
from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.problem.problem import (
    CountTerm,
    DayPattern,
    GroupMembership,
    GroupTerm,
    PlacedSession,
    Placement,
    PlanningProblem,
)

REMEMBERED = 200_000
"""Entries of the memory of one group term: a budget, any value gives the same costs."""


class CostTable(dict[int, int]):
    """A memoized cost table by value; value 0 costs 0 without asking the term."""

    __slots__ = ("judge",)

    def __init__(self, judge: Callable[[int], int]) -> None:
        super().__init__({0: 0})
        self.judge = judge

    def __missing__(self, value: int) -> int:
        cost = self[value] = self.judge(value)
        return cost


def count_tables(count: CountTerm) -> Callable[[int], CostTable]:
    """The weighted cost table for a limit: by packed sum, or by the number of used buckets.

    Groups of equal limit share a table. A strict term has weight 0; its table holds plain costs,
    of which only the sign matters.
    """
    weight, cost, distinct = count.weight or 1, count.cost, count.distinct

    @cache
    def of(limit: int) -> CostTable:
        if distinct:
            return CostTable(lambda used: weight * cost(used, limit))
        # The packed sum holds the amount above the number of sessions.
        return CostTable(lambda packed: weight * cost(packed // COUNTED, limit))

    return of


def pattern_tables(pattern: DayPattern) -> Callable[[int], CostTable]:
    """The weighted cost table for a limit, by the bitset of busy ticks."""
    weight, cost, tick = pattern.weight, pattern.cost, pattern.tick

    @cache
    def of(limit: int) -> CostTable:
        return CostTable(lambda ticks: weight * cost(busy_minutes(ticks, tick), limit))

    return of


def busy_minutes(ticks: int, tick: int) -> Busy:
    """The busy intervals of a day, in minutes, from the bitset of its ticks. O(intervals).

    >>> busy_minutes(0b11001110, 15)
    ((15, 60), (90, 120))
    """
    found: list[tuple[int, int]] = []
    at = 0
    while ticks:
        # The lowest set bit ends the gap, the lowest clear bit after it ends the interval.
        gap = (ticks & -ticks).bit_length() - 1
        ticks >>= gap
        at += gap
        length = (~ticks & (ticks + 1)).bit_length() - 1
        found.append((at * tick, (at + length) * tick))
        ticks >>= length
        at += length
    return tuple(found)


class CountTerms:
    """The state of a counting term: packed sums by group and bucket, and used buckets by group.

    `sums` and `members` are flat lists indexed by `group * size + bucket` (called a place). `used`
    is the number of buckets with a session, by group. `members` are the activities in each place,
    kept only for strict terms, which name rivals. `tables` are cost tables by group.
    """

    def __init__(self, count: CountTerm) -> None:
        self.weight = count.weight
        self.count = count
        self.membership: GroupMembership = count.membership
        groups, self.size = len(count.membership.labels), count.size
        self.sums = [0] * (groups * self.size)
        self.used = [0] * groups
        for (group, bucket), value in count.base.items():
            self.sums[group * self.size + bucket] = value
            self.used[group] += 1
        of = count_tables(count)
        self.tables: list[CostTable] = [of(limit) for limit in count.membership.limits]
        self.members: list[set[int]] = [] if count.weight else [set() for _ in self.sums]

    def keys(self, activity: int, at: Placement | None) -> list[tuple[int, int]]:
        """The groups of an activity in a placement, each with the place of its sum."""
        if at is None:
            return []
        buckets = self.count.buckets
        bucket = at.room if buckets is None else buckets[activity][at.start]
        if bucket < 0:
            return []
        groups = self.membership.groups(activity, at.room, at.trainer)
        return [(group, group * self.size + bucket) for group in groups]

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """The change of cost if an activity moves; None is no placement."""
        before, after = self.keys(activity, old), self.keys(activity, new)
        if before == after:
            return 0
        amount, sums, tables = self.count.amounts[activity], self.sums, self.tables
        delta = 0
        if self.count.distinct:
            # A place is emptied if the activity is all it holds, and opened if it holds nothing.
            moves: dict[int, int] = {}
            for group, place in before:
                if (group, place) not in after and sums[place] == amount:
                    moves[group] = moves.get(group, 0) - 1
            for group, place in after:
                if (group, place) not in before and not sums[place]:
                    moves[group] = moves.get(group, 0) + 1
            for group, move in moves.items():
                used = self.used[group]
                delta += tables[group][used + move] - tables[group][used]
            return delta
        for group, place in before:
            if (group, place) not in after:
                delta += tables[group][sums[place] - amount] - tables[group][sums[place]]
        for group, place in after:
            if (group, place) not in before:
                delta += tables[group][sums[place] + amount] - tables[group][sums[place]]
        return delta

    def costs(self, activity: int, at: Placement) -> bool:
        """True if a group of an activity costs anything at its placement."""
        values = self.used if self.count.distinct else None
        return any(
            self.tables[g][values[g] if values is not None else self.sums[place]] > 0
            for g, place in self.keys(activity, at)
        )

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Add an activity at a placement (sign 1) or take it out (-1)."""
        amount, sums = sign * self.count.amounts[activity], self.sums
        for group, place in self.keys(activity, at):
            before = sums[place]
            sums[place] = before + amount
            # A packed sum is 0 only if its bucket is empty.
            if not before:
                self.used[group] += 1
            elif before == -amount:
                self.used[group] -= 1
            if self.members and sign > 0:
                self.members[place].add(activity)
            elif self.members:
                self.members[place].remove(activity)

    def excess(self, activity: int, at: Placement) -> int:
        """The cost of the groups of an unplaced activity, if it were placed there."""
        amount, sums = self.count.amounts[activity], self.sums
        keys = self.keys(activity, at)
        if self.count.distinct:
            return sum(self.tables[g][self.used[g] + (not sums[place])] for g, place in keys)
        return sum(self.tables[g][sums[place] + amount] for g, place in keys)

    def rivals(self, activity: int, at: Placement, weights: Sequence[int]) -> set[int] | None:
        """The activities to remove so that a strict term allows a placement, greedily the lightest.

        None if fixed sessions forbid it.
        """
        leaving: set[int] = set()
        amount = self.count.amounts[activity]
        for group, place in self.keys(activity, at):
            table = self.tables[group]
            if self.count.distinct:
                used = self.used[group] + (not self.sums[place])
                parts = self._removable_buckets(group, place, weights) if table[used] else []
            else:
                used = self.sums[place] + amount
                # Equal weights are ordered by activity, for determinism.
                lightest = sorted(self.members[place], key=lambda each: (weights[each], each))
                parts = [(self.count.amounts[each], {each}) for each in lightest]
            for less, members in parts:
                if not table[used]:
                    break
                used -= less
                leaving |= members
            if table[used]:
                return None
        return leaving

    def _removable_buckets(
        self, group: int, kept: int, weights: Sequence[int]
    ) -> list[tuple[int, set[int]]]:
        """The other used buckets of a group that removals can empty, the lightest first.

        A bucket with a fixed session cannot be emptied.
        """
        found: list[tuple[int, int, set[int]]] = []
        for place in range(group * self.size, (group + 1) * self.size):
            members = self.members[place]
            own = sum(self.count.amounts[each] for each in members)
            if members and place != kept and own == self.sums[place]:
                found.append((sum(weights[each] for each in members), place, members))
        return [(1, members) for _, _, members in sorted(found, key=lambda each: each[:2])]


class DayPatterns:
    """The state of a day pattern: the bitset of busy ticks by group and day.

    `masks` is a flat list indexed by `group * size + day`. The sessions of a group never overlap,
    so an exclusive or with the ticks of an activity both adds and removes it.
    """

    def __init__(self, pattern: DayPattern) -> None:
        self.weight = pattern.weight
        self.pattern = pattern
        self.membership: GroupMembership = pattern.membership
        self.size = pattern.size
        self.masks = [0] * (len(pattern.membership.labels) * pattern.size)
        for (group, day), ticks in pattern.base.items():
            self.masks[group * pattern.size + day] = ticks
        of = pattern_tables(pattern)
        self.tables: list[CostTable] = [of(limit) for limit in pattern.membership.limits]

    def ticks(self, activity: int, at: Placement | None) -> list[tuple[int, int, int]]:
        """The groups of an activity in a placement, with the place of each mask and the ticks."""
        if at is None:
            return []
        pattern = self.pattern
        day, bits = pattern.days[activity][at.start], pattern.bits[activity][at.start]
        groups = pattern.membership.groups(activity, at.room, at.trainer)
        return [(group, group * self.size + day, bits) for group in groups]

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """The change of cost if an activity moves; None is no placement."""
        toggled: dict[tuple[int, int], int] = {}
        for group, place, bits in chain(self.ticks(activity, old), self.ticks(activity, new)):
            toggled[group, place] = toggled.get((group, place), 0) ^ bits
        delta = 0
        for (group, place), bits in toggled.items():
            mask, table = self.masks[place], self.tables[group]
            delta += table[mask ^ bits] - table[mask]
        return delta

    def costs(self, activity: int, at: Placement) -> bool:
        """True if a day of an activity costs anything at its placement."""
        ticks = self.ticks(activity, at)
        return any(self.tables[group][self.masks[place]] > 0 for group, place, _ in ticks)

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Add an activity at a placement or take it out: both toggle its ticks."""
        for _, place, bits in self.ticks(activity, at):
            self.masks[place] ^= bits


GroupPart = tuple[int, int]
"""The index of a group of a term, and the key of a part of it."""


class GroupTerms:
    """The state of a group term: the placed sessions of each part, with memoized costs.

    `parts` holds the sessions of each part, fixed ones too. `known` is the cost by group and
    sessions; it is emptied when it holds `remembered` entries.
    """

    def __init__(
        self, problem: PlanningProblem, term: GroupTerm, *, remembered: int = REMEMBERED
    ) -> None:
        self.weight = term.weight
        self.remembered = remembered
        self.problem, self.term = problem, term
        self.membership: GroupMembership = term.membership
        self.parts: dict[GroupPart, frozenset[PlacedSession]] = {}
        self.known: dict[tuple[int, frozenset[PlacedSession]], int] = {}
        timetable = problem.timetable
        rooms = {id: place for place, id in enumerate(problem.rooms)}
        for group, members in enumerate(term.membership.fixed_sessions):
            for n in members:
                room = rooms.get(timetable.sessions[n].room_id or "", -1)
                session = PlacedSession(timetable.starts[n], timetable.ends[n], n, room)
                for key in term.keys(session):
                    sessions = self.parts.get((group, key), frozenset())
                    self.parts[group, key] = sessions | {session}

    def cost(self, group: int, sessions: frozenset[PlacedSession]) -> int:
        """The weighted cost of a part of a group that holds these sessions."""
        if not sessions:
            return 0
        key = group, sessions
        if key not in self.known:
            if len(self.known) >= self.remembered:
                self.known.clear()
            judged = self.term.cost(tuple(sorted(sessions)), self.term.membership.limits[group])
            self.known[key] = self.term.weight * judged
        return self.known[key]

    def costs(self, activity: int, at: Placement) -> bool:
        """True if a part of an activity costs anything at its placement."""
        return any(self.cost(p[0], self.parts[p]) > 0 for p, _ in self.touched(activity, at))

    def touched(
        self, activity: int, at: Placement | None
    ) -> Iterator[tuple[GroupPart, PlacedSession]]:
        """The parts of an activity in a placement, each with the session as placed."""
        if at is not None:
            start, end = self.problem.slot(activity, at.start)
            session = PlacedSession(start, end, self.problem.activities[activity].number, at.room)
            for group in self.term.membership.groups(activity, at.room, at.trainer):
                for key in self.term.keys(session):
                    yield (group, key), session

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """The change of cost if an activity moves; None is no placement."""
        after: dict[GroupPart, frozenset[PlacedSession]] = {}
        nothing: frozenset[PlacedSession] = frozenset()
        for part, session in self.touched(activity, old):
            after[part] = self.parts[part] - {session}
        for part, session in self.touched(activity, new):
            after[part] = after.get(part, self.parts.get(part, nothing)) | {session}
        return sum(
            self.cost(part[0], sessions) - self.cost(part[0], self.parts.get(part, nothing))
            for part, sessions in after.items()
        )

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Add an activity at a placement (sign 1) or take it out (-1)."""
        for part, session in self.touched(activity, at):
            sessions = self.parts.get(part, frozenset())
            self.parts[part] = sessions | {session} if sign > 0 else sessions - {session}
