"""Boards: terms of every kind as a move asks them, each in a small plan."""

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
from tests.scheduling.search.boards import ANY, anew, asked, books, cost, hourly, standing
from tests.scheduling.state.test_corners import MONDAY, Made, everything

AT = date(2014, 9, 8)


def test_days_of_rooms_and_of_chosen_trainers_are_kept_as_sets_of_ticks() -> None:
    """A room and a trainer to choose hold one session at a time, so their days are patterns."""
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
    assert anew(board.state).total == cost(made, board.state.placed(), asked(*rules)) == 4
    assert books(board.state) == books(anew(board.state))


def test_the_day_of_a_room_for_two_is_judged_as_a_whole() -> None:
    """Where sessions may overlap in a room, its day is no set of ticks."""
    wide = Portfolio.of(CENTER, room("wide", concurrency=2), session("x0"), session("x1"))
    made = hourly(wide, MONDAY, CompactDays(block=60, of="room"))
    assert (made.patterns, len(made.group_terms)) == ((), 1)
    state = State(made)
    state.apply([(0, Placement(0, 0)), (1, Placement(0, 0))])
    assert state.total == 1


def test_a_session_that_stays_is_part_of_the_day_of_its_group() -> None:
    """Beside a session that stays, another one does not stand alone, nor does the first."""
    fixed = session("y", slot("09:00", day=AT), room_id="r1", edition_id="e")
    moving = [session(f"x{n}", edition_id="e") for n in range(2)]
    made = hourly(world(fixed, *moving), MONDAY, CompactDays(block=60, of="edition"))
    assert [(dict(each.base), each.tick) for each in made.patterns] == [({(0, 0): 1 << 9}, 60)]
    state = State(made)
    # At 10:00 and at 11:00. That y stands alone at first is no part of the total.
    assert [state.delta(0, Placement(start, 0)) for start in (0, 1)] == [-1, 1]


def test_pairs_are_asked_about_in_the_order_of_time() -> None:
    """A function of pairs meets each two sessions of a group once, the earlier one first."""

    def hours(pair: Sequence[Session]) -> int:
        """How many hours lie between two starts."""
        one, other = (each.slot for each in pair)
        assert one is not None
        assert other is not None
        return (other.start_utc - one.start_utc) // 3_600_000_000

    def term(timetable: Timetable) -> Term:
        return Function(groups=everything(timetable), scope="pair", cost=hours, facts=lambda _: {})

    state = State(hourly(world(*(session(f"x{n}") for n in range(3))), MONDAY, Made(term=term)))
    state.apply([(0, Placement(2, 0)), (1, Placement(1, 0)), (2, Placement(0, 0))])
    assert state.total == 1 + 1 + 2


def test_order_at_a_cost_counts_what_stays_and_what_moves() -> None:
    """Each second session that starts before the last first one has ended costs, wherever."""
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
    assert anew(board.state).total == cost(made, board.state.placed(), asked(rule)) == 6
    assert books(board.state) == books(anew(board.state))


def test_a_session_of_two_groups_is_asked_about_once() -> None:
    """A strict limit of days over two cohorts that share a session holds for both."""
    sessions = [
        session("x0", audience=("e", "f")), session("x1", audience=("e",)),
        session("x2", audience=("f",)),
    ]  # fmt: skip
    portfolio = world(edition("f", WEEK), room("r2"), *sessions)
    made = hourly(portfolio, WEEK, SameDay(of="audience", level="hard"))
    board = standing(made, (0, 0), (1, 0), (2, 0))
    assert board.strict_slow[0] == [board.state.counts[0]]
    assert board.later[0] == [board.state.counts[0]]
    assert not board.strictly(0, 3, 0, -1)
    assert not board.strictly(1, 3, 0, -1)
    assert shift(board, 1, 3, 0, -1, ANY) is None
    assert shift(board, 1, 1, 1, -1, ANY) == 0
    assert books(board.state) == books(anew(board.state))


def test_costs_of_times_are_made_once_for_sessions_that_are_alike() -> None:
    """Sessions of one form and with the same wishes share what their starts cost."""
    rule = PreferredTimes(hours=WeeklyHours.parse("Mo 10:00-11:00"), level="soft")
    made = hourly(world(session("x0"), session("x1")), MONDAY, rule)
    assert made.time_costs == ((1, 0, 1), (1, 0, 1))
    assert made.time_costs[0] is made.time_costs[1]


def test_order_towards_sessions_that_stay_bounds_those_that_move() -> None:
    """Second sessions start after the last first one that stays, first ones end before a second."""
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
    """Rules over cohorts and rooms that have nothing to do with what moves make no terms."""
    stays = [
        session(f"y{n}", slot(at, day=AT), room_id="r1", edition_id="e", module_id="m1")
        for n, at in enumerate(("09:00", "10:00"))
    ]
    rules = (MaxPerDay(most=1), MaxPerDay(most=1, of="room", where=Only(kind="talk")))
    made = hourly(world(*stays, session("x")), MONDAY, *rules, scope="x")
    assert (made.counts, made.patterns, made.group_terms, made.orders) == ((), (), (), ())
    assert [each.label for each in made.resources] == ["room:r1"]


def test_a_hard_rule_of_days_that_is_broken_leaves_somebody_out() -> None:
    """A session that stands alone, where that is forbidden, is taken out in the end."""
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
    """What is asked of the portfolio is not asked of placements."""
    timetable = timetable_of(world(session("x")))
    windows = windows_of(timetable, [0], "mic", MONDAY)
    more: tuple[Rule, ...] = (DUPLICATE_SESSION, *asked())
    made, other = (
        compile_problem(timetable, more, windows),
        compile_problem(timetable, asked(), windows),
    )
    assert made.activities[0].barriers == other.activities[0].barriers
    assert (made.counts, made.group_terms) == ((), ())
