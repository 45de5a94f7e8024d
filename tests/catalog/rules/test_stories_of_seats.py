"""More stories about seats: who has one, since when, and in what."""

import pytest

from mic_core.catalog.check import check
from mic_core.model import Seats
from mic_core.portfolio import Portfolio
from mic_core.samples.rules.nouns import (
    MIC,
    at,
    edition,
    enrolled,
    enrollment,
    program,
    session,
    slot,
    step,
)
from tests.catalog.rules.test_stories import cited, flat


def test_seats_of_sessions_are_counted_by_mode() -> None:
    """A session with seats of its own is judged like an edition, on site and online apart."""
    few = session("s-1", seats=Seats(in_person=1, online=1))
    both = (enrolled("e-1", into="s-1"), enrolled("e-2", into="s-1", participant_id="bo"))
    online = enrolled("e-3", into="s-1", participant_id="eve", mode="online", places=1)
    assert cited("over-seats", MIC, session("s-0"), few, both[0], online) == []
    assert cited("over-seats", MIC, session("s-0"), few, both) == ["session:s-1"]
    asked = enrollment("e-9", into="s-1", participant_id="ivy")
    assert cited("over-seats", MIC, few, both[0], asked) == []


def test_a_seat_is_free_for_another_the_moment_it_is_given_back() -> None:
    """Two seats of one person may follow each other; delegates have theirs themselves."""
    first = enrolled("e-1")
    left = step("enrollment:e-1", "enrolled", "withdrawn", "2014-10-01 09:00")
    code = "seat-twice"
    assert cited(code, first, left, enrolled("e-2", "2014-10-01 09:00")) == []
    assert cited(code, first, left, enrolled("e-2", "2014-10-01 08:59")) == ["enrollment:e-1"]
    sent = enrolled("e-3", participant_id="atelier", delegates=("ada", "bo"), places=2)
    assert cited(code, first, sent) == ["enrollment:e-1"]
    assert cited(code, enrolled("e-4", participant_id="atelier"), sent) == []
    assert cited(code, first, enrolled("e-5", into="sprint-1")) == []


def test_a_long_seat_is_held_against_each_that_comes_and_goes() -> None:
    """A short one in between does not hide it from those that follow."""
    short = enrolled("e-2", "2014-09-02 09:00")
    gone = step("enrollment:e-2", "enrolled", "withdrawn", "2014-09-03 09:00")
    nouns = (enrolled("e-1"), short, gone, enrolled("e-3", "2014-09-04 09:00"))
    found = check(Portfolio.of(*(each for part in nouns for each in flat([part]))))
    assert [each.subjects for each in found.of("seat-twice")] == [
        ("enrollment:e-1", "enrollment:e-2"), ("enrollment:e-1", "enrollment:e-3"),
    ]  # fmt: skip


def test_the_seat_that_lasts_longest_is_held_against_the_next() -> None:
    """One that begins within a short seat and outlasts it still meets those that come later."""
    short = (enrolled("e-1"), step("enrollment:e-1", "enrolled", "withdrawn", "2014-09-03 09:00"))
    long = (
        enrolled("e-2", "2014-09-02 09:00"),
        step("enrollment:e-2", "enrolled", "withdrawn", "2014-09-06 09:00"),
    )
    nouns = (*short, *long, enrolled("e-3", "2014-09-05 09:00"))
    found = check(Portfolio.of(*flat(nouns))).of("seat-twice")
    assert [each.subjects for each in found] == [
        ("enrollment:e-1", "enrollment:e-2"), ("enrollment:e-2", "enrollment:e-3"),
    ]  # fmt: skip


def test_who_once_took_part_takes_part_again_only_where_it_is_allowed() -> None:
    """One edition of a program for each participant, whatever became of it; asking is free."""
    editions = (edition("a"), edition("b", number=7), edition("c", number=8))
    strict, free = program("camp"), program("camp", reenroll=True)
    mine = (*enrolled("e-1", into="a"), *enrolled("e-2", into="b"))
    code = "enrolled-again"
    assert cited(code, MIC, strict, editions, mine) == ["enrollment:e-1"]
    assert cited(code, MIC, free, editions, mine) == []
    left = step("enrollment:e-2", "enrolled", "withdrawn", "2014-10-01 09:00")
    assert cited(code, MIC, strict, editions, mine, left) == []
    asked = enrollment("e-3", into="c")
    assert cited(code, MIC, strict, editions, mine[:2], asked) == []
    same = (*enrolled("e-1", into="a"), *enrolled("e-5", into="a"))
    assert cited(code, MIC, strict, editions, same) == []
    other = enrolled("e-6", into="b", participant_id="bo")
    assert cited(code, MIC, strict, editions, mine[:2], other) == []


@pytest.mark.parametrize(
    ("last", "is_again"),
    [("suspended", True), ("completed", True), ("incomplete", True), ("cancelled", False)],
)
def test_who_left_without_completing_took_part(last: str, is_again: bool) -> None:
    """A participation that was suspended, completed or not completed is one; a cancelled is not."""
    editions = (edition("a"), edition("b", number=7))
    first = (
        *enrolled("e-1", into="a"),
        step("enrollment:e-1", "enrolled", last, "2014-10-01 09:00"),
    )
    found = cited(
        "enrolled-again", MIC, program("camp"), editions, first, enrolled("e-2", into="b")
    )
    assert found == (["enrollment:e-1"] if is_again else [])


def test_an_enrollment_is_asked_for_within_the_window_of_its_edition() -> None:
    """From its first moment to before its last; a call has a window of its own."""
    window = slot("2014-06-02 09:00", 60)
    there = edition("a", application_window=window)
    by_call = edition("b", number=7, application_window=window, admission="by_call")
    code = "outside-window"

    def asked(when: str, into: str = "a") -> list[str]:
        rest = (enrollment("e-0", into="a"), enrollment("e-9", into="c"))
        one = enrollment("e-1", into=into, requested_at=at(when))
        return cited(code, MIC, there, by_call, edition("c", number=8), rest, one)

    assert asked("2014-06-02 08:59") == ["enrollment:e-1"]
    assert asked("2014-06-02 09:00") == asked("2014-06-02 09:59") == []
    assert asked("2014-06-02 10:00") == ["enrollment:e-1"]
    assert asked("2014-06-02 10:00", into="b") == asked("2014-06-02 10:00", into="c") == []


def test_nobody_keeps_a_seat_in_what_is_cancelled() -> None:
    """In an edition or a session; who has left, or only asked, has none."""
    gone = (
        edition("a"), step("edition:a", "open", "cancelled", "2014-09-02 09:00"),
        session("s"), step("session:s", "planned", "cancelled", "2014-09-02 09:00"),
    )  # fmt: skip
    left = step("enrollment:e-3", "enrolled", "withdrawn", "2014-09-03 09:00")
    nouns = (
        enrollment("e-0", into="a"), *enrolled("e-1", into="a"), *enrolled("e-2", into="s"),
        *enrolled("e-3", into="a"), left, *enrolled("e-4", into="b"), edition("b", number=7),
    )  # fmt: skip
    assert cited("seat-in-cancelled", MIC, gone, nouns) == ["edition:a", "enrollment:e-2"]


def test_an_offer_is_overdue_from_the_moment_it_ends() -> None:
    """Only while it is the last word by then."""
    end = {"expires_at": at("2014-09-05 12:00")}
    offer = step("enrollment:e-1", "requested", "offered", "2014-09-01 09:00", **end)
    taken = step("enrollment:e-1", "offered", "enrolled", "2014-09-06 09:00")
    asked = step("enrollment:e-1", None, "requested", "2014-08-31 09:00")
    nouns = (enrollment("e-0"), enrollment("e-1"), asked, offer, taken)
    code = "offer-overdue"
    assert cited(code, *nouns, as_of=at("2014-09-05 11:59")) == []
    (found,) = check(Portfolio.of(*nouns), as_of=at("2014-09-05 12:00")).of(code)
    assert found.subjects == ("enrollment:e-1", "transition:e-1-offered")
    assert cited(code, *nouns, as_of=at("2014-09-06 09:00")) == []
    assert cited(code, *nouns, as_of=at("2014-08-30 09:00")) == []
