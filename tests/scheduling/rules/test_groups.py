"""Selection and grouping of sessions, and the columns of the timetable."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mic_core.chrono.local import zone
from mic_core.errors import InvariantError
from mic_core.fields import fields_of
from mic_core.model import Transition
from mic_core.rules import Group
from mic_core.scheduling.rules.groups import group_sessions, select_sessions
from mic_core.scheduling.rules.selection import Only
from mic_core.timetable import clock
from tests.scheduling.nouns import (
    edition,
    gives,
    module,
    people,
    program,
    room,
    session,
    slot,
    table,
)

LISTED = (
    session("a", "09:00", edition_id="e", module_id="m", room_id="r", series_id="s"),
    session("b", None, edition_id="e", module_id="m", audience=("p", "e")),
    session("c", "10:00", module_id="m", kind="talk", room_id="unknown"),
)
TABLE = table(
    edition("e"), people("p", "t", "u"), program(module("m", trainers=("u",))), room(), room("q"),
    LISTED, gives("t", "a"), gives("t", "b", role="host"), gives("t", "gone"),
)  # fmt: skip


def listed(of: Any, **more: Any) -> list[tuple[str, tuple[str, ...], list[int], int]]:
    """Label, further citations, members and limit of each group."""
    return [
        (each.label, each.about, list(each.sessions), each.limit)
        for each in group_sessions(TABLE, of, **more).groups
    ]


GROUPS: dict[str, list[tuple[str, tuple[str, ...], list[int], int]]] = {
    "edition": [("edition:e", (), [0, 1], 1)],
    "audience": [("edition:e", (), [0, 1], 1), ("person:p", (), [1], 1)],
    "module": [("module:m", (), [2], 1), ("module:m", ("edition:e",), [0, 1], 1)],
    "series": [("series:s", (), [0], 1)],
    "center": [("center:mic", (), [0, 1, 2], 1)],
    "room": [("room:q", (), [], 1), ("room:r", (), [0], 1)],
    "person": [("person:t", (), [0, 1], 1), ("person:u", (), [], 1)],
    "all": [("", (), [0, 1, 2], 1)],
}


@pytest.mark.parametrize("of", GROUPS)
def test_sessions_share_many_things(of: str) -> None:
    """Groups come in the order of ids, with those that have no slot; rooms and trainers all."""
    assert listed(of) == GROUPS[of]


def test_a_selection_narrows_groups() -> None:
    """Members that are not selected are left out; on the axes of a plan it is told who counts."""
    talks = Only(kind="talk")
    assert listed("center", where=talks) == [("center:mic", (), [2], 1)]
    assert (
        group_sessions(TABLE, "center", where=talks).axis,
        group_sessions(TABLE, "center", where=talks).among,
    ) == ("session", None)
    rooms = group_sessions(TABLE, "room", where=talks)
    assert (rooms.axis, rooms.among) == ("room", frozenset({2}))
    assert [list(each.sessions) for each in rooms.groups] == [[], []]
    assert group_sessions(TABLE, "person").among is None
    assert list(select_sessions(TABLE, None)) == [0, 1, 2]


def test_a_limit_that_names_ids_names_groups() -> None:
    """An id without a number has no group."""
    assert listed("room", limit={"r": 4}) == [("room:r", (), [0], 4)]
    assert listed("module", limit=3) == [
        ("module:m", (), [2], 3),
        ("module:m", ("edition:e",), [0, 1], 3),
    ]
    assert listed("all", limit={"all": 2}) == [("", (), [0, 1, 2], 2)]


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        (Only(), "abc"),
        (Only(kind="talk"), "c"),
        (Only(kind=("talk", "training")), "abc"),
        (Only(edition_id="e", module_id="m"), "ab"),
        (Only(edition_id="e", kind="talk"), ""),
        (Only(audience="p"), "b"),
        (Only(audience=("q", "r")), ""),
        (Only(id=("c", "a")), "ac"),
        (Only(center_id="mic", series_id="s"), "a"),
        (Only(mode="online"), ""),
        (Only(topics="cloud"), ""),
    ],
    ids=str,
)
def test_sessions_are_selected_by_what_they_are(only: Only, ids: str) -> None:
    """All fields that are given must hold, of several values any."""
    assert "".join(each.id for each in LISTED if only(each)) == ids


def test_a_selection_is_a_value() -> None:
    """Equal where all is equal, in whatever order values come; shown by what it selects."""
    assert Only(kind=["b", "a"]) == Only(kind=("a", "b"))  # type: ignore[arg-type]
    assert hash(Only(kind="a")) == hash(Only(kind=("a",)))
    assert repr(Only(kind="a")) == "Only(kind=('a',))"
    assert {field.shape.rule for field in fields_of(Only)} == {"must be a text, or several"}
    wrong: Any = 3
    with pytest.raises(InvariantError, match="kind"):
        Only(kind=wrong)


def test_cancelled_sessions_are_no_part_of_the_timetable() -> None:
    """By their own status, or by the last transition; those that were held still are."""
    steps = [
        Transition(
            id=f"{id}-{n}", subject=f"session:{id}", before=before, after=after,
            effective_at=datetime(2014, 9, n, tzinfo=UTC),
        )
        for id, n, before, after in (("b", 1, "planned", "cancelled"), ("c", 2, "planned", "held"))
    ]  # fmt: skip
    made = table(
        session("a", "09:00", status="cancelled"),
        session("b", "09:00"),
        session("c", "09:00"),
        steps,
    )
    assert [each.id for each in made.sessions] == ["c"]


def test_columns_stand_side_by_side() -> None:
    """Times of sessions without a slot are zero, and each goes by the clocks of its center."""
    assert TABLE.placed == (0, 2)
    assert (TABLE.starts[1], TABLE.ends[1], TABLE.days[1], TABLE.minutes[1]) == (0, 0, 0, 0)
    assert TABLE.minutes[0] == 9 * 60
    assert TABLE.days[0] == slot("09:00").day.toordinal()
    assert TABLE.sessions_by_module == (("e", "m", (0, 1)),)
    lost = session("a", module_id="m", edition_id="lost", audience=("gone",))
    assert table(lost).sessions_by_module == ()
    elsewhere = table(session("a", slot("09:00", place="Asia/Seoul"), center_id="gone"))
    assert elsewhere.places == (zone("Asia/Seoul"),)
    assert table(session("a", None, center_id="gone")).places == (UTC,)


def test_an_instant_beyond_the_calendar_is_read_in_utc() -> None:
    """In New York the year 1 has not begun when it begins in UTC."""
    first = -62_135_596_800_000_000
    assert clock(first, zone("America/New_York")) == (1, 0)
    assert clock(first, UTC) == (1, 0)


def test_groups_are_values() -> None:
    """A group says what it is made of."""
    assert Group(label="room:r", sessions=(1, 2)) == Group(label="room:r", sessions=(1, 2))
