"""Call rules: submission in the window, impartial reviews, criteria, and decisions."""

from collections.abc import Iterator
from datetime import datetime

from mic_core.admission.selection.interests import relevant_days, ties
from mic_core.admission.selection.pool import is_in_time
from mic_core.ids import cite
from mic_core.model import Application, Call, Decision, Review
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories
from mic_core.rules import Breach, Entry, Facts, PortfolioRule


def _applications_outside_window(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    calls = {each.id: each for each in portfolio.all(Call)}
    for each in portfolio.all(Application):
        call = calls.get(each.call_id)
        if call is None or each.submitted_at is None:
            continue
        if not is_in_time(call, each.submitted_at):
            facts = {
                "had": each.submitted_at.isoformat(), "needed": str(call.window),
                "call": cite("call", call.id),
            }  # fmt: skip
            name = cite("application", each.id)
            yield Breach(subjects=(name,), path="submitted_at", facts=facts)


APPLIED_OUTSIDE = PortfolioRule(
    entry=Entry(
        code="applied-outside",
        level="medium",
        law="An application is submitted within the window of its call, or the grace after it.",
        why="Who kept to the dates would be passed by who did not.",
        source="the call's own window",
        sentence="{subjects} was submitted at {had}; {call} is open {needed}",
        mend="leave it out of the selection, or extend the call for everybody",
    ),
    find=_applications_outside_window,
)
"""An application is submitted within the window of its call."""


def _partial_reviews(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    calls = {each.id: each for each in portfolio.all(Call)}
    applications = {each.id: each for each in portfolio.all(Application)}
    for each in portfolio.all(Review):
        application = applications.get(each.application_id)
        call = calls.get(application.call_id) if application is not None else None
        if application is None or call is None or each.recused:
            continue
        shared = ties(portfolio, each.reviewer_id, application.applicant_id, relevant_days(call))
        if shared:
            facts: Facts = {
                "reviewer": cite("person", each.reviewer_id), "had": shared,
                "application": cite("application", application.id), "needed": (),
            }  # fmt: skip
            name = cite("review", each.id)
            yield Breach(subjects=(name,), path="reviewer_id", facts=facts)


REVIEW_NOT_IMPARTIAL = PortfolioRule(
    entry=Entry(
        code="review-not-impartial",
        level="medium",
        law="Nobody reviews an application of their own, or of an organization that they belong "
        "to or own, or of its people, owners or project partners, while the call is open or later.",
        why="Those who were not chosen must be able to trust the choice.",
        source="common practice; Regulation (EU, Euratom) 2024/2509, article 61",
        sentence="{reviewer} reviewed {application}, and is tied to the applicant by {had}",
        mend="let somebody else review it, and record that the reviewer stood aside",
    ),
    find=_partial_reviews,
)
"""A reviewer has no tie to the applicant."""


def _unknown_criteria(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    calls = {each.id: each for each in portfolio.all(Call)}
    applications = {each.id: each for each in portfolio.all(Application)}
    for each in portfolio.all(Review):
        application = applications.get(each.application_id)
        call = calls.get(application.call_id) if application is not None else None
        if call is None:
            continue
        known = {criterion for criterion, _ in call.criteria}
        unknown = tuple(name for name, _ in each.scores if name not in known)
        if unknown:
            facts: Facts = {
                "had": unknown, "needed": tuple(sorted(known)), "call": cite("call", call.id)
            }  # fmt: skip
            yield Breach(subjects=(cite("review", each.id),), path="scores", facts=facts)


UNKNOWN_CRITERION = PortfolioRule(
    entry=Entry(
        code="unknown-criterion",
        level="medium",
        law="A review scores the criteria of its call, and no others.",
        why="What has no weight is lost when scores are added.",
        source="the call's own criteria",
        sentence="{subjects} scores {had}, which {call} does not ask for",
        mend="name one of the criteria: {needed}",
    ),
    find=_unknown_criteria,
)
"""A review scores criteria of its call only."""


def _early_decisions(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Application)
    applications = {each.id: each for each in portfolio.all(Application)}
    for each in portfolio.all(Decision):
        application = applications.get(each.application_id)
        if application is None:
            continue
        had = status[application.id].at(each.decided_at)
        at = application.submitted_at
        early = at is not None and at > each.decided_at
        if had in {"draft", "withdrawn"} or early:
            names = (cite("decision", each.id), cite("application", application.id))
            facts = {
                "decision": names[0], "application": names[1], "needed": "submitted",
                "had": "not submitted" if early else had,
            }  # fmt: skip
            yield Breach(subjects=names, path="decided_at", facts=facts)


DECIDED_UNSUBMITTED = PortfolioRule(
    entry=Entry(
        code="decided-unsubmitted",
        level="medium",
        law="What is decided about has been submitted by then, and not withdrawn.",
        why="Nobody asked for that decision.",
        source="the status table of applications",
        sentence="{decision} is about {application}, which was {had} then",
        mend="record when it was submitted, or take the decision back",
    ),
    find=_early_decisions,
)
"""A decision follows the submission of its application."""


def _excess_acceptances(portfolio: Portfolio, _: datetime | None) -> Iterator[Breach]:
    status = status_histories(portfolio, Application)
    applications = {each.id: each for each in portfolio.all(Application)}
    last: dict[str, Decision] = {}
    for each in sorted(portfolio.all(Decision), key=lambda each: (each.decided_at, each.id)):
        last[each.application_id] = each
    accepted: dict[str, int] = {}
    for id, decision in last.items():
        application = applications.get(id)
        if application is None or status[id].last == "withdrawn":
            continue
        if decision.outcome == "accepted":
            accepted[application.call_id] = accepted.get(application.call_id, 0) + 1
    for call in portfolio.all(Call):
        had = accepted.get(call.id, 0)
        if call.places is not None and had > call.places:
            facts = {"needed": call.places, "had": had}
            yield Breach(subjects=(cite("call", call.id),), path="places", facts=facts)


ACCEPTED_OVER_PLACES = PortfolioRule(
    entry=Entry(
        code="accepted-over-places",
        level="medium",
        law="A call accepts no more applications than it has places.",
        why="Somebody was promised a place that does not exist.",
        source="the call's own number of places",
        sentence="{subjects} has {needed} places and accepted {had} applications",
        mend="put some on the waitlist, or add places",
    ),
    find=_excess_acceptances,
)
"""Accepted applications do not exceed the places of the call."""

CALL_RULES: tuple[PortfolioRule, ...] = (
    APPLIED_OUTSIDE,
    REVIEW_NOT_IMPARTIAL,
    UNKNOWN_CRITERION,
    DECIDED_UNSUBMITTED,
    ACCEPTED_OVER_PLACES,
)
"""The rules of this module."""
