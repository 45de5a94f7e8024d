"""Conversion of documents of schema 1: the date of an occurrence in place of its first instant.

Schema 1 named the occurrence of a session by `original_start`, an instant; schema 2 names it by
`original_on`, the local date. The zone is that of the session's center, wherever the document has
it: as known when the session was recorded, or else as it first became known.
"""

from bisect import bisect_right
from datetime import UTC, datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

from mic_core.chrono.local import instant, local, zone
from mic_core.codec.explain import is_list, is_object, read
from mic_core.errors import InvariantError, Problem
from mic_core.fields import Found, Instant, is_a

FIRST_SCHEMA = 1
"""The schema of documents before that of today."""

_OLD, _NEW = "original_start", "original_on"
_ALWAYS = datetime.min.replace(tzinfo=UTC)

_Zones = dict[str, list[tuple[datetime, ZoneInfo]]]
"""By center, its time zones with the moments from which they were known, in order of time."""


def convert_first_schema(batches: list[object]) -> Found:
    """Convert the sessions of the batches of schema 1 in place; returns what is wrong, with paths.

    What is wrong is left out of its session, so that the rest of it can be read. Rows that are no
    objects are left to the reader. O(n log n).
    """
    found: Found = []
    zones: _Zones | None = None
    for place, batch in enumerate(batches):
        for number, row in enumerate(_rows(batch, "session")):
            if not is_object(row) or not {_OLD, _NEW}.intersection(row):
                continue
            path = f"$.batches[{place}].session[{number}]"
            if _NEW in row:
                rule = f"must not be given in schema {FIRST_SCHEMA}"
                found.append(Problem(path=f"{path}.{_NEW}", rule=rule, mend=f"write {_OLD}"))
                del row[_NEW]
                row.pop(_OLD, None)
                continue
            zones = _zones(batches) if zones is None else zones
            day = _local_date(row, _moment(batch), zones, f"{path}.{_OLD}", found)
            members = [(_NEW, day) if key == _OLD else (key, row[key]) for key in row]
            row.clear()
            row.update(members)
    return found


def _rows(batch: object, kind: str) -> list[object]:
    rows = batch.get(kind) if is_object(batch) else None
    return rows if is_list(rows) else []


def _moment(batch: object) -> datetime:
    """When a batch was recorded; always, where that is not said or cannot be read."""
    given = batch.get("recorded_at") if is_object(batch) else None
    moment = read(Instant(), given, "", [])
    return moment if isinstance(moment, datetime) else _ALWAYS


def _zones(batches: list[object]) -> _Zones:
    """The time zones of all centers of a document; what is no zone is left out."""
    zones: _Zones = {}
    for batch in batches:
        moment = _moment(batch)
        for row in _rows(batch, "center"):
            id, name = (row.get("id"), row.get("time_zone")) if is_object(row) else (None, None)
            if is_a(id, str) and is_a(name, str):
                try:
                    zones.setdefault(id, []).append((moment, zone(name)))
                except InvariantError:
                    continue  # the reader of centers refuses it
    for known in zones.values():
        known.sort(key=itemgetter(0))
    return zones


def _local_date(
    row: dict[str, object], recorded_at: datetime, zones: _Zones, path: str, found: Found
) -> str | None:
    """The local date of the original start of a session; None for none, or for a wrong one."""
    given, center = row[_OLD], row.get("center_id")
    if given is None:
        return None
    start = read(Instant(), given, path, found)
    if not isinstance(start, datetime):
        return None
    known = zones.get(center, []) if is_a(center, str) else []
    if not known:
        rule = "must be converted to a local date, and the document has no center of the session"
        mend = "add the center, with its time zone"
        found.append(Problem(path=path, rule=rule, mend=mend))
        return None
    latest = bisect_right(known, recorded_at, key=itemgetter(0))
    place = known[max(0, latest - 1)][1]
    try:
        return local(instant(start), place).date().isoformat()
    except InvariantError:
        rule = "must lie within the calendar of its center"
        found.append(Problem(path=path, rule=rule))
        return None
