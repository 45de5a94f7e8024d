"""The page of a plan: weeks, unplaced sessions with reasons, costs and findings, in words."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from operator import methodcaller
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.findings import Finding, Report
from mic_core.markup import Looks, notebook, page
from mic_core.model import Availability, Center, Noun, Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.score import RuleScore, Score
from mic_core.scheduling.planning.page import plan_html, plan_svg
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.planning.proposal import Plan
from mic_core.scheduling.planning.unplaced import Unplaced
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.spread import MinDays
from mic_core.scheduling.views.agenda import Agenda, AgendaItem
from mic_core.scheduling.views.arguments import Look
from mic_core.scheduling.views.grid import View
from tests.budget import one_in
from tests.markup.payloads import HOSTILE, harm, skeleton, structure
from tests.scheduling.nouns import edition, module, program, room, session, slot

DAY = date(2014, 9, 10)
ONE_DAY = Period.days(DAY, DAY)
CENTER = Center(
    id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Fr 09:00-12:00"),
)  # fmt: skip
ADA = Person(id="ada", name="Ada Lovelace")
VIEWS: list[View] = ["days", "rooms", "list"]
SVG = "{http://www.w3.org/2000/svg}"


def made(*nouns: Noun, **given: Any) -> Plan:
    """A plan of one day in the center, which has one room for ten."""
    first = Portfolio.of(CENTER, room("r1", 10, name="Montoyer"), ADA, *nouns)
    return plan(first, "mic", window=ONE_DAY, **given)


CRAMMED = made(
    *(session(f"x{n}", title="Pitching") for n in range(5)),
    session("long", minutes=240, title="Marathon"),
)
CLASH = made(
    session("a", slot("09:00"), room_id="r1"),
    session("b", slot("09:30"), room_id="r1"),
    rules=(*SCHEDULE_RULES, MinDays(least=2, of="all", level="soft")),
)
LED = made(
    edition("e", ONE_DAY), program(module("m", trainers=("ada",))),
    session("s", edition_id="e", module_id="m"),
)  # fmt: skip


def text_of(html: object) -> str:
    """The text that a browser shows."""
    return structure(str(html)).text


def words_of(svg: str) -> str:
    """The text of a drawing."""
    return " ".join(ET.fromstring(svg.encode()).itertext())


def test_a_plan_shows_its_weeks_its_costs_and_what_is_left_out() -> None:
    """Numbers first, then the grid, then the sessions that share a reason in one row."""
    text = text_of(CRAMMED.html())
    assert text.startswith("3 sessions placed3 unplaced0 hard0 medium0 soft")
    order = ["Week 37 of 2014", "The same as a list (3 sessions)", "Not placed", "0 errors"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    html = str(CRAMMED.html())
    assert html.count('class="block') == 3
    assert html.startswith('<ul class="counts"><li><span class="tag plain">3 sessions placed')
    left = html[html.index("<caption>Not placed</caption>") :]
    for header in ("session", "what stood in the way", "ids"):
        assert f'<th scope="col">{header}</th>' in left
    assert '<div class="wide">of ' in left
    assert left.count("<tr>") == 3
    assert '<th scope="row">Pitching</th><td class="number" data-label="sessions">2</td>' in left
    for each in CRAMMED.unplaced:
        assert text_of(each.why) in text_of(left)
        assert each.session_id in left
    assert not harm(html)


def test_a_reason_names_the_rule_that_blocks_most_first() -> None:
    """Counts are told with their rules, the largest first; open placements are counted too."""
    why = Unplaced(
        session_id="s", placements=2000, free=3,
        rules=(("travel", 20), ("room-overlap", 1999), ("opening-hours", 20)),
    )  # fmt: skip
    assert str(why) == (
        "session:s: of 2,000 placements, room-overlap blocks 1,999, opening-hours blocks 20, "
        "travel blocks 20, 3 are open"
    )
    none = Unplaced(session_id="s", placements=0, free=0, rules=())
    assert none.why == "there is no room, or no time to start"


@pytest.mark.parametrize("view", VIEWS)
def test_findings_stand_on_the_blocks_and_below(view: View) -> None:
    """A clash is told in words on both sessions, in a table, and by what it costs."""
    text = text_of(CLASH.html(view=view))
    assert text.count("error: room-overlap") == (2 if view == "list" else 4)
    assert "info: min-days" in text
    assert "1 error0 warnings1 info" in text
    assert "What the rules cost" in text
    assert "To mend it: move one of them" in text
    assert "Not placed" not in text


def test_errors_stand_above_the_title_and_remarks_below() -> None:
    """Errors are read first; remarks do not hide the title."""
    text = text_of(CLASH.html()).partition("The same as a list")[0]
    assert text.index("error: room-overlap") < text.index("09:00-10:00")
    assert text.index("09:00-10:00") < text.index("info: min-days")
    root = ET.fromstring(CLASH.svg().encode())
    lines = [each.text for each in root.iter(f"{SVG}text") if each.get("x") == "0"]
    assert lines[:4] == ["error: room-overlap", "09:00-10:00", "a", "info: min-days"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_drawing_says_what_the_page_says(view: View) -> None:
    """A plan as an image tells what is left out, the score and the findings, and describes it."""
    left = words_of(CRAMMED.svg(view=view))
    assert "Not placed: Pitching [x3, x4]: of " in left
    assert "Not placed: Marathon [long]: " in left
    assert "Score: 3 unplaced, 0 hard, 0 medium, 0 soft." in left
    lines = [
        (each.get("class"), each.text or "")
        for each in ET.fromstring(CRAMMED.svg(view=view).encode()).iter(f"{SVG}text")
        if "remark" in str(each.get("class"))
    ]
    assert lines[0][0] == "remark warning"
    assert lines[-1] == ("remark plain", "Score: 3 unplaced, 0 hard, 0 medium, 0 soft.")
    assert lines[-2][1].endswith(".")
    root = ET.fromstring(CLASH.svg(title="Autumn", view=view).encode())
    assert [root[0].tag, root[0].text] == [f"{SVG}title", "Autumn"]
    assert root[1].tag == f"{SVG}desc"
    assert (root[1].text or "").startswith("2 sessions in 1 grid. Score: 0 unplaced, 1 hard")
    named = "error: room-overlap: \u201ca\u201d, \u201cb\u201d are in Montoyer"
    assert named in (root[1].text or "")
    drawn = [each.text or "" for each in root.iter(f"{SVG}text")]
    assert any(each.startswith(named) for each in drawn)
    assert not harm(CLASH.svg())


@pytest.mark.parametrize("view", VIEWS)
def test_nobody_is_named_unless_asked(view: View) -> None:
    """The lead of a session goes by an id; by the name only with `names`."""
    for look in (LED.html(view=view), LED.svg(view=view), LED, repr(LED), LED.rows()):
        assert "Ada" not in str(look)
    assert "person:ada" in str(LED.html(view=view))
    assert "Ada Lovelace" in str(LED.html(view=view, names=True))
    assert "Ada Lovelace" in LED.svg(view=view, names=True)


def test_a_first_plan_places_and_a_later_one_changes() -> None:
    """Sessions that had no place are placed; of those that had one it is said that they change."""
    first = made(session("a"), session("b"))
    assert text_of(first.html()).startswith("2 sessions placed0 unplaced")
    closed = Availability(
        id="v", subject="room:r1", preference="unavailable",
        slot=first.portfolio.get(Session, "a").slot,
    )  # fmt: skip
    known = Portfolio.of(*first.portfolio.values(), closed)
    second = plan(known, "mic", window=ONE_DAY, free="session:a")
    assert text_of(second.html()).startswith("0 sessions placed1 session changed")


def test_an_empty_plan_says_so() -> None:
    """Without sessions nothing takes place and nothing is wrong."""
    none = made()
    text = text_of(none.html())
    assert text.startswith("0 sessions placed0 unplaced")
    assert "Nothing takes place" in text
    assert "Nothing was found." in text
    assert "Nothing takes place." in words_of(none.svg())
    assert "0 sessions in 0 grids." in words_of(none.svg())
    assert str(none).startswith("Nothing takes place")


def test_text_tells_costs_reasons_and_findings() -> None:
    """As text a plan ends with what is left out, or with what the rules find."""
    assert str(CRAMMED).endswith(str(CRAMMED.unplaced[-1]))
    assert "error room-overlap" in str(CLASH)
    assert "min-days" in str(CLASH.score)
    assert str(CLASH.score) in str(CLASH)


def test_a_notebook_and_a_page_show_a_plan() -> None:
    """A notebook shows the same with its style, and a page takes a plan as a part."""
    look: Looks = CRAMMED
    assert methodcaller("_repr_html_")(CRAMMED) == notebook(CRAMMED.html())
    assert str(CRAMMED.html()) in page("Season", look)
    assert methodcaller("_repr_html_")(CLASH.score) == notebook(CLASH.score.html())


def test_a_score_is_told_by_level_and_rule() -> None:
    """Each level is a word, colored only where it costs; rules stand in a table with numbers."""
    html = str(CLASH.score.html())
    assert '<span class="tag good">0 unplaced</span>' in html
    assert '<span class="tag error">1 hard</span>' in html
    assert '<span class="tag info">1 soft</span>' in html
    assert "room-overlap" in text_of(html)
    assert '<span class="tag error">2 unplaced</span>' in str(Score(unplaced=2).html())
    assert '<span class="tag warning">2 medium</span>' in str(Score(medium=2).html())
    assert "<table" not in str(Score(unplaced=2).html())


def test_much_is_cut_and_counted() -> None:
    """Of many sessions and reasons the first are shown, and notes count the rest."""
    html = str(CRAMMED.html(most=1))
    assert "Shown are the first 1 of 3 sessions." in html
    assert "Shown are the first 1 of 2 rows." in html
    assert html.count('class="block') == 1
    svg = words_of(CRAMMED.svg(most=1))
    assert "Shown are the first 1 of 3 sessions." in svg
    many = made(*(session(f"y{n:02}", title=f"Title {n}") for n in range(40)))
    told = words_of(many.svg())
    assert told.count("Not placed: ") == 2 * 24
    assert "And 13 more of this kind." in told


def test_a_session_that_nobody_asked_about_is_told_too() -> None:
    """A page of given parts still shows a session without a slot."""
    agenda = attrs.evolve(CRAMMED.agenda, items=())
    html = plan_html(agenda, (), Report(), Score(), placed=1, changed=0, look=Look())
    assert '<div class="wide">nobody asked for a place</div>' in str(html)


def test_a_plan_of_a_term_is_all_there() -> None:
    """Three hundred sessions of twenty editions in two weeks: each has its block and its row."""
    fortnight = Period.days(date(2014, 9, 8), date(2014, 9, 19))
    editions = [edition(f"e{n:02}", fortnight) for n in range(20)]
    sessions = [session(f"s{n:03}", edition_id=f"e{n % 20:02}") for n in range(300)]
    rooms = [Room(id=f"r{n:02}", center_id="mic", name=f"Room {n}", seats=9) for n in range(12)]
    held = Portfolio.of(CENTER, *rooms, *editions, *sessions)
    step = timedelta(hours=1)
    term = plan(held, "mic", rules=(*SCHEDULE_RULES, MaxPerDay(most=2)), step=step, iterations=300)
    assert not term.unplaced
    html = str(term.html())
    assert html.count('class="block') == 300
    assert len(html) < 1_000_000
    assert term.svg().count('rx="4"') == 300
    assert len(term.portfolio.all(Session)) == 300


def parts(text: str) -> tuple[Agenda, tuple[Unplaced, ...], Report, Score]:
    """The parts of a plan, with a text wherever there can be one."""
    at = CLASH.agenda.items[0]
    item = AgendaItem(
        session_id=text, title=text, center_id=text, center=text, start=at.start, end=at.end,
        minutes=60, room=text, mode="in_person", edition_id=text, status=text,
        people=((text, text),),
    )  # fmt: skip
    lost = attrs.evolve(item, start=None, end=None)
    left = (
        Unplaced(session_id=text, placements=1, free=0, rules=((text, 1),)),
        Unplaced(session_id="other", placements=1, free=0, rules=((text, 1),)),
    )
    finding = Finding(
        code=text, severity="error", subjects=(f"session:{text}",), message=text, mend=text
    )
    costs = Score(hard=1, by_rule=(RuleScore(code=text, level="hard", breaches=1, cost=1),))
    return Agenda(items=(item,), unplaced=(lost,)), left, Report(findings=(finding,)), costs


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_changes_nothing(text: str) -> None:
    """Whatever texts a plan holds, it has the elements of a harmless twin; its image is XML."""
    for view in VIEWS:
        agenda, left, report, costs = parts(text)
        asked = Look(view=view, names=True, title=text, report=report)
        html = str(plan_html(agenda, left, report, costs, placed=1, changed=1, look=asked))
        twin = str(plan_html(*parts("x"), placed=1, changed=1, look=asked))
        assert skeleton(html) == skeleton(twin)
        assert not harm(html)
        svg = plan_svg(agenda, left, costs, asked)
        tags = {each.tag for each in ET.fromstring(svg.encode("utf-8", "strict")).iter()}
        assert tags == {
            SVG + name for name in ("svg", "title", "desc", "style", "rect", "g", "line", "text")
        }


@given(st.permutations(range(8)))
@one_in(6)
def test_the_order_of_input_changes_no_look(order: list[int]) -> None:
    """The same sessions in any order give the same characters."""
    nouns = [session(f"x{n}", title="Pitching") for n in range(8)]
    first, second = made(*nouns, iterations=9), made(*(nouns[n] for n in order), iterations=9)
    assert str(first.html()) == str(second.html())
    assert first.svg() == second.svg()
