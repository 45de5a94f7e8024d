"""Conflict sets and their corrections: single relaxations and omissions, tried before offered.

A set is minimal under its own causes. Another cause, which the set does not need, may hold the same
sessions as well; then relaxing one of the set alone helps nobody. So every correction is tried with
all other causes in place: on the sessions of the set, and then on all sessions of the scope.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cached_property

import attrs

from mic_core.findings import Fact
from mic_core.ids import cite
from mic_core.scheduling.infeasibility.conflict_sets import Core, CoreSearch, activities_of
from mic_core.scheduling.infeasibility.relaxation import Cause, relax
from mic_core.scheduling.insertion.finer_step import step_in_words
from mic_core.scheduling.problem.problem import PlanningProblem

_NODES = 200
"""Nodes, at most, of an exact search that tries a correction which the heuristic did not place."""

_MOST_SESSIONS = 200
"""Sessions of a scope up to which a correction is tried on all of them, which bounds the time."""


@attrs.frozen(kw_only=True)
class Correction:
    """A correction that was tried: relaxing a cause, or leaving out one of some sessions.

    `sessions` are those of which leaving out any one would do, `cause` is None then. The sessions
    of the set were placed with it. `heals_all` is True if all sessions of the scope were placed
    with it, False if they were not, None if that was not tried.
    """

    cause: Cause | None = None
    sessions: tuple[str, ...] = ()
    heals_all: bool | None = None

    def in_words(self, members: tuple[str, ...]) -> str:
        """The correction of a set of sessions as a request."""
        if self.cause is not None:
            return relaxation_in_words(self.cause, None)
        if len(members) == 1:
            return "leave it out"
        if self.sessions == members:
            return "leave out one of the sessions"
        one_of = "one of " if len(self.sessions) > 1 else ""
        return f"leave out {one_of}{', '.join(self.sessions)}"


def relaxation_in_words(cause: Cause, finer: timedelta | None) -> str:
    """A relaxation as a request; `finer` is the coarsest step that mends a set, None if unknown."""
    if cause.code == "step":
        return (
            "give slots off the step by hand" if finer is None
            else f"take a step of {step_in_words(finer)}"
        )  # fmt: skip
    return "move or widen the window" if cause.code == "window" else f"relax {cause}"


@attrs.frozen(kw_only=True)
class ConflictSet:
    """A minimal infeasible subset: sessions that cannot all be placed while some causes hold.

    Where it is `minimal`, that was proved, and each set with one member less, session or cause,
    was placed. Else the sessions are proved impossible under these causes, but some member may be
    one too many. `also` are other sessions that the same causes keep from a place beside others.
    The step is a cause where starts off the step might do; then `finer` is the coarsest step on
    which the sessions were placed, None if none was found. `corrections` were tried with all other
    causes in place, also those that the set does not need; None if none were. `details` say what
    each cause is about: rooms that lack something, sessions that are there.
    """

    sessions: tuple[str, ...]
    causes: tuple[Cause, ...]
    minimal: bool = True
    also: tuple[str, ...] = ()
    finer: timedelta | None = None
    corrections: tuple[Correction, ...] | None = None
    details: tuple[str, ...] = ()

    @property
    def because(self) -> tuple[str, ...]:
        """The causes in words, each with the rooms, people or sessions that make it one."""
        more = (*self.details, *("" for _ in self.causes))
        return tuple(
            f"{cause} ({detail})" if detail else str(cause)
            for cause, detail in zip(self.causes, more, strict=False)
        )

    @property
    def mends(self) -> tuple[str, ...]:
        """Corrections, each of which alone mends the set: with it, its sessions were placed.

        Where none were tried, those that could mend it.
        """
        if self.corrections is None:
            some = "leave it out" if len(self.sessions) == 1 else "leave out one of the sessions"
            return (some, *(relaxation_in_words(each, self.finer) for each in self.causes))
        steps = [each for each in self.causes if each.code == "step"]
        found = [each.in_words(self.sessions) for each in self.corrections]
        return (*found, *(relaxation_in_words(each, self.finer) for each in steps))

    @property
    def mends_all(self) -> tuple[str, ...]:
        """The corrections with which all sessions of the scope were placed."""
        found = [each for each in self.corrections or () if each.heals_all]
        return tuple(each.in_words(self.sessions) for each in found)

    def row(self) -> dict[str, Fact]:
        """A flat row."""
        return {
            "sessions": self.sessions, "causes": tuple(map(str, self.causes)),
            "minimal": self.minimal, "also": self.also, "mends": self.mends,
            "mends_all": self.mends_all,
        }  # fmt: skip

    def __str__(self) -> str:
        one = len(self.sessions) == 1
        lines = [
            f"{self.sessions[0]} cannot be placed" if one
            else f"{len(self.sessions)} sessions cannot all be placed: {', '.join(self.sessions)}",
            f"  because of: {'; '.join(self.because) or 'no room or no time to start'}",
        ]  # fmt: skip
        if self.also:
            lines.append(
                f"  beside what can be placed they leave no place to {', '.join(self.also)}"
            )
        if not self.minimal:
            lines.append("  some of this may be too much: that was not settled within the nodes")
        if self.corrections is None:
            lines.append(f"  what could mend it: {'; '.join(self.mends)}")
        elif self.mends:
            lines.append(f"  each of these would mend this set: {'; '.join(self.mends)}")
        else:
            lines.append("  no single correction was found that would mend this set")
        if self.mends_all:
            lines.append(f"  all can be placed with one of these: {'; '.join(self.mends_all)}")
        return "\n".join(lines)


@attrs.frozen(eq=False, slots=False)
class CorrectionTrials:
    """The trials of corrections in one problem."""

    cores: CoreSearch

    def of(self, core: Core) -> Iterator[Correction]:
        """The corrections that mend a set: omissions first, then its causes in order."""
        problem = self.cores.widened(core.numbers)
        yield from self._omissions(core, problem)
        for cause in core.causes:
            if self._is_placed(problem, core.numbers, {cause}):
                yield Correction(cause=cause, heals_all=self._heals_all((), {cause}))

    def _omissions(self, core: Core, problem: PlanningProblem) -> Iterator[Correction]:
        """The sessions of which leaving one out mends the set, by what else that heals."""
        found: dict[bool | None, list[str]] = {}
        for gone in core.numbers:
            if self._is_placed(problem, [n for n in core.numbers if n != gone], ()):
                id = self.cores.problem.timetable.sessions[gone].id
                found.setdefault(self._heals_all((gone,), ()), []).append(cite("session", id))
        for heals_all in (True, None, False):
            if heals_all in found:
                yield Correction(sessions=tuple(sorted(found[heals_all])), heals_all=heals_all)

    @cached_property
    def _every(self) -> tuple[int, ...]:
        return tuple(each.number for each in self.cores.problem.activities)

    @cached_property
    def _whole_problem(self) -> PlanningProblem:
        return self.cores.widened(self._every)

    def _heals_all(self, gone: Collection[int], causes: Collection[Cause]) -> bool | None:
        """True if all sessions were placed without some and without some causes; None if untried.

        By the heuristic alone: False does not prove that they cannot be.
        """
        if len(self._every) > _MOST_SESSIONS:
            return None
        left = [n for n in self._every if n not in gone]
        problem = relax(self._whole_problem, causes)
        return self.cores.budget.is_placed(problem, activities_of(problem, left), nodes=0)

    def _is_placed(
        self, problem: PlanningProblem, numbers: Sequence[int], causes: Iterable[Cause]
    ) -> bool:
        relaxed = relax(problem, {*causes})
        return self.cores.budget.is_placed(relaxed, activities_of(relaxed, numbers), nodes=_NODES)
