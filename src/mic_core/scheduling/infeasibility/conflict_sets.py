"""Minimal infeasible subsets (MUS) of sessions and causes, by deletion filter.

A subset starts from one session that finds no place. Around it, related sessions are gathered until
an exact search proves them infeasible together. A deletion filter then drops sessions, then causes,
as long as the rest stays infeasible; for large sets it first drops the causes that the root-node
bound does not need. Each member that is kept comes with a placement of all the others, which shows
that the set is minimal (Chinneck, Feasibility and Infeasibility in Optimization, 2008).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

import attrs

from mic_core.scheduling.exact.checker import PartialSchedule, is_feasible
from mic_core.scheduling.exact.search import ExactResult, search_exactly
from mic_core.scheduling.infeasibility.related import precedence_closure, related_sets
from mic_core.scheduling.infeasibility.relaxation import Cause, causes_of, relax
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State

_Item = TypeVar("_Item")

# Budgets of nodes and sizes: they bound the time, and any value gives a right answer; whether it is
# good enough shows in tests/benchmarks/bench_infeasible.py.

_FULL_SIZE = 60
"""Activities up to which a search gets all its nodes; above, fewer, as each node takes longer."""

_SHORT_BUDGET = 150
"""Nodes of a first, short search from the early and from the late end."""

_LARGE = 200
"""Activities above which only the heuristic search tries to place the pool."""

_IMPOSSIBLE = "impossible"

_CAUSES_FIRST = 12
"""Activities above which causes are dropped before sessions."""

_PATIENCE = 3
"""Full searches whose nodes one filter may spend before its further trials are kept short."""


@attrs.frozen(kw_only=True)
class Core:
    """An infeasible subset: sessions, by number, that cannot all be placed under some causes.

    `minimal` is True if every set with one member less was placed; else that was not settled for
    some. `within` are the activities among which it was found.
    """

    numbers: tuple[int, ...]
    causes: tuple[Cause, ...]
    minimal: bool
    within: tuple[int, ...] = ()


@attrs.define(eq=False)
class NodeBudget:
    """A budget of nodes for exact searches: `left` in all, at most `most` for one search.

    `heuristic` is the ejection search that may place activities before an exact one is tried.
    """

    left: int
    most: int
    seed: int = 0
    spent: int = 0
    heuristic: Callable[..., tuple[int, ...]] = eject
    _state: State | None = None

    def decide(
        self, problem: PlanningProblem, activities: Iterable[int], most: int | None = None
    ) -> ExactResult:
        """Search exactly within the budget; a placement is checked independently.

        A placement that fails the check counts as open.
        """
        mine = tuple(activities)
        share = _FULL_SIZE / max(_FULL_SIZE, len(mine))
        allowed = max(1, int((self.most if most is None else most) * share * share))
        found, spent = ExactResult(outcome="open", nodes=0), 0
        for late, limit in _restarts(allowed):
            found = search_exactly(problem, mine, nodes=min(self.left, limit), late=late)
            self.left -= found.nodes
            spent += found.nodes
            if found.outcome != "open":
                break
        self.spent += spent
        found = attrs.evolve(found, nodes=spent)
        kept = found.outcome != "placed" or is_feasible(problem, found.placements)
        return found if kept else attrs.evolve(found, outcome="open")

    def place_or_decide(
        self,
        problem: PlanningProblem,
        activities: Sequence[int],
        placed: PartialSchedule = MappingProxyType({}),
        *,
        brief: bool = False,
    ) -> ExactResult:
        """A short search first, then the heuristic, then a full exact search, until one decides.

        The short one is exact, or the heuristic from `placed` if that is given. `brief` stops after
        it.
        """
        if placed:
            found = self._try_heuristic(problem, activities, placed)
        else:
            found = self.decide(problem, activities, len(activities) + 20)
        if found.outcome != "open" or brief:
            return found
        found = found if placed else self._try_heuristic(problem, activities, placed)
        return self.decide(problem, activities) if found.outcome == "open" else found

    def is_placed(self, problem: PlanningProblem, activities: Sequence[int], nodes: int) -> bool:
        """True if the heuristic, or an exact search of some nodes, places all activities."""
        if self._try_heuristic(problem, activities, {}).outcome == "placed":
            return True
        return bool(nodes) and self.decide(problem, activities, nodes).outcome == "placed"

    def _try_heuristic(
        self, problem: PlanningProblem, activities: Sequence[int], placed: PartialSchedule
    ) -> ExactResult:
        """The result of the ejection search: placed and checked, or open."""
        state = self._state
        if state is None or state.problem is not problem:
            state = self._state = State(problem)
        state.restore([None] * len(problem.activities))
        wanted = frozenset(activities)
        state.restore(
            [placed.get(e) if e in wanted else None for e in range(len(problem.activities))]
        )
        queue = [each for each in activities if state.at[each] is None]
        left = self.heuristic(state, queue, Chance(self.seed), steps=2 * len(queue) + 40)
        found = {each: at for each, at in enumerate(state.placed()) if at is not None}
        if wanted.isdisjoint(left) and is_feasible(problem, found):
            return ExactResult(outcome="placed", nodes=0, placements=found)
        return ExactResult(outcome="open", nodes=0)


def _restarts(allowed: int) -> Iterator[tuple[bool, int]]:
    """The searches to try in turn, as (late, nodes): short ones from either end, then full ones."""
    if allowed > _SHORT_BUDGET:
        yield from (
            (False, _SHORT_BUDGET),
            (True, _SHORT_BUDGET),
            (False, allowed),
            (True, allowed),
        )
    else:
        yield False, allowed


class _Oracle(Protocol):
    """The feasibility oracle of a deletion filter: can the kept items all be placed?"""

    def __call__(self, kept: Sequence[object], *, brief: bool = False) -> ExactResult: ...


@attrs.define(eq=False)
class _Trials:
    """The trials of one deletion filter, with the item sets for which a placement was found.

    After `most` nodes, further trials are brief.
    """

    oracle: _Oracle
    most: int
    shown: list[frozenset[object]] = attrs.field(factory=list[frozenset[object]])
    spent: int = 0

    def is_infeasible(self, kept: Sequence[object]) -> bool:
        """True if the kept items are proved infeasible."""
        found = self.oracle(kept, brief=self.spent >= self.most)
        if found.outcome == "placed":
            self.shown.append(frozenset(kept))
        self.spent += found.nodes
        return found.outcome == _IMPOSSIBLE

    def is_minimal(self, kept: Sequence[object]) -> bool:
        """True if for each kept item a placement of all the others was found."""
        every = frozenset(kept)
        return all(any(every - {each} <= shown for shown in self.shown) for each in every)


def deletion_filter(
    items: Sequence[_Item], is_infeasible: Callable[[Sequence[_Item]], bool]
) -> tuple[_Item, ...]:
    """A deletion filter: a subset of infeasible items from which none can be dropped.

    Drops blocks of items, halved down to single ones, from the front. Supersets of an infeasible
    set are infeasible. O(k log n) calls where k of n items are kept.

    >>> deletion_filter("abcdefgh", lambda kept: "c" in kept and "f" in kept)
    ('c', 'f')
    """
    kept = list(items)
    size = max(1, len(kept) // 2)
    while size:
        first = 0
        while first < len(kept):
            trial = kept[:first] + kept[first + size :]
            if is_infeasible(trial):
                kept = trial
            else:
                first += size
        size //= 2
    return tuple(kept)


@attrs.frozen(eq=False)
class CoreSearch:
    """The search for minimal infeasible subsets of one problem.

    `widened` compiles the problem of some sessions, by number, in which causes can be relaxed;
    `related` yields the neighborhoods of an activity, small ones first.
    """

    problem: PlanningProblem
    widened: Callable[[Sequence[int]], PlanningProblem]
    budget: NodeBudget
    related: Callable[[PlanningProblem, int, Sequence[int]], Iterator[list[int]]] = related_sets

    def find(
        self, activity: int, pool: Sequence[int], placed: PartialSchedule
    ) -> Core | ExactResult:
        """An infeasible subset around an activity; else the result for all of the pool.

        `placed` is a placement of some of the pool that is known already.
        """
        for some in self.related(self.problem, activity, pool):
            found = self.budget.decide(self.problem, some, len(some) + 20)
            if found.outcome == _IMPOSSIBLE:
                return self._minimize(self._named_members(some, found), activity)
        brief = len(pool) > _LARGE
        found = self.budget.place_or_decide(self.problem, pool, placed, brief=brief)
        if found.outcome == _IMPOSSIBLE:
            return self._minimize(self._named_members(pool, found), activity)
        return found

    def _named_members(self, some: Sequence[int], found: ExactResult) -> Sequence[int]:
        """The activities that a proof named, if the root node proves them infeasible; else all.

        Tried also with all that precedences connect to them.
        """
        named = set(found.members)
        for few in (named, precedence_closure(self.problem, named, set(some))):
            if not 0 < len(few) < len(some):
                continue
            if self.budget.decide(self.problem, few, 1).outcome == _IMPOSSIBLE:
                return sorted(few)
        return some

    def decide_under(self, core: Core, activities: Sequence[int]) -> ExactResult:
        """Search exactly for a placement of activities under the causes of a core alone."""
        numbers = [self.problem.activities[each].number for each in activities]
        problem = self.widened(numbers)
        mine = activities_of(problem, numbers)
        relaxed = relax(problem, {*causes_of(problem, mine)} - {*core.causes})
        return self.budget.decide(relaxed, mine, 100)

    def _minimize(self, some: Sequence[int], activity: int) -> Core:
        """A minimal infeasible subset of infeasible activities.

        Few activities: sessions are dropped before causes. Many: causes first, as with few causes
        left it is easy to find a placement. If the first way does not settle minimality, the other
        is tried.
        """
        # A proof may name a subset without the activity that led to it; then another one is last.
        last = activity if activity in some else max(some)
        ways = self._drop_sessions_first, self._drop_causes_first
        found: list[Core] = []
        for way in reversed(ways) if len(some) > _CAUSES_FIRST else ways:
            core = way(some, last)
            found += [core] if core is not None else []
            if core is not None and core.minimal:
                break
        return min(found, key=lambda each: not each.minimal)

    def _drop_sessions_first(self, some: Sequence[int], activity: int) -> Core:
        return self._filter(self.problem, some, activity, frozenset())

    def _drop_causes_first(self, some: Sequence[int], activity: int) -> Core | None:
        """The subset after dropping causes; None if the root node does not prove infeasibility."""
        number = [each.number for each in self.problem.activities]
        problem = self.widened([number[each] for each in some])
        mine = activities_of(problem, [number[each] for each in some])
        dropped = self._unneeded_causes(problem, mine)
        if dropped is None:
            return None
        (own,) = activities_of(problem, [number[activity]])
        core = self._filter(relax(problem, dropped), mine, own, dropped)
        return attrs.evolve(core, within=tuple(some))

    def _unneeded_causes(
        self, problem: PlanningProblem, activities: Sequence[int]
    ) -> frozenset[Cause] | None:
        """Causes without which the root node still proves infeasibility; None if it never does."""
        causes = sorted(causes_of(problem, activities), key=_drop_order)

        def fails_at_root(kept: Sequence[Cause]) -> bool:
            relaxed = relax(problem, {*causes}.difference(kept))
            return self.budget.decide(relaxed, activities, 1).outcome == _IMPOSSIBLE

        if not fails_at_root(causes):
            return None
        needed = deletion_filter(causes, fails_at_root)
        return frozenset(causes).difference(needed)

    def _filter(
        self, base: PlanningProblem, some: Sequence[int], activity: int, dropped: Collection[Cause]
    ) -> Core:
        """The deletion filter on sessions of `base`, then on causes other than those `dropped`."""
        numbers, sessions_minimal = self._filter_sessions(base, some, activity)
        problem = self.widened(numbers)
        mine = activities_of(problem, numbers)
        every = causes_of(problem, mine)
        causes = sorted({*every} - {*dropped}, key=_drop_order)

        def oracle(kept: Sequence[object], *, brief: bool = False) -> ExactResult:
            relaxed = relax(problem, {*every}.difference(kept))
            return self.budget.place_or_decide(relaxed, mine, brief=brief)

        trials = _Trials(oracle, _PATIENCE * self.budget.most)
        left = causes
        # Whole rules first: most have nothing to do with it, whatever their subjects.
        for code in dict.fromkeys(each.code for each in causes):
            fewer = [each for each in left if each.code != code]
            left = fewer if trials.is_infeasible(fewer) else left
        kept = tuple(sorted(deletion_filter(left, trials.is_infeasible)))
        proved = oracle(kept).outcome == _IMPOSSIBLE
        return Core(
            numbers=numbers,
            causes=kept,
            minimal=sessions_minimal and proved and trials.is_minimal(kept),
            within=tuple(some),
        )

    def _filter_sessions(
        self, problem: PlanningProblem, some: Sequence[int], activity: int
    ) -> tuple[tuple[int, ...], bool]:
        """The numbers of a minimal subset of sessions, and True if minimality was shown.

        The `activity` is dropped last. A first pass drops what the root node can judge.
        """

        def oracle(kept: Sequence[object], *, brief: bool = False) -> ExactResult:
            mine = [each for each in some if each in kept]
            return self.budget.place_or_decide(problem, mine, brief=brief)

        def fails_at_root(kept: Sequence[int]) -> bool:
            return self.budget.decide(problem, kept, 1).outcome == _IMPOSSIBLE

        items = tuple(sorted(some, key=lambda each: (each == activity, each)))
        trials = _Trials(oracle, _PATIENCE * self.budget.most)
        if fails_at_root(items):
            items = deletion_filter(items, fails_at_root)
        kept = deletion_filter(items, trials.is_infeasible)
        numbers = tuple(sorted(problem.activities[each].number for each in kept))
        return numbers, trials.is_minimal(kept)


def _drop_order(cause: Cause) -> tuple[int, Cause]:
    """A sort key of causes: the window first, then general rules, those of rooms and persons last.

    The last ones are dropped last, so that a set names persons and rooms where it can.
    """
    kinds = ("person:", "room:", "module:", "session:")
    rank = next((rank for rank, kind in enumerate(kinds) if cause.label.startswith(kind)), 4)
    return (-5 if cause.code == "window" else -rank), cause


def activities_of(problem: PlanningProblem, numbers: Sequence[int]) -> list[int]:
    """The activities of sessions, which are given by number."""
    activities = {each.number: activity for activity, each in enumerate(problem.activities)}
    return [activities[number] for number in numbers]
