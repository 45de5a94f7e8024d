"""Gantt charts: spans as bars on one axis of whole numbers, with a line at the present."""

from collections.abc import Iterator, Sequence

import attrs

from mic_core.markup.charts.canvas import (
    FONT,
    LABELS,
    MARGIN,
    chart,
    drawn_rows,
    empty_chart,
    label,
    remark,
    row_label,
)
from mic_core.markup.html import Html, element
from mic_core.markup.measure import regular_width

_WIDE, _TALL, _GAP, _TEXTS = 560, 18, 8, 170  # pixels: the axis, a bar, between bars, notes
_HEAD = MARGIN + 46
_TICK = 30  # pixels: the least distance of two ticks


@attrs.frozen(kw_only=True)
class GanttBar:
    """A bar from `start` up to `end`, exclusive, with a note beside it; `marks` lie on the bar.

    An `end` of None is open: the bar runs on. A `start` of None: there is no bar.
    """

    title: str
    start: int | None
    end: int | None
    note: str
    marks: tuple[int, ...] = ()


def svg_gantt(
    bars: Sequence[GanttBar], ticks: Sequence[tuple[int, str]], *, now: int, title: str,
    legend: str, nothing: str,
) -> Html:  # fmt: skip
    """Draw bars below each other, with labeled ticks of the axis and a line at the present.

    The part of a bar after the present is dashed. `nothing` is said without a bar. O(n).

    >>> bar = GanttBar(title="Boostcamp 4", start=3, end=9, note="4 of 4", marks=(4,))
    >>> "Boostcamp 4: 4 of 4" in svg_gantt(
    ...     [bar], [(0, "Mar")], now=5, title="Season", legend="", nothing=""
    ... ).source
    True
    """
    bars, legend = drawn_rows(bars, legend)
    known = [each for each in bars if each.start is not None]
    if not known:
        return empty_chart(title, nothing)
    first = min(each.start for each in known if each.start is not None)
    # The axis begins with a tick, so that its label stands at the beginning.
    low = max((value for value, _ in ticks if value <= first), default=first)
    high = max(max(each.end or now, (each.start or 0) + 1) for each in known)
    axis = _Scale(low, max(1, high - low), MARGIN + LABELS)
    bottom = _HEAD + 8 + len(bars) * (_TALL + _GAP)
    parts = [
        *_ticks(axis, ticks, bottom),
        *(
            mark for place, each in enumerate(bars)
            for mark in _bar(each, axis, now, _HEAD + 12 + place * (_TALL + _GAP))
        ),
    ]  # fmt: skip
    if low <= now <= high:
        x = axis.x(now)
        parts.append(element("line", class_="now", x1=x, x2=x, y1=_HEAD, y2=bottom + 4))
    width = MARGIN + LABELS + _WIDE + _TEXTS + MARGIN
    remarks, bottom = remark(legend, bottom + 2, width)
    return chart(
        [*parts, *remarks], title=title, width=width, height=bottom + MARGIN,
        description="; ".join(f"{each.title}: {each.note}" for each in bars),
    )  # fmt: skip


@attrs.frozen
class _Scale:
    low: int
    length: int
    left: int

    def x(self, value: int) -> int:
        """The horizontal coordinate of a value, within the axis."""
        return self.left + min(max(value - self.low, 0), self.length) * _WIDE // self.length


def _ticks(axis: _Scale, ticks: Sequence[tuple[int, str]], bottom: int) -> Iterator[Html]:
    free = axis.left
    for value, text in ticks:
        x = axis.x(value)
        if axis.low <= value <= axis.low + axis.length and x >= free:
            yield element("line", x1=x, x2=x, y1=_HEAD, y2=bottom)
            wide = regular_width(text) * FONT // 1000
            yield label(text, x, _HEAD - 6, wide + 1, "muted")
            free = x + max(wide + 6, _TICK)


def _bar(bar: GanttBar, axis: _Scale, now: int, y: int) -> Iterator[Html]:
    yield row_label(bar.title, y + 13)
    yield label(bar.note, axis.left + _WIDE + 12, y + 13, _TEXTS - 12, "muted")
    if bar.start is None:
        return
    tooltip = element("title", f"{bar.title}: {bar.note}")
    start, end = axis.x(bar.start), axis.x(axis.low + axis.length if bar.end is None else bar.end)
    done = min(max(axis.x(now), start), end) if now > axis.low else start
    for style, left, right in (("fill-0", start, done), ("open", done, max(end, start + 2))):
        if right > left:
            yield element(
                "rect", tooltip, class_=style, x=left, y=y, width=right - left, height=_TALL, rx=3
            )
    for mark in bar.marks:
        yield element("rect", class_="paper", x=axis.x(mark) - 1, y=y + 5, width=3, height=8, rx=1)
