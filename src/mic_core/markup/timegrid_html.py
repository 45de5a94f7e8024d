"""A time grid as an HTML table: a column for each header, blocks as tall as they are long.

Where the surroundings are narrow, the style turns the columns into lists, one below the other.
"""

from collections.abc import Iterable, Iterator

from mic_core.markup.html import Html, Inside, element
from mic_core.markup.tables import badge, framed
from mic_core.markup.timegrid import Placed, TimeGrid

_BRIEF = 30  # in tenths: what is not taller shows all on one line


def html_timegrid(grid: TimeGrid) -> Html:
    """The grid as a table in which sessions are lists in the cells of their columns. O(blocks).

    >>> "<caption>Week 37</caption>" in str(
    ...     html_timegrid(TimeGrid(caption="Week 37", headers=("Mon 8",), blocks=()))
    ... )
    True
    """
    total = sum(grid.lanes)
    busy = [bool(column) for column in grid.placed]
    columns = [element("col", style=f"--lanes:{lanes};") for lanes in grid.lanes]
    heads = [
        element("th", header, scope="col", class_=None if held else "idle")
        for header, held in zip(grid.headers, busy, strict=True)
    ]
    hours = element("th", _axis(grid), scope="row")
    days = [_day(grid, place) for place in range(len(grid.headers))]
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
    return f"{number // 10}.{number % 10}"


def _percent(part: int, whole: int) -> str:
    return f"{_tenths(part * 1000 // whole)}%"


def _axis(grid: TimeGrid) -> Html:
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


def _day(grid: TimeGrid, place: int) -> Html:
    placed = grid.placed[place]
    if not placed:
        return element("td", element("div", class_="day"), class_="idle")
    label = element("div", grid.headers[place], class_="label", aria_hidden="true")
    items = [_block(each, grid) for each in placed]
    return element("td", label, element("ul", *items, class_="day"))


def _block(placed: Placed, grid: TimeGrid) -> Html:
    block = placed.block
    at = grid.top(placed.start)
    tall = grid.top(placed.end) - at
    style = (
        f"--at:{_tenths(at)};--tall:{_tenths(tall)};"
        f"--left:{_percent(placed.lane, placed.lanes)};--part:{_percent(1, placed.lanes)};"
    )
    rest = [element("span", each) for each in block.rest]
    rest += [element("code", block.id)] if block.id else []
    return element(
        "li",
        *(badge(word, tone) for word, tone in block.notes),
        element("span", block.time, class_="time"),
        element("strong", block.title),
        *(badge(word, tone) for word, tone in block.remarks),
        element("span", *_spaced(rest), class_="rest") if rest else None,
        class_=_classes(placed, brief=tall < _BRIEF),
        style=style,
    )


def _spaced(parts: Iterable[Html]) -> Iterator[Inside]:
    """With a space after each, for those who read the text without its style."""
    for part in parts:
        yield from (part, " ")


def _classes(placed: Placed, *, brief: bool) -> str:
    block = placed.block
    hue = f"hue-{block.hue}" if block.hue is not None else "hue-none"
    flags = {"wrong": block.wrong, "gone": block.gone, "brief": brief}
    return " ".join(["block", hue, *(name for name, holds in flags.items() if holds)])
