"""Canvas of a chart: one SVG element with a title, its style sheet, and texts cut to their room.

All coordinates are integers in CSS pixels. A text that does not fit is cut with an ellipsis, and is
uncut in the tooltip of its mark.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from mic_core.markup.html import Html, element, svg_picture
from mic_core.markup.measure import bold_width, regular_width, shortened, wrapped
from mic_core.markup.style import HUES, schemes
from mic_core.markup.text import printable

MARGIN, LINE, FONT = 20, 18, 12
"""Around the drawing; the height of a line of text; the size of the letters. In CSS pixels."""

LABELS = 190
"""The width of the labels of rows, in CSS pixels: about thirty letters."""

_STYLE = schemes(".mic-chart") + (
    ".mic-chart text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "fill:var(--ink);font-variant-numeric:tabular-nums}"
    ".mic-chart .ground{fill:var(--ground)}"
    ".mic-chart .caption{font-size:15px;font-weight:600}"
    ".mic-chart .strong{font-weight:600}.mic-chart .muted{fill:var(--muted)}"
    ".mic-chart .end{text-anchor:end}.mic-chart .middle{text-anchor:middle}"
    ".mic-chart line{stroke:var(--line)}.mic-chart .axis{stroke:var(--muted)}"
    ".mic-chart .now{stroke:var(--error);stroke-dasharray:4 3}"
    ".mic-chart .step{stroke-width:1.5;stroke-linecap:square}"
    ".mic-chart .bold{stroke-width:3.5}.mic-chart .faint{stroke-width:1;opacity:.45}"
    ".mic-chart .rest{fill:var(--faint)}.mic-chart .empty{fill:none;stroke:var(--line)}"
    ".mic-chart .open{fill:var(--ground);stroke:var(--hue-0);stroke-dasharray:4 3}"
    ".mic-chart .paper{fill:var(--ground)}"
    ".mic-chart .fill-ink{fill:var(--ink)}.mic-chart line.hue-ink{stroke:var(--ink)}"
    + "".join(
        f".mic-chart .fill-{hue}{{fill:var(--hue-{hue})}}"
        f".mic-chart .soft-{hue}{{fill:var(--hue-{hue}-ground);stroke:var(--hue-{hue})}}"
        f".mic-chart line.hue-{hue}{{stroke:var(--hue-{hue})}}"
        for hue in (*map(str, range(HUES)), "none")
    )
    + "".join(
        f".mic-chart .heat-{step}{{fill:var(--hue-0);fill-opacity:.{8 + 12 * step:02}}}"
        for step in range(5)
    )
)


def chart(
    parts: Iterable[Html | None], *, title: str, description: str, width: int, height: int
) -> Html:
    """One self-contained SVG element with a caption; `description` is for screen readers.

    >>> drawn = chart([], title="Nothing", description="", width=200, height=40)
    >>> drawn.source.startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img"')
    True
    """
    caption = label(title, MARGIN, MARGIN + 12, width - 2 * MARGIN, "caption", size=15)
    return svg_picture(
        (caption, *parts), title=title, description=description, style=_STYLE, class_="mic-chart",
        width=width, height=height,
    )  # fmt: skip


def label(
    text: str, x: int, y: int, room: int, class_: str | None = None, *, size: int = FONT
) -> Html:
    """A text on one line within a room, cut with an ellipsis; then the full one is its tooltip.

    >>> print(label("Boostcamp", 0, 9, 200))
    <text x="0" y="9">Boostcamp</text>
    """
    whole = printable(text)
    is_bold = class_ is not None and not {"caption", "strong"}.isdisjoint(class_.split())
    shown = shortened(whole, room * 1000 // size, bold_width if is_bold else regular_width)
    tooltip = element("title", whole) if shown != whole else None
    return element("text", tooltip, shown, class_=class_, x=x, y=y)


_TAIL = 10
"""The most characters of a last word that a label keeps, such as the number of an edition."""


def row_label(text: str, y: int, class_: str | None = None, *, indent: int = 0) -> Html:
    """The label of a row, left of the drawing; one that is cut keeps a short last word.

    >>> row_label("A program for founders of companies 7", 9).source[-32:]
    'A program for founders\u2026 7</text>'
    """
    whole, room = printable(text), LABELS - 10 - indent
    measure = bold_width if class_ == "strong" else regular_width
    tail = f" {whole.split()[-1]}" if whole.split()[1:] else ""
    if len(tail) > _TAIL or measure(whole) * FONT <= room * 1000:
        return label(text, MARGIN + indent, y, room, class_)
    shown = shortened(whole.removesuffix(tail), room * 1000 // FONT - measure(tail), measure) + tail
    return element("text", element("title", whole), shown, class_=class_, x=MARGIN + indent, y=y)


MOST_DRAWN = 200
"""The most rows of a drawing, about what fits on three pages; a remark counts the rest."""

_Row = TypeVar("_Row")


def drawn_rows(rows: Sequence[_Row], legend: str) -> tuple[Sequence[_Row], str]:
    """The rows that are drawn, and the legend, which says so if they are not all.

    >>> drawn_rows([7] * 201, "")[1]
    'Shown are the first 200 of 201.'
    """
    if len(rows) <= MOST_DRAWN:
        return rows, legend
    more = f"Shown are the first {MOST_DRAWN} of {len(rows):,}."
    return rows[:MOST_DRAWN], f"{legend} {more}".strip()


def remark(text: str, y: int, width: int) -> tuple[list[Html], int]:
    """A remark below a drawing, in lines as wide as the drawing, and the height of its last line.

    >>> lines, bottom = remark("One line.", 100, 300)
    >>> len(lines), bottom
    (1, 118)
    """
    room = (width - 2 * MARGIN) * 1000 // FONT
    lines = wrapped(text, room, regular_width) if text else ()
    drawn = [
        element("text", line, class_="muted", x=MARGIN, y=y + LINE * place)
        for place, line in enumerate(lines, 1)
    ]
    return drawn, y + LINE * len(lines)


def empty_chart(title: str, text: str) -> Html:
    """A chart without anything to draw: its title, and why.

    >>> "No week is over." in empty_chart("Retention", "No week is over.").source
    True
    """
    words = label(text, MARGIN, MARGIN + 40, 600, "muted")
    return chart([words], title=title, description=text, width=640, height=80)
