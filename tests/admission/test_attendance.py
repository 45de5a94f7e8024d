"""Attendance: check-in, registers of sessions, bounds of presence, delegates by day, streaks."""

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from mic_core import (
    Attendance,
    Delegation,
    Enrollment,
    Headcount,
    Identity,
    Membership,
    Noun,
    Period,
    Portfolio,
    RegisterRow,
    Slot,
    StaleProposal,
    Transition,
    cancel,
    check_in,
    register,
    streaks,
)
from tests.admission.season import NOON, after, edition, refusal, season, session

DAY = timedelta(days=1)
TALK = session("s1", edition_id="b6")


def enrolled(n: int, into: str = "b6", **fields: Any) -> tuple[Noun, ...]:
    """A participant with a seat."""
    given: dict[str, Any] = {
        "id": f"e{n}",
        "participant_id": f"p{n}",
        "into": into,
        "requested_at": NOON - DAY,
    }
    step = Transition(
        id=f"t{n}", subject=f"enrollment:e{n}", before="requested", after="enrolled",
        effective_at=NOON,
    )  # fmt: skip
    return Enrollment(**{**given, **fields}), step


def marks(portfolio: Portfolio, id: str = "s1") -> dict[str, str]:
    """The status of each person in the register of what is known."""
    return {each.person_id: each.status for each in register(portfolio, id, at=NOON)}


def test_a_check_in_is_one_record() -> None:
    """Checked in twice, or moved online, a person has one record; a walk-in needs no seat."""
    known = season(edition(), TALK, *enrolled(1))
    first = check_in(known, session="s1", person="p1", at=NOON)
    assert str(first) == "person:p1 present in session:s1"
    then = after(known, first)
    assert check_in(then, session="session:s1", person="p1", at=NOON).changes == ()
    online = check_in(then, session="s1", person="p1", at=NOON, mode="online", minutes=30)
    (record,) = after(then, online).all(Attendance)
    assert (record.id, record.mode, record.minutes) == ("s1-p1", "online", 30)
    walk_in = check_in(then, session="s1", person="p2", at=NOON, status="partial")
    assert str(walk_in) == "person:p2 partial in session:s1, a walk-in"
    with pytest.raises(StaleProposal):
        after(after(then, check_in(then, session="s1", person="p1", at=NOON, minutes=5)), online)


def test_a_check_in_is_refused() -> None:
    """Unknown sessions and persons, cancelled sessions, minutes of an absence, wrong words."""
    known = season(TALK, Identity(id="i", kept="person:p1", merged="person:p3"))
    given: dict[str, Any] = {"session": "s1", "person": "p1", "at": NOON}
    for bad, error in (
        ({"session": "s9"}, "NotFound"),
        ({"person": "p99"}, "NotFound"),
        ({"person": "v1"}, "NotFound"),
        ({"status": "there"}, "InvariantError"),
        ({"mode": "hybrid"}, "InvariantError"),
        ({"minutes": -1}, "InvariantError"),
        ({"status": "absent", "minutes": 5}, "InvariantError"),
        ({"at": "now"}, "InvariantError"),
    ):
        assert refusal(known, check_in, **{**given, **bad}).startswith(error)
    gone = after(known, cancel(known, "session:s1", at=NOON))
    assert "cancelled" in refusal(gone, check_in, **given)
    before: dict[str, Any] = {**given, "at": NOON - DAY}
    assert check_in(gone, **before).changes
    other: dict[str, Any] = {**given, "person": "p3"}
    (merged,) = check_in(known, **other).changes
    assert isinstance(merged, Attendance)
    assert merged.person_id == "p1"


def test_a_register_marks_a_whole_session() -> None:
    """Each list gives its status; the rest stays unrecorded unless one says otherwise."""
    known = season(edition(), TALK, *enrolled(1), *enrolled(2), *enrolled(3), *enrolled(4))
    made = register(
        known, "s1", at=NOON, present=("p1",), excused=["p2"], partial=iter(("p9",)),
        minutes={"p1": 120},
    )  # fmt: skip
    assert [(each.person_id, each.status, each.minutes) for each in made] == [
        ("p1", "present", 120), ("p2", "excused", None), ("p3", "unrecorded", None),
        ("p4", "unrecorded", None), ("p9", "partial", None),
    ]  # fmt: skip
    assert [each.person_id for each in made.walk_ins] == ["p9"]
    assert made.rate == (1, 2)
    assert (made.named, made.bounds) == (2, (2, None))
    then = after(known, made)
    assert marks(then) == {each.person_id: each.status for each in made}
    closed = register(then, "s1", at=NOON, rest="absent")
    assert closed.rate == (1, 4)
    assert len(closed.changes) == 2
    assert after(then, closed).find(Attendance, "s1-p3") is not None
    mended = register(after(then, closed), "s1", at=NOON, present=("p3",), mode="online")
    assert mended.replaces == (after(then, closed).get(Attendance, "s1-p3"),)
    assert register(then, "s1", at=NOON, as_of=NOON - DAY).named == 0
    text = str(mended)
    assert "2 of 4 recorded as expected were there; present in all: 3 or more." in text
    assert "walk-in" in mended._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert len(mended) == len(mended.rows()) == 5


def test_named_and_anonymous_presence_give_bounds() -> None:
    """A head count may have included those known by name, or not; the larger count holds."""
    known = season(edition(), TALK, *enrolled(1))
    made = register(known, "s1", at=NOON, present=("p1", "p2"), headcount=5, basis="estimated")
    assert made.bounds == (5, 7)
    assert "present in all: 5 to 7." in str(made)
    then = after(known, made)
    assert [each.basis for each in then.all(Headcount)] == ["estimated"]
    assert register(then, "s1", at=NOON, headcount=5).changes == ()
    assert register(then, "s1", at=NOON, headcount=3).counted == 5
    assert register(known, "s1", at=NOON, present=("p1",), headcount=0).bounds == (1, 1)
    assert "all: 1." in str(register(known, "s1", at=NOON, present=("p1",), headcount=0))


def test_a_register_is_refused() -> None:
    """Nobody is in two lists, unknown, or listed as a single text."""
    known = season(TALK, Identity(id="i", kept="person:p1", merged="person:p3"))
    twice: Any = {"present": ("p1",), "absent": ("p3",)}
    assert "as well" in refusal(known, register, "s1", at=NOON, **twice)
    assert "NotFound" in refusal(known, register, "s1", at=NOON, present=("p99",))
    stranger: Any = {"present": ("p1",), "minutes": {"p4": 5}}
    assert "who is listed" in refusal(known, register, "s1", at=NOON, **stranger)
    for bad in (
        {"minutes": 3},
        {"present": "p1"},
        {"present": 3},
        {"rest": "gone"},
        {"headcount": -1},
    ):
        wrong: Any = bad
        assert "InvariantError" in refusal(known, register, "s1", at=NOON, **wrong)


def test_of_two_records_the_one_of_presence_counts() -> None:
    """One person with two records in a session counts once, as present if one says so."""
    known = season(
        TALK, Identity(id="i", kept="person:p1", merged="person:p3"),
        Attendance(id="a", session_id="s1", person_id="p1", status="absent"),
        Attendance(id="b", session_id="s1", person_id="p3", status="present"),
        Attendance(id="c", session_id="s1", person_id="p3", status="excused"),
    )  # fmt: skip
    assert marks(known) == {"p1": "present"}


def test_delegates_sit_for_a_venture_on_their_days() -> None:
    """The delegate of October stays; from November another one is expected."""
    change = date(2014, 11, 1)
    october = session(
        "s1", edition_id="b6", slot=Slot.at("2014-10-31", "18:00", 2 * DAY / 24, "Europe/Brussels")
    )
    november = attrs.evolve(
        october, id="s2", slot=Slot.at("2014-11-01", "18:00", 2 * DAY / 24, "Europe/Brussels")
    )
    known = season(
        edition(), october, november, *enrolled(1, participant_id="v1", delegates=("p1",)),
        Delegation(id="d1", enrollment_id="e1", person_id="p1", period=Period(None, change)),
        Delegation(id="d2", enrollment_id="e1", person_id="p2", period=Period(change, None)),
    )  # fmt: skip
    assert marks(known, "s1") == {"p1": "unrecorded"}
    assert marks(known, "s2") == {"p2": "unrecorded"}
    first = register(known, "s1", at=NOON, present=("p1",))
    assert first.organizations == (("v1", True),)
    then = after(known, first, register(known, "s2", at=NOON, absent=("p2",)))
    assert register(then, "s2", at=NOON).organizations == (("v1", False),)
    assert marks(then, "s1") == {"p1": "present"}
    (streak,) = streaks(then, "b6")
    assert (streak.participant_id, streak.attended, streak.missed) == ("v1", 1, 1)


def test_who_is_expected_at_a_session() -> None:
    """Seats of the edition and of the session, and invited persons; also without a slot."""
    joint = session("s1", audience=("b6", "p5", "v1"))
    own = Membership(id="m", person_id="p5", organization_id="v2", role="founder", period=Period())
    known = season(
        edition(), joint, own, *enrolled(1), *enrolled(2, into="s1"), *enrolled(3, into="other"),
        *enrolled(4, participant_id="v2"),
    )  # fmt: skip
    found = register(known, "s1", at=NOON)
    assert [each.person_id for each in found] == ["p1", "p2", "p5"]
    assert [each.organizations for each in found] == [(), (), ("v2",)]
    assert isinstance(found.lines[0], RegisterRow)
    unplaced = attrs.evolve(joint, slot=None)
    assert [each.person_id for each in register(after(known, unplaced), "s1", at=NOON)] == [
        "p1", "p2", "p5",
    ]  # fmt: skip


def test_who_enrolled_after_a_session_was_not_expected() -> None:
    """A seat from the day after on brings nobody to a session, and no walk-in is made of it."""
    late, step = enrolled(1)
    assert isinstance(step, Transition)
    known = season(edition(), TALK, late, attrs.evolve(step, effective_at=NOON + 20 * DAY))
    assert register(known, "s1", at=NOON).lines == ()


def test_streaks_are_runs_of_presence() -> None:
    """A missing record neither ends a streak nor adds to it; an absence ends it."""
    hour = DAY / 24
    days = [
        session(
            f"s{n}",
            edition_id="b6",
            slot=Slot.at(f"2014-09-{n + 10}", "18:00", 2 * hour, "Europe/Brussels"),
        )
        for n in range(6)
    ]
    known = season(edition(), *days, session("s9", edition_id="b6"), *enrolled(1), *enrolled(2))
    there = ["present", "partial", None, "present", "absent", "present"]
    for n, status in enumerate(there):
        if status is not None:
            word: Any = status
            known = after(
                known, check_in(known, session=f"s{n}", person="p1", at=NOON, status=word)
            )
    known = after(known, check_in(known, session="s2", person="p2", at=NOON))
    mine, other = streaks(known, "edition:b6")
    assert (mine.longest, mine.current) == (3, 1)
    assert (mine.attended, mine.missed, mine.unrecorded) == (4, 1, 1)
    assert (other.longest, other.unrecorded) == (1, 5)
    assert streaks(known, "b6", as_of=NOON - DAY) == ()
    assert "NotFound" in refusal(known, streaks, "b9")
