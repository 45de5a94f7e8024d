"""Plain looks: text tables, grids and bars for a terminal, and text made safe to show.

Widths are columns of a fixed-width terminal, never characters. Every function is
a pure function of its arguments: no locale, no terminal is asked.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import attrs

Cell = str | int | None
"""What stands in a cell of a table: text, a whole number (set to the right), or nothing."""

_REPLACEMENT = "\ufffd"
_UNSOUND = {"Cc", "Cs"}
_NO_CHARACTERS = "\ufffe\uffff"  # they stand in no XML
_REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_GAP = 3  # between two columns: a space, a line, a space
_NARROWEST = 2  # one wide character


@attrs.frozen(kw_only=True)
class Box:
    """The characters that lines and bars are made of."""

    across: str
    down: str
    cross: str
    thin: str
    thin_cross: str
    full: str
    rest: str


UNICODE = Box(across="━", down="│", cross="┿", thin="─", thin_cross="┼", full="█", rest="░")
"""Lines as they are drawn in a terminal of today."""

ASCII = Box(across="=", down="|", cross="+", thin="-", thin_cross="+", full="#", rest=".")
"""Lines that survive everywhere; the text between them may still be any text."""


def printable(text: str) -> str:
    r"""The text with every control character replaced, so that it moves no cursor or direction.

    >>> printable("a\x1b[2Jb")
    'a�[2Jb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_REPLACEMENT if _is_unsound(each) else each for each in text)


def _is_unsound(character: str) -> bool:
    if unicodedata.category(character) in _UNSOUND or character in _NO_CHARACTERS:
        return True
    return unicodedata.bidirectional(character) in _REORDERING


def width(text: str) -> int:
    r"""How many columns a text takes: wide characters take two, combining ones none.

    Source: Unicode Standard Annex 11, East Asian Width.

    >>> width("MIC"), width("革新"), width("e\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _head(text: str, columns: int) -> str:
    """The longest beginning of a text that fits, together with its combining characters."""
    if text.isascii():
        return text[:columns]
    taken = 0
    for place, character in enumerate(text):
        taken += _columns(character)
        if taken > columns:
            return text[:place]
    return text


def wrap(text: str, columns: int) -> tuple[str, ...]:
    """The text in lines of at most so many columns, broken at spaces where there are any.

    Line breaks in the text are kept. `columns` must be 2 or more, so that any character fits.

    >>> wrap("The art of pitching", 11)
    ('The art of', 'pitching')
    """
    return tuple(
        line for paragraph in text.splitlines() or [""] for line in _wrapped(paragraph, columns)
    )


def _wrapped(text: str, columns: int) -> Iterator[str]:
    line = ""
    for word in printable(text).split():
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line:
            yield line
        line = word
        while (head := _head(line, columns)) != line:
            # Up to the last hyphen that fits, if there is one.
            part = head[: head.rfind("-") + 1] or head
            yield part
            line = line[len(part) :]
    yield line


def bar(part: int, whole: int, columns: int, box: Box = UNICODE) -> str:
    """How much of a whole a part is, drawn; a part is never drawn as nothing or as everything.

    >>> bar(5, 10, 8), bar(1, 1000, 8), bar(0, 0, 8)
    ('████░░░░', '█░░░░░░░', '░░░░░░░░')
    """
    filled = part * columns // whole if whole > 0 else 0
    if 0 < part < whole:
        filled = min(max(filled, 1), columns - 1)
    filled = min(max(filled, 0), columns)
    return box.full * filled + box.rest * (columns - filled)


def table(
    rows: Iterable[Sequence[Cell]],
    headers: Sequence[str],
    *,
    columns: int = 100,
    box: Box = UNICODE,
) -> str:
    """Rows under headers, aligned; numbers to the right, long texts wrapped to fit in `columns`.

    O(characters).

    >>> print(table([("Pitching", 3), ("Marketing", 12)], ("module", "hours")))
    module    │ hours
    ━━━━━━━━━━┿━━━━━━
    Pitching  │     3
    Marketing │    12
    """
    held = [tuple(rows_cells) for rows_cells in rows]
    numeric = {
        place
        for place in range(len(headers))
        if held and all(isinstance(row[place], int) for row in held)
    }
    cells = [[("" if cell is None else str(cell),) for cell in row] for row in held]
    return _drawn(cells, headers, columns=columns, box=box, right=numeric, ruled=False)


def grid(
    rows: Iterable[Sequence[Sequence[str]]],
    headers: Sequence[str],
    *,
    columns: int = 100,
    box: Box = UNICODE,
) -> str:
    """Rows of cells in which texts are stacked, with a line between the rows.

    Columns with little in them stay narrow, so that the others have room. O(characters).

    >>> print(grid([(["18:00"], ["Pitching", "to 21:00"])], ("", "Wed 10")))
          │ Wed 10
    ━━━━━━┿━━━━━━━━━
    18:00 │ Pitching
          │ to 21:00
    """
    return _drawn(list(rows), headers, columns=columns, box=box, right=set(), ruled=True)


def _drawn(
    rows: Sequence[Sequence[Sequence[str]]],
    headers: Sequence[str],
    *,
    columns: int,
    box: Box,
    right: set[int],
    ruled: bool,
) -> str:
    widths = _widths([[[header] for header in headers], *rows], columns)
    lines = list(_lines([[header] for header in headers], widths, box, right))
    lines.append(_rule(widths, box.across, box.cross))
    for place, row in enumerate(rows):
        if ruled and place:
            lines.append(_rule(widths, box.thin, box.thin_cross))
        lines.extend(_lines(row, widths, box, right))
    return "\n".join(lines)


def _widths(rows: Sequence[Sequence[Sequence[str]]], columns: int) -> list[int]:
    """What each column wants, or else a fair share: narrow ones first, wide ones get the rest."""
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
    """The line between two rows: as wide as the columns with a space on either inner side."""
    last = len(widths) - 1
    sides = [(0 if place == 0 else 1) + (0 if place == last else 1) for place in range(len(widths))]
    return cross.join(line * (each + side) for each, side in zip(widths, sides, strict=True))


def _lines(
    row: Sequence[Sequence[str]], widths: Sequence[int], box: Box, right: set[int]
) -> Iterator[str]:
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
    space = " " * (columns - width(text))
    return space + text if right else text + space
