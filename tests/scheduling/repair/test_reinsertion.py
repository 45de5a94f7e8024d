"""Repairs of sessions at placements that the model cannot represent: off the step, or outside.

And what holds where a repair gives up: nothing is made worse, nothing is left out that has a place.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.findings import Policy, Waiver
from mic_core.model import Assignment, Attendance, Availability, Center, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.repair.repair import Repair, repair
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.spread import MinDays, SameRoom
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.nouns import (
    DAY,
    MIC,
    edition,
    gives,
    module,
    people,
    program,
    room,
    session,
    slot,
)
from tests.scheduling.repair.test_laws import SCOPES, crowded

ON = Period.days(DAY, DAY)
NEXT = date(2014, 9, 11)
CLOSED = Availability(id="closed", subject="room:r", preference="unavailable", period=ON)


def opened(hours: str) -> Center:
    """The center with other opening hours."""
    return attrs.evolve(MIC, opening_hours=WeeklyHours.parse(hours))


def two(start: str, center: Center = MIC, **fields: Any) -> Portfolio:
    """Two sessions at one time in the one room."""
    values: dict[str, Any] = {"room_id": "r", **fields}
    return Portfolio.of(
        center, room(), edition(), session("a", start, **values), session("b", start, **values)
    )


def told(made: Repair) -> list[str]:
    """Each row that changes: a session with its day, hour and room, or who leads one now."""
    return [
        f"{each.session_id} {each.person_id}"
        if isinstance(each, Assignment)
        else f"{each.id} {each.slot.start:%d %H:%M} {each.room_id}"
        if isinstance(each, Session) and each.slot is not None
        else f"{each.id} out"
        for each in made.changes
    ]


def test_of_two_that_clash_off_the_step_one_stays() -> None:
    """Of two sessions at ten past ten only one moves; the other keeps a start off the step."""
    assert told(repair(two("10:10"), "mic", window=ON)) == ["b 10 11:10 r"]


def test_of_two_that_clash_off_the_step_one_is_taken_out() -> None:
    """If the center is open for one of two off the step, only one is taken out."""
    made = repair(two("10:10", opened("Mo-Su 10:10-11:10")), "mic", window=ON)
    assert told(made) == ["b out"]
    assert [each.session_id for each in made.unplaced] == ["b"]


def test_a_closed_room_changes_the_room_alone_off_the_step() -> None:
    """A session off the step whose room is closed takes another room and keeps its start."""
    lesson = session("a", "17:20", room_id="r")
    known = Portfolio.of(MIC, room(), room("q"), lesson, CLOSED)
    assert told(repair(known, "mic", window=ON)) == ["a 10 17:20 q"]


def test_where_no_other_room_is_free_the_start_changes_off_the_step() -> None:
    """A session off the step for which no room is open at its hour takes another hour."""
    lesson, other = session("a", "17:20", room_id="r"), session("b", "17:00", room_id="q")
    known = Portfolio.of(MIC, room(), room("q"), lesson, other, CLOSED)
    assert told(repair(known, "mic", window=ON)) == ["a 10 18:00 q"]


@pytest.mark.parametrize("mode", ["in_person", "online"])
def test_an_ill_lead_changes_the_lead_alone_off_the_step(mode: str) -> None:
    """A session off the step whose lead is ill gets another lead and keeps its start and room."""
    ill = attrs.evolve(CLOSED, id="ill", subject="person:ann")
    lesson = session("a", "17:20", room_id="r", module_id="m", mode=mode)
    known = Portfolio.of(
        MIC, room(), room("q"), *people("ann", "bob"), ill, gives("ann", "a"), lesson,
        program(module("m", trainers=("ann", "bob"))),
    )  # fmt: skip
    assert told(repair(known, "mic", window=ON)) == ["a bob"]


def test_a_lead_of_two_off_the_step_gives_one_away() -> None:
    """A lead of two sessions at once off the step keeps one; another person leads the other."""
    known = Portfolio.of(
        MIC, room(), room("q"), *people("ann", "bob"), gives("ann", "a"), gives("ann", "b"),
        program(module("m", trainers=("ann", "bob"))),
        session("a", "10:10", room_id="r", module_id="m"),
        session("b", "10:10", room_id="q", module_id="m"),
    )  # fmt: skip
    assert told(repair(known, "mic", window=ON)) == ["b bob"]


def test_of_two_outside_hours_that_are_waived_one_stays() -> None:
    """If sessions after hours are waived, one of two that clash stays after hours."""
    waived = Policy(waivers=(Waiver(code="opening-hours", reason="evening season"),))
    known = two("19:00", opened("Mo-Su 09:00-18:00"))
    assert told(repair(known, "mic", window=ON, policy=waived)) == ["b 10 17:00 r"]


def test_of_two_outside_the_window_one_stays() -> None:
    """Only one of two that clash before the window begins moves into it."""
    week = Period.days(date(2014, 9, 17), date(2014, 9, 17))
    assert told(repair(two("10:00"), "mic", window=week)) == ["b 17 00:00 r"]


def test_of_two_at_an_hour_that_clocks_show_twice_one_stays() -> None:
    """One of two that clash in the repeated hour, after clocks go back, stays there."""
    night = date(2014, 10, 26)
    again = slot("03:00", day=night)
    start = again.start.replace(hour=2, fold=1)
    twice = Slot(start, again.start)
    known = Portfolio.of(
        MIC, room(), session("a", twice, room_id="r"), session("b", twice, room_id="r")
    )
    made = repair(known, "mic", window=Period.days(night, night))
    assert made.sessions == ("b",)
    assert not made.unplaced


def test_of_two_without_rooms_one_stays() -> None:
    """Of two sessions of an edition that clash and have no rooms yet, one keeps its slot."""
    known = two("10:00", room_id=None, edition_id="e")
    assert told(repair(known, "e", window=ON)) == ["b 10 09:00 r"]


def test_of_two_that_no_room_fits_one_is_taken_out() -> None:
    """If no room has the seats, one of two that clash stays without a room."""
    known = two("10:00", opened("Mo-Su 10:00-11:00"), room_id=None, edition_id="e", expected=50)
    assert told(repair(known, "e", window=ON)) == ["b out"]


def test_in_the_room_of_another_center_one_stays() -> None:
    """Of two that clash in a room of another center, one stays in it."""
    lab = attrs.evolve(MIC, id="lab")
    places: dict[str, Any] = {"room_id": "r"}
    known = Portfolio.of(
        MIC, lab, room(center_id="lab"), room("q"),
        session("a", "10:00", **places), session("b", "10:00", **places),
    )  # fmt: skip
    rules = [each for each in SCHEDULE_RULES if each.entry.code == "room-overlap"]
    assert told(repair(known, "mic", window=ON, rules=rules)) == ["b 10 10:00 q"]


def test_the_most_stay_of_those_off_the_step() -> None:
    """One that comes too early for two others leaves, not the two, wherever it is named."""
    known = Portfolio.of(
        MIC, room(), edition(), program(module("m0"), module("m1", requires=("m0",))),
        session("s0", "02:20", edition_id="e", module_id="m1", room_id="r"),
        session("s2", "08:35", edition_id="e", module_id="m0", room_id="r"),
        session("s4", slot("01:05", day=NEXT), edition_id="e", module_id="m0", room_id="r"),
    )  # fmt: skip
    made = repair(known, "e", window=Period.days(DAY, NEXT))
    assert told(made) == ["s0 11 02:05 r"]


def test_who_could_stay_moves_where_others_would_be_left_out() -> None:
    """A session outside the window moves into it where another would find no place else."""
    known = Portfolio.of(
        opened("Mo-Su 01:00-03:15,08:30-09:30"), room(), edition(),
        program(module("m0"), module("m1", requires=("m0",))),
        session("s0", "02:15", edition_id="e", module_id="m1", room_id="r"),
        session("s2", "08:30", edition_id="e", module_id="m0", room_id="r"),
        session("s4", slot("01:00", day=NEXT), edition_id="e", module_id="m0", room_id="r"),
    )  # fmt: skip
    made = repair(known, "e", window=ON)
    assert not made.unplaced
    assert made.report.ok


def test_a_group_off_the_step_is_mended_by_moving_one() -> None:
    """If all could stay, but a hard rule wants one of them on another day, one moves."""
    known = Portfolio.of(
        MIC, room(), edition(), session("a", "10:10", edition_id="e", room_id="r"),
        session("b", "12:10", edition_id="e", room_id="r"),
    )  # fmt: skip
    rules = (*SCHEDULE_RULES, MinDays(least=2, of="edition", level="hard"))
    made = repair(known, "e", window=Period.days(DAY, NEXT), rules=rules)
    assert made.report.ok
    assert not made.unplaced


def test_who_could_stay_moves_where_history_cannot() -> None:
    """A session off the step moves if one that was held needs another on a second day."""
    known = Portfolio.of(
        MIC, room(), *people("x"), edition(), session("a", "12:10", edition_id="e", room_id="r"),
        session("b", "10:00", edition_id="e", room_id="r"),
        Attendance(id="at", session_id="b", person_id="x", status="present"),
    )  # fmt: skip
    rules = (*SCHEDULE_RULES, MinDays(least=2, of="edition", level="hard"))
    made = repair(known, "e", window=Period.days(DAY, NEXT), rules=rules)
    assert made.sessions == ("a",)
    assert made.report.ok


def test_a_repair_that_would_make_it_worse_changes_nothing() -> None:
    """If moving or unplacing would cost a hard rule more, all stays as it was."""
    known = Portfolio.of(
        MIC, room(), *people("x"), edition(), session("a", "10:10", edition_id="e", room_id="r"),
        session("b", slot("10:00", day=NEXT), edition_id="e", room_id="r"),
        Attendance(id="at", session_id="b", person_id="x", status="present"),
    )  # fmt: skip
    rules = (MinDays(least=3, of="edition", level="hard"),)
    made = repair(known, "e", window=Period.days(NEXT, NEXT), rules=rules)
    assert made.changes == ()
    assert made.unplaced == ()
    assert made.broken == ("a", "b")
    assert made.score.hard == 1


def test_a_rule_about_rooms_changes_the_room_alone() -> None:
    """Of two sessions of a module that want one room, one takes the other's room."""
    known = Portfolio.of(
        MIC, room(), room("q"), edition(), program(module("m")),
        session("a", "10:00", room_id="r", edition_id="e", module_id="m"),
        session("b", "12:00", room_id="q", edition_id="e", module_id="m"),
    )  # fmt: skip
    made = repair(known, "e", window=ON, rules=(*SCHEDULE_RULES, SameRoom(of="module")))
    assert not made.unplaced
    assert told(made) in (["b 10 12:00 r"], ["a 10 10:00 q"])


def test_only_those_that_findings_name_are_called_broken() -> None:
    """Of several that end too late, `broken` names the one that the finding names."""
    known = Portfolio.of(
        MIC, room(), edition(), program(module("m0"), module("m1", requires=("m0",))),
        session("s0", "02:15", edition_id="e", module_id="m1", room_id="r"),
        session("s2", "08:30", edition_id="e", module_id="m0", room_id="r"),
        session("s4", slot("01:00", day=NEXT), edition_id="e", module_id="m0", room_id="r"),
    )  # fmt: skip
    window = Period.days(DAY, NEXT)
    assert repair(known, "e", window=window).broken == ("s0", "s4")
    assert repair(known, "s2", window=window).broken == ("s2",)


def test_who_is_stopped_puts_nothing_back() -> None:
    """Once a search is stopped, or its placements are spent, what was taken out stays out."""
    known = Portfolio.of(MIC, room(), room("q"), session("a", "17:20", room_id="r"), CLOSED)
    assert told(repair(known, "mic", window=ON, iterations=0)) == ["a out"]
    assert told(repair(known, "mic", window=ON, should_stop=lambda: True)) == ["a out"]


@st.composite
def shifted(draw: st.DrawFn) -> Portfolio:
    """A crowded portfolio in which some sessions start off the step, and some have no room."""
    start = draw(crowded())
    rows: dict[object, Noun] = {(type(each), each.id): each for each in start.values()}
    for each in start.all(Session):
        by = timedelta(minutes=draw(st.sampled_from([0, 0, 5, 1440])))
        if each.slot is not None:
            late = Slot(each.slot.start + by, each.slot.end + by)
            kept = None if draw(st.integers(0, 5)) == 0 else each.room_id
            rows[Session, each.id] = attrs.evolve(each, slot=late, room_id=kept)
    return Portfolio.of(*rows.values())


def costs(portfolio: Portfolio, rules: Sequence[ScheduleRule]) -> int:
    """The cost of all hard rules."""
    table = timetable_of(portfolio)
    graded = [each for each in rules if each.entry.level == "hard"]
    return sum(each.weight * one.cost for each in graded for one in conflicts(each, table))


@one_in(2)
@given(shifted(), worlds.rules(), st.sampled_from(SCOPES), st.integers(0, 3))
def test_no_repair_breaks_more_or_leaves_out_what_has_a_place(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], scope: Any, seed: int
) -> None:
    """Hard rules never cost more after a repair; once they are kept, who is out has no place."""
    made = repair(portfolio, scope, window=worlds.PERIOD, rules=rules, seed=seed)
    assert costs(made.portfolio, rules) <= costs(portfolio, rules)
    for each in made.unplaced if not costs(made.portfolio, rules) else ():
        chosen = [rule for rule in rules if rule.entry.level == "hard"] or list(rules)
        asked = suggest(made.portfolio, each.session_id, window=worlds.PERIOD, rules=chosen)
        assert asked.free == each.free == 0
