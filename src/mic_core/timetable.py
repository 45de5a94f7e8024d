"""The timetable: a columnar view of the sessions of a portfolio that are not cancelled.

Rules and solvers speak of a session by its number, the index into every column. Each column is
computed on first use and kept, so that rules share the work.
"""

from collections import Counter
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import UTC, tzinfo
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

import attrs

from mic_core.chrono import Interval, Slot
from mic_core.chrono.local import local, zone
from mic_core.errors import InvariantError
from mic_core.fields import Found, Value
from mic_core.ids import cite
from mic_core.model import (
    Assignment,
    Center,
    Edition,
    Module,
    Person,
    Room,
    Session,
)
from mic_core.model.names import plain_words
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import derived
from mic_core.portfolio.status import transitions_by_subject
from mic_core.portfolio.status_history import StatusHistory


@attrs.frozen(eq=False, slots=False)
class Timetable:
    """All sessions of a portfolio that are not cancelled, numbered in the order of their ids.

    A column has one item for each session, at its number. Instants are microseconds since 1970 in
    UTC, days are ordinals counted from 1 January 1, minutes are those of a local day.
    """

    portfolio: Portfolio
    sessions: tuple[Session, ...]

    windows: Mapping[int, Interval] = attrs.field(factory=dict[int, Interval])
    """The first and last possible start of each session that may move, by its number.

    Empty in a timetable as it is recorded; a solver states its terms over one with windows.
    """

    certain: bool = False
    """True if terms count only what holds wherever in its window a session goes, as proofs need.

    Otherwise a session with a window counts what holds at any start in it.
    """

    @cached_property
    def placed(self) -> tuple[int, ...]:
        """Numbers of the sessions that have a slot."""
        return tuple(n for n, session in enumerate(self.sessions) if session.slot is not None)

    @cached_property
    def slots(self) -> tuple[Slot | None, ...]:
        """The slot of each session; None where it has none yet."""
        return tuple(session.slot for session in self.sessions)

    @cached_property
    def starts(self) -> list[int]:
        """The instant at which each session starts; 0 without a slot."""
        return [slot.start_utc if slot is not None else 0 for slot in self.slots]

    @cached_property
    def ends(self) -> list[int]:
        """The instant at which each session ends; 0 without a slot, so that it never overlaps."""
        return [slot.end_utc if slot is not None else 0 for slot in self.slots]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The citation of each session in findings, `session:id`."""
        return tuple(cite("session", session.id) for session in self.sessions)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each session by its id."""
        return {session.id: n for n, session in enumerate(self.sessions)}

    @cached_property
    def rooms(self) -> Mapping[str, Room]:
        """All rooms by id."""
        return {room.id: room for room in self.portfolio.all(Room)}

    @cached_property
    def centers(self) -> Mapping[str, Center]:
        """All centers by id."""
        return {center.id: center for center in self.portfolio.all(Center)}

    @cached_property
    def editions(self) -> Mapping[str, Edition]:
        """All editions by id."""
        return {edition.id: edition for edition in self.portfolio.all(Edition)}

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """The modules of all programs by id."""
        return self.portfolio.modules()

    @cached_property
    def audiences(self) -> tuple[tuple[str, ...], ...]:
        """The ids expected at each session: its audience, or else its edition."""
        return tuple(
            session.audience or ((session.edition_id,) if session.edition_id else ())
            for session in self.sessions
        )

    @cached_property
    def sessions_by_person(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the sessions each person is assigned to, ascending.

        The trainers of a module are among the keys even if they have no session.
        """
        # Most persons have one session: only a second one makes a list.
        sessions: dict[str, tuple[int, ...] | list[int]] = {
            id: () for module in self.modules.values() for id in module.trainers
        }
        numbers = self.numbers
        for part in self.portfolio.all(Assignment):
            n = numbers.get(part.session_id)
            if n is not None:
                own = sessions.get(part.person_id, ())
                if not own:
                    sessions[part.person_id] = (n,)
                elif isinstance(own, list):
                    own.append(n)
                else:
                    sessions[part.person_id] = [*own, n]
        return {
            id: own if isinstance(own := sessions[id], tuple) else tuple(sorted({*own}))
            for id in sorted(sessions)
        }

    @cached_property
    def sessions_by_room(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the sessions in each room, ascending."""
        sessions: dict[str, list[int]] = {id: [] for id in sorted(self.rooms)}
        for n, session in enumerate(self.sessions):
            if session.room_id in sessions:
                sessions[session.room_id].append(n)
        return {id: tuple(numbers) for id, numbers in sessions.items()}

    @cached_property
    def sessions_by_module(self) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
        """Each pair of edition and module that has sessions, with their numbers.

        A session of a module counts for its edition and for the editions in its audience.
        """
        sessions: dict[tuple[str, str], list[int]] = {}
        for n, session in enumerate(self.sessions):
            module, edition = session.module_id, session.edition_id
            if module is not None:
                if edition is not None and edition in self.editions:
                    sessions.setdefault((edition, module), []).append(n)
                for id in session.audience:
                    if id != edition and id in self.editions:
                        sessions.setdefault((id, module), []).append(n)
        return tuple((*key, tuple(sessions[key])) for key in sorted(sessions))

    @cached_property
    def places(self) -> tuple[tzinfo, ...]:
        """The time zone of each session: of its center, else of its slot, else UTC."""
        zones = {id: zone(center.time_zone) for id, center in self.centers.items()}
        return tuple(
            zones.get(session.center_id)
            or (session.slot is not None and session.slot.start.tzinfo)
            or UTC
            for session in self.sessions
        )

    @cached_property
    def days(self) -> list[int]:
        """The local day on which each session starts, as an ordinal; 0 without a slot."""
        return [day for day, _ in self._clocks]

    @cached_property
    def minutes(self) -> list[int]:
        """The minute of that day at which each session starts, from 0; 0 without a slot."""
        return [minute for _, minute in self._clocks]

    @cached_property
    def _clocks(self) -> list[tuple[int, int]]:
        return [
            clock(slot.start_utc, place) if slot is not None else (0, 0)
            for slot, place in zip(self.slots, self.places, strict=True)
        ]

    @cached_property
    def duplicates(self) -> tuple[tuple[int, ...], ...]:
        """Classes of two or more placed sessions that are one session entered twice, by number.

        Such sessions agree in slot, room and content. A session that may move is in no class.
        """
        # A cheap key of the fields that differ most often spares most full comparisons.
        first: dict[object, int] = {}
        near: dict[int, list[int]] = {}
        columns = (self.starts, self.ends, map(_ROOM_ID, self.sessions), map(_TITLE, self.sessions))
        for n, key in enumerate(zip(*columns, strict=True)):
            if self.slots[n] is not None and n not in self.windows:
                earlier = first.setdefault(key, n)
                if earlier != n:
                    near.setdefault(earlier, [earlier]).append(n)
        return tuple(each for n in sorted(near) for each in self._classes(near[n]))

    @cached_property
    def are_duplicates(self) -> "SharedMarks | None":
        """A predicate that is true for two sessions of one class; None if there are no duplicates.

        A session without a slot has no duplicate: several equal ones may wait to be placed.
        """
        first = {n: members[0] for members in self.duplicates for n in members}
        marks = {n: (each,) for n, each in first.items()}
        return SharedMarks(lambda n: marks.get(n, ())) if first else None

    def twins(self, among: Collection[int]) -> tuple[tuple[int, ...], ...]:
        """Classes of sessions that would be duplicates in one slot and room, by number.

        Only the classes that hold one of the sessions `among`. O(sessions).
        """
        if not among:
            return ()
        titles = {self.sessions[n].title for n in among}
        like = [n for n, session in enumerate(self.sessions) if session.title in titles]
        return tuple(each for each in self._classes(like) if not set(each).isdisjoint(among))

    def _classes(self, members: Iterable[int]) -> Iterator[tuple[int, ...]]:
        """The classes of two or more of these sessions that agree in content.

        Sessions that the count of their module calls for are left out.
        """
        near: dict[object, list[int]] = {}
        for n in members:
            near.setdefault(_CONTENT(self.sessions[n]), []).append(n)
        # Who gives a session is asked only where another one has the same content.
        alike: dict[object, list[int]] = {}
        for content, each in near.items():
            for n in each if len(each) > 1 else ():
                givers = derived(self.portfolio, _givers_of, self.sessions[n].id)
                alike.setdefault((content, givers), []).append(n)
        for each in sorted(alike.values()):
            if len(each) > 1 and not self._is_called_for(each[0]):
                yield tuple(each)

    def _is_called_for(self, n: int) -> bool:
        """True if the count of its module calls for all sessions of a session's module and cohort.

        A cohort is its edition or one of its audience.
        """
        module = self.modules.get(self.sessions[n].module_id or "")
        return module is not None and any(
            self._module_sizes[module.id, cohort] <= module.count
            for cohort in _cohorts(self.sessions[n])
        )

    @cached_property
    def _module_sizes(self) -> Mapping[tuple[str, str], int]:
        """The number of sessions by module and cohort."""
        return Counter(
            (session.module_id, cohort)
            for session in self.sessions
            if session.module_id is not None
            for cohort in _cohorts(session)
        )

    def index_of(self, make: Callable[[Portfolio], object]) -> object:
        """An index that a function makes of the portfolio; called once per timetable.

        Timetables in which sessions are moved share it, since their portfolio is the same.
        """
        made = self._indexes
        if id(make) not in made:
            made[id(make)] = make, make(self.portfolio)
        return made[id(make)][1]

    @cached_property
    def _indexes(self) -> dict[int, tuple[object, object]]:
        """The results of `index_of` by the id of the function, which is kept alive beside it."""
        return {}

    def moving(self, windows: Mapping[int, Interval], *, certain: bool = False) -> "Timetable":
        """The same timetable for a solver that may move some sessions, each within its window.

        `windows` are the first and last possible start by number. O(1).
        """
        if not windows:
            return self
        made = attrs.evolve(self, windows=windows, certain=certain)
        vars(made)["_indexes"] = self._indexes
        vars(made).update((k, v) for k, v in vars(self).items() if k in _UNMOVED)
        return made

    def put(self, n: int, session: Session) -> "Timetable":
        """A timetable in which session n has another slot or room.

        The portfolio stays as it is. O(sessions), but faster than computing all columns again.
        """
        made = Timetable(self.portfolio, _with(self.sessions, n, session))
        # A cached property lives in the instance dictionary; here these are filled in advance.
        known, own = vars(self), vars(made)
        own["_indexes"] = self._indexes
        own.update((name, known[name]) for name in _INDEPENDENT if name in known)
        if session.center_id in self.centers:  # else its zone may follow from its slot
            own["places"] = self.places
        slot = session.slot
        starts, ends = (slot.start_utc, slot.end_utc) if slot is not None else (0, 0)
        day, minute = clock(starts, made.places[n]) if slot is not None else (0, 0)
        own["slots"] = _with(self.slots, n, slot)
        columns = {"starts": starts, "ends": ends, "days": day, "minutes": minute}
        for name, value in columns.items():
            own[name] = [*_with(getattr(self, name), n, value)]
        return made


_INDEPENDENT = (
    "names", "numbers", "rooms", "centers", "editions", "modules", "audiences",
    "sessions_by_person",
)  # fmt: skip
"""Columns and look-ups that do not depend on slots and rooms."""

_UNMOVED = frozenset(
    (
        *_INDEPENDENT,
        "placed", "slots", "starts", "ends", "sessions_by_room", "sessions_by_module", "places",
        "days", "minutes", "_clocks", "_module_sizes",
    )
)  # fmt: skip
"""Columns and look-ups that do not depend on the windows of sessions that may move."""

_Value = TypeVar("_Value")


def _with(values: Sequence[_Value], n: int, value: _Value) -> tuple[_Value, ...]:
    """The values with the one at index n replaced."""
    return (*values[:n], value, *values[n + 1 :])


_ROOM_ID: Callable[[Session], str | None] = attrgetter("room_id")
_TITLE: Callable[[Session], str] = attrgetter("title")

_CONTENT: Callable[[Session], object] = attrgetter(
    *(
        field.name
        for field in attrs.fields(Session)
        if field.name not in {"id", "slot", "room_id", "revision", "status"}
    )
)
"""The fields in which duplicates agree, besides slot and room."""


def _cohorts(session: Session) -> set[str]:
    """The edition and the audience of a session; "" alone where it has neither."""
    own = {session.edition_id} if session.edition_id is not None else set[str]()
    return own.union(session.audience) or {""}


def _givers_of(portfolio: Portfolio, session_id: str) -> frozenset[tuple[object, str]]:
    """The persons who give a session, by plain name or else id, each with the role."""
    found: set[tuple[object, str]] = set()
    for part in portfolio.where(Assignment, session_id=session_id):
        person = portfolio.find(Person, part.person_id)
        name = plain_words(person.name) if person is not None else ()
        found.add((name or part.person_id, part.role))
    return frozenset(found)


def clock(us: int, place: tzinfo) -> tuple[int, int]:
    """The local day at an instant, counted from 1 January 1, and the minute of that day.

    An instant outside the calendar of the zone is converted in UTC.

    >>> clock(1_410_364_800_000_000, zone("Europe/Brussels"))
    (735486, 1080)
    """
    try:
        shown = local(us, place)
    except InvariantError:
        shown = local(us, UTC)
    return shown.toordinal(), shown.hour * 60 + shown.minute


@attrs.frozen
class SharedMarks:
    """A predicate on pairs of sessions that is true where both have a mark in common.

    `marks` are those of a session, by its number. Because they are sets, the pairs that the
    predicate excepts can be left out without walking them.
    """

    marks: Callable[[int], Collection[Hashable]]

    def __call__(self, a: int, b: int) -> bool:
        """True if two sessions share a mark."""
        return not frozenset(self.marks(a)).isdisjoint(self.marks(b))


def timetable_of(portfolio: Portfolio) -> Timetable:
    """The timetable of a portfolio. O(n log n) over its sessions.

    Raises InvariantError for a value that is no portfolio.

    >>> timetable_of(Portfolio.of()).sessions
    ()
    """
    found: Found = []
    Value(Portfolio).settle(portfolio, "portfolio", found)
    if found:
        raise InvariantError("timetable_of", found)
    changed = derived(portfolio, transitions_by_subject).get("session", {})
    kept = (
        each
        for each in portfolio.all(Session)
        if (
            each.status if each.id not in changed else StatusHistory.of(each, changed[each.id]).last
        )
        != "cancelled"
    )
    return Timetable(portfolio, tuple(kept))


def is_placed(session: Session) -> bool:
    """True if a session has a slot and, unless it is online only, a room."""
    return session.slot is not None and (session.room_id is not None or session.mode == "online")
