"""Strategies of portfolios: any history, and coherent ones, compared with naive checks."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

from mic_core.catalog.check import check
from mic_core.catalog.rules.references import (
    AMBIGUOUS_REFERENCE,
    CYCLIC_PREREQUISITE,
    DANGLING_REFERENCE,
    DUPLICATE_ID,
    ILLEGAL_HISTORY,
)
from mic_core.model import (
    NOUNS,
    Attendance,
    Center,
    Edition,
    Enrollment,
    Noun,
    Organization,
    Person,
    Program,
    Room,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.testing import portfolios
from tests.budget import one_in
from tests.testing.examples import coherent_examples, examples

REFERENCES = (
    AMBIGUOUS_REFERENCE, CYCLIC_PREREQUISITE, DANGLING_REFERENCE, DUPLICATE_ID, ILLEGAL_HISTORY,
)  # fmt: skip


def _states(portfolio: Portfolio) -> Iterator[Portfolio]:
    """The portfolio as of its first batch, and after each record."""
    moments: list[datetime] = [each.recorded_at for each in portfolio.log if each.recorded_at]
    yield from (portfolio.as_of(moment) for moment in moments)
    yield portfolio


def _nouns(found: list[Portfolio]) -> set[type[Noun]]:
    """The kinds of nouns in some portfolios."""
    return {type(value) for each in found for batch in each.log for value in batch.values}


@given(portfolios(batches=2, values=3))
def test_any_history_is_bounded(portfolio: Portfolio) -> None:
    """Numbers of batches, and of nouns in each, are within the given bounds."""
    assert len(portfolio.log) <= 2
    assert all(len(batch.values) <= 3 * 2 for batch in portfolio.log)


def test_any_history_holds_anything() -> None:
    """Some references dangle, some ids repeat, some history is recorded and some is not."""
    found = examples(portfolios(), 300)
    for rule in (DANGLING_REFERENCE, DUPLICATE_ID):
        assert any(check(each, rules=[rule]).findings for each in found)
    batches = [batch for each in found for batch in each.log]
    assert {batch.recorded_at is None for batch in batches} == {True, False}
    assert {batch.actor is None for batch in batches} == {True, False}


@one_in(2)
@given(portfolios(coherent=True))
def test_references_are_silent(portfolio: Portfolio) -> None:
    """No rule about references and statuses finds anything, now or at any time before."""
    for state in _states(portfolio):
        assert check(state, rules=REFERENCES).findings == ()


@one_in(2)
@given(portfolios(coherent=True))
def test_slots_are_on_the_clocks_of_their_center(portfolio: Portfolio) -> None:
    """Each session that has a slot has one in the zone of its center, as long as it lasts."""
    zones = {center.id: center.time_zone for center in portfolio.all(Center)}
    for session in portfolio.all(Session):
        if session.slot is not None:
            assert session.slot.zone == zones[session.center_id]
            assert session.slot.length == session.length


def test_most_sessions_are_where_they_belong() -> None:
    """Most sessions are in rooms of their center and teach modules of their program."""
    homes: list[bool] = []
    for portfolio in coherent_examples():
        rooms = {room.id: room.center_id for room in portfolio.all(Room)}
        editions = {edition.id: edition for edition in portfolio.all(Edition)}
        programs = {each.id: {one.id for one in each.modules} for each in portfolio.all(Program)}
        for each in portfolio.all(Session):
            if each.room_id is not None:
                homes.append(rooms[each.room_id] == each.center_id)
            if each.edition_id is not None and each.module_id is not None:
                homes.append(each.module_id in programs[editions[each.edition_id].program_id])
    assert 0.9 < sum(homes) / len(homes) < 1


def test_most_who_attend_are_enrolled() -> None:
    """Most persons who attend are enrolled, or delegates of who is; some are walk-ins."""
    known: list[bool] = []
    for portfolio in coherent_examples():
        enrolled = {
            (each.into, person)
            for each in portfolio.all(Enrollment)
            for person in (each.participant_id, *each.delegates)
        }
        for each in portfolio.all(Attendance):
            session = portfolio.get(Session, each.session_id)
            into = {(session.edition_id, each.person_id), (session.id, each.person_id)}
            known.append(not enrolled.isdisjoint(into))
    assert 0.5 < sum(known) / len(known) < 1


def test_all_kinds_are_there() -> None:
    """Coherent portfolios hold every noun there is."""
    assert _nouns(coherent_examples()) == set(NOUNS.values())


def test_nights_pass_and_hours_repeat() -> None:
    """Some sessions run across midnight or begin in an hour that clocks show twice."""
    slots = [
        each.slot
        for one in coherent_examples()
        for each in one.all(Session)
        if each.slot is not None
    ]
    assert any(slot.start.date() != slot.end.date() for slot in slots)
    assert any(slot.start.fold for slot in slots)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the portfolio that is found
def test_clocks_change_during_a_session() -> None:
    """Some sessions run over a change of clocks: few, so they are searched for among many."""

    def has_one(portfolio: Portfolio) -> bool:
        slots = [each.slot for each in portfolio.all(Session) if each.slot is not None]
        return any(slot.start.utcoffset() != slot.end.utcoffset() for slot in slots)

    many = portfolios(
        coherent=True, rooms=0, persons=0, organizations=0, sessions=12, others=0, batches=1
    )
    once = settings(max_examples=2_000, derandomize=True, database=None, phases=[Phase.generate])
    assert find(many, has_one, settings=once)


def test_there_is_history() -> None:
    """Some coherent portfolios became known bit by bit, and some of it was changed later."""
    found = coherent_examples()
    assert {len(each.log) for each in found} == {1, 2, 3, 4}
    assert any(len(each) < sum(len(batch.values) for batch in each.log) for each in found)


@one_in(5)
@given(
    portfolios(
        coherent=True, centers=1, rooms=1, persons=1, organizations=1, editions=1, sessions=1,
        others=0, batches=1,
    )
)  # fmt: skip
def test_sizes_are_kept(portfolio: Portfolio) -> None:
    """Numbers of nouns are within the given bounds."""
    for noun in (Center, Room, Person, Organization, Edition, Program):
        assert len(portfolio.all(noun)) <= 1
    in_editions = [each for each in portfolio.all(Session) if each.edition_id is not None]
    assert len(in_editions) <= 1
    assert len(portfolio.log) == 1


@pytest.mark.parametrize("centers", [0, 1])
def test_the_least_is_a_center(centers: int) -> None:
    """A coherent portfolio holds at least one center, and the simplest one nothing else."""
    nothing = portfolios(
        coherent=True, centers=centers, rooms=0, persons=0, organizations=0, editions=0,
        sessions=0, others=0, batches=0,
    )  # fmt: skip
    assert _nouns(examples(nothing, 20)) == {Center}


def test_examples_shrink_to_nothing() -> None:
    """The simplest portfolios are an empty one, and a center alone."""
    plain = settings(database=None, phases=[Phase.generate])
    assert find(portfolios(), lambda _: True, settings=plain) == Portfolio.of()
    least = find(portfolios(coherent=True), lambda _: True, settings=plain)
    assert [type(each) for each in least.values()] == [Center]


def _night(portfolio: Portfolio) -> bool:
    """True if a session runs across midnight."""
    slots = [each.slot for each in portfolio.all(Session) if each.slot is not None]
    return any(slot.start.date() != slot.end.date() for slot in slots)


def test_examples_shrink_to_what_matters() -> None:
    """A coherent portfolio with a night, once shrunk, has hardly any other noun."""
    told = settings(
        max_examples=2_000, derandomize=True, database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.nested_given],
    )  # fmt: skip
    small = portfolios(coherent=True, centers=1, persons=2, editions=1, sessions=2, others=1)
    assert len(find(small, _night, settings=told)) <= 5
