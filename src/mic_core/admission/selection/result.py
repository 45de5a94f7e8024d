"""The result of a selection for one application, and its look in tables."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from mic_core.admission.requirements.judge import Judgement, digits
from mic_core.admission.selection.pool import SetAside
from mic_core.admission.selection.ranking import ApplicationOutcome
from mic_core.markup import Tone

TONES: Mapping[ApplicationOutcome, Tone] = {
    "accepted": "good", "waitlisted": "info", "rejected": "error", "undecided": "warning",
    "left out": "plain",
}  # fmt: skip
HEADERS = ("application", "rank", "score", "reviews", "outcome", "why")


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


def result_cells(each: ApplicationResult) -> tuple[str, str, str, str, str, str]:
    """The result for an application as the cells of a table, under HEADERS."""
    return (
        each.application_id, "" if each.rank is None else str(each.rank),
        "" if each.score is None else digits(each.score), str(each.reviews), each.outcome,
        "; ".join(each.reasons),
    )  # fmt: skip


def remarks_on(lacking: Iterable[tuple[str, int]]) -> Iterator[str]:
    """A sentence for each quota that is not met."""
    for name, short in lacking:
        yield f"The quota {name} lacks {short} for want of applicants or places."
