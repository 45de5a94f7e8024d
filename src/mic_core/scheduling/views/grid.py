"""Time grids of the agenda: sessions as blocks to the scale of time, under days or rooms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

import attrs

from mic_core.chrono.months import WEEKDAY_NAMES, day_text
from mic_core.findings import Finding
from mic_core.ids import cite
from mic_core.markup import HUES, Block, TimeGrid, Tone, on_one_scale
from mic_core.scheduling.views.items import AgendaItem, first_day, week_of
from mic_core.scheduling.views.items import week_title as title_of_week

View = Literal["days", "rooms", "list"]
"""The columns of a grid: the days of a week, the rooms of a day, or no grid (a list)."""

Marks = Mapping[str, tuple[tuple[str, Tone], ...]]
"""The words with tones that are shown with each session, by its id."""

_DAY = 24 * 60  # minutes
_SMALL_HOURS = 6 * 60  # minutes: a session that ends by then belongs to the evening before
_MOST_DAYS = 14  # drawn of one session
_MOST_MARKS = 3  # on one block
_WORKDAYS = range(5)  # always shown; Saturday and Sunday only if a week of the agenda needs them
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


@attrs.frozen(kw_only=True)
class _Page:
    """The parts that one grid shows, in the order of time: a week, or a day, of one center."""

    center_id: str
    parts: tuple[_DayPart, ...]

    @property
    def center(self) -> str:
        """The name of the center."""
        return self.parts[0].shown.item.center

    @property
    def is_noted(self) -> bool:
        """True if one of its sessions has a mark."""
        return any(each.shown.marks for each in self.parts)


@attrs.frozen(kw_only=True)
class CenterGrid:
    """One grid of an agenda, with the center and the week that it shows."""

    center_id: str
    week: int
    grid: TimeGrid


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
    shown: Iterable[DrawnItem],
    *,
    view: View,
    hues: Mapping[str, int],
    names: bool = False,
    noted: bool = False,
) -> tuple[CenterGrid, ...]:
    """The grids of the centers in the order of their ids and of time, all on one scale.

    All weeks have the same days, hours and widths; all days of a center have the same rooms. With
    `noted`, only weeks or days with a mark are drawn. O(n log n).
    """
    pages = [each for each in _pages(shown, view) if not noted or each.is_noted]
    days = sorted({each.day.weekday() for page in pages for each in page.parts} | set(_WORKDAYS))
    rooms = {
        center_id: _rooms_of(part for page in together for part in page.parts)
        for center_id, together in groupby(pages, lambda each: each.center_id)
    }
    drawn = (
        _day_grid(page, rooms[page.center_id], hues, names=names)
        if view == "rooms"
        else _week_grid(page, days, hues, names=names)
        for page in pages
    )
    return tuple(
        CenterGrid(center_id=page.center_id, week=week_of(page.parts[0].day), grid=grid)
        for page, grid in zip(pages, on_one_scale(drawn), strict=True)
    )


def _pages(shown: Iterable[DrawnItem], view: View) -> Iterator[_Page]:
    """The parts of the items by center, and by week, or by day for rooms."""
    parts = sorted(
        (part for each in shown for part in _day_parts(each)),
        key=lambda each: (
            each.shown.item.center_id, each.day, each.first, each.shown.item.session_id,
            each.shown.gone,
        ),
    )  # fmt: skip

    def key(part: _DayPart) -> tuple[str, int]:
        day = part.day
        return part.shown.item.center_id, day.toordinal() if view == "rooms" else week_of(day)

    for (center_id, _), members in groupby(parts, key):
        yield _Page(center_id=center_id, parts=tuple(members))


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
    page: _Page, days: Sequence[int], hues: Mapping[str, int], *, names: bool
) -> TimeGrid:
    week = week_of(page.parts[0].day)
    monday = first_day(week).toordinal()
    return TimeGrid(
        caption=title_of_week(week, page.center),
        headers=tuple(day_header(monday + place) for place in days),
        blocks=tuple(
            _block(each, days.index(each.day.weekday()), hues, names=names, room=True)
            for each in page.parts
        ),
    )


def day_header(ordinal: int) -> str:
    """The short name of a day; the last week of the calendar has days that do not exist."""
    if ordinal > date.max.toordinal():
        return ""
    day = date.fromordinal(ordinal)
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day}"


def _rooms_of(parts: Iterable[_DayPart]) -> list[str]:
    """The places of sessions in the order of their names; those without a room come last."""
    places = {(each.shown.item.room is None, each.shown.item.where) for each in parts}
    return [where for _, where in sorted(places)]


def _day_grid(
    page: _Page, rooms: Sequence[str], hues: Mapping[str, int], *, names: bool
) -> TimeGrid:
    return TimeGrid(
        caption=f"{day_text(page.parts[0].day)} · {page.center}",
        headers=tuple(rooms),
        blocks=tuple(
            _block(each, rooms.index(each.shown.item.where), hues, names=names, room=False)
            for each in page.parts
        ),
    )


def _block(
    part: _DayPart, column: int, hues: Mapping[str, int], *, names: bool, room: bool
) -> Block:
    item = part.shown.item
    where = [item.where] if room else []
    edition = [item.edition_text(names=names)] if item.edition_id is not None else []
    return Block(
        column=column,
        start=part.first,
        end=part.last,
        time=_time(part),
        title=item.title if part.begins else f"\u2026 {item.title}",
        rest=(*where, *edition, *item.who(names=names)),
        id="" if names else item.session_id,
        hue=hues.get(item.edition_id or ""),
        notes=part.shown.marks,
        remarks=part.shown.remarks,
        gone=part.shown.gone,
    )


def _time(part: _DayPart) -> str:
    if not part.begins:
        return f"goes on to {day_and_time(part.end)}"
    return times(part.shown.item, part.start, part.end)


def times(item: AgendaItem, start: datetime, end: datetime, *, year: bool = False) -> str:
    """The start and end of a session in words, with its length where the clocks change between.

    A time in the repeated hour of a day when the clocks go back is marked as the second. An end on
    another day has that day, with its year if `year`.
    """
    last = clock_text(end) if start.date() == end.date() else day_and_time(end, year=year)
    shown = f"{clock_text(start)}-{last}"
    wall = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    changed = wall // timedelta(minutes=1) != item.minutes
    return f"{shown} ({item.minutes} min: the clocks change)" if changed else shown


def day_and_time(moment: datetime, *, year: bool = False) -> str:
    """The day and time at which a session ends; the year is mostly that of the week around it."""
    day = day_text(moment.date())
    return f"{day if year else day.rpartition(' ')[0]} {clock_text(moment)}"


def clock_text(moment: datetime) -> str:
    """A time of day; one in the repeated hour when the clocks go back is marked as the second."""
    return f"{moment:%H:%M}" + (" (second)" if moment.fold else "")


def citation_of(item: AgendaItem) -> str:
    """The citation of an item's session, as in findings."""
    return cite("session", item.session_id)
