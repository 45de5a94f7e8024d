"""Random seasons of camps: entries again, walk-ins, missing records, all hours of the clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from mic_core import (
    Attendance,
    Center,
    Edition,
    Enrollment,
    Noun,
    Period,
    Person,
    Portfolio,
    Program,
    Session,
    Slot,
    Transition,
)

START = datetime(2014, 9, 1, tzinfo=UTC)
PERSONS = tuple(f"p{each}" for each in range(5))
_HOURS = st.integers(-24 * 10, 24 * 50)
_PATHS = (
    ("enrolled",), ("enrolled", "completed"), ("enrolled", "withdrawn"), ("waitlisted",),
    ("enrolled", "suspended", "enrolled", "incomplete"), ("offered", "expired"),
    ("waitlisted", "offered", "enrolled", "transferred"), ("enrolled", "suspended", "cancelled"),
    ("offered", "declined"), ("waitlisted", "cancelled"), ("offered", "enrolled", "completed"),
)  # fmt: skip


@st.composite
def camps(draw: st.DrawFn) -> Portfolio:
    """A portfolio of one to three editions in zones of their own, at odd hours."""
    nouns: list[Noun] = [Program(id="camp", title="Camp", kind="training", reenroll=True)]
    nouns += [Person(id=each, name=each, gender=draw(st.sampled_from((None, "f", "m"))))
              for each in PERSONS]  # fmt: skip
    for number in range(1, draw(st.integers(1, 3)) + 1):
        place = draw(st.sampled_from(("Europe/Brussels", "America/New_York", "Pacific/Auckland")))
        nouns.append(Center(id=f"c{number}", name="C", country="BE", time_zone=place))
        nouns += _edition(draw, number)
    return Portfolio.of(*nouns)


def _edition(draw: st.DrawFn, number: int) -> list[Noun]:
    first = date(2014, 9, 1) + timedelta(days=draw(st.integers(0, 9)))
    id = f"camp-{number}"
    period = Period.days(first, first + timedelta(days=draw(st.integers(0, 30))))
    status: Any = draw(st.sampled_from(("open", "completed")))
    nouns: list[Noun] = [
        Edition(id=id, program_id="camp", center_id=f"c{number}", number=number, period=period,
                status=status),
    ]  # fmt: skip
    for place, person in enumerate(draw(st.lists(st.sampled_from(PERSONS), max_size=6))):
        entry = f"e{number}-{place}"
        nouns.append(Enrollment(id=entry, participant_id=person, into=id))
        path = draw(st.sampled_from(_PATHS))
        hours = draw(st.lists(_HOURS, min_size=len(path), max_size=len(path)))
        before: str | None = "requested"
        for step, (after, hour) in enumerate(zip(path, sorted(hours), strict=True)):
            # Seconds differ from entry to entry, so that no two are at one instant.
            at = START + timedelta(hours=hour, seconds=place)
            nouns.append(Transition(
                id=f"t{entry}-{step}", subject=f"enrollment:{entry}", before=before, after=after,
                effective_at=at,
            ))  # fmt: skip
            before = after
    for place in range(draw(st.integers(0, 4))):
        start = START + timedelta(hours=draw(_HOURS))
        slot = Slot(start, start + timedelta(hours=2))
        held: Any = draw(st.sampled_from(("held", "held", "cancelled")))
        nouns.append(Session(
            id=f"s{number}-{place}", center_id=f"c{number}", title="S", edition_id=id, slot=slot,
            length=timedelta(hours=2), status=held,
        ))  # fmt: skip
        for person in draw(st.lists(st.sampled_from(PERSONS), unique=True)):
            seen: Any = draw(st.sampled_from(("present", "partial", "excused", "absent")))
            nouns.append(Attendance(
                id=f"a{number}-{place}-{person}", session_id=f"s{number}-{place}",
                person_id=person, status=seen,
            ))  # fmt: skip
    return nouns


INSTANTS = st.integers(-24 * 12, 24 * 60).map(lambda hours: START + timedelta(hours=hours))
