"""A camp with editions of four weeks, for tests of cohorts: shorthands for its nouns."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from mic_core import (
    Attendance,
    Center,
    Edition,
    Enrollment,
    Noun,
    Period,
    Portfolio,
    Program,
    Session,
    Slot,
    Transition,
)
from mic_core.cohorts.cohort import Cohort, cohort

AT = datetime(2014, 10, 13, 12, tzinfo=UTC)
CENTER = Center(id="mic", name="MIC", country="BE", time_zone="Europe/Brussels")
CAMP = Program(id="camp", title="Camp", kind="training", reenroll=True)
BASE = (CENTER, CAMP)


def edition(
    number: int = 1, first: date = date(2014, 9, 1), days: int = 28, **more: Any
) -> Edition:
    """An edition of the camp; the first one begins on a Monday and lasts four weeks."""
    given: dict[str, Any] = {"status": "completed", **more}
    period = Period.days(first, first + timedelta(days=days - 1))
    return Edition(id=f"camp-{number}", program_id="camp", center_id="mic", number=number,
                   period=period, **given)  # fmt: skip


def at(day: int, hour: int = 9) -> datetime:
    """An hour of the days from 1 September 2014 on."""
    return datetime(2014, 9, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def enrolled(
    who: str, into: str = "camp-1", *later: tuple[str, int], day: int = 1, **more: Any
) -> tuple[Noun, ...]:
    """An enrollment from a day on, with later statuses and their days."""
    id = f"e-{who}-{into}-{day}"
    steps = [("enrolled", day), *later]
    given: dict[str, Any] = {"participant_id": who, "into": into, **more}
    return (
        Enrollment(id=id, **given),
        *(
            Transition(
                id=f"t-{id}-{place}", subject=f"enrollment:{id}", after=after,
                before=steps[place - 1][0] if place else "requested", effective_at=at(moment),
            )
            for place, (after, moment) in enumerate(steps)
        ),
    )  # fmt: skip


def session(id: str, day: int, of: str | None = "camp-1", **more: Any) -> Session:
    """A session of two hours, held unless said otherwise."""
    slot = Slot(at(day, 16), at(day, 18))
    given: dict[str, Any] = {"status": "held", "edition_id": of, **more}
    return Session(id=id, center_id="mic", title=id.upper(), length=slot.length, slot=slot, **given)


def seen(session_id: str, person: str, status: Any = "present") -> Attendance:
    """A record of attendance."""
    return Attendance(id=f"a-{session_id}-{person}", session_id=session_id, person_id=person,
                      status=status)  # fmt: skip


def asked(*nouns: Noun | tuple[Noun, ...], scope: Any = "camp", **more: Any) -> Cohort:
    """The cohort of the camp with these nouns."""
    given: dict[str, Any] = {"as_of": AT, **more}
    return cohort(portfolio(*nouns), scope, **given)


def portfolio(*nouns: Noun | tuple[Noun, ...]) -> Portfolio:
    """The center and the camp with these nouns."""
    flat = [one for each in nouns for one in (each if isinstance(each, tuple) else (each,))]
    return Portfolio.of(*BASE, *flat)
