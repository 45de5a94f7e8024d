"""Homes that placing cannot offer: off the step, outside the window, waived, or without a room.

Who stands in such a place may well stay there; only once it has left is there no way back. So those
stay that can, and of the others, who left is put back at its own hour where a room or a lead allows
it.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

import attrs

from mic_core.chrono.local import MINUTE, local
from mic_core.scheduling.insertion.placements import placed_at
from mic_core.scheduling.planning.proposal import recorded
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.repair.min_change import Mending, OnStep
from mic_core.scheduling.repair.neighborhood import Damage, Mended
from mic_core.scheduling.repair.polishing import reopened
from mic_core.scheduling.repair.violations import find_violations
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of


def anchor_unrepresentable(damage: Damage, mine: Collection[int], alone: Collection[int]) -> Damage:
    """The same damage, where broken sessions stay at homes that placing cannot offer.

    One stays if that adds no breach among those that stay; who breaks a rule `alone` does not.
    `mine` are the sessions of the scope. O(such homes times (n log n + breaches)).
    """
    odd = [
        n
        for n in damage.broken
        if n not in alone and (damage.policy.waivers or not _is_offered(damage, n))
    ]
    kept: frozenset[int] = frozenset()
    for turn in (1, -1) if odd else ():
        order = sorted(odd, key=lambda n: (damage.broken[n], turn * n))
        kept = max(kept, _staying(damage, mine, order), key=len)
    loose = {n: number for n, number in damage.broken.items() if n not in kept}
    leads = {n: lead for n, lead in damage.leads.items() if n not in kept}
    return attrs.evolve(damage, broken=loose, movable=damage.movable - kept, leads=leads)


def _staying(damage: Damage, mine: Collection[int], order: Iterable[int]) -> frozenset[int]:
    """Of some broken sessions those that stay, when the first ones may."""
    kept: frozenset[int] = frozenset()
    cost = _cost(damage, mine, kept)
    for n in order:
        more = _cost(damage, mine, kept | {n})
        if more <= cost:
            kept, cost = kept | {n}, more
    return kept


def _is_offered(damage: Damage, n: int) -> bool:
    """Whether a session stands on the step, in its window, and in a room of its center."""
    timetable = damage.timetable
    session = timetable.sessions[n]
    room = timetable.rooms.get(session.room_id or "")
    lies_in = session.mode == "online" or (room is not None and room.center_id == session.center_id)
    return lies_in and is_hour(damage, n)


def is_hour(damage: Damage, n: int) -> bool:
    """Whether a session stands on the step and in its window."""
    timetable = damage.timetable
    start, end = timetable.starts[n], timetable.ends[n]
    windows = windows_of(
        timetable, [n], damage.scope, damage.window, step=damage.step, verb="repair"
    )
    minutes = damage.step // timedelta(minutes=1)
    return (
        windows[n][0] <= start
        and end <= windows[n][1]
        and not start % MINUTE
        and not timetable.minutes[n] % minutes
        and not local(start, timetable.places[n]).fold
    )


def _cost(damage: Damage, mine: Collection[int], kept: Collection[int]) -> int:
    """What is broken where of the broken sessions only these stay."""
    sessions = damage.timetable.sessions
    rows = [placed_at(sessions[n], None, None) for n in damage.broken if n not in kept]
    timetable = timetable_of(recorded(damage.timetable.portfolio, rows))
    return find_violations(timetable, mine, damage.rules, damage.policy).cost


def put_back(
    damage: Damage, n: int, room_id: str | None, on_step: OnStep, *, pinned: bool
) -> Iterator[Mended]:
    """The best open placements of a session that stands in the timetable as before it was moved.

    One that is `pinned` keeps its slot; `room_id` is the room it had.
    """
    problem, (home,) = damage.posed(frozenset({n}), pinned=pinned)
    room = problem.rooms.index(room_id) if room_id in problem.rooms else -1
    own = home._replace(room=room)
    search = Mending(
        state=State(problem), home=(own,), blamed=frozenset(), chance=Chance(0), on_step=on_step
    )
    search.begin(())
    search.state.remove(0)
    search.leave(0)
    if not on_step(search.state, 0, 1):
        for at in reopened(search, 0, damage.timetable.starts[n]):
            yield Mended(problem=problem, homes=(home,), placements=(at,), steps=0)
