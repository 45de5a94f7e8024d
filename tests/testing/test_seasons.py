"""Seasons to plan give `plan` work: sessions without slots, scarce resources, infeasible ones."""

from functools import cache

from hypothesis import given

from mic_core.catalog.check import check
from mic_core.model import Assignment, Availability, Center, Edition, Person, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.outline import outline
from mic_core.scheduling.planning.plan import plan
from mic_core.testing import seasons_to_plan
from tests.budget import one_in
from tests.testing.examples import examples
from tests.testing.test_portfolios import REFERENCES


@cache
def _seasons() -> list[Portfolio]:
    return examples(seasons_to_plan(), 100)


def test_every_season_is_coherent_and_has_work() -> None:
    """Each season has a center, a room, a person, an edition, and a session without a slot."""
    for each in _seasons():
        assert check(each, rules=REFERENCES).findings == ()
        assert [center.id for center in each.all(Center)] == ["center-1"]
        assert all(each.all(noun) for noun in (Room, Person, Edition))
        assert any(one.slot is None for one in each.all(Session))


def test_seasons_differ() -> None:
    """Some seasons have fixed sessions, leads, availabilities, and sessions yet to be proposed."""
    found = _seasons()
    for noun in (Assignment, Availability):
        assert 0.2 < sum(bool(each.all(noun)) for each in found) / len(found) < 0.95
    fixed = [any(one.slot is not None for one in each.all(Session)) for each in found]
    assert 0.1 < sum(fixed) / len(found) < 0.9
    assert {bool(outline(each, "center-1").changes) for each in found} == {True, False}


def test_some_seasons_can_be_planned_and_some_cannot() -> None:
    """A plan places every session of many seasons, and leaves out one at least of many others."""
    unplaced = [len(plan(each, "center-1", iterations=50).unplaced) for each in _seasons()[:40]]
    assert 0.2 < sum(each == 0 for each in unplaced) / len(unplaced) < 0.8


@one_in(2)
@given(seasons_to_plan(modules=2, sessions=3, rooms=1, persons=1))
def test_sizes_of_seasons_are_kept(season: Portfolio) -> None:
    """Numbers of nouns are within the given bounds."""
    assert len(season.all(Session)) <= 3
    assert len(season.all(Room)) == len(season.all(Person)) == 1


def test_the_least_season() -> None:
    """The simplest season has one session without a slot, one room and one person."""
    least = examples(seasons_to_plan(modules=0, sessions=0, rooms=0, persons=0), 20)
    assert all(len(each.all(Session)) == 1 for each in least)
