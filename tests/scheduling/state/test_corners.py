"""Special cases of problems and states, each built by hand."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta

import attrs

from mic_core.chrono import Period, zone
from mic_core.findings import Level
from mic_core.model import Assignment, Availability, Noun
from mic_core.portfolio import Portfolio
from mic_core.rules import Bucket, Entry, Function, Group, Rule, ScheduleRule, Term
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in, grid_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay, WorkDay
from mic_core.scheduling.rules.order import MinGap, ModuleOrder
from mic_core.scheduling.rules.overlap import DUPLICATE_SESSION, ParticipantOverlap
from mic_core.scheduling.rules.spread import MinDays, SameDay, SameTime
from mic_core.scheduling.search.ejection import eject
from mic_core.scheduling.search.rng import Chance
from mic_core.scheduling.state.costs import GroupTerms
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import edition, flat, people, room, seat, session, slot
from tests.scheduling.planning.test_plan import CENTER, WEEK, world
from tests.scheduling.state.test_state import outcome, plain

MONDAY = Period.days(date(2014, 9, 8), date(2014, 9, 8))
HOUR = timedelta(hours=1)


def problem(
    portfolio: Portfolio,
    *rules: ScheduleRule,
    scope: str = "mic",
    window: Period = MONDAY,
    free: tuple[str, ...] = (),
) -> PlanningProblem:
    """A problem in hours."""
    asked = (*SCHEDULE_RULES, *rules)
    timetable = timetable_of(portfolio)
    return problem_of(timetable, scope, rules=asked, window=window, step=HOUR, free=free)


@attrs.frozen(kw_only=True)
class Made:
    """A rule whose term is made by a function."""

    term: Callable[[Timetable], Term]
    level: Level = "soft"
    weight: int = 1

    @property
    def entry(self) -> Entry:
        return Entry(
            code="made",
            level=self.level,
            law="Made.",
            why="A test.",
            source="a test",
            sentence="{subjects}",
            mend="undo it",
        )

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        yield self.term(timetable)


def everything(timetable: Timetable, limit: int = 1) -> list[Group]:
    """One group of all sessions."""
    return [Group(label="all", sessions=tuple(range(len(timetable.sessions))), limit=limit)]


def two_cohorts(*nouns: Noun) -> Portfolio:
    """Ann has a seat in two editions that each have two sessions."""
    sessions = [session(f"{id}{n}", audience=(id,)) for id in ("e", "f") for n in range(2)]
    more = flat([seat("ann", "e"), seat("ann", "f"), *sessions, *nouns])
    return Portfolio.of(
        CENTER, *(room(f"r{n}") for n in range(4)), edition("e", WEEK), edition("f", WEEK),
        *people("ann"), *more,
    )  # fmt: skip


def test_people_in_two_cohorts_keep_them_apart_where_that_is_hard() -> None:
    """Sessions of one cohort do not count against each other there, those of two do."""
    rule = ParticipantOverlap(level="hard")
    other = [each for each in SCHEDULE_RULES if each.entry.code != "participant-overlap"]
    made = plan(two_cohorts(), "mic", window=MONDAY, step=HOUR, rules=(*other, rule))
    assert (len(made.unplaced), made.report.ok) == (1, True)
    assert "participant-overlap" in dict(made.unplaced[0].rules)
    fixed = session("g", slot("09:00", 120, day=date(2014, 9, 8)), room_id="r0", audience=("f",))
    less = plan(two_cohorts(fixed), "mic", window=MONDAY, step=HOUR, rules=(*other, rule))
    assert (len(less.unplaced), less.report.ok) == (3, True)
    mild = plan(two_cohorts(fixed), "mic", window=MONDAY, step=HOUR)
    assert (len(mild.unplaced), mild.report.ok) == (1, True)


def test_conflicting_pairs_block_each_other() -> None:
    """Blockers of a placement are conflicting activities; a fixed session rules it out."""
    state = State(problem(two_cohorts(), ParticipantOverlap(level="hard")))
    first, second = Placement(0, 0), Placement(0, 1)
    state.place(0, first)
    assert state.blockers(2, second, [1] * 4) == {0}
    assert not state.allows(2, second)
    gap = MinGap(minutes=60, of="audience", level="hard")
    fixed = session("g", slot("09:00", 60, day=date(2014, 9, 8)), room_id="r0", audience=("e",))
    near = State(problem(two_cohorts(fixed), gap))
    assert near.blockers(0, Placement(1, 1), [1] * 4) is None
    assert near.blockers(0, Placement(2, 1), [1] * 4) == set()
    assert near.blockers(2, Placement(0, 1), [1] * 4) == set()


def test_a_limit_on_different_days_ejects_whole_days() -> None:
    """A limit of one day ejects the activities of all other days."""
    asked = [session(f"x{n}", edition_id="e", module_id="m1") for n in range(3)]
    state = State(problem(world(*asked), SameDay(of="module"), window=WEEK))
    state.place(0, Placement(0, 0, 0))
    state.place(1, Placement(1, 0, 0))
    assert state.blockers(2, Placement(3, 0, 0), [1, 1, 1]) == {0, 1}
    assert state.blockers(2, Placement(2, 0, 0), [1, 1, 1]) == set()
    fixed = session(
        "y", slot("09:00", day=date(2014, 9, 8)), room_id="r1", edition_id="e", module_id="m1"
    )
    stuck = State(problem(world(fixed, *asked), SameDay(of="module"), window=WEEK))
    assert stuck.blockers(0, Placement(4, 0, 0), [1, 1, 1]) is None


def test_a_day_is_freed_of_the_lightest_sessions() -> None:
    """The lightest activity is ejected from a full day; a day full of fixed sessions blocks."""
    asked = [session(f"x{n}", edition_id="e") for n in range(3)]
    rule = MaxPerDay(most=2)
    state = State(problem(world(*asked), rule, window=WEEK))
    state.place(0, Placement(0, 0))
    state.place(1, Placement(1, 0))
    assert state.blockers(2, Placement(2, 0), [5, 1, 1]) == {1}
    full = [
        session(f"y{n}", slot(f"{9 + n:02}:00", day=date(2014, 9, 8)), room_id="r1", edition_id="e")
        for n in range(2)
    ]
    stuck = State(problem(world(*asked, *full), rule, window=WEEK))
    assert stuck.blockers(2, Placement(0, 0), [1, 1, 1]) is None


def test_a_room_for_two_is_freed_of_the_lightest() -> None:
    """The lighter of two is ejected from a cumulative room; one full of fixed sessions blocks."""
    asked = [session(f"x{n}") for n in range(3)]
    wide = Portfolio.of(CENTER, room("wide", concurrency=2), *asked)
    state = State(problem(wide))
    state.place(0, Placement(0, 0))
    state.place(1, Placement(0, 0))
    assert state.blockers(2, Placement(0, 0), [3, 2, 1]) == {1}
    assert not state.allows(2, Placement(0, 0))
    fixed = [
        session(f"y{n}", slot("09:00", 90, day=date(2014, 9, 8)), room_id="wide") for n in range(2)
    ]
    posed = problem(Portfolio.of(CENTER, room("wide", concurrency=2), *asked, *fixed))
    stuck, freed = State(posed), posed.axis.cell(fixed[0].slot.end_utc if fixed[0].slot else 0)
    assert freed == 3  # half hours from nine: half past ten is an opening
    assert stuck.blockers(0, Placement(freed - 1, 0), [1, 1, 1]) is None
    assert stuck.allows(0, Placement(freed, 0))


def test_order_that_may_be_broken_costs_by_session() -> None:
    """Each second that starts before the last first has ended costs one."""
    asked = [session("a", module_id="m1", edition_id="e")]
    asked += [session(f"b{n}", module_id="m2", edition_id="e") for n in range(2)]
    other = tuple(each for each in SCHEDULE_RULES if each.entry.code != "module-order")
    made = problem_of(
        timetable_of(world(*asked)), "e", rules=(*other, ModuleOrder(level="soft")), step=HOUR,
        window=MONDAY,
    )  # fmt: skip
    state = State(made)
    state.place(1, Placement(0, 0, 0))
    assert state.total == 0
    state.place(2, Placement(2, 0, 0))
    state.place(0, Placement(1, 0, 0))
    assert state.total == 1


def test_fixed_sessions_may_break_a_hard_rule_on_their_own() -> None:
    """A hard rule that fixed sessions alone break is left to the report."""
    fixed = session(
        "y", slot("09:00", day=date(2014, 9, 8)), room_id="r1", edition_id="e", module_id="m1"
    )
    rules = (*SCHEDULE_RULES, MinDays(least=2, level="hard"))
    asked = session("x", edition_id="e", module_id="m1")
    made = plan(world(fixed, asked), "x", window=MONDAY, rules=rules)
    assert not made.unplaced
    assert [each.code for each in made.report.findings] == ["min-days"]


def test_terms_without_any_activity_are_left_out() -> None:
    """Rules about editions make no term for a session without one."""
    asked = (
        WorkDay(most=60, of="edition"),
        MinGap(minutes=30, of="edition", level="hard"),
        MinGap(minutes=30, of="edition", level="soft"),
        MinDays(least=2, of="edition"),
        Made(term=lambda _: Function(groups=(), scope="group", cost=len, facts=lambda _: {})),
    )
    made = problem(world(session("x")), *asked, scope="x")
    assert (made.counts, made.patterns, made.group_terms, made.pairwise_gaps) == ((), (), (), ())
    portfolio = world(session("x"))
    rules: tuple[Rule, ...] = (*SCHEDULE_RULES, DUPLICATE_SESSION)
    assert plan(portfolio, "x", window=MONDAY, rules=rules).report.ok


def test_amounts_below_nothing_cannot_be_strict() -> None:
    """A hard counting term that is not monotone is graded, not strict."""

    def sums(timetable: Timetable) -> Term:
        return Bucket(
            groups=everything(timetable), per="day", amount=lambda n: 1 - 2 * (n % 2),
            cost=lambda had, most: max(0, had - most),
        )  # fmt: skip

    made = problem(world(session("x0"), session("x1")), Made(term=sums, level="hard"))
    assert [each.weight for each in made.counts if each.code == "made"] == [10**12]


def test_the_memory_of_group_costs_is_bounded() -> None:
    """A full memory of group costs is emptied, and the costs are computed again."""

    def late(timetable: Timetable) -> Term:
        return Function(
            groups=everything(timetable), scope="group", facts=lambda _: {},
            cost=lambda held: sum(each.slot is not None and each.slot.start.hour for each in held),
        )  # fmt: skip

    made = problem(world(session("x")), Made(term=late))
    terms = GroupTerms(made, made.group_terms[0], remembered=1)
    ten, eleven = Placement(1, 0), Placement(2, 0)
    assert terms.delta(0, None, ten) == 10
    terms.change(0, ten, 1)
    assert terms.delta(0, ten, eleven) == 1
    assert len(terms.known) == 1


def test_persons_and_assignments_without_a_part_are_passed_over() -> None:
    """Assignments of unknown sessions, and persons without a part, leave the plan as it is."""
    nouns = (
        Assignment(id="gone", session_id="nothing", person_id="bob"),
        Assignment(id="a", session_id="z", person_id="bob"),
        session("z", slot("09:00", day=date(2014, 9, 8)), mode="online"),
        Availability(id="v", subject="person:bob", period=WEEK, preference="unavailable"),
    )
    assert not plan(world(session("x"), *nouns), "x", window=MONDAY).unplaced


def test_a_free_session_whose_trainer_is_to_be_chosen_is_placed_anew() -> None:
    """A session without a lead has no current placement, since its trainer is missing."""
    at = slot("09:00", day=date(2014, 9, 8))
    asked = session("x", at, room_id="r1", module_id="m2", edition_id="e")
    assert problem(world(asked), scope="e", free=("x",)).activities[0].current is None
    plain_one = session("x", at, room_id="r1")
    assert problem(world(plain_one), scope="x", free=("x",)).activities[0].current == Placement(
        0, 0
    )


def test_starts_that_clocks_skip_are_left_out() -> None:
    """On the day when clocks go forward an hour is missing from the grid."""
    place = zone("Europe/Brussels")
    low, high = Period.days(date(2014, 3, 30), date(2014, 3, 30)).within(place)
    assert low is not None
    assert high is not None
    grid, (starts,) = grid_of([place], (low, high), 3_600_000_000)
    assert (grid.size, len(cells_in(starts))) == (23, 23)
    _, (plain_day,) = grid_of([UTC], (low, low + 24 * 3_600_000_000), 3_600_000_000)
    assert len(cells_in(plain_day)) == 24


def test_a_pinned_slot_counts_at_its_own_minute() -> None:
    """A session that only seeks a room keeps its minute, also for rules about times of day."""
    early = session("x", slot("09:10", 50, day=date(2014, 9, 8)), edition_id="e", module_id="m1")
    other = session("y", slot("10:30", 60, day=date(2014, 9, 8)), edition_id="e", module_id="m1")
    rules = (*SCHEDULE_RULES, SameTime(of="module", level="soft"), WorkDay(most=30, of="edition"))
    made = plan(world(early, other), "e", rules=rules)
    nothing = plain(outcome(problem(world()), (), rules), rules)
    assert nothing == 0
    assert made.solution.cost == made.score.medium * 10**6 + made.score.soft
    assert made.score.of("same-time") == 1


def test_many_starts_are_sampled_for_an_ejection() -> None:
    """An activity with too many starts is tried at a sample of them, and the work is done."""
    asked = [session(f"x{n}", minutes=60) for n in range(4)]
    made = problem(Portfolio.of(CENTER, room("r1"), *asked), window=MONDAY)
    assert len(eject(State(made), range(4), Chance(0), steps=50, most_anchors=1)) == 1
    assert len(eject(State(made), range(4), Chance(0), steps=2, most_anchors=1)) == 2
    pinned = eject(
        State(made), range(4), Chance(0), steps=50, most_anchors=1, movable=lambda _: False
    )
    assert pinned == (3,)
