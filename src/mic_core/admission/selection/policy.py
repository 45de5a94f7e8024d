"""The policy of a selection: how reviews make scores, how ties break, and where the list is cut."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

import attrs

from mic_core.checked import checked
from mic_core.errors import Problem
from mic_core.fields import Either, Many, Number, Pairs, Text, Value, Whole
from mic_core.model import Leaf, Requirement
from mic_core.model.vocabulary import Count, Positive, Word

MissingRule = Literal["by_criterion", "by_reviewer"]
SeverityRule = Literal["none", "centered", "ranked", "fitted"]

MOST_QUOTAS = 8
"""Quotas of a selection, a budget: overlapping quotas make a cover problem, which is exponential in
their number. More than a call announces."""


@checked()
@attrs.frozen(kw_only=True, weakref_slot=False)
class Quota:
    """A quota of a selection: at least so many of the places for applicants of a kind.

    `who` is a leaf or a requirement on the applicant, as in eligibility; an applicant of whom it is
    unknown does not count. `least` is the number of places.

    >>> wallonia = Leaf(fact="region", op="==", value=("Wallonia",))
    >>> print(Quota(name="Wallonia", who=wallonia, least=4))
    at least 4 of Wallonia
    """

    name: Word
    who: Annotated[Requirement | Leaf, Either(lambda: (Leaf, Requirement))]
    least: Positive

    def __str__(self) -> str:
        return f"at least {self.least} of {self.name}"


def _names_differ(quotas: tuple[Quota, ...]) -> Problem | None:
    if len({each.name for each in quotas}) < len(quotas):
        return Problem(path="quotas", rule="must have different names")
    return None


def _fits_reviews(severity: str, missing: str) -> Problem | None:
    if severity == "fitted" and missing != "by_reviewer":
        rule = "must be by_reviewer where severity is fitted, which is fitted to the reviews"
        return Problem(path="missing", rule=rule)
    return None


@checked(_names_differ, _fits_reviews)
@attrs.frozen(kw_only=True, weakref_slot=False)
class SelectionPolicy:
    """The policy by which `select` scores, ranks and cuts the applications of a call.

    `weights` replace those of the call, by criterion; 0 leaves a criterion out. `missing` says what
    becomes of a score that a reviewer did not give: *by criterion*, each criterion is the mean of
    the scores that it has, and criteria without any are left out of the weighted mean; *by
    reviewer*, each review is the weighted mean of the scores that it has, and the application the
    mean of its reviews. A missing score is never zero. `severity` says how harsh and lenient
    reviewers are made comparable: none; centered (a score less the reviewer's own mean); ranked
    (its rank among those of the reviewer); fitted (less the reviewer's effect in an additive model
    of applications and reviewers, by least squares). `least_reviews` is the number of reviews
    without which an application is not decided, `least` the score from which on it can be accepted
    or waitlisted, None: any. `places` replace those of the call, `waitlist` is the length of the
    waitlist, None: everybody who was not accepted. `quotas` are met in their order. `eligibility`
    replaces that of the program; None: the program's, or none for a call without an edition.
    `shortlisted` leaves out applications that are not shortlisted. `revise` decides again what was
    accepted or rejected before.

    >>> SelectionPolicy(weights={"team": 3}, places=16).weights
    (('team', 3),)
    """

    weights: Annotated[tuple[tuple[str, int], ...], Pairs(Text(most=200), Whole(most=1000))] = ()
    missing: MissingRule = "by_criterion"
    severity: SeverityRule = "none"
    least_reviews: Positive = 1
    least: Annotated[Decimal, Number()] | None = None
    places: Count | None = None
    waitlist: Count | None = None
    quotas: Annotated[tuple[Quota, ...], Many(Value(Quota), most=MOST_QUOTAS)] = ()
    eligibility: Annotated[Requirement | Leaf, Either(lambda: (Leaf, Requirement))] | None = None
    shortlisted: bool = False
    revise: bool = False


def weights_of(
    criteria: tuple[tuple[str, int], ...], overrides: tuple[tuple[str, int], ...]
) -> Mapping[str, int]:
    """The weight of each criterion that counts, those of the policy in place of the call's."""
    known = {**dict(criteria), **dict(overrides)}
    return {name: weight for name, weight in sorted(known.items()) if weight}
