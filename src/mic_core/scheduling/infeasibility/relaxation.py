"""Constraint relaxation: leaves out causes of a problem, each a rule restricted to one subject.

`wide_problem` compiles a problem with every start as a barrier's mask instead of a closed start, so
that relaxing a cause can open starts again without compiling anew.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TypeVar

import attrs

from mic_core.chrono import Interval
from mic_core.findings import Policy
from mic_core.rules import Rule
from mic_core.scheduling.problem.compile import STEP, Starts, compile_problem
from mic_core.scheduling.problem.problem import (
    Activity,
    Barrier,
    Barriers,
    CountTerm,
    DayPattern,
    GroupMembership,
    GroupTerm,
    PlanningProblem,
    Precedence,
    is_binding,
    possible_groups,
)
from mic_core.scheduling.problem.time_windows import EARLIEST, LATEST
from mic_core.timetable import Timetable


@attrs.frozen(order=True)
class Cause:
    """One relaxable constraint: a rule, by its code, restricted to one subject.

    `label` cites the subject (person, room, center, group); "" for a rule without one. The window
    of a plan is a cause with the code "window", its step one with the code "step" and the length.

    >>> print(Cause("person-overlap", "person:ann"))
    person-overlap of person:ann
    """

    code: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.code} of {self.label}" if self.label else self.code


def causes_of(problem: PlanningProblem, activities: Iterable[int]) -> tuple[Cause, ...]:
    """All causes that constrain the activities, sorted; barriers that close no start are left out.

    O(memberships).
    """
    mine = sorted(set(activities))
    found: set[Cause] = set()
    for number in mine:
        found.update(_own_causes(problem, problem.activities[number]))
    terms: list[tuple[str, GroupMembership]] = [
        (each.code, each.membership) for each in problem.pairwise_gaps
    ]
    for aggregates in (problem.counts, problem.patterns, problem.group_terms):
        terms += [(each.code, each.membership) for each in aggregates if is_binding(each.weight)]
    # A relaxation may open the rooms that are unsuited now, and with them their groups.
    reach = {n: _with_all_rooms(problem.activities[n]) for n in mine}
    for code, membership in terms:
        for number, activity in reach.items():
            for group in possible_groups(membership, activity, number):
                found.add(Cause(code, membership.labels[group]))
    for order in problem.orders:
        sides = order.firsts, order.seconds
        if is_binding(order.weight) and not any(set(side).isdisjoint(mine) for side in sides):
            found.add(Cause(order.code, order.label))
    return tuple(sorted(found))


def _all_rooms(each: Activity) -> tuple[int, ...]:
    """The rooms of an activity, those that a rule calls unsuited among them."""
    return (*each.rooms, *(room for _, bad in each.unsuited for room in bad))


def _with_all_rooms(each: Activity) -> Activity:
    return attrs.evolve(each, rooms=_all_rooms(each)) if each.unsuited else each


def _own_causes(problem: PlanningProblem, each: Activity) -> Iterator[Cause]:
    """The causes that constrain one activity: its barriers, unsuited rooms and resources."""
    rooms = _all_rooms(each)
    barriers = list(each.barriers)
    for room in rooms:
        barriers += problem.room_barriers[each.form].get(room, ())
    for trainer in each.trainers:
        barriers += problem.trainer_barriers[each.form].get(trainer, ())
    yield from (Cause(b.code, b.label) for b in barriers if each.steps & ~b.starts)
    yield from (Cause(code) for code, _ in each.unsuited)
    resources = set(each.resources)
    resources.update(r for room in rooms for r in problem.room_needs[each.form][room])
    resources.update(r for one in each.trainers for r in problem.trainer_needs[each.form][one])
    for resource in resources:
        yield Cause(problem.resources[resource].code, problem.resources[resource].label)


_Needs = tuple[tuple[tuple[int, ...], ...], ...]
"""Resources by form, then by room or person."""

_Causes = frozenset[Cause]


def relax(problem: PlanningProblem, causes: Collection[Cause]) -> PlanningProblem:
    """The relaxation of a problem without some causes; terms graded below hard stay.

    Starts, rooms and trainers are those that the other causes leave; a relaxed resource has no
    limit. Starts closed when the problem was compiled stay closed unless it is a `wide_problem`.
    O(activities times masks).
    """
    relaxed = frozenset(causes)
    if not relaxed:
        return problem
    kept = [Cause(each.code, each.label) not in relaxed for each in problem.resources]

    def barriers(by_form: tuple[Barriers, ...]) -> tuple[Barriers, ...]:
        return tuple(
            {choice: _kept_barriers(each, relaxed) for choice, each in one.items()}
            for one in by_form
        )

    def needs(by_form: _Needs) -> _Needs:
        return tuple(
            tuple(tuple(each for each in held if kept[each]) for held in one) for one in by_form
        )

    return attrs.evolve(
        problem,
        activities=tuple(_relax_activity(each, relaxed, kept) for each in problem.activities),
        room_needs=needs(problem.room_needs),
        trainer_needs=needs(problem.trainer_needs),
        room_barriers=barriers(problem.room_barriers),
        trainer_barriers=barriers(problem.trainer_barriers),
        orders=tuple(each for each in problem.orders if not _is_relaxed(each, relaxed)),
        pairwise_gaps=tuple(
            attrs.evolve(each, membership=_drop_groups(each.membership, each.code, relaxed))
            for each in problem.pairwise_gaps
        ),
        counts=tuple(_relax_term(each, relaxed) for each in problem.counts),
        patterns=tuple(_relax_term(each, relaxed) for each in problem.patterns),
        group_terms=tuple(_relax_term(each, relaxed) for each in problem.group_terms),
    )


def _kept_barriers(barriers: Iterable[Barrier], relaxed: _Causes) -> tuple[Barrier, ...]:
    return tuple(each for each in barriers if Cause(each.code, each.label) not in relaxed)


def _relax_activity(each: Activity, relaxed: _Causes, kept: list[bool]) -> Activity:
    """An activity with the starts, rooms and resources that the kept causes leave.

    `kept` is True for each resource that still has its limit.
    """
    unsuited = tuple((code, bad) for code, bad in each.unsuited if Cause(code) not in relaxed)
    known = {*each.rooms, *(room for _, bad in each.unsuited for room in bad)}
    known -= {room for _, bad in unsuited for room in bad}
    return attrs.evolve(
        each.behind(_kept_barriers(each.barriers, relaxed)),
        unsuited=unsuited,
        rooms=tuple(sorted(known)),
        resources=tuple(resource for resource in each.resources if kept[resource]),
    )


def _is_relaxed(order: Precedence, relaxed: _Causes) -> bool:
    return is_binding(order.weight) and Cause(order.code, order.label) in relaxed


_Term = TypeVar("_Term", CountTerm, DayPattern, GroupTerm)


def _relax_term(term: _Term, relaxed: _Causes) -> _Term:
    """An aggregate term without its relaxed groups; unchanged if it is soft."""
    if not is_binding(term.weight):
        return term
    return attrs.evolve(term, membership=_drop_groups(term.membership, term.code, relaxed))


def _drop_groups(ties: GroupMembership, code: str, relaxed: _Causes) -> GroupMembership:
    """A membership without the relaxed groups, which keep their indices but have no members."""
    lost = {group for group, label in enumerate(ties.labels) if Cause(code, label) in relaxed}
    if not lost:
        return ties
    return attrs.evolve(
        ties,
        fixed=tuple(tuple(each for each in held if each not in lost) for held in ties.fixed),
        index=tuple(-1 if each in lost else each for each in ties.index),
    )


WINDOW_MARGIN = timedelta(days=7)
"""The least time by which the axis of a wide problem extends beyond all windows, either way."""


def wide_problem(
    timetable: Timetable,
    rules: Iterable[Rule],
    windows: Mapping[int, Interval],
    *,
    free: Collection[int] = (),
    step: timedelta = STEP,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    certain: bool = False,
    starts: Starts = "clock",
) -> PlanningProblem:
    """The problem of placing sessions in their windows, with every start still in its masks.

    The axis extends by the length of all windows together to either side, at least a week, so that
    relaxing the windows leaves sessions somewhere to go. O(memberships + masks).
    """
    low = min((first for first, _ in windows.values()), default=0)
    high = max((last for _, last in windows.values()), default=0)
    margin = max(high - low, WINDOW_MARGIN // timedelta(microseconds=1))
    reach = max(low - margin, min(low, EARLIEST)), min(high + margin, max(high, LATEST))
    problem = compile_problem(
        timetable, rules, dict.fromkeys(windows, reach), free=free, step=step, policy=policy,
        wide=True, expected_in=windows, certain=certain, starts=starts,
    )  # fmt: skip
    return attrs.evolve(
        problem,
        activities=tuple(
            _with_window(problem, each, windows[each.number]) for each in problem.activities
        ),
    )


def _with_window(problem: PlanningProblem, each: Activity, window: Interval) -> Activity:
    """An activity with its own window as a barrier, in place of the wide one."""
    instants = problem.axis.instants
    first = bisect_left(instants, window[0] - each.offset)
    after = bisect_right(instants, window[1] - each.offset - each.length)
    own = Barrier("window", "", ((1 << after) - 1) >> first << first)
    return each.behind(tuple(own if one.code == "window" else one for one in each.barriers))
