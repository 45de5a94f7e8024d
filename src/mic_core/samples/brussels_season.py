"""The timetable of the Brussels sample, autumn of 2014.

The article says that the sixth Boostcamp started on 10 September 2014 and that an Azure camp on
websites, mobile and enterprise-class applications took place in SME Week. All other dates, and
all times, rooms and trainers, are invented.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import attrs

from mic_core.chrono import Period, Slot
from mic_core.model import Assignment, Availability, Noun, Session
from mic_core.model.program import SessionKind
from mic_core.model.session import AssignmentRole
from mic_core.model.vocabulary import Mode
from mic_core.samples.brussels_people import COACH, VENTURES
from mic_core.samples.brussels_program import CENTER, ZONE


class _Line(NamedTuple):
    """A line of the timetable."""

    id: str
    title: str
    kind: SessionKind
    room: str
    day: str
    start: str
    minutes: int
    lead: str
    module: str | None = None


_Taught = tuple[str, str, SessionKind, str, tuple[tuple[str, str], ...]]

_TAUGHT: tuple[_Taught, ...] = (
    ("business-model", "Business model", "workshop", "trainer-01",
     (("2014-09-17", "18:00"), ("2014-09-24", "18:00"), ("2014-10-04", "10:00"))),
    ("it", "IT for start-ups", "training", "trainer-02",
     (("2014-10-01", "18:00"), ("2014-10-22", "19:30"), ("2014-11-26", "18:00"))),
    ("communication", "Communication", "training", "trainer-03",
     (("2014-10-08", "18:00"), ("2014-11-12", "18:00"))),
    ("marketing", "Marketing", "training", "trainer-04",
     (("2014-10-15", "18:00"), ("2014-11-05", "18:00"), ("2014-11-19", "18:00"))),
    ("pitching", "The art of pitching", "workshop", "trainer-05",
     (("2014-12-03", "18:00"), ("2014-12-10", "18:00"), ("2014-12-13", "10:00"))),
)  # fmt: skip
"""The modules of the Boostcamp: id, title, kind, trainer, and the starts of their sessions."""

_BOOSTCAMP = (
    _Line(
        "b6-kickoff", "Kick-off: meet the sixteen", "conference", "auditorium",
        "2014-09-10", "18:00", 180, "trainer-01",
    ),
    *(
        _Line(
            f"b6-{module}-{n}", f"{title} {n}", kind, "montoyer", day, start, 180, trainer, module
        )
        for module, title, kind, trainer, evenings in _TAUGHT
        for n, (day, start) in enumerate(evenings, 1)
    ),
    _Line(
        "b6-final", "Final: sixteen pitches", "pitch", "auditorium",
        "2014-12-17", "18:00", 180, "trainer-05",
    ),
)  # fmt: skip

_AZURE = (
    _Line("azure-1", "Azure camp: build websites", "training", "lab",
          "2014-09-30", "09:30", 180, "trainer-06", "azure-websites"),
    _Line("azure-2", "Azure camp: mobile applications", "training", "lab",
          "2014-09-30", "13:30", 180, "trainer-07", "azure-mobile"),
    _Line("azure-3", "Azure camp: enterprise-class applications", "training", "lab",
          "2014-10-01", "09:30", 180, "trainer-06", "azure-enterprise"),
    _Line("azure-4", "Azure camp: enterprise-class applications, lab", "workshop", "lab",
          "2014-10-01", "13:30", 180, "trainer-07", "azure-enterprise"),
)  # fmt: skip

_EVENINGS = (
    ("it-camp-sep", "IT camp: cloud computing", "2014-09-09", "2014-09-09", "cloud computing"),
    ("it-camp-oct", "IT camp: mobility", "2014-10-14", "2014-10-14", "mobility"),
    ("it-camp-nov", "IT camp: big data", "2014-11-11", "2014-11-13", "big data"),
    ("it-camp-dec", "IT camp: cloud computing for SMEs", "2014-12-09", "2014-12-09",
     "cloud computing"),
)  # fmt: skip
"""Id, title, the original day in its series, the day on which it takes place, topic. The second
Tuesday of November is a public holiday, so that evening was moved."""

_EVENTS = (
    (_Line("conf-cloud", "What the cloud changes for SMEs", "conference", "auditorium",
           "2014-10-16", "14:00", 210, "trainer-02"), 80),
    (_Line("conf-startups", "Startups and the region: a seminar", "seminar", "auditorium",
           "2014-11-20", "17:00", 120, "trainer-01"), 60),
    (_Line("visit-school", "Visit: a secondary school", "visit", "auditorium",
           "2014-09-12", "10:00", 120, COACH), 42),
    (_Line("visit-doors", "Open doors in SME Week", "visit", "auditorium",
           "2014-10-02", "14:00", 180, COACH), 75),
    (_Line("visit-delegation", "Visit: a delegation", "visit", "montoyer",
           "2014-10-15", "17:00", 90, COACH), 18),
    (_Line("visit-students", "Visit: students of a university", "visit", "auditorium",
           "2014-11-21", "14:00", 120, COACH), 55),
)  # fmt: skip
"""Sessions open to everybody, each with the number of persons expected."""

_CERTIFICATION = (
    _Line("cert-seminar", "Certification seminar: developing for the cloud", "seminar", "lab",
          "2014-11-07", "09:00", 180, "trainer-06"),
    _Line("cert-exam", "Certification exam", "exam", "lab",
          "2014-11-07", "13:00", 120, "trainer-06"),
)  # fmt: skip

_COACHING_DAYS = (
    "2014-09-15", "2014-09-22", "2014-09-25", "2014-09-29", "2014-10-06", "2014-10-14",
    "2014-10-20", "2014-10-23", "2014-11-03", "2014-11-17", "2014-11-24", "2014-12-01",
)  # fmt: skip
"""One day for each venture, at 17:00; the one on 14 October is with the mobility trainer."""

_TAUGHT_COACHING = {"2014-10-14": ("trainer-02", "19:00")}


def _slot(day: str, start: str, minutes: int) -> Slot:
    return Slot.at(day, start, timedelta(minutes=minutes), ZONE)


def _session(line: _Line, edition: str | None = None) -> Session:
    return Session(
        id=line.id, center_id=CENTER, title=line.title, kind=line.kind,
        length=timedelta(minutes=line.minutes), slot=_slot(line.day, line.start, line.minutes),
        room_id=line.room, edition_id=edition, module_id=line.module,
    )  # fmt: skip


def _led(session_id: str, person: str, role: AssignmentRole = "lead") -> Assignment:
    return Assignment(id=f"{session_id}-{role}", session_id=session_id, person_id=person, role=role)


def _of(edition: str, lines: tuple[_Line, ...]) -> Iterator[Noun]:
    for line in lines:
        yield _session(line, edition)
        yield _led(line.id, line.lead)


def azure_camp() -> tuple[Session, ...]:
    """The Azure camp of SME Week, which is in the article."""
    return tuple(
        attrs.evolve(
            _session(line, "azure-camp-2014"),
            needs=("workstations",),
            topics=("SME Week", "cloud"),
        )
        for line in _AZURE
    )


def timetable() -> tuple[Noun, ...]:
    """The rest of the season as first planned, with its slips."""
    return (
        *_of("boostcamp-6", _BOOSTCAMP),
        *_of("certification-2014", _CERTIFICATION),
        *_evenings(),
        *_open_to_all(),
        *_coaching(),
        *(_led(line.id, line.lead) for line in _AZURE),
        Availability(
            id="autumn-break", subject="person:trainer-04", preference="unavailable",
            period=Period.days(date(2014, 10, 27), date(2014, 10, 31)),
        ),
    )  # fmt: skip


def _evenings() -> Iterator[Noun]:
    for id, title, due, day, topic in _EVENINGS:
        yield Session(
            id=id, center_id=CENTER, title=title, length=timedelta(hours=2),
            slot=_slot(day, "18:00", 120), room_id="auditorium", series_id="it-camp-evenings",
            original_on=date.fromisoformat(due), expected=45, topics=(topic,),
            revision=int(day != due),  # moved on purpose, and told
        )  # fmt: skip
        yield _led(id, "trainer-02")


def _open_to_all() -> Iterator[Noun]:
    for line, expected in _EVENTS:
        session = _session(line)
        mode: Mode = "hybrid" if line.kind == "conference" else "in_person"
        yield attrs.evolve(session, expected=expected, mode=mode)
        yield _led(line.id, line.lead, "host" if line.kind == "visit" else "speaker")


def _coaching() -> Iterator[Noun]:
    for n, (venture, day) in enumerate(zip(VENTURES, _COACHING_DAYS, strict=True), 1):
        coach, start = _TAUGHT_COACHING.get(day, (COACH, "17:00"))
        line = _Line(f"coaching-{n:02}", f"Coaching: {VENTURES[venture]}", "coaching", "atelier",
                     day, start, 60, coach)  # fmt: skip
        yield attrs.evolve(_session(line), audience=(venture,), expected=3)
        yield _led(line.id, coach, "coach")


def corrections(sessions: dict[str, Session]) -> tuple[Session, ...]:
    """The sessions of the three slips, mended: a room, a trainer, and the closing time."""
    moves = {
        "visit-delegation": ("2014-10-15", "14:00"),
        "coaching-06": ("2014-10-13", "19:00"),
        "b6-it-2": ("2014-10-22", "18:00"),
    }
    return tuple(
        attrs.evolve(
            sessions[id],
            slot=Slot.at(day, start, sessions[id].length, ZONE),
            revision=sessions[id].revision + 1,
        )
        for id, (day, start) in moves.items()
    )
