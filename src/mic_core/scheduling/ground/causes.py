"""The cause of a clash: binary search in the log for the record after which it is there."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache

import attrs

from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.model import Noun
from mic_core.model.references import references
from mic_core.portfolio import Portfolio, Recording
from mic_core.portfolio.log import ALWAYS, key_of, recording_text, subject_of
from mic_core.scheduling.ground.clashes import ClashKey

_MOST_NAMED = 3
"""Records that a message names, at most: a budget that keeps it short."""


class Past:
    """The instants of a portfolio from the one that a proposal has seen, with the clashes at each.

    `clashes` returns the keys of the clashes of the proposal in a portfolio.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        seen: datetime | None,
        clashes: Callable[[Portfolio], frozenset[ClashKey]],
    ) -> None:
        first = seen or ALWAYS
        moments = {batch.recorded_at or ALWAYS for batch in portfolio.log}
        self._portfolio, self._judge = portfolio, clashes
        self._moments = sorted(each for each in moments if each >= first)
        self._clashes = cache(self._clashes_at)

    def _clashes_at(self, place: int) -> frozenset[ClashKey]:
        return self._judge(self._portfolio.as_of(self._moments[place]))

    def causes_of(
        self, key: ClashKey, finding: Finding, changes: Iterable[Noun]
    ) -> tuple[Recording, ...]:
        """The records of the instant from which on there is a clash, and that are nearest to it.

        The clash is there now, and was not when the proposal was made. O(log n) portfolios over n
        instants.
        """
        low, high = 0, len(self._moments) - 1
        if high < 0:
            return ()
        while low < high:
            middle = (low + high) // 2
            if key in self._clashes(middle):
                high = middle
            else:
                low = middle + 1
        moment, own = self._moments[low], {key_of(each): each for each in changes}
        there = [
            Recording(recorded_at=batch.recorded_at, actor=batch.actor, value=value)
            for batch in self._portfolio.log
            if (batch.recorded_at or ALWAYS) == moment
            for value in batch.values
            if key_of(value) not in own
        ]
        # The subjects of the clash, then what cites them, then what the changes cite as well.
        subjects = frozenset(finding.subjects)
        wider = subjects.union(*map(_cited, own.values()))
        for nearest in (
            [each for each in there if subject_of(each.value) in subjects],
            [each for each in there if not subjects.isdisjoint(_cited(each.value))],
            [each for each in there if not wider.isdisjoint(_cited(each.value))],
        ):
            if nearest:
                return tuple(nearest)
        return tuple(there)


def _cited(noun: Noun) -> frozenset[str]:
    """The citations of what a noun refers to, of every kind that each may be."""
    return frozenset(cite(kind, each.id) for each in references(noun) for kind in each.kinds)


def with_cause(finding: Finding, causes: Sequence[Recording], mend: str) -> Finding:
    """The finding with its cause in the message, what was recorded as `since`, and a mend."""
    named = tuple(dict.fromkeys(subject_of(each.value) for each in causes))
    texts = [recording_text(each) for each in causes[:_MOST_NAMED]]
    if len(causes) > _MOST_NAMED:
        texts.append(f"{len(causes) - _MOST_NAMED:,} more were recorded then")
    return attrs.evolve(
        finding,
        message="; ".join([finding.message, *texts]),
        facts=tuple(sorted({**dict(finding.facts), "since": named}.items())),
        mend=mend,
    )
