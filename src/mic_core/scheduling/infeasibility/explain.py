"""Why not all sessions can be placed: what is short, and minimal sets of what conflicts."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Literal

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError
from mic_core.findings import Fact, Policy
from mic_core.ids import cite
from mic_core.markup import Html, badge, element, html_table, joined, notebook
from mic_core.markup.style import Tone
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.expected import all_within, any_within, places
from mic_core.portfolio.scope import extent
from mic_core.rules import Rule
from mic_core.scheduling.arguments import Arguments, checked_arguments
from mic_core.scheduling.exact.checker import holds
from mic_core.scheduling.exact.subproblem import aggregate_terms
from mic_core.scheduling.infeasibility.conflict_sets import Core, Cores, Nodes
from mic_core.scheduling.infeasibility.relaxation import Cause, wide_problem
from mic_core.scheduling.infeasibility.shortages import Shortage, shortages
from mic_core.scheduling.planning.proposal import Plan, proposed
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import HARD, Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.search.ejection import by_domain_size, eject
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of

FeasibilityVerdict = Literal["impossible", "possible", "open"]
"""Proved that not all can be placed; a plan places all; or neither was found within the nodes."""

_SAID = {
    "impossible": "It is impossible to place all sessions; this is proved.",
    "possible": "All sessions can be placed: a plan was found.",
    "open": "No plan was found for all sessions, and it is not proved that there is none.",
}

NODES = 60_000
"""How many nodes of exact searches are looked at unless a caller says otherwise."""

MOST_SETS = 5
"""How many conflict sets are sought, each with other causes or other sessions."""

_TIRED = 300
"""After so many steps that place no more than before, what has no place is looked into."""

_MOST_WITHIN = 200
"""Of how many sessions a conflict set is sought for others that it leaves no place."""

_MOST_LIKE = 40
"""For how many other sessions it is asked whether a conflict set holds for them as well."""


@attrs.frozen(kw_only=True)
class ConflictSet:
    """Sessions that cannot all be placed while some causes hold.

    Where it is `minimal`, that was proved, and each set with one member less, session or cause,
    was placed. Else the sessions are proved impossible under these causes, but some member may be
    one too many. `also` are other sessions that the same causes keep from a place beside others.
    """

    sessions: tuple[str, ...]
    causes: tuple[Cause, ...]
    minimal: bool = True
    also: tuple[str, ...] = ()

    @property
    def mends(self) -> tuple[str, ...]:
        """What would mend it, one thing at a time; each was tried where the set is minimal."""
        some = "leave it out" if len(self.sessions) == 1 else "leave out one of the sessions"
        return (some, *map(_mend, self.causes))

    def row(self) -> dict[str, Fact]:
        """A flat row."""
        return {
            "sessions": self.sessions, "causes": tuple(map(str, self.causes)),
            "minimal": self.minimal, "also": self.also, "mends": self.mends,
        }  # fmt: skip

    def __str__(self) -> str:
        one = len(self.sessions) == 1
        lines = [
            f"{self.sessions[0]} cannot be placed" if one
            else f"{len(self.sessions)} sessions cannot all be placed: {', '.join(self.sessions)}",
            f"  because of: {'; '.join(map(str, self.causes)) or 'no room or no time to start'}",
        ]  # fmt: skip
        if self.also:
            lines.append(
                f"  beside what can be placed they leave no place to {', '.join(self.also)}"
            )
        if not self.minimal:
            lines.append("  some of this may be too much: that was not settled within the nodes")
        word = "each of these would mend this set" if self.minimal else "what could mend it"
        return "\n".join([*lines, f"  {word}: {'; '.join(self.mends)}"])


def _mend(cause: Cause) -> str:
    return "move or widen the window" if cause.code == "window" else f"relax {cause}"


@attrs.frozen(kw_only=True)
class Infeasibility:
    """Why not all sessions of a scope can be placed.

    `verdict` keeps apart what is proved impossible, what was found possible, with the `plan`, and
    what is open. `shortages` come from counting alone, `conflict_sets` from exact searches, which
    looked at so many `nodes`. `unexplained` are sessions without a place for which no set was found
    either: because the nodes did not suffice, or because there were sets enough.
    """

    verdict: FeasibilityVerdict
    shortages: tuple[Shortage, ...] = ()
    conflict_sets: tuple[ConflictSet, ...] = ()
    unexplained: tuple[str, ...] = ()
    nodes: int = 0
    plan: Plan | None = attrs.field(default=None, repr=False)

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each shortage and then each conflict set."""
        return (
            *({"what": "shortage", **each.row()} for each in self.shortages),
            *({"what": "conflict set", **each.row()} for each in self.conflict_sets),
        )

    def __str__(self) -> str:
        lines = [_SAID[self.verdict], *map(str, self.shortages), *map(str, self.conflict_sets)]
        if self.unexplained:
            lines.append(f"without a place, and not explained: {', '.join(self.unexplained)}")
        return "\n".join(lines)

    def html(self) -> Html:
        """The verdict, the shortages and the conflict sets as tables."""
        tone: Tone = "good" if self.verdict == "possible" else "error"
        parts = [element("p", badge(_SAID[self.verdict], tone))]
        if self.shortages:
            rows = [(str(each), ", ".join(each.sessions)) for each in self.shortages]
            parts.append(html_table(rows, ("what is short", "sessions"), caption="Shortages"))
        if self.conflict_sets:
            sets = [
                (
                    ", ".join(each.sessions),
                    "; ".join(map(str, each.causes)),
                    "; ".join(each.mends),
                    "yes" if each.minimal else "not settled",
                )
                for each in self.conflict_sets
            ]
            headers = ("sessions", "because of", "what would mend it", "minimal")
            parts.append(html_table(sets, headers, caption="Cannot all be placed"))
        if self.unexplained:
            told = f"Without a place, and not explained: {', '.join(self.unexplained)}."
            parts.append(element("p", told))
        return joined(parts)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def explain_infeasible(
    portfolio: Portfolio,
    scope: Scope,
    *,
    window: Period | None = None,
    step: timedelta = STEP,
    free: Scope = (),
    rules: Iterable[Rule] = SCHEDULE_RULES,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    seed: int = 0,
    nodes: int | None = None,
) -> Infeasibility:
    """Why a plan for a scope cannot place everything; the arguments are those of `plan`.

    First what can be counted: sessions without a start, the time of trainers, rooms and groups,
    also week by week, the days and weeks that rules leave, chains of modules. Then minimal sets of
    sessions and causes, at most 5, or until one could not be settled: a cause is a rule as far as
    it speaks of one person, room, center or group, or the window. Hard terms that look at groups
    as a whole count once all sessions of a group are in a set. What the exact searches do not
    settle within so many `nodes` in all (None: 60,000) is said to be open, never impossible. The
    same arguments give the same answer.

    Raises what `plan` raises. Exponential in the worst case, bounded by `nodes`, each of which is
    O(sessions times starts).

    >>> print(explain_infeasible(Portfolio.of(), ()))
    All sessions can be placed: a plan was found.
    """
    given = _given(
        portfolio=portfolio, scope=scope, window=window, step=step, free=free, rules=rules,
        policy=policy, seed=seed, iterations=nodes,
    )  # fmt: skip
    found, problem = _explained(given, portfolio, certain=False)
    if found.verdict == "impossible" and _has_status_changes(problem):
        # Seats that are held at some starts only prove nothing.
        proof, _ = _explained(given, portfolio, certain=True)
        return proof if proof.verdict == "impossible" else _not_proved(found)
    return found


def _has_status_changes(problem: PlanningProblem) -> bool:
    """True if somebody is expected at some possible starts of a session, and not at others."""
    timetable, known = problem.timetable, places(problem.timetable.portfolio)
    asked = {
        (into, low, high - each.length)
        for each, (low, high) in zip(problem.activities, problem.windows, strict=True)
        for into in (*timetable.audiences[each.number], timetable.sessions[each.number].id)
    }
    return any(
        any_within(place.held, low, high) and not all_within(place.expected, low, high)
        for into, low, high in asked
        for place in known.get(into, ())
    )


def _not_proved(found: Infeasibility) -> Infeasibility:
    """What is left of a proof that rests on seats which are only held at some starts."""
    named = {id for each in found.conflict_sets for id in (*each.sessions, *each.also)}
    return Infeasibility(
        verdict="open",
        unexplained=tuple(sorted(named.union(found.unexplained))),
        nodes=found.nodes,
    )


def _explained(
    given: Arguments, portfolio: Portfolio, *, certain: bool
) -> tuple[Infeasibility, PlanningProblem]:
    """Why not all sessions can be placed; if `certain`, by what holds at all starts alone."""
    budget = NODES if given.iterations is None else given.iterations
    timetable = timetable_of(portfolio)
    problem = problem_of(
        timetable, given.scope, window=given.window, step=given.step, free=given.free,
        rules=given.rules, policy=given.policy, verb="explain_infeasible", certain=certain,
    )  # fmt: skip
    numbers = [each.number for each in problem.activities]
    windows = dict(zip(numbers, problem.windows, strict=True))
    loose = {each.id for each in extent(portfolio, given.free, None).sessions} if given.free else ()

    def widened(some: Sequence[int]) -> PlanningProblem:
        released = [n for n in some if timetable.sessions[n].id in loose]
        return wide_problem(
            timetable, given.rules, {n: windows[n] for n in some}, free=released, step=given.step,
            policy=given.policy, certain=certain,
        )  # fmt: skip

    whole = any(each.weight >= HARD for each in aggregate_terms(problem))
    # A session that stands somewhere now would else be in the way of those that are asked about.
    stands = any(timetable.slots[n] is not None for n in numbers)
    every = cache(lambda: widened(numbers))

    def wide(some: Sequence[int]) -> PlanningProblem:
        return every() if whole or stands else widened(some)

    solution = _solved(problem, given.seed) if whole else _begun(problem, given.seed)
    search = _Search(problem, Nodes(budget, max(1, budget // 20), given.seed), solution)
    search.run(Cores(problem, wide, search.nodes))
    found = search.answer(shortages(problem, wide))
    if found.verdict != "possible":
        return found, problem
    kept = attrs.evolve(solution, placements=tuple(search.placed[each] for each in search.pool))
    made = proposed(problem, kept, given.scope, given.rules, given.policy)
    return attrs.evolve(found, plan=made), problem


def _given(**arguments: Any) -> Arguments:
    """Settled arguments; what is said of iterations is said of nodes."""
    try:
        return checked_arguments("explain_infeasible", **arguments)
    except InvariantError as error:
        problems = [
            attrs.evolve(each, path="nodes" if each.path == "iterations" else each.path)
            for each in error.problems
        ]
        raise InvariantError("explain_infeasible", problems) from None


def _solved(problem: PlanningProblem, seed: int) -> Solution:
    """What the solver of this library comes to; terms of whole groups take its local search."""
    start = [each.current for each in problem.activities]
    return Kernel().solve(problem, start=start, seed=seed)


def _begun(problem: PlanningProblem, seed: int) -> Solution:
    """As many as ejection places before it no longer gets anywhere."""
    state, waiting = State(problem), by_domain_size(problem)
    for activity in waiting:
        at = problem.activities[activity].current
        if at is not None and problem.fits(activity, at) and state.allows(activity, at):
            state.place(activity, at)
    queue = [each for each in waiting if state.at[each] is None]
    best, since = len(queue) + 1, 0

    def tired(left: int) -> bool:
        nonlocal best, since
        since = 0 if left < best else since + 1
        best = min(best, left)
        return since > _TIRED

    steps = 8 * len(waiting) + 400
    eject(state, queue, Chance(seed), steps=steps, on_step=tired)
    return Solution(placements=state.placed(), cost=state.total)


class _Search:
    """The search for one conflict set after the other.

    After each of them a session of it is left out, so that the next one is about something else.
    What a solver has placed already can be placed together, so it is left out last.
    """

    def __init__(self, problem: PlanningProblem, nodes: Nodes, solution: Solution) -> None:
        self.problem, self.nodes = problem, nodes
        self.pool = list(range(len(problem.activities)))
        placed = {each: at for each, at in enumerate(solution.placements) if at is not None}
        kept = holds(problem, placed)
        self.placed: dict[int, Placement] = placed if kept else {}
        self.waiting = [each for each in by_domain_size(problem) if each not in self.placed]
        self.sets: list[tuple[Core, list[int]]] = []
        self.open: list[int] = []

    def run(self, cores: Cores) -> None:
        """Until all that is left can be placed, sets are many enough, or the nodes do not suffice.

        Where one set was not settled, the next would take as long.
        """
        while self.waiting and len(self.sets) < MOST_SETS and self.nodes.left > 0:
            if self.sets and not self.sets[-1][0].minimal:
                break
            found = cores.about(self.waiting[0], self.pool, self.placed)
            if isinstance(found, Core):
                self._left_out(cores, found)
            elif found.outcome == "placed":
                self.placed, self.waiting = dict(found.placements), []
            else:
                self.open.append(self.waiting[0])
                self._leave(self.waiting[0])

    def _left_out(self, cores: Cores, core: Core) -> None:
        """Leave out a session of a set, and those for which the set holds as well."""
        number = [each.number for each in self.problem.activities]
        members = [each for each in self.pool if number[each] in core.numbers]
        gone = next((each for each in reversed(self.waiting) if each in members), members[-1])
        self._leave(gone)
        # What is beside can be placed, so it is one more that makes it impossible.
        within = core.within if len(core.within) <= _MOST_WITHIN else members
        beside = [each for each in within if each in self.pool and each in self.placed]
        like: list[int] = []
        alone = len(core.numbers) == 1
        for each in [one for one in self.waiting if alone or one in within][:_MOST_LIKE]:
            outcome = cores.under(core, [*beside, each]).outcome
            if outcome == "impossible":
                like.append(each)
            beside += [each] if outcome == "placed" and not alone else []
        for each in like:
            self._leave(each)
        self.sets.append((core, like))

    def _leave(self, activity: int) -> None:
        self.pool.remove(activity)
        self.waiting = [each for each in self.waiting if each != activity]

    def answer(self, short: tuple[Shortage, ...]) -> Infeasibility:
        """What was found, in the ids of sessions."""
        sessions = self.problem.timetable.sessions
        number = [each.number for each in self.problem.activities]

        def cited(numbers: Iterable[int]) -> tuple[str, ...]:
            return tuple(sorted(cite("session", sessions[n].id) for n in numbers))

        proved = bool(self.sets or short)
        left = [*self.open, *self.waiting]
        return Infeasibility(
            verdict="impossible" if proved else "open" if left else "possible",
            shortages=short,
            conflict_sets=tuple(
                ConflictSet(
                    sessions=cited(core.numbers), causes=core.causes, minimal=core.minimal,
                    also=cited(number[each] for each in like),
                )
                for core, like in self.sets
            ),
            unexplained=cited(number[each] for each in left),
            nodes=self.nodes.spent,
        )  # fmt: skip
