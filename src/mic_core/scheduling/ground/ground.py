"""The ground of a proposal: what optimistic concurrency control validates when it is recorded.

A proposal is made on a portfolio and recorded on a later one. It still fits unless its changes now
clash under hard rules, or rest on premises, in a way that they did not on its ground. So records
that have nothing to do with it never make it stale.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import attrs

from mic_core.errors import InvariantError, MicError
from mic_core.fields import sound
from mic_core.findings import Finding, Policy, in_order
from mic_core.model import Noun
from mic_core.portfolio import Portfolio
from mic_core.portfolio.log import ALWAYS
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.rules import Rule
from mic_core.scheduling.ground.causes import Past, with_cause
from mic_core.scheduling.ground.clashes import Clashes, ClashKey, clashes_of, group_clashes

ProposingVerb = Literal["plan", "repair", "suggest", "outline", "change_series", "fixes"]
"""The verbs whose results have a ground."""

_MENDS: dict[ProposingVerb, str] = {
    "plan": "plan again",
    "repair": "repair again",
    "suggest": "suggest again",
    "outline": "outline again",
    "change_series": "change the series again",
    "fixes": "ask for fixes again",
}


@attrs.frozen(kw_only=True)
class Ground:
    """The basis of a proposal: the last record that it saw, its hard rules, and known clashes.

    `seen` is the instant of that record; None where all was always known. `rules` are those that
    `policy` makes hard, judged `as_of` an instant; `known` are the clashes that the changes had on
    this ground already, each with its cost.
    """

    verb: ProposingVerb
    seen: datetime | None = None
    # The order of rules means nothing, so that it makes no difference between proposals.
    rules: tuple[Rule, ...] = attrs.field(default=(), repr=False, eq=False)
    policy: Policy = Policy()
    as_of: datetime | None = None
    known: tuple[tuple[ClashKey, int], ...] = ()

    @property
    def mend(self) -> str:
        """The way out where a proposal does not fit any more: to ask its verb again."""
        return _MENDS[self.verb]

    def new_conflicts(self, portfolio: Portfolio, changes: Iterable[Noun]) -> tuple[Finding, ...]:
        """The clashes that recording the changes would make and that their ground did not have.

        The message of each says what was recorded in between; its fact `since` cites that.
        Raises InvariantError for a rule that raises, IllegalTransition or NotFound for changes that
        cannot be recorded. O(n log n + breaches) over n sessions; each clash is then sought in
        O(log m) portfolios of the m instants since.
        """
        sound("new_conflicts", portfolio=(portfolio, PORTFOLIO))
        changes = tuple(changes)
        found = self._new(portfolio, changes)
        if not found:
            return ()
        past = Past(portfolio, self.seen, lambda then: self._keys(then, changes))
        return in_order(
            with_cause(clash.finding, past.causes_of(key, clash.finding, changes), self.mend)
            for key, clash in found.items()
        )

    def _new(self, portfolio: Portfolio, changes: tuple[Noun, ...]) -> Clashes:
        """The clashes of the changes that are new, or worse than on the ground."""
        after = recorded(portfolio, changes)
        known = dict(self.known)
        now = clashes_of(portfolio, after, changes, self.rules, self.policy, self.as_of)
        found = {key: each for key, each in now.items() if each.cost > known.get(key, 0)}
        if any(each.counts_many for each in found.values()):
            # A group may have become worse by others alone; then these changes are not to blame.
            alone = group_clashes(portfolio, self.rules)
            found = {
                key: each
                for key, each in found.items()
                if not each.counts_many or key not in alone or each.cost > alone[key].cost
            }
        return found

    def _keys(self, portfolio: Portfolio, changes: tuple[Noun, ...]) -> frozenset[ClashKey]:
        """The new clashes in an earlier portfolio; none where the changes do not fit its log."""
        try:
            return frozenset(self._new(portfolio, changes))
        except MicError:
            return frozenset()


def ground_of(
    verb: ProposingVerb,
    portfolio: Portfolio,
    changes: Iterable[Noun],
    rules: Iterable[Rule] = (),
    policy: Policy = Policy(),  # noqa: B008  # a frozen value
    *,
    as_of: datetime | None = None,
) -> Ground:
    """The ground of changes that a verb proposes on a portfolio, by its rules.

    Raises InvariantError for a rule that raises. O(n log n + breaches).
    """
    changes = tuple(changes)
    hard = tuple(
        rule for rule in rules if policy.severity(rule.entry.code, rule.entry.severity) == "error"
    )
    log = portfolio.log
    after = recorded(portfolio, changes)
    known = clashes_of(portfolio, after, changes, hard, policy, as_of)
    return Ground(
        verb=verb,
        seen=log[-1].recorded_at if log else None,
        rules=hard,
        policy=policy,
        as_of=as_of,
        known=tuple(sorted((key, clash.cost) for key, clash in known.items())),
    )


def recorded(portfolio: Portfolio, changes: Iterable[Noun]) -> Portfolio:
    """The portfolio after recording the changes, at the instant of its last record.

    A microsecond later where that instant took back an id that the changes use again.
    """
    log, changes = portfolio.log, tuple(changes)
    last = (log[-1].recorded_at if log else None) or ALWAYS
    try:
        return portfolio.record(*changes, recorded_at=last)
    except InvariantError:
        return portfolio.record(*changes, recorded_at=last + _MICROSECOND)


_MICROSECOND = timedelta(microseconds=1)
