"""What can be left out of a problem: a rule, as far as it speaks of one person, room or group."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TypeVar

import attrs

from mic_core.chrono import Interval
from mic_core.findings import Policy
from mic_core.rules import Rule
from mic_core.scheduling.problem.compile import STEP, compile_problem
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
    """A rule by its code, as far as it speaks of whom it cites; "" where it cites nobody.

    The window of a plan is a cause like a rule, with the code "window".

    >>> print(Cause("person-overlap", "person:ann"))
    person-overlap of person:ann
    """

    code: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.code} of {self.label}" if self.label else self.code


def causes_of(problem: PlanningProblem, activities: Iterable[int]) -> tuple[Cause, ...]:
    """All that keeps these activities from standing anywhere, sorted. O(memberships).

    Barriers that close nothing are left out.
    """
    asked = sorted(set(activities))
    found: set[Cause] = set()
    for number in asked:
        found.update(_own(problem, problem.activities[number]))
    terms: list[tuple[str, GroupMembership]] = [
        (each.code, each.membership) for each in problem.pairwise_gaps
    ]
    for judged in (problem.counts, problem.patterns, problem.group_terms):
        terms += [(each.code, each.membership) for each in judged if is_binding(each.weight)]
    for code, ties in terms:
        for number in asked:
            for group in possible_groups(ties, problem.activities[number], number):
                found.add(Cause(code, ties.labels[group]))
    for order in problem.orders:
        sides = order.firsts, order.seconds
        if is_binding(order.weight) and not any(set(side).isdisjoint(asked) for side in sides):
            found.add(Cause(order.code, order.label))
    return tuple(sorted(found))


def _own(problem: PlanningProblem, each: Activity) -> Iterator[Cause]:
    """The causes that follow from an activity's own time, rooms, trainers and resources."""
    rooms = (*each.rooms, *(room for _, bad in each.unsuited for room in bad))
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


Needs = tuple[tuple[tuple[int, ...], ...], ...]


def without(problem: PlanningProblem, causes: Collection[Cause]) -> PlanningProblem:
    """The same problem with some causes left out; what is graded below hard stays.

    Starts, rooms and trainers are those that the other causes leave; resources that are left out
    hold any number. O(activities times masks). To leave out starts that are closed now, the problem
    must have been compiled wide.
    """
    gone = frozenset(causes)
    if not gone:
        return problem
    kept = [Cause(each.code, each.label) not in gone for each in problem.resources]

    def barriers(by: tuple[Barriers, ...]) -> tuple[Barriers, ...]:
        return tuple(
            {choice: _kept(each, gone) for choice, each in one.items()} for one in by
        )  # fmt: skip

    def needs(by: Needs) -> Needs:
        return tuple(
            tuple(tuple(each for each in held if kept[each]) for held in one) for one in by
        )

    return attrs.evolve(
        problem,
        activities=tuple(_loosened(each, gone, kept) for each in problem.activities),
        room_needs=needs(problem.room_needs),
        trainer_needs=needs(problem.trainer_needs),
        room_barriers=barriers(problem.room_barriers),
        trainer_barriers=barriers(problem.trainer_barriers),
        orders=tuple(each for each in problem.orders if not _is_gone(each, gone)),
        pairwise_gaps=tuple(
            attrs.evolve(each, membership=_untied(each.membership, each.code, gone))
            for each in problem.pairwise_gaps
        ),
        counts=tuple(_freed(each, gone) for each in problem.counts),
        patterns=tuple(_freed(each, gone) for each in problem.patterns),
        group_terms=tuple(_freed(each, gone) for each in problem.group_terms),
    )


Gone = frozenset[Cause]


def _kept(barriers: Iterable[Barrier], gone: Gone) -> tuple[Barrier, ...]:
    return tuple(each for each in barriers if Cause(each.code, each.label) not in gone)


def _loosened(each: Activity, gone: Gone, kept: list[bool]) -> Activity:
    """An activity with the starts, rooms and resources that are left."""
    unsuited = tuple((code, bad) for code, bad in each.unsuited if Cause(code) not in gone)
    known = {*each.rooms, *(room for _, bad in each.unsuited for room in bad)}
    known -= {room for _, bad in unsuited for room in bad}
    return attrs.evolve(
        each.behind(_kept(each.barriers, gone)),
        unsuited=unsuited,
        rooms=tuple(sorted(known)),
        resources=tuple(resource for resource in each.resources if kept[resource]),
    )


def _is_gone(order: Precedence, gone: Gone) -> bool:
    return is_binding(order.weight) and Cause(order.code, order.label) in gone


_Term = TypeVar("_Term", CountTerm, DayPattern, GroupTerm)


def _freed(term: _Term, gone: Gone) -> _Term:
    """A term with fewer groups, where it forbids anything."""
    if not is_binding(term.weight):
        return term
    return attrs.evolve(term, membership=_untied(term.membership, term.code, gone))


def _untied(ties: GroupMembership, code: str, gone: Gone) -> GroupMembership:
    """Ties to those groups alone that are not left out."""
    lost = {place for place, label in enumerate(ties.labels) if Cause(code, label) in gone}
    if not lost:
        return ties
    return attrs.evolve(
        ties,
        fixed=tuple(tuple(each for each in held if each not in lost) for held in ties.fixed),
        index=tuple(-1 if each in lost else each for each in ties.index),
    )


MARGIN = timedelta(days=7)
"""How far at least a window that is left out reaches further, to either side."""


def wide_problem(
    timetable: Timetable,
    rules: Iterable[Rule],
    windows: Mapping[int, Interval],
    *,
    free: Collection[int] = (),
    step: timedelta = STEP,
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    certain: bool = False,
) -> PlanningProblem:
    """The problem of placing sessions in their windows, with every start that there is.

    To either side it reaches as far again as all windows do together, at least a week: whatever
    leaves out the windows can start there. O(memberships + masks).
    """
    low = min((first for first, _ in windows.values()), default=0)
    high = max((last for _, last in windows.values()), default=0)
    margin = max(high - low, MARGIN // timedelta(microseconds=1))
    reach = max(low - margin, min(low, EARLIEST)), min(high + margin, max(high, LATEST))
    problem = compile_problem(
        timetable, rules, dict.fromkeys(windows, reach), free=free, step=step, policy=policy,
        wide=True, expected_in=windows, certain=certain,
    )  # fmt: skip
    return attrs.evolve(
        problem,
        activities=tuple(
            _within(problem, each, windows[each.number]) for each in problem.activities
        ),
    )


def _within(problem: PlanningProblem, each: Activity, window: Interval) -> Activity:
    """An activity with its own window in place of the one that the problem was made for."""
    instants = problem.axis.instants
    first = bisect_left(instants, window[0] - each.offset)
    after = bisect_right(instants, window[1] - each.offset - each.length)
    own = Barrier("window", "", ((1 << after) - 1) >> first << first)
    return each.behind(tuple(own if one.code == "window" else one for one in each.barriers))
