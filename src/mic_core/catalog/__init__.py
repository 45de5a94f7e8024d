"""The catalog of rules, and `check`, which asks each of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from mic_core.catalog.further import FURTHER_RULES
from mic_core.catalog.references import (
    AMBIGUOUS_REFERENCE,
    CYCLIC_PREREQUISITE,
    DANGLING_REFERENCE,
    DUPLICATE_ID,
    ILLEGAL_HISTORY,
)
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Instant, Maybe, Whole
from mic_core.findings import Finding, Policy, Report, Severity, Waiver, in_order
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule, Rule
from mic_core.scheduling import (
    DUPLICATE_SESSION,
    SCHEDULE_RULES,
    Timetable,
    conflicts,
    timetable_of,
)

CATALOG: tuple[Rule, ...] = (
    DANGLING_REFERENCE,
    AMBIGUOUS_REFERENCE,
    DUPLICATE_ID,
    CYCLIC_PREREQUISITE,
    ILLEGAL_HISTORY,
    DUPLICATE_SESSION,
    *SCHEDULE_RULES,
    *FURTHER_RULES,
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
    """Everything that the rules find in a portfolio; never raises for what the portfolio holds.

    `as_of` is the instant to judge by; None leaves out the rules that need one and lists them as
    skipped. `policy` weighs findings and waives some. At most `limit` findings of one rule are
    kept; the report says which rules had more. A rule that raises becomes a finding itself.
    Raises InvariantError for an `as_of` without a zone or a limit below 0.
    O(n log n + findings) over n values.

    >>> check(Portfolio.of()).ok
    True
    """
    moment = _settled(as_of, limit)
    timetable = timetable_of(portfolio)
    found: list[Finding] = []
    skipped: list[tuple[str, str]] = []
    cut: list[str] = []
    for rule in rules:
        severity = policy.severity(rule.entry.code, rule.entry.severity)
        if severity == "off":
            skipped.append((rule.entry.code, "off by policy"))
        elif rule.entry.timed and moment is None:
            skipped.append((rule.entry.code, "needs as_of"))
        else:
            mine = list(islice(_asked(rule, timetable, moment, severity), limit + 1))
            found += mine[:limit]
            cut += [rule.entry.code] if len(mine) > limit else []
    return _report(found, skipped, cut, policy, moment)


def _settled(as_of: datetime | None, limit: int) -> datetime | None:
    """The instant in UTC; a time without a zone is none, and a limit counts from 0."""
    problems: list[Problem] = []
    moment = Maybe(Instant()).settle(as_of, "as_of", problems)
    Whole().settle(limit, "limit", problems)
    if problems:
        raise InvariantError("check", problems)
    return moment if isinstance(moment, datetime) else None


def _asked(
    rule: Rule, timetable: Timetable, as_of: datetime | None, severity: Severity
) -> Iterator[Finding]:
    """Ask one rule; what it raises becomes a finding, after those it had already yielded."""
    try:
        for breach in _breaches(rule, timetable, as_of):
            yield breach.finding(rule.entry, severity)
    except Exception as error:  # noqa: BLE001  # a user's rule may raise anything
        facts = {"rule": rule.entry.code, "had": type(error).__name__}
        yield Breach(subjects=(), facts=facts).finding(RULE_FAILED, "error")


def _breaches(rule: Rule, timetable: Timetable, as_of: datetime | None) -> Iterable[Breach]:
    if isinstance(rule, PortfolioRule):
        return rule.find(timetable.portfolio, as_of)
    return conflicts(rule, timetable)


def _report(
    found: list[Finding],
    skipped: list[tuple[str, str]],
    cut: list[str],
    policy: Policy,
    as_of: datetime | None,
) -> Report:
    kept: list[Finding] = []
    waived: list[tuple[Finding, Waiver]] = []
    for finding in in_order(found):
        waiver = next((each for each in policy.waivers if each.covers(finding, as_of)), None)
        if waiver is None:
            kept.append(finding)
        else:
            waived.append((finding, waiver))
    return Report(
        findings=tuple(kept), waived=tuple(waived), skipped=tuple(skipped), cut=tuple(sorted(cut))
    )
