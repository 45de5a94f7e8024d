"""Group membership: the groups of a term by activity, and the fixed sessions of each group."""

from collections.abc import Collection, Sequence

from mic_core.rules import Axis, Group
from mic_core.scheduling.problem.candidates import Candidates
from mic_core.scheduling.problem.problem import GroupMembership


def membership_of(
    candidates: Candidates, groups: Sequence[Group], axis: Axis, among: Collection[int] | None
) -> GroupMembership | None:
    """The group membership of a term; None if no activity can join a group. O(memberships)."""
    if axis == "session":
        return _session_membership(candidates, groups)
    index = candidates.room if axis == "room" else candidates.person
    kept = [group for group in groups if group.label in index]
    # One entry more, for none: the choice -1 reads the last one.
    chosen = [-1] * (len(index) + 1)
    for number, group in enumerate(kept):
        chosen[index[group.label]] = number
    counted = tuple(among is None or n in among for n in candidates.numbers)
    if not kept or not any(counted):
        return None
    assigned = candidates.assigned_persons if axis == "person" else ((),) * len(candidates.numbers)
    return GroupMembership(
        labels=tuple(group.label for group in kept),
        limits=tuple(group.limit for group in kept),
        fixed=tuple(
            tuple(chosen[each] for each in persons if chosen[each] >= 0) if counts else ()
            for persons, counts in zip(assigned, counted, strict=True)
        ),
        by="room" if axis == "room" else "trainer",
        index=tuple(chosen),
        counted=counted,
        fixed_sessions=tuple(candidates.fixed_sessions(group.label, among) for group in kept),
    )


def _session_membership(candidates: Candidates, groups: Sequence[Group]) -> GroupMembership | None:
    """The membership in groups of sessions, which no choice of room or trainer changes."""
    fixed: list[list[int]] = [[] for _ in candidates.numbers]
    kept: list[Group] = []
    fixed_sessions: list[tuple[int, ...]] = []
    placed = frozenset(candidates.fixed)
    for group in groups:
        members = [candidates.activity[n] for n in group.sessions if n in candidates.activity]
        for activity in members:
            fixed[activity].append(len(kept))
        if members:
            kept.append(group)
            fixed_sessions.append(tuple(n for n in group.sessions if n in placed))
    if not kept:
        return None
    return GroupMembership(
        labels=tuple(group.label for group in kept),
        limits=tuple(group.limit for group in kept),
        fixed=tuple(map(tuple, fixed)),
        fixed_sessions=tuple(fixed_sessions),
    )
