"""Plans and outlines, end to end: what is proposed, recorded, refused and explained."""

from datetime import UTC, date, datetime, time, timedelta

import attrs
import pytest

from mic_core.chrono import Period, Recurrence, Slot, WeeklyHours
from mic_core.errors import InvariantError, NotFound
from mic_core.findings import Policy, Waiver
from mic_core.model import Assignment, Availability, Center, Edition, Noun, Series, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.outline import outline
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.planning.proposal import Plan
from mic_core.scheduling.problem.solution import Progress
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.overlap import AudienceOverlap, RoomOverlap
from mic_core.scheduling.rules.spread import MinDays, SpreadOverWeeks
from mic_core.timetable import is_placed
from tests.scheduling.nouns import edition, module, people, program, room, session, slot

NOW = datetime(2014, 9, 1, tzinfo=UTC)
WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))
CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Fr 09:00-12:00"),
)  # fmt: skip


def world(*nouns: Noun) -> Portfolio:
    """A center with a room, and an edition of a program with two modules in one week."""
    modules = (
        module("m1", count=2, trainers=("ann",)),
        module("m2", count=2, trainers=("ann", "bob"), requires=("m1",), topic="IT"),
    )
    return Portfolio.of(
        CENTER, room("r1"), edition("e", WEEK), program(*modules), *people("ann", "bob"), *nouns
    )


def drawn(*nouns: Noun) -> Portfolio:
    """The same with the sessions that the modules call for."""
    start = world(*nouns)
    return start.record(outline(start, "e"), recorded_at=NOW)


def test_an_outline_recorded_and_planned_is_a_kept_schedule() -> None:
    """Modules become sessions, sessions get slots, rooms and trainers, and no rule complains."""
    portfolio = drawn()
    made = plan(portfolio, "e", seed=1)
    after = portfolio.record(made, recorded_at=NOW)
    assert made.report.ok
    assert not made.unplaced
    assert all(is_placed(each) for each in after.all(Session))
    assert score(after, SCHEDULE_RULES) == made.score
    assert {each.session_id for each in after.all(Assignment)} == {
        "e-m1-1", "e-m1-2", "e-m2-1", "e-m2-2",
    }  # fmt: skip
    assert after.record(made, recorded_at=NOW) == after
    assert [row["room"] for row in made.rows()] == ["r1"] * 4
    assert "0 unplaced" in str(made)


def test_placed_sessions_stay_unless_they_are_free() -> None:
    """A placed session is an obstacle; if it is free it may move, and gets a new revision."""
    taken = [
        session(f"x{n}", slot("09:00", 180, day=date(2014, 9, 8 + n)), room_id="r1", revision=3)
        for n in range(5)
    ]
    portfolio = drawn(*taken)
    stuck = plan(portfolio, "e")
    assert len(stuck.unplaced) == 4
    why = stuck.unplaced[0]
    assert (why.placements, why.free) == (5 * 96 - 3, 0)  # the last three would run past midnight
    assert why.rules == (("opening-hours", why.placements - 5 * 9), ("room-overlap", 5 * 15))
    assert "room-overlap" in str(stuck)
    short = [attrs.evolve(each, slot=None, length=timedelta(hours=1)) for each in taken]
    short = [
        attrs.evolve(each, slot=slot("10:00", 60, day=date(2014, 9, 8 + n)))
        for n, each in enumerate(short)
    ]
    crowd = [session(f"y{n}", edition_id="e", minutes=120) for n in range(5)]
    portfolio = world(*short, *crowd)
    freed = plan(portfolio, ("mic",), free=("x0", "x1", "x2", "x3", "x4"), window=WEEK)
    assert not freed.unplaced
    moved = {each.id: each.revision for each in freed.changes if isinstance(each, Session)}
    assert {id: n for id, n in moved.items() if id.startswith("x")} == {
        f"x{n}": 4 for n in range(5)
    }
    assert {id: n for id, n in moved.items() if id.startswith("y")} == {
        f"y{n}": 0 for n in range(5)
    }
    assert [each.id for each in freed.replaces if isinstance(each, Session)] == sorted(moved)


def test_a_free_session_that_fits_nowhere_loses_its_slot() -> None:
    """A session that was in the way and finds no other place is reported as not placed."""
    outside = session("x", slot("19:00"), room_id="r1", revision=1)
    made = plan(world(outside), "x", free="x", window=WEEK, rules=SCHEDULE_RULES)
    assert not made.unplaced
    closed = Availability(id="a", subject="session:x", period=WEEK, preference="unavailable")
    made = plan(world(outside, closed), "x", free="x", window=WEEK)
    assert [each.session_id for each in made.unplaced] == ["x"]
    changed = made.changes[0]
    assert isinstance(changed, Session)
    assert (changed.slot, changed.room_id, changed.revision) == (None, None, 2)
    assert made.rows() == ({"session": "x", "room": None, "start": None, "end": None},)


def test_a_session_with_a_slot_and_no_room_keeps_the_slot() -> None:
    """Only a room is sought, also where the slot is on no step; taken rooms are left out."""
    asked = session("x", slot("09:10", 50))
    other = session("y", slot("09:55", 60), room_id="r1")
    made = plan(world(room("r2"), asked, other), "x", window=WEEK)
    changed = made.changes[0]
    assert isinstance(changed, Session)
    assert (changed.slot, changed.room_id) == (asked.slot, "r2")
    late = plan(world(asked, other), "x", window=WEEK)
    assert [each.session_id for each in late.unplaced] == ["x"]
    assert late.changes == ()


def test_a_session_that_has_a_room_keeps_it() -> None:
    """A room that was given is the only one to choose; online sessions get none."""
    asked = session("x", room_id="r2")
    online = session("z", mode="online")
    made = plan(world(room("r2"), room("r0"), asked, online), ("x", "z"), window=WEEK)
    rooms = {each.id: each.room_id for each in made.changes if isinstance(each, Session)}
    assert rooms == {"x": "r2", "z": None}


def test_without_a_room_the_reason_is_told() -> None:
    """A center without rooms has no placements at all."""
    portfolio = Portfolio.of(CENTER, session("x"))
    made = plan(portfolio, "mic", window=WEEK)
    assert str(made.unplaced[0]) == "session:x: there is no room, or no time to start"


def test_unsuitable_rooms_are_counted_by_rule() -> None:
    """A room too small blocks all its placements."""
    made = plan(world(session("x", expected=50)), "x", window=WEEK)
    assert dict(made.unplaced[0].rules)["room-seats"] == made.unplaced[0].placements


def test_a_trainer_with_another_part_is_not_chosen_besides() -> None:
    """An assistant does not lead as well, and a lead is not replaced."""
    helping = Assignment(id="a", session_id="x", person_id="ann", role="assistant")
    asked = session("x", module_id="m2", edition_id="e")
    made = plan(world(asked, helping), "x")
    chosen = [each.person_id for each in made.changes if isinstance(each, Assignment)]
    assert chosen == ["bob"]
    leading = attrs.evolve(helping, role="lead")
    made = plan(world(asked, leading), "x")
    assert not any(isinstance(each, Assignment) for each in made.changes)


def test_ids_of_assignments_are_fresh_and_short() -> None:
    """A taken id is numbered on; a long one is cut to what an id may have."""
    long = "s" * 64
    taken = Assignment(id="x-lead", session_id="y", person_id="bob", role="host")
    asked = [session(id, module_id="m1", edition_id="e") for id in ("x", long)]
    made = plan(world(*asked, session("y"), taken), ("x", long))
    ids = sorted(each.id for each in made.changes if isinstance(each, Assignment))
    assert ids == ["s" * 59 + "-lead", "x-lead-2"]


@pytest.mark.parametrize("minutes", [0.5, 0, 1441, 7.25])
def test_a_step_is_a_whole_number_of_minutes(minutes: float) -> None:
    """A step below a minute, above a day or with seconds is refused."""
    with pytest.raises(InvariantError, match="step"):
        plan(world(), "e", step=timedelta(minutes=minutes))


def test_a_window_is_asked_for_where_there_is_none() -> None:
    """A session without an edition needs a window; so does an edition without an end."""
    with pytest.raises(InvariantError, match="window"):
        plan(world(session("x")), "x")
    endless = Edition(
        id="f", program_id="p", center_id="mic", number=2, period=Period(date(2014, 9, 8))
    )
    with pytest.raises(InvariantError, match="window"):
        plan(world(endless, session("x", edition_id="f")), "f")
    assert not plan(world(session("x")), ("x", "e")).unplaced


def test_the_audience_gives_a_window_too() -> None:
    """A session without an edition of its own takes place while those expected at it run."""
    later = edition("f", Period.days(date(2014, 9, 15), date(2014, 9, 16)))
    made = plan(world(later, session("x", audience=("f",))), "x")
    changed = made.changes[0]
    assert isinstance(changed, Session)
    assert changed.slot is not None
    assert changed.slot.day >= date(2014, 9, 15)


def test_an_unknown_scope_is_not_found() -> None:
    """A scope names what is in the portfolio."""
    with pytest.raises(NotFound):
        plan(world(), "nowhere")


def test_an_empty_scope_makes_an_empty_plan() -> None:
    """Nothing to place is a plan without changes."""
    made = plan(world(), "e")
    assert (made.changes, made.unplaced, made.score.total) == (
        (), (), "0 unplaced, 0 hard, 0 medium, 0 soft",
    )  # fmt: skip


def test_a_policy_moves_rules_to_other_levels() -> None:
    """A rule switched off is not asked; one made a remark may be broken, and may be waived."""
    full = session("z", slot("09:00", 180), room_id="r1")
    asked = [session("x", slot("09:00", 60)), full]
    off = plan(world(*asked), "x", policy=Policy(severities={"room-overlap": "off"}))
    assert off.changes
    soft = Policy(severities={"room-overlap": "info"})
    mild = plan(world(*asked), "x", policy=soft)
    assert [each.severity for each in mild.report.of("room-overlap")] == ["info"]
    assert (mild.score.levels, off.score.levels) == ((0, 0, 0, 1), (0, 0, 0, 0))
    waiver = Waiver(code="room-overlap", reason="they share the hall")
    waived = plan(world(*asked), "x", policy=attrs.evolve(soft, waivers=(waiver,)))
    assert waived.report.findings == ()
    assert len(waived.report.waived) == 1


def test_progress_is_told_and_a_stop_is_obeyed() -> None:
    """A caller hears of both phases, and may end the search at once."""
    heard: list[Progress] = []
    plan(drawn(), "e", on_progress=heard.append, rules=(*SCHEDULE_RULES, MinDays(least=3)))
    assert {each.phase for each in heard} == {"placing", "improving"}
    stopped = plan(drawn(), "e", should_stop=lambda: True)
    assert len(stopped.unplaced) == 4
    heard.clear()
    count = iter(range(100))
    rules = (*SCHEDULE_RULES, MinDays(least=3))
    plan(drawn(), "e", rules=rules, should_stop=lambda: next(count) > 0, on_progress=heard.append)
    assert len(heard) == 2


def test_a_hard_rule_that_only_more_sessions_keep_is_mended_by_leaving_out() -> None:
    """Two days are asked for where there is one: the sessions stay out rather than break it."""
    asked = [session(f"x{n}", edition_id="e", module_id="m1") for n in range(2)]
    one_day = Period.days(date(2014, 9, 8), date(2014, 9, 8))
    rules = (*SCHEDULE_RULES, MinDays(least=2, level="hard"))
    made = plan(world(*asked), "e", window=one_day, rules=rules)
    assert made.report.ok
    assert len(made.unplaced) == 2
    wide = plan(world(*asked), "e", rules=rules, iterations=2_000)
    assert wide.report.ok
    assert not wide.unplaced


def test_rooms_that_host_several_sessions_are_filled_no_further() -> None:
    """Three hours in a room for two: six hours of sessions fit, beside one that stays."""
    fixed = session("z", slot("09:00", 60, day=date(2014, 9, 8)), room_id="wide")
    asked = [session(f"x{n}") for n in range(5)]
    portfolio = Portfolio.of(CENTER, room("wide", concurrency=2), fixed, *asked)
    day = Period.days(date(2014, 9, 8), date(2014, 9, 8))
    made = plan(portfolio, "mic", window=day, step=timedelta(hours=1))
    assert not made.unplaced
    assert made.report.ok
    more = portfolio.record(session("y"), recorded_at=NOW)
    full = plan(more, "mic", window=day, step=timedelta(hours=1))
    assert len(full.unplaced) == 1
    assert full.report.ok


def test_more_than_fits_is_placed_as_far_as_it_goes() -> None:
    """Of too many sessions most are placed, and limits by day count as reasons."""
    asked = [session(f"x{n:02}", edition_id="e") for n in range(12)]
    made: Plan = plan(world(*asked), "e", rules=(*SCHEDULE_RULES, MaxPerDay(most=2)))
    assert made.report.ok
    assert len(made.unplaced) == 2
    assert "max-per-day" in dict(made.unplaced[0].rules)


def test_rules_about_the_portfolio_are_left_to_check() -> None:
    """A plan takes any rules and asks those about the timetable."""
    rules = (RoomOverlap(), AudienceOverlap())
    assert not plan(drawn(), "e", rules=rules).unplaced


def test_a_search_starts_from_what_was_placed() -> None:
    """A session that mends what those that stay break on their own is counted as a gain."""
    fixed = session("a", slot("09:00", day=date(2014, 9, 8)), room_id="r1", edition_id="e")
    fortnight = Period.days(date(2014, 9, 8), date(2014, 9, 19))
    rules = (*SCHEDULE_RULES, SpreadOverWeeks(least=2, of="edition", level="hard"))
    made = plan(world(fixed, session("x", edition_id="e")), "x", window=fortnight, rules=rules[:-1])
    assert not made.unplaced
    other = tuple(each for each in rules if each.entry.code != "edition-period")
    made = plan(world(fixed, session("x", edition_id="e")), "x", window=fortnight, rules=other)
    assert made.report.ok
    assert made.solution.cost == -(10**12)


SERIES = Series(
    id="evening", center_id="mic", title="IT camp", recurrence=Recurrence.parse("FREQ=WEEKLY"),
    first_on=date(2014, 10, 14), starts_at=time(18), length=timedelta(hours=2), room_id="r1",
)  # fmt: skip


def test_a_series_becomes_sessions_at_the_same_local_time() -> None:
    """Each date has a session with slot, room and original date; those that exist are left out."""
    window = Period.days(date(2014, 10, 1), date(2014, 10, 31))
    made = outline(world(SERIES), "mic", window=window)
    evenings = [each for each in made.sessions if each.series_id == "evening"]
    assert [each.id for each in evenings] == [
        "evening-2014-10-14", "evening-2014-10-21", "evening-2014-10-28",
    ]  # fmt: skip
    assert [str(each.slot)[-32:-14] for each in evenings] == ["2014 18:00-20:00 E"] * 3
    assert all(each.original_on == (each.slot and each.slot.day) for each in evenings)
    after = world(SERIES).record(made, recorded_at=NOW)
    moved = attrs.evolve(evenings[0], slot=Slot.at("2014-10-15", "10:00", SERIES.length, "UTC"))
    after = after.record(moved, recorded_at=NOW)
    assert outline(after, "mic", window=window).changes == ()
    assert str(outline(after, "evening", window=window)) == "All sessions exist already."
    assert "evening-2014-10-14" in str(made)
    assert made.rows()[0]["minutes"] == 60


def test_a_series_ends_with_its_rule_or_its_window() -> None:
    """A rule that ends needs no window; one that does not needs one, which may lack a side."""
    with pytest.raises(InvariantError, match="window"):
        outline(world(SERIES), "evening")
    ending = attrs.evolve(SERIES, recurrence=Recurrence.parse("FREQ=WEEKLY;COUNT=2"))
    assert len(outline(world(ending), ("series:evening", "evening")).changes) == 2
    until = attrs.evolve(SERIES, recurrence=Recurrence.parse("FREQ=WEEKLY;UNTIL=20141030"))
    assert len(outline(world(until), "evening", window=Period(date(2014, 10, 20))).changes) == 2
    assert len(outline(world(SERIES), "evening", window=Period(date(2014, 10, 20))).changes) > 500
    early = Period(None, date(2014, 10, 22))
    assert len(outline(world(SERIES), "evening", window=early).changes) == 2


def test_sessions_of_a_module_that_exist_count() -> None:
    """Only what is missing is called for, under ids that nothing bears yet."""
    own = session("own", edition_id="e", module_id="m1")
    taken = session("e-m1-1")
    made = outline(world(own, taken), "e")
    assert [each.id for each in made.sessions] == ["e-m1-2", "e-m2-1", "e-m2-2"]
    alone = Portfolio.of(CENTER, edition("e", WEEK))
    assert outline(alone, "e").changes == ()
