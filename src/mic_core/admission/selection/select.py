"""Selection of a call: applications scored, ranked, and cut by places and quotas into decisions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from mic_core.admission.requirements.judge import CustomFact
from mic_core.admission.selection.new_ids import numbered_ids
from mic_core.admission.selection.policy import SelectionPolicy
from mic_core.admission.selection.pool import ApplicationPool, PoolEntry, pool_of
from mic_core.admission.selection.ranking import (
    ApplicationOutcome,
    Deciding,
    Ranking,
    Ruling,
    reasons_of,
)
from mic_core.admission.selection.result import ApplicationResult, CallSelection
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Id, Instant, Maybe, Value, sound
from mic_core.model import Call, Decision
from mic_core.model.call import Outcome
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.wording import count_text


def select(
    portfolio: Portfolio,
    call: str,
    *,
    at: datetime,
    policy: SelectionPolicy = SelectionPolicy(),  # noqa: B008  # a frozen value
    as_of: datetime | None = None,
    predicates: Mapping[str, CustomFact] = MappingProxyType({}),
) -> CallSelection:
    """Rank the applications of a call and propose a decision on each, with reasons.

    Considered are applications that are submitted, or shortlisted, at the instant `at`, and were
    submitted in the window of the call or the grace after it. Reviews count unless the reviewer is
    recused or tied to the applicant. The score is that of the policy; equal scores are ordered by
    the means of the criteria, the heaviest first, then by the time of submission, then by id. The
    places are those of the call, or the seats of its edition; without either there is no limit.
    Ineligible applicants are rejected; after the cut, others wait or are rejected. Undecided are
    applications without a score, with too few reviews, or of unknown eligibility: they have no
    decision. Eligibility and quotas are judged on the first day of the edition, or else on the day
    of `at`. A person or organization is accepted to an edition once.

    Decisions made before stand: accepted applications keep their place, rejected ones stay so,
    unless the policy has them revised. `changes` holds new decisions only, so that recording them
    and selecting again changes nothing. `as_of` limits what is known; None: all. `predicates` are
    custom facts of requirements, by name.

    Raises NotFound for an unknown call and InvariantError for arguments that cannot be, such as
    weights of criteria that the call does not have. O(n log n) over applications and reviews.

    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> now = datetime.fromisoformat("2014-05-20T14:30Z")
    >>> choice = select(season, "call-mobility", at=now)
    >>> [(each.rank, each.outcome) for each in choice][:2], choice.changes
    ([(1, 'accepted'), (2, 'rejected')], ())
    """
    portfolio, call, at, policy, as_of = sound(
        "select", portfolio=(portfolio, PORTFOLIO), call=(call, Id()), at=(at, Instant()),
        policy=(policy, Value(SelectionPolicy)), as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    found = known.get(Call, call)
    _check_weights(found, policy)
    pool = pool_of(known, found, at, policy, predicates)
    ranking = Ranking(pool, policy)
    deciding = Deciding(ranking)
    deciding.decide()
    results = [
        _result(ranking, each, deciding.rulings[each.application.id]) for each in pool.entries
    ]
    unranked = len(results) + 1
    results.sort(key=lambda each: (each.rank or unranked, each.application_id))
    return CallSelection(
        call_id=call, at=at, as_of=as_of, policy=policy, places=pool.places,
        results=tuple(results), lacking=deciding.lacking,
        changes=tuple(_decisions(known, pool, results, at)),
        portfolio=portfolio, predicates=predicates, again=select,
    )  # fmt: skip


def _check_weights(call: Call, policy: SelectionPolicy) -> None:
    known = {name for name, _ in call.criteria}
    extra = [name for name, _ in policy.weights if known and name not in known]
    if extra:
        rule = "must name criteria of the call"
        had = count_text(len(extra), "other name")
        raise InvariantError("select", [Problem(path="policy.weights", rule=rule, had=had)])


def _result(ranking: Ranking, entry: PoolEntry, ruling: Ruling) -> ApplicationResult:
    id = entry.application.id
    known = ranking.scores.get(id)
    return ApplicationResult(
        application_id=id, applicant_id=entry.applicant_id, outcome=ruling.outcome,
        rank=ranking.ranks.get(id), score=None if known is None else known.score,
        criteria=() if known is None else tuple(sorted(known.criteria.items())),
        reviews=0 if known is None else known.reviews, set_aside=entry.set_aside,
        waitlist_place=ruling.waitlist_place, quota=ruling.quota, judgement=entry.judgement,
        reasons=reasons_of(ranking, entry, ruling),
    )  # fmt: skip


def _decisions(
    portfolio: Portfolio, pool: ApplicationPool, results: Iterable[ApplicationResult], at: datetime
) -> Iterator[Decision]:
    """The decisions that are new, or differ from the last one, sorted by application."""
    last = {each.application.id: each.decision for each in pool.entries}
    for each in sorted(results, key=lambda each: each.application_id):
        old = last[each.application_id]
        outcome = _DECIDED.get(each.outcome)
        if outcome is None or (old is not None and old.outcome == outcome):
            continue
        yield Decision(
            id=_new_id(portfolio, each.application_id, outcome),
            application_id=each.application_id, outcome=outcome, decided_at=at,
            reasons=each.reasons,
        )  # fmt: skip


_DECIDED: Mapping[ApplicationOutcome, Outcome] = {
    "accepted": "accepted", "rejected": "rejected", "waitlisted": "waitlisted",
}  # fmt: skip
"""The outcomes that are decisions."""


def _new_id(portfolio: Portfolio, application: str, outcome: str) -> str:
    """An id of application, outcome and a counter that no decision has."""
    return next(
        each
        for each in numbered_ids(application, outcome)
        if portfolio.find(Decision, each) is None
    )
