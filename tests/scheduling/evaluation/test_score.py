"""The score of a timetable: levels, rules and scopes."""

import re
from typing import Any

import pytest
from hypothesis import given

from mic_core.errors import InvariantError, NotFound
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.evaluation.score import RuleScore, Score, score
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.timetable import is_placed, timetable_of
from tests.scheduling.nouns import MIC, edition, room, session, worlds

CROWD = (
    MIC,
    edition("e"),
    edition("f", number=2),
    room(seats=3),
    session("a", "09:00", edition_id="e", room_id="r", expected=5),
    session("b", "09:30", edition_id="f", room_id="r", expected=4),
    session("c", None, edition_id="e"),
    session("d", "09:00", edition_id="f"),
)
RULES = (RoomOverlap(), RoomSeats(level="soft", weight=2), MaxPerDay(most=1, level="medium"))


def test_a_score_adds_weight_times_cost_by_level() -> None:
    """Two persons and one without a seat, at a weight of two, cost six."""
    found = score(Portfolio.of(*CROWD), RULES)
    assert found.levels == (2, 1, 1, 6)
    assert found.by_rule == (
        RuleScore(code="room-overlap", level="hard", breaches=1, cost=1),
        RuleScore(code="max-per-day", level="medium", breaches=1, cost=1),
        RuleScore(code="room-seats", level="soft", breaches=2, cost=6),
    )
    assert (found.of("room-seats"), found.of("room-seats", "hard"), found.of("x")) == (6, 0, 0)
    assert not found.feasible


def test_a_score_of_a_timetable_is_that_of_its_portfolio() -> None:
    """A portfolio and its timetable have one score; cancelled sessions cost nothing."""
    portfolio = Portfolio.of(*CROWD)
    assert score(timetable_of(portfolio), RULES) == score(portfolio, RULES)
    calm = Portfolio.of(*CROWD[:5], session("b", "09:30", room_id="r", status="cancelled"))
    assert score(calm, RULES[:1]) == Score()


def test_a_score_is_printed_as_a_line_and_a_table() -> None:
    """Levels first, then the rules that cost anything."""
    lines = str(score(Portfolio.of(*CROWD), RULES)).splitlines()
    assert lines[0] == "2 unplaced, 1 hard, 1 medium, 6 soft"
    assert lines[1] == ""
    assert [each.strip() for each in lines[2].split("│")] == [HEADERS[1], HEADERS[0], *HEADERS[2:]]
    assert lines[-1].split() == ["soft", "│", "room-seats", "│", "2", "│", "6"]
    assert str(Score()) == "0 unplaced, 0 hard, 0 medium, 0 soft"


def test_a_score_is_shown_in_words_with_a_tone_for_each_level() -> None:
    """A level with a cost has its own tone, others are good; a table of rules follows."""
    shown = str(score(Portfolio.of(*CROWD), RULES).html())
    words, _, costs = shown.partition("</ul>")
    assert words.startswith('<ul class="counts">')
    tags = re.findall(r'<li><span class="tag (\w+)">(.*?)</span></li>', words)
    assert tags == [
        ("error", "2 unplaced"), ("error", "1 hard"), ("warning", "1 medium"), ("info", "6 soft"),
    ]  # fmt: skip
    assert "<caption>What the rules cost</caption>" in costs
    assert re.findall(r'<th scope="col".*?>(.*?)</th>', costs) == HEADERS
    assert re.findall(r"<t[hd] .*?>(.*?)</t[hd]>", costs)[4:8] == ["room-overlap", "hard", "1", "1"]
    calm = str(Score().html())
    assert calm.count('class="tag good"') == 4
    assert "table" not in calm


HEADERS = ["rule", "level", "breaches", "cost"]


def test_a_score_has_rows() -> None:
    """One flat row for each rule."""
    rows = score(Portfolio.of(*CROWD), RULES[:1]).rows()
    assert rows == ({"level": "hard", "code": "room-overlap", "breaches": 1, "cost": 1},)


@pytest.mark.parametrize(
    ("scope", "levels"),
    [
        ("e", (1, 1, 0, 4)),
        ("f", (1, 1, 1, 2)),
        ("edition:e", (1, 1, 0, 4)),
        ("mic", (2, 1, 1, 6)),
        ("session:d", (1, 0, 1, 0)),
        (("e", "session:d"), (2, 1, 1, 4)),
    ],
    ids=str,
)
def test_a_scope_takes_what_its_sessions_share_in(scope: Any, levels: tuple[int, ...]) -> None:
    """An overlap of two editions costs either of them; one of other sessions costs neither."""
    assert score(Portfolio.of(*CROWD), RULES, scope).levels == levels


def test_a_scope_may_hold_what_is_cancelled() -> None:
    """A cancelled session in the scope is no part of the timetable."""
    gone = session("x", "09:00", edition_id="e", status="cancelled")
    assert score(Portfolio.of(*CROWD, gone), RULES, "e").levels == (1, 1, 0, 4)


def test_an_unknown_scope_is_refused() -> None:
    """An unknown scope raises NotFound."""
    with pytest.raises(NotFound):
        score(Portfolio.of(*CROWD), RULES, "edition:x")


def test_a_wrong_scope_names_the_verb() -> None:
    """The error names the verb that was called."""
    wrong: Any = 5
    with pytest.raises(InvariantError, match=r"^score: 1 problem\n  scope: "):
        score(Portfolio.of(*CROWD), RULES, wrong)


def test_scores_are_compared_level_by_level() -> None:
    """Scores compare lexicographically: unplaced, hard, medium, soft."""
    ranked = [
        Score(),
        Score(soft=99),
        Score(medium=1),
        Score(hard=1),
        Score(hard=1, soft=1),
        Score(unplaced=1),
    ]
    assert sorted([ranked[5], *ranked[:5]]) == ranked
    assert Score(soft=1) <= Score(soft=1) < Score(soft=2)
    assert Score(hard=1) > Score(medium=5)
    assert [each.feasible for each in ranked] == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("mode", "room_id", "placed"),
    [
        ("in_person", None, False),
        ("hybrid", None, False),
        ("online", None, True),
        ("hybrid", "r", True),
    ],
)
def test_a_session_is_placed_when_it_can_take_place(
    mode: str, room_id: str | None, *, placed: bool
) -> None:
    """A session with a slot is placed only with a room, unless it is online."""
    assert is_placed(session("a", "09:00", mode=mode, room_id=room_id)) is placed
    assert not is_placed(session("a", None, mode=mode, room_id="r"))


@given(nouns=worlds())
def test_a_score_is_the_sum_of_the_breaches(nouns: list[Noun]) -> None:
    """The levels are the sums of weight times cost over the breaches, for any timetable."""
    timetable = timetable_of(Portfolio.of(*nouns))
    total = sum(each.cost for rule in SCHEDULE_RULES for each in conflicts(rule, timetable))
    found = score(timetable)
    assert sum(found.levels[1:]) == total == sum(each.cost for each in found.by_rule)
    assert found.unplaced == sum(not is_placed(each) for each in timetable.sessions)
    halves = [score(timetable, scope=f"session:{each.id}") for each in timetable.sessions]
    assert sum(each.unplaced for each in halves) == found.unplaced
    assert all(sum(each.levels[1:]) <= total for each in halves)
