"""The agenda as HTML and SVG: grids, lists, findings, and names of persons."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from operator import methodcaller

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.errors import InvariantError
from mic_core.findings import Finding, Report, Severity
from mic_core.markup import notebook
from mic_core.model import Assignment, Center, Noun, Person, Room, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.scheduling.views.agenda import Agenda, View, agenda
from mic_core.scheduling.views.items import AgendaItem
from tests.budget import one_in
from tests.markup.payloads import HOSTILE, harm, skeleton, structure

BRUSSELS = "Europe/Brussels"
CENTER = Center(id="mic", name="MIC Brussels", country="BE", time_zone=BRUSSELS)
ROOMS = (
    Room(id="lab", center_id="mic", name="Lab", seats=20),
    Room(id="montoyer", center_id="mic", name="Montoyer", seats=20),
)
VIEWS: list[View] = ["days", "rooms", "list"]


def session(
    id: str,
    day: str | None = "2014-09-10",
    start: str = "18:00",
    minutes: int = 180,
    *,
    title: str = "",
    room: str | None = "lab",
    edition: str | None = None,
    center: str = "mic",
) -> Session:
    """A session with the attributes that these tests vary."""
    length = timedelta(minutes=minutes)
    return Session(
        id=id, center_id=center, title=title or f"Title of {id}", length=length,
        slot=Slot.at(day, start, length, BRUSSELS) if day is not None else None,
        room_id=room, edition_id=edition,
    )  # fmt: skip


def of(*nouns: Noun) -> Portfolio:
    """A portfolio with the center and its rooms."""
    return Portfolio.of(CENTER, *ROOMS, *nouns)


def text_of(html: object) -> str:
    """The text that a browser shows."""
    return structure(str(html)).text


def finding(code: str, severity: Severity, *ids: str, mend: str = "") -> Finding:
    """A finding about sessions."""
    subjects = ("room:lab", *(f"session:{id}" for id in ids))
    message = f"{code} holds"
    return Finding(code=code, severity=severity, subjects=subjects, message=message, mend=mend)


def test_days_stand_side_by_side() -> None:
    """A week has a column for each day, and a session its block, with the same as a list below."""
    html = str(agenda(of(session("kick-off", edition="b6"))).html())
    assert "<caption>Week 37 of 2014, 8-14 Sep · MIC Brussels</caption>" in html
    assert '<th scope="col">Wed 10</th>' in html
    assert html.count('<th scope="col" class="idle">') == 4
    assert 'class="block hue-0"' in html
    for each in ("18:00-21:00", "Title of kick-off", "Lab", "b6", "kick-off"):
        assert each in text_of(html)
    assert "The same as a list (1 session)" in html


def test_rooms_stand_side_by_side() -> None:
    """A day has a column for each room in use; sessions without a room are in the last."""
    online = Session(
        id="web", center_id="mic", title="Web", length=timedelta(hours=1), mode="online",
        slot=Slot.at("2014-09-10", "10:00", timedelta(hours=1), BRUSSELS),
    )  # fmt: skip
    held = of(session("a", room="montoyer"), session("b"), session("c", room=None), online)
    html = str(agenda(held).html(view="rooms"))
    assert "<caption>Wed 10 Sep 2014 · MIC Brussels</caption>" in html
    heads = ["Lab", "Montoyer", "no room yet", "online"]
    places = [html.index(f'<th scope="col">{each}</th>') for each in heads]
    assert places == sorted(places)


def test_the_list_has_no_grid() -> None:
    """As a list, the agenda is one table with a row for each session."""
    html = str(agenda(of(session("a"), session("b"))).html(view="list"))
    assert 'class="week"' not in html
    assert "<details>" not in html
    assert html.count("<tr>") == 3
    assert "Wed 10 Sep 2014 18:00-21:00" in html


@pytest.mark.parametrize("view", VIEWS)
def test_findings_are_words_on_the_session(view: View) -> None:
    """Severity and rule of each finding are words on the session; a table of findings follows."""
    report = Report(
        findings=(
            finding("room-overlap", "error", "a", "b", mend="move one of them"),
            finding("day-load", "warning", "a"),
            finding("elsewhere", "info", "unknown"),
            finding("nobody", "info"),
        )
    )
    held = agenda(of(session("a"), session("b"), session("c", "2014-09-11"), session("d", None)))
    html = str(held.html(report=report, view=view))
    text = text_of(html)
    assert text.count("error: room-overlap") == (2 if view == "list" else 4)
    assert "warning: day-load" in text
    assert "To mend it: move one of them." in text
    assert "2 other findings are not about these sessions." in text
    assert ('class="block hue-none wrong"' in html) is (view != "list")
    assert "elsewhere" not in text


def test_a_report_without_a_word_on_them_says_so() -> None:
    """Without findings about the sessions shown, a sentence says so and counts the others."""
    held = agenda(of(session("a")))
    assert "No finding is about these sessions." in str(held.html(report=Report()))
    one = str(held.html(report=Report(findings=(finding("x", "info", "z"),))))
    assert "1 other finding is not about these sessions." in one


def test_many_findings_of_one_session_are_counted() -> None:
    """A block has at most three words and the number of the others; equal words count once."""
    codes = ["one", "two", "three", "four", "five", "one"]
    report = Report(findings=tuple(finding(code, "warning", "a") for code in codes))
    grid = str(agenda(of(session("a"))).html(report=report)).partition("<details>")[0]
    assert grid.count(">warning: ") == 3
    assert "and 2 more" in grid


def test_an_unplaced_session_is_listed_with_its_findings() -> None:
    """Sessions without a slot have a table of their own, with their findings."""
    held = agenda(of(session("later", None)))
    html = str(held.html(report=Report(findings=(finding("no-slot", "error", "later"),))))
    assert "<caption>Without a slot</caption>" in html
    assert text_of(html).count("error: no-slot") == 1
    assert "Nothing takes place: at any time." in html


PERSON = Person(id="p1", name="Ada Lovelace")
STAFFED = of(
    session("a"),
    PERSON,
    Assignment(id="1", session_id="a", person_id="p1", role="assistant"),
    Assignment(id="2", session_id="a", person_id="p2", role="lead"),
    Assignment(id="3", session_id="a", person_id="p1", role="reviewer"),
)


@pytest.mark.parametrize("view", VIEWS)
def test_persons_are_named_only_when_asked(view: View) -> None:
    """Persons go by their ids; by their names only with `names`."""
    held = agenda(STAFFED)
    shown, named = str(held.html(view=view)), str(held.html(view=view, names=True))
    assert "person:p1" in shown
    assert "Ada" not in shown
    assert "Ada Lovelace" in named
    assert "person:p1" not in named
    assert "person:p2" in named  # nobody knows that name


def test_persons_come_in_the_order_of_their_roles() -> None:
    """Usual roles come first, in their order; others after them by the alphabet, then by id."""
    roles = ("moderator", "judge", "host", "lead", "judge")
    parts = [
        Assignment(id=f"{n}", session_id="a", person_id=f"p{n}", role=role)
        for n, role in enumerate(roles)
    ]
    order = [f"person:p{n}" for n in (3, 2, 1, 4, 0)]
    assert list(agenda(of(session("a"), *parts)).items[0].who()) == order


def test_nothing_else_names_persons() -> None:
    """Text, rows, repr, notebook and drawing have no names; a drawing with `names` has."""
    held = agenda(STAFFED)
    for each in (
        str(held),
        repr(held),
        str(held.rows()),
        held.svg(),
        methodcaller("_repr_html_")(held),
    ):
        assert "Ada" not in each
    assert "Ada" in held.svg(names=True)
    assert held.items[0].who() == ("person:p2", "person:p1")


def test_idle_weeks_are_named() -> None:
    """Weeks without anything, between others or in the period, are a sentence."""
    held = of(session("a"), session("b", "2014-09-24"))
    html = str(agenda(held, period=Period.days(date(2014, 9, 1), date(2014, 10, 5))).html())
    for week in ("36 of 2014 (1-7", "38 of 2014 (15-21", "40 of 2014 (29"):
        assert f'<p class="idle-weeks">Week {week}' in html
    assert "idle-weeks" not in str(agenda(of(session("a"))).html())
    open_end = str(agenda(of(session("a")), period=Period(date(2014, 9, 1))).html())
    assert open_end.count("idle-weeks") == 1


def test_an_evening_past_midnight_stays_whole() -> None:
    """A session that ends in the small hours is one block of the evening on which it began."""
    html = str(agenda(of(session("party", start="22:00", minutes=300))).html())
    assert html.count('class="block') == 1
    assert "22:00-Thu 11 Sep 03:00" in html
    assert "02:00 +1" in html


def test_a_session_of_days_goes_on_in_the_next_column() -> None:
    """Each day has its part; parts after the first say so; a week later too, up to two weeks."""
    days = str(agenda(of(session("hack", "2014-09-13", "12:00", 60 * 60))).html())
    assert days.count('class="block') == 3
    assert days.count(">\u2026 Title of hack") == 2
    assert "goes on to Tue 16 Sep 00:00" in days
    assert "Week 38 of 2014" in days
    month = str(agenda(of(session("long", "2014-09-01", "12:00", 31 * 24 * 60))).html())
    assert month.count('class="block') == 14


def test_a_session_that_ends_at_midnight_ends_on_its_day() -> None:
    """Midnight is the end of the evening, not a part of the next day."""
    html = str(agenda(of(session("late", start="21:00", minutes=180))).html())
    assert html.count('class="block') == 1
    assert "21:00-Thu 11 Sep 00:00" in html


@pytest.mark.parametrize(
    ("day", "start", "minutes", "told"),
    [
        ("2014-10-26", "01:30", 60, "01:30-02:30<"),
        ("2014-10-26", "01:30", 120, "01:30-02:30 (second) (120 min: the clocks change)"),
        ("2014-10-26", "01:30", 240, "01:30-04:30 (240 min: the clocks change)"),
        ("2014-03-30", "01:30", 60, "01:30-03:30 (60 min: the clocks change)"),
    ],
)
def test_a_change_of_clocks_shows_the_length(day: str, start: str, minutes: int, told: str) -> None:
    """A session during which the clocks change has its length in minutes."""
    html = str(agenda(of(session("night", day, start, minutes))).html())
    assert told in html.replace("</span>", "<")


def test_a_session_within_the_repeated_hour_has_a_block() -> None:
    """A session that ends when the clocks show an earlier time than at its start can be drawn."""
    before = Slot.at("2014-10-26", "01:50", timedelta(minutes=60), BRUSSELS)
    after = Slot.at("2014-10-26", "01:50", timedelta(minutes=80), BRUSSELS)
    back = Session(
        id="back", center_id="mic", title="Back", length=timedelta(minutes=20), room_id="lab",
        slot=Slot(before.end, after.end),
    )  # fmt: skip
    html = str(agenda(of(back)).html())
    assert html.count('class="block') == 1
    assert "02:50-02:10 (second) (20 min: the clocks change)" in html


def test_editions_have_colors_and_a_legend() -> None:
    """Each edition has its color in the legend; after six the colors come again."""
    held = of(*(session(f"s{n}", edition=f"e{n}") for n in range(7)), session("own"))
    html = str(agenda(held).html())
    assert html.count('<li class="hue-0">') == 2
    assert '<li class="hue-none">no edition</li>' in html
    assert "no edition" not in str(agenda(of(session("a", edition="e"))).html())
    assert "legend" not in str(agenda(of(session("a"))).html())
    many = str(agenda(of(*(session(f"s{n:02}", edition=f"e{n:02}") for n in range(30)))).html())
    assert "<li>and 6 more</li>" in many


def test_each_center_has_its_own_grids() -> None:
    """Sessions of two centers never share a grid, and the list names the center."""
    mons = Center(id="mons", name="MIC Mons", country="BE", time_zone=BRUSSELS)
    html = str(agenda(of(mons, session("a"), session("b", center="mons", room=None))).html())
    assert html.count('<table class="week"') == 2
    assert "no room yet, MIC Mons" in html


@pytest.mark.parametrize("view", VIEWS)
def test_a_large_agenda_is_cut_and_counted(view: View) -> None:
    """Of more than `most` sessions the first are shown, and a note counts all."""
    held = agenda(of(*(session(f"s{n}", f"2014-09-{n:02}") for n in range(1, 21))))
    html = str(held.html(view=view, most=5))
    assert "Shown are the first 5 of 20 sessions." in html
    assert "Title of s6" not in html
    assert "Title of s5" in html
    assert "Title of s1" not in str(held.html(view=view, most=0))
    assert held.svg(most=3).count('rx="4"') == 3


def test_three_hundred_sessions_are_all_there() -> None:
    """Each of 300 sessions in one week has its block and its row, in less than a megabyte."""
    held = agenda(
        of(*(session(f"s{n:03}", f"2014-09-{8 + n % 5:02}", f"{9 + n % 8:02}:00", 60)
             for n in range(300)))
    )  # fmt: skip
    html = str(held.html())
    assert html.count('class="block') == 300
    assert html.count("<tr>") == 1 + 1 + 1 + 300
    assert len(html) < 1_000_000


def test_without_sessions_the_page_says_so() -> None:
    """An empty agenda is a sentence, and a drawing without blocks."""
    assert str(agenda(of()).html()) == "<p>Nothing takes place: at any time.</p>"
    assert 'rx="4"' not in agenda(of()).svg()


def test_a_notebook_shows_the_days() -> None:
    """A notebook shows the grid with its style."""
    held = agenda(of(session("a")))
    assert methodcaller("_repr_html_")(held) == notebook(held.html())


@pytest.mark.parametrize("view", VIEWS)
def test_a_drawing_shows_every_session(view: View) -> None:
    """The image is well-formed, has a block for each session, and the words of findings."""
    held = agenda(of(session("a"), session("b"), session("c", "2014-09-17", room="montoyer")))
    report = Report(findings=(finding("room-overlap", "error", "a"),))
    root = ET.fromstring(held.svg(title="Autumn", view=view, report=report).encode())
    words = [each.text for each in root.iter() if each.tag.endswith("title")]
    assert words[0] == "Autumn"
    assert len(words) == 4
    assert any((each or "").startswith("error: room-overlap") for each in words)


def _titled(title: str) -> Agenda:
    """An agenda with a text in every field, beyond what constructors allow."""
    item = AgendaItem(
        session_id=title, title=title, center_id=title, center=title,
        start=(slot := Slot.at("2014-09-10", "18:00", timedelta(hours=1), BRUSSELS)).start,
        end=slot.end, minutes=60, room=title, mode="in_person", edition_id=title,
        status=title, people=((title, title),),
    )  # fmt: skip
    lost = AgendaItem(
        session_id=title, title=title, center_id=title, center=title, start=None, end=None,
        minutes=60, room=title, mode="in_person", edition_id=title, status=title,
    )  # fmt: skip
    return Agenda(items=(item,), unplaced=(lost,))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_changes_nothing(text: str) -> None:
    """Whatever texts an agenda holds, its HTML has the elements of a harmless twin."""
    report = Report(findings=(finding(text, "error", text, mend=text),))
    twin = Report(findings=(finding("x", "error", "x", mend="x"),))
    for view in VIEWS:
        html = str(_titled(text).html(report=report, view=view, names=True))
        assert skeleton(html) == skeleton(
            str(_titled("x").html(report=twin, view=view, names=True))
        )
        assert not harm(html)
    ET.fromstring(_titled(text).svg(title=text, names=True).encode("utf-8", "strict"))


@given(st.text(min_size=1, max_size=200))
@one_in(3)
def test_titles_of_sessions_stay_titles(title: str) -> None:
    """Any title that a session may have is text in the grid."""
    try:
        held = agenda(of(session("a", title=title)))
    except InvariantError:
        return
    assert skeleton(str(held.html())) == skeleton(str(agenda(of(session("a", title="x"))).html()))


PLACES = st.tuples(
    st.dates(date(2014, 10, 20), date(2014, 11, 2)), st.integers(4, 23), st.integers(1, 5000)
)


@given(st.lists(PLACES, max_size=6), st.sampled_from(VIEWS))
def test_the_order_of_input_changes_nothing(
    places: list[tuple[date, int, int]], view: View
) -> None:
    """The same sessions make the same characters, and each is in grid and list."""
    sessions = [
        session(f"s{n}", day.isoformat(), f"{hour:02}:00", minutes)
        for n, (day, hour, minutes) in enumerate(places)
    ]
    html = str(agenda(of(*sessions)).html(view=view))
    assert html == str(agenda(of(*reversed(sessions))).html(view=view))
    for n in range(len(sessions)):
        assert html.count(f"<code>s{n}</code>") >= (1 if view == "list" else 2)


def test_cancelled_sessions_are_known_and_not_shown() -> None:
    """A cancelled session is in `cancelled` alone."""
    gone = Transition(
        id="t", subject="session:a", before="planned", after="cancelled",
        effective_at=Slot.at("2014-09-01", "09:00", timedelta(hours=1), BRUSSELS).start,
    )  # fmt: skip
    held = agenda(of(session("a"), session("b"), gone))
    assert [each.session_id for each in held.cancelled] == ["a"]
    assert "Title of a" not in str(held.html())
