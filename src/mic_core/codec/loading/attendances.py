"""Attendances of a load: the one table that may have millions of rows, made column by column."""

from collections.abc import Iterable
from itertools import repeat
from typing import Any

import attrs

from mic_core.checked import maker
from mic_core.codec.loading.build import Loading
from mic_core.codec.loading.cells import Unreadable
from mic_core.codec.loading.reading import Values, join_ids
from mic_core.errors import InvariantError, Problem
from mic_core.model import Attendance
from mic_core.model.enrollment import PRESENT

_make = maker(Attendance)
_LONGEST_ID = 64


@attrs.frozen(eq=False)
class Presences:
    """The attendances of one table by row, before it is known whether their sessions hold."""

    values: Values
    by_row: dict[int, Attendance]

    def kept(self, load: Loading) -> Iterable[Attendance]:
        """The attendances of rows that have no problem."""
        refused = {*load.ledger.refused(self.values.table)}
        if not refused:
            return self.by_row.values()
        return (each for row, each in self.by_row.items() if row not in refused)


def read_attendances(load: Loading, values: Values) -> Presences:
    """The attendances of a table, one for each row without a problem."""
    columns = values.columns
    nothing = [None] * values.count
    sessions = columns.get("session_id", nothing)
    persons = columns.get("person_id", nothing)
    statuses = columns.get("status")
    if statuses is None:
        statuses = ["present"] * values.count
        load.ledger.assume(
            values.table, "A person without a status on a list was present.", values.count
        )
    modes: Iterable[Any] = columns.get("mode") or repeat("in_person", values.count)
    minutes = columns.get("minutes") or repeat(None, values.count)
    ids = columns.get("id") or _ids(sessions, persons)
    refused = {*load.ledger.refused(values.table)}
    made: dict[int, Attendance] = {}
    cells = zip(ids, sessions, persons, statuses, modes, minutes, strict=True)
    for row, (id, session, person, status, mode, lasted) in enumerate(cells):
        if row in refused:
            continue
        try:
            made[row] = _make(id, session, person, status, mode or "in_person", lasted)
        except InvariantError as error:
            _refuse(load, values, row, error.problems)
    if len({each.id for each in made.values()}) < len(made):
        made = _without_repeats(load, values, made, is_given="id" in columns)
    return Presences(values, made)


def _ids(sessions: Iterable[Any], persons: Iterable[Any]) -> list[str]:
    """The ids of attendances: that of the session, a colon, that of the person."""
    return [
        made
        if len(made := f"{session}:{person}") <= _LONGEST_ID and ":" not in (session or "")
        else join_ids(str(session), str(person))
        for session, person in zip(sessions, persons, strict=True)
    ]


_LABELS = {"session_id": "session", "person_id": "person"}


def _refuse(load: Loading, values: Values, row: int, problems: Iterable[Problem]) -> None:
    """Report the problems of a row under its headers."""
    for problem in problems:
        label = values.labels.get(problem.path) or _LABELS.get(problem.path, problem.path)
        mend = f"; {problem.mend}" if problem.mend else ""
        wrong = Unreadable(problem.had, problem.rule + mend)
        load.ledger.refuse(values.table, row, label, wrong)


def _without_repeats(
    load: Loading, values: Values, made: dict[int, Attendance], *, is_given: bool
) -> dict[int, Attendance]:
    """The attendances with an id each: repeated rows are reported, contradictions are numbered."""
    firsts: dict[Attendance, int] = {}
    by_id: dict[str, list[int]] = {}
    for row, each in made.items():
        first = firsts.setdefault(each, row)
        if first == row:
            by_id.setdefault(each.id, []).append(row)
        else:
            load.refuse_repeat(values.table, row, first)
    kept = {row: made[row] for row in firsts.values()}
    for id, rows in by_id.items():
        if len(rows) > 1 and not is_given:
            ordered = sorted(rows, key=lambda row: _content(made[row]))
            for number, row in enumerate(ordered[1:], 2):
                kept[row] = attrs.evolve(made[row], id=join_ids(id, f"{number}"))
    return kept


def _content(each: Attendance) -> tuple[str, str, int]:
    return each.status, each.mode, -1 if each.minutes is None else each.minutes


def sessions_present(values: Values) -> Iterable[str]:
    """The ids of sessions at which somebody was present."""
    columns = values.columns
    sessions = columns.get("session_id", [None] * values.count)
    statuses = columns.get("status")
    if statuses is None:
        return {each for each in sessions if each is not None}
    listed = zip(sessions, statuses, strict=True)
    return {session for session, status in listed if session is not None and status in PRESENT}
