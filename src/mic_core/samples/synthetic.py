"""Synthetic networks of centers of any size, coherent and reproducible from a seed.

The only module that draws random numbers, and only from `random.Random(seed)`.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import attrs

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.errors import InvariantError, Problem
from mic_core.fields import describe
from mic_core.model import (
    Assignment,
    Attendance,
    Center,
    Edition,
    Enrollment,
    Headcount,
    Module,
    Noun,
    Organization,
    Partnership,
    Person,
    Program,
    Room,
    Seats,
    Session,
    Support,
    Transition,
)
from mic_core.portfolio import Portfolio

_CITIES = (
    ("Brussels", "BE", "Europe/Brussels"), ("Lisbon", "PT", "Europe/Lisbon"),
    ("Athens", "GR", "Europe/Athens"), ("Vilnius", "LT", "Europe/Vilnius"),
    ("New York", "US", "America/New_York"), ("Bogota", "CO", "America/Bogota"),
    ("Porto Alegre", "BR", "America/Sao_Paulo"), ("Cape Town", "ZA", "Africa/Johannesburg"),
    ("Istanbul", "TR", "Europe/Istanbul"), ("Chennai", "IN", "Asia/Kolkata"),
    ("Seoul", "KR", "Asia/Seoul"), ("Adelaide", "AU", "Australia/Adelaide"),
)  # fmt: skip
_TOPICS = ("Business model", "IT", "Communication", "Marketing", "Pitching")
_STARTS = ("09:00", "13:00", "17:00")
_LENGTH = timedelta(hours=3)
_HOURS = WeeklyHours.parse("Mo-Fr 08:30-20:30")
_FIRST_MONDAY = date(2014, 1, 6)
_SIGNED_UP = datetime(2013, 12, 2, 9, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class _Plan:
    """The sizes of a network, and how editions of a center share rooms, trainers and time.

    Editions of one group share rooms and trainers and alternate in time, each in a lane of its own;
    editions of different groups share neither. So nothing can clash.
    """

    random: Random
    editions: int
    sessions: int
    participants: int
    rooms: int
    trainers: int
    attendance: bool

    @property
    def groups(self) -> int:
        return max(1, min(self.editions, self.rooms, self.trainers))

    @property
    def lanes(self) -> int:
        return -(-self.editions // self.groups)


def network(
    seed: int,
    *,
    centers: int = 100,
    editions_per_center: int = 2,
    sessions_per_edition: int = 12,
    participants_per_edition: int = 16,
    rooms_per_center: int = 4,
    trainers_per_center: int = 6,
    attendance: bool = True,
) -> Portfolio:
    """A network of centers with their rooms, people, editions, sessions and attendance.

    All numbers are 1 or more. Sessions of an edition follow each other through five modules, from
    January 2014 on; each lasts three hours on a working day. Where editions share rooms, a tenth of
    the participants come back from one before. Every session was held and has an attendance for
    each participant, and every fifth one a head count besides; with `attendance` false all is
    planned only. `check` finds nothing. One center with 20 editions of 60 sessions has 1,200
    sessions. Same arguments, same portfolio.

    Raises InvariantError for a number that is not a whole number of 1 or more. O(size).

    >>> network(0, centers=2).get(Center, "center-002").name
    'Innovation Center Lisbon'
    """
    sizes = {
        "centers": centers,
        "editions_per_center": editions_per_center,
        "sessions_per_edition": sessions_per_edition,
        "participants_per_edition": participants_per_edition,
        "rooms_per_center": rooms_per_center,
        "trainers_per_center": trainers_per_center,
    }
    _check_sizes(sizes)
    plan = _Plan(
        random=Random(seed),  # noqa: S311  # a sample, not a secret
        editions=editions_per_center,
        sessions=sessions_per_edition,
        participants=participants_per_edition,
        rooms=rooms_per_center,
        trainers=trainers_per_center,
        attendance=attendance,
    )
    nouns: list[Noun] = [_program(plan)]
    nouns.append(Organization(id="sponsor", name="Example Cloud", kind="large", country="US"))
    for n in range(1, centers + 1):
        nouns.extend(_center(plan, n))
    return Portfolio.of(*nouns)


def _check_sizes(sizes: dict[str, int]) -> None:
    """Raise InvariantError with every size that is not a whole number of 1 or more."""
    problems = [
        Problem(path=name, rule="must be a whole number of 1 or more", had=describe(value))
        for name, value in sizes.items()
        if type(value) is not int or value < 1
    ]
    if problems:
        raise InvariantError("network", problems)


def _program(plan: _Plan) -> Program:
    counts = Counter(_module(plan, n) for n in range(plan.sessions))
    modules: list[Module] = []
    for n in sorted(counts):
        modules.append(
            Module(
                id=f"module-{n + 1}", title=_TOPICS[n], topic=_TOPICS[n], kind="workshop",
                count=counts[n], length=_LENGTH, needs=("projector",),
                requires=(modules[-1].id,) if modules else (),
            )
        )  # fmt: skip
    return Program(
        id="boostcamp", title="Boostcamp", kind="bootcamp", modules=tuple(modules), reenroll=True
    )


def _module(plan: _Plan, n: int) -> int:
    """The index among the topics of the module that session n of an edition teaches."""
    return n * len(_TOPICS) // plan.sessions


def _center(plan: _Plan, n: int) -> Iterator[Noun]:
    id = f"center-{n:03}"
    city, country, place = _CITIES[(n - 1) % len(_CITIES)]
    yield Center(
        id=id, name=f"Innovation Center {city}", country=country, region=city, time_zone=place,
        opening_hours=_HOURS, opened_on=date(2006 + plan.random.randrange(8), 1, 1),
        focus=("IT", "cloud"),
    )  # fmt: skip
    yield Partnership(
        id=f"{id}-sponsor", organization_id="sponsor", supports=(id,), role="sponsor",
        period=Period(),
    )  # fmt: skip
    seats = plan.participants + 4
    for k in range(plan.rooms):
        yield Room(
            id=f"{id}-r{k}", center_id=id, name=f"Room {k + 1}",
            seats=seats + plan.random.randrange(20), features=("projector", "whiteboard"),
        )  # fmt: skip
    for k in range(plan.trainers):
        yield _person(plan, f"{id}-t{k}")
    people: list[list[str]] = []
    for k in range(plan.editions):
        yield from _newcomers(plan, id, country, k, people)
        yield from _edition(plan, id, place, k, people[k])


def _person(plan: _Plan, id: str) -> Person:
    name = "".join(plan.random.choice("aeiou" if k % 2 else "bdklmnrst") for k in range(8))
    return Person(id=id, name=name.title())


def _newcomers(
    plan: _Plan, center: str, country: str, k: int, people: list[list[str]]
) -> Iterator[Noun]:
    """The participants of an edition: new persons, and some of an earlier edition."""
    before = people[k - plan.groups] if k >= plan.groups else []
    back = before[: plan.participants // 10]
    new = [f"{center}-e{k}-p{n}" for n in range(plan.participants - len(back))]
    people.append([*new, *back])
    for id in new:
        yield _person(plan, id)
    venture = f"{center}-v{k}"
    yield Organization(
        id=venture, name=f"Venture {center} {k + 1}", kind="venture", country=country, sector="IT"
    )
    on = _FIRST_MONDAY + timedelta(days=plan.random.randrange(300))
    yield Support(id=venture, enterprise_id=venture, kind="coaching", provider_id=center, on=on)


def _edition(plan: _Plan, center: str, place: str, k: int, people: list[str]) -> Iterator[Noun]:
    id = f"{center}-e{k}"
    slots = _slots(plan, place, k // plan.groups)
    yield Edition(
        id=id, program_id="boostcamp", center_id=center, number=k + 1,
        period=Period.days(slots[0].day, slots[-1].day), seats=Seats(in_person=plan.participants),
        status="completed" if plan.attendance else "open",
    )  # fmt: skip
    for person in people:
        enrollment = f"{id}-{person}"
        yield Enrollment(id=enrollment, participant_id=person, into=id, requested_at=_SIGNED_UP)
        yield Transition(
            id=enrollment, subject=f"enrollment:{enrollment}", before="requested",
            after="enrolled", effective_at=_SIGNED_UP,
        )  # fmt: skip
    for n, slot in enumerate(slots):
        yield from _session(plan, center, k, n, slot)
        if plan.attendance:
            yield from _register(plan, f"{id}-s{n}", people, n)


def _slots(plan: _Plan, place: str, lane: int) -> list[Slot]:
    """The slots of an edition: about two a week, disjoint from those of other lanes."""
    gap = max(1, 7 // plan.lanes)
    first = plan.random.randrange(4)
    slots: list[Slot] = []
    for n in range(plan.sessions):
        turn = lane + plan.lanes * (first + n * gap)
        day, start = divmod(turn, len(_STARTS))
        weeks, weekday = divmod(day, 5)
        on = _FIRST_MONDAY + timedelta(days=7 * weeks + weekday)
        slots.append(Slot.at(on, _STARTS[start], _LENGTH, place))
    return slots


def _session(plan: _Plan, center: str, k: int, n: int, slot: Slot) -> Iterator[Noun]:
    id = f"{center}-e{k}-s{n}"
    module = _module(plan, n)
    group = k % plan.groups
    yield Session(
        id=id, center_id=center, title=f"{_TOPICS[module]} {n + 1}", kind="workshop",
        length=_LENGTH, slot=slot, edition_id=f"{center}-e{k}", module_id=f"module-{module + 1}",
        room_id=f"{center}-r{_pick(plan, plan.rooms, group)}",
        status="held" if plan.attendance else "planned",
    )  # fmt: skip
    trainer = f"{center}-t{_pick(plan, plan.trainers, group)}"
    yield Assignment(id=id, session_id=id, person_id=trainer)


def _pick(plan: _Plan, count: int, group: int) -> int:
    """Draw one of the rooms or trainers that belong to a group."""
    return plan.random.randrange(group, count, plan.groups)


def _register(plan: _Plan, session: str, people: list[str], n: int) -> Iterator[Noun]:
    present = 0
    for person in people:
        there = plan.random.randrange(10) < 8
        present += there
        yield Attendance(
            id=f"{session}-{person}", session_id=session, person_id=person,
            status="present" if there else "absent",
        )  # fmt: skip
    if n % 5 == 0:
        yield Headcount(
            id=session, session_id=session, n=present + plan.random.randrange(4), basis="counted"
        )
