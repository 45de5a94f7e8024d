"""What days and groups cost as a whole: each combination of choices that can occur, in a table."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

from mic_core.scheduling.problem.problem import GroupMembership, PlacedSession
from mic_core.scheduling.state.costs import DayPatterns, GroupTerms
from mic_core.solvers.choices import ChoiceVariables
from mic_core.solvers.costs import Costs

ROWS = 20_000
"""A day or a group is left out where there are more combinations."""

CELLS = 2_000_000
"""What all tables of a program may hold together."""

STANDS = 20_000
"""A group is left out where its activities could stand in more ways."""

ChoiceTerm = tuple[int, int]
"""What an activity may add, and the truth that it does."""


# Patterns of days


def price_patterns(choices: ChoiceVariables, costs: Costs) -> None:
    """What each day of each group costs by the ticks in which it is busy."""
    room = CELLS
    for patterns in choices.state.patterns:
        pattern = patterns.pattern
        held: dict[tuple[int, int], dict[int, list[ChoiceTerm]]] = {}
        for activity, group, truth in choices.members(pattern.membership):
            days, bits = pattern.days[activity], pattern.bits[activity]
            parts = choices.parts(activity, list(zip(days, bits, strict=True)))
            for (day, ticks), inside in parts.items():
                where = group, group * pattern.size + day
                option = ticks, choices.program.both(truth, inside)
                held.setdefault(where, {}).setdefault(activity, []).append(option)
        for where, members in sorted(held.items()):
            room -= _price_day(choices, costs, patterns, where, list(members.values()), room)


def _price_day(
    choices: ChoiceVariables,
    costs: Costs,
    patterns: DayPatterns,
    where: tuple[int, int],
    members: Sequence[Sequence[ChoiceTerm]],
    room: int,
) -> int:
    """Price one day of one group; gives how large a table that took."""
    table, now = patterns.tables[where[0]], patterns.masks[where[1]]
    if len(members) == 1:
        for ticks, truth in members[0]:
            costs.add(table[now | ticks] - table[now], truth)
        return 0
    atoms = _atoms(option for each in members for option in each)
    masks = _masks(now, members, min(ROWS, room // (len(atoms) + 1)))
    if masks is None:
        costs.leave_out(table[now])
        return 0
    columns = [choices.program.either(truths) for truths, _ in atoms]
    rows = {tuple(mask >> tick & 1 for _, tick in atoms): table[mask] for mask in sorted(masks)}
    costs.of_row(columns, rows)
    costs.constant -= table[now]
    return len(masks) * (len(atoms) + 1)


def _atoms(options: Iterable[ChoiceTerm]) -> list[tuple[tuple[int, ...], int]]:
    """The truths that make ticks busy, each set with one of the ticks that it makes busy."""
    by_tick: dict[int, list[int]] = {}
    for ticks, truth in options:
        for tick in range(ticks.bit_length()):
            if ticks >> tick & 1:
                by_tick.setdefault(tick, []).append(truth)
    different = {tuple(truths): tick for tick, truths in sorted(by_tick.items())}
    return list(different.items())


def _masks(now: int, members: Iterable[Sequence[ChoiceTerm]], most: int) -> set[int] | None:
    """All that a day may come to, without overlaps; None where that is too much."""
    masks = {now}
    for options in members:
        ticks = {each for each, _ in options}
        masks |= {mask | each for mask in masks for each in ticks if not mask & each}
        if len(masks) > most:
            return None
    return masks


# Groups as a whole

Placing = tuple[PlacedSession, int]
"""How a session may stand, and the truth that it does."""


def price_wholes(choices: ChoiceVariables, costs: Costs) -> None:
    """What each part of each group costs that is judged as a whole."""
    room = CELLS
    for group_terms in choices.state.group_terms:
        members: dict[int, dict[int, int]] = {}
        for activity, group, truth in choices.members(group_terms.membership):
            members.setdefault(group, {})[activity] = truth
        for group, held in sorted(members.items()):
            ways = sum(len(choices.cells[a]) * len(choices.rooms[a]) for a in held)
            if ways > STANDS:
                now = [w for (g, _), w in group_terms.parts.items() if g == group]
                costs.leave_out(sum(group_terms.cost(group, stands) for stands in now))
                continue
            parts: dict[int, dict[int, list[Placing]]] = {}
            for activity, truth in held.items():
                for stand, inside in _stands(
                    choices, group_terms.membership, activity, group, truth
                ):
                    for key in group_terms.term.keys(stand):
                        placing = stand, inside
                        parts.setdefault(key, {}).setdefault(activity, []).append(placing)
            for key, each in sorted(parts.items()):
                room -= _price_part(
                    choices, costs, group_terms, (group, key), list(each.values()), room
                )


def _stands(
    choices: ChoiceVariables, ties: GroupMembership, activity: int, group: int, member: int
) -> Iterator[Placing]:
    """All ways in which an activity may stand as a member of a group."""
    problem, both = choices.state.problem, choices.program.both
    number = problem.activities[activity].number
    by_room = ties.by == "room" and group not in ties.fixed[activity]
    rooms = [
        (room, truth)
        for room, truth in choices.rooms[activity].items()
        if not by_room or ties.index[room] == group
    ]
    for cell, at in choices.at(activity).items():
        start, end = problem.slot(activity, cell)
        for room, chosen in rooms:
            yield PlacedSession(start, end, number, room), both(member, both(at, chosen))


def _price_part(
    choices: ChoiceVariables,
    costs: Costs,
    group_terms: GroupTerms,
    part: tuple[int, int],
    members: Sequence[Sequence[Placing]],
    room: int,
) -> int:
    """Price one part of one group; gives how large a table that took."""
    program, group = choices.program, part[0]
    stay = group_terms.parts.get(part, frozenset())
    now = group_terms.cost(group, stay)
    if len(members) == 1:
        for stand, truth in members[0]:
            costs.add(group_terms.cost(group, stay | {stand}) - now, truth)
        return 0
    rows = prod(len(each) + 1 for each in members)
    size = rows * (len(members) + 1)
    if rows > ROWS or size > room:
        costs.leave_out(now)
        return 0
    columns: list[int] = []
    for each in members:
        column = program.number([(0, len(each))])
        terms = [(place, truth) for place, (_, truth) in enumerate(each, 1)]
        program.within([(1, column), *((-place, truth) for place, truth in terms)], [(0, 0)])
        columns.append(column)
    found: dict[tuple[int, ...], int] = {}
    for row in product(*(range(len(each) + 1) for each in members)):
        there = {each[at - 1][0] for at, each in zip(row, members, strict=True) if at}
        found[row] = group_terms.cost(group, stay | there)
    costs.of_row(columns, found)
    costs.constant -= now
    return size
