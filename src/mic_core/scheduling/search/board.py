"""The state flattened for fast moves: per activity, all that a neighborhood move needs to know.

Local search evaluates millions of moves, and attribute look-ups and method calls would dominate its
time. Terms whose groups do not depend on a choice are therefore flat tuples, evaluated inline by
`delta` and changed inline by `shift`; all other terms are evaluated through their objects (slow
terms). A board shares the lists of its state, so a move changes both. Invariant between moves:
`start`, `room` and `trainer` agree with `state.at`; `state.total` is left to the search.
"""

from collections.abc import Sequence
from functools import cache, partial

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.costs import CostTable, CountTerms, GroupTerms
from mic_core.scheduling.state.occupancy import byte_flags
from mic_core.scheduling.state.precedence import Precedences
from mic_core.scheduling.state.state import Changing, Graded, State
from mic_core.scheduling.state.symmetry import twins_of

SumEntry = tuple[list[int], int, Sequence[int], int, CostTable]
"""A graded counting term for one activity and group: the term's sums, the place of the group's
first bucket, the bucket by start, the packed amount, and the cost table of the group."""

StrictSumEntry = tuple[list[int], int, Sequence[int], int, CostTable, list[set[int]]]
"""A strict counting term, likewise, with the activities of each place."""

DistinctEntry = tuple[list[int], int, Sequence[int], int, list[int], int, CostTable]
"""A term of used buckets, likewise; used buckets by group and the group precede the table."""

PatternEntry = tuple[list[int], int, Sequence[int], Sequence[int], CostTable]
"""A day pattern for one activity and group: the term's masks, the place of the group's first day,
the day by start, the ticks by start, and the cost table of the group."""


class Board:
    """The placed activities with flat tables for their moves; lists are indexed by activity.

    `start`, `room` and `trainer` are the placement, -1 for none, and `placed` the activities that
    have one: a board moves them and never unplaces any. `occupants` is, by cell, the set of
    activities in it; this set, `rival_masks` and `twins` have bit b for activity b. `links` is a
    set of terms: two activities without a common bit share no term, so the changes of their moves
    add up. Bit 0 means a slow term, bit 1 + k the k-th group of all flat terms. `kind` is the class
    of activities that need the same resources under every choice; `full_cells` caches the cells in
    which one of these is full, by kind, None after a change. `resource_masks` has bit q for every
    resource q that an activity may need beside a room. `last_delta` is the change of cost of the
    shift evaluated last.
    """

    def __init__(self, state: State) -> None:
        self.state, self.problem, self.space = state, state.problem, state.space
        problem, number = state.problem, len(state.at)
        nowhere = Placement(-1)
        self.start = [(at or nowhere).start for at in state.at]
        self.room = [(at or nowhere).room for at in state.at]
        self.trainer = [(at or nowhere).trainer for at in state.at]
        self.placed = [a for a in range(number) if state.at[a] is not None]
        self.sums: list[list[SumEntry]] = [[] for _ in range(number)]
        self.used: list[list[DistinctEntry]] = [[] for _ in range(number)]
        self.room_sums: list[list[SumEntry]] = [[] for _ in range(number)]
        self.room_used: list[list[DistinctEntry]] = [[] for _ in range(number)]
        self.ticks: list[list[PatternEntry]] = [[] for _ in range(number)]
        self.slow_graded: list[list[Graded]] = [[] for _ in range(number)]
        self.strict_sums: list[list[StrictSumEntry]] = [[] for _ in range(number)]
        self.slow_strict: list[list[CountTerms]] = [[] for _ in range(number)]
        self.slow_terms: list[list[Changing]] = [[] for _ in range(number)]
        self.links: list[int] = [0] * number
        self._sort_terms()
        self.has_strict = [
            bool(
                self.strict_sums[a]
                or self.slow_strict[a]
                or state.strict_orders[a]
                or state.strict_gaps[a]
            )
            for a in range(number)
        ]
        self.last_delta = 0
        self.has_choice_costs = [
            bool(problem.room_time_costs[form] or problem.trainer_time_costs[form])
            for form in state.form
        ]
        self.time_costs, self.room_costs = problem.time_costs, problem.room_costs
        self.starts = self._starts()
        self.allowed = self._allowed()
        self.kind = self._kinds()
        self.room_groups = self._room_groups()
        self.room_sets = [frozenset(each.rooms) for each in problem.activities]
        self.resource_masks = [
            sum(1 << q for q in {*each.resources, *self._trainer_resources(a)})
            for a, each in enumerate(problem.activities)
        ]
        self.rival_masks = self._rival_masks()
        # Resources that an activity needs always, and others only if they choose the same person.
        chosen = {q for a in range(number) for q in self._trainer_resources(a)}
        self.contested = [sorted(chosen.intersection(a.resources)) for a in problem.activities]
        self.all_disjunctive = all(limit == 1 for limit in self.space.limits)
        self.twins = twins_of(state)
        self.occupants = [0] * problem.axis.size
        for a in self.placed:
            self._toggle_occupant(a)
        self.full_cells: list[int | None] = [None] * (max(self.kind, default=-1) + 1)

    def _sort_terms(self) -> None:
        """Sort the terms of each activity into flat entries and slow terms, and set its links."""
        group_at = 0
        for counts in self.state.counts:
            membership, count = counts.membership, counts.count
            for a, groups in enumerate(membership.fixed):
                if membership.by is not None and membership.counted[a]:
                    (self.slow_graded if count.weight else self.slow_strict)[a].append(counts)
                    self.slow_terms[a].append(counts)
                    self.links[a] |= 1
                elif groups:
                    self._sort_count(counts, a, groups, group_at)
            group_at += len(membership.labels)
        for patterns in self.state.patterns:
            membership, pattern = patterns.membership, patterns.pattern
            for a, groups in enumerate(membership.fixed):
                if membership.by is not None and membership.counted[a]:
                    self.slow_graded[a].append(patterns)
                    self.slow_terms[a].append(patterns)
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
            self.slow_graded[a] += graded
            self.slow_terms[a] += graded
            self.slow_terms[a] += self.state.strict_orders[a]
            self.slow_terms[a] += self.state.strict_gaps[a]
            self.links[a] |= bool(self.slow_terms[a])

    def _sort_count(
        self, counts: CountTerms, a: int, groups: tuple[int, ...], group_at: int
    ) -> None:
        """Add the entries of a counting term for an activity; its links begin at `group_at`."""
        count, size = counts.count, counts.size
        amount = count.amounts[a]
        for g in groups:
            self.links[a] |= 2 << group_at + g
            table = counts.tables[g]
            buckets: Sequence[int] = () if count.buckets is None else count.buckets[a]
            if not count.weight and (count.distinct or count.buckets is None):
                if counts not in self.slow_strict[a]:
                    self.slow_strict[a].append(counts)
                    self.slow_terms[a].append(counts)
            elif count.distinct:
                used = (counts.sums, g * size, buckets, amount, counts.used, g, table)
                (self.room_used if count.buckets is None else self.used)[a].append(used)
            elif not count.weight:
                entry = (counts.sums, g * size, buckets, amount, table, counts.members)
                self.strict_sums[a].append(entry)
            else:
                sums = (counts.sums, g * size, buckets, amount, table)
                (self.room_sums if count.buckets is None else self.sums)[a].append(sums)

    def _starts(self) -> list[list[int]]:
        """The start domain of each activity as a list; activities of equal domain share it."""
        known: dict[int, list[int]] = {}
        for each in self.problem.activities:
            if each.starts not in known:
                known[each.starts] = cells_in(each.starts)
        return [known[each.starts] for each in self.problem.activities]

    def _allowed(self) -> list[bytes]:
        """The start domain of each activity as bytes, 1 for a cell at which it can start."""
        size, known = self.problem.axis.size, dict[int, bytes]()
        for each in self.problem.activities:
            if each.starts not in known:
                known[each.starts] = byte_flags(each.starts, size)
        return [known[each.starts] for each in self.problem.activities]

    def _kinds(self) -> list[int]:
        """The kind of each activity; also the flat tables of rooms and trainers by class."""
        known: dict[tuple[int, ...], int] = {}
        kinds = [known.setdefault(each.resources, len(known)) for each in self.problem.activities]
        self.resources_of_kind = list(known)
        self.kinds_of_resource: list[set[int]] = [set() for _ in self.problem.resources]
        for resources, kind in known.items():
            for resource in resources:
                self.kinds_of_resource[resource].add(kind)
        # Most rooms and persons leave equal starts, so that equal sets share their bytes.
        flags = cache(partial(byte_flags, size=self.problem.axis.size))
        form_rooms = [[*map(flags, by)] for by in self.problem.room_starts]
        form_trainers = [[*map(flags, by)] for by in self.problem.trainer_starts]
        self.room_allowed = [form_rooms[form] for form in self.state.form]
        self.trainer_allowed = [form_trainers[form] for form in self.state.form]
        self.room_needs = [self.problem.room_needs[form] for form in self.state.form]
        self.trainer_needs = [self.problem.trainer_needs[form] for form in self.state.form]
        return kinds

    def _room_groups(self) -> list[list[int]]:
        """The placed members of each group that has a term of its number of used rooms."""
        found: list[list[int]] = []
        for counts in self.state.counts:
            if (
                counts.count.distinct
                and counts.count.buckets is None
                and counts.membership.by is None
            ):
                members: list[list[int]] = [[] for _ in counts.membership.labels]
                for a in self.placed:
                    for group in counts.membership.fixed[a] if self.room[a] >= 0 else ():
                        members[group].append(a)
                found += [each for each in members if len(each) > 1]
        return found

    def _rival_masks(self) -> list[int]:
        """The set of activities that share a disjunctive resource with each, under every choice."""
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

    def _toggle_occupant(self, a: int) -> None:
        """Add an activity to the occupants of its cells or take it out: one exclusive or."""
        start = self.start[a]
        for cell in range(start, start + self.state.cells[a]):
            self.occupants[cell] ^= 1 << a

    def _trainer_resources(self, a: int) -> set[int]:
        """The resources that an activity may need with one of its trainers."""
        needs = self.trainer_needs[a]
        return {q for trainer in self.problem.activities[a].trainers for q in needs[trainer]}

    # Evaluation

    def full_for(self, kind: int) -> int:
        """The cells in which a resource that a kind needs under every choice is full."""
        busy = self.full_cells[kind]
        if busy is None:
            busy = 0
            full = self.space.full
            for resource in self.resources_of_kind[kind]:
                busy |= full[resource]
            self.full_cells[kind] = busy
        return busy

    def allows_move(self, a: int, start: int, room: int, trainer: int) -> bool:
        """True if strict counts, gaps and precedences allow a move of a placed activity."""
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
        if state.strict_gaps[a] or self.slow_strict[a]:
            new = Placement(start, room, trainer)
            old = Placement(s0, self.room[a], self.trainer[a])
            if any(each.delta(a, old, new) > 0 for each in self.slow_strict[a]):
                return False
            return not any(True for each in state.strict_gaps[a] for _ in each.rivals(a, new))
        return True

    def delta(self, a: int, start: int, room: int, trainer: int) -> int:
        """The change of the total if a placed activity moves. O(its terms)."""
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
        if self.has_choice_costs[a] or self.slow_graded[a]:
            found += self._slow_delta(a, start, room, trainer)
        return found

    def _slow_delta(self, a: int, start: int, room: int, trainer: int) -> int:
        """The change of cost by slow terms, and by starts in a room or with a trainer."""
        old = Placement(self.start[a], self.room[a], self.trainer[a])
        new = Placement(start, room, trainer)
        found = sum(each.delta(a, old, new) for each in self.slow_graded[a])
        form = self.state.form[a]
        for at, sign in ((new, 1), (old, -1)) if self.has_choice_costs[a] else ():
            for by, choice in (
                (self.problem.room_time_costs[form], at.room),
                (self.problem.trainer_time_costs[form], at.trainer),
            ):
                if choice in by:
                    found += sign * by[choice][at.start]
        return found

    def occupants_of(self, start: int, cells: int) -> int:
        """The set of activities in any of `cells` cells from a start on."""
        found = self.occupants[start]
        for cell in range(start + 1, start + cells):
            found |= self.occupants[cell]
        return found

    def share_resources(self, a: int, b: int) -> bool:
        """True if two activities may need the same resource beside a room."""
        return bool(self.resource_masks[a] & self.resource_masks[b])

    def keeps_strict(self, a: int) -> bool:
        """True if strict counts, gaps and precedences hold at the placement of an activity."""
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
                for each in self.slow_strict[a]
                for g, place in each.keys(a, at)
            )
        )

    # Changes

    def shift(self, a: int, start: int, room: int, trainer: int) -> None:
        """Update all terms for a move; resources are left to `leave` and `take`."""
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
            for sums, base, buckets, amount, _, members in self.strict_sums[a]:
                i, j = base + buckets[s0], base + buckets[start]
                sums[i] -= amount
                sums[j] += amount
                members[i].remove(a)
                members[j].add(a)
        if room != r0:
            for sums, base, _, amount, used, g, _ in self.room_used[a]:
                _move_amount(sums, base + r0, base + room, amount, used, g)
            for sums, base, _, amount, _ in self.room_sums[a]:
                sums[base + r0] -= amount
                sums[base + room] += amount
        if self.slow_terms[a]:
            old = Placement(s0, r0, self.trainer[a])
            new = Placement(start, room, trainer)
            for each in self.slow_terms[a]:
                each.change(a, old, -1)
                each.change(a, new, 1)
        self.start[a], self.room[a], self.trainer[a] = start, room, trainer

    def leave(self, a: int) -> None:
        """Release the resources of an activity at its placement."""
        start, cells = self.start[a], self.state.cells[a]
        for resource in self.needs(a, self.room[a], self.trainer[a]):
            self.space.leave(resource, a, start, cells)
            for kind in self.kinds_of_resource[resource]:
                self.full_cells[kind] = None
        self._toggle_occupant(a)

    def take(self, a: int) -> None:
        """Occupy the resources of an activity at its placement, and record that in the state."""
        start, cells = self.start[a], self.state.cells[a]
        for resource in self.needs(a, self.room[a], self.trainer[a]):
            self.space.take(resource, a, start, cells)
            for kind in self.kinds_of_resource[resource]:
                self.full_cells[kind] = None
        self._toggle_occupant(a)
        self.state.at[a] = Placement(start, self.room[a], self.trainer[a])

    def needs(self, a: int, room: int, trainer: int) -> tuple[int, ...]:
        """The resources that an activity needs in a room with a trainer."""
        always = self.state.resources[a]
        return (*always, *self.room_needs[a][room], *self.trainer_needs[a][trainer])


def _move_amount(sums: list[int], i: int, j: int, amount: int, used: list[int], g: int) -> None:
    """Move a packed amount from one place to another, and update the used buckets of the group."""
    if i != j:
        if not sums[j]:
            used[g] += 1
        if sums[i] == amount:
            used[g] -= 1
        sums[i] -= amount
        sums[j] += amount
