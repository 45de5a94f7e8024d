"""Rules that somebody else wrote, held to their word: what they raise is told by their code."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import describe
from mic_core.findings import LEVEL_OF, Policy
from mic_core.rules import Entry, PortfolioRule, Rule, ScheduleRule, Term, Within
from mic_core.timetable import Timetable


@attrs.frozen(eq=False)
class Answering:
    """A rule whose terms raise InvariantError for whatever the rule raises, when it is asked.

    A schedule that leaves out a rule which broke down would promise what nobody checked, so a verb
    that schedules ends there; `check` goes on, and makes a finding of it.
    """

    rule: ScheduleRule
    verb: str
    path: str
    entry: Entry

    @property
    def weight(self) -> int:
        """The weight of the rule."""
        return self.rule.weight

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """The terms of the rule, of which each function answers or is told."""
        for term in self._told(lambda: self.rule.terms(timetable))():
            yield self._term(term)

    def _term(self, term: Term) -> Term:
        known: dict[int, Callable[..., Any]] = {}
        kept = term
        if isinstance(term, Within):
            spans = [
                attrs.evolve(span, intervals=self._shared(span.intervals, known))
                for span in term.spans
            ]
            kept = attrs.evolve(term, spans=spans)
        functions: dict[str, Any] = {
            field.name: self._asked(value)
            for field in attrs.fields(type(term))
            if callable(value := getattr(term, field.name))
        }
        evolved: Term = attrs.evolve(kept, **functions)
        return evolved

    def _shared(
        self, function: Callable[..., Iterable[Any]], known: dict[int, Callable[..., Any]]
    ) -> Callable[..., Any]:
        """One function for each that several spans share, so that they still do."""
        if id(function) not in known:
            known[id(function)] = self._told(function)
        return known[id(function)]

    def _told(self, function: Callable[..., Iterable[Any]]) -> Callable[..., Iterator[Any]]:
        def told(*given: Any) -> Iterator[Any]:
            try:
                yield from function(*given)
            except Exception as error:
                raise self._failed(error) from error

        return told

    def _asked(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*given: Any) -> Any:
            try:
                return function(*given)
            except Exception as error:
                raise self._failed(error) from error

        return asked

    def _failed(self, error: Exception) -> InvariantError:
        code = self.entry.code
        if isinstance(error, InvariantError):
            return InvariantError(self.verb, [each.under(self.path) for each in error.problems])
        problem = Problem(
            path=self.path,
            rule="must come to an answer",
            had=f"{describe(error)} in {code}",
            mend="mend the rule, or leave it out",
        )
        return InvariantError(self.verb, [problem])


def answering(verb: str, rules: Iterable[Rule]) -> tuple[Answering, ...]:
    """The rules about the timetable among any, which answer or are told by place. O(rules)."""
    return tuple(
        each
        if isinstance(each, Answering)
        else Answering(each, verb, f"rules[{place}]", each.entry)
        for place, each in enumerate(rules)
        if not isinstance(each, PortfolioRule)
    )


def weighed(verb: str, rules: Iterable[Rule], policy: Policy) -> Iterator[Answering]:
    """The same at the levels of a policy, without those that it leaves out. O(rules)."""
    for each in answering(verb, rules):
        severity = policy.severity(each.entry.code, each.entry.severity)
        if severity != "off":
            yield attrs.evolve(each, entry=each.entry.at(LEVEL_OF[severity]))
