"""Charts: step curves, funnels, heat maps, Gantt charts and stacked bars, at their edges."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.markup import Html, printable, svg_document
from mic_core.markup.charts.canvas import row_label
from mic_core.markup.charts.curves import Curve, svg_curves
from mic_core.markup.charts.funnel import FunnelStage, svg_funnel
from mic_core.markup.charts.gantt import GanttBar, svg_gantt
from mic_core.markup.charts.heatmap import HeatCell, HeatRow, svg_heatmap
from mic_core.markup.charts.stacks import StackedBar, svg_stacks
from tests.markup.payloads import HOSTILE, harm

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = st.text(max_size=60)
NUMBERS = st.integers(0, 10**7)
SHARES = st.none() | st.fractions(0, 1)


def curves(several: Sequence[Curve], title: str = "Kept") -> Html:
    """Step curves with plain names of their axes."""
    return svg_curves(
        several, title=title, steps="week", share="kept", at_risk="at risk", nothing="Nothing yet."
    )


def curve(*shares: Fraction | None, title: str = "one", main: bool = False, of: int = 4) -> Curve:
    """A curve with the same number at risk at each step."""
    return Curve(title=title, shares=shares, at_risk=(of,) * len(shares), main=main)


def gantt(*bars: GanttBar, now: int = 50) -> Html:
    """A Gantt chart with a tick each ten days."""
    return svg_gantt(
        bars, [(day, f"day {day}") for day in range(0, 100, 10)], now=now, title="Season",
        legend="A legend.", nothing="No bar.",
    )  # fmt: skip


def bar(start: int | None, end: int | None, *marks: int, title: str = "one") -> GanttBar:
    """A bar of a Gantt chart."""
    return GanttBar(title=title, start=start, end=end, note="note", marks=marks)


def inside(drawn: Html) -> ET.Element:
    """The drawing as XML, all of whose rectangles and lines lie within its size."""
    root = ET.fromstring(svg_document(drawn))  # our own XML
    width, height = (int(root.attrib[name]) for name in ("width", "height"))
    for each in root.iter(f"{SVG}rect"):
        x, y, wide, tall = (int(each.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + tall <= height
        assert wide > 0
        assert tall > 0
    for each in root.iter(f"{SVG}line"):
        assert all(0 <= int(each.attrib[name]) <= width for name in ("x1", "x2"))
        assert all(0 <= int(each.attrib[name]) <= height for name in ("y1", "y2"))
    return root


def texts(root: ET.Element) -> list[str]:
    """The texts that a drawing shows, without tooltips."""
    return [
        "".join([each.text or "", *(part.tail or "" for part in each)])
        for each in root.iter(f"{SVG}text")
    ]


_POINTS = st.lists(st.tuples(SHARES, st.none() | NUMBERS), max_size=60)


@given(st.lists(st.tuples(TEXTS, _POINTS, st.booleans()), max_size=9))
def test_curves_lie_within_their_drawing(
    rows: list[tuple[str, list[tuple[Fraction | None, int | None]], bool]],
) -> None:
    """Any curves, with gaps or without, make a drawing that is sound."""
    several = [
        Curve(
            title=title, shares=tuple(share for share, _ in points),
            at_risk=tuple(number for _, number in points), main=main,
        )
        for title, points, main in rows
    ]  # fmt: skip
    assert inside(curves(several)).get("role") == "img"


@given(st.lists(st.tuples(TEXTS, NUMBERS, NUMBERS), max_size=9))
def test_funnels_lie_within_their_drawing(rows: list[tuple[str, int, int]]) -> None:
    """Any numbers make a funnel that is sound."""
    stages = [
        FunnelStage(title=title, least=min(a, b), most=max(a, b), text=title)
        for title, a, b in rows
    ]
    assert inside(svg_funnel(stages, title="Funnel", nothing="Nothing.")).get("role") == "img"


@given(st.lists(st.tuples(TEXTS, st.lists(SHARES, min_size=4, max_size=4)), max_size=9))
def test_heatmaps_lie_within_their_drawing(rows: list[tuple[str, list[Fraction | None]]]) -> None:
    """Any shares make a heat map that is sound."""
    drawn = svg_heatmap(
        [
            HeatRow(title=title, cells=tuple(
                HeatCell(share=share, text=title, title=title) for share in shares
            ))
            for title, shares in rows
        ],
        ["1", "2", "3", "4"], title="Heat", legend="Legend.", nothing="Nothing.",
    )  # fmt: skip
    assert inside(drawn).get("role") == "img"


_DAYS = st.integers(0, 99)
_BARS = st.tuples(
    TEXTS, st.none() | _DAYS, st.none() | st.integers(1, 50), st.lists(_DAYS, max_size=3)
)


@given(st.lists(_BARS, max_size=9), st.integers(-50, 150))
def test_gantt_charts_lie_within_their_drawing(
    rows: list[tuple[str, int | None, int | None, list[int]]], now: int
) -> None:
    """Any bars, open or without a start, make a chart that is sound."""
    bars = [
        bar(start, None if start is None or long is None else start + long, *marks, title=title)
        for title, start, long, marks in rows
    ]
    assert inside(gantt(*bars, now=now)).get("role") == "img"


@given(st.lists(st.tuples(TEXTS, NUMBERS, NUMBERS), max_size=9))
def test_stacks_lie_within_their_drawing(rows: list[tuple[str, int, int]]) -> None:
    """Any parts make bars that are sound, also none."""
    bars = [StackedBar(title=title, parts=(a, b), text=title) for title, a, b in rows]
    legend = [("done", "fill-1"), ("left", "rest")]
    assert inside(svg_stacks(bars, legend, title="S", nothing="Nothing.")).get("role") == "img"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_harms_a_chart(text: str) -> None:
    """Texts are escaped wherever they stand, and uncut in the tooltip."""
    for drawn in (
        curves([curve(Fraction(1), title=text, main=True)], title=text),
        svg_funnel([FunnelStage(title=text, least=1, most=2, text=text)], title=text, nothing=text),
        svg_heatmap(
            [HeatRow(title=text, cells=(HeatCell(share=None, text=text, title=text),))], [text],
            title=text, legend=text, nothing=text,
        ),
        gantt(bar(1, 2, title=text)),
        svg_stacks([StackedBar(title=text, parts=(1,), text=text)], [(text, "rest")], title=text,
                   nothing=text),
    ):  # fmt: skip
        root = ET.fromstring(svg_document(drawn))  # our own XML
        assert not harm(drawn.source)
        assert any(printable(text) in (each.text or "") for each in root.iter(f"{SVG}title"))


def test_charts_without_data_say_why() -> None:
    """Nothing to draw is a title and a reason, not an empty axis."""
    for drawn in (
        curves([]), curves([curve()]),
        svg_funnel([FunnelStage(title="a", least=0, most=0, text="0")], title="F",
                   nothing="Nothing yet."),
        svg_heatmap([], ["1"], title="H", legend="", nothing="Nothing yet."),
        svg_stacks([], [], title="S", nothing="Nothing yet."),
    ):  # fmt: skip
        assert "Nothing yet." in texts(inside(drawn))
    assert "No bar." in texts(inside(gantt(bar(None, None))))


def test_a_curve_has_a_gap_where_it_is_not_known() -> None:
    """An unknown share has no line, and no step leads to the next one."""
    root = inside(curves([curve(Fraction(1), None, Fraction(1, 2), Fraction(1, 4), main=True)]))
    steps = [each for each in root.iter(f"{SVG}line") if "step" in each.get("class", "")]
    assert len(steps) == 4
    assert "one: not known" in curves([curve(None, main=True)]).source


def test_many_curves_are_faint_and_only_the_main_one_is_named() -> None:
    """Up to six curves have a color and a row; of more only the main one has."""
    few = [curve(Fraction(1), title=f"c{each}") for each in range(6)]
    main = curve(Fraction(1, 2), title="pooled", main=True)
    assert {"c0", "c5", "pooled"} <= {*texts(inside(curves([*few, main])))}
    many = inside(curves([*few, curve(Fraction(1), title="c6"), main]))
    assert "pooled" in texts(many)
    assert "c0" not in texts(many)
    assert "faint" in curves([*few, curve(Fraction(1), title="c6"), main]).source


def test_numbers_at_risk_do_not_run_into_each_other() -> None:
    """Of many steps only some are labeled, and a number too wide for its place is left out."""
    long = curve(*[Fraction(1)] * 60, main=True)
    assert len([each for each in texts(inside(curves([long]))) if each == "4"]) < 31
    wide = curve(*[Fraction(1)] * 60, main=True, of=10**15)
    assert "1,000,000,000,000,000" not in texts(inside(curves([wide])))


def test_a_long_label_keeps_a_short_last_word() -> None:
    """Editions of one program differ by their number, which is not cut; a long word is."""
    program = "A program of a long name for founders"
    cut = [row_label(f"{program} {word}", 9).source for word in ("7", "internationally")]
    assert cut[0].endswith("\u2026 7</text>")
    assert cut[1].endswith("\u2026</text>")
    assert all(f"<title>{program} " in each for each in cut)


def test_the_present_is_a_line_only_within_the_chart() -> None:
    """Before the first bar and after the last one there is none."""
    assert ' class="now"' in gantt(bar(10, 60)).source
    assert ' class="now"' not in gantt(bar(10, 40), now=70).source
    assert ' class="now"' not in gantt(bar(60, 70), now=50).source
    assert "open" in gantt(bar(60, 70), now=50).source


def test_ticks_leave_room_for_each_other() -> None:
    """Of ticks that lie too near only some are labeled, the first one always."""
    near = svg_gantt([bar(0, 1000)], [(day, "November 2014") for day in range(0, 1000, 5)],
                     now=5, title="S", legend="", nothing="")  # fmt: skip
    assert 3 < len([each for each in texts(inside(near)) if each == "November 2014"]) < 9


def test_a_drawing_of_many_rows_is_cut_and_says_so() -> None:
    """Two hundred rows are drawn, and a remark counts all."""
    heat = HeatRow(title="h", cells=(HeatCell(share=None, text="", title=""),))
    stack = StackedBar(title="s", parts=(1,), text="t")
    for drawn in (
        svg_heatmap([heat] * 300, ["1"], title="H", legend="", nothing=""),
        gantt(*[bar(1, 2)] * 300),
        svg_stacks([stack] * 300, [("a", "rest")], title="S", nothing=""),
    ):
        assert "Shown are the first 200 of 300." in " ".join(texts(inside(drawn)))
