"""Ranking and cut: the order of the applications of a call, and the outcome of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Literal

import attrs

from mic_core.admission.requirements.judge import Judgement, digits
from mic_core.admission.selection.policy import SelectionPolicy, weights_of
from mic_core.admission.selection.pool import ApplicationPool, PoolEntry
from mic_core.admission.selection.quotas import cut
from mic_core.admission.selection.scores import Scored, scored
from mic_core.model.call import Outcome
from mic_core.wording import count_text

ApplicationOutcome = Literal[Outcome, "undecided", "left out"]
"""The outcome for an application: that of a decision, or none, or not considered at all."""

_GONE = frozenset({"draft", "withdrawn"})


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Ruling:
    """The outcome for one application, with its reasons, and its place on the waitlist."""

    outcome: ApplicationOutcome
    reasons: tuple[str, ...]
    waitlist_place: int | None = None
    quota: str | None = None


@attrs.define(eq=False, repr=False, slots=False)
class Ranking:
    """The applications of a pool in the order of their scores, ties broken as stated."""

    pool: ApplicationPool
    policy: SelectionPolicy

    @cached_property
    def weights(self) -> Mapping[str, int]:
        """The weights of the criteria; where the call names none, every score counts alike."""
        criteria = self.pool.call.criteria
        if not criteria and not self.policy.weights:
            criteria = tuple(
                (name, 1)
                for each in self.pool.entries
                for scores in each.reviews.values()
                for name in scores
            )
        return weights_of(criteria, self.policy.weights)

    @cached_property
    def scores(self) -> Mapping[str, Scored]:
        """The score of each application that has one."""
        reviews = {each.application.id: each.reviews for each in self.pool.entries}
        return scored(reviews, self.weights, self.policy.missing, self.policy.severity)

    @cached_property
    def entries(self) -> Sequence[PoolEntry]:
        """The applications that have a rank, the best first."""
        known = [each for each in self.pool.entries if self._has_rank(each)]
        return sorted(known, key=lambda each: tuple(key for _, key in self._keys(each)))

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The rank of each application that has one, from 1."""
        return {each.application.id: place for place, each in enumerate(self.entries, 1)}

    def _has_rank(self, entry: PoolEntry) -> bool:
        if entry.left_out or entry.eligible == "not met":
            return False
        known = self.scores.get(entry.application.id)
        return known is not None and known.reviews >= self.policy.least_reviews

    def _keys(self, entry: PoolEntry) -> Iterator[tuple[str, tuple[bool, Fraction | int | str]]]:
        """The sort keys of applications, each by its name: the score, then what breaks ties."""
        known = self.scores[entry.application.id]
        yield "score", (False, -known.score)
        for name in sorted(self.weights, key=lambda name: (-self.weights[name], name)):
            mean = known.criteria.get(name)
            yield name, (mean is None, -mean if mean is not None else 0)
        at = entry.submitted_at
        yield "time of submission", (at is None, "" if at is None else at.isoformat())
        yield "id", (False, entry.application.id)

    def tie_text(self, entry: PoolEntry) -> str:
        """The key that broke a tie with the next better application; empty if there was none."""
        place = self.ranks[entry.application.id]
        if place == 1:
            return ""
        better = self.entries[place - 2]
        pairs = zip(self._keys(better), self._keys(entry), strict=True)
        name = next(one[0] for one, other in pairs if one != other)
        return "" if name == "score" else f"the score is that of the rank above; {name} decides"


@attrs.define(eq=False, repr=False)
class Deciding:
    """The decisions on a ranking, in the making: what stands, what is refused, and the cut."""

    ranking: Ranking
    rulings: dict[str, Ruling] = attrs.field(factory=dict[str, Ruling])
    lacking: tuple[tuple[str, int], ...] = ()

    def decide(self) -> None:
        """Decide on every application of the pool. O(n log n), and the cost of the cut."""
        entries = self.ranking.pool.entries
        for each in entries:
            ruling = self._before(each)
            if ruling is not None:
                self.rulings[each.application.id] = ruling
        standing = [each for each in entries if self._is_accepted(each)]
        taken = {each.applicant_id for each in standing}
        once = self.ranking.pool.call.edition_id is not None
        contenders: list[PoolEntry] = []
        for each in self.ranking.entries:
            if each.application.id in self.rulings:
                continue
            if once and each.applicant_id in taken:
                reason = "another application of the same applicant comes first"
                self.rulings[each.application.id] = _ruling("left out", reason)
            else:
                taken.add(each.applicant_id)
                contenders.append(each)
        self._cut(contenders, standing)

    def _is_accepted(self, entry: PoolEntry) -> bool:
        known = self.rulings.get(entry.application.id)
        return known is not None and known.outcome == "accepted"

    def _before(self, entry: PoolEntry) -> Ruling | None:
        """The outcome that does not depend on others; None for a contender of the cut."""
        policy, id = self.ranking.policy, entry.application.id
        if entry.left_out in _GONE:
            return _ruling("left out", entry.left_out)
        old = entry.decision
        if old is not None and not policy.revise and old.outcome != "waitlisted":
            return _ruling(old.outcome, "decided before")
        if entry.left_out:
            return _ruling("left out", entry.left_out)
        if entry.judgement is not None and entry.eligible != "met":
            reasons = (*_eligibility(entry.judgement),)
            is_refused = entry.eligible == "not met"
            return Ruling(outcome="rejected" if is_refused else "undecided", reasons=reasons)
        if id not in self.ranking.ranks:
            had = self.ranking.scores.get(id)
            if had is None:
                return _ruling("undecided", "no review counts, so that there is no score")
            count = count_text(had.reviews, "review")
            return _ruling("undecided", f"{count} of {policy.least_reviews} needed")
        if policy.least is not None and self.ranking.scores[id].score < Fraction(policy.least):
            return _ruling("rejected", f"the score is below the least, {policy.least}")
        return None

    def _cut(self, contenders: Sequence[PoolEntry], standing: Sequence[PoolEntry]) -> None:
        policy, places = self.ranking.policy, self.ranking.pool.places
        left = len(contenders) if places is None else max(0, places - len(standing))
        needs = [
            max(0, quota.least - sum(number in each.kind for each in standing))
            for number, quota in enumerate(policy.quotas)
        ]
        found = cut([each.kind for each in contenders], left, needs)
        pairs = zip(policy.quotas, found.lacking, strict=True)
        self.lacking = tuple((quota.name, short) for quota, short in pairs if short)
        place = "there is no limit" if places is None else f"among the {places} places"
        waiting = 0
        for number, each in enumerate(contenders):
            if number in found.for_quota:
                quota = policy.quotas[found.for_quota[number]]
                ruling = Ruling(
                    outcome="accepted", quota=quota.name,
                    reasons=(f"a place is kept: {quota}",),
                )  # fmt: skip
            elif number in found.taken:
                ruling = _ruling("accepted", place)
            elif policy.waitlist is None or waiting < policy.waitlist:
                waiting += 1
                reasons = (*_passed_over(number, left, policy), f"place {waiting} on the waitlist")
                ruling = Ruling(outcome="waitlisted", reasons=reasons, waitlist_place=waiting)
            else:
                reasons = (*_passed_over(number, left, policy), "the waitlist is full")
                ruling = Ruling(outcome="rejected", reasons=reasons)
            self.rulings[each.application.id] = ruling


def _ruling(outcome: ApplicationOutcome, reason: str) -> Ruling:
    return Ruling(outcome=outcome, reasons=(reason,))


def _passed_over(number: int, left: int, policy: SelectionPolicy) -> Iterator[str]:
    """Why a contender has no place."""
    if number < left:
        names = ", ".join(str(each) for each in policy.quotas)
        yield f"places are kept: {names}"
    else:
        yield "the places went to better ranks" if left else "there is no place left"


def _eligibility(judgement: Judgement) -> Iterator[str]:
    """The leaves that decide that an applicant is not, or not known to be, eligible."""
    yield "not eligible" if judgement.verdict == "not met" else "eligibility is unknown"
    for leaf in judgement.causes():
        yield _short(leaf.text())


_MOST_LEAVES = 90
"""Reasons of a decision, of the 100 that it can hold."""


def _short(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[: _MOST_TEXT - 3]}..."


_MOST_TEXT = 500
"""Characters of a reason of a decision."""


def reasons_of(ranking: Ranking, entry: PoolEntry, ruling: Ruling) -> tuple[str, ...]:
    """All reasons of an outcome: rank and score, the cut, a tie that was broken, reviews left."""
    found: list[str] = []
    id = entry.application.id
    if id in ranking.ranks:
        known = ranking.scores[id]
        found.append(
            f"rank {ranking.ranks[id]} of {len(ranking.ranks)}, score {digits(known.score)} "
            f"from {count_text(known.reviews, 'review')}"
        )
    found += ruling.reasons
    if id in ranking.ranks and (tie := ranking.tie_text(entry)):
        found.append(tie)
    found += _set_aside(entry)
    return tuple(found[:_MOST_LEAVES])


def _set_aside(entry: PoolEntry) -> Iterable[str]:
    reasons = [each.reason for each in entry.set_aside]
    for reason in sorted(set(reasons)):
        yield f"{count_text(reasons.count(reason), 'review')} set aside: {reason}"
