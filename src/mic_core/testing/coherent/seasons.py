"""Drawing of seasons to plan: sessions without a slot, and the resources that they compete for.

A season is ample, scarce or infeasible. In a scarce one the hours or rooms hardly suffice. In an
infeasible one at least one session fits nowhere, since it lasts longer than the center is open,
needs what no room has, or is led by somebody who is never available.
"""

from datetime import UTC, date, time, timedelta

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mic_core.chrono import Period, Slot, WeeklyHours, zone
from mic_core.ids import cite
from mic_core.model import (
    Assignment,
    Availability,
    Center,
    Edition,
    Enrollment,
    Module,
    Person,
    Program,
    Room,
    Session,
)
from mic_core.portfolio import Portfolio
from mic_core.testing.classes import Fields
from mic_core.testing.coherent.growing import Growing
from mic_core.testing.times import CHANGES

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
_LENGTHS = (_HOUR, 30 * _MINUTE, 90 * _MINUTE, 45 * _MINUTE, 2 * _HOUR)
_OBSTACLES = ("length", "features", "seats", "trainer", "session", "closed")
"""The obstacles that make a season infeasible."""


@attrs.frozen
class _Season:
    """The frame of a season: its zone, its days, and the hours at which the center is open."""

    zone: str
    days: tuple[date, ...]
    opens: int
    closes: int
    obstacle: str | None

    @property
    def period(self) -> Period:
        """The period from the first to the last day."""
        return Period.days(self.days[0], self.days[-1])


def seasons_to_plan(
    *, modules: int = 3, sessions: int = 8, rooms: int = 3, persons: int = 3
) -> SearchStrategy[Portfolio]:
    """Portfolios of a season to plan in the center `center-1`: `plan(portfolio, "center-1")`.

    Its editions have a period of a few days, near a change of clocks. Their sessions have no slot,
    but for a few that are fixed; more modules may call for sessions that `outline` proposes. Rooms
    differ in seats and features, trainers and rooms are not always available. Some seasons are
    scarce: not all sessions may find a place; some are infeasible: at least one cannot. The numbers
    are upper bounds, but every season has a room, a person, and a session to place.

    >>> from hypothesis import given, settings
    >>> from mic_core.scheduling.planning.plan import plan
    >>> @settings(max_examples=5)
    ... @given(seasons_to_plan(sessions=3))
    ... def test_every_session_is_placed_or_explained(portfolio: Portfolio) -> None:
    ...     found = plan(portfolio, "center-1")
    ...     assert len(found.changes) + len(found.unplaced) > 0
    >>> test_every_session_is_placed_or_explained()
    """
    return _seasons(max(1, modules), max(1, sessions), max(1, rooms), max(1, persons))


@st.composite
def _seasons(draw: DrawFn, modules: int, sessions: int, rooms: int, persons: int) -> Portfolio:
    growing = Growing(draw)
    season = _frame(growing)
    growing.several(lambda: growing.add(Person, name="Ada"), persons, 1)
    people = growing.known("person")
    _rooms(growing, season, rooms)
    program = _program(growing, modules, people)
    editions = growing.several(lambda: _edition(growing, season, program, people), 2, 1)
    plans = [(each, module) for each in editions for module in program.modules]
    # One session of each module, then more of them, as many as there may be.
    for place in range(sessions):
        if place >= len(plans) and growing.one_in(3):
            break
        edition, module = plans[place % len(plans)]
        _session(growing, season, edition, module, people, is_first=place == 0)
    growing.several(lambda: _availability(growing, season, people), 3)
    if season.obstacle == "trainer":
        _never_available(growing, people)
    return Portfolio.of(*growing.nouns)


def _frame(growing: Growing) -> _Season:
    """Draw the frame of a season, and its center."""
    name = growing.pick([*CHANGES])
    clocks = UTC if name == "UTC" else zone(name)
    change = growing.pick(CHANGES[name])
    near = change.astimezone(clocks).date()
    first = near - timedelta(days=growing.below(3))
    supply = growing.pick(("ample", "scarce", "infeasible"))
    count = {"ample": 5, "scarce": 1, "infeasible": 3}[supply] + growing.below(3)
    days = tuple(first + timedelta(days=day) for day in range(count))
    obstacle = growing.pick(_OBSTACLES) if supply == "infeasible" else None
    opens, closes = growing.pick(((9, 18), (18, 22))) if supply == "ample" else (9, 12)
    hours = WeeklyHours.parse(f"Mo-Su {opens:02}:00-{closes}:00")
    closures: tuple[Period, ...] = ()
    if obstacle == "closed":
        closures = (Period.days(days[0], days[-1]),)
    elif growing.one_in(3):
        closures = (Period.days(near, near),)
    growing.add(
        Center,
        name="Center",
        country="BE",
        time_zone=name,
        opening_hours=hours,
        closures=closures,
    )
    return _Season(name, days, opens, closes, obstacle)


def _rooms(growing: Growing, season: _Season, most: int) -> None:
    needs_more = season.obstacle == "features"

    def add_room() -> None:
        growing.add(
            Room,
            center_id="center-1",
            name="Room",
            seats=growing.pick((20, 5, None)) if season.obstacle != "seats" else 5,
            features=() if needs_more else growing.pick((("projector",), ())),
            concurrency=growing.pick((1, 1, 1, 2)),
        )

    growing.several(add_room, most, 1)


def _program(growing: Growing, most: int, people: list[str]) -> Program:
    """Draw a program of modules in a chain, each with trainers."""
    modules: list[Module] = []

    def add_module() -> None:
        before = [each.id for each in modules]
        made = growing.module(
            title="Module",
            length=growing.pick(_LENGTHS),
            count=growing.pick((1, 2, 3)),
            requires=growing.some(before, 1),
            trainers=growing.some(people, 2),
            needs=growing.pick(((), (), ("projector",))),
        )
        modules.append(made)

    growing.several(add_module, most, 1)
    return growing.add(Program, title="Program", kind="training", modules=tuple(modules))


def _edition(growing: Growing, season: _Season, program: Program, people: list[str]) -> Edition:
    """Draw an edition, and who is enrolled in it."""
    made = growing.add(
        Edition,
        program_id=program.id,
        center_id="center-1",
        number=1 + len(growing.known("edition")),
        period=season.period,
        status="open",
    )
    for person in growing.some(people):
        entry = growing.add(Enrollment, participant_id=person, into=made.id, delegates=())
        enrolled = Slot.at(season.days[0], time(12), _HOUR, "UTC").start - timedelta(days=30)
        growing.change(cite("enrollment", entry.id), "requested", "enrolled", enrolled)
    return made


def _session(
    growing: Growing, season: _Season, edition: Edition, module: Module, people: list[str],
    *, is_first: bool,
) -> None:  # fmt: skip
    """Draw a session of a module, without a slot, or one that is fixed; perhaps with its lead."""
    obstacle = season.obstacle if is_first else None
    fields: Fields = {"length": module.length, "expected": growing.pick((None, 4, 10))}
    if obstacle == "length":
        fields["length"] = (season.closes - season.opens) * _HOUR + 15 * _MINUTE
    elif obstacle == "features":
        fields["needs"] = ("kitchen",)
    elif obstacle == "seats":
        fields["expected"] = 6
    slot, room = None, None
    if not is_first and growing.one_in(5):
        slot, room = _fixed(growing, season, module.length)
    made = growing.add(
        Session,
        center_id="center-1",
        title="Session",
        edition_id=edition.id,
        module_id=module.id,
        audience=growing.pick(((edition.id,), ())),
        slot=slot,
        room_id=room,
        mode="in_person" if is_first else growing.pick(("in_person",) * 4 + ("online",)),
        series_id=None,
        original_on=None,
        status="planned",
        **{"needs": (), **fields},
    )
    if obstacle == "session":
        growing.add(
            Availability, subject=cite("session", made.id), preference="unavailable",
            period=season.period, hours=None, slot=None,
        )  # fmt: skip
    if obstacle == "trainer" or growing.one_in(3):
        lead = people[0] if obstacle == "trainer" else growing.pick(module.trainers or people)
        growing.add(Assignment, session_id=made.id, person_id=lead, role="lead")


def _fixed(growing: Growing, season: _Season, length: timedelta) -> tuple[Slot, str]:
    """Draw a slot on a day of the season and a room."""
    day = growing.pick(season.days)
    clock = time(growing.pick((season.opens, season.opens + 1)))
    slot = Slot.at(day, clock, length, season.zone, nonexistent="later", ambiguous="first")
    return slot, growing.pick(growing.known("room"))


def _availability(growing: Growing, season: _Season, people: list[str]) -> None:
    """Draw when a trainer, a room or a session is available, or would like to be."""
    subject = growing.pick([cite("person", people[0]), *growing.cited("person", "room", "session")])
    fields: Fields = {"hours": None, "period": None, "slot": None}
    day = growing.pick(season.days)
    way = growing.pick(("day", "hours", "slot"))
    if way == "day":
        fields["period"] = Period.days(day, day)
    elif way == "hours":
        first = f"{season.opens:02}:00"
        fields["hours"] = WeeklyHours.parse(f"Mo-Su {first}-{season.opens + 2}:00")
        fields["period"] = growing.pick((None, season.period))
    else:
        fields["slot"] = _fixed(growing, season, growing.pick(_LENGTHS))[0]
    words = ("unavailable", "avoided", "preferred", "available")
    growing.add(Availability, subject=subject, preference=growing.pick(words), **fields)


def _never_available(growing: Growing, people: list[str]) -> None:
    growing.add(
        Availability, subject=cite("person", people[0]), preference="unavailable",
        period=Period(), hours=None, slot=None,
    )  # fmt: skip
