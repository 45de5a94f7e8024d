"""Nouns with default values, so that an example states only the fields that matter in it.

All are of one center in Brussels and the autumn of 2014.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import zone
from mic_core.model import (
    Application,
    Assignment,
    Attendance,
    Attribution,
    Availability,
    Call,
    Center,
    Consent,
    Credential,
    Deal,
    Decision,
    Edition,
    Enrollment,
    Figures,
    FollowUp,
    Headcount,
    Identity,
    Indicator,
    Membership,
    Module,
    Money,
    Noun,
    Observation,
    Organization,
    Ownership,
    Partnership,
    Person,
    Program,
    Review,
    Room,
    Series,
    Support,
    Target,
    Transition,
    stated,
)
from mic_core.model import Session as _Session

N = TypeVar("N", bound=Noun | Module)

ZONE = "Europe/Brussels"
AUTUMN = Period.days(date(2014, 9, 10), date(2014, 12, 17))
"""The default period of an edition."""


def at(text: str) -> datetime:
    """A moment on the clocks of Brussels, written as `2014-09-10 18:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(ZONE))


def slot(start: str, minutes: int = 180) -> Slot:
    """A slot in Brussels, three hours by default."""
    moment = at(start)
    return Slot(moment, moment + timedelta(minutes=minutes))


def days(first: str, last: str) -> Period:
    """A period from its first to its last day."""
    return Period.days(date.fromisoformat(first), date.fromisoformat(last))


def day(text: str) -> date:
    """A day, written as `2014-09-10`."""
    return date.fromisoformat(text)


def euros(amount: int, currency: str = "EUR") -> Money:
    """An amount of money, in euros unless another currency is named."""
    return Money(amount=Decimal(amount), currency=currency)


def _maker(noun: type[N], **usual: Any) -> Callable[..., N]:
    """Return a function that makes a noun from an id and the fields that are not default."""
    build: Any = noun

    def make(id: str, **more: Any) -> N:
        made: N = build(id=id, **{**usual, **more})
        return made

    return make


center = _maker(Center, name="MIC Brussels", country="BE", time_zone=ZONE)
room = _maker(Room, center_id="mic", name="Montoyer", seats=20)
module = _maker(Module, title="Pitching", length=timedelta(hours=3))
program = _maker(Program, title="Boostcamp", kind="bootcamp")
edition = _maker(
    Edition, program_id="camp", center_id="mic", number=6, period=AUTUMN, status="open"
)
assignment = _maker(Assignment, session_id="s-1", person_id="ada")
availability = _maker(Availability, subject="room:r-1", preference="unavailable")
person = _maker(Person, name="Ada Lovelace")
organization = _maker(Organization, name="Atelier Digital", kind="venture", country="BE")
member = _maker(
    Membership, person_id="ada", organization_id="atelier", role="founder", period=Period()
)
call = _maker(
    Call, center_id="mic", edition_id="camp-6", title="Call", window=slot("2014-06-02 09:00", 1440)
)
application = _maker(
    Application, call_id="call", applicant_id="ada", submitted_at=at("2014-06-02 12:00")
)
review = _maker(Review, application_id="a-1", reviewer_id="bo")
decision = _maker(
    Decision, application_id="a-1", outcome="accepted", decided_at=at("2014-06-20 12:00")
)
enrollment = _maker(Enrollment, participant_id="ada", into="camp-6")
attendance = _maker(Attendance, session_id="s-1", person_id="ada", status="present")
heads = _maker(Headcount, session_id="s-1", n=10, basis="counted")
credential = _maker(
    Credential, holder_id="ada", kind="certificate", title="Boostcamp", issued_on=day("2014-12-18")
)
partnership = _maker(
    Partnership, organization_id="cloud", supports=("mic",), role="funder", period=Period.year(2014)
)
ownership = _maker(
    Ownership, owner_id="ada", organization_id="atelier", capital=Decimal("0.6"), holder="person",
    period=Period(),
)  # fmt: skip
figures = _maker(Figures, organization_id="atelier", period=Period.year(2014))
consent = _maker(
    Consent, person_id="ada", purpose="follow_up", text_version="1", status="granted",
    at=at("2014-09-10 18:00"),
)  # fmt: skip
follow_up = _maker(
    FollowUp, participant_id="ada", about="camp-6", due_on=day("2015-06-17"), status="due"
)
indicator = _maker(
    Indicator, title="Jobs enabled", unit="jobs", kind="impact", measure=stated(),
    source="the center",
)  # fmt: skip
target = _maker(
    Target, indicator_id="jobs", scope=("mic",), period=Period.year(2014), value=Decimal(50)
)
observation = _maker(
    Observation, subject="center:mic", period=Period.year(2014), value=Decimal(40), unit="jobs",
    evidence="administrative", source="the center",
)  # fmt: skip
attribution = _maker(
    Attribution, subject="indicator:jobs", partner_id="cloud", share=Decimal("0.5"),
    source="the center",
)  # fmt: skip
identity = _maker(Identity, kept="person:ada", merged="person:ada-2")
support = _maker(
    Support, enterprise_id="atelier", kind="advice", provider_id="mic", on=day("2014-10-01")
)
deal = _maker(
    Deal, organization_id="atelier", on=day("2014-10-01"), kind="equity", amount=euros(1000)
)
series = _maker(
    Series, center_id="mic", title="IT camp", first_on=day("2014-09-09"),
    length=timedelta(hours=2),
)  # fmt: skip
transition = _maker(Transition)


def session(id: str, start: str | None = None, minutes: int = 180, **more: Any) -> _Session:
    """A session in Brussels, three hours by default."""
    usual: dict[str, Any] = {
        "center_id": "mic", "title": "Evening", "length": timedelta(minutes=minutes),
        "slot": None if start is None else slot(start, minutes),
    }  # fmt: skip
    return _Session(id=id, **{**usual, **more})


def step(subject: str, before: str | None, after: str, when: str, **more: Any) -> Transition:
    """The transition of a subject at an instant in Brussels."""
    id = f"{subject.partition(':')[2]}-{after}"
    return transition(
        id, subject=subject, before=before, after=after, effective_at=at(when), **more
    )


def enrolled(id: str, since: str = "2014-09-01 09:00", **more: Any) -> tuple[Noun, ...]:
    """An enrollment, and its transition to enrolled."""
    return (
        enrollment(id, **more),
        step(f"enrollment:{id}", "requested", "enrolled", since),
    )


MIC = center("mic")
R1 = room("r-1")
R2 = room("r-2", name="Lab")
