"""Heat maps: a grid of shares, each a square that is darker the higher the share, with its text."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

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

_TALL, _LEAST, _MOST = 24, 30, 110  # pixels: the height of a row, the width of a column
_HEAD = MARGIN + 44
_DEGREES = 5
_WIDE_ENOUGH = 640
"""The least width of a drawing, in CSS pixels, for its title and legend."""


@attrs.frozen(kw_only=True)
class HeatCell:
    """A cell: its share, None where it is not known; its text; `title` is its tooltip."""

    share: Fraction | None
    text: str
    title: str


@attrs.frozen(kw_only=True)
class HeatRow:
    """A row of cells with a title; a cell of None is empty: there is nothing to know."""

    title: str
    cells: tuple[HeatCell | None, ...]


def svg_heatmap(
    rows: Sequence[HeatRow], columns: Sequence[str], *, title: str, legend: str, nothing: str
) -> Html:
    """Draw a heat map of rows and columns; `legend` says what the color means.

    Cells of which the share is not known are outlined. `nothing` is said without a cell. O(cells).

    >>> row = HeatRow(title="Boostcamp 4", cells=(HeatCell(share=None, text="?", title="w1"),))
    >>> "<title>w1</title>" in svg_heatmap([row], ["1"], title="x", legend="", nothing="").source
    True
    """
    if not rows or not columns:
        return empty_chart(title, nothing)
    rows, legend = drawn_rows(rows, legend)
    texts = [each.text for row in rows for each in row.cells if each is not None]
    widest = max((regular_width(each) for each in (*texts, *columns)), default=0)
    wide = max(_LEAST, min(_MOST, widest * FONT // 1000 + 12))
    left = MARGIN + LABELS
    heads = [
        label(each, left + place * wide + wide // 2, _HEAD, wide - 2, "muted middle")
        for place, each in enumerate(columns)
    ]
    marks = [
        mark for number, row in enumerate(rows)
        for mark in _row(row, left, _HEAD + 8 + number * _TALL, wide)
    ]  # fmt: skip
    bottom = _HEAD + 8 + len(rows) * _TALL
    width = max(left + len(columns) * wide, _WIDE_ENOUGH) + MARGIN
    remarks, bottom = remark(legend, bottom, width)
    return chart(
        [*heads, *marks, *remarks], title=title, width=width, height=bottom + MARGIN,
        description=f"{legend} {len(rows):,} rows, {len(columns):,} columns.",
    )  # fmt: skip


def _row(row: HeatRow, left: int, y: int, wide: int) -> Iterator[Html]:
    yield row_label(row.title, y + 16)
    for place, cell in enumerate(row.cells):
        if cell is None:
            continue
        x = left + place * wide
        yield element(
            "rect", element("title", cell.title), class_=_style(cell.share),
            x=x + 1, y=y + 1, width=wide - 2, height=_TALL - 2, rx=3,
        )  # fmt: skip
        yield label(cell.text, x + wide // 2, y + 16, wide - 4, "middle")


def _style(share: Fraction | None) -> str:
    """The class of a cell: one of five degrees, up to 20 %, up to 40 % and so on."""
    if share is None:
        return "empty"
    return f"heat-{min(_DEGREES - 1, int(share * _DEGREES))}"
