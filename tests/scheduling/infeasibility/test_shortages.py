"""Shortages: necessary conditions by counting time and rooms."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.model import Availability, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.exact.search import search_exactly
from mic_core.scheduling.infeasibility.shortages import Shortage, count_closed, shortages
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek
from mic_core.scheduling.rules.order import MinGap, ModuleOrder
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.spread import MinDays, SameRoom
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling.exact.test_search import problems
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


def available(subject: str, hours: str, period: Period = WEEK) -> Availability:
    """The hours in which a person or a room is available."""
    return Availability(
        id=subject.replace(":", "-"), subject=subject, hours=WeeklyHours.parse(hours),
        period=period, preference="available",
    )  # fmt: skip


def problem(
    *nouns: Noun | Sequence[Noun],
    rules: Sequence[ScheduleRule] = (),
    window: Period = WEEK,
    wide: bool = False,
    without: type | None = None,
) -> PlanningProblem:
    """The problem of planning the sessions of the center."""
    portfolio = Portfolio.of(*flat([MIC, *nouns]))
    usual = [each for each in SCHEDULE_RULES if without is None or not isinstance(each, without)]
    return problem_of(
        timetable_of(portfolio), "mic", window=window, rules=(*usual, *rules), wide=wide
    )


def some(count: int, minutes: int = 60, **fields: Any) -> list[Session]:
    """Sessions alike."""
    return [session(f"s{n}", None, minutes, **fields) for n in range(count)]


def told(found: Sequence[Shortage]) -> list[str]:
    """The text of each shortage."""
    return [str(each) for each in found]


TEACHES = program(module("m", trainers=("t",)))


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (2, []),
        (3, ["the time of a trainer, person:t: 3 sessions of 6 h in 5 h, at most 2 fit"]),
    ],
)
def test_a_trainer_has_too_little_time(count: int, expected: list[str]) -> None:
    """Two sessions of two hours fit into five hours, and three do not."""
    asked = problem(
        some(count, 120, module_id="m"), people("t"), TEACHES, room("r1"), room("r2"), room("r3"),
        available("person:t", "Mo 09:00-14:00"),
    )  # fmt: skip
    assert told(shortages(asked)) == expected


def test_time_that_is_enough_in_all_may_not_fit_in_parts() -> None:
    """Three sessions of two hours do not fit into two mornings of three hours."""
    asked = problem(
        some(3, 120), *(gives("t", f"s{n}") for n in range(3)), people("t"),
        *(room(f"r{n}") for n in range(3)), available("person:t", "Mo,Tu 09:00-12:00"),
    )  # fmt: skip
    (found,) = shortages(asked)
    assert (found.kind, found.needed, found.had, found.fit) == ("trainer", 360, 360, 2)
    assert found.sessions == ("session:s0", "session:s1", "session:s2")
    assert found.row() == {
        "kind": "trainer", "about": ("person:t",), "sessions": found.sessions,
        "needed_minutes": 360, "had_minutes": 360, "fit": 2, "week": None,
    }  # fmt: skip


def test_a_trainer_who_may_be_two_people_is_not_short() -> None:
    """A session that either of two trainers can give needs neither of them for certain."""
    both = program(module("m", trainers=("t", "u")))
    asked = problem(
        some(3, 120, module_id="m"), people("t", "u"), both, *(room(f"r{n}") for n in range(3)),
        available("person:t", "Mo 09:00-12:00"),
    )  # fmt: skip
    assert shortages(asked) == ()


def test_a_week_can_be_short_where_the_window_is_not() -> None:
    """Two sessions have to be in one week, in which there is room for one."""
    month = Period.days(MONDAY, MONDAY + timedelta(days=25))
    first = Period.days(MONDAY, MONDAY + timedelta(days=6))
    nouns: list[Noun] = [edition("e", month), edition("f", first, number=2), *people("t")]
    nouns += some(2, 120, edition_id="f", elective=True)
    nouns += [session("s2", None, 120, edition_id="e"), *(gives("t", f"s{n}") for n in range(3))]
    nouns += [*(room(f"r{n}") for n in range(3)), available("person:t", "Mo 09:00-11:00", month)]
    asked = problem(nouns, window=month)
    (found,) = shortages(asked)
    assert found.week == MONDAY
    assert found.row()["week"] == "2014-09-08"
    assert str(found) == (
        "the time of a trainer, person:t in the week of Mon 8 Sep 2014: 2 sessions of 4 h in 2 h, "
        "at most 1 fit"
    )


@pytest.mark.parametrize(("concurrency", "short"), [(1, True), (2, False)])
def test_rooms_that_suit_the_same_sessions_are_counted_together(
    concurrency: int, short: bool
) -> None:
    """Three large sessions in two large rooms for an hour, unless a room takes two at once."""
    nouns: list[Noun] = [*some(3, expected=40), room("r1", seats=10)]
    nouns += [room(id, seats=50, concurrency=concurrency) for id in ("r2", "r3")]
    nouns += [available(f"room:{id}", "Mo 09:00-10:00") for id in ("r2", "r3")]
    found = shortages(problem(nouns))
    assert bool(found) is short
    if short:
        assert told(found) == ["rooms, room:r2, room:r3: 3 sessions of 3 h in 2 h, at most 2 fit"]


def test_rooms_that_hold_any_number_are_not_short() -> None:
    """Without a rule against overlaps a room takes all sessions."""
    nouns: list[Noun] = [*some(3), room("r1"), available("room:r1", "Mo 09:00-10:00")]
    assert shortages(problem(nouns)) != ()
    assert shortages(problem(nouns, without=RoomOverlap)) == ()


def test_the_time_of_those_who_are_expected_can_be_short() -> None:
    """An edition cannot be at two sessions at once."""
    nouns: list[Noun] = [*some(2, 90, edition_id="e"), edition("e", WEEK), room("r1"), room("r2")]
    nouns += [available(f"room:{id}", "Mo 09:00-11:00") for id in ("r1", "r2")]
    assert told(shortages(problem(nouns))) == [
        "the time of a group, edition:e: 2 sessions of 3 h in 2 h, at most 1 fit"
    ]


@pytest.mark.parametrize(
    ("rules", "most", "label"),
    [
        ([MaxPerDay(most=1, of="edition")], 5, "max-per-day, edition:e"),
        ([MaxPerWeek(most=3, of="edition")], 3, "max-per-week, edition:e"),
        ([DayLoad(most=130, of="edition", level="hard")], 10, "day-load, edition:e"),
        ([MinDays(least=2, of="edition", level="hard"), SameRoom(of="edition")], 99, ""),
    ],
)
def test_days_and_weeks_take_so_many(rules: list[ScheduleRule], most: int, label: str) -> None:
    """As many as rules let days take are not short, and one more is."""
    around: list[Noun] = [edition("e", WEEK), *(room(f"r{n}") for n in range(3))]
    assert shortages(problem(some(min(most, 12), edition_id="e"), around, rules=rules)) == ()
    if label:
        found = shortages(problem(some(most + 1, edition_id="e"), around, rules=rules))
        hours = f"{most + 1} sessions of {most + 1} h in 120 h"
        assert told(found) == [f"days or weeks, {label}: {hours}, at most {most} fit"]


def test_what_stays_takes_its_part_of_a_day() -> None:
    """A session that is placed counts in the day that a rule bounds."""
    stays = session("x", Slot.at(MONDAY, "09:00", timedelta(hours=1), PLACE), edition_id="e",
                    room_id="r1")  # fmt: skip
    rules = [MaxPerDay(most=1, of="edition")]
    around: list[Noun] = [stays, edition("e", WEEK), room("r1")]
    assert shortages(problem(some(4, edition_id="e"), around, rules=rules)) == ()
    assert [each.fit for each in shortages(problem(some(5, edition_id="e"), around, rules=rules))] \
        == [4]  # fmt: skip


def chained(*lengths: int, groups: int = 1) -> list[Noun]:
    """Modules that come one after the other, each with sessions of one edition."""
    modules = [module(f"m{n}", requires=(f"m{n - 1}",) if n else ()) for n in range(len(lengths))]
    sessions = [
        session(f"s{n}-{k}", None, length, module_id=f"m{n}", edition_id="e", elective=groups > 1)
        for n, length in enumerate(lengths)
        for k in range(groups)
    ]
    return [*sessions, program(*modules), edition("e", WEEK), *(room(f"r{n}") for n in range(9))]


@pytest.mark.parametrize(("last", "short"), [(120, False), (180, True)])
def test_a_chain_can_be_longer_than_the_time_for_it(last: int, short: bool) -> None:
    """Five hours one after the other fit into five hours, and six do not."""
    hours = [available(f"room:r{n}", "Mo 09:00-14:00") for n in range(9)]
    found = shortages(problem(chained(60, 120, last, groups=2), hours))
    chains = [each for each in found if each.kind == "chain"]
    assert bool(chains) is short
    if short:
        (text,) = told(chains)
        assert text == (
            "time for one after the other, session:s0-0, session:s2-0: "
            "6 sessions of 6 h in 5 h, at most 5 fit"
        )


def test_those_of_a_module_take_turns_where_they_share_their_audience() -> None:
    """Two sessions of each module are expected of one edition: none at the same time."""
    hours = [available(f"room:r{n}", "Mo 09:00-12:00") for n in range(9)]
    more = session("s9", None, 120, module_id="m1", edition_id="e")
    nouns: list[Noun] = [*chained(60, 60, groups=1), more]
    assert {each.kind for each in shortages(problem(nouns, hours))} == {"group", "chain"}


def test_only_those_that_both_orders_name_link_them() -> None:
    """A cohort in one joint session does not wait for the other sessions of the other cohort."""
    modules = (module("a"), module("b", requires=("a",)), module("c", requires=("b",)))
    base: list[Noun] = [
        edition("e", WEEK), edition("f", WEEK, number=2), room("r"), program(*modules),
        available("room:r", "Mo 09:00-17:00"),
        session("first", module_id="a", edition_id="e"),
        session("last", module_id="c", edition_id="f"),
    ]  # fmt: skip
    joint = session("joint", module_id="b", edition_id="e", audience=("e", "f"))
    alone = [session(f"alone{n}", module_id="b", edition_id="e") for n in range(5)]
    assert shortages(problem(base, joint, alone)) == ()
    long = attrs.evolve(joint, length=timedelta(hours=7))
    (chain,) = (each for each in shortages(problem(base, long)) if each.kind == "chain")
    assert chain.sessions == ("session:first", "session:joint", "session:last")
    assert chain.needed == 9 * 60
    others = [*alone[1:], attrs.evolve(alone[0], length=timedelta(minutes=90))]
    asked = problem(base, room("r2"), available("room:r2", "Mo 09:00-17:00"), joint, others)
    assert shortages(asked) == ()
    assert search_exactly(asked, range(len(asked.activities)), nodes=2_000).outcome == "placed"


def test_modules_in_a_circle_have_no_longest_chain() -> None:
    """A cycle is not followed; a chain that leads into it is counted up to it."""
    modules = (
        module("a", requires=("b",)), module("b", requires=("a",)), module("c", requires=("d",)),
        module("d"), module("e", requires=("b", "c")),
    )  # fmt: skip
    sessions = [session(m.id, module_id=m.id, edition_id="e", minutes=240) for m in modules]
    hours = available("room:r", "Mo 09:00-17:00")
    found = shortages(problem(edition("e", WEEK), room("r"), program(*modules), hours, *sessions))
    (chain,) = (each for each in found if each.kind == "chain")
    assert len(chain.sessions) == 3
    assert chain.needed == 12 * 60


def test_many_ways_through_modules_are_not_tried_one_by_one() -> None:
    """Sixty layers of two modules have more ways than could be walked, and are one long chain."""
    modules = [
        module(f"m{layer}-{side}", requires=tuple(f"m{layer - 1}-{s}" for s in "xy" if layer))
        for layer in range(60)
        for side in "xy"
    ]
    sessions = [session(m.id, module_id=m.id, edition_id="e", minutes=180) for m in modules]
    found = shortages(problem(edition("e", WEEK), room("r"), program(*modules), *sessions))
    (chain,) = (each for each in found if each.kind == "chain")
    assert chain.needed == 60 * 180


def test_an_order_without_time_for_its_first_ones_is_no_chain() -> None:
    """A session without a start is one shortage, and counts in no other."""
    nouns = chained(60, 120)
    never = available("module:m0", "Mo 09:00-09:30")
    found = shortages(problem(nouns, never, rules=[ModuleOrder(gap=5), MinGap(minutes=10)]))
    assert [each.kind for each in found] == ["start"]


def test_sessions_without_a_start_are_told_together_with_what_closes_it() -> None:
    """Two sessions are too large for any room, and one has a room that is never open."""
    nouns: list[Noun] = [
        *some(2, expected=90),
        session("x", None, 60, room_id="r2"),
        room("r1"),
        room("r2"),
    ]
    nouns.append(available("room:r2", "Mo 09:00-09:30"))
    asked = problem(nouns)
    wide = problem(nouns, wide=True)
    first, second = told(shortages(asked, lambda _: wide))
    assert first == (
        "nowhere to start, session:s0, session:s1: of 954 placements "
        "room-seats 954, unavailability 477"
    )
    assert second == "nowhere to start, session:x: of 477 placements unavailability 477"
    assert shortages(asked)[0].sessions == ("session:s0", "session:s1")
    assert count_closed(wide, 0) == (954, (("room-seats", 954), ("unavailability", 477)))


def test_a_center_without_rooms_has_no_placements() -> None:
    """Without any room there are no placements that a rule could close."""
    assert told(shortages(problem(session("x")))) == [
        "nowhere to start, session:x: of 0 placements no room"
    ]


@one_in(2)
@given(problems())
def test_nothing_is_short_where_all_can_be_placed(asked: PlanningProblem) -> None:
    """A shortage is a proof: whatever can be placed is never short of anything."""
    every = range(len(asked.activities))
    if search_exactly(asked, every, nodes=300).outcome == "placed":
        assert shortages(asked) == ()
    for each in shortages(asked):
        names = [asked.timetable.names[one.number] for one in asked.activities]
        members = [names.index(name) for name in each.sessions]
        assert each.fit < len(members)
        assert search_exactly(asked, members, nodes=300).outcome != "placed"
