"""Statuses are folded from transitions, in the order of the world."""

from datetime import datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period
from mic_core.errors import InvariantError, NotFound
from mic_core.model import Application, Edition, Enrollment, Person, Session, Transition
from mic_core.portfolio import Portfolio, status_of, transitions_of
from mic_core.portfolio.status_history import in_sequence
from tests.portfolio.worlds import MORNING, SEAT, SUBJECT, hours, session, step


def _chains(order: tuple[Transition, ...], first: str) -> bool:
    """True if each transition starts where the one before it ended, the first at the beginning."""
    if not order:
        return True
    starts = order[0].before in {None, first}
    return starts and all(b.before == a.after for a, b in pairwise(order))


def _in_time(order: tuple[Transition, ...]) -> bool:
    return all(a.effective_at <= b.effective_at for a, b in pairwise(order))


@st.composite
def transitions(draw: st.DrawFn) -> list[Transition]:
    """Up to five transitions between three statuses at two instants."""
    status = st.sampled_from(["enrolled", "suspended", "offered"])
    arcs = st.tuples(st.none() | status, status, st.integers(0, 1))
    drawn = draw(st.lists(arcs, max_size=5))
    return [step(f"t-{place}", *arc) for place, arc in enumerate(drawn)]


@given(transitions())
def test_transitions_that_can_form_a_chain_do(drawn: list[Transition]) -> None:
    """Transitions of one instant form a chain if any order does, whatever their ids."""
    found = in_sequence(drawn, "enrolled")
    assert sorted(found, key=lambda each: each.id) == drawn
    assert _in_time(found)
    orders = [order for order in permutations(drawn) if _in_time(order)]
    assert _chains(found, "enrolled") == any(_chains(order, "enrolled") for order in orders)
    assert all(in_sequence(order, "enrolled") == found for order in orders[:3])


def test_a_chain_is_not_left_too_early() -> None:
    """A transition that leads back is taken before one that leads away with a lower id."""
    away, off, back = (
        step("a", "enrolled", "completed"),
        step("b", "enrolled", "suspended"),
        step("c", "suspended", "enrolled"),
    )
    assert in_sequence([away, off, back], "enrolled") == (off, back, away)


def test_a_chain_is_followed_to_its_end() -> None:
    """A round of several steps is taken before the one that leads away, and whole."""
    away, out, on, back = (
        step("a", "enrolled", "completed"),
        step("b", "enrolled", "suspended"),
        step("c", "suspended", "offered"),
        step("d", "offered", "enrolled"),
    )
    assert in_sequence([away, out, on, back], "enrolled") == (out, on, back, away)


def test_a_history_begins_with_its_creation() -> None:
    """A transition without `before` comes before one that could follow from the first status."""
    begins, goes_on = step("b", None, "requested"), step("a", "requested", "enrolled")
    assert in_sequence([goes_on, begins], "requested") == (begins, goes_on)


def test_what_fits_nowhere_is_put_by_id() -> None:
    """Without a chain, a transition that fits comes first, then the least id, and so on."""
    fits, stray, other = (
        step("c", "offered", "enrolled"),
        step("b", "waitlisted", "offered"),
        step("a", "suspended", "enrolled"),
    )
    found = in_sequence([fits, stray, other], "offered")
    assert [each.id for each in found] == ["c", "a", "b"]
    strays_in_turn = [
        step("a", "offered", "completed"), step("z", "offered", "completed"),
        step("b", "suspended", "completed"), step("c", "suspended", "completed"),
    ]  # fmt: skip
    found = in_sequence(strays_in_turn, "enrolled")
    assert [each.id for each in found] == ["a", "b", "c", "z"]
    goes_on, strays = step("b", "enrolled", "suspended", 1), step("a", None, "requested", 1)
    found = in_sequence([strays, goes_on, step("c", "offered", "enrolled")], "offered")
    assert [each.id for each in found] == ["c", "b", "a"]
    begins_again = step("d", None, "enrolled")
    found = in_sequence([begins_again, step("e", None, "requested")], "requested")
    assert [each.id for each in found] == ["d", "e"]


def test_ties_cost_no_more_than_sorting() -> None:
    """Ten thousand transitions of one instant are put in order, in a chain or not."""
    chain = [
        step(f"t-{n:05}", *(("enrolled", "suspended") if n % 2 else ("suspended", "enrolled")))
        for n in range(10_000)
    ]
    assert _chains(in_sequence(chain, "suspended"), "suspended")
    stray = [attrs.evolve(each, before="offered") for each in chain]
    assert in_sequence(stray, "suspended") == tuple(stray)


def _portfolio(*nouns: Any) -> Portfolio:
    return Portfolio.of(SEAT, *nouns)


def test_a_status_holds_from_its_instant_on() -> None:
    """Just before an instant the old status holds, at it the new one."""
    portfolio = _portfolio(
        step("t-1", "requested", "offered", 0), step("t-2", "offered", "enrolled", 1)
    )
    just_before = MORNING - timedelta(microseconds=1)
    assert [
        status_of(portfolio, SUBJECT, at=at)
        for at in (just_before, hours(0), hours(1) - timedelta(microseconds=1), hours(1), None)
    ] == ["requested", "offered", "offered", "enrolled", "enrolled"]
    assert [each.id for each in transitions_of(portfolio, SUBJECT)] == ["t-1", "t-2"]
    assert [each.id for each in transitions_of(portfolio, SUBJECT, at=hours(0))] == ["t-1"]
    assert transitions_of(portfolio, SUBJECT, at=just_before) == ()


def _edition(**fields: Any) -> Edition:
    return Edition(id="b6", program_id="b", center_id="mic", number=6, period=Period(), **fields)


@pytest.mark.parametrize(
    ("noun", "subject", "status"),
    [
        (_edition(), "edition:b6", "draft"),
        (_edition(status="open"), "edition:b6", "open"),
        (session(status="held"), "session:s-1", "held"),
        (Application(id="a", call_id="c", applicant_id="p"), "application:a", "draft"),
        (
            Application(id="a", call_id="c", applicant_id="p", submitted_at=MORNING),
            "application:a",
            "submitted",
        ),
        (SEAT, SUBJECT, "requested"),
    ],
)
def test_everything_has_a_first_status(
    noun: Edition | Session | Application | Enrollment, subject: str, status: str
) -> None:
    """Without any transition, a thing has the status that it was recorded with."""
    assert status_of(Portfolio.of(noun), subject) == status


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        ("enrollment:other", "enrollment:other"),
        ("person:p", "what is named"),
        ("Ada", "what is named"),
        ("enrollment:Ada Lovelace", "what is named"),
    ],
)
def test_what_has_no_status_is_told(subject: str, named: str) -> None:
    """A subject that is unknown or has no status is refused; a possible name is not quoted."""
    portfolio = Portfolio.of(SEAT, Person(id="p", name="Ada"))
    for ask in (status_of, transitions_of):
        with pytest.raises(NotFound) as caught:
            ask(portfolio, subject)
        assert str(caught.value) == (
            f"{named} has no status here; "
            "cite one of application, edition, enrollment, session as kind:id"
        )


def test_an_instant_of_the_world_has_a_zone() -> None:
    """A status at a time without a zone cannot be told."""
    with pytest.raises(InvariantError, match=r"\n  at: must be a date and time with a zone"):
        status_of(Portfolio.of(SEAT), SUBJECT, at=datetime(2014, 9, 10))  # noqa: DTZ001
