"""Random linked tables for disclosure control, and the attack on them by a solver."""

from itertools import product
from random import Random
from typing import Any

from mic_core.impact.disclosure.linked_cells import LinkedCells

KINDS = ("1-D", "2-D", "3-D", "linked", "cumulative")


def small(random: Random) -> int:
    """A count, often small and sometimes zero."""
    return random.choice((0, random.randint(1, 4), random.randint(1, 12), random.randint(5, 60)))


def cells_of(
    values: list[int], relations: list[dict[int, int]], minimum: int, virtual: frozenset[int],
    pinned: frozenset[int] = frozenset(),
) -> LinkedCells:  # fmt: skip
    """Cells of which each is printed by a figure of its own, but for differences."""
    printed = [each for each in range(len(values)) if each not in virtual]
    needs = {each: minimum for each, value in enumerate(values) if 0 < value < minimum}
    floors = [0 if each in virtual else 1 for each in range(len(values))]
    return LinkedCells(
        values=values, needs=needs, floors=floors, relations=relations, pinned=pinned,
        figures=[(each,) for each in printed],
    )  # fmt: skip


def margins(*sizes: int) -> tuple[list[tuple[int, ...]], list[dict[tuple[int, ...], int]]]:
    """The keys of a table with all margins (-1), and the relations between them."""
    keys = [*product(*(range(-1, size) for size in sizes))]
    relations: list[dict[tuple[int, ...], int]] = []
    for key in keys:
        for place, size in enumerate(sizes):
            if key[place] == -1:
                parts = [(*key[:place], each, *key[place + 1 :]) for each in range(size)]
                relations.append({key: -1, **dict.fromkeys(parts, 1)})
    return keys, relations


def table(random: Random, *sizes: int, minimum: int = 5) -> LinkedCells:
    """A table with all its margins."""
    keys, relations = margins(*sizes)
    inner = {key: small(random) for key in keys if -1 not in key}
    values = {
        key: sum(
            value for each, value in inner.items()
            if all(mine in {-1, its} for mine, its in zip(key, each, strict=True))
        )
        for key in keys
    }  # fmt: skip
    place = {key: number for number, key in enumerate(keys)}
    return cells_of(
        [values[key] for key in keys],
        [{place[key]: sign for key, sign in each.items()} for each in relations],
        minimum, frozenset(),
    )  # fmt: skip


def linked(random: Random, minimum: int = 5) -> LinkedCells:
    """Two tables with one margin in common."""
    rows, left, right = random.randint(2, 4), random.randint(2, 4), random.randint(2, 4)
    values: list[int] = []
    relations: list[dict[int, int]] = []

    def cell(value: int) -> int:
        values.append(value)
        return len(values) - 1

    shared: list[int] = []
    for _ in range(rows):
        first = [small(random) for _ in range(left)]
        total = sum(first)
        cuts = sorted(random.randint(0, total) for _ in range(right - 1))
        second = [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]
        margin = cell(total)
        shared.append(margin)
        relations += [
            {margin: -1, **{cell(value): 1 for value in part}} for part in (first, second)
        ]
    whole = cell(sum(values[each] for each in shared))
    relations.append({whole: -1, **dict.fromkeys(shared, 1)})
    return cells_of(values, relations, minimum, frozenset())


def cumulative(random: Random, minimum: int = 5) -> LinkedCells:
    """Cumulative totals by group, of which the differences are never printed."""
    groups, steps = random.randint(1, 3), random.randint(2, 5)
    values: list[int] = []
    relations: list[dict[int, int]] = []
    virtual: set[int] = set()
    before = [0] * groups
    last: list[int] = []
    for step in range(steps):
        new = [random.choice((0, small(random))) for _ in range(groups)]
        totals = [a + b for a, b in zip(before, new, strict=True)]
        here = [*range(len(values), len(values) + groups + 1)]
        values += [*totals, sum(totals)]
        relations.append({here[-1]: -1, **dict.fromkeys(here[:-1], 1)})
        if step:
            for old, now in zip(last, here, strict=True):
                virtual.add(len(values))
                relations.append({old: 1, len(values): 1, now: -1})
                values.append(values[now] - values[old])
        before, last = totals, here
    return cells_of(values, relations, minimum, frozenset(virtual))


def random_table(seed: int) -> LinkedCells:
    """A table of a kind that follows from the seed."""
    random = Random(seed)
    kind = KINDS[seed % len(KINDS)]
    minimum = random.choice((3, 4, 5, 10))
    if kind == "1-D":
        return table(random, random.randint(1, 9), minimum=minimum)
    if kind == "2-D":
        return table(random, random.randint(2, 5), random.randint(2, 5), minimum=minimum)
    if kind == "3-D":
        return table(random, *(random.randint(2, 3) for _ in range(3)), minimum=minimum)
    return (linked if kind == "linked" else cumulative)(random, minimum)


def leaks(cells: LinkedCells, hidden: frozenset[int]) -> list[int]:
    """The sensitive or suppressed cells of which a solver finds the value, or that it is small."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    most = 3 * max(1, *map(abs, cells.values)) + 100
    variables: list[Any] = []
    for cell, value in enumerate(cells.values):
        printers = cells.printers[cell]
        is_known = cell in cells.pinned or any(each not in hidden for each in printers)
        low = 1 if printers else 0
        variables.append(model.new_int_var(*((value, value) if is_known else (low, most)), ""))
    for relation in cells.relations:
        model.add(sum(sign * variables[cell] for cell, sign in relation.items()) == 0)
    wanted = {cell for figure in hidden for cell in cells.figures[figure]} | {*cells.sensitive}
    found: list[int] = []
    for cell in sorted(wanted):
        ends: list[int] = []
        for direction in (model.minimize, model.maximize):
            direction(variables[cell])
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.solve(model)
            ends.append(round(solver.objective_value))
        least = cells.needs.get(cell, 0)
        if ends[0] == ends[1] or ends[1] < least:
            found.append(cell)
    return found


def optimum(cells: LinkedCells) -> int:
    """The fewest figures that can be suppressed, by a program with a witness for each cell."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    hidden = [model.new_bool_var("") for _ in cells.figures]
    shown: list[Any] = [0] * len(cells.values)
    for figure, printed in enumerate(cells.figures):
        for cell in printed:
            shown[cell] = 1 - hidden[figure]
            if cells.is_fixed[cell]:
                model.add(hidden[figure] == 0)
    most = 2 * max(1, *map(abs, cells.values)) + 20
    for target in cells.sensitive:
        for figure in cells.printers[target]:
            model.add(hidden[figure] == 1)
        variables: list[Any] = []
        for cell, value in enumerate(cells.values):
            low = 1 if cells.printers[cell] else 0
            if cells.is_fixed[cell]:
                variables.append(value)
                continue
            variables.append(model.new_int_var(low, most, ""))
            for figure in cells.printers[cell]:
                kept: Any = model.add(variables[cell] == value)
                kept.only_enforce_if(hidden[figure].negated())
        for relation in cells.relations:
            model.add(sum(sign * variables[cell] for cell, sign in relation.items()) == 0)
        model.add(variables[target] >= cells.needs[target])
    model.minimize(sum(hidden))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 20
    assert solver.solve(model) in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return round(solver.best_objective_bound)
