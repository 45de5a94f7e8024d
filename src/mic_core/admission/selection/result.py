"""The selection of a call as a proposal: results by application, decisions to record, what-if."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

import attrs

from mic_core.admission.requirements.judge import CustomFact, Judgement, digits
from mic_core.admission.selection.policy import SelectionPolicy
from mic_core.admission.selection.pool import SetAside
from mic_core.admission.selection.ranking import ApplicationOutcome
from mic_core.errors import NotFound
from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.markup import MOST_ROWS, Html, Tone, badge, html_table, joined, note, notebook, table
from mic_core.model import Decision
from mic_core.portfolio import Portfolio

_TONES: Mapping[ApplicationOutcome, Tone] = {
    "accepted": "good", "waitlisted": "info", "rejected": "error", "undecided": "warning",
    "left out": "plain",
}  # fmt: skip
_HEADERS = ("application", "rank", "score", "reviews", "outcome", "why")
_CHANGED = ("application", "rank before", "rank after", "before", "after")


@attrs.frozen(kw_only=True)
class ApplicationResult:
    """The result for one application: rank, score, outcome, and the reasons.

    `rank` is None without a score, for ineligible applicants, and for those left out. `score` and
    the means by criterion are exact fractions, `score` None where no review counts. `reviews` is
    the number of those that count; `set_aside` are the others. `waitlist_place` counts from 1,
    None: not on the waitlist. `quota` is the name of the quota that made the difference, None:
    none did. `judgement` explains eligibility, None: nothing is required.
    """

    application_id: str
    applicant_id: str
    outcome: ApplicationOutcome
    rank: int | None
    score: Fraction | None
    criteria: tuple[tuple[str, Fraction], ...]
    reviews: int
    set_aside: tuple[SetAside, ...]
    waitlist_place: int | None
    quota: str | None
    judgement: Judgement | None = attrs.field(repr=False)
    reasons: tuple[str, ...]

    def explain(self) -> tuple[str, ...]:
        """The outcome, its reasons, the means by criterion, and the leaves of eligibility."""
        means = (f"{name}: {digits(mean)}" for name, mean in self.criteria)
        leaves = () if self.judgement is None else self.judgement.explain()
        return (f"{self.application_id}: {self.outcome}", *self.reasons, *means, *leaves)


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
    again: Callable[..., "CallSelection"] = attrs.field(repr=False, eq=False)

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
        other = self.again(
            self.portfolio, self.call_id, at=self.at, policy=wanted, as_of=self.as_of,
            predicates=self.predicates,
        )  # fmt: skip
        return SelectionChanges(before=self, after=other)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The applications whose outcome is another one by now; `record` refuses it if any.

        A review, a withdrawal or a decision that was recorded since may be the reason. Costs one
        more selection.
        """
        now = self.again(
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
        rows = [[str(cell) for cell in _cells(each)] for each in self.results]
        return "\n".join([table(rows, _HEADERS), *_remarks(self)])

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The results as a table, each outcome in words; of more than `most` the first."""
        rows = [
            (*cells[:4], badge(each.outcome, _TONES[each.outcome]), cells[5])
            for each in self.results
            for cells in (_cells(each),)
        ]
        listed = html_table(rows, _HEADERS, caption=f"CallSelection of {self.call_id}", most=most)
        return joined([listed, *map(note, _remarks(self))])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _cells(each: ApplicationResult) -> tuple[str, str, str, str, str, str]:
    return (
        each.application_id, "" if each.rank is None else str(each.rank),
        "" if each.score is None else digits(each.score), str(each.reviews), each.outcome,
        "; ".join(each.reasons),
    )  # fmt: skip


def _remarks(selection: CallSelection) -> Iterator[str]:
    for name, short in selection.lacking:
        yield f"The quota {name} lacks {short} for want of applicants or places."


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
