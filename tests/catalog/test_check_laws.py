"""Laws of every check, whatever the rules and the timetable."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.check import CATALOG, check
from mic_core.errors import InvariantError
from mic_core.findings import SEVERITIES, Policy, Report, Waiver, in_order
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling.nouns import room, session, worlds

NOW = datetime(2014, 10, 5, tzinfo=UTC)


@one_in(2)
@given(nouns=worlds(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_input_and_of_rules_means_nothing(nouns: list[Noun], shuffled: Random) -> None:
    """Nouns in another order, rules in another order: the same report."""
    others, rules = list(nouns), list(CATALOG)
    shuffled.shuffle(others)
    shuffled.shuffle(rules)
    one = check(Portfolio.of(*nouns), as_of=NOW)
    other = check(Portfolio.of(*others), as_of=NOW, rules=rules)
    assert other.findings == one.findings
    assert sorted(other.skipped) == sorted(one.skipped)


@one_in(2)
@given(nouns=worlds())
def test_check_finds_what_the_rules_find(nouns: list[Noun]) -> None:
    """A report holds the breaches of each rule, in order, at the severity of its level."""
    portfolio = Portfolio.of(*nouns)
    timetable = timetable_of(portfolio)
    found = [
        breach.finding(rule.entry, rule.entry.severity)
        for rule in SCHEDULE_RULES
        for breach in conflicts(rule, timetable)
    ]
    report = check(portfolio, rules=SCHEDULE_RULES)
    assert report == Report(findings=in_order(found))
    severities = [SEVERITIES.index(each.severity) for each in report.findings]
    assert severities == sorted(severities)
    assert report.ok is all(each.severity != "error" for each in found)


@given(nouns=worlds(), limit=st.integers(0, 3))
def test_a_limit_cuts_each_rule_by_itself(nouns: list[Noun], limit: int) -> None:
    """At most `limit` findings of each rule are kept; rules that had more are listed."""
    portfolio = Portfolio.of(*nouns)
    every, some = check(portfolio), check(portfolio, limit=limit)
    assert set(some.findings) <= set(every.findings)
    for rule in CATALOG:
        code = rule.entry.code
        assert len(some.of(code)) == min(limit, len(every.of(code)))
        assert (code in some.cut) is (len(every.of(code)) > limit)


@given(nouns=worlds(), covered=st.booleans())
def test_waivers_take_findings_apart(nouns: list[Noun], *, covered: bool) -> None:
    """Waived and other findings make up the findings without waivers."""
    portfolio = Portfolio.of(*nouns)
    every = check(portfolio, as_of=NOW)
    waivers = [
        Waiver(
            code=each.code,
            subjects=each.subjects,
            reason="agreed",
            until=NOW + timedelta(seconds=1) if covered else NOW,
        )
        for each in every.findings[::2]
    ]
    report = check(portfolio, as_of=NOW, policy=Policy(waivers=tuple(waivers)))
    waived = [each for each, _ in report.waived]
    assert in_order([*report.findings, *waived]) == every.findings
    assert set(every.findings[::2]) <= set(waived) if covered else waived == []


CLASH = Portfolio.of(room(), session("a", "09:00", room_id="r"), session("b", "09:30", room_id="r"))


def test_a_waiver_with_an_end_needs_an_instant() -> None:
    """Without one nobody knows whether it still counts, so it does not."""
    policy = Policy(waivers=(Waiver(code="room-overlap", reason="agreed", until=NOW),))
    rules = (RoomOverlap(),)
    before = NOW - timedelta(microseconds=1)
    assert check(CLASH, rules=rules, policy=policy, as_of=before).ok
    assert not check(CLASH, rules=rules, policy=policy, as_of=NOW).ok
    assert not check(CLASH, rules=rules, policy=policy).ok


def test_timed_rules_wait_for_an_instant() -> None:
    """Without an instant they are listed as skipped, with the reason; with one they are asked."""
    timed = {(rule.entry.code, "needs as_of") for rule in CATALOG if rule.entry.timed}
    assert timed
    assert set(check(CLASH).skipped) == timed
    assert check(CLASH, as_of=NOW).skipped == ()


def test_a_rule_at_another_level_is_found_at_its_severity() -> None:
    """A soft overlap is an info, unless the policy says otherwise."""
    rules = (RoomOverlap(level="soft"),)
    assert [each.severity for each in check(CLASH, rules=rules).findings] == ["info"]
    policy = Policy(severities={"room-overlap": "warning"})
    found = check(CLASH, rules=rules, policy=policy).findings
    assert [each.severity for each in found] == ["warning"]


def test_a_limit_below_nothing_is_refused() -> None:
    """A limit counts findings: one below 0 is told as an error of our own."""
    with pytest.raises(InvariantError, match="limit: must be a whole number"):
        check(CLASH, limit=-5)
