"""Run the notebooks and write their pages: `python docs/examples/make_notebooks.py [name ...]`.

A notebook is a script in percent format, as editors and Jupyter open it: `# %%` begins a cell of
code, `# %% [markdown]` one of text. Its page has the texts, the code, all that was printed, and the
last value of each cell: its HTML where it has some, else its text. Nothing but Python is needed.
"""

import ast
import io
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_MARK = re.compile(r"^# %%(?: (\[markdown\]))?.*\n", re.MULTILINE)


class NotebookCell(NamedTuple):
    """A cell of a notebook: its text, and whether that is Markdown or code."""

    text: str
    is_markdown: bool


def notebook_cells(source: str) -> list[NotebookCell]:
    """The cells of a script in percent format, without those that are empty."""
    marks = list(_MARK.finditer(source))
    ends = [mark.start() for mark in marks[1:]] + [len(source)]
    cells = [
        NotebookCell(source[mark.end() : end].strip("\n"), bool(mark[1]))
        for mark, end in zip(marks, ends, strict=True)
    ]
    return [
        NotebookCell(re.sub("^# ?", "", each.text, flags=re.MULTILINE), is_markdown=True)
        if each.is_markdown
        else each
        for each in cells
        if each.text
    ]


def notebook_page(name: str) -> str:
    """The page of a notebook, after it has been run; an exception of a cell is raised."""
    source = (NOTEBOOKS / f"{name}.py").read_text("utf-8")
    names: dict[str, Any] = {"__name__": name}
    parts: list[str] = []
    styles: set[str] = set()
    for each in notebook_cells(source):
        if each.is_markdown:
            parts.append(each.text)
            continue
        printed, value = _run(each.text, names)
        parts.append(f"```python\n{each.text}\n```")
        if printed:
            parts.append(f"```text\n{printed.rstrip()}\n```")
        shown = _without_repeated_styles(_shown(value), styles)
        if shown:
            parts.append(f"```{{raw}} html\n{shown}\n```")
        elif value is not None:
            parts.append(f"```text\n{value}\n```")
    return "\n\n".join(parts) + "\n"


def _run(code: str, names: dict[str, Any]) -> tuple[str, Any]:
    """The output of a cell, and the value of its last expression; None where it is a statement."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with redirect_stdout(printed):
        exec(compile(tree, "notebook", "exec"), names)  # noqa: S102  # our own notebooks
        if isinstance(last, ast.Expr):
            shown = compile(ast.Expression(last.value), "notebook", "eval")
            value = eval(shown, names)  # noqa: S307  # our own notebooks
    return printed.getvalue(), value


def _without_repeated_styles(html: str, styles: set[str]) -> str:
    """The HTML without style sheets that the page has already; new ones are added to `styles`."""

    def once(found: re.Match[str]) -> str:
        is_new = found[0] not in styles
        styles.add(found[0])
        return found[0] if is_new else ""

    return _STYLE.sub(once, html)


def _shown(value: Any) -> str:
    """The HTML or the picture of a value; "" where it has none."""
    for name in ("_repr_html_", "_repr_svg_"):
        look = getattr(value, name, None)
        if look is not None:
            html: str = look()
            return html
    return ""


def notebook_names() -> list[str]:
    """All notebooks, in alphabetical order."""
    return sorted(path.stem for path in NOTEBOOKS.glob("*.py"))


if __name__ == "__main__":
    for notebook in sys.argv[1:] or notebook_names():
        page = NOTEBOOKS / f"{notebook}.md"
        page.write_text(notebook_page(notebook), encoding="utf-8", newline="\n")
