"""What suggestions and reasons are held against: each placement, recorded and judged."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from mic_core.chrono import Period, Slot
from mic_core.model import Assignment, Center, Module, Noun, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling import conflicts, timetable_of
from mic_core.scheduling.plan import recorded
from tests.scheduling.kernel import worlds

Choice = tuple[datetime, str | None, str | None]
"""A start in UTC, a room and a trainer."""


@st.composite
def questions(draw: st.DrawFn) -> tuple[Portfolio, str, Period, timedelta]:
    """A world, one of its sessions, placed or not or by half, two days and a step."""
    world = draw(worlds.portfolios())
    sessions = [attrs.evolve(each, title=each.id) for each in world.all(Session)]
    portfolio = recorded(world, sessions)  # no two are alike, so none is a copy of another
    asked = draw(st.sampled_from(sessions))
    match draw(st.integers(0, 4)):
        case 0:
            asked = attrs.evolve(asked, slot=None, room_id=None)
        case 1:
            asked = attrs.evolve(asked, room_id=None)
        case 2:
            asked = attrs.evolve(asked, slot=None)
        case _:
            pass
    first = draw(st.dates(worlds.FIRST, worlds.LAST - timedelta(days=1)))
    window = Period.days(first, first + timedelta(days=1))
    step = timedelta(minutes=draw(st.sampled_from([60, 75, 90])))
    return recorded(portfolio, [asked]), asked.id, window, step


def placements(
    portfolio: Portfolio, id: str, window: Period, step: timedelta
) -> dict[Choice, tuple[Noun, ...]]:
    """Every placement that a session could have, with what would be recorded."""
    session = portfolio.get(Session, id)
    zone = portfolio.get(Center, session.center_id).time_zone
    parts = portfolio.where(Assignment, session_id=id)
    trainers: Sequence[str | None] = [*_trainers(portfolio, session, parts)] or [None]
    found: dict[Choice, tuple[Noun, ...]] = {}
    for slot in _slots(session, zone, window, step):
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
    """The slots on the step, as a clock on the wall of the center shows them."""
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
    """The slot from a wall time on; None where no clock ever shows that."""
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
    """What each rule costs, by level and code, weighted."""
    timetable = timetable_of(portfolio)
    found: dict[tuple[str, str], int] = {}
    for rule in rules:
        key = rule.entry.level, rule.entry.code
        cost = sum(breach.cost for breach in conflicts(rule, timetable))
        found[key] = found.get(key, 0) + rule.weight * cost
    return found


def broken(
    portfolio: Portfolio, id: str, nouns: Sequence[Noun], rules: Sequence[ScheduleRule]
) -> set[str]:
    """The hard rules that cost more with a session recorded there than with it nowhere."""
    nowhere = attrs.evolve(portfolio.get(Session, id), slot=None, room_id=None)
    without = costs(recorded(portfolio, [nowhere]), rules)
    after = costs(recorded(portfolio, nouns), rules)
    return {code for (level, code), cost in after.items()
            if level == "hard" and cost > without[level, code]}  # fmt: skip
