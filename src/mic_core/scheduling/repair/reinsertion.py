"""Original placements that the model cannot represent: anchoring them, and reinsertion.

Off the step grid, outside the window, waived, or without a room: a session may keep such a place,
but cannot be put back once it has moved. So as many violating sessions as possible are anchored
there, and one that has moved is reinserted at its own hour where another room or lead allows it.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

import attrs

from mic_core.chrono.local import MINUTE, local
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.insertion.placements import placed_at
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.repair.min_change import MinChangeSearch, OnStep
from mic_core.scheduling.repair.neighborhood import RepairSolution, RepairTask
from mic_core.scheduling.repair.polishing import best_free_placements
from mic_core.scheduling.repair.violations import find_violations
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of


def anchor_unrepresentable(
    task: RepairTask, mine: Collection[int], alone: Collection[int]
) -> RepairTask:
    """The task without violating sessions that are anchored at unrepresentable placements.

    One is anchored if that adds no breach among the fixed and anchored ones; one that violates a
    rule `alone` is not. `mine` are the sessions of the scope.
    O(such placements times (n log n + breaches)).
    """
    odd = [
        n
        for n in task.violating
        if n not in alone and (task.policy.waivers or not _is_representable(task, n))
    ]
    kept: frozenset[int] = frozenset()
    # Greedy by breaches; ties either way, as the first of two that clash is the one anchored.
    for sign in (1, -1) if odd else ():
        order = sorted(odd, key=lambda n: (task.violating[n], sign * n))
        kept = max(kept, _anchor_greedily(task, mine, order), key=len)
    violating = {n: number for n, number in task.violating.items() if n not in kept}
    leads = {n: lead for n, lead in task.leads.items() if n not in kept}
    return attrs.evolve(task, violating=violating, movable=task.movable - kept, leads=leads)


def _anchor_greedily(
    task: RepairTask, mine: Collection[int], order: Iterable[int]
) -> frozenset[int]:
    """The violating sessions that can be anchored one after the other without a new breach."""
    kept: frozenset[int] = frozenset()
    cost = _cost_of_anchors(task, mine, kept)
    for n in order:
        more = _cost_of_anchors(task, mine, kept | {n})
        if more <= cost:
            kept, cost = kept | {n}, more
    return kept


def _is_representable(task: RepairTask, n: int) -> bool:
    """True if a session has a representable start, and a room of its center or needs none."""
    timetable = task.timetable
    session = timetable.sessions[n]
    room = timetable.rooms.get(session.room_id or "")
    lies_in = session.mode == "online" or (room is not None and room.center_id == session.center_id)
    return lies_in and has_representable_start(task, n)


def has_representable_start(task: RepairTask, n: int) -> bool:
    """True if a session starts on the step grid and lies in its window."""
    timetable = task.timetable
    start, end = timetable.starts[n], timetable.ends[n]
    windows = windows_of(timetable, [n], task.scope, task.window, step=task.step, verb="repair")
    minutes = task.step // timedelta(minutes=1)
    return (
        windows[n][0] <= start
        and end <= windows[n][1]
        and not start % MINUTE
        and not timetable.minutes[n] % minutes
        and not local(start, timetable.places[n]).fold
    )


def _cost_of_anchors(task: RepairTask, mine: Collection[int], kept: Collection[int]) -> int:
    """The cost of violations if of the violating sessions only the kept ones have a place."""
    sessions = task.timetable.sessions
    rows = [placed_at(sessions[n], None, None) for n in task.violating if n not in kept]
    timetable = timetable_of(recorded(task.timetable.portfolio, rows))
    return find_violations(timetable, mine, task.rules, task.policy).cost


def reinsertions(
    task: RepairTask, n: int, room_id: str | None, on_step: OnStep, *, pinned: bool
) -> Iterator[RepairSolution]:
    """The best free placements to reinsert a session, which the timetable has as it originally was.

    A `pinned` one keeps its slot; `room_id` is the room it had.
    """
    problem, (original,) = task.compile(frozenset({n}), pinned=pinned)
    room = problem.rooms.index(room_id) if room_id in problem.rooms else -1
    state = State(problem)
    search = MinChangeSearch(
        state=state,
        perturbation=task.perturbation(state, (original._replace(room=room),)),
        violating=frozenset(),
        chance=Chance(0),
        on_step=on_step,
    )
    search.place_originals(())
    if not on_step(search.state, 0, 1):
        for at in best_free_placements(search, 0):
            yield RepairSolution(problem=problem, original=(original,), placements=(at,), steps=0)
