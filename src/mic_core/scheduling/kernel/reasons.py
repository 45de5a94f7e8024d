"""Why an activity cannot stand: how many of its placements each rule blocks, and which are free."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce

import attrs

from mic_core.scheduling.kernel.graded import Counts
from mic_core.scheduling.kernel.order import Aparts, Orders
from mic_core.scheduling.kernel.state import State
from mic_core.scheduling.problem.axis import cells_in
from mic_core.scheduling.problem.values import Placement


@attrs.frozen(kw_only=True)
class Blocked:
    """How many placements there are, how many are free, and how many each rule blocks.

    A placement is a start that some session of the problem could have, a room and a chosen
    trainer; one that several rules block counts for each of them. `rules` are sorted by code.
    """

    placements: int
    free: int
    rules: tuple[tuple[str, int], ...]


def blocked(state: State, activity: int) -> Blocked:
    """What is in the way of an activity that has no placement. O(rooms times trainers) masks."""
    each = state.problem.activities[activity]
    rooms = sorted({*each.rooms, *(room for _, bad in each.unsuited for room in bad)})
    everything = (1 << state.problem.axis.size) - 1
    always = _merged([*_by_bounds(state, activity), *_by_others(state, activity)])
    totals: dict[str, int] = {}
    placements = free = 0
    for trainer in each.trainers:
        with_trainer = _merged([*always.items(), *_by_choice(state, activity, trainer, "trainer")])
        for room in rooms:
            masks = _merged([*with_trainer.items(), *_by_choice(state, activity, room, "room")])
            for code in {code for code, bad in each.unsuited if room in bad}:
                masks[code] = everything
            placements += state.problem.axis.size
            closed = reduce(int.__or__, masks.values(), 0) & everything
            rest = cells_in(everything & ~closed)
            free += sum(state.allows(activity, Placement(s, room, trainer)) for s in rest)
            for code, mask in masks.items():
                totals[code] = totals.get(code, 0) + (mask & everything).bit_count()
    rules = tuple(sorted((code, count) for code, count in totals.items() if count))
    return Blocked(placements=placements, free=free, rules=rules)


Masks = Iterator[tuple[str, int]]


def _merged(masks: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, mask in masks:
        found[code] = found.get(code, 0) | mask
    return found


def _by_bounds(state: State, activity: int) -> Masks:
    """The starts that the bounds of an activity close, and the resources that it always needs."""
    each = state.problem.activities[activity]
    for barrier in each.barriers:
        yield barrier.code, ~barrier.starts
    for resource in each.resources:
        code = state.problem.resources[resource].code
        yield code, ~state.space.open_starts((resource,), each.cells)


def _by_choice(state: State, activity: int, choice: int, by: str) -> Masks:
    """What a room or a chosen trainer closes."""
    problem, each = state.problem, state.problem.activities[activity]
    barriers = problem.room_barriers if by == "room" else problem.trainer_barriers
    needs = problem.room_needs if by == "room" else problem.trainer_needs
    for barrier in barriers[each.form].get(choice, ()):
        yield barrier.code, ~barrier.starts
    for resource in needs[each.form][choice]:
        code = problem.resources[resource].code
        yield code, ~state.space.open_starts((resource,), each.cells)


def _by_others(state: State, activity: int) -> Masks:
    """What order, full buckets and sessions too near close, cell by cell of what is left."""
    cells = cells_in(state.problem.activities[activity].starts)
    for order in state.strict_orders[activity]:
        yield order.order.code, _mask(cells, partial(_late, state, order, activity))
    for counts in state.strict_counts[activity]:
        yield counts.count.code, _mask(cells, partial(_full, counts, activity))
    for apart in state.strict_aparts[activity]:
        yield apart.apart.code, _mask(cells, partial(_near, apart, activity))


def _mask(cells: list[int], closed: Callable[[Placement], bool]) -> int:
    return sum(1 << cell for cell in cells if closed(Placement(cell)))


def _late(state: State, order: Orders, activity: int, at: Placement) -> bool:
    return any(True for _ in order.rivals(activity, *state.problem.slot(activity, at.start)))


def _full(counts: Counts, activity: int, at: Placement) -> bool:
    return counts.excess(activity, at) > 0


def _near(apart: Aparts, activity: int, at: Placement) -> bool:
    return any(True for _ in apart.rivals(activity, at))
