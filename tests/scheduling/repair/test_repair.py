"""Repairs, end to end: what moves, what stays, what is explained, and how it looks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from mic_core.chrono import Period, WeeklyHours
from mic_core.errors import InvariantError, NotFound, StaleProposal
from mic_core.findings import Policy, Waiver
from mic_core.model import (
    Assignment,
    Attendance,
    Availability,
    Center,
    Headcount,
    Noun,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.problem.solution import Progress
from mic_core.scheduling.repair.repair import Repair, repair
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.spread import SpreadOverWeeks
from tests.scheduling.nouns import edition, gives, module, people, program, room, session, slot

NOW = datetime(2014, 9, 1, tzinfo=UTC)
DAY = date(2014, 9, 10)
WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))
CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Fr 09:00-12:00"),
)  # fmt: skip
HOUR = timedelta(hours=1)


def ill(person: str = "ann", day: date = DAY) -> Availability:
    """A day on which a person is away."""
    return Availability(
        id=f"ill-{person}-{day}", subject=f"person:{person}", preference="unavailable",
        period=Period.days(day, day),
    )  # fmt: skip


def world(*nouns: Noun) -> Portfolio:
    """A center with two rooms, and an edition of a program with two modules in one week."""
    modules = (
        module("m1", trainers=("ann",)),
        module("m2", trainers=("ann", "bob"), requires=("m1",)),
    )
    return Portfolio.of(
        CENTER, room("r1"), room("r2"), edition("e", WEEK), program(*modules),
        *people("ann", "bob"), *nouns,
    )  # fmt: skip


def held(id: str, start: str = "09:00", person: str = "ann", **fields: Any) -> tuple[Noun, ...]:
    """A session of the edition that a person leads, on the day unless told otherwise."""
    values: dict[str, Any] = {"room_id": "r1", "edition_id": "e", **fields}
    day = values.pop("day", DAY)
    when = slot(start, day=day) if isinstance(day, date) else None
    return session(id, when, **values), gives(person, id)


def at(made: Repair, id: str) -> str:
    """The time and place of a session after a repair."""
    found = made.portfolio.get(Session, id)
    when = "nowhere" if found.slot is None else found.slot.start.strftime("%d %H:%M")
    return f"{when} {found.room_id}"


def test_who_is_ill_gives_the_session_at_the_nearest_time_they_can() -> None:
    """Only the session of whoever is ill moves, as near as possible to where it was."""
    portfolio = world(*held("s1", "11:00"), *held("s2", "10:00", "bob"), ill())
    made = repair(portfolio, "mic", step=HOUR)
    assert made.broken == made.sessions == ("s1",)
    assert at(made, "s1") == "11 09:00 r1"
    assert "Portfolio" not in repr(made)
    assert "RoomOverlap" not in repr(made)
    assert made.report.ok
    assert made.unplaced == ()


def test_a_timetable_that_keeps_its_rules_does_not_change() -> None:
    """Without a violation there is nothing to record."""
    made = repair(world(*held("s1")), "mic")
    assert made.changes == made.replaces == ()
    assert made.broken == ()
    assert made.portfolio == made.before
    assert str(made) == ("No session breaks a hard rule.\n\n0 unplaced, 0 hard, 0 medium, 0 soft")


def test_a_repair_is_recorded_once_and_refused_when_it_is_stale() -> None:
    """A repair refuses to replace rows that changed; a moved session has a new revision."""
    portfolio = world(*held("s1"), ill())
    made = repair(portfolio, "mic")
    after = portfolio.record(made, recorded_at=NOW)
    assert after.get(Session, "s1").revision == 1
    assert after.record(made, recorded_at=NOW) is after
    assert repair(after, "mic").changes == ()
    changed = attrs.evolve(portfolio.get(Session, "s1"), title="Other")
    with pytest.raises(StaleProposal):
        portfolio.record(changed, recorded_at=NOW).record(made, recorded_at=NOW)


@pytest.mark.parametrize(
    "fact",
    [
        Attendance(id="a", session_id="s1", person_id="bob", status="present"),
        Headcount(id="h", session_id="s1", n=7, basis="counted"),
        Transition(
            id="t", subject="session:s1", before="planned", after="held", effective_at=NOW
        ),
    ],
)  # fmt: skip
def test_what_took_place_stays_where_it_was(fact: Noun) -> None:
    """A session that was held, or at which somebody was counted, breaks a rule but never moves."""
    made = repair(world(*held("s1"), ill(), fact), "mic")
    assert made.broken == ("s1",)
    assert made.changes == ()
    assert [each.code for each in made.report.findings] == ["unavailability"]


def test_one_of_two_that_clash_with_what_took_place_moves() -> None:
    """Of two sessions in one room the one that is still to take place makes room."""
    seen = Attendance(id="a", session_id="s1", person_id="bob", status="present")
    made = repair(world(*held("s1"), *held("s2", person="bob"), seen), "mic")
    assert made.broken == ("s1", "s2")
    assert made.sessions == ("s2",)
    assert made.report.ok


def test_a_transition_that_keeps_a_session_planned_does_not_pin_it() -> None:
    """The status after all transitions decides if a session may move."""
    back = Transition(
        id="t", subject="session:s1", before="held", after="planned", effective_at=NOW
    )
    assert repair(world(*held("s1"), ill(), back), "mic").sessions == ("s1",)


def test_only_sessions_of_the_scope_move() -> None:
    """A session outside the scope stands in the way, even if it breaks rules as well."""
    portfolio = world(*held("s1"), *held("s2", "10:00", person="ann"), ill())
    made = repair(portfolio, "s1")
    assert made.broken == made.sessions == ("s1",)
    assert at(made, "s2") == "10 10:00 r1"


def test_a_session_without_a_slot_is_left_to_a_plan() -> None:
    """A session that never had a place is not placed."""
    made = repair(world(*held("s1", day=None), *held("s2"), ill()), "mic")
    assert made.sessions == ("s2",)
    assert made.score.unplaced == 1


def test_a_broken_session_without_a_room_gets_one() -> None:
    """A session with a slot and a violation gets a room too."""
    made = repair(world(*held("s1", room_id=None), ill()), "mic")
    assert made.portfolio.get(Session, "s1").room_id in {"r1", "r2"}


def test_an_online_session_moves_as_well() -> None:
    """An online session moves to an hour at which its people are free."""
    made = repair(world(*held("s1", mode="online", room_id=None), ill()), "mic")
    assert made.sessions == ("s1",)
    assert made.portfolio.get(Session, "s1").room_id is None
    assert made.report.ok


def test_somebody_else_who_qualifies_takes_over() -> None:
    """If another trainer of the module is there, the session keeps its time and its room."""
    portfolio = world(*held("s2", module_id="m2"), ill())
    made = repair(portfolio, "mic")
    assert made.changes == (Assignment(id="s2-ann", session_id="s2", person_id="bob"),)
    assert made.replaces == (Assignment(id="s2-ann", session_id="s2", person_id="ann"),)
    assert made.comparison.of("reassigned") == ("s2",)
    assert portfolio.record(made, recorded_at=NOW).get(Assignment, "s2-ann").person_id == "bob"


@pytest.mark.parametrize(
    "parts",
    [
        (gives("bob", "s2", role="assistant"),),
        (gives("eve", "s2"),),
        (Assignment(id="second", session_id="s2", person_id="ann", role="coach"),),
    ],
)
def test_a_lead_is_not_replaced_where_that_is_not_clear(parts: tuple[Noun, ...]) -> None:
    """Nobody takes over who has a part already, nor where several lead or one has two parts."""
    made = repair(world(*held("s2", module_id="m2"), *people("eve"), ill(), *parts), "mic")
    assert made.comparison.of("reassigned") == ()
    assert made.sessions == ("s2",)


def test_a_lead_from_outside_is_not_replaced() -> None:
    """A lead who is no trainer of the module keeps the session, which gets another time."""
    made = repair(world(*held("s2", person="eve", module_id="m2"), *people("eve"), ill("eve")), "e")
    assert made.comparison.of("reassigned") == ()
    assert made.sessions == ("s2",)


def test_a_session_that_nobody_leads_gets_no_lead() -> None:
    """A repair assigns nobody who was not assigned before."""
    closed = Availability(
        id="x", subject="room:r1", preference="unavailable", period=Period.days(DAY, DAY)
    )
    nouns = (session("s1", "09:00", room_id="r1", edition_id="e", module_id="m1"), closed)
    made = repair(world(*nouns), "mic")
    assert made.sessions == ("s1",)
    assert made.portfolio.all(Assignment) == ()
    assert at(made, "s1") == "10 09:00 r2"


def test_what_finds_no_place_is_taken_out_and_explained() -> None:
    """A session that can be nowhere has no slot afterwards, and the reason is told."""
    away = [ill("ann", date(2014, 9, day)) for day in range(8, 13)]
    portfolio = world(*held("s1"), *away)
    made = repair(portfolio, "mic")
    assert [each.session_id for each in made.unplaced] == ["s1"]
    assert dict(made.unplaced[0].rules)["unavailability"] == made.unplaced[0].placements
    assert at(made, "s1") == "nowhere None"
    assert made.report.ok
    assert "1 broke hard rules, 1 change" in str(made)
    assert "session:s1: of " in str(made)
    assert "Not placed" in str(made.html())


def test_others_make_room_where_that_is_the_only_way() -> None:
    """An hour that only the trainer who was ill can use is left by somebody who can move."""
    free = [
        Availability(
            id=f"ann-{day}", subject="person:ann", preference="unavailable",
            period=Period.days(date(2014, 9, day), date(2014, 9, day)),
        )
        for day in (8, 9, 10, 11)
    ]  # fmt: skip
    friday = date(2014, 9, 12)
    others = [
        part
        for n, start in enumerate(("09:00", "10:00", "11:00"))
        for part in held(f"t{n}", start, "bob", day=friday)
    ]
    made = repair(world(*held("s1"), *others, *free), "mic", step=HOUR)
    assert made.broken == ("s1",)
    assert len(made.sessions) == 2
    assert at(made, "s1").startswith("12")
    assert made.report.ok


def test_a_window_bounds_where_sessions_go() -> None:
    """With a window sessions move within it."""
    window = Period.days(date(2014, 9, 12), date(2014, 9, 12))
    made = repair(world(*held("s1"), *held("s2", "10:00", "bob"), ill()), "mic", window=window)
    assert made.sessions == ("s1",)
    assert at(made, "s1").startswith("12")


def test_a_session_off_the_step_stays_where_it_is() -> None:
    """A session without a violation that starts off the step is a fixed obstacle."""
    portfolio = world(*held("s1"), *held("s2", "10:10", "bob"), ill())
    made = repair(portfolio, "mic", step=HOUR)
    assert made.sessions == ("s1",)
    assert at(made, "s2") == "10 10:10 r1"


def test_what_is_waived_is_not_mended() -> None:
    """A finding that somebody decided to live with moves nobody, not even to mend another."""
    policy = Policy(
        waivers=(
            Waiver(
                code="unavailability",
                subjects=("session:s1",),
                reason="She comes for this one hour.",
            ),
        )
    )
    portfolio = world(*held("s1"), *held("s2", "10:00"), ill())
    made = repair(portfolio, "mic", policy=policy)
    assert made.broken == made.sessions == ("s2",)
    assert made.report.ok
    assert len(made.report.waived) == 1


def test_a_rule_that_a_policy_softens_breaks_nothing() -> None:
    """Only errors are mended; what is off is not even looked at."""
    portfolio = world(*held("s1"), ill())
    for severity in ("warning", "off"):
        policy = Policy(severities={"unavailability": severity})
        assert repair(portfolio, "mic", policy=policy).broken == ()


def test_all_that_end_too_late_for_the_next_module_are_broken() -> None:
    """A finding about order names the last session before; all those that are late may move."""
    nouns = [
        *held("a1", "10:00", module_id="m1"), *held("a2", "11:00", module_id="m1"),
        *held("b1", "09:00", "bob", module_id="m2"),
        *held("a0", "09:00", module_id="m1", day=date(2014, 9, 8)),
        *held("a9", module_id="m1", day=None),
    ]  # fmt: skip
    made = repair(world(*nouns), "mic", step=HOUR)
    assert made.broken == ("a2", "b1")
    assert made.sessions == ("b1",)


def test_a_rule_about_a_group_is_mended_by_moving_one() -> None:
    """A hard rule that asks for more than a group has is kept after one session moved."""
    fortnight = Period.days(date(2014, 9, 8), date(2014, 9, 19))
    rules: list[ScheduleRule] = [SpreadOverWeeks(least=2, of="edition", level="hard")]
    seen = Attendance(id="x", session_id="s1", person_id="bob", status="present")
    nouns = (edition("f", fortnight), session("s1", "09:00", room_id="r1", edition_id="f"),
             session("s2", "10:00", room_id="r1", edition_id="f"))  # fmt: skip
    for extra in ((), (seen,)):
        made = repair(world(*nouns, *extra), "mic", rules=rules)
        assert len(made.sessions) == 1
        assert made.report.ok


def test_two_entries_of_one_session_stay_together() -> None:
    """Duplicates are mended by taking one back, so a repair moves what clashes with them."""
    twins = [session(id, "09:00", title="same", room_id="r1") for id in ("s1", "s2")]
    other = session("s3", "09:00", room_id="r1")
    made = repair(world(*twins, other), "mic", window=WEEK, rules=[RoomOverlap()])
    assert made.report.ok
    assert made.sessions == ("s3",)
    assert made.unplaced == ()
    alone = repair(world(*twins), "mic", window=WEEK)
    assert (alone.changes, alone.broken, alone.score.hard) == ((), (), 1)


def test_a_day_that_is_full_is_avoided() -> None:
    """Days and weeks that hold as much as they may are full for whoever moves."""
    tuesday = date(2014, 9, 9)
    nouns = [*held("s1"), *held("s2", "10:00", "bob", day=tuesday), ill()]
    rules = (*SCHEDULE_RULES, MaxPerDay(most=1, of="edition", level="hard"))
    made = repair(world(*nouns), "mic", rules=rules)
    assert made.sessions == ("s1",)
    assert at(made, "s1")[:2] not in {"09", "10"}


def test_a_repair_looks_like_what_changed() -> None:
    """As text, as HTML and as rows: what was where, what is where, and what broke."""
    made = repair(world(*held("s1"), ill()), "mic", step=HOUR)
    (row,) = made.rows()
    assert row["session"] == "s1"
    assert row["broken"] is True
    assert str(made).startswith("1 broke hard rules, 1 change\n\n1 moved\n")
    html = str(made.html())
    assert "Before and after" in html
    assert html in str(getattr(made, "_repr_html_")())  # noqa: B009  # what a notebook asks
    assert "Name of ann" not in html
    assert "Name of ann" in str(made.html(names=True, view="list"))
    assert made.difference.of("moved") == ("s1",)


def test_what_rules_find_stands_in_the_text() -> None:
    """Violations that a repair cannot mend are findings in its text."""
    seen = Attendance(id="a", session_id="s1", person_id="bob", status="present")
    made = repair(world(*held("s1"), seen, ill()), "mic")
    assert "1 broke hard rules, 0 change\n" in str(made)
    assert "unavailability" in str(made)


def test_progress_is_told_and_a_search_can_be_stopped() -> None:
    """A caller hears how far a repair is, and what is not placed by then is left out."""
    told: list[Progress] = []
    portfolio = world(*held("s1"), ill())
    made = repair(portfolio, "mic", on_progress=told.append)
    assert [(each.phase, each.iteration, each.unplaced) for each in told] == [("placing", 1, 1)]
    assert made.iterations == 1
    stopped = repair(portfolio, "mic", should_stop=lambda: True)
    assert [each.session_id for each in stopped.unplaced] == ["s1"]
    assert repair(portfolio, "mic", iterations=0).iterations == 0


def test_arguments_are_settled_at_once() -> None:
    """Wrong arguments are refused by name, and an unknown scope is not found."""
    portfolio = world(*held("s1"), ill())
    with pytest.raises(InvariantError, match="repair: 2 problems"):
        repair(portfolio, "mic", step=timedelta(0), seed="x")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        repair(portfolio, "nowhere")


def test_who_stands_outside_the_window_stays_while_neighbors_make_room() -> None:
    """The next session of the edition moves for one that is broken; one on another day cannot."""
    one = Period.days(DAY, DAY)
    away = Availability(
        id="late", subject="person:ann", preference="unavailable", period=one,
        hours=WeeklyHours.parse("We 09:00-11:00"),
    )  # fmt: skip
    shut = Availability(id="shut", subject="room:r2", preference="unavailable", period=one)
    far = held("far", "09:00", "bob", day=DAY + timedelta(days=1))
    portfolio = world(*held("s1"), *held("s2", "11:00", "bob"), *far, away, shut)
    made = repair(portfolio, "mic", window=one, step=HOUR)
    assert made.broken == ("s1",)
    assert made.sessions == ("s1", "s2")
    assert (at(made, "s1"), at(made, "s2")) == ("10 11:00 r1", "10 10:00 r1")
    assert made.report.ok
