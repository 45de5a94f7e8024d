"""Details of causes: the people and features that a room lacks, and the sessions that block.

A rule about rooms names what a session needs and each room has; a rule about a disjunctive resource
names the fixed sessions that take it in the windows of the sessions that cannot be placed.
"""

from collections.abc import Iterable, Iterator, Sequence

from mic_core.ids import cite
from mic_core.rules import Facts, ScheduleRule, Suits
from mic_core.scheduling.infeasibility.relaxation import Cause
from mic_core.scheduling.problem.problem import PlanningProblem

_MOST = 3
"""Rooms or sessions that one detail names; the rest is a number."""


def details_of(
    problem: PlanningProblem,
    rules: Sequence[ScheduleRule],
    numbers: Sequence[int],
    causes: Iterable[Cause],
) -> tuple[str, ...]:
    """The detail of each cause of some sessions, by number; "" where there is none. O(sessions)."""
    return tuple(
        _listed(
            _taken(problem, numbers, cause.label)
            if cause.label
            else _unsuited(problem, rules, numbers, cause.code)
        )
        for cause in causes
    )


def _listed(parts: Iterable[str]) -> str:
    """Some parts as one text, each once, of many the first."""
    every = [*dict.fromkeys(parts)]
    more = [f"and {len(every) - _MOST} more"] if len(every) > _MOST else []
    return ", ".join(every[:_MOST] + more)


def _unsuited(
    problem: PlanningProblem, rules: Sequence[ScheduleRule], numbers: Sequence[int], code: str
) -> Iterator[str]:
    """The rooms that a rule calls unsuited, with what is needed and what each has or lacks."""
    bad = {
        each.number: {room for of, rooms in each.unsuited if of == code for room in rooms}
        for each in problem.activities
    }
    terms = [
        term
        for rule in rules
        for term in (rule.terms(problem.timetable) if rule.entry.code == code else ())
        if isinstance(term, Suits)
    ]
    for term in terms:
        for n in [each for each in numbers if each in term.sessions]:
            for room in sorted(problem.rooms[room] for room in bad[n]):
                yield _comparison(room, term.facts(n, room))


def _comparison(room: str, facts: Facts) -> str:
    """The part of what is needed that a room has or lacks, in words."""
    needed, had = facts.get("needed"), facts.get("had")
    if isinstance(needed, tuple):
        return f"{cite('room', room)} lacks {' and '.join(map(str, needed))}"
    return f"{cite('room', room)} has {had} of {needed}" if had is not None else cite("room", room)


def _taken(problem: PlanningProblem, numbers: Sequence[int], label: str) -> Iterator[str]:
    """The fixed sessions that take a cited resource in the windows of some sessions, in order."""
    table = problem.timetable
    free = {each.number for each in problem.activities}
    windows = [
        window
        for each, window in zip(problem.activities, problem.windows, strict=True)
        if each.number in numbers
    ]
    kind, _, id = label.partition(":")
    for n in table.placed:
        session = table.sessions[n]
        holds = {
            "room": session.room_id == id,
            "person": n in table.sessions_by_person.get(id, ()),
            "edition": id in table.audiences[n],
        }.get(kind, False)
        within = any(table.starts[n] < high and low < table.ends[n] for low, high in windows)
        if holds and within and n not in free:
            yield f"{cite('session', session.id)} is there"
