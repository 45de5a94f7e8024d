"""The difference of two timetables: changes of sessions and of costs."""

import re
from collections.abc import Sequence
from operator import methodcaller
from typing import Any

import attrs
import pytest
from hypothesis import given

from mic_core.errors import InvariantError
from mic_core.markup import notebook
from mic_core.model import Noun, Person, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.compare import Change, Comparison, CostChange, compare
from mic_core.scheduling.evaluation.score import RuleScore, Score, score
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.timetable import is_placed
from tests.budget import one_in
from tests.markup.payloads import HOSTILE, harm, skeleton, structure
from tests.scheduling.nouns import MIC, edition, gives, room, session, slot, worlds

BEFORE = (
    MIC,
    edition("e"),
    room(seats=3),
    room("s"),
    session("added", "09:00", room_id="r", status="cancelled"),
    session("cancelled", "09:00", room_id="r", edition_id="e"),
    session("moved", "09:30", room_id="r", edition_id="e"),
    session("placed", None),
    session("same", "14:00", room_id="s", expected=5),
    session("unplaced", "15:00", room_id="r"),
    gives("p", "same"),
)
RULES: tuple[ScheduleRule, ...] = (RoomOverlap(), RoomSeats(level="soft"))
AFTER = (
    *BEFORE[:4],
    session("added", "09:00", room_id="r"),
    session("moved", "11:00", room_id="s", edition_id="e"),
    session("placed", "12:00", room_id="r"),
    session("same", "14:00", room_id="r", expected=5),
    session("unplaced", "15:00"),
    gives("q", "same"),
    gives("p", "same", role="coach"),
)


def changes(before: Sequence[Noun], after: Sequence[Noun]) -> tuple[Change, ...]:
    """The changes of the sessions."""
    return compare(Portfolio.of(*before), Portfolio.of(*after)).changes


def test_each_kind_of_change_is_listed() -> None:
    """Every session that differs is named, with what it had before and after."""
    slots = {id: f"Wed 10 Sep 2014 {time} Europe/Brussels" for id, time in (
        ("nine", "09:00-10:00"), ("half", "09:30-10:30"), ("eleven", "11:00-12:00"),
        ("noon", "12:00-13:00"), ("three", "15:00-16:00"),
    )}  # fmt: skip
    assert [
        (each.kind, each.session_id, each.before, each.after) for each in changes(BEFORE, AFTER)
    ] == [
        ("added", "added", None, slots["nine"] + ", room:r"),
        ("cancelled", "cancelled", slots["nine"] + ", room:r", None),
        ("placed", "placed", None, slots["noon"] + ", room:r"),
        ("unplaced", "unplaced", slots["three"] + ", room:r", slots["three"]),
        ("moved", "moved", slots["half"], slots["eleven"]),
        ("re-roomed", "moved", "room:r", "room:s"),
        ("re-roomed", "same", "room:s", "room:r"),
        ("reassigned", "same", "person:p (lead)", "person:p (coach), person:q (lead)"),
    ]


def test_costs_are_compared_by_rule() -> None:
    """The rules whose cost differs are listed with both costs, and both scores."""
    found = compare(
        Portfolio.of(*BEFORE),
        Portfolio.of(*AFTER),
        rules=iter(RULES),
    )
    assert found.by_rule == (
        CostChange(code="room-overlap", level="hard", before=1, after=0),
        CostChange(code="room-seats", level="soft", before=0, after=2),
    )
    assert (found.before.levels, found.after.levels) == ((1, 1, 0, 0), (1, 0, 0, 2))
    assert found.of("re-roomed") == ("moved", "same")
    assert found.sessions == ("added", "cancelled", "moved", "placed", "same", "unplaced")
    assert found.rows()[0] == {
        "change": "added", "session": "added", "before": None,
        "after": "Wed 10 Sep 2014 09:00-10:00 Europe/Brussels, room:r",
    }  # fmt: skip
    lines = str(found).splitlines()
    assert lines[0] == (
        "1 added, 1 cancelled, 1 placed, 1 unplaced, 1 moved, 2 re-roomed, 1 reassigned"
    )
    assert lines[6] == "re-roomed moved: room:r -> room:s"
    assert lines[9:11] == [
        "before: 1 unplaced, 1 hard, 0 medium, 0 soft",
        "after:  1 unplaced, 0 hard, 0 medium, 2 soft",
    ]
    assert lines[-1].split() == ["soft", "│", "room-seats", "│", "0", "│", "2"]


def test_a_missing_slot_and_room_are_nothing() -> None:
    """An added session without slot and room comes from nothing and has nothing."""
    found = compare(Portfolio.of(MIC), Portfolio.of(MIC, session("a", None)))
    assert str(found).splitlines()[1] == "added a: nothing -> nothing"


def test_the_same_instants_on_other_clocks_are_no_move() -> None:
    """A slot with the same instants in another zone is no change."""
    one = session("a", "09:00", room_id="r")
    other = attrs.evolve(one, slot=slot("07:00", place="UTC"))
    assert changes([MIC, one], [MIC, other]) == ()


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ({"when": "09:00"}, {"when": "10:00"}, ["moved"]),
        ({"when": "09:00"}, {"when": None}, ["moved"]),
        ({"when": None, "room_id": "r"}, {"when": None, "room_id": "s"}, ["re-roomed"]),
        ({"when": "09:00", "minutes": 30}, {"when": "09:00", "minutes": 60}, ["moved"]),
        ({"when": "09:00"}, {"when": "09:00", "title": "other"}, []),
    ],
    ids=str,
)
def test_half_placed_sessions_move_too(
    before: dict[str, Any], after: dict[str, Any], kinds: list[str]
) -> None:
    """A session that is unplaced before and after may still change its slot or its room."""
    found = changes([MIC, session("a", **before)], [MIC, session("a", **after)])
    assert [each.kind for each in found] == kinds


def test_a_session_cancelled_before_and_after_is_no_change() -> None:
    """A session that takes place neither before nor after has no change."""
    gone = session("a", "09:00", status="cancelled")
    assert changes([MIC, gone], [MIC, gone]) == ()
    assert changes([MIC, gone], [MIC]) == ()


def test_a_scope_narrows_changes_and_scores() -> None:
    """A scope of an edition compares its sessions only, also sessions that it has lost."""
    found = compare(Portfolio.of(*BEFORE), Portfolio.of(*AFTER), scope="edition:e")
    assert found.sessions == ("cancelled", "moved")
    assert found.before == score(Portfolio.of(*BEFORE), scope="edition:e")


@one_in(2)
@given(before=worlds(), after=worlds())
def test_every_difference_is_one_change(before: list[Noun], after: list[Noun]) -> None:
    """A session has a change if and only if it differs in slot, room, people or existence."""
    found = compare(Portfolio.of(*before), Portfolio.of(*after))
    old, new = (
        {each.id: each for each in nouns if isinstance(each, Session)} for nouns in (before, after)
    )
    staff = [
        {
            id: sorted(each.id for each in nouns if each.id.startswith(f"{id}-p"))
            for id in old.keys() | new.keys()
        }
        for nouns in (before, after)
    ]
    different = {
        id
        for id in old.keys() | new.keys()
        if id not in old
        or id not in new
        or (old[id].slot, old[id].room_id) != (new[id].slot, new[id].room_id)
        or is_placed(old[id]) is not is_placed(new[id])
        or staff[0][id] != staff[1][id]
    }
    assert set(found.sessions) == different
    back = compare(Portfolio.of(*after), Portfolio.of(*before))
    assert found.of("added") == back.of("cancelled")
    assert found.of("placed") == back.of("unplaced")
    assert found.of("moved") == back.of("moved")
    assert compare(Portfolio.of(*before), Portfolio.of(*before)).changes == ()


def test_a_comparison_shows_changes_and_scores() -> None:
    """The HTML has a table of changes, and tables of levels and rules with their costs."""
    found = compare(Portfolio.of(*BEFORE), Portfolio.of(*AFTER), rules=RULES)
    html = str(found.html())
    text = structure(html).text
    counted = "1 added1 cancelled1 placed1 unplaced1 moved2 re-roomed1 reassigned"
    assert text.startswith(counted)
    assert '<span class="tag warning">1 cancelled</span>' in html
    assert "person:p (coach), person:q (lead)" in text
    assert "addedaddednothingWed 10 Sep 2014 09:00-10:00" in text
    assert '<td data-label="after">nothing</td>' in html
    tones = set(re.findall(r'<span class="tag (\w+)">([a-z-]+)</span>', html))
    assert tones == {
        ("good", "added"), ("warning", "cancelled"), ("good", "placed"), ("warning", "unplaced"),
        ("info", "moved"), ("info", "re-roomed"), ("info", "reassigned"),
    }  # fmt: skip
    assert "unplaced11the same" in text
    assert "hard101 less: better" in text
    assert "soft022 more: worse" in text
    assert "room-overlaphard101 less: better" in text
    assert "room-seatssoft022 more: worse" in text
    assert '<span class="tag good">1 less: better</span>' in html
    assert '<span class="tag warning">2 more: worse</span>' in html
    assert html.count("<caption>") == 3
    assert not harm(html)
    assert methodcaller("_repr_html_")(found) == notebook(found.html())
    assert "Shown are the first 1 of 8 rows." in str(found.html(most=1))


def test_a_comparison_has_titles_and_on_request_names() -> None:
    """Sessions have their titles; rooms and people go by their ids, with `names` by their names."""
    known = (
        MIC, session("s", "09:00", title="Pitching"), Person(id="ada", name="Ada Lovelace"),
        Person(id="eve", name="Eve Moneypenny"),
    )  # fmt: skip
    before, after = (Portfolio.of(*known, gives(id, "s")) for id in ("ada", "eve"))
    found = compare(before, after)
    assert [each.title for each in found.changes] == ["Pitching"]
    html, named = str(found.html()), str(found.html(names=True))
    assert '<th scope="row">Pitching</th>' in html
    assert "person:ada (lead)" in html
    assert "Ada Lovelace (lead)" in named
    assert "Eve Moneypenny (lead)" in named
    for each in (html, str(found), repr(found), str(found.rows())):
        assert "Ada" not in each
    with pytest.raises(InvariantError, match="names"):
        found.html(names="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_equal_timetables_have_no_changes() -> None:
    """Without changes, a sentence says so, and both scores are shown."""
    html = str(compare(Portfolio.of(*BEFORE), Portfolio.of(*BEFORE)).html())
    assert html.startswith('<p><span class="tag good">No session changed.</span></p>')
    assert html.count("the same") == 4
    assert html.count("<caption>") == 1


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_changes_no_comparison(text: str) -> None:
    """Whatever texts it holds, a comparison has the elements of a harmless twin."""

    def held(each: str) -> str:
        change = Change(session_id=each, kind="moved", before=each, after=each)
        cost = RuleScore(code=each, level="soft", breaches=1, cost=1)
        after = Score(soft=1, by_rule=(cost,))
        return str(Comparison(changes=(change,), before=Score(), after=after).html())

    assert skeleton(held(text)) == skeleton(held("x"))
    assert not harm(held(text))
