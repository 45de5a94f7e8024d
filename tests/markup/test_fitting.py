"""Texts of drawn blocks: they fit by an upper bound of their widths, or end with an ellipsis."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.markup import Block, TimeGrid, Tone, printable, svg_timegrids
from mic_core.markup.fitting import FONT_SIZE, TextSpan, fitted, full_text
from mic_core.markup.measure import bold_width, regular_width, shortened, wrapped

SVG = "{http://www.w3.org/2000/svg}"
WORDS = st.text(st.sampled_from("ab iWM-\u00e9\u9769\u0416\U0001f680\ufdfa"), max_size=60)
TONED: st.SearchStrategy[tuple[str, Tone]] = st.tuples(WORDS, st.sampled_from(["error", "info"]))
BLOCKS = st.builds(
    Block,
    column=st.just(0), start=st.just(0), end=st.integers(1, 600), time=WORDS, title=WORDS,
    rest=st.tuples(WORDS, WORDS), id=WORDS, notes=st.lists(TONED, max_size=3).map(tuple),
    remarks=st.lists(TONED, max_size=3).map(tuple), gone=st.booleans(),
)  # fmt: skip


def width(line: Sequence[TextSpan]) -> int:
    """The width of a line, in thousandths of the font size."""
    return sum(each.width for each in line)


@given(BLOCKS, st.integers(90, 400), st.integers(1, 12))
def test_no_text_is_wider_or_higher_than_its_block(block: Block, wide: int, lines: int) -> None:
    """The lines are as many as fit, and each is at most as wide as the block."""
    shown = fitted(block, wide, lines)
    assert 1 <= len(shown) <= lines
    for line in shown:
        # A ligature can be wider than a block; it stands alone, and the drawing clips it.
        assert width(line) <= wide * 1000 // FONT_SIZE or "\ufdfa" in line[0].text


@given(BLOCKS, st.integers(90, 400), st.integers(2, 40))
def test_a_block_is_whole_or_ends_with_an_ellipsis(block: Block, wide: int, lines: int) -> None:
    """Either every letter is there, in order, or an ellipsis shows that some are not."""
    shown = "".join(each.text for line in fitted(block, wide, lines) for each in line)
    parts = [*(word for word, _ in block.notes), block.time, block.title,
             *(word for word, _ in block.remarks),
             " · ".join(each for each in (*block.rest, block.id) if each)]  # fmt: skip
    whole = "".join("".join(parts).split())
    assert "".join(shown.split()) == whole or "…" in shown


@given(WORDS, st.integers(0, 20_000))
def test_a_shortened_text_fits_and_is_a_beginning(text: str, room: int) -> None:
    """A text is kept whole if it fits, and is else its beginning with an ellipsis."""
    for measure in (regular_width, bold_width):
        shown = shortened(text, room, measure)
        if measure(text) <= room:
            assert shown == text
        else:
            assert shown.endswith("…")
            assert text.startswith(shown[:-1])
            assert measure(shown) <= max(room, measure("…"))


@given(WORDS, WORDS)
def test_widths_add_up(one: str, other: str) -> None:
    """The width of two texts together is the sum of their widths."""
    for measure in (regular_width, bold_width):
        assert measure(one + other) == measure(one) + measure(other)


@given(WORDS, st.integers(3_000, 40_000))
def test_wrapping_keeps_every_letter(text: str, room: int) -> None:
    """Word wrap by a measure loses nothing but spaces."""
    lines = wrapped(text, room, bold_width)
    assert "".join("".join(lines).split()) == "".join(printable(text).split())


@pytest.mark.parametrize(
    ("text", "regular", "bold"),
    [
        ("", 0, 0), ("i", 300, 350), ("W", 1000, 1150), ("\u00e9", 800, 850), ("\u0301", 0, 0),
        ("\u9769", 1000, 1000), ("\u0436", 1000, 1300), ("\u0416", 1300, 1300),
        ("\U0001f680", 1300, 1300), ("\ufdfa", 18 * 1300, 18 * 1300),
    ],
)  # fmt: skip
def test_widths_of_letters(text: str, regular: int, bold: int) -> None:
    """ASCII by its table, letters with accents a little more, ideographs an em, others more."""
    assert (regular_width(text), bold_width(text)) == (regular, bold)


LONG = "Entrepreneurship and intellectual property"
FULL = Block(
    column=0, start=0, end=60, time="18:00-21:00", title=LONG, id="s-1", rest=("Montoyer",),
    notes=(("error: room-overlap", "error"),), remarks=(("info: min-days", "info"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        (9, ["error: room-overlap", "18:00-21:00", "Entrepreneurship and",
             "intellectual property", "info: min-days", "Montoyer · s-1"]),
        (5, ["error: room-overlap", "18:00-21:00", "Entrepreneurship and",
             "intellectual property", "info: min-days…"]),
        (4, ["error: room-overlap", "18:00-21:00", "Entrepreneurship and…", "info: min-days…"]),
        (3, ["error: room-overlap", "18:00-21:00", "Entrepreneurship and…"]),
        (2, ["18:00-21:00", "Entrepreneurship and…"]),
        (1, ["18:00-21:00 Entrepren…"]),
    ],
)  # fmt: skip
def test_the_title_is_given_up_last(lines: int, shown: list[str]) -> None:
    """Room and id go first, then remarks; the title and the time stay on a single line."""
    assert ["".join(each.text for each in line) for line in fitted(FULL, 170, lines)] == shown


def test_a_narrow_line_has_the_title_alone() -> None:
    """Where the time would leave too little to the title, the title has the whole line."""
    assert [each.text for each in fitted(FULL, 92, 1)[0]] == ["Entreprene…"]
    bare = Block(column=0, start=0, end=60, time="", title="x")
    assert [each.text for each in fitted(bare, 92, 1)[0]] == ["x"]


@given(st.lists(BLOCKS, max_size=4), st.integers(1, 3))
def test_no_text_of_a_drawing_is_wider_than_its_block(blocks: list[Block], columns: int) -> None:
    """In the SVG each line lies within the block that it is in, and headers in their columns."""
    headers = tuple("The Grand Auditorium of the Science Park" for _ in range(columns))
    grid = TimeGrid(caption="Week 37 " * 40, headers=headers, blocks=tuple(blocks))
    root = ET.fromstring(svg_timegrids([grid], title="t").source)
    for inner in root.iter(f"{SVG}svg"):
        room = int(inner.get("width", "0")) * 1000 // FONT_SIZE
        for line in inner.findall(f"{SVG}text") if inner is not root else ():
            assert int(line.get("y", "0")) <= int(inner.get("height", "0"))
            text = "".join(line.itertext())
            measure = regular_width if line.get("class") == "muted" else bold_width
            pieces = [(each.text or "", each.get("class")) for each in line.findall(f"{SVG}tspan")]
            taken = sum(
                (regular_width if style == "muted" else bold_width)(each) for each, style in pieces
            )
            assert (taken or measure(text)) <= room or "\ufdfa" in text
    heads = [each for each in root.iter(f"{SVG}text") if each.get("class") in {"head", "caption"}]
    assert len(heads) == columns + 1
    for each in heads:
        whole, shown = each.find(f"{SVG}title"), (each[0].tail if len(each) else each.text) or ""
        size = 16 if each.get("class") == "caption" else FONT_SIZE
        room = (1160 if size == 16 else 1096 // columns - 10) * 1000 // size
        assert bold_width(shown) <= room
        assert (whole is not None) is shown.endswith("…")


def test_the_whole_text_is_the_title_of_a_block() -> None:
    """All texts are there uncut, in reading order, without empty ones."""
    assert full_text(FULL) == (
        "error: room-overlap · 18:00-21:00 · Entrepreneurship and intellectual property · "
        "info: min-days · Montoyer · s-1"
    )
