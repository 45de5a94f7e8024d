"""The agenda: what takes place when, week by week, as rows or as a grid of text."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

import attrs

from mic_core.chrono import Period
from mic_core.chrono.local import instant
from mic_core.ids import cite
from mic_core.markup import UNICODE, Box, grid, table, wrap
from mic_core.model import Center, Room, Session
from mic_core.portfolio import Portfolio, Scope, status_of
from mic_core.scheduling.extent import extent, on_local_clocks

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKEND = 5


@attrs.frozen(kw_only=True)
class AgendaItem:
    """One session as the agenda shows it, on the clocks of its center.

    `start` and `end` of None: without a slot. `room` is the room's name, None where there is none.
    """

    session_id: str
    title: str
    center_id: str
    center: str
    start: datetime | None
    end: datetime | None
    minutes: int
    room: str | None
    mode: str
    edition_id: str | None
    status: str

    @property
    def week(self) -> int:
        """The week in which it starts, counted from the first of the calendar; 0 without a slot."""
        return _week_of(self.start.date()) if self.start is not None else 0

    @property
    def order(self) -> tuple[str, int, int, str]:
        """By center, then in the order of time, then by id."""
        start = instant(self.start) if self.start is not None else 0
        return self.center_id, self.week, start, self.session_id


@attrs.frozen(kw_only=True)
class Agenda:
    """Sessions in the order of centers and time; those without a slot are `unplaced`.

    As text, a grid for each week in which something takes place; weeks without anything between
    them, or in the period that was asked for, are named. No person is ever named.
    """

    items: tuple[AgendaItem, ...]
    unplaced: tuple[AgendaItem, ...]
    period: Period | None = None

    def rows(self) -> tuple[dict[str, str | int | None], ...]:
        """A flat row for each session, placed ones first; times as local ISO 8601 texts."""
        return tuple(
            {
                "center": each.center_id, "session": each.session_id, "title": each.title,
                "start": _iso(each.start) or None, "end": _iso(each.end) or None,
                "minutes": each.minutes, "room": each.room, "mode": each.mode,
                "edition": each.edition_id, "status": each.status,
            }
            for each in (*self.items, *self.unplaced)
        )  # fmt: skip

    def text(self, *, columns: int = 100, box: Box = UNICODE) -> str:
        """The week grids, at most so many columns wide; from 60 on they are readable.

        Sessions that start at the same time stand below each other in one cell. One that ends on
        another day shows that day beside its end.
        """
        blocks = [
            block
            for _, items in groupby(self.items, attrgetter("center_id"))
            for block in _weeks(list(items), self.period, columns, box)
        ]
        if not self.items:
            blocks.append(f"Nothing takes place: {self.period or 'at any time'}.")
        if self.unplaced:
            listed = [(each.session_id, each.title, each.minutes) for each in self.unplaced]
            drawn = table(listed, ("session", "title", "minutes"), columns=columns, box=box)
            blocks.append(f"Without a slot\n\n{drawn}")
        return "\n\n".join(blocks)

    def __str__(self) -> str:
        return self.text()


def agenda(
    portfolio: Portfolio, scope: Scope | None = None, *, period: Period | None = None
) -> Agenda:
    """What takes place in a scope over a period; cancelled sessions are left out.

    `scope` of None means everything. `period` of None means at any time; with a period, sessions
    without a slot are left out, since they lie in none. Raises NotFound for an unknown scope.
    O(n log n) over the sessions in scope.

    >>> print(agenda(Portfolio.of()))
    Nothing takes place: at any time.
    """
    items = [
        _item(portfolio, session, status)
        for session in extent(portfolio, scope, period).sessions
        if (status := status_of(portfolio, cite("session", session.id))) != "cancelled"
    ]
    items.sort(key=attrgetter("order"))
    return Agenda(
        items=tuple(each for each in items if each.start is not None),
        unplaced=tuple(each for each in items if each.start is None),
        period=period,
    )


def _item(portfolio: Portfolio, session: Session, status: str) -> AgendaItem:
    slot = session.slot and on_local_clocks(portfolio, session, session.slot)
    center = portfolio.find(Center, session.center_id)
    room = portfolio.find(Room, session.room_id) if session.room_id is not None else None
    return AgendaItem(
        session_id=session.id,
        title=session.title,
        center_id=session.center_id,
        center=center.name if center is not None else session.center_id,
        start=slot.start if slot is not None else None,
        end=slot.end if slot is not None else None,
        minutes=session.length // timedelta(minutes=1),
        room=room.name if room is not None else session.room_id,
        mode=session.mode,
        edition_id=session.edition_id,
        status=status,
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment is not None else ""


def _week_of(day: date) -> int:
    """Weeks since the first day of the calendar, which is a Monday."""
    return (day.toordinal() - 1) // 7


def _first_day(week: int) -> date:
    return date.fromordinal(7 * week + 1)


def _last_day(week: int) -> date:
    return date.fromordinal(min(7 * week + 7, date.max.toordinal()))


def _weeks(items: list[AgendaItem], period: Period | None, columns: int, box: Box) -> Iterator[str]:
    """The weeks of one center, busy ones as grids, stretches of idle ones in a sentence."""
    begin = period.start if period is not None else None
    end = period.end if period is not None else None
    after = _week_of(begin) if begin is not None else items[0].week
    for week, held in groupby(items, attrgetter("week")):
        yield from _idle(after, week, columns)
        yield _grid(week, list(held), columns, box)
        after = week + 1
    if end is not None:
        yield from _idle(after, _week_of(end - timedelta(days=1)) + 1, columns)


def _idle(first: int, after: int, columns: int) -> Iterator[str]:
    """That nothing takes place from one week up to, and without, another."""
    if first < after:
        last = after - 1
        named = _named(first) if first == last else f"{_named(first)} to {_named(last)}"
        days = _days(_first_day(first), _last_day(last))
        yield "\n".join(wrap(f"{named} ({days}): nothing takes place.", columns))


def _named(week: int) -> str:
    year, number, _ = _first_day(week).isocalendar()
    return f"Week {number} of {year}"


def _days(first: date, last: date) -> str:
    """A stretch of days in words, with nothing said twice.

    >>> _days(date(2014, 9, 8), date(2014, 9, 14)), _days(date(2014, 9, 29), date(2014, 10, 5))
    ('8-14 September', '29 September - 5 October')
    """
    end = f"{last.day} {_MONTHS[last.month - 1]}"
    if first.year != last.year:
        begin = f"{first.day} {_MONTHS[first.month - 1]} {first.year}"
        return f"{begin} - {end} {last.year}"
    if first.month != last.month:
        return f"{first.day} {_MONTHS[first.month - 1]} - {end}"
    return f"{first.day}-{end}"


def _grid(week: int, items: list[AgendaItem], columns: int, box: Box) -> str:
    """One week of one center: days as columns, times at which something starts as rows."""
    cells: dict[str, list[list[str]]] = {}
    for item, start in ((each, each.start) for each in items if each.start is not None):
        row = cells.setdefault(f"{start:%H:%M}", [[] for _ in _WEEKDAYS])
        row[start.weekday()] += _shown(item, start)
    busy = {place for row in cells.values() for place, cell in enumerate(row) if cell}
    first, last = _first_day(week), _last_day(week)
    days = [place for place in range(7) if place < _WEEKEND or place in busy]
    headers = [f"{_WEEKDAYS[place]} {(first + timedelta(days=place)).day}" for place in days]
    body = [([time], *(cells[time][place] for place in days)) for time in sorted(cells)]
    title = f"{_named(week)}, {_days(first, last)} · {items[0].center}"
    drawn = grid(body, ("", *headers), columns=columns, box=box)
    return "\n".join([*wrap(title, columns), "", drawn])


def _shown(item: AgendaItem, start: datetime) -> Iterable[str]:
    """The lines of one session in its cell: its title, when it ends and where, its id."""
    end = item.end or start
    last = f"{end:%H:%M}"
    if end.date() != start.date():
        last = f"{_WEEKDAYS[end.weekday()]} {end.day}, {last}"
    where = item.room or ("online" if item.mode == "online" else "no room yet")
    return (item.title, f"to {last}, {where}", f"[{item.session_id}]")
