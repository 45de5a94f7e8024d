"""Iterated repair: detect violations, search a minimal perturbation, keep it if it is better.

A few rounds, as moving sessions may violate other rules in turn. Sessions whose violation nothing
ends are unplaced; then every session without a place is reinserted wherever that breaks no more.
Hard rules never cost more in the end than in the beginning, which is one of the snapshots compared.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import attrs

from mic_core.chrono import Slot
from mic_core.chrono.local import local
from mic_core.findings import Report
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.arguments import Arguments
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.insertion.placements import placed_at
from mic_core.scheduling.planning.proposal import report_of
from mic_core.scheduling.planning.unplaced import Unplaced, explain_unplaced
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.repair.min_change import OnStep
from mic_core.scheduling.repair.neighborhood import RepairSolution, RepairTask, solve_task
from mic_core.scheduling.repair.reinsertion import (
    anchor_unrepresentable,
    has_representable_start,
    reinsertions,
)
from mic_core.scheduling.repair.violations import Violations, find_violations, may_move
from mic_core.scheduling.scope import numbers_in
from mic_core.timetable import Timetable, timetable_of

ROUNDS = 3
"""Rounds, at most: what a repair itself violates is repaired again. A budget of time."""

NO_VIOLATIONS = Violations({}, frozenset(), frozenset(), 0)

RepairSnapshot = tuple[Violations, Portfolio, dict[str, Unplaced]]
"""The violations, the portfolio that has them, and its sessions without a place."""


@attrs.define(eq=False)
class RepairRun:
    """The run of one repair: the portfolio as it changes, its violations and unplaced sessions.

    `current` and `violations` belong together. `touched` are the ids of all sessions that rows were
    recorded for, `broken` those of the sessions named at first, `steps_used` the placements sought,
    `searches` the searches whose rows were recorded.
    """

    given: Arguments
    rules: tuple[ScheduleRule, ...]
    on_step: OnStep
    before: Portfolio
    current: Portfolio
    steps_used: int = 0
    searches: int = 0
    broken: tuple[str, ...] = ()
    touched: set[str] = attrs.field(factory=set[str])
    unplaced: dict[str, Unplaced] = attrs.field(factory=dict[str, Unplaced])
    violations: Violations = NO_VIOLATIONS
    last_report: tuple[Portfolio, Report] | None = None

    def run(self, budget: int) -> Report:
        """Repair within a budget of placements sought. Returns the report on the result."""
        task = self._detect()
        before = task.timetable
        self.broken = tuple(before.sessions[n].id for n in sorted(self.violations.named))
        self._iterate(task, budget)
        if self.violations.cost:
            self._unplace_violating(self._detect())
        self._reinsert_all(task)
        self._send_home()
        return self._report()

    def _iterate(self, task: RepairTask, budget: int) -> None:
        """Solve and detect again in rounds; the best snapshot wins, and the first one counts."""
        best, anchors = self._snapshot(), True
        for _ in range(ROUNDS):
            cost = self.violations.cost
            mine = numbers_in(task.timetable, self.given.scope)
            anchored = (
                anchor_unrepresentable(task, mine, self.violations.alone) if anchors else task
            )
            if anchored.violating:
                self._solve(anchored, task, budget)
                task = task if self._has_no_errors() else self._detect()
            if self.violations.cost >= cost and self._apply_single_moves(task):
                task = self._detect()
            best = min(best, self._snapshot(), key=_worth)
            if not self.violations.shares or not task.violating:
                break
            # A session anchored in this round may be the one that a group rule (e.g. SameRoom)
            # needs moved: drop the anchors if the cost did not fall.
            anchors = self.violations.cost < cost
        best = min(best, self._best_single_moves(best), key=_worth)
        self.violations, self.current, self.unplaced = best

    def _snapshot(self) -> RepairSnapshot:
        return self.violations, self.current, dict(self.unplaced)

    def _best_single_moves(self, best: RepairSnapshot) -> RepairSnapshot:
        """The result of single moves alone, from the beginning, if `best` has unplaced sessions."""
        if best[2]:
            self.current, self.unplaced = self.before, {}
            self._apply_single_moves(self._detect())
        return self._snapshot()

    def _apply_single_moves(self, task: RepairTask) -> bool:
        """Descend: move one violating session at a time while that lowers the cost. True if any.

        A session that violates a rule alone has to move anyway, and is left to the search.
        """
        cost = self.violations.cost
        while any(
            self._reinsert(task.timetable, n, required_gain=1)
            for n in sorted(set(task.violating) - self.violations.alone)
        ):
            task = self._detect()
        return self.violations.cost < cost

    def _has_no_errors(self) -> bool:
        """True if the report has no error; then there are no violations to detect."""
        if not self._report().ok:
            return False
        self.violations = NO_VIOLATIONS
        return True

    def _solve(self, anchored: RepairTask, full: RepairTask, budget: int) -> None:
        """Solve the anchored task, and the full one if that leaves sessions unplaced."""
        seed, step = self.given.seed, self.on_step
        task = anchored
        found = solve_task(task, seed=seed, spent=self.steps_used, most=budget, on_step=step)
        self.steps_used = found.steps
        if found.worth[0] and len(anchored.violating) < len(full.violating):
            other = solve_task(full, seed=seed, spent=self.steps_used, most=budget, on_step=step)
            self.steps_used = other.steps
            if other.worth < found.worth:
                task, found = full, other
        self._record(found.problem, found.placements, [*_changed_rows(task, found)])

    def _detect(self) -> RepairTask:
        """Detect the violations of the current portfolio, and pose their task."""
        given, timetable = self.given, timetable_of(self.current)
        mine = numbers_in(timetable, given.scope)
        self.violations = find_violations(timetable, mine, self.rules, given.policy)
        shares = self.violations.shares
        movable = may_move(timetable, mine) if shares else frozenset[int]()
        return self._task(timetable, {n: shares[n] for n in shares if n in movable}, movable)

    def _task(
        self, timetable: Timetable, violating: Mapping[int, int], movable: frozenset[int]
    ) -> RepairTask:
        given = self.given
        return RepairTask(
            timetable=timetable,
            scope=given.scope,
            window=given.window,
            step=given.step,
            rules=self.rules,
            policy=given.policy,
            violating=violating,
            movable=movable,
            leads=_replaceable_leads(timetable, violating),
            prefer=given.prefer,
        )

    def _report(self) -> Report:
        """The report on the current portfolio, kept until that changes."""
        if self.last_report is None or self.last_report[0] is not self.current:
            found = report_of(self.current, self.given.scope, self.rules, self.given.policy)
            self.last_report = self.current, found
        return self.last_report[1]

    def _record(
        self, problem: PlanningProblem, placements: Sequence[Placement | None], rows: Sequence[Noun]
    ) -> None:
        """Record rows, and explain the activities without a placement."""
        self.touched.update(map(session_id, rows))
        self.searches += 1
        self.current = recorded(self.current, rows)
        solution = Solution(placements=tuple(placements), cost=0)
        left = explain_unplaced(problem, solution, self.current, self.rules, self.given.policy)
        self.unplaced.update((each.session_id, each) for each in left)

    def _unplace_violating(self, task: RepairTask) -> None:
        """Unplace, one by one, the sessions whose violation placing cannot see or end."""
        for n in sorted(task.violating):
            current, violations = self.current, self.violations
            row = placed_at(task.timetable.sessions[n], None, None)
            self.current = recorded(current, [row])
            self._detect()
            if self.violations.cost < violations.cost:
                problem, _ = task.compile(frozenset({n}))
                self._record(problem, (None,), [row])
            else:
                self.current, self.violations = current, violations

    def _reinsert_all(self, first: RepairTask) -> None:
        """Reinsert the unplaced sessions anywhere, and moved ones at an hour only they can have.

        `first` is the task at the beginning, with all sessions as they originally were.
        """
        sessions, numbers = first.timetable.sessions, first.timetable.numbers
        for id in sorted(self.touched):
            n = numbers[id]
            slot = self.current.get(Session, id).slot
            if slot != sessions[n].slot and not has_representable_start(first, n):
                self._reinsert(first.timetable, n, pinned=True)
        waiting = sorted(self.unplaced)
        while waiting:
            found = [
                id
                for id in waiting
                if self._reinsert(first.timetable, numbers[id])
                or self._reinsert(first.timetable, numbers[id], without_room=True)
            ]
            # Each one reinserted may end what kept another out, so the rest is tried again.
            waiting = sorted(self.unplaced) if found else []

    def _send_home(self) -> None:
        """Put sessions back as they were, one by one, where that costs no more violations.

        One search leaves none that could go back; several in turn may.
        """
        if self.searches < 2:  # one search has tried it
            return
        for id in sorted(self.touched - set(self.unplaced)):
            home: list[Noun] = [self.before.get(Session, id)]
            home += self.before.where(Assignment, session_id=id)
            current, violations = self.current, self.violations
            self.current = recorded(current, home)
            self._detect()
            if self.violations.cost > violations.cost:
                self.current, self.violations = current, violations

    def _reinsert(
        self,
        original: Timetable,
        n: int,
        *,
        pinned: bool = False,
        without_room: bool = False,
        required_gain: int = 0,
    ) -> bool:
        """Reinsert a session at its own hour (`pinned`) or anywhere. True if that was accepted.

        Accepted is the first placement that lowers the cost of violations by `required_gain` at
        least. `without_room` lets an online session go without the room that it had.
        """
        before, current, violations = original.sessions[n], self.current, self.violations
        most = self.given.iterations
        if most is not None and self.steps_used >= most:
            return False
        if without_room and (before.mode != "online" or before.room_id is None):
            return False
        room = None if without_room or (pinned and before.mode != "online") else before.room_id
        row = placed_at(current.get(Session, before.id), before.slot, room)
        parts = original.portfolio.where(Assignment, session_id=before.id)
        timetable = timetable_of(recorded(current, [row, *parts]))
        task = self._task(timetable, {n: 1}, frozenset({n}))
        for found in reinsertions(task, n, before.room_id, self.on_step, pinned=pinned):
            self.current = recorded(timetable.portfolio, [*_changed_rows(task, found)])
            self._detect()
            if self.violations.cost <= violations.cost - required_gain:
                self.touched.add(before.id)
                self.searches += 1
                self.unplaced.pop(before.id, None)
                return True
        self.current, self.violations = current, violations
        return False


def _worth(snapshot: RepairSnapshot) -> tuple[int, int]:
    """The cost of violations, then the number of unplaced sessions; less is better."""
    return snapshot[0].cost, len(snapshot[2])


def _replaceable_leads(timetable: Timetable, among: Collection[int]) -> dict[int, Assignment]:
    """The only lead of each session for which another trainer of its module is not yet assigned."""
    found: dict[int, Assignment] = {}
    for n in among:
        session = timetable.sessions[n]
        module = timetable.modules.get(session.module_id or "")
        parts = timetable.portfolio.where(Assignment, session_id=session.id)
        leads = [each for each in parts if each.role == "lead"]
        if module is not None and len(leads) == 1 and leads[0].person_id in module.trainers:
            others = {*module.trainers}.difference(each.person_id for each in parts)
            alone = sum(each.person_id == leads[0].person_id for each in parts) == 1
            if others and alone:
                found[n] = leads[0]
    return found


def _changed_rows(task: RepairTask, found: RepairSolution) -> Iterator[Noun]:
    """The rows of a solution: sessions moved or unplaced, and assignments of new leads."""
    problem, timetable = found.problem, task.timetable
    sides = zip(found.original, found.placements, problem.activities, strict=True)
    for activity, (original, at, each) in enumerate(sides):
        n = each.number
        before = timetable.sessions[n]
        if at is None:
            yield placed_at(before, None, None)
        elif at != original:
            slot = before.slot
            if at.start != original.start:
                start, end = problem.slot(activity, at.start)
                slot = Slot(local(start, timetable.places[n]), local(end, timetable.places[n]))
            room = problem.rooms[at.room] if at.room >= 0 else None
            changed = placed_at(before, slot, room)
            if changed is not before:
                yield changed
            if at.trainer != original.trainer:
                yield attrs.evolve(task.leads[n], person_id=problem.persons[at.trainer])


def session_id(row: Noun) -> str:
    """The id of the session that a row is about."""
    return row.session_id if isinstance(row, Assignment) else row.id


def net_changes(before: Portfolio, after: Portfolio, touched: Iterable[str]) -> Iterator[Noun]:
    """The rows of touched sessions that differ in the end, however often they changed."""
    for id in sorted(touched):
        old, new = before.get(Session, id), after.get(Session, id)
        changed = placed_at(old, new.slot, new.room_id)
        if changed is not old:
            yield changed
        for part in after.where(Assignment, session_id=id):
            if part != before.get(Assignment, part.id):
                yield part
