"""Validation of proposed changes: the breaches of hard rules in which these changes take part.

A breach is identified by its rule and its subjects. A breach that counts many sessions, such as the
sum of a day, is identified by its group and bucket instead, and compared by its cost: there one
more session makes the same breach worse.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime

import attrs

from mic_core.findings import Finding, Policy
from mic_core.ids import cite
from mic_core.model import Assignment, Noun, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.log import key_of
from mic_core.rules import (
    Arcs,
    Breach,
    Bucket,
    Distinct,
    Function,
    Pattern,
    PortfolioRule,
    Rule,
    ScheduleRule,
    Suits,
    Term,
    Within,
)
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.ground.premises import broken_premises
from mic_core.scheduling.rules.guard import guard_portfolio_rule, guard_rules
from mic_core.timetable import Timetable, timetable_of

ClashKey = tuple[str, tuple[str, ...], str]
"""The identity of a clash: the code of its rule, its subjects, and its bucket or field."""


@attrs.frozen(kw_only=True)
class Clash:
    """A breach of a hard rule with its cost; `counts_many` if its subjects are a whole group."""

    finding: Finding
    cost: int
    counts_many: bool = False


Clashes = Mapping[ClashKey, Clash]


def clashes_of(
    before: Portfolio,
    after: Portfolio,
    changes: Iterable[Noun],
    rules: Iterable[Rule],
    policy: Policy,
    as_of: datetime | None,
) -> Clashes:
    """The clashes of hard rules, and the broken premises, of changes that `after` has.

    `before` is the portfolio without the changes. Waived findings are none. Raises InvariantError
    for a rule that raises. O(n log n + breaches) over n sessions.
    """
    changes = tuple(changes)
    if not changes:
        return {}
    timetable = timetable_of(after)
    mine = _proposed(timetable, changes)
    cited = {cite(*key_of(each)) for each in changes}
    found: dict[ClashKey, Clash] = {}
    for rule in rules:
        if isinstance(rule, PortfolioRule):
            listed = _portfolio_clashes(rule, after, as_of, cited)
        else:
            listed = _schedule_clashes(rule, timetable, mine)
        for key, clash in listed:
            _add(found, key, clash)
    for each in broken_premises(before, after, changes):
        _add(found, (each.code, each.subjects, each.path), Clash(finding=each, cost=1))
    return {key: each for key, each in found.items() if policy.waiver(each.finding, as_of) is None}


def group_clashes(portfolio: Portfolio, rules: Iterable[Rule]) -> Clashes:
    """The clashes of groups in a portfolio as it is, of all sessions."""
    timetable = timetable_of(portfolio)
    found: dict[ClashKey, Clash] = {}
    for rule in rules:
        if not isinstance(rule, PortfolioRule):
            for key, clash in _schedule_clashes(rule, timetable, None):
                _add(found, key, clash)
    return found


def _add(found: dict[ClashKey, Clash], key: ClashKey, clash: Clash) -> None:
    old = found.get(key)
    found[key] = clash if old is None else attrs.evolve(old, cost=old.cost + clash.cost)


def _proposed(timetable: Timetable, changes: Iterable[Noun]) -> frozenset[int]:
    """The sessions with a slot that changes place, or that they assign somebody to, by number."""
    ids = {
        each.session_id if isinstance(each, Assignment) else each.id
        for each in changes
        if isinstance(each, Assignment | Session)
    }
    numbers = (timetable.numbers.get(id) for id in ids)
    return frozenset(n for n in numbers if n is not None and timetable.slots[n] is not None)


def _schedule_clashes(
    rule: ScheduleRule, timetable: Timetable, mine: frozenset[int] | None
) -> Iterator[tuple[ClashKey, Clash]]:
    """The clashes of a schedule rule with some sessions; None means those of groups, of all."""
    if mine is not None and not mine:
        return
    (guarded,) = guard_rules("record", (rule,))
    for term in guarded.terms(timetable):
        place = _bucket_finder(term, timetable)
        if mine is None and place is None:
            continue
        for breach in breaches_of(term if mine is None else _narrowed(term, mine), timetable):
            if mine is None or not mine.isdisjoint(breach.sessions):
                finding = breach.finding(guarded.entry, "error")
                clash = Clash(finding=finding, cost=breach.cost, counts_many=place is not None)
                subjects = finding.subjects
                if place is not None:
                    subjects = tuple(each for each in subjects if not each.startswith("session:"))
                yield (finding.code, subjects, place(breach) if place else finding.path), clash


def _bucket_finder(term: Term, timetable: Timetable) -> Callable[[Breach], str] | None:
    """The function to the bucket of a breach, for terms that judge many sessions; else None."""
    match term:
        case Bucket() | Pattern():
            return lambda breach: str(breach.facts.get("bucket", breach.facts.get("day")))
        case Distinct():
            return lambda _: ""
        case Function(scope=scope) if scope not in ("session", "pair"):
            # Characters of an ISO date that name the bucket: a day, or a month.
            length = {"group-day": 10, "group-month": 7}.get(scope, 0)
            days = timetable.days
            return lambda breach: str(date.fromordinal(days[breach.sessions[0]]))[:length]
        case _:
            return None


def _narrowed(term: Term, mine: Collection[int]) -> Term:
    """The term without groups and spans that none of these sessions is in: these cannot clash."""
    match term:
        case Within():
            spans = [
                attrs.evolve(span, sessions=[n for n in span.sessions if n in mine])
                for span in term.spans
            ]
            return attrs.evolve(term, spans=[span for span in spans if span.sessions])
        case Suits():
            return attrs.evolve(term, sessions=[n for n in term.sessions if n in mine])
        case Arcs():
            return term
        case _:
            groups = [each for each in term.groups if any(n in mine for n in each.sessions)]
            narrowed: Term = attrs.evolve(term, groups=groups)
            return narrowed


def _portfolio_clashes(
    rule: PortfolioRule, portfolio: Portfolio, as_of: datetime | None, cited: AbstractSet[str]
) -> Iterator[tuple[ClashKey, Clash]]:
    """The clashes of a portfolio rule about the changed values."""
    if rule.entry.timed and as_of is None:
        return

    def read() -> Iterator[tuple[ClashKey, Clash]]:
        for breach in rule.find(portfolio, as_of):
            if not cited.isdisjoint(breach.subjects):
                finding = breach.finding(rule.entry, "error")
                key = (finding.code, finding.subjects, finding.path)
                yield key, Clash(finding=finding, cost=breach.cost)

    yield from guard_portfolio_rule("record", rule, read)()
