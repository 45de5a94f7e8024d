"""Facts of a participant on a day: the operands of the leaves of requirements, with bounds.

Each fact is a column in the sense of fact tables, with its kind, unit and privacy, so that a leaf
is evaluated by the same conditions as the rows behind an indicator. A fact that is known in part
has bounds: sessions without a record of somebody expected count neither as attended nor as missed.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

import attrs

from mic_core.admission.requirements.holdings import (
    consented,
    distinct_words,
    last_staff,
    memberships_on,
    organization_kinds,
    organizations,
    valid_credentials,
)
from mic_core.admission.requirements.presence import (
    AttendanceBook,
    AttendedSessions,
    Known,
    attendance_book,
)
from mic_core.chrono import Period
from mic_core.impact.aggregation.columns import MILLION, ColumnShape
from mic_core.impact.tables.participations import Participation, participations_of
from mic_core.model import Credential, Organization, Participant, Person
from mic_core.portfolio import Portfolio, Scope
from mic_core.portfolio.center_clock import day_at, zone_of
from mic_core.portfolio.portfolio import derived
from mic_core.portfolio.scope import extent

_NONE = object()
"""No value: the mark of a fact that participants of a kind do not have."""

ATTRIBUTE = "attribute:"
"""The prefix of a fact that is a named attribute of a person."""

ANSWER = "answer:"
"""The prefix of a fact that is a named answer of the application that is judged."""

_MINUTE = timedelta(minutes=1)


def _fact(
    name: str, about: str, kind: Any = "word", unit: str | None = None, *,
    many: bool = False, personal: bool = False,
) -> ColumnShape:  # fmt: skip
    return ColumnShape(
        name=name, kind=kind, about=about, unit=unit, many=many, personal=personal
    )  # fmt: skip


FACTS: Mapping[str, ColumnShape] = MappingProxyType(
    {
        each.name: each
        for each in (
            _fact("age", "of a person since birth, of an organization since its foundation",
                  "whole", "years", personal=True),
            _fact("attended_module", "the modules of which a session was attended", "id",
                  many=True),
            _fact("attended_session", "the sessions attended, in full or in part", "id",
                  many=True),
            _fact("attendance_share", "attended sessions, of the delivered ones at which the "
                  "participant was expected; excused absences count as not attended, as in the "
                  "rates of cohorts", "number", "share"),
            _fact("born_on", "the birth of a person", "day", personal=True),
            _fact("closed_on", "the day from which an organization is not active", "day"),
            _fact("completed_edition", "the editions and sessions completed", "id", many=True),
            _fact("completed_module", "the modules of which all sessions were attended", "id",
                  many=True),
            _fact("completed_program", "the programs of which an edition was completed", "id",
                  many=True),
            _fact("consent", "the purposes to which a person consents", many=True),
            _fact("country", "the country of an organization, ISO 3166-1"),
            _fact("credential", "the titles of credentials that are valid", many=True),
            _fact("credential_kind", "the kinds of credentials that are valid", many=True),
            _fact("entered_edition", "the editions and sessions entered", "id", many=True),
            _fact("entered_program", "the programs of which an edition was entered", "id",
                  many=True),
            _fact("founded_on", "the foundation of an organization", "day"),
            _fact("gender", "of a person", personal=True),
            _fact("kind", "person, or the kind of the organization"),
            _fact("legal_form", "of an organization"),
            _fact("market", "the markets of an organization", many=True),
            _fact("minutes_attended", "the time of presence; bounded by the lengths of sessions "
                  "where it was not measured", "whole", "minutes"),
            _fact("organization", "the organizations that a person belongs to", "id", many=True),
            _fact("organization_kind", "the kinds of these organizations", many=True),
            _fact("region", "of the person or organization", personal=True),
            _fact("role", "the roles of a person in organizations", many=True),
            _fact("sector", "of an organization"),
            _fact("sessions_attended", "the number of sessions attended, in full or in part",
                  "whole", "sessions"),
            _fact("staff", "of an organization, by the figures of its last period that was over",
                  "number", "annual work units"),
        )
    }
)  # fmt: skip
"""The facts that a leaf may name, by name, with kind, unit and meaning. All are as of the day.

Beside them a leaf may name `attribute:NAME` of a person, `answer:NAME` of an application, and the
predicates that are handed in."""


@attrs.frozen(eq=False, repr=False)
class FactsAbout:
    """A participant on a day: what the facts are about, each worked out when a leaf names it."""

    portfolio: Portfolio
    participant: Participant
    on: date
    instant: datetime
    scope: Scope | None
    answers: Mapping[str, Any]

    def fact(self, name: str) -> Known:
        """A fact by its name, which is one of FACTS. O(n) at first use of a portfolio and day."""
        if name in _OF_ATTENDANCE:
            return self._attended().fact(name)
        subject = self.participant
        of_kind = (
            self._of_person(name, subject)
            if isinstance(subject, Person)
            else self._of_organization(name, subject)
        )
        value = self._of_both(name) if of_kind is _NONE else of_kind
        if value is _NONE:  # a fact that such participants do not have
            value = () if FACTS[name].many else None
        return Known(value, value)

    def _of_both(self, name: str) -> Any:
        match name:
            case "credential":
                return distinct_words(each.title for each in self._credentials())
            case "credential_kind":
                return distinct_words(each.kind for each in self._credentials())
            case "region":
                return self.participant.region
            case "completed_edition" | "entered_edition":
                return distinct_words(each.enrollment.into for each in self._entered(name))
            case "completed_program" | "entered_program":
                known = self._entered(name)
                return distinct_words(id for each in known for id in each.place.program_ids)
            case _:
                return _NONE

    def _of_person(self, name: str, person: Person) -> Any:
        known, id, on = self.portfolio, person.id, self.on
        match name:
            case "age":
                return _age(person.born, on)
            case "born_on":
                return person.born
            case "consent":
                return consented(known, id, self.instant)
            case "gender":
                return person.gender
            case "kind":
                return "person"
            case "organization":
                return organizations(known, id, on)
            case "organization_kind":
                return organization_kinds(known, id, on)
            case "role":
                return distinct_words(each.role for each in memberships_on(known, id, on))
            case _:
                return _NONE

    def _of_organization(self, name: str, organization: Organization) -> Any:
        match name:
            case "age":
                return _age(organization.founded, self.on)
            case "founded_on":
                return organization.founded
            case "market":
                return organization.markets
            case "staff":
                last = last_staff(self.portfolio, organization.id, self.on)
                had = None if last is None else last.staff
                return None if had is None else Fraction(had) * MILLION
            case "closed_on" | "country" | "kind" | "legal_form" | "sector":
                return getattr(organization, name)
            case _:
                return _NONE

    def _credentials(self) -> tuple[Credential, ...]:
        return valid_credentials(self.portfolio, self.participant.id, self.on)

    def _entered(self, name: str) -> list[Participation]:
        """The participations that had begun, or those that had been completed."""
        all_of_them = name.startswith("entered")
        known = self.participations()
        return [each for each in known if all_of_them or each.status == "completed"]

    @property
    def is_person(self) -> bool:
        """True for a person."""
        return isinstance(self.participant, Person)

    def participations(self) -> tuple[Participation, ...]:
        """The participations of the participant that had begun by the day."""
        known = _last_asked(self.portfolio, self.instant).participations
        return known.get(self.participant.id, ())

    def _attended(self) -> AttendedSessions:
        past = Period(None, min(self.on, _LAST) + timedelta(days=1))
        stays = _last_asked(self.portfolio, self.instant).book.get(self.participant.id, {})
        sessions = extent(self.portfolio, self.scope, past).sessions
        return AttendedSessions(
            self.portfolio, [each for each in sessions if each.id in stays], stays
        )


_LAST = date(9999, 12, 29)
"""The last day after which every zone has another one in the calendar of Python."""


@attrs.frozen(eq=False, repr=False)
class _AtInstant:
    """The facts of every participant of a portfolio at an instant, each found on first use."""

    portfolio: Portfolio
    instant: datetime

    @cached_property
    def participations(self) -> Mapping[str, tuple[Participation, ...]]:
        """The participations of each participant and of each delegate."""
        return _participations(self.portfolio, self.instant)

    @cached_property
    def book(self) -> AttendanceBook:
        """The attendance book of the sessions that were delivered."""
        return attendance_book(self.portfolio, self.instant)


def _last_asked(portfolio: Portfolio, instant: datetime) -> _AtInstant:
    """The facts at an instant, kept with the portfolio for the last instant asked."""
    kept = derived(portfolio, _nothing)
    if not kept or kept[0].instant != instant:
        kept[:] = [_AtInstant(portfolio, instant)]
    return kept[0]


def _nothing(_: Portfolio) -> list[_AtInstant]:
    return []


def _participations(
    portfolio: Portfolio, instant: datetime
) -> Mapping[str, tuple[Participation, ...]]:
    """The participations of each participant and of each delegate, as of an instant."""
    found: dict[str, list[Participation]] = {}
    for each in participations_of(portfolio, instant):
        for id in {each.participant_id, *each.persons} - {None}:
            found.setdefault(str(id), []).append(each)
    return {id: tuple(each) for id, each in found.items()}


_OF_ATTENDANCE = frozenset(
    {
        "attended_module", "attended_session", "attendance_share", "completed_module",
        "minutes_attended", "sessions_attended",
    }
)  # fmt: skip


def _age(since: date | None, on: date) -> int | None:
    """Completed years; a birthday on 29 February is on 1 March in other years."""
    if since is None or since > on:
        return None if since is None else 0
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def last_instant_of(portfolio: Portfolio, on: date, center_id: str | None) -> datetime:
    """The last instant of a day on the clocks of a center; of UTC where there is none."""
    end = Period(None, min(on, _LAST) + timedelta(days=1)).within(zone_of(portfolio, center_id))[1]
    return _EPOCH + timedelta(microseconds=(end or 0) - 1)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00+00:00")


def local_day(portfolio: Portfolio, moment: datetime, center_id: str | None) -> date:
    """The day of an instant on the clocks of a center; in UTC where there is none."""
    return day_at(moment, zone_of(portfolio, center_id))
