"""Text fitting of a drawn block: its texts wrapped into the lines that its height has.

Texts that do not all fit are cut at the end of a line with an ellipsis, the least important first,
so that no letter is clipped. The uncut texts are the title of the block.
"""

from collections.abc import Iterator
from typing import Literal

import attrs

from mic_core.markup.measure import (
    WidthMeasure,
    bold_width,
    regular_width,
    shortened,
    with_ellipsis,
    wrapped,
)
from mic_core.markup.timegrid import Block

FONT_SIZE = 12
"""Size of the texts of a block, in CSS pixels."""

_Role = Literal["note", "time", "title", "remark", "rest"]

# The order in which lines are given up: all but so many lines of each text of a role.
_SACRIFICES: tuple[tuple[_Role, int], ...] = (
    ("rest", 0), ("remark", 1), ("note", 1), ("time", 1), ("title", 1),
    ("remark", 0), ("note", 0), ("time", 0),
)  # fmt: skip


@attrs.frozen
class TextSpan:
    """A piece of a line, with the CSS class of its text."""

    text: str
    style: str

    @property
    def width(self) -> int:
        """Upper bound of its width, in thousandths of the font size."""
        return measure_of(self.style)(self.text)


@attrs.define
class _BlockText:
    """One text of a block: its role, its lines, and how many of them are kept."""

    role: _Role
    style: str
    lines: tuple[str, ...]
    kept: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.kept = len(self.lines)


def measure_of(style: str) -> WidthMeasure:
    """The measure of a CSS class: all texts but muted ones are bold."""
    return regular_width if style == "muted" else bold_width


def full_text(block: Block) -> str:
    """All texts of a block, uncut, in reading order."""
    notes, remarks = ([word for word, _ in each] for each in (block.notes, block.remarks))
    texts = (*notes, block.time, block.title, *remarks, *block.rest, block.id)
    return " · ".join(each for each in texts if each)


def fitted(block: Block, wide: int, lines: int) -> tuple[tuple[TextSpan, ...], ...]:
    """The lines of a block that is `wide` pixels wide and has room for so many, at least one.

    A beginning of the title is always there. The id, room and people go first, then remarks, notes,
    the time and the title down to one line each. A single line has the time and the title where
    there is room for both. O(characters).
    """
    room = wide * 1000 // FONT_SIZE
    if lines == 1:
        return (_only_line(block, room),)
    texts = list(_block_texts(block, room))
    for role, least in _SACRIFICES:
        for text in reversed(texts):
            excess = sum(each.kept for each in texts) - lines
            if text.role == role and excess > 0:
                text.kept -= min(excess, max(0, text.kept - least))
    spans = [span for each in texts for span in _kept_spans(each, room)]
    if any(not each.kept for each in texts) and not spans[-1].text.endswith("…"):
        last = spans[-1]
        spans[-1] = TextSpan(with_ellipsis(last.text, room, measure_of(last.style)), last.style)
    return tuple((each,) for each in spans)


def _block_texts(block: Block, room: int) -> Iterator[_BlockText]:
    """The texts of a block from top to bottom, each in lines that fit into the room."""
    rest = " · ".join(each for each in (*block.rest, block.id) if each)
    texts: list[tuple[_Role, str, str]] = [
        *(("note", word, tone) for word, tone in block.notes),
        ("time", block.time, "muted"),
        ("title", block.title, _title_style(block)),
        *(("remark", word, tone) for word, tone in block.remarks),
        ("rest", rest, "muted"),
    ]
    for role, text, style in texts:
        if text or role == "title":
            yield _BlockText(role, style, wrapped(text, room, measure_of(style)))


def _title_style(block: Block) -> str:
    return "strong struck" if block.gone else "strong"


def _kept_spans(text: _BlockText, room: int) -> Iterator[TextSpan]:
    """The lines of a text that are kept; the last one ends in an ellipsis if there were more."""
    measure, lines, kept = measure_of(text.style), text.lines, text.kept
    for place, line in enumerate(lines[:kept], 1):
        if place == kept < len(lines):
            # The line may have room for the beginning of the next one, which is a long word.
            more = f"{line}{'' if line.endswith('-') else ' '}{lines[place]}"
            yield TextSpan(with_ellipsis(more, room, measure), text.style)
        else:
            yield TextSpan(shortened(line, room, measure), text.style)


def _only_line(block: Block, room: int) -> tuple[TextSpan, ...]:
    """The single line of a low block: its time and title, or its title alone."""
    time, style = TextSpan(f"{block.time} ", "muted"), _title_style(block)
    title = TextSpan(block.title, style)
    left = room - time.width
    # Half of the width: a title of two letters and an ellipsis says less than no time.
    if block.time and (title.width <= left or 2 * left >= room):
        return time, TextSpan(shortened(block.title, left, bold_width), style)
    return (TextSpan(shortened(block.title, room, bold_width), style),)
