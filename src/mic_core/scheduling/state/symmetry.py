"""Activities that are alike in all that matters: to exchange two of them changes nothing."""

from collections.abc import Hashable

from mic_core.scheduling.state.state import State


def twins_of(state: State) -> list[int]:
    """For each activity the set of others that no term tells from it.

    Those that a term judged as a whole knows by number have none. O(activities times terms).
    """
    alike: dict[Hashable, int] = {}
    signs = [_sign(state, a) for a in range(len(state.at))]
    for a, sign in enumerate(signs):
        alike[sign] = alike.get(sign, 0) | 1 << a
    return [alike[sign] & ~(1 << a) for a, sign in enumerate(signs)]


def _sign(state: State, a: int) -> Hashable:
    problem = state.problem
    each = problem.activities[a]
    if state.strict_gaps[a] or any(tied in state.graded[a] for tied in state.group_terms):
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
