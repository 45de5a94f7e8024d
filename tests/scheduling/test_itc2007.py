"""Curriculum-based timetabling of ITC-2007: our rules give the penalties of the competition."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import cbctt
import pytest

from mic_core.chrono import Slot
from mic_core.model import Room, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.evaluation.score import Score, score
from mic_core.scheduling.rules.selection import limit_by_id
from mic_core.scheduling.rules.spread import MinDays

PENALTIES = {"comp01": 5, "comp02": 36, "comp05": 305}
CODES = ("room-seats", "min-days", "compact-days", "room-stability")


def instance(data: Path, name: str) -> tuple[Portfolio, tuple[ScheduleRule, ...]]:
    """An instance with its published solution, and the rules of the competition."""
    portfolio, rules = cbctt.read(data / "itc2007" / f"{name}.ctt")
    return cbctt.solved(portfolio, data / "itc2007" / "solutions" / f"{name}.sol"), rules


@pytest.mark.parametrize("name", PENALTIES)
def test_published_solutions_cost_what_the_official_validator_says(
    shared_data: Path, name: str
) -> None:
    """No hard rule is broken, and the soft cost is the official penalty."""
    found = score(*instance(shared_data, name))
    assert found.feasible
    assert (found.medium, found.soft) == (0, PENALTIES[name])


@pytest.mark.parametrize("name", PENALTIES)
def test_other_timetables_cost_the_same_as_by_the_official_definition(
    shared_data: Path, name: str
) -> None:
    """Periods and rooms exchanged at random: each part of the penalty agrees."""
    portfolio, rules = instance(shared_data, name)
    (days,) = (rule for rule in rules if isinstance(rule, MinDays))
    for seed in range(5):
        other = shuffled(portfolio, Random(seed))
        found = score(other, rules)
        assert tuple(found.of(code) for code in CODES) == official(other, limit_by_id(days.least))
        assert hard_but_for_availability(found) == 0


def hard_but_for_availability(found: Score) -> int:
    """The hard cost of what exchanging whole periods and rooms cannot break."""
    return found.hard - found.of("unavailability")


def shuffled(portfolio: Portfolio, random: Random) -> Portfolio:
    """The same with whole periods exchanged, and rooms exchanged within each of them."""
    lectures = portfolio.all(Session)
    slots = sorted({each.slot for each in lectures if each.slot}, key=lambda each: each.start_utc)
    to = dict(zip(slots, random.sample(slots, len(slots)), strict=True))
    rooms = [each.id for each in portfolio.all(Room)]
    swaps = {
        each: dict(zip(rooms, random.sample(rooms, len(rooms)), strict=True)) for each in slots
    }
    return Portfolio.of(
        *(each for each in portfolio.values() if not isinstance(each, Session)),
        *(_moved(each, to, swaps) for each in lectures),
    )


def _moved(lecture: Session, to: dict[Slot, Slot], swaps: dict[Slot, dict[str, str]]) -> Session:
    assert lecture.slot is not None
    assert lecture.room_id is not None
    return Session(
        id=lecture.id, center_id=lecture.center_id, title=lecture.title, length=lecture.length,
        slot=to[lecture.slot], room_id=swaps[lecture.slot][lecture.room_id],
        module_id=lecture.module_id, audience=lecture.audience, expected=lecture.expected,
    )  # fmt: skip


def official(portfolio: Portfolio, least: Callable[[str], int | None]) -> tuple[int, int, int, int]:
    """Capacity, working days, compactness and stability, after the rules of the competition."""
    seats = {each.id: each.seats or 0 for each in portfolio.all(Room)}
    lectures = portfolio.all(Session)
    places = [
        (each, each.slot.day, each.slot.start.hour) for each in lectures if each.slot is not None
    ]
    capacity = sum(max(0, (each.expected or 0) - seats[each.room_id or ""]) for each in lectures)
    courses = {each.module_id or "" for each in lectures}
    days = Counter(course for course, _ in {(each.module_id, day) for each, day, _ in places})
    rooms = Counter(course for course, _ in {(each.module_id, each.room_id) for each in lectures})
    busy = {(id, day, hour) for each, day, hour in places for id in each.audience}
    alone = sum(
        (id, day, hour - 1) not in busy and (id, day, hour + 1) not in busy
        for id, day, hour in busy
    )
    return (
        capacity,
        5 * sum(max(0, (least(course) or 0) - days[course]) for course in courses),
        2 * alone,
        sum(rooms[course] - 1 for course in courses),
    )
