"""Table constraints for day patterns and group terms: the cost of each combination that may occur.

The cost of a day pattern depends on a set of busy ticks, that of a group term on all placements of
the group. Neither is a function of a sum, so the combinations are enumerated. A term with too many
is relaxed: the objective becomes a lower bound, see `costs`.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

import attrs

from mic_core.scheduling.problem.problem import GroupMembership, PlacedSession
from mic_core.scheduling.state.costs import DayPatterns, GroupTerms
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.costs import Costs


@attrs.frozen(kw_only=True)
class TableLimits:
    """Limits of the tables of one program. Budgets: they bound memory; any value is correct.

    `rows` bounds the combinations of one day or of one part of a group. `cells` bounds all tables
    of day patterns together, and again all of group terms, in integers. `placements` bounds the
    pairs of start and room that the activities of one group offer.
    """

    rows: int = 20_000
    cells: int = 2_000_000
    placements: int = 20_000


TickOption = tuple[int, int]
"""The ticks that an activity may add to a day, as a mask, and the literal that it does."""


# Day patterns


def price_patterns(choices: ChoiceVariables, costs: Costs, limits: TableLimits) -> None:
    """Add the cost of each day of each group, a function of its set of busy ticks."""
    room = limits.cells
    for patterns in choices.state.patterns:
        pattern = patterns.pattern
        days: dict[tuple[int, int], dict[int, list[TickOption]]] = {}
        for activity, group, member in choices.memberships(pattern.membership):
            labels = zip(pattern.days[activity], pattern.bits[activity], strict=True)
            for (day, ticks), inside in choices.partition(activity, list(labels)).items():
                where = group, group * pattern.size + day
                option = ticks, choices.program.conjunction(member, inside)
                days.setdefault(where, {}).setdefault(activity, []).append(option)
        for where, options in sorted(days.items()):
            within = attrs.evolve(limits, cells=room)
            room -= _price_day(choices, costs, patterns, where, list(options.values()), within)


def _price_day(
    choices: ChoiceVariables,
    costs: Costs,
    patterns: DayPatterns,
    where: tuple[int, int],
    members: Sequence[Sequence[TickOption]],
    limits: TableLimits,
) -> int:
    """Add the cost of one day of one group; returns the size of its table, 0 without one.

    `where` is the group and the index of its day among the masks of the pattern.
    """
    table, now = patterns.tables[where[0]], patterns.masks[where[1]]
    if len(members) == 1:
        for ticks, literal in members[0]:
            costs.add(table[now | ticks] - table[now], literal)
        return 0
    columns = _columns(option for each in members for option in each)
    masks = _masks(now, members, min(limits.rows, limits.cells // (len(columns) + 1)))
    if masks is None:
        costs.relax(table[now])
        return 0
    variables = [choices.program.disjunction(literals) for literals, _ in columns]
    rows = {tuple(mask >> tick & 1 for _, tick in columns): table[mask] for mask in sorted(masks)}
    costs.add_table(variables, rows)
    costs.constant -= table[now]
    return len(masks) * (len(columns) + 1)


def _columns(options: Iterable[TickOption]) -> list[tuple[tuple[int, ...], int]]:
    """The columns of the table of a day: the literals that make a tick busy, and that tick.

    Ticks that the same literals make busy share one column, since their values are always equal.
    """
    by_tick: dict[int, list[int]] = {}
    for ticks, literal in options:
        for tick in range(ticks.bit_length()):
            if ticks >> tick & 1:
                by_tick.setdefault(tick, []).append(literal)
    different = {tuple(literals): tick for tick, literals in sorted(by_tick.items())}
    return list(different.items())


def _masks(now: int, members: Iterable[Sequence[TickOption]], most: int) -> set[int] | None:
    """All sets of busy ticks that may occur on a day, without overlaps; None if more than `most`.

    Overlaps need no rows: a term is kept as ticks only if no two sessions of a group can overlap.
    """
    masks = {now}
    for options in members:
        ticks = {each for each, _ in options}
        masks |= {mask | each for mask in masks for each in ticks if not mask & each}
        if len(masks) > most:
            return None
    return masks


# Group terms

PlacementOption = tuple[PlacedSession, int]
"""A possible placement of a session, and the literal that it has it."""


def price_group_terms(choices: ChoiceVariables, costs: Costs, limits: TableLimits) -> None:
    """Add the cost of each part of each group, a function of all placements in it."""
    room = limits.cells
    for group_terms in choices.state.group_terms:
        groups: dict[int, dict[int, int]] = {}
        for activity, group, member in choices.memberships(group_terms.membership):
            groups.setdefault(group, {})[activity] = member
        for group, members in sorted(groups.items()):
            if sum(len(choices.cells[a]) * len(choices.rooms[a]) for a in members) > (
                limits.placements
            ):
                now = [placed for (g, _), placed in group_terms.parts.items() if g == group]
                costs.relax(sum(group_terms.cost(group, placed) for placed in now))
                continue
            parts: dict[int, dict[int, list[PlacementOption]]] = {}
            for activity, member in members.items():
                for option in _options(choices, group_terms.membership, activity, group, member):
                    for key in group_terms.term.keys(option[0]):
                        parts.setdefault(key, {}).setdefault(activity, []).append(option)
            for key, options in sorted(parts.items()):
                part, within = (group, key), attrs.evolve(limits, cells=room)
                room -= _price_part(
                    choices, costs, group_terms, part, list(options.values()), within
                )


def _options(
    choices: ChoiceVariables, ties: GroupMembership, activity: int, group: int, member: int
) -> Iterator[PlacementOption]:
    """All placements in which an activity is a member of a group, each with its literal."""
    problem, conjunction = choices.state.problem, choices.program.conjunction
    number = problem.activities[activity].number
    by_room = ties.by == "room" and group not in ties.fixed[activity]
    rooms = [
        (room, literal)
        for room, literal in choices.rooms[activity].items()
        if not by_room or ties.index[room] == group
    ]
    for cell, at in choices.start_literals(activity).items():
        start, end = problem.slot(activity, cell)
        for room, chosen in rooms:
            literal = conjunction(member, conjunction(at, chosen))
            yield PlacedSession(start, end, number, room), literal


def _price_part(
    choices: ChoiceVariables,
    costs: Costs,
    group_terms: GroupTerms,
    part: tuple[int, int],
    members: Sequence[Sequence[PlacementOption]],
    limits: TableLimits,
) -> int:
    """Add the cost of one part of one group; returns the size of its table, 0 without one."""
    program, group = choices.program, part[0]
    fixed = group_terms.parts.get(part, frozenset())
    now = group_terms.cost(group, fixed)
    if len(members) == 1:
        for placed, literal in members[0]:
            costs.add(group_terms.cost(group, fixed | {placed}) - now, literal)
        return 0
    rows = prod(len(each) + 1 for each in members)
    size = rows * (len(members) + 1)
    if rows > limits.rows or size > limits.cells:
        costs.relax(now)
        return 0
    columns: list[int] = []
    for each in members:  # one column per activity: the place of its option from 1 on, 0 for none
        column = program.new_int([(0, len(each))])
        terms = [(-place, literal) for place, (_, literal) in enumerate(each, 1)]
        program.add_linear([(1, column), *terms], [(0, 0)])
        columns.append(column)
    found: dict[tuple[int, ...], int] = {}
    for row in product(*(range(len(each) + 1) for each in members)):
        free = {each[at - 1][0] for at, each in zip(row, members, strict=True) if at}
        found[row] = group_terms.cost(group, fixed | free)
    costs.add_table(columns, found)
    costs.constant -= now
    return size
