"""Infeasibility analysis: shortages by counting, then minimal infeasible subsets, one by one.

A heuristic places as many sessions as it can. For each one left without a place, an infeasible
subset is sought; one session of it is then excluded, so that the next subset is another one, until
the rest can be placed or a budget is spent.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, islice
from typing import Any, Literal

import attrs

from mic_core.chrono import Period
from mic_core.errors import InvariantError
from mic_core.findings import Fact, Policy, Titles, titled_texts
from mic_core.ids import cite
from mic_core.markup import Html, badge, element, html_table, joined, notebook
from mic_core.markup.style import Tone
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.expected import all_within, any_within, seat_spans
from mic_core.rules import Rule
from mic_core.scheduling.arguments import Arguments, checked_arguments
from mic_core.scheduling.exact.checker import is_feasible
from mic_core.scheduling.infeasibility.cause_details import details_of
from mic_core.scheduling.infeasibility.conflict_sets import Core, CoreSearch, NodeBudget
from mic_core.scheduling.infeasibility.corrections import (
    ConflictSet,
    CorrectionTrials,
)
from mic_core.scheduling.infeasibility.relaxation import Cause
from mic_core.scheduling.infeasibility.shortages import Shortage, shortages
from mic_core.scheduling.infeasibility.start_grid import (
    Question,
    decide_off_grid,
    fits_on_lattice,
)
from mic_core.scheduling.insertion.finer_step import step_in_words
from mic_core.scheduling.planning.proposal import Plan, propose
from mic_core.scheduling.problem.compile import STEP
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.scheduling.search.ejection import by_domain_size, eject
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of

FeasibilityVerdict = Literal["impossible", "possible", "open"]
"""The outcome: proved infeasible; feasible, with a plan; or undecided within the nodes."""

_VERDICT_TEXT = {
    "impossible": "It is impossible to place all sessions; this is proved.",
    "possible": "All sessions can be placed: a plan was found.",
    "open": "No plan was found for all sessions, and it is not proved that there is none.",
}

# Budgets: they bound the time, and any value gives a right answer; whether it is good enough shows
# in tests/benchmarks/bench_infeasible.py.

NODES = 60_000
"""Nodes of exact searches in all, if the caller names no budget."""

MOST_SETS = 5
"""Conflict sets that are sought, each with other causes or other sessions."""

_STALL_STEPS = 300
"""Ejection steps without one more activity placed after which the heuristic stops."""

_MOST_WITHIN = 200
"""Activities up to which a conflict set is tried beside all that it was found among."""

_MOST_ALIKE = 40
"""Other sessions that are tried under the causes of one conflict set."""


@attrs.frozen(kw_only=True)
class Infeasibility:
    """The infeasibility analysis of a scope: a verdict, with shortages and conflict sets.

    `verdict` is "impossible" only if proved for starts at any time, whatever the step; "possible"
    only with a `plan`; else "open".
    `shortages` come from counting alone, `conflict_sets` from exact searches, which visited `nodes`
    nodes. `unexplained` are sessions without a place for which no set was found either: because the
    nodes did not suffice, or because there were sets enough.
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
        lines = [
            _VERDICT_TEXT[self.verdict],
            *map(str, self.shortages),
            *map(str, self.conflict_sets),
        ]
        if self.unexplained:
            lines.append(f"without a place, and not explained: {', '.join(self.unexplained)}")
        return "\n".join(lines)

    def text(self, portfolio: Titles | None = None, *, names: bool = False) -> str:
        """The verdict, the shortages and the conflict sets in words.

        With a `portfolio`, titles and names take the place of citations; `names` shows those of
        persons too, which are personal. Raises InvariantError for arguments that cannot be.
        """
        lines = str(self).split("\n")
        return "\n".join(titled_texts(lines, portfolio, names=names, about="Infeasibility"))

    def html(self, portfolio: Titles | None = None, *, names: bool = False) -> Html:
        """The verdict, the shortages and the conflict sets as tables.

        The arguments are those of `text`.
        """
        short = [(str(each), ", ".join(each.sessions)) for each in self.shortages]
        sets = [
            (", ".join(each.sessions), "; ".join(each.because), "; ".join(each.mends))
            for each in self.conflict_sets
        ]
        left = f"Without a place, and not explained: {', '.join(self.unexplained)}."
        cells = [*chain.from_iterable(short), *chain.from_iterable(sets), left]
        texts = iter(titled_texts(cells, portfolio, names=names, about="Infeasibility"))
        tone: Tone = "good" if self.verdict == "possible" else "error"
        parts = [element("p", badge(_VERDICT_TEXT[self.verdict], tone))]
        if self.shortages:
            rows = [tuple(islice(texts, 2)) for _ in short]
            parts.append(html_table(rows, ("what is short", "sessions"), caption="Shortages"))
        if self.conflict_sets:
            proved = ("yes" if each.minimal else "not settled" for each in self.conflict_sets)
            rows = [(*islice(texts, 3), minimal) for minimal in proved]
            headers = ("sessions", "because of", "what would mend it", "minimal")
            parts.append(html_table(rows, headers, caption="Cannot all be placed"))
        if self.unexplained:
            parts.append(element("p", next(texts)))
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
    """Infeasibility analysis of a scope: why `plan`, with these arguments, cannot place everything.

    Necessary conditions by counting come first: sessions without a start, the time of trainers,
    rooms and groups, also week by week, the days and weeks that rules leave, chains of modules.
    Then minimal infeasible subsets of sessions and causes, at most 5, or until one is not settled:
    a cause is a rule restricted to one person, room, center or group, the window, or the step: the
    last where starts off the step would do, or might, so that nothing is proved. Hard group terms
    count once all sessions of a group are in a set. The exact searches visit at most `nodes` nodes
    in all (None: 60,000); undecided within them is "open", never "impossible". Nor is what fails
    only on the starts that `plan` tries: a proof holds for all starts at whole minutes, and for all
    starts at all unless patterns, minimum gaps or functions of users decide. The same arguments
    give the same answer.

    Raises what `plan` raises. Exponential in the worst case, bounded by `nodes`, each of which is
    O(sessions times starts).

    >>> print(explain_infeasible(Portfolio.of(), ()))
    All sessions can be placed: a plan was found.
    """
    given = _checked(
        portfolio=portfolio, scope=scope, window=window, step=step, free=free, rules=rules,
        policy=policy, seed=seed, iterations=nodes,
    )  # fmt: skip
    found, problem = _analyze(given, portfolio, certain=False)
    if found.verdict == "impossible" and _has_status_changes(problem):
        # Seats that are held at some starts only prove nothing: count those held at all starts.
        proof, _ = _analyze(given, portfolio, certain=True)
        return proof if proof.verdict == "impossible" else _without_proof(found)
    return found


def _has_status_changes(problem: PlanningProblem) -> bool:
    """True if somebody is expected at some possible starts of a session, and not at others."""
    timetable, known = problem.timetable, seat_spans(problem.timetable.portfolio)
    starts = {
        (into, low, high - each.length)
        for each, (low, high) in zip(problem.activities, problem.windows, strict=True)
        for into in (*timetable.audiences[each.number], timetable.sessions[each.number].id)
    }
    return any(
        any_within(place.held, low, high) and not all_within(place.expected, low, high)
        for into, low, high in starts
        for place in known.get(into, ())
    )


def _without_proof(found: Infeasibility) -> Infeasibility:
    """The analysis without its proof, which rests on seats that are held at some starts only."""
    named = {id for each in found.conflict_sets for id in (*each.sessions, *each.also)}
    return Infeasibility(
        verdict="open",
        unexplained=tuple(sorted(named.union(found.unexplained))),
        nodes=found.nodes,
    )


def _analyze(
    given: Arguments, portfolio: Portfolio, *, certain: bool
) -> tuple[Infeasibility, PlanningProblem]:
    """The analysis and the problem; if `certain`, only seats taken at all starts count."""
    limit = NODES if given.iterations is None else given.iterations
    question = Question(timetable=timetable_of(portfolio), given=given, certain=certain)
    problem = question.problem
    # One search may take a twentieth of all nodes, so that several sets can be sought.
    budget = NodeBudget(limit, max(1, limit // 20), given.seed)
    search, placed = _search(question, budget)
    found = search.result(shortages(problem, question.widened))
    if found.verdict != "possible":
        return _verified(question, search, found, budget), problem
    kept = attrs.evolve(placed, placements=tuple(search.placed[each] for each in search.pool))
    made = propose(problem, kept, given.scope, given.rules, given.policy)
    return attrs.evolve(found, plan=made), problem


def _search(question: Question, budget: NodeBudget) -> tuple["ConflictSearch", Solution]:
    """The search for conflict sets on the grid of a question, and the solution it begins with."""
    problem, seed = question.problem, question.given.seed
    solve = _solve_locally if question.has_hard_groups else _place_by_ejection
    solution = solve(problem, seed)
    search = ConflictSearch(problem, budget, solution)
    search.run(CoreSearch(problem, question.widened, budget))
    return search, solution


def _verified(
    question: Question, search: "ConflictSearch", found: Infeasibility, budget: NodeBudget
) -> Infeasibility:
    """The analysis with a proof only where that holds at any start, not just on the grid.

    A set that can be placed off the grid, or for which that is not settled, has the step as a cause
    more. Where no proof is left, one is sought on the lattice.
    """
    problem, short = question.problem, found.shortages
    rules = guard_rules("explain_infeasible", question.given.rules)
    trials = CorrectionTrials(CoreSearch(problem, question.widened, budget))
    found = attrs.evolve(
        found,
        conflict_sets=tuple(
            attrs.evolve(
                each,
                corrections=tuple(trials.of(core)),
                details=details_of(problem, rules, core.numbers, each.causes),
            )
            for each, (core, _) in zip(found.conflict_sets, search.sets, strict=True)
        ),
    )
    outcomes = [decide_off_grid(question, core, budget) for core, _ in search.sets]
    sets = tuple(
        each if outcome == "impossible" else _with_step(each, question.given.step, outcome, finer)
        for each, (outcome, finer) in zip(found.conflict_sets, outcomes, strict=True)
    )
    proved = any(outcome == "impossible" for outcome, _ in outcomes)
    if not problem.is_exhaustive:
        anywhere = question.at_any_start
        fits = fits_on_lattice(problem)
        short = shortages(anywhere.problem, anywhere.widened) if fits else ()
        if fits and not proved and not short:
            other = _search(anywhere, budget)[0].result(())
            proved = other.verdict == "impossible"
            sets = (*other.conflict_sets, *sets)[:MOST_SETS] if proved else sets
    named = {id for each in sets for id in (*each.sessions, *each.also)}
    named.update(id for each in short for id in each.sessions)
    unplaced = {id for each in found.shortages for id in each.sessions}.union(found.unexplained)
    return attrs.evolve(
        found,
        verdict="impossible" if proved or short else "open",
        shortages=short,
        conflict_sets=sets,
        unexplained=tuple(sorted(unplaced - named))
        if short != found.shortages
        else found.unexplained,
        nodes=budget.spent,
    )


def _with_step(
    each: ConflictSet, step: timedelta, outcome: str, finer: timedelta | None
) -> ConflictSet:
    """A conflict set with the step as a cause more; minimal if it can be placed off the grid."""
    return attrs.evolve(
        each,
        causes=(*each.causes, Cause("step", step_in_words(step))),
        minimal=each.minimal and outcome == "possible",
        finer=finer,
    )


def _checked(**arguments: Any) -> Arguments:
    """The checked arguments; problems with `iterations` are reported of `nodes`."""
    try:
        return checked_arguments("explain_infeasible", **arguments)
    except InvariantError as error:
        problems = [
            attrs.evolve(each, path="nodes" if each.path == "iterations" else each.path)
            for each in error.problems
        ]
        raise InvariantError("explain_infeasible", problems) from None


def _solve_locally(problem: PlanningProblem, seed: int) -> Solution:
    """The solution of the library's own solver, whose local search handles hard group terms."""
    start = [each.current for each in problem.activities]
    return Kernel().solve(problem, start=start, seed=seed)


def _place_by_ejection(problem: PlanningProblem, seed: int) -> Solution:
    """The placements of an ejection search that stops once it stalls."""
    state, order = State(problem), by_domain_size(problem)
    for activity in order:
        at = problem.activities[activity].current
        if at is not None and problem.fits(activity, at) and state.allows(activity, at):
            state.place(activity, at)
    queue = [each for each in order if state.at[each] is None]
    best, since = len(queue) + 1, 0

    def has_stalled(left: int) -> bool:
        nonlocal best, since
        since = 0 if left < best else since + 1
        best = min(best, left)
        return since > _STALL_STEPS

    # A budget, in steps: some for each activity, and a floor for small problems.
    steps = 8 * len(order) + 400
    eject(state, queue, Chance(seed), steps=steps, on_step=has_stalled)
    return Solution(placements=state.placed(), cost=state.total)


class ConflictSearch:
    """The search for one conflict set after the other.

    `pool` are the activities not excluded yet, `placed` a feasible placement of some of them,
    `waiting` those without a place, `sets` the subsets found, each with activities it also keeps
    from a place, and `undecided` those for which neither a place nor a set was found. Activities
    that the solver has placed are excluded last, as they can be placed together.
    """

    def __init__(self, problem: PlanningProblem, budget: NodeBudget, solution: Solution) -> None:
        self.problem, self.budget = problem, budget
        self.pool = list(range(len(problem.activities)))
        placed = {each: at for each, at in enumerate(solution.placements) if at is not None}
        self.placed: dict[int, Placement] = placed if is_feasible(problem, placed) else {}
        self.waiting = [each for each in by_domain_size(problem) if each not in self.placed]
        self.sets: list[tuple[Core, list[int]]] = []
        self.undecided: list[int] = []

    def run(self, cores: CoreSearch) -> None:
        """Search until all that is left can be placed, there are sets enough, or nodes run out.

        It also ends after a set that is not settled, as the next one would take as long.
        """
        while self.waiting and len(self.sets) < MOST_SETS and self.budget.left > 0:
            if self.sets and not self.sets[-1][0].minimal:
                break
            found = cores.find(self.waiting[0], self.pool, self.placed)
            if isinstance(found, Core):
                self._exclude(cores, found)
            elif found.outcome == "placed":
                self.placed, self.waiting = dict(found.placements), []
            else:
                self.undecided.append(self.waiting[0])
                self._drop(self.waiting[0])

    def _exclude(self, cores: CoreSearch, core: Core) -> None:
        """Exclude one session of a set, and the waiting ones that its causes leave no place."""
        number = [each.number for each in self.problem.activities]
        members = [each for each in self.pool if number[each] in core.numbers]
        gone = next((each for each in reversed(self.waiting) if each in members), members[-1])
        self._drop(gone)
        # The activities beside can be placed together, so if one more cannot, it is that one.
        within = core.within if len(core.within) <= _MOST_WITHIN else members
        beside = [each for each in within if each in self.pool and each in self.placed]
        alike: list[int] = []
        alone = len(core.numbers) == 1
        for each in [one for one in self.waiting if alone or one in within][:_MOST_ALIKE]:
            outcome = cores.decide_under(core, [*beside, each]).outcome
            if outcome == "impossible":
                alike.append(each)
            beside += [each] if outcome == "placed" and not alone else []
        for each in alike:
            self._drop(each)
        self.sets.append((core, alike))

    def _drop(self, activity: int) -> None:
        self.pool.remove(activity)
        self.waiting = [each for each in self.waiting if each != activity]

    def result(self, short: tuple[Shortage, ...]) -> Infeasibility:
        """The analysis so far, with activities cited as sessions; `short` are the shortages."""
        sessions = self.problem.timetable.sessions
        number = [each.number for each in self.problem.activities]

        def cited(numbers: Iterable[int]) -> tuple[str, ...]:
            return tuple(sorted(cite("session", sessions[n].id) for n in numbers))

        proved = bool(self.sets or short)
        left = [*self.undecided, *self.waiting]
        return Infeasibility(
            verdict="impossible" if proved else "open" if left else "possible",
            shortages=short,
            conflict_sets=tuple(
                ConflictSet(
                    sessions=cited(core.numbers), causes=core.causes, minimal=core.minimal,
                    also=cited({number[each] for each in alike}.difference(core.numbers)),
                )
                for core, alike in self.sets
            ),
            unexplained=cited(number[each] for each in left),
            nodes=self.budget.spent,
        )  # fmt: skip
