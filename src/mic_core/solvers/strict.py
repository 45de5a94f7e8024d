"""What a program must never break: resources, order, distance, and full buckets."""

from collections.abc import Iterator
from itertools import combinations, groupby

from mic_core.scheduling.problem.problem import PairwiseGap, Placement, PlanningProblem
from mic_core.scheduling.state.precedence import PairwiseGaps, Precedences
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.program import FAR, IntegerRange


def keep_strict(choices: ChoiceVariables) -> None:
    """Let the program keep all strict terms, but for those that count."""
    _hold(choices)
    for order in choices.state.orders:
        if not order.order.weight:
            _keep_order(choices, order)
    for apart in choices.state.pairwise_gaps:
        _keep_from_standing(choices, apart)
        _keep_from_each_other(choices, apart)


# Resources


def _hold(choices: ChoiceVariables) -> None:
    """No resource holds more than its limit."""
    state, program = choices.state, choices.program
    holders: dict[int, dict[int, list[int]]] = {}
    for activity in choices.placed:
        for resource, truth in _needs(choices, activity):
            holders.setdefault(resource, {}).setdefault(activity, []).append(truth)
    for resource, held in sorted(holders.items()):
        spans = [
            program.span(choices.start[each], state.cells[each], program.either(truths))
            for each, truths in held.items()
        ]
        limit = state.space.limits[resource]
        if limit == 1:
            program.never_together(spans)
        else:
            program.no_more_than(spans, _taken(choices, resource, limit), limit)


def _needs(choices: ChoiceVariables, activity: int) -> Iterator[tuple[int, int]]:
    """The resources of an activity, each with the truth that it needs them."""
    problem, form = choices.state.problem, choices.state.form[activity]
    for resource in choices.state.resources[activity]:
        yield resource, choices.placed[activity]
    for needs, chosen in (
        (problem.room_needs[form], choices.rooms[activity]),
        (problem.trainer_needs[form], choices.trainers[activity]),
    ):
        for one, truth in chosen.items():
            yield from ((resource, truth) for resource in needs[one])


def _taken(choices: ChoiceVariables, resource: int, limit: int) -> Iterator[tuple[int, int, int]]:
    """What holds a resource of several already: start, size and how many, run by run."""
    axis = choices.state.problem.axis
    counts = choices.state.space.counts[resource] or [0] * axis.size
    cells = range(len(counts))
    for (_, many), run in groupby(cells, key=lambda cell: (axis.run_of[cell], counts[cell])):
        if many:
            held = list(run)
            yield choices.units[held[0]], len(held), min(many, limit)


# Order


def _keep_order(choices: ChoiceVariables, order: Precedences) -> None:
    """Each second activity starts after each first one has ended."""
    problem, program = choices.state.problem, choices.program
    unit = problem.axis.grid.unit
    for first in sorted(order.firsts & choices.placed.keys()):
        one = problem.activities[first]
        for second in sorted(order.seconds & choices.placed.keys() - {first}):
            ended = one.offset + one.length + order.order.gap
            gap = -(-(ended - problem.activities[second].offset) // unit)
            program.at_least(
                [(1, choices.start[second]), (-1, choices.start[first])],
                gap,
                [choices.placed[first], choices.placed[second]],
            )


# Distance


def _keep_from_standing(choices: ChoiceVariables, pairwise_gaps: PairwiseGaps) -> None:
    """Stay apart from what stands already."""
    ties, program = pairwise_gaps.gap.membership, choices.program
    if not any(pairwise_gaps.lines):
        return
    for activity in choices.placed:
        chosen = choices.rooms if ties.by == "room" else choices.trainers
        chances = chosen[activity] if ties.by is not None else {-1: choices.placed[activity]}
        for one, truth in chances.items():
            cells = [
                cell
                for cell in choices.cells[activity]
                if not any(True for _ in pairwise_gaps.rivals(activity, Placement(cell, one, one)))
            ]
            if not cells:
                program.clause([-truth])
            elif len(cells) < len(choices.cells[activity]):
                program.within([(1, choices.start[activity])], choices.ranges(cells), [truth])


def _keep_from_each_other(choices: ChoiceVariables, pairwise_gaps: PairwiseGaps) -> None:
    """No two that may be placed clash, in any group that they share."""
    groups: dict[int, list[tuple[int, int]]] = {}
    for activity, group, truth in choices.members(pairwise_gaps.gap.membership):
        groups.setdefault(group, []).append((activity, truth))
    problem, program = choices.state.problem, choices.program
    for _, members in sorted(groups.items()):
        for (a, one), (b, other) in combinations(members, 2):
            ranges = _allowed(problem, pairwise_gaps.gap, a, b)
            if len(ranges) > 1:
                program.within(
                    [(1, choices.start[b]), (-1, choices.start[a])], ranges, [one, other]
                )


def _allowed(problem: PlanningProblem, apart: PairwiseGap, a: int, b: int) -> list[IntegerRange]:
    """By how many units one activity may start after another, as ranges."""
    unit, one, other = problem.axis.grid.unit, problem.activities[a], problem.activities[b]
    reach = (max(one.length, other.length) + max(apart.reach, 0)) // unit + 2
    ranges: list[IntegerRange] = []
    since = -FAR
    for step in range(-reach, reach + 1):
        start = step * unit + other.offset - one.offset
        if _clash(apart, (one.number, one.length), (other.number, other.length), start):
            if since < step:
                ranges.append((since, step - 1))
            since = step + 1
    return [*ranges, (since, FAR)]


def _clash(apart: PairwiseGap, one: tuple[int, int], other: tuple[int, int], start: int) -> bool:
    """Whether two clash, numbers and lengths, if the other starts so long after the first."""
    (a, length), (b, after) = one, other
    if start > 0:
        return apart.clash(a, b, start - length)
    return apart.clash(b, a, -start - after)
