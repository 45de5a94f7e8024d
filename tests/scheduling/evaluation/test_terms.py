"""The evaluation of terms, against a naive one of each; laws that hold for all rules."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise
from random import Random
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import WeeklyHours
from mic_core.chrono.local import local, zone
from mic_core.fields import fields_of
from mic_core.findings import Fact
from mic_core.model import Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import (
    Apart,
    Breach,
    Bucket,
    Busy,
    Distinct,
    Entry,
    Function,
    FunctionScope,
    Group,
    Pattern,
    Per,
    ScheduleRule,
    Suits,
)
from mic_core.scheduling.evaluation.conflicts import breaches_of, conflicts
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.rules.order import MinGap, Travel
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
    SameTime,
    SpreadOverWeeks,
)
from mic_core.timetable import Timetable, timetable_of
from tests.budget import one_in
from tests.scheduling.nouns import PLACE, moved, worlds

VOCABULARY: tuple[ScheduleRule, ...] = (
    *SCHEDULE_RULES,
    PreferredTimes(hours=WeeklyHours.parse("Mo-Fr 09:00-17:00")),
    MinGap(minutes=30),
    Travel(minutes=45),
    MaxPerDay(most=1),
    MaxPerWeek(most=2, of="person"),
    DayLoad(most=60),
    WorkDay(most=120),
    BlockLength(least=60, most=90),
    CompactDays(block=60),
    DayBreaks(),
    MinDays(least=3),
    SpreadOverWeeks(least=2, of="edition"),
    SameDay(),
    DifferentDays(of="room"),
    SameTime(),
    SameRoom(),
    RoomStability(of="edition"),
)

MEMBERS = st.lists(st.sets(st.integers(0, 7)), min_size=1, max_size=3)


def groups_of(timetable: Timetable, drawn: list[set[int]]) -> tuple[Group, ...]:
    """Groups of any sessions of a timetable."""
    return tuple(
        Group(
            label=f"edition:g{n}",
            sessions=sorted(each & set(range(len(timetable.sessions)))),
            limit=n + 1,
        )
        for n, each in enumerate(drawn)
    )


def key_of(session: Session, per: Per) -> object:
    """The bucket of a placed session on its local clocks; None if it has none."""
    assert session.slot is not None
    shown = local(session.slot.start_utc, zone(PLACE))
    match per:
        case "day":
            return shown.date()
        case "week":
            return shown.isocalendar()[:2]
        case "time":
            return shown.hour, shown.minute
        case "room":
            return session.room_id


def placed(timetable: Timetable, group: Group) -> list[Session]:
    """The members that have a slot."""
    members = [timetable.sessions[n] for n in group.sessions]
    return [each for each in members if each.slot is not None]


def costs(breaches: Sequence[Breach]) -> int:
    """The sum over all breaches."""
    return sum(each.cost for each in breaches)


def nothing(*_: object) -> dict[str, Fact]:
    """No facts."""
    return {}


def triangle(had: int, limit: int) -> int:
    """A cost that grows with the square of the distance, in both directions."""
    return (had - limit) ** 2


@given(nouns=worlds(), drawn=MEMBERS, per=st.sampled_from(get_args(Per)), weighed=st.booleans())
def test_buckets_are_summed(
    nouns: list[Noun], drawn: list[set[int]], per: Per, *, weighed: bool
) -> None:
    """The cost of each bucket of each group is a function of its sum and the limit."""
    timetable = timetable_of(Portfolio.of(*nouns))
    groups = groups_of(timetable, drawn)
    amounts = [len(each.id) * 7 % 5 + n for n, each in enumerate(timetable.sessions)]
    expected = 0
    for group in groups:
        sums: dict[object, int] = {}
        for each in placed(timetable, group):
            amount = amounts[timetable.numbers[each.id]] if weighed else 1
            sums[key_of(each, per)] = sums.get(key_of(each, per), 0) + amount
        expected += sum(triangle(had, group.limit) for key, had in sums.items() if key is not None)
    weight = amounts.__getitem__ if weighed else None
    term = Bucket(groups=groups, per=per, amount=weight, cost=triangle)
    assert costs(list(breaches_of(term, timetable))) == expected


@given(nouns=worlds(), drawn=MEMBERS, per=st.sampled_from(get_args(Per)))
def test_buckets_in_use_are_counted(nouns: list[Noun], drawn: list[set[int]], per: Per) -> None:
    """The cost of a group is a function of its number of buckets; without one it is 0."""
    timetable = timetable_of(Portfolio.of(*nouns))
    groups = groups_of(timetable, drawn)
    expected = 0
    for group in groups:
        used = {key_of(each, per) for each in placed(timetable, group)} - {None}
        expected += triangle(len(used), group.limit) if used else 0
    term = Distinct(groups=groups, per=per, cost=triangle)
    assert costs(list(breaches_of(term, timetable))) == expected


@given(nouns=worlds(), drawn=MEMBERS)
def test_busy_minutes_are_those_in_which_something_runs(
    nouns: list[Noun], drawn: list[set[int]]
) -> None:
    """The busy intervals of a day cover exactly the minutes of its sessions, and do not touch."""
    timetable = timetable_of(Portfolio.of(*nouns))
    groups = groups_of(timetable, drawn)
    seen: list[Busy] = []

    def cost(busy: Busy, _: int) -> int:
        seen.append(busy)
        return 1

    term = Pattern(groups=groups, cost=cost, facts=nothing)
    breaches = list(breaches_of(term, timetable))
    naive: list[set[int]] = []
    for group in groups:
        days: dict[object, set[int]] = {}
        for each in placed(timetable, group):
            assert each.slot is not None
            shown = local(each.slot.start_utc, zone(PLACE))
            first = shown.hour * 60 + shown.minute
            minutes = days.setdefault(shown.date(), set())
            minutes |= set(range(first, first + each.slot.minutes))
        naive += days.values()
    assert len(breaches) == len(naive)
    assert [{m for low, high in busy for m in range(low, high)} for busy in seen] == naive
    for busy in seen:
        assert all(a[1] < b[0] for a, b in pairwise(busy))


@given(nouns=worlds(), drawn=MEMBERS, scope=st.sampled_from(get_args(FunctionScope)))
def test_functions_are_asked_about_all_of_a_scope(
    nouns: list[Noun], drawn: list[set[int]], scope: FunctionScope
) -> None:
    """A function sees each session, pair, day or group once, in the order of time and id."""
    timetable = timetable_of(Portfolio.of(*nouns))
    groups = groups_of(timetable, drawn)
    seen: list[tuple[str, ...]] = []

    def cost(sessions: tuple[Session, ...]) -> int:
        seen.append(tuple(each.id for each in sessions))
        return len(sessions)

    term = Function(groups=groups, scope=scope, cost=cost, facts=lambda _: {"said": "so"})
    breaches = list(breaches_of(term, timetable))
    naive: list[tuple[str, ...]] = []
    for group in groups:
        listed = sorted(placed(timetable, group), key=lambda each: (_start(each), each.id))
        ids = [each.id for each in listed]
        if scope == "session":
            naive += [(id,) for id in ids]
        elif scope == "pair":
            naive += list(combinations(ids, 2))
        elif scope in ("group-day", "group-month"):
            parts: dict[object, list[str]] = {}
            for each in listed:
                day = key_of(each, "day")
                assert isinstance(day, date)
                key = day if scope == "group-day" else (day.year, day.month)
                parts.setdefault(key, []).append(each.id)
            naive += [tuple(part) for part in parts.values()]
        elif ids:
            naive.append(tuple(ids))
    assert sorted(seen) == sorted(naive)
    assert costs(breaches) == sum(map(len, naive))


def _start(session: Session) -> int:
    return session.slot.start_utc if session.slot is not None else 0


@given(nouns=worlds(), drawn=MEMBERS, minutes=st.lists(st.integers(0, 300), min_size=8, max_size=8))
def test_gaps_may_differ_from_pair_to_pair(
    nouns: list[Noun], drawn: list[set[int]], minutes: list[int]
) -> None:
    """Each pair is compared with its own gap, also where the longest gap is far longer."""
    timetable = timetable_of(Portfolio.of(*nouns))
    groups = groups_of(timetable, drawn)

    def gap(a: int, b: int) -> int:
        return (minutes[a] + minutes[b]) * 60_000_000

    expected = 0
    for group in groups:
        for a, b in combinations(placed(timetable, group), 2):
            assert a.slot is not None
            assert b.slot is not None
            between = max(a.slot.start_utc - b.slot.end_utc, b.slot.start_utc - a.slot.end_utc)
            pair = timetable.numbers[a.id], timetable.numbers[b.id]
            expected += 0 <= between < gap(*pair)
    term = Apart(groups=groups, gap=gap, most=600 * 60_000_000)
    assert costs(list(breaches_of(term, timetable))) == expected


@given(nouns=worlds())
def test_rooms_are_judged_where_there_is_one(nouns: list[Noun]) -> None:
    """Each session that has a slot and a room is evaluated once."""
    timetable = timetable_of(Portfolio.of(*nouns))
    seen: list[tuple[int, str]] = []

    def cost(n: int, room: str) -> int:
        seen.append((n, room))
        return n

    term = Suits(sessions=range(len(timetable.sessions)), cost=cost, facts=nothing)
    breaches = list(breaches_of(term, timetable))
    both = [
        (n, each.room_id)
        for n, each in enumerate(timetable.sessions)
        if each.slot is not None and each.room_id is not None
    ]
    assert seen == both
    assert costs(breaches) == sum(n for n, _ in both)


def texts(rule: ScheduleRule, nouns: Sequence[Noun]) -> list[str]:
    """The findings of a rule as texts."""
    timetable = timetable_of(Portfolio.of(*nouns))
    return [repr(each.finding(rule.entry, "error")) for each in conflicts(rule, timetable)]


@one_in(3)
@given(nouns=worlds(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_input_means_nothing(nouns: list[Noun], shuffled: Random) -> None:
    """Each rule of the vocabulary finds the same, in the same order, however nouns are given."""
    other = list(nouns)
    shuffled.shuffle(other)
    for rule in VOCABULARY:
        assert texts(rule, nouns) == texts(rule, other)


@one_in(2)
@given(nouns=worlds(), weeks=st.integers(-3, 3))
def test_shifting_all_times_shifts_nothing_else(nouns: list[Noun], weeks: int) -> None:
    """Some weeks later the same sessions break the same rules at the same cost."""
    near = [each for each in nouns if not isinstance(each, Session) or not _far(each)]
    for rule in VOCABULARY:
        before, after = (
            [
                (each.subjects, each.sessions, each.cost, each.facts.get("had"))
                for each in conflicts(rule, timetable_of(Portfolio.of(*listed)))
                if "had" not in each.facts or isinstance(each.facts["had"], int)
            ]
            for listed in (near, moved(near, timedelta(weeks=weeks)))
        )
        assert before == after


def _far(session: Session) -> bool:
    return session.slot is not None and session.slot.start.year != 2014


@one_in(2)
@given(nouns=worlds())
def test_breaches_name_sessions_of_the_timetable(nouns: list[Noun]) -> None:
    """Each breach costs 1 or more, and its sessions are placed and named."""
    timetable = timetable_of(Portfolio.of(*nouns))
    for rule in VOCABULARY:
        for breach in conflicts(rule, timetable):
            assert breach.cost >= 1
            assert breach.sessions
            assert set(breach.sessions) <= set(timetable.placed)
            assert {timetable.names[n] for n in breach.sessions} <= set(breach.subjects)


@one_in(2)
@given(nouns=worlds())
def test_a_selection_equals_a_timetable_of_the_selected(nouns: list[Noun]) -> None:
    """A rule about some sessions has the same findings in a timetable of these alone."""
    kept = [each for each in nouns if not isinstance(each, Session) or each.mode == "online"]
    for rule in VOCABULARY:
        narrow = attrs.evolve(rule, where=Only(mode="online"))  # type: ignore[misc]
        assert texts(narrow, nouns) == texts(rule, kept)


@given(nouns=worlds())
def test_groups_of_rooms_and_persons_are_complete(nouns: list[Noun]) -> None:
    """A term by room or person has a group for each, and the sessions that count in it."""
    timetable = timetable_of(Portfolio.of(*nouns))
    rooms = {f"room:{id}" for id in timetable.rooms}
    for of, labels in (
        ("room", rooms),
        ("person", {f"person:{id}" for id in timetable.sessions_by_person}),
    ):
        (term,) = MaxPerDay(most=1, of=of, where=Only(mode="online")).terms(timetable)  # type: ignore[arg-type]
        assert isinstance(term, Bucket)
        assert {group.label for group in term.groups} == labels
        assert term.among == {
            n for n, each in enumerate(timetable.sessions) if each.mode == "online"
        }


@pytest.mark.parametrize("rule", VOCABULARY, ids=lambda rule: rule.entry.code)
def test_each_rule_explains_itself(rule: ScheduleRule) -> None:
    """An entry has a law and a reason in whole sentences, and says where it comes from."""
    entry: Entry = rule.entry
    assert entry.code.replace("-", "").isalpha()
    for text in (entry.law, entry.why):
        assert text[0].isupper()
        assert text.endswith(".")
    assert entry.source
    assert entry.mend
    assert rule.weight == 1
    assert entry.level in {"hard", "medium", "soft"}


@pytest.mark.parametrize("rule", VOCABULARY, ids=lambda rule: rule.entry.code)
def test_each_field_of_a_rule_says_what_it_takes(rule: ScheduleRule) -> None:
    """Rules are checked values: each field has a shape with a rule in words."""
    fields = {field.name: field.shape.rule for field in fields_of(type(rule))}
    assert {"level", "weight", "where"} <= fields.keys()
    assert all(text.startswith("must be ") for text in fields.values())


def test_codes_differ() -> None:
    """No two rules of the vocabulary have one code."""
    codes = [rule.entry.code for rule in VOCABULARY]
    assert len(set(codes)) == len(codes)
