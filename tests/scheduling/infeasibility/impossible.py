"""Portfolios that cannot be planned, for many reasons, with innocent sessions around."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs

from mic_core.chrono import Period, Slot, WeeklyHours
from mic_core.markup import notebook
from mic_core.model import Availability, Center, Module, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.rules import ScheduleRule
from mic_core.scheduling.infeasibility.explain import Infeasibility, explain_infeasible
from mic_core.scheduling.infeasibility.relaxation import wide_problem
from mic_core.scheduling.problem.pose import problem_of
from mic_core.scheduling.problem.problem import PlanningProblem
from mic_core.scheduling.problem.time_windows import windows_of
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.load import MaxPerDay, MaxPerWeek
from mic_core.scheduling.rules.order import MinGap, ModuleOrder
from mic_core.scheduling.rules.spread import SameDay
from mic_core.timetable import timetable_of
from tests.scheduling.nouns import PLACE, edition, flat, gives, module, people, program, room
from tests.scheduling.nouns import session as made

MONDAY = date(2014, 9, 8)
WEEK = Period.days(MONDAY, MONDAY + timedelta(days=4))
_DAYS = ("Mo", "Tu", "We", "Th", "Fr")
_ROOMS = ("r1", "r2", "r3")


@attrs.frozen
class Case:
    """A portfolio, the rules, and the kind of reason why not all can be placed."""

    kind: str
    portfolio: Portfolio
    rules: tuple[ScheduleRule, ...]


def days(count: int) -> Period:
    """The first `count` days of the week."""
    return Period.days(MONDAY, MONDAY + timedelta(days=count - 1))


def center(*closures: Period) -> Center:
    """A center that is open from nine to five."""
    return Center(
        id="mic", name="MIC", country="BE", time_zone=PLACE, closures=closures,
        opening_hours=WeeklyHours.parse("Mo-Fr 09:00-17:00"),
    )  # fmt: skip


def when(person: str, hours: str) -> Availability:
    """The hours in which somebody is available."""
    return Availability(
        id=f"hours-{person}", subject=f"person:{person}", hours=WeeklyHours.parse(hours),
        period=WEEK, preference="available",
    )  # fmt: skip


def hours(draw: random.Random, count: int) -> str:
    """Some half days of the week."""
    halves = [f"{day} {half}" for day in _DAYS for half in ("09:00-13:00", "13:00-17:00")]
    return "; ".join(sorted(draw.sample(halves, count)))


def several(prefix: str, count: int, minutes: int = 180, **fields: Any) -> list[Session]:
    """Sessions of an edition and a module."""
    values: dict[str, Any] = {"edition_id": "e", **fields}
    return [made(f"{prefix}{n}", minutes=minutes, **values) for n in range(count)]


_Made = tuple[list[Noun], list[Module], list[ScheduleRule], Period]


def _trainer(draw: random.Random) -> _Made:
    halves = draw.randint(1, 3)
    sessions = several("s", halves + draw.randint(1, 3), module_id="m")
    return (
        [center(), when("t", hours(draw, halves)), *sessions],
        [module("m", trainers=("t",))],
        [],
        WEEK,
    )


def _mixed(draw: random.Random) -> _Made:
    """Two and three hours do not fill a half day of four."""
    nouns: list[Noun] = [when("t", hours(draw, 2)), *several("s", 2, module_id="m")]
    nouns += several("x", 2, 120, module_id="m")
    return [center(), *nouns], [module("m", trainers=("t",))], [], WEEK


def _big(draw: random.Random) -> _Made:
    return [center(), made("big", edition_id="e", expected=draw.randint(60, 90))], [], [], WEEK


def _chain(draw: random.Random) -> _Made:
    length = draw.choice([150, 180, 240])
    nouns: list[Noun] = [center()]
    modules = [module("m0")]
    for n in range(5):
        modules.append(module(f"m{n + 1}", requires=(f"m{n}",)))
        nouns += several(f"c{n}-", 1, length, module_id=f"m{n}", edition_id="e")
    return nouns, modules[:5], [], days(2 if length > 150 else 1)


def _per_day(draw: random.Random) -> _Made:
    count = draw.randint(2, 4)
    sessions = several("s", count + 1, 60)
    return [center(), *sessions], [], [MaxPerDay(most=1, of="edition")], days(count)


def _per_week(draw: random.Random) -> _Made:
    most = draw.randint(2, 4)
    sessions = several("s", most + draw.randint(1, 2), 60)
    return [center(), *sessions], [], [MaxPerWeek(most=most, of="edition")], WEEK


def _holidays(draw: random.Random) -> _Made:
    left = draw.randint(1, 2)
    closed = Period.days(MONDAY, MONDAY + timedelta(days=4 - left))
    return [center(closed), *several("s", 2 * left + 1)], [], [], WEEK


def _one_room(draw: random.Random) -> _Made:
    """Two trainers at the same times, and one room that is big enough."""
    shared = hours(draw, draw.randint(1, 2))
    count = shared.count(";") + 1
    nouns: list[Noun] = [center(), when("t", shared), when("u", shared)]
    nouns += several("s", count, module_id="m", expected=30, edition_id="e")
    nouns += several("x", 1, module_id="k", expected=30, edition_id="f")
    return nouns, [module("m", trainers=("t",)), module("k", trainers=("u",))], [], WEEK


def _order(draw: random.Random) -> _Made:
    """The first module can be given only after the second."""
    late, early = draw.choice([("Th", "Mo"), ("Fr", "Tu"), ("We", "Mo")])
    times = when("t", f"{late} 09:00-17:00"), when("u", f"{early} 09:00-17:00")
    nouns: list[Noun] = [center(), *times]
    nouns += [*several("a", 2, 60, module_id="m"), *several("b", 2, 60, module_id="k")]
    modules = [module("m", trainers=("t",)), module("k", trainers=("u",), requires=("m",))]
    return nouns, modules, [], WEEK


def _gap(draw: random.Random) -> _Made:
    pause = draw.choice([120, 180])
    return [center(), *several("s", 4, 120)], [], [MinGap(minutes=pause, level="hard")], days(1)


def _given(draw: random.Random) -> _Made:
    """Somebody is assigned to more than the time allows."""
    count = draw.randint(3, 4)
    sessions = several("s", count, edition_id=None)
    parts = [gives("t", each.id) for each in sessions]
    return [center(), when("t", hours(draw, count - 1)), *sessions, *parts], [], [], WEEK


def _taken(draw: random.Random) -> _Made:
    """The only big room is taken by fixed sessions."""
    day = draw.randint(0, 1)
    stays = [
        made(
            f"stay{n}", Slot.at(MONDAY + timedelta(days=n), "09:00", timedelta(hours=8), PLACE),
            room_id="r3",
        )
        for n in range(2)
        if n != day
    ]  # fmt: skip
    return [center(), *stays, *several("s", 3, expected=30)], [], [], days(2)


def _same_day(draw: random.Random) -> _Made:
    count = draw.randint(3, 4)
    modules = [module("m", trainers=("t",))]
    nouns: list[Noun] = [
        when("t", "Mo 09:00-12:00; We 09:00-12:00"),
        *several("s", 2, 120, module_id="m"),
    ]
    return [center(), *nouns, *several("x", count, 60)], modules, [SameDay(of="module")], WEEK


def _break(draw: random.Random) -> _Made:
    """A module may start only so long after another one."""
    nouns = [*several("a", 1, 120, module_id="m"), *several("b", 1, 120, module_id="k")]
    modules = [module("m"), module("k", requires=("m",))]
    return [center(), *nouns], modules, [ModuleOrder(gap=draw.choice([300, 400]))], days(1)


def _crowded(draw: random.Random) -> _Made:
    """One more than the days of an edition take, of trainers who have time for all."""
    most = draw.randint(3, 4)
    halves = hours(draw, 9)
    nouns: list[Noun] = [center(), when("t", halves), when("u", halves)]
    for n, minutes in enumerate((60, 90, 60)):
        nouns += several(f"s{n}-", most + (2 * most if n == 2 else 1), minutes, module_id=f"m{n}")
    modules = [
        module("m0", trainers=("t",)), module("m1", trainers=("u",)),
        module("m2", trainers=("t", "u"), requires=("m0",)),
    ]  # fmt: skip
    left = 5 * most + 1 - sum(isinstance(each, Session) for each in nouns)
    nouns += several("x", left, 60)
    return nouns, modules, [MaxPerDay(most=most, of="edition")], WEEK


KINDS: dict[str, Callable[[random.Random], _Made]] = {
    "trainer": _trainer, "mixed": _mixed, "big": _big, "chain": _chain, "per day": _per_day,
    "per week": _per_week, "holidays": _holidays, "one room": _one_room, "order": _order,
    "gap": _gap, "given": _given, "taken": _taken, "same day": _same_day, "break": _break,
    "crowded": _crowded,
}  # fmt: skip


def case(seed: int) -> Case:
    """An impossible portfolio of a kind in turn, among 5 to 40 sessions."""
    draw = random.Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    nouns, modules, rules, window = KINDS[kind](draw)
    ours = sum(isinstance(each, Session) and each.slot is None for each in nouns)
    around = several("z", draw.randint(max(1, 5 - ours), 40 - ours), 60, edition_id="g")
    if kind in ("chain", "gap", "break", "holidays", "per day", "taken"):
        around = around[: max(3, 5 - ours)]  # in a short window there is no time for more
    around = [attrs.evolve(each, elective=True) for each in around]
    portfolio = Portfolio.of(
        *flat([
            *nouns, *people("t", "u"), room("r1", seats=20), room("r2", seats=20),
            room("r3", seats=40), program(*modules), edition("e", window),
            edition("f", window, number=2), edition("g", window, number=3), around,
        ])
    )  # fmt: skip
    usual = [
        each for each in SCHEDULE_RULES
        if not isinstance(each, ModuleOrder) or not any(isinstance(r, ModuleOrder) for r in rules)
    ]  # fmt: skip
    return Case(kind, portfolio, (*usual, *rules))


def everything(asked: Case) -> PlanningProblem:
    """The problem of all sessions with every start."""
    timetable = timetable_of(asked.portfolio)
    numbers = [each.number for each in problem_of(timetable, "mic", rules=asked.rules).activities]
    windows = windows_of(timetable, numbers, "mic", None)
    return wide_problem(timetable, asked.rules, windows)


def shown(found: Infeasibility) -> str:
    """The page that a notebook shows."""
    return notebook(found.html())


def tiny(*nouns: Noun) -> Portfolio:
    """A portfolio with two rooms, an edition and a trainer around the nouns."""
    around: list[Noun] = [center(), room("r1"), room("r2"), edition("e", WEEK), *people("t")]
    return Portfolio.of(*flat([around, *nouns]))


def explain(*nouns: Noun, **options: Any) -> Infeasibility:
    """The analysis of the edition of a tiny portfolio."""
    return explain_infeasible(tiny(*nouns), "e", **options)


def wide(*nouns: Noun) -> PlanningProblem:
    """The wide problem of all sessions of a tiny portfolio."""
    return everything(Case("tiny", tiny(*nouns), SCHEDULE_RULES))
