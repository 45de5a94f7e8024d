"""Polishing: local improvement of displaced activities by distance and cost."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.repair.min_change import MinChangeSearch, nearest_cells
from mic_core.scheduling.repair.perturbation import HARD_THRESHOLD, Rank

# Budgets: they bound how many placements are compared; any value gives an allowed schedule.

NEAREST, ROOMS = 8, 4
"""Starts, and rooms at each, that are compared."""

CHAINS = 12
"""Placements held by displaced activities that are tried for one activity."""

SPREAD = 64
"""Starts from all over the window that are compared to end the violation of a hard rule."""


def end_violations(search: MinChangeSearch) -> None:
    """Move activities, each once, where one move ends the violation of a hard aggregate rule.

    Such a rule may ask for more than a group without these activities has. Unplacing any of them
    then does not help, yet moving one does. O(activities times placements compared).
    """
    state = search.state
    for activity in sorted(search.violating):
        now = state.at[activity] if search.violates(activity) else None
        if now is None or search.stopped:
            continue
        state.remove(activity)
        options = [
            at
            for trainer in state.problem.activities[activity].trainers
            for at in _free_placements(
                search, activity, trainer, _spread_starts(search, activity, trainer)
            )
        ]
        best = min(options, key=_order(search, activity), default=now)
        saves = state.delta(activity, best) <= state.delta(activity, now) - HARD_THRESHOLD
        if saves:
            search.displaced.add(activity)
            search.must_move |= {activity}
        search.put(activity, best if saves else now)


def polish(search: MinChangeSearch) -> None:
    """Descend: move displaced activities to better placements, in chains where others stand there.

    An activity moves to the best free placement at its original start or among the nearest, or to
    one that only displaced activities hold: these move on to their best free placements. A move is
    kept if all placements together rank better. O(rounds times displaced activities times
    placements compared).
    """
    total = search.perturbation.total
    while not search.stopped:
        before = total(search.displaced)
        for activity in [a for a in sorted(search.displaced) if search.state.at[a] is not None]:
            _move_to_best_free(search, activity)
            _move_in_chain(search, activity)
        if total(search.displaced) >= before:
            return


def _move_to_best_free(search: MinChangeSearch, activity: int) -> None:
    """Move an activity to the best free placement, or leave it."""
    now = search.state.at[activity]
    assert now is not None  # noqa: S101  # `polish` moves placed activities only
    search.state.remove(activity)
    search.put(activity, min([now, *_candidates(search, activity)], key=_order(search, activity)))


def _candidates(search: MinChangeSearch, activity: int) -> Iterator[Placement]:
    """The free placements of an unplaced activity: at its original start, else the nearest."""
    here = search.free_at_original_start(activity)
    yield from here
    if search.perturbation.prefer == "cost":
        yield from nearest_placements(search, activity, NEAREST)
    elif not here:
        # Of two starts at one distance, one lies before and one after.
        yield from nearest_placements(search, activity, 2)


def _order(search: MinChangeSearch, activity: int) -> Callable[[Placement], tuple[Rank, Placement]]:
    """The key that sorts placements of an unplaced activity, the best first."""
    return lambda at: (search.perturbation.rank(activity, at), at)


def _move_in_chain(search: MinChangeSearch, activity: int) -> None:
    """Move an activity to a better placement that displaced ones hold, and these elsewhere."""
    state, perturbation = search.state, search.perturbation
    kept, total = search.snapshot(), perturbation.total(search.displaced)
    now = state.at[activity]
    assert now is not None  # noqa: S101  # `polish` moves placed activities only
    state.remove(activity)
    rank = perturbation.rank(activity, now)
    better = [
        at for at in _held_by_displaced(search, activity) if perturbation.rank(activity, at) < rank
    ]
    for at in sorted(better, key=_order(search, activity))[:CHAINS]:
        if _follow_chain(search, activity, at) and perturbation.total(search.displaced) < total:
            return
        search.restore(kept)
        state.remove(activity)
    search.put(activity, now)


def _follow_chain(search: MinChangeSearch, activity: int, at: Placement) -> bool:
    """Place an activity where displaced ones stand, and these at their best free placements."""
    state = search.state
    costs = [other not in search.displaced for other in range(len(state.at))]
    ejected = state.blockers(activity, at, costs)
    if ejected is None or not ejected <= search.displaced:
        return False
    for other in ejected:
        state.remove(other)
    # A hard rule on whole groups that this breaks shows in the rank of all placements.
    search.put(activity, at)
    for other in sorted(ejected):
        best = min(_candidates(search, other), key=_order(search, other), default=None)
        if best is None:
            return False
        search.put(other, best)
    return True


def _held_by_displaced(search: MinChangeSearch, activity: int) -> Iterator[Placement]:
    """Placements from the domain at the nearest starts that no activity at its original closes.

    Displaced ones may hold them. At most `NEAREST` starts with each trainer, and `ROOMS` rooms at
    each, the original one first.
    """
    problem, original = search.state.problem, search.original[activity]
    each = problem.activities[activity]
    for trainer in each.trainers:
        layers = search.masks.layers(activity, trainer, search.displaced)
        mask = each.starts & problem.trainer_starts[each.form][trainer] & layers.original[0]
        for start in _nearest(search, activity, mask, NEAREST):
            fitting = [
                room for room in each.rooms if problem.room_starts[each.form][room] >> start & 1
            ]
            for room in sorted(fitting, key=lambda room: room != original.room)[:ROOMS]:
                yield Placement(start, room, trainer)


def nearest_placements(search: MinChangeSearch, activity: int, most: int) -> Iterator[Placement]:
    """Free placements of an unplaced activity at the starts nearest to its original instant.

    At most `most` starts with each trainer, and `ROOMS` rooms at each.
    """
    for trainer in search.state.problem.activities[activity].trainers:
        mask = _starts_without_conflict(search, activity, trainer)
        starts = _nearest(search, activity, mask, most)
        yield from _free_placements(search, activity, trainer, starts)


def best_free_placements(search: MinChangeSearch, activity: int) -> list[Placement]:
    """The best free placements of an unplaced activity near its original instant, the best first.

    Starts and rooms are tried until `SPREAD` of them are free, and some from all over the window
    besides. Empty only if none is free.
    """
    each, size = search.state.problem.activities[activity], search.state.problem.axis.size
    found: set[Placement] = set()
    for trainer in each.trainers:
        mask = _starts_without_conflict(search, activity, trainer)
        starts = _nearest(search, activity, mask, size)
        near = _free_placements(search, activity, trainer, starts, rooms=None)
        found.update(islice(near, SPREAD))
        spread = _spread_starts(search, activity, trainer)
        found.update(_free_placements(search, activity, trainer, spread))
    return sorted(found, key=_order(search, activity))[:NEAREST]


def _nearest(search: MinChangeSearch, activity: int, mask: int, most: int) -> list[int]:
    """The starts of a mask nearest to the original instant of an activity."""
    return nearest_cells(
        mask, search.state.problem.axis, search.perturbation.instants[activity], most
    )


def _spread_starts(search: MinChangeSearch, activity: int, trainer: int) -> list[int]:
    """At most `SPREAD` starts without conflict, evenly chosen from the window."""
    starts = cells_in(_starts_without_conflict(search, activity, trainer))
    return starts[:: -(-len(starts) // SPREAD) or 1]


def _starts_without_conflict(search: MinChangeSearch, activity: int, trainer: int) -> int:
    """The starts at which the masks of no other activity, full room or bucket conflict."""
    problem = search.state.problem
    each = problem.activities[activity]
    layers = search.masks.layers(activity, trainer, search.displaced)
    mask = each.starts & problem.trainer_starts[each.form][trainer]
    return mask & layers.original[0] & layers.displaced[0]


def _free_placements(
    search: MinChangeSearch,
    activity: int,
    trainer: int,
    starts: Iterable[int],
    rooms: int | None = ROOMS,
) -> Iterator[Placement]:
    """The free placements at some starts, in at most `rooms` rooms each; None means in all."""
    for start in starts:
        for room in search.free_rooms(activity, start)[:rooms]:
            at = Placement(start, room, trainer)
            if search.is_free(activity, at):
                yield at
