"""The verbs that propose a transition: ids, refusals, and what `record` makes of proposals."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from mic_core import (
    TABLES,
    Application,
    Call,
    Enrollment,
    Identity,
    IllegalTransition,
    InvariantError,
    MicError,
    NotFound,
    Portfolio,
    Seats,
    Session,
    Slot,
    StaleProposal,
    StatusProposal,
    Transition,
    accept,
    cancel,
    check,
    complete,
    decline,
    hold,
    promote,
    request,
    resume,
    status_of,
    suspend,
    transfer,
    transitions_of,
    withdraw,
)
from tests.admission.season import NOON, PROGRAM, after, edition, refusal, season, session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
E1 = Enrollment(id="e-1", participant_id="p1", into="b6", requested_at=NOON)
VERBS: dict[str, tuple[Any, str]] = {
    "accept": (accept, "enrolled"),
    "decline": (decline, "declined"),
    "withdraw": (withdraw, "withdrawn"),
    "suspend": (suspend, "suspended"),
    "resume": (resume, "enrolled"),
    "cancel": (cancel, "cancelled"),
    "complete": (complete, "completed"),
}
PATHS: dict[str, tuple[str, ...]] = {
    "requested": (),
    "waitlisted": ("waitlisted",),
    "offered": ("offered",),
    "enrolled": ("enrolled",),
    "suspended": ("enrolled", "suspended"),
    "completed": ("enrolled", "completed"),
    "incomplete": ("enrolled", "incomplete"),
    "withdrawn": ("withdrawn",),
    "transferred": ("enrolled", "transferred"),
    "cancelled": ("cancelled",),
    "declined": ("offered", "declined"),
    "expired": ("offered", "expired"),
}
START = {"accept": {"offered"}, "resume": {"suspended"}}
"""The statuses from which a verb starts, where the table allows more."""


def in_status(status: str) -> Portfolio:
    """A season in which an enrollment has a status."""
    steps: list[Transition] = []
    before = "requested"
    for n, step in enumerate(PATHS[status]):
        moment = NOON + n * HOUR
        steps.append(
            Transition(
                id=f"t-{n}", subject="enrollment:e-1", before=before, after=step,
                effective_at=moment,
            )
        )  # fmt: skip
        before = step
    return season(edition(), E1, *steps)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", PATHS)
def test_a_verb_does_what_the_table_allows(verb: str, status: str) -> None:
    """Each verb changes just the statuses that it starts from, and lists what else is allowed."""
    call, wanted = VERBS[verb]
    known, follows = in_status(status), TABLES["enrollment"].follows[status]
    if wanted in follows and status in START.get(verb, {status}):
        made = call(known, "e-1", at=NOON + DAY, actor="staff", reason="because")
        (step,) = made.changes
        assert (step.id, step.before, step.after) == (f"e-1-{wanted}", status, wanted)
        assert (step.actor, step.reason) == ("staff", "because")
        assert status_of(after(known, made), "enrollment:e-1") == wanted
        assert after(after(known, made), made) == after(known, made)
    else:
        with pytest.raises(IllegalTransition) as refused:
            call(known, "e-1", at=NOON + DAY)
        assert set(refused.value.legal) <= set(follows)
        assert refused.value.before == status


@pytest.mark.parametrize("verb", [*VERBS, "transfer", "hold"])
def test_a_verb_refuses_what_cannot_be(verb: str) -> None:
    """Unknown subjects, other kinds, times before the last change and wrong types are refused."""
    known = in_status("suspended")
    call: Any = {**VERBS, "transfer": (transfer, ""), "hold": (hold, "")}[verb][0]
    more: Any = {"to": "b7"} if verb == "transfer" else {}
    assert "NotFound" in refusal(known, call, "nobody", at=NOON + DAY, **more)
    assert "NotFound" in refusal(known, call, "person:p1", at=NOON + DAY, **more)
    assert "NotFound" in refusal(known, call, "a b", at=NOON + DAY, **more)
    assert "InvariantError" in refusal(known, call, "e-1", at="today", **more)
    assert "InvariantError" in refusal(known, call, 7, at=NOON, **more)
    assert "InvariantError" in refusal("no", call, "e-1", at=NOON, **more)  # type: ignore[arg-type]
    if verb != "hold":
        assert "its last change" in refusal(known, call, "e-1", at=NOON + HOUR / 2, **more)
        assert "asked for" in refusal(in_status("requested"), call, "e-1", at=NOON - DAY, **more)


def test_a_second_change_is_numbered() -> None:
    """The id of a transition is its subject, its status, and a counter."""
    known = in_status("enrolled")
    for n, verb in enumerate((suspend, resume, suspend, resume, suspend)):
        known = after(known, verb(known, "e-1", at=NOON + n * DAY))
    ids = [each.id for each in transitions_of(known, "enrollment:e-1")]
    assert ids == [
        "t-0", "e-1-suspended", "e-1-enrolled", "e-1-suspended-2", "e-1-enrolled-2",
        "e-1-suspended-3",
    ]  # fmt: skip


def test_ids_of_long_subjects_differ() -> None:
    """Two subjects whose ids differ at their ends alone have transitions of different ids."""
    many = [
        Enrollment(id="e" * 63 + end, participant_id=f"p{end}", into="b6", requested_at=NOON)
        for end in "12"
    ]
    known = season(edition(), *many)
    made = [withdraw(known, each.id, at=NOON) for each in many]
    assert len({made[0].changes[0].id, made[1].changes[0].id}) == 2
    after(known, *made)


def test_a_change_that_was_overtaken_is_stale() -> None:
    """Two proposals for one enrollment: the first one recorded wins, the second one is refused."""
    known = in_status("enrolled")
    first = withdraw(known, "e-1", at=NOON + DAY)
    second = suspend(known, "e-1", at=NOON + DAY)
    with pytest.raises((StaleProposal, IllegalTransition)):
        after(after(known, first), second)
    other = withdraw(known, "e-1", at=NOON + 2 * DAY)
    with pytest.raises(StaleProposal):
        after(after(known, first), other)


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_an_offer_is_not_accepted_when_it_has_ended(late: timedelta) -> None:
    """An offer is open up to its end; the end is shown on the clock of the center."""
    known = after(
        season(edition()), request(season(edition()), participant="p1", into="b6", at=NOON)
    )
    known = after(known, promote(known, "b6", at=NOON))
    end = NOON + 2 * DAY
    text = refusal(known, accept, "b6-p1", at=end + late)
    assert "2014-09-03 14:00 Europe/Brussels" in text
    assert "IllegalTransition" in text
    done = after(known, accept(known, "b6-p1", at=end - timedelta(microseconds=1)))
    assert status_of(done, "enrollment:b6-p1") == "enrolled"


def test_one_live_enrollment_in_an_edition() -> None:
    """A participant asks again once the first enrollment has ended, at that very instant."""
    known = season(edition(), E1)
    text = refusal(known, request, participant="p1", into="b6", at=NOON + HOUR)
    assert "enrollment:e-1" in text
    gone = after(known, withdraw(known, "e-1", at=NOON + HOUR))
    assert "one live" in refusal(gone, request, participant="p1", into="b6", at=NOON + HOUR / 2)
    made = request(gone, participant="p1", into="b6", at=NOON + HOUR)
    assert [each.id for each in made.changes] == ["b6-p1"]
    again = after(gone, made)
    assert "enrollment:b6-p1" in refusal(again, request, participant="p1", into="b6", at=NOON + DAY)


def test_one_live_enrollment_in_a_program() -> None:
    """Another edition of the program is open to somebody only where it admits them again."""
    other = edition(id="b7", number=7)
    known = season(edition(), other, E1)
    assert "enrollment:e-1" in refusal(known, request, participant="p1", into="b7", at=NOON)
    free = after(known, attrs.evolve(PROGRAM, reenroll=True))
    assert request(free, participant="p1", into="b7", at=NOON).changes
    loose = season(edition(program_id="none"), edition(id="b7", number=7, program_id="none"), E1)
    assert request(loose, participant="p1", into="b7", at=NOON).changes


def test_requests_of_one_participant_do_not_both_fit() -> None:
    """Two requests that were made on one portfolio cannot both be recorded."""
    known = season(edition(), edition(id="b7", number=7))
    first = request(known, participant="p1", into="b6", at=NOON)
    second = request(known, participant="p1", into="b7", at=NOON)
    same = request(known, participant="p1", into="b6", at=NOON + HOUR)
    with pytest.raises(StaleProposal, match="live enrollment"):
        after(after(known, first), second)
    with pytest.raises(StaleProposal):
        after(after(known, first), same)
    assert after(after(known, first), first) == after(known, first)


def test_a_merged_record_is_one_participant() -> None:
    """A request under a merged record is one of the participant that is kept."""
    twice = Identity(id="i-1", kept="person:p1", merged="person:p2")
    known = season(edition(), twice, E1)
    assert "enrollment:e-1" in refusal(known, request, participant="p2", into="b6", at=NOON)
    made = request(season(edition(), twice), participant="p2", into="b6", at=NOON)
    assert made.changes[0].participant_id == "p1"  # type: ignore[union-attr]


def test_a_request_is_refused() -> None:
    """Nobody unknown asks, for nothing unknown or over, with no places or more delegates."""
    known = season(edition(), edition(id="old", number=1, status="cancelled"))
    ask: Any = request
    assert "NotFound" in refusal(known, ask, participant="p99", into="b6", at=NOON)
    assert "NotFound" in refusal(known, ask, participant="p1", into="b99", at=NOON)
    assert "NotFound" in refusal(known, ask, participant="p1", into="session:b6", at=NOON)
    assert "over or cancelled" in refusal(known, ask, participant="p1", into="old", at=NOON)
    for bad in ({"places": 0}, {"places": -1}, {"places": 1, "delegates": ("p2", "p3")},
                {"mode": "hybrid"}, {"at": None}, {"walk_in": 3}):  # fmt: skip
        named = {"participant": "v1", "into": "b6", "at": NOON, **bad}
        assert "InvariantError" in refusal(known, ask, **named)
    made = request(known, participant="v1", into="edition:b6", at=NOON, delegates=("p2", "p3"))
    assert made.changes[0].places == 2  # type: ignore[union-attr]


def test_a_request_says_who_asked() -> None:
    """With an actor or a reason, the request is a transition too."""
    made = request(season(edition()), participant="p1", into="b6", at=NOON, reason="by telephone")
    _, step = made.changes
    assert (step.before, step.after) == (None, "requested")  # type: ignore[union-attr]
    known = after(season(edition()), made)
    assert status_of(known, "enrollment:b6-p1") == "requested"
    assert not check(known, as_of=NOON).of("illegal-history")


def test_a_transfer_keeps_the_history() -> None:
    """The old enrollment is transferred; the new one stands in line with the same delegates."""
    old = Enrollment(
        id="e-1", participant_id="v1", into="b6", delegates=("p1", "p2"), places=3, mode="online",
        profile=(("origin", "BE"),), requested_at=NOON,
    )  # fmt: skip
    step = Transition(
        id="t", subject="enrollment:e-1", before="requested", after="enrolled", effective_at=NOON
    )
    known = season(edition(), edition(id="b7", number=7), old, step)
    made = transfer(known, "e-1", to="b7", at=NOON + DAY, actor="staff", reason="a new child")
    new = made.changes[0]
    assert isinstance(new, Enrollment)
    assert (new.delegates, new.places, new.mode, new.profile) == (
        old.delegates, old.places, old.mode, old.profile,
    )  # fmt: skip
    then = after(known, made)
    assert status_of(then, "enrollment:e-1") == "transferred"
    (began,) = transitions_of(then, f"enrollment:{new.id}")
    assert began.reason == "transferred from enrollment:e-1"
    assert [each.enrollment_id for each in promote(then, "b7", at=NOON + DAY).seated] == [new.id]
    assert len(transitions_of(then, "enrollment:e-1")) == 2


def test_a_transfer_is_refused() -> None:
    """Into the same edition, where somebody is already, or from a status without a seat."""
    known = in_status("enrolled")
    known = after(known, edition(id="b7", number=7), edition(id="x", program_id="y"))
    assert "another" in refusal(known, transfer, "e-1", to="b6", at=NOON + DAY)
    assert "NotFound" in refusal(known, transfer, "e-1", to="b9", at=NOON + DAY)
    there = after(known, Enrollment(id="e-2", participant_id="p1", into="x", requested_at=NOON))
    assert "enrollment:e-2" in refusal(there, transfer, "e-1", to="x", at=NOON + DAY)
    waits = after(in_status("waitlisted"), edition(id="b7", number=7))
    assert "IllegalTransition" in refusal(waits, transfer, "e-1", to="b7", at=NOON + DAY)
    stale = transfer(known, "e-1", to="x", at=NOON + DAY)
    with pytest.raises(StaleProposal):
        after(there, stale)


def test_a_transfer_into_a_call_waits_in_line() -> None:
    """Who was decided on before is waitlisted in an edition that admits by a call."""
    known = after(in_status("enrolled"), edition(id="b7", number=7, admission="by_call"))
    then = after(known, transfer(known, "e-1", to="b7", at=NOON + DAY))
    assert status_of(then, "enrollment:b7-p1") == "waitlisted"
    assert [each.enrollment_id for each in promote(then, "b7", at=NOON + DAY).seated] == ["b7-p1"]


def test_an_application_is_withdrawn() -> None:
    """Withdraw serves applications as well, and asks which one is meant."""
    call = Call(
        id="c", center_id="mic", title="Call",
        window=Slot.at("2014-06-02", "09:00", DAY, "Europe/Brussels"),
    )  # fmt: skip
    mine = Application(id="e-1", call_id="c", applicant_id="p1", submitted_at=NOON)
    known = after(in_status("requested"), call, mine)
    assert "cite" in refusal(known, withdraw, "e-1", at=NOON + DAY)
    assert "asked for" in refusal(known, withdraw, "application:e-1", at=NOON - DAY)
    then = after(known, withdraw(known, "application:e-1", at=NOON + DAY))
    assert status_of(then, "application:e-1") == "withdrawn"
    assert status_of(then, "enrollment:e-1") == "requested"


def test_an_edition_is_cancelled_with_what_it_holds() -> None:
    """Its planned sessions and live enrollments go with it; no finding is new."""
    known = after(
        in_status("enrolled"),
        session("s1", edition_id="b6"),
        session("s2", "20:30", edition_id="b6", audience=("b6", "p3")),
        session("s3", "12:00", edition_id="b6", status="held"),
        Enrollment(id="e-2", participant_id="p2", into="s1", requested_at=NOON),
        Enrollment(id="e-3", participant_id="p3", into="b6", requested_at=NOON),
    )
    known = after(known, withdraw(known, "e-3", at=NOON + HOUR))
    made = cancel(known, "b6", at=NOON + DAY, reason="no trainer")
    subjects = [each.subject for each in made.changes if isinstance(each, Transition)]
    assert subjects == ["edition:b6", "session:s1", "enrollment:e-1", "enrollment:e-2"]
    then = after(known, made)
    assert not check(then, as_of=NOON + DAY).of("seat-in-cancelled")
    assert str(made) == "edition:b6: open becomes cancelled, with 3 more"
    assert "nothing follows" in refusal(then, cancel, "edition:b6", at=NOON + DAY)
    alone = cancel(known, "session:s1", at=NOON + DAY)
    assert len(alone.changes) == 2


def test_a_session_is_held_once_it_has_begun() -> None:
    """Hold refuses an instant before the start; a session without a slot is held when one says."""
    known = season(session("s1"), Session(id="s2", center_id="mic", title="s2", length=HOUR))
    start = known.get(Session, "s1").slot
    assert start is not None
    assert "begins" in refusal(known, hold, "s1", at=start.start - HOUR)
    then = after(known, hold(known, "session:s1", at=start.start), hold(known, "s2", at=NOON))
    assert status_of(then, "session:s1") == status_of(then, "session:s2") == "held"
    assert "IllegalTransition" in refusal(then, hold, "s1", at=start.end)
    assert "IllegalTransition" in refusal(then, cancel, "session:s1", at=start.end)


def test_a_proposal_shows_itself() -> None:
    """A proposal is text and HTML, with rows that name no reason."""
    made = withdraw(in_status("enrolled"), "e-1", at=NOON, reason="ill")
    assert isinstance(made, StatusProposal)
    assert str(made) == "enrollment:e-1: enrolled becomes withdrawn"
    look = made._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert look == "<p>enrollment:e-1: enrolled becomes withdrawn</p>"
    assert [row["after"] for row in made.rows()] == ["withdrawn"]
    assert "ill" not in repr(made).replace("Illegal", "")
    assert made.new_conflicts(in_status("enrolled")) == ()


def at_the_door(portfolio: Portfolio, **named: Any) -> StatusProposal:
    """The request of a walk-in."""
    return request(portfolio, walk_in=True, **named)


def test_a_walk_in_takes_a_free_seat() -> None:
    """A walk-in starts enrolled, where nobody who waits could take the seat."""
    camp = edition(id="camp", admission="open", offer_lasts=None, seats=Seats(in_person=1))
    known = season(camp, edition())
    made = at_the_door(known, participant="p1", into="camp", at=NOON)
    then = after(known, made)
    assert status_of(then, "enrollment:camp-p1") == "enrolled"
    assert "0 of 1 free" in refusal(then, at_the_door, participant="p2", into="camp", at=NOON)
    assert "open to all" in refusal(known, at_the_door, participant="p1", into="b6", at=NOON)
    asked = after(known, request(known, participant="p3", into="camp", at=NOON))
    assert "free" in refusal(asked, at_the_door, participant="p2", into="camp", at=NOON)
    rival = at_the_door(known, participant="p2", into="camp", at=NOON)
    with pytest.raises(StaleProposal, match="free"):
        after(then, rival)
    late = NOON + 200 * DAY
    assert "is over" in refusal(known, at_the_door, participant="p2", into="camp", at=late)


def test_a_walk_in_joins_a_session_that_has_begun() -> None:
    """At the door of a session that runs there is a seat while one is free."""
    talk = session("talk", seats=Seats(in_person=1))
    known = season(talk)
    assert talk.slot is not None
    during = talk.slot.start + HOUR
    made = at_the_door(known, participant="p1", into="talk", at=during)
    assert status_of(after(known, made), "enrollment:talk-p1") == "enrolled"
    end = talk.slot.end
    assert "has begun" in refusal(known, at_the_door, participant="p1", into="talk", at=end)


def test_errors_are_of_one_family() -> None:
    """Whatever is refused is a MicError."""
    for error in (IllegalTransition, InvariantError, NotFound, StaleProposal):
        assert issubclass(error, MicError)
