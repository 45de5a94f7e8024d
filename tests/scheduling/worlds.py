"""Small portfolios to plan, drawn at random, with all kinds of rules at all levels."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.findings import Level
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
from mic_core.model.session import AssignmentRole
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.availability import Unavailability
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, MaxPerWeek, WorkDay
from mic_core.scheduling.rules.order import MinGap, ModuleOrder, Travel
from mic_core.scheduling.rules.overlap import AudienceOverlap, PersonOverlap, RoomOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.selection import Only
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
    SameTime,
    SpreadOverWeeks,
)

ZONES = {"mic": "Europe/Brussels", "lab": "Europe/Lisbon"}
FIRST, LAST = date(2014, 10, 24), date(2014, 10, 28)  # clocks change on the 26th
PERIOD = Period.days(FIRST, LAST)
HOUR = timedelta(hours=1)
LEVELS: st.SearchStrategy[Level] = st.sampled_from(["hard", "medium", "soft"])


def early(*asked: Session | tuple[Session, ...]) -> int:
    """The number of sessions that start before ten."""
    sessions = [each for one in asked for each in (one if isinstance(one, tuple) else (one,))]
    return sum(each.slot is not None and each.slot.start.hour < 10 for each in sessions)


def seats_by_room(portfolio: Portfolio) -> dict[str, int | None]:
    """The seats of each room: what no plan changes."""
    return {room.id: room.seats for room in portfolio.all(Room)}


def large(asked: Session | tuple[Session, ...], seats: dict[str, int | None]) -> int:
    """The number of sessions in a room of more than ten seats."""
    sessions = asked if isinstance(asked, tuple) else (asked,)
    return sum((seats.get(each.room_id or "") or 0) > 10 for each in sessions)


@st.composite
def rules(draw: st.DrawFn) -> tuple[ScheduleRule, ...]:
    """The usual rules, some of them softened, and a few of all the others."""

    def level() -> Level:
        drawn: Level = draw(LEVELS)
        return drawn

    def some(of: list[str]) -> Any:
        return draw(st.sampled_from(of))

    where = draw(st.sampled_from([None, Only(kind="workshop")]))
    weight = draw(st.integers(1, 3))
    more: list[ScheduleRule] = [
        MaxPerDay(most=2, of=some(["edition", "person", "room"]), level=level(), where=where),
        MaxPerWeek(most=3, of=some(["audience", "person"]), level=level()),
        DayLoad(most=150, of="person", level=level(), unit=30),
        WorkDay(most=240, of=some(["person", "edition"]), level=level(), where=where),
        MinGap(minutes=60, of=some(["person", "edition", "room"]), level=level()),
        Travel(minutes=45, level=level()),
        MinDays(least=2, of="module", level=level(), weight=weight),
        SpreadOverWeeks(least=2, of="edition", level=level()),
        SameDay(of="module", level=level()),
        DifferentDays(of="module", level=level(), where=where),
        SameTime(of="module", level=level()),
        SameRoom(of="module", level=level()),
        RoomStability(of=some(["module", "edition", "person"]), level=level(), weight=weight),
        CompactDays(block=60, of=some(["audience", "person", "room"]), level=level()),
        DayBreaks(most=0, minutes=30, of="audience", level=level()),
        BlockLength(most=120, of="audience", level=level(), where=where),
        PreferredTimes(hours=WeeklyHours.parse("Mo-Su 10:00-12:00"), level=level()),
        rule(
            "early",
            "soft",
            law="Nobody likes mornings.",
            scope=some(["session", "pair", "group-day", "group-month", "group"]),
        )(early),
        rule(
            "large",
            level(),
            law="No session is in a room that is too large.",
            scope=some(["session", "group-month"]),
            of=some(["all", "room"]),
            given=seats_by_room,
        )(large),
    ]
    usual = [each for each in SCHEDULE_RULES if draw(st.integers(0, 9))]
    softened: list[ScheduleRule] = [
        AudienceOverlap(level=level()), PersonOverlap(level=level()), RoomOverlap(level=level()),
        RoomSeats(level="soft"), ModuleOrder(level=level()), Unavailability(level=level()),
    ]  # fmt: skip
    picked = draw(st.lists(st.sampled_from(range(len(more))), max_size=5, unique=True))
    soft = draw(st.lists(st.sampled_from(range(len(softened))), max_size=2, unique=True))
    return (*usual, *(more[each] for each in picked), *(softened[each] for each in soft))


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """Two centers, two editions of two modules, and sessions of which some are placed."""
    people = ["ann", "bob", "eve"]
    nouns: list[Noun] = [
        Center(
            id=id, name=id, country="BE", time_zone=zone,
            opening_hours=WeeklyHours.parse("Mo-Su 09:00-13:00"),
        )
        for id, zone in ZONES.items()
    ]  # fmt: skip
    nouns += [Person(id=id, name=id) for id in people]
    nouns += [
        Room(
            id=f"{center}-{n}", center_id=center, name="room", seats=draw(st.sampled_from([5, 20])),
            concurrency=draw(st.sampled_from([1, 1, 2])),
        )
        for center in ZONES
        for n in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    modules = tuple(
        Module(
            id=f"m-{n}", title="Module", length=HOUR, requires=("m-0",) * (n == 1),
            trainers=tuple(sorted(draw(st.sets(st.sampled_from(people), max_size=2)))),
        )
        for n in range(2)
    )  # fmt: skip
    nouns.append(Program(id="p", title="Program", kind="training", modules=modules))
    nouns += [
        Edition(id=f"e-{n}", program_id="p", center_id="mic", number=n + 1, period=PERIOD)
        for n in range(2)
    ]
    if draw(st.booleans()):
        nouns.append(
            Availability(
                id="ann-off", subject="person:ann", hours=WeeklyHours.parse("Mo-Su 10:00-13:00"),
                period=PERIOD, preference=draw(st.sampled_from(["available", "avoided"])),
            )
        )  # fmt: skip
    for n in range(draw(st.integers(3, 7))):
        nouns += draw(_session(f"s-{n}", people))
    return Portfolio.of(*nouns)


@st.composite
def _session(draw: st.DrawFn, id: str, people: list[str]) -> list[Noun]:
    """A session, placed or not, with the persons assigned to it."""
    center = draw(st.sampled_from(["mic", "mic", "lab"]))
    length = timedelta(minutes=draw(st.sampled_from([30, 60, 60, 75])))
    placed = draw(st.integers(0, 3)) == 0
    day = draw(st.dates(FIRST, LAST))
    at = draw(st.sampled_from(["09:00", "10:10", "11:30"]))
    nouns: list[Noun] = [
        Session(
            id=id, center_id=center, title="Session", length=length,
            kind=draw(st.sampled_from(["training", "workshop"])),
            slot=Slot.at(day, at, length, ZONES[center]) if placed else None,
            room_id=f"{center}-0" if placed else None,
            edition_id=draw(st.sampled_from(["e-0", "e-1", None])),
            module_id=draw(st.sampled_from(["m-0", "m-1", None])),
            audience=draw(st.sampled_from([(), (), ("e-0", "e-1"), ("eve",)])),
            mode=draw(st.sampled_from(["in_person", "in_person", "online"])),
            expected=draw(st.sampled_from([None, 10])),
            elective=draw(st.integers(0, 4)) == 0,
        )
    ]  # fmt: skip
    if draw(st.integers(0, 2)) == 0:
        person = draw(st.sampled_from(people))
        role: AssignmentRole = draw(st.sampled_from(["lead", "assistant"]))
        nouns.append(Assignment(id=f"a-{id}", session_id=id, person_id=person, role=role))
    return nouns


NOW = datetime.fromisoformat("2014-10-01T00:00Z")
