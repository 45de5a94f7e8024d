"""Guard around user-written rules: any exception becomes an InvariantError that names the rule.

A schedule made without a rule that raised would promise something unchecked, so a verb that
schedules ends there. `check` does not use the guard: it goes on and reports a finding.

The error names the type of the exception and is not chained to it, since the text of an exception
may quote a person or the data. Exhausted stack or memory is no fault of a rule and passes through.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import attrs

from mic_core.errors import InvariantError, Problem
from mic_core.fields import EXHAUSTED, describe
from mic_core.findings import LEVEL_OF, Policy
from mic_core.rules import AnswerError, Entry, PortfolioRule, Rule, ScheduleRule, Term, Within
from mic_core.timetable import Timetable

T = TypeVar("T")


@attrs.frozen(eq=False)
class GuardedRule:
    """A schedule rule whose functions raise only InvariantError.

    `verb` and `path` name the call and the argument in the error; `entry` is the entry of the rule,
    at the level of the policy if there is one.
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
        """The terms of the rule, with every function guarded."""
        for term in self._guard_iterator(lambda: self.rule.terms(timetable))():
            yield self._guard_term(term)

    def _guard_term(self, term: Term) -> Term:
        guarded_spans: dict[int, Callable[..., Any]] = {}
        kept = term
        if isinstance(term, Within):
            spans = [
                attrs.evolve(span, intervals=self._guard_span(span.intervals, guarded_spans))
                for span in term.spans
            ]
            kept = attrs.evolve(term, spans=spans)
        functions: dict[str, Any] = {
            field.name: self._guard_call(value)
            for field in attrs.fields(type(term))
            if callable(value := getattr(term, field.name))
        }
        evolved: Term = attrs.evolve(kept, **functions)
        return evolved

    def _guard_span(
        self, function: Callable[..., Iterable[Any]], guarded: dict[int, Callable[..., Any]]
    ) -> Callable[..., Any]:
        """A guard for a function of spans; spans that share a function share its guard.

        The compiler of problems queries the intervals once for each distinct function.
        """
        if id(function) not in guarded:
            guarded[id(function)] = self._guard_iterator(function)
        return guarded[id(function)]

    def _guard_iterator(
        self, function: Callable[..., Iterable[Any]]
    ) -> Callable[..., Iterator[Any]]:
        return _guarded(function, self._error)

    def _guard_call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*given: Any) -> Any:
            try:
                return function(*given)
            except EXHAUSTED:
                raise
            except Exception as error:  # noqa: BLE001  # a user's rule may raise anything
                refusal = self._error(error)
            raise refusal  # outside of `except`, so that no traceback holds the exception

        return guarded

    def _error(self, error: Exception) -> InvariantError:
        return _refusal(self.verb, self.path, self.entry.code, error)


def _guarded(
    function: Callable[..., Iterable[T]], refuse: Callable[[Exception], InvariantError]
) -> Callable[..., Iterator[T]]:
    """A guard for a function that returns an iterable."""

    def guarded(*given: Any) -> Iterator[T]:
        try:
            yield from function(*given)
        except EXHAUSTED:
            raise
        except Exception as error:  # noqa: BLE001  # a user's rule may raise anything
            refusal = refuse(error)
        else:
            return
        raise refusal  # outside of `except`, so that no traceback holds the exception

    return guarded


def _refusal(verb: str, path: str, code: str, error: Exception) -> InvariantError:
    if isinstance(error, AnswerError):
        return InvariantError(verb, [each.under(path) for each in error.problems])
    problem = Problem(
        path=path,
        rule="must come to an answer",
        had=f"{describe(error)} in {code}",
        mend="mend the rule, or leave it out",
    )
    return InvariantError(verb, [problem])


def guard_portfolio_rule(
    verb: str, rule: PortfolioRule, read: Callable[..., Iterable[T]]
) -> Callable[..., Iterator[T]]:
    """Guard a function that reads the breaches of a portfolio rule."""
    return _guarded(read, lambda error: _refusal(verb, "rules", rule.entry.code, error))


def guard_rules(verb: str, rules: Iterable[Rule]) -> tuple[GuardedRule, ...]:
    """Guard the schedule rules among `rules`; an error names a rule by its index. O(rules)."""
    return tuple(
        each
        if isinstance(each, GuardedRule)
        else GuardedRule(each, verb, f"rules[{place}]", each.entry)
        for place, each in enumerate(rules)
        if not isinstance(each, PortfolioRule)
    )


def guard_at_policy_levels(
    verb: str, rules: Iterable[Rule], policy: Policy
) -> Iterator[GuardedRule]:
    """Guard the schedule rules at the levels of a policy, without those that are off. O(rules)."""
    for each in guard_rules(verb, rules):
        severity = policy.severity(each.entry.code, each.entry.severity)
        if severity != "off":
            yield attrs.evolve(each, entry=each.entry.at(LEVEL_OF[severity]))
