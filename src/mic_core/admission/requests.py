"""Requests: an enrollment is asked for, or begins at the door as that of a walk-in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from mic_core.admission.persons import kept_id, live_rivals
from mic_core.admission.promotion import room_for
from mic_core.admission.proposal import (
    StatusProposal,
    cited,
    conflict,
    status_step,
    unused_id,
)
from mic_core.admission.transitions import no_rival, rivalry, target_noun
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Each, Flag, Id, Instant, Maybe, Text, sound
from mic_core.findings import Finding
from mic_core.model import Edition, Enrollment, Organization, Person
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import PORTFOLIO
from mic_core.portfolio.record import missing
from mic_core.portfolio.status import status_history_of

_IDS = Each(Id(), "ids")
_CLOSED = frozenset({"completed", "held", "cancelled"})


def request(
    portfolio: Portfolio,
    *,
    participant: str,
    into: str,
    at: datetime,
    delegates: Iterable[str] = (),
    places: int | None = None,
    mode: Presence = "in_person",
    profile: Any = (),
    walk_in: bool = False,
    actor: str | None = None,
    reason: str | None = None,
) -> StatusProposal:
    """Propose an enrollment into an edition or session: it is asked for, and stands in line.

    `into` is an id, or is cited as `kind:id`; `delegates` are the persons through whom an
    organization takes part, and `places` the seats that it takes, None: one for each delegate, or
    one. `mode` and `profile` are those of the enrollment. A merged record of a participant means
    the one that is kept. A seat comes from `promote`; but a `walk_in` starts enrolled, where a seat
    is free that nobody who waits could take, also once the edition or session has begun.

    Raises NotFound for an unknown participant, edition or session, and InvariantError where the
    participant has a live enrollment there, or in another edition of a program that admits nobody
    again; where the edition or session is over or cancelled; and for a walk-in without a free seat,
    or into an edition that is not open to all. O(n log n) over the enrollments.

    >>> from datetime import UTC
    >>> from mic_core.samples import brussels_2014
    >>> now = datetime(2014, 9, 1, 9, tzinfo=UTC)
    >>> season = brussels_2014()
    >>> print(request(season, participant="trainer-01", into="visit-students", at=now))
    enrollment:visit-students-trainer-01: requested
    """
    portfolio, participant, into, at, walk_in, actor, reason, brought = sound(
        "request", portfolio=(portfolio, PORTFOLIO), participant=(participant, Id()),
        into=(into, Text(most=200)), at=(at, Instant()), walk_in=(walk_in, Flag()),
        actor=(actor, Maybe(Id())), reason=(reason, Maybe(Text(most=500))),
        delegates=(delegates, _IDS),
    )  # fmt: skip
    target = target_noun(portfolio, into)
    kept = kept_id(portfolio, participant)
    if portfolio.find(Person, kept) is None and portfolio.find(Organization, kept) is None:
        raise missing("person", kept, "record the person or organization before")
    new = Enrollment(
        id=unused_id(portfolio, Enrollment, target.id, kept, set()), participant_id=kept,
        into=target.id, delegates=brought, mode=mode, profile=profile, requested_at=at,
        places=max(1, len(brought)) if places is None else places,
    )  # fmt: skip
    status = status_history_of(portfolio, target).at(at)
    if status in _CLOSED:
        _refuse("into", "must not be over or cancelled", f"{cited(target)}, which is {status}")
    rivals = [*live_rivals(portfolio, kept, target.id, at)]
    if rivals:
        raise rivalry("request", "participant", rivals)
    judge = no_rival(kept, target.id, at, {new.id})
    if not walk_in:
        told = actor is not None or reason is not None
        steps = [_first(portfolio, new, "requested", actor, reason)] if told else []
        return StatusProposal(
            verb="request", at=at, sentence=f"{cited(new)}: requested", changes=(new, *steps),
            judge=judge,
        )  # fmt: skip
    if isinstance(target, Edition) and target.admission != "open":
        _refuse("walk_in", "must be into what is open to all", f"{cited(target)}")
    why_not = room_for(portfolio, new, at)
    if why_not is not None:
        _refuse("walk_in", "must find a free seat", why_not)

    def has_room(later: Portfolio) -> Iterable[Finding]:
        yield from judge(later)
        now = room_for(later, new, at)
        if now is not None:
            name = cited(target)
            yield conflict("seat-gone", f"{name}: {now}", name, mend="ask for a place in line")

    return StatusProposal(
        verb="request", at=at, sentence=f"{cited(new)}: enrolled, a walk-in",
        changes=(new, _first(portfolio, new, "enrolled", actor, reason)), judge=has_room,
    )  # fmt: skip


def _first(
    portfolio: Portfolio, new: Enrollment, after: str, actor: str | None, reason: str | None
) -> Any:
    at = new.requested_at
    assert at is not None  # noqa: S101  # a request states its instant
    return status_step(portfolio, cited(new), None, after, at, set(), actor=actor, reason=reason)


def _refuse(path: str, rule: str, had: str) -> None:
    raise InvariantError("request", [Problem(path=path, rule=rule, had=had)])
