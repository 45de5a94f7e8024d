"""Shortages: necessary conditions by counting hours and starts, without any search.

A shortage proves that not all sessions can be placed; no shortage proves nothing. Each condition
looks at one constraint alone (a trainer, rooms, a group, a count, a chain of precedences), so that
it can be explained to a person in numbers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Literal

import attrs

from mic_core.chrono.local import MINUTE, local
from mic_core.chrono.months import day_text
from mic_core.findings import Fact
from mic_core.ids import cite
from mic_core.scheduling.exact.packing import earliest_packing
from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.problem.problem import CountTerm, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in, covered_cells
from mic_core.wording import count_text

ShortageKind = Literal["start", "trainer", "rooms", "group", "count", "chain"]
"""The resource that is short: starts of one session; the time of a trainer; rooms that suit the
same sessions; the time of a group that is expected; the sessions that a rule lets a day or a week
take; or time for modules that come one after the other."""

_TRAINERS_CODE = "person-overlap"
"""The rule about persons who give sessions; others that cite persons are about participants."""

_KIND_TEXT = {
    "start": "nowhere to start",
    "trainer": "the time of a trainer",
    "rooms": "rooms",
    "group": "the time of a group",
    "count": "days or weeks",
    "chain": "time for one after the other",
}


@attrs.frozen(kw_only=True)
class Shortage:
    """A violated necessary condition: sessions that need more of something than there is.

    `needed` and `had` are minutes; `fit` is an upper bound on how many of the sessions fit, by this
    count alone. `week` is the Monday of the week in which all of them have to take place, None
    where they are not bound to one. For sessions without a start, `rules` is how many of their
    `placements` each rule closes.
    """

    kind: ShortageKind
    labels: tuple[str, ...]
    sessions: tuple[str, ...]
    needed: int
    had: int
    fit: int
    week: date | None = None
    placements: int = 0
    rules: tuple[tuple[str, int], ...] = ()

    def row(self) -> dict[str, Fact]:
        """A flat row; durations are in minutes."""
        return {
            "kind": self.kind, "about": self.labels, "sessions": self.sessions,
            "needed_minutes": self.needed, "had_minutes": self.had, "fit": self.fit,
            "week": None if self.week is None else self.week.isoformat(),
        }  # fmt: skip

    def __str__(self) -> str:
        where = f" in the week of {day_text(self.week)}" if self.week is not None else ""
        about = ", ".join(self.labels)
        if self.kind == "start":
            closed = ", ".join(f"{code} {count}" for code, count in self.rules) or "no room"
            return f"{_KIND_TEXT[self.kind]}, {about}: of {self.placements} placements {closed}"
        count = count_text(len(self.sessions), "session")
        return (
            f"{_KIND_TEXT[self.kind]}, {about}{where}: {count} of "
            f"{_hours(self.needed)} in {_hours(self.had)}, at most {self.fit} fit"
        )


def _hours(minutes: int) -> str:
    """Minutes as hours, with the rest in minutes.

    >>> _hours(180), _hours(200)
    ('3 h', '3 h 20 min')
    """
    hours, rest = divmod(minutes, 60)
    return f"{hours} h" + (f" {rest} min" if rest else "")


def shortages(
    problem: PlanningProblem, widened: Callable[[Sequence[int]], PlanningProblem] | None = None
) -> tuple[Shortage, ...]:
    """All necessary conditions that fail, by session, trainer, rooms, group, count and chain.

    `widened` compiles the problem of some sessions, by number, with every start, to count which
    rules close those of sessions that have none; without it only the starts left are counted.
    Trainers, rooms and groups are also counted week by week, over sessions all of whose starts lie
    in one week. A session without a start is left out of all other counts.
    O(activities times (weeks + rooms)).
    """
    able = [each for each in range(len(problem.activities)) if problem.starts(each)]
    unable = sorted({*range(len(problem.activities))} - {*able})
    found = [*_without_start(problem, widened, unable)] if unable else []
    known: set[tuple[tuple[str, ...], date | None, tuple[int, ...]]] = set()
    for kind, labels, members, rooms in _demands(problem, able):
        total = _capacity_shortage(problem, kind, labels, members, rooms)
        weeks = _by_week(problem, members) if total is None else ()
        parts = [
            (week, _capacity_shortage(problem, kind, labels, some, rooms)) for week, some in weeks
        ]
        for week, part in [(None, total), *parts]:
            # A group is short of time where the trainer of the same sessions is: once is enough.
            if part is not None and (part.sessions, week, rooms) not in known:
                known.add((part.sessions, week, rooms))
                found.append(attrs.evolve(part, week=week))
    found += _count_shortages(problem, able)
    found += _chain_shortages(problem, able)
    return tuple(found)


def _names(problem: PlanningProblem, members: Iterable[int]) -> tuple[str, ...]:
    timetable = problem.timetable
    return tuple(sorted(timetable.names[problem.activities[each].number] for each in members))


def _minutes(problem: PlanningProblem, cells: int) -> int:
    return cells * problem.axis.grid.unit // MINUTE


def _needed(problem: PlanningProblem, members: Iterable[int]) -> int:
    """The total duration of activities in minutes, each rounded up."""
    return sum(-(-problem.activities[each].length // MINUTE) for each in members)


def _without_start(
    problem: PlanningProblem,
    widened: Callable[[Sequence[int]], PlanningProblem] | None,
    unable: Sequence[int],
) -> Iterator[Shortage]:
    """The sessions without a start, as one shortage where the same rules close as many."""
    numbers = [problem.activities[each].number for each in unable]
    wide = problem if widened is None else widened(numbers)
    activities = {each.number: activity for activity, each in enumerate(wide.activities)}
    alike: dict[tuple[int, tuple[tuple[str, int], ...]], list[int]] = {}
    for activity, number in zip(unable, numbers, strict=True):
        alike.setdefault(count_closed(wide, activities[number]), []).append(activity)
    for (placements, rules), some in alike.items():
        names = _names(problem, some)
        yield Shortage(
            kind="start", labels=names, sessions=names, needed=_needed(problem, some), had=0,
            fit=0, placements=placements, rules=rules,
        )  # fmt: skip


def count_closed(
    problem: PlanningProblem, activity: int
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The number of placements of an activity, and how many of them each rule closes by itself.

    A placement is a start on its clock, a room and a chosen trainer; several rules may close one.
    Only starts in its window count, and resources taken by others do not.
    O(rooms times trainers) sets of cells.
    """
    each = problem.activities[activity]
    rooms = sorted({*each.rooms, *(room for _, bad in each.unsuited for room in bad)})
    totals: dict[str, int] = {}
    inside = each.steps
    for barrier in each.barriers:
        inside &= barrier.starts if barrier.code == "window" else -1
    for room in rooms:
        for trainer in each.trainers:
            masks = {code: inside for code, bad in each.unsuited if room in bad}
            for barrier in (
                *each.barriers,
                *problem.room_barriers[each.form].get(room, ()),
                *problem.trainer_barriers[each.form].get(trainer, ()),
            ):
                masks[barrier.code] = masks.get(barrier.code, 0) | (inside & ~barrier.starts)
            for code, mask in masks.items():
                totals[code] = totals.get(code, 0) + mask.bit_count()
    rules = tuple(sorted((code, count) for code, count in totals.items() if count))
    return inside.bit_count() * len(rooms) * len(each.trainers), rules


_Demand = tuple[ShortageKind, tuple[str, ...], list[int], tuple[int, ...]]
"""The kind, labels, activities and rooms (none: one disjunctive resource) of one condition."""


def _demands(problem: PlanningProblem, able: Sequence[int]) -> Iterator[_Demand]:
    """The activities that need one trainer, one group, or one of some rooms."""
    is_single = [each.limit == 1 for each in problem.resources]
    people: dict[int, list[int]] = {}
    groups: dict[int, list[int]] = {}
    room_sets: dict[tuple[int, ...], set[int]] = {}
    for number in able:
        each = problem.activities[number]
        sets = [{*problem.trainer_needs[each.form][one]} for one in each.trainers]
        needed = {*each.resources, *sets[0].intersection(*sets)}
        for resource in (one for one in needed if is_single[one]):
            # A participant who is expected twice is a group of one, and no trainer.
            taken = problem.resources[resource]
            held = people if taken.code == _TRAINERS_CODE else groups
            held.setdefault(resource, []).append(number)
        if all(problem.room_needs[each.form][room] for room in each.rooms):
            room_sets.setdefault(each.rooms, set()).add(number)
    kinds: tuple[tuple[ShortageKind, dict[int, list[int]]], ...]
    kinds = ("trainer", people), ("group", groups)
    for kind, by_resource in kinds:
        for resource, members in sorted(by_resource.items()):
            yield kind, (problem.resources[resource].label,), members, ()
    for rooms in sorted(room_sets):
        # Activities with fewer of these rooms to choose from compete for them as well.
        inside = [
            each for other, members in room_sets.items() if {*other} <= {*rooms} for each in members
        ]
        labels = tuple(cite("room", problem.rooms[room]) for room in rooms)
        yield "rooms", labels, sorted(inside), rooms


def _capacity_shortage(
    problem: PlanningProblem,
    kind: ShortageKind,
    labels: tuple[str, ...],
    members: Sequence[int],
    rooms: tuple[int, ...],
) -> Shortage | None:
    """The shortage of activities on one disjunctive resource or in some rooms; None if none."""
    if len(members) < 2:
        return None
    had = fit = 0
    spots: list[tuple[tuple[int, ...] | None, int]] = [
        ((room,), _room_limit(problem, members, room)) for room in rooms
    ]
    for some, limit in spots or [(None, 1)]:
        time, most = _supply(problem, members, some)
        had, fit = had + limit * time, fit + limit * most
    needed = _needed(problem, members)
    if needed <= had and len(members) <= fit:
        return None
    return Shortage(
        kind=kind, labels=labels, sessions=_names(problem, members), needed=needed, had=had,
        fit=min(fit, len(members) - 1),
    )  # fmt: skip


def _room_limit(problem: PlanningProblem, members: Sequence[int], room: int) -> int:
    """The number of activities that a room holds at once."""
    form = problem.activities[members[0]].form
    return min(problem.resources[each].limit for each in problem.room_needs[form][room])


def _supply(
    problem: PlanningProblem, members: Sequence[int], rooms: tuple[int, ...] | None
) -> tuple[int, int]:
    """The minutes that activities can cover one after the other, and how many of the shortest fit.

    In any of `rooms`; None is in all of their own.
    """
    starts: dict[int, int] = {}
    for each in members:
        own = problem.activities[each]
        some = None if rooms is None else [room for room in rooms if room in own.rooms]
        starts[own.cells] = starts.get(own.cells, 0) | problem.starts(each, some)
    cover = joint = 0
    for cells, mask in starts.items():
        cover |= covered_cells(mask, cells)
        joint |= mask
    fit = len(earliest_packing(joint, min(starts), len(members)))
    return _minutes(problem, cover.bit_count()), fit


def _by_week(problem: PlanningProblem, members: Sequence[int]) -> Iterator[tuple[date, list[int]]]:
    """The activities all of whose starts lie in one week, by the Monday of it."""
    found: dict[date, list[int]] = {}
    for each in members:
        mask = problem.starts(each)
        ends = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
        zone = problem.timetable.places[problem.activities[each].number]
        days = [local(problem.slot(each, cell)[0], zone).date() for cell in ends]
        mondays = {day - timedelta(days=day.weekday()) for day in days}
        if len(mondays) == 1:
            found.setdefault(mondays.pop(), []).append(each)
    yield from sorted(found.items())


def _count_shortages(problem: PlanningProblem, able: Sequence[int]) -> Iterator[Shortage]:
    """The groups of which a strict count lets days or weeks take too few activities."""
    for count in problem.counts:
        if count.weight or count.distinct or count.buckets is None:
            continue
        by_group: dict[int, list[int]] = {}
        for each in able:
            for group in count.membership.fixed[each]:
                by_group.setdefault(group, []).append(each)
        for group, members in sorted(by_group.items()):
            fit = sum(_bucket_room(problem, count, group, members))
            if fit < len(members):
                had, _ = _supply(problem, members, None)
                yield Shortage(
                    kind="count", labels=(count.code, count.membership.labels[group]),
                    sessions=_names(problem, members), needed=_needed(problem, members), had=had,
                    fit=fit,
                )  # fmt: skip


def _bucket_room(
    problem: PlanningProblem, count: CountTerm, group: int, members: Sequence[int]
) -> Iterator[int]:
    """An upper bound on how many activities each bucket takes, for buckets within their starts."""
    buckets: set[int] = set()
    # Activities on one clock share the same sequence of buckets, so its identity is the key.
    starts: dict[int, int] = {}
    for each in members:
        clock = id((count.buckets or ())[each])
        starts[clock] = starts.get(clock, 0) | problem.starts(each)
    for of in {id(of): of for of in (count.buckets or ())}.values():
        buckets.update(of[cell] for cell in cells_in(starts.get(id(of), 0)))
    least = min(count.amounts[each] for each in members)
    limit = count.membership.limits[group]
    for bucket in sorted(buckets):
        base, more = count.base.get((group, bucket), 0), 0
        while more < len(members) and not count.cost((base + (more + 1) * least) // COUNTED, limit):
            more += 1
        yield more


def _chain_shortages(problem: PlanningProblem, able: Sequence[int]) -> Iterator[Shortage]:
    """The critical path of strict precedences, if it is longer than the time that there is."""
    mine = frozenset(able)
    strict = [each for each in problem.orders if not each.weight]
    sides = [(mine.intersection(each.firsts), mine.intersection(each.seconds)) for each in strict]
    best = _critical_path(problem, [each for each in sides if all(each)])
    members = sorted({each for block in best for each in block})
    if not members:
        return
    cover = 0
    for each in members:
        cover |= covered_cells(problem.starts(each), problem.activities[each].cells)
    needed, had = _chain_minutes(problem, best), _minutes(problem, cover.bit_count())
    if needed > had:
        names = _names(problem, members)
        first, last = (_names(problem, sorted(block))[0] for block in (best[0], best[-1]))
        yield Shortage(
            kind="chain", labels=(first, last), sessions=names, needed=needed, had=had,
            fit=len(members) - 1,
        )  # fmt: skip


_Block = frozenset[int]
"""Activities without an order among themselves, between two others of a chain."""


def _critical_path(
    problem: PlanningProblem, sides: Sequence[tuple[_Block, _Block]]
) -> list[_Block]:
    """The longest path of precedences in minutes, as blocks each of which follows the one before.

    A precedence leads to another through its successors that are predecessors there. Longest paths
    are computed from the ends on; a cycle is not followed. O(precedences squared).
    """
    leads: dict[int, set[int]] = {}
    for number, (firsts, _) in enumerate(sides):
        for each in firsts:
            leads.setdefault(each, set()).add(number)
    after = [sorted(set[int]().union(*(leads.get(e, ()) for e in side))) for _, side in sides]
    behind: dict[int, list[_Block]] = {}

    def longest(number: int) -> list[_Block]:
        side = sides[number][1]
        ways = [[side & sides[n][0], *behind[n]] for n in after[number] if n in behind]
        return max([[side], *ways], key=partial(_chain_minutes, problem))

    waiting = [*range(len(sides))]
    while ready := [n for n in waiting if all(other in behind for other in after[n])]:
        behind.update((n, longest(n)) for n in ready)
        waiting = [n for n in waiting if n not in behind]
    behind |= {n: longest(n) for n in waiting}  # in a cycle, or leading to one
    chains = [[firsts, *behind[number]] for number, (firsts, _) in enumerate(sides)]
    return max(chains, key=partial(_chain_minutes, problem)) if chains else []


def _chain_minutes(problem: PlanningProblem, chain: Iterable[_Block]) -> int:
    """The minutes of blocks one after the other: of each its longest activity.

    Or the total of the block, if its activities share a disjunctive resource.
    """
    total = 0
    for block in chain:
        lengths = [_needed(problem, [each]) for each in block]
        shared = set[int].intersection(*({*problem.activities[each].resources} for each in block))
        single = any(problem.resources[each].limit == 1 for each in shared)
        total += sum(lengths) if single else max(lengths)
    return total
