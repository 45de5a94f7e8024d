"""The cause of a clash: galloping search in the log for the record after which it is there."""

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

_MOST_TRIED = 8
"""Instants that are tried one by one: a budget, since each costs two checks."""


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
        self._first = seen or ALWAYS
        moments = {batch.recorded_at or ALWAYS for batch in portfolio.log}
        self._portfolio, self._judge = portfolio, clashes
        self._moments = sorted(each for each in moments if each >= self._first)
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
        if not self._moments:
            return ()
        moment, own = (
            self._moments[self._begin_of(key, finding)],
            {key_of(each): each for each in changes},
        )
        there = [
            Recording(recorded_at=batch.recorded_at, actor=batch.actor, value=value)
            for batch in self._portfolio.log
            if (batch.recorded_at or ALWAYS) == moment
            for value in batch.values
            if key_of(value) not in own
        ]
        # The subjects of the clash, then what cites them, then what the changes cite as well.
        subjects = frozenset(finding.subjects)
        named = frozenset[str]().union(*map(_cited, own.values()))
        wider = subjects | named
        nearest = [
            [each for each in there if subject_of(each.value) in subjects],
            [each for each in there if not subjects.isdisjoint(_cited(each.value))],
            [each for each in there if not wider.isdisjoint(_cited(each.value))],
            there,
        ]
        if moment == self._first:
            # The proposal has seen this instant, though not all of it: what it names was there.
            nearest = [
                [each for each in one if subject_of(each.value) not in named]
                for one in nearest[: 1 if moment == ALWAYS else 2]
            ]
        return next((tuple(one) for one in nearest if one), ())

    def _begin_of(self, key: ClashKey, finding: Finding) -> int:
        """The place of the instant from which on there is a clash until now.

        A clash may have come and gone before. So the last instants that have to do with it are
        tried one by one; if it began at none of these, a galloping search from the end follows.
        """
        for place in self._places_about(finding)[: -_MOST_TRIED - 1 : -1]:
            if key in self._clashes(place) and not (place and key in self._clashes(place - 1)):
                return place
        low, high, step = len(self._moments) - 2, len(self._moments) - 1, 1
        while low >= 0 and key in self._clashes(low):
            low, high, step = low - 2 * step, low, 2 * step
        low = max(low, -1)  # there was no clash on the ground
        while high - low > 1:
            middle = (low + high) // 2
            if key in self._clashes(middle):
                high = middle
            else:
                low = middle
        return high

    def _places_about(self, finding: Finding) -> list[int]:
        """The places of the instants at which something about the subjects was recorded."""
        subjects = frozenset(finding.subjects)
        moments = {
            batch.recorded_at or ALWAYS
            for batch in self._portfolio.log
            for value in batch.values
            if subject_of(value) in subjects or not subjects.isdisjoint(_cited(value))
        }
        return [place for place, moment in enumerate(self._moments) if moment in moments]


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
