"""The pool of a call: the applications that are considered, their reviews, and those set aside."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

import attrs

from mic_core.admission.requirements.facts import local_day
from mic_core.admission.requirements.judge import (
    CustomFact,
    Judgement,
    TruthValue,
    judge,
    participant_of,
)
from mic_core.admission.selection.interests import relevant_days, ties
from mic_core.admission.selection.policy import SelectionPolicy
from mic_core.admission.selection.scores import Scores, united_scores
from mic_core.chrono.local import instant
from mic_core.errors import NotFound
from mic_core.impact.tables.decisions import last_decisions
from mic_core.impact.tables.places import Places
from mic_core.model import Application, Call, Decision, Edition, Leaf, Program, Requirement, Review
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory

_MICROSECOND = timedelta(microseconds=1)


def is_in_time(call: Call, submitted_at: datetime) -> bool:
    """True if an application was submitted in the window of its call, or in the grace after it."""
    grace = call.grace // _MICROSECOND if call.grace is not None else 0
    return call.window.start_utc <= instant(submitted_at) < call.window.end_utc + grace


@attrs.frozen(kw_only=True)
class SetAside:
    """A review that does not count: recused, or tied to the applicant by the ids listed."""

    review_id: str
    reviewer_id: str
    reason: str
    ties: tuple[str, ...] = ()


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PoolEntry:
    """An application in the pool: when it was submitted, its reviews, and the decision that stands.

    `left_out` is the reason for which it is not considered; empty where it is. `eligible` is the
    verdict on the requirement for entry, with what explains it. `kind` holds the numbers of the
    quotas that the applicant counts for.
    """

    application: Application
    applicant_id: str
    submitted_at: datetime | None
    left_out: str
    reviews: Mapping[str, Scores]
    set_aside: tuple[SetAside, ...]
    eligible: TruthValue
    judgement: Judgement | None
    kind: frozenset[int]
    decision: Decision | None


@attrs.frozen(kw_only=True, eq=False, repr=False)
class ApplicationPool:
    """The applications of a call at an instant, sorted by id."""

    call: Call
    places: int | None
    entries: tuple[PoolEntry, ...]


def pool_of(
    portfolio: Portfolio,
    call: Call,
    at: datetime,
    policy: SelectionPolicy,
    predicates: Mapping[str, CustomFact] = MappingProxyType({}),
) -> ApplicationPool:
    """The pool of a call at an instant. O(n log n) over its applications and their reviews."""
    edition = None if call.edition_id is None else portfolio.find(Edition, call.edition_id)
    program = None if edition is None else portfolio.find(Program, edition.program_id)
    stated = None if program is None else program.eligibility
    source = _Source(
        portfolio, call, at, policy, predicates,
        day=_day(portfolio, call, edition, at),
        requirement=policy.eligibility or stated, decisions=last_decisions(portfolio, at),
    )  # fmt: skip
    return ApplicationPool(
        call=call,
        places=_places(call, edition) if policy.places is None else policy.places,
        entries=tuple(source.entry(each) for each in portfolio.where(Application, call_id=call.id)),
    )


def _day(portfolio: Portfolio, call: Call, edition: Edition | None, at: datetime) -> date:
    """The day on which eligibility is judged: the start of the edition, or the day of decision."""
    if edition is not None and edition.period.start is not None:
        return edition.period.start
    return local_day(portfolio, at, call.center_id)


def _places(call: Call, edition: Edition | None) -> int | None:
    """The places of a call, or else the seats of its edition; None: no limit."""
    if call.places is not None or edition is None:
        return call.places
    seats = (edition.seats.in_person, edition.seats.online)
    known = [each for each in seats if each is not None]
    return sum(known) if len(known) == len(seats) else known[0] if known else None


@attrs.frozen(eq=False, repr=False)
class _Source:
    portfolio: Portfolio
    call: Call
    at: datetime
    policy: SelectionPolicy
    predicates: Mapping[str, CustomFact]
    day: date
    requirement: Requirement | Leaf | None
    decisions: Mapping[str, Decision]

    def entry(self, application: Application) -> PoolEntry:
        history = status_histories(self.portfolio, Application)[application.id]
        submitted = _submitted_at(application, history)
        decision = self.decisions.get(application.id)
        left_out = self._left_out(application, history.at(self.at), submitted)
        set_aside: list[SetAside] = []
        reviews: Mapping[str, Scores] = {}
        judgement: Judgement | None = None
        kind: frozenset[int] = frozenset()
        if not left_out:
            reviews = self._reviews(application, set_aside)
            if self.requirement is not None:
                judgement = self._judged(application, self.requirement)
            kind = frozenset(
                number
                for number, quota in enumerate(self.policy.quotas)
                if self._judged(application, quota.who).verdict == "met"
            )
        return PoolEntry(
            application=application,
            applicant_id=Places(self.portfolio).participant(application.applicant_id),
            submitted_at=submitted, left_out=left_out, reviews=reviews,
            set_aside=tuple(set_aside),
            eligible="met" if judgement is None else judgement.verdict, judgement=judgement,
            kind=kind, decision=decision,
        )  # fmt: skip

    def _judged(self, application: Application, requirement: Requirement | Leaf) -> Judgement:
        return judge(
            self.portfolio, requirement, application.applicant_id, on=self.day,
            predicates=self.predicates, answers=dict(application.answers),
        )  # fmt: skip

    def _left_out(self, application: Application, status: str, submitted: datetime | None) -> str:
        """The reason for which an application is not considered; empty where it is."""
        if status in {"draft", "withdrawn"}:
            return status
        if submitted is not None and submitted > self.at:
            return "not submitted yet"
        if submitted is not None and not is_in_time(self.call, submitted):
            return "submitted outside of the window"
        if self.policy.shortlisted and status != "shortlisted":
            return "not shortlisted"
        try:
            participant_of(self.portfolio, application.applicant_id)
        except NotFound:
            return "the applicant is not known"
        return ""

    def _reviews(self, application: Application, set_aside: list[SetAside]) -> Mapping[str, Scores]:
        """The scores that count by reviewer; of several reviews by one reviewer, the means."""
        places = Places(self.portfolio)
        by_reviewer: dict[str, list[Review]] = {}
        for each in self.portfolio.where(Review, application_id=application.id):
            by_reviewer.setdefault(places.participant(each.reviewer_id), []).append(each)
        found: dict[str, Scores] = {}
        for reviewer, reviews in sorted(by_reviewer.items()):
            tied = ties(
                self.portfolio, reviewer, application.applicant_id, relevant_days(self.call)
            )
            if tied or any(each.recused for each in reviews):
                reason = "conflict of interest" if tied else "recused"
                set_aside += (
                    SetAside(review_id=each.id, reviewer_id=reviewer, reason=reason, ties=tied)
                    for each in reviews
                )
            else:
                found[reviewer] = united_scores(_fractions(each) for each in reviews)
        return found


def _fractions(review: Review) -> Iterator[tuple[str, Fraction]]:
    for name, score in review.scores:
        yield name, Fraction(score)


def _submitted_at(application: Application, history: StatusHistory) -> datetime | None:
    """The instant of a submission: as stated, or of its transition; None: not recorded."""
    if application.submitted_at is not None:
        return application.submitted_at
    steps = (each.effective_at for each in history.transitions if each.after == "submitted")
    return next(steps, None)
