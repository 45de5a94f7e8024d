"""Graded terms in a program: costs of single placements, counting terms, soft precedences.

Strict counting terms are here too, as constraints, since they share the sums of graded ones.
"""

from collections.abc import Callable, Iterator, Sequence
from math import gcd

from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.state.costs import CountTerms
from mic_core.scheduling.state.precedence import Precedences
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.costs import Costs

AddedAmount = tuple[int, int]
"""The amount that an activity may add to a bucket, and the literal that it does."""


def price_each(choices: ChoiceVariables, costs: Costs) -> None:
    """Add the costs of single placements: by start, by room, and by start and room or trainer."""
    problem, form = choices.state.problem, choices.state.form
    for activity in choices.placed:
        times, rooms = problem.time_costs[activity], problem.room_costs[activity]
        for literal, cost in _by_start(choices, activity, times):
            costs.add(cost, literal)
        for room, literal in choices.rooms[activity].items():
            costs.add(rooms[room] if rooms is not None else 0, literal)
        for by, chosen in (
            (problem.room_time_costs[form[activity]], choices.rooms[activity]),
            (problem.trainer_time_costs[form[activity]], choices.trainers[activity]),
        ):
            for one, literal in chosen.items():
                for start, cost in _by_start(choices, activity, by.get(one)):
                    costs.add(cost, choices.program.conjunction(literal, start))


def _by_start(
    choices: ChoiceVariables, activity: int, costs: Sequence[int] | None
) -> Iterator[tuple[int, int]]:
    """A literal per cost: the activity starts in a cell of that cost; nothing without costs."""
    if costs is not None:
        yield from ((literal, cost) for cost, literal in choices.partition(activity, costs).items())


# Counting terms


def price_counts(choices: ChoiceVariables, costs: Costs) -> None:
    """Add counting terms: the sum of each bucket of each group, or the number of used buckets."""
    for counts in choices.state.counts:
        groups: dict[int, dict[int, list[AddedAmount]]] = {}
        for activity, group, bucket, literal in _in_buckets(choices, counts):
            amount = counts.count.amounts[activity] // COUNTED
            groups.setdefault(group, {}).setdefault(bucket, []).append((amount, literal))
        for group, buckets in sorted(groups.items()):
            if counts.count.distinct:
                _price_used(choices, costs, counts, group, buckets)
            else:
                for bucket, amounts in sorted(buckets.items()):
                    _price_bucket(choices, costs, counts, (group, bucket), amounts)


def _in_buckets(
    choices: ChoiceVariables, counts: CountTerms
) -> Iterator[tuple[int, int, int, int]]:
    """Yield activity, group, bucket and literal for each bucket that it may count in."""
    buckets = counts.count.buckets
    for activity, group, member in choices.memberships(counts.membership):
        if buckets is None:
            parts = choices.rooms[activity]
        else:
            parts = choices.partition(activity, buckets[activity])
        for bucket, inside in parts.items():
            if bucket >= 0:
                yield activity, group, bucket, choices.program.conjunction(member, inside)


def _price_bucket(
    choices: ChoiceVariables,
    costs: Costs,
    counts: CountTerms,
    where: tuple[int, int],
    amounts: list[AddedAmount],
) -> None:
    """Add the cost of the sum in one bucket of one group."""
    group, bucket = where
    table, now = counts.tables[group], counts.sums[group * counts.size + bucket]
    if now or not table[1] or all(amount > 0 for amount, _ in amounts):

        def cost(more: int) -> int:
            return table[now + COUNTED * more + (1 if more else 0)]
    else:
        # An empty bucket costs nothing, unlike one whose sessions add 0. So the sum also counts
        # sessions: each adds its amount times `scale`, plus 1, and `scale` exceeds their number.
        scale = len(amounts) + 1
        amounts = [(amount * scale + 1, literal) for amount, literal in amounts]

        def cost(more: int) -> int:
            return table[more // scale * COUNTED + more % scale]

    _price_sum(choices, costs, counts, amounts, cost)


def _price_used(
    choices: ChoiceVariables,
    costs: Costs,
    counts: CountTerms,
    group: int,
    buckets: dict[int, list[AddedAmount]],
) -> None:
    """Add the cost of the number of buckets that one group uses."""
    table, now, program = counts.tables[group], counts.used[group], choices.program
    base = group * counts.size
    fresh = [
        (1, program.disjunction(literal for _, literal in amounts))
        for bucket, amounts in sorted(buckets.items())
        if not counts.sums[base + bucket]
    ]
    _price_sum(choices, costs, counts, fresh, lambda more: table[now + more])
    if not counts.weight and table[now]:  # violated by fixed sessions: no bucket takes any more
        for amounts in buckets.values():
            for _, literal in amounts:
                program.add_clause([-literal])


def _price_sum(
    choices: ChoiceVariables,
    costs: Costs,
    counts: CountTerms,
    amounts: Sequence[AddedAmount],
    cost: Callable[[int], int],
) -> None:
    """Add the cost of a sum; of a strict term, the constraint that it costs nothing."""
    if counts.weight:
        costs.add_function(amounts, cost)
        return
    program = choices.program
    if cost(0):  # violated by fixed sessions: nothing may be added
        for _, literal in amounts:
            program.add_clause([-literal])
        return
    step = gcd(*(amount for amount, _ in amounts))
    highest = sum(amount for amount, _ in amounts)
    allowed = [at for at in range(0, highest + 1, step or 1) if not cost(at)]
    if len(allowed) <= highest // (step or 1):
        program.add_linear(amounts, [(at, at) for at in allowed])


# Precedences


def price_precedences(choices: ChoiceVariables, costs: Costs) -> None:
    """Add graded precedences: a cost for each successor that starts too early."""
    for order in choices.state.orders:
        if order.order.weight:
            _price_precedence(choices, costs, order)


def _price_precedence(choices: ChoiceVariables, costs: Costs, order: Precedences) -> None:
    """Add one precedence term, all successors against the latest end of the predecessors.

    A variable is at least every end, so there is one constraint per activity, not per pair.
    """
    program, weight = choices.program, order.order.weight
    firsts = sorted(order.firsts & choices.placed.keys())
    seconds = sorted(order.seconds & choices.placed.keys())
    problem = choices.state.problem
    ended = order.ends[-1][0] if order.ends else None
    if not firsts:
        for activity in seconds if ended is not None else ():
            cells = range(problem.axis.size)
            early = [problem.slot(activity, cell)[0] < (ended or 0) for cell in cells]
            for is_early, literal in choices.partition(activity, early).items():
                costs.add(weight if is_early else 0, literal)
        return
    low, unit = problem.axis.grid.low, problem.axis.grid.unit
    # Successors that the state places and that are not too early yet may become so.
    on_time = [start - low for start, _ in order.starts if ended is None or start >= ended]
    ends = [
        each.offset + each.length + order.order.gap
        for each in (problem.activities[first] for first in firsts)
    ]
    begins = [problem.activities[second].offset for second in seconds]
    placed_end = [] if ended is None else [ended - low]
    # The greatest common measure of all instants keeps the numbers of the model small.
    scale = gcd(unit, *ends, *begins, *on_time, *placed_end)
    least = (placed_end[0] if placed_end else min(0, *on_time, 0)) // scale
    last = program.new_int(
        [(least, max(least, (problem.axis.grid.size * unit + max(ends)) // scale))]
    )
    step = unit // scale
    for first, end in zip(firsts, ends, strict=True):
        terms = [(1, last), (-step, choices.start[first])]
        program.add_at_least(terms, end // scale, [choices.placed[first]])
    for second, begin in zip(seconds, begins, strict=True):
        violated = program.new_bool()
        costs.add(weight, violated)
        terms = [(step, choices.start[second]), (-1, last)]
        program.add_at_least(terms, -(begin // scale), [choices.placed[second], -violated])
    for start in on_time:
        violated = program.new_bool()
        costs.add(weight, violated)
        program.add_at_most([(1, last)], start // scale, [-violated])
