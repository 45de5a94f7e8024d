"""Each kind of term in a program, against exhaustive search in the kernel's state."""

import attrs
import pytest

from mic_core.chrono import WeeklyHours
from mic_core.findings import Level
from mic_core.model import (
    Assignment,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.rules.availability import Unavailability
from mic_core.scheduling.rules.day import BlockLength, CompactDays
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay
from mic_core.scheduling.rules.order import MinGap, ModuleOrder, Travel
from mic_core.scheduling.rules.overlap import AudienceOverlap, PersonOverlap, RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameRoom,
    SameTime,
)
from tests.solvers.hours import (
    LEVELS,
    NEXT,
    PLACED,
    asked,
    schedules,
    session,
    solved,
    usual,
    world,
)

pytest.importorskip("ortools", reason="the extra solver is not installed")


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


@pytest.mark.parametrize("rules", [rules for level in LEVELS for rules in others(level)])
@pytest.mark.parametrize("placed", PLACED)
def test_each_term_costs_and_forbids_what_it_does_in_the_kernel(
    placed: tuple[Session, ...], rules: tuple[ScheduleRule, ...]
) -> None:
    """Beside fixed sessions, three more are placed at the least cost."""
    more = session("1", "a"), session("2", "b"), session("3", None, edition_id="f")
    problem = asked(world(*placed, *more), *usual(*rules))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", [SameRoom, DifferentDays])
def test_a_violated_group_takes_no_more_sessions(
    level: Level, kind: type[SameRoom] | type[DifferentDays]
) -> None:
    """A group with too many rooms, or two sessions on a day, takes no other if that is hard."""
    stay = session("x", "a", "09:00"), session("y", "a", "11:00", room_id="r-1")
    portfolio = world(*stay, session("1", "a"), session("2", None), closes=13)
    problem = asked(portfolio, *usual(kind(of="module", level=level)))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("level", LEVELS)
def test_absence_costs_or_forbids(level: Level) -> None:
    """An absent room, chosen trainer or assigned trainer costs, or is excluded if hard."""
    away = ("room:r-0", "person:ann", "person:bob")
    some = (session("1", "a"), session("2", "b"), session("3", "a", edition_id="f"))
    portfolio = world(*some, closes=11, away=away)
    problem = asked(portfolio, *usual(Unavailability(level=level), RoomSeats(level="soft")))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("rules", [(ModuleOrder(level="soft"),), (ModuleOrder(level="hard"),)])
def test_successors_wait_for_fixed_predecessors(rules: tuple[ScheduleRule, ...]) -> None:
    """With no free predecessor, the fixed ones bound the start of a successor."""
    stay = session("x", "a", "10:00"), session("y", None, "11:00", edition_id="f")
    problem = asked(world(*stay, session("1", "b"), session("2", "b"), limit=2), *usual(*rules))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("level", LEVELS)
def test_an_online_session_has_no_room(level: Level) -> None:
    """Only sessions in a room count for terms of rooms."""
    some = (session("1", "a", mode="online"), session("2", "a"), session("3", "a"))
    rules = usual(RoomStability(of="edition", level=level), MaxPerDay(most=1, of="room"))
    problem = asked(world(*some), *rules)
    assert solved(problem) == min(schedules(problem))


def test_a_pair_in_several_groups_keeps_one_gap() -> None:
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


@pytest.mark.parametrize("limit", [1, 2])
def test_rooms_hold_up_to_their_concurrency(limit: int) -> None:
    """In one hour, two rooms hold two or four sessions, fixed ones included."""
    stay = session("x", None, "09:00", edition_id="f")
    some = (attrs.evolve(session(f"{n}", None), edition_id=None) for n in range(5))
    problem = asked(world(stay, *some, closes=10, limit=limit), *usual())
    assert solved(problem) == min(schedules(problem)) == (5 - 2 * limit + 1, 0)


def test_fixed_sessions_load_a_cumulative_resource() -> None:
    """Of three places in each room, fixed sessions take theirs."""
    stay = [session(id, None, "09:00", edition_id=None) for id in "xy"]
    some = [session(f"{n}", None, edition_id=None) for n in range(5)]
    portfolio = world(*some, closes=10, limit=3)
    problem = asked(Portfolio.of(*portfolio.values(), *stay), *usual())
    assert solved(problem) == min(schedules(problem)) == (1, 0)


@pytest.mark.parametrize("rules", [
    (RoomStability(of="edition"), MinDays(least=2, of="module", level="medium")),
    (CompactDays(block=60, of="edition"),
     PreferredTimes(hours=WeeklyHours.parse("Mo 10:00-12:00"))),
])  # fmt: skip
def test_symmetry_breaking_keeps_the_optimum(rules: tuple[ScheduleRule, ...]) -> None:
    """Interchangeable sessions are placed in order of time, at the same least cost."""
    some = (session("1", "a"), session("2", "a"), session("3", "a"))
    portfolio = world(*some, last=NEXT, closes=11)
    problem = asked(portfolio, *usual(*rules), last=NEXT)
    assert solved(problem) == min(schedules(problem))
