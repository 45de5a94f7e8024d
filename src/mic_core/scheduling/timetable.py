"""The timetable: the sessions of a portfolio that can take place, in columns."""

from collections.abc import Mapping
from functools import cached_property

import attrs

from mic_core.chrono import Slot
from mic_core.ids import cite
from mic_core.model import Center, Enrollment, Module, Room, Session, Transition
from mic_core.model.status import TABLES
from mic_core.portfolio import Portfolio, status_of


@attrs.frozen(eq=False, slots=False)
class Timetable:
    """All sessions of a portfolio that are not cancelled, numbered in the order of their ids.

    Rules and solvers speak of sessions by number; `placed` are the numbers of those with a slot.
    Times are microseconds since 1970 in UTC.
    """

    portfolio: Portfolio
    sessions: tuple[Session, ...]

    @cached_property
    def placed(self) -> tuple[int, ...]:
        """Numbers of the sessions that have a slot."""
        return tuple(n for n, session in enumerate(self.sessions) if session.slot is not None)

    @cached_property
    def slots(self) -> tuple[Slot | None, ...]:
        """The slot of each session; None where it has none yet."""
        return tuple(session.slot for session in self.sessions)

    @cached_property
    def starts(self) -> list[int]:
        """When each session starts; 0 for one without a slot."""
        return [slot.start_utc if slot is not None else 0 for slot in self.slots]

    @cached_property
    def ends(self) -> list[int]:
        """When each session ends; 0 for one without a slot, so that it never overlaps."""
        return [slot.end_utc if slot is not None else 0 for slot in self.slots]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """How findings cite each session."""
        return tuple(cite("session", session.id) for session in self.sessions)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each session by its id."""
        return {session.id: n for n, session in enumerate(self.sessions)}

    @cached_property
    def rooms(self) -> Mapping[str, Room]:
        """All rooms by id."""
        return {room.id: room for room in self.portfolio.all(Room)}

    @cached_property
    def centers(self) -> Mapping[str, Center]:
        """All centers by id."""
        return {center.id: center for center in self.portfolio.all(Center)}

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """The modules of all programs by id."""
        return self.portfolio.modules()

    @cached_property
    def audiences(self) -> tuple[tuple[str, ...], ...]:
        """Who is expected at each session: its audience, or else its edition."""
        return tuple(
            session.audience or ((session.edition_id,) if session.edition_id else ())
            for session in self.sessions
        )

    @cached_property
    def seated(self) -> Mapping[str, tuple[Enrollment, ...]]:
        """Enrollments that occupy a seat now, by the edition or session they are into."""
        return seated(self.portfolio)


def timetable_of(portfolio: Portfolio) -> Timetable:
    """The timetable of a portfolio. O(n log n) over its sessions.

    >>> timetable_of(Portfolio.of()).sessions
    ()
    """
    changed = {
        each.subject for each in portfolio.all(Transition) if each.subject.startswith("session:")
    }
    return Timetable(
        portfolio,
        tuple(
            session
            for session in portfolio.all(Session)
            if _status(portfolio, session, changed) != "cancelled"
        ),
    )


def _status(portfolio: Portfolio, session: Session, changed: set[str]) -> str:
    subject = cite("session", session.id)
    return status_of(portfolio, subject) if subject in changed else session.status


def seated(portfolio: Portfolio) -> Mapping[str, tuple[Enrollment, ...]]:
    """Enrollments that occupy a seat after all that is known, by what they are into."""
    occupying = TABLES["enrollment"].occupies_seat
    found: dict[str, list[Enrollment]] = {}
    for enrollment in portfolio.all(Enrollment):
        if status_of(portfolio, cite("enrollment", enrollment.id)) in occupying:
            found.setdefault(enrollment.into, []).append(enrollment)
    return {into: tuple(enrollments) for into, enrollments in found.items()}
