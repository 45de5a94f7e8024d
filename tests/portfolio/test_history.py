"""History only grows, by instants that never go backwards, and can be asked at any of them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from mic_core.errors import InvariantError
from mic_core.model import NOUNS, Noun, Person, Room
from mic_core.portfolio import Batch, Portfolio
from tests.budget import one_machine_in
from tests.portfolio.worlds import (
    ACTORS,
    ALWAYS,
    MORNING,
    Naive,
    by_key,
    few_nouns,
    histories,
    hours,
    key_of,
    room,
)


class Growing(RuleBasedStateMachine):
    """A portfolio and a naive history that record the same, compared after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.portfolio = Portfolio()
        self.naive = Naive()
        self.now = 0
        self.kept: list[tuple[datetime, Portfolio]] = []

    recorded = Bundle[list[Noun]]("recorded")

    @rule(
        target=recorded,
        nouns=st.lists(few_nouns(), max_size=4, unique_by=key_of),
        later=st.integers(0, 2),
        actor=st.sampled_from(ACTORS),
    )
    def record(self, nouns: list[Noun], later: int, actor: str | None) -> list[Noun]:
        """New facts, at the instant of the last ones or later, by the same actor or another."""
        self.now += later
        if later:
            self.kept.append((hours(self.now - 1), self.portfolio))
        if disputed := self.naive.disputed(nouns, hours(self.now), actor):
            before = self.portfolio
            with pytest.raises(InvariantError) as error:
                before.record(*nouns, recorded_at=hours(self.now), actor=actor)
            assert [each.path for each in error.value.problems] == disputed
            assert before.log == self.naive.log()
            return []
        self.portfolio = self.portfolio.record(*nouns, recorded_at=hours(self.now), actor=actor)
        self.naive.record(nouns, hours(self.now), actor)
        again = self.portfolio.record(*nouns, recorded_at=hours(self.now + 1), actor="desk")
        assert again is self.portfolio
        return nouns

    @rule(nouns=recorded)
    def go_back(self, nouns: list[Noun]) -> None:
        """Record an earlier value again."""
        self.portfolio = self.portfolio.record(*nouns, recorded_at=hours(self.now))
        self.naive.record(nouns, hours(self.now), None)

    @precondition(lambda self: self.now > 0)
    @rule(earlier=st.integers(1, 5))
    def go_backwards(self, earlier: int) -> None:
        """Nothing new is recorded before the last record."""
        if not self.portfolio or self.portfolio.log[-1].recorded_at != hours(self.now):
            return
        before = self.portfolio.log
        with pytest.raises(InvariantError, match="recorded_at: must not lie before"):
            self.portfolio.record(room("new"), recorded_at=hours(self.now - earlier))
        assert self.portfolio.log == before

    @rule(seats=st.integers(0, 2), feature=st.sampled_from(["beamer", "stage"]))
    def look_up(self, seats: int, feature: str) -> None:
        """Relations are those that a search finds."""
        rooms = [each for each in self.naive.current().values() if isinstance(each, Room)]
        found = [each for each in rooms if each.seats == seats and feature in each.features]
        wanted = sorted(found, key=lambda each: each.id)
        assert list(self.portfolio.where(Room, seats=seats, features=feature)) == wanted

    @invariant()
    def says_the_same(self) -> None:
        """The current values, the log and the replay of the log are those of the naive history."""
        current = self.naive.current()
        assert by_key(self.portfolio.values()) == current
        assert len(self.portfolio) == len(current)
        assert all(self.portfolio.find(*key) == noun for key, noun in current.items())
        assert self.portfolio.log == self.naive.log()
        assert Portfolio.replay(self.portfolio.log) == self.portfolio

    @invariant()
    def remembers(self) -> None:
        """At any earlier instant it says what it said then."""
        for hour in range(-1, self.now + 2):
            then = self.portfolio.as_of(hours(hour))
            assert by_key(then.values()) == self.naive.current(hours(hour))
        for instant, portfolio in self.kept:
            assert self.portfolio.as_of(instant) == portfolio


_growing: Any = Growing
TestGrowing: Any = _growing.TestCase
TestGrowing.settings = one_machine_in(2)


@given(histories(), st.integers(-1, 4), st.integers(-1, 4))
def test_what_was_known_is_the_replay_of_the_log_until_then(
    portfolio: Portfolio, hour: int, other: int
) -> None:
    """`as_of` replays the batches until an instant, and asking twice takes the earlier one."""
    moment = hours(hour)
    until = [each for each in portfolio.log if (each.recorded_at or ALWAYS) <= moment]
    then = portfolio.as_of(moment)
    assert then == Portfolio.replay(until)
    assert list(then.values()) == list(Portfolio.replay(until).values())
    assert len(then) == len(list(then.values()))
    assert then.as_of(hours(other)) == portfolio.as_of(min(moment, hours(other)))


@given(histories())
def test_at_its_last_instant_all_is_known(portfolio: Portfolio) -> None:
    """From the last record on all is known, at no cost; just before it, not all is."""
    assert portfolio.as_of(datetime.max.replace(tzinfo=UTC)) is portfolio
    if portfolio and portfolio.log[-1].recorded_at is not None:
        last = portfolio.log[-1].recorded_at
        assert portfolio.as_of(last) is portfolio
        assert portfolio.as_of(last - timedelta(microseconds=1)) != portfolio


@given(histories())
def test_the_log_is_canonical(portfolio: Portfolio) -> None:
    """A batch for each instant and actor, in order, each holding some values, each once."""
    places = [(each.recorded_at or ALWAYS, each.actor or "") for each in portfolio.log]
    assert places == sorted(set(places))
    assert all(each.values for each in portfolio.log)
    for batch in portfolio.log:
        assert len(set(batch.values)) == len(batch.values)
    assert Portfolio.replay(reversed(portfolio.log)).log == portfolio.log


def test_always_known_comes_first() -> None:
    """A fact always known is known at every instant, and any record supersedes it."""
    portfolio = Portfolio.replay(
        [
            Batch(recorded_at=MORNING, values=(room(seats=60),)),
            Batch(actor="article", values=(room(seats=40), Person(id="p", name="Ada"))),
        ]
    )
    assert portfolio.get(Room, "r-1").seats == 60
    assert portfolio.as_of(ALWAYS).get(Room, "r-1").seats == 40
    assert [each.actor for each in portfolio.log] == ["article", None]


def test_the_first_instant_is_always() -> None:
    """Nobody can ask what was known before the year 1, so what is recorded then is always known."""
    portfolio = Portfolio.of(room(seats=40)).record(room(seats=60), recorded_at=ALWAYS)
    assert portfolio == Portfolio.of(room(seats=60))
    assert Portfolio.replay([Batch(recorded_at=ALWAYS, values=(room(),))]) == Portfolio.of(room())


def test_what_is_superseded_at_once_is_left_out() -> None:
    """At one instant the last record of an id by one actor holds, and his others are gone."""
    portfolio = (
        Portfolio()
        .record(room("r-1", 1), room("r-2", 1), recorded_at=MORNING, actor="desk")
        .record(room("r-1", 2), recorded_at=MORNING, actor="desk")
    )
    both = (room("r-1", 2), room("r-2", 1))
    assert portfolio.log == (Batch(recorded_at=MORNING, actor="desk", values=both),)
    assert portfolio.get(Room, "r-1").seats == 2


def test_two_actors_who_disagree_at_once_are_both_kept() -> None:
    """A log in which two say different things of one id keeps both, and finds the same one."""
    log = [
        Batch(recorded_at=MORNING, actor=actor, values=(room(seats=seats),))
        for actor, seats in (("b", 1), ("a", 2))
    ]
    portfolio = Portfolio.replay(log)
    assert [each.actor for each in portfolio.log] == ["a", "b"]
    assert portfolio.get(Room, "r-1").seats == 1
    assert Portfolio.replay(reversed(log)).get(Room, "r-1").seats == 1


def test_instants_of_other_zones_are_the_same_instants() -> None:
    """An instant recorded in local time is kept in UTC."""
    brussels = timezone(2 * timedelta(hours=1))
    local = MORNING.astimezone(brussels)
    portfolio = Portfolio().record(room(), recorded_at=local)
    assert portfolio == Portfolio().record(room(), recorded_at=MORNING)
    assert portfolio.log[0].recorded_at is not None
    assert portfolio.log[0].recorded_at.tzinfo is UTC
    assert portfolio.as_of(local) is portfolio


def test_an_instant_has_a_zone() -> None:
    """An `as_of` without a zone is refused."""
    with pytest.raises(InvariantError) as caught:
        Portfolio().as_of(datetime(2014, 9, 10))  # noqa: DTZ001
    assert str(caught.value).startswith(
        "Portfolio: 1 problem\n  instant: must be a date and time with a zone; "
    )


def test_kinds_are_in_alphabetical_order() -> None:
    """The order in which values are listed is that of their kinds."""
    assert list(NOUNS) == sorted(NOUNS)
