"""Corners of the exact search: fixed sessions, several zones, symmetry, and its budgets."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.model import Availability, Center, Noun, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.exact.bounds import MOST_MATCHED
from mic_core.scheduling.exact.checker import is_feasible
from mic_core.scheduling.exact.left_shift import SHIFT_ROUNDS
from mic_core.scheduling.exact.search import search_exactly
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.load import MaxPerDay, WorkDay
from mic_core.scheduling.rules.order import MinGap
from mic_core.scheduling.rules.overlap import PersonOverlap
from mic_core.scheduling.rules.spread import SameDay
from mic_core.timetable import timetable_of
from tests.scheduling.exact.test_search import crowded
from tests.scheduling.nouns import (
    MIC,
    PLACE,
    edition,
    flat,
    gives,
    module,
    people,
    program,
    room,
    session,
)

MONDAY = date(2014, 9, 8)
WEEK = Period.days(MONDAY, MONDAY + timedelta(days=4))


def problem(
    *nouns: Noun | Sequence[Noun], rules: Sequence[ScheduleRule] = (), minutes: int = 60
) -> PlanningProblem:
    """The problem of planning all sessions in the week."""
    around: list[Noun] = [MIC, edition("e", WEEK), edition("f", WEEK, number=2), *people("t")]
    timetable = timetable_of(Portfolio.of(*flat([*around, *nouns])))
    asked = (*SCHEDULE_RULES, *rules)
    scope = tuple(timetable.centers)
    step = timedelta(minutes=minutes)
    return problem_of(timetable, scope, window=WEEK, rules=asked, step=step)


def outcome(
    asked: PlanningProblem,
    nodes: int = 300,
    *,
    most_matched: int = MOST_MATCHED,
    shift_rounds: int = SHIFT_ROUNDS,
) -> str:
    """The outcome of the search for all activities."""
    return search_exactly(
        asked,
        range(len(asked.activities)),
        nodes=nodes,
        most_matched=most_matched,
        shift_rounds=shift_rounds,
    ).outcome


def hours(subject: str, text: str) -> Availability:
    """The hours in which a room or a person is available."""
    return Availability(
        id=subject.replace(":", "-"), subject=subject, hours=WeeklyHours.parse(text),
        period=WEEK, preference="available",
    )  # fmt: skip


def stays(id: str, day: int, at: str, minutes: int = 60, **fields: Any) -> Session:
    """A session that is placed."""
    values: dict[str, Any] = {"room_id": "r", "edition_id": "e", **fields}
    when = Slot.at(MONDAY + timedelta(days=day), at, timedelta(minutes=minutes), PLACE)
    return session(id, when, **values)


def test_days_that_stay_are_more_than_a_rule_allows() -> None:
    """A module that lies on two days already cannot be brought onto one."""
    nouns: list[Noun] = [stays("x", 0, "09:00", module_id="m"), room("r"), program(module("m"))]
    more = session("s", edition_id="e", module_id="m")
    rules = [SameDay(of="module")]
    asked = problem(more, nouns, stays("y", 1, "09:00", module_id="m"), rules=rules)
    assert outcome(asked) == "impossible"
    one = problem(more, nouns, rules=rules)
    found = search_exactly(one, [0], nodes=9).placements[0]
    assert one.axis.instants[found.start] < one.axis.instants[0] + 24 * 3_600_000_000


def test_distances_to_what_stays_are_kept() -> None:
    """Between two sessions that stay, two hours apart, an hour with an hour around has no place."""
    nouns: list[Noun] = [stays("x", 0, "09:00"), stays("y", 0, "12:00"), room("r")]
    nouns += [session("s", edition_id="e"), hours("room:r", "Mo 09:00-13:00")]
    assert outcome(problem(nouns)) == "placed"
    gap = [MinGap(minutes=60, of="edition", level="hard")]
    assert outcome(problem(nouns, rules=gap)) == "impossible"
    less = [MinGap(minutes=30, of="edition", level="hard")]
    assert outcome(problem(nouns, rules=less, minutes=30)) == "placed"


def late(some: Sequence[Session]) -> int:
    """The number of sessions that start at ten or later."""
    return sum(each.slot is not None and each.slot.start.hour >= 10 for each in some)


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (WorkDay(most=120, of="edition", level="hard"), "Mo 09:00-12:00", "placed"),
        (WorkDay(most=120, of="edition", level="hard"), "Mo 11:00-13:00", "impossible"),
        (WorkDay(most=240, of="edition", level="hard"), "Mo 11:00-13:00", "placed"),
        (
            rule("late", "hard", law="Early.", scope="group", of="edition")(late),
            "Mo 09:00-12:00",
            "placed",
        ),
        (
            rule("late", "hard", law="Early.", scope="group", of="edition")(late),
            "Mo 10:00-12:00",
            "impossible",
        ),
    ],
)
def test_groups_are_judged_with_what_stays_in_them(
    asked: ScheduleRule, text: str, expected: str
) -> None:
    """A session beside one that stays at eight, and one of no edition, that nobody minds."""
    nouns: list[Noun] = [stays("x", 0, "08:00", room_id="q"), room("q", seats=1), room("r")]
    nouns += [session("s", edition_id="e", expected=9), session("z", expected=9)]
    assert outcome(problem(nouns, hours("room:r", text), rules=[asked])) == expected


def test_rooms_that_are_alike_are_given_out_one_by_one() -> None:
    """Three sessions at the only hour get three rooms, of which one takes two."""
    rooms = [room("r"), room("q"), room("p")]
    nouns: list[Noun] = [*rooms, *(session(f"s{n}") for n in range(3))]
    times = [hours(f"room:{each.id}", "Mo 09:00-10:00") for each in rooms]
    asked = problem(nouns, times)
    found = search_exactly(asked, range(3), nodes=50)
    assert sorted(at.room for at in found.placements.values()) == [0, 1, 2]
    assert outcome(problem(nouns, times, session("s3"))) == "impossible"
    large = [room(each.id, concurrency=2) for each in rooms]
    five = [session(f"s{n}") for n in range(5)]
    held = problem(large, five, times)
    placed = search_exactly(held, range(5), nodes=50).placements
    assert is_feasible(held, placed)
    assert outcome(problem(large, five, times, session("s5"), session("s6"))) == "impossible"


def test_a_placement_can_be_wrong_in_every_way() -> None:
    """The checker sees a room that does not suit, a full room, and the wrong order."""
    modules = program(module("a"), module("b", requires=("a",)))
    nouns: list[Noun] = [room("r"), room("q", seats=1), modules]
    nouns += [session(f"s-{m}", module_id=m, edition_id="e", expected=9) for m in ("a", "b")]
    asked = problem(nouns)
    rooms = {id: place for place, id in enumerate(asked.rooms)}
    first, second = Placement(9, rooms["r"]), Placement(12, rooms["r"])
    assert is_feasible(asked, {0: first, 1: second})
    assert not is_feasible(asked, {0: second, 1: first})
    assert not is_feasible(asked, {0: first, 1: first})
    assert not is_feasible(asked, {0: Placement(9, rooms["q"])})
    assert not is_feasible(asked, {0: first._replace(trainer=0)})
    assert is_feasible(asked, {1: first})


def zones() -> list[Noun]:
    """Two centers whose days do not begin at once, with sessions that one person gives."""
    lab = Center(id="lab", name="Lab", country="US", time_zone="America/New_York")
    nouns: list[Noun] = [lab, room("r"), Room(id="q", center_id="lab", name="q", seats=9)]
    nouns += [session(f"s{n}", None, 60, center_id=("mic", "lab")[n % 2]) for n in range(4)]
    return [*nouns, *(gives("t", f"s{n}") for n in range(4))]


@pytest.mark.parametrize(("days", "expected"), [("Mo,Tu", "placed"), ("Mo", "impossible")])
def test_days_of_several_zones_are_counted_each_by_its_own_clock(days: str, expected: str) -> None:
    """Two a day for somebody who gives four, in two zones, on one day or on two."""
    when = hours("person:t", f"{days} 12:00-24:00")
    asked = problem(zones(), when, rules=[MaxPerDay(most=2, of="person")])
    assert outcome(asked) == expected


@pytest.mark.parametrize("most", [0, 40])
@pytest.mark.parametrize(("mornings", "expected"), [("Mo,Tu", "impossible"), ("Mo-We", "placed")])
def test_the_answer_is_the_same_with_and_without_matching(
    most: int, mornings: str, expected: str
) -> None:
    """The answer is the same whether activities are matched one by one or only counted."""
    nouns: list[Noun] = [
        room("r"),
        *(session(f"s{n}", None, 120, edition_id="e") for n in range(3)),
    ]
    nouns += [session(f"x{n}", edition_id="e") for n in range(2)]
    when = hours("room:r", f"{mornings} 09:00-12:00")
    asked = problem(nouns, when, rules=[MaxPerDay(most=2, of="edition")])
    assert outcome(asked, most_matched=most) == expected


@pytest.mark.parametrize("rounds", [0, 200])
def test_the_answer_is_the_same_with_and_without_dominance(rounds: int) -> None:
    """The answer is the same if the left shift is given up and all starts are kept."""
    nouns: list[Noun] = [room("r"), *(session(f"s{n}", None, 60 + 60 * (n % 2)) for n in range(4))]
    long, short = (problem(nouns, hours("room:r", f"Mo 09:00-{end}:00")) for end in (15, 14))
    assert outcome(long, shift_rounds=rounds) == "placed"
    assert outcome(short, shift_rounds=rounds) == "impossible"


@pytest.mark.parametrize(("end", "expected"), [("13:00", "placed"), ("12:00", "impossible")])
def test_what_comes_first_takes_its_time_together(end: str, expected: str) -> None:
    """Three sessions of one edition, and one after all of them, fit into four hours."""
    modules = program(module("a"), module("b", requires=("a",)))
    nouns: list[Noun] = [room("r"), room("q"), modules, session("b", edition_id="e", module_id="b")]
    nouns += [session(f"a{n}", edition_id="e", module_id="a") for n in range(3)]
    times = [hours(f"room:{id}", f"Mo 09:00-{end}") for id in ("r", "q")]
    assert outcome(problem(nouns, times)) == expected
    few = [hours(f"room:{id}", "Mo 09:00-11:00") for id in ("r", "q")]
    assert outcome(problem(nouns, few)) == "impossible"


def test_who_may_give_a_session_is_chosen() -> None:
    """Two of three people give three sessions at two hours, unless one of them is away."""
    modules = program(module("m", trainers=("t", "u")))
    nouns: list[Noun] = [modules, *people("u"), *(room(f"r{n}") for n in range(3))]
    nouns += [session(f"s{n}", module_id="m") for n in range(3)]
    times = [hours("person:t", "Mo 09:00-11:00"), hours("person:u", "Mo 09:00-10:00")]
    assert outcome(problem(nouns, times)) == "placed"
    assert outcome(problem(nouns, times, session("s3", module_id="m"))) == "impossible"
    rules = [PersonOverlap(level="soft")]
    anybody = [each for each in SCHEDULE_RULES if not isinstance(each, PersonOverlap)]
    portfolio = Portfolio.of(
        *flat([MIC, *people("t"), *nouns, times, session("s3", module_id="m")])
    )
    loose = problem_of(timetable_of(portfolio), "mic", window=WEEK, rules=(*anybody, *rules))
    assert outcome(loose) == "placed"


@pytest.mark.parametrize(("count", "expected"), [(3, "placed"), (4, "impossible")])
def test_a_room_for_many_is_no_bound_and_the_people_are(count: int, expected: str) -> None:
    """A hall holds any number in the morning, a room one: two people give three in two hours."""
    modules = program(module("m", trainers=("t", "u")))
    nouns: list[Noun] = [modules, *people("u"), room("hall", concurrency=9), room("r")]
    nouns += [session(f"s{n}", module_id="m") for n in range(count)]
    nouns += [hours("room:hall", "Mo 09:00-10:00"), hours("room:r", "Mo 09:00-11:00")]
    nouns += [hours("person:t", "Mo 09:00-11:00"), hours("person:u", "Mo 09:00-11:00")]
    assert outcome(problem(nouns)) == expected


@pytest.mark.parametrize(
    "asked",
    [
        WorkDay(most=120, of="edition", level="hard"),
        rule("few", "hard", law="At most two.", scope="group", of="edition")(crowded),
    ],
)
def test_each_group_is_judged_by_itself(asked: ScheduleRule) -> None:
    """Two editions may each take two hours where one may not take four."""
    nouns: list[Noun] = [room("r"), hours("room:r", "Mo 09:00-13:00")]
    two = [session(f"s{n}", edition_id="ef"[n % 2]) for n in range(4)]
    one = [session(f"s{n}", edition_id="e") for n in range(4)]
    assert outcome(problem(nouns, two, rules=[asked])) == "placed"
    assert outcome(problem(nouns, one, rules=[asked])) == "impossible"
