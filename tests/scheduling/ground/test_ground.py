"""Proposals that no longer fit: a record that came between is named, unrelated ones are not."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import attrs
import pytest

import mic_core as mic
from mic_core.codec.proposals import dumps_proposal, loads_proposal
from mic_core.errors import InvariantError, MicError, StaleProposal
from mic_core.findings import Policy, Waiver
from mic_core.model import (
    Assignment,
    Attendance,
    Availability,
    Center,
    Edition,
    Enrollment,
    Module,
    Noun,
    Person,
    Program,
    Retraction,
    Room,
    Seats,
    Series,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, Entry, PortfolioRule
from mic_core.scheduling.ground.ground import ground_of
from mic_core.scheduling.rules import SCHEDULE_RULES, DifferentDays, MaxPerDay, SameDay

HOUR, PLACE = timedelta(hours=1), "Europe/Brussels"
DAY = mic.Period.days(date(2014, 9, 10), date(2014, 9, 10))
WEEK = mic.Period.days(date(2014, 9, 8), date(2014, 9, 12))


def at(hour: int) -> datetime:
    """An instant some hours after the first morning."""
    return datetime(2014, 9, 1, 8, tzinfo=UTC) + hour * HOUR


def slot(start: str, day: str = "2014-09-10") -> mic.Slot:
    """A slot of one hour in Brussels."""
    return mic.Slot.at(day, start, HOUR, PLACE)


def session(id: str, **fields: Any) -> Session:
    """A session of one hour in Brussels."""
    return Session(id=id, center_id="mic", title=id, length=HOUR, **fields)


CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone=PLACE,
    opening_hours=mic.WeeklyHours.parse("Mo-Fr 09:00-10:00"),
)  # fmt: skip
ROOM = Room(id="r", center_id="mic", name="Montoyer", seats=20, features=("beamer",))
ANN, BEN = Person(id="ann", name="Ann"), Person(id="ben", name="Ben")
PROGRAM = Program(
    id="p", title="Camp", kind="training",
    modules=(Module(id="m", title="Pitch", count=2, length=HOUR, trainers=("ann",)),),
)  # fmt: skip
EDITION = Edition(
    id="e", program_id="p", center_id="mic", number=1, period=WEEK, seats=Seats(in_person=10)
)
SERIES = Series(
    id="w", center_id="mic", title="Evening",
    recurrence=mic.Recurrence.parse("FREQ=WEEKLY;COUNT=3"), first_on=date(2014, 9, 9),
    starts_at=time(9), length=HOUR, room_id="r",
)  # fmt: skip
TALK = session("talk", needs=("beamer",), edition_id="e", module_id="m")
WORLD = Portfolio.of(CENTER, ROOM, ANN, BEN, PROGRAM, EDITION, SERIES, TALK)
NINE = slot("09:00")

# With these hours and this day there is one place for the talk, with one trainer.
PLAN = mic.plan(WORLD, "session:talk", window=DAY)


def between(*nouns: Noun, base: Portfolio = WORLD, actor: str | None = "desk") -> Portfolio:
    """The world after some facts, with unrelated records before and after."""
    before = base.record(session("elsewhen"), recorded_at=at(1), actor="robot")
    after = before.record(*nouns, recorded_at=at(2), actor=actor)
    return after.record(Person(id="eve", name="Eve"), recorded_at=at(3), actor="robot")


def stale(portfolio: Portfolio, *items: Any) -> StaleProposal:
    """The error that recording raises, and that a proposal read from JSON raises as well."""
    with pytest.raises(StaleProposal) as caught:
        portfolio.record(*items, recorded_at=at(9))
    read = [
        each if isinstance(each, Noun.__args__) else loads_proposal(dumps_proposal(each))  # type: ignore[attr-defined]
        for each in items
    ]
    with pytest.raises(StaleProposal) as again:
        portfolio.record(*read, recorded_at=at(9))
    assert str(again.value) == str(caught.value)
    assert again.value.since == caught.value.since
    return caught.value


ROOM_TAKEN = session("visit", room_id="r", slot=slot("09:30"))
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


def stale_by(portfolio: Portfolio, item: Any, rules: Any) -> StaleProposal:
    """The error, with the rules of the app given again to a proposal read from JSON."""
    with pytest.raises(StaleProposal) as caught:
        portfolio.record(item, recorded_at=at(9))
    read = loads_proposal(dumps_proposal(item), rules=rules)
    with pytest.raises(StaleProposal) as again:
        portfolio.record(read, recorded_at=at(9))
    assert str(again.value) == str(caught.value)
    return caught.value


def test_rules_of_groups_and_of_the_portfolio_stand_side_by_side() -> None:
    """A fix that adds to a full day is told so, whatever other rules there are."""
    entry = Entry(code="own", level="hard", law="l", why="w", source="s", sentence="x", mend="m")
    silent = PortfolioRule(entry=entry, find=lambda _portfolio, _as_of: ())
    rules = (silent, *SCHEDULE_RULES, MaxPerDay(of="edition", most=1, level="hard"))
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
    with pytest.raises(InvariantError, match="ZeroDivisionError in own"):
        ground.new_conflicts(between(), (change,))


OUTLINE = mic.outline(WORLD, "mic")
BY_HAND = session("mine", series_id="w", original_on=date(2014, 9, 9))
OUTLINE_STALE: dict[str, tuple[tuple[Noun, ...], str]] = {
    "module full": ((session("mine", edition_id="e", module_id="m"),), "which counts 2"),
    "occurrence there": ((BY_HAND,), "is the occurrence of series:w on 2014-09-09 already"),
    "series later": ((attrs.evolve(SERIES, starts_at=time(9, 30)),), "has another slot than"),
    "series on another day": (
        (attrs.evolve(SERIES, first_on=date(2014, 9, 11)),), "has no date on 2014-09-09",
    ),
    "module longer": (
        (attrs.evolve(PROGRAM, modules=(attrs.evolve(PROGRAM.modules[0], length=2 * HOUR),)),),
        "module:m has another length than",
    ),
    "module in another program": (
        (attrs.evolve(PROGRAM, modules=()), attrs.evolve(PROGRAM, id="q")),
        "is not in the program of edition:e",
    ),
    "room of the series taken": (
        (session("visit", room_id="r", slot=slot("09:30", "2014-09-09")),), "room:r at once",
    ),
    "placed already": (
        (attrs.evolve(OUTLINE.sessions[0], slot=slot("09:00"), revision=1),),
        "is not what the proposal replaces: it was recorded at 2014-09-01T10:00:00Z by desk",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OUTLINE_STALE)
def test_an_outline_rests_on_what_calls_for_its_sessions(case: str) -> None:
    """An outline is stale once series or modules call for other sessions, or a room is taken."""
    nouns, words = OUTLINE_STALE[case]
    error = stale(between(*nouns), OUTLINE)
    assert words in str(error)
    assert str(error).endswith("; outline again")


def test_an_outline_and_its_plan_are_recorded_in_one_go() -> None:
    """Items that rest on each other are one record, in any order; the last value of each stays."""
    first = WORLD.record(OUTLINE, recorded_at=at(4))
    plan = mic.plan(first, "e")
    apart = first.record(plan, recorded_at=at(4))
    for items in (
        (OUTLINE, plan),
        (plan, OUTLINE),
        (loads_proposal(dumps_proposal(plan)), OUTLINE),
    ):
        once = WORLD.record(*items, recorded_at=at(4))
        assert once == apart
        assert once.record(*items, recorded_at=at(5)) is once
    later = between(session("visit", room_id="r", slot=plan.portfolio.get(Session, "talk").slot))
    assert "plan again" in str(stale(later, OUTLINE, plan))
    missing = stale(WORLD, plan)
    assert ": it is not in the portfolio; plan again" in str(missing)
    with_noun = WORLD.record(*OUTLINE.changes, plan, recorded_at=at(4))
    assert with_noun == apart


def test_proposals_recorded_together_do_not_clash() -> None:
    """Two suggestions of one place are not both recorded, whichever comes first."""
    both = WORLD.record(session("a"), session("b"), recorded_at=at(0))
    one, two = (mic.suggest(both, id, window=DAY, most=1)[0] for id in "ab")
    for items in ((one, two), (two, one)):
        assert "room:r at once" in str(stale(both, *items))
    assert both.record(one, one, recorded_at=at(1)) == both.record(one, recorded_at=at(1))


def test_a_change_of_series_rests_on_its_sessions() -> None:
    """A session that was added to a series in between would be left without a date."""
    known = WORLD.record(OUTLINE, recorded_at=at(0))
    rule = mic.Recurrence.parse("FREQ=WEEKLY;BYDAY=FR;COUNT=2")
    change = mic.change_series(known, "w", from_day=date(2014, 9, 15), recurrence=rule)
    extra = attrs.evolve(BY_HAND, original_on=date(2014, 9, 30), slot=slot("13:00", "2014-09-15"))
    error = stale(between(extra, base=known), change)
    assert "session:mine is planned on 2014-09-30, which series:w has no more" in str(error)
    assert str(error).endswith("; change the series again")
    past = attrs.evolve(extra, original_on=date(2014, 9, 9))
    assert between(past, base=known).record(change, recorded_at=at(9)).find(Session, "mine") == past


def test_repairs_suggestions_and_fixes_say_their_own_mend() -> None:
    """Each verb refuses what does not fit any more, and names itself as the way to mend it."""
    ill = Availability(id="i", subject="room:r", preference="unavailable", slot=NINE)
    known = WORLD.record(
        attrs.evolve(TALK, slot=NINE, room_id="r"), ill,
        attrs.evolve(ROOM, id="q", name="Other"), recorded_at=at(0),
    )  # fmt: skip
    visit = session("visit", room_id="q", slot=NINE)
    finding = mic.check(known).of("unavailability")[0]
    made = {
        "repair again": mic.repair(known, "mic", window=DAY),
        "suggest again": mic.suggest(known, "talk", window=DAY, most=1)[0],
        "ask for fixes again": mic.fixes(known, finding)[0],
    }
    for mend, proposal in made.items():
        assert isinstance(proposal, mic.Proposal)
        error = stale(between(visit, base=known), proposal)
        assert "session:visit was recorded" in str(error)
        assert str(error).endswith(f"; {mend}")
        assert known.record(proposal, recorded_at=at(9)).get(Session, "talk").room_id == "q"


def test_a_suggestion_keeps_the_clashes_that_it_has() -> None:
    """The current place of a session that clashes is offered, and recording it changes nothing."""
    known = WORLD.record(attrs.evolve(TALK, room_id="gone"), recorded_at=at(0))
    offered = mic.suggest(known, "talk", window=DAY)
    for each in offered:
        assert known.record(each, recorded_at=at(1)).get(Session, "talk").slot is not None
    dangling = WORLD.record(attrs.evolve(TALK, audience=("nobody",)), recorded_at=at(0))
    (each,) = mic.suggest(dangling, "talk", window=DAY)
    assert [key[0] for key, _ in each.ground.known] == ["dangling-reference"]
    assert dangling.record(each, recorded_at=at(1)).get(Session, "talk").slot == NINE


def test_many_causes_are_counted() -> None:
    """A message names three records of the instant, and counts the rest and the other clashes."""
    many = [session(f"s-{n}", room_id="r", slot=NINE) for n in range(5)]
    error = stale(between(*many), PLAN)
    assert "4 more clashes" in str(error)
    closed = [
        Availability(id=f"v-{n}", subject="room:r", preference="unavailable", slot=NINE)
        for n in range(5)
    ]
    error = stale(between(*closed, actor=None), PLAN)
    assert "availability:v-2 was recorded at 2014-09-01T10:00:00Z; 2 more were recorded" in str(
        error
    )
    assert error.since == tuple(f"availability:v-{n}" for n in range(5))


def test_a_shorter_log_names_no_cause() -> None:
    """A portfolio without any record since, such as a slice, has the clash and no cause for it."""
    late = WORLD.record(Person(id="eve", name="Eve"), recorded_at=at(8))
    plan = mic.plan(late, "session:talk", window=DAY)
    error = stale(WORLD.record(ROOM_TAKEN, recorded_at=at(1)), plan)
    assert error.since == ()
    assert "were recorded" not in str(error)


def test_an_earlier_log_that_cannot_take_the_changes_has_no_clash() -> None:
    """The search for the cause skips portfolios in which the changes would be illegal."""
    offer = Enrollment(id="n", participant_id="ben", into="e")
    step = Transition(
        id="t", subject="enrollment:n", before="requested", after="enrolled", effective_at=at(0)
    )
    known = WORLD.record(offer, recorded_at=at(0))
    change = (step, attrs.evolve(TALK, slot=NINE, room_id="r", revision=1))
    ground = ground_of("fixes", known, change, SCHEDULE_RULES)
    assert ground.known == ()
    early = attrs.evolve(ground, seen=None)
    (found,) = early.new_conflicts(between(ROOM_TAKEN, base=known), change)
    assert found.fact("since") == ("session:visit",)
    clash_first = WORLD.record(ROOM_TAKEN, recorded_at=at(1)).record(offer, recorded_at=at(2))
    (found,) = early.new_conflicts(clash_first, change)
    assert found.fact("since") == ("enrollment:n",)
    gone = known.record(Retraction(id="u", subject="enrollment:n"), recorded_at=at(1))
    with pytest.raises(MicError):
        ground.new_conflicts(gone, change)


@pytest.mark.parametrize(
    "wrong", [WORLD, ROOM, mic.check(WORLD), PLAN.agenda, "plan", None, mic.Plan]
)
def test_what_is_no_proposal(wrong: object) -> None:
    """A noun, a report, an agenda, a class and a portfolio are no proposals."""
    assert not isinstance(wrong, mic.Proposal)


def test_a_comparison_is_no_proposal() -> None:
    """A comparison has changes too, which are no nouns."""
    compared = mic.compare(WORLD, PLAN.portfolio)
    assert compared.changes
    assert not isinstance(compared, mic.Proposal)
    assert all(isinstance(each, mic.Proposal) for each in (PLAN, OUTLINE))
