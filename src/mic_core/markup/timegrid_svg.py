"""SVG rendering of calendar grids: one self-contained drawing with its own style.

SVG does not wrap text, so lines are broken by upper bounds of the widths of letters, and texts that
do not fit are cut. All coordinates are integers in user units (CSS pixels).
"""

from collections.abc import Iterable, Iterator, Sequence

import attrs

from mic_core.markup.fitting import FONT_SIZE, TextSpan, fitted, full_text
from mic_core.markup.html import Html, Inside, element, svg_picture
from mic_core.markup.measure import bold_width, regular_width, shortened, wrapped
from mic_core.markup.style import Tone, schemes
from mic_core.markup.text import printable
from mic_core.markup.timegrid import Block, Placed, TimeGrid

# Lengths in CSS pixels, chosen by eye for 12 px text.
_HOURS_WIDTH, _LANE, _WIDTH = 64, 116, 1160  # column of hours; least lane; least drawing
_CAPTION, _HEADER, _SPACE, _MARGIN = 34, 28, 36, 20  # heights; between grids; around all
_LINE = 15  # height of a line
_TITLE = 16  # font size of a caption

_STYLE = schemes(".mic-svg") + (
    ".mic-svg text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:var(--ink)}"
    ".mic-svg .ground{fill:var(--ground)}.mic-svg .caption{font-size:16px;font-weight:600}"
    ".mic-svg .head,.mic-svg .strong{font-weight:600}"
    ".mic-svg .muted{fill:var(--muted);font-weight:400;text-decoration:none}"
    ".mic-svg line{stroke:var(--line)}.mic-svg .gone{fill:var(--ground);stroke:var(--muted);"
    "stroke-dasharray:4 3}"
    ".mic-svg .error{fill:var(--error);font-weight:600}"
    ".mic-svg .warning{fill:var(--warning);font-weight:600}"
    ".mic-svg .info{fill:var(--info);font-weight:600}"
    ".mic-svg .good{fill:var(--good);font-weight:600}"
    ".mic-svg .plain{fill:var(--plain);font-weight:600}"
    ".mic-svg .remark{font-weight:400}.mic-svg .struck{text-decoration:line-through;"
    "font-weight:500}"
    ".mic-svg .wrong{stroke:var(--error);stroke-width:2}"
    + "".join(
        f".mic-svg .hue-{hue}{{fill:var(--hue-{hue}-ground)}}"
        f".mic-svg .edge-{hue}{{fill:var(--hue-{hue})}}"
        for hue in (*map(str, range(6)), "none")
    )
)


@attrs.frozen(kw_only=True)
class _Frame:
    """Position of a grid in the drawing: its top, the left edge of each column, lane width.

    All in pixels; `width` includes both margins.
    """

    grid: TimeGrid
    top: int
    lane: int
    lefts: tuple[int, ...]
    width: int

    def y(self, tenths: int) -> int:
        """The vertical coordinate of a distance from the first hour, in tenths of a rem."""
        return self.top + _CAPTION + _HEADER + tenths * 16 // 10  # 1 rem is 16 pixels

    @property
    def bottom(self) -> int:
        """The vertical coordinate of the end of the last hour."""
        return self.y(self.grid.height)


def svg_timegrids(
    grids: Iterable[TimeGrid],
    *,
    title: str,
    description: str = "",
    remarks: Iterable[tuple[str, Tone]] = (),
) -> Html:
    """Draw calendar grids below each other as one SVG element with a title.

    `description` is the alternative text for screen readers; `remarks` are written below the grids,
    each in its tone. Texts that do not fit into a block are cut with an ellipsis; the full text is
    the title of the block, which browsers show as a tooltip. O(blocks + characters).

    >>> look = svg_timegrids([], title="September", description="Nothing takes place.")
    >>> "<title>September</title><desc>Nothing takes place.</desc>" in look.source
    True
    """
    frames = list(_frames(grids))
    width = max((frame.width for frame in frames), default=_WIDTH + 2 * _MARGIN)
    top = frames[-1].bottom + _SPACE // 2 if frames else _MARGIN
    footnotes = list(remarks)
    below = list(_remark_lines(footnotes, top))
    height = top + _LINE * len(below) + _LINE // 3 * len(footnotes) + _MARGIN
    return svg_picture(
        (*map(_draw_grid, frames), *below), title=title, description=description, style=_STYLE,
        class_="mic-svg", width=width, height=height,
    )  # fmt: skip


def _remark_lines(remarks: Iterable[tuple[str, Tone]], top: int) -> Iterator[Html]:
    """The remarks below the grids, wrapped into lines."""
    y = top
    for text, tone in remarks:
        y += _LINE // 3
        for line in wrapped(text, _WIDTH * 1000 // FONT_SIZE, regular_width):
            y += _LINE
            yield element("text", line, class_=f"remark {tone}", x=_MARGIN, y=y)


def _frames(grids: Iterable[TimeGrid]) -> Iterator[_Frame]:
    """The positions of the grids, one below the other, each as wide as its lanes need."""
    top = _MARGIN
    for grid in grids:
        inner = max(_WIDTH, _HOURS_WIDTH + _LANE * sum(grid.lanes))
        lane = (inner - _HOURS_WIDTH) // max(1, sum(grid.lanes))
        left = _MARGIN + _HOURS_WIDTH
        lefts: list[int] = []
        for lanes in grid.lanes:
            lefts.append(left)
            left += lane * lanes
        frame = _Frame(grid=grid, top=top, lane=lane, lefts=tuple(lefts), width=inner + 2 * _MARGIN)
        yield frame
        top = frame.bottom + _SPACE


def _draw_grid(frame: _Frame) -> Html:
    """One grid: caption, headers, grid lines with labels, blocks."""
    grid, right = frame.grid, frame.width - _MARGIN
    caption = _cut(
        grid.caption, right - _MARGIN, "caption", _TITLE, x=_MARGIN, y=frame.top + _TITLE
    )
    heads = [
        _cut(header, frame.lane * lanes - 10, "head", x=left + 6, y=frame.top + _CAPTION + 18)
        for header, left, lanes in zip(grid.headers, frame.lefts, grid.lanes, strict=True)
    ]
    lines: list[Html] = []
    for top, label in grid.axis:
        y = frame.y(top)
        lines += [
            element("line", x1=_MARGIN, x2=right, y1=y, y2=y),
            element("text", label, class_="muted", x=_MARGIN, y=y + 16),
        ]
    blocks = [
        _draw_block(each, frame, left)
        for column, left in zip(grid.placed, frame.lefts, strict=True)
        for each in column
    ]
    return element("g", caption, *heads, *lines, *blocks)


def _draw_block(placed: Placed, frame: _Frame, left: int) -> Html:
    """One block: background, colored edge, texts, full text as a tooltip."""
    block = placed.block
    # A cluster with fewer lanes than its column has wider ones.
    share = frame.lane * frame.grid.lanes[block.column] // placed.lanes
    x, y = left + share * placed.lane + 2, frame.y(frame.grid.top(placed.start)) + 1
    wide, tall = share - 4, frame.y(frame.grid.top(placed.end)) - y - 1
    hue = block.hue if block.hue is not None else "none"
    shape = "gone" if block.gone else f"hue-{hue}" + (" wrong" if block.wrong else "")
    return element(
        "g",
        element("title", full_text(block)),
        element("rect", class_=shape, x=x, y=y, width=wide, height=tall, rx=4),
        element("rect", class_=f"edge-{hue}", x=x, y=y, width=4, height=tall, rx=2),
        _texts(block, x + 10, y, wide - 14, tall),
    )


def _texts(block: Block, x: int, y: int, wide: int, tall: int) -> Html:
    """The lines of a block that fit, the last ones cut with an ellipsis if some do not."""
    lines = [
        element("text", *_line(spans), class_=spans[-1].style, x=0, y=13 + _LINE * n)
        for n, spans in enumerate(fitted(block, wide, max(1, (tall - 4) // _LINE)))
    ]
    # A nested svg clips its content, in case a font is wider than the bounds.
    return element("svg", *lines, x=x, y=y, width=max(1, wide), height=max(1, tall))


def _line(spans: Sequence[TextSpan]) -> Iterator[Inside]:
    """The content of a line: a text, or pieces of different classes."""
    if len(spans) == 1:
        yield spans[0].text
    else:
        yield from (element("tspan", each.text, class_=each.style) for each in spans)


def _cut(text: str, wide: int, class_: str, size: int = FONT_SIZE, **place: int) -> Html:
    """A text on one line within a width, with an ellipsis and its whole as a tooltip if need be."""
    shown = shortened(printable(text), wide * 1000 // size, bold_width)
    whole = element("title", text) if shown != printable(text) else None
    return element("text", whole, shown, class_=class_, **place)
