"""Laws of promotion over drawn centers: clashes, caps, order of the input, portfolios at large."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mic_core import (
    Center,
    Edition,
    Enrollment,
    Identity,
    Membership,
    Noun,
    Period,
    Portfolio,
    Seats,
    Session,
    Slot,
    Transition,
    Waitlist,
    check,
    promote,
    status_of,
)
from mic_core.testing import portfolios
from tests.admission.season import NOON, after, edition, season, session

HOUR = timedelta(hours=1)


@st.composite
def busy_centers(draw: st.DrawFn) -> Portfolio:
    """Two editions and two bookable sessions on one day, with few people who want everything."""
    nouns: list[Noun] = [
        edition(
            id=f"b{n}", number=n, seats=Seats(in_person=draw(st.integers(0, 4))),
            waitlist=Waitlist(rule=draw(st.sampled_from(["strict_fifo", "best_fit"]))),
            admission=draw(st.sampled_from(["open", "by_offer"])),
        )
        for n in (1, 2)
    ]  # fmt: skip
    for n in range(draw(st.integers(1, 5))):
        hour = draw(st.integers(8, 14))
        lasts = draw(st.integers(1, 3)) * HOUR
        slot = Slot.at("2014-09-15", f"{hour:02}:00", lasts, "Europe/Brussels")
        home = draw(st.sampled_from(["b1", "b2", None]))
        nouns.append(
            session(
                f"s{n}", slot=slot, length=lasts, edition_id=home,
                elective=draw(st.booleans()), seats=Seats(in_person=draw(st.integers(0, 2))),
            )
        )  # fmt: skip
    for n in range(draw(st.integers(1, 9))):
        id = f"e{n}"
        who = draw(st.sampled_from(["p0", "p1", "p2", "v0"]))
        nouns.append(
            Enrollment(
                id=id, participant_id=who, into=draw(st.sampled_from(["b1", "b2", "s0", "s1"])),
                delegates=("p0", "p3") if who == "v0" else (), places=2 if who == "v0" else 1,
                requested_at=NOON - draw(st.integers(0, 5)) * HOUR,
            )
        )  # fmt: skip
        if draw(st.booleans()):
            nouns.append(
                Transition(
                    id=f"t{n}", subject=f"enrollment:{id}", before="requested",
                    after=draw(st.sampled_from(["waitlisted", "enrolled", "offered"])),
                    effective_at=NOON,
                )
            )  # fmt: skip
    if draw(st.booleans()):
        nouns.append(Identity(id="i", kept="person:p1", merged="person:p2"))
    return season(*nouns)


def clashes(portfolio: Portfolio) -> set[Any]:
    """Pairs of sessions that somebody is expected at who has a seat in both."""
    found = check(portfolio, as_of=NOON).of("participant-overlap")
    return {each.subjects for each in found}


@settings(deadline=None)
@given(known=busy_centers(), seed=st.integers(0, 9))
def test_a_promotion_keeps_its_laws(known: Portfolio, seed: int) -> None:
    """No new clash, no seat too many, no second change, and the order of the rows is no matter."""
    made = promote(known, "mic", at=NOON)
    # Offers are taken at once: only who is enrolled is expected.
    then = after(known, made)
    answers = [
        Transition(
            id=f"yes-{each.id}", subject=f"enrollment:{each.id}", before="offered",
            after="enrolled", effective_at=NOON,
        )
        for each in then.all(Enrollment)
        if status_of(then, f"enrollment:{each.id}") == "offered"
    ]  # fmt: skip
    before = [
        Transition(
            id=f"yes-{each.id}", subject=f"enrollment:{each.id}", before="offered",
            after="enrolled", effective_at=NOON,
        )
        for each in known.all(Enrollment)
        if status_of(known, f"enrollment:{each.id}") == "offered"
    ]  # fmt: skip
    assert clashes(after(then, *answers)) <= clashes(after(known, *before))
    over = {each.subjects for each in check(known, as_of=NOON).of("over-seats")}
    assert {each.subjects for each in check(then, as_of=NOON).of("over-seats")} <= over
    assert promote(then, "mic", at=NOON).changes == ()
    values = [*known.values()]
    Random(seed).shuffle(values)
    again = promote(Portfolio.of(*values), "mic", at=NOON)
    assert (again.line, again.changes) == (made.line, made.changes)


@given(
    cap=st.integers(0, 4),
    asks=st.lists(st.tuples(st.sampled_from(["v0", "v1", "p0", "p1", "p2"]), st.integers(1, 3)),
                  max_size=8, unique_by=lambda one: one[0]),
)  # fmt: skip
def test_a_cap_is_never_exceeded(cap: int, asks: list[tuple[str, int]]) -> None:
    """The places of an organization and of its members stay within the cap; nobody else waits."""
    belongs = {"v0": "v0", "v1": "v1", "p0": "v0", "p1": "v1"}
    known = season(
        edition(seats=Seats()),
        Membership(id="m0", person_id="p0", organization_id="v0", role="founder", period=Period()),
        Membership(id="m1", person_id="p1", organization_id="v1", role="founder", period=Period()),
        *(
            Enrollment(id=f"e{n}", participant_id=who, into="b6", places=places, requested_at=NOON)
            for n, (who, places) in enumerate(asks)
        ),
    )
    seated = {each.participant_id for each in promote(known, "b6", at=NOON, per_organization=cap)
              if each.has_seat}  # fmt: skip
    had: dict[str, int] = {}
    for who, places in asks:
        home = belongs.get(who)
        fits = home is None or had.get(home, 0) + places <= cap
        assert (who in seated) == fits
        if home is not None and fits:
            had[home] = had.get(home, 0) + places
    assert all(each <= cap for each in had.values())


@settings(deadline=None)
@given(known=portfolios(), day=st.integers(-60, 90))
def test_a_promotion_is_legal_in_any_portfolio(known: Portfolio, day: int) -> None:
    """Whatever a portfolio holds, a promotion of all of it can be recorded, and then rests."""
    at = datetime(2014, 9, 10, 12, tzinfo=UTC) + timedelta(days=day)
    scope = (
        tuple(each.id for each in known.all(Center))
        + tuple(f"edition:{each.id}" for each in known.all(Edition))
        + tuple(f"session:{each.id}" for each in known.all(Session))
    )
    if not scope:
        return
    made = promote(known, scope, at=at)
    moments = [each.recorded_at for each in known.log if each.recorded_at is not None]
    then = known.record(*made.changes, recorded_at=max([*moments, at]) + HOUR)
    assert promote(then, scope, at=at).seated == ()
    assert promote(known, scope, at=at).line == made.line
