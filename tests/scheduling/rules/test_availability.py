"""Rules about what rooms, persons, modules and sessions said of their time."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, Preference, WeeklyHours
from mic_core.model import Availability, Center, Session
from mic_core.rules import ScheduleRule, Within
from mic_core.scheduling.rules.availability import Preferences, Unavailability
from mic_core.scheduling.rules.selection import Only
from tests.scheduling.nouns import (
    DAY,
    found,
    gives,
    module,
    people,
    program,
    room,
    session,
    slot,
    subjects,
    table,
    told,
)

NIGHT = WeeklyHours.parse("Mo-Su 18:00-22:00")
WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 14))
WORLD = (program(module("m")), room(), people("t"), gives("t", "a"))


def says(subject: str, preference: Preference, **when: Any) -> Availability:
    """An availability record of a subject."""
    id = f"{preference}-{subject[-1]}"
    return Availability(id=id, subject=subject, preference=preference, **when)


def one(start: str, minutes: int = 60, **fields: Any) -> Session:
    """The session that everybody speaks about."""
    values: dict[str, Any] = {"room_id": "r", "module_id": "m", **fields}
    return session("a", slot(start, minutes), **values)


SUBJECTS = ["room:r", "person:t", "module:m", "session:a"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_unavailable_is_not_used(subject: str) -> None:
    """Room, person, module and session may each be away; the finding cites who said so."""
    away = says(subject, "unavailable", slot=slot("09:30"))
    assert subjects(found(Unavailability(), *WORLD, away, one("09:00"))) == [
        sorted([subject, "session:a"])
    ]
    assert found(Unavailability(), *WORLD, away, one("08:30")) == []
    assert found(Unavailability(), *WORLD, away, one("10:30")) == []
    assert told(Unavailability(), *WORLD, away, one("09:00")) == [
        (
            f"session:a is on Wed 10 Sep 2014 09:00-10:00 Europe/Brussels, when {subject} is not "
            f"available as availability:unavailable-{subject[-1]} says"
        )
    ]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_available_hours_close_the_rest_of_their_period(subject: str) -> None:
    """Evening hours exclude daytime within their period, and not after it."""
    evenings = says(subject, "available", hours=NIGHT, period=WEEK)
    assert found(Unavailability(), *WORLD, evenings, one("18:00", 240)) == []
    assert len(found(Unavailability(), *WORLD, evenings, one("17:59"))) == 1
    later = attrs.evolve(one("09:00"), slot=slot("09:00", day="2014-09-15"))
    assert found(Unavailability(), *WORLD, evenings, later) == []


def test_only_what_speaks_against_a_slot_is_cited() -> None:
    """Absences on other days, and hours that would do, are none of the reasons."""
    said = [
        Availability(
            id="night", subject="room:r", preference="available", hours=NIGHT, period=WEEK
        ),
        Availability(id="ill", subject="room:r", preference="unavailable", slot=slot("19:30")),
        Availability(id="past", subject="room:r", preference="unavailable", slot=slot("12:00")),
    ]
    (late,) = found(Unavailability(), room(), *said, one("19:00"))
    assert late.facts["needed"] == ("availability:ill",)
    (early,) = found(Unavailability(), room(), *said, one("16:00"))
    assert early.facts["needed"] == ("availability:night",)


def test_of_many_that_speak_against_a_slot_a_few_are_cited() -> None:
    """A finding does not grow with what was said; where only all together refuse, some are told."""
    away = [
        Availability(id=f"v{n:02}", subject="room:r", preference="unavailable", period=WEEK)
        for n in range(20)
    ]
    (breach,) = found(Unavailability(), room(), *away, one("09:00"))
    assert breach.facts["needed"] == tuple(f"availability:v0{n}" for n in range(5))
    liked = says("room:r", "preferred", period=WEEK)
    (sad,) = found(Preferences(), room(), liked, away[0], one("09:00"))
    assert sad.facts["needed"] == ("availability:preferred-r", "availability:v00")


def test_a_period_without_hours_means_all_of_its_days() -> None:
    """A week away is away day and night."""
    away = says("room:r", "unavailable", period=WEEK)
    assert len(found(Unavailability(), *WORLD, away, one("03:00"))) == 1
    assert (
        found(
            Unavailability(),
            *WORLD,
            away,
            attrs.evolve(one("03:00"), slot=slot("00:00", day="2014-09-15")),
        )
        == []
    )


def test_hours_without_a_period_hold_on_any_day() -> None:
    """Evening hours without a period hold in every week."""
    evenings = says("person:t", "available", hours=NIGHT)
    far = attrs.evolve(one("09:00"), slot=slot("09:00", day="2034-09-15"))
    assert len(found(Unavailability(), *WORLD, evenings, far)) == 1


def test_who_is_not_there_says_nothing() -> None:
    """Statements about unknown or unassigned subjects, or on unknown clocks, find nothing."""
    gone = [
        says("person:x", "unavailable", period=WEEK),
        says("room:x", "unavailable", period=WEEK),
        says("module:x", "unavailable", period=WEEK),
        says("session:x", "unavailable", period=WEEK),
    ]
    named = [attrs.evolve(each, id=f"x{n}") for n, each in enumerate(gone)]
    assert found(Unavailability(), *WORLD, named, one("09:00")) == []
    homeless = (room("r", center_id="gone"), says("room:r", "unavailable", period=WEEK))
    assert found(Unavailability(), homeless, one("09:00")) == []


def test_avoiding_closes_nothing() -> None:
    """Avoided time breaches Preferences and not Unavailability."""
    avoided = says("person:t", "avoided", slot=slot("09:00"))
    assert found(Unavailability(), *WORLD, avoided, one("09:00")) == []
    assert subjects(found(Preferences(), *WORLD, avoided, one("09:30"))) == [
        ["person:t", "session:a"]
    ]
    assert found(Preferences(), *WORLD, avoided, one("10:00")) == []
    assert Preferences().entry.severity == "info"


def test_preferred_hours_cost_where_they_are_missed() -> None:
    """Open by day and preferred at night: a day session costs, within the period alone."""
    wishes = [
        says("person:t", "preferred", hours=NIGHT, period=WEEK),
        says("person:t", "available", period=WEEK),
    ]
    assert found(Unavailability(), *WORLD, wishes, one("09:00")) == []
    assert len(found(Preferences(), *WORLD, wishes, one("09:00"))) == 1
    assert found(Preferences(), *WORLD, wishes, one("18:00")) == []
    later = attrs.evolve(one("09:00"), slot=slot("09:00", day="2014-09-15"))
    assert found(Preferences(), *WORLD, wishes, later) == []


@pytest.mark.parametrize("when", [{"slot": slot("18:00")}, {"period": Period.days(DAY, DAY)}])
def test_a_preferred_slot_or_period_is_a_wish(when: dict[str, Any]) -> None:
    """A session that would like one evening, or one day, may be elsewhere, at a cost."""
    wish = says("session:a", "preferred", **when)
    other = attrs.evolve(one("18:00"), slot=slot("18:00", day="2014-09-11"))
    assert found(Preferences(), *WORLD, wish, one("18:00")) == []
    assert len(found(Preferences(), *WORLD, wish, other)) == 1
    assert found(Unavailability(), *WORLD, wish, other) == []


ONLY: list[dict[str, Any]] = [{"slot": slot("18:00")}, {"period": Period.days(DAY, DAY)}]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("when", ONLY)
def test_available_slots_and_periods_alone_close_all_other_time(
    subject: str, when: dict[str, Any]
) -> None:
    """Who is available on one day is not available years later, and the finding cites why."""
    only = says(subject, "available", **when)
    late = attrs.evolve(one("18:00"), slot=slot("18:00", day="2030-09-10"))
    assert found(Unavailability(), *WORLD, only, one("18:00")) == []
    assert len(found(Unavailability(), *WORLD, only, one("17:59", 1500))) == 1
    (breach,) = found(Unavailability(), *WORLD, only, late)
    assert breach.facts["needed"] == (f"availability:{only.id}",)


def test_available_slots_and_periods_are_united() -> None:
    """A session may span an available slot and the available day after it."""
    said = [
        Availability(
            id="eve", subject="room:r", preference="available",
            slot=slot("22:00", 120, day="2014-09-09"),
        ),
        Availability(
            id="day", subject="room:r", preference="available", period=Period.days(DAY, DAY)
        ),
    ]  # fmt: skip
    over = attrs.evolve(one("22:30", 180), slot=slot("22:30", 180, day="2014-09-09"))
    assert found(Unavailability(), room(), said, over) == []
    early = attrs.evolve(one("21:59", 180), slot=slot("21:59", 180, day="2014-09-09"))
    (breach,) = found(Unavailability(), room(), said, early)
    assert breach.facts["needed"] == ("availability:day", "availability:eve")


def test_hours_are_cited_and_not_the_slots_that_add_to_them() -> None:
    """Beside hours, an available slot opens more time, and is the reason of no finding."""
    said = [
        Availability(id="extra", subject="room:r", preference="available", slot=slot("09:00")),
        Availability(
            id="hours", subject="room:r", preference="available", hours=NIGHT, period=WEEK
        ),
        Availability(id="wish", subject="room:r", preference="preferred", slot=slot("18:00")),
    ]
    assert found(Unavailability(), room(), said, one("09:00")) == []
    assert found(Unavailability(), room(), said, one("18:00")) == []
    (breach,) = found(Unavailability(), room(), said, one("10:00"))
    assert breach.facts["needed"] == ("availability:hours",)
    later = attrs.evolve(one("09:00"), slot=slot("09:00", day="2030-09-15"))
    assert found(Unavailability(), room(), said, later) == []


LISBON = Center(id="lab", name="Lab", country="PT", time_zone="Europe/Lisbon")


def test_hours_are_those_of_the_center_where_they_are_used() -> None:
    """A person who gives sessions on two clocks is held to each of them where it is."""
    evenings = says("person:t", "available", hours=NIGHT)
    both = (
        session("a", slot("18:00"), center_id="mic"),
        session("b", slot("18:00", day="2014-09-11", place="Europe/Lisbon"), center_id="lab"),
        session("c", slot("18:00", day="2014-09-12"), center_id="lab"),
    )
    parts = [gives("t", id) for id in "abc"]
    world = (LISBON, people("t"), both, parts, evenings)
    assert subjects(found(Unavailability(), *world)) == [["person:t", "session:c"]]
    terms = [each for each in Unavailability().terms(table(*world)) if isinstance(each, Within)]
    assert {(each.axis, each.among) for each in terms} == {
        ("person", frozenset({0})),
        ("person", frozenset({1, 2})),
    }


BOTH: tuple[Preference, ...] = ("unavailable", "avoided")


@pytest.mark.parametrize("rule", [Unavailability, Preferences])
def test_only_selected_sessions_count(rule: Callable[..., ScheduleRule]) -> None:
    """A rule about talks leaves out trainings, and says so to a solver."""
    said = [says(subject, word, slot=slot("09:00")) for subject in SUBJECTS for word in BOTH]
    clash = one("09:00")
    assert len(found(rule(), *WORLD, said, clash)) == (4 if rule is Unavailability else 0)
    assert found(rule(where=Only(kind="talk")), *WORLD, said, clash) == []
    for term in rule(where=Only(kind="training")).terms(table(*WORLD, said, clash)):
        assert isinstance(term, Within)
        assert term.among == frozenset({0})


WORDS: tuple[Preference, ...] = get_args(Preference)


@given(
    words=st.lists(st.sampled_from(WORDS), max_size=4),
    places=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), min_size=4, max_size=4),
    start=st.integers(0, 40),
)
def test_statements_are_folded_hour_by_hour(
    words: list[Preference], places: list[tuple[int, int]], start: int
) -> None:
    """A session is right if each of its half hours is, by what the statements say of it."""
    said: list[Availability] = []
    spans: list[tuple[str, range]] = []
    for n, (word, (first, length)) in enumerate(zip(words, places, strict=False)):
        low, high = first * 60, min(first * 60 + length * 60, 1440)
        hours = WeeklyHours(((low + 2 * 1440, high + 2 * 1440),))
        said.append(
            Availability(
                id=f"v{n}",
                subject="session:a",
                preference=word,
                hours=hours,
                period=Period.days(DAY, DAY),
            )
        )
        spans.append((word, range(low, high, 30)))
    when = slot("00:00").moved(timedelta(minutes=30 * start))
    mine = [minute for minute in range(30 * start, 30 * start + 60, 30) if minute < 1440]

    def words_at(minute: int) -> set[str]:
        return {word for word, span in spans if minute in span}

    positive = any(word in ("preferred", "available") for word in words)
    away = any(
        "unavailable" in words_at(minute)
        or (positive and not words_at(minute) & {"preferred", "available"})
        for minute in mine
    )
    assert bool(found(Unavailability(), session("a", when), said)) is away
    sad = any(
        ("avoided" in words_at(minute) and not _closed(words_at(minute), positive=positive))
        or ("preferred" in words and not _liked(words_at(minute)))
        for minute in mine
    )
    assert bool(found(Preferences(), session("a", when), said)) is sad


def _closed(words: set[str], *, positive: bool) -> bool:
    return "unavailable" in words or (positive and not words & {"preferred", "available"})


def _liked(words: set[str]) -> bool:
    return "preferred" in words and not words & {"avoided", "unavailable"}


def test_what_has_one_id_is_told_apart_by_its_kind() -> None:
    """A room, a person, a module and a session of the same id each speak for themselves only."""
    nouns = (
        program(module("x")), room("x"), people("x"), gives("x", "led"),
        session("x", "19:00"), session("led", "19:00"), session("taught", "19:00", module_id="x"),
        session("hosted", "19:00", room_id="x"),
    )  # fmt: skip
    own = {"session": "x", "person": "led", "module": "taught", "room": "hosted"}
    for kind, id in own.items():
        said = says(f"{kind}:x", "unavailable", hours=NIGHT)
        (breach,) = found(Unavailability(), *nouns, said)
        assert breach.facts["session"] == f"session:{id}"
        assert breach.facts["subject"] == f"{kind}:x"


FIELDS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "preference": st.sampled_from(WORDS),
        "form": st.sampled_from(["slot", "hours", "period", "hours of a period"]),
        "hours": st.tuples(st.integers(0, 3 * 1440), st.integers(1, 900)),
        "first": st.integers(0, 3),
        "days": st.integers(1, 3),
    }
)
MONDAY = date(2014, 9, 8)
MIDNIGHT = slot("00:00", day=MONDAY)


def _record(n: int, drawn: dict[str, Any]) -> Availability:
    """A record of the session about the first days of a week, in one of the four forms."""
    start, length = drawn["hours"]
    when: dict[str, Any] = {}
    if drawn["form"] == "slot":
        begun = MIDNIGHT.moved(timedelta(minutes=start))
        when["slot"] = attrs.evolve(begun, end=begun.start + timedelta(minutes=length))
    if "hours" in drawn["form"]:
        when["hours"] = WeeklyHours(((start, start + length),))
    if "period" in drawn["form"]:
        first = MONDAY + timedelta(days=drawn["first"])
        when["period"] = Period(first, first + timedelta(days=drawn["days"]))
    return Availability(id=f"v{n}", subject="session:a", preference=drawn["preference"], **when)


def _minutes(record: Availability) -> tuple[set[int], set[int]]:
    """The minutes from Monday to Sunday that a record names, and those of its period."""
    week = range(7 * 1440)
    period = record.period or Period()
    days = {n for n in week if period.contains(MONDAY + timedelta(days=n // 1440))}
    if record.slot is not None:
        first = (record.slot.start_utc - MIDNIGHT.start_utc) // 60_000_000
        return set(range(first, first + record.slot.length // timedelta(minutes=1))), days
    if record.hours is not None:
        return {n for a, b in record.hours.ranges for n in range(a, b) if n in days}, days
    return days, days


def _free_minutes(records: list[Availability]) -> set[int]:
    """The minutes of the week in which all records leave their subject available."""
    hours = [each for each in records if _is_hours(each)]
    slots = [each for each in records if each.preference == "available" and each not in hours]
    free = set(range(7 * 1440))
    if hours:
        for each in hours:
            free -= _minutes(each)[1]
    elif slots:
        free.clear()
    for each in (*hours, *slots):
        free |= _minutes(each)[0]
    for each in records:
        if each.preference == "unavailable":
            free -= _minutes(each)[0]
    return free


def _is_hours(record: Availability) -> bool:
    return record.hours is not None and record.preference in ("preferred", "available")


@given(st.lists(FIELDS, max_size=4), st.integers(0, 6 * 1440), st.integers(1, 1200))
def test_a_session_is_available_if_each_of_its_minutes_is(
    drawn: list[dict[str, Any]], start: int, length: int
) -> None:
    """The law, minute by minute: hours close their periods, and slots and days alone the rest."""
    records = [_record(n, each) for n, each in enumerate(drawn)]
    when = MIDNIGHT.moved(timedelta(minutes=start))
    asked = session("a", attrs.evolve(when, end=when.start + timedelta(minutes=length)))
    mine = set(range(start, start + length))
    breaches = found(Unavailability(), asked, records)
    assert (breaches == []) is (mine <= _free_minutes(records))
    by_id = {f"availability:{each.id}": each for each in records}
    for breach in breaches:
        cited = breach.facts["needed"]
        assert isinstance(cited, tuple)
        assert cited
        for id in cited:
            record = by_id[str(id)]
            minutes, days = _minutes(record)
            if record.preference == "unavailable":
                assert mine & minutes
            elif _is_hours(record):
                assert mine & days - minutes
            else:
                assert mine - minutes
                assert not any(map(_is_hours, records))
