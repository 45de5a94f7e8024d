"""Small portfolios drawn from a seed: up to six sessions, three rooms, rules of all kinds."""

import random
from datetime import date, timedelta

from mic_core.chrono import Period, WeeklyHours
from mic_core.findings import Level
from mic_core.model import (
    Assignment,
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
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.day import BlockLength, CompactDays, DayBreaks
from mic_core.scheduling.rules.hours import PreferredTimes
from mic_core.scheduling.rules.load import DayLoad, MaxPerDay, WorkDay
from mic_core.scheduling.rules.order import MinGap
from mic_core.scheduling.rules.overlap import PersonOverlap
from mic_core.scheduling.rules.rooms import RoomSeats
from mic_core.scheduling.rules.spread import (
    DifferentDays,
    MinDays,
    RoomStability,
    SameDay,
    SameRoom,
)

HOUR = timedelta(hours=1)
DAY = date(2014, 10, 27)


def even(*sessions: Session) -> int:
    """The number of sessions that start at an even hour."""
    return sum(each.slot is not None and each.slot.start.hour % 2 == 0 for each in sessions)


def small(seed: int) -> tuple[Portfolio, tuple[ScheduleRule, ...], Period]:
    """A portfolio of unplaced sessions, rules, and a window of one or two days."""
    draw = random.Random(seed)
    days = draw.choice((1, 1, 2))
    window = Period.days(DAY, DAY + timedelta(days=days - 1))
    closes = draw.choice((11, 12)) if days == 2 else draw.choice((11, 12, 13))
    people = ("ann", "bob")
    modules = tuple(
        Module(
            id=f"m-{n}", title="Module", length=HOUR, requires=("m-0",) * (n == 1),
            trainers=tuple(sorted(draw.sample(people, draw.choice((0, 1, 1, 2))))),
        )
        for n in range(2)
    )  # fmt: skip
    nouns: list[Noun] = [
        Center(
            id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
            opening_hours=WeeklyHours.parse(f"Mo-Su 09:00-{closes:02}:00"),
        ),
        *(Person(id=id, name=id) for id in people),
        *(
            Room(id=f"r-{n}", center_id="mic", name="Room", seats=draw.choice((5, 20)),
                 concurrency=draw.choice((1, 1, 2)))
            for n in range(draw.choice((1, 1, 2, 3)))
        ),
        Program(id="p", title="Program", kind="training", modules=modules),
        *(Edition(id=f"e-{n}", program_id="p", center_id="mic", number=n + 1, period=window)
          for n in range(2)),
    ]  # fmt: skip
    for n in range(draw.randint(2, 6)):
        nouns.append(
            Session(
                id=f"s-{n}", center_id="mic", title=f"Session {n}",
                length=draw.choice((HOUR, HOUR, 2 * HOUR)),
                module_id=draw.choice(("m-0", "m-1", None)),
                edition_id=draw.choice(("e-0", "e-1", None)),
                mode=draw.choice(("in_person", "in_person", "online")),
                expected=draw.choice((None, 10)),
            )
        )  # fmt: skip
        if draw.random() < 0.3:
            nouns.append(
                Assignment(id=f"a-{n}", session_id=f"s-{n}", person_id=draw.choice(people))
            )
    return Portfolio.of(*nouns), _rules(draw), window


def _rules(draw: random.Random) -> tuple[ScheduleRule, ...]:
    """The standard rules, and a few others at any level."""

    def level() -> Level:
        return draw.choice(("hard", "medium", "soft"))

    more: list[ScheduleRule] = [
        MaxPerDay(most=draw.choice((1, 2)), of="edition", level=level()),
        MinDays(least=2, of="module", level=level(), weight=draw.choice((1, 3))),
        RoomStability(of=draw.choice(("edition", "module")), level=level()),
        CompactDays(block=60, of=draw.choice(("audience", "person")), level=level()),
        DayBreaks(most=0, minutes=0, of="edition", level=level()),
        BlockLength(most=120, of="audience", level=level()),
        WorkDay(most=180, of="person", level=level()),
        DayLoad(most=120, of="edition", level=level(), unit=60),
        MinGap(minutes=60, of="edition", level=level()),
        SameDay(of="module", level=level()), DifferentDays(of="module", level=level()),
        SameRoom(of="edition", level=level()),
        PreferredTimes(hours=WeeklyHours.parse("Mo-Su 10:00-12:00"), level=level()),
        PersonOverlap(level="medium"), RoomSeats(level="soft"),
        rule("odd", level(), law="Odd hours are good.", scope="pair")(even),
        rule("uneven", level(), law="Odd hours are best.", scope="session")(even),
    ]  # fmt: skip
    return (*SCHEDULE_RULES, *draw.sample(more, draw.randint(1, 4)))
