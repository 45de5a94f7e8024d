"""Infeasibility analysis: verdicts, minimal infeasible subsets, and how they read."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from operator import methodcaller
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.errors import InvariantError
from mic_core.model import Availability, Noun
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.exact.checker import is_feasible
from mic_core.scheduling.exact.search import search_exactly
from mic_core.scheduling.infeasibility.conflict_sets import Core, CoreSearch, NodeBudget
from mic_core.scheduling.infeasibility.corrections import ConflictSet
from mic_core.scheduling.infeasibility.explain import (
    ConflictSearch,
    explain_infeasible,
)
from mic_core.scheduling.infeasibility.related import related_sets
from mic_core.scheduling.infeasibility.relaxation import Cause, causes_of, wide_problem
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.spread import MinDays
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.cpsat import can_all_stand
from tests.scheduling.infeasibility.impossible import (
    MONDAY,
    WEEK,
    case,
    center,
    everything,
    explain,
    several,
    shown,
    tiny,
    when,
    wide,
)
from tests.scheduling.nouns import PLACE, edition, module, program
from tests.scheduling.nouns import session as made

TAUGHT = module("m", trainers=("t",))
SEEDS = range(60)


def activities(problem: PlanningProblem, found: ConflictSet) -> list[int]:
    """The activities of the sessions of a set."""
    names = [problem.timetable.names[each.number] for each in problem.activities]
    return [names.index(each) for each in found.sessions]


def one_less(members: Sequence[object]) -> list[list[object]]:
    """All lists of the members without one of them."""
    return [[other for other in members if other is not each] for each in members]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_set_is_impossible_and_with_one_member_less_it_is_not(seed: int) -> None:
    """Of 60 impossible problems of 15 kinds, an independent solver agrees with every set."""
    asked = case(seed)
    found = explain_infeasible(asked.portfolio, "mic", rules=asked.rules)
    assert found.verdict == "impossible"
    assert found.conflict_sets
    problem = everything(asked)
    for each in found.conflict_sets:
        members, causes = activities(problem, each), set(each.causes)
        assert each.minimal
        assert not can_all_stand(problem, members, causes)
        for fewer in one_less(members):
            assert can_all_stand(problem, [m for m in members if m in fewer], causes)
        for cause in each.causes:
            assert can_all_stand(problem, members, causes - {cause})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_mend_that_is_offered_heals_what_it_says(seed: int) -> None:
    """With all other causes in place a mend lets the set be placed, or all; `also` are others."""
    asked = case(seed)
    found = explain_infeasible(asked.portfolio, "mic", rules=asked.rules)
    problem = everything(asked)
    all_activities = [*range(len(problem.activities))]
    every = {*causes_of(problem, all_activities)}
    for each in found.conflict_sets:
        members = activities(problem, each)
        assert not {*each.also}.intersection(each.sessions)
        assert {*each.mends_all} <= {*each.mends}
        for mend in each.corrections or ():
            gone = activities(problem, attrs.evolve(each, sessions=mend.sessions))
            kept = every - {mend.cause}
            for out in gone or [-1]:  # none
                assert can_all_stand(problem, [m for m in members if m != out], kept)
                if mend.heals_all:
                    assert can_all_stand(problem, [a for a in all_activities if a != out], kept)


def test_a_set_says_who_why_and_what_would_mend_it() -> None:
    """A trainer with one morning cannot give three sessions of three hours."""
    (found,) = explain(
        *several("s", 3, module_id="m"), when("t", "Mo 09:00-13:00"), program(TAUGHT)
    ).conflict_sets
    assert str(found) == (
        "2 sessions cannot all be placed: session:s1, session:s2\n"
        "  because of: edition-period of edition:e; person-overlap of person:t; "
        "unavailability of person:t\n"
        "  each of these would mend this set: leave out one of the sessions; relax unavailability "
        "of person:t\n"
        "  all can be placed with one of these: relax unavailability of person:t"
    )


def test_one_session_can_be_a_set_of_its_own() -> None:
    """A session too large for every room needs another room, or fewer people."""
    found = explain(made("big", edition_id="e", expected=90))
    (single,) = found.conflict_sets
    assert str(single) == (
        "session:big cannot be placed\n"
        "  because of: room-seats (room:r1 has 20 of 90, room:r2 has 20 of 90)\n"
        "  each of these would mend this set: leave it out; relax room-seats\n"
        "  all can be placed with one of these: leave it out; relax room-seats"
    )
    assert [each["what"] for each in found.rows()] == ["shortage", "conflict set"]
    assert found.rows()[1]["causes"] == ("room-seats",)
    assert methodcaller("_repr_html_")(found) == shown(found)
    assert "room-seats" in shown(found)
    assert "Shortages" in str(found.html())


def test_sessions_with_one_cause_each_alone_are_told_once() -> None:
    """Three sessions are too large for every room, for the same reason."""
    found = explain(*(made(f"big{n}", edition_id="e", expected=90) for n in range(3)))
    (only,) = found.conflict_sets
    assert len(only.sessions) == 1
    assert len(only.also) == 2
    assert found.unexplained == ()


def test_the_window_is_a_cause() -> None:
    """A window of a day within a longer edition is moved or widened, not the edition."""
    day = Period.days(MONDAY, MONDAY)
    found = explain(*several("s", 3), window=day)
    (only,) = found.conflict_sets
    assert [str(each) for each in only.causes][-1] == "window"
    assert only.mends[-1] == "move or widen the window"
    assert "edition-period" not in {each.code for each in only.causes}


def test_a_center_without_rooms_is_no_cause() -> None:
    """Nothing that could be left out would help."""
    portfolio = Portfolio.of(center(), edition("e", WEEK), made("s", edition_id="e"))
    found = explain_infeasible(portfolio, "e")
    (only,) = found.conflict_sets
    assert only.causes == ()
    assert "because of: no room or no time to start" in str(only)


def test_what_can_be_placed_comes_with_a_plan() -> None:
    """Nothing is short, no set is reported, and the plan breaks nothing."""
    found = explain(*several("s", 3))
    assert found.verdict == "possible"
    assert (found.shortages, found.conflict_sets, found.unexplained) == ((), (), ())
    assert found.plan is not None
    assert found.plan.unplaced == ()
    assert found.plan.report.ok
    assert str(found) == "All sessions can be placed: a plan was found."
    assert found.rows() == ()
    assert "a plan was found" in shown(found)


def test_terms_of_whole_groups_are_judged_with_all_of_their_sessions() -> None:
    """A module must lie on three days, and its trainer comes on two."""
    rules = [*SCHEDULE_RULES, MinDays(least=3, of="module", level="hard")]
    nouns: list[Noun] = [when("t", "Mo,We 09:00-11:00"), program(TAUGHT), *several("z", 2, 60)]
    found = explain(*several("s", 3, 60, module_id="m"), *nouns, rules=rules)
    assert found.verdict == "impossible"
    (only,) = found.conflict_sets
    assert only.minimal
    assert only.sessions == ("session:s0", "session:s1", "session:s2")
    assert Cause("min-days", "module:m") in only.causes
    enough = explain(*several("s", 3, 60, module_id="m"), *nouns[1:], rules=rules)
    assert enough.verdict == "possible"


def test_sessions_that_are_free_may_leave_their_slots() -> None:
    """A placed session is an obstacle, unless it is free to move."""
    whole = made(
        "stay", Slot.at(MONDAY, "09:00", timedelta(hours=6), PLACE), edition_id="e", room_id="r1"
    )
    asked = [whole, *several("s", 1, 180)]
    two = Period.days(MONDAY, MONDAY)
    assert explain(*asked, window=two).verdict == "impossible"
    wide = Period.days(MONDAY, MONDAY + timedelta(days=1))
    assert explain(*asked, window=wide, free="stay").verdict == "possible"
    closed = explain(*asked, window=two, free="stay")
    assert closed.verdict == "impossible"
    assert closed.conflict_sets[0].sessions == ("session:s0", "session:stay")


def test_where_freed_sessions_stood_is_in_nobodys_way() -> None:
    """A set never blames the place of a session that is free to leave it."""
    later = MONDAY + timedelta(days=1)
    hours = timedelta(hours=1)
    early = Slot.at(later, "09:00", hours, PLACE)
    first = made("first", early, edition_id="e", room_id="r1", module_id="k")
    second = made(
        "second", Slot.at(later, "10:00", 6 * hours, PLACE), edition_id="e", room_id="r1",
        module_id="m",
    )  # fmt: skip
    modules = program(module("k"), module("m", requires=("k",)))
    found = explain(
        first, second, *several("s", 1, 180), modules, free=("first", "second"),
        window=Period.days(MONDAY, MONDAY),
    )  # fmt: skip
    assert [e.sessions for e in found.conflict_sets] == [("session:s0", "session:second")]
    assert "module-order" not in str(found)


def test_several_reasons_are_several_sets() -> None:
    """A session too large and a trainer with too little time have nothing to do with each other."""
    nouns: list[Noun] = [
        when("t", "Mo 09:00-13:00"),
        program(TAUGHT),
        *several("s", 2, module_id="m"),
    ]
    found = explain(made("big", edition_id="e", expected=90), *nouns)
    assert [each.sessions for each in found.conflict_sets] == [
        ("session:big",), ("session:s0", "session:s1"),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [0, 7, 12])
def test_the_same_question_has_the_same_answer(seed: int) -> None:
    """Twice the same, also when nouns come in another order."""
    asked = case(seed)
    one = explain_infeasible(asked.portfolio, "mic", rules=asked.rules)
    nouns: list[Noun] = [value for batch in asked.portfolio.log for value in batch.values]
    other = explain_infeasible(Portfolio.of(*reversed(nouns)), "mic", rules=asked.rules)
    assert str(one) == str(other)
    assert one.nodes == other.nodes


def test_arguments_that_cannot_be_are_refused() -> None:
    """All at once, by the names of the arguments."""
    bad: Any = "much"
    with pytest.raises(InvariantError, match="explain_infeasible: 3 problems") as told:
        explain(*several("s", 1), step=timedelta(seconds=1), seed=bad, nodes=-1)
    assert [each.path for each in told.value.problems] == ["step", "seed", "nodes"]
    assert explain(*several("s", 1), nodes=None).verdict == "possible"


def idle(_: State, queue: Sequence[int], *__: object, **___: object) -> tuple[int, ...]:
    """A heuristic that places nothing."""
    return tuple(queue)


@pytest.mark.parametrize("heuristic", [eject, idle])
def test_the_exact_search_places_what_ejection_does_not(
    heuristic: Callable[..., tuple[int, ...]],
) -> None:
    """Activities of which none is placed yet are all placed by the exact search."""
    problem = wide(*several("s", 3))
    budget = NodeBudget(left=1_000, most=100, heuristic=heuristic)
    search = ConflictSearch(problem, budget, Solution(placements=(None,) * 3, cost=0))
    search.run(CoreSearch(problem, lambda _: problem, budget))
    assert search.result(()).verdict == "possible"
    assert sorted(search.placed) == [0, 1, 2]
    assert is_feasible(problem, search.placed)


def test_a_feasible_problem_comes_with_a_plan() -> None:
    """The plan that shows that all can be placed changes each session."""
    found = explain(*several("s", 3))
    assert found.plan is not None
    assert len(found.plan.changes) == 3


def test_no_more_sets_are_sought_than_are_told() -> None:
    """Seven sessions have too little time, each of its own: five are told, two are named."""
    times = [
        Availability(
            id=f"never{n}", subject=f"session:s{n}", hours=WeeklyHours.parse("Mo 09:00-09:30"),
            period=WEEK, preference="available",
        )
        for n in range(7)
    ]  # fmt: skip
    found = explain(*several("s", 7, 60), *times)
    assert [each.sessions for each in found.conflict_sets] == [(f"session:s{n}",) for n in range(5)]
    assert found.unexplained == ("session:s5", "session:s6")


@one_in(2)
@given(st.sampled_from(range(200)), worlds.portfolios(), worlds.rules())
def test_no_set_is_reported_where_all_can_be_placed(
    seed: int, portfolio: Portfolio, rules: tuple[ScheduleRule, ...]
) -> None:
    """The verdict agrees with the exact search, and a possible one comes with a full plan."""
    options: dict[str, Any] = {"rules": rules, "window": worlds.PERIOD, "step": worlds.HOUR}
    problem = problem_of(timetable_of(portfolio), ("mic", "lab"), **options)
    found = explain_infeasible(portfolio, ("mic", "lab"), seed=seed, nodes=2000, **options)
    settled = search_exactly(problem, range(len(problem.activities)), nodes=300)
    if settled.outcome == "placed":
        assert found.verdict != "impossible"
    if settled.outcome == "impossible":
        assert found.verdict != "possible"
    if found.verdict == "possible":
        assert found.plan is not None
        assert found.plan.unplaced == ()
    for each in found.conflict_sets:
        names = [problem.timetable.names[one.number] for one in problem.activities]
        members = [names.index(name) for name in each.sessions]
        assert search_exactly(problem, members, nodes=300).outcome != "placed"


@one_in(2)
@given(worlds.portfolios(), worlds.rules())
def test_a_wide_problem_allows_what_the_problem_allows(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...]
) -> None:
    """With nothing left out, starts are the same instants for each room and trainer."""
    timetable = timetable_of(portfolio)
    scope = ("mic", "lab")
    narrow = problem_of(timetable, scope, window=worlds.PERIOD, step=worlds.HOUR, rules=rules)
    numbers = [each.number for each in narrow.activities]
    windows = windows_of(timetable, numbers, scope, worlds.PERIOD)
    wide = wide_problem(timetable, rules, windows, step=worlds.HOUR)
    for place, each in enumerate(narrow.activities):
        assert wide.activities[place].number == each.number
        for at_room in each.rooms:
            for trainer in each.trainers:
                assert instants(narrow, place, at_room, trainer) == instants(
                    wide, place, at_room, trainer
                )


def instants(
    problem: PlanningProblem, activity: int, at_room: int, trainer: int
) -> list[tuple[int, int]]:
    """The slots of an activity in a room with a trainer."""
    cells = cells_in(problem.domain(activity, at_room, trainer))
    return [problem.slot(activity, cell) for cell in cells]


def core(*nouns: Noun, related: Callable[..., Iterator[list[int]]] = related_sets) -> Core:
    """The infeasible subset around the last activity of tiny sessions."""
    problem = wide(*nouns)
    pool = range(len(problem.activities))
    search = CoreSearch(
        problem, lambda _: problem, NodeBudget(left=60_000, most=3_000), related=related
    )
    found = search.find(pool[-1], pool, {})
    assert isinstance(found, Core)
    return found


def unrelated(*_: object) -> Iterator[list[int]]:
    """No neighborhood at all."""
    return iter(())


def test_the_whole_pool_is_searched_where_there_are_no_neighborhoods() -> None:
    """The answer does not depend on where the search begins: the same causes are found."""
    taught: list[Noun] = [
        *several("s", 3, module_id="m"),
        when("t", "Mo 09:00-13:00"),
        program(TAUGHT),
    ]
    one, other = core(*taught), core(*taught, related=unrelated)
    assert (one.causes, len(one.numbers)) == (other.causes, len(other.numbers))
    assert other.minimal


def test_activities_that_a_proof_does_not_name_are_left_aside() -> None:
    """A subset found in the whole pool begins with the activities that the proof names."""
    found = core(
        *several("s", 3, module_id="m"), *several("z", 4, 60),
        when("t", "Mo 09:00-13:00"), program(TAUGHT), related=unrelated,
    )  # fmt: skip
    assert found.minimal
    assert set(found.numbers) <= {0, 1, 2}
    assert len(found.within) == 3


def test_a_proof_may_leave_out_the_activity_that_led_to_it() -> None:
    """A subset that a proof names is minimized though the activity that waited is not in it."""
    nouns: list[Noun] = [
        *several("s", 14, module_id="m"), *several("z", 1, 60),
        when("t", "Mo 09:00-13:00"), program(TAUGHT),
    ]  # fmt: skip
    timetable = timetable_of(tiny(*nouns))

    def widened(some: Sequence[int]) -> PlanningProblem:
        windows = windows_of(timetable, [*some], "mic", None)
        return wide_problem(timetable, SCHEDULE_RULES, windows)

    pool = range(15)
    problem = widened(pool)
    assert problem.timetable.names[problem.activities[14].number] == "session:z0"
    budget = NodeBudget(left=60_000, most=3_000)
    search = CoreSearch(problem, widened, budget, related=unrelated)
    named = range(14)
    found: Core = methodcaller("_minimize", named, 14)(search)
    assert found.minimal
    assert set(found.numbers) <= {*named}
