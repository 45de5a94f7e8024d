"""Each kind of term in a program, against all schedules that the kernel's state allows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import attrs
import pytest

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
from mic_core.rules import Bucket, Entry, Group, ScheduleRule, Scope, Term
from mic_core.scheduling import (
    SCHEDULE_RULES,
    AudienceOverlap,
    BlockLength,
    CompactDays,
    DayLoad,
    DifferentDays,
    MaxPerDay,
    MinDays,
    MinGap,
    ModuleOrder,
    PersonOverlap,
    PreferredTimes,
    RoomOverlap,
    RoomSeats,
    RoomStability,
    SameRoom,
    SameTime,
    Travel,
    Unavailability,
    rule,
    timetable_of,
)
from mic_core.scheduling.kernel import State
from mic_core.scheduling.plan import problem_of
from mic_core.scheduling.problem import Placement, Problem
from mic_core.scheduling.problem.axis import cells_in
from mic_core.scheduling.timetable import Timetable
from mic_core.solvers import CpSat, combinations
from mic_core.solvers.answer import units

pytest.importorskip("ortools", reason="the extra solver is not installed")

HOUR = timedelta(hours=1)
DAY, NEXT = date(2014, 10, 27), date(2014, 10, 28)
ZONE = "Europe/Brussels"


def session(id: str, module: str | None, at: str = "", day: date = DAY, **more: str) -> Session:
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


def asked(portfolio: Portfolio, *rules: ScheduleRule, last: date = DAY) -> Problem:
    """The problem of what is not placed."""
    window = Period.days(DAY, last)
    return problem_of(timetable_of(portfolio), "mic", rules=rules, window=window, step=HOUR)


def schedules(problem: Problem) -> Iterator[tuple[int, int]]:
    """What is left out and what it costs, of each schedule that breaks nothing more."""
    state = State(problem)

    def go_on(activity: int, left: int) -> Iterator[tuple[int, int]]:
        if activity == len(state.at):
            if units(state.total) <= 0:
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


def solved(problem: Problem) -> tuple[int, int]:
    """What CP-SAT leaves out and what that costs; it proves that nothing is better."""
    found = CpSat(moves=0).solve(problem)
    assert found.proved
    assert found.bound == found.cost
    state = State(problem)
    state.restore(found.placements)
    assert state.total == found.cost
    return len(found.unplaced), found.cost


def usual(*softer: ScheduleRule) -> tuple[ScheduleRule, ...]:
    """The usual rules, some of them replaced."""
    codes = {each.entry.code for each in softer}
    return (*(each for each in SCHEDULE_RULES if each.entry.code not in codes), *softer)


LEVELS: tuple[Level, ...] = ("hard", "medium", "soft")


def others(level: Level) -> list[tuple[ScheduleRule, ...]]:
    """Rules of all kinds of terms at a level, some with softer ones beside."""
    return [
        (ModuleOrder(level=level),),
        (MinGap(minutes=60, of="edition", level=level), Travel(minutes=45, level=level)),
        (MinGap(minutes=60, of="person", level=level), AudienceOverlap(level="soft")),
        (MinGap(minutes=120, of="room", level=level),),
        (MaxPerDay(most=1, of="edition", level=level),),
        (MaxPerDay(most=1, of="room", level=level), RoomStability(of="person")),
        (MinDays(least=2, of="module", level=level, weight=3),),
        (SameRoom(of="module", level=level), SameTime(of="module", level=level)),
        (DifferentDays(of="module", level=level), DayLoad(most=60, of="person", level="soft")),
        (CompactDays(block=60, of="person", level=level), PersonOverlap(level="soft")),
        (BlockLength(most=60, of="edition", level=level),),
        (RoomOverlap(level=level), PersonOverlap(level=level)),
        (PreferredTimes(hours=WeeklyHours.parse("Mo-Su 10:00-11:00"), level=level),),
    ]


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


@pytest.mark.parametrize("rules", [rules for level in LEVELS for rules in others(level)])
@pytest.mark.parametrize("placed", PLACED)
def test_each_term_costs_and_forbids_what_it_does_in_the_kernel(
    placed: tuple[Session, ...], rules: tuple[ScheduleRule, ...]
) -> None:
    """Beside sessions that stay, three more are placed as well as can be."""
    more = session("1", "a"), session("2", "b"), session("3", None, edition_id="f")
    problem = asked(world(*placed, *more), *usual(*rules))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", [SameRoom, DifferentDays])
def test_what_is_broken_already_takes_no_more(
    level: Level, kind: type[SameRoom] | type[DifferentDays]
) -> None:
    """A group that uses too many rooms, or a day twice, takes no other session if that is hard."""
    stay = session("x", "a", "09:00"), session("y", "a", "11:00", room_id="r-1")
    portfolio = world(*stay, session("1", "a"), session("2", None), closes=13)
    problem = asked(portfolio, *usual(kind(of="module", level=level)))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("level", LEVELS)
def test_who_is_away_is_asked_at_a_price(level: Level) -> None:
    """A room, a chosen trainer and a given one who are away cost, or are out of the question."""
    away = ("room:r-0", "person:ann", "person:bob")
    some = (session("1", "a"), session("2", "b"), session("3", "a", edition_id="f"))
    portfolio = world(*some, closes=11, away=away)
    problem = asked(portfolio, *usual(Unavailability(level=level), RoomSeats(level="soft")))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("rules", [(ModuleOrder(level="soft"),), (ModuleOrder(level="hard"),)])
def test_those_that_come_second_wait_for_what_stays(rules: tuple[ScheduleRule, ...]) -> None:
    """With no first one to place, those that stay tell when a second one may start."""
    stay = session("x", "a", "10:00"), session("y", None, "11:00", edition_id="f")
    problem = asked(world(*stay, session("1", "b"), session("2", "b"), limit=2), *usual(*rules))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_online_is_in_no_room(level: Level) -> None:
    """Rooms are counted of those that have one."""
    some = (session("1", "a", mode="online"), session("2", "a"), session("3", "a"))
    rules = usual(RoomStability(of="edition", level=level), MaxPerDay(most=1, of="room"))
    problem = asked(world(*some), *rules)
    assert solved(problem) == min(schedules(problem))


def test_a_pair_that_shares_several_groups_lies_apart_once() -> None:
    """Two sessions of two people each, with a gap between them."""
    some = (session("1", None), session("2", None))
    parts = [
        Assignment(id=f"{each.id}-{id}", session_id=each.id, person_id=id)
        for each in some
        for id in ("ann", "bob")
    ]
    portfolio = Portfolio.of(*world(*some).values(), *parts)
    problem = asked(portfolio, *usual(MinGap(minutes=60, of="person", level="hard")))
    assert solved(problem) == min(schedules(problem)) == (0, 0)


def test_what_is_too_much_for_tables_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days and groups of too many combinations are not seen; the bound stays below the best."""

    def crowd(sessions: tuple[Session, ...]) -> int:
        return len(sessions) * sum(each.room_id == "r-0" for each in sessions)

    own = rule("crowd", "soft", law="Not all in one room.", scope="group")(crowd)
    rules = usual(own, BlockLength(least=120, of="edition"))
    some = (session("1", None), session("2", None), session("3", "a"))
    for stay in PLACED[:2]:
        problem = asked(world(*stay, *some), *rules)
        wanted = min(schedules(problem))
        for name, most in (("ROWS", 1), ("STANDS", 1)):
            monkeypatch.setattr(combinations, name, most)
            found = CpSat(moves=0).solve(problem, iterations=3)
            assert found.bound is not None
            assert (len(found.unplaced), found.bound) <= wanted
            assert (len(found.unplaced), found.cost) >= wanted


def test_what_is_worse_in_truth_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """CP-SAT proposes the hour that one rule wants; the other, which it does not see, forbids."""

    def early(sessions: tuple[Session, ...]) -> int:
        return 10 * sum(each.slot is not None and each.slot.start.hour == 9 for each in sessions)

    own = rule("early", "soft", law="Nobody likes nine.", scope="group")(early)
    rules = usual(own, PreferredTimes(hours=WeeklyHours.parse("Mo-Su 09:00-10:00")))
    problem = asked(world(session("1", None), session("2", None)), *rules)
    monkeypatch.setattr(combinations, "STANDS", 0)
    found = CpSat().solve(problem, iterations=4)
    assert (len(found.unplaced), found.cost) == min(schedules(problem)) == (0, 2)
    assert found.bound == 1
    assert not found.proved


@pytest.mark.parametrize("limit", [1, 2])
def test_rooms_hold_as_many_as_they_may(limit: int) -> None:
    """In one hour, two rooms hold two or four sessions, less those that stay."""
    stay = session("x", None, "09:00", edition_id="f")
    some = (attrs.evolve(session(f"{n}", None), edition_id=None) for n in range(5))
    problem = asked(world(stay, *some, closes=10, limit=limit), *usual())
    assert solved(problem) == min(schedules(problem)) == (5 - 2 * limit + 1, 0)


@pytest.mark.parametrize("rules", [
    (RoomStability(of="edition"), MinDays(least=2, of="module", level="medium")),
    (CompactDays(block=60, of="edition"),
     PreferredTimes(hours=WeeklyHours.parse("Mo 10:00-12:00"))),
])  # fmt: skip
def test_days_and_rooms_of_sessions_that_are_alike(rules: tuple[ScheduleRule, ...]) -> None:
    """Sessions that nothing tells apart are placed in order of time, and nothing is lost by it."""
    some = (session("1", "a"), session("2", "a"), session("3", "a"))
    portfolio = world(*some, last=NEXT, closes=11)
    problem = asked(portfolio, *usual(*rules), last=NEXT)
    assert solved(problem) == min(schedules(problem))


@attrs.frozen
class Held:
    """A day of an edition holds at least so much, once it holds a session; some add nothing."""

    level: Level
    least: int
    adds: int = 1
    weight: int = 1

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return Entry(
            code="held", level=self.level, law="A day is worth the way.", why="Ways are long.",
            source="tests", sentence="{group} has {had}", mend="add more",
        )  # fmt: skip

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One bucket a day, in which only sessions of a module count."""
        sessions = tuple(range(len(timetable.sessions)))
        yield Bucket(
            groups=(Group(label="edition:e", sessions=sessions),),
            per="day",
            amount=lambda n: self.adds * (timetable.sessions[n].module_id is not None),
            cost=lambda had, _: max(0, self.least - had),
        )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("placed", PLACED[:2])
def test_a_bucket_of_nothing_is_not_an_empty_one(
    level: Level, least: int, placed: tuple[Session, ...]
) -> None:
    """Sessions that add nothing open a bucket, and what it lacks then costs."""
    some = (session("1", None), session("2", None), session("3", "a"))
    problem = asked(world(*placed, *some, closes=11), *usual(Held(level, least)))
    if placed or level != "hard" or least > 1:  # else the state goes by who comes first
        assert solved(problem) == min(schedules(problem))
    else:
        assert solved(problem) <= min(schedules(problem))


def test_what_adds_nothing_anywhere_costs_the_same_anywhere() -> None:
    """Where no session adds anything, a bucket that is open costs what it costs."""
    some = (session("1", None), session("2", None))
    problem = asked(world(*PLACED[1], *some, closes=11), *usual(Held("soft", 2, adds=0)))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("scope", ["session", "pair", "group-day", "group"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_function_of_ones_own_is_kept_in_tables(scope: Scope, level: Level) -> None:
    """A user's function of sessions, pairs, days or groups is weighed like any rule."""

    def early(*given: Session | tuple[Session, ...]) -> int:
        sessions = [each for one in given for each in (one if isinstance(one, tuple) else (one,))]
        early = [each.slot is not None and each.slot.start.hour < 11 for each in sessions]
        return sum(early) + sum(each.room_id == "r-0" for each in sessions)

    own = rule("early", level, law="Nobody likes mornings.", scope=scope)(early)
    some = (session("1", None), session("2", None), session("3", "a"))
    for placed in PLACED[:2]:
        problem = asked(world(*placed, *some), *usual(own))
        assert solved(problem) == min(schedules(problem))
