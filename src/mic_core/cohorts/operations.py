"""Operations: the editions of a scope, and its sessions booked directly, with their weeks."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import attrs

from mic_core.chrono.months import day_text
from mic_core.cohorts.counting import GroupedCount, grouped_count
from mic_core.impact.aggregation.facts import PLACE_COLUMNS
from mic_core.impact.tables.build import FactTables
from mic_core.impact.tables.journeys import week_number

OperationKind = Literal["edition", "session"]
Today = Callable[[str | None], date]
"""The local day of the instant of the question, at a center."""


@attrs.frozen(kw_only=True)
class Operation:
    """An operation that participants enter: an edition, or a session booked directly.

    `weeks` is the number of ISO weeks from that of its first day to that of its last one, None
    without a first or last day; `weeks_over` of them are over. `is_over` if the last day is.
    """

    id: str
    title: str
    kind: OperationKind
    status: str | None
    first: date | None
    last: date | None
    weeks: int | None
    weeks_over: int
    is_over: bool

    @property
    def left_out(self) -> str | None:
        """The reason why it is in no pool of what must be over; None if it is in it."""
        if self.status == "cancelled":
            return "cancelled"
        if self.is_over:
            return None
        return "has no last day" if self.last is None else f"not due until {day_text(self.last)}"


def operations_in(
    facts: FactTables,
    places: Mapping[str, frozenset[str]] | None,
    today: Today,
    titles: Mapping[str, str],
) -> tuple[Operation, ...]:
    """The operations of a scope: by first day, then id; editions before sessions.

    A scope of an edition has that edition only; a wider one has its editions, and the sessions in
    it that somebody booked directly. O(n).
    """
    rows: list[tuple[OperationKind, str, Mapping[str, Any]]] = [
        *(("edition", row["edition_id"], row) for row in facts.table("editions").rows()),
        *(("session", id, row) for id, row in _booked(facts).items()),
    ]
    found = [
        _operation(id, titles.get(id, id), kind, row, today(row["center_id"]))
        for kind, id, row in rows
        if _lies_in(row, places, kind)
    ]
    return (*sorted(found, key=_order),)


def _booked(facts: FactTables) -> Mapping[str, Mapping[str, Any]]:
    """The place, day and status of each session that somebody booked directly, by id."""
    query = GroupedCount(table="journeys", keys=PLACE_COLUMNS)
    booked: dict[str, Mapping[str, Any]] = {}
    for labels in grouped_count(facts.table("journeys"), query):
        place = dict(zip(PLACE_COLUMNS, labels, strict=True))
        if place["session_id"] is not None:
            # A session without a slot is in no table of sessions.
            booked[str(place["session_id"])] = {**place, "day": None, "status": None}
    for row in facts.table("sessions").rows():
        if row["session_id"] in booked:
            booked[row["session_id"]] = {**row, "started_on": row["day"]}
    return booked


def _order(each: Operation) -> tuple[str, bool, date, str]:
    return each.kind, each.first is None, each.first or date.min, each.id


def _lies_in(
    row: Mapping[str, Any], places: Mapping[str, frozenset[str]] | None, kind: OperationKind
) -> bool:
    """True if a row lies in one place of a scope at least.

    A session booked directly does not lie in the scope of its edition, whose cohort it is not.
    """
    if places is None:
        return True
    for name, ids in places.items():
        value: Any = row.get(name)
        if not ids.isdisjoint(value if value.__class__ is tuple else (value,)) and (
            kind == "edition" or name != "edition_id"
        ):
            return True
    return False


def _operation(
    id: str, title: str, kind: OperationKind, row: Mapping[str, Any], today: date
) -> Operation:
    first, last = row.get("started_on"), row["day"]
    weeks = None if first is None or last is None else week_number(last, first)
    # The week of today is not over: Monday begins a new one.
    over = 0 if first is None else max(0, week_number(today, first) - 1)
    return Operation(
        id=id, title=title, kind=kind, status=row["status"], first=first, last=last, weeks=weeks,
        weeks_over=over if weeks is None else min(over, weeks),
        is_over=last is not None and last < today,
    )  # fmt: skip


def titles_of_others(
    operations: Sequence[Operation], shown: Sequence[Operation]
) -> tuple[str, ...]:
    """The titles of the operations that are not shown."""
    ids = {each.id for each in shown}
    return tuple(each.title for each in operations if each.id not in ids)
