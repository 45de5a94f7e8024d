"""The agenda as text: a grid of days and starting times for each week."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from mic_core.chrono import Period
from mic_core.chrono.months import WEEKDAY_NAMES
from mic_core.markup import Box, grids, table, wrap
from mic_core.markup.text import GridRows
from mic_core.scheduling.views.grid import day_and_time, day_header
from mic_core.scheduling.views.items import (
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
    """The weeks of each center as grids of text, then the sessions without a slot. O(items).

    All weeks have the same days, and columns of the same width.
    """
    weeks = [list(members) for _, members in groupby(items, attrgetter("center_id", "week"))]
    busy = {each.start.weekday() for each in items if each.start is not None}
    days = [place for place in range(7) if place < _WEEKEND or place in busy]
    drawn = grids([_week_cells(each, days) for each in weeks], columns=columns, box=box)
    titled = (
        "\n".join([*wrap(week_title(week[0].week, week[0].center), columns), "", each])
        for week, each in zip(weeks, drawn, strict=True)
    )
    blocks: list[str] = []
    for _, members in groupby(weeks, lambda each: each[0].center_id):
        blocks += _weeks([each[0].week for each in members], titled, period, columns)
    if not items:
        blocks.append(f"Nothing takes place: {period or 'at any time'}.")
    if unplaced:
        listed = [(each.session_id, each.title, each.minutes) for each in unplaced]
        headers = ("session", "title", "length (minutes)")
        blocks.append(f"Without a slot\n\n{table(listed, headers, columns=columns, box=box)}")
    return "\n\n".join(blocks)


def _weeks(
    weeks: Sequence[int], drawn: Iterator[str], period: Period | None, columns: int
) -> Iterator[str]:
    """The weeks of one center: busy ones as drawn, runs of idle ones as a sentence."""
    begin = period.start if period is not None else None
    end = period.end if period is not None else None
    after = week_of(begin) if begin is not None else weeks[0]
    for week in weeks:
        yield from _idle_text(after, week, columns)
        yield next(drawn)
        after = week + 1
    if end is not None:
        yield from _idle_text(after, week_of(end - timedelta(days=1)) + 1, columns)


def _idle_text(first: int, after: int, columns: int) -> Iterator[str]:
    for sentence in idle_weeks(first, after):
        yield "\n".join(wrap(sentence, columns))


def _week_cells(items: Sequence[AgendaItem], days: Sequence[int]) -> GridRows:
    """The grid of one week of one center: days as columns, starting times as rows."""
    cells: dict[str, list[list[str]]] = {}
    for item, start in ((each, each.start) for each in items if each.start is not None):
        row = cells.setdefault(f"{start:%H:%M}", [[] for _ in WEEKDAY_NAMES])
        row[start.weekday()] += _cell_lines(item, start)
    monday = first_day(items[0].week).toordinal()
    headers = ["", *(day_header(monday + place) for place in days)]
    return headers, [([time], *(cells[time][place] for place in days)) for time in sorted(cells)]


def _cell_lines(item: AgendaItem, start: datetime) -> tuple[str, ...]:
    """The lines of one session in its cell: title, end and room, id."""
    end = item.end or start
    last = f"{end:%H:%M}" if end.date() == start.date() else day_and_time(end)
    return (item.title, f"to {last}, {item.where}", f"[{item.session_id}]")
