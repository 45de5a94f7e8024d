"""Drawing of sessions of a coherent portfolio, of who gives them, and of how they went."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from mic_core.chrono import Slot
from mic_core.ids import cite
from mic_core.model import Assignment, Headcount, Seats, Session
from mic_core.testing.classes import Fields
from mic_core.testing.coherent.calendars import draw_room, draw_slot
from mic_core.testing.coherent.growing import Growing, Place, SessionPlace
from mic_core.testing.coherent.offers import FEATURES, EditionOffer, quarters

_QUIRKS = (
    None, None, None, "online", "hybrid", "crowd", "seats", "needs", "elective", "held",
    "cancelled", "kind", "length", "invited", "twin", "elsewhere",
)  # fmt: skip
"""In what a session is unlike others. A session is a twin if it was entered twice."""


def edition_session(growing: Growing, of: EditionOffer, homes: Sequence[Place]) -> None:
    """Draw a session of an edition, mostly of one of its modules, and mostly placed."""
    home = of.place
    module = growing.pick((None, *of.program.modules, *of.program.modules))
    length = quarters(growing) if module is None else module.length
    fields: Fields = {
        "edition_id": of.edition.id,
        "module_id": None if module is None else module.id,
        "audience": growing.pick(((of.edition.id,), ())),
        "status": "planned",
    }
    quirk = growing.pick(_QUIRKS)
    room: str | None = None
    match quirk:
        case "online" | "hybrid":
            fields["mode"] = quirk
        case "crowd":
            fields["expected"] = growing.pick((1, 2, 3, 4, 21))
        case "seats":
            fields["seats"] = Seats(in_person=growing.pick((1, 2, 3, 21)))
            fields["expected"] = growing.pick((None, 2, 3))
        case "needs":
            fields["needs"] = FEATURES[:1]
        case "elective":
            fields["elective"] = True
        case "held" | "cancelled":
            fields["status"] = quirk
        case "kind":
            fields["kind"] = growing.pick(("workshop", "trainings"))
        case "length":
            length = quarters(growing)
        case "invited":
            asked = growing.known("person", "organization", "edition")
            fields["audience"] = growing.some(asked, 3)
        case "twin" if of.sessions:
            _twin(growing, of)
            return
        case "elsewhere":
            rooms = [each.id for one in homes for each in one.rooms]
            room = growing.pick(rooms) if rooms else None
            modules = growing.known("module")
            fields["module_id"] = growing.pick(modules) if modules else None
        case _:
            pass
    slot, beside_room = None, None
    if growing.below(6) < 5:
        slot, beside_room = draw_slot(growing, home, length)
    fields["room_id"] = room or draw_room(growing, home, beside_room)
    made = draw_session(growing, home, slot, length=length, **fields)
    of.sessions.append(made)
    _assign(growing, made, () if module is None else module.trainers)
    outcome(growing, home, made)


def _twin(growing: Growing, of: EditionOffer) -> None:
    """Enter a session twice, with the same people or almost; the twins may differ in one field."""
    other = growing.pick(of.sessions)
    differs = growing.pick((None, None, "title", "room", "slot"))
    fields: Fields = {}
    if differs == "title":
        fields["title"] = "Another"
    elif differs == "room":
        fields["room_id"] = draw_room(growing, of.place, None)
    elif differs == "slot" and other.slot is not None:
        fields["slot"] = other.slot.moved(timedelta(minutes=1))
    made = growing.copy(other, **fields)
    for each in growing.any_of(Assignment):
        if each.session_id == other.id:
            growing.copy(each, session_id=made.id)
    of.sessions.append(made)
    growing.placed.extend(SessionPlace.of(made))
    outcome(growing, of.place, made)


def draw_session(growing: Growing, home: Place, slot: Slot | None, **fields: Any) -> Session:
    """Draw a session of a center, planned unless a status is given."""
    usual: Fields = {"title": "Session", "series_id": None, "original_on": None, "revision": 0}
    made = growing.add(
        Session, center_id=home.center_id, slot=slot, **{**usual, "audience": (), **fields}
    )
    growing.placed.extend(SessionPlace.of(made))
    return made


def _assign(growing: Growing, made: Session, trainers: Sequence[str]) -> None:
    """Draw the persons who give a session: the lead, mostly a trainer of its module, and others."""
    persons = growing.known("person")
    part: str | None = growing.pick((None, "lead", "lead", "others"))
    match part:
        case "lead" if persons:
            person = growing.pick(trainers if trainers and growing.below(4) else persons)
            growing.add(Assignment, session_id=made.id, person_id=person, role="lead")
        case "others":
            for person in growing.some(persons, 3):
                role = growing.pick(("lead", "speaker", "assistant", "host", "speakers"))
                growing.add(Assignment, session_id=made.id, person_id=person, role=role)
        case _:
            pass


def outcome(growing: Growing, home: Place, made: Session) -> None:
    """Draw how a session went: held or cancelled, before, at or after its time; and its count."""
    after = growing.pick((None, None, "held", "cancelled"))
    if after is not None and made.status == "planned":
        moment = home.moment(growing.pick((-30, 8)))
        if made.slot is not None:
            days = timedelta(days=growing.pick((0, -1, 3)))
            moment = growing.pick((made.slot.end, made.slot.start)) + days
        growing.change(cite("session", made.id), made.status, after, moment)
    if growing.one_in(4):
        growing.add(Headcount, session_id=made.id, n=growing.pick((0, 1, 3, 20)))
