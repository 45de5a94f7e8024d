"""Widening neighborhoods: the sessions that are released to move, from the violating ones to all.

Each neighborhood is compiled as a problem and searched for a minimal perturbation from several
starting orders; the next, larger one is tried only if the best so far is not good enough.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from itertools import count

import attrs

from mic_core.chrono import Period
from mic_core.findings import Policy
from mic_core.model import Assignment, Session
from mic_core.portfolio import Scope
from mic_core.rules import ScheduleRule
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.problem.compile import compile_problem
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import RepairGoal
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.repair.min_change import MinChangeSearch, OnStep, Snapshot
from mic_core.scheduling.repair.perturbation import Perturbation, Rank
from mic_core.scheduling.repair.polishing import end_violations, polish
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, is_placed, timetable_of

# Budgets: they bound the time; tests/benchmarks/bench_repair.py shows how few changes result.

NARROW_STEPS = 4
"""Placements sought for each violating session before other sessions are released as well."""

RESTARTS = 12
"""Starting orders tried where only violating sessions move: which of them keep their place."""


@attrs.frozen(kw_only=True)
class RepairSolution:
    """A solution of one neighborhood: its problem, and original and new placements by activity.

    None is an activity left unplaced; `steps` is the number of placements sought so far.
    """

    problem: PlanningProblem
    original: tuple[Placement, ...]
    placements: tuple[Placement | None, ...]
    steps: int

    @property
    def worth(self) -> tuple[int, int]:
        """The number unplaced, then the number not at their original placement; less is better."""
        displaced = sum(at != own for at, own in zip(self.placements, self.original, strict=True))
        return self.placements.count(None), displaced


@attrs.frozen(eq=False, slots=False, kw_only=True)
class RepairTask:
    """The task of a repair: sessions in violations, and sessions that may make room for them.

    `violating` holds, by session number, how many breaches each shares in; `movable` are the
    numbers of sessions that may be released. `leads` are the assignments of violating sessions
    for which somebody else qualifies.
    """

    timetable: Timetable
    scope: Scope
    window: Period | None
    step: timedelta
    rules: Sequence[ScheduleRule]
    policy: Policy
    violating: Mapping[int, int]
    movable: frozenset[int]
    leads: Mapping[int, Assignment]
    prefer: RepairGoal = "distance"

    def neighborhoods(self) -> Iterator[frozenset[int]]:
        """The sets of sessions to release: violating, then with related ones, then all movable."""
        core = frozenset(self.violating)
        yield core
        placed = frozenset(n for n in self.movable if is_placed(self.timetable.sessions[n]))
        near = core | self._related(placed)
        if near != core:
            yield near
        if placed - near:
            yield core | placed

    def _related(self, among: frozenset[int]) -> frozenset[int]:
        """The sessions that share an edition or an assigned person with a violating one."""
        table = self.timetable
        editions = {id for n in self.violating for id in table.audiences[n]}
        found = {n for n in among if not editions.isdisjoint(table.audiences[n])}
        for members in table.sessions_by_person.values():
            if any(n in self.violating for n in members):
                found |= among.intersection(members)
        return frozenset(found)

    def compile(
        self, released: Collection[int], *, pinned: bool = False
    ) -> tuple[PlanningProblem, tuple[Placement, ...]]:
        """The problem in which the released sessions may move, and their original placements.

        A session without a violation that could not be put back (because of a waiver, a window or
        a start off the step) is not released after all. `pinned` sessions keep their slots,
        whatever the window and the step.
        """
        timetable = self._without_leads
        numbers = sorted(released)
        windows = windows_of(
            timetable, numbers, self.scope, self.window, step=self.step,
            pinned=numbers if pinned else (), verb="repair",
        )  # fmt: skip
        free = () if pinned else numbers
        problem = compile_problem(
            timetable, self.rules, windows, free=free, step=self.step, policy=self.policy
        )
        problem = attrs.evolve(
            problem,
            activities=tuple(
                each if each.number in self.leads else attrs.evolve(each, trainers=(-1,))
                for each in problem.activities
            ),
        )
        original = tuple(self._original(problem, each) for each in range(len(problem.activities)))
        stuck = {
            problem.activities[each].number
            for each, at in enumerate(original)
            if not problem.fits(each, at)
        }.difference(self.violating)
        return self.compile(frozenset(released) - stuck) if stuck else (problem, original)

    def placing_order(self, problem: PlanningProblem) -> list[int]:
        """The order in which activities get their originals: those in the most breaches last."""
        return sorted(
            range(len(problem.activities)),
            key=lambda each: (self.violating.get(problem.activities[each].number, 0), each),
        )

    def perturbation(self, state: State, original: Sequence[Placement]) -> Perturbation:
        """The perturbation measure of a state of a problem of this task."""
        starts = [self.timetable.starts[each.number] for each in state.problem.activities]
        return Perturbation(state, original, starts, self.prefer)

    @cached_property
    def _without_leads(self) -> Timetable:
        """The timetable with replaceable leads assigned to a session that does not exist.

        Compiling then chooses a lead for their sessions anew.
        """
        if not self.leads:
            return self.timetable
        portfolio = self.timetable.portfolio
        tries = (f"nobody-{number}" for number in count())
        nobody = next(id for id in tries if portfolio.find(Session, id) is None)
        rows = [attrs.evolve(each, session_id=nobody) for each in self.leads.values()]
        return timetable_of(recorded(portfolio, rows))

    def _original(self, problem: PlanningProblem, activity: int) -> Placement:
        """The original placement of an activity; at -1 where nothing can start at that time."""
        n, axis = problem.activities[activity].number, problem.axis
        session, start = self.timetable.sessions[n], self.timetable.starts[n]
        lead = self.leads.get(n)
        cell = axis.cell(start)
        room = problem.rooms.index(session.room_id) if session.room_id in problem.rooms else -1
        trainer = problem.persons.index(lead.person_id) if lead is not None else -1
        exact = cell is not None and axis.instants[cell] == start
        return Placement(cell if cell is not None and exact else -1, room, trainer)


def solve_task(
    task: RepairTask, *, seed: int, spent: int, most: int, on_step: OnStep
) -> RepairSolution:
    """The best solution over widening neighborhoods, with no more sessions released than it takes.

    Of the `most` placements that may be sought, `spent` are spent already. `on_step` may stop the
    search. O(placements sought times sessions that may move).
    """
    best: RepairSolution | None = None
    for released in task.neighborhoods():
        problem, original = task.compile(released)
        search = MinChangeSearch(
            state=(state := State(problem)),
            perturbation=task.perturbation(state, original),
            violating=frozenset(
                each for each, one in enumerate(problem.activities) if one.number in task.violating
            ),
            chance=Chance(seed),
            on_step=on_step,
            steps=spent,
        )
        _search_neighborhood(search, task, most)
        spent = search.steps
        found = RepairSolution(
            problem=problem, original=original, placements=search.state.placed(), steps=spent
        )
        if best is None or found.worth < best.worth:
            best = found
        # The number of changes that is good enough: as many as have to move at least, while only
        # violating sessions are released (others might make room for two that clash); later, any.
        least = (
            max(len(search.must_move), 1) if len(original) == len(task.violating) else len(original)
        )
        if (best.worth[0] == 0 and best.worth[1] <= least) or spent >= most or search.stopped:
            break
    assert best is not None  # noqa: S101  # there always is a first neighborhood
    return attrs.evolve(best, steps=spent)


def _search_neighborhood(search: MinChangeSearch, task: RepairTask, most: int) -> None:
    """Search one neighborhood, from several orders if only violating sessions are released."""
    problem = search.state.problem
    narrow = len(search.violating) == len(problem.activities)
    order = task.placing_order(problem)
    # Ordered by the rank of all placements; the number of the try breaks ties.
    kept: list[tuple[Rank, int, Snapshot]] = []
    for number in range(RESTARTS):
        search.place_originals(order)
        end_violations(search)
        search.unplace_violating()
        search.place_waiting(
            min(most, search.steps + NARROW_STEPS * len(problem.activities)) if narrow else most
        )
        end_violations(search)
        search.put_displaced_back(most)
        polish(search)
        rank = search.perturbation.total(search.displaced)
        kept.append((rank, number, search.snapshot()))
        fewest = rank[0] == 0 and len(search.displaced) <= max(len(search.must_move), 1)
        # Fewest changes, and nothing moved in time: no other order does better by much.
        if not narrow or (fewest and not any(rank[3:5])) or search.must_move == search.violating:
            break
        order = search.chance.shuffled(order)
    search.restore(min(kept)[-1])
