"""Drawing of centers, rooms, programs and editions of a coherent portfolio."""

from collections.abc import Sequence
from datetime import UTC, timedelta

import attrs

from mic_core.chrono import Period, Slot, WeeklyHours, instant, zone
from mic_core.ids import cite
from mic_core.model import Center, Edition, Module, Program, Room, Seats, Session, Waitlist
from mic_core.testing.classes import Fields
from mic_core.testing.coherent.growing import Growing, Place, Sizes
from mic_core.testing.times import CHANGES, weekly_hours

FEATURES = ("projector", "machines")
"""The features that rooms have and sessions need."""

BY_DAY = WeeklyHours.parse("Mo-Su 09:00-18:00")
"""Opening hours at whose edges some sessions begin or end."""

_QUARTER = timedelta(minutes=15)
_SEATS = (
    Seats(), Seats(), Seats(in_person=2), Seats(in_person=1, online=1), Seats(in_person=30)
)  # fmt: skip


@attrs.frozen
class EditionOffer:
    """A drawn edition with its program, its center, and the sessions drawn for it."""

    edition: Edition
    program: Program
    place: Place
    sessions: list[Session] = attrs.field(factory=list[Session])


def quarters(growing: Growing) -> timedelta:
    """Draw the length of a session, up to four hours."""
    return (1 + growing.below(16)) * _QUARTER


def place(growing: Growing, sizes: Sizes, least: int) -> Place:
    """Draw a center with its rooms."""
    name = growing.pick([*CHANGES])
    near = growing.pick(CHANGES[name])
    clocks = UTC if name == "UTC" else zone(name)
    bare = Place("", clocks, instant(near), ())
    fields: Fields = {"opening_hours": None, "closures": ()}
    hours: str | None = growing.pick((None, "by day", "by day", "closed", "any hours"))
    match hours:
        case "by day":
            fields["opening_hours"] = BY_DAY
        case "closed":
            day = bare.day + timedelta(days=growing.below(3))
            fields["closures"] = (Period.days(day, day),)
        case "any hours":
            fields["opening_hours"] = growing.draw(weekly_hours())
        case _:
            pass
    center = growing.add(Center, name="Center", country="BE", time_zone=name, **fields)

    def add_room() -> Room:
        return growing.add(
            Room,
            center_id=center.id,
            name="Room",
            seats=growing.pick((None, 1, 2, 3, 20)),
            features=growing.pick(((), FEATURES, FEATURES[:1])),
            concurrency=growing.pick((1, 1, 1, 2)),
        )

    rooms = growing.several(add_room, sizes.rooms, least)
    return attrs.evolve(bare, center_id=center.id, rooms=tuple(rooms))


def draw_program(growing: Growing) -> Program:
    """Draw a program whose modules require only those before them."""
    modules: list[Module] = []

    def add_module() -> None:
        made = growing.module(
            title="Module",
            length=quarters(growing),
            count=growing.pick((1, 1, 2, 3)),
            requires=growing.some([each.id for each in modules]),
            trainers=growing.some(growing.known("person")),
            needs=growing.pick(((), (), FEATURES[:1])),
        )
        modules.append(made)

    growing.several(add_module, 3)
    kind = growing.pick(("training", "bootcamp", "conference", "trainings"))
    return growing.add(
        Program,
        title="Program",
        kind=kind,
        modules=tuple(modules),
        reenroll=growing.one_in(4),
    )


def run(growing: Growing, homes: Sequence[Place], programs: list[Program]) -> EditionOffer:
    """Draw an edition of a program in a center, without its sessions."""
    program = growing.pick((None, *programs))
    if program is None:
        program = draw_program(growing)
        programs.append(program)
    home = growing.pick(homes)
    day = home.day
    day_later = timedelta(days=1)
    around = Period(day - 60 * day_later, day + 60 * day_later)
    short = Period(day, day + (1 + growing.below(7)) * day_later)
    status = growing.pick(("open", "open", "open", "draft", "completed", "cancelled"))
    edition = growing.add(
        Edition,
        program_id=program.id,
        center_id=home.center_id,
        number=growing.pick((1, 1, 2)),
        period=growing.pick((around, short, Period())),
        application_window=_window(growing, home),
        seats=growing.pick(_SEATS),
        min_seats=growing.pick((None, None, 1, 3)),
        admission=growing.pick(("open", "by_offer", "by_call")),
        waitlist=Waitlist(rule=growing.pick(("strict_fifo", "best_fit", "priority"))),
        status=status,
    )
    day_of_change = growing.pick((-30, 0, 5, 59, 61))
    growing.wander(cite("edition", edition.id), status, home, day_of_change, 2)
    return EditionOffer(edition, program, home)


def _window(growing: Growing, home: Place) -> Slot | None:
    """Draw a window for applications: none, or one that ends before or after the edition does."""
    last = growing.pick((None, -20, 0, 90))
    if last is None:
        return None
    zone_name = str(home.clocks)
    return Slot.of(home.moment(-90), home.moment(last), zone=zone_name)
