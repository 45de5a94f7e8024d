"""Time grids of the agenda: sessions as blocks to the scale of time, under days or rooms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

import attrs

from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.markup import HUES, Block, TimeGrid, Tone
from mic_core.scheduling.views.items import WEEKDAY_NAMES, AgendaItem, day_title, first_day, week_of
from mic_core.scheduling.views.items import week_title as title_of_week

View = Literal["days", "rooms", "list"]
"""The columns of a grid: the days of a week, the rooms of a day, or no grid (a list)."""

Marks = Mapping[str, tuple[tuple[str, Tone], ...]]
"""The words with tones that are shown with each session, by its id."""

_DAY = 24 * 60  # minutes
_SMALL_HOURS = 6 * 60  # minutes: a session that ends by then belongs to the evening before
_MOST_DAYS = 14  # drawn of one session
_MOST_MARKS = 3  # on one block
_WEEKEND = 5  # the weekday number of Saturday
_URGENT: tuple[Tone, ...] = ("error", "warning")


@attrs.frozen(kw_only=True)
class DrawnItem:
    """One item to draw, with its words: `marks` on top of its block, `remarks` below the title.

    `gone` is true for a place that the session has left.
    """

    item: AgendaItem
    marks: tuple[tuple[str, Tone], ...] = ()
    remarks: tuple[tuple[str, Tone], ...] = ()
    gone: bool = False


@attrs.frozen(kw_only=True)
class _DayPart:
    """The part of a session on one day, from minute `first` to minute `last` of that day."""

    shown: DrawnItem
    start: datetime
    end: datetime
    day: date
    first: int
    last: int

    @property
    def begins(self) -> bool:
        """True if the session starts on this day, and does not go on from the day before."""
        return self.day == self.start.date()


def marks_of(findings: Iterable[Finding]) -> Marks:
    """The marks of each session from findings, the worst first and the first few. O(findings)."""
    found: dict[str, dict[tuple[str, Tone], None]] = {}
    for finding in findings:
        for subject in finding.subjects:
            kind, _, id = subject.partition(":")
            if kind == "session":
                word = f"{finding.severity}: {finding.code}"
                found.setdefault(id, {})[word, finding.severity] = None
    return {id: _first_marks(tuple(words)) for id, words in found.items()}


def with_marks(item: AgendaItem, marks: Marks) -> DrawnItem:
    """The item with its marks: errors and warnings on top, all others below its title."""
    words = marks.get(item.session_id, ())
    return DrawnItem(
        item=item,
        marks=tuple(each for each in words if each[1] in _URGENT),
        remarks=tuple(each for each in words if each[1] not in _URGENT),
    )


def _first_marks(words: tuple[tuple[str, Tone], ...]) -> tuple[tuple[str, Tone], ...]:
    more = len(words) - _MOST_MARKS
    return (*words[:_MOST_MARKS], (f"and {more} more", "plain")) if more > 0 else words


def hues_of(items: Iterable[AgendaItem]) -> dict[str, int]:
    """A color for each edition, in the order of their ids; after six they come again. O(n)."""
    editions = sorted({each.edition_id for each in items if each.edition_id is not None})
    return {id: place % HUES for place, id in enumerate(editions)}


def grids_of(
    shown: Iterable[DrawnItem], *, view: View, hues: Mapping[str, int], names: bool = False
) -> Iterator[tuple[int, TimeGrid]]:
    """The grids of one center in the order of time, each with its week. O(n log n)."""
    parts = sorted(
        (part for each in shown for part in _day_parts(each)),
        key=lambda each: (each.day, each.first, each.shown.item.session_id, each.shown.gone),
    )
    if view == "rooms":
        for day, members in groupby(parts, lambda each: each.day):
            yield week_of(day), _day_grid(day, list(members), hues, names=names)
    else:
        for week, members in groupby(parts, lambda each: week_of(each.day)):
            yield week, _week_grid(week, list(members), hues, names=names)


def _day_parts(shown: DrawnItem) -> Iterator[_DayPart]:
    """The parts of a session by day, on the clocks of its center.

    Small hours belong to the day before, so that an evening that ends after midnight is one part.
    """
    start, end = shown.item.start, shown.item.end
    if start is None or end is None:
        return
    begin, stop = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    days = end.toordinal() - start.toordinal()
    if days and stop <= _SMALL_HOURS:
        days, stop = days - 1, stop + _DAY
    for place in range(min(days + 1, _MOST_DAYS)):
        first = begin if place == 0 else 0
        last = stop if place == days else _DAY
        # Clocks that go back can show an end that is not after the start.
        yield _DayPart(
            shown=shown, start=start, end=end, day=start.date() + timedelta(days=place),
            first=first, last=max(last, first + 1),
        )  # fmt: skip


def _week_grid(
    week: int, parts: Sequence[_DayPart], hues: Mapping[str, int], *, names: bool
) -> TimeGrid:
    busy = {each.day.weekday() for each in parts}
    days = [place for place in range(7) if place < _WEEKEND or place in busy]
    monday = first_day(week)
    return TimeGrid(
        caption=title_of_week(week, parts[0].shown.item.center),
        headers=tuple(
            f"{WEEKDAY_NAMES[place]} {(monday + timedelta(days=place)).day}" for place in days
        ),
        blocks=tuple(
            _block(each, days.index(each.day.weekday()), hues, names=names, room=True)
            for each in parts
        ),
    )


def _day_grid(
    day: date, parts: Sequence[_DayPart], hues: Mapping[str, int], *, names: bool
) -> TimeGrid:
    def order(item: AgendaItem) -> tuple[bool, str]:
        return item.room is None, item.where

    rooms = [where for _, where in sorted({order(each.shown.item) for each in parts})]
    return TimeGrid(
        caption=f"{day_title(day)} · {parts[0].shown.item.center}",
        headers=tuple(rooms),
        blocks=tuple(
            _block(each, rooms.index(each.shown.item.where), hues, names=names, room=False)
            for each in parts
        ),
    )


def _block(
    part: _DayPart, column: int, hues: Mapping[str, int], *, names: bool, room: bool
) -> Block:
    item = part.shown.item
    where = [item.where] if room else []
    edition = [item.edition_id] if item.edition_id is not None else []
    return Block(
        column=column,
        start=part.first,
        end=part.last,
        time=_time(part),
        title=item.title if part.begins else f"\u2026 {item.title}",
        rest=(*where, *edition, *item.who(names=names)),
        id=item.session_id,
        hue=hues.get(item.edition_id or ""),
        notes=part.shown.marks,
        remarks=part.shown.remarks,
        gone=part.shown.gone,
    )


def _time(part: _DayPart) -> str:
    if not part.begins:
        return f"goes on to {_day_and_time(part.end)}"
    return times(part.shown.item, part.start, part.end)


def times(item: AgendaItem, start: datetime, end: datetime) -> str:
    """The start and end of a session in words, with its length where the clocks change between.

    A time in the repeated hour of a day when the clocks go back is marked as the second.
    """
    same = start.date() == end.date()
    shown = (
        f"{_clock(start)}\u2013{_clock(end)}"
        if same
        else f"{_clock(start)} to {_day_and_time(end)}"
    )
    wall = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    changed = wall // timedelta(minutes=1) != item.minutes
    return f"{shown} ({item.minutes} min: the clocks change)" if changed else shown


def _day_and_time(moment: datetime) -> str:
    return f"{WEEKDAY_NAMES[moment.weekday()]} {moment.day}, {_clock(moment)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}" + (" (second)" if moment.fold else "")


def citation_of(item: AgendaItem) -> str:
    """The citation of an item's session, as in findings."""
    return cite("session", item.session_id)
