"""Rules about the order of sessions and the time between them."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.errors import InvariantError
from mic_core.model import Assignment, Center, Noun
from mic_core.portfolio import Portfolio
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules.order import MinGap, ModuleOrder, Travel
from mic_core.scheduling.rules.selection import Only
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import (
    edition,
    found,
    gives,
    module,
    people,
    program,
    session,
    subjects,
    told,
    worlds,
)

IN_TURN = (edition(), program(module("one"), module("two", requires=("one",))))


def part(id: str, start: str | None, of: str, **fields: Any) -> Any:
    """A session of a module for the edition."""
    values: dict[str, Any] = {"edition_id": "e", "module_id": of, **fields}
    return session(id, start, **values)


def test_what_is_built_upon_comes_first() -> None:
    """A session that starts before the module it requires has ended names the last one of it."""
    early = part("a", "09:00", "one"), part("b", "11:00", "one"), part("c", "11:30", "two")
    (breach,) = found(ModuleOrder(), *IN_TURN, early)
    assert sorted(breach.subjects) == ["session:b", "session:c"]
    assert breach.facts == {
        "edition": "edition:e", "module": "module:two", "required": "module:one",
        "first": "session:b", "second": "session:c", "needed": 0, "had": -30, "early": 30,
    }  # fmt: skip


def test_one_right_after_the_other_is_in_order() -> None:
    """To start when the module before ends is not too early."""
    assert (
        found(ModuleOrder(), *IN_TURN, part("a", "09:00", "one"), part("b", "10:00", "two")) == []
    )


def test_only_selected_sessions_are_kept_in_order() -> None:
    """A session that is not selected is not too early, and no other one waits for it."""
    talk = {"kind": "talk"}
    rule = ModuleOrder(where=Only(kind="training"))
    first, second = part("a", "09:00", "one"), part("b", "09:30", "two")
    late, early = part("c", "12:00", "one", **talk), part("d", "08:00", "two", **talk)
    (breach,) = found(rule, *IN_TURN, first, second, late, early)
    assert (breach.facts["first"], breach.facts["second"]) == ("session:a", "session:b")
    assert found(rule, *IN_TURN, first, part("b", "10:00", "two"), late, early) == []


@pytest.mark.parametrize(("gap", "count"), [(0, 0), (30, 0), (31, 1)])
def test_a_gap_between_modules_is_kept(gap: int, count: int) -> None:
    """Half an hour between is enough for a gap of half an hour and no more."""
    both = part("a", "09:00", "one"), part("b", "10:30", "two")
    assert len(found(ModuleOrder(gap=gap), *IN_TURN, both)) == count


def test_order_is_asked_within_an_edition() -> None:
    """Another edition may be ahead; modules that are unknown or not held require nothing."""
    others = (
        part("a", "09:00", "two"),
        part("b", "11:00", "one", edition_id="f"),
        part("c", "08:00", "three"),
        part("d", None, "one"),
        part("g", "08:00", "one", edition_id=None),
    )
    assert found(ModuleOrder(), *IN_TURN, edition("f", number=2), others) == []


def test_a_session_for_two_editions_is_in_the_order_of_both() -> None:
    """A joint session counts for each edition in its audience, once for its own."""
    joint = part("a", "11:00", "one", audience=("e", "f"))
    later = part("b", "09:00", "two"), part("c", "09:00", "two", edition_id="f")
    breaches = found(ModuleOrder(), *IN_TURN, edition("f", number=2), joint, later)
    assert subjects(breaches) == [["session:a", "session:b"], ["session:a", "session:c"]]


def test_only_selected_sessions_are_ordered() -> None:
    """A session that is not selected is neither first nor second."""
    both = part("a", "09:00", "one", kind="talk"), part("b", "09:00", "two")
    assert len(found(ModuleOrder(), *IN_TURN, both)) == 1
    assert found(ModuleOrder(where=Only(kind="talk")), *IN_TURN, both) == []


@pytest.mark.parametrize(
    ("start", "count"), [("10:14", 1), ("10:15", 0), ("10:00", 1), ("09:30", 0)]
)
def test_a_break_of_a_quarter_is_kept(start: str, count: int) -> None:
    """Between sessions lies a quarter of an hour; an overlap is left to other rules."""
    both = session("a", "09:00", edition_id="e"), session("b", start, edition_id="e")
    assert len(found(MinGap(minutes=15), edition(), both)) == count


def test_a_break_too_short_is_told() -> None:
    """The finding says how long it is and how long it should be."""
    both = session("a", "09:00", edition_id="e"), session("b", "10:05", edition_id="e")
    assert told(MinGap(minutes=15), edition(), both) == [
        "edition:e has 5 minutes between session:a and session:b, at least 15 are wanted"
    ]
    assert found(MinGap(minutes=15, where=Only(id="a")), edition(), both) == []


LAB = Center(id="lab", name="Lab", country="BE", time_zone="Europe/Brussels")
JOURNEY = (LAB, people("t"), gives("t", "a"), gives("t", "b"))


def away(id: str, start: str, **fields: Any) -> Any:
    """A session in the lab."""
    values: dict[str, Any] = {"center_id": "lab", **fields}
    return session(id, start, **values)


@pytest.mark.parametrize(
    ("minutes", "start", "count"),
    [
        (45, "10:45", 0),
        (45, "10:44", 1),
        ({("lab", "mic"): 45}, "10:44", 1),
        ({("mic", "lab"): 45}, "10:44", 1),
        ({("mic", "other"): 45}, "10:00", 0),
        ({}, "10:00", 0),
        (0, "10:00", 0),
    ],
    ids=str,
)
def test_a_journey_takes_its_time(minutes: Any, start: str, count: int) -> None:
    """From one center to the other takes so long, always or for that pair, in both directions."""
    there = session("a", "09:00"), away("b", start)
    back = away("a", "09:00"), session("b", start)
    assert len(found(Travel(minutes=minutes), *JOURNEY, there)) == count
    assert len(found(Travel(minutes=minutes), *JOURNEY, back)) == count


def test_who_stays_or_is_online_does_not_travel() -> None:
    """In one center, or with one of the two online, no time is needed."""
    rule = Travel(minutes=45)
    assert found(rule, *JOURNEY, session("a", "09:00"), session("b", "10:00")) == []
    assert found(rule, *JOURNEY, session("a", "09:00"), away("b", "10:00", mode="online")) == []
    assert found(rule, *JOURNEY, session("a", "09:00", mode="online"), away("b", "10:00")) == []
    assert rule.entry.severity == "error"


@pytest.mark.parametrize(
    "minutes",
    [
        -1,
        {("a", "a"): 5},
        {("a", "b"): 5, ("b", "a"): 6},
        {("a",): 5},
        {"a": 5},
        {("a", "b"): -1},
        None,
    ],
    ids=str,
)
def test_journeys_that_cannot_be_are_refused(minutes: Any) -> None:
    """Less than no time, from a place to itself, twice or between other things: refused."""
    with pytest.raises(InvariantError, match="minutes"):
        Travel(minutes=minutes)


def test_journeys_are_kept_in_one_form() -> None:
    """Rules with the same journeys are equal, however they are given."""
    one = Travel(minutes={("b", "a"): 5, ("a", "c"): 7})
    assert one == Travel(minutes=((("c", "a"), 7), (("a", "b"), 5)))
    assert hash(one) == hash(Travel(minutes={("a", "c"): 7, ("a", "b"): 5}))


@given(nouns=worlds(), minutes=st.integers(0, 200))
def test_every_pair_too_near_is_found(nouns: list[Noun], minutes: int) -> None:
    """The sweep finds what comparing all pairs of a person finds."""
    timetable = timetable_of(Portfolio.of(*nouns))
    gives_of = {(each.person_id, each.session_id) for each in nouns if isinstance(each, Assignment)}
    near = sorted(
        (f"person:{person}", *sorted((timetable.names[a], timetable.names[b])))
        for a, b in combinations(timetable.placed, 2)
        for person in ("p1", "p2", "p3")
        if {(person, timetable.sessions[n].id) for n in (a, b)} <= gives_of
        and 0 <= _between(timetable.starts, timetable.ends, a, b) < minutes * 60_000_000
    )
    breaches = conflicts(MinGap(minutes=minutes, of="person"), timetable)
    assert sorted(tuple(sorted(each.subjects)) for each in breaches) == near


def _between(starts: list[int], ends: list[int], a: int, b: int) -> int:
    """From the end of the one that is first to the start of the other; below zero at once."""
    return max(starts[a] - ends[b], starts[b] - ends[a])


@given(nouns=worlds(), gap=st.sampled_from([0, 30, 24 * 60]))
def test_every_session_out_of_order_is_found(nouns: list[Noun], gap: int) -> None:
    """Each second session is held against all first ones of its edition."""
    timetable = timetable_of(Portfolio.of(*nouns))
    requires = {"m2": ("m1",), "m3": ("m1", "m2")}
    wrong = sorted(
        (edition_id, second.id, required)
        for second in timetable.sessions
        for edition_id in ("e1", "e2")
        for required in requires.get(second.module_id or "", ())
        if second.slot is not None and edition_id in (second.edition_id, *second.audience)
        if any(
            first.slot is not None
            and first.module_id == required
            and edition_id in (first.edition_id, *first.audience)
            and second.slot.start_utc < first.slot.end_utc + gap * 60_000_000
            for first in timetable.sessions
        )
    )
    breaches = conflicts(ModuleOrder(gap=gap), timetable)
    assert wrong == sorted(
        (
            str(each.facts["edition"])[8:],
            str(each.facts["second"])[8:],
            str(each.facts["required"])[7:],
        )
        for each in breaches
    )
