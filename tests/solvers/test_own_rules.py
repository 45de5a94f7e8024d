"""User-written rules in a program: functions, buckets, pairs that may overlap."""

from collections.abc import Iterator

import attrs
import pytest

from mic_core.chrono import WeeklyHours
from mic_core.findings import Level
from mic_core.model import (
    Session,
)
from mic_core.rules import Bucket, Entry, Exclusive, FunctionScope, Group, Term
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.day import BlockLength
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.solvers.combinations import TableLimits
from mic_core.solvers.cp_sat import CpSat, run_cp_sat
from mic_core.timetable import Timetable
from tests.solvers.hours import (
    LEVELS,
    PLACED,
    asked,
    schedules,
    session,
    solved,
    usual,
    world,
)

pytest.importorskip("ortools", reason="the extra solver is not installed")


@attrs.frozen
class Beside:
    """No two sessions at once, but for the first two."""

    weight: int = 1
    level: Level = "hard"

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return Entry(
            code="beside", level="hard", law="One after the other.", why="One listens to one.",
            source="tests", sentence="{sessions} overlap", mend="move one of them",
        )  # fmt: skip

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One group of all."""
        group = Group(label="center:mic", sessions=tuple(range(len(timetable.sessions))))
        yield Exclusive(groups=(group,), spares=lambda a, b: {a, b} == {0, 1})


def test_excepted_pairs_may_overlap() -> None:
    """The first two may overlap each other; the third may overlap neither."""
    some = [session(f"{n}", None, edition_id=None) for n in range(3)]
    for closes, left in ((10, 1), (11, 0)):
        problem = asked(world(*some, closes=closes, limit=2), *usual(Beside()))
        assert problem.pairwise_gaps
        assert solved(problem) == min(schedules(problem)) == (left, 0)


@attrs.frozen
class Held:
    """A day of an edition holds at least an amount once it has a session; some add 0."""

    level: Level
    least: int
    adds: int = 1
    weight: int = 1

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return Entry(
            code="held", level=self.level, law="A day is worth the way.", why="Ways are long.",
            source="tests", sentence="{group} has {had}", mend="add more",
        )  # fmt: skip

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One bucket a day, in which only sessions of a module count."""
        sessions = tuple(range(len(timetable.sessions)))
        yield Bucket(
            groups=(Group(label="edition:e", sessions=sessions),),
            per="day",
            amount=lambda n: self.adds * (timetable.sessions[n].module_id is not None),
            cost=lambda had, _: max(0, self.least - had),
        )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("least", [1, 2])
@pytest.mark.parametrize("placed", PLACED[:2])
def test_a_bucket_of_sum_zero_is_not_empty(
    level: Level, least: int, placed: tuple[Session, ...]
) -> None:
    """Sessions that add 0 use a bucket, and its shortfall costs."""
    some = (session("1", None), session("2", None), session("3", "a"))
    problem = asked(world(*placed, *some, closes=11), *usual(Held(level, least)))
    if (
        placed or level != "hard" or least > 1
    ):  # else the order of insertion matters: the first session may not add 0
        assert solved(problem) == min(schedules(problem))
    else:
        assert solved(problem) <= min(schedules(problem))


def test_sessions_that_add_zero_cost_the_same_in_any_bucket() -> None:
    """If no session adds anything, each used bucket costs the same."""
    some = (session("1", None), session("2", None))
    problem = asked(world(*PLACED[1], *some, closes=11), *usual(Held("soft", 2, adds=0)))
    assert solved(problem) == min(schedules(problem))


@pytest.mark.parametrize("scope", ["session", "pair", "group-day", "group-month", "group"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_user_function_becomes_a_table(scope: FunctionScope, level: Level) -> None:
    """A user's function of sessions, pairs, days or groups is minimized like any rule."""

    def early(*given: Session | tuple[Session, ...]) -> int:
        sessions = [each for one in given for each in (one if isinstance(one, tuple) else (one,))]
        early = [each.slot is not None and each.slot.start.hour < 11 for each in sessions]
        return sum(early) + sum(each.room_id == "r-0" for each in sessions)

    own = rule("early", level, law="Nobody likes mornings.", scope=scope)(early)
    some = (session("1", None), session("2", None), session("3", "a"))
    for placed in PLACED[:2]:
        problem = asked(world(*placed, *some), *usual(own))
        assert solved(problem) == min(schedules(problem))


def test_a_term_too_large_for_a_table_is_relaxed() -> None:
    """With too many combinations of days and groups, the bound stays below the optimum."""

    def crowd(sessions: tuple[Session, ...]) -> int:
        return len(sessions) * sum(each.room_id == "r-0" for each in sessions)

    own = rule("crowd", "soft", law="Not all in one room.", scope="group")(crowd)
    rules = usual(own, BlockLength(least=120, of="edition"))
    some = (session("1", None), session("2", None), session("3", "a"))
    for stay in PLACED[:2]:
        problem = asked(world(*stay, *some), *rules)
        wanted = min(schedules(problem))
        for limits in (TableLimits(rows=1), TableLimits(rows=1, placements=1)):
            found = run_cp_sat(CpSat(moves=0), problem, iterations=3, limits=limits)
            assert found.bound is not None
            assert (len(found.unplaced), found.bound) <= wanted
            assert (len(found.unplaced), found.cost) >= wanted


def test_a_schedule_of_higher_real_cost_is_rejected() -> None:
    """CP-SAT proposes the hour that one rule wants; a relaxed rule makes it more expensive."""

    def early(sessions: tuple[Session, ...]) -> int:
        return 10 * sum(each.slot is not None and each.slot.start.hour == 9 for each in sessions)

    own = rule("early", "soft", law="Nobody likes nine.", scope="group")(early)
    rules = usual(own, PreferredTimes(hours=WeeklyHours.parse("Mo-Su 09:00-10:00")))
    problem = asked(world(session("1", None), session("2", None)), *rules)
    found = run_cp_sat(CpSat(), problem, iterations=4, limits=TableLimits(placements=0))
    assert (len(found.unplaced), found.cost) == min(schedules(problem)) == (0, 2)
    assert found.bound == 1
    assert not found.proved
