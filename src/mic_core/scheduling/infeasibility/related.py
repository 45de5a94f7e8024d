"""Growing neighborhoods in the constraint graph: activities related to one that has no place."""

from collections.abc import Iterator, Sequence

from mic_core.scheduling.problem.problem import PlanningProblem, Precedence


def related_sets(
    problem: PlanningProblem, activity: int, pool: Sequence[int]
) -> Iterator[list[int]]:
    """Neighborhoods of an activity within a pool, in order of size, each once.

    The activity alone; all that share a resource, rooms, trainers or a group with it; those before
    and after it by precedences, along one path and then all of them; and the unions of these.
    O(pool times terms).
    """
    sharing = [{activity}, *_sharing_sets(problem, activity, pool)]
    path = _precedence_path(problem, activity, frozenset(pool))
    every = set[int]().union(*sharing)
    closure = precedence_closure(problem, {activity}, set(pool))
    seen: list[set[int]] = []
    for some in sorted(
        [*sharing, path, closure, every, precedence_closure(problem, every, set(pool))], key=len
    ):
        if some not in seen:
            seen.append(some)
            yield sorted(some)


def _certain_resources(problem: PlanningProblem, activity: int) -> frozenset[int]:
    """The resources that an activity needs in each of its rooms and with each of its trainers."""
    each = problem.activities[activity]
    rooms = [frozenset(problem.room_needs[each.form][room]) for room in each.rooms]
    trainers = [frozenset(problem.trainer_needs[each.form][one]) for one in each.trainers]
    common = [frozenset[int].intersection(*some) for some in (rooms, trainers) if some]
    return frozenset(each.resources).union(*common)


def _sharing_sets(problem: PlanningProblem, activity: int, pool: Sequence[int]) -> list[set[int]]:
    """The activities that compete with one, by resource, room set, trainer set and group."""
    activities, own = problem.activities, problem.activities[activity]
    needs = {each: _certain_resources(problem, each) for each in pool}
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


def _strict_orders(problem: PlanningProblem) -> list[Precedence]:
    return [each for each in problem.orders if not each.weight]


def _precedence_path(problem: PlanningProblem, activity: int, among: frozenset[int]) -> set[int]:
    """One path of precedences through an activity, greedily along the most activities each time."""
    found = {activity}
    for near, far in (("firsts", "seconds"), ("seconds", "firsts")):
        at, passed = activity, set[int]()
        while True:
            steps = [
                order
                for order in _strict_orders(problem)
                if at in getattr(order, near) and passed.isdisjoint(getattr(order, far))
            ]
            if not steps:
                break
            sizes = [len(among.intersection(getattr(order, far))) for order in steps]
            step = steps[sizes.index(max(sizes))]
            found |= among.intersection((*step.firsts, *step.seconds))
            passed.add(at)
            at = getattr(step, far)[0]
    return found


def precedence_closure(problem: PlanningProblem, some: set[int], among: set[int]) -> set[int]:
    """The transitive closure of some activities under precedences, in both directions."""
    found = set(some)
    while True:
        more = {
            each
            for order in _strict_orders(problem)
            if not found.isdisjoint((*order.firsts, *order.seconds))
            for each in (*order.firsts, *order.seconds)
            if each in among
        }
        if more <= found:
            return found
        found |= more
