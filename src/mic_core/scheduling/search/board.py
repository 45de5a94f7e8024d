"""A state made ready for many small moves: everything a move asks for, activity by activity.

A board shares the tables of its state, so what it changes is changed there as well. Terms that
depend on the activity alone are kept as flat tuples; whatever depends on a choice of room or
trainer, or is judged as a whole, is asked through the term.
"""

from collections.abc import Sequence

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.costs import CostTable, CountTerms, GroupTerms
from mic_core.scheduling.state.occupancy import byte_flags
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import Changing, Graded, State
from mic_core.scheduling.state.symmetry import twins_of

SumEntry = tuple[list[int], int, Sequence[int], int, CostTable]
StrictSumEntry = tuple[list[int], int, Sequence[int], int, CostTable, list[set[int]]]
DistinctEntry = tuple[list[int], int, Sequence[int], int, list[int], int, CostTable]
PatternEntry = tuple[list[int], int, Sequence[int], Sequence[int], CostTable]


class Board:
    """The activities that stand, with what a move of each of them needs to know."""

    def __init__(self, state: State) -> None:
        self.state, self.problem, self.space = state, state.problem, state.space
        problem, number = state.problem, len(state.at)
        nowhere = Placement(-1)
        self.start = [(at or nowhere).start for at in state.at]
        self.room = [(at or nowhere).room for at in state.at]
        self.trainer = [(at or nowhere).trainer for at in state.at]
        self.standing = [a for a in range(number) if state.at[a] is not None]
        self.sums: list[list[SumEntry]] = [[] for _ in range(number)]
        self.used: list[list[DistinctEntry]] = [[] for _ in range(number)]
        self.room_sums: list[list[SumEntry]] = [[] for _ in range(number)]
        self.room_used: list[list[DistinctEntry]] = [[] for _ in range(number)]
        self.ticks: list[list[PatternEntry]] = [[] for _ in range(number)]
        self.slow: list[list[Graded]] = [[] for _ in range(number)]
        self.strict_sums: list[list[StrictSumEntry]] = [[] for _ in range(number)]
        self.strict_slow: list[list[CountTerms]] = [[] for _ in range(number)]
        self.later: list[list[Changing]] = [[] for _ in range(number)]
        self.links: list[int] = [0] * number
        self._sort_terms()
        self.strict = [
            bool(
                self.strict_sums[a]
                or self.strict_slow[a]
                or state.strict_orders[a]
                or state.strict_gaps[a]
            )
            for a in range(number)
        ]
        self.seen = 0
        self.choosy = [
            bool(problem.room_time_costs[form] or problem.trainer_time_costs[form])
            for form in state.form
        ]
        self.time_costs, self.room_costs = problem.time_costs, problem.room_costs
        self.starts = self._starts()
        self.allowed = self._allowed()
        self.kind = self._kinds()
        self.families = self._families()
        self.rooms_of = [frozenset(each.rooms) for each in problem.activities]
        self.shares = [
            sum(1 << q for q in {*each.resources, *self._trainer_resources(a)})
            for a, each in enumerate(problem.activities)
        ]
        self.rivals = self._rivals()
        # What an activity always needs, and others only where they chose the same person.
        chosen = {q for a in range(number) for q in self._trainer_resources(a)}
        self.disputed = [sorted(chosen.intersection(a.resources)) for a in problem.activities]
        self.single = all(limit == 1 for limit in self.space.limits)
        self.twins = twins_of(state)
        self.at = [0] * problem.axis.size
        for a in self.standing:
            self._stand(a)
        self.busy: list[int | None] = [None] * (max(self.kind, default=-1) + 1)

    def _sort_terms(self) -> None:
        """Flat tuples for what depends on nothing but the activity; the rest as it is."""
        group_at = 0
        for counts in self.state.counts:
            membership, count = counts.membership, counts.count
            for a, groups in enumerate(membership.fixed):
                if membership.by is not None and membership.counted[a]:
                    (self.slow if count.weight else self.strict_slow)[a].append(counts)
                    self.later[a].append(counts)
                    self.links[a] |= 1
                elif groups:
                    self._sort_count(counts, a, groups, group_at)
            group_at += len(membership.labels)
        for patterns in self.state.patterns:
            membership, pattern = patterns.membership, patterns.pattern
            for a, groups in enumerate(membership.fixed):
                if membership.by is not None and membership.counted[a]:
                    self.slow[a].append(patterns)
                    self.later[a].append(patterns)
                    self.links[a] |= 1
                    continue
                for g in groups:
                    self.links[a] |= 2 << group_at + g
                    at = g * patterns.size
                    self.ticks[a].append(
                        (patterns.masks, at, pattern.days[a], pattern.bits[a], patterns.tables[g])
                    )
            group_at += len(membership.labels)
        for a in range(len(self.links)):
            graded = [
                each for each in self.state.graded[a] if isinstance(each, GroupTerms | Precedences)
            ]
            self.slow[a] += graded
            self.later[a] += graded
            self.later[a] += self.state.strict_orders[a]
            self.later[a] += self.state.strict_gaps[a]
            self.links[a] |= bool(self.later[a])

    def _sort_count(
        self, counts: CountTerms, a: int, groups: tuple[int, ...], group_at: int
    ) -> None:
        count, size = counts.count, counts.size
        amount = count.amounts[a]
        for g in groups:
            self.links[a] |= 2 << group_at + g
            table = counts.tables[g]
            buckets: Sequence[int] = () if count.buckets is None else count.buckets[a]
            if not count.weight and (count.distinct or count.buckets is None):
                if counts not in self.strict_slow[a]:
                    self.strict_slow[a].append(counts)
                    self.later[a].append(counts)
            elif count.distinct:
                used = (counts.sums, g * size, buckets, amount, counts.used, g, table)
                (self.room_used if count.buckets is None else self.used)[a].append(used)
            elif not count.weight:
                held = (counts.sums, g * size, buckets, amount, table, counts.members)
                self.strict_sums[a].append(held)
            else:
                sums = (counts.sums, g * size, buckets, amount, table)
                (self.room_sums if count.buckets is None else self.sums)[a].append(sums)

    def _starts(self) -> list[list[int]]:
        known: dict[int, list[int]] = {}
        for each in self.problem.activities:
            if each.starts not in known:
                known[each.starts] = cells_in(each.starts)
        return [known[each.starts] for each in self.problem.activities]

    def _allowed(self) -> list[bytes]:
        """For each activity a byte for each cell: 1 where it can start."""
        size, known = self.problem.axis.size, dict[int, bytes]()
        for each in self.problem.activities:
            if each.starts not in known:
                known[each.starts] = byte_flags(each.starts, size)
        return [known[each.starts] for each in self.problem.activities]

    def _kinds(self) -> list[int]:
        """Activities that always need the same resources are of one kind."""
        known: dict[tuple[int, ...], int] = {}
        kinds = [known.setdefault(each.resources, len(known)) for each in self.problem.activities]
        self.of_kind = list(known)
        self.touching: list[set[int]] = [set() for _ in self.problem.resources]
        for resources, kind in known.items():
            for resource in resources:
                self.touching[resource].add(kind)
        form_rooms = [
            [byte_flags(mask, self.problem.axis.size) for mask in by]
            for by in self.problem.room_starts
        ]
        form_trainers = [
            [byte_flags(mask, self.problem.axis.size) for mask in by]
            for by in self.problem.trainer_starts
        ]
        self.room_allowed = [form_rooms[form] for form in self.state.form]
        self.trainer_allowed = [form_trainers[form] for form in self.state.form]
        self.room_needs = [self.problem.room_needs[form] for form in self.state.form]
        self.trainer_needs = [self.problem.trainer_needs[form] for form in self.state.form]
        return kinds

    def _families(self) -> list[list[int]]:
        """The standing members of each group that costs by the number of rooms it uses."""
        found: list[list[int]] = []
        for counts in self.state.counts:
            if (
                counts.count.distinct
                and counts.count.buckets is None
                and counts.membership.by is None
            ):
                members: list[list[int]] = [[] for _ in counts.membership.labels]
                for a in self.standing:
                    for group in counts.membership.fixed[a] if self.room[a] >= 0 else ():
                        members[group].append(a)
                found += [each for each in members if len(each) > 1]
        return found

    def _rivals(self) -> list[int]:
        """For each activity those that always need something it needs, which only one can have."""
        users = [0] * len(self.problem.resources)
        for a, each in enumerate(self.problem.activities):
            for resource in each.resources:
                if self.space.limits[resource] == 1:
                    users[resource] |= 1 << a
        found: list[int] = []
        for a, each in enumerate(self.problem.activities):
            mask = 0
            for resource in each.resources:
                mask |= users[resource]
            found.append(mask & ~(1 << a))
        return found

    def _stand(self, a: int) -> None:
        """Note, or forget, in which cells an activity stands."""
        start = self.start[a]
        for cell in range(start, start + self.state.cells[a]):
            self.at[cell] ^= 1 << a

    def _trainer_resources(self, a: int) -> set[int]:
        needs = self.trainer_needs[a]
        return {q for trainer in self.problem.activities[a].trainers for q in needs[trainer]}

    # Questions

    def blocked(self, kind: int) -> int:
        """The cells in which something that a kind always needs is full."""
        busy = self.busy[kind]
        if busy is None:
            busy = 0
            full = self.space.full
            for resource in self.of_kind[kind]:
                busy |= full[resource]
            self.busy[kind] = busy
        return busy

    def strictly(self, a: int, start: int, room: int, trainer: int) -> bool:
        """Whether strict terms other than bounds and resources allow a move of a standing one."""
        s0 = self.start[a]
        for sums, base, buckets, amount, table, _ in self.strict_sums[a]:
            bucket = buckets[start]
            if bucket != buckets[s0] and table[sums[base + bucket] + amount]:
                return False
        state = self.state
        if start != s0 and state.strict_orders[a]:
            begin, end = self.problem.slot(a, start)
            for order in state.strict_orders[a]:
                for _ in order.rivals(a, begin, end):
                    return False
        if state.strict_gaps[a] or self.strict_slow[a]:
            new = Placement(start, room, trainer)
            old = Placement(s0, self.room[a], self.trainer[a])
            if any(each.delta(a, old, new) > 0 for each in self.strict_slow[a]):
                return False
            return not any(True for each in state.strict_gaps[a] for _ in each.rivals(a, new))
        return True

    def delta(self, a: int, start: int, room: int, trainer: int) -> int:
        """What a move of a standing activity would change in the total."""
        s0, r0 = self.start[a], self.room[a]
        found = 0
        if start != s0:
            costs = self.time_costs[a]
            if costs is not None:
                found += costs[start] - costs[s0]
            for masks, base, days, bits, table in self.ticks[a]:
                i, j = base + days[s0], base + days[start]
                m = masks[i]
                if i == j:
                    found += table[m ^ bits[s0] ^ bits[start]] - table[m]
                else:
                    n = masks[j]
                    found += table[m ^ bits[s0]] - table[m] + table[n ^ bits[start]] - table[n]
            for sums, base, buckets, amount, used, g, table in self.used[a]:
                i, j = base + buckets[s0], base + buckets[start]
                if i != j:
                    more = (not sums[j]) - (sums[i] == amount)
                    if more:
                        found += table[used[g] + more] - table[used[g]]
            for sums, base, buckets, amount, table in self.sums[a]:
                i, j = base + buckets[s0], base + buckets[start]
                if i != j:
                    m, n = sums[i], sums[j]
                    found += table[m - amount] - table[m] + table[n + amount] - table[n]
        if room != r0:
            costs = self.room_costs[a]
            if costs is not None:
                found += costs[room] - costs[r0]
            for sums, base, _, amount, used, g, table in self.room_used[a]:
                more = (not sums[base + room]) - (sums[base + r0] == amount)
                if more:
                    found += table[used[g] + more] - table[used[g]]
            for sums, base, _, amount, table in self.room_sums[a]:
                m, n = sums[base + r0], sums[base + room]
                found += table[m - amount] - table[m] + table[n + amount] - table[n]
        if self.choosy[a] or self.slow[a]:
            found += self._slowly(a, start, room, trainer)
        return found

    def _slowly(self, a: int, start: int, room: int, trainer: int) -> int:
        old = Placement(self.start[a], self.room[a], self.trainer[a])
        new = Placement(start, room, trainer)
        found = sum(each.delta(a, old, new) for each in self.slow[a])
        form = self.state.form[a]
        for at, sign in ((new, 1), (old, -1)) if self.choosy[a] else ():
            for by, choice in (
                (self.problem.room_time_costs[form], at.room),
                (self.problem.trainer_time_costs[form], at.trainer),
            ):
                if choice in by:
                    found += sign * by[choice][at.start]
        return found

    def standing_in(self, start: int, cells: int) -> int:
        """The set of activities that stand in some of so many cells."""
        found = self.at[start]
        for cell in range(start + 1, start + cells):
            found |= self.at[cell]
        return found

    def linked(self, a: int, b: int) -> bool:
        """Whether two activities may need the same resource beside a room."""
        return bool(self.shares[a] & self.shares[b])

    def kept(self, a: int) -> bool:
        """Whether strict terms other than bounds and resources are kept where an activity is."""
        for sums, base, buckets, _, table, _ in self.strict_sums[a]:
            if table[sums[base + buckets[self.start[a]]]]:
                return False
        state, at = self.state, Placement(self.start[a], self.room[a], self.trainer[a])
        begin, end = self.problem.slot(a, at.start)
        return not (
            any(True for each in state.strict_orders[a] for _ in each.rivals(a, begin, end))
            or any(True for each in state.strict_gaps[a] for _ in each.rivals(a, at))
            or any(
                each.tables[g][each.used[g] if each.count.distinct else each.sums[place]] > 0
                for each in self.strict_slow[a]
                for g, place in each.keys(a, at)
            )
        )

    # Changes

    def shift(self, a: int, start: int, room: int, trainer: int) -> None:
        """Let all terms know of a move; resources are left as they are."""
        s0, r0 = self.start[a], self.room[a]
        if start != s0:
            for masks, base, days, bits, _ in self.ticks[a]:
                masks[base + days[s0]] ^= bits[s0]
                masks[base + days[start]] ^= bits[start]
            for sums, base, buckets, amount, used, g, _ in self.used[a]:
                _move_amount(sums, base + buckets[s0], base + buckets[start], amount, used, g)
            for sums, base, buckets, amount, _ in self.sums[a]:
                sums[base + buckets[s0]] -= amount
                sums[base + buckets[start]] += amount
            for sums, base, buckets, amount, _, held in self.strict_sums[a]:
                i, j = base + buckets[s0], base + buckets[start]
                sums[i] -= amount
                sums[j] += amount
                held[i].remove(a)
                held[j].add(a)
        if room != r0:
            for sums, base, _, amount, used, g, _ in self.room_used[a]:
                _move_amount(sums, base + r0, base + room, amount, used, g)
            for sums, base, _, amount, _ in self.room_sums[a]:
                sums[base + r0] -= amount
                sums[base + room] += amount
        if self.later[a]:
            old = Placement(s0, r0, self.trainer[a])
            new = Placement(start, room, trainer)
            for each in self.later[a]:
                each.change(a, old, -1)
                each.change(a, new, 1)
        self.start[a], self.room[a], self.trainer[a] = start, room, trainer

    def leave(self, a: int) -> None:
        """Give back the resources that an activity holds where it stands."""
        start, cells = self.start[a], self.state.cells[a]
        for resource in self.needs(a, self.room[a], self.trainer[a]):
            self.space.leave(resource, a, start, cells)
            for kind in self.touching[resource]:
                self.busy[kind] = None
        self._stand(a)

    def take(self, a: int) -> None:
        """Hold the resources that an activity needs where it stands."""
        start, cells = self.start[a], self.state.cells[a]
        for resource in self.needs(a, self.room[a], self.trainer[a]):
            self.space.take(resource, a, start, cells)
            for kind in self.touching[resource]:
                self.busy[kind] = None
        self._stand(a)
        self.state.at[a] = Placement(start, self.room[a], self.trainer[a])

    def needs(self, a: int, room: int, trainer: int) -> tuple[int, ...]:
        """The resources of an activity in a room with a trainer."""
        always = self.state.resources[a]
        return (*always, *self.room_needs[a][room], *self.trainer_needs[a][trainer])


def _move_amount(sums: list[int], i: int, j: int, amount: int, used: list[int], g: int) -> None:
    if i != j:
        if not sums[j]:
            used[g] += 1
        if sums[i] == amount:
            used[g] -= 1
        sums[i] -= amount
        sums[j] += amount
