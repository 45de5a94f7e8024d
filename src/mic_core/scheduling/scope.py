"""What a scope covers over a period: its centers, editions and sessions."""

from datetime import tzinfo

import attrs

from mic_core.chrono import Period, Slot
from mic_core.chrono.local import instant, local, zone
from mic_core.model import Center, Edition, Series, Session
from mic_core.portfolio import Portfolio, Scope, members
from mic_core.timetable import Timetable


@attrs.frozen(kw_only=True)
class Extent:
    """The ids of centers and editions, and the sessions, sorted by id."""

    centers: frozenset[str]
    editions: frozenset[str]
    sessions: tuple[Session, ...]


def extent(portfolio: Portfolio, scope: Scope | None, period: Period | None) -> Extent:
    """What a scope covers; None means the whole portfolio, and at any time.

    An edition covers the sessions it holds and those at which it is expected. A session lies in a
    period if it starts on one of its days, on the clocks of its center; one without a slot lies in
    none. Raises NotFound for an unknown scope. O(k log k) over what is covered.
    """
    if scope is None:
        found = Extent(
            centers=frozenset(center.id for center in portfolio.all(Center)),
            editions=frozenset(edition.id for edition in portfolio.all(Edition)),
            sessions=portfolio.all(Session),
        )
    else:
        found = _covered(portfolio, scope)
    if period is None:
        return found
    kept = tuple(
        session
        for session in found.sessions
        if session.slot is not None
        and period.contains(on_local_clocks(portfolio, session, session.slot).day)
    )
    return attrs.evolve(found, sessions=kept)


def numbers_in(timetable: Timetable, scope: Scope | None) -> frozenset[int]:
    """The numbers of the sessions that a scope covers; None means all. As `extent`."""
    numbers = timetable.numbers
    sessions = extent(timetable.portfolio, scope, None).sessions
    return frozenset(numbers[each.id] for each in sessions if each.id in numbers)


def _covered(portfolio: Portfolio, scope: Scope) -> Extent:
    named: dict[str, set[str]] = {}
    for kind, id in members(portfolio, scope):
        named.setdefault(kind, set()).add(id)
    none: set[str] = set()
    centers, programs = named.get("center", none), named.get("program", none)
    editions = set(named.get("edition", none))
    editions |= {each.id for id in centers for each in portfolio.where(Edition, center_id=id)}
    editions |= {each.id for id in programs for each in portfolio.where(Edition, program_id=id)}
    series = set(named.get("series", none))
    series |= {each.id for id in programs for each in portfolio.where(Series, program_id=id)}
    sessions = {id: portfolio.get(Session, id) for id in named.get("session", none)}
    for field, ids in (
        ("center_id", centers),
        ("series_id", series),
        ("edition_id", editions),
        ("audience", editions),
    ):
        for id in ids:
            sessions.update({each.id: each for each in portfolio.where(Session, **{field: id})})
    return Extent(
        centers=frozenset(centers),
        editions=frozenset(editions),
        sessions=tuple(sessions[id] for id in sorted(sessions)),
    )


def on_local_clocks(portfolio: Portfolio, session: Session, slot: Slot) -> Slot:
    """A slot of a session on the clocks of its center, or as it is if the center is not there."""
    center = portfolio.find(Center, session.center_id)
    if center is None or center.time_zone == slot.zone:
        return slot
    place: tzinfo = zone(center.time_zone)
    return Slot(local(instant(slot.start), place), local(instant(slot.end), place))
