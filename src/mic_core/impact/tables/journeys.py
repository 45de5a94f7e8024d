"""Journeys and stays: how far each participant came, and from which week to which one.

A journey begins with an application or a request and ends with an outcome after the participation.
A stay is the time from an entry to leaving early; weeks are ISO weeks, from Monday to Sunday by the
clocks of the center, and number 1 is that of the first day of the edition.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import attrs

from mic_core.ids import cite, split
from mic_core.impact.aggregation.facts import FactTable, table_of
from mic_core.impact.tables.decisions import last_decisions
from mic_core.impact.tables.participations import ENDED, Participation
from mic_core.impact.tables.places import FactPlace, Places, last_day
from mic_core.impact.tables.shapes import JOURNEYS_SHAPE, STAYS_SHAPE
from mic_core.model import (
    KINDS,
    TABLES,
    Application,
    Call,
    Credential,
    Deal,
    Edition,
    Employment,
    Enrollment,
    FollowUp,
    Indicator,
    Observation,
    Session,
)
from mic_core.model.enrollment import PRESENT
from mic_core.model.impact import uncorrected
from mic_core.portfolio import Portfolio
from mic_core.portfolio.status import begun_at, status_histories
from mic_core.portfolio.status_history import StatusHistory

LEFT_EARLY = ENDED - {"completed", "incomplete"}
"""The statuses of a participant who gave the seat up before the end."""

_SEATED = TABLES["enrollment"].occupies_seat
_SUBMITTED = frozenset({"submitted", "shortlisted"})
_WORKS = frozenset({"employed", "self_employed"})
_RESULTS = frozenset({"outcome", "impact"})  # the kinds of indicator that measure results


def week_number(day: date, first: date) -> int:
    """The number of the ISO week of a day, counted from that of a first day, which is 1.

    >>> week_number(date(2014, 9, 15), date(2014, 9, 10))
    2
    """
    return (day.toordinal() - 1) // 7 - (first.toordinal() - 1) // 7 + 1


def first_day_of(portfolio: Portfolio, place: FactPlace, places: Places) -> date | None:
    """The first day of an operation: of an edition, or of a session booked directly."""
    if place.session_id is not None:
        return places.day(portfolio.get(Session, place.session_id))
    edition = portfolio.find(Edition, place.edition_ids[0]) if place.edition_ids else None
    return None if edition is None else edition.period.start


# Stays


def stays(portfolio: Portfolio, known: Iterable[Participation], as_of: datetime) -> FactTable:
    """The table of stays, as of an instant. O(n)."""
    return table_of(STAYS_SHAPE, _stay_rows(portfolio, known, as_of))


def _stay_rows(
    portfolio: Portfolio, known: Iterable[Participation], as_of: datetime
) -> Iterator[dict[str, Any]]:
    places = Places(portfolio)
    firsts: dict[str, date | None] = {}
    for each in known:
        into, center = each.enrollment.into, each.place.center_id
        if into not in firsts:
            firsts[into] = first_day_of(portfolio, each.place, places)
        first = firsts[into]
        is_first = True
        for enrollment, start, end in _spells(each, as_of):
            day = places.day_at(start, center)
            until = None if end is None else places.day_at(end, center)
            since_week, until_week = _week(day, first), _week(until, first)
            # A later stay within one week holds at the end of none.
            if is_first or since_week is None or since_week != until_week:
                yield {
                    "fact": cite("enrollment", enrollment.id), **_operation(each, into),
                    "day": day, "since_week": since_week, "until_week": until_week,
                    "is_first": is_first, "evidence": "documented",
                }  # fmt: skip
            is_first = False


def _week(day: date | None, first: date | None) -> int | None:
    """The week of a day, at least 1; None if it is not known."""
    return None if day is None or first is None else max(1, week_number(day, first))


def _operation(each: Participation, into: str) -> dict[str, Any]:
    return {
        "participation_id": each.id, "participant_id": each.participant_id, "operation_id": into,
        **each.place.of_one(),
    }  # fmt: skip


def _spells(
    participation: Participation, as_of: datetime
) -> Iterator[tuple[Enrollment, datetime, datetime | None]]:
    """The times between entering and leaving early, in order, by an instant; None: not left.

    Of entries that overlap the latest one holds, as for the status of a participation.
    """
    entries = participation.entries
    ends = [*(entered for entered, _, _ in entries[1:]), None]
    open_since: tuple[Enrollment, datetime] | None = None
    for (entered, enrollment, history), limit in zip(entries, ends, strict=True):
        for each in history.until(as_of):
            moment = each.effective_at
            if moment < entered or (limit is not None and moment >= limit):
                continue
            if each.after in LEFT_EARLY and open_since is not None:
                yield (*open_since, moment)
                open_since = None
            elif each.after not in LEFT_EARLY and open_since is None:
                open_since = enrollment, moment
    if open_since is not None:
        yield (*open_since, None)


# Journeys


def journeys(
    portfolio: Portfolio, known: Sequence[Participation], rosters: FactTable, as_of: datetime
) -> FactTable:
    """The table of journeys, as of an instant, given the table of rosters. O(n log n)."""
    return table_of(JOURNEYS_SHAPE, _Journeys(portfolio, known, rosters, as_of).rows())


@attrs.frozen(eq=False)
class _Requests:
    """The applications and enrollments of one participant for one operation, by id."""

    applications: list[Application] = attrs.field(factory=list[Application])
    enrollments: list[Enrollment] = attrs.field(factory=list[Enrollment])


@attrs.frozen(eq=False, kw_only=True)
class _Stages:
    """The flags of a journey in order, None being open or not known."""

    is_accepted: bool | None
    has_entered: bool | None
    has_attended: bool | None
    has_completed: bool | None
    has_credential: bool | None
    has_outcome: bool | None


@attrs.frozen(eq=False)
class _Journeys:
    """The facts of a portfolio that make up journeys, as of an instant."""

    portfolio: Portfolio
    known: Sequence[Participation]
    rosters: FactTable
    as_of: datetime

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the table, sorted by operation and participant."""
        entered = {(each.enrollment.into, each.participant_id): each for each in self.known}
        requests = self._requests()
        for into, participant in sorted(requests):
            asked, participation = requests[into, participant], entered.get((into, participant))
            place = self._places.operation(into)
            several: list[Application | Enrollment] = [*asked.applications, *asked.enrollments]
            first = several[0]
            if participation is None:
                stages, status = self._without_entry(asked, place), None
                day = self._day(self._asked_at(first), place)
            else:
                stages, status = self._with_entry(participation, place), participation.status
                day = participation.entered_on
            yield {
                "fact": cite(KINDS[type(first)], first.id),
                "participation_id": f"{participant}/{into}", "participant_id": participant,
                "operation_id": into, **place.of_one(), "day": day, "status": status,
                "has_applied": True, **attrs.asdict(stages), "evidence": "documented",
            }  # fmt: skip

    def _day(self, moment: datetime | None, place: FactPlace) -> date | None:
        return None if moment is None else self._places.day_at(moment, place.center_id)

    @cached_property
    def _places(self) -> Places:
        return Places(self.portfolio)

    @cached_property
    def _applications(self) -> Mapping[str, StatusHistory]:
        return status_histories(self.portfolio, Application)

    @cached_property
    def _enrollments(self) -> Mapping[str, StatusHistory]:
        return status_histories(self.portfolio, Enrollment)

    def _requests(self) -> Mapping[tuple[str, str], _Requests]:
        """The applications submitted and the enrollments asked for by the instant."""
        found: dict[tuple[str, str], _Requests] = {}
        for each in self.portfolio.all(Application):
            call = self.portfolio.find(Call, each.call_id)
            if call is not None and call.edition_id is not None and self._is_submitted(each):
                key = call.edition_id, self._places.participant(each.applicant_id)
                found.setdefault(key, _Requests()).applications.append(each)
        for one in self.portfolio.all(Enrollment):
            asked_at = self._asked_at(one)
            if asked_at is None or asked_at <= self.as_of:
                key = one.into, self._places.participant(one.participant_id)
                found.setdefault(key, _Requests()).enrollments.append(one)
        return found

    def _is_submitted(self, application: Application) -> bool:
        if application.submitted_at is not None and application.submitted_at > self.as_of:
            return False
        return self._has_been(self._applications[application.id], _SUBMITTED)

    def _has_been(self, history: StatusHistory, statuses: frozenset[str]) -> bool:
        """True if a history had one of these statuses by the instant."""
        if history.first in statuses:
            return True
        return any(each.after in statuses for each in history.until(self.as_of))

    def _asked_at(self, request: Application | Enrollment) -> datetime | None:
        """The instant of a request; None if it is not recorded."""
        histories = self._applications if isinstance(request, Application) else self._enrollments
        return begun_at(request, histories[request.id])

    def _without_entry(self, asked: _Requests, place: FactPlace) -> _Stages:
        """The stages of a participant who was never enrolled: all later ones are as the entry."""
        accepted = self._is_accepted(asked)
        if accepted is None and self._is_over(place):
            accepted = False
        statuses = {self._enrollments[each.id].at(self.as_of) for each in asked.enrollments}
        has_ended = bool(statuses) and statuses <= ENDED
        may_enter = accepted is not False and not has_ended and not self._is_over(place)
        enters = None if may_enter else False
        return _Stages(
            is_accepted=accepted, has_entered=enters, has_attended=enters, has_completed=enters,
            has_credential=enters, has_outcome=enters,
        )  # fmt: skip

    def _is_accepted(self, asked: _Requests) -> bool | None:
        """Three-valued: None while nobody has decided."""
        outcomes = {self._decisions.get(each.id) for each in asked.applications}
        histories = [self._enrollments[each.id] for each in asked.enrollments]
        if "accepted" in outcomes or any(self._has_been(each, _SEATED) for each in histories):
            return True
        waits = any(each.at(self.as_of) not in ENDED for each in histories) or any(
            self._decisions.get(each.id) != "rejected"
            and self._applications[each.id].at(self.as_of) != "withdrawn"
            for each in asked.applications
        )
        return None if waits else False

    @cached_property
    def _decisions(self) -> Mapping[str, str]:
        """The last outcome of each application that was decided by the instant."""
        last = last_decisions(self.portfolio, self.as_of)
        return {id: each.outcome for id, each in last.items()}

    def _with_entry(self, participation: Participation, place: FactPlace) -> _Stages:
        """The stages of a participant who was enrolled; those still to come are None."""
        open_or_false = None if participation.status not in ENDED else False
        attended = self._presence.get(participation.id, False)
        if attended is False and open_or_false is None and not self._is_over(place):
            attended = None
        return _Stages(
            is_accepted=True, has_entered=True, has_attended=attended,
            has_completed=participation.status == "completed" or open_or_false,
            has_credential=self._has_credential(participation, place) or open_or_false,
            has_outcome=self._has_outcome(participation),
        )  # fmt: skip

    @cached_property
    def _presence(self) -> Mapping[str, bool | None]:
        """Three-valued presence at one session at least, by participation; others are False."""
        columns = self.rosters.columns
        found: dict[str, bool | None] = {}
        pairs = zip(columns["participation_id"].values(), columns["status"].values(), strict=True)
        for id, status in dict.fromkeys(pairs):
            if status in PRESENT:
                found[id] = True
            elif status is None:
                found.setdefault(id, None)
        return found

    def _is_over(self, place: FactPlace) -> bool:
        """True if the last day of an operation is over; one without a last day never is."""
        if place.session_id is not None:
            end = self._places.day(self.portfolio.get(Session, place.session_id))
        else:
            edition = self.portfolio.find(Edition, (*place.edition_ids, "")[0])
            end = None if edition is None else last_day(edition.period)
        return end is not None and end < self._places.day_at(self.as_of, place.center_id)

    def _has_credential(self, participation: Participation, place: FactPlace) -> bool:
        """True if it was earned in the operation, or in its program before entering another one."""
        holders = {participation.participant_id, *participation.persons}
        today = self._places.day_at(self.as_of, place.center_id)
        for holder in holders:
            for each in self._credentials.get(holder, ()):
                if each.issued_on > today or each.earned_in is None:
                    continue
                where = self._places.scope(each.earned_in)
                if participation.enrollment.into in {where.session_id, *where.edition_ids}:
                    return True
                is_of_program = not where.edition_ids and where.session_id is None
                if is_of_program and not set(where.program_ids).isdisjoint(place.program_ids):
                    last = self._last_entered(participation, each.issued_on)
                    if last == participation.id:
                        return True
        return False

    @cached_property
    def _credentials(self) -> Mapping[str | None, Sequence[Credential]]:
        found: dict[str | None, list[Credential]] = {}
        for each in self.portfolio.all(Credential):
            found.setdefault(self._places.participant(each.holder_id), []).append(each)
        return found

    def _last_entered(self, participation: Participation, day: date) -> str | None:
        """The participation in the same programs that was entered last by a day."""
        programs = set(participation.place.program_ids)
        among = [
            each for each in self._by_participant[participation.participant_id]
            if each.entered_on <= day and not programs.isdisjoint(each.place.program_ids)
        ]  # fmt: skip
        return max(among, key=lambda each: (each.entered_on, each.id)).id if among else None

    @cached_property
    def _by_participant(self) -> Mapping[str, Sequence[Participation]]:
        found: dict[str, list[Participation]] = {}
        for each in self.known:
            found.setdefault(each.participant_id, []).append(each)
        return found

    def _has_outcome(self, participation: Participation) -> bool | None:
        """Three-valued: False only where somebody answered, or a status without work is known."""
        today = self._places.day_at(self.as_of, participation.place.center_id)
        answered = False
        for one in {participation.participant_id, *participation.persons}:
            for day, has_result in self._results.get(one, ()):
                if participation.entered_on <= day <= today:
                    if has_result:
                        return True
                    answered = True
        return False if answered else None

    @cached_property
    def _results(self) -> Mapping[str | None, Sequence[tuple[date, bool]]]:
        """The days on which an outcome, or the absence of one, is recorded, by participant."""
        found: dict[str | None, list[tuple[date, bool]]] = {}

        def tell(participant: str, day: date | None, *, has_result: bool) -> None:
            if day is not None:
                known = self._places.participant(participant)
                found.setdefault(known, []).append((day, has_result))

        for status in self.portfolio.all(Employment):
            if status.status != "unknown":
                tell(status.person_id, status.on, has_result=status.status in _WORKS)
        for deal in self.portfolio.all(Deal):
            tell(deal.organization_id, deal.on, has_result=True)
        for answer in self.portfolio.all(FollowUp):
            if answer.status == "answered":
                tell(answer.participant_id, answer.on or answer.due_on, has_result=False)
        kinds = {each.id: each.kind for each in self.portfolio.all(Indicator)}
        for each in uncorrected(self.portfolio.all(Observation)):
            kind, subject = split(each.subject)
            measures_results = kinds.get(each.indicator_id or "") in _RESULTS
            if kind in {"person", "organization"} and measures_results and each.value > 0:
                tell(subject, last_day(each.period), has_result=True)
        return found
