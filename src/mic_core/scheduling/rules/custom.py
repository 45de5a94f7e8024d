"""User-defined schedule rules: plain functions of placed sessions, as black-box terms.

A function may also be given an index that another function makes of the portfolio, once for each
timetable. Its cost then follows from its sessions and from facts that stay the same while sessions
are moved. A verb that chooses trainers would change such facts, so it refuses a rule whose index
changes with them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Annotated, get_args

import attrs

from mic_core.checked import checked
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Called, Id, Labels, Maybe, describe, is_a, nearest_word
from mic_core.findings import Fact, Level
from mic_core.model import Assignment, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import (
    AnswerError,
    Entry,
    Facts,
    Function,
    FunctionScope,
    Term,
    fact_names,
)
from mic_core.scheduling.rules.groups import Of, group_sessions
from mic_core.scheduling.rules.selection import Selects, SessionFilter, Weight
from mic_core.timetable import Timetable

Answer = bool | int | str | Mapping[str, Fact] | None
"""The answer of a function: a falsy value for no violation; else a cost, or true for a cost of 1; a
text that says what is wrong; or facts for the sentence of the rule, with `cost` if it is not 1."""

Judge = Callable[..., Answer]
"""A function of one session, of two, or of a tuple of sessions, by the scope of its rule; last, of
what the rule is `given`, if it is."""

IndexMaker = Callable[[Portfolio], object]
"""A function that makes of a portfolio what the function of a rule may look at."""

_FACTS = ("cost", "group", "had", "needed", "path", "said", "sessions", "subjects")
"""The facts of every rule of a function; the scopes of a day and of a month add one each."""

_FACT_OF_SCOPE: Mapping[FunctionScope, str] = {"group-day": "day", "group-month": "month"}

_SENTENCES: Mapping[FunctionScope, str] = {
    "session": "{subjects}: {said}",
    "pair": "{subjects}: {said}",
    "group-day": "{group} on {day}: {said}",
    "group-month": "{group} in {month}: {said}",
    "group": "{group}: {said}",
    "timetable": "{group}: {said}",
}
"""The sentence of a rule that has none of its own: it names the sessions, or the group and when."""


def _known_facts(scope: FunctionScope, facts: tuple[str, ...]) -> list[str]:
    own = [_FACT_OF_SCOPE[scope]] if scope in _FACT_OF_SCOPE else []
    return sorted({*_FACTS, *own, *facts})


def _check_facts(entry: Entry, scope: FunctionScope, facts: tuple[str, ...]) -> Problem | None:
    """Law: the templates of a rule name facts that it has."""
    known = _known_facts(scope, facts)
    for path, text in (("sentence", entry.sentence), ("mend", entry.mend)):
        unknown = sorted((fact_names(text) or frozenset()).difference(known))
        if unknown:
            rule = f"must name facts that the rule has: {', '.join(known)}"
            near = nearest_word(unknown[0], known)
            mend = near or "name those that the function returns in `facts` of the rule"
            return Problem(path=path, rule=rule, mend=mend)
    return None


def _check_scope(scope: FunctionScope, of: Of) -> Problem | None:
    if scope == "timetable" and of != "all":
        return Problem(path="of", rule="must be all where the scope is the timetable")
    return None


@checked(_check_scope, _check_facts)
@attrs.frozen(kw_only=True, weakref_slot=False)
class FunctionRule:
    """A rule made of a function; see `rule`. Calling it calls the function."""

    function: Annotated[Judge, Called()]
    entry: Entry
    scope: FunctionScope = "session"
    of: Of = "all"
    weight: Weight = 1
    where: Selects = None
    given: Annotated[IndexMaker | None, Maybe(Called())] = None
    facts: Annotated[tuple[str, ...], Labels(Id(), most=100)] = ()

    def __call__(self, *arguments: object) -> Answer:
        """The answer of the function."""
        return self.function(*arguments)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Function term over the groups of the rule."""
        grouping = group_sessions(timetable, self.of, where=self.where)
        ask = partial(self._answer, timetable)
        yield Function(
            groups=grouping.groups,
            axis=grouping.axis,
            among=grouping.among,
            scope=self.scope,
            cost=lambda sessions: self._cost_of(ask(sessions)),
            facts=lambda sessions: self._facts_of(ask(sessions)),
            refuse_leads=None if self.given is None else partial(self._refuse_leads, timetable),
        )

    def _answer(self, timetable: Timetable, sessions: tuple[Session, ...]) -> Answer:
        arguments = sessions if self.scope in ("session", "pair") else (sessions,)
        if self.given is None:
            return self.function(*arguments)
        return self.function(*arguments, timetable.index_of(self.given))

    def _cost_of(self, answer: Answer) -> int:
        if isinstance(answer, str):
            return int(answer != "")
        cost = answer.get("cost", 1 if answer else 0) if isinstance(answer, Mapping) else answer
        if cost is None or (isinstance(cost, int) and cost >= 0):
            return int(cost or 0)
        problem = Problem(path="cost", rule="must be 0 or more", had=describe(cost))
        raise AnswerError(self.entry.code, [problem])

    def _facts_of(self, answer: Answer) -> Facts:
        cost = self._cost_of(answer)
        named = fact_names(self.entry.sentence + self.entry.mend) or frozenset()
        stated: dict[str, Fact] = dict.fromkeys(named.intersection(self.facts))
        stated |= {name: n for name, n in (("needed", 0), ("had", cost)) if name in named}
        stated |= {"said": answer if isinstance(answer, str) else self.entry.law, "cost": cost}
        return {**stated, **answer} if isinstance(answer, Mapping) else stated

    def _refuse_leads(self, timetable: Timetable, leads: Sequence[tuple[str, str]]) -> None:
        """Raise InvariantError if what the function is given changes with some leads.

        It is made once more, of the portfolio with all of them, and compared: an index that no lead
        changes is equal.
        """
        given = self.given
        if given is None or not leads:
            return
        portfolio = timetable.portfolio
        taken = {each.id for each in portfolio.all(Assignment)}
        ids = (id for n in count() if (id := f"lead-{n}") not in taken)
        chosen = [
            Assignment(id=id, session_id=session, person_id=person)
            for id, (session, person) in zip(ids, leads, strict=False)
        ]
        last = portfolio.log[-1].recorded_at or datetime.min.replace(tzinfo=UTC)
        if given(portfolio.record(*chosen, recorded_at=last)) != timetable.index_of(given):
            problem = Problem(
                path="given",
                rule="must make the same of a portfolio, whichever trainers lead its sessions: "
                "they are to be chosen",
                had=f"{len({session for session, _ in leads})} sessions without a lead",
                mend="assign their trainers first, or leave the rule out",
            )
            raise AnswerError(self.entry.code, [problem])


def _is_scope(scope: object) -> bool:
    """True if a value is a scope; of any other the class of rules says what is wrong."""
    return is_a(scope, str) and str.__str__(scope) in get_args(FunctionScope)


def rule(
    code: str,
    level: Level,
    *,
    scope: FunctionScope = "session",
    of: Of = "all",
    law: str,
    why: str = "a rule of the house",
    source: str = "the organization itself",
    sentence: str | None = None,
    mend: str = "place it otherwise",
    weight: int = 1,
    where: SessionFilter = None,
    given: IndexMaker | None = None,
    facts: tuple[str, ...] = (),
) -> "Callable[[Judge], FunctionRule]":
    """Decorator that makes a function a schedule rule, which is checked, scored and planned with.

    `of` groups the placed sessions. The function is called with each session of a group
    (`session`), each pair (`pair`), or one tuple of all of them in a local day (`group-day`), in a
    month (`group-month`), or at all (`group`, `timetable`), in the order of time. The narrower the
    scope, the faster a plan is made. It must be pure: its answer follows from its arguments alone.

    `given` is a function of the portfolio, for instance one that counts the assignments of each
    session. It is called once for each timetable, and its result is the last argument of every
    call. It must be pure, and read no slots and rooms of sessions: a plan moves them, and the
    portfolio holds them as recorded. Where trainers are still to be chosen, a verb that would
    choose them refuses a rule whose `given` makes something else of the portfolio with them.

    `law` states the constraint. The `sentence` may name `{subjects}`, `{group}`, `{sessions}`,
    `{cost}`, `{day}` or `{month}` in these scopes, `{said}` (the text that the function returns, or
    else the law), `{had}` and `{needed}` (the cost and 0, unless it returns others), and the other
    `facts` that the function returns, by name. None: a sentence that names the sessions, or the
    group with its day or month, and what is said.

    Raises InvariantError for an invalid code, level, weight or scope, and for a sentence with an
    unknown fact. An exception of the function becomes a finding of `check`.

    >>> @rule("no-late-pitch", "soft", law="A pitch ends by nine in the evening.")
    ... def no_late_pitch(session: Session) -> Answer:
    ...     ends = session.slot.end.hour * 60 + session.slot.end.minute
    ...     return session.kind == "pitch" and max(0, ends - 21 * 60)
    >>> no_late_pitch.entry.severity
    'info'
    """
    if sentence is None:
        sentence = _SENTENCES[scope if _is_scope(scope) else "session"]
    entry = Entry(
        code=code, level=level, law=law, why=why, source=source, sentence=sentence, mend=mend
    )
    settled: list[Problem] = []
    Labels(Id(), most=100).settle(facts, "facts", settled)
    if not settled and _is_scope(scope):
        settled += [each for each in (_check_facts(entry, scope, facts),) if each is not None]
    problem = settled[0] if settled else None
    if problem is not None:
        raise InvariantError("Entry", [problem])

    def decorate(function: Judge) -> FunctionRule:
        return FunctionRule(
            function=function, entry=entry, scope=scope, of=of, weight=weight, where=where,
            given=given, facts=facts,
        )  # fmt: skip

    return decorate
