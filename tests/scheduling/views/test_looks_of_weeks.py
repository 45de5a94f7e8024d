"""Looks of an agenda: one scale for all weeks, texts that fit, titles and names."""

import re
import xml.etree.ElementTree as ET
from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period
from mic_core.findings import Report
from mic_core.markup import width
from mic_core.model import Assignment, Center, Edition, Person, Program
from mic_core.portfolio import Portfolio
from mic_core.scheduling.views.agenda import agenda
from mic_core.scheduling.views.before_after import before_after
from mic_core.scheduling.views.grid import View
from tests.markup.payloads import HOSTILE, structure
from tests.scheduling.views.test_html import BRUSSELS, PLACES, finding, of, session

SVG = "{http://www.w3.org/2000/svg}"
MONS = Center(id="mons", name="MIC Mons", country="BE", time_zone=BRUSSELS)
GRIDS: list[View] = ["days", "rooms"]


def axes(html: str) -> list[str]:
    """The axis of each grid."""
    return re.findall(r'<ol class="axis">.*?</ol>', html)


def widths(html: str) -> list[str]:
    """The columns of each grid, as wide as they are."""
    return re.findall(r"<colgroup>.*?</colgroup>", html)


@given(st.lists(PLACES, min_size=1, max_size=6), st.sampled_from(GRIDS), st.booleans())
def test_all_grids_of_an_agenda_share_hours_and_widths(
    places: list[tuple[date, int, int]], view: View, two: bool
) -> None:
    """Weeks, also of two centers, have one axis and the same columns; days the same rooms."""
    sessions = [
        session(f"s{n}", day.isoformat(), f"{hour:02}:00", minutes,
                center="mons" if two and view == "days" and n % 2 else "mic")
        for n, (day, hour, minutes) in enumerate(places)
    ]  # fmt: skip
    shown = agenda(of(MONS, *sessions))
    html = str(shown.html(view=view))
    assert len(set(axes(html))) == 1
    assert len(set(widths(html))) == 1
    assert axes(html)[0].count("<li") >= 1
    root = ET.fromstring(shown.svg(view=view).encode())
    assert len({each.get("x2") for each in root.iter(f"{SVG}line")}) == 1
    marks = [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "muted"
             and each.get("x") == "20"]  # fmt: skip
    grids = len(axes(html))
    assert marks == marks[: len(marks) // grids] * grids


@given(st.lists(PLACES, min_size=1, max_size=6), st.integers(60, 140))
def test_all_weeks_of_a_text_share_days_and_widths(
    places: list[tuple[date, int, int]], columns: int
) -> None:
    """The lines between columns are at the same places in every week, and no line is too wide."""
    shown = agenda(
        of(*(session(f"s{n}", day.isoformat(), f"{hour:02}:00", minutes)
             for n, (day, hour, minutes) in enumerate(places)))
    )  # fmt: skip
    lines = shown.text(columns=columns).splitlines()
    assert len({line for line in lines if line.startswith("━")}) == 1
    assert max(map(width, lines)) <= columns


def test_weeks_before_and_after_share_a_scale() -> None:
    """The weeks that changes touch have one axis; weeks without a change do not count."""
    early, late = session("a", "2014-09-10", "07:00"), session("b", "2014-09-17", "20:00")
    other = session("c", "2014-10-01", "02:00")
    later = [session("a", "2014-09-11", "07:00"), session("b", "2014-09-18", "20:00")]
    html = str(before_after(agenda(of(early, late, other)), agenda(of(*later, other))).html())
    assert len(axes(html)) == 2
    assert len(set(axes(html))) == 1
    assert ">07:00<" in axes(html)[0]
    assert ">02:00<" not in axes(html)[0]
    assert ">22:00<" in axes(html)[0]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_tooltip_of_a_block_has_its_whole_text(text: str) -> None:
    """A block has its uncut text as its title, escaped whatever it is."""
    read = structure(str(agenda(of(session("a", title="x"))).html(report=None)))
    assert ("li", ("class", "style", "title")) in read.tags
    try:
        held = agenda(of(session("a", title=text[:200])))
    except ValueError:
        return
    assert structure(str(held.html())).tags == read.tags


def test_a_long_title_is_whole_in_the_tooltip() -> None:
    """However low a block is, its title attribute has all of its texts."""
    title = "Entrepreneurship and intellectual property in the Brussels-Capital Region"
    html = str(agenda(of(session("a", minutes=15, title=title))).html())
    assert f'title="18:00-18:15 · {title} · Lab · a"' in html
    assert 'class="block hue-none brief"' in html


def test_many_findings_come_below_the_title() -> None:
    """Where its findings would leave no line to the title of a block, the title is first."""
    report = Report(findings=tuple(finding(each, "error", "a") for each in ("one", "two", "three")))
    low = str(agenda(of(session("a", minutes=60))).html(report=report))
    high = str(agenda(of(session("a", minutes=360))).html(report=report))
    assert low.index("<strong>") < low.index(">error: one<")
    assert high.index("<strong>") > high.index(">error: one<")


PROGRAM = Program(id="camp", title="Boostcamp", kind="bootcamp")
EDITION = Edition(
    id="b6", program_id="camp", center_id="mic", number=6, period=Period.year(2014)
)  # fmt: skip
NAMED: Portfolio = of(
    PROGRAM, EDITION, Person(id="p1", name="Ada Lovelace"), session("s-1", edition="b6"),
    session("s-2", edition="lost"), session("s-3", None, edition="b6"),
    Assignment(id="1", session_id="s-1", person_id="p1", role="lead"),
)  # fmt: skip


@pytest.mark.parametrize("view", ["days", "rooms", "list"])
def test_names_are_titles_of_editions_too(view: View) -> None:
    """With `names`, editions go by their titles and persons by their names; otherwise by ids."""
    shown = agenda(NAMED)
    plain, named = (str(shown.html(view=view, names=names)) for names in (False, True))
    assert "Boostcamp 6" not in plain
    assert ">b6<" in plain
    assert "Boostcamp 6" in named
    assert ">b6<" not in named
    assert ">lost<" in named  # nobody knows its title
    assert "Ada Lovelace" in named
    assert "Ada" not in plain
    assert "<code>s-1</code>" in named  # in the list


def test_findings_of_an_agenda_have_titles() -> None:
    """The table and the drawing cite by titles; persons only by their names when asked."""
    clash = finding("room-overlap", "error", "s-1", mend="move session:s-1")
    clash = attrs.evolve(clash, message="session:s-1 with person:p1 is in room:lab")
    report = Report(findings=(clash,))
    held = agenda(NAMED)
    assert "“Title of s-1” with person:p1 is in Lab" in str(held.html(report=report))
    assert "“Title of s-1” with Ada Lovelace is in Lab" in str(held.html(report=report, names=True))
    assert "“Title of s-1” with person:p1 is in Lab." in held.svg(report=report)
    assert "with Ada Lovelace is in" in held.svg(report=report, names=True)
    alone = attrs.evolve(held, portfolio=None)
    assert alone == held
    assert "session:s-1 with person:p1 is in room:lab" in str(alone.html(report=report))


def test_a_week_at_the_end_of_the_calendar_has_days_without_a_name() -> None:
    """Days after 31 December 9999 do not exist, and have no header."""
    utc = Center(id="mic", name="MIC", country="BE", time_zone="UTC")
    weekend = session("a", "2014-09-13")
    last = session("b", "9999-12-30")
    shown = agenda(Portfolio.of(utc, weekend, last))
    assert "Fri 31" in str(shown)
    assert str(shown.html()).count(">Sat 13<") == 2
