"""What an exact search looks at: the choices of each activity, and what these choices use up."""

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
    """Rooms that are alike, a trainer, the starts they leave, and the stores they use."""

    rooms: tuple[int, ...]
    trainer: int
    starts: int
    needs: tuple[int, ...]

    def at(self, start: int) -> Placement:
        """The placement at a start, in the first of the rooms."""
        return Placement(start, self.rooms[0], self.trainer)


@attrs.frozen(eq=False)
class Store:
    """Something that holds `limit` activities at once: a resource, or rooms that are alike.

    `levels` are the cells in which one, two, ... are held already. `drops` are the cells at which
    those that stay set some of it free.
    """

    limit: int
    levels: tuple[int, ...]
    drops: int = 0


@attrs.frozen(eq=False, slots=False)
class Stage:
    """Some activities of a problem, by their place among those asked about.

    `options` are their choices, `users` the (place, option) that use each store.
    """

    problem: PlanningProblem
    asked: tuple[int, ...]
    options: tuple[tuple[Option, ...], ...]
    stores: tuple[Store, ...]
    orders: tuple[Precedence, ...] = ()
    pairwise_gaps: tuple[PairwiseGap, ...] = ()
    counts: tuple[CountTerm, ...] = ()

    def cells(self, place: int) -> int:
        """How many cells the activity at a place covers."""
        return self.problem.activities[self.asked[place]].cells


def spread(busy: int, cells: int) -> int:
    """The starts from which something so many cells long meets a busy one.

    >>> bin(spread(0b1000000, 3))
    '0b1110000'
    """
    done = 1
    while done < cells:
        more = min(done, cells - done)
        busy |= busy >> more
        done += more
    return busy


def stage_of(problem: PlanningProblem, asked: Iterable[int]) -> Stage:
    """The stage of some activities. Rooms that nothing tells apart are one store.

    O(activities times rooms times trainers) sets of cells.
    """
    mine = tuple(sorted(set(asked)))
    choices = _Choices(problem, mine, told=_matters(problem, mine, "room"))
    told = choices.told or _matters(problem, mine, "trainer")
    options = tuple(tuple(_best(choices.of(each), told=told)) for each in mine)
    return _with_terms(Stage(problem, mine, options, tuple(choices.stores)))


def part_of(stage: Stage, asked: Sequence[int]) -> Stage:
    """The same stage with some of its activities alone, which nothing ties to the others."""
    options = dict(zip(stage.asked, stage.options, strict=True))
    mine = tuple(options[each] for each in asked)
    return _with_terms(attrs.evolve(stage, asked=tuple(asked), options=mine))


def ties_in(stage: Stage) -> list[GroupMembership]:
    """What ties activities by counting them, and then by keeping them apart."""
    return [
        *(each.membership for each in stage.counts),
        *(each.membership for each in stage.pairwise_gaps),
    ]


def _with_terms(stage: Stage) -> Stage:
    """A stage with the strict terms that matter to its activities."""
    problem, members = stage.problem, frozenset(stage.asked)
    return attrs.evolve(
        stage,
        counts=tuple(c for c in problem.counts if not c.weight and _any(c.membership, stage.asked)),
        pairwise_gaps=tuple(
            each for each in problem.pairwise_gaps if _any(each.membership, stage.asked)
        ),
        orders=tuple(
            each
            for each in problem.orders
            if not each.weight
            and not members.isdisjoint(each.firsts)
            and not members.isdisjoint(each.seconds)
        ),
    )


def _any(ties: GroupMembership, asked: Sequence[int]) -> bool:
    counted = ties.by is not None and any(ties.counted[each] for each in asked)
    return counted or any(ties.fixed[each] for each in asked)


def _matters(problem: PlanningProblem, asked: Sequence[int], by: str) -> bool:
    """Whether anything that forbids tells one room, or one trainer, from another."""
    if any(
        is_binding(each.weight) and _any(each.membership, asked) for each in problem.group_terms
    ):
        return True
    held = [each.membership for each in problem.counts if is_binding(each.weight)]
    held += [each.membership for each in problem.patterns if is_binding(each.weight)]
    held += [each.membership for each in problem.pairwise_gaps]
    rooms = by == "room" and any(
        each.buckets is None and is_binding(each.weight) and _any(each.membership, asked)
        for each in problem.counts
    )
    return rooms or any(
        each.by == by and _any(each, asked) and any(index >= 0 for index in each.index)
        for each in held
    )


class _Choices:
    """The options of activities, and the stores met on the way."""

    def __init__(self, problem: PlanningProblem, asked: tuple[int, ...], *, told: bool) -> None:
        self.problem, self.told = problem, told
        self.stores: list[Store] = []
        self.number = len(asked)
        self.forms = sorted({problem.activities[each].form for each in asked})
        suits: dict[int, list[int]] = {}
        for each in asked:
            for room in problem.activities[each].rooms:
                suits.setdefault(room, []).append(each)
        self.kinds: dict[object, list[int]] = {}
        self.kind_of: dict[int, object] = {}
        for room, held in sorted(suits.items()):
            kind = self._kind(room, tuple(held))
            self.kinds.setdefault(kind, []).append(room)
            self.kind_of[room] = kind
        self.resource = cache(self._resource)
        self.pool = cache(self._pool)

    def _kind(self, room: int, held: tuple[int, ...]) -> object:
        """What rooms share that can stand for each other."""
        problem = self.problem
        needs = {problem.room_needs[form][room] for form in self.forms}
        single = next(iter(needs)) if len(needs) == 1 else (-1, -1)
        shared = len(single) < 2 and not any(problem.resources[r].base for r in single)
        if self.told or room < 0 or not shared:
            return room
        limit = problem.resources[single[0]].limit if single else 0
        return held, limit, tuple(problem.room_starts[form][room] for form in self.forms)

    def _resource(self, resource: int) -> int:
        """The store of a resource; -1 where it never runs out."""
        each = self.problem.resources[resource]
        base = each.base or ()
        if max(base, default=0) + self.number <= each.limit:
            return -1
        levels = [0] * each.limit
        drops = 0
        for cell, count in enumerate(base):
            for level in range(min(count, each.limit)):
                levels[level] |= 1 << cell
            if cell and count < base[cell - 1]:
                drops |= 1 << cell
        return self._store(Store(each.limit, tuple(levels), drops))

    def _pool(self, room: int) -> int:
        """The store of all rooms of one kind, which have one resource each; -1 for plenty."""
        rooms = self.kinds[self.kind_of[room]]
        needs = self.problem.room_needs[self.forms[0]][room]
        limit = sum(self.problem.resources[needs[0]].limit for _ in rooms) if needs else 0
        if not 0 < limit < self.number:
            return -1
        return self._store(Store(limit, (0,) * limit))

    def _store(self, store: Store) -> int:
        self.stores.append(store)
        return len(self.stores) - 1

    def of(self, activity: int) -> Iterable[Option]:
        """All options of an activity that leave it any start."""
        problem, each = self.problem, self.problem.activities[activity]
        kinds = {self.kind_of[room]: room for room in reversed(each.rooms)}
        for kind, room in kinds.items():
            pooled = kind != room
            rooms = tuple(self.kinds[kind]) if pooled else (room,)
            own = problem.room_needs[each.form][room]
            for trainer in each.trainers:
                wanted = [*each.resources, *problem.trainer_needs[each.form][trainer]]
                wanted += () if pooled else own
                needs = [self.resource(resource) for resource in wanted]
                needs += [self.pool(room)] if pooled and own else []
                kept = tuple(sorted({store for store in needs if store >= 0}))
                full = reduce(int.__or__, (self.stores[one].levels[-1] for one in kept), 0)
                starts = problem.domain(activity, room, trainer) & ~spread(full, each.cells)
                if starts:
                    yield Option(rooms, trainer, starts, kept)


def _best(options: Iterable[Option], *, told: bool) -> list[Option]:
    """The options without those than which another one is at least as good."""
    held = sorted(options, key=lambda each: (len(each.needs), -each.starts.bit_count()))
    if told:
        return held
    best: list[Option] = []
    for each in held:
        if not any(
            not each.starts & ~other.starts and set(other.needs) <= set(each.needs)
            for other in best
        ):
            best.append(each)
    return best


def aggregate_terms(problem: PlanningProblem) -> tuple[CountTerm | DayPattern | GroupTerm, ...]:
    """All terms that count, look at days, or look at groups as a whole, in a fixed order."""
    return (*problem.counts, *problem.patterns, *problem.group_terms)


def watched(
    problem: PlanningProblem, asked: Iterable[int]
) -> list[tuple[int, int, frozenset[int]]]:
    """Hard terms that are judged as a whole: the groups all of whose activities are asked about.

    Each as the place of its term among counts, patterns and group terms, the group, and its
    members. A group of which some are missing says nothing: those might mend what it costs.
    """
    mine = frozenset(asked)
    found: list[tuple[int, int, frozenset[int]]] = []
    for place, term in enumerate(aggregate_terms(problem)):
        if term.weight < HARD:
            continue
        groups: dict[int, set[int]] = {}
        for number, activity in enumerate(problem.activities):
            for group in possible_groups(term.membership, activity, number):
                groups.setdefault(group, set()).add(number)
        found += [(place, group, frozenset(held)) for group, held in groups.items() if held <= mine]
    return found
