"""A published conference schedule, in the XML that Pentabarf began, as a portfolio."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from mic_core.chrono import Slot
from mic_core.model import Assignment, Center, Noun, Person, Room, Session
from mic_core.portfolio import Portfolio

_PLACE = "Europe/Brussels"
_UNFIT = re.compile("[^A-Za-z0-9._:-]+")


def fosdem(path: Path) -> Portfolio:
    """The sessions, rooms, speakers and who gives what, of one year."""
    return Portfolio.of(*_nouns(parse(path).getroot()))


def _nouns(schedule: Element) -> Iterator[Noun]:
    yield Center(id="ulb", name="ULB", country="BE", time_zone=_PLACE)
    people: dict[str, str] = {}
    for room in sorted({each.attrib["name"] for each in schedule.iterfind("day/room")}):
        yield Room(id=_id(room), center_id="ulb", name=room, seats=1000)
    for day in schedule.iter("day"):
        for event in day.iter("event"):
            yield _session(event, day.attrib["date"])
            for person in event.iter("person"):
                people[person.attrib["id"]] = person.text or "nobody"
                yield Assignment(
                    id=f"{event.attrib['id']}-{person.attrib['id']}",
                    session_id=event.attrib["id"],
                    person_id=person.attrib["id"],
                    role="speaker",
                )
    yield from (Person(id=id, name=name) for id, name in people.items())


def _session(event: Element, day: str) -> Session:
    hours, minutes = map(int, _text(event, "duration").split(":"))
    length = timedelta(hours=hours, minutes=minutes)
    return Session(
        id=event.attrib["id"],
        center_id="ulb",
        title=_text(event, "title"),
        kind="talk",
        length=length,
        slot=Slot.at(day, _text(event, "start"), length, _PLACE),
        room_id=_id(_text(event, "room")),
    )


def _text(event: Element, name: str) -> str:
    return event.findtext(name) or ""


def _id(room: str) -> str:
    """The name of a room as an id."""
    return _UNFIT.sub("-", room).strip("-")
