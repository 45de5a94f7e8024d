"""Insertion cost by rule: what each placement of one session adds while all others are fixed.

The insertion cost of a placement is the cost of the timetable with the session there, less its cost
without the session. It is computed for all starts at once: the cost of a term is a map from each
cost to the set of starts that have it (`term_costs`); these maps are summed by rule, for each room
and trainer. Most terms depend on neither, so that their map is computed once and shared.
"""

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
    CitedCosts,
    StartCosts,
    add_costs,
    group_costs,
    precedence_costs,
    restrict_costs,
    room_costs,
    within_costs,
)
from mic_core.scheduling.problem.candidates import weighted_terms
from mic_core.scheduling.problem.problem import LEVEL_WEIGHTS
from mic_core.timetable import Timetable

RuleKey = tuple[int, str]
"""The index of a level in `LEVELS`, and the code of a rule."""

_LEVEL_UNITS: Mapping[Level, int] = {"hard": 1 << 128, "medium": 1 << 64, "soft": 1}
"""One unit of each level in a lexicographic sum: above any cost that lower levels come to."""


@attrs.frozen(eq=False)
class RuleTerm:
    """A term of a rule, with the level and the weight that its cost counts at."""

    entry: Entry
    level: Level
    weight: int
    term: Term

    @property
    def key(self) -> RuleKey:
        """The key by which its cost is summed."""
        return LEVELS.index(self.level), self.entry.code


def rule_terms(
    rules: Iterable[ScheduleRule], timetable: Timetable, policy: Policy
) -> tuple[RuleTerm, ...]:
    """The terms of all rules, at the levels that a policy sets for them."""
    # Weighted terms carry the factor of their level for solvers; here levels are kept apart.
    return tuple(
        RuleTerm(rule.entry, each.level, each.weight // LEVEL_WEIGHTS[each.level], each.term)
        for rule in rules
        for each in weighted_terms((rule,), timetable, policy)
    )


_GroupOrSpan = TypeVar("_GroupOrSpan", Group, Span)


class InsertionCosts:
    """The insertion costs of one session for some terms, by room and trainer, computed on demand.

    Terms that cannot concern the session are left out. Costs of a term are kept under its index,
    with room and trainer only where it depends on them.
    """

    def __init__(self, options: Options, terms: Iterable[RuleTerm]) -> None:
        self.options = options
        self._terms = [each for each in terms if _may_concern(each.term, options.number)]
        self._depends = [
            (_depends_on_room(each.term), _depends_on_trainer(each.term)) for each in self._terms
        ]
        self._by_term: dict[tuple[int, str | None, str | None], list[CitedCosts]] = {}
        self._by_rule: dict[tuple[str | None, str | None], dict[RuleKey, StartCosts]] = {}

    def by_term(
        self, room: str | None, trainer: str | None
    ) -> Iterator[tuple[RuleTerm, str, StartCosts]]:
        """The insertion costs of each term by the label that it cites, before weights."""
        for index, each in enumerate(self._terms):
            by_room, by_trainer = self._depends[index]
            key = index, room if by_room else None, trainer if by_trainer else None
            if key not in self._by_term:
                found = self._costs(each.term, room, trainer) if self.options.size else ()
                self._by_term[key] = [(label, costs) for label, costs in found if costs]
            for label, costs in self._by_term[key]:
                yield each, label, costs

    def _costs(self, term: Term, room: str | None, trainer: str | None) -> Iterator[CitedCosts]:
        """The insertion costs of one term, by label."""
        options = self.options
        match term:
            case Suits():
                yield from room_costs(term, options, room)
            case Arcs():
                yield from precedence_costs(term, options)
            case Within():
                spans = self._joined(term.spans, term.axis, room, trainer)
                yield from within_costs(spans, options)
            case Exclusive(joins=joins) if joins is not None:
                for group, starts in joins(options.number, room):
                    costs = group_costs(term, group, options, room)
                    yield group.label, restrict_costs(costs, starts, options)
            case _:
                for group in self._joined(term.groups, term.axis, room, trainer):
                    yield group.label, group_costs(term, group, options, room)

    def _joined(
        self, groups: Sequence[_GroupOrSpan], axis: str, room: str | None, trainer: str | None
    ) -> Sequence[_GroupOrSpan]:
        """The groups, or spans, that the session belongs to when it is placed there."""
        if axis == "session":
            return [each for each in groups if self.options.number in each.sessions]
        if axis == "room":
            labels = {cite("room", room)} if room is not None else set[str]()
        else:
            persons = {*self.options.persons, *((trainer,) if trainer is not None else ())}
            labels = {cite("person", id) for id in persons}
        return [each for each in groups if each.label in labels]

    def by_rule(self, room: str | None, trainer: str | None) -> dict[RuleKey, StartCosts]:
        """The insertion costs of each rule, weighted."""
        choice = room, trainer
        if choice not in self._by_rule:
            found = self._by_rule[choice] = {}
            for each, _, costs in self.by_term(room, trainer):
                more = scale_costs(costs, each.weight)
                found[each.key] = add_costs(found.get(each.key, {}), more)
        return self._by_rule[choice]

    def at(self, start: int, room: str | None, trainer: str | None) -> dict[RuleKey, int]:
        """The insertion cost of each rule for the placement at start index `start`."""
        return {
            key: cost
            for key, costs in self.by_rule(room, trainer).items()
            for cost, starts in costs.items()
            if starts >> start & 1
        }

    def findings(
        self, start: int, room: str | None, trainer: str | None
    ) -> Iterator[tuple[RuleKey, Finding]]:
        """The findings about the session in a placement, each with its level and code."""
        n = self.options.number
        after = self.options.timetable.put(n, self.options.session_at(start, room))
        costly = {
            each
            for each, _, costs in self.by_term(room, trainer)
            if any(starts >> start & 1 for starts in costs.values())
        }
        for each in self._terms:
            # A breach of these terms with the session raises their cost: no cost, no breach of it.
            if each not in costly and isinstance(each.term, Within | Suits | Exclusive | Apart):
                continue
            for breach in breaches_of(self._restricted(each.term, start, room, trainer), after):
                if n in breach.sessions:
                    yield each.key, breach.finding(each.entry, SEVERITY_OF[each.level])

    def _restricted(self, term: Term, start: int, room: str | None, trainer: str | None) -> Term:
        """The term restricted to the groups that the session belongs to when it is placed there."""
        n = self.options.number
        match term:
            case Arcs():
                return term
            case Suits(by_start=by_start) if by_start is not None:
                at = self.options.times.instants[start]
                ((_, part),) = by_start(n, at, at)
                return part
            case Suits():
                return attrs.evolve(term, sessions=(n,))
            case Within():
                spans = self._joined(term.spans, term.axis, room, trainer)
                return attrs.evolve(
                    term, spans=[attrs.evolve(span, sessions=(n,)) for span in spans]
                )
            case Exclusive(joins=joins) if joins is not None:
                at = self.options.times.instants[start]
                joined = [
                    _with_session(term, group, n)
                    for group, starts in joins(n, room)
                    if starts is None or any(first <= at < after for first, after in starts)
                ]
                return attrs.evolve(term, groups=[each for groups in joined for each in groups])
            case _:
                groups = self._joined(term.groups, term.axis, room, trainer)
                made: Term = attrs.evolve(
                    term,
                    groups=[each for group in groups for each in _with_session(term, group, n)],
                )
                return made


def forbidden_starts(by_rule: Mapping[RuleKey, StartCosts]) -> dict[str, StartSet]:
    """The starts at which the insertion cost of each hard rule is above 0, by code."""
    return {
        code: starts
        for (level, code), costs in by_rule.items()
        if level == 0 and (starts := starts_above_zero(costs))
    }


def total_costs(by_rule: Mapping[RuleKey, StartCosts]) -> StartCosts:
    """The insertion cost over all rules as one number, compared level by level."""
    found: StartCosts = {}
    for (level, _), costs in by_rule.items():
        found = add_costs(found, scale_costs(costs, _LEVEL_UNITS[LEVELS[level]]))
    return found


def _with_session(term: Term, group: Group, n: int) -> Iterator[Group]:
    """The group with the session; for a function, the parts of it that are judged with the session.

    A function of single sessions or of pairs is called for each of them, so others are left out.
    """
    members = sorted({*group.sessions, n})
    if isinstance(term, Function) and term.scope == "session":
        members = [n]
    if isinstance(term, Function) and term.scope == "pair":
        for m in members:
            if m != n:
                yield attrs.evolve(group, sessions=sorted((m, n)))
        return
    yield attrs.evolve(group, sessions=members)


def _may_concern(term: Term, n: int) -> bool:
    """True if a term can depend on a session, in whatever placement."""
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


def _depends_on_room(term: Term) -> bool:
    """True if the insertion cost of a term depends on the room."""
    match term:
        case Suits() | Function():
            return True
        case Arcs():
            return False
        case Exclusive(joins=joins) if joins is not None:
            return True
        case _:
            return term.axis == "room" or getattr(term, "per", None) == "room"


def _depends_on_trainer(term: Term) -> bool:
    """True if the insertion cost of a term depends on the chosen trainer."""
    return not isinstance(term, Suits | Arcs) and term.axis == "person"


def scale_costs(costs: StartCosts, weight: int) -> StartCosts:
    """The costs times a weight above 0.

    >>> scale_costs({1: 0b1, 2: 0b10}, 3)
    {3: 1, 6: 2}
    """
    return costs if weight == 1 else {weight * cost: each for cost, each in costs.items()}


def starts_above_zero(costs: StartCosts) -> StartSet:
    """The starts whose cost is above 0.

    >>> bin(starts_above_zero({1: 0b1, 2: 0b100, -1: 0b10}))
    '0b101'
    """
    found = 0
    for cost, starts in costs.items():
        if cost > 0:
            found |= starts
    return found


def cost_by_rule(
    terms: Sequence[RuleTerm], timetable: Timetable, keys: Iterable[RuleKey]
) -> dict[RuleKey, int]:
    """The weighted cost of some rules in a timetable. O(n log n + breaches) for each term."""
    return {
        key: sum(
            each.weight * breach.cost
            for each in terms
            if each.key == key
            for breach in breaches_of(each.term, timetable)
        )
        for key in keys
    }
