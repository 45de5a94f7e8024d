"""A policy that names rules which there are not: told, wherever it does so."""

import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.catalog.policy_codes import TO_ADD
from mic_core.findings import Policy, Waiver
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.samples.rules import THEMES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.load import MaxPerDay

EMPTY = Portfolio.of()


def _told(policy: Policy) -> list[str]:
    return [each.message for each in check(EMPTY, policy=policy).of("policy-unknown-rule")]


def test_a_misspelt_rule_is_told_with_the_nearest() -> None:
    """A severity of a code that no rule has changes nothing, so that is a warning."""
    policy = Policy(severities={"room-overlp": "info", "over-seats": "off"})
    (finding,) = check(EMPTY, policy=policy).findings
    assert (finding.code, finding.severity) == ("policy-unknown-rule", "warning")
    assert (finding.subjects, finding.path) == ((), "severities[1]")
    assert finding.message == (
        "the policy speaks of room-overlp in severities[1], and no rule here has that code"
    )
    assert finding.mend == ("correct the code, or ask its rule as well: did you mean room-overlap?")


def test_a_rule_like_none_is_told_without_a_guess() -> None:
    """No code is named if none is near."""
    (finding,) = check(EMPTY, policy=Policy(severities={"zzzzzz": "info"})).findings
    assert finding.mend == "correct the code, or ask its rule as well"


def test_a_misspelt_waiver_is_told() -> None:
    """A waiver of a code that no rule has covers nothing."""
    waivers = (
        Waiver(code="over-seats", reason="The hall is large."),
        Waiver(code="over seats!", reason="The hall is large."),
    )
    assert _told(Policy(waivers=waivers)) == [
        "the policy speaks of text of 11 characters in waivers[1], and no rule here has that code"
    ]
    (finding,) = check(EMPTY, policy=Policy(waivers=waivers[1:])).findings
    assert finding.mend.startswith("correct the code, or ask its rule as well")


@pytest.mark.parametrize(
    "code", ["room-overlap", "max-per-day", "rule-failed", "policy-unknown-rule", "travel"]
)
def test_a_rule_that_there_is_passes(code: str) -> None:
    """Rules of the catalog, those to add, and what `check` itself finds have codes."""
    assert _told(Policy(severities={code: "error"})) == []
    assert _told(Policy(waivers=(Waiver(code=code, reason="We know."),))) == []


def test_a_rule_that_is_asked_passes() -> None:
    """The code of a rule of one's own is known where that rule is asked, and only there."""

    @rule("no-late-pitch", "soft", law="A pitch ends by nine.")
    def no_late_pitch(_: Session) -> None:
        """Nothing to say."""

    policy = Policy(severities={"no-late-pitch": "error"})
    assert len(_told(policy)) == 1
    assert check(EMPTY, rules=(*CATALOG, no_late_pitch), policy=policy).findings == ()


def test_the_finding_bows_to_the_policy() -> None:
    """A policy may weigh this finding as any other, leave it out, or waive it."""
    odd = {"my-rule": "error"}
    worse = Policy(severities={**odd, "policy-unknown-rule": "error"})  # type: ignore[dict-item]
    assert not check(EMPTY, policy=worse).ok
    assert _told(Policy(severities={**odd, "policy-unknown-rule": "off"})) == []  # type: ignore[dict-item]
    waiver = Waiver(code="policy-unknown-rule", reason="My rule is asked elsewhere.")
    report = check(EMPTY, policy=Policy(severities=odd, waivers=(waiver,)))  # type: ignore[arg-type]
    assert (report.findings, len(report.waived)) == ((), 1)


def test_rules_to_add_are_listed() -> None:
    """The list of rules to add names all that have examples and are not in the catalog."""
    known = {each.entry.code for each in CATALOG}
    assert known & TO_ADD == set()
    assert {code for theme in THEMES.values() for code in theme} - known == TO_ADD
    assert MaxPerDay(most=1).entry.code in TO_ADD
