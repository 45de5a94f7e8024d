"""Validation of the parts of a page."""

from typing import Any

import pytest

from mic_core.errors import InvariantError
from mic_core.findings import Report
from mic_core.markup import Html, Section, element, html_table, page

SHOWN: dict[str, Any] = {
    "html": element("b", "6"), "text": "Six.", "a section": Section("Who", ["Six."]),
    "what shows itself": Report(),
}  # fmt: skip
REFUSED: dict[str, Any] = {
    "a number": 6, "nothing": None, "bytes": b"six", "a list": ["Six."], "a class": Report,
}  # fmt: skip


class Text(str):
    """A text of a class of its own."""

    __slots__ = ()

    def splitlines(self, keepends: bool = False) -> list[str]:
        """Break down."""
        raise RuntimeError


@pytest.mark.parametrize("part", SHOWN.values(), ids=SHOWN)
def test_what_shows_stands_on_a_page(part: Any) -> None:
    """HTML, texts, and what shows itself stand on pages and under headings."""
    assert "</html>" in page("Season", part)
    assert Section("Who came", (each for each in [part])).parts == (part,)


@pytest.mark.parametrize("part", REFUSED.values(), ids=REFUSED)
def test_other_things_are_refused(part: Any) -> None:
    """A part without HTML is reported by its index, together with the title and other parts."""
    title: Any = 3
    with pytest.raises(InvariantError) as caught:
        page(title, "Six.", part)
    assert [each.path for each in caught.value.problems] == ["title", "parts[1]"]
    assert caught.value.problems[1].rule == "must be HTML, text, or something with html()"
    with pytest.raises(InvariantError) as caught:
        Section(title, ["Six.", part])
    assert [each.path for each in caught.value.problems] == ["heading", "parts[1]"]


def test_one_text_is_not_several_parts() -> None:
    """A text where parts belong would stand there letter by letter: it is refused."""
    one: Any = "Six."
    with pytest.raises(InvariantError, match="parts: must be what stands on a page, in a tuple"):
        Section("Who came", one)


def test_texts_become_plain() -> None:
    """A text of a class of its own is shown as the text that it is."""
    assert Section(Text("Who"), [Text("Six.")]).html().source == "<h2>Who</h2><p>Six.</p>"
    assert type(Html(Text("<b>6</b>")).source) is str


@pytest.mark.parametrize("source", [None, 6, b"<b>"])
def test_html_is_text(source: Any) -> None:
    """A piece of HTML is made of text."""
    with pytest.raises(InvariantError, match="source: must be text"):
        Html(source)


@pytest.mark.parametrize("most", ["9", None, 2.5, True])
def test_so_many_rows_are_a_whole_number(most: Any) -> None:
    """The limit on the rows of a table is an integer."""
    with pytest.raises(InvariantError, match="html: 1 problem\n  most: must be a whole number"):
        html_table([("a", 1)], ("b", "c"), caption="d", most=most)
