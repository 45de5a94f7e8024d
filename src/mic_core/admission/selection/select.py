"""Selection of a call: applications scored, ranked, and cut by places and quotas into decisions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from mic_core.admission.requirements.arguments import NamedValues
from mic_core.admission.requirements.judge import CustomFact, digits
from mic_core.admission.selection.policy import SelectionPolicy
from mic_core.admission.selection.pool import ApplicationPool, PoolEntry, pool_of
from mic_core.admission.selection.ranking import (
    ApplicationOutcome,
    Deciding,
    Ranking,
    Ruling,
    reasons_of,
)
from mic_core.admission.selection.result import (
    HEADERS,
    TONES,
    ApplicationResult,
    remarks_on,
    result_cells,
)
from mic_core.errors import InvariantError, NotFound, Problem
from mic_core.fields import Id, Instant, Maybe, Value, sound
from mic_core.findings import Finding
from mic_core.ids import cite, numbered_ids
from mic_core.markup import MOST_ROWS, Html, badge, html_table, joined, note, notebook, table
from mic_core.model import Call, Decision
from mic_core.model.call import Outcome
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.wording import count_text

_CHANGED = ("application", "rank before", "rank after", "before", "after")


@attrs.frozen(kw_only=True)
class CallSelection:
    """A proposal of decisions on the applications of a call, to be recorded or not.

    `results` hold every application of the call, ranked ones first. `changes` are the decisions
    that are new or differ from the last one. `places` is the number that was cut at, None: no
    limit. `lacking` are the quotas that could not be met, each with the places that it lacks.
    `portfolio` is the one that was asked.
    """

    call_id: str
    at: datetime
    as_of: datetime | None
    policy: SelectionPolicy
    places: int | None
    results: tuple[ApplicationResult, ...]
    lacking: tuple[tuple[str, int], ...]
    changes: tuple[Decision, ...]
    portfolio: Portfolio = attrs.field(repr=False, eq=False)
    predicates: Mapping[str, CustomFact] = attrs.field(repr=False, eq=False)

    @property
    def replaces(self) -> tuple[Decision, ...]:
        """Nothing: decisions are added, and recording one under a known id is refused."""
        return ()

    def __iter__(self) -> Iterator[ApplicationResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def get(self, application: str) -> ApplicationResult:
        """The result for an application; raises NotFound where the call has no such one."""
        for each in self.results:
            if each.application_id == application:
                return each
        msg = "the call has no application of that id"
        raise NotFound(msg)

    def with_outcome(self, outcome: ApplicationOutcome) -> tuple[ApplicationResult, ...]:
        """The results with an outcome, the best rank first."""
        return tuple(each for each in self.results if each.outcome == outcome)

    def explain(self, application: str) -> tuple[str, ...]:
        """Why an application has its outcome; raises NotFound where the call has no such one."""
        return self.get(application).explain()

    def what_if(self, **policy: Any) -> "SelectionChanges":
        """The selection under another policy, beside this one: who would change.

        Named fields of the policy are replaced, such as `weights`, `places` or `severity`. Earlier
        decisions stand as in this selection. Nothing is recorded. Raises InvariantError for values
        that cannot be. Costs one more selection.
        """
        wanted = attrs.evolve(self.policy, **policy)
        other = select(
            self.portfolio, self.call_id, at=self.at, policy=wanted, as_of=self.as_of,
            predicates=self.predicates,
        )  # fmt: skip
        return SelectionChanges(before=self, after=other)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The applications whose outcome is another one by now; `record` refuses it if any.

        A review, a withdrawal or a decision that was recorded since may be the reason. Costs one
        more selection.
        """
        now = select(
            portfolio, self.call_id, at=self.at, policy=self.policy, predicates=self.predicates
        )
        outcomes = {each.application_id: each.outcome for each in now}
        return tuple(
            Finding(
                code="selection-changed", severity="error",
                subjects=(cite("application", each.application_id),),
                facts=(("had", each.outcome), ("needed", outcomes.get(each.application_id))),
                message=f"{cite('application', each.application_id)} is not {each.outcome} "
                "any more by what is known now",
                mend="select again",
            )
            for each in self.results
            if outcomes.get(each.application_id) != each.outcome
        )  # fmt: skip

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each application; scores as texts of at most two decimals."""
        return tuple(
            {
                "application": each.application_id, "applicant": each.applicant_id,
                "rank": each.rank, "score": None if each.score is None else digits(each.score),
                **{name: digits(mean) for name, mean in each.criteria},
                "reviews": each.reviews, "set_aside": len(each.set_aside),
                "outcome": each.outcome, "waitlist_place": each.waitlist_place,
                "quota": each.quota, "why": "; ".join(each.reasons),
            }
            for each in self.results
        )  # fmt: skip

    def __str__(self) -> str:
        rows = [[str(cell) for cell in result_cells(each)] for each in self.results]
        return "\n".join([table(rows, HEADERS), *remarks_on(self.lacking)])

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The results as a table, each outcome in words; of more than `most` the first."""
        rows = [
            (*cells[:4], badge(each.outcome, TONES[each.outcome]), cells[5])
            for each in self.results
            for cells in (result_cells(each),)
        ]
        listed = html_table(rows, HEADERS, caption=f"Selection of {self.call_id}", most=most)
        return joined([listed, *map(note, remarks_on(self.lacking))])

    def _repr_html_(self) -> str:
        return notebook(self.html())


@attrs.frozen(kw_only=True)
class SelectionChanges:
    """Two selections of one call side by side: whose rank or outcome differs."""

    before: CallSelection
    after: CallSelection

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each application whose rank or outcome differs, by its rank before."""
        after = {each.application_id: each for each in self.after}
        return tuple(
            {
                "application": old.application_id, "rank_before": old.rank,
                "rank_after": new.rank, "before": old.outcome, "after": new.outcome,
            }
            for old in self.before
            for new in (after[old.application_id],)
            if (old.rank, old.outcome) != (new.rank, new.outcome)
        )  # fmt: skip

    @property
    def who_changes(self) -> tuple[str, ...]:
        """The applications with another outcome, by their rank before."""
        rows = self.rows()
        return tuple(each["application"] for each in rows if each["before"] != each["after"])

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            tuple("" if cell is None else str(cell) for cell in each.values())
            for each in self.rows()
        ]

    def __str__(self) -> str:
        return table(self._cells(), _CHANGED)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The changes as a table; of more than `most` the first."""
        return html_table(self._cells(), _CHANGED, caption="Who changes", most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


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

    Raises NotFound for an unknown call or fact, and InvariantError for arguments that cannot be,
    such as weights of criteria that the call does not have. O(n log n) over applications and
    reviews.

    >>> from mic_core.samples import brussels_2014
    >>> season = brussels_2014()
    >>> now = datetime.fromisoformat("2014-05-20T14:30Z")
    >>> choice = select(season, "call-mobility", at=now)
    >>> [(each.rank, each.outcome) for each in choice][:2], choice.changes
    ([(1, 'accepted'), (2, 'rejected')], ())
    """
    portfolio, call, at, policy, as_of, predicates = sound(
        "select", portfolio=(portfolio, PORTFOLIO), call=(call, Id()), at=(at, Instant()),
        policy=(policy, Value(SelectionPolicy)), as_of=(as_of, Maybe(Instant())),
        predicates=(predicates, NamedValues(functions=True)),
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
        portfolio=portfolio, predicates=predicates,
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
