"""Rules about how much falls on a day or in a week."""

from collections.abc import Callable
from typing import Any

import pytest

from mic_core.chrono import Slot
from mic_core.errors import InvariantError
from mic_core.model import Session
from mic_core.rules import ScheduleRule
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.rules.selection import Only
from tests.scheduling.nouns import edition, found, gives, people, session, slot, subjects, told


def at(id: str, start: str, minutes: int = 60, day: str = "2014-09-10", **fields: Any) -> Session:
    """A session of the edition."""
    values: dict[str, Any] = {"edition_id": "e", **fields}
    return session(id, slot(start, minutes, day=day), **values)


def test_more_sessions_a_day_than_wanted_cost_each() -> None:
    """Three where one is wanted are two too many; the finding names the day and all of them."""
    three = [at(id, start) for id, start in (("a", "09:00"), ("b", "12:00"), ("c", "22:00"))]
    (breach,) = found(MaxPerDay(most=1), edition(), three)
    assert (breach.cost, breach.sessions) == (2, (0, 1, 2))
    assert sorted(breach.subjects) == ["edition:e", "session:a", "session:b", "session:c"]
    assert told(MaxPerDay(most=1), edition(), three) == [
        ("edition:e has 3 sessions on Wed 10 Sep 2014, at most 1 are wanted"),
    ]
    assert found(MaxPerDay(most=3), edition(), three) == []


def test_days_are_those_of_the_clocks_of_the_center() -> None:
    """A session at 23:30 and one at half past midnight are on two days in Brussels, one in UTC."""
    late, early = at("a", "23:30", 30), at("b", "00:30", 30, "2014-09-11")
    assert found(MaxPerDay(most=1), edition(), late, early) == []
    utc = [
        session(id, slot(start, 30, place="UTC"), edition_id="e")
        for id, start in (("a", "21:30"), ("b", "22:30"))
    ]
    assert found(MaxPerDay(most=1), edition(), utc) == []
    before = [
        session(id, slot(start, 30, place="UTC"), edition_id="e")
        for id, start in (("a", "20:30"), ("b", "21:30"))
    ]
    assert len(found(MaxPerDay(most=1), edition(), before)) == 1


@pytest.mark.parametrize(
    ("day", "count"), [("2014-09-14", 1), ("2014-09-15", 0), ("2014-09-07", 0)]
)
def test_weeks_run_from_monday_to_sunday(day: str, count: int) -> None:
    """Wednesday and Sunday are one week; the Sunday before and the Monday after are not."""
    both = at("a", "09:00"), at("b", "09:00", day=day)
    assert len(found(MaxPerWeek(most=1), edition(), both)) == count


def test_a_full_week_is_told() -> None:
    """The finding names the week by its Monday."""
    both = at("a", "09:00"), at("b", "09:00", day="2014-09-14")
    assert told(MaxPerWeek(most=1), edition(), both) == [
        "edition:e has 2 sessions in the week of Mon 8 Sep 2014, at most 1 are wanted"
    ]


def test_limits_may_differ_by_id() -> None:
    """Each edition has its own limit; one without any is free, and zero allows nothing."""
    both = [at(id, start) for id, start in (("a", "09:00"), ("b", "12:00"))]
    assert len(found(MaxPerDay(most={"e": 1}), edition(), both)) == 1
    assert found(MaxPerDay(most={"e": 2}), edition(), both) == []
    assert found(MaxPerDay(most={"f": 1}), edition(), both) == []
    assert [each.cost for each in found(MaxPerDay(most={"e": 0}), edition(), both)] == [2]


GIVEN = (people("t"), gives("t", "a"), gives("t", "b"))


@pytest.mark.parametrize(("most", "cost"), [(240, 0), (239, 1), (180, 1), (179, 2), (120, 2)])
def test_each_hour_too_many_that_is_begun_costs(most: int, cost: int) -> None:
    """Four hours of sessions cost one for each hour above the load, begun hours as whole ones."""
    both = at("a", "09:00", 90), at("b", "14:00", 150)
    assert [each.cost for each in found(DayLoad(most=most), *GIVEN, both)] == (
        [cost] if cost else []
    )


def test_the_unit_of_cost_can_be_chosen() -> None:
    """In units of a quarter of an hour, half an hour costs two."""
    both = at("a", "09:00", 90), at("b", "14:00", 150)
    assert found(DayLoad(most=210, unit=15), *GIVEN, both)[0].cost == 2
    assert told(DayLoad(most=210), *GIVEN, both) == [
        "person:t has 240 minutes of sessions on Wed 10 Sep 2014, at most 210 are wanted"
    ]


@pytest.mark.parametrize(("most", "cost"), [(450, 0), (449, 1), (390, 1), (389, 2)])
def test_a_day_spans_from_first_to_last(most: int, cost: int) -> None:
    """From nine to half past four are seven and a half hours, breaks included."""
    both = at("a", "09:00", 90), at("b", "14:00", 150)
    assert [each.cost for each in found(WorkDay(most=most), *GIVEN, both)] == (
        [cost] if cost else []
    )


def test_a_long_day_is_told() -> None:
    """The finding names the person, the day and its span."""
    both = at("a", "09:00", 90), at("b", "14:00", 150)
    assert told(WorkDay(most=400), *GIVEN, both) == [
        "the sessions of person:t on Wed 10 Sep 2014 span 450 minutes, at most 400 are wanted"
    ]


def test_a_session_past_midnight_belongs_to_the_day_it_starts() -> None:
    """A session that runs past midnight extends the day on which it starts."""
    night = at("a", "22:00", 240), at("b", "02:00", 60, "2014-09-11")
    assert found(WorkDay(most=240), *GIVEN, night) == []
    assert len(found(WorkDay(most=239), *GIVEN, night)) == 1


def test_a_day_of_the_clock_change_is_as_long_as_it_is() -> None:
    """On the day of 25 hours a session lasts as long as it really does."""
    night = at("a", "01:00", 180, "2014-10-26")  # ends at three by the clock
    assert found(WorkDay(most=180), *GIVEN, night) == []
    assert len(found(WorkDay(most=179), *GIVEN, night)) == 1


def test_seconds_are_rounded_outwards() -> None:
    """A stretch of some seconds more than an hour counts as a minute more."""
    start = slot("09:00")
    longer = Slot(start.start.replace(second=30), start.end.replace(minute=0, second=31))
    assert found(WorkDay(most=61), *GIVEN, session("a", longer)) == []
    assert len(found(WorkDay(most=60), *GIVEN, session("a", longer))) == 1


@pytest.mark.parametrize("rule", [MaxPerDay, MaxPerWeek, DayLoad, WorkDay])
def test_only_selected_sessions_count(rule: Callable[..., ScheduleRule]) -> None:
    """A session that is not selected adds nothing, and one without a slot is on no day."""
    both = at("a", "09:00", kind="talk"), at("b", "14:00"), session("c", None, edition_id="e")
    world = (edition(), people("t"), [gives("t", id) for id in "abc"], both)
    (breach,) = found(rule(most=0), *world)
    assert breach.sessions == (0, 1)
    (talk,) = found(rule(most=0, where=Only(kind="talk")), *world)
    assert talk.sessions == (0,)


@pytest.mark.parametrize(
    "of", ["edition", "audience", "module", "series", "person", "room", "center", "all"]
)
def test_groups_can_be_of_many_kinds(of: Any) -> None:
    """The grouping decides which sessions are counted together."""
    both = (
        at("a", "09:00", module_id="m", room_id="r"),
        at("b", "14:00", module_id="m", room_id="r"),
    )
    breaches = found(MaxPerDay(most=1, of=of), edition(), *GIVEN, both)
    assert len(breaches) == (0 if of in {"series", "room"} else 1)  # no such room is known


def test_a_group_of_nothing_in_common_is_the_selection() -> None:
    """A limit on all sessions names none but them."""
    both = at("a", "09:00"), at("b", "14:00")
    assert told(MaxPerDay(most=1, of="all"), both) == [
        "the selection has 2 sessions on Wed 10 Sep 2014, at most 1 are wanted"
    ]
    assert subjects(found(MaxPerDay(most=1, of="all"), both)) == [["session:a", "session:b"]]


def test_all_that_is_wrong_with_a_rule_is_told_at_once() -> None:
    """A rule that cannot be says so when it is made."""
    wrong: dict[str, Any] = {"most": -1, "of": "weekday", "level": "nice", "weight": 0, "where": 3}
    with pytest.raises(InvariantError) as raised:
        MaxPerDay(**wrong)
    assert [each.path for each in raised.value.problems] == [
        "most",
        "of",
        "level",
        "weight",
        "where",
    ]
    with pytest.raises(InvariantError, match="unit"):
        DayLoad(most=5, unit=0)


def test_a_rule_takes_the_level_it_is_given() -> None:
    """The same rule can bind or only cost, and is an equal value if all is equal."""
    assert MaxPerDay(most=2).entry.severity == "error"
    assert MaxPerDay(most=2, level="soft").entry.severity == "info"
    assert MaxPerDay(most={"b": 2, "a": 1}) == MaxPerDay(most=(("a", 1), ("b", 2)))
    assert MaxPerDay(most=2) != MaxPerDay(most=2, weight=3)
