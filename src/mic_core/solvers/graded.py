"""What graded terms cost in a program, and what strict counts forbid."""

from collections.abc import Callable, Iterator, Sequence
from math import gcd

from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.state.costs import CountTerms
from mic_core.scheduling.state.precedence import Precedences
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.costs import Costs

Member = tuple[int, int, int]
"""An activity, what it adds, and the truth that it does."""


def price_each(choices: ChoiceVariables, costs: Costs) -> None:
    """What activities cost by themselves: by their start, their room, and both together."""
    problem, form = choices.state.problem, choices.state.form
    for activity in choices.placed:
        times, rooms = problem.time_costs[activity], problem.room_costs[activity]
        for truth, cost in _by_start(choices, activity, times):
            costs.add(cost, truth)
        for room, truth in choices.rooms[activity].items():
            costs.add(rooms[room] if rooms is not None else 0, truth)
        for by, chosen in (
            (problem.room_time_costs[form[activity]], choices.rooms[activity]),
            (problem.trainer_time_costs[form[activity]], choices.trainers[activity]),
        ):
            for one, truth in chosen.items():
                for start, cost in _by_start(choices, activity, by.get(one)):
                    costs.add(cost, choices.program.both(truth, start))


def _by_start(
    choices: ChoiceVariables, activity: int, costs: Sequence[int] | None
) -> Iterator[tuple[int, int]]:
    """The truths that an activity starts where it costs something, each with what it costs."""
    if costs is not None:
        yield from ((truth, cost) for cost, truth in choices.parts(activity, costs).items())


# Counts


def price_counts(choices: ChoiceVariables, costs: Costs) -> None:
    """What is in each bucket of each group, or how many buckets it uses."""
    for counts in choices.state.counts:
        held: dict[int, dict[int, list[Member]]] = {}
        for activity, group, bucket, truth in _in_buckets(choices, counts):
            amount = counts.count.amounts[activity] // COUNTED
            member = activity, amount, truth
            held.setdefault(group, {}).setdefault(bucket, []).append(member)
        for group, buckets in sorted(held.items()):
            if counts.count.distinct:
                _count_used(choices, costs, counts, group, buckets)
            else:
                for bucket, members in sorted(buckets.items()):
                    _count_sum(choices, costs, counts, group, bucket, members)


def _in_buckets(
    choices: ChoiceVariables, counts: CountTerms
) -> Iterator[tuple[int, int, int, int]]:
    """Each activity that may add to a bucket of a group, with the truth that it does."""
    buckets = counts.count.buckets
    for activity, group, truth in choices.members(counts.membership):
        if buckets is None:
            parts = choices.rooms[activity]
        else:
            parts = choices.parts(activity, buckets[activity])
        for bucket, inside in parts.items():
            if bucket >= 0:
                yield activity, group, bucket, choices.program.both(truth, inside)


def _count_sum(
    choices: ChoiceVariables,
    costs: Costs,
    counts: CountTerms,
    group: int,
    bucket: int,
    members: list[Member],
) -> None:
    """What one bucket of one group holds."""
    table, now = counts.tables[group], counts.sums[group * counts.size + bucket]
    amounts = [(amount, truth) for _, amount, truth in members]
    if now or not table[1] or all(amount > 0 for amount, _ in amounts):

        def cost(more: int) -> int:
            return table[now + COUNTED * more + (1 if more else 0)]
    else:  # an empty bucket costs nothing, unlike one whose sessions add nothing
        scale = len(amounts) + 1
        amounts = [(amount * scale + 1, truth) for amount, truth in amounts]

        def cost(more: int) -> int:
            return table[more // scale * COUNTED + more % scale]

    _price(choices, costs, counts, amounts, cost)


def _count_used(
    choices: ChoiceVariables,
    costs: Costs,
    counts: CountTerms,
    group: int,
    buckets: dict[int, list[Member]],
) -> None:
    """How many buckets one group uses."""
    table, now, program = counts.tables[group], counts.used[group], choices.program
    base = group * counts.size
    fresh = [
        (1, program.either(truth for _, _, truth in members))
        for bucket, members in sorted(buckets.items())
        if not counts.sums[base + bucket]
    ]
    _price(choices, costs, counts, fresh, lambda more: table[now + more])
    if not counts.weight and table[now]:
        for members in buckets.values():
            for _, _, truth in members:
                program.clause([-truth])


def _price(
    choices: ChoiceVariables,
    costs: Costs,
    counts: CountTerms,
    amounts: Sequence[tuple[int, int]],
    cost: Callable[[int], int],
) -> None:
    """What a sum costs, or of a strict term, that it costs nothing once anything adds to it."""
    if counts.weight:
        costs.of_sum(amounts, cost)
        return
    program = choices.program
    if cost(0):
        for _, truth in amounts:
            program.clause([-truth])
        return
    step = gcd(*(amount for amount, _ in amounts))
    highest = sum(amount for amount, _ in amounts)
    allowed = [at for at in range(0, highest + 1, step or 1) if not cost(at)]
    if len(allowed) <= highest // (step or 1):
        program.within(amounts, [(at, at) for at in allowed])


# Order


def price_orders(choices: ChoiceVariables, costs: Costs) -> None:
    """How many second activities start too early, of graded terms of order."""
    for order in choices.state.orders:
        if order.order.weight:
            _price_order(choices, costs, order)


def _price_order(choices: ChoiceVariables, costs: Costs, order: Precedences) -> None:
    program, weight = choices.program, order.order.weight
    firsts = sorted(order.firsts & choices.placed.keys())
    seconds = sorted(order.seconds & choices.placed.keys())
    problem = choices.state.problem
    ended = order.ends[-1][0] if order.ends else None
    if not firsts:
        for activity in seconds if ended is not None else ():
            cells = range(problem.axis.size)
            early = [problem.slot(activity, cell)[0] < (ended or 0) for cell in cells]
            for late, truth in choices.parts(activity, early).items():
                costs.add(weight if late else 0, truth)
        return
    low, unit = problem.axis.grid.low, problem.axis.grid.unit
    # The instant at which all first ones have ended, as far as it is later than what stands.
    still = [start - low for start, _ in order.starts if ended is None or start >= ended]
    ends = [
        each.offset + each.length + order.order.gap
        for each in (problem.activities[first] for first in firsts)
    ]
    begins = [problem.activities[second].offset for second in seconds]
    since = [] if ended is None else [ended - low]
    scale = gcd(unit, *ends, *begins, *still, *since)
    least = (since[0] if since else min(0, *still, 0)) // scale
    last = program.number(
        [(least, max(least, (problem.axis.grid.size * unit + max(ends)) // scale))]
    )
    step = unit // scale
    for first, end in zip(firsts, ends, strict=True):
        terms = [(1, last), (-step, choices.start[first])]
        program.at_least(terms, end // scale, [choices.placed[first]])
    for second, begin in zip(seconds, begins, strict=True):
        breach = program.truth()
        costs.add(weight, breach)
        terms = [(step, choices.start[second]), (-1, last)]
        program.at_least(terms, -(begin // scale), [choices.placed[second], -breach])
    for start in still:
        breach = program.truth()
        costs.add(weight, breach)
        program.at_most([(1, last)], start // scale, [-breach])
