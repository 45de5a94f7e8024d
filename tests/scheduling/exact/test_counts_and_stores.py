"""Counts that concern some of the sessions, and a room for two that a fixed session half fills."""

import pytest

from mic_core.model import Noun, Room
from mic_core.scheduling.exact.search import search_exactly
from mic_core.scheduling.rules.load import MaxPerDay
from tests.scheduling.exact.test_details import hours, outcome, problem, stays
from tests.scheduling.nouns import gives, people, room, session


@pytest.mark.parametrize(("end", "expected"), [("11:00", "placed"), ("10:00", "impossible")])
def test_a_room_for_two_holds_one_beside_a_fixed_session(end: str, expected: str) -> None:
    """Two sessions share a room for two with one that is fixed at nine: one of them must wait."""
    wide = Room(id="r", center_id="mic", name="Hall", seats=20, concurrency=2)
    asked = problem(
        wide, stays("x", 0, "09:00", edition_id="f"), session("s"), session("z"),
        hours("room:r", f"Mo 09:00-{end}"),
    )  # fmt: skip
    assert outcome(asked) == expected


@pytest.mark.parametrize(("days", "expected"), [("Mo,Tu", "placed"), ("Mo", "impossible")])
def test_a_count_leaves_other_sessions_alone(days: str, expected: str) -> None:
    """Of an edition one session a day is allowed; a session of no edition shares any day."""
    nouns = [session("s", edition_id="e"), session("u", edition_id="e"), session("z")]
    limit = MaxPerDay(most=1, of="edition", level="hard")
    asked = problem(nouns, room("r"), hours("room:r", f"{days} 09:00-13:00"), rules=[limit])
    assert outcome(asked) == expected


def test_a_person_who_is_full_closes_no_day_of_another() -> None:
    """Each gives one session a day: a session of both has a day of its own beside two of one."""
    nouns: list[Noun] = [*people("ann", "bob"), *map(session, ("both", "a", "b", "c"))]
    led = [gives("ann", "both"), gives("bob", "both"), gives("ann", "a"), gives("ann", "b")]
    limit = MaxPerDay(most=1, of="person", level="hard")
    asked = problem(
        nouns, led, gives("bob", "c"), room("r"), hours("room:r", "Mo-We 09:00-13:00"),
        rules=[limit],
    )  # fmt: skip
    found = search_exactly(asked, range(4), nodes=300)
    assert found.outcome == "placed"
    short = problem(
        nouns, led, gives("bob", "c"), room("r"), hours("room:r", "Mo,Tu 09:00-13:00"),
        rules=[limit],
    )  # fmt: skip
    assert search_exactly(short, range(4), nodes=300).outcome == "impossible"
