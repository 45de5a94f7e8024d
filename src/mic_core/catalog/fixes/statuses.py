"""How statuses that do not fit could be mended: by the transition that is missing."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar

import attrs

from mic_core.catalog.fixes.drafts import Draft, evolved, name_of, stepped
from mic_core.chrono.local import local
from mic_core.findings import Finding
from mic_core.ids import split
from mic_core.model import (
    KINDS,
    TABLES,
    Attendance,
    Edition,
    Enrollment,
    Headcount,
    Noun,
    Session,
    Transition,
)
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import period_bounds
from mic_core.portfolio.status import status_history_of

N = TypeVar("N", bound=Noun)


def cited_nouns(portfolio: Portfolio, finding: Finding, noun: type[N]) -> list[N]:
    """The things of a kind that a finding is about, as far as they are there."""
    keys = (split(each) for each in finding.subjects)
    found = (portfolio.find(noun, id) for kind, id in keys if kind == KINDS[noun])
    return [each for each in found if each is not None]


def traced(portfolio: Portfolio, session: Session) -> bool:
    """Whether a session was held or anybody was counted at it."""
    return (
        status_history_of(portfolio, session).last == "held"
        or bool(portfolio.where(Attendance, session_id=session.id))
        or bool(portfolio.where(Headcount, session_id=session.id))
    )


def _cancelled(portfolio: Portfolio, session: Session, as_of: datetime | None) -> Draft:
    """A session that is cancelled: at an instant if there is one, else from the beginning."""
    sentence = f"cancel {name_of(session)}"
    if as_of is None:
        return evolved(session, sentence, status="cancelled")
    step = stepped(portfolio, name_of(session), "planned", "cancelled", as_of)
    return Draft(sentence=sentence, changes=(step,), replaces=(session,))


def keep_one(portfolio: Portfolio, finding: Finding, as_of: datetime | None) -> Iterator[Draft]:
    """Of sessions that are one, keep one and cancel the others, if nobody was at these."""
    sessions = cited_nouns(portfolio, finding, Session)
    for kept in sorted(sessions, key=lambda each: (not traced(portfolio, each), each.id)):
        others = [each for each in sessions if each is not kept]
        if not any(traced(portfolio, each) for each in others):
            parts = [_cancelled(portfolio, each, as_of) for each in others]
            names = " and ".join(name_of(each) for each in others)
            yield Draft(
                sentence=f"keep {name_of(kept)} and cancel {names}",
                changes=tuple(change for part in parts for change in part.changes),
                replaces=tuple(old for part in parts for old in part.replaces),
            )


def cancel_session(
    portfolio: Portfolio, finding: Finding, as_of: datetime | None
) -> Iterator[Draft]:
    """Cancel the session."""
    for each in cited_nouns(portfolio, finding, Session):
        yield _cancelled(portfolio, each, as_of)


def close_session(
    portfolio: Portfolio, finding: Finding, as_of: datetime | None
) -> Iterator[Draft]:
    """Record that a session was held; or, if nobody was counted at it, that it was cancelled."""
    placed = [(each, each.slot) for each in cited_nouns(portfolio, finding, Session) if each.slot]
    for each, slot in placed:
        held = stepped(portfolio, name_of(each), "planned", "held", slot.end)
        yield Draft(sentence=f"record that {name_of(each)} was held", changes=(held,))
        if not traced(portfolio, each):
            yield _cancelled(portfolio, each, as_of)


def _edition_step(
    portfolio: Portfolio, finding: Finding, before: str, after: str, side: int
) -> Iterator[Draft]:
    """Let an edition become something when its period begins (side 0) or ends (side 1)."""
    for each in cited_nouns(portfolio, finding, Edition):
        edge = period_bounds(portfolio, each.period, each.center_id)[side]
        known = status_history_of(portfolio, each).transitions
        moments = [local(edge, UTC)] if edge is not None else []
        moment = max([*moments, *(step.effective_at for step in known)])
        step = stepped(portfolio, name_of(each), before, after, moment)
        yield Draft(sentence=f"record that {name_of(each)} is {after}", changes=(step,))


def open_edition(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Record that an edition opened, at the latest when it began."""
    return _edition_step(portfolio, finding, "draft", "open", 0)


def complete_edition(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Record that an edition was completed when its period ended."""
    return _edition_step(portfolio, finding, "open", "completed", 1)


def expire_offer(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Let an offer expire when it said that it would."""
    offers = [(each, each.expires_at) for each in cited_nouns(portfolio, finding, Transition)]
    for offer, end in ((offer, end) for offer, end in offers if end is not None):
        step = stepped(portfolio, offer.subject, "offered", "expired", end)
        yield Draft(sentence=f"record that the offer of {offer.subject} expired", changes=(step,))


def cancel_enrollment(
    portfolio: Portfolio, finding: Finding, as_of: datetime | None
) -> Iterator[Draft]:
    """Cancel the enrollment, when what it is into was cancelled or, if that is unknown, now."""
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
        step = stepped(portfolio, name_of(each), history.last, "cancelled", moment)
        yield Draft(sentence=f"cancel {name_of(each)}", changes=(step,))


def complete_history(portfolio: Portfolio, finding: Finding, _: datetime | None) -> Iterator[Draft]:
    """Record the transitions that are missing before one, or correct what it starts from."""
    subject, status = str(finding.fact("subject")), str(finding.fact("status"))
    follows = TABLES[split(subject)[0]].follows
    for each in cited_nouns(portfolio, finding, Transition):
        name, route = name_of(each), _route(follows, status, each.after)
        if len(route) == 1:
            yield evolved(each, f"let {name} start from {status}", before=status)
        elif route:
            steps = tuple(
                stepped(portfolio, subject, before, after, each.effective_at)
                for before, after in pairwise((status, *route[:-1]))
            )
            yield Draft(
                sentence=f"record that {subject} became {', then '.join(route[:-1])} before {name}",
                changes=(*steps, attrs.evolve(each, before=route[-2])),
                replaces=(each,),
            )


def _route(follows: Mapping[str, tuple[str, ...]], start: str, end: str) -> tuple[str, ...]:
    """The shortest way from a status to another, without the first; empty where there is none."""
    routes: dict[str, tuple[str, ...]] = {start: ()}
    waiting = [start]
    for status in waiting:
        for after in follows[status]:
            if after not in routes:
                routes[after] = (*routes[status], after)
                waiting.append(after)
    return routes.get(end, ())
