"""Exhaustive search over all schedules of a few sessions, on real portfolios: the optimum."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from zoneinfo import ZoneInfo

import attrs

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import local
from mic_core.model import Assignment, Center, Noun, Program, Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import score
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.time_axis import cells_in
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.timetable import is_placed

NOW = datetime(2014, 10, 1, tzinfo=UTC)
WEIGHTS = 10**12, 10**6, 1
ONLY_WORSE = {each.entry.code for each in SCHEDULE_RULES}
"""Monotone rules: placing more sessions never mends a violation, so search may prune."""


class TooManyError(Exception):
    """The search tree has more leaves than the caller allows."""


def plain(portfolio: Portfolio, rules: Sequence[ScheduleRule]) -> int:
    """The cost of a timetable, weighted by level."""
    found = score(portfolio, rules)
    return sum(
        weight * cost
        for weight, cost in zip(WEIGHTS, (found.hard, found.medium, found.soft), strict=True)
    )


def _slots_of(problem: PlanningProblem) -> dict[str, list[Slot]]:
    """The slots in which each session of a problem may start by clock, step and openings."""
    found: dict[str, list[Slot]] = {}
    for activity, each in enumerate(problem.activities):
        zone = problem.timetable.places[each.number]
        spans = [problem.slot(activity, cell) for cell in cells_in(each.starts)]
        found[problem.timetable.sessions[each.number].id] = [
            Slot(local(start, zone), local(end, zone)) for start, end in spans
        ]
    return found


def best(
    portfolio: Portfolio,
    rules: Sequence[ScheduleRule],
    window: Period,
    step: timedelta,
    *,
    most: int,
    problem: PlanningProblem | None = None,
) -> tuple[int, int]:
    """The optimum: least unplaced sessions with no hard rule violated, then least cost.

    Starts are on the step, and those of a `problem` off it: openings are laws of their own. The
    portfolio breaks no hard rule. Raises TooManyError for more timetables than `most`.
    """
    more = {} if problem is None else _slots_of(problem)
    bound = [each for each in rules if each.entry.code in ONLY_WORSE and _is_hard(each)]
    ways = [
        [
            nouns
            for nouns in placements(portfolio, session, window, step, more.get(session.id, ()))
            if not score(portfolio.record(*nouns, recorded_at=NOW), bound).hard
        ]
        for session in portfolio.all(Session)
        if not is_placed(session)
    ]
    if prod(len(each) + 1 for each in ways) > most:
        raise TooManyError
    base = plain(portfolio, rules)
    found: list[tuple[int, int]] = []

    def go_on(at: Portfolio, place: int, left: int) -> None:
        if found and left > min(found)[0]:
            return
        if place == len(ways):
            if not score(at, rules).hard:
                found.append((left, plain(at, rules) - base))
            return
        for nouns in ways[place]:
            after = at.record(*nouns, recorded_at=NOW)
            if not score(after, bound).hard:
                go_on(after, place + 1, left)
        go_on(at, place + 1, left + 1)

    go_on(portfolio, 0, 0)
    return min(found)


def _is_hard(rule: ScheduleRule) -> bool:
    return rule.entry.severity == "error"


def placements(
    portfolio: Portfolio,
    session: Session,
    window: Period,
    step: timedelta,
    more: Iterable[Slot] = (),
) -> Iterator[tuple[Noun, ...]]:
    """Each slot, room and lead that a session may get, as nouns to record; also slots of `more`."""
    zone = portfolio.get(Center, session.center_id).time_zone
    rooms: list[str | None] = [None]
    if session.mode != "online":
        rooms = [each.id for each in portfolio.all(Room) if each.center_id == session.center_id]
    known = {each.start_utc: each for each in (*slots(window, step, session.length, zone), *more)}
    for slot in known.values():
        for room in rooms:
            placed = attrs.evolve(session, slot=slot, room_id=room)
            for lead in leads(portfolio, session):
                if lead is None:
                    yield (placed,)
                else:
                    id = f"{session.id}-lead"
                    yield placed, Assignment(id=id, session_id=session.id, person_id=lead)


def slots(window: Period, step: timedelta, length: timedelta, zone: str) -> Iterator[Slot]:
    """The slots of a length within a window that begin at whole steps on the clocks of a zone."""
    place = ZoneInfo(zone)
    day, end = window.start or date.max, window.end or date.min
    ends = datetime.combine(end, time(), place).astimezone(UTC)
    while day < end:
        for minute in range(0, 24 * 60, step // timedelta(minutes=1)):
            start = datetime.combine(day, time(*divmod(minute, 60)), place)
            begins = start.astimezone(UTC)
            exists = begins.astimezone(place).replace(tzinfo=None) == start.replace(tzinfo=None)
            if exists and begins + length <= ends:
                yield Slot(start, (begins + length).astimezone(place))
        day += timedelta(days=1)


def leads(portfolio: Portfolio, session: Session) -> list[str | None]:
    """The persons who may lead a session; None alone if nobody is to be chosen."""
    parts = [each for each in portfolio.all(Assignment) if each.session_id == session.id]
    if any(each.role == "lead" for each in parts):
        return [None]
    busy = {each.person_id for each in parts}
    able = [
        person
        for program in portfolio.all(Program)
        for module in program.modules
        if module.id == session.module_id
        for person in module.trainers
        if person not in busy
    ]
    return [*able] or [None]
