"""Proposals of every verb: what each rests on, how it is mended, what is recorded together."""

from datetime import date, time
from typing import Any

import attrs
import pytest

import mic_core as mic
from mic_core.codec.proposals import dumps_proposal, loads_proposal
from mic_core.errors import InvariantError, MicError
from mic_core.model import (
    Availability,
    Enrollment,
    Noun,
    Person,
    Retraction,
    Session,
    Transition,
)
from mic_core.scheduling.ground.ground import ground_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from tests.scheduling.ground.world import (
    DAY,
    HOUR,
    NINE,
    PLAN,
    PROGRAM,
    ROOM,
    ROOM_TAKEN,
    SERIES,
    TALK,
    WORLD,
    at,
    between,
    session,
    slot,
    stale,
)

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
    assert "1 more are in room:r" in str(error)
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


@pytest.mark.parametrize("wrong", [None, "mic", OUTLINE, WORLD.log])
def test_conflicts_are_sought_in_a_portfolio(wrong: Any) -> None:
    """Anything else is refused by name."""
    with pytest.raises(InvariantError, match="portfolio"):
        PLAN.new_conflicts(wrong)


def test_a_comparison_is_no_proposal() -> None:
    """A comparison has changes too, which are no nouns."""
    compared: Any = mic.compare(WORLD, PLAN.portfolio)
    assert compared.changes
    assert not isinstance(compared, mic.Proposal)
    assert all(isinstance(each, mic.Proposal) for each in (PLAN, OUTLINE))


def test_an_id_that_was_just_taken_back_may_be_proposed_again() -> None:
    """At once after sessions were taken back, an outline proposes these again, and is recorded."""
    known = WORLD.record(OUTLINE, recorded_at=at(1))
    ids = [each.id for each in OUTLINE.sessions]
    gone = [Retraction(id=f"u-{id}", subject=f"session:{id}") for id in ids]
    empty = known.record(*gone, recorded_at=at(2))
    again = mic.outline(empty, "mic")
    assert again.changes == OUTLINE.changes
    with pytest.raises(InvariantError, match="the instant that takes it back"):
        empty.record(again, recorded_at=at(2))
    after = empty.record(again, recorded_at=at(3))
    assert after.find(Session, ids[0]) == OUTLINE.sessions[0]


def test_the_sessions_of_a_module_are_counted_once() -> None:
    """Of several new sessions that are one too many, one finding tells the number."""
    empty = WORLD.record(Retraction(id="u", subject="session:talk"), recorded_at=at(0))
    both = mic.outline(empty, "e")
    assert len(both.sessions) == 2
    mine = session("mine", edition_id="e", module_id="m")
    (found,) = both.new_conflicts(between(mine, base=empty))
    assert found.code == "surplus-sessions"
    assert "would have 3 sessions of module:m, which counts 2" in found.message
