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


def test_a_preferred_slot_speaks_of_all_time() -> None:
    """A session that would like one evening costs wherever else it is."""
    wish = says("session:a", "preferred", slot=slot("18:00"))
    assert found(Preferences(), *WORLD, wish, one("18:00")) == []
    assert len(found(Preferences(), *WORLD, wish, one("17:00"))) == 1


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
