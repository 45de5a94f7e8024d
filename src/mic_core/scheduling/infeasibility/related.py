"""Sessions that share something with one: where to look for what stands in its way."""

from collections.abc import Iterator, Sequence

from mic_core.scheduling.problem.problem import PlanningProblem, Precedence


def related_sets(
    problem: PlanningProblem, activity: int, pool: Sequence[int]
) -> Iterator[list[int]]:
    """Sets of activities of a pool around one of them, smaller sets first, each one once.

    First it alone; those that need a resource, rooms, trainers or a count as it does; those before
    and after it in order, along a path and then all of them; and what these come to together.
    O(pool times terms).
    """
    shared = [{activity}, *_shared(problem, activity, pool)]
    path = _path(problem, activity, frozenset(pool))
    every = set[int]().union(*shared)
    chain = precedence_closure(problem, {activity}, set(pool))
    seen: list[set[int]] = []
    for some in sorted(
        [*shared, path, chain, every, precedence_closure(problem, every, set(pool))], key=len
    ):
        if some not in seen:
            seen.append(some)
            yield sorted(some)


def _must(problem: PlanningProblem, activity: int) -> frozenset[int]:
    """The resources that an activity needs whatever is chosen for it."""
    each = problem.activities[activity]
    rooms = [frozenset(problem.room_needs[each.form][room]) for room in each.rooms]
    trainers = [frozenset(problem.trainer_needs[each.form][one]) for one in each.trainers]
    common = [frozenset[int].intersection(*some) for some in (rooms, trainers) if some]
    return frozenset(each.resources).union(*common)


def _shared(problem: PlanningProblem, activity: int, pool: Sequence[int]) -> list[set[int]]:
    """Those that need a resource, rooms, a trainer or a count as an activity does."""
    activities, own = problem.activities, problem.activities[activity]
    needs = {each: _must(problem, each) for each in pool}
    found = [
        {each for each in pool if resource in needs[each]} for resource in sorted(needs[activity])
    ]
    rooms, trainers = {*own.rooms} - {-1}, {*own.trainers} - {-1}
    found.append({each for each in pool if rooms.issuperset(activities[each].rooms)})
    found.append({each for each in pool if trainers.issuperset(activities[each].trainers)})
    for ties in (
        *(each.membership for each in problem.counts),
        *(each.membership for each in problem.pairwise_gaps),
    ):
        found += [
            {each for each in pool if group in ties.fixed[each]} for group in ties.fixed[activity]
        ]
    return [{*each, activity} for each in found]


def _strict(problem: PlanningProblem) -> list[Precedence]:
    return [each for each in problem.orders if not each.weight]


def _path(problem: PlanningProblem, activity: int, among: frozenset[int]) -> set[int]:
    """An activity with its likes, and along order always the most that come before and after."""
    found = {activity}
    for one, other in (("firsts", "seconds"), ("seconds", "firsts")):
        at, passed = activity, set[int]()
        while True:
            steps = [
                order
                for order in _strict(problem)
                if at in getattr(order, one) and passed.isdisjoint(getattr(order, other))
            ]
            if not steps:
                break
            sizes = [len(among.intersection(getattr(order, other))) for order in steps]
            step = steps[sizes.index(max(sizes))]
            found |= among.intersection((*step.firsts, *step.seconds))
            passed.add(at)
            at = getattr(step, other)[0]
    return found


def precedence_closure(problem: PlanningProblem, some: set[int], among: set[int]) -> set[int]:
    """Some activities with those that order puts before or after them, however far."""
    found = set(some)
    while True:
        more = {
            each
            for order in _strict(problem)
            if not found.isdisjoint((*order.firsts, *order.seconds))
            for each in (*order.firsts, *order.seconds)
            if each in among
        }
        if more <= found:
            return found
        found |= more
