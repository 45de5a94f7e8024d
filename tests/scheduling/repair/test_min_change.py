"""The number of sessions a repair moves, against exhaustive enumeration in a tiny timetable."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, product
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from mic_core.chrono import Period, WeeklyHours
from mic_core.model import Availability, Center, Module, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.scheduling.repair.repair import Repair, repair
from tests.budget import one_in
from tests.scheduling.nouns import DAY, edition, gives, people, program, room, session, slot

HOUR = timedelta(hours=1)
HOURS = range(9, 13)
"""The hours at which a session of the tiny world can start; it lasts one."""

ROOMS = ("r1", "r2")


class At(NamedTuple):
    """An hour and a room."""

    hour: int
    room: str


class World(NamedTuple):
    """The places of sessions, their persons and modules, and the hours at which each is away."""

    at: tuple[At, ...]
    people: tuple[str, ...]
    modules: tuple[str, ...]
    away: frozenset[tuple[str, int]]

    def keeps(self, at: tuple[At, ...]) -> bool:
        """True if the sessions at other places break no rule."""
        return all(
            (self.people[n], one.hour) not in self.away for n, one in enumerate(at)
        ) and not any(self.clash(n, at[n], m, at[m]) for n, m in combinations(range(len(at)), 2))

    def clash(self, n: int, one: At, m: int, other: At) -> bool:
        """True if two sessions cannot have their places together."""
        if one.hour == other.hour and (one.room == other.room or self.people[n] == self.people[m]):
            return True
        order = (self.modules[n], self.modules[m])
        return (order == ("m1", "m2") and other.hour <= one.hour) or (
            order == ("m2", "m1") and one.hour <= other.hour
        )

    def mends(self, moved: int) -> Iterator[tuple[At, ...]]:
        """All ways in which at most so many sessions stand elsewhere and all is well."""
        places = [At(hour, each) for hour in HOURS for each in ROOMS]
        for chosen in combinations(range(len(self.at)), moved):
            for elsewhere in product(places, repeat=moved):
                at = list(self.at)
                for n, place in zip(chosen, elsewhere, strict=True):
                    at[n] = place
                if self.keeps(tuple(at)):
                    yield tuple(at)

    @property
    def fewest(self) -> int | None:
        """The fewest sessions that any mend moves; None where nothing mends."""
        counts = range(len(self.at) + 1)
        return next((k for k in counts if next(self.mends(k), None) is not None), None)

    @property
    def portfolio(self) -> Portfolio:
        """The same as nouns."""
        modules = (module_of("m1"), module_of("m2", "m1"), module_of("m3"))
        nouns: list[Noun] = [
            Center(
                id="mic", name="MIC", country="BE", time_zone="Europe/Brussels",
                opening_hours=WeeklyHours.parse("Mo-Su 09:00-13:00"),
            ),
            *(room(id) for id in ROOMS), *people("ann", "bob"), program(*modules),
            edition("e", Period.days(DAY, DAY)),
        ]  # fmt: skip
        for n, at in enumerate(self.at):
            nouns += [
                session(
                    f"s{n}", slot(f"{at.hour:02}:00"), room_id=at.room, module_id=self.modules[n],
                    elective=True, edition_id="e",
                ),
                gives(self.people[n], f"s{n}"),
            ]  # fmt: skip
        nouns += [
            Availability(
                id=f"away-{person}-{hour}", subject=f"person:{person}", preference="unavailable",
                slot=slot(f"{hour:02}:00"),
            )
            for person, hour in sorted(self.away)
        ]  # fmt: skip
        return Portfolio.of(*nouns)


def module_of(id: str, *requires: str) -> Module:
    """A module of the tiny world."""
    return Module(id=id, title=id, length=HOUR, requires=requires)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to four sessions in four hours and two rooms, in any disorder."""
    number = draw(st.integers(1, 4))

    def each(of: st.SearchStrategy[str]) -> tuple[str, ...]:
        return tuple(draw(st.lists(of, min_size=number, max_size=number)))

    hours = draw(st.lists(st.sampled_from(HOURS), min_size=number, max_size=number))
    return World(
        at=tuple(map(At, hours, each(st.sampled_from(ROOMS)))),
        people=each(st.sampled_from(["ann", "bob"])),
        modules=each(st.sampled_from(["m1", "m2", "m3", "m3"])),
        away=draw(st.frozensets(st.tuples(st.just("ann"), st.sampled_from(HOURS)), max_size=2)),
    )


def mended(world: World) -> Repair:
    """The repair of a tiny world, hour by hour."""
    return repair(world.portfolio, "mic", step=HOUR)


@one_in(2)
@given(worlds())
def test_in_a_tiny_world_a_repair_moves_as_few_sessions_as_any(world: World) -> None:
    """If one move mends all, one session moves; else at most one more than the fewest."""
    fewest = world.fewest
    made = mended(world)
    if fewest is None:
        assert made.unplaced
    else:
        assert fewest <= len(made.sessions) <= fewest + (fewest > 1)
        assert not made.unplaced
        assert made.report.ok


def _distance(world: World, at: tuple[At, ...]) -> tuple[int, int]:
    """The hours moved in all, and the rooms that differ."""
    pairs = [*zip(at, world.at, strict=True)]
    return sum(abs(a.hour - b.hour) for a, b in pairs), sum(a.room != b.room for a, b in pairs)


@one_in(2)
@given(worlds())
def test_of_the_mends_with_fewest_changes_a_repair_is_as_near_as_any(world: World) -> None:
    """The hours moved in all are the least of any mend with as few changes."""
    fewest = world.fewest
    made = mended(world)
    if fewest is not None and len(made.sessions) == fewest:
        nearest = min(_distance(world, at) for at in world.mends(fewest))
        slots = [made.portfolio.get(Session, f"s{n}") for n in range(len(world.at))]
        at = tuple(At(each.slot.start.hour, each.room_id or "") for each in slots if each.slot)
        assert _distance(world, at)[0] == nearest[0]
