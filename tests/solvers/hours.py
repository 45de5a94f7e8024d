"""A day of a few hours in two rooms, and all its schedules that the kernel's state allows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.findings import Level
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
from mic_core.rules import ScheduleRule
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.state.state import State
from mic_core.solvers import CpSat
from mic_core.solvers.answer import hard_units
from mic_core.timetable import timetable_of

HOUR = timedelta(hours=1)
DAY, NEXT = date(2014, 10, 27), date(2014, 10, 28)
ZONE = "Europe/Brussels"


def session(id: str, module: str | None, at: str = "", day: date = DAY, **more: Any) -> Session:
    """An hour of an edition, placed where a time is given."""
    fields: dict[str, Any] = {"edition_id": "e", "room_id": "r-0" if at else None, **more}
    return Session(
        id=id, center_id="mic", title=id, length=HOUR, module_id=module,
        slot=Slot.at(day, at, HOUR, ZONE) if at else None, **fields,
    )  # fmt: skip


def world(
    *sessions: Session,
    last: date = DAY,
    closes: int = 12,
    limit: int = 1,
    away: tuple[str, ...] = (),
) -> Portfolio:
    """A center of two rooms, two modules of which one comes first, and two people."""
    nouns: list[Noun] = [
        Center(
            id="mic", name="MIC", country="BE", time_zone=ZONE,
            opening_hours=WeeklyHours.parse(f"Mo-Su 09:00-{closes:02}:00"),
        ),
        *(
            Room(id=f"r-{n}", center_id="mic", name="Room", seats=20, concurrency=limit)
            for n in range(2)
        ),
        *(Person(id=id, name=id) for id in ("ann", "bob")),
        *(
            Availability(
                id=f"off-{place}", subject=subject, preference="unavailable",
                slot=Slot.at(DAY, "09:00", HOUR, ZONE),
            )
            for place, subject in enumerate(away)
        ),
        Program(
            id="p", title="Program", kind="training",
            modules=(
                Module(id="a", title="A", length=HOUR, trainers=("ann", "bob")),
                Module(id="b", title="B", length=HOUR, requires=("a",), trainers=("ann",)),
            ),
        ),
        *(
            Edition(id=id, program_id="p", center_id="mic", number=n, period=Period.days(DAY, last))
            for n, id in enumerate(("e", "f"), 1)
        ),
        *sessions,
        *(
            Assignment(id=f"lead-{each.id}", session_id=each.id, person_id="ann")
            for each in sessions
            if each.slot is not None
        ),
    ]  # fmt: skip
    return Portfolio.of(*nouns)


def asked(portfolio: Portfolio, *rules: ScheduleRule, last: date = DAY) -> PlanningProblem:
    """The problem of the unplaced sessions."""
    window = Period.days(DAY, last)
    return problem_of(timetable_of(portfolio), "mic", rules=rules, window=window, step=HOUR)


def schedules(problem: PlanningProblem) -> Iterator[tuple[int, int]]:
    """Number of unplaced activities and cost of each schedule that violates no more hard rules."""
    state = State(problem)

    def go_on(activity: int, left: int) -> Iterator[tuple[int, int]]:
        if activity == len(state.at):
            if hard_units(state.total) <= 0:
                yield left, state.total
            return
        yield from go_on(activity + 1, left + 1)
        each = problem.activities[activity]
        for room in each.rooms:
            for trainer in each.trainers:
                for start in cells_in(problem.domain(activity, room, trainer)):
                    at = Placement(start, room, trainer)
                    if state.allows(activity, at):
                        state.place(activity, at)
                        yield from go_on(activity + 1, left)
                        state.remove(activity)

    yield from go_on(0, 0)


def solved(problem: PlanningProblem) -> tuple[int, int]:
    """Number of unplaced activities and cost of the schedule that CP-SAT proves optimal."""
    found = CpSat(moves=0).solve(problem)
    assert found.proved
    assert found.bound == found.cost
    state = State(problem)
    state.restore(found.placements)
    assert state.total == found.cost
    return len(found.unplaced), found.cost


def usual(*softer: ScheduleRule) -> tuple[ScheduleRule, ...]:
    """The standard rules, some of them replaced."""
    codes = {each.entry.code for each in softer}
    return (*(each for each in SCHEDULE_RULES if each.entry.code not in codes), *softer)


LEVELS: tuple[Level, ...] = ("hard", "medium", "soft")

PLACED = [
    (),
    (session("x", "a", "10:00"),),
    (session("x", "b", "10:00"), session("y", "b", "11:00", edition_id="f")),
    (
        session("x", "a", "09:00"),
        session("y", "a", "11:00", room_id="r-1"),
        session("z", "b", "10:00"),
    ),
]
