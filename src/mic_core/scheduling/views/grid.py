"""The agenda drawn to the scale of time: sessions as blocks under days or rooms."""

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
"""What stands side by side: the days of a week, the rooms of a day, or nothing (a list)."""

Marks = Mapping[str, tuple[tuple[str, Tone], ...]]
"""What is said of a session, by its id: words with their tones."""

_DAY = 24 * 60
_SMALL_HOURS = 6 * 60  # what ends by then belongs to the evening before
_MOST_DAYS = 14  # of one session
_MOST_MARKS = 3
_WEEKEND = 5
_URGENT: tuple[Tone, ...] = ("error", "warning")


@attrs.frozen(kw_only=True)
class Shown:
    """One item as it is to be drawn: with what is said of it, and whether it is gone.

    `marks` stand above all else, `remarks` below the title.
    """

    item: AgendaItem
    marks: tuple[tuple[str, Tone], ...] = ()
    remarks: tuple[tuple[str, Tone], ...] = ()
    gone: bool = False


@attrs.frozen(kw_only=True)
class _Stretch:
    """What one day sees of a session."""

    shown: Shown
    start: datetime
    end: datetime
    day: date
    first: int
    last: int

    @property
    def begins(self) -> bool:
        """Whether the session starts here, and does not go on from the day before."""
        return self.day == self.start.date()


def marks_of(findings: Iterable[Finding]) -> Marks:
    """What findings say of each session, the worst first; of many, the first few. O(findings)."""
    said: dict[str, dict[tuple[str, Tone], None]] = {}
    for finding in findings:
        for subject in finding.subjects:
            kind, _, id = subject.partition(":")
            if kind == "session":
                word = f"{finding.severity}: {finding.code}"
                said.setdefault(id, {})[word, finding.severity] = None
    return {id: _few(tuple(words)) for id, words in said.items()}


def with_marks(item: AgendaItem, marks: Marks) -> Shown:
    """An item with what is said of it: errors and warnings first, all else below its title."""
    words = marks.get(item.session_id, ())
    return Shown(
        item=item,
        marks=tuple(each for each in words if each[1] in _URGENT),
        remarks=tuple(each for each in words if each[1] not in _URGENT),
    )


def _few(words: tuple[tuple[str, Tone], ...]) -> tuple[tuple[str, Tone], ...]:
    more = len(words) - _MOST_MARKS
    return (*words[:_MOST_MARKS], (f"and {more} more", "plain")) if more > 0 else words


def hues_of(items: Iterable[AgendaItem]) -> dict[str, int]:
    """A color for each edition, in the order of their ids; after six they come again. O(n)."""
    editions = sorted({each.edition_id for each in items if each.edition_id is not None})
    return {id: place % HUES for place, id in enumerate(editions)}


def grids_of(
    shown: Iterable[Shown], *, view: View, hues: Mapping[str, int], names: bool = False
) -> Iterator[tuple[int, TimeGrid]]:
    """The grids of one center in the order of time, each with its week. O(n log n)."""
    stretches = sorted(
        (stretch for each in shown for stretch in _stretches(each)),
        key=lambda each: (each.day, each.first, each.shown.item.session_id, each.shown.gone),
    )
    if view == "rooms":
        for day, held in groupby(stretches, lambda each: each.day):
            yield week_of(day), _of_day(day, list(held), hues, names=names)
    else:
        for week, held in groupby(stretches, lambda each: week_of(each.day)):
            yield week, _of_week(week, list(held), hues, names=names)


def _stretches(shown: Shown) -> Iterator[_Stretch]:
    """What each day sees of a session, on the clocks of its center.

    Small hours belong to the day before, so that an evening that ends after midnight stays whole.
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
        yield _Stretch(
            shown=shown, start=start, end=end, day=start.date() + timedelta(days=place),
            first=first, last=max(last, first + 1),
        )  # fmt: skip


def _of_week(
    week: int, stretches: Sequence[_Stretch], hues: Mapping[str, int], *, names: bool
) -> TimeGrid:
    busy = {each.day.weekday() for each in stretches}
    days = [place for place in range(7) if place < _WEEKEND or place in busy]
    monday = first_day(week)
    return TimeGrid(
        caption=title_of_week(week, stretches[0].shown.item.center),
        headers=tuple(
            f"{WEEKDAY_NAMES[place]} {(monday + timedelta(days=place)).day}" for place in days
        ),
        blocks=tuple(
            _block(each, days.index(each.day.weekday()), hues, names=names, room=True)
            for each in stretches
        ),
    )


def _of_day(
    day: date, stretches: Sequence[_Stretch], hues: Mapping[str, int], *, names: bool
) -> TimeGrid:
    def order(item: AgendaItem) -> tuple[bool, str]:
        return item.room is None, item.where

    rooms = [where for _, where in sorted({order(each.shown.item) for each in stretches})]
    return TimeGrid(
        caption=f"{day_title(day)} · {stretches[0].shown.item.center}",
        headers=tuple(rooms),
        blocks=tuple(
            _block(each, rooms.index(each.shown.item.where), hues, names=names, room=False)
            for each in stretches
        ),
    )


def _block(
    stretch: _Stretch, column: int, hues: Mapping[str, int], *, names: bool, room: bool
) -> Block:
    item = stretch.shown.item
    where = [item.where] if room else []
    edition = [item.edition_id] if item.edition_id is not None else []
    return Block(
        column=column,
        start=stretch.first,
        end=stretch.last,
        time=_time(stretch),
        title=item.title if stretch.begins else f"\u2026 {item.title}",
        rest=(*where, *edition, *item.who(names=names)),
        id=item.session_id,
        hue=hues.get(item.edition_id or ""),
        notes=stretch.shown.marks,
        remarks=stretch.shown.remarks,
        gone=stretch.shown.gone,
    )


def _time(stretch: _Stretch) -> str:
    if not stretch.begins:
        return f"goes on to {_named(stretch.end)}"
    return times(stretch.shown.item, stretch.start, stretch.end)


def times(item: AgendaItem, start: datetime, end: datetime) -> str:
    """From when to when a session lasts, in words, with its length where the clocks hide it.

    The second time that an hour comes on a day when the clocks go back is called so.
    """
    same = start.date() == end.date()
    shown = f"{_clock(start)}\u2013{_clock(end)}" if same else f"{_clock(start)} to {_named(end)}"
    wall = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    changed = wall // timedelta(minutes=1) != item.minutes
    return f"{shown} ({item.minutes} min: the clocks change)" if changed else shown


def _named(moment: datetime) -> str:
    return f"{WEEKDAY_NAMES[moment.weekday()]} {moment.day}, {_clock(moment)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}" + (" (second)" if moment.fold else "")


def citation_of(item: AgendaItem) -> str:
    """How findings cite the session of an item."""
    return cite("session", item.session_id)
