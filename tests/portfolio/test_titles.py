"""Titles and names in place of citations, and the summary of a portfolio."""

from datetime import UTC, date, datetime, timedelta
from operator import methodcaller
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.errors import InvariantError
from mic_core.findings import Finding, Report, Waiver
from mic_core.model import Center, Edition, Module, Noun, Person, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.samples import brussels_2014
from tests.markup.payloads import HOSTILE, harm, skeleton, structure

HOUR = timedelta(hours=1)


def session(id: str, title: str, day: str = "2014-09-10") -> Session:
    """An hour on that day."""
    slot = Slot.at(day, "18:00", HOUR, "Europe/Brussels")
    return Session(id=id, center_id="mic", title=title, length=HOUR, slot=slot, room_id="lab")


KNOWN: tuple[Noun, ...] = (
    Center(id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels"),
    Room(id="lab", center_id="mic", name="Lab", seats=20),
    Person(id="ada", name="Ada Lovelace"),
    Program(id="camp", title="Boostcamp", kind="bootcamp",
            modules=(Module(id="pitch", title="The art of pitching", length=HOUR),)),
    Edition(id="camp-6", program_id="camp", center_id="mic", number=6, period=Period.year(2014)),
    Edition(id="lost-1", program_id="lost", center_id="mic", number=1, period=Period.year(2014)),
    session("a", "Pitching"), session("b", "Pitching"), session("c.d", "Demo: night"),
)  # fmt: skip
PORTFOLIO = Portfolio.of(*KNOWN)


@pytest.mark.parametrize(
    ("citation", "title"),
    [
        ("center:mic", "MIC Brussels"), ("room:lab", "Lab"), ("program:camp", "Boostcamp"),
        ("module:pitch", "The art of pitching"), ("edition:camp-6", "Boostcamp 6"),
        ("edition:lost-1", None), ("session:c.d", "Demo: night"), ("session:z", None),
        ("module:z", None), ("person:ada", None), ("dragon:ada", None), ("", None), ("ada", None),
    ],
)  # fmt: skip
def test_what_has_a_title_or_a_name(citation: str, title: str | None) -> None:
    """Entities with a title or name have it, an edition that of its program; persons do not."""
    assert PORTFOLIO.title(citation) == title
    assert PORTFOLIO.title("person:ada", names=True) == "Ada Lovelace"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("session:c.d is in room:lab.", "“Demo: night” is in Lab."),
        ("session:a, session:b overlap", "“Pitching” (session:a), “Pitching” (session:b) overlap"),
        ("session:a and session:a", "“Pitching” and “Pitching”"),
        ("edition:camp-6: module:pitch", "Boostcamp 6: “The art of pitching”"),
        ("person:ada leads session:z", "person:ada leads session:z"),
        ("subsession:a, x-session:a", "subsession:a, x-session:a"),
        ("session:a-b and session:a:", "session:a-b and “Pitching”:"),
        ("", ""),
    ],
)
def test_citations_become_titles(text: str, shown: str) -> None:
    """Whole citations become titles in quotes or names; all others stay as they are."""
    assert PORTFOLIO.titled(text) == shown


@given(st.text(st.sampled_from("session:abcd.- ,room:lab"), max_size=60))
def test_a_text_without_known_citations_stays(text: str) -> None:
    """Without a title there is nothing to replace."""
    assert Portfolio.of().titled(text) == text


CLASH = Finding(
    code="room-overlap", severity="error", subjects=("person:ada", "room:lab", "session:c.d"),
    message="session:c.d and person:ada are in room:lab", mend="move session:c.d",
)  # fmt: skip
REPORT = Report(findings=(CLASH,), waived=((CLASH, Waiver(code="x", reason="agreed")),))


def test_a_report_shows_titles_and_no_person() -> None:
    """With a portfolio, findings have titles beside the ids; persons go by their ids."""
    html = str(REPORT.html(PORTFOLIO))
    text = structure(html).text
    assert text.count("“Demo: night” and person:ada are in Lab") == 2
    assert "To mend it: move “Demo: night”." in text
    assert '<span class="name">Demo: night</span><code class="about">session:c.d</code>' in html
    assert "Ada" not in html
    assert "“Demo: night” and person:ada are in Lab" in REPORT.text(PORTFOLIO)
    assert REPORT.text() == str(REPORT)
    assert "Demo" not in str(REPORT.html())


def test_a_report_names_persons_when_asked() -> None:
    """The names of persons are shown with `names` alone."""
    assert "“Demo: night” and Ada Lovelace are in Lab" in REPORT.text(PORTFOLIO, names=True)
    html = str(REPORT.html(PORTFOLIO, names=True))
    assert '<span class="name">Ada Lovelace</span><code class="about">person:ada</code>' in html


class Loud:
    """Titles of anything, as hostile as the text given."""

    def __init__(self, text: str) -> None:
        self.text = text

    def title(self, citation: str, *, names: bool = False) -> str:
        """The text, whatever is asked for."""
        return f"{citation}{names}{self.text}"

    def titled(self, text: str, *, names: bool = False) -> str:
        """The text, whatever is asked for."""
        return f"{text}{names}{self.text}"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_titles_stay_texts(text: str) -> None:
    """A report with hostile titles has the elements of a harmless twin."""
    html = str(REPORT.html(Loud(text)))
    assert skeleton(html) == skeleton(str(REPORT.html(Loud("x"))))
    assert not harm(html)


@pytest.mark.parametrize("wrong", [None, 3, b"room:lab"])
def test_titles_are_asked_for_by_texts(wrong: Any) -> None:
    """Anything but a text is refused by name."""
    with pytest.raises(InvariantError, match="citation"):
        PORTFOLIO.title(wrong)
    with pytest.raises(InvariantError, match="text"):
        PORTFOLIO.titled(wrong)
    with pytest.raises(InvariantError, match="names"):
        PORTFOLIO.title("room:lab", names=wrong)


class Broken:
    """A proxy that cannot be looked at."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize("wrong", [3, "text", Portfolio, Broken()], ids=range(4))
def test_a_report_asks_a_portfolio(wrong: Any) -> None:
    """Titles come from a portfolio, or something with its titles; anything else is refused."""
    for look in (REPORT.html, REPORT.text):
        with pytest.raises(InvariantError, match="portfolio: must be a portfolio"):
            look(wrong)
        with pytest.raises(InvariantError, match="names"):
            look(PORTFOLIO, names=wrong)


def test_a_portfolio_sums_itself_up() -> None:
    """The text has the number of facts of each kind, and the periods that they cover."""
    later = PORTFOLIO.record(
        session("e", "Late", "2014-12-17"), recorded_at=datetime(2014, 9, 8, 7, tzinfo=UTC)
    )
    later = later.record(
        session("f", "Early", "2014-09-09"),
        recorded_at=datetime(2014, 9, 8, 7, 0, 0, 5, tzinfo=UTC),
    )
    assert str(later).splitlines() == [
        "facts known now: 11",
        "recorded: Mon 8 Sep 2014 07:00 UTC",
        "sessions on local days: Tue 9 Sep 2014 to Wed 17 Dec 2014",
        "",
        "kind    │ facts",
        "━━━━━━━━┿━━━━━━",
        "center  │     1",
        "edition │     2",
        "person  │     1",
        "program │     1",
        "room    │     1",
        "session │     5",
    ]
    assert "recorded" not in str(PORTFOLIO)
    assert "sessions on local days: Wed 10 Sep 2014\n" in str(PORTFOLIO)


def test_a_portfolio_shows_itself_in_a_notebook() -> None:
    """The page has the same numbers, set to the right, and nobody's name."""
    season = brussels_2014()
    html = methodcaller("_repr_html_")(season)
    text = structure(html).text
    assert "973" in text
    assert '<th scope="row">session</th><td class="number" data-label="facts">44</td>' in html
    assert "Sun 1 Jun 2014 10:00 UTC to Sun 21 Dec 2014 19:00 UTC" in text
    assert not [each.name for each in season.all(Person) if each.name in html + str(season)]
    assert not harm(html)
    assert html == methodcaller("_repr_html_")(Portfolio.replay(season.log))


def test_an_empty_portfolio_says_so() -> None:
    """Without facts there is a zero, and no table."""
    assert str(Portfolio.of()) == "facts known now: 0"
    assert "<table" not in methodcaller("_repr_html_")(Portfolio.of())


def test_a_session_without_a_slot_has_no_days() -> None:
    """Days are those of sessions with a slot."""
    loose = Session(id="s", center_id="mic", title="Later", length=HOUR)
    assert "local days" not in str(Portfolio.of(loose))
    night = Slot.at(date(2014, 9, 10).isoformat(), "23:00", 2 * HOUR, "Europe/Brussels")
    late = Session(id="s", center_id="mic", title="Late", length=2 * HOUR, slot=night)
    assert "Wed 10 Sep 2014 to Thu 11 Sep 2014" in str(Portfolio.of(late))
