"""Annealing at high temperature: the delta evaluation agrees with the plain definition of cost."""

from datetime import date, timedelta

import pytest

from mic_core.chrono import WeeklyHours
from mic_core.findings import Level
from mic_core.model import Assignment, Availability, Person, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Bucket, Exclusive, Term
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.order import MinGap
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import RoomStability, SameDay
from mic_core.scheduling.search.annealing import Heat
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import edition, module, people, program, room, session, slot
from tests.scheduling.planning.test_plan import CENTER, WEEK, world
from tests.scheduling.state.test_corners import HOUR, MONDAY, Made, everything, problem
from tests.scheduling.state.test_state import outcome, plain


def network(concurrency: int = 1) -> Portfolio:
    """Two editions of sessions of two lengths, trainers to choose, rooms of different sizes."""
    modules = tuple(
        module(
            f"m{n}", count=4, length=(1 + n % 2) * HOUR, trainers=("ann", "bob", "eve")[: n + 1],
            requires=("m0",) if n == 2 else (),
        )
        for n in range(3)
    )  # fmt: skip
    away = Availability(
        id="away", subject="person:eve", hours=WeeklyHours.parse("Mo-We 09:00-12:00"),
        period=WEEK, preference="available",
    )  # fmt: skip
    shut = Availability(
        id="shut", subject="room:r1", hours=WeeklyHours.parse("Mo 09:00-10:00"), period=WEEK,
        preference="unavailable",
    )  # fmt: skip
    sessions: list[Session] = [
        session(
            f"{e}-{each.id}-{n}", edition_id=e, module_id=each.id,
            minutes=each.length // timedelta(minutes=1), expected=10,
            audience=("e", "f") if n == 3 else (),
        )
        for e in ("e", "f")
        for each in modules
        for n in range(3 + (e == "e"))
    ]  # fmt: skip
    names: tuple[Person, ...] = people("ann", "bob", "eve")
    return Portfolio.of(
        CENTER, room("r0"), room("r1"), room("r2", seats=5, concurrency=concurrency),
        room("r3", concurrency=concurrency), program(*modules), edition("e", WEEK),
        edition("f", WEEK), *names, away, shut, *sessions,
    )  # fmt: skip


def per_room(timetable: Timetable) -> Term:
    """Three sessions in one room cost one, and so on."""
    return Bucket(
        groups=everything(timetable, 2), per="room", cost=lambda had, most: max(0, had - most)
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_wild_search_keeps_its_books(seed: int) -> None:
    """The total after a hot search is the cost of the timetable, computed anew."""
    level: Level = "hard" if seed % 2 else "soft"
    rules = (
        *SCHEDULE_RULES, MaxPerDay(most=2), SameDay(of="audience", level="soft"),
        RoomStability(of="edition"), RoomStability(of="module", level=level),
        MinGap(minutes=60, of="person", level=level), MaxPerDay(most=2, of="person", level=level),
        Made(term=per_room),
    )  # fmt: skip
    portfolio = network(1 + seed // 2)
    made = problem_of(timetable_of(portfolio), "mic", rules=rules, step=HOUR)
    heat = Heat(hot=20_000, chains=60, rooms=80)
    found = Kernel(heat).solve(made, seed=seed, iterations=6_000)
    after = outcome(made, found.placements, rules)
    assert found.cost == plain(after, rules) - plain(portfolio, rules)
    assert score(after, rules).hard == 0
    again = State(made)
    again.restore(found.placements)
    assert again.total == found.cost


def early(*sessions: Session) -> int:
    """The number of sessions that start before ten."""
    return sum(each.slot is not None and each.slot.start.hour < 10 for each in sessions)


def test_a_hard_function_is_kept_or_the_session_left_out() -> None:
    """A session that cannot keep a hard black-box function is left unplaced."""
    late = rule("late", "hard", law="Nobody begins before ten.")(early)
    asked = [session(f"x{n}") for n in range(3)]
    made = plan(
        world(*asked), "mic", window=MONDAY, step=HOUR, rules=(*SCHEDULE_RULES, late),
        iterations=500,
    )  # fmt: skip
    assert made.report.ok
    assert len(made.unplaced) == 1


def test_a_room_counts_only_where_there_is_one() -> None:
    """A fixed online session is in no room, and costs no stability."""
    online = session(
        "o", slot("09:00", day=date(2014, 9, 8)), mode="online", edition_id="e", revision=1
    )
    made = problem(world(online, session("x", edition_id="e")), RoomStability(of="edition"))
    assert [dict(each.base) for each in made.counts] == [{}]


def at_most_two(timetable: Timetable) -> Term:
    """A cumulative term: at most two sessions at once in all rooms."""
    return Exclusive(groups=everything(timetable, 2))


def crowd(requires: bool) -> Portfolio:
    """Cohorts that share trainers and few rooms; a session has an assistant, one room takes two."""
    modules = tuple(
        module(f"m{n}", trainers=("ann", "eve"), requires=("m0",) * (requires and n))
        for n in range(2)
    )
    cohorts = [f"e{n}" for n in range(4)]
    sessions = [
        session(f"{e}-{n}", edition_id=e, module_id=f"m{n % 2}", expected=5 * n)
        for e in cohorts
        for n in range(3)
    ]
    helpers = [
        Assignment(id=f"h-{e}-{n}", session_id=f"{e}-{n}", person_id="bob", role="assistant")
        for e in cohorts
        for n in range(2)
    ]
    alike = [
        session(f"twin-{n}", slot("09:00", day=date(2014, 9, 8)), title="same", room_id="r0")
        for n in range(2)
    ]
    return Portfolio.of(
        CENTER, room("r0"), room("r1", seats=4), room("wide", seats=7, concurrency=2),
        program(*modules), *(edition(e, WEEK) for e in cohorts), *people("ann", "bob", "eve"),
        *sessions, *helpers, *alike,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_a_search_in_a_crowd_keeps_its_books(seed: int) -> None:
    """The total stays the cost of the timetable where many moves are swaps and chains."""
    soft = {"room-seats", "room-overlap"} if seed % 2 else {"room-seats"}
    usual = [each for each in SCHEDULE_RULES if each.entry.code not in soft]
    rules = (
        *usual, RoomSeats(level="soft"), MaxPerDay(most=1, of="edition"),
        MaxPerDay(most=2, of="person", level="soft"), SameDay(of="audience", level="soft"),
        Made(term=at_most_two, level="hard"),
        RoomOverlap(level="soft") if seed % 2 else RoomOverlap(where=Only(module_id="m0")),
    )  # fmt: skip
    portfolio = crowd(seed > 3)
    made = problem_of(timetable_of(portfolio), "mic", rules=rules, step=HOUR, window=WEEK)
    heat = Heat(hot=20_000, chains=40, rooms=40, longest_chain=3)
    found = Kernel(heat).solve(made, seed=seed, iterations=4_000)
    after = outcome(made, found.placements, rules)
    assert found.cost == plain(after, rules) - plain(portfolio, rules)
    assert score(after, rules).hard == score(portfolio, rules).hard
