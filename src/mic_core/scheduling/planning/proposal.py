"""The proposal of a plan: the rows that change, and the sessions left unplaced, with reasons."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import attrs

from mic_core.chrono import Interval, Slot
from mic_core.chrono.local import local
from mic_core.findings import Fact, Policy, Report, report_on
from mic_core.markup import Html, notebook
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import Score, score
from mic_core.scheduling.insertion.insertion_costs import lines_of
from mic_core.scheduling.insertion.placements import lead_of, options_of, placed_at
from mic_core.scheduling.insertion.why_not import count_blocks
from mic_core.scheduling.planning.chronology import in_order_of_time
from mic_core.scheduling.planning.page import plan_html, plan_svg
from mic_core.scheduling.planning.unplaced import Unplaced
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_at_policy_levels
from mic_core.scheduling.scope import numbers_in
from mic_core.scheduling.views.agenda import Agenda, View, agenda
from mic_core.scheduling.views.arguments import look
from mic_core.scheduling.views.items import iso
from mic_core.timetable import timetable_of


@attrs.frozen(kw_only=True)
class Plan:
    """A proposal of slots, rooms and trainers, to be recorded or not.

    `changes` are the rows to keep: sessions with slot and room, a new revision for those that
    moved, and assignments for trainers who were chosen. `replaces` are the sessions as they were.
    `report` holds what the rules find in the scope once the plan is kept, `score` what it costs,
    both at the levels of the policy.
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
    def agenda(self) -> Agenda:
        """What takes place in the scope once the plan is kept."""
        return agenda(self.portfolio, self.scope)

    def __str__(self) -> str:
        """The weeks as grids, what they cost, what could not be placed, and what rules find."""
        found = [str(self.report)] if self.report.findings else []
        lines = [str(self.agenda), str(self.score), *map(str, self.unplaced), *found]
        return "\n\n".join(lines)

    def html(self, *, view: View = "days", names: bool = False, most: int = 1000) -> Html:
        """What the plan comes to: its weeks as grids, what is left out and why, what it costs.

        What the rules find stands on the blocks in words, and in a table below. `view` puts days
        or rooms side by side, or shows only the list; `names` shows the names of those who give
        the sessions instead of their ids. Of more than `most` sessions, or rows of a table, the
        first are shown, and a note counts them. Raises InvariantError for arguments that cannot
        be. O(n log n).
        """
        asked = look("html", view=view, names=names, most=most)
        return plan_html(
            self.agenda, self.unplaced, self.report, self.score,
            changed=len(self.replaces), asked=asked,
        )  # fmt: skip

    def _repr_html_(self) -> str:
        return notebook(self.html())

    def svg(
        self, *, title: str = "Plan", view: View = "days", names: bool = False, most: int = 1000
    ) -> str:
        """The weeks as an SVG document, with what is left out and what rules find in words below.

        What `html` says of its arguments holds here; a `view` of list shows days. O(n log n).
        """
        asked = look("svg", title=title, view=view, names=names, most=most, report=self.report)
        return plan_svg(self.agenda, self.unplaced, self.score, asked)


def proposed(
    problem: PlanningProblem,
    solution: Solution,
    scope: Scope,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    *,
    standing: Collection[int] = (),
) -> Plan:
    """The plan that a solution comes to: what changes, what the rules find, what is left out.

    Interchangeable sessions come in the order of time, whatever order the solver found.
    Those `standing`, by number, have a slot and found no room, so that they are not in the problem.
    """
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
        unplaced=tuple(explain_unplaced(problem, solution, after, kept, policy, standing)),
        solution=solution,
        portfolio=after,
        scope=scope,
    )


def recorded(portfolio: Portfolio, changes: Sequence[Noun]) -> Portfolio:
    """A portfolio with the changes, as if they had been recorded with the last record."""
    log = portfolio.log
    last = log[-1].recorded_at if log else None
    return portfolio.record(*changes, recorded_at=last or datetime.min.replace(tzinfo=UTC))


def _changes(problem: PlanningProblem, solution: Solution) -> Iterator[Noun]:
    """Sessions that change and assignments of chosen trainers, in the order of sessions."""
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
            slot, room = None, None  # others may stand there now
        changed = placed_at(before, slot, room)
        if changed is not before:
            yield changed
        if at is not None and at.trainer >= 0:
            lead = lead_of(before.id, problem.persons[at.trainer], taken)
            taken.add(lead.id)
            yield lead


def explain_unplaced(
    problem: PlanningProblem,
    solution: Solution,
    after: Portfolio,
    rules: Sequence[ScheduleRule],
    policy: Policy,
    standing: Collection[int] = (),
) -> Iterator[Unplaced]:
    """What stands in the way of each activity that has no placement, once the plan is kept.

    So too for sessions `standing` in slots of their own without a room.
    """
    # What has a slot and no room has no other start, whatever the window.
    windows: dict[int, Interval] = {}
    windows.update(dict.fromkeys(standing, (0, 0)))
    for activity in solution.unplaced:
        windows[problem.activities[activity].number] = problem.windows[activity]
    if not windows:
        return
    timetable = timetable_of(after)
    hard = [line for line in lines_of(rules, timetable, policy) if line.level == "hard"]
    for number in sorted(windows):
        why = count_blocks(options_of(timetable, number, windows[number], problem.step), hard)
        yield Unplaced(
            session_id=why.session_id,
            placements=why.placements,
            free=why.free,
            rules=tuple((each.code, each.placements) for each in why.rules),
        )


def report_of(
    portfolio: Portfolio, scope: Scope, rules: Sequence[ScheduleRule], policy: Policy
) -> Report:
    """What the rules find about the sessions of a scope."""
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
