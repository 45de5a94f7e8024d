"""What one session adds to the cost of each rule, wherever it is put, while all others stay."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import attrs

from mic_core.findings import SEVERITY_OF, Finding, Level, Policy
from mic_core.ids import cite
from mic_core.rules import (
    Apart,
    Arcs,
    Entry,
    Exclusive,
    Function,
    Group,
    ScheduleRule,
    Span,
    Suits,
    Term,
    Within,
)
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.evaluation.score import LEVELS
from mic_core.scheduling.insertion.placements import Options, StartSet
from mic_core.scheduling.insertion.term_costs import (
    Levels,
    Piece,
    added,
    arcs,
    of_group,
    suits,
    within,
    within_costs,
)
from mic_core.scheduling.problem.candidates import weighted_terms
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS
from mic_core.timetable import Timetable

RuleKey = tuple[int, str]
"""A level, by its place among all, and the code of a rule."""

_STEPS: Mapping[Level, int] = {"hard": 1 << 128, "medium": 1 << 64, "soft": 1}


@attrs.frozen(eq=False)
class Line:
    """A term of a rule, at the level and with the weight that it has."""

    entry: Entry
    level: Level
    weight: int
    term: Term

    @property
    def key(self) -> RuleKey:
        """Under what its cost is summed up."""
        return LEVELS.index(self.level), self.entry.code


def lines_of(
    rules: Iterable[ScheduleRule], timetable: Timetable, policy: Policy
) -> tuple[Line, ...]:
    """The terms of all rules, at the levels that a policy gives them."""
    return tuple(
        Line(rule.entry, each.level, each.weight // LEVEL_WEIGHTS[each.level], each.term)
        for rule in rules
        for each in weighted_terms((rule,), timetable, policy)
    )


_Held = TypeVar("_Held", Group, Span)


class Added:
    """What the session of some options adds to the cost of some terms, by room and trainer."""

    def __init__(self, options: Options, lines: Iterable[Line]) -> None:
        self.options = options
        n = options.number
        self.lines = [line for line in lines if _concerns(line.term, n)]
        self.known: dict[tuple[int, str | None, str | None], list[Piece]] = {}
        self.sums: dict[tuple[str | None, str | None], dict[RuleKey, Levels]] = {}
        self.seen = [(_sees_rooms(line.term), _sees_trainers(line.term)) for line in self.lines]

    def parts(self, room: str | None, trainer: str | None) -> Iterator[tuple[Line, str, Levels]]:
        """Each term with whom it cites and what these account for."""
        for place, line in enumerate(self.lines):
            by_room, by_trainer = self.seen[place]
            key = place, room if by_room else None, trainer if by_trainer else None
            if key not in self.known:
                found = self._pieces(line.term, room, trainer) if self.options.size else ()
                self.known[key] = [(label, levels) for label, levels in found if levels]
            for label, levels in self.known[key]:
                yield line, label, levels

    def _pieces(self, term: Term, room: str | None, trainer: str | None) -> Iterator[Piece]:
        """What the session adds to a term when it is put there, by whom that cites."""
        options = self.options
        match term:
            case Suits():
                yield from suits(term, options, room)
            case Arcs():
                yield from arcs(term, options)
            case Within():
                yield from within_costs(self._mine(term.spans, term.axis, room, trainer), options)
            case Exclusive(joins=joins) if joins is not None:
                for group, starts in joins(options.number, room):
                    yield group.label, within(of_group(term, group, options, room), starts, options)
            case _:
                for group in self._mine(term.groups, term.axis, room, trainer):
                    yield group.label, of_group(term, group, options, room)

    def _mine(
        self, groups: Sequence[_Held], axis: str, room: str | None, trainer: str | None
    ) -> Sequence[_Held]:
        """The groups, or spans, that the session is in when it is put there."""
        if axis == "session":
            return [each for each in groups if self.options.number in each.sessions]
        if axis == "room":
            labels = {cite("room", room)} if room is not None else set[str]()
        else:
            persons = {*self.options.given, *((trainer,) if trainer is not None else ())}
            labels = {cite("person", id) for id in persons}
        return [each for each in groups if each.label in labels]

    def by_rule(self, room: str | None, trainer: str | None) -> dict[RuleKey, Levels]:
        """What is added to each rule."""
        choice = room, trainer
        if choice not in self.sums:
            found = self.sums[choice] = {}
            for line, _, levels in self.parts(room, trainer):
                found[line.key] = added(found.get(line.key, {}), weighted(levels, line.weight))
        return self.sums[choice]

    def at(self, start: int, room: str | None, trainer: str | None) -> dict[RuleKey, int]:
        """What is added to each rule from the so-manyth start on."""
        return {
            key: cost
            for key, levels in self.by_rule(room, trainer).items()
            for cost, starts in levels.items()
            if starts >> start & 1
        }

    def findings(
        self, start: int, room: str | None, trainer: str | None
    ) -> Iterator[tuple[RuleKey, Finding]]:
        """What rules would find about the session there, each with its level and code."""
        n = self.options.number
        after = self.options.timetable.put(n, self.options.standing(start, room))
        costly = {
            line
            for line, _, levels in self.parts(room, trainer)
            if any(starts >> start & 1 for starts in levels.values())
        }
        for line in self.lines:
            # Who shares in no breach of these adds nothing to them, so they need not be read.
            if line not in costly and isinstance(line.term, Within | Suits | Exclusive | Apart):
                continue
            for breach in breaches_of(self._around(line.term, start, room, trainer), after):
                if n in breach.sessions:
                    yield line.key, breach.finding(line.entry, SEVERITY_OF[line.level])

    def _around(self, term: Term, start: int, room: str | None, trainer: str | None) -> Term:
        """A term as far as it speaks of the session, put there."""
        n = self.options.number
        match term:
            case Arcs():
                return term
            case Suits(by_start=by_start) if by_start is not None:
                at = self.options.hours.instants[start]
                ((_, part),) = by_start(n, at, at)
                return part
            case Suits():
                return attrs.evolve(term, sessions=(n,))
            case Within():
                spans = self._mine(term.spans, term.axis, room, trainer)
                return attrs.evolve(
                    term, spans=[attrs.evolve(span, sessions=(n,)) for span in spans]
                )
            case Exclusive(joins=joins) if joins is not None:
                at = self.options.hours.instants[start]
                joined = [
                    _with(term, group, n)
                    for group, starts in joins(n, room)
                    if starts is None or any(first <= at < after for first, after in starts)
                ]
                return attrs.evolve(term, groups=[each for groups in joined for each in groups])
            case _:
                groups = self._mine(term.groups, term.axis, room, trainer)
                made: Term = attrs.evolve(
                    term, groups=[each for group in groups for each in _with(term, group, n)]
                )
                return made


def forbidden(by_rule: Mapping[RuleKey, Levels]) -> dict[str, StartSet]:
    """The starts at which each hard rule costs more than it does without the session."""
    return {
        code: starts
        for (level, code), levels in by_rule.items()
        if level == 0 and (starts := worse(levels))
    }


def total(by_rule: Mapping[RuleKey, Levels]) -> Levels:
    """What is added in all, one unit of a level outweighing whatever lower ones come to."""
    found: Levels = {}
    for (level, _), levels in by_rule.items():
        found = added(found, weighted(levels, _STEPS[LEVELS[level]]))
    return found


def _with(term: Term, group: Group, n: int) -> Iterator[Group]:
    """A group with a session, or the parts of it in which it is asked about."""
    members = sorted({*group.sessions, n})
    if isinstance(term, Function) and term.scope == "session":
        members = [n]
    if isinstance(term, Function) and term.scope == "pair":
        for m in members:
            if m != n:
                yield attrs.evolve(group, sessions=sorted((m, n)))
        return
    yield attrs.evolve(group, sessions=members)


def _concerns(term: Term, n: int) -> bool:
    """Whether a term can have anything to do with a session, wherever it is put."""
    match term:
        case Suits():
            return n in term.sessions
        case Arcs():
            return n in term.firsts or n in term.seconds
        case Exclusive(joins=joins) if joins is not None:
            return True
        case _ if term.axis != "session":
            return term.among is None or n in term.among
        case Within():
            return any(n in span.sessions for span in term.spans)
        case _:
            return any(n in group.sessions for group in term.groups)


def _sees_rooms(term: Term) -> bool:
    """Whether it depends on the room what a session adds to a term."""
    match term:
        case Suits() | Function():
            return True
        case Arcs():
            return False
        case Exclusive(joins=joins) if joins is not None:
            return True
        case _:
            return term.axis == "room" or getattr(term, "per", None) == "room"


def _sees_trainers(term: Term) -> bool:
    """Whether it depends on the chosen trainer what a session adds to a term."""
    return not isinstance(term, Suits | Arcs) and term.axis == "person"


def weighted(levels: Levels, weight: int) -> Levels:
    """So many times what is added.

    >>> weighted({1: 0b1, 2: 0b10}, 3)
    {3: 1, 6: 2}
    """
    return levels if weight == 1 else {weight * cost: each for cost, each in levels.items()}


def worse(levels: Levels) -> StartSet:
    """The starts that add anything.

    >>> bin(worse({1: 0b1, 2: 0b100, -1: 0b10}))
    '0b101'
    """
    found = 0
    for cost, starts in levels.items():
        if cost > 0:
            found |= starts
    return found


def cost_of(lines: Iterable[Line], timetable: Timetable) -> int:
    """What terms cost as a timetable stands. O(n log n + breaches) for each."""
    return sum(
        line.weight * breach.cost for line in lines for breach in breaches_of(line.term, timetable)
    )
