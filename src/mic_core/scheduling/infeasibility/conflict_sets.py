"""Minimal sets of sessions and causes: together impossible, and without any one of them possible.

A set begins with one session that finds no place. Around it, sessions that share something with it
are gathered until they are proved impossible together; then all that can be spared is left out:
sessions, then causes, or first the causes that a proof at sight does without. Whatever is not
spared comes with a placement that shows what its absence would allow.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

import attrs

from mic_core.scheduling.exact.checker import PartialSchedule, holds
from mic_core.scheduling.exact.search import Settled, settle
from mic_core.scheduling.infeasibility.related import precedence_closure, related_sets
from mic_core.scheduling.infeasibility.relaxation import Cause, causes_of, without
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State

_Item = TypeVar("_Item")

_USUAL = 60
"""Of more activities than this, a question may take fewer nodes, as each of them takes longer."""

_BRIEF = 150
"""A question that may take more nodes takes so many first, from the early and the late end."""

_LARGE = 200
"""Whether more activities than this can all be placed is left to a search that only finds."""

_NO = "impossible"

_MANY = 12
"""Of more activities than this, causes are spared before activities are."""

_PATIENCE = 3
"""After the nodes of so many open questions, more of the same kind are asked but briefly."""


@attrs.frozen(kw_only=True)
class Core:
    """Sessions, by number, that cannot all be placed while some causes hold.

    `minimal` tells that each set with one member less was placed; else that was tried in vain for
    some of them. `within` are the activities that it was found among.
    """

    numbers: tuple[int, ...]
    causes: tuple[Cause, ...]
    minimal: bool
    within: tuple[int, ...] = ()


@attrs.define(eq=False)
class Nodes:
    """How many nodes of searches are left, and how many a single question may take of them."""

    left: int
    most: int
    seed: int = 0
    spent: int = 0
    _state: State | None = None

    def ask(
        self, problem: PlanningProblem, asked: Iterable[int], most: int | None = None
    ) -> Settled:
        """Whether some activities can all be placed; a placement is checked once more."""
        asked = tuple(asked)
        share = _USUAL / max(_USUAL, len(asked))
        allowed = max(1, int((self.most if most is None else most) * share * share))
        found, spent = Settled(outcome="open", nodes=0), 0
        for late, limit in _turns(allowed):
            found = settle(problem, asked, nodes=min(self.left, limit), late=late)
            self.left -= found.nodes
            spent += found.nodes
            if found.outcome != "open":
                break
        self.spent += spent
        found = attrs.evolve(found, nodes=spent)
        kept = found.outcome != "placed" or holds(problem, found.placements)
        return found if kept else attrs.evolve(found, outcome="open")

    def sought(
        self,
        problem: PlanningProblem,
        asked: Sequence[int],
        placed: PartialSchedule = MappingProxyType({}),
        *,
        brief: bool = False,
    ) -> Settled:
        """The same after a search that only finds, from what is `placed`, and a short one.

        `brief` does no more than the short one.
        """
        if placed:
            found = self._found(problem, asked, placed)
        else:
            found = self.ask(problem, asked, len(asked) + 20)
        if found.outcome != "open" or brief:
            return found
        found = found if placed else self._found(problem, asked, placed)
        return self.ask(problem, asked) if found.outcome == "open" else found

    def _found(
        self, problem: PlanningProblem, asked: Sequence[int], placed: PartialSchedule
    ) -> Settled:
        """What ejection comes to."""
        state = self._state
        if state is None or state.problem is not problem:
            state = self._state = State(problem)
        state.restore([None] * len(problem.activities))
        wanted = frozenset(asked)
        state.restore(
            [placed.get(e) if e in wanted else None for e in range(len(problem.activities))]
        )
        queue = [each for each in asked if state.at[each] is None]
        left = eject(state, queue, Chance(self.seed), steps=2 * len(queue) + 40)
        found = {each: at for each, at in enumerate(state.placed()) if at is not None}
        if wanted.isdisjoint(left) and holds(problem, found):
            return Settled(outcome="placed", nodes=0, placements=found)
        return Settled(outcome="open", nodes=0)


def _turns(allowed: int) -> Iterator[tuple[bool, int]]:
    """From which end a question is asked, late or early, and with how many nodes."""
    if allowed > _BRIEF:
        yield from ((False, _BRIEF), (True, _BRIEF), (False, allowed), (True, allowed))
    else:
        yield False, allowed


class _Question(Protocol):
    """Whether what is kept can all be placed; `brief` asks with fewer nodes."""

    def __call__(self, kept: Sequence[object], *, brief: bool = False) -> Settled: ...


@attrs.define(eq=False)
class _Trials:
    """Questions about fewer and fewer items, and what was placed where some were missing."""

    question: _Question
    most: int
    shown: list[frozenset[object]] = attrs.field(factory=list[frozenset[object]])
    spent: int = 0

    def bad(self, kept: Sequence[object]) -> bool:
        """Whether what is kept is proved impossible."""
        found = self.question(kept, brief=self.spent >= self.most)
        if found.outcome == "placed":
            self.shown.append(frozenset(kept))
        self.spent += found.nodes
        return found.outcome == _NO

    def needed(self, kept: Sequence[object]) -> bool:
        """Whether it was shown for each item of what is left that without it all can be placed."""
        every = frozenset(kept)
        return all(any(every - {each} <= shown for shown in self.shown) for each in every)


def least(items: Sequence[_Item], bad: Callable[[Sequence[_Item]], bool]) -> tuple[_Item, ...]:
    """What is left of some items that are bad together, when nothing more can be spared.

    More items are never less bad. Those at the front are spared first. O(k log n) questions where
    k of n are left.

    >>> least("abcdefgh", lambda kept: "c" in kept and "f" in kept)
    ('c', 'f')
    """
    kept = list(items)
    size = max(1, len(kept) // 2)
    while size:
        place = 0
        while place < len(kept):
            trial = kept[:place] + kept[place + size :]
            if bad(trial):
                kept = trial
            else:
                place += size
        size //= 2
    return tuple(kept)


@attrs.frozen(eq=False)
class Cores:
    """The search for minimal sets in one problem.

    `widened` gives the problem of some sessions, by number, in which causes can be left out.
    """

    problem: PlanningProblem
    widened: Callable[[Sequence[int]], PlanningProblem]
    nodes: Nodes

    def about(self, activity: int, pool: Sequence[int], placed: PartialSchedule) -> Core | Settled:
        """A minimal set around an activity; else whether all of the pool can be placed.

        `placed` is what of it stands already.
        """
        for some in related_sets(self.problem, activity, pool):
            found = self.nodes.ask(self.problem, some, len(some) + 20)
            if found.outcome == _NO:
                return self._core(self._hinted(some, found), activity)
        brief = len(pool) > _LARGE
        found = self.nodes.sought(self.problem, pool, placed, brief=brief)
        if found.outcome == _NO:
            return self._core(self._hinted(pool, found), activity)
        return found

    def _hinted(self, some: Sequence[int], found: Settled) -> Sequence[int]:
        """Fewer activities that a proof named, with those in order with them, if that suffices."""
        named = set(found.members)
        for few in (named, precedence_closure(self.problem, named, set(some))):
            if 0 < len(few) < len(some) and self.nodes.ask(self.problem, few, 1).outcome == _NO:
                return sorted(few)
        return some

    def under(self, core: Core, activities: Sequence[int]) -> Settled:
        """Whether some activities can be placed where the causes of a core alone forbid."""
        numbers = [self.problem.activities[each].number for each in activities]
        problem = self.widened(numbers)
        places = _places(problem, numbers)
        loose = without(problem, {*causes_of(problem, places)} - {*core.causes})
        return self.nodes.ask(loose, places, 100)

    def _core(self, some: Sequence[int], activity: int) -> Core:
        """A minimal set within some activities that cannot all be placed.

        Of few activities, some are spared before causes are. Of many, causes are spared first: with
        few causes left, it is easy to place what can be placed. Where the first way does not settle
        it, the other is tried.
        """
        ways = self._few_sessions, self._few_causes
        found: list[Core] = []
        for way in reversed(ways) if len(some) > _MANY else ways:
            core = way(some, activity)
            found += [core] if core is not None else []
            if core is not None and core.minimal:
                break
        return min(found, key=lambda each: not each.minimal)

    def _few_sessions(self, some: Sequence[int], activity: int) -> Core:
        return self._least(self.problem, some, activity, frozenset())

    def _few_causes(self, some: Sequence[int], activity: int) -> Core | None:
        """A set under few causes; None where the root of a search does not show what is needed."""
        number = [each.number for each in self.problem.activities]
        problem = self.widened([number[each] for each in some])
        places = _places(problem, [number[each] for each in some])
        gone = self._in_vain(problem, places)
        if gone is None:
            return None
        (place,) = _places(problem, [number[activity]])
        core = self._least(without(problem, gone), places, place, gone)
        return attrs.evolve(core, within=tuple(some))

    def _in_vain(self, problem: PlanningProblem, places: Sequence[int]) -> frozenset[Cause] | None:
        """Causes without which the root of a search still shows that activities cannot be placed.

        None where it does not show that with all of them.
        """
        causes = sorted(causes_of(problem, places), key=_spared)

        def seen(kept: Sequence[Cause]) -> bool:
            loose = without(problem, {*causes}.difference(kept))
            return self.nodes.ask(loose, places, 1).outcome == _NO

        if not seen(causes):
            return None
        needed = least(causes, seen)
        return frozenset(causes).difference(needed)

    def _least(
        self, held: PlanningProblem, some: Sequence[int], activity: int, gone: Collection[Cause]
    ) -> Core:
        """A set from which sessions are spared first, where some causes are gone already."""
        numbers, shown = self._fewer(held, some, activity)
        problem = self.widened(numbers)
        places = _places(problem, numbers)
        every = causes_of(problem, places)
        causes = sorted({*every} - {*gone}, key=_spared)

        def question(kept: Sequence[object], *, brief: bool = False) -> Settled:
            loose = without(problem, {*every}.difference(kept))
            return self.nodes.sought(loose, places, brief=brief)

        trials = _Trials(question, _PATIENCE * self.nodes.most)
        left = causes
        for code in dict.fromkeys(each.code for each in causes):
            fewer = [each for each in left if each.code != code]
            left = fewer if trials.bad(fewer) else left
        kept = tuple(sorted(least(left, trials.bad)))
        proved = question(kept).outcome == _NO
        return Core(
            numbers=numbers,
            causes=kept,
            minimal=shown and proved and trials.needed(kept),
            within=tuple(some),
        )

    def _fewer(
        self, problem: PlanningProblem, some: Sequence[int], activity: int
    ) -> tuple[tuple[int, ...], bool]:
        """The numbers of as few as possible of some activities, and whether none can be spared.

        The one asked about is spared last. What the root of a search shows is spared first.
        """

        def question(kept: Sequence[object], *, brief: bool = False) -> Settled:
            asked = [each for each in some if each in kept]
            return self.nodes.sought(problem, asked, brief=brief)

        def seen(kept: Sequence[int]) -> bool:
            return self.nodes.ask(problem, kept, 1).outcome == _NO

        listed = tuple(sorted(some, key=lambda each: (each == activity, each)))
        trials = _Trials(question, _PATIENCE * self.nodes.most)
        kept = least(least(listed, seen) if seen(listed) else listed, trials.bad)
        numbers = tuple(sorted(problem.activities[each].number for each in kept))
        return numbers, trials.needed(kept)


def _spared(cause: Cause) -> tuple[int, Cause]:
    """What to spare first: the window, then what is said of all, and of rooms and persons last."""
    kinds = ("person:", "room:", "module:", "session:")
    said = next((place for place, kind in enumerate(kinds) if cause.label.startswith(kind)), 4)
    return (-5 if cause.code == "window" else -said), cause


def _places(problem: PlanningProblem, numbers: Sequence[int]) -> list[int]:
    """The activities of some sessions."""
    where = {each.number: place for place, each in enumerate(problem.activities)}
    return [where[number] for number in numbers]
