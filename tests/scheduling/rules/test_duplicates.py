"""The rule about sessions that were entered twice."""

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from mic_core.chrono import Slot
from mic_core.model import Assignment, Money, Noun, Person, Seats, Session, Waitlist
from mic_core.portfolio import Portfolio
from mic_core.scheduling.rules.overlap import (
    DUPLICATE_SESSION,
    AudienceOverlap,
    PersonOverlap,
    RoomOverlap,
)
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import (
    edition,
    found,
    gives,
    module,
    people,
    program,
    room,
    session,
    slot,
)

_OTHER: dict[str, Any] = {
    "kind": "talk", "mode": "online", "elective": True, "expected": 9, "audience": ("x",),
    "seats": Seats(in_person=9), "waitlist": Waitlist(rule="best_fit"), "topics": ("cloud",),
    "needs": ("screen",), "fee": Money(amount=Decimal(5), currency="EUR"),
    "original_on": date(2014, 9, 9),
}  # fmt: skip
_KEPT = {"id", "revision", "status", "slot", "length"}


@pytest.mark.parametrize("field", [each.name for each in attrs.fields(Session)])
def test_a_duplicate_is_the_same_in_all_but_its_id(field: str) -> None:
    """Sessions that differ in one field that makes them are two sessions, and clash as such."""
    values: dict[str, Any] = {
        "title": "Pitch", "room_id": "r", "edition_id": "e", "series_id": "weekly",
    }  # fmt: skip
    other = {**values, field: _OTHER.get(field, "x")} if field not in _KEPT else values
    both = (session("a", "09:00", **values), session("b", "09:00", revision=7, **other))
    overlaps = found(AudienceOverlap(), edition(), both)
    same = field in _KEPT
    assert len(found(DUPLICATE_SESSION, room(), edition(), both)) == same
    assert same or field in {"edition_id", "audience", "elective"} or len(overlaps) == 1
    assert not (same and overlaps)


@pytest.mark.parametrize("other", [slot("09:00", 90), slot("09:30", 30)])
def test_a_duplicate_has_the_same_slot(other: Slot) -> None:
    """With another end or another start it is another session."""
    one, two = session("a", slot("09:00"), title="Pitch"), session("b", other, title="Pitch")
    assert found(DUPLICATE_SESSION, one, two) == []


def test_the_slots_of_duplicates_are_compared_as_instants() -> None:
    """One hour under the names of two zones is one hour."""
    away = slot("09:00", place="Europe/Paris")
    twice = (session("a", "09:00", title="Pitch"), session("b", away, title="Pitch"))
    assert len(found(DUPLICATE_SESSION, twice)) == 1


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ((gives("t", "b"),), True),
        ((gives("u", "b"),), True),
        ((gives("v", "b"),), False),
        ((gives("t", "b", role="coach"),), False),
        ((gives("t", "b"), gives("v", "b")), False),
        ((gives("unknown", "b"),), False),
        ((), False),
    ],
)
def test_duplicates_are_given_by_the_same_people(other: tuple[Assignment, ...], same: bool) -> None:
    """People are the same by id or by plain name, and have the same roles."""
    named = (("t", "Zoë Strauß"), ("u", "zoe strauss"), ("v", "Ada"))
    known = [Person(id=id, name=name) for id, name in named]
    twice = [session(id, "09:00", title="Pitch", room_id="r") for id in ("a", "b")]
    nouns: list[Noun | list[Person] | list[Session]] = [
        room(),
        known,
        twice,
        gives("t", "a"),
        *other,
    ]
    assert len(found(DUPLICATE_SESSION, *nouns)) == same
    assert len(found(RoomOverlap(), *nouns)) == (not same)
    unknown = (room(), twice, gives("t", "a"), gives("t", "b"))
    assert len(found(DUPLICATE_SESSION, *unknown)) == 1


@pytest.mark.parametrize(
    ("count", "fields", "others", "same"),
    [
        (1, {"edition_id": "e"}, 0, True),
        (2, {"edition_id": "e"}, 0, False),
        (2, {"audience": ("e",)}, 0, False),
        (2, {}, 0, False),
        (1, {}, 0, True),
        (2, {"edition_id": "e"}, 1, True),
        (3, {"edition_id": "e"}, 1, False),
    ],
)
def test_sessions_that_a_module_calls_for_are_no_duplicates(
    count: int, fields: dict[str, Any], others: int, same: bool
) -> None:
    """As many sessions as the count of the module says are sessions of their own, and clash."""
    twice = [
        session(id, "09:00", title="Pitch", room_id="r", module_id="m", **fields) for id in "ab"
    ]
    more = [session(f"o{n}", None, module_id="m", **fields) for n in range(others)]
    nouns = (room(), edition(), program(module("m", count=count)), twice, more)
    assert len(found(DUPLICATE_SESSION, *nouns)) == same
    assert len(found(RoomOverlap(), *nouns)) == (not same)


def test_a_room_for_two_excuses_neither_a_lead_nor_an_audience() -> None:
    """Two sessions in a room for two, or online, still share their lead and their audience."""
    lab = room("lab", concurrency=2)
    places: tuple[dict[str, Any], ...] = ({"room_id": "lab"}, {"mode": "online"})
    for fields in places:
        both = [session(id, "09:00", edition_id="e", **fields) for id in ("a", "b")]
        nouns = (lab, edition(), people("t"), both, gives("t", "a"), gives("t", "b"))
        assert found(RoomOverlap(), *nouns) == []
        assert len(found(PersonOverlap(), *nouns)) == len(found(AudienceOverlap(), *nouns)) == 1


def test_sessions_yet_to_be_placed_are_no_duplicates() -> None:
    """Two equal sessions of a module may well be planned; what has no slot is not entered twice."""
    both = [session(id, None, title="Pitch") for id in ("a", "b")]
    assert found(DUPLICATE_SESSION, both) == []
    assert timetable_of(Portfolio.of(*both)).are_duplicates is None
