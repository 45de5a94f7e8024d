"""Drawing of how a portfolio became known: batches, late facts, moves, and retractions.

Nouns are recorded in the order in which they were drawn. Later batches record some of them anew:
a session is moved or gets another room, a room loses seats. The last batches take facts back.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import attrs

from mic_core.chrono import Slot
from mic_core.chrono.local import local
from mic_core.ids import cite, split
from mic_core.model import (
    Assignment,
    Attendance,
    Enrollment,
    Noun,
    Program,
    Retraction,
    Room,
    Series,
    Session,
    Transition,
)
from mic_core.model.references import references
from mic_core.portfolio import Batch
from mic_core.portfolio.log import Key, key_of
from mic_core.portfolio.status_history import first_status, in_sequence
from mic_core.testing.classes import Fields
from mic_core.testing.coherent.calendars import beside
from mic_core.testing.coherent.growing import Growing, Place

_ACTORS = (None, "desk", "app")
_GAPS = (10, 30, 1, 0)
"""Days between two batches; two actors may record at one instant."""

Current = dict[Key, Noun]
"""The value of each noun after the batches so far."""


def draw_batches(growing: Growing, homes: list[Place], most: int) -> list[Batch]:
    """Draw at most some batches, but at least one, of all nouns drawn so far.

    They are recorded around the instant of the first center, so that some facts become known
    before, and some long after they took effect.
    """
    nouns = growing.nouns
    cuts = sorted(growing.several(lambda: growing.below(len(nouns) + 1), most - 2))
    if most > 1 and growing.below(3):
        cuts.append(len(nouns))  # a batch of revisions only
    current: Current = {}
    found: list[Batch] = []
    day = growing.pick((-70, -30, 0))
    for place, (low, high) in enumerate(pairwise([0, *cuts, len(nouns)])):
        day += growing.pick(_GAPS) if place else 0
        moment = None if place == 0 else homes[0].moment(day)
        fresh: list[Noun] = nouns[low:high]
        if found and moment != found[-1].recorded_at:
            fresh = [*fresh, *_revisions(growing, homes, current, 0 if fresh else 1)]
        current |= {key_of(each): each for each in fresh}
        actor = growing.pick(_ACTORS) if place else None
        found.append(Batch(recorded_at=moment, actor=actor, values=tuple(fresh)))
    if len(found) < most and growing.below(2):
        found += _retractions(growing, current, homes[0].moment(day + 10), most - len(found))
    return found


def _revisions(growing: Growing, homes: list[Place], current: Current, least: int) -> list[Noun]:
    """Draw nouns that are recorded anew, each once."""
    sessions = [each for each in current.values() if isinstance(each, Session)]
    others = [each for each in current.values() if isinstance(each, _REVISED)]
    homes_by_id = {each.center_id: each for each in homes}

    def pick() -> Noun | None:
        old: Sequence[Noun] = sessions if growing.below(4) else others
        return growing.pick(old) if old else None

    picked = dict.fromkeys(growing.several(pick, 3, least))
    return [_revised(growing, homes_by_id, each) for each in picked if each is not None]


_REVISED = (Room, Series, Assignment, Enrollment, Attendance)


def _revised(growing: Growing, homes: dict[str, Place], noun: Noun) -> Noun:
    fields: Fields = {}
    match noun:
        case Session():
            fields = _moved(growing, homes[noun.center_id], noun)
        case Room():
            fields = {"seats": growing.pick((1, None, 3))}
        case Series():
            later = noun.first_on + timedelta(days=7)
            fields = growing.pick(({"title": "Another"}, {"room_id": None}, {"first_on": later}))
        case Assignment():
            fields = {"person_id": growing.pick(growing.known("person"))}
        case Enrollment():
            fields = {"places": max(len(noun.delegates), growing.pick((1, 4)))}
        case _:
            fields = {"status": "absent", "minutes": None}
    written: Any = noun
    revised: Noun = attrs.evolve(written, **fields)
    return revised


def _moved(growing: Growing, home: Place, session: Session) -> Fields:
    """Draw another slot or another room of a session."""
    fields: Fields = {"revision": session.revision + 1}
    way = growing.pick(("no room", "beside", "room", "next day", "quarter", "title"))
    lasting = session.length // timedelta(microseconds=1)
    if way == "title":
        return fields | {"title": "Another"}
    if way == "room" and home.rooms:
        return fields | {"room_id": growing.pick(home.rooms).id}
    others = [each for each in growing.placed if each.session_id != session.id]
    if way == "beside" and others:
        other = growing.pick(others)
        start = beside(
            growing.pick(("same", "after", "before", "minute inside")), other.slot, lasting
        )
        slot = Slot(local(start, home.clocks), local(start + lasting, home.clocks))
        rooms = {each.id for each in home.rooms}
        room = other.room_id if other.room_id in rooms else session.room_id
        return fields | {"slot": slot, "room_id": room}
    if way in _SHIFTS and session.slot is not None:
        return fields | {"slot": session.slot.moved(_SHIFTS[way])}
    return fields | {"room_id": None}


_SHIFTS = {"next day": timedelta(days=1), "quarter": timedelta(minutes=15)}


def _retractions(
    growing: Growing, current: Current, moment: datetime, most: int
) -> Iterator[Batch]:
    """Draw a batch that takes facts back, and perhaps one that records one of them again."""
    free = _free(current)  # the noun drawn last, for one
    taken = [*dict.fromkeys(growing.several(lambda: growing.pick(free), 2, 1))]
    undone = tuple(
        Retraction(id=growing.new_id("retraction"), subject=cite(*key_of(each))) for each in taken
    )
    yield Batch(recorded_at=moment, actor="desk", values=undone)
    if most > 1 and growing.one_in(2):
        again = growing.pick(taken)
        yield Batch(recorded_at=moment + timedelta(days=1), actor="desk", values=(again,))


def _free(current: Current) -> list[Noun]:
    """The nouns that can be taken back by themselves: no other noun refers to them.

    Of the transitions of a subject that is the last one.
    """
    used = {
        each.id
        for noun in current.values()
        if not isinstance(noun, Transition)
        for each in references(noun)
    }
    steps: dict[str, list[Transition]] = {}
    for noun in current.values():
        if isinstance(noun, Transition):
            steps.setdefault(noun.subject, []).append(noun)
    last = {
        in_sequence(each, first_status(current[split(subject)], each))[-1].id
        for subject, each in steps.items()
    }
    return [
        noun
        for noun in current.values()
        if noun.id not in used
        and not isinstance(noun, Program)
        and (noun.id in last or not isinstance(noun, Transition))
    ]
