"""Argument validation of the scheduling verbs: all problems at once, by name."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from mic_core.chrono import Period
from mic_core.errors import InvariantError, NotFound
from mic_core.findings import Policy
from mic_core.model import Center, Session
from mic_core.portfolio import Portfolio, members, slice, status_of
from mic_core.rules import PortfolioRule, Term
from mic_core.scheduling.arguments import Arguments, checked_arguments
from mic_core.scheduling.evaluation.compare import compare
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.outline import outline
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.problem.solution import Solution
from mic_core.scheduling.problem.time_windows import EARLIEST, LATEST, MOST_STARTS, windows_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.search.kernel import Kernel
from mic_core.scheduling.views.agenda import agenda
from mic_core.timetable import Timetable, timetable_of
from tests.scheduling.nouns import DAY, MIC, edition, room, session

ONE = Portfolio.of(MIC, room(), edition("e"), session("a", edition_id="e"))
WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))
CHECK = PortfolioRule(entry=RoomOverlap().entry, find=lambda _portfolio, _as_of: ())


def paths(verb: Callable[..., object], *args: Any, **given: Any) -> list[str]:
    """The paths of the problems that a call is refused for."""
    with pytest.raises(InvariantError) as raised:
        verb(*args, **given)
    return [each.path for each in raised.value.problems]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scope", 3),
        ("scope", None),
        ("scope", ("e", 3)),
        ("scope", b"e"),
        ("window", "2014"),
        ("window", (date(2014, 9, 8), date(2014, 9, 9))),
        ("step", 3),
        ("step", "15"),
        ("step", timedelta(0)),
        ("step", timedelta(seconds=59)),
        ("step", timedelta(seconds=90)),
        ("step", timedelta(days=1, minutes=1)),
        ("step", -timedelta(minutes=15)),
        ("free", 3),
        ("free", {"e": 1}),
        ("rules", 3),
        ("rules", "rules"),
        ("rules", RoomOverlap()),
        ("rules", RoomOverlap),
        ("policy", 3),
        ("policy", None),
        ("policy", {"room-overlap": "off"}),
        ("seed", "6"),
        ("seed", 6.0),
        ("seed", True),
        ("seed", None),
        ("seed", 2**53),
        ("seed", -(2**53)),
        ("iterations", "6"),
        ("iterations", -1),
        ("iterations", 6.0),
        ("solver", 3),
        ("solver", Kernel),
        ("on_progress", 3),
        ("should_stop", True),
    ],
)
def test_an_argument_that_cannot_be_is_told_by_its_name(name: str, value: object) -> None:
    """The path of the problem is the name of the argument, and the verb is the subject."""
    with pytest.raises(InvariantError, match=r"^plan: 1 problem") as raised:
        checked_arguments("plan", **{name: value})
    assert [each.path for each in raised.value.problems] == [name]
    given = {name: value} if name == "scope" else {"scope": "e", name: value}
    assert paths(plan, ONE, **given) == [name]


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Every argument has its own line, rules by their place."""
    wrong: Any = {
        "window": 1, "step": 2, "free": 3, "rules": [4, RoomOverlap()], "policy": 5, "seed": "6",
        "iterations": -7, "solver": 8, "on_progress": 9, "should_stop": 10,
    }  # fmt: skip
    assert paths(plan, None, 11, **wrong) == [
        "portfolio", "scope", "window", "step", "free", "rules[0]", "policy", "seed",
        "iterations", "solver", "on_progress", "should_stop",
    ]  # fmt: skip


def test_each_problem_says_what_must_be() -> None:
    """The rule of each argument is a sentence with the shape of what was given."""
    wrong: Any = {"scope": 3, "free": 3, "rules": [4], "step": 2, "solver": 8, "should_stop": 1}
    with pytest.raises(InvariantError) as raised:
        checked_arguments("plan", of=5, **wrong)
    had = "; had a whole number"
    rule = "must be a rule: something with an entry, a weight of 1 or more, and terms"
    assert str(raised.value).splitlines() == [
        "plan: 7 problems",
        f"  of: must be one of Portfolio, Timetable{had}",
        f"  scope: must be an id, or a tuple of ids{had}",
        f"  step: must be a whole number of minutes from 1 to 1440{had}; give a timedelta",
        f"  free: must be an id, or a tuple of ids{had}",
        f"  rules[0]: {rule}{had}",
        f"  solver: must be a solver, or None{had}",
        f"  should_stop: must be a function, or None{had}",
    ]
    with pytest.raises(InvariantError, match=r"rules, in a tuple, a list or the like; had text"):
        checked_arguments("plan", rules="x")


def test_a_mistake_is_told_with_what_mends_it() -> None:
    """A class in place of its value, a lone rule and a number of minutes have a hint each."""
    with pytest.raises(InvariantError, match="call the class, to make one"):
        checked_arguments("plan", rules=[MaxPerDay])
    with pytest.raises(InvariantError, match="put it into a tuple"):
        checked_arguments("plan", rules=MaxPerDay(most=1))
    with pytest.raises(InvariantError, match="give a timedelta"):
        checked_arguments("plan", step=15)
    with pytest.raises(InvariantError, match=r"1440; had timedelta$"):
        checked_arguments("plan", step=timedelta(seconds=90))
    with pytest.raises(InvariantError, match="call the class"):
        checked_arguments("plan", solver=Kernel)


class _Rule:
    """Something that is nearly a rule."""

    entry: object = RoomOverlap().entry
    weight: object = 1

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """No terms."""
        return iter(())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entry", "room-overlap"),
        ("weight", 0),
        ("weight", "1"),
        ("terms", ()),
    ],
)
def test_a_rule_has_an_entry_a_weight_and_terms(field: str, value: object) -> None:
    """Anything with the parts of a rule is one; without any of them it is not."""
    rule: Any = _Rule()
    assert checked_arguments("plan", rules=(rule, CHECK)).rules == (rule, CHECK)
    setattr(rule, field, value)
    assert paths(checked_arguments, "plan", rules=(CHECK, rule)) == ["rules[1]"]


def test_sound_arguments_come_back_settled() -> None:
    """Several ids become a tuple, an iterable of rules is read once, and bounds are taken."""
    solver = Kernel()
    off = Policy(severities={"room-overlap": "off"})
    given = checked_arguments(
        "plan", scope=["e", "mic"], window=WEEK, step=timedelta(minutes=1), free="a",
        rules=iter(SCHEDULE_RULES), policy=off,
        seed=-(2**53 - 1), iterations=0, solver=solver,
        on_progress=print, should_stop=lambda: False,
    )  # fmt: skip
    assert given == Arguments(
        scope=("e", "mic"), window=WEEK, step=timedelta(minutes=1), free=("a",),
        rules=SCHEDULE_RULES, policy=off,
        seed=-(2**53 - 1), iterations=0, solver=solver,
    )  # fmt: skip
    day = checked_arguments("plan", step=timedelta(days=1), seed=2**53 - 1)
    assert (day.step, day.seed, day.iterations) == (timedelta(days=1), 2**53 - 1, None)
    assert checked_arguments("plan") == Arguments()


@pytest.mark.parametrize(
    ("verb", "given", "path"),
    [
        (score, {"rules": 3}, "rules"),
        (score, {"scope": 3}, "scope"),
        (partial(compare, ONE), {"rules": 3}, "rules"),
        (partial(compare, ONE), {"scope": 3}, "scope"),
        (agenda, {"scope": 3}, "scope"),
        (outline, {"scope": 3}, "scope"),
        (members, {"scope": 3}, "scope"),
        (slice, {"scope": (3,)}, "scope"),
        (status_of, {"subject": 3}, "subject"),
    ],
)
def test_every_verb_tells_a_scope_that_is_none(
    verb: Callable[..., object], given: dict[str, Any], path: str
) -> None:
    """A number where ids or rules belong is told by the name of the argument."""
    assert paths(verb, ONE, **given) == [path]


def test_a_portfolio_is_one() -> None:
    """A score takes a timetable too; a plan and a comparison take portfolios."""
    table: Any = timetable_of(ONE)
    assert score(table) == score(ONE)
    assert paths(score, 3) == ["of"]
    assert paths(plan, table, "e") == ["portfolio"]
    assert paths(compare, None, table) == ["before", "after"]


def test_a_solver_gives_a_solution() -> None:
    """The result of a solver is checked: its class, and its number of placements."""

    class Half:
        """A solver that gives what it was made with."""

        def __init__(self, found: object) -> None:
            self.found = found

        def solve(self, *_: object, **__: object) -> Any:
            """The value it was made with."""
            return self.found

    for found in (3, Solution(placements=(), cost=0), Solution(placements=(None,) * 2, cost=0)):
        assert paths(plan, ONE, "e", solver=Half(found)) == ["solver"]
    none = plan(ONE, "e", solver=Half(Solution(placements=(None,), cost=0)))
    assert [each.session_id for each in none.unplaced] == ["a"]


def test_a_scope_may_be_any_collection_of_ids() -> None:
    """A list and a set name what a tuple names; an unknown id among them is not found."""
    listed: Any = ["e", "mic"]
    assert members(ONE, listed) == members(ONE, ("e", "mic"))
    several: Any = {"e", "mic"}
    assert {*members(ONE, several)} == {*members(ONE, ("e", "mic"))}
    with pytest.raises(NotFound):
        plan(ONE, ("e", "nowhere"))


def test_rules_about_the_portfolio_cost_nothing() -> None:
    """A score and a comparison take any rules and ask those about the timetable."""
    assert score(ONE, (CHECK, RoomOverlap())) == score(ONE, (RoomOverlap(),))
    assert compare(ONE, ONE, rules=(CHECK,)).before.by_rule == ()


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(1, 1, 1), date(1, 2, 1)),
        (date(1, 1, 2), date(1, 2, 1)),
        (date(9999, 12, 1), date(9999, 12, 30)),
    ],
)
def test_a_window_lies_where_clocks_can_tell_the_time(first: date, last: date) -> None:
    """A window at the ends of the calendar is told as the window."""
    with pytest.raises(InvariantError, match="window: must lie between") as raised:
        plan(ONE, "e", window=Period.days(first, last))
    assert [each.path for each in raised.value.problems] == ["window"]


def test_a_session_that_needs_a_window_is_named() -> None:
    """A session without a slot, and without the period of an edition, needs a window."""
    with pytest.raises(InvariantError) as raised:
        plan(Portfolio.of(MIC, room("r"), session("lost")), "mic")
    (problem,) = raised.value.problems
    assert (problem.path, problem.had) == ("window", "session:lost")


def test_a_window_next_to_the_ends_of_the_calendar_is_taken() -> None:
    """From the third day of the calendar to three days before its last a session is placed."""
    for first, last in (
        (date(1, 1, 4), date(1, 1, 5)), (date(9999, 12, 27), date(9999, 12, 27)),
    ):  # fmt: skip
        made = plan(ONE, "e", window=Period.days(first, last), rules=())
        placed = made.portfolio.get(Session, "a").slot
        assert placed is not None
        assert first <= placed.day <= last
    assert tuple(
        (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        for moment in (datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC))
    ) == (EARLIEST, LATEST)


@pytest.mark.parametrize(
    ("first", "last", "taken"),
    [
        (date(1, 1, 2), date(1, 1, 9), False),
        (date(1, 1, 3), date(1, 1, 9), True),
        (date(9999, 12, 1), date(9999, 12, 28), True),
        (date(9999, 12, 1), date(9999, 12, 29), False),
    ],
)
def test_the_ends_of_the_calendar_are_sharp(first: date, last: date, *, taken: bool) -> None:
    """In a center whose clocks show UTC, the first and the last day that are told are taken."""
    center = Center(id="mic", name="MIC", country="BE", time_zone="UTC")
    held = timetable_of(Portfolio.of(center, session("a")))
    window = Period.days(first, last)
    if taken:
        assert windows_of(held, [0], "mic", window) == {0: window.within(held.places[0])}
    else:
        assert paths(windows_of, held, [0], "mic", window) == ["window"]


def test_a_window_holds_only_so_many_starts() -> None:
    """A window with too many starts is refused; a longer step makes it fit."""
    center = Center(id="mic", name="MIC", country="BE", time_zone="UTC")
    held = timetable_of(Portfolio.of(center, session("a")))
    step = timedelta(minutes=36)
    most = Period(DAY, DAY + timedelta(days=MOST_STARTS * 36 // 1440))
    assert windows_of(held, [0], "mic", most, step=step)
    more = Period(DAY, DAY + timedelta(days=MOST_STARTS * 36 // 1440 + 1))
    assert paths(windows_of, held, [0], "mic", more, step=step) == ["window"]
    days = MOST_STARTS // 1440
    long = Period.days(DAY, DAY + timedelta(days=days))
    with pytest.raises(InvariantError, match="must hold at most 4,000,000 times to start"):
        plan(ONE, "e", window=long, step=timedelta(minutes=1))
    assert not plan(ONE, "e", window=long, step=timedelta(hours=1), rules=()).unplaced


def test_a_window_of_no_session_is_not_asked_for() -> None:
    """If nothing is to be placed, any window will do."""
    assert plan(Portfolio.of(MIC), "mic", window=Period(date(1, 1, 1), date.max)).changes == ()


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (None, date(2014, 9, 1), date(2014, 12, 31)),
        (Period(), date(2014, 9, 1), date(2014, 12, 31)),
        (Period(date(2014, 12, 30)), date(2014, 12, 30), date(2014, 12, 31)),
        (Period(None, date(2014, 9, 3)), date(2014, 9, 1), date(2014, 9, 2)),
        (Period(date(2015, 1, 5), date(2015, 1, 6)), date(2015, 1, 5), date(2015, 1, 5)),
    ],
)
def test_a_side_that_a_window_leaves_open_is_that_of_the_edition(
    window: Period | None, first: date, last: date
) -> None:
    """Each given side of a window replaces that of the edition's period."""
    term = Period.days(date(2014, 9, 1), date(2014, 12, 31))
    held = timetable_of(
        Portfolio.of(MIC, edition("e", term), session("a", edition_id="e"), session("b"))
    )
    both = windows_of(held, [0, 1], "e", window)
    place = held.places[0]
    assert both == dict.fromkeys([0, 1], Period.days(first, last).within(place))


def test_an_open_window_needs_a_period_for_its_other_side() -> None:
    """Without an edition, or where the edition is open on that side too, it is asked for."""
    endless = edition("e", Period(date(2014, 9, 1)))
    held = Portfolio.of(MIC, room(), endless, session("a", edition_id="e"), session("b"))
    assert paths(plan, held, "a", window=Period(date(2014, 9, 8))) == ["window"]
    assert paths(plan, held, "b", window=Period(date(2014, 9, 8))) == ["window"]
    assert not plan(held, ("a", "e"), window=Period(None, date(2014, 9, 20)), rules=()).unplaced
