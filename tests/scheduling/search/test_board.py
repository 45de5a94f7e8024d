"""Boards: the delta of a move for terms of every kind, each in a small plan."""

from collections.abc import Sequence
from datetime import UTC, date

import attrs

from mic_core.chrono import WeeklyHours
from mic_core.chrono.local import local
from mic_core.model import Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Function, Rule, Term
from mic_core.scheduling.problem.compile import compile_problem
from mic_core.scheduling.problem.problem import Placement
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.order import ModuleOrder
from mic_core.scheduling.rules.overlap import DUPLICATE_SESSION
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import SameDay
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.search.moves import shift
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import edition, room, session, slot
from tests.scheduling.planning.test_plan import CENTER, WEEK, world
from tests.scheduling.search.boards import ANY, anew, books, cost, hourly, rules_with, standing
from tests.scheduling.state.test_corners import MONDAY, Made, everything

AT = date(2014, 9, 8)


def test_days_of_rooms_and_of_chosen_trainers_are_kept_as_sets_of_ticks() -> None:
    """A room or a chosen trainer is a disjunctive resource, so its day is a pattern of ticks."""
    sessions = [session(f"x{n}", edition_id="e", module_id="m2") for n in range(2)]
    rules = (CompactDays(block=60, of="room"), CompactDays(block=60, of="person"))
    made = hourly(world(room("r2"), *sessions), MONDAY, *rules)
    assert [each.membership.by for each in made.patterns] == ["room", "trainer"]
    assert made.group_terms == ()
    board = standing(made, (0, 0, 0), (1, 0, 0))
    assert board.state.total == 0
    # In another room, or with another trainer, one of them stands alone, and so does the other.
    assert board.delta(1, 1, 1, 0) == 2
    assert board.delta(1, 1, 0, 1) == 2
    assert board.delta(1, 2, 0, 0) == 4
    assert shift(board, 1, 2, 1, 1, ANY) == 4
    assert anew(board.state).total == cost(made, board.state.placed(), rules_with(*rules)) == 4
    assert books(board.state) == books(anew(board.state))


def test_the_day_of_a_room_for_two_is_judged_as_a_whole() -> None:
    """The day of a room in which sessions may overlap is a group term, not a pattern of ticks."""
    wide = Portfolio.of(CENTER, room("wide", concurrency=2), session("x0"), session("x1"))
    made = hourly(wide, MONDAY, CompactDays(block=60, of="room"))
    assert (made.patterns, len(made.group_terms)) == ((), 1)
    state = State(made)
    state.apply([(0, Placement(0, 0)), (1, Placement(0, 0))])
    assert state.total == 1


def test_a_fixed_session_is_part_of_the_day_of_its_group() -> None:
    """A session next to a fixed one saves the cost of the fixed one alone on its day."""
    fixed = session("y", slot("09:00", day=AT), room_id="r1", edition_id="e")
    moving = [session(f"x{n}", edition_id="e") for n in range(2)]
    made = hourly(world(fixed, *moving), MONDAY, CompactDays(block=60, of="edition"))
    assert [(dict(each.base), each.tick) for each in made.patterns] == [({(0, 0): 1 << 9}, 60)]
    state = State(made)
    # At 10:00 and at 11:00. That y stands alone at first is no part of the total.
    assert [state.delta(0, Placement(start, 0)) for start in (0, 1)] == [-1, 1]


def test_a_function_of_pairs_gets_them_in_order_of_time() -> None:
    """A function of pairs meets each two sessions of a group once, the earlier one first."""

    def hours(pair: Sequence[Session]) -> int:
        """The number of hours between two starts."""
        one, other = (each.slot for each in pair)
        assert one is not None
        assert other is not None
        return (other.start_utc - one.start_utc) // 3_600_000_000

    def term(timetable: Timetable) -> Term:
        return Function(groups=everything(timetable), scope="pair", cost=hours, facts=lambda _: {})

    state = State(hourly(world(*(session(f"x{n}") for n in range(3))), MONDAY, Made(term=term)))
    state.apply([(0, Placement(2, 0)), (1, Placement(1, 0)), (2, Placement(0, 0))])
    assert state.total == 1 + 1 + 2


def test_a_soft_precedence_counts_fixed_and_placed_sessions() -> None:
    """Each second that starts before the last first has ended costs, be they fixed or not."""
    fixed = [
        session("a0", slot("10:00", day=AT), room_id="r2", module_id="m1", edition_id="e"),
        session("b0", slot("11:00", day=AT), room_id="r2", module_id="m2", edition_id="e"),
    ]
    moving = [session(f"{m}1", module_id=f"m{n}", edition_id="e") for n, m in ((1, "a"), (2, "b"))]
    rule = ModuleOrder(level="soft", weight=3)
    made = hourly(world(room("r2"), *fixed, *moving), WEEK, rule, scope=("a1", "b1"))
    (order,) = made.orders
    ends, begins = slot("11:00", day=AT).start_utc, (slot("11:00", day=AT).start_utc,)
    assert (order.weight, order.ended, order.begins) == (3, ends, begins)
    # The cells are 09:00 on Monday, then 09:00, 10:00 and 11:00 on Tuesday, and so on.
    board = standing(made, (2, 0, 0), (3, 0, 0))
    first, second = (made.activities[a].number for a in range(2))
    assert [made.timetable.sessions[n].id for n in (first, second)] == ["a1", "b1"]
    assert board.state.total == 3  # b0 starts before a1 has ended
    assert board.delta(1, 0, 0, 0) == 3  # b1 would as well
    assert board.delta(0, 3, 0, 0) == 3  # b1 starts before a1 would have ended
    assert board.delta(0, 0, 0, 0) == -3
    assert shift(board, 1, 0, 0, 0, ANY) == 3
    assert anew(board.state).total == cost(made, board.state.placed(), rules_with(rule)) == 6
    assert books(board.state) == books(anew(board.state))


def test_a_strict_term_lists_a_session_of_two_groups_once() -> None:
    """A strict limit of days over two cohorts that share a session holds for both."""
    sessions = [
        session("x0", audience=("e", "f")), session("x1", audience=("e",)),
        session("x2", audience=("f",)),
    ]  # fmt: skip
    portfolio = world(edition("f", WEEK), room("r2"), *sessions)
    made = hourly(portfolio, WEEK, SameDay(of="audience", level="hard"))
    board = standing(made, (0, 0), (1, 0), (2, 0))
    assert board.slow_strict[0] == [board.state.counts[0]]
    assert board.slow_terms[0] == [board.state.counts[0]]
    assert not board.allows_move(0, 3, 0, -1)
    assert not board.allows_move(1, 3, 0, -1)
    assert shift(board, 1, 3, 0, -1, ANY) is None
    assert shift(board, 1, 1, 1, -1, ANY) == 0
    assert books(board.state) == books(anew(board.state))


def test_costs_of_times_are_made_once_for_sessions_that_are_alike() -> None:
    """Activities of one class with the same soft bounds share one tuple of costs."""
    rule = PreferredTimes(hours=WeeklyHours.parse("Mo 10:00-11:00"), level="soft")
    made = hourly(world(session("x0"), session("x1")), MONDAY, rule)
    assert made.time_costs == ((1, 0, 1), (1, 0, 1))
    assert made.time_costs[0] is made.time_costs[1]


def test_a_precedence_with_fixed_sessions_bounds_the_starts_of_others() -> None:
    """Seconds start after the last fixed first, firsts end before the first fixed second."""
    fixed = [
        session("a0", slot("10:00", day=date(2014, 9, 9)), module_id="m1", edition_id="e"),
        session("b0", slot("10:00", day=date(2014, 9, 11)), module_id="m2", edition_id="e"),
    ]
    stays = [attrs.evolve(each, room_id="r2") for each in fixed]
    moving = [session(f"{m}1", module_id=f"m{n}", edition_id="e") for n, m in ((1, "a"), (2, "b"))]
    made = hourly(world(room("r2"), *stays, *moving), WEEK, scope=("a1", "b1"))
    days = [
        [local(made.axis.instants[cell], UTC).strftime("%d %H") for cell in cells_in(each.starts)]
        for each in made.activities
    ]
    # In UTC, that is from 7 to 10 o'clock: until Thursday at ten, and from Tuesday at eleven on.
    assert days[0] == [
        "08 07",
        "08 08",
        "08 09",
        "09 07",
        "09 09",
        "10 07",
        "10 08",
        "10 09",
        "11 07",
    ]
    assert days[1] == [
        "09 09",
        "10 07",
        "10 08",
        "10 09",
        "11 07",
        "11 09",
        "12 07",
        "12 08",
        "12 09",
    ]
    assert [each.weight for each in made.orders] == [0]
    assert hourly(world(room("r2"), *stays, *moving), WEEK, scope="b1").orders == ()


def test_terms_of_others_are_left_out() -> None:
    """A rule over cohorts and rooms that no activity can join makes no term."""
    stays = [
        session(f"y{n}", slot(at, day=AT), room_id="r1", edition_id="e", module_id="m1")
        for n, at in enumerate(("09:00", "10:00"))
    ]
    rules = (MaxPerDay(most=1), MaxPerDay(most=1, of="room", where=Only(kind="talk")))
    made = hourly(world(*stays, session("x")), MONDAY, *rules, scope="x")
    assert (made.counts, made.patterns, made.group_terms, made.orders) == ((), (), (), ())
    assert [each.label for each in made.resources] == ["room:r1"]


def test_a_broken_hard_rule_of_days_leaves_a_session_unplaced() -> None:
    """A session alone on its day, where a hard rule forbids that, is taken out in the end."""
    portfolio = world(session("x", edition_id="e"))
    rule = CompactDays(block=60, level="hard")
    made = hourly(portfolio, MONDAY, rule)
    state = State(made)
    state.place(0, Placement(0, 0))
    assert state.patterns[0].costs(0, Placement(0, 0))
    assert Kernel().solve(made).placements == (None,)
    both = hourly(world(*(session(f"x{n}", edition_id="e") for n in range(2))), MONDAY, rule)
    assert None not in Kernel().solve(both).placements


def test_a_rule_about_portfolios_makes_no_terms() -> None:
    """A portfolio rule among the rules adds no term to the problem."""
    timetable = timetable_of(world(session("x")))
    windows = windows_of(timetable, [0], "mic", MONDAY)
    more: tuple[Rule, ...] = (DUPLICATE_SESSION, *rules_with())
    made, other = (
        compile_problem(timetable, more, windows),
        compile_problem(timetable, rules_with(), windows),
    )
    assert made.activities[0].barriers == other.activities[0].barriers
    assert (made.counts, made.group_terms) == ((), ())
