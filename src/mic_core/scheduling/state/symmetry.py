"""Symmetry: interchangeable activities, whose exchange leaves feasibility and cost unchanged.

Two activities are interchangeable if their signatures are equal: class, domain, resources, unary
costs, and membership and load in every term.
"""

from collections.abc import Hashable

from mic_core.scheduling.state.state import State


def twins_of(state: State) -> list[int]:
    """The activities interchangeable with each activity, as a set in which bit b means activity b.

    An activity of a group term or a minimum gap has none: these terms know it by its number.
    O(activities times terms).
    """
    alike: dict[Hashable, int] = {}
    signatures = [_signature(state, a) for a in range(len(state.at))]
    for a, signature in enumerate(signatures):
        alike[signature] = alike.get(signature, 0) | 1 << a
    return [alike[signature] & ~(1 << a) for a, signature in enumerate(signatures)]


def _signature(state: State, a: int) -> Hashable:
    """All that the terms of a problem know of an activity, or its index if one knows its number."""
    problem = state.problem
    each = problem.activities[a]
    if state.strict_gaps[a] or any(term in state.graded[a] for term in state.group_terms):
        return a
    counted = [count.membership.counted[a : a + 1] for count in problem.counts]
    return (
        each.form, each.starts, each.rooms, each.trainers, each.persons, each.resources,
        problem.time_costs[a], problem.room_costs[a],
        tuple((count.membership.fixed[a], count.amounts[a]) for count in problem.counts),
        tuple(pattern.membership.fixed[a] for pattern in problem.patterns),
        tuple(map(tuple, counted)),
        tuple(pattern.membership.counted[a : a + 1] for pattern in problem.patterns),
        tuple((a in order.firsts, a in order.seconds) for order in state.orders
              if a in order.firsts or a in order.seconds),
        tuple(place for place, order in enumerate(state.orders)
              if a in order.firsts or a in order.seconds),
    )  # fmt: skip
