"""Decision variables of a program: presence, start, room and trainer of each free activity.

The start is an integer variable, a unit of the time grid; presence, room and trainer are literals,
exactly one room and one trainer for an activity that is placed. The domain of the start excludes
every cell that resources held in the state or strict precedences close.
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
    """The decision variables of the free activities; all others are fixed as they are in a state.

    `placed` (presence literal), `start`, `rooms` and `trainers` are indexed by activity, the last
    two also by room or person; an activity with an empty domain is in none of them. `cells` is the
    domain of each start as cells of the time axis, restricted to the set `within` (an int mask of
    cells; -1 is all). `units` has the unit of the grid of each cell: unlike cells, units have gaps
    where time is left out, so that differences of starts are durations.
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
        self.partitions: dict[tuple[int, tuple[Hashable, ...]], dict[Any, int]] = {}
        for activity in self.free:
            self._add_activity(activity)

    def _add_activity(self, activity: int) -> None:
        """Add the variables of an activity, unless its domain is empty."""
        problem, program = self.state.problem, self.program
        each = problem.activities[activity]
        rooms, trainers = self._starts_by(activity, "room"), self._starts_by(activity, "trainer")
        mask = (
            each.starts
            & self.within
            & self._free_starts(activity, each.resources)
            & reduce(int.__or__, rooms.values(), 0)
            & reduce(int.__or__, trainers.values(), 0)
        )
        cells = [cell for cell in cells_in(mask) if self._keeps_order(activity, cell)]
        if not cells:
            return
        mask = sum(1 << cell for cell in cells)
        placed = self.placed[activity] = program.new_bool()
        self.start[activity] = program.new_int(self.ranges(cells))
        self.cells[activity] = cells
        self.rooms[activity] = self._add_choice(activity, rooms, mask, placed)
        self.trainers[activity] = self._add_choice(activity, trainers, mask, placed)

    def _free_starts(self, activity: int, resources: Iterable[int]) -> int:
        """The starts at which none of the resources is full in the state."""
        return self.state.space.open_starts(resources, self.state.cells[activity])

    def _starts_by(self, activity: int, by: str) -> dict[int, int]:
        """The starts that each room or each trainer allows, as masks of cells."""
        problem = self.state.problem
        each = problem.activities[activity]
        room = by == "room"
        starts = (problem.room_starts if room else problem.trainer_starts)[each.form]
        needs = (problem.room_needs if room else problem.trainer_needs)[each.form]
        choices = each.rooms if room else each.trainers
        return {one: starts[one] & self._free_starts(activity, needs[one]) for one in choices}

    def _keeps_order(self, activity: int, cell: int) -> bool:
        """True if a start keeps all strict precedences with activities that the state places."""
        slot = self.state.problem.slot(activity, cell)
        return not any(
            True
            for order in self.state.strict_orders[activity]
            for _ in order.rivals(activity, *slot)
        )

    def _add_choice(
        self, activity: int, starts: dict[int, int], mask: int, placed: int
    ) -> dict[int, int]:
        """Add a literal for each room or trainer with a start: exactly one holds where placed."""
        program = self.program
        able = {one: own & mask for one, own in starts.items() if own & mask}
        if len(able) == 1:
            made = dict.fromkeys(able, placed)
        else:
            made = {one: program.new_bool() for one in able}
            program.add_exactly_one([*made.values(), -placed])
        for one, own in able.items():
            if own != mask:
                ranges = self.ranges(cells_in(own))
                program.add_linear([(1, self.start[activity])], ranges, [made[one]])
        return made

    def ranges(self, cells: Sequence[int]) -> list[IntegerRange]:
        """Return the units of cells in ascending order as maximal ranges."""
        found: list[IntegerRange] = []
        for cell in cells:
            unit = self.units[cell]
            if found and found[-1][1] == unit - 1:
                found[-1] = found[-1][0], unit
            else:
                found.append((unit, unit))
        return found

    def partition(self, activity: int, labels: Sequence[L]) -> dict[L, int]:
        """Return a literal per label: the activity is placed and its start cell has that label.

        `labels` has the label of each cell. The literals are made once for the same labels.
        """
        own = tuple(labels[cell] for cell in self.cells[activity])
        key = activity, own
        if key not in self.partitions:
            cells: dict[L, list[int]] = {}
            for cell, label in zip(self.cells[activity], own, strict=True):
                cells.setdefault(label, []).append(cell)
            placed, program = self.placed[activity], self.program
            if len(cells) == 1:
                self.partitions[key] = dict.fromkeys(cells, placed)
            else:
                made = {label: program.new_bool() for label in cells}
                self.partitions[key] = made
                program.add_exactly_one([*made.values(), -placed])
                for label, own_cells in cells.items():
                    start = self.start[activity]
                    program.add_linear([(1, start)], self.ranges(own_cells), [made[label]])
        found: dict[L, int] = self.partitions[key]
        return found

    def start_literals(self, activity: int) -> dict[int, int]:
        """Return a literal per cell: the activity is placed and starts there."""
        return self.partition(activity, range(len(self.units)))

    def groups_of(self, activity: int, ties: GroupMembership) -> dict[int, int]:
        """Return a literal per group of a term: the activity is placed and belongs to it."""
        if activity not in self.placed:
            return {}
        found = dict.fromkeys(ties.fixed[activity], self.placed[activity])
        if ties.by is not None and ties.counted[activity]:
            choices = self.rooms if ties.by == "room" else self.trainers
            chosen: dict[int, list[int]] = {}
            for one, literal in choices[activity].items():
                chosen.setdefault(ties.index[one], []).append(literal)
            for group, literals in chosen.items():
                if group >= 0 and group not in found:
                    found[group] = self.program.disjunction(literals)
        return found

    def memberships(self, ties: GroupMembership) -> Iterator[tuple[int, int, int]]:
        """Yield activity, group and literal for each group of a term that it may belong to."""
        for activity in self.free:
            for group, literal in self.groups_of(activity, ties).items():
                yield activity, group, literal

    # From placements to values, and back

    def hint(self, placements: Sequence[Placement | None]) -> dict[int, int]:
        """Return the values of the variables in a schedule, for the solver to start from."""
        found: dict[int, int] = {}
        for activity, placed in self.placed.items():
            at = placements[activity]
            found[placed] = int(at is not None)
            for choices, one in (
                (self.rooms, None if at is None else at.room),
                (self.trainers, None if at is None else at.trainer),
            ):
                for each, literal in choices[activity].items():
                    if literal != placed:  # an only choice shares the presence literal
                        found[literal] = int(each == one)
            if at is not None:
                found[self.start[activity]] = self.units[at.start]
        return found

    def placements(self, values: Sequence[int], before: Sequence[Placement | None]) -> Placements:
        """Return the schedule of a solution's values; activities that are not free keep theirs."""
        found = list(before)
        for activity in self.free:
            found[activity] = None
            if activity in self.placed and values[self.placed[activity]]:
                room, trainer = (
                    next(one for one, literal in each[activity].items() if values[literal])
                    for each in (self.rooms, self.trainers)
                )
                cell = self.cell_of[values[self.start[activity]]]
                found[activity] = Placement(cell, room, trainer)
        return tuple(found)
