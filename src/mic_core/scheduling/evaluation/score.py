"""The lexicographic objective: unplaced sessions, then hard, medium and soft cost."""

from collections.abc import Iterable
from functools import total_ordering
from typing import get_args

import attrs

from mic_core.findings import Fact, Level
from mic_core.markup import Html, Tone, badge, element, html_table, joined, notebook, table
from mic_core.portfolio import Portfolio, Scope
from mic_core.rules import Rule
from mic_core.scheduling.arguments import checked_arguments
from mic_core.scheduling.evaluation.conflicts import conflicts
from mic_core.scheduling.rules import SCHEDULE_RULES
from mic_core.scheduling.rules.guard import guard_rules
from mic_core.scheduling.scope import numbers_in
from mic_core.timetable import Timetable, is_placed, timetable_of

LEVELS: tuple[Level, ...] = get_args(Level)
"""The levels of rules, in the order in which scores are compared."""


@attrs.frozen(kw_only=True)
class RuleScore:
    """The score of the rules of one code and level: breaches, and the sum of weight times cost."""

    code: str
    level: Level
    breaches: int
    cost: int


@total_ordering
@attrs.frozen(kw_only=True, order=False)
class Score:
    """The cost of a timetable by levels; the lower, the better.

    Scores are compared lexicographically: by sessions that are not placed, then by hard, medium
    and soft cost. `by_rule` names the rules that cost anything, in the order of levels and codes.

    >>> print(Score(unplaced=1, hard=0, medium=0, soft=7))
    1 unplaced, 0 hard, 0 medium, 7 soft
    >>> Score(unplaced=0, hard=0, medium=0, soft=9) < Score(unplaced=1, hard=0, medium=0, soft=7)
    True
    """

    unplaced: int = 0
    hard: int = 0
    medium: int = 0
    soft: int = 0
    by_rule: tuple[RuleScore, ...] = attrs.field(default=(), eq=False)

    @property
    def levels(self) -> tuple[int, int, int, int]:
        """Unplaced, hard, medium and soft."""
        return self.unplaced, self.hard, self.medium, self.soft

    @property
    def feasible(self) -> bool:
        """True if every session is placed and no hard rule is broken."""
        return self.unplaced == 0 and self.hard == 0

    def __lt__(self, other: "Score") -> bool:
        return self.levels < other.levels

    def of(self, code: str, level: Level | None = None) -> int:
        """The cost of the rules of one code, at one level or (None) at any; 0 if all are kept."""
        return sum(
            each.cost for each in self.by_rule if each.code == code and level in {None, each.level}
        )

    def rows(self) -> tuple[dict[str, Fact], ...]:
        """A flat row for each rule that costs anything."""
        return tuple(
            {"level": each.level, "code": each.code, "breaches": each.breaches, "cost": each.cost}
            for each in self.by_rule
        )

    @property
    def total(self) -> str:
        """The levels in one line."""
        return f"{self.unplaced} unplaced, {self.hard} hard, {self.medium} medium, {self.soft} soft"

    def __str__(self) -> str:
        """The levels in one line, and a table of the rules that cost anything."""
        if not self.by_rule:
            return self.total
        rows = [(each.level, each.code, each.breaches, each.cost) for each in self.by_rule]
        return f"{self.total}\n\n{table(rows, ('level', 'rule', 'breaches', 'cost'))}"

    def html(self) -> Html:
        """The cost of each level in words, and a table of the rules that cost anything.

        >>> "1 unplaced" in str(Score(unplaced=1).html())
        True
        """
        items = [element("li", each) for each in level_badges(self)]
        return joined([element("ul", *items, class_="counts"), costs_table(self)])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def level_badges(of: Score) -> tuple[Html, ...]:
    """The cost of each level in words, as badges."""
    tones: tuple[Tone, ...] = ("error", "error", "warning", "info")
    sides = zip(of.total.split(", "), of.levels, tones, strict=True)
    return tuple(badge(word, tone if number else "good") for word, number, tone in sides)


def costs_table(of: Score) -> Html | None:
    """The cost of each rule as a table; None where all are kept."""
    rows = [(each.code, each.level, each.breaches, each.cost) for each in of.by_rule]
    headers = ("rule", "level", "breaches", "cost")
    return html_table(rows, headers, caption="What the rules cost") if rows else None


def score(
    of: Portfolio | Timetable,
    rules: Iterable[Rule] = SCHEDULE_RULES,
    scope: Scope | None = None,
) -> Score:
    """The score of a timetable by some rules: the sum of weight times cost over all breaches.

    With a `scope`, only breaches with one of its sessions count, and its own unplaced sessions;
    None means everything. Rules about the portfolio cost nothing. Solvers compute costs in other
    ways and are tested against this definition. Raises NotFound for an unknown scope, and
    InvariantError for arguments that are not valid and for a rule that raises.
    O(n log n + breaches) over n sessions.

    >>> print(score(Portfolio.of()))
    0 unplaced, 0 hard, 0 medium, 0 soft
    """
    given = checked_arguments("score", of=of, scope=() if scope is None else scope, rules=rules)
    timetable = of if isinstance(of, Timetable) else timetable_of(of)
    mine = None if scope is None else numbers_in(timetable, given.scope)
    found: dict[tuple[int, str], tuple[int, int]] = {}
    for rule in guard_rules("score", given.rules):
        key = LEVELS.index(rule.entry.level), rule.entry.code
        for breach in conflicts(rule, timetable):
            if mine is None or not mine.isdisjoint(breach.sessions):
                count, cost = found.get(key, (0, 0))
                found[key] = count + 1, cost + rule.weight * breach.cost
    by_rule = tuple(
        RuleScore(code=code, level=LEVELS[level], breaches=count, cost=cost)
        for (level, code), (count, cost) in sorted(found.items())
    )
    costs = {level: sum(each.cost for each in by_rule if each.level == level) for level in LEVELS}
    unplaced = sum(
        not is_placed(session)
        for n, session in enumerate(timetable.sessions)
        if mine is None or n in mine
    )
    return Score(unplaced=unplaced, **costs, by_rule=by_rule)
