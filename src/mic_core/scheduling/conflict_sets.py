"""Minimal sets of sessions and causes: together impossible, and without any one of them possible.

A set begins with one session that finds no place. Around it, sessions that share something with it
are gathered until they are proved impossible together; then all that can be spared is left out,
sessions first, and causes after them. Whatever is not spared comes with a placement that shows what
its absence would allow.
"""

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import Protocol, TypeVar

import attrs

from mic_core.scheduling.causes import Cause, causes_of, without
from mic_core.scheduling.exact import Placed, Settled, holds, settle
from mic_core.scheduling.gathered import around, tied
from mic_core.scheduling.kernel import Chance, State, eject
from mic_core.scheduling.problem.values import Problem

_Item = TypeVar("_Item")

_USUAL = 60
"""Of more activities than this, a question may take fewer nodes, as each of them takes longer."""

_BRIEF = 150
"""A question that may take more nodes, and stays open, is asked from the late end as well."""

_LARGE = 200
"""Whether more activities than this can all be placed is left to a search that only finds."""

_NO = "impossible"

_PATIENCE = 3
"""After so many questions left open, the next ones of the same kind are asked but briefly."""


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
    _states: dict[int, State] = attrs.field(factory=dict[int, State])

    def ask(self, problem: Problem, asked: Iterable[int], most: int | None = None) -> Settled:
        """Whether some activities can all be placed; a placement is checked once more."""
        asked = tuple(asked)
        share = _USUAL / max(_USUAL, len(asked))
        allowed = max(1, int((self.most if most is None else most) * share * share))
        found = Settled(outcome="open", nodes=0)
        for late in (False, True) if allowed > _BRIEF else (False,):
            found = settle(problem, asked, nodes=min(self.left, allowed), late=late)
            self.left -= found.nodes
            self.spent += found.nodes
            if found.outcome != "open":
                break
        kept = found.outcome != "placed" or holds(problem, found.placements)
        return found if kept else attrs.evolve(found, outcome="open")

    def sought(
        self,
        problem: Problem,
        asked: Sequence[int],
        placed: Placed = MappingProxyType({}),
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

    def _found(self, problem: Problem, asked: Sequence[int], placed: Placed) -> Settled:
        """What ejection comes to."""
        state = self._states.setdefault(id(problem), State(problem))
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


class _Question(Protocol):
    """Whether what is kept can all be placed; `brief` asks with fewer nodes."""

    def __call__(self, kept: Sequence[object], *, brief: bool = False) -> Settled: ...


@attrs.define(eq=False)
class _Trials:
    """Questions about fewer and fewer items, and what was placed where some were missing."""

    question: _Question
    shown: list[frozenset[object]] = attrs.field(factory=list[frozenset[object]])
    open: int = 0

    def bad(self, kept: Sequence[object]) -> bool:
        """Whether what is kept is proved impossible."""
        found = self.question(kept, brief=self.open >= _PATIENCE)
        if found.outcome == "placed":
            self.shown.append(frozenset(kept))
        self.open += found.outcome == "open"
        return found.outcome == "impossible"

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

    problem: Problem
    widened: Callable[[Sequence[int]], Problem]
    nodes: Nodes

    def about(self, activity: int, pool: Sequence[int], placed: Placed) -> Core | Settled:
        """A minimal set around an activity; else whether all of the pool can be placed.

        `placed` is what of it stands already.
        """
        for some in around(self.problem, activity, pool):
            found = self.nodes.ask(self.problem, some, len(some) + 20)
            if found.outcome == "impossible":
                return self._core(self._hinted(some, found), activity)
        brief = len(pool) > _LARGE
        found = self.nodes.sought(self.problem, pool, placed, brief=brief)
        if found.outcome == "impossible":
            return self._core(self._hinted(pool, found), activity)
        return found

    def _hinted(self, some: Sequence[int], found: Settled) -> Sequence[int]:
        """Fewer activities that a proof named, with those in order with them, if that suffices."""
        named = set(found.members)
        for few in (named, tied(self.problem, named, set(some))):
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
        """A minimal set within some activities that cannot all be placed."""
        numbers, shown = self._fewer(some, activity)
        problem = self.widened(numbers)
        places = _places(problem, numbers)
        causes = sorted(causes_of(problem, places), key=_spared)

        def question(kept: Sequence[object], *, brief: bool = False) -> Settled:
            loose = without(problem, {*causes}.difference(kept))
            return self.nodes.ask(loose, places, 100 if brief else None)

        trials = _Trials(question)
        left = causes
        for code in dict.fromkeys(each.code for each in causes):
            fewer = [each for each in left if each.code != code]
            left = fewer if trials.bad(fewer) else left
        kept = tuple(sorted(least(left, trials.bad)))
        proved = question(kept).outcome == "impossible"
        return Core(
            numbers=numbers,
            causes=kept,
            minimal=shown and proved and trials.needed(kept),
            within=tuple(some),
        )

    def _fewer(self, some: Sequence[int], activity: int) -> tuple[tuple[int, ...], bool]:
        """The numbers of as few as possible of some activities, and whether none can be spared.

        The one asked about is spared last. What the root of a search shows is spared first.
        """

        def question(kept: Sequence[object], *, brief: bool = False) -> Settled:
            asked = [each for each in some if each in kept]
            return self.nodes.sought(self.problem, asked, brief=brief)

        def seen(kept: Sequence[int]) -> bool:
            return self.nodes.ask(self.problem, kept, 1).outcome == "impossible"

        listed = tuple(sorted(some, key=lambda each: (each == activity, each)))
        trials = _Trials(question)
        kept = least(least(listed, seen) if seen(listed) else listed, trials.bad)
        numbers = tuple(sorted(self.problem.activities[each].number for each in kept))
        return numbers, trials.needed(kept)


def _spared(cause: Cause) -> tuple[int, Cause]:
    """What to spare first: the window, then what is said of all, and of rooms and persons last."""
    kinds = ("person:", "room:", "module:", "session:")
    said = next((place for place, kind in enumerate(kinds) if cause.label.startswith(kind)), 4)
    return (-5 if cause.code == "window" else -said), cause


def _places(problem: Problem, numbers: Sequence[int]) -> list[int]:
    """The activities of some sessions."""
    where = {each.number: place for place, each in enumerate(problem.activities)}
    return [where[number] for number in numbers]
