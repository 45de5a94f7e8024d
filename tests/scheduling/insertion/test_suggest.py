"""Suggestions for one session: feasible placements, their order, recording, and refusals."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import methodcaller

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.errors import InvariantError, NotFound, StaleProposal
from mic_core.findings import SEVERITY_OF, Policy, in_order
from mic_core.markup import notebook
from mic_core.model import (
    Assignment,
    Attendance,
    Availability,
    Center,
    Edition,
    Headcount,
    Noun,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.compare import compare
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.insertion.suggest import Suggestion, suggest
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.spread import MinDays, RoomStability
from mic_core.timetable import timetable_of
from tests.budget import one_in
from tests.scheduling.insertion import oracle as placings
from tests.scheduling.nouns import edition, gives, module, people, program, room, session, slot

WEEK = Period.days(date(2014, 9, 8), date(2014, 9, 12))
HOUR = timedelta(hours=1)
CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
    opening_hours=WeeklyHours.parse("Mo-Fr 09:00-12:00"),
)  # fmt: skip
MODULES = (
    module("m1", trainers=("ann",)),
    module("m2", trainers=("ann", "bob"), requires=("m1",)),
)


def world(*nouns: Noun) -> Portfolio:
    """A center with a room, and an edition of a program with two modules in one week."""
    return Portfolio.of(
        CENTER, room("r1"), edition("e", WEEK), program(*MODULES), *people("ann", "bob"), *nouns
    )


def offered(
    portfolio: Portfolio, id: str, *rules: ScheduleRule, most: int | None = None, days: int = 0
) -> list[str]:
    """The suggestions by day, hour, room and trainer, in order, on whole hours."""
    window = Period.days(DAY, DAY + timedelta(days=days))
    found = suggest(
        portfolio, id, most=most, window=window, step=HOUR, rules=(*SCHEDULE_RULES, *rules)
    )
    return [
        " ".join(
            [f"{each.slot.start:%d %H}", each.room_id or "-", *filter(None, [each.trainer_id])]
        )
        for each in found
    ]


DAY = date(2014, 9, 10)


def chosen(each: Suggestion) -> placings.Choice:
    """The placement that is suggested."""
    return each.slot.start.astimezone(UTC), each.room_id, each.trainer_id


@one_in(4)
@given(placings.questions(), placings.rules())
def test_all_feasible_placements_are_suggested(
    asked: placings.Question, rules: Sequence[ScheduleRule]
) -> None:
    """A placement is free if and only if the insertion cost of each hard rule is 0 or less."""
    portfolio, id, window, step = asked
    found = suggest(portfolio, id, most=None, window=window, step=step, rules=rules)
    more = placings.openings(portfolio, asked, rules)
    every = placings.placements(portfolio, id, window, step, more)
    free = {
        choice
        for choice, nouns in every.items()
        if not placings.broken(portfolio, id, nouns, rules)
    }
    assert {chosen(each) for each in found} == free
    assert found.free == len(found) == len(free)


@one_in(2)
@given(placings.questions(), placings.rules())
def test_costs_are_those_of_the_recorded_timetable(
    asked: placings.Question, rules: Sequence[ScheduleRule]
) -> None:
    """The difference in cost is that of `compare`, and the findings are those about the session."""
    portfolio, id, window, step = asked
    for each in suggest(portfolio, id, most=3, window=window, step=step, rules=rules):
        after = recorded(portfolio, each.changes)
        truth = compare(portfolio, after, rules=rules)
        assert each.by_rule == truth.by_rule
        differences = [b - a for a, b in zip(truth.before.levels, truth.after.levels, strict=True)]
        assert [each.unplaced, each.hard, each.medium, each.soft] == differences
        table = timetable_of(after)
        assert each.findings == in_order(
            breach.finding(rule.entry, SEVERITY_OF[rule.entry.level])
            for rule in rules
            for breach in conflicts(rule, table)
            if table.numbers[id] in breach.sessions
        )


@one_in(2)
@given(placings.questions(), placings.rules(), st.data())
def test_the_order_of_input_changes_nothing(
    asked: placings.Question, rules: Sequence[ScheduleRule], data: st.DataObject
) -> None:
    """The same nouns and rules in another order give the same suggestions, best first."""
    portfolio, id, window, step = asked
    first = suggest(portfolio, id, most=None, window=window, step=step, rules=rules)
    mixed = Portfolio.of(*data.draw(st.permutations([*portfolio.values()])))
    again = suggest(
        mixed, id, most=None, window=window, step=step, rules=data.draw(st.permutations(rules))
    )
    assert [*again] == [*first]
    keys = [
        (each.hard, each.medium, each.soft, each.slot.start_utc, each.room_id, each.trainer_id)
        for each in first
    ]
    order = [tuple(part if part is not None else "" for part in key) for key in keys]
    assert order == sorted(order)
    some = suggest(timetable_of(portfolio), id, most=2, window=window, step=step, rules=rules)
    assert [*some][:1] == [*first][:1]
    assert [each for each in first if each in [*some]] == [*some]
    assert len(some) == min(2, len(first))
    assert some.free == len(first)


def test_the_cheapest_comes_first_then_the_earliest_then_the_first_room() -> None:
    """Placements are sorted by cost, then by start, then by the id of the room."""
    portfolio = world(room("r0"), session("x", edition_id="e"))
    late = PreferredTimes(hours=WeeklyHours.parse("Mo-Su 11:00-12:00"))
    assert offered(portfolio, "x", late) == [
        "10 11 r0", "10 11 r1", "10 09 r0", "10 09 r1", "10 10 r0", "10 10 r1",
    ]  # fmt: skip
    assert offered(portfolio, "x", late, most=3) == ["10 11 r0", "10 09 r1", "10 10 r0"]
    assert offered(portfolio, "x", late, most=0) == []


def test_no_soft_cost_outweighs_a_medium_one() -> None:
    """A medium cost of 1 comes after any soft cost: levels are compared lexicographically."""
    portfolio = world(session("x", edition_id="e"))
    not_nine = PreferredTimes(hours=WeeklyHours.parse("Mo-Su 10:00-12:00"), level="medium")
    at_nine = PreferredTimes(hours=WeeklyHours.parse("Mo-Su 09:00-10:00"), weight=5_000_000)
    assert offered(portfolio, "x", not_nine, at_nine) == ["10 10 r1", "10 11 r1", "10 09 r1"]


def test_a_suggestion_is_recorded_like_a_plan() -> None:
    """A suggestion records slot, room and revision, and the trainer under a new id."""
    taken = Assignment(id="x-lead", session_id="y", person_id="bob", role="host")
    portfolio = world(session("x", edition_id="e", module_id="m1"), session("y"), taken)
    best = suggest(portfolio, "x", step=HOUR)[0]
    assert (best.unplaced, best.hard, best.medium, best.soft) == (-1, 0, 0, 0)
    after = portfolio.record(best, recorded_at=datetime(2014, 9, 1, tzinfo=UTC))
    placed = after.get(Session, "x")
    assert (placed.slot, placed.room_id, placed.revision) == (best.slot, "r1", 0)
    assert after.get(Assignment, "x-lead-2").person_id == best.trainer_id == "ann"
    moved = suggest(after, "x", step=HOUR, most=None)
    assert {each.trainer_id for each in moved} == {None}
    changed = moved[-1].changes
    assert [each.revision for each in changed if isinstance(each, Session)] == [1]
    assert moved[0].changes == ()
    assert moved[0].slot == placed.slot
    third = recorded(after, moved[-1].changes)
    with pytest.raises(StaleProposal):
        third.record(moved[1], recorded_at=datetime(2014, 9, 1, tzinfo=UTC))


def test_fixed_sessions_close_placements() -> None:
    """Rooms, persons, cohorts and precedences close placements; busy trainers are not chosen."""
    first = session("a", "09:00", room_id="r1", edition_id="e", module_id="m1")
    other = session("b", "11:00", room_id="r2")
    asked = session("x", edition_id="e", module_id="m2")
    portfolio = world(room("r2"), first, other, asked, gives("ann", "a"), gives("bob", "b"))
    assert offered(portfolio, "x") == [
        "10 10 r1 ann", "10 10 r1 bob", "10 10 r2 ann", "10 10 r2 bob", "10 11 r1 ann",
    ]  # fmt: skip
    away = Availability(id="off", subject="person:ann", period=WEEK, preference="unavailable")
    assert offered(recorded(portfolio, [away]), "x") == ["10 10 r1 bob", "10 10 r2 bob"]
    led = recorded(portfolio, [gives("ann", "x", role="assistant")])
    assert offered(led, "x") == ["10 10 r1 bob", "10 10 r2 bob"]


def test_a_slot_or_a_room_alone_is_kept() -> None:
    """A slot without a room is kept on any step; so is a room without a slot; online needs none."""
    halves = [
        session("slot", slot("09:10", 50)), session("room", room_id="r0"),
        session("online", mode="online"), session("z", "09:30", room_id="r1"),
    ]  # fmt: skip
    portfolio = world(room("r0"), *halves)
    assert [each.slot for each in suggest(portfolio, "slot", window=WEEK)] == [halves[0].slot]
    assert offered(portfolio, "slot") == ["10 09 r0"]
    assert offered(portfolio, "room") == ["10 09 r0", "10 10 r0", "10 11 r0"]
    assert offered(portfolio, "online") == ["10 09 -", "10 10 -", "10 11 -"]
    assert offered(portfolio, "z") == [
        f"10 {n} {id}" for n in ("09", 10, 11) for id in ("r0", "r1")
    ]
    lost = recorded(portfolio, [session("lost", room_id="gone")])
    assert offered(lost, "lost") == []


def test_a_session_that_was_entered_twice_does_not_hide_itself() -> None:
    """A duplicate may not overlap its original anew; its cost now counts as it is."""
    twins = [session(id, "09:00", room_id="r1", title="same") for id in ("x", "y")]
    portfolio = world(*twins, session("z", "09:00", room_id="r1"))
    soft = RoomOverlap(level="soft", weight=2)
    hard = tuple(each for each in SCHEDULE_RULES if each.entry.code != "room-overlap")
    assert offered(portfolio, "x") == ["10 10 r1", "10 11 r1"]
    rules = (*hard, soft)
    best = suggest(portfolio, "x", window=Period.days(DAY, DAY), step=HOUR, rules=rules)
    shown = [(each.slot.start.hour, each.hard, each.soft) for each in best]
    assert shown == [(10, -1, -2), (11, -1, -2)]
    for each in best:
        after = recorded(portfolio, each.changes)
        assert each.by_rule == compare(portfolio, after, rules=rules).by_rule


def test_a_rule_broken_already_forbids_nothing() -> None:
    """A rule broken without the session forbids nothing; placements that mend it come first."""
    fixed = [session(f"a{n}", f"1{n}:00", edition_id="e", module_id="m1") for n in range(2)]
    portfolio = world(*fixed, session("x", edition_id="e", module_id="m1"))
    days = MinDays(least=3, level="hard")
    found = offered(portfolio, "x", days, days=1)
    assert found == ["11 09 r1 ann", "11 10 r1 ann", "11 11 r1 ann", "10 09 r1 ann"]
    window = Period.days(DAY, DAY + timedelta(days=1))
    best = suggest(portfolio, "x", window=window, step=HOUR, most=None, rules=(*RULES, days))
    assert [each.hard for each in best] == [-1, -1, -1, 0]
    assert [each.findings[0].severity for each in best] == ["error"] * 4


RULES: tuple[ScheduleRule, ...] = SCHEDULE_RULES


def test_a_policy_moves_rules_to_other_levels() -> None:
    """A rule turned into a remark costs at its new level; one that is off costs nothing."""
    portfolio = world(session("a", "09:00", 180, room_id="r1"), session("x", "10:00"))
    window = Period.days(DAY, DAY)
    assert len(suggest(portfolio, "x", window=window)) == 0
    off = suggest(portfolio, "x", window=window, policy=Policy(severities={"room-overlap": "off"}))
    assert (off[0].by_rule, off[0].findings) == ((), ())
    mild = suggest(
        portfolio, "x", window=window, policy=Policy(severities={"room-overlap": "info"})
    )
    assert [(each.code, each.level, each.after) for each in mild[0].by_rule] == [
        ("room-overlap", "soft", 1)
    ]
    assert (mild[0].hard, mild[0].soft) == (0, 1)
    assert [each.severity for each in mild[0].findings] == ["info"]


def history(case: str) -> tuple[Noun, ...]:
    """The nouns that make a session cancelled or held."""
    at = datetime(2014, 9, 10, 12, tzinfo=UTC)
    match case:
        case "held" | "cancelled":
            return (
                Transition(
                    id="t", subject="session:x", before="planned", after=case, effective_at=at
                ),
            )
        case "attendance":
            return (Attendance(id="p", session_id="x", person_id="ann", status="present"),)
        case _:
            return (Headcount(id="h", session_id="x", n=9, basis="counted"),)


@pytest.mark.parametrize("case", ["held", "cancelled", "attendance", "head count"])
def test_a_held_session_is_not_moved(case: str) -> None:
    """A session that is cancelled, held, or at which anybody was counted, is refused."""
    portfolio = world(session("x", "09:00", room_id="r1"), *history(case))
    had = "cancelled" if case == "cancelled" else "held"
    with pytest.raises(InvariantError, match=f"still to take place; had {had}; "):
        suggest(portfolio, "x", window=WEEK)


def test_wrong_arguments_are_reported_together() -> None:
    """One error names them all; an unknown session is not found."""
    with pytest.raises(InvariantError) as told:
        suggest(world(), "no id", most=-1, step=timedelta(0))
    assert [each.path for each in told.value.problems] == ["most", "session_id", "step"]
    assert str(told.value).startswith("suggest: 3 problems")
    with pytest.raises(InvariantError, match="most"):
        suggest(world(session("x", edition_id="e")), "x", most=-1)
    with pytest.raises(NotFound, match="session:x is not in the portfolio"):
        suggest(world(), "x")
    with pytest.raises(InvariantError, match="suggest: 1 problem\n  window"):
        suggest(world(session("x")), "x")
    with pytest.raises(InvariantError, match="session_id"):
        suggest(world(), "no id")


def test_the_clocks_of_the_center_are_followed_where_they_change() -> None:
    """On 30 March no clock shows the hour after two, and on 26 October it is shown twice."""
    for day, hours in ((date(2014, 3, 30), 23), (date(2014, 10, 26), 24)):
        season = Edition(
            id="f", program_id="p", center_id="mic", number=2, period=Period.days(day, day)
        )
        portfolio = Portfolio.of(
            attrs.evolve(CENTER, opening_hours=None), room("r1"), season, program(*MODULES),
            session("x", edition_id="f"),
        )  # fmt: skip
        found = suggest(portfolio, "x", step=HOUR, most=None)
        assert len({each.slot.start_utc for each in found}) == len(found) == hours
        assert {each.slot.day for each in found} == {day}


def test_suggestions_look_like_what_they_say() -> None:
    """A line for each with its costs and rules, a row for each, and a table in a notebook."""
    stable = RoomStability(of="edition")
    portfolio = world(
        room("r0"), session("a", "09:00", room_id="r1", edition_id="e"),
        session("x", edition_id="e", module_id="m1"),
    )  # fmt: skip
    window = Period.days(DAY, DAY)
    found = suggest(
        portfolio, "x", window=window, step=HOUR, most=3, rules=(*SCHEDULE_RULES, stable)
    )
    assert str(found) == LOOK
    assert str(found[2]) == (
        "Wed 10 Sep 2014 10:00-11:00, room:r0, person:ann: +0 hard, +0 medium, +1 soft"
    )
    assert found.rows()[2] == {
        "session": "x", "start": "2014-09-10T10:00:00+02:00", "end": "2014-09-10T11:00:00+02:00",
        "room": "r0", "trainer": "ann", "unplaced": -1, "hard": 0, "medium": 0, "soft": 1,
    }  # fmt: skip
    assert "room-stability +1" in found.html().source
    assert methodcaller("_repr_html_")(found) == notebook(found.html())
    assert "<caption>Suggestions</caption>" in found.html().source
    online = suggest(world(session("x", mode="online")), "x", window=window, step=HOUR, most=1)
    assert str(online[0]) == "Wed 10 Sep 2014 09:00-10:00: +0 hard, +0 medium, +0 soft"
    assert str(online).splitlines()[-1].replace(" ", "") == "Wed10Sep201409:00-10:00│││0│0│0│"
    assert online.rows()[0]["room"] is None
    full = world(session("a", "09:00", 180, room_id="r1"), session("x", "09:00"))
    nothing = suggest(full, "x", window=window)
    assert str(nothing) == "session:x: 0 placements are free, 0 are shown"
    assert nothing.html().source == f'<p class="note">{nothing}</p>'


LOOK = """\
session:x: 4 placements are free, 3 are shown

slot                        │ room │ trainer │ hard │ medium │ soft │ because of
━━━━━━━━━━━━━━━━━━━━━━━━━━━━┿━━━━━━┿━━━━━━━━━┿━━━━━━┿━━━━━━━━┿━━━━━━┿━━━━━━━━━━━━━━━━━━
Wed 10 Sep 2014 10:00-11:00 │ r1   │ ann     │    0 │      0 │    0 │
Wed 10 Sep 2014 11:00-12:00 │ r1   │ ann     │    0 │      0 │    0 │
Wed 10 Sep 2014 10:00-11:00 │ r0   │ ann     │    0 │      0 │   +1 │ room-stability +1"""


def test_rooms_without_stated_seats_come_last() -> None:
    """At one cost and time a room of known seats is offered before one of which they are unknown.

    Nobody is turned away from the latter: it has no cost, however many are expected.
    """
    crowd = session("x", expected=15)
    known = world(room("r0", seats=None), crowd)
    first, second, *_ = suggest(known, "x", window=WEEK, step=HOUR, most=None)
    assert [first.room_id, second.room_id] == ["r1", "r0"]
    assert first.slot == second.slot


def test_a_few_suggestions_differ_in_day_and_part_of_day() -> None:
    """Five of a week are five days, and mornings and afternoons are among them."""
    long = attrs.evolve(CENTER, opening_hours=WeeklyHours.parse("Mo-Su 09:00-18:00"))
    known = Portfolio.of(long, room("r0"), room("r1"), session("x"))
    found = suggest(known, "x", window=WEEK)
    assert len({each.slot.start.date() for each in found}) == 5
    assert len({each.slot.start.hour // 4 for each in found}) >= 2
    assert {each.room_id for each in found} == {"r0", "r1"}
    day = suggest(known, "x", window=Period.days(DAY, DAY))
    starts = sorted(each.slot.start for each in day)
    assert all(after - before >= HOUR for before, after in pairwise(starts))
    assert len(starts) == 5


def test_of_one_hour_other_rooms_are_suggested() -> None:
    """Where only one start is free, the suggestions are its rooms."""
    short = attrs.evolve(CENTER, opening_hours=WeeklyHours.parse("We 09:00-10:00"))
    known = Portfolio.of(short, room("r0"), room("r1"), session("x"))
    found = suggest(known, "x", window=Period.days(DAY, DAY))
    assert [each.room_id for each in found] == ["r0", "r1"]


def test_no_start_lies_before_the_last_record() -> None:
    """The past is suggested only where a window or an earlier `now` asks for it."""
    known = world(room("r0"), session("x", edition_id="e"))
    noon = datetime(2014, 9, 10, 8, 30, tzinfo=UTC)
    later = known.record(room("r9"), recorded_at=noon)
    free = suggest(known, "x", step=HOUR, most=None).free
    past = suggest(later, "x", step=HOUR, most=None)
    assert 0 < past.free < free * 2
    assert all(each.slot.start >= noon for each in past)
    asked = suggest(later, "x", step=HOUR, most=None, window=Period.days(DAY, DAY))
    assert any(each.slot.start < noon for each in asked)
    early = suggest(later, "x", step=HOUR, most=None, now=noon - timedelta(days=9))
    assert any(each.slot.start < noon for each in early)
    late = suggest(later, "x", step=HOUR, window=Period.days(DAY, DAY), now=noon)
    assert late
    assert all(each.slot.start >= noon for each in late)
    with pytest.raises(InvariantError, match="now: must be a date and time with a zone"):
        suggest(later, "x", now=datetime(2014, 9, 10))  # noqa: DTZ001  # naive on purpose
