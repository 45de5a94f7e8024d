"""Generated schedules to plan: a Boostcamp, and the term of a network."""

import random
from datetime import date, timedelta

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import (
    Availability,
    Center,
    Edition,
    Module,
    Noun,
    Person,
    Program,
    Room,
    Seats,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.spread import MinDays, RoomStability

HOUR = timedelta(hours=1)
ZONE = "Europe/Brussels"
_DAYS = ("Mo", "Tu", "We", "Th", "Fr")
HOLIDAYS = (date(2014, 11, 1), date(2014, 11, 10), date(2014, 11, 11), date(2014, 12, 25))

BOOSTCAMP_RULES: tuple[ScheduleRule, ...] = (
    *SCHEDULE_RULES,
    MaxPerDay(most=2, of="edition"),
    RoomStability(of="edition", level="soft"),
)
NETWORK_RULES: tuple[ScheduleRule, ...] = (
    *SCHEDULE_RULES,
    MaxPerDay(most=2, of="edition"),
    MinDays(least=6, of="module"),
    RoomStability(of="edition"),
)


def _center(closures: tuple[Period, ...], id: str = "mic") -> Center:
    return Center(
        id=id, name="Innovation Center", country="BE", time_zone=ZONE,
        opening_hours=WeeklyHours.parse("Mo-Fr 09:00-18:00; Tu,Th 18:00-21:00"), closures=closures,
    )  # fmt: skip


def _weekly(draw: random.Random, person: str, half_days: int, period: Period) -> Availability:
    """A number of half-days of the week in which a trainer is available."""
    chosen = draw.sample([(day, half) for day in _DAYS for half in (0, 1)], half_days)
    hours = "; ".join(
        f"{day} {'09:00-13:00' if half == 0 else '13:00-18:00'}" for day, half in sorted(chosen)
    )
    return Availability(
        id=f"hours-{person}", subject=f"person:{person}", hours=WeeklyHours.parse(hours),
        period=period, preference="available",
    )  # fmt: skip


def boostcamp(seed: int = 0) -> Portfolio:
    """60 sessions of five modules, five trainers with weekly hours, three rooms, holidays."""
    draw = random.Random(seed)
    period = Period.days(date(2014, 9, 10), date(2014, 12, 17))
    topics = ("business", "it", "communication", "marketing", "pitching")
    requires: dict[str, tuple[str, ...]] = {
        "communication": ("business",),
        "marketing": ("business",),
        "pitching": ("communication", "marketing"),
    }
    nouns: list[Noun] = [
        _center(tuple(Period.days(day, day) for day in HOLIDAYS)),
        *(
            Room(id=f"room-{n}", center_id="mic", name=f"Room {n}", seats=16 + 8 * n)
            for n in range(3)
        ),
        *(Person(id=f"trainer-{n}", name=f"Trainer {n}") for n in range(5)),
        *(_weekly(draw, f"trainer-{n}", 6, period) for n in range(5)),
        Program(
            id="boostcamp", title="Boostcamp", kind="bootcamp",
            modules=tuple(
                Module(
                    id=topic, title=topic.title(), count=12,
                    length=draw.choice((2, 3)) * HOUR, requires=requires.get(topic, ()),
                    trainers=(f"trainer-{n}",),
                )
                for n, topic in enumerate(topics)
            ),
        ),
        Edition(
            id="edition", program_id="boostcamp", center_id="mic", number=6, period=period,
            seats=Seats(in_person=16),
        ),
    ]  # fmt: skip
    portfolio = Portfolio.of(*nouns)
    return Portfolio.of(*nouns, *_sessions(portfolio, "edition", "boostcamp", expected=16))


def _sessions(
    portfolio: Portfolio, edition: str, program: str, expected: int, center: str = "mic"
) -> list[Noun]:
    """The sessions of an edition, not placed yet."""
    return [
        Session(
            id=f"{edition}-{module.id}-{n + 1:02}", center_id=center, title=module.title,
            length=module.length, edition_id=edition, module_id=module.id, expected=expected,
        )
        for module in portfolio.get(Program, program).modules
        for n in range(module.count)
    ]  # fmt: skip


def network(
    seed: int = 0,
    *,
    editions: int = 20,
    sessions: int = 60,
    trainers: int = 60,
    rooms: int = 40,
    choose: int = 1,
    concurrency: int = 1,
    center: int | None = None,
) -> Portfolio:
    """A term of editions in one center, each with its own program of five modules.

    Each module has `choose` trainers who qualify, all trainers in turn. 20 editions of 60 sessions
    are 1,200. All ids begin with the number of a `center`, if given, so that several share nothing.
    """
    own = "" if center is None else f"c{center:02}-"
    home = f"{own}mic"
    draw = random.Random(seed)
    period = Period.days(date(2014, 9, 1), date(2014, 12, 19))
    people = [f"{own}trainer-{n:02}" for n in range(trainers)]
    nouns: list[Noun] = [
        _center(tuple(Period.days(day, day) for day in HOLIDAYS), home),
        *(
            Room(
                id=f"{own}room-{n:02}", center_id=home, name=f"Room {n}",
                seats=draw.choice((16, 24, 40)) if n else 40,
                concurrency=concurrency,
            )
            for n in range(rooms)
        ),
        *(Person(id=id, name=id.title()) for id in people),
        *(_weekly(draw, id, 8, period) for id in people),
    ]  # fmt: skip
    turn = 0
    for e in range(editions):
        modules: list[Module] = []
        for m in range(5):
            chosen: list[str] = []
            while len(chosen) < choose:
                id = people[turn % trainers]
                turn += 1
                if id not in chosen:
                    chosen.append(id)
            modules.append(
                Module(
                    id=f"{own}module-{e:02}-{m}", title=f"Module {m}", count=sessions // 5,
                    length=draw.choice((2, 3)) * HOUR,
                    requires=(f"{own}module-{e:02}-{m - 2}",) if m >= 2 else (),
                    trainers=tuple(chosen),
                )
            )  # fmt: skip
        program = Program(
            id=f"{own}program-{e:02}", title="Term", kind="training", modules=tuple(modules)
        )
        nouns.append(program)
        nouns.append(
            Edition(
                id=f"{own}edition-{e:02}", program_id=program.id, center_id=home, number=1,
                period=period, seats=Seats(in_person=16),
            )
        )  # fmt: skip
        nouns += _sessions(
            Portfolio.of(program),
            f"{own}edition-{e:02}",
            program.id,
            draw.choice((12, 16, 20)),
            home,
        )
    return Portfolio.of(*nouns)


def centers(seed: int = 0, *, count: int = 4, **sizes: int) -> Portfolio:
    """The terms of several centers that share no person and no room, each a network of its own.

    4 centers of 20 editions have 4,800 sessions, 17 have 20,400.
    """
    return Portfolio.of(
        *(
            noun
            for number in range(count)
            for noun in network(seed + number, center=number, **sizes).values()
        )
    )
