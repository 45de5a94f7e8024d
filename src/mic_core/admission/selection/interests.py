"""Conflicts of interest: the ties between a reviewer and an applicant.

The one definition for selection, the assignment of reviewers and the rule that reports partial
reviews. Two participants are tied by what they have in common: themselves, the organizations that
they belong to or own, and the owners and project partners of an organization.
"""

from collections.abc import Iterable, Mapping

from mic_core.chrono import Period
from mic_core.impact.tables.places import Places
from mic_core.model import Call, Membership, Ownership, Project
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import derived

_Links = Mapping[str, tuple[tuple[str, Period], ...]]
"""The persons and organizations that each participant is tied to, each over a period."""


def relevant_days(call: Call) -> Period:
    """The days on which a tie matters: from the opening of the call on."""
    return Period(call.window.start.date())


def ties(portfolio: Portfolio, reviewer: str, applicant: str, days: Period) -> tuple[str, ...]:
    """The ids of what ties a reviewer to an applicant on some of the days, sorted; none: impartial.

    The ids are those of the applicant, of organizations and of persons. Merged records are one.
    O(k) over the memberships, stakes and projects of both, and O(n log n) once for a portfolio.
    """
    places = Places(portfolio)
    circles = [_circle(portfolio, places.participant(id), days) for id in (reviewer, applicant)]
    return tuple(sorted(circles[0] & circles[1]))


def _circle(portfolio: Portfolio, id: str, days: Period) -> set[str]:
    """A participant, and all that it is tied to on some of the days."""
    links: _Links = derived(portfolio, _links)
    return {id, *(other for other, period in links.get(id, ()) if period.overlaps(days))}


def _links(portfolio: Portfolio) -> _Links:
    places = Places(portfolio)
    found: dict[str, list[tuple[str, Period]]] = {}

    def tie(one: str, others: Iterable[str], period: Period) -> None:
        kept = places.participant(one)
        found.setdefault(kept, []).extend((places.participant(each), period) for each in others)

    for member in portfolio.all(Membership):
        tie(member.person_id, [member.organization_id], member.period)
    for stake in portfolio.all(Ownership):
        together = [stake.owner_id, *stake.acting_with]
        for each in together:
            tie(each, [stake.organization_id], stake.period)
        # A person is a circle of their own organizations; an organization has its owners in it.
        tie(stake.organization_id, together, stake.period)
    for project in portfolio.all(Project):
        for each in project.organizations:
            tie(each, project.organizations, project.period)
    return {id: tuple(each) for id, each in found.items()}
