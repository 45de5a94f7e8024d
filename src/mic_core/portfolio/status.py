"""Statuses as the fold of transitions."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from mic_core.errors import NotFound
from mic_core.ids import split
from mic_core.model import TABLES, Application, Edition, Noun, Session, Transition

if TYPE_CHECKING:
    from mic_core.portfolio.portfolio import Portfolio


def first_status(noun: Noun) -> str:
    """The status of a noun before any transition.

    >>> from mic_core.model import Enrollment
    >>> first_status(Enrollment(id="e-1", participant_id="p-1", into="boostcamp-6"))
    'requested'
    """
    match noun:
        case Edition() | Session():
            return noun.status
        case Application():
            return "draft" if noun.submitted_at is None else "submitted"
        case _:
            return "requested"


def in_sequence(transitions: Iterable[Transition], first: str) -> tuple[Transition, ...]:
    """Transitions of one subject in the order of the world.

    Those of the same instant are put so that each starts where the one before it ended, as far as
    that is possible; then by id.
    """
    waiting = sorted(transitions, key=lambda each: (each.effective_at, each.id))
    ordered: list[Transition] = []
    status = first
    while waiting:
        tied = [each for each in waiting if each.effective_at == waiting[0].effective_at]
        following = next((each for each in tied if each.before in {status, None}), tied[0])
        waiting.remove(following)
        ordered.append(following)
        status = following.after
    return tuple(ordered)


def transitions_of(
    portfolio: "Portfolio", subject: str, *, at: datetime | None = None
) -> tuple[Transition, ...]:
    """The transitions of a subject that took effect by the instant `at`; None means all of them."""
    found = portfolio.where(Transition, subject=subject)
    known = [each for each in found if at is None or each.effective_at <= at]
    return in_sequence(known, first_status(_subject(portfolio, subject)))


def status_of(portfolio: "Portfolio", subject: str, *, at: datetime | None = None) -> str:
    """The status of an application, edition, enrollment or session, cited as `kind:id`.

    `at` is an instant of the world; None means after all that is known. Raises NotFound for a
    subject that is not in the portfolio. O(k log k) over its k transitions.
    """
    folded = transitions_of(portfolio, subject, at=at)
    return folded[-1].after if folded else first_status(_subject(portfolio, subject))


def _subject(portfolio: "Portfolio", subject: str) -> Noun:
    kind, id = split(subject)
    noun = portfolio.find(kind, id) if kind in TABLES else None
    if noun is None:
        msg = f"{subject} has no status here; cite one of {', '.join(TABLES)} as kind:id"
        raise NotFound(msg)
    return noun


def follows(table_kind: str, before: str | None, status: str | None, after: str) -> bool:
    """Whether a transition may come next: `status` is the one now, None at the very start."""
    table = TABLES[table_kind]
    if before is None:
        return status is None and after in table.initial
    return after in table.follows[before]
