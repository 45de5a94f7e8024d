"""The proposal of a plan: rows to record, unplaced sessions with reasons, report and score."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import attrs

from mic_core.chrono import Slot
from mic_core.chrono.local import local
from mic_core.findings import Fact, Finding, Policy, Report, report_on
from mic_core.markup import Html, notebook
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import Score, score
from mic_core.scheduling.ground.ground import Ground, ground_of, recorded
from mic_core.scheduling.insertion.placements import lead_of, placed_at
from mic_core.scheduling.planning.chronology import in_order_of_time
from mic_core.scheduling.planning.page import plan_html, plan_svg
from mic_core.scheduling.planning.unplaced import Unplaced, explain_unplaced
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_at_policy_levels
from mic_core.scheduling.scope import numbers_in
from mic_core.scheduling.views.agenda import Agenda, View, agenda
from mic_core.scheduling.views.arguments import look
from mic_core.scheduling.views.items import iso
from mic_core.timetable import is_placed, timetable_of


@attrs.frozen(kw_only=True)
class Plan:
    """A proposal of slots, rooms and trainers, to be recorded or not.

    `changes` are the rows to keep: sessions with slot and room, a new revision for those that
    moved, and assignments for trainers who were chosen. `replaces` are the sessions as they were.
    `report` holds the findings of the rules in the scope once the plan is recorded, `score` its
    cost, both at the levels of the policy.
    `unplaced` are sessions for which no place was found, which does not prove that there is none.
    """

    changes: tuple[Noun, ...]
    replaces: tuple[Noun, ...]
    report: Report
    score: Score
    unplaced: tuple[Unplaced, ...] = ()
    solution: Solution = attrs.field(repr=False)
    portfolio: Portfolio = attrs.field(repr=False)
    scope: Scope = ()
    ground: Ground = attrs.field(repr=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each session that changes; times as local ISO 8601 texts."""
        return tuple(
            {
                "session": each.id, "room": each.room_id,
                "start": iso(None if each.slot is None else each.slot.start),
                "end": iso(None if each.slot is None else each.slot.end),
            }
            for each in self.changes
            if isinstance(each, Session)
        )  # fmt: skip

    @property
    def _placed(self) -> int:
        """The number of sessions that had no complete placement before and have one now."""
        now = {each.id: each for each in self.changes if isinstance(each, Session)}
        old = [each for each in self.replaces if isinstance(each, Session)]
        return sum(not is_placed(each) and is_placed(now[each.id]) for each in old)

    @property
    def agenda(self) -> Agenda:
        """The agenda of the scope once the plan is recorded."""
        return agenda(self.portfolio, self.scope)

    def __str__(self) -> str:
        """The weeks as grids, then the score, the unplaced sessions, and the findings of rules."""
        found = [str(self.report)] if self.report.findings else []
        lines = [str(self.agenda), str(self.score), *map(str, self.unplaced), *found]
        return "\n\n".join(lines)

    def html(self, *, view: View = "days", names: bool = False, most: int = 1000) -> Html:
        """The page of the plan: its weeks as grids, the unplaced with reasons, costs and findings.

        Findings are on the blocks in words, and in a table below. `view` puts days or rooms side by
        side, or shows only the list; `names` shows the names of persons who give the sessions
        instead of their ids. Of more than `most` sessions, or rows of a table, the first are shown,
        and a note counts them. Raises InvariantError for arguments that cannot be. O(n log n).
        """
        checked = look("html", view=view, names=names, most=most)
        return plan_html(
            self.agenda, self.unplaced, self.report, self.score,
            placed=self._placed, changed=len(self.replaces) - self._placed, look=checked,
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())

    def svg(
        self, *, title: str = "Plan", view: View = "days", names: bool = False, most: int = 1000
    ) -> str:
        """The weeks as an SVG document, with unplaced sessions and findings in words below.

        The arguments are those of `html`; a `view` of list shows days. O(n log n).
        """
        checked = look("svg", title=title, view=view, names=names, most=most, report=self.report)
        return plan_svg(self.agenda, self.unplaced, self.score, checked)


def propose(
    problem: PlanningProblem,
    solution: Solution,
    scope: Scope,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    *,
    roomless: Collection[int] = (),
) -> Plan:
    """Propose the plan of a solution: its rows, with report, score and unplaced sessions.

    Interchangeable sessions come in the order of time, whatever order the solver found.
    `roomless` sessions, by number, have a slot and found no room, so they are not in the problem.
    """
    rules = tuple(rules)
    kept = tuple(guard_at_policy_levels("plan", rules, policy))
    solution = in_order_of_time(problem, solution)
    portfolio = problem.timetable.portfolio
    changes = tuple(_changes(problem, solution))
    changed = {each.id for each in changes if isinstance(each, Session)}
    after = recorded(portfolio, changes)
    return Plan(
        changes=changes,
        replaces=tuple(portfolio.get(Session, id) for id in sorted(changed)),
        report=report_of(after, scope, kept, policy),
        score=score(after, kept, scope),
        unplaced=tuple(explain_unplaced(problem, solution, after, kept, policy, roomless)),
        solution=solution,
        portfolio=after,
        scope=scope,
        ground=ground_of("plan", portfolio, changes, rules, policy),
    )


def _changes(problem: PlanningProblem, solution: Solution) -> Iterator[Noun]:
    """The rows of a solution: changed sessions, and assignments of chosen trainers."""
    taken = {each.id for each in problem.timetable.portfolio.all(Assignment)}
    for activity, at in enumerate(solution.placements):
        number = problem.activities[activity].number
        before = problem.timetable.sessions[number]
        slot, room = before.slot, before.room_id
        if at is not None:
            start, end = problem.slot(activity, at.start)
            place = problem.timetable.places[number]
            if slot is None or slot.start_utc != start:
                slot = Slot(local(start, place), local(end, place))
            room = problem.rooms[at.room] if at.room >= 0 else room
        elif slot is not None:
            slot, room = None, None  # another session may have its place now
        changed = placed_at(before, slot, room)
        if changed is not before:
            yield changed
        if at is not None and at.trainer >= 0:
            lead = lead_of(before.id, problem.persons[at.trainer], taken)
            taken.add(lead.id)
            yield lead


def report_of(
    portfolio: Portfolio, scope: Scope, rules: Sequence[ScheduleRule], policy: Policy
) -> Report:
    """The report of the rules on the sessions of a scope."""
    timetable = timetable_of(portfolio)
    mine = numbers_in(timetable, scope)
    found = [
        breach.finding(rule.entry, severity)
        for rule in rules
        if (severity := policy.severity(rule.entry.code, rule.entry.severity)) != "off"
        for breach in conflicts(rule, timetable)
        if not mine.isdisjoint(breach.sessions)
    ]
    return report_on(found, policy, None)
