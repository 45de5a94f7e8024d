"""Terms that cost: what moving one activity would change, and the change itself."""

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
"""How many parts of groups are remembered with what they cost, for one term."""


class CostTable(dict[int, int]):
    """Costs by value, 0 for nothing; what is not known yet is computed and kept."""

    __slots__ = ("judge",)

    def __init__(self, judge: Callable[[int], int]) -> None:
        super().__init__({0: 0})
        self.judge = judge

    def __missing__(self, value: int) -> int:
        cost = self[value] = self.judge(value)
        return cost


def count_tables(count: CountTerm) -> Callable[[int], CostTable]:
    """The table of each limit: by the sum as it is kept, or by the number of buckets used."""
    weight, cost, distinct = count.weight or 1, count.cost, count.distinct

    @cache
    def of(limit: int) -> CostTable:
        if distinct:
            return CostTable(lambda used: weight * cost(used, limit))
        return CostTable(lambda held: weight * cost(held // COUNTED, limit))

    return of


def pattern_tables(pattern: DayPattern) -> Callable[[int], CostTable]:
    """The table of each limit, by the set of ticks that are busy."""
    weight, cost, tick = pattern.weight, pattern.cost, pattern.tick

    @cache
    def of(limit: int) -> CostTable:
        return CostTable(lambda ticks: weight * cost(busy_minutes(ticks, tick), limit))

    return of


def busy_minutes(ticks: int, tick: int) -> Busy:
    """The minutes of a day from the set of its ticks.

    >>> busy_minutes(0b11001110, 15)
    ((15, 60), (90, 120))
    """
    found: list[tuple[int, int]] = []
    at = 0
    while ticks:
        gap = (ticks & -ticks).bit_length() - 1
        ticks >>= gap
        at += gap
        length = (~ticks & (ticks + 1)).bit_length() - 1
        found.append((at * tick, (at + length) * tick))
        ticks >>= length
        at += length
    return tuple(found)


class CountTerms:
    """A counting term: sums by group and bucket, and for distinct ones the buckets used."""

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
        self.held: list[set[int]] = [] if count.weight else [set() for _ in self.sums]

    def keys(self, activity: int, at: Placement | None) -> list[tuple[int, int]]:
        """Each group with the place of its sum, for an activity that stands somewhere."""
        if at is None:
            return []
        buckets = self.count.buckets
        bucket = at.room if buckets is None else buckets[activity][at.start]
        if bucket < 0:
            return []
        groups = self.membership.groups(activity, at.room, at.trainer)
        return [(group, group * self.size + bucket) for group in groups]

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """What a step would change."""
        before, after = self.keys(activity, old), self.keys(activity, new)
        if before == after:
            return 0
        amount, sums, tables = self.count.amounts[activity], self.sums, self.tables
        delta = 0
        if self.count.distinct:
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
        """Whether something costs where an activity stands."""
        values = self.used if self.count.distinct else None
        return any(
            self.tables[g][values[g] if values is not None else self.sums[place]] > 0
            for g, place in self.keys(activity, at)
        )

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Put an activity somewhere (1) or take it away (-1)."""
        amount, sums = sign * self.count.amounts[activity], self.sums
        for group, place in self.keys(activity, at):
            held = sums[place]
            sums[place] = held + amount
            if not held:
                self.used[group] += 1
            elif held == -amount:
                self.used[group] -= 1
            if self.held and sign > 0:
                self.held[place].add(activity)
            elif self.held:
                self.held[place].remove(activity)

    def excess(self, activity: int, at: Placement) -> int:
        """What the groups of an activity would cost with it there, for one that stands nowhere."""
        amount, sums = self.count.amounts[activity], self.sums
        keys = self.keys(activity, at)
        if self.count.distinct:
            return sum(self.tables[g][self.used[g] + (not sums[place])] for g, place in keys)
        return sum(self.tables[g][sums[place] + amount] for g, place in keys)

    def rivals(self, activity: int, at: Placement, weigh: Sequence[int]) -> set[int] | None:
        """The lightest activities to leave so that a strict term allows one more.

        None where even that would not do.
        """
        leaving: set[int] = set()
        amount = self.count.amounts[activity]
        for group, place in self.keys(activity, at):
            table = self.tables[group]
            if self.count.distinct:
                used = self.used[group] + (not self.sums[place])
                parts = self._parts(group, place, weigh) if table[used] else []
            else:
                used = self.sums[place] + amount
                lightest = sorted(self.held[place], key=lambda each: (weigh[each], each))
                parts = [(self.count.amounts[each], {each}) for each in lightest]
            for less, members in parts:
                if not table[used]:
                    break
                used -= less
                leaving |= members
            if table[used]:
                return None
        return leaving

    def _parts(self, group: int, kept: int, weigh: Sequence[int]) -> list[tuple[int, set[int]]]:
        """The other buckets of a group that could be emptied, the lightest first."""
        found: list[tuple[int, int, set[int]]] = []
        for place in range(group * self.size, (group + 1) * self.size):
            members = self.held[place]
            own = sum(self.count.amounts[each] for each in members)
            if members and place != kept and own == self.sums[place]:
                found.append((sum(weigh[each] for each in members), place, members))
        return [(1, members) for _, _, members in sorted(found, key=lambda each: each[:2])]


class DayPatterns:
    """A term of day patterns: the busy ticks by group and day, toggled by exclusive or."""

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
        """Group, place of its mask, and the ticks that an activity covers there."""
        if at is None:
            return []
        pattern = self.pattern
        day, bits = pattern.days[activity][at.start], pattern.bits[activity][at.start]
        groups = pattern.membership.groups(activity, at.room, at.trainer)
        return [(group, group * self.size + day, bits) for group in groups]

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """What a step would change."""
        toggled: dict[tuple[int, int], int] = {}
        for group, place, bits in chain(self.ticks(activity, old), self.ticks(activity, new)):
            toggled[group, place] = toggled.get((group, place), 0) ^ bits
        delta = 0
        for (group, place), bits in toggled.items():
            mask, table = self.masks[place], self.tables[group]
            delta += table[mask ^ bits] - table[mask]
        return delta

    def costs(self, activity: int, at: Placement) -> bool:
        """Whether something costs where an activity stands."""
        ticks = self.ticks(activity, at)
        return any(self.tables[group][self.masks[place]] > 0 for group, place, _ in ticks)

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Put an activity somewhere or take it away."""
        for _, place, bits in self.ticks(activity, at):
            self.masks[place] ^= bits


GroupPart = tuple[int, int]
"""A group of a term, and a part of it."""


class GroupTerms:
    """A term judged as a whole, group by group and part by part; costs are kept by content."""

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
                stand = PlacedSession(timetable.starts[n], timetable.ends[n], n, room)
                for key in term.keys(stand):
                    held = self.parts.get((group, key), frozenset())
                    self.parts[group, key] = held | {stand}

    def cost(self, group: int, stands: frozenset[PlacedSession]) -> int:
        """What a part of a group costs."""
        if not stands:
            return 0
        key = group, stands
        if key not in self.known:
            if len(self.known) >= self.remembered:
                self.known.clear()
            judged = self.term.cost(tuple(sorted(stands)), self.term.membership.limits[group])
            self.known[key] = self.term.weight * judged
        return self.known[key]

    def costs(self, activity: int, at: Placement) -> bool:
        """Whether something costs where an activity stands."""
        return any(self.cost(p[0], self.parts[p]) > 0 for p, _ in self.touched(activity, at))

    def touched(
        self, activity: int, at: Placement | None
    ) -> Iterator[tuple[GroupPart, PlacedSession]]:
        """The parts an activity belongs to where it stands."""
        if at is not None:
            start, end = self.problem.slot(activity, at.start)
            stand = PlacedSession(start, end, self.problem.activities[activity].number, at.room)
            for group in self.term.membership.groups(activity, at.room, at.trainer):
                for key in self.term.keys(stand):
                    yield (group, key), stand

    def delta(self, activity: int, old: Placement | None, new: Placement | None) -> int:
        """What a step would change."""
        after: dict[GroupPart, frozenset[PlacedSession]] = {}
        nothing: frozenset[PlacedSession] = frozenset()
        for part, stand in self.touched(activity, old):
            after[part] = self.parts[part] - {stand}
        for part, stand in self.touched(activity, new):
            after[part] = after.get(part, self.parts.get(part, nothing)) | {stand}
        return sum(
            self.cost(part[0], stands) - self.cost(part[0], self.parts.get(part, nothing))
            for part, stands in after.items()
        )

    def change(self, activity: int, at: Placement, sign: int) -> None:
        """Put an activity somewhere (1) or take it away (-1)."""
        for part, stand in self.touched(activity, at):
            held = self.parts.get(part, frozenset())
            self.parts[part] = held | {stand} if sign > 0 else held - {stand}
