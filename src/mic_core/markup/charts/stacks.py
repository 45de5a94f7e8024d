"""Stacked bars: the parts of a whole, a bar of equal length for each row."""

from collections.abc import Iterator, Sequence

import attrs

from mic_core.markup.charts.canvas import (
    FONT,
    LABELS,
    LINE,
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

_WIDE, _TALL, _GAP, _TEXTS = 420, 20, 8, 230  # pixels: a bar, its height, between bars, texts
_HEAD = MARGIN + 32


@attrs.frozen(kw_only=True)
class StackedBar:
    """A bar of parts in the order of the legend; `text` stands beside it."""

    title: str
    parts: tuple[int, ...]
    text: str


def svg_stacks(
    bars: Sequence[StackedBar], legend: Sequence[tuple[str, str]], *, title: str, nothing: str
) -> Html:
    """Draw a bar for each row, its parts by share; `legend` names each part and its class.

    A class is that of the style sheet of charts: fill-0 to fill-5, fill-none, rest, open. A bar
    without parts has only its texts. `nothing` is said without a bar. O(bars x parts).

    >>> bar = StackedBar(title="Boostcamp 4", parts=(2, 1), text="2 of 3")
    >>> drawn = svg_stacks([bar], [("completed", "fill-1"), ("left", "rest")], title="", nothing="")
    >>> "Boostcamp 4: 2 completed" in drawn.source
    True
    """
    if not bars:
        return empty_chart(title, nothing)
    head = _HEAD + LINE + 8
    bars, more = drawn_rows(bars, "")
    width = MARGIN + LABELS + _WIDE + _TEXTS + MARGIN
    remarks, bottom = remark(more, head + len(bars) * (_TALL + _GAP), width)
    parts = [
        *_legend(legend),
        *(
            mark for place, each in enumerate(bars)
            for mark in _bar(each, legend, head + place * (_TALL + _GAP))
        ),
    ]  # fmt: skip
    return chart(
        [*parts, *remarks], title=title, width=width, height=bottom + MARGIN,
        description="; ".join(f"{each.title}: {each.text}" for each in bars),
    )  # fmt: skip


def _legend(legend: Sequence[tuple[str, str]]) -> Iterator[Html]:
    x = MARGIN + LABELS
    for name, style in legend:
        yield element("rect", class_=style, x=x, y=_HEAD, width=12, height=12, rx=2)
        yield element("text", name, class_="muted", x=x + 18, y=_HEAD + 10)
        x += 18 + regular_width(name) * FONT // 1000 + 18


def _bar(bar: StackedBar, legend: Sequence[tuple[str, str]], y: int) -> Iterator[Html]:
    yield row_label(bar.title, y + 14)
    yield label(bar.text, MARGIN + LABELS + _WIDE + 12, y + 14, _TEXTS - 12)
    total, before = sum(bar.parts), 0
    for number, (name, style) in zip(bar.parts, legend, strict=True):
        if number:
            left, right = (each * _WIDE // total for each in (before, before + number))
            yield element(
                "rect", element("title", f"{bar.title}: {number:,} {name}"), class_=style,
                x=MARGIN + LABELS + left, y=y, width=max(2, right - left - 1), height=_TALL, rx=2,
            )  # fmt: skip
        before += number
