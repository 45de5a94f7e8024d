"""Retractions: what was recorded by mistake is not known from then on, and still was before."""

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mic_core.catalog.check import check
from mic_core.errors import IllegalTransition, InvariantError, NotFound, StaleProposal
from mic_core.model import (
    KINDS,
    NOUNS,
    Attendance,
    Enrollment,
    Noun,
    Retraction,
    Room,
    Transition,
)
from mic_core.model.history import RETRACTABLE
from mic_core.portfolio import Portfolio, diff, merge, slice, status_of, transitions_of
from mic_core.samples import brussels_2014
from tests.portfolio.worlds import SEAT, SUBJECT, by_key, hours, key_of, refused, room, step

TAKEN = Attendance(id="a", session_id="s", person_id="p", status="present")
UNDO = Retraction(id="r", subject="attendance:a", reason="sent twice")
OFFER = step("t-1", "requested", "offered", 1)
SEATED = step("t-2", "offered", "enrolled", 2)


class Ledger:
    """A history as a plain list of (hour, noun), asked by going through all of it."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, Noun]] = []

    def current(self, until: int) -> dict[tuple[str, str], Noun]:
        """What is known: values without a retraction at or after their last record."""
        told = [(hour, noun) for hour, noun in self.entries if hour <= until]
        latest = {key_of(noun): (hour, noun) for hour, noun in told}
        gone = {noun.subject: hour for hour, noun in told if isinstance(noun, Retraction)}

        def known(key: tuple[str, str], hour: int) -> bool:
            return gone.get(":".join(key), -1) < hour

        found: dict[tuple[str, str], Noun] = {}
        for key, (hour, noun) in latest.items():
            if isinstance(noun, Retraction):
                kind, _, id = noun.subject.partition(":")
                held = latest.get((kind, id))
                if held is None or held[0] <= hour:
                    found[key] = noun
            elif known(key, hour):
                if isinstance(noun, Transition):
                    kind, _, id = noun.subject.partition(":")
                    home = latest.get((kind, id))
                    if home is not None and not known((kind, id), home[0]):
                        continue
                found[key] = noun
        return found


class Retracting(RuleBasedStateMachine):
    """Rooms and a seat recorded, retracted and revived, compared with the ledger each time."""

    def __init__(self) -> None:
        super().__init__()
        self.portfolio, self.ledger = Portfolio(), Ledger()
        self.now = self.count = 0

    def _try(self, noun: Noun) -> None:
        """Record one noun; what is refused changes nothing."""
        try:
            after = self.portfolio.record(noun, recorded_at=hours(self.now))
        except (InvariantError, NotFound, IllegalTransition, StaleProposal):
            return
        if after is not self.portfolio:
            self.ledger.entries.append((self.now, noun))
        self.portfolio = after

    @rule(later=st.integers(0, 1))
    def wait(self, later: int) -> None:
        """Time goes on."""
        self.now += later

    @rule(id=st.sampled_from("ab"), seats=st.integers(1, 2))
    def record_room(self, id: str, seats: int) -> None:
        """A room, new, changed or revived."""
        self._try(room(id, seats))

    @rule()
    def record_seat(self) -> None:
        """The seat, new or revived."""
        self._try(SEAT)

    @rule(each=st.sampled_from((OFFER, SEATED)))
    def record_step(self, each: Transition) -> None:
        """A transition of the seat."""
        self._try(each)

    @rule(
        subject=st.sampled_from(("room:a", "room:b", SUBJECT, "transition:t-1", "transition:t-2"))
    )
    def retract(self, subject: str) -> None:
        """A fact is taken back, under an id of its own."""
        self.count += 1
        self._try(Retraction(id=f"r-{self.count:02}", subject=subject))

    @invariant()
    def is_what_the_ledger_says(self) -> None:
        """Now and at any hour, live and replayed, the values are those of the ledger."""
        replayed = Portfolio.replay(reversed(self.portfolio.log))
        assert replayed == self.portfolio
        for hour in range(self.now + 1):
            expected = self.ledger.current(hour)
            for each in (self.portfolio, replayed):
                then = each.as_of(hours(hour))
                assert by_key(then.values()) == expected
                assert len(then) == len(expected)
                assert all(then.find(*key) == noun for key, noun in expected.items())
                seats = [noun for noun in expected.values() if isinstance(noun, Room)]
                assert len(then.where(Room, center_id="mic")) == len(seats)
        assert merge(self.portfolio.as_of(hours(self.now // 2)), self.portfolio) == self.portfolio


_retracting: Any = Retracting
TestRetracting: Any = _retracting.TestCase


def test_every_noun_but_a_retraction_can_be_taken_back() -> None:
    """The kinds that a retraction takes are those of all other nouns."""
    assert set(RETRACTABLE) == set(NOUNS) - {"retraction"}
    assert list(RETRACTABLE) == sorted(RETRACTABLE)


def test_before_the_retraction_the_fact_is_still_known() -> None:
    """A report of the past stays as it was; from the retraction on the fact is not there."""
    portfolio = Portfolio().record(TAKEN, recorded_at=hours(1))
    after = portfolio.record(UNDO, recorded_at=hours(3), actor="desk")
    assert after.find(Attendance, "a") is None
    assert after.where(Attendance, person_id="p") == ()
    assert after.all(Retraction) == (UNDO,)
    assert after.as_of(hours(2)) == portfolio
    assert after.as_of(hours(3)) == after
    assert Portfolio.replay(after.log) == after


def test_taking_back_twice_is_told() -> None:
    """The same retraction changes nothing; another one of the same subject finds nothing there."""
    after = Portfolio.of(TAKEN).record(UNDO, recorded_at=hours(1))
    assert after.record(UNDO, recorded_at=hours(2)) is after
    error = refused(after, NotFound, attrs.evolve(UNDO, id="r-2"))
    assert str(error) == "attendance:a is not in the portfolio; there is nothing to take back"
    refused(Portfolio(), NotFound, UNDO)


def test_one_instant_does_not_both_know_and_take_back() -> None:
    """What is recorded with its retraction, or at its instant after it, is refused."""
    error = refused(Portfolio(), InvariantError, TAKEN, UNDO)
    assert "attendance:a: must not be recorded and taken back at one instant" in str(error)
    after = Portfolio.of(TAKEN).record(UNDO, recorded_at=hours(1))
    again = after.record(room(), recorded_at=hours(1))
    error = refused(again, InvariantError, TAKEN, recorded_at=hours(1))
    assert "attendance:a: must not be recorded at the instant that takes it back" in str(error)
    two = (UNDO, attrs.evolve(UNDO, id="r-2"))
    error = refused(Portfolio.of(TAKEN), InvariantError, *two)
    assert "attendance:a: must be taken back once at a time" in str(error)


def test_a_retraction_keeps_its_subject() -> None:
    """An id of a retraction in force cannot be used for another subject; its reason may change."""
    portfolio = Portfolio.of(TAKEN, room("b")).record(UNDO, recorded_at=hours(1))
    error = refused(portfolio, InvariantError, Retraction(id="r", subject="room:b"))
    assert "retraction:r: must keep the subject that it takes back" in str(error)
    other = attrs.evolve(UNDO, reason="two clicks")
    assert portfolio.record(other, recorded_at=hours(2)).all(Retraction) == (other,)


def test_a_later_record_revives_with_its_transitions() -> None:
    """A seat that is recorded again has the history that it had; the retraction is over."""
    portfolio = Portfolio().record(SEAT, OFFER, SEATED, recorded_at=hours(2))
    gone = portfolio.record(Retraction(id="r", subject=SUBJECT), recorded_at=hours(3))
    assert gone.all(Transition) == ()
    refused(gone, NotFound, step("t-3", "enrolled", "completed", 4))
    back = gone.record(SEAT, recorded_at=hours(4))
    assert transitions_of(back, SUBJECT) == (OFFER, SEATED)
    assert back.all(Retraction) == ()
    assert status_of(Portfolio.replay(back.log), SUBJECT) == "enrolled"
    withdrawn = step("t-3", "enrolled", "withdrawn", 5)
    assert status_of(back.record(withdrawn, recorded_at=hours(5)), SUBJECT) == "withdrawn"


def test_what_is_left_of_a_history_must_be_legal() -> None:
    """Transitions are taken back from the end, or several at once; the status folds anew."""
    portfolio = Portfolio.of(SEAT, OFFER, SEATED)
    first, second = (Retraction(id=f"r-{n}", subject=f"transition:t-{n}") for n in (1, 2))
    error = refused(portfolio, IllegalTransition, first)
    assert str(error) == (
        "enrollment:e is requested and cannot become enrolled; take back transition:t-2 as well, "
        "which starts from offered"
    )
    assert status_of(portfolio.record(second, recorded_at=hours(3)), SUBJECT) == "offered"
    assert status_of(portfolio.record(first, second, recorded_at=hours(3)), SUBJECT) == "requested"
    declined = step("t-3", "offered", "declined", 3)
    mended = portfolio.record(second, declined, recorded_at=hours(3))
    assert status_of(mended, SUBJECT) == "declined"


def test_a_beginning_can_be_taken_back_with_what_follows() -> None:
    """A walk-in starts enrolled; without that start, what follows does not fit."""
    begins = step("t-1", None, "enrolled", 1)
    portfolio = Portfolio.of(SEAT, begins, step("t-2", "enrolled", "completed", 2))
    first = Retraction(id="r-1", subject="transition:t-1")
    assert "take back transition:t-2 as well" in str(refused(portfolio, IllegalTransition, first))
    second = Retraction(id="r-2", subject="transition:t-2")
    assert status_of(portfolio.record(first, second, recorded_at=hours(3)), SUBJECT) == "requested"


def test_a_subject_and_its_status_are_not_recorded_and_taken_back_together() -> None:
    """A transition of what is taken back at the same instant has nothing to be about."""
    portfolio = Portfolio.of(SEAT, OFFER)
    error = refused(portfolio, NotFound, Retraction(id="r", subject=SUBJECT), SEATED)
    assert "enrollment:e is taken back at this instant" in str(error)


def test_a_revived_subject_with_another_beginning_is_judged_anew() -> None:
    """Transitions that come back must fit the subject as it is recorded now."""
    portfolio = Portfolio.of(SEAT, OFFER, SEATED)
    gone = portfolio.record(Retraction(id="r", subject=SUBJECT), recorded_at=hours(3))
    other = Enrollment(id="e", participant_id="q", into="b6")
    assert status_of(gone.record(other, recorded_at=hours(4)), SUBJECT) == "enrolled"


def test_an_illegal_log_is_kept_for_check() -> None:
    """Transitions of a retracted seat in a log made by hand wait until the seat is back."""
    whole = Portfolio.of(SEAT).record(Retraction(id="r", subject=SUBJECT), recorded_at=hours(1))
    late = Portfolio().record(room(), recorded_at=hours(2)).log[0]
    made = Portfolio.replay([*whole.log, attrs.evolve(late, values=(OFFER,))])
    assert made.all(Transition) == ()
    twice = Portfolio.replay(
        [*made.log, attrs.evolve(late, recorded_at=hours(3), values=(OFFER, SEATED))]
    )
    seat = attrs.evolve(late, recorded_at=hours(5), values=(SEAT,))
    assert Portfolio.replay([*twice.log, seat]).all(Transition) == (OFFER, SEATED)
    undo = Retraction(id="q", subject="transition:t-1")
    less = Portfolio.replay([*twice.log, attrs.evolve(late, recorded_at=hours(4), values=(undo,))])
    assert Portfolio.replay([*less.log, seat]).all(Transition) == (SEATED,)


def test_its_own_reference_never_dangles() -> None:
    """`check` looks at what names a subject that is gone, not at the retraction itself."""
    portfolio = Portfolio.of(room("b")).record(
        Retraction(id="r", subject="room:b"), recorded_at=hours(1)
    )
    assert check(portfolio).findings == ()


def test_two_values_under_one_id_can_be_taken_back() -> None:
    """Twins of one id end with its retraction, and so does the finding about them."""
    twins = Portfolio.of(room("b", 1), room("b", 2))
    assert check(twins).of("duplicate-id")
    after = twins.record(Retraction(id="r", subject="room:b"), recorded_at=hours(1))
    assert check(after).of("duplicate-id") == ()
    assert after.record(room("b", 1), recorded_at=hours(2)).all(Room) == (room("b", 1),)


def test_a_slice_keeps_what_takes_its_parts_back() -> None:
    """Slicing then merging is the whole again, retractions and what they took back included."""
    season = brussels_2014()
    id = season.all(Attendance)[0].id
    undone = season.record(
        Retraction(id="r", subject=f"attendance:{id}"), recorded_at=datetime(2015, 1, 5, tzinfo=UTC)
    )
    part = slice(undone, "mic-brussels")
    assert part.all(Retraction) == undone.all(Retraction)
    assert merge(part, undone) == undone
    assert diff(season, undone).added == undone.all(Retraction)
    assert [key_of(each) for each in diff(season, undone).removed] == [("attendance", id)]


def test_a_retraction_is_part_of_the_history_of_its_subject() -> None:
    """Two that went on apart, one by a correction and one by a retraction, do not merge."""
    start = Portfolio().record(room("b", 1), recorded_at=hours(1))
    corrected = start.record(room("b", 2), recorded_at=hours(2))
    retracted = start.record(Retraction(id="r", subject="room:b"), recorded_at=hours(3))
    with pytest.raises(InvariantError, match="room:b: must have one history"):
        merge(corrected, retracted)
    assert merge(start, retracted) == retracted


def test_the_life_of_one_thing_is_told() -> None:
    """Each value and each retraction, in order, with when and by whom."""
    portfolio = (
        Portfolio.of(room("b", 1))
        .record(room("b", 2), recorded_at=hours(1), actor="desk")
        .record(Retraction(id="r", subject="room:b"), recorded_at=hours(2), actor="desk")
        .record(room("b", 3), recorded_at=hours(3))
    )
    told = [
        (each.recorded_at, each.actor, KINDS[type(each.value)])
        for each in portfolio.history(Room, "b")
    ]
    assert told == [
        (None, None, "room"),
        (hours(1), "desk", "room"),
        (hours(2), "desk", "retraction"),
        (hours(3), None, "room"),
    ]
    assert portfolio.history("room", "b") == portfolio.history(Room, "b")
    assert len(portfolio.history(Retraction, "r")) == 1
    with pytest.raises(NotFound, match="room:c is not in the portfolio; correct the id"):
        portfolio.history(Room, "c")


def test_a_subject_and_its_transition_are_taken_back_together() -> None:
    """A seat and its last transition may be retracted in one record: nothing of both is left."""
    portfolio = Portfolio.of(SEAT, OFFER)
    both = (Retraction(id="r-1", subject=SUBJECT), Retraction(id="r-2", subject="transition:t-1"))
    after = portfolio.record(*both, recorded_at=hours(3))
    assert after.all(Transition) == ()
    assert after.find(Enrollment, "e") is None
    back = after.record(SEAT, recorded_at=hours(4))
    assert status_of(back, SUBJECT) == "requested"
