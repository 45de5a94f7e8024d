"""Why not all can be placed: verdicts, sets that are minimal, and what is said of them."""

from collections.abc import Sequence

import pytest

from mic_core.scheduling import timetable_of
from mic_core.scheduling.infeasible import ConflictSet, explain_infeasible
from mic_core.scheduling.plan import problem_of
from mic_core.scheduling.problem import Problem
from mic_core.scheduling.wide import wide_problem
from mic_core.scheduling.windows import windows_of
from tests.scheduling.cpsat import can_all_stand
from tests.scheduling.impossible import Case, case

SEEDS = range(56)


def everything(asked: Case) -> Problem:
    """The problem of all sessions with every start."""
    timetable = timetable_of(asked.portfolio)
    numbers = [each.number for each in problem_of(timetable, "mic", rules=asked.rules).activities]
    windows = windows_of(timetable, numbers, "mic", None)
    return wide_problem(timetable, asked.rules, windows)


def activities(problem: Problem, found: ConflictSet) -> list[int]:
    """The activities of the sessions of a set."""
    names = [problem.timetable.names[each.number] for each in problem.activities]
    return [names.index(each) for each in found.sessions]


def one_less(members: Sequence[object]) -> list[list[object]]:
    """All that can be left of some members without one of them."""
    return [[other for other in members if other is not each] for each in members]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_set_is_impossible_and_with_one_member_less_it_is_not(seed: int) -> None:
    """Of 56 impossible problems of 14 kinds, an independent solver agrees with every set."""
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
