"""Curriculum-based timetabling of ITC-2007 in the nouns and rules of this library.

A course is a module, a lecture a session, a curriculum an edition in the session's audience, a
teacher a trainer who leads it. Days are Monday to Friday of one week; a period is an hour.
"""

from datetime import date, timedelta
from pathlib import Path

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.model import (
    Assignment,
    Availability,
    Center,
    Edition,
    Module,
    Noun,
    Person,
    Program,
    Room,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.rules.availability import Unavailability
from mic_core.scheduling.rules.day import CompactDays
from mic_core.scheduling.rules.hours import OpeningHours
from mic_core.scheduling.rules.overlap import AudienceOverlap, PersonOverlap, RoomOverlap
from mic_core.scheduling.rules.rooms import RoomElsewhere, RoomSeats
from mic_core.scheduling.rules.spread import MinDays, RoomStability

HOUR = timedelta(hours=1)
MONDAY = date(2014, 9, 8)
BEST_KNOWN = {"comp01": 5, "comp02": 24, "comp05": 284, "comp11": 0}
_ZONE = "Europe/Rome"
_OPENS = 8


def read(path: Path) -> tuple[Portfolio, tuple[ScheduleRule, ...]]:
    """An instance without any lecture placed, and its rules."""
    lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
    header = {words[0].rstrip(":"): words[1] for words in lines[:7]}
    parts: dict[str, list[list[str]]] = {}
    part: list[list[str]] = []
    for words in lines[7:]:
        if words[0].endswith(":"):
            parts[words[0].rstrip(":")] = part = []
        elif words[0] != "END.":
            part.append(words)
    days, periods = int(header["Days"]), int(header["Periods_per_day"])
    courses, curricula = parts["COURSES"], parts["CURRICULA"]
    last = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[days - 1]
    week = Period.days(MONDAY, MONDAY + timedelta(days=days - 1))
    nouns: list[Noun] = [
        Center(
            id="udine", name="Udine", country="IT", time_zone=_ZONE,
            opening_hours=WeeklyHours.parse(
                f"Mo-{last} {_OPENS:02}:00-{_OPENS + periods:02}:00"
            ),
        ),
        *(Room(id=id, center_id="udine", name=id, seats=int(n)) for id, n in parts["ROOMS"]),
        *(Person(id=id, name=id) for id in sorted({words[1] for words in courses})),
        Program(
            id="term", title="Term", kind="training",
            modules=tuple(Module(id=id, title=id, length=HOUR, count=int(n))
                          for id, _, n, _, _ in courses),
        ),
        *(
            Edition(id=words[0], program_id="term", center_id="udine", number=1, period=week)
            for words in curricula
        ),
        *(
            Availability(
                id=f"off-{n}", subject=f"module:{course}", preference="unavailable",
                slot=slot(int(day), int(period)),
            )
            for n, (course, day, period) in enumerate(parts["UNAVAILABILITY_CONSTRAINTS"])
        ),
    ]  # fmt: skip
    for id, teacher, count, _, students in courses:
        audience = tuple(words[0] for words in curricula if id in words[2:])
        for n in range(int(count)):
            lecture = f"{id}-{n + 1}"
            nouns.append(
                Session(
                    id=lecture, center_id="udine", title=id, length=HOUR, module_id=id,
                    audience=audience, expected=int(students),
                )
            )  # fmt: skip
            nouns.append(Assignment(id=lecture, session_id=lecture, person_id=teacher))
    least = {id: int(least) for id, _, _, least, _ in courses}
    return Portfolio.of(*nouns), rules(least)


def rules(least: dict[str, int]) -> tuple[ScheduleRule, ...]:
    """The hard and soft constraints of the competition."""
    return (
        RoomOverlap(), PersonOverlap(), AudienceOverlap(), OpeningHours(), Unavailability(),
        RoomElsewhere(), RoomSeats(level="soft"), MinDays(least=least, weight=5),
        CompactDays(block=60, weight=2), RoomStability(),
    )  # fmt: skip


def slot(day: int, period: int) -> Slot:
    """The hour of a period of a day."""
    return Slot.at(MONDAY + timedelta(days=day), f"{_OPENS + period:02}:00", HOUR, _ZONE)


def solved(portfolio: Portfolio, path: Path) -> Portfolio:
    """The instance with the lectures of a published solution placed."""
    places: dict[str, list[tuple[str, Slot]]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            course, room, day, period = line.split()
            places.setdefault(course, []).append((room, slot(int(day), int(period))))
    nouns: list[Noun] = []
    for noun in portfolio.values():
        if isinstance(noun, Session):
            room, at = places[noun.title].pop()
            nouns.append(
                Session(
                    id=noun.id, center_id="udine", title=noun.title, length=HOUR, slot=at,
                    room_id=room, module_id=noun.module_id, audience=noun.audience,
                    expected=noun.expected,
                )
            )  # fmt: skip
        else:
            nouns.append(noun)
    return Portfolio.of(*nouns)
