"""More stories about editions, modules, sessions and seats, each with who is cited."""

from datetime import timedelta
from typing import Any

import pytest

from mic_core.model import Noun, Seats
from mic_core.samples.rules.nouns import (
    MIC,
    assignment,
    at,
    attendance,
    center,
    days,
    edition,
    enrolled,
    heads,
    module,
    program,
    room,
    session,
    slot,
    step,
)
from tests.catalog.rules.test_stories import cited

LATE = center("lab", time_zone="Europe/Lisbon")
FIRST = at("2014-09-10 00:00")
OVER = at("2014-12-18 00:00")
MINUTE = timedelta(minutes=1)


def camps(*ids: str, **fields: Any) -> tuple[Noun, ...]:
    """Editions that are alike."""
    return tuple(edition(id, **fields) for id in ids)


def test_editions_share_a_number_within_a_program_and_a_center() -> None:
    """Other programs, centers and numbers are others, and what is cancelled does not count."""
    others = (
        edition("a", program_id="other"), edition("b", center_id="lab"), edition("c", number=7),
    )  # fmt: skip
    gone = (edition("d"), step("edition:d", "open", "cancelled", "2014-08-01 09:00"))
    code = "edition-number"
    assert cited(code, MIC, camps("camp-6"), others, gone) == []
    assert cited(code, MIC, gone, camps("x", "y"), others) == ["edition:x"]


@pytest.mark.parametrize(
    ("seats", "rooms", "fires"),
    [
        (20, (5, 20), False), (21, (5, 20), True), (21, (20, 21), False), (1, (0,), True),
        (0, (0,), False), (None, (5,), False), (99, (), False),
    ],
)  # fmt: skip
def test_the_seats_of_an_edition_fit_into_a_room_of_its_center(
    seats: int | None, rooms: tuple[int, ...], *, fires: bool
) -> None:
    """The largest room of the center decides; rooms elsewhere and seats online do not count."""
    offers = {"seats": Seats(in_person=seats, online=500)}
    code = "seats-beyond-rooms"
    own = [room(f"r-{n}", seats=size) for n, size in enumerate(rooms)]
    elsewhere = room("far", center_id="lab", seats=1000)
    nouns = (MIC, *own, elsewhere)
    assert cited(code, *nouns, edition("camp-6", **offers)) == ["edition:camp-6"] * fires
    assert cited(code, *nouns, edition("camp-6", status="cancelled", **offers)) == []


@pytest.mark.parametrize(
    ("seats", "needs", "fires"),
    [
        (Seats(in_person=10), 10, False), (Seats(in_person=10), 11, True), (Seats(), 11, False),
        (Seats(in_person=10, online=5), 15, False), (Seats(in_person=10, online=5), 16, True),
        (Seats(in_person=0), 11, False), (Seats(in_person=0, online=10), 11, True),
        (Seats(online=5), 11, False), (Seats(in_person=10), None, False),
    ],
)  # fmt: skip
def test_what_an_edition_needs_is_held_against_all_its_seats(
    seats: Seats, needs: int | None, *, fires: bool
) -> None:
    """Seats on site and online together; where either is unlimited nothing is said."""
    asked = edition("camp-6", seats=seats, min_seats=needs)
    assert cited("min-seats", MIC, asked) == ["edition:camp-6"] * fires


def test_an_edition_is_over_on_the_clocks_of_its_center() -> None:
    """One can apply until midnight there, an hour later in Lisbon; without an end, always."""
    until = slot("2014-12-01 09:00", 16 * 24 * 60 + 15 * 60)
    assert until.end == OVER
    longer = slot("2014-12-01 09:00", 16 * 24 * 60 + 15 * 60 + 1)
    code = "application-window"
    assert cited(code, MIC, edition("a", application_window=until), edition("b")) == []
    late = {"application_window": longer}
    assert cited(code, MIC, edition("a"), edition("b", **late)) == ["edition:b"]
    assert cited(code, LATE, edition("b", center_id="lab", **late)) == []


def test_who_takes_part_as_an_edition_begins_counts() -> None:
    """Places count from the moment they are taken up to the moment they are given back."""
    asked = edition("camp-6", min_seats=3)
    code, when = "too-few-enrolled", {"as_of": FIRST}
    two = enrolled("e-1", "2014-09-10 00:00", places=2)
    one = enrolled("e-2", participant_id="bo")
    left = step("enrollment:e-2", "enrolled", "withdrawn", "2014-09-10 00:00")
    stays = step("enrollment:e-2", "enrolled", "withdrawn", "2014-09-10 00:01")
    late = enrolled("e-3", "2014-09-10 00:01", participant_id="eve")
    other = enrolled("e-4", into="other", participant_id="ivy")
    paused = step("enrollment:e-2", "enrolled", "suspended", "2014-09-09 09:00")
    assert cited(code, MIC, asked, two, one, **when) == []
    assert cited(code, MIC, asked, two, one, paused, **when) == []
    assert cited(code, MIC, asked, two, one, stays, as_of=OVER) == []
    assert cited(code, MIC, asked, two, one, left, **when) == ["edition:camp-6"]
    assert cited(code, MIC, asked, two, late, other, **when) == ["edition:camp-6"]
    assert cited(code, MIC, asked, two, as_of=FIRST - MINUTE) == []
    asks_nothing = edition("a")
    draft, gone = edition("b", min_seats=3, status="draft"), edition("c", min_seats=3)
    cancelled = step("edition:c", "open", "cancelled", "2014-09-09 09:00")
    assert cited(code, MIC, asks_nothing, draft, gone, cancelled, asked, **when) == [
        "edition:camp-6"
    ]


def test_an_edition_is_judged_by_its_status_then() -> None:
    """A draft is told from its first day on, an open one from the day after its last."""
    draft, open_one = edition("a", status="draft"), edition("b")
    opened = step("edition:a", "draft", "open", "2014-09-11 09:00")
    done = step("edition:b", "open", "completed", "2014-12-18 09:00")
    code = "edition-still-draft"
    assert cited(code, MIC, draft, open_one, as_of=FIRST - MINUTE) == []
    assert cited(code, MIC, draft, open_one, opened, as_of=FIRST) == ["edition:a"]
    assert cited(code, MIC, draft, opened, as_of=at("2014-09-11 09:00")) == []
    code = "edition-still-open"
    assert cited(code, MIC, draft, open_one, done, as_of=OVER - MINUTE) == []
    assert cited(code, MIC, draft, open_one, done, as_of=OVER) == ["edition:b"]
    assert cited(code, MIC, open_one, done, as_of=at("2014-12-18 09:00")) == []


def test_an_edition_is_completed_on_its_last_day_at_the_earliest() -> None:
    """The day is that of the center, the first completion counts, and an open end is none."""
    code = "completed-early"
    early = step("edition:a", "open", "completed", "2014-12-16 23:59")
    late = step("edition:a", "open", "completed", "2014-12-17 00:00")
    assert cited(code, MIC, edition("0"), edition("a"), late) == []
    assert cited(code, MIC, edition("0"), edition("a"), early) == ["edition:a"]
    assert cited(code, LATE, edition("a", center_id="lab"), late) == ["edition:a"]


def test_sessions_that_stay_planned_in_a_cancelled_edition_are_told() -> None:
    """A session held, or cancelled as well, is no breach; nor is one without an edition."""
    gone = (edition("a"), step("edition:a", "open", "cancelled", "2014-09-01 09:00"))
    mine: dict[str, Any] = {"edition_id": "a"}
    held = (session("s-1", **mine), step("session:s-1", "planned", "held", "2014-09-11 09:00"))
    rest = (session("s-0"), session("s-3", edition_id="b"), edition("b", number=7))
    assert cited("cancelled-edition", MIC, gone, held, rest) == []
    assert cited("cancelled-edition", MIC, gone, held, rest, session("s-2", **mine)) == [
        "edition:a"
    ]


M1, M2 = module("m-1", count=2), module("m-2")
TAUGHT = program("camp", modules=(M1, M2))


def given(*modules: str | None, **fields: Any) -> tuple[Noun, ...]:
    """Sessions of an edition, each of a module or of none."""
    return tuple(
        session(f"t-{n}", edition_id="camp-6", module_id=each, **fields)
        for n, each in enumerate(modules)
    )


@pytest.mark.parametrize(
    ("status", "modules", "missing", "surplus"),
    [
        ("open", ("m-1", "m-1", "m-2"), 0, 0), ("open", (), 2, 0), ("open", ("m-1",), 2, 0),
        ("completed", (), 0, 0), ("completed", (None,), 2, 0), ("draft", (), 0, 0),
        ("draft", ("m-1",), 0, 0),
        ("open", ("m-1", "m-1", "m-1", "m-2"), 0, 1), ("cancelled", ("m-2", "m-2"), 0, 0),
        ("draft", ("m-2", "m-2"), 0, 1), ("open", ("m-2", "m-2", None), 1, 1),
    ],
)  # fmt: skip
def test_modules_are_taught_as_often_as_they_count(
    status: str, modules: tuple[str | None, ...], missing: int, surplus: int
) -> None:
    """Sessions are counted by module; a completed edition without any record is left alone."""
    made = edition("camp-6", status="draft" if status == "draft" else "open")
    gone = step("edition:camp-6", "open", status, "2014-12-17 09:00")
    steps = (gone,) if status in {"completed", "cancelled"} else ()
    nouns = (MIC, TAUGHT, made, steps, given(*modules))
    assert len(cited("missing-sessions", *nouns)) == missing
    assert len(cited("surplus-sessions", *nouns)) == surplus


def test_cancelled_sessions_teach_nothing() -> None:
    """They count for no module, have no length, and nobody leads them."""
    off = step("session:t-0", "planned", "cancelled", "2014-09-09 09:00")
    part = assignment("p-1", session_id="t-0", person_id="bo", role="lead")
    taught = program("camp", modules=(module("m-2", trainers=("ada",)),))
    nouns = (MIC, taught, edition("camp-6"), given("m-2", minutes=60), part)
    for code, there in (
        ("missing-sessions", 0), ("module-length", 1), ("unqualified-trainer", 1),
    ):  # fmt: skip
        assert len(cited(code, *nouns)) == there
        assert len(cited(code, *nouns, off)) == (code == "missing-sessions")


def test_only_who_leads_has_to_be_a_trainer_of_the_module() -> None:
    """Assistants, modules that name nobody, and sessions without a module are free."""
    taught = program("camp", modules=(module("m-1", trainers=("ada", "eve")), M2))
    parts = tuple(
        assignment(f"p-{n}", session_id=f"t-{at}", person_id=who, role=role)
        for n, (at, who, role) in enumerate(
            [
                (0, "ada", "lead"), (0, "bo", "assistant"), (1, "bo", "lead"), (2, "bo", "lead"),
                (9, "bo", "lead"), (3, "bo", "lead"), (3, "eve", "lead"),
            ]
        )
    )  # fmt: skip
    nouns = (MIC, taught, edition("camp-6"), given("m-1", "m-2", None, "m-1"), parts)
    assert cited("unqualified-trainer", *nouns) == ["assignment:p-5"]


def test_a_module_of_another_program_is_foreign() -> None:
    """Only where both programs are known; sessions without an edition may borrow."""
    other = program("sprint", modules=(module("x-1"),))
    mine = given("x-1", "m-1", None, "unknown")
    free = session("s-0", module_id="x-1")
    lost = session("s-1", module_id="x-1", edition_id="nothing")
    assert cited("foreign-module", MIC, TAUGHT, other, edition("camp-6"), free, lost, mine) == [
        "session:t-0"
    ]


def test_a_week_after_its_end_a_session_is_held_or_cancelled() -> None:
    """The week counts from its end, and the status is that of then."""
    done = session("s-1", "2014-09-10 18:00", 60)
    rest = (session("s-0"), session("s-2", "2014-09-12 18:00"))
    week = at("2014-09-17 19:00")
    code = "session-still-planned"
    assert cited(code, MIC, rest, done, as_of=week - MINUTE) == []
    assert cited(code, MIC, rest, done, as_of=week) == ["session:s-1"]
    told = step("session:s-1", "planned", "held", "2014-09-17 19:01")
    assert cited(code, MIC, rest, done, told, as_of=week) == ["session:s-1"]
    assert cited(code, MIC, rest, done, told, as_of=week + MINUTE) == []


def test_a_session_is_held_from_its_first_moment_on() -> None:
    """A word that it was held is too early before that, and is judged by the status then."""
    before = step("session:s-1", "planned", "held", "2014-09-10 17:00")
    nouns = (MIC, session("s-0"), session("s-1", "2014-09-10 18:00"), before)
    assert cited("held-too-early", *nouns, as_of=at("2014-09-10 17:59")) == ["session:s-1"]
    assert cited("held-too-early", *nouns, as_of=at("2014-09-10 18:00")) == []
    assert cited("held-too-early", *nouns, as_of=at("2014-09-10 16:59")) == []


def test_what_was_held_leaves_a_trace_of_either_kind() -> None:
    """Attendance or a head count; what was not held needs none."""
    names = ("s-1", "s-2", "s-3")
    held = tuple(step(f"session:{id}", "planned", "held", "2014-09-11 09:00") for id in names)
    nouns = (MIC, session("s-0"), *(session(id) for id in names), held)
    assert len(cited("held-without-trace", *nouns)) == 3
    traces = (attendance("w", session_id="s-1"), heads("h", session_id="s-2"))
    assert cited("held-without-trace", *nouns, traces) == ["session:s-3"]


def test_what_takes_place_has_a_slot_and_a_room_unless_it_is_online() -> None:
    """Each is told of what it lacks first; cancelled ones lack nothing."""
    there = "2014-09-10 18:00"
    off = (session("s-5"), step("session:s-5", "planned", "cancelled", "2014-09-09 09:00"))
    fine = (session("s-1", there, room_id="r-1"), session("s-2", there, mode="online"), off)
    assert cited("unplaced", MIC, room("r-1"), fine) == []
    lacking = (session("s-3"), session("s-4", there), session("s-6", mode="online"))
    assert cited("unplaced", MIC, room("r-1"), fine, lacking) == [
        "session:s-3", "session:s-4", "session:s-6",
    ]  # fmt: skip


def test_only_what_is_online_needs_no_room() -> None:
    """A room is kept in vain by what is online only, and takes place."""
    off = (
        session("s-0", room_id="r-1", mode="online"),
        step("session:s-0", "planned", "cancelled", "2014-09-09 09:00"),
    )
    fine = (session("s-1", room_id="r-1", mode="hybrid"), session("s-2", mode="online"), off)
    vain = session("s-3", room_id="r-1", mode="online")
    assert cited("online-with-room", MIC, room("r-1"), fine, vain) == ["room:r-1"]


@pytest.mark.parametrize(
    ("mode", "seats", "expected", "fires"),
    [
        ("in_person", Seats(in_person=5, online=9), 5, False),
        ("in_person", Seats(in_person=5, online=9), 6, True),
        ("online", Seats(in_person=5, online=9), 9, False),
        ("online", Seats(in_person=5, online=9), 10, True),
        ("hybrid", Seats(in_person=5, online=9), 14, False),
        ("hybrid", Seats(in_person=5, online=9), 15, True),
        ("hybrid", Seats(in_person=5), 99, False),
        ("in_person", None, 99, False),
        ("in_person", Seats(in_person=5), None, False),
    ],
)
def test_who_is_expected_is_held_against_the_seats_of_the_mode(
    mode: str, seats: Seats | None, expected: int | None, *, fires: bool
) -> None:
    """On site, online, or both together; one that is unlimited lifts the limit."""
    asked = session("s-1", mode=mode, seats=seats, expected=expected)
    rest = session("s-0", mode=mode, seats=seats)
    assert cited("expected-over-seats", MIC, rest, asked) == ["session:s-1"] * fires


def test_seats_on_offer_are_held_against_those_of_the_room() -> None:
    """Only seats on site, in a room that is known and whose seats are stated."""
    offered: dict[str, Any] = {"seats": Seats(in_person=21, online=99)}
    fine = (
        session("s-0", room_id="r-1", seats=Seats(in_person=20)), session("s-1", **offered),
        session("s-2", room_id="r-9", **offered), session("s-3", room_id="r-1"),
        session("s-4", room_id="r-1", seats=Seats(online=99)),
    )  # fmt: skip
    assert cited("seats-beyond-room", MIC, room("r-1"), fine) == []
    unstated = session("s-6", room_id="r-2", **offered)
    assert cited("seats-beyond-room", MIC, room("r-2", seats=None), unstated) == []
    tight = session("s-5", room_id="r-1", **offered)
    assert cited("seats-beyond-room", MIC, room("r-1"), fine, tight) == ["room:r-1"]


def test_an_edition_without_ends_neither_begins_nor_ends() -> None:
    """Nothing is said of the first or last day of what has none."""
    endless = days("2014-09-10", "2014-12-17")
    open_end = type(endless)(endless.start, None)
    made = edition("a", period=open_end, min_seats=1, application_window=slot("2020-01-01 09:00"))
    done = step("edition:a", "open", "completed", "2014-09-11 09:00")
    assert cited("application-window", MIC, made) == []
    assert cited("completed-early", MIC, made, done) == []
    assert cited("edition-still-open", MIC, made, as_of=at("2030-01-01 09:00")) == []
    assert cited("too-few-enrolled", MIC, made, as_of=FIRST) == ["edition:a"]
