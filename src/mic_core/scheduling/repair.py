"""Repair: mend a timetable in which a change is recorded already, with as few moves as it takes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

import attrs

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import local
from mic_core.findings import Fact, Policy, Report
from mic_core.markup import Html, Tone, badge, element, html_table, joined, notebook
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.agenda import View, agenda
from mic_core.scheduling.answers import weighed
from mic_core.scheduling.arguments import Arguments, checked_arguments
from mic_core.scheduling.before_after import BeforeAfter, before_after
from mic_core.scheduling.broken import broken, may_move
from mic_core.scheduling.compare import Comparison, compare
from mic_core.scheduling.extent import extent
from mic_core.scheduling.kernel import State
from mic_core.scheduling.kernel.mending import OnStep
from mic_core.scheduling.mend import Damage, Mended, mended
from mic_core.scheduling.options import placed_at
from mic_core.scheduling.plan import left_out, recorded, report_of
from mic_core.scheduling.problem import STEP, Problem, Progress, Solution
from mic_core.scheduling.problem.values import Placement
from mic_core.scheduling.score import Score, score
from mic_core.scheduling.standard import SCHEDULE_RULES
from mic_core.scheduling.timetable import Timetable, timetable_of
from mic_core.scheduling.unplaced import Unplaced

_TOLD = 64
"""Progress is told once in so many placements."""

ROUNDS = 3
"""How often what a mend itself broke is mended again: moving may end what two sessions share."""

PLACEMENTS = 4_000
"""How many placements are sought where a caller names no budget."""


@attrs.frozen(kw_only=True)
class Repair:
    """A proposal of what to move so that a timetable keeps its hard rules again.

    `changes` are the rows to keep: sessions with a new slot or room in a new revision, and
    assignments with another lead; `replaces` are those rows as they were. `broken` are the
    sessions of the scope that broke hard rules, those that may not move among them. `unplaced`
    found no place and are taken out of the timetable. `report` holds what the rules find in the
    scope once the repair is kept, `score` what it costs.
    """

    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...]
    broken: tuple[str, ...]
    unplaced: tuple[Unplaced, ...] = ()
    report: Report
    score: Score
    before: Portfolio = attrs.field(repr=False)
    portfolio: Portfolio = attrs.field(repr=False)
    scope: Scope = ()
    rules: tuple[ScheduleRule, ...] = attrs.field(default=(), repr=False)
    iterations: int = 0

    @property
    def sessions(self) -> tuple[str, ...]:
        """The ids of all sessions that change, sorted."""
        return tuple(sorted({_session_id(each) for each in self.changes}))

    @property
    def comparison(self) -> Comparison:
        """What became of which session, and both scores. O(n log n + breaches)."""
        return compare(self.before, self.portfolio, rules=self.rules, scope=self.scope)

    @property
    def difference(self) -> BeforeAfter:
        """The agendas of the scope before and after, beside each other. O(n log n)."""
        return before_after(agenda(self.before, self.scope), agenda(self.portfolio, self.scope))

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each session that changes; people by their ids."""
        known = frozenset(self.broken)
        return tuple({**row, "broken": row["session"] in known} for row in self.difference.rows())

    @property
    def summary(self) -> str:
        """How many sessions broke hard rules, change and found no place, in words."""
        if not self.broken:
            return "No session breaks a hard rule."
        parts = [
            f"{len(self.broken)} broke hard rules",
            f"{len(self.sessions)} change",
            *([f"{len(self.unplaced)} found no place"] if self.unplaced else []),
        ]
        return ", ".join(parts)

    def __str__(self) -> str:
        """What changes, what could not be placed, what rules find, and what it all costs."""
        lines = [self.summary]
        if self.changes:
            lines.append(str(self.difference))
        lines += [str(each) for each in self.unplaced]
        lines += [str(self.report)] if self.report.findings else []
        return "\n\n".join([*lines, self.score.total])

    def html(self, *, view: View = "days", names: bool = False) -> Html:
        """What changes as a table and as grids, what is left out and why, what rules find.

        `view` and `names` are those of `Agenda.html`. O(n log n).
        """
        tone: Tone = "warning" if self.unplaced else "good"
        left = [(element("code", each.session_id), each.why) for each in self.unplaced]
        headers = ("session", "what stood in the way")
        return joined(
            [
                element("p", badge(self.summary, tone)),
                self.difference.html(view=view, names=names) if self.changes else None,
                html_table(left, headers, caption="Not placed") if left else None,
                self.score.html(),
                self.report.html(),
            ]
        )

    def _repr_html_(self) -> str:
        return notebook(self.html())


def repair(
    portfolio: Portfolio,
    scope: Scope,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    seed: int = 0,
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Repair:
    """What to move so that the sessions of a scope keep the hard rules again.

    The change is recorded already: somebody is ill, a room is closed, a slot was changed. Sessions
    that break hard rules are placed anew, of those that clash with each other only some; where
    they find no place, others make room: first those that share an edition or a person with them,
    then all of the scope. The fewest changes come first, then what costs least by all rules, then
    what lies nearest to where it was. In the end none that moved can be put back on its own, as
    far as was tried; that is not a proof that no repair changes fewer.

    A broken session that somebody else qualifies to lead may get another lead instead; all others
    keep the people they have. Sessions outside the scope stay, as do those that are held, or at
    which somebody was present or counted. Sessions without a slot are left to `plan`. What finds
    no place is taken out of the timetable and explained. Findings that `policy` waives are not
    mended. `window` and `step` are those of `plan`; `iterations` (None: 4,000) bounds the
    placements sought. The same arguments give the same repair, whatever the machine.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be, all at
    once. O(n log n + breaches + iterations times sessions that may move) over n sessions.

    >>> from mic_core.model import Availability, Center, Person, Room
    >>> hour, place = timedelta(hours=1), "Europe/Brussels"
    >>> lesson = Session(
    ...     id="lesson", center_id="mic", title="Lesson", length=hour, room_id="r",
    ...     slot=Slot.at("2014-09-10", "09:00", hour, place),
    ... )
    >>> known = Portfolio.of(
    ...     Center(id="mic", name="MIC", country="BE", time_zone=place), lesson,
    ...     Room(id="r", center_id="mic", name="Room", seats=20), Person(id="ann", name="Ann"),
    ...     Assignment(id="a", session_id="lesson", person_id="ann"),
    ...     Availability(
    ...         id="ill", subject="person:ann", preference="unavailable",
    ...         slot=Slot.at("2014-09-10", "08:00", 4 * hour, place),
    ...     ),
    ... )
    >>> mended = repair(known, "mic", window=Period.year(2014), step=hour)
    >>> print(mended.summary)
    1 broke hard rules, 1 change
    >>> print(mended.portfolio.get(Session, "lesson").slot)
    Wed 10 Sep 2014 07:00-08:00 Europe/Brussels
    """
    given = checked_arguments(
        "repair", portfolio=portfolio, scope=scope, window=window, step=step, rules=rules,
        policy=policy, seed=seed, iterations=iterations,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    asked = tuple(weighed("repair", given.rules, given.policy))

    def on_step(state: State, steps: int, waiting: int) -> bool:
        if on_progress is not None and steps % _TOLD == 1:
            told = Progress(phase="placing", iteration=steps, unplaced=waiting, cost=state.total)
            on_progress(told)
        return should_stop is not None and should_stop()

    budget = PLACEMENTS if given.iterations is None else given.iterations
    work = _Work(given, asked, on_step, portfolio)
    report = work.mend(budget)
    changes = tuple(_net(portfolio, work.now, work.touched))
    after = recorded(portfolio, changes)
    return Repair(
        changes=changes,
        replaces=tuple(portfolio.get(type(each), each.id) for each in changes),
        broken=work.broken,
        unplaced=tuple(work.unplaced[id] for id in sorted(work.unplaced)),
        report=report,
        score=score(after, asked, given.scope),
        before=portfolio,
        portfolio=after,
        scope=given.scope,
        rules=asked,
        iterations=work.spent,
    )


@attrs.define(eq=False)
class _Work:
    """A portfolio as it is mended: what broke at first, what was touched, and what is left out."""

    given: Arguments
    asked: tuple[ScheduleRule, ...]
    on_step: OnStep
    now: Portfolio
    spent: int = 0
    broken: tuple[str, ...] = ()
    touched: set[str] = attrs.field(factory=set[str])
    unplaced: dict[str, Unplaced] = attrs.field(factory=dict[str, Unplaced])
    hurt: Mapping[int, int] = attrs.field(factory=dict[int, int])
    cost: int = 0

    def mend(self, budget: int) -> Report:
        """Mend what is broken, and what that breaks in turn, within so many placements.

        What is broken even so is taken out. Gives what the rules find at the end.
        """
        damage = self._damage()
        self.broken = tuple(damage.timetable.sessions[n].id for n in sorted(self.hurt))
        for _ in range(ROUNDS):
            if not damage.broken:
                return self._report()
            found = mended(
                damage, seed=self.given.seed, spent=self.spent, most=budget, on_step=self.on_step
            )
            self.spent = found.steps
            self._keep(found.problem, found.placements, [*_changes(damage, found)])
            report = self._report()
            if report.ok:
                return report
            damage = self._damage()
        self._give_up(damage)
        return self._report()

    def _damage(self) -> Damage:
        """What is broken and may move as things are."""
        given, timetable = self.given, timetable_of(self.now)
        mine = _mine(timetable, given.scope)
        found = broken(timetable, mine, self.asked, given.policy)
        self.hurt, self.cost = found.shares, found.cost
        movable = may_move(timetable, mine) if found.shares else frozenset[int]()
        loose = {n: number for n, number in found.shares.items() if n in movable}
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
        return report_of(self.now, self.given.scope, self.asked, self.given.policy)

    def _keep(
        self, problem: Problem, placements: Sequence[Placement | None], rows: Sequence[Noun]
    ) -> None:
        """Record rows, and note what has no place."""
        self.touched.update(map(_session_id, rows))
        self.now = recorded(self.now, rows)
        solution = Solution(placements=tuple(placements), cost=0)
        left = left_out(problem, solution, self.now, self.asked, self.given.policy)
        self.unplaced.update((each.session_id, each) for each in left)

    def _give_up(self, damage: Damage) -> None:
        """Take out, one by one, what breaks rules in a way that placing does not see or end."""
        for n in sorted(damage.broken):
            now, cost = self.now, self.cost
            row = placed_at(damage.timetable.sessions[n], None, None)
            self.now = recorded(now, [row])
            self._damage()
            if self.cost < cost:
                problem, _ = damage.posed(frozenset({n}))
                self._keep(problem, (None,), [row])
            else:
                self.now, self.cost = now, cost


def _mine(timetable: Timetable, scope: Scope) -> frozenset[int]:
    """The numbers of the sessions in a scope."""
    numbers = timetable.numbers
    sessions = extent(timetable.portfolio, scope, None).sessions
    return frozenset(numbers[each.id] for each in sessions if each.id in numbers)


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


def _session_id(row: Noun) -> str:
    return row.session_id if isinstance(row, Assignment) else row.id


def _net(before: Portfolio, after: Portfolio, touched: Iterable[str]) -> Iterator[Noun]:
    """What differs of the sessions that were touched, however often they were."""
    for id in sorted(touched):
        old, new = before.get(Session, id), after.get(Session, id)
        changed = placed_at(old, new.slot, new.room_id)
        if changed is not old:
            yield changed
        for part in after.where(Assignment, session_id=id):
            if part != before.get(Assignment, part.id):
                yield part
