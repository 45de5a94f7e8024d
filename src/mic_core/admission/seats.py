"""Seats of editions and sessions: capacity by mode, seats taken over time, start and end.

A participant with several records has the seats of one of them at a time: that of more places.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta, tzinfo
from itertools import pairwise
from operator import attrgetter

import attrs

from mic_core.admission.persons import kept_id
from mic_core.admission.proposal import cited
from mic_core.chrono.local import instant
from mic_core.model import TABLES, Edition, Enrollment, Room, Seats, Session
from mic_core.model.program import Admission, Waitlist
from mic_core.model.vocabulary import Presence
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.center_clock import period_bounds, zone_of
from mic_core.portfolio.scope import extent
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory

HOLDS_SEAT = TABLES["enrollment"].occupies_seat
"""The statuses of an enrollment that holds a seat."""

END_OF_TIME = 2**63
"""Microseconds later than any instant of the calendar."""


@attrs.frozen(kw_only=True)
class SeatTarget:
    """An edition or session with seats: its capacity, its policy, and its clock.

    `start` and `end` are instants in microseconds since 1970; None: not placed, or unbounded.
    """

    noun: Edition | Session
    seats: Seats
    waitlist: Waitlist
    admission: Admission
    offer_lasts: timedelta | None
    zone: tzinfo
    start: int | None
    end: int | None

    @property
    def id(self) -> str:
        """The id of the edition or session."""
        return self.noun.id

    def places(self, mode: Presence) -> int | None:
        """The seats of a mode; None: unlimited."""
        return self.seats.in_person if mode == "in_person" else self.seats.online


def target_of(portfolio: Portfolio, noun: Edition | Session) -> SeatTarget:
    """The seats, policy and clock of an edition or session.

    A session without seats of its own has those of its room.
    """
    place = zone_of(portfolio, noun.center_id)
    if isinstance(noun, Edition):
        start, end = period_bounds(portfolio, noun.period, noun.center_id)
        return SeatTarget(
            noun=noun, seats=noun.seats, waitlist=noun.waitlist, admission=noun.admission,
            offer_lasts=noun.offer_lasts, zone=place, start=start, end=end,
        )  # fmt: skip
    room = None if noun.room_id is None else portfolio.find(Room, noun.room_id)
    own = noun.seats if noun.seats is not None else Seats(in_person=room.seats if room else None)
    slot = noun.slot
    return SeatTarget(
        noun=noun, seats=own, waitlist=noun.waitlist, admission="open", offer_lasts=None,
        zone=place, start=slot.start_utc if slot else None, end=slot.end_utc if slot else None,
    )  # fmt: skip


def targets_in(portfolio: Portfolio, scope: Scope) -> tuple[SeatTarget, ...]:
    """The editions of a scope and the sessions that somebody enrolled into, sorted by citation.

    Raises NotFound for an unknown scope. O(k log k) over what it covers.
    """
    covered = extent(portfolio, scope, None)
    nouns: list[Edition | Session] = [portfolio.get(Edition, id) for id in covered.editions]
    nouns += [each for each in covered.sessions if portfolio.where(Enrollment, into=each.id)]
    return tuple(target_of(portfolio, each) for each in sorted(nouns, key=cited))


SeatChange = tuple[int, int]
"""An instant in microseconds, and the change of the number of taken seats at it."""


def peak(changes: Iterable[SeatChange]) -> tuple[int, int]:
    """The peak of taken seats over time, and the first instant that has it: a sweep over changes.

    Seats released at an instant are free at it. `(0, 0)` where none is taken. O(n log n).

    >>> peak([(9, 2), (10, 3), (10, -2), (11, 1)])
    (4, 11)
    """
    most = first = taken = 0
    for moment, change in sorted(changes):  # at one instant releases come first, being negative
        taken += change
        if taken > most:
            most, first = taken, moment
    return most, first


@attrs.frozen
class HeldSeat:
    """The seat of an enrollment over a half-open span of instants, in microseconds since 1970."""

    start: int
    end: int
    enrollment: Enrollment


def held_seats(
    enrollments: Iterable[Enrollment], histories: Iterable[StatusHistory]
) -> Iterator[HeldSeat]:
    """The seats that enrollments hold, each over its spans of time."""
    for each, history in zip(enrollments, histories, strict=True):
        for span in history.spans():
            if span.status in HOLDS_SEAT and span.start is not None:
                end = END_OF_TIME if span.end is None else instant(span.end)
                yield HeldSeat(instant(span.start), end, each)


def once_each(portfolio: Portfolio, seats: Iterable[HeldSeat]) -> Iterator[HeldSeat]:
    """Seats of one edition or session, those of a participant under one record at a time.

    Where several records of one participant hold seats at once, the one of the most places counts,
    then the one of the least id. Two seats under one record are both taken. O(n log n).
    """
    by_participant: dict[str, list[HeldSeat]] = {}
    for each in seats:
        kept = kept_id(portfolio, each.enrollment.participant_id)
        by_participant.setdefault(kept, []).append(each)
    for mine in by_participant.values():
        if len({each.enrollment.participant_id for each in mine}) == 1:
            yield from mine
        else:
            yield from _of_largest_record(mine)


def _of_largest_record(seats: list[HeldSeat]) -> Iterator[HeldSeat]:
    """In each piece of time the seats of the record that holds most places, then of least id."""
    bounds = sorted({moment for each in seats for moment in (each.start, each.end)})
    for start, end in pairwise(bounds):
        places: dict[str, int] = {}
        held = [each for each in seats if each.start <= start and end <= each.end]
        for each in held:
            record = each.enrollment.participant_id
            places[record] = places.get(record, 0) + each.enrollment.places
        largest = min(places, key=lambda id: (-places[id], id), default="")
        for each in held:
            if each.enrollment.participant_id == largest:
                yield HeldSeat(start, end, each.enrollment)


def taken_seats(portfolio: Portfolio, into: str) -> tuple[HeldSeat, ...]:
    """The seats that are taken in an edition or session over time, one for each participant.

    >>> taken_seats(Portfolio.of(), "boostcamp-6")
    ()
    """
    histories = status_histories(portfolio, Enrollment)
    mine = portfolio.where(Enrollment, into=into)
    return tuple(once_each(portfolio, held_seats(mine, (histories[each.id] for each in mine))))


def seat_changes(seats: Iterable[HeldSeat], since: int | None = None) -> Iterator[SeatChange]:
    """The changes of the number of taken seats, from an instant on; None: ever."""
    for each in sorted(seats, key=attrgetter("start")):
        start = each.start if since is None else max(each.start, since)
        if start < each.end:
            yield start, each.enrollment.places
            if each.end < END_OF_TIME:
                yield each.end, -each.enrollment.places
