"""Legal transitions in `record`: those that fit the ones before and after."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.catalog.rules.references import ILLEGAL_HISTORY
from mic_core.errors import IllegalTransition, MicError, NotFound, StaleProposal
from mic_core.ids import split
from mic_core.model import (
    TABLES,
    Application,
    Enrollment,
    Noun,
    Person,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio, status_of
from tests.budget import one_in
from tests.portfolio.worlds import (
    MORNING,
    SEAT,
    SUBJECT,
    by_key,
    hours,
    key_of,
    refused,
    room,
    session,
    step,
)


def test_a_legal_transition_is_kept() -> None:
    """From where the subject stands to where its table leads, also several at once."""
    portfolio = Portfolio.of(SEAT).record(step("t-1", "requested", "offered"), recorded_at=MORNING)
    later = portfolio.record(
        step("t-3", "enrolled", "completed", 2), step("t-2", "offered", "enrolled", 1),
        recorded_at=hours(3),
    )  # fmt: skip
    assert status_of(later, SUBJECT) == "completed"


def test_a_walk_in_begins_enrolled() -> None:
    """A status history may begin where its table says, and nowhere else."""
    walk_in = Portfolio.of(SEAT).record(step("t-1", None, "enrolled"), recorded_at=MORNING)
    assert status_of(walk_in, SUBJECT) == "enrolled"
    error = refused(Portfolio.of(SEAT), IllegalTransition, step("t-1", None, "offered"))
    assert (error.subject, error.before, error.after) == (SUBJECT, "new", "offered")
    assert error.legal == ("requested", "enrolled")


@pytest.mark.parametrize("status", TABLES["enrollment"].statuses)
def test_an_illegal_transition_lists_the_legal_ones(status: str) -> None:
    """From each status, what the table does not lead to is refused, and what it does is taken."""
    history = [] if status == "requested" else [step("t-1", None, status)]
    portfolio = Portfolio.of(SEAT, *history)
    legal = TABLES["enrollment"].follows[status]
    for after in TABLES["enrollment"].statuses:
        new = step("t-2", status, after, 1)
        if after in legal:
            assert status_of(portfolio.record(new, recorded_at=hours(1)), SUBJECT) == after
        else:
            error = refused(portfolio, IllegalTransition, new)
            assert (error.before, error.after, error.legal) == (status, after, legal)


@pytest.mark.parametrize(("before", "stated"), [("offered", "offered"), (None, "at its beginning")])
def test_a_transition_from_another_status_is_stale(before: str | None, stated: str) -> None:
    """A transition that starts where its subject no longer stands must be proposed again."""
    portfolio = Portfolio.of(SEAT, step("t-1", None, "enrolled"))
    error = refused(portfolio, StaleProposal, step("t-2", before, "enrolled", 1))
    assert str(error) == (
        f"enrollment:e is enrolled, not {stated}, when transition:t-2 begins; "
        "propose again, or let it start from enrolled"
    )


def test_a_transition_needs_its_subject() -> None:
    """The subject is there, or comes along; otherwise nothing is kept."""
    new = step("t-1", "requested", "enrolled")
    error = refused(Portfolio.of(room()), NotFound, room("r-2"), new)
    assert str(error) == (
        "enrollment:e is not in the portfolio; record it before, or together with, its status"
    )
    both = Portfolio().record(new, SEAT, recorded_at=MORNING)
    assert status_of(both, SUBJECT) == "enrolled"


def test_an_insertion_must_fit_on_both_sides() -> None:
    """A transition between two others must not leave the later one without its start."""
    portfolio = Portfolio.of(
        SEAT, step("t-1", "requested", "enrolled", 0), step("t-2", "enrolled", "completed", 4)
    )
    refused(portfolio, StaleProposal, step("t-3", "enrolled", "suspended", 2))
    both = (step("t-3", "enrolled", "suspended", 2), step("t-4", "suspended", "enrolled", 3))
    assert (
        status_of(portfolio.record(*both, recorded_at=hours(5)), SUBJECT, at=hours(2))
        == "suspended"
    )


def test_a_correction_may_not_break_what_followed() -> None:
    """A transition moved in time, or to another subject, leaves no gap behind."""
    portfolio = Portfolio.of(
        SEAT, attrs.evolve(SEAT, id="f"),
        step("t-1", "requested", "enrolled", 0), step("t-2", "enrolled", "suspended", 1),
        step("t-3", "suspended", "enrolled", 2),
    )  # fmt: skip
    refused(portfolio, StaleProposal, step("t-2", "enrolled", "suspended", 3))
    refused(portfolio, StaleProposal, step("t-1", "requested", "enrolled", 0, "enrollment:f"))
    last = step("t-3", "requested", "enrolled", 2, "enrollment:f")
    moved = portfolio.record(last, recorded_at=hours(3))
    assert (status_of(moved, SUBJECT), status_of(moved, "enrollment:f")) == (
        "suspended",
        "enrolled",
    )
    in_time = portfolio.record(step("t-2", "enrolled", "suspended", 2), recorded_at=hours(3))
    assert status_of(in_time, SUBJECT) == "enrolled"


def test_a_new_first_status_may_not_break_what_followed() -> None:
    """A thing recorded again with another first status must still lead to its transitions."""
    cancels = step("t-1", "planned", "cancelled", 0, "session:s-1")
    portfolio = Portfolio.of(session(), cancels)
    refused(portfolio, StaleProposal, session(status="held"))
    assert portfolio.record(session(room_id="r-1"), recorded_at=MORNING).find(Session, "s-1")
    sent = Application(id="a", call_id="c", applicant_id="p", submitted_at=MORNING)
    known = Portfolio.of(sent, step("t-2", "submitted", "shortlisted", 0, "application:a"))
    refused(known, StaleProposal, attrs.evolve(sent, submitted_at=None))


def test_a_draft_may_say_when_it_was_submitted() -> None:
    """The moment of submission and the transition out of draft tell one story, in any order."""
    draft = Application(id="a", call_id="c", applicant_id="p")
    sent = attrs.evolve(draft, submitted_at=MORNING)
    submits = step("t", "draft", "submitted", 0, "application:a")
    at_once = Portfolio().record(sent, submits, recorded_at=MORNING)
    known = Portfolio.of(draft)
    in_turn = known.record(sent, submits, recorded_at=MORNING)
    later = known.record(submits, recorded_at=MORNING).record(sent, recorded_at=MORNING)
    for each in (at_once, in_turn, later):
        assert status_of(each, "application:a") == "submitted"
        before = submits.effective_at - timedelta(seconds=1)
        assert status_of(each, "application:a", at=before) == "draft"
        assert list(ILLEGAL_HISTORY.find(each, None)) == []
    assert status_of(Portfolio.of(sent), "application:a") == "submitted"
    wrong = step("t", "shortlisted", "withdrawn", 0, "application:a")
    refused(Portfolio.of(sent), StaleProposal, wrong)


def test_an_illegal_past_is_left_for_check() -> None:
    """Transitions of the log are not judged again, only new ones."""
    portfolio = Portfolio.of(SEAT, step("t-1", "offered", "completed", 0))
    refused(portfolio, IllegalTransition, step("t-2", "completed", "enrolled", 1))
    assert portfolio.record(Person(id="p", name="Ada"), recorded_at=MORNING).find(Person, "p")
    lost = Portfolio.of(step("t-1", "offered", "enrolled", 0))
    assert lost.record(SEAT, recorded_at=MORNING).find(Enrollment, "e") == SEAT
    moved = step("t-1", "requested", "enrolled", 0, "enrollment:f")
    kept = lost.record(attrs.evolve(SEAT, id="f"), moved, recorded_at=MORNING)
    assert status_of(kept, "enrollment:f") == "enrolled"


@st.composite
def doings(draw: st.DrawFn) -> list[Noun]:
    """Some transitions and first statuses of a session and two seats, recorded together."""
    hour, id = st.integers(0, 3), st.sampled_from(["t-1", "t-2", "t-3"])
    status = st.sampled_from(["requested", "offered", "enrolled", "suspended"])
    subject = st.sampled_from([SUBJECT, "enrollment:f"])
    seats = st.builds(step, id, st.none() | status, status, hour, subject)
    held = st.builds(
        step, id, st.just("planned"), st.sampled_from(["held", "cancelled"]), hour,
        st.just("session:s-1"),
    )  # fmt: skip
    things: list[Noun] = [session(), session(status="held"), attrs.evolve(SEAT, id="f")]
    return draw(
        st.lists(seats | held | st.sampled_from(things), min_size=1, max_size=3, unique_by=key_of)
    )


@one_in(2)
@given(st.lists(doings(), max_size=6))
def test_record_refuses_what_check_would_find(given: list[list[Noun]]) -> None:
    """From a sound history, a record is refused if and only if it would make an unsound one."""
    portfolio = Portfolio.of(SEAT)
    for hour, nouns in enumerate(given):
        after = Portfolio.of(*by_key([*portfolio.values(), *nouns]).values())
        lost = [
            noun
            for noun in nouns
            if isinstance(noun, Transition) and after.find(*split(noun.subject)) is None
        ]
        if lost or any(True for _ in ILLEGAL_HISTORY.find(after, None)):
            refused(portfolio, MicError, *nouns, recorded_at=hours(hour))
        else:
            portfolio = portfolio.record(*nouns, recorded_at=hours(hour))
            assert by_key(portfolio.values()) == by_key(after.values())
