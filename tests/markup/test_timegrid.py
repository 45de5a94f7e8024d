"""Time grids: lanes, the scale of time, the table and the drawing made of them."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from operator import le

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.markup import (
    Block,
    TimeGrid,
    Tone,
    html_timegrid,
    on_one_scale,
    printable,
    side_by_side,
    svg_document,
    svg_timegrids,
)
from mic_core.markup.timegrid import PAUSE_HEIGHT
from tests.markup.payloads import HOSTILE, harm, skeleton, structure

SVG = "{http://www.w3.org/2000/svg}"


def block(start: int, end: int, id: str = "a", *, column: int = 0, title: str = "Title") -> Block:
    """A block with what these tests vary."""
    return Block(column=column, start=start, end=end, time="when", title=title, id=id)


def grid(*blocks: Block, headers: Sequence[str] = ("Mon 8", "Tue 9")) -> TimeGrid:
    """A grid of two days."""
    return TimeGrid(caption="Week 37", headers=tuple(headers), blocks=blocks)


SPANS = st.lists(st.tuples(st.integers(0, 1600), st.integers(1, 400)), max_size=12)


@given(SPANS, st.integers(1, 60))
def test_what_shares_time_shares_no_lane(spans: list[tuple[int, int]], least: int) -> None:
    """Blocks that are drawn at one time stand in different lanes of as many."""
    blocks = [block(start, start + long, str(n)) for n, (start, long) in enumerate(spans)]
    placed = side_by_side(blocks, least)
    assert sorted(each.block.id for each in placed) == sorted(each.id for each in blocks)
    for one in placed:
        assert one.end == max(one.block.end, one.start + least)
        assert 0 <= one.lane < one.lanes
        for other in placed:
            if one is not other and one.start < other.end and other.start < one.end:
                assert one.lane != other.lane
                assert one.lanes == other.lanes


@given(SPANS)
def test_lanes_are_as_many_as_needed(spans: list[tuple[int, int]]) -> None:
    """The most lanes of a column are the most blocks at one moment."""
    placed = side_by_side([block(a, a + n, str(k)) for k, (a, n) in enumerate(spans)], 15)
    crowd = max(
        (sum(other.start <= one.start < other.end for other in placed) for one in placed),
        default=0,
    )
    assert max((each.lanes for each in placed), default=0) == crowd


@given(SPANS)
def test_the_order_of_blocks_changes_nothing(spans: list[tuple[int, int]]) -> None:
    """Lanes follow from times and ids alone."""
    blocks = [block(start, start + long, str(n)) for n, (start, long) in enumerate(spans)]
    assert side_by_side(blocks, 20) == side_by_side(blocks[::-1], 20)


@given(SPANS.filter(bool))
def test_blocks_lie_on_the_axis_in_the_order_of_time(spans: list[tuple[int, int]]) -> None:
    """Later is lower, everything lies between top and bottom, and each block can be read."""
    held = grid(*(block(start, start + long, str(n)) for n, (start, long) in enumerate(spans)))
    moments = sorted(
        {t for column in held.placed for each in column for t in (each.start, each.end)}
    )
    tops = [held.top(moment) for moment in moments]
    assert tops == sorted(tops)
    assert 0 <= tops[0] <= tops[-1] <= held.height
    for each in held.placed[0]:
        assert held.top(each.end) - held.top(each.start) >= 15
    assert [top for top, _ in held.axis] == sorted({top for top, _ in held.axis})


@given(SPANS.filter(bool))
def test_only_pauses_of_three_hours_are_left_out(spans: list[tuple[int, int]]) -> None:
    """Every hour in use is on the axis; between two stretches lie three idle hours or more."""
    held = grid(*(block(start, start + long, str(n)) for n, (start, long) in enumerate(spans)))
    used = {hour for each in held.placed[0] for hour in range(each.start // 60, -(-each.end // 60))}
    shown = {hour for first, last in held.busy_hours for hour in range(first, last)}
    assert used <= shown
    pairs = list(zip(held.busy_hours, held.busy_hours[1:], strict=False))
    assert all(later[0] - earlier[1] >= 3 for earlier, later in pairs)
    assert held.height == held.hour * len(shown) + PAUSE_HEIGHT * len(pairs)


def test_a_pause_is_named() -> None:
    """The axis labels the hours that are cut out."""
    held = grid(block(600, 720), block(1080, 1260, "b"))
    assert [label for _, label in held.axis] == [
        "10:00", "11:00", "12:00 to 18:00: nothing", "18:00", "19:00", "20:00",
    ]  # fmt: skip
    assert held.busy_hours == ((10, 12), (18, 21))
    assert grid(block(600, 720), block(899, 960, "b")).busy_hours == ((10, 16),)


def test_without_blocks_a_grid_shows_a_working_day() -> None:
    """An empty grid has an axis from nine to five."""
    assert grid().busy_hours == ((9, 17),)
    assert grid().lanes == (1, 1)
    assert str(html_timegrid(grid())).count('class="idle"') == 4


@pytest.mark.parametrize(
    ("blocks", "hour"),
    [
        ((), 34),
        ((block(0, 180),), 34),
        ((block(0, 60),), 52),
        ((block(0, 30),), 84),
        ((block(0, 5),), 84),
        ((block(0, 1440), block(0, 5, "b")), 37),
        ((block(0, 2880), block(0, 5, "b")), 34),
    ],
)
def test_hours_are_as_tall_as_short_blocks_need(blocks: tuple[Block, ...], hour: int) -> None:
    """The shorter the blocks the taller an hour, within bounds, so that a day stays a page."""
    assert grid(*blocks).hour == hour


def test_notes_make_room_for_themselves() -> None:
    """A block with words of a report is taller than one without."""
    noted = Block(column=0, start=0, end=60, time="", title="", notes=(("error: x", "error"),))
    assert grid(noted).hour == 68
    assert noted.wrong
    remark = Block(column=0, start=0, end=60, time="", title="", remarks=(("x", "error"),))
    assert grid(remark).hour == 68
    assert not remark.wrong
    assert not block(0, 60).wrong


def test_a_table_has_columns_hours_and_lists() -> None:
    """Columns have headers, the hours head their row, and blocks are a list in their cell."""
    html = str(html_timegrid(grid(block(600, 720, "s-1", column=1))))
    assert "<caption>Week 37</caption>" in html
    assert '<th scope="col" class="idle">Mon 8</th><th scope="col">Tue 9</th>' in html
    assert '<th scope="row"><ol class="axis">' in html
    assert html.count("<li class=") == 1
    assert "--at:0.0;--tall:6.8;--left:0.0%;--part:100.0%;" in html
    assert "<code>s-1</code>" in html
    assert not harm(html)


def test_blocks_at_one_time_share_the_width() -> None:
    """Of three blocks at one time each has a third, one beside the other."""
    html = str(html_timegrid(grid(*(block(0, 60, id) for id in "abc"))))
    for left in ("0.0", "33.3", "66.6"):
        assert f"--left:{left}%;--part:33.3%;" in html
    assert '<col style="--lanes:3;"><col style="--lanes:1;">' in html


@pytest.mark.parametrize(
    ("block", "classes"),
    [
        (block(0, 180), "block hue-none"),
        (Block(column=0, start=0, end=180, time="", title="", hue=3), "block hue-3"),
        (
            Block(column=0, start=0, end=180, time="", title="", notes=(("e", "error"),)),
            "block hue-none wrong",
        ),
        (Block(column=0, start=0, end=180, time="", title="", gone=True), "block hue-none gone"),
        (block(0, 5), "block hue-none brief"),
    ],
)
def test_classes_say_what_words_say(block: Block, classes: str) -> None:
    """Group, error, absence and brevity of a block are styled."""
    assert f'<li class="{classes}"' in str(html_timegrid(grid(block)))


def test_a_block_tells_all_in_words() -> None:
    """Notes, time, title, further lines and id of a block are text; nothing is told by color."""
    tone: Tone = "error"
    full = Block(
        column=0, start=0, end=180, time="00:00-03:00", title="Night", id="s-1",
        rest=("Lab", "boostcamp-6"), notes=(("error: room-overlap", tone),),
    )  # fmt: skip
    said = ("error: room-overlap", "00:00-03:00", "Night", "Lab", "boostcamp-6", "s-1")
    text = structure(str(html_timegrid(grid(full)))).text
    drawing = ET.fromstring(svg_timegrids([grid(full)], title="t").source)
    everything = " ".join(drawing.itertext())
    for each in said:
        assert each in text
        assert each in everything


def test_a_drawing_is_well_formed_and_alone() -> None:
    """A drawing is XML of its own with a title, as wide as its lanes need, and loads nothing."""
    look = svg_timegrids([grid(block(0, 60)), grid(block(0, 60, "b"))], title="R&D")
    root = ET.fromstring(svg_document(look).encode())
    assert root.tag == f"{SVG}svg"
    assert root[0].text == "R&D"
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "caption"] == [
        "Week 37", "Week 37",
    ]  # fmt: skip
    assert root.get("role") == "img"
    assert not harm(look.source)
    assert look.source.count("http") == 1
    crowd = svg_timegrids([grid(*(block(0, 60, str(n)) for n in range(40)))], title="t")
    assert int(ET.fromstring(crowd.source).get("width", "0")) > 40 * 116
    assert int(root.get("width", "0")) == 1200


def test_a_block_without_more_to_say_says_no_more() -> None:
    """A block without further lines and id shows its time and its title alone."""
    bare = Block(column=0, start=0, end=180, time="when", title="Title")
    assert '<span class="rest">' not in str(html_timegrid(grid(bare)))
    root = ET.fromstring(svg_timegrids([grid(bare)], title="t").source)
    said = [each.text for each in root.iter(f"{SVG}text") if each.get("x") == "0"]
    assert said == ["when", "Title"]


def test_an_empty_drawing_is_a_drawing() -> None:
    """Without grids there is a ground and a title."""
    root = ET.fromstring(svg_timegrids([], title="t").source)
    assert [each.tag for each in root] == [f"{SVG}title", f"{SVG}style", f"{SVG}rect"]


def test_drawn_blocks_do_not_cover_each_other() -> None:
    """Rectangles of blocks at one time, or one after the other, do not overlap."""
    held = grid(block(0, 90), block(0, 60, "b"), block(90, 120, "c"), block(0, 60, "d", column=1))
    root = ET.fromstring(svg_timegrids([held], title="t").source)
    boxes = [
        tuple(int(each.get(name, "0")) for name in ("x", "y", "width", "height"))
        for each in root.iter(f"{SVG}rect")
        if each.get("rx") == "4"
    ]
    assert len(boxes) == 4
    for one in boxes:
        for other in boxes:
            if one is not other:
                apart = (
                    one[0] + one[2] <= other[0]
                    or other[0] + other[2] <= one[0]
                    or one[1] + one[3] <= other[1]
                    or other[1] + other[3] <= one[1]
                )
                assert apart


def test_what_does_not_fit_ends_with_an_ellipsis() -> None:
    """A long title is cut in the drawing and whole in the title of its block."""
    long = "An entrepreneurship seminar " * 20
    root = ET.fromstring(svg_timegrids([grid(block(0, 60, title=long))], title="t").source)
    lines = [each.text or "" for each in root.iter(f"{SVG}text")]
    assert any(line.endswith("\u2026") for line in lines)
    assert any(long.strip() in (each.text or "") for each in root.iter(f"{SVG}title"))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_stays_a_text(text: str) -> None:
    """In the table no element is added; the drawing stays well-formed and of the same elements."""

    def held(title: str) -> TimeGrid:
        noted: tuple[tuple[str, Tone], ...] = ((title, "info"),)
        full = Block(
            column=0, start=600, end=660, time=title, title=title, rest=(title,), id=title,
            notes=noted,
        )  # fmt: skip
        return TimeGrid(caption=title, headers=(title,), blocks=(full,))

    assert skeleton(str(html_timegrid(held(text)))) == skeleton(str(html_timegrid(held("x"))))
    root = ET.fromstring(svg_timegrids([held(text)], title=text).source.encode())
    assert {each.tag for each in root.iter()} <= {
        SVG + name for name in ("svg", "title", "style", "rect", "g", "text", "line")
    }
    assert root[0].text == printable(text)


def test_remarks_stand_below_the_grids() -> None:
    """Each remark has its lines in its tone, below all blocks and within the drawing."""
    long = "not placed " * 60
    remarks: list[tuple[str, Tone]] = [("short", "info"), (long, "warning")]
    look = svg_timegrids([grid(block(0, 60))], title="t", description="d", remarks=remarks)
    root = ET.fromstring(look.source)
    assert (root[1].tag, root[1].text) == (f"{SVG}desc", "d")
    lines = [each for each in root.iter(f"{SVG}text") if "remark" in str(each.get("class"))]
    assert [each.get("class") for each in lines[:2]] == ["remark info", "remark warning"]
    assert " ".join(each.text or "" for each in lines[1:]) == long.strip()
    assert len(lines) > 3
    heights = [int(each.get("y", "0")) for each in lines]
    boxes = [each for each in root.iter(f"{SVG}rect") if each.get("rx") == "4"]
    lowest = max(int(each.get("y", "0")) + int(each.get("height", "0")) for each in boxes)
    assert lowest < heights[0]
    assert heights == sorted(heights)
    assert [heights[1] - heights[0], heights[2] - heights[1]] == [20, 15]
    assert heights[-1] + 20 == int(root.get("height", "0"))


def test_each_grid_is_as_wide_as_it_needs() -> None:
    """A crowded day widens its own grid only; lines end where their grid does."""
    crowd, calm = grid(*(block(0, 60, str(n)) for n in range(40))), grid(block(0, 60))
    root = ET.fromstring(svg_timegrids([crowd, calm], title="t").source)
    ends = {int(each.get("x2", "0")) for each in root.iter(f"{SVG}line")}
    assert max(ends) == 20 + 64 + 41 * 116
    assert min(ends) == 20 + 1160
    assert int(root.get("width", "0")) == max(ends) + 20


def test_notes_stand_first_and_remarks_below_the_title() -> None:
    """Notes come before the time, remarks after the title; both are colored and add height."""
    noted = Block(
        column=0, start=0, end=600, time="when", title="Title", rest=("Lab",),
        notes=(("is late", "error"), ("was moved", "plain")), remarks=(("is long", "info"),),
    )  # fmt: skip
    order = ["is late", "was moved", "when", "Title", "is long", "Lab"]
    html = str(html_timegrid(grid(noted)))
    places = [html.index(f">{each}<") for each in order]
    assert places == sorted(places)
    root = ET.fromstring(svg_timegrids([grid(noted)], title="t").source)
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("x") == "0"] == order


@given(st.text(min_size=1, max_size=40))
def test_any_text_leaves_a_drawing_well_formed(text: str) -> None:
    """XML reads the drawing whatever the texts are, and the title is read back."""
    held = TimeGrid(caption=text, headers=(text,), blocks=(block(0, 60, title=text),))
    root = ET.fromstring(svg_timegrids([held], title="t").source)
    assert root.tag == f"{SVG}svg"
    assert any(each.text == printable(text) for each in root.iter(f"{SVG}text"))


@given(st.lists(SPANS, max_size=4))
def test_grids_on_one_scale_share_hours_heights_and_widths(
    weeks: list[list[tuple[int, int]]],
) -> None:
    """Each grid shows the hours of all, an hour is as high everywhere, and columns are as wide."""
    alone = [
        grid(*(block(start, start + long, str(n), column=n % 2)
               for n, (start, long) in enumerate(spans)))
        for spans in weeks
    ]  # fmt: skip
    shared = on_one_scale(alone)
    assert [each.blocks for each in shared] == [each.blocks for each in alone]
    for name in ("hour", "busy_hours", "height", "axis", "lanes"):
        assert len({getattr(each, name) for each in shared}) <= 1
    for each in shared:
        # A taller hour needs fewer minutes for the least height, so lanes are counted anew.
        own = [max((one.lanes for one in column), default=1) for column in each.placed]
        assert all(map(le, own, each.lanes))
        for column in each.placed:
            for one in column:
                assert 0 <= each.top(one.start) <= each.top(one.end) <= each.height
    assert on_one_scale(alone[::-1]) == shared[::-1]


def test_grids_with_other_columns_keep_their_widths() -> None:
    """The rooms of two centers share hours and not widths; several grids are lower than one."""
    two = grid(block(600, 660), block(600, 660, "b"))
    one = TimeGrid(caption="", headers=("Lab",), blocks=(block(900, 960),))
    assert [each.lanes for each in on_one_scale([two, one])] == [(2, 1), (1,)]
    assert [each.busy_hours for each in on_one_scale([two, one])] == [((10, 11), (15, 16))] * 2
    long = [block(0, 720), block(0, 5, "b")]
    assert grid(*long).hour == 75
    assert on_one_scale([grid(*long), grid()])[1].hour == 50
    assert on_one_scale([]) == ()
