"""Promotion from the waitlist: the single path to a seat, by the policy of the edition or session.

Offers that ended expire. Then free seats go to those who wait, in the order of the policy. Laws:
the seats of a mode are never exceeded, at any instant; in every order but best_fit nobody is
overtaken who could take a seat; best_fit leaves no place free that somebody waiting fits; a second
promotion at the same instant changes nothing; the order of the input means nothing; nobody who
gave a seat back is offered one again; and no seat makes a clash for its participant.
"""

from collections.abc import Iterable
from datetime import datetime

import attrs

from mic_core.admission.filling import Filling
from mic_core.admission.line import PlaceInLine, Promotion
from mic_core.admission.seats import (
    target_of,
    targets_in,
)
from mic_core.fields import Each, Id, Instant, Maybe, Value, Whole, sound
from mic_core.model import (
    Edition,
    Enrollment,
    Seats,
    Session,
)
from mic_core.model.program import Waitlist
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.portfolio import PORTFOLIO

_IDS = Each(Id(), "ids")


def promote(
    portfolio: Portfolio,
    scope: Scope,
    *,
    at: datetime,
    seats: Seats | None = None,
    waitlist: Waitlist | None = None,
    per_organization: int | None = None,
    ranking: Iterable[str] = (),
    again: Iterable[str] = (),
    as_of: datetime | None = None,
) -> Promotion:
    """Expire offers that ended by `at`, and give free seats to those who wait, by the policy.

    `scope` is an id, or several, of what is promoted into: editions, sessions, or the programs,
    series and centers that they belong to. Who is admitted to all gets the seat at once; by offer
    or by call it is offered, until it has lasted `offer_lasts` of elapsed time, and never beyond
    the start. By call those stand in line whose application was accepted, or waitlisted, after
    them; the enrollment of an accepted applicant who has none is part of the proposal. Who finds no
    seat is waitlisted.

    `seats` and `waitlist` replace those of the edition or session, to simulate; the result can be
    recorded only where it fits the real ones. `per_organization` caps the places that an
    organization and its members hold; None: no cap. `ranking` are the ids of participants in the
    order that was decided, for the policy `priority`; others come after, in the order of their
    requests. `again` are the ids of participants who may be offered a seat although they gave one
    back. `as_of` limits what is known; None: all.

    Raises NotFound for an unknown scope, and InvariantError for arguments that cannot be.
    O(n log n) over the enrollments, and the sessions of those who wait.

    >>> from datetime import UTC
    >>> from mic_core.samples import brussels_2014
    >>> len(promote(brussels_2014(), "boostcamp-6", at=datetime(2014, 9, 1, 9, tzinfo=UTC)).seated)
    0
    """
    portfolio, at, seats, waitlist, per_organization, ranked, spared, as_of = sound(
        "promote", portfolio=(portfolio, PORTFOLIO), at=(at, Instant()),
        seats=(seats, Maybe(Value(Seats))), waitlist=(waitlist, Maybe(Value(Waitlist))),
        per_organization=(per_organization, Maybe(Whole())), ranking=(ranking, _IDS),
        again=(again, _IDS), as_of=(as_of, Maybe(Instant())),
    )  # fmt: skip
    known = portfolio if as_of is None else portfolio.as_of(as_of)

    def promoted(later: Portfolio) -> tuple[PlaceInLine, ...]:
        return promote(
            later, scope, at=at, per_organization=per_organization, ranking=ranked, again=spared
        ).seated

    run = Filling(known, at, per_organization, ranked, spared)
    for each in targets_in(known, scope):
        changed = attrs.evolve(
            each,
            seats=each.seats if seats is None else seats,
            waitlist=each.waitlist if waitlist is None else waitlist,
        )
        run.fill(changed)
    return Promotion(
        at=at, as_of=as_of, line=tuple(run.line), changes=tuple(run.changes), again=promoted
    )


def room_for(portfolio: Portfolio, new: Enrollment, at: datetime) -> str | None:
    """The reason why a walk-in finds no seat; None if one is free that nobody waiting could take.

    `new` is an enrollment that the portfolio need not hold; it is judged as the last in line.
    """
    run = Filling(portfolio, at, None, (), ())
    noun = portfolio.find(Edition, new.into)
    target = target_of(portfolio, noun or portfolio.get(Session, new.into))
    run.fill(target, newcomer=new)
    (mine,) = [each for each in run.line if each.enrollment_id == new.id]
    return None if mine.has_seat else mine.reason
