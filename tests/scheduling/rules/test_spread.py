"""Rules about how many days, weeks, times of day and rooms the sessions of a group use."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from mic_core.errors import InvariantError
from mic_core.model import Session
from mic_core.rules import ScheduleRule
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
from tests.scheduling.nouns import edition, found, room, session, slot, told


def at(id: str, day: int, start: str = "09:00", **fields: Any) -> Session:
    """A session of the module on a day of September 2014."""
    values: dict[str, Any] = {"edition_id": "e", "module_id": "m", **fields}
    return session(id, slot(start, day=f"2014-09-{day:02}"), **values)


WEEK = [at("a", 8), at("b", 10), at("c", 10, "14:00"), at("d", 15, room_id="r")]


@pytest.mark.parametrize(("least", "cost"), [(1, 0), (3, 0), (4, 1), (6, 3)])
def test_each_day_missing_costs(least: int, cost: int) -> None:
    """Four sessions on three days miss one day of four and three of six."""
    assert [each.cost for each in found(MinDays(least=least), WEEK)] == ([cost] if cost else [])


def test_missing_days_are_told() -> None:
    """The finding names module and edition, and all sessions share in it."""
    assert told(MinDays(least=5), WEEK) == [
        "module:m of edition:e is held on 3 days, at least 5 are wanted"
    ]
    (breach,) = found(MinDays(least=5), WEEK)
    assert breach.sessions == (0, 1, 2, 3)
    assert {"module:m", "edition:e"} < set(breach.subjects)


@pytest.mark.parametrize(("least", "cost"), [(2, 0), (3, 1)])
def test_each_week_missing_costs(least: int, cost: int) -> None:
    """The second and the third week of September are two."""
    breaches = found(SpreadOverWeeks(least=least), WEEK)
    assert [each.cost for each in breaches] == ([cost] if cost else [])
    assert told(SpreadOverWeeks(least=3), WEEK) == [
        "module:m of edition:e is held in 2 weeks, at least 3 are wanted"
    ]


def test_one_day_is_one_day() -> None:
    """Each day besides the first costs one; two sessions of one day cost nothing."""
    assert found(SameDay(), WEEK[1:3]) == []
    assert [each.cost for each in found(SameDay(), WEEK)] == [2]
    assert told(SameDay(), WEEK) == [
        "module:m of edition:e is held on 3 days: Mon 8 Sep 2014, Wed 10 Sep 2014, Mon 15 Sep 2014"
    ]


def test_different_days_are_different() -> None:
    """Only the day with two of them costs."""
    assert found(DifferentDays(), WEEK[:2]) == []
    (breach,) = found(DifferentDays(), WEEK)
    assert (breach.cost, breach.sessions) == (1, (1, 2))
    assert told(DifferentDays(), WEEK) == [
        "session:b, session:c of module:m of edition:e are on one day, Wed 10 Sep 2014"
    ]


def test_one_time_of_day_is_one_time() -> None:
    """Nine in the morning on any day is one time, also after the clocks have changed."""
    winter = session("w", slot("09:00", day="2014-11-10"), edition_id="e")
    assert found(SameTime(), edition(), WEEK[0], WEEK[1], winter) == []
    assert told(SameTime(), edition(), WEEK) == ["edition:e starts at 2 times of day: 09:00, 14:00"]


def test_one_room_is_one_room() -> None:
    """Each room besides the first costs one; what is in no room is in none besides."""
    three = [
        at("a", 8, room_id="r"),
        at("b", 9, room_id="s"),
        at("c", 10, room_id="t"),
        at("d", 11),
    ]
    assert found(SameRoom(), three[0], three[3]) == []
    assert [each.cost for each in found(SameRoom(), three)] == [2]
    assert told(RoomStability(), three[:2]) == [
        "module:m of edition:e is in 2 rooms: room:r, room:s"
    ]
    assert (SameRoom().entry.severity, RoomStability().entry.severity) == ("error", "info")


def test_what_is_not_placed_costs_nothing() -> None:
    """A group without any slot has no days to miss."""
    assert found(MinDays(least=5), session("a", None, module_id="m")) == []
    nowhere = [at("a", 8), at("b", 9)]
    assert found(SameRoom(), nowhere) == []


def test_a_module_without_an_edition_is_a_group_as_well() -> None:
    """Sessions of a module that belong to no edition are counted together."""
    loose = [at("a", 8, edition_id=None), at("b", 9, edition_id=None), at("c", 10)]
    assert told(SameDay(), loose) == ["module:m is held on 2 days: Mon 8 Sep 2014, Tue 9 Sep 2014"]


def test_limits_may_differ_by_module() -> None:
    """A number for each module; one that is not named is free, and none at all is refused."""
    assert len(found(MinDays(least={"m": 4}), WEEK)) == 1
    assert found(MinDays(least={"n": 4}), WEEK) == []
    with pytest.raises(InvariantError, match="least"):
        MinDays(least=0)


RULES: list[Callable[..., ScheduleRule]] = [
    partial(MinDays, least=9),
    partial(SpreadOverWeeks, least=9),
    SameDay,
    DifferentDays,
    SameTime,
    SameRoom,
    RoomStability,
]


@pytest.mark.parametrize("rule", RULES)
def test_only_selected_sessions_count(rule: Callable[..., ScheduleRule]) -> None:
    """A session that is not selected uses no day, week, time or room."""
    listed = [
        at("a", 8, "09:00", room_id="r"),
        at("b", 9, "10:00", room_id="s"),
        at("c", 9, "11:00", room_id="r", kind="talk"),
    ]
    world = (edition(), room("r"), room("s"), listed)
    every = {n for each in found(rule(of="edition"), *world) for n in each.sessions}
    talks = {
        n
        for each in found(rule(of="edition", where=Only(kind="talk")), *world)
        for n in each.sessions
    }
    assert 2 in every
    assert talks == ({2} if "9" in repr(rule()) else set())
