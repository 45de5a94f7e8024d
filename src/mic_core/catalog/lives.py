"""How statuses went, read once for all things of a kind, and what the clocks of a center show."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import NamedTuple

from mic_core.chrono import Period
from mic_core.chrono.local import instant, local, zone
from mic_core.ids import cite, split
from mic_core.model import KINDS, Application, Center, Edition, Enrollment, Session, Transition
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import first_status, in_sequence
from mic_core.rules import Breach

_FIRST, _LAST = (
    instant(datetime(year, month, day, tzinfo=UTC))
    for year, month, day in ((1, 1, 2), (9999, 12, 30))
)
"""Instants that every clock can show."""


class Stretch(NamedTuple):
    """A status from one instant up to another; None where it begins or goes on without a date."""

    status: str
    start: datetime | None
    end: datetime | None


class Life(NamedTuple):
    """The status that a thing begins with, and its transitions in the order of the world."""

    first: str
    steps: tuple[Transition, ...]

    @property
    def last(self) -> str:
        """The status after all that is known."""
        return self.steps[-1].after if self.steps else self.first

    def at(self, moment: datetime | None) -> str:
        """The status at an instant; None means after all that is known."""
        if moment is None:
            return self.last
        status = self.first
        for step in self.steps:
            if step.effective_at > moment:
                break
            status = step.after
        return status

    def stretches(self) -> Iterator[Stretch]:
        """Each status in turn; those that last no time are left out."""
        status, start = self.first, None
        for step in self.steps:
            if step.effective_at != start:
                yield Stretch(status, start, step.effective_at)
            status, start = step.after, step.effective_at
        yield Stretch(status, start, None)

    def ever(self, status: str) -> bool:
        """Whether it had that status once, however short."""
        return status == self.first or any(step.after == status for step in self.steps)


def lives(
    portfolio: Portfolio,
    noun: type[Application] | type[Edition] | type[Enrollment] | type[Session],
) -> Mapping[str, Life]:
    """The life of each thing of a kind, by id. O(n log n) over them and all transitions.

    >>> from mic_core.model import Session
    >>> lives(Portfolio.of(), Session)
    {}
    """
    steps: dict[str, list[Transition]] = {}
    for each in portfolio.all(Transition):
        kind, id = split(each.subject)
        if kind == KINDS[noun]:
            steps.setdefault(id, []).append(each)
    found: dict[str, Life] = {}
    for one in portfolio.all(noun):
        taken = steps.get(one.id)
        first = first_status(one, taken or ())
        found[one.id] = Life(first, in_sequence(taken, first) if taken else ())
    return found


def life_of(portfolio: Portfolio, thing: Application | Edition | Enrollment | Session) -> Life:
    """The life of one thing."""
    steps = portfolio.where(Transition, subject=cite(KINDS[type(thing)], thing.id))
    first = first_status(thing, steps)
    return Life(first, in_sequence(steps, first))


def timed(
    find: Callable[[Portfolio, datetime], Iterable[Breach]],
) -> Callable[[Portfolio, datetime | None], Iterable[Breach]]:
    """What a rule finds that needs an instant: nothing without one."""

    def asked(portfolio: Portfolio, as_of: datetime | None) -> Iterable[Breach]:
        return () if as_of is None else find(portfolio, as_of)

    return asked


def place_of(portfolio: Portfolio, center_id: str | None) -> tzinfo:
    """The zone of a center; UTC where there is no such center."""
    center = portfolio.find(Center, center_id) if center_id is not None else None
    return UTC if center is None else zone(center.time_zone)


def day_at(moment: datetime, place: tzinfo) -> date:
    """The day that the clocks of a place show at an instant; but for the ends of the calendar.

    >>> str(day_at(datetime(2014, 9, 10, 23, tzinfo=UTC), zone("Europe/Brussels")))
    '2014-09-11'
    """
    return local(min(max(instant(moment), _FIRST), _LAST), place).date()


def edges(portfolio: Portfolio, period: Period, center_id: str) -> tuple[int | None, int | None]:
    """The instants at which a period begins and ends on the clocks of a center."""
    return period.within(place_of(portfolio, center_id))
