"""Shared values of the portfolio tests: a few that often clash, and a naive history."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mic_core.errors import MicError
from mic_core.model import (
    KINDS,
    Enrollment,
    Noun,
    Organization,
    Person,
    Room,
    Session,
    Transition,
)
from mic_core.portfolio import Batch, Portfolio

MORNING = datetime(2014, 9, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS = datetime.min.replace(tzinfo=UTC)
ACTORS: tuple[str | None, ...] = (None, "article", "desk")

SEAT = Enrollment(id="e", participant_id="p", into="b6")
SUBJECT = "enrollment:e"

Key = tuple[str, str]


def hours(n: int) -> datetime:
    """The instant some hours after the first morning."""
    return MORNING + n * HOUR


def room(id: str = "r-1", seats: int = 40, features: tuple[str, ...] = ()) -> Room:
    """A room in Brussels."""
    return Room(id=id, center_id="mic", name="Montoyer", seats=seats, features=features)


def session(id: str = "s-1", **fields: Any) -> Session:
    """A session of one hour in Brussels."""
    return Session(id=id, center_id="mic", title="Pitch", length=HOUR, **fields)


def few_nouns() -> SearchStrategy[Noun]:
    """Rooms, persons and organizations under three ids, so that many have the same one."""
    ids = st.sampled_from("abc")
    features = st.sampled_from([(), ("beamer",), ("beamer", "stage")])
    return st.one_of(
        st.builds(room, ids, st.integers(0, 2), features),
        st.builds(Person, id=ids, name=st.sampled_from(["Ada", "Bob"])),
        st.builds(
            Organization, id=ids, name=st.just("Oh-Chef"), kind=st.just("venture"),
            country=st.sampled_from(["BE", "NL"]),
        ),
    )  # fmt: skip


def batches() -> SearchStrategy[list[Batch]]:
    """Batches of few nouns at few instants, by few actors; some values twice, some ids twice."""
    batch = st.builds(
        Batch,
        recorded_at=st.none() | st.integers(0, 3).map(hours),
        actor=st.sampled_from(ACTORS),
        values=st.lists(few_nouns(), max_size=5).map(tuple),
    )
    return st.lists(batch, max_size=5)


def histories() -> SearchStrategy[Portfolio]:
    """Portfolios of such batches."""
    return batches().map(Portfolio.replay)


def recorded() -> SearchStrategy[Portfolio]:
    """Portfolios that grew by `record` alone, so that no id ever has two values at once."""
    step = st.tuples(
        st.integers(0, 3),
        st.sampled_from(ACTORS),
        st.lists(few_nouns(), max_size=5, unique_by=key_of),
    )
    return st.lists(step, max_size=5).map(_grown)


def _grown(steps: list[tuple[int, str | None, list[Noun]]]) -> Portfolio:
    portfolio = Portfolio()
    for place, (hour, actor, nouns) in enumerate(sorted(steps, key=lambda step: step[0])):
        moment = hours(hour) + timedelta(minutes=place)
        portfolio = portfolio.record(*nouns, recorded_at=moment, actor=actor)
    return portfolio


def key_of(noun: Noun) -> Key:
    """The kind and id of a noun."""
    return KINDS[type(noun)], noun.id


def by_key(nouns: Iterable[Noun]) -> dict[Key, Noun]:
    """Nouns by kind and id, the last of each."""
    return {key_of(noun): noun for noun in nouns}


@attrs.define
class Naive:
    """A history as a plain list: what was recorded when, by whom, one entry for each value."""

    entries: list[tuple[datetime, str | None, Noun]] = attrs.field(
        factory=list[tuple[datetime, "str | None", Noun]]
    )

    def record(self, nouns: Iterable[Noun], at: datetime, actor: str | None) -> None:
        """Append what is not known yet."""
        known = self.current()
        for noun in by_key(nouns).values():
            if known.get(key_of(noun)) != noun:
                self.entries.append((at, actor, noun))

    def disputed(self, nouns: Iterable[Noun], at: datetime, actor: str | None) -> list[str]:
        """The ids, cited, under which another named actor recorded another value last, just now."""
        last = {key_of(noun): (at, actor, noun) for at, actor, noun in self.entries}
        return sorted(
            "{}:{}".format(*key)
            for key, noun in by_key(nouns).items()
            if actor is not None and key in last
            for when, who, known in [last[key]]
            if when == at and who not in (None, actor) and known != noun
        )

    def current(self, until: datetime | None = None) -> dict[Key, Noun]:
        """The latest value of each id by an instant, found by going through everything."""
        return by_key(noun for at, _, noun in self.entries if until is None or at <= until)

    def log(self) -> tuple[Batch, ...]:
        """The canonical log: of each instant and id the latest value, sorted."""
        latest = {(at, key_of(noun)): (actor, noun) for at, actor, noun in self.entries}
        batches: dict[tuple[datetime, str], list[Noun]] = {}
        for at, key in sorted(latest):
            actor, noun = latest[at, key]
            batches.setdefault((at, actor or ""), []).append(noun)
        return tuple(
            Batch(recorded_at=at, actor=actor or None, values=tuple(batches[at, actor]))
            for at, actor in sorted(batches)
        )


def step(
    id: str, before: str | None, after: str, hour: int = 0, subject: str = SUBJECT
) -> Transition:
    """A transition of a seat, some hours after the first morning."""
    return Transition(id=id, subject=subject, before=before, after=after, effective_at=hours(hour))


def refused(portfolio: Portfolio, error: type[MicError], *items: Any, **given: Any) -> Any:
    """The error that recording raises; nothing is kept of it."""
    log, values = portfolio.log, list(portfolio.values())
    whens: dict[str, Any] = {"recorded_at": hours(9), **given}
    with pytest.raises(error) as caught:
        portfolio.record(*items, **whens)
    assert portfolio.log == log
    assert list(portfolio.values()) == values
    return caught.value
