"""The difference of two agendas: the kinds of change of each session, drawn and in words."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from operator import methodcaller

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Slot
from mic_core.markup import notebook
from mic_core.model import Assignment, Center, Noun, Person, Room, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.changes import CHANGE_KINDS, ChangeKind
from mic_core.scheduling.views.agenda import Agenda, agenda
from mic_core.scheduling.views.before_after import BeforeAfter, before_after
from mic_core.scheduling.views.grid import View
from tests.markup.payloads import harm, structure

BRUSSELS = "Europe/Brussels"
CENTER = Center(id="mic", name="MIC Brussels", country="BE", time_zone=BRUSSELS)
LAB = Room(id="lab", center_id="mic", name="Lab", seats=20)
MONTOYER = Room(id="montoyer", center_id="mic", name="Montoyer", seats=20)
ADA = Person(id="p1", name="Ada Lovelace")
BOB = Person(id="p2", name="Bob Kahn")


def session(id: str, day: str | None = "2014-09-10", room: str | None = "lab") -> Session:
    """A session of an evening."""
    length = timedelta(hours=3)
    slot = Slot.at(day, "18:00", length, BRUSSELS) if day is not None else None
    return Session(
        id=id, center_id="mic", title=f"Title of {id}", length=length, slot=slot, room_id=room
    )


def of(*nouns: Noun) -> Agenda:
    """The agenda of a portfolio with the center, its rooms and two persons."""
    return agenda(Portfolio.of(CENTER, LAB, MONTOYER, ADA, BOB, *nouns))


def lead(person: str) -> Assignment:
    """The assignment of a person as lead of session `a`."""
    return Assignment(id="1", session_id="a", person_id=person)


CANCELLED = Transition(
    id="t", subject="session:a", before="planned", after="cancelled",
    effective_at=Slot.at("2014-09-01", "09:00", timedelta(hours=1), BRUSSELS).start,
)  # fmt: skip

CASES: list[tuple[tuple[Noun, ...], tuple[Noun, ...], tuple[ChangeKind, ...]]] = [
    ((session("a"),), (session("a"),), ()),
    ((session("a"),), (session("a", "2014-09-11"),), ("moved",)),
    ((session("a"),), (session("a", room="montoyer"),), ("re-roomed",)),
    ((session("a"),), (session("a", "2014-09-11", "montoyer"),), ("moved", "re-roomed")),
    ((session("a"), lead("p1")), (session("a"), lead("p2")), ("reassigned",)),
    ((session("a", None),), (session("a"),), ("placed",)),
    ((session("a"),), (session("a", None),), ("unplaced",)),
    ((), (session("a"),), ("added",)),
    ((session("a"),), (session("a"), CANCELLED), ("cancelled",)),
    ((session("a"), CANCELLED), (session("a"),), ("added",)),
    ((session("a"),), (), ("left out",)),
    ((session("a"), CANCELLED), (session("a"), CANCELLED), ()),
]


@pytest.mark.parametrize(("old", "new", "became"), CASES, ids=range(len(CASES)))
def test_each_kind_of_change_is_a_word(
    old: tuple[Noun, ...], new: tuple[Noun, ...], became: tuple[ChangeKind, ...]
) -> None:
    """Each kind of change is found, counted, and a word in text and HTML."""
    found = before_after(of(*old), of(*new))
    assert [each.became for each in found.altered] == ([became] if became else [])
    for word in CHANGE_KINDS:
        assert found.of(word) == (("a",) if word in became else ())
    for word in became:
        assert word in str(found)
        assert word in structure(str(found.html())).text


def test_every_word_has_its_case() -> None:
    """The cases above cover all kinds of change."""
    assert {word for _, _, became in CASES for word in became} == set(CHANGE_KINDS)


MOVED = before_after(
    of(session("a"), session("b", "2014-09-11"), session("c", "2014-10-01")),
    of(session("a", "2014-09-12"), session("b", "2014-09-11"), session("c", "2014-10-01")),
)


def test_a_moved_session_is_drawn_at_both_places() -> None:
    """The former place of a moved session is struck through; the new one says that it moved."""
    html = str(MOVED.html())
    assert html.count(">was here before") == 1
    assert 'class="block hue-none gone"' in html
    assert html.index("was here before") < html.index("Title of b") < html.rindex(">moved<")
    assert "Wed 10 Sep 2014 18:00-21:00, Lab" in html
    assert "Fri 12 Sep 2014 18:00-21:00, Lab" in html
    assert not harm(html)


def test_only_the_weeks_that_differ_are_drawn() -> None:
    """Unchanged sessions of a week with changes are drawn; weeks without changes are not."""
    html = str(MOVED.html())
    assert "Week 37" in html
    assert "Title of b" in html
    assert "Week 40" not in html
    assert 'class="week"' not in str(MOVED.html(view="list"))
    assert "<caption>Fri 12 Sep 2014" in str(MOVED.html(view="rooms"))


@pytest.mark.parametrize("new", [(), (session("a", None),), (session("a"), CANCELLED)])
def test_a_former_place_is_struck_through(new: tuple[Noun, ...]) -> None:
    """The former place of a session that was cancelled, left out or unplaced is struck through."""
    html = str(before_after(of(session("a")), of(*new)).html())
    assert html.count('class="block hue-none gone"') == 1
    assert "was here before" not in html


def test_a_reassigned_session_is_drawn_once() -> None:
    """A session that only has other people is drawn once."""
    found = before_after(of(session("a"), lead("p1")), of(session("a"), lead("p2")))
    html = str(found.html())
    assert html.count('class="block') == 1
    assert "person:p1" in html
    assert "Ada" not in html + str(found) + repr(found) + str(found.rows())
    named = str(found.html(names=True))
    assert "Ada Lovelace" in named
    assert "Bob Kahn" in named


def test_kinds_are_counted_in_the_order_of_compare() -> None:
    """Counts come in one order in text and HTML, whatever the order of sessions."""
    found = before_after(of(session("a")), of(session("a", "2014-09-11"), session("b")))
    assert str(found).startswith("1 added, 1 moved\n\n")
    assert structure(str(found.html())).text.startswith("1 added1 moved")


def test_nothing_differs() -> None:
    """Two equal agendas have no rows, and a sentence says so."""
    same = before_after(of(session("a")), of(session("a")))
    assert str(same) == "Nothing differs."
    assert "Nothing differs." in str(same.html())
    assert same.rows() == ()


def test_rows_have_before_and_after() -> None:
    """A row has the session, its kinds of change, and its texts before and after."""
    (row,) = before_after(of(), of(session("a"))).rows()
    assert row == {
        "session": "a", "became": "added", "before": "",
        "after": "Wed 10 Sep 2014 18:00-21:00, Lab",
    }  # fmt: skip
    assert str(MOVED).startswith("1 moved\n\nsession │ title      │ became │ before")


def test_many_changes_are_cut_and_counted() -> None:
    """Of more than `most` changes the first are shown, and a note counts all."""
    days = [f"2014-09-{n:02}" for n in range(1, 21)]
    found = before_after(of(), of(*(session(f"s{day}", day) for day in days)))
    html = str(found.html(most=4))
    assert "Shown are the first 4 of 20 sessions that differ." in html
    assert "20 added" in html
    assert html.count('class="block') == 4
    assert 'class="block' not in str(found.html(most=0))


def test_a_notebook_shows_the_changes() -> None:
    """A notebook shows the table and the weeks with their style."""
    assert methodcaller("_repr_html_")(MOVED) == notebook(MOVED.html())


@pytest.mark.parametrize("view", ["days", "rooms", "list"])
def test_changes_are_drawn(view: View) -> None:
    """The image has both places of a moved session, and each change in words below."""
    root = ET.fromstring(MOVED.svg(title="Repair", view=view).encode())
    assert root[0].text == "Repair"
    assert root[1].text == (
        "moved: Title of a [a]. Before: Wed 10 Sep 2014 18:00-21:00, Lab. "
        "After: Fri 12 Sep 2014 18:00-21:00, Lab."
    )
    shapes = [each.get("class") for each in root.iter() if each.get("rx") == "4"]
    assert sorted(shapes, key=str) == ["gone", *["hue-none"] * (1 if view == "rooms" else 2)]
    words = " ".join(root.itertext())
    assert "was here before" in words
    struck = [each.text for each in root.iter() if each.get("class") == "strong struck"]
    assert struck == ["Title of a"]
    assert "Week 40" not in words
    assert not harm(MOVED.svg())


def test_a_drawing_of_no_changes_says_so() -> None:
    """An image of equal agendas says that nothing differs."""
    root = ET.fromstring(before_after(of(), of()).svg().encode())
    assert [root[0].text, root[1].text] == ["Before and after", "Nothing differs."]
    assert (root[-1].get("class"), root[-1].text) == ("remark good", "Nothing differs.")


def test_a_drawing_of_many_changes_is_cut_and_counted() -> None:
    """Of more than `most` changes the first are drawn and listed, and a note counts all."""
    days = [f"2014-09-{n:02}" for n in range(1, 21)]
    svg = before_after(of(), of(*(session(f"s{day}", day) for day in days))).svg(most=4)
    assert svg.count('rx="4"') == 4
    assert "Shown are the first 4 of 20 sessions that differ." in svg
    assert svg.count("Before: nothing.") == 2 * 4
    gone = before_after(of(session("a")), of()).svg()
    assert "left out: Title of a [a]. " in gone
    assert "After: nothing." in gone


def test_a_drawing_names_persons_only_with_names() -> None:
    """Persons go by their ids unless `names` is set."""
    found = before_after(of(session("a"), lead("p1")), of(session("a"), lead("p2")))
    assert "Ada" not in found.svg()
    assert "person:p1" in found.svg()
    assert "Ada Lovelace" in found.svg(names=True)


STATES = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.sampled_from([None, "2014-09-10", "2014-09-17"]), st.sampled_from(["lab", None])),
)
Held = dict[str, tuple[str | None, str | None]]


def both(old: Held, new: Held) -> BeforeAfter:
    """The comparison of two sets of sessions."""
    sides = [
        of(*(session(id, day, room) for id, (day, room) in side.items())) for side in (old, new)
    ]
    return before_after(*sides)


@given(STATES, STATES)
def test_the_difference_is_exact_and_reversible(old: Held, new: Held) -> None:
    """Sessions differ if and only if day or room do, and the reverse has the opposite kinds."""
    found, back = both(old, new), both(new, old)
    assert {each.session_id for each in found.altered} == {
        id for id in old.keys() | new.keys() if old.get(id) != new.get(id)
    }
    opposite: dict[ChangeKind, ChangeKind] = {
        "added": "left out", "left out": "added", "placed": "unplaced", "unplaced": "placed"
    }  # fmt: skip
    words = {each.session_id: each.became for each in back.altered}
    for each in found.altered:
        assert words[each.session_id] == tuple(opposite.get(word, word) for word in each.became)
    assert str(found.html()) == str(both(dict(reversed(old.items())), new).html())
