"""Places of facts: the center, programs, editions and series of a session or an operation."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast

import attrs

from mic_core.chrono import Period
from mic_core.impact.tables.identities import kept_ids
from mic_core.model import Center, Edition, Program, Series, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.center_clock import day_at, slot_at_center, zone_of

_DAY = timedelta(days=1)


@attrs.frozen
class FactPlace:
    """The place of a fact in the scopes: ids of its session, series, editions, programs, center."""

    session_id: str | None = None
    series_id: str | None = None
    edition_ids: tuple[str, ...] = ()
    program_ids: tuple[str, ...] = ()
    center_id: str | None = None

    def of_one(self) -> dict[str, str | None]:
        """The columns of a place with at most one edition and program."""
        return {
            "session_id": self.session_id,
            "series_id": self.series_id,
            "edition_id": self.edition_ids[0] if self.edition_ids else None,
            "program_id": self.program_ids[0] if self.program_ids else None,
            "center_id": self.center_id,
        }

    def of_many(self) -> dict[str, Any]:
        """The columns of a place with several editions and programs."""
        return {
            "session_id": self.session_id, "series_id": self.series_id,
            "edition_id": self.edition_ids, "program_id": self.program_ids,
            "center_id": self.center_id,
        }  # fmt: skip


@attrs.frozen(eq=False)
class Places:
    """Look-ups of places, which a portfolio answers for sessions, editions and scopes."""

    portfolio: Portfolio

    def session(self, session: Session) -> FactPlace:
        """The place of a session: also the editions of its audience and all their programs."""
        editions = [] if session.edition_id is None else [session.edition_id]
        editions += [
            each for each in session.audience if self.portfolio.find(Edition, each) is not None
        ]
        programs = [self._program_of(each) for each in editions]
        if session.series_id is not None:
            series = self.portfolio.find(Series, session.series_id)
            programs.append(None if series is None else series.program_id)
        return FactPlace(
            session.id, session.series_id, _distinct(editions), _distinct(programs),
            session.center_id,
        )  # fmt: skip

    def edition(self, edition: Edition) -> FactPlace:
        """The place of an edition."""
        return FactPlace(
            edition_ids=(edition.id,), program_ids=(edition.program_id,),
            center_id=edition.center_id,
        )  # fmt: skip

    def _program_of(self, edition_id: str) -> str | None:
        edition = self.portfolio.find(Edition, edition_id)
        return None if edition is None else edition.program_id

    def operation(self, into: str) -> FactPlace:
        """The place of an edition or a session booked directly, by its id."""
        edition = self.portfolio.find(Edition, into)
        if edition is not None:
            return self.edition(edition)
        session = self.portfolio.find(Session, into)
        return FactPlace() if session is None else self.session(session)

    def scope(self, id: str) -> FactPlace:
        """The place of what a scope's id names; an empty one where it is unknown."""
        if self.portfolio.find(Center, id) is not None:
            return FactPlace(center_id=id)
        program = self.portfolio.find(Program, id)
        if program is not None:
            organizer = program.organizer_id
            known = organizer is not None and self.portfolio.find(Center, organizer) is not None
            return FactPlace(program_ids=(id,), center_id=organizer if known else None)
        series = self.portfolio.find(Series, id)
        if series is not None:
            programs = () if series.program_id is None else (series.program_id,)
            return FactPlace(series_id=id, program_ids=programs, center_id=series.center_id)
        return self.operation(id)

    def participant(self, id: str) -> str:
        """The id that is kept of a person or organization."""
        found = kept_ids(self.portfolio, "person").get(id)
        return kept_ids(self.portfolio, "organization").get(id, id) if found is None else found

    def day(self, session: Session) -> date | None:
        """The local day on which a session starts; None if it has no slot."""
        if session.slot is None:
            return None
        return slot_at_center(self.portfolio, session, session.slot).day

    def day_at(self, moment: datetime, center_id: str | None) -> date:
        """The local day of an instant at a center; in UTC where the center is unknown."""
        return day_at(moment, zone_of(self.portfolio, center_id))


def united(places: Iterable[FactPlace]) -> dict[str, tuple[str, ...]]:
    """The columns of several places together, each with sorted ids."""
    known = [*places]
    return {
        "session_id": _sorted(each.session_id for each in known),
        "series_id": _sorted(each.series_id for each in known),
        "edition_id": _sorted(id for each in known for id in each.edition_ids),
        "program_id": _sorted(id for each in known for id in each.program_ids),
        "center_id": _sorted(each.center_id for each in known),
    }


def _sorted(ids: Iterable[str | None]) -> tuple[str, ...]:
    return (*sorted({each for each in ids if each is not None}),)


def last_day(period: Period) -> date | None:
    """The last day of a period; None if it has no end."""
    return None if period.end is None else period.end - _DAY


def _distinct(ids: list[Any]) -> tuple[str, ...]:
    return cast("tuple[str, ...]", (*dict.fromkeys(each for each in ids if each is not None),))
