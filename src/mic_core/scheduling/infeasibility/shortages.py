"""Shortages: what sessions need against what there is, by plain counting of hours and places.

A shortage proves that something cannot be placed; that there is none proves nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Literal

import attrs

from mic_core.chrono.local import MINUTE, local
from mic_core.findings import Fact
from mic_core.ids import cite
from mic_core.scheduling.exact.packing import packed
from mic_core.scheduling.problem.counts import COUNTED
from mic_core.scheduling.problem.problem import CountTerm, PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in, covered_cells

ShortageKind = Literal["start", "trainer", "rooms", "group", "count", "chain"]
"""What is short: starts of one session; the time of a trainer; rooms that suit the same sessions;
the time of those who are expected; the sessions that a rule lets a day or a week take; or time for
modules that come one after the other."""

_WORDS = {
    "start": "nowhere to start",
    "trainer": "the time of a trainer",
    "rooms": "rooms",
    "group": "the time of a group",
    "count": "days or weeks",
    "chain": "time for one after the other",
}


@attrs.frozen(kw_only=True)
class Shortage:
    """Sessions that need more than there is.

    `needed` and `had` are minutes, `fit` is how many of the sessions find room at most, by this
    count alone. `week` is the Monday of the week in which all of them have to take place, None
    where they are not bound to one. `rules` tells for a session without a start how many each rule
    closes of so many `placements`.
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
        """A flat row; hours are rounded down to hundredths."""
        return {
            "kind": self.kind, "about": self.labels, "sessions": self.sessions,
            "needed_minutes": self.needed, "had_minutes": self.had, "fit": self.fit,
            "week": None if self.week is None else self.week.isoformat(),
        }  # fmt: skip

    def __str__(self) -> str:
        where = f" in the week of {self.week}" if self.week is not None else ""
        about = ", ".join(self.labels)
        if self.kind == "start":
            closed = ", ".join(f"{code} {count}" for code, count in self.rules) or "no room"
            told = f"of {self.placements} placements {closed}"
            return f"{_WORDS[self.kind]}, {about}: {told}"
        return (
            f"{_WORDS[self.kind]}, {about}{where}: {len(self.sessions)} sessions of "
            f"{_hours(self.needed)} in {_hours(self.had)}, at most {self.fit} fit"
        )


def _hours(minutes: int) -> str:
    """Minutes as hours, and minutes where they are not whole.

    >>> _hours(180), _hours(200)
    ('3 h', '3 h 20 min')
    """
    whole, rest = divmod(minutes, 60)
    return f"{whole} h" + (f" {rest} min" if rest else "")


def shortages(
    problem: PlanningProblem, wide: Callable[[Sequence[int]], PlanningProblem] | None = None
) -> tuple[Shortage, ...]:
    """All shortages that can be counted: by session, trainer, rooms, group, count and chain.

    `wide` gives the problem of some sessions, by number, with every start, to tell which rules
    close those of sessions that have none. Trainers, rooms and groups are also looked at week by
    week, for sessions all of whose starts lie in one. O(activities times (weeks + rooms)).

    Whatever has nowhere to start is left out of all other counts.
    """
    able = [each for each in range(len(problem.activities)) if problem.starts(each)]
    unable = sorted({*range(len(problem.activities))} - {*able})
    found = [*_nowhere(problem, wide, unable)] if unable else []
    told: set[tuple[tuple[str, ...], date | None, tuple[int, ...]]] = set()
    for kind, labels, members, rooms in _families(problem, able):
        whole = _short(problem, kind, labels, members, rooms)
        weeks = _weeks(problem, members) if whole is None else ()
        parts = [(week, _short(problem, kind, labels, some, rooms)) for week, some in weeks]
        for week, part in [(None, whole), *parts]:
            # Those who are expected have no more time than the trainer of the same sessions.
            if part is not None and (part.sessions, week, rooms) not in told:
                told.add((part.sessions, week, rooms))
                found.append(attrs.evolve(part, week=week))
    found += _counts(problem, able)
    found += _chains(problem, able)
    return tuple(found)


def _names(problem: PlanningProblem, members: Iterable[int]) -> tuple[str, ...]:
    timetable = problem.timetable
    return tuple(sorted(timetable.names[problem.activities[each].number] for each in members))


def _minutes(problem: PlanningProblem, cells: int) -> int:
    return cells * problem.axis.grid.unit // MINUTE


def _needed(problem: PlanningProblem, members: Iterable[int]) -> int:
    return sum(-(-problem.activities[each].length // MINUTE) for each in members)


def _nowhere(
    problem: PlanningProblem,
    wide: Callable[[Sequence[int]], PlanningProblem] | None,
    unable: Sequence[int],
) -> Iterator[Shortage]:
    """The sessions without a start, together where the same rules close as much."""
    numbers = [problem.activities[each].number for each in unable]
    every = problem if wide is None else wide(numbers)
    where = {each.number: place for place, each in enumerate(every.activities)}
    alike: dict[tuple[int, tuple[tuple[str, int], ...]], list[int]] = {}
    for activity, number in zip(unable, numbers, strict=True):
        alike.setdefault(closed(every, where[number]), []).append(activity)
    for (placements, rules), some in alike.items():
        names = _names(problem, some)
        yield Shortage(
            kind="start", labels=names, sessions=names, needed=_needed(problem, some), had=0,
            fit=0, placements=placements, rules=rules,
        )  # fmt: skip


def closed(problem: PlanningProblem, activity: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    """How many placements an activity would have, and how many of them each rule closes by itself.

    A placement is a start on its clock, a room and a chosen trainer; several rules may close one.
    Only starts in its window count; what other activities take up is not looked at. O(rooms times
    trainers) sets of cells.
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


_Family = tuple[ShortageKind, tuple[str, ...], list[int], tuple[int, ...]]


def _families(problem: PlanningProblem, able: Sequence[int]) -> Iterator[_Family]:
    """Sessions that need one trainer, one of some rooms, or the time of one group."""
    single = [each.limit == 1 for each in problem.resources]
    people: dict[int, list[int]] = {}
    groups: dict[int, list[int]] = {}
    classes: dict[tuple[int, ...], set[int]] = {}
    for number in able:
        each = problem.activities[number]
        sets = [{*problem.trainer_needs[each.form][one]} for one in each.trainers]
        needed = {*each.resources, *sets[0].intersection(*sets)}
        for resource in (one for one in needed if single[one]):
            held = people if problem.resources[resource].label.startswith("person:") else groups
            held.setdefault(resource, []).append(number)
        if all(problem.room_needs[each.form][room] for room in each.rooms):
            classes.setdefault(each.rooms, set()).add(number)
    kinds: tuple[tuple[ShortageKind, dict[int, list[int]]], ...]
    kinds = ("trainer", people), ("group", groups)
    for kind, by in kinds:
        for resource, members in sorted(by.items()):
            yield kind, (problem.resources[resource].label,), members, ()
    for rooms in sorted(classes):
        inside = [
            each for other, members in classes.items() if {*other} <= {*rooms} for each in members
        ]
        labels = tuple(cite("room", problem.rooms[room]) for room in rooms)
        yield "rooms", labels, sorted(inside), rooms


def _short(
    problem: PlanningProblem,
    kind: ShortageKind,
    labels: tuple[str, ...],
    members: Sequence[int],
    rooms: tuple[int, ...],
) -> Shortage | None:
    """What is short for some sessions, in one place at a time or in some rooms; None if nothing."""
    if len(members) < 2:
        return None
    had = fit = 0
    spots: list[tuple[tuple[int, ...] | None, int]] = [
        ((room,), _limit(problem, members, room)) for room in rooms
    ]
    for some, limit in spots or [(None, 1)]:
        time, most = _room_for(problem, members, some)
        had, fit = had + limit * time, fit + limit * most
    needed = _needed(problem, members)
    if needed <= had and len(members) <= fit:
        return None
    return Shortage(
        kind=kind, labels=labels, sessions=_names(problem, members), needed=needed, had=had,
        fit=min(fit, len(members) - 1),
    )  # fmt: skip


def _limit(problem: PlanningProblem, members: Sequence[int], room: int) -> int:
    form = problem.activities[members[0]].form
    return min(problem.resources[each].limit for each in problem.room_needs[form][room])


def _room_for(
    problem: PlanningProblem, members: Sequence[int], rooms: tuple[int, ...] | None
) -> tuple[int, int]:
    """The minutes that sessions can take one after the other, and how many of the shortest fit."""
    starts: dict[int, int] = {}
    for each in members:
        own = problem.activities[each]
        some = None if rooms is None else [room for room in rooms if room in own.rooms]
        starts[own.cells] = starts.get(own.cells, 0) | problem.starts(each, some)
    cover = union = 0
    for cells, mask in starts.items():
        cover |= covered_cells(mask, cells)
        union |= mask
    return _minutes(problem, cover.bit_count()), len(packed(union, min(starts), len(members)))


def _weeks(problem: PlanningProblem, members: Sequence[int]) -> Iterator[tuple[date, list[int]]]:
    """The weeks in which all starts of some sessions lie, by their Mondays."""
    found: dict[date, list[int]] = {}
    for each in members:
        mask = problem.starts(each)
        ends = (mask & -mask).bit_length() - 1, mask.bit_length() - 1
        place = problem.timetable.places[problem.activities[each].number]
        days = [local(problem.slot(each, cell)[0], place).date() for cell in ends]
        mondays = {day - timedelta(days=day.weekday()) for day in days}
        if len(mondays) == 1:
            found.setdefault(mondays.pop(), []).append(each)
    yield from sorted(found.items())


def _counts(problem: PlanningProblem, able: Sequence[int]) -> Iterator[Shortage]:
    """Sessions of which a rule lets days or weeks take too few."""
    for count in problem.counts:
        if count.weight or count.distinct or count.buckets is None:
            continue
        held: dict[int, list[int]] = {}
        for each in able:
            for group in count.membership.fixed[each]:
                held.setdefault(group, []).append(each)
        for group, members in sorted(held.items()):
            fit = sum(_left(problem, count, group, members))
            if fit < len(members):
                had, _ = _room_for(problem, members, None)
                yield Shortage(
                    kind="count", labels=(count.code, count.membership.labels[group]),
                    sessions=_names(problem, members), needed=_needed(problem, members), had=had,
                    fit=fit,
                )  # fmt: skip


def _left(
    problem: PlanningProblem, count: CountTerm, group: int, members: Sequence[int]
) -> Iterator[int]:
    """How many of some sessions each bucket that they can use takes at most."""
    buckets: set[int] = set()
    unions: dict[int, int] = {}
    for each in members:
        place = id((count.buckets or ())[each])
        unions[place] = unions.get(place, 0) | problem.starts(each)
    for of in {id(of): of for of in (count.buckets or ())}.values():
        buckets.update(of[cell] for cell in cells_in(unions.get(id(of), 0)))
    least = min(count.amounts[each] for each in members)
    limit = count.membership.limits[group]
    for bucket in sorted(buckets):
        base, more = count.base.get((group, bucket), 0), 0
        while more < len(members) and not count.cost((base + (more + 1) * least) // COUNTED, limit):
            more += 1
        yield more


def _chains(problem: PlanningProblem, able: Sequence[int]) -> Iterator[Shortage]:
    """The longest of the chains of order, where it is longer than the time there is for it."""
    mine = frozenset(able)
    strict = [each for each in problem.orders if not each.weight]
    sides = [(mine.intersection(each.firsts), mine.intersection(each.seconds)) for each in strict]
    best = _longest(problem, [each for each in sides if all(each)])
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


def _longest(problem: PlanningProblem, sides: Sequence[tuple[_Block, _Block]]) -> list[_Block]:
    """The blocks of sessions that last longest, each after all of the one before.

    An order leads to another by those of its second sessions that are first ones there. A circle is
    not followed. O(orders squared).
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
    behind |= {n: longest(n) for n in waiting}  # in a circle, or leading to one
    chains = [[firsts, *behind[number]] for number, (firsts, _) in enumerate(sides)]
    return max(chains, key=partial(_chain_minutes, problem)) if chains else []


def _chain_minutes(problem: PlanningProblem, chain: Iterable[_Block]) -> int:
    """What blocks last one after the other; those within a block too if they share a resource."""
    total = 0
    for block in chain:
        lengths = [_needed(problem, [each]) for each in block]
        shared = set[int].intersection(*({*problem.activities[each].resources} for each in block))
        single = any(problem.resources[each].limit == 1 for each in shared)
        total += sum(lengths) if single else max(lengths)
    return total
