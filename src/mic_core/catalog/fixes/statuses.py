"""Drafters for wrong statuses: missing transitions, cancellations, retractions, histories."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

import attrs

from mic_core.catalog.fixes.drafts import (
    Draft,
    cite_noun,
    evolve_noun,
    retraction_of,
    transition_to,
)
from mic_core.chrono.local import local
from mic_core.findings import Finding
from mic_core.ids import split
from mic_core.model import (
    KINDS,
    TABLES,
    Assignment,
    Edition,
    Enrollment,
    Noun,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import period_bounds
from mic_core.portfolio.status import status_history_of
from mic_core.scheduling.scope import status_now

N = TypeVar("N", bound=Noun)


def cited_nouns(portfolio: Portfolio, finding: Finding, noun: type[N]) -> list[N]:
    """The nouns of a kind among the subjects of a finding that are in the portfolio."""
    keys = (split(each) for each in finding.subjects)
    found = (portfolio.find(noun, id) for kind, id in keys if kind == KINDS[noun])
    return [each for each in found if each is not None]


def has_evidence(portfolio: Portfolio, session: Session) -> bool:
    """True if a session was held, or has attendance or a head count."""
    return status_now(portfolio, session) == "held"


def _cancel(portfolio: Portfolio, session: Session, as_of: datetime | None) -> Draft:
    """Cancel a session: by a transition at `as_of`, or without one by its initial status."""
    sentence = f"cancel {cite_noun(session)}"
    if as_of is None:
        return evolve_noun(session, sentence, status="cancelled")
    step = transition_to(portfolio, cite_noun(session), "planned", "cancelled", as_of)
    return Draft(sentence=sentence, changes=(step,), replaces=(session,))


def keep_one(portfolio: Portfolio, finding: Finding, as_of: datetime | None) -> Iterator[Draft]:
    """Keep one of several sessions of an occurrence and cancel the others without evidence."""
    for kept, others in _partitions(portfolio, finding):
        parts = [_cancel(portfolio, each, as_of) for each in others]
        yield Draft(
            sentence=f"keep {cite_noun(kept)} and cancel {_names(others)}",
            changes=tuple(change for part in parts for change in part.changes),
            replaces=tuple(old for part in parts for old in part.replaces),
        )


def _partitions(portfolio: Portfolio, finding: Finding) -> Iterator[tuple[Session, list[Session]]]:
    """Each session that may be kept, those with evidence first, and the others, without any."""
    sessions = cited_nouns(portfolio, finding, Session)
    for kept in sorted(sessions, key=lambda each: (not has_evidence(portfolio, each), each.id)):
        others = [each for each in sessions if each is not kept]
        if not any(has_evidence(portfolio, each) for each in others):
            yield kept, others


def _names(sessions: Iterable[Session]) -> str:
    return " and ".join(cite_noun(each) for each in sessions)


def retract_copies(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Keep one of several duplicate sessions and retract the others, if these have no evidence.

    Their assignments are retracted with them: those of the kept session name the same people.
    """
    for kept, others in _partitions(portfolio, finding):
        taken: list[Noun] = [
            *others,
            *(part for each in others for part in portfolio.where(Assignment, session_id=each.id)),
        ]
        yield Draft(
            sentence=f"keep {cite_noun(kept)} and take back {_names(others)}",
            changes=tuple(retraction_of(portfolio, each) for each in taken),
            replaces=tuple(taken),
        )


def cancel_session(
    portfolio: Portfolio, finding: Finding, as_of: datetime | None
) -> Iterator[Draft]:
    """Cancel the session."""
    for each in cited_nouns(portfolio, finding, Session):
        yield _cancel(portfolio, each, as_of)


def close_session(
    portfolio: Portfolio, finding: Finding, as_of: datetime | None
) -> Iterator[Draft]:
    """Record that a session was held; or, if it has no evidence, that it was cancelled."""
    placed = [(each, each.slot) for each in cited_nouns(portfolio, finding, Session) if each.slot]
    for each, slot in placed:
        held = transition_to(portfolio, cite_noun(each), "planned", "held", slot.end)
        yield Draft(sentence=f"record that {cite_noun(each)} was held", changes=(held,))
        if not has_evidence(portfolio, each):
            yield _cancel(portfolio, each, as_of)


def _advance_edition(
    portfolio: Portfolio, finding: Finding, before: str, after: str, side: int
) -> Iterator[Draft]:
    """Add a transition of an edition at the start (side 0) or end (side 1) of its period.

    Not before its last transition, so that the history stays in order.
    """
    for each in cited_nouns(portfolio, finding, Edition):
        edge = period_bounds(portfolio, each.period, each.center_id)[side]
        known = status_history_of(portfolio, each).transitions
        moments = [local(edge, UTC)] if edge is not None else []
        moment = max([*moments, *(step.effective_at for step in known)])
        step = transition_to(portfolio, cite_noun(each), before, after, moment)
        yield Draft(sentence=f"record that {cite_noun(each)} is {after}", changes=(step,))


def open_edition(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Record that an edition opened when its period began."""
    return _advance_edition(portfolio, finding, "draft", "open", 0)


def complete_edition(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Record that an edition was completed when its period ended."""
    return _advance_edition(portfolio, finding, "open", "completed", 1)


def expire_offer(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Record that an offer expired at its stated end."""
    offers = [(each, each.expires_at) for each in cited_nouns(portfolio, finding, Transition)]
    for offer, end in ((offer, end) for offer, end in offers if end is not None):
        step = transition_to(portfolio, offer.subject, "offered", "expired", end)
        yield Draft(sentence=f"record that the offer of {offer.subject} expired", changes=(step,))


def cancel_enrollment(
    portfolio: Portfolio, finding: Finding, as_of: datetime | None
) -> Iterator[Draft]:
    """Cancel the enrollment when its edition or session was cancelled; if unknown, at `as_of`."""
    homes: tuple[Edition | Session, ...] = (
        *cited_nouns(portfolio, finding, Edition),
        *cited_nouns(portfolio, finding, Session),
    )
    ends = [
        step.effective_at
        for home in homes
        for step in status_history_of(portfolio, home).transitions[-1:]
    ]
    moments = ends or ([as_of] if as_of is not None else [])
    for each in cited_nouns(portfolio, finding, Enrollment) if moments else []:
        history = status_history_of(portfolio, each)
        moment = max([*moments, *(step.effective_at for step in history.transitions)])
        step = transition_to(portfolio, cite_noun(each), history.last, "cancelled", moment)
        yield Draft(sentence=f"cancel {cite_noun(each)}", changes=(step,))


def complete_history(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Add the transitions that are missing before an illegal one, or correct its `before`."""
    subject, status = str(finding.fact("subject")), str(finding.fact("status"))
    follows = TABLES[split(subject)[0]].follows
    for each in cited_nouns(portfolio, finding, Transition):
        name, route = cite_noun(each), _shortest_path(follows, status, each.after)
        if len(route) == 1:
            yield evolve_noun(each, f"let {name} start from {status}", before=status)
        elif route:
            steps = tuple(
                transition_to(portfolio, subject, before, after, each.effective_at)
                for before, after in pairwise((status, *route[:-1]))
            )
            yield Draft(
                sentence=f"record that {subject} became {', then '.join(route[:-1])} before {name}",
                changes=(*steps, attrs.evolve(each, before=route[-2])),
                replaces=(each,),
            )


def _shortest_path(follows: Mapping[str, tuple[str, ...]], start: str, end: str) -> tuple[str, ...]:
    """A shortest path in the status graph, without its first node; empty where there is none.

    Breadth-first search. A path from a status to itself is empty as well.
    """
    paths: dict[str, tuple[str, ...]] = {start: ()}
    queue = [start]
    for status in queue:
        for after in follows[status]:
            if after not in paths:
                paths[after] = (*paths[status], after)
                queue.append(after)
    return paths.get(end, ())
