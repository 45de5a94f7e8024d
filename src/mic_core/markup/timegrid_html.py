"""HTML rendering of a calendar grid: a table with a column per header, blocks to scale.

Positions are numeric custom properties, which the style sheet turns into lengths in rem. In a
narrow container, the style sheet stacks the columns as lists.
"""

from collections.abc import Iterable, Iterator

from mic_core.markup.fitting import full_text
from mic_core.markup.html import Html, Inside, element
from mic_core.markup.tables import badge, framed
from mic_core.markup.timegrid import Block, Placed, TimeGrid

# As in the style sheet: height of a line in hundredths of a rem; all that is above and below the
# lines of a block, in tenths of a rem, rounded up.
_LINE, _PADDING = 105, 7


def html_timegrid(grid: TimeGrid) -> Html:
    """Render a calendar grid as an HTML table; each cell holds its blocks as a list. O(blocks).

    >>> "<caption>Week 37</caption>" in str(
    ...     html_timegrid(TimeGrid(caption="Week 37", headers=("Mon 8",), blocks=()))
    ... )
    True
    """
    total = sum(grid.lanes)
    busy = [bool(column) for column in grid.placed]
    columns = [element("col", style=f"--lanes:{lanes};") for lanes in grid.lanes]
    heads = [
        element("th", header, scope="col", class_=None if is_busy else "idle")
        for header, is_busy in zip(grid.headers, busy, strict=True)
    ]
    hours = element("th", _axis(grid), scope="row")
    days = [_day(grid, column) for column in range(len(grid.headers))]
    table = element(
        "table",
        element("caption", grid.caption),
        element("colgroup", element("col", class_="hours"), *columns),
        element("thead", element("tr", element("th", "Time", scope="col", class_="hours"), *heads)),
        element("tbody", element("tr", hours, *days)),
        class_="week",
        style=f"--lanes:{total};--height:{_tenths(grid.height)};",
    )
    return framed(table, grid.caption)


def _tenths(number: int) -> str:
    """A number of tenths as a decimal number; integers avoid platform-dependent rounding."""
    return f"{number // 10}.{number % 10}"


def _percent(part: int, whole: int) -> str:
    """A ratio as a percentage with one decimal place, rounded down."""
    return f"{_tenths(part * 1000 // whole)}%"


def _axis(grid: TimeGrid) -> Html:
    """The labels of the hours and of the idle gaps."""
    labels = [
        element(
            "li",
            label,
            class_="pause" if label.endswith("nothing") else None,
            style=f"--at:{_tenths(top)};",
        )
        for top, label in grid.axis
    ]
    return element("ol", *labels, class_="axis")


def _day(grid: TimeGrid, column: int) -> Html:
    """The cell of a column, with its blocks."""
    placed = grid.placed[column]
    if not placed:
        return element("td", element("div", class_="day"), class_="idle")
    label = element("div", grid.headers[column], class_="label", aria_hidden="true")
    items = [_block(each, grid) for each in placed]
    return element("td", label, element("ul", *items, class_="day"))


def _block(placed: Placed, grid: TimeGrid) -> Html:
    """One block, positioned by its start, length and lane; its whole text is its tooltip.

    The style sheet ends its text with an ellipsis after `rows` lines, as many as its height has.
    """
    block = placed.block
    at = grid.top(placed.start)
    tall = grid.top(placed.end) - at
    rows = max(1, (tall - _PADDING) * 10 // _LINE)
    style = (
        f"--at:{_tenths(at)};--tall:{_tenths(tall)};"
        f"--left:{_percent(placed.lane, placed.lanes)};--part:{_percent(1, placed.lanes)};"
        f"--rows:{rows};"
    )
    notes = [badge(word, tone) for word, tone in block.notes]
    named = [element("span", block.time, class_="time"), element("strong", block.title)]
    # A note may take two lines; where they would leave none to the title, they come below it.
    above = [*named, *notes] if rows < 2 * len(notes) + len(named) else [*notes, *named]
    rest = [element("span", each) for each in block.rest]
    rest += [element("code", block.id)] if block.id else []
    texts = element(
        "div",
        *_spaced(above),
        *(badge(word, tone) for word, tone in block.remarks),
        element("span", *_spaced(rest), class_="rest") if rest else None,
        class_="texts",
    )
    return element(
        "li", texts, class_=_classes(block, brief=rows == 1), style=style, title=full_text(block)
    )


def _spaced(parts: Iterable[Html]) -> Iterator[Inside]:
    """Parts followed by spaces, so that the text reads well without the style sheet."""
    for part in parts:
        yield from (part, " ")


def _classes(block: Block, *, brief: bool) -> str:
    """The CSS classes of a block."""
    hue = f"hue-{block.hue}" if block.hue is not None else "hue-none"
    flags = {"wrong": block.wrong, "gone": block.gone, "brief": brief}
    return " ".join(["block", hue, *(name for name, holds in flags.items() if holds)])
