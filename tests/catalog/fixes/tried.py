"""Fixes that are tried once more by hand."""

from datetime import UTC, datetime

from mic_core.catalog.check import check
from mic_core.catalog.fixes.fix import Fix, fixes
from mic_core.findings import Finding, Report
from mic_core.model import Noun
from mic_core.portfolio import Portfolio


def offered(code: str, *nouns: Noun, as_of: datetime | None = None, most: int = 5) -> list[Fix]:
    """The fixes of the first finding of a rule, each tried once more by hand."""
    portfolio = Portfolio.of(*nouns)
    before = check(portfolio, as_of=as_of)
    finding = before.of(code)[0]
    found = list(fixes(portfolio, finding, as_of=as_of, most=most))
    for fix in found:
        assert_helps(portfolio, finding, fix, as_of)
    return found


def assert_helps(portfolio: Portfolio, finding: Finding, fix: Fix, as_of: datetime | None) -> None:
    """Recording a fix takes the finding away and brings no new error."""
    moment = as_of or datetime(2020, 1, 1, tzinfo=UTC)
    after = portfolio.record(fix, recorded_at=moment)
    assert after != portfolio
    report = check(after, as_of=as_of)
    assert report.findings == fix.report.findings
    assert finding not in report.findings
    assert errors_of(report) <= errors_of(check(portfolio, as_of=as_of))
    assert after.record(fix, recorded_at=moment) == after


def errors_of(report: Report) -> set[tuple[str, tuple[str, ...], str]]:
    """The code, subjects and path of each error."""
    found = (each for each in report.findings if each.severity == "error")
    return {(each.code, each.subjects, each.path) for each in found}


def said(found: list[Fix]) -> list[str]:
    """The sentences of fixes."""
    return [str(each) for each in found]
