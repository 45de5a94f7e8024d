"""Small portfolios for the tests of rules: makers of nouns, and timetables drawn at random."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.model import (
    Assignment,
    Center,
    Edition,
    Enrollment,
    Module,
    Noun,
    Person,
    Program,
    Room,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import Breach, ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.timetable import Timetable, timetable_of

PLACE = "Europe/Brussels"
MIC = Center(id="mic", name="MIC", country="BE", time_zone=PLACE)
DAY = date(2014, 9, 10)  # a Wednesday
SIGNED_UP = datetime(2014, 8, 1, tzinfo=UTC)


def slot(start: str, minutes: int = 60, *, day: date | str = DAY, place: str = PLACE) -> Slot:
    """A slot of minutes from a local time on, by default on 10 September 2014."""
    return Slot.at(day, start, timedelta(minutes=minutes), place)


def session(id: str, when: Slot | str | None = None, minutes: int = 60, **fields: Any) -> Session:
    """A session in a slot, from a wall time on 10 September 2014 on, or without a slot."""
    at = slot(when, minutes) if isinstance(when, str) else when
    length = at.length if at is not None else timedelta(minutes=minutes)
    values: dict[str, Any] = {"center_id": "mic", "title": id, **fields}
    return Session(id=id, slot=at, length=length, **values)


def room(id: str = "r", seats: int | None = 20, **fields: Any) -> Room:
    """A room of the center."""
    values: dict[str, Any] = {"center_id": "mic", "name": id, **fields}
    return Room(id=id, seats=seats, **values)


def gives(person: str, session_id: str, **fields: Any) -> Assignment:
    """An assignment by which a person gives a session."""
    return Assignment(
        id=f"{session_id}-{person}", session_id=session_id, person_id=person, **fields
    )


def people(*ids: str) -> tuple[Person, ...]:
    """Persons."""
    return tuple(Person(id=id, name=f"Name of {id}") for id in ids)


def edition(id: str = "e", period: Period | None = None, **fields: Any) -> Edition:
    """An edition of the program."""
    values: dict[str, Any] = {"program_id": "p", "center_id": "mic", "number": 1, **fields}
    return Edition(id=id, period=period or Period.year(2014), **values)


def program(*modules: Module) -> Program:
    """The program with some modules."""
    return Program(id="p", title="Boostcamp", kind="bootcamp", modules=modules)


def module(id: str, **fields: Any) -> Module:
    """A module of hours."""
    values: dict[str, Any] = {"length": timedelta(hours=1), **fields}
    return Module(id=id, title=id, **values)


def seat(participant: str, into: str, **fields: Any) -> tuple[Enrollment, Transition]:
    """An enrollment of a participant, and its transition to a seat."""
    id = f"{into}-{participant}"
    enrollment = Enrollment(
        id=id, participant_id=participant, into=into, requested_at=SIGNED_UP, **fields
    )
    return enrollment, Transition(
        id=id, subject=f"enrollment:{id}", before="requested", after="enrolled",
        effective_at=SIGNED_UP,
    )  # fmt: skip


def table(*nouns: Noun | Sequence[Noun]) -> Timetable:
    """The timetable of some nouns and of the center."""
    return timetable_of(Portfolio.of(MIC, *flat(nouns)))


def flat(nouns: Iterable[Noun | Sequence[Noun]]) -> list[Noun]:
    """Nouns alone and in sequences, one after the other."""
    listed: list[Noun] = []
    for each in nouns:
        listed += each if isinstance(each, Sequence) else [each]
    return listed


def found(rule: ScheduleRule, *nouns: Noun | Sequence[Noun]) -> list[Breach]:
    """The breaches of a rule among some nouns and the center."""
    return list(conflicts(rule, table(*nouns)))


def subjects(breaches: Iterable[Breach]) -> list[list[str]]:
    """The subjects that each breach names."""
    return [sorted(breach.subjects) for breach in breaches]


def told(rule: ScheduleRule, *nouns: Noun | Sequence[Noun]) -> list[str]:
    """The messages of all that a rule finds."""
    return [each.finding(rule.entry, "error").message for each in found(rule, *nouns)]


# Random timetables, small enough that much happens at once.

ROOMS = (room("r1"), room("r2", concurrency=2), room("r3", concurrency=3))
EDITIONS = (edition("e1"), edition("e2", number=2))
PERSONS = people("p1", "p2", "p3")
MODULES = (module("m1"), module("m2", requires=("m1",)), module("m3", requires=("m1", "m2")))
WORLD: tuple[Noun, ...] = (MIC, *ROOMS, *EDITIONS, *PERSONS, program(*MODULES))


@st.composite
def sessions(draw: st.DrawFn, *, placed: bool = False) -> list[Session]:
    """Some sessions, within four days unless one of them is far away."""
    listed: list[Session] = []
    for n in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, 4 * 48)) * 30
        far = draw(st.sampled_from([0, 0, 0, 0, 365, -365]))
        begins = Slot.at(DAY, "00:00", timedelta(minutes=1), "UTC")
        minutes = draw(st.sampled_from([30, 30, 60, 90, 26 * 60]))
        at = begins.start + timedelta(days=far, minutes=start)
        when = Slot(at, at + timedelta(minutes=minutes))
        listed.append(
            session(
                f"s{n}",
                when if placed or draw(st.integers(0, 5)) else None,
                minutes,
                title=draw(st.sampled_from(["same", "same", f"t{n}"])),
                room_id=draw(st.sampled_from(["r1", "r2", "r3", None])),
                edition_id=draw(st.sampled_from(["e1", "e2", None])),
                module_id=draw(st.sampled_from(["m1", "m2", "m3", None])),
                audience=draw(st.sampled_from([(), (), ("e1",), ("e1", "e2"), ("p1",)])),
                mode=draw(st.sampled_from(["in_person", "in_person", "online"])),
                elective=draw(st.sampled_from([False, False, True])),
            )
        )
    return listed


@st.composite
def worlds(draw: st.DrawFn, *, placed: bool = False) -> list[Noun]:
    """The nouns of a random timetable, with assignments, in no particular order."""
    mine = draw(sessions(placed=placed))
    parts: list[Noun] = []
    for each in mine:
        for person in draw(st.sets(st.sampled_from(["p1", "p2", "p3"]), max_size=2)):
            parts += [gives(person, each.id)]
    seats = [noun for id in ("p1", "p2") for noun in seat(id, draw(st.sampled_from(["e1", "e2"])))]
    extra = [noun for each in mine[:2] for noun in seat("p3", each.id)]
    return draw(st.permutations([*WORLD, *mine, *parts, *seats, *extra]))


def moved(nouns: Iterable[Noun], by: timedelta) -> list[Noun]:
    """The same nouns with all slots so much later."""
    return [
        attrs.evolve(each, slot=each.slot.moved(by))
        if isinstance(each, Session) and each.slot is not None
        else each
        for each in nouns
    ]
