"""Rendering of results as plain text, HTML and SVG, with all texts escaped. Knows no nouns.

Every function is pure: its output depends on its arguments only, not on locale or terminal.
"""

from mic_core.markup.document import Looks, Part, Section, page
from mic_core.markup.html import Html, Inside, element, escape, joined, notebook, svg_document
from mic_core.markup.style import HUES, Tone
from mic_core.markup.tables import (
    MOST_ROWS,
    Notice,
    badge,
    cited_below,
    framed,
    gauge,
    html_bars,
    html_notices,
    html_table,
    note,
    truncation_note,
)
from mic_core.markup.text import (
    ASCII,
    UNICODE,
    Box,
    Cell,
    Quantity,
    bar,
    grid,
    grids,
    printable,
    table,
    width,
    wrap,
)
from mic_core.markup.timegrid import Block, Placed, Scale, TimeGrid, on_one_scale, side_by_side
from mic_core.markup.timegrid_html import html_timegrid
from mic_core.markup.timegrid_svg import svg_timegrids

__all__ = [
    "ASCII",
    "HUES",
    "MOST_ROWS",
    "UNICODE",
    "Block",
    "Box",
    "Cell",
    "Html",
    "Inside",
    "Looks",
    "Notice",
    "Part",
    "Placed",
    "Quantity",
    "Scale",
    "Section",
    "TimeGrid",
    "Tone",
    "badge",
    "bar",
    "cited_below",
    "element",
    "escape",
    "framed",
    "gauge",
    "grid",
    "grids",
    "html_bars",
    "html_notices",
    "html_table",
    "html_timegrid",
    "joined",
    "note",
    "notebook",
    "on_one_scale",
    "page",
    "printable",
    "side_by_side",
    "svg_document",
    "svg_timegrids",
    "table",
    "truncation_note",
    "width",
    "wrap",
]
