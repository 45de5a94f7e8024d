"""Promotion: policies, seats by mode, caps, clashes, offers on the clock, calls, simulation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core import (
    Application,
    Call,
    Decision,
    Edition,
    Enrollment,
    Identity,
    Membership,
    Noun,
    Period,
    Portfolio,
    Promotion,
    Room,
    Seats,
    Slot,
    StaleProposal,
    Transition,
    Waitlist,
    accept,
    check,
    decline,
    promote,
    request,
    status_of,
    withdraw,
)
from tests.admission.season import NOON, after, edition, refusal, season, session

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALWAYS = Period()


def asked(n: int, places: int = 1, **fields: Any) -> Enrollment:
    """The enrollment of the n-th participant, who asked in the n-th hour."""
    given: dict[str, Any] = {
        "id": f"e{n}", "participant_id": f"p{n}", "into": "b6", "places": places,
        "requested_at": NOON - DAY + n * HOUR,
    }  # fmt: skip
    return Enrollment(**{**given, **fields})


def moved(id: str, after: str, before: str | None = "requested", at: datetime = NOON) -> Transition:
    """A transition of an enrollment."""
    return Transition(
        id=f"{id}-x-{after}", subject=f"enrollment:{id}", before=before, after=after,
        effective_at=at,
    )  # fmt: skip


def seated(portfolio: Portfolio, *, at: datetime = NOON, **named: Any) -> list[str]:
    """The enrollments that a promotion seats, in order."""
    return [each.enrollment_id for each in promote(portfolio, "b6", at=at, **named).seated]


def reasons(promotion: Promotion) -> dict[str, str]:
    """The reason of each enrollment that waits."""
    return {each.enrollment_id: each.reason for each in promotion.waiting}


LINE = (asked(1), asked(2, 2), asked(3), asked(4, 2), asked(5))


@pytest.mark.parametrize(
    ("seats", "rule", "expected"),
    [
        (0, "strict_fifo", []),
        (2, "strict_fifo", ["e1"]),
        (3, "strict_fifo", ["e1", "e2"]),
        (5, "strict_fifo", ["e1", "e2", "e3"]),
        (None, "strict_fifo", ["e1", "e2", "e3", "e4", "e5"]),
        (2, "best_fit", ["e1", "e3"]),
        (3, "best_fit", ["e1", "e2"]),
        (5, "best_fit", ["e1", "e2", "e3", "e5"]),
        (2, "priority", ["e4"]),
        (3, "priority", ["e4", "e1"]),
    ],
)
def test_a_policy_fills_the_seats(seats: int | None, rule: Any, expected: list[str]) -> None:
    """Strict FIFO stops at who does not fit; best fit passes on; priority follows the ranking."""
    known = season(edition(seats=Seats(in_person=seats), waitlist=Waitlist(rule=rule)), *LINE)
    assert seated(known, ranking=("p4",)) == expected


def test_a_lottery_depends_on_its_seed_alone() -> None:
    """Each seed draws one order; who else asks changes nothing between two of them."""
    orders = set[tuple[str, ...]]()
    for seed in range(30):
        drawn = edition(seats=Seats(in_person=9), waitlist=Waitlist(rule="lottery", seed=seed))
        order = seated(season(drawn, *LINE))
        assert order == seated(season(drawn, *reversed(LINE)))
        fewer = seated(season(drawn, *LINE[:3]))
        assert fewer == [each for each in order if each in fewer]
        orders.add(tuple(order))
    assert len(orders) > 20


def test_modes_have_seats_of_their_own() -> None:
    """A participant who waits for a seat on site holds up nobody online."""
    known = season(
        edition(seats=Seats(in_person=0, online=1)),
        asked(1), asked(2, mode="online"), asked(3, mode="online"),
    )  # fmt: skip
    found = promote(known, "b6", at=NOON)
    assert [each.enrollment_id for each in found.seated] == ["e2"]
    assert reasons(found) == {
        "e1": "needs 1, 0 of 0 free in person", "e3": "needs 1, 0 of 1 free online",
    }  # fmt: skip
    assert [each.place for each in found] == [1, None, 2]


def test_a_cap_limits_an_organization() -> None:
    """The places of a venture and of its members count together; others are not held up."""
    member = Membership(id="m", person_id="p2", organization_id="v1", role="founder", period=ALWAYS)
    gone = attrs.evolve(member, id="n", person_id="p3", period=Period(None, date(2014, 9, 1)))
    known = season(
        edition(seats=Seats(in_person=9)), member, gone,
        asked(1, 2, participant_id="v1"), asked(2), asked(3),
    )  # fmt: skip
    found = promote(known, "b6", at=NOON, per_organization=2)
    assert [each.enrollment_id for each in found.seated] == ["e1", "e3"]
    assert reasons(found) == {"e2": "organization:v1 has 2 of 2 places"}
    then = after(known, found)
    assert reasons(promote(then, "b6", at=NOON, per_organization=2)) == reasons(found)
    assert seated(then) == ["e2"]
    assert "InvariantError" in refusal(known, promote, "b6", at=NOON, per_organization=-1)


def test_a_seat_makes_no_clash() -> None:
    """A seat at the time of another one is not given; electives and sessions in common are fine."""
    first, other = session("s1", edition_id="b6"), session("x1", "19:00")
    taken = Enrollment(id="x", participant_id="p1", into="x1", requested_at=NOON)
    known = season(edition(), first, other, taken, moved("x", "enrolled"), asked(1), asked(2))
    found = promote(known, "b6", at=NOON)
    assert [each.enrollment_id for each in found.seated] == ["e2"]
    assert reasons(found) == {"e1": "session:s1 is at the time of session:x1"}
    assert not check(after(known, found), as_of=NOON).of("participant-overlap")
    for changed in (
        attrs.evolve(other, elective=True),
        attrs.evolve(first, elective=True),
        attrs.evolve(other, status="cancelled"),
        attrs.evolve(other, slot=None),
        session("x1", "20:00"),
        session("x1", "16:00"),
        Identity(id="i", kept="person:p3", merged="person:p4"),
    ):
        wanted = ["e2"] if isinstance(changed, Identity) else ["e1", "e2"]
        assert seated(after(known, changed)) == wanted
    joint = after(known, attrs.evolve(first, audience=("b6", "p1")), withdraw(known, "x", at=NOON))
    assert seated(joint) == ["e1", "e2"]
    invited = after(joint, session("y", audience=("p1",)))
    assert seated(invited) == ["e2"]


def test_two_seats_of_one_promotion_make_no_clash() -> None:
    """Promoted into two editions at once, a participant gets the seats that do not clash."""
    known = season(
        edition(), edition(id="b7", number=7), session("s1", edition_id="b6"),
        session("s2", "19:00", edition_id="b7"), asked(1), asked(2, participant_id="p1", into="b7"),
        asked(3, participant_id="v1", into="b7", delegates=("p3", "p1"), places=2),
    )  # fmt: skip
    found = promote(known, ("b7", "b6"), at=NOON)
    assert [each.enrollment_id for each in found.seated] == ["e1"]
    assert set(reasons(found).values()) == {"session:s2 is at the time of session:s1"}


def test_a_person_and_their_venture_share_an_edition() -> None:
    """Somebody who comes for themselves and as a delegate comes to the same sessions, no clash."""
    known = season(
        edition(seats=Seats(in_person=9)), session("s1", edition_id="b6"), asked(1),
        asked(2, participant_id="v1", delegates=("p1",)),
        asked(3, participant_id="v2", delegates=("p1",)),
    )  # fmt: skip
    assert seated(known) == ["e1", "e2", "e3"]


def test_who_gave_a_seat_back_is_not_offered_one_again() -> None:
    """Declined, expired and withdrawn seats stay with others, also for a new request."""
    known = season(edition(seats=Seats(in_person=1)), asked(1))
    known = after(known, promote(known, "b6", at=NOON))
    known = after(known, decline(known, "e1", at=NOON + HOUR), at=NOON + HOUR)
    again = request(known, participant="p1", into="b6", at=NOON + HOUR)
    known = after(known, again, at=NOON + HOUR)
    found = promote(known, "b6", at=NOON + HOUR)
    assert reasons(found) == {"b6-p1": "gave a seat back"}
    assert found.changes == ()
    assert seated(known, at=NOON + HOUR, again=("p1",)) == ["b6-p1"]
    returned = season(
        edition(), asked(1), moved("e1", "offered"), moved("e1", "waitlisted", "offered"),
    )  # fmt: skip
    assert seated(returned) == []


@pytest.mark.parametrize(
    ("lasts", "at", "end"),
    [
        (2 * DAY, "2014-09-01T12:00", "2014-09-03T14:00+02:00"),
        (
            2 * DAY,
            "2014-10-25T12:00",
            "2014-10-27T13:00+01:00",
        ),  # 48 hours, over a change of clocks
        (20 * DAY, "2014-10-25T12:00", "2014-11-03T00:00+01:00"),  # not beyond the start
        (None, "2014-10-25T12:00", "2014-11-03T00:00+01:00"),
    ],
)
def test_an_offer_lasts_an_elapsed_time(lasts: timedelta | None, at: str, end: str) -> None:
    """An offer lasts hours that pass, shown on the clock of the center, and ends by the start."""
    start = Period.days(date(2014, 11, 3), date(2014, 12, 19))
    known = season(edition(offer_lasts=lasts, period=start), asked(1))
    moment = datetime.fromisoformat(f"{at}+00:00").replace(tzinfo=UTC)
    found = promote(known, "b6", at=moment)
    (mine,) = found.seated
    assert mine.expires_at is not None
    assert mine.expires_at.isoformat(timespec="minutes") == end
    assert f"until {end[:10]} {end[11:16]} Europe/Brussels" in str(found)
    then = after(known, found)
    assert promote(then, "b6", at=mine.expires_at - timedelta(microseconds=1)).changes == ()
    late = promote(then, "b6", at=mine.expires_at)
    assert [each.enrollment_id for each in late.expired] == ["e1"]
    assert not check(after(then, late), as_of=mine.expires_at).of("offer-overdue")


def test_an_offer_without_an_end_stays_open() -> None:
    """Neither a duration nor a start: the offer is open until it is answered."""
    known = season(edition(offer_lasts=None, period=ALWAYS), asked(1))
    found = promote(known, "b6", at=NOON)
    assert found.seated[0].expires_at is None
    assert promote(after(known, found), "b6", at=NOON + 9999 * DAY).changes == ()
    far = datetime(9999, 12, 30, tzinfo=UTC)
    endless = season(edition(offer_lasts=9 * DAY, period=ALWAYS), asked(1))
    assert promote(endless, "b6", at=far).seated[0].expires_at is None


def test_nothing_is_offered_at_or_after_the_start() -> None:
    """By offer until the start; open editions until their end; sessions until they begin."""
    start = datetime(2014, 9, 9, 22, tzinfo=UTC)  # midnight in Brussels
    known = season(edition(), asked(1))
    assert seated(known, at=start - timedelta(microseconds=1)) == ["e1"]
    assert reasons(promote(known, "b6", at=start)) == {"e1": "edition:b6 has begun"}
    rolling = season(edition(admission="open"), asked(1))
    assert seated(rolling, at=start) == ["e1"]
    end = datetime(2014, 12, 19, 23, tzinfo=UTC)
    assert reasons(promote(rolling, "b6", at=end)) == {"e1": "edition:b6 is over"}
    talk = session("talk", seats=Seats(in_person=1))
    booked = season(talk, asked(1, into="talk"))
    assert talk.slot is not None
    assert len(promote(booked, "talk", at=talk.slot.start - HOUR).seated) == 1
    assert promote(booked, "session:talk", at=talk.slot.start).changes == ()
    over = season(edition(status="cancelled"), asked(1))
    assert reasons(promote(over, "b6", at=NOON)) == {"e1": "edition:b6 is cancelled"}


def test_an_open_offer_ends_at_the_start() -> None:
    """An offer made without an end expires when the edition begins."""
    known = season(edition(), asked(1), moved("e1", "offered"))
    start = datetime(2014, 9, 9, 22, tzinfo=UTC)
    assert promote(known, "b6", at=start - HOUR).changes == ()
    (step,) = promote(known, "b6", at=start).changes
    assert isinstance(step, Transition)
    assert (step.after, step.effective_at) == ("expired", start)


def test_a_session_has_the_seats_of_its_room() -> None:
    """Without seats of its own a session has as many as its room; without a room, any number."""
    room = Room(id="r", center_id="mic", name="Lab", seats=1)
    three = [asked(n, into="talk") for n in (1, 2, 3)]
    for talk, wanted in (
        (session("talk", room_id="r"), 1),
        (session("talk", room_id="r", seats=Seats(in_person=2)), 2),
        (session("talk"), 3),
        (session("talk", room_id="elsewhere"), 3),
    ):
        assert len(promote(season(room, talk, *three), "talk", at=NOON).seated) == wanted


def test_a_scope_covers_editions_and_sessions() -> None:
    """A center covers its editions and the sessions that somebody asked for."""
    known = season(edition(), session("talk"), session("other"), asked(1), asked(2, into="talk"))
    assert [each.into for each in promote(known, "mic", at=NOON).seated] == ["b6", "talk"]
    assert [each.into for each in promote(known, ("boot", "talk"), at=NOON)] == ["b6", "talk"]
    assert "NotFound" in refusal(known, promote, "nowhere", at=NOON)
    for bad in ({"at": 3}, {"seats": 3}, {"waitlist": "strict_fifo"}, {"ranking": "p1"},
                {"again": 3}, {"as_of": "now"}, {"seats": "many"}):  # fmt: skip
        assert "InvariantError" in refusal(known, promote, "b6", **{"at": NOON, **bad})


def test_a_simulation_is_not_recorded() -> None:
    """With more seats more get in; to record that, the seats must be there."""
    known = season(edition(), *LINE)
    more = promote(known, "b6", at=NOON, seats=Seats(in_person=20))
    assert len(more.seated) == 5
    with pytest.raises(StaleProposal, match="promote again"):
        after(known, more)
    raised = after(known, attrs.evolve(known.get(Edition, "b6"), seats=Seats(in_person=20)))
    assert len(promote(after(raised, more), "b6", at=NOON).line) == 0
    fair = promote(known, "b6", at=NOON, waitlist=Waitlist(rule="best_fit"))
    assert [each.enrollment_id for each in fair.seated] == ["e1", "e3"]


def test_a_promotion_is_stale_once_its_seats_are_gone() -> None:
    """Seats lowered, taken, or due to somebody before: refused; what does not matter is fine."""
    known = season(edition(), asked(3), asked(4), asked(5))
    made = promote(known, "b6", at=NOON)
    old = known.get(Edition, "b6")
    for news in (
        attrs.evolve(old, seats=Seats(in_person=1)),
        attrs.evolve(old, status="cancelled"),
        asked(1),
    ):
        with pytest.raises(StaleProposal):
            after(after(known, news), made)
    for harmless in (asked(9), attrs.evolve(old, seats=Seats(in_person=3)), session("s")):
        assert seated(after(after(known, harmless), made)) in ([], ["e5"])
    assert after(after(known, made), made) == after(known, made)
    with pytest.raises(StaleProposal):
        after(after(known, withdraw(known, "e3", at=NOON)), made)


def test_known_changes_of_the_future_count() -> None:
    """A seat is free only if it is free from now on; who changes later is left alone."""
    later = NOON + 3 * DAY
    known = season(
        edition(seats=Seats(in_person=1)), asked(1), asked(2), asked(3, requested_at=later),
        moved("e1", "enrolled", at=later),
    )  # fmt: skip
    found = promote(known, "b6", at=NOON)
    assert reasons(found) == {"e2": "needs 1, 0 of 1 free in person"}
    assert len(found.line) == 1
    offered = season(edition(), asked(1), moved("e1", "offered", at=later))
    assert promote(offered, "b6", at=NOON).line == ()


def test_a_seat_that_ends_later_is_not_free_yet() -> None:
    """Somebody withdraws at a known later instant; until then the seat is theirs."""
    later = NOON + 3 * DAY
    known = season(
        edition(seats=Seats(in_person=1)), asked(1), asked(2), moved("e1", "enrolled"),
        moved("e1", "withdrawn", "enrolled", at=later),
    )  # fmt: skip
    assert seated(known) == []
    assert seated(known, at=later) == ["e2"]


def test_a_merged_participant_has_one_place_in_line() -> None:
    """Two records of one participant: one seat, one place in the waitlist, one seat taken."""
    twice = Identity(id="i", kept="person:p1", merged="person:p2")
    known = season(edition(), twice, asked(1), asked(2), asked(3), asked(4))
    found = promote(known, "b6", at=NOON)
    assert [each.enrollment_id for each in found.seated] == ["e1", "e3"]
    assert reasons(found)["e2"] == "has enrollment:e1"
    assert [each.place for each in found.waiting] == [None, 1]
    both = season(
        edition(), twice, asked(1), asked(2), asked(3), asked(4),
        moved("e1", "enrolled"), moved("e2", "enrolled"),
    )  # fmt: skip
    assert seated(both) == ["e3"]
    assert not check(after(both, promote(both, "b6", at=NOON)), as_of=NOON).of("over-seats")
    assert check(both, as_of=NOON).of("seat-twice")
    assert seated(after(both, withdraw(both, "e2", at=NOON))) == ["e3"]


def test_a_request_of_unknown_time_comes_last() -> None:
    """A request without a recorded time stands behind those with one."""
    known = season(edition(seats=Seats(in_person=1)), asked(1, requested_at=None), asked(2))
    assert seated(known) == ["e2"]
    known = season(edition(), asked(1, requested_at=None), moved("e1", "requested", None))
    assert seated(known) == ["e1"]


def test_what_was_known_is_asked_with_as_of() -> None:
    """A promotion of the past runs again as it was."""
    known = season(edition(seats=Seats(in_person=1)), asked(1))
    before = promote(known, "b6", at=NOON)
    then = after(known, before, at=NOON + HOUR)
    assert promote(then, "b6", at=NOON, as_of=NOON).line == before.line
    assert promote(then, "b6", at=NOON + HOUR).line == ()


def test_a_promotion_shows_itself() -> None:
    """A promotion is a table in text and HTML, and rows."""
    known = season(edition(seats=Seats(in_person=1)), asked(1), asked(2))
    found = promote(known, "b6", at=NOON)
    assert "needs 1, 0 of 1 free in person" in str(found)
    assert "waitlisted" in found._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert [row["after"] for row in found.rows()] == ["offered", "waitlisted"]
    assert len(found) == len([*found]) == 2


CALL = Call(
    id="c", center_id="mic", edition_id="b6", title="Call",
    window=Slot.at("2014-06-02", "09:00", DAY, "Europe/Brussels"),
)  # fmt: skip


def applied(n: int, *outcomes: str) -> tuple[Noun, ...]:
    """An application of the n-th participant, with decisions a day apart."""
    decisions = (
        Decision(
            id=f"d{n}-{k}", application_id=f"a{n}", outcome=outcome,  # type: ignore[arg-type]
            decided_at=NOON - 9 * DAY + k * DAY,
        )
        for k, outcome in enumerate(outcomes)
    )  # fmt: skip
    mine = Application(
        id=f"a{n}", call_id="c", applicant_id=f"p{n}", submitted_at=NOON - 30 * DAY + n * HOUR
    )
    return mine, *decisions


def test_accepted_applicants_are_offered_seats() -> None:
    """By call: accepted applicants first, then those waitlisted; nobody rejected or undecided."""
    withdrawn = Transition(
        id="w", subject="application:a6", before="submitted", after="withdrawn", effective_at=NOON
    )
    known = season(
        edition(admission="by_call"), CALL, *applied(1, "waitlisted"), *applied(2, "accepted"),
        *applied(3, "rejected"), *applied(4, "rejected", "accepted"), *applied(5),
        *applied(6, "accepted"), withdrawn, *applied(7, "accepted"), asked(8),
        asked(5), asked(7),
    )  # fmt: skip
    found = promote(known, "b6", at=NOON)
    assert [each.participant_id for each in found.seated] == ["p2", "p4"]
    assert reasons(found) == {
        "e5": "was not decided on", "e8": "was not decided on",
        "e7": "needs 1, 0 of 2 free in person",
        "b6-p1": "others come before",
    }  # fmt: skip
    made = [each.id for each in found.changes if isinstance(each, Enrollment)]
    assert made == ["b6-p2", "b6-p4", "b6-p1"]
    then = after(known, found)
    assert promote(then, "b6", at=NOON).changes == ()
    then = after(then, accept(then, "b6-p2", at=NOON), decline(then, "b6-p4", at=NOON))
    assert seated(then) == ["e7"]
    assert not check(then, as_of=NOON).of("illegal-history")


@given(
    outcomes=st.lists(
        st.sampled_from(["accepted", "waitlisted", "rejected", None]), min_size=1, max_size=9
    ),
    seats=st.integers(0, 5),
    answers=st.lists(st.sampled_from(["yes", "no", "late"]), max_size=9),
)
def test_every_accepted_application_is_in_one_place(
    outcomes: list[str | None], seats: int, answers: list[str]
) -> None:
    """Whatever happens to offers, an accepted applicant has one enrollment, with one status."""
    known = season(edition(admission="by_call", seats=Seats(in_person=seats)), CALL)
    for n, outcome in enumerate(outcomes):
        known = after(known, *applied(n, *([outcome] if outcome else [])))
    now = NOON
    for answer in (*answers, "end"):
        known = after(known, promote(known, "b6", at=now), at=now)
        offered = [
            each.id
            for each in known.all(Enrollment)
            if status_of(known, f"enrollment:{each.id}") == "offered"
        ]
        if answer in {"yes", "no"} and offered:
            verb = accept if answer == "yes" else decline
            known = after(known, verb(known, offered[0], at=now), at=now)
        now += DAY if answer == "late" else HOUR
    for n, outcome in enumerate(outcomes):
        mine = known.where(Enrollment, participant_id=f"p{n}")
        assert len(mine) == (outcome in {"accepted", "waitlisted"})
    statuses = [status_of(known, f"enrollment:{each.id}") for each in known.all(Enrollment)]
    assert "requested" not in statuses
    assert sum(each in {"offered", "enrolled"} for each in statuses) <= seats
    assert not check(known, as_of=now).of("over-seats")


def test_the_better_of_two_applications_counts() -> None:
    """An applicant of two applications stands in line by the better decision."""
    again = Application(id="a0", call_id="c", applicant_id="p1", submitted_at=NOON - 30 * DAY)
    worse = Decision(id="d0", application_id="a0", outcome="rejected", decided_at=NOON - DAY)
    draft = Application(id="a9", call_id="c", applicant_id="p1")
    known = season(edition(admission="by_call"), CALL, *applied(1, "accepted"), again, worse, draft)
    assert seated(known) == ["b6-p1"]


def test_a_call_of_no_edition_fills_nothing() -> None:
    """Applications of another call stand in no line here."""
    other = attrs.evolve(CALL, edition_id=None)
    known = season(edition(admission="by_call"), other, *applied(1, "accepted"))
    assert promote(known, "b6", at=NOON).line == ()
