"""Constraint violations: the sessions in breaches of hard rules, and those that may still move."""

from collections.abc import Collection, Mapping, Sequence

import attrs

from mic_core.findings import Policy
from mic_core.rules import Arcs, Breach, ScheduleRule, Suits, Term, Within
from mic_core.scheduling.evaluation.conflicts import breaches_of
from mic_core.scheduling.rules.overlap import DUPLICATE_SESSION
from mic_core.scheduling.scope import to_come
from mic_core.timetable import Timetable


@attrs.frozen
class Violations:
    """The violations of hard rules: sessions, by number, with how many breaches each shares in.

    `named` are those that the findings name, `alone` those that violate a unary rule, whatever
    other sessions do. `cost` is the total of the breaches, with the weights of their rules.
    """

    shares: Mapping[int, int]
    named: frozenset[int]
    alone: frozenset[int]
    cost: int


def find_violations(
    timetable: Timetable, mine: Collection[int], rules: Sequence[ScheduleRule], policy: Policy
) -> Violations:
    """The violations of hard rules among the sessions in `mine`.

    A rule is hard if the policy makes it an error; waived breaches do not count. Nor do duplicates,
    which are mended by taking one back, not by a move.
    O(n log n + breaches) over n placed sessions.
    """
    shares: dict[int, int] = {}
    named: set[int] = set()
    alone: set[int] = set()
    cost = 0
    for rule in rules:
        if rule.entry.code == DUPLICATE_SESSION.entry.code:
            continue
        if policy.severity(rule.entry.code, rule.entry.severity) != "error":
            continue
        for term in rule.terms(timetable):
            for breach in breaches_of(term, timetable):
                ours = [n for n in _involved(term, breach, timetable) if n in mine]
                if ours and not _is_waived(breach, rule, policy):
                    cost += rule.weight * breach.cost
                    named.update([n for n in ours if n in breach.sessions] or ours)
                    alone.update(ours if isinstance(term, Within | Suits) else ())
                    for n in ours:
                        shares[n] = shares.get(n, 0) + 1
    return Violations(shares, frozenset(named), frozenset(alone), cost)


def _involved(term: Term, breach: Breach, timetable: Timetable) -> tuple[int, ...]:
    """The sessions that share in a breach; of a precedence, all predecessors that end too late.

    The finding names the last of these alone.
    """
    if not isinstance(term, Arcs):
        return breach.sessions
    early = timetable.starts[breach.sessions[0]] - term.gap
    late = (n for n in term.firsts if timetable.ends[n] > early and timetable.slots[n] is not None)
    return tuple(dict.fromkeys((*breach.sessions, *late)))


def _is_waived(breach: Breach, rule: ScheduleRule, policy: Policy) -> bool:
    if not policy.waivers:
        return False
    finding = breach.finding(rule.entry, "error")
    return policy.waiver(finding, None) is not None


def may_move(timetable: Timetable, mine: Collection[int]) -> frozenset[int]:
    """The sessions among `mine` that have a slot, are still to take place, and no duplicates.

    A session that was held, or at which somebody was present, missed or counted, is history.
    O(attendances + headcounts + transitions).
    """
    slots = timetable.slots
    twice = {n for members in timetable.duplicates for n in members}
    return to_come(timetable, [n for n in mine if slots[n] is not None and n not in twice])
