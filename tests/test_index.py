"""The first page of the documentation shows the output of the example that it prints."""

from pathlib import Path
from runpy import run_path

from tests.markup.payloads import harm, structure

DOCS = Path(__file__).parents[1] / "docs"


def test_the_picture_is_that_of_the_example() -> None:
    """The page includes a picture, and running its example draws that very picture."""
    drawn: str = run_path(str(DOCS / "examples" / "make_index.py"))["picture"]()
    assert (DOCS / "examples" / "index.html").read_text("utf-8") == drawn
    assert "{raw} html\n:file: examples/index.html" in (DOCS / "index.md").read_text("utf-8")
    text = structure(drawn).text
    for each in ("Boostcamp 6", "Week 38 of 2014, 15-21 Sep", "error: room-overlap", "in Montoyer"):
        assert each in text
    assert "prefers-color-scheme:dark" in drawn
    assert '[data-theme="dark"] .mic' in drawn
    assert not harm(drawn)


def test_the_page_shows_before_it_lists() -> None:
    """The example and its picture come before the first table of contents."""
    page = (DOCS / "index.md").read_text("utf-8")
    assert page.index("```python") < page.index("{raw} html") < page.index("{toctree}")
