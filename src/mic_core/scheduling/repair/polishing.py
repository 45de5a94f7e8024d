"""Settling: what moves goes where it costs least, and nearest to where it was."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.repair.min_change import HARD_THRESHOLD, Mending

NEAREST, ROOMS = 8, 4
"""How many times, and how many rooms at each, are compared by what they cost."""

SPREAD = 64
"""How many times, all over the window, are compared to end a breach of a hard rule."""


def ease(search: Mending) -> None:
    """End breaches of hard rules about whole groups that one move ends, and that stay otherwise.

    Such a rule may ask for more than a group without these activities has: then none of them is to
    blame, yet each could mend it.
    O(activities times placements compared).
    """
    state = search.state
    for activity in sorted(search.blamed):
        now = state.at[activity] if search.breaks(activity) else None
        if now is None or search.stopped:
            continue
        state.remove(activity)
        options = [
            at
            for trainer in state.problem.activities[activity].trainers
            for at in _placements(search, activity, trainer, _evenly(search, activity, trainer))
        ]
        best = min(options, key=lambda at: state.delta(activity, at), default=now)
        saves = state.delta(activity, best) <= state.delta(activity, now) - HARD_THRESHOLD
        if saves:
            search.leave(activity)
            search.must |= {activity}
        search.put(activity, best if saves else now)


def polish(search: Mending, begun: Sequence[int]) -> None:
    """Put each that is away where it costs least, and among such places the nearest.

    O(activities that are away times placements compared).
    """
    state = search.state
    for activity in sorted(search.away):
        now = state.remove(activity)
        if now is None:
            continue
        places = [now, *nearest_placements(search, activity, begun[activity], NEAREST)]
        prices = [(*_price(search, activity, at, begun[activity]), at) for at in places]
        search.put(activity, min(prices)[-1])


def _price(search: Mending, activity: int, at: Placement, begun: int) -> tuple[int, int, int]:
    """What a placement costs, in how much it differs from home, and by how much time."""
    differs = sum(one != other for one, other in zip(at, search.home[activity], strict=True))
    start, _ = search.state.problem.slot(activity, at.start)
    return search.state.delta(activity, at), differs, abs(start - begun)


def nearest_placements(
    search: Mending, activity: int, begun: int, most: int
) -> Iterator[Placement]:
    """Open placements at the times nearest to one, in a few rooms each, for an activity without."""
    for trainer in search.state.problem.activities[activity].trainers:
        starts = _around(search, activity, trainer, begun, most)
        yield from _placements(search, activity, trainer, starts)


def reopened(search: Mending, activity: int, begun: int) -> list[Placement]:
    """The best of the placements nearest to an instant for an activity without, the best first.

    All starts and rooms are tried, until enough of them are open, and some from all over the window
    besides. None is found only if none is open.
    """
    each, size = search.state.problem.activities[activity], search.state.problem.axis.size
    found: set[Placement] = set()
    for trainer in each.trainers:
        starts = _around(search, activity, trainer, begun, size)
        found.update(islice(_placements(search, activity, trainer, starts, None), SPREAD))
        found.update(_placements(search, activity, trainer, _evenly(search, activity, trainer)))
    prices = [(*_price(search, activity, at, begun), at) for at in found]
    return [each[-1] for each in sorted(prices)[:NEAREST]]


def _around(search: Mending, activity: int, trainer: int, begun: int, most: int) -> list[int]:
    """The open starts nearest to an instant, the nearest first."""
    instants = search.state.problem.axis.instants
    middle = bisect_left(instants, begun)
    mask = _open(search, activity, trainer)
    later, sooner = mask >> middle << middle, mask & ((1 << middle) - 1)
    starts = [*first_cells(later, most), *last_cells(sooner, most)]
    starts.sort(key=lambda start: (abs(instants[start] - begun), start))
    return starts[:most]


def _evenly(search: Mending, activity: int, trainer: int) -> list[int]:
    """Open starts from all over the window."""
    starts = cells_in(_open(search, activity, trainer))
    return starts[:: -(-len(starts) // SPREAD) or 1]


def _open(search: Mending, activity: int, trainer: int) -> int:
    """The starts at which nobody has to leave."""
    problem = search.state.problem
    each = problem.activities[activity]
    layers = search.blocking.layers(activity, trainer, search.away)
    mask = each.starts & problem.trainer_starts[each.form][trainer]
    return mask & layers.homes[0] & layers.away[0]


def _placements(
    search: Mending, activity: int, trainer: int, starts: Iterable[int], rooms: int | None = ROOMS
) -> Iterator[Placement]:
    """What is open at some starts, in a few rooms each; in all of them where `rooms` is None."""
    for start in starts:
        for room in search.open_rooms(activity, start)[:rooms]:
            at = Placement(start, room, trainer)
            if search.is_open(activity, at):
                yield at


def first_cells(mask: int, most: int) -> list[int]:
    """The first so many members of a set of cells, in order.

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
    """The last so many members of a set of cells, the last one first.

    >>> last_cells(0b10110, 2)
    [4, 2]
    """
    found: list[int] = []
    while mask and len(found) < most:
        found.append(mask.bit_length() - 1)
        mask ^= 1 << found[-1]
    return found
