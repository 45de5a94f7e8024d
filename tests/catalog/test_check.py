"""`check`: severities, waivers, limits, and rules that break down."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mic_core.catalog.check import CATALOG, check
from mic_core.catalog.fixes.fix import fixes
from mic_core.catalog.rules.seats import OVER_SEATS
from mic_core.errors import InvariantError
from mic_core.findings import Policy, Waiver
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule
from mic_core.samples.rules.nouns import (
    MIC,
    R1,
    application,
    attendance,
    center,
    decision,
    indicator,
    observation,
    person,
    program,
    review,
    session,
    step,
)
from mic_core.scheduling.rules.overlap import RoomOverlap

BEYOND = Portfolio.of(
    MIC, R1, person("ada"), session("s-1", "2014-09-10 18:00", room_id="r-1"),
    attendance("w-1", minutes=181),
)  # fmt: skip


def test_a_policy_weighs_a_rule_anew() -> None:
    """A finding bears the severity of the policy; a rule that is off is listed as skipped."""
    (usual,) = check(BEYOND).findings
    assert usual.severity == "warning"
    worse = Policy(severities={"minutes-beyond": "error"})
    assert [each.severity for each in check(BEYOND, policy=worse).findings] == ["error"]
    report = check(BEYOND, policy=Policy(severities={"minutes-beyond": "off"}))
    assert report.findings == ()
    assert ("minutes-beyond", "off by policy") in report.skipped


def test_what_is_waived_is_listed_apart() -> None:
    """A finding that somebody decided to live with is none, and is not forgotten."""
    waiver = Waiver(
        code="minutes-beyond", subjects=("attendance:w-1",), reason="The talk went on and on."
    )
    report = check(BEYOND, policy=Policy(waivers=(waiver,)))
    assert report.findings == ()
    assert [(finding.code, given) for finding, given in report.waived] == [
        ("minutes-beyond", waiver)
    ]


def test_a_rule_that_breaks_down_is_a_finding() -> None:
    """Findings before an exception of a rule are kept, and the other rules are evaluated."""

    def find(_: Portfolio, as_of: datetime | None) -> Iterator[Breach]:
        yield Breach(subjects=("session:s-1",), facts={"needed": 1, "had": 2})
        raise LookupError(as_of)

    entry = Entry(
        code="broken", level="soft", law="It works.", why="It must.", source="a test",
        sentence="{subjects} has {had}", mend="nothing",
    )  # fmt: skip
    report = check(BEYOND, rules=(PortfolioRule(entry=entry, find=find), *CATALOG))
    assert [each.code for each in report.findings] == ["rule-failed", "minutes-beyond", "broken"]
    assert report.findings[0].message == "rule broken broke down with LookupError"


def test_more_findings_than_the_limit_are_cut() -> None:
    """At most `limit` findings of each rule are kept, and the report lists the rules cut."""
    many = Portfolio.of(
        BEYOND.all(type(session("s")))[0],
        *(attendance(f"w-{n}", person_id=f"p-{n}", minutes=181) for n in range(5)),
    )
    report = check(many, limit=3)
    assert len(report.of("minutes-beyond")) == 3
    assert "minutes-beyond" in report.cut
    assert "over-seats" not in report.cut
    assert check(many, limit=5).of("minutes-beyond") != ()
    assert "minutes-beyond" not in check(many, limit=5).cut


def test_a_history_of_nothing_is_left_to_other_rules() -> None:
    """A transition of what is not there is a dangling reference, not an illegal history."""
    report = check(Portfolio.of(step("session:s-9", "held", "planned", "2014-09-10 18:00")))
    assert [each.code for each in report.findings] == ["dangling-reference"]


def test_what_belongs_to_nothing_is_left_to_other_rules() -> None:
    """Reviews, decisions and attendance of what is not there break no rule but the reference."""
    nouns = (
        person("ada"), person("bo", name="Bo"), attendance("w-1"), review("v-1"), decision("d-1"),
        application("a-2", call_id="gone"), review("v-2", application_id="a-2"),
    )  # fmt: skip
    report = check(Portfolio.of(*nouns), as_of=datetime(2015, 1, 1, tzinfo=UTC))
    assert {each.code for each in report.findings} == {"dangling-reference"}


def test_today_is_that_of_the_center() -> None:
    """The current day of an observation is that of the center that it belongs to."""
    apia = center("apia", time_zone="Pacific/Apia")
    evening = datetime(2014, 12, 30, 12, tzinfo=UTC)
    nouns = (apia, program("camp", organizer_id="apia"), indicator("jobs"))
    seen = [observation("o-1", indicator_id="jobs", subject="program:camp")]
    assert check(Portfolio.of(*nouns, *seen), as_of=evening).of("observation-too-early") == ()
    elsewhere = [observation("o-1", indicator_id="jobs", subject="organization:atelier")]
    report = check(Portfolio.of(*nouns, *elsewhere), as_of=evening)
    assert len(report.of("observation-too-early")) == 1


@pytest.mark.parametrize("as_of", [None, datetime(2014, 10, 1, tzinfo=UTC)])
def test_only_the_rules_that_are_given_are_asked(as_of: datetime | None) -> None:
    """Other rules neither find anything nor count as skipped."""
    report = check(BEYOND, as_of=as_of, rules=(OVER_SEATS,))
    assert (report.findings, report.skipped) == ((), ())


def test_all_arguments_that_cannot_be_are_told_at_once() -> None:
    """Invalid arguments are all named in one error: portfolio, rule, policy, instant, number."""
    wrong: Any = {
        "as_of": datetime(2014, 10, 1), "rules": [OVER_SEATS, RoomOverlap, "x"],  # noqa: DTZ001
        "policy": "x", "limit": True,
    }  # fmt: skip
    nothing: Any = 3
    with pytest.raises(InvariantError) as caught:
        check(nothing, **wrong)
    assert caught.value.subject == "check"
    paths = ["portfolio", "as_of", "rules[1]", "rules[2]", "policy", "limit"]
    assert [each.path for each in caught.value.problems] == paths
    assert caught.value.problems[2].mend == "call the class, to make one"
    with pytest.raises(InvariantError) as caught:
        fixes(nothing, nothing, as_of=wrong["as_of"], rules=nothing, most=nothing - 4)
    assert caught.value.subject == "fixes"
    paths = ["portfolio", "finding", "as_of", "rules", "most"]
    assert [each.path for each in caught.value.problems] == paths


def test_rules_may_come_one_by_one() -> None:
    """Rules that can be read once only are asked, each once."""
    report = check(BEYOND, rules=(each for each in CATALOG))
    assert report.findings == check(BEYOND).findings != ()
