"""Regression: local minutes of two zones coincide although the sessions do not overlap."""

from datetime import date, timedelta

import attrs

from mic_core.chrono import Period, Slot
from mic_core.model import Assignment, Center, Noun, Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.overlap import PersonOverlap
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of

HALF = timedelta(minutes=30)
ZONES = {"lisbon": "Europe/Lisbon", "mic": "Europe/Brussels"}
RULES: tuple[ScheduleRule, ...] = (PersonOverlap(), CompactDays(block=60, of="person"))


def test_half_hours_in_two_zones_are_one_lone_stretch() -> None:
    """At 11:45 in Lisbon and at 11:45 in Brussels, a trainer is busy in one stretch of the day."""
    centers = [Center(id=id, name=id, country="BE", time_zone=zone) for id, zone in ZONES.items()]
    rooms = [Room(id=f"r-{id}", center_id=id, name="Room", seats=9) for id in ZONES]
    sessions = [Session(id=f"s-{id}", center_id=id, title="S", length=HALF) for id in ZONES]
    gives = [
        Assignment(id=f"a-{each.id}", session_id=each.id, person_id="eve") for each in sessions
    ]
    others: tuple[Noun, ...] = (*centers, *rooms, *gives, Person(id="eve", name="Eve"))
    day = Period.days(date(2014, 10, 28), date(2014, 10, 28))
    timetable = timetable_of(Portfolio.of(*others, *sessions))
    problem = problem_of(timetable, tuple(ZONES), rules=RULES, window=day)
    state = State(problem)
    placed: list[Session] = []
    for place, each in enumerate(problem.activities):
        session = timetable.sessions[each.number]
        slot = Slot.at("2014-10-28", "11:45", HALF, ZONES[session.center_id])
        start = problem.axis.cell(slot.start_utc)
        assert start is not None
        state.place(place, Placement(start, each.rooms[0]))
        placed.append(attrs.evolve(session, slot=slot, room_id=f"r-{session.center_id}"))
    assert state.total == score(Portfolio.of(*others, *placed), RULES).soft == 1
