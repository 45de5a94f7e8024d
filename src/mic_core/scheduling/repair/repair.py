"""Repair: the verb that mends a timetable by minimal perturbation, and its proposal."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import attrs

from mic_core.chrono import Period
from mic_core.findings import Fact, Finding, Policy, Report
from mic_core.ids import cite
from mic_core.markup import Html, Tone, badge, cited_below, element, html_table, joined, notebook
from mic_core.model import Noun
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule, ScheduleRule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.evaluation.compare import Comparison, compare
from mic_core.scheduling.evaluation.score import Score, score
from mic_core.scheduling.ground.ground import Ground, ground_of, recorded
from mic_core.scheduling.planning.unplaced import Unplaced
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.solution import Progress, RepairGoal
from mic_core.scheduling.repair.iterated import RepairRun, net_changes, session_id
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_at_policy_levels
from mic_core.scheduling.state.state import State
from mic_core.scheduling.views.agenda import View, agenda
from mic_core.scheduling.views.before_after import BeforeAfter, before_after

_PROGRESS_STEPS = 64
"""Placements sought between two calls of `on_progress`."""

PLACEMENTS = 4_000
"""Placements sought, at most, if the caller names no budget; bounds the time."""


@attrs.frozen(kw_only=True)
class Repair:
    """A proposal of a repair: the changes after which a timetable keeps its hard rules again.

    `changes` are the rows to keep: sessions with a new slot or room in a new revision, and
    assignments with another lead; `replaces` are those rows as they were. `broken` are the
    sessions of the scope that findings of hard rules name, also those that may not move. `unplaced`
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
    ground: Ground = attrs.field(repr=False)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The clashes that recording it would now make and that its ground did not have.

        `record` refuses it if there are any. See `Portfolio.record`. O(n log n + breaches).
        """
        return self.ground.new_conflicts(portfolio, self.changes)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The ids of all sessions that change, sorted."""
        return tuple(sorted({session_id(each) for each in self.changes}))

    @property
    def comparison(self) -> Comparison:
        """The difference of the timetables before and after, with scores. O(n log n + breaches)."""
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
        """The numbers of sessions that broke hard rules, change and found no place, in words."""
        if not self.broken:
            return "No session breaks a hard rule."
        parts = [
            f"{len(self.broken)} broke hard rules",
            f"{len(self.sessions)} change",
            *([f"{len(self.unplaced)} found no place"] if self.unplaced else []),
        ]
        return ", ".join(parts)

    def __str__(self) -> str:
        """The changes, the sessions left unplaced, the findings of rules, and the total score."""
        lines = [self.summary]
        if self.changes:
            lines.append(str(self.difference))
        lines += [str(each) for each in self.unplaced]
        lines += [str(self.report)] if self.report.findings else []
        return "\n\n".join([*lines, self.score.total])

    def html(self, *, view: View = "days", names: bool = False) -> Html:
        """The changes as a table and as grids, unplaced sessions with reasons, and findings.

        `view` and `names` are those of `Agenda.html`. O(n log n).
        """
        tone: Tone = "warning" if self.unplaced else "good"
        ids = [each.session_id for each in self.unplaced]
        titles = [self.portfolio.title(cite("session", id)) or id for id in ids]
        left = [
            (title, each.why, cited_below((each.session_id,)))
            for title, each in zip(titles, self.unplaced, strict=True)
        ]
        headers = ("session", "what stood in the way", "id")
        return joined(
            [
                element("p", badge(self.summary, tone)),
                self.difference.html(view=view, names=names) if self.changes else None,
                html_table(left, headers, caption="Not placed") if left else None,
                self.score.html(),
                self.report.html(self.portfolio, names=names),
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
    prefer: RepairGoal = "distance",
    seed: int = 0,
    iterations: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Repair:
    """The minimal perturbation of a timetable after which a scope keeps the hard rules again.

    The change is recorded already: somebody is ill, a room is closed, a slot was changed. Sessions
    that violate hard rules are placed anew, of those that clash with each other only some; where
    they find no place, others make room: first those that share an edition or a person with them,
    then all of the scope. The fewest changes come first, then the shortest distance: another lead
    at the same hour, else another room, else the nearest hour; then the least cost by all rules.
    With `prefer="cost"` that cost comes before distance. The result is a local optimum: none that
    moved was found to go back on its own; that is not a proof that no repair changes fewer.

    A violating session that somebody else qualifies to lead may get another lead instead; all
    others keep the people they have. Sessions outside the scope are fixed, as are those that are
    held, or at which somebody was present or counted. Sessions without a slot are left to `plan`.
    A session that finds no place is taken out of the timetable and explained. Findings that
    `policy` waives are not mended. Hard rules never cost more after a repair. Once they are kept,
    a session that was taken out has no place left; where fixed sessions break one, a place that
    breaks it no more may be missed.

    A session off the step, outside the window, in a waived breach, or without a room may keep that
    place, or keep the hour and change the room or the lead; such sessions are chosen one by one,
    and none takes another room at an hour that a waiver alone opens. `window` and `step` are those
    of `plan`; `iterations` (None: 4,000) bounds the placements sought. The same arguments give the
    same repair, whatever the machine.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be, all at
    once. O(n log n + breaches + iterations times sessions that may move) over n sessions.

    >>> from mic_core.chrono import Slot
    >>> from mic_core.model import Assignment, Availability, Center, Person, Room, Session
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
        policy=policy, prefer=prefer, seed=seed, iterations=iterations,
        on_progress=on_progress, should_stop=should_stop,
    )  # fmt: skip
    schedule_rules = tuple(guard_at_policy_levels("repair", given.rules, given.policy))

    def on_step(state: State, steps: int, waiting: int) -> bool:
        if on_progress is not None and steps % _PROGRESS_STEPS == 1:
            on_progress(
                Progress(phase="placing", iteration=steps, unplaced=waiting, cost=state.total)
            )
        return should_stop is not None and should_stop()

    budget = PLACEMENTS if given.iterations is None else given.iterations
    work = RepairRun(given, schedule_rules, on_step, portfolio, portfolio)
    report = work.run(budget)
    changes = tuple(net_changes(portfolio, work.current, work.touched))
    after = recorded(portfolio, changes)
    return Repair(
        changes=changes,
        replaces=tuple(portfolio.get(type(each), each.id) for each in changes),
        broken=work.broken,
        unplaced=tuple(work.unplaced[id] for id in sorted(work.unplaced)),
        report=report,
        score=score(after, schedule_rules, given.scope),
        before=portfolio,
        portfolio=after,
        scope=given.scope,
        rules=schedule_rules,
        iterations=work.steps_used,
        ground=ground_of("repair", portfolio, changes, given.rules, given.policy),
    )
