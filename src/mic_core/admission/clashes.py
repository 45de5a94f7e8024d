"""Clashes of participants: sessions at the time of others that the same person is to come to.

Judged as the rule of participant overlap judges: by the seats held when a session begins. Electives
are left out, since one chooses among them, and a session that two cohorts share is one session.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate

from mic_core.admission.persons import enrollments_bringing, kept_id, persons_of
from mic_core.admission.seats import held_seats
from mic_core.chrono.local import instant
from mic_core.model import Edition, Enrollment, Organization, Person, Session
from mic_core.portfolio import Portfolio
from mic_core.portfolio.portfolio import derived
from mic_core.portfolio.status import status_histories

_Row = tuple[int, int, str]
"""A session: its start and end in microseconds since 1970, and its id."""


class Diary:
    """The sessions that persons are to come to from an instant on, with seats given meanwhile."""

    def __init__(self, portfolio: Portfolio, at: datetime) -> None:
        self._portfolio, self._now = portfolio, instant(at)
        self._new: dict[str, list[str]] = {}
        self._rows: dict[str, list[_Row]] = {}
        self._bounds: dict[str, tuple[list[int], list[int]]] = {}
        self._known: dict[str, list[tuple[str, _Row]]] = {}

    def enter(self, enrollment: Enrollment) -> None:
        """Note the sessions of a seat that is given."""
        for person in persons_of(self._portfolio, enrollment):
            self._new.setdefault(person, []).append(enrollment.into)

    def clash(self, enrollment: Enrollment, target: Edition | Session) -> tuple[str, str] | None:
        """Two sessions, cited, that somebody would be expected at, if seated; None: no such.

        O(k log m) over the k sessions of the person and the m of the edition or session.
        """
        mine = self._of(target.id)
        if not mine:
            return None
        if target.id not in self._bounds:
            ends = (row[1] for row in mine)
            self._bounds[target.id] = [row[0] for row in mine], [*accumulate(ends, max)]
        starts, reach = self._bounds[target.id]
        for person in persons_of(self._portfolio, enrollment):
            for row in self._to_come(person, target.id):
                # Only rows that start before its end, and after the last that ended by its start.
                last = bisect_left(starts, row[1])
                first = bisect_right(reach, row[0], 0, last)
                for other in mine[first:last]:
                    if other[1] > row[0] and other[2] != row[2]:
                        return f"session:{other[2]}", f"session:{row[2]}"
        return None

    def _of(self, into: str) -> list[_Row]:
        if into not in self._rows:
            rows = derived(self._portfolio, _rows_by_target).get(into, ())
            self._rows[into] = [row for row in rows if row[1] > self._now]
        return self._rows[into]

    def _to_come(self, person: str, but: str) -> Iterator[_Row]:
        for into in self._new.get(person, ()):
            if into != but:
                yield from self._of(into)
        if person not in self._known:
            self._known[person] = [*self._seated(person)]
        yield from (row for into, row in self._known[person] if into != but)
        yield from self._of(person)  # their own invitation

    def _seated(self, person: str) -> Iterator[tuple[str, _Row]]:
        histories = status_histories(self._portfolio, Enrollment)
        for each in enrollments_bringing(self._portfolio, person):
            rows = self._of(each.into)
            for seat in held_seats((each,), (histories[each.id],)) if rows else ():
                yield from ((each.into, row) for row in rows if seat.start <= row[0] < seat.end)


def _rows_by_target(portfolio: Portfolio) -> Mapping[str, list[_Row]]:
    """The sessions that each edition, session and invited participant comes to, by start."""
    statuses = status_histories(portfolio, Session)
    found: dict[str, list[_Row]] = {}
    for each in portfolio.all(Session):
        if each.slot is None or each.elective or statuses[each.id].last == "cancelled":
            continue
        row = each.slot.start_utc, each.slot.end_utc, each.id
        for id in {each.id, *_audience(portfolio, each)}:
            found.setdefault(id, []).append(row)
    for rows in found.values():
        rows.sort()
    return found


def _audience(portfolio: Portfolio, session: Session) -> Iterable[str]:
    for id in session.audience or ((session.edition_id,) if session.edition_id else ()):
        is_party = portfolio.find(Person, id) is not None or (
            portfolio.find(Organization, id) is not None
        )
        yield kept_id(portfolio, id) if is_party else id
