"""Which groups of a term each activity belongs to, and who is in them already."""

from collections.abc import Collection, Sequence

from mic_core.rules import Axis, Group
from mic_core.scheduling.problem.candidates import Candidates
from mic_core.scheduling.problem.problem import GroupMembership


def membership_of(
    cast: Candidates, groups: Sequence[Group], axis: Axis, among: Collection[int] | None
) -> GroupMembership | None:
    """The membership of a term; None where no activity has any. O(memberships)."""
    if axis == "session":
        return _session_membership(cast, groups)
    index = cast.room if axis == "room" else cast.person
    kept = [group for group in groups if group.label in index]
    chosen = [-1] * (len(index) + 1)
    for place, group in enumerate(kept):
        chosen[index[group.label]] = place
    counted = tuple(among is None or n in among for n in cast.numbers)
    if not kept or not any(counted):
        return None
    given = cast.given if axis == "person" else ((),) * len(cast.numbers)
    return GroupMembership(
        labels=tuple(group.label for group in kept),
        limits=tuple(group.limit for group in kept),
        fixed=tuple(
            tuple(chosen[each] for each in persons if chosen[each] >= 0) if counts else ()
            for persons, counts in zip(given, counted, strict=True)
        ),
        by="room" if axis == "room" else "trainer",
        index=tuple(chosen),
        counted=counted,
        fixed_sessions=tuple(cast.fixed_sessions(group.label, among) for group in kept),
    )


def _session_membership(cast: Candidates, groups: Sequence[Group]) -> GroupMembership | None:
    fixed: list[list[int]] = [[] for _ in cast.numbers]
    kept: list[Group] = []
    fixed_sessions: list[tuple[int, ...]] = []
    placed = frozenset(cast.fixed)
    for group in groups:
        members = [cast.activity[n] for n in group.sessions if n in cast.activity]
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
