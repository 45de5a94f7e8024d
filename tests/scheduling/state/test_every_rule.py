"""Each rule at each level in one full season: what is kept step by step, and what is counted."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from mic_core.chrono import Period, Preference, WeeklyHours
from mic_core.findings import Level
from mic_core.model import Assignment, Availability, Center, Room
from mic_core.portfolio import Portfolio
from mic_core.rules import FunctionScope, ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.rules.availability import Unavailability
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.rules.order import MinGap, ModuleOrder, Travel
from mic_core.scheduling.rules.overlap import (
    AudienceOverlap,
    ParticipantOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
    SameTime,
    SpreadOverWeeks,
)
from mic_core.scheduling.search.annealing import Heat
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import edition, flat, module, people, program, room, seat, session, slot
from tests.scheduling.search.boards import anew, books, cost, rules_with, stood
from tests.scheduling.state.test_state import SCOPE
from tests.scheduling.worlds import ZONES, early, large, seats_by_room

FRIDAY, MONDAY = date(2014, 10, 24), date(2014, 10, 27)  # clocks change between them
DAYS = Period.days(FRIDAY, MONDAY)
OFF: tuple[tuple[str, Preference], ...] = (("ann", "avoided"), ("bob", "available"))


def season() -> Portfolio:
    """Two centers in two zones, cohorts that share people, and sessions of which some stay."""
    centers = [
        Center(
            id=id, name=id, country="BE", time_zone=zone,
            opening_hours=WeeklyHours.parse("Mo-Su 09:00-13:00"),
        )
        for id, zone in ZONES.items()
    ]  # fmt: skip
    modules = (
        module("m0", trainers=("ann", "bob")), module("m1", trainers=("ann",), requires=("m0",)),
    )  # fmt: skip
    off = [
        Availability(
            id=f"off-{preference}", subject=f"person:{person}", period=DAYS,
            hours=WeeklyHours.parse("Mo-Su 10:00-13:00"), preference=preference,
        )
        for person, preference in OFF
    ]  # fmt: skip
    shy = Availability(
        id="shy", subject="room:r1", hours=WeeklyHours.parse("Su 09:00-10:00"), period=DAYS,
        preference="avoided",
    )  # fmt: skip
    sessions = [
        session("a0", edition_id="e", module_id="m0", minutes=60),
        session("a1", edition_id="e", module_id="m1", minutes=75, kind="workshop"),
        session("b0", edition_id="f", module_id="m0", minutes=60, expected=9),
        session("b1", edition_id="f", module_id="m1", minutes=60, kind="workshop"),
        session("c0", audience=("e", "f"), minutes=30),
        session("c1", audience=("pat",), minutes=30, mode="online", kind="workshop"),
        session("d0", center_id="lab", minutes=60, edition_id="e"),
        session("d1", center_id="lab", minutes=60, audience=("f",)),
    ]
    stays = [
        session("x0", slot("09:00", 60, day=FRIDAY), room_id="r0", edition_id="e", module_id="m0"),
        session("x1", slot("11:10", 50, day=MONDAY), room_id="wide", audience=("f",)),
        session("x2", slot("09:00", 60, day=MONDAY), edition_id="f", module_id="m1"),
    ]
    led = [("c0", "eve"), ("d0", "eve"), ("x0", "eve"), ("x1", "ann"), ("c1", "bob")]
    gives = [Assignment(id=f"{s}-{p}", session_id=s, person_id=p) for s, p in led]
    return Portfolio.of(
        *centers, room("r0"), room("r1", seats=5), room("wide", concurrency=2),
        Room(id="l0", center_id="lab", name="Lab", seats=20), program(*modules),
        edition("e", DAYS), edition("f", DAYS, number=2), *people("ann", "bob", "eve", "pat"),
        *flat([*seat("pat", "e"), *seat("pat", "f")]), *off, shy, *sessions, *stays, *gives,
    )  # fmt: skip


def scoped(scope: FunctionScope, *, level: Level) -> ScheduleRule:
    """A function that counts early sessions."""
    return rule("early", level, law="Nobody likes mornings.", scope=scope)(early)


def small_rooms(*, level: Level) -> ScheduleRule:
    """A rule that looks at the rooms of the portfolio."""
    made = rule("large", level, law="No room is too large.", given=seats_by_room)
    return made(large)


MAKERS: tuple[Callable[..., ScheduleRule], ...] = (
    partial(MaxPerDay, most=1, of="edition"), partial(MaxPerDay, most=1, of="person"),
    partial(MaxPerDay, most=1, of="room", where=Only(kind="workshop")),
    partial(MaxPerWeek, most=1, of="audience"), partial(DayLoad, most=100, of="person", unit=30),
    partial(WorkDay, most=120, of="person"), partial(WorkDay, most=90, of="edition"),
    partial(MinGap, minutes=60, of="person"), partial(MinGap, minutes=45, of="edition"),
    partial(MinGap, minutes=30, of="room"), partial(Travel, minutes=45),
    partial(MinDays, least=2, of="module"), partial(SpreadOverWeeks, least=2, of="edition"),
    partial(SameDay, of="module"), partial(DifferentDays, of="module"),
    partial(SameTime, of="module"), partial(SameRoom, of="module"),
    partial(RoomStability, of="module"), partial(RoomStability, of="person", weight=2),
    partial(RoomStability, of="edition"), partial(CompactDays, block=60, of="audience"),
    partial(CompactDays, block=60, of="person"), partial(CompactDays, block=60, of="room"),
    partial(DayBreaks, most=0, minutes=30, of="audience"),
    partial(BlockLength, most=60, of="audience", where=Only(kind="workshop")),
    partial(PreferredTimes, hours=WeeklyHours.parse("Mo-Su 10:00-12:00")),
    AudienceOverlap, PersonOverlap, RoomOverlap, RoomSeats, ModuleOrder, Unavailability,
    ParticipantOverlap, partial(scoped, "session"), partial(scoped, "pair"),
    partial(scoped, "group-day"), partial(scoped, "group-month"), partial(scoped, "group"),
    small_rooms,
)  # fmt: skip
SEASON = season()


@pytest.mark.parametrize("level", ["hard", "soft"])
@pytest.mark.parametrize("place", range(len(MAKERS)))
def test_a_rule_is_counted_or_kept(place: int, level: Level) -> None:
    """The total after ejections, steps and a search is the cost of the timetable."""
    rules = rules_with(MAKERS[place](level=level))
    made = problem_of(
        timetable_of(SEASON), SCOPE, rules=rules, window=DAYS, step=timedelta(minutes=30),
        free=("x0",),
    )  # fmt: skip
    state = State(made)
    eject(state, range(len(state.at)), Chance(place), steps=60)
    assert state.total == cost(made, state.placed(), rules)
    for activity in range(0, len(state.at), 2):
        state.remove(activity)
    assert state.total == cost(made, state.placed(), rules)
    assert books(state) == books(anew(state))
    found = Kernel(Heat(hot=5_000, rooms=40)).solve(made, seed=place, iterations=300)
    assert found.cost == cost(made, found.placements, rules)
    nothing = stood(made, (None,) * len(found.placements), rules)
    assert score(stood(made, found.placements, rules), rules).hard <= score(nothing, rules).hard
