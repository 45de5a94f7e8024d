"""Room suitability: seats, features and center, as unary constraints on session and room.

Each rule is a Suits term. A room that is not in the portfolio costs nothing: another rule reports
the dangling reference.
"""

from collections.abc import Callable, Iterator, Sequence

import attrs

from mic_core.checked import checked
from mic_core.chrono import Interval
from mic_core.findings import Level
from mic_core.ids import cite
from mic_core.portfolio.expected import Steps, expected_on_site, held_on_site, seat_spans
from mic_core.rules import Entry, Facts, Suits, Term
from mic_core.scheduling.rules.groups import select_sessions
from mic_core.scheduling.rules.selection import Selects, Weight
from mic_core.timetable import Timetable

_ROOM_SEATS = Entry(
    code="room-seats",
    level="hard",
    law="The room of a session has a seat for everybody who is expected on site when it begins: "
    "for as many as are stated, and for all who are enrolled.",
    why="Nobody should stand, and a room has a legal limit.",
    source="common practice; ITC-2007 track 3, RoomCapacity",
    sentence="{subjects}: {needed} persons are expected and the room has {had} seats",
    mend="choose a room with at least {needed} seats",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomSeats:
    """The room has a seat for each person expected on site; costs 1 for each person without one."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_SEATS.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Suits term: the persons expected on site beyond the seats of the room."""
        demand = _Demand(timetable)
        members = select_sessions(timetable, self.where)

        def by_start(n: int, low: int, high: int) -> Iterator[tuple[int, Suits]]:
            for start, needed in demand.pieces(n, low, high):
                yield start, _seats_term(timetable, (n,), {n: needed}.__getitem__)

        yield attrs.evolve(_seats_term(timetable, members, demand.needed), by_start=by_start)


def _seats_term(
    timetable: Timetable, members: Sequence[int], needed: Callable[[int], int]
) -> Suits:
    """The term of seats for sessions with the demand `needed` each, by number."""
    rooms = timetable.rooms

    def cost(n: int, room_id: str) -> int:
        room = rooms.get(room_id)
        # Seats that are not stated limit nothing.
        if room is None or room.seats is None:
            return 0
        short = needed(n) - room.seats
        return max(0, short)

    def facts(n: int, room_id: str) -> Facts:
        return {"needed": needed(n), "had": rooms[room_id].seats}

    return Suits(sessions=members, cost=cost, facts=facts, key=needed)


class _Demand:
    """The persons expected on site at sessions, by the statuses of enrollments when they begin.

    It is the larger of the stated expectation and of the places taken in the session and in the
    editions of its audience; 0 for a session that is online only. A session that may move needs
    the peak of the seats held at its possible starts; or, where terms count what is certain, the
    fewest expected at any. Sums are kept by editions and sessions, and by window, since many
    sessions share them.
    """

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.known = seat_spans(timetable.portfolio)
        self.steps: dict[str, Steps] = {}
        self.expected: dict[tuple[str, ...], Steps] = {}
        self.held: dict[tuple[str, ...], Steps] = {}
        self.bounds: dict[tuple[tuple[str, ...], Interval], int] = {}

    def needed(self, n: int) -> int:
        """The seats that a session needs; those stated alone if it has no slot and no window."""
        if n in self.timetable.windows:
            into, starts = self._into(n), self.timetable.windows[n]
            if (into, starts) not in self.bounds:
                self.bounds[into, starts] = self._bound(into, *starts)
            return max(self._stated(n), self.bounds[into, starts])
        session = self.timetable.sessions[n]
        if session.mode == "online":
            return 0
        audience, count = self.timetable.audiences[n], 0
        if self.known and session.slot is not None:
            start = session.slot.start_utc
            for id in audience:
                count += self._enrolled(id, start)
            if session.id in self.known and session.id not in audience:
                count += self._enrolled(session.id, start)
        return max(count, session.expected or 0)

    def _enrolled(self, id: str, moment: int) -> int:
        """The persons expected on site at an instant, of those enrolled in one edition or session.

        Each has a step function of its own, so that sessions of many audiences share these.
        """
        steps = self.steps.get(id)
        if steps is None:
            if id not in self.known:
                return 0
            steps = self.steps[id] = expected_on_site(self.timetable.portfolio, (id,))
        return steps.at(moment)

    def pieces(self, n: int, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The seats that a session needs by its start, between two starts, both included."""
        stated = self._stated(n)
        for start, count in self._expected(self._into(n)).pieces(low, high):
            yield start, max(stated, count)

    def _bound(self, into: tuple[str, ...], low: int, high: int) -> int:
        if self.timetable.certain:
            return min(count for _, count in self._expected(into).pieces(low, high))
        if into not in self.held:
            self.held[into] = held_on_site(self.timetable.portfolio, into)
        return max(count for _, count in self.held[into].pieces(low, high))

    def _expected(self, into: tuple[str, ...]) -> Steps:
        found = self.expected.get(into)
        if found is None:
            found = self.expected[into] = expected_on_site(self.timetable.portfolio, into)
        return found

    def _stated(self, n: int) -> int:
        session = self.timetable.sessions[n]
        return 0 if session.mode == "online" else session.expected or 0

    def _into(self, n: int) -> tuple[str, ...]:
        """The editions and the session into which those enrolled who come to a session on site."""
        session = self.timetable.sessions[n]
        if session.mode == "online":
            return ()
        listed = (session.id, *self.timetable.audiences[n])
        return tuple(dict.fromkeys(id for id in listed if id in self.known))


_ROOM_FEATURES = Entry(
    code="room-features",
    level="hard",
    law="The room of a session has every feature that the session or its module needs.",
    why="A lab without machines is not a lab.",
    source="common practice",
    sentence="{subjects}: the room lacks {needed}",
    mend="choose a room that has {needed}",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomFeatures:
    """The room has each feature that session and module need; costs 1 for each missing one."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_FEATURES.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Suits term over the sessions with needs: the features that the room lacks."""
        needs = _needs(timetable, select_sessions(timetable, self.where))
        features = {id: frozenset(room.features) for id, room in timetable.rooms.items()}

        def cost(n: int, room_id: str) -> int:
            # An unknown room lacks nothing.
            return len(needs[n] - features.get(room_id, needs[n]))

        def facts(n: int, room_id: str) -> Facts:
            missing = needs[n] - features[room_id]
            return {"needed": tuple(sorted(missing)), "had": tuple(sorted(features[room_id]))}

        yield Suits(sessions=tuple(needs), cost=cost, facts=facts, key=needs.__getitem__)


def _needs(timetable: Timetable, members: Sequence[int]) -> dict[int, frozenset[str]]:
    """The features that a session or its module needs, for each session that needs any."""
    of_modules = {id: module.needs for id, module in timetable.modules.items()}
    found: dict[int, frozenset[str]] = {}
    # Equal needs share one set, so that thousands of sessions do not build it each.
    sets: dict[tuple[str, ...], frozenset[str]] = {}
    for n in members:
        session = timetable.sessions[n]
        listed = session.needs
        if session.module_id is not None:
            listed += of_modules.get(session.module_id, ())
        if listed:
            found[n] = sets.get(listed) or sets.setdefault(listed, frozenset(listed))
    return found


_ROOM_ELSEWHERE = Entry(
    code="room-elsewhere",
    level="hard",
    law="The room of a session belongs to the center of the session.",
    why="Opening hours, closures and local time are those of the center.",
    source="common practice",
    sentence="{subjects}: the room belongs to {had}, the session to {needed}",
    mend="choose a room of {needed}",
)


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class RoomElsewhere:
    """The room belongs to the center of the session."""

    level: Level = "hard"
    weight: Weight = 1
    where: Selects = None

    @property
    def entry(self) -> Entry:
        """Its entry in the catalog."""
        return _ROOM_ELSEWHERE.at(self.level)

    def terms(self, timetable: Timetable) -> Iterator[Term]:
        """One Suits term: 1 where the center of the room is not that of the session."""
        homes = {id: room.center_id for id, room in timetable.rooms.items()}
        sessions = timetable.sessions

        def cost(n: int, room_id: str) -> int:
            own = sessions[n].center_id
            return int(homes.get(room_id, own) != own)

        def facts(n: int, room_id: str) -> Facts:
            return {
                "needed": cite("center", sessions[n].center_id),
                "had": cite("center", homes[room_id]),
            }

        yield Suits(
            sessions=select_sessions(timetable, self.where), cost=cost, facts=facts,
            key=lambda n: sessions[n].center_id,
        )  # fmt: skip
