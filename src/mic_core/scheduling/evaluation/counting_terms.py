"""Evaluation of counting terms: sums per bucket, distinct buckets, day patterns, user functions."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import combinations

from mic_core.chrono import union
from mic_core.chrono.local import MINUTE
from mic_core.ids import cite
from mic_core.rules import (
    Breach,
    Bucket,
    Busy,
    Distinct,
    Facts,
    Function,
    Group,
    Pattern,
    Per,
    part_of,
)
from mic_core.timetable import Timetable

_Key = int | str
"""A bucket: a day or Monday (counted from 1 January 1), a minute of the day, or a room's id."""


def bucket_of(timetable: Timetable, per: Per) -> Callable[[int], _Key | None]:
    """The function from a placed session to its bucket; None for a session without a room."""
    days, minutes, sessions = timetable.days, timetable.minutes, timetable.sessions
    match per:
        case "day":
            return days.__getitem__
        case "week":
            return lambda n: monday_of(days[n])
        case "time":
            return minutes.__getitem__
        case _:
            return lambda n: sessions[n].room_id


def monday_of(day: int) -> int:
    """The Monday of the week of a day; days are counted from 1 January 1, which is a Monday.

    >>> date.fromordinal(monday_of(date(2014, 9, 10).toordinal())).isoformat()
    '2014-09-08'
    """
    return (day - 1) // 7 * 7 + 1


def _bucket_text(per: Per, key: _Key) -> str:
    """The bucket in words."""
    if isinstance(key, str):
        return cite("room", key)
    match per:
        case "time":
            return f"{key // 60:02}:{key % 60:02}"
        case "week":
            return f"the week of {date.fromordinal(key)}"
        case _:
            return str(date.fromordinal(key))


def _by_bucket(
    group: Group, timetable: Timetable, key: Callable[[int], _Key | None]
) -> dict[_Key, list[int]]:
    """The placed sessions of a group by bucket."""
    slots = timetable.slots
    found: dict[_Key, list[int]] = {}
    for n in group.sessions:
        if slots[n] is not None:
            mine = key(n)
            if mine is not None:
                found.setdefault(mine, []).append(n)
    return found


def _breach(
    group: Group, timetable: Timetable, members: Sequence[int], cost: int, facts: Facts
) -> Breach:
    names = tuple(timetable.names[n] for n in members)
    cited = (group.label, *group.about) if group.label else ()
    return Breach(
        subjects=(*cited, *names),
        path="slot",
        facts={"group": " of ".join(cited) or "the selection", "sessions": names, **facts},
        cost=cost,
        sessions=tuple(members),
    )


def bucket_breaches(term: Bucket, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of a sum per bucket: one for each bucket of a group whose sum costs."""
    key, amount = bucket_of(timetable, term.per), term.amount
    for group in term.groups:
        for mine, members in _by_bucket(group, timetable, key).items():
            total = len(members) if amount is None else sum(map(amount, members))
            cost = term.cost(total, group.limit)
            if cost:
                facts: Facts = {
                    "needed": group.limit,
                    "had": total,
                    "bucket": _bucket_text(term.per, mine),
                }
                yield _breach(group, timetable, members, cost, facts)


def distinct_breaches(term: Distinct, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of a number of distinct buckets: one for each group whose number costs."""
    key = bucket_of(timetable, term.per)
    for group in term.groups:
        used = _by_bucket(group, timetable, key)
        cost = term.cost(len(used), group.limit) if used else 0
        if cost:
            shown = tuple(sorted(_bucket_text(term.per, each) for each in used))
            members = sorted(n for each in used.values() for n in each)
            facts: Facts = {"needed": group.limit, "had": len(used), "buckets": shown}
            yield _breach(group, timetable, members, cost, facts)


def pattern_breaches(term: Pattern, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of a day pattern: one for each day of a group whose busy intervals cost."""
    key = bucket_of(timetable, "day")
    for group in term.groups:
        for day, members in _by_bucket(group, timetable, key).items():
            busy = busy_of(timetable, members)
            cost = term.cost(busy, group.limit)
            if cost:
                facts = {"day": _bucket_text("day", day), **term.facts(busy, group.limit)}
                yield _breach(group, timetable, members, cost, facts)


def busy_of(timetable: Timetable, members: Sequence[int]) -> Busy:
    """The minutes of one day in which placed sessions run, as disjoint intervals in order.

    Parts of a minute are rounded outwards.
    """
    starts, ends, minutes = timetable.starts, timetable.ends, timetable.minutes
    return union(
        (minutes[n], minutes[n] + -(-(ends[n] - starts[n] + starts[n] % MINUTE) // MINUTE))
        for n in members
    )


def function_breaches(term: Function, timetable: Timetable) -> Iterator[Breach]:
    """The breaches of a user function: one for each tuple of placed sessions that it judges."""
    sessions = timetable.sessions
    for group in term.groups:
        for members in _arguments(term, timetable, group):
            placed = tuple(sessions[n] for n in members)
            cost = term.cost(placed)
            if cost:
                when = _when(term, timetable.days[members[0]])
                yield _breach(group, timetable, members, cost, {**when, **term.facts(placed)})


def _when(term: Function, day: int) -> Facts:
    """The day or the month that a function judges, as a fact; none for other scopes."""
    match term.scope:
        case "group-day":
            return {"day": date.fromordinal(day).isoformat()}
        case "group-month":
            return {"month": date.fromordinal(day).isoformat()[:7]}
        case _:
            return {}


def _arguments(term: Function, timetable: Timetable, group: Group) -> Iterator[Sequence[int]]:
    """The tuples of sessions that a function is called with, each in the order of time and id."""
    members = sorted_by_start(timetable, group.sessions)
    match term.scope:
        case "session":
            yield from ((n,) for n in members)
        case "pair":
            yield from combinations(members, 2)
        case "group-day" | "group-month":
            days = timetable.days
            parts = _by_bucket(group, timetable, lambda n: part_of(term.scope, days[n]))
            for part in parts.values():
                yield sorted_by_start(timetable, part)
        case _:
            if members:
                yield members


def sorted_by_start(timetable: Timetable, members: Sequence[int]) -> list[int]:
    """The placed ones of some sessions by start; sessions of one start are sorted by their ids."""
    slots = timetable.slots
    return sorted([n for n in members if slots[n] is not None], key=timetable.starts.__getitem__)
