"""The oracle of insertion by brute force: each placement is recorded and evaluated."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.findings import Policy
from mic_core.model import Assignment, Center, Module, Noun, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import FunctionScope, Rule, ScheduleRule
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.insertion.placements import start_times
from mic_core.scheduling.insertion.question import insertion_query
from mic_core.scheduling.rules.custom import rule
from mic_core.scheduling.rules.groups import Of
from mic_core.scheduling.rules.load import MaxPerDay
from mic_core.scheduling.rules.overlap import RoomOverlap
from mic_core.scheduling.rules.spread import DifferentDays
from mic_core.timetable import timetable_of
from tests.scheduling import worlds

Choice = tuple[datetime, str | None, str | None]
"""A start in UTC, a room and a trainer."""


Question = tuple[Portfolio, str, Period, timedelta]
"""A portfolio, one of its sessions, a window and a step."""

_TIMES = ("08:40", "09:00", "09:30", "10:10", "11:00", "11:15", "12:00")


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A world, one of its sessions (placed, unplaced or without a slot or room), days, a step."""
    first = draw(st.dates(worlds.FIRST, worlds.LAST - timedelta(days=1)))
    portfolio = _dense(draw, draw(worlds.portfolios()), first)
    asked = draw(st.sampled_from(portfolio.all(Session)))
    match draw(st.integers(0, 4)):
        case 0:
            asked = attrs.evolve(asked, slot=None, room_id=None)
        case 1:
            asked = attrs.evolve(asked, room_id=None)
        case 2:
            asked = attrs.evolve(asked, slot=None)
        case _:
            pass
    window = Period.days(first, first + timedelta(days=1))
    step = timedelta(minutes=draw(st.sampled_from([60, 75, 90])))
    return recorded(portfolio, [asked]), asked.id, window, step


def _dense(draw: st.DrawFn, world: Portfolio, first: date) -> Portfolio:
    """A world with many overlaps and without duplicate sessions."""
    sessions = [attrs.evolve(each, title=each.id) for each in world.all(Session)]
    if draw(st.booleans()):
        return recorded(world, sessions)
    moved: list[Session] = []
    for each in sessions:
        day = first + timedelta(days=draw(st.sampled_from([0, 0, 1])))
        zone = world.get(Center, each.center_id).time_zone
        slot = Slot.at(day, draw(st.sampled_from(_TIMES)), each.length, zone)
        moved.append(attrs.evolve(each, slot=slot, room_id=f"{each.center_id}-0"))
    rooms = [attrs.evolve(each, concurrency=2) for each in world.all(Room)]
    return recorded(world, [*moved, *(rooms if draw(st.booleans()) else ())])


def few(*asked: Session | tuple[Session, ...]) -> int:
    """The distance of a number of sessions from two; in the first room of a center each is two."""
    sessions = [each for one in asked for each in (one if isinstance(one, tuple) else (one,))]
    return abs(sum(1 + (each.room_id or "").endswith("-0") for each in sessions) - 2)


_SCOPES: tuple[tuple[Of, FunctionScope], ...] = (
    ("all", "timetable"), ("all", "session"), ("edition", "pair"), ("room", "pair"),
    ("person", "group"), ("room", "group-day"), ("audience", "group-day"),
    ("edition", "group-month"),
)  # fmt: skip


@st.composite
def rules(draw: st.DrawFn) -> tuple[ScheduleRule, ...]:
    """The rules of plans, and rules whose insertion cost can be below 0."""
    found: tuple[ScheduleRule, ...] = draw(worlds.rules())
    level = draw(worlds.LEVELS)
    of, scope = draw(st.sampled_from(_SCOPES))
    asked = rule("few", level, law="Two are company.", scope=scope, of=of, weight=2)(few)
    more: list[ScheduleRule] = [
        asked, RoomOverlap(level=level, weight=3), MaxPerDay(most=1, of="all", level=level),
        DifferentDays(of="edition", level=level),
    ]  # fmt: skip
    return (*found, *draw(st.lists(st.sampled_from(more), max_size=2, unique_by=id)))


def openings(portfolio: Portfolio, asked: Question, rules: Iterable[Rule]) -> list[Slot]:
    """The slots at openings off the step; which these are is tested by what can be free at all."""
    _, id, window, step = asked
    query = insertion_query(
        "suggest", portfolio, id, window=window, step=step, rules=rules, policy=Policy()
    )
    number = query.options.number
    place = query.options.timetable.places[number]
    on_step = start_times(place, query.window, step, query.options.session.length).instants
    if query.options.times.instants == on_step or (
        query.options.session.slot is not None
        and (query.options.session.room_id is None and query.options.session.mode != "online")
    ):
        return []
    found = query.options.times.instants
    assert set(on_step) <= set(found)
    return [query.options.slot_at(n) for n, at in enumerate(found) if at not in set(on_step)]


def placements(
    portfolio: Portfolio, id: str, window: Period, step: timedelta, more: Iterable[Slot] = ()
) -> dict[Choice, tuple[Noun, ...]]:
    """Every candidate placement of a session, with the nouns that it would record.

    These are on steps of the local clocks, and in the slots of `more`.
    """
    session = portfolio.get(Session, id)
    zone = portfolio.get(Center, session.center_id).time_zone
    parts = portfolio.where(Assignment, session_id=id)
    trainers: Sequence[str | None] = [*_trainers(portfolio, session, parts)] or [None]
    found: dict[Choice, tuple[Noun, ...]] = {}
    for slot in (*_slots(session, zone, window, step), *more):
        for room in _rooms(portfolio, session):
            for trainer in trainers:
                moved = attrs.evolve(session, slot=slot, room_id=room)
                if session.slot is not None and moved != session:
                    moved = attrs.evolve(moved, revision=session.revision + 1)
                nouns: list[Noun] = [moved]
                if trainer is not None:
                    nouns.append(Assignment(id=f"{id}-by", session_id=id, person_id=trainer))
                found[slot.start.astimezone(UTC), room, trainer] = tuple(nouns)
    return found


def _slots(session: Session, zone: str, window: Period, step: timedelta) -> Iterator[Slot]:
    """The slots on steps of the local clocks of the center."""
    if session.slot is not None and session.room_id is None and session.mode != "online":
        yield session.slot
        return
    assert window.start is not None
    assert window.end is not None
    ends = datetime.combine(window.end, datetime.min.time())
    ends = ends.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    day = window.start
    while day < window.end:
        wall = datetime.combine(day, datetime.min.time())
        while wall.date() == day:
            slot = _slot(wall, session.length, zone)
            if slot is not None and slot.end.astimezone(UTC) <= ends:
                yield slot
            wall += step
        day += timedelta(days=1)


def _slot(wall: datetime, length: timedelta, zone: str) -> Slot | None:
    """The slot from a wall time on; None for a wall time that is skipped."""
    place = ZoneInfo(zone)
    begins = wall.replace(tzinfo=place).astimezone(UTC)
    if begins.astimezone(place).replace(tzinfo=None) != wall:
        return None
    return Slot(begins.astimezone(place), (begins + length).astimezone(place))


def _rooms(portfolio: Portfolio, session: Session) -> list[str | None]:
    if session.mode == "online":
        return [session.room_id]
    if session.room_id is not None and session.slot is None:
        return [session.room_id]
    return [each.id for each in portfolio.where(Room, center_id=session.center_id)]


def _trainers(portfolio: Portfolio, session: Session, parts: Sequence[Assignment]) -> Iterator[str]:
    modules: list[Module] = [
        module for program in portfolio.all(Program) for module in program.modules
    ]
    if "lead" not in {part.role for part in parts}:
        for module in modules:
            if module.id == session.module_id:
                yield from {*module.trainers} - {part.person_id for part in parts}


def costs(portfolio: Portfolio, rules: Sequence[ScheduleRule]) -> dict[tuple[str, str], int]:
    """The weighted cost of each rule, by level and code."""
    timetable = timetable_of(portfolio)
    found: dict[tuple[str, str], int] = {}
    for each in rules:
        key = each.entry.level, each.entry.code
        cost = sum(breach.cost for breach in conflicts(each, timetable))
        found[key] = found.get(key, 0) + each.weight * cost
    return found


def broken(
    portfolio: Portfolio, id: str, nouns: Sequence[Noun], rules: Sequence[ScheduleRule]
) -> set[str]:
    """The hard rules whose insertion cost is above 0."""
    nowhere = attrs.evolve(portfolio.get(Session, id), slot=None, room_id=None)
    without = costs(recorded(portfolio, [nowhere]), rules)
    after = costs(recorded(portfolio, nouns), rules)
    return {code for (level, code), cost in after.items()
            if level == "hard" and cost > without[level, code]}  # fmt: skip
