"""Every example that a reader may copy runs as it stands."""

import ast
import re
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

ROOT = Path(__file__).parents[1]
# The pages of notebooks are made by running these, which a test of their own does.
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if path.parent.name != "notebooks"
)
# Besides Python: what a terminal shows, data, diagrams, and directives of the documentation.
OTHER_BLOCKS = {
    *("console", "json", "mermaid", "text"),
    *("{eval-rst}", "{glossary}", "{include}", "{raw}", "{toctree}"),
}


# What a document needs besides the core: its examples run where that is installed.
NEEDS = {
    "close-on-holidays.md": ("holidays",), "draw-a-cohort.md": ("altair", "matplotlib"),
    "solve-with-cp-sat.md": ("ortools",),
    "measure-on-your-engine.md": ("narwhals", "pandas"),
}  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples_run(document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python blocks of a document run in turn, in one namespace, from the repository's root."""
    for needed in NEEDS.get(document.name, ()):
        pytest.importorskip(needed)
    monkeypatch.chdir(ROOT)
    sybil = Sybil(parsers=[PythonCodeBlockParser()], path=str(document.parent))
    examples = list(sybil.parse(document))
    for example in examples:
        example.evaluate()
    assert len(examples) == _fences(document).count("python")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_block_says_what_it_is(document: Path) -> None:
    """No block escapes execution by an unknown or missing language."""
    assert set(_fences(document)) <= OTHER_BLOCKS | {"python"}


def test_a_back_end_needs_little_glue() -> None:
    """The storage, booking and stored proposals of the how-to come to 60 lines of functions."""
    text = (ROOT / "docs/how-to/store-in-a-database.md").read_text("utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    functions = [each for each in ast.parse(code).body if isinstance(each, ast.FunctionDef)]
    names = {each.name for each in functions}
    assert names > {"create", "save", "load", "change", "keep", "kept", "book"}
    lines = sum((each.end_lineno or 0) - each.lineno + 1 for each in functions)
    assert lines <= 60


def _fences(document: Path) -> list[str]:
    """The language of each fenced block."""
    text = document.read_text("utf-8")
    return re.findall(r"^ *```+ *(\S*)[^\n]*\n.*?^ *```+ *$", text, re.MULTILINE | re.DOTALL)
