"""Seats and participants judged by the statuses of enrollments when a session begins."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.model import Enrollment, Noun, Organization, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules.overlap import ParticipantOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import (
    MIC,
    edition,
    found,
    people,
    room,
    session,
    slot,
    subjects,
)

NINE = slot("09:00").start.astimezone(UTC)
FEBRUARY, JUNE = "2015-02-10", "2015-06-10"


def seats(into: str, ids: Sequence[str], *steps: tuple[str, datetime], **fields: Any) -> list[Noun]:
    """Enrollments with the same statuses, each from an instant on."""
    nouns: list[Noun] = []
    for person in ids:
        id = f"{into}-{person}"
        nouns.append(Enrollment(id=id, participant_id=person, into=into, **fields))
        nouns += [
            Transition(id=f"{id}-{n}", subject=f"enrollment:{id}", after=after, effective_at=at)
            for n, (after, at) in enumerate(steps)
        ]
    return nouns


def month(n: int) -> datetime:
    """The first of a month of 2015."""
    return datetime(2015, n, 1, tzinfo=UTC)


IDS = [f"p{n}" for n in range(15)]
SMALL = (edition(), room(seats=10))
BOTH = [
    session(day[5:7], slot("09:00", day=day), room_id="r", edition_id="e")
    for day in (FEBRUARY, JUNE)
]  # fmt: skip


def test_seats_are_those_of_the_day_of_the_session() -> None:
    """Fifteen who leave in summer are too many in February, those who join in May not yet."""
    leaving = seats("e", IDS, ("enrolled", month(1)), ("withdrawn", month(5)))
    assert subjects(found(RoomSeats(), *SMALL, leaving, BOTH)) == [["room:r", "session:02"]]
    joining = seats("e", IDS, ("enrolled", month(5)))
    assert subjects(found(RoomSeats(), *SMALL, joining, BOTH)) == [["room:r", "session:06"]]
    waiting = [session("w", None, room_id="r", edition_id="e")]
    assert found(RoomSeats(), *SMALL, joining, waiting) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("enrolled", NINE)], True),
        ([("enrolled", NINE + timedelta(microseconds=1))], False),
        ([("enrolled", month(1) - timedelta(days=365)), ("withdrawn", NINE)], False),
        ([("enrolled", month(1) - timedelta(days=365)), ("suspended", NINE)], True),
        ([("enrolled", month(1) - timedelta(days=365)), ("transferred", NINE)], False),
        ([("enrolled", month(1) - timedelta(days=365)), ("completed", NINE)], False),
        ([("offered", month(1) - timedelta(days=365))], False),
        ([("waitlisted", month(1) - timedelta(days=365))], False),
        ([], False),
    ],
)
def test_the_status_when_a_session_begins_decides(
    steps: list[tuple[str, datetime]], expected: bool
) -> None:
    """A change at the very instant of the start counts; offered and requested are not expected."""
    both = (
        session("a", "09:00", room_id="r", edition_id="e1"),
        session("b", "09:00", room_id="r", edition_id="e2"),
    )
    nouns = [
        edition("e1"), edition("e2", number=2), room(seats=0), *people("p"),
        *seats("e1", ["p"], ("enrolled", month(1) - timedelta(days=365))),
        *seats("e2", ["p"], *steps),
    ]  # fmt: skip
    seatless = [["room:r", "session:a"], ["room:r", "session:b"]]
    assert subjects(found(RoomSeats(), *nouns, both)) == seatless[: 1 + expected]
    assert len(found(ParticipantOverlap(), *nouns, both)) == expected


@pytest.mark.parametrize(("stated", "needed"), [(None, 4), (3, 4), (4, 4), (5, 5), (0, 4)])
def test_a_stated_number_does_not_hide_who_is_enrolled(stated: int | None, needed: int) -> None:
    """The room holds the larger of the two numbers."""
    nouns = (edition(), *seats("e", IDS[:4], ("enrolled", month(1) - timedelta(days=365))))
    one = session("a", "09:00", room_id="r", edition_id="e", expected=stated)
    assert found(RoomSeats(), *nouns, room(seats=needed), one) == []
    (breach,) = found(RoomSeats(), *nouns, room(seats=needed - 1), one)
    assert (breach.facts["needed"], breach.cost) == (needed, 1)
    online = session("a", "09:00", room_id="r", edition_id="e", expected=stated, mode="online")
    assert found(RoomSeats(), *nouns, room(seats=0), online) == []


STATUSES = ("offered", "enrolled", "suspended", "withdrawn", "transferred", "completed")
HOURS = [NINE + n * timedelta(minutes=30) for n in range(-1, 5)]


@st.composite
def changing(draw: st.DrawFn) -> list[Noun]:
    """Sessions of an hour or so, and enrollments whose statuses change while they take place."""
    nouns: list[Noun] = [
        MIC, room("r1", 0), edition("e1"), edition("e2", number=2), *people("p1", "p2"),
        Organization(id="v", name="V", kind="venture", country="BE"),
    ]  # fmt: skip
    starts = st.sampled_from([None, "09:00", "09:30", "10:00", "10:30"])
    listed = [
        session(
            f"s{n}", draw(starts), draw(st.sampled_from([30, 60, 90])), room_id="r1",
            edition_id=draw(st.sampled_from(["e1", "e2", None])),
            audience=draw(st.sampled_from([(), (), ("e1",), ("e1", "e2"), ("p1",)])),
            mode=draw(st.sampled_from(["in_person", "hybrid", "online"])),
            elective=draw(st.sampled_from([False, False, False, True])),
            expected=draw(st.sampled_from([None, None, 0, 3])),
        )
        for n in range(draw(st.integers(0, 5)))
    ]  # fmt: skip
    nouns += listed
    for n in range(draw(st.integers(0, 6))):
        who = draw(st.sampled_from(["p1", "p2", "v"]))
        delegates = draw(st.sampled_from([(), ("p1",), ("p1", "p2")])) if who == "v" else ()
        one = Enrollment(
            id=f"n{n}", participant_id=who, into=draw(st.sampled_from(["e1", "e2", "s0", "s1"])),
            delegates=delegates, places=len(delegates) + draw(st.integers(0, 2)) or 1,
            mode=draw(st.sampled_from(["in_person", "in_person", "online"])),
        )  # fmt: skip
        nouns.append(one)
        for m, at in enumerate(draw(st.lists(st.sampled_from(HOURS), max_size=3))):
            after = draw(st.sampled_from(STATUSES))
            nouns.append(
                Transition(id=f"t{n}-{m}", subject=f"enrollment:n{n}", after=after, effective_at=at)
            )
    return nouns


def _expected(portfolio: Portfolio, one: Session) -> list[Enrollment]:
    """The plain definition: a loop over all enrollments."""
    if one.slot is None:
        return []
    histories = status_histories(portfolio, Enrollment)
    audience = one.audience or ((one.edition_id,) if one.edition_id else ())
    return [
        each
        for each in portfolio.all(Enrollment)
        if each.into in {*audience, one.id}
        and histories[each.id].at(one.slot.start) in {"enrolled", "suspended"}
    ]


@given(changing())
def test_seats_are_judged_one_by_one(nouns: list[Noun]) -> None:
    """Each session on site needs the larger of what is stated and who is expected then."""
    portfolio = Portfolio.of(*nouns)
    naive: dict[str, int] = {}
    for one in portfolio.all(Session):
        if one.slot is not None and one.mode != "online":
            places = [e.places for e in _expected(portfolio, one) if e.mode == "in_person"]
            naive[one.id] = max(one.expected or 0, sum(places))
    breaches = conflicts(RoomSeats(), timetable_of(portfolio))
    assert {each.subjects[0][8:]: each.cost for each in breaches} == {
        id: count for id, count in naive.items() if count
    }


@given(changing())
def test_all_torn_participants_are_found(nouns: list[Noun]) -> None:
    """Each person expected at two sessions at once when each begins is found, and nobody else."""
    portfolio = Portfolio.of(*nouns)

    def persons(one: Session) -> set[str]:
        enrolled = {
            id
            for each in _expected(portfolio, one)
            for id in each.delegates or (each.participant_id,)
        }
        return (enrolled | set(one.audience)) & {"p1", "p2"}

    naive: list[list[str]] = []
    placed = [each for each in portfolio.all(Session) if each.slot is not None]
    for a, b in combinations([each for each in placed if not each.elective], 2):
        audiences = [set(each.audience or (each.edition_id,)) - {None} for each in (a, b)]
        if a.slot and b.slot and not audiences[0] & audiences[1] and a.slot.overlaps(b.slot):
            both = persons(a) & persons(b)
            naive += [sorted([f"person:{id}", f"session:{a.id}", f"session:{b.id}"]) for id in both]
    breaches = conflicts(ParticipantOverlap(), timetable_of(portfolio))
    assert sorted(subjects(breaches)) == sorted(naive)
