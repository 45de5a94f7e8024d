"""Independent components: they share nothing, and together they are the problem."""

import random
from collections.abc import Iterator
from datetime import timedelta

import attrs
import instances
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import WeeklyHours
from mic_core.model import Center, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Entry, ScheduleRule, Suits, Term
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import Placement, PlanningProblem
from mic_core.scheduling.problem.solution import Progress
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.search.components import components_of
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.state.state import State
from mic_core.timetable import Timetable, timetable_of
from tests.budget import one_in
from tests.scheduling import worlds
from tests.scheduling.search.test_kernel import problem

HOUR = timedelta(hours=1)
SIZES = {"editions": 2, "sessions": 5, "trainers": 6, "rooms": 2}
RULES: tuple[ScheduleRule, ...] = (
    *instances.NETWORK_RULES,
    CompactDays(block=60, of="audience"),
    DayLoad(most=120, of="person", level="soft"),
    PreferredTimes(hours=WeeklyHours.parse("Mo-Fr 10:00-12:00")),
)


def several(count: int = 3) -> Portfolio:
    """Small centers that share nothing."""
    return instances.centers(1, count=count, **SIZES)


def posed(portfolio: Portfolio) -> PlanningProblem:
    """The problem of all centers of a portfolio."""
    scope = tuple(each.id for each in portfolio.all(Center))
    return problem_of(timetable_of(portfolio), scope, rules=RULES, step=HOUR)


def placements(made: PlanningProblem, activity: int) -> list[Placement]:
    """All placements of an activity."""
    each = made.activities[activity]
    return [
        Placement(start, room, trainer)
        for room in each.rooms
        for trainer in each.trainers
        for start in cells_in(made.domain(activity, room, trainer))
    ]


def test_centers_that_share_nothing_fall_apart() -> None:
    """Each center is a component, with its own activities in order."""
    made = posed(several())
    found = components_of(made)
    sessions = made.timetable.sessions
    homes = [
        {sessions[made.activities[a].number].center_id for a in part.activities} for part in found
    ]
    assert homes == [{"c00-mic"}, {"c01-mic"}, {"c02-mic"}]
    assert sorted(a for part in found for a in part.activities) == list(range(30))
    assert all(
        each.resources and len(part.problem.resources) < len(made.resources)
        for part in found
        for each in part.problem.activities
    )


def test_one_center_is_one_component() -> None:
    """A connected problem is its own component, the very same value."""
    made = posed(several(1))
    (only,) = components_of(made)
    assert only.problem is made


def test_an_empty_problem_has_one_empty_component() -> None:
    """A problem without activities is solved as it is."""
    made = posed(Portfolio.of(*(each for each in several(1).all(Center))))
    (only,) = components_of(made)
    assert only.activities == ()
    assert Kernel().solve(made).placements == ()


@pytest.mark.parametrize("shared", ["person", "audience"])
def test_what_centers_share_joins_them(shared: str) -> None:
    """A trainer or a participant of two centers makes them one component."""
    portfolio = several(2)
    first, last = portfolio.all(Session)[0], portfolio.all(Session)[-1]
    if shared == "audience":
        both = [attrs.evolve(each, audience=(first.edition_id or "",)) for each in (first, last)]
        values = {each.id: each for each in both}
    else:
        values = {last.id: attrs.evolve(last, module_id=first.module_id)}
    rest = [values.get(each.id, each) if isinstance(each, Session) else each
            for each in portfolio.values()]  # fmt: skip
    assert len(components_of(posed(Portfolio.of(*rest)))) == 1


def test_a_component_has_its_own_terms_alone() -> None:
    """Terms of one center are not in the components of others."""
    only = Only(center_id="c01-mic")
    rules = (
        *RULES, CompactDays(block=60, of="audience", where=only), MaxPerDay(most=1, where=only),
    )  # fmt: skip
    scope = tuple(each.id for each in several().all(Center))
    found = components_of(problem_of(timetable_of(several()), scope, rules=rules, step=HOUR))
    assert [len(part.problem.patterns) for part in found] == [1, 2, 1]
    counts = [len(part.problem.counts) for part in found]
    assert counts[0] == counts[1] - 1 == counts[2]


@one_in(2)
@given(worlds.portfolios(), worlds.rules(), st.randoms(use_true_random=False))
def test_components_judge_as_the_whole(
    portfolio: Portfolio, rules: tuple[ScheduleRule, ...], draw: random.Random
) -> None:
    """Random placements are allowed and cost the same in the components as in the whole problem."""
    made = problem(portfolio, rules)
    whole, parts = State(made), components_of(made)
    states = [State(part.problem) for part in parts]
    home = {a: (p, n) for p, part in enumerate(parts) for n, a in enumerate(part.activities)}
    assert sorted(home) == list(range(len(made.activities)))
    for activity in draw.sample(sorted(home), len(home)):
        part, own = home[activity]
        options = placements(made, activity)
        assert options == placements(parts[part].problem, own)
        for at in draw.sample(options, min(4, len(options))):
            allowed = whole.allows(activity, at)
            assert states[part].allows(own, at) is allowed
            if allowed:
                whole.place(activity, at)
                states[part].place(own, at)
                assert whole.total == sum(each.total for each in states)
                break


def test_a_center_is_planned_as_if_it_were_alone() -> None:
    """The plan of several centers has the sessions of each as its own plan has them, row by row."""
    portfolio = several(2)
    scope = tuple(each.id for each in portfolio.all(Center))
    together = plan(portfolio, scope, rules=RULES, seed=3)
    alone = [plan(portfolio, each, rules=RULES, seed=3) for each in scope]
    assert not together.unplaced
    assert {each.id: each for each in together.changes} == {
        change.id: change for each in alone for change in each.changes
    }
    assert together.solution.cost == sum(each.solution.cost for each in alone)
    assert together == plan(portfolio, scope, rules=RULES, seed=3)


def test_components_share_the_iterations() -> None:
    """The moves of all components are the budget, and progress counts them and the unplaced."""
    made = posed(several())
    seen: list[Progress] = []
    found = Kernel().solve(made, iterations=1_001, on_progress=seen.append)
    assert found.iterations == 1_001
    improving = [each.iteration for each in seen if each.phase == "improving"]
    assert improving == sorted(improving)
    assert improving[-1] == 1_001
    assert seen[0].unplaced == len(made.activities)
    assert (seen[-1].unplaced, found.unplaced) == (0, ())


def test_a_stop_while_improving_leaves_no_component_unplaced() -> None:
    """All components are placed before the first is improved, so an early stop loses no session."""
    made = posed(several())
    phases: list[str] = []
    found = Kernel().solve(
        made, on_progress=lambda at: phases.append(at.phase),
        should_stop=lambda: phases[-1] == "improving",
    )  # fmt: skip
    assert phases.count("improving") == 1
    assert found.unplaced == ()


def test_a_warm_start_reaches_each_component() -> None:
    """The placements of an initial schedule are those of their own components."""
    made = posed(several())
    first = Kernel().solve(made, iterations=300)
    again = Kernel().solve(made, start=first.placements, iterations=0)
    assert again.placements == first.placements
    assert again.cost == first.cost


def test_rules_without_keys_make_the_same_problem() -> None:
    """A key only saves time: without any, each session has the same rooms and costs."""

    def keyless(of: ScheduleRule) -> ScheduleRule:
        return Keyless(of)

    portfolio = several(1)
    soft = tuple(
        RoomSeats(level="soft") if each.entry.code == "room-seats" else each
        for each in SCHEDULE_RULES
    )
    for rules in (SCHEDULE_RULES, soft):
        one = problem_of(timetable_of(portfolio), "c00-mic", rules=rules)
        other = problem_of(timetable_of(portfolio), "c00-mic", rules=[*map(keyless, rules)])
        assert one.room_costs == other.room_costs
        assert [(each.rooms, each.unsuited) for each in one.activities] == [
            (each.rooms, each.unsuited) for each in other.activities
        ]


@attrs.frozen
class Keyless:
    """A rule whose terms on rooms have no keys."""

    rule: ScheduleRule

    @property
    def entry(self) -> Entry:
        """The entry of the rule."""
        return self.rule.entry

    @property
    def weight(self) -> int:
        """The weight of the rule."""
        return self.rule.weight

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """The terms of the rule without their keys."""
        for term in self.rule.terms(timetable):
            yield attrs.evolve(term, key=None) if isinstance(term, Suits) else term
