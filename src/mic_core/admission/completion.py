"""Completion: who completes by the requirement of the program, who lacks what, and by override."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

import attrs

from mic_core.admission.persons import kept_id
from mic_core.admission.proposal import StatusProposal, cited, status_step
from mic_core.admission.requirements.judge import CustomFact, Judgement, judge
from mic_core.admission.transitions import StatusChange
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Choice, Flag, Instant, Maybe, Text, sound
from mic_core.markup import MOST_ROWS, Html, Tone, badge, html_table, notebook, table
from mic_core.model import Edition, Enrollment, Program, Transition
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.status import status_histories

CompletionOutcome = Literal["completed", "incomplete"]
"""The outcomes of an enrollment that ran to its end."""

_CAN_END = frozenset({"enrolled", "suspended"})
_TONES: Mapping[str, Tone] = {"met": "good", "not met": "error", "unknown": "warning"}
_HEADERS = ("enrollment", "verdict", "after", "lacks")


def complete(
    portfolio: Portfolio,
    subject: str,
    *,
    at: datetime,
    outcome: CompletionOutcome = "completed",
    actor: str | None = None,
    reason: str | None = None,
    predicates: Mapping[str, CustomFact] = MappingProxyType({}),
) -> StatusProposal:
    """Propose that an enrollment, or an edition, is completed.

    `subject` is an id, or is cited as `kind:id`. An enrollment is completed where the requirement
    of the program is met at the end of the day; without a requirement the trainers decide, and with
    `actor` and `reason` both stated the completion is an override. `outcome` may be incomplete,
    which needs no requirement. `predicates` are custom facts of the requirement.

    Raises InvariantError with the leaves that are not met, IllegalTransition for a status that does
    not lead there, and NotFound for an unknown subject. Costs one judgement.
    """
    (outcome,) = sound("complete", outcome=(outcome, Choice(get_args(CompletionOutcome))))
    kinds = ("enrollment", "edition")
    change = StatusChange("complete", portfolio, subject, kinds, at, actor, reason)
    if change.subject.startswith("edition:"):
        return change.to("completed")
    change.refuse_unless_legal(outcome)
    enrollment = portfolio.get(Enrollment, change.subject.partition(":")[2])
    verdict = None
    if outcome == "completed" and (change.actor is None or change.reason is None):
        verdict = _judgement(portfolio, enrollment, change.at, predicates)
    if verdict is not None and verdict.verdict != "met":
        problems = [
            Problem(path="completion", rule=f"must be met: {lack}", mend=_OVERRIDE)
            for lack in lacking(verdict)
        ]
        raise InvariantError("complete", problems)
    return change.to(outcome)


_OVERRIDE = "wait until it is, or state the actor and the reason of an override"


def lacking(judgement: Judgement) -> tuple[str, ...]:
    """The leaves of a judgement that are not met, or not known to be; without personal data.

    Of a requirement with alternatives, all leaves that could help are among them.
    """
    found = tuple(str(each) for each in judgement.leaves() if each.verdict != "met")
    return found or (f"{judgement.requirement}: {judgement.verdict}",)


def _judgement(
    portfolio: Portfolio,
    enrollment: Enrollment,
    at: datetime,
    predicates: Mapping[str, CustomFact],
) -> Judgement | None:
    """The verdict on the completion of an enrollment; None where nothing is required."""
    edition = portfolio.find(Edition, enrollment.into)
    program = None if edition is None else portfolio.find(Program, edition.program_id)
    if edition is None or program is None or program.completion is None:
        return None
    return judge(
        portfolio, program.completion, kept_id(portfolio, enrollment.participant_id),
        on=day_at(at, zone_of(portfolio, edition.center_id)), scope=edition.id,
        predicates=predicates,
    )  # fmt: skip


@attrs.frozen(kw_only=True)
class CompletionResult:
    """The result for one enrollment: the verdict on its completion, and what it lacks.

    `judgement` is None where nothing is required: the trainers decide. `after` is the status that
    is proposed, or the present one.
    """

    enrollment_id: str
    participant_id: str
    judgement: Judgement | None = attrs.field(repr=False)
    after: str

    @property
    def verdict(self) -> str:
        """Met, not met or unknown; "open" where nothing is required."""
        return "open" if self.judgement is None else self.judgement.verdict

    @property
    def lacks(self) -> tuple[str, ...]:
        """The leaves that are not met, or not known to be; none where it is met."""
        if self.judgement is None or self.judgement.verdict == "met":
            return ()
        return lacking(self.judgement)


@attrs.frozen(kw_only=True)
class Completions:
    """A proposal of completions of an edition: who completes by the rule, and who lacks what.

    `results` hold everybody who is enrolled or suspended, by id of the enrollment. `changes` are
    the transitions to record.
    """

    edition_id: str
    at: datetime
    as_of: datetime | None
    results: tuple[CompletionResult, ...]
    changes: tuple[Transition, ...]
    replaces: tuple[Transition, ...] = ()

    def __iter__(self) -> Iterator[CompletionResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """One flat row for each enrollment."""
        return tuple(
            {
                "enrollment": each.enrollment_id, "participant": each.participant_id,
                "verdict": each.verdict, "after": each.after, "lacks": "; ".join(each.lacks),
            }
            for each in self.results
        )  # fmt: skip

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (each.enrollment_id, each.verdict, each.after, "; ".join(each.lacks))
            for each in self.results
        ]

    def __str__(self) -> str:
        return table(self._cells(), _HEADERS)

    def html(self, *, most: int = MOST_ROWS) -> Html:
        """The results as a table, each verdict in words; of more than `most` the first."""
        rows: list[tuple[str | Html, ...]] = [
            (each.enrollment_id, badge(each.verdict, _TONES.get(each.verdict, "plain")), *cells[2:])
            for each, cells in zip(self.results, self._cells(), strict=True)
        ]
        caption = f"Completion of {self.edition_id}"
        return html_table(rows, _HEADERS, caption=caption, most=most)

    def _repr_html_(self) -> str:
        return notebook(self.html())


def completions(
    portfolio: Portfolio,
    edition: str,
    *,
    at: datetime,
    close: bool = False,
    predicates: Mapping[str, CustomFact] = MappingProxyType({}),
    as_of: datetime | None = None,
) -> Completions:
    """Judge the completion of everybody who is enrolled in an edition, and propose what is certain.

    Who meets the requirement of the program at the end of the day becomes completed. With `close`,
    who certainly does not becomes incomplete; who is unknown stays. Suspended participants are
    never completed: they resume before. Without a requirement the trainers decide, and nothing is
    proposed. `as_of` limits what is known; None: all.

    Raises NotFound for an unknown edition. Costs one judgement for each enrollment.
    """
    portfolio, edition, at, close, as_of = sound(
        "completions", portfolio=(portfolio, PORTFOLIO), edition=(edition, Text(most=200)),
        at=(at, Instant()), close=(close, Flag()), as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)
    id = known.get(Edition, edition.removeprefix("edition:")).id
    histories = status_histories(known, Enrollment)
    results: list[CompletionResult] = []
    changes: list[Transition] = []
    taken: set[str] = set()
    for each in known.where(Enrollment, into=id):
        history = histories[each.id]
        status = history.last
        if status not in _CAN_END or any(one.effective_at > at for one in history.transitions):
            continue
        found = _judgement(known, each, at, predicates)
        verdict = None if found is None else found.verdict
        after = status
        if verdict == "met" and status == "enrolled":
            after = "completed"
        elif verdict == "not met" and close:
            after = "incomplete"
        if after != status:
            changes.append(status_step(known, cited(each), status, after, at, taken))
        results.append(
            CompletionResult(
                enrollment_id=each.id, participant_id=kept_id(known, each.participant_id),
                judgement=found, after=after,
            )
        )  # fmt: skip
    return Completions(
        edition_id=id, at=at, as_of=as_of, results=tuple(results), changes=tuple(changes)
    )
