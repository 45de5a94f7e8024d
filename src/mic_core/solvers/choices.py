"""The variables of activities: whether they are placed, when they start, in which room, with whom.

An activity is placed or not; it starts at a unit of the grid, and has one of its rooms and one of
its trainers where it is placed. Only starts that the rest of the schedule leaves are known here.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, TypeVar

from mic_core.scheduling.problem.problem import GroupMembership, Placement
from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.state.state import State
from mic_core.solvers.program import IntegerProgram, IntegerRange

L = TypeVar("L", bound=Hashable)


class ChoiceVariables:
    """The variables of the activities that a program may place; the others stand in the state.

    `placed`, `start`, `rooms` and `trainers` are variables by activity, the last two by choice as
    well; an activity that can stand nowhere is in none of them. `cells` are the starts left to it,
    among those `within` a set.
    """

    def __init__(
        self, program: IntegerProgram, state: State, free: Iterable[int], within: int = -1
    ) -> None:
        self.program, self.state, self.within = program, state, within
        axis = state.problem.axis
        self.units = tuple(first + place for first, count in axis.runs for place in range(count))
        self.cell_of = {unit: cell for cell, unit in enumerate(self.units)}
        self.placed: dict[int, int] = {}
        self.start: dict[int, int] = {}
        self.rooms: dict[int, dict[int, int]] = {}
        self.trainers: dict[int, dict[int, int]] = {}
        self.cells: dict[int, list[int]] = {}
        self.free = tuple(free)
        self.parted: dict[tuple[int, tuple[Hashable, ...]], dict[Any, int]] = {}
        for activity in self.free:
            self._open(activity)

    def _open(self, activity: int) -> None:
        """Make the variables of an activity, if there is anywhere to put it."""
        problem, program = self.state.problem, self.program
        each = problem.activities[activity]
        rooms, trainers = self._left(activity, "room"), self._left(activity, "trainer")
        mask = (
            each.starts
            & self.within
            & self._leave(activity, each.resources)
            & reduce(int.__or__, rooms.values(), 0)
            & reduce(int.__or__, trainers.values(), 0)
        )
        cells = [cell for cell in cells_in(mask) if self._in_order(activity, cell)]
        if not cells:
            return
        mask = sum(1 << cell for cell in cells)
        placed = self.placed[activity] = program.truth()
        self.start[activity] = program.number(self.ranges(cells))
        self.cells[activity] = cells
        self.rooms[activity] = self._chosen(activity, rooms, mask, placed)
        self.trainers[activity] = self._chosen(activity, trainers, mask, placed)

    def _leave(self, activity: int, resources: Iterable[int]) -> int:
        return self.state.space.open_starts(resources, self.state.cells[activity])

    def _left(self, activity: int, by: str) -> dict[int, int]:
        """The starts that each room or each trainer leaves."""
        problem = self.state.problem
        each = problem.activities[activity]
        room = by == "room"
        starts = (problem.room_starts if room else problem.trainer_starts)[each.form]
        needs = (problem.room_needs if room else problem.trainer_needs)[each.form]
        choices = each.rooms if room else each.trainers
        return {one: starts[one] & self._leave(activity, needs[one]) for one in choices}

    def _in_order(self, activity: int, cell: int) -> bool:
        """Whether what stands leaves a start to an activity, as far as order is strict."""
        slot = self.state.problem.slot(activity, cell)
        return not any(
            True
            for order in self.state.strict_orders[activity]
            for _ in order.rivals(activity, *slot)
        )

    def _chosen(
        self, activity: int, left: dict[int, int], mask: int, placed: int
    ) -> dict[int, int]:
        """One truth for each room or trainer that leaves a start: exactly one, where placed."""
        program = self.program
        able = {one: own & mask for one, own in left.items() if own & mask}
        if len(able) == 1:
            made = dict.fromkeys(able, placed)
        else:
            made = {one: program.truth() for one in able}
            program.one_of([*made.values(), -placed])
        for one, own in able.items():
            if own != mask:
                ranges = self.ranges(cells_in(own))
                program.within([(1, self.start[activity])], ranges, [made[one]])
        return made

    def ranges(self, cells: Sequence[int]) -> list[IntegerRange]:
        """The units of some cells, which are in order, as ranges."""
        found: list[IntegerRange] = []
        for cell in cells:
            unit = self.units[cell]
            if found and found[-1][1] == unit - 1:
                found[-1] = found[-1][0], unit
            else:
                found.append((unit, unit))
        return found

    def parts(self, activity: int, labels: Sequence[L]) -> dict[L, int]:
        """The truths that an activity starts in a cell of each label; of one, that it is placed."""
        own = tuple(labels[cell] for cell in self.cells[activity])
        key = activity, own
        if key not in self.parted:
            cells: dict[L, list[int]] = {}
            for cell, label in zip(self.cells[activity], own, strict=True):
                cells.setdefault(label, []).append(cell)
            placed, program = self.placed[activity], self.program
            if len(cells) == 1:
                self.parted[key] = dict.fromkeys(cells, placed)
            else:
                made = {label: program.truth() for label in cells}
                self.parted[key] = made
                program.one_of([*made.values(), -placed])
                for label, held in cells.items():
                    start = self.start[activity]
                    program.within([(1, start)], self.ranges(held), [made[label]])
        found: dict[L, int] = self.parted[key]
        return found

    def at(self, activity: int) -> dict[int, int]:
        """The truths that an activity starts in each of its cells."""
        return self.parts(activity, range(len(self.units)))

    def member(self, activity: int, ties: GroupMembership) -> dict[int, int]:
        """The truths that an activity belongs to each group of a term."""
        if activity not in self.placed:
            return {}
        found = dict.fromkeys(ties.fixed[activity], self.placed[activity])
        if ties.by is not None and ties.counted[activity]:
            choices = self.rooms if ties.by == "room" else self.trainers
            chosen: dict[int, list[int]] = {}
            for one, truth in choices[activity].items():
                chosen.setdefault(ties.index[one], []).append(truth)
            for group, truths in chosen.items():
                if group >= 0 and group not in found:
                    found[group] = self.program.either(truths)
        return found

    def members(self, ties: GroupMembership) -> Iterator[tuple[int, int, int]]:
        """Each activity that a term can tie, with a group and the truth that it belongs to it."""
        for activity in self.free:
            for group, truth in self.member(activity, ties).items():
                yield activity, group, truth

    # To and fro

    def hint(self, placements: Sequence[Placement | None]) -> dict[int, int]:
        """What the variables would be in a schedule."""
        found: dict[int, int] = {}
        for activity, placed in self.placed.items():
            at = placements[activity]
            found[placed] = int(at is not None)
            for choices, one in (
                (self.rooms, None if at is None else at.room),
                (self.trainers, None if at is None else at.trainer),
            ):
                for each, truth in choices[activity].items():
                    if truth != placed:
                        found[truth] = int(each == one)
            if at is not None:
                found[self.start[activity]] = self.units[at.start]
        return found

    def placements(self, values: Sequence[int], before: Sequence[Placement | None]) -> Placements:
        """Where activities stand by the values found; those that were not free stay."""
        found = list(before)
        for activity in self.free:
            found[activity] = None
            if activity in self.placed and values[self.placed[activity]]:
                room, trainer = (
                    next(one for one, truth in each[activity].items() if values[truth])
                    for each in (self.rooms, self.trainers)
                )
                cell = self.cell_of[values[self.start[activity]]]
                found[activity] = Placement(cell, room, trainer)
        return tuple(found)
