"""HTML: elements, tables, bars, notices, pages; hostile texts stay texts."""

import re
from operator import methodcaller

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mic_core.errors import InvariantError
from mic_core.markup import (
    MOST_ROWS,
    Html,
    Notice,
    Part,
    Section,
    badge,
    element,
    framed,
    html_bars,
    html_notices,
    html_table,
    joined,
    note,
    notebook,
    page,
    printable,
    svg_document,
    truncation_note,
)
from tests.markup.payloads import HOSTILE, harm, skeleton, structure


def everything(text: str) -> dict[str, str]:
    """The text wherever a text can be, by what shows it."""
    notice = Notice(tone="error", word=text, code=text, text=text, mend=text, about=(text, text))
    section = Section(text, [note(text), badge(text)])
    return {
        "element": str(element("p", text, title=text, class_=text, aria_label=text)),
        "table": str(html_table([(text, 1, text)], (text, text, text), caption=text)),
        "bars": str(html_bars([(text, 1, 2)], (text, text, text), caption=text)),
        "notices": str(html_notices([notice], caption=text, nothing=text)),
        "nothing": str(html_notices([], caption=text, nothing=text)),
        "frame": str(framed(element("p", text), text)),
        "page": page(text, section, section, element("p", text)),
        "notebook": notebook(element("p", text)),
    }


def test_there_are_many_hostile_texts() -> None:
    """The corpus is large, and no text stands in it twice."""
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_changes_no_structure(text: str) -> None:
    """Elements and attributes are those of a harmless twin, and the text is read back as text."""
    twin = everything("harmless")
    for name, html in everything(text).items():
        read, expected = structure(html), structure(twin[name])
        assert (read.tags, read.ends, read.other) == (expected.tags, expected.ends, expected.other)
        assert read.text == expected.text.replace("harmless", printable(text))
        assert not harm(html)


@given(st.text(min_size=1, max_size=60))
def test_any_text_changes_no_structure(text: str) -> None:
    """The properties of the corpus hold for any text."""
    twin = everything("harmless")
    for name, html in everything(text).items():
        assert structure(html).tags == structure(twin[name]).tags


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_paragraph_is_only_paragraphs(text: str) -> None:
    """A text on a page becomes paragraphs and nothing else."""

    def others(html: str) -> dict[object, int]:
        return {key: n for key, n in structure(html).tags.items() if key != ("p", ())}

    assert others(page("Title", text)) == others(page("Title", "harmless"))


def test_elements_are_written_in_order() -> None:
    """Attributes keep their order, those of None are left out, and children follow each other."""
    html = element("td", "a<b", None, 3, element("br"), class_="x", colspan=2, title=None)
    assert str(html) == '<td class="x" colspan="2">a&lt;b3<br></td>'
    assert str(element("rect", width=1, height=2)) == '<rect width="1" height="2"/>'
    assert str(element("rect", element("title", "a"))) == "<rect><title>a</title></rect>"
    assert str(element("svg", viewBox="0 0 1 1")) == '<svg viewBox="0 0 1 1"></svg>'


@pytest.mark.parametrize(
    ("tag", "attributes", "path"),
    [
        ("script", {}, "tag"),
        ("style", {}, "tag"),
        ("img", {}, "tag"),
        ("b><script", {}, "tag"),
        ("b", {"onclick": "alert(1)"}, "onclick"),
        ("b", {"src": "x"}, "src"),
        ("b", {"x y": "z"}, "x y"),
        ("a", {"href": "https://x.test"}, "href"),
        ("a", {"href": "javascript:alert(1)"}, "href"),
        ("svg", {"xmlns": "http://x.test"}, "xmlns"),
        ("b", {"style": "color:red"}, "style"),
        ("b", {"style": "--a:url(//x.test);"}, "style"),
        ("b", {"style": "--a:1"}, "style"),
        ("b", {"style": ""}, "style"),
    ],
)
def test_what_could_run_or_load_is_refused(tag: str, attributes: dict[str, str], path: str) -> None:
    """Elements, attributes, links and styles beyond showing are named in an error."""
    with pytest.raises(InvariantError) as caught:
        element(tag, **attributes)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_every_problem_of_an_element_is_named() -> None:
    """An element with several faults tells all of them."""
    with pytest.raises(InvariantError) as caught:
        element("script", src="x", onload="y")
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("style", ["--a:1;", "--a:-1.5;--b:20%;", "--left:33.3%;"])
def test_styles_of_numbers_are_kept(style: str) -> None:
    """A style places things by numbers under names of their own."""
    assert f'style="{style}"' in str(element("b", style=style))


def test_a_piece_of_html_is_known_to_templates_and_notebooks() -> None:
    """It is taken as it is by templates, shown with its style, and its repr tells no text."""
    html = element("b", "Ada")
    assert html.__html__() == str(html) == "<b>Ada</b>"
    assert methodcaller("_repr_html_")(html) == notebook(html)
    assert repr(html) == "Html(10 characters)"
    assert notebook(html).startswith("<style>.mic{")


def test_joined_escapes_texts_and_keeps_html() -> None:
    """Texts among the pieces are escaped, numbers written, nothing left out but None."""
    assert str(joined(["<", Html("<b>"), 7, None])) == "&lt;<b>7"


def test_a_drawing_becomes_a_document() -> None:
    """As a file, a drawing begins with the declaration of XML."""
    assert svg_document(element("svg")) == '<?xml version="1.0" encoding="UTF-8"?>\n<svg></svg>\n'


def test_tables_are_accessible() -> None:
    """A table has a caption, headers of columns and rows, and a frame that keyboards can scroll."""
    html = str(html_table([("Pitching", 3, None)], ("module", "hours", ""), caption="Modules"))
    assert "<caption>Modules</caption>" in html
    assert '<th scope="col">module</th><th scope="col" class="number">hours</th>' in html
    assert '<th scope="row">Pitching</th>' in html
    assert '<td class="number" data-label="hours">3</td><td></td>' in html
    assert 'role="region" aria-label="Modules" tabindex="0"' in html


def test_only_columns_of_numbers_stand_to_the_right() -> None:
    """A column with anything but whole numbers, and any column without rows, is set to the left."""
    mixed = str(html_table([("a", 1), ("b", "x")], ("name", "n"), caption="c"))
    assert "number" not in mixed + str(html_table([], ("name", "n"), caption="c"))


@pytest.mark.parametrize(("most", "shown"), [(3, 3), (2, 2), (0, 0), (-1, 0), (4, 3)])
def test_a_long_table_is_cut_and_counted(most: int, shown: int) -> None:
    """Of more rows than asked for, the first are shown and a note counts all."""
    html = str(html_table([("a",), ("b",), ("c",)], ("x",), caption="c", most=most))
    assert html.count("<tr>") == 1 + shown
    said = f"Shown are the first {shown} of 3 rows."
    assert (said in html) is (shown < 3)


def test_without_a_word_a_thousand_rows_are_shown() -> None:
    """The usual limit keeps a page readable."""
    html = str(html_table([(n, n) for n in range(1001)], ("n", "m"), caption="c"))
    assert html.count("<tr>") == 1 + MOST_ROWS == 1001
    assert "Shown are the first 1,000 of 1,001 rows." in html
    assert truncation_note(5, 5, "rows") is None


@given(part=st.integers(-3, 2000), whole=st.integers(-1, 1500))
def test_a_bar_shows_its_share(part: int, whole: int) -> None:
    """Only nothing is drawn empty and only everything full; in between it is exact or visible."""
    html = str(html_bars([("a", part, whole)], ("x", "n", ""), caption="c"))
    found = re.search(r"--part:(\d+)\.(\d)%", html)
    assert found is not None
    share = 10 * int(found[1]) + int(found[2])
    if 0 < part < whole:
        assert 15 <= share <= 985
        assert abs(share - 1000 * part / whole) < 16
    elif whole > 0:
        assert share == (1000 if part >= whole else 0)
    assert f"{part:,} of {whole:,}" in html


def test_bars_have_headers_for_bar_and_numbers() -> None:
    """With two headers the bar bears the first; with three the bar bears the last."""
    two = str(html_bars([("a", 1, 2)], ("session", "present", ""), caption="c"))
    assert two.index('scope="col">present<') < two.index('scope="col" class="number"><')
    three = str(html_bars([("a", 1, 2)], ("session", "present", "share"), caption="c"))
    present = 'scope="col" class="number">present<'
    assert three.index('scope="col">share<') < three.index(present)


def test_a_notice_tells_all_in_words() -> None:
    """Severity, rule, text, mend and subjects are there as text, the color only repeats them."""
    notice = Notice(
        tone="warning", word="warning", code="day-load", text="six hours", mend="move one",
        about=("session:a", "session:b"),
    )  # fmt: skip
    html = str(html_notices([notice], caption="Findings", nothing="None."))
    text = structure(html).text
    for each in ("warning", "day-load", "six hours", "To mend it: move one.", "session:a"):
        assert each in text
    assert '<span class="tag warning">warning</span>' in html


def test_a_notice_about_many_counts_the_rest() -> None:
    """Of more than eight subjects the first eight are shown."""

    def shown(n: int) -> str:
        about = tuple(f"session:{each}" for each in range(n))
        notice = Notice(tone="info", word="info", code="c", text="t", about=about)
        return structure(str(html_notices([notice], caption="F", nothing="None."))).text

    assert "session:7" in shown(8)
    assert "more" not in shown(8)
    assert "session:8" not in shown(1009)
    assert "and 1,001 more" in shown(1009)
    assert "To mend it" not in shown(0)


def test_a_page_is_complete_and_alone() -> None:
    """A page states language, characters, title and width, and asks the browser to load nothing."""
    html = page("R&D", Section("One", ["text"]), Section("Two", []))
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    assert html.endswith("</html>\n")
    assert "<title>R&amp;D</title>" in html
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    assert "width=device-width" in html
    assert not harm(html)
    assert "url(" not in html
    assert "@import" not in html
    assert "//" not in html


def test_sections_are_linked_from_the_top() -> None:
    """Two sections or more are listed, and each link leads to the card of its section."""
    html = page("Title", "A text.", Section("One", []), Section("Two", []))
    links = re.findall(r'<a href="#([^"]+)">', html)
    assert links == ["part-1", "part-2"]
    assert all(html.count(f'id="{each}"') == 1 for each in links)
    assert "<nav" not in page("Title", Section("One", []))


def test_a_page_takes_texts_html_and_what_shows_itself() -> None:
    """Texts stand between the cards; empty lines part their paragraphs."""
    parts: list[Part] = ["One\nand more.\n\n\nTwo.", element("p", "Three"), Section("Four", [])]
    html = page("Title", *parts)
    assert '<div class="lead"><p>One and more.</p><p>Two.</p></div>' in html
    assert '<section class="card" id="part-1"><p>Three</p></section>' in html
    assert "<h2>Four</h2>" in html
    assert html == page("Title", *parts)


def test_the_skeleton_sees_what_matters() -> None:
    """The comparison of structures tells apart what it is meant to tell apart."""
    assert skeleton("<b>x</b>") == skeleton("<b>y</b>")
    for other in ("<i>x</i>", "<b id=x>x</b>", "<b>x", "<b>x</b><!--y-->", "<b class=y>x</b>",
                  "<b>x</b><?y>", "<b>x</b><![CDATA[y]]>"):  # fmt: skip
        assert skeleton("<b>x</b>") != skeleton(other)
    assert harm("<img src=x onerror=y>") == {"img", "src", "onerror"}
