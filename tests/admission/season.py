"""A small season for the tests of admission: a center, a program, an edition, participants."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from mic_core import (
    Center,
    Edition,
    MicError,
    Noun,
    Organization,
    Period,
    Person,
    Portfolio,
    Program,
    Seats,
    Session,
    Slot,
)

NOON = datetime(2014, 9, 1, 12, tzinfo=UTC)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
PROGRAM = Program(id="boot", title="Bootcamp", kind="bootcamp")
PEOPLE = tuple(Person(id=f"p{n}", name=f"Person {n}") for n in range(12))
VENTURES = tuple(
    Organization(id=f"v{n}", name=f"Venture {n}", kind="venture", country="BE") for n in range(3)
)


def edition(**fields: Any) -> Edition:
    """The sixth edition, of three months from 10 September 2014, with two seats on site."""
    given: dict[str, Any] = {
        "id": "b6", "program_id": "boot", "center_id": "mic", "number": 6, "status": "open",
        "period": Period.days(date(2014, 9, 10), date(2014, 12, 19)), "seats": Seats(in_person=2),
        "admission": "by_offer", "offer_lasts": timedelta(days=2),
    }  # fmt: skip
    return Edition(**{**given, **fields})


def session(id: str, start: str = "18:00", **fields: Any) -> Session:
    """A session of two hours on 15 September 2014."""
    given: dict[str, Any] = {
        "id": id, "center_id": "mic", "title": id, "length": timedelta(hours=2),
        "slot": Slot.at("2014-09-15", start, timedelta(hours=2), "Europe/Brussels"),
    }  # fmt: skip
    return Session(**{**given, **fields})


def season(*nouns: Noun) -> Portfolio:
    """The center, program and participants, with further nouns."""
    return Portfolio.of(CENTER, PROGRAM, *PEOPLE, *VENTURES, *nouns)


def after(portfolio: Portfolio, *proposals: Any, at: datetime = NOON) -> Portfolio:
    """The portfolio with proposals recorded at an instant."""
    return portfolio.record(*proposals, recorded_at=at)


def refusal(portfolio: Portfolio, verb: Any, *arguments: Any, **named: Any) -> str:
    """The text of the error of a verb, with its class; the portfolio stays as it was."""
    before = hash(portfolio)
    try:
        verb(portfolio, *arguments, **named)
    except MicError as error:
        assert hash(portfolio) == before
        return f"{type(error).__name__}: {error}"
    msg = "it was not refused"
    raise AssertionError(msg)
