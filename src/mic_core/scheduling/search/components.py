"""Independent components of a problem: the connected parts of its constraint graph.

Two activities are adjacent if they may take the same room or person, need the same resource, or
belong to one group or precedence. No term spans two components, so each is a problem of its own,
with its own terms, groups and resources alone, and costs add up.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

from mic_core.scheduling.problem.problem import (
    Barriers,
    CountTerm,
    DayPattern,
    GroupMembership,
    PlanningProblem,
)

V = TypeVar("V")


@attrs.frozen(eq=False)
class Component:
    """A component: its activities by their indices in the problem, and the problem that they make.

    Rooms, persons and classes of the component's problem have the indices of the whole problem, so
    that placements are the same in both.
    """

    activities: tuple[int, ...]
    problem: PlanningProblem


def components_of(problem: PlanningProblem) -> list[Component]:
    """The components of a problem, the one with the first activity first.

    A problem that is connected is its own one component. O(memberships + choices of each class).
    """
    leader = list(range(len(problem.activities)))

    def root(activity: int) -> int:
        while leader[activity] != activity:
            leader[activity] = leader[leader[activity]]  # halves the path for the next search
            activity = leader[activity]
        return activity

    seen: dict[Hashable, int] = {}
    for activity, shared in _shared(problem):
        one, other = root(activity), root(seen.setdefault(shared, activity))
        leader[max(one, other)] = min(one, other)
    members: dict[int, list[int]] = {}
    for activity in range(len(leader)):
        members.setdefault(root(activity), []).append(activity)
    if len(members) < 2:
        return [Component(tuple(range(len(leader))), problem)]
    return [Component(tuple(own), _restricted(problem, own)) for own in members.values()]


def _shared(problem: PlanningProblem) -> Iterator[tuple[int, Hashable]]:
    """Each activity with each thing by which it may depend on other activities."""
    read: set[int] = set()
    for activity, each in enumerate(problem.activities):
        # Activities of one center share the tuple of its rooms, which is long: it is read once.
        yield activity, ("rooms", id(each.rooms))
        if id(each.rooms) not in read:
            read.add(id(each.rooms))
            yield from ((activity, ("room", room)) for room in each.rooms if room >= 0)
        persons = (*each.trainers, *each.persons)
        yield from ((activity, ("person", person)) for person in persons if person >= 0)
        yield from ((activity, ("resource", resource)) for resource in each.resources)
    for place, order in enumerate(problem.orders):
        yield from ((each, ("order", place)) for each in (*order.firsts, *order.seconds))
    memberships = (
        *(each.membership for each in problem.counts),
        *(each.membership for each in problem.patterns),
        *(each.membership for each in problem.group_terms),
        *(each.membership for each in problem.pairwise_gaps),
    )
    for place, membership in enumerate(memberships):
        for activity, groups in enumerate(membership.fixed):
            yield from ((activity, ("group", place, group)) for group in groups)


def _restricted(problem: PlanningProblem, own: Sequence[int]) -> PlanningProblem:
    """The problem of some activities that depend on no others."""
    activities = [problem.activities[a] for a in own]
    number = {a: place for place, a in enumerate(own)}
    rooms = {room for choices in {id(e.rooms): e.rooms for e in activities}.values()
             for room in choices}  # fmt: skip
    persons = {person for each in activities for person in (*each.trainers, *each.persons)}
    forms = {each.form for each in activities}
    used = {resource for each in activities for resource in each.resources}
    for form in forms:
        used.update(q for room in rooms for q in problem.room_needs[form][room])
        used.update(q for person in persons for q in problem.trainer_needs[form][person])
    kept = sorted(used)
    resource = {q: place for place, q in enumerate(kept)}

    def needs(by_form: Sequence[Sequence[Sequence[int]]], choices: set[int]) -> tuple[
        tuple[tuple[int, ...], ...], ...
    ]:  # fmt: skip
        return tuple(
            tuple(
                tuple(resource[q] for q in listed)
                if form in forms and (choice if choice < len(by) - 1 else -1) in choices
                else ()
                for choice, listed in enumerate(by)
            )
            for form, by in enumerate(by_form)
        )

    def barriers(by_form: Sequence[Barriers], choices: set[int]) -> tuple[Barriers, ...]:
        return tuple(_within(by, choices if n in forms else ()) for n, by in enumerate(by_form))

    def costs(
        by_form: Sequence[Mapping[int, tuple[int, ...]]], choices: set[int]
    ) -> tuple[Mapping[int, tuple[int, ...]], ...]:
        return tuple(_within(by, choices if n in forms else ()) for n, by in enumerate(by_form))

    terms = _Terms(own, rooms, persons)
    return attrs.evolve(
        problem,
        activities=tuple(
            attrs.evolve(each, resources=tuple(resource[q] for q in each.resources))
            for each in activities
        ),
        resources=tuple(problem.resources[q] for q in kept),
        room_needs=needs(problem.room_needs, rooms),
        trainer_needs=needs(problem.trainer_needs, persons),
        room_barriers=barriers(problem.room_barriers, rooms),
        trainer_barriers=barriers(problem.trainer_barriers, persons),
        time_costs=tuple(problem.time_costs[a] for a in own),
        room_time_costs=costs(problem.room_time_costs, rooms),
        trainer_time_costs=costs(problem.trainer_time_costs, persons),
        room_costs=tuple(problem.room_costs[a] for a in own),
        orders=tuple(
            attrs.evolve(
                order,
                firsts=tuple(number[a] for a in order.firsts),
                seconds=tuple(number[a] for a in order.seconds),
            )
            for order in problem.orders
            if not number.keys().isdisjoint((*order.firsts, *order.seconds))
        ),
        pairwise_gaps=tuple(
            attrs.evolve(term, membership=made[0])
            for term in problem.pairwise_gaps
            if (made := terms.membership(term.membership))
        ),
        counts=tuple(each for each in map(terms.count, problem.counts) if each),
        patterns=tuple(each for each in map(terms.pattern, problem.patterns) if each),
        group_terms=tuple(
            attrs.evolve(term, membership=made[0])
            for term in problem.group_terms
            if (made := terms.membership(term.membership))
        ),
        windows=tuple(problem.windows[a] for a in own),
    )


def _within(by: Mapping[int, V], choices: Iterable[int]) -> dict[int, V]:
    """The entries of a table for some rooms or persons."""
    return {choice: by[choice] for choice in sorted(choices) if choice in by}


@attrs.frozen(eq=False)
class _Terms:
    """The terms of a component: those that one of its activities can join, with its groups alone.

    `own` are its activities in the whole problem, `rooms` and `persons` what they may take.
    """

    own: Sequence[int]
    rooms: set[int]
    persons: set[int]

    def membership(self, of: GroupMembership) -> tuple[GroupMembership, dict[int, int]] | None:
        """The membership of the component, and the new number of each group; None: no group."""
        used = {group for a in self.own for group in of.fixed[a]}
        if of.by is not None and any(of.counted[a] for a in self.own):
            used.update(
                of.index[each] for each in (self.rooms if of.by == "room" else self.persons)
            )
        kept = sorted(used - {-1})
        if not kept:
            return None
        group = {old: place for place, old in enumerate(kept)}
        membership = attrs.evolve(
            of,
            labels=tuple(of.labels[each] for each in kept),
            limits=tuple(of.limits[each] for each in kept),
            fixed=tuple(tuple(group[each] for each in of.fixed[a]) for a in self.own),
            index=tuple(group.get(each, -1) for each in of.index),
            counted=tuple(of.counted[a] for a in self.own) if of.counted else (),
            fixed_sessions=tuple(of.fixed_sessions[each] for each in kept)
            if of.fixed_sessions
            else (),
        )
        return membership, group

    def count(self, term: CountTerm) -> CountTerm | None:
        """A counting term of the component; None if no activity can join a group."""
        made = self.membership(term.membership)
        if made is None:
            return None
        buckets = term.buckets
        return attrs.evolve(
            term,
            membership=made[0],
            buckets=None if buckets is None else tuple(buckets[a] for a in self.own),
            amounts=tuple(term.amounts[a] for a in self.own),
            base=_of_groups(term.base, made[1]),
        )

    def pattern(self, term: DayPattern) -> DayPattern | None:
        """A day pattern of the component; None if no activity can join a group."""
        made = self.membership(term.membership)
        if made is None:
            return None
        return attrs.evolve(
            term,
            membership=made[0],
            days=tuple(term.days[a] for a in self.own),
            bits=tuple(term.bits[a] for a in self.own),
            base=_of_groups(term.base, made[1]),
        )


def _of_groups(
    base: Mapping[tuple[int, int], int], group: Mapping[int, int]
) -> dict[tuple[int, int], int]:
    """The loads of fixed sessions by group and bucket, for some groups under their new numbers."""
    return {(group[old], at): value for (old, at), value in base.items() if old in group}
