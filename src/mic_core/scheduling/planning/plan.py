"""Plan: slots, rooms and trainers for what is not placed yet, with reasons for what is left."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import attrs

from mic_core.chrono import Interval, Period, Slot
from mic_core.chrono.local import local
from mic_core.errors import InvariantError
from mic_core.errors import Problem as Wrong
from mic_core.fields import describe, is_a
from mic_core.findings import Fact, Policy, Report, report_on
from mic_core.markup import Html, notebook
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import Score, is_placed, score
from mic_core.scheduling.history import to_come
from mic_core.scheduling.insertion.insertion_costs import lines_of
from mic_core.scheduling.insertion.placements import lead_of, options_of, placed_at
from mic_core.scheduling.insertion.why_not import counted
from mic_core.scheduling.planning.page import plan_html, plan_svg
from mic_core.scheduling.planning.rounds import Starts, in_rounds
from mic_core.scheduling.planning.unplaced import Unplaced
from mic_core.scheduling.problem.compile import STEP, compiled
from mic_core.scheduling.problem.problem import Problem
from mic_core.scheduling.problem.solution import Progress, Solution, Solver
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import answering, weighed
from mic_core.scheduling.scope import extent, numbers_in
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.views.agenda import Agenda, View, agenda
from mic_core.scheduling.views.arguments import look
from mic_core.scheduling.views.items import iso
from mic_core.timetable import Timetable, timetable_of


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


def plan(
    portfolio: Portfolio,
    scope: Scope,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    free: Scope = (),
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    seed: int = 0,
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    solver: Solver | None = None,
) -> Plan:
    """Slots, rooms and trainers for the sessions of a scope that are not placed yet.

    Sessions start in their `window` (local days), by default the period of their edition, from
    which a side that the window leaves open is taken too, at whole numbers of `step` (1 minute to
    1 day) after midnight on the clocks of their center.
    Sessions that are placed never move unless `free` names them, or what they belong to; those
    outside the scope stand in the way. What was held, or where somebody was present or counted, is
    history: it neither moves nor gets a place. A session that has a slot and lacks a room keeps
    the slot, whatever the window; where it finds no room, it stands in the way all the same. An
    online session needs no room, but keeps the one that it has, and takes it up. Trainers are
    chosen among those of the module where nobody leads the session yet. Hard rules are not broken:
    what finds no place is left out and explained. `policy` moves rules to other levels. The same
    arguments give the same plan, whatever the machine; `iterations` (None: 60 for each session)
    bounds the search, `should_stop` ends it early. `solver` of None is the one of this library.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be, all at
    once: a step out of range, no window where a session has none, a rule that raises when it is
    asked. O(iterations + sessions times starts).
    """
    given = checked_arguments(
        "plan", portfolio=portfolio, scope=scope, window=window, step=step, free=free,
        rules=rules, policy=policy, seed=seed, iterations=iterations, solver=solver,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    timetable = timetable_of(portfolio)

    def posed(standing: Collection[int]) -> Problem:
        return problem_of(
            timetable, given.scope, window=given.window, step=given.step, free=given.free,
            rules=given.rules, policy=given.policy, standing=standing,
        )  # fmt: skip

    def solved(problem: Problem, start: Starts, iterations: int | None) -> Solution:
        solution = (given.solver or Kernel()).solve(
            problem, start=start, seed=given.seed, iterations=iterations,
            on_progress=on_progress, should_stop=should_stop,
        )  # fmt: skip
        if not _answers(problem, solution):
            rule = "must give a Solution with a placement, or None, for each activity"
            raise InvariantError("plan", [Wrong(path="solver", rule=rule, had=describe(solution))])
        return solution

    pinned = pinned_among(timetable, timetable.placed, given.free)
    found = in_rounds(posed, solved, pinned, given.iterations)
    return proposed(
        found.problem, found.solution, given.scope, given.rules, given.policy,
        standing=found.standing,
    )  # fmt: skip


def _answers(problem: Problem, solution: object) -> bool:
    return is_a(solution, Solution) and len(solution.placements) == len(problem.activities)


def problem_of(
    timetable: Timetable,
    scope: Scope,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    free: Scope = (),
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    wide: bool = False,
    standing: Collection[int] = (),
    verb: str = "plan",
) -> Problem:
    """The problem that a plan solves, for whoever wants to solve or explain it otherwise.

    `wide` keeps starts that are open to no session, to tell what closes them. Those `standing`, by
    number, are left as they are, whatever they lack. `verb` is who asks, for errors. The arguments
    are taken as settled, see `checked_arguments`.
    """
    asked = answering(verb, rules)
    mine, loose = numbers_in(timetable, scope), _loose(timetable.portfolio, free)
    moving = [
        n for n in sorted(to_come(timetable, mine).difference(standing))
        if timetable.sessions[n].id in loose or not is_placed(timetable.sessions[n])
    ]  # fmt: skip
    pinned = pinned_among(timetable, moving, free)
    released = [n for n in moving if timetable.sessions[n].id in loose]
    windows = windows_of(timetable, moving, scope, window, step=step, pinned=pinned, verb=verb)
    return compiled(timetable, asked, windows, free=released, step=step, policy=policy, wide=wide)


def _loose(portfolio: Portfolio, free: Scope) -> set[str]:
    """The ids of the sessions that may leave their slots."""
    return {each.id for each in extent(portfolio, free, None).sessions} if free else set()


def pinned_among(timetable: Timetable, among: Iterable[int], free: Scope) -> frozenset[int]:
    """Those that keep their slot while a room is sought."""
    loose = _loose(timetable.portfolio, free)
    return frozenset(
        n
        for n in among
        if (session := timetable.sessions[n]).slot is not None
        and not is_placed(session)
        and session.id not in loose
    )


def proposed(
    problem: Problem,
    solution: Solution,
    scope: Scope,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    *,
    standing: Collection[int] = (),
) -> Plan:
    """The plan that a solution comes to: what changes, what the rules find, what is left out.

    Those `standing`, by number, have a slot and found no room, so that they are not in the problem.
    """
    kept = tuple(weighed("plan", rules, policy))
    portfolio = problem.timetable.portfolio
    changes = tuple(_changes(problem, solution))
    changed = {each.id for each in changes if isinstance(each, Session)}
    after = recorded(portfolio, changes)
    return Plan(
        changes=changes,
        replaces=tuple(portfolio.get(Session, id) for id in sorted(changed)),
        report=report_of(after, scope, kept, policy),
        score=score(after, kept, scope),
        unplaced=tuple(left_out(problem, solution, after, kept, policy, standing)),
        solution=solution,
        portfolio=after,
        scope=scope,
    )


def recorded(portfolio: Portfolio, changes: Sequence[Noun]) -> Portfolio:
    """A portfolio with the changes, as if they had been recorded with the last record."""
    log = portfolio.log
    last = log[-1].recorded_at if log else None
    return portfolio.record(*changes, recorded_at=last or datetime.min.replace(tzinfo=UTC))


def _changes(problem: Problem, solution: Solution) -> Iterator[Noun]:
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


def left_out(
    problem: Problem,
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
        why = counted(options_of(timetable, number, windows[number], problem.step), hard)
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
