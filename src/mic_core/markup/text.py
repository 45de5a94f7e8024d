"""Plain text rendering for a terminal: tables, grids, bars, word wrap; sanitizing of texts.

All widths are columns of a fixed-width terminal, not characters. Every function is pure: it
depends on its arguments only, not on locale or terminal.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs


@attrs.frozen
class Quantity:
    """A number in words in a cell of a table, such as `12 to 40`, `+3` or `56%`: right-aligned.

    >>> print(Quantity("12 to 40"))
    12 to 40
    """

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | Quantity | None
"""Content of a table cell: text, a number (right-aligned), or None for an empty cell."""

_REPLACEMENT = "\ufffd"
# Unicode general categories: controls, surrogates, separators of lines and of paragraphs.
_CONTROL_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_NONCHARACTERS = "\ufffe\uffff"  # not allowed in XML
# Bidirectional classes of embeddings, overrides and isolates (Unicode Standard Annex 9).
_BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_GAP = 3  # columns between two cells: a space, a line, a space
_NARROWEST = 2  # columns: one wide character


@attrs.frozen(kw_only=True)
class Box:
    """Set of box-drawing characters for rules, crossings and bars."""

    across: str
    down: str
    cross: str
    thin: str
    thin_cross: str
    full: str
    rest: str


UNICODE = Box(across="━", down="│", cross="┿", thin="─", thin_cross="┼", full="█", rest="░")
"""Box-drawing characters of Unicode."""

ASCII = Box(across="=", down="|", cross="+", thin="-", thin_cross="+", full="#", rest=".")
"""Box-drawing in ASCII, for output without Unicode; cell texts are not transliterated."""


def printable(text: str) -> str:
    r"""Replace control characters, so that a text moves no cursor and changes no direction.

    Surrogates, noncharacters and bidirectional formatting characters are replaced too.

    >>> printable("a\x1b[2Jb")
    'a�[2Jb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_REPLACEMENT if _is_control(each) else each for each in text)


def _is_control(character: str) -> bool:
    """True if a character must not reach a terminal or a page."""
    if unicodedata.category(character) in _CONTROL_CATEGORIES or character in _NONCHARACTERS:
        return True
    return unicodedata.bidirectional(character) in _BIDI_CONTROLS


def width(text: str) -> int:
    r"""Display width of a text in columns: wide characters count 2, combining ones 0.

    Source: Unicode Standard Annex 11, East Asian Width.

    >>> width("MIC"), width("革新"), width("e\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    """Display width of one character; marks and format characters (Mn, Me, Cf) have none."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def head(text: str, room: int, measure: Callable[[str], int]) -> str:
    """The longest prefix of a text that fits into a room, with its combining characters.

    `measure` is the width of a text, additive over its characters.

    >>> head("The art of pitching", 7, width)
    'The art'
    """
    taken = 0
    for place, character in enumerate(text):
        taken += measure(character)
        if taken > room:
            return text[:place]
    return text


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """Word wrap (greedy): the lines of a text, each at most `columns` wide.

    Lines break at spaces; a longer word breaks at its last hyphen that fits, or anywhere. Line
    breaks in the text are kept. `columns` must be 2 or more, so that any character fits.

    >>> wrap("The art of pitching", 11)
    ('The art of', 'pitching')
    """
    return tuple(wrap_to(text, columns, width))


def wrap_to(text: str, room: int, measure: Callable[[str], int]) -> Iterator[str]:
    """Word wrap by any additive measure of width; a character that never fits has its own line."""
    for paragraph in text.splitlines() or [""]:
        yield from _wrap_paragraph(paragraph, room, measure)


def _wrap_paragraph(text: str, room: int, measure: Callable[[str], int]) -> Iterator[str]:
    """Greedy word wrap of a text without line breaks."""
    line = ""
    for word in printable(text).split():
        joined = f"{line} {word}" if line else word
        if measure(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        line = word
        while (fits := head(line, room, measure)) != line:
            # A word too long for a line breaks after its last hyphen that fits, or anywhere.
            part = fits[: fits.rfind("-") + 1] or fits or line[0]
            yield part
            line = line[len(part) :]
    yield line


def bar(part: int, whole: int, columns: int, box: Box = UNICODE) -> str:
    """Draw a bar of `part` relative to `whole`; a proper part is never drawn empty or full.

    >>> bar(5, 10, 8), bar(1, 1000, 8), bar(0, 0, 8)
    ('████░░░░', '█░░░░░░░', '░░░░░░░░')
    """
    filled = part * columns // whole if whole > 0 else 0
    if 0 < part < whole:
        filled = min(max(filled, 1), columns - 1)
    filled = min(max(filled, 0), columns)
    return box.full * filled + box.rest * (columns - filled)


def are_numbers(cells: Iterable[object]) -> bool:
    """True for the cells of a column of numbers, of which some may be empty: it is right-aligned.

    Only the types of the cells count, so that no text changes the looks of a table.

    >>> are_numbers([3, Quantity("12 to 40"), None]), are_numbers(["3"]), are_numbers([None])
    (True, False, False)
    """
    kinds = {type(each) for each in cells if each is not None}
    return bool(kinds) and kinds <= {int, Quantity}


def table(
    rows: Iterable[Sequence[Cell]],
    headers: Sequence[str],
    *,
    columns: int = 100,
    box: Box = UNICODE,
) -> str:
    """Render a text table: columns of numbers right-aligned, long texts wrapped.

    `columns` is the width of the whole table. O(characters).

    >>> print(table([("Pitching", 3), ("Marketing", 12)], ("module", "hours")))
    module    │ hours
    ━━━━━━━━━━┿━━━━━━
    Pitching  │     3
    Marketing │    12
    """
    body = [tuple(row) for row in rows]
    numeric = {n for n in range(len(headers)) if are_numbers(row[n] for row in body)}
    cells = [[("" if cell is None else str(cell),) for cell in row] for row in body]
    widths = _widths([[[header] for header in headers], *cells], columns)
    return _draw(cells, headers, widths, box=box, right=numeric, ruled=False)


Lines = Sequence[str]
"""The lines of one cell of a grid."""

GridRows = tuple[Sequence[str], Sequence[Sequence[Lines]]]
"""The headers of a grid, and its rows of cells."""


def grid(
    rows: Iterable[Sequence[Lines]],
    headers: Sequence[str],
    *,
    columns: int = 100,
    box: Box = UNICODE,
) -> str:
    """Render a text table whose cells hold several lines, with a rule between the rows.

    Columns with short texts are only as wide as these, which leaves room for the others.
    O(characters).

    >>> print(grid([(["18:00"], ["Pitching", "to 21:00"])], ("", "Wed 10")))
          │ Wed 10
    ━━━━━━┿━━━━━━━━━
    18:00 │ Pitching
          │ to 21:00
    """
    (drawn,) = grids([(headers, list(rows))], columns=columns, box=box)
    return drawn


def grids(tables: Sequence[GridRows], *, columns: int = 100, box: Box = UNICODE) -> tuple[str, ...]:
    """Render several grids with the same number of columns, each column as wide in all of them.

    O(characters).
    """
    every = [row for headers, rows in tables for row in ([[each] for each in headers], *rows)]
    widths = _widths(every, columns)
    return tuple(
        _draw(rows, headers, widths, box=box, right=set(), ruled=True) for headers, rows in tables
    )


def _draw(
    rows: Sequence[Sequence[Lines]],
    headers: Sequence[str],
    widths: Sequence[int],
    *,
    box: Box,
    right: set[int],
    ruled: bool,
) -> str:
    """Lay out and draw a table of cells with several lines; `right` holds right-aligned columns."""
    lines = list(_lines([[header] for header in headers], widths, box, right))
    lines.append(_rule(widths, box.across, box.cross))
    for n, row in enumerate(rows):
        if ruled and n:
            lines.append(_rule(widths, box.thin, box.thin_cross))
        lines.extend(_lines(row, widths, box, right))
    return "\n".join(lines)


def _widths(rows: Sequence[Sequence[Lines]], columns: int) -> list[int]:
    """Column widths by max-min fairness: the natural width, or else an equal share of the rest.

    Columns are served from narrow to wide, so what a narrow one does not need is shared by the
    wider ones. Ties are broken by position, for determinism.
    """
    wanted = [
        max([_NARROWEST, *(width(printable(line)) for cell in column for line in cell)])
        for column in zip(*rows, strict=True)
    ]
    free = columns - _GAP * (len(wanted) - 1)
    widths = list(wanted)
    order = sorted(range(len(wanted)), key=lambda place: (wanted[place], place))
    for done, place in enumerate(order):
        widths[place] = min(wanted[place], max(_NARROWEST, free // (len(order) - done)))
        free -= widths[place]
    return widths


def _rule(widths: Sequence[int], line: str, cross: str) -> str:
    """A horizontal rule: as wide as the columns, with a space on either inner side of a cross."""
    last = len(widths) - 1
    sides = [(0 if place == 0 else 1) + (0 if place == last else 1) for place in range(len(widths))]
    return cross.join(line * (each + side) for each, side in zip(widths, sides, strict=True))


def _lines(
    row: Sequence[Sequence[str]], widths: Sequence[int], box: Box, right: set[int]
) -> Iterator[str]:
    """The text lines of one row, its cells wrapped and aligned."""
    wrapped = [
        [line for text in cell for line in wrap(text, columns)]
        for cell, columns in zip(row, widths, strict=True)
    ]
    for height in range(max(map(len, wrapped), default=0)):
        cells = [
            _padded(
                lines[height] if height < len(lines) else "", widths[place], right=place in right
            )
            for place, lines in enumerate(wrapped)
        ]
        yield f" {box.down} ".join(cells).rstrip()


def _padded(text: str, columns: int, *, right: bool) -> str:
    """A text padded with spaces to a display width."""
    space = " " * (columns - width(text))
    return space + text if right else text + space
