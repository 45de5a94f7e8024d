"""Editions and sessions of a load: their periods, local times, numbers and statuses."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mic_core.chrono import Period
from mic_core.codec.loading.build import Loading, RowGroup, set_period
from mic_core.codec.loading.cells import Unreadable
from mic_core.codec.loading.reading import DayOffset, Values, join_ids
from mic_core.fields import is_a
from mic_core.ids import cite, slug
from mic_core.model import TABLES, Edition, Session, Transition


def _status_before(kind: str, status: str) -> str | None:
    """The usual status before another one, where a table dates that; None for the first of all.

    >>> _status_before("edition", "completed"), _status_before("edition", "draft")
    ('open', None)
    """
    follows = TABLES[kind].follows
    return next((each for each in reversed([*follows]) if status in follows[each]), None)


def load_editions(load: Loading, tables: Iterable[Values]) -> None:
    """Add the editions of tables; those without a number are numbered by their first day."""
    groups = [group for values in tables for group in load.groups(values)]
    for group in groups:
        _set_edition_ids(load, group)
    _number(load, groups)
    for group in groups:
        moment = _status_at(load, group, group.cells.get("center_id", load.only_center), None)
        edition = load.add(group)
        if isinstance(edition, Edition):
            load.editions.setdefault(edition.id, edition)
            _add_status(load, edition, group, moment)


def _set_edition_ids(load: Loading, group: RowGroup) -> None:
    cells = group.cells
    set_period(load, group)
    cells.setdefault("program_id", load.only_program)
    cells.setdefault("center_id", load.only_center)
    if "id" not in cells and "number" in cells:
        cells["id"] = f"{cells['program_id']}-{cells['number']}"
    if "status" not in cells:
        cells["status"] = "open"
        load.ledger.assume(group.values.table, "An edition without a status is open.")


def _number(load: Loading, groups: Iterable[RowGroup]) -> None:
    """Number the editions of each program that have no number, after those that have one."""
    by_program: dict[Any, list[RowGroup]] = {}
    for group in groups:
        by_program.setdefault(group.cells["program_id"], []).append(group)
    for listed in by_program.values():
        numbers = [n for each in listed if is_a(n := each.cells.get("number"), int)]
        last = max(numbers, default=0)
        bare = {each.cells.get("id"): each for each in listed if "number" not in each.cells}
        ordered = sorted(bare.items(), key=lambda each: (_first_day(each[1]), str(each[0])))
        for number, (id, _) in enumerate(ordered, last + 1):
            for each in listed:
                if each.cells.get("id") == id:
                    each.cells.setdefault("number", number)
                    load.ledger.assume(
                        each.values.table, "Editions are numbered by their first day."
                    )


def _first_day(group: RowGroup) -> date:
    first = group.cells.get("period_start")
    return first if is_a(first, date) else date.max


def _status_at(load: Loading, group: RowGroup, center_id: str, edition: str | None) -> Any:
    """Take the instant of a status out of the cells; None where it is not known."""
    cells = group.cells
    given = cells.pop("status_at", None)
    if given is None:
        return None
    moment = load.moment(given, center_id, edition)
    if isinstance(moment, Unreadable):
        load.refuse(group, "status_at", moment)
    before = _status_before(group.values.kind, cells.get("status", ""))
    if before is None or isinstance(moment, Unreadable):
        return None
    known = moment, before, cells["status"]
    cells["status"] = before
    return known


def _add_status(
    load: Loading, noun: Edition | Session, group: RowGroup, known: tuple[datetime, str, str] | None
) -> None:
    """Add the transition to the status that a table dates."""
    if known is not None:
        moment, before, after = known
        kind = group.values.kind
        load.keep(
            group,
            Transition(
                id=join_ids(kind, noun.id, after), subject=cite(kind, noun.id), before=before,
                after=after, effective_at=moment,
            ),
        )  # fmt: skip


def load_sessions(
    load: Loading, tables: Iterable[Values], present: frozenset[str], usual: str | None
) -> None:
    """Add the sessions of tables; one that somebody was present at is held if nothing else is said.

    `present` are the ids of sessions with somebody present. `usual` is the edition of sessions
    that name none; None: they are of none.
    """
    for values in tables:
        for group in load.groups(values):
            cells = group.cells
            if usual is not None:
                cells.setdefault("edition_id", usual)
            edition = cells.get("edition_id")
            center = cells.setdefault("center_id", load.center_of(edition))
            if "id" not in cells:
                _set_session_id(load, group)
            _set_title(load, group)
            try:
                _set_slot(load, group, center, edition)
            except OverflowError:
                rule = "must lie between the years 1 and 9999"
                load.refuse(group, "start", Unreadable("a date and time", rule))
            if "status" not in cells and cells.get("id") in present:
                cells["status"] = "held"
                load.ledger.assume(values.table, "A session that somebody was present at was held.")
            moment = _status_at(load, group, center, edition)
            session = load.add(group)
            if isinstance(session, Session):
                load.sessions.setdefault(session.id, session)
                _add_status(load, session, group, moment)


def id_by_start(cells: dict[str, Any], usual: str) -> str | None:
    """The id of a session that is known by its edition and start only; None without a start.

    `usual` stands for an edition that is not named.
    """
    start = cells.get("start", cells.get("day"))
    if start is None:
        return None
    when = [_when(part) for part in (start, cells.get("time")) if part is not None]
    return slug(f"{cells.get('edition_id', usual)}-{'T'.join(when)}")


def _when(part: Any) -> str:
    """A date, time or number of days as part of an id, without colons and empty seconds."""
    if isinstance(part, DayOffset):
        return f"day{part.days}"
    text = str(part.isoformat())
    return text.removesuffix(":00").replace(":", "") if isinstance(part, datetime | time) else text


def _set_session_id(load: Loading, group: RowGroup) -> None:
    id = id_by_start(group.cells, load.only_program)
    if id is not None:
        group.cells["id"] = id


def _set_title(load: Loading, group: RowGroup) -> None:
    """A session without a title is called by its start, or by its id where that is not known."""
    cells = group.cells
    start = cells.get("start", cells.get("day"))
    if "title" not in cells and is_a(start, date):
        words = f"{start} {cells.get('time', '')}".rstrip()
        cells["title"] = words.removesuffix(":00") if words.count(":") > 1 else words
        load.ledger.assume(group.values.table, "A session without a title is called by its start.")
    elif "title" not in cells and "id" in cells:
        cells["title"] = cells["id"]
        load.ledger.assume(group.values.table, "A session without a title is called by its id.")


def _set_slot(load: Loading, group: RowGroup, center: str, edition: str | None) -> None:
    """Replace the local times of a session by the two instants of its slot, and its length."""
    cells = group.cells
    day, clock = load.day(cells.pop("day", None), edition), cells.pop("time", None)
    start, end = cells.pop("start", day), cells.pop("end", None)
    start = load.day(start, edition)
    if is_a(start, date) and not is_a(start, datetime) and clock is not None:
        start = datetime.combine(start, clock)
    length = _length(cells)
    group.origins.update(slot_start="start", slot_end="end", length="minutes")
    if start is None:
        if length is None:
            length = timedelta(hours=1)
            load.ledger.assume(group.values.table, "A session without a time lasts an hour.")
        cells["length"] = length
        return
    first = load.moment(start, center, edition)
    last = _end(load, group, start, first, length, end, center)
    for field, moment in (("start", first), ("end", last)):
        if isinstance(moment, Unreadable):
            load.refuse(group, field, moment)
    if is_a(first, datetime) and is_a(last, datetime):
        instants = first.astimezone(UTC), last.astimezone(UTC)
        cells |= {"slot_start": instants[0], "slot_end": instants[1]}
        cells |= {"length": instants[1] - instants[0], "slot_zone": _zone_name(load, center)}


def _zone_name(load: Loading, center: str) -> str:
    return (load.centers.get(center) or load.centers[load.only_center]).time_zone


def _length(cells: dict[str, Any]) -> timedelta | None:
    minutes, hours = cells.pop("minutes", None), cells.pop("hours", None)
    length: timedelta | None = cells.get("length") if minutes is None else minutes
    return length if hours is None else hours


def _end(
    load: Loading,
    group: RowGroup,
    start: Any,
    first: Any,
    length: timedelta | None,
    end: Any,
    center: str,
) -> Any:
    """The end of a session: stated, after its length, or that of the day where no time is known."""
    if end is not None:
        return load.moment(end, center, group.cells.get("edition_id"))
    if isinstance(first, Unreadable):
        return None
    if not is_a(start, datetime) and length is None:
        load.ledger.assume(group.values.table, "A session without a time of day lasts all day.")
        return load.moment(start + timedelta(days=1), center, None)
    if length is None:
        load.ledger.assume(group.values.table, "A session without an end lasts an hour.")
        length = timedelta(hours=1)
    return first.astimezone(UTC) + length


def mint_sessions(
    load: Loading, ids: Iterable[str], present: frozenset[str], table: str, usual: str | None
) -> None:
    """Add a session without a time for each id that no table explains."""
    fresh = sorted(set(ids) - load.sessions.keys())
    for id in fresh:
        session = Session(
            id=id, center_id=load.only_center, title=id, length=timedelta(hours=1),
            edition_id=usual, status="held" if id in present else "planned",
        )  # fmt: skip
        load.sessions[id] = session
        load.nouns.append(session)
    load.ledger.assume(table, "Sessions of an hour, without a time, were made of ids.", len(fresh))


_NUMBERED = re.compile("(?:.*[-_.:])?([1-9][0-9]{0,3})")
"""An id that ends with a number, such as boostcamp-6."""


def _numbers(ids: list[str], taken: list[int]) -> dict[str, int]:
    """The number of each edition: that at the end of its id, if all have one; else their order."""
    ends = [int(found[1]) for id in ids if (found := _NUMBERED.fullmatch(id))]
    if len({*ends, *taken}) == len(ids) + len(taken):
        return dict(zip(ids, ends, strict=True))
    return {id: number for number, id in enumerate(ids, max(taken, default=0) + 1)}


def mint_editions(load: Loading, ids: Iterable[str], table: str) -> None:
    """Add an edition for each id that no table explains, over the days of its sessions."""
    days: dict[str, list[date]] = {}
    for session in load.sessions.values():
        if session.edition_id is not None and session.slot is not None:
            days.setdefault(session.edition_id, []).append(session.slot.day)
    fresh = sorted(
        set(ids) - load.editions.keys(), key=lambda id: (min(days.get(id, [date.max])), id)
    )
    numbers = _numbers(fresh, [each.number for each in load.editions.values()])
    for id in fresh:
        held, number = days.get(id, []), numbers[id]
        edition = Edition(
            id=id, program_id=load.only_program, center_id=load.only_center, number=number,
            period=Period.days(min(held), max(held)) if held else Period(), status="open",
        )  # fmt: skip
        load.editions[id] = edition
        load.nouns.append(edition)
    load.ledger.assume(
        table, "Editions were made of ids, from their first session to their last.", len(fresh)
    )
