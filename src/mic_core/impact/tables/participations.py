"""Participations: operations that participants entered, with the characteristics of first entry.

Entries into one operation again are one participation (Regulation (EU) 1303/2013, annex I, as
practiced): the first day and the first characteristics hold, the status is that of the last entry.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from mic_core.chrono.months import months_later
from mic_core.ids import cite
from mic_core.impact.aggregation.facts import ALSO, FactTable, table_of
from mic_core.impact.tables.identities import kept_ids
from mic_core.impact.tables.places import FactPlace, Places
from mic_core.impact.tables.shapes import EMPLOYMENT_SHAPE, PARTICIPATIONS_SHAPE
from mic_core.model import TABLES, Employment, Enrollment, Organization, Person
from mic_core.portfolio import Portfolio
from mic_core.portfolio.expected import EXPECTED
from mic_core.portfolio.status import status_histories
from mic_core.portfolio.status_history import StatusHistory

ENDED = TABLES["enrollment"].terminal
"""The statuses with which a participation is over."""

Entered = tuple[datetime, Enrollment, StatusHistory]
"""An enrollment with its history, and the instant from which its participant was expected first."""

_PROFILE = {"gender": "gender", "employment": "status", "education": "education",
            "origin": "origin", "disability": "disability"}  # fmt: skip
"""The columns of characteristics, by the reserved name of a profile that each comes from."""

_FOUR_WEEKS = timedelta(weeks=4)


@attrs.frozen(kw_only=True)
class Participation:
    """The entries of one participant into one operation, as one.

    `entered_on` and `profile` are those of the first entry; `status` and `left_on` those of the
    last, as of an instant. `also` cites the enrollments after the first. `left_on` is None while
    it is not over. `entries` are the enrollments in the order of their entry, each with that
    instant and its history.
    """

    enrollment: Enrollment
    also: tuple[str, ...]
    participant_id: str
    place: FactPlace
    entered_on: date
    left_on: date | None
    status: str
    persons: tuple[str | None, ...]
    entries: tuple[Entered, ...]

    @property
    def id(self) -> str:
        """The identity of a participation: participant and operation."""
        return f"{self.participant_id}/{self.enrollment.into}"


def participations_of(portfolio: Portfolio, as_of: datetime) -> tuple[Participation, ...]:
    """The participations known and begun by an instant, sorted by id. O(n log n)."""
    places = Places(portfolio)
    histories = status_histories(portfolio, Enrollment)
    entries: dict[tuple[str, str], list[Entered]] = {}
    for each in portfolio.all(Enrollment):
        history = histories[each.id]
        entered = _entered_at(history, as_of)
        if entered is not None:
            participant = places.participant(each.participant_id)
            entries.setdefault((participant, each.into), []).append((entered, each, history))
    return tuple(
        _merged(places, key[0], sorted(entries[key], key=_order), as_of) for key in sorted(entries)
    )


def _entered_at(history: StatusHistory, as_of: datetime) -> datetime | None:
    """The first instant at which the participant was expected, for however short a time.

    None if that did not happen by an instant. An enrollment begins as a request, so that a
    transition dates every entry.
    """
    moments = (each.effective_at for each in history.until(as_of) if each.after in EXPECTED)
    return next(moments, None)


def _order(entry: Entered) -> tuple[datetime, str]:
    return entry[0], entry[1].id


def _merged(
    places: Places,
    participant: str,
    entries: list[Entered],
    as_of: datetime,
) -> Participation:
    entered, first, _ = entries[0]
    _, _, last = entries[-1]
    place = places.operation(first.into)
    status = last.at(as_of)
    ended = [each for each in last.until(as_of) if each.after == status]
    left = ended[-1].effective_at if status in ENDED and ended else None
    organization = places.portfolio.find(Organization, participant) is not None
    delegates = sorted(
        {places.participant(each) for _, entry, _ in entries for each in entry.delegates}
    )
    persons: tuple[str | None, ...] = (participant,)
    if organization:
        persons = (*delegates,) or (None,)
    return Participation(
        enrollment=first, also=tuple(cite("enrollment", each.id) for _, each, _ in entries[1:]),
        participant_id=participant, place=place,
        entered_on=places.day_at(entered, place.center_id),
        left_on=None if left is None else places.day_at(left, place.center_id), status=status,
        persons=persons, entries=(*entries,),
    )  # fmt: skip


def participations(portfolio: Portfolio, known: Iterable[Participation]) -> FactTable:
    """The table of participations. O(n)."""
    return table_of(PARTICIPATIONS_SHAPE, _rows(portfolio, known))


def _rows(portfolio: Portfolio, known: Iterable[Participation]) -> Iterator[dict[str, Any]]:
    for each in known:
        enrollment = each.enrollment
        organization = portfolio.find(Organization, each.participant_id)
        for person_id in each.persons:
            person = None if person_id is None else portfolio.find(Person, person_id)
            yield {
                "fact": cite("enrollment", enrollment.id),
                ALSO: each.also,
                "participation_id": each.id,
                "participant_id": each.participant_id,
                "participant_kind": "person" if organization is None else organization.kind,
                "person_id": person_id,
                "enterprise_id": None if organization is None else organization.id,
                **each.place.of_one(),
                "day": each.entered_on,
                "left_on": each.left_on,
                "status": each.status,
                "has_ended": each.status in ENDED,
                **_characteristics(enrollment, person, each.entered_on),
                "evidence": "documented",
            }


def _characteristics(
    enrollment: Enrollment, person: Person | None, entered_on: date
) -> Mapping[str, Any]:
    """The characteristics at first entry: of the profile, or else of the person."""
    profile = dict(enrollment.profile)
    found: dict[str, Any] = {
        column: None if name not in profile else str(profile[name])
        for column, name in _PROFILE.items()
    }
    if person is not None:
        found["gender"] = found["gender"] or person.gender
        found["region"] = person.region
        # Age in calendar years: the difference of the years, as the funds of the Union count it.
        found["age"] = None if person.born is None else max(0, entered_on.year - person.born.year)
    return found


_HORIZONS = ("4 weeks", "6 months", "12 months")


def employment(portfolio: Portfolio, known: Iterable[Participation]) -> FactTable:
    """The table of employment after participation. O(n log n)."""
    statuses: dict[str, list[Employment]] = {}
    kept = kept_ids(portfolio, "person")
    for each in portfolio.all(Employment):
        statuses.setdefault(kept.get(each.person_id, each.person_id), []).append(each)
    for found in statuses.values():
        found.sort(key=lambda each: (each.on, each.id))
    return table_of(EMPLOYMENT_SHAPE, _employment_rows(portfolio, statuses, known))


def _employment_rows(
    portfolio: Portfolio,
    statuses: Mapping[str, list[Employment]],
    participations: Iterable[Participation],
) -> Iterator[dict[str, Any]]:
    for each in participations:
        for person_id in each.persons:
            person = None if person_id is None else portfolio.find(Person, person_id)
            if person is None or each.left_on is None:
                continue
            entry = _characteristics(each.enrollment, person, each.entered_on)
            known = statuses.get(person.id, [])
            for horizon in _HORIZONS:
                due = _due(each.left_on, horizon)
                # Immediate results are those between leaving and four weeks after it.
                since = each.left_on if horizon == _HORIZONS[0] else due
                until = due if horizon == _HORIZONS[0] else due + _FOUR_WEEKS
                found = [one for one in known if since <= one.on <= until]
                yield {
                    "fact": cite("enrollment", each.enrollment.id),
                    ALSO: (*each.also, *(cite("employment", one.id) for one in found)),
                    "participation_id": each.id,
                    "person_id": person.id,
                    **each.place.of_one(),
                    "horizon": horizon,
                    "day": due,
                    "before": entry["employment"],
                    "after": _answered(found),
                    "gender": entry["gender"],
                    "evidence": found[-1].evidence if found else None,
                }


def _answered(found: list[Employment]) -> str | None:
    status = found[-1].status if found else "unknown"
    return None if status == "unknown" else status


def _due(left_on: date, horizon: str) -> date:
    if horizon == _HORIZONS[0]:
        return left_on + _FOUR_WEEKS
    return months_later(left_on, int(horizon.split(maxsplit=1)[0]))
