"""Repairs of a season, and of what a search does not see or cannot end."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import attrs
import instances
import pytest

from mic_core.chrono import Period, WeeklyHours, complement
from mic_core.findings import Policy, Waiver
from mic_core.model import Assignment, Attendance, Availability, Center, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import Entry, ScheduleRule, Span, Term, Within
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.repair.repair import repair
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.hours import Closures
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import SameRoom, SpreadOverWeeks
from mic_core.timetable import Timetable
from tests.scheduling.nouns import edition, gives, module, people, program, room, session, slot

NOW = datetime(2014, 9, 1, tzinfo=UTC)
MONDAY = date(2014, 9, 8)
WEEK = Period.days(MONDAY, date(2014, 9, 12))
HOUR = timedelta(hours=1)
CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Fr 09:00-12:00"),
)  # fmt: skip
LAB = Center(id="lab", name="Lab", country="PT", time_zone="Europe/Lisbon")


def season(seed: int) -> Portfolio:
    """A Boostcamp as planned, after the trainer with the busiest week is ill for that week."""
    made = plan(
        instances.boostcamp(seed), "mic", rules=instances.BOOSTCAMP_RULES, seed=seed, iterations=0
    )
    weeks: Counter[tuple[str, date]] = Counter()
    for part in made.portfolio.all(Assignment):
        at = made.portfolio.get(Session, part.session_id).slot
        if at is not None:
            day = at.start.date()
            weeks[part.person_id, day - timedelta(days=day.weekday())] += 1
    person, monday = min(weeks, key=lambda each: (-weeks[each], each))
    away = Availability(
        id="ill", subject=f"person:{person}", preference="unavailable",
        period=Period.days(monday, monday + timedelta(days=6)),
    )  # fmt: skip
    return recorded(made.portfolio, [away])


@pytest.mark.parametrize(("seed", "fewest"), [(0, 8), (2, 6), (3, 9), (4, 9), (8, 14)])
def test_a_season_is_mended_with_the_fewest_changes_known(seed: int, fewest: int) -> None:
    """As few sessions move as OR-Tools proves to be needed; for the last, as few as it found."""
    made = repair(season(seed), "mic", rules=instances.BOOSTCAMP_RULES)
    assert len(made.sessions) == fewest
    assert set(made.broken) <= set(made.sessions)
    assert made.report.ok
    assert made.unplaced == ()


@pytest.mark.parametrize("iterations", [7, 30, 60, 90])
def test_a_search_that_ends_early_still_keeps_the_rules(iterations: int) -> None:
    """With few placements to seek more may be left out, but what is placed keeps the rules."""
    made = repair(season(3), "mic", rules=instances.BOOSTCAMP_RULES, iterations=iterations)
    assert made.iterations <= iterations
    assert made.report.ok


def test_a_breach_that_placing_does_not_see_is_ended_by_taking_out() -> None:
    """A module in one room, and a room of another center: no place is right, so there is none."""
    nouns: list[Noun] = [
        CENTER, LAB, room("r1"), room("l1", center_id="lab"), program(module("m1")),
        edition("e", WEEK),
        session("a", slot("09:00"), room_id="r1", module_id="m1", edition_id="e"),
        session("b", slot("10:00"), room_id="l1", module_id="m1", edition_id="e", center_id="lab"),
    ]  # fmt: skip
    made = repair(Portfolio.of(*nouns), "a", rules=[SameRoom(of="module", level="hard")])
    assert [each.session_id for each in made.unplaced] == ["a"]
    assert made.report.ok


def test_a_breach_that_nothing_ends_stays_as_it_is() -> None:
    """If neither moving nor unplacing helps, the session stays and the report has the finding."""
    seen = Attendance(id="x", session_id="s1", person_id="bob", status="present")
    nouns: list[Noun] = [
        CENTER, room("r1"), edition("e", WEEK), *people("bob"), seen,
        session("s1", slot("09:00"), room_id="r1", edition_id="e"),
        session("s2", slot("10:00"), room_id="r1", edition_id="e"),
    ]  # fmt: skip
    rules: list[ScheduleRule] = [SpreadOverWeeks(least=2, of="edition", level="hard")]
    made = repair(Portfolio.of(*nouns), "mic", rules=rules)
    assert made.broken == ("s1", "s2")
    assert made.changes == ()
    assert [each.code for each in made.report.findings] == ["spread-over-weeks"]


def test_on_a_day_that_history_fills_nobody_stays() -> None:
    """A day that holds all it may, by sessions that took place, is left by the others."""
    seen = Attendance(id="x", session_id="s1", person_id="bob", status="present")
    nouns: list[Noun] = [
        CENTER, room("r1"), edition("e", WEEK), *people("bob"), seen,
        session("s1", slot("09:00"), room_id="r1", edition_id="e"),
        session("s2", slot("10:00"), room_id="r1", edition_id="e"),
    ]  # fmt: skip
    rules = (*SCHEDULE_RULES, MaxPerDay(most=1, of="edition", level="hard"))
    made = repair(Portfolio.of(*nouns), "mic", rules=rules)
    assert made.sessions == ("s2",)
    assert made.report.ok


@pytest.mark.parametrize("least", [1, 2])
def test_who_makes_room_keeps_hard_rules_about_the_group(least: int) -> None:
    """Nobody leaves for a place that breaks a hard rule about their edition as a whole."""
    fortnight = Period.days(MONDAY, date(2014, 9, 19))
    friday = date(2014, 9, 12)
    nouns: list[Noun] = [
        CENTER, room("r1"), edition("e", fortnight), *people("ann", "bob"),
        session("s1", slot("09:00", day=MONDAY), room_id="r1", edition_id="e"), gives("ann", "s1"),
        session("s9", slot("09:00", day="2014-09-15"), room_id="r1", edition_id="e"),
        gives("bob", "s9"),
    ]  # fmt: skip
    for n, start in enumerate(("09:00", "10:00", "11:00")):
        when = slot(start, day=friday)
        nouns += [session(f"t{n}", when, room_id="r1", edition_id="e"), gives("bob", f"t{n}")]
    nouns += [
        Availability(
            id=f"ann-{n}", subject="person:ann", preference="unavailable",
            period=Period.days(first, last),
        )
        for n, (first, last) in enumerate(
            [(MONDAY, date(2014, 9, 11)), (date(2014, 9, 13), date(2014, 9, 19))]
        )
    ]  # fmt: skip
    rules = (*SCHEDULE_RULES, SpreadOverWeeks(least=least, of="edition", level="hard"))
    made = repair(Portfolio.of(*nouns), "mic", rules=rules, step=HOUR)
    assert len(made.sessions) == 2
    assert made.report.ok


FACTS = {"session": "session:s1", "center": "center:mic", "had": "there", "needed": "there"}


@attrs.frozen
class NeverWhereItIs:
    """A rule that makes of wherever the first session stands the one time at which it may not."""

    entry: Entry = Closures().entry
    weight: int = 1

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """The term that the session takes place at another time than it does."""
        slot = timetable.slots[0]
        if slot is not None:
            busy = slot.start_utc, slot.end_utc
            span = Span(
                label="nowhere",
                sessions=[0],
                intervals=lambda low, high: complement([busy], (low, high)),
            )
            yield Within(spans=[span], facts=lambda _n, _slot, _label: FACTS)


def test_what_breaks_anew_wherever_it_goes_is_taken_out_in_the_end() -> None:
    """A rule that changes its mind is heard a few times; then the session has no place."""
    nouns: list[Noun] = [
        CENTER, room("r1"), edition("e", WEEK),
        session("s1", slot("09:00"), room_id="r1", edition_id="e"),
    ]  # fmt: skip
    made = repair(Portfolio.of(*nouns), "mic", rules=[NeverWhereItIs()], step=HOUR)
    assert [each.session_id for each in made.unplaced] == ["s1"]
    assert made.portfolio.get(Session, "s1").revision == 1
    assert made.report.ok


def only_friday_at_nine(person: str) -> list[Noun]:
    """Availabilities of a person on Friday at nine and at no other time of the week."""
    free = [
        Period.days(MONDAY, date(2014, 9, 11)),
        Period.days(date(2014, 9, 13), date(2014, 9, 30)),
    ]
    away: list[Noun] = [
        Availability(
            id=f"{person}-{n}", subject=f"person:{person}", preference="unavailable", period=period
        )
        for n, period in enumerate(free)
    ]
    late = slot("10:00", 120, day="2014-09-12")
    return [
        *away,
        Availability(
            id=f"{person}-late", subject=f"person:{person}", preference="unavailable", slot=late
        ),
    ]


def test_where_every_room_is_taken_one_is_left() -> None:
    """One of the sessions that hold the rooms at the only time there is goes elsewhere."""
    friday = date(2014, 9, 12)
    nouns: list[Noun] = [
        CENTER, room("r1"), room("r2"), edition("e", WEEK), edition("f", WEEK, number=2),
        edition("g", WEEK, number=3), *people("ann"), *only_friday_at_nine("ann"),
        session("s1", slot("09:00"), room_id="r1", edition_id="e"), gives("ann", "s1"),
        session("t1", slot("09:00", day=friday), room_id="r1", edition_id="f"),
        session("t2", slot("09:00", day=friday), room_id="r2", edition_id="g"),
    ]  # fmt: skip
    made = repair(Portfolio.of(*nouns), "mic", step=HOUR)
    assert made.broken == ("s1",)
    assert len(made.sessions) == 2
    assert made.report.ok


def test_a_waived_breach_of_a_group_takes_nobody_out() -> None:
    """A session whose violation is waived is not unplaced when others make room."""
    friday = date(2014, 9, 12)
    nouns: list[Noun] = [
        CENTER, room("r1"), edition("e", WEEK), edition("f", WEEK, number=2), *people("ann"),
        *only_friday_at_nine("ann"),
        session("s1", slot("09:00"), room_id="r1", edition_id="e"), gives("ann", "s1"),
        session("t1", slot("09:00", day=friday), room_id="r1", edition_id="f", kind="workshop"),
        gives("ann", "t1"),
    ]  # fmt: skip
    spread = SpreadOverWeeks(least=2, of="edition", level="hard", where=Only(kind="workshop"))
    policy = Policy(waivers=(Waiver(code="spread-over-weeks", reason="It is one workshop."),))
    made = repair(Portfolio.of(*nouns), "mic", rules=(*SCHEDULE_RULES, spread), policy=policy)
    assert made.broken == ("s1",)
    assert [each.session_id for each in made.unplaced] == ["s1"]
    assert made.portfolio.get(Session, "t1").slot == slot("09:00", day=friday)
    assert made.report.ok
