"""Candidates of a problem: the sessions to place, with the rooms and trainers to choose among.

This is the first step of the model compilation. It numbers sessions, rooms and persons, and drops
the rooms that a hard rule of suitability forbids. Times are left to `domains`.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from functools import cached_property

import attrs

from mic_core.chrono import Interval, Slot
from mic_core.findings import LEVEL_OF, Level, Policy
from mic_core.ids import cite
from mic_core.model import Assignment
from mic_core.rules import Function, PortfolioRule, Rule, Suits, Term
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS
from mic_core.timetable import Timetable


@attrs.frozen(eq=False)
class WeightedTerm:
    """A term with the code and level of its rule, and the weight of one unit of its cost."""

    code: str
    level: Level
    weight: int
    term: Term

    @property
    def hard(self) -> bool:
        """True if its rule forbids every cost above 0."""
        return self.level == "hard"


def weighted_terms(
    rules: Iterable[Rule], timetable: Timetable, policy: Policy
) -> tuple[WeightedTerm, ...]:
    """The terms of all schedule rules, at the level that a policy sets for each rule."""
    found: list[WeightedTerm] = []
    for rule in rules:
        if isinstance(rule, PortfolioRule):
            continue
        entry = rule.entry
        severity = policy.severity(entry.code, entry.severity)
        if severity != "off":
            level = LEVEL_OF[severity]
            weight = rule.weight * LEVEL_WEIGHTS[level]
            found += [
                WeightedTerm(entry.code, level, weight, term) for term in rule.terms(timetable)
            ]
    return tuple(found)


@attrs.frozen(eq=False, slots=False, kw_only=True)
class Candidates:
    """The sessions to place, as activities 0, 1, 2..., and their alternatives of room and trainer.

    Invariant: `numbers` is increasing, and all tuples without another index are indexed by
    activity. Rooms and persons are indices into `rooms` and `persons`; -1 means none.
    `numbers` are the session numbers in the timetable, `windows` the instants between which each
    session has to lie, `pinned` the slot of a session that only seeks a room, else None.
    `room_choices` and `trainer_choices` are the alternatives; `unsuited` lists, by the code of the
    rule, the rooms that it forbids. `assigned_persons` are persons with a part in the session
    already; `assigned_ids` are their ids, by session number, also for fixed sessions.
    """

    timetable: Timetable
    terms: tuple[WeightedTerm, ...]
    numbers: tuple[int, ...]
    windows: tuple[Interval, ...]
    pinned: tuple[Slot | None, ...]
    rooms: tuple[str, ...]
    persons: tuple[str, ...]
    room_choices: tuple[tuple[int, ...], ...]
    unsuited: tuple[tuple[tuple[str, tuple[int, ...]], ...], ...]
    trainer_choices: tuple[tuple[int, ...], ...]
    assigned_persons: tuple[tuple[int, ...], ...]
    assigned_ids: Mapping[int, tuple[str, ...]]

    @cached_property
    def activity(self) -> Mapping[int, int]:
        """The activity of each session to place, by the session's number."""
        return {n: activity for activity, n in enumerate(self.numbers)}

    @cached_property
    def room(self) -> Mapping[str, int]:
        """The index of each room by its citation."""
        return {cite("room", id): room for room, id in enumerate(self.rooms)}

    @cached_property
    def person(self) -> Mapping[str, int]:
        """The index of each person by their citation."""
        return {cite("person", id): person for person, id in enumerate(self.persons)}

    @cached_property
    def fixed(self) -> tuple[int, ...]:
        """The numbers of the fixed sessions: they have a slot and are no activity."""
        return tuple(n for n in self.timetable.placed if n not in self.activity)

    @cached_property
    def fixed_by_label(self) -> Mapping[str, tuple[int, ...]]:
        """The fixed sessions of each room and person, by the citation of the room or person."""
        found: dict[str, list[int]] = {}
        for n in self.fixed:
            room = self.timetable.sessions[n].room_id
            if room is not None:
                found.setdefault(cite("room", room), []).append(n)
            for person in self.assigned_ids.get(n, ()):
                found.setdefault(cite("person", person), []).append(n)
        return {label: tuple(members) for label, members in found.items()}

    def fixed_sessions(self, label: str, among: Collection[int] | None) -> tuple[int, ...]:
        """The fixed sessions of a room or person, of those that a term counts (None: all)."""
        members = self.fixed_by_label.get(label, ())
        return members if among is None else tuple(n for n in members if n in among)


def candidates_of(
    timetable: Timetable,
    terms: tuple[WeightedTerm, ...],
    windows: Mapping[int, Interval],
    free: Collection[int],
) -> Candidates:
    """The candidates of all sessions that have a window; those in `free` may leave their slots.

    O(sessions + rooms), and O(rooms) for each key of a hard term on rooms, see `Suits`.
    """
    numbers = tuple(sorted(windows))
    rooms = _rooms_in_reach(timetable, numbers)
    assigned, led = _assignments(timetable)
    choices = [eligible_trainers(timetable, n, assigned.get(n, ()), led=n in led) for n in numbers]
    refuse_unseen_leads(
        (each.term for each in terms), timetable, zip(numbers, choices, strict=True)
    )
    people = {id for n in numbers for id in assigned.get(n, ())}
    persons = tuple(sorted(people.union(*choices)))
    person = {id: index for index, id in enumerate(persons)}
    where = _room_choices(timetable, numbers, rooms, free)
    suited = _suitable_rooms(terms, numbers, where, rooms)
    return Candidates(
        timetable=timetable,
        terms=terms,
        numbers=numbers,
        windows=tuple(windows[n] for n in numbers),
        pinned=tuple(None if n in free else timetable.slots[n] for n in numbers),
        rooms=rooms,
        persons=persons,
        room_choices=tuple(kept for kept, _ in suited),
        unsuited=tuple(why for _, why in suited),
        trainer_choices=tuple(tuple(person[id] for id in ids) or (-1,) for ids in choices),
        assigned_persons=tuple(
            tuple(sorted(person[id] for id in assigned.get(n, ()))) for n in numbers
        ),
        assigned_ids=assigned,
    )


def _rooms_in_reach(timetable: Timetable, numbers: Sequence[int]) -> tuple[str, ...]:
    """The rooms of the sessions' centers, and the rooms that online sessions have, sorted."""
    sessions = [timetable.sessions[n] for n in numbers]
    centers = {each.center_id for each in sessions}
    known = {id for id, room in timetable.rooms.items() if room.center_id in centers}
    kept = {each.room_id for each in sessions if each.mode == "online"}
    return tuple(sorted(known.union(id for id in kept if id is not None)))


def _assignments(timetable: Timetable) -> tuple[dict[int, tuple[str, ...]], set[int]]:
    """The persons assigned to each session, sorted, and the sessions that have a lead."""
    found: dict[int, set[str]] = {}
    led: set[int] = set()
    for part in timetable.portfolio.all(Assignment):
        n = timetable.numbers.get(part.session_id)
        if n is not None:
            found.setdefault(n, set()).add(part.person_id)
            if part.role == "lead":
                led.add(n)
    return {n: tuple(sorted(ids)) for n, ids in found.items()}, led


def refuse_unseen_leads(
    terms: Iterable[Term], timetable: Timetable, choices: Iterable[tuple[int, Collection[str]]]
) -> None:
    """Raise InvariantError if a black-box term depends on leads that are to be chosen.

    `choices` are the persons among whom the lead of a session is chosen, by its number.
    """
    leads = [(timetable.sessions[n].id, id) for n, ids in choices for id in ids]
    for term in terms:
        if isinstance(term, Function) and term.refuse_leads is not None:
            term.refuse_leads(leads)


def eligible_trainers(
    timetable: Timetable, n: int, busy: Collection[str], *, led: bool
) -> tuple[str, ...]:
    """The ids of the trainers among whom a session's lead is chosen; none if it is `led` already.

    These are the trainers of its module, without persons `busy` with another part in the session.
    """
    module = timetable.modules.get(timetable.sessions[n].module_id or "")
    return () if led or module is None else tuple(sorted({*module.trainers}.difference(busy)))


def _room_choices(
    timetable: Timetable, numbers: Iterable[int], rooms: tuple[str, ...], free: Collection[int]
) -> list[tuple[int, ...]]:
    """The rooms to choose among: those of the session's center, or the one that it must keep.

    An online session needs no room, -1 alone; if it has a room, it keeps and occupies it. All
    sessions of a center that may choose share one tuple.
    """
    by_center: dict[str, list[int]] = {}
    for room_index, id in enumerate(rooms):
        room = timetable.rooms.get(id)
        if room is not None:
            by_center.setdefault(room.center_id, []).append(room_index)
    shared = {center: tuple(listed) for center, listed in by_center.items()}
    index = {id: room_index for room_index, id in enumerate(rooms)}
    found: list[tuple[int, ...]] = []
    for n in numbers:
        session = timetable.sessions[n]
        own = session.room_id if session.mode == "online" or n not in free else None
        choices = shared.get(session.center_id, ())
        if session.mode == "online":
            choices = (-1,) if own is None else (index[own],)
        elif own is not None:
            choices = tuple(room for room in choices if rooms[room] == own)
        found.append(choices)
    return found


_Suitability = tuple[tuple[int, ...], tuple[tuple[str, tuple[int, ...]], ...]]


def _suitable_rooms(
    terms: tuple[WeightedTerm, ...],
    numbers: tuple[int, ...],
    where: Sequence[tuple[int, ...]],
    rooms: tuple[str, ...],
) -> list[_Suitability]:
    """The rooms of each session that no hard rule finds unsuitable, and the others by rule.

    Sessions of equal keys and choices share one tuple. O(sessions + keys times rooms).
    """
    why: list[list[tuple[str, tuple[int, ...]]]] = [[] for _ in numbers]
    activity_of = {n: activity for activity, n in enumerate(numbers)}
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for code, term in ((each.code, each.term) for each in terms if each.hard):
        if not isinstance(term, Suits):
            continue
        judged: dict[tuple[Hashable, int], tuple[int, ...]] = {}
        for n in term.sessions:
            activity = activity_of.get(n, -1)
            if activity < 0 or where[activity] == (-1,):
                continue
            # Choices are known by their identity: `where` keeps them, and most are shared.
            key = term_key(term, n), id(where[activity])
            if key not in judged:
                bad = tuple(room for room in where[activity] if term.cost(n, rooms[room]))
                judged[key] = known.setdefault(bad, bad)
            if judged[key]:
                why[activity].append((code, judged[key]))
    made: dict[tuple[object, ...], _Suitability] = {}
    found: list[_Suitability] = []
    for choices, reasons in zip(where, why, strict=True):
        same = id(choices), *((code, id(bad)) for code, bad in reasons)
        if same not in made:
            out = frozenset(room for _, bad in reasons for room in bad)
            left = tuple(room for room in choices if room not in out) if out else choices
            made[same] = left, tuple(reasons)
        found.append(made[same])
    return found


def soft_room_costs(candidates: Candidates) -> tuple[tuple[int, ...] | None, ...]:
    """The soft cost of each room for each activity; the last entry is for no room."""
    soft: list[list[tuple[WeightedTerm, Suits]]] = [[] for _ in candidates.numbers]
    for each in candidates.terms:
        if not each.hard and isinstance(each.term, Suits):
            for n in each.term.sessions:
                if n in candidates.activity:
                    soft[candidates.activity[n]].append((each, each.term))
    # Sessions of equal keys and choices share one tuple, known by the identity of its parts.
    known: dict[tuple[object, ...], tuple[int, ...] | None] = {(): None}
    found: list[tuple[int, ...] | None] = []
    for n, own, choices in zip(candidates.numbers, soft, candidates.room_choices, strict=True):
        key = (id(choices), *((id(term), term_key(term, n)) for _, term in own)) if own else ()
        if key not in known:
            costs = [0] * (len(candidates.rooms) + 1)
            for room in choices if choices != (-1,) else ():
                costs[room] = sum(
                    each.weight * term.cost(n, candidates.rooms[room]) for each, term in own
                )
            known[key] = tuple(costs) if any(costs) else None
        found.append(known[key])
    return tuple(found)


def term_key(term: Suits, n: int) -> Hashable:
    """The key of a session in a term; without keys, one that no other session has."""
    return ("session", n) if term.key is None else ("key", term.key(n))
