"""Findings, reports, policies and waivers."""

import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from operator import methodcaller
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.errors import InvariantError
from mic_core.findings import (
    SEVERITIES,
    SEVERITY_OF,
    Finding,
    Policy,
    Report,
    Severity,
    Waiver,
    in_order,
)

NOW = datetime(2014, 10, 5, 19, tzinfo=UTC)


def finding(code: str = "room-overlap", severity: Severity = "error", *about: str) -> Finding:
    """A finding about some subjects."""
    return Finding(code=code, severity=severity, subjects=about, message=f"{code} of {about}")


def test_each_level_has_a_severity() -> None:
    """The levels hard, medium and soft are the severities error, warning and info."""
    assert dict(SEVERITY_OF) == {"hard": "error", "medium": "warning", "soft": "info"}


def test_a_finding_tells_its_facts_by_name() -> None:
    """A fact that is not stated is None; what would mend it is said last."""
    found = Finding(
        code="x", severity="info", subjects=("a:b",), facts=(("had", 3),), message="so", mend="do"
    )
    assert (found.fact("had"), found.fact("needed")) == (3, None)
    assert str(found) == "info x: so; do"


FINDINGS = [
    finding("b", "error"),
    finding("a", "warning", "session:a"),
    finding("a", "warning", "session:b"),
    finding("b", "warning"),
    finding("a", "info"),
]


def test_findings_are_in_one_order() -> None:
    """The worst first, then by code and subjects, in whatever order they were found."""
    for given_ones in permutations(FINDINGS):
        assert in_order(given_ones) == tuple(FINDINGS)


@given(
    severities=st.lists(st.sampled_from(SEVERITIES), max_size=6),
    shuffled=st.randoms(use_true_random=False),
)
def test_facts_and_messages_settle_ties(severities: list[Severity], shuffled: Any) -> None:
    """Findings that agree in all else are sorted by their facts, so no order is left open."""
    found = [
        Finding(code="x", severity=each, subjects=(), facts=(("had", n % 3),), message=str(n % 2))
        for n, each in enumerate(severities)
    ]
    other = list(found)
    shuffled.shuffle(other)
    assert in_order(found) == in_order(other)


REPORT = Report(
    findings=in_order(FINDINGS),
    waived=((finding("w", "error", "session:a"), Waiver(code="w", reason="agreed upon")),),
    skipped=(("late", "needs as_of"), ("mute", "off by policy"), ("old", "needs as_of")),
    cut=("a",),
)


def test_a_report_is_sound_without_errors() -> None:
    """Warnings and infos leave it sound; what is waived does not count."""
    assert not REPORT.ok
    assert Report(findings=tuple(FINDINGS[1:]), waived=REPORT.waived).ok
    assert Report().ok


def test_a_report_is_no_truth_value() -> None:
    """An empty report and a good one are easily confused, so neither is asked."""
    with pytest.raises(TypeError) as raised:
        bool(Report())
    told = "the truth of a Report is ambiguous; ask .ok, or look at .findings"
    assert str(raised.value) == told


def test_a_report_is_asked_by_rule_and_by_subject() -> None:
    """Findings of one rule, or about one entity."""
    assert REPORT.of("b") == (FINDINGS[0], FINDINGS[3])
    assert REPORT.of("w") == ()
    assert REPORT.about("session:a") == (FINDINGS[1],)


def test_a_report_has_rows() -> None:
    """A flat row for each finding."""
    assert REPORT.rows()[1] == {
        "severity": "warning", "code": "a", "subjects": ("session:a",), "path": "",
        "message": "a of ('session:a',)", "mend": "",
    }  # fmt: skip


def test_a_report_is_printed_line_by_line() -> None:
    """A report as text has the counts, each finding, and the cut, waived and skipped rules."""
    lines = str(REPORT).splitlines()
    assert lines[0] == "1 error, 3 warnings, 1 info"
    assert lines[6:] == [
        "cut a: there are more findings of this rule",
        "waived w: w of ('session:a',) (agreed upon)",
        "skipped, needs as_of: late, old",
        "skipped, off by policy: mute",
    ]


def test_reasons_why_rules_were_not_asked_are_sorted() -> None:
    """Skipped rules are sorted by reason, in whatever order they were skipped."""
    lines = str(Report(skipped=(("b", "z"), ("a", "y"), ("c", "z")))).splitlines()
    assert lines == ["0 errors, 0 warnings, 0 info", "skipped, y: a", "skipped, z: b, c"]


def test_a_report_is_shown_as_a_table_with_the_rest_below() -> None:
    """Counts in words, then findings; what was waived and what was not asked is folded away."""
    shown = str(REPORT.html())
    assert re.findall(r'<li><span class="tag (\w+)">(.*?)</span></li>', shown) == [
        ("error", "1 error"), ("warning", "3 warnings"), ("info", "1 info"),
    ]  # fmt: skip
    assert re.findall("<summary>(.*?)</summary>", shown) == ["Waived (1)", "Not checked (3)"]
    assert re.findall("<caption>(.*?)</caption>", shown) == ["Findings", "Waived", "Not checked"]
    waived, skipped = shown.partition("Not checked (3)")[::2]
    heads = re.compile(r'<th scope="col".*?>(.*?)</th>')
    assert heads.findall(waived)[-3:] == ["what was found", "rule", "reason"]
    assert heads.findall(skipped) == ["rule", "reason"]
    assert ">There are more findings of a than are held.<" in shown
    assert '<ul class="counts">' in shown
    assert methodcaller("_repr_html_")(REPORT).count(shown) == 1
    calm = str(Report().html())
    assert "Nothing was found.<" in calm
    assert "details" not in calm
    assert calm.count('class="tag plain"') == 3


def test_a_policy_leaves_the_rest_as_it_is() -> None:
    """Only the rules it names change their severity; it can turn one off."""
    policy = Policy(severities={"b": "off", "a": "info"})
    assert policy.severity("a", "error") == "info"
    assert policy.severity("b", "error") == "off"
    assert policy.severity("c", "warning") == "warning"
    assert policy == Policy(severities=(("a", "info"), ("b", "off")))


@pytest.mark.parametrize("severities", [{"a": "fatal"}, {"": "off"}, [("a", "off"), ("a", "info")]])
def test_a_policy_knows_its_severities(severities: Any) -> None:
    """A value that is no severity, no code, or a code twice is refused."""
    with pytest.raises(InvariantError, match="severities"):
        Policy(severities=severities)


@pytest.mark.parametrize(
    ("code", "subjects", "covered"),
    [
        ("x", (), True),
        ("x", ("session:a",), True),
        ("x", ("session:b", "session:a"), True),
        ("x", ("session:a", "session:c"), False),
        ("y", (), False),
    ],
)
def test_a_waiver_covers_what_it_names(
    code: str, subjects: tuple[str, ...], *, covered: bool
) -> None:
    """A finding of that code about at least those subjects."""
    waiver = Waiver(code=code, subjects=subjects, reason="agreed")
    assert waiver.covers(finding("x", "error", "session:a", "session:b"), NOW) is covered


@pytest.mark.parametrize(
    ("as_of", "covered"),
    [
        (NOW - timedelta(microseconds=1), True),
        (NOW, False),
        (NOW + timedelta(1), False),
        (None, False),
    ],
)
def test_a_waiver_ends(as_of: datetime | None, *, covered: bool) -> None:
    """From its end on it no longer counts, and without an instant nobody knows."""
    waiver = Waiver(code="x", reason="agreed", until=NOW)
    assert waiver.covers(finding("x"), as_of) is covered


def test_a_waiver_without_end_stays() -> None:
    """It needs no instant."""
    assert Waiver(code="x", reason="agreed").covers(finding("x"), None)


@pytest.mark.parametrize("reason", ["", "ok", "  ", None])
def test_a_waiver_says_why(reason: Any) -> None:
    """A reason too short for anybody to judge is refused."""
    with pytest.raises(InvariantError, match="reason"):
        Waiver(code="x", reason=reason)
    with pytest.raises(InvariantError) as raised:
        Waiver(code="x", reason="no")
    told = "reason: must say why; give a reason people can judge"
    assert [str(each) for each in raised.value.problems] == [told]
    assert Waiver(code="x", reason="why").reason == "why"


def test_a_waiver_asks_for_a_finding_and_an_instant() -> None:
    """A value that is no finding, and a time without a zone, are refused together."""
    waiver = Waiver(code="x", reason="agreed", until=datetime(2014, 9, 10, tzinfo=UTC))
    wrong: Any = "x"
    with pytest.raises(InvariantError) as raised:
        waiver.covers(wrong, datetime(2014, 9, 1))  # noqa: DTZ001  # that is what is wrong
    assert [each.path for each in raised.value.problems] == ["finding", "as_of"]
    elsewhere = datetime(2014, 9, 10, 1, tzinfo=timezone(timedelta(hours=2)))
    assert waiver.covers(finding("x"), elsewhere)
    assert not waiver.covers(finding("x"), elsewhere + timedelta(hours=1))


def test_what_is_no_finding_is_refused_whatever_the_instant() -> None:
    """Also where no instant is given, and where one in UTC is."""
    waiver = Waiver(code="x", reason="agreed")
    wrong: Any = "x"
    for as_of in (None, datetime(2014, 9, 10, tzinfo=UTC)):
        with pytest.raises(InvariantError, match="Waiver: 1 problem\n  finding: must be a Finding"):
            waiver.covers(wrong, as_of)


@pytest.mark.parametrize("wrong", [datetime(2014, 9, 10), "x", 3, timedelta()])  # noqa: DTZ001
def test_an_instant_that_is_none_is_refused(wrong: Any) -> None:
    """A waiver is asked with an instant that has a zone, or with none."""
    with pytest.raises(InvariantError, match="Waiver: 1 problem\n  as_of: must be"):
        Waiver(code="x", reason="agreed").covers(finding("x"), wrong)


def test_texts_asked_for_have_a_length() -> None:
    """Codes are short and say something; names and subjects may be anything up to a length."""
    policy, report, one = Policy(), Report(findings=(finding("x"),)), finding("x")
    assert policy.severity("x" * 64, "error") == "error"
    for code in ("x" * 65, "", "x\ny"):
        with pytest.raises(InvariantError, match="Policy: 1 problem"):
            policy.severity(code, "error")
    for said in ("x" * 1000, "", "x\ny"):
        assert one.fact(said) is None
        assert report.of(said) == report.about(said) == ()
    for ask, owner in ((one.fact, "Finding"), (report.of, "Report"), (report.about, "Report")):
        with pytest.raises(InvariantError, match=f"{owner}: 1 problem"):
            ask("x" * 1001)


def test_a_rule_that_is_off_by_itself_stays_off() -> None:
    """A policy hands back what it says nothing about, `off` too."""
    usual: Any = "off"
    assert Policy().severity("x", usual) == "off"


@pytest.mark.parametrize("wrong", [3, None, ["x"], b"x"])
def test_findings_are_asked_for_by_texts(wrong: Any) -> None:
    """Codes, subjects and names of facts are texts."""
    report = Report(findings=(finding("x"),))
    for ask in (report.of, report.about, finding("x").fact):
        with pytest.raises(InvariantError, match="must be text"):
            ask(wrong)
    with pytest.raises(InvariantError, match="code: must be one line of text"):
        Policy().severity(wrong, "error")
    with pytest.raises(InvariantError, match="usual: must be one of error, warning, info, off"):
        Policy().severity("x", wrong)


HOSTILE = [
    "\x1b[2J\x1b[31mred", "\u202eeman", "a\nerror room-overlap: forged", "a\r\nb", "a\rb", "\x9b2J",
    "a\x85b", "a\u2028b", "a\u2029b", "a\x0bb\x0cc", "\x00", "\ud800", "\u2067x", "a\tb",
]  # fmt: skip
"""Texts that move a cursor, turn the direction of text, or begin a new line."""


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_texts_from_outside_stay_on_their_line(hostile: str) -> None:
    """Whatever way a text comes in, a report shows one clean line for each of its items."""
    made: Any = "severe" + hostile
    one = Finding(
        code=hostile, severity="error", subjects=(hostile,), path=hostile,
        facts=((hostile, hostile),), message=hostile, mend=hostile,
    )  # fmt: skip
    other = attrs.evolve(one, severity=made)
    report = Report(
        findings=(one,),
        waived=((one, Waiver(code="x", reason="agreed")),),
        skipped=((hostile, hostile),),
        cut=(hostile,),
    )
    for text, lines in ((str(one), 1), (str(other), 1), (str(report), 5)):
        assert len(text.splitlines()) == text.count("\n") + 1 == lines
        assert text.replace("\n", "").isprintable()
    shown = str(report.html())
    assert not {"\x1b", "\x9b", "\u202e", "\u2067", "\u2028"}.intersection(shown)
    assert one.message == hostile  # the value itself is kept


@given(st.text())
def test_a_finding_is_one_printable_line(text: str) -> None:
    """Ordinary characters of any language are kept; line feeds and tabs become spaces."""
    found = Finding(code="x", severity="info", subjects=(), message=text)
    shown = str(found)
    assert len(shown.splitlines()) == 1
    if text.isascii() and text.isprintable():
        assert shown == f"info x: {text}"


@pytest.mark.parametrize(
    ("facts", "covered"),
    [
        ((("roles", ("host", "lead")),), True),
        ((("roles", ("lead",)),), False),
        ((("roles", ()),), False),
        ((("roles", "host"),), False),
        ((("needed", 1),), False),
        ((), False),
    ],
)
def test_a_waiver_of_a_role_covers_where_the_role_makes_it(facts: Any, *, covered: bool) -> None:
    """Only a finding that names the role among its roles; one without roles is not lifted."""
    found = attrs.evolve(finding("x", "error", "person:p"), facts=facts)
    waiver = Waiver(code="x", role="host", reason="agreed")
    assert waiver.covers(found, None) is covered
    assert attrs.evolve(waiver, role=None).covers(found, None)
    assert not attrs.evolve(waiver, code="y").covers(found, None)


@pytest.mark.parametrize("role", ["", "Host", "host\n", "a host", 3, "h" * 65])
def test_a_role_that_cannot_be_is_refused(role: Any) -> None:
    """A role of a waiver is a lowercase word, as in assignments."""
    with pytest.raises(InvariantError, match="Waiver: 1 problem\n  role: must be a role"):
        Waiver(code="x", role=role, reason="agreed")


@pytest.mark.parametrize(
    ("given", "had"), [(Policy, "type"), (object(), "object"), (3, "a whole number")]
)
def test_a_report_is_shown_with_the_titles_of_a_portfolio_or_of_none(given: Any, had: str) -> None:
    """A class, and a value that knows no titles, are no portfolio; the error names the report."""
    report = Report(findings=())
    with pytest.raises(InvariantError) as told:
        report.html(given)
    assert str(told.value) == (
        f"Report: 1 problem\n  portfolio: must be a portfolio, or have its titles; had {had}"
    )
    assert report.html() == report.html(None)
