"""Time grids as one SVG drawing: a picture that needs nothing around it."""

from collections.abc import Iterable, Iterator

import attrs

from mic_core.markup.html import Html, element
from mic_core.markup.style import Tone, schemes
from mic_core.markup.text import printable, wrap
from mic_core.markup.timegrid import Block, Placed, TimeGrid

_WIDEST_HOURS, _LANE, _WIDTH = 64, 116, 1160
_CAPTION, _HEADER, _SPACE, _MARGIN = 34, 28, 36, 20
_LINE, _LETTER, _BOLD = 15, 66, 74  # a line's height; widths of letters, in tenths

_STYLE = schemes(".mic-svg") + (
    ".mic-svg text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:var(--ink)}"
    ".mic-svg .ground{fill:var(--ground)}.mic-svg .caption{font-size:16px;font-weight:600}"
    ".mic-svg .head,.mic-svg .strong{font-weight:600}.mic-svg .muted{fill:var(--muted)}"
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
    """Where a grid stands: its top, the left side of each column, and the width of a lane."""

    grid: TimeGrid
    top: int
    lane: int
    lefts: tuple[int, ...]
    width: int

    def y(self, tenths: int) -> int:
        """Where something lies that is so far below the first hour."""
        return self.top + _CAPTION + _HEADER + tenths * 16 // 10

    @property
    def bottom(self) -> int:
        """Where the last hour ends."""
        return self.y(self.grid.height)


def svg_timegrids(
    grids: Iterable[TimeGrid],
    *,
    title: str,
    description: str = "",
    remarks: Iterable[tuple[str, Tone]] = (),
) -> Html:
    """Grids below each other as one SVG element; `title` is what it is called.

    `description` tells those who do not see it what it shows; `remarks` stand below the grids, each
    in its tone. Texts that do not fit in a block are cut with an ellipsis; the whole of each stands
    in the title of its block, which browsers show on pointing. O(blocks + characters).

    >>> look = svg_timegrids([], title="September", description="Nothing takes place.")
    >>> "<title>September</title><desc>Nothing takes place.</desc>" in look.source
    True
    """
    frames = list(_frames(grids))
    width = max((frame.width for frame in frames), default=_WIDTH + 2 * _MARGIN)
    top = frames[-1].bottom + _SPACE // 2 if frames else _MARGIN
    told = list(remarks)
    below = list(_below(told, top))
    height = top + _LINE * len(below) + _LINE // 3 * len(told) + _MARGIN
    return element(
        "svg",
        element("title", title),
        element("desc", description) if description else None,
        Html(f"<style>{_STYLE}</style>"),
        element("rect", class_="ground", width=width, height=height),
        *(_drawn(frame) for frame in frames),
        *below,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        class_="mic-svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
    )


def _below(remarks: Iterable[tuple[str, Tone]], top: int) -> Iterator[Html]:
    """What stands below the grids, in as many lines as it takes."""
    y = top
    for text, tone in remarks:
        y += _LINE // 3
        for line in wrap(text, _columns(_WIDTH, "muted")):
            y += _LINE
            yield element("text", line, class_=f"remark {tone}", x=_MARGIN, y=y)


def _frames(grids: Iterable[TimeGrid]) -> Iterator[_Frame]:
    """Each grid below the one before, as wide as its lanes need."""
    top = _MARGIN
    for grid in grids:
        inner = max(_WIDTH, _WIDEST_HOURS + _LANE * sum(grid.lanes))
        lane = (inner - _WIDEST_HOURS) // max(1, sum(grid.lanes))
        left = _MARGIN + _WIDEST_HOURS
        lefts: list[int] = []
        for lanes in grid.lanes:
            lefts.append(left)
            left += lane * lanes
        frame = _Frame(grid=grid, top=top, lane=lane, lefts=tuple(lefts), width=inner + 2 * _MARGIN)
        yield frame
        top = frame.bottom + _SPACE


def _drawn(frame: _Frame) -> Html:
    grid, right = frame.grid, frame.width - _MARGIN
    caption = element("text", grid.caption, class_="caption", x=_MARGIN, y=frame.top + 16)
    heads = [
        element("text", header, class_="head", x=left + 6, y=frame.top + _CAPTION + 18)
        for header, left in zip(grid.headers, frame.lefts, strict=True)
    ]
    lines: list[Html] = []
    for top, label in grid.axis:
        y = frame.y(top)
        lines += [
            element("line", x1=_MARGIN, x2=right, y1=y, y2=y),
            element("text", label, class_="muted", x=_MARGIN, y=y + 16),
        ]
    blocks = [
        _block(each, frame, left)
        for column, left in zip(grid.placed, frame.lefts, strict=True)
        for each in column
    ]
    return element("g", caption, *heads, *lines, *blocks)


def _block(placed: Placed, frame: _Frame, left: int) -> Html:
    block = placed.block
    share = frame.lane * frame.grid.lanes[block.column] // placed.lanes
    x, y = left + share * placed.lane + 2, frame.y(frame.grid.top(placed.start)) + 1
    wide, tall = share - 4, frame.y(frame.grid.top(placed.end)) - y - 1
    hue = block.hue if block.hue is not None else "none"
    shape = "gone" if block.gone else f"hue-{hue}" + (" wrong" if block.wrong else "")
    return element(
        "g",
        element("title", _whole(block)),
        element("rect", class_=shape, x=x, y=y, width=wide, height=tall, rx=4),
        element("rect", class_=f"edge-{hue}", x=x, y=y, width=4, height=tall, rx=2),
        _texts(block, x + 10, y, wide - 14, tall),
    )


def _whole(block: Block) -> str:
    notes, remarks = ([word for word, _ in each] for each in (block.notes, block.remarks))
    said = (*notes, block.time, block.title, *remarks, *block.rest, block.id)
    return " · ".join(each for each in said if each)


def _texts(block: Block, x: int, y: int, wide: int, tall: int) -> Html:
    """As many lines as the block has room for; where that is not all, the last one says so."""
    rows = [
        (line, class_)
        for text, class_ in _parts(block)
        for line in wrap(printable(text), _columns(wide, class_))
    ]
    room = max(1, (tall - 4) // _LINE)
    if len(rows) > room:
        line, class_ = rows[room - 1]
        rows[room - 1 :] = [(f"{line[: _columns(wide, class_) - 1]}…", class_)]
    lines = [
        element("text", line, class_=class_, x=0, y=13 + _LINE * place)
        for place, (line, class_) in enumerate(rows)
    ]
    return element("svg", *lines, x=x, y=y, width=max(1, wide), height=max(1, tall))


def _columns(wide: int, class_: str) -> int:
    """How many columns of letters fit, on the safe side."""
    return max(2, wide * 10 // (_LETTER if class_ == "muted" else _BOLD))


def _parts(block: Block) -> Iterator[tuple[str, str]]:
    yield from block.notes
    yield block.time, "muted"
    yield block.title, "strong struck" if block.gone else "strong"
    yield from block.remarks
    rest = " · ".join(each for each in (*block.rest, block.id) if each)
    if rest:
        yield rest, "muted"
