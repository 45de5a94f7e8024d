"""A small world with one place for one talk, and what happens between proposing and recording."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

import mic_core as mic
from mic_core.codec.proposals import dumps_proposal, loads_proposal
from mic_core.errors import StaleProposal
from mic_core.model import (
    Center,
    Edition,
    Module,
    Noun,
    Person,
    Program,
    Room,
    Seats,
    Series,
    Session,
)
from mic_core.portfolio import Portfolio

HOUR, PLACE = timedelta(hours=1), "Europe/Brussels"
DAY = mic.Period.days(date(2014, 9, 10), date(2014, 9, 10))
WEEK = mic.Period.days(date(2014, 9, 8), date(2014, 9, 12))


def at(hour: int) -> datetime:
    """An instant some hours after the first morning."""
    return datetime(2014, 9, 1, 8, tzinfo=UTC) + hour * HOUR


def slot(start: str, day: str = "2014-09-10") -> mic.Slot:
    """A slot of one hour in Brussels."""
    return mic.Slot.at(day, start, HOUR, PLACE)


def session(id: str, **fields: Any) -> Session:
    """A session of one hour in Brussels."""
    return Session(id=id, center_id="mic", title=id, length=HOUR, **fields)


CENTER = Center(
    id="mic", name="MIC", country="BE", time_zone=PLACE,
    opening_hours=mic.WeeklyHours.parse("Mo-Fr 09:00-10:00"),
)  # fmt: skip
ROOM = Room(id="r", center_id="mic", name="Montoyer", seats=20, features=("beamer",))
ANN, BEN = Person(id="ann", name="Ann"), Person(id="ben", name="Ben")
PROGRAM = Program(
    id="p", title="Camp", kind="training",
    modules=(Module(id="m", title="Pitch", count=2, length=HOUR, trainers=("ann",)),),
)  # fmt: skip
EDITION = Edition(
    id="e", program_id="p", center_id="mic", number=1, period=WEEK, seats=Seats(in_person=10)
)
SERIES = Series(
    id="w", center_id="mic", title="Evening",
    recurrence=mic.Recurrence.parse("FREQ=WEEKLY;COUNT=3"), first_on=date(2014, 9, 9),
    starts_at=time(9), length=HOUR, room_id="r",
)  # fmt: skip
TALK = session("talk", needs=("beamer",), edition_id="e", module_id="m")
WORLD = Portfolio.of(CENTER, ROOM, ANN, BEN, PROGRAM, EDITION, SERIES, TALK)
NINE = slot("09:00")

# With these hours and this day there is one place for the talk, with one trainer.
PLAN = mic.plan(WORLD, "session:talk", window=DAY)


def between(*nouns: Noun, base: Portfolio = WORLD, actor: str | None = "desk") -> Portfolio:
    """The world after some facts, with unrelated records before and after."""
    before = base.record(session("elsewhen"), recorded_at=at(1), actor="robot")
    after = before.record(*nouns, recorded_at=at(2), actor=actor)
    return after.record(Person(id="eve", name="Eve"), recorded_at=at(3), actor="robot")


def stale(portfolio: Portfolio, *items: Any) -> StaleProposal:
    """The error that recording raises, and that a proposal read from JSON raises as well."""
    with pytest.raises(StaleProposal) as caught:
        portfolio.record(*items, recorded_at=at(9))
    read = [
        each if isinstance(each, Noun.__args__) else loads_proposal(dumps_proposal(each))  # type: ignore[attr-defined]
        for each in items
    ]
    with pytest.raises(StaleProposal) as again:
        portfolio.record(*read, recorded_at=at(9))
    assert str(again.value) == str(caught.value)
    assert again.value.since == caught.value.since
    return caught.value


ROOM_TAKEN = session("visit", room_id="r", slot=slot("09:30"))


def stale_by(portfolio: Portfolio, item: Any, rules: Any) -> StaleProposal:
    """The error, with the rules of the app given again to a proposal read from JSON."""
    with pytest.raises(StaleProposal) as caught:
        portfolio.record(item, recorded_at=at(9))
    read = loads_proposal(dumps_proposal(item), rules=rules)
    with pytest.raises(StaleProposal) as again:
        portfolio.record(read, recorded_at=at(9))
    assert str(again.value) == str(caught.value)
    return caught.value
