"""From a broken timetable to one that is mended: who may move, step by step more, and where to."""

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
from mic_core.scheduling.planning.proposal import recorded
from mic_core.scheduling.problem.compile import compile_problem
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.repair.min_change import Mending, OnStep, Snapshot
from mic_core.scheduling.repair.polishing import ease, polish
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, is_placed, timetable_of

NARROW = 4
"""How many placements are sought for each broken session before others may move as well."""

STARTS = 12
"""Where broken sessions clash: how often another choice is made of those that stay."""


@attrs.frozen(kw_only=True)
class Mended:
    """The problem that was posed last, where all stand in it, and where they stood."""

    problem: PlanningProblem
    homes: tuple[Placement, ...]
    placements: tuple[Placement | None, ...]
    steps: int

    @property
    def worth(self) -> tuple[int, int]:
        """How many have no place, and how many are not where they were; fewer are better."""
        away = sum(at != home for at, home in zip(self.placements, self.homes, strict=True))
        return self.placements.count(None), away


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Damage:
    """What is to be mended: the sessions that break rules, and those that may make room.

    `leads` are the assignments of broken sessions that somebody else qualifies for.
    """

    timetable: Timetable
    scope: Scope
    window: Period | None
    step: timedelta
    rules: Sequence[ScheduleRule]
    policy: Policy
    broken: Mapping[int, int]
    movable: frozenset[int]
    leads: Mapping[int, Assignment]

    def widths(self) -> Iterator[frozenset[int]]:
        """Who may move: the broken ones, then those who share editions or people with them, all."""
        core = frozenset(self.broken)
        yield core
        placed = frozenset(n for n in self.movable if is_placed(self.timetable.sessions[n]))
        near = core | self._related(placed)
        if near != core:
            yield near
        if placed - near:
            yield core | placed

    def _related(self, among: frozenset[int]) -> frozenset[int]:
        """Those of some sessions that are for the same editions as a broken one, or by the same."""
        table = self.timetable
        editions = {id for n in self.broken for id in table.audiences[n]}
        found = {n for n in among if not editions.isdisjoint(table.audiences[n])}
        for members in table.sessions_by_person.values():
            if any(n in self.broken for n in members):
                found |= among.intersection(members)
        return frozenset(found)

    def posed(
        self, moving: Collection[int], *, pinned: bool = False
    ) -> tuple[PlanningProblem, tuple[Placement, ...]]:
        """The problem in which these may move, and where each of them stands in it.

        Who is not broken and could not be put back, because of a waiver, a window or a start off
        the step, stays. Those that are `pinned` keep their slots, whatever the window and the step.
        """
        timetable = self._loosened
        numbers = sorted(moving)
        stay = numbers if pinned else ()
        windows = windows_of(
            timetable, numbers, self.scope, self.window, step=self.step, pinned=stay, verb="repair"
        )
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
        homes = tuple(self._home(problem, each) for each in range(len(problem.activities)))
        stuck = {
            problem.activities[each].number
            for each, at in enumerate(homes)
            if not problem.fits(each, at)
        }.difference(self.broken)
        return self.posed(frozenset(moving) - stuck) if stuck else (problem, homes)

    def turns(self, problem: PlanningProblem) -> list[int]:
        """The order in which homes are given: those that break the most come last."""
        return sorted(
            range(len(problem.activities)),
            key=lambda each: (self.broken.get(problem.activities[each].number, 0), each),
        )

    @cached_property
    def _loosened(self) -> Timetable:
        """The timetable without the leads that may change."""
        if not self.leads:
            return self.timetable
        portfolio = self.timetable.portfolio
        tries = (f"nobody-{number}" for number in count())
        nobody = next(id for id in tries if portfolio.find(Session, id) is None)
        rows = [attrs.evolve(each, session_id=nobody) for each in self.leads.values()]
        return timetable_of(recorded(portfolio, rows))

    def _home(self, problem: PlanningProblem, activity: int) -> Placement:
        """Where a session stands, as a placement; at -1 where nothing can start at that time."""
        n, axis = problem.activities[activity].number, problem.axis
        session, start, lead = (
            self.timetable.sessions[n],
            self.timetable.starts[n],
            self.leads.get(n),
        )
        cell = axis.cell(start)
        room = problem.rooms.index(session.room_id) if session.room_id in problem.rooms else -1
        trainer = problem.persons.index(lead.person_id) if lead is not None else -1
        exact = cell is not None and axis.instants[cell] == start
        return Placement(cell if cell is not None and exact else -1, room, trainer)


def mended(damage: Damage, *, seed: int, spent: int, most: int, on_step: OnStep) -> Mended:
    """The best mend found, with no more sessions free to move than it takes.

    Of the `most` placements that may be sought, so many are `spent` already. `on_step` may stop the
    search. O(placements sought times sessions that may move).
    """
    best: Mended | None = None
    for moving in damage.widths():
        problem, homes = damage.posed(moving)
        search = Mending(
            state=State(problem),
            home=homes,
            blamed=frozenset(
                each for each, one in enumerate(problem.activities) if one.number in damage.broken
            ),
            chance=Chance(seed),
            on_step=on_step,
            steps=spent,
        )
        _search(search, damage, most)
        spent = search.steps
        found = Mended(problem=problem, homes=homes, placements=search.state.placed(), steps=spent)
        if best is None or found.worth < best.worth:
            best = found
        # Of those that clash it may be better that others make room than that more of them move.
        least = max(len(search.must), 1) if len(homes) == len(damage.broken) else len(homes)
        if (best.worth[0] == 0 and best.worth[1] <= least) or spent >= most or search.stopped:
            break
    assert best is not None  # noqa: S101  # there always is a first width
    return attrs.evolve(best, steps=spent)


def _search(search: Mending, damage: Damage, most: int) -> None:
    """Search from the homes on; where broken sessions clash, from several choices of who stays."""
    problem = search.state.problem
    begun = [damage.timetable.starts[each.number] for each in problem.activities]
    narrow = len(search.blamed) == len(begun)
    order = damage.turns(problem)
    kept: list[tuple[int, int, int, Snapshot]] = []
    for start in range(STARTS):
        search.begin(order)
        ease(search)
        search.take_out()
        search.fill(min(most, search.steps + NARROW * len(begun)) if narrow else most)
        ease(search)
        search.take_back(most)
        left = search.state.placed().count(None)
        kept.append((left, len(search.away), start, search.snapshot()))
        fewest = left == 0 and len(search.away) <= max(len(search.must), 1)
        if not narrow or fewest or search.must == search.blamed:
            break
        order = search.chance.shuffled(order)
    search.restore(min(kept)[-1])
    polish(search, begun)
