"""Proposals that no longer fit: a record that came between is named, unrelated ones are not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import attrs
import pytest

import mic_core as mic
from mic_core.codec.proposals import dumps_proposal, loads_proposal
from mic_core.errors import InvariantError
from mic_core.findings import Policy, Waiver
from mic_core.model import (
    Assignment,
    Attendance,
    Availability,
    Enrollment,
    Module,
    Noun,
    Person,
    Retraction,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule, Rule
from mic_core.scheduling.ground.ground import ground_of
from mic_core.scheduling.rules import SCHEDULE_RULES, DifferentDays, MaxPerDay, SameDay
from tests.scheduling.ground.world import (
    CENTER,
    DAY,
    EDITION,
    HOUR,
    NINE,
    PLAN,
    PROGRAM,
    ROOM,
    ROOM_TAKEN,
    TALK,
    WORLD,
    at,
    between,
    session,
    slot,
    stale,
    stale_by,
)

CAME_BETWEEN: dict[str, tuple[tuple[Noun, ...], str, str]] = {
    "room taken": ((ROOM_TAKEN,), "session:visit", "are in room:r at once"),
    "room closed": (
        (Availability(id="v", subject="room:r", preference="unavailable", slot=NINE),),
        "availability:v", "room:r is not available",
    ),
    "room retracted": ((Retraction(id="u", subject="room:r"),), "room:r", "names room:r, which"),
    "room without beamer": ((attrs.evolve(ROOM, features=()),), "room:r", "beamer"),
    "center closed": (
        (attrs.evolve(CENTER, closures=(DAY,)),), "center:mic", "center:mic is closed",
    ),
    "trainer taken": (
        (session("other", slot=NINE), Assignment(id="x", session_id="other", person_id="ann")),
        "session:other", "person:ann is assigned",
    ),
    "trainer away": (
        (Availability(id="v", subject="person:ann", preference="unavailable", slot=NINE),),
        "availability:v", "person:ann is not available",
    ),
    "trainer retracted": (
        (Retraction(id="u", subject="person:ann"),), "person:ann", "which is not there",
    ),
    "another lead": (
        (Assignment(id="x", session_id="talk", person_id="ben"),),
        "assignment:x", "has a lead in assignment:x already",
    ),
    "trainer struck off": (
        (attrs.evolve(PROGRAM, modules=(attrs.evolve(PROGRAM.modules[0], trainers=("ben",)),)),),
        "program:p", "is not among the trainers",
    ),
    "session cancelled": (
        (
            Transition(
                id="t", subject="session:talk", before="planned", after="cancelled",
                effective_at=at(0),
            ),
        ),
        "transition:t", "session:talk is cancelled",
    ),
    "session attended": (
        (Attendance(id="a", session_id="talk", person_id="ben", status="present"),),
        "attendance:a", "session:talk is held",
    ),
    "edition cancelled": (
        (attrs.evolve(EDITION, status="cancelled"),), "edition:e", "edition:e of session:talk",
    ),
    "audience busy": (
        (session("lab", slot=NINE, audience=("e",)),), "session:lab", "edition:e is expected",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CAME_BETWEEN)
def test_what_came_between_is_named(case: str) -> None:
    """A plan whose room, hour, trainer or session is no longer free is refused, with the reason."""
    nouns, cited, words = CAME_BETWEEN[case]
    error = stale(between(*nouns), PLAN)
    assert words in str(error)
    assert f"{cited} was " in str(error)
    assert "at 2014-09-01T10:00:00Z by desk" in str(error)
    assert str(error).endswith("; plan again")
    assert cited in error.since
    assert {each.fact("since") for each in PLAN.new_conflicts(between(*nouns))} >= {error.since[:1]}


UNRELATED: dict[str, tuple[Noun, ...]] = {
    "another hour": (session("visit", room_id="r", slot=slot("14:00")),),
    "another room": (
        attrs.evolve(ROOM, id="q", name="Other"), session("visit", room_id="q", slot=NINE),
    ),
    "another person": (
        session("visit", slot=NINE), Assignment(id="x", session_id="visit", person_id="ben"),
    ),
    "the room renamed": (attrs.evolve(ROOM, name="Monty", seats=None),),
    "the center renamed": (attrs.evolve(CENTER, name="Center"),),
    "an assistant": (Assignment(id="x", session_id="talk", person_id="ben", role="assistant"),),
    "clashes elsewhere": (
        session("one", room_id="r", slot=slot("14:00")),
        session("two", room_id="r", slot=slot("14:00")),
    ),
    "a seat": (Enrollment(id="n", participant_id="ben", into="e"),),
}  # fmt: skip


@pytest.mark.parametrize("case", UNRELATED)
def test_unrelated_records_leave_a_proposal_fresh(case: str) -> None:
    """Later records that do not touch its places, people and hours never make a plan stale."""
    later = between(*UNRELATED[case])
    assert PLAN.new_conflicts(later) == ()
    after = later.record(PLAN, recorded_at=at(9))
    assert after.get(Session, "talk").slot == NINE
    read = loads_proposal(dumps_proposal(PLAN))
    assert later.record(read, recorded_at=at(9)) == after


def test_a_clash_that_was_there_before_does_not_count() -> None:
    """A suggestion for a session that clashes already keeps fitting until another clash comes."""
    known = WORLD.record(ROOM_TAKEN, attrs.evolve(TALK, slot=NINE, room_id="r"), recorded_at=at(0))
    made = mic.suggest(known, "talk", window=DAY, rules=(), most=1)[0]
    assert made.ground.known == ()
    stays = mic.suggest(known, "visit", window=DAY, rules=SCHEDULE_RULES)
    assert len(stays) == 0
    lead = Assignment(id="l", session_id="talk", person_id="ann")
    ground = ground_of("plan", known, (lead,), SCHEDULE_RULES)
    assert [key[0] for key, _ in ground.known] == ["room-overlap"]
    assert ground.new_conflicts(between(base=known), (lead,)) == ()
    also = session("third", room_id="r", slot=NINE)
    (found,) = ground.new_conflicts(between(also, base=known), (lead,))
    assert found.fact("since") == ("session:third",)
    assert found.mend == "plan again"


def test_a_waived_clash_is_none() -> None:
    """A clash that the policy of a plan waives does not make it stale."""
    policy = Policy(waivers=(Waiver(code="room-overlap", reason="two halves of a hall"),))
    plan = mic.plan(WORLD, "session:talk", window=DAY, policy=policy)
    assert between(ROOM_TAKEN).record(plan, recorded_at=at(9)).get(Session, "talk").slot == NINE
    lenient = Policy(severities={"room-overlap": "warning", "participant-overlap": "error"})
    plan = mic.plan(WORLD, "session:talk", window=DAY, policy=lenient)
    assert plan.new_conflicts(between(ROOM_TAKEN)) == ()
    read = loads_proposal(dumps_proposal(plan))
    assert read.ground == plan.ground
    assert {each.entry.code for each in read.ground.rules} == {
        each.entry.code for each in plan.ground.rules
    }


def test_groups_are_compared_by_their_cost() -> None:
    """A sum that these changes push over its limit is a clash; one that others break is not."""
    rules = (MaxPerDay(of="edition", most=2, level="hard"),)
    plan = mic.plan(WORLD, "session:talk", window=DAY, rules=rules)
    full = [session(f"s-{n}", slot=slot("14:00"), edition_id="e") for n in range(3)]
    error = stale_by(between(*full[:2]), plan, rules)
    assert error.since == ("session:s-0", "session:s-1")
    elsewhere = [attrs.evolve(each, slot=slot("14:00", "2014-09-11")) for each in full]
    assert plan.new_conflicts(between(*elsewhere)) == ()
    spread = (DifferentDays(of="edition", level="hard"),)
    plan = mic.plan(WORLD, "session:talk", window=DAY, rules=spread)
    assert plan.new_conflicts(between(*elsewhere)) == ()
    assert plan.new_conflicts(between(full[0])) != ()
    together = (SameDay(of="edition", level="hard"),)
    plan = mic.plan(WORLD, "session:talk", window=DAY, rules=together)
    assert plan.new_conflicts(between(*full)) == ()
    assert stale_by(between(elsewhere[0]), plan, together).since == ("session:s-0",)


def test_rules_of_groups_and_of_the_portfolio_stand_side_by_side() -> None:
    """A fix that adds to a full day is told so, whatever other rules there are."""
    entry = Entry(code="own", level="hard", law="l", why="w", source="s", sentence="x", mend="m")
    silent = PortfolioRule(entry=entry, find=lambda _portfolio, _as_of: ())
    rules: tuple[Rule, ...] = (
        silent,
        *SCHEDULE_RULES,
        MaxPerDay(of="edition", most=1, level="hard"),
    )
    change = attrs.evolve(TALK, slot=NINE, room_id="r", revision=1)
    ground = ground_of("fixes", WORLD, (change,), rules)
    later = session("s", slot=slot("14:00"), edition_id="e")
    (found,) = ground.new_conflicts(between(later), (change,))
    assert found.fact("since") == ("session:s",)


def test_the_order_of_modules_judges_too() -> None:
    """A session that was placed before the one that it builds on makes a plan stale."""
    later = Module(id="n", title="Next", length=HOUR, requires=("m",))
    program = attrs.evolve(PROGRAM, modules=(*PROGRAM.modules, later))
    known = WORLD.record(program, recorded_at=at(0))
    plan = mic.plan(known, "session:talk", window=DAY)
    early = session("next", edition_id="e", module_id="n", slot=slot("09:00", "2014-09-08"))
    assert stale(between(early, base=known), plan).since == ("session:next",)


def test_changes_without_a_place_have_premises_only() -> None:
    """Retractions, transitions, assistants and sessions without a slot clash with no timetable."""
    changes = (
        Retraction(id="u", subject="room:r"),
        Assignment(id="x", session_id="talk", person_id="ben", role="assistant"),
        Assignment(id="y", session_id="nowhere", person_id="ben"),
        session("bare"),
    )
    ground = ground_of("fixes", WORLD, changes, SCHEDULE_RULES)
    assert [key[:2] for key, _ in ground.known] == [
        ("dangling-reference", ("assignment:y", "session:nowhere"))
    ]
    assert ground.new_conflicts(between(ROOM_TAKEN), changes) == ()


def _never_two(scope: Any) -> Any:
    @mic.rule("never-two", "hard", scope=scope, law="The house holds one session in this span.")
    def never_two(sessions: tuple[Session, ...]) -> bool:
        return len(sessions) > 1

    return never_two


@pytest.mark.parametrize("scope", ["group-day", "group", "timetable"])
def test_own_rules_of_groups_judge_too(scope: Any) -> None:
    """A function of a day or of all sessions makes a plan stale only if the plan makes it worse."""
    rules = (_never_two(scope),)
    plan = mic.plan(WORLD, "session:talk", window=DAY, rules=rules)
    one, two = session("one", slot=NINE), session("two", slot=slot("14:00"))
    error = stale_by(between(one), plan, rules)
    assert error.since == ("session:one",)
    broken = between(attrs.evolve(one, slot=slot("09:00", "2014-09-11")), two)
    is_worse = scope == "group-day"
    assert (plan.new_conflicts(broken) != ()) is is_worse


def test_a_pair_rule_and_a_broken_one() -> None:
    """A function of pairs is judged for each pair; a rule that raises is named, nothing is kept."""

    @mic.rule("apart", "hard", scope="pair", law="Sessions start at different hours.")
    def apart(one: Session, other: Session) -> bool:
        if "boom" in (one.id, other.id):
            raise ValueError
        return one.slot == other.slot

    rules = (*SCHEDULE_RULES, apart)
    plan = mic.plan(WORLD, "session:talk", window=DAY, rules=rules)
    assert stale_by(between(session("n", slot=NINE)), plan, rules).since == ("session:n",)
    with pytest.raises(InvariantError, match="apart"):
        between(session("boom", slot=NINE)).record(plan, recorded_at=at(9))


def test_rules_of_a_fix_judge_what_it_changes() -> None:
    """A fix is judged by the rules of the portfolio too; one that raises then is named."""
    entry = Entry(
        code="own", level="hard", law="l", why="w", source="s", sentence="{subjects} odd", mend="m"
    )
    judged: list[Callable[[Portfolio], bool]] = [lambda _: False]

    def find(portfolio: Portfolio, _: datetime | None) -> Any:
        return [Breach(subjects=("session:talk",))] if judged[0](portfolio) else []

    rules = (PortfolioRule(entry=entry, find=find),)
    timed = PortfolioRule(entry=attrs.evolve(entry, code="late", timed=True), find=find)
    change = attrs.evolve(TALK, expected=3, revision=1)
    ground = ground_of("fixes", WORLD, (change,), (*rules, timed))
    judged[0] = lambda portfolio: portfolio.find(Person, "eve") is not None
    (found,) = ground.new_conflicts(between(), (change,))
    assert (found.code, found.fact("since")) == ("own", ("person:eve",))
    judged[0] = lambda _: 1 // 0 > 0
    with pytest.raises(InvariantError, match="ZeroDivisionError in own") as refused:
        ground.new_conflicts(between(), (change,))
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
    for exhausted in (MemoryError, RecursionError):

        def judge(_: Portfolio, error: type[Exception] = exhausted) -> bool:
            raise error

        judged[0] = judge
        with pytest.raises(exhausted):
            ground.new_conflicts(between(), (change,))


def test_a_clash_that_came_and_went_is_not_the_cause() -> None:
    """Of a clash that ended and came again, the last beginning is named; one that ended is none."""
    taken = WORLD.record(ROOM_TAKEN, recorded_at=at(1), actor="first")
    gone = taken.record(Retraction(id="u", subject="session:visit"), recorded_at=at(2))
    assert PLAN.new_conflicts(gone) == ()
    back = gone.record(ROOM_TAKEN, recorded_at=at(3), actor="second")
    for hour in range(4, 9):
        back = back.record(session(f"x-{hour}"), recorded_at=at(hour))
    assert "session:visit was recorded at 2014-09-01T11:00:00Z by second" in str(stale(back, PLAN))


def test_the_very_instant_that_a_proposal_has_seen_may_hold_more() -> None:
    """A record at the instant of the ground is named, and not what the proposal names itself."""
    seen = WORLD.record(attrs.evolve(ROOM, name="Hall"), recorded_at=at(1))
    plan = mic.plan(seen, "session:talk", window=DAY)
    error = stale(seen.record(ROOM_TAKEN, recorded_at=at(1), actor="desk"), plan)
    assert error.since == ("session:visit",)
    closed = Availability(id="v", subject="room:r", preference="unavailable", slot=NINE)
    assert stale(seen.record(closed, recorded_at=at(1)), plan).since == ("availability:v",)
    assert stale(mic.merge(WORLD, Portfolio.of(ROOM_TAKEN)), PLAN).since == ("session:visit",)
    assert stale(mic.slice(WORLD, "session:talk"), PLAN).since == ()


@pytest.mark.parametrize("hour", range(1, 10))
def test_a_cause_that_no_subject_names_is_found_as_well(hour: int) -> None:
    """The record of a program that strikes off a trainer is found among all others since."""
    module = attrs.evolve(PROGRAM.modules[0], trainers=("ben",))
    known = WORLD
    for each in range(1, 10):
        noun = attrs.evolve(PROGRAM, modules=(module,)) if each == hour else session(f"x-{each}")
        known = known.record(noun, recorded_at=at(each))
    assert stale(known, PLAN).since == ("program:p",)
