"""Neighborhood moves of the local search: shift, swap, Kempe chain, and a group to one room.

Each move keeps the schedule feasible. It returns the change of the total if it was made, or None if
it was infeasible or its change exceeded `limit`. Tests go from cheap to dear: domains, then
resources as bitsets, then strict terms, then the delta. Kempe chains follow Thompson and Dowsland
(1998): activities at two starts that conflict with each other exchange the starts together.
"""

from mic_core.scheduling.search.board import Board

MoveTarget = tuple[int, int, int]
"""A start cell, a room and a trainer, by index."""

LONGEST_CHAIN = 16
"""Chains that would move more activities are given up: a budget that bounds the time of a move."""


def shift(board: Board, a: int, start: int, room: int, trainer: int, limit: int) -> int | None:
    """Move one activity; if one of equal length occupies the room there, swap the two."""
    s0, r0 = board.start[a], board.room[a]
    space, cells = board.space, board.state.cells[a]
    if (start == s0 and room == r0 and trainer == board.trainer[a]) or not board.allowed[a][start]:
        return None
    if not (board.room_allowed[a][room][start] and board.trainer_allowed[a][trainer][start]):
        return None
    windows = space.windows[cells]
    window, own = windows[start], windows[s0]
    fresh = window & ~own  # cells that the activity does not occupy itself
    for resource in board.room_needs[a][room]:
        if space.full[resource] & (fresh if room == r0 else window):
            if space.limits[resource] != 1:
                return None
            return _swap(board, a, space.owner[resource][start], start, room, trainer, limit)
    if board.full_for(board.kind[a]) & fresh:
        return None
    if trainer >= 0:
        region = fresh if trainer == board.trainer[a] else window
        for resource in board.trainer_needs[a][trainer]:
            if space.full[resource] & region:
                return None
    if board.has_strict[a] and not board.allows_move(a, start, room, trainer):
        return None
    delta = board.delta(a, start, room, trainer)
    board.last_delta = delta
    if delta > limit:
        return None
    board.leave(a)
    board.shift(a, start, room, trainer)
    board.take(a)
    return delta


def _swap(
    board: Board, a: int, b: int, start: int, room: int, trainer: int, limit: int
) -> int | None:
    """Swap start and room of two activities of equal length; each keeps its trainer."""
    s0, r0, space = board.start[a], board.room[a], board.space
    if b < 0 or trainer != board.trainer[a] or board.start[b] != start:
        return None
    cells = board.state.cells[a]
    if board.state.cells[b] != cells or not board.allowed[b][s0]:
        return None
    theirs = board.trainer[b]
    if r0 not in board.room_sets[b] or not board.room_allowed[b][r0][s0]:
        return None
    if board.room_needs[a] != board.room_needs[b]:
        return None
    if not board.trainer_allowed[b][theirs][s0]:
        return None
    if start != s0:
        windows = space.windows[cells]
        there, here = windows[start], windows[s0]
        if there & here:
            return None
        # A resource that both need is full because of the other one: then owners are compared.
        if not board.share_resources(a, b):
            if board.full_for(board.kind[a]) & there or board.full_for(board.kind[b]) & here:
                return None
            if _lacks_trainer(board, a, trainer, there) or _lacks_trainer(board, b, theirs, here):
                return None
        elif not _is_free_except(board, a, start, b) or not _is_free_except(board, b, s0, a):
            return None
    # Without a common term the two deltas add up; else the moves are made one after the other.
    if not board.links[a] & board.links[b]:
        if not board.allows_move(a, start, room, trainer) or not board.allows_move(
            b, s0, r0, theirs
        ):
            return None
        delta = board.delta(a, start, room, trainer) + board.delta(b, s0, r0, theirs)
        board.last_delta = delta
        if delta > limit:
            return None
        board.leave(a)
        board.leave(b)
        board.shift(a, start, room, trainer)
        board.shift(b, s0, r0, theirs)
        board.take(a)
        board.take(b)
        return delta
    return move_together(board, {a: (start, room, trainer), b: (s0, r0, theirs)}, limit)


def _lacks_trainer(board: Board, a: int, trainer: int, window: int) -> bool:
    """True if a resource of an activity's trainer is full in some of these cells."""
    return any(board.space.full[q] & window for q in board.trainer_needs[a][trainer])


def _is_free_except(board: Board, a: int, start: int, other: int) -> bool:
    """True if only one other activity occupies what an activity needs there, beside a room."""
    space, cells = board.space, board.state.cells[a]
    needs = (*board.state.resources[a], *board.trainer_needs[a][board.trainer[a]])
    for resource in needs:
        if space.full[resource] & space.windows[cells][start]:
            if space.limits[resource] != 1:
                return False
            if set(space.owner[resource][start : start + cells]) - {-1, other}:
                return False
    return True


def move_together(board: Board, targets: dict[int, MoveTarget], limit: int) -> int | None:
    """Move several activities at once; the caller has checked domains and resources.

    A delta depends on the moves before it only if the activities share a term. So the terms of an
    activity are updated before the whole is judged only if it shares one with an activity after it,
    and taken back in reverse order if the whole is not accepted.
    """
    links, later = board.links, 0
    linked: set[int] = set()
    for a in reversed(targets):
        if links[a] & later:
            linked.add(a)
        later |= links[a]
    places = [(a, (board.start[a], board.room[a], board.trainer[a])) for a in targets]
    total = 0
    for a, target in targets.items():
        total += board.delta(a, *target)
        if a in linked:
            board.shift(a, *target)
    moved = [(a, before) for a, before in places if a in linked]
    if total <= limit:
        for a, target in targets.items():
            if a not in linked:
                board.shift(a, *target)
        if all(board.keeps_strict(a) for a in targets if board.has_strict[a]):
            for a, (board.start[a], board.room[a], board.trainer[a]) in places:
                board.leave(a)
            for a, (board.start[a], board.room[a], board.trainer[a]) in targets.items():
                board.take(a)
            return total
        moved = places
    for a, before in reversed(moved):
        board.shift(a, *before)
    return None


def kempe_chain(
    board: Board, a: int, start: int, limit: int, longest: int = LONGEST_CHAIN
) -> int | None:
    """Exchange two starts along a Kempe chain that begins with one activity moving to `start`.

    The chain is the connected component of the activity in the conflict graph of all activities at
    the two starts. It is given up if it needs an activity of another length or at another start,
    or more than `longest` activities. O(activities of the chain times their resources).
    """
    starts, lengths = board.start, board.state.cells
    s0, cells = starts[a], lengths[a]
    windows = board.space.windows[cells]
    if start == s0 or windows[start] & windows[s0]:
        return None
    if board.occupants[start] & board.twins[a]:
        return None  # interchangeable: the schedule would stay the same
    rooms, trainers, owner = board.room, board.trainer, board.space.owner
    occupants = {each: board.occupants_of(each, cells) for each in (s0, start)}
    targets: dict[int, MoveTarget] = {}
    queued, waiting = 1 << a, [a]
    while waiting:
        x = waiting.pop()
        to = start if starts[x] == s0 else s0
        room, trainer = rooms[x], trainers[x]
        if not (
            board.allowed[x][to]
            and board.room_allowed[x][room][to]
            and board.trainer_allowed[x][trainer][to]
        ):
            return None
        targets[x] = to, room, trainer
        found = board.rival_masks[x] & occupants[to]
        needs = board.room_needs[x][room]
        if trainer >= 0 or board.contested[x]:
            needs = (*needs, *board.trainer_needs[x][trainer], *board.contested[x])
        for resource in needs:
            # Cumulative resources have no owners; their capacity is checked at the end.
            for other in owner[resource][to : to + cells]:
                if other >= 0:
                    found |= 1 << other
        found &= ~queued
        if not found:
            continue
        queued |= found
        if queued.bit_count() > longest:
            return None
        while found:
            other = found.bit_length() - 1
            found ^= 1 << other
            if starts[other] != to or lengths[other] != cells:
                return None
            waiting.append(other)
    if not board.all_disjunctive and _exceeds_capacity(board, targets, cells):
        return None
    return move_together(board, targets, limit)


def _exceeds_capacity(board: Board, targets: dict[int, MoveTarget], cells: int) -> bool:
    """True if activities that exchange two starts exceed the limit of a cumulative resource."""
    space = board.space
    more: dict[tuple[int, int], int] = {}
    for a, (start, room, trainer) in targets.items():
        for resource in board.needs(a, room, trainer):
            if space.limits[resource] > 1:
                for at, change in ((start, 1), (board.start[a], -1)):
                    more[resource, at] = more.get((resource, at), 0) + change
    return any(
        change > 0 and max(space.counts[q][at : at + cells]) + change > space.limits[q]
        for (q, at), change in more.items()
    )


def gather_in_room(board: Board, members: list[int], room: int, limit: int) -> int | None:
    """Move a group to one room, at unchanged starts; the activities there take the rooms it leaves.

    Members that cannot move stay where they are. A cumulative room rules the move out.
    """
    space, needs, allowed = board.space, board.room_needs, board.room_allowed
    targets: dict[int, MoveTarget] = {}
    taken = 0
    for a in members:
        start, old, cells = board.start[a], board.room[a], board.state.cells[a]
        if old == room or room not in board.room_sets[a] or not allowed[a][room][start]:
            continue
        window = space.windows[cells][start]
        if taken & window:
            continue
        if not board.all_disjunctive and any(
            space.limits[q] != 1 for r in (old, room) for q in needs[a][r]
        ):
            return None
        holders = {b for q in needs[a][room] for b in space.owner[q][start : start + cells]}
        holders.discard(-1)
        if all(_can_take_room(board, b, a, old) and b not in targets for b in holders):
            taken |= window
            targets[a] = start, room, board.trainer[a]
            for b in holders:
                targets[b] = board.start[b], old, board.trainer[b]
    return move_together(board, targets, limit) if targets else None


def _can_take_room(board: Board, b: int, a: int, room: int) -> bool:
    """True if one activity can take the room of another of equal start and length."""
    start = board.start[b]
    return (
        start == board.start[a]
        and board.state.cells[b] == board.state.cells[a]
        and room in board.room_sets[b]
        and board.room_needs[a] == board.room_needs[b]
        and bool(board.room_allowed[b][room][start])
    )
