"""Assignment of reviewers: a maximum flow of least cost, so that the load is balanced.

Each application asks for reviews, each reviewer can give some, and an arc joins an application to
every reviewer without a tie to the applicant. The cost of a reviewer's reviews grows with their
square, so that the least cost is the most even load. Augmenting paths, found by breadth-first
search, end at the reviewer of least load that can be reached (successive shortest paths): the flow
is of least cost after each one, and a maximum once none is left.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from mic_core.admission.selection.interests import relevant_days, ties
from mic_core.admission.selection.pool import is_in_time
from mic_core.errors import NotFound
from mic_core.fields import Each, Id, Instant, Maybe, Whole, sound
from mic_core.findings import Finding
from mic_core.ids import cite, numbered_ids
from mic_core.impact.tables.places import Places
from mic_core.markup import MOST_ROWS, Html, html_table, joined, note, notebook, table
from mic_core.model import Application, Call, Person, Review
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.status import status_histories
from mic_core.wording import count_text

_HEADERS = ("application", "reviewers", "new", "short", "why")
_GONE = frozenset({"draft", "withdrawn"})


@attrs.frozen(kw_only=True)
class AssignedReviewers:
    """The reviewers of one application, and why there are not more of them.

    `reviewers` are all of them, `new` those that are proposed. `short` is the number that is
    missing. `tied` are the reviewers with a conflict of interest, `recused` those who stood aside.
    """

    application_id: str
    reviewers: tuple[str, ...]
    new: tuple[str, ...]
    short: int
    tied: tuple[str, ...]
    recused: tuple[str, ...]
    full: tuple[str, ...]

    @property
    def why(self) -> str:
        """Why reviewers are missing; empty where none is."""
        if not self.short:
            return ""
        parts = ((self.tied, "tied to the applicant"), (self.recused, "recused"),
                 (self.full, "at their most, and nobody can take over from them"))  # fmt: skip
        reasons = [f"{len(ids)} {words}" for ids, words in parts if ids]
        return "; ".join(reasons) or "there are not enough reviewers"


@attrs.frozen(kw_only=True)
class ReviewerAssignment:
    """A proposal of reviewers for the applications of a call, to be recorded or not.

    `changes` are reviews without scores, which count for nothing until they are scored. `loads` are
    the reviews of each reviewer in the call, those recorded before included. `is_complete` is true
    if no application lacks a reviewer; otherwise no assignment has more.
    """

    call_id: str
    applications: tuple[AssignedReviewers, ...]
    loads: tuple[tuple[str, int], ...]
    changes: tuple[Review, ...]

    @property
    def replaces(self) -> tuple[Review, ...]:
        """Nothing: reviews are added, and recording one under a known id is refused."""
        return ()

    @property
    def is_complete(self) -> bool:
        """True if no application lacks a reviewer."""
        return not any(each.short for each in self.applications)

    def new_conflicts(self, portfolio: Portfolio) -> tuple[Finding, ...]:
        """The new reviews whose reviewer is tied to the applicant by now, or reviews already.

        `record` refuses the assignment if there are any. O(n) over the new reviews.
        """
        return tuple(
            Finding(
                code="reviewer-not-free", severity="error", subjects=(subject,),
                message=f"{cite('person', each.reviewer_id)} cannot review {subject} by what is "
                "known now", mend="assign reviewers again",
            )
            for each in self.changes
            for subject in (cite("application", each.application_id),)
            if not _is_free(portfolio, each)
        )  # fmt: skip

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each application and reviewer; None where there is no reviewer."""
        return tuple(
            {
                "application": each.application_id, "reviewer": reviewer,
                "is_new": reviewer in each.new, "short": each.short,
            }
            for each in self.applications
            for reviewer in each.reviewers or (None,)
        )  # fmt: skip

    def explain(self) -> tuple[str, ...]:
        """Each application that lacks reviewers, with the reasons."""
        return tuple(
            f"{each.application_id} lacks {count_text(each.short, 'reviewer')}: {each.why}"
            for each in self.applications
            if each.short
        )

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                each.application_id, ", ".join(each.reviewers), str(len(each.new)),
                str(each.short) if each.short else "", each.why,
            )
            for each in self.applications
        ]  # fmt: skip

    def _loads(self) -> str:
        return ", ".join(f"{reviewer}: {load}" for reviewer, load in self.loads)

    def __str__(self) -> str:
        return f"{table(self._cells(), _HEADERS)}\nReviews of each reviewer: {self._loads()}"

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The applications with their reviewers as a table; of more than `most` the first."""
        listed = html_table(self._cells(), _HEADERS, caption="Reviewers", most=most)
        return joined([listed, note(f"Reviews of each reviewer: {self._loads()}")])

    def _repr_html_(self) -> str:
        return notebook(self.html())


def _is_free(portfolio: Portfolio, review: Review) -> bool:
    """True if a reviewer has no tie to an applicant, and no review of the application."""
    application = portfolio.find(Application, review.application_id)
    call = None if application is None else portfolio.find(Call, application.call_id)
    if application is None or call is None:
        return False
    known = portfolio.where(Review, application_id=application.id, reviewer_id=review.reviewer_id)
    tied = ties(portfolio, review.reviewer_id, application.applicant_id, relevant_days(call))
    return not known and not tied


def assign_reviewers(
    portfolio: Portfolio,
    call: str,
    reviewers: Iterable[str],
    *,
    at: datetime,
    each: int = 2,
    most: int | None = None,
) -> ReviewerAssignment:
    """Assign reviewers to the applications of a call: `each` reviewers for an application.

    Considered are applications that `select` considers at the instant `at`. `reviewers`
    are ids of persons; `most` is the largest number of reviews of one of them in the call, None:
    any. Nobody reviews an applicant to whom they are tied, reviews twice, or after recusal. Reviews
    that are recorded count. The number of assigned reviews is the largest possible; among those,
    the loads of reviewers are the most even (the least sum of squares).

    Raises NotFound for an unknown call or reviewer, and InvariantError for arguments that cannot
    be. O(reviews x pairs) over the pairs of applications and reviewers.
    """
    portfolio, call, reviewers, at, each, most = sound(
        "assign_reviewers", portfolio=(portfolio, PORTFOLIO), call=(call, Id()),
        reviewers=(reviewers, Each(Id(), "ids of persons")), at=(at, Instant()),
        each=(each, Whole(least=1, most=1000)), most=(most, Maybe(Whole())),
    )  # fmt: skip
    known = portfolio.get(Call, call)
    panel = _panel(portfolio, reviewers)
    histories = status_histories(portfolio, Application)
    applications = [
        one
        for one in portfolio.where(Application, call_id=call)
        if histories[one.id].at(at) not in _GONE and _is_submitted(known, one, at)
    ]
    desks = [_desk(portfolio, known, one, panel) for one in applications]
    flow = _Flow(desks, panel, each, most)
    flow.fill()
    found = tuple(flow.result(number) for number in range(len(desks)))
    return ReviewerAssignment(
        call_id=call, applications=found, loads=tuple(sorted(flow.loads.items())),
        changes=tuple(_reviews(portfolio, found)),
    )  # fmt: skip


def _is_submitted(call: Call, application: Application, at: datetime) -> bool:
    """True if an application was submitted by an instant, and in time, as far as it is recorded."""
    submitted = application.submitted_at
    return submitted is None or (submitted <= at and is_in_time(call, submitted))


def _panel(portfolio: Portfolio, reviewers: Iterable[str]) -> tuple[str, ...]:
    """The reviewers, each once, sorted; raises NotFound for one who is not in the portfolio."""
    places = Places(portfolio)
    panel = sorted({places.participant(each) for each in reviewers})
    for each in panel:
        if portfolio.find(Person, each) is None:
            msg = "a reviewer is not a person of the portfolio; record the person first"
            raise NotFound(msg)
    return tuple(panel)


@attrs.frozen(eq=False, repr=False)
class _Desk:
    """An application before the assignment: its reviewers, and who of the panel may review it."""

    application: Application
    had: tuple[str, ...]
    free: tuple[str, ...]
    tied: tuple[str, ...]
    recused: tuple[str, ...]


def _desk(
    portfolio: Portfolio, call: Call, application: Application, panel: Sequence[str]
) -> _Desk:
    places = Places(portfolio)
    reviews = portfolio.where(Review, application_id=application.id)
    recused = {places.participant(each.reviewer_id) for each in reviews if each.recused}
    had = {places.participant(each.reviewer_id) for each in reviews} - recused
    days = relevant_days(call)
    tied = {
        each for each in {*panel, *had} if ties(portfolio, each, application.applicant_id, days)
    }
    return _Desk(
        application,
        had=tuple(sorted(had - tied)),
        free=tuple(each for each in panel if each not in {*had, *recused, *tied}),
        tied=tuple(sorted(tied)),
        recused=tuple(sorted(recused - tied)),
    )


class _Flow:
    """The flow from applications to reviewers, and the residual graph in which it grows."""

    def __init__(
        self, desks: Sequence[_Desk], panel: Sequence[str], each: int, most: int | None
    ) -> None:
        self.desks = desks
        self.each = each
        self.most = most
        self.given: list[set[str]] = [set() for _ in desks]
        self.loads = dict.fromkeys(panel, 0)
        for desk in desks:
            for reviewer in desk.had:
                self.loads[reviewer] = self.loads.get(reviewer, 0) + 1
        # The applications that each reviewer was given by this flow, to take them over.
        self.takes: dict[str, set[int]] = {reviewer: set() for reviewer in panel}

    def fill(self) -> None:
        """Augment the flow until no application can have one more review."""
        wanted = [max(0, self.each - len(desk.had)) for desk in self.desks]
        # Round by round, so that where reviews are too few all applications have nearly as many.
        for turn in range(self.each):
            for number, many in enumerate(wanted):
                if turn < many:
                    self._augment(number)

    def _augment(self, number: int) -> None:
        """Give an application one more review, along a path to the least loaded reviewer."""
        least = min((self.loads[each] for each in self.takes), default=0)
        for each in self.desks[number].free:
            # Nobody at the end of a longer path has a lesser load than the least of all.
            if self.loads[each] == least != self.most and each not in self.given[number]:
                self._give(number, each)
                return
        came = self._reached(number)
        open_ones = [each for each in came if self.most is None or self.loads[each] < self.most]
        if not open_ones:
            return
        reviewer = min(open_ones, key=lambda each: (self.loads[each], each))
        while True:
            desk, freed = came[reviewer]
            self._give(desk, reviewer)
            if freed is None:
                return
            self.given[desk].remove(freed)
            self.takes[freed].remove(desk)
            self.loads[freed] -= 1
            reviewer = freed

    def _give(self, number: int, reviewer: str) -> None:
        self.given[number].add(reviewer)
        self.takes[reviewer].add(number)
        self.loads[reviewer] += 1

    def _reached(self, number: int) -> Mapping[str, tuple[int, str | None]]:
        """The reviewers on augmenting paths from an application, each with how it was reached.

        That is the application that would gain the reviewer, and the reviewer whom it would give
        up; None for the application itself.
        """
        came: dict[str, tuple[int, str | None]] = {}
        queue: list[str] = []
        seen = {number}

        def look(desk: int, freed: str | None) -> None:
            for each in self.desks[desk].free:
                if each not in came and each not in self.given[desk]:
                    came[each] = desk, freed
                    queue.append(each)

        look(number, None)
        for reviewer in queue:  # grows while it is read: a breadth-first search
            for desk in sorted(self.takes[reviewer] - seen):
                seen.add(desk)
                look(desk, reviewer)
        return came

    def result(self, number: int) -> AssignedReviewers:
        """The reviewers of an application, after the flow is a maximum."""
        desk, new = self.desks[number], self.given[number]
        short = max(0, self.each - len(desk.had) - len(new))
        full = self._reached(number) if short else ()
        return AssignedReviewers(
            application_id=desk.application.id, reviewers=tuple(sorted({*desk.had, *new})),
            new=tuple(sorted(new)), short=short, tied=desk.tied, recused=desk.recused,
            full=tuple(sorted(full)),
        )  # fmt: skip


def _reviews(portfolio: Portfolio, found: Iterable[AssignedReviewers]) -> Iterator[Review]:
    """The reviews without scores that the assignment adds."""
    for each in found:
        taken: set[str] = set()
        for reviewer in each.new:
            id = next(
                one
                for one in numbered_ids(each.application_id, "review")
                if one not in taken and portfolio.find(Review, one) is None
            )
            taken.add(id)
            yield Review(id=id, application_id=each.application_id, reviewer_id=reviewer)
