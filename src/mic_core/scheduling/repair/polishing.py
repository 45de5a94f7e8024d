"""Polishing: local improvement of displaced activities by cost, then by distance."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.repair.min_change import HARD_THRESHOLD, MinChangeSearch

# Budgets: they bound how many placements are compared; any value gives an allowed schedule.

NEAREST, ROOMS = 8, 4
"""Starts, and rooms at each, that are compared by cost."""

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
        best = min(options, key=lambda at: state.delta(activity, at), default=now)
        saves = state.delta(activity, best) <= state.delta(activity, now) - HARD_THRESHOLD
        if saves:
            search.displaced.add(activity)
            search.must_move |= {activity}
        search.put(activity, best if saves else now)


def polish(search: MinChangeSearch, original_starts: Sequence[int]) -> None:
    """Move each displaced activity to its cheapest free placement, and of those to the nearest.

    `original_starts` are instants by activity. O(displaced activities times placements compared).
    """
    state = search.state
    for activity in sorted(search.displaced):
        now = state.remove(activity)
        if now is None:
            continue
        start = original_starts[activity]
        places = [now, *nearest_placements(search, activity, start, NEAREST)]
        ranked = [(*_rank(search, activity, at, start), at) for at in places]
        search.put(activity, min(ranked)[-1])


def _rank(
    search: MinChangeSearch, activity: int, at: Placement, original_start: int
) -> tuple[int, int, int]:
    """The rank of a placement, less is better: cost, parts that differ, microseconds moved."""
    pairs = zip(at, search.original[activity], strict=True)
    differing = sum(one != other for one, other in pairs)
    start, _ = search.state.problem.slot(activity, at.start)
    return search.state.delta(activity, at), differing, abs(start - original_start)


def nearest_placements(
    search: MinChangeSearch, activity: int, original_start: int, most: int
) -> Iterator[Placement]:
    """Free placements of an unplaced activity at the starts nearest to an instant.

    At most `most` starts with each trainer, and `ROOMS` rooms at each.
    """
    for trainer in search.state.problem.activities[activity].trainers:
        starts = _nearest_starts(search, activity, trainer, original_start, most)
        yield from _free_placements(search, activity, trainer, starts)


def best_free_placements(
    search: MinChangeSearch, activity: int, original_start: int
) -> list[Placement]:
    """The best free placements of an unplaced activity near an instant, the best first.

    Starts and rooms are tried until `SPREAD` of them are free, and some from all over the window
    besides. Empty only if none is free.
    """
    each, size = search.state.problem.activities[activity], search.state.problem.axis.size
    found: set[Placement] = set()
    for trainer in each.trainers:
        starts = _nearest_starts(search, activity, trainer, original_start, size)
        near = _free_placements(search, activity, trainer, starts, rooms=None)
        found.update(islice(near, SPREAD))
        spread = _spread_starts(search, activity, trainer)
        found.update(_free_placements(search, activity, trainer, spread))
    ranked = [(*_rank(search, activity, at, original_start), at) for at in found]
    return [each[-1] for each in sorted(ranked)[:NEAREST]]


def _nearest_starts(
    search: MinChangeSearch, activity: int, trainer: int, original_start: int, most: int
) -> list[int]:
    """The starts without conflict nearest to an instant, the nearest first, and earlier before."""
    instants = search.state.problem.axis.instants
    middle = bisect_left(instants, original_start)
    mask = _starts_without_conflict(search, activity, trainer)
    later, sooner = mask >> middle << middle, mask & ((1 << middle) - 1)
    starts = [*first_cells(later, most), *last_cells(sooner, most)]
    starts.sort(key=lambda start: (abs(instants[start] - original_start), start))
    return starts[:most]


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


def first_cells(mask: int, most: int) -> list[int]:
    """The first members of a bit mask, at most `most`, in order.

    >>> first_cells(0b10110, 2)
    [1, 2]
    """
    found: list[int] = []
    while mask and len(found) < most:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def last_cells(mask: int, most: int) -> list[int]:
    """The last members of a bit mask, at most `most`, the last one first.

    >>> last_cells(0b10110, 2)
    [4, 2]
    """
    found: list[int] = []
    while mask and len(found) < most:
        found.append(mask.bit_length() - 1)
        mask ^= 1 << found[-1]
    return found
