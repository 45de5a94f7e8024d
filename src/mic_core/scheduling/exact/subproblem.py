"""The subproblem of an exact search: variables with their options, pools and strict constraints.

Each activity to be placed is a variable, named by its index `var` in `Subproblem.activities`. A
value is an option (interchangeable rooms with a chosen trainer) and a start. Sets of starts and
cells are integers used as bit masks: bit n is cell n of the time axis. Rooms that no constraint
tells apart become one cumulative pool, so that the search does not branch on symmetric rooms.
"""

from collections.abc import Iterable, Sequence
from functools import cache, reduce

import attrs

from mic_core.scheduling.problem.problem import (
    HARD,
    CountTerm,
    DayPattern,
    GroupMembership,
    GroupTerm,
    PairwiseGap,
    Placement,
    PlanningProblem,
    Precedence,
    is_binding,
    possible_groups,
)


@attrs.frozen(eq=False)
class Option:
    """An alternative of an activity: interchangeable rooms with a chosen trainer.

    `starts` is the bit mask of its starts, `pools` are the indices in `Subproblem.pools` of what it
    uses.
    """

    rooms: tuple[int, ...]
    trainer: int
    starts: int
    pools: tuple[int, ...]

    def at(self, start: int) -> Placement:
        """The placement at a start, in the first of the rooms."""
        return Placement(start, self.rooms[0], self.trainer)


@attrs.frozen(eq=False)
class Pool:
    """A cumulative resource of capacity `limit`: one resource, or all of some alike rooms.

    `levels[k]` is the bit mask of the cells in which more than k units are in use, so the last one
    is where the pool is full. `releases` is the bit mask of the cells in which fixed sessions use
    fewer units than in the cell before.
    """

    limit: int
    levels: tuple[int, ...]
    releases: int = 0


@attrs.frozen(eq=False, slots=False)
class Subproblem:
    """Some activities of a problem as variables, with the strict constraints that bind them.

    `activities` are sorted numbers of activities; `options[var]` are the alternatives of each.
    """

    problem: PlanningProblem
    activities: tuple[int, ...]
    options: tuple[tuple[Option, ...], ...]
    pools: tuple[Pool, ...]
    orders: tuple[Precedence, ...] = ()
    pairwise_gaps: tuple[PairwiseGap, ...] = ()
    counts: tuple[CountTerm, ...] = ()

    def cells(self, var: int) -> int:
        """The duration of a variable's activity, in cells."""
        return self.problem.activities[self.activities[var]].cells


def starts_meeting(busy: int, cells: int) -> int:
    """The starts from which an activity of this many cells would overlap a busy cell.

    The mask is smeared to the left by doubling distances: O(log cells) shifts.

    >>> bin(starts_meeting(0b1000000, 3))
    '0b1110000'
    """
    done = 1
    while done < cells:
        more = min(done, cells - done)
        busy |= busy >> more
        done += more
    return busy


def subproblem_of(problem: PlanningProblem, activities: Iterable[int]) -> Subproblem:
    """The subproblem of some activities, with interchangeable rooms pooled.

    O(activities times rooms times trainers) sets of cells.
    """
    mine = tuple(sorted(set(activities)))
    builder = _OptionBuilder(problem, mine, rooms_differ=_distinguishes(problem, mine, "room"))
    # A dominated option may be dropped only if no constraint asks which room or trainer it has.
    keep_all = builder.rooms_differ or _distinguishes(problem, mine, "trainer")
    options = tuple(
        tuple(builder.options(each) if keep_all else _undominated(builder.options(each)))
        for each in mine
    )
    return _with_constraints(Subproblem(problem, mine, options, tuple(builder.pools)))


def component_of(full: Subproblem, activities: Sequence[int]) -> Subproblem:
    """The subproblem of one component of the constraint graph, with the pools of the full one."""
    options = dict(zip(full.activities, full.options, strict=True))
    mine = tuple(options[each] for each in activities)
    return _with_constraints(attrs.evolve(full, activities=tuple(activities), options=mine))


def memberships(sub: Subproblem) -> list[GroupMembership]:
    """The group memberships of the strict counts, then those of the pairwise gaps."""
    return [
        *(each.membership for each in sub.counts),
        *(each.membership for each in sub.pairwise_gaps),
    ]


def _with_constraints(sub: Subproblem) -> Subproblem:
    """The subproblem with the strict constraints that bind any of its activities."""
    problem, members = sub.problem, frozenset(sub.activities)
    return attrs.evolve(
        sub,
        counts=tuple(
            each
            for each in problem.counts
            if not each.weight and _binds(each.membership, sub.activities)
        ),
        pairwise_gaps=tuple(
            each for each in problem.pairwise_gaps if _binds(each.membership, sub.activities)
        ),
        orders=tuple(
            each
            for each in problem.orders
            if not each.weight
            and not members.isdisjoint(each.firsts)
            and not members.isdisjoint(each.seconds)
        ),
    )


def _binds(ties: GroupMembership, activities: Sequence[int]) -> bool:
    """True if any of the activities can belong to a group."""
    by_choice = ties.by is not None and any(ties.counted[each] for each in activities)
    return by_choice or any(ties.fixed[each] for each in activities)


def _distinguishes(problem: PlanningProblem, activities: Sequence[int], by: str) -> bool:
    """True if a binding constraint can tell one room, or one trainer, from another."""
    if any(
        is_binding(each.weight) and _binds(each.membership, activities)
        for each in problem.group_terms
    ):
        return True
    terms = [each.membership for each in problem.counts if is_binding(each.weight)]
    terms += [each.membership for each in problem.patterns if is_binding(each.weight)]
    terms += [each.membership for each in problem.pairwise_gaps]
    counts_rooms = by == "room" and any(
        each.buckets is None and is_binding(each.weight) and _binds(each.membership, activities)
        for each in problem.counts
    )
    return counts_rooms or any(
        each.by == by and _binds(each, activities) and any(index >= 0 for index in each.index)
        for each in terms
    )


class _OptionBuilder:
    """Makes the options of activities and gathers the pools that they use.

    `room_classes` are the rooms by what makes them interchangeable, `class_of` its key by room.
    """

    def __init__(
        self, problem: PlanningProblem, activities: tuple[int, ...], *, rooms_differ: bool
    ) -> None:
        self.problem, self.rooms_differ = problem, rooms_differ
        self.pools: list[Pool] = []
        self.demand = len(activities)
        self.forms = sorted({problem.activities[each].form for each in activities})
        users: dict[int, list[int]] = {}
        for each in activities:
            for room in problem.activities[each].rooms:
                users.setdefault(room, []).append(each)
        self.room_classes: dict[object, list[int]] = {}
        self.class_of: dict[int, object] = {}
        for room, held in sorted(users.items()):
            key = self._class_key(room, tuple(held))
            self.room_classes.setdefault(key, []).append(room)
            self.class_of[room] = key
        self.resource_pool = cache(self._resource_pool)
        self.room_pool = cache(self._room_pool)

    def _class_key(self, room: int, users: tuple[int, ...]) -> object:
        """The key that interchangeable rooms share; the room itself where it is unlike any other.

        Alike rooms suit the same activities at the same starts, and each has at most one resource,
        of the same capacity and without fixed use.
        """
        problem = self.problem
        needs = {problem.room_needs[form][room] for form in self.forms}
        # (-1, -1): the forms need different resources of this room, so it cannot be pooled.
        single = next(iter(needs)) if len(needs) == 1 else (-1, -1)
        shared = len(single) < 2 and not any(problem.resources[r].base for r in single)
        if self.rooms_differ or room < 0 or not shared:
            return room
        limit = problem.resources[single[0]].limit if single else 0
        return users, limit, tuple(problem.room_starts[form][room] for form in self.forms)

    def _resource_pool(self, resource: int) -> int:
        """The index of the pool of a resource; -1 if all activities together cannot exhaust it."""
        each = self.problem.resources[resource]
        base = each.base or ()
        if max(base, default=0) + self.demand <= each.limit:
            return -1
        levels = [0] * each.limit
        releases = 0
        for cell, count in enumerate(base):
            for level in range(min(count, each.limit)):
                levels[level] |= 1 << cell
            if cell and count < base[cell - 1]:
                releases |= 1 << cell
        return self._add(Pool(each.limit, tuple(levels), releases))

    def _room_pool(self, room: int) -> int:
        """The index of the pool of all rooms alike; -1 if the activities cannot exhaust it."""
        rooms = self.room_classes[self.class_of[room]]
        needs = self.problem.room_needs[self.forms[0]][room]
        limit = sum(self.problem.resources[needs[0]].limit for _ in rooms) if needs else 0
        if not 0 < limit < self.demand:
            return -1
        return self._add(Pool(limit, (0,) * limit))

    def _add(self, pool: Pool) -> int:
        self.pools.append(pool)
        return len(self.pools) - 1

    def options(self, activity: int) -> list[Option]:
        """All options of an activity with any start, those with few pools and many starts first."""
        problem, each = self.problem, self.problem.activities[activity]
        found: list[Option] = []
        classes = {self.class_of[room]: room for room in reversed(each.rooms)}
        for key, room in classes.items():
            pooled = key != room
            rooms = tuple(self.room_classes[key]) if pooled else (room,)
            own = problem.room_needs[each.form][room]
            for trainer in each.trainers:
                needs = [*each.resources, *problem.trainer_needs[each.form][trainer]]
                needs += () if pooled else own
                used = [self.resource_pool(resource) for resource in needs]
                used += [self.room_pool(room)] if pooled and own else []
                pools = tuple(sorted({pool for pool in used if pool >= 0}))
                full = reduce(int.__or__, (self.pools[one].levels[-1] for one in pools), 0)
                starts = problem.domain(activity, room, trainer) & ~starts_meeting(full, each.cells)
                if starts:
                    found.append(Option(rooms, trainer, starts, pools))
        return sorted(found, key=lambda each: (len(each.pools), -each.starts.bit_count()))


def _undominated(options: Iterable[Option]) -> list[Option]:
    """The options that none before dominates: none has all of the starts with no other pools."""
    kept: list[Option] = []
    for each in options:
        if not any(
            not each.starts & ~other.starts and set(other.pools) <= set(each.pools)
            for other in kept
        ):
            kept.append(each)
    return kept


def aggregate_terms(problem: PlanningProblem) -> tuple[CountTerm | DayPattern | GroupTerm, ...]:
    """All counts, day patterns and group terms of a problem, in this fixed order."""
    return (*problem.counts, *problem.patterns, *problem.group_terms)


def enclosed_groups(
    problem: PlanningProblem, activities: Iterable[int]
) -> list[tuple[int, int, frozenset[int]]]:
    """The groups of hard aggregate terms whose members are all among the activities.

    Each as the index of its term in `aggregate_terms`, the group, and its members. Of a group with
    other members nothing can be concluded: those might lower its cost.
    """
    mine = frozenset(activities)
    found: list[tuple[int, int, frozenset[int]]] = []
    for index, term in enumerate(aggregate_terms(problem)):
        if term.weight < HARD:
            continue
        groups: dict[int, set[int]] = {}
        for number, activity in enumerate(problem.activities):
            for group in possible_groups(term.membership, activity, number):
                groups.setdefault(group, set()).add(number)
        found += [(index, group, frozenset(held)) for group, held in groups.items() if held <= mine]
    return found
