"""The exact search against exhaustive enumeration, its bounds, and relaxation."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Availability, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.exact.checker import is_feasible
from mic_core.scheduling.exact.left_shift import left_shifted_starts
from mic_core.scheduling.exact.packing import earliest_packing, hall_violator, subset_sums
from mic_core.scheduling.exact.propagation import Propagation
from mic_core.scheduling.exact.search import search_exactly
from mic_core.scheduling.exact.subproblem import aggregate_terms, subproblem_of
from mic_core.scheduling.infeasibility.relaxation import Cause, causes_of, relax
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import HARD, Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.load import MaxPerDay, WorkDay
from mic_core.scheduling.rules.order import MinGap
from mic_core.scheduling.rules.spread import MinDays, RoomStability, SameRoom
from mic_core.scheduling.state.costs import CountTerms, DayPatterns, GroupTerms
from mic_core.scheduling.state.state import State
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.nouns import MIC, edition, flat, module, people, program, room, session

MONDAY = date(2014, 9, 8)


class TooMany(Exception):
    """Enumeration takes longer than a test has time for."""


def everything(problem: PlanningProblem, asked: Sequence[int], most: int = 3000) -> bool:
    """True if some activities can all be placed, by exhaustive enumeration."""
    state, left = State(problem), [most]
    ways = {
        a: [
            Placement(start, room, trainer)
            for room in problem.activities[a].rooms
            for trainer in problem.activities[a].trainers
            for start in cells_in(problem.domain(a, room, trainer))
        ]
        for a in asked
    }
    turn = sorted(asked, key=lambda a: len(ways[a]))
    hard: list[CountTerms | DayPatterns | GroupTerms] = [
        *state.counts,
        *state.patterns,
        *state.group_terms,
    ]

    def fine(a: int) -> bool:
        at = state.at[a]
        return at is None or not any(t.weight >= HARD and t.costs(a, at) for t in hard)

    def go(depth: int) -> bool:
        if depth == len(turn):
            return all(map(fine, asked))
        for at in ways[turn[depth]]:
            left[0] -= 1
            if left[0] < 0:
                raise TooMany
            if state.allows(turn[depth], at):
                state.place(turn[depth], at)
                if go(depth + 1):
                    return True
                state.remove(turn[depth])
        return False

    return go(0)


@st.composite
def problems(draw: st.DrawFn) -> PlanningProblem:
    """Small problems of all kinds of rules, some with causes relaxed."""
    minutes = draw(st.sampled_from([30, 60, 120]))
    problem = problem_of(
        timetable_of(draw(worlds.portfolios())), ("mic", "lab"), rules=draw(worlds.rules()),
        window=worlds.PERIOD, step=timedelta(minutes=minutes), wide=draw(st.booleans()),
    )  # fmt: skip
    causes = causes_of(problem, range(len(problem.activities)))
    left = draw(st.sets(st.sampled_from(causes), max_size=3)) if causes else set[Cause]()
    return relax(problem, left if draw(st.booleans()) else ())


@one_in(2)
@given(problems(), st.booleans())
def test_what_is_placed_holds_and_what_is_impossible_is(
    problem: PlanningProblem, late: bool
) -> None:
    """A placement breaks nothing in the incremental state; enumeration confirms each proof."""
    stays = [t.membership.fixed_sessions for t in aggregate_terms(problem) if t.weight >= HARD]
    assume(not any(members for outside in stays for members in outside))
    asked = range(len(problem.activities))
    found = search_exactly(problem, asked, nodes=600, late=late)
    assert found.nodes <= 600
    if found.outcome == "placed":
        assert sorted(found.placements) == list(asked)
        assert is_feasible(problem, found.placements)
        state = State(problem)
        for activity, at in found.placements.items():
            assert problem.fits(activity, at)
            assert state.allows(activity, at)
            state.place(activity, at)
    if found.outcome == "impossible":
        try:
            assert not everything(problem, asked)
        except TooMany:
            assume(False)


@one_in(2)
@given(problems())
def test_the_checker_agrees_with_the_state(problem: PlanningProblem) -> None:
    """The checker accepts what the incremental state allows, and refuses what it refuses."""
    assume(not any(each.weight >= HARD for each in aggregate_terms(problem)))
    state, placed = State(problem), dict[int, Placement]()
    for number, activity in enumerate(problem.activities):
        trainer = activity.trainers[0]
        for place in activity.rooms:
            for start in cells_in(problem.domain(number, place, trainer))[:3]:
                at = Placement(start, place, trainer)
                allowed = state.at[number] is None and state.allows(number, at)
                if state.at[number] is None:
                    assert is_feasible(problem, {**placed, number: at}) == allowed
                if allowed:
                    state.place(number, at)
                    placed[number] = at
    assert is_feasible(problem, placed)


@one_in(2)
@given(problems())
def test_a_relaxation_only_opens_starts(problem: PlanningProblem) -> None:
    """A relaxation keeps all starts of each activity, and without any cause all can be placed."""
    asked = range(len(problem.activities))
    every = causes_of(problem, asked)
    loose = relax(problem, every)
    for cause in every[:5]:
        looser = relax(problem, [cause])
        for activity in asked:
            before, after = problem.activities[activity], looser.activities[activity]
            assert not before.starts & ~after.starts
            assert {*before.rooms} <= {*after.rooms}
    able = [a for a in asked if loose.activities[a].steps and loose.activities[a].rooms]
    assert search_exactly(loose, able, nodes=200).outcome == "placed"
    assert not causes_of(loose, able)
    assert relax(problem, ()) is problem


WEEK = Period.days(MONDAY, MONDAY + timedelta(days=4))


def problem(*nouns: Noun | Sequence[Noun], rules: Sequence[ScheduleRule] = ()) -> PlanningProblem:
    """The problem of planning the sessions of the center in the week."""
    portfolio = Portfolio.of(*flat([MIC, room("r1"), edition("e", WEEK), *nouns]))
    asked = (*SCHEDULE_RULES, *rules)
    step = timedelta(hours=1)
    return problem_of(timetable_of(portfolio), "mic", window=WEEK, step=step, rules=asked)


def outcome(asked: PlanningProblem, *members: int, nodes: int = 500) -> str:
    """The outcome of the search for some activities, by default all."""
    return search_exactly(asked, members or range(len(asked.activities)), nodes=nodes).outcome


def test_regression_a_limit_of_a_room_that_is_too_small_is_a_cause() -> None:
    """A relaxation may open an unsuited room, so the groups of that room are causes as well."""
    crowd = session("s", edition_id="e", expected=30)
    asked = problem(room("r2", seats=1), crowd, rules=[MaxPerDay(most=0, of="room")])
    causes = causes_of(asked, [0])
    assert {Cause("room-seats"), Cause("max-per-day", "room:r2")} <= {*causes}
    assert not causes_of(relax(asked, causes), [0])


def open_hours(text: str) -> Availability:
    """The hours of the only room."""
    return Availability(
        id="open", subject="room:r1", hours=WeeklyHours.parse(text), period=WEEK,
        preference="available",
    )  # fmt: skip


def test_a_hard_term_of_a_group_counts_once_all_of_it_are_asked_about() -> None:
    """Three sessions need three days, and there are two; two of them alone are not judged."""
    sessions = [session(f"s{n}", edition_id="e", module_id="m") for n in range(3)]
    rules = [MinDays(least=3, of="module", level="hard")]
    asked = problem(
        *sessions, open_hours("Mo 09:00-17:00; We 09:00-17:00"), program(module("m")), rules=rules
    )
    assert outcome(asked) == "impossible"
    assert outcome(asked, 0, 1) == "placed"
    assert outcome(relax(asked, [Cause("min-days", "module:m")])) == "placed"
    assert Cause("min-days", "module:m") in causes_of(asked, [0])


def crowded(some: Sequence[Session]) -> int:
    """1 if there are more than two sessions, else 0."""
    return int(len(some) > 2)


@pytest.mark.parametrize(
    ("rules", "cause", "hours"),
    [
        ([WorkDay(most=120, of="edition", level="hard")], "work-day", "Mo 09:00-12:00"),
        ([MinGap(minutes=60, of="edition", level="hard")], "min-gap", "Mo 09:00-12:00"),
        ([MaxPerDay(most=2, of="edition")], "max-per-day", "Mo 09:00-12:00"),
        (
            [rule("odd", "hard", law="Never in a row.", scope="group")(crowded)],
            "odd",
            "Mo 09:00-17:00",
        ),
    ],
)
def test_each_kind_of_term_forbids_and_can_be_left_out(
    rules: Sequence[ScheduleRule], cause: str, hours: str
) -> None:
    """Three hours of an edition do not fit on a morning under a rule, and do without it."""
    sessions = [session(f"s{n}", edition_id="e") for n in range(3)]
    asked = problem(*sessions, open_hours(hours), rules=rules)
    found = [each for each in causes_of(asked, range(3)) if each.code == cause]
    assert outcome(asked) == "impossible"
    assert outcome(relax(asked, found)) == "placed"


def test_soft_terms_are_no_causes() -> None:
    """A soft term is no cause, and a relaxation leaves it as it is."""
    rules: list[ScheduleRule] = [MinDays(least=3, of="module"), RoomStability(of="edition")]
    asked = problem(session("s", edition_id="e", module_id="m"), rules=rules)
    soft = [Cause("min-days", "module:m"), Cause("room-stability", "edition:e")]
    assert not {*soft} & {*causes_of(asked, [0])}
    assert [each.membership.fixed for each in relax(asked, soft).counts] == [
        each.membership.fixed for each in asked.counts
    ]


def test_the_same_room_for_all_can_be_too_small_for_one() -> None:
    """Rooms that are told apart by a rule do not stand for each other."""
    sessions = [session(f"s{n}", edition_id="e", module_id="m") for n in range(3)]
    rules = [SameRoom(of="module", level="hard")]
    nouns: list[Noun] = [*sessions, program(module("m")), room("r2"), open_hours("Mo 09:00-11:00")]
    shut = Availability(
        id="shut", subject="room:r2", hours=WeeklyHours.parse("Tu 09:00-11:00"), period=WEEK,
        preference="available",
    )  # fmt: skip
    asked = problem(*nouns, shut, rules=rules)
    assert outcome(asked) == "impossible"
    assert outcome(relax(asked, [Cause("same-room", "module:m")])) == "placed"


def test_nodes_that_run_out_prove_nothing() -> None:
    """Five sessions in rooms for two of them, with a single node: open, not impossible."""
    sessions = [session(f"s{n}", minutes=60 + 60 * (n % 2)) for n in range(5)]
    asked = problem(*sessions, room("r2"), open_hours("Mo 09:00-13:00; Tu 09:00-13:00"))
    assert outcome(asked, nodes=1) == "open"
    assert outcome(asked) == "placed"
    assert search_exactly(asked, [], nodes=0).placements == {}


def test_an_answer_is_the_same_in_any_order() -> None:
    """The order and the number of times in which activities are named do not matter."""
    sessions = [session(f"s{n}", edition_id="e") for n in range(4)]
    asked = problem(*sessions, people("t"))
    one, other = (
        search_exactly(asked, [3, 1, 0, 1], nodes=99),
        search_exactly(asked, (0, 1, 3), nodes=99),
    )
    assert (one.placements, one.nodes) == (other.placements, other.nodes)
    assert list(one.placements) == [0, 1, 3]


@given(st.integers(1, 2**40 - 1), st.integers(1, 6), st.integers(1, 8))
def test_no_packing_holds_more(starts: int, cells: int, most: int) -> None:
    """As many as are packed fit apart from each other, and no random choice holds more."""
    found = earliest_packing(starts, cells, most)
    assert all(b - a >= cells for a, b in pairwise(found))
    assert all(starts >> each & 1 for each in found)
    listed, after, other = cells_in(starts), 0, 0
    for start in sorted(Random(starts).sample(listed, len(listed) // 2 + 1)):
        if start >= after:
            after, other = start + cells, other + 1
    assert len(found) >= min(most, other)


@given(st.lists(st.integers(1, 9), max_size=6), st.integers(0, 30))
def test_a_stretch_is_filled_as_far_as_sums_allow(lengths: list[int], size: int) -> None:
    """The most that some lengths fill is the largest subset sum within the size."""
    sums = {0}
    for length in lengths:
        sums |= {each + length for each in sums}
    assert subset_sums(lengths, 30)(size) == max(each for each in sums if each <= size)


@given(
    st.dictionaries(st.integers(0, 6), st.sets(st.integers(0, 4)).map(sorted), max_size=7),
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
)
def test_too_many_for_their_choices_are_named(
    choices: dict[int, list[int]], caps: list[int]
) -> None:
    """A Hall violator has fewer places than members; without one all subsets have enough."""
    room_for = dict(enumerate(caps))
    found = hall_violator(choices, room_for)
    if found is not None:
        reach = {choice for member in found for choice in choices[member]}
        assert sum(caps[choice] for choice in reach) < len(found)
        return
    for bits in range(1 << len(choices)):
        some = [m for place, m in enumerate(choices) if bits >> place & 1]
        reach = {choice for member in some for choice in choices[member]}
        assert sum(caps[choice] for choice in reach) >= len(some)


@one_in(2)
@given(problems())
def test_dominant_starts_leave_no_domain_empty(problem: PlanningProblem) -> None:
    """Dominant starts are within each domain, and a domain with a start keeps one."""
    asked = range(len(problem.activities))
    sub = subproblem_of(problem, asked)
    assume(all(sub.options))
    root = Propagation(sub).root()
    domains = [root.domain(var) for var in root.free]
    kept = left_shifted_starts(sub, domains, frozenset())
    assert all(not mask & ~domain for mask, domain in zip(kept, domains, strict=True))
    assert all(bool(mask) == bool(domain) for mask, domain in zip(kept, domains, strict=True))
