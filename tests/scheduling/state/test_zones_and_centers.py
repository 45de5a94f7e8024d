"""Fixed sessions in other time zones and in rooms of other centers, against the definition."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.findings import Level
from mic_core.model import Assignment, Center, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.infeasibility.explain import explain_infeasible
from mic_core.scheduling.insertion.suggest import suggest
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS, Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Placements
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.day import BlockLength, DayBreaks
from mic_core.scheduling.rules.hours import OpeningHours
from mic_core.scheduling.rules.load import WorkDay
from mic_core.scheduling.rules.overlap import ParticipantOverlap, RoomOverlap
from mic_core.scheduling.rules.spread import RoomStability, SameRoom
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.insertion.oracle import few
from tests.scheduling.nouns import DAY, MIC, edition, module, people, program, room, seat, session
from tests.scheduling.state.test_state import SCOPE, plain

HOUR = timedelta(hours=1)
WINDOW = Period.days(DAY, DAY)
ZONES = ("Europe/Brussels", "Europe/Lisbon", "Asia/Kolkata", "Australia/Lord_Howe")
CLOCKS = ("08:10", "09:00", "09:30", "10:00", "11:00", "12:30", "23:30")
ODD = "10:00:30"  # on the clocks of the first center alone
FINE = timedelta(minutes=5)
"""A step that divides all lengths and clocks, so that nobody takes up a part of a step."""

DAYS = Period.days(date(2014, 10, 25), date(2014, 10, 26))  # clocks change on the 26th


@st.composite
def crossings(draw: st.DrawFn) -> Portfolio:
    """A world of which one half or the other stays where it is, in any room and on any clock."""
    world = draw(worlds.portfolios())
    zones = draw(st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)))
    hours = WeeklyHours.parse("Mo-Su 08:00-14:00")
    centers = [
        attrs.evolve(each, time_zone=zone, opening_hours=hours)
        for each, zone in zip(world.all(Center), zones, strict=True)
    ]
    away = draw(st.sampled_from(["lab", "lab", "nowhere"]))
    sessions = [
        _stays(draw, each, zones) if each.center_id == away or draw(st.integers(0, 2)) == 0
        else _moves(draw, each, zones)
        for each in world.all(Session)
    ]  # fmt: skip
    return recorded(world, [*centers, *sessions])


def _when(draw: st.DrawFn, length: timedelta, zones: Sequence[str], *odd: str) -> Slot:
    day = draw(st.dates(date(2014, 10, 25), date(2014, 10, 26)))
    begins, zone = draw(st.sampled_from((*CLOCKS, *odd))), draw(st.sampled_from(zones))
    return Slot.at(day, begins, length, zones[0] if begins in odd else zone)


def _stays(draw: st.DrawFn, one: Session, zones: Sequence[str]) -> Session:
    """A session in a slot and a room, perhaps of the other center or not known any more."""
    room_id = draw(st.sampled_from(["mic-0", "lab-0", "lab-0", "gone"]))
    return attrs.evolve(
        one, slot=_when(draw, one.length, zones, ODD), room_id=room_id, edition_id="e-0",
        mode="hybrid",
    )  # fmt: skip


def _moves(draw: st.DrawFn, one: Session, zones: Sequence[str]) -> Session:
    """A session that nobody has entered twice; only online ones may have a room, few a slot."""
    when = _when(draw, one.length, zones) if draw(st.integers(0, 4)) == 0 else None
    kept = draw(st.sampled_from([None, "mic-0", "lab-0", "gone"])) if one.mode == "online" else None
    return attrs.evolve(one, slot=when, room_id=kept, edition_id="e-0", title=one.id)


@st.composite
def rules(draw: st.DrawFn) -> tuple[ScheduleRule, ...]:
    """All kinds of rules, and above all those that look across zones and rooms."""

    def level() -> Level:
        drawn: Level = draw(worlds.LEVELS)
        return drawn

    more: list[ScheduleRule] = [
        BlockLength(most=60, of="edition", level=level()),
        DayBreaks(most=0, minutes=30, of="edition", level=level()),
        WorkDay(most=180, of="edition", level=level()),
        SameRoom(of="module", level=level()),
        RoomStability(of="edition", level=level()),
        RoomOverlap(level=level()),
        rule("few", level(), law="Two are company.", scope="group", of="module")(few),
    ]
    picked = draw(st.lists(st.sampled_from(range(len(more))), min_size=1, max_size=3, unique=True))
    return (*draw(worlds.rules()), *(more[each] for each in picked))


def standing(problem: PlanningProblem, placements: Placements) -> Portfolio:
    """The portfolio in which activities stand there, and nowhere if they have no placement."""
    portfolio = problem.timetable.portfolio
    nouns: list[Noun] = []
    for each, (one, at) in enumerate(zip(problem.activities, placements, strict=True)):
        before = problem.timetable.sessions[one.number]
        if at is None:
            nouns.append(attrs.evolve(before, slot=None, room_id=None))
            continue
        zone = ZoneInfo(portfolio.get(Center, before.center_id).time_zone)
        begins, ends = (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).astimezone(zone)
            for us in problem.slot(each, at.start)
        )
        held = problem.rooms[at.room] if at.room >= 0 else None
        nouns.append(attrs.evolve(before, slot=Slot(begins, ends), room_id=held))
        if at.trainer >= 0:
            person = problem.persons[at.trainer]
            nouns.append(Assignment(id=f"{before.id}-by", session_id=before.id, person_id=person))
    return recorded(portfolio, nouns)


def choices(problem: PlanningProblem, activity: int) -> Iterator[Placement]:
    """The placements of an activity within its window, in rooms that suit it."""
    each = problem.activities[activity]
    low, high = problem.windows[activity]
    for start in cells_in(each.steps | each.starts):
        begins, ends = problem.slot(activity, start)
        if low <= begins and ends <= high:
            yield from (
                Placement(start, room, trainer) for room in each.rooms for trainer in each.trainers
            )


@one_in(2)
@given(crossings(), rules(), st.sampled_from([FINE, HOUR]), st.data())
def test_what_stays_elsewhere_counts_as_the_definition_says(
    portfolio: Portfolio, asked: tuple[ScheduleRule, ...], step: timedelta, data: st.DataObject
) -> None:
    """An allowed start costs what the timetable does; a start not allowed breaks a hard rule."""
    problem = problem_of(timetable_of(portfolio), SCOPE, step=step, rules=asked, window=DAYS)
    state = State(problem)
    nothing = plain(standing(problem, state.placed()), asked)
    for activity in range(len(problem.activities)):
        found = list(choices(problem, activity))
        for at in data.draw(st.lists(st.sampled_from(found), max_size=3)) if found else ():
            state.remove(activity)
            there = [*state.placed()]
            there[activity] = at
            after = standing(problem, tuple(there))
            if state.problem.fits(activity, at) and state.allows(activity, at):
                state.place(activity, at)
                assert state.total == plain(after, asked) - nothing
            elif step == FINE:
                assert score(after, asked).hard > 0
    state.restore([None] * len(problem.activities))
    assert state.total == 0


def zones(*more: ScheduleRule, **clock: str) -> tuple[Portfolio, tuple[ScheduleRule, ...]]:
    """A session stays in Brussels; one in Lisbon, open for an hour, is to come."""
    hours = WeeklyHours.parse("Mo-Su 11:00-12:00")
    lisbon = attrs.evolve(MIC, id="l", time_zone="Europe/Lisbon", opening_hours=hours)
    stays = session("a", clock.get("at", "12:00"), edition_id="e", room_id="r")
    comes = session("x", None, edition_id="e", center_id="l")
    held = Portfolio.of(
        MIC, lisbon, room(), room("rl", center_id="l"), program(), edition(), stays, comes
    )
    return held, (OpeningHours(), *more)


def test_a_block_across_zones_is_not_made() -> None:
    """An hour from 11:00 in Lisbon and one from 12:00 in Brussels are a block of two."""
    held, asked = zones(BlockLength(most=60, of="edition", level="hard"))
    made = plan(held, "e", rules=asked, window=WINDOW, step=HOUR)
    assert made.score.levels == (1, 0, 0, 0)
    found = explain_infeasible(held, "e", rules=asked, window=WINDOW, step=HOUR)
    assert found.verdict == "impossible"
    assert suggest(held, "x", rules=asked, window=WINDOW, step=HOUR).free == 0


@pytest.mark.parametrize(("at", "cost"), [("12:00", 1), ("13:00", 0), ("12:00:30", 1)])
def test_a_block_across_zones_costs_its_level(at: str, cost: int) -> None:
    """Minutes that touch on the clocks are one block, and an hour between them is none."""
    held, asked = zones(BlockLength(most=90, of="edition", level="medium"), at=at)
    made = plan(held, "e", rules=asked, window=WINDOW, step=HOUR)
    assert made.score.levels == (0, 0, cost, 0)
    assert made.solution.cost == cost * LEVEL_WEIGHTS["medium"]


def test_minutes_begin_as_clocks_show_them_where_zones_keep_seconds() -> None:
    """In Monrovia of 1970, 44 minutes and a half behind, half a minute is rounded outwards."""
    hours = WeeklyHours.parse("Mo-Su 11:00-12:00")
    there = attrs.evolve(MIC, time_zone="Africa/Monrovia", opening_hours=hours)
    held = Portfolio.of(there, room(), session("a", None))
    asked = (OpeningHours(), BlockLength(most=60, of="all", level="soft"))
    made = plan(
        held, "a", rules=asked, window=Period.days(date(1970, 5, 5), date(1970, 5, 5)), step=HOUR
    )
    assert made.score.levels == (0, 0, 0, 1)
    assert made.solution.cost == 1


def rooms(level: Level) -> tuple[Portfolio, tuple[ScheduleRule, ...]]:
    """A session of a module stays in a room of one center; another is to come in the other."""
    common: dict[str, Any] = {"edition_id": "e", "module_id": "m"}
    lab = attrs.evolve(MIC, id="lab")
    held = Portfolio.of(
        MIC, lab, room(), room("l", center_id="lab"), program(module("m")), edition(),
        session("a", "10:00", room_id="r", **common), session("b", None, center_id="lab", **common),
    )  # fmt: skip
    return held, (SameRoom(of="module", level=level),)


def test_a_room_of_another_center_is_not_the_same_room() -> None:
    """A module that must keep to one room, fixed in another center, leaves no room to choose."""
    held, asked = rooms("hard")
    assert plan(held, "b", rules=asked, window=WINDOW, step=HOUR).score.levels == (1, 0, 0, 0)
    found = explain_infeasible(held, "b", rules=asked, window=WINDOW, step=HOUR)
    assert found.verdict == "impossible"
    assert suggest(held, "b", rules=asked, window=WINDOW, step=HOUR).free == 0


def test_a_second_room_in_another_center_costs() -> None:
    """A module that had better keep to one room costs one for a second room."""
    held, asked = rooms("soft")
    made = plan(held, "b", rules=asked, window=WINDOW, step=HOUR)
    assert made.score.levels == (0, 0, 0, 1)
    assert made.solution.cost == 1


def first_is(*asked: Session | tuple[Session, ...]) -> int:
    """1 where the first session in the order of time and id is in the other center's room."""
    (sessions,) = asked
    return int(isinstance(sessions, tuple) and sessions[0].room_id == "r")


@pytest.mark.parametrize(("stays", "cost"), [("a", 1), ("c", 0)])
def test_a_function_sees_sessions_as_they_stay(stays: str, cost: int) -> None:
    """A function sees rooms of other centers, and sessions of one time in the order of ids."""
    lab = attrs.evolve(MIC, id="lab", opening_hours=WeeklyHours.parse("Mo-Su 10:00-11:00"))
    held = Portfolio.of(
        MIC, lab, room(), room("l", center_id="lab"), program(), edition(),
        session(stays, "10:00", 90, room_id="r", edition_id="e"),
        session("b", None, center_id="lab", edition_id="e"),
    )  # fmt: skip
    law = rule("first", "soft", law="The lab comes first.", scope="group", of="edition")(first_is)
    alone = score(held, (law,)).soft
    made = plan(held, "b", rules=(OpeningHours(), law), window=WINDOW, step=HOUR)
    assert made.score.levels == (0, 0, 0, cost)
    assert made.solution.cost == cost - alone


def test_crowds_of_fixed_sessions_across_runs_are_counted_once() -> None:
    """Three fixed sessions of a day are one crowd until a session is added at each end."""
    held = Portfolio.of(
        attrs.evolve(MIC, opening_hours=WeeklyHours.parse("Mo-Su 09:00-10:00,14:00-15:00")),
        room(concurrency=2),
        *(session(f"s{n}", "08:00", 8 * 60, room_id="r") for n in range(3)),
        session("a", None), session("b", None),
    )  # fmt: skip
    asked = (OpeningHours(), RoomOverlap(level="soft"))
    problem = problem_of(timetable_of(held), "mic", rules=asked, window=WINDOW, step=HOUR)
    state = State(problem)
    nothing = plain(standing(problem, (None, None)), asked)
    state.place(0, Placement(0, 0))
    state.place(1, Placement(1, 0))
    assert state.total == plain(standing(problem, state.placed()), asked) - nothing == 3


def test_who_may_overlap_what_stays_does_not_take_it_away() -> None:
    """A day on which one session may run beside another that stays is as busy as with one."""
    held = Portfolio.of(
        MIC, room(concurrency=3), program(), edition(), edition("f", number=2), *people("p"),
        *seat("p", "e"), *seat("p", "f"),
        session("a", None, audience=("e",)), session("b", None, audience=("f",)),
        session("s", "10:00", room_id="r", audience=("e",)),
    )  # fmt: skip
    asked = (ParticipantOverlap(level="hard"), BlockLength(most=30, of="all", level="soft"))
    problem = problem_of(timetable_of(held), "mic", rules=asked, window=WINDOW, step=HOUR)
    state = State(problem)
    (start,) = (
        cell for cell in range(24) if problem.slot(0, cell)[0] == timetable_of(held).starts[2]
    )
    assert state.allows(0, Placement(start, 0))
    state.place(0, Placement(start, 0))
    assert state.total == 0
    state.place(1, Placement(start + 2, 0))
    nothing = plain(standing(problem, (None, None)), asked)
    assert state.total == plain(standing(problem, state.placed()), asked) - nothing > 0
