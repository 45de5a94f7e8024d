"""`check`: evaluation of all rules on a portfolio, and the catalog of default rules."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

import attrs

from mic_core.catalog.policy_codes import POLICY_UNKNOWN_RULE, unknown_codes
from mic_core.catalog.rules import FURTHER_RULES
from mic_core.catalog.rules.references import (
    AMBIGUOUS_REFERENCE,
    CYCLIC_PREREQUISITE,
    DANGLING_REFERENCE,
    DUPLICATE_ID,
    ILLEGAL_HISTORY,
    MISSPELT_WORD,
    UNATTAINABLE_PROGRAM,
)
from mic_core.errors import InvariantError
from mic_core.fields import (
    EXHAUSTED,
    Bind,
    Each,
    Found,
    Instant,
    Maybe,
    Value,
    Whole,
    describe,
    refuse,
    sound,
)
from mic_core.findings import Finding, Policy, Report, Severity, report_on
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.rules import Breach, Entry, PortfolioRule, Rule, RuleSet, is_rule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.timetable import Timetable, timetable_of

CATALOG: tuple[Rule, ...] = RuleSet(
    "CATALOG",
    (
        DANGLING_REFERENCE,
        AMBIGUOUS_REFERENCE,
        DUPLICATE_ID,
        CYCLIC_PREREQUISITE,
        UNATTAINABLE_PROGRAM,
        ILLEGAL_HISTORY,
        MISSPELT_WORD,
        *SCHEDULE_RULES,
        *FURTHER_RULES,
    ),
)
"""The rules that `check` asks unless it is given others."""

RULE_FAILED = Entry(
    code="rule-failed",
    level="hard",
    law="Every rule comes to an answer.",
    why="A rule that breaks down has checked nothing.",
    source="this library",
    sentence="rule {rule} broke down with {had}",
    mend="mend the rule, or leave it out",
)


def check(
    portfolio: Portfolio,
    *,
    as_of: datetime | None = None,
    rules: Iterable[Rule] = CATALOG,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    limit: int = 1000,
) -> Report:
    """A report of all findings of the rules; never raises for the contents of the portfolio.

    `as_of` is the instant to judge by; None skips the rules that need one and lists them as
    skipped. `policy` sets severities and waives findings; an unknown code in it is a finding. At
    most `limit` findings of one rule are kept; the report lists the rules that had more. An
    exception of a rule becomes a finding that names its type alone; RecursionError and MemoryError
    are raised unchanged. Raises InvariantError for invalid arguments, such as an
    `as_of` without a zone or a limit below 0.
    O(n log n + findings) over n values.

    >>> check(Portfolio.of()).ok
    True
    """
    portfolio, moment, rules, policy, limit = sound(
        "check",
        portfolio=(portfolio, PORTFOLIO),
        as_of=(as_of, MOMENT),
        rules=(rules, RULES),
        policy=(policy, _POLICY),
        limit=(limit, COUNT),
    )
    timetable = timetable_of(portfolio)
    found: list[Finding] = [*_unknown_policy_codes(policy, rules)]
    skipped: list[tuple[str, str]] = []
    cut: list[str] = []
    for rule in rules:
        severity = policy.severity(rule.entry.code, rule.entry.severity)
        if severity == "off":
            skipped.append((rule.entry.code, "off by policy"))
        elif rule.entry.timed and moment is None:
            skipped.append((rule.entry.code, "needs as_of"))
        else:
            # One more than the limit tells whether the rule found more.
            own = list(islice(_findings_of(rule, timetable, moment, severity), limit + 1))
            found += own[:limit]
            cut += [rule.entry.code] if len(own) > limit else []
    cuts = tuple(sorted(cut))
    return report_on(found, policy, moment, skipped=tuple(skipped), cut=cuts)


@attrs.frozen
class RuleShape:
    """The shape of a rule; a class of rules is none."""

    @property
    def rule(self) -> str:
        return "must be a rule, as those in CATALOG are"

    def test(self, name: str, bind: Bind) -> str:
        return f"{bind(is_rule)}({name})"

    def settle(self, value: object, path: str, found: Found) -> object:
        mend = "call the class, to make one" if isinstance(value, type) else ""
        return value if is_rule(value) else refuse(found, path, self.rule, value, mend)


MOMENT, COUNT, RULES = Maybe(Instant()), Whole(), Each(RuleShape(), "rules")
_POLICY = Value(Policy)

_KNOWN = frozenset(
    entry.code for entry in (RULE_FAILED, POLICY_UNKNOWN_RULE, *(rule.entry for rule in CATALOG))
)


def _unknown_policy_codes(policy: Policy, rules: Iterable[Rule]) -> Iterator[Finding]:
    """A finding for each unknown rule code in a policy."""
    entry = POLICY_UNKNOWN_RULE
    severity = policy.severity(entry.code, entry.severity)
    if severity != "off" and (policy.severities or policy.waivers):
        known = _KNOWN | {rule.entry.code for rule in rules}
        for breach in unknown_codes(policy, known):
            yield breach.finding(entry, severity)


def _findings_of(
    rule: Rule, timetable: Timetable, as_of: datetime | None, severity: Severity
) -> Iterator[Finding]:
    """The findings of one rule; an exception becomes a last finding, after those before it."""
    try:
        for breach in _breaches(rule, timetable, as_of):
            yield breach.finding(rule.entry, severity)
    except EXHAUSTED:
        raise
    except Exception as error:  # noqa: BLE001  # a user's rule may raise anything
        # The type alone, without the text: that may quote a person or the data.
        had = "InvariantError" if isinstance(error, InvariantError) else describe(error)
        facts = {"rule": rule.entry.code, "had": had}
        yield Breach(subjects=(), facts=facts).finding(RULE_FAILED, "error")


def _breaches(rule: Rule, timetable: Timetable, as_of: datetime | None) -> Iterable[Breach]:
    if isinstance(rule, PortfolioRule):
        return rule.find(timetable.portfolio, as_of)
    return conflicts(rule, timetable)
