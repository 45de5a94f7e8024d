"""User-defined schedule rules: plain functions of placed sessions, as black-box terms."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

import attrs

from mic_core.checked import checked
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Called, describe
from mic_core.findings import Fact, Level
from mic_core.model import Session
from mic_core.rules import Entry, Facts, Function, FunctionScope, Term
from mic_core.scheduling.rules.groups import Of, group_sessions
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable

Answer = bool | int | str | Mapping[str, Fact] | None
"""The answer of a function: a falsy value for no violation; else a cost, or true for a cost of 1; a
text that says what is wrong; or facts for the sentence of the rule, with `cost` if it is not 1."""

Judge = Callable[..., Answer]
"""A function of one session, of two, or of a tuple of sessions, by the scope of its rule."""


def _check_scope(scope: FunctionScope, of: Of) -> Problem | None:
    if scope == "timetable" and of != "all":
        return Problem(path="of", rule="must be all where the scope is the timetable")
    return None


@checked(_check_scope)
@attrs.frozen(kw_only=True, weakref_slot=False)
class FunctionRule:
    """A rule made of a function; see `rule`. Calling it calls the function."""

    function: Annotated[Judge, Called()]
    entry: Entry
    scope: FunctionScope = "session"
    of: Of = "all"
    weight: Weight = 1
    where: Selects = None

    def __call__(self, *sessions: Session | tuple[Session, ...]) -> Answer:
        """The answer of the function."""
        return self.function(*sessions)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Function term over the groups of the rule."""
        grouping = group_sessions(timetable, self.of, where=self.where)
        yield Function(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            scope=self.scope,
            cost=self._cost,
            facts=self._facts,
        )

    def _answer(self, sessions: tuple[Session, ...]) -> Answer:
        if self.scope in ("session", "pair"):
            return self.function(*sessions)
        return self.function(sessions)

    def _cost(self, sessions: tuple[Session, ...]) -> int:
        answer = self._answer(sessions)
        if isinstance(answer, str):
            return int(answer != "")
        cost = answer.get("cost", 1 if answer else 0) if isinstance(answer, Mapping) else answer
        if cost is None or (isinstance(cost, int) and cost >= 0):
            return int(cost or 0)
        problem = Problem(path="cost", rule="must be 0 or more", had=describe(cost))
        raise InvariantError(self.entry.code, [problem])

    def _facts(self, sessions: tuple[Session, ...]) -> Facts:
        answer = self._answer(sessions)
        if isinstance(answer, Mapping):
            return {"said": self.entry.law, **answer}
        return {"said": answer if isinstance(answer, str) else self.entry.law}


def rule(
    code: str,
    level: Level,
    *,
    scope: FunctionScope = "session",
    of: Of = "all",
    law: str,
    why: str = "a rule of the house",
    source: str = "the organization itself",
    sentence: str = "{subjects}: {said}",
    mend: str = "place it otherwise",
    weight: int = 1,
    where: SessionFilter = None,
) -> Callable[[Judge], FunctionRule]:
    """Decorator that makes a function a schedule rule, which is checked, scored and planned with.

    `of` groups the placed sessions. The function is called with each session of a group
    (`session`), each pair (`pair`), or one tuple of all of them (`group-day`, `group`,
    `timetable`), in the order of time. The narrower the scope, the faster a plan is made. It must
    be pure: its answer follows from its arguments alone. `law` states the constraint; the
    `sentence` may name the facts that the function returns, `{subjects}`, `{group}`, and `{said}`:
    its text, or else the law.

    Raises InvariantError for an invalid code, level, weight or scope. An exception of the function
    becomes a finding of `check`.

    >>> @rule("no-late-pitch", "soft", law="A pitch ends by nine in the evening.")
    ... def no_late_pitch(session: Session) -> Answer:
    ...     ends = session.slot.end.hour * 60 + session.slot.end.minute
    ...     return session.kind == "pitch" and max(0, ends - 21 * 60)
    >>> no_late_pitch.entry.severity
    'info'
    """
    entry = Entry(
        code=code, level=level, law=law, why=why, source=source, sentence=sentence, mend=mend
    )

    def decorate(function: Judge) -> FunctionRule:
        return FunctionRule(
            function=function, entry=entry, scope=scope, of=of, weight=weight, where=where
        )

    return decorate
