"""Text tables, grids, bars and escaping."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.markup import (
    ASCII,
    UNICODE,
    Box,
    Cell,
    Quantity,
    bar,
    escape,
    grid,
    grids,
    printable,
    table,
    width,
    wrap,
)

ANY_TEXT = st.text(max_size=40)
WIDE_OR_NARROW = st.text(st.sampled_from("ab 革e\u0301\u200dÅ"), max_size=30)


def test_wide_and_combining_characters_take_the_columns_they_take_in_a_terminal() -> None:
    """An ideograph takes two columns and a combining accent none."""
    assert [width(each) for each in ("", "abc", "革新", "e\u0301", "a\u200db")] == [0, 3, 4, 1, 2]


@given(ANY_TEXT)
def test_plain_text_controls_no_terminal(text: str) -> None:
    """No control character, surrogate or change of direction is left, and nothing else changes."""
    shown = printable(text)
    assert not any(unicodedata.category(each) in {"Cc", "Cs"} for each in shown)
    assert all(new in {old, "\ufffd"} for new, old in zip(shown, text, strict=True))


def test_a_change_of_direction_is_replaced() -> None:
    """A right-to-left override cannot turn the text of its neighbors around."""
    assert printable("a\u202eb\u2067c") == "a\ufffdb\ufffdc"


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [(tag, None), *attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(ANY_TEXT)
def test_escaped_text_is_read_back_as_itself(text: str) -> None:
    """A browser reads escaped text as that text, in content and in a quoted attribute."""
    reader = _Read()
    reader.feed(f'<i title="{escape(text)}">{escape(text)}</i>')
    reader.close()
    assert reader.seen == [("i", None), ("title", printable(text))]
    assert reader.text == printable(text)


@given(WIDE_OR_NARROW, st.integers(2, 20))
def test_wrapping_loses_no_word(text: str, columns: int) -> None:
    """Every line fits, and the lines hold the same characters without the spaces between words."""
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_a_word_too_long_for_a_line_is_broken() -> None:
    """A word wider than the column goes on in the next line, after the line before it is full."""
    assert wrap("an entrepreneurship", 8) == ("an", "entrepre", "neurship")


def test_line_breaks_in_a_text_are_kept() -> None:
    """A text of several lines stays on several lines, an empty one on one."""
    assert wrap("Rue Montoyer 51\n1000 Brussels", 20) == ("Rue Montoyer 51", "1000 Brussels")
    assert wrap("", 5) == ("",)


@pytest.mark.parametrize("box", [UNICODE, ASCII])
@given(part=st.integers(-3, 200), whole=st.integers(-1, 120), columns=st.integers(2, 20))
def test_a_bar_is_as_long_as_asked(box: Box, part: int, whole: int, columns: int) -> None:
    """A bar always has its length; only nothing is drawn empty and only everything full."""
    drawn = bar(part, whole, columns, box)
    assert len(drawn) == columns
    if 0 < part < whole:
        assert box.full in drawn
        assert box.rest in drawn
    elif whole > 0:
        assert set(drawn) == {box.full if part >= whole else box.rest}


def test_a_bar_never_shrinks_as_the_part_grows() -> None:
    """More of the whole is never drawn as less."""
    filled = [bar(part, 77, 10).count("█") for part in range(78)]
    assert filled == sorted(filled)


CELLS = st.lists(st.tuples(WIDE_OR_NARROW, st.integers(0, 9999) | st.none()), max_size=5)


@given(CELLS, st.integers(16, 60))
def test_a_table_stays_within_its_columns(rows: list[tuple[str, int | None]], columns: int) -> None:
    """No line of a table is wider than asked, and every line has its bar in the same column."""
    lines = table(rows, ("text", "number"), columns=columns, box=ASCII).splitlines()
    assert all(width(line) <= columns for line in lines)
    bars = {width(line[: line.index("|")]) for line in lines if "|" in line}
    assert len(bars) == 1


def test_numbers_stand_to_the_right() -> None:
    """A column of numbers is set to the right, also where some are missing; a mixed one is not."""
    rows: list[tuple[Cell, ...]] = [
        ("a", 5, None, 5, Quantity("3 to 12")),
        ("bc", 10, 3, "6", Quantity("40%")),
    ]
    drawn = table(rows, ("x", "n", "m", "mixed", "share"), box=ASCII)
    assert drawn.splitlines() == [
        "x  |  n |  m | mixed |   share",
        "===+====+====+=======+========",
        "a  |  5 |    | 5     | 3 to 12",
        "bc | 10 |  3 | 6     |     40%",
    ]
    assert table([("a", None)], ("x", "n"), box=ASCII).splitlines()[2] == "a  |"


def test_grids_share_their_widths() -> None:
    """Each column is as wide in every grid as the widest text of all needs."""
    first, second = grids(
        [(("", "Wed 10"), [(["18:00"], ["Pitching"])]), (("", "Wed 17"), [(["9:00"], ["x"])])],
        box=ASCII,
    )
    assert first.splitlines()[1] == second.splitlines()[1]
    assert grids([]) == ()


def test_a_table_without_rows_is_its_headers() -> None:
    """Headers and the line below them are all that an empty table shows."""
    assert table([], ("a", "b"), box=ASCII) == "a  | b\n===+==="


def test_narrow_columns_leave_room_to_wide_ones() -> None:
    """Only what is wider than its fair share wraps."""
    row = ("x", "the art of pitching a venture in three minutes")
    drawn = table([row], ("a", "title"), columns=25, box=ASCII)
    assert drawn.splitlines() == [
        "a  | title",
        "===+=====================",
        "x  | the art of pitching",
        "   | a venture in three",
        "   | minutes",
    ]


def test_cells_of_a_grid_are_stacked_and_ruled() -> None:
    """Texts in one cell stand below each other, and a thin line parts the rows."""
    nothing: list[str] = []
    rows = [(["09:00"], ["One", "Two"], nothing), (["18:00"], nothing, ["Three"])]
    assert grid(rows, ("", "Mon", "Tue"), box=ASCII).splitlines() == [
        "      | Mon | Tue",
        "======+=====+======",
        "09:00 | One |",
        "      | Two |",
        "------+-----+------",
        "18:00 |     | Three",
    ]
