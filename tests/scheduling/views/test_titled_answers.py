"""Answers about placements with titles in place of ids: on request, and persons only by `names`."""

from datetime import date, timedelta
from typing import Any

import pytest

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.errors import InvariantError
from mic_core.model import (
    Assignment,
    Availability,
    Center,
    Edition,
    Module,
    Noun,
    Person,
    Program,
    Room,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.insertion.why_not import why_not
from mic_core.scheduling.repair.repair import repair

HOUR = timedelta(hours=1)
WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))
MODULE = Module(id="m", title="Pitching", length=HOUR, trainers=("p-1",))
NINE = Slot.at("2014-09-08", "09:00", HOUR, "Europe/Brussels")


def room(id: str, name: str) -> Room:
    """A room in Brussels."""
    return Room(id=id, center_id="mic", name=name)


def session(id: str, title: str, **fields: Any) -> Session:
    """An hour of the edition."""
    return Session(id=id, center_id="mic", edition_id="e", title=title, length=HOUR, **fields)


def world(*nouns: Noun) -> Portfolio:
    """A center that is open for an hour on Mondays, with a person who can give a module."""
    return Portfolio.of(
        Center(
            id="mic", name="MIC Brussels", country="BE", time_zone="Europe/Brussels",
            opening_hours=WeeklyHours.parse("Mo 09:00-10:00"),
        ),
        Program(id="b", title="Boostcamp", kind="training", modules=(MODULE,)),
        Edition(id="e", program_id="b", center_id="mic", number=6, period=WEEK),
        Person(id="p-1", name="Ada Lovelace"),
        *nouns,
    )  # fmt: skip


TALK = session("s-1", "Demo day", module_id="m")


def test_suggestions_show_rooms_and_sessions_by_title() -> None:
    """Rooms go by name, with the id beside a name that two of them have; persons by id."""
    portfolio = world(TALK, room("r-1", "Lab"), room("r-2", "Lab"), room("r-3", "Hall"))
    found = suggest(portfolio, "s-1")
    text = found.text(portfolio)
    assert text.startswith("\u201cDemo day\u201d: 3 placements are free")
    lines = "\n".join(sorted(text.splitlines()[-3:]))
    assert "Hall" in lines
    assert "Lab (room:r-1)" in lines
    assert "Lab (room:r-2)" in lines
    assert "p-1" in lines
    assert "person:" not in text
    for shown in (text, str(found.html(portfolio)), str(found.html()), found.text(), str(found)):
        assert "Ada" not in shown
    assert "Ada Lovelace" in found.text(portfolio, names=True)
    assert "Ada Lovelace" in str(found.html(portfolio, names=True))
    assert str(found) == found.text()
    assert [each["room"] for each in found.rows()] == ["r-1", "r-2", "r-3"]
    assert {each["trainer"] for each in found.rows()} == {"p-1"}


def test_suggestions_without_a_room_have_empty_cells() -> None:
    """No room and nobody to choose leave their cells empty, also with titles; so does nothing."""
    portfolio = world(session("s-1", "Demo day"))
    found = suggest(portfolio, "s-1")
    assert (
        found.text(portfolio).splitlines()[-1].split("│")[1:3]
        == found.text().splitlines()[-1].split("│")[1:3]
    )
    none = suggest(portfolio, "s-1", window=Period.days(date(2014, 9, 9), date(2014, 9, 9)))
    assert none.text(portfolio) == "\u201cDemo day\u201d: 0 placements are free, 0 are shown"


def test_what_forbids_a_placement_goes_by_title() -> None:
    """The rules cite titles and names, in a table and in findings; the rows keep the citations."""
    other = session("s-2", "Visit", room_id="r-1", slot=NINE)
    portfolio = world(TALK, other, room("r-1", "Lab"), Assignment(id="a", session_id="s-1",
                      person_id="p-1"), Availability(id="v", subject="person:p-1", preference=
                      "unavailable", hours=WeeklyHours.parse("Mo")))  # fmt: skip
    counted = why_not(portfolio, "s-1")
    assert "Lab" in counted.text(portfolio)
    assert "Lab" in str(counted.html(portfolio))
    assert "room:r-1" in str(counted)
    assert counted.text(portfolio).startswith("\u201cDemo day\u201d: 0 of")
    assert any(each["because_of"] == "room:r-1" for each in counted.rows())
    one = why_not(portfolio, "s-1", NINE, "r-1")
    assert one.findings
    assert "\u201cVisit\u201d" in one.text(portfolio)
    assert "Visit" in str(one.html(portfolio))
    for answer in (counted, one):
        assert "Ada" not in answer.text(portfolio) + str(answer.html(portfolio))
        assert "Ada Lovelace" in answer.text(portfolio, names=True)
        assert "Ada Lovelace" in str(answer.html(portfolio, names=True))


def test_what_cannot_be_placed_goes_by_title() -> None:
    """Sessions of one title have their citations beside, in words and in tables."""
    portfolio = world(TALK, session("s-2", "Demo day", module_id="m"), room("r-1", "Lab"))
    found = explain_infeasible(portfolio, "e")
    text = found.text(portfolio)
    for shown in (text, str(found.html(portfolio))):
        assert "\u201cDemo day\u201d (session:s-1)" in shown
        assert "MIC Brussels" in shown
        assert "Ada" not in shown
    assert found.text() == str(found)
    assert len(text.splitlines()) == len(str(found).splitlines())
    assert "session:s-2" in str(found.rows())


def test_a_session_that_a_repair_leaves_out_goes_by_title() -> None:
    """The table of sessions not placed shows the title, and the id beside it."""
    both = [session(id, title, room_id="r-1", slot=NINE) for id, title in (("s-1", "Demo day"),
            ("s-2", "Visit"))]  # fmt: skip
    repaired = repair(world(*both, room("r-1", "Lab")), "e")
    (left,) = repaired.unplaced
    title = {"s-1": "Demo day", "s-2": "Visit"}[left.session_id]
    table = str(repaired.html()).partition("Not placed")[2]
    assert title in table
    assert left.session_id in table


@pytest.mark.parametrize("verb", ["text", "html"])
def test_what_knows_no_titles_is_refused(verb: str) -> None:
    """A portfolio and a flag are asked for, by every answer."""
    portfolio = world(TALK, room("r-1", "Lab"))
    answers = (
        suggest(portfolio, "s-1"), why_not(portfolio, "s-1"), explain_infeasible(portfolio, "e"),
    )  # fmt: skip
    for answer in answers:
        show = getattr(answer, verb)
        with pytest.raises(InvariantError, match="portfolio: must be a portfolio"):
            show("portfolio")
        with pytest.raises(InvariantError, match="names: must be"):
            show(portfolio, names="yes")
