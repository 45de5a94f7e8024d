"""Strict terms as constraints: disjunctive and cumulative resources, precedences, pairwise gaps."""

from collections.abc import Iterator
from itertools import combinations, groupby

from mic_core.scheduling.problem.problem import PairwiseGap, Placement, PlanningProblem
from mic_core.scheduling.state.precedence import PairwiseGaps, Precedences
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.program import MAX_EXPRESSION, IntegerRange


def keep_strict(choices: ChoiceVariables) -> None:
    """Add all strict terms as constraints, except counting terms, which `graded` adds."""
    _add_resources(choices)
    for order in choices.state.orders:
        if not order.order.weight:
            _add_precedence(choices, order)
    for gaps in choices.state.pairwise_gaps:
        _add_gaps_to_placed(choices, gaps)
        _add_gaps_among_free(choices, gaps)


# Resources


def _add_resources(choices: ChoiceVariables) -> None:
    """Bound the use of each resource by its limit: disjunctive if that is 1, else cumulative."""
    state, program = choices.state, choices.program
    users: dict[int, dict[int, list[int]]] = {}
    for activity in choices.placed:
        for resource, literal in _needs(choices, activity):
            users.setdefault(resource, {}).setdefault(activity, []).append(literal)
    for resource, literals_of in sorted(users.items()):
        intervals = [
            program.interval(choices.start[each], state.cells[each], program.disjunction(literals))
            for each, literals in literals_of.items()
        ]
        limit = state.space.limits[resource]
        if limit == 1:  # placed activities are no intervals: the domains exclude them already
            program.add_no_overlap(intervals)
        else:
            program.add_cumulative(intervals, _load(choices, resource, limit), limit)


def _needs(choices: ChoiceVariables, activity: int) -> Iterator[tuple[int, int]]:
    """The resources that an activity may need, each with the literal that it does."""
    problem, form = choices.state.problem, choices.state.form[activity]
    for resource in choices.state.resources[activity]:
        yield resource, choices.placed[activity]
    for needs, chosen in (
        (problem.room_needs[form], choices.rooms[activity]),
        (problem.trainer_needs[form], choices.trainers[activity]),
    ):
        for one, literal in chosen.items():
            yield from ((resource, literal) for resource in needs[one])


def _load(choices: ChoiceVariables, resource: int, limit: int) -> Iterator[tuple[int, int, int]]:
    """The load of a cumulative resource in the state: start, size and demand, run by run.

    Demand is cut at the limit: fixed sessions that exceed it would make the model infeasible.
    """
    axis = choices.state.problem.axis
    counts = choices.state.space.counts[resource] or [0] * axis.size
    cells = range(len(counts))
    for (_, many), run in groupby(cells, key=lambda cell: (axis.run_of[cell], counts[cell])):
        if many:
            loaded = list(run)
            yield choices.units[loaded[0]], len(loaded), min(many, limit)


# Precedences


def _add_precedence(choices: ChoiceVariables, order: Precedences) -> None:
    """Require that successors start after the end of all predecessors plus the time lag."""
    problem, program = choices.state.problem, choices.program
    unit = problem.axis.grid.unit
    for first in sorted(order.firsts & choices.placed.keys()):
        one = problem.activities[first]
        for second in sorted(order.seconds & choices.placed.keys() - {first}):
            ended = one.offset + one.length + order.order.gap
            gap = -(-(ended - problem.activities[second].offset) // unit)  # rounded up
            program.add_at_least(
                [(1, choices.start[second]), (-1, choices.start[first])],
                gap,
                [choices.placed[first], choices.placed[second]],
            )


# Pairwise gaps


def _add_gaps_to_placed(choices: ChoiceVariables, pairwise_gaps: PairwiseGaps) -> None:
    """Prune the starts that clash with sessions of the state, for each room or trainer."""
    ties, program = pairwise_gaps.gap.membership, choices.program
    if not any(pairwise_gaps.lines):
        return
    for activity in choices.placed:
        # Groups depend on the room or on the trainer, never on both: one number stands in for both.
        chosen = choices.rooms if ties.by == "room" else choices.trainers
        options = chosen[activity] if ties.by is not None else {-1: choices.placed[activity]}
        for one, literal in options.items():
            cells = [
                cell
                for cell in choices.cells[activity]
                if not any(True for _ in pairwise_gaps.rivals(activity, Placement(cell, one, one)))
            ]
            if not cells:
                program.add_clause([-literal])
            elif len(cells) < len(choices.cells[activity]):
                program.add_linear([(1, choices.start[activity])], choices.ranges(cells), [literal])


def _add_gaps_among_free(choices: ChoiceVariables, pairwise_gaps: PairwiseGaps) -> None:
    """Forbid differences of starts at which two free activities of one group clash."""
    groups: dict[int, list[tuple[int, int]]] = {}
    for activity, group, member in choices.memberships(pairwise_gaps.gap.membership):
        groups.setdefault(group, []).append((activity, member))
    problem, program = choices.state.problem, choices.program
    for _, members in sorted(groups.items()):
        for (a, one), (b, other) in combinations(members, 2):
            ranges = _allowed(problem, pairwise_gaps.gap, a, b)
            if len(ranges) > 1:
                program.add_linear(
                    [(1, choices.start[b]), (-1, choices.start[a])], ranges, [one, other]
                )


def _allowed(problem: PlanningProblem, apart: PairwiseGap, a: int, b: int) -> list[IntegerRange]:
    """The differences of starts, in units, at which activities a and b do not clash."""
    unit, one, other = problem.axis.grid.unit, problem.activities[a], problem.activities[b]
    reach = (max(one.length, other.length) + max(apart.reach, 0)) // unit + 2
    ranges: list[IntegerRange] = []
    since = -MAX_EXPRESSION
    for step in range(-reach, reach + 1):
        lag = step * unit + other.offset - one.offset
        if _clash(apart, (one.number, one.length), (other.number, other.length), lag):
            if since < step:
                ranges.append((since, step - 1))
            since = step + 1
    return [*ranges, (since, MAX_EXPRESSION)]


def _clash(apart: PairwiseGap, one: tuple[int, int], other: tuple[int, int], lag: int) -> bool:
    """True if two sessions, as number and length, clash when the second starts `lag` later."""
    (a, length), (b, after) = one, other
    if lag > 0:
        return apart.clash(a, b, lag - length)
    return apart.clash(b, a, -lag - after)
