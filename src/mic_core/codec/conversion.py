"""Conversion of documents of schema 1: dates of occurrences, and measures of indicators.

Schema 1 named the occurrence of a session by `original_start`, an instant; schema 2 names it by
`original_on`, the local date. The zone is that of the session's center, wherever the document has
it: as known when the session was recorded, or else as it first became known.

The measure of an indicator was a word beside a table, a key, a column and filters; now it is a tree
of these. The rules of aggregation follow from it, so those that are given must say the same.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from mic_core.chrono.local import instant, local, zone
from mic_core.codec.explain import is_list, is_object, read
from mic_core.errors import InvariantError, ParseError, Problem
from mic_core.fields import Choice, Found, Instant, describe, is_a

FIRST_SCHEMA = 1
"""The schema of documents before that of today."""

_OLD, _NEW = "original_start", "original_on"
_ALWAYS = datetime.min.replace(tzinfo=UTC)

_Zones = dict[str, list[tuple[datetime, ZoneInfo]]]
"""By center, its time zones with the moments from which they were known, in order of time."""


def convert_first_schema(batches: list[object]) -> Found:
    """Convert the batches of schema 1 in place; returns what is wrong, with paths.

    What is wrong is left out of its row, so that the rest of it can be read. Rows that are no
    objects are left to the reader. O(n log n).
    """
    found = convert_indicators(batches)
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


@attrs.frozen
class _Former:
    """A measure of schema 1: the word of the measure that says the same, and its fields.

    `over_time` and `over_units` are the rules of aggregation that agree with how it is merged.
    """

    word: str
    fields: tuple[str, ...]
    over_time: tuple[str, ...]
    over_units: tuple[str, ...]


_ADDED, _UNITED, _APART = ("sum", "state"), ("union", "state"), ("state", "refused")
_COUNT = _Former("count", ("table",), _ADDED, _ADDED)
_DISTINCT = _Former("distinct", ("table", "key"), _UNITED, _UNITED)
_STATED = _Former("stated", (), _ADDED, _ADDED)
_FORMER = {
    "count": _COUNT,
    "distinct": _DISTINCT,
    "sum": _Former("total", ("table", "column"), _ADDED, _ADDED),
    "median": _Former("median", ("table", "column"), _APART, _APART),
    "latest": _Former("latest", ("table", "column", "key"), ("last", "state"), _ADDED),
}
_UNSAID = ("ratio", "paired_change", "survival")
"""Measures of schema 1 that did not say enough: of what the ratio, from which column to which."""

_PARTS = ("table", "column", "key")
_OBSERVED = {"measure": "sum", "table": "observations", "column": "value"}
_ANEW = 'write the measure as an object, such as {"measure": "count", "table": "visits"}'


def convert_indicators(batches: list[object]) -> Found:
    """Convert indicators whose measure is a word in place; returns what is wrong, with paths.

    A refused one gets some measure all the same, so that the rest of it can be read. Indicators
    with a tree as their measure are left as they are.
    """
    found: Found = []
    for place, batch in enumerate(batches):
        for number, row in enumerate(_rows(batch, "indicator")):
            if is_object(row) and is_a(row.get("measure"), str):
                found += _convert_indicator(row, f"$.batches[{place}].indicator[{number}]")
    return found


def convert_indicator_cells(
    cells: dict[Any, Any], parse: Callable[[str], object]
) -> tuple[dict[Any, Any], Found]:
    """A row of an indicator as tables of schema 1 had it, in the columns of today.

    `parse` reads JSON in a cell. A rule of aggregation that is a sum says nothing, since that was
    the default, which rows hold too. Other rows are returned as they are.
    """
    if cells.get("measure") not in (*_FORMER, *_UNSAID):
        return cells, []
    row = {name: cell for name, cell in cells.items() if name not in _RULES or cell != "sum"}
    for name in ("universe", "dimensions"):
        if is_a(row.get(name), str):
            try:
                row[name] = parse(row[name])
            except (ParseError, ValueError):
                return row, [Problem(path=name, rule="must be JSON")]
    if row.get("dimensions") is None:
        row.pop("dimensions", None)
    found = _convert_indicator(row, "")
    return row, [attrs.evolve(each, path=each.path.removeprefix(".")) for each in found]


def _convert_indicator(row: dict[str, object], path: str) -> Found:
    found: Found = []
    given = {name: row.pop(name, None) for name in ("measure", *_PARTS, *_RULES, "universe")}
    row["measure"] = _new_measure(given, path, found)
    row.pop("partition", None)  # parts add up or not by the keys that they hold
    if "dimensions" in row:
        row["by"] = row.pop("dimensions")
    # The fine print keeps the texts that nothing was ever computed from.
    for name, words in (("timing", "Measured"), ("baseline", "Compared with")):
        text = row.pop(name, None)
        if is_a(text, str):
            row["definition"] = f"{row.get('definition') or ''} {words}: {text}.".lstrip()
        elif text is not None:
            found.append(Problem(path=f"{path}.{name}", rule="must be text", had=describe(text)))
    return found


_RULES = ("over_time", "over_units")


def _new_measure(given: dict[str, object], path: str, found: Found) -> dict[str, object]:
    """The measure that says what the old fields say; problems are added to `found`."""
    before = len(found)
    former = _former(given, path, found)
    for field in _PARTS if len(found) == before else ():
        if field in former.fields and given[field] is None:
            found.append(Problem(path=f"{path}.{field}", rule="must be given", mend=_ANEW))
        elif field not in former.fields and given[field] is not None:
            rule = f"must not be given with the measure {former.word}"
            found.append(Problem(path=f"{path}.{field}", rule=rule, mend=_ANEW))
    for field in _RULES if len(found) == before else ():
        fitting = (None, *getattr(former, field))
        if given[field] not in fitting:
            rule = f"must be {' or '.join(fitting[1:])}, as {former.word} is merged"
            found.append(Problem(path=f"{path}.{field}", rule=rule, mend=_ANEW))
    if len(found) > before:
        return {"measure": "stated"}
    parts = {field: given[field] for field in former.fields}
    if "key" in parts:
        parts["key"] = [parts["key"]]
    where = given["universe"]
    if is_list(where):
        where = [_new_condition(each) for each in where]
    return {"measure": former.word, **parts, **({} if where is None else {"where": where})}


def _former(given: dict[str, object], path: str, found: Found) -> _Former:
    """The conversion of an old measure; one of another word, or that said too little, is refused.

    A count of a key was a distinct count; a sum over observations is what is stated.
    """
    words = (*_FORMER, *_UNSAID)
    word = str(Choice(words).settle(given["measure"], f"{path}.measure", found))
    if word in _UNSAID:
        rule = f"must say more than {word}, such as of which columns"
        found.append(Problem(path=f"{path}.measure", rule=rule, mend=_ANEW))
    if given["key"] is None and _OBSERVED.items() <= given.items():
        given["table"] = given["column"] = None
        return _STATED
    return _DISTINCT if word == "count" and given["key"] is not None else _FORMER.get(word, _COUNT)


def _new_condition(condition: object) -> object:
    """A condition with its value in a list, as it may hold several now."""
    if not is_object(condition) or is_list(condition.get("value")):
        return condition
    return {key: [each] if key == "value" else each for key, each in condition.items()}
