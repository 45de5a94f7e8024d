"""Distance of a repair: another lead first, another room next, then the nearest hour."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any, NamedTuple

import attrs
import instances
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.errors import InvariantError
from mic_core.model import Assignment, Availability, Center, Module, Noun, Person, Program, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.ground.ground import recorded
from mic_core.scheduling.planning.plan import plan
from mic_core.scheduling.repair.repair import Repair, repair
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.spread import RoomStability
from tests.budget import one_in
from tests.scheduling.nouns import DAY, edition, gives, people, program, room, session, slot

HOUR = timedelta(hours=1)
HOURS = (9, 10, 11)
ROOMS = ("r1", "r2")
TRAINERS = ("ann", "bob", "cem")
RULES = instances.BOOSTCAMP_RULES


class Changed(NamedTuple):
    """The parts of a session that a repair changed."""

    time: bool
    room: bool
    lead: bool


def changes_of(made: Repair) -> dict[str, Changed]:
    """The changed parts of each session of a repair."""
    return {id: _changed(made, id) for id in made.sessions}


def _changed(made: Repair, id: str) -> Changed:
    old, new = made.before.get(Session, id), made.portfolio.get(Session, id)
    leads = [
        [each.person_id for each in known.where(Assignment, session_id=id)]
        for known in (made.before, made.portfolio)
    ]
    return Changed(old.slot != new.slot, old.room_id != new.room_id, leads[0] != leads[1])


def _season(seed: int) -> Portfolio:
    return plan(instances.boostcamp(seed), "mic", rules=RULES, seed=seed).portfolio


def _away(subject: str, first: date, last: date) -> Availability:
    period = Period.days(first, last)
    return Availability(id="away", subject=subject, preference="unavailable", period=period)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_where_a_trainer_leaves_for_good_only_leads_change(seed: int) -> None:
    """Another trainer of the module takes over every session at its hour and in its room."""
    known = _season(seed)
    boostcamp = known.get(Program, "boostcamp")
    modules = tuple(
        attrs.evolve(each, trainers=(*each.trainers, "new"))
        if "trainer-0" in each.trainers
        else each
        for each in boostcamp.modules
    )
    made = repair(
        recorded(
            known,
            [
                Person(id="new", name="New"), attrs.evolve(boostcamp, modules=modules),
                _away("person:trainer-0", date(2014, 9, 1), date(2014, 12, 31)),
            ],
        ),
        "mic", rules=RULES,
    )  # fmt: skip
    assert made.report.ok
    assert len(made.sessions) == 12
    assert {*changes_of(made).values()} == {Changed(time=False, room=False, lead=True)}


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_where_a_room_closes_for_a_month_only_rooms_change(seed: int) -> None:
    """Sessions keep their hours and take rooms that are free then."""
    known = _season(seed)
    used = sorted(each.room_id or "" for each in known.all(Session))
    most = max(used, key=used.count)
    closed = _away(f"room:{most}", date(2014, 10, 6), date(2014, 11, 5))
    made = repair(recorded(known, [closed]), "mic", rules=RULES)
    assert made.report.ok
    assert made.sessions
    assert {*changes_of(made).values()} == {Changed(time=False, room=True, lead=False)}


class Tiny(NamedTuple):
    """The hours, rooms and leads of sessions, and the hours at which each is away."""

    at: tuple[tuple[int, str, str], ...]
    away: frozenset[tuple[str, int]]

    def is_kept(self, at: tuple[tuple[int, str, str], ...]) -> bool:
        """True if nobody and no room is taken twice, or away."""
        held = [(each, hour) for hour, *both in at for each in both]
        return len({*held}) == len(held) and self.away.isdisjoint(held)

    def mends(self) -> Iterator[tuple[tuple[int, str, str], ...]]:
        """All timetables without a clash."""
        places = [*product(HOURS, ROOMS, TRAINERS)]
        return (at for at in product(places, repeat=len(self.at)) if self.is_kept(at))

    def changed(self, at: tuple[tuple[int, str, str], ...]) -> int:
        """The number of sessions that another timetable changes."""
        return sum(one != other for one, other in zip(at, self.at, strict=True))

    def made(self, **more: Any) -> Repair:
        """The repair of the same as nouns."""
        nouns: list[Noun] = [
            Center(
                id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
                opening_hours=WeeklyHours.parse("Mo-Su 09:00-12:00"),
            ),
            *(room(id) for id in ROOMS), *people(*TRAINERS),
            program(Module(id="m", title="m", length=HOUR, trainers=TRAINERS)),
            edition("e", Period.days(DAY, DAY)),
        ]  # fmt: skip
        for n, (hour, where, lead) in enumerate(self.at):
            named: dict[str, Any] = {"title": f"{n}", "module_id": "m", "edition_id": "e"}
            when = slot(f"{hour:02}:00")
            nouns.append(session(f"s{n}", when, room_id=where, elective=True, **named))
            nouns.append(gives(lead, f"s{n}"))
        for who, hour in sorted(self.away):
            subject = f"room:{who}" if who in ROOMS else f"person:{who}"
            when, id = slot(f"{hour:02}:00"), f"away-{who}-{hour}"
            nouns.append(Availability(id=id, subject=subject, preference="unavailable", slot=when))
        return repair(Portfolio.of(*nouns), "mic", step=HOUR, **more)


@st.composite
def tiny(draw: st.DrawFn) -> Tiny:
    """Up to three sessions in three hours, two rooms and with three trainers."""
    place = st.tuples(st.sampled_from(HOURS), st.sampled_from(ROOMS), st.sampled_from(TRAINERS))
    away = st.tuples(st.sampled_from((*ROOMS, *TRAINERS)), st.sampled_from(HOURS))
    return Tiny(
        at=tuple(draw(st.lists(place, min_size=1, max_size=3))),
        away=draw(st.frozensets(away, max_size=4)),
    )


@one_in(2)
@given(tiny())
def test_a_repair_whose_leads_or_rooms_alone_can_change_moves_no_time(world: Tiny) -> None:
    """If another lead or room mends all with the fewest changes, every session keeps its hour."""
    made = world.made()
    mends = [*world.mends()]
    fewest = min(map(world.changed, mends), default=None)
    hours = [hour for hour, *_ in world.at]
    if any(world.changed(at) == fewest and [hour for hour, *_ in at] == hours for at in mends):
        assert made.report.ok
        assert not any(each.time for each in changes_of(made).values())
        assert len(made.sessions) == fewest


def test_cost_comes_before_distance_where_the_caller_prefers_it() -> None:
    """A soft rule about rooms moves the hour of a session only if its cost is preferred."""
    world = Tiny(
        at=((9, "r1", "ann"), (10, "r1", "bob"), (11, "r1", "cem")), away=frozenset({("r1", 9)})
    )
    rules = (*SCHEDULE_RULES, RoomStability(of="edition", level="soft"))
    near = world.made(rules=rules)
    assert changes_of(near) == {"s0": Changed(time=False, room=True, lead=False)}
    cheap = world.made(rules=rules, prefer="cost")
    assert len(cheap.sessions) == 1
    assert cheap.report.ok
    assert cheap.score.soft <= near.score.soft


def test_an_unknown_preference_is_refused_by_name() -> None:
    """The words that there are stand in the error."""
    with pytest.raises(InvariantError, match="prefer: must be one of distance, cost"):
        repair(Portfolio.of(), (), prefer="speed")  # type: ignore[arg-type]
