"""Round by round: what has a slot and finds no room keeps the slot, and stands in the way."""

from collections.abc import Callable, Collection, Sequence

import attrs

from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution

WarmStart = Sequence[Placement | None]
"""Where a solver starts from."""


@attrs.frozen(kw_only=True)
class SolvedRounds:
    """The problem that was posed last, its solution, and who is not in it.

    Those `standing`, by number, keep their slots and have no room.
    """

    problem: PlanningProblem
    solution: Solution
    standing: frozenset[int]


def in_rounds(
    posed: Callable[[Collection[int]], PlanningProblem],
    solved: Callable[[PlanningProblem, WarmStart, int | None], Solution],
    pinned: Collection[int],
    iterations: int | None,
) -> SolvedRounds:
    """Pose a problem and solve it, again without those that keep a slot and found no room.

    Who is `pinned` to a slot stays there without a room as well, so nobody else may be put where
    they clash: `posed` gets those that stay so, by number. Each round starts from the one before,
    and all share the `iterations`. What was proved holds as long as only those stay out that have
    no placement at all. O(pinned) rounds, mostly one.
    """
    problem, standing = _settled(posed, pinned, frozenset())
    start: WarmStart = [each.current for each in problem.activities]
    solution = solved(problem, start, iterations)
    while out := [n for n in _numbers(problem, solution.unplaced) if n in pinned]:
        before, spent = (problem, solution.placements), solution.iterations
        problem, standing = _settled(posed, pinned, standing.union(out))
        rest = None if iterations is None else max(0, iterations - spent)
        solution = solved(problem, _carried(*before, problem), rest)
        # Another choice of who is left without a room might be better.
        solution = attrs.evolve(
            solution, iterations=spent + solution.iterations, bound=None, proved=False
        )
    return SolvedRounds(problem=problem, solution=solution, standing=standing)


def _settled(
    posed: Callable[[Collection[int]], PlanningProblem],
    pinned: Collection[int],
    standing: frozenset[int],
) -> tuple[PlanningProblem, frozenset[int]]:
    """The problem without those that have no room to choose in the slot that they keep."""
    while True:
        problem = posed(standing)
        out = [
            each.number
            for place, each in enumerate(problem.activities)
            if each.number in pinned and not problem.starts(place)
        ]
        if not out:
            return problem, standing
        standing = standing.union(out)


def _numbers(problem: PlanningProblem, places: Collection[int]) -> list[int]:
    return [problem.activities[place].number for place in places]


def _carried(
    before: PlanningProblem, placements: WarmStart, now: PlanningProblem
) -> list[Placement | None]:
    """The placements of one problem in another, which has fewer activities."""
    at = dict(zip(_numbers(before, range(len(placements))), placements, strict=True))
    return [_as_in(before, at[each.number], now) for each in now.activities]


def _as_in(before: PlanningProblem, at: Placement | None, now: PlanningProblem) -> Placement | None:
    """The same placement in another problem; None where it has no such start any more."""
    cell = None if at is None else now.axis.cell(before.axis.instants[at.start])
    if at is None or cell is None:
        return None
    # Rooms and persons may be fewer and then are others, so they go by their ids.
    return Placement(
        cell,
        _index(before.rooms, at.room, now.rooms),
        _index(before.persons, at.trainer, now.persons),
    )


def _index(before: Sequence[str], place: int, now: Sequence[str]) -> int:
    return -1 if place < 0 else now.index(before[place])
