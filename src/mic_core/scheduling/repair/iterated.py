"""The rounds of a repair: what is mended, what that breaks in turn, and what is put back."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import attrs

from mic_core.chrono import Slot
from mic_core.chrono.local import local
from mic_core.findings import Report
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.arguments import Arguments
from mic_core.scheduling.insertion.placements import placed_at
from mic_core.scheduling.planning.proposal import explain_unplaced, recorded, report_of
from mic_core.scheduling.planning.unplaced import Unplaced
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.repair.min_change import OnStep
from mic_core.scheduling.repair.neighborhood import Damage, Mended, mended
from mic_core.scheduling.repair.reinsertion import anchor_unrepresentable, is_hour, put_back
from mic_core.scheduling.repair.violations import Violations, find_violations, may_move
from mic_core.scheduling.scope import numbers_in
from mic_core.timetable import Timetable, timetable_of

ROUNDS = 3
"""How often what a mend itself broke is mended again: moving may end what two sessions share."""

UNHURT = Violations({}, frozenset(), frozenset(), 0)

RepairSnapshot = tuple[Violations, Portfolio, dict[str, Unplaced]]
"""What is broken, how things are, and what has no place."""


@attrs.define(eq=False)
class RepairRun:
    """A portfolio as it is mended: what broke at first, what was touched, and what is left out."""

    given: Arguments
    asked: tuple[ScheduleRule, ...]
    on_step: OnStep
    before: Portfolio
    now: Portfolio
    spent: int = 0
    broken: tuple[str, ...] = ()
    touched: set[str] = attrs.field(factory=set[str])
    unplaced: dict[str, Unplaced] = attrs.field(factory=dict[str, Unplaced])
    hurt: Violations = UNHURT
    reported: tuple[Portfolio, Report] | None = None

    def mend(self, budget: int) -> Report:
        """Mend what is broken, and what that breaks in turn, within so many placements.

        What is broken even so is taken out, and who was taken out is put back where there is room.
        Gives what the rules find at the end.
        """
        damage = self._damage()
        before = damage.timetable
        self.broken = tuple(before.sessions[n].id for n in sorted(self.hurt.named))
        self._rounds(damage, budget)
        if self.hurt.cost:
            self._give_up(self._damage())
        self._put_back(damage)
        return self._report()

    def _rounds(self, damage: Damage, budget: int) -> None:
        """Mend again and again; keeps the best that was met, which may be what was there."""
        kept, anchors = self._stand(), True
        for _ in range(ROUNDS):
            cost = self.hurt.cost
            mine = numbers_in(damage.timetable, self.given.scope)
            posed = anchor_unrepresentable(damage, mine, self.hurt.alone) if anchors else damage
            if posed.broken:
                self._mend(posed, damage, budget)
                damage = damage if self._is_kept() else self._damage()
            if self.hurt.cost >= cost and self._move(damage):
                damage = self._damage()
            kept = min(kept, self._stand(), key=_worth)
            if not self.hurt.shares or not damage.broken:
                break
            # Who stays at home may be whom a rule about whole groups wants elsewhere.
            anchors = self.hurt.cost < cost
        kept = min(kept, self._moved(kept), key=_worth)
        self.hurt, self.now, self.unplaced = kept

    def _stand(self) -> RepairSnapshot:
        return self.hurt, self.now, dict(self.unplaced)

    def _moved(self, kept: RepairSnapshot) -> RepairSnapshot:
        """Where some found no place: what comes of moving one by one alone, from the beginning."""
        if kept[2]:
            self.now, self.unplaced = self.before, {}
            self._move(self._damage())
        return self._stand()

    def _move(self, damage: Damage) -> bool:
        """Move one after the other where that alone makes it better; tells whether any was.

        Who breaks a rule alone has to move anyway, and is left to the search.
        """
        cost = self.hurt.cost
        while any(
            self._again(damage.timetable, n, less=1)
            for n in sorted(set(damage.broken) - self.hurt.alone)
        ):
            damage = self._damage()
        return self.hurt.cost < cost

    def _is_kept(self) -> bool:
        """Whether no hard rule is broken any more."""
        if not self._report().ok:
            return False
        self.hurt = UNHURT
        return True

    def _mend(self, posed: Damage, whole: Damage, budget: int) -> None:
        """Mend a damage; where that leaves some without a place, without any that must stay."""
        most, step = budget, self.on_step
        found = mended(posed, seed=self.given.seed, spent=self.spent, most=most, on_step=step)
        self.spent = found.steps
        if found.worth[0] and len(posed.broken) < len(whole.broken):
            other = mended(whole, seed=self.given.seed, spent=self.spent, most=most, on_step=step)
            self.spent = other.steps
            if other.worth < found.worth:
                posed, found = whole, other
        self._keep(found.problem, found.placements, [*_changes(posed, found)])

    def _damage(self) -> Damage:
        """What is broken and may move as things are."""
        given, timetable = self.given, timetable_of(self.now)
        mine = numbers_in(timetable, given.scope)
        self.hurt = find_violations(timetable, mine, self.asked, given.policy)
        shares = self.hurt.shares
        movable = may_move(timetable, mine) if shares else frozenset[int]()
        return self._posed(timetable, {n: shares[n] for n in shares if n in movable}, movable)

    def _posed(
        self, timetable: Timetable, loose: Mapping[int, int], movable: frozenset[int]
    ) -> Damage:
        given = self.given
        return Damage(
            timetable=timetable,
            scope=given.scope,
            window=given.window,
            step=given.step,
            rules=self.asked,
            policy=given.policy,
            broken=loose,
            movable=movable,
            leads=_leads(timetable, loose),
        )

    def _report(self) -> Report:
        """What the rules find as things are."""
        if self.reported is None or self.reported[0] is not self.now:
            found = report_of(self.now, self.given.scope, self.asked, self.given.policy)
            self.reported = self.now, found
        return self.reported[1]

    def _keep(
        self, problem: PlanningProblem, placements: Sequence[Placement | None], rows: Sequence[Noun]
    ) -> None:
        """Record rows, and note what has no place."""
        self.touched.update(map(session_id, rows))
        self.now = recorded(self.now, rows)
        solution = Solution(placements=tuple(placements), cost=0)
        left = explain_unplaced(problem, solution, self.now, self.asked, self.given.policy)
        self.unplaced.update((each.session_id, each) for each in left)

    def _give_up(self, damage: Damage) -> None:
        """Take out, one by one, what breaks rules in a way that placing does not see or end."""
        for n in sorted(damage.broken):
            now, hurt = self.now, self.hurt
            row = placed_at(damage.timetable.sessions[n], None, None)
            self.now = recorded(now, [row])
            self._damage()
            if self.hurt.cost < hurt.cost:
                problem, _ = damage.posed(frozenset({n}))
                self._keep(problem, (None,), [row])
            else:
                self.now, self.hurt = now, hurt

    def _put_back(self, first: Damage) -> None:
        """Place who was taken out wherever there is room, and who left an hour of its own there."""
        sessions, numbers = first.timetable.sessions, first.timetable.numbers
        for id in sorted(self.touched):
            n = numbers[id]
            slot = self.now.get(Session, id).slot
            if slot != sessions[n].slot and not is_hour(first, n):
                self._again(first.timetable, n, pinned=True)
        waiting = sorted(self.unplaced)
        while waiting:
            found = [
                id
                for id in waiting
                if self._again(first.timetable, numbers[id])
                or self._again(first.timetable, numbers[id], bare=True)
            ]
            waiting = sorted(self.unplaced) if found else []

    def _again(
        self,
        first: Timetable,
        n: int,
        *,
        pinned: bool = False,
        bare: bool = False,
        less: int = 0,
    ) -> bool:
        """Put one back, at its own hour or anywhere, where that breaks no more; tells whether.

        It has to break so much `less`. One that is `bare` need not keep its room: online it goes
        without.
        """
        before, now, hurt = first.sessions[n], self.now, self.hurt
        most = self.given.iterations
        if most is not None and self.spent >= most:
            return False
        if bare and (before.mode != "online" or before.room_id is None):
            return False
        room = None if bare or (pinned and before.mode != "online") else before.room_id
        row = placed_at(now.get(Session, before.id), before.slot, room)
        parts = first.portfolio.where(Assignment, session_id=before.id)
        timetable = timetable_of(recorded(now, [row, *parts]))
        damage = self._posed(timetable, {n: 1}, frozenset({n}))
        for found in put_back(damage, n, before.room_id, self.on_step, pinned=pinned):
            self.now = recorded(timetable.portfolio, [*_changes(damage, found)])
            self._damage()
            if self.hurt.cost <= hurt.cost - less:
                self.touched.add(before.id)
                self.unplaced.pop(before.id, None)
                return True
        self.now, self.hurt = now, hurt
        return False


def _worth(stand: RepairSnapshot) -> tuple[int, int]:
    """What is broken costs, and how many have no place; less is better."""
    return stand[0].cost, len(stand[2])


def _leads(timetable: Timetable, among: Collection[int]) -> dict[int, Assignment]:
    """The one lead of each session that somebody else who has no part in it could lead."""
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


def _changes(damage: Damage, found: Mended) -> Iterator[Noun]:
    """The sessions that stand elsewhere than before, and the assignments of other leads."""
    problem, timetable = found.problem, damage.timetable
    sides = zip(found.homes, found.placements, problem.activities, strict=True)
    for activity, (home, at, each) in enumerate(sides):
        n = each.number
        before = timetable.sessions[n]
        if at is None:
            yield placed_at(before, None, None)
        elif at != home:
            slot = before.slot
            if at.start != home.start:
                start, end = problem.slot(activity, at.start)
                slot = Slot(local(start, timetable.places[n]), local(end, timetable.places[n]))
            room = problem.rooms[at.room] if at.room >= 0 else None
            changed = placed_at(before, slot, room)
            if changed is not before:
                yield changed
            if at.trainer != home.trainer:
                yield attrs.evolve(damage.leads[n], person_id=problem.persons[at.trainer])


def session_id(row: Noun) -> str:
    """The session that a row is about."""
    return row.session_id if isinstance(row, Assignment) else row.id


def net(before: Portfolio, after: Portfolio, touched: Iterable[str]) -> Iterator[Noun]:
    """What differs of the sessions that were touched, however often they were."""
    for id in sorted(touched):
        old, new = before.get(Session, id), after.get(Session, id)
        changed = placed_at(old, new.slot, new.room_id)
        if changed is not old:
            yield changed
        for part in after.where(Assignment, session_id=id):
            if part != before.get(Assignment, part.id):
                yield part
