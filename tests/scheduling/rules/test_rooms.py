"""Rules about the room of a session."""

from typing import Any

import pytest

from mic_core.model import Room
from mic_core.scheduling.rules.rooms import RoomElsewhere, RoomFeatures, RoomSeats
from mic_core.scheduling.rules.selection import Only
from tests.scheduling.nouns import (
    edition,
    found,
    module,
    people,
    program,
    room,
    seat,
    session,
    slot,
    subjects,
    told,
)


def test_a_room_too_small_is_found() -> None:
    """Twenty-two expected in a room for twenty are two without a seat."""
    (breach,) = found(RoomSeats(), room(), session("a", "09:00", room_id="r", expected=22))
    assert (breach.cost, breach.facts, breach.path) == (2, {"needed": 22, "had": 20}, "room_id")
    assert sorted(breach.subjects) == ["room:r", "session:a"]


@pytest.mark.parametrize("expected", [0, 19, 20])
def test_a_room_just_large_enough_holds_them_all(expected: int) -> None:
    """As many as there are seats is not too many."""
    assert found(RoomSeats(), room(), session("a", "09:00", room_id="r", expected=expected)) == []


@pytest.mark.parametrize(
    "fields",
    [{"mode": "online"}, {"when": None}, {"room_id": None}, {"room_id": "unknown"}],
    ids=str,
)
def test_who_needs_no_seat_is_not_counted(fields: dict[str, Any]) -> None:
    """Online, without a slot, without a room or in one that nobody knows, no seat is missing."""
    values: dict[str, Any] = {"when": "09:00", "room_id": "r", "expected": 99, **fields}
    assert found(RoomSeats(), room(), session("a", **values)) == []


def test_seats_that_are_not_stated_limit_nobody() -> None:
    """A room whose seats are None costs nothing, however many are expected."""
    crowd = session("a", "09:00", room_id="r", expected=999)
    assert found(RoomSeats(), room(seats=None), crowd) == []


SEATS = (edition(), people("p", "q", "o"), seat("p", "e", places=3), seat("q", "a", places=2))


def test_a_session_online_needs_no_seat_at_all() -> None:
    """Even a room without any seat holds nobody."""
    none = room(seats=0)
    assert found(RoomSeats(), none, session("a", "09:00", room_id="r", mode="online")) == []
    assert found(RoomSeats(), none, session("a", "09:00", room_id="r", expected=0)) == []
    (breach,) = found(RoomSeats(), none, session("a", "09:00", room_id="r", expected=1))
    assert breach.cost == 1


def test_seats_taken_are_expected_where_nobody_said_more() -> None:
    """Places in the edition and in the session itself are added, those online are not."""
    one = session("a", "09:00", room_id="r", edition_id="e")
    online = seat("o", "e", mode="online")
    assert found(RoomSeats(), *SEATS, online, room(seats=5), one) == []
    (breach,) = found(RoomSeats(), *SEATS, online, room(seats=4), one)
    assert breach.facts["needed"] == 5
    two = session("b", "09:00", room_id="r", audience=("e",))
    assert found(RoomSeats(), *SEATS, room(seats=3), two) == []
    assert len(found(RoomSeats(), *SEATS, room(seats=2), two)) == 1


def test_what_bears_the_name_of_its_audience_is_counted_once() -> None:
    """A session under the id of its edition does not double the seats."""
    one = session("e", "09:00", room_id="r", edition_id="e")
    assert found(RoomSeats(), edition(), people("p"), seat("p", "e"), room(seats=1), one) == []


def test_a_room_without_what_is_needed_is_found() -> None:
    """Needs of the session and of its module count together."""
    parts = (program(module("m", needs=("machines", "screen"))), room(features=("screen",)))
    one = session("a", "09:00", room_id="r", module_id="m", needs=("flipchart",))
    (breach,) = found(RoomFeatures(), *parts, one)
    assert (breach.cost, breach.facts) == (
        2,
        {"needed": ("flipchart", "machines"), "had": ("screen",)},
    )
    assert told(RoomFeatures(), *parts, one) == [
        "room:r and session:a: the room lacks flipchart, machines"
    ]


def test_a_room_with_all_that_is_needed_is_right() -> None:
    """More features than needed, no needs, an unknown room or an unknown module are no breach."""
    parts = (program(module("m", needs=("machines",))), room(features=("machines", "screen")))
    right = [
        session("a", "09:00", room_id="r", module_id="m", needs=("screen",)),
        session("b", "09:00", room_id="r"),
        session("c", "09:00", room_id="unknown", module_id="m"),
        session("d", "09:00", room_id="r", module_id="unknown"),
        session("f", "09:00", module_id="m"),
    ]
    assert found(RoomFeatures(), *parts, right) == []


def test_a_room_elsewhere_is_found() -> None:
    """A session of one center in a room of another one is named with both centers."""
    away = Room(id="r", center_id="lab", name="Far away", seats=5)
    (breach,) = found(RoomElsewhere(), away, session("a", "09:00", room_id="r"))
    assert breach.facts == {"needed": "center:mic", "had": "center:lab"}
    assert found(RoomElsewhere(), room(), session("a", "09:00", room_id="r")) == []
    assert found(RoomElsewhere(), away, session("a", "09:00", room_id="unknown")) == []


def test_only_selected_sessions_count() -> None:
    """Each rule of rooms leaves out what is not selected."""
    away = Room(id="r", center_id="lab", name="Far away", seats=5)
    both = [
        session(id, slot("09:00"), room_id="r", kind=kind, expected=9, needs=("x",))
        for id, kind in (("a", "talk"), ("b", "visit"))
    ]
    for rule in (RoomSeats, RoomFeatures, RoomElsewhere):
        assert len(found(rule(), away, both)) == 2
        assert subjects(found(rule(where=Only(kind="visit")), away, both)) == [
            ["room:r", "session:b"]
        ]
