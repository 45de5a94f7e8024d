"""HTML of reports, head counts and claims, as a notebook shows it."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import methodcaller

import pytest

from mic_core.chrono import Period
from mic_core.findings import Finding, Report, Severity, Waiver
from mic_core.impact.claims import Claim, Claims, Verdict
from mic_core.impact.counts import Bounds, HeadCount, head_count
from mic_core.markup import Html, Looks, notebook
from mic_core.samples import brussels_2014
from mic_core.scheduling.views.agenda import agenda
from tests.markup.payloads import HOSTILE, harm, skeleton, structure


def finding(severity: Severity, text: str = "text") -> Finding:
    """A finding with the text wherever one can stand."""
    return Finding(code=text, severity=severity, subjects=(text,), message=text, mend=text)


def report(text: str, severities: Iterable[Severity] = ("error", "warning")) -> Report:
    """A report that holds everything that a report can."""
    waiver = Waiver(code="day-load", reason="agreed with the trainer")
    return Report(
        findings=tuple(finding(severity, text) for severity in severities),
        waived=((finding("info", text), waiver),),
        skipped=((text, text),),
        cut=(text,),
    )


def claim(text: str, verdict: Verdict = "supported", counted: Bounds | None = None) -> Claim:
    """A claim with the text wherever one can stand."""
    return Claim(
        subject=text, said=text, relation="at_least", value=Decimal(6000), unit=text,
        period=Period.year(2014), counted=counted, verdict=verdict, source=text,
    )  # fmt: skip


def test_a_report_counts_in_words() -> None:
    """The numbers of errors, warnings and remarks are shown, one of them in the singular."""
    text = structure(str(report("x", ["error", "warning", "warning"]).html())).text
    assert text.startswith("1 error2 warnings0 info")


def test_a_number_of_none_is_not_colored() -> None:
    """Only a severity that occurs has its color."""
    html = str(report("x", ["error"]).html())
    assert '<span class="tag error">1 error</span>' in html
    assert '<span class="tag plain">0 warnings</span>' in html


def test_a_report_tells_what_was_waived_skipped_and_cut() -> None:
    """Waived findings with their reason and rules that did not run stand below."""
    text = structure(str(report("day-load").html())).text
    assert "Waived (1)" in text
    assert "agreed with the trainer" in text
    assert "Not checked (1)" in text
    assert "There are more findings of day-load than are held." in text


def test_an_empty_report_says_that_nothing_was_found() -> None:
    """Without findings there is a word, and no table."""
    html = str(Report().html())
    assert "Nothing was found." in html
    assert "<table" not in html
    assert "<details" not in html


def test_a_long_report_is_cut_and_counted() -> None:
    """The worst findings are shown and a note counts all."""
    html = str(report("x", ("error",) * 30).html(most=10))
    assert "Shown are the first 10 of 30 rows." in html
    assert html.count("To mend it") == 10


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text: str) -> None:
    """Reports and claims have the structure of a harmless twin, whatever texts they hold."""
    claims, twin = Claims(claims=(claim(text),)), Claims(claims=(claim("x"),))
    assert skeleton(str(report(text).html())) == skeleton(str(report("x").html()))
    assert skeleton(str(claims.html())) == skeleton(str(twin.html()))
    assert not harm(str(report(text).html()) + str(claims.html()))


def test_claims_tell_their_verdicts_in_words() -> None:
    """Each claim stands beside what is counted, with a verdict in words."""
    verdicts: list[Verdict] = ["supported", "not contradicted", "contradicted", "not counted here"]
    held = Claims(claims=tuple(claim("visitors", each, Bounds(12, 40)) for each in verdicts))
    text = structure(str(held.html())).text
    for each in (*verdicts, "at least 6,000 visitors", "12 to 40"):
        assert each in text
    assert "Shown are the first 2 of 4 rows." in str(held.html(most=2))


def test_a_head_count_tells_numbers_and_no_ids() -> None:
    """The measures are there with their bounds; nobody's id is."""
    held = HeadCount(visits=frozenset({("s", "secret")}), crowds=(("s", 5),))
    html = str(held.html())
    assert "secret" not in html
    assert "1 to 5" not in html
    assert "5" in html
    assert all(str(row["how"]) in html for row in held.rows())


def test_everything_shows_itself_in_a_notebook() -> None:
    """The HTML in a notebook is that of `html` with the style, the same in every run."""
    season = brussels_2014()
    looks: list[Looks] = [
        report("x"), Claims(claims=(claim("x"),)), head_count(season), agenda(season),
    ]  # fmt: skip
    for each in looks:
        html = each.html()
        assert isinstance(html, Html)
        assert methodcaller("_repr_html_")(each) == notebook(html)
        assert not harm(notebook(html))


def test_the_season_names_nobody() -> None:
    """Without asking for names, no name of a person is in the agenda of the season."""
    season = brussels_2014()
    period = Period.days(date(2014, 9, 8), date(2014, 10, 31))
    held = agenda(season.as_of(datetime(2014, 10, 5, 19, tzinfo=UTC)), period=period)
    named = {name for each in held.items for _, name in each.people}
    assert len(named) > 3
    html = str(held.html())
    assert not [name for name in named if name in html]
    assert all(name in str(held.html(names=True)) for name in named)
