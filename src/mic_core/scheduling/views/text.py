"""The agenda as text: a grid of days and starting times for each week."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from mic_core.chrono import Period
from mic_core.markup import Box, grid, table, wrap
from mic_core.scheduling.views.items import (
    WEEKDAY_NAMES,
    AgendaItem,
    first_day,
    idle_weeks,
    week_of,
    week_title,
)

_WEEKEND = 5  # the weekday number of Saturday


def agenda_text(
    items: Sequence[AgendaItem],
    unplaced: Sequence[AgendaItem],
    period: Period | None,
    *,
    columns: int,
    box: Box,
) -> str:
    """The weeks of each center as grids of text, then the sessions without a slot. O(items)."""
    blocks = [
        block
        for _, members in groupby(items, attrgetter("center_id"))
        for block in _weeks(list(members), period, columns, box)
    ]
    if not items:
        blocks.append(f"Nothing takes place: {period or 'at any time'}.")
    if unplaced:
        listed = [(each.session_id, each.title, each.minutes) for each in unplaced]
        drawn = table(listed, ("session", "title", "minutes"), columns=columns, box=box)
        blocks.append(f"Without a slot\n\n{drawn}")
    return "\n\n".join(blocks)


def _weeks(items: list[AgendaItem], period: Period | None, columns: int, box: Box) -> Iterator[str]:
    """The weeks of one center: busy ones as grids, runs of idle ones as a sentence."""
    begin = period.start if period is not None else None
    end = period.end if period is not None else None
    after = week_of(begin) if begin is not None else items[0].week
    for week, members in groupby(items, attrgetter("week")):
        yield from _idle_text(after, week, columns)
        yield _grid(week, list(members), columns, box)
        after = week + 1
    if end is not None:
        yield from _idle_text(after, week_of(end - timedelta(days=1)) + 1, columns)


def _idle_text(first: int, after: int, columns: int) -> Iterator[str]:
    for sentence in idle_weeks(first, after):
        yield "\n".join(wrap(sentence, columns))


def _grid(week: int, items: list[AgendaItem], columns: int, box: Box) -> str:
    """The grid of one week of one center: days as columns, starting times as rows."""
    cells: dict[str, list[list[str]]] = {}
    for item, start in ((each, each.start) for each in items if each.start is not None):
        row = cells.setdefault(f"{start:%H:%M}", [[] for _ in WEEKDAY_NAMES])
        row[start.weekday()] += _cell_lines(item, start)
    busy = {place for row in cells.values() for place, cell in enumerate(row) if cell}
    days = [place for place in range(7) if place < _WEEKEND or place in busy]
    first = first_day(week)
    headers = [f"{WEEKDAY_NAMES[place]} {(first + timedelta(days=place)).day}" for place in days]
    body = [([time], *(cells[time][place] for place in days)) for time in sorted(cells)]
    drawn = grid(body, ("", *headers), columns=columns, box=box)
    return "\n".join([*wrap(week_title(week, items[0].center), columns), "", drawn])


def _cell_lines(item: AgendaItem, start: datetime) -> tuple[str, ...]:
    """The lines of one session in its cell: title, end and room, id."""
    end = item.end or start
    last = f"{end:%H:%M}"
    if end.date() != start.date():
        last = f"{WEEKDAY_NAMES[end.weekday()]} {end.day}, {last}"
    return (item.title, f"to {last}, {item.where}", f"[{item.session_id}]")
